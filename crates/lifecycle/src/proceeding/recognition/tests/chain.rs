//! From the application to the list: whose word, in which order, by whom.

use super::*;
use crate::machine;
use std::collections::BTreeSet;

// proves: S4-05
#[test]
fn guangdong_looks_first_and_the_ministry_approves() {
    let side = GUANGDONG;
    let case = Case::applied(side);
    // The ministry does not approve what the province has not passed on.
    assert_eq!(
        case.lacks("second", Seat::Official, side.approve()),
        "the opinion of the preliminary review"
    );
    // Nobody else passes it on.
    let by_other = Command::PassPreliminary {
        authority: "hk-dpo".to_owned(),
        opinion: evidence(EvidenceKind::AuthorityOpinion),
    };
    assert_eq!(case.refused("first", by_other), "other-authority (S4-05)");
    let case = case.official("first", side.pass());
    assert_eq!(case.stage(), Stage::PrelimPassed);
    let by_province = Command::Approve {
        authority: side.office.to_owned(),
        policy: side.policy.to_owned(),
        reference: "1".to_owned(),
        decision: evidence(EvidenceKind::AuthorityDecision),
        assignment: evidence(EvidenceKind::PolicyAssignment),
    };
    assert_eq!(
        case.refused("second", by_province),
        "other-authority (S4-05)"
    );
    let case = case.official("second", side.approve());
    assert_eq!(case.stage(), Stage::Approved);
}

// proves: S4-05
#[test]
fn hong_kong_approves_by_itself() {
    let side = HONG_KONG;
    let case = Case::applied(side);
    assert_eq!(
        case.lacks("first", Seat::Official, side.pass()),
        "a side with two approvals"
    );
    let case = case.official("second", side.approve());
    assert_eq!(case.stage(), Stage::Approved);
    let approval = case.state().approval.as_ref().unwrap();
    assert_eq!(
        (approval.version.as_str(), approval.ignored_arcs),
        ("1.1", 3)
    );
}

// proves: S4-05, S5-02
#[test]
fn an_office_that_has_a_successor_has_no_say() {
    let side = HONG_KONG;
    let old = |authority: &str| Command::Approve {
        authority: authority.to_owned(),
        policy: side.policy.to_owned(),
        reference: "1".to_owned(),
        decision: evidence(EvidenceKind::AuthorityDecision),
        assignment: evidence(EvidenceKind::PolicyAssignment),
    };
    let case = Case::applied(side);
    assert_eq!(
        case.refused("second", old("hk-ogcio")),
        "other-authority (S4-05)"
    );
    assert_eq!(
        case.refused("second", old("hk-itb")),
        "unknown-name (S4-05)"
    );
}

// proves: S4-05, X-01
#[test]
fn nobody_acts_twice_on_the_way_to_a_list() {
    let side = GUANGDONG;
    let case = Case::applied(side);
    assert_eq!(
        case.refused("agent", side.pass()),
        "same-person (S1-12, X-01)"
    );
    let case = case.official("first", side.pass());
    for name in ["agent", "first"] {
        assert_eq!(
            case.refused(name, side.approve()),
            "same-person (S1-12, X-01)"
        );
        let refuse = side.refuse(side.approver);
        assert_eq!(case.refused(name, refuse), "same-person (S1-12, X-01)");
    }
    let case = case.official("second", side.approve());
    let case = case.official("clerk", side.tell());
    for name in ["agent", "first", "second", "clerk"] {
        let code = case.refused(name, side.acknowledge());
        assert_eq!(code, "same-person (S1-12, X-01)", "{name}");
    }
    let case = Case::ready(side).on("2026-03-09");
    for name in ["agent", "first", "second"] {
        let list = side.grant(4, "2026-03-09", "2026-03-10");
        let code = case.refused(name, side.publish(list));
        assert_eq!(code, "same-person (S1-12, X-01)", "{name}");
    }
    // Who decides to take recognition away does not publish it.
    let case = Case::suspending(side);
    let list = side.taken(5, "2026-04-01", case.state());
    assert_eq!(
        case.refused("head", side.publish(list)),
        "same-person (S1-12, X-01)"
    );
}

// proves: S4-05, S4-06, S4-11
#[test]
fn a_refusal_has_reasons_and_is_told() {
    for (side, first) in [(GUANGDONG, "gd-diit"), (HONG_KONG, "hk-dpo")] {
        let case = Case::applied(side);
        let silent = Command::Refuse {
            authority: first.to_owned(),
            reasons: String::new(),
            decision: evidence(EvidenceKind::AuthorityDecision),
        };
        assert_eq!(case.refused("second", silent), "words (S4-05)");
        let case = case.official("second", side.refuse(first));
        assert_eq!(case.stage(), Stage::Refused);
        assert_eq!(
            case.owed(),
            [DeadlineName::ResultWritten, DeadlineName::CaInformed]
        );
        assert!(!case.state().is_closed());
        assert!(case.told().state().is_closed());
    }
    // After the province passed it on, it is the ministry that refuses.
    let case = Case::applied(GUANGDONG).official("first", GUANGDONG.pass());
    let code = case.refused("second", GUANGDONG.refuse("gd-diit"));
    assert_eq!(code, "other-authority (S4-05)");
    let case = case.official("second", GUANGDONG.refuse("miit"));
    assert_eq!(case.stage(), Stage::Refused);
}

// proves: S4-17
#[test]
fn an_approval_has_an_identifier_of_the_register_that_is_in_force() {
    let side = GUANGDONG;
    let case = Case::applied(side).official("first", side.pass());
    let with = |policy: &str| {
        let mut command = side.approve();
        if let Command::Approve { policy: own, .. } = &mut command {
            policy.clone_into(own);
        }
        command
    };
    // Of the other side, or of nobody.
    for policy in [HK_POLICY, "2.16.156.339.1.1.1.2", "x"] {
        assert_eq!(case.refused("second", with(policy)), "unknown-name (S4-17)");
    }
    let text = toml_until("until = \"2026-03-02\"\nbasis");
    let mut over = case.clone();
    over.terms = Terms::from_toml(&text).unwrap();
    assert_eq!(
        over.refused("second", side.approve()),
        "not-in-force (S4-17)"
    );
    let mut unassigned = side.approve();
    if let Command::Approve { assignment, .. } = &mut unassigned {
        *assignment = notice();
    }
    assert_eq!(case.refused("second", unassigned), "evidence-kind (S4-17)");
}

fn toml_until(end: &str) -> String {
    let start = Terms::SHIPPED.find("[[policies]]").unwrap();
    let (before, after) = Terms::SHIPPED.split_at(start);
    format!("{before}{}", after.replacen("basis", end, 1))
}

// proves: S4-06
#[test]
fn the_other_side_acknowledges_the_notice_that_was_sent() {
    let side = GUANGDONG;
    let case = Case::approved(side);
    assert_eq!(
        case.refused("other", side.acknowledge()),
        "proceeding-step (S4-06)"
    );
    assert_eq!(
        case.refused("clerk", side.procedure()),
        "proceeding-step (S4-07)"
    );
    let unsigned = Command::NotifyCounterpart {
        authority: side.office.to_owned(),
        notice: evidence(EvidenceKind::NoticeReceipt),
        letter: letter(5, 0x60, 0xa1),
    };
    assert_eq!(case.refused("clerk", unsigned), "evidence-kind (S4-06)");
    // Another message than the one that is kept.
    let other = Command::NotifyCounterpart {
        authority: side.office.to_owned(),
        notice: notice(),
        letter: letter(7, 0x60, 0xa1),
    };
    assert_eq!(case.refused("clerk", other), "missing (S4-06)");
    let case = case.official("clerk", side.tell());
    let signed = EvidenceKind::SignedAcknowledgement;
    for (authority, kind, letter, code) in [
        (
            side.office,
            signed,
            letter(5, 6, 0xa2),
            "other-authority (S4-05)",
        ),
        // It answers another notice; another message is kept; who asked has answered.
        (side.other, signed, letter(5, 7, 0xa2), "missing (S4-06)"),
        (side.other, signed, letter(4, 6, 0xa2), "missing (S4-06)"),
        (side.other, signed, letter(5, 6, 0xa1), "missing (S4-06)"),
        (
            side.other,
            EvidenceKind::NoticeReceipt,
            letter(5, 6, 0xa2),
            "evidence-kind (S4-06)",
        ),
    ] {
        let command = Command::Acknowledge {
            authority: authority.to_owned(),
            acknowledgement: evidence(kind),
            letter,
        };
        assert_eq!(case.refused("other", command), code);
    }
    let case = case.official("other", side.acknowledge());
    assert_eq!(case.stage(), Stage::Notified);
}

// proves: S4-06
#[test]
fn letters_bear_the_signatures_that_the_terms_name() {
    let side = GUANGDONG;
    let pinned = |signer: &str| {
        let text = toml_with(&format!(
            "[authorities.gd-diit]\nsigners = [\"{}\"]\n",
            signer.repeat(32)
        ));
        Terms::from_toml(&text)
    };
    let mut case = Case::approved(side);
    case.terms = pinned("b7").unwrap();
    assert_eq!(case.refused("clerk", side.tell()), "missing (S4-06)");
    case.terms = pinned("a1").unwrap();
    assert_eq!(
        case.official("clerk", side.tell()).stage(),
        Stage::NoticeSent
    );
    let mut ready = Case::ready(side).on("2026-03-09");
    let list = || side.publish(side.grant(4, "2026-03-09", "2026-03-10"));
    ready.terms = pinned("b7").unwrap();
    assert_eq!(ready.refused("clerk", list()), "missing (S4-03)");
    ready.terms = pinned("a1").unwrap();
    let mut unsigned = side.grant(4, "2026-03-09", "2026-03-10");
    unsigned.signers.clear();
    assert_eq!(
        ready.refused("clerk", side.publish(unsigned)),
        "missing (S4-03)"
    );
    assert_eq!(ready.official("clerk", list()).stage(), Stage::Recognised);
    for bad in ["A1", "a1a", "", "g1"] {
        let fault = pinned(bad);
        assert!(matches!(fault, Err(BadTerms::Signer { .. })), "{bad}");
    }
}

fn toml_with(table: &str) -> String {
    let head = table.lines().next().unwrap();
    Terms::SHIPPED.replacen(&format!("{head}\n"), table, 1)
}

// proves: S4-07
#[test]
fn nothing_is_published_before_the_own_legal_procedure() {
    let side = HONG_KONG;
    let list = || side.publish(side.grant(4, "2026-03-02", "2026-03-10"));
    let case = Case::approved(side)
        .official("clerk", side.tell())
        .official("other", side.acknowledge());
    assert_eq!(case.refused("clerk", list()), "proceeding-step (S4-03)");
    let other = Command::FinishLegalProcedure {
        authority: side.other.to_owned(),
        proof: evidence(EvidenceKind::LegalProcedure),
    };
    assert_eq!(case.refused("clerk", other), "other-authority (S4-05)");
    let case = case.official("clerk", side.procedure());
    assert_eq!(case.stage(), Stage::ReadyToPublish);
    assert_eq!(case.official("clerk", list()).stage(), Stage::Recognised);
}

// proves: S4-03, S4-17
#[test]
fn a_list_says_what_was_decided_and_a_grant_is_not_back_dated() {
    let side = GUANGDONG;
    let case = Case::ready(side).on("2026-03-09");
    let with = |change: fn(&mut Publication)| {
        let mut list = side.grant(4, "2026-03-09", "2026-03-10");
        change(&mut list);
        side.publish(list)
    };
    let what = |change| case.lacks("clerk", Seat::Official, with(change));
    assert_eq!(
        what(|list| list.key.class = "other".to_owned()),
        "the entry"
    );
    assert_eq!(
        what(|list| list.status = "suspended".to_owned()),
        "the standing"
    );
    assert_eq!(
        what(|list| list.cause = "request".to_owned()),
        "the standing"
    );
    assert_eq!(what(|list| list.reference = None), "the decision's number");
    let policy = "the identifier of the policy";
    assert_eq!(what(|list| list.policies.clear()), policy);
    let other = |list: &mut Publication| list.policies[0].0 = HK_POLICY.to_owned();
    assert_eq!(what(other), policy);
    assert_eq!(what(|list| list.policies[0].1 = 3), policy);
    let certificates = "the CA's certificates";
    assert_eq!(what(|list| list.issuers.clear()), certificates);
    assert_eq!(what(|list| list.anchors.clear()), certificates);
    // Nobody adds an issuer that the authority does not know.
    assert_eq!(
        what(|list| list.issuers.push(digest(9).to_vec().into())),
        certificates
    );
    // It begins before it was out, or the list is older than the approval.
    let back = |change| case.refused("clerk", with(change));
    for change in [
        (|list: &mut Publication| list.from = at("2026-03-08")) as fn(&mut Publication),
        |list| list.issued = at("2026-03-01"),
    ] {
        assert_eq!(back(change), "back-dated (S4-03, S4-07)");
    }
    // Whatever the authority does not have on record for that.
    let changes: [fn(&mut Publication); 3] = [
        |list| list.anchors.push(digest(8).to_vec().into()),
        |list| list.issuers.push(digest(1).to_vec().into()),
        |list| list.anchors.push(digest(2).to_vec().into()),
    ];
    for change in changes {
        assert_eq!(what(change), "the CA's certificates");
    }
    let inherited = with(|list| {
        list.anchors.push(digest(8).to_vec().into());
        list.inherited.push(digest(8).to_vec().into());
    });
    let who = actor("clerk", Seat::Official);
    assert!(case.decide(&who, inherited).is_ok());
    let future = |list: &mut Publication| list.issued = at("2026-03-10");
    assert_eq!(what(future), "a list after the last one");
    let same = |list: &mut Publication| list.from = list.issued;
    assert!(
        case.clone()
            .try_as(&actor("clerk", Seat::Official), with(same))
            .is_ok()
    );
    // A number that was there is not published again.
    let case = Case::suspending(side);
    let again = side.taken(4, "2026-04-01", case.state());
    assert_eq!(
        case.lacks("clerk", Seat::Official, side.publish(again)),
        "a list after the last one"
    );
}

/// Every command that there is, on a case.
pub(super) fn commands(side: Side, state: Option<&State>) -> Vec<(Actor, Command)> {
    let official = |name: &str, command| (actor(name, Seat::Official), command);
    let agent = |command| (actor("agent", Seat::Agent), command);
    let mut all = vec![
        agent(side.apply()),
        official("first", side.pass()),
        official("second", side.approve()),
        official("second", side.refuse(side.approver)),
        official("second", side.refuse(side.office)),
        official("clerk", side.tell()),
        official("other", side.acknowledge()),
        official("clerk", side.procedure()),
        agent(Command::FileCertificate {
            certificate: certificate(CertificateRole::Issuer, 3),
        }),
        official(
            "clerk",
            Command::RecordCertificate {
                authority: side.office.to_owned(),
                digest: digest(3).to_vec().into(),
                record: evidence(EvidenceKind::WorkRecord),
            },
        ),
        official(
            "clerk",
            Command::RefuseCertificate {
                authority: side.office.to_owned(),
                digest: digest(3).to_vec().into(),
                reasons: "设备未经批准".to_owned(),
                record: evidence(EvidenceKind::WorkRecord),
            },
        ),
        official("clerk", side.name_agents(&["agent", "deputy"])),
        official("clerk", side.open_breach()),
        official(
            "head",
            side.withdraw(Measure::Suspension, Cause::MisIssuance),
        ),
        official("head", side.withdraw(Measure::Suspension, Cause::Request)),
        official("head", side.withdraw(Measure::Termination, Cause::Request)),
        official(
            "head",
            side.withdraw(Measure::Termination, Cause::Compromise),
        ),
        agent(side.ask(Measure::Suspension)),
        agent(side.ask(Measure::Termination)),
        agent(side.come_back()),
        official(
            "clerk",
            Command::OrderAssessment {
                authority: side.office.to_owned(),
                days: 10,
                order: evidence(EvidenceKind::OfficialOrder),
            },
        ),
    ];
    for notice in DeadlineName::NOTICES {
        all.push(official("clerk", side.notify(*notice)));
    }
    for duty in DeadlineName::DUTIES {
        all.push(official("clerk", side.fulfil(*duty, "2026-02-20")));
    }
    let sequence = 1 + state
        .and_then(|state| state.listing.as_ref())
        .map_or(3, |listing| listing.sequence);
    for breach in 1..40 {
        all.push(official("clerk", side.order(breach)));
        all.push(official("clerk", side.accept(breach)));
        let mut uncorrected = side.withdraw(Measure::Suspension, Cause::BreachUncorrected);
        if let Command::Withdraw { breach: own, .. } = &mut uncorrected {
            *own = Some(breach);
        }
        all.push(official("head", uncorrected));
    }
    let Some(state) = state else {
        return all;
    };
    // What a list would say now, and what another one would.
    let now = "2026-03-09";
    let mut lists = vec![side.grant(sequence, now, "2026-03-10")];
    if state.withdrawal.is_some() {
        lists.push(side.taken(sequence, now, state));
    }
    if let Some(listing) = &state.listing {
        let mut more = side.grant(sequence, now, now);
        more.status.clone_from(&listing.status);
        more.from = listing.from;
        lists.push(more);
    }
    for list in lists {
        for with_new in [false, true] {
            let mut list = list.clone();
            if with_new {
                list.issuers.push(digest(3).to_vec().into());
            }
            all.push(official("clerk", side.publish(list.clone())));
            all.push(official(
                "other",
                Command::ImportMirror {
                    authority: side.other.to_owned(),
                    publication: list,
                    report: evidence(EvidenceKind::ImportReport),
                },
            ));
        }
    }
    all
}

/// A way through each stage: a case at each place of it.
pub(super) fn places(side: Side) -> Vec<Case> {
    let mut cases = vec![Case::new(side), Case::applied(side)];
    if side.place == GD {
        cases.push(Case::applied(side).official("first", side.pass()));
    }
    cases.push(Case::approved(side));
    cases.push(Case::approved(side).official("clerk", side.tell()));
    let told = Case::approved(side).official("clerk", side.tell());
    cases.push(told.official("other", side.acknowledge()));
    cases.push(Case::ready(side).on("2026-03-09"));
    cases.push(Case::recognised(side));
    cases.push(Case::suspending(side));
    let back = Case::suspended(side).told().agent(side.come_back());
    cases.push(Case::suspended(side));
    cases.push(back.clone());
    let mut back = back;
    if side.place == GD {
        back = back.official("first", side.pass());
        cases.push(back.clone());
    }
    for (name, command) in [
        ("second", side.approve()),
        ("clerk", side.tell()),
        ("other", side.acknowledge()),
        ("clerk", side.procedure()),
    ] {
        back = back.official(name, command);
        cases.push(back.clone());
    }
    let ending = Case::recognised(side)
        .agent(side.ask(Measure::Termination))
        .on("2026-03-11")
        .official("head", side.withdraw(Measure::Termination, Cause::Request));
    let list = side.taken(5, "2026-03-11", ending.state());
    cases.push(ending.clone());
    cases.push(ending.official("clerk", side.publish(list)));
    cases.push(Case::applied(side).official("second", side.refuse(side.office)));
    // With something to be corrected, recorded, listed, noted.
    let more: Vec<_> = cases
        .iter()
        .filter(|case| {
            case.state
                .as_ref()
                .is_some_and(|state| state.listing.is_some())
        })
        .flat_map(|case| {
            let mut busy = case.clone();
            for (who, command) in [
                (actor("clerk", Seat::Official), side.open_breach()),
                (
                    actor("agent", Seat::Agent),
                    Command::FileCertificate {
                        certificate: certificate(CertificateRole::Issuer, 3),
                    },
                ),
            ] {
                let _ = busy.try_as(&who, command);
            }
            let mut recorded = busy.clone();
            let record = Command::RecordCertificate {
                authority: side.office.to_owned(),
                digest: digest(3).to_vec().into(),
                record: evidence(EvidenceKind::WorkRecord),
            };
            let _ = recorded.try_as(&actor("clerk", Seat::Official), record);
            [busy, recorded]
        })
        .collect();
    cases.extend(more);
    cases
}

/// Whatever is decided is in the table, and whatever is in the table is decided somewhere.
#[test]
fn each_row_of_the_table_is_decided() {
    let mut reached = BTreeSet::new();
    for side in [GUANGDONG, HONG_KONG] {
        // Every command is tried at each place.
        for case in places(side) {
            let from = case.state.as_ref().map(|state| state.stage);
            let mut all = commands(side, case.state.as_ref());
            let mut late = case.clone().on("2026-12-30");
            late.calendar = Calendar::china();
            if let Some(passed) = case
                .state
                .as_ref()
                .and_then(|state| state.passed(at("2028-01-01")))
            {
                late.now = at("2028-01-01");
                if let Ok(event) = late.decide(&Actor::system(), passed) {
                    reached.insert((from, event.step()));
                }
            }
            // A suspension that was asked for on the day itself.
            let mut own = case.clone();
            for (who, command) in all.drain(..) {
                own.state.clone_from(&case.state);
                if let Ok(event) = own.decide(&who, command) {
                    assert!(transition(from, event.step()).is_some());
                    reached.insert((from, event.step()));
                }
            }
            for (measure, cause) in [
                (Measure::Suspension, Cause::MisIssuance),
                (Measure::Termination, Cause::MisIssuance),
            ] {
                let mut later = case.clone();
                later.now = at("2026-06-01");
                let who = actor("head", Seat::Official);
                if let Ok(event) = later.decide(&who, side.withdraw(measure, cause)) {
                    reached.insert((from, event.step()));
                }
                // What is ready is published.
                if let Some(state) = &case.state {
                    let mut list = side.grant(9, "2026-06-01", "2026-06-01");
                    if let Some(filed) = state.certificates.get(3).filter(|one| one.recorded) {
                        list.issuers.push(filed.certificate.digest.clone());
                    }
                    let who = actor("clerk", Seat::Official);
                    if let Ok(event) = later.decide(&who, side.publish(list)) {
                        reached.insert((from, event.step()));
                    }
                    if state.withdrawal.is_some() {
                        let list = side.taken(9, "2026-06-01", state);
                        if let Ok(event) = later.decide(&who, side.publish(list)) {
                            reached.insert((from, event.step()));
                        }
                    }
                }
            }
        }
    }
    machine::assert_all_reached(TRANSITIONS, &reached);
}

#[test]
fn each_act_belongs_to_its_seat() {
    let case = Case::recognised(GUANGDONG);
    for state in [None, case.state.clone()] {
        for (who, command) in commands(GUANGDONG, state.as_ref()) {
            for seat in Seat::ALL.iter().filter(|seat| **seat != who.seat) {
                let mut case = case.clone();
                case.state.clone_from(&state);
                let answer = case.decide(&actor("somebody", *seat), command.clone());
                let code = answer.unwrap_err().coded();
                assert!(code.starts_with("seat ("), "{code}");
            }
        }
    }
}
