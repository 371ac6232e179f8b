//! Digests by which others name octets.

use der::{AnyRef, asn1::ObjectIdentifier};
use gm_crypto::{
    pki::oid::{SHA256, SM3, SM3_UNKEYED},
    sm3,
};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierOwned;

/// SHA-384 and SHA-512 (RFC 8017, B.1).
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// A digest that time stamps and references to certificates may use. SHA-1 is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SM3 (GM/T 0004), under 1.2.156.10197.1.401 or .401.1.
    Sm3,
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-384 (FIPS 180-4).
    Sha384,
    /// SHA-512 (FIPS 180-4).
    Sha512,
}

impl DigestAlgorithm {
    /// The one that an identifier names, its parameters NULL or absent.
    pub(crate) fn of(algorithm: &AlgorithmIdentifierOwned) -> Option<Self> {
        let parameters = algorithm.parameters.as_ref().map(AnyRef::from);
        if parameters.is_some_and(|any| any != AnyRef::NULL) {
            return None;
        }
        Some(match algorithm.oid {
            SM3 | SM3_UNKEYED => Self::Sm3,
            SHA256 => Self::Sha256,
            SHA384 => Self::Sha384,
            SHA512 => Self::Sha512,
            _ => return None,
        })
    }

    /// The digest of some octets: 32 octets, 48 of SHA-384, 64 of SHA-512.
    pub fn digest(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Sm3 => sm3::digest(octets).to_vec(),
            Self::Sha256 => Sha256::digest(octets).to_vec(),
            Self::Sha384 => Sha384::digest(octets).to_vec(),
            Self::Sha512 => Sha512::digest(octets).to_vec(),
        }
    }

    /// `SM3`, `SHA-256`, `SHA-384` or `SHA-512`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sm3 => "SM3",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}
