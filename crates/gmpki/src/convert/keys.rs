//! `gmpki convert key`.

use crate::{
    args::{CipherName, ConvertKey, KeyForm, PrfName},
    failure::Failure,
    input,
    keys::{self, KeyFile},
    outcome::Outcome,
    output,
};
use getrandom::SysRng;
use gm_crypto::{
    pki::{
        self, KeyCipher, KeyFileParameters, Prf, SpkiOptions,
        pkcs12::{Pkcs12Draft, Pkcs12Parameters},
    },
    sm2::{PublicKey, SecretKey},
};
use serde_json::json;
use spki::EncodePublicKey;
use std::path::Path;
use zeroize::Zeroizing;

/// A key into another form.
pub(crate) fn key(args: &ConvertKey) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.file];
    files.extend(args.add_key.iter().map(AsRef::as_ref as fn(&_) -> &Path));
    files.extend(
        args.certificate
            .iter()
            .map(AsRef::as_ref as fn(&_) -> &Path),
    );
    input::at_most_one_is_standard_input(&files)?;
    check(args)?;
    if matches!(args.to, KeyForm::Public | KeyForm::PublicBare) {
        return public(args);
    }
    let Some(out) = &args.out else {
        return Err(Failure::Usage(
            "a private key goes to a file: give --out".into(),
        ));
    };
    let file = keys::read(&args.file, args.password_file.as_deref(), args.raw)?;
    let octets = match args.to {
        KeyForm::Pkcs12 => pkcs12(args, &file)?,
        _ => one(args, file.key(args.entry)?)?,
    };
    output::write_secret(out, &octets)?;
    let path = out.display().to_string();
    let outcome = Outcome::new(format!("key: {path}"), json!({ "file": path }));
    Ok(outcome
        .member("from", file.format.clone())
        .notes(file.notes))
}

/// What the arguments can't say together.
fn check(args: &ConvertKey) -> Result<(), Failure> {
    let with_password = matches!(
        args.to,
        KeyForm::Pkcs8Encrypted | KeyForm::LegacyPem | KeyForm::Pkcs12
    );
    let usage = |message: &str| Err(Failure::Usage(message.into()));
    if args.new_password_file.is_some() && !with_password {
        return usage("--new-password-file goes with a form that is encrypted");
    }
    if args.prf.is_some() && !matches!(args.to, KeyForm::Pkcs8Encrypted | KeyForm::Pkcs12) {
        return usage("--prf goes with --to pkcs8-encrypted or pkcs12");
    }
    if args.to != KeyForm::Pkcs12 && !(args.add_key.is_empty() && args.certificate.is_empty()) {
        return usage("--add-key and --certificate go with --to pkcs12");
    }
    if args.to == KeyForm::Pkcs12 && args.entry.is_some() {
        return usage("--entry goes with a form that holds one key");
    }
    if args.der && matches!(args.to, KeyForm::LegacyPem | KeyForm::Hex) {
        return usage("this form has no DER");
    }
    Ok(())
}

/// A form that holds one private key.
fn one(args: &ConvertKey, key: &SecretKey) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let armoured = |label: &'static str, der: Zeroizing<Vec<u8>>| {
        if args.der {
            der
        } else {
            Zeroizing::new(pki::encode_pem(label, &der).into_bytes())
        }
    };
    Ok(match args.to {
        KeyForm::Pkcs8 => armoured("PRIVATE KEY", pki::encode_private_key(key)),
        KeyForm::Pkcs8WithoutPublic => {
            armoured("PRIVATE KEY", pki::encode_private_key_without_public(key))
        }
        KeyForm::Sec1 => armoured("EC PRIVATE KEY", pki::encode_private_key_sec1(key)),
        KeyForm::Bare => pki::encode_private_key_bare(key),
        KeyForm::Hex => {
            let mut text = Zeroizing::new(crate::sm3::hexadecimal(key.to_bytes().as_slice()));
            text.push('\n');
            Zeroizing::new(text.as_bytes().to_vec())
        }
        KeyForm::Pkcs8Encrypted => {
            let password = new_password(args)?;
            let parameters = parameters(args, KeyFileParameters::default());
            let der = pki::encode_private_key_encrypted(
                &mut SysRng,
                key,
                password.as_bytes(),
                parameters,
            )?;
            armoured("ENCRYPTED PRIVATE KEY", Zeroizing::new(der))
        }
        KeyForm::LegacyPem => {
            let password = new_password(args)?;
            let pem = pki::encode_private_key_legacy_pem(&mut SysRng, key, password.as_bytes())?;
            Zeroizing::new(pem.into_bytes())
        }
        KeyForm::Pkcs12 | KeyForm::Public | KeyForm::PublicBare => {
            return Err(Failure::Usage("not a form of one private key".into()));
        }
    })
}

/// A PKCS#12 file with every key and certificate that there is.
fn pkcs12(args: &ConvertKey, file: &KeyFile) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut draft = Pkcs12Draft::new();
    let add = |draft: &mut Pkcs12Draft, file: &KeyFile| -> Result<(), Failure> {
        for (key, name) in &file.keys {
            draft.add_key(key.clone(), name.as_deref())?;
        }
        for certificate in &file.certificates {
            draft.add_certificate(certificate)?;
        }
        Ok(())
    };
    add(&mut draft, file)?;
    let public = |file: &KeyFile| -> Vec<PublicKey> {
        file.keys.iter().map(|(key, _)| key.public_key()).collect()
    };
    let mut own = public(file);
    for path in &args.add_key {
        let more = keys::read(path, args.password_file.as_deref(), args.raw)?;
        add(&mut draft, &more)?;
        own.extend(public(&more));
    }
    let mut of_a_key = args.certificate.is_empty();
    for path in &args.certificate {
        let certificate = input::read_der(path, input::CERTIFICATE)?;
        draft
            .add_certificate(&certificate)
            .map_err(|source| Failure::file(path, source))?;
        // An issuer's may have another algorithm.
        let key = keys::public_key_in(&certificate, SpkiOptions::LENIENT);
        of_a_key |= key.is_ok_and(|(key, _)| own.contains(&key));
    }
    if !of_a_key {
        let reason = "none of the certificates is of a key that goes into the file";
        return Err(Failure::file(&args.certificate[0], reason));
    }
    let password = new_password(args)?;
    let mut file = Pkcs12Parameters::default();
    file.encryption = parameters(args, file.encryption);
    let octets = draft.write(&mut SysRng, password.as_bytes(), file)?;
    Ok(Zeroizing::new(octets))
}

fn new_password(args: &ConvertKey) -> Result<hsm::Password, Failure> {
    keys::password(args.new_password_file.as_deref(), "New password: ")
}

fn parameters(args: &ConvertKey, mut parameters: KeyFileParameters) -> KeyFileParameters {
    parameters.cipher = match args.cipher {
        CipherName::Sm4 => KeyCipher::Sm4Cbc,
        CipherName::Aes128 => KeyCipher::Aes128Cbc,
        CipherName::Aes256 => KeyCipher::Aes256Cbc,
    };
    match args.prf {
        None => {}
        Some(PrfName::HmacSm3) => parameters.prf = Prf::HmacSm3,
        Some(PrfName::HmacSm3Openssl) => parameters.prf = Prf::HmacSm3Openssl,
        Some(PrfName::HmacSha256) => parameters.prf = Prf::HmacSha256,
    }
    parameters
}

/// The public half, of a private key, a public one or a certificate.
fn public(args: &ConvertKey) -> Result<Outcome, Failure> {
    let octets = input::read_secret(&args.file, input::KEY_FILE)?;
    let options = if args.lenient {
        SpkiOptions::LENIENT
    } else {
        SpkiOptions::default()
    };
    let (key, from, notes) = match keys::public_key_in(&octets, options) {
        Ok((key, from)) if !args.raw => (key, from, Vec::new()),
        not_public => {
            let file =
                keys::read_octets(&args.file, &octets, args.password_file.as_deref(), args.raw);
            let file = match (file, not_public) {
                (Ok(file), _) => file,
                // What is a public key of a kind is refused as one.
                (Err(_), Err(source @ gm_crypto::Error::Invalid { .. })) => {
                    return Err(Failure::file(&args.file, source));
                }
                (Err(failure), _) => return Err(failure),
            };
            let key = file.key(args.entry)?.public_key();
            (key, file.format, file.notes)
        }
    };
    let octets = Zeroizing::new(encode(args, &key)?);
    let outcome = match (&args.out, std::str::from_utf8(&octets)) {
        (None, Ok(pem)) => Outcome::new(pem, json!({ "public": pem })),
        (out, _) => Outcome::octets("public", octets.clone(), out.as_deref())?,
    };
    Ok(outcome.member("from", from).notes(notes))
}

fn encode(args: &ConvertKey, key: &PublicKey) -> Result<Vec<u8>, Failure> {
    if args.to == KeyForm::PublicBare {
        return Ok(pki::encode_public_key_bare(key));
    }
    let der = key.to_public_key_der()?.into_vec();
    Ok(if args.der {
        der
    } else {
        pki::encode_pem("PUBLIC KEY", &der).into_bytes()
    })
}
