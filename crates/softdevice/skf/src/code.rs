//! Return codes (GM/T 0016-2012, annex A).

use softdevice::{structures::Malformed, symmetric::SymmetricError};

/// Where the codes begin.
const BASE: u32 = 0x0A00_0000;

/// A call failed, and this is what it returns: `0x0A000000` and the number here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Code {
    /// `SAR_FAIL`
    Fail = 0x01,
    /// `SAR_UNKNOWNERR`
    Unknown = 0x02,
    /// `SAR_NOTSUPPORTYETERR`
    NotSupported = 0x03,
    /// `SAR_FILEERR`
    File = 0x04,
    /// `SAR_INVALIDHANDLEERR`
    Handle = 0x05,
    /// `SAR_INVALIDPARAMERR`
    Parameter = 0x06,
    /// `SAR_NAMELENERR`
    NameLength = 0x09,
    /// `SAR_KEYUSAGEERR`
    KeyUsage = 0x0A,
    /// `SAR_NOTINITIALIZEERR`: a step without the one before it.
    NotInitialized = 0x0C,
    /// `SAR_OBJERR`
    Object = 0x0D,
    /// `SAR_MEMORYERR`
    Memory = 0x0E,
    /// `SAR_TIMEOUTERR`
    Timeout = 0x0F,
    /// `SAR_INDATALENERR`
    InputLength = 0x10,
    /// `SAR_INDATAERR`
    Input = 0x11,
    /// `SAR_GENRANDERR`
    Random = 0x12,
    /// `SAR_HASHNOTEQUALERR`
    HashNotEqual = 0x1A,
    /// `SAR_KEYNOTFOUNTERR`, misspelt in the standard.
    NoKey = 0x1B,
    /// `SAR_CERTNOTFOUNTERR`, misspelt in the standard.
    NoCertificate = 0x1C,
    /// `SAR_DECRYPTPADERR`
    Padding = 0x1E,
    /// `SAR_BUFFER_TOO_SMALL`
    BufferTooSmall = 0x20,
    /// `SAR_NOT_EVENTERR`
    NoEvent = 0x22,
    /// `SAR_DEVICE_REMOVED`
    DeviceRemoved = 0x23,
    /// `SAR_PIN_INCORRECT`
    PinIncorrect = 0x24,
    /// `SAR_PIN_LOCKED`
    PinLocked = 0x25,
    /// `SAR_PIN_LEN_RANGE`
    PinLength = 0x27,
    /// `SAR_USER_PIN_NOT_INITIALIZED`
    PinUnset = 0x29,
    /// `SAR_USER_TYPE_INVALID`
    UserType = 0x2A,
    /// `SAR_APPLICATION_NAME_INVALID`
    ApplicationName = 0x2B,
    /// `SAR_APPLICATION_EXISTS`
    ApplicationExists = 0x2C,
    /// `SAR_USER_NOT_LOGGED_IN`
    NotLoggedIn = 0x2D,
    /// `SAR_APPLICATION_NOT_EXISTS`
    NoApplication = 0x2E,
    /// `SAR_FILE_ALREADY_EXIST`
    FileExists = 0x2F,
    /// `SAR_NO_ROOM`
    NoRoom = 0x30,
    /// `SAR_FILE_NOT_EXIST`
    NoFile = 0x31,
}

impl Code {
    /// What the C function returns.
    pub(crate) fn value(self) -> u32 {
        BASE + self as u32
    }
}

/// A result with a [`Code`].
pub(crate) type Result<T> = std::result::Result<T, Code>;

impl From<Malformed> for Code {
    fn from(_: Malformed) -> Self {
        Self::Input
    }
}

impl From<SymmetricError> for Code {
    fn from(error: SymmetricError) -> Self {
        match error {
            SymmetricError::Ragged => Self::InputLength,
            _ => Self::Padding,
        }
    }
}

impl From<softdevice::Error> for Code {
    fn from(error: softdevice::Error) -> Self {
        use softdevice::Error;
        match error {
            Error::NoPath | Error::NoStore { .. } | Error::Foreign { .. } => Self::DeviceRemoved,
            Error::File { .. } | Error::Database { .. } | Error::Damaged { .. } => Self::Fail,
            Error::Name { .. } => Self::NameLength,
            Error::NoSuchApplication { .. } => Self::NoApplication,
            Error::ApplicationExists { .. } => Self::ApplicationExists,
            // GM/T 0016 has no code for containers.
            Error::NoSuchContainer { .. }
            | Error::ContainerExists { .. }
            | Error::NumberTaken { .. }
            | Error::PlaceTaken { .. } => Self::Object,
            Error::NoSuchObject | Error::PlaceEmpty { .. } => Self::NoKey,
            Error::NoSuchFile { .. } => Self::NoFile,
            Error::FileExists { .. } => Self::FileExists,
            Error::FileRange { .. } | Error::Length { .. } => Self::InputLength,
            Error::TooLarge { .. } => Self::NoRoom,
            Error::Range { .. } => Self::Parameter,
            Error::PinLength { .. } => Self::PinLength,
            Error::PinIncorrect { .. } => Self::PinIncorrect,
            Error::PinLocked { .. } => Self::PinLocked,
            Error::PinUnset { .. } => Self::PinUnset,
            Error::NotPermitted { .. } => Self::NotLoggedIn,
            Error::KeyKind { .. } => Self::KeyUsage,
            Error::DeviceKey => Self::Fail,
            Error::Random => Self::Random,
            Error::Crypto { .. } => Self::Input,
            _ => Self::Unknown,
        }
    }
}
