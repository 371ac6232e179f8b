//! For `benches/report`: the octets of a prepared key with `tables`, else the bodies of ours
//! that run here and the clock's megahertz under load; `/proc/cpuinfo` tells an old or a
//! nominal figure on many machines.
//!
//! A rotation and an addition, each waiting for the other, take two cycles; the least of
//! many short runs counts.

use gm_crypto::{
    Paths,
    sm2::{PreparedVerifyingKey, SecretKey, SigningKey, TableSize, UserId},
};
use std::{env, hint::black_box, time::Instant};

fn main() {
    if env::args().nth(1).as_deref() == Some("tables") {
        tables();
    } else {
        machine();
    }
}

fn tables() {
    let secret = SecretKey::from_bytes(&[0x39; 32]).expect("less than n");
    let signing = SigningKey::new(secret, UserId::default());
    for size in [TableSize::Small, TableSize::Medium, TableSize::Large] {
        let key = PreparedVerifyingKey::new(signing.verifying_key(), size);
        println!("{size:?}: {} octets", key.table_size());
    }
}

fn machine() {
    const ROUNDS: u32 = 20_000_000;
    let fastest = (0..20)
        .map(|_| {
            let start = Instant::now();
            let mut sum = black_box(1u64);
            for _ in 0..ROUNDS {
                sum = sum.rotate_left(13).wrapping_add(0x9e37_79b9_7f4a_7c15);
            }
            black_box(sum);
            start.elapsed()
        })
        .min()
        .expect("twenty runs");
    let megahertz = f64::from(2 * ROUNDS) / fastest.as_secs_f64() / 1e6;
    println!("paths of ours: {}", Paths::current());
    println!("frequency: {megahertz:.0} MHz, measured");
}
