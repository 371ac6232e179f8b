//! `gmpki roster`.

use super::{act, from_now};
use crate::{
    args::{OnPerson, RosterAdmit, RosterAsk, RosterCommand},
    case::history,
    desk::{Desk, View, evidence},
    failure::Failure,
    moment,
    outcome::Outcome,
};
use lifecycle::{
    Command,
    roster::{self, Entry, Paper},
    terms::EvidenceKind,
};
use serde_json::json;

pub(crate) fn run(command: &RosterCommand) -> Result<Outcome, Failure> {
    use RosterCommand as C;
    use roster::Command as Asked;
    let given = match command {
        C::Ask(ask) => return answer(ask),
        C::Admit(admit) => &admit.on.act,
        C::Confirm(on) | C::Discard(on) => &on.act,
        C::Sanction(sanction) => &sanction.on.act,
        C::Remove(remove) => &remove.on.act,
    };
    let mut desk = Desk::open(&given.work)?;
    let simple = |on: &OnPerson, asked| (on.person.clone(), asked);
    let (person, asked) = match command {
        C::Ask(ask) => return answer(ask),
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
    let qualified =
        found.is_some_and(|found| found.state.qualifies(ask.seat, rules.roster(), at).is_ok());
    let (person, seat) = (&ask.person, ask.seat);
    let text = match qualified {
        true => format!("{person}: qualified as {seat} on {at}"),
        false => format!("{person}: not qualified as {seat} on {at}"),
    };
    let json = json!({
        "person": person.as_str(),
        "seat": seat.as_str(),
        "at": at.to_string(),
        "qualified": qualified,
    });
    Ok(Outcome::judged(text, json, qualified))
}
