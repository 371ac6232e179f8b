//! The tables, and what tells that they are ours.

use super::link::{Failure, Fault, Link, Session};
use crate::StoreError;
use ::postgres::IsolationLevel;

/// What stands in `schema_version`, so that no other program's table of that name is taken for
/// ours.
pub(super) const APPLICATION: &str = "certificate lifecycle";

/// Tries to bring tables up to date while other nodes do the same.
const TRIES: usize = 20;

/// What each version adds to the one before; the version of the last is the newest known.
///
/// The tables and columns are those of the SQLite file, with what several nodes need beside
/// them. Names are compared by octets.
const MIGRATIONS: [&str; 4] = [LOG, INDICES, NODES, PACKED];

/// From here on records may be packed; those that lie there as they are stay so.
const PACKED: &str = "";

/// Version of the tables that this program writes.
pub(super) const VERSION_KNOWN: i64 = MIGRATIONS.len() as i64;

/// The log itself. `log_head` repeats the place and digest of the last record: whoever appends
/// changes this one row first, so that a second writer waits there and then finds out.
const LOG: &str = r#"
    CREATE TABLE log_head (
        one    smallint PRIMARY KEY CHECK (one = 1),
        seq    bigint NOT NULL,
        digest bytea  NOT NULL
    );
    CREATE TABLE records (
        seq     bigint PRIMARY KEY,
        stream  text COLLATE "C" NOT NULL,
        version bigint NOT NULL,
        octets  bytea  NOT NULL,
        digest  bytea  NOT NULL,
        UNIQUE (stream, version)
    );
    CREATE TABLE checkpoints (
        size  bigint PRIMARY KEY,
        text  text  NOT NULL,
        roots bytea NOT NULL
    );
"#;

const INDICES: &str = r#"
    CREATE TABLE certificates (
        issuer     text COLLATE "C" NOT NULL,
        serial     text COLLATE "C" NOT NULL,
        status     text NOT NULL,
        revoked_at bigint,
        reason     smallint,
        key        bytea,
        not_after  bigint,
        shard      bigint,
        PRIMARY KEY (issuer, serial)
    );
    CREATE INDEX certificates_key ON certificates (key) WHERE key IS NOT NULL;
    CREATE TABLE crl_points (
        issuer text COLLATE "C" NOT NULL,
        shard  bigint,
        urls   text COLLATE "C" NOT NULL,
        deltas text COLLATE "C" NOT NULL
    );
    CREATE UNIQUE INDEX crl_points_once
        ON crl_points (issuer, coalesce(shard, -1), urls, deltas);
    CREATE INDEX certificates_revoked ON certificates (issuer, serial)
        WHERE revoked_at IS NOT NULL;
    CREATE TABLE submissions (key text COLLATE "C" PRIMARY KEY, seq bigint NOT NULL);
    CREATE TABLE case_numbers (number bigint PRIMARY KEY);
    CREATE TABLE cases (
        id                text COLLATE "C" PRIMARY KEY,
        number            bigint UNIQUE,
        phase             text   NOT NULL,
        kind              text   NOT NULL,
        mode              text   NOT NULL,
        rules             text   NOT NULL,
        rules_version     bigint NOT NULL,
        opened            bigint NOT NULL,
        unit              text COLLATE "C",
        certificate       text COLLATE "C",
        replaces          text COLLATE "C",
        until             bigint,
        signing_issuer    text COLLATE "C",
        signing_serial    text COLLATE "C",
        encryption_issuer text COLLATE "C",
        encryption_serial text COLLATE "C"
    );
    CREATE INDEX cases_unit ON cases (unit, certificate) WHERE unit IS NOT NULL;
    CREATE INDEX cases_signing ON cases (signing_issuer, signing_serial)
        WHERE signing_serial IS NOT NULL;
    CREATE INDEX cases_encryption ON cases (encryption_issuer, encryption_serial)
        WHERE encryption_serial IS NOT NULL;
    CREATE TABLE timers (
        stream text COLLATE "C" PRIMARY KEY,
        due    bigint NOT NULL
    );
    CREATE INDEX timers_due ON timers (due, stream);
    CREATE TABLE notices (
        key     text COLLATE "C" PRIMARY KEY,
        due     bigint  NOT NULL,
        content text    NOT NULL,
        told    boolean NOT NULL DEFAULT false
    );
    CREATE INDEX notices_open ON notices (due, key) WHERE NOT told;
"#;

/// What waits, and whose it is. `since` and `turn` are the record and the place in its batch
/// with which a stream began to wait.
const NODES: &str = r#"
    CREATE TABLE unsettled (
        stream text COLLATE "C" PRIMARY KEY,
        since  bigint  NOT NULL,
        turn   integer NOT NULL,
        node   text COLLATE "C" NOT NULL
    );
    CREATE TABLE nodes (
        id      text COLLATE "C" PRIMARY KEY,
        expires timestamp with time zone NOT NULL
    );
    INSERT INTO log_head (one, seq, digest) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
"#;

const TABLES: &str = "SELECT CAST(tablename AS text) FROM pg_catalog.pg_tables
    WHERE schemaname = current_schema()";

/// Where the row and the last record differ, records are missing, or were added by somebody
/// else.
const HEADS_AGREE: &str = "SELECT count(*) FROM log_head LEFT JOIN records
        ON records.seq = (SELECT max(seq) FROM records)
    WHERE log_head.seq = coalesce(records.seq, 0)
        AND (records.seq IS NULL OR log_head.digest = records.digest)";

/// What was found where the tables should be.
enum Found {
    Version(usize),
    Other(String),
}

/// Makes the tables where there are none, and adds what is missing to older ones: one version
/// is one transaction, so that a process that dies in between leaves tables of some version,
/// and the next goes on.
pub(super) fn bring_up_to_date(link: &mut Link) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        let version = version(link)?;
        let Some(sql) = MIGRATIONS.get(version) else {
            return check_heads(link);
        };
        link.work("bringing its tables up to date", |session| {
            step(session, version, sql)
        })?;
    }
    Err(StoreError::Conflict {
        what: "other nodes change its tables",
    })
}

/// Tables as a reader needs them.
pub(super) fn check(link: &mut Link) -> Result<(), StoreError> {
    match version(link)? {
        0 => Err(link.unfit("it is empty")),
        version if version < MIGRATIONS.len() => Err(link.unfit(
            "its tables are of an older version, which an engine brings up to date when it opens it",
        )),
        _ => check_heads(link),
    }
}

fn version(link: &mut Link) -> Result<usize, StoreError> {
    match link.work("reading its version", look)? {
        Found::Version(version) if version <= MIGRATIONS.len() => Ok(version),
        Found::Version(version) => Err(link.unfit(format!(
            "its tables are of version {version}, and this program knows {}",
            MIGRATIONS.len()
        ))),
        Found::Other(what) => Err(link.unfit(what)),
    }
}

fn look(session: &mut Session) -> Result<Found, Failure> {
    let rows = session.client.query("SELECT current_schema()", &[])?;
    let schema: Option<String> = rows
        .first()
        .map(|row| row.try_get(0))
        .transpose()?
        .flatten();
    if schema.is_none() {
        return Ok(Found::Other("its search_path names no schema".to_owned()));
    }
    let tables = session.client.query(TABLES, &[])?;
    if tables.is_empty() {
        return Ok(Found::Version(0));
    }
    let names = tables.iter().map(|row| row.try_get(0));
    let names: Vec<String> = names.collect::<Result<_, _>>()?;
    let strange = || Ok(Found::Other("it has tables of another program".to_owned()));
    if !names.iter().any(|name| name == "schema_version") {
        return strange();
    }
    let sql = "SELECT CAST(version AS bigint) FROM schema_version WHERE application = $1";
    let rows = match session.client.query(sql, &[&APPLICATION]) {
        Ok(rows) => rows,
        Err(error) if Fault::of(&error) == Fault::Lasting => return strange(),
        Err(error) => return Err(error.into()),
    };
    let [row] = &rows[..] else {
        return strange();
    };
    let version: i64 = row.try_get(0)?;
    match usize::try_from(version) {
        Ok(version) if version > 0 => Ok(Found::Version(version)),
        _ => strange(),
    }
}

/// From `version` to the next, unless another node did it meanwhile.
fn step(session: &mut Session, version: usize, sql: &str) -> Result<(), Failure> {
    let level = IsolationLevel::Serializable;
    let transaction = session.client.build_transaction().isolation_level(level);
    let mut transaction = transaction.start()?;
    let next = i64::try_from(version + 1).unwrap_or(i64::MAX);
    let made = if version == 0 {
        transaction
            .batch_execute(
                "CREATE TABLE schema_version (
                    application text PRIMARY KEY,
                    version     bigint NOT NULL
                )",
            )
            .and_then(|()| {
                let sql = "INSERT INTO schema_version (application, version) VALUES ($1, $2)";
                transaction.execute(sql, &[&APPLICATION, &next])
            })
    } else {
        let sql = "UPDATE schema_version SET version = $2 WHERE application = $1 AND version = $3";
        transaction.execute(sql, &[&APPLICATION, &next, &(next - 1)])
    };
    let made = made.and_then(|changed| match changed {
        0 => Ok(()),
        _ => transaction.batch_execute(sql).and_then(|()| {
            #[cfg(feature = "fail-points")]
            crate::fail_point::reach(crate::fail_point::Point::Migrating);
            transaction.commit()
        }),
    });
    match made {
        // Another node makes the same tables at the same time: then they are looked at again.
        Err(error) if is_there(&error) => Ok(()),
        made => Ok(made?),
    }
}

/// A table or an index of that name is there, or is being made.
fn is_there(error: &::postgres::Error) -> bool {
    let code = error.code().map(|state| state.code());
    matches!(code, Some("42P07" | "42710")) || Fault::of(error) == Fault::Taken
}

fn check_heads(link: &mut Link) -> Result<(), StoreError> {
    let agree = link.work("reading its head", |session| {
        session.value(HEADS_AGREE, &[])
    })?;
    match agree {
        Some(1_i64) => Ok(()),
        _ => Err(link.unfit("its last record is not the one that was written last: records are missing, or a stranger's")),
    }
}
