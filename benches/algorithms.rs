//! SM2, SM3 and SM4: ours beside other libraries, one operation after the other.
//!
//! `operations.rs` says what is asked, `libraries/` how each library answers. All get
//! the same octets and give octets; keys, tables and key schedules are ready before
//! the clock starts, unless the operation's name says that they are what is measured.
//! Before it is timed, each answer is compared with RustCrypto's.
//!
//! Samples are short and many, so that the least of them is one that nothing disturbed.

mod libraries;
mod operations;

use criterion::{Bencher, BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use operations::OPERATIONS;
use std::time::Duration;

criterion_group! {
    name = benches;
    // Some 120 rows, five minutes in all.
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .nresamples(2_000);
    targets = all
}
criterion_main!(benches);

fn all(c: &mut Criterion) {
    for operation in OPERATIONS {
        let mut group = c.benchmark_group(operation.group());
        if let Some(throughput) = operation.throughput() {
            group.throughput(throughput);
        }
        group.sampling_mode(SamplingMode::Flat);
        group.sample_size(operation.samples());
        for (name, library) in libraries::LIBRARIES {
            for mut row in library(*operation) {
                let name = format!("{name}{}", row.variant);
                let run = |b: &mut Bencher<'_>| b.iter(|| (row.run)());
                match operation.size() {
                    Some(size) => group.bench_function(BenchmarkId::new(name, size), run),
                    None => group.bench_function(name, run),
                };
            }
        }
        group.finish();
    }
}
