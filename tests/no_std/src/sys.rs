//! What a system and a C library give otherwise: a start, an end, memory, and the
//! routines for octets that the compiler calls. x86-64; the end is Linux's.

use core::{
    alloc::{GlobalAlloc, Layout},
    arch::{asm, global_asm},
    cell::UnsafeCell,
    panic::PanicInfo,
    ptr,
    sync::atomic::{AtomicUsize, Ordering},
};

// The stack as the ABI wants it before a call: a multiple of 16.
global_asm!(
    ".globl _start",
    "_start:",
    "xor ebp, ebp",
    "and rsp, -16",
    "call {main}",
    "ud2",
    // The compiled `alloc` names the routine that unwinds; nothing here unwinds.
    ".globl rust_eh_personality",
    "rust_eh_personality:",
    "ud2",
    main = sym main,
);

extern "C" fn main() -> ! {
    exit(crate::run().err().unwrap_or(0))
}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

fn exit(code: u8) -> ! {
    // SAFETY: Linux's call 231, exit_group; it does not come back.
    unsafe { asm!("syscall", in("rax") 231, in("rdi") u64::from(code), options(noreturn)) }
}

/// Memory that is handed out once, from the front, and never taken back.
struct Pile {
    octets: UnsafeCell<[u8; Self::LENGTH]>,
    used: AtomicUsize,
}

impl Pile {
    /// The tables of G take some 3 MiB while they are made, for nothing is given back here.
    const LENGTH: usize = 4 << 20;
}

// SAFETY: each octet is handed out once, as `used` only grows.
unsafe impl Sync for Pile {}

#[global_allocator]
static PILE: Pile = Pile {
    octets: UnsafeCell::new([0; Pile::LENGTH]),
    used: AtomicUsize::new(0),
};

// SAFETY: what is handed out lies in `octets`, is aligned, and overlaps nothing.
unsafe impl GlobalAlloc for Pile {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.octets.get().cast::<u8>();
        let wanted = layout.size() + layout.align();
        let used = self.used.fetch_add(wanted, Ordering::Relaxed);
        if used + wanted > Self::LENGTH {
            return ptr::null_mut();
        }
        // SAFETY: `used` and what is wanted, room for alignment with it, lie inside.
        unsafe {
            let free = start.add(used);
            free.add(free.align_offset(layout.align()))
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(target: *mut u8, source: *const u8, length: usize) -> *mut u8 {
    // SAFETY: the caller gives two places of that length; the direction flag is clear.
    unsafe {
        asm!(
            "rep movsb",
            inout("rdi") target => _,
            inout("rsi") source => _,
            inout("rcx") length => _,
            options(nostack, preserves_flags),
        );
    }
    target
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(target: *mut u8, source: *const u8, length: usize) -> *mut u8 {
    if (target as usize).wrapping_sub(source as usize) >= length {
        // SAFETY: the target does not begin inside the source, so forward is right.
        return unsafe { memcpy(target, source, length) };
    }
    // SAFETY: as above, from the last octet down; the direction flag is clear after it.
    unsafe {
        asm!(
            "std",
            "rep movsb",
            "cld",
            inout("rdi") target.wrapping_add(length).wrapping_sub(1) => _,
            inout("rsi") source.wrapping_add(length).wrapping_sub(1) => _,
            inout("rcx") length => _,
            options(nostack),
        );
    }
    target
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(target: *mut u8, octet: i32, length: usize) -> *mut u8 {
    // SAFETY: the caller gives a place of that length; the direction flag is clear.
    unsafe {
        asm!(
            "rep stosb",
            inout("rdi") target => _,
            in("al") octet as u8,
            inout("rcx") length => _,
            options(nostack, preserves_flags),
        );
    }
    target
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    for offset in 0..length {
        // SAFETY: the caller gives two places of that length; volatile, or the compiler
        // might make a call of this very routine of the loop.
        let (left, right) = unsafe {
            (
                left.add(offset).read_volatile(),
                right.add(offset).read_volatile(),
            )
        };
        if left != right {
            return i32::from(left) - i32::from(right);
        }
    }
    0
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    // SAFETY: the caller's promise is the same.
    unsafe { memcmp(left, right, length) }
}
