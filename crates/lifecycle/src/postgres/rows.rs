//! How rows of the tables are read.

use super::link::Unreadable;
use crate::{
    AuthorityId, CaseNumber, CaseRow, CertificateRow, CheckpointRow, CrlPoint, Head, Notice,
    Record, Reservation, Serial,
    case::Phase,
    certificate::Status,
    index::Holding,
    log::{self, Damaged},
    rules::RuleSetId,
    terms::{Kind, Mode},
};
use ::postgres::Row;
use cert_profile::Reason;
use der::DateTime;
use std::time::Duration;

/// Seconds since 1970, as the tables have them.
pub(super) fn seconds(at: DateTime) -> i64 {
    stored(at.unix_duration().as_secs())
}

/// The tables count to `i64::MAX`; none is longer, and no time is later.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn number(row: &Row, column: usize) -> Result<u64, Unreadable> {
    Ok(u64::try_from(row.try_get::<_, i64>(column)?)?)
}

pub(super) fn time(row: &Row, column: usize) -> Result<DateTime, Unreadable> {
    Ok(DateTime::from_unix_duration(Duration::from_secs(number(
        row, column,
    )?))?)
}

pub(super) fn identifier<T: TryFrom<String, Error = crate::Error>>(
    row: &Row,
    column: usize,
) -> Result<T, Unreadable> {
    Ok(T::try_from(row.try_get(column)?)?)
}

pub(super) fn digest(row: &Row, column: usize) -> Result<[u8; 32], Unreadable> {
    Ok(row.try_get::<_, &[u8]>(column)?.try_into()?)
}

pub(super) fn head(row: &Row) -> Result<Head, Unreadable> {
    Ok(Head::new(number(row, 0)?, digest(row, 1)?))
}

/// What lies there of a record; nothing where it is of another type, which reading it says.
pub(super) fn stored_octets(row: &Row) -> &[u8] {
    row.try_get(3).unwrap_or_default()
}

pub(super) fn record(row: &Row) -> Result<Record, Unreadable> {
    Ok(Record::from_stored(
        number(row, 0)?,
        identifier(row, 1)?,
        number(row, 2)?,
        log::unpack(row.try_get(3)?).unwrap_or_else(Damaged::into_octets),
        digest(row, 4)?,
    ))
}

pub(super) fn checkpoint(row: &Row) -> Result<CheckpointRow, Unreadable> {
    let (roots, rest) = row.try_get::<_, &[u8]>(2)?.as_chunks();
    if !rest.is_empty() {
        return Err("roots of another length".into());
    }
    Ok(CheckpointRow::new(
        number(row, 0)?,
        row.try_get(1)?,
        roots.to_vec(),
    ))
}

pub(super) fn certificate(row: &Row) -> Result<CertificateRow, Unreadable> {
    let at: Option<i64> = row.try_get(3)?;
    let reason: Option<i16> = row.try_get(4)?;
    let revocation = match (at, reason) {
        (Some(_), Some(reason)) => {
            let reason = Reason::from_code(u8::try_from(reason)?);
            Some((time(row, 3)?, reason.ok_or("a reason is no reason")?))
        }
        _ => None,
    };
    Ok(CertificateRow {
        issuer: identifier(row, 0)?,
        serial: identifier(row, 1)?,
        status: Status::parse(row.try_get(2)?).ok_or("a status is no status")?,
        revocation,
    })
}

pub(super) fn reservation(row: &Row) -> Result<Reservation, Unreadable> {
    let key = (identifier(row, 0)?, identifier(row, 1)?);
    let (digest, end) = (digest(row, 2)?, time(row, 3)?);
    Ok(Reservation::new(key, digest, end, shard(row, 4)?))
}

pub(super) fn shard(row: &Row, column: usize) -> Result<Option<u32>, Unreadable> {
    let shard: Option<i64> = row.try_get(column)?;
    Ok(shard.map(u32::try_from).transpose()?)
}

pub(super) fn crl_point(row: &Row) -> Result<CrlPoint, Unreadable> {
    let lines = [row.try_get(2)?, row.try_get(3)?];
    let issuer = identifier(row, 0)?;
    Ok(CrlPoint::from_lines(issuer, shard(row, 1)?, lines))
}

pub(super) fn notice(row: &Row) -> Result<Notice, Unreadable> {
    Ok(serde_json::from_str(row.try_get(0)?)?)
}

pub(super) fn case(row: &Row) -> Result<CaseRow, Unreadable> {
    let has = |column| {
        row.try_get::<_, Option<&str>>(column)
            .map(|word| word.is_some())
    };
    let holding = if has(8)? && has(9)? {
        let until: Option<i64> = row.try_get(11)?;
        Some(Holding {
            unit: row.try_get(8)?,
            certificate: row.try_get(9)?,
            replaces: has(10)?.then(|| identifier(row, 10)).transpose()?,
            until: until.map(|_| time(row, 11)).transpose()?,
        })
    } else {
        None
    };
    let certificate = |column| -> Result<Option<(AuthorityId, Serial)>, Unreadable> {
        let parts = || Ok((identifier(row, column)?, identifier(row, column + 1)?));
        has(column + 1)?.then(parts).transpose()
    };
    let numbered: Option<i64> = row.try_get(1)?;
    Ok(CaseRow {
        id: identifier(row, 0)?,
        number: numbered
            .map(|_| number(row, 1).map(CaseNumber))
            .transpose()?,
        phase: Phase::parse(row.try_get(2)?).ok_or("a phase is no phase")?,
        kind: Kind::parse(row.try_get(3)?).ok_or("a kind is no kind")?,
        mode: Mode::parse(row.try_get(4)?).ok_or("a mode is no mode")?,
        rules: RuleSetId {
            name: row.try_get(5)?,
            version: u32::try_from(row.try_get::<_, i64>(6)?)?,
        },
        opened: time(row, 7)?,
        holding,
        signing: certificate(12)?,
        encryption: certificate(14)?,
    })
}
