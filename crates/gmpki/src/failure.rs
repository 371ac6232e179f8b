//! How a command fails, and what exit code that is.

use std::{error::Error, fmt, path::Path, process::ExitCode};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Refused, invalid, or something outside failed: exit code 1.
    Refused(Box<dyn Error + Send + Sync>),
    /// The command was used wrongly: exit code 2.
    Usage(String),
    /// One of these, and the short word by which programs know it.
    Coded(Box<Self>, &'static str),
    /// One of these, and what a person should know who wants to do it better.
    Noted(Box<Self>, Vec<String>),
}

impl Failure {
    /// Something is wrong with a file.
    pub(crate) fn file(path: &Path, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::of(path.display(), source)
    }

    /// Something is wrong with what has a name.
    pub(crate) fn of(
        name: impl fmt::Display,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Refused(Box::new(NamedError {
            name: name.to_string(),
            source: source.into(),
        }))
    }

    /// The message and everything that caused it, one sentence.
    pub(crate) fn reasons(&self) -> String {
        match self {
            Self::Usage(message) => message.clone(),
            Self::Noted(failure, _) | Self::Coded(failure, _) => failure.reasons(),
            Self::Refused(error) => chain(&**error),
        }
    }

    /// The same with what the command had to note before.
    pub(crate) fn noted(self, notes: Vec<String>) -> Self {
        if notes.is_empty() {
            return self;
        }
        Self::Noted(Box::new(self), notes)
    }

    pub(crate) fn print(&self, json: bool) -> ExitCode {
        let notes: &[String] = match self {
            Self::Noted(_, notes) => notes,
            _ => &[],
        };
        for note in notes {
            eprintln!("gmpki: note: {note}");
        }
        eprintln!("gmpki: {}", self.reasons());
        if json {
            let mut answer = serde_json::json!({ "ok": false, "reason": self.reasons() });
            if !notes.is_empty() {
                answer["notes"] = notes.into();
            }
            if let Some(word) = self.word() {
                answer["code"] = word.into();
            }
            println!("{answer}");
        }
        self.code()
    }

    fn word(&self) -> Option<&'static str> {
        match self {
            Self::Coded(_, word) => Some(word),
            Self::Noted(failure, _) => failure.word(),
            Self::Refused(_) | Self::Usage(_) => None,
        }
    }

    fn code(&self) -> ExitCode {
        match self {
            // As for the password of a file: whoever gives none has not said all.
            Self::Refused(error) if wants_a_pin(&**error) => ExitCode::from(2),
            Self::Refused(_) => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
            Self::Noted(failure, _) | Self::Coded(failure, _) => failure.code(),
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Refused(Box::new(error))
    }
}

/// An error and its sources, joined by colons.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn wants_a_pin(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(hsm::Error::PinMissing) = error.downcast_ref() {
            return true;
        }
        next = error.source();
    }
    false
}

#[derive(Debug)]
struct NamedError {
    name: String,
    source: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for NamedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Error for NamedError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
