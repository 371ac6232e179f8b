//! GHASH with carry-less multiplication on 256-bit registers: two blocks in each.

use super::ghash_pclmul;
use crate::low::{
    cpu::{HavePclmul, HaveVpclmul},
    ghash::POWERS,
    sm4::Block,
};
use core::arch::x86_64::*;

type Vector = __m256i;

#[inline]
#[target_feature(enable = "vpclmulqdq,pclmulqdq,avx2")]
fn none() -> Vector {
    _mm256_setzero_si256()
}

#[inline]
#[target_feature(enable = "vpclmulqdq,pclmulqdq,avx2")]
fn first(value: __m128i) -> Vector {
    _mm256_zextsi128_si256(value)
}

#[inline]
#[target_feature(enable = "vpclmulqdq,pclmulqdq,avx2")]
fn xor(a: Vector, b: Vector) -> Vector {
    _mm256_xor_si256(a, b)
}

/// # Safety
/// 32 octets to read.
#[inline]
#[target_feature(enable = "vpclmulqdq,pclmulqdq,avx2")]
unsafe fn load(source: *const Vector) -> Vector {
    // SAFETY: the caller's promise; no alignment is asked.
    unsafe { _mm256_loadu_si256(source) }
}

/// Blocks to numbers: the first octet is the highest.
#[inline]
#[target_feature(enable = "vpclmulqdq,pclmulqdq,avx2")]
fn to_numbers(blocks: Vector) -> Vector {
    let reversed = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    _mm256_shuffle_epi8(blocks, _mm256_broadcastsi128_si256(reversed))
}

#[inline]
#[target_feature(enable = "vpclmulqdq,pclmulqdq,avx2")]
fn multiply<const SELECT: i32>(a: Vector, b: Vector) -> Vector {
    _mm256_clmulepi64_epi128::<SELECT>(a, b)
}

ghash_lanes!("vpclmulqdq,pclmulqdq,avx2", 2);

#[target_feature(enable = "vpclmulqdq,pclmulqdq,avx2")]
fn update_with_features(powers: &[u128; POWERS], sum: u128, batches: &[[Block; POWERS]]) -> u128 {
    let mut sum = ghash_pclmul::from_number(sum);
    for batch in batches {
        // SAFETY: two arrays of the same, even length.
        let parts = unsafe { sums(powers.as_ptr(), sum, batch.as_ptr(), POWERS) };
        sum = ghash_pclmul::reduce(parts.map(|part| {
            _mm_xor_si128(
                _mm256_castsi256_si128(part),
                _mm256_extracti128_si256::<1>(part),
            )
        }));
    }
    ghash_pclmul::into_number(sum)
}

/// `sum` after `blocks`; what does not fill a batch goes through the narrow registers.
pub(crate) fn update(
    _: HaveVpclmul,
    narrow: HavePclmul,
    powers: &[u128; POWERS],
    sum: u128,
    blocks: &[Block],
) -> u128 {
    let (batches, rest) = blocks.as_chunks();
    // SAFETY: the token.
    let sum = unsafe { update_with_features(powers, sum, batches) };
    if rest.is_empty() {
        return sum;
    }
    ghash_pclmul::update(narrow, powers, sum, rest)
}
