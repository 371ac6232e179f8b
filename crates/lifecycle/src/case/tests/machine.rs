use super::*;
use crate::case::{
    Step,
    machine::{self, TRANSITIONS, To},
    pair::{Issued, Ordinal},
    state::DeadlineName,
};
use std::collections::BTreeSet;

fn opening_of(kind: Kind) -> Opening {
    Opening {
        kind,
        ..opening(&drill(&[]))
    }
}

/// One command for each step.
fn commands() -> Vec<Command> {
    let record = || evidence(EvidenceKind::WorkRecord);
    let serial = || Serial::from_bytes(&[1]).unwrap();
    let mut all = vec![
        consent(&["agreement"]),
        Command::WithdrawConsent {
            agreement: "agreement".into(),
        },
        fill(&[]),
        document("licence", None),
        passed(Check::Genuineness, &[]),
        Command::SubmitInternally,
        Command::ApproveInternally(checklist()),
        Command::ReturnInternally { reasons: vec![] },
        Command::Submit,
        Command::StartRegistration,
        Command::Return(vec![]),
        Command::Resubmit,
        register(),
        Command::TakeReview,
        approve(),
        Command::Reject {
            reason: "no".into(),
        },
        Command::BindToken(TokenId::new("t").unwrap()),
        Command::ProveKey(request(3)),
        Command::Issue,
        Command::RecordEncryptionKey(encryption_key()),
        Command::RecordCertificate {
            serial: serial(),
            signature: vec![].into(),
        },
        Command::RecordUnknownOutcome { serial: serial() },
        Command::Personalise {
            read_back: record(),
            work_record: record(),
        },
        dispatch(DeliveryMethod::Courier),
        Command::RecordPublication,
        Command::DeliverPin {
            channel: PinChannel::Letter,
            recipient: Seat::Agent,
            receipt: record(),
        },
        confirm(true),
        Command::DeemAccepted,
        Command::Object {
            statement: "no".into(),
        },
        Command::Close {
            work_record: record(),
        },
        Command::Withdraw,
        Command::Lapse,
        Command::RequestRefund,
        Command::RecordRefund {
            fen: 1,
            receipt: record(),
        },
        Command::ExecuteAtOnce {
            identification: record(),
        },
        Command::Ratify,
        Command::RefuseRatification {
            reason: "no".into(),
        },
        transfer(),
        Command::ConfirmFunds { receipt: record() },
        Command::SendDeposit {
            account: account(),
            salt: vec![].into(),
            digest: vec![].into(),
        },
        Command::SettleDeposit,
        Command::FailDeposit {
            reason: "no".into(),
        },
        Command::ReenterAccount(account()),
        Command::EnterCode { code: "1".into() },
        Command::NoteOverdue {
            deadline: DeadlineName::Review,
        },
    ];
    all.push(Command::Open(opening_of(Kind::Apply)));
    all
}

#[test]
fn every_step_has_a_command_and_a_row() {
    // A code that is wrong is what the command with a right one may come to; to another agency
    // a case goes by the end of its own.
    let without = [Step::CodeWrong, Step::AgencyChanged];
    let given: BTreeSet<_> = commands().iter().map(Command::step).collect();
    for step in Step::ALL {
        assert!(given.contains(step) || without.contains(step), "{step}");
        assert!(!step.row().is_empty(), "{step}");
        assert!(!step.basis().is_empty(), "{step}");
        for name in step.basis() {
            assert!(crate::rules::Requirement::parse(name).is_some(), "{name}");
        }
    }
}

#[test]
fn no_pair_of_state_and_step_is_in_two_rows() {
    for (index, one) in TRANSITIONS.iter().enumerate() {
        for other in &TRANSITIONS[index + 1..] {
            let both = one.from.iter().any(|phase| other.from.contains(phase));
            assert!(!(one.step == other.step && both), "{} twice", one.step);
        }
    }
}

#[test]
fn every_pair_that_is_not_in_the_table_is_refused_with_both_named() {
    let mut refused = 0;
    for phase in Phase::ALL.iter().copied() {
        for command in commands() {
            let step = command.step();
            if step == Step::Opened || machine::transition(Some(phase), step).is_some() {
                continue;
            }
            let mut desk = desk();
            let opening = desk.opening();
            desk.opened(HOLDER, opening);
            desk.state.as_mut().unwrap().phase = phase;
            let ground = Ground::NotListed {
                phase: Some(phase),
                step,
            };
            let named = step.basis()[0];
            desk.refuses(SYSTEM, command, &ground, named);
            let text = ground.to_string();
            for word in [phase.as_str(), step.as_str(), step.row()] {
                assert!(text.contains(word), "{text}");
            }
            refused += 1;
        }
    }
    // 22 states and 46 commands, less the table's pairs that a command makes.
    let listed: usize = TRANSITIONS
        .iter()
        .filter(|row| !matches!(row.step, Step::CodeWrong | Step::AgencyChanged))
        .map(|row| row.from.len())
        .sum();
    assert_eq!(refused, Phase::ALL.len() * (commands().len() - 1) - listed);
}

#[test]
fn nothing_but_an_opening_happens_to_a_case_that_is_not_there() {
    for command in commands() {
        let step = command.step();
        if step == Step::Opened {
            continue;
        }
        let ground = Ground::NotListed { phase: None, step };
        desk().refuses(HOLDER, command, &ground, step.basis()[0]);
    }
}

#[test]
fn steps_of_other_kinds_are_refused_by_kind() {
    let mut refused = 0;
    for kind in Kind::ALL.iter().copied() {
        for phase in Phase::ALL.iter().copied() {
            for command in commands() {
                let step = command.step();
                if step.is_of(kind) || machine::transition(Some(phase), step).is_none() {
                    continue;
                }
                let mut desk = desk();
                let opening = desk.opening();
                desk.opened(HOLDER, opening);
                let state = desk.state.as_mut().unwrap();
                state.phase = phase;
                state.opening.kind = kind;
                let ground = Ground::NotOfThisKind { kind, step };
                desk.refuses(SYSTEM, command, &ground, step.basis()[0]);
                refused += 1;
            }
        }
    }
    assert!(refused > 60, "{refused}");
}

#[test]
fn which_steps_are_of_which_kinds() {
    let certificates = Step::ALL
        .iter()
        .filter(|step| step.is_of(Kind::Apply))
        .count();
    assert_eq!(certificates, Step::ALL.len() - 3);
    for kind in [Kind::Renew, Kind::Reissue] {
        for step in Step::ALL {
            assert_eq!(step.is_of(kind), step.is_of(Kind::Apply), "{kind} {step}");
        }
    }
    let changes = Step::ALL
        .iter()
        .filter(|step| step.is_of(Kind::Revoke))
        .count();
    assert_eq!(changes, Step::ALL.len() - 16);
    assert!(Step::Ratified.is_of(Kind::Freeze));
    assert!(!Step::Ratified.is_of(Kind::Unfreeze));
    assert!(!Step::KeyProved.is_of(Kind::Freeze));
}

#[test]
fn an_event_that_its_state_does_not_admit_changes_nothing() {
    let mut done = desk();
    done.confirmed();
    let events: Vec<_> = done.history.clone();
    for phase in Phase::ALL.iter().copied() {
        for (by, when, event) in &events {
            let mut state = done.state().clone();
            state.phase = phase;
            let after = evolve(Some(state.clone()), by, *when, event).unwrap();
            if machine::transition(Some(phase), event.step()).is_none() {
                assert_eq!(after, state, "{phase}: {event:?}");
            }
        }
    }
    for (by, when, event) in &events[1..] {
        assert_eq!(evolve(None, by, *when, event), None, "{event:?}");
    }
}

#[test]
fn events_that_do_not_fit_what_the_case_holds_change_nothing() {
    let mut desk = desk();
    desk.issuing();
    let state = desk.state().clone();
    let (by, when) = (actor(SYSTEM), desk.now);
    let (_, _, intended) = desk.history.last().unwrap().clone();
    let serial = Serial::from_bytes(&[99]).unwrap();
    let unfit = [
        // The slot is taken.
        intended,
        Event::CertificateIssued {
            ordinal: Ordinal::Signing,
            issuer: AuthorityId::new("ca").unwrap(),
            serial: serial.clone(),
            signature: vec![].into(),
            certificate: None,
        },
        Event::IssuanceAbandoned {
            ordinal: Ordinal::Signing,
            issuer: AuthorityId::new("ca").unwrap(),
            serial,
        },
    ];
    for event in unfit {
        let after = evolve(Some(state.clone()), &by, when, &event);
        assert_eq!(after.as_ref(), Some(&state), "{event:?}");
    }
    desk.signed().encryption_key_came();
    let state = desk.state().clone();
    let again = Event::EncryptionKeyReceived(encryption_key());
    assert_eq!(evolve(Some(state.clone()), &by, when, &again), Some(state));
    // A freeze's step on a case that makes certificates.
    let mut desk = super::desk();
    desk.drafted();
    let state = desk.state().clone();
    let frozen = Event::Ratified;
    let mut waiting = state.clone();
    waiting.phase = Phase::AwaitingRatification;
    let after = evolve(Some(waiting.clone()), &by, when, &frozen);
    assert_eq!(after, Some(waiting));
    let none = Event::ConsentWithdrawn {
        agreement: "unheard of".into(),
    };
    assert_eq!(evolve(Some(state.clone()), &by, when, &none), Some(state));
}

#[test]
fn a_history_makes_the_same_state_again() {
    let mut desk = desk();
    desk.confirmed();
    let mut state = None;
    for (by, when, event) in &desk.history {
        state = evolve(state, by, *when, event);
    }
    assert_eq!(state.as_ref(), desk.state.as_ref());
}

#[test]
fn where_a_step_leads_depends_on_kind_and_completeness_where_the_table_says_so() {
    let to = |to: To, kind, complete| to.phase(Phase::Issuing, kind, complete);
    assert_eq!(to(To::Same, Kind::Apply, true), Phase::Issuing);
    assert_eq!(to(To::ByKind, Kind::Renew, false), Phase::Approved);
    assert_eq!(to(To::ByKind, Kind::Freeze, false), Phase::Executed);
    assert_eq!(to(To::WhenComplete, Kind::Apply, false), Phase::Issuing);
    assert_eq!(to(To::WhenComplete, Kind::Apply, true), Phase::Issued);
    assert_eq!(
        to(To::Phase(Phase::Closed), Kind::Apply, true),
        Phase::Closed
    );
}

/// What the case-by-case tests beside this one reach is every row, and every state.
#[test]
fn every_state_of_the_table_is_reached_and_left() {
    let mut reached = BTreeSet::from([
        Phase::Draft,
        Phase::Approved,
        Phase::Executed,
        Phase::Issued,
    ]);
    for row in TRANSITIONS {
        if let To::Phase(phase) = row.to {
            reached.insert(phase);
        }
    }
    assert_eq!(reached.len(), Phase::ALL.len());
    for phase in Phase::ALL.iter().copied() {
        let leaves = TRANSITIONS
            .iter()
            .any(|row| row.from.contains(&phase) && row.to != To::Same);
        assert_eq!(leaves, !phase.is_final(), "{phase}");
    }
}

#[test]
fn what_is_due_follows_from_the_state() {
    use crate::Effect;
    let mut desk = desk();
    let id = desk.id.clone();
    desk.gathered();
    assert_eq!(desk.state().due(&id), None);
    desk.act(APPROVER, Command::Issue);
    assert!(matches!(desk.state().due(&id), Some(Effect::Sign(_))));
    desk.signed();
    let recipient = request(3).public_key;
    assert_eq!(
        desk.state().due(&id),
        Some(Effect::RequestEncryptionKey { recipient })
    );
    desk.encryption_key_came();
    assert!(matches!(desk.state().due(&id), Some(Effect::Sign(_))));
    desk.signed();
    assert_eq!(desk.state().due(&id), None);
    desk.token.as_mut().unwrap().status = token::Status::Bound(id.clone());
    let command = desk.personalise();
    desk.act(APPROVER, command)
        .act(APPROVER, dispatch(DeliveryMethod::Courier));
    let Some(Effect::Publish(files)) = desk.state().due(&id) else {
        panic!("{:?}", desk.state().due(&id));
    };
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "subscribers/case-1/signing-certificate.pem",
            "subscribers/case-1/encryption-certificate.pem",
            "subscribers/case-1/encryption-key.enveloped.der"
        ]
    );
    // Who opted out is not in the directory.
    let mut quiet = desk.state().clone();
    quiet.opening.unpublished = true;
    assert_eq!(quiet.due(&id), None);
    desk.act(SYSTEM, Command::RecordPublication);
    assert_eq!(desk.state().due(&id), None);
    let (ground, _) = desk.refused(SYSTEM, Command::RecordPublication);
    assert!(matches!(ground, Ground::NotListed { .. }), "{ground}");
    let state = desk.state().clone();
    let after = evolve(
        Some(state.clone()),
        &actor(SYSTEM),
        desk.now,
        &Event::Published,
    );
    assert_eq!(after, Some(state));
}

#[test]
fn a_slot_is_found_by_its_ordinal() {
    let mut desk = desk();
    desk.issued();
    let state = desk.state();
    let serial = |slot: &Slot| match slot {
        Slot::Issued(Issued { serial, .. }) => serial.as_bytes().to_vec(),
        other => panic!("{other:?}"),
    };
    assert_eq!(serial(state.slot(Ordinal::Signing)), [1]);
    assert_eq!(serial(state.slot(Ordinal::Encryption)), [2]);
}
