//! The roster, organisations, tokens, the end of a service, cases about institutions: each step
//! by a second person where it takes one.

use super::{Fault, World, two_persons};
use crate::{
    AuthorityId, CaseId, Entry, Event, KeyId, Notice, OrganisationId, PersonId, ProceedingId,
    StreamId, TokenId, cessation, erasure, key, organisation,
    proceeding::{self, accreditation::Heir},
    roster, token,
};
use der::DateTime;
use std::collections::BTreeMap;

/// What the records so far made.
#[derive(Default)]
pub(super) struct Registers {
    persons: BTreeMap<PersonId, Option<roster::State>>,
    organisations: BTreeMap<OrganisationId, Option<organisation::State>>,
    tokens: BTreeMap<TokenId, Option<token::State>>,
    cessations: BTreeMap<AuthorityId, Option<cessation::State>>,
    pub(super) keys: BTreeMap<KeyId, Option<key::State>>,
    erasures: BTreeMap<PersonId, Option<erasure::State>>,
    proceedings: BTreeMap<ProceedingId, Option<proceeding::State>>,
}

impl Registers {
    /// Histories whose keys were destroyed.
    pub(super) fn erased(&self) -> impl Iterator<Item = &StreamId> {
        let states = self.erasures.values().flatten();
        states.flat_map(|state| &state.erased)
    }

    /// For which persons keys are still to be destroyed.
    pub(super) fn due(&self) -> impl Iterator<Item = (StreamId, bool)> {
        self.erasures.iter().map(|(id, state)| {
            let due = state.as_ref().is_some_and(|state| state.due().is_some());
            (StreamId::Erasure(id.clone()), due)
        })
    }

    /// Deadlines that run for ends of services and for cases about institutions.
    pub(super) fn deadlines(&self) -> impl Iterator<Item = (StreamId, DateTime)> {
        let cessations = self.cessations.iter().filter_map(|(id, state)| {
            let (_, by) = state.as_ref()?.next_deadline()?;
            Some((StreamId::Cessation(id.clone()), by))
        });
        cessations.chain(self.proceedings.iter().filter_map(|(id, state)| {
            let (_, by) = state.as_ref()?.next_deadline()?;
            Some((StreamId::Proceeding(id.clone()), by))
        }))
    }

    /// Whether a case is handed over as the accreditation of its agency ended (S0-01).
    pub(super) fn hands_over(&self, agency: &OrganisationId, case: &CaseId, heir: &Heir) -> bool {
        let id = ProceedingId::Accreditation(agency.clone());
        match self.proceedings.get(&id).and_then(Option::as_ref) {
            Some(proceeding::State::Accreditation(state)) => {
                state.handed_over.get(case) == Some(heir)
            }
            _ => false,
        }
    }

    /// Whether no other case is about the class that a CA applies for (S4-12).
    fn has_class_alone(&self, id: &ProceedingId, event: &proceeding::Event) -> bool {
        let proceeding::Event::Recognition(event) = event else {
            return true;
        };
        let proceeding::recognition::Event::Applied(application) = &**event else {
            return true;
        };
        let mut others = self.proceedings.iter().filter(|(other, _)| *other != id);
        !others.any(|(_, state)| match state {
            Some(proceeding::State::Recognition(state)) => state.goes_on_about(&application.key),
            _ => false,
        })
    }
}

impl World {
    /// Whether the event changed its register, or may leave it as it is.
    pub(super) fn apply_to_register(&mut self, entry: &Entry) -> Result<bool, Fault> {
        let (actor, at) = (&entry.actor, entry.at);
        match (&entry.stream, &entry.event) {
            (StreamId::Person(id), Event::Person(event)) => {
                let state = self.registers.persons.entry(id.clone()).or_default();
                let pending = state.as_ref().and_then(|state| state.pending.as_ref());
                if let (roster::Event::Confirmed, Some(pending)) = (event, pending) {
                    two_persons(entry, &[&pending.by])?;
                }
                let before = state.clone();
                *state = roster::evolve(before.clone(), actor, event, at);
                // The same proposal again is no news, and no forgery.
                Ok(*state != before || matches!(event, roster::Event::Proposed(_)))
            }
            (StreamId::Organisation(id), Event::Organisation(event)) => {
                use organisation::Event as Happened;
                let state = self.registers.organisations.entry(id.clone()).or_default();
                let pending = state.as_ref().and_then(|state| state.pending.as_ref());
                if let (Happened::ModesConfirmed, Some(pending)) = (event, pending) {
                    two_persons(entry, &[&pending.by])?;
                }
                let from = state.as_ref().map(organisation::State::stage);
                // A list may be given twice in one second, and changes nothing then.
                let listed = organisation::machine::transition(from, event.step()).is_some();
                let accreditation = ProceedingId::Accreditation(id.clone());
                let accreditation = self.registers.proceedings.get(&accreditation);
                let accreditation = accreditation.and_then(Option::as_ref);
                let agrees = gate_agrees(accreditation, event);
                *state = organisation::evolve(state.take(), actor, event, at);
                Ok(listed && agrees)
            }
            (StreamId::Token(id), Event::Token(event)) => {
                let state = self.registers.tokens.entry(id.clone()).or_default();
                let before = state.clone();
                *state = token::evolve(before.clone(), event);
                Ok(*state != before)
            }
            (StreamId::Cessation(id), Event::Cessation(event)) => {
                use cessation::Event as Happened;
                let state = self.registers.cessations.entry(id.clone()).or_default();
                let pending = state.as_ref().and_then(|state| state.pending.as_ref());
                if let (Happened::Decided(_) | Happened::CalledOff, Some(pending)) =
                    (event, pending)
                {
                    two_persons(entry, &[&pending.by])?;
                }
                let before = state.clone();
                *state = cessation::evolve(before.clone(), actor, event);
                let changed = *state != before;
                let stream = entry.stream.clone();
                let notices = event.notices(entry.version).into_iter();
                let keys = notices.map(|about| {
                    let notice = Notice {
                        stream: stream.clone(),
                        about,
                        from: entry.at,
                        person: None,
                    };
                    notice.key()
                });
                self.notices.extend(keys);
                Ok(changed)
            }
            (StreamId::Key(id), Event::Key(event)) => {
                let state = self.registers.keys.entry(id.clone()).or_default();
                if let (key::Event::Blocked, Some(key::State::Reported { by })) = (event, &*state) {
                    two_persons(entry, &[by])?;
                }
                let before = state.clone();
                *state = key::evolve(before.clone(), actor, event);
                Ok(*state != before)
            }
            (StreamId::Erasure(id), Event::Erasure(event)) => {
                let state = self.registers.erasures.entry(id.clone()).or_default();
                let before = state.clone();
                *state = erasure::evolve(before.clone(), event);
                Ok(*state != before)
            }
            (StreamId::Proceeding(id), Event::Proceeding(event)) => {
                if !event.is_of(id) {
                    return Err(Fault::Misfiled { seq: entry.seq });
                }
                let state = self.registers.proceedings.entry(id.clone()).or_default();
                let others: Vec<_> = state
                    .as_ref()
                    .map(|state| state.others(actor, event))
                    .unwrap_or_default();
                two_persons(entry, &others)?;
                let listed = proceeding::is_listed(state.as_ref(), event);
                *state = proceeding::evolve(state.take(), actor, event);
                let listed = listed && self.registers.has_class_alone(id, event);
                let stream = entry.stream.clone();
                let notices = event.notices(entry.version).into_iter();
                let keys = notices.map(|about| {
                    let notice = Notice {
                        stream: stream.clone(),
                        about,
                        from: entry.at,
                        person: None,
                    };
                    notice.key()
                });
                self.notices.extend(keys);
                Ok(listed)
            }
            _ => Err(Fault::Misfiled { seq: entry.seq }),
        }
    }
}

/// Where an accreditation opens or closes a mode of the agency's record, its own record stands
/// before that, and says so (S0-01), and nobody else does; a record that says nothing of modes
/// always agrees.
fn gate_agrees(accreditation: Option<&proceeding::State>, event: &organisation::Event) -> bool {
    let operates = |mode| match accreditation {
        Some(proceeding::State::Accreditation(state)) => {
            Some(state.operating().any(|one| one == mode))
        }
        _ => None,
    };
    match event {
        organisation::Event::ModeOpened { mode, .. } => operates(*mode) == Some(true),
        organisation::Event::ModeClosed { mode } => operates(*mode) == Some(false),
        organisation::Event::ModesFiled { .. } | organisation::Event::ModesConfirmed => {
            accreditation.is_none()
        }
        _ => true,
    }
}
