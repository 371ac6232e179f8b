//! Operations on 256-bit registers that every AVX2 processor has, under the names that
//! the bodies of SM4 use.

use crate::low::sm4::Block;
use core::arch::x86_64::*;

pub(super) type Vector = __m256i;

/// The same 16 octets in both lanes.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn constant(octets: [u8; 16]) -> Vector {
    // SAFETY: 16 octets either way, and every pattern is a value.
    _mm256_broadcastsi128_si256(unsafe { core::mem::transmute::<[u8; 16], __m128i>(octets) })
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn xor(a: Vector, b: Vector) -> Vector {
    _mm256_xor_si256(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn add(a: Vector, b: Vector) -> Vector {
    _mm256_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn splat(word: u32) -> Vector {
    _mm256_set1_epi32(word.cast_signed())
}

/// # Safety
/// Two blocks to read.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn load(source: *const Block) -> Vector {
    // SAFETY: the caller's promise; no alignment is asked.
    unsafe { _mm256_loadu_si256(source.cast()) }
}

/// # Safety
/// Two blocks to write.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn store(target: *mut Block, value: Vector) {
    // SAFETY: the caller's promise; no alignment is asked.
    unsafe { _mm256_storeu_si256(target.cast(), value) };
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn unpack_low_32(a: Vector, b: Vector) -> Vector {
    _mm256_unpacklo_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn unpack_high_32(a: Vector, b: Vector) -> Vector {
    _mm256_unpackhi_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn unpack_low_64(a: Vector, b: Vector) -> Vector {
    _mm256_unpacklo_epi64(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn unpack_high_64(a: Vector, b: Vector) -> Vector {
    _mm256_unpackhi_epi64(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn shuffle(a: Vector, by: [u8; 16]) -> Vector {
    _mm256_shuffle_epi8(a, constant(by))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn swap_octets(a: Vector) -> Vector {
    shuffle(a, [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12])
}

/// The low and the high half of each octet.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn split(a: Vector) -> [Vector; 2] {
    let mask = _mm256_set1_epi8(15);
    [
        _mm256_and_si256(a, mask),
        _mm256_and_si256(_mm256_srli_epi16::<4>(a), mask),
    ]
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn look_up(tables: [[u8; 16]; 2], [low, high]: [Vector; 2]) -> Vector {
    xor(
        _mm256_shuffle_epi8(constant(tables[0]), low),
        _mm256_shuffle_epi8(constant(tables[1]), high),
    )
}

/// Which block of a group a word belongs to: a register holds two blocks, and
/// transposing works in each half of it.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn offsets() -> Vector {
    _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7)
}
