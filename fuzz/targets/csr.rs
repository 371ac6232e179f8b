//! Requests from applicants: parse, then the proof of possession.
#![no_main]

use csr::{Limits, UnverifiedCsr};
use gm_crypto::pki::Sm2Sm3;
use gm_pki_fuzz::tally;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let csr = UnverifiedCsr::from_der(octets, &Limits::default());
    tally(csr.is_ok());
    if let Ok(verified) = csr.and_then(|csr| csr.verify(&[&Sm2Sm3::default()])) {
        assert_eq!(verified.der(), octets);
    }
});
