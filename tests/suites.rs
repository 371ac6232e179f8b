//! The runner of vector suites: each prints `suite NAME: N passed, N failed, N
//! skipped` and fails on any failure. What is not supported counts as skipped.

use csr::{Limits, UnverifiedCsr};
use gm_crypto::{
    pki::{self, Signed, Sm2Sm3},
    sm2::{Ciphertext, DerSignature, EnvelopedKey, PublicKey, SecretKey, UserId, VerifyingKey},
    sm3,
    sm4::{
        Sm4,
        cipher::{BlockCipherEncrypt, KeyInit},
    },
};
use gm_pki_tests::suites::{Outcome, Suites, Tally, Verdict, octets, text};
use serde_json::Value;
use signature::Verifier;
use sm3::digest::Digest;
use spki::{DecodePublicKey, SubjectPublicKeyInfoRef, der::Decode};
use x509_cert::{
    Certificate,
    crl::CertificateList,
    der::{DateTime, referenced::OwnedToRef},
};

/// Files of `vectors/algo` that have a test of their own below; the others are
/// counted as skipped.
const ALGORITHMS: &[(&str, fn(&Value) -> Outcome)] = &[
    ("sm2_enc.json", sm2_decryption),
    ("sm2_private_key_range.json", sm2_private_key),
    ("sm2_sign.json", sm2_signature),
    ("sm3.json", sm3_digest),
    ("sm3_kdf.json", sm3_kdf),
    ("sm4_modes.json", sm4_block),
];

#[test]
fn algorithms() {
    let Some(suites) = Suites::open() else { return };
    for name in suites.names("vectors/algo") {
        let file = format!("vectors/algo/{name}");
        let json = suites.json(&file).expect("a file that was listed");
        let tests = json["tests"].as_array().cloned().unwrap_or_default();
        let mut tally = Tally::new(name.trim_end_matches(".json"));
        match ALGORITHMS.iter().find(|(known, _)| *known == name) {
            None => tally.skip(tests.len()),
            Some((_, run)) => {
                for test in &tests {
                    tally.count(text(test, "id"), verdict(test), run(test));
                }
            }
        }
        tally.finish();
    }
}

/// `result`, or `valid`; an entry on another curve must be refused.
fn verdict(test: &Value) -> Verdict {
    let curve = test["curve"].as_str();
    let known = curve.is_none_or(|curve| ["sm2p256v1", "SM2", "curveSM2"].contains(&curve));
    let invalid = text(test, "result") == "invalid" || test["valid"] == false || !known;
    if invalid { Verdict::Invalid } else { Verdict::Valid }
}

fn sm3_digest(test: &Value) -> Outcome {
    let mut hash = sm3::Sm3::new();
    hash.update(octets(test, "msg_hex"));
    let repeated = octets(test, "repeat_hex");
    for _ in 0..test["count"].as_u64().unwrap_or(0) {
        hash.update(&repeated);
    }
    equal("digest", &hash.finalize(), &octets(test, "digest"))
}

fn sm3_kdf(test: &Value) -> Outcome {
    let mut output = vec![0; octets(test, "out").len()];
    sm3::kdf(&[&octets(test, "z")], &mut output);
    equal("out", &output, &octets(test, "out"))
}

/// Single blocks; the modes are skipped.
fn sm4_block(test: &Value) -> Outcome {
    if text(test, "mode") != "block" {
        return Outcome::Skipped;
    }
    let cipher = Sm4::new_from_slice(&octets(test, "key")).expect("a key of 16 octets");
    let mut block = octets(test, "pt").as_slice().try_into().expect("one block");
    for _ in 0..test["iterations"].as_u64().unwrap_or(1) {
        cipher.encrypt_block(&mut block);
    }
    equal("ct", &block, &octets(test, "ct"))
}

fn sm2_private_key(test: &Value) -> Outcome {
    let scalar = octets(test, "priv").try_into().expect("32 octets");
    SecretKey::from_bytes(&scalar).into()
}

fn sm2_public_key(test: &Value) -> Result<PublicKey, gm_crypto::Error> {
    let point = [vec![4], octets(test, "pub_x"), octets(test, "pub_y")].concat();
    PublicKey::from_uncompressed(&point)
}

fn sm2_signature(test: &Value) -> Outcome {
    let verify = || -> Result<Outcome, gm_crypto::Error> {
        let id = UserId::new(octets(test, "user_id_hex"))?;
        let key = VerifyingKey::new(sm2_public_key(test)?, &id);
        let message = octets(test, "msg_hex");
        for (member, ours) in [
            ("za", &key.za().as_bytes()[..]),
            ("e", &key.za().digest(&message)[..]),
        ] {
            if test.get(member).is_some() && octets(test, member) != ours {
                return Ok(Outcome::Wrong(format!("{member} differs")));
            }
        }
        let signature = DerSignature::from_der(&octets(test, "sig_der"))?;
        Ok(match key.verify(&message, &signature) {
            Ok(()) => Outcome::Accepted,
            Err(error) => Outcome::Refused(error.to_string()),
        })
    };
    verify().unwrap_or_else(|error| Outcome::Refused(error.to_string()))
}

fn sm2_decryption(test: &Value) -> Outcome {
    let decrypt = || -> Result<Outcome, gm_crypto::Error> {
        let scalar = octets(test, "priv").try_into().expect("32 octets");
        let key = SecretKey::from_bytes(&scalar)?;
        if key.public_key() != sm2_public_key(test)? {
            return Ok(Outcome::Wrong("d·G is not the public key".into()));
        }
        let message = octets(test, "msg_hex");
        let raw = octets(test, "c1c3c2");
        if !raw.is_empty() && *key.decrypt(&Ciphertext::from_c1c3c2(&raw)?)? != message {
            return Ok(Outcome::Wrong("C1C3C2 decrypts to another message".into()));
        }
        let ciphertext = Ciphertext::from_der(&octets(test, "der"))?;
        Ok(equal("message", &key.decrypt(&ciphertext)?, &message))
    };
    decrypt().unwrap_or_else(|error| Outcome::Refused(error.to_string()))
}

fn equal(what: &str, ours: &[u8], expected: &[u8]) -> Outcome {
    if ours == expected {
        Outcome::Accepted
    } else {
        Outcome::Wrong(format!("{what} differs"))
    }
}

#[test]
fn wycheproof() {
    let Some(suites) = Suites::open() else { return };
    for name in suites.names("vectors/wycheproof") {
        let file = format!("vectors/wycheproof/{name}");
        let json = suites.json(&file).expect("a file that was listed");
        let groups = json["testGroups"].as_array().cloned().unwrap_or_default();
        let tests = groups.iter().filter_map(|group| group["tests"].as_array());
        let mut tally = Tally::new(&format!("wycheproof-{}", name.trim_end_matches(".json")));
        tally.skip(tests.map(Vec::len).sum());
        tally.finish();
    }
}

#[test]
fn requests() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("csr");
    for entry in suites.manifest("csr") {
        let der = suites.read(&format!("vectors/{}", text(&entry, "file")));
        let limits = Limits::default();
        let outcome = UnverifiedCsr::from_der(&der, &limits)
            .and_then(|csr| csr.verify(&[&Sm2Sm3::default()]))
            .into();
        count(&mut tally, &entry, unless_listed_as_later(&entry, outcome));
    }
    tally.finish();
}

/// The CFCA dual-key request is no RFC 2986 and not supported yet.
fn unless_listed_as_later(entry: &Value, outcome: Outcome) -> Outcome {
    if text(entry, "expected").contains("CFCA flavour") {
        Outcome::Skipped
    } else {
        outcome
    }
}

#[test]
fn certificates() {
    let Some(suites) = Suites::open() else { return };
    let mut tally = Tally::new("x509");
    for entry in suites.manifest("x509") {
        let der = suites.read(&format!("vectors/{}", text(&entry, "file")));
        let outcome = match entry["issuer"].as_str() {
            // No verdict on the signature is asked for: it must parse, or be
            // skipped where it is not even DER.
            None => match Certificate::from_der(&der) {
                Ok(_) => Outcome::Accepted,
                Err(_) => Outcome::Skipped,
            },
            Some(issuer) => {
                let issuer = suites.read(&format!("vectors/{issuer}"));
                certificate_under(&der, &issuer)
            }
        };
        count(&mut tally, &entry, outcome);
    }
    tally.finish();
}
