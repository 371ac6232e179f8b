//! `gmpki case list`.

use super::words::{self, Tongue};
use crate::{args::List, desk::View, failure::Failure, outcome::Outcome};
use lifecycle::{CaseId, CaseRow, Store};
use serde_json::json;
use std::fmt::Write;

/// Rows that are read at a time.
const PAGE: usize = 1000;

pub(super) fn run(list: &List) -> Result<Outcome, Failure> {
    let view = View::open(&list.desk)?;
    let (mut text, mut cases) = (String::new(), Vec::new());
    let wanted = |row: &CaseRow| {
        list.phase.is_none_or(|phase| phase == row.phase)
            && list.kind.is_none_or(|kind| kind == row.kind)
    };
    each(&view.store, &mut |row| {
        if !wanted(&row) {
            return;
        }
        let number = row.number.map(|number| number.to_string());
        let _ = writeln!(
            text,
            "{:<6}  {}  {}  {}  {}",
            number.as_deref().unwrap_or("-"),
            row.id,
            row.kind.said(list.lang),
            row.mode.said(list.lang),
            row.phase.said(list.lang),
        );
        cases.push(json!({
            "case": row.id.as_str(),
            "number": row.number.map(|number| number.0),
            "kind": row.kind.as_str(),
            "mode": row.mode.as_str(),
            "phase": row.phase.as_str(),
            "rules": row.rules.to_string(),
        }));
    })?;
    let count = cases.len();
    let _ = writeln!(text, "{}", words::cases(list.lang, count));
    Ok(Outcome::new(
        text,
        json!({ "cases": cases, "count": count }),
    ))
}

/// Every case of a store, by name.
pub(crate) fn each(store: &dyn Store, see: &mut dyn FnMut(CaseRow)) -> Result<(), Failure> {
    let mut after: Option<CaseId> = None;
    loop {
        let rows = store.cases(after.as_ref(), PAGE)?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = Some(last.id.clone());
        rows.into_iter().for_each(&mut *see);
    }
}
