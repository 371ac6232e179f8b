//! The number k of a signature.

use crate::{
    Error, Result,
    low::ct::declassify,
    mid::scalar::{Scalar, SecretScalar},
    sm3::{
        HmacSm3, Sm3,
        digest::{Digest, KeyInit, Mac},
    },
};
use alloc::vec::Vec;
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::SecretKey;

/// SM3 after one block of a label and the key: what every nonce of that key starts with.
pub(super) struct NonceSource(Sm3);

const LABEL: &[u8; 32] = b"gm-pki: nonce of SM2, hedged, v1";

/// Random octets of one nonce: with e they fill the second block exactly.
const RANDOM: usize = 23;

impl NonceSource {
    pub(super) fn new(key: &SecretKey) -> Self {
        Self(Sm3::new_with_prefix(LABEL).chain_update(key.to_bytes()))
    }

    /// A number in [1, n) from the key, fresh random octets and e.
    ///
    /// SM3(label ‖ d ‖ random ‖ e) is uniform to whoever does not know d, whatever the
    /// random octets are; with good ones it is uniform to whoever knows d, too. So a failed
    /// random source alone gives no key away, nor does a fault that repeats a message.
    pub(super) fn hedged<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        e: &[u8; 32],
    ) -> Result<SecretScalar> {
        let mut random = Zeroizing::new([0; RANDOM]);
        loop {
            rng.try_fill_bytes(random.as_mut_slice())
                .map_err(|_| Error::Random)?;
            if let Some(k) = self.candidate(&random, e) {
                return Ok(k);
            }
        }
    }

    fn candidate(&self, random: &[u8; RANDOM], e: &[u8; 32]) -> Option<SecretScalar> {
        let hash = self.0.clone().chain_update(random).chain_update(e);
        in_range(&Zeroizing::new(hash.finalize().into()))
    }
}

impl NonceSource {
    /// The same for many digests; the source is asked once.
    pub(super) fn hedged_many<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        digests: &[[u8; 32]],
    ) -> Result<Vec<SecretScalar>> {
        let mut random = Zeroizing::new(alloc::vec![0; RANDOM * digests.len()]);
        rng.try_fill_bytes(&mut random).map_err(|_| Error::Random)?;
        // A vector that grew would leave nonces behind.
        let mut nonces = Vec::with_capacity(digests.len());
        for (random, e) in random.as_chunks::<RANDOM>().0.iter().zip(digests) {
            nonces.push(match self.candidate(random, e) {
                Some(k) => k,
                None => self.hedged(rng, e)?,
            });
        }
        Ok(nonces)
    }
}

/// The generator of RFC 6979, 3.2, with HMAC-SM3.
///
/// Written here because the crate of that name branches on its candidates unseen and leaves
/// its state in memory.
pub(super) struct Deterministic {
    key: Zeroizing<[u8; 32]>,
    value: Zeroizing<[u8; 32]>,
}

impl Deterministic {
    /// Steps a to g, for the private key and e.
    pub(super) fn new(key: &SecretKey, e: &[u8; 32]) -> Self {
        let mut generator = Self {
            key: Zeroizing::new([0; 32]),
            value: Zeroizing::new([1; 32]),
        };
        // bits2octets (2.3.4): e modulo n.
        let e = Scalar::reduce(e).to_bytes();
        let d = key.to_bytes();
        generator.update(0, &[d.as_slice(), &e]);
        generator.update(1, &[d.as_slice(), &e]);
        generator
    }

    /// K = HMAC_K(V ‖ `octet` ‖ `parts`), V = HMAC_K(V).
    fn update(&mut self, octet: u8, parts: &[&[u8]]) {
        let mut mac = self.mac();
        mac.update(&[octet]);
        for part in parts {
            mac.update(part);
        }
        *self.key = mac.finalize().into_bytes().into();
        *self.value = self.mac().finalize().into_bytes().into();
    }

    /// HMAC_K over V, to go on with.
    fn mac(&self) -> HmacSm3 {
        let mut mac =
            HmacSm3::new_from_slice(self.key.as_slice()).expect("HMAC takes keys of every length");
        mac.update(self.value.as_slice());
        mac
    }
}

impl Iterator for Deterministic {
    type Item = SecretScalar;

    /// Step h: the next k in [1, n).
    fn next(&mut self) -> Option<SecretScalar> {
        loop {
            *self.value = self.mac().finalize().into_bytes().into();
            let candidate = in_range(&self.value);
            self.update(0, &[]);
            if candidate.is_some() {
                return candidate;
            }
        }
    }
}

fn in_range(octets: &[u8; 32]) -> Option<SecretScalar> {
    let (k, below_n) = SecretScalar::from_bytes(octets);
    let usable = below_n & !k.is_zero();
    declassify(bool::from(usable), "a nonce out of range is thrown away").then_some(k)
}
