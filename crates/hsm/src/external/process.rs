//! A program that runs once, is given little, gives little back, and is not waited for
//! longer than was said.

use super::ExternalCommand;
use crate::Error;
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use zeroize::{Zeroize, Zeroizing};

/// Octets of an answer at most; what is longer is no answer to any question here.
const MAX_ANSWER: u64 = 4096;
/// Octets of standard error that are kept.
const MAX_COMPLAINT: u64 = 4096;
/// Characters of it that are shown.
const SHOWN: usize = 200;
/// How often it is looked whether a program that said all has ended.
const PAUSE: Duration = Duration::from_millis(2);

/// Where a command finds its input and leaves its answer, by their places in arguments.
pub(super) struct Places {
    /// What is being done, for [`Error::TimedOut`].
    pub(super) call: &'static str,
    pub(super) input: &'static str,
    pub(super) answer: &'static str,
}

impl ExternalCommand {
    /// Runs it on `input`; gives its answer.
    ///
    /// # Errors
    /// [`Error::Command`] when it does not start, ends with another code than 0, or leaves
    /// no answer; [`Error::TimedOut`] when it was killed; [`Error::Io`] when files for it
    /// cannot be made.
    pub(super) fn run(&self, places: &Places, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let folder = folder()?;
        let (input_file, answer_file) = (folder.path().join("input"), folder.path().join("answer"));
        let by_file = self.names(places.input);
        if by_file {
            fs::write(&input_file, input).map_err(Error::io("write", &input_file))?;
        }
        let arguments = self.filled(&[
            (places.input, input_file.as_os_str()),
            (places.answer, answer_file.as_os_str()),
        ]);
        let mut child = Command::new(&self.program)
            .args(arguments)
            .stdin(if by_file {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| self.failed(format!("does not start: {error}")))?;
        if let Some(mut stdin) = child.stdin.take() {
            // It fits into any pipe. A program that does not want it says so by its answer.
            let _ = stdin.write_all(input);
        }
        let ended = self.wait(&mut child, places.call);
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => {
                // It has ended, or is ended here; both leave nothing behind.
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        };
        if !ended.status.success() {
            let complaint = shown(&ended.stderr);
            return Err(self.failed(format!("ended with {}{complaint}", ended.status)));
        }
        if !self.names(places.answer) {
            return Ok(ended.stdout);
        }
        let answer = read_and_wipe(&answer_file);
        answer.map_err(|error| self.failed(format!("left no answer: {error}")))
    }

    /// That it failed, and how.
    pub(super) fn failed(&self, what: impl Into<String>) -> Error {
        Error::Command {
            program: self.name(),
            what: what.into(),
        }
    }

    fn wait(&self, child: &mut Child, call: &'static str) -> Result<Ended, Error> {
        let started = Instant::now();
        let io = |error: io::Error| self.failed(format!("cannot be listened to: {error}"));
        let stdout = listen(child.stdout.take(), MAX_ANSWER).map_err(io)?;
        let stderr = listen(child.stderr.take(), MAX_COMPLAINT).map_err(io)?;
        let left = || self.time_limit.saturating_sub(started.elapsed());
        let late = || Error::TimedOut {
            call,
            limit: self.time_limit,
        };
        let stdout = stdout.recv_timeout(left()).map_err(|_| late())?;
        let stderr = stderr.recv_timeout(left()).map_err(|_| late())?;
        loop {
            if let Some(status) = child.try_wait().map_err(io)? {
                return Ok(Ended {
                    status,
                    stdout,
                    stderr,
                });
            }
            if left().is_zero() {
                return Err(late());
            }
            thread::sleep(PAUSE.min(left()));
        }
    }
}

struct Ended {
    status: ExitStatus,
    stdout: Zeroizing<Vec<u8>>,
    stderr: Zeroizing<Vec<u8>>,
}

/// Reads `most` octets and passes over the rest, on a thread that outlives a killed
/// program whose children hold on to the pipe.
fn listen(
    source: Option<impl Read + Send + 'static>,
    most: u64,
) -> io::Result<Receiver<Zeroizing<Vec<u8>>>> {
    let (sender, receiver) = mpsc::channel();
    let mut source = source.ok_or(io::ErrorKind::BrokenPipe)?;
    thread::Builder::new()
        .name("hsm command".into())
        .spawn(move || {
            let mut octets = Zeroizing::new(Vec::with_capacity(4096));
            // What was read before an error is looked at like any other answer.
            let _ = source.by_ref().take(most).read_to_end(&mut octets);
            let _ = io::copy(&mut source, &mut io::sink());
            // Nobody listens when the time was over.
            let _ = sender.send(octets);
        })?;
    Ok(receiver)
}

/// A folder of our own alone, gone when dropped.
fn folder() -> Result<TempDir, Error> {
    tempfile::Builder::new()
        .prefix("hsm-")
        .tempdir()
        .map_err(Error::io("make a folder in", &std::env::temp_dir()))
}

/// An answer may be a secret: its file holds zeros before it goes.
fn read_and_wipe(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut octets = Zeroizing::new(Vec::with_capacity(4096));
    File::open(path)?
        .take(MAX_ANSWER)
        .read_to_end(&mut octets)?;
    let mut zeros = octets.to_vec();
    zeros.zeroize();
    zeros.resize(octets.len(), 0);
    fs::OpenOptions::new()
        .write(true)
        .open(path)?
        .write_all(&zeros)?;
    Ok(octets)
}

/// What a program complains of, in one line, harmless on a terminal. The end is what is
/// kept of a long one: that is where programs say what it comes to.
fn shown(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    let clean = |c: char| if c.is_control() { '?' } else { c };
    let line: Vec<char> = lines.join("; ").chars().map(clean).collect();
    let start = line.len().saturating_sub(SHOWN);
    let cut = if start > 0 { "..." } else { "" };
    let end: String = line[start..].iter().collect();
    format!(": {cut}{end}")
}
