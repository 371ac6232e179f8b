//! What an application must have.

use super::*;

fn refused(change: impl FnOnce(&mut Application)) -> String {
    let mut application = GUANGDONG.application();
    change(&mut application);
    let command = Command::Apply(Box::new(application));
    let case = Case::new(GUANGDONG);
    let answer = case.decide(&actor("agent", Seat::Agent), command);
    answer.unwrap_err().coded()
}

// proves: S4-04
#[test]
fn each_of_the_four_documents_is_what_it_must_be() {
    for change in [
        (|one: &mut Application| one.documents.application = notice()) as fn(&mut Application),
        |one| one.documents.practice = notice(),
    ] {
        assert_eq!(refused(change), "evidence-kind (S4-04)");
    }
    for change in [
        (|one: &mut Application| one.documents.conformity.report = notice())
            as fn(&mut Application),
        // One report does not stand for the other.
        |one| one.documents.execution.report = one.documents.conformity.report.clone(),
        |one| one.documents.execution.independence = notice(),
    ] {
        assert_eq!(refused(change), "evidence-kind (S4-04, S4-18)");
    }
}

// proves: S4-04, S4-18
#[test]
fn an_auditor_is_on_the_sides_roster_and_independent() {
    for (auditor, code) in [
        ("hk-audit", "unknown-name (S4-04, S4-18)"),
        ("nobody", "unknown-name (S4-04, S4-18)"),
        ("gd-sister", "not-independent (S4-04, S4-18)"),
    ] {
        let named =
            |one: &mut Application| auditor.clone_into(&mut one.documents.execution.auditor);
        assert_eq!(refused(named), code, "{auditor}");
    }
    // An auditor does not audit itself; blanks and case make no other name.
    for name in ["gd-audit", "GD -Audit"] {
        let same = |one: &mut Application| name.clone_into(&mut one.key.ca);
        assert_eq!(refused(same), "not-independent (S4-04, S4-18)");
    }
    // Not yet, or no more, on the roster when it reported.
    for day in ["2024-12-31", "2028-01-01"] {
        let then = |one: &mut Application| one.documents.conformity.made = at(day);
        assert_eq!(refused(then), "unknown-name (S4-04, S4-18)", "{day}");
    }
}

// proves: S4-04
#[test]
fn a_report_is_of_the_last_twelve_months() {
    let age = |day: &str| refused(|one| one.documents.conformity.made = at(day));
    assert_eq!(age("2025-03-01T15:59:59Z"), "report-age (S4-04, S4-18)");
    assert_eq!(age("2026-03-02T02:00:01Z"), "report-age (S4-04, S4-18)");
    let mut application = GUANGDONG.application();
    application.documents.conformity.made = at("2025-03-01T16:00:00Z");
    let command = Command::Apply(Box::new(application));
    let agent = actor("agent", Seat::Agent);
    assert!(Case::new(GUANGDONG).decide(&agent, command).is_ok());
}

// proves: S4-01
#[test]
fn a_ca_has_its_licence_at_home() {
    let over = |one: &mut Application| one.licence.interval.until = Some(at("2026-03-02"));
    assert_eq!(refused(over), "missing (S4-01, S4-18)");
    let early = |one: &mut Application| one.licence.interval.from = at("2026-03-03");
    assert_eq!(refused(early), "missing (S4-01, S4-18)");
    let copy = |one: &mut Application| one.licence.copy = notice();
    assert_eq!(refused(copy), "evidence-kind (S4-01, S4-18)");
    let number = |one: &mut Application| one.licence.number.clear();
    assert_eq!(refused(number), "words (S4-01, S4-18)");
    let elsewhere = |one: &mut Application| one.key.jurisdiction = "MO".to_owned();
    assert_eq!(refused(elsewhere), "unknown-name (S4-01)");
}

// proves: S4-12
#[test]
fn an_application_is_about_one_class_of_one_ca() {
    let nobody = |one: &mut Application| one.key.ca = " ".to_owned();
    assert_eq!(refused(nobody), "missing (S4-12)");
    let nothing = |one: &mut Application| one.key.class = "personal\u{202e}".to_owned();
    assert_eq!(refused(nothing), "missing (S4-12)");
}

// proves: S4-15
#[test]
fn keys_for_certificates_and_for_status_come_from_approved_hardware() {
    for place in 0..3 {
        let gone = |one: &mut Application| drop(one.certificates.remove(place));
        assert_eq!(refused(gone), "missing (S4-15)");
        let unproved = |one: &mut Application| one.certificates[place].origin.proof = notice();
        assert_eq!(refused(unproved), "evidence-kind (S4-15)");
        let unnamed = |one: &mut Application| one.certificates[place].origin.device.clear();
        assert_eq!(refused(unnamed), "words (S4-15)");
        let unapproved = |one: &mut Application| one.certificates[place].origin.approval.clear();
        assert_eq!(refused(unapproved), "words (S4-15)");
    }
    let short = |one: &mut Application| one.certificates[0].digest = vec![1].into();
    assert_eq!(refused(short), "missing (S4-15)");
    let twice = |one: &mut Application| {
        let first = one.certificates[0].clone();
        one.certificates.push(first);
    };
    assert_eq!(refused(twice), "missing (S4-15)");
    let more = |count: u8| {
        let more = (10..10 + count).map(|number| certificate(CertificateRole::Issuer, number));
        let mut application = GUANGDONG.application();
        application.certificates.extend(more);
        let command = Command::Apply(Box::new(application));
        Case::new(GUANGDONG).decide(&actor("agent", Seat::Agent), command)
    };
    assert!(more(29).is_ok(), "thirty-two");
    assert_eq!(more(30).unwrap_err().coded(), "missing (S4-15)");
}

// proves: S4-04, S4-18
#[test]
fn an_auditor_is_known_by_either_name_and_bound_to_whom_it_is_said_to_be() {
    let agent = actor("agent", Seat::Agent);
    let mut case = Case::new(GUANGDONG);
    let auditor = case.terms.auditors.get_mut("gd-audit").unwrap();
    "Canton Audit".clone_into(&mut auditor.name.en);
    "粤审计".clone_into(&mut auditor.name.zh);
    for ca in ["canton audit", "粤审计"] {
        let mut application = GUANGDONG.application();
        ca.clone_into(&mut application.key.ca);
        let command = Command::Apply(Box::new(application));
        let answer = case.decide(&agent, command);
        let code = answer.unwrap_err().coded();
        assert_eq!(code, "not-independent (S4-04, S4-18)", "{ca}");
    }
    // It is the sister of one CA, not of all.
    let mut application = GUANGDONG.application();
    "另一机构".clone_into(&mut application.key.ca);
    "gd-sister".clone_into(&mut application.documents.execution.auditor);
    let command = Command::Apply(Box::new(application));
    assert!(case.decide(&agent, command).is_ok());
}

// proves: S4-04, S4-18
#[test]
fn a_report_may_be_of_the_auditors_first_day_and_of_this_second() {
    for (now, made) in [
        ("2025-06-02", "2024-12-31T16:00:00Z"),
        ("2026-03-02", "2026-03-02"),
    ] {
        let mut application = GUANGDONG.application();
        application.documents.conformity.made = at(made);
        application.documents.execution.made = at(made);
        let command = Command::Apply(Box::new(application));
        let case = Case::new(GUANGDONG).on(now);
        assert!(
            case.decide(&actor("agent", Seat::Agent), command).is_ok(),
            "{made}"
        );
    }
}
