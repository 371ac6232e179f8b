//! What the events of a case mean to others: certificates, tokens, and whoever is to be told.
//! All of it is in the same batch as the event itself, so that none of it is half done.

use super::{step::Step, time::after};
use crate::{
    About, Actor, CaseId, Error, Notice, PersonId, StreamId,
    case::{Event as Happened, pair::Issued, state::State},
    certificate::{self, Command as Change, RevocationReason},
    index::validity,
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
    /// The case before it.
    pub(super) before: Option<&'a State>,
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
            Happened::RegistrationStarted { number } => {
                if case.before.is_none_or(|before| before.number.is_none()) {
                    self.batch.case = Some(*number);
                }
            }
            Happened::IssuanceIntended { intent, .. } => {
                self.change_certificate(&intent.issuer, &intent.serial, Change::Reserve)?;
            }
            Happened::IssuanceAbandoned { issuer, serial, .. } => {
                self.change_certificate(issuer, serial, Change::Burn)?;
            }
            Happened::CertificateIssued { issuer, serial, .. } => {
                self.change_certificate(issuer, serial, Change::RecordIssued)?;
                if case.state.opening.kind == Kind::Reissue && case.state.pair().is_some() {
                    self.revoke_lost(case.state)?;
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
            Happened::Approved { .. } | Happened::ExecutedAtOnce { .. } => {
                self.change_target(case)?;
            }
            Happened::RatificationRefused { .. } => self.lift(case.state)?,
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
        let Some(token) = case.before.and_then(|before| before.token.as_ref()) else {
            return Ok(());
        };
        let state = self.token(token)?;
        match state.map(|state| state.status) {
            Some(token::Status::Bound(bound)) if bound == *case.id => {
                let case = bound;
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
            self.change(issued, Change::Activate)?;
        }
        if case.state.opening.kind == Kind::Renew {
            self.supersede(case)?;
        }
        let Some((_, end)) = validity(signing) else {
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
    fn change_target(&mut self, case: &Happening<'_>) -> Result<(), Error> {
        let opening = &case.state.opening;
        let reason = opening.reason.unwrap_or(RevocationReason::Unspecified);
        for issued in self.target(case.state)?.iter().flatten() {
            match opening.kind {
                Kind::Freeze => self.change(issued, Change::Freeze)?,
                Kind::Unfreeze => {
                    self.change(issued, Change::Request(certificate::Change::Unfreeze))?;
                }
                Kind::Revoke => self.revoke(issued, reason)?,
                _ => {}
            }
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

    /// A freeze that no second person stands behind ends.
    fn lift(&mut self, state: &State) -> Result<(), Error> {
        for issued in self.target(state)?.iter().flatten() {
            let stands = self.certificate(&issued.issuer, &issued.serial)?;
            if matches!(stands, Some(certificate::State::Held { .. })) {
                self.change(issued, Change::Request(certificate::Change::Unfreeze))?;
            }
        }
        Ok(())
    }

    /// Certificates whose successors are in use. What was frozen or revoked meanwhile stays so.
    fn supersede(&mut self, case: &Happening<'_>) -> Result<(), Error> {
        for old in self.target(case.state)?.iter().flatten() {
            let stands = self.certificate(&old.issuer, &old.serial)?;
            if !matches!(stands, Some(certificate::State::Active { .. })) {
                continue;
            }
            if case.rules.values().revoke_superseded.value {
                self.revoke(old, RevocationReason::Superseded)?;
            }
        }
        Ok(())
    }

    /// A lost or damaged token's certificates end when those that replace them exist.
    fn revoke_lost(&mut self, state: &State) -> Result<(), Error> {
        let reason = state.opening.reason.unwrap_or(RevocationReason::Superseded);
        for issued in self.target(state)?.iter().flatten() {
            let stands = self.certificate(&issued.issuer, &issued.serial)?;
            // Somebody may have been faster.
            if stands.is_some_and(|state| state.status().is_held_by_its_owner()) {
                self.revoke(issued, reason)?;
            }
        }
        Ok(())
    }

    /// The certificates that a case is about.
    fn target(&self, state: &State) -> Result<Option<[Issued; 2]>, Error> {
        let Some(target) = &state.opening.target else {
            return Ok(None);
        };
        let target = self.case(target)?;
        let pair = target.as_ref().and_then(State::pair);
        Ok(pair.map(|(signing, encryption)| [signing.clone(), encryption.clone()]))
    }

    fn revoke(&mut self, issued: &Issued, reason: RevocationReason) -> Result<(), Error> {
        self.change(issued, Change::Request(certificate::Change::Revoke(reason)))
    }

    fn change(&mut self, issued: &Issued, command: Change) -> Result<(), Error> {
        self.change_certificate(&issued.issuer, &issued.serial, command)
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
