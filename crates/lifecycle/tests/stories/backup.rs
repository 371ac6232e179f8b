//! Copies of a store, made while an engine works, and put back.

use lifecycle::{
    BackupSource, Batch, Copied, Engine, Head, Record, Restoration, SqliteStore, Store, StoreError,
    StreamId, audit,
};
use rusqlite::Connection;
use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};
use tempfile::TempDir;

use crate::{
    doubles::World,
    script::{Applicant, authority_id, establish, take_through},
    store::real_store,
};

/// Names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let name = |file: fs::DirEntry| file.file_name().into_string().unwrap();
    let mut names: Vec<_> = files.map(|file| name(file.unwrap())).collect();
    names.sort();
    names
}

fn is_whole(path: &Path, head: Head) {
    let store = SqliteStore::open_read_only(path).unwrap();
    store.check_file().unwrap();
    audit::verify(&store).unwrap();
    assert_eq!(store.head().unwrap(), head);
}

/// A store of several steps, in the hands of an engine.
fn large() -> (TempDir, World, Engine, BackupSource) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(SqliteStore::open(&path).unwrap());
    // As many pages as many cases would have.
    let file = Connection::open(&path).unwrap();
    file.execute_batch(
        "CREATE TABLE many (octets BLOB); INSERT INTO many VALUES (zeroblob(3000000))",
    )
    .unwrap();
    file.close().map_err(|(_, error)| error).unwrap();
    let world = World::default();
    let store = SqliteStore::open(&path).unwrap();
    let source = store.backup_source();
    let mut engine = world.engine_over(store);
    establish(&mut engine).unwrap();
    take_through(&mut engine, &Applicant::new("zhao.liu")).unwrap();
    (folder, world, engine, source)
}

#[test]
fn a_copy_has_what_the_engine_did_while_it_was_made() {
    let (folder, _world, mut engine, source) = large();
    let path = folder.path().join("copy");
    let before = engine.store().head().unwrap();
    let mut steps: Vec<Copied> = Vec::new();
    let head = source
        .backup(&path, &mut |copied| {
            steps.push(copied);
            if copied.pages < copied.of {
                let person = format!("q.{}", steps.len());
                take_through(&mut engine, &Applicant::new(&person)).unwrap();
            }
        })
        .unwrap();
    assert!(steps.len() > 1, "{steps:?}");
    assert!(steps.iter().all(|step| step.pages <= step.of));
    let last = steps.last().unwrap();
    assert_eq!(last.pages, last.of);
    assert!(head.seq > before.seq);
    assert_eq!(engine.store().head().unwrap(), head);
    is_whole(&path, head);
    // The engine goes on, and the copy stays what it is.
    take_through(&mut engine, &Applicant::new("zhang.san")).unwrap();
    drop(engine);
    is_whole(&path, head);
    audit::verify(&SqliteStore::open_read_only(&folder.path().join("store")).unwrap()).unwrap();
}

#[test]
fn who_writes_faster_than_is_copied_is_not_followed_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(&folder.path().join("store")).unwrap();
    let source = store.backup_source();
    // More than a step of pages, of octets that can't be packed.
    let noise: Vec<u8> = (0_u64..1 << 18)
        .flat_map(|number| {
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (mixed ^ mixed >> 29)
                .wrapping_mul(0xbf58_476d_1ce4_e5b9)
                .to_le_bytes()
        })
        .collect();
    let mut write = || {
        let head = store.head().unwrap();
        let stream = StreamId::Authority(authority_id("ca"));
        let seq = head.seq + 1;
        let mut batch = Batch::default();
        let record = Record::from_stored(seq, stream, seq, noise.clone(), [7; 32]);
        batch.records.push(record);
        store.append(&head, &batch).unwrap();
        seq
    };
    let first = write();
    let mut last = first;
    let head = source.backup(&folder.path().join("copy"), &mut |copied| {
        assert!(last < 100, "{copied:?}");
        if copied.pages < copied.of {
            last = write();
        }
    });
    assert!(last > first);
    assert_eq!(head.unwrap().seq, last);
}

#[test]
fn a_copy_is_one_plain_file_beside_which_nothing_is_left() {
    let (folder, path) = real_store();
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("copy");
    let store = SqliteStore::open(&path).unwrap();
    let head = store.backup(&copy, &mut |_| ()).unwrap();
    assert_eq!(names(copies.path()), ["copy"]);
    is_whole(&copy, head);
    // Its reader needs no file beside it.
    let reader = SqliteStore::open_read_only(&copy).unwrap();
    reader.head().unwrap();
    assert_eq!(names(copies.path()), ["copy"]);
    drop((reader, store));
    assert_eq!(names(folder.path()), ["store"]);
}

#[test]
fn a_copy_is_read_by_whom_the_store_is_read_by() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = real_store();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let copy = folder.path().join("copy");
    let store = SqliteStore::open(&path).unwrap();
    store.backup(&copy, &mut |_| ()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&copy), 0o640);
    // What is put back from a copy that nobody writes can be written.
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o440)).unwrap();
    let back = folder.path().join("back");
    put_back(&copy, &back).unwrap();
    assert_eq!(mode(&back), 0o640);
}

#[test]
fn nothing_is_put_in_the_place_of_a_file() {
    let (folder, path) = real_store();
    let store = SqliteStore::open(&path).unwrap();
    let there = folder.path().join("there");
    fs::write(&there, "something").unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path().join("nowhere"), &link).unwrap();
    let before = names(folder.path());
    for place in [&there, &link, &path] {
        let refused = store.backup(place, &mut |_| ());
        assert!(matches!(refused, Err(StoreError::Exists { .. })));
    }
    assert_eq!(fs::read(&there).unwrap(), b"something");
    // Nor of one that came in between.
    let late = folder.path().join("late");
    let refused = store.backup(&late, &mut |_| fs::write(&late, "first").unwrap());
    assert!(
        matches!(refused, Err(StoreError::Exists { .. })),
        "{refused:?}"
    );
    assert_eq!(fs::read(&late).unwrap(), b"first");
    fs::remove_file(&late).unwrap();
    assert_eq!(names(folder.path()), before);

    let nowhere = folder.path().join("no/such/folder");
    let failed = store.backup(&nowhere, &mut |_| ());
    assert!(matches!(failed, Err(StoreError::File { .. })), "{failed:?}");
    assert_eq!(names(folder.path()), before);
    // The store is none the worse.
    store.check_file().unwrap();
    audit::verify(&store).unwrap();
}

#[test]
fn of_a_store_that_was_closed_there_is_no_copy_and_nothing_keeps_it() {
    let (folder, path) = real_store();
    let store = SqliteStore::open(&path).unwrap();
    let source = store.backup_source();
    drop(store);
    let refused = source.backup(&folder.path().join("copy"), &mut |_| ());
    assert!(refused.unwrap_err().to_string().contains("closed"));
    let again = SqliteStore::open(&path).unwrap();
    drop(again);
    assert_eq!(names(folder.path()), ["store"]);
}

#[test]
fn what_a_killed_process_left_of_a_copy_is_in_nobodys_way() {
    let (folder, path) = real_store();
    let store = SqliteStore::open(&path).unwrap();
    let copy = folder.path().join("copy");
    // The files in the middle of a copy, as they lie there when the process dies.
    let after = tempfile::tempdir().unwrap();
    let mut left = Vec::new();
    store
        .backup(&copy, &mut |_| {
            left = names(folder.path());
            for name in &left {
                fs::copy(folder.path().join(name), after.path().join(name)).unwrap();
            }
        })
        .unwrap();
    assert!(
        left.iter().any(|name| name.starts_with("copy.copy-")),
        "{left:?}"
    );
    assert!(!left.contains(&"copy".to_owned()));
    let store = SqliteStore::open(&after.path().join("store")).unwrap();
    let head = store
        .backup(&after.path().join("copy"), &mut |_| ())
        .unwrap();
    is_whole(&after.path().join("copy"), head);
}

#[test]
fn two_copies_at_once_are_two_copies() {
    let (folder, path) = real_store();
    let store = SqliteStore::open(&path).unwrap();
    let head = store.head().unwrap();
    let sources = ["a", "b"].map(|name| (store.backup_source(), folder.path().join(name)));
    thread::scope(|scope| {
        for (source, copy) in &sources {
            scope.spawn(move || source.backup(copy, &mut |_| ()).unwrap());
        }
    });
    for (_, copy) in &sources {
        is_whole(copy, head);
    }
}

/// A backup of a real store, and where the store is put back.
fn backed_up() -> (TempDir, PathBuf, PathBuf, Head) {
    let (folder, path) = real_store();
    let backup = folder.path().join("backup");
    let store = SqliteStore::open(&path).unwrap();
    let head = store.backup(&backup, &mut |_| ()).unwrap();
    (folder, backup, path, head)
}

fn put_back(backup: &Path, path: &Path) -> Result<Head, StoreError> {
    let restoration = Restoration::begin(backup, path, &mut |_| ())?;
    restoration.store().check_file()?;
    let head = restoration.store().head()?;
    restoration.finish()?;
    Ok(head)
}

#[test]
fn a_store_is_put_back_whole_and_an_engine_goes_on() {
    let (folder, backup, path, head) = backed_up();
    fs::remove_file(&path).unwrap();
    let octets = fs::read(&backup).unwrap();
    assert_eq!(put_back(&backup, &path).unwrap(), head);
    assert_eq!(names(folder.path()), ["backup", "store"]);
    is_whole(&path, head);
    assert_eq!(fs::read(&backup).unwrap(), octets);
    let world = World::default();
    let engine = world.engine_over(SqliteStore::open(&path).unwrap());
    assert_eq!(engine.store().head().unwrap(), head);
}

#[test]
fn a_store_that_is_there_stays() {
    let (folder, backup, path, head) = backed_up();
    let refused = put_back(&backup, &path);
    assert!(matches!(refused, Err(StoreError::Exists { .. })));
    is_whole(&path, head);
    // What SQLite left beside a lost store would be carried into the new one.
    fs::remove_file(&path).unwrap();
    let _ = fs::remove_file(folder.path().join("store-shm"));
    for end in ["store-wal", "store-journal"] {
        let beside = folder.path().join(end);
        fs::write(&beside, "of another file").unwrap();
        let refused = put_back(&backup, &path).unwrap_err();
        assert!(matches!(&refused, StoreError::Exists { path } if *path == beside));
        // What readers leave there says nothing.
        fs::write(&beside, "").unwrap();
        drop(Restoration::begin(&backup, &path, &mut |_| ()).unwrap());
        fs::remove_file(&beside).unwrap();
    }
    // One that came in between.
    let restoration = Restoration::begin(&backup, &path, &mut |_| ()).unwrap();
    fs::write(&path, "first").unwrap();
    let refused = restoration.finish();
    assert!(matches!(refused, Err(StoreError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"first");
    assert_eq!(names(folder.path()), ["backup", "store"]);
}

#[test]
fn what_is_not_put_back_leaves_nothing() {
    let (folder, backup, path, _) = backed_up();
    fs::remove_file(&path).unwrap();
    let restoration = Restoration::begin(&backup, &path, &mut |_| ()).unwrap();
    assert_eq!(names(folder.path()).len(), 3, "not in its place yet");
    assert!(!path.exists());
    drop(restoration);
    assert_eq!(names(folder.path()), ["backup"]);
}

#[test]
fn a_damaged_backup_is_not_put_back() {
    let (folder, backup, path, _) = backed_up();
    fs::remove_file(&path).unwrap();
    let whole = fs::read(&backup).unwrap();
    let refused = |octets: &[u8]| {
        fs::write(&backup, octets).unwrap();
        let error = put_back(&backup, &path).unwrap_err();
        assert!(
            matches!(
                error,
                StoreError::Foreign { .. } | StoreError::Database { .. }
            ),
            "{error:?}"
        );
        assert_eq!(names(folder.path()), ["backup"]);
    };
    for length in [0, 1, 100, 4_096, whole.len() / 2, whole.len() - 1] {
        refused(&whole[..length]);
    }
    refused(b"a letter to somebody");
    // A page of zeros in the middle of the tables.
    let mut holed = whole.clone();
    holed[8_192..12_288].fill(0);
    refused(&holed);
    fs::remove_file(&backup).unwrap();
    let missing = put_back(&backup, &path).unwrap_err();
    assert!(matches!(missing, StoreError::Missing { .. }));
    // An octet of a record: the file is as SQLite wants it, the log is not.
    let mut changed = whole;
    // Packed by dictionary 1, in a frame of Zstandard.
    let packed = [1, 0x28, 0xb5, 0x2f, 0xfd];
    let place = changed.windows(5).rposition(|part| part == packed);
    changed[place.unwrap() + 30] ^= 1;
    fs::write(&backup, changed).unwrap();
    let restoration = Restoration::begin(&backup, &path, &mut |_| ()).unwrap();
    audit::verify(restoration.store()).unwrap_err();
}

#[test]
fn a_backup_that_an_engine_has_is_not_taken_from_under_it() {
    let (folder, backup, path, _) = backed_up();
    fs::remove_file(&path).unwrap();
    let held = SqliteStore::open(&backup).unwrap();
    let refused = put_back(&backup, &path);
    assert!(
        matches!(refused, Err(StoreError::Locked { .. })),
        "{refused:?}"
    );
    drop(held);
    assert_eq!(names(folder.path()), ["backup"]);
}

#[test]
fn whoever_copies_a_store_keeps_engines_away() {
    let (folder, backup, path, head) = backed_up();
    // In the mode of an engine's file, and in that of a copy.
    for (number, file) in [&path, &backup].into_iter().enumerate() {
        let store = SqliteStore::open_to_copy(file).unwrap();
        let refused = SqliteStore::open(file);
        assert!(
            matches!(refused, Err(StoreError::Locked { .. })),
            "{refused:?}"
        );
        let copy = folder.path().join(format!("copy-{number}"));
        assert_eq!(store.backup(&copy, &mut |_| ()).unwrap(), head);
        drop(store);
        is_whole(&copy, head);
    }
    drop(SqliteStore::open(&path).unwrap());
}
