//! Forks while other threads use the device.
//!
//! A fork copies the whole memory and one thread. A lock that another thread holds at that
//! moment, of SQLite's or of ours, is held in the child for ever. So whoever uses the device is
//! counted ([`enter`]); a fork waits until nobody is inside, and lets nobody in until it is
//! done (`pthread_atfork`). No lock stands for this itself: there are counters alone, which the
//! child sets back.
//!
//! It waits for 15 seconds, longer than a transaction takes. If somebody is inside even then,
//! the child is told so whenever it comes ([`Error::ForkedInUse`]), and doesn't hang.

mod sys;

use crate::{Error, Result};
use std::{
    cell::Cell,
    marker::PhantomData,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

/// How long a fork waits for those who are inside: longer than one of them waits for another
/// process's write.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often it looks.
const PAUSE: Duration = Duration::from_micros(50);
/// Counters, so that threads don't wait for each other's cache line.
const SHARDS: usize = 16;

#[repr(align(128))]
struct Count(AtomicUsize);

/// Threads that are inside, by shard.
static INSIDE: [Count; SHARDS] = [const { Count(AtomicUsize::new(0)) }; SHARDS];
/// Forks that are under way: while there are some, nobody comes in.
static FORKS: AtomicUsize = AtomicUsize::new(0);
/// In a child: somebody was inside when it was forked.
static IN_USE: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Shard of this thread, and how often it is inside.
    static HERE: Cell<(Option<usize>, usize)> = const { Cell::new((None, 0)) };
}

/// Keeps forks away until it is dropped; of the thread that [entered](enter).
#[derive(Debug)]
#[must_use]
pub struct Entered(PhantomData<*const ()>);

/// Comes in, and waits while the process is forked. Who is inside may enter again.
///
/// # Errors
/// [`Error::ForkedInUse`].
pub fn enter() -> Result<Entered> {
    let (shard, depth) = HERE.get();
    let shard = shard.unwrap_or_else(|| {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        sys::watch();
        NEXT.fetch_add(1, SeqCst) % SHARDS
    });
    if depth == 0 {
        come_in(shard);
    }
    HERE.set((Some(shard), depth + 1));
    let entered = Entered(PhantomData);
    match IN_USE.load(SeqCst) {
        true => Err(Error::ForkedInUse),
        false => Ok(entered),
    }
}

fn come_in(shard: usize) {
    loop {
        INSIDE[shard].0.fetch_add(1, SeqCst);
        if FORKS.load(SeqCst) == 0 {
            return;
        }
        INSIDE[shard].0.fetch_sub(1, SeqCst);
        while FORKS.load(SeqCst) != 0 {
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let (shard, depth) = HERE.get();
        HERE.set((shard, depth.saturating_sub(1)));
        if let (Some(shard), 1) = (shard, depth) {
            INSIDE[shard].0.fetch_sub(1, SeqCst);
        }
    }
}

/// Runs `wait`, which may take as long as it likes, as if this thread were not inside. Whoever
/// calls it holds no lock that the child could want.
pub fn outside<T>(wait: impl FnOnce() -> T) -> T {
    /// Comes in again, after a panic, too.
    struct Back(usize);
    impl Drop for Back {
        fn drop(&mut self) {
            come_in(self.0);
        }
    }
    let _back = match HERE.get() {
        (Some(shard), 1..) => {
            INSIDE[shard].0.fetch_sub(1, SeqCst);
            Some(Back(shard))
        }
        _ => None,
    };
    wait()
}

/// Before a fork: closes, and waits until the others are out.
fn before() {
    FORKS.fetch_add(1, SeqCst);
    let own = own();
    let start = Instant::now();
    while inside() > own && start.elapsed() < PATIENCE {
        thread::sleep(PAUSE);
    }
}

/// After a fork, in the parent.
fn in_parent() {
    FORKS.fetch_sub(1, SeqCst);
}

/// After a fork, in the child: the other threads are not there.
fn in_child() {
    let own = own();
    if inside() > own {
        IN_USE.store(true, SeqCst);
    }
    for count in &INSIDE {
        count.0.store(0, SeqCst);
    }
    if let (Some(shard), 1..) = HERE.get() {
        INSIDE[shard].0.store(own, SeqCst);
    }
    FORKS.store(0, SeqCst);
}

/// Whether the thread that forks is inside itself, as a number.
fn own() -> usize {
    HERE.get().1.min(1)
}

fn inside() -> usize {
    INSIDE.iter().map(|count| count.0.load(SeqCst)).sum()
}
