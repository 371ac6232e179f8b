//! RSA signatures with the padding PSS: verified, never made.

use super::{RSA_ENCRYPTION, public_key};
use crate::pki::{VerifyAlgorithm, sha2::Sha2};
use ::rsa::Pss;
use der::{AnyRef, Sequence, asn1::ObjectIdentifier};
use sha2::{Sha256, Sha384, Sha512};
use signature::Error;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// `id-RSASSA-PSS` (RFC 4055, 3.1): a signature's, or a key's that signs in no other way.
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

/// `id-mgf1` (RFC 4055, 2.2).
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");

/// RSASSA-PSS (RFC 8017, 8.1) with one digest, which makes the mask too, and a salt as long
/// as it (RFC 4055, 3.1).
///
/// The key is `rsaEncryption` with NULL parameters, or `id-RSASSA-PSS` with none or with
/// those of the signature; its numbers are those that [`RsaPkcs1`](super::RsaPkcs1) takes.
/// The signature's parameters are written out: what is left out means SHA-1, which is not
/// there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RsaPss(Sha2);

impl RsaPss {
    /// With SHA-256.
    pub const SHA256: Self = Self(Sha2::Sha256);
    /// With SHA-384.
    pub const SHA384: Self = Self(Sha2::Sha384);
    /// With SHA-512.
    pub const SHA512: Self = Self(Sha2::Sha512);

    /// id-sha256, -384, -512 (RFC 4055, 2.1), and the octets that they have.
    fn digest(self) -> (ObjectIdentifier, u32) {
        match self.0 {
            Sha2::Sha256 => (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"), 32),
            Sha2::Sha384 => (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"), 48),
            Sha2::Sha512 => (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"), 64),
        }
    }

    fn takes_parameters(self, parameters: AnyRef<'_>) -> bool {
        let (oid, length) = self.digest();
        // Absent or NULL, as RFC 4055, 2.1, has it.
        let is_digest = |algorithm: AlgorithmIdentifierRef<'_>| {
            algorithm.oid == oid && algorithm.parameters.is_none_or(|any| any == AnyRef::NULL)
        };
        let is_mask = |mask: AlgorithmIdentifierRef<'_>| {
            let digest = mask.parameters.map(|any| any.decode_as());
            mask.oid == MGF1 && matches!(digest, Some(Ok(digest)) if is_digest(digest))
        };
        parameters.decode_as::<Parameters<'_>>().is_ok_and(|read| {
            read.hash.is_some_and(is_digest)
                && read.mask.is_some_and(is_mask)
                && read.salt == Some(length)
                && read.trailer.is_none_or(|trailer| trailer == 1)
        })
    }
}

impl VerifyAlgorithm for RsaPss {
    fn accepts(
        &self,
        signature: AlgorithmIdentifierRef<'_>,
        key: AlgorithmIdentifierRef<'_>,
    ) -> bool {
        signature.oid == RSASSA_PSS
            && signature
                .parameters
                .is_some_and(|parameters| self.takes_parameters(parameters))
            && self.takes_key(key)
    }

    fn takes_key(&self, key: AlgorithmIdentifierRef<'_>) -> bool {
        match (key.oid, key.parameters) {
            (RSA_ENCRYPTION, parameters) => parameters == Some(AnyRef::NULL),
            (RSASSA_PSS, parameters) => {
                parameters.is_none_or(|parameters| self.takes_parameters(parameters))
            }
            _ => false,
        }
    }

    fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> signature::Result<()> {
        let key = spki.subject_public_key.as_bytes().ok_or_else(Error::new)?;
        let key = public_key(key).ok_or_else(Error::new)?;
        let hashed = self.0.of(message);
        let salt = hashed.len();
        let verdict = match self.0 {
            Sha2::Sha256 => key.verify(Pss::<Sha256>::new_with_salt(salt), &hashed, signature),
            Sha2::Sha384 => key.verify(Pss::<Sha384>::new_with_salt(salt), &hashed, signature),
            Sha2::Sha512 => key.verify(Pss::<Sha512>::new_with_salt(salt), &hashed, signature),
        };
        verdict.map_err(|_| Error::new())
    }
}

/// `RSASSA-PSS-params` (RFC 4055, 3.1).
#[derive(Sequence)]
struct Parameters<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt: Option<u32>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u32>,
}

#[cfg(test)]
mod tests;
