//! The other side's list beside ours.

use super::{draft::draft, follow, refused, verified};
use crate::{args::ListMirror, failure::Failure, moment, outcome::Outcome, sm3::hexadecimal};
use gm_crypto::sm3;
use serde_json::{Value, json};
use std::path::Path;
use trust_list::{client::ClientPolicy, list::TrustList, publish::Folder};

pub(super) fn mirror(args: &ListMirror) -> Result<Outcome, Failure> {
    let at = moment::or_now("--at", args.signed.at.as_deref())?;
    let content = args.signed.content.as_deref();
    let theirs = verified(&args.theirs, content, &args.signed.signers, at)?;
    match (&args.folder, &args.list) {
        (Some(folder), Some(list)) => publish(args, folder, list, &theirs),
        _ => {
            let policy = ClientPolicy::default().mirror_lag(args.lag);
            let client = follow::open(policy, args.state.as_deref())?;
            let checked = client.check_mirror(&theirs);
            checked.map_err(|error| refused(&args.theirs, error))?;
            Ok(said(&theirs, "stands beside ours", &[]))
        }
    }
}

fn publish(
    args: &ListMirror,
    folder: &Path,
    list: &Path,
    theirs: &TrustList,
) -> Result<Outcome, Failure> {
    let ours = draft(list)?;
    let mut mirrors = ours.mirrors().iter();
    let mirror = mirrors.find(|mirror| mirror.publisher == *theirs.publisher());
    let none = || Failure::file(list, "names no list of that publisher");
    let files = Folder::new(folder).publish_mirror(mirror.ok_or_else(none)?, theirs);
    let files = files.map_err(|error| refused(&args.theirs, error))?;
    Ok(said(theirs, "published beside ours", &files))
}

fn said(theirs: &TrustList, word: &str, files: &[String]) -> Outcome {
    let (sequence, name) = (theirs.sequence(), theirs.publisher().name());
    let digest = hexadecimal(&sm3::digest(theirs.der()));
    let mut text = format!("list {sequence} of {name}: {word}");
    if !files.is_empty() {
        text = format!("{text}: {}", files.join(", "));
    }
    let json: Value = json!({
        "sequence": sequence,
        "publisher": name.value(),
        "digest": digest,
        "files": files,
    });
    Outcome::new(text, json)
}
