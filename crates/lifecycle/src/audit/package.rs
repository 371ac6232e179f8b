//! Histories for an inspector: one archive that shows itself, without the store.
//!
//! A package is a tar archive (POSIX `ustar`) of one case or any other history, with the
//! histories that belong to it. Its files, in the order of their names:
//!
//! | file | what it is |
//! |---|---|
//! | `COVER.txt` | what it is about, who made it for whom and when, SM3 of `MANIFEST.json`; signed by whoever made it |
//! | `MANIFEST.json` | every other file: name, size, SM3 |
//! | `checkpoint.txt` | the log's signed checkpoint that all proofs rest on |
//! | `evidence/SM3` | papers that the records name by their digests, as far as they were at hand |
//! | `proofs/N.json` | what shows that record N is in the log: the chain's digest before it, and the way to the root |
//! | `records/N.json` | the octets of record N, as they were hashed |
//! | `timeline.en.txt`, `timeline.zh.txt` | what happened, for people |
//!
//! A certificate is kept in two records: the `TBSCertificate` with the algorithm in the one of
//! its intent, the signature in the one that says that it was issued. [`verify`] puts them
//! together, and looks at the signature where the record with the issuer's own certificate is in
//! the package too (take the issuer's history along).
//!
//! There is one archive for one content: plain files without owners and times, and nothing
//! between, behind or beside them. [`verify`] reads it front to back, keeps no evidence in
//! memory, and says of every file what is wrong with it.
//!
//! What is sealed in a record stays sealed; papers are in clear, and so are older records and the
//! names in certificates.

mod archive;
mod cover;
mod examine;
mod export;
mod issued;
mod manifest;
mod timeline;

pub use cover::Cover;
pub use examine::verify;
pub use export::{Export, ExportFault};

use crate::{
    AuthorityId, CheckpointFault, Entry, Evidence, Serial, StreamId, VerifiedCheckpoint,
    field::plain, log::Path, octets::Octets,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io;

const COVER: &str = "COVER.txt";
const MANIFEST: &str = "MANIFEST.json";
/// What a finding names that is about no file.
const END: &str = "(end of the archive)";

/// Whom a package is believed from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Believed<'a> {
    /// The log's name; none for whichever the package says.
    pub log: Option<&'a str>,
    /// The key that signs the log's checkpoints: a `SubjectPublicKeyInfo` in DER.
    pub log_key: &'a [u8],
    /// The key that signed the cover, alike.
    pub cover_key: &'a [u8],
}

impl<'a> Believed<'a> {
    /// The two keys; of any log.
    pub fn new(log_key: &'a [u8], cover_key: &'a [u8]) -> Self {
        Self {
            log: None,
            log_key,
            cover_key,
        }
    }
}

/// A package in which nothing is wrong.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Package {
    /// What it is about, who made it, and for whom.
    pub cover: Cover,
    /// What the log was when it was made.
    pub checkpoint: VerifiedCheckpoint,
    /// What the records say, in the log's order; what is sealed in them stays so.
    pub entries: Vec<Entry>,
    /// The evidence that they name.
    pub pieces: Vec<Piece>,
    /// The certificates that the records say were issued.
    pub certificates: Vec<IssuedCertificate>,
    /// Whether the timelines are those that this program writes of the records. Where they are
    /// not, another version may have put it in other words; or they tell something else.
    pub timelines_agree: bool,
    /// How many files it has, cover and manifest among them.
    pub files: usize,
}

/// A certificate that a record says was issued: what was intended, with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedCertificate {
    /// The record's place in the log.
    pub seq: u64,
    /// Whose key signed.
    pub issuer: AuthorityId,
    /// Its serial number.
    pub serial: Serial,
    /// Its DER.
    pub certificate: Vec<u8>,
    /// Whether the issuer's own certificate is among the records, and its key signed this one.
    pub is_verified: bool,
}

/// A piece of evidence of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece {
    /// The record's place in the log.
    pub seq: u64,
    /// What it is.
    pub evidence: Evidence,
    /// Whether its octets are in the package.
    pub is_enclosed: bool,
}

/// Why a package shows nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageFault {
    /// It can't be read.
    #[error("it can't be read")]
    Io(#[from] io::Error),
    /// Files are not what they should be: one at least, in the archive's order.
    #[error("{}", told(.0))]
    Wrong(Vec<Finding>),
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {fault}")]
#[non_exhaustive]
pub struct Finding {
    /// Its name in the archive; characters that are not seen are escaped.
    pub file: String,
    /// What is wrong.
    pub fault: FileFault,
}

/// What can be wrong with a file of a package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileFault {
    /// The archive has it not.
    #[error("is missing")]
    Missing,
    /// The manifest has it not.
    #[error("was added: the manifest does not name it")]
    Added,
    /// It stands there again, or in another place.
    #[error("stands in another place, or twice")]
    Misplaced,
    /// Its header is not the one that a plain file of its name and size has.
    #[error("its header was changed, or it is no plain file")]
    Header,
    /// What fills its last block up is not zero.
    #[error("what fills its last block was changed")]
    Padding,
    /// The archive ends within it, or before its own end.
    #[error("the archive ends too early")]
    Truncated,
    /// The archive goes on behind its end.
    #[error("the archive goes on behind its end")]
    Trailing,
    /// It is larger than such files are.
    #[error("is too large")]
    TooLarge,
    /// Its octets have another digest.
    #[error("was changed: its SM3 is another one")]
    Digest,
    /// The key did not sign it.
    #[error("was changed, or another key signed it")]
    NotSigned,
    /// It can't be read as what it is.
    #[error("can't be read: {0}")]
    Unreadable(String),
    /// The checkpoint is not believed.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointFault),
    /// The cover tells of another log than the checkpoint.
    #[error("tells of another log than the checkpoint")]
    OtherLog,
    /// No record is of what the package is about.
    #[error("no record is of {about}")]
    NothingAbout {
        /// What it is about.
        about: StreamId,
    },
    /// The record is not in the log of the checkpoint.
    #[error("is not in the log of the checkpoint")]
    NotInLog,
    /// The chain does not go on from the record before it to this one.
    #[error("breaks the chain of records")]
    Chain,
    /// The record is of another place.
    #[error("is the record of another place")]
    OtherPlace,
    /// A record before it is missing.
    #[error("does not follow the record before it in the history of {stream}")]
    Gap {
        /// The history.
        stream: StreamId,
    },
    /// No record names this evidence.
    #[error("no record names it")]
    Unrelated,
    /// A certificate is not what was intended before, or its issuer did not sign it.
    #[error("its certificate was not intended so, or {issuer} did not sign it")]
    NotIssued {
        /// Whose key should have signed.
        issuer: AuthorityId,
    },
}

impl FileFault {
    /// What somebody else's file says of itself moves nothing where it is shown.
    fn unreadable(why: &str) -> Self {
        Self::Unreadable(plain(why))
    }

    /// A short word for it, the same from version to version.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Added => "added",
            Self::Misplaced => "misplaced",
            Self::Header => "header",
            Self::Padding => "padding",
            Self::Truncated => "truncated",
            Self::Trailing => "trailing",
            Self::TooLarge => "too-large",
            Self::Digest => "digest",
            Self::NotSigned => "not-signed",
            Self::Unreadable(_) => "unreadable",
            Self::Checkpoint(_) => "checkpoint",
            Self::OtherLog => "other-log",
            Self::NothingAbout { .. } => "nothing-about",
            Self::NotInLog => "not-in-log",
            Self::Chain => "chain",
            Self::OtherPlace => "other-place",
            Self::Gap { .. } => "gap",
            Self::Unrelated => "unrelated",
            Self::NotIssued { .. } => "not-issued",
        }
    }
}

fn told(findings: &[Finding]) -> String {
    let all: Vec<_> = findings.iter().map(ToString::to_string).collect();
    all.join("; ")
}

/// The way of a record to the root, as a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    previous: Octets,
    path: Path,
}

/// What a record says of digests: the evidence, and every other string of 32 octets.
#[derive(Default)]
struct Named {
    evidence: Vec<Evidence>,
    digests: Vec<[u8; 32]>,
}

impl Named {
    /// What the octets of an entry name.
    fn by(octets: &[u8]) -> serde_json::Result<Self> {
        let mut named = Self::default();
        named.gather(&serde_json::from_slice(octets)?);
        Ok(named)
    }

    fn gather(&mut self, value: &Value) {
        match value {
            // 32 octets in base64.
            Value::String(text) if text.len() == 44 => {
                let octets = Octets::deserialize(value);
                let digest = octets
                    .ok()
                    .and_then(|octets| <[u8; 32]>::try_from(&octets[..]).ok());
                self.digests.extend(digest);
            }
            Value::Array(all) => all.iter().for_each(|one| self.gather(one)),
            Value::Object(members) => {
                // Evidence is alike in every event, so new kinds of events need nothing here.
                if members.contains_key("reference") {
                    self.evidence.extend(Evidence::deserialize(value));
                }
                members.values().for_each(|one| self.gather(one));
            }
            _ => {}
        }
    }
}
