//! Private keys from files, with the password from a file or a prompt.

use crate::{args, failure::Failure, input};
use gm_crypto::{
    pki,
    sm2::{SecretKey, SigningKey, UserId},
};
use hsm::{Password, SoftKey};
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
