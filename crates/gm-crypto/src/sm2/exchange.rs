//! Key exchange with confirmation (GB/T 32918.3-2016).
//!
//! Each step consumes the one before it, so none can be left out or done twice:
//!
//! ```
//! use getrandom::SysRng;
//! use gm_crypto::sm2::{SecretKey, SigningKey, UserId, exchange::{Initiator, Responder}};
//!
//! let alice = SigningKey::new(SecretKey::generate(&mut SysRng)?, UserId::new("alice")?);
//! let bob = SigningKey::new(SecretKey::generate(&mut SysRng)?, UserId::new("bob")?);
//!
//! // Alice sends R_A; Bob answers with R_B and S_B.
//! let (initiator, r_a) = Initiator::start(&mut SysRng, &alice)?;
//! let (responder, r_b, s_b) =
//!     Responder::answer(&mut SysRng, &bob, alice.verifying_key(), &r_a, 32)?;
//! // Alice checks S_B, has the key, and sends S_A; Bob checks that.
//! let (key, s_a) = initiator.confirm(bob.verifying_key(), &r_b, 32, &s_b)?;
//! assert_eq!(*key, *responder.confirm(&s_a)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Error, Result,
    low::{ct::declassify, error_state::assert_not_entered, field::on_this_machine},
    mid::{
        multiply::multiply,
        point::Jacobian,
        scalar::{Scalar, SecretScalar},
    },
    self_test::ready,
    sm3::{self, Sm3, digest::Digest},
};
use alloc::vec::Vec;
use core::{fmt, ops::Deref};
use rand_core::TryCryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{PublicKey, SecretKey, SigningKey, VerifyingKey};

/// The agreed key, as many octets as were asked for; wiped when dropped.
pub type SharedKey = Zeroizing<Vec<u8>>;

/// S_A or S_B: 32 octets that prove to the other side who has the key.
pub type Confirmation = [u8; sm3::DIGEST_LENGTH];

/// The side that speaks first, with R_A sent and R_B awaited.
///
/// `K` is how it has its key: a reference, or a `Box` or `Arc` where the state outlives
/// the call, as behind a handle of a device.
pub struct Initiator<K> {
    own: K,
    ephemeral: SecretKey,
    r_a: PublicKey,
}

/// The side that answers, with R_B and S_B sent and S_A awaited.
pub struct Responder {
    key: SharedKey,
    expected: Confirmation,
}

impl<K: Deref<Target = SigningKey>> Initiator<K> {
    /// Steps A1 to A3: chooses r_A; gives R_A to be sent.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub fn start<R: TryCryptoRng + ?Sized>(rng: &mut R, own: K) -> Result<(Self, PublicKey)> {
        let ephemeral = SecretKey::generate(rng)?;
        let r_a = ephemeral.public_key();
        let state = Self {
            own,
            ephemeral,
            r_a,
        };
        Ok((state, r_a))
    }

    /// Steps A4 to A10: the key of `length` octets, and S_A to be sent, once S_B fits.
    ///
    /// # Errors
    /// [`Error::Crypto`] when S_B does not fit, for whatever reason, or `length` is 0.
    pub fn confirm(
        self,
        peer: &VerifyingKey,
        r_b: &PublicKey,
        length: usize,
        s_b: &Confirmation,
    ) -> Result<(SharedKey, Confirmation)> {
        let agreed = self.agree(peer, r_b)?;
        let fits = agreed.confirmation(2).ct_eq(s_b);
        if !declassify(bool::from(fits), "whether S_B fits is the answer") {
            return Err(Error::Crypto);
        }
        Ok((agreed.key(length)?, agreed.confirmation(3)))
    }

    /// The key without confirmation, which the standard makes optional: that the
    /// other side has the same key shows only when it is used.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the points have no common key, or `length` is 0.
    pub fn finish_unconfirmed(
        self,
        peer: &VerifyingKey,
        r_b: &PublicKey,
        length: usize,
    ) -> Result<SharedKey> {
        self.agree(peer, r_b)?.key(length)
    }

    fn agree(&self, peer: &VerifyingKey, r_b: &PublicKey) -> Result<Agreed> {
        let point = shared_point(&self.own, &self.ephemeral, &self.r_a, peer, r_b)?;
        let identities = [self.own.verifying_key(), peer];
        Ok(Agreed::new(point, identities, [&self.r_a, r_b]))
    }
}

impl Responder {
    /// Steps B1 to B8: chooses r_B; gives R_B and S_B to be sent.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails; [`Error::Crypto`] when the points have no
    /// common key, or `length` is 0.
    pub fn answer<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        own: &SigningKey,
        peer: &VerifyingKey,
        r_a: &PublicKey,
        length: usize,
    ) -> Result<(Self, PublicKey, Confirmation)> {
        let ephemeral = SecretKey::generate(rng)?;
        let r_b = ephemeral.public_key();
        let point = shared_point(own, &ephemeral, &r_b, peer, r_a)?;
        let agreed = Agreed::new(point, [peer, own.verifying_key()], [r_a, &r_b]);
        let state = Self {
            key: agreed.key(length)?,
            expected: agreed.confirmation(3),
        };
        Ok((state, r_b, agreed.confirmation(2)))
    }

    /// Step B9 and B10: the key, once S_A fits.
    ///
    /// # Errors
    /// [`Error::Crypto`] when S_A does not fit.
    pub fn confirm(self, s_a: &Confirmation) -> Result<SharedKey> {
        ready()?;
        let fits = self.expected.ct_eq(s_a);
        if declassify(bool::from(fits), "whether S_A fits is the answer") {
            Ok(self.key)
        } else {
            Err(Error::Crypto)
        }
    }

    /// The key without S_A, see [`Initiator::finish_unconfirmed`].
    ///
    /// # Panics
    /// In the [error state](mod@crate::self_test).
    pub fn finish_unconfirmed(self) -> SharedKey {
        assert_not_entered();
        self.key
    }
}

/// x̄ = 2^127 + (x mod 2^127), for the x of a public point: w is 127 on this curve.
fn half_of_x(point: &PublicKey) -> Scalar {
    let (x, _) = on_this_machine!(m => point.point().to_coordinates(m));
    let mut octets = [0; 32];
    octets[16..].copy_from_slice(&x[16..]);
    octets[16] |= 0x80;
    Scalar::reduce(&octets)
}

/// [t](P + [x̄]R) with t = (d + x̄·r) mod n; the cofactor is 1.
fn shared_point(
    own: &SigningKey,
    ephemeral: &SecretKey,
    own_r: &PublicKey,
    peer: &VerifyingKey,
    peer_r: &PublicKey,
) -> Result<Zeroizing<[u8; 64]>> {
    ready()?;
    on_this_machine!(m => {
        let product = ephemeral.scalar().mul(m, half_of_x(own_r).limbs());
        let t = own.secret_key().scalar().add(product.limbs());
        let peer_half = SecretScalar::from(half_of_x(peer_r));
        let mut sum = multiply(m, &peer_half, peer_r.point());
        sum.add_complete_vartime(m, &peer.public_key().point().to_jacobian().addend(m));
        let t_is_zero = declassify(bool::from(t.is_zero()), "then there is no common key");
        if t_is_zero || sum.is_infinity_vartime() {
            return Err(Error::Crypto);
        }
        let mut point: Jacobian = multiply(m, &t, &sum.to_affine(m));
        let mut affine = point.to_affine(m);
        let mut octets = Zeroizing::new([0; 64]);
        let (mut x, mut y) = affine.to_coordinates(m);
        octets[..32].copy_from_slice(&x);
        octets[32..].copy_from_slice(&y);
        point.zeroize();
        affine.zeroize();
        x.zeroize();
        y.zeroize();
        Ok(octets)
    })
}

/// What both sides know: U (or V), Z_A ‖ Z_B, and the coordinates of R_A and R_B.
struct Agreed {
    point: Zeroizing<[u8; 64]>,
    identities: [u8; 64],
    /// SM3(x_U ‖ Z_A ‖ Z_B ‖ x1 ‖ y1 ‖ x2 ‖ y2).
    inner: Zeroizing<[u8; 32]>,
}

impl Agreed {
    fn new(
        point: Zeroizing<[u8; 64]>,
        [a, b]: [&VerifyingKey; 2],
        [r_a, r_b]: [&PublicKey; 2],
    ) -> Self {
        let mut identities = [0; 64];
        identities[..32].copy_from_slice(a.za().as_bytes());
        identities[32..].copy_from_slice(b.za().as_bytes());
        let inner = Sm3::new_with_prefix(&point[..32])
            .chain_update(identities)
            .chain_update(&r_a.to_uncompressed()[1..])
            .chain_update(&r_b.to_uncompressed()[1..])
            .finalize();
        Self {
            point,
            identities,
            inner: Zeroizing::new(inner.into()),
        }
    }

    /// K = KDF(x_U ‖ y_U ‖ Z_A ‖ Z_B, length).
    fn key(&self, length: usize) -> Result<SharedKey> {
        if length == 0 {
            return Err(Error::Crypto);
        }
        let mut key = Zeroizing::new(alloc::vec![0; length]);
        sm3::kdf(&[self.point.as_slice(), &self.identities], &mut key);
        Ok(key)
    }

    /// SM3(tag ‖ y_U ‖ inner): S_B for the tag 2, S_A for 3.
    fn confirmation(&self, tag: u8) -> Confirmation {
        Sm3::new_with_prefix([tag])
            .chain_update(&self.point[32..])
            .chain_update(self.inner.as_slice())
            .finalize()
            .into()
    }
}

impl<K> fmt::Debug for Initiator<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Initiator")
            .field("r_a", &self.r_a)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sm2::UserId;
    use getrandom::SysRng;

    fn party(octet: u8, id: &str) -> SigningKey {
        let secret = SecretKey::from_bytes(&[octet; 32]).unwrap();
        SigningKey::new(secret, UserId::new(id).unwrap())
    }

    #[test]
    fn both_sides_have_the_same_key_and_a_changed_confirmation_is_refused() {
        let (a, b) = (party(1, "a"), party(2, "b"));
        for changed in [None, Some(false), Some(true)] {
            let (initiator, r_a) = Initiator::start(&mut SysRng, &a).unwrap();
            let (responder, r_b, mut s_b) =
                Responder::answer(&mut SysRng, &b, a.verifying_key(), &r_a, 48).unwrap();
            s_b[0] ^= u8::from(changed == Some(false));
            let confirmed = initiator.confirm(b.verifying_key(), &r_b, 48, &s_b);
            let Ok((key, mut s_a)) = confirmed else {
                assert_eq!(changed, Some(false));
                continue;
            };
            s_a[31] ^= u8::from(changed == Some(true));
            match responder.confirm(&s_a) {
                Ok(same) => assert_eq!(*key, *same),
                Err(_) => assert_eq!(changed, Some(true)),
            }
        }
    }

    #[test]
    fn another_identity_makes_another_key() {
        let (a, b, c) = (party(1, "a"), party(2, "b"), party(2, "c"));
        let (initiator, r_a) = Initiator::start(&mut SysRng, &a).unwrap();
        let (responder, r_b, _) =
            Responder::answer(&mut SysRng, &b, a.verifying_key(), &r_a, 16).unwrap();
        let key = initiator
            .finish_unconfirmed(c.verifying_key(), &r_b, 16)
            .unwrap();
        assert_ne!(*key, *responder.finish_unconfirmed());
    }
}
