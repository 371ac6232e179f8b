//! What nobody should send: each refused with its own reason, and for little work.

use super::*;
use crate::{
    CsrDraft,
    raw::{CHALLENGE, EXTENSION_REQUEST, KEY_USAGE, NULL, Raw, attribute, rdn, tlv, verify},
};
use der::asn1::Any;
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{SecretKey, SigningKey, UserId},
};
use proptest::prelude::*;
use signature::Signer;
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};

const SOME_TYPE: &[u8] = b"\x06\x03\x2a\x03\x04";

/// What a request costs that is refused while it is read.
fn refuse(der: &[u8]) -> (Error, Work) {
    let mut work = Work::default();
    let limits = Limits::default();
    let error = UnverifiedCsr::from_der_counting(Dialect::Rfc2986, der, &limits, &mut work)
        .expect_err("nobody should send it");
    assert!(work.elements <= der.len() / 2 + 1, "{work:?}");
    assert_eq!((work.signature_checks, work.octets_hashed), (0, 0));
    (error, work)
}

fn with_value(value: &[u8]) -> Vec<u8> {
    Raw::new()
        .attributes(&[&attribute(SOME_TYPE, &[value])])
        .der()
}

/// The reason of what is no DER inside a value that the decoder does not look into.
fn fault_in(value: &[u8]) -> (usize, &'static str) {
    let der = with_value(value);
    let at = der
        .windows(value.len())
        .position(|window| window == value)
        .unwrap();
    match refuse(&der).0 {
        Error::Malformed {
            source: gm_crypto::Error::Encoding { offset, reason, .. },
        } => (usize::try_from(offset).unwrap() - at, reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_thousand_attributes_are_counted_and_not_decoded() {
    let each: Vec<_> = (0..1_000u16)
        .map(|number| {
            let [high, low] = number.to_be_bytes();
            attribute(&[0x06, 0x03, 0x2a, high, low & 0x7f], &[NULL])
        })
        .collect();
    let each: Vec<_> = each.iter().map(Vec::as_slice).collect();
    let (error, _) = refuse(&Raw::new().attributes(&each).der());
    let Error::TooManyAttributes {
        found: 1_000,
        limit: 16,
    } = error
    else {
        panic!("{error:?}")
    };
}

#[test]
fn a_thousand_values_of_one_attribute_are_refused() {
    let many = vec![NULL; 1_000];
    let (error, _) = refuse(&Raw::new().attributes(&[&attribute(SOME_TYPE, &many)]).der());
    assert!(matches!(
        error,
        Error::TooManyValues {
            found: 1_000,
            limit: 16
        }
    ));
    Raw::new()
        .attributes(&[&attribute(SOME_TYPE, &[NULL; 16])])
        .verify()
        .unwrap();
    let other = attribute(b"\x06\x03\x2a\x03\x05", &[NULL; 16]);
    let both = Raw::new().attributes(&[&attribute(SOME_TYPE, &[NULL; 16]), &other]);
    both.verify().unwrap();
    // In CFCA's form they stand in no set.
    let bare = tlv(0x30, &[SOME_TYPE, &NULL.repeat(17)]);
    let der = Raw::new().attributes(&[&bare]).der();
    assert!(matches!(
        UnverifiedCsr::from_der_in(Dialect::Cfca, &der, &Limits::default()),
        Err(Error::TooManyValues { found: 17, .. })
    ));
}

#[test]
fn a_long_attribute_and_a_long_subject_are_refused_at_the_last_octet() {
    let of_length = |length: usize| {
        // SEQUENCE, SET and OCTET STRING have four octets of header each.
        let value = vec![0; length - 12 - SOME_TYPE.len()];
        let attribute = attribute(SOME_TYPE, &[&tlv(0x04, &[&value])]);
        assert_eq!(attribute.len(), length);
        Raw::new().attributes(&[&attribute])
    };
    of_length(16_384).verify().unwrap();
    assert!(matches!(
        of_length(16_385).parse_error(),
        Error::AttributeTooLong {
            found: 16_385,
            limit: 16_384
        }
    ));

    let subject = |length: usize| Raw::new().subject(&[&rdn(&vec![b'a'; length])]);
    let overhead = subject(8_000).subject.len() - 8_000;
    subject(8_192 - overhead).verify().unwrap();
    assert!(matches!(
        subject(8_193 - overhead).parse_error(),
        Error::SubjectTooLong {
            found: 8_193,
            limit: 8_192
        }
    ));
}

#[test]
fn deep_nesting_is_refused_at_the_last_level() {
    // Request, info, attributes, attribute, values hold the value.
    let nested = |levels: usize| (0..levels).fold(NULL.to_vec(), |inner, _| tlv(0x30, &[&inner]));
    verify(&with_value(&nested(11))).unwrap();
    assert!(matches!(
        refuse(&with_value(&nested(12))).0,
        Error::TooDeep { limit: 16 }
    ));
    let (error, work) = refuse(&with_value(&nested(10_000)));
    assert!(matches!(error, Error::TooDeep { limit: 16 }));
    assert!(work.elements < 40, "{work:?}");
}

#[test]
fn an_object_identifier_that_nobody_gives_out_is_refused() {
    let oid = |length: usize| tlv(0x06, &[&vec![0x2a; length]]);
    verify(&with_value(&oid(39))).unwrap();
    for length in [40, 127, 128, 30_000] {
        for der in [
            with_value(&oid(length)),
            Raw::new()
                .attributes(&[&attribute(&oid(length), &[NULL])])
                .der(),
        ] {
            let limits = Limits {
                attribute_bytes: 60_000,
                ..Limits::default()
            };
            let error = UnverifiedCsr::from_der(&der, &limits).unwrap_err();
            assert!(
                matches!(error, Error::HugeOid { found, limit: 39 } if found == length),
                "{error:?}"
            );
        }
    }
}

#[test]
fn what_is_not_der_inside_a_value_is_refused_where_it_stands() {
    let (at, reason) = fault_in(&[0x30, 0x06, 0x30, 0x80, 0x05, 0x00, 0x00, 0x00]);
    assert_eq!((at, reason), (2, "the length is indefinite (X.690, 10.1)"));
    let few = "the length is not in the fewest octets (X.690, 10.1)";
    assert_eq!(fault_in(&[0x30, 0x04, 0x04, 0x81, 0x01, 0x00]), (2, few));
    assert_eq!(
        fault_in(&[0x30, 0x05, 0x04, 0x82, 0x00, 0x01, 0x00]),
        (2, few)
    );
    assert_eq!(
        fault_in(&[0x30, 0x04, 0x30, 0x03, 0x05, 0x00]),
        (2, "the element is longer than what holds it")
    );
    let in_parts = "SEQUENCE and SET alone are constructed (X.690, 10.2)";
    assert_eq!(
        fault_in(&[0x30, 0x05, 0x24, 0x03, 0x04, 0x01, 0x00]),
        (2, in_parts)
    );
    assert_eq!(fault_in(&[0x30, 0x02, 0x10, 0x00]), (2, in_parts));
    assert_eq!(fault_in(&[0x30, 0x01, 0x05]), (2, "the element is cut off"));
    assert_eq!(
        fault_in(&[0x30, 0x08, 0x04, 0x85, 0, 0, 0, 0, 1, 0]),
        (2, few)
    );
}

#[test]
fn sixty_four_kilobytes_of_small_elements_are_a_count_and_no_more() {
    let nulls = tlv(0x30, &[&NULL.repeat(8_000)]);
    let limits = Limits {
        attribute_bytes: 65_000,
        ..Limits::default()
    };
    let der = with_value(&nulls);
    let mut work = Work::default();
    UnverifiedCsr::from_der_counting(Dialect::Rfc2986, &der, &limits, &mut work).unwrap();
    assert!((8_000..8_040).contains(&work.elements), "{work:?}");
    let pairs = tlv(
        0x30,
        &[&tlv(0x30, &[KEY_USAGE, &tlv(0x04, &[NULL])]).repeat(5_000)],
    );
    let asked = attribute(EXTENSION_REQUEST, &[&pairs]);
    let der = Raw::new().attributes(&[&asked]).der();
    let error = UnverifiedCsr::from_der(&der, &limits).unwrap_err();
    assert!(matches!(error, Error::DuplicateExtension { .. }), "{error}");
}

#[test]
fn the_work_of_a_request_is_told() {
    let der = Raw::new().der();
    let mut work = Work::default();
    let limits = Limits::default();
    let csr = UnverifiedCsr::from_der_counting(Dialect::Rfc2986, &der, &limits, &mut work).unwrap();
    // Request; info, version, name of 5, key of 5, attributes; algorithm and its identifier;
    // signature.
    assert_eq!(work.elements, 17);
    assert_eq!(work.signature_checks, 0);
    let octets = csr.signed.tbs().len();
    let other = Sm2Sm3::with_id(UserId::new("another").unwrap());
    let usual = Sm2Sm3::default();
    let verified = csr.verify_counting(&[&other, &usual, &other], &mut work);
    assert_eq!(verified.unwrap().verified_by(), 1);
    assert_eq!((work.signature_checks, work.octets_hashed), (2, 2 * octets));
    assert_eq!(work.elements, 17);
}

fn good() -> Vec<u8> {
    let secret = SecretKey::from_bytes(&[7; 32]).unwrap();
    let key = SigningKey::new(secret, UserId::default());
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let prepared = CsrDraft::new("CN=a,O=b,C=CN".parse().unwrap())
        .challenge_password("111111")
        .and_then(|draft| draft.unstructured_name("someone"))
        .and_then(|draft| {
            let oid = ObjectIdentifier::new_unwrap("1.2.3.4");
            draft.attribute(oid, vec![Any::null()])
        })
        .unwrap()
        .prepare(
            spki.decode_msg().unwrap(),
            key.signature_algorithm_identifier().unwrap(),
        )
        .unwrap();
    let signature = key.sign(prepared.tbs()).to_bitstring().unwrap();
    prepared.attach(&signature).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn mutations_never_panic_and_cost_little(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..6),
        dialect in prop_oneof![Just(Dialect::Rfc2986), Just(Dialect::Cfca)],
    ) {
        let mut der = good();
        for (at, octet, kind) in changes {
            let at = at.index(der.len());
            match kind {
                0 => der[at] = octet,
                1 => der[at] ^= 1u8 << (octet & 7),
                2 => der.insert(at, octet),
                _ => drop(der.remove(at)),
            }
        }
        let changed = der != good();
        let mut work = Work::default();
        let csr = UnverifiedCsr::from_der_counting(dialect, &der, &Limits::default(), &mut work);
        let checked = csr.and_then(|csr| {
            let _ = csr.notes();
            csr.verify_counting(&[&Sm2Sm3::default()], &mut work)
        });
        prop_assert!(work.elements <= der.len() / 2 + 1);
        prop_assert!(work.signature_checks <= 1);
        prop_assert!(work.octets_hashed <= der.len());
        prop_assert!(!changed || checked.is_err());
    }

    #[test]
    fn what_is_read_of_a_signed_request_never_panics(
        oid in prop_oneof![Just(CHALLENGE.to_vec()), Just(EXTENSION_REQUEST.to_vec()), Just(SOME_TYPE.to_vec())],
        value in any::<Vec<u8>>(), tag in any::<u8>(),
    ) {
        let asked = attribute(&oid, &[&tlv(tag, &[&value])]);
        if let Ok(csr) = Raw::new().attributes(&[&asked]).verify() {
            let _ = (csr.challenge_password(), csr.unstructured_names(), csr.key_origin());
            let _ = (csr.temporary_key(), csr.notes(), csr.sm2_key());
            let _ = (csr.requested().key_usage(), csr.requested().subject_alt_name());
        }
    }
}
