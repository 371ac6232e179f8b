//! The one error of this crate; what a request is refused for is a
//! [`Rejection`](crate::Rejection).

use crate::{
    CrlNumber,
    ocsp::{ErrorStatus, ResponderId},
};
use der::{DateTime, asn1::ObjectIdentifier};
use x509_cert::serial_number::SerialNumber;

/// Why a policy does not load, or a structure can't be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not TOML, a field is unknown or missing, or has another type.
    #[error("profile can't be read{}", at(line))]
    Toml {
        /// The line of the text, from 1; none where the reader knows none.
        line: Option<usize>,
        /// Line, column and what was expected there.
        source: toml::de::Error,
    },

    /// A line of policy that no certificate can follow, or none may.
    #[error("profile field `{field}`{}: {rule} ({clause})", at(line))]
    Policy {
        /// The field, as the TOML writes it, dots between tables and fields.
        field: &'static str,
        /// Its line in the text, from 1, or that of the table which lacks it; none for a
        /// policy without text.
        line: Option<usize>,
        /// What holds instead.
        rule: &'static str,
        /// The standard and its clause.
        clause: &'static str,
    },

    /// A word of policy that nobody knows here.
    #[error(
        "profile field `{field}`{}: {value:?} is not {expected} ({clause})",
        at(line)
    )]
    UnknownWord {
        /// The field, as the TOML writes it, dots between tables and fields.
        field: &'static str,
        /// The word's line in the text, from 1; none for a policy without text.
        line: Option<usize>,
        /// The word.
        value: String,
        /// What would have done.
        expected: &'static str,
        /// The standard and its clause.
        clause: &'static str,
    },

    /// A structure is not the DER it should be.
    #[error("malformed {what}")]
    Malformed {
        /// The structure, in the standard's name.
        what: &'static str,
        /// Kind and offset.
        source: der::Error,
    },

    /// A structure is not signed as X.509 has it: three parts in DER.
    #[error("{what} can't be read")]
    Unreadable {
        /// The structure, in the standard's name.
        what: &'static str,
        /// Why.
        source: gm_crypto::Error,
    },

    /// A structure is good DER and still not what its standard allows.
    #[error("{what}: {rule} ({clause})")]
    Invalid {
        /// The structure, in the standard's name.
        what: &'static str,
        /// What holds instead.
        rule: &'static str,
        /// The standard and its clause.
        clause: &'static str,
    },

    /// More octets than are read.
    #[error("{what} has {found} octets, at most {limit} are read")]
    TooLarge {
        /// The structure, in the standard's name.
        what: &'static str,
        /// Octets of the input.
        found: usize,
        /// The limit.
        limit: usize,
    },

    /// More elements than are read.
    #[error("{what} has {found} elements, at most {limit} are read")]
    TooMany {
        /// The list, in the standard's name.
        what: &'static str,
        /// Elements of the list.
        found: usize,
        /// The limit.
        limit: usize,
    },

    /// An extension that is critical and not understood here.
    #[error("{what} has the unknown critical extension {oid}")]
    CriticalExtension {
        /// The structure, in the standard's name.
        what: &'static str,
        /// The extension.
        oid: ObjectIdentifier,
    },

    /// One certificate stands twice in a CRL.
    #[error("serial number {serial} is revoked twice in one CRL: say it once")]
    DuplicateEntry {
        /// Its serial number.
        serial: Box<SerialNumber>,
    },

    /// An entry of a certificate that a shard of a CRL is not about.
    #[error("serial number {serial} is not of this CRL: put it into its own shard's")]
    OutsideShard {
        /// Its serial number.
        serial: Box<SerialNumber>,
    },

    /// The responder did not answer the question.
    #[error("OCSP responder answers {status}")]
    OcspRefused {
        /// What it said.
        status: ErrorStatus,
    },

    /// An OCSP answer names another responder than the key it is checked with.
    #[error("OCSP answer names another responder than the key given: {found}")]
    OcspResponder {
        /// Whom it names.
        found: Box<ResponderId>,
    },

    /// A certificate does not hold at the time that is asked about.
    #[error("{what} is valid from {not_before} to {not_after}, not at {at}")]
    NotValid {
        /// Whose certificate.
        what: &'static str,
        /// The time.
        at: DateTime,
        /// The first moment.
        not_before: DateTime,
        /// The last one.
        not_after: DateTime,
    },

    /// A delta CRL does not belong to the full list at hand: that is older than the list
    /// which the delta is a delta to, or newer than the delta (RFC 5280, 5.2.4).
    #[error("delta CRL {number} says what changed since list {base}, and list {full} is at hand")]
    OtherDelta {
        /// The delta's cRLNumber.
        number: CrlNumber,
        /// The number of the list that it is a delta to.
        base: CrlNumber,
        /// The number of the full list at hand.
        full: CrlNumber,
    },

    /// A CRL is not the one of the time that is asked about (RFC 5280, 6.3.3).
    #[error(
        "CertificateList is of {this_update}, until {}, not current at {at}",
        until(next_update)
    )]
    NotCurrent {
        /// The time.
        at: DateTime,
        /// Its thisUpdate.
        this_update: DateTime,
        /// Its nextUpdate.
        next_update: Option<DateTime>,
    },

    /// The signature does not fit, or its algorithm is not accepted.
    #[error("signature of {what} is not accepted")]
    Signature {
        /// The structure, in the standard's name.
        what: &'static str,
        /// Why.
        source: gm_crypto::Error,
    },

    /// A structure cannot be written, for the reason in the source.
    #[error("{what} can't be written")]
    Encoding {
        /// The structure, in the standard's name.
        what: &'static str,
        /// Why.
        source: gm_crypto::Error,
    },
}

fn at(line: &Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}

fn until(next_update: &Option<DateTime>) -> String {
    next_update.map_or_else(|| "the next one".into(), |next| next.to_string())
}

impl Error {
    pub(crate) fn malformed(what: &'static str) -> impl Fn(der::Error) -> Self {
        move |source| Self::Malformed { what, source }
    }

    pub(crate) fn encoding(what: &'static str) -> impl Fn(der::Error) -> Self {
        move |source| Self::Encoding {
            what,
            source: gm_crypto::Error::Malformed { what, source },
        }
    }
}
