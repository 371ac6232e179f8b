//! The world around an engine: it outlives a crash, and fails when it is told to.

use crate::parties::{Counter, in_days, key, sign};
use der::{DateTime, Document, asn1::BitString};
use gm_crypto::sm2::{EnvelopedKey, PublicKey, SigningKey};
use hsm::{Description, Envelop, KeyAlgorithm, KeyHandle, KeyLabel, Token};
use lifecycle::{
    AuthorityId, Batch, CaseId, CaseNumber, CaseRow, CertificateRow, CheckpointRow, CrlPoint, Error, Head,
    Holdings, IdempotencyKey, MemoryStore, MemorySubjectKeys, Notice, Publication, Record, Reservation, Serial, Store, StoreError, StreamId,
    ports::{Clock, Notifier, Publisher, Serials},
};
use spki::{AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard},
};

/// What can be told to fail, each until it is told otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// The token signs nothing.
    pub token_fails: bool,
    /// The token signs with another key.
    pub token_lies: bool,
    /// The publisher and the notifier take nothing.
    pub publisher_fails: bool,
    /// The store writes nothing.
    pub store_fails: bool,
}

/// All that lasts.
#[derive(Clone, Debug, Default)]
pub struct World {
    store: MemoryStore,
    keys: BTreeMap<KeyLabel, Arc<Key>>,
    /// The keys of subjects; a copy of a world has the same.
    pub subjects: MemorySubjectKeys,
    /// The serial number given last.
    pub serial: u64,
    /// Days since the beginning.
    pub days: u64,
    /// What fails at the moment.
    pub faults: Faults,
}

/// One world, in the hands of several ports.
#[derive(Clone, Debug)]
pub struct Outside(Arc<Mutex<World>>);

impl Outside {
    /// Hands `world` to ports.
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// The world, to look at and to change.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.0
            .lock()
            .expect("nothing panics while it has the world")
    }
}

impl Clock for Outside {
    fn now(&self) -> DateTime {
        in_days(self.world().days)
    }
}

impl Serials for Outside {
    /// One more than the last; a target sets it back to make two alike.
    fn fresh(&self) -> Result<Serial, Error> {
        let mut world = self.world();
        world.serial += 1;
        Serial::from_bytes(&world.serial.to_be_bytes())
    }
}

impl Publisher for Outside {
    fn publish(&self, _: &Publication) -> io::Result<()> {
        if self.world().faults.publisher_fails {
            return Err(io::Error::other("told to fail"));
        }
        Ok(())
    }
}

impl Notifier for Outside {
    fn tell(&self, _: &Notice) -> io::Result<()> {
        if self.world().faults.publisher_fails {
            return Err(io::Error::other("told to fail"));
        }
        Ok(())
    }
}

impl Token for Outside {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let world = self.world();
        let key = world.keys.get(label).ok_or_else(|| hsm::Error::NoSuchKey {
            label: label.clone(),
        })?;
        let outside = self.clone();
        Ok(Box::new(Handle {
            key: key.clone(),
            outside,
        }))
    }

    /// Makes SM2 keys, whatever is asked for: the business asks for nothing else.
    fn generate(
        &self,
        label: &KeyLabel,
        _: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        if self.world().keys.contains_key(label) {
            return Err(hsm::Error::KeyExists {
                label: label.clone(),
            });
        }
        let key = Arc::new(Key::new(label.as_str()));
        self.world().keys.insert(label.clone(), key);
        self.key(label)
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, hsm::Error> {
        Ok(self.world().keys.keys().cloned().collect())
    }

    fn description(&self) -> Result<Description, hsm::Error> {
        Ok(Description::default())
    }

    fn as_envelop(&self) -> Option<&dyn Envelop> {
        Some(self)
    }
}

impl Envelop for Outside {
    fn envelop(&self, label: &KeyLabel, recipient: &PublicKey) -> Result<EnvelopedKey, hsm::Error> {
        let world = self.world();
        let key = world.keys.get(label).ok_or_else(|| hsm::Error::NoSuchKey {
            label: label.clone(),
        })?;
        let secret = key.key.secret_key();
        EnvelopedKey::seal(&mut Counter::default(), recipient, secret)
            .map_err(|source| hsm::Error::Crypto { source })
    }
}

#[derive(Debug)]
struct Key {
    key: SigningKey,
    public_key: Document,
}

impl Key {
    fn new(name: &str) -> Self {
        let key = key(name);
        let public_key = key.verifying_key().to_public_key_der();
        Self {
            public_key: public_key.expect("a point has an encoding"),
            key,
        }
    }
}

#[derive(Debug)]
struct Handle {
    key: Arc<Key>,
    outside: Outside,
}

impl KeyHandle for Handle {
    fn public_key(&self) -> &Document {
        &self.key.public_key
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        let algorithm = self.key.key.signature_algorithm_identifier();
        algorithm.expect("no parameters")
    }

    fn sign(&self, message: &[u8]) -> Result<BitString, hsm::Error> {
        let faults = self.outside.world().faults;
        if faults.token_fails {
            let source = gm_crypto::Error::Random;
            return Err(hsm::Error::Crypto { source });
        }
        if faults.token_lies {
            return Ok(sign(&key("somebody else"), message));
        }
        Ok(sign(&self.key.key, message))
    }
}

impl Store for Outside {
    fn head(&self) -> Result<Head, StoreError> {
        self.world().store.head()
    }

    fn append(&mut self, expected: &Head, batch: &Batch) -> Result<(), StoreError> {
        let mut world = self.world();
        if world.faults.store_fails {
            let what = "told to fail";
            return Err(StoreError::Conflict { what });
        }
        world.store.append(expected, batch)
    }

    fn records(&self, seq: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.world().store.records(seq, limit)
    }

    fn digests(&self, seq: u64, limit: usize) -> Result<Vec<[u8; 32]>, StoreError> {
        self.world().store.digests(seq, limit)
    }

    fn checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        self.world().store.checkpoint()
    }

    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError> {
        self.world().store.put_checkpoint(row)
    }

    fn stream(&self, stream: &StreamId) -> Result<Vec<Record>, StoreError> {
        self.world().store.stream(stream)
    }

    fn streams(
        &self,
        kind: &str,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<StreamId>, StoreError> {
        self.world().store.streams(kind, after, limit)
    }

    fn revoked(
        &self,
        issuer: &AuthorityId,
    ) -> Result<Vec<(CertificateRow, Option<u32>)>, StoreError> {
        self.world().store.revoked(issuer)
    }

    fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<CertificateRow>, StoreError> {
        self.world().store.certificate(issuer, serial)
    }

    fn reservation(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<Reservation>, StoreError> {
        self.world().store.reservation(issuer, serial)
    }

    fn reservations_of(&self, key: &[u8; 32]) -> Result<Vec<Reservation>, StoreError> {
        self.world().store.reservations_of(key)
    }

    fn reservations(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<Reservation>, StoreError> {
        self.world().store.reservations(issuer, after, limit)
    }

    fn crl_points(&self, issuer: &AuthorityId) -> Result<Vec<CrlPoint>, StoreError> {
        self.world().store.crl_points(issuer)
    }

    fn certificates(
        &self,
        issuer: &AuthorityId,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<Vec<CertificateRow>, StoreError> {
        self.world().store.certificates(issuer, after, limit)
    }

    fn unsettled(&self) -> Result<Vec<StreamId>, StoreError> {
        self.world().store.unsettled()
    }

    fn to_settle(&mut self, limit: usize) -> Result<Vec<StreamId>, StoreError> {
        self.world().store.to_settle(limit)
    }

    fn certificate_count(&self) -> Result<u64, StoreError> {
        self.world().store.certificate_count()
    }

    fn first_under(&self, key: &IdempotencyKey) -> Result<Option<u64>, StoreError> {
        self.world().store.first_under(key)
    }

    fn submissions(
        &self,
        after: Option<&IdempotencyKey>,
        limit: usize,
    ) -> Result<Vec<(IdempotencyKey, u64)>, StoreError> {
        self.world().store.submissions(after, limit)
    }

    fn last_case(&self) -> Result<CaseNumber, StoreError> {
        self.world().store.last_case()
    }

    fn case(&self, id: &CaseId) -> Result<Option<CaseRow>, StoreError> {
        self.world().store.case(id)
    }

    fn cases(&self, after: Option<&CaseId>, limit: usize) -> Result<Vec<CaseRow>, StoreError> {
        self.world().store.cases(after, limit)
    }

    fn case_of(&self, issuer: &AuthorityId, serial: &Serial) -> Result<Option<CaseId>, StoreError> {
        self.world().store.case_of(issuer, serial)
    }

    fn holdings(&self, asked: &Holdings<'_>) -> Result<u32, StoreError> {
        self.world().store.holdings(asked)
    }

    fn due_by(&self, now: DateTime, limit: usize) -> Result<Vec<(StreamId, DateTime)>, StoreError> {
        self.world().store.due_by(now, limit)
    }

    fn notices(&self, now: DateTime, limit: usize) -> Result<Vec<Notice>, StoreError> {
        self.world().store.notices(now, limit)
    }

    fn notice_told(&self, key: &str) -> Result<Option<bool>, StoreError> {
        self.world().store.notice_told(key)
    }

    fn note_told(&mut self, key: &str) -> Result<(), StoreError> {
        let mut world = self.world();
        if world.faults.store_fails {
            let what = "told to fail";
            return Err(StoreError::Conflict { what });
        }
        world.store.note_told(key)
    }
}
