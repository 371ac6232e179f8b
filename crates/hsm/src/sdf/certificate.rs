//! Certificates as files of the device.

use crate::{KeyUse, blob::Misfit};

/// Octets of the longest certificate that is read or written.
pub(super) const MAX_LENGTH: usize = 1 << 16;
/// Octets that tell how long a certificate is.
pub(super) const HEAD: usize = 5;

/// The file's name: `1-sign.cer`, `1-enc.cer`.
pub(super) fn file_name(index: u32, key_use: KeyUse) -> String {
    let word = match key_use {
        KeyUse::Signing => "sign",
        KeyUse::Encryption => "enc",
    };
    format!("{index}-{word}.cer")
}

/// How long a certificate is that begins like this: a file may be longer than what was
/// written into it. A certificate has more than 127 octets.
pub(super) fn length(octets: &[u8]) -> Result<usize, Misfit> {
    let (head, content) = match octets {
        [0x30, 0x81, length, ..] => (3, usize::from(*length)),
        [0x30, 0x82, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
        _ => return Err("a file that is no certificate"),
    };
    match head + content {
        length if length <= MAX_LENGTH => Ok(length),
        _ => Err("a certificate of more than 65,536 octets"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_says_how_long_it_is() {
        assert_eq!(length(&[0x30, 0x81, 0x80]), Ok(131));
        assert_eq!(length(&[0x30, 0x82, 0x01, 0x00, 9]), Ok(260));
        assert_eq!(length(&[0x30, 0x82, 0xff, 0xfc]), Ok(MAX_LENGTH));
        for wrong in [
            &[][..],
            &[0x30],
            &[0x30, 0x20],
            &[0x31, 0x81, 0x80],
            &[0x30, 0x82, 1],
            &[0x30, 0x83, 1, 0, 0],
            &[0x30, 0x82, 0xff, 0xfd],
        ] {
            assert!(length(wrong).is_err(), "{wrong:x?}");
        }
    }

    #[test]
    fn each_key_has_a_file_of_its_own() {
        assert_eq!(file_name(1, KeyUse::Signing), "1-sign.cer");
        assert_eq!(file_name(12, KeyUse::Encryption), "12-enc.cer");
    }
}
