//! What the events of a case mean to others: certificates, tokens, and whoever is to be told.
//! All of it is in the same batch as the event itself, so that none of it is half done.

use super::{step::Step, time::after};
use crate::{
    About, Actor, CaseId, Error, Notice, PersonId, StreamId, TokenId,
    case::{Event as Happened, pair::Issued, state::State},
    certificate::{
        Act, Cause, Command as Change, Order, Party, RevocationReason, Status, Successor,
    },
    rules::{Activation, RuleSet},
    terms::Kind,
    token::{self, Command as Token},
};
use der::DateTime;

/// An event of a case, with what is around it.
pub(super) struct Happening<'a> {
    /// Whose.
    pub(super) id: &'a CaseId,
    /// Its place in the case's history.
    pub(super) version: u64,
    /// Whether the case had a number before it.
    pub(super) had_number: bool,
    /// The token that was kept for the case before it.
    pub(super) had_token: Option<&'a TokenId>,
    /// The case after it.
    pub(super) state: &'a State,
    /// The case's rules.
    pub(super) rules: &'a RuleSet,
}

impl Step<'_> {
    /// Carries an event of a case over to others.
    pub(super) fn follow(&mut self, case: &Happening<'_>, event: &Happened) -> Result<(), Error> {
        let activation = case.rules.values().activation.value;
        match event {
            // A case that comes back keeps the number that it has.
            Happened::RegistrationStarted { number } if !case.had_number => {
                self.batch.numbers.push(*number);
            }
            Happened::IssuanceIntended { intent, .. } => {
                self.reserve(intent)?;
            }
            Happened::IssuanceAbandoned { issuer, serial, .. } => {
                self.change_certificate(issuer, serial, Change::Burn)?;
            }
            Happened::CertificateIssued { issuer, serial, .. } => {
                self.change_certificate(issuer, serial, Change::RecordIssued)?;
                if case.state.opening.kind == Kind::Reissue && case.state.pair().is_some() {
                    self.revoke_lost(case)?;
                }
            }
            Happened::Dispatched { .. } if activation == Activation::Dispatch => {
                self.activate(case)?;
            }
            Happened::ReceiptConfirmed { .. } | Happened::DeemedAccepted
                if activation == Activation::Acceptance =>
            {
                self.activate(case)?;
            }
            Happened::Approved { .. } => self.change_target(case, false)?,
            Happened::ExecutedAtOnce { .. } => self.change_target(case, true)?,
            Happened::Ratified => self.look_at_freeze(case, &Act::Ratify)?,
            Happened::RatificationRefused { .. } => self.look_at_freeze(case, &Act::Undo)?,
            Happened::TokenBound(bound) => {
                self.release(case)?;
                let number = case.state.number.map(|number| number.to_string());
                let label = number.unwrap_or_else(|| case.id.to_string());
                let bind = Token::Bind {
                    case: case.id.clone(),
                    label,
                };
                self.change_token(bound, Actor::system(), bind)?;
            }
            Happened::Personalised { read_back, .. } => {
                if let Some(token) = &case.state.token {
                    let write = Token::Write {
                        case: case.id.clone(),
                        read_back: read_back.digest.clone(),
                    };
                    self.change_token(token, Actor::system(), write)?;
                }
            }
            Happened::Rejected { .. }
            | Happened::Withdrawn
            | Happened::Lapsed
            | Happened::RefundRequested => self.release(case)?,
            // What is owed now, a revocation at least, somebody has to begin (A25).
            Happened::ObjectionRaised { .. } => {
                self.tell(case.id, About::Objection, self.now, None);
            }
            Happened::OverdueNoted { deadline } => {
                let about = About::Overdue {
                    deadline: *deadline,
                    version: case.version,
                };
                self.tell(case.id, about, self.now, None);
            }
            _ => {}
        }
        Ok(())
    }

    /// A token that was kept for a case is free again, unless it was put aside meanwhile.
    fn release(&mut self, case: &Happening<'_>) -> Result<(), Error> {
        let Some(token) = case.had_token else {
            return Ok(());
        };
        let state = self.token(token)?;
        match state.as_deref().map(|state| &state.status) {
            Some(token::Status::Bound(bound)) if bound == case.id => {
                let case = bound.clone();
                self.change_token(token, Actor::system(), Token::Release { case })
            }
            _ => Ok(()),
        }
    }

    /// The certificates of a case are in use from now on; those that they replace are not.
    fn activate(&mut self, case: &Happening<'_>) -> Result<(), Error> {
        let Some((signing, encryption)) = case.state.pair() else {
            return Ok(());
        };
        for issued in [signing, encryption] {
            self.change_certificate(&issued.issuer, &issued.serial, Change::Activate)?;
        }
        if case.state.opening.kind == Kind::Renew {
            self.supersede(case)?;
        }
        let Some((_, end)) = signing.validity else {
            return Ok(());
        };
        for days in &case.rules.values().expiry_notice_days.value {
            let from = after(end, *days, |end, days| end.checked_sub(days));
            // One whose day has passed would say something that is not so.
            if let Some(from) = from.filter(|from| *from >= self.now) {
                let holder = case.state.opening.holder.clone();
                self.tell(case.id, About::Expiry { days: *days }, from, Some(holder));
            }
        }
        Ok(())
    }

    /// What a case wants done to the certificates that it is about: to both, or to none.
    fn change_target(&mut self, case: &Happening<'_>, at_once: bool) -> Result<(), Error> {
        let opening = &case.state.opening;
        let party = case.state.opener().map(|(seat, _)| Party::of(*seat));
        let party = party.unwrap_or(Party::Operator);
        let act = match opening.kind {
            Kind::Freeze => Act::Freeze { party, at_once },
            Kind::Unfreeze => Act::Unfreeze { party },
            Kind::Revoke => Act::Revoke(opening.reason.unwrap_or(RevocationReason::Unspecified)),
            _ => return Ok(()),
        };
        for issued in self.target(case.state)?.iter().flatten() {
            self.order(case.id, issued, act.clone())?;
        }
        if let (Kind::Freeze, Some(days)) =
            (opening.kind, case.rules.values().freeze_alarm_days.value)
        {
            let version = case.version;
            if let Some(from) = after(self.now, days, |now, days| now.checked_add(days)) {
                self.tell(case.id, About::FrozenLong { days, version }, from, None);
            }
        }
        Ok(())
    }

    /// What a second person says of a freeze that was made at once. It may be a revocation by
    /// now; then there is nothing to say.
    fn look_at_freeze(&mut self, case: &Happening<'_>, act: &Act) -> Result<(), Error> {
        for issued in self.target(case.state)?.iter().flatten() {
            let stands = self.certificate(&issued.issuer, &issued.serial)?;
            if stands.is_some_and(|state| state.awaits(case.id)) {
                self.order(case.id, issued, act.clone())?;
            }
        }
        Ok(())
    }

    /// Certificates whose successors are in use. What was frozen or revoked meanwhile, or has
    /// ended, stays so.
    fn supersede(&mut self, case: &Happening<'_>) -> Result<(), Error> {
        let (Some(old), Some((signing, encryption))) =
            (self.target(case.state)?, case.state.pair())
        else {
            return Ok(());
        };
        for (old, new) in old.iter().zip([signing, encryption]) {
            if self.standing(old)? != Some(Status::Active) {
                continue;
            }
            if case.rules.values().revoke_superseded.value {
                let revoke = Act::Revoke(RevocationReason::Superseded);
                self.order(case.id, old, revoke)?;
                continue;
            }
            let Some(standing) = self.standing(new)? else {
                continue;
            };
            let Some((_, end)) = old.validity else {
                continue;
            };
            let successor = Successor::new(new.issuer.clone(), new.serial.clone());
            let cause = Cause::Case(case.id.clone());
            let order = Order::supersede(cause, successor, standing, end);
            self.execute(old, order)?;
        }
        Ok(())
    }

    /// A lost or damaged token's certificates end when those that replace them exist.
    fn revoke_lost(&mut self, case: &Happening<'_>) -> Result<(), Error> {
        let reason = case.state.opening.reason;
        let act = Act::Revoke(reason.unwrap_or(RevocationReason::Superseded));
        for issued in self.target(case.state)?.iter().flatten() {
            // Somebody may have been faster.
            if self
                .standing(issued)?
                .is_some_and(Status::is_held_by_its_owner)
            {
                self.order(case.id, issued, act.clone())?;
            }
        }
        Ok(())
    }

    /// Where a certificate stands now, in one word.
    pub(super) fn standing(&self, issued: &Issued) -> Result<Option<Status>, Error> {
        let state = self.certificate(&issued.issuer, &issued.serial)?;
        let status = state.map(|state| state.status());
        Ok(match issued.validity {
            Some((_, end)) => status.map(|status| status.at(self.now, end)),
            None => status,
        })
    }

    /// The certificates that a case is about.
    fn target(&self, state: &State) -> Result<Option<[Issued; 2]>, Error> {
        let Some(target) = &state.opening.target else {
            return Ok(None);
        };
        let target = self.case(target)?;
        let pair = target.as_deref().and_then(State::pair);
        Ok(pair.map(|(signing, encryption)| [signing.clone(), encryption.clone()]))
    }

    fn order(&mut self, case: &CaseId, issued: &Issued, act: Act) -> Result<(), Error> {
        let Some((_, end)) = issued.validity else {
            return Ok(());
        };
        self.execute(issued, Order::new(Cause::Case(case.clone()), act, end))
    }

    /// What was decided here is carried out by the engine, in the same write.
    fn execute(&mut self, issued: &Issued, order: Order) -> Result<(), Error> {
        let change = Change::Execute(order);
        self.change_certificate_by(Actor::system(), &issued.issuer, &issued.serial, change)
    }

    fn tell(&mut self, id: &CaseId, about: About, from: DateTime, person: Option<PersonId>) {
        self.batch.notices.push(Notice {
            stream: StreamId::Case(id.clone()),
            about,
            from,
            person,
        });
    }
}
