//! Whether a list is accepted, and what it answers.

use super::{certificate, message, refused, signer_set, verified};
use crate::{
    args::{ListQuery, ListVerify},
    failure::{Failure, chain},
    input, moment,
    outcome::Outcome,
    sm3::hexadecimal,
};
use serde_json::json;
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
    let mut crls = Vec::new();
    for path in &args.crl {
        let der = input::read_der(path, input::CRL)?;
        crls.push(ParsedCrl::from_der(der).map_err(|source| Failure::file(path, source))?);
    }
    let question = Question::new(&target, now).signed(signed).crls(&crls);
    let answer = match (&args.state, &args.list) {
        (Some(state), _) => {
            let client = Client::open(ClientPolicy::default(), FileStore::new(state));
            let client = client.map_err(|error| refused(state, error))?;
            client
                .ask(&question)
                .map_err(|error| refused(state, error))?
        }
        (None, Some(list)) => {
            let content = args.signed.content.as_deref();
            verified(list, content, &args.signed.signers, now)?.ask(&question)
        }
        (None, None) => return Err(Failure::Usage("give a list, or --state".into())),
    };
    Ok(judged(&answer))
}

fn judged(answer: &Answer) -> Outcome {
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
    let good = matches!(answer.verdict, Verdict::Recognised { .. });
    Outcome::judged(text, json, good)
}
