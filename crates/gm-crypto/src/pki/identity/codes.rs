//! Two numbers that check themselves.

use crate::{Error, Result};
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

const CREDIT_CODE: &str = "unified social credit code";
const RESIDENT_NUMBER: &str = "resident identity number";
/// Characters of both.
const LENGTH: usize = 18;

/// GB 32100-2015, table 2: digits and letters without I, O, S, V and Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// GB 32100-2015, 5.2: the powers of 3 mod 31; that of the check character itself is 1.
const WEIGHTS: [usize; LENGTH] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1,
];

/// A unified social credit code (GB 32100-2015), 统一社会信用代码: 18 characters, the last of
/// which checks the others. Masked in `Debug` and `Display`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct CreditCode([u8; LENGTH]);

impl CreditCode {
    /// Reads 18 characters of the standard's alphabet, in capital letters.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another length or alphabet, for letters in the place of the
    /// administrative division, and for a check character that does not fit.
    pub fn parse(text: &str) -> Result<Self> {
        let refused = |reason| Error::Invalid {
            what: CREDIT_CODE,
            reason,
        };
        let octets: [u8; LENGTH] = text
            .as_bytes()
            .try_into()
            .map_err(|_| refused("it has 18 characters"))?;
        // 5.2: C18 = 31 − Σ Ci·Wi mod 31, Wi = 3^(i−1) mod 31.
        let mut sum = 0;
        for (octet, weight) in octets.iter().zip(WEIGHTS) {
            let value = ALPHABET.iter().position(|letter| letter == octet);
            sum += weight * value.ok_or_else(|| refused("a character out of its alphabet"))?;
        }
        if !octets[2..8].iter().all(u8::is_ascii_digit) {
            return Err(refused("its characters 3 to 8 are digits"));
        }
        if sum % 31 != 0 {
            return Err(refused("its check character does not fit"));
        }
        Ok(Self(octets))
    }

    /// The code itself.
    pub fn reveal(&self) -> &str {
        reveal(&self.0)
    }
}

/// A resident identity number (GB 11643-1999), 公民身份号码: 17 digits, eight of which are the
/// day of birth, and a check digit. Masked in `Debug` and `Display`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ResidentNumber([u8; LENGTH]);

impl ResidentNumber {
    /// Reads 18 characters; the last is a digit or X, which some write small.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another length or alphabet, for a day of birth that no calendar
    /// has, and for a check digit that does not fit (ISO 7064, MOD 11-2).
    pub fn parse(text: &str) -> Result<Self> {
        let refused = |reason| Error::Invalid {
            what: RESIDENT_NUMBER,
            reason,
        };
        let mut octets: [u8; LENGTH] = text
            .as_bytes()
            .try_into()
            .map_err(|_| refused("it has 18 characters"))?;
        octets[LENGTH - 1].make_ascii_uppercase();
        let (last, digits) = octets.split_last().expect("it has 18");
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(refused("its first 17 characters are digits"));
        }
        let last = match last {
            b'X' => 10,
            digit @ b'0'..=b'9' => u32::from(digit - b'0'),
            _ => return Err(refused("its last character is a digit or X")),
        };
        // ISO 7064, MOD 11-2, which GB 11643 takes: Σ ai·2^(18−i) ≡ 1 (mod 11), by Horner.
        let sum = digits
            .iter()
            .fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
        if (sum + last) % 11 != 1 {
            return Err(refused("its check digit does not fit"));
        }
        let number = |octets: &[u8]| {
            let digit = |sum: u32, octet: &u8| sum * 10 + u32::from(octet - b'0');
            octets.iter().fold(0, digit)
        };
        if !is_day(
            number(&octets[6..10]),
            number(&octets[10..12]),
            number(&octets[12..14]),
        ) {
            return Err(refused("its day of birth is in no calendar"));
        }
        Ok(Self(octets))
    }

    /// The number itself.
    pub fn reveal(&self) -> &str {
        reveal(&self.0)
    }
}

fn is_day(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return false,
    };
    year >= 1800 && (1..=days).contains(&day)
}

/// Whether a text has the length and alphabet of a credit code.
pub(super) fn resembles_credit_code(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|octet| ALPHABET.contains(&octet))
}

/// Whether a text has the length and alphabet of a resident number.
pub(super) fn resembles_resident_number(text: &str) -> bool {
    let Some((last, digits)) = text.as_bytes().split_last() else {
        return false;
    };
    text.len() == LENGTH
        && digits.iter().all(u8::is_ascii_digit)
        && matches!(last, b'0'..=b'9' | b'X' | b'x')
}

/// Whether a text is an organization code (GB 11714-1997) of 9 characters: eight, weights, and
/// 11 less their sum modulo 11; a hyphen may stand before the last.
pub(super) fn is_organization_code(code: &str) -> bool {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let (body, last) = match code.as_bytes() {
        [body @ .., b'-', last] | [body @ .., last] if body.len() == WEIGHTS.len() => (body, last),
        _ => return false,
    };
    let mut sum = 0;
    for (octet, weight) in body.iter().zip(WEIGHTS) {
        let value = match octet {
            b'0'..=b'9' => octet - b'0',
            b'A'..=b'Z' => octet - b'A' + 10,
            _ => return false,
        };
        sum += u32::from(value) * weight;
    }
    let expected = match 11 - sum % 11 {
        10 => u32::from(b'X'),
        11 => u32::from(b'0'),
        digit => u32::from(b'0') + digit,
    };
    u32::from(*last) == expected
}

fn reveal(octets: &[u8; LENGTH]) -> &str {
    core::str::from_utf8(octets).expect("letters and digits are ASCII")
}

/// Two characters at each end of what has at least twelve; of less, none.
pub(super) struct Masked<'a>(pub(super) &'a str);

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.chars().count();
        let shown = if count < 12 { 0 } else { 2 };
        for letter in self.0.chars().take(shown) {
            write!(f, "{letter}")?;
        }
        f.write_str("***")?;
        for letter in self.0.chars().skip(count - shown) {
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! masked {
    ($type:ident) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&Masked(self.reveal()), f)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), Masked(self.reveal()))
            }
        }
    };
}

masked!(CreditCode);
masked!(ResidentNumber);
