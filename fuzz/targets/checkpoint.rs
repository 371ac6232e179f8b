//! Checkpoints of a log and proofs from it: what verifies is what the log said.
#![no_main]

use gm_pki_fuzz::{proofs, tally};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| tally(proofs::run(octets)));
