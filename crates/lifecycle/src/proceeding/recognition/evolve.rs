//! The state after an event.

use super::{
    Breach, DeadlineName, Due, Event, Filing, Listing, Party, Publication, SentNotice, Stage,
    State, Withdrawal, transition,
};
use crate::Actor;
use std::collections::{BTreeMap, BTreeSet};

/// The state after an event: total, as in [`crate::case::evolve`].
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event) -> Option<State> {
    let from = state.as_ref().map(|state| state.stage);
    let Some(row) = transition(from, event.step()) else {
        return state;
    };
    let mut state = match (state, event) {
        (Some(state), _) => state,
        (None, Event::Applied(application)) => State {
            stage: Stage::Applied,
            key: application.key.clone(),
            licence: application.licence.clone(),
            documents: application.documents.clone(),
            certificates: application
                .certificates
                .iter()
                .map(|certificate| Filing {
                    certificate: certificate.clone(),
                    recorded: false,
                    listed: false,
                })
                .collect(),
            agents: BTreeSet::new(),
            parties: BTreeMap::new(),
            acted: Vec::new(),
            approval: None,
            notice: None,
            requests: BTreeSet::new(),
            withdrawal: None,
            breaches: BTreeMap::new(),
            dues: BTreeMap::new(),
            listing: None,
            mirrored: None,
            next_number: 1,
        },
        (None, _) => return None,
    };
    let is_admission = state.listing.is_none();
    state.stage = row.to.unwrap_or(state.stage);
    if let Some(party) = event.party() {
        state.parties.entry(actor.person.clone()).or_insert(party);
    }
    state.apply(actor, event, is_admission);
    for owed in event.owed() {
        let breach = match event {
            Event::CorrectionOrdered { breach, .. } => Some(*breach),
            _ => None,
        };
        let number = state.count();
        let due = Due {
            name: owed.name,
            by: owed.by.clone(),
            breach,
            noted: false,
        };
        state.dues.insert(number, due);
    }
    Some(state)
}

impl State {
    fn apply(&mut self, actor: &Actor, event: &Event, is_admission: bool) {
        let acted = || (actor.person.clone(), actor.seat);
        match event {
            Event::Applied(_) => {
                self.agents.insert(actor.person.clone());
                self.acted = vec![acted()];
            }
            Event::AgentsNamed { agents, .. } => {
                self.agents = agents.iter().cloned().collect();
                let ca = agents.iter().map(|agent| (agent.clone(), Party::Ca));
                self.parties.extend(ca);
            }
            Event::ReinstatementApplied(asked) => {
                self.documents = asked.over(&self.documents);
                self.acted = vec![acted()];
            }
            Event::PrelimPassed { .. } => self.acted.push(acted()),
            Event::Approved(approval) => {
                self.acted.push(acted());
                self.approval = Some((**approval).clone());
                // What came later is looked at by itself.
                if is_admission {
                    let filings = self.certificates.iter_mut();
                    filings.for_each(|filing| filing.recorded = true);
                }
            }
            Event::CounterpartNotified { letter, .. } => {
                self.notice = Some(SentNotice {
                    letter: letter.clone(),
                    by: actor.person.clone(),
                });
            }
            Event::CounterpartAcknowledged { .. } => self.notice = None,
            Event::Refused { .. } | Event::LegalProcedureDone { .. } => {}
            Event::Published { publication, .. } => {
                self.list(publication);
                // What was asked for besides is still asked for.
                if let Some(done) = &self.withdrawal {
                    self.requests.remove(&done.measure);
                }
                if self.stage == Stage::Recognised {
                    self.requests.clear();
                    self.withdrawal = None;
                }
                if self.stage == Stage::Terminated {
                    // What a CA owes as a recognised one ends; what others owe does not.
                    let stays = |due: &Due| DeadlineName::NOTICES.contains(&due.name);
                    self.dues.retain(|_, due| stays(due));
                }
            }
            Event::CertificatePublished { publication, .. } => self.list(publication),
            Event::CertificateFiled { certificate } => self.certificates.push(Filing {
                certificate: certificate.clone(),
                recorded: false,
                listed: false,
            }),
            Event::CertificateRecorded { digest, .. } => {
                let filings = self.certificates.iter_mut();
                filings
                    .filter(|filing| filing.certificate.digest == *digest)
                    .for_each(|filing| filing.recorded = true);
            }
            Event::CertificateRefused { digest, .. } => self
                .certificates
                .retain(|filing| filing.recorded || filing.certificate.digest != *digest),
            Event::BreachOpened { what, .. } => {
                let number = self.count();
                self.open(number, Some(what.clone()), None);
            }
            Event::CorrectionOrdered { breach, owed, .. } => {
                // Another order takes the place of the one before.
                self.dues.retain(|_, due| due.breach != Some(*breach));
                if let Some(breach) = self.breaches.get_mut(breach) {
                    breach.correction = Some(owed.by.clone());
                }
            }
            Event::CorrectionAccepted { breach, .. } => {
                self.breaches.remove(breach);
                self.dues.retain(|_, due| due.breach != Some(*breach));
            }
            Event::MeasureRequested { measure, .. } => {
                self.requests.insert(*measure);
            }
            Event::SuspensionDecided(decided) | Event::TerminationDecided(decided) => {
                self.withdraw(decided);
                self.acted = vec![acted()];
            }
            Event::NotificationDone { number, .. } | Event::DutyFulfilled { number, .. } => {
                self.dues.remove(number);
            }
            Event::AssessmentOrdered { .. } => {}
            Event::MirrorImported { publication, .. } => {
                self.mirrored = Some(publication.sequence());
            }
            Event::OverdueNoted { number, deadline } => {
                if let Some(due) = self.dues.get_mut(number) {
                    due.noted = true;
                }
                if DeadlineName::DUTIES.contains(deadline) {
                    self.open(*number, None, Some(*deadline));
                }
            }
        }
    }

    fn count(&mut self) -> u32 {
        let number = self.next_number;
        self.next_number = number.saturating_add(1);
        number
    }

    fn open(&mut self, number: u32, what: Option<String>, duty: Option<DeadlineName>) {
        let breach = Breach {
            what,
            duty,
            correction: None,
        };
        self.breaches.insert(number, breach);
    }

    fn withdraw(&mut self, decided: &Withdrawal) {
        self.notice = None;
        self.withdrawal = Some(decided.clone());
    }

    fn list(&mut self, publication: &Publication) {
        for filing in &mut self.certificates {
            filing.listed |= filing.recorded && publication.has(&filing.certificate);
        }
        self.listing = Some(Listing {
            sequence: publication.sequence(),
            from: publication.from(),
            status: publication.status().to_owned(),
        });
    }
}
