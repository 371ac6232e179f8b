//! Doubling and addition of points on y² = x³ − 3x + b, in Jacobian coordinates.
//!
//! A point is (X, Y, Z, Z²); its Z² goes along because its squaring then runs beside the
//! last multiplication of the step before instead of in front of the next step.

use super::field64::{add as plus, double, half, mul, sub};
use crate::low::field::Limbs;

/// 2^`times`·P, in place; infinity (Z = 0) stays infinity. 4 multiplications and 4 squarings a
/// doubling.
pub(crate) fn double_times(point: &mut [Limbs; 4], times: usize) {
    for _ in 0..times {
        let [x, y, z, zz] = point;
        let y2 = double(y);
        let yy4 = mul(&y2, &y2);
        let slope = mul(&plus(x, zz), &sub(x, zz));
        let slope = plus(&double(&slope), &slope);
        let s = mul(&yy4, x);
        *z = mul(&y2, z);
        *x = sub(&sub(&mul(&slope, &slope), &s), &s);
        let y8 = half(&mul(&yy4, &yy4));
        *y = sub(&mul(&slope, &sub(&s, x)), &y8);
        *zz = mul(z, z);
    }
}

/// P + Q in place of P, Q affine. Z becomes 0 where P is infinity or ±Q, and the rest is
/// then wrong. 8 multiplications, 3 squarings.
pub(crate) fn add_affine(point: &mut [Limbs; 4], other: &[Limbs; 2]) {
    let [x, y, z, zz] = point;
    let [x2, y2] = other;
    let h = sub(&mul(x2, zz), x);
    let r = sub(&mul(y2, &mul(zz, z)), y);
    *z = mul(z, &h);
    let (u1, s1) = (*x, *y);
    finish(point, &u1, &s1, &h, &r);
}

/// P + Q in place of P; `other` is (X, Y, Z, Z², Z³) of Q. Z as for [`add_affine`]. 11
/// multiplications, 3 squarings.
pub(crate) fn add(point: &mut [Limbs; 4], other: &[Limbs; 5]) {
    let [x, y, z, zz] = point;
    let [x2, y2, z2, zz2, zzz2] = other;
    let u1 = mul(x, zz2);
    let s1 = mul(y, zzz2);
    let h = sub(&mul(x2, zz), &u1);
    let r = sub(&mul(y2, &mul(zz, z)), &s1);
    *z = mul(&mul(z, z2), &h);
    finish(point, &u1, &s1, &h, &r);
}

/// From U1, S1, H = U2 − U1, R = S2 − S1 and the new Z.
fn finish(point: &mut [Limbs; 4], u1: &Limbs, s1: &Limbs, h: &Limbs, r: &Limbs) {
    let [x, y, z, zz] = point;
    let hh = mul(h, h);
    let hhh = mul(&hh, h);
    let v = mul(u1, &hh);
    *x = sub(&sub(&sub(&mul(r, r), &hhh), &v), &v);
    *y = sub(&mul(r, &sub(&v, x)), &mul(s1, &hhh));
    *zz = mul(z, z);
}
