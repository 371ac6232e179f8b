//! Certificates, CRLs and OCSP answers that nobody should write: each reader refuses them with
//! the reason, or reads them and a rule says what is wrong; work stays linear in the octets.

use cert_profile::{
    CertRequest, CrlDraft, CrlReader, Issuer, Profile, Reason, RevokedEntry,
    lint::{self, Report},
    ocsp::{CertId, CertStatus, Nonce, OcspDraft, OcspResponse, SingleResponse},
};
use der::{AnyRef, Decode, Encode, Length, Reader, SliceReader};
use gm_crypto::pki::identity::find_identities;
use hsm::{KeyHandle, SoftKey};
use proptest::prelude::*;
use spki::SubjectPublicKeyInfoOwned;
use std::{error::Error, sync::OnceLock};
use trust_list::path::{ParsedCertificate, ParsedCrl};

/// Good ones, which the others are made of.
struct Good {
    certificate: Vec<u8>,
    crl: Vec<u8>,
    ocsp: Vec<u8>,
}

fn good() -> &'static Good {
    static GOOD: OnceLock<Good> = OnceLock::new();
    GOOD.get_or_init(|| {
        let key = SoftKey::generate().expect("randomness");
        let spki = SubjectPublicKeyInfoOwned::from_der(key.public_key().as_bytes());
        let spki = spki.expect("a key");
        let name: x509_cert::name::Name = "CN=根,O=示例,C=CN".parse().expect("a name");
        let now = "2026-07-01T08:00:00Z".parse().expect("a time");
        let then = "2026-07-08T08:00:00Z".parse().expect("a time");
        let sign = |tbs: &[u8]| key.sign(tbs).expect("a key in this process");

        let request = CertRequest::new(name.clone(), spki.clone());
        let issuer = Issuer::self_signed(&request, key.algorithm());
        let profile = Profile::shipped("root-ca").expect("a profile");
        let root = profile.prepare(&issuer, &request, &0x1234u16.into(), now);
        let root = root.expect("a root");
        let signature = sign(root.tbs());
        let certificate = root.attach(&signature).expect("a certificate");

        let issuer = Issuer::from_certificate(&certificate).expect("a CA");
        let entry = RevokedEntry::new(0x2345u16.into(), now, Reason::KeyCompromise);
        let crl = CrlDraft::new(&issuer, 7, now, then).prepare([&entry]);
        let crl = crl.expect("a list");
        let signature = sign(crl.tbs());
        let crl = crl.attach(&signature).expect("a list");

        let key_info = spki.to_der().expect("a key");
        let key_info = spki::SubjectPublicKeyInfoRef::from_der(&key_info).expect("a key");
        let id = CertId::new(&name, key_info.clone(), 0x2345u16.into()).expect("a name");
        let ocsp = OcspDraft::new(key_info, key.algorithm(), now)
            .response(SingleResponse::new(id, CertStatus::Good, now).until(then))
            .nonce(Some(Nonce::new([7; 16]).expect("16 octets")))
            .prepare()
            .expect("an answer");
        let signature = sign(ocsp.tbs());
        let ocsp = ocsp.attach(&signature).expect("an answer");
        Good {
            certificate,
            crl,
            ocsp,
        }
    })
}

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut octets = vec![tag];
    let length = Length::try_from(contents.len()).expect("not that long");
    octets.extend(length.to_der().expect("a length"));
    octets.extend(contents);
    octets
}

fn value(element: &[u8]) -> &[u8] {
    AnyRef::from_der(element).expect("an element").value()
}

/// The elements inside of one.
fn parts(element: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = SliceReader::new(value(element)).expect("short");
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(reader.tlv_bytes().expect("an element").to_vec());
    }
    parts
}

/// The same element with other parts.
fn with_parts(element: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut parts = parts(element);
    change(&mut parts);
    tlv(element[0], &parts.concat())
}

/// What is signed with other parts; the signature does not fit any more.
fn signed_part(signed: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    with_parts(signed, |parts| parts[0] = with_parts(&parts[0], change))
}

fn certificate(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    signed_part(&good().certificate, change)
}

fn crl(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    signed_part(&good().crl, change)
}

fn ocsp(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    with_parts(&good().ocsp, |response| {
        response[1] = with_parts(&response[1], |explicit| {
            explicit[0] = with_parts(&explicit[0], |bytes| {
                bytes[1] = tlv(4, &signed_part(value(&bytes[1]), change));
            });
        });
    })
}

/// Adds to the extensions, which are the last part.
fn extended(parts: &mut [Vec<u8>], extensions: &[Vec<u8>]) {
    let last = parts.last_mut().expect("extensions");
    *last = with_parts(last, |explicit| {
        explicit[0] = with_parts(&explicit[0], |list| list.extend_from_slice(extensions));
    });
}

fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    tlv(0x30, &[&tlv(6, id), critical, &tlv(4, value)].concat())
}

/// 1.2.156.10197.9.9: nobody's.
const UNKNOWN: &[u8] = &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 9, 9];

fn nested(depth: usize) -> Vec<u8> {
    (0..depth).fold(vec![5, 0], |inner, _| tlv(0x30, &inner))
}

fn huge() -> Vec<u8> {
    vec![0x2a; 4_000]
}

/// `count` relative distinguished names of an organizational unit each.
fn units(count: usize) -> Vec<u8> {
    let unit = tlv(0x30, &[tlv(6, &[0x55, 4, 11]), tlv(12, b"a")].concat());
    tlv(0x30, &tlv(0x31, &unit).repeat(count))
}

const INDEFINITE: &[u8] = &[0x30, 0x80, 5, 0, 0, 0];

/// What was read, or why not, with all sources.
fn told<T, E: Error>(result: Result<T, E>) -> String {
    let error = match result {
        Ok(_) => return "read".into(),
        Err(error) => error,
    };
    let (mut text, mut source) = (error.to_string(), error.source());
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

fn findings(report: &Report, octets: &[u8]) -> Vec<String> {
    assert!(report.elements() <= octets.len(), "{report:?}");
    assert!(report.octets() <= 32 * octets.len() + 32, "{report:?}");
    let findings = report.findings().iter();
    findings
        .map(|finding| finding.lint().id().to_owned())
        .collect()
}

#[test]
fn explore() {
    let g = good();
    let show_c = |name: &str, der: Vec<u8>| {
        println!(
            "CERT {name}: {} | {:?} | {}",
            told(ParsedCertificate::from_der(der.clone())),
            findings(&lint::certificate(&der), &der),
            told(Issuer::from_certificate(&der))
        );
        let _ = find_identities(&der);
    };
    let show_l = |name: &str, der: Vec<u8>| {
        let reader = CrlReader::from_der(&der);
        let entries = reader
            .as_ref()
            .map(|reader| reader.entries().map(|e| told(e)).collect::<Vec<_>>());
        println!(
            "CRL {name}: {} | {:?} | {} {:?}",
            told(ParsedCrl::from_der(der.clone())),
            findings(&lint::crl(&der), &der),
            told(CrlReader::from_der(&der)),
            entries.ok()
        );
    };
    let show_o = |name: &str, der: Vec<u8>| {
        println!(
            "OCSP {name}: {} | {:?}",
            told(OcspResponse::from_der(&der)),
            findings(&lint::ocsp_response(&der), &der)
        )
    };
    show_c("good", g.certificate.clone());
    show_l("good", g.crl.clone());
    show_o("good", g.ocsp.clone());
    let ints: [(&str, Vec<u8>); 5] = [
        ("negative", vec![2, 1, 0x80]),
        ("zero", vec![2, 1, 0]),
        ("20 octets", tlv(2, &[0x7f; 20])),
        ("21 octets", tlv(2, &[0x7f; 21])),
        ("not shortest", vec![2, 2, 0, 1]),
    ];
    for (name, int) in ints {
        show_c(name, certificate(|p| p[1] = int.clone()));
        show_l(
            name,
            crl(|p| {
                p[5] = with_parts(&p[5], |list| {
                    list[0] = with_parts(&list[0], |e| e[0] = int.clone())
                })
            }),
        );
        show_o(
            name,
            ocsp(|p| {
                p[2] = with_parts(&p[2], |list| {
                    list[0] = with_parts(&list[0], |e| {
                        e[0] = with_parts(&e[0], |id| id[3] = int.clone())
                    })
                })
            }),
        );
    }
    show_c("thousand attributes", certificate(|p| p[5] = units(1000)));
    show_l("thousand attributes", crl(|p| p[2] = units(1000)));
    show_o(
        "thousand attributes",
        ocsp(|p| p[0] = tlv(0xa1, &units(1000))),
    );
    let all: [(&str, Vec<Vec<u8>>); 8] = [
        ("nested 100", vec![extension(UNKNOWN, false, &nested(100))]),
        (
            "nested 100 policies",
            vec![extension(&[0x55, 0x1d, 0x20], false, &nested(100))],
        ),
        ("huge oid", vec![extension(&huge(), false, &[5, 0])]),
        ("unknown critical", vec![extension(UNKNOWN, true, &[5, 0])]),
        ("twice", vec![extension(UNKNOWN, false, &[5, 0]); 2]),
        ("indefinite", vec![extension(UNKNOWN, false, INDEFINITE)]),
        (
            "indefinite aki",
            vec![extension(&[0x55, 0x1d, 0x12], false, INDEFINITE)],
        ),
        (
            "thousand extensions",
            (0..1000u16)
                .map(|n| {
                    extension(
                        &[&[0x2a, 3][..], &[0x80 | (n >> 7) as u8, (n & 0x7f) as u8]].concat(),
                        false,
                        &[5, 0],
                    )
                })
                .collect(),
        ),
    ];
    for (name, ext) in &all {
        show_c(name, certificate(|p| extended(p, ext)));
        show_l(name, crl(|p| extended(p, ext)));
        show_o(name, ocsp(|p| extended(p, ext)));
        show_l(
            &format!("entry {name}"),
            crl(|p| {
                p[5] = with_parts(&p[5], |list| {
                    list[0] = with_parts(&list[0], |e| {
                        let last = e.last_mut().unwrap();
                        *last = with_parts(last, |l| l.extend_from_slice(ext));
                    })
                })
            }),
        );
    }
    for (name, der) in [("CERT", &g.certificate), ("CRL", &g.crl), ("OCSP", &g.ocsp)] {
        let (head, content) = der.split_at(2 + usize::from(der[1] & 0x7f));
        let ind = [&[0x30, 0x80], content, &[0, 0]].concat();
        let long = [&[0x30, head[1] + 1, 0][..], &head[2..], content].concat();
        for der in [ind, long, [&der[..], &[0]].concat(), nested(100)] {
            match name {
                "CERT" => show_c("outer", der),
                "CRL" => show_l("outer", der),
                _ => show_o("outer", der),
            }
        }
    }
    show_l(
        "entry twice",
        crl(|p| {
            p[5] = with_parts(&p[5], |list| {
                let one = list[0].clone();
                list.push(one)
            })
        }),
    );
    show_c(
        "huge attr oid",
        certificate(|p| {
            p[5] = tlv(
                0x30,
                &tlv(0x31, &tlv(0x30, &[tlv(6, &huge()), tlv(12, b"a")].concat())),
            )
        }),
    );
    show_c("nested name", certificate(|p| p[5] = nested(100)));
}
