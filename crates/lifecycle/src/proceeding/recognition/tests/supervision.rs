//! What a recognised CA owes, and its new certificates.

use super::*;

// proves: S4-13
#[test]
fn duties_come_round_with_evidence_and_begin_with_the_recognition() {
    let side = GUANGDONG;
    let case = Case::recognised(side);
    let rounds = [
        DeadlineName::AnnualInspection,
        DeadlineName::CpsConformity,
        DeadlineName::ThirdPartyAudit,
        DeadlineName::InternalAudit,
        DeadlineName::InformationProtection,
    ];
    for duty in rounds {
        let (_, due) = case.state().owes(duty, None).unwrap();
        assert_eq!(due.by.at, at("2027-03-10T15:59:59Z"), "{duty}");
        let done = case
            .clone()
            .on("2026-11-30")
            .official("clerk", side.fulfil(duty, "2026-11-20"));
        let (_, next) = done.state().owes(duty, None).unwrap();
        assert_eq!(next.by.at, at("2027-11-30T15:59:59Z"), "{duty}");
    }
    // An assessment is owed when it is ordered, once.
    let special = side.fulfil(DeadlineName::SpecialAssessment, "2026-11-20");
    let lacks = |case: &Case, command| case.lacks("clerk", Seat::Official, command);
    assert_eq!(lacks(&case, special.clone()), "a duty that is owed");
    let ordered = case.clone().official(
        "clerk",
        Command::OrderAssessment {
            authority: side.office.to_owned(),
            days: 10,
            order: evidence(EvidenceKind::OfficialOrder),
        },
    );
    let done = ordered.official("clerk", special.clone());
    assert_eq!(lacks(&done, special), "a duty that is owed");
    let no_duty = Command::FulfilDuty {
        authority: side.office.to_owned(),
        duty: DeadlineName::Correction,
        number: None,
        report: DutyReport::Plain(evidence(EvidenceKind::InspectionReport)),
    };
    assert_eq!(lacks(&case, no_duty), "a duty that is owed");
}

// proves: S4-13, S4-18
#[test]
fn what_a_third_party_reviews_is_not_shown_without_one() {
    let side = GUANGDONG;
    let case = Case::recognised(side);
    let with = |duty, report| Command::FulfilDuty {
        authority: side.office.to_owned(),
        duty,
        number: None,
        report,
    };
    let plain = DutyReport::Plain(evidence(EvidenceKind::ConformityReview));
    let command = with(DeadlineName::CpsConformity, plain);
    assert_eq!(case.refused("clerk", command), "missing (S4-13, S4-18)");
    let mut review = side.review(EvidenceKind::ConformityReview, "2026-03-01");
    "gd-sister".clone_into(&mut review.auditor);
    let command = with(DeadlineName::CpsConformity, DutyReport::Reviewed(review));
    assert_eq!(
        case.refused("clerk", command),
        "not-independent (S4-04, S4-18)"
    );
    let wrong = DutyReport::Plain(notice());
    let command = with(DeadlineName::AnnualInspection, wrong);
    assert_eq!(case.refused("clerk", command), "evidence-kind (S4-13)");
}

// proves: S4-13, S4-08
#[test]
fn a_duty_that_is_overdue_opens_a_case_of_breach() {
    let side = GUANGDONG;
    let mut case = Case::recognised(side);
    case.calendar = Calendar::china().with_estimate(crate::calendar::Estimate::Weekends);
    let in_time = case.clone().on("2027-03-10T15:59:59Z").ticked();
    assert!(in_time.state().breaches.is_empty());
    let late = case.on("2027-03-10T16:00:00Z").ticked();
    assert_eq!(late.state().breaches.len(), 5);
    // Nothing is decided by it.
    assert_eq!(late.stage(), Stage::Recognised);
    let (number, breach) = late.state().breaches.first_key_value().unwrap();
    let number = *number;
    assert!(breach.duty.is_some() && breach.correction.is_none());
    assert!(late.state().next_due().is_none());
    // Done too late, it is still a breach until somebody takes it as corrected.
    let duty = breach.duty.unwrap();
    let who = actor("clerk", Seat::Official);
    let event = late.decide(&who, side.fulfil(duty, "2027-03-01")).unwrap();
    assert!(matches!(event, Event::DutyFulfilled { late: true, .. }));
    let done = late.official("clerk", side.fulfil(duty, "2027-03-01"));
    assert!(done.state().breaches.contains_key(&number));
    let ordered = done.official("clerk", side.order(number));
    assert!(ordered.owed().contains(&DeadlineName::Correction));
    let (_, due) = ordered
        .state()
        .owes(DeadlineName::Correction, None)
        .unwrap();
    assert_eq!(due.by.calendar.as_deref(), Some("china-1+weekends"));
    let mended = ordered.official("clerk", side.accept(number));
    assert!(!mended.state().breaches.contains_key(&number));
}

// proves: S4-09, S4-13
#[test]
fn what_passed_is_noted_once_and_by_the_engine_alone() {
    let case = Case::suspending(GUANGDONG);
    let (number, due) = case.state().next_due().unwrap();
    assert_eq!(due.name, DeadlineName::CounterpartAlerted);
    let note = Command::NoteOverdue { number };
    let early = case.decide(&Actor::system(), note.clone());
    assert_eq!(early.unwrap_err().coded(), "not-due (S4-09, S4-13)");
    let late = case.on("2026-04-02T10:00:00Z");
    let by_hand = late.decide(&actor("clerk", Seat::Official), note.clone());
    assert_eq!(by_hand.unwrap_err().coded(), "seat (S4-09, S4-13)");
    let mut noted = late;
    noted.try_as(&Actor::system(), note.clone()).unwrap();
    assert!(noted.decide(&Actor::system(), note).is_err());
    assert_eq!(
        noted.events.last().unwrap().2.missed(),
        [DeadlineName::CounterpartAlerted]
    );
}

// proves: S4-15, S4-16
#[test]
fn a_new_certificate_is_filed_recorded_reported_and_listed() {
    let side = GUANGDONG;
    let case = Case::recognised(side).on("2026-05-11");
    let file = |certificate| Command::FileCertificate { certificate };
    let new = || certificate(CertificateRole::Issuer, 3);
    let record = |kind| Command::RecordCertificate {
        authority: side.office.to_owned(),
        digest: digest(3).to_vec().into(),
        record: evidence(kind),
    };
    let agent = actor("agent", Seat::Agent);
    let mut unproved = new();
    unproved.origin.proof = notice();
    let code = case.decide(&agent, file(unproved)).unwrap_err().coded();
    assert_eq!(code, "evidence-kind (S4-15)");
    let known = certificate(CertificateRole::Issuer, 2);
    let code = case.decide(&agent, file(known)).unwrap_err().coded();
    assert_eq!(code, "missing (S4-16)");
    assert_eq!(
        case.refused("clerk", record(EvidenceKind::WorkRecord)),
        "missing (S4-16)"
    );

    let case = case.agent(file(new()));
    let list = |with_new: bool| {
        let mut list = side.grant(5, "2026-05-11", "2026-03-10");
        if with_new {
            list.issuers.push(digest(3).to_vec().into());
        }
        side.publish(list)
    };
    // Not before the authority has it on record.
    assert_eq!(
        case.lacks("clerk", Seat::Official, list(true)),
        "the CA's certificates"
    );
    assert_eq!(
        case.lacks("clerk", Seat::Official, list(false)),
        "a certificate that is on record"
    );
    let code = case.refused("clerk", record(EvidenceKind::NoticeReceipt));
    assert_eq!(code, "evidence-kind (S4-15, S4-16)");
    let case = case.official("clerk", record(EvidenceKind::WorkRecord));
    // Guangdong reports it to the ministry.
    assert!(case.owed().contains(&DeadlineName::SuperiorInformed));
    assert_eq!(
        case.lacks("clerk", Seat::Official, list(false)),
        "the CA's certificates"
    );
    let mut moved = list(true);
    if let Command::Publish { publication, .. } = &mut moved {
        publication.from = at("2026-05-11");
    }
    assert_eq!(case.lacks("clerk", Seat::Official, moved), "the standing");
    let case = case.official("clerk", list(true));
    assert_eq!(case.stage(), Stage::Recognised);
    assert!(case.state().certificates.iter().all(|one| one.listed));
    assert!(!case.state().awaits_list());
    let hong_kong = Case::recognised(HONG_KONG)
        .on("2026-05-11")
        .agent(file(new()))
        .official(
            "clerk",
            Command::RecordCertificate {
                authority: "hk-dpo".to_owned(),
                digest: digest(3).to_vec().into(),
                record: evidence(EvidenceKind::WorkRecord),
            },
        );
    assert!(!hong_kong.owed().contains(&DeadlineName::SuperiorInformed));
}

// proves: S4-18
#[test]
fn each_side_supervises_its_own_cas() {
    let case = Case::recognised(GUANGDONG);
    for command in [
        HONG_KONG.open_breach(),
        HONG_KONG.fulfil(DeadlineName::AnnualInspection, "2026-03-01"),
        HONG_KONG.withdraw(Measure::Suspension, Cause::MisIssuance),
        HONG_KONG.notify(DeadlineName::CaInformed),
    ] {
        assert_eq!(case.refused("clerk", command), "other-authority (S4-05)");
    }
}

// proves: S4-13
#[test]
fn what_nobody_need_review_is_shown_by_its_own_evidence() {
    let side = GUANGDONG;
    let report = side.review(EvidenceKind::InspectionReport, "2026-03-01");
    let command = Command::FulfilDuty {
        authority: side.office.to_owned(),
        duty: DeadlineName::AnnualInspection,
        number: None,
        report: DutyReport::Reviewed(report),
    };
    let case = Case::recognised(side);
    assert_eq!(case.refused("clerk", command), "missing (S4-13, S4-18)");
    // A duty is nothing that is told.
    let told = side.notify(DeadlineName::AnnualInspection);
    assert_eq!(
        case.lacks("clerk", Seat::Official, told),
        "a notice that is owed"
    );
}

// proves: S4-08, S4-13
#[test]
fn an_order_is_about_a_breach_that_there_is_and_gives_time() {
    let side = GUANGDONG;
    let case = Case::recognised(side)
        .on("2026-04-01")
        .official("clerk", side.open_breach())
        .official("clerk", side.open_breach());
    assert_eq!(
        case.lacks("clerk", Seat::Official, side.order(77)),
        "a breach of this number"
    );
    let numbers: Vec<u32> = case.state().breaches.keys().copied().collect();
    for days in [0, 3_651] {
        let assess = Command::OrderAssessment {
            authority: side.office.to_owned(),
            days,
            order: evidence(EvidenceKind::OfficialOrder),
        };
        let correct = Command::OrderCorrection {
            authority: side.office.to_owned(),
            breach: numbers[0],
            days,
            order: evidence(EvidenceKind::CorrectionOrder),
        };
        for command in [assess, correct] {
            assert_eq!(
                case.lacks("clerk", Seat::Official, command),
                "a number of days from 1 to 3650"
            );
        }
    }
    // What is ordered of one breach, and its correction, leaves the other as it is.
    let case = case
        .official("clerk", side.order(numbers[0]))
        .official("clerk", side.order(numbers[1]))
        .official("clerk", side.order(numbers[0]));
    let of = |case: &Case, number| {
        let dues = case.state().dues.values();
        dues.filter(|due| due.breach == Some(number)).count()
    };
    assert_eq!(numbers.iter().map(|one| of(&case, *one)).sum::<usize>(), 2);
    let case = case.official("clerk", side.accept(numbers[0]));
    assert_eq!((of(&case, numbers[0]), of(&case, numbers[1])), (0, 1));
}

// proves: S4-09, S4-13
#[test]
fn a_notice_that_is_late_is_no_breach_of_the_ca() {
    let late = Case::suspending(GUANGDONG)
        .on("2026-04-02T10:00:00Z")
        .ticked();
    assert!(late.state().dues.values().any(|due| due.noted));
    assert!(late.state().breaches.is_empty());
}
