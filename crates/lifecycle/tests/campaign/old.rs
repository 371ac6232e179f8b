//! A store as the oldest version that is read left it.

use lifecycle::{Head, SqliteStore, Store};
use rusqlite::Connection;
use std::path::Path;

const TABLES: &str = include_str!("../stories/tables/2.sql");

/// What is in `store`, in tables of the oldest version; its head.
pub(crate) fn of_oldest(store: &Path, path: &Path) -> Head {
    let head = SqliteStore::open_read_only(store).unwrap().head().unwrap();
    let file = Connection::open(path).unwrap();
    file.execute_batch(TABLES).unwrap();
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
    file.execute_batch(&format!(
        "PRAGMA application_id = {}; PRAGMA user_version = 2",
        0x474d_4c43
    ))
    .unwrap();
    file.close().map_err(|(_, error)| error).unwrap();
    head
}
