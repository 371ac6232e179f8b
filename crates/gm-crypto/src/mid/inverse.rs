//! Inversion modulo p and n by division steps, in constant time.
//!
//! The algorithm is Bernstein and Yang's ("Fast constant-time gcd computation and
//! modular inversion", 2019) with the start δ = 1/2 of Wuille, which needs 590 steps for
//! inputs of 256 bits: ten rounds of 60. A round works on the lowest limbs alone and
//! collects its steps in a matrix of 62-bit entries, which then multiplies the whole
//! numbers.

use zeroize::Zeroize;

use crate::low::field::{Limbs, Machine};

/// A number in limbs of 62 bits; the highest carries the sign.
type Signed62 = [i64; 5];

const LOW_62: u64 = (1 << 62) - 1;
const ROUNDS: usize = 10;

/// An odd modulus below 2^256.
pub(crate) struct Modulus {
    value: Signed62,
    /// Its inverse modulo 2^62.
    inverse: u64,
}

impl Modulus {
    pub(crate) const fn new(modulus: &Limbs) -> Self {
        // Newton: each step doubles the number of good bits; 3 are good at the start.
        let mut inverse = modulus[0];
        let mut step = 0;
        while step < 5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(modulus[0].wrapping_mul(inverse)));
            step += 1;
        }
        Self {
            value: to_signed62(modulus),
            inverse: inverse & LOW_62,
        }
    }
}

#[expect(clippy::cast_possible_wrap, reason = "62 bits fit")]
const fn to_signed62(a: &Limbs) -> Signed62 {
    [
        (a[0] & LOW_62) as i64,
        ((a[0] >> 62 | a[1] << 2) & LOW_62) as i64,
        ((a[1] >> 60 | a[2] << 4) & LOW_62) as i64,
        ((a[2] >> 58 | a[3] << 6) & LOW_62) as i64,
        (a[3] >> 56) as i64,
    ]
}

/// From limbs in [0, 2^62).
fn from_signed62(a: &Signed62) -> Limbs {
    let a = a.map(i64::cast_unsigned);
    [
        a[0] | a[1] << 62,
        a[1] >> 2 | a[2] << 60,
        a[2] >> 4 | a[3] << 58,
        a[3] >> 6 | a[4] << 56,
    ]
}

/// 2^62 times the matrix of one round: (f, g) becomes (u·f + v·g, q·f + r·g) / 2^62.
struct Steps {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// a^−1 mod `modulus`, for a in [0, modulus); 0 for 0.
pub(crate) fn invert<M: Machine>(m: M, a: &Limbs, modulus: &Modulus) -> Limbs {
    let mut f = modulus.value;
    let mut g = to_signed62(a);
    let mut d = [0; 5];
    let mut e = [1, 0, 0, 0, 0];
    let mut zeta = -1;
    for _ in 0..ROUNDS {
        let (next, [u, v, q, r]) =
            m.division_steps(zeta, f[0].cast_unsigned(), g[0].cast_unsigned());
        zeta = next;
        let steps = Steps { u, v, q, r };
        update_cofactors(&mut d, &mut e, &steps, modulus);
        update_pair(&mut f, &mut g, &steps);
    }
    // f is now the greatest common divisor, 1, or its negative; d is the inverse, or that.
    normalize(&mut d, f[4] >> 63, modulus);
    let inverse = from_signed62(&d);
    f.zeroize();
    g.zeroize();
    d.zeroize();
    e.zeroize();
    inverse
}

fn wide(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

/// The lowest 62 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "that is meant"
)]
fn low_62(a: i128) -> i64 {
    (a as u64 & LOW_62).cast_signed()
}

/// (d, e) becomes steps·(d, e) / 2^62 modulo the modulus. Both stay in (−2·modulus, modulus).
#[expect(clippy::cast_possible_truncation, reason = "the numbers have 258 bits")]
fn update_cofactors(d: &mut Signed62, e: &mut Signed62, steps: &Steps, modulus: &Modulus) {
    let Steps { u, v, q, r } = *steps;
    let (below_d, below_e) = (d[4] >> 63, e[4] >> 63);
    // Multiples of the modulus that bring the results into range and make them
    // divisible by 2^62.
    let mut multiple_d = (u & below_d) + (v & below_e);
    let mut multiple_e = (q & below_d) + (r & below_e);
    let mut sum_d = wide(u, d[0]) + wide(v, e[0]);
    let mut sum_e = wide(q, d[0]) + wide(r, e[0]);
    let correction = |sum: i128, multiple: i64| {
        let low = modulus
            .inverse
            .wrapping_mul(low_62(sum).cast_unsigned())
            .wrapping_add(multiple.cast_unsigned());
        (low & LOW_62).cast_signed()
    };
    multiple_d -= correction(sum_d, multiple_d);
    multiple_e -= correction(sum_e, multiple_e);
    sum_d = (sum_d + wide(modulus.value[0], multiple_d)) >> 62;
    sum_e = (sum_e + wide(modulus.value[0], multiple_e)) >> 62;
    for i in 1..5 {
        sum_d += wide(u, d[i]) + wide(v, e[i]) + wide(modulus.value[i], multiple_d);
        sum_e += wide(q, d[i]) + wide(r, e[i]) + wide(modulus.value[i], multiple_e);
        d[i - 1] = low_62(sum_d);
        e[i - 1] = low_62(sum_e);
        sum_d >>= 62;
        sum_e >>= 62;
    }
    d[4] = sum_d as i64;
    e[4] = sum_e as i64;
}

/// (f, g) becomes steps·(f, g) / 2^62; the lowest 62 bits are zero by construction.
#[expect(clippy::cast_possible_truncation, reason = "the numbers have 257 bits")]
fn update_pair(f: &mut Signed62, g: &mut Signed62, steps: &Steps) {
    let Steps { u, v, q, r } = *steps;
    let mut sum_f = (wide(u, f[0]) + wide(v, g[0])) >> 62;
    let mut sum_g = (wide(q, f[0]) + wide(r, g[0])) >> 62;
    for i in 1..5 {
        sum_f += wide(u, f[i]) + wide(v, g[i]);
        sum_g += wide(q, f[i]) + wide(r, g[i]);
        f[i - 1] = low_62(sum_f);
        g[i - 1] = low_62(sum_g);
        sum_f >>= 62;
        sum_g >>= 62;
    }
    f[4] = sum_f as i64;
    g[4] = sum_g as i64;
}

/// From (−2·modulus, modulus) to [0, modulus), negated where `sign` is all ones.
fn normalize(d: &mut Signed62, sign: i64, modulus: &Modulus) {
    let add_where = |d: &mut Signed62, mask: i64| {
        for (limb, modulus) in d.iter_mut().zip(modulus.value) {
            *limb += modulus & mask;
        }
    };
    let carry = |d: &mut Signed62| {
        for i in 0..4 {
            d[i + 1] += d[i] >> 62;
            d[i] &= LOW_62.cast_signed();
        }
    };
    let below = d[4] >> 63;
    add_where(d, below);
    for limb in d.iter_mut() {
        *limb = (*limb ^ sign) - sign;
    }
    carry(d);
    let below = d[4] >> 63;
    add_where(d, below);
    carry(d);
}
