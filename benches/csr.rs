//! A request from its octets to the proof of possession, and the parse alone.

use criterion::{Criterion, criterion_group, criterion_main};
use csr::{CsrDraft, Limits, UnverifiedCsr};
use gm_crypto::pki::Sm2Sm3;
use hsm::{KeyHandle, SoftKey};
use std::{hint::black_box, time::Duration};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50);
    targets = request
}
criterion_main!(benches);

fn request(c: &mut Criterion) {
    let key = SoftKey::generate().expect("the system is random");
    let name = "CN=示例章,OU=财务部,O=示例公司,L=深圳市,C=CN";
    let draft = CsrDraft::new(name.parse().expect("a name"));
    let spki = key.public_key().decode_msg().expect("the token's encoding");
    let draft = draft
        .prepare(spki, key.algorithm())
        .expect("a short request");
    let signature = key.sign(draft.tbs()).expect("the system is random");
    let der = draft.attach(&signature).expect("a short request");
    let (limits, sm2) = (Limits::default(), Sm2Sm3::default());

    let mut group = c.benchmark_group("csr");
    group.bench_function("parse", |b| {
        b.iter(|| UnverifiedCsr::from_der(black_box(&der), &limits).expect("our own"));
    });
    group.bench_function("parse-and-verify", |b| {
        b.iter(|| {
            let csr = UnverifiedCsr::from_der(black_box(&der), &limits).expect("our own");
            csr.verify(&[&sm2]).expect("our own")
        });
    });
    group.finish();
}
