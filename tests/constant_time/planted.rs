//! Leaks on purpose, and what is no leak: the check of the check.

use super::{Case, case, secret_octets};
use gm_pki_tests::memcheck;
use std::hint::black_box;

pub(crate) const CASES: &[Case] = &[
    case("planted: a branch on a secret", branch),
    case("planted: an index by a secret", index),
    case("planted: a secret left on the heap", heap),
    case("planted: a branch on a published secret", published),
    case("planted: a choice by mask", mask),
    case("planted: secrets wiped on the heap", wiped),
];

/// A loop as long as the secret says: no compiler makes a conditional move of it.
#[inline(never)]
fn count_up_to(limit: u8) -> u32 {
    let mut sum = 0;
    for number in 0..limit {
        sum += black_box(u32::from(number));
    }
    sum
}

fn branch() {
    let [secret] = secret_octets(1);
    black_box(count_up_to(secret));
}

fn index() {
    static TABLE: [u8; 256] = [7; 256];
    let [secret] = secret_octets::<1>(2);
    black_box(black_box(&TABLE)[usize::from(secret)]);
}

fn heap() {
    drop(black_box(secret_octets::<32>(5).to_vec()));
}

fn wiped() {
    let mut octets = zeroize::Zeroizing::new(secret_octets::<32>(6).to_vec());
    octets[0] ^= 1;
    black_box(octets);
}

fn published() {
    let [secret] = memcheck::published(secret_octets(3));
    black_box(count_up_to(secret));
}

fn mask() {
    let [secret, one, other] = secret_octets(4);
    let mask = 0_u8.wrapping_sub(secret & 1);
    black_box(one ^ (mask & (one ^ other)));
}
