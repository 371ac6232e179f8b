//! The one error of this crate.

use crate::{KeyLabel, Password};
use der::asn1::ObjectIdentifier;
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
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
    #[error("{call} returned {code:#010x} ({name})")]
    Device {
        /// The device's function, by the name in its standard.
        call: &'static str,
        /// What it returned.
        code: u64,
        /// The name of that code in the standard, or what is known of it.
        name: &'static str,
    },

    /// The device, or the session with it, is gone. Whoever asks again gets a new
    /// session, once the device is there again.
    #[error("the device is gone: {call} returned {code:#010x} ({name})")]
    DeviceGone {
        /// The device's function, by the name in its standard.
        call: &'static str,
        /// What it returned.
        code: u64,
        /// The name of that code in the standard, or what is known of it.
        name: &'static str,
    },

    /// A device said that all went well and gave something that cannot be.
    #[error("{call} gave {what}: take the device out of service")]
    Garbage {
        /// The device's function, by the name in its standard.
        call: &'static str,
        /// What is wrong with what it gave.
        what: &'static str,
    },

    /// A call to the device did not come back in time. It may still be going on; the
    /// session is given up, and what it was to do may or may not have happened.
    #[error("{call} did not return within {} ms: the session was given up", limit.as_millis())]
    TimedOut {
        /// What was being done.
        call: &'static str,
        /// The time it was given.
        limit: Duration,
    },

    /// A device gives no further session.
    #[error("{call} returned {code:#010x} ({name}): the device has no session left")]
    SessionLimit {
        /// The device's function, by the name in its standard.
        call: &'static str,
        /// What it returned.
        code: u64,
        /// The name of that code in the standard, or what is known of it.
        name: &'static str,
    },

    /// What was being done in a session panicked: a fault in this program. The session
    /// was given up.
    #[error("{call} ended with a panic: report it as a fault of this program")]
    Panicked {
        /// What was being done.
        call: &'static str,
    },

    /// All sessions are busy, and the queue for them is full or moved too slowly.
    #[error("all {sessions} sessions with the device are busy: ask again later")]
    Busy {
        /// The sessions there are.
        sessions: usize,
    },

    /// A handle was used in a process that was forked from the one that made it.
    #[error("the device was opened by another process: open it anew after a fork")]
    Forked,

    /// A shared library cannot be loaded.
    #[error("cannot load the library {}", path.display())]
    Library {
        /// The library.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A shared library lacks functions of the interface.
    #[error("{} is no {interface} library: it has no {symbol}", path.display())]
    NotTheInterface {
        /// The library.
        path: PathBuf,
        /// The interface that was wanted.
        interface: &'static str,
        /// The first function that is missing.
        symbol: &'static str,
    },

    /// No device, token or application fits; or no key, where it was described by
    /// something that is no label.
    #[error("no {what} fits{}: there {}", named(wanted), listed(found))]
    NoSuchToken {
        /// What was looked for: device, token, application, key.
        what: &'static str,
        /// How it was described; empty for any.
        wanted: String,
        /// The names of those that are there.
        found: Vec<String>,
    },

    /// More than one device, token, application or key fits.
    #[error("{} {what}s fit{}: name one of {}", found.len(), named(wanted), found.join(", "))]
    SeveralTokens {
        /// What was looked for: device, token, application, key.
        what: &'static str,
        /// How it was described; empty for any.
        wanted: String,
        /// The names of those that fit.
        found: Vec<String>,
    },

    /// A PIN was wrong. It will not be tried again by this process.
    #[error("the PIN is wrong{}: it is not tried again", tries(*remaining))]
    WrongPin {
        /// The tries that are left, where the device says.
        remaining: Option<u32>,
    },

    /// A PIN that was wrong before was not tried again.
    #[error("the PIN was refused before and was not tried again: give another one")]
    PinRefused,

    /// A PIN is locked: too many tries.
    #[error("the PIN is locked: it has to be unblocked with the administrator's PIN")]
    PinLocked,

    /// A PIN of a length that the device does not take.
    #[error("the device does not take a PIN of this length")]
    PinLength,

    /// A PIN is still the one that the device came with.
    #[error("the PIN is the initial one: it has to be changed before the device is used")]
    InitialPin,

    /// An act needs a PIN, and none was given.
    #[error("the device asks for a PIN: name its file with pin-source, or be there to type it")]
    PinMissing,

    /// A token does not do such a thing.
    #[error("{interface} has no {what}")]
    Unsupported {
        /// What was asked for, with what to do instead.
        what: &'static str,
        /// The interface or kind of token.
        interface: &'static str,
    },

    /// What was written to the device came back as something else.
    #[error("what {call} wrote came back changed: take the device out of service")]
    ReadBack {
        /// The device's function that wrote, by the name in its standard.
        call: &'static str,
    },

    /// A name of a key (a PKCS#11 URI, or one of its like) that cannot be read.
    #[error("cannot read the name of a key at {at:?}: {what}")]
    Uri {
        /// The part that is wrong.
        at: String,
        /// What is wrong with it.
        what: &'static str,
    },

    /// A description of a vendor's devices that cannot be read.
    #[error("{origin}: {what}")]
    Vendor {
        /// The file, or the name of one that is built in.
        origin: String,
        /// What is wrong, with the line and the field.
        what: String,
    },

    /// A command that signs failed.
    #[error("{program} {what}")]
    Command {
        /// The program.
        program: String,
        /// What happened: it did not start, ended with a code, said something that is
        /// no signature.
        what: String,
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

    /// Whether the session in which this happened is of no more use: the device is
    /// gone, hangs, or talks nonsense, or whoever talked with it stopped in between.
    pub fn ends_session(&self) -> bool {
        matches!(
            self,
            Self::DeviceGone { .. }
                | Self::TimedOut { .. }
                | Self::Garbage { .. }
                | Self::Panicked { .. }
        )
    }
}

fn named(wanted: &str) -> String {
    if wanted.is_empty() {
        String::new()
    } else {
        format!(" {wanted:?}")
    }
}

fn listed(found: &[String]) -> String {
    match found {
        [] => "is none".into(),
        [one] => format!("is {one}"),
        several => format!("are {}", several.join(", ")),
    }
}

fn tries(remaining: Option<u32>) -> String {
    match remaining {
        None => String::new(),
        Some(1) => ", 1 try is left".into(),
        Some(count) => format!(", {count} tries are left"),
    }
}
