//! The keys of subjects: each history that is about a natural person has one of its own, and
//! what is personal in it is sealed under that. Whoever destroys the key erases the person from
//! the log, and the chain over the sealed octets stays as it is.

mod file;
mod memory;

pub use file::SubjectKeyFile;
pub use memory::MemorySubjectKeys;

use crate::{Entry, Error, Octets, PersonId, StreamId, ports::SubjectKeys};
use gm_crypto::sm4::{
    Gcm,
    aead::{Aead, KeyInit, Payload},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

/// Octets of a key, a nonce and a tag.
const KEY: usize = 16;
const NONCE: usize = 12;
const TAG: usize = 16;

/// What the associated data begin with.
const DOMAIN: &[u8] = b"gm-pki sealed record 1\0";

/// A key of a history: 128 bits for SM4-GCM. It wipes itself, and shows itself to nobody.
pub struct SubjectKey {
    octets: Zeroizing<[u8; KEY]>,
    cipher: Gcm,
}

impl SubjectKey {
    /// A new one.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub fn fresh() -> Result<Self, Error> {
        let mut octets = Zeroizing::new([0; KEY]);
        getrandom::fill(&mut *octets).map_err(Error::Random)?;
        Ok(Self::from_octets(octets))
    }

    /// One that an adapter kept.
    pub fn from_octets(octets: Zeroizing<[u8; KEY]>) -> Self {
        let cipher = Gcm::new((&*octets).into());
        Self { octets, cipher }
    }

    /// What an adapter keeps.
    pub fn as_octets(&self) -> &[u8; KEY] {
        &self.octets
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey { .. }")
    }
}

/// The keys that a history has had, in the order in which they were made; none in the place of
/// one that was destroyed. A history has one, unless more was recorded of somebody after an
/// erasure.
pub type KeysOf = Arc<[Option<Arc<SubjectKey>>]>;

/// A key with its place among those of its history: 1, 2, ….
pub(crate) type Numbered = (u32, Arc<SubjectKey>);

/// The personal values of a record, together and sealed: SM4-GCM under a key of the record's
/// history, over the JSON object of the values by name. The associated data are the place of
/// the record in the log and in its history, and which key it is: what is moved does not open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Sealed {
    /// Which of its history's keys: 1, 2, ….
    pub key: u32,
    /// Nonce, 12 octets, ciphertext, and tag, 16 octets.
    pub octets: Octets,
}

/// The key under which a history's next values are sealed, made now where there is none. One
/// that begins has a new one: what was made for a record that never came to be may be
/// somebody else's.
pub(crate) fn key_for(
    keys: &dyn SubjectKeys,
    (stream, person): (&StreamId, &PersonId),
    begins: bool,
) -> Result<Numbered, Error> {
    let made = keys.of(stream).map_err(Error::SubjectKeys)?;
    let number = u32::try_from(made.len()).unwrap_or(u32::MAX);
    if let (Some(Some(last)), false) = (made.last(), begins) {
        return Ok((number, Arc::clone(last)));
    }
    let fresh = Arc::new(SubjectKey::fresh()?);
    let number = number.saturating_add(1);
    keys.put(stream, number, person, &fresh)
        .map_err(Error::SubjectKeys)?;
    Ok((number, fresh))
}

/// Seals what is personal in an entry, and sets it apart from what is serialised then; nothing
/// where nothing is. [`put_back`] ends that.
pub(crate) fn set_apart(entry: &mut Entry, (number, key): &Numbered) -> Result<(), Error> {
    let mut values = Map::new();
    let mut failure = None;
    entry.personal(&mut |name, slot| match slot.set_apart() {
        None => {}
        Some(Ok(value)) => {
            values.insert(name.to_owned(), value);
        }
        Some(Err(source)) => failure = Some(source),
    });
    let seq = entry.seq;
    let bad_record = |source| Error::BadRecord { seq, source };
    if let Some(source) = failure {
        return Err(bad_record(source));
    }
    if values.is_empty() {
        return Ok(());
    }
    let text = Zeroizing::new(serde_json::to_vec(&Value::Object(values)).map_err(bad_record)?);
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(Error::Random)?;
    let payload = Payload {
        msg: &text,
        aad: &associated(entry, *number),
    };
    let sealed = key.cipher.encrypt(&nonce.into(), payload);
    let sealed = sealed.map_err(|_| Error::Seal { seq })?;
    entry.sealed = Some(Sealed {
        key: *number,
        octets: [&nonce[..], &sealed].concat().into(),
    });
    Ok(())
}

/// Everything in its place again, as whoever reads the record with its key has it.
pub(crate) fn put_back(entry: &mut Entry) {
    entry.personal(&mut |_, slot| slot.put_back());
    entry.sealed = None;
}

/// Opens what is sealed in an entry that was read.
pub(crate) fn open(entry: &mut Entry, keys: &dyn SubjectKeys) -> Result<(), Error> {
    let Some(sealed) = &entry.sealed else {
        return Ok(());
    };
    let (seq, number) = (entry.seq, sealed.key);
    let made = keys.of(&entry.stream).map_err(Error::SubjectKeys)?;
    let place = usize::try_from(number)
        .ok()
        .and_then(|it| it.checked_sub(1));
    let Some(key) = place.and_then(|place| made.get(place)) else {
        return Err(Error::NoSubjectKey {
            seq,
            stream: entry.stream.clone(),
            place: keys.place(),
        });
    };
    let Some(key) = key else {
        entry.personal(&mut |_, slot| slot.destroy());
        return Ok(());
    };
    let broken = || Error::Seal { seq };
    let (nonce, ciphertext) = sealed
        .octets
        .split_first_chunk::<NONCE>()
        .ok_or_else(broken)?;
    if ciphertext.len() < TAG {
        return Err(broken());
    }
    let payload = Payload {
        msg: ciphertext,
        aad: &associated(entry, number),
    };
    let text = key.cipher.decrypt(nonce.into(), payload);
    let text = Zeroizing::new(text.map_err(|_| broken())?);
    let bad_record = |source| Error::BadRecord { seq, source };
    let mut values: Map<String, Value> = serde_json::from_slice(&text).map_err(bad_record)?;
    let mut failure = None;
    entry.personal(&mut |name, slot| {
        if let Some(value) = values.remove(name)
            && let Err(source) = slot.open(value)
        {
            failure = Some(source);
        }
    });
    entry.sealed = None;
    match failure {
        // A name that this program does not know is a value that it would lose.
        None if values.is_empty() => Ok(()),
        None => Err(broken()),
        Some(source) => Err(bad_record(source)),
    }
}

fn associated(entry: &Entry, number: u32) -> Vec<u8> {
    let stream = entry.stream.to_string();
    let mut data = [DOMAIN, stream.as_bytes(), b"\0"].concat();
    data.extend_from_slice(&entry.version.to_be_bytes());
    data.extend_from_slice(&entry.seq.to_be_bytes());
    data.extend_from_slice(&number.to_be_bytes());
    data
}
