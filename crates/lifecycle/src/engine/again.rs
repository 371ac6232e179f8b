//! What was decided while another node wrote is decided again.

use super::{Command, Engine};
use crate::{Actor, Entry, Error, StoreError};

/// Decisions on one command at most. Each that was overtaken was so by a write that succeeded:
/// nodes can't keep each other from going on, and one node comes through in some of these.
const DECISIONS: usize = 100;

impl Engine {
    /// Carries a command out, on what was so in one moment: where the log grew in between, what
    /// was read before and after may not fit together, and neither a batch nor a refusal of
    /// that stands.
    pub(super) fn carry_out(
        &mut self,
        actor: &Actor,
        command: Command,
    ) -> Result<Vec<Entry>, Error> {
        for _ in 1..DECISIONS {
            let before = self.ports.store.head()?;
            let answer = self.carry_out_once(actor, command.clone());
            let was_overtaken = match &answer {
                Err(Error::Store(StoreError::Conflict { .. }) | Error::Refused(_)) => {
                    self.ports.store.head()? != before
                }
                _ => false,
            };
            if !was_overtaken {
                return answer;
            }
        }
        self.carry_out_once(actor, command)
    }
}
