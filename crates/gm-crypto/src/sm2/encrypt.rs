//! Public-key encryption (GB/T 32918.4).

use crate::{
    Error, Result,
    low::{ct::declassify, field::on_this_machine},
    mid::{
        multiply::{multiply, multiply_base},
        point::{Affine, to_affine_all},
        scalar::SecretScalar,
    },
    self_test::ready,
    sm3,
};
use alloc::vec::Vec;
use rand_core::TryCryptoRng;
use sm3::digest::Digest;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, Zeroizing};

use super::{Ciphertext, CiphertextForm, PublicKey, SecretKey, ciphertext::expect_encodable};

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

    /// The two points with this x; the choice says whether there are any.
    fn with_x(x: &[u8; 32]) -> ([Self; 2], Choice) {
        on_this_machine!(m => {
            let (mut point, valid) = Affine::with_x(m, x);
            let mut negative = point.negate_if(m, 1);
            let both = [point, negative].map(|point| {
                let (x, y) = point.to_coordinates(m);
                Self::new(x, y)
            });
            point.zeroize();
            negative.zeroize();
            (both, valid)
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

    /// M, and whether it is that: t is not all zero and C3 fits (B4 to B6).
    fn open(&self, ciphertext: &Ciphertext) -> (Zeroizing<Vec<u8>>, Choice) {
        let mut message = self.mask(ciphertext.c2().len());
        let zero = message.iter().fold(0, |sum, octet| sum | octet).ct_eq(&0);
        // M = C2 ⊕ t; u = C3.
        for (octet, masked) in message.iter_mut().zip(ciphertext.c2()) {
            *octet ^= masked;
        }
        let fits = self.hash(&message).ct_eq(ciphertext.c3());
        (message, fits & !zero)
    }
}

impl Ciphertext {
    /// Opens it with x2 alone, the first coordinate of d·C1: what a device answers that
    /// can multiply a point ([`Self::c1`]) with its private key and knows nothing of SM2.
    ///
    /// Of the two points with that x, C3 tells which it is (GB/T 32918.4, 7.1, B6). Both are
    /// tried, in constant time. `x2` is secret: it opens this ciphertext.
    ///
    /// # Errors
    /// [`Error::Crypto`], for whatever reason; an `x2` of no point is one.
    pub fn open_with_shared_x(&self, x2: &[u8; 32]) -> Result<Zeroizing<Vec<u8>>> {
        ready()?;
        let ([one, other], valid) = Shared::with_x(x2);
        let (mut message, one_fits) = one.open(self);
        let (other_message, other_fits) = other.open(self);
        for (octet, other) in message.iter_mut().zip(&*other_message) {
            octet.conditional_assign(other, other_fits);
        }
        let fits = valid & (one_fits | other_fits);
        answer(message, fits)
    }
}

impl PublicKey {
    /// Encrypts `message` to this key.
    ///
    /// # Errors
    /// [`Error::Crypto`] for an empty message, whose mask would be empty;
    /// [`Error::TooLarge`] for one of more than 256 MiB less 256 octets, beyond DER;
    /// [`Error::Random`] when the source fails.
    pub fn encrypt<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<Ciphertext> {
        ready()?;
        if message.is_empty() {
            return Err(Error::Crypto);
        }
        expect_encodable(message.len())?;
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
            let c2 = message.iter().zip(&*mask).map(|(m, t)| m ^ t).collect();
            return Ok(Ciphertext::new(c1, shared.hash(message), c2));
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
        ready()?;
        // B1 holds by the type. B3: (x2, y2) = [d]C1.
        let shared = Shared::decrypting(self.scalar(), ciphertext.c1().point());
        let (message, fits) = shared.open(ciphertext);
        answer(message, fits)
    }

    /// Decrypts octets whose [`CiphertextForm`] nobody knows: the first form of
    /// [`CiphertextForm::ALL`] whose C3 fits is it.
    ///
    /// Nothing else tells the raw forms apart, so this asks the key up to three times. Where
    /// the form is known, [`Ciphertext::read`] with [`Self::decrypt`] is the way. DER has to
    /// end with the input.
    ///
    /// # Errors
    /// [`Error::Crypto`] when it opens in no form, for whatever reason; it does not tell which
    /// forms it could be read in.
    pub fn decrypt_any(&self, octets: &[u8]) -> Result<(Zeroizing<Vec<u8>>, CiphertextForm)> {
        ready()?;
        CiphertextForm::ALL
            .into_iter()
            .find_map(|form| {
                let ciphertext = Ciphertext::read(octets, form).ok()?;
                Some((self.decrypt(&ciphertext).ok()?, form))
            })
            .ok_or(Error::Crypto)
    }
}

/// The message, if it is one; otherwise it is wiped.
fn answer(message: Zeroizing<Vec<u8>>, fits: Choice) -> Result<Zeroizing<Vec<u8>>> {
    if declassify(bool::from(fits), "whether it opens is the answer") {
        Ok(message)
    } else {
        Err(Error::Crypto)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sm2::LegacyCiphertext;
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

    #[test]
    fn x2_alone_opens_what_the_key_opens() {
        let key = SecretKey::generate(&mut SysRng).unwrap();
        let mut parities = [0; 2];
        for round in 0..24 {
            let message = alloc::vec![round; 1 + usize::from(round) * 7];
            let ciphertext = key.public_key().encrypt(&mut SysRng, &message).unwrap();
            let shared = Shared::decrypting(key.scalar(), ciphertext.c1().point());
            let (x2, y2) = shared.0.split_first_chunk::<32>().unwrap();
            parities[usize::from(y2[31] & 1)] += 1;
            assert_eq!(*ciphertext.open_with_shared_x(x2).unwrap(), message);

            let mut other = *x2;
            other[31] ^= 1;
            assert!(ciphertext.open_with_shared_x(&other).is_err());
            let mut changed = ciphertext.to_c1c3c2();
            *changed.last_mut().unwrap() ^= 1;
            let changed = Ciphertext::from_c1c3c2(&changed).unwrap();
            assert!(changed.open_with_shared_x(x2).is_err());
        }
        assert!(parities.iter().all(|count| *count > 0), "both signs of y2");
        let ciphertext = key.public_key().encrypt(&mut SysRng, b"m").unwrap();
        for no_coordinate in [[0xff; 32], [0; 32]] {
            assert!(ciphertext.open_with_shared_x(&no_coordinate).is_err());
        }
    }

    #[test]
    fn the_form_of_unlabelled_octets_is_found_by_c3() {
        let key = SecretKey::generate(&mut SysRng).unwrap();
        let message = [0x5a; 40];
        let ciphertext = key.public_key().encrypt(&mut SysRng, &message).unwrap();
        for form in CiphertextForm::ALL {
            let octets = ciphertext.write(form);
            let (opened, found) = key.decrypt_any(&octets).unwrap();
            assert_eq!((&*opened, found), (&message.to_vec(), form));

            // All or nothing: a changed octet anywhere opens in no form.
            for place in [0, 1, 40, 70, octets.len() - 1] {
                let mut changed = octets.clone();
                changed[place] ^= 1;
                assert!(matches!(key.decrypt_any(&changed), Err(Error::Crypto)));
            }
            for length in 0..octets.len() {
                assert!(key.decrypt_any(&octets[..length]).is_err());
            }
        }
        let other = SecretKey::generate(&mut SysRng).unwrap();
        assert!(other.decrypt_any(&ciphertext.to_der()).is_err());
    }
}
