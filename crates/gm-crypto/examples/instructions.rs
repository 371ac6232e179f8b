//! One operation some times over, always the same, for `benches/instructions` to count.
//!
//! `instructions OPERATION COUNT`; without arguments, the operations' names.

use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use std::{env, hint::black_box, process::ExitCode};

type Operation = fn(&SigningKey, u32);

const OPERATIONS: &[(&str, Operation)] = &[
    ("sign", sign),
    ("verify", verify),
    #[cfg(false)]
    ("verify-prepared", verify_prepared),
];

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(operation) = arguments.next() else {
        for (name, _) in OPERATIONS {
            println!("{name}");
        }
        return ExitCode::SUCCESS;
    };
    let count = arguments.next().and_then(|count| count.parse().ok());
    let known = OPERATIONS.iter().find(|(name, _)| *name == operation);
    let (Some(count), Some((_, run))) = (count, known) else {
        eprintln!("usage: instructions OPERATION COUNT");
        return ExitCode::FAILURE;
    };
    let secret = SecretKey::from_bytes(&[0x39; 32]).expect("less than n");
    run(&SigningKey::new(secret, UserId::default()), count);
    ExitCode::SUCCESS
}

const DIGEST: [u8; 32] = [0x5a; 32];

/// With RFC 6979's nonce: the same work every time.
fn sign(key: &SigningKey, count: u32) {
    for _ in 0..count {
        black_box(key.sign_digest(black_box(&DIGEST)));
    }
}

fn verify(key: &SigningKey, count: u32) {
    let signature = key.sign_digest(&DIGEST);
    for _ in 0..count {
        let good = key
            .verifying_key()
            .verify_digest(black_box(&DIGEST), black_box(&signature));
        good.expect("its own");
    }
}

#[cfg(false)]
fn verify_prepared(key: &SigningKey, count: u32) {
    use gm_crypto::sm2::{PreparedVerifyingKey, TableSize};
    let signature = key.sign_digest(&DIGEST);
    let key = PreparedVerifyingKey::new(key.verifying_key().clone(), TableSize::Large);
    for _ in 0..count {
        let good = key.verify_digest(black_box(&DIGEST), black_box(&signature));
        good.expect("its own");
    }
}
