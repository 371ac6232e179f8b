use super::*;
use gm_crypto::{pki::Ecdsa, sm2::SecretKey};

fn point() -> [u8; 65] {
    SecretKey::from_bytes(&[7; 32])
        .unwrap()
        .public_key()
        .to_uncompressed()
}

#[test]
fn a_point_is_read_in_an_octet_string_and_alone() {
    let wrapped = octet_string(&point());
    assert_eq!(wrapped[..3], [4, 65, 4]);
    let [one, other] = [&wrapped[..], &point()]
        .map(|octets| PublicHalf::from_point(sm2::CURVE_OID, octets).unwrap());
    assert_eq!(one.spki, other.spki);
    assert_eq!(one.algorithm, KeyAlgorithm::Sm2);
    assert_eq!(one.sm2().unwrap().to_uncompressed(), point());
}

#[test]
fn a_point_alone_that_looks_like_an_octet_string_is_still_the_point() {
    // 04 5f …: 95 octets follow the first two of a P-384 point whose x begins with 5f.
    let mut octets = [0; 97];
    octets[..2].copy_from_slice(&[4, 95]);
    let half = PublicHalf::from_point(P384, &octets).unwrap();
    assert_eq!(half.key_octets().unwrap(), octets);
}

#[test]
fn what_is_no_point_of_the_curve_is_garbage() {
    let mut off = point();
    off[64] ^= 1;
    for octets in [
        &off[..],
        &point()[..64],
        &point()[1..],
        &[],
        &[4],
        &octet_string(&[4; 64]),
    ] {
        let result = PublicHalf::from_point(sm2::CURVE_OID, octets);
        assert!(
            matches!(result, Err(Error::Garbage { .. })),
            "{octets:02x?}"
        );
    }
    let secp256k1 = ObjectIdentifier::new_unwrap("1.3.132.0.10");
    let other = PublicHalf::from_point(secp256k1, &point());
    assert!(matches!(other, Err(Error::Unsupported { .. })));
}

#[test]
fn public_keys_are_written_as_certificates_have_them() {
    use gm_crypto::pki::{RsaPkcs1, Sm2Sm3, VerifyAlgorithm};
    let mut point = [1; 97];
    point[0] = 4;
    let modulus = [&[0, 0x80][..], &[1; 255]].concat();
    let halves: [(PublicHalf, &dyn VerifyAlgorithm); 4] = [
        (
            PublicHalf::from_point(P256, &point[..65]).unwrap(),
            &Ecdsa::P256_SHA256,
        ),
        (
            PublicHalf::from_point(P384, &point).unwrap(),
            &Ecdsa::P384_SHA384,
        ),
        (
            PublicHalf::from_rsa(&modulus, &[1, 0, 1]).unwrap(),
            &RsaPkcs1::SHA256,
        ),
        (
            PublicHalf::from_point(sm2::CURVE_OID, &tests::point()).unwrap(),
            &Sm2Sm3::default(),
        ),
    ];
    for (half, algorithm) in halves {
        let spki: SubjectPublicKeyInfoRef<'_> = half.spki.decode_msg().unwrap();
        let named = half.algorithm.signature_algorithm();
        assert!(
            algorithm.accepts((&named).into(), spki.algorithm),
            "{}",
            half.algorithm
        );
        let again = PublicHalf::from_spki(Some(spki)).unwrap();
        assert_eq!((again.algorithm, again.spki), (half.algorithm, half.spki));
    }
}

#[test]
fn an_rsa_key_has_one_of_three_lengths() {
    for (octets, bits) in [(256, 2048), (384, 3072), (512, 4096)] {
        let half = PublicHalf::from_rsa(&vec![0xff; octets], &[3]).unwrap();
        assert_eq!(half.algorithm, KeyAlgorithm::Rsa { bits });
        assert_eq!(half.modulus().unwrap(), vec![0xff; octets]);
    }
    for modulus in [vec![0xff; 128], vec![0x7f; 256], vec![0; 256], vec![]] {
        let result = PublicHalf::from_rsa(&modulus, &[3]);
        assert!(matches!(result, Err(Error::Unsupported { .. })));
    }
}
