//! What files a package has.

use super::FileFault;
use crate::{KeyId, words::Language};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const FORMAT: &str = "gm-pki package manifest 1";

/// Octets of the largest manifest.
pub(super) const MAX_MANIFEST: u64 = 16 << 20;
/// Octets of all files but the evidence, which are looked at in memory.
const MAX_IN_MEMORY: u64 = 256 << 20;

/// Every file of a package but cover and manifest, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: String,
    pub(super) files: Vec<Listed>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) size: u64,
    /// Written as names of keys are, which are SM3 too.
    sm3: KeyId,
}

/// What a file is, which its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Checkpoint,
    Evidence([u8; 32]),
    Proof(u64),
    Record(u64),
    Timeline(Language),
}

impl Kind {
    pub(super) fn name(self) -> String {
        match self {
            Self::Checkpoint => "checkpoint.txt".to_owned(),
            Self::Evidence(digest) => format!("evidence/{}", KeyId::from_digest(digest)),
            Self::Proof(seq) => format!("proofs/{seq:012}.json"),
            Self::Record(seq) => format!("records/{seq:012}.json"),
            Self::Timeline(language) => format!("timeline.{language}.txt"),
        }
    }

    /// What a name means, if it is spelt as it should be: no other name is in a package, so none
    /// leads out of a folder.
    pub(super) fn of(name: &str) -> Option<Self> {
        let number = |rest: &str| rest.strip_suffix(".json")?.parse().ok();
        let kind = if name == "checkpoint.txt" {
            Self::Checkpoint
        } else if let Some(digest) = name.strip_prefix("evidence/") {
            Self::Evidence(*KeyId::try_from(digest.to_owned()).ok()?.as_bytes())
        } else if let Some(rest) = name.strip_prefix("proofs/") {
            Self::Proof(number(rest)?)
        } else if let Some(rest) = name.strip_prefix("records/") {
            Self::Record(number(rest)?)
        } else {
            let language = name.strip_prefix("timeline.")?.strip_suffix(".txt")?;
            Self::Timeline(Language::parse(language)?)
        };
        (kind.name() == name).then_some(kind)
    }

    /// Octets of the largest file of the kind.
    pub(super) fn limit(self) -> u64 {
        match self {
            // What the octal digits of a header can say.
            Self::Evidence(_) => (8 << 30) - 1,
            Self::Checkpoint => 16 << 10,
            Self::Proof(_) => 64 << 10,
            Self::Record(_) => 16 << 20,
            Self::Timeline(_) => 64 << 20,
        }
    }
}

impl Listed {
    pub(super) fn new(kind: Kind, size: u64, digest: [u8; 32]) -> Self {
        Self {
            name: kind.name(),
            size,
            sm3: KeyId::from_digest(digest),
        }
    }

    pub(super) fn digest(&self) -> &[u8; 32] {
        self.sm3.as_bytes()
    }
}

impl Manifest {
    pub(super) fn new(mut files: Vec<Listed>) -> Self {
        files.sort_by(|one, other| one.name.cmp(&other.name));
        Self {
            format: FORMAT.to_owned(),
            files,
        }
    }

    pub(super) fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        json.expect("strings and numbers have a text") + "\n"
    }

    /// Reads one: that of a whole package, its files in order and of sizes that can be.
    pub(super) fn from_json(octets: &[u8]) -> Result<Self, FileFault> {
        let unreadable = |what: String| FileFault::unreadable(&what);
        let read: Self =
            serde_json::from_slice(octets).map_err(|source| unreadable(source.to_string()))?;
        if read.format != FORMAT {
            return Err(unreadable("it is of another format".into()));
        }
        if !read.files.is_sorted_by(|one, other| one.name < other.name) {
            return Err(unreadable("its files are not in order".into()));
        }
        let mut kinds = BTreeSet::new();
        let mut in_memory = 0_u64;
        for file in &read.files {
            let kind = Kind::of(&file.name);
            let kind = kind.ok_or_else(|| unreadable(format!("no package has {:?}", file.name)))?;
            if !matches!(kind, Kind::Evidence(_)) {
                in_memory = in_memory.saturating_add(file.size);
            }
            if file.size > kind.limit() || in_memory > MAX_IN_MEMORY {
                return Err(unreadable(format!("{} is too large", file.name)));
            }
            kinds.insert(kind);
        }
        let both = Language::ALL.iter().copied().map(Kind::Timeline);
        let always = [Kind::Checkpoint].into_iter().chain(both);
        // A record has its proof, and a proof its record.
        let pairs = kinds.iter().filter_map(|kind| match kind {
            Kind::Record(seq) => Some(Kind::Proof(*seq)),
            Kind::Proof(seq) => Some(Kind::Record(*seq)),
            _ => None,
        });
        if let Some(missing) = always.chain(pairs).find(|kind| !kinds.contains(kind)) {
            return Err(unreadable(format!("it does not name {}", missing.name())));
        }
        Ok(read)
    }
}
