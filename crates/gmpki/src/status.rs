//! `gmpki status`: where a certificate of a desk stands, or stood.

use crate::{
    args::StatusOf,
    case::{history, words::Tongue},
    desk::{View, roles},
    failure::Failure,
    moment::{self, beijing},
    outcome::Outcome,
    view::Language,
};
use lifecycle::{Event, Store, certificate};
use serde_json::json;
use std::fmt::Write;

pub(crate) fn run(status: &StatusOf) -> Result<Outcome, Failure> {
    let view = View::open(&status.desk)?;
    let serial = &status.serial;
    let at = match &status.at {
        Some(text) => moment::parse("--at", text)?,
        None => view.now,
    };
    let missing = || Failure::Refused(format!("the desk has no certificate {serial}").into());
    let issuer = roles::issuer_of(&view.store, serial)?.ok_or_else(missing)?;
    let found = history::of_certificate(&view.store, &issuer, serial)?.ok_or_else(missing)?;
    let case = view.store.case_of(&issuer, serial)?;
    let then = found.entries.iter().filter(|entry| entry.at <= at);
    let state = then.fold(None, |state, entry| match &entry.event {
        Event::Certificate(event) => certificate::evolve(state, &entry.actor, event),
        _ => state,
    });
    let word = state
        .as_ref()
        .map_or("none", |state| state.status().as_str());
    let good = matches!(state, Some(certificate::State::Active { .. }));
    let lang = status.lang;
    let said = match &state {
        Some(state) => state.status().said(lang),
        None => lang.say("not there yet", "尚不存在"),
    };
    let mut text = format!(
        "{serial}: {said}{}\n",
        match lang {
            Language::En => format!(" at {} Beijing time", beijing(at)),
            Language::Zh => format!("（北京时间{}）", beijing(at)),
        }
    );
    if let Some(case) = &case {
        let _ = writeln!(text, "  {}: {case}", lang.say("case", "业务"));
    }
    for entry in &found.entries {
        let (event, person) = (entry.event.name(), &entry.actor.person);
        let _ = writeln!(text, "  {}  {event}  {person}", beijing(entry.at));
    }
    let json = json!({
        "serial": serial.to_string(),
        "status": word,
        "issuer": issuer.as_str(),
        "at": at.to_string(),
        "case": case.map(|case| case.to_string()),
        "history": found.entries.iter().map(|entry| json!({
            "at": entry.at.to_string(),
            "event": entry.event.name(),
            "person": entry.actor.person.as_str(),
        })).collect::<Vec<_>>(),
    });
    Ok(Outcome::judged(text, json, good))
}
