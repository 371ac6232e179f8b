//! Key files.

use der::{Decode, Encode, referenced::OwnedToRef};
use getrandom::SysRng;
use gm_crypto::{
    Error, Result,
    pki::{self, KeyFileParameters, KeyRemark, PrivateKeyFile, PublicKeyFile, SpkiOptions},
    sm2::{PublicKey, SecretKey},
};
use gm_pki_tests::suites::{Outcome, Suites, octets, text};
use serde_json::Value;
use spki::DecodePublicKey;
use x509_cert::Certificate;

/// Reads a key file with every reader that there is, and writes it in every form.
pub(crate) fn judge(entry: &Value, file: &[u8]) -> Outcome {
    if text(entry, "file").contains("spki") {
        return public_key(file);
    }
    let password = entry["password"].as_str().map(str::as_bytes);
    let read = || -> Result<(PrivateKeyFile, SecretKey)> {
        let read = match text(entry, "verdict") {
            "key" => PrivateKeyFile::read_raw_scalar(file)?,
            _ => PrivateKeyFile::read(file)?,
        };
        let key = read.open(password)?;
        Ok((read, key))
    };
    let (read, key) = match read() {
        Ok(read) => read,
        Err(error) => return Err::<(), _>(error).into(),
    };
    let expected = octets(entry, "private_key_hex");
    if !expected.is_empty() && expected != *key.to_bytes() {
        return Outcome::Wrong("another scalar".into());
    }
    if let Some(der) = read.certificate()
        && certified(der) != Some(key.public_key())
    {
        return Outcome::Wrong("the certificate is for another key".into());
    }
    if read.certificate().is_some() != read.remarks().contains(&KeyRemark::CfcaDerivation) {
        return Outcome::Wrong("no word about CFCA's derivation".into());
    }
    if read.is_encrypted() && !matches!(read.open(Some(b"another")), Err(Error::WrongPassword)) {
        return Outcome::Wrong("another password does as well".into());
    }
    match round_trips(&key) {
        Ok(true) => Outcome::Accepted,
        Ok(false) => Outcome::Wrong("a form loses the key".into()),
        Err(error) => Outcome::Wrong(format!("a form does not come back: {error}")),
    }
}

fn public_key(der: &[u8]) -> Outcome {
    let strict = PublicKey::from_public_key_der(der);
    let read = pki::decode_public_key(der, SpkiOptions::default());
    match (strict, read) {
        (Ok(strict), Ok(read)) if strict == read => Outcome::Accepted,
        (Err(_), Err(error)) => Err::<(), _>(error).into(),
        other => Outcome::Wrong(format!("the two readers differ: {other:?}")),
    }
}

fn certified(der: &[u8]) -> Option<PublicKey> {
    let certificate = Certificate::from_der(der).ok()?;
    let spki = certificate.tbs_certificate().subject_public_key_info();
    PublicKey::try_from(spki.owned_to_ref()).ok()
}

fn round_trips(key: &SecretKey) -> Result<bool> {
    let mut few = KeyFileParameters::default();
    few.iterations = 1_000;
    let forms = [
        pki::encode_private_key(key).to_vec(),
        pki::encode_private_key_without_public(key).to_vec(),
        pki::encode_private_key_sec1(key).to_vec(),
        pki::encode_private_key_bare(key).to_vec(),
        pki::encode_private_key_encrypted(&mut SysRng, key, b"gmtest", few)?,
        pki::encode_private_key_legacy_pem(&mut SysRng, key, b"gmtest")?.into_bytes(),
    ];
    for form in forms {
        let read = PrivateKeyFile::read(&form)?.open(Some(b"gmtest"))?;
        if read.to_bytes() != key.to_bytes() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// One certificate of the field has its curve written out.
#[test]
fn a_curve_that_is_written_out_is_read_on_request() {
    let Some(suites) = Suites::open() else { return };
    let mut found = 0;
    for entry in suites.manifest("x509") {
        if !text(&entry, "file").contains("explicit-params") {
            continue;
        }
        let der = suites.read(&format!("vectors/{}", text(&entry, "file")));
        let certificate = Certificate::from_der(&der).expect("a certificate");
        let spki = certificate.tbs_certificate().subject_public_key_info();
        let spki = spki.to_der().expect("it was read");
        let refused = PublicKeyFile::read(&spki, SpkiOptions::default());
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
        let read = PublicKeyFile::read(&spki, SpkiOptions::LENIENT).expect("the SM2 curve");
        assert!(read.has_explicit_parameters());
        found += 1;
    }
    assert_ne!(found, 0, "the folder has none");
}
