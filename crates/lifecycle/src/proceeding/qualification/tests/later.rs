//! After the decision was handed over.

use super::*;

/// Under the order of 2024: a Monday.
const NEW: &str = "2025-03-03T01:00:00Z";

fn listing(sequence: u64, holds: bool) -> Listing {
    Listing {
        list: "电子政务电子认证服务机构目录".to_owned(),
        sequence,
        digest: vec![9; 32].into(),
        holds,
    }
}

// proves: S3-13
#[test]
fn the_directory_says_that_a_qualification_holds_and_that_it_no_longer_does() {
    let mut play = Play::qualified(MONDAY);
    let list = Act::ListInDirectory;
    assert!(matches!(
        play.ruled_out(list(listing(7, false))),
        Ground::Missing { .. }
    ));
    let mut short = listing(7, true);
    short.digest = vec![9; 31].into();
    assert!(matches!(
        play.ruled_out(list(short)),
        Ground::Missing { .. }
    ));
    play.rule(list(listing(7, true)));
    for sequence in [6, 7] {
        let ground = play.ruled_out(list(listing(sequence, true)));
        assert!(matches!(ground, Ground::Missing { .. }));
    }
    play.rule(Act::Withdraw {
        decision: decision("2024-03-04"),
        reasons: reasons(),
    });
    assert!(matches!(
        play.ruled_out(list(listing(8, true))),
        Ground::Missing { .. }
    ));
    play.rule(list(listing(8, false)));
    assert_eq!(play.state().directory.len(), 2);
    // What was never granted is in no directory.
    let mut refused = Play::refused_by_decision(MONDAY);
    refused.hand_over();
    let ground = refused.ruled_out(list(listing(7, false)));
    assert!(matches!(ground, Ground::ProceedingStep { .. }));
}

// proves: S3-14
#[test]
fn another_name_takes_an_explanation_the_original_and_a_decision() {
    let mut play = Play::qualified(MONDAY);
    let file = |name: &str, original| Act::FileNameChange {
        name: name.to_owned(),
        explanation: evidence(EvidenceKind::ApplicationMaterial),
        original: evidence(original),
    };
    let approve = || Act::ApproveNameChange(decision("2024-03-04"));
    assert!(matches!(play.ruled_out(approve()), Ground::Missing { .. }));
    let wrong = Command::new(file("新名认证中心", EvidenceKind::ApplicationMaterial));
    assert!(matches!(
        play.refused(&agent(), wrong),
        Ground::EvidenceKind { .. }
    ));
    let same = Command::new(file("示例认证中心", EvidenceKind::DecisionDocument));
    assert!(matches!(
        play.refused(&agent(), same),
        Ground::Missing { .. }
    ));
    play.by(
        &agent(),
        file("新名认证中心", EvidenceKind::DecisionDocument),
    );
    assert!(play.end(DeadlineName::NameChange).is_some());
    assert_eq!(play.state().name(), "示例认证中心");
    let twice = Command::new(file("又名认证中心", EvidenceKind::DecisionDocument));
    assert!(matches!(
        play.refused(&agent(), twice),
        Ground::Missing { .. }
    ));
    play.rule(approve());
    assert_eq!(play.state().name(), "新名认证中心");
    // The qualification is the same, and knows both names.
    assert_eq!(play.stage(), Stage::Qualified);
    assert_eq!(play.state().names.len(), 2);
    assert_eq!(play.end(DeadlineName::NameChange), None);
    play.by(
        &agent(),
        file("示例认证中心", EvidenceKind::DecisionDocument),
    );
    play.rule(Act::RefuseNameChange { reasons: reasons() });
    assert_eq!(play.state().name(), "新名认证中心");
}

// proves: S3-15
#[test]
fn a_renovation_takes_three_materials_and_is_reviewed_while_the_qualification_holds() {
    let mut play = Play::qualified(MONDAY);
    let report = |security| Act::ReportRenovation {
        application: evidence(EvidenceKind::ApplicationMaterial),
        security: evidence(security),
        interoperability: evidence(EvidenceKind::ApplicationMaterial),
    };
    let approve = || Act::ApproveRenovation(decision("2024-03-04"));
    assert!(matches!(play.ruled_out(approve()), Ground::Missing { .. }));
    let wrong = Command::new(report(EvidenceKind::WorkRecord));
    assert!(matches!(
        play.refused(&agent(), wrong),
        Ground::EvidenceKind { .. }
    ));
    play.by(&agent(), report(EvidenceKind::ApplicationMaterial));
    assert!(play.state().under_review);
    assert_eq!(play.stage(), Stage::Qualified);
    assert!(play.end(DeadlineName::Renovation).is_some());
    let twice = Command::new(report(EvidenceKind::ApplicationMaterial));
    assert!(matches!(
        play.refused(&agent(), twice),
        Ground::Missing { .. }
    ));
    play.rule(approve());
    assert!(!play.state().under_review);
    play.by(&agent(), report(EvidenceKind::ApplicationMaterial));
    play.rule(Act::RefuseRenovation { reasons: reasons() });
    assert!(!play.state().under_review);
    assert_eq!(play.end(DeadlineName::Renovation), None);
}

fn file_renewal() -> Act {
    Act::FileRenewal {
        application: evidence(EvidenceKind::ApplicationMaterial),
    }
}

// proves: S5-01
#[test]
fn a_qualification_of_2024_holds_for_five_years_and_for_five_more() {
    let mut play = Play::qualified(NEW);
    assert_eq!(play.state().terms, "sca-2024");
    // To the end of 2 March 2030 in China.
    assert_eq!(play.state().until, Some(at("2030-03-02T15:59:59Z")));
    assert_eq!(
        play.end(DeadlineName::Expiry),
        Some(at("2030-03-02T15:59:59Z"))
    );
    assert_eq!(
        play.end(DeadlineName::RenewalFiling),
        Some(at("2030-01-31T15:59:59Z"))
    );
    // The calendar has no notice for 2030; a term that is nearer shows the rest.
    play.state.as_mut().unwrap().until = Some(at("2026-03-02T15:59:59Z"));
    play.go_to("2026-01-12T01:00:00Z")
        .by(&agent(), file_renewal());
    assert_eq!(play.stage(), Stage::Renewing);
    assert_eq!(play.end(DeadlineName::RenewalFiling), None);
    assert_eq!(
        play.end(DeadlineName::RenewalDecision),
        Some(at("2026-02-09T09:59:59Z"))
    );
    play.rule(Act::GrantRenewal(decision("2026-01-12")));
    assert_eq!(play.stage(), Stage::Qualified);
    assert_eq!(play.state().until, Some(at("2031-03-02T15:59:59Z")));
    assert_eq!(play.end(DeadlineName::RenewalDecision), None);
    for (name, end) in [
        (DeadlineName::Expiry, "2031-03-02T15:59:59Z"),
        (DeadlineName::RenewalFiling, "2031-01-31T15:59:59Z"),
    ] {
        assert_eq!(play.end(name), Some(at(end)), "{name}");
    }
    // Those of 2009 hold for good.
    let old = Play::qualified(MONDAY);
    assert_eq!(old.state().until, None);
    let timers = old.state().timers.keys();
    assert!(timers.eq([&DeadlineName::Listing]));
    let ground = old.refused(&agent(), Command::new(file_renewal()));
    assert!(matches!(ground, Ground::Missing { .. }));
}

/// One of 2024 whose term ends on 2 March 2026.
fn near_its_end() -> Play {
    let mut play = Play::qualified(NEW);
    let end = at("2026-03-02T15:59:59Z");
    let state = play.state.as_mut().unwrap();
    state.until = Some(end);
    let by = at("2026-01-31T15:59:59Z");
    for (name, at) in [
        (DeadlineName::Expiry, end),
        (DeadlineName::RenewalFiling, by),
    ] {
        state.timers.insert(name, Timer::until(at, play.now));
    }
    play
}

// proves: S5-01
#[test]
fn a_term_that_is_over_ends_the_qualification_unless_another_is_being_decided_on() {
    let mut play = near_its_end();
    play.go_to("2026-02-01T01:00:00Z").tick();
    assert!(play.state().missed.contains(&DeadlineName::RenewalFiling));
    assert_eq!(play.stage(), Stage::Qualified);
    let lapse = || Command::new(Act::Lapse);
    play.go_to("2026-03-02T15:59:59Z");
    assert!(matches!(
        play.refused(&Actor::system(), lapse()),
        Ground::NotDue
    ));
    play.go_to("2026-03-02T16:00:00Z");
    // Before anybody noted it: it is over.
    let ground = play.refused(&agent(), Command::new(file_renewal()));
    assert!(matches!(ground, Ground::ProceedingStep { .. }));
    play.tick();
    assert_eq!(play.stage(), Stage::Lapsed);
    assert!(play.state().timers.is_empty());
    // That a term ends is nothing that anybody is late with.
    assert!(!play.state().missed.contains(&DeadlineName::Expiry));

    // Whoever asked in time is not the one who pays for a decision that is late.
    let mut play = near_its_end();
    play.go_to("2026-01-29T01:00:00Z")
        .by(&agent(), file_renewal());
    play.go_to("2026-03-03T01:00:00Z").tick();
    assert_eq!(play.stage(), Stage::Renewing);
    assert!(play.state().missed.contains(&DeadlineName::Expiry));
    play.rule(Act::RefuseRenewal { reasons: reasons() });
    let deadlines = play.state().deadlines();
    let mut ends = deadlines.iter().filter(|one| one.name.word == "expiry");
    assert!(ends.all(|one| !one.noted), "{deadlines:?}");
    play.tick();
    assert_eq!(play.stage(), Stage::Lapsed);
}

// proves: S5-01
#[test]
fn a_term_from_29_february_on_ends_with_a_february() {
    let mut play = Play::assessed(ENTERPRISE, NATIONAL, "2024-02-29T01:00:00Z");
    play.state.as_mut().unwrap().terms = "sca-2024".to_owned();
    play.rule(Act::Grant(decision("2024-02-29")));
    assert_eq!(play.state().until, Some(at("2029-02-28T15:59:59Z")));
}

// proves: S3-16
#[test]
fn rights_are_exercised_when_they_exist_and_each_is_answered_once() {
    let statement = || evidence(EvidenceKind::HolderStatement);
    let exercise = |right| Act::ExerciseRight {
        right,
        statement: statement(),
    };
    let before = Play::assessing(ENTERPRISE, NATIONAL, MONDAY);
    let after = Play::refused_by_decision(MONDAY);
    for right in Right::ALL.iter().copied() {
        let refuses = |play: &Play| play.ask(&agent(), Command::new(exercise(right))).is_err();
        let (early, late) = match right {
            Right::Statement | Right::Recusal => (false, true),
            Right::Reconsideration
            | Right::Litigation
            | Right::Compensation
            | Right::FileInspection => (true, false),
            Right::Report | Right::Suggestion => (false, false),
        };
        assert_eq!(
            (refuses(&before), refuses(&after)),
            (early, late),
            "{right}"
        );
    }
    // Anybody's report is taken down by an official, nobody else's right is.
    let mut play = after;
    play.rule(exercise(Right::Report));
    let ground = play.ruled_out(exercise(Right::Litigation));
    assert!(matches!(ground, Ground::Seat { .. }));
    play.by(&agent(), exercise(Right::Reconsideration));
    let answer = |number, kind| Act::AnswerRight {
        number,
        answer: "维持原决定".to_owned(),
        evidence: evidence(kind),
    };
    for number in [0, 3] {
        let ground = play.ruled_out(answer(number, EvidenceKind::DecisionDocument));
        assert!(matches!(ground, Ground::Missing { .. }));
    }
    let ground = play.ruled_out(answer(2, EvidenceKind::CallRecord));
    assert!(matches!(ground, Ground::EvidenceKind { .. }));
    play.rule(answer(2, EvidenceKind::DecisionDocument));
    let ground = play.ruled_out(answer(2, EvidenceKind::DecisionDocument));
    assert!(matches!(ground, Ground::Missing { .. }));
    let answers: Vec<_> = play
        .state()
        .remedies
        .iter()
        .map(|one| one.answer.is_some())
        .collect();
    assert_eq!(answers, [false, true]);
}
