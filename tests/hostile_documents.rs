//! Certificates, CRLs and OCSP answers that nobody should write: each reader refuses them with
//! the reason, or reads them and a rule says what is wrong; work stays linear in the octets.

use cert_profile::{
    CertRequest, CrlDraft, CrlReader, Issuer, Profile, Reason, RevokedEntry,
    lint::{self, Severity},
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
            .nonce(Some(Nonce::new([7; 32]).expect("32 octets")))
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
    let Err(error) = result else {
        return "read".into();
    };
    let (mut text, mut source) = (error.to_string(), error.source());
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// What a document is, and who reads it.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Certificate,
    Crl,
    Ocsp,
}

impl Kind {
    fn good(self) -> &'static [u8] {
        let good = good();
        match self {
            Self::Certificate => &good.certificate,
            Self::Crl => &good.crl,
            Self::Ocsp => &good.ocsp,
        }
    }

    fn changed(self, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
        match self {
            Self::Certificate => certificate(change),
            Self::Crl => crl(change),
            Self::Ocsp => ocsp(change),
        }
    }

    /// What each reader says, and what the rules find.
    fn read(self, octets: &[u8]) -> (Vec<String>, Vec<&'static str>) {
        let (said, report) = match self {
            Self::Certificate => {
                let _ = find_identities(octets);
                (
                    vec![
                        told(ParsedCertificate::from_der(octets)),
                        told(Issuer::from_certificate(octets)),
                    ],
                    lint::certificate(octets),
                )
            }
            Self::Crl => {
                let one_by_one = CrlReader::from_der(octets).and_then(|reader| {
                    let entries = reader.entries();
                    entries.collect::<Result<Vec<_>, _>>()
                });
                (
                    vec![told(ParsedCrl::from_der(octets)), told(one_by_one)],
                    lint::crl(octets),
                )
            }
            Self::Ocsp => (
                vec![told(OcspResponse::from_der(octets))],
                lint::ocsp_response(octets),
            ),
        };
        // Elements that are looked at are counted, each as often as it is.
        assert!(report.elements() <= octets.len() + 1, "{report:?}");
        assert!(report.octets() <= 32 * octets.len() + 32, "{report:?}");
        let findings = report.findings().iter();
        let findings = findings.filter(|finding| finding.lint().severity() > Severity::Notice);
        (said, findings.map(|finding| finding.lint().id()).collect())
    }

    /// The rule that `octets` break, or the words of each reader's refusal.
    fn refused(self, name: &str, octets: &[u8], rule: Option<&str>, words: &[Option<&str>]) {
        let (said, found) = self.read(octets);
        if let Some(rule) = rule {
            assert!(found.contains(&rule), "{self:?}: {name}: {found:?}");
        }
        assert_eq!(said.len(), words.len());
        for (said, words) in said.iter().zip(words) {
            let as_told = match words {
                Some(words) => said.contains(words),
                None => said == "read",
            };
            assert!(as_told, "{self:?}: {name}: {said}, not {words:?}");
        }
        let anybody = rule.is_some() || words.iter().all(Option::is_some);
        assert!(anybody, "{self:?}: {name}: nobody says a word");
    }
}

#[test]
fn good_documents_are_read_and_break_no_rule() {
    for kind in [Kind::Certificate, Kind::Crl, Kind::Ocsp] {
        let (said, found) = kind.read(kind.good());
        assert!(said.iter().all(|said| said == "read"), "{said:?}");
        assert_eq!(found, [""; 0], "{kind:?}");
    }
}

/// Puts an INTEGER where a document has the serial number of a certificate.
fn with_serial(kind: Kind, integer: &[u8]) -> Vec<u8> {
    kind.changed(|tbs| match kind {
        Kind::Certificate => tbs[1] = integer.to_vec(),
        Kind::Crl => {
            tbs[5] = with_parts(&tbs[5], |entries| {
                entries[0] = with_parts(&entries[0], |entry| entry[0] = integer.to_vec());
            });
        }
        Kind::Ocsp => {
            tbs[2] = with_parts(&tbs[2], |singles| {
                singles[0] = with_parts(&singles[0], |single| {
                    single[0] = with_parts(&single[0], |id| id[3] = integer.to_vec());
                });
            });
        }
    })
}

#[test]
fn serial_numbers_that_no_certificate_has_are_told() {
    for (name, integer, length) in [
        ("negative", vec![2, 1, 0x80], false),
        ("zero", vec![2, 1, 0], false),
        ("21 octets", tlv(2, &[0x7f; 21]), true),
    ] {
        let refused = |kind: Kind, rule: &str, readers: &[Option<&str>]| {
            kind.refused(name, &with_serial(kind, &integer), Some(rule), readers);
        };
        let rule = if length {
            "rfc5280.serial_length"
        } else {
            "rfc5280.serial"
        };
        refused(Kind::Certificate, rule, &[None, None]);
        refused(Kind::Crl, "rfc5280.crl_serial", &[None, None]);
        refused(Kind::Ocsp, "rfc6960.serial", &[None]);
    }
    // 00 01 is no DER: no reader takes it.
    let words = Some("not canonically encoded as DER");
    let padded = |kind| with_serial(kind, &[2, 2, 0, 1]);
    let two = [words, words];
    let rule = Some("rfc5280.serial_minimal");
    Kind::Certificate.refused("padded", &padded(Kind::Certificate), rule, &two);
    Kind::Crl.refused(
        "padded",
        &padded(Kind::Crl),
        Some("rfc5280.crl_serial"),
        &two,
    );
    Kind::Ocsp.refused(
        "padded",
        &padded(Kind::Ocsp),
        Some("rfc6960.serial"),
        &[words],
    );
    // Two hundred octets are none of a CA for us.
    let long = with_serial(Kind::Certificate, &tlv(2, &[0x7f; 200]));
    let rule = Some("rfc5280.serial_length");
    let words = Some("malformed ASN.1 DER value for INTEGER");
    Kind::Certificate.refused("200 octets", &long, rule, &[None, words]);
    // Twenty octets are the most, and good.
    for kind in [Kind::Certificate, Kind::Crl, Kind::Ocsp] {
        let (said, found) = kind.read(&with_serial(kind, &tlv(2, &[0x7f; 20])));
        assert!(said.iter().all(|said| said == "read"), "{said:?}");
        assert_eq!(found, [""; 0], "{kind:?}");
    }
}

#[test]
fn a_thousand_attributes_are_told() {
    let named = |kind: Kind| {
        kind.changed(|tbs| match kind {
            Kind::Certificate => tbs[5] = units(1_000),
            Kind::Crl => tbs[2] = units(1_000),
            Kind::Ocsp => tbs[0] = tlv(0xa1, &units(1_000)),
        })
    };
    let refused = |kind: Kind, rule: &str, readers: &[Option<&str>]| {
        kind.refused("1,000 attributes", &named(kind), Some(rule), readers);
    };
    refused(Kind::Certificate, "rfc5280.name_attributes", &[None, None]);
    refused(Kind::Crl, "rfc5280.crl_name_attributes", &[None, None]);
    refused(Kind::Ocsp, "rfc6960.name_attributes", &[None]);
}

#[test]
fn extensions_that_nobody_should_write_are_told() {
    const MALFORMED_OID: Option<&str> = Some("incorrect length for OBJECT IDENTIFIER");
    const TWICE: Option<&str> = Some("1.2.156.10197.9.9 twice");
    const ONCE: Option<&str> = Some("has each extension once");
    const CRITICAL: Option<&str> = Some("the unknown critical extension 1.2.156.10197.9.9");
    const MANY: Option<&str> = Some("elements, at most 32 are read");
    const CAPPED: Option<&str> = Some("is more than 256");
    /// The rule, and what each reader says.
    type Told<'r> = (Option<&'r str>, Vec<Option<&'r str>>);
    /// Extensions, and what is told of them in a certificate, a CRL and an OCSP answer.
    type Row<'r> = (&'r str, Vec<Vec<u8>>, [Told<'r>; 3]);
    let der = |kind: &'static str| (Some(kind), vec![None; 2]);
    let thousand = (0..1_000_u16).map(|number| {
        let [high, low] =
            [number >> 7, number & 0x7f].map(|arc| u8::try_from(arc).expect("7 bits"));
        extension(&[0x2a, 3, 0x80 | high, low], false, &[5, 0])
    });
    let thousand: Vec<_> = thousand.collect();
    let rows: Vec<Row<'_>> = vec![
        (
            "a value a hundred levels deep",
            vec![extension(UNKNOWN, false, &nested(100))],
            [
                der("rfc5280.extension_der"),
                der("rfc5280.crl_extension_der"),
                (Some("rfc6960.extension_der"), vec![None]),
            ],
        ),
        (
            "a value of indefinite length",
            vec![extension(UNKNOWN, false, INDEFINITE)],
            [
                der("rfc5280.extension_der"),
                der("rfc5280.crl_extension_der"),
                (Some("rfc6960.extension_der"), vec![None]),
            ],
        ),
        (
            "policies a hundred levels deep",
            vec![extension(&[0x55, 29, 32], false, &nested(100))],
            [
                (
                    Some("rfc5280.extension_syntax"),
                    vec![Some("malformed certificatePolicies"), None],
                ),
                der("rfc5280.crl_extension_der"),
                (Some("rfc6960.extension_der"), vec![None]),
            ],
        ),
        (
            "an identifier of 4,000 octets",
            vec![extension(&huge(), false, &[5, 0])],
            [
                (None, vec![MALFORMED_OID, MALFORMED_OID]),
                (None, vec![MALFORMED_OID, MALFORMED_OID]),
                (None, vec![MALFORMED_OID]),
            ],
        ),
        (
            "critical, and nobody knows it",
            vec![extension(UNKNOWN, true, &[5, 0])],
            [
                // A path through it is refused; to be shown it is read.
                (Some("rfc5280.unknown_critical"), vec![None, None]),
                (Some("rfc5280.crl_unknown_critical"), vec![None, CRITICAL]),
                (Some("rfc6960.extensions_not_critical"), vec![CRITICAL]),
            ],
        ),
        (
            "twice",
            vec![extension(UNKNOWN, false, &[5, 0]); 2],
            [
                (Some("rfc5280.extensions_unique"), vec![TWICE, None]),
                (Some("rfc5280.crl_extensions_unique"), vec![TWICE, ONCE]),
                (Some("rfc6960.extensions_unique"), vec![ONCE]),
            ],
        ),
        (
            "a thousand",
            thousand,
            [
                (Some("rfc5280.certificate_syntax"), vec![CAPPED, None]),
                (Some("rfc5280.crl_syntax"), vec![CAPPED, MANY]),
                (Some("rfc6960.syntax"), vec![MANY]),
            ],
        ),
    ];
    for (name, extensions, wanted) in &rows {
        for (kind, (rule, readers)) in [Kind::Certificate, Kind::Crl, Kind::Ocsp]
            .iter()
            .zip(wanted)
        {
            let octets = kind.changed(|tbs| extended(tbs, extensions));
            kind.refused(name, &octets, *rule, readers);
        }
    }
    // In an entry of a CRL.
    let entry = |extensions: &[Vec<u8>]| {
        crl(|tbs| {
            tbs[5] = with_parts(&tbs[5], |entries| {
                entries[0] = with_parts(&entries[0], |entry| {
                    let last = entry.last_mut().expect("extensions");
                    *last = with_parts(last, |list| list.extend_from_slice(extensions));
                });
            });
        })
    };
    for (row, rule, readers) in [
        (3, None, [MALFORMED_OID, MALFORMED_OID]),
        (4, None, [None, CRITICAL]),
        (
            5,
            Some("rfc5280.crl_entry_extensions_unique"),
            [TWICE, ONCE],
        ),
        (6, Some("rfc5280.crl_syntax"), [CAPPED, MANY]),
    ] {
        let (name, extensions, _) = &rows[row];
        let octets = entry(extensions);
        let (said, found) = Kind::Crl.read(&octets);
        // The reader of paths keeps what it did not understand, and nothing is judged by it.
        let kept = ParsedCrl::from_der(&octets[..]).is_ok_and(|crl| crl.unprocessed().is_some());
        assert_eq!(kept, row == 4, "{name}");
        for (said, words) in said.iter().zip(readers) {
            let as_told = words.map_or(said == "read", |words| said.contains(words));
            assert!(as_told, "an entry with {name}: {said}");
        }
        assert!(
            rule.is_none_or(|rule| found.contains(&rule)),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn what_is_no_der_is_told_where_it_stands() {
    for (kind, rule) in [
        (Kind::Certificate, "rfc5280.certificate_syntax"),
        (Kind::Crl, "rfc5280.crl_syntax"),
        (Kind::Ocsp, "rfc6960.syntax"),
    ] {
        let good = kind.good();
        let (head, content) = good.split_at(2 + usize::from(good[1] & 0x7f));
        let longer = [&[0x30, head[1] + 1, 0], &head[2..], content].concat();
        let indefinite = [&[0x30, 0x80], content, &[0, 0]].concat();
        for (name, octets, words) in [
            ("no definite length", indefinite, "indefinite length"),
            ("a longer length", longer, "incorrect length for SEQUENCE"),
            ("one octet more", [good, &[0]].concat(), "trailing data"),
            ("nothing but SEQUENCEs", nested(100), ""),
            ("nothing", Vec::new(), ""),
        ] {
            let readers = kind.read(&octets).0.len();
            let words = vec![Some(words); readers];
            kind.refused(name, &octets, Some(rule), &words);
            assert!(!kind.read(&octets).0.contains(&"read".to_owned()), "{name}");
        }
    }
}

#[test]
fn names_that_are_none_are_told() {
    let attribute = |id: &[u8]| tlv(0x30, &[tlv(6, id), tlv(12, b"a")].concat());
    let named = |name: &[u8]| certificate(|tbs| tbs[5] = name.to_vec());
    let words = Some("incorrect length for OBJECT IDENTIFIER");
    let huge = named(&tlv(0x30, &tlv(0x31, &attribute(&huge()))));
    Kind::Certificate.refused(
        "an attribute type of 4,000 octets",
        &huge,
        None,
        &[words; 2],
    );
    let words = Some("expected SET, got SEQUENCE");
    let rule = Some("rfc5280.certificate_syntax");
    Kind::Certificate.refused("a hundred levels", &named(&nested(100)), rule, &[words; 2]);
}

proptest! {
    #[test]
    fn no_mutation_panics_and_work_is_counted(
        which in 0_usize..3,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let kind = [Kind::Certificate, Kind::Crl, Kind::Ocsp][which];
        let mut octets = kind.good().to_vec();
        for (place, octet) in changes {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        kind.read(&octets);
        octets.truncate(cut.index(octets.len()));
        kind.read(&octets);
    }
}
