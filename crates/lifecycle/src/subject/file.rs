//! Keys in a file of their own, beside the store and never in it: a copy of the log is no copy
//! of them.

use super::{KeysOf, SubjectKey};
use crate::{PersonId, Store, StoreError, StreamId, ports::SubjectKeys};
use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row, Transaction, TransactionBehavior, params};
use std::{
    collections::{HashMap, HashSet},
    fmt,
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use zeroize::Zeroizing;

/// `PRAGMA application_id` of our files: "GMSK".
const APPLICATION_ID: i32 = 0x474d_534b;
/// `PRAGMA user_version` of the tables below.
const SCHEMA_VERSION: i32 = 1;

const SCHEMA: &str = "
    CREATE TABLE subject_keys (
        stream TEXT    NOT NULL,
        number INTEGER NOT NULL,
        person TEXT,
        key    BLOB,
        PRIMARY KEY (stream, number)
    ) WITHOUT ROWID;
    CREATE INDEX subject_keys_person ON subject_keys (person, stream) WHERE key IS NOT NULL;
";

/// How long an open waits for another process to let go.
const BUSY: Duration = Duration::from_secs(5);
/// Histories whose keys are held in memory before they are let go of.
const CACHED: usize = 20_000;
/// Records that are read at a time.
const PAGE: usize = 1_000;

/// Keys in an SQLite file that only its owner may read (mode 600).
///
/// Write-ahead log with `synchronous=FULL`: when [`sync`](SubjectKeys::sync) returns, what was put
/// is durable. With `secure_delete` the octets of a destroyed key are overwritten in the file,
/// and the write-ahead log is cut to nothing. Copies of the file, and what a disk keeps below it,
/// are for whoever makes copies and chooses disks.
pub struct SubjectKeyFile {
    path: PathBuf,
    inner: Mutex<Inner>,
}

struct Inner {
    /// None where there is no file, and it is only read.
    connection: Option<Connection>,
    cached: HashMap<StreamId, KeysOf>,
    /// What SQLite calls the file's state after the last write of another process.
    version: i64,
    /// Not yet in the file.
    put: Vec<(StreamId, u32, PersonId, Arc<SubjectKey>)>,
}

impl SubjectKeyFile {
    /// Opens the keys of a store; makes the file where there is none, and the store has nothing
    /// sealed yet, for which all of its log is read once.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no file, and the store's log has sealed records:
    /// the file is to be brought back, and no new one hides that. [`StoreError::Foreign`] when it
    /// is something else, [`StoreError::File`] and [`StoreError::Database`] when it can't be
    /// made or read.
    pub fn open(path: &Path, store: &dyn Store) -> Result<Self, StoreError> {
        let missing = || match is_sealed(store) {
            Ok(true) => Err(StoreError::Missing { path: path.into() }),
            other => other.map(drop),
        };
        if !path.exists() {
            missing()?;
            make(path)?;
        }
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let failed = |during| move |source| database(path, during, source);
        let mode: String = connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
            .map_err(failed("opening it"))?;
        if mode != "wal" {
            return Err(foreign(path, "on a file system without a write-ahead log"));
        }
        connection
            .execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")
            .map_err(failed("opening it"))?;
        if number(&connection, "SELECT count(*) FROM sqlite_schema", path)? == 0 {
            // Made and not finished, or emptied.
            missing()?;
            let transaction =
                Transaction::new_unchecked(&connection, TransactionBehavior::Exclusive);
            let make = |transaction: Transaction<'_>| -> rusqlite::Result<()> {
                transaction.execute_batch(SCHEMA)?;
                transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
                transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
                transaction.commit()
            };
            transaction
                .and_then(make)
                .map_err(failed("making its table"))?;
        }
        check(&connection, path)?;
        Ok(Self::over(path, Some(connection)))
    }

    /// Opens keys for reading alone; without a file there are none, and what is sealed then does
    /// not open.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Ok(Self::over(path, None));
        }
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        check(&connection, path)?;
        Ok(Self::over(path, Some(connection)))
    }

    fn over(path: &Path, connection: Option<Connection>) -> Self {
        Self {
            path: path.into(),
            inner: Mutex::new(Inner {
                connection,
                cached: HashMap::new(),
                version: 0,
                put: Vec::new(),
            }),
        }
    }

    fn failed(&self, during: &'static str, source: rusqlite::Error) -> StoreError {
        database(&self.path, during, source)
    }

    fn writable<'a>(&self, inner: &'a Inner) -> Result<&'a Connection, StoreError> {
        let missing = || StoreError::Missing {
            path: self.path.clone(),
        };
        inner.connection.as_ref().ok_or_else(missing)
    }
}

impl Inner {
    /// Lets go of what is cached when another process wrote, but for what it can't have: several
    /// nodes of one store have one file of keys.
    fn heed_others(&mut self) -> rusqlite::Result<()> {
        let Some(connection) = &self.connection else {
            return Ok(());
        };
        let mut select = connection.prepare_cached("PRAGMA data_version")?;
        let version: i64 = select.query_row([], |row| row.get(0))?;
        if version != self.version {
            self.version = version;
            let own: HashSet<_> = self.put.iter().map(|(stream, ..)| stream).collect();
            self.cached.retain(|stream, _| own.contains(stream));
        }
        Ok(())
    }
}

impl fmt::Debug for SubjectKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectKeyFile({})", self.path.display())
    }
}

impl SubjectKeys for SubjectKeyFile {
    fn of(&self, stream: &StreamId) -> Result<KeysOf, StoreError> {
        let mut inner = self.inner.lock();
        let heeded = inner.heed_others();
        heeded.map_err(|source| self.failed("reading a key", source))?;
        if let Some(found) = inner.cached.get(stream) {
            return Ok(Arc::clone(found));
        }
        let Some(connection) = &inner.connection else {
            return Ok(KeysOf::default());
        };
        let read = |connection: &Connection| -> rusqlite::Result<Vec<_>> {
            let sql = "SELECT key FROM subject_keys WHERE stream = ?1 ORDER BY number";
            let mut select = connection.prepare_cached(sql)?;
            let rows = select.query_map([stream.to_string()], key)?;
            rows.collect()
        };
        let found: KeysOf = read(connection)
            .map_err(|source| self.failed("reading a key", source))?
            .into();
        // What is not in the file yet is nowhere else.
        if inner.cached.len() >= CACHED && inner.put.is_empty() {
            inner.cached.clear();
        }
        inner.cached.insert(stream.clone(), Arc::clone(&found));
        Ok(found)
    }

    fn put(
        &self,
        stream: &StreamId,
        number: u32,
        person: &PersonId,
        key: &Arc<SubjectKey>,
    ) -> Result<(), StoreError> {
        let before = self.of(stream)?;
        if usize::try_from(number) != Ok(before.len() + 1) {
            let what = "the number of a subject's key";
            return Err(StoreError::Conflict { what });
        }
        let all = before.iter().cloned().chain([Some(Arc::clone(key))]);
        let mut inner = self.inner.lock();
        self.writable(&inner)?;
        inner.cached.insert(stream.clone(), all.collect());
        let one = (stream.clone(), number, person.clone(), Arc::clone(key));
        inner.put.push(one);
        Ok(())
    }

    fn sync(&self) -> Result<(), StoreError> {
        let mut inner = self.inner.lock();
        if inner.put.is_empty() {
            return Ok(());
        }
        let write = |connection: &Connection| -> rusqlite::Result<()> {
            let transaction =
                Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            let sql = "INSERT INTO subject_keys (stream, number, person, key)
                       VALUES (?1, ?2, ?3, ?4)";
            {
                let mut insert = transaction.prepare_cached(sql)?;
                for (stream, number, person, key) in &inner.put {
                    let (stream, key) = (stream.to_string(), key.as_octets());
                    insert.execute(params![stream, number, person.as_str(), key])?;
                }
            }
            transaction.commit()
        };
        let written = write(self.writable(&inner)?);
        match written {
            Ok(()) => {
                inner.put.clear();
                Ok(())
            }
            // Another node began the same history: what rests on our key is decided again.
            Err(source) if source.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                inner.put.clear();
                inner.cached.clear();
                let what = "another node made the same subject's key";
                Err(StoreError::Conflict { what })
            }
            Err(source) => Err(self.failed("writing keys", source)),
        }
    }

    fn destroy(&self, streams: &[StreamId]) -> Result<(), StoreError> {
        self.sync()?;
        let mut inner = self.inner.lock();
        let overwrite = |connection: &Connection| -> rusqlite::Result<bool> {
            let transaction =
                Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            for stream in streams {
                let stream = stream.to_string();
                // Zeros in the place of the key first, then nothing: no page keeps a copy.
                for sql in [
                    "UPDATE subject_keys SET key = zeroblob(16)
                     WHERE stream = ?1 AND key IS NOT NULL",
                    "UPDATE subject_keys SET key = NULL, person = NULL WHERE stream = ?1",
                    "INSERT OR IGNORE INTO subject_keys (stream, number) VALUES (?1, 1)",
                ] {
                    transaction.execute(sql, [&stream])?;
                }
            }
            transaction.commit()?;
            // The write-ahead log has pages with the key until then.
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            connection.query_row(sql, [], |row| Ok(row.get::<_, i64>(0)? == 0))
        };
        let overwritten = overwrite(self.writable(&inner)?);
        for stream in streams {
            inner.cached.remove(stream);
        }
        match overwritten {
            Ok(true) => Ok(()),
            // Somebody reads: it is tried again.
            Ok(false) => Err(StoreError::Locked {
                path: self.path.clone(),
            }),
            Err(source) => Err(self.failed("destroying keys", source)),
        }
    }

    fn histories(&self, person: &PersonId) -> Result<Vec<StreamId>, StoreError> {
        self.sync()?;
        let inner = self.inner.lock();
        let Some(connection) = &inner.connection else {
            return Ok(Vec::new());
        };
        let read = || -> rusqlite::Result<Vec<String>> {
            let sql = "SELECT DISTINCT stream FROM subject_keys
                       WHERE person = ?1 AND key IS NOT NULL ORDER BY stream";
            let mut select = connection.prepare_cached(sql)?;
            select
                .query_map([person.as_str()], |row| row.get(0))?
                .collect()
        };
        let found = read().map_err(|source| self.failed("reading keys", source))?;
        let stream = |text| StreamId::try_from(text).map_err(|_| foreign(&self.path, DAMAGED));
        found.into_iter().map(stream).collect()
    }

    fn persons(&self) -> Result<Vec<PersonId>, StoreError> {
        self.sync()?;
        let inner = self.inner.lock();
        let Some(connection) = &inner.connection else {
            return Ok(Vec::new());
        };
        let read = || -> rusqlite::Result<Vec<String>> {
            let sql = "SELECT DISTINCT person FROM subject_keys
                       WHERE key IS NOT NULL ORDER BY person";
            let mut select = connection.prepare_cached(sql)?;
            select.query_map([], |row| row.get(0))?.collect()
        };
        let found = read().map_err(|source| self.failed("reading keys", source))?;
        let person = |text: String| PersonId::new(&text).map_err(|_| foreign(&self.path, DAMAGED));
        found.into_iter().map(person).collect()
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}

const DAMAGED: &str = "a damaged file of keys";

/// Whether a log has anything sealed.
fn is_sealed(store: &dyn Store) -> Result<bool, StoreError> {
    let mut seq = 0;
    loop {
        let page = store.records(seq, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(false);
        };
        seq = last.seq;
        // A record that can't be read is for whoever reads it.
        let sealed = |entry: crate::Entry| entry.sealed.is_some();
        if page.iter().any(|record| record.entry().is_ok_and(sealed)) {
            return Ok(true);
        }
    }
}

fn make(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path).and_then(|file| file.sync_all());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let named = || std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all();
    made.and_then(|()| named())
        .map_err(|source: io::Error| StoreError::File {
            path: path.into(),
            source,
        })
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
        .and_then(|connection| {
            connection.busy_timeout(BUSY)?;
            Ok(connection)
        })
        .map_err(|source| database(path, "opening it", source))
}

fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    if number(connection, "PRAGMA application_id", path)? != i64::from(APPLICATION_ID) {
        return Err(foreign(path, "not a file of subjects' keys"));
    }
    if number(connection, "PRAGMA user_version", path)? != i64::from(SCHEMA_VERSION) {
        return Err(foreign(path, "subjects' keys of another version"));
    }
    Ok(())
}

fn number(connection: &Connection, sql: &str, path: &Path) -> Result<i64, StoreError> {
    connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(|source| database(path, "reading it", source))
}

fn key(row: &Row<'_>) -> rusqlite::Result<Option<Arc<SubjectKey>>> {
    let octets: Option<[u8; 16]> = row.get(0)?;
    Ok(octets.map(|octets| Arc::new(SubjectKey::from_octets(Zeroizing::new(octets)))))
}

fn foreign(path: &Path, found: &'static str) -> StoreError {
    StoreError::Foreign {
        path: path.into(),
        found,
    }
}

fn database(path: &Path, during: &'static str, source: rusqlite::Error) -> StoreError {
    StoreError::Database {
        path: path.into(),
        during,
        source,
    }
}
