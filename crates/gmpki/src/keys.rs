//! Private keys from files, with the password from a file or a prompt.

use crate::{
    args::{self, KeyFormat},
    failure::Failure,
    input,
    outcome::Outcome,
    output,
};
use der::{Decode, referenced::OwnedToRef};
use getrandom::SysRng;
use gm_crypto::{
    pki::{self, KeyFileParameters, PrivateKeyFile, PublicKeyFile, SpkiOptions, pkcs12::Pkcs12},
    sm2::{PublicKey, SecretKey},
};
use hsm::Password;
use serde_json::json;
use std::{
    io::{self, IsTerminal},
    path::Path,
};
use x509_cert::Certificate;
use zeroize::Zeroizing;

/// What a file of private keys holds.
#[derive(Debug)]
pub(crate) struct KeyFile {
    /// Keys with their names; at least one.
    pub(crate) keys: Vec<(SecretKey, Option<String>)>,
    /// Certificates (DER) that stand beside them.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// The form in words.
    pub(crate) format: String,
    /// What a person should know of it.
    pub(crate) notes: Vec<String>,
}

impl KeyFile {
    /// The key, or that of a number counted from 1; one of several has to be named.
    pub(crate) fn key(&self, entry: Option<usize>) -> Result<&SecretKey, Failure> {
        let count = self.keys.len();
        let at = match (entry, count) {
            (None, 1) => 0,
            (Some(entry), _) if (1..=count).contains(&entry) => entry - 1,
            (None, _) => {
                let names: Vec<String> = self.keys.iter().zip(1..).map(named).collect();
                let names = names.join(", ");
                return Err(Failure::Usage(format!(
                    "the file holds {count} keys, name one with --entry: {names}"
                )));
            }
            (Some(_), _) => {
                return Err(Failure::Usage(format!(
                    "--entry lies between 1 and {count}"
                )));
            }
        };
        Ok(&self.keys[at].0)
    }
}

fn named(((_, name), number): (&(SecretKey, Option<String>), usize)) -> String {
    match name {
        Some(name) => format!("{number} ({name})"),
        None => number.to_string(),
    }
}

/// Reads private keys in whichever form they are; `raw` says that it is the number alone.
pub(crate) fn read(
    path: &Path,
    password_file: Option<&Path>,
    raw: bool,
) -> Result<KeyFile, Failure> {
    let octets = input::read_secret(path, input::KEY_FILE)?;
    read_octets(path, &octets, password_file, raw)
}

/// The same when the octets of `path` are there already.
pub(crate) fn read_octets(
    path: &Path,
    octets: &[u8],
    password_file: Option<&Path>,
    raw: bool,
) -> Result<KeyFile, Failure> {
    let refused = |source| Failure::file(path, source);
    let ask = || password(password_file, "Password of the key: ");
    if !raw && Pkcs12::recognises(octets) {
        let file = Pkcs12::read(octets, ask()?.as_bytes()).map_err(refused)?;
        if file.keys().is_empty() {
            return Err(Failure::file(path, "PKCS#12 without a key for SM2"));
        }
        let keys = file.keys().iter();
        return Ok(KeyFile {
            keys: keys
                .map(|entry| (entry.key.clone(), entry.friendly_name.clone()))
                .collect(),
            certificates: file.certificates().iter().map(|c| c.der.clone()).collect(),
            format: "PKCS#12".into(),
            notes: file.remarks().iter().map(ToString::to_string).collect(),
        });
    }
    let file = if raw {
        PrivateKeyFile::read_raw_scalar(octets).map_err(refused)?
    } else {
        PrivateKeyFile::read(octets).map_err(|source| {
            if PrivateKeyFile::read_raw_scalar(octets).is_ok() {
                let reason = "no form of a private key; if it is the number alone, \
                              'gmpki convert key --raw' reads it";
                Failure::file(path, reason)
            } else {
                refused(source)
            }
        })?
    };
    let key = if file.is_encrypted() {
        file.open_explained(Some(ask()?.as_bytes()))
    } else {
        file.open(None)
    };
    Ok(KeyFile {
        keys: vec![(key.map_err(refused)?, None)],
        certificates: file.certificate().map(<[u8]>::to_vec).into_iter().collect(),
        format: file.format().to_string(),
        notes: file.remarks().iter().map(ToString::to_string).collect(),
    })
}

/// Reads the key that the arguments name.
pub(crate) fn secret(key: &args::Key) -> Result<SecretKey, Failure> {
    secret_at(&key.key, key.password_file.as_deref())
}

/// Reads the one key of a file.
pub(crate) fn secret_at(path: &Path, password_file: Option<&Path>) -> Result<SecretKey, Failure> {
    let file = read(path, password_file, false)?;
    match file.keys.as_slice() {
        [(key, _)] => Ok(key.clone()),
        keys => Err(Failure::file(
            path,
            format!(
                "holds {} keys: take one out with 'gmpki convert key --entry'",
                keys.len()
            ),
        )),
    }
}

/// The public key in a `SubjectPublicKeyInfo`, a certificate or a bare BIT STRING.
pub(crate) fn public_key(path: &Path) -> Result<PublicKey, Failure> {
    let octets = input::read(path, input::STRUCTURE)?;
    public_key_in(&octets, SpkiOptions::default())
        .map(|(key, _)| key)
        .map_err(|source| Failure::file(path, source))
}

/// The same, with the form in words.
pub(crate) fn public_key_in(
    octets: &[u8],
    options: SpkiOptions,
) -> Result<(PublicKey, String), gm_crypto::Error> {
    let certificate = pki::decode_pem(octets, input::CERTIFICATE);
    if let Ok(certificate) = certificate
        && let Ok(certificate) = Certificate::from_der(&certificate)
    {
        let spki = certificate.tbs_certificate().subject_public_key_info();
        let file = PublicKeyFile::from_spki(spki.owned_to_ref(), options)?;
        return Ok((file.key(), "certificate".into()));
    }
    let file = PublicKeyFile::read(octets, options)?;
    Ok((file.key(), file.format().to_string()))
}

/// Makes a key and writes it as the arguments say, encrypted unless they say `--plain`.
pub(crate) fn write(
    new: &args::NewKey,
    password_file: Option<&Path>,
    make: impl FnOnce() -> Result<SecretKey, Failure>,
) -> Result<Outcome, Failure> {
    let pem = match (new.plain, new.format) {
        (true, KeyFormat::Pkcs8) => {
            pki::encode_pem("PRIVATE KEY", &pki::encode_private_key(&make()?))
        }
        (true, KeyFormat::Sec1) => {
            pki::encode_pem("EC PRIVATE KEY", &pki::encode_private_key_sec1(&make()?))
        }
        (false, KeyFormat::Sec1) => {
            return Err(Failure::Usage(
                "a key in SEC 1 can't be encrypted: give --plain, or leave out --format".into(),
            ));
        }
        (false, KeyFormat::Pkcs8) => {
            let password = password(password_file, "New password: ")?;
            let parameters = KeyFileParameters::default();
            let der = pki::encode_private_key_encrypted(
                &mut SysRng,
                &make()?,
                password.as_bytes(),
                parameters,
            )?;
            pki::encode_pem("ENCRYPTED PRIVATE KEY", &der)
        }
    };
    output::write_secret(&new.out, Zeroizing::new(pem).as_bytes())?;
    let path = new.out.display().to_string();
    let encrypted = if new.plain {
        "not encrypted"
    } else {
        "encrypted"
    };
    let text = format!("private key, {encrypted}: {path}");
    let json = json!({ "key": path, "encrypted": !new.plain });
    Ok(Outcome::new(text, json))
}

/// A key's password from a file, or asked for.
pub(crate) fn password(file: Option<&Path>, prompt: &str) -> Result<Password, Failure> {
    password_because("the key is encrypted", file, prompt)
}

/// A password from a file, or asked for, with the reason why it is wanted.
pub(crate) fn password_because(
    reason: &str,
    file: Option<&Path>,
    prompt: &str,
) -> Result<Password, Failure> {
    match file {
        Some(file) => {
            output::remember(file);
            Ok(Password::from_file(file)?)
        }
        None if io::stdin().is_terminal() => {
            let typed = Zeroizing::new(rpassword::prompt_password(prompt)?);
            Ok(Password::new(typed.as_bytes())?)
        }
        None => Err(Failure::Usage(format!(
            "{reason}: give --password-file, or run on a terminal"
        ))),
    }
}
