//! What a signature has been found to fit.

use alloc::{borrow::Cow, vec::Vec};
use core::fmt;
use der::{DateTime, asn1::ObjectIdentifier};

use super::{super::Deviation, Attribute, signer::SignerInfo};

/// The content of a message whose signature fits the signers that were named.
#[derive(Clone)]
pub struct SignedContent<'a> {
    pub(super) content: Cow<'a, [u8]>,
    pub(super) content_type: ObjectIdentifier,
    /// At least one.
    pub(super) signers: Vec<VerifiedSigner>,
    pub(super) deviations: Vec<Deviation>,
}

/// How much there is, not what: contents are long, and nobody's business.
impl fmt::Debug for SignedContent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedContent")
            .field("octets", &self.content.len())
            .field("signers", &self.signers.len())
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}

impl SignedContent<'_> {
    /// The octets that were signed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.content
    }

    /// The octets that were signed.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.content.into_owned()
    }

    /// What the content is, most often `data`. Signed where a signer has attributes; where
    /// none has, it is `data`.
    #[must_use]
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// Those whose signatures were checked, in the order of the message: each certificate
    /// once, with the first of its signatures. One person may have several certificates.
    #[must_use]
    pub fn signers(&self) -> &[VerifiedSigner] {
        &self.signers
    }

    /// The signature of the first (DER of GM/T 0009's `SM2Signature`), for whoever checks it
    /// with another program.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.signers[0].signature()
    }

    /// What the message has beside GM/T 0010, each once; empty after a strict reading.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

/// One whose signature fits.
#[derive(Clone, Debug)]
pub struct VerifiedSigner {
    pub(super) certificate: Vec<u8>,
    pub(super) info: SignerInfo,
}

impl VerifiedSigner {
    /// The certificate (DER) that the signature was checked with.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The signature, DER of GM/T 0009's `SM2Signature`.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.info.signature()
    }

    /// The signed attributes; none where the content itself was signed.
    #[must_use]
    pub fn attributes(&self) -> Option<&[Attribute]> {
        self.info.attributes()
    }

    /// The attributes that are not signed: anybody may have added them.
    #[must_use]
    pub fn unsigned_attributes(&self) -> &[Attribute] {
        self.info.unauthenticated_attributes()
    }

    /// When the signer says that they signed: their clock, not a time stamp.
    #[must_use]
    pub fn signing_time(&self) -> Option<DateTime> {
        // Read before, when the message was.
        self.info.signing_time().ok().flatten()
    }
}

/// Content whose signatures fit the certificates that came with it, and nothing else.
///
/// Anybody can make a certificate in anybody's name and sign with it. This says that the
/// message is in one piece; who signed it is known only when the certificates of
/// [`Self::signers`] have been validated, and then
/// [`super::UnverifiedSignedData::verify_all`] gives a [`SignedContent`].
#[derive(Clone, Debug)]
pub struct UnattributedContent<'a>(SignedContent<'a>);

impl<'a> UnattributedContent<'a> {
    pub(super) fn new(content: SignedContent<'a>) -> Self {
        Self(content)
    }

    /// The signers that the message claims, with the certificates that it carries, each once.
    #[must_use]
    pub fn signers(&self) -> &[VerifiedSigner] {
        &self.0.signers
    }

    /// What the message has beside GM/T 0010.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.0.deviations
    }

    /// The octets that somebody signed.
    #[must_use]
    pub fn unattributed_bytes(&self) -> &[u8] {
        &self.0.content
    }
}
