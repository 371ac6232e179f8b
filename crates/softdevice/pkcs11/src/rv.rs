//! What a function returns when it does not succeed.

use cryptoki_sys::*;
use softdevice::Error;

/// A code of PKCS#11 other than `CKR_OK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rv(pub(crate) CK_RV);

pub(crate) type Result<T> = std::result::Result<T, Rv>;

impl From<Error> for Rv {
    fn from(error: Error) -> Self {
        Self(match error {
            Error::PinIncorrect { remaining: 0, .. } | Error::PinLocked { .. } => CKR_PIN_LOCKED,
            Error::PinIncorrect { .. } => CKR_PIN_INCORRECT,
            Error::PinLength { .. } => CKR_PIN_LEN_RANGE,
            Error::PinUnset { .. } => CKR_USER_PIN_NOT_INITIALIZED,
            Error::NotPermitted { .. } => CKR_USER_NOT_LOGGED_IN,
            Error::NoSuchObject => CKR_OBJECT_HANDLE_INVALID,
            Error::NoSuchApplication { .. } | Error::NoStore { .. } => CKR_TOKEN_NOT_PRESENT,
            Error::ApplicationExists { .. } => CKR_ARGUMENTS_BAD,
            Error::Foreign { .. } => CKR_TOKEN_NOT_RECOGNIZED,
            Error::Name { .. } => CKR_ATTRIBUTE_VALUE_INVALID,
            Error::TooLarge { .. } => CKR_DEVICE_MEMORY,
            Error::KeyKind { .. } => CKR_KEY_TYPE_INCONSISTENT,
            Error::Length { .. } => CKR_DATA_LEN_RANGE,
            Error::Random | Error::Crypto { .. } => CKR_FUNCTION_FAILED,
            Error::Damaged { .. } => CKR_DEVICE_ERROR,
            _ => CKR_DEVICE_ERROR,
        })
    }
}

/// An output, by the rule of PKCS#11 2.40, 5.2: who asks for the length gets it, who has
/// too little room keeps the operation.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The length, because no buffer was given.
    Length(usize),
    /// The length, because the buffer is shorter.
    TooSmall(usize),
    Octets(Vec<u8>),
}

/// Says whether there is room for `length` octets; `room` is none when there is no buffer.
pub(crate) fn room_for(room: Option<usize>, length: usize) -> Option<Reply> {
    match room {
        None => Some(Reply::Length(length)),
        Some(room) if room < length => Some(Reply::TooSmall(length)),
        Some(_) => None,
    }
}
