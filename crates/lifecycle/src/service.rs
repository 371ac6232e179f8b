//! An engine that works by itself: commands come from any thread, wait in one queue, and are
//! carried by as few writes as their number allows.

mod ticket;

pub use ticket::{Stopped, Ticket};

use crate::{Engine, Entry, Error, StreamId, Submission};
use std::{
    collections::{HashMap, HashSet},
    fmt,
    num::NonZero,
    sync::{
        Arc, PoisonError, RwLock,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use ticket::{Answerer, ticket};

/// Jobs that one turn takes from the queue.
const TURN: usize = 1_024;

/// How long the service sleeps when nothing comes, so that deadlines and notices are done in
/// their second.
const IDLE: Duration = Duration::from_millis(250);

/// How long time is not looked at when something that it brought failed, such as a notice: each
/// try takes up all that is due.
const TICK_AGAIN: Duration = Duration::from_secs(10);

/// How long what failed outside is left alone.
const RETRY: Duration = Duration::from_secs(1);

/// An engine on a thread of its own.
///
/// Each turn takes what waits in the queue, does what states want done outside, and writes all
/// of it at once; while it writes, the next commands gather. No command is answered before its
/// records are durable. Deadlines and notices are done in the second in which they are due.
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

/// A way into a [`Service`], for as many threads and tasks as there are.
#[derive(Clone, Debug)]
pub struct Handle {
    queue: SyncSender<Job>,
    /// Held for reading while something is put into the queue: when the service closes it,
    /// everything that was accepted lies before the end.
    is_closed: Arc<RwLock<bool>>,
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
    Submit(Submission, Answerer<Result<Vec<Entry>, Error>>),
    Settle(Submission, Answerer<Result<Settled, Error>>),
    Ask(Question),
    Stop,
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submit(..) => "Submit",
            Self::Settle(..) => "Settle",
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
        let worker = Worker {
            engine,
            jobs,
            watch: Box::new(watch),
            stuck: HashMap::new(),
            settling: HashMap::new(),
            ticked: None,
            tick_again: Instant::now(),
        };
        let worker = thread::Builder::new()
            .name("lifecycle".to_owned())
            .spawn(|| worker.run())?;
        Ok(Self {
            handle: Handle {
                queue,
                is_closed: Arc::default(),
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
        self.send(Job::Submit(submission.into(), answerer))?;
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
        self.send(Job::Settle(submission.into(), answerer))?;
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

/// Whose ticket waits for what follows outside.
struct Settling {
    entries: Vec<Entry>,
    answerer: Answerer<Result<Settled, Error>>,
}

/// Who waits for the answer to one command.
enum Waiting {
    ForRecords(Answerer<Result<Vec<Entry>, Error>>),
    ForEffects(StreamId, Answerer<Result<Settled, Error>>),
}

struct Worker {
    engine: Engine,
    jobs: Receiver<Job>,
    watch: Box<dyn FnMut(Happened<'_>) + Send>,
    /// Streams that are left alone until then, and why.
    stuck: HashMap<StreamId, (Instant, Arc<Error>)>,
    settling: HashMap<StreamId, Vec<Settling>>,
    /// The second in which time was looked at last.
    ticked: Option<u64>,
    /// Time is not looked at before then: something that it brought failed.
    tick_again: Instant,
}

impl Worker {
    fn run(mut self) -> Engine {
        let mut is_open = true;
        let mut is_idle = false;
        while is_open || !is_idle {
            let jobs = self.gather(is_open && is_idle);
            is_open &= !jobs.iter().any(|job| matches!(job, Job::Stop));
            is_idle = self.turn(jobs);
        }
        self.engine
    }

    /// What waits in the queue; when `may_wait`, at least what comes next.
    fn gather(&mut self, may_wait: bool) -> Vec<Job> {
        let mut jobs = Vec::new();
        if may_wait {
            match self.jobs.recv_timeout(IDLE) {
                Ok(job) => jobs.push(job),
                Err(RecvTimeoutError::Timeout) => return jobs,
                Err(RecvTimeoutError::Disconnected) => return vec![Job::Stop],
            }
        }
        jobs.extend(self.jobs.try_iter().take(TURN - jobs.len()));
        jobs
    }

    /// One turn; says whether nothing is left to do.
    fn turn(&mut self, jobs: Vec<Job>) -> bool {
        let began = Instant::now();
        self.tick();
        let (mut commands, mut waiting, mut questions) = (Vec::new(), Vec::new(), Vec::new());
        for job in jobs {
            match job {
                Job::Submit(submission, answerer) => {
                    commands.push(submission);
                    waiting.push(Waiting::ForRecords(answerer));
                }
                Job::Settle(submission, answerer) => {
                    let stream = submission.command.stream();
                    commands.push(submission);
                    waiting.push(Waiting::ForEffects(stream, answerer));
                }
                Job::Ask(question) => questions.push(question),
                Job::Stop => {}
            }
        }
        self.stuck.retain(|_, (until, _)| *until > began);
        let stuck: HashSet<_> = self.stuck.keys().cloned().collect();
        let round = self.engine.waiting(&stuck).unwrap_or_else(|error| {
            (self.watch)(Happened::Stumbled(&error));
            Vec::new()
        });
        let (carried, effects) = (commands.len(), round.len());
        if carried + effects > 0 {
            let head = self.engine.store().head().map_or(0, |head| head.seq);
            let turn = self.engine.turn(round, commands);
            for (stream, answer) in turn.settled {
                self.note(stream, answer);
            }
            for (answer, waiting) in turn.answers.into_iter().zip(waiting) {
                self.answer(answer, waiting, head);
            }
            let took = began.elapsed();
            (self.watch)(Happened::Turned {
                commands: carried,
                effects,
                took,
            });
        }
        self.release();
        for question in questions {
            question(&self.engine);
        }
        carried + effects == 0
    }

    /// Time is looked at once in each of its seconds.
    fn tick(&mut self) {
        let second = self.engine.now().unix_duration().as_secs();
        if Instant::now() < self.tick_again {
            return;
        }
        if self.ticked.replace(second) != Some(second) {
            let watch = &mut self.watch;
            let ticked = self
                .engine
                .tick(&mut |entry| watch(Happened::Recorded(entry)));
            if let Err(error) = ticked {
                self.tick_again = Instant::now() + TICK_AGAIN;
                (self.watch)(Happened::Stumbled(&error));
            }
        }
    }

    /// What came of one effect, for whoever waits for it.
    fn note(&mut self, stream: StreamId, answer: Result<Vec<Entry>, Error>) {
        match answer {
            Ok(entries) => {
                for entry in &entries {
                    (self.watch)(Happened::Recorded(entry));
                }
                for settling in self.settling.get_mut(&stream).into_iter().flatten() {
                    settling.entries.extend(entries.iter().cloned());
                }
            }
            Err(error) => {
                (self.watch)(Happened::Failed(&stream, &error));
                let failure = Arc::new(error);
                for settling in self.settling.remove(&stream).unwrap_or_default() {
                    settling.answerer.answer(Ok(Settled {
                        entries: settling.entries,
                        failure: Some(Arc::clone(&failure)),
                    }));
                }
                self.stuck.insert(stream, (Instant::now() + RETRY, failure));
            }
        }
    }

    /// The answer to one command of a turn that began behind record `head`.
    fn answer(&mut self, answer: Result<Vec<Entry>, Error>, waiting: Waiting, head: u64) {
        // What comes again under its key was told the first time.
        let is_new = |entry: &&Entry| entry.seq > head;
        for entry in answer.iter().flatten().filter(is_new) {
            (self.watch)(Happened::Recorded(entry));
        }
        match (waiting, answer) {
            (Waiting::ForRecords(answerer), answer) => answerer.answer(answer),
            (Waiting::ForEffects(_, answerer), Err(error)) => answerer.answer(Err(error)),
            (Waiting::ForEffects(stream, answerer), Ok(entries)) => {
                // It has failed once already, and is left alone for a while.
                if let Some((_, failure)) = self.stuck.get(&stream) {
                    let failure = Some(Arc::clone(failure));
                    return answerer.answer(Ok(Settled { entries, failure }));
                }
                let settling = Settling { entries, answerer };
                self.settling.entry(stream).or_default().push(settling);
            }
        }
    }

    /// Answers those for whose streams nothing is left to do.
    fn release(&mut self) {
        if self.settling.is_empty() {
            return;
        }
        let settled = match self.engine.settled(self.settling.keys()) {
            Ok(settled) => settled,
            Err(error) => return (self.watch)(Happened::Stumbled(&error)),
        };
        let done = self
            .settling
            .extract_if(|stream, _| settled.contains(stream));
        for settling in done.flat_map(|(_, settling)| settling) {
            settling.answerer.answer(Ok(Settled {
                entries: settling.entries,
                failure: None,
            }));
        }
    }
}
