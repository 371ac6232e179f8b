//! A21 to A26: into the token, out of the house, into the holder's hands.

use super::{Case, is_line, of_kind, sm3, words};
use crate::{
    Error, Evidence, Ground, Seat,
    case::{Event, Phase, Step, pair::Issued, state::DeadlineName},
    certificate::Status,
    rules::PinRule,
    terms::{Carrier, DeliveryMethod, EvidenceKind, PinChannel},
    token,
};

/// The field of a form that says how the customer wants it delivered, where a form has one
/// (S1-16): a word of [`DeliveryMethod`].
const DELIVERY: &str = "delivery";

impl Case<'_> {
    pub(super) fn personalise(
        &self,
        read_back: Evidence,
        work_record: Evidence,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::Personalised;
        self.in_seat(&[Seat::Approver], step)?;
        of_kind(&read_back, EvidenceKind::ReadBack, step)?;
        of_kind(&work_record, EvidenceKind::WorkRecord, step)?;
        if self.state.opening.carrier == Carrier::Hard {
            self.token_usable()?;
            self.is_what_was_issued(&read_back)?;
        }
        Ok(vec![Event::Personalised {
            read_back,
            work_record,
        }])
    }

    /// The token that was bound is still this case's (S1-15).
    fn token_usable(&self) -> Result<(), Error> {
        let Some(token) = &self.state.token else {
            return Ok(());
        };
        let status = match self.context.token {
            None => "not in the inventory",
            Some(found) => match &found.status {
                token::Status::Bound(case) | token::Status::Written(case) if case == self.id => {
                    return Ok(());
                }
                status => status.name(),
            },
        };
        let token = token.clone();
        Err(Ground::Token { token, status }.by(&["S1-14", "S1-15"]))
    }

    fn is_what_was_issued(&self, read_back: &Evidence) -> Result<(), Error> {
        let is_same = self.state.pair().is_some_and(|(signing, _): (&Issued, _)| {
            read_back.digest == sm3(&signing.certificate)
        });
        is_same
            .then_some(())
            .ok_or_else(|| Ground::ReadBack.by(&["S1-15"]))
    }

    pub(super) fn dispatch(
        &self,
        method: DeliveryMethod,
        packet: String,
        receipt: Evidence,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::Dispatched;
        self.in_seat(&[Seat::Approver], step)?;
        self.as_wanted(method)?;
        if !is_line(&packet) {
            let what = "the sealed packet's number";
            return Err(Ground::Missing { what }.by(step.basis()));
        }
        of_kind(&receipt, EvidenceKind::DeliveryReceipt, step)?;
        let values = self.context.rules.values();
        let after = |days| self.context.calendar.days(self.context.now, days);
        Ok(vec![Event::Dispatched {
            method,
            packet,
            receipt,
            confirm_by: after(values.confirmation_days.value),
            deemed_at: values.deemed_acceptance_days.value.map(after),
        }])
    }

    /// The process delivers so, and the form does not say otherwise.
    fn as_wanted(&self, method: DeliveryMethod) -> Result<(), Error> {
        let form = self.state.form.as_ref();
        let wanted = form.and_then(|form| form.value(DELIVERY));
        let wanted = wanted.and_then(DeliveryMethod::parse);
        let is_wanted = wanted.is_none_or(|wanted| wanted == method);
        if is_wanted && self.process.deliveries.contains(&method) {
            return Ok(());
        }
        let ground = Ground::Delivery { method };
        Err(ground.under(Step::Dispatched.basis(), &self.process.basis))
    }

    pub(super) fn record_publication(&self) -> Result<Vec<Event>, Error> {
        let step = Step::Published;
        self.in_seat(&[Seat::System], step)?;
        if self.state.awaits_publication() {
            return Ok(vec![Event::Published]);
        }
        Err(super::not_listed(Some(self.state.phase), step))
    }

    pub(super) fn deliver_pin(
        &self,
        channel: PinChannel,
        recipient: Seat,
        receipt: Evidence,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::PinDelivered;
        self.in_seat(&[Seat::PinCustodian, Seat::System], step)?;
        if self.state.pin.is_some() {
            return Err(Ground::PinTold.by(step.basis()));
        }
        self.pin_goes(channel, recipient)?;
        of_kind(&receipt, EvidenceKind::NoticeReceipt, step)?;
        Ok(vec![Event::PinDelivered {
            channel,
            recipient,
            receipt,
        }])
    }

    /// The first rule that fits says where. Who gets the token across the counter gets
    /// the PIN there, and in no other way; to whom it is sent, it does not go with it (S1-17).
    fn pin_goes(&self, channel: PinChannel, recipient: Seat) -> Result<(), Error> {
        let method = self.state.dispatched.as_ref().map(|(method, _)| *method);
        let is_handed_over = method == Some(DeliveryMethod::OnSite);
        let rules = self.context.rules.pins();
        let rule = rules.iter().find(|rule| self.fits(rule, method));
        let is_good = rule.is_some_and(|rule| {
            rule.channels.contains(&channel)
                && rule.recipient == recipient
                && is_handed_over == (channel == PinChannel::OnSite)
        });
        if is_good {
            return Ok(());
        }
        let basis = rule.map_or(&[][..], |rule| &rule.basis);
        let ground = Ground::Pin { channel, recipient };
        Err(ground.under(&["S1-17", "S2-28", "X-03"], basis))
    }

    fn fits(&self, rule: &PinRule, method: Option<DeliveryMethod>) -> bool {
        let route = self.state.payment.route();
        rule.model.is_none_or(|one| one == self.state.opening.model)
            && rule
                .subject
                .is_none_or(|one| one == self.certificate.subject)
            && rule.payment.is_none_or(|one| Some(one) == route)
            && rule.delivery.is_none_or(|one| Some(one) == method)
    }

    pub(super) fn confirm_receipt(
        &self,
        correct: bool,
        record: Evidence,
    ) -> Result<Vec<Event>, Error> {
        let step = Step::ReceiptConfirmed;
        // The approver asks by telephone; the holder clicks, or signs (S1-18).
        if self.actor.seat == Seat::Approver {
            of_kind(&record, EvidenceKind::CallRecord, step)?;
        } else {
            self.by_customer(step)?;
            if record.kind != EvidenceKind::CallRecord {
                of_kind(&record, EvidenceKind::HolderStatement, step)?;
            }
        }
        super::sound(&record)?;
        if !correct {
            return Err(Ground::NotCorrect.by(&["S1-18", "S2-29"]));
        }
        Ok(vec![Event::ReceiptConfirmed { record }])
    }

    pub(super) fn deem_accepted(&self) -> Result<Vec<Event>, Error> {
        let step = Step::DeemedAccepted;
        self.in_seat(&[Seat::System], step)?;
        let rule = &self.context.rules.values().deemed_acceptance_days;
        let running = self.state.deadlines.get(&DeadlineName::DeemedAcceptance);
        if running.is_some_and(|one| self.is_over(one.at)) {
            return Ok(vec![Event::DeemedAccepted]);
        }
        Err(Ground::NotDue.under(&["S2-29", "X-06"], &rule.basis))
    }

    pub(super) fn object(&self, statement: String) -> Result<Vec<Event>, Error> {
        let step = Step::ObjectionRaised;
        let is_here = matches!(self.state.phase, Phase::Issued | Phase::Personalised);
        if is_here {
            self.in_seat(&[Seat::Approver], step)?;
        } else {
            self.by_customer(step)?;
        }
        words("an objection", &statement, step)?;
        Ok(vec![Event::ObjectionRaised {
            statement: statement.into(),
        }])
    }

    pub(super) fn close(&self, work_record: Evidence) -> Result<Vec<Event>, Error> {
        let step = Step::Closed;
        self.in_seat(&[Seat::Approver, Seat::System], step)?;
        of_kind(&work_record, EvidenceKind::WorkRecord, step)?;
        self.out_of_use()?;
        Ok(vec![Event::Closed {
            work_record,
            retention_years: self.context.rules.values().retention_years.value,
        }])
    }

    /// What somebody objected to is revoked before its case is closed: by a case that reissues
    /// it, or by one that revokes it, for who wants no other or applies for one (S2-29). What
    /// has ended meanwhile needs no revocation.
    fn out_of_use(&self) -> Result<(), Error> {
        if self.state.phase != Phase::Objected {
            return Ok(());
        }
        let is_out = |status: &Status| matches!(status, Status::Revoked | Status::Expired);
        let both = self.context.objected.as_ref();
        if both.is_some_and(|both| both.iter().all(is_out)) {
            return Ok(());
        }
        Err(Ground::ObjectionOpen.by(&["S1-18", "S2-29"]))
    }
}
