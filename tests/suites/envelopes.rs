//! Messages that are encrypted: with the key that the manifest names each gives what the
//! manifest says, and shows the deviations that its maker is known for.

use der::{Decode, referenced::OwnedToRef};
use gm_crypto::{
    Error,
    message::{Deviation, Dialect, EnvelopedData, SignedAndEnvelopedData},
    pki,
    sm2::{PublicKey, SecretKey},
};
use gm_pki_tests::suites::{Outcome, Suites, text};
use serde_json::Value;
use x509_cert::Certificate;

/// What became of a message, if it is one that is encrypted.
pub(crate) fn outcome(suites: &Suites, entry: &Value, octets: &[u8]) -> Option<Outcome> {
    match EnvelopedData::read(octets, Dialect::Field) {
        // A message of another kind.
        Err(Error::Unsupported { .. }) => {}
        Err(error) if is_encrypted(entry) => return Some(Err::<(), _>(error).into()),
        Err(_) => {}
        Ok(message) => return Some(decrypted(suites, entry, &message)),
    }
    match SignedAndEnvelopedData::read(octets, Dialect::Field) {
        Err(Error::Unsupported { .. }) => None,
        Err(error) => is_encrypted(entry).then(|| Err::<(), _>(error).into()),
        Ok(message) => Some(delivered(suites, entry, &message)),
    }
}

fn is_encrypted(entry: &Value) -> bool {
    text(entry, "file").contains("envelope")
}

fn decrypted(suites: &Suites, entry: &Value, message: &EnvelopedData) -> Outcome {
    let key = secret_key(suites, text(entry, "decrypt_with"));
    let content = match message.decrypt(None, &key) {
        Ok(content) => content.into_unauthenticated_bytes(),
        Err(error) => return Err::<(), _>(error).into(),
    };
    let expected = text(entry, "plaintext_hex");
    if !expected.is_empty() && hex(&content) != expected {
        return Outcome::Wrong(format!("the content is {}", hex(&content)));
    }
    Outcome::Accepted
}

/// The delivery of an encryption key: opened with the signing key that the note names, signed
/// by the certificate that it carries, 32 zeros and the scalar of the encryption certificate.
fn delivered(suites: &Suites, entry: &Value, message: &SignedAndEnvelopedData) -> Outcome {
    let note = text(entry, "note");
    let (_, name) = note.rsplit_once("decrypt with ").expect("a key is named");
    let key = secret_key(suites, &format!("{name}.der"));
    let signer = message.certificates()[0].clone();
    let content = match message.open(None, &key, &signer) {
        Ok(content) => content,
        Err(error) => return Err::<(), _>(error).into(),
    };
    let Some((padding, scalar)) = content.split_last_chunk::<32>() else {
        return Outcome::Wrong("is shorter than a scalar".into());
    };
    let certificate = suites.read("vectors/x509/gmsm-dual-enc.der");
    let certificate = Certificate::from_der(&certificate).expect("the encryption certificate");
    let spki = certificate.tbs_certificate().subject_public_key_info();
    let expected = PublicKey::try_from(spki.owned_to_ref()).expect("an SM2 key");
    match SecretKey::from_bytes(scalar) {
        Ok(found) if padding == [0; 32] && found.public_key() == expected => Outcome::Accepted,
        _ => Outcome::Wrong("another key was inside".into()),
    }
}

fn secret_key(suites: &Suites, name: &str) -> SecretKey {
    let octets = suites.read(&format!("vectors/{name}"));
    if name.ends_with(".der") {
        return pki::decode_private_key(&octets).expect("a helper key");
    }
    let digits = String::from_utf8(octets).expect("hexadecimal digits");
    let octet = |at| u8::from_str_radix(&digits[2 * at..][..2], 16).expect("two digits");
    SecretKey::from_bytes(&core::array::from_fn(octet)).expect("a scalar")
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn each_maker_is_forgiven_what_it_is_known_for_and_no_more() {
    use Deviation::{IssuerMissing, ModeUnsaid, SubjectKeyIdentifier, Version};
    let Some(suites) = Suites::open() else { return };
    let expected: [(&str, &[Deviation]); 4] = [
        ("crafted-enveloped", &[]),
        ("crafted-enveloped-104", &[ModeUnsaid]),
        (
            "sadk-enveloped-ski-1",
            &[SubjectKeyIdentifier, ModeUnsaid, Version],
        ),
        (
            "gm-signed-and-enveloped-keydelivery",
            &[IssuerMissing, ModeUnsaid],
        ),
    ];
    for (name, expected) in expected {
        let octets = suites.read(&format!("vectors/cms/{name}.der"));
        let read = |dialect| match EnvelopedData::read(&octets, dialect) {
            Err(Error::Unsupported { .. }) => SignedAndEnvelopedData::read(&octets, dialect)
                .map(|message| message.deviations().to_vec()),
            message => message.map(|message| message.deviations().to_vec()),
        };
        assert_eq!(read(Dialect::Field).unwrap(), expected, "{name}");
        assert_eq!(read(Dialect::Strict).is_ok(), expected.is_empty(), "{name}");
    }
}

#[test]
fn certificates_name_the_recipients_of_crafted_messages() {
    let Some(suites) = Suites::open() else { return };
    let octets = suites.read("vectors/cms/crafted-enveloped.der");
    let message = EnvelopedData::read(&octets, Dialect::Strict).unwrap();
    let key = secret_key(&suites, "keys/crafted-enc.der");
    let theirs = suites.read("vectors/x509/crafted-enc.der");
    let other = suites.read("vectors/x509/crafted-sign.der");
    assert!(message.recipients()[0].is(&theirs).unwrap());
    assert!(message.decrypt(Some(&theirs), &key).is_ok());
    let refused = message.decrypt(Some(&other), &key).unwrap_err();
    assert!(matches!(refused, Error::Crypto), "{refused:?}");
}
