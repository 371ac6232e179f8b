//! What `tests/constant_time.rs` runs under valgrind: each case computes with secrets
//! that memcheck takes for undefined, and says how often memcheck reported.
//!
//! Lines for the test begin with `@`; memcheck's reports stand between them.

mod planted;
mod sm2;
mod sm3;
mod sm4;

use gm_crypto::Paths;
use gm_pki_tests::memcheck;
use rand_core::{TryCryptoRng, TryRng};
use std::{convert::Infallible, env, panic, process::ExitCode};

#[global_allocator]
static HEAP: memcheck::SecretFreeHeap = memcheck::SecretFreeHeap::HEAP;

/// A computation with secrets.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    run: fn(),
}

const fn case(name: &'static str, run: fn()) -> Case {
    Case { name, run }
}

fn main() -> ExitCode {
    if !memcheck::is_running() {
        eprintln!("the test constant_time runs this under valgrind");
        return ExitCode::FAILURE;
    }
    // One case alone, for reading its reports.
    let wanted = env::args().nth(1).unwrap_or_default();
    eprintln!("@ paths {}", Paths::current());
    let cases = [planted::CASES, sm2::CASES, sm3::CASES, sm4::CASES].concat();
    for case in cases.iter().filter(|case| case.name.contains(&wanted)) {
        eprintln!("@ case {}", case.name);
        let before = memcheck::reports();
        let end = panic::catch_unwind(case.run);
        let reports = memcheck::reports() - before;
        let end = if end.is_ok() { "ended" } else { "panicked" };
        eprintln!("@ {end} {reports}");
    }
    eprintln!("@ all {}", memcheck::reports());
    ExitCode::SUCCESS
}

/// Secret octets; another `seed` gives others.
fn secret_octets<const N: usize>(seed: u8) -> [u8; N] {
    SecretRandom::new(u64::from(seed)).octets()
}

/// Fails when an octet does not depend on a secret: then the case tests nothing.
fn assert_secret(octets: &[u8]) {
    assert!(
        memcheck::all_secret(octets),
        "a result does not depend on the secret: it was declassified, or never used"
    );
}

/// Octets that everybody knows, the same in each run.
struct KnownRandom(Random);

/// The same, and all of them secret.
struct SecretRandom(Random);

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn fill(&mut self, octets: &mut [u8]) {
        for chunk in octets.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A source of random octets that passes each of them through `$mark`.
macro_rules! source {
    ($source:ident, $mark:expr) => {
        impl $source {
            fn new(seed: u64) -> Self {
                Self(Random(seed))
            }

            fn octets<const N: usize>(&mut self) -> [u8; N] {
                let mut octets = [0; N];
                self.0.fill(&mut octets);
                $mark(&mut octets);
                octets
            }
        }

        impl TryRng for $source {
            type Error = Infallible;

            fn try_next_u32(&mut self) -> Result<u32, Infallible> {
                Ok(u32::from_le_bytes(self.octets()))
            }

            fn try_next_u64(&mut self) -> Result<u64, Infallible> {
                Ok(u64::from_le_bytes(self.octets()))
            }

            fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
                self.0.fill(octets);
                $mark(octets);
                Ok(())
            }
        }

        impl TryCryptoRng for $source {}
    };
}

source!(KnownRandom, |_: &mut [u8]| ());
source!(SecretRandom, memcheck::make_secret);
