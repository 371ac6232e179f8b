//! `gmpki roster`.

use super::{act, from_now};
use crate::{
    args::{
        For, OnPerson, PartnerName, RosterAdmit, RosterAsk, RosterCommand, RosterExport,
        SignMessage,
    },
    case::history,
    desk::{Desk, View, evidence},
    failure::Failure,
    message, moment,
    outcome::Outcome,
    output::{self, Readers},
};
use lifecycle::{
    Command, Store, StreamId,
    roster::{self, Entry, Paper},
    terms::EvidenceKind,
};
use serde_json::json;
use std::collections::BTreeSet;

/// Records that are read at a time.
const PAGE: usize = 1000;

pub(crate) fn run(command: &RosterCommand) -> Result<Outcome, Failure> {
    use RosterCommand as C;
    use roster::Command as Asked;
    let given = match command {
        C::Ask(ask) => return answer(ask),
        C::Export(export) => return exported(export),
        C::Admit(admit) => &admit.on.act,
        C::Confirm(on) | C::Discard(on) => &on.act,
        C::Sanction(sanction) => &sanction.on.act,
        C::Remove(remove) => &remove.on.act,
    };
    let mut desk = Desk::open(&given.work)?;
    let simple = |on: &OnPerson, asked| (on.person.clone(), asked);
    let (person, asked) = match command {
        C::Ask(ask) => return answer(ask),
        C::Export(export) => return exported(export),
        C::Admit(admit) => (
            admit.on.person.clone(),
            Asked::Propose(Box::new(entry(&desk, admit)?)),
        ),
        C::Confirm(on) => simple(on, Asked::Confirm),
        C::Discard(on) => simple(on, Asked::Discard),
        C::Sanction(sanction) => {
            let until = sanction.until.as_deref();
            let asked = Asked::Sanction {
                until: until
                    .map(|text| moment::parse("--until", text))
                    .transpose()?,
                reason: sanction.reason.clone(),
            };
            (sanction.on.person.clone(), asked)
        }
        C::Remove(remove) => {
            let reason = remove.reason.clone();
            (remove.on.person.clone(), Asked::Remove { reason })
        }
    };
    let rules = desk.settings.rules.clone();
    act(&mut desk, given, Command::Person(person, rules, asked))
}

fn entry(desk: &Desk, admit: &RosterAdmit) -> Result<Entry, Failure> {
    let interval = from_now(desk, admit.until.as_deref())?;
    let paper = |reference: &String| Paper::new(reference, interval);
    let mut entry = Entry::new(admit.employment, paper(&admit.contract));
    if let Some(agency) = &admit.agency {
        entry = entry.agency(agency.clone());
    }
    if let Some(training) = &admit.training {
        entry = entry.training(!admit.failed, paper(training));
    }
    if let Some(licence) = &admit.licence {
        entry = entry.licence(paper(licence));
    }
    if let Some(declaration) = &admit.declaration {
        let kind = EvidenceKind::HolderStatement;
        let declared = evidence::in_file(desk.documents(), kind, declaration)?;
        entry = entry.declaration(declared, admit.relation.iter().cloned());
    }
    Ok(entry)
}

/// The public question (S0-17): yes or no and since when, nothing else of the person.
fn answer(ask: &RosterAsk) -> Result<Outcome, Failure> {
    let view = View::open(&ask.desk)?;
    let at = match &ask.at {
        Some(text) => moment::parse("--at", text)?,
        None => view.now,
    };
    let rules = view.ruling_at(at)?;
    let found = history::of_person(&view.store, &ask.person)?;
    let standing = found.map(|found| found.state.qualified(ask.seat, rules.roster(), at));
    let qualified = standing.is_some_and(|standing| standing.qualified);
    let interval = standing.and_then(|standing| standing.interval);
    let (person, seat, lang) = (&ask.person, ask.seat, ask.lang);
    let mut text = match qualified {
        true => format!("{person}: qualified as {seat} on {at}"),
        false => format!("{person}: not qualified as {seat} on {at}"),
    };
    if let Some(interval) = interval {
        let since = lang.say("since", "自");
        text += &format!(", {since} {}", interval.from);
        if let Some(until) = interval.until {
            text += &format!(", {} {until}", lang.say("until", "至"));
        }
    }
    let json = json!({
        "person": person.as_str(),
        "seat": seat.as_str(),
        "at": at.to_string(),
        "qualified": qualified,
        "interval": interval.map(|interval| json!({
            "from": interval.from.to_string(),
            "until": interval.until.map(|until| until.to_string()),
        })),
    });
    Ok(Outcome::judged(text, json, qualified))
}

/// The list for the public (S0-17): who is qualified and since when, nothing else of anybody;
/// signed, so that a copy of it can be believed.
fn exported(export: &RosterExport) -> Result<Outcome, Failure> {
    let view = View::open(&export.desk)?;
    let at = match &export.at {
        Some(text) => moment::parse("--at", text)?,
        None => view.now,
    };
    let rules = view.ruling_at(at)?;
    let (mut after, mut persons) = (0, BTreeSet::new());
    loop {
        let page = view.store.records(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        persons.extend(page.into_iter().filter_map(|record| match record.stream {
            StreamId::Person(person) => Some(person),
            _ => None,
        }));
    }
    let mut qualified = Vec::new();
    for person in persons {
        let Some(found) = history::of_person(&view.store, &person)? else {
            continue;
        };
        let standing = found.state.qualified(export.seat, rules.roster(), at);
        if let Some(interval) = standing.interval {
            qualified.push(json!({
                "person": person.as_str(),
                "from": interval.from.to_string(),
                "until": interval.until.map(|until| until.to_string()),
            }));
        }
    }
    let list = json!({
        "seat": export.seat.as_str(),
        "at": at.to_string(),
        "rules": rules.id().to_string(),
        "qualified": qualified,
    });
    let text = format!("{list:#}\n");
    output::write(&export.list, text.as_bytes(), Readers::AsUsual)?;
    message::sign(&SignMessage {
        key: vec![export.key.clone()],
        password_file: export.password_file.iter().cloned().collect(),
        signer: vec![export.signer.clone()],
        detached: false,
        attributes: false,
        without_certificates: false,
        carry: Vec::new(),
        carry_crl: Vec::new(),
        partner: For {
            partner: PartnerName::Gm,
            without_null: false,
            indefinite: false,
        },
        out: Some(export.out.clone()),
        file: export.list.clone(),
    })?;
    let count = qualified.len();
    let told = format!(
        "{}: {count} qualified as {} on {at}, signed in {}",
        export.list.display(),
        export.seat,
        export.out.display()
    );
    Ok(Outcome::new(told, list))
}
