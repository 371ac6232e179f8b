//! The thread of a service: turn after turn of commands, effects and one write.

use super::{Errand, Happened, Job, Question, Settled, Waiting, ticket::Answerer};
use crate::{
    Engine, Entry, Error, StreamId, Submission,
    engine::{Early, Writer},
};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    io,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

/// Jobs that one turn takes from the queue, and commands that are decided early.
const TURN: usize = 1_024;

/// How long the service sleeps when nothing comes, so that deadlines and notices are done in
/// their second.
const IDLE: Duration = Duration::from_millis(250);

/// How long time is not looked at when something that it brought failed, such as a notice: each
/// try takes up all that is due.
const TICK_AGAIN: Duration = Duration::from_secs(10);

/// How long what failed outside is left alone.
const RETRY: Duration = Duration::from_secs(1);

/// How long the queue is watched, while a write goes on, before that is looked at.
const LOOK: Duration = Duration::from_micros(200);

type Watch = Box<dyn FnMut(Happened<'_>) + Send>;

/// Whose ticket waits for what follows outside.
struct Settling {
    entries: Vec<Entry>,
    answerer: Answerer<Result<Settled, Error>>,
}

/// A command with what it came to, if the next write succeeds.
struct Decided {
    errand: Box<Errand>,
    answer: Result<Vec<Entry>, Error>,
}

/// What came from the queue and is not done.
#[derive(Default)]
struct Todo {
    errands: VecDeque<Box<Errand>>,
    questions: Vec<Question>,
    is_stopped: bool,
}

pub(super) struct Worker {
    engine: Engine,
    writer: Writer,
    jobs: Receiver<Job>,
    watch: Watch,
    todo: Todo,
    /// Decided while the last turn was written; their records wait for the next one's write.
    early: Vec<Decided>,
    /// Streams that are left alone until then, and why.
    stuck: HashMap<StreamId, (Instant, Arc<Error>)>,
    settling: HashMap<StreamId, Vec<Settling>>,
    /// The second in which time was looked at last.
    ticked: Option<u64>,
    /// Time is not looked at before then: something that it brought failed.
    tick_again: Instant,
}

impl Worker {
    pub(super) fn new(engine: Engine, jobs: Receiver<Job>, watch: Watch) -> io::Result<Self> {
        Ok(Self {
            engine,
            writer: Writer::start()?,
            jobs,
            watch,
            todo: Todo::default(),
            early: Vec::new(),
            stuck: HashMap::new(),
            settling: HashMap::new(),
            ticked: None,
            tick_again: Instant::now(),
        })
    }

    pub(super) fn run(mut self) -> Engine {
        let mut is_idle = false;
        while !(self.todo.is_stopped && is_idle) {
            self.gather(is_idle);
            is_idle = self.turn();
        }
        self.engine
    }

    /// What waits in the queue; when `may_wait`, at least what comes next. Where commands were
    /// decided early nothing is taken: those that wait are decided while these are written, and
    /// so there is always something to do meanwhile.
    fn gather(&mut self, may_wait: bool) {
        if !self.early.is_empty() {
            return;
        }
        if may_wait && !self.todo.is_stopped {
            match self.jobs.recv_timeout(IDLE) {
                Ok(job) => self.todo.take_in(job),
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => self.todo.is_stopped = true,
            }
        }
        let room = TURN.saturating_sub(self.todo.errands.len());
        for job in self.jobs.try_iter().take(room) {
            self.todo.take_in(job);
        }
    }

    /// One turn; says whether nothing is left to do.
    fn turn(&mut self) -> bool {
        let began = Instant::now();
        self.tick();
        let errands = std::mem::take(&mut self.todo.errands);
        let (commands, waiting): (Vec<_>, Vec<_>) = errands
            .into_iter()
            .map(|errand| {
                let Errand {
                    submission,
                    waiting,
                    ..
                } = *errand;
                (submission, waiting)
            })
            .unzip();
        self.stuck.retain(|_, (until, _)| *until > began);
        let stuck: HashSet<_> = self.stuck.keys().cloned().collect();
        let round = self.engine.waiting(&stuck).unwrap_or_else(|error| {
            (self.watch)(Happened::Stumbled(&error));
            Vec::new()
        });
        let (carried, effects) = (self.early.len() + commands.len(), round.len());
        if carried + effects > 0 {
            self.carry(round, commands, waiting);
            let took = began.elapsed();
            (self.watch)(Happened::Turned {
                commands: carried,
                effects,
                took,
            });
        }
        self.release();
        if self.early.is_empty() {
            for question in std::mem::take(&mut self.todo.questions) {
                question(&self.engine);
            }
        }
        carried + effects == 0 && self.todo.is_empty()
    }

    /// One turn of the engine, and the answers to all that it wrote. While it is written, more
    /// commands are decided, unless something waits that must not see what is not yet durable.
    fn carry(&mut self, round: Vec<StreamId>, commands: Vec<Submission>, waiting: Vec<Waiting>) {
        let head = self.engine.store().head().map_or(0, |head| head.seq);
        let (mut given, mut early_waiting) = ((Vec::new(), Vec::new()), Vec::new());
        for Decided { errand, answer } in self.early.drain(..) {
            let Errand {
                submission,
                waiting,
                ..
            } = *errand;
            given.0.push(submission);
            given.1.push(answer);
            early_waiting.push(waiting);
        }
        let may_go_ahead = self.todo.questions.is_empty() && !self.is_time();
        let (jobs, todo, next) = (&self.jobs, &mut self.todo, &mut self.early);
        let mut meanwhile = |early: &mut Early<'_>| go_ahead(early, jobs, todo, next);
        let meanwhile = may_go_ahead.then_some((&self.writer, &mut meanwhile as _));
        let turn = self.engine.turn_ahead(round, given, commands, meanwhile);
        if !turn.is_followed {
            // It rested on what never came to be: it comes first among what is still to be done.
            let again = self.early.drain(..).map(|decided| decided.errand);
            let later = std::mem::take(&mut self.todo.errands);
            self.todo.errands = again.chain(later).collect();
        }
        for (stream, answer) in turn.settled {
            self.note(stream, answer);
        }
        let answers = turn.early.into_iter().chain(turn.answers);
        for (answer, waiting) in answers.zip(early_waiting.into_iter().chain(waiting)) {
            self.answer(answer, waiting, head);
        }
    }

    /// Whether time is to be looked at.
    fn is_time(&self) -> bool {
        let second = self.engine.now().unix_duration().as_secs();
        self.ticked != Some(second) && Instant::now() >= self.tick_again
    }

    /// Time is looked at once in each of its seconds, when nothing is decided that is not
    /// written.
    fn tick(&mut self) {
        if !self.early.is_empty() || !self.is_time() {
            return;
        }
        self.ticked = Some(self.engine.now().unix_duration().as_secs());
        let watch = &mut self.watch;
        let ticked = self
            .engine
            .tick(&mut |entry| watch(Happened::Recorded(entry)));
        if let Err(error) = ticked {
            self.tick_again = Instant::now() + TICK_AGAIN;
            (self.watch)(Happened::Stumbled(&error));
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

    /// Answers those for whose streams nothing is left to do, now that all of it is durable.
    fn release(&mut self) {
        if self.settling.is_empty() {
            return;
        }
        let streams = self
            .early
            .iter()
            .map(|one| one.errand.submission.command.stream());
        let ahead: HashSet<_> = streams.collect();
        let asked = self
            .settling
            .keys()
            .filter(|stream| !ahead.contains(*stream));
        let settled = match self.engine.settled(asked) {
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

impl Todo {
    fn take_in(&mut self, job: Job) {
        match job {
            Job::Carry(errand) => self.errands.push_back(errand),
            Job::Ask(question) => self.questions.push(question),
            Job::Stop => self.is_stopped = true,
        }
    }

    fn is_empty(&self) -> bool {
        self.errands.is_empty() && self.questions.is_empty()
    }
}

/// Decides on what comes while a write goes on. What can't be decided yet waits, and so does all
/// that comes the same way behind it; after a question nothing is decided any more, since that
/// sees what is durable and nothing else.
fn go_ahead(
    early: &mut Early<'_>,
    jobs: &Receiver<Job>,
    todo: &mut Todo,
    decided: &mut Vec<Decided>,
) {
    let mut behind = HashSet::new();
    while !early.is_over() && decided.len() + todo.errands.len() < TURN {
        let job = match jobs.recv_timeout(LOOK) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let Job::Carry(errand) = job else {
            todo.take_in(job);
            return;
        };
        let answer = match behind.contains(&errand.way) {
            true => None,
            false => early.decide(&errand.submission),
        };
        match answer {
            Some(answer) => decided.push(Decided { errand, answer }),
            None => {
                behind.insert(errand.way);
                todo.errands.push_back(errand);
            }
        }
    }
}
