//! Who takes part, and what counts of what he did.

use super::*;

fn other() -> Actor {
    Actor::new(person("li.si"), Seat::Assessor)
}

fn other_officer() -> Actor {
    Actor::new(person("ma.liu"), Seat::Official)
}

fn declare(conflict: bool) -> Act {
    Act::Declare {
        conflict,
        declaration: evidence(EvidenceKind::HolderStatement),
    }
}

fn report(passed: bool) -> Act {
    Act::Report {
        assessment: Assessment::OnSite,
        passed,
        report: evidence(EvidenceKind::AssessmentReport),
    }
}

fn name(assessor: &str) -> Act {
    let assessor = person(assessor);
    Act::NameAssessor { assessor }
}

fn recuse(whom: &str) -> Act {
    Act::Recuse {
        person: person(whom),
        reason: "与申请人有利害关系".to_owned(),
    }
}

fn exercise(right: Right) -> Act {
    Act::ExerciseRight {
        right,
        statement: evidence(EvidenceKind::HolderStatement),
    }
}

fn check(condition: Condition) -> Act {
    Act::CheckCondition {
        condition,
        met: true,
        evidence: evidence(EvidenceKind::WorkRecord),
    }
}

/// A hearing that this person presided over.
fn heard(play: &mut Play, chair: &str) {
    let request = evidence(EvidenceKind::HolderStatement);
    play.by(&agent(), Act::RequestHearing { request });
    play.rule(close(chair));
}

fn close(chair: &str) -> Act {
    Act::CloseHearing {
        chair: person(chair),
        record: evidence(EvidenceKind::WorkRecord),
    }
}

// proves: S3-08, S3-16
#[test]
fn a_conflict_that_was_declared_is_not_taken_back() {
    // Even by somebody who found out after he had said that there is none.
    let mut play = Play::assessing(ENTERPRISE, NATIONAL, MONDAY);
    play.by(&expert(), report(true));
    play.by(&expert(), declare(true));
    assert!(play.state().reports.is_empty());
    let bound = Ground::Recused {
        person: person(EXPERT),
    };
    for act in [declare(false), declare(true), report(true)] {
        assert_eq!(play.refused(&expert(), Command::new(act)), bound);
    }
    assert_eq!(play.ruled_out(name(EXPERT)), bound);
    // A history that somebody wrote in by hand does not free him, either.
    let (_, _, declared) = play.events[3].clone();
    assert_eq!(declared.what.step(), Step::AssessorDeclared);
    let after = evolve(play.state.clone(), &expert(), &declared).unwrap();
    assert_eq!(after.assessors[&person(EXPERT)].conflict, Some(true));
}

// proves: S3-03, S3-16
#[test]
fn what_a_recused_official_looked_at_does_not_count() {
    let mut play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
    let grant = || Command::of(NATIONAL, Act::Grant(decision("2024-03-04")));
    let by_other = |act| Command::of(NATIONAL, act);
    play.take(&other_officer(), by_other(check(Condition::Staff)))
        .unwrap();
    play.take(&other_officer(), by_other(recuse(OFFICER)))
        .unwrap();
    let condition = Condition::LegalPerson;
    assert_eq!(
        play.refused(&other_officer(), grant()),
        Ground::ConditionOpen { condition }
    );
    // What somebody else looked at stands.
    for condition in Condition::ALL.iter().copied() {
        if condition != Condition::Staff {
            play.take(&other_officer(), by_other(check(condition)))
                .unwrap();
        }
    }
    play.take(&other_officer(), grant()).unwrap();
}

// proves: S3-08, S3-09
#[test]
fn nobody_but_he_who_reported_a_failure_reports_otherwise() {
    let mut play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
    let grant = || Act::Grant(decision("2024-03-04"));
    play.rule(name("li.si"));
    play.by(&other(), declare(false));
    play.by(&other(), report(false));
    play.by(&expert(), report(true));
    let assessment = Assessment::OnSite;
    assert_eq!(play.ruled_out(grant()), Ground::ReportFailed { assessment });
    let mut seen_again = play.clone();
    seen_again.by(&other(), report(true)).rule(grant());
    // Or his does not count.
    play.rule(recuse("li.si")).rule(grant());
}

// proves: S3-09, X-04
#[test]
fn the_twenty_days_run_on_from_the_moment_on_which_nobody_is_left_to_assess() {
    let mut opened = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    opened.go_to("2024-03-07T01:00:00Z");
    opened.rule(Act::OpenAssessment {
        assessors: vec![person(EXPERT), person("li.si")],
        body: None,
    });
    for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut play = opened.clone();
        play.go_to("2024-03-11T01:00:00Z");
        for (bound, one) in [(first, expert()), (second, other())] {
            assert_eq!(play.end(DeadlineName::Decision), None);
            if bound {
                play.by(&one, declare(true));
            } else {
                play.rule(recuse(one.person.as_str()));
            }
        }
        // Eighteen days are left, 11 March among them.
        assert_eq!(
            play.end(DeadlineName::Decision),
            Some(at("2024-04-03T09:59:59Z"))
        );
        play.go_to("2024-03-12T01:00:00Z").rule(name("wang.wu"));
        assert_eq!(play.end(DeadlineName::Decision), None);
    }
}

// proves: S3-16
#[test]
fn nothing_is_decided_while_a_statement_or_a_request_for_recusal_waits() {
    for right in [Right::Statement, Right::Recusal] {
        let mut play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
        play.by(&agent(), exercise(Right::Suggestion));
        play.by(&agent(), exercise(right));
        let grant = || Act::Grant(decision("2024-03-04"));
        let refuse = Act::Refuse {
            decision: decision("2024-03-04"),
            reasons: reasons(),
        };
        for act in [grant(), refuse] {
            assert!(matches!(play.ruled_out(act), Ground::Missing { .. }));
        }
        // Whose suggestion waits is not held up by it.
        play.rule(Act::AnswerRight {
            number: 2,
            answer: "不予采纳".to_owned(),
            evidence: evidence(EvidenceKind::WorkRecord),
        });
        play.rule(grant());
    }
}

// proves: S3-16, X-01
#[test]
fn whoever_presides_over_the_hearing_examines_nothing_and_decides_nothing() {
    let mut play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
    heard(&mut play, "zhao.liu");
    play.ruled_out(name("zhao.liu"));
    let chair = Actor::new(person("zhao.liu"), Seat::Official);
    for act in [
        check(Condition::Staff),
        Act::Grant(decision("2024-03-04")),
        recuse(EXPERT),
    ] {
        play.refused(&chair, Command::of(NATIONAL, act));
    }
    let assessor = Actor::new(person("zhao.liu"), Seat::Assessor);
    play.refused(&assessor, Command::new(declare(false)));
    let (_, _, event) = play.events.last().unwrap();
    let others = play.state().others(&officer(), event);
    assert!(others.contains(&&person("zhao.liu")));
    // Another hearing may be his.
    heard(&mut play, "zhao.liu");
    play.rule(Act::Grant(decision("2024-03-04")));
}

// proves: S3-16
#[test]
fn a_hearing_under_a_person_who_is_recused_is_held_again() {
    let mut play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
    heard(&mut play, "zhao.liu");
    assert!(play.end(DeadlineName::Decision).is_some());
    play.rule(recuse("zhao.liu"));
    let grant = || Act::Grant(decision("2024-03-04"));
    assert!(matches!(play.ruled_out(grant()), Ground::Missing { .. }));
    assert_eq!(play.end(DeadlineName::Decision), None);
    let ground = play.ruled_out(close("zhao.liu"));
    assert!(matches!(ground, Ground::Recused { .. }));
    play.rule(close("xu.shiyi")).rule(grant());
}
