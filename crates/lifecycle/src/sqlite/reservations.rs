//! What is fixed of each serial number, in the tables: written with the number, and read from
//! the log for numbers of stores that did not keep it.

use super::rows::{identifier, record, seconds, time};
use crate::{AuthorityId, CrlPoint, Error, Event, Intent, Reservation, Serial, authority, case};
use rusqlite::{Row, Transaction, params, types::Type};

/// Columns of [`reservation`].
pub(super) const COLUMNS: &str = "issuer, serial, key, not_after, shard";

/// Version 4: what is fixed of a serial number, and where lists lie.
pub(super) const TABLES: &str = "
    CREATE TABLE submissions (key TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
    ALTER TABLE certificates ADD COLUMN key BLOB;
    ALTER TABLE certificates ADD COLUMN not_after INTEGER;
    ALTER TABLE certificates ADD COLUMN shard INTEGER;
    CREATE INDEX certificates_key ON certificates (key) WHERE key IS NOT NULL;
    CREATE TABLE crl_points (
        issuer TEXT NOT NULL,
        shard  INTEGER,
        urls   TEXT NOT NULL,
        deltas TEXT NOT NULL
    );
    CREATE UNIQUE INDEX crl_points_once ON crl_points (issuer, coalesce(shard, -1), urls, deltas);
";

/// Records that are read at a time.
const PAGE: u64 = 1_000;

/// Reads what older tables did not keep from the log's intents. None of them is of a shard:
/// whoever wrote them signed no list of one.
pub(super) fn fill(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut select = transaction.prepare(
        "SELECT seq, stream, version, octets, digest FROM records WHERE seq > ?1 ORDER BY seq
         LIMIT ?2",
    )?;
    let mut update = transaction.prepare(
        "UPDATE certificates SET key = ?3, not_after = ?4, shard = ?5
         WHERE issuer = ?1 AND serial = ?2",
    )?;
    let mut seq = 0;
    loop {
        let page = select.query_map(params![seq, PAGE], record)?;
        let page = page.collect::<rusqlite::Result<Vec<_>>>()?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        seq = last.seq;
        for record in &page {
            let entry = record.entry().map_err(damaged)?;
            let (Event::Case(case::Event::IssuanceIntended { intent, .. })
            | Event::Authority(authority::Event::IssuanceIntended(intent))) = &entry.event
            else {
                continue;
            };
            let row = Reservation::of(intent).map_err(damaged)?;
            let shard = row.shard;
            update.execute(params![
                row.issuer.as_str(),
                row.serial.to_string(),
                row.key,
                seconds(row.not_after),
                shard
            ])?;
            write_points(transaction, &points(intent)?)?;
        }
    }
}

fn points(intent: &Intent) -> rusqlite::Result<Vec<CrlPoint>> {
    let point = CrlPoint::of(intent).map_err(damaged)?;
    Ok(point.into_iter().collect())
}

pub(super) fn write_points(
    transaction: &Transaction<'_>,
    points: &[CrlPoint],
) -> rusqlite::Result<()> {
    for point in points {
        let sql = "INSERT OR IGNORE INTO crl_points (issuer, shard, urls, deltas)
                   VALUES (?1, ?2, ?3, ?4)";
        transaction.prepare_cached(sql)?.execute(params![
            point.issuer.as_str(),
            point.shard,
            lines(&point.urls),
            lines(&point.deltas)
        ])?;
    }
    Ok(())
}

pub(super) fn reservation(row: &Row<'_>) -> rusqlite::Result<Reservation> {
    let key: (AuthorityId, Serial) = (identifier(row, 0)?, identifier(row, 1)?);
    let not_after = time(row, 3)?;
    Ok(Reservation::new(key, row.get(2)?, not_after, row.get(4)?))
}

pub(super) fn crl_point(row: &Row<'_>) -> rusqlite::Result<CrlPoint> {
    let urls = |column| -> rusqlite::Result<Vec<String>> {
        let text: String = row.get(column)?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    Ok(CrlPoint::new(
        identifier(row, 0)?,
        row.get(1)?,
        urls(2)?,
        urls(3)?,
    ))
}

/// No URL has a line's end in it.
fn lines(urls: &[String]) -> String {
    urls.join("\n")
}

fn damaged(error: Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(3, Type::Blob, Box::new(error))
}
