//! Files that get their name when they are whole, and never in the place of what was read.

use crate::failure::Failure;
use gm_crypto::pki::{PrivateKeyFile, pkcs12::Pkcs12};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Octets of the largest file that is looked at for a private key.
const KEY_FILE: u64 = 1 << 16;

/// Every file that this run has read, by its resolved path.
static READ: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Remembers a file that is read, so that nothing is written in its place.
pub(crate) fn remember(path: &Path) {
    if let (Ok(path), Ok(mut read)) = (path.canonicalize(), READ.lock()) {
        read.push(path);
    }
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Whoever the mask of the process lets.
    AsUsual,
    /// Its owner alone: for what was decrypted.
    Owner,
}

/// A file on its way.
///
/// Its octets lie beside it under a name that nobody can foresee until it is finished;
/// what is dropped before is removed. A pipe or a device is written as it is.
pub(crate) struct NewFile {
    path: PathBuf,
    place: Place,
}

enum Place {
    Beside(BufWriter<NamedTempFile>),
    Itself(BufWriter<File>),
}

impl NewFile {
    /// Starts a file in the place of `path`, which a link may point to.
    pub(crate) fn create(path: &Path, readers: Readers) -> Result<Self, Failure> {
        let create = || -> io::Result<Self> {
            let (path, place) = match fs::metadata(path) {
                Ok(found) if !found.is_file() || is_of_the_system(path) => {
                    let file = OpenOptions::new().write(true).open(path)?;
                    (path.to_owned(), Place::Itself(buffered(file)))
                }
                Ok(_) => {
                    let path = path.canonicalize()?;
                    let file = beside(&path, readers)?;
                    (path, Place::Beside(buffered(file)))
                }
                Err(_) if path.is_symlink() => {
                    return Err(io::Error::other("a link to what is not there"));
                }
                Err(_) => {
                    let file = beside(path, readers)?;
                    (path.to_owned(), Place::Beside(buffered(file)))
                }
            };
            Ok(Self { path, place })
        };
        let file = create().map_err(|source| Failure::file(path, source))?;
        file.check()?;
        Ok(file)
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        // What was read since it was started is safe, too.
        self.check()?;
        let done = || -> io::Result<()> {
            match self.place {
                Place::Itself(mut file) => file.flush(),
                Place::Beside(file) => {
                    let file = file.into_inner()?;
                    file.as_file().sync_all()?;
                    file.persist(&self.path)?;
                    Ok(())
                }
            }
        };
        done().map_err(|source| Failure::file(&self.path, source))
    }

    /// Refuses to take the place of an input and of a private key.
    fn check(&self) -> Result<(), Failure> {
        if !matches!(self.place, Place::Beside(_)) {
            return Ok(());
        }
        let Ok(there) = self.path.canonicalize() else {
            return Ok(());
        };
        let refused = |reason| Err(Failure::file(&self.path, reason));
        if READ.lock().is_ok_and(|read| read.contains(&there)) {
            return refused("was read in this run, and --out would replace it: name another file");
        }
        if is_private_key(&there) {
            return refused("holds a private key, and --out would replace it: name another file");
        }
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match &mut self.place {
            Place::Beside(file) => file.write(octets),
            Place::Itself(file) => file.write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.place {
            Place::Beside(file) => file.flush(),
            Place::Itself(file) => file.flush(),
        }
    }
}

/// Writes a file so that it is there whole or as it was, whatever it was.
pub(crate) fn replace(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let mut file = beside(path, Readers::AsUsual)?;
        file.write_all(octets)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|source| Failure::file(path, source))
}

/// Writes what `--out` names.
pub(crate) fn write(path: &Path, octets: &[u8], readers: Readers) -> Result<(), Failure> {
    let mut file = NewFile::create(path, readers)?;
    file.write_all(octets)
        .map_err(|source| Failure::file(path, source))?;
    file.finish()
}

/// Writes a new file that only its owner can read; never over another.
pub(crate) fn write_secret(path: &Path, octets: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => Failure::file(
            path,
            "File exists, and a key is never written over one: name another, or remove it",
        ),
        _ => Failure::file(path, source),
    };
    let mut file = options.open(path).map_err(failed)?;
    let written = file.write_all(octets).and_then(|()| file.sync_all());
    written.map_err(|source| {
        // The beginning of a key is of no use to anybody.
        let _ = fs::remove_file(path);
        failed(source)
    })
}

fn buffered<W: Write>(file: W) -> BufWriter<W> {
    BufWriter::with_capacity(1 << 16, file)
}

/// A new file in the folder of `path`, under a name that nobody can foresee.
fn beside(path: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gmpki-").suffix(".part");
    #[cfg(unix)]
    {
        let mode = match readers {
            // Less what the mask of the process takes away.
            Readers::AsUsual => 0o666,
            Readers::Owner => 0o600,
        };
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    }
    builder.tempfile_in(folder)
}

/// Names like `/dev/stdout`, which stand for a file that somebody has open.
fn is_of_the_system(path: &Path) -> bool {
    path.starts_with("/dev") || path.starts_with("/proc")
}

fn is_private_key(path: &Path) -> bool {
    let mut octets = Zeroizing::new(Vec::new());
    let Ok(file) = File::open(path) else {
        return false;
    };
    let Ok(length) = file.metadata().map(|found| found.len()) else {
        return false;
    };
    if length >= KEY_FILE {
        return false;
    }
    octets.reserve_exact(1 << 16);
    let read = file.take(KEY_FILE).read_to_end(&mut octets);
    read.is_ok() && (Pkcs12::recognises(&octets) || PrivateKeyFile::read(&octets).is_ok())
}
