//! The cipher under the names of the `cipher` crate.

use crate::low::sm4::{Direction, RoundKeys};
use cipher::{
    AlgorithmName, Block, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt,
    BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, InOut,
    InOutBuf, Key, KeyInit, KeySizeUser, ParBlocks, ParBlocksSizeUser,
    consts::{U16, U32},
};
use core::fmt;
use zeroize::ZeroizeOnDrop;

/// SM4 with one key, 16 octets, expanded (GB/T 32907-2016).
///
/// Constant time in key and data on every path: no table is indexed by a secret and no
/// branch depends on one, the key schedule included. Up to 32 blocks are worked on at
/// once, so hand over many blocks in one call where the mode allows. The expanded
/// key is wiped when dropped.
///
/// ```
/// use gm_crypto::sm4::{Sm4, cipher::{BlockCipherEncrypt, KeyInit}};
///
/// // GB/T 32907-2016, annex A.1: key and plaintext are the same octets.
/// let key = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
/// let mut block = key.into();
/// Sm4::new(&key.into()).encrypt_block(&mut block);
/// assert_eq!(block[..4], [0x68, 0x1e, 0xdf, 0x34]);
/// ```
#[derive(Clone)]
pub struct Sm4(pub(super) RoundKeys);

impl fmt::Debug for Sm4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm4 { .. }")
    }
}

// `RoundKeys` wipes itself.
impl ZeroizeOnDrop for Sm4 {}

impl AlgorithmName for Sm4 {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm4")
    }
}

impl KeySizeUser for Sm4 {
    type KeySize = U16;
}

impl KeyInit for Sm4 {
    fn new(key: &Key<Self>) -> Self {
        Self(RoundKeys::new(&key.0))
    }
}

impl BlockSizeUser for Sm4 {
    type BlockSize = U16;
}

impl BlockCipherEncrypt for Sm4 {
    #[inline]
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = U16>) {
        f.call(&Backend(&self.0));
    }

    #[inline]
    fn encrypt_blocks_inout(&self, blocks: InOutBuf<'_, '_, Block<Self>>) {
        self.0.crypt(Direction::Encrypt, blocks);
    }

    #[inline]
    fn encrypt_blocks(&self, blocks: &mut [Block<Self>]) {
        self.encrypt_blocks_inout(blocks.into());
    }
}

impl BlockCipherDecrypt for Sm4 {
    #[inline]
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = U16>) {
        f.call(&Backend(&self.0));
    }

    #[inline]
    fn decrypt_blocks_inout(&self, blocks: InOutBuf<'_, '_, Block<Self>>) {
        self.0.crypt(Direction::Decrypt, blocks);
    }

    #[inline]
    fn decrypt_blocks(&self, blocks: &mut [Block<Self>]) {
        self.decrypt_blocks_inout(blocks.into());
    }
}

/// Lets modes of other crates run over 32 blocks at a time.
struct Backend<'a>(&'a RoundKeys);

impl BlockSizeUser for Backend<'_> {
    type BlockSize = U16;
}

impl ParBlocksSizeUser for Backend<'_> {
    type ParBlocksSize = U32;
}

impl BlockCipherEncBackend for Backend<'_> {
    #[inline]
    fn encrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let octets = self.0.crypt_one(Direction::Encrypt, &block.get_in().0);
        block.get_out().0 = octets;
    }

    #[inline]
    fn encrypt_par_blocks(&self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
        self.0.crypt(Direction::Encrypt, blocks.into_buf());
    }

    #[inline]
    fn encrypt_tail_blocks(&self, blocks: InOutBuf<'_, '_, Block<Self>>) {
        self.0.crypt(Direction::Encrypt, blocks);
    }
}

impl BlockCipherDecBackend for Backend<'_> {
    #[inline]
    fn decrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let octets = self.0.crypt_one(Direction::Decrypt, &block.get_in().0);
        block.get_out().0 = octets;
    }

    #[inline]
    fn decrypt_par_blocks(&self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
        self.0.crypt(Direction::Decrypt, blocks.into_buf());
    }

    #[inline]
    fn decrypt_tail_blocks(&self, blocks: InOutBuf<'_, '_, Block<Self>>) {
        self.0.crypt(Direction::Decrypt, blocks);
    }
}
