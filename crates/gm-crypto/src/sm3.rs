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

use crate::low::{
    error_state::assert_not_entered,
    sm3::{LANES, compress, compress_lanes, lanes_pay},
};
use block_api::Sm3Core;
use digest::{
    Update,
    block_api::CoreProxy,
    const_oid::{AssociatedOid, ObjectIdentifier},
};
use zeroize::{ZeroizeOnDrop, optimization_barrier};

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
///
/// # Panics
///
/// In the [error state](mod@crate::self_test), as everything here that gives a digest.
pub fn digest(message: &[u8]) -> [u8; DIGEST_LENGTH] {
    assert_not_entered();
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
    assert_not_entered();
    // The longest first, so that none is left over alone at the end.
    let mut waiting: Vec<usize> = (0..messages.len()).collect();
    waiting.sort_unstable_by_key(|&index| Reverse(messages[index].len()));
    let mut waiting = waiting.into_iter();

    let mut states = Lanes([[0; LANES]; 8]);
    let mut lanes = [const { None::<Lane<'_>> }; LANES];
    loop {
        let idle = lanes.iter_mut().enumerate().filter(|(_, l)| l.is_none());
        for ((number, lane), index) in idle.zip(&mut waiting) {
            *lane = Some(Lane::new(index, messages[index]));
            states.set(number, INITIAL);
        }
        if lanes.iter().flatten().count() < lanes_pay() {
            break;
        }
        // As many whole blocks as all of them have; an idle lane has none.
        let together = lanes.iter().flatten().map(|lane| lane.blocks.len()).min();
        let mut whole = [&[][..]; LANES];
        for (whole, lane) in whole.iter_mut().zip(&mut lanes) {
            if let (Some(lane), Some(count)) = (lane, together) {
                (*whole, lane.blocks) = lane.blocks.split_at(count);
            }
        }
        for step in 0..together.unwrap_or(0) {
            compress_lanes(
                &mut states.0,
                whole.map(|blocks| blocks.get(step).unwrap_or(&IDLE)),
            );
        }
        // Then at least one lane has come to its tail.
        let blocks = lanes
            .each_ref()
            .map(|lane| lane.as_ref().map_or(&IDLE, Lane::block));
        compress_lanes(&mut states.0, blocks);
        for (number, place) in lanes.iter_mut().enumerate() {
            if let Some(lane) = place
                && lane.ends_with_block()
            {
                digests[lane.index] = octets(states.of(number));
                *place = None;
            }
        }
    }
    // Too few are left: one by one, from where they are.
    for (number, lane) in lanes.iter().enumerate() {
        if let Some(lane) = lane {
            let mut state = states.of(number);
            compress(&mut state, lane.blocks);
            compress(&mut state, &lane.tail.blocks()[lane.of_tail..]);
            digests[lane.index] = octets(state);
        }
    }
    for index in waiting {
        digests[index] = digest(messages[index]);
    }
}

/// What a lane without a message is fed.
const IDLE: [u8; BLOCK_LENGTH] = [0; BLOCK_LENGTH];

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
    assert_not_entered();
    let mut prefix = Sm3::default();
    for part in parts {
        prefix.update(part);
    }
    let (core, buffer) = prefix.decompose();
    let place = buffer.get_data().len();
    let bits = core.bits(place + size_of::<u32>());
    let tail = |counter: u32| Tail::new(&[buffer.get_data(), &counter.to_be_bytes()], bits);

    let digests = output.len().div_ceil(DIGEST_LENGTH);
    let by_lanes = if digests % LANES < lanes_pay() {
        digests - digests % LANES
    } else {
        digests
    };
    let (by_lanes, one_by_one) = output.split_at_mut(output.len().min(by_lanes * DIGEST_LENGTH));
    let mut counters = 1_u32..;
    if !by_lanes.is_empty() {
        let mut tails = [(); LANES].map(|()| tail(0));
        let mut states = Lanes([[0; LANES]; 8]);
        for chunk in by_lanes.chunks_mut(LANES * DIGEST_LENGTH) {
            for (tail, counter) in tails.iter_mut().zip(&mut counters) {
                let counter = counter.to_be_bytes();
                tail.octets[place..][..counter.len()].copy_from_slice(&counter);
            }
            states.0 = core.state().map(|word| [word; LANES]);
            for block in 0..tails[0].count {
                compress_lanes(
                    &mut states.0,
                    tails.each_ref().map(|tail| &tail.blocks()[block]),
                );
            }
            for (lane, chunk) in chunk.chunks_mut(DIGEST_LENGTH).enumerate() {
                copy_start(states.of(lane), chunk);
            }
        }
    }
    for (chunk, counter) in one_by_one.chunks_mut(DIGEST_LENGTH).zip(counters) {
        let mut state = *core.state();
        compress(&mut state, tail(counter).blocks());
        copy_start(state, chunk);
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
        // An octet at a time, as `zeroize` would, takes as long as a fifth of a block.
        self.octets = [0; 2 * BLOCK_LENGTH];
        optimization_barrier(&self.octets);
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
    if let Ok(output) = output.try_into() {
        let output: &mut [u8; DIGEST_LENGTH] = output;
        *output = octets(state);
    } else {
        let mut octets = octets(state);
        output.copy_from_slice(&octets[..output.len()]);
        octets = [0; DIGEST_LENGTH];
        optimization_barrier(&octets);
    }
}

/// The states of eight messages, wiped on drop: `self.0[i][lane]` is word i of that lane.
struct Lanes([[u32; LANES]; 8]);

impl Lanes {
    fn of(&self, lane: usize) -> [u32; 8] {
        self.0.map(|words| words[lane])
    }

    fn set(&mut self, lane: usize, state: [u32; 8]) {
        for (words, word) in self.0.iter_mut().zip(state) {
            words[lane] = word;
        }
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.0 = [[0; LANES]; 8];
        optimization_barrier(&self.0);
    }
}
