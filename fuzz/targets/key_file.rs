//! Key files of every form: plain, and encrypted under a password that is known here.
#![no_main]

use gm_crypto::{
    pki::{
        KeyFormat, PrivateKeyFile, PublicKeyFile, SpkiOptions, decode_private_key,
        decode_private_key_encrypted, decode_public_key, encode_private_key,
        encode_private_key_bare, encode_private_key_sec1, encode_private_key_without_public,
        encode_public_key_bare,
    },
    sm2::SecretKey,
};
use gm_pki_fuzz::{parties::PASSWORD, takes_long, tally};
use libfuzzer_sys::fuzz_target;
use spki::EncodePublicKey;

fuzz_target!(|octets: &[u8]| {
    let private = private(octets);
    let public = public(octets);
    tally(private || public);
});

fn private(octets: &[u8]) -> bool {
    let plain = decode_private_key(octets);
    let file = PrivateKeyFile::read(octets);
    let raw = PrivateKeyFile::read_raw_scalar(octets);
    if let Ok(raw) = &raw {
        assert_eq!(raw.format(), KeyFormat::RawScalar);
        same_in_each_form(&raw.open(None).expect("it is not encrypted"));
    }
    let Ok(file) = file else {
        assert!(plain.is_err(), "what is read as DER is read as a file");
        return raw.is_ok();
    };
    assert_ne!(
        file.format(),
        KeyFormat::RawScalar,
        "any 32 octets look like one"
    );
    let said = [file.format().to_string(), format!("{:?}", file.remarks())];
    assert!(said.iter().all(|said| !said.is_empty()));
    if !file.is_encrypted() {
        let key = file.open(None).expect("it is not encrypted");
        if let Ok(plain) = plain {
            assert_eq!(plain.to_bytes(), key.to_bytes());
        }
        if let Some(beside) = file.public_key_beside() {
            assert_eq!(beside, key.public_key());
        }
        same_in_each_form(&key);
        return true;
    }
    assert!(plain.is_err() && file.open(None).is_err());
    if takes_long(octets)
        || file
            .encryption()
            .is_some_and(|scheme| scheme.iterations > 4_096)
    {
        return false;
    }
    let opened = file.open(Some(PASSWORD));
    let der = decode_private_key_encrypted(octets, PASSWORD);
    match (&opened, &der) {
        (Ok(key), Ok(same)) => assert_eq!(key.to_bytes(), same.to_bytes()),
        (Err(_), Ok(_)) => unreachable!("what is read as DER is read as a file"),
        _ => {}
    }
    if let Ok(key) = &opened {
        same_in_each_form(key);
    }
    opened.is_ok()
}

/// What is read is written, and what is written is read again and is the same.
fn same_in_each_form(key: &SecretKey) {
    for (format, octets) in [
        (KeyFormat::Pkcs8, encode_private_key(key)),
        (KeyFormat::Pkcs8, encode_private_key_without_public(key)),
        (KeyFormat::Sec1, encode_private_key_sec1(key)),
        (KeyFormat::BareInteger, encode_private_key_bare(key)),
    ] {
        let file = PrivateKeyFile::read(&octets).expect("we read what we write");
        assert_eq!(file.format(), format);
        let again = file.open(None).expect("it is not encrypted");
        assert_eq!(again.to_bytes(), key.to_bytes());
    }
}

fn public(octets: &[u8]) -> bool {
    let strict = PublicKeyFile::read(octets, SpkiOptions::default());
    let lenient = PublicKeyFile::read(octets, SpkiOptions::LENIENT);
    if let Ok(strict) = strict {
        let lenient = lenient.as_ref().expect("what is strict is lenient");
        assert_eq!(lenient.key(), strict.key());
        assert!(!strict.has_explicit_parameters() && !strict.is_compressed());
    }
    let Ok(file) = lenient else { return false };
    let spki = file.key().to_public_key_der().expect("a point has DER");
    for octets in [spki.as_bytes(), &encode_public_key_bare(&file.key())] {
        let again = decode_public_key(octets, SpkiOptions::default());
        assert_eq!(again.expect("we read what we write"), file.key());
    }
    true
}
