//! Key files as other programs write them, put together by hand.

use super::*;
use crate::sm3;
use der::{Encode, asn1::ObjectIdentifier};

pub(super) const CURVE: &[u8] = &[6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d];
const KEY: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const VERSION_ONE: &[u8] = &[2, 1, 0];
const ONE: &[u8] = &[2, 1, 1];

pub(super) struct Made {
    pub(super) name: &'static str,
    pub(super) octets: Vec<u8>,
    pub(super) format: KeyFormat,
    pub(super) remarks: Vec<KeyRemark>,
}

pub(super) fn key() -> SecretKey {
    SecretKey::from_bytes(&[7; 32]).unwrap()
}

pub(super) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let inside = parts.concat();
    let mut octets = vec![tag];
    match inside.len() {
        length @ 0..128 => octets.push(u8::try_from(length).unwrap()),
        length @ 128..256 => octets.extend([0x81, u8::try_from(length).unwrap()]),
        length => {
            octets.push(0x82);
            octets.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    octets.extend(inside);
    octets
}

/// SEC 1, C.2, for the SM2 curve.
pub(super) fn domain() -> Vec<u8> {
    let p = [
        &[0xff, 0xff, 0xff, 0xfe],
        &[0xff; 16][..],
        &[0; 4],
        &[0xff; 8],
    ]
    .concat();
    let mut a = p.clone();
    a[31] = 0xfc;
    let b = 0x28E9_FA9E_9D9F_5E34_4D5A_9E4B_CF65_09A7_u128.to_be_bytes();
    let rest = 0xF397_89F5_15AB_8F92_DDBC_BD41_4D94_0E93_u128.to_be_bytes();
    let mut one = [0; 32];
    one[31] = 1;
    let base = SecretKey::from_bytes(&one).unwrap().public_key();
    let mut n = near_n(0);
    n[31] += 2;
    let prime_field = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 1, 1];
    tlv(
        0x30,
        &[
            ONE,
            &tlv(0x30, &[&prime_field, &tlv(2, &[&[0], &p])]),
            &tlv(0x30, &[&tlv(4, &[&a]), &tlv(4, &[&b, &rest])]),
            &tlv(4, &[&base.to_uncompressed()]),
            &tlv(2, &[&[0], &n]),
            ONE,
        ],
    )
}

pub(super) fn sec1(key: &SecretKey, parameters: &[u8], public: &[u8]) -> Vec<u8> {
    let optional = |tag, inside: &[u8]| match inside {
        [] => vec![],
        inside => tlv(tag, &[inside]),
    };
    let bits = match public {
        [] => vec![],
        public => tlv(3, &[&[0], public]),
    };
    tlv(
        0x30,
        &[
            ONE,
            &tlv(4, &[&*key.to_bytes()]),
            &optional(0xa0, parameters),
            &optional(0xa1, &bits),
        ],
    )
}

fn pkcs8(version: &[u8], algorithm: &[&[u8]], inside: &[u8], behind: &[&[u8]]) -> Vec<u8> {
    let behind = behind.concat();
    tlv(
        0x30,
        &[version, &tlv(0x30, algorithm), &tlv(4, &[inside]), &behind],
    )
}

/// RFC 5280, as little of it as there can be: nothing but the key is looked at.
pub(super) fn certificate(public: &PublicKey) -> Vec<u8> {
    let sequence = tlv(0x30, &[]);
    let spki = tlv(
        0x30,
        &[
            &tlv(0x30, &[KEY, CURVE]),
            &tlv(3, &[&[0], &public.to_uncompressed()]),
        ],
    );
    let tbs = [
        &tlv(0xa0, &[&[2, 1, 2]])[..],
        ONE,
        &sequence,
        &sequence,
        &sequence,
        &sequence,
        &spki,
        &tlv(0xa3, &[&sequence]),
    ];
    tlv(0x30, &[&tlv(0x30, &tbs), &sequence, &[3, 1, 0]])
}

pub(super) fn cfca(password: &[u8], scalar: &[u8], public: &PublicKey) -> Vec<u8> {
    let mut derived = [0; 32];
    sm3::kdf(&[password], &mut derived);
    let (iv, key) = derived.split_first_chunk().unwrap();
    let encrypted = KeyCipher::Sm4Cbc.encrypt(key, iv, scalar);
    let oid = |text: &str| ObjectIdentifier::new_unwrap(text).to_der().unwrap();
    let data = oid("1.2.156.10197.6.1.4.2.1");
    tlv(
        0x30,
        &[
            ONE,
            &tlv(
                0x30,
                &[&data, &oid("1.2.156.10197.1.104"), &tlv(4, &[&encrypted])],
            ),
            &tlv(0x30, &[&data, &tlv(4, &[&certificate(public)])]),
        ],
    )
}

/// `plain` encrypted, so that what comes out is no key or not a good one.
pub(super) fn sealed(plain: &[u8]) -> Vec<u8> {
    let (algorithm, octets) =
        crate::pki::pbes::encrypt(&mut SysRng, few(), PASSWORD, plain).unwrap();
    tlv(0x30, &[&algorithm.to_der().unwrap(), &tlv(4, &[&octets])])
}

pub(super) fn hand_made(key: &SecretKey) -> Vec<Made> {
    use KeyRemark::*;
    let public = key.public_key();
    let [long, short] = [
        public.to_uncompressed().to_vec(),
        public.to_compressed().to_vec(),
    ];
    let named: &[&[u8]] = &[KEY, CURVE];
    let inner = sec1(key, &[], &long);
    let attributes = tlv(0xa0, &[&tlv(0x30, &[KEY, &tlv(0x31, &[&[5, 0]])])]);
    let outside = tlv(0x81, &[&[0], &long]);
    let plain = encode_private_key(key);
    let armour = |label, der: &[u8]| encode_pem(label, der).into_bytes();
    let dense = encode_pem("X", &plain)
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect::<Vec<_>>()
        .join("\r\n");
    let made = |name, octets, format, remarks: &[KeyRemark]| Made {
        name,
        octets,
        format,
        remarks: remarks.to_vec(),
    };
    let (pkcs8_form, sec1_form) = (KeyFormat::Pkcs8, KeyFormat::Sec1);
    vec![
        made(
            "SEC 1 without anything",
            sec1(key, &[], &[]),
            sec1_form,
            &[NoPublicKey],
        ),
        made("SEC 1 without parameters", inner, sec1_form, &[]),
        made(
            "SEC 1 without public key",
            sec1(key, CURVE, &[]),
            sec1_form,
            &[NoPublicKey],
        ),
        made(
            "SEC 1, compressed",
            sec1(key, CURVE, &short),
            sec1_form,
            &[CompressedPublicKey],
        ),
        made(
            "SEC 1, explicit",
            sec1(key, &domain(), &[]),
            sec1_form,
            &[ExplicitParameters, NoPublicKey],
        ),
        made(
            "PKCS#8 with inner parameters",
            pkcs8(VERSION_ONE, named, &sec1(key, CURVE, &long), &[]),
            pkcs8_form,
            &[InnerParameters],
        ),
        made(
            "PKCS#8 with attributes",
            pkcs8(VERSION_ONE, named, &sec1(key, &[], &[]), &[&attributes]),
            pkcs8_form,
            &[NoPublicKey],
        ),
        made(
            "PKCS#8, curve as algorithm",
            pkcs8(VERSION_ONE, &[CURVE], &sec1(key, &[], &short), &[]),
            pkcs8_form,
            &[CurveAsAlgorithm, CompressedPublicKey],
        ),
        made(
            "PKCS#8, explicit",
            pkcs8(VERSION_ONE, &[KEY, &domain()], &sec1(key, &[], &[]), &[]),
            pkcs8_form,
            &[ExplicitParameters, NoPublicKey],
        ),
        made(
            "version 2",
            pkcs8(ONE, named, &sec1(key, &[], &[]), &[&attributes, &outside]),
            KeyFormat::OneAsymmetricKey,
            &[],
        ),
        made(
            "CFCA",
            cfca(PASSWORD, &*key.to_bytes(), &public),
            KeyFormat::Cfca,
            &[CfcaDerivation],
        ),
        made(
            "CFCA in PEM",
            armour("CFCA KEY", &cfca(PASSWORD, &*key.to_bytes(), &public)),
            KeyFormat::Cfca,
            &[CfcaDerivation],
        ),
        made(
            "another label",
            armour("EC PRIVATE KEY", &plain),
            pkcs8_form,
            &[AnotherLabel],
        ),
        made("no armour", dense.into_bytes(), pkcs8_form, &[NoArmour]),
    ]
}
