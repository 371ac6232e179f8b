//! Any key, any ID, any message: the signature verifies here and upstream, and where
//! nothing is drawn it is upstream's.
#![no_main]

use gm_crypto::sm2::RawSignature;
use gm_pki_fuzz::{input::Input, parties::Counter, tally, upstream};
use libfuzzer_sys::fuzz_target;
use signature::{Signer, Verifier};

fuzz_target!(|octets: &[u8]| {
    let mut input = Input::new(octets);
    let key = input.signing_key();
    tally(key.is_some());
    let Some(key) = key else { return };
    let message = input.rest();
    let e = key.verifying_key().za().digest(message);
    let public = key.verifying_key().public_key();

    let same = key.sign(message);
    let hedged = key.sign_hedged(&mut Counter::default(), message);
    let many = key.sign_batch(&mut Counter::default(), &[message; 2]);
    let mut signatures = many.expect("the counter does not fail");
    signatures.extend([same, hedged.expect("the counter does not fail")]);
    for signature in signatures {
        assert!(key.verifying_key().verify(message, &signature).is_ok());
        assert!(upstream::verifies(public, &e, &signature));
        let mut other = e;
        other[31] ^= 1;
        assert!(!upstream::verifies(public, &other, &signature));
        assert!(
            key.verifying_key()
                .verify_digest(&other, &signature)
                .is_err()
        );
    }
    let id = Input::new(&octets[32..]).counted().expect("it was read");
    if let Ok(id) = str::from_utf8(id) {
        let secret = key.secret_key().to_bytes();
        let theirs = sm2::dsa::SigningKey::from_slice(id, secret.as_slice());
        let theirs: sm2::dsa::Signature = theirs.expect("the same key").sign(message);
        assert_eq!(
            RawSignature::from(same).as_bytes()[..],
            theirs.to_bytes()[..]
        );
    }
});
