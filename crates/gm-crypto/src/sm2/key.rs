//! Keys: a scalar that nobody sees, a point that is known to be on the curve.

use crate::{Error, Result};
use core::fmt;
use der::{AnyRef, asn1::BitStringRef};
use rand_core::TryCryptoRng;
use sm2::{
    Scalar,
    elliptic_curve::{Group, PrimeField, sec1::ToSec1Point},
};
use spki::{AlgorithmIdentifierRef, Document, EncodePublicKey, SubjectPublicKeyInfoRef};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{CURVE_OID, KEY_OID};

/// A private key: a scalar in [1, n − 2].
///
/// n − 1 is excluded because a signature divides by 1 + d (GB/T 32918.1, 6.1).
/// Wiped on drop, silent in `Debug`, compared in constant time.
#[derive(Clone)]
pub struct SecretKey(Scalar);

impl SecretKey {
    /// A fresh key from `rng`.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self> {
        let mut octets = Zeroizing::new([0; 32]);
        loop {
            rng.try_fill_bytes(octets.as_mut_slice())
                .map_err(|_| Error::Random)?;
            // n is 2^256 − 2^224: one draw in four thousand million is redrawn.
            if let Ok(key) = Self::from_bytes(&octets) {
                return Ok(key);
            }
        }
    }

    /// Reads the scalar: 32 octets, big endian.
    ///
    /// # Errors
    /// [`Error::Crypto`] when it is not in [1, n − 2].
    pub fn from_bytes(octets: &[u8; 32]) -> Result<Self> {
        let scalar = Option::<Scalar>::from(Scalar::from_repr((*octets).into()));
        let key = Self(scalar.ok_or(Error::Crypto)?);
        let unusable = key.0.ct_eq(&Scalar::ZERO) | (key.0 + Scalar::ONE).ct_eq(&Scalar::ZERO);
        if unusable.into() {
            return Err(Error::Crypto);
        }
        Ok(key)
    }

    /// The scalar: 32 octets, big endian, wiped when dropped.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_repr().into())
    }

    /// The point d·G.
    pub fn public_key(&self) -> PublicKey {
        let point = sm2::ProjectivePoint::mul_by_generator(&self.0).to_affine();
        PublicKey(
            sm2::PublicKey::from_affine(point).expect("d is in [1, n - 2], so d·G is not infinity"),
        )
    }

    pub(super) fn scalar(&self) -> &Scalar {
        &self.0
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl zeroize::ZeroizeOnDrop for SecretKey {}

impl ConstantTimeEq for SecretKey {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").finish_non_exhaustive()
    }
}

/// A public key: a point on the curve that is not infinity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(sm2::PublicKey);

impl PublicKey {
    /// Octets of the uncompressed form.
    pub const LENGTH: usize = 65;

    /// Reads `04 ‖ x ‖ y`, 65 octets (SEC 1, 2.3.4; GB/T 32918.1, 4.2.10).
    ///
    /// # Errors
    /// [`Error::Crypto`] for any other length or form, and for a point that is
    /// not on the curve.
    pub fn from_uncompressed(octets: &[u8]) -> Result<Self> {
        if octets.len() != Self::LENGTH || octets[0] != 4 {
            return Err(Error::Crypto);
        }
        sm2::PublicKey::from_sec1_bytes(octets)
            .map(Self)
            .map_err(|_| Error::Crypto)
    }

    /// Writes `04 ‖ x ‖ y`.
    pub fn to_uncompressed(&self) -> [u8; Self::LENGTH] {
        let point = self.0.to_sec1_point(false);
        point
            .as_bytes()
            .try_into()
            .expect("an uncompressed point that is not infinity has 65 octets")
    }

    /// Whether an algorithm identifier means a key on this curve, in either
    /// spelling.
    pub fn is_named_by(algorithm: AlgorithmIdentifierRef<'_>) -> bool {
        match algorithm.oid {
            KEY_OID => algorithm.assert_oids(KEY_OID, CURVE_OID).is_ok(),
            CURVE_OID => algorithm.parameters.is_none_or(|parameters| {
                parameters == AnyRef::NULL || parameters == AnyRef::from(&CURVE_OID)
            }),
            _ => false,
        }
    }

    pub(super) fn point(&self) -> sm2::ProjectivePoint {
        self.0.to_projective()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        for octet in self.to_uncompressed() {
            write!(f, "{octet:02x}")?;
        }
        f.write_str(")")
    }
}

impl EncodePublicKey for PublicKey {
    /// Writes `SubjectPublicKeyInfo` with `id-ecPublicKey` and the curve as its
    /// parameter, the form of GM/T 0015-2012, annex D. The curve as
    /// algorithm is read and never written.
    fn to_public_key_der(&self) -> spki::Result<Document> {
        let octets = self.to_uncompressed();
        Ok(Document::encode_msg(&SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: KEY_OID,
                parameters: Some(AnyRef::from(&CURVE_OID)),
            },
            subject_public_key: BitStringRef::from_bytes(&octets)?,
        })?)
    }
}

/// Reads both spellings in circulation: `id-ecPublicKey` with the curve as its
/// parameter, and the curve itself as the algorithm (some hardware writes it;
/// GM/T 0015-2012, annex C, prints it), its parameters absent, NULL or the curve again. The point is
/// uncompressed. Gives [`spki::DecodePublicKey`] too.
impl TryFrom<SubjectPublicKeyInfoRef<'_>> for PublicKey {
    type Error = spki::Error;

    fn try_from(spki: SubjectPublicKeyInfoRef<'_>) -> spki::Result<Self> {
        if !Self::is_named_by(spki.algorithm) {
            return Err(spki::Error::OidUnknown {
                oid: spki.algorithm.oid,
            });
        }
        let octets = spki
            .subject_public_key
            .as_bytes()
            .ok_or(spki::Error::KeyMalformed)?;
        Self::from_uncompressed(octets).map_err(|_| spki::Error::KeyMalformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    const N: [u128; 2] = [
        0xFFFF_FFFE_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF,
        0x7203_DF6B_21C6_052B_53BB_F409_39D5_4123,
    ];

    fn near_n(below: u128) -> [u8; 32] {
        let mut octets = [0; 32];
        octets[..16].copy_from_slice(&N[0].to_be_bytes());
        octets[16..].copy_from_slice(&(N[1] - below).to_be_bytes());
        octets
    }

    #[test]
    fn a_scalar_lies_between_one_and_n_minus_two() {
        assert!(SecretKey::from_bytes(&[0; 32]).is_err());
        let mut one = [0; 32];
        one[31] = 1;
        assert!(SecretKey::from_bytes(&one).is_ok());
        assert!(SecretKey::from_bytes(&near_n(2)).is_ok());
        assert!(SecretKey::from_bytes(&near_n(1)).is_err());
        assert!(SecretKey::from_bytes(&near_n(0)).is_err());
        assert!(SecretKey::from_bytes(&[0xff; 32]).is_err());
    }

    #[test]
    fn debug_of_a_secret_is_silent() {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "SecretKey { .. }");
    }

    #[test]
    fn both_spellings_of_a_key_are_read_and_other_curves_are_not() {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
        let octets = key.to_uncompressed();
        let read = |oid, parameters| {
            PublicKey::try_from(SubjectPublicKeyInfoRef {
                algorithm: AlgorithmIdentifierRef { oid, parameters },
                subject_public_key: BitStringRef::from_bytes(&octets).unwrap(),
            })
        };
        let curve = Some(AnyRef::from(&CURVE_OID));
        let other = Some(AnyRef::from(&KEY_OID));
        for (oid, parameters) in [
            (KEY_OID, curve),
            (CURVE_OID, None),
            (CURVE_OID, Some(AnyRef::NULL)),
            (CURVE_OID, curve),
        ] {
            assert_eq!(read(oid, parameters).unwrap(), key);
        }
        for (oid, parameters) in [
            (KEY_OID, None),
            (KEY_OID, Some(AnyRef::NULL)),
            (KEY_OID, other),
            (CURVE_OID, other),
        ] {
            assert!(read(oid, parameters).is_err());
        }
    }

    #[test]
    fn a_point_off_the_curve_is_no_key() {
        let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
        let mut octets = key.to_uncompressed();
        assert_eq!(PublicKey::from_uncompressed(&octets).unwrap(), key);
        octets[64] ^= 1;
        assert!(PublicKey::from_uncompressed(&octets).is_err());
        assert!(PublicKey::from_uncompressed(&[0]).is_err(), "infinity");
    }
}
