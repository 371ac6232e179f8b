//! From what a token calls a signature to what X.509 calls one.

use super::vendor::SignatureForm;
use crate::Error;
use der::{
    Encode, Sequence,
    asn1::{BitString, UintRef},
};
use gm_crypto::sm2::{DerSignature, RawSignature};

/// The call after which a signature is looked at.
const CALL: &str = "C_Sign";

fn garbage(what: &'static str) -> Error {
    Error::Garbage { call: CALL, what }
}

/// The order of P-256 (FIPS 186-4, D.1.2.3).
pub(super) const P256_ORDER: &[u8] = &[
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The order of P-384 (FIPS 186-4, D.1.2.4).
pub(super) const P384_ORDER: &[u8] = &[
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

/// `Ecdsa-Sig-Value` (RFC 3279, 2.2.3).
#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// r ‖ s of `CKM_ECDSA` (PKCS#11 3.1, 6.3.1) in DER; `order` is the curve's.
pub(super) fn ecdsa(octets: &[u8], order: &[u8]) -> Result<BitString, Error> {
    if octets.len() != 2 * order.len() {
        return Err(garbage("an ECDSA signature of another length"));
    }
    let (r, s) = octets.split_at(order.len());
    // Of one length, octets are in the order of the numbers.
    for number in [r, s] {
        if number >= order || number.iter().all(|octet| *octet == 0) {
            return Err(garbage("an ECDSA signature with r or s out of range"));
        }
    }
    let encode = || -> der::Result<BitString> {
        let (r, s) = (UintRef::new(r)?, UintRef::new(s)?);
        BitString::from_bytes(&EcdsaSignature { r, s }.to_der()?)
    };
    encode().map_err(|_| garbage("an ECDSA signature that cannot be written"))
}

/// An RSA signature, which has as many octets as the modulus and is a smaller number
/// (RFC 8017, 8.2.2).
pub(super) fn rsa(octets: &[u8], modulus: &[u8]) -> Result<BitString, Error> {
    if octets.len() != modulus.len() {
        return Err(garbage("an RSA signature of another length than the key's"));
    }
    if octets >= modulus || octets.iter().all(|octet| *octet == 0) {
        return Err(garbage("an RSA signature out of range"));
    }
    BitString::from_bytes(octets).map_err(|_| garbage("an RSA signature that cannot be written"))
}

/// An SM2 signature of the form that a device is said to give.
pub(super) fn sm2(octets: &[u8], form: SignatureForm) -> Result<BitString, Error> {
    let signature = match form {
        SignatureForm::Der => der(octets),
        SignatureForm::Raw => raw(octets),
        // 64 octets of DER are possible and never seen: r and s would have to be some
        // 24 bits short together. Such a one is an error and no wrong signature.
        SignatureForm::Test if octets.len() == RawSignature::LENGTH => raw(octets),
        SignatureForm::Test => der(octets),
    };
    let signature = signature
        .ok_or_else(|| garbage("an SM2 signature that is not of the form named for it"))?;
    BitString::from_bytes(&signature.to_der())
        .map_err(|_| garbage("an SM2 signature that cannot be written"))
}

/// Reads DER; r and s in range.
pub(super) fn der(octets: &[u8]) -> Option<DerSignature> {
    DerSignature::from_der(octets).ok()
}

/// Reads r ‖ s; r and s in range.
pub(super) fn raw(octets: &[u8]) -> Option<DerSignature> {
    let octets: &[u8; RawSignature::LENGTH] = octets.try_into().ok()?;
    DerSignature::try_from(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_and_s_become_der_with_no_padding_and_no_sign() {
        let mut octets = [0; 64];
        octets[31] = 0x80;
        octets[32..].copy_from_slice(&[0x7f; 32]);
        let signature = ecdsa(&octets, P256_ORDER).unwrap();
        let expected = [&[0x30, 0x26, 2, 2, 0, 0x80, 2, 32][..], &[0x7f; 32]].concat();
        assert_eq!(signature.raw_bytes(), expected);
    }

    #[test]
    fn numbers_out_of_range_are_no_signature() {
        let mut one = [0; 32];
        one[31] = 1;
        let order = P256_ORDER;
        for (r, s) in [
            (&[0; 32][..], &one[..]),
            (&one, &[0; 32]),
            (order, &one),
            (&one, order),
        ] {
            let octets = [r, s].concat();
            let result = ecdsa(&octets, order);
            assert!(
                matches!(result, Err(Error::Garbage { .. })),
                "{octets:02x?}"
            );
        }
        let mut below = order.to_vec();
        below[31] -= 1;
        ecdsa(&[&below[..], &one].concat(), order).unwrap();
        for length in [0, 63, 65, 96] {
            assert!(ecdsa(&vec![1; length], order).is_err());
        }
        ecdsa(&[1; 96], P384_ORDER).unwrap();
        assert!(ecdsa(&[0xff; 96], P384_ORDER).is_err());
    }

    #[test]
    fn an_rsa_signature_is_a_number_below_the_modulus() {
        let modulus = [0xc0; 256];
        rsa(&[0xbf; 256], &modulus).unwrap();
        for octets in [&[0xc0; 256][..], &[0; 256], &[1; 255], &[1; 257], &[]] {
            assert!(matches!(rsa(octets, &modulus), Err(Error::Garbage { .. })));
        }
    }

    #[test]
    fn each_form_of_an_sm2_signature_is_read_as_itself_alone() {
        let raw_octets = [0x11; 64];
        let der_octets = raw(&raw_octets).unwrap().to_der();
        for (octets, form) in [
            (&raw_octets[..], SignatureForm::Raw),
            (&der_octets, SignatureForm::Der),
            (&raw_octets, SignatureForm::Test),
            (&der_octets, SignatureForm::Test),
        ] {
            assert_eq!(sm2(octets, form).unwrap().raw_bytes(), der_octets);
        }
        for (octets, form) in [
            (&raw_octets[..], SignatureForm::Der),
            (&der_octets, SignatureForm::Raw),
            (&[0xff; 64], SignatureForm::Raw),
            (&[0; 64], SignatureForm::Test),
            (&der_octets[1..], SignatureForm::Test),
            (&[], SignatureForm::Test),
        ] {
            assert!(matches!(sm2(octets, form), Err(Error::Garbage { .. })));
        }
    }
}
