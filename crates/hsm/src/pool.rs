//! Sessions with a device, shared by many threads.

use crate::Error;
use std::{
    fmt::{self, Debug},
    panic::{AssertUnwindSafe, catch_unwind},
    process,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

mod crew;
mod queue;
mod sync;

use crew::Crew;
use queue::{Limits, Outcome};

/// How a pool comes by its sessions.
pub trait Connect: Debug + Send + Sync + 'static {
    /// A session with the device, ready for work (logged in). Closes when dropped.
    type Session: Send + 'static;

    /// Opens a session.
    ///
    /// # Errors
    /// The device's. [`Error::SessionLimit`] tells the pool to live with the sessions
    /// that it has.
    fn connect(&self) -> Result<Self::Session, Error>;
}

/// How many sessions a [`Pool`] keeps, and how long it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolOptions {
    /// Sessions at most, 1 or more; each has a thread. 4 by default.
    pub sessions: usize,
    /// How long one call to the device may take, opening the session included.
    /// 10 seconds by default.
    pub time_limit: Duration,
    /// Callers that may wait for a session at most. 1024 by default.
    pub queue: usize,
    /// How long a caller waits for a session. 30 seconds by default.
    pub wait_limit: Duration,
    /// Threads at most that may hang in a call that did not return in time; while there
    /// are so many, no new session is opened. 8 by default.
    pub hanging: usize,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            sessions: 4,
            time_limit: Duration::from_secs(10),
            queue: 1024,
            wait_limit: Duration::from_secs(30),
            hanging: 8,
        }
    }
}

impl PoolOptions {
    /// With so many sessions at most.
    #[must_use]
    pub fn with_sessions(self, sessions: usize) -> Self {
        Self { sessions, ..self }
    }

    /// With this limit for one call.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// With so many waiting callers at most.
    #[must_use]
    pub fn with_queue(self, queue: usize) -> Self {
        Self { queue, ..self }
    }

    /// With this limit for waiting.
    #[must_use]
    pub fn with_wait_limit(self, wait_limit: Duration) -> Self {
        Self { wait_limit, ..self }
    }

    /// With so many hanging threads at most.
    #[must_use]
    pub fn with_hanging(self, hanging: usize) -> Self {
        Self { hanging, ..self }
    }
}

/// Sessions with one device, shared by all threads that ask for them.
///
/// * A session is opened when it is needed, by a thread of its own, and all calls in it
///   are made by that thread: a C function that hangs cannot be called off, so its
///   caller goes on with [`Error::TimedOut`] and leaves the thread behind.
/// * Calls start in the order in which they came, whoever asks.
/// * A session is closed after an error that [ends it](Error::ends_session) or a panic;
///   the next call that needs one opens another. No call is made twice: what failed is
///   reported, and whether to ask again is the caller's affair.
/// * Of a device that gives fewer sessions than are wanted, those are used that there
///   are; more are tried for after a while.
/// * In a process that was forked from the one that made the pool every call is
///   [`Error::Forked`].
///
/// Dropping it closes the sessions and waits for that, as long as one call may take; not
/// for threads that hang.
pub struct Pool<C: Connect> {
    /// `None` only while it is dropped.
    crew: Option<Crew<C>>,
    options: PoolOptions,
    process: u32,
}

impl<C: Connect> Pool<C> {
    /// A pool that opens its sessions with `connector`, none of them yet.
    pub fn new(connector: C, options: PoolOptions) -> Self {
        let limits = Limits {
            sessions: options.sessions.max(1),
            time: options.time_limit,
            queue: options.queue,
            wait: options.wait_limit,
            hanging: options.hanging.max(1),
        };
        Self {
            crew: Some(Crew::new(connector, limits)),
            options,
            process: process::id(),
        }
    }

    /// What it was made with.
    pub fn options(&self) -> &PoolOptions {
        &self.options
    }

    /// Does `work` in a session. `call` names it in errors: the device's function, by the
    /// name in its standard.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full or no session was free within the limit;
    /// the work was not begun then. [`Error::TimedOut`] when it was begun and did not
    /// return within the limit, [`Error::Panicked`] when it panicked,
    /// [`Error::Forked`]; otherwise those of [`Connect::connect`] and of `work`.
    pub fn run<T: Send + 'static>(
        &self,
        call: &'static str,
        work: impl FnOnce(&mut C::Session) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let Some(crew) = self.crew.as_ref().filter(|_| self.is_at_home()) else {
            return Err(Error::Forked);
        };
        let result = Arc::new(Mutex::new(None));
        let place = Arc::clone(&result);
        let job: crew::Job<C> = Box::new(move |session| {
            let answer = session.and_then(|session| {
                catch_unwind(AssertUnwindSafe(|| work(session)))
                    .unwrap_or(Err(Error::Panicked { call }))
            });
            let ends = answer.as_ref().is_err_and(Error::ends_session);
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            ends
        });
        let busy = |sessions| Err(Error::Busy { sessions });
        match crew.run(job) {
            Outcome::Done => {}
            Outcome::TimedOut => {
                return Err(Error::TimedOut {
                    call,
                    limit: self.options.time_limit,
                });
            }
            Outcome::Refused { sessions } => return busy(sessions),
        }
        let answer = result.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A job that is done has left its answer.
        answer.unwrap_or(Err(Error::Panicked { call }))
    }

    /// The threads of the pool are not in a forked process.
    fn is_at_home(&self) -> bool {
        self.process == process::id()
    }
}

impl<C: Connect> Drop for Pool<C> {
    fn drop(&mut self) {
        let crew = self.crew.take();
        if self.is_at_home() {
            drop(crew);
        } else {
            // Its lock may have been held when the process was forked, and its threads
            // are not here to be waited for.
            std::mem::forget(crew);
        }
    }
}

impl<C: Connect> Debug for Pool<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("connector", &self.crew.as_ref().map(Crew::connector))
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod modelled;
#[cfg(test)]
mod tests;
