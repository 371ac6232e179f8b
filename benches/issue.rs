//! One case, from its opening to both certificates in the applicant's hands: three persons, two signatures, one enveloped key, every step durable.
//!
//! `memory` is what the rules and the arithmetic take; `sqlite` adds a write with
//! fsync for every step, on the disk under the folder of temporary files. Keys are in
//! the process, nothing is published.

mod office;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use lifecycle::{
    CaseId, Engine, MemoryStore, SqliteStore, Store,
    case::{Phase, pair::Request},
    ports::SystemClock,
};
use office::{acts, established, id, request};
use std::time::Duration;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5))
        .sample_size(30);
    targets = issue
}
criterion_main!(benches);

fn issue(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let sqlite = SqliteStore::open(&folder.path().join("store")).expect("a new file");
    let stores: [(&str, Box<dyn Store>); 2] = [
        ("memory", Box::new(MemoryStore::default())),
        ("sqlite", Box::new(sqlite)),
    ];
    let mut group = c.benchmark_group("issue");
    for (name, store) in stores {
        let mut engine = established(store, Box::new(SystemClock::default()));
        let mut count = 0;
        group.bench_function(name, |b| {
            // The store grows from run to run, as it does in life.
            let case = || {
                count += 1;
                (id(&format!("case-{count}")), request())
            };
            let take = |(id, request)| take_through(&mut engine, &id, request);
            b.iter_batched(case, take, BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn take_through(engine: &mut Engine, case: &CaseId, request: Request) {
    for (actor, command) in acts(case, request) {
        engine.submit(&actor, command).expect("a good act");
        engine.settle(&mut |_| ()).expect("nothing fails");
    }
    let state = engine.case(case).expect("a good store");
    let phase = state.map(|state| state.phase);
    assert_eq!(phase, Some(Phase::Dispatched));
}
