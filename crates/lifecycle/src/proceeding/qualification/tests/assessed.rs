//! From the assessors to the document that is handed over.

use super::*;

// proves: S3-08, S3-16
#[test]
fn an_assessor_who_is_bound_to_the_applicant_does_not_report() {
    let mut play = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    play.rule(Act::OpenAssessment {
        assessors: vec![person(EXPERT), person("li.si")],
        body: Some("商用密码检测中心".to_owned()),
    });
    let report = || {
        Command::new(Act::Report {
            assessment: Assessment::OnSite,
            passed: true,
            report: evidence(EvidenceKind::AssessmentReport),
        })
    };
    let declare = |conflict| Act::Declare {
        conflict,
        declaration: evidence(EvidenceKind::HolderStatement),
    };
    // Not before he declared himself, and not a stranger.
    assert!(matches!(
        play.refused(&expert(), report()),
        Ground::Missing { .. }
    ));
    let stranger = Actor::new(person("wang.wu"), Seat::Assessor);
    assert!(matches!(
        play.refused(&stranger, report()),
        Ground::NotAParty { .. }
    ));
    // Who says so himself.
    play.by(&expert(), declare(true));
    assert_eq!(
        play.refused(&expert(), report()),
        Ground::Recused {
            person: person(EXPERT)
        }
    );
    // Who is found to be: what he reported before does not count.
    let other = Actor::new(person("li.si"), Seat::Assessor);
    play.by(&other, declare(false));
    play.take(&other, report()).unwrap();
    assert_eq!(play.state().reports.len(), 1);
    play.by(
        &agent(),
        Act::ExerciseRight {
            right: Right::Recusal,
            statement: evidence(EvidenceKind::HolderStatement),
        },
    );
    play.rule(Act::Recuse {
        person: person("li.si"),
        reason: "其配偶在申请人处任职".to_owned(),
    });
    assert_eq!(play.state().reports.len(), 0);
    assert_eq!(
        play.refused(&other, report()),
        Ground::Recused {
            person: person("li.si")
        }
    );
    let again = Act::NameAssessor {
        assessor: person("li.si"),
    };
    assert!(matches!(play.ruled_out(again), Ground::Recused { .. }));
    // The applicant's agent is nobody's expert.
    let agent = Act::Recuse {
        person: person(AGENT),
        reason: "亲属".to_owned(),
    };
    assert!(matches!(play.ruled_out(agent), Ground::Missing { .. }));
    // Another takes over.
    play.rule(Act::NameAssessor {
        assessor: person("wang.wu"),
    });
    play.by(&stranger, declare(false));
    play.take(&stranger, report()).unwrap();
    // An official who is recused does nothing any more, either.
    let mut other_office = play.clone();
    other_office.rule(Act::Recuse {
        person: person(OFFICER),
        reason: "与申请人有利害关系".to_owned(),
    });
    let ground = other_office.ruled_out(Act::NameAssessor {
        assessor: person("xu.shiyi"),
    });
    assert!(matches!(ground, Ground::Recused { .. }));
    let reports = play.state().reports.keys();
    assert!(reports.eq([&(Assessment::OnSite, person("wang.wu"))]));
}

// proves: S3-08
#[test]
fn nobody_assesses_who_sits_elsewhere_in_the_case() {
    let play = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    for name in [AGENT, CLERK, OFFICER] {
        let assessors = vec![person(name)];
        let body = None;
        let ground = play.ruled_out(Act::OpenAssessment { assessors, body });
        assert!(
            matches!(ground, Ground::SamePerson { .. }),
            "{name}: {ground}"
        );
    }
    let nobody = Act::OpenAssessment {
        assessors: Vec::new(),
        body: None,
    };
    assert!(matches!(play.ruled_out(nobody), Ground::Missing { .. }));
}

// proves: S3-08, S3-09, S3-03
#[test]
fn a_grant_has_every_report_and_every_condition() {
    for kind in [ENTERPRISE, INSTITUTION] {
        let whole = Play::assessed(kind, NATIONAL, MONDAY);
        let grant = || Act::Grant(decision("2024-03-04"));
        let reports: Vec<_> = whole.state().reports.keys().map(|(one, _)| *one).collect();
        assert_eq!(reports.len(), if kind == INSTITUTION { 4 } else { 2 });
        for assessment in reports {
            let mut play = whole.clone();
            let reports = &mut play.state.as_mut().unwrap().reports;
            reports.remove(&(assessment, person(EXPERT)));
            assert_eq!(
                play.ruled_out(grant()),
                Ground::ReportMissing { assessment }
            );
            play.report(assessment, false);
            assert_eq!(play.ruled_out(grant()), Ground::ReportFailed { assessment });
        }
        for condition in Condition::ALL.iter().copied() {
            let mut play = whole.clone();
            play.rule(Act::CheckCondition {
                condition,
                met: false,
                evidence: evidence(EvidenceKind::WorkRecord),
            });
            assert_eq!(play.ruled_out(grant()), Ground::ConditionOpen { condition });
        }
        let mut play = whole.clone();
        play.rule(grant());
        assert_eq!(play.state().outcome, Some(Outcome::Granted));
        // An enterprise's licence answers for its system.
        let review = Act::Report {
            assessment: Assessment::SecurityReview,
            passed: true,
            report: evidence(EvidenceKind::AssessmentReport),
        };
        if kind == ENTERPRISE {
            let ground = whole.refused(&expert(), Command::new(review));
            assert!(matches!(ground, Ground::Missing { .. }));
        }
    }
}

// proves: S3-09, X-04, S3-16
#[test]
fn the_twenty_days_stand_still_while_experts_assess_and_a_hearing_is_held() {
    let mut play = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    assert_eq!(
        play.end(DeadlineName::Decision),
        Some(at("2024-04-01T09:59:59Z"))
    );
    // Two days, then three weeks of experts.
    play.go_to("2024-03-07T01:00:00Z");
    play.rule(Act::OpenAssessment {
        assessors: vec![person(EXPERT)],
        body: None,
    });
    assert_eq!(play.end(DeadlineName::Decision), None);
    play.by(
        &expert(),
        Act::Declare {
            conflict: false,
            declaration: evidence(EvidenceKind::HolderStatement),
        },
    );
    play.go_to("2024-03-28T01:00:00Z");
    play.report(Assessment::OnSite, true);
    assert_eq!(play.end(DeadlineName::Decision), None);
    play.report(Assessment::Capability, true);
    // Eighteen days are left, 28 March among them.
    assert_eq!(
        play.end(DeadlineName::Decision),
        Some(at("2024-04-23T09:59:59Z"))
    );
    // A hearing of a week.
    play.go_to("2024-04-09T01:00:00Z");
    let request = evidence(EvidenceKind::HolderStatement);
    play.by(&agent(), Act::RequestHearing { request });
    assert_eq!(play.end(DeadlineName::Decision), None);
    assert!(matches!(
        play.ruled_out(Act::Grant(decision("2024-04-09"))),
        Ground::Missing { .. }
    ));
    play.go_to("2024-04-16T01:00:00Z");
    let close = |chair| Act::CloseHearing {
        chair: person(chair),
        record: evidence(EvidenceKind::WorkRecord),
    };
    // Nobody presides who examined the application.
    assert!(matches!(
        play.ruled_out(close(EXPERT)),
        Ground::SamePerson { .. }
    ));
    play.rule(close("zhao.liu"));
    assert_eq!(
        play.end(DeadlineName::Decision),
        Some(at("2024-04-29T09:59:59Z"))
    );

    // Where the rules exclude neither, nothing stands still.
    let mut play = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    let mut sets: Vec<_> = play.rules.iter().cloned().collect();
    for set in &mut sets {
        set.excludes_assessment.value = false;
        set.excludes_hearing.value = false;
    }
    play.rules = RuleSets::new(sets).unwrap();
    play.rule(Act::OpenAssessment {
        assessors: vec![person(EXPERT)],
        body: None,
    });
    let request = evidence(EvidenceKind::HolderStatement);
    play.by(&agent(), Act::RequestHearing { request });
    assert_eq!(
        play.end(DeadlineName::Decision),
        Some(at("2024-04-01T09:59:59Z"))
    );
}

// proves: S3-10, S3-11
#[test]
fn a_refusal_has_its_reasons_and_a_decision_its_number_day_and_signature() {
    let play = Play::assessed(ENTERPRISE, NATIONAL, MONDAY);
    let refuse = |decision, reasons| Act::Refuse { decision, reasons };
    let good = || decision("2024-03-04");
    let wrong = evidence(EvidenceKind::WorkRecord);
    assert!(matches!(
        play.ruled_out(refuse(good(), wrong.clone())),
        Ground::EvidenceKind { .. }
    ));
    type Spoil = fn(&mut Decision);
    let spoilt: [Spoil; 5] = [
        |one| one.number = " ".to_owned(),
        |one| one.signed_by.clear(),
        |one| one.document.kind = EvidenceKind::WorkRecord,
        |one| one.dated = Date::parse("2024-03-05").unwrap(),
        |one| one.dated = Date::parse("2024-03-03").unwrap(),
    ];
    for spoil in spoilt {
        let mut decision = good();
        spoil(&mut decision);
        play.ruled_out(Act::Grant(decision.clone()));
        play.ruled_out(refuse(decision, reasons()));
    }
    let mut play = Play::refused_by_decision(MONDAY);
    assert_eq!(play.state().outcome, Some(Outcome::Refused));
    play.hand_over();
    assert_eq!(play.stage(), Stage::Closed);

    // Not taken on: with reasons, too.
    let mut play = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    let decline = |reasons| Command::of(NATIONAL, Act::DeclineAcceptance { reasons });
    assert!(matches!(
        play.refused(&clerk(), decline(wrong)),
        Ground::EvidenceKind { .. }
    ));
    play.take(&clerk(), decline(reasons())).unwrap();
    assert_eq!(play.stage(), Stage::NotAccepted);
    assert!(play.state().timers.is_empty());

    // The decision in favour has the title that the guide gives it.
    let play = Play::granted(ENTERPRISE, NATIONAL, MONDAY);
    let (_, _, event) = play.events.last().unwrap();
    let Happened::Granted { title, until, .. } = &event.what else {
        panic!("{event:?}");
    };
    assert_eq!(title, "关于同意示例认证中心开展电子政务电子认证服务的通知");
    assert_eq!(*until, None);
}

// proves: S3-12
#[test]
fn the_document_is_handed_over_in_ten_days_to_whoever_was_told() {
    let mut play = Play::granted(ENTERPRISE, NATIONAL, MONDAY);
    assert_eq!(
        play.end(DeadlineName::Delivery),
        Some(at("2024-03-18T09:59:59Z"))
    );
    let receipt = evidence(EvidenceKind::DeliveryReceipt);
    let over = Act::HandOver { receipt };
    assert!(matches!(
        play.ruled_out(over.clone()),
        Ground::Missing { .. }
    ));
    let wrong = Act::Notify {
        contact: evidence(EvidenceKind::DeliveryReceipt),
    };
    assert!(matches!(play.ruled_out(wrong), Ground::EvidenceKind { .. }));
    play.rule(Act::Notify {
        contact: evidence(EvidenceKind::NoticeReceipt),
    });
    play.rule(over);
    assert_eq!(play.stage(), Stage::Qualified);
    assert_eq!(play.end(DeadlineName::Delivery), None);
}

// proves: S3-17
#[test]
fn fifteen_working_days_after_the_acceptance_anybody_is_told_the_state_and_the_result() {
    let mut play = Play::accepted(ENTERPRISE, NATIONAL, MONDAY);
    let asked = |play: &Play, time| play.state().answer(at(time));
    // The last second of the fifteenth day, and the first one after it.
    assert!(asked(&play, "2024-03-25T09:59:59Z").is_err());
    let answer = asked(&play, "2024-03-25T10:00:00Z").unwrap();
    assert_eq!((answer.stage, answer.outcome), (Stage::Accepted, None));
    play = Play::qualified(MONDAY);
    let answer = asked(&play, "2024-03-25T10:00:00Z").unwrap();
    assert_eq!(
        (answer.stage, answer.outcome),
        (Stage::Qualified, Some(Outcome::Granted))
    );
    let received = Play::received(ENTERPRISE, NATIONAL, MONDAY);
    assert!(asked(&received, "2025-03-25T10:00:00Z").is_err());
}
