//! `gmpki ceremony restore`: enough shares come together.

use super::{
    share::{Heading, Share},
    split,
    stage::password_of,
};
use crate::{args::CeremonyRestore, failure::Failure, input, keys, outcome::Outcome};
use gm_crypto::sm2::{SigningKey, UserId};
use gm_crypto::{
    pki::{self, decode_private_key_encrypted},
    sm3,
};
use hsm::{KeyHandle, SoftKey};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Octets of the largest share that is read.
const SHARE: u64 = 1 << 14;

pub(crate) fn restore(args: &CeremonyRestore) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.backup];
    files.extend(args.share.iter().map(PathBuf::as_path));
    input::at_most_one_is_standard_input(&files)?;
    let passwords = &args.password_file;
    if !passwords.is_empty() && passwords.len() != args.share.len() {
        let message = "one --password-file for each --share, in their order, or none";
        return Err(Failure::Usage(message.into()));
    }
    let backup = input::read_der(&args.backup, pki::PRIVATE_KEY_LABELS)?;
    let shares = read(args, &backup)?;
    let mut pieces = Vec::new();
    for (at, (path, share)) in args.share.iter().zip(&shares).enumerate() {
        let prompt = format!("Password of {}: ", share.heading.custodian);
        let file = passwords.get(at).map(PathBuf::as_path);
        let password = keys::password_because("the shares are sealed", file, &prompt)?;
        let piece = share.open(password.as_bytes());
        pieces.push(piece.map_err(|source| Failure::file(path, source))?);
    }
    let secret = split::join(&pieces)?;
    let key = decode_private_key_encrypted(&backup, password_of(&secret).as_bytes());
    let key = key.map_err(|source| Failure::file(&args.backup, source))?;
    let handle = SoftKey::new(SigningKey::new(key.clone(), UserId::default()));
    let found = sm3::digest(handle.public_key().as_bytes());
    if shares.iter().any(|share| share.heading.key != found) {
        return Err(Failure::file(
            &args.backup,
            "holds another key than the shares say",
        ));
    }
    keys::write(&args.new, args.new_password_file.as_deref(), || Ok(key))
}

/// Shares of one backup, enough of them, each another one.
fn read(args: &CeremonyRestore, backup: &[u8]) -> Result<Vec<Share>, Failure> {
    let mut shares: Vec<Share> = Vec::new();
    let mut numbers = BTreeSet::new();
    for path in &args.share {
        let refused = |reason: &str| Err(Failure::file(path, reason));
        let octets = input::read(path, SHARE)?;
        let text = str::from_utf8(&octets).map_err(|source| Failure::file(path, source))?;
        let share = Share::from_text(text).map_err(|source| Failure::file(path, source))?;
        if share.heading.backup != sm3::digest(backup) {
            return refused("a share of another backup");
        }
        if !shares
            .iter()
            .all(|other| are_of_one(&other.heading, &share.heading))
        {
            return refused("a share of another ceremony than the others");
        }
        if !numbers.insert(share.heading.number) {
            return refused("this share was given twice");
        }
        shares.push(share);
    }
    let wanted = shares.first().map_or(2, |share| share.heading.threshold);
    if shares.len() < wanted.into() {
        let reason = format!(
            "{wanted} shares open this backup, and {} are given",
            shares.len()
        );
        return Err(Failure::file(&args.backup, reason));
    }
    Ok(shares)
}

fn are_of_one(one: &Heading, other: &Heading) -> bool {
    let facts = |heading: &Heading| {
        let Heading {
            ceremony,
            key,
            count,
            threshold,
            ..
        } = *heading;
        (ceremony, key, count, threshold)
    };
    facts(one) == facts(other)
}
