//! Numbers of 256 bits: octets, order, sums and differences. No branch on a value.

use crate::low::field::Limbs;
use subtle::Choice;

/// 32 octets, big endian, as a number.
pub(crate) fn from_bytes(octets: &[u8; 32]) -> Limbs {
    let mut limbs = [0; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(octets.as_chunks().0) {
        *limb = u64::from_be_bytes(*chunk);
    }
    limbs
}

/// A number as 32 octets, big endian.
pub(crate) fn to_bytes(limbs: &Limbs) -> [u8; 32] {
    let mut octets = [0; 32];
    for (limb, chunk) in limbs.iter().rev().zip(octets.as_chunks_mut().0) {
        *chunk = limb.to_be_bytes();
    }
    octets
}

/// a + b modulo 2^256, and the carry.
pub(super) fn add(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    chain(a, b, u64::overflowing_add)
}

/// a − b modulo 2^256, and the borrow.
pub(super) fn subtract(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    chain(a, b, u64::overflowing_sub)
}

/// Whether a < b.
pub(super) fn is_below(a: &Limbs, b: &Limbs) -> Choice {
    let (_, borrow) = subtract(a, b);
    Choice::from(u8::from(borrow))
}

/// Limb by limb from the lowest, what overflows going into the next.
#[inline(always)]
fn chain(a: &Limbs, b: &Limbs, step: impl Fn(u64, u64) -> (u64, bool)) -> (Limbs, bool) {
    let mut result = [0; 4];
    let mut over = false;
    for (limb, (a, b)) in result.iter_mut().zip(a.iter().zip(b)) {
        let (partial, first) = step(*a, *b);
        let (partial, second) = step(partial, u64::from(over));
        *limb = partial;
        over = first | second;
    }
    (result, over)
}
