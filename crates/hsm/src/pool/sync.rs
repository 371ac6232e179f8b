//! What the pool needs to know of threads and time. Its tests put a simulated scheduler
//! in the place of this file.

use std::{
    io,
    sync::{MutexGuard as Guard, OnceLock, PoisonError},
    thread,
    time::Duration,
};

pub(super) use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::Instant,
};

pub(super) type MutexGuard<'a, T> = Guard<'a, T>;

/// A lock whose holders never panic, or leave behind what is as good as before.
pub(super) struct Mutex<T>(std::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(super) fn new(value: T) -> Self {
        Self(std::sync::Mutex::new(value))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sleeps and is woken; may wake for no reason.
#[derive(Default)]
pub(super) struct Condvar(std::sync::Condvar);

impl Condvar {
    pub(super) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wait_until<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        deadline: Instant,
    ) -> MutexGuard<'a, T> {
        let left = deadline.saturating_duration_since(now());
        self.0
            .wait_timeout(guard, left)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    pub(super) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(super) fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// Waits for what is about to be without going to sleep, for a few signatures' time, and
/// lets every other thread go first that wants the processor.
pub(super) fn linger(over: impl Fn() -> bool) {
    /// About what two wake-ups take.
    const TIME: Duration = Duration::from_micros(60);
    let until = after(now(), TIME);
    while !over() && now() < until {
        thread::yield_now();
    }
}

/// How many threads of a pool may linger at once: two for each processor, a caller and a
/// worker.
pub(super) fn lingerers() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| 2 * thread::available_parallelism().map_or(1, usize::from))
}

pub(super) fn now() -> Instant {
    Instant::now()
}

/// The instant that lies `time` after `instant`, or one so far away that nobody waits
/// for it.
pub(super) fn after(instant: Instant, time: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    instant
        .checked_add(time)
        .or_else(|| instant.checked_add(YEAR))
        .unwrap_or(instant)
}

pub(super) fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name("hsm session".into())
        .spawn(work)
}
