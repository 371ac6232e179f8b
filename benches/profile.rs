//! A subscriber's certificate: prepared, parsed, and asked every rule.
//!
//! The rules verify no signature. `prepare` asks them too, so that its figure has theirs in
//! it.

use cert_profile::{CertRequest, Issuer, Profile, lint};
use criterion::{Criterion, criterion_group, criterion_main};
use hsm::{KeyHandle, SoftKey};
use spki::SubjectPublicKeyInfoOwned;
use std::{hint::black_box, time::Duration};
use trust_list::path::ParsedCertificate;
use x509_cert::{
    Certificate,
    der::{DateTime, Decode},
    serial_number::SerialNumber,
};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50);
    targets = certificate
}
criterion_main!(benches);

fn certificate(c: &mut Criterion) {
    let now: DateTime = "2026-07-01T08:00:00Z".parse().expect("a time");
    let (ca, subscriber) = (key(), key());
    let profile = |name| Profile::shipped(name).expect("it is shipped");
    let serial = &SerialNumber::new(&[0x5a; 16]).expect("16 octets");

    let root = request("CN=根,O=示例,C=CN", &ca);
    let issuer = Issuer::self_signed(&root, ca.algorithm());
    let prepared = profile("root-ca").prepare(&issuer, &root, serial, now);
    let prepared = prepared.expect("a good root");
    let signature = ca.sign(prepared.tbs()).expect("the system is random");
    let root = prepared.attach(&signature).expect("a short certificate");
    let issuer = Issuer::from_certificate(&root).expect("our own root");

    let profile = profile("subscriber-signing");
    let request = request("CN=张三,OU=财务部,O=示例公司,C=CN", &subscriber);
    let prepare = || profile.prepare(&issuer, &request, serial, now);
    let prepared = prepare().expect("a good request");
    let signature = ca.sign(prepared.tbs()).expect("the system is random");
    let der = prepared.attach(&signature).expect("a short certificate");

    let mut group = c.benchmark_group("profile");
    group.bench_function("prepare", |b| b.iter(|| prepare().expect("a good request")));
    group.bench_function("parse", |b| {
        b.iter(|| Certificate::from_der(black_box(&der)).expect("our own"));
    });
    group.bench_function("parse-for-a-path", |b| {
        b.iter(|| ParsedCertificate::from_der(black_box(&der).clone()).expect("our own"));
    });
    group.bench_function("lint", |b| b.iter(|| lint::certificate(black_box(&der))));
    group.bench_function("lint-pair", |b| {
        b.iter(|| lint::pair(black_box(&der), &der))
    });
    group.finish();
}

fn key() -> SoftKey {
    SoftKey::generate().expect("the system is random")
}

fn request(name: &str, key: &SoftKey) -> CertRequest {
    let spki: SubjectPublicKeyInfoOwned =
        key.public_key().decode_msg().expect("the token's encoding");
    CertRequest::new(name.parse().expect("a name"), spki)
}
