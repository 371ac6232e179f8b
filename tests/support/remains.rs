//! What a value leaves in memory when it is dropped: read back where it lay.

#![expect(
    unsafe_code,
    reason = "memory that no value owns any more can be read in no other way"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
    mem::MaybeUninit,
};
use zeroize::Zeroize;

/// The octets of a value while it lives, and of the same place after its drop.
pub fn before_and_after_drop<T>(value: T) -> [Vec<u8>; 2] {
    let mut place = Box::new(MaybeUninit::<T>::uninit());
    place.write(value);
    let read = |start: *const MaybeUninit<T>| {
        let mut octets = vec![0; size_of::<T>()];
        // SAFETY: `start` is the place of one T, which `place` keeps alive.
        unsafe { copy_octets(start.cast(), &mut octets) };
        octets
    };
    let before = read(&raw const *place);
    // SAFETY: the value was written above, is dropped once, and not used after.
    unsafe { place.assume_init_drop() };
    [before, read(&raw const *place)]
}

/// Copies octets of whatever sort: padding, or of a value that is gone.
///
/// # Safety
/// As many octets as `target` has can be read at `start`.
unsafe fn copy_octets(start: *const u8, target: &mut [u8]) {
    // Rust does not let padding be read as octets; the processor does not mind.
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the direction flag is clear where assembly begins; as many octets can be
    // read as the caller says, and written as the slice has.
    unsafe {
        core::arch::asm!(
            "rep movsb",
            inout("rsi") start => _,
            inout("rdi") target.as_mut_ptr() => _,
            inout("rcx") target.len() => _,
            options(nostack, preserves_flags),
        );
    }
    #[cfg(not(target_arch = "x86_64"))]
    for (offset, octet) in target.iter_mut().enumerate() {
        // SAFETY: it can be read, as the caller says; volatile, so that the compiler
        // does not reason about whose octet it is.
        *octet = unsafe { start.add(offset).read_volatile() };
    }
}

/// The system's heap, which looks at each block that is given back.
#[derive(Debug)]
pub struct WatchedHeap(());

const LENGTH: usize = 8;
/// Each under [`mask`]: the watch takes them to its stack, whose remains get into blocks as
/// padding, and must not be found as somebody else's.
type Patterns = ([u64; 128], usize);

/// A number that the compiler does not know, so that it compares under it.
fn mask() -> u64 {
    black_box(0x5ce5_a3b7_91d4_6e2b)
}

thread_local! {
    // Neither takes memory from the heap, nor is anything done when the thread ends.
    static PATTERNS: Cell<Patterns> = const { Cell::new(([0; 128], 0)) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
}

impl WatchedHeap {
    /// The heap; it has no state of its own.
    pub const HEAP: Self = Self(());

    /// Runs `work` and counts the blocks that this thread gives back with 8 octets of a
    /// secret in them: of those at 0, 8, 16, … in the secret, anywhere in the block.
    ///
    /// # Panics
    /// When there are more than 1,024 octets of secrets.
    pub fn watch(&self, secrets: &[Vec<u8>], work: impl FnOnce()) -> usize {
        let (mut patterns, mut count) = ([0; 128], 0);
        for piece in secrets
            .iter()
            .flat_map(|secret| secret.chunks_exact(LENGTH))
        {
            patterns[count] = masked(piece);
            count += 1;
        }
        FOUND.set(0);
        PATTERNS.set((patterns, count));
        work();
        PATTERNS.set((patterns, 0));
        FOUND.get()
    }

    /// # Safety
    /// As many octets as `length` says can be read at `start`.
    unsafe fn look_at(start: *const u8, length: usize) {
        let (patterns, count) = PATTERNS.get();
        let patterns = &patterns[..count];
        if patterns.is_empty() {
            return;
        }
        let mut part = [0; 512];
        // Parts overlap, so that no pattern falls between two.
        for offset in (0..length).step_by(part.len() - LENGTH + 1) {
            let part = &mut part[..(length - offset).min(512)];
            // SAFETY: `offset` and the length of the part lie in the block.
            unsafe { copy_octets(start.add(offset), part) };
            let mut windows = part.windows(LENGTH).map(masked);
            if windows.any(|window| patterns.contains(&window)) {
                FOUND.set(FOUND.get() + 1);
                part.zeroize();
                return;
            }
        }
    }
}

fn masked(piece: &[u8]) -> u64 {
    let octets = piece.try_into().expect("a piece has 8 octets");
    u64::from_ne_bytes(octets) ^ mask()
}

// SAFETY: the system's allocator does all of it; blocks are only read, while they are
// still owned. `realloc` is the default, which gives the old block back through here.
unsafe impl GlobalAlloc for WatchedHeap {
    /// Zeros: what the last owner of a block left there is not its next one's doing.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block has as many octets as its layout says, and is still there.
        unsafe { Self::look_at(block, layout.size()) };
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(block, layout) }
    }
}
