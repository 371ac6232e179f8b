//! SM3: throughput over sizes, and the key derivation of SM2.
//!
//! The hash is RustCrypto's `sm3` itself, handed on; a second column would measure the
//! same code. Our compression function, when it stands here, gets that crate as its
//! peer, and GmSSL and Tongsuo through their command lines in `tests/`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gm_crypto::sm3;
use std::{hint::black_box, time::Duration};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50);
    targets = digest, kdf
}
criterion_main!(benches);

fn digest(c: &mut Criterion) {
    let mut group = c.benchmark_group("sm3/digest");
    for size in [32, 1_024, 65_536] {
        let message = vec![7; size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_with_input(BenchmarkId::new("ours", size), &message, |b, message| {
            b.iter(|| sm3::digest(black_box(message)));
        });
    }
    group.finish();
}

fn kdf(c: &mut Criterion) {
    let shared = [7; 64];
    let mut group = c.benchmark_group("sm3/kdf");
    for size in [16, 1_024] {
        let mut output = vec![0; size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("ours", size), |b| {
            b.iter(|| sm3::kdf(&[black_box(&shared)], &mut output));
        });
    }
    group.finish();
}
