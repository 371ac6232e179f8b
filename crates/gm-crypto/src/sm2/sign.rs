//! Signing (GB/T 32918.2, clause 6).

use crate::{Error, Result, sm3::Sm3};
use core::fmt;
use der::AnyRef;
use rand_core::TryCryptoRng;
use rfc6979::KGenerator;
use signature::{KeypairRef, Signer};
use sm2::{
    FieldBytes, ProjectivePoint, Scalar, Sm2, U256,
    elliptic_curve::{Curve, Group, PrimeField, ops::Reduce, point::AffineCoordinates},
};
use spki::{AlgorithmIdentifier, AssociatedAlgorithmIdentifier, SignatureAlgorithmIdentifier};
use zeroize::{Zeroize, Zeroizing};

use super::{DerSignature, SecretKey, UserId, VerifyingKey};

/// A private key with the ID it signs under.
///
/// [`SigningKey::sign_hedged`] is the form to use: the nonce depends on the key,
/// the digest and fresh random octets, so neither a weak random source nor a
/// fault that repeats a message gives the key away. [`Signer`] derives the nonce
/// from key and digest alone (RFC 6979 with HMAC-SM3): same input, same octets.
pub struct SigningKey {
    secret: SecretKey,
    /// (1 + d)⁻¹, which every signature multiplies with.
    inverse: Zeroizing<Scalar>,
    verifying: VerifyingKey,
}

impl SigningKey {
    /// Joins a key and an ID.
    pub fn new(secret: SecretKey, id: UserId) -> Self {
        let sum = Zeroizing::new(*secret.scalar() + Scalar::ONE);
        let inverse = Option::<Scalar>::from(sum.invert())
            .expect("d is in [1, n - 2], so 1 + d is invertible");
        Self {
            inverse: Zeroizing::new(inverse),
            verifying: VerifyingKey::new(secret.public_key(), &id),
            secret,
        }
    }

    /// The public half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// The private key alone, for what is not a signature (decryption, key files).
    pub fn secret_key(&self) -> &SecretKey {
        &self.secret
    }

    /// Signs with a nonce from the key, the message and 32 octets of `rng`.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub fn sign_hedged<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<DerSignature> {
        let mut extra = Zeroizing::new([0; 32]);
        rng.try_fill_bytes(extra.as_mut_slice())
            .map_err(|_| Error::Random)?;
        Ok(self.sign_with(&self.verifying.za().digest(message), extra.as_slice()))
    }

    /// Signs e = [`super::Za::digest`] of a message, with RFC 6979's nonce.
    pub fn sign_digest(&self, e: &[u8; 32]) -> DerSignature {
        self.sign_with(e, &[])
    }

    fn sign_with(&self, e: &[u8; 32], extra: &[u8]) -> DerSignature {
        let e = Scalar::reduce(&FieldBytes::from(*e));
        let d = self.secret.scalar();
        let mut nonces = KGenerator::<Sm3, U256>::new(
            &*self.secret.to_bytes(),
            &e.to_repr(),
            extra,
            &Sm2::ORDER,
        );
        let mut octets = Zeroizing::new(FieldBytes::default());
        loop {
            // A3: k in [1, n − 1].
            nonces.fill_next_k(&mut octets);
            let Some(mut k) = Option::<Scalar>::from(Scalar::from_repr(*octets)) else {
                continue;
            };
            // A4, A5: (x1, y1) = [k]G; r = (e + x1) mod n, not 0, r + k ≠ n.
            let x = ProjectivePoint::mul_by_generator(&k).to_affine().x();
            let r = e + Scalar::reduce(&x);
            // A6: s = (1 + d)⁻¹ · (k − r·d) mod n, not 0.
            let s = *self.inverse * (k - r * d);
            let retry = r.is_zero() | (r + k).is_zero() | s.is_zero();
            k.zeroize();
            if !bool::from(retry) {
                return DerSignature::from_scalars(&r, &s);
            }
        }
    }
}

impl Signer<DerSignature> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> signature::Result<DerSignature> {
        Ok(self.sign_digest(&self.verifying.za().digest(message)))
    }
}

impl AsRef<VerifyingKey> for SigningKey {
    fn as_ref(&self) -> &VerifyingKey {
        &self.verifying
    }
}

impl KeypairRef for SigningKey {
    type VerifyingKey = VerifyingKey;
}

impl SignatureAlgorithmIdentifier for SigningKey {
    type Params = AnyRef<'static>;
    const SIGNATURE_ALGORITHM_IDENTIFIER: AlgorithmIdentifier<AnyRef<'static>> =
        DerSignature::ALGORITHM_IDENTIFIER;
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("verifying_key", &self.verifying)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec::Vec};
    use getrandom::SysRng;
    use proptest::prelude::*;
    use signature::Verifier;
    use spki::SignatureBitStringEncoding;

    fn key(octets: [u8; 32], id: &str) -> Option<SigningKey> {
        let secret = SecretKey::from_bytes(&octets).ok()?;
        Some(SigningKey::new(secret, UserId::new(id).unwrap()))
    }

    #[test]
    fn the_bit_string_of_a_signature_starts_with_a_sequence() {
        let signature = key([7; 32], "a").unwrap().sign(b"m");
        assert_eq!(signature.to_bitstring().unwrap().raw_bytes()[0], 0x30);
    }

    #[test]
    fn two_hedged_signatures_differ_and_both_verify() {
        let key = key([7; 32], "a").unwrap();
        let one = key.sign_hedged(&mut SysRng, b"m").unwrap();
        let two = key.sign_hedged(&mut SysRng, b"m").unwrap();
        assert_ne!(one, two);
        key.verifying_key().verify(b"m", &one).unwrap();
        key.verifying_key().verify(b"m", &two).unwrap();
    }

    #[test]
    fn debug_shows_the_public_half_only() {
        let text = format!("{:?}", key([7; 32], "a").unwrap());
        assert!(text.starts_with("SigningKey { verifying_key"));
        assert!(!text.contains("07070707"));
    }

    proptest! {
        // Upstream knows neither Z nor DER on its surface; the octets r ‖ s are shared.
        #[test]
        fn upstream_makes_the_same_signature(
            octets in any::<[u8; 32]>(),
            id in "[a-z]{0,40}",
            message in any::<Vec<u8>>(),
        ) {
            let Some(ours) = key(octets, &id) else { return Ok(()) };
            let theirs = sm2::dsa::SigningKey::from_slice(&id, &octets).unwrap();
            let signature: sm2::dsa::Signature = theirs.sign(&message);
            let mine = ours.sign(&message);
            let raw = super::super::RawSignature::from(mine);
            prop_assert_eq!(&raw.as_bytes()[..], &signature.to_bytes()[..]);
            prop_assert!(ours.verifying_key().verify(&message, &mine).is_ok());
            let mut other = message;
            other.push(0);
            prop_assert!(ours.verifying_key().verify(&other, &mine).is_err());
        }

        #[test]
        fn a_signature_read_back_is_the_same(octets in any::<[u8; 32]>(), message in any::<Vec<u8>>()) {
            let Some(key) = key(octets, "") else { return Ok(()) };
            let signature = key.sign(&message);
            prop_assert_eq!(DerSignature::from_der(&signature.to_der()).unwrap(), signature);
            let mut long = signature.to_der();
            long.push(0);
            prop_assert!(DerSignature::from_der(&long).is_err());
        }
    }
}
