//! What a step takes before it, and what it leaves behind.

use super::*;

fn statement() -> Evidence {
    evidence(EvidenceKind::HolderStatement)
}

fn exercise(right: Right) -> Act {
    Act::ExerciseRight {
        right,
        statement: statement(),
    }
}

fn rename(name: &str) -> Act {
    Act::FileNameChange {
        name: name.to_owned(),
        explanation: evidence(EvidenceKind::ApplicationMaterial),
        original: evidence(EvidenceKind::DecisionDocument),
    }
}

fn open() -> Act {
    Act::OpenAssessment {
        assessors: vec![person("wang.wu")],
        body: None,
    }
}

// proves: S3-08, X-01
#[test]
fn nobody_is_an_assessor_who_was_not_named_and_whoever_was_is_nothing_else() {
    let mut play = Play::assessing(ENTERPRISE, NATIONAL, MONDAY);
    let declare = || {
        Command::new(Act::Declare {
            conflict: false,
            declaration: statement(),
        })
    };
    let wang = Actor::new(person("wang.wu"), Seat::Assessor);
    let ground = play.refused(&wang, declare());
    assert!(matches!(ground, Ground::NotAParty { .. }), "{ground}");
    play.rule(Act::NameAssessor {
        assessor: person("wang.wu"),
    });
    // He did nothing yet, and does nothing in office any more.
    let official = Actor::new(person("wang.wu"), Seat::Official);
    let check = Act::CheckCondition {
        condition: Condition::Staff,
        met: true,
        evidence: evidence(EvidenceKind::WorkRecord),
    };
    let ground = play.refused(&official, Command::of(NATIONAL, check));
    assert!(matches!(ground, Ground::SamePerson { .. }), "{ground}");
    play.take(&wang, declare()).unwrap();
}

// proves: S3-08, S3-14, S3-15, S3-16
#[test]
fn nothing_is_opened_twice_or_ended_that_was_not_begun() {
    let missing = |ground: Ground| assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
    let mut play = Play::assessing(ENTERPRISE, NATIONAL, MONDAY);
    missing(play.ruled_out(open()));
    let close = || Act::CloseHearing {
        chair: person("zhao.liu"),
        record: evidence(EvidenceKind::WorkRecord),
    };
    missing(play.ruled_out(close()));
    let request = || Act::RequestHearing {
        request: statement(),
    };
    play.by(&agent(), request());
    missing(play.refused(&agent(), Command::new(request())));
    play.rule(close());
    let mut play = Play::qualified(MONDAY);
    missing(play.ruled_out(Act::RefuseNameChange { reasons: reasons() }));
    missing(play.ruled_out(Act::RefuseRenovation { reasons: reasons() }));
    // What was refused may be asked for again.
    play.by(&agent(), rename("新名认证中心"));
    play.rule(Act::RefuseNameChange { reasons: reasons() });
    play.by(&agent(), rename("又名认证中心"));
    play.rule(Act::ApproveNameChange(decision("2024-03-04")));
    assert_eq!(play.state().name(), "又名认证中心");
}

// proves: S3-04, S3-06
#[test]
fn what_was_completed_is_what_is_accepted() {
    let mut play = Play::new(MONDAY);
    let mut short = receipt(ENTERPRISE, MONDAY);
    short.materials.retain(|one| one.name != "staff");
    let act = Act::Receive(Box::new(short));
    play.take(&clerk(), Command::of(NATIONAL, act)).unwrap();
    let accept = || Command::of(NATIONAL, Act::Accept);
    let document = "staff".to_owned();
    assert_eq!(
        play.refused(&clerk(), accept()),
        Ground::DocumentMissing { document }
    );
    let points = vec!["缺少人员情况".to_owned()];
    let correct = Act::RequestCorrection {
        points: points.clone(),
    };
    play.take(&clerk(), Command::of(NATIONAL, correct)).unwrap();
    assert_eq!(play.state().points, points);
    let complete = |materials| Act::CompleteMaterials { materials };
    let ground = play.refused(&agent(), Command::new(complete(Vec::new())));
    assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
    play.by(&agent(), complete(vec![material("staff")]));
    assert!(play.state().points.is_empty());
    play.take(&clerk(), accept()).unwrap();
}

// proves: S3-11
#[test]
fn the_decision_itself_is_kept() {
    let granted = Play::granted(ENTERPRISE, NATIONAL, MONDAY);
    let refused = Play::refused_by_decision(MONDAY);
    for play in [granted, refused] {
        assert_eq!(play.state().decision, Some(decision("2024-03-04")));
    }
}

// proves: S3-16
#[test]
fn an_application_that_was_not_taken_on_is_decided_on() {
    let mut play = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    let decline = Act::DeclineAcceptance { reasons: reasons() };
    play.take(&clerk(), Command::of(NATIONAL, decline)).unwrap();
    for right in [Right::Statement, Right::Recusal] {
        let ground = play.refused(&agent(), Command::new(exercise(right)));
        assert!(
            matches!(ground, Ground::Missing { .. }),
            "{right}: {ground}"
        );
    }
    for right in [Right::Reconsideration, Right::Litigation] {
        play.by(&agent(), exercise(right));
    }
}

// proves: S3-11, S3-16
#[test]
fn a_decision_waits_for_no_answer_to_a_suggestion() {
    let mut play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
    play.by(&agent(), exercise(Right::Suggestion));
    play.go_to("2024-03-05T01:00:00Z").rule(Act::AnswerRight {
        number: 1,
        answer: "已采纳".to_owned(),
        evidence: evidence(EvidenceKind::WorkRecord),
    });
    // Nor is it of a day after it.
    play.rule(Act::Grant(decision("2024-03-04")));
}

// proves: S3-13
#[test]
fn a_list_is_later_than_the_last_of_its_name() {
    let mut play = Play::qualified(MONDAY);
    let list = |sequence| {
        Act::ListInDirectory(Listing {
            list: "目录".to_owned(),
            sequence,
            digest: vec![9; 32].into(),
            holds: true,
        })
    };
    play.rule(list(7)).rule(list(9));
    let ground = play.ruled_out(list(8));
    assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
}

// proves: S3-09
#[test]
fn a_clock_that_begins_anew_is_not_late() {
    let noted = |play: &Play| play.state().deadlines().iter().any(|one| one.noted);
    let mut play = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    play.go_to("2024-03-12T01:00:00Z").tick();
    assert!(noted(&play));
    // Time itself has no seat in the case.
    let system = Actor::system();
    assert!(!play.state().seats.contains_key(&system.person));
    let points = vec!["加盖公章".to_owned()];
    let correct = Act::RequestCorrection { points };
    play.take(&clerk(), Command::of(NATIONAL, correct)).unwrap();
    let materials = vec![material("application")];
    play.by(&agent(), Act::CompleteMaterials { materials });
    assert!(!noted(&play));
    assert!(play.state().missed.contains(&DeadlineName::Acceptance));
}
