//! `gmpki person` and `gmpki report retention`: until when what is recorded of persons is kept, and
//! its end.

use crate::{
    args::{PersonCommand, PersonForget, PersonShow, ReportOf},
    case::{durable, history, told},
    desk::{Desk, View},
    failure::Failure,
    moment::{self, beijing},
    outcome::Outcome,
    view::Language,
};
use der::DateTime;
use lifecycle::{
    Command, PersonId, StreamId,
    erasure::{self, Kept},
    ports::SubjectKeys,
};
use serde_json::{Value, json};
use std::fmt::Write;

pub(crate) fn run(command: &PersonCommand) -> Result<Outcome, Failure> {
    match command {
        PersonCommand::Forget(forget) => self::forget(forget),
        PersonCommand::Show(show) => self::show(show),
    }
}

fn forget(forget: &PersonForget) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&forget.act.work)?;
    let reason = forget.reason.clone();
    let erase = erasure::Command::Erase { reason };
    let person = &forget.person;
    let entries = desk.act(&forget.act.actor, Command::Erasure(person.clone(), erase))?;
    let left = desk.engine.retained(person)?;
    let mut text = told(&entries);
    for kept in &left {
        let _ = writeln!(text, "{}", line(kept, desk.now, Language::En));
    }
    let json = json!({
        "person": person.as_str(),
        "durable": durable(&entries),
        "kept": left.iter().map(object).collect::<Vec<_>>(),
    });
    let note = "copies of subject-keys.sqlite and papers in documents are for you to destroy";
    Ok(Outcome::new(text, json).notes([note.to_owned()]))
}

fn show(show: &PersonShow) -> Result<Outcome, Failure> {
    let view = View::open(&show.desk)?;
    let (person, lang) = (&show.person, show.lang);
    let kept = kept(&view, person)?;
    let mut text = match kept.is_empty() {
        true => {
            let nothing = lang.say("nothing is sealed under a key", "没有以密钥封存的个人信息");
            format!("{person}: {nothing}\n")
        }
        false => format!("{person}\n"),
    };
    for one in &kept {
        let _ = writeln!(text, "  {}", line(one, view.now, lang));
    }
    let histories: Vec<_> = kept.iter().map(object).collect();
    let json = json!({ "person": person.as_str(), "histories": histories });
    Ok(Outcome::new(text, json))
}

/// Whose term has run out.
pub(crate) fn retention(report: &ReportOf) -> Result<Outcome, Failure> {
    let view = View::open(&report.desk)?;
    let at = match &report.at {
        Some(text) => moment::parse("--at", text)?,
        None => view.now,
    };
    let (mut text, mut rows) = (String::new(), Vec::new());
    for person in view.subjects.persons()? {
        for one in kept(&view, &person)? {
            if one.is_over(at) {
                let _ = writeln!(text, "{person}  {}", line(&one, at, report.lang));
                let mut row = object(&one);
                row["person"] = person.as_str().into();
                rows.push(row);
            }
        }
    }
    let count = rows.len();
    text.push_str(&match report.lang {
        Language::En => format!("{count} may be erased"),
        Language::Zh => format!("可删除{count}项"),
    });
    Ok(Outcome::new(text, json!({ "rows": rows, "count": count })))
}

/// What is recorded of a person under keys.
fn kept(view: &View, person: &PersonId) -> Result<Vec<Kept>, Failure> {
    let mut all = Vec::new();
    for stream in view.subjects.histories(person)? {
        let until = match &stream {
            StreamId::Case(case) => {
                let found = history::of_case(&view.store, case)?;
                let Some(found) = found.filter(|one| one.state.opening.holder == *person) else {
                    continue;
                };
                let about = match &found.state.opening.target {
                    Some(target) => history::of_case(&view.store, target)?,
                    None => None,
                };
                let about = about.as_ref().map(|about| &about.state);
                erasure::case_until(&found.state, about, &view.rules)?
            }
            StreamId::Person(id) => match history::of_person(&view.store, id)? {
                Some(found) => erasure::entry_until(&found.state, &view.rules),
                None => continue,
            },
            _ => continue,
        };
        all.push(Kept::new(stream, until));
    }
    Ok(all)
}

fn line(kept: &Kept, now: DateTime, lang: Language) -> String {
    let stream = &kept.stream;
    match kept.until {
        None => format!("{stream}: {}", lang.say("has not ended", "尚未办结")),
        Some(until) if kept.is_over(now) => {
            let said = lang.say("may be erased since", "可删除，自");
            format!("{stream}: {said} {}", beijing(until))
        }
        Some(until) => {
            let said = lang.say("kept until", "保存至");
            format!("{stream}: {said} {}", beijing(until))
        }
    }
}

fn object(kept: &Kept) -> Value {
    json!({
        "history": kept.stream.to_string(),
        "until": kept.until.map(|until| until.to_string()),
    })
}
