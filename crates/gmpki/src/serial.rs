//! Serial numbers as people write them.

use crate::{failure::Failure, input};
use x509_cert::serial_number::SerialNumber;

/// Digits of a serial number: 20 octets (RFC 5280, 4.1.2.2).
const DIGITS: usize = 40;

/// A number in hexadecimal, with colons or without; `None` for what is none.
pub(crate) fn parse(text: &str) -> Option<SerialNumber> {
    let mut digits: String = text.chars().filter(|c| *c != ':').collect();
    if !(1..=DIGITS).contains(&digits.len()) {
        return None;
    }
    if !digits.len().is_multiple_of(2) {
        digits.insert(0, '0');
    }
    let octets = input::from_hexadecimal(digits.as_bytes())?;
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let magnitude = &octets[zeros.min(octets.len() - 1)..];
    SerialNumber::new(magnitude).ok()
}

/// The number in an option.
pub(crate) fn option(name: &str, text: &str) -> Result<SerialNumber, Failure> {
    parse(text).ok_or_else(|| {
        Failure::Usage(format!(
            "{name} {text:?} is no serial number of at most 20 octets in hexadecimal"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_read_as_people_write_them() {
        let octets = |text: &str| parse(text).map(|serial| serial.as_bytes().to_vec());
        assert_eq!(octets("6ff1"), Some(vec![0x6f, 0xf1]));
        assert_eq!(octets("6F:F1"), Some(vec![0x6f, 0xf1]));
        assert_eq!(octets("ff1"), Some(vec![0x0f, 0xf1]));
        // Zeros in front say nothing but the sign.
        assert_eq!(octets("000000f1"), octets("f1"));
        assert_eq!(octets("00"), Some(vec![0]));
        let longest = "7f".repeat(20);
        assert_eq!(octets(&longest).map(|octets| octets.len()), Some(20));
        for bad in ["", ":", "0x10", "-1", "12 34", &format!("{longest}00")] {
            assert_eq!(octets(bad), None, "{bad}");
        }
    }
}
