//! Where a client keeps what it accepted.

use crate::{Error, Result, list::UnverifiedList};
use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Octets of the largest state: message and JSON of the longest list in base64, and the flashes
/// about it.
const MAX_STATE: usize = UnverifiedList::MAX_LENGTH / 3 * 8 + (64 << 20);

/// Memory that survives the process, for one publisher's lists.
pub trait StateStore: fmt::Debug + Send + Sync {
    /// Reads the state, lets `change` see it, and puts what that gives in its place.
    ///
    /// Nobody else changes it in between; afterwards it is there as a whole, durably, or
    /// as it was.
    ///
    /// # Errors
    /// Those of `change`; [`Error::State`] when it can't be read or kept.
    fn transact(&self, change: &mut Change<'_>) -> Result<()>;

    /// Keeps a list that nobody accepts, as evidence: `name` ends in `.p7s`, or in `.json` for
    /// the content of a detached signature.
    ///
    /// # Errors
    /// [`Error::State`] when it can't.
    fn keep(&self, name: &str, octets: &[u8]) -> Result<()>;
}

/// Sees the state, and says what takes its place.
pub type Change<'a> = dyn FnMut(Option<&[u8]>) -> Result<Option<Vec<u8>>> + 'a;

/// A file, which several processes may share.
///
/// A new state is written beside it, brought to the disk, and given its name; so is the
/// name. A second file with `.lock` behind the name is locked meanwhile.
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// In a folder that exists.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn beside(&self, end: &str) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(end);
        self.path.with_file_name(name)
    }

    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut octets = Vec::new();
        file.take(MAX_STATE as u64 + 1).read_to_end(&mut octets)?;
        if octets.len() > MAX_STATE {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(Some(octets))
    }
}

impl StateStore for FileStore {
    fn transact(&self, change: &mut Change<'_>) -> Result<()> {
        let _lock = lock(&self.beside(".lock")).map_err(failed("can't be locked"))?;
        let octets = self.read().map_err(failed("can't be read"))?;
        match change(octets.as_deref())? {
            None => Ok(()),
            Some(octets) => {
                // What nobody could read again is not put in the place of what is there.
                Error::cap("octets of a state", octets.len(), MAX_STATE)?;
                replace(&self.path, &self.beside(".new"), &octets).map_err(failed("can't be kept"))
            }
        }
    }

    fn keep(&self, name: &str, octets: &[u8]) -> Result<()> {
        let path = self.beside(&format!(".{name}"));
        if path.exists() {
            return Ok(());
        }
        let new = self.beside(&format!(".{name}.new"));
        replace(&path, &new, octets).map_err(failed("has no room for evidence"))
    }
}

fn failed(rule: &'static str) -> impl Fn(io::Error) -> Error {
    move |source| Error::State {
        rule,
        source: Some(source),
    }
}

/// Waits for a file to be ours alone; it is released when it is dropped, and when the process
/// dies.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(false);
    let file = options.open(path)?;
    file.lock()?;
    Ok(file)
}

/// Puts octets in the place of a file: whole and on the disk, or not at all.
pub(crate) fn replace(path: &Path, new: &Path, octets: &[u8]) -> io::Result<()> {
    let mut file = File::create(new)?;
    file.write_all(octets)?;
    file.sync_all()?;
    drop(file);
    fs::rename(new, path)?;
    // The name is on the disk when its folder is.
    #[cfg(unix)]
    {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Memory of this process alone, for tests and for one question.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<Option<Vec<u8>>>,
    kept: Mutex<Vec<(String, Vec<u8>)>>,
}

impl MemoryStore {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// The lists that were kept as evidence.
    pub fn kept(&self) -> Vec<(String, Vec<u8>)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }
}

impl StateStore for MemoryStore {
    fn transact(&self, change: &mut Change<'_>) -> Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(octets) = change(state.as_deref())? {
            *state = Some(octets);
        }
        Ok(())
    }

    fn keep(&self, name: &str, octets: &[u8]) -> Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((name.to_owned(), octets.to_vec()));
        Ok(())
    }
}

impl<S: StateStore + ?Sized> StateStore for std::sync::Arc<S> {
    fn transact(&self, change: &mut Change<'_>) -> Result<()> {
        (**self).transact(change)
    }

    fn keep(&self, name: &str, octets: &[u8]) -> Result<()> {
        (**self).keep(name, octets)
    }
}
