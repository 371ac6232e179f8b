//! SM3 (GB/T 32905-2016), and HMAC, HKDF, PBKDF2 and the key derivation of SM2 over it.
//!
//! ```
//! use gm_crypto::sm3::{self, Sm3, digest::Digest};
//!
//! let whole = sm3::digest(b"one message");
//! let in_parts: [u8; 32] = Sm3::new()
//!     .chain_update(b"one ")
//!     .chain_update(b"message")
//!     .finalize()
//!     .into();
//! assert_eq!(whole, in_parts);
//! ```
//!
//! # Paths
//!
//! A message is compressed by assembly for BMI2 and AVX2, or by portable Rust. Where
//! there is more than one message ([`digest_many`], [`kdf`]) and the processor has
//! AVX2, eight go at once, one in each 32-bit lane. No path indexes a table with a
//! secret or branches on one: the time depends on lengths alone. Static tables: 256 octets
//! of constants, 64 more on x86-64.
//!
//! Copies of message and chaining values are wiped after use: in [`Sm3`] when it is
//! dropped, on the stack before the return.

use alloc::vec::Vec;
use core::cmp::Reverse;

pub mod block_api;
mod mac;
#[cfg(test)]
mod tests;

pub use ::digest;
pub use mac::{HkdfSm3, HmacSm3, pbkdf2};

use crate::low::sm3::{LANES, compress, compress_lanes, lanes_pay, wipe};
use block_api::Sm3Core;
use digest::{
    Update,
    block_api::CoreProxy,
    const_oid::{AssociatedOid, ObjectIdentifier},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Octets of an SM3 digest.
pub const DIGEST_LENGTH: usize = 32;

/// Octets of a block, what the compression function takes at once.
pub const BLOCK_LENGTH: usize = 64;

/// IV (GB/T 32905-2016, 4.1).
const INITIAL: [u32; 8] = [
    0x7380_166f,
    0x4914_b2b9,
    0x1724_42d7,
    0xda8a_0600,
    0xa96f_30bc,
    0x1631_38aa,
    0xe38d_ee4d,
    0xb0fb_0e4e,
];

digest::buffer_fixed!(
    /// SM3 of a message that comes in parts: [`digest::Digest`] has the methods.
    ///
    /// A message has fewer than 2⁶⁴ bits (GB/T 32905-2016, 5.1). State and
    /// buffer are wiped on drop. The serialized state
    /// ([`digest::common::hazmat::SerializableState`]) is that of crate `sm3`, and as
    /// secret as the message.
    pub struct Sm3(Sm3Core);
    impl: BaseFixedTraits AlgorithmName Default Clone HashMarker Reset FixedOutputReset
        SerializableState;
);

/// 1.2.156.10197.1.401 (GM/T 0006).
impl AssociatedOid for Sm3 {
    const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.401");
}

// Both fields wipe themselves: `Sm3Core` here, the buffer by digest's feature `zeroize`.
impl ZeroizeOnDrop for Sm3 {}

/// SM3 of one message.
pub fn digest(message: &[u8]) -> [u8; DIGEST_LENGTH] {
    let mut state = INITIAL;
    // Two blocks take less than twice the time of one, so a short message goes whole.
    let rest = if message.len() <= Tail::CAPACITY {
        message
    } else {
        let (blocks, rest) = message.as_chunks();
        compress(&mut state, blocks);
        rest
    };
    let tail = Tail::new(&[rest], bits(message.len()));
    compress(&mut state, tail.blocks());
    octets(state)
}

/// SM3 of each message, in the same order: eight at a time where the processor can.
///
/// Lengths may differ; lanes that end early take the next message. One
/// message much longer than all others together gains nothing.
///
/// # Panics
///
/// When `digests` has not as many places as there are `messages`.
pub fn digest_many(messages: &[&[u8]], digests: &mut [[u8; DIGEST_LENGTH]]) {
    assert_eq!(messages.len(), digests.len(), "one digest for each message");
    // The longest first, so that none is left over alone at the end.
    let mut waiting: Vec<usize> = (0..messages.len()).collect();
    waiting.sort_unstable_by_key(|&index| Reverse(messages[index].len()));
    let mut waiting = waiting.into_iter();

    let mut states = Zeroizing::new([[0; LANES]; 8]);
    let mut lanes = [const { None::<Lane<'_>> }; LANES];
    loop {
        let idle = lanes.iter_mut().enumerate().filter(|(_, l)| l.is_none());
        for ((number, lane), index) in idle.zip(&mut waiting) {
            *lane = Some(Lane::new(index, messages[index]));
            set_lane(&mut states, number, INITIAL);
        }
        if lanes.iter().flatten().count() < lanes_pay() {
            break;
        }
        let blocks = lanes
            .each_ref()
            .map(|lane| lane.as_ref().map_or(&[0; BLOCK_LENGTH], Lane::block));
        compress_lanes(&mut states, blocks);
        for (number, place) in lanes.iter_mut().enumerate() {
            if let Some(lane) = place
                && lane.ends_with_block()
            {
                digests[lane.index] = octets(lane_of(&states, number));
                *place = None;
            }
        }
    }
    // Too few are left: one by one, from where they are.
    for (number, lane) in lanes.iter().enumerate() {
        if let Some(lane) = lane {
            let mut state = lane_of(&states, number);
            compress(&mut state, lane.blocks);
            compress(&mut state, &lane.tail.blocks()[lane.of_tail..]);
            digests[lane.index] = octets(state);
        }
    }
    for index in waiting {
        digests[index] = digest(messages[index]);
    }
}

/// A message on its way through a lane.
struct Lane<'a> {
    /// Which message it is.
    index: usize,
    /// Whole blocks to come.
    blocks: &'a [[u8; BLOCK_LENGTH]],
    tail: Tail,
    /// Blocks of the tail that are done.
    of_tail: usize,
}

impl<'a> Lane<'a> {
    fn new(index: usize, message: &'a [u8]) -> Self {
        let (blocks, rest) = message.as_chunks();
        Self {
            index,
            blocks,
            tail: Tail::new(&[rest], bits(message.len())),
            of_tail: 0,
        }
    }

    /// The block that is next.
    fn block(&self) -> &[u8; BLOCK_LENGTH] {
        self.blocks
            .first()
            .unwrap_or_else(|| &self.tail.blocks()[self.of_tail])
    }

    /// Leaves a block behind; says whether it was the last.
    fn ends_with_block(&mut self) -> bool {
        match self.blocks.split_first() {
            Some((_, later)) => self.blocks = later,
            None => self.of_tail += 1,
        }
        self.of_tail == self.tail.count
    }
}

/// The key derivation function of SM2 (GB/T 32918.4, 5.4.3): fills `output` with
/// SM3(`parts` ‖ counter), the counter being 32 bits from 1, big endian.
///
/// The same as ANSI X9.63's with SM3 and no shared info. `output` may have up to
/// (2³² − 1) · 32 octets, more than this machine's memory holds. The parts are
/// compressed once; of the counters, eight go at a time.
pub fn kdf(parts: &[&[u8]], output: &mut [u8]) {
    let mut prefix = Sm3::default();
    for part in parts {
        prefix.update(part);
    }
    let (core, buffer) = prefix.decompose();
    let tail = |counter: u32| {
        let (rest, counter) = (buffer.get_data(), counter.to_be_bytes());
        Tail::new(&[rest, &counter], core.bits(rest.len() + counter.len()))
    };

    let mut first = 1_u32;
    for chunk in output.chunks_mut(LANES * DIGEST_LENGTH) {
        if chunk.len().div_ceil(DIGEST_LENGTH) < lanes_pay() {
            for (counter, chunk) in (first..).zip(chunk.chunks_mut(DIGEST_LENGTH)) {
                let mut state = *core.state();
                compress(&mut state, tail(counter).blocks());
                copy_start(state, chunk);
            }
        } else {
            let mut counter = first;
            let tails = [(); LANES].map(|()| {
                let tail = tail(counter);
                counter = counter.wrapping_add(1);
                tail
            });
            let mut states = Zeroizing::new(core.state().map(|word| [word; LANES]));
            for block in 0..tails[0].count {
                compress_lanes(&mut states, tails.each_ref().map(|t| &t.blocks()[block]));
            }
            for (number, chunk) in chunk.chunks_mut(DIGEST_LENGTH).enumerate() {
                copy_start(lane_of(&states, number), chunk);
            }
            first = counter;
        }
    }
}

/// The end of a message: what is left of it, the bit 1, zeros and the length
/// (GB/T 32905-2016, 5.2). Wiped on drop.
struct Tail {
    octets: [u8; 2 * BLOCK_LENGTH],
    /// One or two.
    count: usize,
}

impl Tail {
    /// The longest rest that two blocks hold, with an octet for the bit and eight for
    /// the length.
    const CAPACITY: usize = 2 * BLOCK_LENGTH - 9;

    /// `rest` has at most [`Self::CAPACITY`] octets; the whole message has `bits`.
    #[inline]
    fn new(rest: &[&[u8]], bits: u64) -> Self {
        let mut octets = [0; 2 * BLOCK_LENGTH];
        let mut end = 0;
        for part in rest {
            octets[end..][..part.len()].copy_from_slice(part);
            end += part.len();
        }
        octets[end] = 0x80;
        let count = (end + 9).div_ceil(BLOCK_LENGTH);
        let (_, length) = octets[..count * BLOCK_LENGTH]
            .split_last_chunk_mut()
            .expect("a block is longer than eight octets");
        *length = bits.to_be_bytes();
        Self { octets, count }
    }

    #[inline]
    fn blocks(&self) -> &[[u8; BLOCK_LENGTH]] {
        &self.octets.as_chunks().0[..self.count]
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        wipe(&mut self.octets);
    }
}

/// The length field: bits, modulo 2⁶⁴.
fn bits(octets: usize) -> u64 {
    (octets as u64).wrapping_mul(8)
}

/// The words of a state, big endian.
#[inline]
fn octets(state: [u32; 8]) -> [u8; DIGEST_LENGTH] {
    let mut octets = [0; DIGEST_LENGTH];
    for (octets, word) in octets.as_chunks_mut().0.iter_mut().zip(state) {
        *octets = word.to_be_bytes();
    }
    octets
}

/// As much of the digest as `output` holds; the rest is wiped.
fn copy_start(state: [u32; 8], output: &mut [u8]) {
    let mut octets = octets(state);
    output.copy_from_slice(&octets[..output.len()]);
    octets.zeroize();
}

fn lane_of(states: &[[u32; LANES]; 8], lane: usize) -> [u32; 8] {
    states.map(|words| words[lane])
}

fn set_lane(states: &mut [[u32; LANES]; 8], lane: usize, state: [u32; 8]) {
    for (words, word) in states.iter_mut().zip(state) {
        words[lane] = word;
    }
}
