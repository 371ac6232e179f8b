//! PINs of an application (GM/T 0016-2012, 7.2).

use super::{
    application::Application,
    code::{self, ALREADY_LOGGED_IN, PIN_INCORRECT, PIN_INVALID, PIN_LENGTH, PIN_LOCKED},
    garbage, sys,
};
use crate::Error;
use std::ffi::CStr;
use zeroize::Zeroizing;

/// Whose PIN (GM/T 0016-2012, `ADMIN_TYPE` and `USER_TYPE`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkfPinKind {
    /// The administrator's, which unblocks the user's.
    Administrator,
    /// The user's, which the keys ask for.
    User,
}

impl SkfPinKind {
    fn number(self) -> u32 {
        match self {
            Self::Administrator => 0,
            Self::User => 1,
        }
    }
}

/// What a device says of a PIN (`SKF_GetPINInfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkfPinState {
    /// The wrong tries after which it is locked.
    pub maximum: u32,
    /// Those that are left; 0 when it is locked.
    pub remaining: u32,
    /// Whether it is still the one that the device came with.
    pub initial: bool,
}

/// A PIN for C: wiped when dropped.
pub(super) struct PinText(Zeroizing<Vec<u8>>);

impl PinText {
    /// # Errors
    /// [`Error::PinLength`] for a PIN with a zero octet, which C cannot say.
    pub(super) fn new(octets: &[u8]) -> Result<Self, Error> {
        let text = Zeroizing::new([octets, &[0]].concat());
        match CStr::from_bytes_with_nul(&text) {
            Ok(_) => Ok(Self(text)),
            Err(_) => Err(Error::PinLength),
        }
    }

    pub(super) fn as_c(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

impl Application {
    /// What the device says of a PIN, if it says anything.
    pub(super) fn pin_state(&self, kind: SkfPinKind) -> Result<Option<SkfPinState>, Error> {
        let info = match self.raw().pin_info(kind.number()) {
            Ok(info) => info,
            Err(Error::Unsupported { .. }) => return Ok(None),
            Err(error) if code::of(&error) == Some(code::NOT_SUPPORTED) => return Ok(None),
            Err(error) => return Err(error),
        };
        let count = |value| {
            u32::try_from(value)
                .map_err(|_| garbage("SKF_GetPINInfo")("a count of more than 32 bits"))
        };
        Ok(Some(SkfPinState {
            maximum: count(info.maximum)?,
            remaining: count(info.remaining)?,
            initial: info.initial,
        }))
    }

    /// The same before a PIN is presented: one that is locked is not.
    pub(super) fn open_pin(&self, kind: SkfPinKind) -> Result<Option<SkfPinState>, Error> {
        match self.pin_state(kind)? {
            Some(SkfPinState { remaining: 0, .. }) => Err(Error::PinLocked),
            state => Ok(state),
        }
    }

    pub(super) fn verify_pin(&self, kind: SkfPinKind, pin: &PinText) -> Result<(), Error> {
        let verify = || {
            let result = self.raw().verify_pin(kind.number(), pin.as_c());
            result.map_err(refused)
        };
        match verify() {
            // By another connection: this PIN was not compared.
            Err(error) if code::of(&error) == Some(ALREADY_LOGGED_IN) => {
                match self.raw().clear_secure_state() {
                    Err(Error::Unsupported { .. }) => Err(error),
                    cleared => cleared.and_then(|()| verify()),
                }
            }
            result => result,
        }
    }

    pub(super) fn change_pin(
        &self,
        kind: SkfPinKind,
        old: &PinText,
        new: &PinText,
    ) -> Result<(), Error> {
        let result = self.raw().change_pin(kind.number(), old.as_c(), new.as_c());
        result.map_err(refused)
    }

    pub(super) fn unblock_pin(&self, administrator: &PinText, new: &PinText) -> Result<(), Error> {
        let result = self.raw().unblock_pin(administrator.as_c(), new.as_c());
        result.map_err(refused)
    }
}

/// What a refusal means.
fn refused(refusal: sys::Refusal) -> Error {
    match code::of(&refusal.error) {
        Some(PIN_INCORRECT | PIN_INVALID) => Error::WrongPin {
            remaining: refusal.remaining,
        },
        Some(PIN_LOCKED) => Error::PinLocked,
        Some(PIN_LENGTH) => Error::PinLength,
        _ => refusal.error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_no_zero_octet() {
        assert_eq!(
            PinText::new(b"123456").unwrap().as_c().to_bytes(),
            b"123456"
        );
        assert!(matches!(PinText::new(b"12\x0034"), Err(Error::PinLength)));
    }
}
