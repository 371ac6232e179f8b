//! What a function returns when it does not succeed.

use cryptoki_sys::*;
use softdevice::{
    Error,
    room::{Reply, Room},
};

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

/// What is answered instead of an output by the rule of PKCS#11 3.0, 5.2: who asks for the
/// length gets it and has begun nothing, who has too little room keeps the operation. None
/// where the output can be made.
pub(crate) fn needs(room: Room, length: usize) -> Option<Reply> {
    match room {
        Room::Octets(room) if room >= length => None,
        _ => Some(Reply::Needs(length)),
    }
}
