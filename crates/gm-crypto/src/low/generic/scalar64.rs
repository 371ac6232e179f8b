//! Montgomery's multiplication modulo n in 64-bit limbs.

#![expect(
    clippy::cast_possible_truncation,
    reason = "a sum of 128 bits is taken apart into its halves"
)]

use core::hint::black_box;

use crate::low::field::{Limbs, N, N_INVERSE};

/// a·b·2^−256 mod n, for a·b < n·2^256.
#[inline]
pub(crate) fn mul(a: &Limbs, b: &Limbs) -> Limbs {
    let multiply_add = |a: u64, b: u64, c: u64, carry: u64| {
        let sum = u128::from(a) + u128::from(b) * u128::from(c) + u128::from(carry);
        (sum as u64, (sum >> 64) as u64)
    };
    let mut t = [0; 6];
    for limb in b {
        let mut carry = 0;
        for j in 0..4 {
            (t[j], carry) = multiply_add(t[j], a[j], *limb, carry);
        }
        (t[4], carry) = multiply_add(t[4], 0, 0, carry);
        t[5] = carry;

        let m = t[0].wrapping_mul(N_INVERSE);
        (_, carry) = multiply_add(t[0], m, N[0], 0);
        for j in 1..4 {
            (t[j - 1], carry) = multiply_add(t[j], m, N[j], carry);
        }
        (t[3], carry) = multiply_add(t[4], 0, 0, carry);
        t[4] = t[5] + carry;
    }
    below_n([t[0], t[1], t[2], t[3]], t[4])
}

/// From high·2^256 + a < 2n to [0, n).
#[inline]
fn below_n(a: Limbs, high: u64) -> Limbs {
    let mut reduced = [0; 4];
    let mut borrow = 0;
    for (limb, (a, n)) in reduced.iter_mut().zip(a.iter().zip(N)) {
        let (difference, first) = a.overflowing_sub(n);
        let (difference, second) = difference.overflowing_sub(borrow);
        borrow = u64::from(first | second);
        *limb = difference;
    }
    // All ones where a is below n already.
    let keep = black_box(high.wrapping_sub(borrow) >> 63).wrapping_neg();
    for (limb, a) in reduced.iter_mut().zip(a) {
        *limb ^= (*limb ^ a) & keep;
    }
    reduced
}
