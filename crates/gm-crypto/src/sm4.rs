//! SM4 (GB/T 32907-2016): the block cipher.

mod block;

pub use block::Sm4;
pub use cipher;

/// Octets of a key and of a block.
pub const BLOCK_LENGTH: usize = 16;
