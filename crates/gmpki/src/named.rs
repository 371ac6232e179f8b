//! Keys by their names, wherever they lie.

use crate::{args::NamedKey, failure::Failure, keys, output};
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{Ciphertext, SecretKey, SigningKey, UserId},
};
use hsm::{Checked, Error, KeyHandle, KeyUri, Opened, Password, PinSource, PinWanted, SoftKey};
use std::io::{self, IsTerminal};
use zeroize::Zeroizing;

/// A key that signs; no signature of it leaves before it was verified.
pub(crate) fn key(key: &NamedKey) -> Result<Box<dyn KeyHandle>, Failure> {
    key_with_id(key, UserId::default())
}

/// The same under another user ID, which devices do not take.
pub(crate) fn key_with_id(key: &NamedKey, id: UserId) -> Result<Box<dyn KeyHandle>, Failure> {
    let found: Box<dyn KeyHandle> = match secret(key)? {
        Some(secret) => Box::new(SoftKey::new(SigningKey::new(secret, id.clone()))),
        None if id != UserId::default() => {
            let message = "a key that is in no file signs under the user ID of certificates";
            return Err(Failure::Usage(message.into()));
        }
        None => {
            let found = name_of(key).open_key(&mut ask);
            found.map_err(|source| key.failure(source))?
        }
    };
    Ok(checked(found, id))
}

/// A key none of whose signatures leaves before it was verified.
pub(crate) fn checked(key: Box<dyn KeyHandle>, id: UserId) -> Box<dyn KeyHandle> {
    if id == UserId::default() {
        return Box::new(Checked::new(key));
    }
    let algorithm = Box::new(Sm2Sm3::with_id(id));
    Box::new(Checked::with_algorithms(key, vec![algorithm]))
}

/// The octets of a key in a file; `None` for one that nobody sees.
pub(crate) fn secret(key: &NamedKey) -> Result<Option<SecretKey>, Failure> {
    let KeyUri::File(name) = &key.key else {
        return Ok(None);
    };
    let password_file = match (&key.password_file, &name.pin) {
        (Some(file), _) => Some(file),
        (None, None) => None,
        (None, Some(PinSource::File(path))) => Some(path),
        (None, Some(other)) => {
            other.read().map_err(|source| key.failure(source))?;
            None
        }
    };
    keys::secret_at(&name.path, password_file.map(|path| &**path)).map(Some)
}

/// The token that a name means.
pub(crate) fn token(key: &NamedKey) -> Result<Opened, Failure> {
    let opened = name_of(key).open(&mut ask);
    opened.map_err(|source| key.failure(source))
}

/// Decrypts with the encryption key that a name means, where it lies; what is inside says
/// whether the ciphertext is for it.
pub(crate) fn decrypt(
    key: &NamedKey,
    ciphertext: &Ciphertext,
) -> Result<Result<Zeroizing<Vec<u8>>, gm_crypto::Error>, Failure> {
    let opened = token(key)?;
    let label = opened.label.as_ref();
    let label = label.ok_or_else(|| key.failure("names no key"))?;
    let decryption = opened.token.as_decryption();
    let decryption = decryption.ok_or_else(|| key.failure("does not decrypt"))?;
    let found = decryption.decryption_key(label);
    match found.and_then(|found| found.decrypt(ciphertext)) {
        Ok(text) => Ok(Ok(text)),
        Err(Error::Crypto { source }) => Ok(Err(source)),
        Err(source) => Err(key.failure(source)),
    }
}

/// The name, with the file of the PIN that the arguments name.
pub(crate) fn name_of(key: &NamedKey) -> KeyUri {
    let name = match &key.password_file {
        None => key.key.clone(),
        Some(file) => key.key.clone().with_pin(PinSource::File(file.clone())),
    };
    name.files().iter().for_each(|file| output::remember(file));
    name
}

/// Asks for a PIN, with the tries that are left.
pub(crate) fn ask(wanted: &PinWanted) -> Result<Option<Password>, Error> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let tries = wanted.remaining.map_or_else(String::new, |tries| {
        let word = if tries == 1 { "try" } else { "tries" };
        format!(" ({tries} {word} left)")
    });
    let note = wanted
        .note
        .map_or_else(String::new, |note| format!(" ({note})"));
    let prompt = format!("PIN of {}{tries}{note}: ", wanted.place);
    let typed = rpassword::prompt_password(prompt).map(Zeroizing::new);
    let typed = typed.map_err(|source| Error::Io {
        action: "ask for a PIN on",
        path: "the terminal".into(),
        source,
    })?;
    Password::new(typed.as_bytes()).map(Some)
}
