//! Questions and answers there and back; each refusal.

use super::*;
use crate::{Error, Reason};
use der::{DateTime, Decode, Encode, referenced::OwnedToRef};
use getrandom::SysRng;
use gm_crypto::{
    pki::Sm2Sm3,
    sm2::{SecretKey, SigningKey, UserId},
};
use proptest::prelude::*;
use spki::{
    DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding,
    SubjectPublicKeyInfoOwned,
};
use x509_cert::name::Name;

fn key() -> (SigningKey, SubjectPublicKeyInfoOwned) {
    let key = SigningKey::new(SecretKey::generate(&mut SysRng).unwrap(), UserId::default());
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let spki = spki.decode_msg().unwrap();
    (key, spki)
}

fn issuer() -> Name {
    "CN=CA,O=Example,C=CN".parse().unwrap()
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn now() -> DateTime {
    at("2026-07-01T00:00:00Z")
}

fn id(spki: &SubjectPublicKeyInfoOwned, serial: u8) -> CertId {
    CertId::new(&issuer(), spki.owned_to_ref(), serial.into()).unwrap()
}

fn draft(key: &SigningKey, spki: &SubjectPublicKeyInfoOwned) -> OcspDraft {
    let algorithm = key.signature_algorithm_identifier().unwrap();
    OcspDraft::new(spki.owned_to_ref(), algorithm, now())
}

fn sign(draft: OcspDraft, key: &SigningKey) -> Vec<u8> {
    let prepared = draft.prepare().unwrap();
    assert_eq!(
        prepared.algorithm(),
        &key.signature_algorithm_identifier().unwrap()
    );
    let signature = key.sign_hedged(&mut SysRng, prepared.tbs()).unwrap();
    prepared.attach(&signature.to_bitstring().unwrap()).unwrap()
}

fn good(spki: &SubjectPublicKeyInfoOwned) -> SingleResponse {
    SingleResponse::new(id(spki, 7), CertStatus::Good, now())
}

#[test]
fn an_answer_says_what_was_written() {
    let (key, spki) = key();
    let nonce = Nonce::new([7; 32]).unwrap();
    let revoked = CertStatus::Revoked {
        at: at("2026-06-01T00:00:00Z"),
        reason: Some(Reason::KeyCompromise),
    };
    let silent = CertStatus::Revoked {
        at: at("2026-06-01T00:00:00Z"),
        reason: None,
    };
    let singles = [
        good(&spki).until(at("2026-07-02T00:00:00Z")),
        SingleResponse::new(id(&spki, 8), revoked, now()),
        SingleResponse::new(id(&spki, 9), CertStatus::Unknown, now()),
        SingleResponse::new(id(&spki, 10), silent, now()),
    ];
    let certificate = spki.to_der().unwrap();
    let draft = draft(&key, &spki)
        .nonce(Some(nonce.clone()))
        .certificate(certificate.clone());
    let draft = singles.iter().cloned().fold(draft, OcspDraft::response);
    let response = OcspResponse::from_der(&sign(draft, &key)).unwrap();
    assert_eq!(response.certificates(), [certificate]);
    assert_eq!(
        response.responder(),
        &ResponderId::ByKey(crate::key_identifier(&spki.owned_to_ref()))
    );
    let answer = response
        .verify(spki.owned_to_ref(), &[&Sm2Sm3::default()])
        .unwrap();
    assert_eq!(answer.responses(), singles);
    assert_eq!(answer.nonce(), Some(&nonce));
    assert_eq!(answer.produced_at(), now());
    assert_eq!(
        answer.response_for(&id(&spki, 9)).unwrap().status(),
        &CertStatus::Unknown
    );
    assert_eq!(answer.response_for(&id(&spki, 99)), None);
}

#[test]
fn an_answer_is_current_between_its_dates() {
    let (_, spki) = key();
    let single = good(&spki).until(at("2026-07-02T00:00:00Z"));
    assert!(!single.is_current(at("2026-06-30T23:59:59Z")));
    assert!(single.is_current(now()));
    assert!(single.is_current(at("2026-07-02T00:00:00Z")));
    assert!(!single.is_current(at("2026-07-02T00:00:01Z")));
    assert!(good(&spki).is_current(now()));
    assert!(!good(&spki).is_current(at("2026-07-01T00:00:01Z")));
}

#[test]
fn another_key_does_not_verify() {
    let ((key, spki), (_, other)) = (key(), key());
    let der = sign(draft(&key, &spki).response(good(&spki)), &key);
    let verified = OcspResponse::from_der(&der)
        .unwrap()
        .verify(other.owned_to_ref(), &[&Sm2Sm3::default()]);
    assert!(matches!(verified, Err(Error::OcspResponder { .. })));
    let unlisted = OcspResponse::from_der(&der)
        .unwrap()
        .verify(spki.owned_to_ref(), &[]);
    assert!(matches!(unlisted, Err(Error::Signature { .. })));
}

#[test]
fn a_draft_says_something_in_order() {
    let (key, spki) = key();
    assert!(matches!(
        draft(&key, &spki).prepare(),
        Err(Error::Invalid { .. })
    ));
    let backwards = draft(&key, &spki).response(good(&spki).until(now()));
    assert!(matches!(backwards.prepare(), Err(Error::Invalid { .. })));
    let no_der = draft(&key, &spki)
        .response(good(&spki))
        .certificate(vec![1]);
    assert!(matches!(no_der.prepare(), Err(Error::Malformed { .. })));
}

/// An answer with these octets of a `ResponseData`, signed.
fn signed(tbs: Vec<u8>, key: &SigningKey) -> Vec<u8> {
    let algorithm = key.signature_algorithm_identifier().unwrap();
    let prepared = PreparedOcsp::from_stored(tbs, algorithm, Vec::new());
    let signature = key.sign_hedged(&mut SysRng, prepared.tbs()).unwrap();
    prepared.attach(&signature.to_bitstring().unwrap()).unwrap()
}

#[test]
fn two_answers_about_one_certificate_are_refused() {
    let (key, spki) = key();
    let twice = draft(&key, &spki)
        .response(good(&spki))
        .response(good(&spki));
    let is_refused = |error: Error| {
        let rule = "speaks of a certificate once";
        assert!(matches!(error, Error::Invalid { rule: found, .. } if found == rule));
    };
    is_refused(twice.prepare().unwrap_err());
    let data = wire::ResponseData {
        version: Default::default(),
        responder: ResponderId::ByName(issuer()).to_wire().unwrap(),
        produced_at: now().into(),
        responses: vec![
            good(&spki).to_wire().unwrap(),
            good(&spki).to_wire().unwrap(),
        ],
        extensions: None,
    };
    let der = signed(data.to_der().unwrap(), &key);
    is_refused(OcspResponse::from_der(&der).unwrap_err());
}

#[test]
fn errors_have_their_numbers() {
    for (status, code) in [
        (ErrorStatus::MalformedRequest, 1),
        (ErrorStatus::InternalError, 2),
        (ErrorStatus::TryLater, 3),
        (ErrorStatus::SigRequired, 5),
        (ErrorStatus::Unauthorized, 6),
    ] {
        let der = error_response(status);
        assert_eq!(der, [0x30, 3, 10, 1, code]);
        assert!(matches!(
            OcspResponse::from_der(&der),
            Err(Error::OcspRefused { status: found }) if found == status
        ));
    }
    assert!(
        OcspResponse::from_der(&[0x30, 3, 10, 1, 0]).is_err(),
        "success says something"
    );
    assert!(OcspResponse::from_der(&[0x30, 3, 10, 1, 4]).is_err());
}

#[test]
fn a_question_comes_back() {
    let (_, spki) = key();
    let sm3 = CertId::with_sm3(&issuer(), spki.owned_to_ref(), 8u8.into()).unwrap();
    let nonce = Nonce::new([1; 16]).unwrap();
    let request = OcspRequest::new(vec![id(&spki, 7), sm3], Some(nonce)).unwrap();
    let read = OcspRequest::from_der(&request.to_der().unwrap()).unwrap();
    assert_eq!(read, request);
    assert_eq!(read.cert_ids()[1].serial(), &8u8.into());
    assert_eq!(
        read.cert_ids()[1].digest().to_string(),
        "1.2.156.10197.1.401"
    );
}

#[test]
fn an_id_knows_its_issuer() {
    let (_, spki) = key();
    let (_, other) = key();
    let sm3 = CertId::with_sm3(&issuer(), spki.owned_to_ref(), 8u8.into()).unwrap();
    for id in [id(&spki, 8), sm3.clone()] {
        assert!(id.matches(&issuer(), spki.owned_to_ref()));
        assert!(!id.matches(&issuer(), other.owned_to_ref()));
        assert!(!id.matches(&"CN=b".parse().unwrap(), spki.owned_to_ref()));
    }
    assert_ne!(id(&spki, 8), sm3);
    assert_ne!(id(&spki, 8), id(&spki, 9));
    // SHA-1 without parameters: 2B0E03021A, then NULL taken out.
    let with_null = id(&spki, 8).to_der().unwrap();
    let position = with_null
        .windows(2)
        .position(|part| part == [5, 0])
        .unwrap();
    let mut without = [&with_null[..position], &with_null[position + 2..]].concat();
    without[1] -= 2;
    without[3] -= 2;
    assert_eq!(CertId::from_der(&without).unwrap(), id(&spki, 8));
    // An unknown digest is read, repeated and known by nobody.
    let mut unknown = with_null;
    unknown[10] ^= 1;
    let read = CertId::from_der(&unknown).unwrap();
    assert!(!read.matches(&issuer(), spki.owned_to_ref()));
    assert_eq!(read.to_der().unwrap(), unknown);
}

#[test]
fn limits_have_their_own_errors() {
    let (_, spki) = key();
    let many = vec![id(&spki, 7); 257];
    assert!(matches!(
        OcspRequest::new(many, None),
        Err(Error::TooMany {
            found: 257,
            limit: 256,
            ..
        })
    ));
    assert!(matches!(
        OcspRequest::new(Vec::new(), None),
        Err(Error::Invalid { .. })
    ));
    assert!(matches!(
        OcspRequest::from_der(&vec![0x30; 65_537]),
        Err(Error::TooLarge { limit: 65_536, .. })
    ));
    assert!(matches!(
        OcspResponse::from_der(&vec![0x30; (1 << 20) + 1]),
        Err(Error::TooLarge { .. })
    ));
    assert!(Nonce::new([]).is_err());
    assert!(Nonce::new([0; 128]).is_ok());
    assert!(Nonce::new([0; 129]).is_err());
}

#[test]
fn extensions_are_known_or_not_critical_and_stand_once() {
    use der::asn1::{ObjectIdentifier, OctetString};
    use x509_cert::ext::Extension;
    let extension = |critical| Extension {
        extn_id: ObjectIdentifier::new_unwrap("1.2.3"),
        critical,
        extn_value: OctetString::new([5, 0]).unwrap(),
    };
    let read = |extensions: Vec<Extension>| request::read_nonce("a", Some(&extensions));
    assert_eq!(read(vec![extension(false)]).unwrap(), None);
    assert!(matches!(
        read(vec![extension(true)]),
        Err(Error::CriticalExtension { .. })
    ));
    let twice = vec![extension(false), extension(false)];
    assert!(matches!(read(twice), Err(Error::Invalid { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_changed_bit_verifies(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let (key, spki) = key();
        let nonce = Nonce::new([7; 16]).ok();
        let mut der = sign(draft(&key, &spki).response(good(&spki)).nonce(nonce), &key);
        let at = at.index(der.len());
        der[at] ^= 1u8 << bit;
        let verified = OcspResponse::from_der(&der)
            .and_then(|answer| answer.verify(spki.owned_to_ref(), &[&Sm2Sm3::default()]));
        prop_assert!(verified.is_err(), "bit {bit} of octet {at}");
    }

    #[test]
    fn no_octets_panic(octets in any::<Vec<u8>>()) {
        let _ = OcspRequest::from_der(&octets);
        let _ = OcspResponse::from_der(&octets);
    }
}
