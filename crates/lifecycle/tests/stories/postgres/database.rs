//! A database of a test, on the server that `GM_PKI_POSTGRES` names.

use ::postgres::{Client, NoTls};
use lifecycle::postgres::{PostgresOptions, PostgresStore};
use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

/// The server's string; none, said aloud, where there is no server.
pub(crate) fn server() -> Option<String> {
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

/// An empty database of one test.
pub(crate) struct Database {
    pub(crate) server: String,
    pub(crate) name: String,
}

impl Database {
    pub(crate) fn new() -> Option<Self> {
        server().map(Self::on)
    }

    pub(crate) fn on(server: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("story_{}_{}", process::id(), COUNT.fetch_add(1, Relaxed));
        connect(&server)
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .unwrap();
        Self { server, name }
    }

    /// The string that connects to it.
    pub(crate) fn connection(&self) -> String {
        format!("{} dbname={}", self.server, self.name)
    }

    /// A new node's store.
    pub(crate) fn open(&self) -> PostgresStore {
        self.open_as(&PostgresOptions::default()).unwrap()
    }

    pub(crate) fn open_as(
        &self,
        options: &PostgresOptions,
    ) -> Result<PostgresStore, lifecycle::Error> {
        PostgresStore::open(&self.connection(), options)
    }

    pub(crate) fn read(&self) -> PostgresStore {
        PostgresStore::open_read_only(&self.connection(), &PostgresOptions::default()).unwrap()
    }

    /// Somebody else at the tables.
    pub(crate) fn client(&self) -> Client {
        connect(&self.connection())
    }

    pub(crate) fn execute(&self, sql: &str) {
        self.client().batch_execute(sql).unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server that is down has no use for it.
        if let Ok(mut client) = Client::connect(&self.server, NoTls) {
            let _ = client.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

fn connect(connection: &str) -> Client {
    Client::connect(connection, NoTls).unwrap()
}
