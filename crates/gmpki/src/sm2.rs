//! `gmpki sm2`.

use crate::{
    args::{Keygen, Sign, Verify},
    failure::Failure,
    input, keys,
    outcome::Outcome,
};
use base64ct::{Base64, Encoding};
use der::{Decode, referenced::OwnedToRef};
use getrandom::SysRng;
use gm_crypto::{
    pki::{self, KeyFileParameters},
    sm2::{DerSignature, PublicKey, SecretKey, SigningKey, UserId, VerifyingKey},
};
use serde_json::json;
use signature::Verifier;
use spki::DecodePublicKey;
use std::path::Path;
use x509_cert::Certificate;
use zeroize::Zeroizing;

pub(crate) fn keygen(args: &Keygen) -> Result<Outcome, Failure> {
    let key = SecretKey::generate(&mut SysRng)?;
    let pem = if args.plain {
        pki::encode_pem("PRIVATE KEY", &pki::encode_private_key(&key))
    } else {
        let password = keys::password(args.password_file.as_deref(), "New password: ")?;
        let parameters = KeyFileParameters::default();
        let der =
            pki::encode_private_key_encrypted(&mut SysRng, &key, password.as_bytes(), parameters)?;
        pki::encode_pem("ENCRYPTED PRIVATE KEY", &der)
    };
    input::write_secret(&args.out, Zeroizing::new(pem).as_bytes())?;
    let path = args.out.display().to_string();
    let encrypted = if args.plain {
        "not encrypted"
    } else {
        "encrypted"
    };
    let text = format!("private key, {encrypted}: {path}");
    Ok(Outcome::new(
        text,
        json!({ "key": path, "encrypted": !args.plain }),
    ))
}

pub(crate) fn sign(args: &Sign) -> Result<Outcome, Failure> {
    let id = UserId::new(args.id.as_bytes())?;
    let key = SigningKey::new(keys::secret(&args.key)?, id);
    let document = input::read(&args.file, input::DOCUMENT)?;
    let signature = key.sign_hedged(&mut SysRng, &document)?.to_der();
    let base64 = Base64::encode_string(&signature);
    match &args.out {
        None => Ok(Outcome::new(base64.clone(), json!({ "signature": base64 }))),
        Some(out) => {
            input::write(out, &signature)?;
            let path = out.display().to_string();
            let json = json!({ "signature": base64, "file": path });
            Ok(Outcome::new(format!("signature: {path}"), json))
        }
    }
}

pub(crate) fn verify(args: &Verify) -> Result<Outcome, Failure> {
    let id = UserId::new(args.id.as_bytes())?;
    let key = VerifyingKey::new(public_key(&args.key)?, &id);
    let signature = input::read(&args.signature, input::STRUCTURE)?;
    let signature = DerSignature::from_der(&signature)
        .map_err(|source| Failure::file(&args.signature, source))?;
    let document = input::read(&args.file, input::DOCUMENT)?;
    match key.verify(&document, &signature) {
        Ok(()) => Ok(Outcome::new("signature: good", json!({}))),
        Err(_) => Err(Failure::file(
            &args.file,
            "the signature is not this key's under this ID over these octets",
        )),
    }
}

/// From a `SubjectPublicKeyInfo` or a certificate.
fn public_key(path: &Path) -> Result<PublicKey, Failure> {
    let der = input::read_der(path, &["PUBLIC KEY", "CERTIFICATE"])?;
    let key = match Certificate::from_der(&der) {
        Ok(certificate) => {
            let spki = certificate.tbs_certificate().subject_public_key_info();
            PublicKey::try_from(spki.owned_to_ref())
        }
        Err(_) => PublicKey::from_public_key_der(&der),
    };
    key.map_err(|source| Failure::file(path, source))
}
