//! Revocation lists: the rules, parse, look up, check the signature.
#![no_main]

use cert_profile::lint;
use der::referenced::OwnedToRef;
use gm_crypto::pki::Sm2Sm3;
use gm_pki_fuzz::{
    parties::{key, public_half},
    tally,
};
use libfuzzer_sys::fuzz_target;
use spki::SubjectPublicKeyInfoOwned;
use std::sync::LazyLock;
use trust_list::path::ParsedCrl;

static CA_KEY: LazyLock<SubjectPublicKeyInfoOwned> = LazyLock::new(|| public_half(&key("ca")));

fuzz_target!(|octets: &[u8]| {
    lint::crl(octets);
    let crl = ParsedCrl::from_der(octets);
    tally(crl.is_ok());
    let Ok(crl) = crl else { return };
    assert_eq!(crl.der(), octets);
    for serial in 0..16 {
        let _ = crl.find(&[serial]);
    }
    let _ = crl.verify_signature(CA_KEY.owned_to_ref(), &[&Sm2Sm3::default()]);
});
