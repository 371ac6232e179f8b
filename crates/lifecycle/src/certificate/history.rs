//! Where a certificate stood at any time.

use super::{Event, State, Status, evolve};
use crate::{Actor, interval::Timeline};
use der::DateTime;

/// The past of one certificate, made from its records in order.
///
/// It stands beside [`State`], which decisions look at and which knows the present alone: what
/// a certificate was worth when something was signed with it is asked seldom, and then of all
/// its records. What is recorded later never changes the answer for an earlier time, not even
/// a revocation that is dated back to a freeze.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History(Timeline<State>);

impl History {
    /// Takes the next record: who did what, and when it was recorded.
    pub fn record(&mut self, actor: &Actor, event: &Event, at: DateTime) {
        if let Some(state) = evolve(self.0.last().cloned(), actor, event) {
            self.0.set(at, state);
        }
    }

    /// The state at a time; none before the first record.
    pub fn state_at(&self, time: DateTime) -> Option<&State> {
        self.0.at(time)
    }

    /// The status at a time of a certificate with this notAfter, its last second; none before
    /// the first record.
    pub fn status_at(&self, time: DateTime, not_after: DateTime) -> Option<Status> {
        Some(self.state_at(time)?.status().at(time, not_after))
    }
}
