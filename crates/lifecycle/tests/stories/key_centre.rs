//! Encryption keys from a key-management centre of its own, over loopback TCP: made, asked for
//! again, given back by custodians.

mod again;
mod altered;
mod back;
mod serving;
mod wire;

use der::{DateTime, Decode, Encode};
use getrandom::SysRng;
use gm_crypto::{
    pki::KeyFileParameters,
    sm2::{EnvelopedKey, PublicKey, SecretKey, SigningKey, UserId},
};
use hsm::{Decryption, DecryptionKey, KeyHandle, KeyLabel, Password, SoftKey, SoftToken};
use lifecycle::{
    AuthorityId, CaseId, PersonId,
    case::pair::EncryptionKey,
    key_centre::{
        Fault, Founding, KeyName, RemoteKeyCentre, ServerLimits, SoftKeyCentre, certificate_number,
        serve,
        transport::{TcpTransport, Transport},
    },
    ports::Clock,
};
use spki::SubjectPublicKeyInfoRef;
use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::Duration,
};
use x509_cert::Certificate;

use crate::{
    doubles::{SetClock, World},
    script::{Applicant, establish, take_through},
};

/// The CA's name at the centre.
const CA: &str = "issuing-ca";

/// The label of the archive's key.
const ARCHIVE: &str = "archive";

/// A token of files.
fn token(path: &Path) -> SoftToken {
    let mut parameters = KeyFileParameters::default();
    parameters.iterations = 1_000;
    let password = Password::new("correct horse").unwrap();
    let token = SoftToken::open(path, password).unwrap();
    token.with_parameters(parameters)
}

/// The key that a `SubjectPublicKeyInfo` is.
fn public_key(spki: &[u8]) -> PublicKey {
    let spki = SubjectPublicKeyInfoRef::from_der(spki).unwrap();
    PublicKey::try_from(spki).unwrap()
}

/// A key in this process that signs, decrypts and is looked at.
#[derive(Clone, Debug)]
struct Party(SecretKey);

impl Party {
    fn new() -> Self {
        Self(SecretKey::generate(&mut SysRng).unwrap())
    }

    fn public(&self) -> PublicKey {
        self.0.public_key()
    }

    fn handle(&self) -> SoftKey {
        SoftKey::new(SigningKey::new(self.0.clone(), UserId::default()))
    }
}

/// A centre with its people, in a folder.
#[derive(Debug)]
struct Site {
    folder: tempfile::TempDir,
    centre: Party,
    /// The token that holds the key of the archive.
    archive: SoftToken,
    ca: Party,
    custodians: Vec<(PersonId, Party)>,
    clock: SetClock,
}

impl Site {
    /// A centre of three custodians, two of whom must approve, that one CA may ask.
    fn new() -> Self {
        let person = |name: &str| PersonId::new(name).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let site = Self {
            centre: Party::new(),
            archive: token(&folder.path().join("token")),
            folder,
            ca: Party::new(),
            custodians: ["sun.wu", "tang.seng", "zhu.ba"]
                .map(|name| (person(name), Party::new()))
                .into(),
            clock: SetClock::default(),
        };
        let label = KeyLabel::new(ARCHIVE).unwrap();
        let archive_key = site.archive.generate_decryption_key(&label).unwrap();
        let archive_key = public_key(archive_key.public_key().as_bytes());
        let custodians = site.custodians.iter();
        let founding = Founding::new(
            AuthorityId::new("kmc").unwrap(),
            site.centre.public(),
            archive_key,
            2,
            custodians
                .map(|(name, key)| (name.clone(), key.public()))
                .collect(),
        );
        let now = site.clock.now();
        let mut centre = SoftKeyCentre::found(&site.path(), &founding, now).unwrap();
        let ca = AuthorityId::new(CA).unwrap();
        centre.admit(&ca, &site.ca.public(), now).unwrap();
        site
    }

    /// The key that opens the archive.
    fn archive_key(&self) -> Box<dyn DecryptionKey> {
        let label = KeyLabel::new(ARCHIVE).unwrap();
        self.archive.decryption_key(&label).unwrap()
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("archive")
    }

    /// A process at the archive.
    fn open(&self) -> SoftKeyCentre {
        SoftKeyCentre::open(&self.path()).unwrap()
    }

    /// The CA, which asks over a transport.
    fn client(&self, transport: impl Transport + 'static) -> RemoteKeyCentre {
        RemoteKeyCentre::new(
            transport,
            Box::new(self.ca.handle()),
            &"CN=Issuing CA,C=CN".parse().unwrap(),
            self.centre.public(),
            self.clock.clone(),
        )
        .unwrap()
    }

    fn now(&self) -> DateTime {
        self.clock.now()
    }

    /// What was done, in words.
    fn acts(&self) -> Vec<&'static str> {
        let acts = self.open().acts().unwrap();
        acts.iter().map(|entry| entry.act.word()).collect()
    }
}

/// The centre behind a socket; ends with the story.
#[derive(Debug)]
struct Serving {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    faults: Arc<Mutex<Vec<String>>>,
}

impl Serving {
    fn start(site: &Site) -> Self {
        let connections = ServerLimits::default().connections;
        Self::with(site, site.centre.handle(), connections)
    }

    /// One that signs with a key of its own, for so many at once.
    fn with(site: &Site, key: impl KeyHandle + 'static, connections: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, faults) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let (centre, clock) = (Mutex::new(site.open()), site.clock.clone());
        let (stopped, told) = (Arc::clone(&stop), Arc::<Mutex<Vec<String>>>::clone(&faults));
        let thread = thread::spawn(move || {
            let told = |fault: &Fault| told.lock().unwrap().push(format!("{fault:?}"));
            let mut limits = ServerLimits::default();
            limits.message = Duration::from_secs(2);
            limits.connections = connections;
            serve(&listener, &centre, &key, &clock, limits, &stopped, &told).unwrap();
        });
        Self {
            address,
            stop,
            thread: Some(thread),
            faults,
        }
    }

    fn transport(&self) -> TcpTransport {
        TcpTransport::new(self.address, Duration::from_secs(20))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking());
        }
    }
}

fn number(case: &str) -> lifecycle::Serial {
    certificate_number(&CaseId::new(case).unwrap())
}

fn name(case: &str) -> KeyName {
    KeyName::new(AuthorityId::new(CA).unwrap(), number(case))
}

/// The key that an answer is, opened by its subscriber.
fn opened(key: &EncryptionKey, subscriber: &SecretKey) -> SecretKey {
    let envelope = EnvelopedKey::from_der(&key.envelope).unwrap();
    let secret = envelope.open(subscriber).unwrap();
    assert_eq!(public_key(&key.public_key), secret.public_key());
    secret
}

#[test]
fn a_pair_is_issued_with_a_key_that_the_centre_made_over_the_wire() {
    let site = Site::new();
    let serving = Serving::start(&site);
    let world = World::new();
    let centre = site.client(serving.transport());
    let mut engine = world.engine_asking(Box::new(centre));
    establish(&mut engine).unwrap();
    let zhang = Applicant::new("zhang.san");
    take_through(&mut engine, &zhang).unwrap();

    let pair = zhang.pair(&engine);
    let envelope = EnvelopedKey::from_der(&pair.encryption_key.envelope).unwrap();
    let secret = envelope.open(&zhang.key).unwrap();
    let certificate = Certificate::from_der(&pair.encryption.certificate).unwrap();
    let spki = certificate.tbs_certificate().subject_public_key_info();
    assert_eq!(public_key(&spki.to_der().unwrap()), secret.public_key());

    assert_eq!(
        site.acts(),
        ["founded", "authority-admitted", "key-archived"]
    );
    let acts = site.open().acts().unwrap();
    assert_eq!(acts[2].act.key(), Some(&name("zhang.san")));
    let report = site.open().examine(None).unwrap();
    assert_eq!((report.keys, report.recoveries), (1, 0));
    assert!(serving.faults.lock().unwrap().is_empty());
}

#[test]
fn one_case_has_one_key_however_often_it_is_asked_for() {
    let site = Site::new();
    let serving = Serving::start(&site);
    let client = site.client(serving.transport());
    let zhang = Party::new();
    let first = client.apply(number("zhang.san"), &zhang.public()).unwrap();
    let again = client.apply(number("zhang.san"), &zhang.public()).unwrap();
    assert_eq!(first, again);
    let other = client.apply(number("li.ming"), &zhang.public()).unwrap();
    assert_ne!(
        opened(&first, &zhang.0).public_key(),
        opened(&other, &zhang.0).public_key()
    );
    assert_eq!(site.open().examine(None).unwrap().keys, 2);

    // For another signing key the same number is a recovery, which no request can be.
    let stranger = Party::new();
    let refused = client.apply(number("zhang.san"), &stranger.public());
    assert!(matches!(refused, Err(Fault::Failed { number: 2, .. })));

    client.revoke(number("zhang.san")).unwrap();
    client.revoke(number("zhang.san")).unwrap();
    let refused = client.apply(number("zhang.san"), &zhang.public());
    assert!(matches!(refused, Err(Fault::Failed { number: 3, .. })));
    let unknown = client.revoke(number("wang.wu"));
    assert!(matches!(unknown, Err(Fault::Failed { number: 5, .. })));
    let report = site.open().examine(None).unwrap();
    assert_eq!((report.keys, report.revoked), (2, 1));
    assert_eq!(
        site.acts()[2..],
        [
            "key-archived",
            "key-given-again",
            "key-archived",
            "request-refused",
            "key-revoked",
            "request-refused",
            "request-refused"
        ]
    );
}

#[test]
fn many_clients_and_two_processes_at_one_archive_make_each_key_once() {
    let site = Site::new();
    let servings = [Serving::start(&site), Serving::start(&site)];
    let subscriber = Party::new();
    let keys: Vec<Vec<EncryptionKey>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|thread| {
                let client = site.client(servings[thread % 2].transport());
                let subscriber = subscriber.public();
                scope.spawn(move || {
                    let case = |index| number(&format!("case-{index}"));
                    (0..5)
                        .map(|index| client.apply(case(index), &subscriber).unwrap())
                        .collect()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(keys.iter().all(|found| *found == keys[0]));
    let report = site.open().examine(None).unwrap();
    assert_eq!((report.keys, report.head.seq), (5, 2 + 30));
}

#[test]
fn a_centre_needs_two_custodians_who_are_two() {
    let person = |name: &str| PersonId::new(name).unwrap();
    let [one, two, three] = [(); 3].map(|()| Party::new().public());
    let folder = tempfile::tempdir().unwrap();
    let (sun, zhu) = (person("sun.wu"), person("zhu.ba"));
    let found = |name: &str, threshold, custodians| {
        let centre = AuthorityId::new("kmc").unwrap();
        let founding = Founding::new(centre, one, two, threshold, custodians);
        let now = SetClock::default().now();
        SoftKeyCentre::found(&folder.path().join(name), &founding, now).map(drop)
    };
    for (threshold, custodians) in [
        (0, vec![]),
        (1, vec![(sun.clone(), one), (zhu.clone(), two)]),
        (3, vec![(sun.clone(), one), (zhu.clone(), two)]),
        (2, vec![(sun.clone(), one), (sun.clone(), two)]),
        (2, vec![(sun.clone(), one), (zhu.clone(), one)]),
        (2, (0..17).map(|_| (sun.clone(), three)).collect()),
    ] {
        let refused = found("none", threshold, custodians);
        assert!(matches!(refused, Err(Fault::BadCustodians { .. })));
    }
    let good = vec![(sun, one), (zhu, two)];
    found("one", 2, good.clone()).unwrap();
    assert!(matches!(found("one", 2, good), Err(Fault::Exists(_))));
    let files = std::fs::read_dir(folder.path()).unwrap();
    let left: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["one"], "no draft is left");
}
