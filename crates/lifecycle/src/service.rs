//! An engine that works by itself: commands come from any thread, wait in one queue, and are
//! carried by as few writes as their number allows.

mod ticket;
mod worker;

pub use ticket::{Stopped, Ticket};

use crate::{Engine, Entry, Error, StreamId, Submission};
use std::{
    fmt,
    num::NonZero,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};
use ticket::{Answerer, ticket};
use worker::Worker;

/// An engine on a thread of its own.
///
/// Each turn takes what waits in the queue, does what states want done outside, and writes all
/// of it at once. While it writes, the next commands gather, and what is asked of cases that are
/// kept in memory is decided already, on what that write makes. No command is answered before its
/// records are durable, and all that it was decided on. Deadlines and notices are done in the
/// second in which they are due.
///
/// Commands that come through one [`Handle`] are carried out in the order in which they came.
/// Between those of several handles there is none.
///
/// The queue is bounded: who comes when it is full is told so at once ([`Busy`]), and nothing of
/// it was taken. [`stop`](Self::stop) lets nobody in any more and finishes what was accepted.
///
/// ```
/// # use lifecycle::{*, calendar::Calendar, case, ports::*, rules::RuleBook};
/// # use std::{num::NonZero, time::Duration};
/// # fn run(engine: Engine, actor: Actor, command: Command) -> Result<(), Box<dyn std::error::Error>> {
/// let places = NonZero::new(1_000).ok_or("no place")?;
/// let service = Service::start(engine, places, |happened| println!("{happened:?}"))?;
/// let handle = service.handle();
/// // From any thread; the ticket can be awaited, too.
/// let entries = handle.submit((actor, command))?.wait()??;
/// println!("{} records are durable", entries.len());
/// let engine = service.stop()?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Service {
    handle: Handle,
    worker: Option<JoinHandle<Engine>>,
}

/// A way into a [`Service`], for as many threads and tasks as there are; a clone is another way.
#[derive(Debug)]
pub struct Handle {
    queue: SyncSender<Job>,
    /// Held for reading while something is put into the queue: when the service closes it,
    /// everything that was accepted lies before the end.
    is_closed: Arc<RwLock<bool>>,
    /// Which way this is, and how many there have been.
    number: u64,
    handles: Arc<AtomicU64>,
}

impl Clone for Handle {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            is_closed: Arc::clone(&self.is_closed),
            number: self.handles.fetch_add(1, Ordering::Relaxed),
            handles: Arc::clone(&self.handles),
        }
    }
}

/// What a service tells whoever watches it, on the service's own thread.
#[derive(Debug)]
#[non_exhaustive]
pub enum Happened<'a> {
    /// A record of a command or an effect became durable; each is told once.
    Recorded(&'a Entry),
    /// An effect failed; it is tried again a second later.
    Failed(&'a StreamId, &'a Error),
    /// The service could not ask its store, tell a notice or make a checkpoint; it is tried
    /// again.
    Stumbled(&'a Error),
    /// One turn: so many commands were carried, so many effects done, and this is how long it
    /// took.
    Turned {
        /// Commands, refused ones with them.
        commands: usize,
        /// Effects.
        effects: usize,
        /// From taking them to having answered.
        took: Duration,
    },
}

/// What followed from a command, outside too.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settled {
    /// Records of the command, and of what was done for its stream afterwards, in order.
    pub entries: Vec<Entry>,
    /// Why something is still to be done; it is tried again. None: nothing is.
    pub failure: Option<Arc<Error>>,
}

/// The queue took nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Busy {
    /// Every place in it is taken; try again a moment later.
    #[error("the queue is full")]
    Full,
    /// The service has been stopped.
    #[error("the service takes no more commands")]
    Stopping,
}

type Question = Box<dyn FnOnce(&Engine) + Send>;

enum Job {
    Carry(Box<Errand>),
    Ask(Question),
    Stop,
}

/// A command, the way that it came by, and who waits for its answer.
struct Errand {
    submission: Submission,
    way: u64,
    waiting: Waiting,
}

/// Who waits for the answer to one command.
enum Waiting {
    ForRecords(Answerer<Result<Vec<Entry>, Error>>),
    ForEffects(StreamId, Answerer<Result<Settled, Error>>),
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Carry(_) => "Carry",
            Self::Ask(_) => "Ask",
            Self::Stop => "Stop",
        })
    }
}

impl Service {
    /// Puts an engine to work; `places` is how many may wait, and `watch` sees what happens.
    /// What an earlier process left open is done first.
    ///
    /// # Errors
    /// The system's, when it gives no thread.
    pub fn start(
        engine: Engine,
        places: NonZero<usize>,
        watch: impl FnMut(Happened<'_>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(places.get());
        let worker = Worker::new(engine, jobs, Box::new(watch))?;
        let worker = thread::Builder::new()
            .name("lifecycle".to_owned())
            .spawn(|| worker.run())?;
        Ok(Self {
            handle: Handle {
                queue,
                is_closed: Arc::default(),
                number: 0,
                handles: Arc::new(AtomicU64::new(1)),
            },
            worker: Some(worker),
        })
    }

    /// A way in.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Lets nobody in any more, answers all that was accepted, does what can be done outside,
    /// and gives the engine back.
    ///
    /// # Errors
    /// [`Stopped`] when the service's thread had died: whoever watched it panicked, a question, or
    /// a port.
    pub fn stop(mut self) -> Result<Engine, Stopped> {
        self.join().ok_or(Stopped)
    }

    fn join(&mut self) -> Option<Engine> {
        let worker = self.worker.take()?;
        let closed = self.handle.is_closed.write();
        *closed.unwrap_or_else(PoisonError::into_inner) = true;
        // A queue that nobody reads any more is a thread that has ended.
        let _ = self.handle.queue.send(Job::Stop);
        worker.join().ok()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.join();
    }
}

impl Handle {
    /// Hands a command in; its ticket is answered as [`Engine::submit`] would, once it is
    /// durable.
    ///
    /// # Errors
    /// [`Busy`] when it was not taken.
    pub fn submit(
        &self,
        submission: impl Into<Submission>,
    ) -> Result<Ticket<Result<Vec<Entry>, Error>>, Busy> {
        let (ticket, answerer) = ticket();
        self.carry(submission.into(), Waiting::ForRecords(answerer))?;
        Ok(ticket)
    }

    /// Hands a command in; its ticket is answered when all that its case or authority then
    /// wants done outside is done, or has failed once: both certificates of a case are in the
    /// answer to [`Issue`](crate::case::Command::Issue).
    ///
    /// # Errors
    /// [`Busy`] when it was not taken.
    pub fn submit_and_settle(
        &self,
        submission: impl Into<Submission>,
    ) -> Result<Ticket<Result<Settled, Error>>, Busy> {
        let (ticket, answerer) = ticket();
        let submission = submission.into();
        let stream = submission.command.stream();
        self.carry(submission, Waiting::ForEffects(stream, answerer))?;
        Ok(ticket)
    }

    /// Asks the engine something between two turns. All that was answered before is in what it
    /// sees.
    ///
    /// # Errors
    /// [`Busy`] when it was not taken.
    pub fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<Ticket<T>, Busy> {
        let (ticket, answerer) = ticket();
        self.send(Job::Ask(Box::new(move |engine| {
            answerer.answer(question(engine));
        })))?;
        Ok(ticket)
    }

    fn carry(&self, submission: Submission, waiting: Waiting) -> Result<(), Busy> {
        self.send(Job::Carry(Box::new(Errand {
            submission,
            way: self.number,
            waiting,
        })))
    }

    fn send(&self, job: Job) -> Result<(), Busy> {
        let is_closed = self.is_closed.read();
        let is_closed = is_closed.unwrap_or_else(PoisonError::into_inner);
        if *is_closed {
            return Err(Busy::Stopping);
        }
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Busy::Full,
            TrySendError::Disconnected(_) => Busy::Stopping,
        })
    }
}
