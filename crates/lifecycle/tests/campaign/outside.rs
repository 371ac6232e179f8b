//! What outlives an engine that dies: the device, the directory, readers of tokens, the bank.
//! Each writes down at once what it sees that must never be.

use cert_profile::{CrlReader, lint};
use der::{Document, asn1::BitString};
use gm_crypto::pki::decode_pem;
use hsm::{Description, KeyAlgorithm, KeyHandle, KeyLabel, SoftKey, Token};
use lifecycle::{
    AuthorityId, Error, Event, Intent, Notice, Publication, Record, Serial, SignedCheckpoint,
    Store, authority, case,
    ports::{Notifier, Publisher, Serials},
};
use spki::AlgorithmIdentifierOwned;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use crate::{
    doubles::BROKEN,
    invariants::{Replay, Wrong},
    points,
    script::RESPONDER,
};

/// What is durable, as the world outside must find it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<Mutex<Durable>>);

#[derive(Debug, Default)]
struct Durable {
    /// What cases intend, by whose it is and its number.
    pairs: BTreeMap<(AuthorityId, Serial), Intent>,
    /// What may be signed, and whether it is a list.
    intents: BTreeMap<Vec<u8>, bool>,
    /// DER of certificates and CRLs, and of envelopes of keys.
    things: BTreeSet<Vec<u8>>,
}

impl Ledger {
    /// Takes in what was just written.
    pub(crate) fn take_in(&self, records: &[Record]) {
        let mut durable = self.0.lock().unwrap();
        for record in records {
            match record.entry().unwrap().event {
                Event::Case(case::Event::IssuanceIntended { intent, .. }) => {
                    durable.intents.insert(intent.tbs.to_vec(), false);
                    let key = (intent.issuer.clone(), intent.serial.clone());
                    durable.pairs.insert(key, intent);
                }
                Event::Authority(authority::Event::IssuanceIntended(intent)) => {
                    durable.intents.insert(intent.tbs.to_vec(), false);
                }
                Event::Authority(authority::Event::CrlIntended(intent)) => {
                    durable.intents.insert(intent.tbs.to_vec(), true);
                }
                Event::Case(case::Event::CertificateIssued {
                    issuer,
                    serial,
                    signature,
                    ..
                }) => {
                    let intent = &durable.pairs[&(issuer, serial)];
                    let certificate = intent.certificate(&signature).unwrap();
                    durable.things.insert(certificate.to_vec());
                }
                Event::Authority(
                    authority::Event::Established { certificate, .. }
                    | authority::Event::Linked { certificate, .. },
                ) => {
                    durable.things.insert(certificate.to_vec());
                }
                Event::Authority(authority::Event::CrlIssued { crl, .. }) => {
                    durable.things.insert(crl.to_vec());
                }
                Event::Case(case::Event::EncryptionKeyReceived(key)) => {
                    durable.things.insert(key.envelope.to_vec());
                }
                _ => {}
            }
        }
    }

    /// What a process finds that starts.
    pub(crate) fn read(&self, store: &dyn Store) {
        *self.0.lock().unwrap() = Durable::default();
        self.take_in(&store.records(0, usize::MAX >> 1).unwrap());
    }

    /// Whether this is a list, where an intent of it is durable.
    fn foresees(&self, tbs: &[u8]) -> Option<bool> {
        self.0.lock().unwrap().intents.get(tbs).copied()
    }

    fn has(&self, octets: &[u8]) -> bool {
        self.0.lock().unwrap().things.contains(octets)
    }
}

/// What a device does instead of signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing, and says so.
    Refuses,
    /// It signs, and says that it did not: it hung for too long.
    Hangs,
    /// It gives back a signature over something else.
    Lies,
}

/// A device with keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Device(Arc<Mutex<Drawer>>);

#[derive(Debug, Default)]
struct Drawer {
    keys: BTreeMap<KeyLabel, Arc<SoftKey>>,
    ledger: Ledger,
    signed: BTreeSet<Vec<u8>>,
    failure: Option<(u32, Failure)>,
    failed: bool,
    wrongs: Vec<String>,
}

impl Device {
    /// The same keys, for another world.
    pub(crate) fn copy(&self, ledger: &Ledger) -> Self {
        let keys = self.0.lock().unwrap().keys.clone();
        Self(Arc::new(Mutex::new(Drawer {
            keys,
            ledger: ledger.clone(),
            ..Drawer::default()
        })))
    }

    /// The keys of another one.
    pub(crate) fn take_over(&self, other: &Self) {
        let keys = other.0.lock().unwrap().keys.clone();
        self.0.lock().unwrap().keys = keys;
    }

    /// Fails at its signature of this number from now; the first has number 1.
    pub(crate) fn fail_at(&self, count: u32, failure: Failure) {
        self.0.lock().unwrap().failure = Some((count, failure));
    }

    pub(crate) fn mend(&self) {
        self.0.lock().unwrap().failure = None;
    }

    /// Whether it failed since the last time that somebody asked.
    pub(crate) fn has_failed(&self) -> bool {
        std::mem::take(&mut self.0.lock().unwrap().failed)
    }

    pub(crate) fn wrongs(&self) -> Vec<String> {
        self.0.lock().unwrap().wrongs.clone()
    }

    pub(crate) fn public_key(&self, label: &str) -> Vec<u8> {
        let label = KeyLabel::new(label).unwrap();
        let drawer = self.0.lock().unwrap();
        drawer.keys[&label].public_key().as_bytes().to_vec()
    }
}

impl Token for Device {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let found = self.0.lock().unwrap().keys.get(label).cloned();
        let key = found.ok_or_else(|| hsm::Error::NoSuchKey {
            label: label.clone(),
        })?;
        Ok(Box::new(Key {
            key,
            label: label.clone(),
            device: self.clone(),
        }))
    }

    fn generate(
        &self,
        label: &KeyLabel,
        _algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let key = Arc::new(SoftKey::generate()?);
        let before = self.0.lock().unwrap().keys.insert(label.clone(), key);
        assert!(before.is_none(), "{label} was made twice");
        self.key(label)
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, hsm::Error> {
        Ok(self.0.lock().unwrap().keys.keys().cloned().collect())
    }

    fn description(&self) -> Result<Description, hsm::Error> {
        Ok(Description::default())
    }
}

#[derive(Debug)]
struct Key {
    key: Arc<SoftKey>,
    label: KeyLabel,
    device: Device,
}

impl KeyHandle for Key {
    fn public_key(&self) -> &Document {
        self.key.public_key()
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<BitString, hsm::Error> {
        let mut drawer = self.device.0.lock().unwrap();
        if let Some((count, _)) = &mut drawer.failure {
            *count -= 1;
        }
        let failure = drawer.failure.filter(|(count, _)| *count == 0);
        if failure.is_some() {
            drawer.failure = None;
            drawer.failed = true;
        }
        let failure = failure.map(|(_, failure)| failure);
        let failed = hsm::Error::Device {
            call: "SDF_InternalSign_ECC",
            code: 0x0100_000d,
            name: "SDR_SIGNERR",
        };
        if failure == Some(Failure::Refuses) {
            return Err(failed);
        }
        // Checkpoints are text; answers about certificates leave no intent.
        let leaves_intent = message.first() == Some(&0x30) && self.label.as_str() != RESPONDER;
        if leaves_intent {
            let report = match drawer.ledger.foresees(message) {
                Some(true) => lint::tbs_crl(message),
                Some(false) => lint::tbs_certificate(message),
                None => {
                    let wrong = "I3: signed without a durable intent".to_owned();
                    drawer.wrongs.push(wrong);
                    lint::tbs_certificate(message)
                }
            };
            if let Some(finding) = report.errors().next() {
                let wrong = format!("I3: what was signed breaks {}", finding.lint().id());
                drawer.wrongs.push(wrong);
            }
            if !drawer.signed.insert(message.to_vec()) {
                let wrong = "a second signature for one intent".to_owned();
                drawer.wrongs.push(wrong);
            }
        }
        drop(drawer);
        let signature = match failure {
            Some(Failure::Lies) => self.key.sign(b"something else")?,
            _ => self.key.sign(message)?,
        };
        if failure == Some(Failure::Hangs) {
            return Err(failed);
        }
        points::pass("C4");
        Ok(signature)
    }
}

/// The directory, and who tells people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Post(Arc<Mutex<Office>>);

#[derive(Debug, Default)]
struct Office {
    ledger: Ledger,
    items: BTreeMap<String, Vec<u8>>,
    told: BTreeMap<String, Notice>,
    checkpoints: Vec<SignedCheckpoint>,
    again: u64,
    refuses: bool,
    refused: bool,
    wrongs: Vec<String>,
}

impl Post {
    pub(crate) fn new(ledger: &Ledger) -> Self {
        Self(Arc::new(Mutex::new(Office {
            ledger: ledger.clone(),
            ..Office::default()
        })))
    }

    /// The same directory, for another world.
    pub(crate) fn copy(&self, ledger: &Ledger) -> Self {
        let copy = Self::new(ledger);
        let items = self.0.lock().unwrap().items.clone();
        copy.0.lock().unwrap().items = items;
        copy
    }

    pub(crate) fn refuse(&self, refuses: bool) {
        self.0.lock().unwrap().refuses = refuses;
    }

    /// Whether it refused anything since the last time that somebody asked.
    pub(crate) fn has_refused(&self) -> bool {
        std::mem::take(&mut self.0.lock().unwrap().refused)
    }

    pub(crate) fn wrongs(&self) -> Vec<String> {
        self.0.lock().unwrap().wrongs.clone()
    }

    /// Every checkpoint that was handed out.
    pub(crate) fn checkpoints(&self) -> Vec<SignedCheckpoint> {
        self.0.lock().unwrap().checkpoints.clone()
    }

    /// Whether all that is recorded as published is here, in its last version.
    pub(crate) fn has_all(&self, replay: &Replay) -> Result<(), Wrong> {
        let office = self.0.lock().unwrap();
        for (name, octets) in replay.published() {
            let here = office.items.get(&name);
            if here.is_some_and(|here| *here != octets) || here.is_none() {
                return Err(format!(
                    "C11: {name} is not in the directory, or an older one"
                ));
            }
        }
        Ok(())
    }

    /// How often something came that was there.
    pub(crate) fn again(&self) -> u64 {
        self.0.lock().unwrap().again
    }
}

impl Office {
    /// Whether it may stand in the directory now.
    fn look_at(&mut self, item: &Publication) -> Result<(), String> {
        let name = &item.name;
        let before = self.items.get(name);
        self.again += u64::from(before.is_some());
        if name.starts_with("log/") {
            let text = String::from_utf8(item.octets.to_vec()).map_err(|_| "no text")?;
            let signed = SignedCheckpoint::parse(&text).map_err(|fault| fault.to_string())?;
            self.checkpoints.push(signed);
            return Ok(());
        }
        let der = match decode_pem(&item.octets, &["CERTIFICATE"]) {
            Ok(der) => der.to_vec(),
            Err(_) => item.octets.to_vec(),
        };
        if !self.ledger.has(&der) {
            return Err(format!("I3: {name} is published and not durable"));
        }
        let Some(before) = before.filter(|before| **before != *item.octets) else {
            return Ok(());
        };
        let is_current = name.strip_prefix("authorities/");
        let is_current = is_current.is_some_and(|rest| !rest.contains('/'));
        if !(is_current && name.ends_with(".crl")) {
            return Err(format!("{name} is published with two contents"));
        }
        let [old, new] = [before.as_slice(), &item.octets].map(|der| {
            let list = CrlReader::from_der(der).unwrap();
            (list.number().unwrap(), list.this_update())
        });
        if new.0 <= old.0 || new.1 < old.1 {
            return Err(format!("{name} goes back from {old:?} to {new:?}"));
        }
        Ok(())
    }
}

impl Publisher for Post {
    fn publish(&self, item: &Publication) -> io::Result<()> {
        let mut office = self.0.lock().unwrap();
        if office.refuses {
            office.refused = true;
            return Err(io::Error::other(BROKEN));
        }
        if let Err(wrong) = office.look_at(item) {
            office.wrongs.push(wrong);
        }
        office.items.insert(item.name.clone(), item.octets.to_vec());
        Ok(())
    }
}

impl Notifier for Post {
    fn tell(&self, notice: &Notice) -> io::Result<()> {
        let mut office = self.0.lock().unwrap();
        if office.refuses {
            office.refused = true;
            return Err(io::Error::other(BROKEN));
        }
        let before = office.told.insert(notice.key(), notice.clone());
        office.again += u64::from(before.is_some());
        if before.is_some_and(|before| before != *notice) {
            let wrong = format!("C8: {} is told with two contents", notice.key());
            office.wrongs.push(wrong);
        }
        Ok(())
    }
}

/// Serial numbers that go on, whoever draws them.
#[derive(Clone, Debug)]
pub(crate) struct Numbers(Arc<AtomicU64>);

impl Numbers {
    /// From here on.
    pub(crate) fn from(first: u64) -> Self {
        Self(Arc::new(AtomicU64::new(first)))
    }
}

impl Serials for Numbers {
    fn fresh(&self) -> Result<Serial, Error> {
        let count = self.0.fetch_add(1, Relaxed);
        Serial::from_bytes(&[&[1][..], &count.to_be_bytes()].concat())
    }
}
