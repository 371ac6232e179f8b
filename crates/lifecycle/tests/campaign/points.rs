//! Where a process may die: those places that the engine knows, and those of the world outside.

use lifecycle::fail_point::{self, Point};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// The crash points of a simulation.
pub(crate) const POINTS: &[(&str, &str)] = &[
    ("C1", "an intent is decided, not written"),
    ("C2", "an intent is being written"),
    ("C3", "an intent is durable, the device not asked"),
    ("C4", "the device has signed, its answer is lost"),
    ("C5", "the signature is there, not written"),
    ("C6", "the outcome is being written"),
    ("C7", "the outcome is durable, nobody answered"),
    ("C8", "delivered or told, not noted"),
    ("C9", "the token is written, not recorded"),
    ("C10", "the PIN is sent, not recorded"),
    ("C11", "a CRL is durable, not published"),
    ("C12", "a CRL is published, not recorded"),
    ("C13", "a list is signed, not out, or out, not noted"),
    ("C14", "a checkpoint is signed, or out, not kept"),
    ("C15", "a freeze is durable, on no CRL"),
    ("C16", "a payment is called back, not recorded"),
    ("W1", "any other write: before"),
    ("W2", "any other write: in it"),
    ("W3", "any other write: after, nobody answered"),
];

/// What a process that died says to whoever started it.
pub(crate) struct Crash(pub(crate) &'static str);

#[derive(Default)]
struct Table {
    armed: Option<(&'static str, u32)>,
    tally: Tally,
}

/// How often each point was reached, and how often a process died there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) reached: BTreeMap<&'static str, u64>,
    pub(crate) died: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        for (own, others) in [
            (&mut self.reached, &other.reached),
            (&mut self.died, &other.died),
        ] {
            for (name, count) in others {
                *own.entry(name).or_default() += count;
            }
        }
    }
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
}

/// From now on, points of the engine are points of the simulation on the same thread.
pub(crate) fn watch() {
    fail_point::on_reach(|point: Point| pass(point.name()));
}

/// The process dies when it reaches this point so often.
pub(crate) fn arm(name: &'static str, count: u32) {
    TABLE.with_borrow_mut(|table| table.armed = Some((name, count)));
}

pub(crate) fn disarm() {
    TABLE.with_borrow_mut(|table| table.armed = None);
}

/// Where it will die.
pub(crate) fn armed() -> Option<&'static str> {
    TABLE.with_borrow(|table| table.armed.map(|(name, _)| name))
}

/// What was counted on this thread since the last time.
pub(crate) fn take() -> Tally {
    TABLE.take().tally
}

/// Reaches a point.
pub(crate) fn pass(name: &'static str) {
    let dies = TABLE.with_borrow_mut(|table| {
        *table.tally.reached.entry(name).or_default() += 1;
        let (armed, left) = table.armed.as_mut()?;
        if *armed == name {
            *left -= 1;
        }
        (*left == 0).then(|| table.armed = None)
    });
    if dies.is_some() {
        die(name);
    }
}

/// The process dies here.
pub(crate) fn die(name: &'static str) -> ! {
    TABLE.with_borrow_mut(|table| *table.tally.died.entry(name).or_default() += 1);
    resume_unwind(Box::new(Crash(name)))
}

/// Does it; none where the process died.
pub(crate) fn survive<T>(act: impl FnOnce() -> T) -> Result<T, &'static str> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|payload| match payload.downcast::<Crash>() {
        Ok(crash) => crash.0,
        Err(other) => resume_unwind(other),
    })
}
