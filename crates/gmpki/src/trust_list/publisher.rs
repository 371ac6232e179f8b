//! Who publishes a list and signs it, and when the next one is due.

use super::{
    draft::{contact, draft, publisher, replace},
    nobody, refused, set_of, signer_set,
};
use crate::{
    args::{ListDue, ListRename, ListRoll},
    failure::Failure,
    moment,
    outcome::Outcome,
    sm3::hexadecimal,
};
use serde_json::json;
use trust_list::{
    list::{SignerRoll, SignerSet},
    publish::{self, Folder},
};

pub(super) fn signers(args: &ListRoll) -> Result<Outcome, Failure> {
    let draft = draft(&args.draft)?;
    let named = signer_set(&args.signers)?;
    if named.is_none() && args.announce.is_empty() && !args.take_over {
        let message = "give --signer, --announce or --take-over";
        return Err(Failure::Usage(message.into()));
    }
    let known = draft.roll();
    let roll = if args.take_over {
        let next = known.and_then(|roll| roll.next.clone());
        let nobody = || Failure::file(&args.draft, "announces nobody who could take over");
        SignerRoll::new(next.ok_or_else(nobody)?)
    } else {
        let current = named.or_else(|| known.map(|roll| roll.current.clone()));
        let nobody = || Failure::file(&args.draft, "names no signers: give them with --signer");
        let roll = SignerRoll::new(current.ok_or_else(nobody)?);
        if args.announce.is_empty() {
            roll
        } else {
            roll.announcing(set_of(&args.announce, args.announce_threshold)?)
        }
    };
    let set = |set: &SignerSet| {
        let members: Vec<String> = set.members().map(|digest| hexadecimal(digest)).collect();
        json!({ "threshold": set.threshold(), "members": members })
    };
    let (current, next) = (set(&roll.current), roll.next.as_ref().map(set));
    let outcome = replace(&args.draft, &draft.signers(roll))?;
    Ok(outcome.member("signers", current).member("announced", next))
}

pub(super) fn rename(args: &ListRename) -> Result<Outcome, Failure> {
    let draft = draft(&args.draft)?;
    let publisher = publisher(draft.publisher().territory(), &args.publisher)?;
    let mut draft = draft.renamed(publisher)?;
    if let Some(contact) = contact(&args.address)? {
        draft = draft.contact(contact);
    }
    replace(&args.draft, &draft)
}

pub(super) fn due(args: &ListDue) -> Result<Outcome, Failure> {
    let at = moment::or_now("--at", args.at.as_deref())?;
    let pins = signer_set(&args.signers)?.ok_or_else(nobody)?;
    let failed = |error| refused(&args.folder, error);
    let last = Folder::new(&args.folder).latest().map_err(failed)?;
    let Some(last) = last else {
        let text = "no list is there: the first one is due";
        return Ok(Outcome::judged(text, json!({ "due": true }), false));
    };
    // It may be stale, which is what is asked.
    let last = last.verify_by_at_issue(&pins).map_err(failed)?;
    let is_due = publish::is_due(&last, at, args.margin);
    let (sequence, next_update) = (last.sequence(), last.next_update());
    let word = if is_due {
        "the next one is due"
    } else {
        "good"
    };
    let text = format!("list {sequence}, next update by {next_update}: {word}");
    let json = json!({
        "due": is_due,
        "sequence": sequence,
        "next_update": next_update.to_string(),
    });
    Ok(Outcome::judged(text, json, !is_due))
}
