//! Processes that are really killed: at every point by their own hand, and from outside at any
//! moment. What they acknowledged is in the store, and all that must hold of it does.

use gm_crypto::pki::decode_pem;
use lifecycle::{SqliteStore, Store, SubjectKeyFile};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

use crate::{
    chance::{Chance, number, seed},
    child::{self, CASES, CROWD, FOLDER, FolderKeys, NODE, POINT, QUOTA, STORE},
    invariants::{self, Facts},
    lists,
    points::POINTS,
};

/// Kills where nobody says how many.
const FEW: u64 = 6;
/// Cases of a run, one after the other, and of one in which all come at once.
const FEW_CASES: u64 = 2;
const CROWD_CASES: u64 = 24;
/// No run takes so long, however busy the machine is.
const LIMIT: Duration = Duration::from_secs(900);
/// Points of the world outside that no child has.
const ELSEWHERE: [&str; 3] = ["C9", "C10", "C16"];

/// How a process ends.
#[derive(Clone, Debug)]
enum Manner {
    /// By its own hand, or standing still until it is killed, at a point.
    Point(String),
    /// Killed so long after it was ready.
    Moment(Duration),
    /// Killed so long after so many acknowledgements.
    Acknowledged(u64, Duration),
    /// When all is done.
    End,
}

impl Manner {
    /// Every second kill is at the next point of the list.
    fn draw(chance: &mut Chance, nth: u64) -> Self {
        let points: Vec<_> = POINTS.iter().map(|(name, _)| *name).collect();
        let points: Vec<_> = points
            .into_iter()
            .filter(|name| !ELSEWHERE.contains(name))
            .collect();
        let micros = |chance: &mut Chance, limit| Duration::from_micros(chance.below(limit));
        match nth % 2 {
            0 => {
                let name = points[usize::try_from(nth / 2).unwrap() % points.len()];
                let count = 1 + chance.below(3);
                let how = if chance.one_in(2) { "!" } else { "" };
                Self::Point(format!("{name}:{count}{how}"))
            }
            _ if chance.one_in(2) => Self::Moment(micros(chance, 800_000)),
            _ => Self::Acknowledged(1 + chance.below(60), micros(chance, 8_000)),
        }
    }
}

/// What one process said, and whether it died.
struct Ended {
    acknowledged: Vec<(u64, String)>,
    refused: usize,
    died: bool,
}

/// A folder, a store, and what is known of it outside.
struct Site {
    folder: TempDir,
    store: Where,
    acknowledged: BTreeMap<u64, String>,
    refused: usize,
    quota: Option<u32>,
    /// Whether a service works there, with as many applicants at once as a run has cases.
    served: bool,
    burnt: usize,
    records: usize,
}

enum Where {
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Server(database::Database),
}

impl Where {
    fn name(&self) -> String {
        match self {
            Self::File(path) => path.to_str().unwrap().to_owned(),
            #[cfg(feature = "postgres")]
            Self::Server(database) => database.connection(),
        }
    }

    /// As an examiner reads it; a file is brought in order first, as an engine does it.
    fn read(&self) -> Box<dyn Store> {
        match self {
            Self::File(path) => {
                drop(SqliteStore::open(path).unwrap());
                let store = SqliteStore::open_read_only(path).unwrap();
                store.check_file().unwrap();
                Box::new(store)
            }
            #[cfg(feature = "postgres")]
            Self::Server(database) => Box::new(database.read()),
        }
    }
}

impl Site {
    fn begin(store: impl FnOnce(&Path) -> Where, quota: Option<u32>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        child::begin(folder.path(), &store.name());
        Self {
            folder,
            store,
            acknowledged: BTreeMap::new(),
            refused: 0,
            quota,
            served: false,
            burnt: 0,
            records: 0,
        }
    }

    fn command(&self, node: &str, cases: u64, manner: &Manner) -> Command {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args(["--exact", "child::child", "--nocapture"])
            .env(FOLDER, self.folder.path())
            .env(STORE, self.store.name())
            .env(NODE, node)
            .env(CASES, cases.to_string())
            .stdout(Stdio::piped());
        if let Some(quota) = self.quota {
            command.env(QUOTA, quota.to_string());
        }
        if self.served {
            command.env(CROWD, cases.to_string());
        }
        if let Manner::Point(point) = manner {
            command.env(POINT, point);
        }
        command
    }

    fn run(&self, node: &str, cases: u64, manner: &Manner) -> Ended {
        run(self.command(node, cases, manner), manner)
    }

    fn note(&mut self, ended: Ended, when: &str) {
        self.refused += ended.refused;
        for (seq, digest) in ended.acknowledged {
            let before = self.acknowledged.insert(seq, digest.clone());
            assert!(
                before.is_none_or(|before| before == digest),
                "{when}: record {seq} is acknowledged with two contents"
            );
        }
    }

    /// Everything that must hold.
    fn examine(&mut self, when: &str) {
        let store = self.store.read();
        let subjects = self.folder.path().join("subjects");
        let subjects = SubjectKeyFile::open_read_only(&subjects).unwrap();
        let facts = Facts {
            quota: self
                .quota
                .map_or(usize::MAX, |quota| quota.try_into().unwrap()),
            ..Facts::over(Arc::new(subjects))
        };
        let engine = child::engine(self.folder.path(), store, self.quota);
        let replay = invariants::check(engine.store(), Some(&engine), &facts);
        let replay = replay.unwrap_or_else(|wrong| panic!("{when}: {wrong}"));
        for (seq, digest) in &self.acknowledged {
            let place = usize::try_from(*seq).unwrap() - 1;
            let found = replay.entries.get(place).map(child::digest);
            assert_eq!(
                found.as_ref(),
                Some(digest),
                "{when}: I8: record {seq} was acknowledged"
            );
        }
        assert!(
            self.records <= replay.entries.len(),
            "{when}: the log shrank"
        );
        self.records = replay.entries.len();
        self.burnt = lifecycle::audit::verify(engine.store()).unwrap().burnt;

        let signed = FolderKeys::new(self.folder.path()).journal();
        let distinct: BTreeSet<_> = signed.iter().collect();
        assert_eq!(distinct.len(), signed.len(), "{when}: signed twice");
        for digest in distinct {
            assert!(
                replay.foresaw(digest),
                "{when}: I3: signed without an intent"
            );
        }
        for node in ["a", "b"] {
            let checked = lists::check_node(self.folder.path(), node);
            checked.unwrap_or_else(|wrong| panic!("{when}: {wrong}"));
        }
        let mut folders = vec![self.folder.path().join("published")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let octets = fs::read(&path).unwrap();
                let der = match path.extension().and_then(|end| end.to_str()) {
                    Some("pem") => decode_pem(&octets, &["CERTIFICATE"]).unwrap().to_vec(),
                    Some("crl") => octets,
                    _ => continue,
                };
                let what = path.display();
                assert!(replay.has(&der), "{when}: {what} is in no record");
            }
        }
    }

    /// Nobody kills it any more: it comes to its end, and everything is in order.
    fn finish(&mut self, nodes: &[&str], cases: u64) {
        for node in nodes {
            let ended = self.run(node, cases, &Manner::End);
            assert!(!ended.died, "{node} did not come to its end");
            self.note(ended, "finished");
        }
        self.examine("finished");
        let store = self.store.read();
        assert!(store.unsettled().unwrap().is_empty());
    }
}

fn run(mut command: Command, manner: &Manner) -> Ended {
    let mut child = command.spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let child = Arc::new(Mutex::new(child));
    let kill_after = |time: Duration| {
        let child: Arc<Mutex<Child>> = Arc::clone(&child);
        thread::spawn(move || {
            thread::sleep(time);
            // Who has ended is not there to be killed.
            let _ = child.lock().unwrap().kill();
        })
    };
    let mut ended = Ended {
        acknowledged: Vec::new(),
        refused: 0,
        died: false,
    };
    let began = Instant::now();
    // Of a line that the kill cut off, nothing was said.
    for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["ready"] => {
                if let Manner::Moment(time) = manner {
                    drop(kill_after(*time));
                }
            }
            ["still"] => drop(kill_after(Duration::ZERO)),
            ["ack", seq, digest] if digest.len() == 64 => {
                let seq = seq.parse().unwrap();
                ended.acknowledged.push((seq, digest.to_owned()));
                if let Manner::Acknowledged(count, time) = manner
                    && ended.acknowledged.len() as u64 == *count
                {
                    drop(kill_after(*time));
                }
            }
            ["refused", ..] => ended.refused += 1,
            _ => {}
        }
        assert!(began.elapsed() < LIMIT, "{manner:?} takes too long");
    }
    let status = child.lock().unwrap().wait().unwrap();
    ended.died = status.signal().is_some();
    assert!(ended.died || status.success(), "{manner:?}: {status}");
    ended
}

/// Kills of processes on one kind of store; each run has so many cases `more` than the one before.
/// With more than a few they all come at once, to a service.
fn campaign(what: &str, kills: u64, store: &dyn Fn(&Path) -> Where, more: u64) {
    let (seed, began) = (seed(), Instant::now());
    let mut chance = Chance::new(seed, 1);
    let (mut done, mut tries, mut escaped, mut sites) = (0, 0, 0, 0);
    let (mut acknowledged, mut burnt, mut at) = (0, 0, BTreeMap::<String, u64>::new());
    while done < kills {
        // Several kills in one folder: the recovery is killed, too.
        let mut site = Site::begin(store, None);
        site.served = more > FEW_CASES;
        let mut cases = 0;
        for _ in 0..=chance.below(10).min(kills - done - 1) {
            cases += more;
            let manner = Manner::draw(&mut chance, tries);
            tries += 1;
            let ended = site.run("a", cases, &manner);
            let when = format!("{what}, seed {seed}, {manner:?}");
            if ended.died {
                done += 1;
                let name = match &manner {
                    Manner::Point(point) => point.split(':').next().unwrap(),
                    _ => "any",
                };
                *at.entry(name.to_owned()).or_default() += 1;
            } else {
                escaped += 1;
            }
            site.note(ended, &when);
            site.examine(&when);
        }
        site.finish(&["a"], cases);
        acknowledged += site.acknowledged.len();
        burnt += site.burnt;
        sites += 1;
    }
    println!(
        "crash: {done} kills on {what}, seed {seed}, {:.0} s: {at:?}; {escaped} came to their end \
         before; {sites} stores finished afterwards, {acknowledged} records acknowledged and all \
         there, {burnt} burnt",
        began.elapsed().as_secs_f64()
    );
}

fn kills() -> u64 {
    number("GM_PKI_KILLS").unwrap_or(FEW)
}

#[test]
fn a_process_on_a_file_is_killed() {
    let store = |folder: &Path| Where::File(folder.join("store"));
    campaign("SQLite", kills(), &store, FEW_CASES);
}

/// It has a thread that writes while the next commands are decided.
#[test]
fn a_service_on_a_file_is_killed() {
    let store = |folder: &Path| Where::File(folder.join("store"));
    campaign("SQLite, by a service", kills(), &store, CROWD_CASES);
}

#[cfg(feature = "postgres")]
#[expect(dead_code, reason = "the stories' own, of which some is used here")]
#[path = "../stories/postgres/database.rs"]
mod database;

#[cfg(feature = "postgres")]
#[test]
fn a_process_on_a_server_is_killed() {
    if database::server().is_none() {
        return;
    }
    let store = |_: &Path| Where::Server(database::Database::new().unwrap());
    campaign("PostgreSQL", kills(), &store, FEW_CASES);
}

/// Pairs that the organisation may have, and that each node tries to open.
#[cfg(feature = "postgres")]
const NODES: (u32, u64) = (7, 5);

/// Two engines at once on one database, of which one is killed again and again.
#[cfg(feature = "postgres")]
#[test]
fn one_of_two_nodes_is_killed() {
    if database::server().is_none() {
        return;
    }
    let kills = kills().div_ceil(4);
    let (seed, began) = (seed(), Instant::now());
    let mut chance = Chance::new(seed, 2);
    let (mut done, mut tries, mut burnt, mut refused) = (0, 0, 0, 0);
    while done < kills {
        let (quota, cases) = NODES;
        let database = database::Database::new().unwrap();
        let mut site = Site::begin(|_| Where::Server(database), Some(quota));
        let manners: Vec<_> = (0..3)
            .map(|nth| Manner::draw(&mut chance, tries + nth))
            .collect();
        tries += 3;
        let (survivor, killed) = thread::scope(|scope| {
            let survivor = scope.spawn(|| site.run("b", cases, &Manner::End));
            let killed: Vec<_> = manners
                .iter()
                .map(|manner| site.run("a", cases, manner))
                .collect();
            (survivor.join().unwrap(), killed)
        });
        assert!(!survivor.died);
        for ended in killed.into_iter().chain([survivor]) {
            done += u64::from(ended.died);
            site.note(ended, &format!("{manners:?}"));
        }
        site.examine(&format!("seed {seed}, {manners:?}"));
        site.finish(&["a", "b"], cases);
        let opened = site
            .store
            .read()
            .cases(None, usize::MAX >> 1)
            .unwrap()
            .len();
        assert_eq!(
            opened,
            usize::try_from(quota).unwrap(),
            "cases of a full unit"
        );
        burnt += site.burnt;
        refused += site.refused;
    }
    println!(
        "crash: {done} kills of one of two nodes, seed {seed}, {:.0} s: {refused} refused, among \
         them for the quota, {burnt} burnt",
        began.elapsed().as_secs_f64()
    );
}

/// A store of the oldest version is opened, and the process dies at each place of that.
#[test]
fn a_migration_is_killed() {
    let base = crate::base::Base::new();
    let kills = kills();
    let mut done = 0;
    while done < kills {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old");
        let head = crate::old::of_version(&base.file, &path, crate::old::OLDEST);
        for count in 1.. {
            let manner = Manner::Point(format!("C17:{count}"));
            let copy = folder.path().join(format!("store-{count}"));
            fs::copy(&path, &copy).unwrap();
            let mut command = Command::new(env::current_exe().unwrap());
            command
                .args(["--exact", "child::child", "--nocapture"])
                .env(FOLDER, folder.path())
                .env(STORE, &copy)
                .env(POINT, format!("C17:{count}"))
                .stdout(Stdio::piped());
            let ended = run(command, &manner);
            let store = SqliteStore::open(&copy).unwrap();
            assert_eq!(store.head().unwrap(), head, "{count}");
            lifecycle::audit::verify(&store).unwrap();
            drop(store);
            SqliteStore::open_read_only(&copy)
                .unwrap()
                .check_file()
                .unwrap();
            if !ended.died {
                assert!(count > 4, "there are {count} places only");
                break;
            }
            done += 1;
        }
    }
    println!("crash: {done} kills of a migration (C17), each resumed");
}
