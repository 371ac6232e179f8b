//! SM4 on 128-bit registers with AES-NI: four blocks a group.

use super::sm4_basis::{FROM_STATE, INTO_KEY, INTO_STATE, PLAIN, U, V, halves, rows_back};
use crate::low::{cpu::HaveAesNi, sm4::Block};
use core::arch::x86_64::*;

type Vector = __m128i;

/// 16 octets as a register.
#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn constant(octets: [u8; 16]) -> Vector {
    // SAFETY: 16 octets either way, and every pattern is a value.
    unsafe { core::mem::transmute(octets) }
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn xor(a: Vector, b: Vector) -> Vector {
    _mm_xor_si128(a, b)
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn splat(word: u32) -> Vector {
    _mm_set1_epi32(word.cast_signed())
}

/// # Safety
/// One block to read.
#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
unsafe fn load(source: *const Block) -> Vector {
    // SAFETY: the caller's promise; no alignment is asked.
    unsafe { _mm_loadu_si128(source.cast()) }
}

/// # Safety
/// One block to write.
#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
unsafe fn store(target: *mut Block, value: Vector) {
    // SAFETY: the caller's promise; no alignment is asked.
    unsafe { _mm_storeu_si128(target.cast(), value) };
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn unpack_low_32(a: Vector, b: Vector) -> Vector {
    _mm_unpacklo_epi32(a, b)
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn unpack_high_32(a: Vector, b: Vector) -> Vector {
    _mm_unpackhi_epi32(a, b)
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn unpack_low_64(a: Vector, b: Vector) -> Vector {
    _mm_unpacklo_epi64(a, b)
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn unpack_high_64(a: Vector, b: Vector) -> Vector {
    _mm_unpackhi_epi64(a, b)
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn shuffle(a: Vector, by: [u8; 16]) -> Vector {
    _mm_shuffle_epi8(a, constant(by))
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn swap_octets(a: Vector) -> Vector {
    shuffle(a, [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12])
}

/// The low and the high half of each octet.
#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn split(a: Vector) -> [Vector; 2] {
    let mask = _mm_set1_epi8(15);
    [
        _mm_and_si128(a, mask),
        _mm_and_si128(_mm_srli_epi16::<4>(a), mask),
    ]
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn look_up(tables: [[u8; 16]; 2], [low, high]: [Vector; 2]) -> Vector {
    xor(
        _mm_shuffle_epi8(constant(tables[0]), low),
        _mm_shuffle_epi8(constant(tables[1]), high),
    )
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn into_basis(a: Vector) -> Vector {
    look_up(const { halves(INTO_STATE) }, split(a))
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn from_basis(a: Vector) -> Vector {
    look_up(const { halves(FROM_STATE) }, split(a))
}

#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn aes_s_box(a: Vector) -> Vector {
    _mm_aesenclast_si128(a, _mm_setzero_si128())
}

/// `x` + L(S(`t`)); see `sm4_basis`.
#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn round(x: Vector, t: Vector) -> Vector {
    let parts = split(aes_s_box(t));
    let u = look_up(const { halves(U) }, parts);
    let v = look_up(const { halves(V) }, parts);
    let near = xor(x, shuffle(xor(u, v), const { rows_back(0) }));
    let middle = xor(
        shuffle(u, const { rows_back(1) }),
        shuffle(u, const { rows_back(2) }),
    );
    xor(near, xor(middle, shuffle(v, const { rows_back(3) })))
}

/// Which block of a group a word belongs to.
#[inline]
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn offsets() -> Vector {
    _mm_setr_epi32(0, 1, 2, 3)
}

sm4_lanes!("aes,ssse3,sse4.1", 4);

/// One block: each word of it in a register of its own.
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn one_with_features(keys: &[u32; 32], flip: usize, block: Block) -> Block {
    let x = into_basis(constant(block));
    let mut state = [[
        x,
        _mm_shuffle_epi32::<1>(x),
        _mm_shuffle_epi32::<2>(x),
        _mm_shuffle_epi32::<3>(x),
    ]];
    rounds(keys, flip, &mut state);
    let [[a, b, c, d]] = state;
    let words = unpack_low_64(unpack_low_32(d, c), unpack_low_32(b, a));
    // SAFETY: 16 octets either way, and every pattern is a value.
    unsafe { core::mem::transmute(from_basis(words)) }
}

/// The S-box on each octet of a word.
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn s_box_with_features(word: u32) -> u32 {
    const INTO: [[u8; 16]; 2] = halves(INTO_KEY);
    let z = look_up(INTO, split(splat(word)));
    let s = look_up(const { halves(PLAIN) }, split(aes_s_box(z)));
    // Every column is the same word, so ShiftRows changed nothing.
    _mm_cvtsi128_si32(s).cast_unsigned()
}

#[target_feature(enable = "aes,ssse3,sse4.1")]
fn keys_with_features(keys: &mut [u32; 32]) {
    for key in keys {
        let octets = splat(key.swap_bytes());
        *key =
            _mm_cvtsi128_si32(look_up(const { halves(INTO_KEY) }, split(octets))).cast_unsigned();
    }
}

/// The S-box on each octet of a word.
#[inline]
pub(crate) fn s_box(_: HaveAesNi, word: u32) -> u32 {
    // SAFETY: the token.
    unsafe { s_box_with_features(word) }
}

/// Round keys from the standard's form into the one that the bodies with AES's S-box want.
pub(crate) fn prepare(_: HaveAesNi, keys: &mut [u32; 32]) {
    // SAFETY: the token.
    unsafe { keys_with_features(keys) }
}

/// One block.
#[inline]
pub(crate) fn one(_: HaveAesNi, keys: &[u32; 32], flip: usize, block: Block) -> Block {
    // SAFETY: the token.
    unsafe { one_with_features(keys, flip, block) }
}

/// `count` blocks.
///
/// # Safety
/// `source` has `count` blocks to read, `target` as many to write; they are equal or
/// disjoint.
pub(crate) unsafe fn crypt(
    _: HaveAesNi,
    keys: &[u32; 32],
    flip: usize,
    source: *const Block,
    target: *mut Block,
    count: usize,
) {
    // SAFETY: the token, and the caller's promise.
    unsafe { crypt_with_features(keys, flip, source, target, count) }
}

/// `count` blocks plus the key stream of counters.
///
/// # Safety
/// As for [`crypt`].
pub(crate) unsafe fn counters(
    _: HaveAesNi,
    keys: &[u32; 32],
    prefix: &[u32; 3],
    counter: u32,
    source: *const Block,
    target: *mut Block,
    count: usize,
) {
    // SAFETY: the token, and the caller's promise.
    unsafe { counters_with_features(keys, prefix, counter, source, target, count) }
}
