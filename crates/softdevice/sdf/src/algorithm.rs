//! Numbers of algorithms (GM/T 0006-2012, 5.2).

use crate::code::{Code, Result};
use softdevice::symmetric::Mode;

/// `SGD_SM3`
pub(crate) const SM3: u32 = 0x0000_0001;
/// `SGD_SM2`, and its three uses: `SGD_SM2_1` signs, `SGD_SM2_2` agrees, `SGD_SM2_3` encrypts.
pub(crate) const SM2: u32 = 0x0002_0100;
pub(crate) const SM2_1: u32 = 0x0002_0200;
pub(crate) const SM2_3: u32 = 0x0002_0800;

/// What of SM2 the device does, in `AsymAlgAbility[0]`.
pub(crate) const SM2_ABILITY: u32 = SM2 | SM2_1 | 0x0002_0400 | SM2_3;
/// SM4 with all modes below, in `SymAlgAbility`.
pub(crate) const SM4_ABILITY: u32 = SM4 | 0x3F;

/// `SGD_SM4` without a mode.
const SM4: u32 = 0x0000_0400;
/// `SGD_SM4_MAC`
const SM4_MAC: u32 = SM4 | 0x10;
/// `SGD_SM4_GCM` (GM/T 0018-2023)
const SM4_GCM: u32 = 0x0200_0400;
/// Octets that say which algorithm it is; the rest says how.
const ALGORITHM: u32 = 0xFFFF_FF00;

/// The mode of a number of SM4.
///
/// # Errors
/// [`Code::Algorithm`], [`Code::Mode`].
pub(crate) fn sm4_mode(number: u32) -> Result<Mode> {
    if number & ALGORITHM != SM4 {
        return Err(Code::Algorithm);
    }
    match number & !ALGORITHM {
        0x01 => Ok(Mode::Ecb),
        0x02 => Ok(Mode::Cbc),
        0x04 => Ok(Mode::Cfb),
        0x08 => Ok(Mode::Ofb),
        0x20 => Ok(Mode::Ctr),
        _ => Err(Code::Mode),
    }
}

/// Passes the number of SM4's MAC.
pub(crate) fn sm4_mac(number: u32) -> Result<()> {
    match number {
        SM4_MAC => Ok(()),
        _ if number & ALGORITHM == SM4 => Err(Code::Mode),
        _ => Err(Code::Algorithm),
    }
}

/// Passes the number of SM4 in GCM.
pub(crate) fn sm4_gcm(number: u32) -> Result<()> {
    match number {
        SM4_GCM => Ok(()),
        _ if number & 0xFFFF == SM4 => Err(Code::Mode),
        _ => Err(Code::Algorithm),
    }
}

/// Passes SM3, the digest that the device has.
pub(crate) fn sm3(number: u32) -> Result<()> {
    (number == SM3).then_some(()).ok_or(Code::Algorithm)
}

/// Passes SM2, or SM2 for the use meant.
pub(crate) fn sm2(number: u32, for_use: u32) -> Result<()> {
    (number == SM2 || number == for_use)
        .then_some(())
        .ok_or(Code::Algorithm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_have_the_numbers_of_the_standard() {
        let modes = [0x401, 0x402, 0x404, 0x408, 0x420].map(sm4_mode);
        assert_eq!(
            modes,
            [
                Ok(Mode::Ecb),
                Ok(Mode::Cbc),
                Ok(Mode::Cfb),
                Ok(Mode::Ofb),
                Ok(Mode::Ctr)
            ]
        );
        assert_eq!(sm4_mode(0x403), Err(Code::Mode));
        assert_eq!(sm4_mode(0x410), Err(Code::Mode));
        assert_eq!(sm4_mode(0x101), Err(Code::Algorithm));
        assert_eq!(sm4_mac(0x410), Ok(()));
        assert_eq!(sm4_gcm(0x0200_0400), Ok(()));
        assert_eq!(sm4_gcm(0x0400_0400), Err(Code::Mode));
    }
}
