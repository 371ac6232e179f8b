//! Why something does not verify. It tells and never accepts.
//!
//! Every function here gives reasons, [`Finding`]s, for a person to read. A list without
//! any says nothing either way, and there is no finding that means "good": whoever wants to
//! know that verifies.

mod budget;
mod equation;
mod signers;
mod structure;

pub(crate) use budget::Budget;
pub use equation::signature;
pub use signers::message;
pub(crate) use signers::{Judgement, judge, signers_findings};
pub use structure::signed;
pub(crate) use structure::{algorithms, equation, issuer_differs, issuer_of, usable_key, verifies};

use crate::sm2::UserId;
use alloc::{string::String, vec::Vec};
use core::fmt;

/// What else may be tried: IDs, certificates, the content of a detached message.
#[derive(Clone, Debug, Default)]
pub struct Clues {
    pub(crate) ids: Vec<UserId>,
    pub(crate) certificates: Vec<Vec<u8>>,
    /// Certificates that came with what is judged: nobody vouches for them.
    pub(crate) carried: Vec<Vec<u8>>,
    pub(crate) content: Option<Vec<u8>>,
}

/// IDs and certificates beyond these are not tried.
const MAX_CLUES: usize = 64;

impl Clues {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another ID under which somebody may have signed; at most 64 are tried.
    #[must_use]
    pub fn id(mut self, id: UserId) -> Self {
        if self.ids.len() < MAX_CLUES {
            self.ids.push(id);
        }
        self
    }

    /// A certificate (DER) whose key may be the right one; at most 64 are tried.
    #[must_use]
    pub fn certificate(mut self, der: &[u8]) -> Self {
        if self.certificates.len() < MAX_CLUES {
            self.certificates.push(der.to_vec());
        }
        self
    }

    /// A certificate that came in the same file; it stands behind those that were given.
    pub(crate) fn carried(mut self, der: &[u8]) -> Self {
        if self.carried.len() < MAX_CLUES {
            self.carried.push(der.to_vec());
        }
        self
    }

    /// The content that a detached signature is over.
    #[must_use]
    pub fn content(mut self, content: &[u8]) -> Self {
        self.content = Some(content.to_vec());
        self
    }
}

/// One reason why something does not verify.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The equation holds with an empty ID (OpenSSL 1.1.1 to 3.x without `distid`).
    EmptyId,
    /// The equation holds with another ID that was given.
    OtherId {
        /// That ID.
        id: UserId,
    },
    /// The equation holds with e = SM3(M), without Z.
    WithoutZ,
    /// The equation holds with e = SM3(Z ‖ SM3(M)): a digest was signed as if it were the message.
    DigestSigned,
    /// The equation holds with e = SM3(SM3(M)).
    DigestOfDigest,
    /// The equation of ECDSA over the SM2 curve holds.
    Ecdsa {
        /// What was taken as digest: SM3(M), SHA-256(M), SM3(Z ‖ M).
        digest: &'static str,
    },
    /// The signature is r ‖ s, 64 octets, and not DER.
    RawSignature,
    /// An INTEGER is negative: a leading octet 00 is missing.
    NegativeInteger,
    /// The signature is BER, or padded, or has octets behind it.
    NotStrictDer,
    /// r and s are exchanged.
    Exchanged,
    /// r and s are written with the least octet first.
    LittleEndian,
    /// r or s is 0, or not below the order n, or r + s is n.
    OutOfRange,
    /// The signature is neither `SM2Signature` nor 64 octets.
    NoSignature,
    /// The key is none of the SM2 curve.
    NoKey,
    /// The issuer has another name than the certificate that was taken for it.
    IssuerName {
        /// The name that is wanted.
        wanted: String,
        /// The name of the certificate that was given.
        given: String,
    },
    /// The issuer has another key identifier than the certificate that was taken for it.
    IssuerKeyId,
    /// The signature fits the key of another certificate that was given.
    OtherCertificate {
        /// Its subject.
        subject: String,
        /// Its serial number.
        serial: String,
    },
    /// The identifier inside what is signed is not the one beside the signature.
    AlgorithmMismatch {
        /// Inside.
        inner: String,
        /// Outside.
        outer: String,
    },
    /// The signature is said to be none of SM2 with SM3.
    OtherAlgorithm {
        /// What it is said to be.
        named: String,
    },
    /// The attribute `messageDigest` is not the digest of the content.
    ContentChanged,
    /// The attribute `messageDigest` is SM3(Z ‖ content); it is SM3(content) elsewhere.
    MessageDigestWithZ,
    /// There are attributes, and a due one is not among them (GM/T 0010, clause 8; RFC 5652,
    /// 5.3): nothing binds the signature to the content.
    AttributeMissing {
        /// Which: `messageDigest` or `contentType`.
        name: &'static str,
    },
    /// An attribute stands there twice, with several values, or with one of another type.
    AttributeMalformed {
        /// Which: `messageDigest` or `contentType`.
        name: &'static str,
    },
    /// The attribute `contentType` is not the type of the content.
    ContentTypeDiffers,
    /// There are no attributes, and the content is no `data`: they are due then.
    AttributesNeeded,
    /// There are no attributes, and the content itself is a SET of attributes: the signature
    /// may be that of another message.
    ContentLikeAttributes,
    /// The library's own verification refuses it, for a reason that is not known here.
    Refused {
        /// What it says.
        reason: String,
    },
    /// The bound of work was reached before everything was tried.
    WorkBounded,
    /// The content stands elsewhere and was not given.
    ContentNeeded,
    /// The signature is over the content, although there are attributes.
    AttributesNotSigned,
    /// The signature is over the attributes with the tag `[0]` instead of SET.
    AttributesTag,
    /// No certificate of this signer is in the message or was given.
    SignerUnknown,
    /// Nothing that is known here explains it: other octets were signed, or by another key.
    Unexplained,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::EmptyId => {
                "it was signed under an empty ID (OpenSSL before 4.0 does so unless told: \
                 -sigopt distid:1234567812345678)"
            }
            Self::OtherId { id } => {
                return write!(
                    f,
                    "it was signed under the ID \"{}\"",
                    id.as_bytes().escape_ascii()
                );
            }
            Self::WithoutZ => "it was signed without Z: over SM3(M) instead of SM3(Z ‖ M)",
            Self::DigestSigned => {
                "a digest was signed as if it were the message: over SM3(Z ‖ SM3(M))"
            }
            Self::DigestOfDigest => "the digest was hashed once more: over SM3(SM3(M))",
            Self::Ecdsa { digest } => {
                return write!(
                    f,
                    "it is an ECDSA signature over the SM2 curve, the digest being {digest}"
                );
            }
            Self::RawSignature => "the signature is r ‖ s, 64 octets, instead of DER",
            Self::NegativeInteger => {
                "r or s is a negative INTEGER: its leading octet 00 is missing"
            }
            Self::NotStrictDer => {
                "the signature is not strict DER (lengths, padding, or octets behind)"
            }
            Self::Exchanged => "r and s are exchanged",
            Self::LittleEndian => "r and s are written with the least octet first",
            Self::OutOfRange => "r or s is 0 or not below n, or r + s is n",
            Self::NoSignature => "the signature is neither SM2Signature nor 64 octets",
            Self::NoKey => "the issuer's key is none of the SM2 curve",
            Self::IssuerName { wanted, given } => {
                return write!(
                    f,
                    "wrong issuer: \"{wanted}\" is wanted, \"{given}\" was given"
                );
            }
            Self::IssuerKeyId => "wrong issuer: its key identifier is another than the one wanted",
            Self::OtherCertificate { subject, serial } => {
                return write!(
                    f,
                    "the key of another certificate fits: \"{subject}\", serial {serial}"
                );
            }
            Self::AlgorithmMismatch { inner, outer } => {
                return write!(
                    f,
                    "the signature's identifiers differ: inside {inner}; outside {outer}"
                );
            }
            Self::OtherAlgorithm { named } => {
                return write!(f, "the signature is said to be {named}");
            }
            Self::ContentChanged => "the content was changed: messageDigest is that of another one",
            Self::MessageDigestWithZ => {
                "messageDigest was made with Z; it is SM3 of the content alone"
            }
            Self::AttributeMissing { name } => {
                return write!(
                    f,
                    "there are attributes without {name}: nobody signed the content"
                );
            }
            Self::AttributeMalformed { name } => {
                return write!(f, "the attribute {name} is not there once with one value");
            }
            Self::ContentTypeDiffers => "the attribute contentType is not the content's type",
            Self::AttributesNeeded => {
                "there are no attributes, which are due where the content is no data"
            }
            Self::ContentLikeAttributes => {
                "the content could be the attributes of another message, whose signature this is"
            }
            Self::Refused { reason } => return write!(f, "verification refuses it: {reason}"),
            Self::WorkBounded => "the bound of work was reached: not everything was tried",
            Self::ContentNeeded => "the content stands elsewhere: give it (--content)",
            Self::AttributesNotSigned => {
                "the content was signed, although attributes stand there, which should be"
            }
            Self::AttributesTag => "the attributes were signed with the tag [0] instead of SET",
            Self::SignerUnknown => "the signer's certificate is neither inside nor was it given",
            Self::Unexplained => {
                "none of the usual mistakes: other octets were signed, or another key signed them"
            }
        };
        f.write_str(text)
    }
}

#[cfg(test)]
mod tests;
