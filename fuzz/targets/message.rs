//! GM/T 0010 messages of every kind, as written and as the field writes them, held in memory
//! and going by.
#![no_main]

use gm_crypto::{
    message::{
        Deviation, Dialect, EncryptedData, EnvelopedData, UnverifiedSignedData,
        stream::{self, ExpectedSigners},
    },
    sm2::SigningKey,
};
use gm_pki_fuzz::{
    parties::{CONTENT_KEY, SUBSCRIBER, key},
    tally,
};
use libfuzzer_sys::fuzz_target;
use std::{io::Cursor, sync::LazyLock};

/// Whoever signs and receives; a key is a multiplication on the curve, which is made once.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| key("subscriber"));

const DIALECTS: [Dialect; 2] = [Dialect::Strict, Dialect::Field];

fuzz_target!(|octets: &[u8]| {
    let kinds = [
        signed(octets),
        enveloped(octets),
        encrypted(octets),
        both(octets),
    ];
    tally(kinds.contains(&true));
});

/// What is as the standard has it is forgiven nothing; what was forgiven has names, once each.
fn names(strict: bool, deviations: &[Deviation]) {
    assert!(!strict || deviations.is_empty(), "{deviations:?}");
    let mut seen = deviations.to_vec();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), deviations.len(), "{deviations:?}");
}

fn signed(octets: &[u8]) -> bool {
    let strict = UnverifiedSignedData::from_der(octets);
    let field = UnverifiedSignedData::read(octets, Dialect::Field);
    if let Ok(strict) = &strict {
        let field = field.as_ref().expect("what is strict is of the field");
        assert_eq!(field.content(), strict.content());
        assert_eq!(field.certificates(), strict.certificates());
        assert_eq!(field.signers().len(), strict.signers().len());
    }
    if let Ok(field) = &field {
        names(strict.is_ok(), field.deviations());
    }
    let carried = field
        .as_ref()
        .ok()
        .and_then(|field| field.certificates().first());
    let certificate = carried.unwrap_or(&SUBSCRIBER).clone();
    for dialect in DIALECTS {
        let kept = UnverifiedSignedData::read(octets, dialect)
            .and_then(|message| message.verify(&certificate))
            .map(|content| content.into_bytes());
        let mut released = Vec::new();
        let signers = ExpectedSigners::One(&certificate);
        let passed =
            stream::verify_then_release(Cursor::new(octets), dialect, signers, &mut released);
        match (&kept, &passed) {
            (Ok(kept), Ok(passed)) => {
                assert_eq!(*kept, released);
                assert_eq!(passed.length(), released.len() as u64);
            }
            (Err(_), Err(_)) => assert!(released.is_empty(), "before it was verified"),
            // Indefinite lengths are read by who lets a message go by, on request.
            (Err(_), Ok(passed)) => assert!(
                dialect == Dialect::Field && passed.deviations().contains(&Deviation::Ber),
                "{kept:?}"
            ),
            (Ok(_), Err(error)) => unreachable!("{dialect:?}: {error:?}"),
        }
        let mut at_once = Vec::new();
        let signers = ExpectedSigners::One(&certificate);
        let once = stream::release_then_verify(octets, dialect, signers, &mut at_once);
        assert_eq!(once.is_ok(), passed.is_ok());
        assert!(once.is_err() || at_once == released);
    }
    field.is_ok()
}

fn enveloped(octets: &[u8]) -> bool {
    let strict = EnvelopedData::read(octets, Dialect::Strict);
    let field = EnvelopedData::read(octets, Dialect::Field);
    if strict.is_ok() {
        assert!(field.is_ok(), "what is strict is of the field");
    }
    if let Ok(field) = &field {
        names(strict.is_ok(), field.deviations());
    }
    for dialect in DIALECTS {
        let kept = EnvelopedData::read(octets, dialect)
            .and_then(|message| message.decrypt(None, KEY.secret_key()));
        let mut released = Vec::new();
        let passed =
            stream::decrypt_unauthenticated(octets, dialect, None, KEY.secret_key(), &mut released);
        match (kept, passed) {
            (Ok(kept), Ok(passed)) => {
                assert_eq!(passed.is_padding_unsaid(), kept.is_padding_unsaid());
                assert_eq!(*kept.into_unauthenticated_bytes(), released);
            }
            (Err(_), Err(_)) => {}
            (Err(error), Ok(passed)) => assert!(
                dialect == Dialect::Field && passed.deviations().contains(&Deviation::Ber),
                "{error:?}"
            ),
            (Ok(_), Err(error)) => unreachable!("{dialect:?}: {error:?}"),
        }
    }
    field.is_ok()
}

fn encrypted(octets: &[u8]) -> bool {
    let strict = EncryptedData::read(octets, Dialect::Strict);
    let Ok(field) = EncryptedData::read(octets, Dialect::Field) else {
        assert!(strict.is_err(), "what is strict is of the field");
        return false;
    };
    names(strict.is_ok(), field.deviations());
    let _ = field.decrypt(&CONTENT_KEY);
    true
}

/// Signed and enveloped: nothing is given out that was not signed.
fn both(octets: &[u8]) -> bool {
    let signers = || ExpectedSigners::One(&SUBSCRIBER);
    let [strict, field] = DIALECTS.map(|dialect| {
        let mut released = Vec::new();
        let verified = stream::decrypt_and_verify_then_release(
            Cursor::new(octets),
            dialect,
            None,
            KEY.secret_key(),
            signers(),
            &mut released,
        );
        assert!(
            verified.is_ok() || released.is_empty(),
            "before it was verified"
        );
        verified.map(|verified| (verified, released)).ok()
    });
    if let Some((_, strict)) = strict {
        let (field, released) = field.as_ref().expect("what is strict is of the field");
        names(true, field.deviations());
        assert_eq!(*released, strict);
    }
    field.is_some()
}
