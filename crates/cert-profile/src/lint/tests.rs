//! Each rule is broken once.

use super::*;
use crate::{CertRequest, Issuer, Profile};
use der::{Decode, Encode};
use getrandom::SysRng;
use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey};
use x509_cert::{ext::Extension, name::Name};

/// A root's TBSCertificate as elements, to be changed and put together again.
struct Parts(Vec<Vec<u8>>);

const VERSION: usize = 0;
const SERIAL: usize = 1;
const ALGORITHM: usize = 2;
const ISSUER: usize = 3;
const VALIDITY: usize = 4;
const SUBJECT: usize = 5;
const KEY: usize = 6;
const EXTENSIONS: usize = 7;

impl Parts {
    fn root() -> Self {
        let key = SigningKey::new(SecretKey::generate(&mut SysRng).unwrap(), UserId::default());
        let spki = key.verifying_key().to_public_key_der().unwrap();
        let name = "CN=Root CA,O=Example,C=CN".parse().unwrap();
        let request = CertRequest::new(name, spki.decode_msg().unwrap());
        let issuer = Issuer::self_signed(&request, key.signature_algorithm_identifier().unwrap());
        let now = "2026-07-01T08:00:00Z".parse().unwrap();
        let profile = Profile::shipped("root-ca").unwrap();
        let prepared = profile
            .prepare(&issuer, &request, &1u8.into(), now)
            .unwrap();
        let elements = Vec::<der::asn1::Any>::from_der(prepared.tbs()).unwrap();
        Self(
            elements
                .iter()
                .map(|element| element.to_der().unwrap())
                .collect(),
        )
    }

    fn with(mut self, index: usize, element: &[u8]) -> Self {
        self.0[index] = element.to_vec();
        self
    }

    fn extensions(self, change: impl FnOnce(&mut Vec<Extension>)) -> Self {
        let mut extensions = self.parse().extensions().unwrap().clone();
        change(&mut extensions);
        let element = explicit(3, &extensions.to_der().unwrap());
        self.with(EXTENSIONS, &element)
    }

    /// Changes one extension; `last` is the last arc under 2.5.29.
    fn extension(self, last: u8, critical: bool, value: &[u8]) -> Self {
        self.extensions(|all| {
            let id = der::asn1::ObjectIdentifier::from_bytes(&[0x55, 29, last]).unwrap();
            all.retain(|extension| extension.extn_id != id);
            all.push(Extension {
                extn_id: id,
                critical,
                extn_value: der::asn1::OctetString::new(value).unwrap(),
            });
        })
    }

    fn parse(&self) -> TbsCertificate {
        let tbs = tlv(0x30, &self.0.concat());
        TbsCertificate::from_der(&tbs).unwrap()
    }

    fn findings(&self) -> Vec<&'static str> {
        check(&self.parse())
            .iter()
            .map(|finding| finding.lint().id())
            .collect()
    }
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap().to_be_bytes();
    match value.len() {
        0..128 => [&[tag, length[1]], value].concat(),
        128..256 => [&[tag, 0x81, length[1]], value].concat(),
        _ => [&[tag, 0x82, length[0], length[1]], value].concat(),
    }
}

fn explicit(number: u8, value: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, value)
}

fn name(text: &str) -> Vec<u8> {
    text.parse::<Name>().unwrap().to_der().unwrap()
}

fn validity(from: &[u8], to: &[u8]) -> Vec<u8> {
    let time = |text: &[u8]| tlv(if text.len() == 13 { 0x17 } else { 0x18 }, text);
    tlv(0x30, &[time(from), time(to)].concat())
}

#[test]
fn a_good_certificate_breaks_no_rule() {
    assert_eq!(Parts::root().findings(), [""; 0]);
}

#[test]
fn rules_have_an_id_and_a_clause() {
    let mut ids = Vec::new();
    for lint in rules() {
        let namespace = lint.id().split_once('.').unwrap().0;
        assert!(["rfc5280", "gmt0015"].contains(&namespace));
        assert!(!lint.source().is_empty() && !lint.statement().is_empty());
        assert!(!ids.contains(&lint.id()), "{}", lint.id());
        ids.push(lint.id());
    }
}

#[test]
fn each_rule_finds_its_fault() {
    let root = Parts::root;
    let algorithm = |oid: &[u8], rest: &[u8]| tlv(0x30, &[&tlv(6, oid), rest].concat());
    let sm2_sm3 = [0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75];
    let usage = |bits: &[u8]| tlv(3, bits);
    let cases: Vec<(&str, Parts)> = vec![
        (
            "gmt0015.version",
            root().with(VERSION, &explicit(0, &[2, 1, 1])),
        ),
        (
            "rfc5280.version",
            root().with(VERSION, &explicit(0, &[2, 1, 1])),
        ),
        ("rfc5280.serial", root().with(SERIAL, &[2, 1, 0])),
        ("rfc5280.serial", root().with(SERIAL, &[2, 1, 0xff])),
        ("rfc5280.serial", root().with(SERIAL, &tlv(2, &[1; 21]))),
        ("rfc5280.issuer", root().with(ISSUER, &[0x30, 0])),
        (
            "rfc5280.time_encoding",
            root().with(VALIDITY, &validity(b"260701080000Z", b"20490701080000Z")),
        ),
        (
            "rfc5280.validity",
            root().with(VALIDITY, &validity(b"260701080000Z", b"260701080000Z")),
        ),
        ("rfc5280.ca_subject", root().with(SUBJECT, &[0x30, 0])),
        (
            "rfc5280.subject_or_alt_name",
            root().with(SUBJECT, &[0x30, 0]),
        ),
        (
            "rfc5280.subject_values",
            root().with(SUBJECT, &name("CN=a,C=China")),
        ),
        (
            "rfc5280.extensions_not_empty",
            root().extensions(Vec::clear),
        ),
        (
            "rfc5280.extensions_unique",
            root().extensions(|all| all.push(all[0].clone())),
        ),
        (
            "rfc5280.extension_syntax",
            root().extension(15, true, &[5, 0]),
        ),
        (
            "rfc5280.extension_syntax",
            root().extension(31, false, &[5, 0]),
        ),
        (
            "rfc5280.authority_key_identifier",
            root().extensions(|all| all[0].critical = true),
        ),
        (
            "rfc5280.authority_key_identifier",
            root()
                .with(SUBJECT, &name("CN=b"))
                .extensions(|all| drop(all.remove(0))),
        ),
        (
            "rfc5280.subject_key_identifier",
            root().extensions(|all| drop(all.remove(1))),
        ),
        (
            "rfc5280.key_usage_set",
            root().extension(15, true, &usage(&[0])),
        ),
        (
            "rfc5280.ca_key_usage",
            root().extension(15, true, &usage(&[1, 2])),
        ),
        (
            "rfc5280.ca_key_usage",
            root().extension(19, true, &[0x30, 0]),
        ),
        (
            "rfc5280.ca_constraints_critical",
            root().extension(19, false, &[0x30, 3, 1, 1, 0xff]),
        ),
        (
            "rfc5280.path_len",
            root().extension(19, true, &[0x30, 3, 2, 1, 0]),
        ),
        ("rfc5280.policies", root().extension(32, false, &[0x30, 0])),
        (
            "rfc5280.alt_name_not_empty",
            root().extension(17, false, &[0x30, 0]),
        ),
        (
            "rfc5280.purposes_not_empty",
            root().extension(37, false, &[0x30, 0]),
        ),
        (
            "gmt0015.signature_algorithm",
            root().with(ALGORITHM, &algorithm(&sm2_sm3, &[4, 0])),
        ),
        (
            "gmt0015.signature_algorithm",
            root().with(ALGORITHM, &algorithm(&[0x2a], &[])),
        ),
        (
            "gmt0015.key",
            root().with(
                KEY,
                &tlv(0x30, &[algorithm(&[0x2a], &[]), tlv(3, &[0, 4])].concat()),
            ),
        ),
        (
            "gmt0015.key_usage",
            root().extensions(|all| drop(all.remove(2))),
        ),
        (
            "gmt0015.key_usage_critical",
            root().extensions(|all| all[2].critical = false),
        ),
        (
            "gmt0015.dual_usage",
            root().extension(15, true, &usage(&[2, 0x24])),
        ),
        (
            "gmt0015.ca_false",
            root().extension(19, true, &[0x30, 3, 1, 1, 0]),
        ),
        (
            "gmt0015.subject_key_identifier",
            root().extension(14, false, &tlv(4, &[1; 20])),
        ),
    ];
    for (id, parts) in &cases {
        let findings = parts.findings();
        assert!(findings.contains(id), "{id}: {findings:?}");
    }
    for lint in rules() {
        let tried = cases.iter().any(|(id, _)| *id == lint.id());
        assert!(
            tried || lint.id() == "gmt0015.unique_identifiers",
            "{}",
            lint.id()
        );
    }
}

#[test]
fn unique_identifiers_are_found() {
    let mut parts = Parts::root();
    parts.0.insert(EXTENSIONS, vec![0x81, 2, 0, 1]);
    assert_eq!(parts.findings(), ["gmt0015.unique_identifiers"]);
}

#[test]
fn null_parameters_are_as_good_as_none() {
    let null = [
        0x30, 12, 6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75, 5, 0,
    ];
    assert_eq!(Parts::root().with(ALGORITHM, &null).findings(), [""; 0]);
}
