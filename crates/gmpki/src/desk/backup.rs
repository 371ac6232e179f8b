//! Backups of a desk: which of its files are in one, and what says that a folder is one.

use super::settings::toml_in;
use crate::{demo::folder::Folder, failure::Failure, output};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, DirBuilder, File},
    io,
    path::{Path, PathBuf},
};

/// What tells a backup from a desk.
const NOTE: &str = "backup.toml";
/// What a desk needs beside its store and its keys.
const PARTS: [&str; 6] = [
    "desk.toml",
    "clock",
    "rules",
    "documents",
    "published",
    "notices",
];
/// Folders in folders, at most: a link that leads back has no end.
const DEPTH: usize = 8;

/// What was backed up, and when.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Note {
    /// The machine's time when it was made.
    pub(crate) made: String,
    /// Records of the store.
    pub(crate) records: u64,
    /// The chain's digest after the last, in hexadecimal.
    pub(crate) digest: String,
    /// The version of its tables.
    pub(crate) tables: i32,
}

impl Note {
    /// The one in a folder; none where the folder is no backup.
    pub(crate) fn read(dir: &Path) -> Result<Option<Self>, Failure> {
        toml_in(&dir.join(NOTE))
    }

    pub(crate) fn write(&self, dir: &Path) -> Result<(), Failure> {
        output::replace(&dir.join(NOTE), toml::to_string(self)?.as_bytes())
    }

    /// Nobody works on a backup: there would be two logs that begin alike.
    pub(super) fn refuse(folder: &Folder) -> Result<(), Failure> {
        let path = folder.file(NOTE)?;
        if path.exists() {
            let reason = "says that this is a backup: 'gmpki store restore' makes a desk of it";
            return Err(Failure::file(&path, reason));
        }
        Ok(())
    }
}

/// Files of a desk that belong into its backup, beside the store: as they are named in it.
pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for part in PARTS {
        collect(dir, Path::new(part), DEPTH, &mut found)?;
    }
    Ok(found)
}

fn collect(dir: &Path, name: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let path = dir.join(name);
    let failed = |source: io::Error| Failure::file(&path, source);
    let kind = match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        kind => kind.map_err(failed)?,
    };
    if kind.is_file() {
        found.push(name.to_owned());
        return Ok(());
    }
    if !kind.is_dir() {
        return Err(Failure::file(&path, "is neither a file nor a folder"));
    }
    let deeper = depth.checked_sub(1);
    let deeper = deeper.ok_or_else(|| Failure::file(&path, "lies too deep"))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name());
    }
    names.sort();
    for entry in names {
        collect(dir, &name.join(entry), deeper, found)?;
    }
    Ok(())
}

/// Copies a file under the same name from one folder into another, where it is whole before it
/// has that name. Whoever can't read the one can't read the other, nor look into its folders.
pub(crate) fn copy(from: &Path, name: &Path, to: &Path) -> Result<(), Failure> {
    let (source, place) = (from.join(name), to.join(name));
    let folders: Vec<&Path> = name.ancestors().skip(1).collect();
    for folder in folders.into_iter().rev() {
        make_like(&from.join(folder), &to.join(folder))?;
    }
    let folder = place.parent().unwrap_or(to);
    let copy = || -> io::Result<()> {
        let mut neighbour = place.as_os_str().to_owned();
        neighbour.push(".part");
        // With the permissions of the other, from its first octet on.
        fs::copy(&source, &neighbour)?;
        File::open(&neighbour)?.sync_all()?;
        fs::rename(&neighbour, &place)?;
        File::open(folder)?.sync_all()
    };
    copy().map_err(|error| Failure::file(&place, error))
}

/// Makes a folder where there is none, with the permissions of another; durable when it returns.
pub(crate) fn make_like(other: &Path, folder: &Path) -> Result<(), Failure> {
    let make = || -> io::Result<()> {
        let permissions = fs::metadata(other)?.permissions();
        let mut new = DirBuilder::new();
        // Nobody else looks in before it has them.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut new, 0o700);
        match new.create(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {
                return Ok(());
            }
            made => made?,
        }
        fs::set_permissions(folder, permissions)?;
        let parent = folder.parent().filter(|parent| *parent != Path::new(""));
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    };
    make().map_err(|source| Failure::file(folder, source))
}
