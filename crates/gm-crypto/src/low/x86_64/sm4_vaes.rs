//! SM4 on 256-bit registers with VAES: eight blocks a group.

use super::sm4_basis::{FROM_STATE, INTO_STATE, U, V, halves, rows_back};
use crate::low::{cpu::HaveVaes, sm4::Block};
use core::arch::x86_64::*;

type Vector = __m256i;

/// The same 16 octets in both lanes.
#[inline]
#[target_feature(enable = "vaes,avx2")]
fn constant(octets: [u8; 16]) -> Vector {
    // SAFETY: 16 octets either way, and every pattern is a value.
    _mm256_broadcastsi128_si256(unsafe { core::mem::transmute::<[u8; 16], __m128i>(octets) })
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn xor(a: Vector, b: Vector) -> Vector {
    _mm256_xor_si256(a, b)
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm256_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn splat(word: u32) -> Vector {
    _mm256_set1_epi32(word.cast_signed())
}

/// # Safety
/// Two blocks to read.
#[inline]
#[target_feature(enable = "vaes,avx2")]
unsafe fn load(source: *const Block) -> Vector {
    // SAFETY: the caller's promise; no alignment is asked.
    unsafe { _mm256_loadu_si256(source.cast()) }
}

/// # Safety
/// Two blocks to write.
#[inline]
#[target_feature(enable = "vaes,avx2")]
unsafe fn store(target: *mut Block, value: Vector) {
    // SAFETY: the caller's promise; no alignment is asked.
    unsafe { _mm256_storeu_si256(target.cast(), value) };
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn unpack_low_32(a: Vector, b: Vector) -> Vector {
    _mm256_unpacklo_epi32(a, b)
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn unpack_high_32(a: Vector, b: Vector) -> Vector {
    _mm256_unpackhi_epi32(a, b)
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn unpack_low_64(a: Vector, b: Vector) -> Vector {
    _mm256_unpacklo_epi64(a, b)
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn unpack_high_64(a: Vector, b: Vector) -> Vector {
    _mm256_unpackhi_epi64(a, b)
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn shuffle(a: Vector, by: [u8; 16]) -> Vector {
    _mm256_shuffle_epi8(a, constant(by))
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn swap_octets(a: Vector) -> Vector {
    shuffle(a, [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12])
}

/// The low and the high half of each octet.
#[inline]
#[target_feature(enable = "vaes,avx2")]
fn split(a: Vector) -> [Vector; 2] {
    let mask = _mm256_set1_epi8(15);
    [
        _mm256_and_si256(a, mask),
        _mm256_and_si256(_mm256_srli_epi16::<4>(a), mask),
    ]
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn look_up(tables: [[u8; 16]; 2], [low, high]: [Vector; 2]) -> Vector {
    xor(
        _mm256_shuffle_epi8(constant(tables[0]), low),
        _mm256_shuffle_epi8(constant(tables[1]), high),
    )
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn into_basis(a: Vector) -> Vector {
    look_up(const { halves(INTO_STATE) }, split(a))
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn from_basis(a: Vector) -> Vector {
    look_up(const { halves(FROM_STATE) }, split(a))
}

#[inline]
#[target_feature(enable = "vaes,avx2")]
fn aes_s_box(a: Vector) -> Vector {
    _mm256_aesenclast_epi128(a, _mm256_setzero_si256())
}

/// `x` + L(S(`t`)); see `sm4_basis`.
#[inline]
#[target_feature(enable = "vaes,avx2")]
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

/// Which block of a group a word belongs to: a register holds two blocks, and
/// transposing works in each half of it.
#[inline]
#[target_feature(enable = "vaes,avx2")]
fn offsets() -> Vector {
    _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7)
}

sm4_lanes!("vaes,avx2", 8);

/// `count` blocks.
///
/// # Safety
/// `source` has `count` blocks to read, `target` as many to write; they are equal or
/// disjoint.
pub(crate) unsafe fn crypt(
    _: HaveVaes,
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
    _: HaveVaes,
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
