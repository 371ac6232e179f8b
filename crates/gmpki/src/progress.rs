//! How far a long command has come, on one line of a terminal.

use std::io::{self, IsTerminal, Write};

/// Characters of the bar.
const WIDTH: usize = 30;

/// A bar on standard error, where that is a terminal; silent otherwise.
#[derive(Debug)]
pub(crate) struct Progress {
    total: usize,
    shown: bool,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        Self {
            total,
            shown: total > 1 && io::stderr().is_terminal(),
        }
    }

    /// `done` of all are done; `what` is the one at work.
    pub(crate) fn at(&self, done: usize, what: &str) {
        if self.shown {
            // A terminal that went away does not stop the business.
            let _ = write!(io::stderr(), "\r{}", self.line(done, what));
            let _ = io::stderr().flush();
        }
    }

    fn line(&self, done: usize, what: &str) -> String {
        let filled = (done * WIDTH).checked_div(self.total).unwrap_or(WIDTH);
        let bar = "#".repeat(filled) + &"-".repeat(WIDTH.saturating_sub(filled));
        let what: String = what.chars().take(24).collect();
        format!("[{bar}] {done}/{} {what:<24}", self.total)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let blank = " ".repeat(WIDTH + 50);
            let _ = write!(io::stderr(), "\r{blank}\r");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_empty_at_the_beginning_and_full_at_the_end() {
        let progress = Progress {
            total: 3,
            shown: false,
        };
        assert!(
            progress
                .line(0, "a")
                .starts_with(&format!("[{}] 0/3 a", "-".repeat(WIDTH)))
        );
        assert!(
            progress
                .line(3, "a")
                .starts_with(&format!("[{}] 3/3 a", "#".repeat(WIDTH)))
        );
        let one = progress.line(1, "a");
        assert_eq!(one.matches('#').count(), 10, "{one}");
        let long = "a-name-that-is-much-longer-than-the-place-for-it";
        assert_eq!(progress.line(2, long).len(), progress.line(2, "a").len());
    }
}
