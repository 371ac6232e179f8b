//! `gmpki store`: backups of a store, its version, its health.

mod backup;
mod restore;

use crate::{
    args::{OutsideCheckpoints, StoreCheck, StoreCommand, StoreMigrate, StorePlace},
    audit,
    desk::{
        Settings,
        backup::Note,
        checkpoints::{believed, published},
    },
    failure::Failure,
    outcome::Outcome,
    progress::Progress,
    sm3::hexadecimal,
};
use lifecycle::{Copied, Head, SqliteStore, Store, VerifiedCheckpoint, audit::Report};
use serde_json::json;
use std::path::{Path, PathBuf};

pub(crate) fn run(command: &StoreCommand) -> Result<Outcome, Failure> {
    match command {
        StoreCommand::Backup(backup) => backup::run(backup),
        StoreCommand::Restore(restore) => restore::run(restore),
        StoreCommand::Migrate(migrate) => self::migrate(migrate),
        StoreCommand::Check(check) => self::check(check),
    }
}

impl StorePlace {
    /// The file of the store.
    fn file(&self) -> PathBuf {
        let of_desk = || self.desk.dir.join("store.sqlite");
        self.store.clone().unwrap_or_else(of_desk)
    }

    /// The desk that it is of, if it is one's.
    fn desk(&self) -> Option<&Path> {
        self.store.is_none().then_some(&*self.desk.dir)
    }
}

fn migrate(migrate: &StoreMigrate) -> Result<Outcome, Failure> {
    let path = migrate.place.file();
    if let Some(dir) = migrate.place.desk()
        && Note::read(dir)?.is_some()
    {
        let reason = "is a backup, which stays as it was made: 'gmpki store restore' brings the copy up to date";
        return Err(Failure::file(dir, reason));
    }
    let mut steps = 0;
    let migration = SqliteStore::migrate_file(&path, &mut |_| steps += 1)?;
    let (from, to) = (migration.from, migration.to);
    let shown = path.display();
    let text = if steps == 0 {
        format!("{shown}: tables of version {to}, and nothing to be done")
    } else {
        format!("{shown}: tables of version {from} brought to version {to}")
    };
    Ok(Outcome::new(text, json!({ "from": from, "to": to })))
}

fn check(check: &StoreCheck) -> Result<Outcome, Failure> {
    let path = check.place.file();
    let store = SqliteStore::open_read_only(&path)?;
    store.check_file()?;
    let mut outside = Vec::new();
    if let Some(dir) = check.place.desk() {
        unchanged(dir, &store)?;
    }
    let folders = check.place.desk().into_iter();
    outside.extend(checkpoints(
        &store,
        folders,
        &check.outside,
        settings(check.place.desk())?,
    )?);
    let report = examine(&store, &path, &outside)?;
    let (text, json) = audit::examined(&report);
    let newest = outside.iter().map(|one| one.head.seq).max();
    let against = match newest {
        Some(records) => format!("checkpoint:    over {records} records, and they are there"),
        None => "checkpoint:    none: nobody can tell this store from an earlier copy".to_owned(),
    };
    let outcome = Outcome::new(format!("store: good\n{text}\n{against}"), json);
    Ok(outcome.member("checkpoint", newest))
}

/// A backup's store is what was backed up.
fn unchanged(dir: &Path, store: &SqliteStore) -> Result<(), Failure> {
    let Some(note) = Note::read(dir)? else {
        return Ok(());
    };
    let head = store.head()?;
    if (note.records, &*note.digest) == (head.seq, &*hexadecimal(&head.digest)) {
        return Ok(());
    }
    let reason = format!(
        "has a store of {} records, and is a backup of {}: it was changed",
        head.seq, note.records
    );
    Err(Failure::file(dir, reason))
}

fn settings(desk: Option<&Path>) -> Result<Option<Settings>, Failure> {
    let Some(dir) = desk else { return Ok(None) };
    // A demonstration has a store and is no desk.
    Settings::read(dir)
}

/// The checkpoints that were given, and the newest that lies published in each folder: all
/// signed by the log.
fn checkpoints<'a>(
    store: &SqliteStore,
    folders: impl Iterator<Item = &'a Path>,
    outside: &OutsideCheckpoints,
    settings: Option<Settings>,
) -> Result<Vec<VerifiedCheckpoint>, Failure> {
    let log = settings.and_then(|settings| settings.log);
    let mut found = Vec::new();
    for file in &outside.checkpoint {
        found.push(match &log {
            Some(log) if outside.log.key.is_none() => believed(store, log, file)?,
            _ => audit::believed(file, &outside.log)?,
        });
    }
    if let Some(log) = &log {
        for folder in folders {
            if let Some((_, newest)) = published(&folder.join("published"))?.pop_last() {
                found.push(believed(store, log, &newest)?);
            }
        }
    }
    Ok(found)
}

/// The whole log, with a bar where somebody waits for it.
fn examine(
    store: &SqliteStore,
    path: &Path,
    outside: &[VerifiedCheckpoint],
) -> Result<Report, Failure> {
    let Head { seq: records, .. } = store.head()?;
    let bar = Progress::new(counted(records));
    let report = lifecycle::audit::verify_watched(store, outside, &mut |passed| {
        bar.at(counted(passed), "records examined");
    });
    report.map_err(|source| Failure::file(path, source))
}

/// Shows how far a copy is.
#[derive(Default)]
struct Copying(Option<Progress>);

impl Copying {
    fn at(&mut self, copied: Copied) {
        let (pages, of) = (u64::from(copied.pages), u64::from(copied.of));
        let bar = self.0.get_or_insert_with(|| Progress::new(counted(of)));
        bar.at(counted(pages), "pages copied");
    }
}

fn counted(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
