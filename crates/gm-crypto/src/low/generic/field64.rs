//! Arithmetic modulo p in 64-bit limbs.
//!
//! Masks pass through `black_box`, so that no compiler turns one into a branch.
//!
//! Every routine takes and gives values in [0, p), limbs least significant first.

#![expect(
    clippy::cast_possible_truncation,
    reason = "a sum of 128 bits is taken apart into its halves"
)]

use core::hint::black_box;

use crate::low::field::{Limbs, P};

/// a + b·c + carry, low limb and carry.
#[inline(always)]
fn multiply_add(a: u64, b: u64, c: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(a) + u128::from(b) * u128::from(c) + u128::from(carry);
    (sum as u64, (sum >> 64) as u64)
}

/// a + b + carry, the carry being 0 or 1.
#[inline(always)]
fn add_carry(a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(a) + u128::from(b) + u128::from(carry);
    (sum as u64, (sum >> 64) as u64)
}

/// a − b − borrow, the borrow being 0 or 1.
#[inline(always)]
fn sub_borrow(a: u64, b: u64, borrow: u64) -> (u64, u64) {
    let difference = u128::from(a)
        .wrapping_sub(u128::from(b))
        .wrapping_sub(u128::from(borrow));
    (difference as u64, (difference >> 64) as u64 & 1)
}

/// From high·2^256 + a < 2p to [0, p).
#[inline(always)]
fn below_p(a: Limbs, high: u64) -> Limbs {
    let mut reduced = [0; 4];
    let mut borrow = 0;
    for (limb, (a, p)) in reduced.iter_mut().zip(a.iter().zip(P)) {
        (*limb, borrow) = sub_borrow(*a, p, borrow);
    }
    let (_, borrow) = sub_borrow(high, 0, borrow);
    // All ones where a is below p already.
    let keep = black_box(borrow).wrapping_neg();
    for (limb, a) in reduced.iter_mut().zip(a) {
        *limb ^= (*limb ^ a) & keep;
    }
    reduced
}

/// a·b·2^−256 mod p.
#[inline]
pub(crate) fn mul(a: &Limbs, b: &Limbs) -> Limbs {
    let mut t = [0; 8];
    for i in 0..4 {
        let mut carry = 0;
        for j in 0..4 {
            (t[i + j], carry) = multiply_add(t[i + j], a[j], b[i], carry);
        }
        t[i + 4] = carry;
    }
    // p ≡ −1 (mod 2^64): m is the lowest limb, and t + m·p is t, less m·(2^32 − 1) at
    // limb 1 and m·2^32 at limb 3, plus m at limb 4.
    let mut window = [t[0], t[1], t[2], t[3]];
    for _ in 0..4 {
        let [m, t1, t2, t3] = window;
        let (low, high) = (m << 32, m >> 32);
        let (c, borrow) = sub_borrow(low, m, 0);
        let d = high.wrapping_sub(borrow);
        let (t1, borrow) = sub_borrow(t1, c, 0);
        let (t2, borrow) = sub_borrow(t2, d, borrow);
        let (t3, borrow) = sub_borrow(t3, low, borrow);
        let (t4, _) = sub_borrow(m, high, borrow);
        window = [t1, t2, t3, t4];
    }
    let mut carry = 0;
    for (limb, high) in window.iter_mut().zip(&t[4..]) {
        (*limb, carry) = add_carry(*limb, *high, carry);
    }
    below_p(window, carry)
}

/// a + b mod p.
#[inline]
pub(crate) fn add(a: &Limbs, b: &Limbs) -> Limbs {
    let mut sum = [0; 4];
    let mut carry = 0;
    for (limb, (a, b)) in sum.iter_mut().zip(a.iter().zip(b)) {
        (*limb, carry) = add_carry(*a, *b, carry);
    }
    below_p(sum, carry)
}

/// 2a mod p.
#[inline]
pub(crate) fn double(a: &Limbs) -> Limbs {
    add(a, a)
}

/// a − b mod p.
#[inline]
pub(crate) fn sub(a: &Limbs, b: &Limbs) -> Limbs {
    let mut difference = [0; 4];
    let mut borrow = 0;
    for (limb, (a, b)) in difference.iter_mut().zip(a.iter().zip(b)) {
        (*limb, borrow) = sub_borrow(*a, *b, borrow);
    }
    let below_zero = black_box(borrow).wrapping_neg();
    let mut carry = 0;
    for (limb, p) in difference.iter_mut().zip(P) {
        (*limb, carry) = add_carry(*limb, p & below_zero, carry);
    }
    difference
}

/// a / 2 mod p: a or a + p, whichever is even, halved.
#[inline]
pub(crate) fn half(a: &Limbs) -> Limbs {
    let odd = black_box(a[0] & 1).wrapping_neg();
    let mut sum = [0; 5];
    let mut carry = 0;
    for (limb, (a, p)) in sum.iter_mut().zip(a.iter().zip(P)) {
        (*limb, carry) = add_carry(*a, p & odd, carry);
    }
    sum[4] = carry;
    core::array::from_fn(|i| sum[i] >> 1 | sum[i + 1] << 63)
}

/// −a mod p where `negative` is 1, a where it is 0, for a ≠ 0.
#[inline]
pub(crate) fn negate_if(a: &Limbs, negative: u64) -> Limbs {
    let difference = sub(&[0; 4], a);
    let mask = black_box(negative).wrapping_neg();
    core::array::from_fn(|i| a[i] ^ ((a[i] ^ difference[i]) & mask))
}
