//! PINs, whose they are, and what is known of them.

use crate::{Error, Result};
use std::fmt;
use zeroize::Zeroizing;

/// Who logs in to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// PKCS#11's security officer; GM/T 0016's administrator. Sets and unblocks the
    /// user's PIN, uses no key.
    Administrator,
    /// Uses the keys.
    User,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::User => "user",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A PIN: 4 to 64 octets, wiped when dropped, silent in `Debug`.
#[derive(Clone)]
pub struct Pin(Zeroizing<Vec<u8>>);

impl Pin {
    /// Octets of the shortest PIN.
    pub const MIN_LENGTH: usize = 4;
    /// Octets of the longest PIN.
    pub const MAX_LENGTH: usize = 64;

    /// Takes the octets of a PIN; those of a `String` or `Vec` are moved here and wiped
    /// here.
    ///
    /// # Errors
    /// [`Error::PinLength`].
    pub fn new(octets: impl Into<Vec<u8>>) -> Result<Self> {
        let octets = Zeroizing::new(octets.into());
        if !(Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&octets.len()) {
            return Err(Error::PinLength {
                found: octets.len(),
            });
        }
        Ok(Self(octets))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pin").finish_non_exhaustive()
    }
}

/// What anybody may know of a PIN (GM/T 0016, `SKF_GetPINInfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PinState {
    /// Wrong tries in a row that lock it: 1 to 255.
    pub maximum: u32,
    /// Tries left; at 0 it is locked.
    pub remaining: u32,
    /// Whether it is still the one that somebody else set: to be changed.
    pub initial: bool,
}
