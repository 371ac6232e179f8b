//! Until when histories are kept, and how the keys of those whose term ran out end.

use super::step::Step;
use crate::{
    Error, Event, Ground, PersonId, StreamId,
    case::{self, pair::Slot},
    erasure::{self, Command, Context, Kept, State, years_after},
    index::validity,
    roster,
    rules::{RuleBook, RuleSet},
};
use der::DateTime;

impl Step<'_> {
    /// Decides and applies one command to the erasures of one person.
    pub(super) fn change_erasure(
        &mut self,
        id: &PersonId,
        command: Command,
        rules: &RuleBook,
    ) -> Result<(), Error> {
        let stream = StreamId::Erasure(id.clone());
        let state = self.state::<State>(&stream)?;
        let histories = match command {
            Command::Erase { .. } => self.kept(id, rules)?,
            Command::RecordDestroyed => Vec::new(),
        };
        let context = Context {
            person: id,
            histories: &histories,
            now: self.now,
        };
        let event = erasure::decide(state.as_deref(), &self.actor, command, &context)?;
        if event == erasure::Event::Destroyed {
            // What was opened before is still in memory.
            let waiting = state.iter().flat_map(|state| &state.waiting);
            self.view().let_go(waiting);
        }
        let known = self.push::<State>(&stream, Event::Erasure(event))?;
        let due = known.state.is_some_and(|state| state.due().is_some());
        self.batch.unsettled.push((stream, due));
        Ok(())
    }

    /// The histories of a person that have a key, each with the end of its term.
    pub(super) fn kept(&self, id: &PersonId, rules: &RuleBook) -> Result<Vec<Kept>, Error> {
        let keys = self.view().keys();
        let histories = keys.histories(id).map_err(Error::SubjectKeys)?;
        let mut all = Vec::new();
        for stream in histories {
            let until = match &stream {
                StreamId::Case(case) => match self.case(case)? {
                    Some(state) if state.opening.holder == *id => self.case_until(&state, rules)?,
                    // A key for what never came to be.
                    _ => continue,
                },
                StreamId::Person(person) if person == id => match self.person(person)? {
                    Some(state) => roster_until(&state, rules),
                    None => continue,
                },
                _ => continue,
            };
            all.push(Kept::new(stream, until));
        }
        Ok(all)
    }

    /// So many years after the last certificate that the case made or is about ends, or after
    /// its last act where that is later. A certificate that was revoked lapsed before its
    /// notAfter: that may only be too long.
    fn case_until(&self, state: &case::State, rules: &RuleBook) -> Result<Option<DateTime>, Error> {
        if !state.phase.is_final() {
            return Ok(None);
        }
        let mut last = lapse(state).map_or(state.touched, |end| end.max(state.touched));
        let about = state.opening.target.as_ref();
        if let Some(target) = about.filter(|_| !state.opening.kind.makes_certificates())
            && let Some(end) = self.case(target)?.as_deref().and_then(lapse)
        {
            last = last.max(end);
        }
        let id = &state.opening.rules;
        let Some(set) = rules.get(id) else {
            let rules = id.to_string();
            return Err(Ground::NotInForce { rules }.by(&["S5-03"]));
        };
        Ok(years_after(last, set.values().retention_years.value))
    }
}

/// The end of the last certificate that a case made.
fn lapse(state: &case::State) -> Option<DateTime> {
    let slots = [&state.signing, &state.encryption].into_iter();
    let ends = slots.filter_map(|slot| match slot {
        Slot::Issued(issued) => validity(issued).map(|(_, end)| end),
        _ => None,
    });
    ends.max()
}

/// What a person of the roster did may stand behind a certificate that was made on the last day:
/// as long as the longest of those is kept, under any of the rules.
fn roster_until(state: &roster::State, rules: &RuleBook) -> Option<DateTime> {
    let term = |set: &RuleSet| {
        let values = set.values();
        let longest = values.years.value.iter().max().copied().unwrap_or(0);
        longest.saturating_add(values.retention_years.value)
    };
    let longest = rules.iter().map(term).max()?;
    years_after(state.ended()?, longest)
}
