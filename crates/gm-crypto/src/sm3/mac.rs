//! HMAC-SM3 and what is built of it.

use crate::low::sm3::compress;
use digest::{FixedOutput, Update, block_api::CoreProxy};
use zeroize::{Zeroize, Zeroizing};

use super::{BLOCK_LENGTH, DIGEST_LENGTH, Sm3, block_api::Sm3Core, digest, octets};

/// HMAC (RFC 2104; GM/T 0042, annex D.3) with SM3: 32 octets.
///
/// A key of more than 64 octets is hashed first. Compare tags with
/// [`digest::Mac::verify`] and its like, which take the same time for all tags.
///
/// ```
/// use gm_crypto::sm3::{HmacSm3, digest::{KeyInit, Mac}};
///
/// let mac = HmacSm3::new_from_slice(b"key").expect("any length will do");
/// let tag = mac.chain_update(b"message").finalize().into_bytes();
/// assert_eq!(tag.len(), 32);
/// ```
pub type HmacSm3 = hmac::Hmac<Sm3>;

/// HKDF (RFC 5869) with HMAC-SM3.
///
/// ```
/// use gm_crypto::sm3::HkdfSm3;
///
/// let mut key = [0; 16];
/// HkdfSm3::new(Some(b"salt"), b"shared secret")
///     .expand(b"what the key is for", &mut key)
///     .expect("at most 255 · 32 octets");
/// ```
pub type HkdfSm3 = hkdf::Hkdf<Sm3>;

/// PBKDF2 (RFC 8018, 5.2; GM/T 0091) with HMAC-SM3: fills `output`.
///
/// `rounds` is the iteration count; 0 counts as 1. The time grows with `rounds` for
/// each 32 octets of output. `output` may have up to (2³² − 1) · 32 octets.
pub fn pbkdf2(password: &[u8], salt: &[u8], rounds: u32, output: &mut [u8]) {
    let (inner, outer) = keyed(password);
    for (counter, chunk) in (1_u32..).zip(output.chunks_mut(DIGEST_LENGTH)) {
        // U_1 = HMAC(salt ‖ counter).
        let mut hash = Sm3::compose(inner.clone(), Default::default());
        hash.update(salt);
        hash.update(&counter.to_be_bytes());
        // One block holds each U_j with its padding, after the block of the key: so
        // from here on an HMAC is two compressions.
        let mut block = Zeroizing::new([0; BLOCK_LENGTH]);
        block[..DIGEST_LENGTH].copy_from_slice(&hash.finalize_fixed());
        block[DIGEST_LENGTH] = 0x80;
        block[BLOCK_LENGTH - 8..].copy_from_slice(&inner.bits(DIGEST_LENGTH).to_be_bytes());
        let mut state = Zeroizing::new([0; 8]);
        let mut through = |core: &Sm3Core, block: &mut [u8; BLOCK_LENGTH]| {
            *state = *core.state();
            compress(&mut state, core::slice::from_ref(block));
            block[..DIGEST_LENGTH].copy_from_slice(&octets(*state));
        };
        through(&outer, &mut block);
        let mut sum = Zeroizing::new([0; DIGEST_LENGTH]);
        sum.copy_from_slice(&block[..DIGEST_LENGTH]);
        for _ in 1..rounds {
            through(&inner, &mut block);
            through(&outer, &mut block);
            for (sum, octet) in sum.iter_mut().zip(&*block) {
                *sum ^= octet;
            }
        }
        chunk.copy_from_slice(&sum[..chunk.len()]);
    }
}

/// The hash after the key ⊕ ipad, and after the key ⊕ opad (RFC 2104, 2).
fn keyed(key: &[u8]) -> (Sm3Core, Sm3Core) {
    let mut block = Zeroizing::new([0; BLOCK_LENGTH]);
    if key.len() <= BLOCK_LENGTH {
        block[..key.len()].copy_from_slice(key);
    } else {
        let mut short = digest(key);
        block[..DIGEST_LENGTH].copy_from_slice(&short);
        short.zeroize();
    }
    let padded = |octet: u8| Zeroizing::new(block.map(|key| key ^ octet));
    (Sm3Core::after(&padded(0x36)), Sm3Core::after(&padded(0x5c)))
}
