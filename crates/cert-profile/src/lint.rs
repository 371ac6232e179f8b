//! Rules for what a certificate says, each with the clause it stands on.
//!
//! The rules look at the content alone: no signature, no time, no other
//! certificate. [`Profile::prepare`](crate::Profile::prepare) refuses what breaks a
//! rule of severity [`Severity::Error`]; a verifier may ask the same rules of
//! certificates that it did not make.

mod gmt0015;
mod rfc5280;

use core::fmt;
use x509_cert::TbsCertificate;

/// One rule. The identifiers are stable; the table is closed.
#[derive(Clone)]
pub struct Lint {
    id: &'static str,
    statement: &'static str,
    source: &'static str,
    severity: Severity,
    holds: fn(&TbsCertificate) -> bool,
}

impl Lint {
    /// Its identifier: `rfc5280.` or `gmt0015.` and words in snake case.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What holds of a good certificate.
    pub fn statement(&self) -> &'static str {
        self.statement
    }

    /// The standard and clause that says so.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.severity
    }
}

impl fmt::Debug for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lint")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// How much a rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// The standard recommends it; certificates in circulation break it.
    Warning,
    /// The standard demands it; nothing that breaks it is issued.
    Error,
}

/// A rule that a certificate breaks.
#[derive(Clone)]
pub struct Finding(&'static Lint);

impl Finding {
    /// The rule.
    pub fn lint(&self) -> &'static Lint {
        self.0
    }
}

impl PartialEq for Finding {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Finding {}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Finding").field(&self.0.id).finish()
    }
}

impl fmt::Display for Finding {
    /// `rule broken: statement`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} broken: {}", self.0.id, self.0.statement)
    }
}

/// All rules, in the order of their checks.
pub fn rules() -> impl Iterator<Item = &'static Lint> {
    rfc5280::RULES.iter().chain(&gmt0015::RULES)
}

/// The rules that `certificate` breaks, in the order of [`rules`].
pub fn check(certificate: &TbsCertificate) -> Vec<Finding> {
    rules()
        .filter(|lint| !(lint.holds)(certificate))
        .map(Finding)
        .collect()
}

#[cfg(test)]
mod tests;
