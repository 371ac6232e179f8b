//! Who acts, in which seat, and the rule that one person holds one seat.

use crate::{Ground, PersonId, Refusal, terms::Seat};
use serde::{Deserialize, Serialize};

/// A person in a seat, for one act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Actor {
    /// The person; the same under every login.
    pub person: PersonId,
    /// The seat for this act.
    pub seat: Seat,
}

impl Actor {
    /// A person in a seat.
    pub fn new(person: PersonId, seat: Seat) -> Self {
        Self { person, seat }
    }

    /// The engine.
    pub(crate) fn system() -> Self {
        Self {
            person: PersonId::new("system").expect("six lower-case letters"),
            seat: Seat::System,
        }
    }

    /// The act belongs to one of `seats`, as `requirements` have it.
    pub(crate) fn sits_in(&self, seats: &[Seat], requirements: &[&str]) -> Result<(), Refusal> {
        if seats.contains(&self.seat) {
            Ok(())
        } else {
            Err(Ground::Seat { seat: self.seat }.refuse(requirements))
        }
    }

    /// Four eyes: this person is none of `earlier`, who sat in the seat named
    /// beside them (S1-12, X-01, matrix 1.2; compared by person, so a
    /// second login does not help).
    pub(crate) fn differs_from(&self, earlier: &[(&PersonId, Seat)]) -> Result<(), Refusal> {
        match earlier.iter().find(|(person, _)| **person == self.person) {
            None => Ok(()),
            Some((_, seat)) => Err(Ground::SamePerson {
                person: self.person.clone(),
                held: *seat,
                wanted: self.seat,
            }
            .refuse(&["S1-12", "X-01"])),
        }
    }
}
