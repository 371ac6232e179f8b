//! The same for machines.

use super::{Page, evidence_of};
use crate::{args::Show, case::history::History, sm3::hexadecimal};
use lifecycle::{
    Evidence,
    case::{State, ledger::Outcome, pair::Slot, payment::Payment},
};
use serde_json::{Value, json};

pub(super) fn case(show: &Show, history: &History<State>, page: &Page<'_>) -> Value {
    let state = &history.state;
    let opening = &state.opening;
    let serial = |slot: &Slot| match slot {
        Slot::Issued(issued) => Some(issued.serial.to_string()),
        _ => None,
    };
    json!({
        "case": show.case.as_str(),
        "number": state.number.map(|number| number.0),
        "phase": state.phase.as_str(),
        "kind": opening.kind.as_str(),
        "mode": opening.mode.as_str(),
        "model": opening.model.as_str(),
        "rules": opening.rules.to_string(),
        "certificate": opening.certificate,
        "carrier": opening.carrier.as_str(),
        "holder": opening.holder.as_str(),
        "organisation": opening.organisation.as_ref().map(|id| id.as_str()),
        "agency": state.agency().map(|id| id.as_str()),
        "opened_through": opening.agency.as_ref().map(|id| id.as_str()),
        "target": opening.target.as_ref().map(|id| id.as_str()),
        "token": state.token.as_ref().map(|id| id.as_str()),
        "signing_serial": serial(&state.signing),
        "encryption_serial": serial(&state.encryption),
        "payment": payment(&state.payment),
        "rounds": state.rounds,
        "timeline": timeline(history),
        "checks": checks(state),
        "seats": state.seats.iter().map(|(seat, person)| json!({
            "seat": seat.as_str(), "person": person.as_str(),
        })).collect::<Vec<_>>(),
        "deadlines": state.deadlines.iter().map(|(name, deadline)| json!({
            "deadline": name.as_str(),
            "at": deadline.at.to_string(),
            "calendar": deadline.calendar,
            "passed": deadline.at < page.view.now,
        })).collect::<Vec<_>>(),
        "deficiencies": state.deficiencies.iter().map(|one| json!({
            "subject": one.subject, "words": one.words,
        })).collect::<Vec<_>>(),
    })
}

fn timeline(history: &History<State>) -> Vec<Value> {
    let cases = history
        .entries
        .iter()
        .filter_map(|entry| match &entry.event {
            lifecycle::Event::Case(event) => Some((entry, event)),
            _ => None,
        });
    cases
        .map(|(entry, event)| {
            let left: Vec<_> = evidence_of(event).into_iter().map(evidence).collect();
            json!({
                "seq": entry.seq,
                "at": entry.at.to_string(),
                "step": event.name(),
                "row": event.step().row(),
                "person": entry.actor.person.as_str(),
                "seat": entry.actor.seat.as_str(),
                "evidence": left,
            })
        })
        .collect()
}

fn checks(state: &State) -> Vec<Value> {
    let rows = state.ledger.iter().map(|(check, outcome)| {
        let (word, reason) = match outcome {
            Outcome::Passed { .. } => ("passed", None),
            Outcome::Failed { reason, .. } => ("failed", reason.known().cloned()),
            Outcome::Waived { by } => ("waived", Some(by.to_string())),
            Outcome::Expired => ("expired", None),
            _ => ("pending", None),
        };
        json!({ "check": check.as_str(), "outcome": word, "reason": reason })
    });
    rows.collect()
}

fn evidence(evidence: &Evidence) -> Value {
    json!({
        "kind": evidence.kind.as_str(),
        "reference": evidence.reference,
        "sm3": hexadecimal(&evidence.digest),
    })
}

/// Where the money stands, in a word that stays the same.
fn payment(payment: &Payment) -> &'static str {
    match payment {
        Payment::None => "none",
        Payment::SlipUploaded(_) => "slip-uploaded",
        Payment::FundsConfirmed => "funds-confirmed",
        Payment::Paid(_) => "paid",
        Payment::DepositSent(_) => "deposit-sent",
        Payment::DepositSettled { .. } => "deposit-settled",
        Payment::DepositFailed { .. } => "deposit-failed",
        Payment::AccountReentered { .. } => "account-reentered",
        Payment::CodeVerified => "code-verified",
        Payment::Locked { .. } => "locked",
        _ => "other",
    }
}
