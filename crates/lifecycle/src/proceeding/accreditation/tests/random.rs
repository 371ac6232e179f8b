//! Any order of commands.

use super::*;
use crate::machine::assert_all_reached;
use proptest::prelude::*;

/// What a history that came to operation must have in it.
#[derive(Default)]
struct Seen {
    papers: usize,
    proposed_by: Option<PersonId>,
    access: bool,
    started: BTreeSet<Mode>,
}

fn command(pick: usize, world: &World) -> Command {
    let one = |modes: &[Mode]| modes.iter().copied().collect();
    let open = world.state.as_ref().and_then(State::open_version);
    let items = open.map_or(0, |version| version.deficiencies.len());
    let round = world.state.as_ref().map_or(0, |state| {
        state.filings.iter().map(|one| one.versions.len()).sum()
    });
    let package = |modes: &[Mode]| {
        let mut package = world.package();
        package.bundle = document(&format!("bundle {round}"));
        package.modes.retain(|mode, _| modes.contains(mode));
        package
    };
    match pick {
        0 => Command::Consult(Note::new("问题")),
        1 => file(&package(&[Mode::Counter, Mode::Witness])),
        2 => file(&package(&[Mode::Other])),
        3 | 4 => Command::RegisterPaper(world.paper(&format!("receipt {round}"))),
        5 => Command::Return {
            items: vec!["一".to_owned(), "二".to_owned()],
        },
        6 => Command::Refile {
            package: Box::new(package(&[Mode::Counter, Mode::Witness])),
            answers: (1..)
                .take(items)
                .map(|one| (one, "答".to_owned()))
                .collect(),
        },
        7 => Command::Refile {
            package: Box::new(package(&[Mode::Other])),
            answers: (1..)
                .take(items)
                .map(|one| (one, "答".to_owned()))
                .collect(),
        },
        8 => Command::ProposeAcceptance {
            modes: one(&[Mode::Counter, Mode::Witness]),
        },
        9 => Command::ProposeAcceptance {
            modes: one(&[Mode::Other]),
        },
        10..=13 => Command::Confirm,
        14 => Command::Discard,
        15 | 16 => world.certificate(2, AGENCY),
        17 => world.certificate(9, AGENCY),
        18 => start(Mode::Counter),
        19 => start(Mode::Witness),
        20 => start(Mode::Other),
        21 => Command::FileDeviceProof({
            let mut proof = world.package().devices[0].clone();
            proof.interval.until = Some(at("2028-01-01T00:00:00Z"));
            proof
        }),
        22 => Command::OpenInspection {
            subject: "影像".to_owned(),
        },
        23 => Command::Produce {
            evidence: vec![evidence(EvidenceKind::WitnessPhoto, "photo")],
        },
        24 => Command::CloseInspection {
            report: evidence(EvidenceKind::InspectionReport, "report"),
            breach: false,
        },
        25 => suspend(&[Mode::Counter]),
        26 => suspend(&[]),
        27 => restore(&[]),
        28 => Command::Terminate {
            cause: Cause::Breach,
            decision: evidence(EvidenceKind::WorkRecord, "decision"),
            hand_over: BTreeMap::new(),
            list: evidence(EvidenceKind::WorkRecord, "list"),
        },
        29 => Command::Refile {
            package: Box::new(package(&[Mode::Other])),
            answers: [(1, "答".to_owned())].into(),
        },
        30 => Command::JudgeDeviceProof {
            device: DeviceId::new(MODEL, SERIAL),
            declined: None,
        },
        31 => Command::RecordRevocation {
            record: evidence(EvidenceKind::WorkRecord, "revoked"),
        },
        _ => {
            let next = world.state.as_ref().and_then(State::next_duty);
            let (deadline, device, by) = next
                .map_or((DeadlineName::DeviceRenewed, None, world.now), |duty| {
                    (duty.name, duty.device, duty.ends.at)
                });
            Command::NoteOverdue {
                deadline,
                device,
                by,
            }
        }
    }
}

fn walk(picks: &[(usize, usize, u64)], check: &mut dyn FnMut(&World, &Actor, &Event)) {
    let mut world = World::new();
    world.open_cases = BTreeMap::new();
    for (pick, who, days) in picks {
        let later = world.now.unix_duration() + std::time::Duration::from_secs(days * 86_400);
        world.now = DateTime::from_unix_duration(later).unwrap();
        if *days == 3 {
            world.open_cases = [(CaseId::new("c-1").unwrap(), Mode::Counter)].into();
        } else {
            world.open_cases.clear();
        }
        let actor = match who {
            0 | 1 => Actor::new(person("he"), Seat::Agent),
            2 | 3 => Actor::new(person("li"), Seat::Clerk),
            4 | 5 => Actor::new(person("wang"), Seat::Clerk),
            6 => Actor::new(person("he"), Seat::Clerk),
            _ => Actor::system(),
        };
        let command = command(*pick, &world);
        let Ok(events) = world.all_by(&actor, command) else {
            continue;
        };
        for event in events {
            check(&world, &actor, &event);
            world.happened(&actor, &event);
        }
    }
}

/// Each step of the way, asked in the seat that it belongs to: with some luck it comes far.
fn likely() -> impl Strategy<Value = (usize, usize, u64)> {
    let seat = |pick: usize| match pick {
        0..=2 | 6 | 7 | 21 | 23 | 29 => 0..1usize,
        32.. => 7..8,
        _ => 2..6,
    };
    (0usize..33).prop_flat_map(move |pick| (Just(pick), seat(pick), 0u64..4))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// However the two sides act: no order skips the paper, an officer, an answer, the hardware,
    /// what is seen before a mode begins, or the hand-over.
    // proves: S0-02, S0-04, S0-05, S0-09, S0-11
    #[test]
    fn no_order_of_commands_skips_anything(
        way in prop::collection::vec(likely(), 40..160),
        wild in prop::collection::vec((0usize..33, 0usize..8, 0u64..4), 0..40),
    ) {
        let mut seen = Seen::default();
        let picks = [
            &[(1, 0, 0), (3, 2, 0), (8, 2, 0), (10, 4, 0), (15, 2, 0), (18, 2, 0)][..],
            &way,
            &wild,
        ];
        // Half of them begin in good order; the others do as chance has it.
        let skip = usize::from(way.len() % 2 == 0);
        walk(&picks[skip..].concat(), &mut |world, actor, event| {
            let state = world.state.as_ref();
            let version = state.and_then(State::open_version);
            match event {
                Event::PaperRegistered { paper, .. } => {
                    seen.papers += 1;
                    assert!(paper.copies >= 2 && paper.sealed);
                    assert_eq!(paper.bundle, version.unwrap().package.bundle.digest);
                }
                Event::Refiled { answers, .. } => {
                    assert_eq!(answers.len(), version.unwrap().deficiencies.len());
                    assert!(!answers.is_empty());
                }
                Event::AcceptanceProposed { .. } | Event::RestorationProposed { .. } => {
                    seen.proposed_by = Some(actor.person.clone());
                }
                Event::FilingAccepted(_) => {
                    assert!(version.unwrap().paper.is_some());
                    assert!(version.unwrap().deficiencies.is_empty());
                    assert_ne!(seen.proposed_by.take(), Some(actor.person.clone()));
                    assert_ne!(actor.person, person("he"));
                }
                Event::Restored { modes, .. } => {
                    assert_ne!(seen.proposed_by.take(), Some(actor.person.clone()));
                    assert!(modes.iter().all(|mode| seen.started.contains(mode)));
                }
                Event::AccessCertIssued { .. } => {
                    let request = state.unwrap().request().unwrap();
                    let origin = request.key_origin.as_deref().unwrap();
                    let origin = csr::KeyOrigin::from_der(origin).unwrap();
                    assert!(origin.is_qualified_production_hardware());
                    seen.access = true;
                }
                Event::OperationStarted { mode, checks, .. } => {
                    assert!(seen.access && seen.papers > 0);
                    let wanted = &Terms::shipped().of(*mode).go_live.value.clone();
                    assert!(wanted.iter().all(|check| checks.contains_key(check)));
                    assert!(seen.started.insert(*mode), "it begins once");
                }
                Event::Terminated { hand_over, .. } => {
                    assert!(hand_over.keys().eq(world.open_cases.keys()));
                }
                _ => {}
            }
        });
    }
}

#[test]
fn every_row_of_the_table_is_taken_somewhere() {
    let mut reached = BTreeSet::new();
    let mut note = |world: &World, _: &Actor, event: &Event| {
        let stage = world.state.as_ref().map(|state| state.stage);
        reached.insert((stage, event.step()));
    };
    // Each beginning leads to a stage; then each command, alone or as a proposal that a second
    // officer answers.
    let step = |pick: usize| match pick {
        0..=2 | 6 | 7 | 21 | 23 | 29 => (pick, 0, 0),
        10 => (pick, 4, 0),
        32 => (pick, 7, 300),
        _ => (pick, 2, 0),
    };
    let (accepted, running) = ([1, 3, 8, 10], [15, 18, 19]);
    let mut beginnings = vec![vec![], vec![0], vec![1, 3], vec![1, 3, 5]];
    for later in [
        &[][..],
        &running,
        &[15, 18, 19, 25],
        &[15, 18, 19, 22],
        &[15, 18, 19, 22, 23],
    ] {
        for amendment in [&[][..], &[2], &[2, 3], &[2, 3, 5]] {
            for rests in [&[][..], &[26]] {
                beginnings.push([&accepted[..], later, amendment, rests].concat());
            }
        }
    }
    for beginning in beginnings {
        for pick in 0..33 {
            let answers: &[usize] = match pick {
                21 => &[30],
                28 => &[31, 32],
                _ => &[10, 14],
            };
            for answer in answers {
                let way = [&beginning[..], &[pick, *answer]].concat();
                let way: Vec<_> = way.into_iter().map(step).collect();
                walk(&way, &mut note);
            }
        }
    }
    assert_all_reached(TRANSITIONS, &reached);
}
