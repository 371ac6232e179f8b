//! The forms against each other, and against whoever would break them.

mod hostile;
mod made;

use super::*;
use crate::pki::{
    KeyCipher, Prf, encode_pem, encode_private_key, encode_private_key_bare,
    encode_private_key_encrypted, encode_private_key_legacy_pem, encode_private_key_sec1,
    encode_private_key_without_public,
};
use alloc::{format, string::String, vec, vec::Vec};
use getrandom::SysRng;
use made::{hand_made, key, tlv};
use proptest::prelude::*;

fn few() -> KeyFileParameters {
    KeyFileParameters {
        iterations: 1_000,
        ..KeyFileParameters::default()
    }
}

const PASSWORD: &[u8] = "口令 secret".as_bytes();

/// Every form that is written, with its name, its octets and whether it is encrypted.
fn written(key: &SecretKey) -> Vec<(KeyFormat, Vec<u8>, bool)> {
    let pem = |label, der: &[u8]| encode_pem(label, der).into_bytes();
    let [plain, without] = [
        encode_private_key(key).to_vec(),
        encode_private_key_without_public(key).to_vec(),
    ];
    let sec1 = encode_private_key_sec1(key).to_vec();
    let bare = encode_private_key_bare(key).to_vec();
    let legacy = encode_private_key_legacy_pem(&mut SysRng, key, PASSWORD).unwrap();
    let mut all = vec![
        (KeyFormat::Pkcs8, pem("PRIVATE KEY", &plain), false),
        (KeyFormat::Pkcs8, plain, false),
        (KeyFormat::Pkcs8, pem("PRIVATE KEY", &without), false),
        (KeyFormat::Pkcs8, without, false),
        (KeyFormat::Sec1, pem("EC PRIVATE KEY", &sec1), false),
        (KeyFormat::Sec1, pem("SM2 PRIVATE KEY", &sec1), false),
        (KeyFormat::Sec1, sec1, false),
        (KeyFormat::BareInteger, pem("SM2 PRIVATE KEY", &bare), false),
        (KeyFormat::BareInteger, bare, false),
        (KeyFormat::LegacyPem, legacy.into_bytes(), true),
    ];
    for prf in [Prf::HmacSm3, Prf::HmacSm3Openssl, Prf::HmacSha256] {
        for cipher in KeyCipher::ALL {
            let mut parameters = few();
            (parameters.prf, parameters.cipher) = (prf, cipher);
            let der = encode_private_key_encrypted(&mut SysRng, key, PASSWORD, parameters).unwrap();
            let text = pem("ENCRYPTED PRIVATE KEY", &der);
            all.push((KeyFormat::EncryptedPkcs8, text, true));
            all.push((KeyFormat::EncryptedPkcs8, der, true));
        }
    }
    all
}

fn open(octets: &[u8]) -> SecretKey {
    let file = PrivateKeyFile::read(octets).unwrap();
    file.open(Some(PASSWORD)).unwrap()
}

#[test]
fn every_form_that_is_written_is_recognised_and_opens_without_a_remark() {
    let key = key();
    for (format, octets, encrypted) in written(&key) {
        let file = PrivateKeyFile::read(&octets).unwrap();
        assert_eq!((file.format(), file.is_encrypted()), (format, encrypted));
        assert_eq!(
            file.open(Some(PASSWORD)).unwrap().to_bytes(),
            key.to_bytes()
        );
        assert_eq!(
            file.open_explained(Some(PASSWORD)).unwrap().to_bytes(),
            key.to_bytes()
        );
        assert_eq!(
            file.encryption().is_some(),
            format == KeyFormat::EncryptedPkcs8
        );
        if encrypted {
            assert!(matches!(file.open(None), Err(Error::Invalid { .. })));
            assert!(matches!(file.open(Some(b"")), Err(Error::WrongPassword)));
            assert!(matches!(
                file.open_explained(Some(b"")),
                Err(Error::WrongPassword)
            ));
            assert_eq!(file.public_key_beside(), None);
        } else {
            assert_eq!(file.open(None).unwrap().to_bytes(), key.to_bytes());
        }
        let expected: &[KeyRemark] = match file.public_key_beside() {
            None if format == KeyFormat::LegacyPem => &[KeyRemark::Md5Derivation],
            None if !encrypted => &[KeyRemark::NoPublicKey],
            beside => {
                assert!(beside.is_none_or(|beside| beside == key.public_key()));
                &[]
            }
        };
        assert_eq!(file.remarks(), expected, "{format}");
        assert!(file.certificate().is_none());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn each_form_becomes_each_other_form_and_comes_back(scalar in any::<[u8; 32]>(), zeros in 0..4_usize) {
        let mut scalar = scalar;
        // A scalar that begins with zeros is shorter as an INTEGER.
        scalar[..zeros].fill(0);
        let Ok(first) = SecretKey::from_bytes(&scalar) else { return Ok(()) };
        for (_, octets, _) in written(&first) {
            let second = open(&octets);
            prop_assert_eq!(second.to_bytes(), first.to_bytes());
        }
        // The forms are functions of the scalar, so that one more step closes each circle.
        let der = encode_private_key(&first);
        for octets in [
            encode_private_key_sec1(&open(&der)),
            encode_private_key_bare(&open(&der)),
            encode_private_key_without_public(&open(&der)),
        ] {
            prop_assert_eq!(&encode_private_key(&open(&octets)), &der);
        }
    }
}

#[test]
fn a_key_file_opens_with_its_password_alone() {
    let key = key();
    let file = encode_private_key_encrypted(&mut SysRng, &key, b"secret", few()).unwrap();
    assert!(is_encrypted_private_key(&file));
    let read = decode_private_key_encrypted(&file, b"secret").unwrap();
    assert_eq!(read.to_bytes(), key.to_bytes());
    assert!(matches!(
        decode_private_key_encrypted(&file, b"Secret"),
        Err(Error::WrongPassword)
    ));
}

#[test]
fn a_plain_key_is_read_back() {
    let key = key();
    for der in [
        encode_private_key(&key),
        encode_private_key_without_public(&key),
        encode_private_key_sec1(&key),
    ] {
        assert!(!is_encrypted_private_key(&der));
        assert_eq!(decode_private_key(&der).unwrap().to_bytes(), key.to_bytes());
    }
}

#[test]
fn what_other_programs_write_is_read_with_a_remark() {
    let key = key();
    for made in hand_made(&key) {
        let file = PrivateKeyFile::read(&made.octets).unwrap();
        assert_eq!(file.format(), made.format, "{}", made.name);
        assert_eq!(file.remarks(), made.remarks, "{}", made.name);
        let opened = file.open(Some(PASSWORD)).unwrap();
        assert_eq!(opened.to_bytes(), key.to_bytes(), "{}", made.name);
        for remark in file.remarks() {
            assert!(format!("{remark}").len() > 20);
        }
    }
}

#[test]
fn a_foreign_public_key_beside_the_scalar_is_refused_wherever_it_stands() {
    let [key, other] = [key(), SecretKey::from_bytes(&[9; 32]).unwrap()];
    let [mine, foreign] = [&key, &other].map(|key| key.public_key());
    let replace = |der: &[u8], from: &[u8], to: &[u8]| {
        let mut der = der.to_vec();
        let at = der
            .windows(from.len())
            .position(|part| part == from)
            .unwrap();
        der[at..at + from.len()].copy_from_slice(to);
        der
    };
    let mut checked = 0;
    for made in hand_made(&key) {
        for (from, to) in [
            (&mine.to_uncompressed()[..], &foreign.to_uncompressed()[..]),
            (&mine.to_compressed(), &foreign.to_compressed()),
        ] {
            if made.octets[0] == SEQUENCE
                && made.octets.windows(from.len()).any(|part| part == from)
            {
                let der = replace(&made.octets, from, to);
                let refused =
                    PrivateKeyFile::read(&der).and_then(|file| file.open_explained(Some(PASSWORD)));
                assert!(
                    matches!(refused, Err(Error::Invalid { .. })),
                    "{}",
                    made.name
                );
                checked += 1;
            }
        }
    }
    assert_eq!(
        checked, 6,
        "SEC 1, PKCS#8 and version 2, compressed and not, and CFCA's"
    );
    let der = replace(
        &encode_private_key(&key),
        &mine.to_uncompressed(),
        &foreign.to_uncompressed(),
    );
    assert!(matches!(
        decode_private_key(&der),
        Err(Error::Invalid { .. })
    ));
}

/// n − 2 and what follows.
fn near_n(above: u8) -> [u8; 32] {
    let mut octets = [0xff; 32];
    octets[3] = 0xfe;
    octets[16..].copy_from_slice(&0x7203_DF6B_21C6_052B_53BB_F409_39D5_4121_u128.to_be_bytes());
    octets[31] += above;
    octets
}

#[test]
fn a_scalar_out_of_range_is_refused_in_every_form() {
    let good = key();
    let scalars = [[0; 32], near_n(1), near_n(2), near_n(3), [0xff; 32]];
    for scalar in scalars {
        let hex: String = scalar.iter().map(|octet| format!("{octet:02X}")).collect();
        for raw in [&scalar[..], hex.as_bytes()] {
            assert!(matches!(
                PrivateKeyFile::read_raw_scalar(raw),
                Err(Error::Invalid { .. })
            ));
        }
        for der in [
            encode_private_key_without_public(&good),
            encode_private_key_sec1(&good),
        ] {
            let mut der = der.to_vec();
            let at = der
                .windows(32)
                .position(|part| part == *good.to_bytes())
                .unwrap();
            der[at..at + 32].copy_from_slice(&scalar);
            assert!(matches!(
                PrivateKeyFile::read(&der),
                Err(Error::Invalid { .. })
            ));
            assert!(matches!(
                decode_private_key(&der),
                Err(Error::Invalid { .. })
            ));
        }
        let start = scalar.iter().position(|octet| *octet != 0).unwrap_or(31);
        let sign: &[u8] = if scalar[start] < 0x80 { &[] } else { &[0] };
        let integer = tlv(2, &[sign, &scalar[start..]]);
        assert!(matches!(
            PrivateKeyFile::read(&integer),
            Err(Error::Invalid { .. })
        ));
    }
    let last = SecretKey::from_bytes(&near_n(0)).unwrap();
    let mut one = [0; 32];
    one[31] = 1;
    for key in [last, SecretKey::from_bytes(&one).unwrap()] {
        for (_, octets, _) in written(&key) {
            assert_eq!(open(&octets).to_bytes(), key.to_bytes());
        }
    }
}

#[test]
fn a_raw_scalar_is_read_where_the_caller_says_so_alone() {
    let key = key();
    let raw = key.to_bytes();
    let hex: String = raw.iter().map(|octet| format!("{octet:02x}")).collect();
    for octets in [
        raw.to_vec(),
        hex.clone().into_bytes(),
        format!(" {}\r\n", hex.to_uppercase()).into_bytes(),
    ] {
        let file = PrivateKeyFile::read_raw_scalar(&octets).unwrap();
        assert_eq!(file.format(), KeyFormat::RawScalar);
        assert_eq!(file.open(None).unwrap().to_bytes(), raw);
        assert!(PrivateKeyFile::read(&octets).is_err());
    }
    let spoiled = hex.replacen(&hex[..1], "g", 1);
    for octets in [
        &raw[..31],
        &[0; 33],
        &hex.as_bytes()[..63],
        spoiled.as_bytes(),
        b"",
    ] {
        let refused = PrivateKeyFile::read_raw_scalar(octets);
        assert!(matches!(refused, Err(Error::Invalid { .. })));
    }
}

#[test]
fn a_block_of_parameters_must_name_the_curve() {
    let key = encode_pem("EC PRIVATE KEY", &encode_private_key_sec1(&key()));
    for label in ["EC PARAMETERS", "SM2 PARAMETERS"] {
        let with = |der: &[u8]| {
            let text = format!("{}{key}", encode_pem(label, der));
            PrivateKeyFile::read(text.as_bytes())
        };
        let file = with(made::CURVE).unwrap();
        assert_eq!(file.remarks(), [KeyRemark::ParametersInFront]);
        let p256 = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
        assert!(matches!(with(&p256), Err(Error::Unsupported { .. })));
        assert!(matches!(with(&[5, 0]), Err(Error::Invalid { .. })));
        assert!(matches!(with(&[6, 0]), Err(Error::Malformed { .. })));
    }
}

#[test]
fn of_several_keys_the_first_is_read_and_the_rest_is_mentioned() {
    let [first, second] = [key(), SecretKey::from_bytes(&[9; 32]).unwrap()]
        .map(|key| encode_pem("PRIVATE KEY", &encode_private_key(&key)));
    let file = PrivateKeyFile::read(format!("{first}{second}").as_bytes()).unwrap();
    assert_eq!(file.remarks(), [KeyRemark::SeveralKeys]);
    assert_eq!(file.open(None).unwrap().to_bytes(), key().to_bytes());
    // What follows the key and is broken does no harm; what stands before it does.
    let broken = "-----BEGIN X-----\n!\n-----END X-----\n";
    assert!(PrivateKeyFile::read(format!("{first}{broken}").as_bytes()).is_ok());
    assert!(PrivateKeyFile::read(format!("{broken}{first}").as_bytes()).is_err());
}

#[test]
fn debug_is_silent() {
    let key = key();
    for (_, octets, _) in written(&key) {
        let text = format!("{:?}", PrivateKeyFile::read(&octets).unwrap());
        assert!(text.starts_with("PrivateKeyFile { format: "), "{text}");
        assert!(text.len() < 120, "{text}");
    }
}
