//! SM4 on 256-bit registers with GFNI: eight blocks a group.
//!
//! GFNI inverts in AES's field, so the basis of the state and the form of round keys are
//! those of the bodies with AES's S-box (`sm4_basis`). An affine map is one
//! instruction, and no ShiftRows has to be undone.

use super::{
    sm4_basis::{FROM, INTO, U_FROM_INVERSE, V_FROM_INVERSE, matrix, rotation},
    ymm::*,
};
use crate::low::{cpu::HaveGfni, sm4::Block};
use core::arch::x86_64::{
    _mm256_gf2p8affine_epi64_epi8, _mm256_gf2p8affineinv_epi64_epi8, _mm256_set1_epi64x,
};

#[inline]
#[target_feature(enable = "gfni,avx2")]
fn into_basis(a: Vector) -> Vector {
    const MATRIX: u64 = matrix(INTO);
    _mm256_gf2p8affine_epi64_epi8::<0>(a, _mm256_set1_epi64x(MATRIX.cast_signed()))
}

#[inline]
#[target_feature(enable = "gfni,avx2")]
fn from_basis(a: Vector) -> Vector {
    const MATRIX: u64 = matrix(FROM);
    _mm256_gf2p8affine_epi64_epi8::<0>(a, _mm256_set1_epi64x(MATRIX.cast_signed()))
}

/// `x` + L(S(`t`)); see `sm4_basis`.
#[inline]
#[target_feature(enable = "gfni,avx2")]
fn round(x: Vector, t: Vector) -> Vector {
    const U_MATRIX: u64 = matrix(U_FROM_INVERSE.map);
    const U_CONSTANT: i32 = U_FROM_INVERSE.constant as i32;
    const V_MATRIX: u64 = matrix(V_FROM_INVERSE.map);
    let u_matrix = _mm256_set1_epi64x(U_MATRIX.cast_signed());
    let v_matrix = _mm256_set1_epi64x(V_MATRIX.cast_signed());
    let u = _mm256_gf2p8affineinv_epi64_epi8::<U_CONSTANT>(t, u_matrix);
    let v = _mm256_gf2p8affineinv_epi64_epi8::<0>(t, v_matrix);
    let near = xor(x, xor(u, v));
    let middle = xor(
        shuffle(u, const { rotation(1) }),
        shuffle(u, const { rotation(2) }),
    );
    xor(near, xor(middle, shuffle(v, const { rotation(3) })))
}

sm4_lanes!("gfni,avx2", 8);

/// `count` blocks.
///
/// # Safety
/// `source` has `count` blocks to read, `target` as many to write; they are equal or
/// disjoint.
pub(crate) unsafe fn crypt(
    _: HaveGfni,
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
    _: HaveGfni,
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
