//! The one error of this crate.

/// What went wrong. Primitives say nothing; formats say where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A primitive refused: a bad signature, a ciphertext that does not open, a
    /// scalar out of range. It tells no more, so that nobody can ask it questions.
    #[error("cryptographic operation failed")]
    Crypto,

    /// A structure is not the DER it should be.
    #[error("malformed {what}")]
    Malformed {
        /// The structure, in the standard's name.
        what: &'static str,
        /// Kind and offset.
        source: der::Error,
    },

    /// A structure is good DER and still not what its standard allows.
    #[error("{what}: {reason}")]
    Invalid {
        /// The structure, in the standard's name.
        what: &'static str,
        /// The rule that it breaks.
        reason: &'static str,
    },

    /// A structure that is read as a stream is not what it should be.
    #[error("malformed {what} at octet {offset}: {reason}")]
    Encoding {
        /// The structure, in the standard's name.
        what: &'static str,
        /// Octets from the beginning of the input to the tag or length in question.
        offset: u64,
        /// The rule of X.690 that it breaks.
        reason: &'static str,
    },

    /// More octets, elements or levels than are read here.
    #[error("{what} has more than {limit} {unit}")]
    TooLarge {
        /// The structure, in the standard's name.
        what: &'static str,
        /// The most that is read.
        limit: u64,
        /// What is counted: octets, elements, levels.
        unit: &'static str,
    },

    /// Reading or writing a stream failed.
    #[cfg(feature = "std")]
    #[error("{what}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },

    /// A self-test failed: this process gives out nothing more.
    #[error("a self-test failed, no output is given")]
    SelfTest,

    /// No block between `BEGIN` and `END` with a label that is wanted here.
    #[error("no PEM block {expected:?} found")]
    NoPemBlock {
        /// The labels that would have done.
        expected: &'static [&'static str],
    },

    /// The random source failed.
    #[error("random source failed")]
    Random,

    /// An algorithm or parameter that this version does not speak.
    #[error("{what} uses {oid}, which is not supported here")]
    Unsupported {
        /// Where it stands.
        what: &'static str,
        /// Its identifier.
        oid: der::asn1::ObjectIdentifier,
    },

    /// A user ID longer than ENTL can count (16 bits, in bits: 8191 octets).
    #[error("user ID of {length} octets is longer than 8191")]
    UserIdTooLong {
        /// Its length in octets.
        length: usize,
    },

    /// Decrypting a key file gave no key: the password is wrong, or the file is damaged.
    #[error("wrong password, or the key file is damaged")]
    WrongPassword,
}

/// A result with this crate's [`Error`].
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    /// Wraps a DER error with the name of the structure.
    #[cfg(any(feature = "pki", feature = "message"))]
    pub(crate) fn malformed(what: &'static str) -> impl Fn(der::Error) -> Self {
        move |source| Self::Malformed { what, source }
    }
}
