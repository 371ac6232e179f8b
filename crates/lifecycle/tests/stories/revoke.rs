//! What a relying party is told of a pair, by CRL and by OCSP.

use cert_profile::{
    Issuer, Reason,
    ocsp::{CertId, CertStatus, Nonce, OcspRequest, OcspResponse},
};
use der::{DateTime, Decode, referenced::OwnedToRef};
use gm_crypto::pki::{Signed, Sm2Sm3};
use lifecycle::{
    CaseId, Command, Engine, Error, Refusal, Seat, Serial, authority,
    case::pair::Issued,
    certificate::Command::{Confirm, Freeze},
    ports::Clock,
};
use std::collections::BTreeMap;
use x509_cert::{
    crl::CertificateList,
    ext::pkix::{CrlNumber, CrlReason},
};

use crate::{
    doubles::World,
    script::{
        Applicant, CA, CRL_LIFETIME, RESPONDER, REVOKE, UNFREEZE, act, actor, approver,
        authority_command, authority_id, coded, in_business, issue_crl, officer, registrar, settle,
        take_through,
    },
};

fn issuer(engine: &Engine) -> Issuer {
    match engine.authority(&authority_id(CA)).unwrap() {
        Some(authority::State::Active(active)) => {
            Issuer::from_certificate(&active.certificate).unwrap()
        }
        state => panic!("{state:?}"),
    }
}

/// The last published CRL, its signature checked.
struct Crl {
    number: u64,
    this_update: DateTime,
    next_update: DateTime,
    entries: BTreeMap<Serial, (DateTime, Option<CrlReason>)>,
}

impl Crl {
    fn last(world: &World, engine: &Engine) -> Self {
        let der = world.shelf.item("authorities/issuing-ca.crl").unwrap();
        let crl = Self::read(engine, &der);
        let name = format!("authorities/issuing-ca/{}.crl", crl.number);
        assert_eq!(world.shelf.item(&name).unwrap(), der);
        crl
    }

    fn read(engine: &Engine, der: &[u8]) -> Self {
        let issuer = issuer(engine);
        Signed::from_der("CRL", der)
            .unwrap()
            .verify(issuer.public_key().owned_to_ref(), &[&Sm2Sm3::default()])
            .unwrap();
        let list = CertificateList::<x509_cert::certificate::Rfc5280>::from_der(der).unwrap();
        let tbs = list.tbs_cert_list;
        assert_eq!(tbs.issuer, *issuer.name());
        let extensions = tbs.crl_extensions.unwrap();
        let number = extensions
            .iter()
            .find(|extension| extension.extn_id.to_string() == "2.5.29.20")
            .map(|found| CrlNumber::from_der(found.extn_value.as_bytes()).unwrap())
            .unwrap();
        let entries = tbs.revoked_certificates.unwrap_or_default();
        let entries = entries.into_iter().map(|entry| {
            let reason = entry.crl_entry_extensions.unwrap_or_default();
            let reason = reason
                .iter()
                .find(|extension| extension.extn_id.to_string() == "2.5.29.21")
                .map(|found| CrlReason::from_der(found.extn_value.as_bytes()).unwrap());
            let at = entry.revocation_date.to_date_time();
            (Serial::from(&entry.serial_number), (at, reason))
        });
        Self {
            number: number
                .0
                .as_bytes()
                .iter()
                .fold(0, |number, octet| number << 8 | u64::from(*octet)),
            this_update: tbs.this_update.to_date_time(),
            next_update: tbs.next_update.unwrap().to_date_time(),
            entries: entries.collect(),
        }
    }
}

fn ask(engine: &Engine, serial: &Serial) -> CertStatus {
    let issuer = issuer(engine);
    let key = issuer.public_key().owned_to_ref();
    let id = CertId::new(issuer.name(), key, serial.to_x509()).unwrap();
    ask_about(engine, &id)
}

fn ask_about(engine: &Engine, id: &CertId) -> CertStatus {
    let nonce = Nonce::new([7; 16]).unwrap();
    let request = OcspRequest::new(vec![id.clone()], Some(nonce.clone())).unwrap();
    let responder = authority_id(RESPONDER);
    let answer = engine
        .answer_ocsp(&responder, &request.to_der().unwrap())
        .unwrap();
    let Some(authority::State::Active(active)) = engine.authority(&responder).unwrap() else {
        panic!("no responder");
    };
    let certificate = x509_cert::Certificate::from_der(&active.certificate).unwrap();
    let spki = certificate.tbs_certificate().subject_public_key_info();
    let answer = OcspResponse::from_der(&answer).unwrap();
    let answer = answer
        .verify(spki.owned_to_ref(), &[&Sm2Sm3::default()])
        .unwrap();
    assert_eq!(answer.nonce(), Some(&nonce));
    assert_eq!(answer.responses().len(), 1);
    answer.response_for(id).unwrap().status().clone()
}

/// A pair in use, its holder, and both serial numbers.
fn delivered() -> (World, Engine, Applicant, [Issued; 2]) {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    take_through(&mut engine, &zhang).unwrap();
    let pair = zhang.pair(&engine);
    (world, engine, zhang, [pair.signing, pair.encryption])
}

#[test]
fn a_frozen_pair_is_listed_as_held_and_an_unfrozen_one_is_not_listed() {
    let (world, mut engine, zhang, pair) = delivered();
    issue_crl(&mut engine).unwrap();
    assert!(Crl::last(&world, &engine).entries.is_empty());
    for issued in &pair {
        assert_eq!(ask(&engine, &issued.serial), CertStatus::Good);
    }

    world.clock.forward(60);
    let frozen_at = world.clock.now();
    act(&mut engine, &zhang.actor(), zhang.pair_command(Freeze)).unwrap();
    world.clock.forward(60);
    let held = CertStatus::Revoked {
        at: frozen_at,
        reason: Some(Reason::CertificateHold),
    };
    for issued in &pair {
        assert_eq!(ask(&engine, &issued.serial), held, "before any CRL");
    }
    issue_crl(&mut engine).unwrap();
    let crl = Crl::last(&world, &engine);
    assert_eq!(crl.entries.len(), 2);
    for issued in &pair {
        let listed = (frozen_at, Some(CrlReason::CertificateHold));
        assert_eq!(crl.entries[&issued.serial], listed);
    }

    act(&mut engine, &registrar(), zhang.pair_command(UNFREEZE)).unwrap();
    assert_eq!(ask(&engine, &pair[0].serial), held, "one person only asked");
    act(&mut engine, &approver(), zhang.pair_command(Confirm)).unwrap();
    for issued in &pair {
        assert_eq!(ask(&engine, &issued.serial), CertStatus::Good);
    }
    issue_crl(&mut engine).unwrap();
    assert!(Crl::last(&world, &engine).entries.is_empty());
}

#[test]
fn a_revocation_takes_its_own_date_and_after_a_freeze_the_freezes() {
    for freeze_first in [false, true] {
        let (world, mut engine, zhang, pair) = delivered();
        let mut frozen_at = None;
        if freeze_first {
            world.clock.forward(60);
            frozen_at = Some(world.clock.now());
            act(&mut engine, &registrar(), zhang.pair_command(Freeze)).unwrap();
        }
        world.clock.forward(60);
        act(&mut engine, &registrar(), zhang.pair_command(REVOKE)).unwrap();
        world.clock.forward(60);
        let at = frozen_at.unwrap_or(world.clock.now());
        act(&mut engine, &approver(), zhang.pair_command(Confirm)).unwrap();
        world.clock.forward(60);
        issue_crl(&mut engine).unwrap();
        let crl = Crl::last(&world, &engine);
        for issued in &pair {
            let listed = (at, Some(CrlReason::Superseded));
            assert_eq!(crl.entries[&issued.serial], listed);
            let revoked = CertStatus::Revoked {
                at,
                reason: Some(Reason::Superseded),
            };
            assert_eq!(ask(&engine, &issued.serial), revoked);
        }
        // For good.
        for (actor, command) in [
            (registrar(), Freeze),
            (registrar(), UNFREEZE),
            (registrar(), REVOKE),
            (approver(), Confirm),
        ] {
            let answer = act(&mut engine, &actor, zhang.pair_command(command));
            let code = coded(answer);
            assert!(code.starts_with("wrong-state (S"), "{code}");
        }
    }
}

#[test]
fn crl_numbers_grow_and_time_does_not_run_backwards() {
    let (world, mut engine, _, _) = delivered();
    let mut last: Option<Crl> = None;
    for seconds in [0, 0, 60, 1] {
        world.clock.forward(seconds);
        issue_crl(&mut engine).unwrap();
        let crl = Crl::last(&world, &engine);
        assert_eq!(crl.number, last.as_ref().map_or(0, |last| last.number) + 1);
        assert_eq!(crl.this_update, world.clock.now());
        let lifetime = crl.next_update.unix_duration() - crl.this_update.unix_duration();
        assert_eq!(lifetime, CRL_LIFETIME);
        last = Some(crl);
    }
    world.clock.back(30);
    let head = engine.store().head().unwrap();
    let refused = issue_crl(&mut engine);
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::TimeRunsBackwards))),
        "{refused:?}"
    );
    assert_eq!(engine.store().head().unwrap(), head);
    world.clock.forward(30);
    issue_crl(&mut engine).unwrap();
    assert_eq!(Crl::last(&world, &engine).number, 5);
}

#[test]
fn a_crl_does_not_speak_of_a_freeze_that_is_yet_to_come() {
    let (world, mut engine, zhang, _) = delivered();
    issue_crl(&mut engine).unwrap();
    world.clock.forward(60);
    act(&mut engine, &zhang.actor(), zhang.pair_command(Freeze)).unwrap();
    world.clock.back(30);
    let refused = issue_crl(&mut engine);
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::TimeRunsBackwards))),
        "{refused:?}"
    );
    world.clock.forward(30);
    issue_crl(&mut engine).unwrap();
}

#[test]
fn a_crl_that_was_lost_takes_its_number_with_it() {
    let (world, mut engine, _, _) = delivered();
    let command = authority_command(CA, authority::Command::IssueCrl);
    engine.submit(&officer(), command.clone()).unwrap();
    let second = engine.submit(&officer(), command);
    assert_eq!(coded(second), "wrong-state (S4-15, S4-16)", "one at a time");
    drop(engine);
    let signed = world.token.signed().len();
    let mut engine = world.engine();
    settle(&mut engine).unwrap();
    // What was ordered is made, under a number that nothing else can have.
    assert_eq!(world.token.signed().len(), signed + 1);
    assert_eq!(world.shelf.item("authorities/issuing-ca/1.crl"), None);
    assert_eq!(Crl::last(&world, &engine).number, 2);
}

#[test]
fn only_what_was_handed_over_is_good() {
    let (world, mut engine, zhang, pair) = delivered();
    let nobodys = Serial::from_bytes(&[0x7f; 8]).unwrap();
    assert_eq!(ask(&engine, &nobodys), CertStatus::Unknown);

    let li = Applicant::new("li.ming");
    li.intend(&mut engine).unwrap();
    let intent = li.intent(&engine);
    assert_eq!(
        ask(&engine, &intent.serial),
        CertStatus::Unknown,
        "reserved"
    );
    settle(&mut engine).unwrap();
    let issued = li.pair(&engine);
    for issued in [&issued.signing, &issued.encryption] {
        assert_eq!(ask(&engine, &issued.serial), CertStatus::Unknown, "issued");
    }
    li.deliver(&mut engine).unwrap();
    assert_eq!(ask(&engine, &issued.signing.serial), CertStatus::Good);

    // The same serial number of another issuer.
    let ours = issuer(&engine);
    let root = match engine.authority(&authority_id("root")).unwrap() {
        Some(authority::State::Active(active)) => {
            Issuer::from_certificate(&active.certificate).unwrap()
        }
        state => panic!("{state:?}"),
    };
    let serial = pair[0].serial.to_x509();
    for (name, key) in [
        (root.name(), ours.public_key()),
        (ours.name(), root.public_key()),
    ] {
        let id = CertId::new(name, key.owned_to_ref(), serial.clone()).unwrap();
        assert_eq!(ask_about(&engine, &id), CertStatus::Unknown);
    }
    let key = ours.public_key().owned_to_ref();
    let by_sm3 = CertId::with_sm3(ours.name(), key, serial).unwrap();
    assert_eq!(ask_about(&engine, &by_sm3), CertStatus::Good);

    // A pair that does not exist can't be changed.
    let nobody = Applicant::new("zhou.ba");
    nobody.submit(&mut engine).unwrap();
    let refused = engine.submit(&registrar(), nobody.pair_command(Freeze));
    assert_eq!(coded(refused), "target-without (S0-13)");
    let unknown = Command::Certificates(CaseId::new("wu.jiu").unwrap(), REVOKE);
    let refused = engine.submit(&registrar(), unknown);
    assert!(matches!(
        refused,
        Err(Error::Refused(Refusal::Unknown { .. }))
    ));
    drop((world, zhang));
}

#[test]
fn a_burnt_serial_number_is_listed() {
    let (world, mut engine, _, _) = delivered();
    let li = Applicant::new("li.ming");
    li.intend(&mut engine).unwrap();
    let intent = li.intent(&engine);
    drop(engine);
    world.clock.forward(60);
    let burnt_at = world.clock.now();
    let mut engine = world.engine();
    settle(&mut engine).unwrap();
    let status = CertStatus::Revoked {
        at: burnt_at,
        reason: None,
    };
    assert_eq!(ask(&engine, &intent.serial), status);
    issue_crl(&mut engine).unwrap();
    let crl = Crl::last(&world, &engine);
    assert_eq!(crl.entries.len(), 1);
    assert_eq!(crl.entries[&intent.serial], (burnt_at, None));
}

#[test]
fn only_a_responder_answers_and_only_a_ca_lists() {
    let (_, mut engine, _, _) = delivered();
    let responder = authority_command(RESPONDER, authority::Command::IssueCrl);
    engine.submit(&officer(), responder).unwrap_err();
    let nobody = authority_command("nobody", authority::Command::IssueCrl);
    let refused = engine.submit(&officer(), nobody);
    assert_eq!(coded(refused), "wrong-state (S4-15, S4-16)");
    let not_a_question = engine.answer_ocsp(&authority_id(RESPONDER), b"\x30\x00");
    assert!(matches!(not_a_question, Err(Error::Profile(_))));
    let issuer = issuer(&engine);
    let serial = Serial::from_bytes(&[1]).unwrap().to_x509();
    let id = CertId::new(issuer.name(), issuer.public_key().owned_to_ref(), serial).unwrap();
    let question = OcspRequest::new(vec![id], None).unwrap().to_der().unwrap();
    let refused = engine.answer_ocsp(&authority_id("nobody"), &question);
    assert_eq!(coded(refused), "issuer-not-ready (S4-16)");
    let stranger = actor("zheng.shi", Seat::Approver);
    let crl = authority_command(CA, authority::Command::IssueCrl);
    let refused = engine.submit(&stranger, crl);
    assert_eq!(coded(refused), "seat (S4-15, S4-16)");
}
