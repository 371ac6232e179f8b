//! A27, A28 and the freeze that can't wait: taken back, given up, paid back, done at once.

use super::{Case, of_kind, sound, words};
use crate::{
    Error, Evidence, Ground, Seat,
    case::{Event, Step, payment::Payment, state::DeadlineName},
    terms::{EvidenceKind, Stage},
};

impl Case<'_> {
    pub(super) fn withdraw(&self) -> Result<Vec<Event>, Error> {
        self.by_customer(Step::Withdrawn)?;
        Ok(vec![Event::Withdrawn])
    }

    pub(super) fn lapse(&self) -> Result<Vec<Event>, Error> {
        let step = Step::Lapsed;
        self.in_seat(&[Seat::System], step)?;
        let running = self.state.deadlines.get(&DeadlineName::Lapse);
        if running.is_some_and(|one| self.is_over(one.at)) {
            return Ok(vec![Event::Lapsed]);
        }
        let rule = &self.context.rules.values().lapse_days;
        Err(Ground::NotDue.under(step.basis(), &rule.basis))
    }

    pub(super) fn request_refund(&self) -> Result<Vec<Event>, Error> {
        let step = Step::RefundRequested;
        self.by_customer(step)?;
        if self.state.payment == Payment::None {
            return Err(Ground::NothingPaid.by(step.basis()));
        }
        Ok(vec![Event::RefundRequested])
    }

    pub(super) fn record_refund(&self, fen: u64, receipt: Evidence) -> Result<Vec<Event>, Error> {
        let step = Step::Refunded;
        self.in_seat(&[Seat::Cashier], step)?;
        of_kind(&receipt, EvidenceKind::PaymentReceipt, step)?;
        if fen == 0 {
            let what = "the amount";
            return Err(Ground::Missing { what }.by(&["S2-26", "X-13"]));
        }
        Ok(vec![Event::Refunded { fen, receipt }])
    }

    /// A lost token can't wait for a second person: he comes later (S2-32).
    pub(super) fn execute_at_once(&self, identification: Evidence) -> Result<Vec<Event>, Error> {
        let step = Step::ExecutedAtOnce;
        self.by_customer(step)?;
        let rule = self.process.at_once.as_ref();
        if !rule.is_some_and(|rule| rule.value) {
            let basis = rule.map_or(&[][..], |rule| &rule.basis);
            let kind = self.state.opening.kind;
            return Err(Ground::NotOfThisKind { kind, step }.under(step.basis(), basis));
        }
        match self.actor.seat {
            // An authority is who its order says.
            Seat::Official => of_kind(&identification, EvidenceKind::OfficialOrder, step)?,
            _ => sound(&identification)?,
        }
        self.still_about()?;
        self.gate(Stage::Submission)?;
        let days = self.context.rules.values().prompt_working_days.value;
        Ok(vec![Event::ExecutedAtOnce {
            identification,
            ratify_by: self.working_days(days, "X-08")?,
        }])
    }

    /// The second person looks at what a first one would have been shown, afterwards.
    pub(super) fn ratify(&self) -> Result<Vec<Event>, Error> {
        self.in_seat(&[Seat::Approver], Step::Ratified)?;
        self.gate(Stage::Approval)?;
        Ok(vec![Event::Ratified])
    }

    pub(super) fn refuse_ratification(&self, reason: String) -> Result<Vec<Event>, Error> {
        let step = Step::RatificationRefused;
        self.in_seat(&[Seat::Approver], step)?;
        words("a refusal", &reason, step)?;
        Ok(vec![Event::RatificationRefused {
            reason: reason.into(),
        }])
    }
}
