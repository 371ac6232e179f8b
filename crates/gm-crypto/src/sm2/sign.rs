//! Signing (GB/T 32918.2, clause 6).

use crate::{
    Error, Result,
    low::{
        ct::declassify,
        field::{Limbs, on_this_machine},
    },
    mid::{
        multiply::multiply_base,
        point::{Affine, to_affine_all},
        scalar::{Scalar, SecretScalar},
    },
    self_test::ready,
    sm3,
};
use alloc::vec::Vec;
use core::fmt;
use der::AnyRef;
use rand_core::TryCryptoRng;
use signature::{KeypairRef, RandomizedSigner, Signer};
use spki::{AlgorithmIdentifier, AssociatedAlgorithmIdentifier, SignatureAlgorithmIdentifier};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{
    DerSignature, SecretKey, UserId, VerifyingKey,
    nonce::{Deterministic, NonceSource},
};

/// A private key with the ID it signs under.
///
/// [`SigningKey::sign_hedged`] is the form to use: the nonce depends on the key,
/// the digest and fresh random octets, so neither a weak random source nor a
/// fault that repeats a message gives the key away. [`Signer`] derives the nonce
/// from key and digest alone (RFC 6979 with HMAC-SM3): same input, same octets.
///
/// Signing is constant time: no branch and no address depends on the key or the nonce.
pub struct SigningKey {
    secret: SecretKey,
    /// (1 + d)⁻¹, which every signature multiplies with, times 2^256.
    inverse: SecretScalar,
    nonces: NonceSource,
    verifying: VerifyingKey,
    check: bool,
}

impl SigningKey {
    /// Joins a key and an ID.
    pub fn new(secret: SecretKey, id: UserId) -> Self {
        let sum = secret.scalar().add(&[1, 0, 0, 0]);
        Self {
            inverse: on_this_machine!(m => sum.invert_to_montgomery(m)),
            nonces: NonceSource::new(&secret),
            verifying: VerifyingKey::new(secret.public_key(), &id),
            secret,
            check: false,
        }
    }

    /// From now on each signature is verified before it is given out, so that a fault in
    /// the computation cannot publish what gives the key away. A signature that does not
    /// verify is an [`Error::Crypto`]. Takes the time of a verification.
    #[must_use]
    pub fn with_check(mut self) -> Self {
        self.check = true;
        self
    }

    /// The public half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// The private key alone, for what is not a signature (decryption, key files).
    pub fn secret_key(&self) -> &SecretKey {
        &self.secret
    }

    /// Signs with a nonce from the key, the message and 23 octets of `rng` (GB/T 32918.2,
    /// 6.1, which asks for a random one).
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails; [`Error::Crypto`] see
    /// [`Self::with_check`].
    pub fn sign_hedged<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<DerSignature> {
        self.sign_digest_hedged(rng, &self.verifying.za().digest(message))
    }

    /// Signs e = [`super::Za::digest`] of a message, with a nonce as
    /// [`Self::sign_hedged`] has it.
    ///
    /// # Errors
    /// As for [`Self::sign_hedged`].
    pub fn sign_digest_hedged<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        e: &[u8; 32],
    ) -> Result<DerSignature> {
        ready()?;
        loop {
            let k = self.nonces.hedged(rng, e)?;
            if let Some(signature) = self.sign_with(e, &k) {
                return self.checked(e, signature);
            }
        }
    }

    /// Signs e = [`super::Za::digest`] of a message, with RFC 6979's nonce.
    ///
    /// # Errors
    /// [`Error::Crypto`], see [`Self::with_check`].
    pub fn sign_digest(&self, e: &[u8; 32]) -> Result<DerSignature> {
        ready()?;
        let signature = Deterministic::new(&self.secret, e).find_map(|k| self.sign_with(e, &k));
        self.checked(e, signature.ok_or(Error::Crypto)?)
    }

    /// Signs many messages, as [`Self::sign_hedged`] signs one: one inversion for all of
    /// them, and eight digests at a time.
    ///
    /// # Errors
    /// As for [`Self::sign_hedged`]; then there is no signature at all.
    pub fn sign_batch<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        messages: &[&[u8]],
    ) -> Result<Vec<DerSignature>> {
        self.sign_digests(rng, &self.verifying.za().digest_many(messages))
    }

    /// Signs many digests e, as [`Self::sign_digest_hedged`] signs one, with one inversion
    /// for all of them.
    ///
    /// # Errors
    /// As for [`Self::sign_hedged`]; then there is no signature at all.
    pub fn sign_digests<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        digests: &[[u8; sm3::DIGEST_LENGTH]],
    ) -> Result<Vec<DerSignature>> {
        ready()?;
        let nonces = self.nonces.hedged_many(rng, digests)?;
        let abscissas: Zeroizing<Vec<Limbs>> = on_this_machine!(m => {
            let mut points: Vec<_> = nonces.iter().map(|k| multiply_base(m, k)).collect();
            let mut affine = to_affine_all(m, &points);
            let abscissas = affine.iter().map(|point| point.x_mod_n(m)).collect();
            points.zeroize();
            affine.zeroize();
            Zeroizing::new(abscissas)
        });
        let mut signatures = Vec::with_capacity(digests.len());
        for ((e, k), x) in digests.iter().zip(&nonces).zip(abscissas.iter()) {
            signatures.push(match self.finish(e, k, x) {
                Some(signature) => self.checked(e, signature)?,
                None => self.sign_digest_hedged(rng, e)?,
            });
        }
        Ok(signatures)
    }

    /// Steps A4 to A6 with one k; none when the standard asks for another.
    fn sign_with(&self, e: &[u8; 32], k: &SecretScalar) -> Option<DerSignature> {
        let x = on_this_machine!(m => {
            // A4: (x1, y1) = [k]G.
            let mut point = multiply_base(m, k);
            let mut affine: Affine = point.to_affine(m);
            let x = affine.x_mod_n(m);
            // Z tells about k.
            point.zeroize();
            affine.zeroize();
            x
        });
        self.finish(e, k, &x)
    }

    fn finish(&self, e: &[u8; 32], k: &SecretScalar, x: &Limbs) -> Option<DerSignature> {
        // A5: r = (e + x1) mod n, not 0, r + k ≠ n.
        let e = Scalar::reduce(e);
        let r = declassify(e.add_limbs(x), "r is half of the signature");
        let sum = k.add(r.limbs());
        let unusable = r.limbs().ct_eq(&[0; 4]) | sum.is_zero();
        // A6: s = (1 + d)⁻¹ · (k − r·d) mod n = (1 + d)⁻¹ · (k + r) − r, not 0.
        let s = on_this_machine!(m => self.inverse.mul_montgomery(m, &sum));
        let s = declassify(s.less(&r), "s is half of the signature");
        let unusable = declassify(bool::from(unusable), "true once in 2^255 nonces");
        (!unusable && !s.is_zero_vartime()).then(|| DerSignature::from_scalars(r, s))
    }

    /// The last step of all ways to a signature; the state may have changed meanwhile.
    fn checked(&self, e: &[u8; 32], signature: DerSignature) -> Result<DerSignature> {
        ready()?;
        if self.check {
            self.verifying.verify_digest(e, &signature)?;
        }
        Ok(signature)
    }
}

impl Signer<DerSignature> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> signature::Result<DerSignature> {
        self.sign_digest(&self.verifying.za().digest(message))
            .map_err(|_| signature::Error::new())
    }
}

impl RandomizedSigner<DerSignature> for SigningKey {
    fn try_sign_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> signature::Result<DerSignature> {
        self.sign_hedged(rng, message)
            .map_err(|_| signature::Error::new())
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
    fn a_faulty_computation_publishes_nothing_from_a_key_that_checks() {
        let mut faulty = key([7; 32], "a").unwrap();
        faulty.inverse = faulty.inverse.add(&[1, 0, 0, 0]);
        assert!(faulty.sign_digest(&[1; 32]).is_ok(), "nobody looks");
        let faulty = faulty.with_check();
        assert!(faulty.sign_digest(&[1; 32]).is_err());
        assert!(faulty.sign_hedged(&mut SysRng, b"m").is_err());
        assert!(faulty.sign_batch(&mut SysRng, &[b"m"]).is_err());
        assert!(faulty.try_sign(b"m").is_err());
        let sound = key([7; 32], "a").unwrap().with_check();
        assert!(sound.sign_batch(&mut SysRng, &[b"m", b""]).is_ok());
    }

    #[test]
    fn a_batch_signs_each_of_its_messages() {
        let key = key([7; 32], "a").unwrap();
        let messages: Vec<&[u8]> = alloc::vec![b"", b"one", &[0; 200], b"two"];
        let signatures = key.sign_batch(&mut SysRng, &messages).unwrap();
        let mut signed: Vec<_> = messages.iter().copied().zip(signatures).collect();
        key.verifying_key().verify_batch(&signed).unwrap();
        signed.swap(0, 1);
        let (first, second) = (signed[0].1, signed[1].1);
        (signed[0].1, signed[1].1) = (second, first);
        assert!(key.verifying_key().verify_batch(&signed).is_err());
        assert!(key.sign_batch(&mut SysRng, &[]).unwrap().is_empty());
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
