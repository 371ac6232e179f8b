//! SM3 (GB/T 32905-2016): the hash, HMAC over it, and the key derivation of SM2.

use zeroize::Zeroize;

pub use ::sm3::{Sm3, digest};

use digest::Digest;

/// Octets of an SM3 digest.
pub const DIGEST_LENGTH: usize = 32;

/// SM3 of one message.
pub fn digest(message: &[u8]) -> [u8; DIGEST_LENGTH] {
    Sm3::digest(message).into()
}

/// The key derivation function of SM2 (GB/T 32918.4, 5.4.3): fills `output` with
/// SM3(`parts` ‖ counter), the counter being 32 bits from 1, big endian.
///
/// The same as ANSI X9.63's with SM3 and no shared info. `output` may have up to
/// (2³² − 1) · 32 octets, more than this machine's memory holds.
pub fn kdf(parts: &[&[u8]], output: &mut [u8]) {
    let mut prefix = Sm3::new();
    for part in parts {
        prefix.update(part);
    }
    for (counter, chunk) in (1u32..).zip(output.chunks_mut(DIGEST_LENGTH)) {
        let mut block: [u8; DIGEST_LENGTH] = prefix
            .clone()
            .chain_update(counter.to_be_bytes())
            .finalize()
            .into();
        chunk.copy_from_slice(&block[..chunk.len()]);
        block.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // GB/T 32905-2016, annex A.1.
    #[test]
    fn abc_has_the_digest_of_the_standard() {
        assert_eq!(
            digest(b"abc")[..8],
            [0x66, 0xc7, 0xf0, 0xf4, 0x62, 0xee, 0xed, 0xd9]
        );
    }

    #[test]
    fn kdf_output_is_a_prefix_of_longer_output() {
        let (mut short, mut long) = ([0; 40], [0; 80]);
        kdf(&[b"z"], &mut short);
        kdf(&[b"", b"z"], &mut long);
        assert_eq!(short, long[..40]);
    }
}
