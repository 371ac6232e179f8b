//! The one error of this crate.

use der::{DateTime, asn1::ObjectIdentifier};

/// A result with this crate's [`Error`].
pub type Result<T> = core::result::Result<T, Error>;

/// What went wrong in reading, writing, verifying or updating.
///
/// The verdict of a path search is its own type, [`crate::path::PathError`]. Each
/// variant belongs to one [`Error::code`], which scripts and monitors compare.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A structure is not the DER it should be.
    #[error("malformed {what}")]
    Malformed {
        /// The structure, in the standard's name.
        what: &'static str,
        /// Kind and offset.
        source: der::Error,
    },

    /// A signed structure does not split into its three parts, or a message is
    /// not the signed data it should be.
    #[error("unreadable {what}")]
    Unreadable {
        /// The structure.
        what: &'static str,
        /// What gm-crypto says.
        source: gm_crypto::Error,
    },

    /// A structure is well formed and breaks a rule of its standard.
    #[error("{what}: {rule} ({clause})")]
    Forbidden {
        /// The structure.
        what: &'static str,
        /// The rule that it breaks.
        rule: &'static str,
        /// Where the rule stands.
        clause: &'static str,
    },

    /// An extension stands twice in one structure.
    #[error("{what} has extension {oid} twice (RFC 5280, 4.2)")]
    DuplicateExtension {
        /// The structure.
        what: &'static str,
        /// The extension.
        oid: ObjectIdentifier,
    },

    /// More of something than is read.
    #[error("{what}: {count} is more than {limit}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many are read at most.
        limit: usize,
    },

    /// The list is not the JSON of ETSI TS 119 602 that this crate reads.
    #[error("the list's JSON is not as ETSI TS 119 602 and this crate have it")]
    Json {
        /// Position and cause; names a duplicate or unknown member.
        source: serde_json::Error,
    },

    /// A value inside a list breaks a rule.
    #[error("{member} of the list: {rule}")]
    Value {
        /// The member, in the schema's name.
        member: &'static str,
        /// The rule that it breaks.
        rule: &'static str,
    },

    /// Two entries have one key.
    #[error("the list has two entries for {entry}")]
    DuplicateEntry {
        /// Jurisdiction, legal name and class.
        entry: String,
    },

    /// A decision about an entry that is not there.
    #[error("the list has no entry for {entry}")]
    NoSuchEntry {
        /// Jurisdiction, legal name and class.
        entry: String,
    },

    /// The signer that the caller trusts did not sign these octets.
    #[error("the list is not signed by the pinned signer")]
    Signer {
        /// What gm-crypto says.
        source: gm_crypto::Error,
    },

    /// The pinned signer's certificate can't sign lists at this time.
    #[error("the pinned signer's certificate {rule}")]
    SignerUnfit {
        /// What is wrong with it.
        rule: &'static str,
    },

    /// The list is older than its promise.
    #[error("the list should have been replaced by {next_update}, now it is {at}")]
    Stale {
        /// End of the list's life.
        next_update: DateTime,
        /// The time asked about.
        at: DateTime,
    },

    /// The list's own times can't be right.
    #[error("the list is issued {issued}, to be replaced by {next_update}: {rule}")]
    Time {
        /// When it was issued.
        issued: DateTime,
        /// End of its life.
        next_update: DateTime,
        /// The rule that they break.
        rule: &'static str,
    },

    /// An older list than the one already accepted.
    #[error("sequence number {offered} is below {held}, which is already accepted")]
    Rollback {
        /// The number already accepted.
        held: u64,
        /// The number offered.
        offered: u64,
    },

    /// Two lists with one sequence number: the publisher says two things.
    #[error("two different lists have sequence number {sequence}")]
    Fork {
        /// That number.
        sequence: u64,
    },

    /// The list does not name the one before it, which is at hand.
    #[error("list {sequence} does not carry the digest of the list before it")]
    BrokenChain {
        /// The number of the later list.
        sequence: u64,
    },

    /// Something that an accepted list said about the past is gone or changed.
    #[error("history of {entry} was rewritten: {rule}")]
    HistoryRewritten {
        /// Jurisdiction, legal name and class.
        entry: String,
        /// The rule that the later list breaks.
        rule: &'static str,
    },

    /// A list of somebody else.
    #[error("the lists come from different publishers")]
    OtherPublisher,

    /// Two names that a person takes for one another, or one that is made to look like
    /// another.
    #[error("{}", lookalike(name, other.as_deref()))]
    LookAlike {
        /// The name.
        name: String,
        /// The one it looks like; none where it mixes alphabets.
        other: Option<String>,
    },

    /// Signed by somebody who was not announced, or by too few.
    #[error("the list is signed by {signed} of the signers that count, {rule}")]
    Signers {
        /// How many of those that count signed.
        signed: usize,
        /// What is missing.
        rule: &'static str,
    },

    /// The first list came, and nobody said who signs it.
    #[error("no signer is pinned, and the first list is not trusted on its own word")]
    NoPin,

    /// A question before the first list.
    #[error("no list has been accepted yet")]
    NoList,

    /// Lists between the accepted one and this one are missing.
    #[error("lists {} to {} are missing", held + 1, offered - 1)]
    Gap {
        /// The number already accepted.
        held: u64,
        /// The number offered.
        offered: u64,
    },

    /// The mirror of the other side's list is not what it should be.
    #[error("the mirror of list {sequence} of {publisher} {rule}")]
    Mirror {
        /// Whose list it is.
        publisher: String,
        /// Its number.
        sequence: u64,
        /// What is wrong.
        rule: &'static str,
    },

    /// What a client remembers can't be read or kept.
    #[error("state of the client: {rule}")]
    State {
        /// What is wrong.
        rule: &'static str,
        /// What the system or the reader says.
        source: Option<std::io::Error>,
    },

    /// A list can't be published.
    #[error("{path} can't be published")]
    Publication {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },

    /// A time-stamping authority gave no token.
    #[error("the time-stamping authority refused{}", refused(*status, *failure, text.as_deref()))]
    TimeStampRejected {
        /// `PKIStatus`: 2 rejection, 3 waiting, 4 and 5 a revocation (RFC 3161, 2.4.2); 0 and
        /// 1 where the token is missing.
        status: u8,
        /// The word of `PKIFailureInfo`, such as `badAlg`.
        failure: Option<&'static str>,
        /// What it says beside it.
        text: Option<String>,
    },

    /// No XML of ETSI TS 119 612.
    #[error("line {line} of the XML: {rule}")]
    Xml {
        /// Where, counted from 1.
        line: usize,
        /// The rule that it breaks.
        rule: &'static str,
        /// What the reader says.
        source: Option<quick_xml::Error>,
    },
}

impl Error {
    /// A short fixed word for the kind of refusal: `FORMAT`, `LIMIT`, `SIGNER`,
    /// `STALE`, `TIME`, `ROLLBACK`, `FORK`, `GAP`, `BROKEN_CHAIN`, `HISTORY_REWRITTEN`,
    /// `PUBLISHER`, `LOOKALIKE`, `NO_ENTRY`, `NO_LIST`, `NO_PIN`, `MIRROR_STALE`, `STATE`, `PUBLICATION` or `TSA_REJECTED`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. }
            | Self::Unreadable { .. }
            | Self::Forbidden { .. }
            | Self::DuplicateExtension { .. }
            | Self::Json { .. }
            | Self::Value { .. }
            | Self::Xml { .. }
            | Self::DuplicateEntry { .. } => "FORMAT",
            Self::Limit { .. } => "LIMIT",
            Self::Signer { .. } | Self::SignerUnfit { .. } | Self::Signers { .. } => "SIGNER",
            Self::Stale { .. } => "STALE",
            Self::Time { .. } => "TIME",
            Self::Rollback { .. } => "ROLLBACK",
            Self::Fork { .. } => "FORK",
            Self::BrokenChain { .. } => "BROKEN_CHAIN",
            Self::HistoryRewritten { .. } => "HISTORY_REWRITTEN",
            Self::OtherPublisher => "PUBLISHER",
            Self::LookAlike { .. } => "LOOKALIKE",
            Self::NoSuchEntry { .. } => "NO_ENTRY",
            Self::NoPin => "NO_PIN",
            Self::NoList => "NO_LIST",
            Self::Gap { .. } => "GAP",
            Self::Mirror { .. } => "MIRROR_STALE",
            Self::State { .. } => "STATE",
            Self::Publication { .. } => "PUBLICATION",
            Self::TimeStampRejected { .. } => "TSA_REJECTED",
        }
    }

    /// Wraps a DER error with the name of the structure.
    pub(crate) fn malformed(what: &'static str) -> impl Fn(der::Error) -> Self {
        move |source| Self::Malformed { what, source }
    }

    /// Refuses more than `limit` of something.
    pub(crate) fn cap(what: &'static str, count: usize, limit: usize) -> Result<()> {
        if count > limit {
            return Err(Self::Limit { what, count, limit });
        }
        Ok(())
    }
}

fn refused(status: u8, failure: Option<&str>, text: Option<&str>) -> String {
    let mut words = format!(", status {status}");
    if let Some(failure) = failure {
        words = format!("{words}, {failure}");
    }
    match text {
        Some(text) => format!("{words}: {text:?}"),
        None => words,
    }
}

fn lookalike(name: &str, other: Option<&str>) -> String {
    match other {
        Some(other) => format!("{name:?} looks like {other:?} and is another name"),
        None => format!("{name:?} mixes letters of alphabets that look alike"),
    }
}
