//! Each document and each word that is brought, spoiled by itself.

use super::*;

/// One document of a filing.
type Pick = fn(&mut Package) -> &mut Evidence;

fn counter(package: &mut Package) -> &mut ModeFiling {
    package.modes.get_mut(&Mode::Counter).unwrap()
}

/// A filing that a delegate signed, and that refers to another department's.
fn package(world: &World) -> Package {
    let mut package = world.package();
    package.agreement.as_mut().unwrap().signer = Signer::Delegate {
        name: "钱进".to_owned(),
        power_of_attorney: evidence(EvidenceKind::PowerOfAttorney, "poa"),
    };
    let witness = package.modes.get_mut(&Mode::Witness).unwrap();
    witness.provisions.remove(&Provision::Licence);
    witness.references.push(Reference::new(
        Source::elsewhere("非现场-7", document("answer")),
        [Provision::Licence],
    ));
    package
}

const DOCUMENTS: [(Pick, &str); 9] = [
    (|package| &mut package.application, "S0-06"),
    (|package| &mut package.bundle, "S0-02"),
    (
        |package| &mut package.agreement.as_mut().unwrap().document,
        "S0-07",
    ),
    (
        |package| match &mut package.agreement.as_mut().unwrap().signer {
            Signer::Delegate {
                power_of_attorney, ..
            } => power_of_attorney,
            Signer::LegalRepresentative { .. } => unreachable!("a delegate signed"),
        },
        "S0-07",
    ),
    (
        |package| &mut package.request.as_mut().unwrap().file,
        "S0-08",
    ),
    (|package| &mut package.devices[0].document, "S0-10"),
    (
        |package| {
            let kind = &crate::terms::Kind::Renew;
            counter(package).flows.get_mut(kind).unwrap()
        },
        "S0-14",
    ),
    (
        |package| {
            let provision = &Provision::Identity;
            counter(package).provisions.get_mut(provision).unwrap()
        },
        "S0-27",
    ),
    (
        |package| {
            let witness = package.modes.get_mut(&Mode::Witness).unwrap();
            match &mut witness.references[0].source {
                Source::Elsewhere { answer, .. } => answer,
                Source::Accepted { .. } => unreachable!("it is elsewhere"),
            }
        },
        "S0-22",
    ),
];

// proves: S0-02, S0-06, S0-07, S0-08, S0-10, S0-14, S0-22
#[test]
fn each_document_of_a_filing_is_of_its_kind_and_can_be_found_again() {
    let world = World::new();
    let whole = package(&world);
    assert!(world.ask(AGENT, file(&whole)).is_ok());
    for (pick, basis) in DOCUMENTS {
        let refused = |spoil: &dyn Fn(&mut Evidence)| {
            let mut package = whole.clone();
            spoil(pick(&mut package));
            world.refused(AGENT, file(&package))
        };
        let kind = refused(&|one| one.kind = EvidenceKind::InspectionReport);
        assert_eq!(kind, format!("evidence-kind ({basis})"));
        let digest = refused(&|one| one.digest = vec![1; 31].into());
        assert_eq!(digest, format!("missing ({basis})"));
        let place = refused(&|one| one.reference.clear());
        assert_eq!(place, format!("words ({basis})"));
    }
}

/// What is wrong with a filing.
type Spoil = fn(&mut Package);

#[test]
fn each_word_of_a_filing_is_said() {
    let world = World::new();
    let spoiled: [(Spoil, &str); 7] = [
        (
            |package| {
                package.agreement.as_mut().unwrap().signer = Signer::legal_representative("");
            },
            "words (S0-07)",
        ),
        (|package| package.devices[0].model.clear(), "words (S0-10)"),
        (|package| package.devices[0].serial.clear(), "words (S0-10)"),
        (|package| package.devices[0].number.clear(), "words (S0-10)"),
        (|package| package.devices[0].issuer.clear(), "words (S0-10)"),
        (
            |package| {
                let witness = package.modes.get_mut(&Mode::Witness).unwrap();
                witness.references[0].source = Source::elsewhere("", document("answer"));
            },
            "words (S0-22)",
        ),
        (
            |package| {
                let witness = package.modes.get_mut(&Mode::Witness).unwrap();
                witness.references[0].provisions.clear();
            },
            "missing (S0-22)",
        ),
    ];
    for (spoil, wanted) in spoiled {
        let mut package = package(&world);
        spoil(&mut package);
        assert_eq!(world.refused(AGENT, file(&package)), wanted);
    }
}

// proves: S0-08
#[test]
fn a_request_for_two_organisations_is_for_none() {
    let world = World::new();
    // Whichever comes first.
    for two in [[AGENCY, "别家证券"], ["别家证券", AGENCY]] {
        let mut package = world.package();
        let [one, other] = two;
        let two = format!("CN=接入,O={one},O={other},C=CN");
        let two: x509_cert::name::Name = two.parse().unwrap();
        let two = der::Encode::to_der(&two).unwrap();
        package.request.as_mut().unwrap().subject = two.into();
        assert_eq!(world.refused(AGENT, file(&package)), "key (S0-08)");
    }
}

// proves: S0-22
#[test]
fn a_reference_stands_for_what_it_names_alone() {
    let world = World::new();
    let mut package = package(&world);
    let witness = package.modes.get_mut(&Mode::Witness).unwrap();
    witness.provisions.remove(&Provision::Training);
    let refused = world.refused(AGENT, file(&package));
    assert_eq!(refused, "provision-missing (S0-15)");
}

// proves: S0-22
#[test]
fn no_reference_is_to_a_mode_that_was_filed_and_not_accepted() {
    let mut world = World::new();
    let mut first = world.package();
    first.modes.remove(&Mode::Other);
    world.go(AGENT, file(&first));
    world.accept("中结-1", &[Mode::Witness]);
    let later = |mode| {
        let mut package = World::new().package();
        package.bundle = document("bundle 2");
        package.modes.retain(|mode, _| *mode == Mode::Other);
        let filing = package.modes.get_mut(&Mode::Other).unwrap();
        filing.provisions.remove(&Provision::Identity);
        let source = Source::accepted("zheng-quan/1", mode);
        filing.references = vec![Reference::new(source, [Provision::Identity])];
        file(&package)
    };
    let refused = world.refused(AGENT, later(Mode::Counter));
    assert_eq!(refused, "missing (S0-22)");
    world.go(AGENT, later(Mode::Witness));
}

// proves: S0-22
#[test]
fn a_reference_is_to_a_receipt_that_was_given() {
    let mut world = World::new();
    let mut first = world.package();
    first.modes.retain(|mode, _| *mode == Mode::Witness);
    world.go(AGENT, file(&first));
    world.accept("中结-1", &[Mode::Witness]);
    let later = |receipt: &str| {
        let mut package = World::new().package();
        package.bundle = document("bundle 2");
        package.modes.retain(|mode, _| *mode == Mode::Other);
        let filing = package.modes.get_mut(&Mode::Other).unwrap();
        filing.provisions.remove(&Provision::Conduct);
        let source = Source::accepted(receipt, Mode::Witness);
        filing.references = vec![Reference::new(source, [Provision::Conduct])];
        file(&package)
    };
    let refused = world.refused(AGENT, later("zheng-quan/2"));
    assert_eq!(refused, "missing (S0-22)");
    world.go(AGENT, later("zheng-quan/1"));
}

// proves: S0-04, S0-11, S0-14
#[test]
fn what_comes_again_is_looked_at_again() {
    let mut world = World::new();
    let mut first = world.package();
    first.modes.retain(|mode, _| *mode == Mode::Counter);
    world.go(AGENT, file(&first));
    world.accept("中结-1", &[Mode::Counter]);
    let mut second = world.package();
    second.bundle = document("bundle 2");
    second.modes.retain(|mode, _| *mode == Mode::Other);
    world.go(AGENT, file(&second));
    world.go(LI, Command::RegisterPaper(world.paper("中结-2")));
    let none = Command::Return { items: Vec::new() };
    assert_eq!(world.refused(LI, none), "missing (S0-04)");
    let many = vec!["一".to_owned(); 101];
    assert_eq!(
        world.refused(LI, Command::Return { items: many }),
        "missing (S0-04)"
    );
    let empty = vec![String::new()];
    assert_eq!(
        world.refused(LI, Command::Return { items: empty }),
        "words (S0-04)"
    );
    let items = vec!["一".to_owned(); 100];
    assert!(world.ask(LI, Command::Return { items }).is_ok());
    let items = vec!["一".to_owned()];
    world.go(
        LI,
        Command::Return {
            items: items.clone(),
        },
    );
    assert_eq!(
        world.refused(LI, Command::Return { items }),
        "missing (S0-04)"
    );
    let again = |package: &Package, answer: &str| Command::Refile {
        package: Box::new(package.clone()),
        answers: [(1, answer.to_owned())].into(),
    };
    let mut third = second.clone();
    third.bundle = document("bundle 3");
    assert_eq!(world.refused(AGENT, again(&third, "")), "words (S0-04)");
    let mut with_accepted = third.clone();
    with_accepted.modes.extend(first.modes);
    let refused = world.refused(AGENT, again(&with_accepted, "答"));
    assert_eq!(refused, "missing (S0-11)");
    let mut without = third.clone();
    let other = without.modes.get_mut(&Mode::Other).unwrap();
    other.flows.remove(&crate::terms::Kind::Revoke);
    let refused = world.refused(AGENT, again(&without, "答"));
    assert_eq!(refused, "flow-missing (S0-13, S0-14)");
    world.go(AGENT, again(&third, "答"));
    assert_eq!(
        world.refused(AGENT, again(&second, "答")),
        "missing (S0-04)"
    );
}

// proves: S0-02
#[test]
fn a_paper_is_that_of_its_own_filing() {
    let mut world = World::new();
    world.go(AGENT, world.filed());
    let mut paper = world.paper("中结-1");
    paper.marks = None;
    let refused = world.refused(LI, Command::RegisterPaper(paper));
    assert_eq!(refused, "missing (S0-07)");
    world.accept("中结-1", &[Mode::Counter]);
    let late = Command::RegisterPaper(world.paper("中结-2"));
    assert_eq!(world.refused(LI, late), "missing (S0-02)");
    let mut later = world.package();
    later.bundle = document("bundle 2");
    later.modes.retain(|mode, _| *mode == Mode::Other);
    world.go(AGENT, file(&later));
    let same = Command::RegisterPaper(world.paper("中结-1"));
    assert_eq!(world.refused(LI, same), "missing (S0-02)");
}

// proves: S0-06, S0-10, S0-11
#[test]
fn an_acceptance_is_of_filed_modes_and_devices_that_are_still_good() {
    let mut world = World::new();
    let mut package = world.package();
    package.modes.remove(&Mode::Other);
    world.go(AGENT, file(&package));
    world.go(LI, Command::RegisterPaper(world.paper("中结-1")));
    let accept = |modes: &[Mode]| Command::ProposeAcceptance {
        modes: modes.iter().copied().collect(),
    };
    assert_eq!(world.refused(LI, accept(&[])), "missing (S0-06)");
    let refused = world.refused(LI, accept(&[Mode::Other]));
    assert_eq!(refused, "mode-not-filed (S0-06, S0-11)");
    let mut late = world.clone();
    late.now = at("2026-12-31T16:00:00Z");
    assert_eq!(
        late.refused(LI, accept(&[Mode::Counter])),
        "missing (S0-10)"
    );
    world.go(LI, accept(&[Mode::Counter]));
    world.now = late.now;
    assert_eq!(world.refused(WANG, Command::Confirm), "missing (S0-10)");
}

/// A record of another kind, without its digest, without its place.
fn spoiled(kind: EvidenceKind) -> [(Evidence, &'static str); 3] {
    let other = match kind {
        EvidenceKind::WorkRecord => EvidenceKind::InspectionReport,
        _ => EvidenceKind::WorkRecord,
    };
    let mut short = evidence(kind, "one");
    short.digest = vec![1; 31].into();
    let mut lost = evidence(kind, "one");
    lost.reference.clear();
    [
        (evidence(other, "one"), "evidence-kind"),
        (short, "missing"),
        (lost, "words"),
    ]
}

// proves: S0-01, S0-03, S0-11, S0-29
#[test]
fn each_record_of_a_decision_is_of_its_kind_and_can_be_found_again() {
    let work = EvidenceKind::WorkRecord;
    let good = || evidence(work, "good");
    let mut inspected = World::running();
    let subject = "影像".to_owned();
    inspected.go(LI, Command::OpenInspection { subject });
    let mut produced = inspected.clone();
    produced.go(
        AGENT,
        Command::Produce {
            evidence: vec![good()],
        },
    );
    let mut rests = World::running();
    rests.go(LI, suspend(&[]));
    let running = World::running();
    let ready = World::ready();
    let end = |decision, list| Command::Terminate {
        cause: Cause::Breach,
        decision,
        hand_over: BTreeMap::new(),
        list,
    };
    for (one, wanted) in spoiled(work) {
        let decision = one.clone();
        let (modes, cause) = (BTreeSet::new(), Cause::Breach);
        let rest = Command::Suspend {
            modes: modes.clone(),
            cause,
            decision,
        };
        let correction = one.clone();
        let back = Command::ProposeRestoration { modes, correction };
        let Command::StartMode {
            mode,
            mut checks,
            staff,
        } = start(Mode::Counter)
        else {
            panic!();
        };
        checks.insert(GoLive::StaffTrained, one.clone());
        let begin = Command::StartMode {
            mode,
            checks,
            staff,
        };
        for (world, command, basis) in [
            (&running, rest, "S0-01"),
            (&rests, back, "S0-01"),
            (&running, end(one.clone(), good()), "S0-01"),
            (&running, end(good(), one.clone()), "S0-01"),
            (&ready, begin, "S0-11"),
        ] {
            assert_eq!(world.refused(LI, command), format!("{wanted} ({basis})"));
        }
    }
    for (report, wanted) in spoiled(EvidenceKind::InspectionReport) {
        let breach = true;
        let close = Command::CloseInspection { report, breach };
        assert_eq!(produced.refused(LI, close), format!("{wanted} (S0-29)"));
    }
    for (piece, wanted) in &spoiled(work)[1..] {
        let evidence = vec![good(), piece.clone()];
        let produce = Command::Produce { evidence };
        let refused = inspected.refused(AGENT, produce);
        assert_eq!(refused, format!("{wanted} (S0-29)"));
    }
    let nothing = Command::Produce {
        evidence: Vec::new(),
    };
    assert_eq!(inspected.refused(AGENT, nothing), "missing (S0-29)");
    let subject = String::new();
    let unsaid = Command::OpenInspection { subject };
    assert_eq!(running.refused(LI, unsaid), "words (S0-29)");
    let asks = |note| World::new().refused(AGENT, Command::Consult(note));
    assert_eq!(asks(Note::new("")), "words (S0-03)");
    let note = Note::new("问题").document(evidence(work, "other"));
    assert_eq!(asks(note), "evidence-kind (S0-03)");
}

// proves: S0-01
#[test]
fn only_what_rests_is_restored_and_one_proposal_waits_at_a_time() {
    let mut world = World::running();
    assert_eq!(world.refused(LI, restore(&[])), "missing (S0-01)");
    assert_eq!(
        world.refused(LI, suspend(&[Mode::Other])),
        "mode-not-filed (S0-11)"
    );
    world.go(LI, suspend(&[Mode::Witness]));
    let more = [Mode::Witness, Mode::Counter];
    assert_eq!(world.refused(LI, restore(&more)), "missing (S0-01)");
    world.go(LI, restore(&[Mode::Witness]));
    assert_eq!(world.refused(WANG, restore(&[])), "missing (S0-05)");
    world.go(WANG, Command::Confirm);
    assert_eq!(world.refused(WANG, Command::Confirm), "missing (S0-05)");
    assert_eq!(world.refused(WANG, Command::Discard), "missing (S0-05)");
}
