//! Requests to valgrind's memcheck: memory it shall take for undefined is a secret,
//! and each branch and each address that depends on it is a report.
//!
//! Outside valgrind, and on another machine than x86-64, a request does nothing.

#![expect(
    unsafe_code,
    reason = "a request is a few instructions that only valgrind understands"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The requests of `valgrind.h` and `memcheck.h` (valgrind 3.19).
mod request {
    pub(super) const RUNNING_ON_VALGRIND: u64 = 0x1001;
    pub(super) const COUNT_ERRORS: u64 = 0x1201;
    /// memcheck's own are counted from 'M' 'C' in the two high octets.
    pub(super) const MAKE_MEM_UNDEFINED: u64 = 0x4D43_0001;
    pub(super) const MAKE_MEM_DEFINED: u64 = 0x4D43_0002;
    pub(super) const CHECK_MEM_IS_DEFINED: u64 = 0x4D43_0005;
    pub(super) const GET_VBITS: u64 = 0x4D43_0008;
}

/// Whether valgrind runs this program.
pub fn is_running() -> bool {
    ask(request::RUNNING_ON_VALGRIND, [0; 3]) != 0
}

/// How many reports there were until now, each counted as often as it came.
pub fn reports() -> u64 {
    ask(request::COUNT_ERRORS, [0; 3])
}

/// The value, from now on a secret.
#[must_use]
pub fn secret<T: Copy>(mut value: T) -> T {
    let start = core::ptr::from_mut(&mut value) as u64;
    ask(
        request::MAKE_MEM_UNDEFINED,
        [start, size_of::<T>() as u64, 0],
    );
    // A value in registers has no address to ask about: this keeps it in memory.
    core::hint::black_box(value)
}

/// Makes octets a secret where they are.
pub fn make_secret(octets: &mut [u8]) {
    ask(
        request::MAKE_MEM_UNDEFINED,
        [octets.as_mut_ptr() as u64, octets.len() as u64, 0],
    );
}

/// The value, from now on known to everybody, as what an algorithm gives out is.
#[must_use]
pub fn published<T: Copy>(mut value: T) -> T {
    let start = core::ptr::from_mut(&mut value) as u64;
    ask(request::MAKE_MEM_DEFINED, [start, size_of::<T>() as u64, 0]);
    core::hint::black_box(value)
}

/// Whether octets depend on a secret: whether every one of them has an undefined bit.
pub fn all_secret(octets: &[u8]) -> bool {
    let mut undefined = vec![0_u8; octets.len()];
    let answer = ask(
        request::GET_VBITS,
        [
            octets.as_ptr() as u64,
            undefined.as_mut_ptr() as u64,
            octets.len() as u64,
        ],
    );
    answer == 1 && undefined.iter().all(|bits| *bits != 0)
}

thread_local! {
    static PUBLISHING: Cell<bool> = const { Cell::new(false) };
}

/// Does `work` with what is given out anyway, such as a ciphertext: secrets that
/// memcheck sees in blocks of the heap are no reports meanwhile.
pub fn publishing<T>(work: impl FnOnce() -> T) -> T {
    PUBLISHING.set(true);
    let result = work();
    PUBLISHING.set(false);
    result
}

/// The system's heap: a block that is given back with a secret in it is a report, which
/// names who gave it back.
///
/// Unlike valgrind's own, blocks are defined from the start: what nobody has written is
/// no secret.
#[derive(Debug)]
pub struct SecretFreeHeap(());

impl SecretFreeHeap {
    /// The heap; it has no state of its own.
    pub const HEAP: Self = Self(());
}

// SAFETY: the system's allocator does all of it, and the requests change no octet.
// `realloc` is the default, which gives the old block back through here.
unsafe impl GlobalAlloc for SecretFreeHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        let block = unsafe { System.alloc(layout) };
        if !block.is_null() {
            let length = layout.size() as u64;
            ask(request::MAKE_MEM_DEFINED, [block as u64, length, 0]);
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let length = layout.size() as u64;
        if !PUBLISHING.get() {
            ask(request::CHECK_MEM_IS_DEFINED, [block as u64, length, 0]);
        }
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Asks valgrind; without it the answer is 0.
#[cfg(target_arch = "x86_64")]
fn ask(request: u64, arguments: [u64; 3]) -> u64 {
    let block = [request, arguments[0], arguments[1], arguments[2], 0, 0];
    let mut answer = 0_u64;
    // SAFETY: four rotations of RDI that together are no change, and an exchange of a
    // register with itself: no effect outside valgrind. Under valgrind the request
    // reads `block`, changes valgrind's own record of definedness, and gives a number
    // in RDX; GET_VBITS writes as many octets as its third argument says, which
    // `all_secret` has allocated.
    unsafe {
        core::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") block.as_ptr(),
            inout("rdx") answer,
            in("rdi") 0_u64,
        );
    }
    answer
}

#[cfg(not(target_arch = "x86_64"))]
fn ask(_: u64, _: [u64; 3]) -> u64 {
    0
}
