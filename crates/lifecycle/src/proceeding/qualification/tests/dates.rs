//! What is of which day, and what is done in time.

use super::*;

/// The end of a deadline by its word.
fn by_word(play: &Play, word: &str) -> Option<DateTime> {
    let deadlines = play.state().deadlines().into_iter();
    let mut of_word = deadlines.filter(|one| one.name.word == word);
    Some(of_word.next()?.ends?.at)
}

fn grant(dated: &str) -> Act {
    Act::Grant(decision(dated))
}

fn refuse(dated: &str) -> Act {
    Act::Refuse {
        decision: decision(dated),
        reasons: reasons(),
    }
}

// proves: S3-12
#[test]
fn the_ten_days_of_delivery_run_from_the_day_of_the_decision() {
    for act in [grant, refuse] {
        let mut play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
        play.go_to("2024-03-08T01:00:00Z").rule(act("2024-03-05"));
        assert_eq!(
            play.end(DeadlineName::Delivery),
            Some(at("2024-03-19T09:59:59Z"))
        );
    }
    // One that is recorded when they are over is late at once.
    let mut play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
    play.go_to("2024-03-20T01:00:00Z").rule(grant("2024-03-05"));
    play.tick();
    assert!(play.state().overdue.contains(&DeadlineName::Delivery));
}

// proves: S3-09, S3-11
#[test]
fn a_decision_is_not_of_a_day_before_what_it_rests_on() {
    type More = fn(&mut Play);
    let more: [More; 4] = [
        |play| {
            play.report(Assessment::OnSite, true);
        },
        |play| {
            play.rule(Act::CheckCondition {
                condition: Condition::Staff,
                met: true,
                evidence: evidence(EvidenceKind::WorkRecord),
            });
        },
        |play| {
            play.rule(Act::CloseHearing {
                chair: person("zhao.liu"),
                record: evidence(EvidenceKind::WorkRecord),
            });
        },
        |play| {
            play.rule(Act::AnswerRight {
                number: 1,
                answer: "已听取".to_owned(),
                evidence: evidence(EvidenceKind::WorkRecord),
            });
        },
    ];
    for (place, more) in more.into_iter().enumerate() {
        let mut play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
        if place == 2 {
            let request = evidence(EvidenceKind::HolderStatement);
            play.by(&agent(), Act::RequestHearing { request });
        }
        if place == 3 {
            let statement = evidence(EvidenceKind::HolderStatement);
            let right = Right::Statement;
            play.by(&agent(), Act::ExerciseRight { right, statement });
        }
        play.go_to("2024-03-07T01:00:00Z");
        more(&mut play);
        play.go_to("2024-03-11T01:00:00Z");
        for act in [grant, refuse] {
            for dated in ["2024-03-04", "2024-03-06", "2024-03-12"] {
                play.ruled_out(act(dated));
            }
            for dated in ["2024-03-07", "2024-03-08", "2024-03-11"] {
                play.clone().rule(act(dated));
            }
        }
    }
}

// proves: S3-10, S3-11
#[test]
fn a_refusal_that_rests_on_the_acceptance_alone_is_not_of_a_day_before_it() {
    let mut play = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    play.go_to("2024-03-07T01:00:00Z")
        .rule(Act::OpenAssessment {
            assessors: vec![person(EXPERT)],
            body: None,
        });
    let ground = play.ruled_out(refuse("2024-03-03"));
    let expected = Ground::DecisionDay {
        dated: "2024-03-03".to_owned(),
        from: "2024-03-04".to_owned(),
        to: "2024-03-07".to_owned(),
    };
    assert_eq!(ground, expected);
    play.rule(refuse("2024-03-04"));
}

// proves: S3-11, S3-14, S3-15, S5-01
#[test]
fn a_later_decision_is_not_of_a_day_before_it_was_asked_for() {
    let material = || evidence(EvidenceKind::ApplicationMaterial);
    let name_change = Act::FileNameChange {
        name: "新名认证中心".to_owned(),
        explanation: material(),
        original: evidence(EvidenceKind::DecisionDocument),
    };
    let renovation = Act::ReportRenovation {
        application: material(),
        security: material(),
        interoperability: material(),
    };
    type Decides = fn(Decision) -> Act;
    let both: [(Act, Decides); 2] = [
        (name_change, Act::ApproveNameChange),
        (renovation, Act::ApproveRenovation),
    ];
    for (file, decides) in both {
        let mut play = Play::qualified(MONDAY);
        play.go_to("2024-03-07T01:00:00Z").by(&agent(), file);
        play.go_to("2024-03-11T01:00:00Z");
        for dated in ["2024-03-04", "2024-03-06", "2024-03-12"] {
            play.ruled_out(decides(decision(dated)));
        }
        play.rule(decides(decision("2024-03-07")));
        // What was approved is not taken away before.
        let withdraw = |dated| Act::Withdraw {
            decision: decision(dated),
            reasons: reasons(),
        };
        play.ruled_out(withdraw("2024-03-06"));
        play.ruled_out(withdraw("2024-03-12"));
        play.rule(withdraw("2024-03-07"));
    }
    let mut granted = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
    granted.go_to("2024-03-06T01:00:00Z");
    granted.rule(grant("2024-03-05")).hand_over();
    let withdraw = |dated| Act::Withdraw {
        decision: decision(dated),
        reasons: reasons(),
    };
    granted.ruled_out(withdraw("2024-03-04"));
    granted.rule(withdraw("2024-03-05"));
}

// proves: S3-05, S5-01
#[test]
fn a_receipt_is_recorded_within_five_days_and_chooses_no_law_that_is_over() {
    let receive = |now: &str, received: &str| {
        let act = Act::Receive(Box::new(receipt(ENTERPRISE, received)));
        Play::new(now).ask(&clerk(), Command::of(NATIONAL, act))
    };
    // The last second of the fifth working day.
    let posted = "2024-10-31T08:00:00Z";
    receive("2024-11-07T09:59:59Z", posted).unwrap();
    for now in ["2024-11-07T10:00:00Z", "2026-03-02T01:00:00Z"] {
        let Err(Error::Refused(Refusal::Ruled { ground, .. })) = receive(now, posted) else {
            panic!("{now}");
        };
        let by = at("2024-11-07T09:59:59Z");
        assert_eq!(*ground, Ground::ReceiptLate { by });
    }
}

fn file_renewal() -> Act {
    Act::FileRenewal {
        application: evidence(EvidenceKind::ApplicationMaterial),
    }
}

// proves: S5-01
#[test]
fn another_term_is_asked_for_in_its_time_and_holds_nothing_up_when_it_is_late() {
    let early = Play::qualified("2025-03-03T01:00:00Z");
    let mut near = early.clone();
    near.state.as_mut().unwrap().until = Some(at("2026-03-02T15:59:59Z"));
    let expiry = Timer::until(at("2026-03-02T15:59:59Z"), near.now);
    let timers = &mut near.state.as_mut().unwrap().timers;
    timers.insert(DeadlineName::Expiry, expiry);
    let filed = |when: &str| {
        let mut play = near.clone();
        play.go_to(when).by(&agent(), file_renewal());
        assert_eq!(play.stage(), Stage::Renewing);
        play
    };
    early.refused(&agent(), Command::new(file_renewal()));
    let mut play = near.clone();
    play.go_to("2025-09-02T15:59:59Z");
    play.refused(&agent(), Command::new(file_renewal()));
    // From the beginning of the 180th day on to the end of the 30th.
    for when in ["2025-09-02T16:00:00Z", "2026-01-31T15:59:59Z"] {
        let mut play = filed(when);
        play.go_to("2026-03-03T01:00:00Z").tick();
        assert_eq!(play.stage(), Stage::Renewing, "{when}");
    }
    for when in ["2026-01-31T16:00:00Z", "2026-03-02T15:59:59Z"] {
        let mut play = filed(when);
        // Before anybody noted it: it is over.
        play.go_to("2026-03-02T16:00:00Z");
        let granted = Act::GrantRenewal(decision("2026-03-02"));
        let ground = play.ruled_out(granted);
        assert!(matches!(ground, Ground::ProceedingStep { .. }), "{ground}");
        play.tick();
        assert_eq!(play.stage(), Stage::Lapsed, "{when}");
    }
    // Late, and granted before the end all the same.
    let mut play = filed("2026-02-24T01:00:00Z");
    play.go_to("2026-02-27T01:00:00Z");
    for dated in ["2026-02-23", "2026-02-28"] {
        play.ruled_out(Act::GrantRenewal(decision(dated)));
    }
    play.rule(Act::GrantRenewal(decision("2026-02-24")));
    assert_eq!(play.state().until, Some(at("2031-03-02T15:59:59Z")));
    // The next term has a time of its own.
    play.refused(&agent(), Command::new(file_renewal()));
    let before = Act::Withdraw {
        decision: decision("2026-02-23"),
        reasons: reasons(),
    };
    play.ruled_out(before);
    // Refused when there is no time left: nothing is to be asked for.
    let mut play = filed("2026-01-05T01:00:00Z");
    play.go_to("2026-02-10T01:00:00Z");
    play.rule(Act::RefuseRenewal { reasons: reasons() });
    assert!(by_word(&play, "renewal-filing").is_none());
    // Who was refused may ask again, in time alone with effect.
    let mut play = filed("2026-01-05T01:00:00Z");
    play.rule(Act::RefuseRenewal { reasons: reasons() });
    assert!(by_word(&play, "renewal-filing").is_some());
    assert!(by_word(&play, "renewal-decision").is_none());
    let mut last = filed("2026-01-05T01:00:00Z");
    last.go_to("2026-01-31T15:59:59Z");
    last.rule(Act::RefuseRenewal { reasons: reasons() });
    assert!(by_word(&last, "renewal-filing").is_some(), "in time still");
    play.go_to("2026-02-24T01:00:00Z")
        .by(&agent(), file_renewal());
    play.go_to("2026-03-02T16:00:00Z").tick();
    assert_eq!(play.stage(), Stage::Lapsed);
}

fn listing(sequence: u64, holds: bool, list: &str) -> Act {
    Act::ListInDirectory(Listing {
        list: list.to_owned(),
        sequence,
        digest: vec![9; 32].into(),
        holds,
    })
}

// proves: S3-13
#[test]
fn the_directory_follows_what_is_so_within_its_days() {
    let listed = |play: &Play| by_word(play, "listing");
    let mut play = Play::qualified(MONDAY);
    // To the end of the fifteenth day.
    assert_eq!(listed(&play), Some(at("2024-03-19T15:59:59Z")));
    let mut late = play.clone();
    late.go_to("2024-03-19T16:00:00Z").tick();
    let missed: Vec<_> = late.state().missed.iter().map(|one| one.as_str()).collect();
    assert_eq!(missed, ["listing"]);
    late.rule(listing(1, true, "目录"));
    assert_eq!(listed(&late), None);
    play.rule(listing(1, true, "目录"));
    play.rule(listing(4, true, "外省目录"));
    assert_eq!(listed(&play), None);
    let withdraw = || Act::Withdraw {
        decision: decision("2024-03-04"),
        reasons: reasons(),
    };
    let mut withdrawn = play.clone();
    withdrawn.go_to("2024-03-06T01:00:00Z").rule(withdraw());
    assert_eq!(listed(&withdrawn), Some(at("2024-03-21T15:59:59Z")));
    // Each list that had it has to say so.
    withdrawn.rule(listing(2, false, "目录"));
    assert!(listed(&withdrawn).is_some());
    let mut late = withdrawn.clone();
    late.go_to("2024-03-22T01:00:00Z").tick();
    assert_eq!(late.stage(), Stage::Withdrawn);
    assert_eq!(late.state().missed.len(), 1);
    withdrawn.rule(listing(5, false, "外省目录"));
    assert_eq!(listed(&withdrawn), None);
    // What no list ever had need not go from one.
    let mut never = Play::qualified(MONDAY);
    never.rule(withdraw());
    assert!(never.state().timers.is_empty());
    // What was refused is in none.
    let mut refused = Play::refused_by_decision(MONDAY);
    refused.hand_over();
    assert!(refused.state().timers.is_empty());
}

// proves: S3-13, S3-17, S5-01
#[test]
fn a_term_that_is_over_is_told_and_taken_from_the_directory_from_its_end_on() {
    let mut play = Play::qualified("2025-03-03T01:00:00Z");
    play.rule(listing(1, true, "目录"));
    let asked = |play: &Play, time| play.state().answer(at(time)).unwrap().stage;
    assert_eq!(asked(&play, "2030-03-02T15:59:59Z"), Stage::Qualified);
    // Before anybody noted it.
    assert_eq!(asked(&play, "2030-03-02T16:00:00Z"), Stage::Lapsed);
    play.go_to("2030-03-10T01:00:00Z").tick();
    assert_eq!(play.stage(), Stage::Lapsed);
    // From the end, whenever that was noted.
    assert_eq!(by_word(&play, "listing"), Some(at("2030-03-17T15:59:59Z")));
    play.rule(listing(2, false, "目录"));
    assert!(play.state().timers.is_empty());
    // Taken from it before the end was noted: nothing is left to do.
    let mut play = Play::qualified("2025-03-03T01:00:00Z");
    play.rule(listing(1, true, "目录"));
    play.go_to("2030-03-02T16:00:00Z");
    play.rule(listing(2, false, "目录")).tick();
    assert_eq!(play.stage(), Stage::Lapsed);
    assert!(play.state().timers.is_empty());
    // One that is taken away is taken from it from then on, and not from its end.
    let mut play = Play::qualified("2025-03-03T01:00:00Z");
    play.rule(listing(1, true, "目录"));
    play.rule(Act::Withdraw {
        decision: decision("2025-03-03"),
        reasons: reasons(),
    });
    assert_eq!(by_word(&play, "listing"), Some(at("2025-03-18T15:59:59Z")));
}
