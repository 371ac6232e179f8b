//! Look-up in a table of points by a secret index, 32 octets at a time.

use core::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_and_si256, _mm256_cmpeq_epi64, _mm256_loadu_si256,
    _mm256_or_si256, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_storeu_si256,
};

use crate::low::{cpu::HaveAvx2, field::Entry};

/// Limbs of the longest entry: a point in Jacobian coordinates with Z² and Z³.
const LONGEST: usize = 20;

/// Copies the entry `index` of `row`, reading every entry in order.
#[inline(always)]
pub(crate) fn select<const LIMBS: usize>(
    _: HaveAvx2,
    row: &[Entry<LIMBS>],
    index: u64,
) -> [u64; LIMBS] {
    const { assert!(LIMBS % 4 == 0 && LIMBS <= LONGEST) };
    // SAFETY: the token says that the processor has AVX2.
    unsafe { scan(row, index) }
}

#[target_feature(enable = "avx2")]
fn scan<const LIMBS: usize>(row: &[Entry<LIMBS>], index: u64) -> [u64; LIMBS] {
    let wanted = _mm256_set1_epi64x(index.cast_signed());
    let one = _mm256_set1_epi64x(1);
    let mut position = _mm256_setzero_si256();
    let mut chosen = [_mm256_setzero_si256(); LONGEST / 4];
    for entry in row {
        let mask = _mm256_cmpeq_epi64(position, wanted);
        for (quarter, limbs) in chosen.iter_mut().zip(entry.0.chunks_exact(4)) {
            // SAFETY: `limbs` has 32 octets; the load may be unaligned.
            let value = unsafe { _mm256_loadu_si256(limbs.as_ptr().cast::<__m256i>()) };
            *quarter = _mm256_or_si256(*quarter, _mm256_and_si256(value, mask));
        }
        position = _mm256_add_epi64(position, one);
    }
    let mut entry = [0_u64; LIMBS];
    for (limbs, quarter) in entry.chunks_exact_mut(4).zip(chosen) {
        // SAFETY: `limbs` has 32 octets; the store may be unaligned.
        unsafe { _mm256_storeu_si256(limbs.as_mut_ptr().cast::<__m256i>(), quarter) };
    }
    entry
}
