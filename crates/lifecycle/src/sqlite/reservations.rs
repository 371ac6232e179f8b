//! What is fixed of each serial number, in the tables: written with the number, and read from
//! the log for numbers of stores that did not keep it.

use super::rows::{identifier, seconds, time};
use crate::{
    AuthorityId, CrlPoint, Entry, Event, Intent, Reservation, Serial, authority, case, log,
};
use rusqlite::{Row, Transaction, params};

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
/// whoever wrote them signed no list of one. What can't be read is left out: a damaged record is
/// no reason to keep the others from a newer program, and [`audit`](crate::audit) names it.
pub(super) fn fill(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut select = transaction
        .prepare("SELECT seq, octets FROM records WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
    let mut update = transaction.prepare(
        "UPDATE certificates SET key = ?3, not_after = ?4, shard = ?5
         WHERE issuer = ?1 AND serial = ?2",
    )?;
    let mut seq = 0;
    loop {
        // What is no blob is no record.
        let row = |row: &Row<'_>| -> rusqlite::Result<(i64, Option<Intent>)> {
            let octets = log::unpack(row.get(1).unwrap_or_default());
            Ok((row.get(0)?, octets.ok().and_then(|octets| intent(&octets))))
        };
        let page = select.query_map(params![seq, PAGE], row)?;
        let page = page.collect::<rusqlite::Result<Vec<_>>>()?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        seq = *last;
        for intent in page.into_iter().filter_map(|(_, intent)| intent) {
            if let Ok(row) = Reservation::of(&intent) {
                update.execute(params![
                    row.issuer.as_str(),
                    row.serial.to_string(),
                    row.key,
                    seconds(row.not_after),
                    row.shard
                ])?;
            }
            if let Ok(Some(point)) = CrlPoint::of(&intent) {
                write_points(transaction, &[point])?;
            }
        }
    }
}

/// The intent in a record, if it is one of those.
fn intent(octets: &[u8]) -> Option<Intent> {
    match serde_json::from_slice::<Entry>(octets).ok()?.event {
        Event::Case(case::Event::IssuanceIntended { intent, .. })
        | Event::Authority(authority::Event::IssuanceIntended(intent)) => Some(intent),
        _ => None,
    }
}

pub(super) fn write_points(
    transaction: &Transaction<'_>,
    points: &[CrlPoint],
) -> rusqlite::Result<()> {
    for point in points {
        let sql = "INSERT OR IGNORE INTO crl_points (issuer, shard, urls, deltas)
                   VALUES (?1, ?2, ?3, ?4)";
        let [urls, deltas] = point.lines();
        let values = params![point.issuer.as_str(), point.shard, urls, deltas];
        transaction.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

pub(super) fn reservation(row: &Row<'_>) -> rusqlite::Result<Reservation> {
    let key: (AuthorityId, Serial) = (identifier(row, 0)?, identifier(row, 1)?);
    let not_after = time(row, 3)?;
    Ok(Reservation::new(key, row.get(2)?, not_after, row.get(4)?))
}

pub(super) fn crl_point(row: &Row<'_>) -> rusqlite::Result<CrlPoint> {
    let (urls, deltas): (String, String) = (row.get(2)?, row.get(3)?);
    let lines = [urls.as_str(), deltas.as_str()];
    Ok(CrlPoint::from_lines(
        identifier(row, 0)?,
        row.get(1)?,
        lines,
    ))
}
