use super::*;
use crate::{pki::encode_pem, sm2::SecretKey};
use alloc::{vec, vec::Vec};
use proptest::prelude::*;
use spki::EncodePublicKey;

fn key() -> PublicKey {
    SecretKey::from_bytes(&[7; 32]).unwrap().public_key()
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let inside = parts.concat();
    let mut octets = vec![tag];
    match inside.len() {
        length @ 0..128 => octets.push(u8::try_from(length).unwrap()),
        length @ 128..256 => octets.extend([0x81, u8::try_from(length).unwrap()]),
        length => {
            octets.extend([&[0x82], &u16::try_from(length).unwrap().to_be_bytes()[..]].concat())
        }
    }
    octets.extend(inside);
    octets
}

fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    oid.to_der().unwrap()
}

fn spki(algorithm: &[&[u8]], point: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x30, algorithm), &tlv(3, &[&[0], point])])
}

/// A number as a positive INTEGER.
fn integer(octets: &[u8]) -> Vec<u8> {
    UintRef::new(octets).unwrap().to_der().unwrap()
}

struct Domain {
    version: u8,
    field: ObjectIdentifier,
    numbers: [Vec<u8>; 5],
    seed: bool,
    cofactor: Option<u8>,
    hash: bool,
}

impl Domain {
    fn sm2() -> Self {
        Self {
            version: 1,
            field: PRIME_FIELD,
            numbers: [P.to_vec(), A.to_vec(), B.to_vec(), G.to_vec(), N.to_vec()],
            seed: false,
            cofactor: Some(1),
            hash: false,
        }
    }

    fn spki(&self) -> Vec<u8> {
        let [p, a, b, g, n] = &self.numbers;
        let seed = match self.seed {
            true => tlv(3, &[&[0, 1, 2, 3]]),
            false => vec![],
        };
        let domain = tlv(
            0x30,
            &[
                &integer(&[self.version]),
                &tlv(0x30, &[&oid(self.field), &integer(p)]),
                &tlv(0x30, &[&tlv(4, &[a]), &tlv(4, &[b]), &seed]),
                &tlv(4, &[g]),
                &integer(n),
                &self
                    .cofactor
                    .map_or(vec![], |cofactor| integer(&[cofactor])),
                &if self.hash { oid(KEY_OID) } else { vec![] },
            ],
        );
        spki(&[&oid(KEY_OID), &domain], &key().to_uncompressed())
    }

    fn is_read(&self) -> bool {
        let der = self.spki();
        assert!(decode_public_key(&der, SpkiOptions::default()).is_err());
        let mut compressed_only = SpkiOptions::LENIENT;
        compressed_only.explicit_parameters = false;
        assert!(decode_public_key(&der, compressed_only).is_err());
        match PublicKeyFile::read(&der, SpkiOptions::LENIENT) {
            Ok(file) => {
                assert!(file.has_explicit_parameters());
                assert_eq!((file.key(), file.format()), (key(), PublicKeyFormat::Spki));
                true
            }
            Err(_) => false,
        }
    }
}

#[test]
fn the_numbers_of_the_curve_are_the_curve_that_is_computed_with() {
    assert_eq!(
        PublicKey::from_uncompressed(&G).unwrap().to_compressed(),
        compressed_g()
    );
    let mut one = [0; 32];
    one[31] = 1;
    assert_eq!(
        SecretKey::from_bytes(&one)
            .unwrap()
            .public_key()
            .to_uncompressed(),
        G
    );
    // n − 1 is no key and n − 2 is one; a is p − 3.
    let mut last = N;
    last[31] -= 1;
    assert!(SecretKey::from_bytes(&last).is_err());
    last[31] -= 1;
    assert!(SecretKey::from_bytes(&last).is_ok());
    assert_eq!((P[31] - 3, &P[..31]), (A[31], &A[..31]));
}

#[test]
fn both_spellings_and_the_bare_bit_string_are_read_in_der_and_pem() {
    let point = key().to_uncompressed();
    let [curve, algorithm] = [oid(CURVE_OID), oid(KEY_OID)];
    let as_algorithm = PublicKeyFormat::SpkiCurveAsAlgorithm;
    for (der, format) in [
        (spki(&[&algorithm, &curve], &point), PublicKeyFormat::Spki),
        (spki(&[&curve], &point), as_algorithm),
        (spki(&[&curve, &[5, 0]], &point), as_algorithm),
        (spki(&[&curve, &curve], &point), as_algorithm),
        (encode_public_key_bare(&key()), PublicKeyFormat::BitString),
    ] {
        for octets in [
            der.clone(),
            encode_pem("PUBLIC KEY", &der).into_bytes(),
            encode_pem("EC PUBLIC KEY", &der).into_bytes(),
        ] {
            let file = PublicKeyFile::read(&octets, SpkiOptions::default()).unwrap();
            assert_eq!((file.key(), file.format()), (key(), format));
            assert!(!file.is_compressed() && !file.has_explicit_parameters());
        }
    }
    assert_eq!(
        key().to_public_key_der().unwrap().as_bytes(),
        spki(&[&algorithm, &curve], &point)
    );
    assert_eq!(encode_public_key_bare(&key())[..4], [3, 66, 0, 4]);
}

#[test]
fn another_curve_or_none_is_refused_and_named() {
    let point = key().to_uncompressed();
    let [curve, algorithm] = [oid(CURVE_OID), oid(KEY_OID)];
    let p256 = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
    let rsa = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    let read =
        |algorithm: &[&[u8]]| decode_public_key(&spki(algorithm, &point), SpkiOptions::LENIENT);
    for (parts, named) in [
        ([&algorithm, &oid(p256)], p256),
        ([&oid(rsa), &vec![5, 0]], rsa),
    ] {
        match read(&parts.map(Vec::as_slice)) {
            Err(Error::Unsupported { oid, .. }) => assert_eq!(oid, named),
            other => panic!("{other:?}"),
        }
    }
    for parts in [
        &[&algorithm[..]][..],
        &[&algorithm, &[5, 0]],
        &[&algorithm, &[4, 0]],
        &[&curve, &algorithm],
    ] {
        assert!(
            matches!(read(parts), Err(Error::Invalid { .. })),
            "{parts:?}"
        );
    }
}

#[test]
fn a_compressed_point_is_read_on_request_alone() {
    let point = key().to_compressed();
    let bare = tlv(3, &[&[0], &point]);
    let in_spki = spki(&[&oid(KEY_OID), &oid(CURVE_OID)], &point);
    let mut options = SpkiOptions::default();
    for der in [&bare, &in_spki] {
        options.compressed = false;
        options.explicit_parameters = true;
        assert!(matches!(
            decode_public_key(der, options),
            Err(Error::Invalid { .. })
        ));
        options.compressed = true;
        options.explicit_parameters = false;
        let file = PublicKeyFile::read(der, options).unwrap();
        assert!(file.is_compressed());
        assert_eq!(file.key(), key());
    }
}

#[test]
fn points_that_are_none_are_refused_in_every_form() {
    let good = key().to_uncompressed();
    let mut off = good;
    off[64] ^= 1;
    let mut hybrid = good;
    hybrid[0] = 6 | (good[64] & 1);
    let swapped = [&[4], &good[33..], &good[1..33]].concat();
    for point in [
        &off[..],
        &hybrid,
        &swapped,
        &good[..64],
        &good[1..],
        &[0],
        &[],
        &[2; 33][..32],
        &[&good[..], &[0]].concat(),
    ] {
        for der in [
            tlv(3, &[&[0], point]),
            spki(&[&oid(KEY_OID), &oid(CURVE_OID)], point),
        ] {
            assert!(
                decode_public_key(&der, SpkiOptions::LENIENT).is_err(),
                "{point:02x?}"
            );
        }
    }
    // Seven bits of the last octet.
    let mut bits = encode_public_key_bare(&key());
    bits[2] = 1;
    assert!(decode_public_key(&bits, SpkiOptions::LENIENT).is_err());
}

#[test]
fn a_curve_that_is_written_out_is_read_if_every_number_is_the_curves() {
    assert!(Domain::sm2().is_read());
    for cofactor in [None, Some(0), Some(2)] {
        let domain = Domain {
            cofactor,
            ..Domain::sm2()
        };
        assert_eq!(domain.is_read(), cofactor.is_none());
    }
    for (version, good) in [(0, false), (2, true), (3, true), (4, false)] {
        assert_eq!(
            Domain {
                version,
                ..Domain::sm2()
            }
            .is_read(),
            good,
            "{version}"
        );
    }
    assert!(
        Domain {
            seed: true,
            ..Domain::sm2()
        }
        .is_read()
    );
    assert!(
        !Domain {
            hash: true,
            ..Domain::sm2()
        }
        .is_read()
    );
    assert!(
        !Domain {
            field: KEY_OID,
            ..Domain::sm2()
        }
        .is_read()
    );
    for number in 0..5 {
        for change in 0..3 {
            let mut domain = Domain::sm2();
            let octets = &mut domain.numbers[number];
            match change {
                0 => *octets.last_mut().unwrap() ^= 2,
                1 => octets[20] ^= 0x80,
                _ => drop(octets.pop()),
            }
            assert!(!domain.is_read(), "number {number}, change {change}");
        }
    }
    // CVE-2020-0601: another base, on the curve, with everything else the curve's.
    let mut forged = Domain::sm2();
    forged.numbers[3] = key().to_uncompressed().to_vec();
    assert!(!forged.is_read());
    let mut compressed = Domain::sm2();
    compressed.numbers[3] = compressed_g().to_vec();
    assert!(compressed.is_read());
}

#[test]
fn hostile_input_is_refused_without_a_panic() {
    for der in [
        spki(&[&oid(KEY_OID), &oid(CURVE_OID)], &key().to_uncompressed()),
        encode_public_key_bare(&key()),
        Domain::sm2().spki(),
    ] {
        let read = |octets: &[u8]| decode_public_key(octets, SpkiOptions::LENIENT);
        assert!(read(&der).is_ok());
        for length in 0..der.len() {
            assert!(read(&der[..length]).is_err(), "{length}");
        }
        assert!(matches!(
            read(&[&der[..], &[0]].concat()),
            Err(Error::Malformed { .. })
        ));
        for place in 0..der.len() {
            for bit in 0..8 {
                let mut changed = der.clone();
                changed[place] ^= 1 << bit;
                // Versions 1 and 3 of a curve that is written out differ in one bit.
                if let Ok(found) = read(&changed) {
                    assert_eq!((found, changed[place]), (key(), 3), "{place} {bit}");
                }
            }
        }
        // BER: a length in more octets than it needs, and an indefinite one.
        let start = if der[1] < 0x80 {
            2
        } else {
            2 + usize::from(der[1] & 0x7f)
        };
        let inside = &der[start..];
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        assert!(read(&[&[der[0], 0x83, 0], &length[..], inside].concat()).is_err());
        assert!(read(&[&[der[0], 0x80], inside, &[0, 0]].concat()).is_err());
    }
    for octets in [
        &b""[..],
        b"-----BEGIN PUBLIC KEY-----",
        b"0",
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
    ] {
        assert!(decode_public_key(octets, SpkiOptions::LENIENT).is_err());
    }
}

proptest! {
    #[test]
    fn each_form_is_read_back(scalar in any::<[u8; 32]>()) {
        let Ok(secret) = SecretKey::from_bytes(&scalar) else { return Ok(()) };
        let key = secret.public_key();
        let bare = encode_public_key_bare(&key);
        prop_assert_eq!(decode_public_key(&bare, SpkiOptions::default()).unwrap(), key);
        let der = key.to_public_key_der().unwrap();
        prop_assert_eq!(decode_public_key(der.as_bytes(), SpkiOptions::default()).unwrap(), key);
    }
}
