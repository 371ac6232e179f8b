//! What a case is after something happened to it.

use super::{
    Event, Phase, State,
    issuance::awaited,
    machine::{self, To},
    paper::Form,
    payment::{Challenge, Payment},
    state::{DeadlineName, Registered},
};
use crate::{
    Actor, OrganisationId, Seat,
    calendar::Deadline,
    case::pair::{Issued, Slot},
    terms::PaymentRoute,
};
use der::DateTime;
use std::{collections::BTreeMap, time::Duration};

/// The state after an event: total, so that replay can't fail. An event that its state does
/// not admit (a forged log) leaves it as it was; every other changes it, by which the audit
/// tells them apart.
pub fn evolve(state: Option<State>, actor: &Actor, at: DateTime, event: &Event) -> Option<State> {
    let Some(mut state) = state else {
        return opened(actor, at, event);
    };
    let step = event.step();
    let Some(row) = machine::transition(Some(state.phase), step) else {
        return Some(state);
    };
    if !step.is_of(state.opening.kind) || !state.apply(actor, at, event) {
        return Some(state);
    }
    state.move_on(row.to);
    state.sit(actor);
    if actor.seat != Seat::System {
        state.restart_lapse(at);
    }
    state.touched = at;
    state.acts = state.acts.saturating_add(1);
    Some(state)
}

fn opened(actor: &Actor, at: DateTime, event: &Event) -> Option<State> {
    let Event::Opened { opening, lapses } = event else {
        return None;
    };
    Some(State {
        opening: opening.clone(),
        heir: None,
        phase: Phase::Draft,
        seats: vec![(actor.seat, actor.person.clone())],
        ledger: Default::default(),
        consents: BTreeMap::new(),
        form: None,
        documents: BTreeMap::new(),
        deficiencies: Vec::new(),
        rounds: 0,
        number: None,
        registered: None,
        approved: None,
        token: None,
        request: None,
        encryption_key: None,
        signing: Slot::AwaitingKey,
        encryption: Slot::AwaitingKey,
        published: false,
        payment: Payment::None,
        account: None,
        challenges: 0,
        dispatched: None,
        pin: None,
        deadlines: BTreeMap::from([(DeadlineName::Lapse, lapses.clone())]),
        touched: at,
        acts: 1,
    })
}

impl State {
    /// Takes an event over, save for what every event does; false, and nothing changed, where
    /// the state does not admit it.
    fn apply(&mut self, actor: &Actor, at: DateTime, event: &Event) -> bool {
        match event {
            Event::ConsentGiven(consents) => {
                for (agreement, consent) in consents {
                    self.consents.insert(agreement.clone(), consent.clone());
                }
            }
            Event::ConsentWithdrawn { agreement } => {
                return self.consents.remove(agreement).is_some();
            }
            Event::FormFilled(form) => self.fill(form),
            Event::DocumentAdded { name, document } => {
                self.documents.insert(name.clone(), document.clone());
                self.void();
            }
            Event::CheckRecorded { check, outcome, .. } => {
                self.ledger.0.insert(*check, outcome.clone());
            }
            Event::InternallyApproved { review_by, .. } | Event::Submitted { review_by, .. } => {
                self.deadlines
                    .insert(DeadlineName::Review, review_by.clone());
            }
            Event::Resubmitted { review_by, .. } => {
                self.deadlines
                    .insert(DeadlineName::Review, review_by.clone());
                self.deficiencies.clear();
            }
            Event::RegistrationStarted { number } => self.number = Some(*number),
            Event::Returned { deficiencies } => {
                self.deficiencies = deficiencies.clone();
                self.rounds = self.rounds.saturating_add(1);
                self.void();
            }
            Event::Registered {
                verdict,
                snapshot,
                shortened_to,
                ..
            } => {
                self.registered = Some(Registered {
                    by: actor.person.clone(),
                    verdict: verdict.clone(),
                    snapshot: snapshot.clone(),
                    with_key: self.request.is_some(),
                    shortened_to: *shortened_to,
                });
            }
            Event::Approved { verdict } => self.approved = Some(verdict.clone()),
            Event::TokenBound(token) => self.token = Some(token.clone()),
            Event::KeyProved(request) => self.request = Some(request.clone()),
            Event::Published => {
                if !self.awaits_publication() {
                    return false;
                }
                self.published = true;
            }
            Event::Dispatched {
                method,
                packet,
                confirm_by,
                deemed_at,
                ..
            } => {
                self.dispatched = Some((*method, packet.clone()));
                self.deadlines
                    .insert(DeadlineName::Confirmation, confirm_by.clone());
                if let Some(deemed_at) = deemed_at {
                    self.deadlines
                        .insert(DeadlineName::DeemedAcceptance, deemed_at.clone());
                }
            }
            Event::PinDelivered { channel, .. } => {
                if self.pin.is_some() {
                    return false;
                }
                self.pin = Some(*channel);
            }
            Event::ExecutedAtOnce { ratify_by, .. } => {
                self.deadlines
                    .insert(DeadlineName::Ratification, ratify_by.clone());
            }
            Event::AgencyChanged { to } => self.heir = Some(to.clone()),
            Event::OverdueNoted { deadline } => return self.deadlines.remove(deadline).is_some(),
            Event::IssuanceIntended { .. }
            | Event::EncryptionKeyReceived(_)
            | Event::CertificateIssued { .. }
            | Event::IssuanceAbandoned { .. } => return self.issue(event),
            Event::PaymentReported { .. }
            | Event::FundsConfirmed { .. }
            | Event::DepositSent { .. }
            | Event::DepositSettled
            | Event::DepositFailed { .. }
            | Event::AccountReentered(_)
            | Event::CodeVerified
            | Event::CodeWrong => return self.pay(at, event),
            Event::Opened { .. }
            | Event::SubmittedInternally { .. }
            | Event::InternallyReturned { .. }
            | Event::ReviewTaken
            | Event::Rejected { .. }
            | Event::Personalised { .. }
            | Event::ReceiptConfirmed { .. }
            | Event::DeemedAccepted
            | Event::ObjectionRaised { .. }
            | Event::Closed { .. }
            | Event::Withdrawn
            | Event::Lapsed
            | Event::RefundRequested
            | Event::Refunded { .. }
            | Event::Ratified
            | Event::RatificationRefused { .. } => {}
        }
        true
    }

    /// An edit of the form voids what was registered and approved, whatever it changes (1.2),
    /// and every check that rests on what it changes.
    fn fill(&mut self, form: &Form) {
        self.ledger.expire(self.form.as_ref(), form);
        self.form = Some(form.clone());
        self.void();
    }

    /// Registration and approval are of what is not so any more.
    fn void(&mut self) {
        self.registered = None;
        self.approved = None;
    }

    fn issue(&mut self, event: &Event) -> bool {
        match event {
            Event::IssuanceIntended { ordinal, intent } => {
                let slot = self.slot_mut(*ordinal);
                if *slot != Slot::AwaitingKey {
                    return false;
                }
                *slot = Slot::Intended(intent.clone());
            }
            Event::EncryptionKeyReceived(key) => {
                if self.encryption_key.is_some() {
                    return false;
                }
                self.encryption_key = Some(key.clone());
            }
            Event::CertificateIssued {
                ordinal,
                issuer,
                serial,
                signature,
                certificate,
            } => {
                let slot = self.slot_mut(*ordinal);
                let intent = awaited(slot, issuer, serial);
                let issued = intent.and_then(|intent| Issued::of(intent, signature));
                let Some(issued) = issued.filter(|issued| issued.is_kept_as(certificate)) else {
                    return false;
                };
                *slot = Slot::Issued(issued);
            }
            Event::IssuanceAbandoned {
                ordinal,
                issuer,
                serial,
            } => {
                let slot = self.slot_mut(*ordinal);
                if awaited(slot, issuer, serial).is_none() {
                    return false;
                }
                *slot = Slot::AwaitingKey;
            }
            _ => return false,
        }
        true
    }

    fn pay(&mut self, at: DateTime, event: &Event) -> bool {
        let Some(next) = self.payment.after(at, event) else {
            return false;
        };
        match event {
            Event::DepositSent { account, challenge } => {
                self.account = Some(account.clone());
                self.challenges = challenge.number;
            }
            Event::AccountReentered(account) => self.account = Some(account.clone()),
            _ => {}
        }
        self.payment = next;
        true
    }

    fn move_on(&mut self, to: To) {
        let is_complete = self.pair().is_some();
        self.phase = to.phase(self.phase, self.opening.kind, is_complete);
        let phase = self.phase;
        self.deadlines.retain(|name, _| name.runs_in(phase));
    }

    /// The agency that has it in hand; none: it comes through none, or went to the CA itself.
    pub fn agency(&self) -> Option<&OrganisationId> {
        match &self.heir {
            Some(heir) => heir.as_ref(),
            None => self.opening.agency.as_ref(),
        }
    }

    fn sit(&mut self, actor: &Actor) {
        if !self.seated(actor.seat, &actor.person) {
            self.seats.push((actor.seat, actor.person.clone()));
        }
    }

    /// The time to the lapse begins again with every act of a person: so many days later as
    /// have gone by. (China has one zone, and no summer time since 1991.)
    fn restart_lapse(&mut self, at: DateTime) {
        if let Some(lapse) = self.deadlines.get_mut(&DeadlineName::Lapse) {
            let days = day(at).saturating_sub(day(lapse.start));
            if let Some(later) = days_later(lapse.at, days) {
                lapse.at = later;
                lapse.start = at;
            }
        }
    }

    /// The deadline that passes next.
    pub fn next_deadline(&self) -> Option<(DeadlineName, &Deadline)> {
        self.deadlines
            .iter()
            .map(|(name, deadline)| (*name, deadline))
            .min_by_key(|(_, deadline)| deadline.at)
    }
}

/// Seconds of a day.
const DAY: u64 = 86_400;
/// Seconds that China's clocks are ahead of UTC.
const ZONE: u64 = 8 * 3600;

/// The number of the day in China.
fn day(at: DateTime) -> u64 {
    (at.unix_duration().as_secs() + ZONE) / DAY
}

fn days_later(at: DateTime, days: u64) -> Option<DateTime> {
    let more = Duration::from_secs(days.checked_mul(DAY)?);
    DateTime::from_unix_duration(at.unix_duration().checked_add(more)?).ok()
}

impl DeadlineName {
    /// Whether it can run while a case is in this state: elsewhere nobody waits for it.
    pub(super) fn runs_in(self, phase: Phase) -> bool {
        match self {
            Self::Lapse => matches!(
                phase,
                Phase::Draft
                    | Phase::InternalReview
                    | Phase::Submitted
                    | Phase::Registering
                    | Phase::Returned
                    | Phase::HandedOver
                    | Phase::Approving
                    | Phase::Approved
            ),
            Self::Review => matches!(
                phase,
                Phase::Submitted | Phase::Registering | Phase::HandedOver | Phase::Approving
            ),
            Self::Ratification => phase == Phase::AwaitingRatification,
            Self::Confirmation | Self::DeemedAcceptance => phase == Phase::Dispatched,
        }
    }
}

impl Payment {
    /// Where the money stands after an event; none where the event does not follow.
    pub(super) fn after(&self, at: DateTime, event: &Event) -> Option<Self> {
        Some(match (self, event) {
            (Self::None | Self::SlipUploaded(_), Event::PaymentReported { route, evidence }) => {
                match route {
                    PaymentRoute::CorporateTransfer => Self::SlipUploaded(evidence.clone()),
                    PaymentRoute::Wallet => Self::Paid(evidence.clone()),
                }
            }
            (Self::SlipUploaded(_), Event::FundsConfirmed { .. }) => Self::FundsConfirmed,
            (
                Self::Paid(_)
                | Self::AccountReentered { .. }
                | Self::DepositSent(_)
                | Self::DepositSettled { .. }
                | Self::Locked { .. },
                Event::DepositSent { challenge, .. },
            ) => Self::DepositSent(challenge.clone()),
            (Self::DepositSent(challenge), Event::DepositSettled) => Self::DepositSettled {
                challenge: challenge.clone(),
                wrong: 0,
            },
            (
                Self::DepositSent(challenge) | Self::DepositSettled { challenge, .. },
                Event::DepositFailed { .. },
            ) => Self::DepositFailed {
                number: challenge.number,
                at,
            },
            (Self::DepositFailed { number, at }, Event::AccountReentered(_)) => {
                Self::AccountReentered {
                    number: *number,
                    failed_at: *at,
                }
            }
            (Self::DepositSettled { .. }, Event::CodeVerified) => Self::CodeVerified,
            (Self::DepositSettled { challenge, wrong }, Event::CodeWrong) => {
                after_wrong(challenge, wrong.saturating_add(1), at)
            }
            _ => return None,
        })
    }
}

/// A wrong code more; the last one that is allowed locks the challenge.
fn after_wrong(challenge: &Challenge, wrong: u8, at: DateTime) -> Payment {
    if wrong < challenge.attempts {
        return Payment::DepositSettled {
            challenge: challenge.clone(),
            wrong,
        };
    }
    Payment::Locked {
        number: challenge.number,
        at,
    }
}
