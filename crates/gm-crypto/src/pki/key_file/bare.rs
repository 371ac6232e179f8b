//! GM/T 0009's `SM2PrivateKey`, and scalars without any structure.

use super::secret_key;
use crate::{Error, Result, sm2::SecretKey};
use alloc::vec::Vec;
use der::{Decode, Encode, Length, asn1::UintRef};
use zeroize::Zeroizing;

const WHAT: &str = "SM2PrivateKey";

/// Writes GM/T 0009's `SM2PrivateKey`, a bare INTEGER. Its length tells how many of the
/// scalar's first bits are zero: that is in the form, not in this code.
pub fn encode_private_key_bare(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    let scalar = key.to_bytes();
    let encode = || UintRef::new(scalar.as_slice())?.to_der();
    Zeroizing::new(encode().expect("32 octets have a DER encoding"))
}

/// An INTEGER that is positive and not padded, up to 32 octets.
pub(super) fn read(der: &[u8]) -> Result<SecretKey> {
    let number = UintRef::from_der(der).map_err(|error| Error::Malformed {
        what: WHAT,
        // A length that overflows comes without its place; there is but one here.
        source: match error.position() {
            Some(_) => error,
            None => error.kind().at(Length::ZERO),
        },
    })?;
    let mut scalar = Zeroizing::new([0; 32]);
    let octets = number.as_bytes();
    let place = scalar
        .len()
        .checked_sub(octets.len())
        .ok_or(Error::Invalid {
            what: WHAT,
            reason: "the scalar of this curve has 32 octets at most",
        })?;
    scalar[place..].copy_from_slice(octets);
    secret_key(&scalar)
}

/// 32 octets, or 64 digits with blanks around them.
pub(super) fn raw_scalar(octets: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    let mut scalar = Zeroizing::new([0; 32]);
    if octets.len() == scalar.len() {
        scalar.copy_from_slice(octets);
        return Ok(scalar);
    }
    let (pairs, []) = octets.trim_ascii().as_chunks::<2>() else {
        return Err(NO_SCALAR);
    };
    if pairs.len() != scalar.len() {
        return Err(NO_SCALAR);
    }
    let mut broken = 0;
    for (octet, pair) in scalar.iter_mut().zip(pairs) {
        let [high, low] = pair.map(hex_digit);
        broken |= (high | low) & !0xf;
        *octet = high << 4 | (low & 0xf);
    }
    if broken == 0 {
        Ok(scalar)
    } else {
        Err(NO_SCALAR)
    }
}

const NO_SCALAR: Error = Error::Invalid {
    what: "raw scalar",
    reason: "neither 32 octets nor 64 hexadecimal digits",
};

/// The value of a digit, or something above 15; no branch and no table for a secret.
fn hex_digit(digit: u8) -> u8 {
    // All ones where `first <= octet <= last`.
    let within = |octet: u8, first: u8, last: u8| {
        let below = u16::from(octet).wrapping_sub(u16::from(first)) >> 8;
        let above = u16::from(last).wrapping_sub(u16::from(octet)) >> 8;
        // The high octet of a difference below zero is all ones.
        !(below | above).to_le_bytes()[0]
    };
    let lower = digit | 0x20;
    let decimal = within(digit, b'0', b'9');
    let letter = within(lower, b'a', b'f');
    (digit.wrapping_sub(b'0') & decimal)
        | (lower.wrapping_sub(b'a' - 10) & letter)
        | !(decimal | letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_octet_is_a_digit_or_none() {
        for octet in 0..=255_u8 {
            let expected = char::from(octet)
                .to_digit(16)
                .map(|digit| u8::try_from(digit).unwrap());
            assert_eq!(hex_digit(octet), expected.unwrap_or(0xff), "{octet:#x}");
        }
    }
}
