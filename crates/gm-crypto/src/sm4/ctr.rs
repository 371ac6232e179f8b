//! CTR with a counter of 128 bits.

use super::Sm4;
use crate::low::sm4::{Block, Direction, RoundKeys};
use cipher::{
    AlgorithmName, InOutBuf, InnerIvInit, Iv, IvSizeUser, OverflowError, SeekNum, StreamCipher,
    StreamCipherError, StreamCipherSeek, common::InnerUser, consts::U16,
};
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// CTR (GB/T 17964-2021): a stream cipher whose IV, 16 octets, is the first counter, a
/// number of 128 bits, big endian, which wraps.
///
/// Never let two messages under one key use the same counter: not the same IV, nor two
/// IVs nearer than the first message is long in blocks. It does not notice changes.
///
/// ```
/// use gm_crypto::sm4::{Ctr, cipher::{KeyIvInit, StreamCipher}};
///
/// let (key, iv) = ([7; 16], [9; 16]);
/// let mut message = *b"any number of octets";
/// Ctr::new(&key.into(), &iv.into()).apply_keystream(&mut message);
/// assert_ne!(&message, b"any number of octets");
/// Ctr::new(&key.into(), &iv.into()).apply_keystream(&mut message);
/// assert_eq!(&message, b"any number of octets");
/// ```
#[derive(Clone)]
pub struct Ctr {
    cipher: Sm4,
    first: u128,
    /// What the next whole block is encrypted from.
    next: Block,
    /// The key stream's block before that.
    stream: Block,
    /// Octets of `stream` that are used.
    used: usize,
}

impl fmt::Debug for Ctr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ctr { .. }")
    }
}

impl Drop for Ctr {
    fn drop(&mut self) {
        self.stream.zeroize();
    }
}

impl ZeroizeOnDrop for Ctr {}

impl AlgorithmName for Ctr {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ctr128BE<Sm4>")
    }
}

impl InnerUser for Ctr {
    type Inner = Sm4;
}

impl IvSizeUser for Ctr {
    type IvSize = U16;
}

impl InnerIvInit for Ctr {
    fn inner_iv_init(cipher: Sm4, iv: &Iv<Self>) -> Self {
        Self {
            cipher,
            first: u128::from_be_bytes(iv.0),
            next: iv.0,
            stream: [0; 16],
            used: 16,
        }
    }
}

impl Ctr {
    fn keys(&self) -> &RoundKeys {
        &self.cipher.0
    }

    fn next_stream(&mut self) {
        self.stream = self.keys().crypt_one(Direction::Encrypt, &self.next);
        self.next = u128::from_be_bytes(self.next).wrapping_add(1).to_be_bytes();
        self.used = 0;
    }
}

impl StreamCipher for Ctr {
    fn check_remaining(&self, _: usize) -> Result<(), StreamCipherError> {
        // 2¹²⁸ blocks are more than anybody encrypts.
        Ok(())
    }

    fn unchecked_apply_keystream_inout(&mut self, buf: InOutBuf<'_, '_, u8>) {
        let head = buf.len().min(16 - self.used);
        let (mut head, rest) = buf.split_at(head);
        head.xor_in2out(&self.stream[self.used..][..head.len()]);
        self.used += head.len();

        let (blocks, mut tail) = rest.into_chunks::<U16>();
        self.cipher.0.counters_128(&mut self.next, blocks);
        if !tail.is_empty() {
            self.next_stream();
            tail.xor_in2out(&self.stream[..tail.len()]);
            self.used = tail.len();
        }
    }

    fn unchecked_write_keystream(&mut self, buf: &mut [u8]) {
        buf.fill(0);
        self.unchecked_apply_keystream_inout(buf.into());
    }
}

impl StreamCipherSeek for Ctr {
    fn try_current_pos<T: SeekNum>(&self) -> Result<T, OverflowError> {
        let blocks = u128::from_be_bytes(self.next).wrapping_sub(self.first);
        #[expect(clippy::cast_possible_truncation, reason = "at most 16")]
        T::from_block_byte(blocks, self.used as u8, 16)
    }

    fn try_seek<T: SeekNum>(&mut self, position: T) -> Result<(), StreamCipherError> {
        let (block, octet) = position.into_block_byte::<u128>(16)?;
        self.next = self.first.wrapping_add(block).to_be_bytes();
        self.used = 16;
        if octet != 0 {
            self.next_stream();
            self.used = octet.into();
        }
        Ok(())
    }
}
