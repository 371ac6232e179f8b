//! `gmpki report`: what a desk did, what waits, and by which rules.

use crate::{
    args::{ReportCommand, ReportOf, ReportRules},
    case::{
        history,
        list::each,
        words::{self, Tongue},
    },
    desk::{View, rules},
    failure::Failure,
    moment::{self, beijing},
    outcome::Outcome,
    person,
};
use der::DateTime;
use lifecycle::{
    CaseRow,
    case::Phase,
    rules::{Provenance, RuleSet, SHIPPED},
    terms::{Kind, Mode},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write};

pub(crate) fn run(command: &ReportCommand) -> Result<Outcome, Failure> {
    match command {
        ReportCommand::Modes(report) => modes(report),
        ReportCommand::States(report) => states(report),
        ReportCommand::Overdue(report) => overdue(report),
        ReportCommand::Retention(report) => person::retention(report),
        ReportCommand::Rules(report) => provenance(report),
    }
}

/// Cases by mode and kind (S0-12).
fn modes(report: &ReportOf) -> Result<Outcome, Failure> {
    let view = View::open(&report.desk)?;
    let until = asked_at(report, &view)?;
    let mut counts: BTreeMap<(Mode, Kind), usize> = BTreeMap::new();
    each(&view.store, &mut |row: CaseRow| {
        if row.opened <= until {
            *counts.entry((row.mode, row.kind)).or_default() += 1;
        }
    })?;
    let lang = report.lang;
    let (mut text, mut rows) = (String::new(), Vec::new());
    for ((mode, kind), count) in &counts {
        let (said, of) = (mode.said(lang), kind.said(lang));
        let _ = writeln!(text, "{said}  {of}  {}", words::cases(lang, *count));
        rows.push(json!({ "mode": mode.as_str(), "kind": kind.as_str(), "cases": count }));
    }
    Ok(counted(text, rows, counts.values().sum(), lang))
}

/// Cases by where they stand.
fn states(report: &ReportOf) -> Result<Outcome, Failure> {
    let view = View::open(&report.desk)?;
    let until = asked_at(report, &view)?;
    let mut counts: BTreeMap<Phase, usize> = BTreeMap::new();
    each(&view.store, &mut |row: CaseRow| {
        if row.opened <= until {
            *counts.entry(row.phase).or_default() += 1;
        }
    })?;
    let lang = report.lang;
    let (mut text, mut rows) = (String::new(), Vec::new());
    for (phase, count) in &counts {
        let _ = writeln!(text, "{}  {}", phase.said(lang), words::cases(lang, *count));
        rows.push(json!({ "phase": phase.as_str(), "cases": count }));
    }
    Ok(counted(text, rows, counts.values().sum(), lang))
}

/// Cases of which a deadline has passed, the one that is longest overdue first.
fn overdue(report: &ReportOf) -> Result<Outcome, Failure> {
    let view = View::open(&report.desk)?;
    let now = asked_at(report, &view)?;
    let mut open = Vec::new();
    each(&view.store, &mut |row: CaseRow| {
        if !row.phase.is_final() {
            open.push(row.id);
        }
    })?;
    let mut late = Vec::new();
    for case in open {
        let Some(found) = history::of_case(&view.store, &case)? else {
            continue;
        };
        let phase = found.state.phase;
        for (name, at) in history::passed(&found, now) {
            late.push((at, case.clone(), name, phase));
        }
    }
    late.sort();
    let lang = report.lang;
    let (mut text, mut rows) = (String::new(), Vec::new());
    for (at, case, name, phase) in &late {
        let days = moment::days_between(*at, now);
        let (since, said) = (beijing(*at), name.said(lang));
        let over = match lang {
            crate::view::Language::En => format!("{days} days over"),
            crate::view::Language::Zh => format!("逾期{days}天"),
        };
        let _ = writeln!(
            text,
            "{since}  {case}  {said}  {}  {over}",
            phase.said(lang)
        );
        rows.push(json!({
            "case": case.as_str(),
            "deadline": name.as_str(),
            "phase": phase.as_str(),
            "at": at.to_string(),
            "days": days,
        }));
    }
    Ok(counted(text, rows, late.len(), lang))
}

/// Values with what they rest on.
fn provenance(report: &ReportRules) -> Result<Outcome, Failure> {
    let names: Vec<String> = if report.rules.is_empty() {
        SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect()
    } else {
        report.rules.clone()
    };
    let (mut text, mut sets) = (String::new(), Vec::new());
    for name in names {
        let (set, _) = rules(&name)?;
        let rows = set.provenance().into_iter();
        let rows: Vec<_> = rows
            .filter(|row| !report.assumed || row.assumed.is_some())
            .collect();
        told(&mut text, &set, &rows);
        sets.push(json!({
            "rules": set.id().to_string(),
            "source": set.source(),
            "values": rows.iter().map(object).collect::<Vec<_>>(),
        }));
    }
    Ok(Outcome::new(text, json!({ "sets": sets })))
}

fn told(text: &mut String, set: &RuleSet, rows: &[Provenance]) {
    let assumed = rows.iter().filter(|row| row.assumed.is_some()).count();
    let title = &set.title().en;
    let _ = writeln!(text, "{}: {title}\n  from: {}", set.id(), set.source());
    for row in rows {
        let names: Vec<_> = row.requirements.iter().map(|one| one.as_str()).collect();
        let _ = write!(text, "  {} = {}", row.path, row.value);
        if !names.is_empty() {
            let _ = write!(text, "  [{}]", names.join(", "));
        }
        if let Some(reason) = &row.assumed {
            let _ = write!(text, "  assumed: {reason}");
        }
        text.push('\n');
    }
    let _ = writeln!(text, "  {} values, {assumed} of them assumed", rows.len());
}

fn object(row: &Provenance) -> Value {
    let names: Vec<_> = row.requirements.iter().map(|one| one.as_str()).collect();
    json!({
        "path": row.path,
        "value": row.value,
        "requirements": names,
        "assumed": row.assumed,
    })
}

fn counted(
    mut text: String,
    rows: Vec<Value>,
    count: usize,
    lang: crate::view::Language,
) -> Outcome {
    text.push_str(&words::cases(lang, count));
    Outcome::new(text, json!({ "rows": rows, "count": count }))
}

fn asked_at(report: &ReportOf, view: &View) -> Result<DateTime, Failure> {
    match &report.at {
        Some(text) => moment::parse("--at", text),
        None => Ok(view.now),
    }
}
