use super::*;
use crate::{
    CsrDraft, Dialect, Limits, UnverifiedCsr,
    raw::{Raw, attribute, key, tlv},
};
use gm_crypto::{pki::Sm2Sm3, sm2::SigningKey};
use proptest::prelude::*;
use signature::Signer;
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};

fn device() -> Device {
    let device = Device::new("智能密码钥匙", "示例 K-1", "SN 0001").unwrap();
    device.with_qualification("GM003610220230001").unwrap()
}

fn hardware() -> KeyOrigin {
    KeyOrigin::in_hardware(Environment::Production, device())
}

fn request(key: &SigningKey, origin: Option<&KeyOrigin>) -> VerifiedCsr {
    let mut draft = CsrDraft::new("CN=a,C=CN".parse().unwrap());
    if let Some(origin) = origin {
        draft = draft.key_origin(origin).unwrap();
    }
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let algorithm = key.signature_algorithm_identifier().unwrap();
    let prepared = draft
        .prepare(spki.decode_msg().unwrap(), algorithm)
        .unwrap();
    let signature = key.sign(prepared.tbs()).to_bitstring().unwrap();
    let der = prepared.attach(&signature).unwrap();
    UnverifiedCsr::from_der_in(Dialect::Rfc2986, &der, &Limits::default())
        .and_then(|csr| csr.verify(&[&Sm2Sm3::default()]))
        .unwrap()
}

#[test]
fn the_identifier_is_the_uuid_in_parts() {
    let uuid = "d3f47173-fb97-4318-b3d3-9f324fb819d1".replace('-', "");
    let parts = [0..4, 4..8, 8..12, 12..16, 16..20, 20..26, 26..32];
    let parts = parts.map(|part| u32::from_str_radix(&uuid[part], 16).unwrap().to_string());
    let expected = format!("1.2.840.113556.1.8000.2554.{}", parts.join("."));
    assert_eq!(KEY_ORIGIN.to_string(), expected);
}

#[test]
fn a_request_says_where_its_key_was_made() {
    let key = key();
    for origin in [
        hardware(),
        KeyOrigin::in_software(Environment::Test),
        KeyOrigin::in_hardware(
            Environment::Test,
            Device::new("服务器密码机", "M", "1").unwrap(),
        ),
    ] {
        let csr = request(&key, Some(&origin));
        assert_eq!(csr.key_origin().unwrap(), Some(origin));
    }
    assert_eq!(request(&key, None).key_origin().unwrap(), None);
}

#[test]
fn qualified_production_hardware_is_all_three() {
    assert!(hardware().is_qualified_production_hardware());
    let unqualified = Device::new("a", "b", "c").unwrap();
    for other in [
        KeyOrigin::in_hardware(Environment::Test, device()),
        KeyOrigin::in_hardware(Environment::Production, unqualified),
        KeyOrigin::in_software(Environment::Production),
    ] {
        assert!(!other.is_qualified_production_hardware(), "{other:?}");
    }
}

#[test]
fn evidence_is_for_one_key_and_does_not_contradict_the_request() {
    let (one, other) = (key(), key());
    let plain = request(&one, None);
    let evidence = KeyOriginEvidence::bind(plain.public_key_der(), hardware());
    assert_eq!(*evidence.check(&plain).unwrap(), hardware());
    assert_eq!(
        *evidence.check(&request(&one, Some(&hardware()))).unwrap(),
        hardware()
    );
    assert!(matches!(
        evidence.check(&request(&other, None)),
        Err(Error::EvidenceOfAnotherKey)
    ));
    let software = KeyOrigin::in_software(Environment::Production);
    assert!(matches!(
        evidence.check(&request(&one, Some(&software))),
        Err(Error::OriginsDiffer)
    ));
    let spki = one.verifying_key().to_public_key_der().unwrap();
    assert_eq!(*evidence.key_digest(), sm3::digest(spki.as_bytes()));
}

#[test]
fn evidence_is_read_from_der_and_pem_and_from_nothing_else() {
    let evidence = KeyOriginEvidence::bind(b"a key", hardware());
    let der = evidence.to_der();
    assert_eq!(KeyOriginEvidence::decode(&der).unwrap(), evidence);
    let pem = pki::encode_pem(KeyOriginEvidence::PEM_LABEL, &der);
    assert_eq!(KeyOriginEvidence::decode(pem.as_bytes()).unwrap(), evidence);
    for length in 0..der.len() {
        assert!(KeyOriginEvidence::decode(&der[..length]).is_err());
    }
    let trailing = [&der[..], &[0]].concat();
    for broken in [&trailing[..], b"no evidence", &vec![0x30; 8_193]] {
        assert!(matches!(
            KeyOriginEvidence::decode(broken),
            Err(Error::Claim { .. })
        ));
    }
    // Version 2, and a digest of 31 octets.
    let origin = hardware().to_der();
    for (version, digest) in [(2, 32), (1, 31), (1, 33)] {
        let der = tlv(
            0x30,
            &[&[2, 1, version], &tlv(4, &[&vec![0; digest]]), &origin],
        );
        assert!(KeyOriginEvidence::decode(&der).is_err());
    }
    let der = tlv(0x30, &[&[2, 1, 1], &tlv(4, &[&[0; 32]]), &origin]);
    KeyOriginEvidence::decode(&der).unwrap();
}

#[test]
fn what_is_no_origin_is_refused_and_the_request_is_not() {
    let oid = Encode::to_der(&KEY_ORIGIN).unwrap();
    let good = hardware().to_der();
    let text = |length| tlv(0x0c, &[&vec![b'a'; length]]);
    let with =
        |environment: u8, device: &[u8]| tlv(0x30, &[&[2, 1, 1], &[0x0a, 1, environment], device]);
    let device = |sizes: &[usize]| {
        let texts: Vec<_> = sizes.iter().map(|size| text(*size)).collect();
        with(0, &tlv(0x30, &[&texts.concat()]))
    };
    let read = |values: &[&[u8]]| {
        let raw = Raw::new().attributes(&[&attribute(&oid, values)]);
        raw.verify().unwrap().key_origin()
    };
    read(&[&good]).unwrap();
    read(&[&device(&[64, 128, 64, 64])]).unwrap();
    read(&[&with(1, &[])]).unwrap();
    let control = tlv(0x30, &[&text(1), &tlv(0x0c, &[b"a\nb"]), &text(1)]);
    let blank = tlv(0x30, &[&text(1), &tlv(0x0c, &[b" b"]), &text(1)]);
    let printable = tlv(0x30, &[&text(1), &tlv(0x13, &[b"b"]), &text(1)]);
    for value in [
        &b"\x05\x00"[..],
        &with(2, &[]),
        &tlv(0x30, &[&[2, 1, 2], &[0x0a, 1, 0]]),
        &device(&[65, 1, 1]),
        &device(&[1, 129, 1]),
        &device(&[1, 1, 65]),
        &device(&[1, 1, 1, 65]),
        &device(&[0, 1, 1]),
        &device(&[1, 1]),
        &device(&[1, 1, 1, 1, 1]),
        &with(0, &control),
        &with(0, &blank),
        &with(0, &printable),
    ] {
        assert!(
            matches!(read(&[value]), Err(Error::Claim { .. })),
            "{value:02x?}"
        );
    }
    assert!(read(&[&good, &with(1, &[])]).is_err(), "two values");
}

#[test]
fn texts_have_bounds() {
    let long = |length: usize| "机".repeat(length);
    Device::new(&long(64), &long(128), &long(64))
        .and_then(|device| device.with_qualification(&long(64)))
        .unwrap();
    for (kind, model, serial, qualification) in [
        (65, 1, 1, 1),
        (1, 129, 1, 1),
        (1, 1, 65, 1),
        (1, 1, 1, 65),
        (0, 1, 1, 1),
        (1, 1, 1, 0),
    ] {
        let device = Device::new(&long(kind), &long(model), &long(serial))
            .and_then(|device| device.with_qualification(&long(qualification)));
        assert!(device.is_err());
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        test in any::<bool>(),
        texts in prop::option::of(("\\PC{1,64}", "\\PC{1,128}", "\\PC{1,64}", prop::option::of("\\PC{1,64}"))),
    ) {
        let environment = if test { Environment::Test } else { Environment::Production };
        let origin = match &texts {
            None => KeyOrigin::in_software(environment),
            Some((kind, model, serial, qualification)) => {
                let device = Device::new(kind, model, serial).and_then(|device| match qualification {
                    Some(number) => device.with_qualification(number),
                    None => Ok(device),
                });
                let Ok(device) = device else { return Ok(()) };
                KeyOrigin::in_hardware(environment, device)
            }
        };
        prop_assert_eq!(&KeyOrigin::from_der(&origin.to_der()).unwrap(), &origin);
        let evidence = KeyOriginEvidence::bind(b"key", origin);
        prop_assert_eq!(KeyOriginEvidence::decode(&evidence.to_der()).unwrap(), evidence);
    }

    #[test]
    fn changed_evidence_never_panics_and_is_never_the_same(
        at in any::<prop::sample::Index>(), octet in any::<u8>(),
    ) {
        let evidence = KeyOriginEvidence::bind(b"key", hardware());
        let mut der = evidence.to_der();
        let at = at.index(der.len());
        prop_assume!(der[at] != octet);
        der[at] = octet;
        prop_assert!(KeyOriginEvidence::decode(&der).ok() != Some(evidence));
    }
}
