//! What an auditor can check without the store: that records are in a log, and that a log only
//! grew.

use super::{
    Checkpoint, CheckpointFault, Entry, SignedCheckpoint, VerifiedCheckpoint, link,
    tree::{Frontier, Hash, Roots, goes_on, growth_of, leaf, path_of, root_over},
};
use crate::{Error, Octets, Record, Store, StreamId};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, SeqAccess, Visitor},
};
use std::{collections::HashMap, fmt};

/// What the text of a proof says it is.
const CASE_FORMAT: &str = "gm-pki history proof 1";
const GROWTH_FORMAT: &str = "gm-pki growth proof 1";
/// Octets of the longest proof that is read.
const MAX_OCTETS: usize = 64 << 20;
/// Records read at a time.
const PAGE: usize = 10_000;
/// Digests of the longest path: no tree whose leaves can be counted is deeper.
const MAX_PATH: usize = 64;

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
    pub(crate) path: Path,
}

/// Digests beside a way to a root, the nearest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(Vec<Hash>);

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|hash| Octets::from(hash.to_vec())))
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Hashes).map(Self)
    }
}

/// Reads no more than there can be: a stranger's file is not believed for its length.
struct Hashes;

impl<'de> Visitor<'de> for Hashes {
    type Value = Vec<Hash>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MAX_PATH} digests")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Self::Value, A::Error> {
        let mut hashes = Vec::new();
        while let Some(octets) = all.next_element::<Octets>()? {
            if hashes.len() == MAX_PATH {
                return Err(A::Error::invalid_length(MAX_PATH + 1, &self));
            }
            let wrong = || A::Error::custom("a digest has 32 octets");
            hashes.push(hash(&octets).ok_or_else(wrong)?);
        }
        Ok(hashes)
    }
}

/// Each of these records, in their order in the log, with its way to the root of a checkpoint:
/// reads the digests of the whole log, and hands out nothing that does not show what it is to.
///
/// # Errors
/// [`Error::Store`]; [`Error::NotInLog`] when the log is shorter; [`Error::NotProved`] when it is
/// another one than the checkpoint's.
pub(crate) fn prove(
    store: &dyn Store,
    checkpoint: &Checkpoint,
    records: Vec<Record>,
) -> Result<Vec<Proved>, Error> {
    let size = checkpoint.head.seq;
    let path = |record: &Record| {
        let seq = record.seq;
        let place = seq.checked_sub(1).filter(|place| *place < size);
        let place = place.ok_or(Error::NotProved { seq, size })?;
        Ok(path_of(place, size))
    };
    let paths = records
        .iter()
        .map(path)
        .collect::<Result<Vec<_>, Error>>()?;
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
    let proved = records.into_iter().zip(paths).map(|(record, path)| {
        let seq = record.seq;
        let proved = Proved {
            previous: previous[&seq].to_vec().into(),
            octets: record.octets.into(),
            path: Path(path.iter().map(|range| roots[range]).collect()),
        };
        let is_proved = proved.shows(seq, checkpoint);
        is_proved
            .then_some(proved)
            .ok_or(Error::NotProved { seq, size })
    });
    proved.collect()
}

/// That the log of a later checkpoint begins with all of an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrowthProof {
    format: String,
    checkpoint: String,
    path: Path,
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
    #[error("number {nth} of its records can't be read")]
    Record {
        /// Which of them, from 1: its place in the log is not known.
        nth: usize,
        /// Why not.
        source: serde_json::Error,
    },
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
    /// no such history before it; [`Error::NotProved`] when it is not the checkpoint's.
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
            records: prove(store, checkpoint.unverified(), records)?,
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
        for (nth, proved) in (1..).zip(&self.records) {
            let entry = proved.entry();
            let entry = entry.map_err(|source| ProofFault::Record { nth, source })?;
            if !proved.shows(entry.seq, &checkpoint) {
                return Err(ProofFault::NotInLog { seq: entry.seq });
            }
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
    /// What the record says. Its place is its own word: the path shows whether it is true.
    pub(crate) fn entry(&self) -> serde_json::Result<Entry> {
        serde_json::from_slice(&self.octets)
    }

    /// Whether the record is at this place in the log of the checkpoint.
    pub(crate) fn shows(&self, seq: u64, checkpoint: &Checkpoint) -> bool {
        let (Some(place), Some(previous)) = (seq.checked_sub(1), hash(&self.previous)) else {
            return false;
        };
        let own = leaf(&link(&previous, &self.octets));
        let root = root_over(place, checkpoint.head.seq, &own, &self.path.0);
        root == Some(checkpoint.root)
    }
}

impl GrowthProof {
    /// Proves that the log of `later` begins with the first `old_size` records, one at least:
    /// reads the digests of the whole log.
    ///
    /// # Errors
    /// [`Error::NoGrowth`] when there is nothing to prove: of no records, or of more than the
    /// later log has; [`Error::Store`]; [`Error::NotInLog`] when the log is shorter than the
    /// checkpoint, [`Error::TailLost`] when it is not the checkpoint's.
    pub fn make(store: &dyn Store, old_size: u64, later: &SignedCheckpoint) -> Result<Self, Error> {
        let Checkpoint { head, root, .. } = later.unverified();
        let size = head.seq;
        if old_size == 0 || old_size > size {
            return Err(Error::NoGrowth { old_size, size });
        }
        let mut roots = Roots::of(growth_of(old_size, size));
        let (mut frontier, mut old_root) = (Frontier::default(), [0; 32]);
        each_digest(store, size, |seq, digest| {
            let leaf = leaf(digest);
            roots.see(seq - 1, leaf);
            frontier.push(leaf);
            if seq == old_size {
                old_root = frontier.root();
            }
        })?;
        let path = roots.finish().ok_or(Error::NotInLog { size })?;
        // What is handed out shows what it is to.
        if !goes_on((old_size, &old_root), (size, root), &path) {
            return Err(Error::TailLost { size });
        }
        Ok(Self {
            format: GROWTH_FORMAT.to_owned(),
            checkpoint: later.text().to_owned(),
            path: Path(path),
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
        let good = goes_on((old_size, &earlier.root), (size, &later.root), &self.path.0);
        good.then_some(later)
            .ok_or(ProofFault::NotGrown { old_size, size })
    }
}

/// The chain's digest after each of the first `size` records.
///
/// # Errors
/// [`Error::Store`]; [`Error::NotInLog`] when there are fewer.
fn each_digest(store: &dyn Store, size: u64, mut see: impl FnMut(u64, &Hash)) -> Result<(), Error> {
    let mut seq = 0;
    while seq < size {
        let page = store.digests(seq, PAGE)?;
        if page.is_empty() {
            return Err(Error::NotInLog { size });
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

fn hash(octets: &Octets) -> Option<Hash> {
    octets[..].try_into().ok()
}
