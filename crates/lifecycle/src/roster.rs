//! The roster of those who witness and handle (S0-15 to S0-19).

use crate::{NotQualified, Seat, rules::RosterRule};
use der::DateTime;

/// One person's entry, as its history made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {}

impl State {
    /// Whether the person may take a seat of the roster at this time.
    ///
    /// # Errors
    /// What is missing or barred.
    pub fn qualifies(
        &self,
        _seat: Seat,
        _rule: &RosterRule,
        _at: DateTime,
    ) -> Result<(), NotQualified> {
        Err(NotQualified::NotOnRoster)
    }
}
