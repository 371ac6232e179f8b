//! Questions and answers there and back; each refusal.

mod responders;

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

#[test]
fn an_answer_names_its_responder_by_name() {
    let (key, spki) = key();
    let draft = draft(&key, &spki).response(good(&spki));
    let der = sign(draft.clone().by_name(issuer()), &key);
    let answer = OcspResponse::from_der(&der).unwrap();
    assert_eq!(answer.responder(), &ResponderId::ByName(issuer()));
    assert!(
        answer
            .verify(spki.owned_to_ref(), &[&Sm2Sm3::default()])
            .is_ok()
    );
    let nameless = draft.by_name(Name::default()).prepare();
    assert!(matches!(
        nameless,
        Err(Error::Invalid {
            clause: "RFC 6960, 4.2.2.2",
            ..
        })
    ));
}

#[test]
fn an_archive_cutoff_comes_back_and_is_not_in_the_future() {
    let (key, spki) = key();
    let cutoff = at("2019-07-01T00:00:00Z");
    let of = |cutoff| draft(&key, &spki).response(good(&spki).archived_since(cutoff));
    let der = sign(of(cutoff), &key);
    // SEQUENCE { 1.3.6.1.5.5.7.48.1.6, OCTET STRING { GeneralizedTime } }
    let value = b"\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x06\x04\x11\x18\x0f20190701000000Z";
    assert!(der.windows(value.len()).any(|part| part == value));
    let answer = OcspResponse::from_der(&der).unwrap();
    let answer = answer
        .verify(spki.owned_to_ref(), &[&Sm2Sm3::default()])
        .unwrap();
    assert_eq!(answer.responses()[0].archive_cutoff(), Some(cutoff));
    assert!(of(at("2026-07-01T00:00:01Z")).prepare().is_err());
}

#[test]
fn what_was_never_issued_is_held_since_1970_and_said_so() {
    let (key, spki) = key();
    let never = SingleResponse::new(id(&spki, 9), CertStatus::NEVER_ISSUED, now());
    for (single, extended) in [(never, true), (good(&spki), false)] {
        let der = sign(draft(&key, &spki).response(single.clone()), &key);
        let answer = OcspResponse::from_der(&der).unwrap();
        let answer = answer
            .verify(spki.owned_to_ref(), &[&Sm2Sm3::default()])
            .unwrap();
        assert_eq!(answer.extended_revoke(), extended);
        assert_eq!(answer.responses(), [single]);
    }
    let CertStatus::Revoked { at, reason } = CertStatus::NEVER_ISSUED else {
        panic!("it is revoked");
    };
    assert_eq!(
        (at.unix_duration().as_secs(), reason),
        (0, Some(Reason::CertificateHold))
    );
}

#[test]
fn a_prepared_answer_can_be_stored_and_taken_up() {
    let (key, spki) = key();
    let draft = draft(&key, &spki)
        .response(good(&spki))
        .certificate(spki.to_der().unwrap());
    let prepared = draft.prepare().unwrap();
    let stored = PreparedOcsp::from_stored(
        prepared.tbs().to_vec(),
        prepared.algorithm().clone(),
        prepared.certificates().to_vec(),
    );
    assert_eq!(stored, prepared);
    let signature = key.sign_hedged(&mut SysRng, stored.tbs()).unwrap();
    let signature = signature.to_bitstring().unwrap();
    assert_eq!(
        stored.attach(&signature).unwrap(),
        prepared.attach(&signature).unwrap()
    );
    let algorithm = key.signature_algorithm_identifier().unwrap();
    for (tbs, certificates) in [
        (vec![0x30, 1], vec![]),
        (vec![0x30, 0], vec![vec![0x30, 1]]),
    ] {
        let damaged = PreparedOcsp::from_stored(tbs, algorithm.clone(), certificates);
        assert!(matches!(
            damaged.attach(&signature),
            Err(Error::Encoding { .. })
        ));
    }
}

#[test]
fn a_signed_question_is_read_and_reported() {
    let (_, spki) = key();
    let question = OcspRequest::new(vec![id(&spki, 7)], None).unwrap();
    assert!(!question.is_signed());
    let tbs = &question.to_der().unwrap()[2..];
    let name = "CN=a".parse::<Name>().unwrap().to_der().unwrap();
    let length = u8::try_from(name.len()).unwrap();
    let requestor = [&[0xa1, length + 2, 0xa4, length][..], &name].concat();
    let read = |signature: &[u8]| {
        let mut inner = requestor.clone();
        inner.extend(&tbs[2..]);
        let mut octets = vec![0x30, u8::try_from(inner.len()).unwrap()];
        octets.extend(inner);
        octets.extend(signature);
        let whole = [&[0x30, u8::try_from(octets.len()).unwrap()][..], &octets].concat();
        OcspRequest::from_der(&whole)
    };
    let unsigned = read(&[]).unwrap();
    assert!(!unsigned.is_signed());
    let name = x509_cert::ext::pkix::name::GeneralName::DirectoryName("CN=a".parse().unwrap());
    assert_eq!(unsigned.requestor(), Some(&name));
    // [0] { SEQUENCE { AlgorithmIdentifier, BIT STRING } }
    let signature = [0xa0, 11, 0x30, 9, 0x30, 3, 6, 1, 0x2a, 3, 2, 0, 0];
    let signed = read(&signature).unwrap();
    assert!(signed.is_signed());
    assert_eq!(signed.cert_ids(), question.cert_ids());
    assert!(matches!(
        read(&[0xa0, 2, 5, 0]),
        Err(Error::Malformed { .. })
    ));
}

#[test]
fn who_asks_twice_asks_once() {
    let (_, spki) = key();
    let ids = [7, 8, 7].map(|serial| id(&spki, serial));
    let question = OcspRequest::new(ids.to_vec(), None).unwrap();
    assert_eq!(question.cert_ids(), &ids[..2]);
    // SEQUENCE of 3 SEQUENCEs { SEQUENCE { CertID } }, spelled by hand.
    let single = OcspRequest::new(vec![id(&spki, 7)], None).unwrap();
    let one = single.to_der().unwrap()[6..].to_vec();
    let wrap = |parts: Vec<u8>| {
        let length = u8::try_from(parts.len()).unwrap();
        [vec![0x30, 0x81, length], parts].concat()
    };
    let thrice = wrap(wrap(wrap(one.repeat(3))));
    assert_eq!(OcspRequest::from_der(&thrice).unwrap(), single);
}

#[test]
fn a_question_that_no_answer_can_repeat_is_malformed() {
    let (_, spki) = key();
    let good = OcspRequest::new(vec![id(&spki, 7)], None).unwrap();
    let good = good.to_der().unwrap();
    let read = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut der = good.clone();
        change(&mut der);
        OcspRequest::from_der(&der)
    };
    assert!(read(&|_| ()).is_ok());
    let invalid = |result| matches!(result, Err(Error::Invalid { .. }));
    for serial in [0, 0x80, 0xff] {
        assert!(invalid(read(&|der| *der.last_mut().unwrap() = serial)));
    }
    assert!(OcspRequest::new(vec![id(&spki, 0)], None).is_err());
    // SHA-1 becomes SHA-256, whose hashes are longer: 2B0E03021A, 60 86 48 01 65 03 04 02 01.
    let sha256 = |der: &mut Vec<u8>| {
        let place = der
            .windows(7)
            .position(|part| part == [6, 5, 0x2b, 14, 3, 2, 0x1a]);
        let place = place.unwrap();
        let new = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
        der.splice(place..place + 7, new);
        // Each SEQUENCE around it, of less than 128 octets, is four octets longer.
        for header in (0..place).step_by(2) {
            der[header + 1] += 4;
        }
    };
    assert!(invalid(read(&sha256)));
}

#[test]
fn the_other_digest_asks_about_the_same_certificate() {
    let (_, spki) = key();
    let by = |id: &CertId| id.by_other_digest(&issuer(), spki.owned_to_ref()).unwrap();
    let sm3 = CertId::with_sm3(&issuer(), spki.owned_to_ref(), 7u8.into()).unwrap();
    assert_eq!(by(&id(&spki, 7)), Some(sm3.clone()));
    assert_eq!(by(&sm3), Some(id(&spki, 7)));
    let mut unknown = sm3.to_der().unwrap();
    unknown[10] ^= 1;
    assert_eq!(by(&CertId::from_der(&unknown).unwrap()), None);
    assert!(ErrorStatus::TryLater.is_temporary() && ErrorStatus::InternalError.is_temporary());
    assert!(!ErrorStatus::Unauthorized.is_temporary());
}

#[test]
fn an_answer_has_no_more_than_can_be_read() {
    let (key, spki) = key();
    let many = |count: u16| {
        let singles = (0..count).map(|serial| {
            let id = CertId::new(&issuer(), spki.owned_to_ref(), (serial + 1).into());
            SingleResponse::new(id.unwrap(), CertStatus::Good, now())
        });
        singles.fold(draft(&key, &spki), OcspDraft::response)
    };
    assert!(OcspResponse::from_der(&sign(many(256), &key)).is_ok());
    assert!(matches!(
        many(257).prepare(),
        Err(Error::TooMany {
            found: 257,
            limit: 256,
            ..
        })
    ));
}

fn times() -> impl Strategy<Value = DateTime> {
    (0u64..4_000_000_000).prop_map(|seconds| {
        DateTime::from_unix_duration(std::time::Duration::from_secs(seconds)).unwrap()
    })
}

/// Serial number, status, thisUpdate, nextUpdate, archive cutoff.
type Said = (u8, CertStatus, DateTime, Option<DateTime>, Option<DateTime>);

fn singles() -> impl Strategy<Value = Vec<Said>> {
    let reason = prop::sample::select((0..=10).filter_map(Reason::from_code).collect::<Vec<_>>());
    let status = prop_oneof![
        Just(CertStatus::Good),
        Just(CertStatus::Unknown),
        Just(CertStatus::NEVER_ISSUED),
        (times(), prop::option::of(reason))
            .prop_map(|(at, reason)| CertStatus::Revoked { at, reason }),
    ];
    let single = (
        1u8..20,
        status,
        times(),
        prop::option::of(times()),
        prop::option::of(times()),
    );
    prop::collection::vec(single, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_prepared_comes_back(
        singles in singles(),
        nonce in prop::option::of(prop::collection::vec(any::<u8>(), 1..=128)),
        named in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let (key, spki) = key();
        let produced = at("2099-01-01T00:00:00Z");
        let algorithm = key.signature_algorithm_identifier().unwrap();
        let nonce = nonce.map(|nonce| Nonce::new(nonce).unwrap());
        let singles: Vec<_> = singles.into_iter().map(|(serial, status, this, next, cutoff)| {
            let single = SingleResponse::new(id(&spki, serial), status, this);
            let single = next.map_or(single.clone(), |next| single.until(next));
            cutoff.map_or(single.clone(), |cutoff| single.archived_since(cutoff))
        }).collect();
        let mut draft = OcspDraft::new(spki.owned_to_ref(), algorithm, produced).nonce(nonce.clone());
        if named {
            draft = draft.by_name(issuer());
        }
        let draft = singles.iter().cloned().fold(draft, OcspDraft::response);
        let Ok(prepared) = draft.prepare() else { return Ok(()) };
        let signature = key.sign_hedged(&mut SysRng, prepared.tbs()).unwrap();
        let mut der = prepared.attach(&signature.to_bitstring().unwrap()).unwrap();
        let answer = OcspResponse::from_der(&der).unwrap();
        let answer = answer.verify(spki.owned_to_ref(), &[&Sm2Sm3::default()]).unwrap();
        prop_assert_eq!(answer.responses(), singles);
        prop_assert_eq!(answer.nonce(), nonce.as_ref());
        prop_assert_eq!(answer.produced_at(), produced);

        for (at, octet) in changes {
            let at = at.index(der.len());
            der[at] = octet;
        }
        prop_assert!(crate::lint::ocsp_response(&der).elements() <= 2 * der.len());
        let _ = OcspResponse::from_der(&der);
        let _ = OcspRequest::from_der(&der);
    }

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
