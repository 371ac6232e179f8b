//! A database of a test, on the server that `GM_PKI_POSTGRES` names.

use lifecycle::{
    Store,
    postgres::{PostgresOptions, PostgresStore},
};
use postgres::{Client, NoTls};
use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

/// The server's string; none, said aloud, where there is no server.
pub(super) fn string() -> Option<String> {
    let server = env::var("GM_PKI_POSTGRES").ok();
    if server.is_none() {
        let reason = "no PostgreSQL server in GM_PKI_POSTGRES (tests/postgres run gives one)";
        assert!(
            env::var_os("GM_PKI_REQUIRE_PARTS").is_none(),
            "{reason}, and GM_PKI_REQUIRE_PARTS is set"
        );
        println!("skipped: {reason}");
    }
    server
}

/// An empty database, gone with its owner.
pub(super) struct Database {
    server: String,
    name: String,
}

impl Database {
    pub(super) fn new() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = string()?;
        let name = format!("crash_{}_{}", process::id(), COUNT.fetch_add(1, Relaxed));
        let mut client = Client::connect(&server, NoTls).unwrap();
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .unwrap();
        Some(Self { server, name })
    }

    pub(super) fn connection(&self) -> String {
        format!("{} dbname={}", self.server, self.name)
    }

    pub(super) fn read(&self) -> Box<dyn Store> {
        let options = PostgresOptions::default();
        let store = PostgresStore::open_read_only(&self.connection(), &options);
        Box::new(store.unwrap())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Ok(mut client) = Client::connect(&self.server, NoTls) {
            let _ = client.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}
