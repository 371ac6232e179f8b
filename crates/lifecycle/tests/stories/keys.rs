//! A key that is known to be bad: all of its certificates end, and nobody brings it again.

use der::Decode;
use lifecycle::{
    Engine, Error, KeyId, Seat, Serial, StreamId, audit, authority,
    case::{self, Phase},
    certificate::{RevocationReason, State, Status},
    key::Command,
    terms::EvidenceKind,
};
use x509_cert::Certificate;

use crate::{
    doubles::World,
    script::{
        Applicant, CA, act, actor, approver, authority_command, authority_id, coded, count,
        evidence, in_business, officer, registrar, second_officer, settle, take_through,
    },
};

fn report() -> Command {
    Command::Report {
        report: evidence(EvidenceKind::WorkRecord),
    }
}

fn key_of(applicant: &Applicant) -> KeyId {
    KeyId::of(&applicant.request().public_key)
}

fn tell(engine: &mut Engine, seat: Seat, id: &KeyId, command: Command) -> Result<(), Error> {
    let who = match seat {
        Seat::Registrar => registrar(),
        Seat::Approver => approver(),
        _ => actor("sun.qi", seat),
    };
    act(engine, &who, lifecycle::Command::Key(id.clone(), command)).map(drop)
}

fn block(engine: &mut Engine, id: &KeyId) {
    tell(engine, Seat::Registrar, id, report()).unwrap();
    tell(engine, Seat::Approver, id, Command::Confirm).unwrap();
}

fn state(engine: &Engine, serial: &Serial) -> State {
    let state = engine.certificate(&authority_id(CA), serial).unwrap();
    state.unwrap()
}

fn is_revoked(engine: &Engine, serial: &Serial) -> bool {
    matches!(
        state(engine, serial),
        State::Revoked {
            reason: RevocationReason::KeyCompromise,
            ..
        }
    )
}

/// Two pairs in use whose signing certificates have one key, and a third of another.
fn in_use() -> (World, Engine, [Applicant; 3]) {
    let (world, mut engine) = in_business();
    let one = Applicant::new("zhang.san");
    let same = Applicant {
        key: one.key.clone(),
        csr: one.csr.clone(),
        form: one.form.clone(),
        ..Applicant::new("li.ming")
    };
    let other = Applicant::new("zhou.ba");
    let all = [one, same, other];
    for applicant in &all {
        take_through(&mut engine, applicant).unwrap();
    }
    (world, engine, all)
}

#[test]
fn two_persons_block_a_key_and_all_its_certificates_end() {
    let (world, mut engine, [one, same, other]) = in_use();
    let id = key_of(&one);
    assert_eq!(engine.key_state(&id).unwrap(), None);
    for seat in Seat::ALL {
        let asked = tell(&mut engine, *seat, &id, report());
        match seat {
            Seat::Registrar => asked.unwrap(),
            Seat::System => drop(asked.unwrap_err()),
            Seat::Approver => assert_eq!(coded(asked), "wrong-state (S0-13)"),
            _ => assert_eq!(coded(asked), "seat (S0-13)"),
        }
    }
    assert_eq!(
        state(&engine, &one.pair(&engine).signing.serial).status(),
        Status::Active
    );
    let alone = lifecycle::Command::Key(id.clone(), Command::Confirm);
    let alone = engine.submit(&actor("li.si", Seat::Approver), alone);
    assert_eq!(coded(alone), "same-person (S1-12, X-01)");
    // What was reported is not so; then it is.
    tell(&mut engine, Seat::Approver, &id, Command::Discard).unwrap();
    assert_eq!(
        coded(tell(&mut engine, Seat::Approver, &id, Command::Confirm)),
        "wrong-state (S0-13)"
    );
    block(&mut engine, &id);
    for applicant in [&one, &same] {
        assert!(is_revoked(&engine, &applicant.pair(&engine).signing.serial));
        // The other half has another key.
        let encryption = applicant.pair(&engine).encryption.serial;
        assert_eq!(state(&engine, &encryption).status(), Status::Active);
    }
    let untouched = other.pair(&engine).signing.serial;
    assert_eq!(state(&engine, &untouched).status(), Status::Active);
    audit::verify(engine.store()).unwrap();
    // It stays so, in another process too.
    drop(engine);
    let mut engine = world.engine();
    assert!(engine.key_state(&id).unwrap().unwrap().is_blocked());
    let again = tell(&mut engine, Seat::Registrar, &id, report());
    assert_eq!(coded(again), "wrong-state (S0-13)");
}

#[test]
fn nobody_brings_a_blocked_key() {
    let (_, mut engine) = in_business();
    let early = Applicant::new("zhang.san");
    early.go_to(&mut engine, Phase::Approved).unwrap();
    let id = key_of(&early);
    block(&mut engine, &id);
    let issue = early.command(case::Command::Issue);
    let refused = engine.submit(&approver(), issue);
    let code = coded(refused);
    assert!(code.starts_with("key ("), "{code}");
    let late = Applicant {
        key: early.key.clone(),
        csr: early.csr.clone(),
        form: early.form.clone(),
        ..Applicant::new("li.ming")
    };
    act(&mut engine, &late.actor(), late.open()).unwrap();
    act(&mut engine, &late.actor(), late.fill()).unwrap();
    let prove = late.command(case::Command::ProveKey(late.request()));
    let code = coded(engine.submit(&late.actor(), prove));
    assert!(code.starts_with("key ("), "{code}");
    // With a key of their own all goes well.
    let fresh = Applicant {
        id: late.id.clone(),
        person: late.person,
        ..Applicant::new("li.ming")
    };
    take_through(&mut engine, &fresh).unwrap();
}

#[test]
fn what_was_being_signed_is_found_by_another_sweep() {
    let (world, mut engine) = in_business();
    let zhang = Applicant::new("zhang.san");
    zhang.intend(&mut engine).unwrap();
    let id = key_of(&zhang);
    // Blocked by two submissions, without what waits outside being done.
    for (who, command) in [(registrar(), report()), (approver(), Command::Confirm)] {
        let command = lifecycle::Command::Key(id.clone(), command);
        engine.submit(&who, command).unwrap();
    }
    settle(&mut engine).unwrap();
    let serial = zhang.pair(&engine).signing.serial;
    assert_eq!(state(&engine, &serial).status(), Status::Issued);
    tell(&mut engine, Seat::Registrar, &id, Command::Sweep).unwrap();
    assert!(is_revoked(&engine, &serial));
    // Nothing is left.
    let stream = StreamId::Certificate(authority_id(CA), serial);
    tell(&mut engine, Seat::Registrar, &id, Command::Sweep).unwrap();
    assert_eq!(count(&engine, &stream, "revoked"), 1);
    audit::verify(engine.store()).unwrap();
    drop(world);
}

#[test]
fn an_authoritys_key_is_not_blocked_here() {
    let (_, mut engine) = in_business();
    let Some(authority::State::Active(active)) = engine.authority(&authority_id(CA)).unwrap()
    else {
        panic!("a CA in business");
    };
    let certificate = Certificate::from_der(&active.certificate).unwrap();
    let spki = certificate.tbs_certificate().subject_public_key_info();
    let id = KeyId::of(&der::Encode::to_der(spki).unwrap());
    let refused = tell(&mut engine, Seat::Registrar, &id, report());
    assert_eq!(coded(refused), "wrong-state (S0-13)");
    assert_eq!(engine.key_state(&id).unwrap(), None);
    // Nor one that was reported, or blocked, before its authority had a certificate.
    for name in ["late-1", "late-2"] {
        let subject = format!("CN={name},O=Example,C=CN").parse().unwrap();
        let proposal = authority::Proposal::root("root-ca", &subject);
        let propose = authority_command(name, authority::Command::Propose(proposal));
        engine.submit(&officer(), propose).unwrap();
    }
    settle(&mut engine).unwrap();
    for (name, late) in [("late-1", Command::Confirm), ("late-2", Command::Sweep)] {
        let Some(authority::State::Proposed(proposed)) =
            engine.authority(&authority_id(name)).unwrap()
        else {
            panic!("proposed, with its key");
        };
        let id = KeyId::of(&proposed.public_key.unwrap());
        let approve = authority_command(name, authority::Command::Approve);
        engine.submit(&second_officer(), approve).unwrap();
        let command = lifecycle::Command::Key(id.clone(), report());
        engine.submit(&registrar(), command).unwrap();
        if name == "late-2" {
            let command = lifecycle::Command::Key(id.clone(), Command::Confirm);
            engine.submit(&approver(), command).unwrap();
        }
        settle(&mut engine).unwrap();
        let refused = tell(&mut engine, Seat::Approver, &id, late);
        assert_eq!(coded(refused), "wrong-state (S0-13)");
        let state = engine.authority(&authority_id(name)).unwrap().unwrap();
        let certificate = &state.issuing().unwrap().certificate;
        let certificate = Certificate::from_der(certificate).unwrap();
        let serial = Serial::from(certificate.tbs_certificate().serial_number());
        let own = engine.certificate(&authority_id(name), &serial).unwrap();
        assert_eq!(own.unwrap().status(), Status::Active);
    }
    // A key that nobody has may be blocked before anybody brings it.
    let stranger = KeyId::of(b"a key in a list of weak ones");
    block(&mut engine, &stranger);
    assert!(engine.key_state(&stranger).unwrap().unwrap().is_blocked());
}
