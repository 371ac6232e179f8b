//! The loop that does what states want done outside, in rounds: what can be done at once is done
//! side by side, and one write records what came of it.

use super::{
    Command, Engine, Submission,
    early::Meanwhile,
    group::{Answer, seated},
    perform::{Deed, Keys, Outside, Planned},
};
use crate::{Entry, Error, StreamId, authority, case, erasure};
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
        let mut failure = None;
        let mut stuck = HashSet::new();
        loop {
            let round = self.waiting(&stuck)?;
            if round.is_empty() {
                return failure.map_or(Ok(()), Err);
            }
            for (stream, answer) in self.turn(round) {
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

    /// The streams of the next round: those for which something is to be done outside, the
    /// oldest first, and `stuck` left out.
    pub(crate) fn waiting(&mut self, stuck: &HashSet<StreamId>) -> Result<Vec<StreamId>, Error> {
        self.check_own_tail()?;
        // Those that are stuck may be the oldest of all.
        let limit = ROUND + stuck.len();
        let waiting = self.ports.store.to_settle(limit)?.into_iter();
        let waiting = waiting.filter(|stream| !stuck.contains(stream));
        Ok(waiting.take(ROUND).collect())
    }

    /// Those of these streams for which nothing is to be done outside.
    pub(crate) fn settled<'a>(
        &self,
        streams: impl Iterator<Item = &'a StreamId>,
    ) -> Result<HashSet<StreamId>, Error> {
        let store = &*self.ports.store;
        if self.group.is_none() {
            self.view.catch_up(store)?;
        }
        let mut settled = HashSet::new();
        for stream in streams {
            let is_due = match stream {
                StreamId::Case(id) => {
                    let state = self.view.known::<case::State>(store, stream)?.state;
                    state.is_some_and(|state| state.due(id).is_some())
                }
                StreamId::Authority(_) => {
                    let state = self.view.known::<authority::State>(store, stream)?.state;
                    state.is_some_and(|state| state.due().is_some())
                }
                StreamId::Erasure(_) => {
                    let state = self.view.known::<erasure::State>(store, stream)?.state;
                    state.is_some_and(|state| state.due().is_some())
                }
                _ => false,
            };
            if !is_due {
                settled.insert(stream.clone());
            }
        }
        Ok(settled)
    }

    /// One effect of each of these streams; one write then carries what came of them, and
    /// commands of persons behind it.
    fn turn(&mut self, round: Vec<StreamId>) -> Vec<(StreamId, Answer)> {
        let nothing = (Vec::new(), Vec::new());
        self.turn_ahead(round, nothing, Vec::new(), None).settled
    }

    /// One effect of each of these streams; one write then carries commands that were decided
    /// early, what came of the effects, and commands behind that. While it goes on, `meanwhile`
    /// may decide on more.
    pub(crate) fn turn_ahead(
        &mut self,
        round: Vec<StreamId>,
        early: (Vec<Submission>, Vec<Answer>),
        submissions: Vec<Submission>,
        meanwhile: Option<Meanwhile<'_>>,
    ) -> Turn {
        let mut keys = Keys::default();
        let planned: Vec<_> = round
            .iter()
            .map(|stream| self.plan(stream, &mut keys))
            .collect();
        let (mut streams, mut results, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        for (stream, done) in round.into_iter().zip(do_all(planned, &self.outside())) {
            match done {
                Ok(command) => {
                    streams.push(stream);
                    results.push(Submission::of_system(command));
                }
                Err(error) => settled.push((stream, Err(error))),
            }
        }
        let mut carried = self.carry_out_ahead(early, results, seated(submissions), meanwhile);
        if self.ports.store.is_shared() {
            for (stream, answer) in streams.iter().zip(&mut carried.results) {
                // Another node has done it meanwhile.
                if matches!(answer, Err(Error::Refused(_)))
                    && self
                        .settled(std::iter::once(stream))
                        .is_ok_and(|settled| settled.contains(stream))
                {
                    *answer = Ok(Vec::new());
                }
            }
        }
        settled.extend(streams.into_iter().zip(carried.results));
        Turn {
            settled,
            early: carried.early,
            answers: carried.answers,
            is_followed: carried.is_followed,
        }
    }
}

/// What came of one turn.
pub(crate) struct Turn {
    /// Of each stream of the round: what was recorded, or why nothing was.
    pub(crate) settled: Vec<(StreamId, Answer)>,
    /// To each command that was decided early, in order.
    pub(crate) early: Vec<Answer>,
    /// To each command, in order.
    pub(crate) answers: Vec<Answer>,
    /// Whether what was decided while this was written holds.
    pub(crate) is_followed: bool,
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
        for _ in 1..processors.min(slots.len()) {
            scope.spawn(work);
        }
        work();
    });
    slots
        .into_iter()
        .filter_map(|slot| slot.into_inner().ok().and_then(|(_, done)| done))
        .collect()
}
