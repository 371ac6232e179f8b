//! Stores as older versions left them.

use lifecycle::{Head, SqliteStore, Store};
use rusqlite::Connection;
use std::path::Path;

/// What each version made anew, from the oldest that is read.
pub(crate) const TABLES: [&str; 4] = [
    include_str!("tables/2.sql"),
    include_str!("tables/3.sql"),
    include_str!("tables/4.sql"),
    // Records may be packed.
    "",
];
/// The oldest version that is read.
pub(crate) const OLDEST: i32 = 2;

/// What is in the store at `store`, in tables of a version, at `path`; its head.
pub(crate) fn of_version(store: &Path, path: &Path, version: i32) -> Head {
    let head = SqliteStore::open_read_only(store).unwrap().head().unwrap();
    let file = Connection::open(path).unwrap();
    let steps = usize::try_from(version - OLDEST).unwrap();
    for tables in &TABLES[..=steps] {
        file.execute_batch(tables).unwrap();
    }
    file.execute("ATTACH ?1 AS new", [store.to_str().unwrap()])
        .unwrap();
    let list = |sql: &str| -> Vec<String> {
        let mut statement = file.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    for table in list("SELECT name FROM main.sqlite_master WHERE type = 'table'") {
        let columns = list(&format!("SELECT name FROM pragma_table_info('{table}')")).join(", ");
        file.execute_batch(&format!(
            "INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}"
        ))
        .unwrap();
    }
    if version < 5 {
        let records = SqliteStore::open_read_only(store).unwrap();
        for record in records.records(0, usize::MAX >> 1).unwrap() {
            let sql = "UPDATE main.records SET octets = ?2 WHERE seq = ?1";
            let changed = file.execute(sql, rusqlite::params![record.seq, record.octets]);
            assert_eq!(changed.unwrap(), 1);
        }
    }
    file.execute_batch(&format!(
        "PRAGMA application_id = {}; PRAGMA user_version = {version}",
        0x474d_4c43
    ))
    .unwrap();
    file.close().map_err(|(_, error)| error).unwrap();
    head
}
