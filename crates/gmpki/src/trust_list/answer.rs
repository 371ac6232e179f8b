//! Whether a list is accepted, and what it answers.

use super::{Asked, certificate, message, refused, signer_set, verified};
use crate::{
    args::{ListQuery, ListVerify},
    failure::{Failure, chain},
    input, moment,
    outcome::Outcome,
    sm3::hexadecimal,
};
use serde_json::{Value, json};
use std::path::PathBuf;
use trust_list::{
    client::{Client, ClientPolicy, FileStore, GapRule},
    list::{Answer, Question, SigningTime, TrustList, Verdict},
    path::ParsedCrl,
};

pub(super) fn verify(args: &ListVerify) -> Result<Outcome, Failure> {
    let at = moment::or_now("--at", args.signed.at.as_deref())?;
    let content = args.signed.content.as_deref();
    let Some(state) = &args.state else {
        let list = verified(&args.list, content, &args.signed.signers, at)?;
        return Ok(accepted(&list, "good"));
    };
    let mut policy = match signer_set(&args.signed.signers)? {
        Some(pins) => ClientPolicy::pinned(pins),
        None => ClientPolicy::default(),
    };
    if args.no_gaps {
        policy = policy.gaps(GapRule::Refuse);
    }
    let offered = message(&args.list, content)?;
    let client = Client::open(policy, FileStore::new(state));
    let client = client.map_err(|error| refused(state, error))?;
    let found = client.accept(&offered, at);
    let found = found.map_err(|error| refused(&args.list, error))?;
    let list = client.list().ok_or(trust_list::Error::NoList)?;
    let word = if found.is_new { "accepted" } else { "known" };
    let mut outcome = accepted(&list, word).member("new", found.is_new);
    if let Some((first, last)) = found.gap {
        outcome = outcome
            .member("gap", vec![first, last])
            .notes([format!("lists {first} to {last} were left out")]);
    }
    Ok(outcome)
}

fn accepted(list: &TrustList, word: &str) -> Outcome {
    let digest = hexadecimal(&list.digest());
    let text = format!(
        "list {} of {}: {word}; {} entries, issued {}, next update by {}\ndigest: {digest}",
        list.sequence(),
        list.publisher().name(),
        list.entries().len(),
        list.issued(),
        list.next_update(),
    );
    let json = json!({
        "sequence": list.sequence(),
        "publisher": list.publisher().name().value(),
        "entries": list.entries().len(),
        "issued": list.issued().to_string(),
        "next_update": list.next_update().to_string(),
        "digest": digest,
    });
    Outcome::new(text, json)
}

pub(super) fn query(args: &ListQuery) -> Result<Outcome, Failure> {
    let now = moment::or_now("--at", args.signed.at.as_deref())?;
    let target = certificate(&args.certificate)?;
    let signed = match &args.signed_at {
        None => SigningTime::Now,
        Some(text) => {
            let at = moment::parse("--signed-at", text)?;
            if args.proved {
                SigningTime::Proved(at)
            } else {
                SigningTime::Claimed(at)
            }
        }
    };
    let crls = crls(&args.crl)?;
    let question = Question::new(&target, now).signed(signed).crls(&crls);
    let content = args.signed.content.as_deref();
    let (state, list) = (args.state.as_deref(), args.list.as_deref());
    let asked = Asked::open(state, list, content, &args.signed.signers, now)?;
    let answer = asked.ask(&question)?;
    let (text, json) = answered(&answer);
    let good = matches!(answer.verdict, Verdict::Recognised { .. });
    Ok(Outcome::judged(text, json, good))
}

pub(crate) fn crls(paths: &[PathBuf]) -> Result<Vec<ParsedCrl>, Failure> {
    let read = |path: &PathBuf| {
        let der = input::read_der(path, input::CRL)?;
        ParsedCrl::from_der(der).map_err(|source| Failure::file(path, source))
    };
    paths.iter().map(read).collect()
}

/// What a list answered, for people and for machines.
pub(crate) fn answered(answer: &Answer) -> (String, Value) {
    let (kind, reason, entry) = match &answer.verdict {
        Verdict::Recognised { entry, since, .. } => {
            let reason = format!("{entry}, without a break since {since}");
            ("recognised", reason, Some(entry.to_string()))
        }
        Verdict::NotRecognised(refusal) => ("not recognised", chain(refusal), None),
        Verdict::Indeterminate(doubt) => ("indeterminate", chain(doubt), None),
        _ => ("indeterminate", String::new(), None),
    };
    let code = answer.verdict.code();
    let digest = hexadecimal(&answer.list);
    let at = answer.at.map(|at| at.to_string());
    let text = format!(
        "{kind}: {code}: {reason}\nlist {}, digest {digest}\nrules {}",
        answer.sequence, answer.rules
    );
    let others: Vec<&str> = answer.others.iter().map(Verdict::code).collect();
    let json = json!({
        "verdict": kind,
        "code": code,
        "reason": reason,
        "entry": entry,
        "at": at,
        "sequence": answer.sequence,
        "digest": digest,
        "rules": answer.rules,
        "others": others,
    });
    (text, json)
}
