//! `gmpki case`: certificate business, case by case.

mod about;
mod command;
mod deposit;
pub(crate) mod history;
mod import;
mod issue;
pub(crate) mod list;
mod paper;
mod show;
mod table;
pub(crate) mod words;

pub(crate) use about::open as about;

use crate::{
    args::{Act, CaseCommand},
    desk::Desk,
    failure::Failure,
    outcome::Outcome,
};
use lifecycle::{CaseId, Command, Entry, case};
use serde_json::{Value, json};
use std::fmt::Write;

pub(crate) fn run(line: &CaseCommand) -> Result<Outcome, Failure> {
    match line {
        CaseCommand::Show(show) => show::run(show),
        CaseCommand::List(list) => list::run(list),
        CaseCommand::Print(print) => paper::print(print),
        CaseCommand::Export(export) => paper::export(export),
        CaseCommand::Issue(issue) => issue::run(issue),
        CaseCommand::Import(import) => import::run(import),
        CaseCommand::SendDeposit(send) => deposit::send(send),
        other => one(other),
    }
}

/// One command to one case.
fn one(line: &CaseCommand) -> Result<Outcome, Failure> {
    let other = || Failure::Usage("this is no act on one case".into());
    let (act, case) = line.one().ok_or_else(other)?;
    let mut desk = Desk::open(&act.work)?;
    let command = command::asked(&desk, line)?.ok_or_else(other)?;
    let size = match &command {
        case::Command::AddDocument { inspected, .. } => Some(inspected.size),
        _ => None,
    };
    let entries = desk.act(&act.actor, Command::Case(case.clone(), command))?;
    let remark = size.and_then(|size| remark(&desk, case, size));
    Ok(done(&desk, case, &entries)?.notes(remark))
}

/// What is said of an upload that was taken, and is longer than some read the limit.
fn remark(desk: &Desk, case: &CaseId, size: u64) -> Option<String> {
    let state = desk.engine.case(case).ok().flatten()?;
    let limit = &desk
        .rules
        .get(&state.opening.rules)?
        .values()
        .upload_remark_octets;
    (size > limit.value).then(|| {
        let limit = limit.value;
        format!("{size} octets: taken, though more than {limit}, as some read the limit (X-05)")
    })
}

/// What became durable, and where the case stands now.
fn done(desk: &Desk, case: &CaseId, entries: &[Entry]) -> Result<Outcome, Failure> {
    let state = desk.engine.case(case)?;
    let phase = state
        .as_ref()
        .map_or("unknown", |state| state.phase.as_str());
    let mut text = told(entries);
    match state.as_ref().and_then(|state| state.number) {
        Some(number) => {
            let _ = writeln!(text, "case {case} (no. {number}): {phase}");
        }
        None => {
            let _ = writeln!(text, "case {case}: {phase}");
        }
    }
    let json = json!({
        "case": case.as_str(),
        "number": state.as_ref().and_then(|state| state.number).map(|number| number.0),
        "phase": phase,
        "durable": durable(entries),
    });
    let outcome = Outcome::new(text, json);
    let nothing = (!desk.changed()).then_some("nothing new: it was done before");
    Ok(outcome.notes(nothing))
}

/// A line for each event.
pub(crate) fn told(entries: &[Entry]) -> String {
    let mut text = String::new();
    for entry in entries {
        let _ = writeln!(text, "{}", line(entry));
    }
    text
}

/// An event in a line.
pub(crate) fn line(entry: &Entry) -> String {
    let (seq, stream, event) = (entry.seq, &entry.stream, entry.event.name());
    format!("#{seq} {stream}: {event}")
}

/// An object for each event.
pub(crate) fn durable(entries: &[Entry]) -> Vec<Value> {
    let object = |entry: &Entry| {
        json!({
            "seq": entry.seq,
            "stream": entry.stream.to_string(),
            "event": entry.event.name(),
        })
    };
    entries.iter().map(object).collect()
}

/// The case of a name, which there must be.
fn state_of(desk: &Desk, case: &CaseId) -> Result<case::State, Failure> {
    let state = desk.engine.case(case)?;
    state.ok_or_else(|| Failure::Refused(format!("there is no case {case}").into()))
}

impl CaseCommand {
    /// Who acts on which case; none for those that look alone or are about many.
    fn one(&self) -> Option<(&Act, &CaseId)> {
        let on = match self {
            Self::Open(one) => return Some((&one.act, &one.case)),
            Self::Consent(one) => &one.on,
            Self::WithdrawConsent(one) => &one.on,
            Self::Fill(one) => &one.on,
            Self::AddDocument(one) => &one.on,
            Self::ApproveInternally(one) => &one.on,
            Self::ReturnInternally(one) => &one.on,
            Self::Check(one) => &one.on,
            Self::Return(one) => &one.on,
            Self::Register(one) => &one.verdicts.on,
            Self::Approve(one) => &one.on,
            Self::Reject(one) | Self::RefuseRatification(one) => &one.on,
            Self::ProveKey(one) => &one.on,
            Self::BindToken(one) => &one.on,
            Self::Personalise(one) | Self::Close(one) | Self::Execute(one) => &one.on,
            Self::Dispatch(one) => &one.on,
            Self::DeliverPin(one) => &one.on,
            Self::Confirm(one) => &one.on,
            Self::Object(one) => &one.on,
            Self::Pay(one) => &one.on,
            Self::ConfirmFunds(one) => &one.on,
            Self::FailDeposit(one) => &one.on,
            Self::ReenterAccount(one) => &one.on,
            Self::EnterCode(one) => &one.on,
            Self::RecordRefund(one) => &one.on,
            Self::SubmitInternally(on)
            | Self::Submit(on)
            | Self::Start(on)
            | Self::Resubmit(on)
            | Self::Take(on)
            | Self::Withdraw(on)
            | Self::Ratify(on)
            | Self::SettleDeposit(on)
            | Self::RequestRefund(on) => on,
            Self::Print(_)
            | Self::SendDeposit(_)
            | Self::Issue(_)
            | Self::Export(_)
            | Self::Show(_)
            | Self::List(_)
            | Self::Import(_) => return None,
        };
        Some((&on.act, &on.case))
    }
}
