//! How an entry stands, since when, and on whose word.

use super::{Interval, IntervalSet, text};
use crate::Result;
use core::fmt;
use der::DateTime;

/// A standing in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// `urn:gm-pki:trust-list:status:recognised`.
    Recognised,
    /// `urn:gm-pki:trust-list:status:suspended`: not recognised, and may be again.
    Suspended,
    /// `urn:gm-pki:trust-list:status:terminated`: at an end; recognised again only
    /// upon a new application.
    Terminated,
}

/// Why a standing began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusCause {
    /// `urn:gm-pki:trust-list:cause:decision`: the authority decided so.
    Decision,
    /// `urn:gm-pki:trust-list:cause:request`: the CA asked for it.
    Request,
    /// `urn:gm-pki:trust-list:cause:breach-uncorrected`: it broke the rules and did
    /// not correct that when ordered to.
    BreachUncorrected,
    /// `urn:gm-pki:trust-list:cause:cessation`: the CA gave the service up.
    Cessation,
    /// `urn:gm-pki:trust-list:cause:mis-issuance`: it issued what it must not.
    /// Reaches back to certificates issued before.
    MisIssuance,
    /// `urn:gm-pki:trust-list:cause:compromise`: somebody else may have its key.
    /// Reaches back to certificates issued before.
    Compromise,
}

/// The document behind a standing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// When it was made.
    pub at: DateTime,
    /// Its number at the authority, such as `粤密管〔2026〕7号`.
    pub reference: String,
}

/// A standing from a moment on, until the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusChange {
    /// The standing.
    pub status: Status,
    /// Its first second.
    pub from: DateTime,
    /// Why it began.
    pub cause: StatusCause,
    /// The document behind it.
    pub decision: Option<Decision>,
    /// When that happened which the cause names, where that is not `from`: nothing
    /// later is trusted because of a signature's or certificate's claimed time.
    pub event: Option<DateTime>,
}

impl StatusChange {
    /// Joins the three.
    pub fn new(status: Status, from: DateTime, cause: StatusCause) -> Self {
        Self {
            status,
            from,
            cause,
            decision: None,
            event: None,
        }
    }

    /// Names the decision.
    ///
    /// # Errors
    /// [`crate::Error::Value`] for a reference that is empty, longer than 512
    /// characters, or has characters that nobody sees.
    pub fn decided(mut self, at: DateTime, reference: &str) -> Result<Self> {
        let reference = text::plain("Reference", reference)?;
        self.decision = Some(Decision { at, reference });
        Ok(self)
    }

    /// States when the thing happened that is the cause.
    #[must_use]
    pub fn event(mut self, at: DateTime) -> Self {
        self.event = Some(at);
        self
    }

    /// The time of the event: where none is stated, the first second of the
    /// standing.
    pub fn event_time(&self) -> DateTime {
        self.event.unwrap_or(self.from)
    }
}

/// The times at which a history has one status.
pub(super) fn intervals(history: &[StatusChange], status: Status) -> IntervalSet {
    let ends = history[1..]
        .iter()
        .map(|next| Some(next.from))
        .chain([None]);
    let each = history.iter().zip(ends);
    each.filter(|(change, _)| change.status == status)
        .map(|(change, until)| Interval::new(change.from, until))
        .collect()
}

impl Status {
    pub(crate) const ALL: [(Self, &'static str); 3] = [
        (Self::Recognised, "urn:gm-pki:trust-list:status:recognised"),
        (Self::Suspended, "urn:gm-pki:trust-list:status:suspended"),
        (Self::Terminated, "urn:gm-pki:trust-list:status:terminated"),
    ];
}

impl StatusCause {
    pub(crate) const ALL: [(Self, &'static str); 6] = [
        (Self::Decision, "urn:gm-pki:trust-list:cause:decision"),
        (Self::Request, "urn:gm-pki:trust-list:cause:request"),
        (
            Self::BreachUncorrected,
            "urn:gm-pki:trust-list:cause:breach-uncorrected",
        ),
        (Self::Cessation, "urn:gm-pki:trust-list:cause:cessation"),
        (
            Self::MisIssuance,
            "urn:gm-pki:trust-list:cause:mis-issuance",
        ),
        (Self::Compromise, "urn:gm-pki:trust-list:cause:compromise"),
    ];

    /// Whether it spoils what was signed before it began, too.
    pub fn is_retroactive(self) -> bool {
        matches!(self, Self::MisIssuance | Self::Compromise)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recognised => "recognised",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
        })
    }
}

impl fmt::Display for StatusCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Decision => "decision",
            Self::Request => "request",
            Self::BreachUncorrected => "breach-uncorrected",
            Self::Cessation => "cessation",
            Self::MisIssuance => "mis-issuance",
            Self::Compromise => "compromise",
        })
    }
}
