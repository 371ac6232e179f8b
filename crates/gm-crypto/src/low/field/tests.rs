//! The arithmetic against big integers, with values at every edge, on every body.

use super::*;
use alloc::vec::Vec;
use num_bigint::BigUint;
use proptest::prelude::*;

fn big(limbs: &Limbs) -> BigUint {
    let octets: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    BigUint::from_bytes_le(&octets)
}

/// Limbs that make carries run: all ones, all zeros, those of p and n, and anything.
fn limb() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(u64::MAX),
        Just(P[1]),
        Just(P[3]),
        Just(N[0]),
        Just(N[1]),
        Just(0xFFFF_FFFF),
        any::<u64>(),
        any::<u64>(),
    ]
}

/// A number below `modulus`: anything, an edge of limbs, or `modulus` less something small.
fn below(modulus: Limbs) -> impl Strategy<Value = Limbs> {
    prop_oneof![
        8 => [limb(), limb(), limb(), limb()],
        1 => (1_u64..4).prop_map(move |small| [modulus[0] - small, modulus[1], modulus[2], modulus[3]]),
        1 => (0_u64..4).prop_map(|small| [small, 0, 0, 0]),
    ]
    .prop_filter("below the modulus", move |limbs| big(limbs) < big(&modulus))
}

fn inverse_of_r(modulus: &BigUint) -> BigUint {
    (BigUint::from(1_u8) << 256_u32)
        .modinv(modulus)
        .expect("the moduli are odd")
}

fn modulo_p<M: Machine>(m: M, a: Limbs, b: Limbs) {
    let p = big(&P);
    let (x, y) = (big(&a), big(&b));
    let r = inverse_of_r(&p);
    assert_eq!(big(&m.mul(&a, &b)), &x * &y * &r % &p, "mul");
    assert_eq!(big(&m.square(&a)), &x * &x * &r % &p, "square");
    assert_eq!(big(&m.add(&a, &b)), (&x + &y) % &p, "add");
    assert_eq!(big(&m.sub(&a, &b)), (&x + &p - &y) % &p, "sub");
    assert_eq!(m.negate_if(&a, 0), a, "not negated");
    if a != [0; 4] {
        assert_eq!(big(&m.negate_if(&a, 1)), &p - &x, "negated");
    }
}

fn modulo_n<M: Machine>(m: M, a: Limbs, b: Limbs) {
    let n = big(&N);
    let expected = big(&a) * big(&b) * inverse_of_r(&n) % &n;
    assert_eq!(big(&m.mul_mod_n(&a, &b)), expected);
}

/// u·f + v·g and q·f + r·g are divisible by 2^62, and the matrix is the same on all machines.
fn steps<M: Machine>(m: M, zeta: i64, f: u64, g: u64) {
    let (next, matrix) = m.division_steps(zeta, f, g);
    assert_eq!((next, matrix), Portable.division_steps(zeta, f, g));
    let [u, v, q, r] = matrix.map(i64::cast_unsigned);
    let low = (1 << 62) - 1;
    let row = |a: u64, b: u64| a.wrapping_mul(f).wrapping_add(b.wrapping_mul(g)) & low;
    assert_eq!([row(u, v), row(q, r)], [0, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arithmetic_modulo_p_is_that_of_big_integers(a in below(P), b in below(P)) {
        modulo_p(Portable, a, b);
        on_this_machine!(m => modulo_p(m, a, b));
    }

    #[test]
    fn multiplication_modulo_n_is_that_of_big_integers(a in below(N), b in below(N)) {
        modulo_n(Portable, a, b);
        on_this_machine!(m => modulo_n(m, a, b));
    }

    #[test]
    fn division_steps_agree_and_divide(zeta in -600_i64..600, f in any::<u64>(), g in any::<u64>()) {
        let low = (1 << 62) - 1;
        on_this_machine!(m => steps(m, zeta, (f | 1) & low, g & low));
    }

    #[test]
    fn the_entry_wanted_is_selected(index in 0_u64..64, seed in any::<u64>()) {
        let row: Vec<Entry<2>> = (0_u64..64)
            .map(|i| Entry([[i ^ seed, !i, i.rotate_left(32), seed], [i, seed, i + 1, !seed]]))
            .collect();
        let wanted = row[usize::try_from(index).unwrap()].0;
        prop_assert_eq!(Portable.select(&row, index), wanted);
        on_this_machine!(m => prop_assert_eq!(m.select(&row, index), wanted));
    }
}

#[test]
fn the_path_is_named_after_what_was_allowed() {
    use crate::low::cpu::{HaveAvx2, HaveMulxAdx};
    let both = HaveMulxAdx::check().is_some() && HaveAvx2::check().is_some();
    assert_eq!(path() != "portable", both, "{}", path());
}
