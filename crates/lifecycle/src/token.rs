//! The inventory of tokens (S1-14, S1-15).

use crate::CaseId;

/// One token as its history made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// What is written on it.
    pub label: Option<String>,
    /// Where it stands.
    pub status: Status,
}

/// Where a token stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Never used.
    Fresh,
    /// For this case.
    Bound(CaseId),
    /// With the certificates of this case in it.
    Written(CaseId),
    /// Put aside: what was read back was not what was written (S1-15).
    Quarantined,
    /// Lost, broken or destroyed.
    Retired,
}
