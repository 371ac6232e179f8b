//! Keys: a scalar that nobody sees, a point that is known to be on the curve.

use crate::{
    Error, Result,
    low::{ct::declassify, error_state::assert_not_entered, field::on_this_machine},
    mid::{
        multiply::multiply_base,
        point::{Affine, to_affine_all},
        scalar::SecretScalar,
    },
    self_test::ready,
};
use alloc::vec::Vec;
use core::fmt;
use der::{AnyRef, asn1::BitStringRef};
use rand_core::TryCryptoRng;
use spki::{AlgorithmIdentifierRef, Document, EncodePublicKey, SubjectPublicKeyInfoRef};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{CURVE_OID, KEY_OID};

/// A private key: a scalar in [1, n − 2].
///
/// n − 1 is excluded because a signature divides by 1 + d (GB/T 32918.1, 6.1).
/// Wiped on drop, silent in `Debug`, compared in constant time.
#[derive(Clone)]
pub struct SecretKey(SecretScalar);

impl SecretKey {
    /// A fresh key from `rng`.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self> {
        let mut octets = Zeroizing::new([0; 32]);
        loop {
            ready()?;
            rng.try_fill_bytes(octets.as_mut_slice())
                .map_err(|_| Error::Random)?;
            // n is 2^256 − 2^224: one draw in four thousand million is redrawn.
            if let Ok(key) = Self::from_bytes(&octets) {
                return Ok(key);
            }
        }
    }

    /// `count` fresh keys with their public halves; one inversion serves all of them.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub fn generate_batch<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        count: usize,
    ) -> Result<Vec<(Self, PublicKey)>> {
        let mut octets = Zeroizing::new(alloc::vec![0; 32 * count]);
        rng.try_fill_bytes(&mut octets).map_err(|_| Error::Random)?;
        let mut keys = Vec::with_capacity(count);
        for chunk in octets.as_chunks::<32>().0 {
            match Self::from_bytes(chunk) {
                Ok(key) => keys.push(key),
                Err(_) => keys.push(Self::generate(rng)?),
            }
        }
        let mut affine = on_this_machine!(m => {
            let mut points: Vec<_> = keys.iter().map(|key| multiply_base(m, &key.0)).collect();
            let affine = to_affine_all(m, &points);
            points.zeroize();
            affine
        });
        // Copied, not moved out, so that what `keys` holds is wiped.
        let mut pairs = Vec::with_capacity(count);
        pairs.extend(keys.iter().zip(&mut affine).map(|(key, point)| {
            *point = declassify(*point, "a public key is public");
            (key.clone(), PublicKey(*point))
        }));
        Ok(pairs)
    }

    /// Reads the scalar: 32 octets, big endian.
    ///
    /// # Errors
    /// [`Error::Crypto`] when it is not in [1, n − 2].
    pub fn from_bytes(octets: &[u8; 32]) -> Result<Self> {
        ready()?;
        let (scalar, below_n) = SecretScalar::from_bytes(octets);
        let last = scalar.add(&[1, 0, 0, 0]).is_zero();
        let usable = below_n & !scalar.is_zero() & !last;
        if declassify(bool::from(usable), "a number out of range is no key") {
            Ok(Self(scalar))
        } else {
            Err(Error::Crypto)
        }
    }

    /// The scalar: 32 octets, big endian, wiped when dropped.
    ///
    /// # Panics
    /// In the [error state](mod@crate::self_test).
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        assert_not_entered();
        Zeroizing::new(self.0.to_bytes())
    }

    /// The point d·G.
    pub fn public_key(&self) -> PublicKey {
        let point = on_this_machine!(m => {
            let mut point = multiply_base(m, &self.0);
            let affine = point.to_affine(m);
            // Z tells about d.
            point.zeroize();
            affine
        });
        PublicKey(declassify(point, "a public key is public"))
    }

    pub(super) fn scalar(&self) -> &SecretScalar {
        &self.0
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
pub struct PublicKey(Affine);

impl PublicKey {
    /// Octets of the uncompressed form.
    pub const LENGTH: usize = 65;

    /// Reads `04 ‖ x ‖ y`, 65 octets (SEC 1, 2.3.4; GB/T 32918.1, 4.2.10).
    ///
    /// # Errors
    /// [`Error::Crypto`] for any other length or form, and for a point that is
    /// not on the curve.
    pub fn from_uncompressed(octets: &[u8]) -> Result<Self> {
        let Some((4, rest)) = octets.split_first() else {
            return Err(Error::Crypto);
        };
        let ([x, y], []) = rest.as_chunks::<32>() else {
            return Err(Error::Crypto);
        };
        on_this_machine!(m => Affine::from_coordinates_vartime(m, x, y))
            .map(Self)
            .ok_or(Error::Crypto)
    }

    /// Reads a point uncompressed or compressed, `02 ‖ x` or `03 ‖ x`, 33 octets (SEC 1,
    /// 2.3.4; GB/T 32918.1, 4.2.10). The hybrid forms `06` and `07` are refused.
    ///
    /// # Errors
    /// [`Error::Crypto`] as for [`Self::from_uncompressed`].
    pub fn from_sec1(octets: &[u8]) -> Result<Self> {
        match octets {
            [form @ (2 | 3), x @ ..] => {
                let x = x.try_into().map_err(|_| Error::Crypto)?;
                on_this_machine!(m => Affine::decompress_vartime(m, x, *form == 3))
                    .map(Self)
                    .ok_or(Error::Crypto)
            }
            _ => Self::from_uncompressed(octets),
        }
    }

    /// Writes `04 ‖ x ‖ y`.
    pub fn to_uncompressed(&self) -> [u8; Self::LENGTH] {
        let (x, y) = on_this_machine!(m => self.0.to_coordinates(m));
        let mut octets = [4; Self::LENGTH];
        octets[1..33].copy_from_slice(&x);
        octets[33..].copy_from_slice(&y);
        octets
    }

    /// Writes `02 ‖ x` or `03 ‖ x`, as y is even or odd.
    pub fn to_compressed(&self) -> [u8; 33] {
        let (x, y) = on_this_machine!(m => self.0.to_coordinates(m));
        let mut octets = [2 | (y[31] & 1); 33];
        octets[1..].copy_from_slice(&x);
        octets
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

    pub(super) fn point(&self) -> &Affine {
        &self.0
    }

    /// A point that a multiplication of secrets made and that is sent to others.
    pub(super) fn from_point(point: Affine) -> Self {
        Self(point)
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
