//! From the name of a key to the key.

#[cfg(any(feature = "pkcs11", feature = "sdf", feature = "skf"))]
mod device;

use crate::{
    Error, ExecUri, ExternalCommand, ExternalKey, FileUri, KeyHandle, KeyLabel, KeyUri, Password,
    PinSource, SoftKey, SoftToken, Token,
};
use gm_crypto::{
    pki::{PrivateKeyFile, PublicKeyFile, SpkiOptions},
    sm2::{SigningKey, UserId},
};
use std::{fs::File, io::Read};
use zeroize::Zeroizing;

/// Octets of the longest key file that is read.
const MAX_FILE_LENGTH: u64 = 1 << 16;

/// A token that a name led to, and the key in it that the name means.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opened {
    /// The token.
    pub token: Box<dyn Token>,
    /// The key; none where the name says only where keys lie.
    pub label: Option<KeyLabel>,
}

/// A PIN or password is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PinWanted {
    /// What it opens, in words.
    pub place: String,
    /// The tries that are left, where a device says.
    pub remaining: Option<u32>,
    /// What else the device says of it.
    pub note: Option<&'static str>,
}

/// Who answers when a PIN or password is wanted and the name does not say where it lies;
/// `None` is no answer.
pub type Ask<'a> = &'a mut dyn FnMut(&PinWanted) -> Result<Option<Password>, Error>;

impl KeyUri {
    /// Opens the key that the name means, to sign with. Its signatures are those of the
    /// device: see [`Checked`](crate::Checked).
    ///
    /// # Errors
    /// [`Error::Uri`] when the name means no key, [`Error::NoSuchKey`] when there is none,
    /// [`Error::PinMissing`] when nobody gives a PIN that is needed; otherwise those of
    /// [`Self::open`].
    pub fn open_key(&self, ask: Ask<'_>) -> Result<Box<dyn KeyHandle>, Error> {
        match self {
            Self::File(name) if !name.path.is_dir() => name.open_key(ask),
            Self::Exec(name) => name.open_key(),
            #[cfg(feature = "pkcs11")]
            Self::Pkcs11(name) => name.open_key(ask),
            _ => {
                let opened = self.open(ask)?;
                let label = opened.label.ok_or(Error::Uri {
                    at: self.to_string(),
                    what: "names no key",
                })?;
                opened.token.key(&label)
            }
        }
    }
}
impl KeyUri {
    /// Opens the token that the name means: a directory of key files, or a device.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key file, a command, and a kind of device that this
    /// program was built without; otherwise the token's.
    pub fn open(&self, ask: Ask<'_>) -> Result<Opened, Error> {
        match self {
            Self::File(name) => name.open(ask),
            Self::Exec(_) => Err(Error::Unsupported {
                what: "keys beside its own: it signs and does nothing else",
                interface: "a command",
            }),
            #[cfg(feature = "pkcs11")]
            Self::Pkcs11(name) => name.open(ask),
            #[cfg(not(feature = "pkcs11"))]
            Self::Pkcs11(_) => Err(absent("PKCS#11 modules")),
            #[cfg(feature = "sdf")]
            Self::Sdf(name) => name.open(ask),
            #[cfg(not(feature = "sdf"))]
            Self::Sdf(_) => Err(absent("devices of GM/T 0018")),
            #[cfg(feature = "skf")]
            Self::Skf(name) => name.open(ask),
            #[cfg(not(feature = "skf"))]
            Self::Skf(_) => Err(absent("devices of GM/T 0016")),
        }
    }
}

#[cfg(not(all(feature = "pkcs11", feature = "sdf", feature = "skf")))]
fn absent(what: &'static str) -> Error {
    Error::Unsupported {
        what,
        interface: "this program",
    }
}

impl FileUri {
    /// A directory of key files, its keys under the names of the files.
    fn open(&self, ask: Ask<'_>) -> Result<Opened, Error> {
        if !self.path.is_dir() {
            return Err(Error::Unsupported {
                what: "keys beside its own: name a directory",
                interface: "a key file",
            });
        }
        let password = pin(self.pin.as_ref(), &self.wanted("keys of"), ask)?;
        Ok(Opened {
            token: Box::new(SoftToken::open(&self.path, password)?),
            label: None,
        })
    }

    /// One key in a file, in any form that is no container of several.
    fn open_key(&self, ask: Ask<'_>) -> Result<Box<dyn KeyHandle>, Error> {
        let path = &self.path;
        // As long as it can get from the start, so that it never moves.
        let mut octets = Zeroizing::new(Vec::with_capacity(1 << 17));
        File::open(path)
            .and_then(|file| file.take(MAX_FILE_LENGTH).read_to_end(&mut octets))
            .map_err(Error::io("read", path))?;
        let failed = |source| match source {
            gm_crypto::Error::WrongPassword => Error::WrongPassword { path: path.clone() },
            source => Error::KeyFile {
                path: path.clone(),
                source,
            },
        };
        let file = PrivateKeyFile::read(&octets).map_err(failed)?;
        let secret = if file.is_encrypted() {
            let password = pin(self.pin.as_ref(), &self.wanted("the key"), ask)?;
            file.open(Some(password.as_bytes()))
        } else {
            file.open(None)
        };
        let key = SigningKey::new(secret.map_err(failed)?, UserId::default());
        Ok(Box::new(SoftKey::new(key)))
    }

    fn wanted(&self, what: &str) -> PinWanted {
        PinWanted {
            place: format!("{what} {}", self.path.display()),
            remaining: None,
            note: None,
        }
    }
}

impl ExecUri {
    /// The key behind the command. Nothing runs before it signs.
    fn open_key(&self) -> Result<Box<dyn KeyHandle>, Error> {
        let path = self.public_key.as_ref().ok_or(Error::Uri {
            at: "exec".to_owned(),
            what: "no public-key, by which signatures are checked",
        })?;
        let mut octets = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_FILE_LENGTH).read_to_end(&mut octets))
            .map_err(Error::io("read", path))?;
        let file = PublicKeyFile::read(&octets, SpkiOptions::default());
        let file = file.map_err(|source| Error::KeyFile {
            path: path.clone(),
            source,
        })?;
        let command = ExternalCommand::new(&self.program, &self.arguments);
        let key = ExternalKey::new(file.key(), command)
            .with_digest_encoding(self.digest)
            .with_signature_encoding(self.signature);
        Ok(Box::new(key))
    }
}

/// What the name says, or else what the answer is.
fn pin(source: Option<&PinSource>, wanted: &PinWanted, ask: Ask<'_>) -> Result<Password, Error> {
    match source {
        Some(source) => source.read(),
        None => ask(wanted)?.ok_or(Error::PinMissing),
    }
}

#[cfg(test)]
mod tests;
