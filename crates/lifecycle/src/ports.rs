//! What the engine needs from outside. Each port is small; the adapters beside
//! it are what a single machine needs, those of the outbox are in [`outbox`](crate::outbox).

use crate::{
    AuthorityId, CaseId, CaseNumber, CaseRow, CrlPoint, Error, Head, Holdings, IdempotencyKey,
    KeysOf, Notice, PersonId, Publication, Record, Reservation, Serial, StoreError, StreamId,
    SubjectKey, case::pair::EncryptionKey, certificate,
};
use cert_profile::Reason;
use der::{DateTime, Decode};
use gm_crypto::sm2::PublicKey;
use hsm::{Envelop, KeyAlgorithm, KeyLabel, Token};
use std::{collections::HashSet, fmt, hash::Hash, io, sync::Arc, time::SystemTime};

/// What one write carries, all of it or nothing.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Batch {
    /// Records, in order, chained to the head before them.
    pub records: Vec<Record>,
    /// What is fixed of each serial number that is reserved; beside its row in
    /// [`certificates`](Self::certificates).
    pub reservations: Vec<Reservation>,
    /// What the certificates of those numbers say of their CRLs. One that is there already is
    /// the same point.
    pub crl_points: Vec<CrlPoint>,
    /// The last state of each certificate that changed.
    pub certificates: Vec<CertificateRow>,
    /// Streams, and whether something outside is to be done for them.
    pub unsettled: Vec<(StreamId, bool)>,
    /// Streams of which this batch made an open intent: where several nodes share a store, they
    /// are this node's to settle.
    pub taken: Vec<StreamId>,
    /// Keys that commands came under, each with the place of its first record.
    pub submissions: Vec<(IdempotencyKey, u64)>,
    /// Case numbers that this batch takes, in order.
    pub numbers: Vec<CaseNumber>,
    /// The last state of each case that changed.
    pub cases: Vec<CaseRow>,
    /// Streams, and the last second before time itself does something to them; none: it does
    /// not.
    pub timers: Vec<(StreamId, Option<DateTime>)>,
    /// What somebody is to be told. One whose key is there already is the same notice.
    pub notices: Vec<Notice>,
}

impl Batch {
    /// What came after it, behind it.
    pub(crate) fn take_in(&mut self, later: Self) {
        self.records.extend(later.records);
        self.reservations.extend(later.reservations);
        self.crl_points.extend(later.crl_points);
        self.certificates.extend(later.certificates);
        self.unsettled.extend(later.unsettled);
        self.taken.extend(later.taken);
        self.submissions.extend(later.submissions);
        self.numbers.extend(later.numbers);
        self.cases.extend(later.cases);
        self.timers.extend(later.timers);
        self.notices.extend(later.notices);
    }

    /// Of rows that replace one another, only the last is to be written. The first of a
    /// certificate stays: it says that the serial number must be new.
    pub(crate) fn keep_last(&mut self) {
        keep_last(&mut self.certificates, |row| {
            let is_new = row.status == certificate::Status::Reserved;
            (row.issuer.clone(), row.serial.clone(), is_new)
        });
        keep_last(&mut self.unsettled, |(stream, _)| stream.clone());
        keep_last(&mut self.cases, |row| row.id.clone());
        keep_last(&mut self.timers, |(stream, _)| stream.clone());
    }
}

/// Leaves out what has a successor of the same key.
fn keep_last<T, K: Eq + Hash>(rows: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let mut seen = HashSet::new();
    let is_last: Vec<_> = rows.iter().rev().map(|row| seen.insert(key(row))).collect();
    let mut is_last = is_last.into_iter().rev();
    rows.retain(|_| is_last.next() == Some(true));
}

/// What the store knows of one certificate without reading its history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateRow {
    /// Whose key signs.
    pub issuer: AuthorityId,
    /// Its serial number.
    pub serial: Serial,
    /// Its state, in one word.
    pub status: certificate::Status,
    /// What a CRL says of it, if anything: since when and why.
    pub revocation: Option<(DateTime, Reason)>,
}

impl CertificateRow {
    /// The row of a certificate in `state`.
    pub fn new(issuer: AuthorityId, serial: Serial, state: &certificate::State) -> Self {
        Self {
            issuer,
            serial,
            status: state.status(),
            revocation: state.revocation(),
        }
    }
}

/// A checkpoint as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckpointRow {
    /// Records that it is over.
    pub size: u64,
    /// The [signed checkpoint](crate::SignedCheckpoint)'s text.
    pub text: String,
    /// Roots of the perfect trees that its tree is made of, the largest first, 32 octets each:
    /// from them the next one goes on.
    pub roots: Vec<[u8; 32]>,
}

impl CheckpointRow {
    /// The row that a store read back.
    pub fn new(size: u64, text: String, roots: Vec<[u8; 32]>) -> Self {
        Self { size, text, roots }
    }
}

/// The durable log and its indices.
///
/// A store keeps records in order, refuses a second certificate of one issuer
/// and serial number, and a case number that is not the next.
pub trait Store: fmt::Debug + Send {
    /// The end of the log.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn head(&self) -> Result<Head, StoreError>;

    /// Writes a batch behind `expected`; durable when it returns, absent when it fails, but for
    /// [`StoreError::OutcomeUnknown`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the head is another or a unique name is taken.
    fn append(&mut self, expected: &Head, batch: &Batch) -> Result<(), StoreError>;

    /// At most `limit` records after place `seq`, in order: fewer where their octets are many, so
    /// that no page takes more memory than there is; none only behind the last.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn records(&self, seq: u64, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// The chain's digests after at most `limit` records after place `seq`, in order.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn digests(&self, seq: u64, limit: usize) -> Result<Vec<[u8; 32]>, StoreError>;

    /// The last checkpoint; none before the first.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError>;

    /// Keeps a checkpoint of more records than the one before; durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is one of as many records or more.
    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError>;

    /// The whole history of one aggregate, in order.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn stream(&self, stream: &StreamId) -> Result<Vec<Record>, StoreError>;

    /// At most `limit` names of histories of one kind, the word before the first stroke in a
    /// [`StreamId`]'s text, that come after `after`; by that text's octets.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn streams(
        &self,
        kind: &str,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<StreamId>, StoreError>;

    /// The certificates of one issuer that are held, revoked or burnt, each with its shard, by
    /// serial.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn revoked(
        &self,
        issuer: &AuthorityId,
    ) -> Result<Vec<(CertificateRow, Option<u32>)>, StoreError>;

    /// One certificate.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError>;

    /// What was fixed when a serial number was reserved.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn reservation(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<Reservation>, StoreError>;

    /// Every serial number, of any issuer, that was reserved for a key: by the SM3 of the DER
    /// of its `SubjectPublicKeyInfo`. By issuer, then serial number.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn reservations_of(&self, key: &[u8; 32]) -> Result<Vec<Reservation>, StoreError>;

    /// What was fixed of at most `limit` serial numbers of one issuer that come after `after`, as
    /// text; by serial.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn reservations(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<Reservation>, StoreError>;

    /// What one issuer's certificates say of where their CRLs lie, each saying once.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn crl_points(&self, issuer: &AuthorityId) -> Result<Vec<CrlPoint>, StoreError>;

    /// At most `limit` certificates of one issuer whose serial numbers come after `after`, as
    /// text; by serial.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn certificates(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<CertificateRow>, StoreError>;

    /// How many certificates the index has, of any issuer and state: an examiner
    /// compares it with the log.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn certificate_count(&self) -> Result<u64, StoreError>;

    /// The streams for which something outside is to be done, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn unsettled(&self) -> Result<Vec<StreamId>, StoreError>;

    /// The place of the first record of the command that came under this key; none when none
    /// did.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn first_under(&self, key: &IdempotencyKey) -> Result<Option<u64>, StoreError>;

    /// At most `limit` keys that commands came under, after `after`, each with the place of the
    /// first record; by key.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn submissions(
        &self,
        after: Option<&IdempotencyKey>,
        limit: usize,
    ) -> Result<Vec<(IdempotencyKey, u64)>, StoreError>;

    /// Whether other engines may write to it while this one works.
    fn is_shared(&self) -> bool {
        false
    }

    /// The oldest of them that are for this engine to settle, at most `limit`: of all of them, in
    /// a store that has one engine. Where several nodes share a store, of those that this node
    /// took, and of those of nodes that are gone, which are this node's from now on.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read, or the streams could not be taken over.
    fn to_settle(&mut self, limit: usize) -> Result<Vec<StreamId>, StoreError>;

    /// The last case number given; 0 when none was.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn last_case(&self) -> Result<CaseNumber, StoreError>;

    /// One case.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn case(&self, id: &CaseId) -> Result<Option<CaseRow>, StoreError>;

    /// At most `limit` cases whose names come after `after`, by name: for reports.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn cases(&self, after: Option<&CaseId>, limit: usize) -> Result<Vec<CaseRow>, StoreError>;

    /// The case that a certificate was made for; none for an authority's own.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn case_of(&self, issuer: &AuthorityId, serial: &Serial) -> Result<Option<CaseId>, StoreError>;

    /// How many certificates a unit has or is about to have ([`Holdings`]).
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn holdings(&self, asked: &Holdings<'_>) -> Result<u32, StoreError>;

    /// At most `limit` streams whose [timer](Batch::timers) lies before `now`, with that time:
    /// the earliest first, those of one second by name.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn due_by(&self, now: DateTime, limit: usize) -> Result<Vec<(StreamId, DateTime)>, StoreError>;

    /// At most `limit` notices that are to be told by now and are not yet, the earliest
    /// first, those of one second by key.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn notices(&self, now: DateTime, limit: usize) -> Result<Vec<Notice>, StoreError>;

    /// Whether there is a notice of this key; and if so, whether it was told.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    fn notice_told(&self, key: &str) -> Result<Option<bool>, StoreError>;

    /// Notes that a notice was told, or is told no more; durable when it returns.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written; then the notice is told again.
    fn note_told(&mut self, key: &str) -> Result<(), StoreError>;
}

/// Between which texts the histories of a kind stand: after the first, before the second.
pub(crate) fn kind_range(kind: &str, after: Option<&StreamId>) -> [String; 2] {
    let start = format!("{kind}/");
    let after = after.map(StreamId::to_string).unwrap_or_default();
    // `0` comes right behind the stroke.
    [start.max(after), format!("{kind}0")]
}

/// How a database has a limit: it counts to `i64::MAX`, and no table is longer.
pub(crate) fn bounded(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Now, in whole seconds.
    fn now(&self) -> DateTime;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one Clock that asks")]
    fn now(&self) -> DateTime {
        DateTime::from_system_time(SystemTime::now())
            .expect("the machine's clock stands between 1970 and 9999")
    }
}

/// Where fresh serial numbers come from.
pub trait Serials: fmt::Debug + Send + Sync {
    /// A serial number that was never given before.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    fn fresh(&self) -> Result<Serial, Error>;
}

/// 128 random bits behind a one bit: 17 octets, never zero, never negative. Two
/// are equal once in 2⁶⁴ certificates, and the store would refuse the second.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RandomSerials;

impl Serials for RandomSerials {
    fn fresh(&self) -> Result<Serial, Error> {
        let mut octets = [1; 17];
        getrandom::fill(&mut octets[1..]).map_err(Error::Random)?;
        Serial::from_bytes(&octets)
    }
}

/// The key-management centre: makes and archives encryption keys.
pub trait KeyCentre: fmt::Debug + Send + Sync {
    /// The encryption key of one case, wrapped for the owner of `recipient`. Asked
    /// twice, it gives the same key (in a new envelope).
    ///
    /// # Errors
    /// Whatever the centre says.
    fn encryption_key(
        &self,
        case: &CaseId,
        recipient: &PublicKey,
    ) -> Result<EncryptionKey, Box<dyn std::error::Error + Send + Sync>>;
}

/// A key centre over a token that can wrap: each key is archived in the token,
/// under the case's name.
#[derive(Debug)]
pub struct TokenKeyCentre<T>(T);

impl<T: Envelop> TokenKeyCentre<T> {
    /// A key centre whose archive is `token`.
    pub fn new(token: T) -> Self {
        Self(token)
    }
}

impl<T: Envelop + fmt::Debug> KeyCentre for TokenKeyCentre<T> {
    fn encryption_key(
        &self,
        case: &CaseId,
        recipient: &PublicKey,
    ) -> Result<EncryptionKey, Box<dyn std::error::Error + Send + Sync>> {
        let label = KeyLabel::new(case.as_str())?;
        let key = key_or_new(&self.0, &label)?;
        Ok(EncryptionKey {
            public_key: key.public_key().as_bytes().to_vec().into(),
            envelope: self.0.envelop(&label, recipient)?.to_der().into(),
        })
    }
}

/// The key of this label, made now if it does not exist.
pub(crate) fn key_or_new(
    token: &dyn Token,
    label: &KeyLabel,
) -> Result<Box<dyn hsm::KeyHandle>, hsm::Error> {
    match token.key(label) {
        Err(hsm::Error::NoSuchKey { .. }) => token.generate(label, KeyAlgorithm::Sm2),
        found => found,
    }
}

/// Reads a `SubjectPublicKeyInfo` that the store kept.
pub(crate) fn public_key(der: &[u8]) -> Result<PublicKey, Error> {
    let spki = spki::SubjectPublicKeyInfoRef::from_der(der).map_err(Error::Damaged)?;
    PublicKey::try_from(spki).map_err(|_| Error::Damaged(der::ErrorKind::Failed.into()))
}

/// The keys under which the log seals what is personal.
///
/// They are kept apart from the store: a copy of the log is no copy of them, and where one is
/// destroyed, no copy of the log brings back what it sealed. Whoever makes copies of the keys
/// destroys those with them. Where several engines share a store, they share the keys, too.
pub trait SubjectKeys: fmt::Debug + Send + Sync {
    /// All keys that a history has had, in order; empty where it has had none.
    ///
    /// # Errors
    /// [`StoreError`] when they can't be read.
    fn of(&self, stream: &StreamId) -> Result<KeysOf, StoreError>;

    /// Takes the next key of a history, of this number: 1, 2, …; durable after the next
    /// [`sync`](Self::sync), which the engine asks for before it writes a record that is sealed
    /// under it. A key whose record never came to be does no harm.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the history's next key has another number.
    fn put(
        &self,
        stream: &StreamId,
        number: u32,
        person: &PersonId,
        key: &Arc<SubjectKey>,
    ) -> Result<(), StoreError>;

    /// Makes durable what was put.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another node put a key of the same number meanwhile: what was
    /// put is let go, and whoever sealed under it decides again. Another [`StoreError`] when it
    /// could not be written.
    fn sync(&self) -> Result<(), StoreError>;

    /// Destroys the keys of these histories for good, and keeps that they were: durable when it
    /// returns. Those that are destroyed already stay so; a history whose key is not here, too,
    /// is from now on one whose key was destroyed.
    ///
    /// # Errors
    /// [`StoreError`] when it could not be written: it is asked again.
    fn destroy(&self, streams: &[StreamId]) -> Result<(), StoreError>;

    /// The histories of one person that have a key still, in order.
    ///
    /// # Errors
    /// [`StoreError`] when they can't be read.
    fn histories(&self, person: &PersonId) -> Result<Vec<StreamId>, StoreError>;

    /// The persons of whom there is a key still, in order.
    ///
    /// # Errors
    /// [`StoreError`] when they can't be read.
    fn persons(&self) -> Result<Vec<PersonId>, StoreError>;

    /// Where they are, for messages.
    fn place(&self) -> String;
}

/// Where finished things go.
pub trait Publisher: fmt::Debug + Send + Sync {
    /// Takes one thing; durable when it returns. The same thing may come again.
    ///
    /// # Errors
    /// The I/O error that stopped it; it will be asked again.
    fn publish(&self, item: &Publication) -> io::Result<()>;

    /// Takes things that belong together, in order; all of them durable when it returns. Whoever
    /// can do that at less cost than one by one does.
    ///
    /// # Errors
    /// [`Error::Publish`] names the first that it did not take; any of them may have been taken,
    /// and it will be asked for all of them again.
    fn publish_all(&self, items: &[Publication]) -> Result<(), Error> {
        items
            .iter()
            .try_for_each(|item| self.publish(item).map_err(|source| not_taken(item, source)))
    }
}

/// What is said of a thing that a publisher did not take.
pub(crate) fn not_taken(item: &Publication, source: io::Error) -> Error {
    Error::Publish {
        name: item.name.clone(),
        source,
    }
}

/// Who tells people what they are to be told.
pub trait Notifier: fmt::Debug + Send + Sync {
    /// Takes one notice over; it is told, or will be, when this returns. The same notice may
    /// come again.
    ///
    /// # Errors
    /// The I/O error that stopped it; it will be asked again.
    fn tell(&self, notice: &Notice) -> io::Result<()>;
}

/// Tells nobody: for business without notices.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct NullNotifier;

impl Notifier for NullNotifier {
    fn tell(&self, _notice: &Notice) -> io::Result<()> {
        Ok(())
    }
}
