//! SM3 by blocks, for what is built over a hash: HMAC, HKDF and the like.

use crate::low::{error_state::assert_not_entered, sm3::compress};
use core::fmt;
use digest::{
    HashMarker, Output,
    array::Array,
    block_api::{
        AlgorithmName, Block, BlockSizeUser, Buffer, BufferKindUser, Eager, FixedOutputCore,
        OutputSizeUser, Reset, UpdateCore,
    },
    common::hazmat::{DeserializeStateError, SerializableState, SerializedState},
    typenum::{U32, U40, U64},
};
use zeroize::{ZeroizeOnDrop, optimization_barrier};

use super::{BLOCK_LENGTH, INITIAL, Tail, bits, octets};

/// The chaining value V and the count of blocks in it, wiped on drop.
#[derive(Clone)]
pub struct Sm3Core {
    state: [u32; 8],
    blocks: u64,
}

impl Sm3Core {
    pub(super) fn state(&self) -> &[u32; 8] {
        &self.state
    }

    /// Bits of a message with the blocks so far and `rest` octets.
    pub(super) fn bits(&self, rest: usize) -> u64 {
        self.blocks
            .wrapping_mul(bits(BLOCK_LENGTH))
            .wrapping_add(bits(rest))
    }
}

impl HashMarker for Sm3Core {}

impl BlockSizeUser for Sm3Core {
    type BlockSize = U64;
}

impl BufferKindUser for Sm3Core {
    type BufferKind = Eager;
}

impl OutputSizeUser for Sm3Core {
    type OutputSize = U32;
}

impl UpdateCore for Sm3Core {
    #[inline]
    fn update_blocks(&mut self, blocks: &[Block<Self>]) {
        self.blocks = self.blocks.wrapping_add(blocks.len() as u64);
        compress(&mut self.state, Array::cast_slice_to_core(blocks));
    }
}

impl FixedOutputCore for Sm3Core {
    #[inline]
    fn finalize_fixed_core(&mut self, buffer: &mut Buffer<Self>, out: &mut Output<Self>) {
        assert_not_entered();
        let rest = buffer.get_data();
        let tail = Tail::new(&[rest], self.bits(rest.len()));
        compress(&mut self.state, tail.blocks());
        buffer.reset();
        out.0 = octets(self.state);
    }
}

impl Default for Sm3Core {
    #[inline]
    fn default() -> Self {
        Self {
            state: INITIAL,
            blocks: 0,
        }
    }
}

impl Reset for Sm3Core {
    #[inline]
    fn reset(&mut self) {
        *self = Self::default();
    }
}

impl AlgorithmName for Sm3Core {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm3")
    }
}

impl fmt::Debug for Sm3Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm3Core { .. }")
    }
}

impl Drop for Sm3Core {
    fn drop(&mut self) {
        (self.state, self.blocks) = ([0; 8], 0);
        optimization_barrier(self);
    }
}

impl ZeroizeOnDrop for Sm3Core {}

/// Eight words and the count of blocks, both little endian.
impl SerializableState for Sm3Core {
    type SerializedStateSize = U40;

    fn serialize(&self) -> SerializedState<Self> {
        let mut serialized = SerializedState::<Self>::default();
        let (words, blocks) = serialized.split_at_mut(32);
        for (octets, word) in words.as_chunks_mut().0.iter_mut().zip(self.state) {
            *octets = word.to_le_bytes();
        }
        blocks.copy_from_slice(&self.blocks.to_le_bytes());
        serialized
    }

    fn deserialize(serialized: &SerializedState<Self>) -> Result<Self, DeserializeStateError> {
        let (words, blocks) = serialized.split_ref::<U32>();
        let mut core = Self::default();
        for (word, octets) in core.state.iter_mut().zip(words.as_chunks().0) {
            *word = u32::from_le_bytes(*octets);
        }
        core.blocks = u64::from_le_bytes(blocks.0);
        Ok(core)
    }
}
