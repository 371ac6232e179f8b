//! Signatures in DER: one encoding for each, and upstream's verdict.
#![no_main]

use gm_crypto::sm2::{DerSignature, RawSignature};
use gm_pki_fuzz::{tally, upstream};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let signature = DerSignature::from_der(octets);
    tally(signature.is_ok());
    // Upstream's reader does not look at the range of r and s.
    let theirs = sm2::dsa::DerSignature::from_bytes(octets);
    let theirs = theirs.and_then(sm2::dsa::Signature::try_from);
    assert_eq!(signature.is_ok(), theirs.is_ok());
    let (Ok(signature), Ok(theirs)) = (signature, theirs) else {
        return;
    };
    assert_eq!(signature.to_der(), octets);
    let raw = RawSignature::from(signature);
    assert_eq!(raw.as_bytes()[..], theirs.to_bytes()[..]);
    assert_eq!(DerSignature::try_from(raw.as_bytes()).ok(), Some(signature));
    assert!(upstream::signature(raw.as_bytes()).is_some());
});
