//! Stories on a real PostgreSQL server, which `GM_PKI_POSTGRES` names: a connection string of
//! keywords and values, of a role that may create databases. `tests/postgres run` gives one.

mod crash;
mod network;
mod nodes;
mod tables;

use ::postgres::{Client, NoTls};
use lifecycle::{
    Store, audit,
    postgres::{PostgresOptions, PostgresStore},
};
use std::{
    env, fs,
    path::Path,
    process::{self, Command},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};
use tempfile::TempDir;

use crate::{
    doubles::{World, intents},
    script::{Applicant, whole_story},
};

/// The server's string; none, said aloud, where there is no server.
fn server() -> Option<String> {
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
    server: String,
    name: String,
}

impl Database {
    pub(crate) fn new() -> Option<Self> {
        server().map(Self::on)
    }

    fn on(server: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("story_{}_{}", process::id(), COUNT.fetch_add(1, Relaxed));
        connect(&server)
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .unwrap();
        Self { server, name }
    }

    /// The string that connects to it.
    fn connection(&self) -> String {
        format!("{} dbname={}", self.server, self.name)
    }

    /// A new node's store.
    pub(crate) fn open(&self) -> PostgresStore {
        self.open_as(&options()).unwrap()
    }

    fn open_as(&self, options: &PostgresOptions) -> Result<PostgresStore, lifecycle::Error> {
        PostgresStore::open(&self.connection(), options)
    }

    fn read(&self) -> PostgresStore {
        PostgresStore::open_read_only(&self.connection(), &options()).unwrap()
    }

    /// Somebody else at the tables.
    fn client(&self) -> Client {
        connect(&self.connection())
    }

    fn execute(&self, sql: &str) {
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

fn options() -> PostgresOptions {
    PostgresOptions::default()
}

fn lease(seconds: u64) -> PostgresOptions {
    let mut options = options();
    options.lease = Duration::from_secs(seconds);
    options
}

/// A server of one test, to be stopped and started.
struct Server {
    folder: TempDir,
    connection: String,
}

impl Server {
    /// None where there is none for the other tests either.
    fn start() -> Option<Self> {
        server()?;
        let folder = tempfile::tempdir().unwrap();
        let connection = tell("start", folder.path());
        Some(Self { folder, connection })
    }

    /// Its processes are gone, and what was not on the disk with them.
    fn crash(&self) {
        tell("crash", self.folder.path());
    }

    fn again(&self) {
        tell("again", self.folder.path());
    }

    /// One more setting, from its next start on.
    fn configure(&self, setting: &str) {
        let path = self.folder.path().join("data/postgresql.conf");
        let settings = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{settings}{setting}\n")).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        tell("stop", self.folder.path());
    }
}

fn tell(word: &str, folder: &Path) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/postgres");
    let told = Command::new(script).arg(word).arg(folder).output().unwrap();
    assert!(told.status.success(), "{told:?}");
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}

/// What must hold at the end: a chain that verifies, nothing open, each signature over an
/// intent that was written before, none twice.
fn check(world: &World, store: &dyn Store) -> audit::Report {
    let report = audit::verify(store).unwrap();
    assert_eq!(report.unsettled, 0);
    assert!(world.token.signs_once());
    let intents = intents(store);
    for message in world.token.signed() {
        assert!(intents.contains(&message), "signed without an intent");
    }
    report
}

#[test]
fn a_whole_business_on_a_server() {
    let Some(database) = Database::new() else {
        return;
    };
    let world = World::default();
    let mut engine = world.engine_over(database.open());
    let applicants = ["zhang.san", "li.ming"].map(Applicant::new);
    whole_story(&world, &mut engine, &applicants).unwrap();
    let report = check(&world, engine.store());
    assert_eq!((report.certificates, report.burnt), (7, 0));
    drop(engine);
    for store in [database.read(), database.open()] {
        assert_eq!(audit::verify(&store).unwrap().digest, report.digest);
    }
}
