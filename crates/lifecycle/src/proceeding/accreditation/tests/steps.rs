//! What a step leaves behind for those that follow, and what it does not touch.

use super::*;

fn consult() -> Command {
    Command::Consult(Note::new("问题"))
}

fn inspect() -> Command {
    Command::OpenInspection {
        subject: "影像".to_owned(),
    }
}

fn back() -> Command {
    Command::Return {
        items: vec!["一".to_owned()],
    }
}

fn again(world: &World) -> Command {
    let mut package = world.package();
    package.bundle = document("bundle 2");
    Command::Refile {
        package: Box::new(package),
        answers: [(1, "答".to_owned())].into(),
    }
}

fn end() -> Command {
    Command::Terminate {
        cause: Cause::Request,
        decision: evidence(EvidenceKind::WorkRecord, "decision"),
        hand_over: BTreeMap::new(),
        list: evidence(EvidenceKind::WorkRecord, "list"),
    }
}

/// What the agency's filings have somebody do by a time: neither devices nor certificates.
fn awaited(world: &World) -> Vec<DeadlineName> {
    let duties = world.state().duties().into_iter().map(|duty| duty.name);
    duties
        .filter(|name| {
            !matches!(
                name,
                DeadlineName::DeviceRenewed
                    | DeadlineName::DeviceQualified
                    | DeadlineName::AccessRenewed
                    | DeadlineName::AccessEnded
            )
        })
        .collect()
}

// proves: S0-03, S0-04, S0-29
#[test]
fn each_answer_is_waited_for_until_it_comes_and_no_longer() {
    let mut world = World::new();
    world.go(AGENT, consult());
    world.go(AGENT, consult());
    assert_eq!(world.state().consultation.len(), 2);
    assert_eq!(awaited(&world), [DeadlineName::ConsultationAnswered]);
    // Whoever files does not wait for an answer any more.
    world.go(AGENT, world.filed());
    assert_eq!(awaited(&world), []);
    world.go(LI, Command::RegisterPaper(world.paper("中结-1")));
    assert_eq!(awaited(&world), [DeadlineName::FilingExamined]);
    world.go(LI, back());
    assert_eq!(awaited(&world), [DeadlineName::FilingCorrected]);
    // Four weeks of work.
    let (_, by) = world.state().next_deadline().unwrap();
    assert_eq!(by.at, at("2026-03-30T09:59:59Z"));
    world.go(AGENT, again(&world));
    assert_eq!(awaited(&world), []);
    let mut running = World::running();
    running.go(LI, inspect());
    assert_eq!(awaited(&running), [DeadlineName::EvidenceProduced]);
    let photo = evidence(EvidenceKind::WitnessPhoto, "photo");
    let evidence = vec![photo.clone()];
    running.go(AGENT, Command::Produce { evidence });
    assert_eq!(awaited(&running), []);
    assert_eq!(running.state().inspections[0].produced, [photo]);
}

// proves: S0-05
#[test]
fn what_was_proposed_of_a_filing_that_went_back_is_not_agreed_to_when_it_comes_again() {
    let mut world = World::new();
    world.go(AGENT, world.filed());
    world.go(LI, Command::RegisterPaper(world.paper("中结-1")));
    let modes = ALL.into_iter().collect();
    world.go(LI, Command::ProposeAcceptance { modes });
    world.go(WANG, back());
    world.go(AGENT, again(&world));
    world.go(LI, Command::RegisterPaper(world.paper("中结-2")));
    assert_eq!(world.refused(WANG, Command::Confirm), "missing (S0-05)");
}

// proves: S0-29
#[test]
fn an_inspection_that_was_given_what_it_asked_for_may_find_nothing() {
    let mut world = World::running();
    world.go(LI, inspect());
    let evidence_of = |name| vec![evidence(EvidenceKind::WitnessVideo, name)];
    let evidence = evidence_of("case-7.mp4");
    world.go(AGENT, Command::Produce { evidence });
    world.go(
        LI,
        Command::CloseInspection {
            report: super::evidence(EvidenceKind::InspectionReport, "report"),
            breach: false,
        },
    );
    assert!(world.state().inspection().is_none());
}

// proves: S0-01, S0-08
#[test]
fn an_end_leaves_nothing_open_but_the_revocation_of_a_certificate_that_there_is() {
    let mut world = World::running();
    assert!(!world.state().is_final());
    world.go(LI, suspend(&[Mode::Witness]));
    world.go(LI, restore(&[]));
    world.go(LI, inspect());
    // A Friday: the next working day is a Monday.
    world.now = at("2026-03-06T01:00:00Z");
    world.go(LI, end());
    assert!(world.state().pending.is_none());
    assert_eq!(awaited(&world), [DeadlineName::AccessRevoked]);
    let (_, by) = world.state().next_deadline().unwrap();
    assert_eq!(by.at, at("2026-03-09T09:59:59Z"));
    let mut without = World::new();
    without.go(AGENT, without.filed());
    without.accept("中结-1", &ALL);
    without.go(LI, end());
    assert_eq!(awaited(&without), []);
    assert!(without.state().is_final());
}

// proves: S0-01
#[test]
fn an_agency_that_ends_hands_nothing_over_to_itself() {
    let mut world = World::running();
    let case = CaseId::new("c-1").unwrap();
    let own = world.id.clone();
    world.open_cases = [(case.clone(), Mode::Counter)].into();
    world.heirs = [(own.clone(), vec![Mode::Counter])].into();
    let Command::Terminate {
        cause,
        decision,
        list,
        ..
    } = end()
    else {
        panic!();
    };
    let to_itself = Command::Terminate {
        cause,
        decision,
        hand_over: [(case, Some(own))].into(),
        list,
    };
    let refused = world.refused(LI, to_itself);
    assert_eq!(refused, "mode-not-filed (S0-01, S0-11)");
}

// proves: S0-10
#[test]
fn of_two_proofs_that_wait_the_named_one_is_judged() {
    let mut world = World::ready();
    let own = world.package().devices[0].clone();
    let mut other = own.clone();
    other.serial = "0002".to_owned();
    for proof in [&other, &own] {
        world.go(AGENT, Command::FileDeviceProof(proof.clone()));
    }
    let unknown = Command::JudgeDeviceProof {
        device: DeviceId::new(MODEL, "0003"),
        declined: None,
    };
    assert_eq!(world.refused(LI, unknown), "missing (S0-10)");
    world.go(LI, judge(Some("编号不符")));
    let left: Vec<_> = world.state().unseen.iter().map(|one| &one.proof).collect();
    assert_eq!(left, [&other]);
}

// proves: S0-10
#[test]
fn what_an_officer_files_for_a_device_is_good_now() {
    let world = World::ready();
    let refused = |spoil: fn(&mut DeviceProof)| {
        let mut proof = world.package().devices[0].clone();
        spoil(&mut proof);
        world.refused(LI, Command::FileDeviceProof(proof))
    };
    assert_eq!(refused(|one| one.number.clear()), "words (S0-10)");
    let over = |one: &mut DeviceProof| one.interval.until = Some(at("2026-03-01T00:00:00Z"));
    assert_eq!(refused(over), "missing (S0-10)");
}

// proves: S0-10
#[test]
fn the_proof_of_another_device_is_none_for_that_of_the_key() {
    let mut world = World::ready();
    let mut other = world.package().devices[0].clone();
    other.interval.until = Some(at("2031-01-01T00:00:00Z"));
    for (model, serial) in [("SJJ-2", SERIAL), (MODEL, "0002")] {
        (other.model, other.serial) = (model.to_owned(), serial.to_owned());
        world.go(LI, Command::FileDeviceProof(other.clone()));
    }
    world.now = at("2026-12-31T16:00:00Z");
    assert_eq!(world.refused(LI, start(Mode::Counter)), "missing (S0-10)");
}

// proves: S0-15
#[test]
fn a_seat_that_nobody_sits_in_is_empty() {
    let Command::StartMode { mode, checks, .. } = start(Mode::Witness) else {
        panic!();
    };
    let staff = [(Seat::Witness, BTreeSet::new())].into();
    let nobody = Command::StartMode {
        mode,
        checks,
        staff,
    };
    let refused = World::ready().refused(LI, nobody);
    assert_eq!(refused, "seat-empty (S0-11, S0-15)");
}

// proves: X-08
#[test]
fn nothing_is_noted_to_be_late_but_what_is_owed() {
    let mut world = World::running();
    let by = world.now;
    world.now = at("2026-04-01T01:00:00Z");
    let invented = Command::NoteOverdue {
        deadline: DeadlineName::FilingExamined,
        device: None,
        by,
    };
    let refused = world.refused_by(&Actor::system(), invented);
    assert_eq!(refused, "not-due (S0-10, X-08)");
}

// proves: S0-02
#[test]
fn a_later_filing_that_names_nobody_leaves_its_agents_as_they_are() {
    let mut world = World::new();
    let mut package = world.package();
    package.modes.remove(&Mode::Other);
    world.go(AGENT, file(&package));
    world.accept("中结-1", &[Mode::Counter, Mode::Witness]);
    let mut later = world.package();
    later.modes.retain(|mode, _| *mode == Mode::Other);
    later.bundle = document("bundle 2");
    later.agents.clear();
    world.go(AGENT, file(&later));
    world.go(AGENT, consult());
}

// proves: S0-05, X-01
#[test]
fn audits_know_who_must_not_have_been_the_second() {
    let actor = |who: Who| Actor::new(person(who.0), who.1);
    let mut world = World::new();
    world.go(AGENT, world.filed());
    world.go(LI, Command::RegisterPaper(world.paper("中结-1")));
    let modes = ALL.into_iter().collect();
    world.go(LI, Command::ProposeAcceptance { modes });
    let state = world.state();
    let accepted = world.ask(WANG, Command::Confirm).unwrap();
    let others = state.others(&actor(WANG), &accepted);
    for one in [LI, AGENT] {
        assert!(others.contains(&&person(one.0)), "{one:?}");
    }
    // Anything else the first may do; and neither side does what is the other's.
    for (who, other) in [(LI, AGENT), (AGENT, LI)] {
        let said = world.ask(who, consult()).unwrap();
        let others = state.others(&actor(who), &said);
        assert_eq!(others, [&person(other.0)]);
    }
}
