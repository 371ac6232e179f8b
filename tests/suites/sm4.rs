//! `sm4_*.json`.

use crate::algorithms::{all, equal};
use gm_crypto::sm4::{
    BLOCK_LENGTH, CbcDecryptor, CbcEncryptor, Ccm, CfbDecryptor, CfbEncryptor, Ctr, EcbDecryptor,
    EcbEncryptor, Gcm, Ofb, Sm4, Xts,
    aead::{Aead, Payload},
    cipher::{
        BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit,
        KeyIvInit, StreamCipher,
        block_padding::{NoPadding, Pkcs7},
    },
};
use gm_pki_tests::suites::{Outcome, octets, text};
use serde_json::Value;

type Key = [u8; BLOCK_LENGTH];

fn key(test: &Value) -> Key {
    octets(test, "key").try_into().expect("a key of 16 octets")
}

fn iv(test: &Value) -> Key {
    octets(test, "iv")
        .try_into()
        .expect("a vector of 16 octets")
}

/// Both ways, one block or in a mode.
pub(crate) fn modes(test: &Value) -> Outcome {
    let (pt, ct) = (octets(test, "pt"), octets(test, "ct"));
    let key = key(test);
    let (sealed, opened) = match text(test, "mode") {
        "block" => {
            let cipher = Sm4::new(&key.into());
            let rounds = test["iterations"].as_u64().unwrap_or(1);
            let mut sealed = pt.as_slice().try_into().expect("one block");
            let mut opened = ct.as_slice().try_into().expect("one block");
            for _ in 0..rounds {
                cipher.encrypt_block(&mut sealed);
                cipher.decrypt_block(&mut opened);
            }
            (sealed.to_vec(), opened.to_vec())
        }
        "ecb" => (
            EcbEncryptor::new(&key.into()).encrypt_padded_vec::<NoPadding>(&pt),
            EcbDecryptor::new(&key.into())
                .decrypt_padded_vec::<NoPadding>(&ct)
                .expect("whole blocks"),
        ),
        "cbc" => (
            CbcEncryptor::new(&key.into(), &iv(test).into()).encrypt_padded_vec::<NoPadding>(&pt),
            CbcDecryptor::new(&key.into(), &iv(test).into())
                .decrypt_padded_vec::<NoPadding>(&ct)
                .expect("whole blocks"),
        ),
        "cfb" => {
            let (mut sealed, mut opened) = (pt.clone(), ct.clone());
            CfbEncryptor::new(&key.into(), &iv(test).into()).encrypt(&mut sealed);
            CfbDecryptor::new(&key.into(), &iv(test).into()).decrypt(&mut opened);
            (sealed, opened)
        }
        "ofb" => stream::<Ofb>(test, &pt, &ct),
        "ctr" => stream::<Ctr>(test, &pt, &ct),
        other => return Outcome::Wrong(format!("no such mode: {other}")),
    };
    all([equal("ct", &sealed, &ct), equal("pt", &opened, &pt)])
}

fn stream<C: KeyIvInit + StreamCipher>(test: &Value, pt: &[u8], ct: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let apply = |octets: &[u8]| {
        let mut octets = octets.to_vec();
        let cipher = C::new_from_slices(&key(test), &iv(test));
        cipher.expect("16 octets each").apply_keystream(&mut octets);
        octets
    };
    (apply(pt), apply(ct))
}

pub(crate) fn cbc_padding(test: &Value) -> Outcome {
    let (key, iv) = (key(test), iv(test));
    let decryptor = CbcDecryptor::new(&key.into(), &iv.into());
    match decryptor.decrypt_padded_vec::<Pkcs7>(&octets(test, "ct")) {
        Ok(opened) => {
            let pt = octets(test, "pt");
            let encryptor = CbcEncryptor::new(&key.into(), &iv.into());
            let sealed = encryptor.encrypt_padded_vec::<Pkcs7>(&pt);
            all([
                equal("pt", &opened, &pt),
                equal("ct", &sealed, &octets(test, "ct")),
            ])
        }
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

pub(crate) fn aead(test: &Value) -> Outcome {
    match text(test, "mode") {
        "gcm" => both_ways::<Gcm>(test, "pt"),
        "ccm" => both_ways::<Ccm>(test, "pt"),
        other => Outcome::Wrong(format!("no such mode: {other}")),
    }
}

/// Opens what an entry has; where it opens, sealing gives the same octets. `text` is the
/// member with the text.
pub(crate) fn both_ways<A: Aead + KeyInit>(test: &Value, text: &str) -> Outcome {
    let cipher = A::new_from_slice(&octets(test, "key")).expect("a key of 16 octets");
    let nonce = octets(test, "iv");
    let Ok(nonce) = nonce.as_slice().try_into() else {
        return Outcome::Wrong("the nonce has another length".into());
    };
    let (pt, aad) = (octets(test, text), octets(test, "aad"));
    let sealed = [octets(test, "ct"), octets(test, "tag")].concat();
    let payload = Payload {
        msg: &sealed,
        aad: &aad,
    };
    match cipher.decrypt(nonce, payload) {
        Ok(opened) => {
            let payload = Payload {
                msg: &pt,
                aad: &aad,
            };
            let again = cipher.encrypt(nonce, payload).expect("a short text");
            all([equal("pt", &opened, &pt), equal("ct", &again, &sealed)])
        }
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

/// The two conventions for the tweak.
pub(crate) fn xts(test: &Value) -> Outcome {
    let key: [u8; 32] = octets(test, "key").try_into().expect("two keys");
    let tweak = octets(test, "tweak").try_into().expect("16 octets");
    let cipher = match text(test, "variant").split(' ').next() {
        Some("GB") => Xts::gb(&key),
        Some("IEEE") => Xts::ieee(&key),
        other => return Outcome::Wrong(format!("no such variant: {other:?}")),
    };
    let (pt, ct) = (octets(test, "pt"), octets(test, "ct"));
    let (mut sealed, mut opened) = (pt.clone(), ct.clone());
    let done = cipher
        .encrypt(&tweak, &mut sealed)
        .and_then(|()| cipher.decrypt(&tweak, &mut opened));
    match done {
        Ok(()) => all([equal("ct", &sealed, &ct), equal("pt", &opened, &pt)]),
        Err(error) => Outcome::Refused(error.to_string()),
    }
}
