//! A signed list: verified and loaded, and asked about one certificate.
//!
//! The certificate's path has two steps: a root, an issuing CA, the subscriber. `path` checks
//! both signatures with keys that are read as they come; `prepared` has tables for the keys of
//! the list's certificates; `remembered` has seen the same certificates before, so that what is
//! left is the list's own work.

mod lists;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gm_crypto::{
    pki::{Sm2Sm3, VerifyAlgorithm},
    sm2::TableSize,
};
use lists::{Listed, now};
use std::{hint::black_box, time::Duration};
use trust_list::{
    list::{Question, TrustList, UnverifiedList, Verdict},
    path::{ParsedCertificate, PreparedSm2, RememberedSignatures, RevocationRule},
};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(4))
        .sample_size(30);
    targets = load, verdict
}
criterion_main!(benches);

/// Entries of the lists that are asked.
const LENGTHS: [usize; 2] = [100, 100_000];
/// Entries with which a list has about 1 MB.
const MEGABYTE: usize = 1_100;

fn open(listed: &Listed, octets: &[u8]) -> TrustList {
    let list = UnverifiedList::from_der(octets).expect("our own");
    list.verify(&listed.signer, now()).expect("our own")
}

fn load(c: &mut Criterion) {
    let listed = Listed::new();
    let octets = listed.list(MEGABYTE);
    let mut group = c.benchmark_group("trust-load");
    group.throughput(Throughput::Bytes(octets.len() as u64));
    group.bench_function("verify-and-read", |b| {
        b.iter(|| open(&listed, black_box(&octets)));
    });
    group.finish();
}

fn verdict(c: &mut Criterion) {
    let listed = Listed::new();
    let target = ParsedCertificate::from_der(&*listed.subscriber).expect("our own");
    let plain = Sm2Sm3::default();
    let prepared = PreparedSm2::new([&listed.root, &listed.issuing], TableSize::Large);
    let remembered = RememberedSignatures::new(Sm2Sm3::default(), 1_000);
    let ways: [(&str, &dyn VerifyAlgorithm); 3] = [
        ("path", &plain),
        ("prepared", &prepared),
        ("remembered", &remembered),
    ];
    let mut group = c.benchmark_group("trust-verdict");
    for entries in LENGTHS {
        let list = open(&listed, &listed.list(entries));
        for (way, algorithm) in ways {
            let algorithms = [algorithm];
            let question = || {
                let question = Question::new(black_box(&target), now());
                let question = question.revocation(RevocationRule::Ignore);
                let answer = list.ask(&question.algorithms(&algorithms));
                assert!(
                    matches!(answer.verdict, Verdict::Recognised { .. }),
                    "{answer:?}"
                );
            };
            group.bench_function(BenchmarkId::new(way, entries), |b| b.iter(question));
        }
    }
    group.finish();
}
