//! One operation some times over, always the same, for `benches/instructions` to count.
//!
//! `instructions OPERATION COUNT`; without arguments, the bodies that run and, line by line,
//! the operations' names.

use gm_crypto::{
    Paths,
    sm2::{PreparedVerifyingKey, SecretKey, SigningKey, TableSize, UserId},
};
use rand_core::{TryCryptoRng, TryRng};
use std::{convert::Infallible, env, hint::black_box, process::ExitCode};

type Operation = fn(&SigningKey, u32);

const OPERATIONS: &[(&str, Operation)] = &[
    ("sign-hedged", sign_hedged),
    ("sign-rfc6979", sign_rfc6979),
    ("verify", verify),
    ("verify-prepared", verify_prepared),
];

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(operation) = arguments.next() else {
        eprintln!("{}", Paths::current());
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

/// With random octets that are always the same.
fn sign_hedged(key: &SigningKey, count: u32) {
    for _ in 0..count {
        let signature = key.sign_digest_hedged(&mut Sevens, black_box(&DIGEST));
        black_box(signature.expect("the source never fails"));
    }
}

struct Sevens;

impl TryRng for Sevens {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0x0707_0707)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0x0707_0707_0707_0707)
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        octets.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Sevens {}

fn sign_rfc6979(key: &SigningKey, count: u32) {
    for _ in 0..count {
        black_box(key.sign_digest(black_box(&DIGEST)).expect("a good key"));
    }
}

fn verify(key: &SigningKey, count: u32) {
    let signature = key.sign_digest(&DIGEST).expect("a good key");
    for _ in 0..count {
        let good = key
            .verifying_key()
            .verify_digest(black_box(&DIGEST), black_box(&signature));
        good.expect("its own");
    }
}

fn verify_prepared(key: &SigningKey, count: u32) {
    let signature = key.sign_digest(&DIGEST).expect("a good key");
    let key = PreparedVerifyingKey::new(key.verifying_key(), TableSize::Large);
    for _ in 0..count {
        let good = key.verify_digest(black_box(&DIGEST), black_box(&signature));
        good.expect("its own");
    }
}
