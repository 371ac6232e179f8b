//! The one error of this crate.

use crate::{KeyLabel, Password};
use der::asn1::ObjectIdentifier;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a key cannot be had or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No key under this label.
    #[error("no key {label}: see which labels the token has, or generate the key")]
    NoSuchKey {
        /// The label.
        label: KeyLabel,
    },

    /// A key lies under this label already, and is left as it is.
    #[error("key {label} exists: choose another label")]
    KeyExists {
        /// The label.
        label: KeyLabel,
    },

    /// A label of no character or too many.
    #[error("key label has {found} characters: use 1 to {}", KeyLabel::MAX_LENGTH)]
    LabelLength {
        /// Its characters.
        found: usize,
    },

    /// A label with a character that is not of the alphabet.
    #[error("key label has {found:?}: use a-z, 0-9, . and - alone")]
    LabelCharacter {
        /// The first such character.
        found: char,
    },

    /// A password of no octet or too many.
    #[error("password has {found} octets: use 1 to {}", Password::MAX_LENGTH)]
    PasswordLength {
        /// Its octets.
        found: usize,
    },

    /// A password file with no octet or too many.
    #[error(
        "{}: a password file holds 1 to {} octets and one line end",
        path.display(),
        Password::MAX_LENGTH
    )]
    PasswordFile {
        /// The file.
        path: PathBuf,
    },

    /// A key file does not open under the token's password. Damage to the
    /// ciphertext shows in the same way.
    #[error("{}: the password is wrong, or the file is damaged", path.display())]
    WrongPassword {
        /// The key file.
        path: PathBuf,
    },

    /// A key file is no encrypted key: cut, overwritten, or of another kind.
    #[error("{}: not a whole encrypted key file: restore it from a backup", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What it should have been.
        source: gm_crypto::Error,
    },

    /// The system refused a file operation.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },

    /// A device refused.
    #[error("device failed in {call} with code {code:#x}")]
    Device {
        /// The device's function, by the name in its standard.
        call: &'static str,
        /// What it returned.
        code: u32,
    },

    /// Making, wrapping or using a key failed in this process.
    #[error("key operation failed")]
    Crypto {
        /// Why.
        source: gm_crypto::Error,
    },

    /// A signature came that does not fit the key's public half. It was thrown
    /// away; the device must not be used until the reason is known.
    #[error("key made a signature that does not verify: take the device out of service")]
    BadSignature,

    /// A key signs with an algorithm that [`Checked`](crate::Checked) was not given.
    #[error("key signs with {algorithm}, which is not among the algorithms to check with")]
    Uncheckable {
        /// The algorithm of the key.
        algorithm: ObjectIdentifier,
    },
}

impl Error {
    /// Wraps an I/O error with what was tried on which path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.into(),
            source,
        }
    }
}
