//! How much of the heap is in use, and the most that ever was.

#![expect(
    unsafe_code,
    reason = "a heap is an unsafe trait; this one only counts and leaves the work to the system's"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// The system's heap with a count of the octets that are in use.
#[derive(Debug, Default)]
pub struct CountingHeap {
    used: AtomicUsize,
    peak: AtomicUsize,
}

impl CountingHeap {
    /// Nothing in use.
    pub const fn new() -> Self {
        Self {
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        }
    }

    /// The octets in use.
    pub fn used(&self) -> usize {
        self.used.load(Relaxed)
    }

    /// The most octets that were in use at once while `work` ran, beyond those in use before.
    /// Other threads count too.
    pub fn peak_of<T>(&self, work: impl FnOnce() -> T) -> (T, usize) {
        let before = self.used.load(Relaxed);
        self.peak.store(before, Relaxed);
        let result = work();
        (result, self.peak.load(Relaxed).saturating_sub(before))
    }

    fn taken(&self, octets: usize) {
        let used = self.used.fetch_add(octets, Relaxed) + octets;
        self.peak.fetch_max(used, Relaxed);
    }

    fn given_back(&self, octets: usize) {
        self.used.fetch_sub(octets, Relaxed);
    }
}

// SAFETY: each call is passed on to `System` as it came, and what that answers is returned;
// counting neither allocates nor panics.
unsafe impl GlobalAlloc for CountingHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.taken(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.given_back(layout.size());
        // SAFETY: the block is from `System`, as every block from here is.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.taken(size);
        self.given_back(layout.size());
        // SAFETY: as for `dealloc`; the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
