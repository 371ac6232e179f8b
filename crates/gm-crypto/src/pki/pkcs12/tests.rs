use super::{read::is_pfx, *};
use crate::{
    pki::{
        certificate::tests::{certificate, tlv},
        oid,
    },
    sm2::PublicKey,
};
use alloc::{string::ToString, vec};
use der::{Decode, Encode, ErrorKind};
use getrandom::SysRng;
use proptest::prelude::*;

const PASSWORD: &[u8] = "密码 password".as_bytes();

fn few() -> Pkcs12Parameters {
    let mut parameters = Pkcs12Parameters::default();
    parameters.encryption.iterations = 1_000;
    parameters.mac_iterations = 1_000;
    parameters
}

fn key(octet: u8) -> SecretKey {
    SecretKey::from_bytes(&[octet; 32]).unwrap()
}

fn certificate_for(key: PublicKey) -> Vec<u8> {
    certificate(key, &[], &[])
}

/// Two keys, their certificates in the other order, one of the path, and a CRL.
fn full() -> Pkcs12Draft {
    let mut draft = Pkcs12Draft::new();
    draft
        .add_certificate(&certificate_for(key(3).public_key()))
        .unwrap();
    draft
        .add_certificate(&certificate_for(key(2).public_key()))
        .unwrap();
    draft
        .add_certificate(&certificate_for(key(1).public_key()))
        .unwrap();
    draft.add_key(key(1), Some("签名")).unwrap();
    draft.add_key(key(2), None).unwrap();
    draft.add_crl(b"no CRL and not looked at");
    draft
}

#[test]
fn what_is_written_is_read_back_with_each_key_beside_its_certificate() {
    let mut parameters = few();
    for mac in [Pkcs12Mac::Sm3, Pkcs12Mac::Sha256] {
        parameters.mac = mac;
        let file = full().write(&mut SysRng, PASSWORD, parameters).unwrap();
        assert!(Pkcs12::recognises(&file));
        let read = Pkcs12::read(&file, PASSWORD).unwrap();
        assert_eq!(read.remarks(), []);
        assert_eq!(read.crls(), [b"no CRL and not looked at".to_vec()]);
        assert_eq!(read.certificates().len(), 3);
        let pairs = read.pairs();
        assert_eq!(pairs.len(), 2);
        for (pair, octet) in pairs.iter().zip([1, 2]) {
            assert_eq!(pair.key.key.to_bytes(), key(octet).to_bytes());
            let certificate = pair.certificate.unwrap();
            assert_eq!(certificate.der, certificate_for(key(octet).public_key()));
            assert_eq!(certificate.local_key_id, pair.key.local_key_id);
            assert_eq!(certificate.friendly_name, pair.key.friendly_name);
            assert_eq!(pair.key.local_key_id.as_ref().unwrap().len(), 20);
        }
        assert_eq!(pairs[0].key.friendly_name.as_deref(), Some("签名"));
        assert_eq!(pairs[1].key.friendly_name, None);
        assert_eq!(read.certificates()[0].local_key_id, None, "of the path");
    }
}

#[test]
fn another_password_does_not_fit_the_mac() {
    let file = full().write(&mut SysRng, PASSWORD, few()).unwrap();
    for wrong in [&b""[..], b"password", &PASSWORD[1..], &[0xff; 9]] {
        assert!(matches!(
            Pkcs12::read(&file, wrong),
            Err(Error::WrongPassword)
        ));
    }
}

#[test]
fn an_empty_password_is_read_in_both_its_spellings() {
    let mut draft = Pkcs12Draft::new();
    draft.add_key(key(1), None).unwrap();
    let file = draft.write(&mut SysRng, b"", few()).unwrap();
    assert_eq!(Pkcs12::read(&file, b"").unwrap().keys().len(), 1);

    let content = tlv(0x30, &[&data(&bags(&[]))]);
    let none = derive::BmpPassword::none();
    let file = with_mac(&content, |content| {
        derive::MacDigest::Sm3.tag(&none, b"salt", 1_000, content)
    });
    assert!(Pkcs12::read(&file, b"").is_ok());
    assert!(matches!(
        Pkcs12::read(&file, b"x"),
        Err(Error::WrongPassword)
    ));
}

#[test]
fn a_changed_octet_is_a_wrong_password_or_no_der() {
    let file = full().write(&mut SysRng, PASSWORD, few()).unwrap();
    for length in 0..file.len() {
        assert!(matches!(
            Pkcs12::read(&file[..length], PASSWORD),
            Err(Error::Malformed { .. })
        ));
    }
    let trailing = [&file[..], &[0]].concat();
    assert!(matches!(
        Pkcs12::read(&trailing, PASSWORD),
        Err(Error::Malformed { .. })
    ));
    // Every place in the frame, and some in the content. Iterations come last; a change
    // there must not cost more than the limit.
    let limits = Pkcs12Limits::default().with_iterations(10_000);
    let content = 80..file.len() - 80;
    for place in (0..file.len()).filter(|at| !content.contains(at) || at % 61 == 0) {
        for bit in [0, 3, 7] {
            let mut changed = file.clone();
            changed[place] ^= 1 << bit;
            assert!(
                Pkcs12::read_within(&changed, PASSWORD, limits).is_err(),
                "{place}"
            );
        }
    }
}

#[test]
fn indefinite_lengths_are_refused_with_kind_and_offset() {
    let refused = |octets: &[u8]| match Pkcs12::read(octets, b"").unwrap_err() {
        Error::Malformed { source, .. } => (source.kind(), source.position().map(u32::from)),
        other => panic!("{other}"),
    };
    let (kind, _) = refused(&[0x30, 0x80, 2, 1, 3, 0x30, 0x80, 0, 0, 0, 0, 0, 0]);
    assert_eq!(kind, ErrorKind::IndefiniteLength);
    let (kind, position) = refused(&[0x30, 5, 2, 1, 3, 0x30, 0x80]);
    assert_eq!((kind, position), (ErrorKind::IndefiniteLength, Some(7)));
    assert!(!is_pfx(&[0x30, 0x80]));
}

// Files made by hand: without encryption, with or without a MAC.

fn oid_der(id: der::asn1::ObjectIdentifier) -> Vec<u8> {
    id.to_der().unwrap()
}

fn data(content: &[u8]) -> Vec<u8> {
    let octets = tlv(4, &[content]);
    tlv(0x30, &[&oid_der(oid::PKCS7_DATA), &tlv(0xa0, &[&octets])])
}

fn bags(bags: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &[&bags.concat()])
}

fn bag(kind: der::asn1::ObjectIdentifier, value: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let attributes = tlv(0x31, &[&attributes.concat()]);
    tlv(0x30, &[&oid_der(kind), &tlv(0xa0, &[value]), &attributes])
}

fn local_key_id(id: &[u8]) -> Vec<u8> {
    let values = tlv(0x31, &[&tlv(4, &[id])]);
    tlv(0x30, &[&oid_der(oid::LOCAL_KEY_ID), &values])
}

fn key_bag(octet: u8, id: &[u8]) -> Vec<u8> {
    let plain = crate::pki::encode_private_key(&key(octet));
    bag(oid::KEY_BAG, &plain, &[local_key_id(id)])
}

fn certificate_bag(der: &[u8], id: &[u8]) -> Vec<u8> {
    let octets = tlv(0xa0, &[&tlv(4, &[der])]);
    let wrapped = tlv(0x30, &[&oid_der(oid::X509_CERTIFICATE), &octets]);
    bag(oid::CERT_BAG, &wrapped, &[local_key_id(id)])
}

/// Without a MAC; `parts` are the content of the AuthenticatedSafe.
fn bare(parts: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[2, 1, 3], &data(&tlv(0x30, &[parts]))])
}

fn with_mac(content: &[u8], tag: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let algorithm = tlv(0x30, &[&oid_der(oid::SM3)]);
    let info = tlv(0x30, &[&algorithm, &tlv(4, &[&tag(content)])]);
    let mac = tlv(0x30, &[&info, &tlv(4, &[b"salt"]), &[2, 2, 3, 0xe8]]);
    tlv(0x30, &[&[2, 1, 3], &data(content), &mac])
}

/// Whoever knows the password can put anything under a MAC that fits.
fn maced(parts: &[u8]) -> Vec<u8> {
    let password = derive::BmpPassword::new(PASSWORD);
    with_mac(&tlv(0x30, &[parts]), |content| {
        derive::MacDigest::Sm3.tag(&password, b"salt", 1_000, content)
    })
}

#[test]
fn a_file_without_mac_and_encryption_is_read_with_remarks() {
    let file = bare(&data(&bags(&[key_bag(1, b"1")])));
    let read = Pkcs12::read(&file, b"any").unwrap();
    assert_eq!(read.keys().len(), 1);
    assert_eq!(
        read.remarks(),
        [Pkcs12Remark::NoMac, Pkcs12Remark::PlainKey]
    );
}

#[test]
fn local_key_id_chooses_among_certificates_of_the_key_and_makes_no_pair_alone() {
    let renewed = certificate(key(1).public_key(), &[0x31, 0], &[]);
    let old = certificate_for(key(1).public_key());
    let other = certificate_for(key(2).public_key());
    let pair = |file: &[Vec<u8>]| {
        let read = Pkcs12::read(&bare(&data(&bags(file))), b"").unwrap();
        let found = read.pairs()[0].certificate.map(|entry| entry.der.clone());
        (found, read.remarks()[2..].to_vec())
    };
    // The id names the second of two for the same key.
    let file = [
        certificate_bag(&old, b"old"),
        certificate_bag(&renewed, b"new"),
        key_bag(1, b"new"),
    ];
    assert_eq!(pair(&file), (Some(renewed), vec![]));
    // No id fits: the public key decides.
    let file = [
        key_bag(1, b"a"),
        certificate_bag(&other, b"b"),
        certificate_bag(&old, b"c"),
    ];
    assert_eq!(pair(&file), (Some(old.clone()), vec![]));
    // The id names a certificate for another key.
    let file = [
        key_bag(1, b"a"),
        certificate_bag(&other, b"a"),
        certificate_bag(&old, b"c"),
    ];
    let misleads = vec![Pkcs12Remark::LocalKeyIdMisleads];
    assert_eq!(pair(&file), (Some(old), misleads.clone()));
    let file = [key_bag(1, b"a"), certificate_bag(&other, b"a")];
    assert_eq!(pair(&file), (None, misleads));
    // What is no certificate is kept and is nobody's.
    let file = [key_bag(1, b"a"), certificate_bag(b"junk", b"a")];
    assert_eq!(pair(&file), (None, vec![]));
    let file = [key_bag(1, b"a"), key_bag(2, b"a")];
    assert_eq!(pair(&file).1, [Pkcs12Remark::LocalKeyIdTwice]);
    let file = [key_bag(1, b"a"), key_bag(1, b"b")];
    assert_eq!(pair(&file).1, [Pkcs12Remark::KeyTwice]);
}

#[test]
fn bags_that_are_not_spoken_are_left_out_and_named() {
    let secret = bag(oid::SECRET_BAG, &[5, 0], &[]);
    let rsa = "1.2.840.113549.1.1.1".parse().unwrap();
    let rsa_key = {
        let algorithm = tlv(0x30, &[&oid_der(rsa), &[5, 0]]);
        tlv(0x30, &[&[2, 1, 0], &algorithm, &tlv(4, &[b"junk"])])
    };
    let sdsi = "1.2.840.113549.1.9.22.2".parse().unwrap();
    let sdsi_certificate = tlv(0x30, &[&oid_der(sdsi), &tlv(0xa0, &[&[0x16, 1, 0x61]])]);
    let file = bare(&data(&bags(&[
        secret,
        bag(oid::KEY_BAG, &rsa_key, &[]),
        bag(oid::CERT_BAG, &sdsi_certificate, &[]),
    ])));
    let read = Pkcs12::read(&file, b"").unwrap();
    assert!(read.keys().is_empty() && read.certificates().is_empty());
    assert_eq!(
        read.remarks(),
        [
            Pkcs12Remark::NoMac,
            Pkcs12Remark::OtherBag {
                oid: oid::SECRET_BAG
            },
            Pkcs12Remark::PlainKey,
            Pkcs12Remark::OtherKey { oid: rsa },
            Pkcs12Remark::OtherCertificate { oid: sdsi },
        ]
    );
    for remark in read.remarks() {
        assert!(!remark.to_string().is_empty());
    }
}

#[test]
fn nested_contents_are_read_to_a_depth() {
    let nest = |levels: usize| {
        let mut contents = bags(&[key_bag(1, b"1")]);
        for _ in 1..levels {
            contents = bags(&[bag(oid::SAFE_CONTENTS_BAG, &contents, &[])]);
        }
        Pkcs12::read(&bare(&data(&contents)), b"")
    };
    assert_eq!(nest(1).unwrap().keys().len(), 1);
    assert_eq!(nest(4).unwrap().keys().len(), 1);
    assert!(matches!(
        nest(5),
        Err(Error::TooLarge {
            limit: 4,
            unit: "levels",
            ..
        })
    ));
    assert!(nest(2_000).is_err());
}

#[test]
fn a_file_asks_for_no_more_work_than_is_allowed() {
    let file = full().write(&mut SysRng, PASSWORD, few()).unwrap();
    // The MAC, the certificates, two keys: a thousand each.
    let within = |iterations| {
        let limits = Pkcs12Limits::default().with_iterations(iterations);
        Pkcs12::read_within(&file, PASSWORD, limits)
    };
    assert!(within(4_000).is_ok());
    for fewer in [0, 999, 1_000, 3_999] {
        assert!(matches!(within(fewer), Err(Error::TooLarge { .. })));
    }
    let many = bags(&vec![bag(oid::SECRET_BAG, &[5, 0], &[]); 1_000]);
    assert!(matches!(
        Pkcs12::read(&bare(&data(&many)), b""),
        Err(Error::TooLarge { .. })
    ));
    // MacData with four thousand million iterations is refused and not begun.
    let info = tlv(
        0x30,
        &[&tlv(0x30, &[&oid_der(oid::SM3)]), &tlv(4, &[&[0; 32]])],
    );
    for iterations in [
        &[2, 5, 0, 0xff, 0xff, 0xff, 0xff][..],
        &[2, 1, 0],
        &[2, 1, 0xff],
    ] {
        let mac = tlv(0x30, &[&info, &tlv(4, &[b"salt"]), iterations]);
        let content = data(&tlv(0x30, &[]));
        let file = tlv(0x30, &[&[2, 1, 3], &content, &mac]);
        assert!(matches!(
            Pkcs12::read(&file, b""),
            Err(Error::TooLarge { .. } | Error::Invalid { .. } | Error::Malformed { .. })
        ));
    }
}

/// An encrypted key bag out of a file that this crate wrote.
fn shrouded() -> Vec<u8> {
    let mut draft = Pkcs12Draft::new();
    draft.add_key(key(1), None).unwrap();
    let parameters = few();
    let file = draft.write(&mut SysRng, PASSWORD, parameters).unwrap();
    // 30 PFX, 02 01 03, then `data` around 30 AuthenticatedSafe around one `data`.
    let start = file
        .windows(oid_der(oid::SHROUDED_KEY_BAG).len())
        .position(|window| window == oid_der(oid::SHROUDED_KEY_BAG))
        .unwrap();
    let inner = start + oid_der(oid::SHROUDED_KEY_BAG).len();
    let (value, _) = der::Any::from_der_partial(&file[inner..]).unwrap();
    bag(oid::SHROUDED_KEY_BAG, value.value(), &[])
}

#[test]
fn without_a_mac_a_wrong_password_and_damage_are_one_error_and_with_it_they_are_two() {
    let good = shrouded();
    let last = good.len() - 1;
    let damaged = {
        // The ciphertext ends where the empty set of attributes begins.
        let mut damaged = good.clone();
        damaged[last - 2 - 20] ^= 1;
        assert_ne!(damaged, good);
        damaged
    };
    let file = |bag: &[u8]| data(&bags(&[bag.to_vec()]));
    assert!(der::Any::from_der(&good).is_ok());
    assert_eq!(
        Pkcs12::read(&bare(&file(&good)), PASSWORD)
            .unwrap()
            .keys()
            .len(),
        1
    );
    for (file, password) in [
        (bare(&file(&good)), &b"wrong"[..]),
        (bare(&file(&damaged)), PASSWORD),
        (maced(&file(&good)), b"wrong"),
        (maced(&file(&damaged)), b"wrong"),
    ] {
        assert!(matches!(
            Pkcs12::read(&file, password),
            Err(Error::WrongPassword)
        ));
    }
    assert_eq!(
        Pkcs12::read(&maced(&file(&good)), PASSWORD)
            .unwrap()
            .keys()
            .len(),
        1
    );
    assert!(matches!(
        Pkcs12::read(&maced(&file(&damaged)), PASSWORD),
        Err(Error::Malformed { .. } | Error::Invalid { .. })
    ));
}

#[test]
fn other_versions_modes_and_macs_are_refused() {
    let content = data(&tlv(0x30, &[]));
    for version in [0, 1, 2, 4] {
        let file = tlv(0x30, &[&[2, 1, version], &content]);
        assert!(matches!(
            Pkcs12::read(&file, b""),
            Err(Error::Invalid { .. })
        ));
        assert!(!Pkcs12::recognises(&file));
    }
    let signed = tlv(
        0x30,
        &[&oid_der(oid::PKCS7_SIGNED_DATA), &tlv(0xa0, &[&[0x30, 0]])],
    );
    let file = tlv(0x30, &[&[2, 1, 3], &signed]);
    assert!(matches!(
        Pkcs12::read(&file, b""),
        Err(Error::Unsupported { .. })
    ));
    assert!(matches!(
        Pkcs12::read(&bare(&signed), b""),
        Err(Error::Unsupported { .. })
    ));
    let md5 = oid_der("1.2.840.113549.2.5".parse().unwrap());
    let info = tlv(0x30, &[&tlv(0x30, &[&md5]), &tlv(4, &[&[0; 16]])]);
    let mac = tlv(0x30, &[&info, &tlv(4, &[b"salt"])]);
    let file = tlv(0x30, &[&[2, 1, 3], &content, &mac]);
    assert!(matches!(
        Pkcs12::read(&file, b""),
        Err(Error::Unsupported { .. })
    ));
}

#[test]
fn a_draft_refuses_what_nobody_could_read() {
    let mut draft = Pkcs12Draft::new();
    assert!(
        draft.write(&mut SysRng, b"x", few()).is_err(),
        "nothing in it"
    );
    draft.add_key(key(1), None).unwrap();
    assert!(draft.add_key(key(1), Some("again")).is_err());
    assert!(draft.add_certificate(b"no certificate").is_err());
    assert!(draft.write(&mut SysRng, &[0xff], few()).is_err());
    let mut parameters = few();
    for iterations in [0, 999, 10_000_001] {
        parameters.mac_iterations = iterations;
        assert!(draft.write(&mut SysRng, b"x", parameters).is_err());
    }
    let silent = alloc::format!("{draft:?}");
    assert!(!silent.contains("01010101"), "{silent}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_names_and_passwords_come_back(name in ".{0,40}", password in ".{0,40}") {
        let mut draft = Pkcs12Draft::new();
        draft.add_key(key(5), Some(&name)).unwrap();
        let file = draft.write(&mut SysRng, password.as_bytes(), few()).unwrap();
        let read = Pkcs12::read(&file, password.as_bytes()).unwrap();
        prop_assert_eq!(read.keys()[0].friendly_name.as_deref(), Some(&*name));
        prop_assert_eq!(read.keys()[0].key.to_bytes(), key(5).to_bytes());
    }

    #[test]
    fn no_content_under_a_good_mac_makes_it_panic(junk in prop::collection::vec(any::<u8>(), 0..60)) {
        for file in [maced(&junk), maced(&data(&junk)), maced(&data(&tlv(0x30, &[&junk])))] {
            let _ = Pkcs12::read(&file, PASSWORD);
        }
    }
}
