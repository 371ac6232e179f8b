//! Why there is no path.

use super::{PeerName, RevocationReason};
use cert_profile::NameConstraintFault;
use core::fmt;
use der::{DateTime, asn1::ObjectIdentifier};
use x509_cert::name::Name;

/// More reasons than this are not kept: a pool of look-alikes can make thousands.
const MAX_REASONS: usize = 64;
/// Characters of a name that are shown.
const MAX_NAME: usize = 160;

/// There is no path, for these reasons.
///
/// When several certificates could have been the issuer, the reasons of all of
/// them are here, at most 64, in the order in which they were met. There is at
/// least one.
#[derive(Clone, Debug, Default, thiserror::Error)]
pub struct PathError {
    reasons: Vec<Reason>,
    indeterminate: bool,
}

/// One reason: where, and what.
///
/// Displayed it is one sentence that names the certificate by its index and its
/// subject (RFC 4514, control characters escaped).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// What the reason is about.
    pub place: Place,
    /// Its subject; a CRL's issuer.
    pub name: String,
    /// What is wrong.
    pub cause: Cause,
}

/// One of the things that a search was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// 0 is the target, n the n-th of the untrusted certificates counted from 1.
    Certificate(usize),
    /// An anchor, counted from 0.
    Anchor(usize),
    /// A CRL, counted from 0.
    Crl(usize),
    /// An OCSP answer, counted from 0.
    Ocsp(usize),
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Its validity begins later.
    NotYetValid {
        /// First second of the validity.
        not_before: DateTime,
    },
    /// Its validity is over.
    Expired {
        /// Last second of the validity.
        not_after: DateTime,
    },
    /// It has an extension that is not processed and must not be ignored.
    UnprocessedExtension {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The target's key belongs to no algorithm that counts, or is no point of
    /// its curve.
    KeyNotAccepted {
        /// The key's algorithm.
        oid: ObjectIdentifier,
    },
    /// extKeyUsage does not allow the purpose that was asked for.
    PurposeNotAllowed {
        /// That purpose.
        purpose: ObjectIdentifier,
    },
    /// Nothing that was given has the name of its issuer.
    NoIssuer {
        /// That name.
        issuer: String,
    },
    /// It names none of those that the caller asks for.
    NotNamed {
        /// The name that is missing.
        name: PeerName,
    },
    /// A name in it is not one that an issuer above it may certify.
    NameNotAllowed {
        /// Whose nameConstraints; the caller's own without one.
        by: Option<Place>,
        /// What is wrong with the name.
        fault: NameConstraintFault,
    },
    /// A valid policy is required, and from here on there is none.
    NoValidPolicy,
    /// It maps anyPolicy, or to it.
    AnyPolicyMapped,
    /// It breaks a rule about the content of certificates or CRLs.
    Content {
        /// The rule, as [`cert_profile::lint`] names it.
        rule: &'static str,
        /// What holds of a good document.
        statement: &'static str,
        /// Where the rule stands.
        clause: &'static str,
    },
    /// Every way from it ends in certificates that were already passed.
    NoAnchor,
    /// No algorithm that counts has this pair of signature and key.
    AlgorithmNotAccepted {
        /// The signature's algorithm.
        signature: ObjectIdentifier,
        /// The algorithm of the issuer's key.
        key: ObjectIdentifier,
    },
    /// Its signature does not verify under a key that has its issuer's name.
    SignatureInvalid {
        /// Whose key.
        under: Place,
        /// The subject of that certificate.
        name: String,
    },
    /// It issued a certificate and is not of version 3.
    NotVersion3,
    /// It issued a certificate and is not a CA's.
    NotCa,
    /// It issued a certificate, has a keyUsage, and no keyCertSign in it.
    NoKeyCertSign,
    /// It signed a CRL, has a keyUsage, and no cRLSign in it.
    NoCrlSign,
    /// More CAs stand below it than it allows.
    PathLengthExceeded {
        /// Its pathLenConstraint.
        limit: u32,
        /// CAs below it, self-issued ones not counted.
        below: u32,
    },
    /// It is revoked.
    Revoked {
        /// Since when.
        since: DateTime,
        /// Why.
        reason: Option<RevocationReason>,
        /// By which CRL, counted from 0.
        crl: usize,
    },
    /// An OCSP answer says that it is revoked.
    RevokedByOcsp {
        /// Since when.
        since: DateTime,
        /// Why.
        reason: Option<RevocationReason>,
        /// By which answer, counted from 0.
        answer: usize,
    },
    /// Nothing at hand can say whether it is revoked.
    StatusUnknown,
    /// The CRL was issued later than the time asked about.
    CrlNotYetIssued {
        /// Its thisUpdate.
        this_update: DateTime,
    },
    /// The CRL should have been replaced by the time asked about.
    CrlStale {
        /// Its nextUpdate.
        next_update: DateTime,
    },
    /// The CRL does not say when it will be replaced.
    CrlWithoutNextUpdate,
    /// The CRL was issued after the end of the certificate's validity, when it may have been
    /// taken out of it (RFC 5280, 3.3).
    CrlAfterExpiry {
        /// Last second of the validity.
        not_after: DateTime,
    },
    /// The CRL is about other certificates.
    CrlOutOfScope,
    /// The CRL is a delta, and no full one that it could update is at hand.
    DeltaWithoutBase,
    /// Nobody who was given has the name of its issuer and may sign it.
    NoCrlSigner {
        /// That name.
        issuer: String,
    },
    /// Who signed the CRL has no valid path to the same anchor.
    CrlSignerRefused {
        /// Whose certificate.
        signer: Place,
        /// Why not; the first reason of them.
        cause: Option<Box<Self>>,
    },
    /// The OCSP answer can't be relied on.
    OcspUnusable {
        /// Why not.
        rule: String,
    },
    /// The OCSP answer is older or later than the time asked about.
    OcspNotCurrent,
    /// The limit on signatures was reached; the search stopped.
    TooManySignatures {
        /// That limit.
        limit: usize,
    },
    /// The limit on candidates was reached; the search stopped.
    TooManyCandidates {
        /// That limit.
        limit: usize,
    },
    /// The limit on comparisons of names with constraints was reached; the search stopped.
    TooManyNames {
        /// That limit.
        limit: usize,
    },
    /// The limit on policies was reached.
    TooManyPolicies {
        /// That limit.
        limit: usize,
    },
    /// Between it and the target stand more CAs than the caller allows, self-issued ones
    /// not counted.
    TooManyIntermediates {
        /// That limit.
        limit: u32,
    },
    /// A path through its issuer would be longer than the limit.
    PathTooLong {
        /// That limit.
        limit: usize,
    },
}

impl PathError {
    /// The reasons, in the order in which they were met.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// Whether more knowledge could have changed the answer: some path holds but for the
    /// status of its certificates, of which none is known to be revoked.
    pub fn is_indeterminate(&self) -> bool {
        self.indeterminate
    }

    /// Whether the search stopped, or a path was given up, at a limit on work of its
    /// [`super::Budget`]: with less to look at, or a larger budget, one might have held.
    pub fn is_exhausted(&self) -> bool {
        let is_limit = |reason: &Reason| {
            matches!(
                reason.cause,
                Cause::TooManySignatures { .. }
                    | Cause::TooManyCandidates { .. }
                    | Cause::TooManyNames { .. }
                    | Cause::TooManyPolicies { .. }
            )
        };
        self.reasons.iter().any(is_limit)
    }

    pub(super) fn leave_open(&mut self) {
        self.indeterminate = true;
    }

    /// Open only where the target itself is as it should be.
    pub(super) fn unless_closed(mut self, target_is_fit: bool) -> Self {
        self.indeterminate &= target_is_fit;
        self
    }

    /// The reasons, which are handed over.
    pub(super) fn take_reasons(&mut self) -> Vec<Reason> {
        core::mem::take(&mut self.reasons)
    }

    pub(super) fn push(&mut self, reason: Reason) {
        if self.reasons.len() < MAX_REASONS && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// The search stopped for this reason, which therefore comes first.
    pub(super) fn stopped(mut self, reason: Reason) -> Self {
        self.reasons.truncate(MAX_REASONS - 1);
        self.reasons.insert(0, reason);
        self.indeterminate = false;
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }
}

impl fmt::Display for PathError {
    /// All reasons, separated by semicolons.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, reason) in self.reasons.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            reason.fmt(f)?;
        }
        Ok(())
    }
}

impl Cause {
    /// The clause that it breaks. For the search's own limits there is none: they
    /// are [`super::Budget`]'s.
    pub fn clause(&self) -> &'static str {
        match self {
            Self::NotYetValid { .. } | Self::Expired { .. } => "RFC 5280, 6.1.3 (a)(2)",
            Self::UnprocessedExtension { .. } => "RFC 5280, 4.2, 5.2 and 6.1.4 (o)",
            Self::KeyNotAccepted { .. } => "RFC 5280, 4.1.2.7",
            Self::PurposeNotAllowed { .. } => "RFC 5280, 4.2.1.12",
            Self::NotNamed { .. } => "RFC 9525, 6",
            Self::NameNotAllowed { .. } => "RFC 5280, 6.1.3 (b) and (c)",
            Self::NoValidPolicy => "RFC 5280, 6.1.3 (f) and 6.1.5 (g)",
            Self::AnyPolicyMapped => "RFC 5280, 6.1.4 (a)",
            Self::Content { clause, .. } => clause,
            Self::NoIssuer { .. } | Self::NoAnchor => "RFC 5280, 6.1.3 (a)(4)",
            Self::AlgorithmNotAccepted { .. } | Self::SignatureInvalid { .. } => {
                "RFC 5280, 6.1.3 (a)(1) and 6.3.3 (g)"
            }
            Self::NotVersion3 | Self::NotCa => "RFC 5280, 6.1.4 (k)",
            Self::NoKeyCertSign => "RFC 5280, 6.1.4 (n)",
            Self::NoCrlSign => "RFC 5280, 6.3.3 (f)",
            Self::PathLengthExceeded { .. } => "RFC 5280, 6.1.4 (l) and (m)",
            Self::CrlOutOfScope => "RFC 5280, 6.3.3 (b)",
            Self::CrlAfterExpiry { .. } => "RFC 5280, 3.3",
            Self::DeltaWithoutBase => "RFC 5280, 5.2.4",
            Self::NoCrlSigner { .. } | Self::CrlSignerRefused { .. } => "RFC 5280, 6.3.3 (f)",
            Self::OcspUnusable { .. } | Self::OcspNotCurrent => "RFC 6960, 3.2",
            Self::Revoked { .. } | Self::RevokedByOcsp { .. } | Self::StatusUnknown => {
                "RFC 5280, 6.1.3 (a)(3)"
            }
            Self::CrlNotYetIssued { .. } | Self::CrlStale { .. } | Self::CrlWithoutNextUpdate => {
                "RFC 5280, 5.1.2.5 and 6.3.3 (a)"
            }
            Self::TooManySignatures { .. }
            | Self::TooManyCandidates { .. }
            | Self::TooManyNames { .. }
            | Self::TooManyPolicies { .. }
            | Self::TooManyIntermediates { .. }
            | Self::PathTooLong { .. } => "",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(index) => write!(f, "certificate {index}"),
            Self::Anchor(index) => write!(f, "anchor {index}"),
            Self::Crl(index) => write!(f, "CRL {index}"),
            Self::Ocsp(index) => write!(f, "OCSP answer {index}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let it = format_args!("{} ({})", self.place, self.name);
        match &self.cause {
            Cause::NotYetValid { not_before } => write!(f, "{it} is not valid before {not_before}"),
            Cause::Expired { not_after } => write!(f, "{it} expired on {not_after}"),
            Cause::UnprocessedExtension { oid } => write!(
                f,
                "{it} has extension {oid}, which is not processed and must not be ignored"
            ),
            Cause::KeyNotAccepted { oid } => {
                write!(f, "{it} has a key of algorithm {oid} that is not accepted")
            }
            Cause::PurposeNotAllowed { purpose } => {
                write!(f, "{it} has an extKeyUsage without {purpose}")
            }
            Cause::NoIssuer { issuer } => write!(
                f,
                "{it} was issued by {issuer}, and no certificate of that name is at hand"
            ),
            Cause::NotNamed { name } => write!(f, "{it} is not that of {name}"),
            Cause::NameNotAllowed { by, fault } => match by {
                Some(place) => write!(f, "a name of {it} {fault} ({place})"),
                None => write!(f, "a name of {it} {fault} (the caller's)"),
            },
            Cause::NoValidPolicy => {
                write!(f, "{it} leaves no valid policy, and one is required")
            }
            Cause::AnyPolicyMapped => write!(f, "{it} maps anyPolicy"),
            Cause::Content {
                rule, statement, ..
            } => write!(f, "{it} breaks {rule}: {statement}"),
            Cause::NoAnchor => write!(f, "{it} leads to no anchor"),
            Cause::AlgorithmNotAccepted { signature, key } => write!(
                f,
                "{it} is signed with {signature} by a key of {key}, which is not accepted"
            ),
            Cause::SignatureInvalid { under, name } => {
                write!(
                    f,
                    "signature of {it} does not verify under {under} ({name})"
                )
            }
            Cause::NotVersion3 => write!(f, "{it} is an issuer and not of version 3"),
            Cause::NotCa => write!(f, "{it} is an issuer and not a CA"),
            Cause::NoKeyCertSign => write!(f, "{it} may not sign certificates by its keyUsage"),
            Cause::NoCrlSign => write!(f, "{it} may not sign CRLs by its keyUsage"),
            Cause::PathLengthExceeded { limit, below } => {
                write!(f, "{it} allows {limit} CAs below itself and has {below}")
            }
            Cause::Revoked { since, reason, .. } => {
                write!(f, "{it} was revoked on {since}")?;
                reason.map_or(Ok(()), |reason| write!(f, " ({reason})"))
            }
            Cause::RevokedByOcsp { since, reason, .. } => {
                write!(f, "{it} was revoked on {since}, by OCSP")?;
                reason.map_or(Ok(()), |reason| write!(f, " ({reason})"))
            }
            Cause::StatusUnknown => {
                write!(
                    f,
                    "{it} may be revoked or not: no current CRL of its issuer is at hand"
                )
            }
            Cause::CrlAfterExpiry { not_after } => write!(
                f,
                "{it} was issued after the certificate had expired, on {not_after}"
            ),
            Cause::CrlOutOfScope => write!(f, "{it} is about other certificates"),
            Cause::DeltaWithoutBase => {
                write!(f, "{it} is a delta without its full CRL")
            }
            Cause::NoCrlSigner { issuer } => {
                write!(
                    f,
                    "{it} was issued by {issuer}, and nobody of that name signed it"
                )
            }
            Cause::CrlSignerRefused { signer, .. } => {
                write!(f, "{it} was signed by {signer}, which has no valid path")
            }
            Cause::OcspUnusable { rule } => write!(f, "{it} can't be relied on: {rule}"),
            Cause::OcspNotCurrent => write!(f, "{it} is not current"),
            Cause::CrlNotYetIssued { this_update } => {
                write!(f, "{it} was issued only on {this_update}")
            }
            Cause::CrlStale { next_update } => write!(f, "{it} is stale since {next_update}"),
            Cause::CrlWithoutNextUpdate => write!(f, "{it} does not say how long it is current"),
            Cause::TooManySignatures { limit } => {
                write!(f, "search stopped at {it} after {limit} signatures")
            }
            Cause::TooManyCandidates { limit } => {
                write!(f, "search stopped at {it} after {limit} possible issuers")
            }
            Cause::TooManyNames { limit } => {
                write!(
                    f,
                    "search stopped at {it} after {limit} comparisons of names"
                )
            }
            Cause::TooManyPolicies { limit } => {
                write!(f, "{it} brings the policies above {limit}")
            }
            Cause::TooManyIntermediates { limit } => {
                write!(f, "{it} has more than {limit} CAs below")
            }
            Cause::PathTooLong { limit } => {
                write!(f, "a path through {it} has more than {limit} certificates")
            }
        }
    }
}

/// A name for people: what a terminal would obey is escaped, what is endless cut.
pub(crate) fn printable(name: &Name) -> String {
    let text = name.to_string();
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == MAX_NAME {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if shown.is_empty() {
        shown.push_str("empty name");
    }
    shown
}
