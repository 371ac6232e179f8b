//! `pool/sync.rs` over a simulated scheduler and a clock that stands still until
//! [`pass`] moves it.

use shuttle::sync;
use std::{io, time::Duration};

pub(super) use shuttle::{
    sync::{
        Arc, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

/// Since the beginning of the run.
pub(super) type Instant = Duration;

#[derive(Default)]
struct Clock {
    now: Instant,
    /// All that ever waited for a time.
    sleepers: Vec<Arc<sync::Condvar>>,
}

shuttle::lazy_static! {
    static ref CLOCK: sync::Mutex<Clock> = sync::Mutex::new(Clock::default());
}

pub(super) struct Mutex<T>(sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(super) fn new(value: T) -> Self {
        Self(sync::Mutex::new(value))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap()
    }
}

#[derive(Default)]
pub(super) struct Condvar(Arc<sync::Condvar>);

impl Condvar {
    pub(super) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).unwrap()
    }

    pub(super) fn wait_until<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        deadline: Instant,
    ) -> MutexGuard<'a, T> {
        let mut clock = CLOCK.lock().unwrap();
        if clock.now >= deadline {
            return guard;
        }
        if !clock.sleepers.iter().any(|one| Arc::ptr_eq(one, &self.0)) {
            clock.sleepers.push(Arc::clone(&self.0));
        }
        drop(clock);
        self.wait(guard)
    }

    pub(super) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(super) fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// A look or two: how long it takes is the scheduler's.
pub(super) fn linger(over: impl Fn() -> bool) {
    for _ in 0..2 {
        if over() {
            return;
        }
        shuttle::thread::yield_now();
    }
}

/// So few that some threads linger and others do not.
pub(super) fn lingerers() -> usize {
    2
}

pub(super) fn now() -> Instant {
    CLOCK.lock().unwrap().now
}

/// Moves the clock. Who begins to sleep at the same time may miss it, so whoever lets time
/// pass lets it pass again.
pub(super) fn pass(time: Duration) {
    let sleepers = {
        let mut clock = CLOCK.lock().unwrap();
        clock.now += time;
        clock.sleepers.clone()
    };
    for sleeper in sleepers {
        sleeper.notify_all();
    }
}

pub(super) fn after(instant: Instant, time: Duration) -> Instant {
    instant + time
}

pub(super) fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    Ok(shuttle::thread::spawn(work))
}
