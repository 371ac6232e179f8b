use super::*;
use crate::raw::{
    CHALLENGE, EXT_KEY_USAGE, EXTENSION_REQUEST, KEY_USAGE, NULL, Raw, SM2_SM3, attribute,
    extension, extensions, key, rdn, tlv, verify,
};
use der::{Encode, ErrorKind};
use gm_crypto::{pki::Sm2Sm3, sm2::UserId};

fn malformed(der: &[u8]) -> (&'static str, ErrorKind, Option<u32>) {
    match UnverifiedCsr::from_der(der, &Limits::default()) {
        Err(Error::Malformed {
            source: gm_crypto::Error::Malformed { what, source },
        }) => (what, source.kind(), source.position().map(u32::from)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_verified_request_shows_what_came() {
    let raw = Raw::new()
        .subject(&[&rdn(b"Zhang San")])
        .attributes(&[&extensions(&[&extension(KEY_USAGE, &[0x01, 0x01, 0xff])])]);
    let der = raw.der();
    let csr = verify(&der).unwrap();
    assert_eq!(csr.der(), der);
    assert_eq!(csr.subject().to_string(), "CN=Zhang San");
    assert_eq!(csr.public_key_der(), raw.spki);
    assert_eq!(csr.public_key().to_der().unwrap(), raw.spki);
    let [asked] = csr.requested_extensions() else {
        panic!()
    };
    assert_eq!(asked.extn_id.to_string(), "2.5.29.15");
    assert!(asked.critical);
    assert_eq!(csr.attributes().len(), 1);
}

#[test]
fn a_signature_of_another_key_proves_nothing() {
    let raw = Raw {
        key: key(),
        ..Raw::new()
    };
    assert!(matches!(raw.verify(), Err(Error::ProofOfPossession)));
}

#[test]
fn a_signature_under_another_id_proves_nothing() {
    let id = Sm2Sm3::with_id(UserId::new("another").unwrap());
    let der = Raw::new().der();
    let csr = UnverifiedCsr::from_der(&der, &Limits::default()).unwrap();
    assert!(matches!(csr.verify(&[&id]), Err(Error::ProofOfPossession)));
}

#[test]
fn a_key_off_the_curve_proves_nothing() {
    let mut raw = Raw::new();
    *raw.spki.last_mut().unwrap() ^= 1;
    assert!(matches!(raw.verify(), Err(Error::ProofOfPossession)));
}

#[test]
fn a_trailing_octet_is_refused_where_it_stands() {
    let mut der = Raw::new().der();
    let end = u32::try_from(der.len()).unwrap();
    der.push(0);
    let (what, kind, offset) = malformed(&der);
    assert_eq!(what, "CertificationRequest");
    assert!(matches!(kind, ErrorKind::TrailingData { .. }), "{kind:?}");
    assert_eq!(offset, Some(end));
}

#[test]
fn an_octet_behind_the_attributes_is_refused() {
    let mut raw = Raw::new();
    raw.attributes.extend_from_slice(NULL);
    let (what, kind, _) = malformed(&raw.der());
    assert_eq!(what, "CertificationRequestInfo");
    assert!(matches!(kind, ErrorKind::TrailingData { .. }), "{kind:?}");
}

#[test]
fn ber_is_refused_where_it_stands() {
    let der = Raw::new().der();
    let indefinite = [&[0x30, 0x80], &der[der.len() - 100..], &[0, 0]].concat();
    let (_, kind, offset) = malformed(&indefinite);
    assert_eq!(kind, ErrorKind::IndefiniteLength);
    assert_eq!(offset, Some(2), "behind the length");

    let content = &der[3..];
    assert_eq!(der[1], 0x81, "one octet of length");
    let padded = [&[0x30, 0x82, 0x00, der[2]], content].concat();
    let (_, kind, offset) = malformed(&padded);
    assert_eq!(
        kind,
        ErrorKind::Length {
            tag: der::Tag::Sequence
        }
    );
    assert!(offset.is_some());
}

#[test]
fn ber_inside_the_signed_part_is_refused_where_it_stands() {
    let mut raw = Raw::new();
    raw.subject = [&[0x30, 0x81], &raw.subject[1..]].concat();
    let der = raw.der();
    let at = der
        .windows(2)
        .position(|part| part == [0x30, 0x81])
        .unwrap();
    assert_eq!(at, 0, "the request itself has a long length");
    let at = 1 + der[1..]
        .windows(3)
        .position(|part| part == [0x30, 0x81, 12])
        .unwrap();
    let (what, kind, offset) = malformed(&der);
    assert_eq!(what, "CertificationRequestInfo");
    assert_eq!(
        kind,
        ErrorKind::Length {
            tag: der::Tag::Sequence
        }
    );
    let offset = usize::try_from(offset.unwrap()).unwrap();
    assert!((at..at + 4).contains(&offset), "{offset} is not at {at}");
}

#[test]
fn every_cut_is_refused() {
    let der = Raw::new().der();
    for length in 0..der.len() {
        assert!(UnverifiedCsr::from_der(&der[..length], &Limits::default()).is_err());
    }
}

#[test]
fn another_version_is_refused() {
    let mut der = Raw::new().der();
    let at = der.windows(3).position(|part| part == [2, 1, 0]).unwrap();
    der[at + 2] = 1;
    assert!(matches!(malformed(&der).1, ErrorKind::Value { .. }));
}

#[test]
fn each_limit_holds_to_the_last_unit() {
    let many = |count: usize| -> Vec<Vec<u8>> {
        let last = u8::try_from(count).unwrap();
        (0..last).map(|last| vec![0x06, 0x02, 0x2a, last]).collect()
    };
    let attributes = |count| {
        let each: Vec<_> = many(count)
            .iter()
            .map(|oid| attribute(oid, &[NULL]))
            .collect();
        Raw::new().attributes(&each.iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    attributes(16).verify().unwrap();
    assert!(matches!(
        attributes(17).parse_error(),
        Error::TooManyAttributes {
            found: 17,
            limit: 16
        }
    ));

    let asked = |count| {
        let each: Vec<_> = many(count).iter().map(|oid| extension(oid, &[])).collect();
        let each: Vec<_> = each.iter().map(Vec::as_slice).collect();
        Raw::new().attributes(&[&extensions(&each)])
    };
    asked(32).verify().unwrap();
    assert!(matches!(
        asked(33).parse_error(),
        Error::TooManyExtensions {
            found: 33,
            limit: 32
        }
    ));

    let named = |count| Raw::new().subject(&vec![rdn(b"a").as_slice(); count]);
    named(32).verify().unwrap();
    assert!(matches!(
        named(33).parse_error(),
        Error::TooManyRdns {
            found: 33,
            limit: 32
        }
    ));
    let one = &rdn(b"a")[2..];
    let multi_valued = Raw::new().subject(&[&tlv(0x31, &vec![one; 33])]);
    assert!(matches!(
        multi_valued.parse_error(),
        Error::TooManyRdns { found: 33, .. }
    ));

    let der = Raw::new().der();
    let mut limits = Limits {
        bytes: der.len(),
        ..Limits::default()
    };
    UnverifiedCsr::from_der(&der, &limits).unwrap();
    limits.bytes -= 1;
    assert!(matches!(
        UnverifiedCsr::from_der(&der, &limits),
        Err(Error::TooLarge { found, limit }) if found == der.len() && limit == found - 1
    ));
}

#[test]
fn size_is_looked_at_before_the_content() {
    let huge = vec![0; 10_000_000];
    assert!(matches!(
        UnverifiedCsr::from_der(&huge, &Limits::default()),
        Err(Error::TooLarge {
            found: 10_000_000,
            limit: 65_536
        })
    ));
}

#[test]
fn an_empty_subject_needs_leave() {
    let raw = Raw::new().subject(&[]);
    assert!(matches!(raw.parse_error(), Error::EmptySubject));
    let limits = Limits {
        subject: SubjectRule::MayBeEmpty,
        ..Limits::default()
    };
    let der = raw.der();
    let csr = UnverifiedCsr::from_der(&der, &limits).unwrap();
    assert!(
        csr.verify(&[&Sm2Sm3::default()])
            .unwrap()
            .subject()
            .is_empty()
    );
}

#[test]
fn an_empty_set_is_no_name() {
    let source = match Raw::new().subject(&[&[0x31, 0x00]]).parse_error() {
        Error::Malformed { source } => source,
        other => panic!("{other:?}"),
    };
    assert!(matches!(source, gm_crypto::Error::Invalid { .. }));
}

#[test]
fn a_key_on_another_curve_is_named() {
    // id-ecPublicKey with secp256r1, which has points of the same length.
    let p256 =
        b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    let spki = tlv(0x30, &[p256, &tlv(0x03, &[&[0, 4], &[7; 64]])]);
    let error = Raw { spki, ..Raw::new() }.verify().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("key is on curve 1.2.840.10045.3.1.7, which is not accepted"),
        "{error}"
    );
}

#[test]
fn a_key_of_another_kind_is_named() {
    let rsa = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    let spki = tlv(0x30, &[rsa, &tlv(0x03, &[&[0], NULL])]);
    assert!(matches!(
        Raw { spki, ..Raw::new() }.verify(),
        Err(Error::KeyAlgorithm { found }) if found.to_string() == "1.2.840.113549.1.1.1"
    ));
}

#[test]
fn a_signature_of_another_kind_is_named() {
    // ecdsa-with-SHA256.
    let algorithm = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02".to_vec();
    assert!(matches!(
        Raw { algorithm, ..Raw::new() }.verify(),
        Err(Error::SignatureAlgorithm { found }) if found.to_string() == "1.2.840.10045.4.3.2"
    ));
}

#[test]
fn null_parameters_of_the_signature_are_accepted() {
    let algorithm = tlv(0x30, &[&SM2_SM3[2..], NULL]);
    Raw {
        algorithm,
        ..Raw::new()
    }
    .verify()
    .unwrap();
}

#[test]
fn what_is_not_der_throughout_but_signed_so_verifies() {
    let asked = extensions(&[&extension(KEY_USAGE, &[0x01, 0x01, 0x00])]);
    let challenge = attribute(CHALLENGE, &[&tlv(0x13, &[b"111111"])]);
    let unsorted = [asked, challenge].concat();
    let csr = Raw::new().attributes(&[&unsorted]).verify().unwrap();
    assert_eq!(csr.attributes().len(), 2);
    assert!(csr.attributes().is_sorted_by_key(|attribute| attribute.oid));
    assert!(!csr.requested_extensions()[0].critical);
}

#[test]
fn absent_attributes_and_an_empty_extension_request_ask_for_nothing() {
    let absent = Raw {
        attributes: Vec::new(),
        ..Raw::new()
    };
    assert!(absent.verify().unwrap().attributes().is_empty());
    let empty = Raw::new().attributes(&[&extensions(&[])]);
    assert!(empty.verify().unwrap().requested_extensions().is_empty());
}

#[test]
fn one_extension_request_for_each_extension_will_do() {
    let [one, other] = [KEY_USAGE, EXT_KEY_USAGE].map(|oid| extensions(&[&extension(oid, &[])]));
    let csr = Raw::new().attributes(&[&one, &other]).verify().unwrap();
    assert_eq!(csr.requested_extensions().len(), 2);
}

#[test]
fn nothing_is_asked_for_twice() {
    let challenge = attribute(CHALLENGE, &[NULL]);
    assert!(matches!(
        Raw::new().attributes(&[&challenge, &challenge]).parse_error(),
        Error::DuplicateAttribute { oid } if oid.to_string() == "1.2.840.113549.1.9.7"
    ));
    let [one, other] = [KEY_USAGE, EXT_KEY_USAGE].map(|oid| extension(oid, &[]));
    assert!(matches!(
        Raw::new().attributes(&[&extensions(&[&one, &other, &one])]).parse_error(),
        Error::DuplicateExtension { oid } if oid.to_string() == "2.5.29.15"
    ));
    assert!(matches!(
        Raw::new()
            .attributes(&[&extensions(&[&one, &other]), &extensions(&[&one])])
            .parse_error(),
        Error::DuplicateExtension { .. }
    ));
    let list = &tlv(0x30, &[&one])[..];
    for values in [&[][..], &[list, list]] {
        let asked = attribute(EXTENSION_REQUEST, values);
        assert!(matches!(
            Raw::new().attributes(&[&asked]).parse_error(),
            Error::Malformed {
                source: gm_crypto::Error::Invalid { .. }
            }
        ));
    }
}

#[test]
fn values_outside_a_set_are_refused() {
    let bare = tlv(0x30, &[CHALLENGE, &tlv(0x13, &[b"111111"])]);
    let (what, kind, _) = malformed(&Raw::new().attributes(&[&bare]).der());
    assert_eq!(what, "CertificationRequestInfo");
    assert!(matches!(kind, ErrorKind::TagUnexpected { .. }), "{kind:?}");
}
