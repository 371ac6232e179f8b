//! Input of those who mean harm: refused by a rule, never a panic, in linear work.

use super::{
    Answer, Asked, Cert, Given, List, Report, certificate, crl,
    documents::{attribute, entry_of, oid, rdn, seq, tlv, utc},
    ocsp_response, pair, request,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Every reader on these octets; the work of none is more than linear.
fn all(octets: &[u8]) -> [Report; 5] {
    let reports = [
        certificate(octets),
        crl(octets),
        ocsp_response(octets),
        request(octets),
        pair(octets, octets),
    ];
    for report in &reports {
        // Each element has two octets, and is seen at most twice: a pair is two documents.
        assert!(report.elements() <= 4 * octets.len() + 4, "{report:?}");
        assert!(report.octets() <= 32 * octets.len() + 32, "{report:?}");
    }
    reports
}

fn documents() -> [Vec<u8>; 5] {
    [
        Cert::subscriber().der(),
        Cert::ca().der(),
        List::delta().der(),
        Answer::new().der(),
        Asked::new().der(),
    ]
}

fn syntax(report: &Report) -> bool {
    let broken = |id: &str| id.ends_with("syntax");
    let findings = report.findings();
    findings.len() == 1 && broken(findings[0].lint().id()) && findings[0].detail().is_some()
}

#[test]
fn what_is_cut_off_breaks_the_rule_of_its_syntax_and_no_other() {
    for der in documents() {
        for length in 0..der.len() {
            let reports = all(&der[..length]);
            assert!(reports[..4].iter().all(syntax), "{length}");
        }
        let trailing = [&der[..], &[0]].concat();
        assert!(all(&trailing)[..4].iter().all(syntax));
    }
}

#[test]
fn a_flipped_bit_never_panics() {
    for der in documents() {
        for place in 0..der.len() {
            for bit in 0..8 {
                let mut changed = der.clone();
                changed[place] ^= 1 << bit;
                all(&changed);
            }
        }
    }
}

#[test]
fn lengths_of_ber_are_no_der() {
    let der = Cert::subscriber().der();
    // The outermost header has four octets: 30 82 and the length.
    let content = &der[4..];
    let indefinite = [&[0x30, 0x80], content, &[0, 0]].concat();
    let [_, _, high, low, ..] = der[..] else {
        unreachable!()
    };
    let long = [&[0x30, 0x83, 0, high, low], content].concat();
    let absurd = [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], content].concat();
    let huge = [&[0x30, 0xff], content].concat();
    for (octets, words) in [
        (indefinite, "an indefinite length at octet 0"),
        (long, "a length that is not the shortest at octet 0"),
        (absurd, "an element that is cut off at octet 0"),
        (huge, "a length of more than 4 octets at octet 0"),
    ] {
        let report = certificate(&octets);
        assert_eq!(report.findings()[0].detail(), Some(words));
    }
}

#[test]
fn thousands_of_parts_are_linear_work() {
    let mut cert = Cert::subscriber();
    for number in 0..5_000u32 {
        let id = format!("2.25.{}", 1000 + number);
        cert = cert.change(|cert| {
            let whole = super::documents::extension(&id, false, &[5, 0]);
            cert.extensions.push((id.clone(), whole));
        });
    }
    let name: Vec<u8> = (0..5_000).flat_map(|_| rdn("2.5.4.11", 12, "a")).collect();
    let cert = cert.change(|cert| cert.subject = tlv(0x30, name));
    let found = Given::from(cert.clone()).findings("");
    assert_eq!(found, BTreeSet::from(["rfc5280.name_attributes"]));
    all(&cert.der());

    // One SET of thousands, as many types as attributes.
    let attributes: Vec<u8> = (0..5_000u32)
        .flat_map(|number| attribute(&format!("2.25.{number}"), 12, b"a"))
        .collect();
    let cert = Cert::subscriber().change(|cert| cert.subject = seq(&[&tlv(0x31, attributes)]));
    all(&cert.der());

    let policies: Vec<u8> = (0..5_000).flat_map(|_| seq(&[&oid("1.2.3")])).collect();
    all(&Cert::ca()
        .with("2.5.29.32", false, &tlv(0x30, policies))
        .der());

    let entries: Vec<_> = (0..20_000u32)
        .map(|number| {
            let serial = [&[1][..], &number.to_be_bytes()].concat();
            entry_of(&tlv(2, serial), &utc("260701000000Z"), &[])
        })
        .collect();
    let report = crl(&List::new().entries(&entries).der());
    assert_eq!(report.findings(), []);
    assert!(report.elements() > 60_000);
}

#[test]
fn more_elements_than_are_read_are_a_finding() {
    let mut names = Vec::new();
    for _ in 0..70_000 {
        names.extend([0x82, 1, b'a']);
    }
    let cert = Cert::subscriber().with("2.5.29.17", false, &tlv(0x30, names));
    let report = certificate(&cert.der());
    assert!(report.findings().iter().any(|finding| {
        let detail = finding.detail().unwrap_or_default();
        detail.contains("more elements than are read")
    }));
    assert!(report.elements() <= (1 << 16) + 64);
}

#[test]
fn no_detail_has_a_number_of_a_person() {
    let number = "110101199001011238";
    let cert = Cert::subscriber()
        .with("1.2.156.10260.4.1.1", false, &tlv(0xa0, tlv(0x13, number)))
        .with("1.2.156.10260.4.1.4", false, &tlv(0x13, "D21435690"))
        .with("1.2.156.10260.4.4", false, &tlv(0x13, "91440300MA5DDA0007"));
    let report = certificate(&cert.der());
    assert!(report.findings().len() >= 4);
    let text = format!("{report:?}");
    for secret in ["1990", "D214", "9144"] {
        assert!(!text.contains(secret), "{text}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_linted(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        all(&octets);
    }

    #[test]
    fn changed_documents_are_linted(
        which in 0usize..5,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut der = documents()[which].clone();
        for (place, octet) in changes {
            let place = place.index(der.len());
            der[place] = octet;
        }
        all(&der);
        der.truncate(cut.index(der.len()));
        all(&der);
    }
}
