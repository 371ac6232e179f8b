//! HMAC-SM3 and what is built of it.

use super::Sm3;

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
    ::pbkdf2::pbkdf2_hmac::<Sm3>(password, salt, rounds.max(1), output);
}
