//! What an examination found.

use crate::Error;
use std::fmt;

/// All checks of an examination, in their order. Displayed, a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    checks: Vec<Check>,
}

/// One promise, tried.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// The promise.
    pub name: &'static str,
    /// With what it was tried, such as a kind of key; may be empty.
    pub subject: String,
    /// Whether it was kept.
    pub outcome: Outcome,
}

/// Whether a promise was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was.
    Passed,
    /// The token does not make it: it says so, or there is no key to try it with.
    NotOffered {
        /// What it says.
        reason: String,
    },
    /// It was not.
    Failed {
        /// What happened.
        reason: String,
    },
}

impl Report {
    /// All checks.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Those of promises that were not kept.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        let failed = |check: &&Check| matches!(check.outcome, Outcome::Failed { .. });
        self.checks.iter().filter(failed)
    }

    /// Those of promises that were kept.
    pub fn passed(&self) -> impl Iterator<Item = &Check> {
        let passed = |check: &&Check| check.outcome == Outcome::Passed;
        self.checks.iter().filter(passed)
    }

    pub(super) fn add(&mut self, name: &'static str, subject: String, found: Result<(), Miss>) {
        let outcome = match found {
            Ok(()) => Outcome::Passed,
            Err(Miss::NotOffered(reason)) => Outcome::NotOffered { reason },
            Err(Miss::Failed(reason)) => Outcome::Failed { reason },
        };
        self.checks.push(Check {
            name,
            subject,
            outcome,
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            writeln!(f, "{check}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.subject.as_str() {
            "" => self.name.to_owned(),
            subject => format!("{}, {subject}", self.name),
        };
        match &self.outcome {
            Outcome::Passed => write!(f, "passed       {what}"),
            Outcome::NotOffered { reason } => write!(f, "not offered  {what}: {reason}"),
            Outcome::Failed { reason } => write!(f, "FAILED       {what}: {reason}"),
        }
    }
}

/// Why a check did not pass.
#[derive(Debug)]
pub(super) enum Miss {
    NotOffered(String),
    Failed(String),
}

impl Miss {
    pub(super) fn no_power() -> Self {
        Self::not_offered("the token has no such power")
    }

    pub(super) fn not_offered(reason: impl Into<String>) -> Self {
        Self::NotOffered(reason.into())
    }
}

impl From<Error> for Miss {
    fn from(error: Error) -> Self {
        match error {
            Error::Unsupported { .. } => Self::NotOffered(error.to_string()),
            error => {
                let mut reason = error.to_string();
                let mut source = std::error::Error::source(&error);
                while let Some(error) = source {
                    reason = format!("{reason}: {error}");
                    source = error.source();
                }
                Self::Failed(reason)
            }
        }
    }
}
