//! A CRL with a million entries: built and signed, read back, looked up.
//!
//! `cargo run --release -p gm-pki-benches --example crl-memory` tells the memory of it.

use cert_profile::{
    CertRequest, CrlDraft, CrlReader, Issuer, Prepared, Profile, Reason, RevokedEntry, lint,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hsm::{KeyHandle, SoftKey};
use spki::SubjectPublicKeyInfoOwned;
use std::{hint::black_box, time::Duration};
use trust_list::path::ParsedCrl;
use x509_cert::{
    crl::CertificateList,
    der::{DateTime, Decode},
    serial_number::SerialNumber,
};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(10))
        .sample_size(10);
    targets = million
}
criterion_main!(benches);

const ENTRIES: u64 = 1_000_000;

fn million(c: &mut Criterion) {
    let ca = Ca::new();
    let mut group = c.benchmark_group("crl-million");
    group.throughput(Throughput::Elements(ENTRIES));
    group.bench_function("build-and-sign", |b| {
        b.iter(|| ca.sign(ca.prepare(scattered)));
    });
    group.bench_function("build-and-sign-in-rising-order", |b| {
        b.iter(|| ca.sign(ca.prepare(rising)));
    });
    group.bench_function("build", |b| b.iter(|| ca.prepare(scattered)));

    let der = ca.sign(ca.prepare(scattered));
    group.bench_function("lint", |b| b.iter(|| lint::crl(black_box(&der))));
    group.bench_function("read-back", |b| {
        b.iter(|| {
            let list = CrlReader::from_der(black_box(&der)).expect("our own");
            let entries = list.entries().map(|entry| entry.expect("our own"));
            assert_eq!(entries.count() as u64, ENTRIES);
        });
    });
    let last = entry(scattered(ENTRIES - 1));
    group.bench_function("look-up-the-last", |b| {
        let list = CrlReader::from_der(&der).expect("our own");
        b.iter(|| list.find(black_box(last.serial())).expect("our own"));
    });
    group.bench_function("read-into-an-index", |b| {
        b.iter(|| ParsedCrl::from_der(black_box(&der).clone()).expect("our own"));
    });
    group.bench_function("x509-cert-decode", |b| {
        b.iter(|| -> CertificateList {
            CertificateList::from_der(black_box(&der)).expect("our own")
        });
    });
    group.finish();
}

struct Ca {
    key: SoftKey,
    issuer: Issuer,
}

impl Ca {
    fn new() -> Self {
        let key = SoftKey::generate().expect("the system is random");
        let spki: SubjectPublicKeyInfoOwned =
            key.public_key().decode_msg().expect("the token's encoding");
        let name = "CN=根,O=示例,C=CN".parse().expect("a name");
        let request = CertRequest::new(name, spki);
        let issuer = Issuer::self_signed(&request, key.algorithm());
        let profile = Profile::shipped("root-ca").expect("it is shipped");
        let prepared = profile.prepare(&issuer, &request, &1u8.into(), at("2026-07-01T08:00:00Z"));
        let prepared = prepared.expect("a good root");
        let signature = key.sign(prepared.tbs()).expect("the system is random");
        let root = prepared.attach(&signature).expect("a short certificate");
        let issuer = Issuer::from_certificate(&root).expect("our own root");
        Self { key, issuer }
    }

    fn prepare(&self, serial: fn(u64) -> u128) -> Prepared {
        let (this, next) = (at("2026-07-02T00:00:00Z"), at("2026-07-03T00:00:00Z"));
        let draft = CrlDraft::new(&self.issuer, 7u64, this, next);
        let entries = (0..ENTRIES).map(|index| entry(serial(index)));
        draft.prepare(entries).expect("a good list")
    }

    fn sign(&self, prepared: Prepared) -> Vec<u8> {
        let signature = self.key.sign(prepared.tbs()).expect("the system is random");
        prepared.attach(&signature).expect("a short list")
    }
}

/// 16 octets, each different, in no order: an odd factor permutes the numbers of 120 bits.
fn scattered(index: u64) -> u128 {
    const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    1 << 124 | u128::from(index + 1).wrapping_mul(FACTOR) >> 8
}

fn rising(index: u64) -> u128 {
    1 << 124 | u128::from(index)
}

fn entry(serial: u128) -> RevokedEntry {
    let serial = SerialNumber::new(&serial.to_be_bytes()).expect("16 octets");
    RevokedEntry::new(serial, at("2026-07-01T12:00:00Z"), Reason::KeyCompromise)
}

fn at(text: &str) -> DateTime {
    text.parse().expect("a time")
}
