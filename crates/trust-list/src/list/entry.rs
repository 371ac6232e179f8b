//! One recognised service of one CA, with its whole history.

use super::{
    Digest, LocalText, PostalAddress,
    text::{jurisdiction, uri},
};
use crate::{Error, Result, path::ParsedCertificate};
use core::fmt;
use der::{DateTime, asn1::ObjectIdentifier};

/// Anchors, and issuers, in one entry at most.
pub(crate) const MAX_CERTIFICATES: usize = 32;
/// Statuses in one entry at most.
pub(crate) const MAX_HISTORY: usize = 1000;

/// What an entry is found by: where, who, and for which class of certificates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct EntryKey {
    /// `HK`, `CN-GD`: ISO 3166-1, or a part by ISO 3166-2.
    pub jurisdiction: String,
    /// The CA's legal name, in the first of its languages.
    pub ca: String,
    /// The class of certificates.
    pub class: String,
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}", self.jurisdiction, self.ca, self.class)
    }
}

/// A certification authority as a legal person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ca {
    pub(crate) names: Vec<LocalText>,
    pub(crate) address: PostalAddress,
    pub(crate) contact: String,
    pub(crate) information: String,
}

impl Ca {
    /// `name` is the legal name; `contact` a URI such as `mailto:…`, `information`
    /// the URI of its statements.
    ///
    /// # Errors
    /// [`Error::Value`] when one of them is no absolute URI.
    pub fn new(
        name: LocalText,
        address: PostalAddress,
        contact: &str,
        information: &str,
    ) -> Result<Self> {
        Ok(Self {
            names: vec![name],
            address,
            contact: uri("TEElectronicAddress", contact)?,
            information: uri("TEInformationURI", information)?,
        })
    }

    /// Adds its name in another language.
    #[must_use]
    pub fn also(mut self, name: LocalText) -> Self {
        self.names.push(name);
        self
    }

    /// Its names, the legal one first.
    pub fn names(&self) -> &[LocalText] {
        &self.names
    }
}

/// A standing in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// `urn:gm-pki:trust-list:status:recognised`.
    Recognised,
    /// `urn:gm-pki:trust-list:status:suspended`: not recognised, and may be again.
    Suspended,
    /// `urn:gm-pki:trust-list:status:terminated`.
    Terminated,
}

/// Why a standing began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusCause {
    /// `urn:gm-pki:trust-list:cause:decision`: the authority decided so.
    Decision,
    /// `urn:gm-pki:trust-list:cause:cessation`: the CA gave the service up.
    Cessation,
    /// `urn:gm-pki:trust-list:cause:mis-issuance`: it issued what it must not.
    /// Nothing counts any more, whatever time is claimed.
    MisIssuance,
    /// `urn:gm-pki:trust-list:cause:compromise`: somebody else may have its key.
    /// Nothing counts any more, whatever time is claimed.
    Compromise,
}

/// A standing from a moment on, until the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusChange {
    /// The standing.
    pub status: Status,
    /// Its first second.
    pub from: DateTime,
    /// Why it began.
    pub cause: StatusCause,
}

impl StatusChange {
    /// Joins the three.
    pub fn new(status: Status, from: DateTime, cause: StatusCause) -> Self {
        Self {
            status,
            from,
            cause,
        }
    }
}

/// A service: the certificates that count, and since when its CA stands how.
///
/// Anchors and issuers are certificates, never names: a subscriber's certificate
/// belongs to the entry when one of the issuers signed it and stands under one of
/// the anchors.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) jurisdiction: String,
    pub(crate) ca: Ca,
    pub(crate) class: LocalText,
    pub(crate) anchors: Vec<ParsedCertificate>,
    pub(crate) issuers: Vec<ParsedCertificate>,
    pub(crate) policy: Option<ObjectIdentifier>,
    pub(crate) history: Vec<StatusChange>,
}

impl Entry {
    /// An entry that stands so from the beginning. It needs at least one anchor
    /// and one issuer.
    ///
    /// # Errors
    /// [`Error::Value`] for a jurisdiction that is not like `HK` or `CN-GD`.
    pub fn new(place: &str, ca: Ca, class: LocalText, first: StatusChange) -> Result<Self> {
        Ok(Self {
            jurisdiction: jurisdiction(place)?,
            ca,
            class,
            anchors: Vec::new(),
            issuers: Vec::new(),
            policy: None,
            history: vec![first],
        })
    }

    /// Adds a certificate under which issuers stand.
    #[must_use]
    pub fn anchor(mut self, certificate: ParsedCertificate) -> Self {
        self.anchors.push(certificate);
        self
    }

    /// Adds a certificate whose key signs subscribers' certificates.
    #[must_use]
    pub fn issuer(mut self, certificate: ParsedCertificate) -> Self {
        self.issuers.push(certificate);
        self
    }

    /// Asks that a subscriber's certificate names this policy (RFC 5280, 4.2.1.4),
    /// all arcs equal.
    #[must_use]
    pub fn policy(self, policy: ObjectIdentifier) -> Self {
        Self {
            policy: Some(policy),
            ..self
        }
    }

    /// Lets another standing begin.
    ///
    /// # Errors
    /// [`Error::Value`] when it begins no later than the last one, or is the same.
    pub fn change(&mut self, change: StatusChange) -> Result<()> {
        let last = self.history.last();
        if last.is_some_and(|last| last.from >= change.from || last.status == change.status) {
            return Err(Error::Value {
                member: "StatusStartingTime",
                rule: "each standing begins after the one before it and differs from it",
            });
        }
        self.history.push(change);
        Ok(())
    }

    /// What it is found by.
    pub fn key(&self) -> EntryKey {
        EntryKey {
            jurisdiction: self.jurisdiction.clone(),
            ca: self.ca.names[0].value().to_owned(),
            class: self.class.value().to_owned(),
        }
    }

    /// The CA.
    pub fn ca(&self) -> &Ca {
        &self.ca
    }

    /// Every standing, the first one first.
    pub fn history(&self) -> &[StatusChange] {
        &self.history
    }

    /// How it stood at a time; none before its first standing.
    pub fn status_at(&self, at: DateTime) -> Option<StatusChange> {
        let later = self.history.partition_point(|change| change.from <= at);
        Some(self.history[later.checked_sub(1)?])
    }

    /// The certificates under which issuers stand.
    pub fn anchors(&self) -> &[ParsedCertificate] {
        &self.anchors
    }

    /// The certificates whose keys sign subscribers' certificates.
    pub fn issuers(&self) -> &[ParsedCertificate] {
        &self.issuers
    }

    pub(crate) fn check(&self) -> Result<()> {
        for (what, member, list) in [
            ("anchors of an entry", "Anchors", &self.anchors),
            ("issuers of an entry", "X509Certificates", &self.issuers),
        ] {
            Error::cap(what, list.len(), MAX_CERTIFICATES)?;
            let digests: Vec<Digest> = list.iter().map(ParsedCertificate::digest).collect();
            let has_twice = (1..digests.len()).any(|n| digests[..n].contains(&digests[n]));
            if digests.is_empty() || has_twice {
                return Err(Error::Value {
                    member,
                    rule: "has at least one certificate and none twice",
                });
            }
        }
        Error::cap("statuses of an entry", self.history.len(), MAX_HISTORY)
    }
}

impl Status {
    pub(crate) const ALL: [(Self, &'static str); 3] = [
        (Self::Recognised, "urn:gm-pki:trust-list:status:recognised"),
        (Self::Suspended, "urn:gm-pki:trust-list:status:suspended"),
        (Self::Terminated, "urn:gm-pki:trust-list:status:terminated"),
    ];
}

impl StatusCause {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Decision, "urn:gm-pki:trust-list:cause:decision"),
        (Self::Cessation, "urn:gm-pki:trust-list:cause:cessation"),
        (
            Self::MisIssuance,
            "urn:gm-pki:trust-list:cause:mis-issuance",
        ),
        (Self::Compromise, "urn:gm-pki:trust-list:cause:compromise"),
    ];

    /// Whether it spoils what was signed before it began, too.
    pub(crate) fn is_retroactive(self) -> bool {
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
            Self::Cessation => "cessation",
            Self::MisIssuance => "mis-issuance",
            Self::Compromise => "compromise",
        })
    }
}
