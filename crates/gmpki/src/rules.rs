//! `gmpki rules`: what cases are judged by, version after version.

use crate::{
    args::{RulesAdd, RulesCommand, RulesList, RulesShow},
    case::words::Tongue,
    desk::{self, Desk, RuleFiles, Settings, View},
    failure::Failure,
    outcome::Outcome,
    view::Language,
};
use lifecycle::{
    calendar::Date,
    rules::{Cell, RuleBook, RuleSet, RuleSetId, Text},
    terms::{Kind, Mode},
};
use serde_json::{Value, json};
use std::fmt::Write;

pub(crate) fn run(command: &RulesCommand) -> Result<Outcome, Failure> {
    match command {
        RulesCommand::List(list) => self::list(list),
        RulesCommand::Show(show) => self::show(show),
        RulesCommand::Add(add) => self::add(add),
    }
}

fn list(list: &RulesList) -> Result<Outcome, Failure> {
    let lang = list.lang;
    let shipped = RuleBook::shipped();
    let mut text = format!("{}\n", lang.say("with the program", "随程序提供"));
    let mut objects = Vec::new();
    for set in shipped.iter() {
        let _ = writeln!(text, "  {}", row(set, lang));
        objects.push(object(set));
    }
    let mut own = Vec::new();
    if Settings::read(&list.desk.dir)?.is_some() {
        let view = View::open(&list.desk)?;
        let now = view.ruling_at(view.now).map(RuleSet::id).ok();
        let _ = writeln!(text, "{}", lang.say("at the desk", "本业务台"));
        for set in view.rules.iter() {
            let is_in_force = now.as_ref() == Some(&set.id());
            let mark = match is_in_force {
                true => lang.bracketed(lang.say("in force", "现行")),
                false => String::new(),
            };
            let _ = writeln!(text, "  {}{mark}", row(set, lang));
            let mut object = object(set);
            object["in_force"] = is_in_force.into();
            own.push(object);
        }
    }
    Ok(Outcome::new(
        text,
        json!({ "shipped": objects, "desk": own }),
    ))
}

fn show(show: &RulesShow) -> Result<Outcome, Failure> {
    let set = found(show)?;
    let lang = show.lang;
    let mut text = format!("{}\n", row(&set, lang));
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label}: {value}");
    };
    line(lang.say("from", "来源"), set.source());
    line(lang.say("calendar", "日历"), set.calendar());
    let names = |names: Vec<String>| names.join(lang.say(", ", "、"));
    let certificates = set.certificates().iter();
    let certificates = certificates
        .map(|(name, rule)| format!("{name}{}", lang.bracketed(said(&rule.title, lang))));
    line(
        lang.say("certificates", "证书"),
        &names(certificates.collect()),
    );
    let mut offered = Vec::new();
    for kind in Kind::ALL {
        let is_offered = |mode: &&Mode| matches!(set.cell(*kind, **mode), Some(Cell::Offered(_)));
        let modes: Vec<Mode> = Mode::ALL.iter().filter(is_offered).copied().collect();
        let words = modes.iter().map(|mode| mode.said(lang).to_owned());
        let words = match modes.is_empty() {
            true => lang.say("not offered", "不办理").to_owned(),
            false => names(words.collect()),
        };
        line(kind.said(lang), &words);
        let modes: Vec<_> = modes.iter().map(|mode| mode.as_str()).collect();
        offered.push(json!({ "kind": kind.as_str(), "modes": modes }));
    }
    let mut json = object(&set);
    json["source"] = set.source().into();
    json["calendar"] = set.calendar().into();
    json["certificates"] = set
        .certificates()
        .keys()
        .cloned()
        .collect::<Vec<_>>()
        .into();
    json["offered"] = offered.into();
    Ok(Outcome::new(text, json))
}

/// The rules that are meant: the desk's before those that come with the program.
fn found(show: &RulesShow) -> Result<RuleSet, Failure> {
    let name = &show.rules;
    if Settings::read(&show.desk.dir)?.is_some() {
        let view = View::open(&show.desk)?;
        let of_name = || view.rules.iter().filter(|set| set.id().name == *name);
        let found = match show.version {
            Some(version) => of_name().find(|set| set.id().version == version),
            None => view.rules.in_force(name, view.now),
        };
        if let Some(set) = found.or(of_name().last().filter(|_| show.version.is_none())) {
            return Ok(set.clone());
        }
    }
    let (set, _) = desk::rules(name)?;
    match show.version {
        Some(version) if set.id().version != version => {
            let reason = format!("there is no version {version} of the rules {name}");
            Err(Failure::Refused(reason.into()))
        }
        _ => Ok(set),
    }
}

fn add(add: &RulesAdd) -> Result<Outcome, Failure> {
    let path = &add.rules;
    let (set, text) = desk::rules_in(path)?;
    let desk = Desk::open(&add.work)?;
    let id = set.id();
    let refused = |reason: String| Err(Failure::file(path, reason));
    if id.name != desk.settings.rules {
        let own = &desk.settings.rules;
        return refused(format!(
            "is of the rules {}: the desk works by {own}",
            id.name
        ));
    }
    let last = desk.rules.iter().map(|one| one.id());
    let last = last
        .filter(|one| one.name == id.name)
        .map(|one| one.version);
    if let Some(last) = last.max().filter(|last| *last >= id.version) {
        let version = id.version;
        return refused(format!(
            "is version {version}: the desk has version {last}, and numbers rise"
        ));
    }
    let (first, _) = set.interval();
    let today = Date::in_china(desk.now);
    if first <= today {
        return refused(format!(
            "counts from {first} on: by then the last version did, so let it be a day after {today}"
        ));
    }
    let mut files = RuleFiles::read(&desk.folder)?;
    let ended = files.end(&id, first)?;
    files.add(set, text, &desk.folder)?;
    desk.check_rules(&files.book()?)?;
    files.write()?;
    let mut told = String::new();
    if let Some(ended) = &ended {
        let _ = writeln!(told, "{ended}: until {first}");
    }
    let _ = write!(told, "{id}: from {first}");
    let json = json!({
        "rules": id.to_string(),
        "from": first.to_string(),
        "ended": ended.as_ref().map(RuleSetId::to_string),
    });
    Ok(Outcome::new(told, json))
}

fn said(text: &Text, lang: Language) -> &str {
    lang.say(&text.en, &text.zh)
}

/// Name, version, days and title.
fn row(set: &RuleSet, lang: Language) -> String {
    let (from, until) = set.interval();
    let days = match (lang, until) {
        (Language::En, None) => format!("from {from}"),
        (Language::En, Some(until)) => format!("from {from} until {until}"),
        (Language::Zh, None) => format!("自{from}起"),
        (Language::Zh, Some(until)) => format!("自{from}起至{until}止"),
    };
    format!("{}  {days}  {}", set.id(), said(set.title(), lang))
}

fn object(set: &RuleSet) -> Value {
    let (from, until) = set.interval();
    let id = set.id();
    json!({
        "rules": id.to_string(),
        "name": id.name,
        "version": id.version,
        "title": set.title().en,
        "from": from.to_string(),
        "until": until.map(|until| until.to_string()),
    })
}
