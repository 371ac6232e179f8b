//! Numbers of algorithms (GM/T 0006-2012, 5.2).

use crate::code::{Code, Result};
use softdevice::symmetric::Mode;

/// `SGD_SM3`
pub(crate) const SM3: u32 = 0x0000_0001;
/// `SGD_SM2_1`: SM2 signs.
pub(crate) const SM2_1: u32 = 0x0002_0200;
/// What of SM2 the device does: signs, agrees, encrypts.
pub(crate) const SM2_ABILITY: u32 = SM2 | SM2_1 | 0x0002_0400 | 0x0002_0800;
/// SM4 with all modes below.
pub(crate) const SM4_ABILITY: u32 = SM4 | 0x3F;
/// `SGD_SM4_ECB`, of the device's authentication.
pub(crate) const SM4_ECB: u32 = SM4 | 0x01;

/// `SGD_SM2`, its use unsaid.
const SM2: u32 = 0x0002_0100;
/// `SGD_SM4` without a mode.
const SM4: u32 = 0x0000_0400;
/// The bit of `SGD_SM4_MAC`.
const MAC: u32 = 0x10;
/// Octets that say which algorithm it is; the rest says how.
const ALGORITHM: u32 = 0xFFFF_FF00;

/// What a session key is for, by the number that it was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Encryption in a mode; a MAC, too.
    Cipher(Mode),
    /// A MAC alone.
    Mac,
}

/// What a number of SM4 means.
pub(crate) fn sm4(number: u32) -> Result<Use> {
    if number & ALGORITHM != SM4 {
        return Err(Code::NotSupported);
    }
    Ok(match number & !ALGORITHM {
        0x01 => Use::Cipher(Mode::Ecb),
        0x02 => Use::Cipher(Mode::Cbc),
        0x04 => Use::Cipher(Mode::Cfb),
        0x08 => Use::Cipher(Mode::Ofb),
        0x20 => Use::Cipher(Mode::Ctr),
        MAC => Use::Mac,
        _ => return Err(Code::NotSupported),
    })
}

/// Passes SM3, the digest that the device has.
pub(crate) fn sm3(number: u32) -> Result<()> {
    (number == SM3).then_some(()).ok_or(Code::NotSupported)
}

/// Passes SM2 that signs.
pub(crate) fn sm2_signing(number: u32) -> Result<()> {
    (number == SM2_1 || number == SM2)
        .then_some(())
        .ok_or(Code::NotSupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_have_the_numbers_of_the_standard() {
        let modes = [0x401, 0x402, 0x404, 0x408, 0x420].map(sm4);
        let expected = [Mode::Ecb, Mode::Cbc, Mode::Cfb, Mode::Ofb, Mode::Ctr];
        assert_eq!(modes, expected.map(|mode| Ok(Use::Cipher(mode))));
        assert_eq!(sm4(0x410), Ok(Use::Mac));
        assert_eq!(sm4(0x403), Err(Code::NotSupported));
        // SM1
        assert_eq!(sm4(0x101), Err(Code::NotSupported));
    }
}
