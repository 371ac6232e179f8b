//! The one error of this crate.

use crate::{KeyKind, KeyUse, Role};
use std::{io, path::PathBuf};

/// A result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why the device does not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither `SOFTDEVICE_STORE` nor a home directory says where the store is.
    #[error("no path: set SOFTDEVICE_STORE to the file of the device")]
    NoPath,

    /// There is no file at the path.
    #[error("no device at {}: make one first", path.display())]
    NoStore {
        /// Where it was looked for.
        path: PathBuf,
    },

    /// A device exists at the path, and is not made anew.
    #[error("a device exists at {}", path.display())]
    StoreExists {
        /// The path.
        path: PathBuf,
    },

    /// The file is something else than a device of this version.
    #[error("{} is {found}, not the store of a device", path.display())]
    Foreign {
        /// The path.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },

    /// The system refused a file or directory.
    #[error("{}", path.display())]
    File {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The database refused.
    #[error("the store failed while {during}")]
    Database {
        /// What was being done.
        during: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },

    /// A record of the store is not what was written: it was changed, moved or cut.
    #[error("the store holds a damaged {what}")]
    Damaged {
        /// The record.
        what: &'static str,
    },

    /// A name that cannot be given: empty, too long, or with a zero octet.
    #[error("{what}: 1 to {most} octets without zeros are allowed")]
    Name {
        /// What the name is of.
        what: &'static str,
        /// Octets of the longest.
        most: usize,
    },

    /// No application has this name.
    #[error("no application {name:?}")]
    NoSuchApplication {
        /// The name.
        name: String,
    },

    /// An application has this name already.
    #[error("an application {name:?} exists")]
    ApplicationExists {
        /// The name.
        name: String,
    },

    /// No container has this name or number.
    #[error("no container {name:?}")]
    NoSuchContainer {
        /// Its name, or its number in digits.
        name: String,
    },

    /// A container has this name already.
    #[error("a container {name:?} exists")]
    ContainerExists {
        /// The name.
        name: String,
    },

    /// Another container has this number.
    #[error("the number {number} is another container's")]
    NumberTaken {
        /// The number.
        number: u32,
    },

    /// The object is not there, or no longer.
    #[error("no such object")]
    NoSuchObject,

    /// The container has no such key or certificate.
    #[error("the container has no {what} for {for_use}")]
    PlaceEmpty {
        /// Key pair or certificate.
        what: &'static str,
        /// What it would be for.
        for_use: KeyUse,
    },

    /// The container has such a key pair already, which is not overwritten.
    #[error("the container has a key pair for {for_use}")]
    PlaceTaken {
        /// What it is for.
        for_use: KeyUse,
    },

    /// No file has this name.
    #[error("no file {name:?}")]
    NoSuchFile {
        /// The name.
        name: String,
    },

    /// A file has this name already.
    #[error("a file {name:?} exists")]
    FileExists {
        /// The name.
        name: String,
    },

    /// Offset and length reach beyond the file.
    #[error("octets {offset} to {offset} + {length} of a file that has {size}")]
    FileRange {
        /// The offset asked for.
        offset: usize,
        /// The length asked for.
        length: usize,
        /// The file's size.
        size: usize,
    },

    /// More than the device has room for.
    #[error("{what}: more than {limit}")]
    TooLarge {
        /// What is too large or too many.
        what: &'static str,
        /// The most there may be.
        limit: usize,
    },

    /// A number outside its range.
    #[error("{what} is {found}; {least} to {most} is allowed")]
    Range {
        /// What the number is.
        what: &'static str,
        /// What was given.
        found: u64,
        /// The least allowed.
        least: u64,
        /// The most allowed.
        most: u64,
    },

    /// A PIN of a length that none has.
    #[error("a PIN has {least} to {most} octets, not {found}", least = crate::Pin::MIN_LENGTH, most = crate::Pin::MAX_LENGTH)]
    PinLength {
        /// Octets given.
        found: usize,
    },

    /// The PIN is wrong; a try is gone.
    #[error("wrong PIN of the {role}, {remaining} tries left")]
    PinIncorrect {
        /// Whose PIN.
        role: Role,
        /// Tries left; at 0 it is locked.
        remaining: u32,
    },

    /// No try is left. The administrator can give the user a new PIN; nobody can give
    /// one to the administrator.
    #[error("the PIN of the {role} is locked")]
    PinLocked {
        /// Whose PIN.
        role: Role,
    },

    /// The user has no PIN yet; the administrator sets it.
    #[error("the {role} has no PIN yet")]
    PinUnset {
        /// Whose PIN.
        role: Role,
    },

    /// The response to a challenge was not made with the device's key.
    #[error("the device key is another")]
    DeviceKey,

    /// The role may not do this.
    #[error("the {role} may not {what}")]
    NotPermitted {
        /// Who is logged in.
        role: Role,
        /// What was asked.
        what: &'static str,
    },

    /// The operation does not exist for this kind of key.
    #[error("{operation} is not for a key of {kind}")]
    KeyKind {
        /// The operation.
        operation: &'static str,
        /// The kind.
        kind: KeyKind,
    },

    /// An input has another length than the algorithm takes.
    #[error("{what} of {found} octets")]
    Length {
        /// The input.
        what: &'static str,
        /// Its length.
        found: usize,
    },

    /// A value is no key, point or signature of its kind; a signature does not fit; a
    /// ciphertext does not open.
    #[error("{what}")]
    Crypto {
        /// What was being done.
        what: &'static str,
        /// What the algorithm said, where it says something.
        source: Option<gm_crypto::Error>,
    },

    /// The process is a child that was forked while its parent used the device, for longer
    /// than a fork waits: what was in use then stays so in this process.
    #[error("the process was forked while the device was in use")]
    ForkedInUse,

    /// The random source failed.
    #[error("random source failed")]
    Random,
}

impl Error {
    pub(crate) fn crypto(what: &'static str) -> impl FnOnce(gm_crypto::Error) -> Self {
        move |source| Self::Crypto {
            what,
            source: Some(source),
        }
    }

    /// A refusal of which no more is said.
    pub(crate) fn refused(what: &'static str) -> Self {
        Self::Crypto { what, source: None }
    }
}
