//! The process that is killed: business on a real store, with keys and a directory in a folder.
//! It says on standard output what was acknowledged, before anything else.

use der::{DateTime, Document, asn1::BitString};
use getrandom::SysRng;
use gm_crypto::{
    sm2::{EnvelopedKey, PublicKey, SecretKey, SigningKey, UserId},
    sm3,
};
use hsm::{Description, Envelop, KeyAlgorithm, KeyHandle, KeyLabel, SoftKey, Token};
use lifecycle::{
    Engine, Entry, Error, Handle, IdempotencyKey, Policy, Ports, Refusal, Service, SqliteStore,
    Store, StoreError, SubjectKeyFile, Submission, authority,
    case::Phase,
    certificate::{self, Change, RevocationReason},
    fail_point,
    outbox::{FolderNotifier, FolderPublisher},
    ports::{Clock, RandomSerials, SystemClock, TokenKeyCentre},
};
use spki::AlgorithmIdentifierOwned;
use std::{
    env, fs,
    io::Write,
    num::NonZero,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    base, lists,
    script::{self, Applicant, CA, act, authority_command, officer},
};

/// What a child is told, all of it in its environment.
pub(crate) const FOLDER: &str = "GM_PKI_CHILD_FOLDER";
pub(crate) const STORE: &str = "GM_PKI_CHILD_STORE";
pub(crate) const NODE: &str = "GM_PKI_CHILD_NODE";
pub(crate) const CASES: &str = "GM_PKI_CHILD_CASES";
pub(crate) const QUOTA: &str = "GM_PKI_CHILD_QUOTA";
/// How many applicants a service has at once; not set: an engine does one act after the other.
pub(crate) const CROWD: &str = "GM_PKI_CHILD_CROWD";
/// `C5:2` aborts at the second C5; `C5:2!` stands still there and says so.
pub(crate) const POINT: &str = "GM_PKI_CHILD_POINT";

/// 2026-11-21 09:00:00: business begins then, whatever the machine's clock says.
const START: u64 = 1_795_251_600;
/// How long others leave a node's intents alone.
#[cfg(feature = "postgres")]
const LEASE: Duration = Duration::from_secs(1);
/// Nothing takes so long.
const PATIENCE: Duration = Duration::from_secs(600);

/// A place, and how often it is reached before the process ends there.
struct Fuse {
    name: String,
    count: u64,
    stands_still: bool,
    reached: AtomicU64,
}

static FUSE: OnceLock<Fuse> = OnceLock::new();

pub(crate) fn reach(name: &str) {
    let Some(fuse) = FUSE.get().filter(|fuse| fuse.name == name) else {
        return;
    };
    if fuse.reached.fetch_add(1, Relaxed) + 1 != fuse.count {
        return;
    }
    if fuse.stands_still {
        println!("still");
        thread::sleep(PATIENCE);
    }
    process::abort();
}

/// Keys that are files, and a journal of what they sign.
#[derive(Clone, Debug)]
pub(crate) struct FolderKeys(PathBuf);

impl FolderKeys {
    pub(crate) fn new(folder: &Path) -> Self {
        let keys = folder.join("keys");
        fs::create_dir_all(&keys).unwrap();
        Self(keys)
    }

    fn secret(&self, label: &KeyLabel) -> Result<SecretKey, hsm::Error> {
        let octets = fs::read(self.0.join(label.as_str()));
        let octets = octets.map_err(|_| hsm::Error::NoSuchKey {
            label: label.clone(),
        })?;
        Ok(SecretKey::from_bytes(&octets.try_into().unwrap()).unwrap())
    }

    /// Digests of what was signed with an intent, in order.
    pub(crate) fn journal(&self) -> Vec<String> {
        let text = fs::read_to_string(self.0.join("journal"));
        let text = text.unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

impl Token for FolderKeys {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let key = SigningKey::new(self.secret(label)?, UserId::default());
        Ok(Box::new(JournalledKey {
            key: SoftKey::new(key),
            journal: self.0.join("journal"),
        }))
    }

    fn generate(
        &self,
        label: &KeyLabel,
        _algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let secret = SecretKey::generate(&mut SysRng).unwrap();
        let draft = self.0.join(format!("{label}.{}", process::id()));
        fs::write(&draft, *secret.to_bytes()).unwrap();
        fs::rename(draft, self.0.join(label.as_str())).unwrap();
        self.key(label)
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, hsm::Error> {
        Ok(Vec::new())
    }

    fn description(&self) -> Result<Description, hsm::Error> {
        Ok(Description::default())
    }
}

impl Envelop for FolderKeys {
    fn envelop(&self, label: &KeyLabel, recipient: &PublicKey) -> Result<EnvelopedKey, hsm::Error> {
        let secret = self.secret(label)?;
        Ok(EnvelopedKey::seal(&mut SysRng, recipient, &secret).unwrap())
    }
}

#[derive(Debug)]
struct JournalledKey {
    key: SoftKey,
    journal: PathBuf,
}

impl KeyHandle for JournalledKey {
    fn public_key(&self) -> &Document {
        self.key.public_key()
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<BitString, hsm::Error> {
        // Checkpoints are text.
        if message.first() == Some(&0x30) {
            let line = format!("{}\n", digest_of(message));
            let mut journal = fs::OpenOptions::new();
            let journal = journal.append(true).create(true).open(&self.journal);
            journal.unwrap().write_all(line.as_bytes()).unwrap();
        }
        let signature = self.key.sign(message)?;
        reach("C4");
        Ok(signature)
    }
}

/// A digest in hex, as journals have it.
pub(crate) fn digest_of(octets: &[u8]) -> String {
    let digest = sm3::digest(octets);
    digest.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The digest under which an entry is acknowledged.
pub(crate) fn digest(entry: &Entry) -> String {
    digest_of(format!("{entry:?}").as_bytes())
}

/// Time as it goes on from when the folder was made.
#[derive(Clone, Copy, Debug)]
struct FolderClock(u64);

impl Clock for FolderClock {
    fn now(&self) -> DateTime {
        let now = SystemClock::default().now().unix_duration().as_secs();
        let gone = Duration::from_secs(START + now.saturating_sub(self.0));
        DateTime::from_unix_duration(gone).unwrap()
    }
}

fn clock(folder: &Path) -> FolderClock {
    let path = folder.join("begun");
    let begun = fs::read_to_string(&path).map_or_else(
        |_| {
            let now = SystemClock::default().now().unix_duration().as_secs();
            fs::write(&path, now.to_string()).unwrap();
            now
        },
        |text| text.parse().unwrap(),
    );
    FolderClock(begun)
}

/// An engine over a folder and a store.
pub(crate) fn engine(folder: &Path, store: Box<dyn Store>, quota: Option<u32>) -> Engine {
    let policy = Policy {
        checkpoints: base::policy().checkpoints,
        ..quota.map_or_else(script::policy, script::policy_with_quota)
    };
    let published = folder.join("published");
    // Engines on one server have one file of keys.
    let subjects = SubjectKeyFile::open(&folder.join("subjects"), &*store).unwrap();
    Engine::new(
        Ports {
            store,
            token: Box::new(FolderKeys::new(folder)),
            key_centre: Box::new(TokenKeyCentre::new(FolderKeys::new(&folder.join("centre")))),
            publisher: Box::new(FolderPublisher::new(published)),
            notifier: Box::new(FolderNotifier::new(folder.join("notices"))),
            clock: Box::new(clock(folder)),
            serials: Box::new(RandomSerials::default()),
            subjects: Arc::new(subjects),
        },
        policy,
    )
}

/// The store that a word names: a path, or what leads to a server.
pub(crate) fn open(named: &str) -> Result<Box<dyn Store>, Error> {
    #[cfg(feature = "postgres")]
    if named.contains("dbname=") {
        use lifecycle::postgres::{PostgresOptions, PostgresStore};
        let mut options = PostgresOptions::default();
        options.lease = LEASE;
        return Ok(Box::new(PostgresStore::open(named, &options)?));
    }
    Ok(Box::new(SqliteStore::open(Path::new(named))?))
}

/// The authorities of a folder, before any child works there.
pub(crate) fn begin(folder: &Path, store: &str) {
    let mut engine = engine(folder, open(store).unwrap(), None);
    script::establish(&mut engine).unwrap();
    act(
        &mut engine,
        &officer(),
        authority_command(CA, authority::Command::IssueCrl),
    )
    .unwrap();
}

/// A process that works until all is done, unless it ends before.
#[test]
fn child() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let told = |name| env::var(name).ok();
    let number = |name| told(name).map(|text| text.parse().unwrap());
    if let Some(point) = told(POINT) {
        let (name, count) = point.split_once(':').unwrap();
        let fuse = Fuse {
            name: name.to_owned(),
            count: count.trim_end_matches('!').parse().unwrap(),
            stands_still: count.ends_with('!'),
            reached: AtomicU64::new(0),
        };
        assert!(FUSE.set(fuse).is_ok(), "one child, one fuse");
    }
    fail_point::on_reach(|point| reach(point.name()));
    println!();
    let store = open(&told(STORE).unwrap()).unwrap();
    println!("open");
    let Some(cases) = number(CASES) else {
        return;
    };
    let quota = number(QUOTA).map(|quota: u64| u32::try_from(quota).unwrap());
    let engine = engine(&folder, store, quota);
    let node = told(NODE).unwrap();
    if let Some(crowd) = number(CROWD) {
        serve(engine, &node, crowd);
        println!("done");
        return;
    }
    let counts = quota.is_some();
    let mut business = Business {
        engine,
        folder,
        node,
        counts,
    };
    business.work(cases);
    println!("done");
}

/// Applicants who all come at once, to a service: it decides on some while it writes others.
fn serve(engine: Engine, node: &str, crowd: u64) {
    let places = NonZero::new(1_000).unwrap();
    let service = Service::start(engine, places, |_| {}).unwrap();
    println!("ready");
    thread::scope(|scope| {
        for nth in 0..crowd {
            let handle = service.handle();
            scope.spawn(move || come_through(&handle, &Applicant::new(&format!("{node}-{nth}"))));
        }
    });
    drop(service.stop().unwrap());
}

fn come_through(handle: &Handle, one: &Applicant) {
    loop {
        let asked = one.clone();
        let asked = handle.ask(move |engine| (asked.phase(engine), asked.next(engine).unwrap()));
        let answer = match asked.unwrap().wait().unwrap() {
            (_, Some(next)) => handle.submit_and_settle(next).unwrap().wait().unwrap(),
            // What an earlier process left open is done by the service itself.
            (Some(Phase::Issuing), None) => {
                thread::sleep(Duration::from_millis(2));
                continue;
            }
            _ => return,
        };
        match answer {
            Ok(settled) => settled.entries.iter().for_each(acknowledge),
            Err(error) => panic!("{error:?}"),
        }
    }
}

struct Business {
    engine: Engine,
    folder: PathBuf,
    node: String,
    /// Whether there is a quota.
    counts: bool,
}

fn acknowledge(entry: &Entry) {
    println!("ack {} {}", entry.seq, digest(entry));
}

impl Business {
    fn work(&mut self, cases: u64) {
        self.settle();
        println!("ready");
        for nth in 0..cases {
            let one = Applicant::new(&format!("{}-{nth}", self.node));
            self.take_through(&one);
            if one.phase(&self.engine) == Some(Phase::Dispatched) {
                self.change(&one, nth);
            }
            let issue = authority_command(CA, authority::Command::IssueCrl);
            self.ask(&format!("crl-{}-{nth}", self.node), &officer(), issue);
            self.settle();
            lists::of_child(&self.folder, &self.node, clock(&self.folder).now());
            let ticked = self.engine.tick(&mut acknowledge);
            match ticked.and_then(|()| self.engine.checkpoint()) {
                // Another node has made it, or a later one.
                Err(Error::Store(StoreError::Conflict { .. })) | Ok(_) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        let until = Instant::now() + PATIENCE;
        // What a dead node left is its own until its lease runs out.
        while !self.engine.store().unsettled().unwrap().is_empty() {
            assert!(Instant::now() < until, "it can't be finished");
            thread::sleep(Duration::from_millis(20));
            self.settle();
        }
    }

    fn settle(&mut self) {
        match self.engine.settle(&mut acknowledge) {
            // It stood still for longer than its lease: another node gave the number up, and the
            // signature comes too late.
            Err(Error::Refused(Refusal::NoIntent { .. })) | Ok(()) => {}
            Err(error) => panic!("{error:?}"),
        }
    }

    /// A refusal is an answer, too: a step that an earlier process took.
    fn ask(&mut self, key: &str, actor: &lifecycle::Actor, command: lifecycle::Command) -> bool {
        let key = IdempotencyKey::new(key).unwrap();
        let submission = Submission::new(actor.clone(), command).under(key);
        match self.engine.submit_all([submission]).pop().unwrap() {
            Ok(entries) => {
                entries.iter().for_each(acknowledge);
                true
            }
            Err(Error::Refused(refusal)) => {
                println!("refused {refusal}");
                false
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    fn take_through(&mut self, one: &Applicant) {
        loop {
            self.settle();
            let phase = one.phase(&self.engine);
            let Some((actor, command)) = one.next(&self.engine).unwrap() else {
                return;
            };
            let state = self.engine.case(&one.id).unwrap();
            let version = state.map_or(0, |state| {
                u32::from(state.form.is_some()) + u32::from(state.request.is_some())
            });
            let phase = phase.map_or_else(|| "none".to_owned(), |phase| phase.to_string());
            let key = format!("{}-{phase}-{version}", one.id);
            // A full organisation, or an authority that another node just asks.
            if !self.ask(&key, &actor, command) {
                return;
            }
        }
    }

    /// A freeze, and what comes of it.
    fn change(&mut self, one: &Applicant, nth: u64) {
        use certificate::Command::{Confirm, Freeze, Request};
        // A pair that ends gives its place to another: where places count, none ends.
        let then = match nth % 2 {
            1 if !self.counts => Change::Revoke(RevocationReason::KeyCompromise),
            _ => Change::Unfreeze,
        };
        for (name, actor, change) in [
            ("freeze", one.actor(), Freeze),
            ("request", script::registrar(), Request(then)),
            ("confirm", script::approver(), Confirm),
        ] {
            let key = format!("{}-{name}", one.id);
            self.ask(&key, &actor, one.pair_command(change));
        }
    }
}
