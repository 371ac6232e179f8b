//! Look-up in a table of points by a secret index, 32 octets at a time.

use core::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_blendv_epi8, _mm256_cmpeq_epi64, _mm256_loadu_si256,
    _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_storeu_si256,
};

use crate::low::{
    cpu::HaveAvx2,
    field::{Entry, Limbs},
};

/// Coordinates of the longest entry: X, Y, Z, Z², Z³.
const LONGEST: usize = 5;

/// Copies the entry `index` of `row`, reading every entry in order.
#[inline(always)]
pub(crate) fn select<const PARTS: usize>(
    _: HaveAvx2,
    row: &[Entry<PARTS>],
    index: u64,
) -> [Limbs; PARTS] {
    const { assert!(PARTS <= LONGEST) };
    // SAFETY: the token says that the processor has AVX2.
    unsafe { scan(row, index) }
}

#[target_feature(enable = "avx2")]
fn scan<const PARTS: usize>(row: &[Entry<PARTS>], index: u64) -> [Limbs; PARTS] {
    let wanted = _mm256_set1_epi64x(index.cast_signed());
    let one = _mm256_set1_epi64x(1);
    let mut position = _mm256_setzero_si256();
    let mut chosen = [_mm256_setzero_si256(); LONGEST];
    for entry in row {
        let mask = _mm256_cmpeq_epi64(position, wanted);
        for (coordinate, limbs) in chosen.iter_mut().zip(&entry.0) {
            // SAFETY: `limbs` has 32 octets; the load may be unaligned.
            let value = unsafe { _mm256_loadu_si256(limbs.as_ptr().cast::<__m256i>()) };
            *coordinate = _mm256_blendv_epi8(*coordinate, value, mask);
        }
        position = _mm256_add_epi64(position, one);
    }
    let mut entry = [[0_u64; 4]; PARTS];
    for (limbs, coordinate) in entry.iter_mut().zip(chosen) {
        // SAFETY: `limbs` has 32 octets; the store may be unaligned.
        unsafe { _mm256_storeu_si256(limbs.as_mut_ptr().cast::<__m256i>(), coordinate) };
    }
    entry
}
