//! What is said about a document.

use crate::{
    Error,
    list::{Answer, Digest, SigningTime, Verdict},
    path::{ParsedCertificate, PathError},
    time_stamp::{TimeStamp, TimeStampRefusal},
};
use der::DateTime;
use gm_crypto::message::Deviation;

/// The answer, of three kinds as in ETSI EN 319 102-1 (5.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Indication {
    /// Everything holds.
    Valid,
    /// What is known does not suffice to say.
    Indeterminate,
    /// Something does not hold, and more knowledge would not change that.
    Invalid,
}

impl Indication {
    /// `valid`, `indeterminate` or `invalid`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Indeterminate => "indeterminate",
            Self::Invalid => "invalid",
        }
    }
}

/// What was found out about a document, with all that is needed to work it out again.
#[derive(Debug)]
#[non_exhaustive]
pub struct DocumentReport {
    /// One report for each signer, in the order of the message.
    pub signers: Vec<SignerReport>,
    /// What the message has beside GM/T 0010.
    pub deviations: Vec<Deviation>,
    /// SM3 of the message as it came.
    pub message: Digest,
    /// SM3 of its content.
    pub content: Digest,
    /// Now, as the question had it.
    pub now: DateTime,
    /// The number of the list that was asked.
    pub sequence: u64,
    /// Its digest.
    pub list: Digest,
    /// The rules that were applied, such as `gm-pki:trust-list:document:1`; those of the
    /// list's answer stand with it.
    pub rules: &'static str,
}

impl DocumentReport {
    /// The worst that is said of any signer; invalid without a signer.
    pub fn indication(&self) -> Indication {
        let all = self.signers.iter().map(SignerReport::indication);
        all.max().unwrap_or(Indication::Invalid)
    }

    /// The codes of all signers, each once; `NO_SIGNER` where there is none.
    pub fn codes(&self) -> Vec<&'static str> {
        if self.signers.is_empty() {
            return vec!["NO_SIGNER"];
        }
        let mut codes = Vec::new();
        for code in self.signers.iter().flat_map(SignerReport::codes) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
    }
}

/// Who is said to have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerName {
    /// By the issuer (DER of `Name`) and serial number (content octets of the INTEGER) of the
    /// certificate.
    IssuerAndSerialNumber {
        /// The issuer.
        issuer: Vec<u8>,
        /// The serial number.
        serial: Vec<u8>,
    },
    /// By the certificate's subject key identifier.
    KeyIdentifier(Vec<u8>),
}

/// What was found out about one signer.
#[derive(Debug)]
#[non_exhaustive]
pub struct SignerReport {
    /// Who is said to have signed.
    pub name: SignerName,
    /// The certificate under which the signature fits, or why there is none.
    pub message: Result<ParsedCertificate, MessageFault>,
    /// When it was signed.
    pub time: TimeFinding,
    /// The certificates from the signer's up to the anchor's, or why no path holds; none where
    /// the message is at fault or the list has no issuer of that name.
    pub chain: Option<Result<Vec<ParsedCertificate>, PathError>>,
    /// What is known about revocation, where there is a path.
    pub status: Option<Result<StatusFinding, StatusFault>>,
    /// What the list answers, where the message is not at fault.
    pub recognition: Option<Answer>,
    /// That all would hold if the claimed time were proved.
    pub would_hold_if_proved: bool,
}

impl SignerReport {
    /// What follows from the parts.
    pub fn indication(&self) -> Indication {
        match &self.message {
            Err(MessageFault::NoCertificate) => return Indication::Indeterminate,
            Err(_) => return Indication::Invalid,
            Ok(_) => {}
        }
        if self.would_hold_if_proved {
            return Indication::Indeterminate;
        }
        let status = match &self.status {
            Some(Err(StatusFault::Revoked(_))) => Indication::Invalid,
            Some(Err(StatusFault::Unknown(_))) => Indication::Indeterminate,
            Some(Ok(_)) | None => Indication::Valid,
        };
        let Some(answer) = &self.recognition else {
            return Indication::Indeterminate.max(status);
        };
        let recognition = match &answer.verdict {
            Verdict::Recognised { .. } => Indication::Valid,
            Verdict::NotRecognised(_) => Indication::Invalid,
            Verdict::Indeterminate(_) => Indication::Indeterminate,
        };
        // A list that is not judged says nothing about a chain either.
        let chain = match &self.chain {
            Some(Err(_)) if answer.at.is_some() => Indication::Invalid,
            _ => Indication::Valid,
        };
        status.max(recognition).max(chain)
    }

    /// Why it is not valid, in fixed words; empty where it is. Of the message:
    /// `CERTIFICATE_MISSING`, `CERTIFICATE_REFERENCE`, `SIGNATURE`, `KEY_USAGE`; of the chain
    /// `PATH`; of the status `REVOKED` or `REVOCATION_UNKNOWN`; of the list those of
    /// [`Verdict::code`]; and `UNPROVED_TIME` where a proof of the claimed time would make
    /// it good. What is wrong with time stamps stands with these, [`TimeStampFault::code`].
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes = Vec::new();
        if let Err(fault) = &self.message {
            codes.push(fault.code());
        }
        if let Some(Err(_)) = &self.chain {
            codes.push("PATH");
        }
        if let Some(Err(fault)) = &self.status {
            codes.push(fault.code());
        }
        if let Some(answer) = &self.recognition
            && !matches!(answer.verdict, Verdict::Recognised { .. })
        {
            codes.push(answer.verdict.code());
        }
        if self.would_hold_if_proved {
            codes.push("UNPROVED_TIME");
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// Why the signature is nobody's who is known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MessageFault {
    /// The signer's certificate is neither in the message nor given.
    #[error("the signer's certificate is neither in the message nor given")]
    NoCertificate,
    /// The signer's signed reference is to none of the certificates of that name, or can't be
    /// read.
    #[error("the signer names another certificate, or none that can be told (RFC 5035)")]
    Reference,
    /// The signature does not fit content and certificate.
    #[error("the signature does not fit")]
    Signature(#[source] gm_crypto::Error),
    /// The certificate's key is not for signatures.
    #[error("the signer's certificate may not sign by its keyUsage (RFC 5280, 4.2.1.3)")]
    KeyUsage,
}

impl MessageFault {
    /// `CERTIFICATE_MISSING`, `CERTIFICATE_REFERENCE`, `SIGNATURE` or `KEY_USAGE`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCertificate => "CERTIFICATE_MISSING",
            Self::Reference => "CERTIFICATE_REFERENCE",
            Self::Signature(_) => "SIGNATURE",
            Self::KeyUsage => "KEY_USAGE",
        }
    }
}

/// What is known about the time of a signature.
#[derive(Debug)]
#[non_exhaustive]
pub struct TimeFinding {
    /// When the signer says that they signed.
    pub claimed: Option<DateTime>,
    /// The tokens beside the signature, in the order of the message, eight at most.
    pub stamps: Vec<Result<TimeStamp, TimeStampFault>>,
    /// The time that was judged by: proved by the earliest token, claimed, or now.
    pub judged: SigningTime,
}

impl TimeFinding {
    /// `PROVED`, `CLAIMED` or `NOW`.
    pub fn code(&self) -> &'static str {
        match self.judged {
            SigningTime::Proved(_) => "PROVED",
            SigningTime::Claimed(_) => "CLAIMED",
            SigningTime::Now => "NOW",
        }
    }
}

/// Why a token beside a signature proves nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TimeStampFault {
    /// It is no token.
    #[error("the time stamp can't be read")]
    Unreadable(#[source] Error),
    /// It does not verify.
    #[error("the time stamp does not count")]
    Refused(#[source] TimeStampRefusal),
}

impl TimeStampFault {
    /// `TSA_UNREADABLE`, or the words of [`TimeStampRefusal::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "TSA_UNREADABLE",
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

/// What is known about the revocation of the signer's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusFinding {
    /// It is not revoked.
    Good,
    /// Nobody was asked: there is no CRL or answer, and the rule does without.
    NotChecked,
}

impl StatusFinding {
    /// `GOOD` or `NOT_CHECKED`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Good => "GOOD",
            Self::NotChecked => "NOT_CHECKED",
        }
    }
}

/// What is wrong with the status of the path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatusFault {
    /// A certificate of the path is revoked.
    #[error("a certificate of the path is revoked")]
    Revoked(#[source] PathError),
    /// Whether one is revoked is not known.
    #[error("whether a certificate of the path is revoked is not known")]
    Unknown(#[source] PathError),
}

impl StatusFault {
    /// `REVOKED` or `REVOCATION_UNKNOWN`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Revoked(_) => "REVOKED",
            Self::Unknown(_) => "REVOCATION_UNKNOWN",
        }
    }
}
