//! Multiplication of points by numbers.
//!
//! Secret numbers are made odd first (k or n − k), because an odd number has digits that
//! are all odd: in base 2^w, ±1, ±3, … ±(2^w − 1). No digit is zero, so every step adds, the
//! sum is never infinity, and each step looks alike (Joye and Tunstall, 2009). With
//! s_j = ±1, k = Σ s_j·2^j for j in [0, L); the bits of (k + 2^L − 1)/2 tell the signs,
//! and the w of them that make a digit are looked up at once.

use zeroize::Zeroize;

use super::{
    point::{Addend, Affine, Jacobian, generator, to_affine_all},
    scalar::{Scalar, SecretScalar},
    table::{Comb, odd_multiples, push_odd_multiples},
};
use crate::low::{
    ct::declassify,
    field::{Entry, Limbs, Machine},
};
use alloc::vec::Vec;

/// Digits of an odd number: the sign bits (k − 1)/2 + 2^(L − 1).
struct OddDigits {
    bits: [u64; 5],
    width: usize,
}

impl OddDigits {
    /// For `count` digits of `width` bits.
    fn new(odd: &Limbs, width: usize, count: usize) -> Self {
        let mut bits = [
            odd[0] >> 1 | odd[1] << 63,
            odd[1] >> 1 | odd[2] << 63,
            odd[2] >> 1 | odd[3] << 63,
            odd[3] >> 1,
            0,
        ];
        let top = width * count - 1;
        bits[top / 64] |= 1 << (top % 64);
        Self { bits, width }
    }

    /// Digit `position`: the index of its magnitude among the odd numbers, and
    /// whether it is negative.
    #[inline(always)]
    fn digit(&self, position: usize) -> (u64, u64) {
        let start = position * self.width;
        let (limb, shift) = (start / 64, start % 64);
        let low = self.bits[limb] >> shift;
        // Two shifts, for a shift by 64 would be none.
        let high = (self.bits[(limb + 1).min(4)] << 1) << (63 - shift);
        let mask = (1 << self.width) - 1;
        let value = (low | high) & mask;
        let negative = (value >> (self.width - 1)) ^ 1;
        let index = (value ^ negative.wrapping_neg()) & (mask >> 1);
        (index, negative)
    }
}

impl Drop for OddDigits {
    fn drop(&mut self) {
        self.bits.zeroize();
    }
}

/// k·G for a secret k in [1, n).
///
/// One look-up and one mixed addition a row of the comb. Rows go upward, so before each
/// addition |sum| < 2^(w·i) ≤ |multiple|, and the two differ; modulo n that
/// leaves one number k for which the last addition doubles, which is looked for.
pub(crate) fn multiply_base<M: Machine>(m: M, k: &SecretScalar) -> Jacobian {
    let comb = Comb::base(m);
    let (odd, negated) = k.odd_representative();
    let digits = OddDigits::new(odd.limbs(), comb.width(), Comb::rows_for(comb.width()));
    let mut sum = Jacobian::INFINITY;
    let mut multiple = Affine::default();
    for (position, row) in comb.rows().enumerate() {
        let (index, negative) = digits.digit(position);
        multiple = Affine(m.select(row, index)).negate_if(m, negative);
        if position == 0 {
            sum = multiple.to_jacobian();
        } else {
            sum.add_affine(m, &multiple);
        }
    }
    if declassify(bool::from(sum.is_infinity()), "true for one number alone") {
        sum = multiple.to_jacobian().doubled(m);
    }
    multiple.zeroize();
    sum.negate_if(m, negated)
}

/// Bits of a digit for a point without a table.
const WIDTH: usize = 5;

/// k·P for a secret k in [1, n) and a point of the curve.
///
/// Digits go downward; before each addition the sum is 32·a·P for some odd a, and
/// 32·a ≡ ±digit (mod n) only in the last one, for one k, which is looked for.
pub(crate) fn multiply<M: Machine>(m: M, k: &SecretScalar, point: &Affine) -> Jacobian {
    const COUNT: usize = 257_usize.div_ceil(WIDTH);
    let table: [Addend; 1 << (WIDTH - 1)] = odd_multiples(m, point);
    let table = table.map(|addend| Entry(addend.0));
    let (odd, negated) = k.odd_representative();
    let digits = OddDigits::new(odd.limbs(), WIDTH, COUNT);
    let addend = |position| {
        let (index, negative) = digits.digit(position);
        Addend(m.select(&table, index)).negate_if(m, negative)
    };
    let mut last = addend(COUNT - 1);
    let mut sum = last.to_jacobian();
    for position in (0..COUNT - 1).rev() {
        sum.double_times(m, WIDTH);
        last = addend(position);
        sum.add(m, &last);
    }
    if declassify(bool::from(sum.is_infinity()), "true for one number alone") {
        sum = last.to_jacobian().doubled(m);
    }
    last.zeroize();
    sum.negate_if(m, negated)
}

/// s·G + t·P, for public numbers and a public point.
pub(crate) fn double_multiply_vartime<M: Machine>(
    m: M,
    s: &Scalar,
    t: &Scalar,
    point: &Affine,
) -> Jacobian {
    let table: [Addend; 1 << (NAF_WIDTH - 2)] = odd_multiples(m, point);
    let naf = Naf::new(t);
    let mut sum: Option<Jacobian> = None;
    let mut doublings = 0;
    for digit in naf.0.into_iter().rev() {
        doublings += 1;
        if digit == 0 {
            continue;
        }
        let addend = table[usize::from(digit.unsigned_abs() / 2)].negate_if(m, sign(digit));
        match &mut sum {
            Some(sum) => {
                sum.double_times(m, doublings);
                sum.add(m, &addend);
            }
            None => sum = Some(addend.to_jacobian()),
        }
        doublings = 0;
    }
    if let Some(sum) = &mut sum {
        sum.double_times(m, doublings);
    }
    finish_vartime(m, sum, s, t, point)
}

/// sum + s·G for sum = t·P (none for t = 0); begins again with care where an addition met
/// an exception.
fn finish_vartime<M: Machine>(
    m: M,
    mut sum: Option<Jacobian>,
    s: &Scalar,
    t: &Scalar,
    point: &Affine,
) -> Jacobian {
    add_comb_vartime(m, &mut sum, s, Comb::base_vartime(m));
    match sum {
        Some(sum) if !sum.is_infinity_vartime() => sum,
        _ => sum_complete_vartime(m, s, t, point),
    }
}

/// s·G + t·P bit by bit, with additions that know every case: for the inputs that need it,
/// which nobody meets by chance.
#[cold]
fn sum_complete_vartime<M: Machine>(m: M, s: &Scalar, t: &Scalar, point: &Affine) -> Jacobian {
    let addends = [generator(m), *point].map(|point| point.to_jacobian().addend(m));
    let mut sum = Jacobian::INFINITY;
    for bit in (0..256).rev() {
        sum.double_times(m, 1);
        for (scalar, addend) in [s, t].into_iter().zip(&addends) {
            if scalar.0[bit / 64] >> (bit % 64) & 1 == 1 {
                sum.add_complete_vartime(m, addend);
            }
        }
    }
    sum
}

/// sum + k·Q, Q being the point of the comb; without care for exceptions, after which Z is 0.
/// No sum starts with k·Q.
fn add_comb_vartime<M: Machine>(m: M, sum: &mut Option<Jacobian>, k: &Scalar, comb: &Comb) {
    if k.is_zero_vartime() {
        return;
    }
    // Even: −(n − k), all signs turned.
    let (odd, turned) = SecretScalar::from(*k).odd_representative();
    let digits = OddDigits::new(odd.limbs(), comb.width(), Comb::rows_for(comb.width()));
    let multiple = |(position, row): (usize, &[Entry<2>])| {
        let (index, negative) = digits.digit(position);
        let entry = row[usize::try_from(index).unwrap_or_default()];
        Affine(entry.0).negate_if(m, negative ^ turned)
    };
    // The next one is fetched while this one is added: the table may lie far away.
    let mut multiples = comb.rows().enumerate().map(multiple);
    let mut next = multiples.next();
    while let Some(current) = next {
        next = multiples.next();
        match sum {
            Some(sum) => sum.add_affine(m, &current),
            None => *sum = Some(current.to_jacobian()),
        }
    }
}

/// 1 for a negative digit, else 0.
fn sign(digit: i8) -> u64 {
    u64::from(digit < 0)
}

const NAF_WIDTH: usize = 5;

/// The non-adjacent form of width 5: digits odd or zero, below 16 in magnitude, at least four
/// zeros after each that is not.
struct Naf([i8; 257]);

impl Naf {
    fn new(scalar: &Scalar) -> Self {
        let mut digits = [0; 257];
        let limbs = [scalar.0[0], scalar.0[1], scalar.0[2], scalar.0[3], 0];
        let mut position = 0;
        let mut carry = 0;
        while position < 257 {
            let (limb, shift) = (position / 64, position % 64);
            let high = (limbs[(limb + 1).min(4)] << 1) << (63 - shift);
            let window = ((limbs[limb] >> shift | high) & ((1 << NAF_WIDTH) - 1)) + carry;
            if window & 1 == 0 {
                position += 1;
                continue;
            }
            let window = i8::try_from(window).unwrap_or_default();
            carry = u64::from(window > 1 << (NAF_WIDTH - 1));
            digits[position] = if carry == 1 {
                window - (1 << NAF_WIDTH)
            } else {
                window
            };
            position += NAF_WIDTH;
        }
        Self(digits)
    }
}

/// Tables for a point that many numbers multiply, and the way to use each kind.
pub(crate) enum Prepared {
    /// Odd multiples of P, 2^64·P, 2^128·P and 2^192·P: 2 KiB, 64 doublings.
    Quarters(Vec<Affine>),
    /// A comb: no doubling.
    Comb(Comb),
}

const QUARTERS: usize = 4;

impl Prepared {
    pub(crate) fn quarters<M: Machine>(m: M, point: &Affine) -> Self {
        let mut points = Vec::with_capacity(QUARTERS << (NAF_WIDTH - 2));
        let mut first = point.to_jacobian();
        for quarter in 0..QUARTERS {
            if quarter > 0 {
                first.double_times(m, 64);
            }
            push_odd_multiples(m, &first, 1 << (NAF_WIDTH - 2), &mut points);
        }
        Self::Quarters(to_affine_all(m, &points))
    }

    pub(crate) fn comb<M: Machine>(m: M, point: &Affine, width: usize) -> Self {
        Self::Comb(Comb::new(m, point, width))
    }

    /// Octets of the tables.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Quarters(points) => size_of_val(points.as_slice()),
            Self::Comb(comb) => comb.size(),
        }
    }

    /// s·G + t·P, P being the point that the tables were made for.
    pub(crate) fn double_multiply_vartime<M: Machine>(
        &self,
        m: M,
        s: &Scalar,
        t: &Scalar,
        point: &Affine,
    ) -> Jacobian {
        let mut sum = None;
        match self {
            Self::Quarters(points) => sum = quarters_vartime(m, points, t),
            Self::Comb(comb) => add_comb_vartime(m, &mut sum, t, comb),
        }
        finish_vartime(m, sum, s, t, point)
    }
}

fn quarters_vartime<M: Machine>(m: M, points: &[Affine], t: &Scalar) -> Option<Jacobian> {
    let nafs = t.0.map(|limb| Naf::new(&Scalar([limb, 0, 0, 0])));
    let mut sum: Option<Jacobian> = None;
    let mut doublings = 0;
    // A form of 64 bits has 65 digits.
    for position in (0..=64).rev() {
        doublings += 1;
        for (naf, table) in nafs.iter().zip(points.chunks_exact(1 << (NAF_WIDTH - 2))) {
            let digit = naf.0[position];
            if digit == 0 {
                continue;
            }
            let addend = table[usize::from(digit.unsigned_abs() / 2)].negate_if(m, sign(digit));
            match &mut sum {
                Some(sum) => {
                    sum.double_times(m, doublings);
                    sum.add_affine(m, &addend);
                }
                None => sum = Some(addend.to_jacobian()),
            }
            doublings = 0;
        }
    }
    if let Some(sum) = &mut sum {
        sum.double_times(m, doublings);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mid::limbs;
    use crate::{
        low::field::{N, Portable, on_this_machine},
        mid::point::generator,
    };
    use proptest::prelude::*;
    use sm2::elliptic_curve::{
        Group, PrimeField, ops::LinearCombination, point::AffineCoordinates, sec1::ToSec1Point,
    };

    fn upstream_scalar(octets: [u8; 32]) -> sm2::Scalar {
        Option::<sm2::Scalar>::from(sm2::Scalar::from_repr(octets.into())).unwrap()
    }

    fn upstream_octets(point: sm2::ProjectivePoint) -> ([u8; 32], [u8; 32]) {
        let octets = point.to_affine().to_sec1_point(false);
        let octets = octets.as_bytes();
        (
            octets[1..33].try_into().unwrap(),
            octets[33..].try_into().unwrap(),
        )
    }

    /// Numbers in [1, n) with edges: near 0, near n, the exceptions of the two multiplications.
    fn number() -> impl Strategy<Value = [u8; 32]> {
        let exception_of_base = {
            // 30·2^252 − n.
            let (difference, _) = limbs::subtract(&[0; 4], &N);
            let mut limbs = difference;
            limbs[3] = limbs[3].wrapping_add(14 << 60);
            limbs::to_bytes(&limbs)
        };
        prop_oneof![
            8 => any::<[u8; 32]>(),
            1 => (1_u8..20).prop_map(|small| { let mut octets = [0; 32]; octets[31] = small; octets }),
            2 => (1_u64..70).prop_map(|small| limbs::to_bytes(&limbs::subtract(&N, &[small, 0, 0, 0]).0)),
            1 => Just(exception_of_base),
            1 => (0_usize..256).prop_map(|bit| { let mut octets = [0; 32]; octets[31 - bit / 8] = 1 << (bit % 8); octets }),
        ]
        .prop_filter("in [1, n)", |octets| {
            Scalar::from_bytes_vartime(octets).is_some_and(|scalar| !scalar.is_zero_vartime())
        })
    }

    fn check<M: Machine>(m: M, k: [u8; 32], s: [u8; 32], d: [u8; 32]) {
        let secret = SecretScalar::from_bytes(&k).0;
        let base = multiply_base(m, &secret).to_affine(m);
        let upstream_base = sm2::ProjectivePoint::generator() * upstream_scalar(k);
        assert_eq!(
            base.to_coordinates(m),
            upstream_octets(upstream_base),
            "base"
        );

        let p = multiply_base(m, &SecretScalar::from_bytes(&d).0).to_affine(m);
        let upstream_p = sm2::ProjectivePoint::generator() * upstream_scalar(d);
        let variable = multiply(m, &secret, &p).to_affine(m);
        assert_eq!(
            variable.to_coordinates(m),
            upstream_octets(upstream_p * upstream_scalar(k)),
            "variable"
        );

        let (s_number, t_number) = (
            Scalar::from_bytes_vartime(&s).unwrap(),
            Scalar::from_bytes_vartime(&k).unwrap(),
        );
        let expected = sm2::ProjectivePoint::lincomb(&[
            (sm2::ProjectivePoint::generator(), upstream_scalar(s)),
            (upstream_p, upstream_scalar(k)),
        ]);
        let mut found = alloc::vec![double_multiply_vartime(m, &s_number, &t_number, &p)];
        for prepared in [
            Prepared::quarters(m, &p),
            Prepared::comb(m, &p, 5),
            Prepared::comb(m, &p, 7),
        ] {
            found.push(prepared.double_multiply_vartime(m, &s_number, &t_number, &p));
        }
        for sum in found {
            if bool::from(expected.is_identity()) {
                assert!(sum.is_infinity_vartime());
            } else {
                assert_eq!(
                    sum.to_affine(m).to_coordinates(m),
                    upstream_octets(expected)
                );
                let x = Scalar::reduce(&expected.to_affine().x().into());
                assert!(sum.x_is_congruent_vartime(m, &x));
                assert!(!sum.x_is_congruent_vartime(m, &x.add(&Scalar([1, 0, 0, 0]))));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_multiplication_agrees_with_upstream(k in number(), s in number(), d in number()) {
            check(Portable, k, s, d);
            on_this_machine!(m => check(m, k, s, d));
        }
    }

    // Sums that meet themselves or their negatives on the way, and infinity at the end.
    #[test]
    fn sums_that_meet_exceptions_agree_with_upstream() {
        let small = |number: u64| limbs::to_bytes(&[number, 0, 0, 0]);
        let below_n = |number: u64| limbs::to_bytes(&limbs::subtract(&N, &[number, 0, 0, 0]).0);
        for d in 1..6 {
            for t in 1..6 {
                for s in [d * t, 2 * d * t, 1, 31, 33] {
                    check(Portable, small(t), small(s), small(d));
                    on_this_machine!(m => check(m, small(t), below_n(s), small(d)));
                    on_this_machine!(m => check(m, below_n(t), small(s), small(d)));
                    on_this_machine!(m => check(m, below_n(t), below_n(s), below_n(d)));
                }
            }
        }
    }

    #[test]
    fn the_table_of_g_starts_with_g() {
        on_this_machine!(m => {
            let row = Comb::base(m).rows().next().unwrap();
            assert_eq!(row[0].0, generator(m).0);
            assert_eq!(Comb::base(m).size(), 148 * 1024);
        });
    }
}
