//! Until when histories are kept, and how the keys of those whose term ran out end.

use super::step::Step;
use crate::{
    Error, Event, PersonId, StreamId,
    erasure::{self, Command, Context, Kept, State},
    rules::RuleBook,
};

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
                    Some(state) if state.opening.holder == *id => {
                        let about = state.opening.target.as_ref();
                        let about = about.map(|target| self.case(target)).transpose()?.flatten();
                        erasure::case_until(&state, about.as_deref(), rules)?
                    }
                    // A key for what never came to be.
                    _ => continue,
                },
                StreamId::Person(person) if person == id => match self.person(person)? {
                    Some(state) => erasure::entry_until(&state, rules),
                    None => continue,
                },
                _ => continue,
            };
            all.push(Kept::new(stream, until));
        }
        Ok(all)
    }
}
