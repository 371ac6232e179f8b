//! What an auditor can check without the store: that records are in a log, and that a log only
//! grew.

use super::{
    Checkpoint, CheckpointFault, Entry, SignedCheckpoint, VerifiedCheckpoint, link,
    tree::{Hash, Roots, goes_on, growth_of, leaf, path_of, root_over},
};
use crate::{Error, Octets, Record, Store, StoreError, StreamId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What the text of a proof says it is.
const CASE_FORMAT: &str = "gm-pki history proof 1";
const GROWTH_FORMAT: &str = "gm-pki growth proof 1";
/// Octets of the longest proof that is read.
const MAX_OCTETS: usize = 64 << 20;
/// Records read at a time.
const PAGE: usize = 10_000;

/// The records of one aggregate, each with what shows that it is in the log of a checkpoint.
///
/// It shows what happened, when and by whom, and that nothing before the last of these records
/// was left out: they are numbered. It can't show that nothing happened afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryProof {
    format: String,
    checkpoint: String,
    records: Vec<Proved>,
}

/// One record and its way to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proved {
    /// The chain's digest before it.
    pub(crate) previous: Octets,
    pub(crate) octets: Octets,
    /// Digests beside its way to the root, the nearest first.
    pub(crate) path: Vec<Octets>,
}

/// Each of these records, in their order in the log, with its way to the root of the first
/// `size`: reads the digests of the whole log.
///
/// # Errors
/// [`Error::Store`]; [`Error::NotInLog`] when the log is shorter.
pub(crate) fn prove(
    store: &dyn Store,
    size: u64,
    records: Vec<Record>,
) -> Result<Vec<Proved>, Error> {
    let paths: Vec<_> = records
        .iter()
        .map(|one| path_of(one.seq - 1, size))
        .collect();
    // Records that lie near each other have most of their way in common.
    let mut ranges: Vec<_> = paths.iter().flatten().cloned().collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.dedup();
    let mut roots = Roots::of(ranges.iter().cloned());
    let mut previous: HashMap<u64, Hash> =
        records.iter().map(|record| (record.seq, [0; 32])).collect();
    each_digest(store, size, |seq, digest| {
        roots.see(seq - 1, leaf(digest));
        if let Some(previous) = previous.get_mut(&(seq + 1)) {
            *previous = *digest;
        }
    })?;
    let roots = roots.finish().ok_or(Error::NotInLog { size })?;
    let roots: HashMap<_, _> = ranges.into_iter().zip(roots).collect();
    let proved = records.into_iter().zip(paths).map(|(record, path)| Proved {
        previous: previous[&record.seq].to_vec().into(),
        octets: record.octets.into(),
        path: path.iter().map(|range| octets(roots[range])).collect(),
    });
    Ok(proved.collect())
}

/// That the log of a later checkpoint begins with all of an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrowthProof {
    format: String,
    checkpoint: String,
    path: Vec<Octets>,
}

/// Why a proof shows nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofFault {
    /// The text is no proof.
    #[error("it is no proof")]
    Unreadable(#[source] serde_json::Error),
    /// It is a text of another kind or version, or too long.
    #[error("it is {found:?}, or too long")]
    OtherFormat {
        /// What it says it is.
        found: String,
    },
    /// Its checkpoint is not believed.
    #[error("its checkpoint is not believed")]
    Checkpoint(#[from] CheckpointFault),
    /// A record can't be read.
    #[error("one of its records can't be read")]
    Record(#[source] Box<Error>),
    /// A record is not in the log of the checkpoint.
    #[error("record {seq} is not in the log of the checkpoint")]
    NotInLog {
        /// The place that it claims.
        seq: u64,
    },
    /// Records of several histories, or one left out.
    #[error("record {seq} does not follow the one before it in the history of {stream}")]
    Gap {
        /// The record's place.
        seq: u64,
        /// The history.
        stream: StreamId,
    },
    /// There is no record in it.
    #[error("it has no records")]
    Empty,
    /// The later log does not begin with the earlier one.
    #[error("the log of {size} records does not begin with the log of {old_size}")]
    NotGrown {
        /// Records of the earlier checkpoint.
        old_size: u64,
        /// Records of the later one.
        size: u64,
    },
}

impl HistoryProof {
    /// Proves the history of `stream` as far as the checkpoint goes: reads the digests of the
    /// whole log.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::NotInLog`] when the log is shorter than the checkpoint, or has
    /// no such history before it.
    pub fn make(
        store: &dyn Store,
        checkpoint: &SignedCheckpoint,
        stream: &StreamId,
    ) -> Result<Self, Error> {
        let size = checkpoint.unverified().head.seq;
        let mut records = store.stream(stream)?;
        records.retain(|record| record.seq <= size);
        if records.is_empty() {
            return Err(Error::NotInLog { size });
        }
        Ok(Self {
            format: CASE_FORMAT.to_owned(),
            checkpoint: checkpoint.text().to_owned(),
            records: prove(store, size, records)?,
        })
    }

    /// Reads one, from JSON.
    ///
    /// # Errors
    /// [`ProofFault::Unreadable`], [`ProofFault::OtherFormat`]; more than 64 MiB are not read.
    pub fn from_json(text: &[u8]) -> Result<Self, ProofFault> {
        let read: Self = read(text)?;
        of_format(&read.format, CASE_FORMAT)?;
        Ok(read)
    }

    /// Its text, JSON.
    pub fn to_json(&self) -> String {
        to_json(self)
    }

    /// The checkpoint that it rests on, not verified yet.
    ///
    /// # Errors
    /// [`ProofFault::Checkpoint`] when it is none.
    pub fn checkpoint(&self) -> Result<SignedCheckpoint, ProofFault> {
        Ok(SignedCheckpoint::parse(&self.checkpoint)?)
    }

    /// The checkpoint that it rests on, and the history that it shows: signed by the log of
    /// this name with this key, a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`ProofFault`], all but those of reading.
    pub fn verify(
        &self,
        origin: &str,
        public_key: &[u8],
    ) -> Result<(VerifiedCheckpoint, Vec<Entry>), ProofFault> {
        let checkpoint = self.checkpoint()?.verify(origin, public_key)?;
        let mut entries: Vec<Entry> = Vec::new();
        for proved in &self.records {
            let entry = proved.verify(&checkpoint)?;
            let follows = match entries.last() {
                None => entry.version == 1,
                Some(last) => {
                    entry.stream == last.stream
                        && last.version.checked_add(1) == Some(entry.version)
                        && last.seq < entry.seq
                }
            };
            if !follows {
                let (seq, stream) = (entry.seq, entry.stream);
                return Err(ProofFault::Gap { seq, stream });
            }
            entries.push(entry);
        }
        if entries.is_empty() {
            return Err(ProofFault::Empty);
        }
        Ok((checkpoint, entries))
    }
}

impl Proved {
    /// What the record says, where it is in the log of the checkpoint.
    pub(crate) fn verify(&self, checkpoint: &Checkpoint) -> Result<Entry, ProofFault> {
        // Its place is its own word: the path shows whether it is true.
        let entry: Entry = serde_json::from_slice(&self.octets)
            .map_err(|source| ProofFault::Record(Box::new(Error::BadRecord { seq: 0, source })))?;
        let seq = entry.seq;
        let not_in_log = ProofFault::NotInLog { seq };
        let (Some(previous), Some(path)) = (hash(&self.previous), hashes(&self.path)) else {
            return Err(not_in_log);
        };
        let own = leaf(&link(&previous, &self.octets));
        let place = seq.checked_sub(1);
        let root = place.and_then(|place| root_over(place, checkpoint.head.seq, &own, &path));
        if root == Some(checkpoint.root) {
            Ok(entry)
        } else {
            Err(not_in_log)
        }
    }
}

impl GrowthProof {
    /// Proves that the log of `later` begins with the first `old_size` records, one at least:
    /// reads the digests of the whole log.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::NotInLog`] when the log is shorter than the checkpoint.
    pub fn make(store: &dyn Store, old_size: u64, later: &SignedCheckpoint) -> Result<Self, Error> {
        let size = later.unverified().head.seq;
        let mut roots = Roots::of(growth_of(old_size, size));
        each_digest(store, size, |seq, digest| roots.see(seq - 1, leaf(digest)))?;
        let path = roots.finish().ok_or(Error::NotInLog { size })?;
        Ok(Self {
            format: GROWTH_FORMAT.to_owned(),
            checkpoint: later.text().to_owned(),
            path: path.into_iter().map(octets).collect(),
        })
    }

    /// Reads one, from JSON.
    ///
    /// # Errors
    /// As [`HistoryProof::from_json`].
    pub fn from_json(text: &[u8]) -> Result<Self, ProofFault> {
        let read: Self = read(text)?;
        of_format(&read.format, GROWTH_FORMAT)?;
        Ok(read)
    }

    /// Its text, JSON.
    pub fn to_json(&self) -> String {
        to_json(self)
    }

    /// The later checkpoint, if its log begins with the whole log of `earlier`; both are
    /// signed by the log of this name with this key.
    ///
    /// # Errors
    /// [`ProofFault::Checkpoint`], [`ProofFault::NotGrown`].
    pub fn verify(
        &self,
        earlier: &SignedCheckpoint,
        origin: &str,
        public_key: &[u8],
    ) -> Result<VerifiedCheckpoint, ProofFault> {
        let earlier = earlier.verify(origin, public_key)?;
        let later = SignedCheckpoint::parse(&self.checkpoint)?;
        let later = later.verify(origin, public_key)?;
        let (old_size, size) = (earlier.head.seq, later.head.seq);
        let path = hashes(&self.path);
        let good =
            path.is_some_and(|path| goes_on((old_size, &earlier.root), (size, &later.root), &path));
        good.then_some(later)
            .ok_or(ProofFault::NotGrown { old_size, size })
    }
}

/// The chain's digest after each of the first `size` records.
fn each_digest(
    store: &dyn Store,
    size: u64,
    mut see: impl FnMut(u64, &Hash),
) -> Result<(), StoreError> {
    let mut seq = 0;
    while seq < size {
        let page = store.digests(seq, PAGE)?;
        if page.is_empty() {
            return Ok(());
        }
        for digest in page {
            seq += 1;
            if seq <= size {
                see(seq, &digest);
            }
        }
    }
    Ok(())
}

fn read<T: for<'de> Deserialize<'de>>(text: &[u8]) -> Result<T, ProofFault> {
    if text.len() > MAX_OCTETS {
        let found = format!("{} octets", text.len());
        return Err(ProofFault::OtherFormat { found });
    }
    serde_json::from_slice(text).map_err(ProofFault::Unreadable)
}

fn of_format(found: &str, wanted: &str) -> Result<(), ProofFault> {
    if found == wanted {
        return Ok(());
    }
    let found = found.to_owned();
    Err(ProofFault::OtherFormat { found })
}

fn to_json(proof: &impl Serialize) -> String {
    serde_json::to_string_pretty(proof).expect("strings and lists of them have a text")
}

fn octets(hash: Hash) -> Octets {
    hash.to_vec().into()
}

fn hash(octets: &Octets) -> Option<Hash> {
    octets[..].try_into().ok()
}

fn hashes(octets: &[Octets]) -> Option<Vec<Hash>> {
    octets.iter().map(hash).collect()
}
