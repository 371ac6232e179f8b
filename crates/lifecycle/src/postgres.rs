//! The store for several machines: a PostgreSQL database that several engines work on at once.
//!
//! Plain SQL and serializable transactions, no procedures, no notifications and no locks by
//! name, so that a database which speaks PostgreSQL's protocol can take its place. The tables
//! lie in the schema that the connection's `search_path` names first. Prepared statements live
//! as long as a connection: a pooler in between must keep it for one client. A newer program
//! brings the tables up to date, and from then on older ones that still run write nothing.
//!
//! # One log for all
//!
//! A decision is made on what was read, and is written only behind the head that was there
//! before anything was read. The row `log_head` is the first that [`Store::append`] changes, in
//! a serializable transaction: of two nodes the second waits for the first, finds the head
//! moved, has written nothing, and the engine decides again. So the log is what one engine would
//! have written in that order, and what it promises holds across nodes: no serial number twice,
//! case numbers without a hole, no quota exceeded. The unique columns say the same once more.
//!
//! When the connection is lost before a commit, nothing was written, and the batch is tried
//! again over a new one. When it is lost in the middle of the commit, nobody has said what
//! became of it: then the log is asked for the digest of the batch's last record. A commit that
//! is still on its way holds `log_head`, so whoever tries again waits for it and then sees it.
//! [`StoreError::OutcomeUnknown`] is left where the server did not come back in time, or others
//! were in the way until then: a conflict, after which the engine decides again, is said only
//! where that commit can come through no more.
//!
//! # Whose an open intent is
//!
//! Only the engine that made an intent knows whether it has tried to sign it: for all others its
//! outcome is unknown, and unknown is for ever (its number is burnt and replaced). One engine
//! alone on a store may treat every open intent of others as one of the dead. Among several
//! that would burn what a colleague is about to sign.
//!
//! So each node has a name that no process had before it, and a lease: a time, by the
//! database's clock, until which it is taken to be alive, renewed when it writes and when it
//! asks what is to be settled. What waits is marked with the node that made its intent
//! ([`Batch::taken`]), and [`Store::to_settle`] gives a node what is its own, and takes over what
//! belongs to nodes whose lease has run out.
//!
//! The lease decides who tries, never what is true. An intent is signed by the one engine that
//! wrote it, if at all, and its outcome is recorded once, behind the head. A lease that runs out
//! too early (a machine that stood still, a clock that was set) costs a serial number: the new
//! owner burns it, the old one's signature comes too late, is refused and goes nowhere. A lease
//! that runs out late costs time. Neither costs a second signature.
//!
//! What is left waiting by a node that died is done when another one calls
//! [`Engine::settle`](crate::Engine::settle): where several nodes work, each calls it now and
//! then.

/// The columns of a case, in the order in which they are read and written: a newer program may
/// add others.
macro_rules! case_columns {
    () => {
        "id, number, phase, kind, mode, rules, rules_version, opened, unit, certificate,
        replaces, until, signing_issuer, signing_serial, encryption_issuer, encryption_serial"
    };
}

mod lease;
mod link;
mod rows;
mod schema;
mod write;

use crate::{
    AuthorityId, Batch, CaseId, CaseNumber, CaseRow, CertificateRow, CheckpointRow, CrlPoint,
    Error, Head, Holdings, IdempotencyKey, Notice, Record, Reservation, Serial, Store, StoreError,
    StreamId,
    log::Room,
    ports::{bounded, kind_range},
};
use ::postgres::{Client, Config, NoTls};
use der::DateTime;
use lease::Node;
use link::{Connect, Failure, Link};
use rows::{identifier, number, seconds, stored};
use std::{cell::RefCell, fmt, ops::RangeInclusive, time::Duration};
use write::Writing;

/// The cases that count: `$1` is the unit, `$2` the certificate, `$3` the time, `$4` and `$5`
/// are left out.
const HOLDINGS: &str = "
    WITH counting AS (
        SELECT cases.id, cases.replaces FROM cases
        LEFT JOIN certificates
            ON certificates.issuer = cases.signing_issuer
            AND certificates.serial = cases.signing_serial
        WHERE cases.unit = $1 AND cases.certificate = $2
            AND (cases.signing_serial IS NULL
                OR certificates.status IN ('issued', 'active', 'held'))
            AND (cases.until IS NULL OR $3 <= cases.until)
    )
    SELECT count(*) FROM counting
    WHERE id IS DISTINCT FROM CAST($4 AS text) AND id IS DISTINCT FROM CAST($5 AS text)
        AND (replaces IS NULL OR replaces NOT IN (SELECT id FROM counting))";

const PUT_CHECKPOINT: &str = "INSERT INTO checkpoints (size, text, roots)
    SELECT CAST($1 AS bigint), $2, $3
    WHERE NOT EXISTS (SELECT 1 FROM checkpoints WHERE size >= CAST($1 AS bigint))";

const CHECKPOINT_TEXT: &str = "SELECT text FROM checkpoints WHERE size = $1";

/// How an engine stands among others on one database.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// What the node is called in the table `nodes`, for people; random digits come behind it.
    pub node: String,
    /// How long others leave this node's open intents alone after it was last heard of: longer
    /// than one signature of its device takes; 1 second to 1 day.
    pub lease: Duration,
    /// How long a call waits for a server that can't be reached, and for others that write;
    /// 100 milliseconds to 10 minutes.
    pub patience: Duration,
}

/// A lease of nothing gives every open intent away; one of years is never taken over from.
const LEASE: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(86_400);
/// Without patience no connection is ever tried again.
const PATIENCE: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(600);

impl PostgresOptions {
    fn check(&self) -> Result<(), StoreError> {
        for (what, value, range) in [
            ("a lease", self.lease, LEASE),
            ("a patience", self.patience, PATIENCE),
        ] {
            if !range.contains(&value) {
                let (least, most) = range.into_inner();
                return Err(StoreError::OutOfRange {
                    what,
                    value,
                    least,
                    most,
                });
            }
        }
        Ok(())
    }
}

impl Default for PostgresOptions {
    /// A node called `node`, a lease of 60 seconds, a patience of 10.
    fn default() -> Self {
        Self {
            node: "node".to_owned(),
            lease: Duration::from_secs(60),
            patience: Duration::from_secs(10),
        }
    }
}

/// A store in a PostgreSQL database.
///
/// Its calls wait for the network: an asynchronous program makes them, and drops it, on a thread
/// where it may block.
pub struct PostgresStore {
    link: RefCell<Link>,
    /// None for a reader.
    node: Option<Node>,
}

impl PostgresStore {
    /// Opens a store for an engine, without TLS; makes the tables in an empty database, and
    /// brings those of an older version up to date. `connection` is a connection string or URL
    /// as PostgreSQL's own programs take it.
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreError::OutOfRange`] for options that no node can work with;
    /// with [`StoreError::Unfit`] when the string can't be read, the database
    /// holds something else or tables of a newer version, or the server acknowledges what a power
    /// cut may take (`synchronous_commit`, `fsync` or `full_page_writes` off); with
    /// [`StoreError::Server`] when it can't be reached or refuses; [`Error::Random`].
    pub fn open(connection: &str, options: &PostgresOptions) -> Result<Self, Error> {
        let connect = |config: &Config| config.connect(NoTls);
        Self::open_by(connection, options, connect)
    }

    /// As [`Self::open`], over connections that `connect` makes: with TLS, most of all. It is
    /// asked again whenever one was lost.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_by(
        connection: &str,
        options: &PostgresOptions,
        connect: impl Fn(&Config) -> Result<Client, ::postgres::Error> + Send + 'static,
    ) -> Result<Self, Error> {
        let node = Node::new(&options.node, options.lease)?;
        let mut link = link_to(connection, options, Box::new(connect), false)?;
        schema::bring_up_to_date(&mut link)?;
        Node::forget_others(&mut link)?;
        let mut store = Self {
            link: RefCell::new(link),
            node: Some(node),
        };
        let (link, node) = store.writer()?;
        node.renew(link)?;
        Ok(store)
    }

    /// Opens a store that exists, for reading only, without TLS; a server that follows another
    /// will do. It shows the store as it is now, whatever nodes write meanwhile, until the
    /// connection is lost: an examiner's reader, dropped when the examination is over.
    ///
    /// # Errors
    /// As [`Self::open`]; [`StoreError::Unfit`] for an empty database or one of an older
    /// version, too.
    pub fn open_read_only(connection: &str, options: &PostgresOptions) -> Result<Self, Error> {
        let connect = |config: &Config| config.connect(NoTls);
        let mut link = link_to(connection, options, Box::new(connect), true)?;
        schema::check(&mut link)?;
        Ok(Self {
            link: RefCell::new(link),
            node: None,
        })
    }

    /// The connection of a writer.
    fn writer(&mut self) -> Result<(&mut Link, &mut Node), StoreError> {
        let link = self.link.get_mut();
        match &mut self.node {
            Some(node) => Ok((link, node)),
            None => Err(link.unfit("it was opened for reading only")),
        }
    }

    fn read<T>(
        &self,
        sql: &'static str,
        parameters: link::Parameters<'_>,
        read: impl Fn(&::postgres::Row) -> Result<T, link::Unreadable>,
    ) -> Result<Vec<T>, StoreError> {
        self.link.borrow_mut().read(sql, parameters, read)
    }
}

fn link_to(
    connection: &str,
    options: &PostgresOptions,
    connect: Box<Connect>,
    reads_only: bool,
) -> Result<Link, StoreError> {
    options.check()?;
    let config = connection.parse().map_err(|error: ::postgres::Error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        StoreError::Unfit {
            database: "the connection string".to_owned(),
            found: source.unwrap_or_else(|| error.to_string()),
        }
    })?;
    Ok(Link::new(config, connect, reads_only, options.patience))
}

impl Store for PostgresStore {
    fn head(&self) -> Result<Head, StoreError> {
        let sql = "SELECT seq, digest FROM records ORDER BY seq DESC LIMIT 1";
        let heads = self.read(sql, &[], rows::head)?;
        Ok(heads.into_iter().next().unwrap_or(Head::EMPTY))
    }

    fn append(&mut self, expected: &Head, batch: &Batch) -> Result<(), StoreError> {
        let (link, node) = self.writer()?;
        node.renew(link)?;
        let mut writing = Writing {
            expected,
            batch,
            node: node.id(),
            is_unknown: false,
        };
        let answer = link.work("writing to it", |session| writing.write(session));
        match answer {
            Err(StoreError::Server {
                database, source, ..
            }) if writing.is_unknown => Err(StoreError::OutcomeUnknown { database, source }),
            // Decided again it would be written twice, where it comes through after all.
            Err(conflict @ StoreError::Conflict { .. }) if writing.is_unknown => {
                Err(StoreError::OutcomeUnknown {
                    database: link.database().to_owned(),
                    source: conflict.into(),
                })
            }
            answer => answer,
        }
    }

    fn records(&self, seq: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        let sql = "SELECT seq, stream, version, octets, digest FROM records
            WHERE seq > $1 ORDER BY seq LIMIT $2";
        let mut room = Room::default();
        let takes = |row: &::postgres::Row| room.takes(rows::stored_octets(row));
        let parameters: link::Parameters<'_> = &[&stored(seq), &bounded(limit)];
        let mut link = self.link.borrow_mut();
        link.read_while(sql, parameters, takes, rows::record)
    }

    fn digests(&self, seq: u64, limit: usize) -> Result<Vec<[u8; 32]>, StoreError> {
        let sql = "SELECT digest FROM records WHERE seq > $1 ORDER BY seq LIMIT $2";
        self.read(sql, &[&stored(seq), &bounded(limit)], |row| {
            rows::digest(row, 0)
        })
    }

    fn checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        let sql = "SELECT size, text, roots FROM checkpoints ORDER BY size DESC LIMIT 1";
        Ok(self.read(sql, &[], rows::checkpoint)?.into_iter().next())
    }

    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError> {
        let (size, roots) = (stored(row.size), row.roots.concat());
        let mut was_tried = false;
        let (link, _) = self.writer()?;
        link.work("writing to it", |session| {
            let put = session.alone(PUT_CHECKPOINT, &[&size, &row.text, &roots]);
            let put = match put {
                Ok(put) => put,
                Err(failure) => {
                    was_tried = true;
                    return Err(failure);
                }
            };
            // An earlier try may have done it.
            let is_own = put == 0 && was_tried && {
                let there: Option<String> = session.value(CHECKPOINT_TEXT, &[&size])?;
                there.as_ref() == Some(&row.text)
            };
            if put == 1 || is_own {
                return Ok(());
            }
            Err(Failure::Conflict("a checkpoint of more records is there"))
        })
    }

    fn stream(&self, stream: &StreamId) -> Result<Vec<Record>, StoreError> {
        let sql = "SELECT seq, stream, version, octets, digest FROM records
            WHERE stream = $1 ORDER BY version";
        self.read(sql, &[&stream.to_string()], rows::record)
    }

    fn streams(
        &self,
        kind: &str,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<StreamId>, StoreError> {
        let [start, end] = kind_range(kind, after);
        let sql = "SELECT stream FROM records
            WHERE stream > $1 AND stream < $2 AND version = 1 ORDER BY stream LIMIT $3";
        self.read(sql, &[&start, &end, &bounded(limit)], |row| {
            identifier(row, 0)
        })
    }

    fn revoked(
        &self,
        issuer: &AuthorityId,
    ) -> Result<Vec<(CertificateRow, Option<u32>)>, StoreError> {
        let sql = "SELECT issuer, serial, status, revoked_at, reason, shard FROM certificates
            WHERE issuer = $1 AND revoked_at IS NOT NULL ORDER BY serial";
        self.read(sql, &[&issuer.as_str()], |row| {
            Ok((rows::certificate(row)?, rows::shard(row, 5)?))
        })
    }

    fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError> {
        let sql = "SELECT issuer, serial, status, revoked_at, reason FROM certificates
            WHERE issuer = $1 AND serial = $2";
        let key: link::Parameters<'_> = &[&issuer.as_str(), &serial.to_string()];
        Ok(self.read(sql, key, rows::certificate)?.into_iter().next())
    }

    fn reservation(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<Reservation>, StoreError> {
        let sql = "SELECT issuer, serial, key, not_after, shard FROM certificates
            WHERE issuer = $1 AND serial = $2 AND key IS NOT NULL";
        let key: link::Parameters<'_> = &[&issuer.as_str(), &serial.to_string()];
        Ok(self.read(sql, key, rows::reservation)?.into_iter().next())
    }

    fn reservations_of(&self, key: &[u8; 32]) -> Result<Vec<Reservation>, StoreError> {
        let sql = "SELECT issuer, serial, key, not_after, shard FROM certificates
            WHERE key = $1 ORDER BY issuer, serial";
        self.read(sql, &[&&key[..]], rows::reservation)
    }

    fn reservations(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<Reservation>, StoreError> {
        // Every serial number comes after the empty text.
        let after = after.map_or_else(String::new, Serial::to_string);
        let sql = "SELECT issuer, serial, key, not_after, shard FROM certificates
            WHERE issuer = $1 AND serial > $2 AND key IS NOT NULL ORDER BY serial LIMIT $3";
        let parameters: link::Parameters<'_> = &[&issuer.as_str(), &after, &bounded(limit)];
        self.read(sql, parameters, rows::reservation)
    }

    fn crl_points(&self, issuer: &AuthorityId) -> Result<Vec<CrlPoint>, StoreError> {
        let sql = "SELECT issuer, shard, urls, deltas FROM crl_points
            WHERE issuer = $1 ORDER BY shard NULLS FIRST, urls, deltas";
        self.read(sql, &[&issuer.as_str()], rows::crl_point)
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
            WHERE issuer = $1 AND serial > $2 ORDER BY serial LIMIT $3";
        let parameters: link::Parameters<'_> = &[&issuer.as_str(), &after, &bounded(limit)];
        self.read(sql, parameters, rows::certificate)
    }

    fn certificate_count(&self) -> Result<u64, StoreError> {
        let counts = self.read("SELECT count(*) FROM certificates", &[], |row| {
            number(row, 0)
        })?;
        Ok(counts.first().copied().unwrap_or(0))
    }

    fn unsettled(&self) -> Result<Vec<StreamId>, StoreError> {
        let sql = "SELECT stream FROM unsettled ORDER BY since, turn";
        self.read(sql, &[], |row| identifier(row, 0))
    }

    fn to_settle(&mut self, limit: usize) -> Result<Vec<StreamId>, StoreError> {
        let (link, node) = self.writer()?;
        node.streams(link, limit)
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn first_under(&self, key: &IdempotencyKey) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT seq FROM submissions WHERE key = $1";
        let found = self.read(sql, &[&key.as_str()], |row| number(row, 0))?;
        Ok(found.into_iter().next())
    }

    fn submissions(
        &self,
        after: Option<&IdempotencyKey>,
        limit: usize,
    ) -> Result<Vec<(IdempotencyKey, u64)>, StoreError> {
        // Every key comes after the empty text.
        let after = after.map_or("", IdempotencyKey::as_str);
        let sql = "SELECT key, seq FROM submissions WHERE key > $1 ORDER BY key LIMIT $2";
        self.read(sql, &[&after, &bounded(limit)], |row| {
            Ok((identifier(row, 0)?, number(row, 1)?))
        })
    }

    fn last_case(&self) -> Result<CaseNumber, StoreError> {
        let sql = "SELECT coalesce(max(number), 0) FROM case_numbers";
        let numbers = self.read(sql, &[], |row| number(row, 0))?;
        Ok(CaseNumber(numbers.first().copied().unwrap_or(0)))
    }

    fn case(&self, id: &CaseId) -> Result<Option<CaseRow>, StoreError> {
        let sql = concat!("SELECT ", case_columns!(), " FROM cases WHERE id = $1");
        Ok(self
            .read(sql, &[&id.as_str()], rows::case)?
            .into_iter()
            .next())
    }

    fn cases(&self, after: Option<&CaseId>, limit: usize) -> Result<Vec<CaseRow>, StoreError> {
        // Every name comes after the empty one.
        let after = after.map_or("", CaseId::as_str);
        let sql = concat!(
            "SELECT ",
            case_columns!(),
            " FROM cases WHERE id > $1 ORDER BY id LIMIT $2"
        );
        self.read(sql, &[&after, &bounded(limit)], rows::case)
    }

    fn case_of(&self, issuer: &AuthorityId, serial: &Serial) -> Result<Option<CaseId>, StoreError> {
        let sql = "SELECT id FROM cases WHERE signing_issuer = $1 AND signing_serial = $2
            UNION ALL
            SELECT id FROM cases WHERE encryption_issuer = $1 AND encryption_serial = $2";
        let key: link::Parameters<'_> = &[&issuer.as_str(), &serial.to_string()];
        let found = self.read(sql, key, |row| identifier(row, 0))?;
        Ok(found.into_iter().next())
    }

    fn holdings(&self, asked: &Holdings<'_>) -> Result<u32, StoreError> {
        let [own, replaced] = asked.except.map(|id| id.map(CaseId::as_str));
        let now = seconds(asked.now);
        let parameters: link::Parameters<'_> =
            &[&asked.unit, &asked.certificate, &now, &own, &replaced];
        let counts = self.read(HOLDINGS, parameters, |row| {
            Ok(u32::try_from(number(row, 0)?)?)
        })?;
        Ok(counts.first().copied().unwrap_or(0))
    }

    fn due_by(&self, now: DateTime, limit: usize) -> Result<Vec<(StreamId, DateTime)>, StoreError> {
        let sql = "SELECT stream, due FROM timers WHERE due < $1 ORDER BY due, stream LIMIT $2";
        self.read(sql, &[&seconds(now), &bounded(limit)], |row| {
            Ok((identifier(row, 0)?, rows::time(row, 1)?))
        })
    }

    fn notices(&self, now: DateTime, limit: usize) -> Result<Vec<Notice>, StoreError> {
        let sql = "SELECT content FROM notices WHERE NOT told AND due <= $1
            ORDER BY due, key LIMIT $2";
        self.read(sql, &[&seconds(now), &bounded(limit)], rows::notice)
    }

    fn notice_told(&self, key: &str) -> Result<Option<bool>, StoreError> {
        let told = self.read("SELECT told FROM notices WHERE key = $1", &[&key], |row| {
            Ok(row.try_get(0)?)
        })?;
        Ok(told.into_iter().next())
    }

    fn note_told(&mut self, key: &str) -> Result<(), StoreError> {
        let sql = "UPDATE notices SET told = true WHERE key = $1";
        let (link, _) = self.writer()?;
        link.execute("writing to it", sql, &[&key]).map(drop)
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        if let Some(node) = &self.node {
            node.release(self.link.get_mut());
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("database", &self.link.borrow().database())
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}
