use super::*;
use crate::{
    explain::asn1::Node,
    explain::crafted::{self, algorithm, key, signed as assembled, signer, spki, tlv, usual},
    message::{Dialect, UnverifiedSignedData},
    sm2::{SecretKey, Za, ecdsa::tests::ecdsa},
    sm3,
};
use alloc::{string::ToString, vec};
use sha2::{Digest, Sha256};

const SCALAR: u32 = 77_777;
const MESSAGE: &[u8] = b"what was signed";

fn found(octets: &[u8], clues: &Clues) -> Vec<Finding> {
    signature(&key(SCALAR).public_key(), MESSAGE, octets, clues)
}

fn over(e: &[u8; 32]) -> Vec<u8> {
    let signature = signer(&key(SCALAR), b"").sign_digest(e).unwrap();
    signature.to_der()
}

fn z() -> Za {
    Za::new(&UserId::default(), &key(SCALAR).public_key())
}

/// r and s of the usual signature.
fn numbers() -> ([u8; 32], [u8; 32]) {
    let signature = signer(&key(SCALAR), b"").sign_digest(&z().digest(MESSAGE));
    let raw = crate::sm2::RawSignature::from(signature.unwrap());
    let (r, s) = raw.as_bytes().split_at(32);
    (r.try_into().unwrap(), s.try_into().unwrap())
}

fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let pad: &[u8] = if number[0] & 0x80 != 0 { &[0] } else { &[] };
        tlv(2, &[pad, number])
    };
    tlv(0x30, &[&integer(r), &integer(s)])
}

#[test]
fn of_a_good_signature_nothing_is_said() {
    assert_eq!(found(&usual(&key(SCALAR))(MESSAGE), &Clues::new()), []);
}

#[test]
fn each_wrong_digest_is_named() {
    let none = Clues::new();
    let empty = signer(&key(SCALAR), b"");
    let e = empty.verifying_key().za().digest(MESSAGE);
    assert_eq!(found(&over(&e), &none), [Finding::EmptyId]);
    let digest = sm3::digest(MESSAGE);
    assert_eq!(found(&over(&digest), &none), [Finding::WithoutZ]);
    assert_eq!(
        found(&over(&z().digest(&digest)), &none),
        [Finding::DigestSigned]
    );
    assert_eq!(
        found(&over(&sm3::digest(&digest)), &none),
        [Finding::DigestOfDigest]
    );
    assert_eq!(found(&over(&[9; 32]), &none), [Finding::Unexplained]);
}

#[test]
fn another_id_is_found_only_where_it_was_given() {
    let id = UserId::new(*b"ALICE123@YAHOO.COM").unwrap();
    let e = Za::new(&id, &key(SCALAR).public_key()).digest(MESSAGE);
    assert_eq!(found(&over(&e), &Clues::new()), [Finding::Unexplained]);
    let clues = Clues::new()
        .id(UserId::new(*b"BOB").unwrap())
        .id(id.clone());
    assert_eq!(found(&over(&e), &clues), [Finding::OtherId { id }]);
}

#[test]
fn ecdsa_is_known_by_its_digest() {
    let sha256: [u8; 32] = Sha256::digest(MESSAGE).into();
    for (e, digest) in [
        (sm3::digest(MESSAGE), "SM3(M)"),
        (sha256, "SHA-256(M)"),
        (z().digest(MESSAGE), "SM3(Z ‖ M)"),
    ] {
        let (r, s) = ecdsa(SCALAR, 1_234_567, &e);
        assert_eq!(
            found(&der(&r, &s), &Clues::new()),
            [Finding::Ecdsa { digest }]
        );
        let raw = [r, s].concat();
        let both = [Finding::RawSignature, Finding::Ecdsa { digest }];
        assert_eq!(found(&raw, &Clues::new()), both);
    }
}

#[test]
fn each_wrong_form_is_named() {
    let none = Clues::new();
    let (r, s) = numbers();
    assert_eq!(found(&[r, s].concat(), &none), [Finding::RawSignature]);
    let zeros = [0; 32];
    let fields = [zeros, r, zeros, s].concat();
    assert_eq!(found(&fields, &none), [Finding::RawSignature]);
    assert_eq!(found(&der(&s, &r), &none), [Finding::Exchanged]);
    let reversed = |mut number: [u8; 32]| {
        number.reverse();
        number
    };
    let little = der(&reversed(r), &reversed(s));
    assert_eq!(found(&little, &none), [Finding::LittleEndian]);
    let mut behind = der(&r, &s);
    behind.push(0);
    assert_eq!(found(&behind, &none), [Finding::NotStrictDer]);
    let padded = tlv(0x30, &[&tlv(2, &[&[0, 0], &r]), &tlv(2, &[&[0, 0], &s])]);
    assert_eq!(found(&padded, &none), [Finding::NotStrictDer]);
    let bare = tlv(0x30, &[&tlv(2, &[&r]), &tlv(2, &[&s])]);
    if (r[0] | s[0]) & 0x80 != 0 {
        assert_eq!(found(&bare, &none), [Finding::NegativeInteger]);
    }
    assert_eq!(found(b"no signature", &none), [Finding::NoSignature]);
    assert_eq!(found(&[], &none), [Finding::NoSignature]);
    assert_eq!(found(&der(&[0x7f; 33], &s), &none), [Finding::OutOfRange]);
    assert!(!found(&der(&[0; 1], &s), &none).is_empty());
}

fn self_signed(sign: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    crafted::certificate("ca", "ca", &key(SCALAR), sign)
}

#[test]
fn a_certificate_that_verifies_has_no_finding() {
    let good = self_signed(&usual(&key(SCALAR)));
    assert_eq!(
        signed(&good, &spki(&key(SCALAR)), &Clues::new()).unwrap(),
        []
    );
    assert_eq!(signed(&good, &good, &Clues::new()).unwrap(), []);
}

#[test]
fn identifiers_that_differ_are_named() {
    let sign = usual(&key(SCALAR));
    let absent = algorithm(crafted::SIGNATURE, false);
    let null = algorithm(crafted::SIGNATURE, true);
    let tbs = crafted::tbs(&absent, 5, "ca", "ca", &spki(&key(SCALAR)), &[]);
    let mixed = assembled(&tbs, &null, &sign(&tbs));
    let findings = signed(&mixed, &mixed, &Clues::new()).unwrap();
    assert!(
        matches!(&findings[..], [Finding::AlgorithmMismatch { inner, outer }]
        if inner.ends_with("absent") && outer.ends_with("NULL"))
    );
    let ecdsa = algorithm("1.2.840.10045.4.3.2", false);
    let tbs = crafted::tbs(&ecdsa, 5, "ca", "ca", &spki(&key(SCALAR)), &[]);
    let other = assembled(&tbs, &ecdsa, &sign(&tbs));
    let findings = signed(&other, &other, &Clues::new()).unwrap();
    assert!(
        matches!(&findings[..], [Finding::OtherAlgorithm { named }] if named.starts_with("ECDSA"))
    );
}

#[test]
fn the_wrong_issuer_is_named_and_the_right_one_found() {
    let ca = key(SCALAR);
    let certificate = crafted::certificate("ca", "somebody", &key(3), &usual(&ca));
    let right = self_signed(&usual(&ca));
    let wrong = crafted::certificate("other", "other", &key(4), &usual(&key(4)));
    let namesake = crafted::certificate("ca", "ca", &key(6), &usual(&key(6)));
    assert_eq!(signed(&certificate, &right, &Clues::new()).unwrap(), []);
    let clues = Clues::new().certificate(&wrong).certificate(&right);
    let found = |issuer: &[u8]| signed(&certificate, issuer, &clues).unwrap();
    let other = Finding::OtherCertificate {
        subject: "CN=ca".into(),
        serial: "0x05".into(),
    };
    assert_eq!(found(&namesake), core::slice::from_ref(&other));
    let name = Finding::IssuerName {
        wanted: "CN=ca".into(),
        given: "CN=other".into(),
    };
    assert_eq!(found(&wrong), [name, other]);
}

#[test]
fn a_key_identifier_that_differs_is_named() {
    let ca = key(SCALAR);
    let inner = algorithm(crafted::SIGNATURE, false);
    let with = |name: &str, extension: &[u8]| {
        let tbs = crafted::tbs(&inner, 5, "ca", name, &spki(&ca), &[extension]);
        assembled(&tbs, &inner, &usual(&ca)(&tbs))
    };
    let own = crafted::extension("2.5.29.14", false, &tlv(4, &[&[1; 20]]));
    let other = tlv(0x30, &[&tlv(0x80, &[&[2; 20]])]);
    let other = crafted::extension("2.5.29.35", false, &other);
    let (issuer, subject) = (with("ca", &own), with("somebody", &other));
    let findings = signed(&subject, &issuer, &Clues::new()).unwrap();
    assert_eq!(findings, [Finding::IssuerKeyId]);
}

#[test]
fn a_key_of_another_curve_is_none() {
    let good = self_signed(&usual(&key(SCALAR)));
    let algorithm = tlv(
        0x30,
        &[
            &crafted::oid("1.2.840.10045.2.1"),
            &crafted::oid("1.2.840.10045.3.1.7"),
        ],
    );
    let point = key(SCALAR).public_key().to_uncompressed();
    let p256 = tlv(0x30, &[&algorithm, &tlv(3, &[&[0], &point])]);
    assert_eq!(
        signed(&good, &p256, &Clues::new()).unwrap(),
        [Finding::NoKey]
    );
    assert!(signed(b"no certificate", &p256, &Clues::new()).is_err());
}

struct Bench {
    key: SecretKey,
    certificate: Vec<u8>,
}

impl Bench {
    fn new() -> Self {
        let key = key(SCALAR);
        let certificate = crafted::certificate("ca", "signer", &key, &usual(&key));
        Self { key, certificate }
    }

    fn message(&self, digest: Option<&[u8]>, sign: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        crafted::message(Some(MESSAGE), digest, &self.certificate, "ca", sign)
    }

    fn found(&self, digest: Option<&[u8]>, sign: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<Finding> {
        message(&self.message(digest, sign), &Clues::new()).unwrap()
    }
}

#[test]
fn a_message_that_verifies_has_no_finding() {
    let bench = Bench::new();
    let sign = usual(&bench.key);
    assert_eq!(bench.found(None, &sign), []);
    assert_eq!(bench.found(Some(&sm3::digest(MESSAGE)), &sign), []);
}

#[test]
fn changed_content_is_named() {
    let bench = Bench::new();
    let sign = usual(&bench.key);
    let digest = sm3::digest(b"something else");
    assert_eq!(bench.found(Some(&digest), &sign), [Finding::ContentChanged]);
    let with_z = z().digest(MESSAGE);
    assert_eq!(
        bench.found(Some(&with_z), &sign),
        [Finding::MessageDigestWithZ]
    );
}

#[test]
fn what_was_signed_instead_of_the_attributes_is_named() {
    let bench = Bench::new();
    let sign = usual(&bench.key);
    let digest = sm3::digest(MESSAGE);
    let content = |_: &[u8]| sign(MESSAGE);
    assert_eq!(
        bench.found(Some(&digest), &content),
        [Finding::AttributesNotSigned]
    );
    let tagged = |attributes: &[u8]| {
        let mut attributes = attributes.to_vec();
        attributes[0] = 0xa0;
        sign(&attributes)
    };
    assert_eq!(
        bench.found(Some(&digest), &tagged),
        [Finding::AttributesTag]
    );
    let without_z = |attributes: &[u8]| over(&sm3::digest(attributes));
    assert_eq!(bench.found(Some(&digest), &without_z), [Finding::WithoutZ]);
}

/// Signed by the right key, and nothing of the content is in what is signed.
fn with_attributes(bench: &Bench, attributes: &[Vec<u8>]) -> Vec<Finding> {
    let octets = crafted::signed_by(
        Some(MESSAGE),
        Some(attributes.concat()),
        &bench.certificate,
        "ca",
        &usual(&bench.key),
    );
    message(&octets, &Clues::new()).unwrap()
}

#[test]
fn attributes_that_do_not_bind_the_content_are_named() {
    let bench = Bench::new();
    let content_type =
        || crafted::attribute("1.2.840.113549.1.9.3", &[&crafted::oid(crafted::DATA)]);
    let octets = |digest: &[u8]| tlv(4, &[digest]);
    let right = octets(&sm3::digest(MESSAGE));
    let digest = |values: &[&[u8]]| crafted::attribute("1.2.840.113549.1.9.4", values);
    let found = |attributes: &[Vec<u8>]| with_attributes(&bench, attributes);
    assert_eq!(found(&[content_type(), digest(&[&right])]), []);
    let missing = |name| Finding::AttributeMissing { name };
    let malformed = |name| Finding::AttributeMalformed { name };
    assert_eq!(found(&[content_type()]), [missing("messageDigest")]);
    assert_eq!(found(&[digest(&[&right])]), [missing("contentType")]);
    assert_eq!(
        found(&[]),
        [missing("contentType"), missing("messageDigest")]
    );
    let twice = [
        content_type(),
        digest(&[&right]),
        digest(&[&octets(&[0; 32])]),
    ];
    assert_eq!(found(&twice), [malformed("messageDigest")]);
    let two = [content_type(), digest(&[&right, &octets(&[0; 32])])];
    assert_eq!(found(&two), [malformed("messageDigest")]);
    let short = [content_type(), digest(&[&octets(&[0; 31])])];
    assert_eq!(found(&short), [malformed("messageDigest")]);
    let other = crafted::attribute(
        "1.2.840.113549.1.9.3",
        &[&crafted::oid("1.2.840.113549.1.9.16.1.4")],
    );
    assert_eq!(
        found(&[other, digest(&[&right])]),
        [Finding::ContentTypeDiffers]
    );
}

#[test]
fn content_that_is_the_attributes_of_another_message_is_named() {
    let bench = Bench::new();
    let digest = crafted::attribute("1.2.840.113549.1.9.4", &[&tlv(4, &[&[7; 32]])]);
    let content_type = crafted::attribute("1.2.840.113549.1.9.3", &[&crafted::oid(crafted::DATA)]);
    let content = tlv(0x31, &[&content_type, &digest]);
    let octets = crafted::message(
        Some(&content),
        None,
        &bench.certificate,
        "ca",
        &usual(&bench.key),
    );
    assert_eq!(
        message(&octets, &Clues::new()).unwrap(),
        [Finding::ContentLikeAttributes]
    );
}

#[test]
fn a_certificate_that_was_given_comes_before_the_one_inside() {
    let bench = Bench::new();
    // The same name and serial number, and a key of the attacker's.
    let carried = crafted::certificate("ca", "signer", &key(9), &usual(&key(9)));
    let octets = crafted::message(Some(MESSAGE), None, &carried, "ca", &usual(&key(9)));
    let judged = |clues: &Clues| {
        let node = Node::read(&octets).unwrap();
        judge(&node, clues, &Budget::new())
    };
    assert!(matches!(judged(&Clues::new()), Judgement::UnderCarried));
    let given = Clues::new().certificate(&bench.certificate);
    assert!(matches!(judged(&given), Judgement::Refused(_)));
    assert!(!message(&octets, &given).unwrap().is_empty());
    let given = Clues::new().certificate(&carried);
    assert!(matches!(judged(&given), Judgement::UnderGiven));
    // What stands in the same file is no better than what stands inside.
    let beside = Clues::new().carried(&carried);
    assert!(matches!(judged(&beside), Judgement::UnderCarried));
}

#[test]
fn no_finding_means_that_the_library_verifies() {
    let bench = Bench::new();
    let good = bench.message(Some(&sm3::digest(MESSAGE)), &usual(&bench.key));
    for index in 0..good.len() {
        let mut octets = good.clone();
        octets[index] ^= 1;
        if let Ok(findings) = message(&octets, &Clues::new())
            && findings.is_empty()
        {
            let read = UnverifiedSignedData::read(&octets, Dialect::Field).unwrap();
            assert!(
                read.verify_with_carried_certificates().is_ok(),
                "octet {index}"
            );
        }
    }
}

#[test]
fn what_is_missing_is_asked_for() {
    let bench = Bench::new();
    let sign = usual(&bench.key);
    let detached = crafted::message(None, None, &bench.certificate, "ca", &sign);
    let ask = |clues: &Clues| message(&detached, clues).unwrap();
    assert_eq!(ask(&Clues::new()), [Finding::ContentNeeded]);
    assert_eq!(ask(&Clues::new().content(b"elsewhere")), []);
    assert_eq!(ask(&Clues::new().content(b"other")), [Finding::Unexplained]);
    let stranger = crafted::message(Some(MESSAGE), None, &bench.certificate, "xy", &sign);
    assert_eq!(
        message(&stranger, &Clues::new()).unwrap(),
        [Finding::SignerUnknown]
    );
    assert!(message(&bench.certificate, &Clues::new()).is_err());
}

#[test]
fn every_finding_is_a_sentence_without_a_verdict() {
    for finding in [
        Finding::EmptyId,
        Finding::WithoutZ,
        Finding::ContentChanged,
        Finding::Unexplained,
        Finding::IssuerKeyId,
    ] {
        let text = finding.to_string();
        assert!(text.len() > 20 && !text.contains("valid"), "{text}");
    }
    assert_eq!(vec![Finding::EmptyId], vec![Finding::EmptyId]);
}
