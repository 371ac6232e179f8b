//! Who waits, who works, and who was given up: all of it under one lock.
//!
//! A job has a place from its submission until its caller has heard of it, or until the
//! worker that was given up comes back. A worker is counted in exactly one of `workers`,
//! `leaving` and `hanging`, from the decision to start its thread until its last act here.

use super::sync::{
    Arc, AtomicUsize, Condvar, Instant, Mutex, MutexGuard, Ordering, after, linger, lingerers, now,
};
use std::{collections::VecDeque, mem, time::Duration};

/// How long a device that gave no further session is not asked for one again.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) sessions: usize,
    pub(super) time: Duration,
    pub(super) queue: usize,
    pub(super) wait: Duration,
    pub(super) hanging: usize,
}

/// How a job ended, for its caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was done.
    Done,
    /// It was begun, and may be going on.
    TimedOut,
    /// It was not begun. So many sessions were at work.
    Refused { sessions: usize },
}

/// The name of a worker.
pub(super) type Worker = u64;

/// What a worker is to do.
pub(super) enum Next<J> {
    /// This, and come back.
    Job(usize, J),
    /// Close the session and say [`Queue::ended`].
    Close,
    /// Close the session and say [`Queue::returned`]: nobody counts on it any more.
    Leave,
}

/// What became of a job for which the device gave no session.
pub(super) enum PutBack<J> {
    /// Another session will do it; the worker ends.
    Waits,
    /// A session was closed meanwhile: another try.
    Again(J),
    /// There is no other session: its caller has to hear of it.
    Alone(J),
    /// Its caller went; as [`Next::Leave`].
    Leave,
}

enum Phase<J> {
    Free,
    Waiting(J),
    Running {
        since: Instant,
        worker: Worker,
        connected: bool,
        /// [`State::freed`], when it began.
        freed: u64,
    },
    Done,
    Refused,
    /// The caller went, the worker has not come back.
    GivenUp,
}

struct Place<J> {
    phase: Phase<J>,
    /// Its caller sleeps here. Kept with the place for the next caller.
    answered: Arc<Bell>,
}

/// Wakes one caller, asleep or lingering.
#[derive(Default)]
struct Bell {
    rung: AtomicUsize,
    sleeper: Condvar,
}

impl Bell {
    fn ring(&self) {
        self.rung.fetch_add(1, Ordering::Release);
        self.sleeper.notify_one();
    }
}

struct State<J> {
    places: Vec<Place<J>>,
    free: Vec<usize>,
    /// Places that are [`Phase::Waiting`], in the order of their arrival.
    waiting: VecDeque<usize>,
    /// Workers that start, wait or work.
    workers: usize,
    /// Of those, the ones that sleep.
    idle: usize,
    /// Of those, the ones that linger before they sleep, and will look for work again.
    attentive: usize,
    /// Callers and workers that linger.
    lingering: usize,
    /// Of those, the ones that do a job.
    running: usize,
    /// Of those, the ones that have a session.
    connected: usize,
    /// Workers that close a broken session.
    leaving: usize,
    /// Workers that were given up.
    hanging: usize,
    /// Sessions that the device gives.
    allowed: usize,
    /// When to try for more.
    grows: Option<Instant>,
    /// Sessions that were closed so far, because they were broken or came late.
    freed: u64,
    last_worker: Worker,
    closed: bool,
}

pub(super) struct Queue<J> {
    state: Mutex<State<J>>,
    /// Jobs that ever came: what a worker that lingers looks at.
    arrivals: AtomicUsize,
    /// Idle workers sleep here.
    work: Condvar,
    /// Whoever closes the queue sleeps here.
    gone: Condvar,
    limits: Limits,
}

impl<J> Queue<J> {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            state: Mutex::new(State {
                places: Vec::new(),
                free: Vec::new(),
                waiting: VecDeque::new(),
                workers: 0,
                idle: 0,
                attentive: 0,
                lingering: 0,
                running: 0,
                connected: 0,
                leaving: 0,
                hanging: 0,
                allowed: limits.sessions,
                grows: None,
                freed: 0,
                last_worker: 0,
                closed: false,
            }),
            arrivals: AtomicUsize::new(0),
            work: Condvar::default(),
            gone: Condvar::default(),
            limits,
        }
    }

    /// Lines a job up and waits for its end. `start` is called, without the lock, with
    /// the name of a worker that has to be started, `give_up` with that of the one that
    /// hangs in the job.
    pub(super) fn run(&self, job: J, start: impl Fn(Worker), give_up: impl Fn(Worker)) -> Outcome {
        let submitted = now();
        let mut state = self.state.lock();
        let hired = state.can_hire(&self.limits, submitted);
        if state.is_full(&self.limits, hired) {
            let sessions = state.workers;
            drop(state);
            drop(job);
            return Outcome::Refused { sessions };
        }
        let place = state.take_place(job);
        let answered = Arc::clone(&state.places[place].answered);
        let rung = answered.rung.load(Ordering::Acquire);
        self.arrivals.fetch_add(1, Ordering::Release);
        if state.idle > 0 && state.waiting.len() > state.attentive {
            self.work.notify_one();
        }
        if let Some(worker) = state.hire(hired) {
            drop(state);
            start(worker);
            state = self.state.lock();
        }
        // To be woken takes longer than many a signature.
        if state.may_linger() {
            state.lingering += 1;
            drop(state);
            linger(|| answered.rung.load(Ordering::Acquire) != rung);
            state = self.state.lock();
            state.lingering -= 1;
        }
        let waits_until = after(submitted, self.limits.wait);
        loop {
            let now = now();
            let look_again = match state.places[place].phase {
                Phase::Waiting(_) if now < waits_until => {
                    // Should it begin right now, its time is not over before this.
                    waits_until.min(after(now, self.limits.time))
                }
                Phase::Running { since, .. } if now < after(since, self.limits.time) => {
                    after(since, self.limits.time)
                }
                _ => break,
            };
            state = answered.sleeper.wait_until(state, look_again);
        }
        let sessions = state.workers;
        match mem::replace(&mut state.places[place].phase, Phase::Free) {
            Phase::Done => {
                state.free.push(place);
                Outcome::Done
            }
            Phase::Waiting(job) => {
                state.waiting.retain(|waiting| *waiting != place);
                state.free.push(place);
                drop(state);
                drop(job);
                Outcome::Refused { sessions }
            }
            Phase::Running {
                worker, connected, ..
            } => {
                state.places[place].phase = Phase::GivenUp;
                state.running -= 1;
                state.dismiss(connected);
                state.hanging += 1;
                let replacement = self.replace(&mut state);
                drop(state);
                give_up(worker);
                replacement.into_iter().for_each(start);
                Outcome::TimedOut
            }
            // The other two are no caller's.
            Phase::Refused | Phase::Free | Phase::GivenUp => {
                state.free.push(place);
                Outcome::Refused { sessions }
            }
        }
    }

    /// Ends the job at `done`, if there was one, and waits for the next. `connected`
    /// says whether the worker has a session, `broken` that it is of no more use.
    pub(super) fn next(
        &self,
        worker: Worker,
        done: Option<usize>,
        connected: bool,
        broken: bool,
        start: impl Fn(Worker),
    ) -> Next<J> {
        let mut state = self.state.lock();
        if let Some(place) = done {
            if state.comes_back(place) {
                return Next::Leave;
            }
            state.running -= 1;
            state.places[place].phase = Phase::Done;
            state.places[place].answered.ring();
        }
        if broken {
            state.dismiss(connected);
            state.leaving += 1;
            let replacement = self.replace(&mut state);
            drop(state);
            replacement.into_iter().for_each(start);
            return Next::Leave;
        }
        let mut lingered = false;
        loop {
            if state.closed {
                return Next::Close;
            }
            if let Some((place, job)) = state.first(worker, connected) {
                return Next::Job(place, job);
            }
            if !lingered && state.may_linger() {
                lingered = true;
                let seen = self.arrivals.load(Ordering::Acquire);
                state.lingering += 1;
                state.attentive += 1;
                drop(state);
                linger(|| self.arrivals.load(Ordering::Acquire) != seen);
                state = self.state.lock();
                state.lingering -= 1;
                state.attentive -= 1;
                continue;
            }
            state.idle += 1;
            state = self.work.wait(state);
            state.idle -= 1;
            lingered = false;
        }
    }

    /// The worker that does the job at `place` has a session from now on. Says whether
    /// the job's caller is still there.
    pub(super) fn connected(&self, place: usize) -> bool {
        let mut state = self.state.lock();
        let Phase::Running { connected, .. } = &mut state.places[place].phase else {
            return false;
        };
        *connected = true;
        state.connected += 1;
        true
    }

    /// The device gave no further session for a job: another worker does it, before
    /// those that came later. That one has a session, or is about to hear the same, or is
    /// started when a broken session is closed; the last of them is told to be alone.
    pub(super) fn put_back(&self, place: usize, job: J) -> PutBack<J> {
        let mut state = self.state.lock();
        if state.comes_back(place) {
            drop(state);
            drop(job);
            return PutBack::Leave;
        }
        if state.workers == 1 && state.leaving == 0 {
            let now_freed = state.freed;
            return match &mut state.places[place].phase {
                Phase::Running { freed, .. } if *freed != now_freed => {
                    *freed = now_freed;
                    PutBack::Again(job)
                }
                _ => PutBack::Alone(job),
            };
        }
        state.places[place].phase = Phase::Waiting(job);
        state.waiting.push_front(place);
        state.running -= 1;
        state.dismiss(false);
        state.allowed = state.workers.max(1);
        state.grows = Some(after(now(), PATIENCE));
        if state.idle > 0 {
            self.work.notify_one();
        }
        PutBack::Waits
    }

    /// A worker that was told [`Next::Leave`] is at its end.
    pub(super) fn returned(&self, start: impl Fn(Worker)) {
        let mut state = self.state.lock();
        state.leaving -= 1;
        state.freed += 1;
        let replacement = self.replace(&mut state);
        if state.is_empty() {
            self.gone.notify_all();
        }
        drop(state);
        replacement.into_iter().for_each(start);
    }

    /// A worker was told [`Next::Close`] and did it, or could not be started.
    pub(super) fn ended(&self, connected: bool) {
        let mut state = self.state.lock();
        state.dismiss(connected);
        if state.workers == 0 {
            state.refuse_all();
        }
        if state.is_empty() {
            self.gone.notify_all();
        }
    }

    /// Sends the workers home; says whether all went within the time of one call, those
    /// that close a broken session among them, and those that hang not.
    pub(super) fn close(&self) -> bool {
        let until = after(now(), self.limits.time);
        let mut state = self.state.lock();
        state.closed = true;
        self.work.notify_all();
        while !state.is_empty() && now() < until {
            state = self.gone.wait_until(state, until);
        }
        state.is_empty()
    }

    /// Callers that have not heard of their job, and workers that have not come back.
    #[cfg(test)]
    #[allow(dead_code, reason = "for the model alone")]
    pub(super) fn owed(&self) -> usize {
        let state = self.state.lock();
        (state.places.len() - state.free.len()).max(state.leaving + state.hanging)
    }

    /// Workers that start, wait or work.
    #[cfg(test)]
    #[allow(dead_code, reason = "for the model alone")]
    pub(super) fn at_work(&self) -> usize {
        self.state.lock().workers
    }

    /// A worker less: hires another one if somebody waits for it. Where there can be
    /// none because too many hang, nobody waits in vain.
    fn replace(&self, state: &mut MutexGuard<'_, State<J>>) -> Option<Worker> {
        if state.closed {
            return None;
        }
        let hired = state.can_hire(&self.limits, now());
        let worker = state.hire(hired);
        if state.is_dead(&self.limits) {
            state.refuse_all();
        }
        worker
    }
}

impl<J> State<J> {
    /// How many workers more there may be.
    fn can_hire(&mut self, limits: &Limits, now: Instant) -> usize {
        if self.grows.is_some_and(|grows| now >= grows) {
            self.grows = None;
            self.allowed = limits.sessions;
        }
        // Those that take long to close a session may hang in that.
        if self.hanging + self.leaving < limits.hanging {
            self.allowed.saturating_sub(self.workers)
        } else {
            0
        }
    }

    /// Nobody has a session, but for those that hang.
    fn is_empty(&self) -> bool {
        self.workers == 0 && self.leaving == 0
    }

    /// Whether one more thread may linger: they hold no processor that others want, and
    /// should be few all the same.
    fn may_linger(&self) -> bool {
        self.lingering < lingerers()
    }

    /// Workers that do nothing, or are about to.
    fn free_hands(&self) -> usize {
        self.workers - self.running
    }

    fn is_full(&self, limits: &Limits, can_hire: usize) -> bool {
        let begin_at_once = self.free_hands() + can_hire;
        self.is_dead(limits) || self.waiting.len() >= begin_at_once.saturating_add(limits.queue)
    }

    /// No worker, and none to be had while those that hang do not return.
    fn is_dead(&self, limits: &Limits) -> bool {
        self.workers == 0 && self.hanging >= limits.hanging
    }

    fn hire(&mut self, can_hire: usize) -> Option<Worker> {
        if can_hire == 0 || self.waiting.len() <= self.free_hands() {
            return None;
        }
        self.workers += 1;
        self.last_worker += 1;
        Some(self.last_worker)
    }

    fn dismiss(&mut self, connected: bool) {
        self.workers -= 1;
        self.connected -= usize::from(connected);
    }

    fn take_place(&mut self, job: J) -> usize {
        let phase = Phase::Waiting(job);
        let place = match self.free.pop() {
            Some(place) => {
                self.places[place].phase = phase;
                place
            }
            None => {
                self.places.push(Place {
                    phase,
                    answered: Arc::default(),
                });
                self.places.len() - 1
            }
        };
        self.waiting.push_back(place);
        place
    }

    /// The job that came first.
    fn first(&mut self, worker: Worker, connected: bool) -> Option<(usize, J)> {
        let place = self.waiting.pop_front()?;
        let running = Phase::Running {
            since: now(),
            worker,
            connected,
            freed: self.freed,
        };
        match mem::replace(&mut self.places[place].phase, running) {
            Phase::Waiting(job) => {
                self.running += 1;
                Some((place, job))
            }
            _ => None,
        }
    }

    /// Whether the worker at `place` was given up; then it only has to close its session.
    fn comes_back(&mut self, place: usize) -> bool {
        let given_up = matches!(self.places[place].phase, Phase::GivenUp);
        if given_up {
            self.places[place].phase = Phase::Free;
            self.free.push(place);
            self.hanging -= 1;
            self.leaving += 1;
        }
        given_up
    }

    fn refuse_all(&mut self) {
        for place in mem::take(&mut self.waiting) {
            let place = &mut self.places[place];
            place.phase = Phase::Refused;
            place.answered.ring();
        }
    }
}
