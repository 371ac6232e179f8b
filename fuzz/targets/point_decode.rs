//! Points: read where upstream reads them, and the same ones.
#![no_main]

use gm_crypto::sm2::PublicKey;
use gm_pki_fuzz::tally;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let ours = PublicKey::from_sec1(octets);
    tally(ours.is_ok());
    // Upstream also reads the compact form of an old draft, which is none of SM2's.
    let theirs = match octets.first() {
        Some(2..=4) => sm2::PublicKey::from_sec1_bytes(octets).ok(),
        _ => None,
    };
    assert_eq!(ours.is_ok(), theirs.is_some());
    let bare = PublicKey::from_uncompressed(octets);
    assert_eq!(bare.is_ok(), ours.is_ok() && octets[0] == 4);
    let (Ok(ours), Some(theirs)) = (ours, theirs) else {
        return;
    };
    let whole = ours.to_uncompressed();
    assert_eq!(whole[..], theirs.to_sec1_bytes()[..]);
    let short = ours.to_compressed();
    for form in [&whole[..], &short] {
        assert_eq!(PublicKey::from_sec1(form).ok(), Some(ours));
    }
    assert!(octets == whole || octets == short);
});
