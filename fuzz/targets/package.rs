//! Packages for inspectors: what is not the exporter's archive to the last octet is refused.
#![no_main]

use gm_pki_fuzz::{packages, tally};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| tally(packages::run(octets)));
