//! SM4 on 256-bit registers with VAES: eight blocks a group.

use super::{
    sm4_basis::{FROM_STATE, INTO_STATE, U, V, halves, rows_back},
    ymm::*,
};
use crate::low::{cpu::HaveVaes, sm4::Block};
use core::arch::x86_64::{_mm256_aesenclast_epi128, _mm256_setzero_si256};

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
