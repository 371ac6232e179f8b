//! GHASH with carry-less multiplication on 128-bit registers.

use crate::low::{cpu::HavePclmul, ghash::POWERS, sm4::Block};
use core::arch::x86_64::*;

type Vector = __m128i;

#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
fn none() -> Vector {
    _mm_setzero_si128()
}

#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
fn first(value: __m128i) -> Vector {
    value
}

#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
fn xor(a: Vector, b: Vector) -> Vector {
    _mm_xor_si128(a, b)
}

/// # Safety
/// 16 octets to read.
#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
unsafe fn load(source: *const Vector) -> Vector {
    // SAFETY: the caller's promise; no alignment is asked.
    unsafe { _mm_loadu_si128(source) }
}

/// Blocks to numbers: the first octet is the highest.
#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
fn to_numbers(blocks: Vector) -> Vector {
    _mm_shuffle_epi8(
        blocks,
        _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
    )
}

#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
fn multiply<const SELECT: i32>(a: Vector, b: Vector) -> Vector {
    _mm_clmulepi64_si128::<SELECT>(a, b)
}

ghash_lanes!("pclmulqdq,ssse3", 1);

#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
pub(super) fn from_number(number: u128) -> __m128i {
    // SAFETY: 16 octets either way, and every pattern is a value.
    unsafe { core::mem::transmute(number) }
}

#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
pub(super) fn into_number(register: __m128i) -> u128 {
    // SAFETY: 16 octets either way, and every pattern is a value.
    unsafe { core::mem::transmute(register) }
}

/// The sum of the three parts times x⁻¹²⁸ (see `generic::ghash`).
#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
pub(super) fn reduce([low, middle, high]: [__m128i; 3]) -> __m128i {
    let low = _mm_xor_si128(low, _mm_slli_si128::<8>(middle));
    let high = _mm_xor_si128(high, _mm_srli_si128::<8>(middle));
    _mm_xor_si128(high, reduce_half(reduce_half(low)))
}

#[inline]
#[target_feature(enable = "pclmulqdq,ssse3")]
fn reduce_half(value: __m128i) -> __m128i {
    // x⁶³ + x⁶² + x⁵⁷.
    let modulus = _mm_set_epi64x(0, 0xc200_0000_0000_0000_u64.cast_signed());
    _mm_xor_si128(
        _mm_shuffle_epi32::<0b01_00_11_10>(value),
        _mm_clmulepi64_si128::<0x00>(value, modulus),
    )
}

#[target_feature(enable = "pclmulqdq,ssse3")]
fn update_with_features(powers: &[u128; POWERS], sum: u128, blocks: &[Block]) -> u128 {
    let mut sum = from_number(sum);
    for batch in blocks.chunks(POWERS) {
        let powers = &powers[POWERS - batch.len()..];
        // SAFETY: two slices of the same length.
        sum = reduce(unsafe { sums(powers.as_ptr(), sum, batch.as_ptr(), batch.len()) });
    }
    into_number(sum)
}

#[target_feature(enable = "pclmulqdq,ssse3")]
fn dot_with_features(a: u128, b: u128) -> u128 {
    let (a, b) = (from_number(a), from_number(b));
    let middle = xor(multiply::<0x01>(a, b), multiply::<0x10>(a, b));
    into_number(reduce([
        multiply::<0x00>(a, b),
        middle,
        multiply::<0x11>(a, b),
    ]))
}

/// a·b·x⁻¹²⁸.
pub(crate) fn dot(_: HavePclmul, a: u128, b: u128) -> u128 {
    // SAFETY: the token.
    unsafe { dot_with_features(a, b) }
}

/// `sum` after `blocks`.
pub(crate) fn update(_: HavePclmul, powers: &[u128; POWERS], sum: u128, blocks: &[Block]) -> u128 {
    // SAFETY: the token.
    unsafe { update_with_features(powers, sum, blocks) }
}
