//! Several rule sets and versions together.

use super::{Date, RuleSet, RuleSetId, SHIPPED};
use der::DateTime;

/// The rule sets that an operator works by: of each name as many versions as there were, of
/// which one at most counts on a day.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    /// By name, and of a name by the first day.
    sets: Vec<RuleSet>,
}

/// Why rule sets don't go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleBookError {
    /// Two sets have the same name and version.
    #[error("the rules {id} are there twice")]
    Twice {
        /// Name and version.
        id: RuleSetId,
    },
    /// Two versions count on the same day.
    #[error("the rules {earlier} still count when {later} begin, on {from}")]
    Overlap {
        /// The one that begins earlier, or as early.
        earlier: RuleSetId,
        /// The other.
        later: RuleSetId,
        /// Its first day.
        from: Date,
    },
}

impl RuleBook {
    /// A book of these sets.
    ///
    /// # Errors
    /// [`RuleBookError`]: which version a case is judged by must be one at any time (0.2).
    pub fn new(sets: impl IntoIterator<Item = RuleSet>) -> Result<Self, RuleBookError> {
        let mut sets: Vec<_> = sets.into_iter().collect();
        sets.sort_by(|one, other| {
            let key = |set: &RuleSet| (set.name.clone(), set.from.value, set.version);
            key(one).cmp(&key(other))
        });
        for (index, set) in sets.iter().enumerate() {
            let id = set.id();
            if sets.iter().take(index).any(|other| other.id() == id) {
                return Err(RuleBookError::Twice { id });
            }
        }
        for (one, next) in sets.iter().zip(sets.iter().skip(1)) {
            let from = next.from.value;
            let over = one.until.as_ref().is_some_and(|until| until.value <= from);
            if one.name == next.name && !over {
                return Err(RuleBookError::Overlap {
                    earlier: one.id(),
                    later: next.id(),
                    from,
                });
            }
        }
        Ok(Self { sets })
    }

    /// The sets that come with the library.
    pub fn shipped() -> Self {
        let sets = SHIPPED
            .iter()
            .filter_map(|(name, _)| RuleSet::shipped(name));
        Self::new(sets).expect("a test puts them together")
    }

    /// The version of this name that counts at this time.
    pub fn in_force(&self, name: &str, at: DateTime) -> Option<&RuleSet> {
        let mut sets = self.sets.iter();
        sets.find(|set| set.name == name && set.in_force(at))
    }

    /// This very version, whether it counts or not: a case keeps the one that it began with.
    pub fn get(&self, id: &RuleSetId) -> Option<&RuleSet> {
        let mut sets = self.sets.iter();
        sets.find(|set| set.name == id.name && set.version == id.version)
    }

    /// All of them, by name and first day.
    pub fn iter(&self) -> impl Iterator<Item = &RuleSet> {
        self.sets.iter()
    }
}
