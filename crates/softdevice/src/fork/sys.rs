//! Being told of forks by the system.

#![allow(unsafe_code, reason = "pthread_atfork, which Rust does not have")]

#[cfg(unix)]
pub(super) use unix::watch;

/// Only Unix forks.
#[cfg(not(unix))]
pub(super) fn watch() {}

#[cfg(unix)]
mod unix {
    use crate::fork::{before, in_child, in_parent};
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    type Handler = extern "C" fn();

    unsafe extern "C" {
        /// POSIX.1-2024, `pthread_atfork`.
        fn pthread_atfork(
            prepare: Option<Handler>,
            parent: Option<Handler>,
            child: Option<Handler>,
        ) -> i32;
    }

    extern "C" fn prepare() {
        before();
    }

    extern "C" fn parent() {
        in_parent();
    }

    extern "C" fn child() {
        in_child();
    }

    /// Has the handlers called, from the first time on. Not by a `Once`: that is a lock.
    pub(in crate::fork) fn watch() {
        static WATCHED: AtomicBool = AtomicBool::new(false);
        if !WATCHED.swap(true, SeqCst) {
            // SAFETY: the handlers are functions of this library, which do not unwind: they
            // count, sleep and look at the clock. glibc forgets them when the library that
            // they are in is unloaded. Out of memory, the one error, forks are not watched.
            unsafe {
                pthread_atfork(Some(prepare), Some(parent), Some(child));
            }
        }
    }
}
