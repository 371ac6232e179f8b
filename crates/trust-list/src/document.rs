//! Signed documents: was this signed under a recognised certificate?
//!
//! A document is signed data (GM/T 0010; with [`Dialect::Field`] also under the content types
//! of RFC 5652), its content inside or beside it, by one or several. Signatures are SM2 with
//! SM3: a message with another signature is refused as a whole when it is read. Each signer
//! is judged alone, in five parts:
//!
//! | part | what is asked |
//! |---|---|
//! | message | the signature fits the octets as they came, and the certificate that the signer names (signingCertificate, RFC 5035, where there is one); its keyUsage is for signatures |
//! | time | a token (RFC 3161) over the signature's octets among the unsigned attributes, below the caller's anchors, proves the time; without one the signer's signingTime is a claim |
//! | chain | the path to the anchors of the list's entries, revocation left aside |
//! | status | what the CRLs and OCSP answers say, those that the message carries too |
//! | recognition | [`TrustList::ask`], at the time that is proved, or as of now |
//!
//! ```no_run
//! use trust_list::document::{Dialect, DocumentQuestion, Indication, UnverifiedDocument};
//! # use trust_list::{Result, list::TrustList, path::Anchor};
//! # fn show(list: &TrustList, tsa: &[Anchor], octets: &[u8], now: der::DateTime) -> Result<()> {
//! let document = UnverifiedDocument::from_der(octets, Dialect::Strict)?;
//! let report = document.judge(list, &DocumentQuestion::new(now).time_stamp_anchors(tsa));
//! for signer in &report.signers {
//!     println!("{:?} {:?}", signer.indication(), signer.codes());
//! }
//! assert_eq!(report.indication(), Indication::Valid);
//! # Ok(())
//! # }
//! ```
//!
//! # What a time is worth
//!
//! A token that does not verify never counts; the report says why. A proved time is the
//! token's latest moment, genTime and accuracy together: by then the signature was there. Of
//! several tokens the earliest counts. Where only the signer says when, everything is judged
//! as of now; if that fails and it would hold were the claim proved, nothing can be said, and
//! the code is `UNPROVED_TIME`.

mod judge;
mod report;
#[cfg(test)]
mod tests;

pub use gm_crypto::message::{Deviation, Dialect};
pub use report::{
    DocumentReport, Indication, MessageFault, SignerName, SignerReport, StatusFault, StatusFinding,
    TimeFinding, TimeStampFault,
};

use crate::{
    Error, Result,
    list::{Rules, TrustList},
    path::{Anchor, OcspResponse, ParsedCertificate, ParsedCrl, RevocationRule},
};
use core::time::Duration;
use der::DateTime;
use gm_crypto::{message::UnverifiedSignedData, pki::VerifyAlgorithm, sm3};

const WHAT: &str = "signed document";

/// A signed document of which nothing has been checked.
#[derive(Clone, Debug)]
pub struct UnverifiedDocument {
    message: UnverifiedSignedData,
    /// The content of a message that has none inside.
    content: Option<Vec<u8>>,
    digest: crate::list::Digest,
}

impl UnverifiedDocument {
    /// Octets of the longest message and of the longest content that are read.
    pub const MAX_LENGTH: usize = 64 << 20;

    /// Reads a message with its content inside.
    ///
    /// # Errors
    /// [`Error::Limit`] above [`Self::MAX_LENGTH`] octets and for more than 16 signers, 64
    /// certificates or 64 CRLs; [`Error::Unreadable`] for what is no such message, in another
    /// dialect, signed otherwise than by SM2 with SM3, or detached.
    pub fn from_der(octets: &[u8], dialect: Dialect) -> Result<Self> {
        Self::from_either(octets, dialect, || {
            let reason = "is detached, its content stands elsewhere";
            Err(unreadable(gm_crypto::Error::Invalid { what: WHAT, reason }))
        })
    }

    /// Reads a message whose content stands beside it.
    ///
    /// # Errors
    /// Those of [`Self::from_der`]; [`Error::Unreadable`] when there is content inside.
    pub fn from_detached(
        signature: &[u8],
        content: impl Into<Vec<u8>>,
        dialect: Dialect,
    ) -> Result<Self> {
        let document = Self::from_either(signature, dialect, || Ok(content.into()))?;
        if document.content.is_none() {
            let reason = "is not detached, its content stands inside";
            return Err(unreadable(gm_crypto::Error::Invalid { what: WHAT, reason }));
        }
        Ok(document)
    }

    /// Reads either form: where a message has no content, `content` is asked for it.
    ///
    /// # Errors
    /// Those of [`Self::from_der`] and of `content`.
    pub fn from_either(
        octets: &[u8],
        dialect: Dialect,
        content: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<Self> {
        Error::cap("octets of a document", octets.len(), Self::MAX_LENGTH)?;
        let message = UnverifiedSignedData::read(octets, dialect).map_err(unreadable)?;
        Error::cap("signers", message.signers().len(), judge::MAX_SIGNERS)?;
        for carried in [message.certificates(), message.crls()] {
            Error::cap("certificates or CRLs", carried.len(), judge::MAX_CARRIED)?;
        }
        let content = match message.content() {
            Some(_) => None,
            None => Some(content()?),
        };
        let length = content.as_ref().map_or(0, Vec::len);
        Error::cap("octets of a document", length, Self::MAX_LENGTH)?;
        let digest = sm3::digest(octets);
        Ok(Self {
            message,
            content,
            digest,
        })
    }

    /// The content, which nobody has checked.
    pub fn content(&self) -> &[u8] {
        let inside = self.message.content();
        self.content.as_deref().or(inside).unwrap_or_default()
    }

    /// Judges every signer by a list. [`crate::client::Client::judge`] does the same by the
    /// list that a reader follows.
    pub fn judge(&self, list: &TrustList, question: &DocumentQuestion<'_>) -> DocumentReport {
        judge::judge(self, list, question)
    }
}

fn unreadable(source: gm_crypto::Error) -> Error {
    Error::Unreadable { what: WHAT, source }
}

/// What a caller knows when it asks about a document.
#[derive(Clone, Debug)]
pub struct DocumentQuestion<'a> {
    now: DateTime,
    certificates: &'a [ParsedCertificate],
    crls: &'a [ParsedCrl],
    ocsp: &'a [OcspResponse],
    time_stamp_anchors: &'a [Anchor],
    revocation: RevocationRule,
    algorithms: Option<&'a [&'a dyn VerifyAlgorithm]>,
    time_stamp_algorithms: Option<&'a [&'a dyn VerifyAlgorithm]>,
    rules: Rules,
}

impl<'a> DocumentQuestion<'a> {
    /// A question of now: certificates and CRLs of the message alone, no token proves
    /// anything, SM2 with SM3, revocation where a CRL or an answer is there, all rules.
    pub fn new(now: DateTime) -> Self {
        Self {
            now,
            certificates: &[],
            crls: &[],
            ocsp: &[],
            time_stamp_anchors: &[],
            revocation: RevocationRule::default(),
            algorithms: None,
            time_stamp_algorithms: None,
            rules: Rules::default(),
        }
    }

    /// Certificates that the message may lack: its signers', those of time-stamping
    /// authorities and of CAs above these.
    #[must_use]
    pub fn certificates(self, certificates: &'a [ParsedCertificate]) -> Self {
        Self {
            certificates,
            ..self
        }
    }

    /// The CRLs at hand, beside those of the message.
    #[must_use]
    pub fn crls(self, crls: &'a [ParsedCrl]) -> Self {
        Self { crls, ..self }
    }

    /// The OCSP answers at hand.
    #[must_use]
    pub fn ocsp(self, ocsp: &'a [OcspResponse]) -> Self {
        Self { ocsp, ..self }
    }

    /// Whose time stamps prove a time.
    #[must_use]
    pub fn time_stamp_anchors(self, anchors: &'a [Anchor]) -> Self {
        Self {
            time_stamp_anchors: anchors,
            ..self
        }
    }

    /// When a certificate needs an answer about its revocation.
    #[must_use]
    pub fn revocation(self, revocation: RevocationRule) -> Self {
        Self { revocation, ..self }
    }

    /// The signature algorithms that count for the path of a signer.
    #[must_use]
    pub fn algorithms(self, algorithms: &'a [&'a dyn VerifyAlgorithm]) -> Self {
        Self {
            algorithms: Some(algorithms),
            ..self
        }
    }

    /// The signature algorithms that count for time stamps and their authorities' paths.
    #[must_use]
    pub fn time_stamp_algorithms(self, algorithms: &'a [&'a dyn VerifyAlgorithm]) -> Self {
        Self {
            time_stamp_algorithms: Some(algorithms),
            ..self
        }
    }

    /// The rules about time.
    #[must_use]
    pub fn rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    pub(crate) fn grace(mut self, grace: Duration) -> Self {
        self.rules.grace = grace;
        self
    }
}
