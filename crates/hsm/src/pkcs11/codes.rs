//! What a module's functions return, by the names of the standard.

use crate::Error;
use cryptoki::{
    context::Function,
    error::{Error as CallError, RvError},
};

macro_rules! codes {
    ($($variant:ident = $code:literal $name:ident,)*) => {
        /// Code and name of a return value (PKCS#11 3.1, 5.1; the numbers: its `pkcs11t.h`).
        pub(super) fn code_and_name(value: RvError) -> (u64, &'static str) {
            match value {
                $(RvError::$variant => ($code, stringify!($name)),)*
                RvError::VendorDefined(code) => (u64::from(code), "a vendor's own code"),
                RvError::UnknownErrorCode(code) => (u64::from(code), "not a code of PKCS#11"),
            }
        }
    };
}

codes! {
    Cancel = 0x1 CKR_CANCEL,
    HostMemory = 0x2 CKR_HOST_MEMORY,
    SlotIdInvalid = 0x3 CKR_SLOT_ID_INVALID,
    GeneralError = 0x5 CKR_GENERAL_ERROR,
    FunctionFailed = 0x6 CKR_FUNCTION_FAILED,
    ArgumentsBad = 0x7 CKR_ARGUMENTS_BAD,
    NoEvent = 0x8 CKR_NO_EVENT,
    NeedToCreateThreads = 0x9 CKR_NEED_TO_CREATE_THREADS,
    CantLock = 0xa CKR_CANT_LOCK,
    AttributeReadOnly = 0x10 CKR_ATTRIBUTE_READ_ONLY,
    AttributeSensitive = 0x11 CKR_ATTRIBUTE_SENSITIVE,
    AttributeTypeInvalid = 0x12 CKR_ATTRIBUTE_TYPE_INVALID,
    AttributeValueInvalid = 0x13 CKR_ATTRIBUTE_VALUE_INVALID,
    ActionProhibited = 0x1b CKR_ACTION_PROHIBITED,
    DataInvalid = 0x20 CKR_DATA_INVALID,
    DataLenRange = 0x21 CKR_DATA_LEN_RANGE,
    DeviceError = 0x30 CKR_DEVICE_ERROR,
    DeviceMemory = 0x31 CKR_DEVICE_MEMORY,
    DeviceRemoved = 0x32 CKR_DEVICE_REMOVED,
    EncryptedDataInvalid = 0x40 CKR_ENCRYPTED_DATA_INVALID,
    EncryptedDataLenRange = 0x41 CKR_ENCRYPTED_DATA_LEN_RANGE,
    FunctionCanceled = 0x50 CKR_FUNCTION_CANCELED,
    FunctionNotParallel = 0x51 CKR_FUNCTION_NOT_PARALLEL,
    FunctionNotSupported = 0x54 CKR_FUNCTION_NOT_SUPPORTED,
    KeyHandleInvalid = 0x60 CKR_KEY_HANDLE_INVALID,
    KeySizeRange = 0x62 CKR_KEY_SIZE_RANGE,
    KeyTypeInconsistent = 0x63 CKR_KEY_TYPE_INCONSISTENT,
    KeyNotNeeded = 0x64 CKR_KEY_NOT_NEEDED,
    KeyChanged = 0x65 CKR_KEY_CHANGED,
    KeyNeeded = 0x66 CKR_KEY_NEEDED,
    KeyIndigestible = 0x67 CKR_KEY_INDIGESTIBLE,
    KeyFunctionNotPermitted = 0x68 CKR_KEY_FUNCTION_NOT_PERMITTED,
    KeyNotWrappable = 0x69 CKR_KEY_NOT_WRAPPABLE,
    KeyUnextractable = 0x6a CKR_KEY_UNEXTRACTABLE,
    MechanismInvalid = 0x70 CKR_MECHANISM_INVALID,
    MechanismParamInvalid = 0x71 CKR_MECHANISM_PARAM_INVALID,
    ObjectHandleInvalid = 0x82 CKR_OBJECT_HANDLE_INVALID,
    OperationActive = 0x90 CKR_OPERATION_ACTIVE,
    OperationNotInitialized = 0x91 CKR_OPERATION_NOT_INITIALIZED,
    PinIncorrect = 0xa0 CKR_PIN_INCORRECT,
    PinInvalid = 0xa1 CKR_PIN_INVALID,
    PinLenRange = 0xa2 CKR_PIN_LEN_RANGE,
    PinExpired = 0xa3 CKR_PIN_EXPIRED,
    PinLocked = 0xa4 CKR_PIN_LOCKED,
    SessionClosed = 0xb0 CKR_SESSION_CLOSED,
    SessionCount = 0xb1 CKR_SESSION_COUNT,
    SessionHandleInvalid = 0xb3 CKR_SESSION_HANDLE_INVALID,
    SessionParallelNotSupported = 0xb4 CKR_SESSION_PARALLEL_NOT_SUPPORTED,
    SessionReadOnly = 0xb5 CKR_SESSION_READ_ONLY,
    SessionExists = 0xb6 CKR_SESSION_EXISTS,
    SessionReadOnlyExists = 0xb7 CKR_SESSION_READ_ONLY_EXISTS,
    SessionReadWriteSoExists = 0xb8 CKR_SESSION_READ_WRITE_SO_EXISTS,
    SignatureInvalid = 0xc0 CKR_SIGNATURE_INVALID,
    SignatureLenRange = 0xc1 CKR_SIGNATURE_LEN_RANGE,
    TemplateIncomplete = 0xd0 CKR_TEMPLATE_INCOMPLETE,
    TemplateInconsistent = 0xd1 CKR_TEMPLATE_INCONSISTENT,
    TokenNotPresent = 0xe0 CKR_TOKEN_NOT_PRESENT,
    TokenNotRecognized = 0xe1 CKR_TOKEN_NOT_RECOGNIZED,
    TokenWriteProtected = 0xe2 CKR_TOKEN_WRITE_PROTECTED,
    UnwrappingKeyHandleInvalid = 0xf0 CKR_UNWRAPPING_KEY_HANDLE_INVALID,
    UnwrappingKeySizeRange = 0xf1 CKR_UNWRAPPING_KEY_SIZE_RANGE,
    UnwrappingKeyTypeInconsistent = 0xf2 CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT,
    UserAlreadyLoggedIn = 0x100 CKR_USER_ALREADY_LOGGED_IN,
    UserNotLoggedIn = 0x101 CKR_USER_NOT_LOGGED_IN,
    UserPinNotInitialized = 0x102 CKR_USER_PIN_NOT_INITIALIZED,
    UserTypeInvalid = 0x103 CKR_USER_TYPE_INVALID,
    UserAnotherAlreadyLoggedIn = 0x104 CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
    UserTooManyTypes = 0x105 CKR_USER_TOO_MANY_TYPES,
    WrappedKeyInvalid = 0x110 CKR_WRAPPED_KEY_INVALID,
    WrappedKeyLenRange = 0x112 CKR_WRAPPED_KEY_LEN_RANGE,
    WrappingKeyHandleInvalid = 0x113 CKR_WRAPPING_KEY_HANDLE_INVALID,
    WrappingKeySizeRange = 0x114 CKR_WRAPPING_KEY_SIZE_RANGE,
    WrappingKeyTypeInconsistent = 0x115 CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
    RandomSeedNotSupported = 0x120 CKR_RANDOM_SEED_NOT_SUPPORTED,
    RandomNoRng = 0x121 CKR_RANDOM_NO_RNG,
    DomainParamsInvalid = 0x130 CKR_DOMAIN_PARAMS_INVALID,
    CurveNotSupported = 0x140 CKR_CURVE_NOT_SUPPORTED,
    BufferTooSmall = 0x150 CKR_BUFFER_TOO_SMALL,
    SavedStateInvalid = 0x160 CKR_SAVED_STATE_INVALID,
    InformationSensitive = 0x170 CKR_INFORMATION_SENSITIVE,
    StateUnsaveable = 0x180 CKR_STATE_UNSAVEABLE,
    CryptokiNotInitialized = 0x190 CKR_CRYPTOKI_NOT_INITIALIZED,
    CryptokiAlreadyInitialized = 0x191 CKR_CRYPTOKI_ALREADY_INITIALIZED,
    MutexBad = 0x1a0 CKR_MUTEX_BAD,
    MutexNotLocked = 0x1a1 CKR_MUTEX_NOT_LOCKED,
    NewPinMode = 0x1b0 CKR_NEW_PIN_MODE,
    NextOtp = 0x1b1 CKR_NEXT_OTP,
    ExceededMaxIterations = 0x1b5 CKR_EXCEEDED_MAX_ITERATIONS,
    FipsSelfTestFailed = 0x1b6 CKR_FIPS_SELF_TEST_FAILED,
    LibraryLoadFailed = 0x1b7 CKR_LIBRARY_LOAD_FAILED,
    PinTooWeak = 0x1b8 CKR_PIN_TOO_WEAK,
    PublicKeyInvalid = 0x1b9 CKR_PUBLIC_KEY_INVALID,
    FunctionRejected = 0x200 CKR_FUNCTION_REJECTED,
}

macro_rules! functions {
    ($($function:ident)*) => {
        fn function_name(function: Function) -> &'static str {
            match function {
                $(Function::$function => concat!("C_", stringify!($function)),)*
                _ => "a function of PKCS#11",
            }
        }
    };
}

functions! {
    Initialize Finalize GetInfo GetFunctionList GetSlotList GetSlotInfo GetTokenInfo
    GetMechanismList GetMechanismInfo InitToken InitPIN SetPIN OpenSession CloseSession
    CloseAllSessions GetSessionInfo GetOperationState SetOperationState Login Logout CreateObject
    CopyObject DestroyObject GetObjectSize GetAttributeValue SetAttributeValue FindObjectsInit
    FindObjects FindObjectsFinal EncryptInit Encrypt EncryptUpdate EncryptFinal DecryptInit
    Decrypt DecryptUpdate DecryptFinal DigestInit Digest DigestUpdate DigestKey DigestFinal
    SignInit Sign SignUpdate SignFinal SignRecoverInit SignRecover VerifyInit Verify VerifyUpdate
    VerifyFinal VerifyRecoverInit VerifyRecover DigestEncryptUpdate DecryptDigestUpdate
    SignEncryptUpdate DecryptVerifyUpdate GenerateKey GenerateKeyPair WrapKey UnwrapKey DeriveKey
    SeedRandom GenerateRandom GetFunctionStatus CancelFunction WaitForSlotEvent GetInterfaceList
    GetInterface LoginUser SessionCancel
}

/// Whether a code says that the token, or the session with it, is no more: after all of
/// these a new session is the one way on. One that was logged in and is not any more
/// belongs to a token that was reset; one in which an operation is going on that nobody
/// here began takes no other.
fn is_gone(value: RvError) -> bool {
    matches!(
        value,
        RvError::DeviceError
            | RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::TokenNotRecognized
            | RvError::SlotIdInvalid
            | RvError::OperationActive
            | RvError::SessionClosed
            | RvError::SessionHandleInvalid
            | RvError::UserNotLoggedIn
            | RvError::CryptokiNotInitialized
    )
}

/// The error of a call; `call` names it where the binding does not.
pub(super) fn error(call: &'static str, error: CallError) -> Error {
    match error {
        CallError::Pkcs11(value, function) => {
            let (code, name) = code_and_name(value);
            let call = function_name(function);
            match value {
                RvError::PinLocked => Error::PinLocked,
                RvError::PinExpired => Error::InitialPin,
                // The operation goes on after this (PKCS#11 3.1, 5.2), and the binding does
                // not end it.
                RvError::BufferTooSmall => Error::Garbage {
                    call,
                    what: "more octets than it asked room for (CKR_BUFFER_TOO_SMALL)",
                },
                value if is_gone(value) => Error::DeviceGone { call, code, name },
                _ => Error::Device { call, code, name },
            }
        }
        CallError::NullFunctionPointer => {
            let (code, _) = code_and_name(RvError::FunctionNotSupported);
            let name = "the library leaves the function out";
            Error::Device { call, code, name }
        }
        _ => Error::Garbage {
            call,
            what: "a value that PKCS#11 does not have",
        },
    }
}

/// The code of a call that was refused.
pub(super) fn refusal(error: &CallError) -> Option<RvError> {
    match error {
        CallError::Pkcs11(value, _) => Some(*value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_function_and_the_code() {
        let refused = CallError::Pkcs11(RvError::KeyFunctionNotPermitted, Function::SignInit);
        let text = error("?", refused).to_string();
        assert_eq!(
            text,
            "C_SignInit returned 0x00000068 (CKR_KEY_FUNCTION_NOT_PERMITTED)"
        );
        let vendors = CallError::Pkcs11(RvError::VendorDefined(0x8000_0063), Function::Sign);
        assert!(error("?", vendors).to_string().contains("0x80000063"));
    }

    #[test]
    fn a_token_that_was_pulled_is_gone_and_one_that_refuses_is_not() {
        let gone = |value| {
            let call = CallError::Pkcs11(value, Function::Sign);
            matches!(error("?", call), Error::DeviceGone { call: "C_Sign", .. })
        };
        for value in [
            RvError::DeviceRemoved,
            RvError::TokenNotPresent,
            RvError::SessionHandleInvalid,
            RvError::SessionClosed,
            RvError::DeviceError,
            RvError::UserNotLoggedIn,
            RvError::OperationActive,
        ] {
            assert!(gone(value), "{value:?}");
        }
        for value in [
            RvError::FunctionFailed,
            RvError::DeviceMemory,
            RvError::SessionCount,
            RvError::KeyHandleInvalid,
        ] {
            assert!(!gone(value), "{value:?}");
        }
    }

    #[test]
    fn what_leaves_an_operation_going_on_ends_the_session() {
        for value in [RvError::OperationActive, RvError::BufferTooSmall] {
            let error = error("?", CallError::Pkcs11(value, Function::Sign));
            assert!(error.ends_session(), "{error:?}");
            assert!(error.to_string().contains("C_Sign"), "{error}");
        }
    }
}
