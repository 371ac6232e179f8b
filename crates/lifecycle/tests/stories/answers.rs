//! Answers about status that were signed before anybody asked, and how long they hold.

use cert_profile::{
    Issuer, Reason,
    ocsp::{CertId, CertStatus, Nonce, OcspRequest, OcspResponse, SingleResponse},
};
use der::{Decode, referenced::OwnedToRef};
use gm_crypto::pki::Sm2Sm3;
use lifecycle::{
    Engine, Error, Policy, Serial, SqliteStore, StoreError,
    authority::{self, Act},
    certificate::Command::Freeze,
    ports::Clock,
    terms::EvidenceKind,
};
use std::{slice, time::Duration};
use x509_cert::Certificate;

use crate::{
    doubles::{BROKEN, FailingStore, Side, World},
    script::{
        self, Applicant, CA, CRL_LIFETIME, RESPONDER, act, authority_command, authority_id,
        establish, evidence, in_business, issue_crl, officer, registrar, second_officer,
        take_through,
    },
};

const DAY: u64 = 86_400;

fn certificate(engine: &Engine, name: &str) -> Vec<u8> {
    let state = engine.authority(&authority_id(name)).unwrap().unwrap();
    state.established().unwrap().certificate.to_vec()
}

fn ids(engine: &Engine, serial: &Serial) -> [CertId; 2] {
    let issuer = Issuer::from_certificate(&certificate(engine, CA)).unwrap();
    let key = || issuer.public_key().owned_to_ref();
    [
        CertId::new(issuer.name(), key(), serial.to_x509()).unwrap(),
        CertId::with_sm3(issuer.name(), key(), serial.to_x509()).unwrap(),
    ]
}

fn question(ids: &[CertId], nonce: Option<Nonce>) -> Vec<u8> {
    let request = OcspRequest::new(ids.to_vec(), nonce).unwrap();
    request.to_der().unwrap()
}

/// An extension that is not critical, behind a plain question: short lengths alone.
fn with_an_extension(plain: &[u8]) -> Vec<u8> {
    // [2] { SEQUENCE { SEQUENCE { 1.3, OCTET STRING } } }
    let extension = [0xa2, 9, 0x30, 7, 0x30, 5, 6, 1, 0x2b, 4, 0];
    let mut octets = plain.to_vec();
    let longer = u8::try_from(extension.len()).unwrap();
    octets.extend(extension);
    octets[1] += longer;
    octets[3] += longer;
    octets
}

fn answer(engine: &Engine, question: &[u8]) -> Vec<u8> {
    let responder = authority_id(RESPONDER);
    engine.answer_ocsp(&responder, question).unwrap()
}

/// What an answer says of a certificate; its signature is checked.
fn says(engine: &Engine, answer: &[u8], id: &CertId) -> SingleResponse {
    let certificate = Certificate::from_der(&certificate(engine, RESPONDER)).unwrap();
    let spki = certificate.tbs_certificate().subject_public_key_info();
    let answer = OcspResponse::from_der(answer).unwrap();
    let answer = answer
        .verify(spki.owned_to_ref(), &[&Sm2Sm3::default()])
        .unwrap();
    answer.response_for(id).unwrap().clone()
}

/// Whether a question is answered without a signature.
fn is_kept(world: &World, engine: &Engine, question: &[u8]) -> bool {
    let before = world.token.signed().len();
    let (one, other) = (answer(engine, question), answer(engine, question));
    let signed = world.token.signed().len() - before;
    assert!(matches!((signed, one == other), (0, true) | (2, false)));
    signed == 0
}

fn signing(engine: &Engine, applicant: &Applicant) -> Serial {
    applicant.pair(engine).signing.serial
}

fn presign(engine: &mut Engine, serials: Option<&[Serial]>) -> usize {
    engine.presign(&authority_id(RESPONDER), serials).unwrap()
}

/// Two pairs in use, and an answer about each certificate, by both digests.
fn presigned() -> (World, Engine, [Applicant; 2]) {
    let (world, mut engine) = in_business();
    let both = ["zhang.san", "li.ming"].map(Applicant::new);
    for applicant in &both {
        take_through(&mut engine, applicant).unwrap();
    }
    // Of one that is not handed over nothing is said.
    let third = Applicant::new("zhou.ba");
    third.approve(&mut engine).unwrap();
    // Two pairs and the responder.
    assert_eq!(presign(&mut engine, None), 2 * (2 + 2 + 1));
    (world, engine, both)
}

#[test]
fn what_is_asked_plainly_has_the_answer_that_was_signed_before() {
    let (world, engine, [zhang, li]) = presigned();
    let [by_sha1, by_sm3] = ids(&engine, &signing(&engine, &zhang));
    for id in [&by_sha1, &by_sm3] {
        let plain = question(slice::from_ref(id), None);
        assert!(is_kept(&world, &engine, &plain));
        let said = says(&engine, &answer(&engine, &plain), id);
        assert_eq!(said.status(), &CertStatus::Good);
        assert_eq!(said.this_update(), world.clock.now());
        let lasts = said.next_update().unwrap().unix_duration();
        assert_eq!(lasts - said.this_update().unix_duration(), CRL_LIFETIME);
    }
    // The same with an extension that nobody has to know is the same question.
    let plain = question(slice::from_ref(&by_sha1), None);
    let wordy = with_an_extension(&plain);
    assert!(is_kept(&world, &engine, &wordy));
    assert_eq!(answer(&engine, &wordy), answer(&engine, &plain));
    let nonce = Nonce::new([7; 16]).unwrap();
    let fresh = question(slice::from_ref(&by_sha1), Some(nonce));
    assert!(!is_kept(&world, &engine, &fresh));
    let other = ids(&engine, &signing(&engine, &li))[0].clone();
    let two = question(&[by_sha1.clone(), other], None);
    assert!(!is_kept(&world, &engine, &two));
    let nobodys = Serial::from_bytes(&[0x7f; 8]).unwrap();
    let unknown = question(&ids(&engine, &nobodys)[..1], None);
    assert!(!is_kept(&world, &engine, &unknown));
    // A new process signs anew.
    let plain = question(&[by_sha1], None);
    assert!(!is_kept(&world, &world.engine(), &plain));
}

#[test]
fn a_freeze_is_in_the_very_next_answer() {
    let (world, mut engine, [zhang, li]) = presigned();
    let serial = signing(&engine, &zhang);
    let id = ids(&engine, &serial)[0].clone();
    let (frozen, other) = (
        question(slice::from_ref(&id), None),
        question(&ids(&engine, &signing(&engine, &li))[..1], None),
    );
    world.clock.forward(60);
    let at = world.clock.now();
    act(&mut engine, &registrar(), zhang.pair_command(Freeze)).unwrap();
    let held = CertStatus::Revoked {
        at,
        reason: Some(Reason::CertificateHold),
    };
    assert_eq!(
        says(&engine, &answer(&engine, &frozen), &id).status(),
        &held
    );
    assert!(!is_kept(&world, &engine, &frozen));
    assert!(is_kept(&world, &engine, &other), "the other's stays");
    // A list changes nothing.
    issue_crl(&mut engine).unwrap();
    assert!(is_kept(&world, &engine, &other));
    // It is signed again, and says what is so.
    assert_eq!(presign(&mut engine, Some(&[serial])), 2);
    assert!(is_kept(&world, &engine, &frozen));
    assert_eq!(
        says(&engine, &answer(&engine, &frozen), &id).status(),
        &held
    );
}

/// One node signs answers before anybody asks, another freezes: what the first says next.
#[cfg(feature = "postgres")]
#[test]
fn what_another_node_freezes_is_in_the_very_next_answer() {
    let Some(database) = crate::postgres::Database::new() else {
        return;
    };
    let world = World::default();
    let mut first = world.engine_over(database.open());
    establish(&mut first).unwrap();
    let [zhang, li] = ["zhang.san", "li.ming"].map(Applicant::new);
    for applicant in [&zhang, &li] {
        take_through(&mut first, applicant).unwrap();
    }
    let mut second = world.engine_over(database.open());
    // Two pairs and the responder; then one pair less.
    for (applicant, in_use) in [(zhang, 5), (li, 3)] {
        assert_eq!(presign(&mut first, None), 2 * in_use);
        let id = ids(&first, &signing(&first, &applicant))[0].clone();
        let plain = question(slice::from_ref(&id), None);
        assert!(is_kept(&world, &first, &plain));
        world.clock.forward(60);
        act(&mut second, &registrar(), applicant.pair_command(Freeze)).unwrap();
        let held = CertStatus::Revoked {
            at: world.clock.now(),
            reason: Some(Reason::CertificateHold),
        };
        let said = says(&first, &answer(&first, &plain), &id);
        assert_eq!(said.status(), &held);
        let serial = signing(&first, &applicant);
        assert_eq!(presign(&mut first, Some(&[serial])), 2);
        assert!(is_kept(&world, &first, &plain));
        let said = says(&first, &answer(&first, &plain), &id);
        assert_eq!(said.status(), &held);
    }
}

/// A file has one engine: whoever would freeze beside it does not get in, and what a process
/// signed before ends with it.
#[test]
fn beside_the_engine_of_a_file_nobody_freezes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let world = World::default();
    let open = || SqliteStore::open(&path);
    let mut first = world.engine_over(open().unwrap());
    establish(&mut first).unwrap();
    let zhang = Applicant::new("zhang.san");
    take_through(&mut first, &zhang).unwrap();
    presign(&mut first, None);
    let id = ids(&first, &signing(&first, &zhang))[0].clone();
    let plain = question(slice::from_ref(&id), None);
    assert!(is_kept(&world, &first, &plain));
    assert!(matches!(open(), Err(StoreError::Locked { .. })));
    assert!(is_kept(&world, &first, &plain));
    drop(first);
    let mut second = world.engine_over(open().unwrap());
    world.clock.forward(60);
    act(&mut second, &registrar(), zhang.pair_command(Freeze)).unwrap();
    drop(second);
    let first = world.engine_over(open().unwrap());
    let said = says(&first, &answer(&first, &plain), &id);
    assert!(matches!(said.status(), CertStatus::Revoked { .. }));
}

#[test]
fn a_freeze_that_may_be_durable_is_not_denied() {
    for (side, status) in [(Side::Before, true), (Side::After, false)] {
        let world = World::new();
        let zhang = Applicant::new("zhang.san");
        let mut engine = world.engine();
        establish(&mut engine).unwrap();
        take_through(&mut engine, &zhang).unwrap();
        drop(engine);
        let store = FailingStore::new(world.store.clone(), 1, side);
        let mut engine = world.engine_over(store);
        presign(&mut engine, None);
        let id = ids(&engine, &signing(&engine, &zhang))[0].clone();
        let plain = question(slice::from_ref(&id), None);
        assert!(is_kept(&world, &engine, &plain));
        let stopped = engine.submit(&registrar(), zhang.pair_command(Freeze));
        assert!(matches!(
            stopped,
            Err(Error::Store(StoreError::Other(BROKEN)))
        ));
        let said = says(&engine, &answer(&engine, &plain), &id);
        assert_eq!(said.status() == &CertStatus::Good, status);
    }
}

#[test]
fn an_answer_is_given_while_it_is_current() {
    let (world, engine, [zhang, _]) = presigned();
    let plain = question(&ids(&engine, &signing(&engine, &zhang))[..1], None);
    let last = CRL_LIFETIME.as_secs() - 1;
    for (seconds, kept) in [(last, true), (1, false), (DAY, false)] {
        world.clock.forward(seconds);
        assert_eq!(is_kept(&world, &engine, &plain), kept, "{seconds}");
    }
    world.clock.back(last + 1 + DAY);
    assert!(is_kept(&world, &engine, &plain));
    world.clock.back(1);
    assert!(!is_kept(&world, &engine, &plain));
}

#[test]
fn a_key_in_other_hands_takes_its_answers_away() {
    for (name, officers) in [(RESPONDER, 1), (CA, 2)] {
        let (world, mut engine, [zhang, _]) = presigned();
        let plain = question(&ids(&engine, &signing(&engine, &zhang))[..1], None);
        let compromise = Act::Compromise {
            since: None,
            report: evidence(EvidenceKind::WorkRecord),
        };
        let acts = [
            (officer(), authority::Command::Request(compromise)),
            (second_officer(), authority::Command::Confirm),
        ];
        for (officer, command) in acts.into_iter().take(officers) {
            act(&mut engine, &officer, authority_command(name, command)).unwrap();
        }
        assert!(!is_kept(&world, &engine, &plain), "{name}");
    }
}

#[test]
fn an_expired_certificates_answer_says_since_when_those_are_kept() {
    for archive in [None, Some(Duration::from_secs(5 * 365 * DAY))] {
        let world = World::new();
        let mut engine = world.engine_under(Policy {
            archive,
            ..script::policy()
        });
        establish(&mut engine).unwrap();
        let zhang = Applicant::new("zhang.san");
        take_through(&mut engine, &zhang).unwrap();
        let serial = signing(&engine, &zhang);
        let id = ids(&engine, &serial)[0].clone();
        let plain = question(slice::from_ref(&id), None);
        let cutoff = |engine: &Engine| says(engine, &answer(engine, &plain), &id).archive_cutoff();
        assert_eq!(cutoff(&engine), None);
        let found = engine.store().reservation(&authority_id(CA), &serial);
        let end = found.unwrap().unwrap().not_after.unix_duration();
        let left = end - world.clock.now().unix_duration();
        world.clock.forward(left.as_secs());
        assert_eq!(cutoff(&engine), None, "its last second");
        world.clock.forward(1);
        let now = world.clock.now().unix_duration();
        let expected = archive.map(|archive| now - archive);
        assert_eq!(cutoff(&engine).map(|at| at.unix_duration()), expected);
        // Nobody asks about it often.
        presign(&mut engine, None);
        assert!(!is_kept(&world, &engine, &plain));
    }
}

#[test]
fn only_a_responder_signs_before_it_is_asked() {
    let (_, mut engine, _) = presigned();
    let refused = engine.presign(&authority_id("nobody"), None);
    assert_eq!(script::coded(refused), "issuer-not-ready (S4-16)");
    let nobodys = Serial::from_bytes(&[0x7f; 8]).unwrap();
    assert_eq!(presign(&mut engine, Some(&[nobodys])), 0);
}
