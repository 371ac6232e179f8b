//! What an auditor finds in a store that somebody had in their hands.

use gm_crypto::sm3::{self, digest::Digest};
use lifecycle::{
    CaseNumber, Head, Record, SqliteStore, Store, StreamId,
    audit::{self, Fault, Report},
    certificate::Command::{Confirm, Freeze},
};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::{
    doubles::{Side, World},
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

    fn verify(&self) -> Result<Report, Fault> {
        audit::verify(&SqliteStore::open_read_only(&self.path).unwrap())
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
    assert_eq!((report.applications, report.authorities), (2, 3));
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
    for (column, value) in [("stream", "application/nobody"), ("version", "77")] {
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
        "application/zhang.san",
        "authority/root",
        "application/nobody",
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
        ("DELETE FROM cases WHERE number = 2", 1),
        ("INSERT INTO cases (number) VALUES (3)", 3),
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

/// A forged log, chained as the engine does it.
fn forged(change: impl FnOnce(&mut Vec<Value>)) -> Fault {
    let copy = Copy::new();
    let mut entries = copy.entries();
    change(&mut entries);
    copy.write_chained(entries);
    copy.verify().unwrap_err()
}

#[test]
fn a_second_person_who_is_the_first_is_found_under_a_new_chain() {
    let cases = [
        ("application/", "registered", "zhang.san"),
        ("application/", "approved", "li.si"),
        ("application/", "approved", "zhang.san"),
        ("application/", "delivered", "li.si"),
        ("application/", "delivered", "zhang.san"),
        ("authority/", "approved", "zhao.yi"),
        ("certificate/", "revoked", "li.si"),
    ];
    for (stream, name, person) in cases {
        let mut expected = 0;
        let fault = forged(|entries| {
            let place = place(entries, 0, of(stream, name));
            entries[place]["actor"]["person"] = json!(person);
            expected = seq(place);
        });
        assert!(
            matches!(&fault, Fault::SamePerson { seq, person: found }
                if *seq == expected && found.as_str() == person),
            "{name} by {person}: {fault:?}"
        );
    }
}

#[test]
fn an_event_that_was_left_out_is_found_under_a_new_chain() {
    let copy = Copy::new();
    let entries = copy.entries();
    let mut unseen = Vec::new();
    for place in 0..entries.len() {
        let mut rest = entries.clone();
        let removed = rest.remove(place);
        copy.write_chained(rest);
        if copy.verify().is_ok() {
            unseen.push(format!("{}: {}", removed["stream"], event(&removed)));
        }
    }
    // A log without it is one that could have been: a CRL went out with it.
    assert_eq!(unseen, ["\"authority/issuing-ca\": published"]);
}

#[test]
fn an_event_that_comes_twice_is_found_under_a_new_chain() {
    let copy = Copy::new();
    let entries = copy.entries();
    for place in 0..entries.len() {
        let mut more = entries.clone();
        more.insert(place, more[place].clone());
        copy.write_chained(more);
        let fault = copy.verify();
        assert!(
            fault.is_err(),
            "{} twice: {fault:?}",
            event(&entries[place])
        );
    }
}

#[test]
fn a_signature_without_its_intent_is_found_and_named() {
    let cases = [
        ("application/", "issuance-intended", "certificate-issued"),
        ("authority/", "issuance-intended", "established"),
    ];
    for (stream, intended, made) in cases {
        let mut expected = 0;
        let fault = forged(|entries| {
            let intent = place(entries, 0, of(stream, intended));
            let name = entries[intent]["stream"].clone();
            entries.remove(intent);
            // The first result in that history.
            let result = place(entries, 0, |entry| {
                entry["stream"] == name && event(entry) == made
            });
            expected = seq(result);
        });
        assert!(
            matches!(&fault, Fault::NotIntended { seq, .. } if *seq == expected),
            "{made}: {expected} {fault:?}"
        );
    }
}

/// Where a record keeps the signed octets, by event.
fn signed(entry: &mut Value) -> Option<(&'static str, &mut Value)> {
    let name = event(entry);
    let stream = entry["stream"].as_str().unwrap().to_owned();
    let kind = stream.split('/').next().unwrap();
    let (name, field) = match (kind, name.as_str()) {
        ("application", "certificate-issued") => ("certificate-issued", "certificate"),
        ("authority", "established") => ("established", "certificate"),
        ("authority", "crl-issued") => ("crl-issued", "crl"),
        _ => return None,
    };
    Some((name, &mut entry["event"][kind][name][field]))
}

fn change_octet(text: &mut Value, place: impl FnOnce(usize) -> usize) {
    use base64ct::{Base64, Encoding};
    let mut octets = Base64::decode_vec(text.as_str().unwrap()).unwrap();
    let place = place(octets.len());
    octets[place] ^= 1;
    *text = json!(Base64::encode_string(&octets));
}

#[test]
fn changed_content_of_what_was_signed_is_found_under_a_new_chain() {
    let places = (0..Copy::new().records().len()).filter(|place| {
        let mut entries = Copy::new().entries();
        signed(&mut entries[*place]).is_some()
    });
    let places: Vec<_> = places.collect();
    assert_eq!(places.len(), 3 + 4 + 1);
    for place in places {
        // The subject or a date in the middle; the end is the signature's.
        let fault = forged(|entries| {
            let (_, octets) = signed(&mut entries[place]).unwrap();
            change_octet(octets, |length| length / 3);
        });
        assert!(
            matches!(&fault, Fault::NotIntended { seq: found, .. } if *found == seq(place)),
            "{fault:?}"
        );
        let fault = forged(|entries| {
            let (_, octets) = signed(&mut entries[place]).unwrap();
            change_octet(octets, |length| length - 1);
        });
        assert!(
            matches!(&fault, Fault::BadSignature { seq: found, .. } if *found == seq(place)),
            "{fault:?}"
        );
    }
}

#[test]
fn changed_content_of_intent_and_certificate_alike_needs_the_issuers_key() {
    use base64ct::{Base64, Encoding};
    let fault = forged(|entries| {
        let place = place(entries, 0, of("application/", "certificate-issued"));
        let field = &mut entries[place]["event"]["application"]["certificate-issued"];
        let octets = Base64::decode_vec(field["certificate"].as_str().unwrap()).unwrap();
        let serial = field["serial"].clone();
        let mut changed = octets;
        let at = changed
            .windows(7)
            .position(|part| part == b"Example")
            .unwrap();
        changed[at] = b'X';
        field["certificate"] = json!(Base64::encode_string(&changed));
        let intent = entries
            .iter_mut()
            .find_map(|entry| {
                let found = entry.pointer_mut("/event/application/issuance-intended/intent")?;
                (found["serial"] == serial).then_some(found)
            })
            .unwrap();
        let mut tbs = Base64::decode_vec(intent["tbs"].as_str().unwrap()).unwrap();
        // Issuer and subject have one; the first is the same in both.
        let at = tbs.windows(7).position(|part| part == b"Example").unwrap();
        tbs[at] = b'X';
        intent["tbs"] = json!(Base64::encode_string(&tbs));
    });
    assert!(matches!(fault, Fault::BadSignature { .. }), "{fault:?}");
}

#[test]
fn a_booking_under_another_number_is_found_under_a_new_chain() {
    let mut expected = 0;
    let fault = forged(|entries| {
        let place = place(entries, 1, of("application/", "registered"));
        entries[place]["event"]["application"]["registered"]["case"] = json!(7);
        expected = seq(place);
    });
    assert!(
        matches!(fault, Fault::CaseNumber { seq, found: CaseNumber(7), expected: CaseNumber(2) }
            if seq == expected),
        "{fault:?}"
    );
}

#[test]
fn a_certificate_whose_history_is_gone_is_found_under_a_new_chain() {
    let copy = Copy::new();
    let entries = copy.entries();
    let streams: HashSet<_> = entries
        .iter()
        .map(|entry| entry["stream"].as_str().unwrap())
        .filter(|stream| stream.starts_with("certificate/"))
        .collect();
    assert_eq!(streams.len(), 8);
    for stream in streams {
        let copy = Copy::new();
        let mut rest = entries.clone();
        rest.retain(|entry| entry["stream"] != stream);
        copy.write_chained(rest);
        let serial = stream.rsplit('/').next().unwrap();
        copy.execute("DELETE FROM certificates WHERE serial = ?1", [serial]);
        let fault = copy.verify().unwrap_err();
        assert!(
            matches!(&fault, Fault::Unconnected { what } if what.to_string() == stream),
            "{fault:?}"
        );
    }
}

#[test]
fn a_date_that_is_not_the_acts_is_found_under_a_new_chain() {
    for (name, field) in [("revoked", "at"), ("frozen", "since"), ("burnt", "at")] {
        let mut expected = 0;
        let fault = forged(|entries| {
            let place = place(entries, 0, of("certificate/", name));
            let date = &mut entries[place]["event"]["certificate"][name][field];
            *date = json!(date.as_u64().unwrap() + 1);
            expected = seq(place);
        });
        assert!(
            matches!(fault, Fault::Impossible { seq, event, .. }
                if seq == expected && event == name),
            "{fault:?}"
        );
    }
}

#[test]
fn a_second_intent_for_a_certificate_that_exists_is_found_under_a_new_chain() {
    let mut expected = 0;
    let fault = forged(|entries| {
        let intent = place(entries, 0, of("application/", "issuance-intended"));
        let issued = place(entries, 0, of("application/", "certificate-issued"));
        let again = entries[intent].clone();
        assert_eq!(again["stream"], entries[issued]["stream"]);
        entries.insert(issued + 1, again);
        expected = seq(issued + 1);
    });
    assert!(
        matches!(fault, Fault::Impossible { seq, event: "issuance-intended", .. }
            if seq == expected),
        "{fault:?}"
    );
}

#[test]
fn a_crl_that_goes_back_in_time_or_number_is_found_under_a_new_chain() {
    for field in ["number", "this_update"] {
        let mut expected = 0;
        let fault = forged(|entries| {
            // The same list a second time, smaller by one.
            let intended = place(entries, 0, of("authority/", "crl-intended"));
            let issued = place(entries, 0, of("authority/", "crl-issued"));
            let mut again = entries[intended].clone();
            let intent = &mut again["event"]["authority"]["crl-intended"];
            intent["number"] = json!(2);
            let value = intent[field].as_u64().unwrap();
            intent[field] = json!(value - 1);
            entries.insert(issued + 1, again);
            expected = seq(issued + 1);
        });
        assert!(
            matches!(fault, Fault::Impossible { seq, event: "crl-intended", .. }
                if seq == expected),
            "{field}: {fault:?}"
        );
    }
}

#[test]
fn a_record_with_a_field_too_many_is_not_readable() {
    let fault = forged(|entries| entries[4]["note"] = json!("added later"));
    assert!(
        matches!(fault, Fault::Unreadable { seq: 5, .. }),
        "{fault:?}"
    );
}
