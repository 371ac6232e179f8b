//! RSA signatures with PKCS#1's paddings, that of version 1.5 and PSS: verified, never made.

mod pss;

pub use pss::RsaPss;

use super::{VerifyAlgorithm, sha2::Sha2};
use ::rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey};
use core::fmt::Debug;
use der::{
    AnyRef, Decode, Sequence,
    asn1::{ObjectIdentifier, UintRef},
};
use sha2::{Sha256, Sha384, Sha512};
use signature::Error;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// `rsaEncryption` (RFC 8017, A.1).
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Bits of a modulus: GM/T 0015-2012 and NIST SP 800-131A ask for 2048; the work of a
/// verification grows with the square.
const MODULUS_BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// Octets of an exponent: with more, a verification could take as long as a signature.
const EXPONENT_OCTETS: usize = 4;

/// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2) with one digest.
///
/// The key is `rsaEncryption` with NULL parameters (RFC 3279, 2.3.1), a modulus of 2048 to
/// 8192 bits, an odd exponent of 3 to 2^32 − 1. The signature's parameters are NULL, or
/// absent, which every reader must accept (RFC 4055, 5). SHA-1 and MD5 are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RsaPkcs1(Sha2);

impl RsaPkcs1 {
    /// With SHA-256.
    pub const SHA256: Self = Self(Sha2::Sha256);
    /// With SHA-384.
    pub const SHA384: Self = Self(Sha2::Sha384);
    /// With SHA-512.
    pub const SHA512: Self = Self(Sha2::Sha512);

    /// sha256-, sha384-, sha512WithRSAEncryption (RFC 8017, A.2.4).
    fn signature_oid(self) -> ObjectIdentifier {
        match self.0 {
            Sha2::Sha256 => ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11"),
            Sha2::Sha384 => ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"),
            Sha2::Sha512 => ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"),
        }
    }

    fn padding(self) -> Pkcs1v15Sign {
        match self.0 {
            Sha2::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Sha2::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Sha2::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        }
    }
}

impl VerifyAlgorithm for RsaPkcs1 {
    fn accepts(
        &self,
        signature: AlgorithmIdentifierRef<'_>,
        key: AlgorithmIdentifierRef<'_>,
    ) -> bool {
        signature.oid == self.signature_oid()
            && signature.parameters.is_none_or(|any| any == AnyRef::NULL)
            && self.takes_key(key)
    }

    fn takes_key(&self, key: AlgorithmIdentifierRef<'_>) -> bool {
        key.oid == RSA_ENCRYPTION && key.parameters == Some(AnyRef::NULL)
    }

    fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> signature::Result<()> {
        let key = spki.subject_public_key.as_bytes().ok_or_else(Error::new)?;
        let key = public_key(key).ok_or_else(Error::new)?;
        key.verify(self.padding(), &self.0.of(message), signature)
            .map_err(|_| Error::new())
    }
}

/// `RSAPublicKey` (RFC 8017, A.1.1).
#[derive(Sequence)]
struct Numbers<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

fn public_key(der: &[u8]) -> Option<RsaPublicKey> {
    let numbers = Numbers::from_der(der).ok()?;
    let (modulus, exponent) = (numbers.modulus.as_bytes(), numbers.exponent.as_bytes());
    // Before anything is made of them.
    if modulus.len() > MODULUS_BITS.end() / 8 || exponent.len() > EXPONENT_OCTETS {
        return None;
    }
    // The crate computes at the modulus's width, and refuses an even number, and 1.
    let modulus = BoxedUint::from_be_slice_vartime(modulus);
    let exponent = BoxedUint::from_be_slice_vartime(exponent);
    RsaPublicKey::new_with_size_limits(modulus, exponent, MODULUS_BITS).ok()
}

#[cfg(test)]
mod tests;
