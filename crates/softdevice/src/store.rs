//! The file: an SQLite database that several processes use at once.
//!
//! A rollback journal with `synchronous=FULL`: what is committed is on the disk, the counters
//! of the PINs above all.
//!
//! A process may load several of our shared libraries, each with an SQLite of its own. SQLite
//! locks by `fcntl`, which knows processes and not libraries: two copies in one process don't
//! see each other's locks, and whoever closes the file drops those of the other
//! (<https://www.sqlite.org/howtocorrupt.html>, 2.2). So every transaction, opening and closing
//! is under a lock of ours on a file beside the store, which belongs to the one that opened
//! it ([`fs::File::lock`]). A write-ahead log would not do even then: the copy that closes first
//! takes it away from under the other.

mod lock;

use crate::{Error, Result, fork};
use lock::{Access, Lock};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::{
    fmt,
    fs::{self, DirBuilder, File, OpenOptions},
    io, mem,
    path::{Path, PathBuf},
    process,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// `PRAGMA application_id` of our files: "GMSD".
const APPLICATION_ID: i32 = 0x474d_5344;
/// `PRAGMA user_version`: the version of the tables below.
const SCHEMA_VERSION: i32 = 1;

const SCHEMA: &str = "
    CREATE TABLE device (
        id         INTEGER PRIMARY KEY CHECK (id = 1),
        label      TEXT    NOT NULL,
        serial     TEXT    NOT NULL,
        device_key BLOB    NOT NULL,
        iterations INTEGER NOT NULL
    );
    CREATE TABLE applications (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        uid         BLOB    NOT NULL UNIQUE,
        name        TEXT    NOT NULL UNIQUE,
        file_rights INTEGER NOT NULL,
        user_tries  INTEGER NOT NULL
    );
    CREATE TABLE pins (
        application INTEGER NOT NULL REFERENCES applications ON DELETE CASCADE,
        role        TEXT    NOT NULL,
        maximum     INTEGER NOT NULL,
        remaining   INTEGER NOT NULL,
        initial     INTEGER NOT NULL,
        iterations  INTEGER NOT NULL,
        salt        BLOB    NOT NULL,
        sealed      BLOB    NOT NULL,
        PRIMARY KEY (application, role)
    );
    CREATE TABLE containers (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        application INTEGER NOT NULL REFERENCES applications ON DELETE CASCADE,
        name        TEXT    NOT NULL,
        number      INTEGER NOT NULL UNIQUE,
        UNIQUE (application, name)
    );
    CREATE TABLE objects (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        application INTEGER NOT NULL REFERENCES applications ON DELETE CASCADE,
        uid         BLOB    NOT NULL UNIQUE,
        class       TEXT    NOT NULL,
        kind        TEXT    NOT NULL,
        label       TEXT    NOT NULL,
        key_id      BLOB    NOT NULL,
        private     INTEGER NOT NULL,
        container   INTEGER REFERENCES containers ON DELETE CASCADE,
        place       TEXT,
        value       BLOB    NOT NULL,
        attributes  BLOB    NOT NULL,
        sealed      BLOB,
        UNIQUE (container, place, class)
    );
    CREATE INDEX objects_application ON objects (application);
    CREATE TABLE files (
        application  INTEGER NOT NULL,
        name         TEXT    NOT NULL,
        read_rights  INTEGER NOT NULL,
        write_rights INTEGER NOT NULL,
        contents     BLOB    NOT NULL,
        PRIMARY KEY (application, name)
    );
";

/// How long one waits for another's write: longer than any write takes.
const BUSY: Duration = Duration::from_secs(10);
/// How long one waits for another's PIN: longer than hundreds of PINs take.
const PATIENCE: Duration = Duration::from_secs(120);
/// The file that is locked for as long as the store is used.
const LOCK: &str = "-lock";

/// The file and this process's connection to it.
pub(crate) struct Store {
    /// Absolute and without links: the same for all who lock what lies beside it, and
    /// after another directory became the process's.
    path: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    /// Not there only while it is dropped.
    connection: Option<Connection>,
    lock: Lock,
    /// The process that opened it.
    process: u32,
}

impl Inner {
    fn open(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(Error::NoStore { path: path.into() });
        }
        let lock = Lock::open(path, LOCK)?;
        let connection = lock.hold(Access::Exclusive, BUSY, || connect(path))??;
        Ok(Self {
            connection: Some(connection),
            lock,
            process: process::id(),
        })
    }

    /// Runs `body` with the connection, under the lock.
    fn run<T>(&mut self, how: Access, body: impl FnOnce(&mut Connection) -> T) -> Result<T> {
        let connection = self.connection.as_mut().ok_or(Error::Damaged {
            what: "connection to the store",
        })?;
        self.lock.hold(how, BUSY, || body(connection))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let mut connection = self.connection.take();
        let inside = fork::enter();
        if self.process == process::id() && inside.is_ok() {
            // Without the lock it stays open: to close it would drop another's locks.
            let taken = || connection.take();
            let _ = self.lock.hold(Access::Exclusive, BUSY, taken);
        }
        // SQLite's must not be carried over a fork, not even to be closed.
        mem::forget(connection);
    }
}

impl Store {
    /// Makes the tables in a new file; `fill` writes the first row.
    pub(crate) fn create(
        path: &Path,
        fill: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<Self> {
        let _inside = fork::enter()?;
        make_private_file(path).map_err(|source| Error::File {
            path: path.into(),
            source,
        })?;
        let path = &canonical(path)?;
        let mut inner = Inner::open(path)?;
        let made = inner.run(Access::Exclusive, |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
            // Of two that make a device at once, the second finds the first one's.
            if number(&transaction, "PRAGMA schema_version")? != 0 {
                return Ok(false);
            }
            transaction.execute_batch(SCHEMA)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            fill(&transaction)?;
            transaction.commit()?;
            Ok(true)
        })?;
        match made {
            Ok(true) => Self::with(path, inner),
            Ok(false) => Err(Error::StoreExists { path: path.into() }),
            Err(source) => Err(failed(path, "making its tables", source)),
        }
    }

    pub(crate) fn open(path: &Path) -> Result<Self> {
        let _inside = fork::enter()?;
        let path = &canonical(path)?;
        Self::with(path, Inner::open(path)?)
    }

    fn with(path: &Path, mut inner: Inner) -> Result<Self> {
        inner.run(Access::Shared, |connection| check(path, connection))??;
        Ok(Self {
            path: path.into(),
            inner: Mutex::new(inner),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `body` while nobody else does so with this name, in this process or another:
    /// for what takes longer than a transaction. After [`PATIENCE`] it runs all the same,
    /// since whoever holds the name may be stopped, or have left it to a fork.
    pub(crate) fn alone<T>(&self, name: &str, body: impl FnOnce() -> T) -> Result<T> {
        // Opened anew: threads exclude each other as processes do.
        let lock = Lock::open(&self.path, &format!("{LOCK}-{name}"))?;
        Ok(lock.hold_or_go_on(PATIENCE, body))
    }

    /// Takes away what [`Self::alone`] left of a name that is not used any more.
    pub(crate) fn forget_name(&self, name: &str) {
        // An empty file that stays does no harm.
        let _ = fs::remove_file(Lock::path(&self.path, &format!("{LOCK}-{name}")));
    }

    /// A consistent look.
    pub(crate) fn read<T>(
        &self,
        during: &'static str,
        look: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let _inside = fork::enter()?;
        self.lock()?
            .run(Access::Shared, |connection| look(connection))?
            .map_err(|source| failed(&self.path, during, source))
    }

    /// One transaction: all of it is durable when this returns, or nothing is done.
    pub(crate) fn write<T>(
        &self,
        during: &'static str,
        change: impl FnOnce(&Transaction<'_>) -> std::result::Result<T, WriteError>,
    ) -> Result<T> {
        let _inside = fork::enter()?;
        let written = self.lock()?.run(Access::Exclusive, |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = change(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })?;
        written.map_err(|error| match error {
            WriteError::Database(source) => failed(&self.path, during, source),
            WriteError::Refused(error) => error,
        })
    }

    /// The connection, a new one in a process that was forked; for those who are inside.
    fn lock(&self) -> Result<MutexGuard<'_, Inner>> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.process != process::id() {
            *inner = Inner::open(&self.path)?;
        }
        Ok(inner)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Why a transaction was not committed.
pub(crate) enum WriteError {
    Database(rusqlite::Error),
    Refused(Error),
}

impl From<rusqlite::Error> for WriteError {
    fn from(source: rusqlite::Error) -> Self {
        Self::Database(source)
    }
}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// The path as all see it. It begins with a root, so that SQLite takes none for a URI.
fn canonical(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Error::NoStore { path: path.into() }
        }
        _ => Error::File {
            path: path.into(),
            source,
        },
    })
}

fn connect(path: &Path) -> Result<Connection> {
    // Without SQLITE_OPEN_URI: the path is a path.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        // Emptied rather than deleted: one sync of a directory less for each write.
        let _mode: String =
            connection
                .pragma_update_and_check(None, "journal_mode", "TRUNCATE", |row| row.get(0))?;
        // Sealed keys that are deleted, or sealed anew, leave nothing in free pages.
        let _on: i64 =
            connection.pragma_update_and_check(None, "secure_delete", "ON", |row| row.get(0))?;
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    };
    open().map_err(|source| failed(path, "opening it", source))
}

/// Refuses what is not a device of this version, and a disk that cannot keep counters.
fn check(path: &Path, connection: &Connection) -> Result<()> {
    let foreign = |found| Error::Foreign {
        path: path.into(),
        found,
    };
    let number =
        |query| number(connection, query).map_err(|source| failed(path, "opening it", source));
    if number("PRAGMA schema_version")? == 0 {
        return Err(foreign("an empty or half-made file"));
    }
    if number("PRAGMA application_id")? != i64::from(APPLICATION_ID) {
        return Err(foreign("an SQLite file of another program"));
    }
    if number("PRAGMA user_version")? != i64::from(SCHEMA_VERSION) {
        return Err(foreign("a device of another version"));
    }
    // 2 is FULL; SQLite does not fail when it can't.
    if number("PRAGMA synchronous")? != 2 {
        return Err(foreign("on a file system that can't sync each commit"));
    }
    Ok(())
}

fn number(connection: &Connection, query: &str) -> rusqlite::Result<i64> {
    connection.query_row(query, [], |row| row.get(0))
}

fn failed(path: &Path, during: &'static str, source: rusqlite::Error) -> Error {
    let foreign = |found| Error::Foreign {
        path: path.into(),
        found,
    };
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => foreign("no SQLite file"),
        Some(ErrorCode::DatabaseCorrupt) => foreign("a damaged SQLite file"),
        _ => Error::Database { during, source },
    }
}

/// An empty file that is its owner's alone, in directories that are. SQLite gives its log
/// the same mode.
fn make_private_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
        #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix sets a mode"))]
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        // Half-made by a process that died, or a device: the tables tell.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(_) => match path.parent().filter(|folder| *folder != Path::new("")) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        },
    }
}
