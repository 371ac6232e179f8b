//! The log: every event of every stream, in one order, chained by SM3; what it was at one
//! moment, signed; and what shows a part of it to somebody who has not the rest.

mod checkpoint;
pub(crate) mod note;
mod packed;
mod proof;
mod tree;

pub use checkpoint::{Checkpoint, CheckpointFault, SignedCheckpoint, VerifiedCheckpoint};
pub use proof::{GrowthProof, HistoryProof, ProofFault};

pub(crate) use checkpoint::is_origin;
pub(crate) use packed::{Damaged, Room, pack, unpack};
pub(crate) use proof::{Path, Proved, prove};
pub(crate) use tree::{Frontier, leaf};

use crate::{
    Actor, Error, IdempotencyKey, Personal, Sealed, StreamId, authority, case, certificate,
    cessation, erasure, key,
    octets::{Octets, seconds},
    organisation,
    personal::{Slot, Visit},
    ports::SubjectKeys,
    proceeding, roster,
    subject::{self, Numbered},
    token,
};
use der::DateTime;
use gm_crypto::sm3;
use serde::{Deserialize, Serialize};
use sm3::digest::Digest;

/// Separates a chain link from every other use of SM3.
const LINK: u8 = 0x01;

/// An event of one of the aggregates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// Of a case.
    Case(case::Event),
    /// Of an authority.
    Authority(authority::Event),
    /// Of a certificate.
    Certificate(certificate::Event),
    /// Of an entry of the roster.
    Person(roster::Event),
    /// Of an organisation.
    Organisation(organisation::Event),
    /// Of a token.
    Token(token::Event),
    /// Of the end of an authority's service.
    Cessation(cessation::Event),
    /// Of a key that is known to be bad.
    Key(key::Event),
    /// Of the erasure of a person's values.
    Erasure(erasure::Event),
    /// Of a case about an institution.
    Proceeding(proceeding::Event),
}

impl Event {
    /// The event in one word, as reports show it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Case(event) => event.name(),
            Self::Authority(event) => event.name(),
            Self::Certificate(event) => event.name(),
            Self::Person(event) => event.name(),
            Self::Organisation(event) => event.name(),
            Self::Token(event) => event.name(),
            Self::Cessation(event) => event.name(),
            Self::Key(event) => event.name(),
            Self::Erasure(event) => event.name(),
            Self::Proceeding(event) => event.name(),
        }
    }
}

/// What a record says: an event with its place, time and actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Entry {
    /// Place in the log: 1, 2, 3, …
    pub seq: u64,
    /// The aggregate.
    pub stream: StreamId,
    /// Place in the aggregate's own history: 1, 2, 3, …
    pub version: u64,
    /// When it was decided.
    #[serde(with = "seconds")]
    pub at: DateTime,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    pub event: Event,
    /// What it came of, if that came under a key; all records of one command have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<Submitted>,
    /// What is personal in it, where it is not open: those values are not known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

impl Entry {
    /// Each value of a natural person in it. The digest of the command is one where it is over
    /// such values.
    pub(crate) fn personal(&mut self, visit: Visit<'_>) {
        let mut any = false;
        let mut noted = |name: &str, slot: &mut dyn Slot| {
            any = true;
            visit(name, slot);
        };
        match &mut self.event {
            Event::Case(event) => event.personal(&mut noted),
            Event::Person(event) => event.personal(&mut noted),
            // Organisations, and persons by their identifiers alone.
            Event::Authority(_)
            | Event::Certificate(_)
            | Event::Organisation(_)
            | Event::Token(_)
            | Event::Cessation(_)
            | Event::Key(_)
            | Event::Erasure(_)
            | Event::Proceeding(_) => {}
        }
        if let (true, Some(submitted)) = (any, &mut self.submitted) {
            visit("submission", &mut submitted.digest);
        }
    }
}

/// A command that came under a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Submitted {
    /// The key.
    pub key: IdempotencyKey,
    /// SM3 of who gave it in which seat, and of the command, both as JSON: 32 octets. Another
    /// command under the same key has another. Sealed with what is personal in the command's
    /// first record; its records in other histories then do without.
    pub digest: Personal<Octets>,
}

impl Submitted {
    /// Whether a record with this is one of the command that comes again as `given`: a later one
    /// of it may do without the digest.
    pub(crate) fn continues(&self, given: &Self, is_later: bool) -> bool {
        let same = self.digest.same(&given.digest);
        self.key == given.key && same.unwrap_or(is_later)
    }
}

/// The end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// Place of the last record; 0 for an empty log.
    pub seq: u64,
    /// Its digest; 32 zero octets for an empty log.
    pub digest: [u8; 32],
}

impl Head {
    /// The head of an empty log.
    pub const EMPTY: Self = Self {
        seq: 0,
        digest: [0; 32],
    };

    /// The head that a store read back.
    pub fn new(seq: u64, digest: [u8; 32]) -> Self {
        Self { seq, digest }
    }
}

/// A record: the octets of an [`Entry`] (JSON, UTF-8) and
/// h(n) = SM3(0x01 ‖ h(n−1) ‖ octets). The octets are kept as they were written
/// and never made again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Place in the log.
    pub seq: u64,
    /// The aggregate.
    pub stream: StreamId,
    /// Place in the aggregate's history.
    pub version: u64,
    /// The entry's octets.
    pub octets: Vec<u8>,
    /// The chain's digest after this record.
    pub digest: [u8; 32],
}

impl Record {
    /// A record that a store read back; [`crate::audit`] says whether it is genuine.
    pub fn from_stored(
        seq: u64,
        stream: StreamId,
        version: u64,
        octets: Vec<u8>,
        digest: [u8; 32],
    ) -> Self {
        Self {
            seq,
            stream,
            version,
            octets,
            digest,
        }
    }

    /// Writes `entry` down as the record after `previous`; what is personal in it sealed under
    /// `key`, where there is one.
    pub(crate) fn chain(
        previous: &Head,
        entry: &mut Entry,
        key: Option<&Numbered>,
    ) -> Result<Self, Error> {
        let apart = key.map_or(Ok(()), |key| subject::set_apart(entry, key));
        let octets = apart.and_then(|()| {
            serde_json::to_vec(entry).map_err(|source| Error::BadRecord {
                seq: entry.seq,
                source,
            })
        });
        subject::put_back(entry);
        let octets = octets?;
        Ok(Self {
            seq: entry.seq,
            stream: entry.stream.clone(),
            version: entry.version,
            digest: link(&previous.digest, &octets),
            octets,
        })
    }

    /// The head when this record is the last.
    pub fn head(&self) -> Head {
        Head {
            seq: self.seq,
            digest: self.digest,
        }
    }

    /// Reads the entry; what is sealed in it stays so.
    ///
    /// # Errors
    /// [`Error::BadRecord`] when the octets are not an entry.
    pub fn entry(&self) -> Result<Entry, Error> {
        serde_json::from_slice(&self.octets).map_err(|source| Error::BadRecord {
            seq: self.seq,
            source,
        })
    }

    /// Reads the entry with what is sealed in it. Values whose key was destroyed are
    /// [destroyed](Personal::is_destroyed).
    ///
    /// # Errors
    /// As [`Self::entry`]; [`Error::NoSubjectKey`] when the key is not among these and was not
    /// destroyed, [`Error::Seal`] when what is sealed was changed or moved.
    pub fn open(&self, keys: &dyn SubjectKeys) -> Result<Entry, Error> {
        let mut entry = self.entry()?;
        subject::open(&mut entry, keys)?;
        Ok(entry)
    }
}

/// h(n) from h(n−1) and the octets of record n.
pub(crate) fn link(previous: &[u8; 32], octets: &[u8]) -> [u8; 32] {
    sm3::Sm3::new()
        .chain_update([LINK])
        .chain_update(previous)
        .chain_update(octets)
        .finalize()
        .into()
}
