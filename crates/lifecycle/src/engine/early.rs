//! Commands that are decided while the write before them goes on: on what that write will have
//! made, as it is kept in memory. None of them is written before it, and what would have to ask
//! the store waits until the store is back.
//!
//! When the write fails, what was decided on it was never the case: it is decided again.

mod away;

use super::{
    Command, Engine, Submission,
    group::{Answer, Flight, Group, TRIES},
};
use crate::{CaseId, Error, Store, StoreError, StreamId, case};
use away::Away;
use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel},
    thread::{self, JoinHandle},
};

/// So few commands and effects are written at once: the write is not worth another thread.
const ALONE: usize = 16;

/// A thread that writes: a store is lent to it for one batch at a time.
#[derive(Debug)]
pub(crate) struct Writer {
    out: Option<SyncSender<Box<Errand>>>,
    back: Receiver<Landed>,
    thread: Option<JoinHandle<()>>,
}

struct Errand {
    store: Box<dyn Store>,
    flight: Flight,
}

#[derive(Debug)]
struct Landed {
    store: Box<dyn Store>,
    flight: Flight,
    written: Result<(), StoreError>,
}

/// What a turn was asked to carry, and what came of the commands that were decided early.
pub(crate) struct Carried {
    /// To each command that was decided early and written with this turn.
    pub(crate) early: Vec<Answer>,
    /// To what came of each effect.
    pub(crate) results: Vec<Answer>,
    /// To each command of this turn.
    pub(crate) answers: Vec<Answer>,
    /// Whether what was decided while this was written holds. If not, it is as if nobody had
    /// asked.
    pub(crate) is_followed: bool,
}

/// Who writes, and who decides while he does.
pub(crate) type Meanwhile<'a> = (&'a Writer, &'a mut dyn FnMut(&mut Early<'_>));

/// While a write goes on.
pub(crate) struct Early<'a> {
    engine: &'a mut Engine,
    writer: &'a Writer,
    away: Away,
    landed: Option<Landed>,
    /// A decision that may rest on a store that was not there.
    is_void: bool,
}

impl Writer {
    /// One that waits for work.
    ///
    /// # Errors
    /// The system's, when it gives no thread.
    pub(crate) fn start() -> io::Result<Self> {
        let (out, errands) = sync_channel::<Box<Errand>>(1);
        let (landed, back) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("lifecycle-write".to_owned())
            .spawn(move || {
                for errand in errands {
                    let Errand { mut store, flight } = *errand;
                    let written = flight.write(&mut *store);
                    let landed = landed.send(Landed {
                        store,
                        flight,
                        written,
                    });
                    if landed.is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self {
            out: Some(out),
            back,
            thread: Some(thread),
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.out = None;
        if let Some(thread) = self.thread.take() {
            // It died with the store that it was lent, and whoever waited for that was told.
            let _ = thread.join();
        }
    }
}

impl Engine {
    /// Commands that were decided early, with what they came to then, in front; behind them what
    /// came of effects, and commands. All of it is durable when this returns, or has failed. While
    /// it is written, `meanwhile` decides on what comes next, where that is worth it and this
    /// engine is the only one.
    pub(super) fn carry_out_ahead(
        &mut self,
        early: (Vec<Submission>, Vec<Answer>),
        results: Vec<Submission>,
        commands: Vec<Result<Submission, Error>>,
        meanwhile: Option<Meanwhile<'_>>,
    ) -> Carried {
        let (first, second) = (early.0.len(), early.0.len() + results.len());
        let (mut carried, mut answers) = early;
        carried.extend(results);
        // Whoever may not sit where he says is refused before anything is decided.
        let seated: Vec<_> = commands
            .into_iter()
            .map(|command| command.map(|command| carried.push(command)))
            .collect();
        let mut written = 0;
        self.decide_all(&carried, &mut answers, &mut written, TRIES);
        let meanwhile = meanwhile
            .filter(|_| carried.len() > ALONE && !self.ports.store.is_shared())
            .filter(|_| self.group.is_some());
        let is_followed = match meanwhile {
            None => {
                self.write(&carried, &mut answers, written, TRIES);
                true
            }
            Some((writer, meanwhile)) => {
                let (flushed, is_followed) = self.flush_behind(writer, meanwhile);
                if let Err(error) = flushed {
                    self.failed(error, &carried, &mut answers, written, TRIES);
                }
                is_followed
            }
        };
        let mut of_persons = answers.split_off(second).into_iter();
        let results = answers.split_off(first);
        let answer = |seated: Result<(), Error>| {
            seated?;
            of_persons.next().unwrap_or(Ok(Vec::new()))
        };
        Carried {
            early: answers,
            results,
            answers: seated.into_iter().map(answer).collect(),
            is_followed,
        }
    }

    /// Makes what was decided durable on the writer's thread, and lets others decide meanwhile;
    /// says whether what they decided holds.
    fn flush_behind(
        &mut self,
        writer: &Writer,
        meanwhile: &mut dyn FnMut(&mut Early<'_>),
    ) -> (Result<(), StoreError>, bool) {
        let Some(group) = self.group.take() else {
            return (Ok(()), true);
        };
        if group.is_empty() {
            return (Ok(()), true);
        }
        let last_case = group.last_case();
        let flight = self.depart(group);
        let away = Away::default();
        let store = std::mem::replace(&mut self.ports.store, Box::new(away.clone()));
        let errand = Errand { store, flight };
        let out = writer
            .out
            .as_ref()
            .expect("it is let go of with the writer");
        let sent = out.send(Box::new(errand));
        assert!(sent.is_ok(), "the writing thread has died");
        self.group = Some(Group::behind(self.view.head(), last_case));
        let mut early = Early {
            engine: self,
            writer,
            away,
            landed: None,
            is_void: false,
        };
        meanwhile(&mut early);
        let is_void = early.is_void;
        let landed = early.landed.take();
        // It panicked, and the store is lost with it.
        let landed = landed.or_else(|| writer.back.recv().ok());
        let Landed {
            store,
            flight,
            written,
        } = landed.expect("the writing thread has died");
        self.ports.store = store;
        let is_followed = written.is_ok() && !is_void;
        // Where it is not, the view may stand at a head that the store does not have, and the next
        // group starts from nothing then.
        if !is_followed || self.group.as_ref().is_some_and(Group::is_empty) {
            self.group = None;
        }
        if written.is_ok() {
            self.untried.extend(flight.untried);
        }
        (written, is_followed)
    }

    /// Whether what a command changes waits for something outside: that is recorded first.
    fn waits_outside(&self, id: &CaseId) -> bool {
        let state = self.state::<case::State>(&StreamId::Case(id.clone()));
        state.map_or(true, |state| {
            state.is_some_and(|state| state.due(id).is_some())
        })
    }
}

impl Early<'_> {
    /// What a command comes to once this write and the next are durable. None where that can't
    /// be said before the store is back: then nothing was decided.
    pub(crate) fn decide(&mut self, submission: &Submission) -> Option<Answer> {
        let Command::Case(id, _) = &submission.command else {
            return None;
        };
        if self.is_void || self.is_over() {
            return None;
        }
        self.away.asked();
        if self.engine.waits_outside(id) || self.engine.must_be_written_before(submission) {
            return None;
        }
        let answer = self.engine.decide_one(submission);
        if !self.away.asked() {
            return Some(answer);
        }
        // What was decided all the same stands in the group, and may be wrong.
        self.is_void |= answer.is_ok();
        None
    }

    /// Whether the write has ended.
    pub(crate) fn is_over(&mut self) -> bool {
        if self.landed.is_none() {
            match self.writer.back.try_recv() {
                Ok(landed) => self.landed = Some(landed),
                Err(TryRecvError::Empty) => return false,
                // Whoever waits for the store will find that it died.
                Err(TryRecvError::Disconnected) => {}
            }
        }
        true
    }
}
