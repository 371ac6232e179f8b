//! `gmpki cessation`: a CA ends its service.

use crate::{
    args::{CessationCommand, CessationProof, CessationShow, OnCessation},
    case::{durable, history, told, words::Tongue},
    desk::{Desk, View, evidence},
    failure::Failure,
    moment::{self, beijing},
    outcome::Outcome,
};
use lifecycle::{
    AuthorityId, Command, Entry,
    cessation::{Command as Asked, Proposal, State},
    terms::EvidenceKind,
};
use serde_json::json;
use std::fmt::Write;

pub(crate) fn run(command: &CessationCommand) -> Result<Outcome, Failure> {
    use CessationCommand as C;
    match command {
        C::Show(show) => shown(show),
        C::Propose(propose) => {
            let at = moment::parse("--end", &propose.end)?;
            let reason = propose.reason.clone();
            let proposal = Proposal::End { at, reason };
            act(&propose.on, |_| Ok(Asked::Propose(proposal)))
        }
        C::CallOff(call_off) => {
            let reason = call_off.reason.clone();
            let proposal = Proposal::CallOff { reason };
            act(&call_off.on, |_| Ok(Asked::Propose(proposal)))
        }
        C::Confirm(on) => act(on, |_| Ok(Asked::Confirm)),
        C::Discard(on) => act(on, |_| Ok(Asked::Discard)),
        C::Announce(announce) => act(&announce.on, |desk| {
            let receipts = evidence::all(desk.documents(), &announce.proof)?;
            Ok(Asked::Announce { receipts })
        }),
        C::Report(report) => act(&report.on, |desk| {
            let receipt = piece(desk, report, EvidenceKind::NoticeReceipt)?;
            Ok(Asked::Report { receipt })
        }),
        C::HandOver(over) => act(&over.on, |desk| {
            let one = |kind| evidence::one(desk.documents(), &over.proof, kind);
            Ok(Asked::HandOver {
                successor: over.successor.clone(),
                agreement: one(EvidenceKind::OrganisationDocuments)?,
                inventory: one(EvidenceKind::WorkRecord)?,
            })
        }),
        C::Cease(cease) => act(&cease.on, |desk| {
            let record = piece(desk, cease, EvidenceKind::WorkRecord)?;
            Ok(Asked::Cease { record })
        }),
    }
}

fn piece(
    desk: &Desk,
    on: &CessationProof,
    kind: EvidenceKind,
) -> Result<lifecycle::Evidence, Failure> {
    evidence::one(desk.documents(), &on.proof, kind)
}

fn act(
    on: &OnCessation,
    asked: impl FnOnce(&Desk) -> Result<Asked, Failure>,
) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&on.act.work)?;
    let id = &on.service.authority;
    let command = Command::Cessation(id.clone(), asked(&desk)?);
    let entries = desk.act(&on.act.actor, command)?;
    let state = desk.engine.cessation(id)?;
    let name = state.as_ref().map_or("unknown", State::name);
    let text = format!("{}the end of {id}: {name}", told(&entries));
    let mut json = json!({ "durable": durable(&entries) });
    if let (Some(state), Some(object)) = (&state, json.as_object_mut()) {
        object.extend(object_of(id, state));
    }
    Ok(Outcome::new(text, json))
}

fn object_of(id: &AuthorityId, state: &State) -> serde_json::Map<String, serde_json::Value> {
    let plan = state.plan.as_ref();
    let waits = state.pending.as_ref();
    let members = [
        ("authority", json!(id.as_str())),
        ("stage", json!(state.stage.as_str())),
        ("end", json!(plan.map(|plan| plan.end.to_string()))),
        (
            "notice_by",
            json!(plan.map(|plan| plan.notice_by.to_string())),
        ),
        (
            "report_by",
            json!(plan.map(|plan| plan.report_by.to_string())),
        ),
        ("successor", json!(state.successor)),
        ("asked_by", json!(waits.map(|waits| waits.by.as_str()))),
    ];
    let named = members.into_iter();
    named
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn shown(show: &CessationShow) -> Result<Outcome, Failure> {
    let view = View::open(&show.desk)?;
    let id = &show.service.authority;
    let Some(found) = history::of_cessation(&view.store, id)? else {
        let reason = format!("nobody proposed that the service of {id} ends");
        return Err(Failure::Refused(reason.into()));
    };
    let (state, lang) = (&found.state, show.lang);
    let mut text = format!("{id}: {}\n", state.stage.said(lang));
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label}: {value}");
    };
    if let Some(plan) = &state.plan {
        for (label, at) in [
            (lang.say("parties told by", "告知各方截止"), plan.notice_by),
            (lang.say("reported by", "报告主管部门截止"), plan.report_by),
            (lang.say("end of the service", "终止服务"), plan.end),
        ] {
            line(label, &beijing(at));
        }
    }
    if let Some(waits) = &state.pending {
        let what = match &waits.proposal {
            Proposal::End { at, reason } => {
                let end = lang.say("an end on", "终止于");
                format!("{end} {}, {reason}", beijing(*at))
            }
            Proposal::CallOff { reason } => {
                format!("{}, {reason}", lang.say("no end after all", "不再终止"))
            }
            _ => String::new(),
        };
        let label = lang.say("waits for a second officer", "待第二名密钥管理员确认");
        line(label, &format!("{what} ({})", waits.by));
    }
    if let Some(successor) = &state.successor {
        line(lang.say("taken over by", "承接机构"), successor);
    }
    let _ = writeln!(text, "{}", lang.say("history", "经过"));
    for entry in &found.entries {
        let _ = writeln!(text, "  {}", happened(entry));
    }
    Ok(Outcome::new(text, object_of(id, state).into()))
}

fn happened(entry: &Entry) -> String {
    let (at, event, actor) = (beijing(entry.at), entry.event.name(), &entry.actor);
    format!("{at}  {event}  {} ({})", actor.person, actor.seat)
}
