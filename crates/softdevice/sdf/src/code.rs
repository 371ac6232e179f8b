//! Return codes (GM/T 0018-2012, annex A).

use softdevice::{structures::Malformed, symmetric::SymmetricError};

/// Where the codes begin, `SDR_BASE`.
const BASE: i32 = 0x0100_0000;

/// A call failed, and this is what it returns: `SDR_BASE` and the number here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Code {
    /// `SDR_UNKNOWERR`
    Unknown = 0x01,
    /// `SDR_NOTSUPPORT`
    NotSupported = 0x02,
    /// `SDR_COMMFAIL`
    Communication = 0x03,
    /// `SDR_HARDFAIL`
    Hardware = 0x04,
    /// `SDR_OPENDEVICE`
    OpenDevice = 0x05,
    /// `SDR_OPENSESSION`
    OpenSession = 0x06,
    /// `SDR_PARDENY`: no right to use the private key.
    NoRight = 0x07,
    /// `SDR_KEYNOTEXIST`
    NoKey = 0x08,
    /// `SDR_ALGNOTSUPPORT`
    Algorithm = 0x09,
    /// `SDR_ALGMODNOTSUPPORT`
    Mode = 0x0A,
    /// `SDR_PKOPERR`
    PublicKeyOperation = 0x0B,
    /// `SDR_SKOPERR`
    PrivateKeyOperation = 0x0C,
    /// `SDR_VERIFYERR`
    Verify = 0x0E,
    /// `SDR_STEPERR`: a step without the one before it.
    Step = 0x10,
    /// `SDR_FILESIZEERR`
    FileSize = 0x11,
    /// `SDR_FILENOEXIST`
    NoFile = 0x12,
    /// `SDR_FILEOFSERR`
    FileOffset = 0x13,
    /// `SDR_KEYTYPEERR`
    KeyType = 0x14,
    /// `SDR_KEYERR`
    Key = 0x15,
    /// `SDR_ENCDATAERR`
    EncryptedData = 0x16,
    /// `SDR_RANDERR`
    Random = 0x17,
    /// `SDR_PRKRERR`: the right to use the private key was not given.
    RightRefused = 0x18,
    /// `SDR_MACERR`
    Mac = 0x19,
    /// `SDR_FILEEXISTS`
    FileExists = 0x1A,
    /// `SDR_NOBUFFER`
    NoBuffer = 0x1C,
    /// `SDR_INARGERR`
    Input = 0x1D,
    /// `SDR_OUTARGERR`
    Output = 0x1E,
    /// `SDR_USERIDERR` (GM/T 0018-2023)
    UserId = 0x1F,
}

impl Code {
    /// What the C function returns.
    pub(crate) fn value(self) -> i32 {
        BASE + self as i32
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
            SymmetricError::Ragged => Self::Input,
            _ => Self::EncryptedData,
        }
    }
}

impl From<softdevice::Error> for Code {
    fn from(error: softdevice::Error) -> Self {
        use softdevice::Error;
        match error {
            Error::NoPath | Error::NoStore { .. } | Error::Foreign { .. } => Self::OpenDevice,
            Error::File { .. } | Error::Database { .. } | Error::Damaged { .. } => Self::Hardware,
            Error::NoSuchApplication { .. }
            | Error::NoSuchContainer { .. }
            | Error::NoSuchObject
            | Error::PlaceEmpty { .. } => Self::NoKey,
            Error::NoSuchFile { .. } => Self::NoFile,
            Error::FileExists { .. } => Self::FileExists,
            Error::FileRange { .. } => Self::FileOffset,
            Error::TooLarge { .. } => Self::FileSize,
            Error::PinLength { .. }
            | Error::PinIncorrect { .. }
            | Error::PinLocked { .. }
            | Error::PinUnset { .. } => Self::RightRefused,
            Error::NotPermitted { .. } => Self::NoRight,
            Error::KeyKind { .. } => Self::KeyType,
            Error::Name { .. } | Error::Range { .. } | Error::Length { .. } => Self::Input,
            Error::Random => Self::Random,
            Error::Crypto { .. } => Self::PrivateKeyOperation,
            _ => Self::Unknown,
        }
    }
}
