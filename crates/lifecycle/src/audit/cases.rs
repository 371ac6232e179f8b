//! Cases: each step is one that the machine has, by somebody who may sit there.

use super::{Fault, PAGE, World, two_persons};
use crate::{
    About, CaseId, CaseNumber, CaseRow, Entry, Notice, PersonId, Seat, Store, StreamId,
    case::{
        self, Event as Happened,
        seats::{Apart, apart},
        state::State,
    },
    terms::Model,
};
use der::DateTime;
use std::collections::BTreeMap;

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
        let before = line.state.clone();
        line.state = case::evolve(before.clone(), &entry.actor, entry.at, event);
        let changed = line.state != before;
        if let Happened::OverdueNoted { deadline } = event {
            let notice = Notice {
                stream: entry.stream.clone(),
                about: About::Overdue {
                    deadline: *deadline,
                    version: entry.version,
                },
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
        if let Happened::CertificateIssued {
            serial,
            certificate,
            ..
        } = event
        {
            let intent = state.intent(serial).ok().map(|(_, intent)| intent);
            self.check_issued(entry, intent, certificate)?;
        }
        Ok(())
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
        let expected: BTreeMap<_, _> = expected.collect();
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
