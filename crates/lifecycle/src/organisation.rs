//! An organisation with its agents and its list of applicants (S1-01 to S1-04).

use crate::{PersonId, terms::Kind};
use der::DateTime;

/// An organisation as its history made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Its name as its papers have it.
    pub name: String,
}

impl State {
    /// Whether an agent has the authority to bring such cases at this time (S1-03, S1-04).
    pub fn authorises(&self, _agent: &PersonId, _kind: Kind, _at: DateTime) -> bool {
        false
    }

    /// Whether a person is on its list of applicants at this time (S1-01).
    pub fn lists(&self, _applicant: &PersonId, _at: DateTime) -> bool {
        false
    }
}
