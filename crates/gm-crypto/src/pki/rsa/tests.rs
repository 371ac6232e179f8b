use super::*;
use alloc::{vec, vec::Vec};
use der::{Encode, asn1::BitStringRef};
use num_bigint::BigUint;

const MESSAGE: &[u8] = b"octets to sign";

/// RFC 8017, 9.2, note 1.
fn digest_info(algorithm: RsaPkcs1) -> Vec<u8> {
    let (last, length) = match algorithm.0 {
        Sha2::Sha256 => (1, 32),
        Sha2::Sha384 => (2, 48),
        Sha2::Sha512 => (3, 64),
    };
    let oid = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last];
    let head = [0x30, 17 + length, 0x30, 13, 0x06, 9];
    let digest = algorithm.0.of(MESSAGE);
    [&head[..], &oid, &[0x05, 0, 0x04, length], &digest].concat()
}

/// What a signature stands for under a modulus of so many octets.
fn padded(algorithm: RsaPkcs1, octets: usize) -> BigUint {
    let info = digest_info(algorithm);
    let filling = vec![0xff; octets - 3 - info.len()];
    BigUint::from_bytes_be(&[&[0, 1], &filling[..], &[0], &info].concat())
}

/// A public key, and a signature under it.
struct Signed {
    modulus: BigUint,
    exponent: BigUint,
    signature: BigUint,
}

impl Signed {
    /// Under n = s^e − EM, of exactly so many bits: s^e leaves EM, whatever n's factors are.
    fn of_bits(bits: usize, exponent: u32) -> Self {
        let message = padded(RsaPkcs1::SHA256, bits.div_ceil(8));
        let least = (BigUint::from(1u8) << (bits - 1)) + &message;
        let mut signature = least.nth_root(exponent) + 1u8;
        let mut modulus = signature.pow(exponent) - &message;
        while !modulus.bit(0) {
            signature += 1u8;
            modulus = signature.pow(exponent) - &message;
        }
        assert_eq!(modulus.bits(), bits as u64);
        let exponent = exponent.into();
        Self {
            modulus,
            exponent,
            signature,
        }
    }

    /// Under a prime of Mersenne's, 2^bits − 1, whose order everyone knows.
    fn under_mersenne(algorithm: RsaPkcs1, bits: usize, exponent: u64) -> Self {
        let modulus = (BigUint::from(1u8) << bits) - 1u8;
        let exponent = BigUint::from(exponent);
        let inverse = exponent.modinv(&(&modulus - 1u8)).expect("coprime");
        let message = padded(algorithm, bits.div_ceil(8));
        let signature = message.modpow(&inverse, &modulus);
        Self {
            modulus,
            exponent,
            signature,
        }
    }

    fn key(&self) -> Vec<u8> {
        let (modulus, exponent) = (self.modulus.to_bytes_be(), self.exponent.to_bytes_be());
        let numbers = Numbers {
            modulus: UintRef::new(&modulus).unwrap(),
            exponent: UintRef::new(&exponent).unwrap(),
        };
        numbers.to_der().unwrap()
    }

    fn octets(&self) -> Vec<u8> {
        let length = usize::try_from(self.modulus.bits().div_ceil(8)).unwrap();
        let octets = self.signature.to_bytes_be();
        [vec![0; length - octets.len()], octets].concat()
    }

    fn verify(&self, algorithm: RsaPkcs1) -> bool {
        verify(algorithm, &self.key(), MESSAGE, &self.octets())
    }
}

fn verify(algorithm: RsaPkcs1, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let spki = SubjectPublicKeyInfoRef {
        algorithm: identifier(RSA_ENCRYPTION, Some(AnyRef::NULL)),
        subject_public_key: BitStringRef::from_bytes(key).unwrap(),
    };
    algorithm.verify(spki, message, signature).is_ok()
}

fn identifier(oid: ObjectIdentifier, parameters: Option<AnyRef<'_>>) -> AlgorithmIdentifierRef<'_> {
    AlgorithmIdentifierRef { oid, parameters }
}

const ALL: [RsaPkcs1; 3] = [RsaPkcs1::SHA256, RsaPkcs1::SHA384, RsaPkcs1::SHA512];

#[test]
fn a_signature_fits_its_digest_and_nothing_else() {
    for algorithm in ALL {
        let signed = Signed::under_mersenne(algorithm, 2203, 65_537);
        for other in ALL {
            assert_eq!(signed.verify(other), algorithm == other);
        }
    }
    let signed = Signed::under_mersenne(RsaPkcs1::SHA256, 2203, 65_537);
    let (key, signature) = (signed.key(), signed.octets());
    assert!(verify(RsaPkcs1::SHA256, &key, MESSAGE, &signature));
    assert!(!verify(
        RsaPkcs1::SHA256,
        &key,
        b"octets to sigN",
        &signature
    ));
    for at in [0, 1, signature.len() / 2, signature.len() - 1] {
        let mut changed = signature.clone();
        changed[at] ^= 1;
        assert!(!verify(RsaPkcs1::SHA256, &key, MESSAGE, &changed));
    }
    for length in [&signature[1..], &[&[0], &signature[..]].concat(), &[]] {
        assert!(!verify(RsaPkcs1::SHA256, &key, MESSAGE, length));
    }
    // s + n is congruent to s.
    let more = (&signed.signature + &signed.modulus).to_bytes_be();
    assert!(!verify(RsaPkcs1::SHA256, &key, MESSAGE, &more));
}

#[test]
fn a_modulus_has_2048_to_8192_bits() {
    for bits in [2048, 2049, 3072, 8191, 8192] {
        assert!(Signed::of_bits(bits, 3).verify(RsaPkcs1::SHA256), "{bits}");
    }
    for bits in [1024, 2047, 8193, 8200] {
        assert!(!Signed::of_bits(bits, 3).verify(RsaPkcs1::SHA256), "{bits}");
    }
    // Of the right length, and far too large for the exponent's good.
    assert!(!Signed::under_mersenne(RsaPkcs1::SHA256, 9689, 65_537).verify(RsaPkcs1::SHA256));
}

#[test]
fn an_exponent_is_odd_and_has_32_bits() {
    for exponent in [5, 17, 65_537, 4_294_967_291] {
        let signed = Signed::under_mersenne(RsaPkcs1::SHA256, 2203, exponent);
        assert!(signed.verify(RsaPkcs1::SHA256), "{exponent}");
    }
    let long = Signed::under_mersenne(RsaPkcs1::SHA256, 2203, 4_294_967_311);
    assert!(!long.verify(RsaPkcs1::SHA256));
    assert!(!Signed::of_bits(2048, 2).verify(RsaPkcs1::SHA256));
    // With 1, everything is its own signature.
    let one = Signed {
        exponent: 1u8.into(),
        signature: padded(RsaPkcs1::SHA256, 276),
        ..Signed::under_mersenne(RsaPkcs1::SHA256, 2203, 65_537)
    };
    assert!(!one.verify(RsaPkcs1::SHA256));
}

#[test]
fn a_key_that_is_not_der_verifies_nothing() {
    let signed = Signed::under_mersenne(RsaPkcs1::SHA256, 2203, 65_537);
    let (key, signature) = (signed.key(), signed.octets());
    for broken in [&key[..key.len() - 1], &[&key[..], &[0]].concat(), &[]] {
        assert!(!verify(RsaPkcs1::SHA256, broken, MESSAGE, &signature));
    }
}

#[test]
fn identifiers_are_taken_with_their_parameters_alone() {
    let oid = |text: &str| ObjectIdentifier::new_unwrap(text);
    let null = Some(AnyRef::NULL);
    let key = identifier(RSA_ENCRYPTION, null);
    let octet_string = AnyRef::new(der::Tag::OctetString, &[]).unwrap();
    for (algorithm, last) in ALL.into_iter().zip(11..) {
        let signature = oid(&alloc::format!("1.2.840.113549.1.1.{last}"));
        for parameters in [null, None] {
            assert!(algorithm.accepts(identifier(signature, parameters), key));
        }
        assert!(!algorithm.accepts(identifier(signature, Some(octet_string)), key));
        for parameters in [None, Some(octet_string)] {
            let key = identifier(RSA_ENCRYPTION, parameters);
            assert!(!algorithm.accepts(identifier(signature, null), key));
            assert!(!algorithm.takes_key(key));
        }
        assert!(algorithm.takes_key(key));
        // MD5 and SHA-1 with RSA, RSASSA-PSS.
        for other in [
            "1.2.840.113549.1.1.4",
            "1.2.840.113549.1.1.5",
            "1.2.840.113549.1.1.10",
        ] {
            assert!(!algorithm.accepts(identifier(oid(other), null), key));
        }
        let ec = identifier(oid("1.2.840.10045.2.1"), null);
        assert!(!algorithm.accepts(identifier(signature, null), ec));
    }
}
