//! How batches and rows stand in the tables.

use super::reservations::write_points;
use crate::{
    Batch, CaseRow, CertificateRow, CheckpointRow, Notice, Record, StoreError,
    case::Phase,
    certificate::Status,
    index::Holding,
    log::{self, Damaged},
    rules::RuleSetId,
    terms::{Kind, Mode},
};
use cert_profile::Reason;
use der::DateTime;
use rusqlite::{Row, Transaction, params, types::Type};
use std::{collections::HashMap, time::Duration};

pub(super) fn checkpoint_row(row: &Row<'_>) -> rusqlite::Result<CheckpointRow> {
    let roots: Vec<u8> = row.get(2)?;
    let (roots, rest) = roots.as_chunks();
    if !rest.is_empty() {
        let error = "roots of another length".into();
        return Err(rusqlite::Error::FromSqlConversionFailure(
            2,
            Type::Blob,
            error,
        ));
    }
    Ok(CheckpointRow::new(row.get(0)?, row.get(1)?, roots.to_vec()))
}

pub(super) fn write_batch(transaction: &Transaction<'_>, batch: &Batch) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO records (seq, stream, version, octets, digest) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for record in &batch.records {
        insert.execute(params![
            record.seq,
            record.stream.to_string(),
            record.version,
            log::pack(&record.octets),
            record.digest
        ])?;
    }
    // A reserved serial number must be new; INSERT fails when it is not.
    let mut reserve = transaction.prepare_cached(
        "INSERT INTO certificates (issuer, serial, status, key, not_after, shard)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let reserved = batch.reservations.iter();
    let reserved: HashMap<_, _> = reserved
        .map(|row| ((&row.issuer, &row.serial), row))
        .collect();
    let mut change = transaction.prepare_cached(
        "UPDATE certificates SET status = ?3, revoked_at = ?4, reason = ?5
         WHERE issuer = ?1 AND serial = ?2",
    )?;
    for row in &batch.certificates {
        let (issuer, serial) = (row.issuer.as_str(), row.serial.to_string());
        let status = row.status.as_str();
        if row.status == Status::Reserved {
            let fixed = reserved.get(&(&row.issuer, &row.serial));
            reserve.execute(params![
                issuer,
                serial,
                status,
                fixed.map(|fixed| fixed.key),
                fixed.map(|fixed| seconds(fixed.not_after)),
                fixed.and_then(|fixed| fixed.shard)
            ])?;
        } else {
            let (at, reason) = row.revocation.map_or((None, None), |(at, reason)| {
                (Some(at.unix_duration().as_secs()), Some(reason.code()))
            });
            change.execute(params![issuer, serial, status, at, reason])?;
        }
    }
    write_points(transaction, &batch.crl_points)?;
    for (stream, waits) in &batch.unsettled {
        let sql = if *waits {
            "INSERT OR IGNORE INTO unsettled (stream) VALUES (?1)"
        } else {
            "DELETE FROM unsettled WHERE stream = ?1"
        };
        transaction
            .prepare_cached(sql)?
            .execute([stream.to_string()])?;
    }
    for number in &batch.numbers {
        transaction
            .prepare_cached("INSERT INTO case_numbers (number) VALUES (?1)")?
            .execute([number.0])?;
    }
    for (key, seq) in &batch.submissions {
        transaction
            .prepare_cached("INSERT INTO submissions (key, seq) VALUES (?1, ?2)")?
            .execute(params![key.as_str(), seq])?;
    }
    write_cases(transaction, &batch.cases)?;
    for (stream, due) in &batch.timers {
        let stream = stream.to_string();
        match due {
            Some(due) => {
                let sql = "INSERT INTO timers (stream, due) VALUES (?1, ?2)
                           ON CONFLICT (stream) DO UPDATE SET due = excluded.due
                           WHERE due <> excluded.due";
                transaction
                    .prepare_cached(sql)?
                    .execute(params![stream, seconds(*due)])?;
            }
            None => {
                let sql = "DELETE FROM timers WHERE stream = ?1";
                transaction.prepare_cached(sql)?.execute([stream])?;
            }
        }
    }
    for notice in &batch.notices {
        let content = serde_json::to_string(notice)
            .map_err(|source| rusqlite::Error::ToSqlConversionFailure(Box::new(source)))?;
        let sql = "INSERT OR IGNORE INTO notices (key, due, content) VALUES (?1, ?2, ?3)";
        let values = params![notice.key(), seconds(notice.from), content];
        transaction.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

fn write_cases(transaction: &Transaction<'_>, rows: &[CaseRow]) -> rusqlite::Result<()> {
    let mut put = transaction.prepare_cached(
        "INSERT INTO cases VALUES
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
         ON CONFLICT (id) DO UPDATE SET
            number = excluded.number, phase = excluded.phase, unit = excluded.unit,
            certificate = excluded.certificate, replaces = excluded.replaces,
            until = excluded.until, signing_issuer = excluded.signing_issuer,
            signing_serial = excluded.signing_serial,
            encryption_issuer = excluded.encryption_issuer,
            encryption_serial = excluded.encryption_serial",
    )?;
    // Most changes are of the phase alone; whoever sets a column writes its index anew.
    let mut go_on = transaction.prepare_cached(
        "UPDATE cases SET phase = ?3
         WHERE id = ?1 AND number IS ?2 AND kind = ?4 AND mode = ?5 AND rules = ?6
            AND rules_version = ?7 AND opened = ?8 AND unit IS ?9 AND certificate IS ?10
            AND replaces IS ?11 AND until IS ?12 AND signing_issuer IS ?13
            AND signing_serial IS ?14 AND encryption_issuer IS ?15
            AND encryption_serial IS ?16",
    )?;
    for row in rows {
        let holding = row.holding.as_ref();
        let [signing, encryption] = [&row.signing, &row.encryption].map(|certificate| {
            let parts = certificate.as_ref();
            parts
                .map(|(issuer, serial)| (issuer.as_str(), serial.to_string()))
                .unzip()
        });
        let values = params![
            row.id.as_str(),
            row.number.map(|number| number.0),
            row.phase.as_str(),
            row.kind.as_str(),
            row.mode.as_str(),
            row.rules.name,
            row.rules.version,
            seconds(row.opened),
            holding.map(|holding| &holding.unit),
            holding.map(|holding| &holding.certificate),
            holding.and_then(|holding| holding.replaces.as_ref().map(|id| id.as_str())),
            holding.and_then(|holding| holding.until.map(seconds)),
            signing.0,
            signing.1,
            encryption.0,
            encryption.1,
        ];
        if go_on.execute(values)? == 0 {
            put.execute(values)?;
        }
    }
    Ok(())
}

/// Seconds since 1970.
pub(super) fn seconds(at: DateTime) -> u64 {
    at.unix_duration().as_secs()
}

pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<DateTime> {
    DateTime::from_unix_duration(Duration::from_secs(row.get(column)?))
        .map_err(|_| unreadable(column, "a time is no time"))
}

pub(super) fn notice(row: &Row<'_>) -> rusqlite::Result<Notice> {
    serde_json::from_str(&row.get::<_, String>(0)?).map_err(|source| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(source))
    })
}

pub(super) fn case_row(row: &Row<'_>) -> rusqlite::Result<CaseRow> {
    let word = |column| row.get::<_, String>(column);
    let optional = |column| row.get::<_, Option<String>>(column);
    let holding = match (optional(8)?, optional(9)?) {
        (Some(unit), Some(certificate)) => Some(Holding {
            unit,
            certificate,
            replaces: optional(10)?.map(|_| identifier(row, 10)).transpose()?,
            until: row
                .get::<_, Option<u64>>(11)?
                .map(|_| time(row, 11))
                .transpose()?,
        }),
        _ => None,
    };
    let certificate = |column: usize| -> rusqlite::Result<_> {
        let known = optional(column + 1)?;
        let parts = || Ok((identifier(row, column)?, identifier(row, column + 1)?));
        known.map(|_| parts()).transpose()
    };
    Ok(CaseRow {
        id: identifier(row, 0)?,
        number: row.get::<_, Option<u64>>(1)?.map(crate::CaseNumber),
        phase: Phase::parse(&word(2)?).ok_or_else(|| unreadable(2, "a phase is no phase"))?,
        kind: Kind::parse(&word(3)?).ok_or_else(|| unreadable(3, "a kind is no kind"))?,
        mode: Mode::parse(&word(4)?).ok_or_else(|| unreadable(4, "a mode is no mode"))?,
        rules: RuleSetId {
            name: word(5)?,
            version: row.get(6)?,
        },
        opened: time(row, 7)?,
        holding,
        signing: certificate(12)?,
        encryption: certificate(14)?,
    })
}

fn unreadable(column: usize, what: &'static str) -> rusqlite::Error {
    let error = Box::new(StoreError::Conflict { what });
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error)
}

pub(super) fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record::from_stored(
        row.get(0)?,
        identifier(row, 1)?,
        row.get(2)?,
        log::unpack(row.get(3)?).unwrap_or_else(Damaged::into_octets),
        row.get(4)?,
    ))
}

pub(super) fn certificate_row(row: &Row<'_>) -> rusqlite::Result<CertificateRow> {
    let status: String = row.get(2)?;
    let at: Option<u64> = row.get(3)?;
    let reason: Option<u8> = row.get(4)?;
    let revocation = match (at, reason) {
        (Some(at), Some(reason)) => Some((
            DateTime::from_unix_duration(Duration::from_secs(at))
                .map_err(|_| unreadable(3, "a revocation date is no date"))?,
            Reason::from_code(reason).ok_or_else(|| unreadable(4, "a reason is no reason"))?,
        )),
        _ => None,
    };
    Ok(CertificateRow {
        issuer: identifier(row, 0)?,
        serial: identifier(row, 1)?,
        status: Status::parse(&status).ok_or_else(|| unreadable(2, "a status is no status"))?,
        revocation,
    })
}

pub(super) fn identifier<T: TryFrom<String, Error = crate::Error>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    T::try_from(row.get::<_, String>(column)?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}
