//! SM2: ours beside RustCrypto's `sm2`, whose arithmetic ours stands on.
//!
//! Both get octets and give octets, their keys ready outside the loop: what differs is
//! what the two do around the same multiplications. Nonces differ: `sign` is ours with
//! RFC 6979, as the peer has it; `sign_hedged`, the form to use, has no peer there.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use getrandom::SysRng;
use gm_crypto::sm2::{Ciphertext, DerSignature, SecretKey, SigningKey, UserId};
use signature::{Signer, Verifier};
use sm2::{
    dsa,
    pke::{DecryptingKey, EncryptingKey},
};
use std::{hint::black_box, time::Duration};

const DISTID: &str = "1234567812345678";
/// A certificate's octets to sign, a session key, a file.
const SIZES: [usize; 3] = [32, 1_024, 65_536];

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50);
    targets = keygen, sign, verify, encrypt, decrypt
}
criterion_main!(benches);

/// One key in both forms.
struct Pair {
    ours: SigningKey,
    theirs: sm2::SecretKey,
}

fn pair() -> Pair {
    let secret = SecretKey::generate(&mut SysRng).expect("the system is random");
    Pair {
        theirs: sm2::SecretKey::from_slice(&*secret.to_bytes()).expect("the same scalar"),
        ours: SigningKey::new(secret, UserId::default()),
    }
}

fn keygen(c: &mut Criterion) {
    let mut group = c.benchmark_group("sm2/keygen");
    group.bench_function("ours", |b| {
        b.iter(|| SecretKey::generate(&mut SysRng).map(|key| key.public_key()));
    });
    group.bench_function("rustcrypto", |b| {
        use sm2::elliptic_curve::Generate;
        b.iter(|| sm2::SecretKey::try_generate_from_rng(&mut SysRng).map(|key| key.public_key()));
    });
    group.finish();
}

fn sign(c: &mut Criterion) {
    let pair = pair();
    let theirs = dsa::SigningKey::new(DISTID, &pair.theirs).expect("a key of the curve");
    let mut group = c.benchmark_group("sm2/sign");
    for size in SIZES {
        let message = vec![7; size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_with_input(BenchmarkId::new("ours", size), &message, |b, message| {
            b.iter(|| -> DerSignature { pair.ours.sign(black_box(message)) });
        });
        group.bench_with_input(
            BenchmarkId::new("rustcrypto", size),
            &message,
            |b, message| {
                b.iter(|| -> dsa::Signature { theirs.sign(black_box(message)) });
            },
        );
        group.bench_with_input(
            BenchmarkId::new("ours-hedged", size),
            &message,
            |b, message| {
                b.iter(|| pair.ours.sign_hedged(&mut SysRng, black_box(message)));
            },
        );
    }
    group.finish();
}

fn verify(c: &mut Criterion) {
    let pair = pair();
    let theirs = dsa::SigningKey::new(DISTID, &pair.theirs).expect("a key of the curve");
    let mut group = c.benchmark_group("sm2/verify");
    for size in SIZES {
        let message = vec![7; size];
        let ours: DerSignature = pair.ours.sign(&message);
        let raw: dsa::Signature = theirs.sign(&message);
        let (ours, raw) = (ours.to_der(), raw.to_bytes());
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_with_input(BenchmarkId::new("ours", size), &message, |b, message| {
            b.iter(|| {
                let signature = DerSignature::from_der(black_box(&ours)).expect("our own");
                pair.ours.verifying_key().verify(message, &signature)
            });
        });
        group.bench_with_input(
            BenchmarkId::new("rustcrypto", size),
            &message,
            |b, message| {
                b.iter(|| {
                    let signature = dsa::Signature::from_bytes(black_box(&raw)).expect("its own");
                    theirs.verifying_key().verify(message, &signature)
                });
            },
        );
    }
    group.finish();
}

fn encrypt(c: &mut Criterion) {
    let pair = pair();
    let ours = *pair.ours.verifying_key().public_key();
    let theirs = EncryptingKey::new(pair.theirs.public_key());
    let mut group = c.benchmark_group("sm2/encrypt");
    for size in SIZES {
        let message = vec![7; size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_with_input(BenchmarkId::new("ours", size), &message, |b, message| {
            b.iter(|| {
                ours.encrypt(&mut SysRng, black_box(message))
                    .map(|c| c.to_der())
            });
        });
        group.bench_with_input(
            BenchmarkId::new("rustcrypto", size),
            &message,
            |b, message| {
                b.iter(|| theirs.encrypt_der(&mut SysRng, black_box(message)));
            },
        );
    }
    group.finish();
}

fn decrypt(c: &mut Criterion) {
    let pair = pair();
    let public = *pair.ours.verifying_key().public_key();
    let theirs = DecryptingKey::new(pair.theirs.clone());
    let mut group = c.benchmark_group("sm2/decrypt");
    for size in SIZES {
        let message = vec![7; size];
        let ciphertext = public
            .encrypt(&mut SysRng, &message)
            .expect("the system is random");
        let ciphertext = ciphertext.to_der();
        assert_eq!(
            theirs.decrypt_der(&ciphertext).expect("the same format"),
            message
        );
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_with_input(BenchmarkId::new("ours", size), &ciphertext, |b, der| {
            b.iter(|| {
                let ciphertext = Ciphertext::from_der(black_box(der)).expect("our own");
                pair.ours.secret_key().decrypt(&ciphertext)
            });
        });
        group.bench_with_input(
            BenchmarkId::new("rustcrypto", size),
            &ciphertext,
            |b, der| {
                b.iter(|| theirs.decrypt_der(black_box(der)));
            },
        );
    }
    group.finish();
}
