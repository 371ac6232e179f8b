//! What an examination finds.

use crate::{
    AuthorityId, CaseNumber, CheckpointFault, Error, IdempotencyKey, PersonId, StoreError, StreamId,
};

/// The first fault found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The store can't be read.
    #[error("the store can't be read")]
    Store(#[from] StoreError),

    /// A record is missing.
    #[error("record {expected} is missing, {found} stands in its place")]
    Missing {
        /// The place.
        expected: u64,
        /// What follows instead.
        found: u64,
    },

    /// A record or one before it was changed: the chain does not hold.
    #[error("the chain breaks at record {seq}: its octets or digest were changed")]
    ChainBroken {
        /// Its place.
        seq: u64,
    },

    /// A record's octets can't be read.
    #[error("record {seq} can't be read")]
    Unreadable {
        /// Its place.
        seq: u64,
        /// Why not.
        source: Box<Error>,
    },

    /// A record is filed elsewhere than its octets say.
    #[error("record {seq} is filed under another place than it states")]
    Misfiled {
        /// Its place.
        seq: u64,
    },

    /// An event that can't happen in its state.
    #[error("record {seq}: {event} can't happen to {stream} in its state")]
    Impossible {
        /// Its place.
        seq: u64,
        /// The aggregate.
        stream: StreamId,
        /// The event.
        event: &'static str,
    },

    /// Values that are to be kept are sealed under a key that is not there.
    #[error(
        "record {seq}: the key of {stream} is not among the keys of subjects, and was not erased"
    )]
    KeyMissing {
        /// The first record that needs it.
        seq: u64,
        /// The history.
        stream: StreamId,
    },

    /// A key that was destroyed is there again: from a copy, it seems.
    #[error("the key of {stream} was destroyed, and is among the keys of subjects again")]
    KeyNotDestroyed {
        /// The history.
        stream: StreamId,
    },

    /// A certificate or CRL without the intent that must stand before it, or
    /// with other content.
    #[error("record {seq}: {stream} was signed with other content than was intended")]
    NotIntended {
        /// Its place.
        seq: u64,
        /// The aggregate.
        stream: StreamId,
    },

    /// A certificate was changed without a decision for it, or for another one.
    #[error("record {seq}: {stream} was changed, and no decision says so")]
    NotDecided {
        /// Its place.
        seq: u64,
        /// The certificate.
        stream: StreamId,
    },

    /// A signature does not verify under its issuer.
    #[error("record {seq}: the signature does not verify under {issuer}")]
    BadSignature {
        /// Its place.
        seq: u64,
        /// The issuer.
        issuer: AuthorityId,
        /// What the verification said.
        source: gm_crypto::Error,
    },

    /// One person acted twice where two were required.
    #[error("record {seq}: {person} acted where a second person was required")]
    SamePerson {
        /// Its place.
        seq: u64,
        /// The person.
        person: PersonId,
    },

    /// A case number that is not the one after the last.
    #[error("record {seq}: the case has number {found}, and {expected} was next")]
    CaseNumber {
        /// Its place.
        seq: u64,
        /// The number in the record.
        found: CaseNumber,
        /// The number that was next.
        expected: CaseNumber,
    },

    /// A certificate's own history and the one of the case or authority
    /// that it was made for differ on whether it exists.
    #[error("{what} and the history of whom it was made for differ")]
    Unconnected {
        /// The certificate.
        what: StreamId,
    },

    /// The index of case numbers says other than the log.
    #[error("the last case number is {found} in the index and {expected} in the log")]
    CasesDiffer {
        /// The last number in the index.
        found: CaseNumber,
        /// The last number in the log.
        expected: CaseNumber,
    },

    /// The index has certificates that the log does not know.
    #[error("the index has {found} certificates, the log {expected}")]
    CertificatesDiffer {
        /// Rows of the index.
        found: u64,
        /// Certificates of the log.
        expected: u64,
    },

    /// The index has cases that the log does not know.
    #[error("the index has {found} cases, the log {expected}")]
    CaseRowsDiffer {
        /// Rows of the index.
        found: usize,
        /// Cases of the log.
        expected: usize,
    },

    /// One idempotency key stands over two commands, or the index of keys says other than the
    /// log.
    #[error("the key {key} is not where the log has it")]
    KeyDiffers {
        /// The key.
        key: IdempotencyKey,
    },

    /// A notice that the log says somebody is to be told is not in the outbox.
    #[error("the notice {key} is not in the outbox")]
    NoticeMissing {
        /// Its key.
        key: String,
    },

    /// An index says other than the log.
    #[error("the index of {what} differs from the log")]
    IndexDiffers {
        /// Which index.
        what: StreamId,
    },

    /// A checkpoint is of more records than there are: the tail of the log was lost.
    #[error("there was a log of {size} records, and there are {found}: its tail was lost")]
    TailLost {
        /// Records of the checkpoint.
        size: u64,
        /// Records of the log.
        found: u64,
    },

    /// A checkpoint was made of another log than this.
    #[error("the first {size} records are not those of the checkpoint over them")]
    CheckpointDiffers {
        /// Records of the checkpoint.
        size: u64,
    },

    /// The store's checkpoint is none, or no authority of the log signed it.
    #[error("the store's checkpoint over {size} records is not believed")]
    BadCheckpoint {
        /// Records that it is filed under.
        size: u64,
        /// Why not.
        source: CheckpointFault,
    },
}
