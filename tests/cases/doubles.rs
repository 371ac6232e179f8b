//! What stands in for the world outside: a clock that stories move, keys in this process, a
//! key-management centre, a shelf and a letterbox.

use der::{DateTime, Document, asn1::BitString};
use getrandom::SysRng;
use gm_crypto::sm2::{EnvelopedKey, PublicKey, SecretKey, SigningKey, UserId};
use hsm::{Description, Envelop, KeyAlgorithm, KeyHandle, KeyLabel, SoftKey, Token};
use lifecycle::{
    Error, Notice, Publication, Serial,
    ports::{Clock, Notifier, Publisher, Serials},
};
use spki::AlgorithmIdentifierOwned;
use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

/// A clock that stands until somebody moves it: seconds since 1970.
#[derive(Clone, Debug, Default)]
pub(crate) struct SetClock(Arc<AtomicU64>);

impl SetClock {
    pub(crate) fn set(&self, at: DateTime) {
        self.0.store(at.unix_duration().as_secs(), Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime {
        let since = Duration::from_secs(self.0.load(Relaxed));
        DateTime::from_unix_duration(since).expect("stories play in our days")
    }
}

/// Serial numbers, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct CountedSerials(Arc<AtomicU64>);

impl Serials for CountedSerials {
    fn fresh(&self) -> Result<Serial, Error> {
        let count = self.0.fetch_add(1, Relaxed) + 1;
        Serial::from_bytes(&[&[1][..], &count.to_be_bytes()].concat())
    }
}

/// Keys by label, in this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(Arc<Mutex<BTreeMap<KeyLabel, SecretKey>>>);

impl Keys {
    fn secret(&self, label: &KeyLabel) -> Result<SecretKey, hsm::Error> {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = keys.get(label).cloned();
        found.ok_or_else(|| hsm::Error::NoSuchKey {
            label: label.clone(),
        })
    }
}

impl Token for Keys {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let key = SigningKey::new(self.secret(label)?, UserId::default());
        Ok(Box::new(Key(SoftKey::new(key))))
    }

    fn generate(
        &self,
        label: &KeyLabel,
        _algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, hsm::Error> {
        let secret = SecretKey::generate(&mut SysRng).expect("random numbers");
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(label.clone(), secret);
        drop(keys);
        self.key(label)
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, hsm::Error> {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(keys.keys().cloned().collect())
    }

    fn description(&self) -> Result<Description, hsm::Error> {
        Ok(Description::default())
    }
}

impl Envelop for Keys {
    fn envelop(&self, label: &KeyLabel, recipient: &PublicKey) -> Result<EnvelopedKey, hsm::Error> {
        let secret = self.secret(label)?;
        Ok(EnvelopedKey::seal(&mut SysRng, recipient, &secret).expect("a sealed key"))
    }
}

#[derive(Debug)]
struct Key(SoftKey);

impl KeyHandle for Key {
    fn public_key(&self) -> &Document {
        self.0.public_key()
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        self.0.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<BitString, hsm::Error> {
        self.0.sign(message)
    }
}

/// Takes whatever is published.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shelf;

impl Publisher for Shelf {
    fn publish(&self, _item: &Publication) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps what people were told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Letters(Arc<Mutex<Vec<Notice>>>);

impl Letters {
    /// What was told so far, in order.
    pub(crate) fn told(&self) -> Vec<Notice> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.clone()
    }
}

impl Notifier for Letters {
    fn tell(&self, notice: &Notice) -> io::Result<()> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.push(notice.clone());
        Ok(())
    }
}
