//! What services outside say of a case: the mobile carrier, the bank, a test that a person is
//! there, the sender of short messages.

use super::{Command, Engine};
use crate::{Actor, CaseId, Entry, Error, Ground, PersonId, Seat, case};

impl Engine {
    /// Records what a service outside said of a case, in the seat of the system; `service` is
    /// its name, which the record shows. What it returns is durable.
    ///
    /// Whoever embeds the engine answers for it that the service said so: no person can take
    /// this seat by [`submit`](Self::submit).
    ///
    /// # Errors
    /// [`Ground::Seat`] for what no service answers; otherwise as for
    /// [`submit`](Self::submit).
    pub fn answer(
        &mut self,
        service: &PersonId,
        id: &CaseId,
        said: case::Command,
    ) -> Result<Vec<Entry>, Error> {
        use case::Command as Said;
        let is_answer = matches!(
            said,
            Said::RecordCheck { .. }
                | Said::ReportPayment { .. }
                | Said::SendDeposit { .. }
                | Said::SettleDeposit
                | Said::FailDeposit { .. }
                | Said::DeliverPin { .. }
        );
        let seat = Seat::System;
        if !is_answer {
            return Err(Ground::Seat { seat }.by(&["X-01"]));
        }
        let service = Actor::new(service.clone(), seat);
        self.carry_out(&service, Command::Case(id.clone(), said))
    }
}
