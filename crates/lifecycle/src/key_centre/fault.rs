//! What can go wrong between a CA and a key-management centre, and inside one.

use super::recovery::Refusal;
use crate::{Error, StoreError};
use std::io;

/// Why no key was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The octets are not the DER of such a message.
    #[error("it is no message of the key-management protocol")]
    Malformed(#[source] der::Error),

    /// The message is DER and says what such a message can't say.
    #[error("the message can't be meant: {0}")]
    Meaningless(&'static str),

    /// The message is longer than any that is read.
    #[error("the message has more than {limit} octets")]
    TooLong {
        /// Octets that are read.
        limit: usize,
    },

    /// The other side hung up before its message was whole.
    #[error("the connection ended after {octets} octets, before the message was whole")]
    Truncated {
        /// Octets that had come.
        octets: usize,
    },

    /// The other side hung up without an answer: a centre does so to whom it does not know.
    #[error("the connection ended without an answer")]
    NoAnswer,

    /// The other side could not be reached, or the connection broke.
    #[error("the connection failed")]
    Connection(#[source] io::Error),

    /// The other side was too slow.
    #[error("the other side did not answer in time")]
    TimedOut,

    /// The key that should have signed did not sign these octets.
    #[error("the signature of the message is not the one of {0}")]
    NotSigned(&'static str),

    /// The message is of somebody else.
    #[error("the message is signed for a party that is not known here")]
    Stranger,

    /// An answer to another request.
    #[error("the answer is to another request: {0}")]
    OtherRequest(&'static str),

    /// The answer's envelope is of another key than the answer says.
    #[error("the envelope is of another key than the answer says")]
    OtherKey,

    /// The time of the message is far from ours.
    #[error("the message is of another time: {seconds} seconds away")]
    OtherTime {
        /// How far, in seconds.
        seconds: u64,
    },

    /// The centre said no.
    #[error("the key centre refused with error {number}: {said}")]
    Failed {
        /// `errNo`.
        number: i64,
        /// `errDesc`, or nothing.
        said: String,
    },

    /// The centre delivers the private key in a form that can't be handed on as it is.
    #[error(
        "the key centre delivers the key as SignedAndEnvelopedData, and an SM2EnvelopedKey is wanted"
    )]
    OtherDelivery,

    /// The signing or the archive's key failed.
    #[error("the key failed")]
    Key(#[source] hsm::Error),

    /// A cryptographic operation failed.
    #[error("cryptography failed")]
    Crypto(#[source] gm_crypto::Error),

    /// The archive failed; what was not acknowledged is not there.
    #[error("the archive failed")]
    Archive(#[from] StoreError),

    /// The archive is not what its own record says.
    #[error("the archive is damaged: {found}, at act {seq}")]
    Damaged {
        /// What is not as recorded.
        found: &'static str,
        /// Place of the act that shows it; 0 when none does.
        seq: u64,
    },

    /// The archive has another key than the one that was given.
    #[error("the key given is not the one of {0}")]
    WrongKey(&'static str),

    /// The archive is founded already, or a name or a number is taken.
    #[error("{0} is there already")]
    Exists(&'static str),

    /// There is no such key.
    #[error("the archive has no such key")]
    NoSuchKey,

    /// A name that two custodians would have, or a threshold that they can't reach.
    #[error("{threshold} of {custodians} custodians can't be: {reason}")]
    BadCustodians {
        /// How many must approve.
        threshold: usize,
        /// How many there are.
        custodians: usize,
        /// Why not.
        reason: &'static str,
    },

    /// The rules of recovery say no.
    #[error("the recovery is refused")]
    Refused(#[from] Refusal),

    /// Something that the engine's own types refuse.
    #[error("a name or a number can't be")]
    Identifier(#[source] Box<Error>),

    /// The random source failed.
    #[error("the random source failed")]
    Random,

    /// What was to answer panicked: a defect here, or in a device's driver.
    #[error("answering broke off in a panic")]
    Panicked,
}

impl From<gm_crypto::Error> for Fault {
    fn from(source: gm_crypto::Error) -> Self {
        Self::Crypto(source)
    }
}

impl From<hsm::Error> for Fault {
    fn from(source: hsm::Error) -> Self {
        Self::Key(source)
    }
}

impl From<Error> for Fault {
    fn from(source: Error) -> Self {
        match source {
            Error::Store(source) => Self::Archive(source),
            source => Self::Identifier(Box::new(source)),
        }
    }
}
