//! The ledger of checks: what is sure, by whom, with what evidence.

use super::paper::Form;
use crate::{Evidence, PersonId, Personal, octets::seconds, rules::Requirement, terms::Check};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where a check stands. One that is not in the ledger is pending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Outcome {
    /// It holds.
    Passed {
        /// Who says so.
        by: PersonId,
        /// When.
        #[serde(with = "seconds")]
        at: DateTime,
        /// What stays as proof.
        evidence: Vec<Evidence>,
        /// The fields of the form that it rests on, by the rules that it was recorded under:
        /// another value in one of them, and it is to be made again. None: the form as a whole,
        /// and every version of it is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rests_on: Option<BTreeSet<String>>,
    },
    /// It does not.
    Failed {
        /// Who says so.
        by: PersonId,
        /// Why.
        reason: Personal<String>,
    },
    /// The rule set does without it here.
    Waived {
        /// By this requirement.
        by: Requirement,
    },
    /// It held once, for too short a time or for what was since changed.
    Expired,
}

/// The checks of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger(pub(crate) BTreeMap<Check, Outcome>);

impl Ledger {
    /// Where a check stands; none while nobody looked.
    pub fn outcome(&self, check: Check) -> Option<&Outcome> {
        self.0.get(&check)
    }

    /// Whether it passed, or is done without.
    pub fn holds(&self, check: Check) -> bool {
        matches!(
            self.0.get(&check),
            Some(Outcome::Passed { .. } | Outcome::Waived { .. })
        )
    }

    /// Expires what passed and rests on what another version of the form changes: all of it
    /// where there was no form before.
    pub(super) fn expire(&mut self, before: Option<&Form>, now: &Form) {
        for outcome in self.0.values_mut() {
            let Outcome::Passed { rests_on, .. } = outcome else {
                continue;
            };
            let is_same = |field: &String| match (&now.changed, before) {
                (Some(changed), _) => !changed.contains(field),
                (None, Some(before)) => before.value(field) == now.value(field),
                (None, None) => false,
            };
            let holds = before.is_some()
                && rests_on
                    .as_ref()
                    .is_some_and(|fields| fields.iter().all(is_same));
            if !holds {
                *outcome = Outcome::Expired;
            }
        }
    }

    /// All that somebody looked at, in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = (Check, &Outcome)> {
        self.0.iter().map(|(check, outcome)| (*check, outcome))
    }
}
