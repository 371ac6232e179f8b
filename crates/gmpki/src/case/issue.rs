//! `gmpki case issue`: the certificates of one case, or of many.

use super::{done, durable, told};
use crate::{args::IssueMany, desk::Desk, failure::Failure, outcome::Outcome, progress::Progress};
use lifecycle::{Command, case};
use serde_json::json;

pub(super) fn run(issue: &IssueMany) -> Result<Outcome, Failure> {
    let mut desk = Desk::open(&issue.act.work)?;
    let command = |case: &lifecycle::CaseId| Command::Case(case.clone(), case::Command::Issue);
    if let [case] = issue.cases.as_slice() {
        let entries = desk.act(&issue.act.actor, command(case))?;
        return done(&desk, case, &entries);
    }
    let progress = Progress::new(issue.cases.len());
    let (mut text, mut list, mut refused) = (String::new(), Vec::new(), Vec::new());
    for (count, case) in issue.cases.iter().enumerate() {
        progress.at(count, case.as_str());
        match desk.act(&issue.act.actor, command(case)) {
            Ok(entries) => {
                text.push_str(&told(&entries));
                list.push(json!({ "case": case.as_str(), "durable": durable(&entries) }));
            }
            Err(failure) => {
                let reasons = failure.reasons();
                list.push(json!({ "case": case.as_str(), "refused": reasons }));
                refused.push(format!("{case}: {reasons}"));
            }
        }
    }
    drop(progress);
    Ok(of_many(text, list, refused, issue.cases.len()))
}

/// What came of many: the refused ones are noted, and make the whole a refusal.
pub(super) fn of_many(
    mut text: String,
    list: Vec<serde_json::Value>,
    refused: Vec<String>,
    total: usize,
) -> Outcome {
    let good = total - refused.len();
    text.push_str(&format!("{good} of {total} done"));
    let json = json!({ "cases": list, "done": good, "refused": refused.len() });
    Outcome::judged(text, json, refused.is_empty()).notes(refused)
}
