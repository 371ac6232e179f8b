//! Points: read where upstream reads them, and the same ones.
#![no_main]

use gm_crypto::sm2::PublicKey;
use gm_pki_fuzz::tally;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let ours = PublicKey::from_uncompressed(octets);
    tally(ours.is_ok());
    // Upstream also reads the compact form of an old draft, which is none of SM2's.
    let theirs = match octets.first() {
        Some(4) => sm2::PublicKey::from_sec1_bytes(octets).ok(),
        _ => None,
    };
    assert_eq!(ours.is_ok(), theirs.is_some());
    let (Ok(ours), Some(theirs)) = (ours, theirs) else {
        return;
    };
    assert_eq!(ours.to_uncompressed()[..], theirs.to_sec1_bytes()[..]);
});
