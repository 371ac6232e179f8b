//! What can go wrong: a rule said no, or something outside failed.

use crate::{
    AuthorityId, CaseId, CheckpointFault, Ground, IdempotencyKey, Serial, StreamId,
    rules::Requirement,
};
use std::path::PathBuf;

/// A rule said no. The store is as it was; the same command can be given again
/// when the reason is gone.
///
/// What a requirement forbids is [`Ruled`](Self::Ruled). The others follow from no requirement:
/// they name what is not there, is there already, or is not in order at the operator's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The authority exists already.
    #[error("authority {id} exists already")]
    AuthorityExists {
        /// Its name.
        id: AuthorityId,
    },

    /// No application, authority or certificate of that name.
    #[error("{stream} does not exist")]
    Unknown {
        /// What was asked for.
        stream: StreamId,
    },

    /// The engine was given no profile of that name.
    #[error("there is no profile {name:?}")]
    NoSuchProfile {
        /// The name.
        name: String,
    },

    /// A rule of certificate business says no.
    #[error("{ground}{}", named(.requirements))]
    Ruled {
        /// Why.
        ground: Box<Ground>,
        /// The requirements that the rule follows from.
        requirements: Vec<Requirement>,
    },

    /// A result arrived for an intent that is not open any more.
    #[error("no open intent for serial {serial}")]
    NoIntent {
        /// The serial number of the result.
        serial: Serial,
    },

    /// Time would run backwards: a CRL would be older than the last one.
    #[error("the clock stands before the last act; correct it first")]
    TimeRunsBackwards,

    /// Somebody sent another command under this key before, or another person did.
    #[error("the idempotency key {key} was used for something else")]
    KeyUsed {
        /// The key.
        key: IdempotencyKey,
    },
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule said no.
    #[error("refused")]
    Refused(#[from] Refusal),

    /// The store failed; what was not acknowledged is not there.
    #[error("the store failed")]
    Store(#[from] StoreError),

    /// A key or its device failed.
    #[error("the key {label} failed")]
    Key {
        /// The key's label.
        label: String,
        /// What the token said.
        source: hsm::Error,
    },

    /// The token holds another key under the label than the certificate says.
    #[error("the key {label} in the token is not the one of its certificate")]
    WrongKey {
        /// The key's label.
        label: String,
    },

    /// The store says that something waits, the state says nothing does.
    #[error("{0} waits for nothing, and the store's index says it does")]
    NothingDue(StreamId),

    /// The key-management centre failed.
    #[error("the key centre gave no encryption key for {case}")]
    KeyCentre {
        /// The case that waits.
        case: CaseId,
        /// What it said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A result could not be published; it stays durable and will be tried again.
    #[error("{name} could not be published")]
    Publish {
        /// What was to be published.
        name: String,
        /// Why not.
        source: std::io::Error,
    },

    /// A notice could not be told; it stays in the outbox and will be tried again.
    #[error("the notice {key} could not be told")]
    Notify {
        /// Its key.
        key: String,
        /// Why not.
        source: std::io::Error,
    },

    /// Certificate, CRL or OCSP octets could not be made or read.
    #[error("a certificate, CRL or OCSP structure is unusable")]
    Profile(#[from] cert_profile::Error),

    /// A record of the store is not what its format says.
    #[error("record {seq} can't be read")]
    BadRecord {
        /// Its number.
        seq: u64,
        /// Why not.
        source: serde_json::Error,
    },

    /// The keys of subjects could not be read, kept or destroyed.
    #[error("the keys of subjects failed")]
    SubjectKeys(#[source] StoreError),

    /// The personal values of a record are sealed, and nobody here has the key, nor is it known
    /// to be destroyed: the keys that belong to this store are not here.
    #[error(
        "record {seq} of {stream} has personal values under a key that is not in {place}: the keys that belong to this store are elsewhere"
    )]
    NoSubjectKey {
        /// The record's number.
        seq: u64,
        /// Its history.
        stream: StreamId,
        /// Where keys were looked for.
        place: String,
    },

    /// What is sealed in a record can't be opened with its own key: it was changed, or belongs
    /// into another record. Or it could not be sealed.
    #[error("the personal values of record {seq} don't open under the key of its history")]
    Seal {
        /// The record's number.
        seq: u64,
    },

    /// A checkpoint is of more records than the log has, or the log has not what was asked for
    /// before it.
    #[error("the log does not go as far as {size} records, or has no such history in them")]
    NotInLog {
        /// Records of the checkpoint.
        size: u64,
    },

    /// No growth can be proved between these: one has no record, or the later one has fewer.
    #[error("a log of {size} records did not grow from one of {old_size}")]
    NoGrowth {
        /// Records of the earlier checkpoint.
        old_size: u64,
        /// Records of the later one.
        size: u64,
    },

    /// What would show that a record is in a checkpoint's log does not show it: the store has
    /// other records than the checkpoint was made of.
    #[error("record {seq} is not in the log of the checkpoint over {size} records")]
    NotProved {
        /// Its place.
        seq: u64,
        /// Records of the checkpoint.
        size: u64,
    },

    /// The log is shorter than a checkpoint says, or another: records were lost or changed.
    /// Nothing is done over such a store.
    #[error(
        "the log is not the one of the checkpoint over {size} records: its tail was lost, or it was changed"
    )]
    TailLost {
        /// Records of the checkpoint.
        size: u64,
    },

    /// A checkpoint is not believed.
    #[error("the checkpoint is not believed")]
    Checkpoint(#[from] CheckpointFault),

    /// Octets that the store kept are not the DER they were.
    #[error("the store kept octets that can't be read")]
    Damaged(#[source] der::Error),

    /// An identifier with characters or a length that it can't have.
    #[error("{found:?} can not name a {what}")]
    BadIdentifier {
        /// What it should name.
        what: &'static str,
        /// What was given.
        found: String,
    },

    /// The random source failed.
    #[error("the random source failed")]
    Random(#[source] getrandom::Error),
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the store open.
    #[error("{path} is in use by another process")]
    Locked {
        /// The file.
        path: PathBuf,
    },

    /// The file is not a store of ours, or of a version we don't know.
    #[error("{path} is not a store of this program: {found}")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What was found instead.
        found: &'static str,
    },

    /// The file can't be written. For reading alone, too, SQLite must be able to
    /// make an index of the write-ahead log beside it.
    #[error("{path} can't be used: it or its folder can't be written by this user")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },

    /// There is no such file.
    #[error("{path} does not exist")]
    Missing {
        /// The file.
        path: PathBuf,
    },

    /// A file is there already, in whose place nothing is put.
    #[error("{path} exists already, and nothing is put in its place")]
    Exists {
        /// The file.
        path: PathBuf,
    },

    /// The file could not be made.
    #[error("{path} could not be made")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },

    /// The database refused.
    #[error("{path}: {during}")]
    Database {
        /// The file.
        path: PathBuf,
        /// The step that failed.
        during: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },

    /// A database server refused, or can't be reached. What was to be written is not there.
    #[error("{database}: {during}")]
    Server {
        /// The server and the database, without secrets.
        database: String,
        /// The step that failed.
        during: &'static str,
        /// What the server or its client said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The connection was lost while a batch was committed, and the server could not be asked
    /// afterwards: the batch is there, or it is not.
    #[error("{database}: the connection was lost; it is not known whether the batch was written")]
    OutcomeUnknown {
        /// The server and the database, without secrets.
        database: String,
        /// Why it could not be asked.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A setting of a store that nobody can work with.
    #[error("{what} of {value:?} is none: it takes {least:?} to {most:?}")]
    OutOfRange {
        /// Which setting.
        what: &'static str,
        /// What was asked for.
        value: std::time::Duration,
        /// The least that it may be.
        least: std::time::Duration,
        /// The most.
        most: std::time::Duration,
    },

    /// A database that no store can be kept in, or that holds something else.
    #[error("{database} is not a database for a store of this program: {found}")]
    Unfit {
        /// The server and the database, without secrets.
        database: String,
        /// What was found.
        found: String,
    },

    /// Somebody wrote in between, or a unique name was taken.
    #[error("the store has moved on: {what}")]
    Conflict {
        /// What is not as expected.
        what: &'static str,
    },

    /// The write that carried this and other commands failed: of none of them is anything
    /// known to be written.
    #[error("the write that carried it with others failed")]
    Group(#[source] std::sync::Arc<Self>),

    /// Injected by a test double, or an adapter's own fault.
    #[error("{0}")]
    Other(&'static str),
}

/// ` (S1-07, X-01)`, or nothing.
fn named(requirements: &[Requirement]) -> String {
    if requirements.is_empty() {
        return String::new();
    }
    let names: Vec<_> = requirements.iter().map(Requirement::as_str).collect();
    format!(" ({})", names.join(", "))
}

#[cfg(test)]
impl Refusal {
    /// The code, with the requirements behind it: `seat (S1-14)`.
    pub(crate) fn coded(&self) -> String {
        match self {
            Self::Ruled {
                ground,
                requirements,
            } => format!("{}{}", ground.code(), named(requirements)),
            other => crate::words::Coded::code(other).to_owned(),
        }
    }
}

#[cfg(test)]
impl Error {
    /// The same of a refusal.
    pub(crate) fn coded(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.coded(),
            other => panic!("{other}"),
        }
    }
}
