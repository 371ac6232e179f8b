//! Decryption in CBC, block beside block.

use super::Sm4;
use crate::low::sm4::{Direction, RoundKeys, add, wipe_blocks};
use cipher::{
    AlgorithmName, Block, BlockModeDecBackend, BlockModeDecClosure, BlockModeDecrypt,
    BlockSizeUser, InOut, InOutBuf, InnerIvInit, Iv, IvSizeUser, IvState, ParBlocks,
    ParBlocksSizeUser, SetIvState,
    array::Array,
    common::InnerUser,
    consts::{U16, U32},
};
use core::fmt;
use zeroize::ZeroizeOnDrop;

/// CBC, the way back. Not the crate `cbc`'s, which takes the last 31 blocks of a message one
/// by one.
///
/// Padding that is checked before a MAC tells secrets.
#[derive(Clone)]
pub struct CbcDecryptor {
    cipher: Sm4,
    iv: Array<u8, U16>,
}

impl fmt::Debug for CbcDecryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CbcDecryptor { .. }")
    }
}

// The key wipes itself; the IV is ciphertext.
impl ZeroizeOnDrop for CbcDecryptor {}

impl AlgorithmName for CbcDecryptor {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cbc::Decryptor<Sm4>")
    }
}

impl InnerUser for CbcDecryptor {
    type Inner = Sm4;
}

impl IvSizeUser for CbcDecryptor {
    type IvSize = U16;
}

impl InnerIvInit for CbcDecryptor {
    fn inner_iv_init(cipher: Sm4, iv: &Iv<Self>) -> Self {
        Self { cipher, iv: *iv }
    }
}

impl IvState for CbcDecryptor {
    fn iv_state(&self) -> Iv<Self> {
        self.iv
    }
}

impl SetIvState for CbcDecryptor {
    fn set_iv(&mut self, iv: &Iv<Self>) {
        self.iv = *iv;
    }
}

impl BlockSizeUser for CbcDecryptor {
    type BlockSize = U16;
}

impl BlockModeDecrypt for CbcDecryptor {
    fn decrypt_with_backend(&mut self, f: impl BlockModeDecClosure<BlockSize = U16>) {
        f.call(&mut Backend {
            keys: &self.cipher.0,
            iv: &mut self.iv,
        });
    }
}

const BATCH: usize = 32;

struct Backend<'a> {
    keys: &'a RoundKeys,
    iv: &'a mut Array<u8, U16>,
}

impl Backend<'_> {
    /// At most [`BATCH`] blocks.
    #[inline]
    fn decrypt(&mut self, mut blocks: InOutBuf<'_, '_, Block<Self>>) {
        let mut plain = [Array([0; 16]); BATCH];
        let plain = &mut plain[..blocks.len()];
        let source = blocks.get_in();
        let Some(last) = source.last().copied() else {
            return;
        };
        let both = InOutBuf::new(source, &mut *plain).expect("both have as many blocks");
        self.keys.crypt(Direction::Decrypt, both);
        plain[0].0 = add(plain[0].0, self.iv.0);
        for (plain, cipher) in plain[1..].iter_mut().zip(source) {
            plain.0 = add(plain.0, cipher.0);
        }
        *self.iv = last;
        blocks.get_out().copy_from_slice(plain);
        wipe_blocks(plain);
    }
}

impl BlockSizeUser for Backend<'_> {
    type BlockSize = U16;
}

impl ParBlocksSizeUser for Backend<'_> {
    type ParBlocksSize = U32;
}

impl BlockModeDecBackend for Backend<'_> {
    #[inline]
    fn decrypt_block(&mut self, mut block: InOut<'_, '_, Block<Self>>) {
        let cipher = block.clone_in();
        let plain = self.keys.crypt_one(Direction::Decrypt, &cipher.0);
        *block.get_out() = Array(add(plain, self.iv.0));
        *self.iv = cipher;
    }

    #[inline]
    fn decrypt_par_blocks(&mut self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
        self.decrypt(blocks.into_buf());
    }

    #[inline]
    fn decrypt_tail_blocks(&mut self, blocks: InOutBuf<'_, '_, Block<Self>>) {
        self.decrypt(blocks);
    }
}
