mod documents;
mod further;
mod random;
mod steps;
mod terms;
mod world;

use super::*;
use crate::{Ground, Seat, terms::EvidenceKind};
use world::*;

#[test]
fn the_shipped_terms_are_read_and_each_value_rests_on_something() {
    let terms = Terms::shipped();
    assert_eq!(terms.copies.value, 2);
    let text = include_str!("../../../accreditation.toml");
    for (from, to, wanted) in [
        (
            "\"freeze\", \"unfreeze\"",
            "\"freeze\"",
            "kinds of an accreditation must be all six, each once",
        ),
        (
            "copies = { value = 2, basis = [\"S0-02\"] }",
            "copies = { value = 2 }",
            "copies of an accreditation names neither a requirement nor why it was assumed",
        ),
        (
            "device-alarm-days = { value = 60",
            "device-alarm-days = { value = 0",
            "device-alarm-days of an accreditation must be 1 to 250 working days, or 1 to 3650 days",
        ),
        (
            "version = 1\nbasis",
            "version = 0\nbasis",
            "disclaimer of an accreditation must be a version from 1, and words in both languages",
        ),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let fault = Terms::from_toml(&changed).unwrap_err();
        assert_eq!(fault.to_string(), wanted);
    }
    let without = text.split("[modes.other]").next().unwrap();
    assert!(Terms::from_toml(without).is_err());
}

// proves: S0-03
#[test]
fn consultation_is_kept_and_has_no_effect() {
    let mut world = World::new();
    world.go(AGENT, Command::Consult(Note::new("材料是否齐全？")));
    assert_eq!(world.state().stage, Stage::Consulting);
    let (name, answer) = world.state().next_deadline().unwrap();
    assert_eq!(name, DeadlineName::ConsultationAnswered);
    assert_eq!(answer.calendar.as_deref(), Some("china-1"));
    world.go(LI, Command::Consult(Note::new("请补充见证流程")));
    assert!(world.state().next_deadline().is_none());
    // The same filing, asked about or not, comes to the same.
    let mut silent = World::new();
    for world in [&mut world, &mut silent] {
        world.go(AGENT, world.filed());
        assert_eq!(world.state().stage, Stage::Filed);
    }
    assert_eq!(world.state().consultation.len(), 2);
    assert_eq!(world.state().filings, silent.state().filings);
    assert_eq!(
        World::new().refused(LI, Command::Consult(Note::new("您好"))),
        "seat (S0-03)"
    );
}

// proves: S0-02
#[test]
fn nobody_decides_before_two_sealed_copies_are_there_and_bound_to_the_electronic_form() {
    let mut world = World::new();
    world.go(AGENT, world.filed());
    let accept = Command::ProposeAcceptance {
        modes: ALL.into_iter().collect(),
    };
    let items = vec!["缺少处罚措施".to_owned()];
    for early in [accept, Command::Return { items }] {
        assert_eq!(world.refused(LI, early), "missing (S0-02)");
    }
    let paper = world.paper("中结-1");
    let wrong: [fn(&mut Paper); 4] = [
        |paper| paper.copies = 1,
        |paper| paper.sealed = false,
        |paper| paper.bundle = vec![9; 32].into(),
        |paper| paper.receipt.clear(),
    ];
    for spoil in wrong {
        let mut paper = paper.clone();
        spoil(&mut paper);
        let refused = world.refused(LI, Command::RegisterPaper(paper));
        assert!(refused.ends_with("(S0-02)"), "{refused}");
    }
    world.go(LI, Command::RegisterPaper(paper.clone()));
    // One paper is enough, whatever its number.
    for paper in [paper, world.paper("中结-2")] {
        assert_eq!(
            world.refused(LI, Command::RegisterPaper(paper)),
            "missing (S0-02)"
        );
    }
    let next = world.state().next_deadline().unwrap();
    assert_eq!(next.0, DeadlineName::FilingExamined);
}

// proves: S0-07
#[test]
fn an_agreement_has_three_marks_and_a_delegate_his_power_of_attorney() {
    for spoiled in 0..3 {
        let mut world = World::new();
        world.go(AGENT, world.filed());
        let mut paper = world.paper("中结-1");
        let marks = Marks::new(spoiled != 0, spoiled != 1, spoiled != 2);
        paper.marks = Some(marks);
        world.go(LI, Command::RegisterPaper(paper));
        let modes = ALL.into_iter().collect();
        let refused = world.refused(LI, Command::ProposeAcceptance { modes });
        assert_eq!(refused, "missing (S0-07)");
        // It can be told what is wrong.
        let items = vec!["协议缺少骑缝章".to_owned()];
        world.go(LI, Command::Return { items });
    }
    let mut world = World::new();
    let mut package = world.package();
    let agreement = package.agreement.as_mut().unwrap();
    agreement.signer = Signer::Delegate {
        name: "钱进".to_owned(),
        power_of_attorney: document("letter"),
    };
    let kind = world.refused(AGENT, file(&package));
    assert_eq!(kind, "evidence-kind (S0-07)");
    package.agreement.as_mut().unwrap().signer = Signer::Delegate {
        name: "钱进".to_owned(),
        power_of_attorney: evidence(EvidenceKind::PowerOfAttorney, "poa"),
    };
    package.agreement.as_mut().unwrap().template = "own".to_owned();
    assert_eq!(world.refused(AGENT, file(&package)), "unknown-name (S0-07)");
    package.agreement.as_mut().unwrap().template = "standard".to_owned();
    let mut without = package.clone();
    without.agreement = None;
    assert_eq!(world.refused(AGENT, file(&without)), "missing (S0-07)");
    world.go(AGENT, file(&package));
}

// proves: S0-06, S0-13, S0-14
#[test]
fn each_filed_mode_has_all_six_flows_and_what_its_rules_must_say() {
    let world = World::new();
    for mode in ALL {
        for kind in crate::terms::Kind::ALL {
            let mut package = world.package();
            package.modes.get_mut(&mode).unwrap().flows.remove(kind);
            assert_eq!(
                world.refused(AGENT, file(&package)),
                "flow-missing (S0-13, S0-14)"
            );
        }
        for provision in &Terms::shipped().of(mode).provisions.value {
            let mut package = world.package();
            let filing = package.modes.get_mut(&mode).unwrap();
            filing.provisions.remove(provision);
            let refused = world.refused(AGENT, file(&package));
            assert!(refused.starts_with("provision-missing (S0-"), "{refused}");
        }
    }
    let mut package = world.package();
    package.modes.clear();
    assert_eq!(world.refused(AGENT, file(&package)), "missing (S0-06)");
}

// proves: S0-22
#[test]
fn an_earlier_filing_stands_for_the_management_of_witnesses_and_no_more() {
    let mut world = World::new();
    let managed = [Provision::Licence, Provision::Duties, Provision::Training];
    let refer = |source: &Source, mode: Mode, what: &[Provision]| {
        let mut package = World::new().package();
        package.modes.retain(|one, _| *one == mode);
        let filing = package.modes.get_mut(&mode).unwrap();
        filing.provisions.retain(|one, _| !what.contains(one));
        filing.references.push(Reference {
            source: source.clone(),
            provisions: what.iter().copied().collect(),
        });
        package
    };
    let elsewhere = Source::Elsewhere {
        number: "非现场-2014-07".to_owned(),
        answer: document("no objection"),
    };
    for (mode, what) in [
        (Mode::Witness, &[Provision::PaperForm][..]),
        (Mode::Other, &managed),
    ] {
        let package = refer(&elsewhere, mode, what);
        assert_eq!(world.refused(AGENT, file(&package)), "missing (S0-22)");
    }
    world.go(AGENT, file(&refer(&elsewhere, Mode::Witness, &managed)));
    world.accept("中结-1", &[Mode::Witness]);
    // What was said here by reference is not referred to again.
    let own = |mode| Source::Accepted {
        receipt: "zheng-quan/1".to_owned(),
        mode,
    };
    let later = |what: &[Provision], mode| {
        let mut package = refer(&own(mode), Mode::Other, what);
        package.bundle = document("bundle 2");
        file(&package)
    };
    let refused = world.refused(AGENT, later(&managed, Mode::Witness));
    assert_eq!(refused, "missing (S0-22)");
    let refused = world.refused(AGENT, later(&[Provision::Conduct], Mode::Counter));
    assert_eq!(refused, "missing (S0-22)");
    world.go(AGENT, later(&[Provision::Conduct], Mode::Witness));
}

// proves: S0-04
#[test]
fn each_round_is_a_version_that_answers_every_number_and_changes_none_before() {
    let mut world = World::new();
    world.go(AGENT, world.filed());
    world.go(LI, Command::RegisterPaper(world.paper("中结-1")));
    let items = vec!["缺少处罚措施".to_owned(), "协议版本不符".to_owned()];
    world.go(LI, Command::Return { items });
    assert_eq!(world.state().stage, Stage::Returned);
    let first = world.state().filings[0].versions[0].clone();
    let mut package = world.package();
    let again = |package: &Package, numbers: &[u32]| Command::Refile {
        package: Box::new(package.clone()),
        answers: numbers
            .iter()
            .map(|one| (*one, "已补充".to_owned()))
            .collect(),
    };
    assert_eq!(
        world.refused(AGENT, again(&package, &[1, 2])),
        "missing (S0-04)",
        "nothing is changed"
    );
    package.bundle = document("bundle 2");
    for numbers in [&[][..], &[1], &[2], &[1, 2, 3], &[0, 1]] {
        assert_eq!(
            world.refused(AGENT, again(&package, numbers)),
            "missing (S0-04)"
        );
    }
    world.go(AGENT, again(&package, &[1, 2]));
    let versions = &world.state().filings[0].versions;
    assert_eq!((versions.len(), &versions[0]), (2, &first));
    assert_eq!(versions[1].package, package);
    // Another paper comes with it.
    let modes = ALL.into_iter().collect();
    assert_eq!(
        world.refused(LI, Command::ProposeAcceptance { modes }),
        "missing (S0-02)"
    );
    let old = world.paper("中结-1");
    assert_eq!(
        world.refused(LI, Command::RegisterPaper(old)),
        "missing (S0-02)"
    );
    let mut paper = world.paper("中结-2");
    paper.bundle = package.bundle.digest;
    world.go(LI, Command::RegisterPaper(paper));
}

// proves: S0-05
#[test]
fn two_officers_accept_for_each_mode_with_a_receipt_and_a_disclaimer() {
    let mut world = World::new();
    world.go(AGENT, world.filed());
    world.go(LI, Command::RegisterPaper(world.paper("中结-1")));
    let modes: BTreeSet<_> = [Mode::Counter, Mode::Witness].into();
    let accept = Command::ProposeAcceptance {
        modes: modes.clone(),
    };
    world.go(LI, accept.clone());
    assert_eq!(world.refused(WANG, accept), "missing (S0-05)");
    assert_eq!(
        world.refused(LI, Command::Confirm),
        "same-person (S1-12, X-01)"
    );
    assert_eq!(
        world.refused(as_clerk(AGENT), Command::Confirm),
        "same-person (S1-12, X-01)",
        "whoever filed is no officer"
    );
    world.go(WANG, Command::Confirm);
    let (outcome, _) = world.state().accepted().next().unwrap();
    assert_eq!(outcome.receipt, "zheng-quan/1");
    assert_eq!((&outcome.modes, outcome.disclaimer), (&modes, 1));
    assert_eq!(world.state().stage, Stage::Accepted);
    assert!(world.state().operating().next().is_none());
}

// proves: S0-08, S0-09
#[test]
fn a_request_names_the_agency_and_a_key_of_filed_production_hardware() {
    let world = World::new();
    let refused = |spoil: &dyn Fn(&mut AccessRequest)| {
        let mut package = world.package();
        spoil(package.request.as_mut().unwrap());
        world.refused(AGENT, file(&package))
    };
    let origin = |origin: csr::KeyOrigin| {
        move |request: &mut AccessRequest| request.key_origin = Some(origin.to_der().into())
    };
    let (test, production) = (csr::Environment::Test, csr::Environment::Production);
    let other = csr::Device::new("服务器密码机", "SJJ-1", "0002").unwrap();
    // The number of the filed proof, on another device.
    let numbered = |model: &str, serial: &str| {
        let device = csr::Device::new("服务器密码机", model, serial).unwrap();
        device.with_qualification("GM001").unwrap()
    };
    let unnumbered = csr::Device::new("服务器密码机", MODEL, SERIAL).unwrap();
    for (spoil, wanted) in [
        (&origin(hardware(test)) as &dyn Fn(&mut _), "key (S0-09)"),
        (
            &origin(csr::KeyOrigin::in_software(production)),
            "key (S0-09)",
        ),
        (
            &origin(csr::KeyOrigin::in_hardware(production, other)),
            "key (S0-10)",
        ),
        (
            &origin(csr::KeyOrigin::in_hardware(production, unnumbered)),
            "key (S0-10)",
        ),
        (
            &origin(csr::KeyOrigin::in_hardware(
                production,
                numbered("SJJ-2", SERIAL),
            )),
            "key (S0-10)",
        ),
        (
            &origin(csr::KeyOrigin::in_hardware(
                production,
                numbered(MODEL, "0002"),
            )),
            "key (S0-10)",
        ),
        (
            &|request: &mut AccessRequest| request.key_origin = None,
            "key (S0-09)",
        ),
        (
            &|request: &mut AccessRequest| request.sent_as = "别家".to_owned(),
            "key (S0-08)",
        ),
        (
            &|request: &mut AccessRequest| request.subject = name("别家证券有限公司"),
            "key (S0-08)",
        ),
    ] {
        assert_eq!(refused(spoil), wanted);
    }
    let mut package = world.package();
    package.request = None;
    assert_eq!(world.refused(AGENT, file(&package)), "missing (S0-08)");
}

// proves: S0-08, S0-09
#[test]
fn the_access_certificate_is_what_the_profile_gives_to_the_filed_request_after_acceptance() {
    let mut world = World::new();
    world.go(AGENT, world.filed());
    let good = world.certificate(2, AGENCY);
    assert!(world.refused(LI, good.clone()).starts_with("wrong-state"));
    world.accept("中结-1", &ALL);
    for other in [
        world.certificate(9, AGENCY),
        world.certificate(2, "别家证券有限公司"),
    ] {
        assert_eq!(world.refused(LI, other), "missing (S0-08)");
    }
    let Command::RecordAccess {
        certificate,
        issuer,
    } = good.clone()
    else {
        panic!("{good:?}");
    };
    let mut forged = certificate.to_vec();
    *forged.last_mut().unwrap() ^= 1;
    for (certificate, issuer) in [
        (forged.into(), issuer.clone()),
        (issuer.clone(), issuer.clone()),
        (certificate.clone(), certificate),
        (vec![0x30, 0].into(), issuer),
    ] {
        let other = Command::RecordAccess {
            certificate,
            issuer,
        };
        let answer = world.ask(LI, other);
        assert!(answer.is_err());
    }
    world.go(LI, good);
}

// proves: S0-10
#[test]
fn a_devices_proof_is_good_when_it_counts_and_has_an_alarm_before_its_end() {
    let mut world = World::new();
    let mut package = world.package();
    package.devices[0].interval.until = None;
    assert_eq!(world.refused(AGENT, file(&package)), "missing (S0-10)");
    world.go(AGENT, world.filed());
    world.accept("中结-1", &ALL);
    let (name, alarm) = world.state().next_deadline().unwrap();
    assert_eq!(name, DeadlineName::DeviceRenewed);
    assert_eq!(alarm.at, at("2026-11-01T16:00:00Z"), "sixty days before");
    let note = |world: &World| {
        let duty = world.state().next_duty().unwrap();
        Command::NoteOverdue {
            deadline: duty.name,
            device: duty.device,
            by: duty.ends.at,
        }
    };
    world.now = alarm.at;
    assert_eq!(
        world.refused_by(&Actor::system(), note(&world)),
        "not-due (S0-10, X-08)"
    );
    world.now = at("2026-11-01T16:00:01Z");
    assert_eq!(world.refused(LI, note(&world)), "seat (S0-10, X-08)");
    world.by(&Actor::system(), note(&world));
    let (name, end) = world.state().next_deadline().unwrap();
    assert_eq!(name, DeadlineName::DeviceQualified);
    assert_eq!(end.at, at("2026-12-31T15:59:59Z"));
    // Too late: nothing begins on it.
    world.go(LI, world.certificate(2, AGENCY));
    world.now = at("2026-12-31T16:00:00Z");
    assert_eq!(world.refused(LI, start(Mode::Counter)), "missing (S0-10)");
    let mut renewed = world.package().devices[0].clone();
    renewed.interval = Interval::new(world.now, Some(at("2030-01-01T00:00:00Z")));
    // From the agency it counts when an officer took it.
    world.go(AGENT, Command::FileDeviceProof(renewed));
    assert_eq!(world.refused(LI, start(Mode::Counter)), "missing (S0-10)");
    world.go(LI, judge(None));
    assert_eq!(world.state().devices.len(), 1);
    world.go(LI, start(Mode::Counter));
}

// proves: S0-01, S0-11
#[test]
fn a_mode_begins_by_itself_when_all_that_it_takes_was_seen() {
    let mut world = World::new();
    world.go(AGENT, world.filed());
    assert!(
        world
            .refused(LI, start(Mode::Counter))
            .starts_with("wrong-state")
    );
    world.accept("中结-1", &[Mode::Counter, Mode::Witness]);
    assert_eq!(world.refused(LI, start(Mode::Counter)), "missing (S0-08)");
    world.go(LI, world.certificate(2, AGENCY));
    assert_eq!(
        world.refused(LI, start(Mode::Other)),
        "mode-not-filed (S0-11)"
    );
    for check in &Terms::shipped().of(Mode::Counter).go_live.value {
        let Command::StartMode {
            mode,
            mut checks,
            staff,
        } = start(Mode::Counter)
        else {
            panic!();
        };
        checks.remove(check);
        let short = Command::StartMode {
            mode,
            checks,
            staff,
        };
        assert_eq!(world.refused(LI, short), "go-live-open (S0-11)");
    }
    let gates = world.go(LI, start(Mode::Counter));
    assert_eq!(
        gates,
        [Gate::Open(Mode::Counter, Interval::new(world.now, None))]
    );
    assert_eq!(
        world.state().operating().collect::<Vec<_>>(),
        [Mode::Counter]
    );
    assert_eq!(world.refused(LI, start(Mode::Counter)), "missing (S0-11)");
    world.go(LI, start(Mode::Witness));
}

// proves: S0-11
#[test]
fn a_mode_has_its_own_first_day() {
    let mut world = World::new();
    let mut package = world.package();
    let filing = package.modes.get_mut(&Mode::Counter).unwrap();
    filing.from = at("2026-03-10T00:00:00Z");
    world.go(AGENT, file(&package));
    world.accept("中结-1", &ALL);
    world.go(LI, world.certificate(2, AGENCY));
    assert_eq!(world.refused(LI, start(Mode::Counter)), "missing (S0-11)");
    world.now = at("2026-03-10T00:00:00Z");
    world.go(LI, start(Mode::Counter));
}

// proves: S0-15, S0-16, S0-19
#[test]
fn the_staff_of_a_mode_is_on_the_roster_and_handler_and_checker_are_two() {
    let world = World::ready();
    let staffed = |mode, seats: &[(Seat, &str)]| {
        let Command::StartMode { mode, checks, .. } = start(mode) else {
            panic!();
        };
        let mut staff: BTreeMap<Seat, BTreeSet<PersonId>> = BTreeMap::new();
        for (seat, who) in seats {
            staff.entry(*seat).or_default().insert(person(who));
        }
        Command::StartMode {
            mode,
            checks,
            staff,
        }
    };
    use Seat::{Checker, Handler, Witness};
    for (mode, seats, wanted) in [
        (Mode::Witness, &[][..], "seat-empty (S0-11, S0-15)"),
        (
            Mode::Witness,
            &[(Witness, "stranger")],
            "not-qualified (S0-15, S0-17)",
        ),
        (
            Mode::Witness,
            &[(Witness, "broker")],
            "not-qualified (S0-16)",
        ),
        (
            Mode::Witness,
            &[(Witness, "untrained")],
            "not-qualified (S0-15)",
        ),
        (
            Mode::Witness,
            &[(Witness, "of-another")],
            "not-qualified (S0-15)",
        ),
        (
            Mode::Witness,
            &[(Witness, "of-nobody")],
            "not-qualified (S0-15)",
        ),
        (
            Mode::Witness,
            &[(Witness, "feng"), (Handler, "chu")],
            "missing (S0-11)",
        ),
        (Mode::Counter, &[(Witness, "feng")], "missing (S0-11)"),
        (
            Mode::Other,
            &[(Handler, "feng")],
            "seat-empty (S0-11, S0-19)",
        ),
        (
            Mode::Other,
            &[(Handler, "feng"), (Checker, "feng")],
            "missing (S0-19)",
        ),
    ] {
        assert_eq!(world.refused(LI, staffed(mode, seats)), wanted);
    }
    let two = staffed(Mode::Other, &[(Handler, "feng"), (Checker, "chu")]);
    assert!(world.ask(LI, two).is_ok());
}

// proves: S0-11
#[test]
fn a_later_filing_adds_a_mode_and_leaves_business_as_it_is() {
    let mut world = World::new();
    let mut package = world.package();
    package.modes.remove(&Mode::Other);
    world.go(AGENT, file(&package));
    world.accept("中结-1", &[Mode::Counter, Mode::Witness]);
    world.go(LI, world.certificate(2, AGENCY));
    world.go(LI, start(Mode::Counter));
    assert!(world.refused(AGENT, file(&package)).contains("S0-11"));
    let mut later = world.package();
    later.modes.retain(|mode, _| *mode == Mode::Other);
    (later.agreement, later.request, later.devices) = (None, None, Vec::new());
    later.bundle = document("bundle 2");
    world.go(AGENT, file(&later));
    assert_eq!(world.state().stage, Stage::Operating);
    assert_eq!(world.refused(AGENT, file(&later)), "missing (S0-02)");
    assert_eq!(
        world.refused(LI, start(Mode::Other)),
        "mode-not-filed (S0-11)"
    );
    world.accept("中结-2", &[Mode::Other]);
    assert_eq!(world.state().modes[&Mode::Other].receipt, "zheng-quan/2");
    world.go(LI, start(Mode::Other));
    assert!(world.state().request().is_some(), "of the first filing");
}

// proves: S0-29
#[test]
fn an_inspection_asks_is_given_and_ends_with_a_report() {
    let mut world = World::running();
    let report = Command::CloseInspection {
        report: evidence(EvidenceKind::InspectionReport, "report"),
        breach: true,
    };
    let produce = Command::Produce {
        evidence: vec![evidence(EvidenceKind::WitnessVideo, "case-7.mp4")],
    };
    assert_eq!(world.refused(LI, report.clone()), "missing (S0-29)");
    assert_eq!(world.refused(AGENT, produce.clone()), "missing (S0-29)");
    let open = Command::OpenInspection {
        subject: "2026年2月见证业务的影像".to_owned(),
    };
    world.go(LI, open.clone());
    assert_eq!(world.refused(LI, open), "missing (S0-29)");
    let next = world.state().next_deadline().unwrap();
    assert_eq!(next.0, DeadlineName::EvidenceProduced);
    assert_eq!(world.refused(LI, report.clone()), "missing (S0-29)");
    world.go(AGENT, produce);
    world.go(LI, report);
    assert!(world.state().inspection().is_none());
}

// proves: S0-01, S0-11
#[test]
fn one_officer_suspends_at_once_and_two_restore_after_a_correction() {
    let mut world = World::running();
    let gates = world.go(LI, suspend(&[Mode::Witness]));
    assert_eq!(gates, [Gate::Close(Mode::Witness)]);
    assert_eq!(world.state().stage, Stage::Operating);
    let gates = world.go(LI, suspend(&[]));
    assert_eq!(gates, [Gate::Close(Mode::Counter)]);
    assert_eq!(world.state().stage, Stage::Suspended);
    assert!(
        world
            .refused(LI, start(Mode::Other))
            .starts_with("wrong-state")
    );
    world.go(LI, restore(&[Mode::Counter]));
    assert_eq!(
        world.refused(LI, Command::Confirm),
        "same-person (S1-12, X-01)"
    );
    let gates = world.go(WANG, Command::Confirm);
    assert_eq!(
        gates,
        [Gate::Open(Mode::Counter, Interval::new(world.now, None))]
    );
    assert_eq!(world.state().stage, Stage::Operating);
    assert_eq!(
        world
            .state()
            .those(ModeStatus::Suspended)
            .collect::<Vec<_>>(),
        [Mode::Witness]
    );
    // A suspension drops what was proposed without knowing of it.
    world.go(LI, restore(&[Mode::Witness]));
    world.go(LI, suspend(&[Mode::Counter]));
    assert_eq!(world.refused(WANG, Command::Confirm), "missing (S0-05)");
}

// proves: S0-01
#[test]
fn an_end_hands_over_each_open_case_to_somebody_who_does_such_business() {
    let mut world = World::running();
    let case = |name: &str| CaseId::new(name).unwrap();
    let other = OrganisationId::new("other-quan").unwrap();
    world.open_cases = [(case("w-1"), Mode::Witness), (case("c-1"), Mode::Counter)].into();
    world.heirs = [(other.clone(), vec![Mode::Counter])].into();
    let end = |list: &[(&str, Option<&OrganisationId>)]| Command::Terminate {
        cause: Cause::Request,
        decision: evidence(EvidenceKind::WorkRecord, "decision"),
        hand_over: list
            .iter()
            .map(|(name, heir)| (case(name), heir.cloned()))
            .collect(),
        list: evidence(EvidenceKind::WorkRecord, "list"),
    };
    let own = world.id.clone();
    for (list, wanted) in [
        (&[][..], "missing (S0-01)"),
        (&[("w-1", None)], "missing (S0-01)"),
        (
            &[("w-1", None), ("c-1", None), ("x-1", None)],
            "missing (S0-01)",
        ),
        (
            &[("w-1", Some(&other)), ("c-1", None)],
            "mode-not-filed (S0-01, S0-11)",
        ),
        (
            &[("w-1", None), ("c-1", Some(&own))],
            "mode-not-filed (S0-01, S0-11)",
        ),
    ] {
        assert_eq!(world.refused(LI, end(list)), wanted);
    }
    let gates = world.go(LI, end(&[("w-1", None), ("c-1", Some(&other))]));
    assert_eq!(
        gates,
        [Gate::Close(Mode::Counter), Gate::Close(Mode::Witness)]
    );
    // What is left is to revoke the certificate with which its system reaches the CA's.
    let state = world.state();
    assert_eq!(state.stage, Stage::Terminated);
    let (name, _) = state.next_deadline().unwrap();
    assert!(!state.is_final() && name == DeadlineName::AccessRevoked);
    let revoked = |kind| Command::RecordRevocation {
        record: evidence(kind, "revoked"),
    };
    let wrong = revoked(EvidenceKind::InspectionReport);
    assert_eq!(world.refused(LI, wrong), "evidence-kind (S0-08)");
    let record = revoked(EvidenceKind::WorkRecord);
    assert_eq!(world.refused(AGENT, record.clone()), "seat (S0-08)");
    world.go(LI, record.clone());
    assert_eq!(world.refused(LI, record), "missing (S0-08)");
    let state = world.state();
    assert!(state.is_final() && state.next_deadline().is_none());
    assert_eq!(state.handed_over[&case("c-1")], Some(other));
    assert!(
        world
            .refused(AGENT, world.filed())
            .starts_with("wrong-state")
    );
}

#[test]
fn who_is_not_in_the_register_files_nothing() {
    let mut world = World::new();
    world.organisation = None;
    assert_eq!(world.refused(AGENT, world.filed()), "missing (S0-01)");
}

#[test]
fn the_ground_of_a_refusal_names_the_missing_flow() {
    let world = World::new();
    let mut package = world.package();
    let filing = package.modes.get_mut(&Mode::Other).unwrap();
    filing.flows.remove(&crate::terms::Kind::Reissue);
    let Err(crate::Error::Refused(crate::Refusal::Ruled { ground, .. })) =
        world.ask(AGENT, file(&package))
    else {
        panic!();
    };
    let kind = crate::terms::Kind::Reissue;
    let mode = Mode::Other;
    assert_eq!(*ground, Ground::FlowMissing { kind, mode });
}
