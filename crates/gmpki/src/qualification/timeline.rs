//! What happened to a qualification, line by line.

use crate::moment::beijing;
use lifecycle::{
    Entry, Event, proceeding,
    proceeding::qualification::{Event as Step, Happened},
    words::{Language, name},
};
use serde_json::{Value, json};

/// An event in a line: when, what, about what, by whom.
pub(super) fn line(entry: &Entry, lang: Language) -> String {
    let (at, actor) = (beijing(entry.at), &entry.actor);
    let seat = name(lang, actor.seat);
    let (step, about) = told(entry, lang);
    let about = about.map_or(String::new(), |about| format!(": {about}"));
    format!("{at}  {step}{about}  {} ({seat})", actor.person)
}

/// The same, as an object.
pub(super) fn object(entry: &Entry) -> Value {
    let (_, about) = told(entry, Language::En);
    json!({
        "at": entry.at.to_string(),
        "event": entry.event.name(),
        "about": about,
        "person": entry.actor.person.as_str(),
        "seat": entry.actor.seat.as_str(),
        "missed": match &entry.event {
            Event::Proceeding(event) => event.missed().iter().map(|one| json!(one.word)).collect(),
            _ => Vec::new(),
        },
    })
}

fn told(entry: &Entry, lang: Language) -> (&'static str, Option<String>) {
    match &entry.event {
        Event::Proceeding(event) => {
            let about = match event {
                proceeding::Event::Qualification(event) => about(event, lang),
                _ => None,
            };
            (event.step().said(lang), about)
        }
        event => (event.name(), None),
    }
}

/// What an event is about, where its name does not say it.
fn about(event: &Step, lang: Language) -> Option<String> {
    let said = |yes: bool| match (yes, lang) {
        (true, Language::Zh) => "符合",
        (false, Language::Zh) => "不符合",
        (true, _) => "yes",
        (false, _) => "no",
    };
    let own = match &event.what {
        Happened::CorrectionRequested { points } => Some(points.join("; ")),
        Happened::AssessmentOpened { assessors, body } => {
            let names: Vec<_> = assessors.iter().map(|one| one.as_str()).collect();
            let body = body.iter().map(String::as_str);
            Some(names.into_iter().chain(body).collect::<Vec<_>>().join(", "))
        }
        Happened::AssessorNamed { assessor } => Some(assessor.to_string()),
        Happened::AssessorDeclared { conflict, .. } => Some(match (conflict, lang) {
            (true, Language::Zh) => "有利害关系".to_owned(),
            (false, Language::Zh) => "无利害关系".to_owned(),
            (true, _) => "bound to the applicant".to_owned(),
            (false, _) => "not bound to the applicant".to_owned(),
        }),
        Happened::Recused { person, reason } => Some(format!("{person}, {reason}")),
        Happened::Reported {
            assessment, passed, ..
        } => Some(format!("{}, {}", name(lang, *assessment), said(*passed))),
        Happened::ConditionChecked { condition, met, .. } => {
            Some(format!("{}, {}", name(lang, *condition), said(*met)))
        }
        Happened::HearingClosed { chair, .. } => Some(chair.to_string()),
        Happened::Granted { decision, .. }
        | Happened::Refused { decision, .. }
        | Happened::NameChangeApproved { decision }
        | Happened::RenovationApproved { decision }
        | Happened::RenewalGranted { decision, .. }
        | Happened::Withdrawn { decision, .. } => Some(decision.number.clone()),
        Happened::ListedInDirectory(listing) => {
            Some(format!("{}, {}", listing.list, listing.sequence))
        }
        Happened::NameChangeFiled { name, .. } => Some(name.clone()),
        Happened::RenewalFiled { in_time: false, .. } => Some(match lang {
            Language::Zh => "逾期提出，不影响到期失效".to_owned(),
            _ => "too late to hold off the end".to_owned(),
        }),
        Happened::RightExercised { right, .. } => Some(name(lang, *right).to_owned()),
        Happened::RightAnswered { number, answer, .. } => Some(format!("{number}, {answer}")),
        _ => None,
    };
    let missed = event.late.iter().map(|one| name(lang, *one));
    let missed: Vec<_> = missed.collect();
    match (own, missed.is_empty(), lang) {
        (own, true, _) => own,
        (None, false, _) => Some(missed.join(", ")),
        (Some(own), false, Language::Zh) => Some(format!("{own}（逾期：{}）", missed.join("、"))),
        (Some(own), false, _) => Some(format!("{own} (late: {})", missed.join(", "))),
    }
}
