//! The store on one machine: an SQLite file that any auditor can open.
//!
//! Write-ahead log with `synchronous=FULL`: when [`Store::append`] returns, the
//! batch has been synced. The file is locked for as long as it is open, so that
//! no second engine can take the first one's open intents for lost ones.

mod backup;
mod reservations;
mod rows;

pub use backup::{BackupSource, Copied, Migration, Restoration};

use crate::{
    AuthorityId, Batch, CaseId, CaseNumber, CaseRow, CertificateRow, CheckpointRow, CrlPoint, Head,
    Holdings, IdempotencyKey, Notice, Record, Reservation, Serial, Store, StoreError, StreamId,
    log::Room,
    ports::{bounded, kind_range},
};
use der::DateTime;
use parking_lot::{ReentrantMutex, ReentrantMutexGuard};
use reservations::{COLUMNS, crl_point, reservation};
use rows::{
    case_row, certificate_row, checkpoint_row, identifier, notice, record, seconds, time,
    write_batch,
};
use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior,
    config::DbConfig, params,
};
use std::{
    fmt,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// `PRAGMA application_id` of our files: "GMLC".
const APPLICATION_ID: i32 = 0x474d_4c43;
/// `PRAGMA user_version` of the oldest tables that are read: those below. No release of ours
/// wrote older ones.
const OLDEST_VERSION: i32 = 2;
/// Of the tables that are written: the oldest, and what each migration adds.
const SCHEMA_VERSION: i32 = OLDEST_VERSION + 3;

/// What a version adds to the one before: tables, and what is in them of the log.
struct Version {
    tables: &'static str,
    fill: fn(&Transaction<'_>) -> rusqlite::Result<()>,
}

/// Version 3, and each after it.
const MIGRATIONS: [Version; 3] = [
    Version {
        tables: "
    CREATE TABLE checkpoints (
        size  INTEGER PRIMARY KEY,
        text  TEXT NOT NULL,
        roots BLOB NOT NULL
    );
",
        fill: |_| Ok(()),
    },
    Version {
        tables: reservations::TABLES,
        fill: reservations::fill,
    },
    // From here on records may be packed; those that lie there as they are stay so.
    Version {
        tables: "",
        fill: |_| Ok(()),
    },
];

const SCHEMA: &str = "
    CREATE TABLE records (
        seq     INTEGER PRIMARY KEY,
        stream  TEXT    NOT NULL,
        version INTEGER NOT NULL,
        octets  BLOB    NOT NULL,
        digest  BLOB    NOT NULL,
        UNIQUE (stream, version)
    );
    CREATE TABLE certificates (
        issuer     TEXT NOT NULL,
        serial     TEXT NOT NULL,
        status     TEXT NOT NULL,
        revoked_at INTEGER,
        reason     INTEGER,
        PRIMARY KEY (issuer, serial)
    );
    CREATE INDEX certificates_revoked ON certificates (issuer, serial)
        WHERE revoked_at IS NOT NULL;
    CREATE TABLE unsettled (stream TEXT PRIMARY KEY);
    CREATE TABLE case_numbers (number INTEGER PRIMARY KEY);
    CREATE TABLE cases (
        id                TEXT PRIMARY KEY,
        number            INTEGER UNIQUE,
        phase             TEXT    NOT NULL,
        kind              TEXT    NOT NULL,
        mode              TEXT    NOT NULL,
        rules             TEXT    NOT NULL,
        rules_version     INTEGER NOT NULL,
        opened            INTEGER NOT NULL,
        unit              TEXT,
        certificate       TEXT,
        replaces          TEXT,
        until             INTEGER,
        signing_issuer    TEXT,
        signing_serial    TEXT,
        encryption_issuer TEXT,
        encryption_serial TEXT
    ) WITHOUT ROWID;
    CREATE INDEX cases_unit ON cases (unit, certificate) WHERE unit IS NOT NULL;
    CREATE INDEX cases_signing ON cases (signing_issuer, signing_serial)
        WHERE signing_serial IS NOT NULL;
    CREATE INDEX cases_encryption ON cases (encryption_issuer, encryption_serial)
        WHERE encryption_serial IS NOT NULL;
    CREATE TABLE timers (stream TEXT PRIMARY KEY, due INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX timers_due ON timers (due, stream);
    CREATE TABLE notices (
        key     TEXT PRIMARY KEY,
        due     INTEGER NOT NULL,
        content TEXT    NOT NULL,
        told    INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE INDEX notices_open ON notices (due, key) WHERE told = 0;
";

/// The cases that count: `?1` is the unit, `?2` the certificate, `?3` the time, `?4` and `?5`
/// are left out.
const HOLDINGS: &str = "
    WITH counting AS (
        SELECT cases.id, cases.replaces FROM cases
        LEFT JOIN certificates
            ON certificates.issuer = cases.signing_issuer
            AND certificates.serial = cases.signing_serial
        WHERE cases.unit = ?1 AND cases.certificate = ?2
            AND (cases.signing_serial IS NULL
                OR certificates.status IN ('issued', 'active', 'held'))
            AND (cases.until IS NULL OR ?3 <= cases.until)
    )
    SELECT count(*) FROM counting
    WHERE id IS NOT ?4 AND id IS NOT ?5
        AND (replaces IS NULL OR replaces NOT IN (SELECT id FROM counting))";

/// How long an open waits for another process to let go.
const BUSY: Duration = Duration::from_millis(500);
/// KiB of pages that an engine's connection keeps in memory, if there are so many: the upper
/// pages of every index, also where there are ten million certificates.
const CACHE: u32 = 64 * 1_024;
/// Statements that a connection keeps prepared: more than there are.
const STATEMENTS: usize = 64;
/// How long it waits for its turn: longer than the open before it takes.
const TURN: Duration = Duration::from_secs(5);

/// A store in an SQLite file.
pub struct SqliteStore {
    shared: Arc<Shared>,
    path: PathBuf,
}

/// The one connection. Its thread may take it again: while a copy goes on, the engine works in
/// between.
type Shared = ReentrantMutex<Connection>;

impl SqliteStore {
    /// Opens a store for an engine; makes it when there is none, and brings one of an older
    /// version up to date, all of it or nothing. Those of one folder are opened one after the
    /// other, and a file that another process has is waited for: 5.5
    /// seconds at most.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has it, [`StoreError::Foreign`]
    /// when the file is something else, [`StoreError::ReadOnly`] when it can't be
    /// written, [`StoreError::Database`] or [`StoreError::File`] when it can't be
    /// made, read or brought up to date. None of them changes the file.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let _turn = turn(path);
        if !path.exists() {
            Self::make(path)?;
        }
        let store = Self::connect_alone(path)?;
        store.check_identity()?;
        store.lock()?;
        store.migrate(&mut |_| ())?;
        Ok(store)
    }

    /// Opens a store that exists, for reading only.
    ///
    /// # Errors
    /// As [`Self::open`]; [`StoreError::Foreign`] for one of an older version, too.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let store = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        if store.check_identity()? < SCHEMA_VERSION {
            return Err(store.foreign(
                "a store of an older version, which an engine brings up to date when it opens it",
            ));
        }
        Ok(store)
    }

    /// Asks SQLite to check the whole file against its own rules.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] when it finds damage.
    pub fn check_file(&self) -> Result<(), StoreError> {
        let answer: String = self
            .connection()
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|source| self.failed("checking it", source))?;
        if answer == "ok" {
            Ok(())
        } else {
            Err(self.foreign("a damaged SQLite file"))
        }
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
            connection.busy_timeout(BUSY)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            // Without it a cached statement is prepared anew at each use: unbinding its values
            // counts as a change that another plan may suit.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            Ok(connection)
        });
        match opened {
            Ok(connection) => Ok(Self {
                shared: Arc::new(Shared::new(connection)),
                path: path.to_owned(),
            }),
            Err(source) => Err(StoreError::Database {
                path: path.to_owned(),
                during: "opening it",
                source,
            }),
        }
    }

    fn connection(&self) -> ReentrantMutexGuard<'_, Connection> {
        self.shared.lock()
    }

    /// A connection that lets no second engine in from its first lock on; readers
    /// are kept out too.
    fn connect_alone(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let store = Self::connect(path, flags)?;
        // SQLite opens for reading what it can't open for writing.
        let read_only = store.connection().is_readonly("main");
        if read_only.map_err(|source| store.failed("opening it", source))? {
            return Err(StoreError::ReadOnly { path: path.into() });
        }
        store.pragma("locking_mode", "EXCLUSIVE", "exclusive")?;
        Ok(store)
    }

    fn lock(&self) -> Result<(), StoreError> {
        self.pragma("journal_mode", "WAL", "wal")?;
        self.connection()
            .execute_batch(&format!(
                "PRAGMA cache_size = -{CACHE}; PRAGMA synchronous = FULL;
                 BEGIN EXCLUSIVE; COMMIT"
            ))
            .map_err(|source| self.failed("locking it", source))?;
        // 2 is FULL; SQLite does not fail when it can't.
        match self.number("PRAGMA synchronous")? {
            2 => Ok(()),
            _ => Err(self.foreign("on a file system that can't sync each commit")),
        }
    }

    /// Makes a store whole under another name, then gives it its own: whoever finds
    /// the file finds a store, also after a crash. A draft that a crash left is
    /// finished.
    fn make(path: &Path) -> Result<(), StoreError> {
        let failed = |source| StoreError::File {
            path: path.into(),
            source,
        };
        let mut draft = path.as_os_str().to_owned();
        draft.push(".part");
        let draft = PathBuf::from(draft);
        let made =
            Self::make_draft(&draft).and_then(|()| fs::hard_link(&draft, path).map_err(failed));
        match made {
            // Another process was faster, and took the draft away.
            Err(_) if path.exists() => return Ok(()),
            Err(StoreError::Locked { .. }) => return Err(StoreError::Locked { path: path.into() }),
            made => made?,
        }
        let _ = fs::remove_file(&draft);
        File::open(folder_of(path))
            .and_then(|folder| folder.sync_all())
            .map_err(failed)
    }

    fn make_draft(draft: &Path) -> Result<(), StoreError> {
        let store = Self::connect_alone(draft)?;
        if store.number("PRAGMA page_count")? == 0 {
            store.make_tables()?;
        }
        store.check_identity()?;
        store.lock()
    }

    fn make_tables(&self) -> Result<(), StoreError> {
        let make = |connection: &Connection| -> rusqlite::Result<()> {
            let transaction =
                Transaction::new_unchecked(connection, TransactionBehavior::Exclusive)?;
            transaction.execute_batch(SCHEMA)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", OLDEST_VERSION)?;
            transaction.commit()
        };
        make(&self.connection()).map_err(|source| self.failed("making its tables", source))?;
        self.migrate(&mut |_| ())
    }

    /// Adds what is missing to older tables: one version is one transaction, so that a process
    /// that dies in between leaves a store of some version, and the next goes on. `reached` hears
    /// each version that is durable.
    fn migrate(&self, reached: &mut dyn FnMut(i32)) -> Result<(), StoreError> {
        let step = |connection: &Connection, version: i32, added: &Version| {
            let transaction =
                Transaction::new_unchecked(connection, TransactionBehavior::Exclusive)?;
            transaction.execute_batch(added.tables)?;
            (added.fill)(&transaction)?;
            transaction.pragma_update(None, "user_version", version)?;
            #[cfg(feature = "fail-points")]
            crate::fail_point::reach(crate::fail_point::Point::Migrating);
            transaction.commit()
        };
        let found = self.number("PRAGMA user_version")?;
        for (version, added) in (OLDEST_VERSION + 1..).zip(&MIGRATIONS) {
            if i64::from(version) > found {
                step(&self.connection(), version, added)
                    .map_err(|source| self.failed("bringing its tables up to date", source))?;
                #[cfg(feature = "fail-points")]
                crate::fail_point::reach(crate::fail_point::Point::Migrating);
                reached(version);
            }
        }
        Ok(())
    }

    /// The version of its tables.
    fn check_identity(&self) -> Result<i32, StoreError> {
        if self.number("PRAGMA page_count")? == 0 {
            return Err(self.foreign("an empty or half-written file"));
        }
        if self.number("PRAGMA application_id")? != i64::from(APPLICATION_ID) {
            return Err(self.foreign("an SQLite file of another program"));
        }
        let version = i32::try_from(self.number("PRAGMA user_version")?).unwrap_or(0);
        if !(OLDEST_VERSION..=SCHEMA_VERSION).contains(&version) {
            return Err(self.foreign("a store of another version"));
        }
        self.check_length()?;
        Ok(version)
    }

    /// SQLite notices pages that are missing and not one that is cut, which it
    /// fills with zeros. A write-ahead log that was not yet carried over may hold
    /// the page; then nothing is said here.
    fn check_length(&self) -> Result<(), StoreError> {
        let octets = self.number("PRAGMA page_count")? * self.number("PRAGMA page_size")?;
        let mut log = self.path.as_os_str().to_owned();
        log.push("-wal");
        let length = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
        if length(Path::new(&log)) == 0 && i128::from(length(&self.path)) < i128::from(octets) {
            return Err(self.foreign("a cut SQLite file"));
        }
        Ok(())
    }

    fn number(&self, query: &str) -> Result<i64, StoreError> {
        self.connection()
            .query_row(query, [], |row| row.get(0))
            .map_err(|source| self.failed("reading its header", source))
    }

    /// Sets a pragma and checks the answer: SQLite does not fail when it can't.
    fn pragma(&self, name: &str, value: &str, wanted: &'static str) -> Result<(), StoreError> {
        let answer: String = self
            .connection()
            .pragma_update_and_check(None, name, value, |row| row.get(0))
            .map_err(|source| self.failed("setting it up", source))?;
        if answer == wanted {
            Ok(())
        } else {
            Err(self.foreign("on a file system that can't keep a write-ahead log"))
        }
    }

    fn foreign(&self, found: &'static str) -> StoreError {
        StoreError::Foreign {
            path: self.path.clone(),
            found,
        }
    }

    fn failed(&self, during: &'static str, source: rusqlite::Error) -> StoreError {
        failed(&self.path, during, source)
    }

    fn read<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = || -> rusqlite::Result<Vec<T>> {
            let connection = self.connection();
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_map(parameters, read)?.collect()
        };
        rows().map_err(|source| self.failed("reading it", source))
    }
}

/// What an error of SQLite says about the file.
pub(crate) fn failed(path: &Path, during: &'static str, source: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
        Some(ErrorCode::NotADatabase) => StoreError::Foreign {
            path,
            found: "not an SQLite file",
        },
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { path },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Foreign {
            path,
            found: "a damaged or half-written SQLite file",
        },
        _ => StoreError::Database {
            path,
            during,
            source,
        },
    }
}

/// The right to open a store in the folder of `path`, until it is dropped.
///
/// Two that open one file at once would both read it first, each keep the other from the
/// whole of it, and both be refused. Where a folder can't be locked, they still are.
fn turn(path: &Path) -> Option<File> {
    let folder = File::open(folder_of(path)).ok()?;
    let until = Instant::now() + TURN;
    while matches!(folder.try_lock(), Err(TryLockError::WouldBlock)) && Instant::now() < until {
        thread::sleep(Duration::from_millis(2));
    }
    Some(folder)
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or(Path::new("."))
}

impl Store for SqliteStore {
    fn head(&self) -> Result<Head, StoreError> {
        let sql = "SELECT seq, digest FROM records ORDER BY seq DESC LIMIT 1";
        let heads = self.read(sql, [], |row| Ok(Head::new(row.get(0)?, row.get(1)?)))?;
        Ok(heads.into_iter().next().unwrap_or(Head::EMPTY))
    }

    fn append(&mut self, expected: &Head, batch: &Batch) -> Result<(), StoreError> {
        if self.head()? != *expected {
            return Err(StoreError::Conflict {
                what: "records were added in between",
            });
        }
        let next = self.last_case()?.0 + 1;
        if !(next..)
            .zip(&batch.numbers)
            .all(|(next, number)| next == number.0)
        {
            return Err(StoreError::Conflict {
                what: "a case number is not the next",
            });
        }
        let write = |connection: &Connection| -> rusqlite::Result<()> {
            let transaction =
                Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            write_batch(&transaction, batch)?;
            #[cfg(feature = "fail-points")]
            crate::fail_point::during(batch);
            transaction.commit()
        };
        write(&self.connection()).map_err(|source| match source.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => StoreError::Conflict {
                what: "a serial number, case number, key or place in a history is taken",
            },
            _ => self.failed("writing to it", source),
        })
    }

    fn records(&self, seq: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        let sql = "SELECT seq, stream, version, octets, digest FROM records
                   WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let page = || -> rusqlite::Result<Vec<Record>> {
            let connection = self.connection();
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![seq, bounded(limit)])?;
            let (mut page, mut room) = (Vec::new(), Room::default());
            while let Some(row) = rows.next()? {
                if !room.takes(row.get_ref(3)?.as_blob().unwrap_or_default()) {
                    break;
                }
                page.push(record(row)?);
            }
            Ok(page)
        };
        page().map_err(|source| self.failed("reading it", source))
    }

    fn digests(&self, seq: u64, limit: usize) -> Result<Vec<[u8; 32]>, StoreError> {
        let sql = "SELECT digest FROM records WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        self.read(sql, params![seq, bounded(limit)], |row| row.get(0))
    }

    fn checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = "SELECT size, text, roots FROM checkpoints ORDER BY size DESC LIMIT 1";
        Ok(self.read(sql, [], checkpoint_row)?.into_iter().next())
    }

    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError> {
        let last = self.checkpoint()?;
        if last.is_some_and(|last| last.size >= row.size) {
            return Err(StoreError::Conflict {
                what: "a checkpoint of more records is there",
            });
        }
        let sql = "INSERT INTO checkpoints (size, text, roots) VALUES (?1, ?2, ?3)";
        self.connection()
            .execute(sql, params![row.size, row.text, row.roots.concat()])
            .map(drop)
            .map_err(|source| self.failed("writing to it", source))
    }

    fn stream(&self, stream: &StreamId) -> Result<Vec<Record>, StoreError> {
        let sql = "SELECT seq, stream, version, octets, digest FROM records
                   WHERE stream = ?1 ORDER BY version";
        self.read(sql, [stream.to_string()], record)
    }

    fn streams(
        &self,
        kind: &str,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<StreamId>, StoreError> {
        let [start, end] = kind_range(kind, after);
        let sql = "SELECT stream FROM records
                   WHERE stream > ?1 AND stream < ?2 AND version = 1 ORDER BY stream LIMIT ?3";
        self.read(sql, params![start, end, bounded(limit)], |row| {
            identifier(row, 0)
        })
    }

    fn revoked(
        &self,
        issuer: &AuthorityId,
    ) -> Result<Vec<(CertificateRow, Option<u32>)>, StoreError> {
        let sql = "SELECT issuer, serial, status, revoked_at, reason, shard FROM certificates
                   WHERE issuer = ?1 AND revoked_at IS NOT NULL ORDER BY serial";
        self.read(sql, [issuer.as_str()], |row| {
            Ok((certificate_row(row)?, row.get(5)?))
        })
    }

    fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError> {
        let sql = "SELECT issuer, serial, status, revoked_at, reason FROM certificates
                   WHERE issuer = ?1 AND serial = ?2";
        self.connection()
            .query_row(sql, [issuer.as_str(), &serial.to_string()], certificate_row)
            .optional()
            .map_err(|source| self.failed("reading it", source))
    }

    fn reservation(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<Reservation>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM certificates
             WHERE issuer = ?1 AND serial = ?2 AND key IS NOT NULL"
        );
        let key = [issuer.as_str(), &serial.to_string()];
        Ok(self.read(&sql, key, reservation)?.into_iter().next())
    }

    fn reservations_of(&self, key: &[u8; 32]) -> Result<Vec<Reservation>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM certificates WHERE key = ?1 ORDER BY issuer, serial");
        self.read(&sql, [key], reservation)
    }

    fn reservations(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<Reservation>, StoreError> {
        // Every serial number comes after the empty text.
        let after = after.map_or_else(String::new, Serial::to_string);
        let sql = format!(
            "SELECT {COLUMNS} FROM certificates
             WHERE issuer = ?1 AND serial > ?2 AND key IS NOT NULL ORDER BY serial LIMIT ?3"
        );
        let values = params![issuer.as_str(), after, bounded(limit)];
        self.read(&sql, values, reservation)
    }

    fn crl_points(&self, issuer: &AuthorityId) -> Result<Vec<CrlPoint>, StoreError> {
        let sql = "SELECT issuer, shard, urls, deltas FROM crl_points
                   WHERE issuer = ?1 ORDER BY shard, urls, deltas";
        self.read(sql, [issuer.as_str()], crl_point)
    }

    fn certificates(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<CertificateRow>, StoreError> {
        // Every serial number comes after the empty text.
        let after = after.map_or_else(String::new, Serial::to_string);
        let sql = "SELECT issuer, serial, status, revoked_at, reason FROM certificates
                   WHERE issuer = ?1 AND serial > ?2 ORDER BY serial LIMIT ?3";
        self.read(
            sql,
            params![issuer.as_str(), after, bounded(limit)],
            certificate_row,
        )
    }

    fn certificate_count(&self) -> Result<u64, StoreError> {
        self.connection()
            .query_row("SELECT count(*) FROM certificates", [], |row| row.get(0))
            .map_err(|source| self.failed("reading it", source))
    }

    fn unsettled(&self) -> Result<Vec<StreamId>, StoreError> {
        let sql = "SELECT stream FROM unsettled ORDER BY rowid";
        self.read(sql, [], |row| identifier(row, 0))
    }

    fn to_settle(&mut self, limit: usize) -> Result<Vec<StreamId>, StoreError> {
        let sql = "SELECT stream FROM unsettled ORDER BY rowid LIMIT ?1";
        self.read(sql, [bounded(limit)], |row| identifier(row, 0))
    }

    fn first_under(&self, key: &IdempotencyKey) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT seq FROM submissions WHERE key = ?1";
        let found = self.read(sql, [key.as_str()], |row| row.get(0))?;
        Ok(found.into_iter().next())
    }

    fn submissions(
        &self,
        after: Option<&IdempotencyKey>,
        limit: usize,
    ) -> Result<Vec<(IdempotencyKey, u64)>, StoreError> {
        // Every key comes after the empty text.
        let after = after.map_or("", IdempotencyKey::as_str);
        let sql = "SELECT key, seq FROM submissions WHERE key > ?1 ORDER BY key LIMIT ?2";
        self.read(sql, params![after, bounded(limit)], |row| {
            Ok((identifier(row, 0)?, row.get(1)?))
        })
    }

    fn last_case(&self) -> Result<CaseNumber, StoreError> {
        let cases = self.read(
            "SELECT coalesce(max(number), 0) FROM case_numbers",
            [],
            |row| row.get(0),
        )?;
        Ok(CaseNumber(cases.first().copied().unwrap_or(0)))
    }

    fn case(&self, id: &CaseId) -> Result<Option<CaseRow>, StoreError> {
        let sql = "SELECT * FROM cases WHERE id = ?1";
        let rows = self.read(sql, [id.as_str()], case_row)?;
        Ok(rows.into_iter().next())
    }

    fn cases(&self, after: Option<&CaseId>, limit: usize) -> Result<Vec<CaseRow>, StoreError> {
        // Every name comes after the empty one.
        let after = after.map_or("", CaseId::as_str);
        let sql = "SELECT * FROM cases WHERE id > ?1 ORDER BY id LIMIT ?2";
        self.read(sql, params![after, bounded(limit)], case_row)
    }

    fn case_of(&self, issuer: &AuthorityId, serial: &Serial) -> Result<Option<CaseId>, StoreError> {
        let sql = "SELECT id FROM cases WHERE signing_issuer = ?1 AND signing_serial = ?2
                   UNION ALL
                   SELECT id FROM cases WHERE encryption_issuer = ?1 AND encryption_serial = ?2";
        let key = [issuer.as_str(), &serial.to_string()];
        let found = self.read(sql, key, |row| identifier(row, 0))?;
        Ok(found.into_iter().next())
    }

    fn holdings(&self, asked: &Holdings<'_>) -> Result<u32, StoreError> {
        let [own, replaced] = asked.except.map(|id| id.map(CaseId::as_str));
        let now = seconds(asked.now);
        let parameters = params![asked.unit, asked.certificate, now, own, replaced];
        let counts = self.read(HOLDINGS, parameters, |row| row.get(0))?;
        Ok(counts.first().copied().unwrap_or(0))
    }

    fn due_by(&self, now: DateTime, limit: usize) -> Result<Vec<(StreamId, DateTime)>, StoreError> {
        let sql = "SELECT stream, due FROM timers WHERE due < ?1 ORDER BY due, stream LIMIT ?2";
        self.read(sql, params![seconds(now), bounded(limit)], |row| {
            Ok((identifier(row, 0)?, time(row, 1)?))
        })
    }

    fn notices(&self, now: DateTime, limit: usize) -> Result<Vec<Notice>, StoreError> {
        let sql = "SELECT content FROM notices WHERE told = 0 AND due <= ?1
                   ORDER BY due, key LIMIT ?2";
        self.read(sql, params![seconds(now), bounded(limit)], notice)
    }

    fn notice_told(&self, key: &str) -> Result<Option<bool>, StoreError> {
        let told = self.read("SELECT told FROM notices WHERE key = ?1", [key], |row| {
            row.get(0)
        })?;
        Ok(told.into_iter().next())
    }

    fn note_told(&mut self, key: &str) -> Result<(), StoreError> {
        let note = || -> rusqlite::Result<usize> {
            let connection = self.connection();
            let mut update =
                connection.prepare_cached("UPDATE notices SET told = 1 WHERE key = ?1")?;
            update.execute([key])
        };
        note()
            .map(drop)
            .map_err(|source| self.failed("writing to it", source))
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
