//! Cases: each step is one that the machine has, by somebody who may sit there.

use super::{Fault, PAGE, World, two_persons};
use crate::{
    About, AuthorityId, CaseId, CaseNumber, CaseRow, Entry, Notice, PersonId, Seat, Serial, Store,
    StreamId, authority,
    case::{
        self, Event as Happened, Step,
        pair::{Issued, Ordinal},
        paper::Form,
        seats::{Apart, apart},
        state::State,
    },
    certificate::{self, Act, Cause},
    key,
    terms::Model,
};
use der::{DateTime, Decode, Encode};
use std::collections::BTreeMap;
use x509_cert::TbsCertificate;

/// A case as the records so far made it.
#[derive(Default)]
pub(super) struct Line {
    pub(super) state: Option<State>,
    begun: Option<DateTime>,
}

impl World {
    /// Whether the event changed the case.
    pub(super) fn apply_to_case(
        &mut self,
        id: &CaseId,
        entry: &Entry,
        event: &Happened,
    ) -> Result<bool, Fault> {
        self.check_case(id, entry, event)?;
        self.note_case(entry.seq, self.number(id), event)?;
        let line = self.cases.entry(id.clone()).or_default();
        line.begun.get_or_insert(entry.at);
        // Each event that changes a case counts up what happened to it.
        let acts = line.state.as_ref().map(|state| state.acts);
        line.state = case::evolve(line.state.take(), &entry.actor, entry.at, event);
        let changed = line.state.as_ref().map(|state| state.acts) != acts;
        self.last = Some((id.clone(), event.step()));
        let about = match event {
            Happened::OverdueNoted { deadline } => Some(About::Overdue {
                deadline: *deadline,
                version: entry.version,
            }),
            Happened::ObjectionRaised { .. } => Some(About::Objection),
            _ => None,
        };
        if let Some(about) = about {
            let notice = Notice {
                stream: entry.stream.clone(),
                about,
                from: entry.at,
                person: None,
            };
            self.notices.push(notice.key());
        }
        Ok(changed)
    }

    fn number(&self, id: &CaseId) -> Option<CaseNumber> {
        self.cases.get(id)?.state.as_ref()?.number
    }

    fn check_case(&self, id: &CaseId, entry: &Entry, event: &Happened) -> Result<(), Fault> {
        let line = self.cases.get(id);
        let Some(state) = line.and_then(|line| line.state.as_ref()) else {
            return Ok(());
        };
        separated(state, entry, event)?;
        let is_handed_over = match event {
            Happened::AgencyChanged { to } => state
                .agency()
                .is_some_and(|agency| self.registers.hands_over(agency, id, to)),
            _ => true,
        };
        if !is_handed_over || !is_consistent(id, state, event) {
            return Err(Fault::Impossible {
                seq: entry.seq,
                stream: entry.stream.clone(),
                event: event.name(),
            });
        }
        let not_intended = || Fault::NotIntended {
            seq: entry.seq,
            stream: entry.stream.clone(),
        };
        match event {
            Happened::CertificateIssued {
                ordinal,
                issuer,
                serial,
                signature,
                certificate,
            } => {
                let intended = state.awaited(*ordinal, issuer, serial);
                let issued = intended.and_then(|intent| Issued::of(intent, signature));
                let issued = issued.filter(|issued| issued.is_kept_as(certificate));
                let issued = issued.ok_or_else(not_intended)?;
                self.check_issued(entry, intended, &issued.certificate)
            }
            Happened::IssuanceAbandoned {
                ordinal,
                issuer,
                serial,
            } => {
                let intended = state.awaited(*ordinal, issuer, serial);
                intended.map(drop).ok_or_else(not_intended)
            }
            _ => Ok(()),
        }
    }

    /// A change that a case decided follows the decision at once, and is of the certificates
    /// that the case is about.
    pub(super) fn check_cause(
        &self,
        entry: &Entry,
        certificate: &(AuthorityId, Serial),
        event: &certificate::Event,
    ) -> Result<(), Fault> {
        let certificate::Event::Executed { cause, act, .. } = event else {
            return Ok(());
        };
        let not_decided = || Fault::NotDecided {
            seq: entry.seq,
            stream: entry.stream.clone(),
        };
        let id = match cause {
            Cause::Case(id) => id,
            Cause::Key(id) => {
                let state = self.registers.keys.get(id).and_then(Option::as_ref);
                let own = self.reservations.get(certificate);
                let is_own = own.is_some_and(|own| own.key == *id.as_bytes());
                return if is_own && state.is_some_and(key::State::is_blocked) {
                    Ok(())
                } else {
                    Err(not_decided())
                };
            }
            Cause::Compromise(id) => {
                let state = self.authorities.get(id).and_then(Option::as_ref);
                let Some(authority::State::Compromised(fallen)) = state else {
                    return Err(not_decided());
                };
                let own = fallen.active.own().map(|own| own.serial).ok();
                let is_own =
                    certificate.0 == fallen.active.issuer && own.as_ref() == Some(&certificate.1);
                return if certificate.0 == *id || is_own {
                    Ok(())
                } else {
                    Err(not_decided())
                };
            }
        };
        let decided = self
            .last
            .as_ref()
            .is_some_and(|(case, step)| case == id && follows(act, *step));
        let state = |id: &CaseId| self.cases.get(id)?.state.as_ref();
        let target = state(id).and_then(|state| state.opening.target.as_ref());
        let pair = target.and_then(|target| state(target)?.pair());
        let is_target = pair.is_some_and(|(signing, encryption)| {
            [signing, encryption]
                .iter()
                .any(|one| (&one.issuer, &one.serial) == (&certificate.0, &certificate.1))
        });
        if decided && is_target {
            Ok(())
        } else {
            Err(not_decided())
        }
    }

    pub(super) fn compare_cases(&self, store: &dyn Store) -> Result<(), Fault> {
        let mut found = 0;
        let mut after = None;
        loop {
            let page = store.cases(after.as_ref(), PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.clone());
            found += page.len();
            for row in page {
                let expected = self.cases.get(&row.id).and_then(|line| line.row(&row.id));
                if expected.as_ref() != Some(&row) {
                    let what = StreamId::Case(row.id);
                    return Err(Fault::IndexDiffers { what });
                }
            }
        }
        // Every row is a case of the log, so one less is missing.
        let expected = self.cases.len();
        if found != expected {
            return Err(Fault::CaseRowsDiffer { found, expected });
        }
        self.compare_timers(store)?;
        for key in &self.notices {
            if store.notice_told(key)?.is_none() {
                return Err(Fault::NoticeMissing { key: key.clone() });
            }
        }
        Ok(())
    }

    fn compare_timers(&self, store: &dyn Store) -> Result<(), Fault> {
        let timers = store.due_by(DateTime::INFINITY, usize::MAX)?;
        let found: BTreeMap<StreamId, DateTime> = timers.into_iter().collect();
        let expected = self.cases.iter().filter_map(|(id, line)| {
            let (_, due) = line.state.as_ref()?.next_deadline()?;
            Some((StreamId::Case(id.clone()), due.at))
        });
        let expected: BTreeMap<_, _> = expected.chain(self.registers.deadlines()).collect();
        let streams = found.keys().chain(expected.keys());
        let mut wrong = streams.filter(|stream| found.get(*stream) != expected.get(*stream));
        match wrong.next() {
            Some(what) => Err(Fault::IndexDiffers { what: what.clone() }),
            None => Ok(()),
        }
    }
}

impl Line {
    fn row(&self, id: &CaseId) -> Option<CaseRow> {
        let (begun, state) = (self.begun?, self.state.as_ref()?);
        Some(CaseRow::new(id.clone(), begun, state))
    }
}

/// Whether an event says of its case what the records before it say: forms count up, what is
/// registered is what is there (S1-09), what is intended is for the keys that were given.
fn is_consistent(id: &CaseId, state: &State, event: &Happened) -> bool {
    match event {
        Happened::FormFilled(form) => {
            let before = state.form.as_ref();
            let last = before.map_or(0, |form| form.version);
            // What is sealed here, or gone with its key, vouches for nothing more than its place.
            let Some(fields) = form.fields.known() else {
                return form.version == last + 1;
            };
            let certificate = &state.opening.certificate;
            let mut again = Form::new(id, certificate, before, fields.clone(), form.years);
            let is_compared = before.is_none_or(|before| before.fields.known().is_some());
            if form.changed.is_none() || !is_compared {
                again.changed.clone_from(&form.changed);
            }
            *form == again
        }
        Happened::Registered { snapshot, .. } => snapshot.same(&state.snapshot()) != Some(false),
        Happened::IssuanceIntended { ordinal, intent } => {
            let key = match ordinal {
                Ordinal::Signing => state.request.as_ref().map(|request| &request.public_key),
                Ordinal::Encryption => state.encryption_key.as_ref().map(|key| &key.public_key),
            };
            // What stands in a certificate is of a form, whether its values are known or not.
            state.form.is_some()
                && key.is_some_and(|key| intended_key(&intent.tbs).as_deref() == Some(&**key))
        }
        _ => true,
    }
}

/// DER of the key in a `TBSCertificate`.
fn intended_key(tbs: &[u8]) -> Option<Vec<u8>> {
    let tbs = TbsCertificate::from_der(tbs).ok()?;
    tbs.subject_public_key_info().to_der().ok()
}

/// Whether an act on a certificate follows from a step of a case.
fn follows(act: &Act, step: Step) -> bool {
    let in_use = [
        Step::Dispatched,
        Step::ReceiptConfirmed,
        Step::DeemedAccepted,
    ];
    match act {
        Act::Freeze { at_once: true, .. } => step == Step::ExecutedAtOnce,
        Act::Freeze { .. } | Act::Unfreeze { .. } => step == Step::Approved,
        Act::Ratify => step == Step::Ratified,
        Act::Undo => step == Step::RatificationRefused,
        Act::Supersede(_) => in_use.contains(&step),
        // Of what was renewed, and of what was issued anew.
        Act::Revoke(_) => {
            [Step::Approved, Step::CertificateIssued].contains(&step) || in_use.contains(&step)
        }
    }
}

/// What no rule set loosens: seats that the matrix keeps apart for always, the two
/// persons of the centralised model, and the second one after a freeze at once.
fn separated(state: &State, entry: &Entry, event: &Happened) -> Result<(), Fault> {
    let own = entry.actor.seat;
    let is_apart = |seat: Seat| match apart(seat, own) {
        Apart::Always => seat != own,
        Apart::Centralised => state.opening.model == Model::Centralised,
        _ => false,
    };
    let second = matches!(
        event,
        Happened::Ratified | Happened::RatificationRefused { .. }
    );
    let seated = state.seats.iter().map(|(seat, person)| (*seat, person));
    let holder = (Seat::Applicant, &state.opening.holder);
    let barred = seated
        .chain([holder])
        .filter(|(seat, _)| second || is_apart(*seat));
    let barred: Vec<&PersonId> = barred.map(|(_, person)| person).collect();
    two_persons(entry, &barred)
}
