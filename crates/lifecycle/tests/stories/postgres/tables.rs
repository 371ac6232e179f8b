//! Which databases are taken for a store, and which tables it has.

use lifecycle::{
    Error, Store, StoreError,
    postgres::{PostgresOptions, PostgresStore},
};
use std::{collections::BTreeSet, thread};

use super::{Database, Server, options};
use crate::{
    doubles::World,
    script::{Applicant, establish, take_through},
};

/// What was found, of both ways to open it.
fn refused(database: &Database) -> String {
    let found = |answer: Result<PostgresStore, Error>| match answer {
        Err(Error::Store(StoreError::Unfit { found, .. })) => found,
        other => panic!("{other:?}"),
    };
    let opened = found(database.open_as(&options()));
    let read = found(PostgresStore::open_read_only(
        &database.connection(),
        &options(),
    ));
    assert_eq!(opened, read);
    opened
}

fn tables(database: &Database) -> BTreeSet<String> {
    let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
    let rows = database.client().query(sql, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Tables with their columns, `table.column`.
fn columns(database: &Database) -> BTreeSet<String> {
    let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = current_schema()";
    let rows = database.client().query(sql, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn another_programs_database_is_refused_and_left_alone() {
    for sql in [
        "CREATE TABLE letters (text text)",
        "CREATE TABLE schema_version (version bigint)",
        "CREATE TABLE schema_version (application text, version bigint);
         INSERT INTO schema_version VALUES ('letters', 1)",
        "CREATE TABLE schema_version (application text, version bigint);
         INSERT INTO schema_version VALUES ('certificate lifecycle', 0)",
    ] {
        let Some(database) = Database::new() else {
            return;
        };
        database.execute(sql);
        let before = tables(&database);
        assert_eq!(
            refused(&database),
            "it has tables of another program",
            "{sql}"
        );
        assert_eq!(tables(&database), before);
    }
}

/// Whose rows stand beside ours in `schema_version` is nobody we know.
#[test]
fn another_programs_version_is_not_taken_for_ours() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    let mut engine = world.engine_over(database.open());
    database.execute("INSERT INTO schema_version VALUES ('letters', 1000)");
    establish(&mut engine).unwrap();
    drop(engine);
    let mut engine = world.engine_over(database.open());
    take_through(&mut engine, &Applicant::new("zhang.san")).unwrap();
    database.execute("DELETE FROM schema_version WHERE application <> 'letters'");
    drop(engine);
    assert_eq!(refused(&database), "it has tables of another program");
}

#[test]
fn a_lease_and_a_patience_that_nobody_can_work_with_are_refused() {
    use std::time::Duration;
    // Nothing is asked of a server before.
    let open = |options: &PostgresOptions| {
        let nowhere = "host=/nowhere user=ca";
        let read = PostgresStore::open_read_only(nowhere, options).unwrap_err();
        let opened = PostgresStore::open(nowhere, options).unwrap_err();
        assert_eq!(read.to_string(), opened.to_string());
        opened
    };
    let second = Duration::from_secs(1);
    let least = Duration::from_nanos(1);
    for (lease, patience, what) in [
        (Duration::ZERO, second, "a lease"),
        (second - least, second, "a lease"),
        (86_400 * second + least, second, "a lease"),
        (Duration::MAX, second, "a lease"),
        (second, Duration::ZERO, "a patience"),
        (second, second / 10 - least, "a patience"),
        (second, 600 * second + least, "a patience"),
        (second, Duration::MAX, "a patience"),
    ] {
        let mut options = options();
        (options.lease, options.patience) = (lease, patience);
        let answer = open(&options);
        assert!(
            matches!(answer, Error::Store(StoreError::OutOfRange { what: which, .. }) if which == what),
            "{answer:?}"
        );
    }
    for lease in [second, 86_400 * second] {
        let mut options = options();
        (options.lease, options.patience) = (lease, second / 10);
        let answer = open(&options);
        assert!(
            matches!(answer, Error::Store(StoreError::Server { .. })),
            "{answer:?}"
        );
    }
}

#[test]
fn tables_of_a_newer_version_are_refused_and_left_alone() {
    let Some(database) = Database::new() else {
        return;
    };
    drop(database.open());
    database.execute("UPDATE schema_version SET version = 1000");
    assert!(refused(&database).starts_with("its tables are of version 1000"));
}

#[test]
fn a_node_of_an_older_version_writes_nothing_more() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    let mut engine = world.engine_over(database.open());
    establish(&mut engine).unwrap();
    let head = engine.store().head().unwrap();
    database.execute("UPDATE schema_version SET version = version + 1");
    let zhang = Applicant::new("zhang.san");
    let answer = engine.submit(&zhang.actor(), zhang.open()).unwrap_err();
    assert!(
        matches!(&answer, Error::Store(StoreError::Server { source, .. })
            if source.to_string().contains("another version")),
        "{answer:?}"
    );
    assert_eq!(engine.store().head().unwrap(), head);
}

#[test]
fn tables_that_are_half_made_are_made_whole() {
    let Some(database) = Database::new() else {
        return;
    };
    drop(database.open());
    let whole = tables(&database);
    for (version, missing) in [
        (2, "nodes, unsettled"),
        (
            1,
            "nodes, unsettled, submissions, crl_points, certificates, case_numbers, cases, timers, notices",
        ),
    ] {
        database.execute(&format!(
            "DROP TABLE {missing}; DELETE FROM log_head;
             UPDATE schema_version SET version = {version}"
        ));
        let read = PostgresStore::open_read_only(&database.connection(), &options());
        assert!(
            matches!(&read, Err(Error::Store(StoreError::Unfit { found, .. }))
                if found.contains("an older version")),
            "{read:?}"
        );
        drop(database.open());
        assert_eq!(tables(&database), whole);
    }
}

#[test]
fn nodes_that_start_at_once_make_the_tables_once() {
    let Some(database) = Database::new() else {
        return;
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(database.open()));
        }
    });
    drop(database.read());
}

#[test]
fn an_empty_database_is_nothing_to_read() {
    let Some(database) = Database::new() else {
        return;
    };
    let read = PostgresStore::open_read_only(&database.connection(), &options());
    assert!(
        matches!(&read, Err(Error::Store(StoreError::Unfit { found, .. })) if found == "it is empty"),
        "{read:?}"
    );
    assert!(tables(&database).is_empty());
}

#[test]
fn a_reader_writes_nothing() {
    let Some(database) = Database::new() else {
        return;
    };
    drop(database.open());
    let mut store = database.read();
    let head = store.head().unwrap();
    let answers = [
        store.append(&head, &lifecycle::Batch::default()),
        store.note_told("nobody"),
        store.to_settle(usize::MAX).map(drop),
    ];
    for answer in answers {
        assert!(
            matches!(answer, Err(StoreError::Unfit { .. })),
            "{answer:?}"
        );
    }
    store.head().unwrap();
}

#[test]
fn each_schema_of_a_database_has_a_store_of_its_own() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    establish(&mut world.engine_over(database.open())).unwrap();
    let connection = format!("{} options='-c search_path=other'", database.connection());
    let open = || PostgresStore::open(&connection, &options());
    let answer = open();
    assert!(
        matches!(&answer, Err(Error::Store(StoreError::Unfit { found, .. }))
            if found == "its search_path names no schema"),
        "{answer:?}"
    );
    database.execute("CREATE SCHEMA other");
    assert_eq!(open().unwrap().head().unwrap(), lifecycle::Head::EMPTY);
}

#[test]
fn a_log_without_its_last_record_is_refused() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    establish(&mut world.engine_over(database.open())).unwrap();
    database.execute("DELETE FROM records WHERE seq = (SELECT max(seq) FROM records)");
    assert!(refused(&database).contains("records are missing"));
}

#[test]
fn a_server_that_may_lose_what_it_acknowledged_is_refused() {
    let Some(database) = Database::new() else {
        return;
    };
    for value in ["off", "local", "remote_write"] {
        database.execute(&format!(
            "ALTER DATABASE {} SET synchronous_commit = {value}",
            database.name
        ));
        let answer = database.open_as(&options());
        assert!(
            matches!(&answer, Err(Error::Store(StoreError::Unfit { found, .. }))
                if found.starts_with(&format!("synchronous_commit is {value}"))),
            "{answer:?}"
        );
    }
    database.execute(&format!(
        "ALTER DATABASE {} SET synchronous_commit = remote_apply",
        database.name
    ));
    drop(database.open());

    for setting in ["fsync", "full_page_writes"] {
        let Some(server) = Server::start() else {
            return;
        };
        server.crash();
        server.configure(&format!("{setting} = off"));
        server.again();
        let database = Database::on(server.connection.clone());
        let answer = database.open_as(&options());
        assert!(
            matches!(&answer, Err(Error::Store(StoreError::Unfit { found, .. }))
                if found.starts_with(&format!("{setting} is off"))),
            "{answer:?}"
        );
    }
}

#[test]
fn a_server_that_is_not_there_is_waited_for_so_long_and_no_longer() {
    if super::server().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let nowhere = format!("host={} user=ca password=secret", folder.path().display());
    let mut options = options();
    options.patience = std::time::Duration::from_millis(300);
    let start = std::time::Instant::now();
    let answer = PostgresStore::open(&nowhere, &options).unwrap_err();
    assert!(start.elapsed() < std::time::Duration::from_secs(5));
    assert!(
        matches!(&answer, Error::Store(StoreError::Server { .. })),
        "{answer:?}"
    );
    assert!(!format!("{answer:?} {answer}").contains("secret"));
    let answer = PostgresStore::open("post=1", &options).unwrap_err();
    assert!(
        matches!(&answer, Error::Store(StoreError::Unfit { .. })),
        "{answer:?}"
    );
}

/// Whoever adds a table or a column to one store adds it to the other.
#[test]
fn the_tables_are_those_of_the_file() {
    let Some(database) = Database::new() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let world = World::default();
    let mut engine = world.engine_over(lifecycle::SqliteStore::open(&path).unwrap());
    establish(&mut engine).unwrap();
    take_through(&mut engine, &Applicant::new("zhang.san")).unwrap();
    drop(engine);
    let file = rusqlite::Connection::open(&path).unwrap();
    let mut names = file
        .prepare(
            "SELECT tables.name || '.' || columns.name
             FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'",
        )
        .unwrap();
    let names = names.query_map([], |row| row.get(0)).unwrap();
    let names: BTreeSet<String> = names.collect::<Result<_, _>>().unwrap();
    assert!(names.len() > 30, "{names:?}");
    drop(database.open());
    let columns = columns(&database);
    assert_eq!(
        names.difference(&columns).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    let own: Vec<_> = columns.difference(&names).map(String::as_str).collect();
    assert_eq!(
        own,
        [
            "log_head.digest",
            "log_head.one",
            "log_head.seq",
            "nodes.expires",
            "nodes.id",
            "schema_version.application",
            "schema_version.version",
            "unsettled.node",
            "unsettled.since",
            "unsettled.turn",
        ]
    );
}
