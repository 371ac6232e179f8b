//! For `benches/report`: the bodies of ours that run here, and the clock's megahertz under
//! load, as `/proc/cpuinfo` tells an old or a nominal figure on many machines.
//!
//! A rotation and an addition, each waiting for the other, take two cycles; the least of
//! many short runs counts.

use std::{hint::black_box, time::Instant};

fn main() {
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
    println!("paths of ours: {}", gm_crypto::Paths::current());
    println!("frequency: {megahertz:.0} MHz, measured");
}
