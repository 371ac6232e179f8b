//! `gmpki explain`: what a file is.

use crate::{args::Explain, failure::Failure, input, keys, moment, outcome::Outcome};
use gm_crypto::{
    explain::{self, Context, Explanation, Part, Severity, Verdict},
    sm2::UserId,
};
use serde_json::{Value, json};
use std::{fs::Metadata, path::Path};

/// Octets of the largest file that is explained.
const FILE: u64 = 1 << 26;

pub(crate) fn run(args: &Explain) -> Result<Outcome, Failure> {
    let mut paths: Vec<&Path> = vec![&args.file];
    paths.extend(args.issuer.iter().map(|path| &**path));
    paths.extend(args.content.as_deref());
    paths.extend(args.password_file.as_deref());
    input::at_most_one_is_standard_input(&paths)?;

    let mut context = Context::new();
    for path in &args.issuer {
        context = context.issuer(&input::read(path, FILE)?);
    }
    for id in &args.id {
        let id = UserId::new(id.as_bytes()).map_err(|error| Failure::Usage(error.to_string()))?;
        context = context.id(id);
    }
    if let Some(path) = &args.content {
        context = context.content(&input::read(path, FILE)?);
    }
    if let Some(path) = &args.password_file {
        context = context.password(keys::password(Some(path), "")?.as_bytes());
    }
    context = context.at(moment::or_now("--at", args.at.as_deref())?);
    if args.reveal {
        context = context.reveal();
    }
    if args.full {
        context = context.full();
    }
    let octets = whole(&args.file)?;
    let explanation = explain::explain(&octets, &context);
    let good = !explanation.has_failed();
    Ok(Outcome::judged(
        explanation.to_string(),
        object(&explanation),
        good,
    ))
}

/// The file to explain, or why it is too large for that.
fn whole(path: &Path) -> Result<Vec<u8>, Failure> {
    let length = path.metadata().ok().filter(Metadata::is_file);
    if length.is_some_and(|file| file.len() > FILE) {
        let reason = "larger than 64 MiB, the most that is explained; 'gmpki message verify' and \
                      'gmpki message decrypt' read messages of any size";
        return Err(Failure::file(path, reason));
    }
    input::read(path, FILE)
}

fn object(explanation: &Explanation) -> Value {
    let parts: Vec<Value> = explanation.parts().iter().map(part).collect();
    json!({ "encoding": explanation.encoding().to_string(), "structures": parts })
}

fn part(part: &Part) -> Value {
    let (verdict, detail) = match part.verdict() {
        Verdict::NothingToVerify => ("nothing to verify", None),
        Verdict::NotChecked { reason } => ("not checked", Some(reason)),
        Verdict::Holds { what } => ("holds", Some(what)),
        Verdict::DoesNotVerify { what } => ("does not verify", Some(what)),
        _ => ("unknown", None),
    };
    let facts: Vec<Value> = part
        .facts()
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let lines: Vec<Value> = part
        .lines()
        .iter()
        .map(|line| {
            json!({
                "depth": line.depth,
                "offset": line.offset,
                "name": line.name,
                "tag": line.tag,
                "value": line.value,
            })
        })
        .collect();
    let remarks: Vec<Value> = part
        .remarks()
        .iter()
        .map(|remark| {
            json!({
                "wrong": remark.severity == Severity::Wrong,
                "text": remark.text,
                "clause": remark.clause,
            })
        })
        .collect();
    let findings: Vec<String> = part.findings().iter().map(ToString::to_string).collect();
    json!({
        "label": part.label(),
        "kind": part.kind().to_string(),
        "standard": part.kind().standard(),
        "dialect": part.dialect(),
        "facts": facts,
        "structure": lines,
        "unusual": remarks,
        "verdict": verdict,
        "detail": detail,
        "findings": findings,
        "next": part.next(),
    })
}
