//! SM4 (GB/T 32907-2016): the block cipher.
//!
//! Modes come from the generic crates (`ecb`, `cbc`, `ctr`, …) over [`Sm4`].

pub use ::sm4::{Sm4, cipher};

/// Octets of a key and of a block.
pub const BLOCK_LENGTH: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

    // GB/T 32907-2016, annex A.1: key and plaintext are the same octets.
    #[test]
    fn first_example_of_the_standard() {
        let key = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
        let cipher = Sm4::new(&key.into());
        let mut block = key.into();
        cipher.encrypt_block(&mut block);
        assert_eq!(
            block[..],
            0x681e_df34_d206_965e_86b3_e94f_536e_4246_u128.to_be_bytes()
        );
        cipher.decrypt_block(&mut block);
        assert_eq!(block[..], key);
    }
}
