//! What stands in for the world outside: each double survives the engine that
//! uses it, as a device, a disk and a folder survive a process.

use der::{DateTime, Document, asn1::BitString};
use getrandom::SysRng;
use gm_crypto::sm2::{EnvelopedKey, PublicKey, SecretKey, SigningKey, UserId};
use hsm::{Description, Envelop, KeyAlgorithm, KeyHandle, KeyLabel, SoftKey, Token};
use lifecycle::{
    AuthorityId, Batch, CaseId, CaseNumber, CaseRow, CertificateRow, CheckpointRow, CrlPoint,
    Engine, Error, Event, Head, Holdings, IdempotencyKey, MemoryStore, MemorySubjectKeys, Notice,
    Policy, Ports, Publication, Record, Reservation, Serial, Store, StoreError, StreamId,
    authority, case,
    ports::{Clock, KeyCentre, Notifier, Publisher, Serials, SubjectKeys, TokenKeyCentre},
};
use spki::AlgorithmIdentifierOwned;
use std::{
    collections::{BTreeMap, HashSet},
    fmt, io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use crate::script;

/// 2026-11-21 09:00:00, in seconds since 1970.
const START: u64 = 1_795_251_600;

/// Everything outside one engine; engines come and go over it.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) store: SharedStore,
    pub(crate) token: SoftKeys,
    pub(crate) archive: Archive,
    pub(crate) clock: SetClock,
    pub(crate) serials: CountedSerials,
    pub(crate) shelf: Shelf,
    pub(crate) letters: Letters,
    pub(crate) subjects: MemorySubjectKeys,
}

impl World {
    /// A world whose token looks into the store before it signs.
    pub(crate) fn new() -> Self {
        let world = Self::default();
        world.token.0.lock().unwrap().witness = Some(world.store.clone());
        world
    }

    /// A fresh process over this world.
    pub(crate) fn engine(&self) -> Engine {
        self.engine_over(self.store.clone())
    }

    /// A fresh process over this world with another store and other keys of subjects.
    pub(crate) fn engine_with(
        &self,
        store: impl Store + 'static,
        subjects: Arc<dyn SubjectKeys>,
    ) -> Engine {
        let ports = Ports {
            subjects,
            ..self.ports(Box::new(store))
        };
        Engine::new(ports, script::policy())
    }

    /// A fresh process over this world with another store.
    pub(crate) fn engine_over(&self, store: impl Store + 'static) -> Engine {
        Engine::new(self.ports(Box::new(store)), script::policy())
    }

    /// A fresh process with another policy.
    pub(crate) fn engine_under(&self, policy: Policy) -> Engine {
        Engine::new(self.ports(Box::new(self.store.clone())), policy)
    }

    /// A fresh process with another store and policy.
    pub(crate) fn engine_of(&self, store: impl Store + 'static, policy: Policy) -> Engine {
        Engine::new(self.ports(Box::new(store)), policy)
    }

    /// A fresh process that hands things to others.
    pub(crate) fn engine_to(
        &self,
        store: impl Store + 'static,
        publisher: impl Publisher + 'static,
        notifier: impl Notifier + 'static,
    ) -> Engine {
        let ports = Ports {
            publisher: Box::new(publisher),
            notifier: Box::new(notifier),
            ..self.ports(Box::new(store))
        };
        Engine::new(ports, script::policy())
    }

    /// A fresh process that has its encryption keys from elsewhere.
    pub(crate) fn engine_asking(&self, key_centre: Box<dyn KeyCentre>) -> Engine {
        let ports = Ports {
            key_centre,
            ..self.ports(Box::new(self.store.clone()))
        };
        Engine::new(ports, script::policy())
    }

    fn ports(&self, store: Box<dyn Store>) -> Ports {
        Ports {
            store,
            token: Box::new(self.token.clone()),
            key_centre: Box::new(TokenKeyCentre::new(self.archive.clone())),
            publisher: Box::new(self.shelf.clone()),
            notifier: Box::new(self.letters.clone()),
            clock: Box::new(self.clock.clone()),
            serials: Box::new(self.serials.clone()),
            subjects: Arc::new(self.subjects.clone()),
        }
    }
}

/// A store in memory that outlives its engine.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedStore(Arc<Mutex<MemoryStore>>);

impl SharedStore {
    /// What is in it now, for itself.
    pub(crate) fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().unwrap().clone())))
    }
}

impl Store for SharedStore {
    fn head(&self) -> Result<Head, StoreError> {
        self.0.lock().unwrap().head()
    }

    fn append(&mut self, expected: &Head, batch: &Batch) -> Result<(), StoreError> {
        self.0.lock().unwrap().append(expected, batch)
    }

    fn records(&self, seq: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.0.lock().unwrap().records(seq, limit)
    }

    fn digests(&self, seq: u64, limit: usize) -> Result<Vec<[u8; 32]>, StoreError> {
        self.0.lock().unwrap().digests(seq, limit)
    }

    fn checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        self.0.lock().unwrap().checkpoint()
    }

    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError> {
        self.0.lock().unwrap().put_checkpoint(row)
    }

    fn stream(&self, stream: &StreamId) -> Result<Vec<Record>, StoreError> {
        self.0.lock().unwrap().stream(stream)
    }

    fn streams(
        &self,
        kind: &str,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<StreamId>, StoreError> {
        self.0.lock().unwrap().streams(kind, after, limit)
    }

    fn revoked(
        &self,
        issuer: &AuthorityId,
    ) -> Result<Vec<(CertificateRow, Option<u32>)>, StoreError> {
        self.0.lock().unwrap().revoked(issuer)
    }

    fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError> {
        self.0.lock().unwrap().certificate(issuer, serial)
    }

    fn reservation(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<Reservation>, StoreError> {
        self.0.lock().unwrap().reservation(issuer, serial)
    }

    fn reservations_of(&self, key: &[u8; 32]) -> Result<Vec<Reservation>, StoreError> {
        self.0.lock().unwrap().reservations_of(key)
    }

    fn reservations(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<Reservation>, StoreError> {
        self.0.lock().unwrap().reservations(issuer, after, limit)
    }

    fn crl_points(&self, issuer: &AuthorityId) -> Result<Vec<CrlPoint>, StoreError> {
        self.0.lock().unwrap().crl_points(issuer)
    }

    fn certificates(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<CertificateRow>, StoreError> {
        self.0.lock().unwrap().certificates(issuer, after, limit)
    }

    fn unsettled(&self) -> Result<Vec<StreamId>, StoreError> {
        self.0.lock().unwrap().unsettled()
    }

    fn to_settle(&mut self, limit: usize) -> Result<Vec<StreamId>, StoreError> {
        self.0.lock().unwrap().to_settle(limit)
    }

    fn certificate_count(&self) -> Result<u64, StoreError> {
        self.0.lock().unwrap().certificate_count()
    }

    fn first_under(&self, key: &IdempotencyKey) -> Result<Option<u64>, StoreError> {
        self.0.lock().unwrap().first_under(key)
    }

    fn submissions(
        &self,
        after: Option<&IdempotencyKey>,
        limit: usize,
    ) -> Result<Vec<(IdempotencyKey, u64)>, StoreError> {
        self.0.lock().unwrap().submissions(after, limit)
    }

    fn last_case(&self) -> Result<CaseNumber, StoreError> {
        self.0.lock().unwrap().last_case()
    }

    fn case(&self, id: &CaseId) -> Result<Option<CaseRow>, StoreError> {
        self.0.lock().unwrap().case(id)
    }

    fn cases(&self, after: Option<&CaseId>, limit: usize) -> Result<Vec<CaseRow>, StoreError> {
        self.0.lock().unwrap().cases(after, limit)
    }

    fn case_of(&self, issuer: &AuthorityId, serial: &Serial) -> Result<Option<CaseId>, StoreError> {
        self.0.lock().unwrap().case_of(issuer, serial)
    }

    fn holdings(&self, asked: &Holdings<'_>) -> Result<u32, StoreError> {
        self.0.lock().unwrap().holdings(asked)
    }

    fn due_by(&self, now: DateTime, limit: usize) -> Result<Vec<(StreamId, DateTime)>, StoreError> {
        self.0.lock().unwrap().due_by(now, limit)
    }

    fn notices(&self, now: DateTime, limit: usize) -> Result<Vec<Notice>, StoreError> {
        self.0.lock().unwrap().notices(now, limit)
    }

    fn notice_told(&self, key: &str) -> Result<Option<bool>, StoreError> {
        self.0.lock().unwrap().notice_told(key)
    }

    fn note_told(&mut self, key: &str) -> Result<(), StoreError> {
        self.0.lock().unwrap().note_told(key)
    }
}

/// On which side of the act the failure comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Nothing happened.
    Before,
    /// It happened and is reported as failed: the outcome is unknown.
    After,
}

/// What a failing double says.
pub(crate) const BROKEN: &str = "the disk is gone";

/// What somebody else does in the middle of a write.
pub(crate) type Interruption = Box<dyn FnOnce() + Send>;

/// Who is asked on both sides of each write, with what it carries; what he says is the answer.
pub(crate) type Watcher = Box<dyn FnMut(Side, Option<&Batch>) -> Result<(), StoreError> + Send>;

/// A store that fails once, at one append, or is written to by somebody else before one; or that
/// somebody watches.
pub(crate) struct FailingStore<S> {
    inner: S,
    appends: Arc<AtomicUsize>,
    fails_at: usize,
    side: Side,
    interruption: Option<Interruption>,
    watcher: Option<Watcher>,
    /// Records of a page at most, and behind which place none can be read.
    pages: Option<(usize, u64)>,
}

impl<S> fmt::Debug for FailingStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailingStore")
            .field("fails_at", &self.fails_at)
            .finish_non_exhaustive()
    }
}

impl<S: Store> FailingStore<S> {
    /// The first append has number 1; 0 never fails.
    pub(crate) fn new(inner: S, fails_at: usize, side: Side) -> Self {
        Self {
            inner,
            appends: Arc::default(),
            fails_at,
            side,
            interruption: None,
            watcher: None,
            pages: None,
        }
    }

    /// A store that gives few records at a time, and none behind a place.
    pub(crate) fn paged(inner: S, limit: usize, unreadable: u64) -> Self {
        Self {
            pages: Some((limit, unreadable)),
            ..Self::new(inner, 0, Side::Before)
        }
    }

    /// A store that fails as `watcher` says.
    pub(crate) fn watched(inner: S, watcher: Watcher) -> Self {
        Self {
            watcher: Some(watcher),
            ..Self::new(inner, 0, Side::Before)
        }
    }

    /// A store that does not fail; before the append of this number, somebody else is let in.
    pub(crate) fn interrupted(inner: S, at: usize, interruption: Interruption) -> Self {
        Self {
            interruption: Some(interruption),
            ..Self::new(inner, at, Side::Before)
        }
    }

    /// How often it was written to.
    pub(crate) fn counter(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.appends)
    }

    fn write(
        &mut self,
        batch: Option<&Batch>,
        write: impl FnOnce(&mut S) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if let Some(watcher) = &mut self.watcher {
            watcher(Side::Before, batch)?;
            write(&mut self.inner)?;
            return watcher(Side::After, batch);
        }
        if self.appends.fetch_add(1, Relaxed) + 1 != self.fails_at {
            return write(&mut self.inner);
        }
        if let Some(interruption) = self.interruption.take() {
            interruption();
            return write(&mut self.inner);
        }
        if self.side == Side::After {
            write(&mut self.inner)?;
        }
        Err(StoreError::Other(BROKEN))
    }
}

impl<S: Store> Store for FailingStore<S> {
    fn head(&self) -> Result<Head, StoreError> {
        self.inner.head()
    }

    fn append(&mut self, expected: &Head, batch: &Batch) -> Result<(), StoreError> {
        self.write(Some(batch), |inner| inner.append(expected, batch))
    }

    fn records(&self, seq: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        match self.pages {
            Some((_, unreadable)) if seq >= unreadable => Err(StoreError::Other(BROKEN)),
            Some((fewer, _)) => self.inner.records(seq, limit.min(fewer)),
            None => self.inner.records(seq, limit),
        }
    }

    fn digests(&self, seq: u64, limit: usize) -> Result<Vec<[u8; 32]>, StoreError> {
        self.inner.digests(seq, limit)
    }

    fn checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        self.inner.checkpoint()
    }

    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError> {
        self.write(None, |inner| inner.put_checkpoint(row))
    }

    fn stream(&self, stream: &StreamId) -> Result<Vec<Record>, StoreError> {
        self.inner.stream(stream)
    }

    fn streams(
        &self,
        kind: &str,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<StreamId>, StoreError> {
        self.inner.streams(kind, after, limit)
    }

    fn revoked(
        &self,
        issuer: &AuthorityId,
    ) -> Result<Vec<(CertificateRow, Option<u32>)>, StoreError> {
        self.inner.revoked(issuer)
    }

    fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError> {
        self.inner.certificate(issuer, serial)
    }

    fn reservation(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<Reservation>, StoreError> {
        self.inner.reservation(issuer, serial)
    }

    fn reservations_of(&self, key: &[u8; 32]) -> Result<Vec<Reservation>, StoreError> {
        self.inner.reservations_of(key)
    }

    fn reservations(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<Reservation>, StoreError> {
        self.inner.reservations(issuer, after, limit)
    }

    fn crl_points(&self, issuer: &AuthorityId) -> Result<Vec<CrlPoint>, StoreError> {
        self.inner.crl_points(issuer)
    }

    fn certificates(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<CertificateRow>, StoreError> {
        self.inner.certificates(issuer, after, limit)
    }

    fn unsettled(&self) -> Result<Vec<StreamId>, StoreError> {
        self.inner.unsettled()
    }

    fn to_settle(&mut self, limit: usize) -> Result<Vec<StreamId>, StoreError> {
        self.inner.to_settle(limit)
    }

    fn certificate_count(&self) -> Result<u64, StoreError> {
        self.inner.certificate_count()
    }

    fn is_shared(&self) -> bool {
        self.inner.is_shared()
    }

    fn first_under(&self, key: &IdempotencyKey) -> Result<Option<u64>, StoreError> {
        self.inner.first_under(key)
    }

    fn submissions(
        &self,
        after: Option<&IdempotencyKey>,
        limit: usize,
    ) -> Result<Vec<(IdempotencyKey, u64)>, StoreError> {
        self.inner.submissions(after, limit)
    }

    fn last_case(&self) -> Result<CaseNumber, StoreError> {
        self.inner.last_case()
    }

    fn case(&self, id: &CaseId) -> Result<Option<CaseRow>, StoreError> {
        self.inner.case(id)
    }

    fn cases(&self, after: Option<&CaseId>, limit: usize) -> Result<Vec<CaseRow>, StoreError> {
        self.inner.cases(after, limit)
    }

    fn case_of(&self, issuer: &AuthorityId, serial: &Serial) -> Result<Option<CaseId>, StoreError> {
        self.inner.case_of(issuer, serial)
    }

    fn holdings(&self, asked: &Holdings<'_>) -> Result<u32, StoreError> {
        self.inner.holdings(asked)
    }

    fn due_by(&self, now: DateTime, limit: usize) -> Result<Vec<(StreamId, DateTime)>, StoreError> {
        self.inner.due_by(now, limit)
    }

    fn notices(&self, now: DateTime, limit: usize) -> Result<Vec<Notice>, StoreError> {
        self.inner.notices(now, limit)
    }

    fn notice_told(&self, key: &str) -> Result<Option<bool>, StoreError> {
        self.inner.notice_told(key)
    }

    fn note_told(&mut self, key: &str) -> Result<(), StoreError> {
        self.write(None, |inner| inner.note_told(key))
    }
}

/// Keys in this process, which write down what they sign.
#[derive(Clone, Debug, Default)]
pub(crate) struct SoftKeys(Arc<Mutex<Drawer>>);

#[derive(Debug, Default)]
struct Drawer {
    keys: BTreeMap<KeyLabel, Arc<SoftKey>>,
    signed: Vec<Vec<u8>>,
    /// Messages that no durable intent held when they were signed.
    unforeseen: usize,
    calls: usize,
    fails_at: Option<(usize, Side)>,
    /// Whether keys are found at all.
    absent: bool,
    witness: Option<SharedStore>,
}

impl SoftKeys {
    /// Every message that was signed, in order.
    pub(crate) fn signed(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().signed.clone()
    }

    /// Signatures over certificates and CRLs that no durable intent foresaw.
    pub(crate) fn unforeseen(&self) -> usize {
        self.0.lock().unwrap().unforeseen
    }

    /// No message was signed twice.
    pub(crate) fn signs_once(&self) -> bool {
        let signed = self.signed();
        signed.iter().collect::<HashSet<_>>().len() == signed.len()
    }

    /// Fails at the `call`th signature from now; the first has number 1.
    pub(crate) fn fail_at(&self, call: usize, side: Side) {
        let mut drawer = self.0.lock().unwrap();
        drawer.fails_at = Some((drawer.calls + call, side));
    }

    /// Fails no more.
    pub(crate) fn mend(&self) {
        self.0.lock().unwrap().fails_at = None;
    }

    /// Pulls the device out, or puts it back.
    pub(crate) fn absent(&self, absent: bool) {
        self.0.lock().unwrap().absent = absent;
    }

    /// Puts another key under a label.
    pub(crate) fn replace(&self, label: &str) {
        let key = Arc::new(SoftKey::generate().unwrap());
        let label = KeyLabel::new(label).unwrap();
        self.0.lock().unwrap().keys.insert(label, key);
    }

    fn handle(&self, key: Arc<SoftKey>) -> Box<dyn KeyHandle> {
        Box::new(WatchedKey {
            key,
            drawer: self.clone(),
        })
    }
}

impl Token for SoftKeys {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let drawer = self.0.lock().unwrap();
        let found = drawer.keys.get(label).filter(|_| !drawer.absent).cloned();
        let key = found.ok_or_else(|| hsm::Error::NoSuchKey {
            label: label.clone(),
        })?;
        Ok(self.handle(key))
    }

    fn generate(
        &self,
        label: &KeyLabel,
        _algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let key = Arc::new(SoftKey::generate()?);
        let mut drawer = self.0.lock().unwrap();
        if drawer.keys.contains_key(label) {
            return Err(hsm::Error::KeyExists {
                label: label.clone(),
            });
        }
        drawer.keys.insert(label.clone(), key.clone());
        Ok(self.handle(key))
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, hsm::Error> {
        Ok(self.0.lock().unwrap().keys.keys().cloned().collect())
    }

    fn description(&self) -> Result<Description, hsm::Error> {
        Ok(Description::default())
    }
}

#[derive(Debug)]
struct WatchedKey {
    key: Arc<SoftKey>,
    drawer: SoftKeys,
}

impl KeyHandle for WatchedKey {
    fn public_key(&self) -> &Document {
        self.key.public_key()
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<BitString, hsm::Error> {
        let mut drawer = self.drawer.0.lock().unwrap();
        drawer.calls += 1;
        let failure = drawer.fails_at.filter(|(call, _)| *call == drawer.calls);
        let failed = hsm::Error::Device {
            call: "SDF_InternalSign_ECC",
            code: 0x0100_000d,
            name: "SDR_SIGNERR",
        };
        if let Some((_, Side::Before)) = failure {
            return Err(failed);
        }
        let foreseen = drawer
            .witness
            .as_ref()
            .is_none_or(|store| intents(store).contains(&message.to_vec()));
        drawer.unforeseen += usize::from(!foreseen);
        drawer.signed.push(message.to_vec());
        drop(drawer);
        let signature = self.key.sign(message)?;
        match failure {
            Some(_) => Err(failed),
            None => Ok(signature),
        }
    }
}

/// The octets of every intent in a store.
pub(crate) fn intents(store: &dyn Store) -> Vec<Vec<u8>> {
    let records = store.records(0, usize::MAX).unwrap();
    let events = records.iter().map(|record| record.entry().unwrap().event);
    events
        .filter_map(|event| match event {
            Event::Case(case::Event::IssuanceIntended { intent, .. })
            | Event::Authority(authority::Event::IssuanceIntended(intent)) => Some(intent.tbs),
            Event::Authority(authority::Event::CrlIntended(intent)) => Some(intent.tbs),
            _ => None,
        })
        .map(|tbs| tbs.to_vec())
        .collect()
}

/// A key-management centre's archive in this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Archive(Arc<Mutex<BTreeMap<KeyLabel, SecretKey>>>);

impl Archive {
    fn secret(&self, label: &KeyLabel) -> Result<SecretKey, hsm::Error> {
        let keys = self.0.lock().unwrap();
        keys.get(label)
            .cloned()
            .ok_or_else(|| hsm::Error::NoSuchKey {
                label: label.clone(),
            })
    }
}

impl Token for Archive {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let key = SigningKey::new(self.secret(label)?, UserId::default());
        Ok(Box::new(SoftKey::new(key)))
    }

    fn generate(
        &self,
        label: &KeyLabel,
        _algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let secret = SecretKey::generate(&mut SysRng).unwrap();
        let before = self.0.lock().unwrap().insert(label.clone(), secret);
        assert!(before.is_none(), "{label} was made twice");
        self.key(label)
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, hsm::Error> {
        Ok(self.0.lock().unwrap().keys().cloned().collect())
    }

    fn description(&self) -> Result<Description, hsm::Error> {
        Ok(Description::default())
    }
}

impl Envelop for Archive {
    fn envelop(&self, label: &KeyLabel, recipient: &PublicKey) -> Result<EnvelopedKey, hsm::Error> {
        let secret = self.secret(label)?;
        Ok(EnvelopedKey::seal(&mut SysRng, recipient, &secret).unwrap())
    }
}

/// A clock that stands until somebody moves it.
#[derive(Clone, Debug)]
pub(crate) struct SetClock(Arc<AtomicU64>);

impl Default for SetClock {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }
}

impl SetClock {
    pub(crate) fn forward(&self, seconds: u64) {
        self.0.fetch_add(seconds, Relaxed);
    }

    /// So many seconds after a time, or before it.
    pub(crate) fn to(&self, at: DateTime, seconds: i64) {
        let at = at.unix_duration().as_secs();
        self.0
            .store(at.checked_add_signed(seconds).unwrap(), Relaxed);
    }

    pub(crate) fn back(&self, seconds: u64) {
        self.0.fetch_sub(seconds, Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime {
        DateTime::from_unix_duration(Duration::from_secs(self.0.load(Relaxed))).unwrap()
    }
}

/// Serial numbers 01…0001, 01…0002, …
#[derive(Clone, Debug, Default)]
pub(crate) struct CountedSerials(Arc<AtomicU64>);

impl Serials for CountedSerials {
    fn fresh(&self) -> Result<Serial, Error> {
        let count = self.0.fetch_add(1, Relaxed) + 1;
        Serial::from_bytes(&[&[1][..], &count.to_be_bytes()].concat())
    }
}

/// A publisher that keeps what it is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf(Arc<Mutex<Shelves>>);

#[derive(Debug, Default)]
struct Shelves {
    items: BTreeMap<String, Vec<u8>>,
    refuses: bool,
}

impl Shelf {
    /// The last content under a name.
    pub(crate) fn item(&self, name: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap().items.get(name).cloned()
    }

    /// The names of all that came.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().items.keys().cloned().collect()
    }

    /// Refuses everything from now on, or takes it again.
    pub(crate) fn refuse(&self, refuses: bool) {
        self.0.lock().unwrap().refuses = refuses;
    }
}

impl Publisher for Shelf {
    fn publish(&self, item: &Publication) -> io::Result<()> {
        let mut shelves = self.0.lock().unwrap();
        if shelves.refuses {
            return Err(io::Error::other(BROKEN));
        }
        shelves
            .items
            .insert(item.name.clone(), item.octets.to_vec());
        Ok(())
    }
}

/// A notifier that keeps what it is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Letters(Arc<Mutex<Letterbox>>);

#[derive(Debug, Default)]
struct Letterbox {
    told: Vec<Notice>,
    refuses: bool,
}

impl Letters {
    /// Everything that was told, in order.
    pub(crate) fn told(&self) -> Vec<Notice> {
        self.0.lock().unwrap().told.clone()
    }

    /// Refuses everything from now on, or takes it again.
    pub(crate) fn refuse(&self, refuses: bool) {
        self.0.lock().unwrap().refuses = refuses;
    }
}

impl Notifier for Letters {
    fn tell(&self, notice: &Notice) -> io::Result<()> {
        let mut letterbox = self.0.lock().unwrap();
        if letterbox.refuses {
            return Err(io::Error::other(BROKEN));
        }
        letterbox.told.push(notice.clone());
        Ok(())
    }
}
