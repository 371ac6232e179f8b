//! The table is what decides.

use super::*;
use crate::machine::assert_all_reached;
use std::collections::BTreeSet;

/// A good command of each kind, at a time when `now` is today.
pub(super) fn commands(play: &Play) -> Vec<(Actor, Command)> {
    let today = play.today();
    let decision = || decision(&today);
    let national = |act| (officer(), Command::of(NATIONAL, act));
    let by = |actor: Actor, act| (actor, Command::new(act));
    let route = play.state.as_ref().map_or(NATIONAL, |state| state.route);
    let taken = |act| (clerk(), Command::of(route, act));
    let material_file = || evidence(EvidenceKind::ApplicationMaterial);
    let statement = || evidence(EvidenceKind::HolderStatement);
    let now = play.now.to_string();
    let mut all = vec![
        taken(Act::Receive(Box::new(receipt(ENTERPRISE, &now)))),
        taken(Act::RequestCorrection {
            points: vec!["盖章".to_owned()],
        }),
        by(
            agent(),
            Act::CompleteMaterials {
                materials: vec![material("staff")],
            },
        ),
        taken(Act::Accept),
        taken(Act::DeclineAcceptance { reasons: reasons() }),
        (
            clerk(),
            Command::of(
                PROVINCIAL,
                Act::Forward {
                    receipt: evidence(EvidenceKind::DeliveryReceipt),
                },
            ),
        ),
        national(Act::OpenAssessment {
            assessors: vec![person(EXPERT)],
            body: None,
        }),
        national(Act::NameAssessor {
            assessor: person("wang.wu"),
        }),
        by(
            expert(),
            Act::Declare {
                conflict: false,
                declaration: statement(),
            },
        ),
        national(Act::Recuse {
            person: person("qian.ba"),
            reason: "亲属".to_owned(),
        }),
        by(
            expert(),
            Act::Report {
                assessment: Assessment::OnSite,
                passed: true,
                report: evidence(EvidenceKind::AssessmentReport),
            },
        ),
        national(Act::CheckCondition {
            condition: Condition::Staff,
            met: true,
            evidence: statement(),
        }),
        by(
            agent(),
            Act::RequestHearing {
                request: statement(),
            },
        ),
        national(Act::CloseHearing {
            chair: person("zhao.liu"),
            record: evidence(EvidenceKind::WorkRecord),
        }),
        national(Act::Grant(decision())),
        national(Act::Refuse {
            decision: decision(),
            reasons: reasons(),
        }),
        national(Act::Notify {
            contact: evidence(EvidenceKind::CallRecord),
        }),
        national(Act::HandOver {
            receipt: evidence(EvidenceKind::DeliveryReceipt),
        }),
        by(
            agent(),
            Act::FileNameChange {
                name: "新名".to_owned(),
                explanation: material_file(),
                original: evidence(EvidenceKind::DecisionDocument),
            },
        ),
        national(Act::ApproveNameChange(decision())),
        national(Act::RefuseNameChange { reasons: reasons() }),
        by(
            agent(),
            Act::ReportRenovation {
                application: material_file(),
                security: material_file(),
                interoperability: material_file(),
            },
        ),
        national(Act::ApproveRenovation(decision())),
        national(Act::RefuseRenovation { reasons: reasons() }),
        by(
            agent(),
            Act::FileRenewal {
                application: material_file(),
            },
        ),
        national(Act::GrantRenewal(decision())),
        national(Act::RefuseRenewal { reasons: reasons() }),
        by(Actor::system(), Act::Lapse),
        national(Act::Withdraw {
            decision: decision(),
            reasons: reasons(),
        }),
        by(
            agent(),
            Act::ExerciseRight {
                right: Right::Suggestion,
                statement: statement(),
            },
        ),
        national(Act::AnswerRight {
            number: 1,
            answer: "已采纳".to_owned(),
            evidence: evidence(EvidenceKind::WorkRecord),
        }),
    ];
    for holds in [true, false] {
        let listing = Listing {
            list: "目录".to_owned(),
            sequence: 1,
            digest: vec![1; 32].into(),
            holds,
        };
        all.push(national(Act::ListInDirectory(listing)));
    }
    for deadline in DeadlineName::ALL.iter().copied() {
        all.push(by(Actor::system(), Act::NoteOverdue { deadline }));
    }
    all
}

/// A qualification at every place, with and without what may wait there.
pub(super) fn places() -> Vec<Play> {
    let new = "2025-03-03T01:00:00Z";
    let correcting = |mut play: Play| {
        let points = vec!["盖章".to_owned()];
        play.take(
            &clerk(),
            Command::of(NATIONAL, Act::RequestCorrection { points }),
        )
        .unwrap();
        play
    };
    let heard = |mut play: Play| {
        let request = evidence(EvidenceKind::HolderStatement);
        play.by(&agent(), Act::RequestHearing { request });
        play
    };
    let told = |mut play: Play| {
        let contact = evidence(EvidenceKind::CallRecord);
        play.rule(Act::Notify { contact });
        play
    };
    let changing = |mut play: Play| {
        let material = || evidence(EvidenceKind::ApplicationMaterial);
        play.by(
            &agent(),
            Act::FileNameChange {
                name: "新名".to_owned(),
                explanation: material(),
                original: evidence(EvidenceKind::DecisionDocument),
            },
        );
        play.by(
            &agent(),
            Act::ReportRenovation {
                application: material(),
                security: material(),
                interoperability: material(),
            },
        );
        play
    };
    // In the last half year of a term.
    let near = |mut play: Play| {
        let end = at("2025-06-01T15:59:59Z");
        play.state.as_mut().unwrap().until = Some(end);
        play
    };
    let renewing = |mut play: Play| {
        let application = evidence(EvidenceKind::ApplicationMaterial);
        play.by(&agent(), Act::FileRenewal { application });
        play
    };
    let withdrawn = |mut play: Play| {
        let decision = decision(&play.today());
        play.rule(Act::Withdraw {
            decision,
            reasons: reasons(),
        });
        play
    };
    let mut not_accepted = Play::received(ENTERPRISE, NATIONAL, new);
    let decline = Act::DeclineAcceptance { reasons: reasons() };
    not_accepted
        .take(&clerk(), Command::of(NATIONAL, decline))
        .unwrap();
    let mut closed = Play::refused_by_decision(new);
    closed.hand_over();
    let mut lapsed = Play::qualified(new);
    lapsed.go_to("2030-03-03T01:00:00Z").tick();
    let mut forwarded = Play::accepted(ENTERPRISE, PROVINCIAL, new);
    forwarded.forward();
    let qualified = || Play::qualified(new);
    let mut over = qualified();
    over.state.as_mut().unwrap().until = Some(at("2025-03-03T00:00:00Z"));
    let mut too_late = near(qualified());
    too_late.go_to("2025-05-30T01:00:00Z");
    let mut too_late = renewing(too_late);
    too_late.go_to("2025-06-01T16:00:00Z");
    let mut in_directory = qualified();
    in_directory.rule(Act::ListInDirectory(Listing {
        list: "目录".to_owned(),
        sequence: 1,
        digest: vec![1; 32].into(),
        holds: true,
    }));
    let mut gone = near(in_directory.clone());
    gone.go_to("2025-06-01T16:00:00Z").tick();
    let mut places = vec![
        Play::new(new),
        Play::received(ENTERPRISE, NATIONAL, new),
        Play::received(ENTERPRISE, PROVINCIAL, new),
        correcting(Play::received(ENTERPRISE, NATIONAL, new)),
        not_accepted,
        Play::accepted(ENTERPRISE, NATIONAL, new),
        Play::accepted(ENTERPRISE, PROVINCIAL, new),
        forwarded,
        Play::assessing(ENTERPRISE, NATIONAL, new),
        heard(Play::assessing(ENTERPRISE, NATIONAL, new)),
        Play::assessed(ENTERPRISE, NATIONAL, new),
        Play::granted(ENTERPRISE, NATIONAL, new),
        told(Play::granted(ENTERPRISE, NATIONAL, new)),
        Play::refused_by_decision(new),
        told(Play::refused_by_decision(new)),
        qualified(),
        over,
        near(qualified()),
        changing(qualified()),
        changing(renewing(near(qualified()))),
        renewing(near(qualified())),
        too_late,
        withdrawn(in_directory),
        gone,
        closed,
        lapsed,
        withdrawn(qualified()),
    ];
    // With a right that waits, and months later, when all that runs is late.
    for place in 1..places.len() {
        let mut play = places[place].clone();
        let statement = evidence(EvidenceKind::HolderStatement);
        let right = Right::Suggestion;
        play.by(&agent(), Act::ExerciseRight { right, statement });
        places.push(play);
        let mut play = places[place].clone();
        play.now = at("2026-03-03T01:00:00Z").max(play.now);
        for timer in play.state.as_mut().unwrap().timers.values_mut() {
            let past = Timer::until(at("2025-12-01T01:00:00Z"), at(new));
            *timer = past;
        }
        places.push(play);
    }
    places
}

// proves: S3-02, S3-16
#[test]
fn what_is_in_the_table_is_decided_somewhere_and_nothing_else_is() {
    let mut reached = BTreeSet::new();
    for play in places() {
        for (actor, command) in commands(&play) {
            let step = command.act.step();
            let from = play.state.as_ref().map(|state| state.stage);
            match play.ask(&actor, command) {
                Ok(events) => {
                    let row = transition(from, step);
                    assert!(row.is_some(), "{from:?} {step}");
                    reached.insert((from, step));
                    let mut after = play.clone();
                    for event in events {
                        after.state = evolve(after.state, &actor, &event);
                    }
                    let to = row.and_then(|row| row.to).or(from);
                    assert_eq!(after.state.map(|state| state.stage), to);
                }
                Err(Error::Refused(Refusal::Ruled { ground, .. })) => {
                    let is_table = matches!(*ground, Ground::ProceedingStep { .. });
                    let expired = play
                        .state
                        .as_ref()
                        .is_some_and(|one| one.has_expired(play.now));
                    if !expired {
                        assert_eq!(
                            is_table,
                            transition(from, step).is_none() && !seat(&ground),
                            "{from:?} {step}: {ground}"
                        );
                    }
                }
                Err(other) => panic!("{from:?} {step}: {other}"),
            }
        }
    }
    assert_all_reached(TRANSITIONS, &reached);
}

/// Refused before the table was asked.
fn seat(ground: &Ground) -> bool {
    matches!(ground, Ground::Seat { .. } | Ground::NotAParty { .. })
}

// proves: S3-02
#[test]
fn each_act_belongs_to_one_kind_of_seat() {
    for play in places() {
        for (actor, command) in commands(&play) {
            if play.ask(&actor, command.clone()).is_err() {
                continue;
            }
            for seat in Seat::ALL.iter().copied().filter(|one| *one != actor.seat) {
                let other = Actor::new(actor.person.clone(), seat);
                let answer = play.ask(&other, command.clone());
                let is_report = matches!(
                    command.act,
                    Act::ExerciseRight {
                        right: Right::Report,
                        ..
                    }
                );
                assert!(answer.is_err() || is_report, "{seat}: {command:?}");
            }
        }
    }
}

#[test]
fn an_event_that_does_not_follow_changes_nothing() {
    let play = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    let (_, _, received) = play.events[0].clone();
    let after = evolve(play.state.clone(), &clerk(), &received);
    assert_eq!(after, play.state);
    let (_, _, accepted) = play.events[1].clone();
    assert_eq!(evolve(None, &clerk(), &accepted), None);
}

// proves: S3-04, S3-06, S3-08, S3-10, S3-11, S3-12, S3-16
#[test]
fn every_piece_of_evidence_can_be_found_again() {
    let spoils: [fn(&mut Evidence); 5] = [
        |one| one.digest = vec![].into(),
        |one| one.digest = vec![7; 33].into(),
        |one| one.reference = " ".to_owned(),
        |one| one.reference = "7".repeat(257),
        |one| one.reference = "archive\u{202e}7".to_owned(),
    ];
    let mut steps = BTreeSet::new();
    for play in places() {
        for (place, (actor, command)) in commands(&play).into_iter().enumerate() {
            let step = command.act.step();
            if !format!("{command:?}").contains("reference") || play.ask(&actor, command).is_err() {
                continue;
            }
            steps.insert(step);
            for spoil in spoils {
                SPOIL.set(Some(spoil));
                let (_, spoilt) = commands(&play).swap_remove(place);
                SPOIL.set(None);
                assert!(play.ask(&actor, spoilt).is_err(), "{step}");
            }
        }
    }
    assert_eq!(steps.len(), 25, "{steps:?}");
}

// proves: S3-02, S3-03, S3-06, S3-08, S3-13, S3-14, S3-16
#[test]
fn each_name_and_each_reason_is_said() {
    let refused = |play: &Play, actor: Actor, command| {
        let ground = play.refused(&actor, command);
        assert!(matches!(ground, Ground::Words { .. }), "{ground}");
    };
    let blank = || " ".to_owned();
    type Spoil = fn(&mut Receipt);
    let spoils: [Spoil; 3] = [
        |one| one.office.clear(),
        |one| one.applicant.name.clear(),
        |one| one.applicant.licence = Some(String::new()),
    ];
    for spoil in spoils {
        let mut receipt = receipt(ENTERPRISE, MONDAY);
        spoil(&mut receipt);
        let act = Act::Receive(Box::new(receipt));
        refused(&Play::new(MONDAY), clerk(), Command::of(NATIONAL, act));
    }
    let received = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    let points = vec!["盖章".to_owned(), blank()];
    let act = Act::RequestCorrection { points };
    refused(&received, clerk(), Command::of(NATIONAL, act));
    let act = Act::OpenAssessment {
        assessors: vec![person(EXPERT)],
        body: Some(blank()),
    };
    let accepted = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    refused(&accepted, officer(), Command::of(NATIONAL, act));
    let mut qualified = Play::qualified(MONDAY);
    let listing = Listing {
        list: blank(),
        sequence: 1,
        digest: vec![1; 32].into(),
        holds: true,
    };
    let act = Act::ListInDirectory(listing);
    refused(&qualified, officer(), Command::of(NATIONAL, act));
    let act = Act::FileNameChange {
        name: blank(),
        explanation: evidence(EvidenceKind::ApplicationMaterial),
        original: evidence(EvidenceKind::DecisionDocument),
    };
    refused(&qualified, agent(), Command::new(act));
    let statement = evidence(EvidenceKind::HolderStatement);
    let right = Right::Report;
    qualified.by(&agent(), Act::ExerciseRight { right, statement });
    let act = Act::AnswerRight {
        number: 1,
        answer: blank(),
        evidence: evidence(EvidenceKind::WorkRecord),
    };
    refused(&qualified, officer(), Command::of(NATIONAL, act));
}

// proves: S3-04, S3-06
#[test]
fn no_list_is_longer_than_a_hundred() {
    let play = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    let correct = |count| {
        let points = vec!["盖章".to_owned(); count];
        Command::of(NATIONAL, Act::RequestCorrection { points })
    };
    play.ask(&clerk(), correct(100)).unwrap();
    let ground = play.refused(&clerk(), correct(101));
    assert!(matches!(ground, Ground::Missing { .. }));
    let receive = |count| {
        let mut receipt = receipt(ENTERPRISE, MONDAY);
        receipt.materials = vec![material("staff"); count];
        Command::of(NATIONAL, Act::Receive(Box::new(receipt)))
    };
    let new = Play::new(MONDAY);
    new.ask(&clerk(), receive(100)).unwrap();
    let ground = new.refused(&clerk(), receive(101));
    assert!(matches!(ground, Ground::Missing { .. }));
}

// proves: S3-02, S3-16
#[test]
fn an_authority_that_the_case_is_not_before_has_no_say_in_it() {
    let mut play = Play::new(MONDAY);
    let mut sets: Vec<_> = play.rules.iter().cloned().collect();
    for set in &mut sets {
        set.routes.value = vec![NATIONAL];
    }
    play.rules = RuleSets::new(sets).unwrap();
    let act = Act::Receive(Box::new(receipt(ENTERPRISE, MONDAY)));
    let ground = play.refused(&clerk(), Command::of(PROVINCIAL, act));
    assert_eq!(ground, Ground::Authority { wanted: NATIONAL });
    // A right is answered by the one that took the case in, or by the national one.
    let answer = || Act::AnswerRight {
        number: 1,
        answer: "已采纳".to_owned(),
        evidence: evidence(EvidenceKind::WorkRecord),
    };
    for (route, provincial) in [(NATIONAL, false), (PROVINCIAL, true)] {
        let mut play = Play::accepted(ENTERPRISE, route, MONDAY);
        let statement = evidence(EvidenceKind::HolderStatement);
        let right = Right::Suggestion;
        play.by(&agent(), Act::ExerciseRight { right, statement });
        let by = |authority| play.ask(&officer(), Command::of(authority, answer()));
        assert!(by(NATIONAL).is_ok(), "{route}");
        assert_eq!(by(PROVINCIAL).is_ok(), provincial, "{route}");
    }
}

// proves: S3-02, S3-16
#[test]
fn no_words_have_characters_that_are_not_seen() {
    let play = Play::assessing(ENTERPRISE, NATIONAL, MONDAY);
    for reason in [
        "",
        "  ",
        "亲\u{202e}属",
        "亲属\n同意",
        "亲\u{200b}属",
        &format!("亲属{}", " ".repeat(999)),
        &"亲".repeat(1001),
    ] {
        let recuse = Act::Recuse {
            person: person("li.si"),
            reason: reason.to_owned(),
        };
        let ground = play.ruled_out(recuse);
        assert!(matches!(ground, Ground::Words { .. }), "{reason:?}");
    }
    let recuse = Act::Recuse {
        person: person("li.si"),
        reason: "亲".repeat(1000),
    };
    let mut play = play;
    play.rule(recuse);
}
