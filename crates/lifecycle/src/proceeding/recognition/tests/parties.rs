//! Who acts for whom, and what a case keeps of what was asked of it.

use super::*;

fn agent_of(case: &Case, name: &str, command: Command) -> String {
    let answer = case.decide(&actor(name, Seat::Agent), command);
    answer.unwrap_err().coded()
}

fn file(number: u8) -> Command {
    Command::FileCertificate {
        certificate: certificate(CertificateRole::Issuer, number),
    }
}

fn record(side: Side, number: u8) -> Command {
    Command::RecordCertificate {
        authority: side.office.to_owned(),
        digest: digest(number).to_vec().into(),
        record: evidence(EvidenceKind::WorkRecord),
    }
}

// proves: S4-04
#[test]
fn nobody_acts_for_a_ca_but_who_applied_or_whom_it_named() {
    let side = GUANGDONG;
    let case = Case::recognised(side);
    for (command, code) in [
        (side.ask(Measure::Termination), "not-a-party (S4-08)"),
        (file(3), "not-a-party (S4-16)"),
    ] {
        assert_eq!(agent_of(&case, "stranger", command), code);
    }
    let suspended = Case::suspended(side).told();
    assert_eq!(
        agent_of(&suspended, "stranger", side.come_back()),
        "not-a-party (S4-19, X-10)"
    );
    // The CA writes who acts for it; who did so before does not any more.
    let case = case.official("clerk", side.name_agents(&["deputy"]));
    assert_eq!(agent_of(&case, "agent", file(3)), "not-a-party (S4-16)");
    assert!(case.decide(&actor("deputy", Seat::Agent), file(3)).is_ok());
    for (names, code) in [
        (&[][..], "missing (S4-04)"),
        (&["a", "a"], "missing (S4-04)"),
        (&["second"], "same-person (S1-12, X-01)"),
        (&["other"], "same-person (S1-12, X-01)"),
        // Whoever notes the letter names nobody whom he is himself.
        (&["clerk"], "same-person (S1-12, X-01)"),
    ] {
        assert_eq!(case.refused("clerk", side.name_agents(names)), code);
    }
    let named = side.name_agents(&["deputy", "newcomer"]);
    let code = case.refused("newcomer", named.clone());
    assert_eq!(code, "same-person (S1-12, X-01)");
    // An audit finds it in a record that was written by hand.
    let newcomer = actor("newcomer", Seat::Official);
    let event = case.decide(&actor("clerk", Seat::Official), named).unwrap();
    let others = case.state().others(&newcomer, &event);
    assert!(others.contains(&&newcomer.person));
    // Whom the CA named acts for no authority, though he did nothing yet.
    let code = case.refused("deputy", side.open_breach());
    assert_eq!(code, "same-person (S1-12, X-01)");
    let seventeen: Vec<_> = (0..17).map(|number| format!("p{number}")).collect();
    let seventeen: Vec<_> = seventeen.iter().map(String::as_str).collect();
    assert_eq!(
        case.refused("clerk", side.name_agents(&seventeen)),
        "missing (S4-04)"
    );
    assert!(
        case.decide(
            &actor("clerk", Seat::Official),
            side.name_agents(&seventeen[1..])
        )
        .is_ok()
    );
}

// proves: S4-05, S4-08, S4-16
#[test]
fn nobody_acts_on_two_sides_of_a_case() {
    const TWICE: &str = "same-person (S1-12, X-01)";
    let side = GUANGDONG;
    let case = Case::recognised(side).on("2026-04-01");
    let case = case.official("clerk", side.name_agents(&["agent", "m"]));
    let m = |seat| actor("m", seat);
    let mut filed = case.clone();
    filed.try_as(&m(Seat::Agent), file(3)).unwrap();
    assert_eq!(filed.refused("m", record(side, 3)), TWICE);
    let recorded = filed.official("clerk", record(side, 3));
    let mut list = side.grant(5, "2026-04-01", "2026-03-10");
    list.issuers.push(digest(3).to_vec().into());
    assert_eq!(recorded.refused("m", side.publish(list)), TWICE);
    // Who asked for it does not decide it, and neither does who applied long ago.
    let mut asked = case;
    let ask = side.ask(Measure::Suspension);
    asked.try_as(&m(Seat::Agent), ask).unwrap();
    let suspend = || side.withdraw(Measure::Suspension, Cause::Request);
    assert_eq!(asked.refused("m", suspend()), TWICE);
    let suspended = Case::suspended(side).told().on("2026-04-03");
    let compromise = side.withdraw(Measure::Termination, Cause::Compromise);
    assert_eq!(suspended.refused("agent", compromise), TWICE);
    // An official of the other side has no say on this one.
    assert_eq!(asked.refused("other", side.open_breach()), TWICE);
    let own = suspended.refused(
        "clerk",
        Command::ImportMirror {
            authority: side.other.to_owned(),
            publication: side.taken(5, "2026-04-01", suspended.state()),
            report: evidence(EvidenceKind::ImportReport),
        },
    );
    assert_eq!(own, TWICE);
}

// proves: S4-16, S4-19
#[test]
fn a_way_back_records_no_certificate_that_nobody_looked_at() {
    let side = GUANGDONG;
    let case = Case::suspended(side).told();
    let case = case.agent(file(9)).agent(side.come_back());
    let case = case
        .official("first", side.pass())
        .official("second", side.approve());
    let filings = &case.state().certificates;
    let new = filings.iter().find(|one| one.certificate.digest[0] == 9);
    assert!(!new.unwrap().recorded);
    // It is refused, and can be filed again.
    let refuse = |reasons: &str| Command::RefuseCertificate {
        authority: side.office.to_owned(),
        digest: digest(9).to_vec().into(),
        reasons: reasons.to_owned(),
        record: evidence(EvidenceKind::WorkRecord),
    };
    assert_eq!(case.refused("clerk", refuse("")), "words (S4-16)");
    let before = case.state().certificates.len();
    let refused = case.official("clerk", refuse("设备未经批准"));
    assert_eq!(refused.state().certificates.len(), before - 1);
    assert_eq!(
        refused.refused("clerk", refuse("设备未经批准")),
        "missing (S4-16)"
    );
    assert_eq!(refused.refused("clerk", record(side, 9)), "missing (S4-16)");
    // One on record is not refused.
    let known = Command::RefuseCertificate {
        authority: side.office.to_owned(),
        digest: digest(2).to_vec().into(),
        reasons: "x".to_owned(),
        record: evidence(EvidenceKind::WorkRecord),
    };
    assert_eq!(refused.refused("clerk", known), "missing (S4-16)");
    assert_eq!(refused.agent(file(9)).state().certificates.len(), before);
}

// proves: S4-08, S4-13
#[test]
fn a_duty_that_is_overdue_is_corrected_by_doing_it() {
    let side = GUANGDONG;
    let mut case = Case::recognised(side);
    case.calendar = Calendar::china().with_estimate(crate::calendar::Estimate::Weekends);
    let late = case.on("2027-03-11").ticked();
    let breaches = &late.state().breaches;
    let (number, breach) = breaches.first_key_value().unwrap();
    let (number, duty) = (*number, breach.duty.unwrap());
    assert_eq!(
        late.lacks("clerk", Seat::Official, side.accept(number)),
        "the duty that is overdue"
    );
    let done = late.official("clerk", side.fulfil(duty, "2027-03-01"));
    let mended = done.official("clerk", side.accept(number));
    assert!(!mended.state().breaches.contains_key(&number));
    assert!(mended.owed().contains(&duty), "it comes round again");
}

// proves: S4-09, S4-13
#[test]
fn what_passed_is_noted_by_the_command_that_comes_next() {
    let side = GUANGDONG;
    let mut case = Case::recognised(side);
    case.calendar = Calendar::china().with_estimate(crate::calendar::Estimate::Weekends);
    // Nobody asked what time does.
    let late = case.on("2027-03-11").official("clerk", side.open_breach());
    let duties = late
        .state()
        .breaches
        .values()
        .filter(|one| one.duty.is_some());
    assert_eq!(duties.count(), 5);
    assert!(late.state().next_due().is_none());
}

// proves: S4-08
#[test]
fn a_request_stands_until_it_is_carried_out() {
    let side = GUANGDONG;
    let case = Case::suspending(side).agent(side.ask(Measure::Termination));
    let list = side.taken(5, "2026-04-01", case.state());
    let case = case.official("clerk", side.publish(list));
    let asked: Vec<_> = case.state().requests.iter().collect();
    assert_eq!(asked, [&Measure::Termination]);
    let ended = case
        .on("2026-04-03")
        .official("head", side.withdraw(Measure::Termination, Cause::Request));
    assert_eq!(ended.stage(), Stage::Terminating);
}

// proves: S4-11
#[test]
fn of_two_that_are_owed_a_number_says_which_was_done() {
    let side = GUANGDONG;
    let case = Case::recognised(side).on("2026-05-11");
    let case = case.agent(file(3)).official("clerk", record(side, 3));
    let case = case.agent(file(4)).official("clerk", record(side, 4));
    let tell = |number| {
        let mut command = side.notify(DeadlineName::SuperiorInformed);
        if let Command::Notify { number: own, .. } = &mut command {
            *own = number;
        }
        command
    };
    let owed = |case: &Case| -> Vec<u32> {
        let dues = case.state().dues.iter();
        dues.filter(|(_, due)| due.name == DeadlineName::SuperiorInformed)
            .map(|(number, _)| *number)
            .collect()
    };
    let (first, second) = (owed(&case)[0], owed(&case)[1]);
    let lacks = |case: &Case, number| case.lacks("clerk", Seat::Official, tell(number));
    assert_eq!(lacks(&case, None), "a notice that is owed");
    assert_eq!(lacks(&case, Some(1)), "a notice that is owed");
    let case = case.official("clerk", tell(Some(first)));
    // Sent again, it does not count for the other one.
    assert_eq!(lacks(&case, Some(first)), "a notice that is owed");
    assert_eq!(owed(&case), [second]);
    assert!(owed(&case.official("clerk", tell(None))).is_empty());
}

// proves: S4-12
#[test]
fn one_case_is_about_a_class_at_a_time() {
    let mut case = Case::new(GUANGDONG);
    case.sight.rival = Some(crate::RecognitionId::new("other").unwrap());
    let who = actor("agent", Seat::Agent);
    let answer = case.decide(&who, GUANGDONG.apply());
    assert_eq!(answer.unwrap_err().coded(), "class-taken (S4-12)");
    let goes_on = |case: &Case| case.state().goes_on_about(&GUANGDONG.key());
    assert!(goes_on(&Case::applied(GUANGDONG)));
    assert!(goes_on(&Case::suspended(GUANGDONG)));
    assert!(
        !Case::applied(HONG_KONG)
            .state()
            .goes_on_about(&GUANGDONG.key())
    );
    let refused = Case::applied(HONG_KONG).official("second", HONG_KONG.refuse("hk-dpo"));
    assert!(!refused.state().goes_on_about(&HONG_KONG.key()));
}

#[test]
fn evidence_can_be_found_again() {
    let side = HONG_KONG;
    let case = Case::approved(side);
    let with = |change: fn(&mut Evidence)| {
        let mut notice = notice();
        change(&mut notice);
        let command = Command::NotifyCounterpart {
            authority: side.office.to_owned(),
            notice,
            letter: letter(6, 0x60, 0xa1),
        };
        case.refused("clerk", command)
    };
    assert_eq!(
        with(|one| one.digest = Vec::new().into()),
        "missing (S4-06)"
    );
    assert_eq!(
        with(|one| one.digest = vec![6; 31].into()),
        "missing (S4-06)"
    );
    assert_eq!(with(|one| one.reference.clear()), "words (S4-06)");
    assert_eq!(
        with(|one| one.reference = "字".repeat(257)),
        "words (S4-06)"
    );
    assert_eq!(
        with(|one| one.reference = "a\u{1b}[2J".to_owned()),
        "words (S4-06)"
    );
}

// proves: S4-16
#[test]
fn each_certificate_is_recorded_refused_and_listed_by_itself() {
    let side = GUANGDONG;
    let case = Case::recognised(side).on("2026-05-11");
    let refuse = |number| Command::RefuseCertificate {
        authority: side.office.to_owned(),
        digest: digest(number).to_vec().into(),
        reasons: "设备未经批准".to_owned(),
        record: evidence(EvidenceKind::WorkRecord),
    };
    let case = case.agent(file(3)).agent(file(4));
    // One that nobody filed is not that which waits.
    assert_eq!(case.refused("clerk", record(side, 5)), "missing (S4-16)");
    assert_eq!(case.refused("clerk", refuse(5)), "missing (S4-16)");
    let of = |case: &Case, number: u8| -> Vec<(bool, bool)> {
        let filings = case.state().certificates.iter();
        let own = filings.filter(|one| one.certificate.digest[0] == number);
        own.map(|one| (one.recorded, one.listed)).collect()
    };
    let dropped = case.clone().official("clerk", refuse(3));
    assert_eq!(
        (of(&dropped, 3), of(&dropped, 4)),
        (vec![], vec![(false, false)])
    );
    // The same certificate in another role waits by itself, too.
    let anchor = Command::FileCertificate {
        certificate: certificate(CertificateRole::Anchor, 2),
    };
    let twofold = case.clone().agent(anchor);
    let before = of(&Case::recognised(side), 2);
    assert_eq!(of(&twofold, 2).len(), before.len() + 1);
    assert_eq!(of(&twofold.official("clerk", refuse(2)), 2), before);
    let status = Command::FileCertificate {
        certificate: certificate(CertificateRole::Status, 6),
    };
    let case = case.agent(status).official("clerk", record(side, 3));
    assert_eq!(of(&case, 4), [(false, false)]);
    // The list has what is on record, and nothing that is not is taken for listed.
    let mut list = side.grant(5, "2026-05-11", "2026-03-10");
    list.issuers.push(digest(3).to_vec().into());
    let mut suspended = list.clone();
    "suspended".clone_into(&mut suspended.status);
    assert_eq!(
        case.lacks("clerk", Seat::Official, side.publish(suspended)),
        "the standing"
    );
    let case = case.official("clerk", side.publish(list));
    assert_eq!(of(&case, 3), [(true, true)]);
    assert_eq!(
        (of(&case, 4), of(&case, 6)),
        (vec![(false, false)], vec![(false, false)])
    );
}

// proves: S4-16
#[test]
fn a_suspension_lists_no_certificate_that_its_list_leaves_out() {
    let side = GUANGDONG;
    let case = Case::suspending(side)
        .agent(file(3))
        .official("clerk", record(side, 3));
    let list = side.taken(5, "2026-04-01", case.state());
    let case = case.official("third", side.publish(list));
    let left_out = case.state().certificates.last().unwrap();
    assert!(left_out.recorded && !left_out.listed);
}

// proves: S4-15
#[test]
fn a_case_has_thirty_two_certificates_at_most() {
    let mut case = Case::recognised(GUANGDONG);
    for number in 3..32 {
        case = case.agent(file(number));
    }
    assert_eq!(case.state().certificates.len(), 32);
    assert_eq!(agent_of(&case, "agent", file(32)), "missing (S4-16)");
}

// proves: X-01
#[test]
fn audits_know_who_must_not_have_decided() {
    let side = GUANGDONG;
    let names = |case: &Case, name: &str, command| -> Vec<String> {
        let who = actor(name, Seat::Official);
        let event = case.decide(&who, command).unwrap();
        let others = case.state().others(&who, &event).into_iter();
        let others: std::collections::BTreeSet<_> = others.map(ToString::to_string).collect();
        others.into_iter().collect()
    };
    let case = Case::applied(side).official("first", side.pass());
    assert_eq!(names(&case, "second", side.approve()), ["agent", "first"]);
    // In between, an authority's officials may do one thing after the other.
    let case = Case::recognised(side);
    assert_eq!(
        names(&case, "clerk", side.open_breach()),
        ["agent", "other"]
    );
}
