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
    CaseId, CaseRow, Entry, Event, OrganisationId,
    case::Phase,
    organisation,
    rules::{Provenance, RuleSet, SHIPPED},
    terms::{Kind, Mode},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write};

pub(crate) fn run(command: &ReportCommand) -> Result<Outcome, Failure> {
    match command {
        ReportCommand::Modes(report) => modes(report),
        ReportCommand::Scope(report) => scope(report),
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

/// What an agency did in one mode.
#[derive(Default)]
struct Done {
    cases: usize,
    /// Cases that were opened while the mode was not in operation.
    outside: Vec<CaseId>,
}

/// An organisation's record after each of its entries, by the entry's place in the log.
type Records = Vec<(u64, organisation::State)>;

fn records(entries: &[Entry]) -> Records {
    let mut state = None;
    let after = entries.iter().filter_map(|entry| {
        if let Event::Organisation(event) = &entry.event {
            state = organisation::evolve(state.take(), &entry.actor, event, entry.at);
        }
        Some((entry.seq, state.clone()?))
    });
    after.collect()
}

/// Business by mode against the filed scope (S0-12): each case by whether its agency might do
/// business in its mode when it was opened, by the records of the agency alone.
fn scope(report: &ReportOf) -> Result<Outcome, Failure> {
    let view = View::open(&report.desk)?;
    let until = asked_at(report, &view)?;
    let mut cases = Vec::new();
    each(&view.store, &mut |row: CaseRow| {
        if row.opened <= until {
            cases.push(row);
        }
    })?;
    let mut agencies: BTreeMap<OrganisationId, Records> = BTreeMap::new();
    let mut done: BTreeMap<(OrganisationId, Mode), Done> = BTreeMap::new();
    for row in cases {
        let Some(case) = history::of_case(&view.store, &row.id)? else {
            continue;
        };
        let Some(agency) = case.state.opening.agency else {
            continue;
        };
        if !agencies.contains_key(&agency) {
            let found = history::of_organisation(&view.store, &agency)?;
            let entries = found.map(|found| found.entries).unwrap_or_default();
            agencies.insert(agency.clone(), records(&entries));
        }
        // The record as it was when the case was opened: within one second, the log's order.
        let opened = case.entries.first().map_or(0, |entry| entry.seq);
        let before = agencies.get(&agency).into_iter().flatten();
        let before = before.take_while(|(seq, _)| *seq < opened).last();
        let is_open =
            before.is_some_and(|(_, state)| state.agency_modes(row.opened).contains(&row.mode));
        let entry = done.entry((agency, row.mode)).or_default();
        entry.cases += 1;
        if !is_open {
            entry.outside.push(row.id);
        }
    }
    // A mode that was filed, and in which nothing was done, is told too.
    for (agency, records) in &agencies {
        let filed = history::of_accreditation(&view.store, agency)?;
        let filed = filed.into_iter().flat_map(|found| found.state.modes);
        let open = records.last().into_iter();
        let open = open.flat_map(|(_, state)| state.agency_modes(until));
        for mode in filed.map(|(mode, _)| mode).chain(open) {
            done.entry((agency.clone(), mode)).or_default();
        }
    }
    Ok(scope_told(report.lang, until, &agencies, &done))
}

fn scope_told(
    lang: crate::view::Language,
    until: DateTime,
    agencies: &BTreeMap<OrganisationId, Records>,
    done: &BTreeMap<(OrganisationId, Mode), Done>,
) -> Outcome {
    let (mut text, mut rows) = (String::new(), Vec::new());
    let (mut count, mut outside) = (0, 0);
    for ((agency, mode), of_mode) in done {
        let record = agencies.get(agency).and_then(|records| records.last());
        let is_open = record.is_some_and(|(_, state)| state.agency_modes(until).contains(mode));
        let (said, cases) = (mode.said(lang), words::cases(lang, of_mode.cases));
        let now = if is_open {
            lang.say("in operation", "已开展")
        } else {
            lang.say("not in operation", "未开展")
        };
        let _ = writeln!(text, "{agency}  {said}  {now}  {cases}");
        for case in &of_mode.outside {
            let wrong = lang.say("outside the filed scope", "超出报备范围");
            let _ = writeln!(text, "  {case}: {wrong}");
        }
        count += of_mode.cases;
        outside += of_mode.outside.len();
        let named: Vec<_> = of_mode.outside.iter().map(CaseId::as_str).collect();
        rows.push(json!({
            "agency": agency.as_str(),
            "mode": mode.as_str(),
            "in_operation": is_open,
            "cases": of_mode.cases,
            "outside": named,
        }));
    }
    text.push_str(&words::cases(lang, count));
    let json = json!({ "rows": rows, "count": count, "outside": outside });
    Outcome::judged(text, json, outside == 0)
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
