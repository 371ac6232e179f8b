//! Numbers of CRLs.

use crate::Error;
use core::{fmt, str::FromStr};

/// cRLNumber (RFC 5280, 5.2.3): not negative, at most 20 octets as an INTEGER, so that
/// it is below 2^159. Compared as a number.
///
/// Written and read as decimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrlNumber([u8; LENGTH]);

const LENGTH: usize = 20;

impl CrlNumber {
    /// The number with these octets, big endian; zeros in front say nothing, and none
    /// at all is 0.
    ///
    /// # Errors
    /// [`Error::Invalid`] from 2^159 on.
    pub fn from_be_bytes(octets: &[u8]) -> Result<Self, Error> {
        let zeros = octets.iter().take_while(|octet| **octet == 0).count();
        let magnitude = &octets[zeros..];
        let mut number = [0; LENGTH];
        let start = LENGTH.checked_sub(magnitude.len()).ok_or_else(too_long)?;
        number[start..].copy_from_slice(magnitude);
        match number[0] & 0x80 {
            0 => Ok(Self(number)),
            _ => Err(too_long()),
        }
    }

    /// The octets, big endian, without zeros in front; of 0, one.
    pub fn as_be_bytes(&self) -> &[u8] {
        let zeros = self.0.iter().take_while(|octet| **octet == 0).count();
        &self.0[zeros.min(LENGTH - 1)..]
    }

    /// The next number; none after the greatest.
    pub fn next(&self) -> Option<Self> {
        let mut number = self.0;
        for octet in number.iter_mut().rev() {
            *octet = octet.wrapping_add(1);
            if *octet != 0 {
                break;
            }
        }
        (number[0] & 0x80 == 0).then_some(Self(number))
    }
}

impl From<u64> for CrlNumber {
    fn from(number: u64) -> Self {
        let mut octets = [0; LENGTH];
        octets[LENGTH - 8..].copy_from_slice(&number.to_be_bytes());
        Self(octets)
    }
}

impl FromStr for CrlNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return invalid("is written in decimal digits");
        }
        let mut number = [0; LENGTH];
        for digit in text.bytes() {
            if !digit.is_ascii_digit() {
                return invalid("is written in decimal digits");
            }
            let mut carry = u16::from(digit - b'0');
            for octet in number.iter_mut().rev() {
                let [high, low] = (u16::from(*octet) * 10 + carry).to_be_bytes();
                (*octet, carry) = (low, u16::from(high));
            }
            if carry != 0 || number[0] & 0x80 != 0 {
                return Err(too_long());
            }
        }
        Ok(Self(number))
    }
}

impl fmt::Display for CrlNumber {
    /// In decimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut number = self.0;
        // 2^159 has 48 digits.
        let mut digits = [b'0'; 48];
        let mut first = digits.len();
        while first == digits.len() || number.iter().any(|octet| *octet != 0) {
            let mut rest = 0;
            for octet in &mut number {
                let part = rest << 8 | u16::from(*octet);
                let [_, quotient] = (part / 10).to_be_bytes();
                (*octet, rest) = (quotient, part % 10);
            }
            first -= 1;
            let [_, digit] = rest.to_be_bytes();
            digits[first] = b'0' + digit;
        }
        digits[first..]
            .iter()
            .try_for_each(|digit| fmt::Write::write_char(f, char::from(*digit)))
    }
}

impl fmt::Debug for CrlNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CrlNumber({self})")
    }
}

fn too_long() -> Error {
    Error::Invalid {
        what: WHAT,
        rule: "has at most 20 octets",
        clause: CLAUSE,
    }
}

fn invalid<T>(rule: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what: WHAT,
        rule,
        clause: CLAUSE,
    })
}

const WHAT: &str = "cRLNumber";
const CLAUSE: &str = "RFC 5280, 5.2.3";
