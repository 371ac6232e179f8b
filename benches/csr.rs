//! A request from its octets to the proof of possession, beside one verification under a
//! fresh key, and the most that a hostile one costs.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use csr::{CsrDraft, Limits, UnverifiedCsr};
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{DerSignature, PublicKey, UserId, VerifyingKey},
};
use hsm::{KeyHandle, SoftKey};
use signature::Verifier;
use spki::SubjectPublicKeyInfoRef;
use std::{hint::black_box, time::Duration};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50);
    targets = request, hostile
}
criterion_main!(benches);

/// A request, and what it signs with which signature.
struct Made {
    der: Vec<u8>,
    tbs: Vec<u8>,
    signature: DerSignature,
    key: PublicKey,
}

fn made() -> Made {
    let key = SoftKey::generate().expect("the system is random");
    let name = "CN=示例章,OU=财务部,O=示例公司,L=深圳市,C=CN";
    let draft = CsrDraft::new(name.parse().expect("a name"));
    let public = key.public_key();
    let spki = public.decode_msg().expect("the token's encoding");
    let draft = draft
        .prepare(spki, key.algorithm())
        .expect("a short request");
    let signature = key.sign(draft.tbs()).expect("the system is random");
    let spki: SubjectPublicKeyInfoRef<'_> = public.decode_msg().expect("the token's encoding");
    Made {
        tbs: draft.tbs().to_vec(),
        der: draft.attach(&signature).expect("a short request"),
        signature: DerSignature::try_from(signature.raw_bytes()).expect("the token's encoding"),
        key: PublicKey::try_from(spki).expect("a point of the curve"),
    }
}

fn request(c: &mut Criterion) {
    let made = made();
    let (limits, sm2) = (Limits::default(), Sm2Sm3::default());
    let id = UserId::default();

    let mut group = c.benchmark_group("csr");
    group.bench_function("parse", |b| {
        b.iter(|| UnverifiedCsr::from_der(black_box(&made.der), &limits).expect("our own"));
    });
    group.bench_function("parse-and-verify", |b| {
        b.iter(|| {
            let csr = UnverifiedCsr::from_der(black_box(&made.der), &limits).expect("our own");
            csr.verify(&[&sm2]).expect("our own")
        });
    });
    // The octets of the key are read, as they are in a request; nothing is prepared.
    let point = made.key.to_uncompressed();
    group.bench_function("verify-with-a-fresh-key", |b| {
        b.iter(|| {
            let key = PublicKey::from_uncompressed(black_box(&point)).expect("our own");
            VerifyingKey::new(key, &id).verify(black_box(&made.tbs), &made.signature)
        });
    });
    group.finish();
}

fn hostile(c: &mut Criterion) {
    let limits = Limits::default();
    let mut group = c.benchmark_group("csr-hostile-64KiB");
    for (name, der) in hostile_requests(&made().der) {
        assert!(der.len() <= limits.bytes && der.len() > 60_000, "{name}");
        assert!(UnverifiedCsr::from_der(&der, &limits).is_err(), "{name}");
        group.throughput(Throughput::Bytes(der.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| UnverifiedCsr::from_der(black_box(&der), &limits).is_err());
        });
    }
    // What passes every limit but is long: the caller allows it.
    let mut generous = Limits::default();
    (generous.attribute_bytes, generous.attributes) = (usize::MAX, usize::MAX);
    (generous.values, generous.extensions) = (usize::MAX, usize::MAX);
    for (name, der) in hostile_requests(&made().der) {
        let name = format!("{name}-without-limits");
        group.throughput(Throughput::Bytes(der.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| UnverifiedCsr::from_der(black_box(&der), &generous).is_ok());
        });
    }
    group.finish();
}

/// Just below 64 KiB of what is cheap to send, in the attributes of a request.
fn hostile_requests(good: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    const ROOM: usize = 64_900;
    let request = |attributes: &[u8]| {
        let csr = UnverifiedCsr::from_der(good, &Limits::default()).expect("our own");
        let name = der(0x30, &[b"\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03abc"]);
        let info = [
            b"\x02\x01\x00",
            &name[..],
            csr.public_key_der(),
            &der(0xA0, &[attributes]),
        ];
        let algorithm = b"\x30\x0a\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75";
        let signature = der(0x03, &[b"\x00\x30\x06\x02\x01\x01\x02\x01\x01"]);
        der(0x30, &[&der(0x30, &info), algorithm, &signature])
    };
    let oid = b"\x06\x02\x2a\x03";
    let attribute = |values: &[u8]| der(0x30, &[oid, &der(0x31, &[values])]);
    // Two octets of seven bits each, no two alike, in falling order.
    let many = |count: usize, each: &dyn Fn([u8; 2]) -> Vec<u8>| -> Vec<u8> {
        let numbers = (0..u16::try_from(count).expect("a short list")).rev();
        numbers
            .flat_map(|number| {
                let [high, low] = (number << 1).to_be_bytes();
                each([high, low >> 1])
            })
            .collect()
    };
    let attributes = many(ROOM / 12, &|[high, low]| {
        let oid = [0x06, 0x04, 0x2a, 0x81, 0x80 | high, low];
        der(0x30, &[&oid, b"\x31\x02\x05\x00"])
    });
    let values = many(ROOM / 4 - 8, &|number| [&[0x04, 2][..], &number].concat());
    let extensions = many(ROOM / 12 - 4, &|[high, low]| {
        let oid = [0x06, 0x04, 0x2a, 0x81, 0x80 | high, low];
        der(0x30, &[&oid, b"\x04\x02\x05\x00"])
    });
    let request_of_extensions = der(
        0x30,
        &[
            b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e",
            &der(0x31, &[&der(0x30, &[&extensions])]),
        ],
    );
    let mut nested = vec![0x05, 0x00];
    while nested.len() < ROOM {
        nested = der(0x30, &[&nested]);
    }
    vec![
        ("many-attributes", request(&attributes)),
        ("many-values", request(&attribute(&values))),
        ("many-extensions", request(&request_of_extensions)),
        (
            "many-elements",
            request(&attribute(&der(
                0x30,
                &[&[0x05, 0x00].repeat(ROOM / 2 - 16)],
            ))),
        ),
        ("deep-nesting", request(&attribute(&nested))),
        (
            "one-octet-string",
            request(&attribute(&der(0x04, &[&vec![0; ROOM]]))),
        ),
    ]
}

/// Tag, length and content of at most 65,535 octets.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len())
        .expect("below 64 KiB")
        .to_be_bytes();
    let header = match content.len() {
        ..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [header, content].concat()
}
