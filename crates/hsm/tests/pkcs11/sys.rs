//! A fork, which Rust does not have.

#![allow(unsafe_code, reason = "fork, and what goes with it")]

unsafe extern "C" {
    fn fork() -> i32;
    fn waitpid(process: i32, status: *mut i32, options: i32) -> i32;
    fn alarm(seconds: u32) -> u32;
    fn _exit(status: i32) -> !;
}

/// Runs `task` in a fork of this process; says whether it did not panic.
pub(crate) fn survives_in_a_fork(task: impl FnOnce()) -> bool {
    // SAFETY: the child does `task`, for which glibc keeps its allocator usable, and ends
    // with _exit: nothing else of the test goes on in it.
    let process = unsafe { fork() };
    assert!(process >= 0, "no fork");
    if process == 0 {
        // SAFETY: it takes any number. The signal ends a child that hangs.
        unsafe { alarm(60) };
        let task = std::panic::catch_unwind(std::panic::AssertUnwindSafe(task));
        // SAFETY: it takes any number and does not return.
        unsafe { _exit(i32::from(task.is_err())) }
    }
    let mut status = 0;
    // SAFETY: `status` lives while the call writes it.
    let waited = unsafe { waitpid(process, &raw mut status, 0) };
    waited == process && status == 0
}
