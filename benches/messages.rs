//! Messages that go by: octets of content in a second.
//!
//! The content is in memory and comes in the pieces that a reader asks for; the output is
//! counted and thrown away. `tests/campaign stream` does the same with files, over two
//! gibibytes, and looks at memory.

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use getrandom::SysRng;
use gm_crypto::{
    message::{
        Dialect, Partner, Signer, UnverifiedSignedData,
        stream::{self, ExpectedSigners},
    },
    sm3,
};
use gm_pki_tests::parties::Party;
use std::{
    hint::black_box,
    io::{self, Cursor},
    time::Duration,
};

/// More than any cache of a core holds.
const LENGTH: usize = 16 << 20;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(3))
        .sample_size(20);
    targets = messages
}
criterion_main!(benches);

fn messages(c: &mut Criterion) {
    let (alice, bob) = (Party::new("Alice"), Party::new("Bob"));
    let content: Vec<u8> = (0..251).cycle().take(LENGTH).collect();
    let partner = Partner::default();
    let signer = || Signer::new(&alice.certificate).expect("a certificate");
    let recipients = [&bob.certificate[..]];
    let expected = ExpectedSigners::One(&alice.certificate);
    let strict = Dialect::Strict;

    let detached = stream::sign_detached(&mut SysRng, &partner, signer(), &alice.key, &content[..])
        .expect("a signature");
    let detached = UnverifiedSignedData::from_der(&detached).expect("a message");
    let mut attached = Vec::new();
    let input = Cursor::new(&content);
    stream::sign_attached(
        &mut SysRng,
        &partner,
        signer(),
        &alice.key,
        input,
        &mut attached,
    )
    .expect("a message");
    let mut enveloped = Vec::new();
    let input = Cursor::new(&content);
    stream::encrypt(&mut SysRng, &partner, &recipients, input, &mut enveloped).expect("a message");

    let mut group = c.benchmark_group("message/stream");
    group.throughput(Throughput::Bytes(LENGTH as u64));
    group.sampling_mode(SamplingMode::Flat);
    // The bound of what is signed.
    group.bench_function("sm3", |b| b.iter(|| sm3::digest(black_box(&content))));
    group.bench_function("sign_detached", |b| {
        b.iter(|| stream::sign_detached(&mut SysRng, &partner, signer(), &alice.key, &content[..]));
    });
    group.bench_function("verify_detached", |b| {
        b.iter(|| stream::verify_detached(detached.clone(), expected, &content[..]));
    });
    group.bench_function("sign_attached", |b| {
        b.iter(|| {
            let input = Cursor::new(&content);
            stream::sign_attached(
                &mut SysRng,
                &partner,
                signer(),
                &alice.key,
                input,
                io::sink(),
            )
        });
    });
    group.bench_function("verify_then_release", |b| {
        b.iter(|| {
            stream::verify_then_release(Cursor::new(&attached), strict, expected, io::sink())
        });
    });
    group.bench_function("encrypt", |b| {
        b.iter(|| {
            let input = Cursor::new(&content);
            stream::encrypt(&mut SysRng, &partner, &recipients, input, io::sink())
        });
    });
    group.bench_function("decrypt_unauthenticated", |b| {
        let key = bob.secret();
        b.iter(|| stream::decrypt_unauthenticated(&enveloped[..], strict, None, key, io::sink()));
    });
    group.bench_function("sign_and_encrypt", |b| {
        b.iter(|| {
            let input = Cursor::new(&content);
            stream::sign_and_encrypt(
                &mut SysRng,
                &partner,
                signer(),
                &alice.key,
                &recipients,
                input,
                io::sink(),
            )
        });
    });
    group.finish();
}
