//! Whether a self-test has failed in this process (GB/T 37092-2018, 7.10).
//!
//! Here, below everything, because the routines that can't refuse by a result ask it too.

use core::sync::atomic::{AtomicBool, Ordering};

static ENTERED: AtomicBool = AtomicBool::new(false);

/// From now on nothing is given out; only another process begins anew.
#[cold]
pub(crate) fn enter() {
    ENTERED.store(true, Ordering::SeqCst);
}

/// One load, and a branch that is never taken.
#[inline(always)]
pub(crate) fn entered() -> bool {
    ENTERED.load(Ordering::Relaxed)
}

/// For routines without a result to refuse by.
///
/// # Panics
/// In the error state: what they would give out could be wrong, and zeros or nothing in its
/// place would be taken for good.
#[inline(always)]
pub(crate) fn assert_not_entered() {
    if entered() {
        refuse();
    }
}

#[cold]
#[inline(never)]
#[expect(
    clippy::panic,
    reason = "a failed self-test is no input: the module is broken"
)]
fn refuse() -> ! {
    panic!("a self-test of gm-crypto failed, no output is given");
}
