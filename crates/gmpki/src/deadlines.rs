//! `gmpki deadlines`: what is to be done by when, in all cases.

use crate::{
    args::Deadlines,
    case::{history, list::each, words::Tongue},
    desk::View,
    failure::Failure,
    moment::beijing,
    outcome::Outcome,
};
use der::DateTime;
use lifecycle::{CaseId, CaseRow, Store, StreamId, proceeding::Deadline};
use serde_json::json;
use std::fmt::Write;

/// Names that are read at a time.
const PAGE: usize = 1000;

/// One line.
struct Row {
    stream: StreamId,
    name: &'static str,
    said: &'static str,
    /// None while its clock stands still.
    at: Option<DateTime>,
    overdue: bool,
}

pub(crate) fn run(args: &Deadlines) -> Result<Outcome, Failure> {
    let view = View::open(&args.desk)?;
    let (lang, now) = (args.lang, view.now);
    let mut rows = Vec::new();
    for case in open_cases(&view.store)? {
        let Some(found) = history::of_case(&view.store, &case)? else {
            continue;
        };
        let passed = history::passed(&found, now);
        let running = found.state.deadlines.iter();
        let running = running.filter(|(name, _)| !passed.contains_key(name));
        let running = running.map(|(name, deadline)| (*name, deadline.at, false));
        let passed = passed.iter().map(|(name, at)| (*name, *at, true));
        rows.extend(running.chain(passed).map(|(name, at, overdue)| Row {
            stream: StreamId::Case(case.clone()),
            name: name.as_str(),
            said: name.said(lang),
            at: Some(at),
            overdue,
        }));
    }
    for stream in streams(&view.store)? {
        let deadlines = match &stream {
            StreamId::Proceeding(id) => {
                let found = history::of_proceeding(&view.store, id)?;
                found.map(|found| found.state.deadlines())
            }
            StreamId::Cessation(id) => {
                let found = history::of_cessation(&view.store, id)?;
                found.map(|found| found.state.deadlines())
            }
            _ => None,
        };
        let deadlines = deadlines.unwrap_or_default().into_iter();
        rows.extend(deadlines.map(|one: Deadline| Row {
            stream: stream.clone(),
            name: one.name.word,
            said: one.name.said(lang.of_cases()),
            at: one.ends.as_ref().map(|ends| ends.at),
            overdue: one.noted || one.ends.is_some_and(|ends| ends.has_passed(now)),
        }));
    }
    rows.retain(|row| row.overdue || !args.overdue);
    rows.sort_by_cached_key(|row| (row.at.is_none(), row.at, row.stream.to_string(), row.name));
    let (mut text, mut objects) = (String::new(), Vec::new());
    for row in &rows {
        let still = lang.say("stands still", "暂停计时");
        let at = row.at.map_or(still.to_owned(), beijing);
        let late = if row.overdue {
            lang.say("  overdue", "  逾期")
        } else {
            ""
        };
        let _ = writeln!(text, "{at}  {}  {}{late}", row.stream, row.said);
        objects.push(json!({
            "stream": row.stream.to_string(),
            "deadline": row.name,
            "at": row.at.map(|at| at.to_string()),
            "overdue": row.overdue,
        }));
    }
    let count = rows.len();
    let late = rows.iter().filter(|row| row.overdue).count();
    let _ = match lang {
        crate::view::Language::En => writeln!(text, "deadlines: {count}, overdue: {late}"),
        crate::view::Language::Zh => writeln!(text, "共{count}个期限，{late}个逾期"),
    };
    let json = json!({ "deadlines": objects, "count": count, "overdue": late });
    Ok(Outcome::new(text, json))
}

fn open_cases(store: &dyn Store) -> Result<Vec<CaseId>, Failure> {
    let mut open = Vec::new();
    each(store, &mut |row: CaseRow| {
        if !row.phase.is_final() {
            open.push(row.id);
        }
    })?;
    Ok(open)
}

/// Histories besides cases that have deadlines, in the order of their kinds.
fn streams(store: &dyn Store) -> Result<Vec<StreamId>, Failure> {
    let kinds = ["accreditation", "cessation", "qualification", "recognition"];
    let mut found = Vec::new();
    for kind in kinds {
        let mut after: Option<StreamId> = None;
        loop {
            let page = store.streams(kind, after.as_ref(), PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.clone());
            found.extend(page);
        }
    }
    Ok(found)
}
