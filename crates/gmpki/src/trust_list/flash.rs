//! Status flashes: recognitions that end now.

use super::{
    draft::{cause, standing},
    follow, message, refused, sign,
};
use crate::{
    args::{FlashStatus, ListFlash},
    failure::Failure,
    moment,
    outcome::Outcome,
    output::{self, Readers},
};
use der::DateTime;
use serde_json::json;
use std::{path::PathBuf, sync::Arc};
use trust_list::{
    client::{Client, ClientPolicy, FlashDraft, MemoryStore, UnverifiedFlash},
    list::{EntryKey, SignaturePlan, SignerSet, Status, TrustList, UnverifiedList},
    publish::Folder,
};

pub(super) fn flash(args: &ListFlash) -> Result<Outcome, Failure> {
    sign::check(&args.keys)?;
    let at = moment::or_now("--at", args.at.as_deref())?;
    let (plan, pins) = sign::plan(&args.keys, SignaturePlan::new(at))?;
    let (place, offered) = about(args)?;
    let failed = |error| refused(&place, error);
    let policy = policy(&offered, pins).map_err(failed)?;
    let policy = follow::with_recovery(policy, &args.recovery)?;
    let (client, list) = reader(policy.clone(), &offered, at).map_err(failed)?;
    let number = match (args.number, &args.folder) {
        (Some(number), _) => number,
        (None, Some(folder)) => Folder::new(folder).next_flash_number().map_err(failed)?,
        (None, None) => return Err(Failure::Usage("give --number, or --folder".into())),
    };
    let draft = draft(args, &list, number, at)?;
    let der = sign::signed(&args.keys, draft.prepare_for(&plan)?)?;
    let flash = UnverifiedFlash::from_der(der.clone())?;
    // What readers would refuse helps nobody in an emergency.
    client.accept_flash(&flash, at).map_err(failed)?;

    let mut files = Vec::new();
    if let Some(folder) = &args.folder {
        let published = Folder::new(folder).publish_flash(&flash, &policy, at);
        files.extend(published.map_err(failed)?.files);
    }
    if let Some(out) = &args.out {
        output::write(out, &der, Readers::AsUsual)?;
        files.push(out.display().to_string());
    }
    let sequence = list.sequence();
    let text = format!(
        "flash {number} about list {sequence}, signed: {}",
        files.join(", ")
    );
    let json = json!({ "number": number, "sequence": sequence, "files": files });
    Ok(Outcome::new(text, json))
}

/// The list that it is about, and the file or folder that it is in.
fn about(args: &ListFlash) -> Result<(PathBuf, UnverifiedList), Failure> {
    if let Some(path) = &args.list {
        return Ok((path.clone(), message(path, args.content.as_deref())?));
    }
    let Some(folder) = &args.folder else {
        return Err(Failure::Usage("give --list, or --folder".into()));
    };
    let last = Folder::new(folder).latest();
    let last = last.and_then(|last| last.ok_or(trust_list::Error::NoList));
    let last = last.map_err(|error| refused(folder, error))?;
    Ok((folder.clone(), last))
}

/// Those whom the list names count, as they do for its readers; who signs must be enough of
/// them.
fn policy(list: &UnverifiedList, signers: SignerSet) -> trust_list::Result<ClientPolicy> {
    let roll = list.claimed_signers()?;
    Ok(ClientPolicy::pinned(
        roll.map_or(signers, |roll| roll.current),
    ))
}

fn reader(
    policy: ClientPolicy,
    list: &UnverifiedList,
    at: DateTime,
) -> trust_list::Result<(Client, Arc<TrustList>)> {
    let client = Client::open(policy, MemoryStore::new())?;
    client.accept(list, at)?;
    let list = client.list().ok_or(trust_list::Error::NoList)?;
    Ok((client, list))
}

fn draft(
    args: &ListFlash,
    list: &TrustList,
    number: u64,
    at: DateTime,
) -> Result<FlashDraft, Failure> {
    let status = match args.status {
        FlashStatus::Suspended => Status::Suspended,
        FlashStatus::Terminated => Status::Terminated,
    };
    let mut change = standing(status, cause(args.cause), &args.decision)?;
    if let Some(event) = &args.event {
        change = change.event(moment::parse("--event", event)?);
    }
    let mut draft = FlashDraft::new(list, number, at);
    for class in &args.class {
        let key = EntryKey::new(&args.jurisdiction, &args.ca, class);
        draft = draft.change(key, change.clone())?;
    }
    Ok(draft)
}
