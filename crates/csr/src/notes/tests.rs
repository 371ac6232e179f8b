use super::*;
use crate::{
    Dialect, Limits, UnverifiedCsr,
    raw::{
        CHALLENGE, EXTENSION_REQUEST, KEY_USAGE, NULL, Raw, SM2_SM3, attribute, extension,
        extensions, rdn, tlv,
    },
};
use gm_crypto::pki::Sm2Sm3;

fn notes(raw: &Raw) -> Vec<Note> {
    notes_in(Dialect::Rfc2986, raw)
}

fn notes_in(dialect: Dialect, raw: &Raw) -> Vec<Note> {
    let der = raw.der();
    let csr = UnverifiedCsr::from_der_in(dialect, &der, &Limits::default()).unwrap();
    let before = csr.notes();
    let sm2 = Sm2Sm3::default().with_compressed_points();
    assert_eq!(csr.verify(&[&sm2]).unwrap().notes(), before);
    before
}

const SOME_TYPE: &[u8] = b"\x06\x03\x2a\x03\x04";

#[test]
fn a_request_to_the_letter_has_no_note() {
    assert_eq!(notes(&Raw::new()), []);
    let asked = extensions(&[&extension(KEY_USAGE, b"\x01\x01\xff")]);
    let challenge = attribute(CHALLENGE, &[&tlv(0x13, &[b"1"]), &tlv(0x13, &[b"2"])]);
    let raw = Raw::new().attributes(&[&attribute(SOME_TYPE, &[NULL]), &challenge, &asked]);
    assert_eq!(notes(&raw), []);
}

#[test]
fn each_departure_has_its_note() {
    let absent = Raw {
        attributes: Vec::new(),
        ..Raw::new()
    };
    assert_eq!(notes(&absent), [Note::NoAttributes]);

    let asked = extensions(&[&extension(KEY_USAGE, &[])]);
    let some = attribute(SOME_TYPE, &[NULL]);
    let unsorted = Raw::new().attributes(&[&asked, &some]);
    assert_eq!(notes(&unsorted), [Note::AttributeOrder]);

    let values = attribute(SOME_TYPE, &[&tlv(0x13, &[b"2"]), &tlv(0x13, &[b"1"])]);
    assert_eq!(
        notes(&Raw::new().attributes(&[&values])),
        [Note::ValueOrder]
    );

    let [one, other] = [rdn(b"a"), rdn(b"b")].map(|rdn| rdn[2..].to_vec());
    let named = Raw::new().subject(&[&tlv(0x31, &[&other, &one])]);
    assert_eq!(notes(&named), [Note::NameOrder]);
    let named = Raw::new().subject(&[&tlv(0x31, &[&one, &other])]);
    assert_eq!(notes(&named), []);

    let bare = Raw::new().attributes(&[&tlv(0x30, &[SOME_TYPE, NULL])]);
    assert_eq!(notes_in(Dialect::Cfca, &bare), [Note::ValuesOutsideSet]);

    assert_eq!(
        notes(&Raw::new().attributes(&[&extensions(&[])])),
        [Note::NoExtensions]
    );

    let other = extensions(&[&extension(b"\x06\x03\x55\x1d\x25", &[])]);
    assert_eq!(
        notes(&Raw::new().attributes(&[&asked, &other])),
        [Note::SeveralExtensionRequests]
    );

    let list = asked[2 + EXTENSION_REQUEST.len()..].to_vec();
    let microsoft = tlv(0x30, &[MICROSOFT, &list]);
    assert_eq!(
        notes(&Raw::new().attributes(&[&microsoft])),
        [Note::MicrosoftExtensionRequest]
    );

    let written = extensions(&[
        &extension(KEY_USAGE, b"\x01\x01\xff"),
        &extension(b"\x06\x03\x55\x1d\x25", b"\x01\x01\x00"),
    ]);
    assert_eq!(
        notes(&Raw::new().attributes(&[&written])),
        [Note::FalseWrittenOut]
    );

    let null = Raw {
        algorithm: tlv(0x30, &[&SM2_SM3[2..], NULL]),
        ..Raw::new()
    };
    assert_eq!(notes(&null), [Note::NullParameters]);
}

/// Of the same key: SubjectPublicKeyInfo with these octets of algorithm and point.
fn spelled(algorithm: &[u8], compressed: bool) -> Raw {
    let raw = Raw::new();
    let point = raw.key.verifying_key().public_key().to_uncompressed();
    let parity = 2 + (point[64] & 1);
    let compressed_point = [&[parity], &point[1..33]].concat();
    let point = if compressed {
        &compressed_point[..]
    } else {
        &point
    };
    let spki = tlv(0x30, &[algorithm, &tlv(0x03, &[&[0], point])]);
    Raw { spki, ..raw }
}

const NAMED: &[u8] =
    b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d";
const CURVE: &[u8] = b"\x30\x0a\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d";

#[test]
fn both_spellings_and_both_points_are_one_key() {
    for (algorithm, compressed, expected) in [
        (NAMED, false, vec![]),
        (CURVE, false, vec![Note::CurveAsAlgorithm]),
        (NAMED, true, vec![Note::CompressedPoint]),
        (
            CURVE,
            true,
            vec![Note::CurveAsAlgorithm, Note::CompressedPoint],
        ),
    ] {
        let raw = spelled(algorithm, compressed);
        assert_eq!(notes(&raw), expected);
        let sm2 = Sm2Sm3::default().with_compressed_points();
        let der = raw.der();
        let csr = UnverifiedCsr::from_der(&der, &Limits::default()).unwrap();
        let csr = csr.verify(&[&sm2]).unwrap();
        assert_eq!(csr.sm2_key(), Some(*raw.key.verifying_key().public_key()));
        assert_eq!(raw.verify().is_err(), compressed, "on option alone");
    }
}

#[test]
fn a_key_of_another_kind_has_no_note_of_sm2() {
    let p256 =
        b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    let spki = tlv(0x30, &[p256, &tlv(0x03, &[&[0, 2], &[7; 32]])]);
    let der = Raw { spki, ..Raw::new() }.der();
    let csr = UnverifiedCsr::from_der(&der, &Limits::default()).unwrap();
    assert_eq!(csr.notes(), []);
}

#[test]
fn each_note_names_its_clause() {
    for note in [
        Note::NoAttributes,
        Note::AttributeOrder,
        Note::ValueOrder,
        Note::NameOrder,
        Note::ValuesOutsideSet,
        Note::NoExtensions,
        Note::SeveralExtensionRequests,
        Note::MicrosoftExtensionRequest,
        Note::FalseWrittenOut,
        Note::CurveAsAlgorithm,
        Note::CompressedPoint,
        Note::NullParameters,
    ] {
        let text = note.to_string();
        let named = ["RFC", "X.690", "GM/T"]
            .iter()
            .any(|name| text.contains(name));
        assert!(named, "{text}");
    }
}
