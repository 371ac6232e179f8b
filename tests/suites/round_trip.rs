//! Every certificate below the folder, wherever it lies: it is read and written again as the
//! same octets, or stands on the list of divergences with the reason.

use base64ct::{Base64, Encoding};
use der::{Decode, Encode, Reader, SliceReader, Tag, TagNumber, asn1::AnyRef};
use gm_crypto::{pki::pkcs12::Pkcs12, sm3};
use gm_pki_tests::suites::{Outcome, Suites, Tally, Verdict, text};
use serde_json::Value;
use std::collections::BTreeMap;
use trust_list::path::ParsedCertificate;
use x509_cert::Certificate;

#[test]
fn certificates_round_trip() {
    let Some(suites) = Suites::open() else { return };
    // By octets: many files have the same certificates.
    let mut found: BTreeMap<Vec<u8>, String> = BTreeMap::new();
    for file in suites.files() {
        let all = certificates(&suites, &file);
        let alone = all.len() == 1;
        // A trust list may have an element with nothing in it.
        for certificate in all.into_iter().filter(|octets| !octets.is_empty()) {
            let digest = sm3::digest(&certificate);
            let digest: String = digest[..4]
                .iter()
                .map(|octet| format!("{octet:02x}"))
                .collect();
            let id = if alone {
                file.clone()
            } else {
                format!("{file}#{digest}")
            };
            found.entry(certificate).or_insert(id);
        }
    }
    let mut tally = Tally::new("round-trip");
    for (certificate, id) in &found {
        tally.count(id, Verdict::ValidOrListed, round_trip(certificate));
    }
    tally.finish();
}

fn round_trip(octets: &[u8]) -> Outcome {
    let parsed = ParsedCertificate::from_der(octets);
    if parsed.as_ref().is_ok_and(|parsed| parsed.der() != octets) {
        return Outcome::Wrong("what was read is not what is kept".into());
    }
    let written = Certificate::from_der(octets).and_then(|certificate| certificate.to_der());
    match written {
        Err(error) => Err::<(), _>(error).into(),
        Ok(written) if written == octets => parsed.into(),
        Ok(written) => {
            let same = written.iter().zip(octets).take_while(|(a, b)| a == b);
            let same = same.count();
            Outcome::Refused(format!("it is written otherwise from octet {same} on"))
        }
    }
}

/// The certificates of a file, by the kind of file.
fn certificates(suites: &Suites, file: &str) -> Vec<Vec<u8>> {
    let octets = suites.read(file);
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "crt" => vec![octets],
        "der" if folder.ends_with("/x509") => vec![octets],
        "json" => in_json(&serde_json::from_slice(&octets).expect("JSON, as its name says")),
        "xml" => between(&octets, "X509Certificate>", "</"),
        "p12" => in_store(suites, file, &octets),
        _ => in_der(&octets),
    }
}

/// In PEM inside of JSON's texts.
fn in_json(value: &Value) -> Vec<Vec<u8>> {
    let (start, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    match value {
        Value::String(text) => between(text.as_bytes(), start, end),
        Value::Array(values) => values.iter().flat_map(in_json).collect(),
        Value::Object(members) => members.values().flat_map(in_json).collect(),
        _ => Vec::new(),
    }
}

/// Base64 between two marks.
fn between(octets: &[u8], start: &str, end: &str) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(octets);
    let parts = text.split(start).skip(1);
    let parts = parts.filter_map(|part| part.split_once(end));
    let decoded = parts.map(|(base64, _)| {
        // XML has lines of any length.
        let digits: String = base64.split_whitespace().collect();
        Base64::decode_vec(&digits).unwrap_or_default()
    });
    decoded.collect()
}

fn in_store(suites: &Suites, file: &str, octets: &[u8]) -> Vec<Vec<u8>> {
    let named = |entry: &&Value| file.ends_with(text(entry, "file"));
    let entries = suites.manifest("pkcs12");
    let password = entries
        .iter()
        .find(named)
        .map(|entry| text(entry, "password"));
    let read = Pkcs12::read(octets, password.unwrap_or_default().as_bytes());
    let certificates = read.iter().flat_map(Pkcs12::certificates);
    certificates.map(|entry| entry.der.clone()).collect()
}

/// Inside of other DER: each element that has a certificate's shape.
fn in_der(octets: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut waiting = vec![octets];
    while let Some(octets) = waiting.pop() {
        let elements = elements(octets);
        for (element, value) in elements {
            if is_certificate(value) {
                found.push(element.to_vec());
            } else {
                waiting.push(value.value());
            }
        }
    }
    found
}

/// The elements that stand one behind the other, each whole and as a value; none when it is
/// something else.
fn elements(octets: &[u8]) -> Vec<(&[u8], AnyRef<'_>)> {
    let read = || -> der::Result<Vec<_>> {
        let mut reader = SliceReader::new(octets)?;
        let mut elements = Vec::new();
        while !reader.is_finished() {
            let element = reader.tlv_bytes()?;
            elements.push((element, AnyRef::from_der(element)?));
        }
        Ok(elements)
    };
    read().unwrap_or_default()
}

/// `SEQUENCE { TBSCertificate, AlgorithmIdentifier, BIT STRING }` by the tags inside.
fn is_certificate(value: AnyRef<'_>) -> bool {
    let tags = |value: AnyRef<'_>| -> Vec<Tag> {
        let elements = elements(value.value());
        elements
            .iter()
            .map(|(_, value)| der::Tagged::tag(value))
            .collect()
    };
    if tags(value) != [Tag::Sequence, Tag::Sequence, Tag::BitString] {
        return false;
    }
    let tbs = tags(elements(value.value())[0].1);
    let version = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(0),
    };
    let fields = tbs.strip_prefix(&[version]).unwrap_or(&tbs);
    // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
    let [integer, rest @ ..] = fields else {
        return false;
    };
    *integer == Tag::Integer && rest.len() >= 5 && rest[..5] == [Tag::Sequence; 5]
}
