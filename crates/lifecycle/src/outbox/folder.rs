//! Folders: each thing is a file, complete or absent.

use crate::{
    Notice, Publication,
    ports::{Notifier, Publisher},
};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A folder: each thing is a file, complete or absent.
#[derive(Clone, Debug)]
pub struct FolderPublisher(PathBuf);

impl FolderPublisher {
    /// Publishes below `folder`, which is made when needed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }
}

impl Publisher for FolderPublisher {
    fn publish(&self, item: &Publication) -> io::Result<()> {
        write_durably(&self.0.join(&item.name), &item.octets)
    }
}

/// A folder from which another program sends messages: each notice is a file of JSON, complete
/// or absent.
#[derive(Clone, Debug)]
pub struct FolderNotifier(PathBuf);

impl FolderNotifier {
    /// Writes below `folder`, which is made when needed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }
}

impl Notifier for FolderNotifier {
    fn tell(&self, notice: &Notice) -> io::Result<()> {
        let path = self.0.join(format!("{}.json", notice.key()));
        write_durably(&path, &serde_json::to_vec_pretty(notice)?)
    }
}

/// Writes a file so that it is there whole or as it was: a neighbour is written,
/// synced and renamed over it, then the folder is synced.
fn write_durably(path: &Path, octets: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut neighbour = path.as_os_str().to_owned();
    neighbour.push(".part");
    let mut file = File::create(&neighbour)?;
    file.write_all(octets)?;
    file.sync_all()?;
    fs::rename(&neighbour, path)?;
    File::open(folder)?.sync_all()
}
