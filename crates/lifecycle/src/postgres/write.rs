//! How a batch becomes rows: one statement for each table it touches, whatever its length.

use super::{
    link::{Failure, Fault, Parameters, Session, Statements},
    rows::{seconds, stored},
    schema::{APPLICATION, VERSION_KNOWN},
};
use crate::{
    Batch, CaseNumber, CaseRow, CertificateRow, CrlPoint, Head, IdempotencyKey, Notice, Record,
    Serial, StreamId, certificate::Status, log,
};
use ::postgres::{IsolationLevel, Transaction};
use std::collections::BTreeMap;

/// The first change of every batch: it waits for a writer who was here before, and then finds
/// the head moved. A node of an older version changes nothing once a newer one was there.
const MOVE_HEAD: &str = "UPDATE log_head SET seq = $1, digest = $2
    WHERE seq = $3 AND digest = $4
        AND $5 = (SELECT version FROM schema_version WHERE application = $6)";

const VERSION: &str = "SELECT version FROM schema_version WHERE application = $1";

const RECORDS: &str = "INSERT INTO records (seq, stream, version, octets, digest)
    SELECT * FROM UNNEST(CAST($1 AS bigint[]), CAST($2 AS text[]), CAST($3 AS bigint[]),
        CAST($4 AS bytea[]), CAST($5 AS bytea[]))";

/// A reserved serial number must be new; this fails when it is not.
const RESERVE: &str = "INSERT INTO certificates (issuer, serial, status, key, not_after, shard)
    SELECT issuer, serial, $3, key, not_after, shard
    FROM UNNEST(CAST($1 AS text[]), CAST($2 AS text[]), CAST($4 AS bytea[]),
        CAST($5 AS bigint[]), CAST($6 AS bigint[]))
        AS new (issuer, serial, key, not_after, shard)";

const POINTS: &str = "INSERT INTO crl_points (issuer, shard, urls, deltas)
    SELECT * FROM UNNEST(CAST($1 AS text[]), CAST($2 AS bigint[]), CAST($3 AS text[]),
        CAST($4 AS text[]))
    ON CONFLICT (issuer, coalesce(shard, -1), urls, deltas) DO NOTHING";

const CHANGE: &str = "UPDATE certificates
    SET status = new.status, revoked_at = new.revoked_at, reason = new.reason
    FROM UNNEST(CAST($1 AS text[]), CAST($2 AS text[]), CAST($3 AS text[]),
        CAST($4 AS bigint[]), CAST($5 AS smallint[]))
        AS new (issuer, serial, status, revoked_at, reason)
    WHERE certificates.issuer = new.issuer AND certificates.serial = new.serial";

const SETTLED: &str = "DELETE FROM unsettled WHERE stream = ANY($1)";

/// One that waits already keeps its place and its node.
const WAIT: &str = "INSERT INTO unsettled (stream, since, turn, node)
    SELECT stream, $3, turn, $4
    FROM UNNEST(CAST($1 AS text[]), CAST($2 AS integer[])) AS new (stream, turn)
    ON CONFLICT (stream) DO NOTHING";

/// An open intent is its maker's, whoever had the stream before.
const WAIT_HERE: &str = "INSERT INTO unsettled (stream, since, turn, node)
    SELECT stream, $3, turn, $4
    FROM UNNEST(CAST($1 AS text[]), CAST($2 AS integer[])) AS new (stream, turn)
    ON CONFLICT (stream) DO UPDATE SET node = excluded.node";

const NEXT_CASES: &str = "INSERT INTO case_numbers (number)
    SELECT number FROM UNNEST(CAST($1 AS bigint[])) AS new (number)
    WHERE CAST($2 AS bigint) = (SELECT coalesce(max(number), 0) + 1 FROM case_numbers)";

const SUBMISSIONS: &str = "INSERT INTO submissions (key, seq)
    SELECT * FROM UNNEST(CAST($1 AS text[]), CAST($2 AS bigint[]))";

const CASES: &str = concat!(
    "INSERT INTO cases (",
    case_columns!(),
    ") SELECT * FROM UNNEST(CAST($1 AS text[]), CAST($2 AS bigint[]), CAST($3 AS text[]),
        CAST($4 AS text[]), CAST($5 AS text[]), CAST($6 AS text[]), CAST($7 AS bigint[]),
        CAST($8 AS bigint[]), CAST($9 AS text[]), CAST($10 AS text[]), CAST($11 AS text[]),
        CAST($12 AS bigint[]), CAST($13 AS text[]), CAST($14 AS text[]), CAST($15 AS text[]),
        CAST($16 AS text[]))
    ON CONFLICT (id) DO UPDATE SET
        number = excluded.number, phase = excluded.phase, kind = excluded.kind,
        mode = excluded.mode, rules = excluded.rules, rules_version = excluded.rules_version,
        opened = excluded.opened, unit = excluded.unit, certificate = excluded.certificate,
        replaces = excluded.replaces, until = excluded.until,
        signing_issuer = excluded.signing_issuer, signing_serial = excluded.signing_serial,
        encryption_issuer = excluded.encryption_issuer,
        encryption_serial = excluded.encryption_serial"
);

const NO_TIMER: &str = "DELETE FROM timers WHERE stream = ANY($1)";

const TIMERS: &str = "INSERT INTO timers (stream, due)
    SELECT * FROM UNNEST(CAST($1 AS text[]), CAST($2 AS bigint[]))
    ON CONFLICT (stream) DO UPDATE SET due = excluded.due";

const NOTICES: &str = "INSERT INTO notices (key, due, content)
    SELECT * FROM UNNEST(CAST($1 AS text[]), CAST($2 AS bigint[]), CAST($3 AS text[]))
    ON CONFLICT (key) DO NOTHING";

const DIGEST_AT: &str = "SELECT digest FROM records WHERE seq = $1";

const OWN: &str = "SELECT count(*) FROM unsettled WHERE stream = ANY($1) AND node = $2";

/// A batch on its way into the tables.
pub(super) struct Writing<'a> {
    pub(super) expected: &'a Head,
    pub(super) batch: &'a Batch,
    pub(super) node: &'a str,
    /// Whether a connection was lost in the middle of this batch's commit.
    pub(super) is_unknown: bool,
}

/// Why a transaction ended.
enum Ended {
    /// Before its commit: it left nothing.
    Undone(Failure),
    /// At its commit.
    Committing(::postgres::Error),
}

impl Writing<'_> {
    /// Writes the batch, unless an earlier try turns out to have done it.
    pub(super) fn write(&mut self, session: &mut Session) -> Result<(), Failure> {
        if self.is_unknown && self.is_there(session)? {
            return Ok(());
        }
        let answer = match self.transact(session) {
            Ok(()) => return Ok(()),
            Err(Ended::Undone(failure)) => failure,
            Err(Ended::Committing(error)) => {
                self.is_unknown |= Fault::of(&error) == Fault::Lost;
                return Err(error.into());
            }
        };
        if self.is_unknown && is_rolled_back(&answer) {
            // The lost try was on its way still, and came through before this one.
            if self.is_there(session)? {
                return Ok(());
            }
            // Whoever is merely in the way may be the lost try itself. Where the head is another,
            // or what this try would write is taken, that can come through no more.
            self.is_unknown = is_contended(&answer);
        }
        Err(answer)
    }

    /// Whether the log has this very batch. The digest of its last record stands for all before
    /// it; what two nodes could both have written, word for word, is this one's where the
    /// intents in it are.
    fn is_there(&self, session: &mut Session) -> Result<bool, Failure> {
        let Some(last) = self.batch.records.last() else {
            return Ok(false);
        };
        let digest: Option<Vec<u8>> = session.value(DIGEST_AT, &[&stored(last.seq)])?;
        if digest.as_deref() != Some(&last.digest) {
            return Ok(false);
        }
        let mut taken = names(&self.batch.taken);
        taken.sort_unstable();
        taken.dedup();
        if taken.is_empty() {
            return Ok(true);
        }
        let own: Option<i64> = session.value(OWN, &[&taken, &self.node])?;
        Ok(own.and_then(|own| usize::try_from(own).ok()) == Some(taken.len()))
    }

    fn transact(&self, session: &mut Session) -> Result<(), Ended> {
        let Session { client, statements } = session;
        let level = IsolationLevel::Serializable;
        let builder = client.build_transaction().isolation_level(level);
        let transaction = builder
            .start()
            .map_err(|error| Ended::Undone(error.into()))?;
        let mut tables = Tables {
            transaction,
            statements,
        };
        self.fill(&mut tables).map_err(Ended::Undone)?;
        #[cfg(feature = "fail-points")]
        crate::fail_point::during(self.batch);
        tables.transaction.commit().map_err(Ended::Committing)
    }

    fn fill(&self, tables: &mut Tables<'_>) -> Result<(), Failure> {
        let records = &self.batch.records;
        let after = records.last().map_or(*self.expected, Record::head);
        let moved = tables.change(
            MOVE_HEAD,
            &[
                &stored(after.seq),
                &&after.digest[..],
                &stored(self.expected.seq),
                &&self.expected.digest[..],
                &VERSION_KNOWN,
                &APPLICATION,
            ],
        )?;
        if moved == 0 {
            return Err(tables.not_moved()?);
        }
        tables.numbers(&self.batch.numbers)?;
        tables.records(records)?;
        tables.submissions(&self.batch.submissions)?;
        tables.certificates(self.batch)?;
        tables.unsettled(self.batch, stored(after.seq), self.node)?;
        tables.cases(&self.batch.cases)?;
        tables.timers(self.batch)?;
        tables.notices(&self.batch.notices)
    }
}

/// The tables within one transaction.
struct Tables<'a> {
    transaction: Transaction<'a>,
    statements: &'a mut Statements,
}

impl Tables<'_> {
    fn change(&mut self, sql: &'static str, parameters: Parameters<'_>) -> Result<u64, Failure> {
        let statement = self.statements.get(&mut self.transaction, sql)?;
        Ok(self.transaction.execute(&statement, parameters)?)
    }

    /// Case numbers, which follow the last one and one another.
    fn numbers(&mut self, numbers: &[CaseNumber]) -> Result<(), Failure> {
        let Some(first) = numbers.first() else {
            return Ok(());
        };
        let follow = (first.0..)
            .zip(numbers)
            .all(|(next, number)| next == number.0);
        let stored: Vec<_> = numbers.iter().map(|number| stored(number.0)).collect();
        if follow && self.change(NEXT_CASES, &[&stored, &stored[0]])? == numbers.len() as u64 {
            return Ok(());
        }
        Err(Failure::Conflict("a case number is not the next"))
    }

    fn submissions(&mut self, keys: &[(IdempotencyKey, u64)]) -> Result<(), Failure> {
        if keys.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = keys.iter().map(|(key, _)| key.as_str()).collect();
        let places: Vec<_> = keys.iter().map(|(_, seq)| stored(*seq)).collect();
        self.change(SUBMISSIONS, &[&names, &places]).map(drop)
    }

    /// Why the head stands where it did.
    fn not_moved(&mut self) -> Result<Failure, Failure> {
        let statement = self.statements.get(&mut self.transaction, VERSION)?;
        let row = self.transaction.query_opt(&statement, &[&APPLICATION])?;
        let version: Option<i64> = row.map(|row| row.try_get(0)).transpose()?;
        if version == Some(VERSION_KNOWN) {
            return Ok(Failure::Conflict("records were added in between"));
        }
        let error = "its tables were brought to another version meanwhile";
        Ok(Failure::Unreadable(error.into()))
    }

    fn records(&mut self, records: &[Record]) -> Result<(), Failure> {
        if records.is_empty() {
            return Ok(());
        }
        let seqs: Vec<_> = records.iter().map(|record| stored(record.seq)).collect();
        let streams: Vec<_> = records
            .iter()
            .map(|record| record.stream.to_string())
            .collect();
        let versions: Vec<_> = records
            .iter()
            .map(|record| stored(record.version))
            .collect();
        let octets: Vec<_> = records
            .iter()
            .map(|record| log::pack(&record.octets))
            .collect();
        let digests: Vec<_> = records.iter().map(|record| &record.digest[..]).collect();
        self.change(RECORDS, &[&seqs, &streams, &versions, &octets, &digests])
            .map(drop)
    }

    fn certificates(&mut self, batch: &Batch) -> Result<(), Failure> {
        let (new, changed): (Vec<_>, Vec<_>) = batch
            .certificates
            .iter()
            .partition(|row| row.status == Status::Reserved);
        if !new.is_empty() {
            let issuers: Vec<_> = new.iter().map(|row| row.issuer.as_str()).collect();
            let serials: Vec<_> = new.iter().map(|row| row.serial.to_string()).collect();
            let status = Status::Reserved.as_str();
            let fixed = batch.reservations.iter();
            let fixed: BTreeMap<_, _> = fixed
                .map(|fixed| ((&fixed.issuer, &fixed.serial), fixed))
                .collect();
            let of = |row: &&CertificateRow| fixed.get(&(&row.issuer, &row.serial)).copied();
            let keys: Vec<_> = new
                .iter()
                .map(|row| of(row).map(|row| &row.key[..]))
                .collect();
            let ends = new
                .iter()
                .map(|row| of(row).map(|row| seconds(row.not_after)));
            let ends: Vec<_> = ends.collect();
            let shards: Vec<_> = new
                .iter()
                .map(|row| of(row)?.shard.map(i64::from))
                .collect();
            let parameters: Parameters<'_> = &[&issuers, &serials, &status, &keys, &ends, &shards];
            self.change(RESERVE, parameters)?;
        }
        self.points(&batch.crl_points)?;
        // The last of several states stands: one statement changes a row once.
        let changed = changed
            .into_iter()
            .map(|row| ((&row.issuer, &row.serial), row));
        let changed = changed.collect::<BTreeMap<_, _>>();
        if changed.is_empty() {
            return Ok(());
        }
        let rows = || changed.values();
        let issuers: Vec<_> = rows().map(|row| row.issuer.as_str()).collect();
        let serials: Vec<_> = rows().map(|row| row.serial.to_string()).collect();
        let states: Vec<_> = rows().map(|row| row.status.as_str()).collect();
        let dates: Vec<_> = rows()
            .map(|row| row.revocation.map(|(at, _)| seconds(at)))
            .collect();
        let reasons: Vec<_> = rows()
            .map(|row| row.revocation.map(|(_, reason)| i16::from(reason.code())))
            .collect();
        self.change(CHANGE, &[&issuers, &serials, &states, &dates, &reasons])
            .map(drop)
    }

    fn points(&mut self, points: &[CrlPoint]) -> Result<(), Failure> {
        if points.is_empty() {
            return Ok(());
        }
        let issuers: Vec<_> = points.iter().map(|point| point.issuer.as_str()).collect();
        let shards: Vec<_> = points
            .iter()
            .map(|point| point.shard.map(i64::from))
            .collect();
        let lines = points.iter().map(CrlPoint::lines);
        let (urls, deltas): (Vec<_>, Vec<_>) = lines.map(Into::into).unzip();
        self.change(POINTS, &[&issuers, &shards, &urls, &deltas])
            .map(drop)
    }

    fn unsettled(&mut self, batch: &Batch, since: i64, node: &str) -> Result<(), Failure> {
        let mut settled = Vec::new();
        // The first time that a stream waits, after the last time that it did not.
        let mut waiting = BTreeMap::new();
        for (turn, (stream, waits)) in (0_i32..).zip(&batch.unsettled) {
            if *waits {
                waiting.entry(stream).or_insert(turn);
            } else {
                waiting.remove(stream);
                settled.push(stream.to_string());
            }
        }
        if !settled.is_empty() {
            self.change(SETTLED, &[&settled])?;
        }
        let is_taken = |(stream, _): &(&StreamId, i32)| batch.taken.contains(*stream);
        let (here, anywhere): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_taken);
        for (sql, streams) in [(WAIT, anywhere), (WAIT_HERE, here)] {
            if streams.is_empty() {
                continue;
            }
            let names: Vec<_> = streams
                .iter()
                .map(|(stream, _)| stream.to_string())
                .collect();
            let turns: Vec<_> = streams.iter().map(|(_, turn)| *turn).collect();
            self.change(sql, &[&names, &turns, &since, &node])?;
        }
        Ok(())
    }

    fn cases(&mut self, rows: &[CaseRow]) -> Result<(), Failure> {
        let rows: BTreeMap<_, _> = rows.iter().map(|row| (&row.id, row)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        fn column<'a, T>(
            rows: &BTreeMap<&crate::CaseId, &'a CaseRow>,
            of: impl Fn(&'a CaseRow) -> T,
        ) -> Vec<T> {
            rows.values().map(|row| of(row)).collect()
        }
        let serial = |certificate: &Option<(_, Serial)>| {
            certificate.as_ref().map(|(_, serial)| serial.to_string())
        };
        self.change(
            CASES,
            &[
                &column(&rows, |row| row.id.as_str()),
                &column(&rows, |row| row.number.map(|number| stored(number.0))),
                &column(&rows, |row| row.phase.as_str()),
                &column(&rows, |row| row.kind.as_str()),
                &column(&rows, |row| row.mode.as_str()),
                &column(&rows, |row| row.rules.name.as_str()),
                &column(&rows, |row| i64::from(row.rules.version)),
                &column(&rows, |row| seconds(row.opened)),
                &column(&rows, |row| Some(row.holding.as_ref()?.unit.as_str())),
                &column(&rows, |row| {
                    Some(row.holding.as_ref()?.certificate.as_str())
                }),
                &column(&rows, |row| {
                    Some(row.holding.as_ref()?.replaces.as_ref()?.as_str())
                }),
                &column(&rows, |row| row.holding.as_ref()?.until.map(seconds)),
                &column(&rows, |row| Some(row.signing.as_ref()?.0.as_str())),
                &column(&rows, |row| serial(&row.signing)),
                &column(&rows, |row| Some(row.encryption.as_ref()?.0.as_str())),
                &column(&rows, |row| serial(&row.encryption)),
            ],
        )
        .map(drop)
    }

    fn timers(&mut self, batch: &Batch) -> Result<(), Failure> {
        let timers = batch.timers.iter().map(|(stream, due)| (stream, *due));
        let timers: BTreeMap<_, _> = timers.collect();
        let (set, cleared): (Vec<_>, Vec<_>) =
            timers.into_iter().partition(|(_, due)| due.is_some());
        if !cleared.is_empty() {
            let streams: Vec<_> = cleared
                .iter()
                .map(|(stream, _)| stream.to_string())
                .collect();
            self.change(NO_TIMER, &[&streams])?;
        }
        if !set.is_empty() {
            let streams: Vec<_> = set.iter().map(|(stream, _)| stream.to_string()).collect();
            let dates: Vec<_> = set.iter().map(|(_, due)| due.map(seconds)).collect();
            self.change(TIMERS, &[&streams, &dates])?;
        }
        Ok(())
    }

    fn notices(&mut self, notices: &[Notice]) -> Result<(), Failure> {
        if notices.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = notices.iter().map(Notice::key).collect();
        let dates: Vec<_> = notices.iter().map(|notice| seconds(notice.from)).collect();
        let texts = notices.iter().map(serde_json::to_string);
        let texts: Vec<_> = texts
            .collect::<Result<_, _>>()
            .map_err(|error| Failure::Unreadable(error.into()))?;
        self.change(NOTICES, &[&keys, &dates, &texts]).map(drop)
    }
}

fn names(streams: &[StreamId]) -> Vec<String> {
    streams.iter().map(ToString::to_string).collect()
}

/// Whether others are why a try left nothing.
fn is_rolled_back(failure: &Failure) -> bool {
    match failure {
        Failure::Conflict(_) => true,
        Failure::Server(error) => matches!(Fault::of(error), Fault::Taken | Fault::Contended),
        Failure::Unreadable(_) => false,
    }
}

fn is_contended(failure: &Failure) -> bool {
    matches!(failure, Failure::Server(error) if Fault::of(error) == Fault::Contended)
}
