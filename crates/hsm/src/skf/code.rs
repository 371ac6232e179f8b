//! Return codes (GM/T 0016-2012, annex A).

use super::SkfVariant;
use crate::Error;

/// Where the codes begin.
const BASE: u32 = 0x0A00_0000;

/// `SAR_NOTSUPPORTYETERR`
pub(super) const NOT_SUPPORTED: u32 = BASE + 0x03;
/// `SAR_INDATALENERR`
pub(super) const INPUT_LENGTH: u32 = BASE + 0x10;
/// `SAR_INDATAERR`
pub(super) const INPUT: u32 = BASE + 0x11;
/// `SAR_KEYNOTFOUNTERR`
pub(super) const NO_KEY: u32 = BASE + 0x1B;
/// `SAR_CERTNOTFOUNTERR`
pub(super) const NO_CERTIFICATE: u32 = BASE + 0x1C;
/// `SAR_DECRYPTPADERR`
pub(super) const DECRYPTION: u32 = BASE + 0x1E;
/// `SAR_BUFFER_TOO_SMALL`
pub(super) const BUFFER_TOO_SMALL: u32 = BASE + 0x20;
/// `SAR_PIN_INCORRECT`
pub(super) const PIN_INCORRECT: u32 = BASE + 0x24;
/// `SAR_PIN_LOCKED`
pub(super) const PIN_LOCKED: u32 = BASE + 0x25;
/// `SAR_PIN_INVALID`
pub(super) const PIN_INVALID: u32 = BASE + 0x26;
/// `SAR_PIN_LEN_RANGE`
pub(super) const PIN_LENGTH: u32 = BASE + 0x27;
/// `SAR_USER_ALREADY_LOGGED_IN`
pub(super) const ALREADY_LOGGED_IN: u32 = BASE + 0x28;
/// `SAR_USER_NOT_LOGGED_IN`
pub(super) const NOT_LOGGED_IN: u32 = BASE + 0x2D;

/// The names, from 1 on; with the standard's spelling.
const NAMES: [&str; 0x32] = [
    "SAR_FAIL",
    "SAR_UNKNOWNERR",
    "SAR_NOTSUPPORTYETERR",
    "SAR_FILEERR",
    "SAR_INVALIDHANDLEERR",
    "SAR_INVALIDPARAMERR",
    "SAR_READFILEERR",
    "SAR_WRITEFILEERR",
    "SAR_NAMELENERR",
    "SAR_KEYUSAGEERR",
    "SAR_MODULUSLENERR",
    "SAR_NOTINITIALIZEERR",
    "SAR_OBJERR",
    "SAR_MEMORYERR",
    "SAR_TIMEOUTERR",
    "SAR_INDATALENERR",
    "SAR_INDATAERR",
    "SAR_GENRANDERR",
    "SAR_HASHOBJERR",
    "SAR_HASHERR",
    "SAR_GENRSAKEYERR",
    "SAR_RSAMODULUSLENERR",
    "SAR_CSPIMPRTPUBKEYERR",
    "SAR_RSAENCERR",
    "SAR_RSADECERR",
    "SAR_HASHNOTEQUALERR",
    "SAR_KEYNOTFOUNTERR",
    "SAR_CERTNOTFOUNTERR",
    "SAR_NOTEXPORTERR",
    "SAR_DECRYPTPADERR",
    "SAR_MACLENERR",
    "SAR_BUFFER_TOO_SMALL",
    "SAR_KEYINFOTYPEERR",
    "SAR_NOT_EVENTERR",
    "SAR_DEVICE_REMOVED",
    "SAR_PIN_INCORRECT",
    "SAR_PIN_LOCKED",
    "SAR_PIN_INVALID",
    "SAR_PIN_LEN_RANGE",
    "SAR_USER_ALREADY_LOGGED_IN",
    "SAR_USER_PIN_NOT_INITIALIZED",
    "SAR_USER_TYPE_INVALID",
    "SAR_APPLICATION_NAME_INVALID",
    "SAR_APPLICATION_EXISTS",
    "SAR_USER_NOT_LOGGED_IN",
    "SAR_APPLICATION_NOT_EXISTS",
    "SAR_FILE_ALREADY_EXIST",
    "SAR_NO_ROOM",
    "SAR_FILE_NOT_EXIST",
    "SAR_REACH_MAX_CONTAINER_COUNT",
];

/// The device was pulled, or its handles mean nothing any more: INVALIDHANDLEERR,
/// DEVICE_REMOVED.
const LOST: [u32; 2] = [BASE + 0x05, BASE + 0x23];

impl SkfVariant {
    /// The error of `call` for a code that is not zero.
    pub(super) fn error(&self, call: &'static str, code: u64) -> Error {
        let short = u32::try_from(code).ok();
        let name = short
            .and_then(|code| code.checked_sub(BASE + 1))
            .and_then(|number| NAMES.get(number as usize))
            .copied()
            .unwrap_or("unknown");
        if short.is_some_and(|code| LOST.contains(&code) || self.lost_codes.contains(&code)) {
            Error::DeviceGone { call, code, name }
        } else {
            Error::Device { call, code, name }
        }
    }
}

/// The code that the device returned.
pub(super) fn of(error: &Error) -> Option<u32> {
    match error {
        Error::Device { code, .. } => u32::try_from(*code).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_standards_names() {
        let variant = SkfVariant::default();
        let said = |code| variant.error("SKF_VerifyPIN", code).to_string();
        assert_eq!(
            said(PIN_INCORRECT.into()),
            "SKF_VerifyPIN returned 0x0a000024 (SAR_PIN_INCORRECT)"
        );
        for (code, name) in [
            (NOT_SUPPORTED, "SAR_NOTSUPPORTYETERR"),
            (NO_KEY, "SAR_KEYNOTFOUNTERR"),
            (NO_CERTIFICATE, "SAR_CERTNOTFOUNTERR"),
            (BUFFER_TOO_SMALL, "SAR_BUFFER_TOO_SMALL"),
            (PIN_LENGTH, "SAR_PIN_LEN_RANGE"),
            (NOT_LOGGED_IN, "SAR_USER_NOT_LOGGED_IN"),
            (0x0A00_0032, "SAR_REACH_MAX_CONTAINER_COUNT"),
        ] {
            assert!(said(code.into()).ends_with(&format!("({name})")), "{name}");
        }
        for unknown in [
            1,
            0x0A00_0000,
            0x0A00_0033,
            0x0100_0003,
            0x1_0A00_0024,
            u64::MAX,
        ] {
            assert!(said(unknown).ends_with("(unknown)"), "{unknown:#x}");
        }
    }

    #[test]
    fn a_pulled_device_is_told_from_a_refusal() {
        let mut variant = SkfVariant::default();
        let gone = |variant: &SkfVariant, code| {
            matches!(variant.error("SKF_x", code), Error::DeviceGone { .. })
        };
        assert!(gone(&variant, 0x0A00_0023) && gone(&variant, 0x0A00_0005));
        assert!(!gone(&variant, 0x0A00_0001) && !gone(&variant, 0x0B00_0001));
        variant.lost_codes.push(0x0B00_0001);
        assert!(gone(&variant, 0x0B00_0001));
    }
}
