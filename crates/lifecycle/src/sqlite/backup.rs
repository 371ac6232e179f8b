//! Copies of a store: made while an engine works, put back, and brought up to date.

use super::{Shared, SqliteStore, folder_of};
use crate::{Head, Store, StoreError};
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};
use std::{
    fmt, fs,
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
};

/// Pages that are copied at a time: 1 MiB at SQLite's usual page of 4 KiB.
const STEP: i32 = 256;
/// What SQLite keeps beside a file, and would carry into another one of its name.
const BESIDE: [&str; 2] = ["-wal", "-journal"];

/// How far a copy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// Pages that were copied.
    pub pages: u32,
    /// Pages that there are by now.
    pub of: u32,
}

/// A store that was brought up to date: versions of its tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// The version that was found.
    pub from: i32,
    /// The version that it has now.
    pub to: i32,
}

/// What makes backups of a store that an engine has: taken before the engine gets the store. It
/// keeps nothing open: once the engine is gone, so is the store.
#[derive(Clone)]
pub struct BackupSource {
    shared: Weak<Shared>,
    path: PathBuf,
}

impl fmt::Debug for BackupSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackupSource")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl BackupSource {
    /// As [`SqliteStore::backup`]. On the engine's own thread, `between` may have the engine
    /// work: what it makes durable meanwhile is in the copy, too. On another thread, the engine
    /// waits for the whole copy.
    ///
    /// # Errors
    /// As [`SqliteStore::backup`]; [`StoreError::Other`] when the store was closed.
    pub fn backup(&self, path: &Path, between: &mut dyn FnMut(Copied)) -> Result<Head, StoreError> {
        let closed = StoreError::Other("the store that a backup was asked of is closed");
        let store = SqliteStore {
            shared: self.shared.upgrade().ok_or(closed)?,
            path: self.path.clone(),
        };
        store.backup(path, between)
    }
}

impl SqliteStore {
    /// Copies the store into a new file, by SQLite's online backup, in steps of 256 pages;
    /// `between` is told after each how far the copy has come. It gives the head of the copy.
    ///
    /// The copy lies beside `path` under a name that begins with its own until it is whole and
    /// synced; a process that dies leaves that. It is one plain file, readable for whom the store
    /// is. Whatever changes the store meanwhile must go through this connection, as the engine
    /// does.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a file; [`StoreError::File`] or
    /// [`StoreError::Database`] when the copy could not be written.
    pub fn backup(&self, path: &Path, between: &mut dyn FnMut(Copied)) -> Result<Head, StoreError> {
        let draft = Draft::beside(path)?;
        let head = self.copy_into(&draft, between)?;
        draft.place()?;
        Ok(head)
    }

    /// What makes backups of this store when an engine has it.
    pub fn backup_source(&self) -> BackupSource {
        BackupSource {
            shared: Arc::downgrade(&self.shared),
            path: self.path.clone(),
        }
    }

    /// Opens a store of any version to copy it. Until it is dropped, no engine has it.
    ///
    /// # Errors
    /// As [`Self::version`].
    pub fn open_to_copy(path: &Path) -> Result<Self, StoreError> {
        let store = Self::connect_to_read(path)?;
        store.check_identity()?;
        // Who has begun to read keeps those away who want the file alone.
        store
            .connection()
            .execute_batch("BEGIN; SELECT count(*) FROM sqlite_master")
            .map_err(|source| store.failed("reading its header", source))?;
        Ok(store)
    }

    /// The version of a file's tables; nothing in it changes.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no file; as [`Self::open_read_only`], but that an
    /// older version is an answer.
    pub fn version(path: &Path) -> Result<i32, StoreError> {
        Self::connect_to_read(path)?.check_identity()
    }

    /// Brings the tables of a file up to date, version after version, each in one transaction:
    /// whoever is interrupted goes on by asking again. `reached` hears each version that is
    /// durable. (An engine does the same when it opens a store.)
    ///
    /// # Errors
    /// As [`Self::open`]; [`StoreError::Missing`] when there is no file.
    pub fn migrate_file(
        path: &Path,
        reached: &mut dyn FnMut(i32),
    ) -> Result<Migration, StoreError> {
        let _turn = super::turn(path);
        if !path.exists() {
            return Err(StoreError::Missing { path: path.into() });
        }
        let store = Self::connect_alone(path)?;
        let from = store.check_identity()?;
        store.lock()?;
        store.migrate(reached)?;
        let to = store.check_identity()?;
        Ok(Migration { from, to })
    }

    fn connect_to_read(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.into() });
        }
        Self::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    fn copy_into(
        &self,
        draft: &Draft,
        between: &mut dyn FnMut(Copied),
    ) -> Result<Head, StoreError> {
        draft.open_to_readers_of(&self.path)?;
        let to = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut to = Connection::open_with_flags(&draft.path, to)
            .map_err(|source| draft.refused("opening it", source))?;
        // Nobody has seen the file, so there is nothing to roll back to; it is synced as a whole.
        to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            .map_err(|source| draft.refused("setting it up", source))?;
        let head = self.copy_pages(&mut to, draft, between)?;
        let copied = draft.settle(to)?;
        if copied == head {
            Ok(head)
        } else {
            Err(StoreError::Other("a copy is not what was copied"))
        }
    }

    fn copy_pages(
        &self,
        to: &mut Connection,
        draft: &Draft,
        between: &mut dyn FnMut(Copied),
    ) -> Result<Head, StoreError> {
        let failed = |source| draft.refused("copying a store into it", source);
        let connection = self.connection();
        let copy = Backup::new(&connection, to).map_err(failed)?;
        // Who writes faster than is copied would be followed for ever: after twice the pages
        // that there were, the rest is copied at once.
        let mut steps = None;
        loop {
            let step = if steps == Some(0) { -1 } else { STEP };
            let is_done = match copy.step(step).map_err(failed)? {
                StepResult::Done => true,
                StepResult::More => false,
                // A file that is read and not had alone.
                _ => {
                    let path = self.path.clone();
                    return Err(StoreError::Locked { path });
                }
            };
            let progress = copy.progress();
            let of = u32::try_from(progress.pagecount).unwrap_or(0);
            let rest = u32::try_from(progress.remaining).unwrap_or(0);
            let left = steps.unwrap_or(2 * of / STEP.unsigned_abs() + 1);
            steps = Some(left.saturating_sub(1));
            let head = if is_done { Some(self.head()?) } else { None };
            between(Copied {
                pages: of.saturating_sub(rest),
                of,
            });
            if let Some(head) = head {
                return Ok(head);
            }
        }
    }
}

/// A store from a backup, whole and up to date, and not in its place yet. Dropped, it leaves
/// nothing.
#[derive(Debug)]
pub struct Restoration {
    store: SqliteStore,
    draft: Draft,
    found: i32,
}

impl Restoration {
    /// Copies a backup beside `to` and brings the copy up to date; the backup stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a store, or what SQLite left beside a lost one;
    /// [`StoreError::Foreign`] when the backup is none or damaged; as [`SqliteStore::open`].
    pub fn begin(
        from: &Path,
        to: &Path,
        between: &mut dyn FnMut(Copied),
    ) -> Result<Self, StoreError> {
        let backup = SqliteStore::open_to_copy(from)?;
        let found = backup.check_identity()?;
        let draft = Draft::beside(to)?;
        backup.copy_into(&draft, between)?;
        let store = SqliteStore::connect_alone(&draft.path)?;
        store.check_identity()?;
        store.lock()?;
        store.migrate(&mut |_| ())?;
        Ok(Self {
            store,
            draft,
            found,
        })
    }

    /// The store, to be examined.
    pub fn store(&self) -> &SqliteStore {
        &self.store
    }

    /// What was done to its tables.
    ///
    /// # Errors
    /// [`StoreError`] when it can't be read.
    pub fn migration(&self) -> Result<Migration, StoreError> {
        let to = self.store.check_identity()?;
        Ok(Migration {
            from: self.found,
            to,
        })
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when somebody else was faster; [`StoreError::File`],
    /// [`StoreError::Database`].
    pub fn finish(self) -> Result<(), StoreError> {
        let Self { store, draft, .. } = self;
        // Nobody else has it: what makes backups of it is not given out.
        let shared = Arc::into_inner(store.shared);
        let connection = shared.ok_or(StoreError::Other("the store is still being copied"))?;
        draft.settle(connection.into_inner())?;
        draft.place()
    }
}

/// A file on its way to its name, beside it; dropped, it is removed.
#[derive(Debug)]
struct Draft {
    path: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// An empty one, under a name that nobody else takes.
    fn beside(target: &Path) -> Result<Self, StoreError> {
        // An empty log is what readers leave, and says nothing.
        let says = |end: &&&str| fs::metadata(with(target, end)).is_ok_and(|file| file.len() > 0);
        let beside = BESIDE.iter().find(says).map(|end| with(target, end));
        let there = fs::symlink_metadata(target).is_ok();
        if let Some(path) = beside.or(there.then(|| target.to_owned())) {
            return Err(StoreError::Exists { path });
        }
        let failed = |source| StoreError::File {
            path: target.to_owned(),
            source,
        };
        let mut random = [0; 4];
        getrandom::fill(&mut random).map_err(|error| failed(io::Error::other(error)))?;
        let end = format!(".copy-{:08x}", u32::from_be_bytes(random));
        let path = with(target, &end);
        let mut new = OpenOptions::new();
        new.write(true).create_new(true);
        new.open(&path).map_err(failed)?;
        Ok(Self {
            path,
            target: target.to_owned(),
        })
    }

    /// Whoever can't read the other file can't read this one; its owner can write it.
    #[cfg(unix)]
    fn open_to_readers_of(&self, other: &Path) -> Result<(), StoreError> {
        use std::os::unix::fs::PermissionsExt;
        let set = fs::metadata(other).and_then(|file| {
            let mode = file.permissions().mode() & 0o666 | 0o200;
            fs::set_permissions(&self.path, fs::Permissions::from_mode(mode))
        });
        set.map_err(|source| self.failed(source))
    }

    #[cfg(not(unix))]
    fn open_to_readers_of(&self, _other: &Path) -> Result<(), StoreError> {
        Ok(())
    }

    /// Makes one plain file of it, as rollback journals leave it: it can be read where nothing
    /// can be written. Its head.
    fn settle(&self, connection: Connection) -> Result<Head, StoreError> {
        let mode = connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| {
            row.get::<_, String>(0)
        });
        let mode = mode.map_err(|source| self.refused("closing it", source))?;
        if mode != "delete" {
            return Err(StoreError::Other("a copy could not be made one plain file"));
        }
        let store = SqliteStore {
            shared: Arc::new(Shared::new(connection)),
            path: self.path.clone(),
        };
        let head = store.head()?;
        let connection = Arc::into_inner(store.shared).map(Shared::into_inner);
        let closed = connection.map_or(Ok(()), Connection::close);
        closed.map_err(|(_, source)| self.refused("closing it", source))?;
        let synced = File::open(&self.path).and_then(|file| file.sync_all());
        synced.map_err(|source| self.failed(source))?;
        Ok(head)
    }

    /// Gives it its name, which nobody else has.
    fn place(self) -> Result<(), StoreError> {
        fs::hard_link(&self.path, &self.target).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists {
                path: self.target.clone(),
            },
            _ => self.failed(source),
        })?;
        let _ = fs::remove_file(&self.path);
        File::open(folder_of(&self.target))
            .and_then(|folder| folder.sync_all())
            .map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> StoreError {
        StoreError::File {
            path: self.target.clone(),
            source,
        }
    }

    fn refused(&self, during: &'static str, source: rusqlite::Error) -> StoreError {
        StoreError::Database {
            path: self.target.clone(),
            during,
            source,
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for end in [""].iter().chain(&BESIDE) {
            let _ = fs::remove_file(with(&self.path, end));
        }
    }
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
