//! `gmpki agency show` and `gmpki agency proof`.

use crate::{
    args::AgencyShow,
    case::{history, words::Tongue},
    desk::View,
    failure::Failure,
    moment::beijing,
    outcome::Outcome,
    sm3::hexadecimal,
    view::Language,
};
use lifecycle::{
    Entry, Event, OrganisationId,
    proceeding::{
        Event as Happened,
        accreditation::{Event as Step, ModeStatus, State, Terms},
    },
};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Where it stands, what is to be done by when, and what happened.
pub(super) fn run(asked: &AgencyShow) -> Result<Outcome, Failure> {
    let view = View::open(&asked.desk)?;
    let (id, lang) = (&asked.agency, asked.lang);
    let found = found(&view, id)?;
    let state = &found.state;
    let mut text = format!("{id}: {}\n", state.stage.said(lang));
    for (mode, standing) in &state.modes {
        let (mode, status) = (mode.said(lang), standing.status.said(lang));
        let from = beijing(standing.from);
        let receipt = &standing.receipt;
        let _ = writeln!(text, "  {mode}: {status} ({receipt}, {from})");
    }
    if let Some(waits) = &state.pending {
        let label = lang.say("waits for a second officer", "待第二名工作人员确认");
        let _ = writeln!(text, "  {label} ({})", waits.by);
    }
    let items = state.open_version().map(|version| &version.deficiencies);
    for (number, item) in items.into_iter().flatten().enumerate() {
        let _ = writeln!(text, "  {}. {item}", number + 1);
    }
    for device in &state.unseen {
        let label = lang.say("proof of a device that waits", "待审核的密码设备资质证明");
        let proof = &device.proof;
        let _ = writeln!(
            text,
            "  {label}: {} {} ({})",
            proof.model, proof.serial, proof.number
        );
    }
    for duty in state.duties() {
        let (name, deadline) = (duty.name, duty.ends);
        let passed = match (duty.noted, deadline.has_passed(view.now)) {
            (false, false) => "",
            _ => lang.say(" (passed)", "（已逾期）"),
        };
        let name = name.said(lang);
        let _ = writeln!(text, "  {name}: {}{passed}", beijing(deadline.at));
    }
    for (case, heir) in &state.handed_over {
        let heir = heir.as_ref().map(OrganisationId::as_str);
        let heir = heir.unwrap_or(lang.say("the CA", "证书认证机构"));
        let _ = writeln!(text, "  {case} -> {heir}");
    }
    let _ = writeln!(text, "{}", lang.say("history", "经过"));
    for entry in &found.entries {
        let _ = writeln!(text, "  {}", happened(entry, lang));
    }
    let mut object = object_of(id, state);
    let timeline: Vec<Value> = found.entries.iter().map(object_of_entry).collect();
    object.insert("timeline".into(), timeline.into());
    Ok(Outcome::new(text, object.into()))
}

/// That the filing was accepted, for which modes, and what that does not mean (S0-05).
pub(super) fn proof(asked: &AgencyShow) -> Result<Outcome, Failure> {
    let view = View::open(&asked.desk)?;
    let (id, lang) = (&asked.agency, asked.lang);
    let found = found(&view, id)?;
    let state = &found.state;
    let Some((outcome, _)) = state.accepted().last() else {
        let reason = format!("no filing of {id} was accepted");
        return Err(Failure::Refused(reason.into()));
    };
    let register = history::of_organisation(&view.store, id)?;
    let name = register.map_or_else(String::new, |found| found.state.name);
    let disclaimer = Terms::shipped().disclaimer;
    if disclaimer.version != outcome.disclaimer {
        let reason = format!("the disclaimer {} is not at hand", outcome.disclaimer);
        return Err(Failure::Refused(reason.into()));
    }
    let words = match lang {
        Language::En => &disclaimer.en,
        Language::Zh => &disclaimer.zh,
    };
    let label = lang.say("filing accepted", "接受备案");
    let mut text = format!("{name} ({id}): {label}\n");
    let mut modes = Vec::new();
    for (mode, standing) in &state.modes {
        let (said, status) = (mode.said(lang), standing.status.said(lang));
        let _ = writeln!(text, "  {said}: {status} ({})", standing.receipt);
        modes.push(json!({
            "mode": mode.as_str(),
            "status": standing.status.as_str(),
            "receipt": standing.receipt,
        }));
    }
    let _ = writeln!(text, "{}\n{words}", beijing(view.now));
    let operates = state.those(ModeStatus::Operating).next().is_some();
    let json = json!({
        "agency": id.as_str(),
        "name": name,
        "at": view.now.to_string(),
        "status": "filing-accepted",
        "modes": modes,
        "operates": operates,
        "disclaimer": {
            "version": disclaimer.version,
            "en": disclaimer.en,
            "zh": disclaimer.zh,
        },
    });
    Ok(Outcome::judged(text, json, operates))
}

fn found(view: &View, id: &OrganisationId) -> Result<history::History<State>, Failure> {
    history::of_accreditation(&view.store, id)?.ok_or_else(|| {
        let reason = format!("{id} neither asked nor filed");
        Failure::Refused(reason.into())
    })
}

pub(super) fn object_of(id: &OrganisationId, state: &State) -> Map<String, Value> {
    let modes = state.modes.iter().map(|(mode, standing)| {
        let standing = json!({
            "status": standing.status.as_str(),
            "receipt": standing.receipt,
            "from": standing.from.to_string(),
        });
        (mode.as_str().to_owned(), standing)
    });
    let deadlines = state.duties().into_iter().map(|duty| {
        json!({
            "name": duty.name.as_str(),
            "device": duty.device,
            "at": duty.ends.at.to_string(),
            "calendar": duty.ends.calendar,
            "noted": duty.noted,
        })
    });
    let unseen = state.unseen.iter().map(|one| &one.proof);
    let version = state.open_version();
    let members = [
        ("agency", json!(id.as_str())),
        ("stage", json!(state.stage.as_str())),
        ("modes", Value::Object(modes.collect())),
        (
            "waits_for_second",
            json!(state.pending.as_ref().map(|waits| waits.by.as_str())),
        ),
        (
            "version",
            json!(state.open_filing().map(|filing| filing.versions.len())),
        ),
        (
            "deficiencies",
            json!(version.map(|version| &version.deficiencies)),
        ),
        ("access", json!(state.access.is_some())),
        ("agents", json!(state.named)),
        (
            "unseen",
            unseen.map(|proof| json!(proof.device())).collect(),
        ),
        ("deadlines", deadlines.collect()),
    ];
    let named = members.into_iter();
    named
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn step(entry: &Entry) -> Option<&Step> {
    match &entry.event {
        Event::Proceeding(Happened::Accreditation(event)) => Some(event),
        _ => None,
    }
}

fn happened(entry: &Entry, lang: Language) -> String {
    let (at, actor) = (beijing(entry.at), &entry.actor);
    let said = step(entry).map_or("", |event| event.step().said(lang));
    let detail = step(entry).map_or_else(String::new, |event| detail(event, lang));
    let seat = actor.seat.said(lang);
    format!("{at}  {said}{detail}  {} ({seat})", actor.person)
}

/// What an event adds in few words.
fn detail(event: &Step, lang: Language) -> String {
    let listed = |modes: &mut dyn Iterator<Item = &lifecycle::terms::Mode>| {
        let modes: Vec<_> = modes.map(|mode| mode.said(lang)).collect();
        format!(": {}", modes.join(lang.say(", ", "、")))
    };
    match event {
        Step::ConsultationOpened { note, .. } | Step::ConsultationNoted { note, .. } => {
            format!(": {}", note.words)
        }
        Step::PackageFiled { package } | Step::Refiled { package, .. } => {
            let digest = hexadecimal(&package.bundle.digest);
            let modes = listed(&mut package.modes.keys());
            format!("{modes} ({})", digest.get(..16).unwrap_or(&digest))
        }
        Step::PaperRegistered { paper, .. } => format!(": {}", paper.receipt),
        Step::DeficiencyReturned { items, .. } => format!(": {}", items.len()),
        Step::AcceptanceProposed { modes } | Step::RestorationProposed { modes, .. } => {
            listed(&mut modes.iter())
        }
        Step::FilingAccepted(accepted) => {
            let modes = listed(&mut accepted.modes.keys());
            format!("{modes} ({})", accepted.receipt)
        }
        Step::OperationStarted { mode, .. } => format!(": {}", mode.said(lang)),
        Step::ModesSuspended { modes, cause, .. } | Step::Suspended { modes, cause, .. } => {
            format!("{} ({})", listed(&mut modes.iter()), cause.said(lang))
        }
        Step::Restored { modes, .. } => listed(&mut modes.iter()),
        Step::InspectionOpened { subject, .. } => format!(": {subject}"),
        Step::Terminated {
            cause, hand_over, ..
        } => format!(" ({}, {})", cause.said(lang), hand_over.len()),
        Step::DeviceProofJudged {
            declined: Some(reason),
            ..
        } => format!(": {reason}"),
        Step::OverdueNoted { deadline, .. } => format!(": {}", deadline.said(lang)),
        _ => String::new(),
    }
}

fn object_of_entry(entry: &Entry) -> Value {
    let event = step(entry);
    json!({
        "seq": entry.seq,
        "at": entry.at.to_string(),
        "step": event.map(|event| event.step().as_str()),
        "person": entry.actor.person.as_str(),
        "seat": entry.actor.seat.as_str(),
        "event": event,
    })
}
