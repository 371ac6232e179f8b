//! `gmpki store restore`.

use super::{Copying, checkpoints, examine, settings, unchanged};
use crate::{
    args::StoreRestore,
    audit,
    desk::{
        Settings,
        backup::{copy, files, make_like},
        checkpoints::published,
    },
    failure::Failure,
    outcome::Outcome,
};
use lifecycle::{Restoration, Store, VerifiedCheckpoint};
use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// Checkpoints over one number of records that are kept as lost, at most.
const MOST_LOST: u32 = 1_000;

pub(super) fn run(restore: &StoreRestore) -> Result<Outcome, Failure> {
    let target = restore.place.file();
    let backup = &*restore.backup;
    let (source, desk) = match restore.place.desk() {
        None => (backup.to_owned(), None),
        Some(dir) => (
            backup.join("store.sqlite"),
            Some((dir, same_desk(backup, dir)?)),
        ),
    };
    let mut bar = Copying::default();
    if let Some((dir, _)) = &desk {
        make_like(backup, dir)?;
    }
    let restoration = Restoration::begin(&source, &target, &mut |copied| bar.at(copied))?;
    drop(bar);
    let store = restoration.store();
    store.check_file()?;
    if desk.is_some() {
        unchanged(backup, store)?;
    }
    let wanted = desk.as_ref().map(|(_, settings)| settings.clone());
    let folders = desk.iter().flat_map(|(dir, _)| [*dir, backup]);
    let outside = checkpoints(store, folders, &restore.outside, wanted)?;
    let records = store.head()?.seq;
    let (newer, within): (Vec<_>, Vec<_>) =
        outside.into_iter().partition(|one| one.head.seq > records);
    let report = examine(store, &source, &within)?;
    let lost = loss(backup, &newer, records, restore.accept_loss)?;
    let migration = restoration.migration()?;
    let mut notes = Vec::new();
    if let Some((dir, settings)) = &desk {
        put_beside(backup, dir)?;
        if settings.key.is_none() && !dir.join("token").exists() {
            notes.push(
                "the operator's keys are not in a backup: put token, key-centre and \
                 operator.password back before anybody works here"
                    .to_owned(),
            );
        }
    }
    if desk
        .as_ref()
        .is_some_and(|(dir, _)| !dir.join("subject-keys.sqlite").exists())
    {
        notes.push(
            "the keys of persons are not in a backup: put subject-keys.sqlite back before \
             anybody works here"
                .to_owned(),
        );
    }
    restoration.finish()?;
    // What shows the loss is put aside for a store that is there, and never before.
    if let Some((dir, _)) = &desk {
        put_aside(dir, records)?;
    }
    if lost > 0 {
        notes.push(format!(
            "{lost} records are lost: numbers of cases and CRLs that they gave will be given again"
        ));
    }
    if newer.is_empty() && within.is_empty() {
        notes.push("no checkpoint says whether this backup was the last".to_owned());
    }
    let (text, json) = audit::examined(&report);
    let mut text = format!("restored: {}\n{text}", target.display());
    if migration.from != migration.to {
        let (from, to) = (migration.from, migration.to);
        text.push_str(&format!(
            "\ntables:        version {from} brought to version {to}"
        ));
    }
    let outcome = Outcome::new(text, json);
    let outcome = outcome
        .member("store", target.display().to_string())
        .member("lost", lost)
        .member("from", migration.from)
        .member("to", migration.to);
    Ok(outcome.notes(notes))
}

/// The settings of the desk that the backup is of, which is no other than the one that is there.
fn same_desk(backup: &Path, dir: &Path) -> Result<Settings, Failure> {
    let Some(wanted) = settings(Some(backup))? else {
        let reason = "is no backup of a desk: for a store alone, give --store";
        return Err(Failure::file(backup, reason));
    };
    match settings(Some(dir))? {
        Some(there) if there != wanted => {
            let reason = "is a desk that was set up in another way than that of the backup";
            Err(Failure::file(dir, reason))
        }
        _ => Ok(wanted),
    }
}

/// Records of the newest checkpoint that the backup has not: they are lost, and whoever goes on
/// must have said so.
fn loss(
    backup: &Path,
    newer: &[VerifiedCheckpoint],
    records: u64,
    accepted: Option<u64>,
) -> Result<u64, Failure> {
    let newest = newer.iter().max_by_key(|one| one.head.seq);
    let lost = newest.map_or(0, |newest| newest.head.seq - records);
    match (newest, accepted) {
        (None, None) => Ok(0),
        (None, Some(_)) => Err(Failure::Usage(
            "--accept-loss: no checkpoint says that anything is lost".into(),
        )),
        (Some(_), Some(accepted)) if accepted == lost => Ok(lost),
        (Some(newest), _) => {
            let reason = format!(
                "has {records} records, and there is a checkpoint over {} of {}: the {lost} after \
                 its last are not in it, and an engine on it would fork the log; look for a newer \
                 backup, or lose them with --accept-loss {lost}",
                newest.head.seq, newest.at
            );
            Err(Failure::file(backup, reason))
        }
    }
}

/// Puts what is missing beside the store. Whoever breaks off here begins again, and finds it.
fn put_beside(backup: &Path, dir: &Path) -> Result<(), Failure> {
    for name in files(backup)? {
        if !dir.join(&name).exists() {
            copy(backup, &name, dir)?;
        }
    }
    Ok(())
}

/// Gives the checkpoints of what is lost another name: the desk works on, and they stay as proof.
/// Until it has happened to all of them, the desk refuses to work.
fn put_aside(dir: &Path, records: u64) -> Result<(), Failure> {
    let mut folder = None;
    for (size, path) in published(&dir.join("published"))? {
        if size > records {
            set_aside(&path, size).map_err(|source| {
                let reason = format!(
                    "{source}: the store is restored, and this checkpoint of what is lost could not \
                     be put aside as lost-checkpoint-{size}.txt, which remains to be done"
                );
                Failure::file(&path, reason)
            })?;
            folder = path.parent().map(Path::to_owned);
        }
    }
    if let Some(folder) = folder {
        let synced = File::open(&folder).and_then(|folder| folder.sync_all());
        synced.map_err(|source| Failure::file(&folder, source))?;
    }
    Ok(())
}

/// Moves one checkpoint to a name that is free: another one of as many records was lost with
/// another log, and is proof as well.
fn set_aside(path: &Path, size: u64) -> io::Result<()> {
    let octets = fs::read(path)?;
    for turn in 1..=MOST_LOST {
        let end = if turn == 1 {
            String::new()
        } else {
            format!("-{turn}")
        };
        let aside = path.with_file_name(format!("lost-checkpoint-{size}{end}.txt"));
        match fs::hard_link(path, &aside) {
            // The very one: whoever moved it broke off in between.
            Err(error)
                if error.kind() == io::ErrorKind::AlreadyExists
                    && fs::read(&aside).ok().as_ref() != Some(&octets) => {}
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => return fs::remove_file(path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
