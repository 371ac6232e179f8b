//! Public-key encryption (GB/T 32918.4) and its ciphertext (GM/T 0009, 7.2).

use crate::{
    Error, Result,
    low::{ct::declassify, field::on_this_machine},
    mid::{
        multiply::{multiply, multiply_base},
        point::{Affine, to_affine_all},
        scalar::SecretScalar,
    },
    sm3,
};
use alloc::vec::Vec;
use der::{
    Decode, Encode, Sequence,
    asn1::{OctetStringRef, UintRef},
};
use rand_core::TryCryptoRng;
use sm3::digest::Digest;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{PublicKey, SecretKey};

/// A ciphertext: the point C1, the hash C3 and the masked message C2.
///
/// ```text
/// SM2Cipher ::= SEQUENCE {
///     XCoordinate INTEGER, YCoordinate INTEGER,
///     HASH OCTET STRING (SIZE(32)), CipherText OCTET STRING }
/// ```
///
/// The hash is SM3(x2 ‖ M ‖ y2) over the shared point; where GM/T 0009-2012, 9.2,
/// speaks of the public key's coordinates, its own example does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ciphertext {
    c1: PublicKey,
    c3: [u8; 32],
    c2: Vec<u8>,
}

#[derive(Sequence)]
struct Sm2Cipher<'a> {
    x: UintRef<'a>,
    y: UintRef<'a>,
    hash: &'a OctetStringRef,
    ciphertext: &'a OctetStringRef,
}

impl Ciphertext {
    /// Reads GM/T 0009's DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Crypto`] for a
    /// point off the curve, a hash that has not 32 octets, or an empty message.
    pub fn from_der(octets: &[u8]) -> Result<Self> {
        let parsed = Sm2Cipher::from_der(octets).map_err(|source| Error::Malformed {
            what: "SM2Cipher",
            source,
        })?;
        let mut point = [0; PublicKey::LENGTH];
        point[0] = 4;
        for (integer, field) in [parsed.x, parsed.y].iter().zip(point[1..].chunks_mut(32)) {
            let start = 32usize
                .checked_sub(integer.as_bytes().len())
                .ok_or(Error::Crypto)?;
            field[start..].copy_from_slice(integer.as_bytes());
        }
        Self::from_parts(&point, parsed.hash.as_bytes(), parsed.ciphertext.as_bytes())
    }

    /// Writes GM/T 0009's DER.
    pub fn to_der(&self) -> Vec<u8> {
        let point = self.c1.to_uncompressed();
        let encode = || -> der::Result<Vec<u8>> {
            Sm2Cipher {
                x: UintRef::new(&point[1..33])?,
                y: UintRef::new(&point[33..])?,
                hash: OctetStringRef::new(&self.c3)?,
                ciphertext: OctetStringRef::new(&self.c2)?,
            }
            .to_der()
        };
        encode().expect("a ciphertext shorter than 256 MiB has a DER encoding")
    }

    /// Reads C1 ‖ C3 ‖ C2, C1 being `04 ‖ x ‖ y` (GB/T 32918.4-2016, 6.1).
    ///
    /// # Errors
    /// [`Error::Crypto`] when it is too short or C1 is not on the curve.
    pub fn from_c1c3c2(octets: &[u8]) -> Result<Self> {
        let (c1, rest) = octets
            .split_at_checked(PublicKey::LENGTH)
            .ok_or(Error::Crypto)?;
        let (c3, c2) = rest
            .split_at_checked(sm3::DIGEST_LENGTH)
            .ok_or(Error::Crypto)?;
        Self::from_parts(c1, c3, c2)
    }

    /// Writes C1 ‖ C3 ‖ C2.
    pub fn to_c1c3c2(&self) -> Vec<u8> {
        [&self.c1.to_uncompressed()[..], &self.c3, &self.c2].concat()
    }

    fn from_parts(c1: &[u8], c3: &[u8], c2: &[u8]) -> Result<Self> {
        if c2.is_empty() {
            return Err(Error::Crypto);
        }
        Ok(Self {
            c1: PublicKey::from_uncompressed(c1)?,
            c3: c3.try_into().map_err(|_| Error::Crypto)?,
            c2: c2.to_vec(),
        })
    }
}

/// A ciphertext in the order of the draft of 2010, C1 ‖ C2 ‖ C3, which old programs still
/// write. Nothing but its name tells it from C1 ‖ C3 ‖ C2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyCiphertext(Ciphertext);

impl LegacyCiphertext {
    /// Reads C1 ‖ C2 ‖ C3, C1 being `04 ‖ x ‖ y`.
    ///
    /// # Errors
    /// [`Error::Crypto`] when it is too short or C1 is not on the curve.
    pub fn from_c1c2c3(octets: &[u8]) -> Result<Self> {
        let (c1, rest) = octets
            .split_at_checked(PublicKey::LENGTH)
            .ok_or(Error::Crypto)?;
        let (c2, c3) = rest
            .split_last_chunk::<{ sm3::DIGEST_LENGTH }>()
            .ok_or(Error::Crypto)?;
        Ciphertext::from_parts(c1, c3, c2).map(Self)
    }

    /// Writes C1 ‖ C2 ‖ C3.
    pub fn to_c1c2c3(&self) -> Vec<u8> {
        [&self.0.c1.to_uncompressed()[..], &self.0.c2, &self.0.c3].concat()
    }
}

impl From<LegacyCiphertext> for Ciphertext {
    fn from(legacy: LegacyCiphertext) -> Self {
        legacy.0
    }
}

impl From<Ciphertext> for LegacyCiphertext {
    fn from(ciphertext: Ciphertext) -> Self {
        Self(ciphertext)
    }
}

/// x2 and y2 of the shared point, 32 octets each, wiped.
struct Shared(Zeroizing<[u8; 64]>);

impl Shared {
    fn new(x: [u8; 32], y: [u8; 32]) -> Self {
        let mut octets = Zeroizing::new([0; 64]);
        octets[..32].copy_from_slice(&x);
        octets[32..].copy_from_slice(&y);
        Self(octets)
    }

    /// [d]C1.
    fn decrypting(d: &SecretScalar, c1: &Affine) -> Self {
        on_this_machine!(m => {
            let mut point = multiply(m, d, c1);
            let mut affine = point.to_affine(m);
            let (x, y) = affine.to_coordinates(m);
            point.zeroize();
            affine.zeroize();
            Self::new(x, y)
        })
    }

    /// C1 = [k]G, and [k]P; one inversion makes both affine.
    fn encrypting(k: &SecretScalar, recipient: &Affine) -> (PublicKey, Self) {
        on_this_machine!(m => {
            let mut points = [multiply_base(m, k), multiply(m, k, recipient)];
            let mut affine = to_affine_all(m, &points);
            let c1 = declassify(affine[0], "C1 is part of the ciphertext");
            let (x, y) = affine[1].to_coordinates(m);
            points.zeroize();
            affine.zeroize();
            (PublicKey::from_point(c1), Self::new(x, y))
        })
    }

    /// t = KDF(x2 ‖ y2, length).
    fn mask(&self, length: usize) -> Zeroizing<Vec<u8>> {
        let mut mask = Zeroizing::new(alloc::vec![0; length]);
        sm3::kdf(&[&self.0[..]], &mut mask);
        mask
    }

    /// C3 = SM3(x2 ‖ M ‖ y2).
    fn hash(&self, message: &[u8]) -> [u8; 32] {
        sm3::Sm3::new()
            .chain_update(&self.0[..32])
            .chain_update(message)
            .chain_update(&self.0[32..])
            .finalize()
            .into()
    }
}

impl PublicKey {
    /// Encrypts `message` to this key.
    ///
    /// # Errors
    /// [`Error::Crypto`] for an empty message, whose mask would be empty;
    /// [`Error::Random`] when the source fails.
    pub fn encrypt<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<Ciphertext> {
        if message.is_empty() {
            return Err(Error::Crypto);
        }
        loop {
            // A1, A2: C1 = [k]G; the range of a secret key suits k.
            let k = SecretKey::generate(rng)?;
            // A4, A5: (x2, y2) = [k]P; t = KDF(x2 ‖ y2), not all zero.
            let (c1, shared) = Shared::encrypting(k.scalar(), self.point());
            let mask = shared.mask(message.len());
            let zero = mask.iter().fold(0, |sum, octet| sum | octet).ct_eq(&0);
            if declassify(bool::from(zero), "with another k, the mask is another") {
                continue;
            }
            // A6, A7: C2 = M ⊕ t; C3.
            return Ok(Ciphertext {
                c1,
                c3: shared.hash(message),
                c2: message.iter().zip(&*mask).map(|(m, t)| m ^ t).collect(),
            });
        }
    }
}

impl SecretKey {
    /// Decrypts a ciphertext made for this key's public half.
    ///
    /// The plaintext exists only after C3 fits; otherwise it is wiped.
    ///
    /// # Errors
    /// [`Error::Crypto`], for whatever reason.
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>> {
        // B1 holds by the type. B3, B4: (x2, y2) = [d]C1; t not all zero.
        let shared = Shared::decrypting(self.scalar(), ciphertext.c1.point());
        let mut message = shared.mask(ciphertext.c2.len());
        let zero = message.iter().fold(0, |sum, octet| sum | octet).ct_eq(&0);
        // B5, B6: M = C2 ⊕ t; u = C3.
        for (octet, masked) in message.iter_mut().zip(&ciphertext.c2) {
            *octet ^= masked;
        }
        let fits = shared.hash(&message).ct_eq(&ciphertext.c3);
        if declassify(bool::from(fits & !zero), "whether it opens is the answer") {
            Ok(message)
        } else {
            Err(Error::Crypto)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;

    #[test]
    fn what_is_encrypted_decrypts_and_a_changed_octet_does_not() {
        let key = SecretKey::generate(&mut SysRng).unwrap();
        for length in [1, 31, 32, 33, 200] {
            let message = alloc::vec![0xa5; length];
            let ciphertext = key.public_key().encrypt(&mut SysRng, &message).unwrap();
            assert_eq!(*key.decrypt(&ciphertext).unwrap(), message);
            let raw = ciphertext.to_c1c3c2();
            assert_eq!(Ciphertext::from_c1c3c2(&raw).unwrap(), ciphertext);
            let legacy = LegacyCiphertext::from(ciphertext.clone()).to_c1c2c3();
            assert_eq!(legacy[65..65 + length], raw[97..], "C2 follows C1");
            let legacy = LegacyCiphertext::from_c1c2c3(&legacy).unwrap();
            assert_eq!(Ciphertext::from(legacy), ciphertext);
            let der = ciphertext.to_der();
            assert_eq!(Ciphertext::from_der(&der).unwrap(), ciphertext);
            for changed in [70, raw.len() - 1] {
                let mut raw = raw.clone();
                raw[changed] ^= 1;
                assert!(
                    key.decrypt(&Ciphertext::from_c1c3c2(&raw).unwrap())
                        .is_err()
                );
            }
        }
        assert!(key.public_key().encrypt(&mut SysRng, b"").is_err());
    }
}
