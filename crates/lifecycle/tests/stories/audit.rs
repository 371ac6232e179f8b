//! What an auditor finds in a store that somebody had in their hands.

mod forged;
mod institutions;

use base64ct::{Base64, Encoding};
use gm_crypto::sm3::{self, digest::Digest};
use lifecycle::{
    CaseNumber, Head, IdempotencyKey, Record, SqliteStore, Store, StreamId, Submission,
    audit::{self, Fault, Report},
    certificate::Command::{Confirm, Freeze},
};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::{
    doubles::{FailingStore, Side, World},
    script::{Applicant, REVOKE, act, approver, establish, issue_crl, registrar, take_through},
};

/// A small case in a file: a pair in use, a pair that is revoked, a lost serial
/// number, a CRL. Made once, read by each test.
fn original() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let world = World::default();
        let start = || world.engine_over(SqliteStore::open(&path).unwrap());
        let mut engine = start();
        establish(&mut engine).unwrap();
        let [zhang, li] = ["zhang.san", "li.ming"].map(Applicant::new);
        take_through(&mut engine, &zhang).unwrap();
        world.token.fail_at(1, Side::After);
        take_through(&mut engine, &li).unwrap_err();
        take_through(&mut engine, &li).unwrap();
        act(&mut engine, &li.actor(), li.pair_command(Freeze)).unwrap();
        world.clock.forward(60);
        act(&mut engine, &registrar(), li.pair_command(REVOKE)).unwrap();
        act(&mut engine, &approver(), li.pair_command(Confirm)).unwrap();
        issue_crl(&mut engine).unwrap();
        drop(engine);
        fs::read(&path).unwrap()
    })
}

/// A copy of the original in somebody's hands.
struct Copy {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        fs::write(&path, original()).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    fn execute(&self, sql: &str, parameters: impl rusqlite::Params) {
        let changed = open(&self.path).execute(sql, parameters).unwrap();
        assert!(changed > 0, "{sql} changed nothing");
    }

    /// The whole examination; that of the chain alone says the same, where it is about that.
    fn verify(&self) -> Result<Report, Fault> {
        let store = SqliteStore::open_read_only(&self.path).unwrap();
        let (whole, chain) = (audit::verify(&store), audit::verify_chain(&store, &[]));
        match &whole {
            Ok(report) => {
                let end = Head::new(report.records, report.digest);
                assert_eq!(chain.unwrap(), end);
            }
            Err(
                fault @ (Fault::Store(_)
                | Fault::Missing { .. }
                | Fault::ChainBroken { .. }
                | Fault::Misfiled { .. }
                | Fault::CheckpointDiffers { .. }
                | Fault::TailLost { .. }),
            ) => assert_eq!(chain.unwrap_err().to_string(), fault.to_string()),
            Err(_) => {}
        }
        whole
    }

    fn records(&self) -> Vec<Record> {
        let store = SqliteStore::open_read_only(&self.path).unwrap();
        store.records(0, usize::MAX).unwrap()
    }

    fn entries(&self) -> Vec<Value> {
        let read = |record: &Record| serde_json::from_slice(&record.octets).unwrap();
        self.records().iter().map(read).collect()
    }

    /// Writes a whole log, as somebody does who knows how it is made: places and
    /// versions counted anew, each record chained to the one before.
    fn write_chained(&self, entries: Vec<Value>) {
        let mut connection = open(&self.path);
        let transaction = connection.transaction().unwrap();
        transaction.execute("DELETE FROM records", []).unwrap();
        let mut versions = HashMap::<String, u64>::new();
        let mut digest = Head::EMPTY.digest;
        for (seq, mut entry) in (1_u64..).zip(entries) {
            let stream = entry["stream"].as_str().unwrap().to_owned();
            let version = versions.entry(stream.clone()).or_default();
            *version += 1;
            entry["seq"] = json!(seq);
            entry["version"] = json!(version);
            let octets = serde_json::to_vec(&entry).unwrap();
            digest = sm3::Sm3::new()
                .chain_update([1])
                .chain_update(digest)
                .chain_update(&octets)
                .finalize()
                .into();
            let stream = StreamId::try_from(stream).unwrap();
            let record = Record::from_stored(seq, stream, *version, octets, digest);
            insert(&transaction, seq, &record);
        }
        transaction.commit().unwrap();
    }
}

fn open(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

fn insert(connection: &Connection, seq: u64, record: &Record) {
    let sql = "INSERT INTO records (seq, stream, version, octets, digest)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let stream = record.stream.to_string();
    let values = params![seq, stream, record.version, record.octets, record.digest];
    connection.execute(sql, values).unwrap();
}

/// The event in one word, as the auditor names it.
fn event(entry: &Value) -> String {
    let (_, event) = entry["event"].as_object().unwrap().iter().next().unwrap();
    match event {
        Value::String(name) => name.clone(),
        other => other.as_object().unwrap().keys().next().unwrap().clone(),
    }
}

fn of(stream: &str, name: &str) -> impl Fn(&Value) -> bool {
    move |entry| entry["stream"].as_str().unwrap().starts_with(stream) && event(entry) == name
}

/// The place of the `nth` entry (from 0) that is so.
fn place(entries: &[Value], nth: usize, is: impl Fn(&Value) -> bool) -> usize {
    let mut places = entries.iter().enumerate().filter(|(_, entry)| is(entry));
    places.nth(nth).unwrap().0
}

fn seq(place: usize) -> u64 {
    u64::try_from(place).unwrap() + 1
}

#[test]
fn the_original_holds_and_so_does_its_log_chained_anew() {
    let copy = Copy::new();
    let report = copy.verify().unwrap();
    assert_eq!((report.cases, report.authorities), (2, 3));
    assert_eq!((report.certificates, report.burnt), (7, 1));
    assert_eq!((report.crls, report.unsettled), (1, 0));
    // What the forgeries below are made with makes no fault of its own.
    copy.write_chained(copy.entries());
    let again = copy.verify().unwrap();
    assert_eq!(again.records, report.records);
}

#[test]
fn one_changed_octet_of_any_record_is_found_at_its_place() {
    let copy = Copy::new();
    for record in copy.records() {
        let mut octets = record.octets.clone();
        let middle = octets.len() / 2;
        octets[middle] ^= 1;
        let update = "UPDATE records SET octets = ?2 WHERE seq = ?1";
        copy.execute(update, params![record.seq, octets]);
        let fault = copy.verify().unwrap_err();
        assert!(
            matches!(fault, Fault::ChainBroken { seq } if seq == record.seq),
            "{}: {fault:?}",
            record.seq
        );
        copy.execute(update, params![record.seq, record.octets]);
    }
    copy.verify().unwrap();
}

/// The index of idempotency keys says what the log says, of each key, and of no other.
#[test]
fn a_key_that_the_log_has_elsewhere_or_not_at_all_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut engine = World::default().engine_over(SqliteStore::open(&path).unwrap());
    for key in ["b", "d"] {
        let applicant = Applicant::new(&format!("person-{key}"));
        let open = Submission::new(applicant.actor(), applicant.open());
        let open = open.under(IdempotencyKey::new(key).unwrap());
        for answer in engine.submit_all([open]) {
            answer.unwrap();
        }
    }
    drop(engine);
    let verify = || audit::verify(&SqliteStore::open_read_only(&path).unwrap());
    verify().unwrap();
    for (damage, undo, expected) in [
        (
            "UPDATE submissions SET seq = seq + 1 WHERE key = 'b'",
            "UPDATE submissions SET seq = seq - 1 WHERE key = 'b'",
            "b",
        ),
        (
            "UPDATE submissions SET key = 'bb' WHERE key = 'b'",
            "UPDATE submissions SET key = 'b' WHERE key = 'bb'",
            "b",
        ),
        (
            "UPDATE submissions SET key = 'dd' WHERE key = 'd'",
            "UPDATE submissions SET key = 'd' WHERE key = 'dd'",
            "d",
        ),
        (
            "INSERT INTO submissions VALUES ('a', 1)",
            "DELETE FROM submissions WHERE key = 'a'",
            "a",
        ),
        (
            "INSERT INTO submissions VALUES ('c', 1)",
            "DELETE FROM submissions WHERE key = 'c'",
            "c",
        ),
        (
            "INSERT INTO submissions VALUES ('e', 1)",
            "DELETE FROM submissions WHERE key = 'e'",
            "e",
        ),
        ("DELETE FROM submissions", "", "b"),
    ] {
        let connection = open(&path);
        connection.execute_batch(damage).unwrap();
        let fault = verify().unwrap_err();
        assert!(
            matches!(&fault, Fault::KeyDiffers { key } if key.as_str() == expected),
            "{damage}: {fault:?}"
        );
        connection.execute_batch(undo).unwrap();
    }
}

/// A store may give fewer records at a time than it is asked for.
#[test]
fn a_log_in_short_pages_is_examined_to_its_end() {
    let copy = Copy::new();
    let report = copy.verify().unwrap();
    for limit in [1, 3, 7] {
        let store = SqliteStore::open_read_only(&copy.path).unwrap();
        let store = FailingStore::paged(store, limit, u64::MAX);
        let paged = audit::verify(&store).unwrap();
        assert_eq!(paged.records, report.records);
        assert_eq!(paged.digest, report.digest);
        let end = audit::verify_chain(&store, &[]).unwrap();
        assert_eq!(end.digest, report.digest);
    }
}

/// Pages are read ahead: what can't be read behind a fault is no news before it.
#[test]
fn the_first_fault_is_told_before_a_later_page_that_cant_be_read() {
    let copy = Copy::new();
    let update = "UPDATE records SET digest = zeroblob(32) WHERE seq = 9";
    copy.execute(update, []);
    for (unreadable, expected) in [(5, None), (10, Some(9)), (15, Some(9)), (25, Some(9))] {
        let store = SqliteStore::open_read_only(&copy.path).unwrap();
        let store = FailingStore::paged(store, 5, unreadable);
        for fault in [
            audit::verify(&store).unwrap_err(),
            audit::verify_chain(&store, &[]).unwrap_err(),
        ] {
            let found = match fault {
                Fault::ChainBroken { seq } => Some(seq),
                Fault::Store(_) => None,
                other => panic!("{other:?}"),
            };
            assert_eq!(found, expected, "{unreadable}");
        }
    }
}

/// There is no record by which a fault could be told.
#[test]
fn a_checkpoint_of_an_empty_log_that_is_another_one_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(SqliteStore::open(&path).unwrap());
    let zeros = Base64::encode_string(&[0; 32]);
    let text = format!("a/log\n0\n{zeros}\nhead {zeros}\ntime 2026-07-01T00:00:00Z\n\n");
    let sql = "INSERT INTO checkpoints (size, text, roots) VALUES (0, ?1, x'')";
    open(&path).execute(sql, [text]).unwrap();
    let store = SqliteStore::open_read_only(&path).unwrap();
    for fault in [
        audit::verify(&store).unwrap_err(),
        audit::verify_chain(&store, &[]).unwrap_err(),
    ] {
        let differs = matches!(fault, Fault::CheckpointDiffers { size: 0 });
        assert!(differs, "{fault:?}");
    }
}

/// The chain is good: whoever wrote the record had its octets say another place.
#[test]
fn a_record_that_says_another_place_than_its_own_is_found() {
    let copy = Copy::new();
    let records = copy.records();
    let [.., before, last] = &records[..] else {
        panic!("two records at least")
    };
    for (field, other) in [
        ("seq", json!(last.seq + 1)),
        ("version", json!(last.version + 1)),
        ("stream", json!("case/another")),
    ] {
        let mut entry: Value = serde_json::from_slice(&last.octets).unwrap();
        entry[field] = other;
        let octets = serde_json::to_vec(&entry).unwrap();
        let digest = sm3::Sm3::new()
            .chain_update([1])
            .chain_update(before.digest);
        let digest: [u8; 32] = digest.chain_update(&octets).finalize().into();
        let update = "UPDATE records SET octets = ?2, digest = ?3 WHERE seq = ?1";
        copy.execute(update, params![last.seq, octets, digest]);
        let fault = copy.verify().unwrap_err();
        let is_misfiled = matches!(fault, Fault::Misfiled { seq } if seq == last.seq);
        assert!(is_misfiled, "{field}: {fault:?}");
    }
}

#[test]
fn a_changed_digest_is_found_at_its_place() {
    let copy = Copy::new();
    for record in copy.records().iter().step_by(7) {
        let mut digest = record.digest;
        digest[31] ^= 0x80;
        let update = "UPDATE records SET digest = ?2 WHERE seq = ?1";
        copy.execute(update, params![record.seq, digest]);
        let fault = copy.verify().unwrap_err();
        assert!(matches!(fault, Fault::ChainBroken { seq } if seq == record.seq));
        copy.execute(update, params![record.seq, &digest[..31]]);
        let fault = copy.verify().unwrap_err();
        assert!(matches!(fault, Fault::Store(_)), "{fault:?}");
        copy.execute(update, params![record.seq, record.digest]);
    }
    copy.verify().unwrap();
}

#[test]
fn a_missing_record_is_found_at_its_place() {
    for record in Copy::new().records().iter().step_by(5) {
        let copy = Copy::new();
        copy.execute("DELETE FROM records WHERE seq = ?1", [record.seq]);
        let fault = copy.verify().unwrap_err();
        assert!(
            matches!(fault, Fault::Missing { expected, found }
                if expected == record.seq && found == record.seq + 1),
            "{fault:?}"
        );
    }
}

#[test]
fn a_log_without_its_tail_differs_from_its_indices() {
    let copy = Copy::new();
    let last = copy.records().len() as u64;
    // Without the last record alone, a CRL seems unpublished.
    copy.execute("DELETE FROM records WHERE seq = ?1", [last]);
    let fault = copy.verify().unwrap_err();
    assert!(matches!(fault, Fault::IndexDiffers { .. }), "{fault:?}");
}

#[test]
fn two_records_that_changed_places_are_found() {
    let last = Copy::new().records().len();
    for (one, other) in [(1, 2), (3, 4), (10, 30), (last - 1, last)] {
        let copy = Copy::new();
        let mut records = copy.records();
        records.swap(one - 1, other - 1);
        let mut connection = open(&copy.path);
        let transaction = connection.transaction().unwrap();
        transaction.execute("DELETE FROM records", []).unwrap();
        for (seq, record) in (1_u64..).zip(records) {
            insert(&transaction, seq, &record);
        }
        transaction.commit().unwrap();
        drop(connection);
        let fault = copy.verify().unwrap_err();
        assert!(
            matches!(fault, Fault::ChainBroken { seq } if seq == one as u64),
            "{fault:?}"
        );
    }
}

#[test]
fn a_record_that_is_filed_elsewhere_is_found() {
    for (column, value) in [("stream", "case/nobody"), ("version", "77")] {
        let copy = Copy::new();
        let sql = format!("UPDATE records SET {column} = ?1 WHERE seq = 9");
        copy.execute(&sql, [value]);
        let fault = copy.verify().unwrap_err();
        assert!(matches!(fault, Fault::Misfiled { seq: 9 }), "{fault:?}");
    }
    let copy = Copy::new();
    copy.execute("UPDATE records SET stream = 'a/b/c' WHERE seq = 9", []);
    let fault = copy.verify().unwrap_err();
    assert!(matches!(fault, Fault::Store(_)), "{fault:?}");
}

/// The index that the auditor names.
fn differing(copy: &Copy) -> StreamId {
    match copy.verify() {
        Err(Fault::IndexDiffers { what }) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_certificate_that_only_the_index_knows_is_found() {
    for status in ["active", "reserved", "issued"] {
        let copy = Copy::new();
        let sql = "INSERT INTO certificates (issuer, serial, status)
                   SELECT issuer, '7f' || serial, ?1 FROM certificates LIMIT 1";
        copy.execute(sql, [status]);
        let fault = copy.verify().unwrap_err();
        assert!(
            matches!(
                fault,
                Fault::CertificatesDiffer {
                    found: 9,
                    expected: 8
                }
            ),
            "{fault:?}"
        );
    }
}

#[test]
fn an_index_of_certificates_that_lies_is_found() {
    let copy = Copy::new();
    let connection = open(&copy.path);
    let mut statement = connection
        .prepare("SELECT issuer, serial, status FROM certificates")
        .unwrap();
    let rows: Vec<(String, String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    drop(statement);
    drop(connection);
    assert_eq!(rows.len(), 8);
    let row = "WHERE issuer = ?1 AND serial = ?2";
    for (issuer, serial, status) in &rows {
        let stream = format!("certificate/{issuer}/{serial}");
        let other = if status == "active" { "held" } else { "active" };
        for sql in [
            format!("UPDATE certificates SET status = '{other}' {row}"),
            format!("DELETE FROM certificates {row}"),
            format!("UPDATE certificates SET revoked_at = 7, reason = 1 {row}"),
        ] {
            let copy = Copy::new();
            copy.execute(&sql, [issuer, serial]);
            assert_eq!(differing(&copy).to_string(), stream, "{sql}");
        }
    }
    // Revoked, and on no list.
    let revoked = rows.iter().filter(|(_, _, status)| status == "revoked");
    for (issuer, serial, _) in revoked {
        let copy = Copy::new();
        let sql = format!("UPDATE certificates SET revoked_at = NULL, reason = NULL {row}");
        copy.execute(&sql, [issuer, serial]);
        differing(&copy);
    }
}

#[test]
fn a_revocation_that_only_the_index_knows_is_found() {
    let copy = Copy::new();
    copy.execute(
        "INSERT INTO certificates (issuer, serial, status, revoked_at, reason)
         VALUES ('issuing-ca', '7f', 'revoked', 7, 1)",
        [],
    );
    assert_eq!(differing(&copy).to_string(), "authority/issuing-ca");
}

#[test]
fn an_index_of_waiting_streams_that_lies_is_found() {
    let streams = [
        "case/zhang.san",
        "authority/root",
        "case/nobody",
        "certificate/issuing-ca/7f",
    ];
    for stream in streams {
        let copy = Copy::new();
        copy.execute("INSERT INTO unsettled (stream) VALUES (?1)", [stream]);
        assert_eq!(differing(&copy).to_string(), stream);
    }
}

#[test]
fn an_index_of_case_numbers_that_lies_is_found() {
    for (sql, number) in [
        ("DELETE FROM case_numbers WHERE number = 2", 1),
        ("INSERT INTO case_numbers (number) VALUES (3)", 3),
    ] {
        let copy = Copy::new();
        copy.execute(sql, []);
        let fault = copy.verify().unwrap_err();
        assert!(
            matches!(fault, Fault::CasesDiffer { found, expected }
                if found == CaseNumber(number) && expected == CaseNumber(2)),
            "{fault:?}"
        );
    }
}

#[test]
fn an_index_of_cases_that_lies_is_found() {
    for sql in [
        "UPDATE cases SET phase = 'draft' WHERE id = 'zhang.san'",
        "UPDATE cases SET number = 7 WHERE id = 'zhang.san'",
        "UPDATE cases SET unit = 'organisation/other' WHERE id = 'zhang.san'",
        "UPDATE cases SET until = until - 1 WHERE id = 'zhang.san'",
        "UPDATE cases SET signing_serial = '01' WHERE id = 'zhang.san'",
        "UPDATE cases SET opened = opened + 1 WHERE id = 'zhang.san'",
    ] {
        let copy = Copy::new();
        copy.execute(sql, []);
        assert_eq!(differing(&copy).to_string(), "case/zhang.san", "{sql}");
    }
    let copy = Copy::new();
    copy.execute("DELETE FROM cases WHERE id = 'zhang.san'", []);
    let fault = copy.verify().unwrap_err();
    assert!(
        matches!(
            fault,
            Fault::CaseRowsDiffer {
                found: 1,
                expected: 2
            }
        ),
        "{fault:?}"
    );
}

#[test]
fn an_index_of_timers_that_lies_is_found() {
    for sql in [
        "DELETE FROM timers WHERE stream = 'case/zhang.san'",
        "UPDATE timers SET due = due + 1 WHERE stream = 'case/zhang.san'",
    ] {
        let copy = Copy::new();
        copy.execute(sql, []);
        assert_eq!(differing(&copy).to_string(), "case/zhang.san", "{sql}");
    }
    let copy = Copy::new();
    let sql = "INSERT INTO timers (stream, due) VALUES ('case/nobody', 7)";
    copy.execute(sql, []);
    assert_eq!(differing(&copy).to_string(), "case/nobody");
}
