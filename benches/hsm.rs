//! What it costs to reach a key: the pool's hop to another thread and back, and the check
//! of each signature before it leaves; and all of it with the software device (`device.rs`).

mod device;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use der::{Document, asn1::BitString};
use hsm::{Checked, Connect, Error, KeyHandle, Pool, PoolOptions, SoftKey};
use spki::AlgorithmIdentifierOwned;
use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50);
    targets = pool, checked, device::sign
}
criterion_main!(benches);

/// A device that is a key in this process: what is measured is what stands around it.
#[derive(Debug)]
struct InProcess(Arc<SoftKey>);

impl Connect for InProcess {
    type Session = Arc<SoftKey>;

    fn connect(&self) -> Result<Self::Session, Error> {
        Ok(Arc::clone(&self.0))
    }
}

/// A key behind a pool, as devices have it.
#[derive(Debug)]
struct Pooled {
    pool: Pool<InProcess>,
    key: Arc<SoftKey>,
}

impl Pooled {
    fn new(sessions: usize) -> Self {
        let key = Arc::new(SoftKey::generate().expect("the system is random"));
        let options = PoolOptions::default().with_sessions(sessions);
        Self {
            pool: Pool::new(InProcess(Arc::clone(&key)), options),
            key,
        }
    }
}

impl KeyHandle for Pooled {
    fn public_key(&self) -> &Document {
        self.key.public_key()
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
        let message = message.to_vec();
        self.pool.run("sign", move |key| key.sign(&message))
    }
}

/// Signatures by several threads at once, in the time that all of them take.
fn by_threads(key: &impl KeyHandle, threads: u32, signatures: u64) -> Duration {
    let each = signatures.div_ceil(u64::from(threads));
    let before = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..each {
                    key.sign(b"octets to sign").expect("the system is random");
                }
            });
        }
    });
    before.elapsed()
}

fn pool(c: &mut Criterion) {
    if device::is_there() {
        return;
    }
    let mut group = c.benchmark_group("hsm");
    let pooled = Pooled::new(1);
    group.bench_function("hop", |b| {
        b.iter(|| pooled.pool.run("nothing", |_| Ok(())).expect("no fault"));
    });
    group.throughput(Throughput::Elements(1));
    let bare = SoftKey::generate().expect("the system is random");
    for threads in [1, 2] {
        group.bench_function(format!("sign-bare-{threads}"), |b| {
            b.iter_custom(|signatures| by_threads(&bare, threads, signatures));
        });
    }
    for threads in [1, 2, 64] {
        let pooled = Pooled::new(2);
        group.bench_function(format!("sign-pooled-{threads}"), |b| {
            b.iter_custom(|signatures| by_threads(&pooled, threads, signatures));
        });
    }
    group.finish();
}

fn checked(c: &mut Criterion) {
    if device::is_there() {
        return;
    }
    let mut group = c.benchmark_group("hsm");
    group.throughput(Throughput::Elements(1));
    let key = SoftKey::generate().expect("the system is random");
    group.bench_function("sign", |b| {
        b.iter(|| key.sign(b"octets to sign").expect("the system is random"));
    });
    let checked = Checked::new(&key);
    group.bench_function("sign-checked-often", |b| {
        b.iter(|| checked.sign(b"octets to sign").expect("it fits"));
    });
    group.bench_function("sign-checked-once", |b| {
        b.iter(|| Checked::new(&key).sign(b"octets to sign").expect("it fits"));
    });
    group.finish();
}
