//! What every store must do, asked of each; and what a file must withstand.

mod reserved;

use cert_profile::Reason;
use der::DateTime;
use lifecycle::{
    AuthorityId, Batch, CaseNumber, CertificateRow, CheckpointRow, Head, MemoryStore, Notice,
    Record, Reservation, Serial, SqliteStore, Store, StoreError, StreamId, audit,
    certificate::{Hold, Party, RevocationReason, State, Status},
};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    slice,
    sync::Barrier,
    thread,
};
use tempfile::TempDir;

use crate::{
    doubles::World,
    script::{Applicant, authority_id, establish, take_through},
};

/// Asks the same of every store.
fn each(test: impl Fn(&mut dyn Store)) {
    test(&mut MemoryStore::default());
    let folder = tempfile::tempdir().unwrap();
    test(&mut SqliteStore::open(&folder.path().join("store")).unwrap());
    #[cfg(feature = "postgres")]
    if let Some(database) = crate::postgres::Database::new() {
        test(&mut database.open());
    }
}

fn serial(number: u8) -> Serial {
    Serial::from_bytes(&[number]).unwrap()
}

fn stream(name: &str) -> StreamId {
    StreamId::Authority(authority_id(name))
}

/// A record behind `head`. A store does not look inside: octets and digest are
/// whatever comes.
fn record(head: &Head, stream: &StreamId, version: u64) -> Record {
    let seq = head.seq + 1;
    let octet = u8::try_from(seq).unwrap();
    Record::from_stored(seq, stream.clone(), version, vec![octet; 3], [octet; 32])
}

fn row(serial: Serial, state: &State) -> CertificateRow {
    CertificateRow::new(authority_id("ca"), serial, state)
}

/// One more record of a stream of its own, with whatever else is in the batch.
fn append(store: &mut dyn Store, batch: Batch) -> Result<(), StoreError> {
    let head = store.head()?;
    let stream = stream(&format!("stream-{}", head.seq));
    let mut batch = batch;
    batch.records.push(record(&head, &stream, 1));
    store.append(&head, &batch)
}

fn rows(rows: Vec<CertificateRow>) -> Batch {
    let mut batch = Batch::default();
    batch.certificates = rows;
    batch
}

fn case(number: u64) -> Batch {
    let mut batch = Batch::default();
    batch.numbers = vec![CaseNumber(number)];
    batch
}

fn unsettled(streams: &[(&str, bool)]) -> Batch {
    let mut batch = Batch::default();
    batch.unsettled = streams
        .iter()
        .map(|(name, waits)| (stream(name), *waits))
        .collect();
    batch
}

/// A batch after which these wait, with an intent that is open in each.
fn intended(streams: &[&str]) -> Batch {
    let mut batch = Batch::default();
    batch.unsettled = streams.iter().map(|name| (stream(name), true)).collect();
    batch.taken = streams.iter().map(|name| stream(name)).collect();
    batch
}

fn conflicts(answer: Result<(), StoreError>) {
    assert!(
        matches!(answer, Err(StoreError::Conflict { .. })),
        "{answer:?}"
    );
}

/// Everything that a store says, in one value.
fn contents(store: &dyn Store) -> impl PartialEq + std::fmt::Debug + use<> {
    let ca = authority_id("ca");
    let certificates: Vec<_> = (1..10)
        .map(|number| store.certificate(&ca, &serial(number)).unwrap())
        .collect();
    (
        store.head().unwrap(),
        store.records(0, usize::MAX).unwrap(),
        certificates,
        store.revoked(&ca).unwrap(),
        store.unsettled().unwrap(),
        store.last_case().unwrap(),
    )
}

/// What was unpacked is bounded in octets: a store may have packed much into little.
#[test]
fn a_page_of_long_records_ends_early_and_the_next_goes_on() {
    each(|store| {
        let (mut batch, mut head) = (Batch::default(), Head::EMPTY);
        let lengths = [1, 24, 24, 24, 24, 70, 1];
        for (version, length) in (1..).zip(lengths) {
            let mut long = record(&head, &stream("one"), version);
            long.octets = vec![b'{'; length << 20];
            head = long.head();
            batch.records.push(long);
        }
        store.append(&Head::EMPTY, &batch).unwrap();
        let (mut pages, mut last) = (Vec::new(), 0);
        loop {
            let page = store.records(last, 100).unwrap();
            let Some(end) = page.last() else { break };
            last = end.seq;
            let found = page.iter().map(|record| record.octets.len() >> 20);
            pages.push(found.collect::<Vec<_>>());
        }
        assert_eq!(pages, [vec![1, 24, 24], vec![24, 24], vec![70], vec![1]]);
        assert_eq!(store.records(0, 2).unwrap().len(), 2);
    });
}

#[test]
fn records_come_back_as_they_went_in() {
    each(|store| {
        assert_eq!(store.head().unwrap(), Head::EMPTY);
        assert!(store.records(0, 10).unwrap().is_empty());
        let (one, other) = (stream("one"), stream("other"));
        let mut written = Vec::new();
        let places = [(&one, 1), (&other, 1), (&one, 2), (&one, 3), (&other, 2)];
        for places in places.chunks(2) {
            let start = store.head().unwrap();
            let (mut batch, mut head) = (Batch::default(), start);
            for (stream, version) in places {
                let record = record(&head, stream, *version);
                head = record.head();
                batch.records.push(record);
            }
            store.append(&start, &batch).unwrap();
            assert_eq!(store.head().unwrap(), head);
            written.extend(batch.records);
        }
        assert_eq!(store.records(0, 100).unwrap(), written);
        assert_eq!(store.records(0, usize::MAX).unwrap(), written);
        assert_eq!(store.records(2, 2).unwrap(), written[2..4]);
        assert_eq!(store.records(5, 100).unwrap(), []);
        assert_eq!(store.records(0, 0).unwrap(), []);
        let of = |stream: &StreamId| -> Vec<Record> {
            let own = written.iter().filter(|record| record.stream == *stream);
            own.cloned().collect()
        };
        assert_eq!(store.stream(&one).unwrap(), of(&one));
        assert_eq!(store.stream(&other).unwrap(), of(&other));
        assert!(store.stream(&stream("nobody")).unwrap().is_empty());
    });
}

#[test]
fn histories_of_a_kind_are_named_page_by_page() {
    each(|store| {
        assert_eq!(store.streams("case", None, 9).unwrap(), []);
        let named = |name: &str| StreamId::try_from(name.to_owned()).unwrap();
        let mut head = Head::EMPTY;
        for (name, version) in [
            ("case/m", 1),
            ("recognition/b", 1),
            ("case/a", 1),
            ("case/m", 2),
            ("cessation/a", 1),
            ("recognition/a", 1),
            ("case/z", 1),
        ] {
            let mut batch = Batch::default();
            batch.records = vec![record(&head, &named(name), version)];
            store.append(&head, &batch).unwrap();
            head = store.head().unwrap();
        }
        let streams = |kind, after: Option<&str>, limit| {
            let after = after.map(named);
            let found = store.streams(kind, after.as_ref(), limit).unwrap();
            found.iter().map(StreamId::to_string).collect::<Vec<_>>()
        };
        let all = ["case/a", "case/m", "case/z"];
        assert_eq!(streams("case", None, usize::MAX), all);
        assert_eq!(streams("case", None, 2), all[..2]);
        assert_eq!(streams("case", Some("case/m"), 9), all[2..]);
        assert_eq!(streams("case", Some("case/n"), 9), all[2..]);
        assert!(streams("case", Some("case/z"), 9).is_empty());
        let recognitions = ["recognition/a", "recognition/b"];
        assert_eq!(streams("recognition", None, 9), recognitions);
        for kind in ["qualification", "c", "cas", "recognition/", "%"] {
            assert!(streams(kind, None, 9).is_empty(), "{kind}");
        }
    });
}

#[test]
fn a_batch_for_another_head_is_refused() {
    each(|store| {
        let empty = store.head().unwrap();
        append(store, Batch::default()).unwrap();
        append(store, case(1)).unwrap();
        let before = contents(store);
        let head = store.head().unwrap();
        let others = [
            empty,
            store.records(0, 1).unwrap()[0].head(),
            Head::new(head.seq, [0xee; 32]),
            Head::new(head.seq + 1, head.digest),
        ];
        for other in others {
            let mut batch = case(2);
            batch.records = vec![record(&head, &stream("late"), 1)];
            conflicts(store.append(&other, &batch));
            assert_eq!(contents(store), before);
        }
    });
}

#[test]
fn a_serial_number_is_reserved_once() {
    each(|store| {
        let first = [
            row(serial(1), &State::Reserved),
            row(serial(2), &State::Reserved),
        ];
        append(store, rows(first.to_vec())).unwrap();
        append(store, rows(vec![row(serial(1), &State::Issued)])).unwrap();
        let before = contents(store);
        for taken in [1, 2] {
            // What is fine in the same batch is not written either.
            let mut batch = rows(vec![
                row(serial(3), &State::Reserved),
                row(serial(taken), &State::Reserved),
            ]);
            batch.numbers = vec![CaseNumber(1)];
            batch.unsettled = vec![(stream("late"), true)];
            conflicts(append(store, batch));
            assert_eq!(contents(store), before);
        }
        // The same number of another issuer is another certificate.
        let other = CertificateRow::new(authority_id("other"), serial(1), &State::Reserved);
        append(store, rows(vec![other])).unwrap();
        let ca = authority_id("ca");
        let found = store.certificate(&ca, &serial(1)).unwrap().unwrap();
        assert_eq!(found.status, Status::Issued);
    });
}

/// Takes from a file what version 4 added.
pub(crate) const WITHOUT_RESERVATIONS: &str = "
    DROP TABLE submissions;
    DROP TABLE crl_points;
    DROP INDEX certificates_key;
    ALTER TABLE certificates DROP COLUMN key;
    ALTER TABLE certificates DROP COLUMN not_after;
    ALTER TABLE certificates DROP COLUMN shard";

#[test]
fn a_store_without_reservations_reads_them_from_its_log() {
    let (_folder, path) = real_store();
    let before = SqliteStore::open_read_only(&path).unwrap();
    let ca = authority_id("issuing-ca");
    let rows = before.certificates(&ca, None, 99).unwrap();
    let fixed = |store: &SqliteStore| -> Vec<Reservation> {
        let found = rows.iter().map(|row| store.reservation(&ca, &row.serial));
        found.map(|found| found.unwrap().unwrap()).collect()
    };
    let expected = fixed(&before);
    assert_eq!(expected.len(), 3, "a pair and a responder");
    drop(before);
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(&format!("{WITHOUT_RESERVATIONS}; PRAGMA user_version = 3"))
        .unwrap();
    file.close().unwrap();
    let refused = SqliteStore::open_read_only(&path).unwrap_err();
    assert!(refused.to_string().contains("older version"), "{refused}");
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(fixed(&store), expected);
    for one in &expected {
        let found = store.reservations_of(&one.key).unwrap();
        assert_eq!(found, slice::from_ref(one));
    }
    audit::verify(&store).unwrap();
}

#[test]
fn an_index_of_other_keys_shards_or_points_is_found() {
    for lie in [
        "UPDATE certificates SET key = zeroblob(32) WHERE issuer = 'issuing-ca'",
        "UPDATE certificates SET key = NULL",
        "UPDATE certificates SET shard = 1",
        "UPDATE certificates SET not_after = not_after + 1",
        "INSERT INTO crl_points VALUES ('issuing-ca', 1, 'http://a.cn/1.crl', '')",
    ] {
        let (_folder, path) = real_store();
        let file = rusqlite::Connection::open(&path).unwrap();
        file.execute_batch(lie).unwrap();
        file.close().unwrap();
        let fault = audit::verify(&SqliteStore::open(&path).unwrap()).unwrap_err();
        assert!(
            matches!(fault, audit::Fault::IndexDiffers { .. }),
            "{lie}: {fault}"
        );
    }
}

#[test]
fn a_case_number_is_the_next_one() {
    each(|store| {
        assert_eq!(store.last_case().unwrap(), CaseNumber(0));
        append(store, case(1)).unwrap();
        append(store, case(2)).unwrap();
        assert_eq!(store.last_case().unwrap(), CaseNumber(2));
        let before = contents(store);
        for number in [0, 1, 2, 4, 100] {
            conflicts(append(store, case(number)));
            assert_eq!(contents(store), before, "{number}");
        }
        append(store, case(3)).unwrap();
    });
}

#[test]
fn a_place_in_the_log_and_in_a_history_is_taken_once() {
    each(|store| {
        let one = stream("one");
        let mut batch = Batch::default();
        batch.records = vec![record(&Head::EMPTY, &one, 1)];
        store.append(&Head::EMPTY, &batch).unwrap();
        let before = contents(store);
        let head = store.head().unwrap();
        let wrong = [record(&head, &one, 1), record(&Head::EMPTY, &one, 2)];
        for record in wrong {
            batch.records = vec![record];
            conflicts(store.append(&head, &batch));
            assert_eq!(contents(store), before);
        }
    });
}

#[test]
fn streams_wait_in_the_order_in_which_they_came() {
    each(|store| {
        let waiting = |store: &dyn Store| -> Vec<String> {
            let streams = store.unsettled().unwrap();
            streams.iter().map(ToString::to_string).collect()
        };
        append(store, unsettled(&[("m", true), ("z", true)])).unwrap();
        append(store, unsettled(&[("a", true)])).unwrap();
        assert_eq!(
            waiting(store),
            ["authority/m", "authority/z", "authority/a"]
        );
        // Waiting again is waiting still.
        append(store, unsettled(&[("m", true), ("nobody", false)])).unwrap();
        assert_eq!(
            waiting(store),
            ["authority/m", "authority/z", "authority/a"]
        );
        append(store, unsettled(&[("m", false)])).unwrap();
        append(store, unsettled(&[("m", true)])).unwrap();
        assert_eq!(
            waiting(store),
            ["authority/z", "authority/a", "authority/m"]
        );
        append(store, unsettled(&[("m", false), ("b", true)])).unwrap();
        assert_eq!(
            waiting(store),
            ["authority/z", "authority/a", "authority/b"]
        );
    });
}

#[test]
fn an_engine_alone_settles_all_that_waits() {
    each(|store| {
        append(store, unsettled(&[("m", true), ("z", true)])).unwrap();
        append(store, intended(&["a", "m"])).unwrap();
        let waiting = store.unsettled().unwrap();
        assert_eq!(waiting, ["m", "z", "a"].map(stream));
        for limit in [0, 1, 2, 3, 4, usize::MAX] {
            let oldest = &waiting[..limit.min(3)];
            assert_eq!(store.to_settle(limit).unwrap(), oldest);
        }
        append(store, unsettled(&[("z", false)])).unwrap();
        assert_eq!(store.to_settle(9).unwrap(), ["m", "a"].map(stream));
    });
}

#[test]
fn a_batch_may_name_a_stream_more_than_once() {
    each(|store| {
        append(store, unsettled(&[("m", true), ("z", true)])).unwrap();
        let names = [
            ("m", false),
            ("a", true),
            ("m", true),
            ("b", true),
            ("a", true),
            ("b", false),
            ("z", false),
            ("d", true),
            ("c", true),
            ("d", false),
            ("d", true),
        ];
        append(store, unsettled(&names)).unwrap();
        assert_eq!(store.unsettled().unwrap(), ["a", "m", "c", "d"].map(stream));
    });
}

#[test]
fn what_is_held_revoked_or_burnt_is_listed_by_serial_number() {
    let at = |second| DateTime::new(2026, 11, 21, 9, 0, second).unwrap();
    let revoked = State::revoked(at(1), RevocationReason::Unspecified);
    let held = State::Held {
        since: at(2),
        hold: Hold::by(Party::Operator),
        pending: None,
    };
    let burnt = State::Burnt { at: at(3) };
    let active = State::Active { pending: None };
    each(|store| {
        let numbers = [9, 2, 5, 4];
        let reserve = |number: u8| row(serial(number), &State::Reserved);
        append(store, rows(numbers.map(reserve).to_vec())).unwrap();
        let ca = authority_id("ca");
        assert!(store.revoked(&ca).unwrap().is_empty());
        let changed = [(9, &revoked), (2, &held), (5, &burnt), (4, &active)]
            .map(|(number, state)| row(serial(number), state));
        append(store, rows(changed.to_vec())).unwrap();
        let listed = store.revoked(&ca).unwrap().into_iter();
        let listed: Vec<_> = listed.map(|(row, _)| row).collect();
        let [nine, two, five, four] = changed;
        assert_eq!(listed, [two.clone(), five, nine]);
        assert_eq!(two.revocation, Some((at(2), Reason::CertificateHold)));
        assert_eq!(store.certificate(&ca, &serial(4)).unwrap(), Some(four));
        assert_eq!(store.certificate(&ca, &serial(1)).unwrap(), None);
        let other = authority_id("other");
        assert_eq!(store.certificate(&other, &serial(4)).unwrap(), None);
        assert!(store.revoked(&other).unwrap().is_empty());

        // The last of several states in one batch stands.
        let unfrozen = [row(serial(2), &held), row(serial(2), &active)];
        append(store, rows(unfrozen.to_vec())).unwrap();
        let listed = store.revoked(&ca).unwrap();
        assert_eq!(listed.len(), 2);
        assert!(listed.iter().all(|(row, _)| row.serial != serial(2)));
    });
}

/// A file of a real case, closed.
pub(crate) fn real_store() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let world = World::default();
    let mut engine = world.engine_over(SqliteStore::open(&path).unwrap());
    establish(&mut engine).unwrap();
    take_through(&mut engine, &Applicant::new("zhang.san")).unwrap();
    (folder, path)
}

fn refused_as_foreign(path: &Path) {
    let before = fs::read(path).unwrap();
    let length = before.len();
    for open in [SqliteStore::open, SqliteStore::open_read_only] {
        let answer = open(path);
        assert!(
            matches!(
                answer,
                Err(StoreError::Foreign { .. } | StoreError::Database { .. })
            ),
            "{length} octets: {answer:?}"
        );
        drop(answer);
        let unchanged = fs::read(path).unwrap() == before;
        assert!(unchanged, "a file of {length} octets was changed");
    }
}

#[test]
fn a_file_has_one_writer() {
    let (_folder, path) = real_store();
    let first = SqliteStore::open(&path).unwrap();
    for open in [SqliteStore::open, SqliteStore::open_read_only] {
        let second = open(&path);
        assert!(
            matches!(&second, Err(StoreError::Locked { path: told }) if *told == path),
            "{second:?}"
        );
    }
    drop(first);
    SqliteStore::open(&path).unwrap();
}

#[test]
fn of_two_that_open_a_file_at_once_one_has_it() {
    for _ in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let both = Barrier::new(2);
        let opened = thread::scope(|scope| {
            let open = || {
                both.wait();
                SqliteStore::open(&path)
            };
            [scope.spawn(open), scope.spawn(open)].map(|thread| thread.join().unwrap())
        });
        // Neither has let go before both have tried.
        let (have, refused): (Vec<_>, Vec<_>) = opened.into_iter().partition(Result::is_ok);
        assert_eq!(have.len(), 1, "{refused:?}");
        assert!(matches!(refused[..], [Err(StoreError::Locked { .. })]));
    }
}

#[test]
fn a_new_file_is_locked_from_its_first_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let first = SqliteStore::open(&path).unwrap();
    let second = SqliteStore::open(&path);
    assert!(
        matches!(second, Err(StoreError::Locked { .. })),
        "{second:?}"
    );
    drop(first);
}

#[test]
fn what_was_written_is_there_after_a_restart() {
    let (_folder, path) = real_store();
    let store = SqliteStore::open(&path).unwrap();
    let report = audit::verify(&store).unwrap();
    assert_eq!((report.certificates, report.unsettled), (5, 0));
    let before = contents(&store);
    store.check_file().unwrap();
    drop(store);
    let store = SqliteStore::open_read_only(&path).unwrap();
    assert_eq!(contents(&store), before);
    assert_eq!(audit::verify(&store).unwrap().digest, report.digest);
    store.check_file().unwrap();
}

#[test]
fn a_reader_writes_nothing() {
    let (_folder, path) = real_store();
    let before = fs::read(&path).unwrap();
    let mut store = SqliteStore::open_read_only(&path).unwrap();
    append(&mut store, case(2)).unwrap_err();
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_reader_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    SqliteStore::open_read_only(&path).unwrap_err();
    assert!(!path.exists());
}

#[test]
fn what_a_killed_process_acknowledged_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let world = World::default();
    let mut engine = world.engine_over(SqliteStore::open(&path).unwrap());
    establish(&mut engine).unwrap();
    let head = engine.store().head().unwrap();
    // The files as they lie there while the process lives: it writes nothing more.
    let after = tempfile::tempdir().unwrap();
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), after.path().join(file.file_name())).unwrap();
    }
    let copy = after.path().join("store");
    assert!(copy.with_file_name("store-wal").exists());
    let store = SqliteStore::open(&copy).unwrap();
    assert_eq!(store.head().unwrap(), head);
    audit::verify(&store).unwrap();
}

#[test]
fn another_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for text in [
        "x".to_owned(),
        "a letter to somebody\n".to_owned(),
        "a long letter to somebody\n".repeat(1_000),
        "SQLite format 3\0 and then something else".to_owned(),
    ] {
        fs::write(&path, &text).unwrap();
        refused_as_foreign(&path);
    }
}

#[test]
fn another_programs_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let other = rusqlite::Connection::open(&path).unwrap();
    // Of the version that ours has.
    other
        .execute_batch("CREATE TABLE letters (text TEXT); PRAGMA user_version = 2")
        .unwrap();
    other.close().unwrap();
    refused_as_foreign(&path);
    assert!(matches!(
        SqliteStore::open(&path),
        Err(StoreError::Foreign { .. })
    ));
}

#[test]
fn a_store_of_another_version_is_refused_and_left_alone() {
    for version in [0, 1, 6, -1] {
        let (_folder, path) = real_store();
        let file = rusqlite::Connection::open(&path).unwrap();
        file.pragma_update(None, "user_version", version).unwrap();
        file.close().unwrap();
        refused_as_foreign(&path);
        assert!(matches!(
            SqliteStore::open(&path),
            Err(StoreError::Foreign { .. })
        ));
    }
}

#[test]
fn a_truncated_copy_is_refused_and_left_alone() {
    let (folder, path) = real_store();
    let whole = fs::read(&path).unwrap();
    let page = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    assert_eq!(whole.len() % page, 0);
    let lengths = [
        1,
        50,
        99,
        100,
        page - 1,
        page,
        page + 1,
        3 * page,
        whole.len() / 2,
        whole.len() - page,
        whole.len() - page - 1,
        whole.len() - 1,
        whole.len() - page / 2,
    ];
    let copy = folder.path().join("copy");
    for length in lengths {
        fs::write(&copy, &whole[..length]).unwrap();
        refused_as_foreign(&copy);
    }
}

#[test]
fn an_issuer_name_is_no_pattern() {
    each(|store| {
        let ca: AuthorityId = authority_id("ca");
        append(store, rows(vec![row(serial(1), &State::Reserved)])).unwrap();
        append(
            store,
            rows(vec![row(
                serial(1),
                &State::Burnt {
                    at: DateTime::new(2026, 1, 1, 0, 0, 0).unwrap(),
                },
            )]),
        )
        .unwrap();
        assert_eq!(store.revoked(&ca).unwrap().len(), 1);
        assert!(store.revoked(&authority_id("c.")).unwrap().is_empty());
    });
}

#[test]
fn timers_come_in_the_order_of_their_time() {
    let at = |second| DateTime::new(2026, 11, 21, 9, 0, second).unwrap();
    let timers = |timers: &[(&str, Option<u8>)]| {
        let mut batch = Batch::default();
        batch.timers = timers
            .iter()
            .map(|(name, due)| (stream(name), due.map(at)))
            .collect();
        batch
    };
    each(|store| {
        let set = [
            ("m", Some(9)),
            ("z", Some(3)),
            ("a", Some(3)),
            ("x", Some(5)),
        ];
        append(store, timers(&set)).unwrap();
        append(store, timers(&[("x", None), ("m", Some(4)), ("n", None)])).unwrap();
        let due = |now, limit| -> Vec<String> {
            let due = store.due_by(at(now), limit).unwrap();
            due.iter().map(|(stream, _)| stream.to_string()).collect()
        };
        // Its last second is not over yet.
        assert!(due(3, 9).is_empty());
        assert_eq!(due(4, 9), ["authority/a", "authority/z"]);
        assert_eq!(due(5, 9), ["authority/a", "authority/z", "authority/m"]);
        assert_eq!(due(5, 1), ["authority/a"]);
        assert_eq!(store.due_by(at(9), 9).unwrap()[2].1, at(4));
    });
}

#[test]
fn a_notice_is_kept_once_and_told_until_somebody_says_so() {
    let at = |second| DateTime::new(2026, 11, 21, 9, 0, second).unwrap();
    let notice = |name: &str, days: u16, from: u8| {
        let from = at(from).unix_duration().as_secs();
        let about = json!({"expiry": {"days": days}});
        let stream = format!("authority/{name}");
        let notice = json!({"stream": stream, "about": about, "from": from});
        serde_json::from_value::<Notice>(notice).unwrap()
    };
    let notices = |notices: &[&Notice]| {
        let mut batch = Batch::default();
        batch.notices = notices.iter().map(|one| (*one).clone()).collect();
        batch
    };
    each(|store| {
        let [late, early, other] = [notice("a", 7, 8), notice("a", 30, 2), notice("b", 7, 2)];
        append(store, notices(&[&late, &other, &early])).unwrap();
        append(store, notices(&[&early])).unwrap();
        assert!(store.notices(at(1), 9).unwrap().is_empty());
        let both = [early.clone(), other.clone()];
        assert_eq!(store.notices(at(2), 9).unwrap(), both);
        assert_eq!(store.notices(at(9), 1).unwrap(), both[..1]);
        assert_eq!(store.notice_told(&early.key()).unwrap(), Some(false));
        store.note_told(&early.key()).unwrap();
        // The same one again is not told again.
        append(store, notices(&[&early])).unwrap();
        assert_eq!(store.notice_told(&early.key()).unwrap(), Some(true));
        assert_eq!(store.notices(at(9), 9).unwrap(), [other, late]);
        assert_eq!(store.notice_told("nobody").unwrap(), None);
    });
}

#[test]
fn cases_are_found_by_name_and_by_certificate() {
    let world = World::default();
    let mut engine = world.engine();
    establish(&mut engine).unwrap();
    let applicants = ["zhang.san", "li.ming"].map(Applicant::new);
    for applicant in &applicants {
        take_through(&mut engine, applicant).unwrap();
    }
    let rows = engine.store().cases(None, 9).unwrap();
    each(|store| {
        let mut batch = Batch::default();
        batch.cases = rows.clone();
        append(store, batch).unwrap();
        assert_eq!(store.cases(None, 9).unwrap(), rows);
        let [li, zhang] = &rows[..] else {
            panic!("{rows:?}");
        };
        assert_eq!(store.cases(None, 1).unwrap(), slice::from_ref(li));
        assert_eq!(
            store.cases(Some(&li.id), 9).unwrap(),
            slice::from_ref(zhang)
        );
        assert_eq!(store.case(&zhang.id).unwrap(), Some(zhang.clone()));
        let pair = applicants[0].pair(&engine);
        for issued in [&pair.signing, &pair.encryption] {
            let case = store.case_of(&issued.issuer, &issued.serial).unwrap();
            assert_eq!(case, Some(zhang.id.clone()));
        }
        let strange = store.case_of(&authority_id("root"), &pair.signing.serial);
        assert_eq!(strange.unwrap(), None);
    });
}

#[test]
fn a_checkpoint_is_of_more_records_than_the_one_before() {
    each(|store| {
        assert_eq!(store.checkpoint().unwrap(), None);
        let row = |size: u64, roots: usize| {
            let text = format!("over {size}\n\n— \\ \u{1f512}");
            CheckpointRow::new(size, text, vec![[0xa5; 32]; roots])
        };
        store.put_checkpoint(&row(3, 2)).unwrap();
        for size in [1, 2, 3] {
            conflicts(store.put_checkpoint(&row(size, 1)));
            assert_eq!(store.checkpoint().unwrap(), Some(row(3, 2)));
        }
        store.put_checkpoint(&row(300, 0)).unwrap();
        assert_eq!(store.checkpoint().unwrap(), Some(row(300, 0)));
    });
}

#[test]
fn a_large_batch_is_one_batch() {
    each(|store| {
        let (mut batch, mut head) = (Batch::default(), Head::EMPTY);
        for number in 1..=500_u64 {
            let stream = stream(&format!("stream-{number}"));
            let record = Record::from_stored(number, stream.clone(), 1, vec![7; 2_000], [7; 32]);
            head = record.head();
            batch.records.push(record);
            batch.unsettled.push((stream.clone(), true));
            batch.taken.push(stream);
        }
        let rows = (1..=250_u64).map(|number| {
            let serial = Serial::from_bytes(&number.to_be_bytes()).unwrap();
            row(serial, &State::Reserved)
        });
        batch.certificates = rows.collect();
        store.append(&Head::EMPTY, &batch).unwrap();
        assert_eq!(store.head().unwrap(), head);
        assert_eq!(store.digests(0, usize::MAX).unwrap(), vec![[7; 32]; 500]);
        assert_eq!(store.certificate_count().unwrap(), 250);
        let waiting: Vec<_> = batch.unsettled.iter().map(|(one, _)| one.clone()).collect();
        assert_eq!(store.to_settle(usize::MAX).unwrap(), waiting);
        assert_eq!(store.to_settle(256).unwrap(), waiting[..256]);
    });
}
