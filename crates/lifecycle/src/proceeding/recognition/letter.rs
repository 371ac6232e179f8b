//! What one side writes to the other: signed, and read before a case takes it (S4-06).

use super::publication::octets;
use crate::Octets;
use der::DateTime;
use gm_crypto::{
    message::{Dialect, SignedContent, UnverifiedSignedData},
    sm3,
};
use serde::{Deserialize, Serialize};
use trust_list::path::ParsedCertificate;
use x509_cert::ext::pkix::KeyUsage;

/// A letter of one side to the other. Whoever has one has checked its signature with a
/// certificate that its reader named.
///
/// It is a GM/T 0010 `SignedData`. A notice has its text inside or beside it; an acknowledgement
/// is a signature over the octets of the notice that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Letter {
    pub(super) message: Octets,
    pub(super) content: Octets,
    pub(super) signer: Octets,
}

/// What was read is no letter of the one who should have written it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LetterFault {
    /// It is not signed by that certificate.
    #[error("the letter is not signed by the certificate that should sign it")]
    NotSigned(#[source] gm_crypto::Error),
    /// The certificate can't be read.
    #[error("the certificate of the letter's signer can't be read")]
    Certificate(#[source] trust_list::Error),
    /// The certificate does not hold now.
    #[error("the certificate of the letter's signer holds from {from} until {until}")]
    NotValid {
        /// The first second.
        from: DateTime,
        /// The last second.
        until: DateTime,
    },
    /// The certificate's key is for something else (RFC 5280, 4.2.1.3).
    #[error("the certificate of the letter's signer is not for signatures")]
    NotForSignatures,
}

impl Letter {
    /// Reads a letter: `signer` is the certificate (DER) of the one who should have signed it,
    /// known to be his by other means; `content` is what was signed, where it stands beside the
    /// message; `now` is when it came.
    ///
    /// # Errors
    /// [`LetterFault`] for a message that is no strict GM/T 0010 `SignedData` or is not signed
    /// by that certificate, and for a certificate that does not hold or is not for signatures.
    pub fn read(
        message: &[u8],
        content: Option<&[u8]>,
        signer: &[u8],
        now: DateTime,
    ) -> Result<Self, LetterFault> {
        let certificate = ParsedCertificate::from_der(signer).map_err(LetterFault::Certificate)?;
        let (from, until) = (certificate.not_before(), certificate.not_after());
        if now < from || until < now {
            return Err(LetterFault::NotValid { from, until });
        }
        let signs = |usage: KeyUsage| usage.digital_signature() || usage.non_repudiation();
        if !certificate.key_usage().is_none_or(signs) {
            return Err(LetterFault::NotForSignatures);
        }
        let signed = verify(message, content, signer).map_err(LetterFault::NotSigned)?;
        Ok(Self {
            message: octets(sm3::digest(message)),
            content: octets(sm3::digest(signed.as_bytes())),
            signer: octets(certificate.digest()),
        })
    }

    /// SM3 of the message, 32 octets: what its evidence has.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// SM3 of what was signed, 32 octets.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// SM3 of the signer's certificate, 32 octets.
    pub fn signer(&self) -> &[u8] {
        &self.signer
    }
}

fn verify<'a>(
    message: &[u8],
    content: Option<&'a [u8]>,
    signer: &[u8],
) -> gm_crypto::Result<SignedContent<'a>> {
    let message = UnverifiedSignedData::read(message, Dialect::Strict)?;
    match content {
        Some(content) if message.content().is_none() => message.verify_detached(signer, content),
        _ => message.verify(signer),
    }
}
