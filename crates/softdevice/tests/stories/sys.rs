//! A fork, which Rust does not have.

#![allow(unsafe_code, reason = "fork, and what goes with it")]

unsafe extern "C" {
    fn fork() -> i32;
    fn waitpid(process: i32, status: *mut i32, options: i32) -> i32;
    fn alarm(seconds: u32) -> u32;
    fn _exit(status: i32) -> !;
}

/// Runs `task` in a fork of this process and says what it said.
pub(crate) fn in_a_fork(task: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child runs `task` alone and leaves by _exit, so nothing of the test goes
    // on in it. glibc keeps its allocator usable over a fork, and the device its locks.
    let process = unsafe { fork() };
    assert!(process >= 0, "no fork");
    if process == 0 {
        // SAFETY: it takes any number. The signal ends a child that hangs.
        unsafe { alarm(60) };
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(task));
        // SAFETY: it takes any number and ends the process.
        unsafe { _exit(i32::from(!told.unwrap_or(false))) }
    }
    let mut status = 0;
    // SAFETY: `status` is good for writing.
    let waited = unsafe { waitpid(process, &raw mut status, 0) };
    waited == process && status == 0
}
