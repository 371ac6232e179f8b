//! Device and session (GM/T 0018-2012, 6.2).

pub(crate) mod sys;

use crate::{
    algorithm::{SM2_ABILITY, SM3, SM4_ABILITY},
    code::{Code, Result},
    session::Session,
    sys::MAX_INPUT,
};
use zeroize::Zeroizing;

/// Octets of `DEVICEINFO`: three texts and seven integers.
const INFO_LENGTH: usize = 40 + 16 + 16 + 7 * 4;
const _: () = assert!(INFO_LENGTH == 100);
/// `StandardVersion`: the first edition, whose functions are all here.
const STANDARD_VERSION: u32 = 1;
/// Octets of random that a call gives at most.
const MAX_RANDOM: u32 = MAX_INPUT;

/// Writes a text into a field of its own length, zeros behind it; one octet stays zero, for C.
fn put_text<const N: usize>(octets: &mut Vec<u8>, text: &str) {
    let mut field = [0; N];
    let length = text.len().min(N - 1);
    field[..length].copy_from_slice(&text.as_bytes()[..length]);
    octets.extend_from_slice(&field);
}

impl Session {
    /// `SDF_GetDeviceInfo`
    pub(crate) fn device_info(&self) -> Result<Vec<u8>> {
        let info = self.device().info()?;
        let mut octets = Vec::with_capacity(INFO_LENGTH);
        put_text::<40>(&mut octets, info.manufacturer);
        put_text::<16>(&mut octets, info.model);
        put_serial(&mut octets, &info.serial);
        let (major, minor) = info.version;
        let bits = 256;
        let abilities = [
            u32::from(major) << 8 | u32::from(minor),
            STANDARD_VERSION,
            SM2_ABILITY,
            bits,
            SM4_ABILITY,
            SM3,
            MAX_INPUT,
        ];
        for number in abilities {
            octets.extend_from_slice(&number.to_ne_bytes());
        }
        Ok(octets)
    }

    /// `SDF_GenerateRandom`
    pub(crate) fn random(&self, length: u32) -> Result<Zeroizing<Vec<u8>>> {
        if length > MAX_RANDOM {
            return Err(Code::Input);
        }
        let mut octets = Zeroizing::new(vec![0; length as usize]);
        self.device().random(&mut octets)?;
        Ok(octets)
    }
}

/// `DeviceSerial` has 16 characters and no zero behind them: date, batch, number.
fn put_serial(octets: &mut Vec<u8>, serial: &str) {
    let mut field = [0; 16];
    let length = serial.len().min(field.len());
    field[..length].copy_from_slice(&serial.as_bytes()[..length]);
    octets.extend_from_slice(&field);
}
