//! How the library behaves, from the environment of the process that loads it.

use crate::code::{Code, Result};
use softdevice::structures::Width;

/// Which header the caller was compiled against: they disagree on two functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Abi {
    /// GmSSL's, which has GM/T 0018-2012's arguments.
    #[default]
    GmSsl,
    /// openHiTLS's: no `uiAlgID` in `SDF_InternalEncrypt_ECC`, and the type of the key in its
    /// place in `SDF_InternalDecrypt_ECC`.
    OpenHitls,
    /// Tongsuo's: no `uiAlgID` in either.
    Tongsuo,
}

/// The settings of a device that is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) abi: Abi,
    pub(crate) width: Width,
    /// Whether functions that take or give private keys in clear are served, those that GM/T
    /// 0018-2023 puts into a group for debugging.
    pub(crate) debug_group: bool,
}

impl Settings {
    /// Reads `SOFTDEVICE_SDF_ABI`, `SOFTDEVICE_SDF_ECC_BITS`, `SOFTDEVICE_DEBUG_GROUP`.
    ///
    /// # Errors
    /// [`Code::OpenDevice`] for a value that is none: guessing would corrupt the caller.
    pub(crate) fn from_environment() -> Result<Self> {
        Self::read(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let value = |name| variable(name).filter(|value| !value.is_empty());
        let abi = match value("SOFTDEVICE_SDF_ABI").as_deref() {
            None | Some("gmssl") => Abi::GmSsl,
            // Their shorter lists are read from the longer one's registers.
            Some("openhitls") if SIX_IN_REGISTERS => Abi::OpenHitls,
            Some("tongsuo") if SIX_IN_REGISTERS => Abi::Tongsuo,
            Some(_) => return Err(Code::OpenDevice),
        };
        let width = match value("SOFTDEVICE_SDF_ECC_BITS").as_deref() {
            None | Some("512") => Width::Bits512,
            Some("256") => Width::Bits256,
            Some(_) => return Err(Code::OpenDevice),
        };
        let debug_group = match value("SOFTDEVICE_DEBUG_GROUP").as_deref() {
            None | Some("0") => false,
            Some("1") => true,
            Some(_) => return Err(Code::OpenDevice),
        };
        Ok(Self {
            abi,
            width,
            debug_group,
        })
    }
}

/// Whether C passes six integers or pointers in registers: System V on x86-64 has six, the
/// conventions of AArch64 and RISC-V have eight. Windows has four.
const SIX_IN_REGISTERS: bool = cfg!(any(
    all(target_arch = "x86_64", not(windows)),
    target_arch = "aarch64",
    target_arch = "riscv64",
));

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<Settings> {
        Settings::read(|name| {
            let found = settings.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_said_is_the_standard_and_no_debugging() {
        assert_eq!(read(&[]), Ok(Settings::default()));
        assert_eq!(read(&[("SOFTDEVICE_SDF_ABI", "")]), Ok(Settings::default()));
    }

    #[test]
    fn each_setting_is_read_and_a_strange_value_is_refused() {
        let settings = read(&[
            ("SOFTDEVICE_SDF_ABI", "tongsuo"),
            ("SOFTDEVICE_SDF_ECC_BITS", "256"),
            ("SOFTDEVICE_DEBUG_GROUP", "1"),
        ]);
        let expected = Settings {
            abi: Abi::Tongsuo,
            width: Width::Bits256,
            debug_group: true,
        };
        assert_eq!(settings, Ok(expected));
        for name in [
            "SOFTDEVICE_SDF_ABI",
            "SOFTDEVICE_SDF_ECC_BITS",
            "SOFTDEVICE_DEBUG_GROUP",
        ] {
            assert_eq!(read(&[(name, "yes")]), Err(Code::OpenDevice));
        }
    }
}
