//! Recognition is taken away, told, and comes back as it came.

use super::*;

fn with(command: Command, change: impl FnOnce(&mut Draft)) -> Command {
    let Command::Withdraw {
        authority,
        measure,
        cause,
        from,
        happened,
        reference,
        decision,
        breach,
        incident,
    } = command
    else {
        panic!("another command")
    };
    let mut draft = Draft {
        from,
        happened,
        breach,
        incident,
        reference,
        decision,
    };
    change(&mut draft);
    Command::Withdraw {
        authority,
        measure,
        cause,
        from: draft.from,
        happened: draft.happened,
        reference: draft.reference,
        decision: draft.decision,
        breach: draft.breach,
        incident: draft.incident,
    }
}

struct Draft {
    from: Option<DateTime>,
    happened: Option<DateTime>,
    breach: Option<u32>,
    incident: Option<Evidence>,
    reference: String,
    decision: Evidence,
}

// proves: S4-08
#[test]
fn each_cause_has_what_it_rests_on() {
    let side = GUANGDONG;
    let case = Case::recognised(side).on("2026-04-01");
    let head = |command| case.lacks("head", Seat::Official, command);
    for measure in [Measure::Suspension, Measure::Termination] {
        assert_eq!(
            head(side.withdraw(measure, Cause::Request)),
            "a request of the CA"
        );
        let uncorrected = side.withdraw(measure, Cause::BreachUncorrected);
        assert_eq!(
            head(uncorrected.clone()),
            "a breach for this cause and no other"
        );
        let unknown = with(uncorrected, |draft| draft.breach = Some(77));
        assert_eq!(head(unknown), "a breach of this number");
        for cause in [Cause::MisIssuance, Cause::Compromise] {
            let silent = with(side.withdraw(measure, cause), |draft| draft.incident = None);
            assert_eq!(head(silent), "a report of what happened for this cause");
            // An order to correct is not needed here.
            let who = actor("head", Seat::Official);
            assert!(case.decide(&who, side.withdraw(measure, cause)).is_ok());
        }
    }
    // A request for one is none for the other.
    let asked = case.clone().agent(side.ask(Measure::Termination));
    assert_eq!(
        asked.lacks(
            "head",
            Seat::Official,
            side.withdraw(Measure::Suspension, Cause::Request)
        ),
        "a request of the CA"
    );
    let unread = with(
        side.withdraw(Measure::Suspension, Cause::MisIssuance),
        |draft| draft.decision = notice(),
    );
    assert_eq!(case.refused("head", unread), "evidence-kind (S4-08)");
    let nameless = with(
        side.withdraw(Measure::Suspension, Cause::MisIssuance),
        |draft| draft.reference.clear(),
    );
    assert_eq!(
        case.lacks("head", Seat::Official, nameless),
        "the number of the decision"
    );
    let own_agent = case.refused(
        "agent",
        side.withdraw(Measure::Suspension, Cause::MisIssuance),
    );
    assert_eq!(own_agent, "same-person (S1-12, X-01)");
}

// proves: S4-08
#[test]
fn a_breach_counts_after_an_order_to_correct_it_whose_time_has_passed() {
    let side = HONG_KONG;
    let case = Case::recognised(side)
        .on("2026-04-01")
        .official("clerk", side.open_breach());
    let (number, _) = case.state().breaches.iter().next().unwrap();
    let number = *number;
    let uncorrected = with(
        side.withdraw(Measure::Suspension, Cause::BreachUncorrected),
        |draft| draft.breach = Some(number),
    );
    let order = "an order to correct the breach whose time has passed";
    let lacks = |case: &Case| case.lacks("head", Seat::Official, uncorrected.clone());
    assert_eq!(lacks(&case), order);
    let case = case.official("clerk", side.order(number));
    // Five working days over Qingming: to 9 April, 18:00.
    let by = case.state().breaches[&number].correction.clone().unwrap();
    assert_eq!(by.at, at("2026-04-09T09:59:59Z"));
    assert_eq!(by.calendar.as_deref(), Some("china-1"));
    assert_eq!(lacks(&case.clone().on("2026-04-09T09:59:59Z")), order);
    let late = case.on("2026-04-09T10:00:00Z");
    let who = actor("head", Seat::Official);
    assert!(late.decide(&who, uncorrected.clone()).is_ok());
    // Another order gives time anew.
    let again = late.clone().official("clerk", side.order(number));
    assert_eq!(lacks(&again), order);
    assert_eq!(
        again
            .owed()
            .iter()
            .filter(|name| **name == DeadlineName::Correction)
            .count(),
        1
    );
    // What is corrected, late or not, is no cause any more.
    let mended = late.official("clerk", side.accept(number));
    assert_eq!(lacks(&mended), "a breach of this number");
    assert!(!mended.owed().contains(&DeadlineName::Correction));
}

// proves: S4-08
#[test]
fn only_what_reaches_back_takes_a_standing_away_for_the_past() {
    let side = GUANGDONG;
    let case = Case::recognised(side)
        .on("2026-04-01")
        .agent(side.ask(Measure::Suspension));
    let back = |cause, day: &str| {
        let day = at(day);
        with(side.withdraw(Measure::Suspension, cause), |draft| {
            draft.from = Some(day);
        })
    };
    let code = case.refused("head", back(Cause::Request, "2026-04-01T01:59:59Z"));
    assert_eq!(code, "back-dated (S4-08)");
    let who = actor("head", Seat::Official);
    for command in [
        back(Cause::Request, "2026-04-01"),
        back(Cause::Request, "2026-05-01"),
        back(Cause::MisIssuance, "2026-03-20"),
        back(Cause::Compromise, "2026-03-10T02:00:01Z"),
    ] {
        assert!(case.decide(&who, command).is_ok());
    }
    // Not before the recognition itself.
    let code = case.refused("head", back(Cause::Compromise, "2026-03-10"));
    assert_eq!(code, "back-dated (S4-08)");
    let yet_to_come = with(
        side.withdraw(Measure::Suspension, Cause::MisIssuance),
        |draft| draft.happened = Some(at("2026-04-02")),
    );
    assert_eq!(
        case.lacks("head", Seat::Official, yet_to_come),
        "an event that has happened"
    );
}

// proves: S4-03, S4-10
#[test]
fn the_list_says_what_was_decided_to_be_taken_away() {
    let side = GUANGDONG;
    let case = Case::suspending(side);
    let list = |change: fn(&mut Publication)| {
        let mut list = side.taken(5, "2026-04-01", case.state());
        change(&mut list);
        case.lacks("clerk", Seat::Official, side.publish(list))
    };
    assert_eq!(
        list(|list| list.status = "terminated".to_owned()),
        "the standing"
    );
    assert_eq!(
        list(|list| list.cause = "mis-issuance".to_owned()),
        "the cause"
    );
    assert_eq!(
        list(|list| list.from = at("2026-04-02")),
        "the time from which it holds"
    );
    assert_eq!(
        list(|list| list.happened = Some(at("2026-03-30"))),
        "the time of the event"
    );
    assert_eq!(
        list(|list| list.reference = Some("核准 1".to_owned())),
        "the decision's number"
    );
    assert!(case.state().is_recognised());
    assert!(!Case::suspended(side).state().is_recognised());
}

// proves: S4-09, S4-11, X-08
#[test]
fn who_must_be_told_is_told_within_a_working_day_and_with_proof() {
    use DeadlineName::*;
    let side = GUANGDONG;
    let case = Case::suspending(side);
    let told_first = [CounterpartAlerted, CounterpartWritten];
    let owed: Vec<_> = case
        .owed()
        .into_iter()
        .filter(|name| DeadlineName::NOTICES.contains(name))
        .collect();
    assert_eq!(owed, told_first);
    // Wednesday 10:00: to the end of Thursday's office hours.
    let (_, due) = case.state().owes(CounterpartAlerted, None).unwrap();
    assert_eq!(due.by.at, at("2026-04-02T09:59:59Z"));
    assert_eq!(due.by.calendar.as_deref(), Some("china-1"));
    let receipt = EvidenceKind::NoticeReceipt;
    let signed = EvidenceKind::SignedNotice;
    let wrong = "evidence-kind (S4-09, S4-11)";
    let other = Some(letter(4, 0x61, 0xa1));
    let this = Some(letter(5, 0x61, 0xa1));
    for (notice, kind, letter, code) in [
        (CounterpartAlerted, EvidenceKind::WorkRecord, None, wrong),
        (
            CounterpartAlerted,
            receipt,
            this.clone(),
            "missing (S4-09, S4-11)",
        ),
        (CounterpartWritten, receipt, None, wrong),
        (CounterpartWritten, signed, None, "missing (S4-09, S4-11)"),
        (CounterpartWritten, signed, other, "missing (S4-06)"),
        (CounterpartWritten, receipt, this, "evidence-kind (S4-06)"),
    ] {
        let command = Command::Notify {
            authority: side.office.to_owned(),
            notice,
            number: None,
            proof: evidence(kind),
            letter,
        };
        assert_eq!(case.refused("clerk", command), code);
    }
    assert_eq!(
        case.lacks("clerk", Seat::Official, side.notify(CaInformed)),
        "a notice that is owed"
    );
    // Guangdong reports upwards as well, Hong Kong has nobody above.
    let list = side.taken(5, "2026-04-01", case.state());
    let case = case.official("clerk", side.publish(list));
    for name in [ResultWritten, CaInformed, SuperiorInformed] {
        assert!(case.owed().contains(&name), "{name}");
    }
    assert!(
        !Case::suspended(HONG_KONG)
            .owed()
            .contains(&SuperiorInformed)
    );
    // Too late is noted, and can still be done; it stays owed until it is.
    let late = case.on("2026-04-02T10:00:00Z").ticked();
    let noted = late.state().dues.values().filter(|due| due.noted).count();
    assert_eq!(noted, 5);
    assert_eq!(
        late.state()
            .deadlines()
            .iter()
            .filter(|one| one.noted)
            .count(),
        5
    );
    let who = actor("clerk", Seat::Official);
    let event = late.decide(&who, side.notify(CaInformed)).unwrap();
    assert!(matches!(event, Event::NotificationDone { late: true, .. }));
    let done = late.told();
    assert!(!done.state().owes_a_notice());
    let in_time = Case::suspending(side).on("2026-04-02T09:59:59Z");
    let event = in_time
        .decide(&who, side.notify(CounterpartAlerted))
        .unwrap();
    assert!(matches!(event, Event::NotificationDone { late: false, .. }));
}

// proves: S4-19, X-10
#[test]
fn a_way_back_needs_every_approval_of_an_admission() {
    let side = GUANGDONG;
    let case = Case::suspended(side).told().agent(side.come_back());
    assert_eq!(case.stage(), Stage::ReinstatementApplied);
    assert_eq!(
        case.lacks("second", Seat::Official, side.approve()),
        "the opinion of the preliminary review"
    );
    let list = |case: &Case| {
        let list = side.grant(6, "2026-04-01", "2026-04-02");
        case.refused("third", side.publish(list))
    };
    let mut case = case;
    for (name, command) in [
        ("first", side.pass()),
        ("second", side.approve()),
        ("clerk", side.tell()),
        ("other", side.acknowledge()),
        ("clerk", side.procedure()),
    ] {
        let code = list(&case);
        assert!(code.ends_with("(S4-03)"), "{code}");
        case = case.official(name, command);
    }
    let grant = side.grant(6, "2026-04-01", "2026-04-02");
    let case = case.official("third", side.publish(grant));
    assert_eq!(case.stage(), Stage::Recognised);
    assert!(case.state().withdrawal.is_none());
}

// proves: S4-19, X-10
#[test]
fn a_way_back_begins_with_what_changed_and_ends_where_it_began_when_refused() {
    let side = GUANGDONG;
    let case = Case::suspended(side).told();
    let ask = |change: fn(&mut Reinstatement)| {
        let Command::ApplyReinstatement(mut asked) = side.come_back() else {
            panic!("another command")
        };
        change(&mut asked);
        Command::ApplyReinstatement(asked)
    };
    let agent = |command| {
        let answer = case.decide(&actor("agent", Seat::Agent), command);
        answer.unwrap_err().coded()
    };
    // Another statement of practice was not reviewed by what was reviewed before.
    assert_eq!(
        agent(ask(
            |one| one.practice = Some(evidence(EvidenceKind::PracticeStatement))
        )),
        "missing (S4-04, S4-19)"
    );
    let old = |one: &mut Reinstatement| one.application = GUANGDONG.documents().application;
    assert_eq!(agent(ask(old)), "missing (S4-19, X-10)");
    let foreign = |one: &mut Reinstatement| {
        let mut review = GUANGDONG.review(EvidenceKind::ExecutionReview, "2026-03-20");
        "hk-audit".clone_into(&mut review.auditor);
        one.execution = Some(review);
    };
    assert_eq!(agent(ask(foreign)), "unknown-name (S4-04, S4-18)");
    // What is unchanged must not be old by now.
    let later = case.clone().on("2026-12-30");
    assert!(
        later
            .decide(&actor("agent", Seat::Agent), side.come_back())
            .is_ok()
    );
    let mut too_late = later;
    too_late.now = at("2027-01-22");
    let answer = too_late.decide(&actor("agent", Seat::Agent), side.come_back());
    assert_eq!(answer.unwrap_err().coded(), "report-age (S4-04, S4-18)");

    let back = case.agent(side.come_back());
    let refused = back.official("first", side.refuse("gd-diit"));
    assert_eq!(refused.stage(), Stage::Suspended);
    assert!(refused.owed().contains(&DeadlineName::ResultWritten));
}

// proves: S4-11, S4-19
#[test]
fn nobody_comes_back_while_a_notice_or_a_correction_is_owed() {
    let side = HONG_KONG;
    let case = Case::suspended(side).agent(side.come_back());
    assert_eq!(
        case.lacks("second", Seat::Official, side.approve()),
        "a notice that is still owed"
    );
    let case = case.told();
    let broken = case.clone().official("clerk", side.open_breach());
    assert_eq!(
        broken.lacks("second", Seat::Official, side.approve()),
        "a correction of each breach"
    );
    let again = Case::suspended(side)
        .told()
        .official("clerk", side.open_breach());
    assert_eq!(
        again.lacks("agent", Seat::Agent, side.come_back()),
        "a correction of each breach"
    );
    // The entry keeps the identifier that it has.
    let text = format!(
        "{}[[policies]]\ntitle = {{ en = \"x\", zh = \"x\" }}\nversion = \"2.0\"\njurisdiction = \
         \"HK\"\noid = \"2.16.344.8.2.2008.810.2.2026.1.1\"\nignored-arcs = 3\nfrom = \
         \"2026-01-01\"\nbasis = [\"S4-17\"]\n",
        Terms::SHIPPED
    );
    let mut case = case;
    case.terms.policies = Terms::from_toml(&text).unwrap().policies;
    let mut other = side.approve();
    if let Command::Approve { policy, .. } = &mut other {
        "2.16.344.8.2.2008.810.2.2026.1.1".clone_into(policy);
    }
    assert_eq!(
        case.lacks("second", Seat::Official, other),
        "the identifier that the entry has"
    );
    assert_eq!(
        case.official("second", side.approve()).stage(),
        Stage::ReinstatementApproved
    );
}

// proves: S4-11, S4-19
#[test]
fn a_termination_is_final_and_open_until_all_are_told() {
    let side = GUANGDONG;
    let case = Case::suspended(side).told().agent(side.come_back());
    // A way back that is under way does not keep the end away.
    let case = case
        .agent(side.ask(Measure::Termination))
        .on("2026-04-02")
        .official("head", side.withdraw(Measure::Termination, Cause::Request));
    let list = side.taken(6, "2026-04-02", case.state());
    let case = case.official("clerk", side.publish(list));
    assert_eq!(case.stage(), Stage::Terminated);
    // Duties end with it; notices don't.
    assert!(
        case.owed()
            .iter()
            .all(|name| DeadlineName::NOTICES.contains(name))
    );
    assert!(!case.state().is_closed());
    let case = case.told();
    assert!(case.state().is_closed());
    for (who, command) in chain::commands(side, case.state.as_ref()) {
        if !matches!(command, Command::ImportMirror { .. }) {
            assert!(case.decide(&who, command).is_err());
        }
    }
}

// proves: S4-03
#[test]
fn the_other_side_mirrors_the_list_that_is_out() {
    let side = GUANGDONG;
    let case = Case::recognised(side);
    let import = |authority: &str, list, kind| Command::ImportMirror {
        authority: authority.to_owned(),
        publication: list,
        report: evidence(kind),
    };
    let report = EvidenceKind::ImportReport;
    let list = || side.grant(4, "2026-03-09", "2026-03-10");
    let code = case.refused("other", import(side.office, list(), report));
    assert_eq!(code, "other-authority (S4-05)");
    let code = case.refused(
        "other",
        import(side.other, list(), EvidenceKind::WorkRecord),
    );
    assert_eq!(code, "evidence-kind (S4-03)");
    let old = side.grant(3, "2026-03-09", "2026-03-10");
    let code = case.refused("other", import(side.other, old, report));
    assert_eq!(code, "missing (S4-03)");
    let case = case.official("other", import(side.other, list(), report));
    assert_eq!(case.state().mirrored, Some(4));
    let code = case.refused("other", import(side.other, list(), report));
    assert_eq!(code, "missing (S4-03)");
}

// proves: S4-01
#[test]
fn nobody_is_approved_or_comes_back_without_a_licence_that_holds() {
    let side = HONG_KONG;
    let over = "missing (S4-01, S4-18)";
    let case = Case::applied(side).on("2028-01-01");
    assert_eq!(case.refused("second", side.approve()), over);
    let case = Case::suspended(side).told().on("2028-01-01");
    let answer = case.decide(&actor("agent", Seat::Agent), side.come_back());
    assert_eq!(answer.unwrap_err().coded(), over);
}

// proves: S4-05
#[test]
fn a_decision_has_a_number_that_is_seen() {
    let side = HONG_KONG;
    let case = Case::applied(side);
    let numbered = |number: &str| {
        let mut command = side.approve();
        if let Command::Approve { reference, .. } = &mut command {
            number.clone_into(reference);
        }
        case.decide(&actor("second", Seat::Official), command)
    };
    for number in ["", " ", "核准\u{202e}1", &"1".repeat(513)] {
        let answer = numbered(number);
        assert_eq!(answer.unwrap_err().coded(), "missing (S4-05)", "{number}");
    }
    assert!(numbered(&"1".repeat(512)).is_ok());
}

// proves: S4-19, X-10
#[test]
fn a_way_back_begins_anew() {
    let side = GUANGDONG;
    let mut asked = Reinstatement::new(Evidence::new(
        EvidenceKind::RecognitionApplication,
        [9; 32],
        "again",
    ));
    let practice = Evidence::new(EvidenceKind::PracticeStatement, [8; 32], "rules 2");
    asked.practice = Some(practice.clone());
    asked.conformity = Some(side.review(EvidenceKind::ConformityReview, "2026-03-30"));
    let case = Case::suspending(side).agent(side.ask(Measure::Termination));
    let list = side.taken(5, "2026-04-01", case.state());
    let case = case.official("clerk", side.publish(list)).told();
    let case = case.agent(Command::ApplyReinstatement(Box::new(asked)));
    let documents = &case.state().documents;
    assert_eq!(documents.application.digest[..], [9; 32]);
    assert_eq!(documents.practice, practice);
    // Who took recognition away may examine whether it comes back.
    let case = case
        .official("head", side.pass())
        .official("second", side.approve())
        .official("clerk", side.tell());
    assert!(case.state().notice.is_some());
    // What takes recognition away for good leaves nothing to be acknowledged.
    let ended = case
        .clone()
        .on("2026-04-02")
        .official("third", side.withdraw(Measure::Termination, Cause::Request));
    assert!(ended.state().notice.is_none());
    let case = case.official("other", side.acknowledge());
    assert!(case.state().notice.is_none());
    let case = case.official("clerk", side.procedure());
    let grant = side.grant(6, "2026-04-01", "2026-04-02");
    let case = case.official("third", side.publish(grant));
    assert_eq!(case.stage(), Stage::Recognised);
    assert!(case.state().requests.is_empty(), "it is asked for anew");
}

// proves: S4-08
#[test]
fn what_happens_this_second_has_happened() {
    let side = GUANGDONG;
    let case = Case::recognised(side).on("2026-04-01");
    let now = with(
        side.withdraw(Measure::Suspension, Cause::MisIssuance),
        |draft| draft.happened = Some(at("2026-04-01")),
    );
    assert!(case.decide(&actor("head", Seat::Official), now).is_ok());
}

// proves: S4-03
#[test]
fn the_mirrored_list_says_of_this_entry_what_the_last_one_said() {
    let side = GUANGDONG;
    let case = Case::recognised(side);
    let import = |change: fn(&mut Publication)| {
        let mut publication = side.grant(4, "2026-03-09", "2026-03-10");
        change(&mut publication);
        Command::ImportMirror {
            authority: side.other.to_owned(),
            publication,
            report: evidence(EvidenceKind::ImportReport),
        }
    };
    let changes: [fn(&mut Publication); 3] = [
        |list| list.key.class = "other".to_owned(),
        |list| list.status = "suspended".to_owned(),
        |list| list.from = at("2026-03-11"),
    ];
    for change in changes {
        assert_eq!(
            case.lacks("other", Seat::Official, import(change)),
            "the list that was published last"
        );
    }
    let mut pinned = case.clone();
    let office = pinned.terms.authorities.get_mut(side.office).unwrap();
    office.signers = vec!["b7".repeat(32)];
    let strange = import(|_| ());
    assert_eq!(
        pinned.lacks("other", Seat::Official, strange.clone()),
        "a signer of the authority"
    );
    assert_eq!(case.official("other", strange).state().mirrored, Some(4));
}

#[test]
fn a_case_is_closed_and_an_entry_recognised_when_they_are() {
    let side = GUANGDONG;
    assert!(
        !Case::applied(side).state().is_closed(),
        "nothing is owed yet"
    );
    let ending = Case::suspended(side)
        .agent(side.ask(Measure::Termination))
        .on("2026-04-02")
        .official("head", side.withdraw(Measure::Termination, Cause::Request));
    assert_eq!(ending.stage(), Stage::Terminating);
    assert!(!ending.state().is_recognised(), "it was suspended before");
}
