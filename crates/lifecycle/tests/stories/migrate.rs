//! Stores of older versions: as they were written then, brought up to date.

use lifecycle::{
    Head, Migration, Restoration, SqliteStore, Store, StoreError,
    audit::{self, Fault},
};
use rusqlite::Connection;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

use crate::{old::TABLES, store::real_store};

/// The version that is written now.
const NOW: i32 = 5;

/// A real case in a file of an older version: its tables, and what is in them.
fn of_version(version: i32) -> (TempDir, PathBuf, Head) {
    let (folder, new) = real_store();
    let path = folder.path().join("old");
    let head = crate::old::of_version(&new, &path, version);
    (folder, path, head)
}

/// Every version that there was, the one of now left out.
fn older() -> impl Iterator<Item = i32> {
    2..NOW
}

fn is_whole(path: &Path, head: Head) {
    let store = SqliteStore::open_read_only(path).unwrap();
    store.check_file().unwrap();
    audit::verify(&store).unwrap();
    assert_eq!(store.head().unwrap(), head);
}

fn migrated(path: &Path) -> (Migration, Vec<i32>) {
    let mut reached = Vec::new();
    let migration = SqliteStore::migrate_file(path, &mut |version| reached.push(version));
    (migration.unwrap(), reached)
}

#[test]
fn an_older_store_says_which_it_is_and_becomes_one_of_now() {
    for version in older() {
        let (_folder, path, head) = of_version(version);
        let before = fs::read(&path).unwrap();
        assert_eq!(SqliteStore::version(&path).unwrap(), version);
        let refused = SqliteStore::open_read_only(&path).unwrap_err();
        assert!(refused.to_string().contains("older version"), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), before, "looking changes nothing");

        let (migration, reached) = migrated(&path);
        assert_eq!((migration.from, migration.to), (version, NOW));
        assert_eq!(reached, (version + 1..=NOW).collect::<Vec<_>>());
        is_whole(&path, head);
        // Once more, there is nothing left to do.
        let (migration, reached) = migrated(&path);
        assert_eq!((migration.from, migration.to), (NOW, NOW));
        assert!(reached.is_empty());
        is_whole(&path, head);
    }
}

#[test]
fn the_version_of_now_is_what_an_engine_writes() {
    let (_folder, path, head) = of_version(NOW);
    assert_eq!(SqliteStore::version(&path).unwrap(), NOW);
    is_whole(&path, head);
    let (_other, path) = real_store();
    assert_eq!(SqliteStore::version(&path).unwrap(), NOW);
}

#[test]
fn an_engine_does_the_same_when_it_opens_one() {
    for version in older() {
        let (_folder, path, head) = of_version(version);
        drop(SqliteStore::open(&path).unwrap());
        assert_eq!(SqliteStore::version(&path).unwrap(), NOW);
        is_whole(&path, head);
    }
}

#[test]
fn what_died_in_the_middle_goes_on() {
    for version in older() {
        let (_folder, path, head) = of_version(version);
        // What a process has written that dies before it commits: the files as they lie there.
        let file = Connection::open(&path).unwrap();
        file.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 1;
             BEGIN EXCLUSIVE",
        )
        .unwrap();
        file.execute_batch(TABLES[usize::try_from(version - 1).unwrap()])
            .unwrap();
        file.execute_batch(
            "CREATE TABLE much (octets BLOB);
             INSERT INTO much SELECT zeroblob(10000) FROM records",
        )
        .unwrap();
        let after = tempfile::tempdir().unwrap();
        let copy = after.path().join("old");
        for end in ["", "-wal"] {
            let from = format!("{}{end}", path.display());
            fs::copy(from, format!("{}{end}", copy.display())).unwrap();
        }
        let log = fs::metadata(after.path().join("old-wal")).unwrap();
        assert!(log.len() > 100_000, "half of it was written");

        assert_eq!(SqliteStore::version(&copy).unwrap(), version);
        let (migration, _) = migrated(&copy);
        assert_eq!((migration.from, migration.to), (version, NOW));
        is_whole(&copy, head);
        let file = Connection::open(&copy).unwrap();
        let left = "SELECT count(*) FROM sqlite_master WHERE name = 'much'";
        let left: i64 = file.query_row(left, [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0);
    }
}

/// A damaged record is for whoever examines the store, and stops nobody who brings it up to date.
#[test]
fn what_can_t_be_read_is_left_out_and_named_by_an_examination() {
    let damages = [
        "SET octets = x'7b7d'",
        "SET octets = 'a text'",
        "SET octets = CAST(replace(CAST(octets AS TEXT), '\"tbs\":\"', '\"tbs\":\"AAAA') AS BLOB)",
    ];
    // From version 4 on the index is there.
    for (version, damage) in (2..4).flat_map(|version| damages.map(|damage| (version, damage))) {
        let (_folder, path, head) = of_version(version);
        let file = Connection::open(&path).unwrap();
        let number = |sql: &str| -> u64 { file.query_row(sql, [], |row| row.get(0)).unwrap() };
        let seq = number(
            "SELECT min(seq) FROM records
             WHERE stream LIKE 'case/%' AND CAST(octets AS TEXT) LIKE '%issuance-intended%'",
        );
        let changed = file.execute(&format!("UPDATE records {damage} WHERE seq = {seq}"), []);
        assert_eq!(changed.unwrap(), 1);
        file.close().map_err(|(_, error)| error).unwrap();

        let (migration, _) = migrated(&path);
        assert_eq!((migration.from, migration.to), (version, NOW), "{damage}");
        let file = Connection::open(&path).unwrap();
        let number = |sql: &str| -> u64 { file.query_row(sql, [], |row| row.get(0)).unwrap() };
        let without = number("SELECT count(*) FROM certificates WHERE key IS NULL");
        assert_eq!(without, 1, "{damage}");
        file.close().map_err(|(_, error)| error).unwrap();
        let store = SqliteStore::open_read_only(&path).unwrap();
        assert_eq!(store.head().unwrap(), head);
        let fault = audit::verify(&store).unwrap_err();
        let names_it = matches!(fault, Fault::ChainBroken { seq: at } if at == seq)
            || damage.contains("a text") && matches!(fault, Fault::Store(_));
        assert!(names_it, "{damage}: {fault:?}");
    }
}

#[test]
fn what_is_no_store_is_not_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let ask = || SqliteStore::migrate_file(&path, &mut |_| ());
    assert!(matches!(ask(), Err(StoreError::Missing { .. })));
    assert!(matches!(
        SqliteStore::version(&path),
        Err(StoreError::Missing { .. })
    ));
    assert!(!path.exists());
    fs::write(&path, "a long letter to somebody\n".repeat(1_000)).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(ask(), Err(StoreError::Foreign { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_store_that_an_engine_has_is_left_to_it() {
    let (_folder, path) = real_store();
    let held = SqliteStore::open(&path).unwrap();
    let refused = SqliteStore::migrate_file(&path, &mut |_| ());
    assert!(matches!(refused, Err(StoreError::Locked { .. })));
    drop(held);
}

#[test]
fn an_old_backup_is_put_back_as_a_store_of_now() {
    for version in older() {
        let (folder, backup, head) = of_version(version);
        let before = fs::read(&backup).unwrap();
        let path = folder.path().join("back");
        let restoration = Restoration::begin(&backup, &path, &mut |_| ()).unwrap();
        let migration = restoration.migration().unwrap();
        assert_eq!((migration.from, migration.to), (version, NOW));
        audit::verify(restoration.store()).unwrap();
        restoration.finish().unwrap();
        is_whole(&path, head);
        assert_eq!(fs::read(&backup).unwrap(), before);
        assert_eq!(SqliteStore::version(&backup).unwrap(), version);
    }
}
