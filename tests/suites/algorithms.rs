//! `vectors/algo`: SM2, SM3 and what is built of it; SM4 stands beside.

use crate::{exchange, sm4};
use gm_crypto::{
    Error,
    sm2::{
        Ciphertext, DerSignature, LegacyCiphertext, PreparedVerifyingKey, PublicKey, RawSignature,
        SecretKey, SigningKey, TableSize, UserId, VerifyingKey,
    },
    sm3::{
        self, HkdfSm3, HmacSm3, Sm3,
        digest::{Digest, KeyInit, Mac},
    },
};
use gm_pki_tests::suites::{Outcome, Suites, Tally, Verdict, octets, text};
use hkdf::Hkdf;
use hmac::Hmac;
use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;
use signature::Verifier;
use std::convert::Infallible;

/// Judges one entry of a file.
type Run = fn(&Value) -> Outcome;

/// The files; one that is not named here is counted as skipped.
const ALGORITHMS: &[(&str, Run)] = &[
    ("hkdf_sm3.json", hkdf_sm3),
    ("hmac_sm3.json", hmac_sm3),
    ("pbkdf2_hmac_sm3.json", pbkdf2_hmac_sm3),
    ("sm2_enc.json", sm2_decryption),
    ("sm2_key_exchange.json", exchange::run),
    ("sm2_private_key_range.json", sm2_private_key),
    ("sm2_sign.json", sm2_signature),
    ("sm3.json", sm3_digest),
    ("sm3_kdf.json", sm3_kdf),
    ("sm4_aead.json", sm4::aead),
    ("sm4_cbc_padding.json", sm4::cbc_padding),
    ("sm4_modes.json", sm4::modes),
    ("sm4_xts.json", sm4::xts),
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
    let invalid = text(test, "result") == "invalid" || test["valid"] == false;
    if invalid || is_on_another_curve(test) {
        Verdict::Invalid
    } else {
        Verdict::Valid
    }
}

/// The test curve in the annexes of GM/T 0003-2012, for one.
pub(crate) fn is_on_another_curve(test: &Value) -> bool {
    let curve = test["curve"].as_str();
    curve.is_some_and(|curve| !["sm2p256v1", "SM2", "curveSM2"].contains(&curve))
}

pub(crate) fn equal(what: &str, ours: &[u8], expected: &[u8]) -> Outcome {
    if ours == expected {
        Outcome::Accepted
    } else {
        Outcome::Wrong(format!("{what} differs"))
    }
}

/// The worst of several: all were accepted, or all refused, or something is wrong.
pub(crate) fn all(outcomes: impl IntoIterator<Item = Outcome>) -> Outcome {
    let mut outcomes = outcomes.into_iter();
    let Some(mut sum) = outcomes.next() else {
        return Outcome::Wrong("the entry has nothing to judge".into());
    };
    for next in outcomes {
        sum = match (sum, next) {
            (Outcome::Accepted, Outcome::Accepted) => Outcome::Accepted,
            (Outcome::Refused(reason), Outcome::Refused(_)) => Outcome::Refused(reason),
            (Outcome::Wrong(what), _) | (_, Outcome::Wrong(what)) => Outcome::Wrong(what),
            (one, other) => Outcome::Wrong(format!("{one:?} in one form, {other:?} in another")),
        };
    }
    sum
}

fn sm3_digest(test: &Value) -> Outcome {
    let mut hash = Sm3::new();
    let message = octets(test, "msg_hex");
    hash.update(&message);
    let repeated = octets(test, "repeat_hex");
    for _ in 0..test["count"].as_u64().unwrap_or(0) {
        hash.update(&repeated);
    }
    let expected = octets(test, "digest");
    let mut outcomes = vec![equal("digest", &hash.finalize(), &expected)];
    if repeated.is_empty() {
        outcomes.push(equal("digest at once", &sm3::digest(&message), &expected));
        // In every place among others.
        let mut many = [[0; sm3::DIGEST_LENGTH]; 9];
        sm3::digest_many(&[&message[..]; 9], &mut many);
        outcomes.extend(many.map(|digest| equal("digest of many", &digest, &expected)));
        // In two parts, cut anywhere.
        outcomes.extend((0..=message.len()).map(|cut| {
            let (head, tail) = message.split_at(cut);
            let hash = Sm3::new().chain_update(head).chain_update(tail);
            equal("digest of two parts", &hash.finalize(), &expected)
        }));
    }
    all(outcomes)
}

fn sm3_kdf(test: &Value) -> Outcome {
    let z = octets(test, "z");
    let expected = octets(test, "out");
    all((0..=z.len()).map(|cut| {
        let (head, tail) = z.split_at(cut);
        let mut output = vec![0; expected.len()];
        sm3::kdf(&[head, tail], &mut output);
        equal("out", &output, &expected)
    }))
}

fn hmac_sm3(test: &Value) -> Outcome {
    let mut mac = HmacSm3::new_from_slice(&octets(test, "key")).expect("any length");
    mac.update(&octets(test, "msg_hex"));
    equal("tag", &mac.finalize().into_bytes(), &octets(test, "tag"))
}

fn hkdf_sm3(test: &Value) -> Outcome {
    let size = test["size"].as_u64().expect("a number");
    let size = usize::try_from(size).expect("a size");
    let (salt, ikm, info) = (
        octets(test, "salt"),
        octets(test, "ikm"),
        octets(test, "info"),
    );
    let judge = |expanded: Result<Vec<u8>, hkdf::InvalidLength>| match expanded {
        Ok(output) => equal("okm", &output, &octets(test, "okm")),
        Err(error) => Outcome::Refused(error.to_string()),
    };
    let mut output = vec![0; size];
    let ours = HkdfSm3::new(Some(&salt), &ikm).expand(&info, &mut output);
    let mut generic = vec![0; size];
    let over_traits = Hkdf::<Sm3>::new(Some(&salt), &ikm).expand(&info, &mut generic);
    all([
        judge(ours.map(|()| output)),
        judge(over_traits.map(|()| generic)),
    ])
}

fn pbkdf2_hmac_sm3(test: &Value) -> Outcome {
    let expected = octets(test, "dk");
    let rounds = test["iterations"].as_u64().expect("a number");
    let rounds = u32::try_from(rounds).expect("32 bits");
    let (password, salt) = (octets(test, "password_hex"), octets(test, "salt"));
    let (mut ours, mut generic) = (vec![0; expected.len()], vec![0; expected.len()]);
    sm3::pbkdf2(&password, &salt, rounds, &mut ours);
    pbkdf2::pbkdf2::<Hmac<Sm3>>(&password, &salt, rounds, &mut generic).expect("any length");
    all([
        equal("dk", &ours, &expected),
        equal("dk of the generic crate", &generic, &expected),
    ])
}

fn sm2_private_key(test: &Value) -> Outcome {
    match <[u8; 32]>::try_from(octets(test, "priv")) {
        Ok(scalar) => SecretKey::from_bytes(&scalar).into(),
        Err(_) => Outcome::Refused("not 32 octets".into()),
    }
}

pub(crate) fn secret_key(test: &Value, member: &str) -> Result<SecretKey, Error> {
    SecretKey::from_bytes(&octets(test, member).try_into().expect("32 octets"))
}

fn sm2_public_key(test: &Value) -> Result<PublicKey, Error> {
    let point = [vec![4], octets(test, "pub_x"), octets(test, "pub_y")].concat();
    PublicKey::from_uncompressed(&point)
}

/// The point must be refused where the curve is another: nothing else of such an entry
/// could be tried.
fn refused_at_its_point(test: &Value) -> Outcome {
    match sm2_public_key(test) {
        Ok(_) => Outcome::Accepted,
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

fn sm2_signature(test: &Value) -> Outcome {
    if is_on_another_curve(test) {
        return refused_at_its_point(test);
    }
    let id = UserId::new(octets(test, "user_id_hex")).expect("a short ID");
    let public = match sm2_public_key(test) {
        Ok(public) => public,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let key = VerifyingKey::new(public, &id);
    let message = octets(test, "msg_hex");
    for (member, ours) in [
        ("za", &key.za().as_bytes()[..]),
        ("e", &key.za().digest(&message)[..]),
    ] {
        if test.get(member).is_some() && octets(test, member) != ours {
            return Outcome::Wrong(format!("{member} differs"));
        }
    }
    // Where the private key is known, what it signs verifies under the same ID.
    if test.get("priv").is_some() {
        let secret = match secret_key(test, "priv") {
            Ok(secret) => secret,
            Err(error) => return Outcome::Wrong(format!("the private key: {error}")),
        };
        if secret.public_key() != public {
            return Outcome::Wrong("d·G is not the public key".into());
        }
        let signer = SigningKey::new(secret, id);
        let signature = signer.sign_hedged(&mut getrandom::SysRng, &message);
        if key
            .verify(&message, &signature.expect("randomness"))
            .is_err()
        {
            return Outcome::Wrong("our own signature does not verify".into());
        }
    }
    let prepared = [TableSize::Small, TableSize::Medium, TableSize::Large]
        .map(|size| PreparedVerifyingKey::new(&key, size));
    let verify = |signature: Result<DerSignature, Error>| match signature {
        Ok(signature) => {
            let fresh: Outcome = key.verify(&message, &signature).into();
            let tables = prepared.iter();
            let tables = tables.map(|key| key.verify(&message, &signature).into());
            all([fresh].into_iter().chain(tables))
        }
        Err(error) => Outcome::Refused(error.to_string()),
    };
    let der = octets(test, "sig_der");
    let outcome = verify(DerSignature::from_der(&der));
    if !matches!(outcome, Outcome::Accepted) {
        return outcome;
    }
    // The same integers as r ‖ s.
    let raw = [octets(test, "r"), octets(test, "s")].concat();
    let raw = <[u8; RawSignature::LENGTH]>::try_from(raw).expect("32 octets each");
    all([outcome, verify(DerSignature::try_from(&raw))])
}

fn sm2_decryption(test: &Value) -> Outcome {
    let key = match secret_key(test, "priv") {
        Ok(key) => key,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    if !is_on_another_curve(test)
        && test.get("pub_x").is_some()
        && sm2_public_key(test).ok() != Some(key.public_key())
    {
        return Outcome::Wrong("d·G is not the public key".into());
    }
    let message = octets(test, "msg_hex");
    // Where k is known, we make the same ciphertext in every form.
    if test.get("k").is_some() && !is_on_another_curve(test) {
        let made = key
            .public_key()
            .encrypt(&mut Draws(octets(test, "k")), &message)
            .expect("the text is not empty");
        for (form, ours) in [
            ("der", made.to_der()),
            ("c1c3c2", made.to_c1c3c2()),
            ("c1c2c3", LegacyCiphertext::from(made).to_c1c2c3()),
        ] {
            if ours != octets(test, form) {
                return Outcome::Wrong(format!("{form} differs"));
            }
        }
    }
    type Read = fn(&[u8]) -> Result<Ciphertext, Error>;
    let read: [(&str, Read); 3] = [
        ("der", Ciphertext::from_der),
        ("c1c3c2", Ciphertext::from_c1c3c2),
        ("c1c2c3", from_legacy),
    ];
    all(read.into_iter().filter_map(|(form, read)| {
        test.get(form)?;
        let text = read(&octets(test, form)).and_then(|cipher| key.decrypt(&cipher));
        Some(match text {
            Ok(text) => equal(&format!("the text of {form}"), &text, &message),
            Err(error) => Outcome::Refused(error.to_string()),
        })
    }))
}

fn from_legacy(octets: &[u8]) -> Result<Ciphertext, Error> {
    LegacyCiphertext::from_c1c2c3(octets).map(Ciphertext::from)
}

/// A source that gives `k` once: the standard's examples say which scalar was drawn.
#[derive(Debug)]
pub(crate) struct Draws(pub(crate) Vec<u8>);

impl TryRng for Draws {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("scalars are drawn by octets")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("scalars are drawn by octets")
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        assert_eq!(octets.len(), self.0.len(), "one scalar is drawn, and once");
        octets.copy_from_slice(&self.0);
        self.0.clear();
        Ok(())
    }
}

/// Only to repeat examples.
impl TryCryptoRng for Draws {}
