//! The threads of a pool.

use super::{
    Connect,
    queue::{Limits, Next, Outcome, PutBack, Queue, Worker},
    sync::{Arc, JoinHandle, Mutex, spawn},
};
use crate::Error;
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Work in a session, or the reason why there is none. It keeps its answer, never
/// panics, and says whether the session is of no more use.
pub(super) type Job<C> =
    Box<dyn FnOnce(Result<&mut <C as Connect>::Session, Error>) -> bool + Send>;

pub(super) struct Crew<C: Connect>(Arc<Shared<C>>);

struct Shared<C: Connect> {
    connector: C,
    queue: Queue<Job<C>>,
    /// The threads that will be waited for.
    threads: Mutex<BTreeMap<Worker, JoinHandle<()>>>,
}

impl<C: Connect> Crew<C> {
    pub(super) fn new(connector: C, limits: Limits) -> Self {
        Self(Arc::new(Shared {
            connector,
            queue: Queue::new(limits),
            threads: Mutex::new(BTreeMap::new()),
        }))
    }

    pub(super) fn connector(&self) -> &C {
        &self.0.connector
    }

    #[cfg(test)]
    #[allow(dead_code, reason = "for the model alone")]
    pub(super) fn queue(&self) -> &Queue<Job<C>> {
        &self.0.queue
    }

    pub(super) fn run(&self, job: Job<C>) -> Outcome {
        let shared = &self.0;
        shared.queue.run(
            job,
            |worker| start(shared, worker),
            |worker| shared.let_go(worker),
        )
    }
}

impl<C: Connect> Drop for Crew<C> {
    fn drop(&mut self) {
        let all = self.0.queue.close();
        let threads = std::mem::take(&mut *self.0.threads.lock());
        if all {
            for thread in threads.into_values() {
                // It has done its last act; a panic in it would have been caught.
                let _ = thread.join();
            }
        }
    }
}

impl<C: Connect> Shared<C> {
    /// Nobody waits for this thread any more.
    fn let_go(&self, worker: Worker) {
        drop(self.threads.lock().remove(&worker));
    }

    fn connect(&self) -> Result<C::Session, Error> {
        catch_unwind(AssertUnwindSafe(|| self.connector.connect()))
            .unwrap_or(Err(Error::Panicked { call: "connecting" }))
    }
}

fn start<C: Connect>(shared: &Arc<Shared<C>>, worker: Worker) {
    // Held until the thread is in the list, so that it does not look for itself before.
    let mut threads = shared.threads.lock();
    let its_own = Arc::clone(shared);
    match spawn(move || work(&its_own, worker)) {
        Ok(thread) => {
            threads.insert(worker, thread);
        }
        Err(_) => {
            drop(threads);
            shared.queue.ended(false);
        }
    }
}

/// The life of a worker: one session at most, opened for the first job.
fn work<C: Connect>(shared: &Arc<Shared<C>>, worker: Worker) {
    let queue = &shared.queue;
    let start = |worker| start(shared, worker);
    let mut session = None;
    let mut done = None;
    let mut broken = false;
    loop {
        let (place, job) = match queue.next(worker, done, session.is_some(), broken, start) {
            Next::Job(place, job) => (place, job),
            Next::Close => {
                let connected = session.is_some();
                close(session);
                return queue.ended(connected);
            }
            Next::Leave => {
                shared.let_go(worker);
                close(session);
                return queue.returned(start);
            }
        };
        done = Some(place);
        broken = match &mut session {
            Some(session) => job(Ok(session)),
            None => match first_job(shared, place, job) {
                First::Done { opened, broken } => {
                    session = opened;
                    broken
                }
                First::PutBack => return shared.let_go(worker),
                First::Leave => {
                    shared.let_go(worker);
                    return queue.returned(start);
                }
            },
        };
    }
}

/// What a worker without a session has made of a job.
enum First<S> {
    Done { opened: Option<S>, broken: bool },
    PutBack,
    Leave,
}

/// Opens a session for a job and does it.
fn first_job<C: Connect>(shared: &Shared<C>, place: usize, mut job: Job<C>) -> First<C::Session> {
    let error = loop {
        match shared.connect() {
            Ok(mut session) => {
                // Not for a caller who went meanwhile.
                let broken = shared.queue.connected(place) && job(Ok(&mut session));
                return First::Done {
                    opened: Some(session),
                    broken,
                };
            }
            Err(error @ Error::SessionLimit { .. }) => {
                job = match shared.queue.put_back(place, job) {
                    PutBack::Again(job) => job,
                    PutBack::Waits => return First::PutBack,
                    PutBack::Leave => return First::Leave,
                    PutBack::Alone(alone) => {
                        job = alone;
                        break error;
                    }
                };
            }
            Err(error) => break error,
        }
    };
    job(Err(error));
    First::Done {
        opened: None,
        broken: false,
    }
}

/// Closes a session; a panic in that harms nobody else.
fn close<S>(session: Option<S>) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(session)));
}
