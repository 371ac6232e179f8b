//! The loop that does what states want done outside, in rounds: what can be done at once is done
//! side by side, and one write records what came of it.

use super::{
    Command, Engine,
    perform::{Deed, Keys, Outside, Planned},
};
use crate::{Actor, Entry, Error, StreamId};
use std::{
    collections::HashSet,
    num::NonZero,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Streams of one round: what a crash between the first signature and the write leaves open is
/// no more than this.
const ROUND: usize = 256;

/// So few deeds are not worth a thread.
const ALONE: usize = 4;

impl Engine {
    /// Does everything that the states want done outside, until nothing is left,
    /// and records each result; `watch` sees what became durable. Called after
    /// commands and after every start: this is the recovery.
    ///
    /// # Errors
    /// The first failure, after everything else was done. What failed is tried
    /// again by the next call.
    pub fn settle(&mut self, watch: &mut dyn FnMut(&Entry)) -> Result<(), Error> {
        self.check_own_tail()?;
        let mut failure = None;
        let mut stuck = HashSet::new();
        loop {
            let waiting = self.ports.store.unsettled()?.into_iter();
            let waiting = waiting.filter(|stream| !stuck.contains(stream));
            let round: Vec<_> = waiting.take(ROUND).collect();
            if round.is_empty() {
                return failure.map_or(Ok(()), Err);
            }
            for (stream, answer) in self.settle_round(round) {
                match answer {
                    Ok(entries) => entries.iter().for_each(&mut *watch),
                    Err(error) => {
                        stuck.insert(stream);
                        failure.get_or_insert(error);
                    }
                }
            }
        }
    }

    /// One effect of each of these streams, and the records of what came of them.
    fn settle_round(&mut self, round: Vec<StreamId>) -> Vec<(StreamId, Result<Vec<Entry>, Error>)> {
        let mut keys = Keys::default();
        let planned: Vec<_> = round
            .iter()
            .map(|stream| self.plan(stream, &mut keys))
            .collect();
        let (mut streams, mut commands, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for (stream, done) in round.into_iter().zip(do_all(planned, &self.outside())) {
            match done {
                Ok(command) => {
                    streams.push(stream);
                    commands.push((Actor::system(), command));
                }
                Err(error) => answers.push((stream, Err(error))),
            }
        }
        answers.extend(streams.into_iter().zip(self.carry_out_all(&commands)));
        answers
    }
}

/// Does deeds on all processors; answers in order.
fn do_all(
    planned: Vec<Result<Planned, Error>>,
    outside: &Outside<'_>,
) -> Vec<Result<Command, Error>> {
    let one = |planned| match planned {
        Ok(Planned::Known(command)) => Ok(command),
        Ok(Planned::Deed(deed)) => Deed::perform(deed, outside),
        Err(error) => Err(error),
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    if planned.len() < ALONE || processors == 1 {
        return planned.into_iter().map(one).collect();
    }
    let slots: Vec<_> = planned
        .into_iter()
        .map(|planned| Mutex::new((Some(planned), None)))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
            let planned = slot.lock().ok().and_then(|mut slot| slot.0.take());
            let done = planned.map(one);
            if let Ok(mut slot) = slot.lock() {
                slot.1 = done;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..processors {
            scope.spawn(work);
        }
        work();
    });
    slots
        .into_iter()
        .filter_map(|slot| slot.into_inner().ok().and_then(|(_, done)| done))
        .collect()
}
