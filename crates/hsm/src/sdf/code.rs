//! Return codes (GM/T 0018-2012, annex A).

use super::SdfVariant;
use crate::Error;

/// `SDR_BASE`.
const BASE: u32 = 0x0100_0000;

/// What a code means to this crate, and what the standard calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// The code less `SDR_BASE`, when the standard has it.
    pub(super) number: Option<u32>,
    name: &'static str,
}

/// `SDR_OPENSESSION`: there are as many sessions as the device can have.
pub(super) const NO_SESSION: u32 = 0x06;
/// `SDR_PARDENY`: no right to use the private key.
pub(super) const NO_RIGHT: u32 = 0x07;
/// `SDR_KEYNOTEXIST`
pub(super) const NO_KEY: u32 = 0x08;
/// `SDR_FILENOEXIST`
pub(super) const NO_FILE: u32 = 0x12;
/// `SDR_KEYTYPEERR`: under this index lies a key of another kind.
pub(super) const KEY_TYPE: u32 = 0x14;
/// `SDR_PRKRERR`: the right to use the private key was not given.
pub(super) const RIGHT_REFUSED: u32 = 0x18;
/// `SDR_INARGERR`: for a key index, that there is none so high.
pub(super) const INPUT: u32 = 0x1D;

/// The names without `SDR_`, from 1 on.
const NAMES: [&str; 0x1F] = [
    "SDR_UNKNOWERR",
    "SDR_NOTSUPPORT",
    "SDR_COMMFAIL",
    "SDR_HARDFAIL",
    "SDR_OPENDEVICE",
    "SDR_OPENSESSION",
    "SDR_PARDENY",
    "SDR_KEYNOTEXIST",
    "SDR_ALGNOTSUPPORT",
    "SDR_ALGMODNOTSUPPORT",
    "SDR_PKOPERR",
    "SDR_SKOPERR",
    "SDR_SIGNERR",
    "SDR_VERIFYERR",
    "SDR_SYMOPERR",
    "SDR_STEPERR",
    "SDR_FILESIZEERR",
    "SDR_FILENOEXIST",
    "SDR_FILEOFSERR",
    "SDR_KEYTYPEERR",
    "SDR_KEYERR",
    "SDR_ENCDATAERR",
    "SDR_RANDERR",
    "SDR_PRKRERR",
    "SDR_MACERR",
    "SDR_FILEEXISTS",
    "SDR_FILEWERR",
    "SDR_NOBUFFER",
    "SDR_INARGERR",
    "SDR_OUTARGERR",
    "SDR_USERIDERR",
];

/// The device does not answer, or is not there: COMMFAIL, HARDFAIL, OPENDEVICE.
const LOST: [u32; 3] = [0x03, 0x04, 0x05];

impl SdfVariant {
    /// Reads a code that is not zero.
    pub(super) fn code(&self, code: u32) -> Code {
        let number = [BASE]
            .iter()
            .chain(&self.code_bases)
            .filter_map(|base| code.checked_sub(*base))
            .find(|number| (1..=0x1F).contains(number));
        let name = number
            .and_then(|number| NAMES.get(number as usize - 1))
            .copied()
            .unwrap_or("unknown");
        Code { number, name }
    }

    /// The error of `call` for a code that is not zero.
    pub(super) fn error(&self, call: &'static str, code: u32) -> Error {
        let Code { number, name } = self.code(code);
        let lost =
            number.is_some_and(|number| LOST.contains(&number)) || self.lost_codes.contains(&code);
        let code = code.into();
        if lost {
            Error::DeviceGone { call, code, name }
        } else {
            Error::Device { call, code, name }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_standards_names() {
        let variant = SdfVariant::default();
        let said = |code| variant.error("SDF_OpenSession", code).to_string();
        assert_eq!(
            said(0x0100_0007),
            "SDF_OpenSession returned 0x01000007 (SDR_PARDENY)"
        );
        assert_eq!(
            said(0x0100_001F),
            "SDF_OpenSession returned 0x0100001f (SDR_USERIDERR)"
        );
        assert_eq!(
            said(0x0100_0018),
            "SDF_OpenSession returned 0x01000018 (SDR_PRKRERR)"
        );
        for unknown in [1, 0x0100_0000, 0x0100_0020, 0x0102_0003, u32::MAX] {
            assert!(said(unknown).ends_with("(unknown)"), "{unknown:#x}");
        }
    }

    #[test]
    fn a_lost_device_is_told_from_a_refusal_in_each_vendors_numbers() {
        let standard = SdfVariant::default();
        let sansec = SdfVariant::shipped("sansec").unwrap();
        let gone = |variant: &SdfVariant, code| {
            matches!(variant.error("SDF_x", code), Error::DeviceGone { .. })
        };
        for code in [0x0100_0003, 0x0100_0004, 0x0100_0005] {
            assert!(gone(&standard, code) && gone(&sansec, code));
        }
        for code in [0x0100_0006, 0x0100_0008, 0x0100_0001] {
            assert!(!gone(&standard, code) && !gone(&sansec, code));
        }
        for code in [0x0102_0003, 0x0101_0105] {
            assert!(!gone(&standard, code));
            assert!(gone(&sansec, code));
        }
        assert_eq!(sansec.code(0x0102_0008).number, Some(NO_KEY));
    }
}
