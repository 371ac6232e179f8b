//! Folders: each thing is a file, complete or absent.

use crate::{
    Error, Notice, Publication,
    ports::{Notifier, Publisher, not_taken},
};
use std::{
    collections::BTreeMap,
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

    /// Each folder is synced once, behind the last of its files.
    fn publish_all(&self, items: &[Publication]) -> Result<(), Error> {
        let mut folders = BTreeMap::new();
        for item in items {
            let path = self.0.join(&item.name);
            write(&path, &item.octets).map_err(|source| not_taken(item, source))?;
            folders.insert(folder_of(&path).to_owned(), item);
        }
        for (folder, item) in folders {
            sync(&folder).map_err(|source| not_taken(item, source))?;
        }
        Ok(())
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

/// Writes a file so that it is there whole or as it was, and stays.
fn write_durably(path: &Path, octets: &[u8]) -> io::Result<()> {
    write(path, octets)?;
    sync(folder_of(path))
}

/// Writes a file so that it is there whole or as it was: a neighbour is written, synced and
/// renamed over it. That it has the name stays when the folder is synced. The neighbour has a
/// name of its own: another node may publish the same thing at the same time.
fn write(path: &Path, octets: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    make(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".publishing-").suffix(".part");
    // What is published is for everybody, less what the mask of the process takes away.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut neighbour = builder.tempfile_in(folder)?;
    neighbour.write_all(octets)?;
    neighbour.as_file().sync_all()?;
    neighbour.persist(path)?;
    Ok(())
}

/// Makes a folder with those above it. A new one is lost with all that is in it unless the one
/// above is synced.
fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder_of(folder);
    make(above)?;
    match fs::create_dir(folder) {
        // Another thread publishes there, too.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => made?,
    }
    sync(above)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or(Path::new("."))
}
