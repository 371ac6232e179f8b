//! `gmpki recognition show`: where a recognition stands, what is owed, what happened.

use super::{hexadecimal, id_of, known};
use crate::{
    args::RecognitionShow, case::history, desk::View, failure::Failure, moment::beijing,
    outcome::Outcome,
};
use der::DateTime;
use lifecycle::{
    Entry, Event, RecognitionId,
    proceeding::{self, recognition::State},
    words::{Language, name},
};
use serde_json::{Map, Value, json};
use std::fmt::Write;

pub(super) fn shown(show: &RecognitionShow) -> Result<Outcome, Failure> {
    let view = View::open(&show.desk)?;
    let id = &show.which.recognition;
    let found = history::of_proceeding(&view.store, &id_of(id))?;
    let (state, entries) = match found {
        Some(found) => (Some(found.state), found.entries),
        None => (None, Vec::new()),
    };
    let state = known(state, id)?;
    let lang = show.lang;
    let words = lang.of_cases();
    let mut text = format!("{id}: {}\n", name(words, state.stage));
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label}: {value}");
    };
    line(lang.say("class", "证书类别"), &state.key.to_string());
    line(lang.say("licence", "许可证号"), &state.licence.number);
    if let Some(approval) = &state.approval {
        let value = format!("{}, {}", approval.reference, beijing(approval.at));
        line(lang.say("approved", "核准"), &value);
        let value = format!("{} ({})", approval.policy, approval.version);
        line(lang.say("policy", "策略标识符"), &value);
    }
    if let Some(decided) = &state.withdrawal {
        let value = format!(
            "{}, {}, {}",
            name(words, decided.measure),
            name(words, decided.cause),
            decided.reference
        );
        line(lang.say("taken away", "暂停或终止"), &value);
        line(lang.say("from", "生效时间"), &beijing(decided.from));
    }
    if let Some(listing) = &state.listing {
        let value = format!("{}, {}", listing.sequence, beijing(listing.from));
        line(lang.say("list", "信任列表"), &value);
    }
    if let Some(number) = state.mirrored {
        line(lang.say("mirrored", "对方已发布"), &number.to_string());
    }
    for filing in &state.certificates {
        let is = match (filing.recorded, filing.listed) {
            (false, _) => lang.say("filed", "已报备"),
            (true, false) => lang.say("on record", "已备案"),
            (true, true) => lang.say("listed", "已列入"),
        };
        let digest = hexadecimal(&filing.certificate.digest);
        line(
            name(words, filing.certificate.role),
            &format!("{is}, {digest}"),
        );
    }
    for (number, breach) in &state.breaches {
        let what = match breach.duty {
            Some(duty) => name(words, duty),
            None => breach.what.as_deref().unwrap_or_default(),
        };
        let label = lang.say("breach", "违规");
        line(&format!("{label} {number}"), what);
    }
    let _ = writeln!(text, "{}", lang.say("owed", "期限"));
    for (number, due) in &state.dues {
        let late = match due.noted || due.by.has_passed(view.now) {
            true => lang.say("  overdue", "  逾期"),
            false => "",
        };
        let _ = writeln!(
            text,
            "  {number}  {}  {}{late}",
            beijing(due.by.at),
            name(words, due.name)
        );
    }
    let _ = writeln!(text, "{}", lang.say("history", "经过"));
    for entry in &entries {
        let _ = writeln!(text, "  {}", happened(entry, words));
    }
    let mut json = object_of(id, &state, view.now);
    json.insert("history".to_owned(), entries.iter().map(event_of).collect());
    Ok(Outcome::new(text, json.into()))
}

pub(super) fn object_of(id: &RecognitionId, state: &State, now: DateTime) -> Map<String, Value> {
    let due = |(number, due): (&u32, &proceeding::recognition::Due)| {
        json!({
            "number": number,
            "deadline": due.name.as_str(),
            "at": due.by.at.to_string(),
            "calendar": due.by.calendar,
            "overdue": due.noted || due.by.has_passed(now),
        })
    };
    let breaches = state.breaches.iter().map(|(number, breach)| {
        json!({
            "number": number,
            "what": breach.what,
            "duty": breach.duty.map(|duty| duty.as_str()),
            "correct_by": breach.correction.as_ref().map(|by| by.at.to_string()),
        })
    });
    let decided = state.withdrawal.as_ref();
    let listing = state.listing.as_ref();
    let object = json!({
        "recognition": id.as_str(),
        "stage": state.stage.as_str(),
        "recognised": state.is_recognised(),
        "closed": state.is_closed(),
        "jurisdiction": state.key.jurisdiction,
        "ca": state.key.ca,
        "class": state.key.class,
        "agents": state.agents,
        "policy": state.approval.as_ref().map(|approval| approval.policy.as_str()),
        "cause": decided.map(|decided| decided.cause.as_str()),
        "list": listing.map(|listing| listing.sequence),
        "mirrored": state.mirrored,
        "deadlines": state.dues.iter().map(due).collect::<Vec<_>>(),
        "breaches": breaches.collect::<Vec<_>>(),
    });
    match object {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// An event in a line, with the authority that it was done for.
fn happened(entry: &Entry, lang: Language) -> String {
    let (at, actor) = (beijing(entry.at), &entry.actor);
    let step = match &entry.event {
        Event::Proceeding(event) => event.step().said(lang),
        event => event.name(),
    };
    let owed = match &entry.event {
        Event::Proceeding(event) => event.missed().iter().map(|one| one.said(lang)).collect(),
        _ => Vec::new(),
    };
    let seat = name(lang, actor.seat);
    let whose = match authority(entry) {
        Some(authority) => format!("{seat}, {authority}"),
        None => seat.to_owned(),
    };
    let mut line = format!("{at}  {step}  {} ({whose})", actor.person);
    for name in owed {
        let _ = write!(line, "  {name}");
    }
    line
}

fn event_of(entry: &Entry) -> Value {
    let evidence = match &entry.event {
        Event::Proceeding(proceeding::Event::Recognition(event)) => event.evidence(),
        _ => Vec::new(),
    };
    let evidence = evidence.into_iter().map(|piece| {
        json!({
            "kind": piece.kind.as_str(),
            "digest": hexadecimal(&piece.digest),
            "reference": piece.reference,
        })
    });
    json!({
        "at": entry.at.to_string(),
        "event": entry.event.name(),
        "person": entry.actor.person.as_str(),
        "seat": entry.actor.seat.as_str(),
        "authority": authority(entry),
        "evidence": evidence.collect::<Vec<_>>(),
    })
}

fn authority(entry: &Entry) -> Option<&str> {
    match &entry.event {
        Event::Proceeding(proceeding::Event::Recognition(event)) => event.authority(),
        _ => None,
    }
}
