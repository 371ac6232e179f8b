//! An archive that somebody altered.

use super::{Party, Site, back::recovered, number};
use lifecycle::key_centre::{
    Fault, SoftKeyCentre,
    message::{self, Ask, EntityName, KeyApplication, KeyRequest, Tagging},
};
use rusqlite::Connection;
use std::{fs, path::Path};

/// A site with two keys, its archive in one file.
fn site() -> Site {
    let site = Site::new();
    let name = "CN=Issuing CA,C=CN".parse().unwrap();
    let mut centre = site.open();
    for (task, case) in (1..).zip(["zhang.san", "li.ming"]) {
        let authority = EntityName::new(&name, &site.ca.public()).unwrap();
        let validity = (site.now(), site.now());
        let application = KeyApplication::new(number(case), Party::new().public(), validity);
        let ask = Ask::Apply(Box::new(application));
        let request = KeyRequest::new(authority, ask, site.now(), task);
        let request = message::sign(&request, Tagging::Implicit, &site.ca.handle()).unwrap();
        let key = site.centre.handle();
        centre.answer(&key, &request, site.now()).unwrap();
    }
    drop(centre);
    // Carried over from the log when the last one closed it.
    assert!(!site.folder.path().join("archive-wal").exists());
    site
}

/// Everything that the tables hold, with every octet of it.
fn content(path: &Path) -> Option<Vec<Vec<rusqlite::types::Value>>> {
    let read = || -> rusqlite::Result<_> {
        let connection = Connection::open(path)?;
        let mut rows = Vec::new();
        for (table, columns) in [("acts", 3), ("keys", 6), ("recoveries", 2)] {
            let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1"))?;
            let found =
                statement.query_map([], |row| (0..columns).map(|n| row.get(n)).collect())?;
            for row in found {
                rows.push(row?);
            }
        }
        Ok(rows)
    };
    read().ok()
}

fn examine(path: &Path) -> Result<(), Fault> {
    SoftKeyCentre::open(path)?.examine(None).map(drop)
}

#[test]
fn no_octet_of_what_is_archived_can_be_another_unseen() {
    let site = site();
    let whole = fs::read(site.path()).unwrap();
    let expected = content(&site.path()).unwrap();
    examine(&site.path()).unwrap();
    let copy = site.folder.path().join("copy");
    let (mut found, mut without_meaning) = (0, 0);
    // A prime, so that every column of every kind is met.
    for place in (0..whole.len()).step_by(13) {
        let mut octets = whole.clone();
        octets[place] ^= 0x10;
        for beside in ["copy-wal", "copy-shm"] {
            let _ = fs::remove_file(site.folder.path().join(beside));
        }
        fs::write(&copy, octets).unwrap();
        if examine(&copy).is_err() {
            found += 1;
        } else {
            // Unused octets of pages, counters of SQLite: what the archive says is the same.
            assert!(content(&copy).as_ref() == Some(&expected), "octet {place}");
            without_meaning += 1;
        }
    }
    println!("{found} altered octets found, {without_meaning} without meaning");
    assert!(found > 200, "{found}");
}

/// Alters the archive with another program, which takes the triggers away first.
pub(super) fn alter(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap();
    let triggers = "DROP TRIGGER IF EXISTS acts_stay; DROP TRIGGER IF EXISTS acts_are_kept;
        DROP TRIGGER IF EXISTS keys_stay; DROP TRIGGER IF EXISTS keys_are_kept;
        DROP TRIGGER IF EXISTS recoveries_stay; DROP TRIGGER IF EXISTS recoveries_are_kept;";
    connection.execute_batch(triggers).unwrap();
    connection.execute_batch(sql).unwrap();
}

fn damaged(path: &Path) -> (&'static str, u64) {
    match examine(path) {
        Err(Fault::Damaged { found, seq }) => (found, seq),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_row_that_is_another_missing_or_too_many_is_named() {
    for (sql, found, seq) in [
        (
            "UPDATE keys SET given = (SELECT archived FROM keys LIMIT 1)
                WHERE authority || number IN
                    (SELECT authority || number FROM keys ORDER BY number LIMIT 1)",
            "an archived key is not the one that was archived",
            None,
        ),
        (
            "DELETE FROM keys",
            "an archived key is missing",
            Some(3),
        ),
        (
            "INSERT INTO keys SELECT authority, '02', public_key, recipient, archived, given
                FROM keys LIMIT 1",
            "it has rows that no act made",
            Some(0),
        ),
        (
            "INSERT INTO recoveries VALUES (x'00', x'00')",
            "it has rows that no act made",
            Some(0),
        ),
        ("DELETE FROM acts WHERE seq = 3", "an act is missing", Some(4)),
        (
            "UPDATE acts SET octets = CAST(replace(CAST(octets AS TEXT), '\"task\":1', '\"task\":9')
                AS BLOB) WHERE seq = 3",
            "an act is not the one that was chained",
            Some(3),
        ),
        ("DELETE FROM acts", "it has no acts", Some(0)),
    ] {
        let site = site();
        alter(&site.path(), sql);
        let (said, place) = damaged(&site.path());
        assert_eq!(said, found, "{sql}");
        assert!(seq.is_none_or(|seq| seq == place), "{sql}: {place}");
    }
}

#[test]
fn a_tail_that_was_cut_is_found_by_an_end_that_was_noted() {
    let site = site();
    let noted = site.open().examine(None).unwrap().head;
    site.open().examine(Some(&noted)).unwrap();
    alter(
        &site.path(),
        "DELETE FROM acts WHERE seq = 4;
         DELETE FROM keys WHERE number = (SELECT max(number) FROM keys)",
    );
    // Which of the two keys that was depends on its number: one way the rows tell.
    let report = SoftKeyCentre::open(&site.path()).and_then(|mut centre| centre.examine(None));
    assert!(report.is_ok_and(|report| report.keys == 1) || examine(&site.path()).is_err());
    let cut = site.open().examine(Some(&noted));
    assert!(matches!(cut, Err(Fault::Damaged { .. })), "{cut:?}");

    // One that is at work notices by itself.
    let site = self::site();
    let mut at_work = site.open();
    alter(&site.path(), "DELETE FROM acts WHERE seq = 4");
    let now = site.now();
    let name = lifecycle::AuthorityId::new("another-ca").unwrap();
    let admitted = at_work.admit(&name, &Party::new().public(), now);
    assert!(matches!(admitted, Err(Fault::Damaged { seq: 4, .. })));
}

#[test]
fn another_program_that_means_no_harm_is_kept_from_changing_anything() {
    let site = recovered();
    let connection = Connection::open(site.path()).unwrap();
    for table in ["acts", "keys", "recoveries"] {
        let columns = "SELECT name FROM pragma_table_info(?1)";
        let mut statement = connection.prepare(columns).unwrap();
        let columns = statement.query_map([table], |row| row.get::<_, String>(0));
        for column in columns.unwrap().map(Result::unwrap) {
            let sql = format!("UPDATE {table} SET {column} = {column}");
            assert!(connection.execute_batch(&sql).is_err(), "{sql}");
        }
        let sql = format!("DELETE FROM {table}");
        assert!(connection.execute_batch(&sql).is_err(), "{sql}");
    }
    drop(connection);
    examine(&site.path()).unwrap();
}

#[test]
fn a_file_that_is_no_archive_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(
        path("text"),
        "no database at all, but long enough to be read as one".repeat(20),
    )
    .unwrap();
    Connection::open(path("other"))
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    lifecycle::SqliteStore::open(&path("store")).unwrap();
    for name in ["text", "other", "store", "nothing"] {
        let before = fs::read(path(name)).ok();
        assert!(
            matches!(SoftKeyCentre::open(&path(name)), Err(Fault::Archive(_))),
            "{name}"
        );
        assert_eq!(fs::read(path(name)).ok(), before, "{name}");
    }
}
