//! Private keys from files, with the password from a file or a prompt.

use crate::{
    args::{self, KeyFormat},
    failure::Failure,
    input,
    outcome::Outcome,
};
use getrandom::SysRng;
use gm_crypto::{
    pki::{self, KeyFileParameters},
    sm2::{SecretKey, SigningKey, UserId},
};
use hsm::{Password, SoftKey};
use serde_json::json;
use std::{
    io::{self, IsTerminal},
    path::Path,
};
use zeroize::Zeroizing;

/// Reads the key that the arguments name.
pub(crate) fn secret(key: &args::Key) -> Result<SecretKey, Failure> {
    let octets = Zeroizing::new(input::read(&key.key, input::STRUCTURE)?);
    let read = |source| Failure::file(&key.key, source);
    let der = pki::decode_pem(&octets, pki::PRIVATE_KEY_LABELS).map_err(read)?;
    let der = Zeroizing::new(der.into_owned());
    if pki::is_encrypted_private_key(&der) {
        let password = password(key.password_file.as_deref(), "Password of the key: ")?;
        pki::decode_private_key_encrypted(&der, password.as_bytes()).map_err(read)
    } else {
        pki::decode_private_key(&der).map_err(read)
    }
}

/// The same as a key that signs and is not seen.
pub(crate) fn handle(key: &args::Key) -> Result<SoftKey, Failure> {
    Ok(SoftKey::new(SigningKey::new(
        secret(key)?,
        UserId::default(),
    )))
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
    input::write_secret(&new.out, Zeroizing::new(pem).as_bytes())?;
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

/// A password from a file, or asked for.
pub(crate) fn password(file: Option<&Path>, prompt: &str) -> Result<Password, Failure> {
    match file {
        Some(file) => Ok(Password::from_file(file)?),
        None if io::stdin().is_terminal() => {
            let typed = Zeroizing::new(rpassword::prompt_password(prompt)?);
            Ok(Password::new(typed.as_bytes())?)
        }
        None => Err(Failure::Usage(
            "the key is encrypted: give --password-file, or run on a terminal".into(),
        )),
    }
}
