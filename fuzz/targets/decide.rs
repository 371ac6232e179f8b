//! Acts of persons, failures of devices and crashes, in any order.
#![no_main]

use gm_pki_fuzz::{business, tally};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| tally(business::run(octets)));
