//! Checkpoints of the desk's log: how often there is one, and whether the store is what became
//! of the last that was handed out.

use super::{
    roles::{Keys, Role},
    settings::LogSettings,
};
use crate::{audit, demo::folder::Folder, failure::Failure};
use der::{Decode, Encode};
use lifecycle::{AuthorityId, CheckpointFault, Checkpoints, Engine, Store, VerifiedCheckpoint};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};
use x509_cert::Certificate;

/// Records between two checkpoints, at most.
const RECORDS: u64 = 1_000;
/// Time between two checkpoints, at most, while there is something new.
const AGE: Duration = Duration::from_secs(60 * 60);

pub(super) fn policy(log: &LogSettings, store: &dyn Store) -> Result<Checkpoints, Failure> {
    of_log(&log.origin, Keys::of(store, Role::Log)?.serving()?)
}

/// Whether these characters can name a log.
pub(crate) fn check_name(origin: &str) -> Result<(), Failure> {
    of_log(origin, AuthorityId::new(Role::Log.as_str())?).map(drop)
}

fn of_log(origin: &str, signer: AuthorityId) -> Result<Checkpoints, Failure> {
    Ok(Checkpoints::new(origin, signer, RECORDS, AGE)?)
}

/// A store that is not what became of the newest checkpoint in the folder of what was published
/// is worked on no more: somebody put an older copy in its place, or wrote it anew.
pub(super) fn check(engine: &Engine, folder: &Folder, log: &LogSettings) -> Result<(), Failure> {
    match published(&folder.published())?.pop_last() {
        None => Ok(()),
        Some((_, path)) => Ok(engine.check_tail(&believed(engine.store(), log, &path)?)?),
    }
}

/// A checkpoint that one of the keys signed which the desk's log has had.
pub(crate) fn believed(
    store: &dyn Store,
    log: &LogSettings,
    path: &Path,
) -> Result<VerifiedCheckpoint, Failure> {
    let signed = audit::checkpoint(path)?;
    for (_, state) in Keys::of(store, Role::Log)?.all {
        let Some(active) = state.established() else {
            continue;
        };
        let certificate = Certificate::from_der(&active.certificate)?;
        let key = certificate.tbs_certificate().subject_public_key_info();
        if let Ok(verified) = signed.verify(&log.origin, &key.to_der()?) {
            return Ok(verified);
        }
    }
    Err(Failure::file(path, CheckpointFault::NotSigned))
}

/// The checkpoints in the folder of what was published, by how many records they are over.
pub(crate) fn published(folder: &Path) -> Result<BTreeMap<u64, PathBuf>, Failure> {
    let folder = folder.join("log");
    let files = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        files => files.map_err(|source| Failure::file(&folder, source))?,
    };
    let mut found = BTreeMap::new();
    for file in files {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let size = name.and_then(|name| {
            let size = name.strip_prefix("checkpoint-")?.strip_suffix(".txt")?;
            size.parse::<u64>().ok()
        });
        found.extend(size.map(|size| (size, path)));
    }
    Ok(found)
}
