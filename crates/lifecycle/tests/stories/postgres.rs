//! Stories on a real PostgreSQL server, which `GM_PKI_POSTGRES` names: a connection string of
//! keywords and values, of a role that may create databases. `tests/postgres run` gives one.

mod crash;
pub(crate) mod database;
mod network;
mod nodes;
mod tables;

pub(crate) use database::Database;
use database::server;
use lifecycle::{Store, audit, postgres::PostgresOptions};
use std::{fs, path::Path, process::Command, time::Duration};
use tempfile::TempDir;

use crate::{
    doubles::{World, intents},
    script::{Applicant, whole_story},
};

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
