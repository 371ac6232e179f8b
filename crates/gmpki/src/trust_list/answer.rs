//! Whether a list is accepted, and what it answers.

use super::{certificate, follow, message, nobody, refused};
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
    client::{GapRule, UnverifiedFlash},
    list::{Answer, Question, SigningTime, TrustList, Verdict},
    path::ParsedCrl,
};

pub(super) fn verify(args: &ListVerify) -> Result<Outcome, Failure> {
    let at = moment::or_now("--at", args.signed.at.as_deref())?;
    let (state, content) = (args.state.as_deref(), args.signed.content.as_deref());
    if state.is_none() && args.lists.is_empty() {
        let message = "a flash is about a list that was accepted: give the list, or --state";
        return Err(Failure::Usage(message.into()));
    }
    if state.is_none() && args.signed.signers.signer.is_empty() {
        return Err(nobody());
    }
    if content.is_some() && args.lists.len() != 1 {
        let message = "--content goes with one list; of several it lies beside each, as .json";
        return Err(Failure::Usage(message.into()));
    }
    let mut policy = follow::policy(&args.signed.signers, args.grace)?;
    policy = follow::with_recovery(policy, &args.recovery)?;
    if args.no_gaps {
        policy = policy.gaps(GapRule::Refuse);
    }
    let offered = args.lists.iter().map(|path| message(path, content));
    let offered = offered.collect::<Result<Vec<_>, Failure>>()?;
    let client = follow::open(policy, state)?;
    let (mut is_new, mut found) = (false, None);
    if let Some(last) = args.lists.last() {
        let outcome = client.accept_chain(&offered, at);
        let outcome = outcome.map_err(|error| refused(last, error))?;
        is_new = outcome.is_new;
        found = Some(outcome);
    }
    for path in &args.flash {
        let octets = input::read(path, UnverifiedFlash::MAX_LENGTH as u64)?;
        let flash = UnverifiedFlash::from_der(octets);
        let outcome = flash.and_then(|flash| client.accept_flash(&flash, at));
        is_new |= outcome.map_err(|error| refused(path, error))?.is_new;
    }
    let list = client.list().ok_or(trust_list::Error::NoList)?;
    let word = match (state, is_new) {
        (None, _) => "good",
        (_, true) => "accepted",
        (_, false) => "known",
    };
    let mut outcome = accepted(&list, word)
        .member("new", is_new)
        .member("flash", client.flash_number());
    let notes = found.as_ref().map(follow::notes_of).unwrap_or_default();
    if let Some((first, last)) = found.as_ref().and_then(|found| found.gap) {
        outcome = outcome.member("gap", vec![first, last]);
    }
    if let Some(before) = found.and_then(|found| found.renamed_from) {
        outcome = outcome.member("renamed_from", before.name().value());
    }
    Ok(outcome.notes(notes))
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
    let (state, list) = (args.state.as_deref(), args.list.as_deref());
    let (signers, content) = (&args.signed.signers, args.signed.content.as_deref());
    let (client, notes) = follow::up_to(signers, args.grace, state, list, content, now)?;
    let answer = client.ask(&question)?;
    let (text, json) = answered(&answer);
    let good = matches!(answer.verdict, Verdict::Recognised { .. });
    let outcome = Outcome::judged(text, json, good);
    Ok(outcome.member("flash", client.flash_number()).notes(notes))
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
