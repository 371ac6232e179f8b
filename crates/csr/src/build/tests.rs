use super::*;
use crate::{Limits, SubjectRule, UnverifiedCsr, VerifiedCsr};
use der::{
    Tagged,
    asn1::{ObjectIdentifier, OctetString},
};
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{SecretKey, SigningKey, UserId},
};
use proptest::{collection::vec, prelude::*};
use signature::Signer;
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};

fn key(octets: [u8; 32]) -> Option<SigningKey> {
    let secret = SecretKey::from_bytes(&octets).ok()?;
    Some(SigningKey::new(secret, UserId::default()))
}

fn sign(draft: CsrDraft, key: &SigningKey) -> Vec<u8> {
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let algorithm = key.signature_algorithm_identifier().unwrap();
    let prepared = draft
        .prepare(spki.decode_msg().unwrap(), algorithm)
        .unwrap();
    let signature = key.sign(prepared.tbs()).to_bitstring().unwrap();
    prepared.attach(&signature).unwrap()
}

fn extension(last: u8, critical: bool, value: &[u8]) -> Extension {
    Extension {
        extn_id: ObjectIdentifier::from_bytes(&[0x2a, last & 0x7f]).unwrap(),
        critical,
        extn_value: OctetString::new(value).unwrap(),
    }
}

#[test]
fn no_extension_writes_no_extension_request() {
    let key = key([7; 32]).unwrap();
    let der = sign(CsrDraft::new("CN=a".parse().unwrap()), &key);
    let csr = UnverifiedCsr::from_der(&der, &Limits::default()).unwrap();
    let csr = csr.verify(&[&Sm2Sm3::default()]).unwrap();
    assert!(csr.attributes().is_empty());
    assert!(der.windows(2).any(|part| part == [0xa0, 0x00]));
}

#[test]
fn an_extension_is_asked_for_once() {
    let key = key([7; 32]).unwrap();
    let twice = CsrDraft::new(Name::default())
        .extension(extension(3, true, b"one"))
        .extension(extension(3, false, b"two"));
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let algorithm = key.signature_algorithm_identifier().unwrap();
    assert!(matches!(
        twice.prepare(spki.decode_msg().unwrap(), algorithm),
        Err(Error::DuplicateExtension { .. })
    ));
}

fn written(draft: CsrDraft) -> VerifiedCsr {
    let der = sign(draft, &key([7; 32]).unwrap());
    UnverifiedCsr::from_der(&der, &Limits::default())
        .and_then(|csr| csr.verify(&[&Sm2Sm3::default()]))
        .unwrap()
}

fn draft() -> CsrDraft {
    CsrDraft::new("CN=a".parse().unwrap())
}

fn oid(last: u8) -> ObjectIdentifier {
    ObjectIdentifier::from_bytes(&[0x2a, last & 0x7f]).unwrap()
}

#[test]
fn texts_are_of_the_plainest_type_that_holds_them() {
    for (text, password, name) in [
        ("secret 1", Tag::PrintableString, Tag::Ia5String),
        ("a@b", Tag::Utf8String, Tag::Ia5String),
        ("密码", Tag::Utf8String, Tag::Utf8String),
    ] {
        let draft = draft().challenge_password(text).unwrap();
        let csr = written(draft.unstructured_name(text).unwrap());
        assert!(csr.challenge_password().unwrap().unwrap().is(text));
        assert_eq!(csr.unstructured_names().unwrap(), [text]);
        let tags = csr.attributes().iter();
        let mut tags: Vec<_> = tags
            .map(|one| (one.oid, one.values.as_slice()[0].tag()))
            .collect();
        tags.sort_unstable_by_key(|one| one.0);
        assert_eq!(
            tags,
            [(UNSTRUCTURED_NAME, name), (CHALLENGE_PASSWORD, password)]
        );
    }
}

#[test]
fn what_its_standard_does_not_allow_is_not_written() {
    let long = |length| "码".repeat(length);
    draft().challenge_password(&long(255)).unwrap();
    draft().unstructured_name(&long(255)).unwrap();
    for length in [0, 256] {
        let text = long(length);
        for refused in [
            draft().challenge_password(&text),
            draft().unstructured_name(&text),
        ] {
            assert!(matches!(refused, Err(Error::Encoding { .. })));
        }
    }
    assert!(matches!(
        draft().attribute(oid(1), Vec::new()),
        Err(Error::Encoding { .. })
    ));
    let key = key([7; 32]).unwrap();
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let algorithm = key.signature_algorithm_identifier().unwrap();
    let twice = draft()
        .challenge_password("1")
        .and_then(|draft| draft.challenge_password("2"))
        .unwrap();
    assert!(matches!(
        twice.prepare(spki.decode_msg().unwrap(), algorithm),
        Err(Error::DuplicateAttribute { oid }) if oid == CHALLENGE_PASSWORD
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_attributes_are_written_in_the_order_of_der_and_read_back(
        wishes in proptest::collection::btree_map(
            0u8..128, vec(any::<Vec<u8>>(), 1..4), 0..8,
        ),
        reversed in any::<bool>(),
    ) {
        let wishes: Vec<_> = wishes
            .into_iter()
            .map(|(last, values)| {
                let values = values.iter().map(|value| Any::new(Tag::OctetString, &value[..]));
                (oid(last), values.collect::<der::Result<Vec<_>>>().unwrap())
            })
            .collect();
        let mut order = wishes.clone();
        if reversed {
            order.reverse();
        }
        let draft = order
            .into_iter()
            .fold(draft(), |draft, (oid, values)| draft.attribute(oid, values).unwrap());
        let csr = written(draft);
        prop_assert_eq!(csr.notes(), []);
        for (oid, values) in &wishes {
            let found = csr.attributes().iter().find(|one| one.oid == *oid).unwrap();
            let mut values = values.clone();
            values.sort_by_key(|value| value.to_der().unwrap());
            prop_assert_eq!(found.values.as_slice(), &values[..]);
        }
        prop_assert_eq!(csr.attributes().len(), wishes.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_built_is_read_back(
        scalar in any::<[u8; 32]>(),
        names in vec("[a-zA-Z0-9\u{4e00}-\u{9fa5}]{1,20}", 0..5),
        wishes in proptest::collection::btree_map(
            0u8..128, (any::<bool>(), any::<Vec<u8>>()), 0..5,
        ),
    ) {
        let Some(key) = key(scalar) else { return Ok(()) };
        let names: Vec<_> = names.iter().map(|name| format!("CN={name}")).collect();
        let subject = match names.as_slice() {
            [] => Name::default(),
            names => names.join(",").parse().unwrap(),
        };
        let wishes: Vec<_> = wishes
            .iter()
            .map(|(last, (critical, value))| extension(*last, *critical, value))
            .collect();
        let draft = CsrDraft::new(subject.clone());
        let draft = wishes.iter().cloned().fold(draft, CsrDraft::extension);
        let der = sign(draft, &key);

        let limits = Limits { subject: SubjectRule::MayBeEmpty, ..Limits::default() };
        let csr = UnverifiedCsr::from_der(&der, &limits).unwrap();
        let csr = csr.verify(&[&Sm2Sm3::default()]).unwrap();
        prop_assert_eq!(csr.der(), &der);
        prop_assert_eq!(csr.subject(), &subject);
        prop_assert_eq!(csr.requested_extensions(), &wishes);
        let spki = key.verifying_key().to_public_key_der().unwrap();
        prop_assert_eq!(csr.public_key_der(), spki.as_bytes());
    }

    #[test]
    fn no_changed_bit_verifies(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let key = key([7; 32]).unwrap();
        let draft = CsrDraft::new("CN=a,C=CN".parse().unwrap());
        let mut der = sign(draft.extension(extension(3, true, b"value")), &key);
        let at = at.index(der.len());
        der[at] ^= 1u8 << bit;
        let verified = UnverifiedCsr::from_der(&der, &Limits::default())
            .and_then(|csr| csr.verify(&[&Sm2Sm3::default()]));
        prop_assert!(verified.is_err(), "bit {bit} of octet {at}");
    }

    #[test]
    fn no_octets_panic(octets in any::<Vec<u8>>()) {
        let _ = UnverifiedCsr::from_der(&octets, &Limits::default());
    }
}
