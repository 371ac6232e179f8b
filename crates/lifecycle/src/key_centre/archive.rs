//! The archive: an SQLite file of envelopes and of the acts that made them.
//!
//! As the engine's store: a write-ahead log with `synchronous=FULL`, so that what is
//! acknowledged has been synced; a file that is there whole or not at all. Otherwise than there,
//! several processes may work at it, one after the other: the socket goes on while somebody
//! recovers a key. Each transaction begins with what the others have done meanwhile.

use super::{
    Fault,
    act::{Act, ActEntry, ActRecord, State},
};
use crate::{AuthorityId, Head, Octets, Serial, StoreError, sqlite::failed};
use der::DateTime;
use gm_crypto::sm3;
use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params,
};
use serde::{Deserialize, Serialize};
use sm3::digest::Digest;
use std::{
    fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// `PRAGMA application_id` of these files: "GMKC".
const APPLICATION_ID: i32 = 0x474d_4b43;
/// `PRAGMA user_version`. No release of ours wrote version 1.
const VERSION: i32 = 2;
/// How long a transaction waits for another process's.
const BUSY: Duration = Duration::from_secs(5);
/// Acts that are read at once.
const PAGE: u64 = 1_000;
/// Separates the digest of a row from every other use of SM3.
const ROW: &[u8] = b"gm-pki archived key 1\0";

/// Nothing that stands here is changed or taken away again; the triggers say so to whoever
/// comes with another program.
const SCHEMA: &str = "
    CREATE TABLE acts (
        seq    INTEGER PRIMARY KEY,
        octets BLOB NOT NULL,
        digest BLOB NOT NULL
    );
    CREATE TABLE keys (
        authority  TEXT NOT NULL,
        number     TEXT NOT NULL,
        public_key BLOB NOT NULL,
        recipient  BLOB NOT NULL,
        archived   BLOB NOT NULL,
        given      BLOB NOT NULL,
        PRIMARY KEY (authority, number)
    ) WITHOUT ROWID;
    CREATE TABLE recoveries (
        request  BLOB PRIMARY KEY,
        envelope BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TRIGGER acts_stay BEFORE UPDATE ON acts
        BEGIN SELECT RAISE(ABORT, 'acts stay as they are'); END;
    CREATE TRIGGER acts_are_kept BEFORE DELETE ON acts
        BEGIN SELECT RAISE(ABORT, 'acts are kept'); END;
    CREATE TRIGGER keys_stay BEFORE UPDATE ON keys
        BEGIN SELECT RAISE(ABORT, 'keys stay as they are'); END;
    CREATE TRIGGER keys_are_kept BEFORE DELETE ON keys
        BEGIN SELECT RAISE(ABORT, 'keys are kept'); END;
    CREATE TRIGGER recoveries_stay BEFORE UPDATE ON recoveries
        BEGIN SELECT RAISE(ABORT, 'recoveries stay as they are'); END;
    CREATE TRIGGER recoveries_are_kept BEFORE DELETE ON recoveries
        BEGIN SELECT RAISE(ABORT, 'recoveries are kept'); END;
";

/// Which key: the CA that asked for it, and the number that it asked under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct KeyName {
    /// The CA.
    pub authority: AuthorityId,
    /// `userCertNo`.
    pub number: Serial,
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.authority, self.number)
    }
}

/// A key as it is archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ArchivedKey {
    /// 04 ‖ x ‖ y.
    pub(super) public_key: Vec<u8>,
    /// The subscriber's signing key, the same.
    pub(super) recipient: Vec<u8>,
    /// DER of the `SM2EnvelopedKey` for the archive's key.
    pub(super) archived: Vec<u8>,
    /// DER of the `SM2EnvelopedKey` for the subscriber.
    pub(super) given: Vec<u8>,
}

impl ArchivedKey {
    /// SM3 over the row: a prefix, then each column behind its length in four octets.
    pub(super) fn digest(&self, name: &KeyName) -> [u8; 32] {
        let columns = [
            name.authority.as_str().as_bytes(),
            name.number.as_bytes(),
            &self.public_key,
            &self.recipient,
            &self.archived,
            &self.given,
        ];
        let mut digest = sm3::Sm3::new().chain_update(ROW);
        for column in columns {
            let length = u32::try_from(column.len()).expect("an envelope has some 300 octets");
            digest.update(length.to_be_bytes());
            digest.update(column);
        }
        digest.finalize().into()
    }
}

/// What an examination of the archive found in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveReport {
    /// The end of the record: noted elsewhere, it shows later that nothing was cut off.
    pub head: Head,
    /// Keys that are archived.
    pub keys: u64,
    /// Keys that their CA has said to be in use no more.
    pub revoked: u64,
    /// Recoveries that were carried out.
    pub recoveries: u64,
}

/// The file.
pub(super) struct Archive {
    connection: Connection,
    path: PathBuf,
    /// What the acts up to `head` make.
    state: State,
    head: Head,
}

impl Archive {
    /// Makes an archive with its first act.
    pub(super) fn found(path: &Path, at: DateTime, founded: Act) -> Result<Self, Fault> {
        let failed = |source| StoreError::File {
            path: path.into(),
            source,
        };
        let number = getrandom::u64().map_err(|_| Fault::Random)?;
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let draft = folder.join(format!(".{number:016x}.part"));
        let made = make(&draft, at, founded).and_then(|()| match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Fault::Exists("an archive"))
            }
            linked => Ok(linked.map_err(failed)?),
        });
        // What can't be removed is no archive by its name.
        let _ = fs::remove_file(&draft);
        made?;
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
        Self::open(path)
    }

    /// Opens an archive that there is, and goes through its acts.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let number =
            |query| -> rusqlite::Result<i32> { connection.query_row(query, [], |row| row.get(0)) };
        let identity =
            number("PRAGMA application_id").and_then(|id| Ok((id, number("PRAGMA user_version")?)));
        let found = match identity.map_err(|source| failed(path, "reading its header", source))? {
            (APPLICATION_ID, VERSION) => None,
            (APPLICATION_ID, _) => Some("an archive of another version"),
            _ => Some("a file of another program"),
        };
        if let Some(found) = found {
            let path = path.into();
            return Err(StoreError::Foreign { path, found }.into());
        }
        durable(&connection, path)?;
        let mut end = Head::EMPTY;
        let mut state = None;
        let transaction = connection
            .transaction()
            .map_err(|source| failed(path, "reading it", source))?;
        each_act(&transaction, path, &mut end, |entry| {
            go_on(&mut state, entry)
        })?;
        drop(transaction);
        Ok(Self {
            state: state.ok_or(Fault::Damaged {
                found: "it has no acts",
                seq: 0,
            })?,
            head: end,
            path: path.into(),
            connection,
        })
    }

    /// What the acts make that were read last.
    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// What the acts make by now, those of other processes too.
    pub(super) fn catch_up(&mut self) -> Result<&State, Fault> {
        let path = &self.path;
        let transaction = self
            .connection
            .transaction()
            .map_err(|source| failed(path, "reading it", source))?;
        let (state, head) = (&mut self.state, &mut self.head);
        each_act(&transaction, path, head, |entry| state.evolve(entry))?;
        Ok(&self.state)
    }

    /// Does `work` in one transaction: all of it is durable when this returns, or nothing is
    /// there.
    pub(super) fn transact<T>(
        &mut self,
        work: impl FnOnce(&State, &mut Writing<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let path = &self.path;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|source| failed(path, "beginning to write", source))?;
        let (state, head) = (&mut self.state, &mut self.head);
        each_act(&transaction, path, head, |entry| state.evolve(entry))?;
        let mut writing = Writing {
            transaction,
            path,
            end: *head,
        };
        let done = work(state, &mut writing)?;
        let Writing { transaction, .. } = writing;
        transaction
            .commit()
            .map_err(|source| failed(path, "committing", source))?;
        Ok(done)
    }

    /// Every act, in order.
    pub(super) fn acts(&mut self, mut each: impl FnMut(&ActEntry)) -> Result<(), Fault> {
        let path = &self.path;
        let transaction = self
            .connection
            .transaction()
            .map_err(|source| failed(path, "reading it", source))?;
        each_act(&transaction, path, &mut Head::EMPTY.clone(), |entry| {
            each(entry);
            Ok(())
        })
    }

    /// SM3 over the row of a key, as it was recorded when the key was archived.
    pub(super) fn recorded_row(&mut self, name: &KeyName) -> Result<Option<Octets>, Fault> {
        let mut found = None;
        self.acts(|entry| match &entry.act {
            Act::KeyArchived { key, row, .. } if key == name => found = Some(row.clone()),
            _ => {}
        })?;
        Ok(found)
    }

    /// Compares everything with the record, and the record with an end of it that was noted
    /// before.
    pub(super) fn examine(&mut self, noted: Option<&Head>) -> Result<ArchiveReport, Fault> {
        let path = &self.path;
        let reading = |source| failed(path, "reading it", source);
        let transaction = self.connection.transaction().map_err(reading)?;
        let whole: String = transaction
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|source| failed(path, "checking it", source))?;
        if whole != "ok" {
            let found = "SQLite finds the file damaged";
            return Err(Fault::Damaged { found, seq: 0 });
        }
        let mut report = ArchiveReport {
            head: Head::EMPTY,
            keys: 0,
            revoked: 0,
            recoveries: 0,
        };
        let mut state = None;
        let mut end = Head::EMPTY;
        each_act(&transaction, path, &mut end, |entry| {
            let damaged = |found| entry.damaged(found);
            go_on(&mut state, entry)?;
            match &entry.act {
                Act::KeyArchived { key, row, .. } => {
                    report.keys += 1;
                    let found = key_of(&transaction, path, key)?;
                    let found = found.ok_or(damaged("an archived key is missing"))?;
                    if found.digest(key) != row[..] {
                        return Err(damaged("an archived key is not the one that was archived"));
                    }
                }
                Act::KeyRevoked { .. } => report.revoked += 1,
                Act::RecoveredForUser {
                    request, envelope, ..
                }
                | Act::RecoveredForCourt {
                    request, envelope, ..
                } => {
                    report.recoveries += 1;
                    let found = recovery_of(&transaction, path, request)?;
                    let found = found.ok_or(damaged("the envelope of a recovery is missing"))?;
                    if sm3::Sm3::digest(&found)[..] != envelope[..] {
                        return Err(damaged("the envelope of a recovery is another"));
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        report.head = end;
        for (table, acts) in [("keys", report.keys), ("recoveries", report.recoveries)] {
            let rows: u64 = transaction
                .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                    row.get(0)
                })
                .map_err(reading)?;
            if rows != acts {
                let found = "it has rows that no act made";
                return Err(Fault::Damaged { found, seq: 0 });
            }
        }
        if let Some(noted) = noted {
            let digest = digest_at(&transaction, path, noted.seq)?;
            if digest != Some(noted.digest) {
                return Err(Fault::Damaged {
                    found: "the record is not the one whose end was noted: it was cut or changed",
                    seq: noted.seq,
                });
            }
        }
        Ok(report)
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("path", &self.path)
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

/// A transaction.
pub(super) struct Writing<'a> {
    transaction: Transaction<'a>,
    path: &'a Path,
    end: Head,
}

impl Writing<'_> {
    /// A key, if it is archived.
    pub(super) fn key(&self, name: &KeyName) -> Result<Option<ArchivedKey>, Fault> {
        key_of(&self.transaction, self.path, name)
    }

    /// Archives a key under a free name.
    pub(super) fn archive(&self, name: &KeyName, key: &ArchivedKey) -> Result<(), Fault> {
        let row = params![
            name.authority.as_str(),
            name.number.to_string(),
            key.public_key,
            key.recipient,
            key.archived,
            key.given,
        ];
        let sql = "INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.insert(sql, row)
    }

    /// The envelope of a recovery that was carried out.
    pub(super) fn recovery(&self, request: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        recovery_of(&self.transaction, self.path, request)
    }

    /// Keeps the envelope of a recovery.
    pub(super) fn keep_recovery(&self, request: &[u8], envelope: &[u8]) -> Result<(), Fault> {
        let sql = "INSERT INTO recoveries VALUES (?1, ?2)";
        self.insert(sql, params![request, envelope])
    }

    /// Puts an act behind the others.
    pub(super) fn record(&mut self, at: DateTime, act: Act) -> Result<(), Fault> {
        let record = ActRecord::chain(&self.end, at, act)?;
        let row = params![record.seq, record.octets, record.digest];
        self.insert("INSERT INTO acts VALUES (?1, ?2, ?3)", row)?;
        self.end = record.head();
        Ok(())
    }

    fn insert(&self, sql: &str, row: impl rusqlite::Params) -> Result<(), Fault> {
        let insert = || self.transaction.prepare_cached(sql)?.execute(row);
        insert().map_err(|source| failed(self.path, "writing", source))?;
        Ok(())
    }
}

fn go_on(state: &mut Option<State>, entry: &ActEntry) -> Result<(), Fault> {
    match state {
        None => *state = Some(State::begin(entry)?),
        Some(state) => state.evolve(entry)?,
    }
    Ok(())
}

/// A file with tables and one act; closed when this returns.
fn make(path: &Path, at: DateTime, founded: Act) -> Result<(), Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(path, flags)?;
    durable(&connection, path)?;
    make_tables(&mut connection, path, at, founded)?;
    // The file alone gets the name: nothing may be left in the log beside it.
    let closed = connection.close();
    closed.map_err(|(_, source)| failed(path, "closing it", source))?;
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|source| StoreError::File {
            path: path.into(),
            source,
        })?;
    Ok(())
}

fn make_tables(
    connection: &mut Connection,
    path: &Path,
    at: DateTime,
    founded: Act,
) -> Result<(), Fault> {
    let making = |source| failed(path, "making its tables", source);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .map_err(making)?;
    transaction
        .execute_batch(SCHEMA)
        .and_then(|()| transaction.pragma_update(None, "application_id", APPLICATION_ID))
        .and_then(|()| transaction.pragma_update(None, "user_version", VERSION))
        .map_err(making)?;
    let mut writing = Writing {
        transaction,
        path,
        end: Head::EMPTY,
    };
    writing.record(at, founded)?;
    Ok(writing.transaction.commit().map_err(making)?)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Fault> {
    let opened = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .and_then(|connection| {
            connection.busy_timeout(BUSY)?;
            Ok(connection)
        });
    Ok(opened.map_err(|source| failed(path, "opening it", source))?)
}

/// Each commit is synced from here on; SQLite does not fail when it can't.
fn durable(connection: &Connection, path: &Path) -> Result<(), Fault> {
    let set = || -> rusqlite::Result<(String, i64)> {
        let mode =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        connection.execute_batch("PRAGMA synchronous = FULL")?;
        let synchronous = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        Ok((mode, synchronous))
    };
    match set().map_err(|source| failed(path, "setting it up", source))? {
        (mode, 2) if mode == "wal" => Ok(()),
        _ => Err(StoreError::Foreign {
            path: path.into(),
            found: "on a file system that can't sync each commit",
        }
        .into()),
    }
}

/// Goes through the acts behind `end`, which becomes the last one's.
fn each_act(
    connection: &Connection,
    path: &Path,
    end: &mut Head,
    mut each: impl FnMut(&ActEntry) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let reading = |source| failed(path, "reading its acts", source);
    if end.seq > 0 && digest_at(connection, path, end.seq)? != Some(end.digest) {
        return Err(Fault::Damaged {
            found: "acts that were read before are gone",
            seq: end.seq,
        });
    }
    loop {
        let page = || -> rusqlite::Result<Vec<ActRecord>> {
            let sql = "SELECT seq, octets, digest FROM acts WHERE seq > ?1 ORDER BY seq LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![end.seq, PAGE], |row| {
                Ok(ActRecord {
                    seq: row.get(0)?,
                    octets: row.get(1)?,
                    digest: row.get(2)?,
                })
            })?;
            rows.collect()
        };
        let page = page().map_err(reading)?;
        for record in &page {
            each(&record.entry_after(end)?)?;
            *end = record.head();
        }
        if page.is_empty() {
            return Ok(());
        }
    }
}

fn digest_at(connection: &Connection, path: &Path, seq: u64) -> Result<Option<[u8; 32]>, Fault> {
    let read = || {
        let mut statement = connection.prepare_cached("SELECT digest FROM acts WHERE seq = ?1")?;
        let digest = statement.query_row([seq], |row| row.get(0));
        digest.optional()
    };
    Ok(read().map_err(|source| failed(path, "reading its acts", source))?)
}

fn key_of(
    connection: &Connection,
    path: &Path,
    name: &KeyName,
) -> Result<Option<ArchivedKey>, Fault> {
    let read = || {
        let sql = "SELECT public_key, recipient, archived, given FROM keys
            WHERE authority = ?1 AND number = ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let place = params![name.authority.as_str(), name.number.to_string()];
        let key = statement.query_row(place, |row| {
            Ok(ArchivedKey {
                public_key: row.get(0)?,
                recipient: row.get(1)?,
                archived: row.get(2)?,
                given: row.get(3)?,
            })
        });
        key.optional()
    };
    Ok(read().map_err(|source| failed(path, "reading a key", source))?)
}

fn recovery_of(
    connection: &Connection,
    path: &Path,
    request: &[u8],
) -> Result<Option<Vec<u8>>, Fault> {
    let read = || {
        let sql = "SELECT envelope FROM recoveries WHERE request = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        statement.query_row([request], |row| row.get(0)).optional()
    };
    Ok(read().map_err(|source| failed(path, "reading a recovery", source))?)
}
