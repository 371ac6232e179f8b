//! ECDSA on the curves P-256 and P-384: verified, never made.
//!
//! Certificates of this field stand beside those of others (requests by OpenSSL and Java,
//! gateways with two chains), so a verifier may list these too.

use super::{VerifyAlgorithm, sha2::Sha2};
use core::fmt::Debug;
use der::asn1::ObjectIdentifier;
use signature::{Error, hazmat::PrehashVerifier};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// `id-ecPublicKey` (RFC 5480, 2.1.1).
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// The first octet of an uncompressed point (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// ECDSA (RFC 5758, 3.2) on one curve with one digest.
///
/// The key is `id-ecPublicKey` that names its curve (RFC 5480, 2.1.1) and an uncompressed
/// point, the signature `Ecdsa-Sig-Value` in DER (RFC 3279, 2.2.3) under an identifier
/// without parameters. SHA-1 and SHA-224 are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ecdsa {
    curve: Curve,
    digest: Sha2,
}

impl Ecdsa {
    /// P-256 (secp256r1) with SHA-256.
    pub const P256_SHA256: Self = Self::new(Curve::P256, Sha2::Sha256);
    /// P-384 (secp384r1) with SHA-384.
    pub const P384_SHA384: Self = Self::new(Curve::P384, Sha2::Sha384);
    /// P-384 with SHA-256, as programs sign that take one digest for all keys.
    pub const P384_SHA256: Self = Self::new(Curve::P384, Sha2::Sha256);
    /// P-384 with SHA-512, of which the first 384 bits are signed.
    pub const P384_SHA512: Self = Self::new(Curve::P384, Sha2::Sha512);

    const fn new(curve: Curve, digest: Sha2) -> Self {
        Self { curve, digest }
    }

    /// ecdsa-with-SHA256, -SHA384, -SHA512 (RFC 5758, 3.2).
    fn signature_oid(self) -> ObjectIdentifier {
        match self.digest {
            Sha2::Sha256 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
            Sha2::Sha384 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"),
            Sha2::Sha512 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Curve {
    P256,
    P384,
}

impl Curve {
    fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
            Self::P384 => ObjectIdentifier::new_unwrap("1.3.132.0.34"),
        }
    }
}

impl VerifyAlgorithm for Ecdsa {
    fn accepts(
        &self,
        signature: AlgorithmIdentifierRef<'_>,
        key: AlgorithmIdentifierRef<'_>,
    ) -> bool {
        signature.oid == self.signature_oid()
            && signature.parameters.is_none()
            && self.takes_key(key)
    }

    fn takes_key(&self, key: AlgorithmIdentifierRef<'_>) -> bool {
        key.assert_oids(EC_PUBLIC_KEY, self.curve.oid()).is_ok()
    }

    fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> signature::Result<()> {
        let point = spki.subject_public_key.as_bytes();
        let point = point
            .filter(|point| point.first() == Some(&UNCOMPRESSED))
            .ok_or_else(Error::new)?;
        let digest = self.digest.of(message);
        match self.curve {
            Curve::P256 => {
                let signature = p256::ecdsa::DerSignature::try_from(signature)?;
                p256::ecdsa::VerifyingKey::from_sec1_bytes(point)?
                    .verify_prehash(&digest, &p256::ecdsa::Signature::try_from(signature)?)
            }
            Curve::P384 => {
                let signature = p384::ecdsa::DerSignature::try_from(signature)?;
                p384::ecdsa::VerifyingKey::from_sec1_bytes(point)?
                    .verify_prehash(&digest, &p384::ecdsa::Signature::try_from(signature)?)
            }
        }
    }
}

#[cfg(test)]
mod tests;
