//! Any key, any signature, any message, and good ones with an octet changed: the verdict
//! is upstream's.
#![no_main]

use gm_crypto::sm2::{
    DerSignature, PreparedVerifyingKey, PublicKey, RawSignature, TableSize, UserId, VerifyingKey,
};
use gm_pki_fuzz::{
    input::{Input, change},
    tally, upstream,
};
use libfuzzer_sys::fuzz_target;
use signature::Signer;

/// What is judged.
struct Case {
    key: VerifyingKey,
    e: [u8; 32],
    signature: [u8; 64],
    good: Option<bool>,
}

fuzz_target!(|octets: &[u8]| {
    let mut input = Input::new(octets);
    let case = match input.octet() {
        Some(kind) if kind % 2 == 0 => as_it_comes(input),
        _ => made_and_changed(input),
    };
    let Some(case) = case else {
        return tally(false);
    };
    let signature = DerSignature::try_from(&case.signature);
    assert_eq!(
        signature.is_ok(),
        upstream::signature(&case.signature).is_some()
    );
    tally(signature.is_ok());
    let Ok(signature) = signature else {
        return assert_ne!(case.good, Some(true));
    };
    let ours = case.key.verify_digest(&case.e, &signature).is_ok();
    let theirs = upstream::verifies(case.key.public_key(), &case.e, &signature);
    assert_eq!(ours, theirs);
    if let Some(good) = case.good {
        assert_eq!(ours, good);
    }
    // The small table is made for each, the larger ones for one in 16: they take long.
    let sizes: &[TableSize] = match case.e[0] % 16 {
        0 => &[TableSize::Small, TableSize::Medium, TableSize::Large],
        _ => &[TableSize::Small],
    };
    for size in sizes {
        let prepared = PreparedVerifyingKey::new(&case.key, *size);
        assert_eq!(prepared.verify_digest(&case.e, &signature).is_ok(), ours);
    }
});

/// A point, a digest, r and s: all from outside.
fn as_it_comes(mut input: Input<'_>) -> Option<Case> {
    let mut point = [4; 65];
    point[1..].copy_from_slice(&input.array::<64>()?);
    let key = PublicKey::from_uncompressed(&point);
    let theirs = sm2::PublicKey::from_sec1_bytes(&point);
    assert_eq!(key.is_ok(), theirs.is_ok());
    Some(Case {
        key: VerifyingKey::new(key.ok()?, &UserId::default()),
        e: input.array()?,
        signature: input.array()?,
        good: None,
    })
}

/// A good signature, then up to one octet of it and of the digest is another.
fn made_and_changed(mut input: Input<'_>) -> Option<Case> {
    let (at_signature, at_digest) = (input.array()?, input.array()?);
    let key = input.signing_key()?;
    let message = input.rest();
    let made = *RawSignature::from(key.sign(message)).as_bytes();
    let digest = key.verifying_key().za().digest(message);
    let (mut signature, mut e) = (made, digest);
    change(&mut signature, at_signature);
    change(&mut e, at_digest);
    Some(Case {
        key: key.verifying_key().clone(),
        e,
        signature,
        // Where both changed, upstream alone judges.
        good: (signature == made || e == digest).then_some(signature == made && e == digest),
    })
}
