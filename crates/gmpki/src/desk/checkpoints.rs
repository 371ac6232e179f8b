//! Checkpoints of the desk's log: how often there is one, and whether the store is what became
//! of the last that was handed out.

use super::{
    roles::{Keys, Role},
    settings::LogSettings,
};
use crate::{demo::folder::Folder, failure::Failure, input};
use der::{Decode, Encode};
use lifecycle::{AuthorityId, CheckpointFault, Checkpoints, Engine, SignedCheckpoint, Store};
use std::{
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
    let Some(path) = newest(&folder.published().join("log"))? else {
        return Ok(());
    };
    let octets = input::read(&path, input::STRUCTURE)?;
    let text = String::from_utf8(octets).map_err(|source| Failure::file(&path, source))?;
    let signed = SignedCheckpoint::parse(&text).map_err(|source| Failure::file(&path, source))?;
    for (_, state) in Keys::of(engine.store(), Role::Log)?.all {
        let Some(active) = state.established() else {
            continue;
        };
        let certificate = Certificate::from_der(&active.certificate)?;
        let key = certificate.tbs_certificate().subject_public_key_info();
        if let Ok(verified) = signed.verify(&log.origin, &key.to_der()?) {
            return Ok(engine.check_tail(&verified)?);
        }
    }
    Err(Failure::file(&path, CheckpointFault::NotSigned))
}

/// The checkpoint over the most records.
fn newest(folder: &Path) -> Result<Option<PathBuf>, Failure> {
    let files = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        files => files.map_err(|source| Failure::file(folder, source))?,
    };
    let mut newest = None;
    for file in files {
        let path = file?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let size = name.and_then(|name| {
            let size = name.strip_prefix("checkpoint-")?.strip_suffix(".txt")?;
            size.parse::<u64>().ok()
        });
        newest = newest.max(size.map(|size| (size, path)));
    }
    Ok(newest.map(|(_, path)| path))
}
