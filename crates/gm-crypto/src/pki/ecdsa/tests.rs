use super::*;
use alloc::vec::Vec;
use der::{AnyRef, asn1::BitStringRef};
use signature::hazmat::PrehashSigner;

const MESSAGE: &[u8] = b"octets to sign";

const ALL: [Ecdsa; 4] = [
    Ecdsa::P256_SHA256,
    Ecdsa::P384_SHA384,
    Ecdsa::P384_SHA256,
    Ecdsa::P384_SHA512,
];

/// Uncompressed and compressed point, and a signature.
fn signed(algorithm: Ecdsa) -> [Vec<u8>; 3] {
    let digest = algorithm.digest.of(MESSAGE);
    match algorithm.curve {
        Curve::P256 => {
            let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
            let signature: p256::ecdsa::DerSignature = key.sign_prehash(&digest).unwrap();
            let point = key.verifying_key();
            [
                point.to_sec1_point(false).as_bytes().to_vec(),
                point.to_sec1_point(true).as_bytes().to_vec(),
                signature.as_bytes().to_vec(),
            ]
        }
        Curve::P384 => {
            let key = p384::ecdsa::SigningKey::from_slice(&[7; 48]).unwrap();
            let signature: p384::ecdsa::DerSignature = key.sign_prehash(&digest).unwrap();
            let point = key.verifying_key();
            [
                point.to_sec1_point(false).as_bytes().to_vec(),
                point.to_sec1_point(true).as_bytes().to_vec(),
                signature.as_bytes().to_vec(),
            ]
        }
    }
}

fn verify(algorithm: Ecdsa, point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let spki = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: EC_PUBLIC_KEY,
            parameters: None,
        },
        subject_public_key: BitStringRef::from_bytes(point).unwrap(),
    };
    algorithm.verify(spki, message, signature).is_ok()
}

#[test]
fn a_signature_fits_its_curve_and_digest_and_nothing_else() {
    for algorithm in ALL {
        let [point, compressed, signature] = signed(algorithm);
        for other in ALL {
            assert_eq!(
                verify(other, &point, MESSAGE, &signature),
                algorithm == other
            );
        }
        assert!(!verify(algorithm, &point, b"octets to sigN", &signature));
        assert!(!verify(algorithm, &compressed, MESSAGE, &signature));
        for at in 0..point.len() {
            let mut point = point.clone();
            point[at] ^= 1;
            assert!(!verify(algorithm, &point, MESSAGE, &signature), "{at}");
        }
        for at in 0..signature.len() {
            let mut signature = signature.clone();
            signature[at] ^= 1;
            assert!(!verify(algorithm, &point, MESSAGE, &signature), "{at}");
            assert!(
                !verify(algorithm, &point, MESSAGE, &signature[..at]),
                "{at}"
            );
        }
        let trailing = [&signature[..], &[0]].concat();
        assert!(!verify(algorithm, &point, MESSAGE, &trailing));
        for point in [&point[..point.len() - 1], &[][..], &[0], &[4]] {
            assert!(!verify(algorithm, point, MESSAGE, &signature));
        }
    }
}

#[test]
fn zero_is_no_part_of_a_signature() {
    let [point, ..] = signed(Ecdsa::P256_SHA256);
    let zero = [0x30, 6, 2, 1, 0, 2, 1, 0];
    assert!(!verify(Ecdsa::P256_SHA256, &point, MESSAGE, &zero));
    let one_zero = [0x30, 6, 2, 1, 1, 2, 1, 0];
    assert!(!verify(Ecdsa::P256_SHA256, &point, MESSAGE, &one_zero));
}

static CURVES: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
    ObjectIdentifier::new_unwrap("1.3.132.0.34"),
    ObjectIdentifier::new_unwrap("1.2.156.10197.1.301"),
];

#[test]
fn identifiers_are_taken_with_their_parameters_alone() {
    let oid = |text: &str| ObjectIdentifier::new_unwrap(text);
    let ec = |curve: Option<&'static ObjectIdentifier>| AlgorithmIdentifierRef {
        oid: EC_PUBLIC_KEY,
        parameters: curve.map(AnyRef::from),
    };
    let plain = |oid| AlgorithmIdentifierRef {
        oid,
        parameters: None,
    };
    for (algorithm, curve, last) in [
        (Ecdsa::P256_SHA256, 0, 2),
        (Ecdsa::P384_SHA256, 1, 2),
        (Ecdsa::P384_SHA384, 1, 3),
        (Ecdsa::P384_SHA512, 1, 4),
    ] {
        for arc in 1..=4 {
            let signature = oid(&alloc::format!("1.2.840.10045.4.3.{arc}"));
            for (place, key) in CURVES.iter().enumerate() {
                let expected = arc == last && place == curve;
                assert_eq!(algorithm.accepts(plain(signature), ec(Some(key))), expected);
                assert_eq!(algorithm.takes_key(ec(Some(key))), place == curve);
            }
            let with_null = AlgorithmIdentifierRef {
                oid: signature,
                parameters: Some(AnyRef::NULL),
            };
            assert!(!algorithm.accepts(with_null, ec(Some(&CURVES[curve]))));
            assert!(!algorithm.accepts(plain(signature), ec(None)));
        }
        // ecdsa-with-SHA1; sm2-with-SM3.
        for other in ["1.2.840.10045.4.1", "1.2.156.10197.1.501"] {
            assert!(!algorithm.accepts(plain(oid(other)), ec(Some(&CURVES[curve]))));
        }
    }
}
