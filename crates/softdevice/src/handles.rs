//! Handles that a C interface gives out: numbers that name objects, never their addresses.
//!
//! A program can pass anything as a handle: one that was closed, one of another kind, a
//! pointer of its own. Each is looked up, and a number is never given twice in a process,
//! so the worst that happens is that nothing is found.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Where numbers begin: far from the small ones that programs take for flags.
const FIRST: usize = 0x0005_D001;

/// One row of numbers for all tables, so that a handle of one kind is none of another.
static NEXT: AtomicUsize = AtomicUsize::new(FIRST);

/// A table of objects of one kind.
pub struct Handles<T> {
    entries: Mutex<HashMap<usize, Arc<T>>>,
    most: usize,
}

impl<T> fmt::Debug for Handles<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles").finish_non_exhaustive()
    }
}

impl<T> Handles<T> {
    /// An empty table that holds `most` objects at a time.
    pub fn new(most: usize) -> Self {
        Self {
            entries: Mutex::new(HashMap::new()),
            most,
        }
    }

    /// Takes an object and gives its handle, which is not zero; `None` when the table is full.
    pub fn insert(&self, object: T) -> Option<usize> {
        self.insert_shared(Arc::new(object))
    }

    /// [`Self::insert`] of an object that is in use already.
    pub fn insert_shared(&self, object: Arc<T>) -> Option<usize> {
        let mut entries = self.entries();
        if entries.len() >= self.most {
            return None;
        }
        // Stops at the end rather than beginning anew.
        let handle = NEXT
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| {
                next.checked_add(1)
            })
            .ok()?;
        entries.insert(handle, object);
        Some(handle)
    }

    /// The object of a handle.
    pub fn get(&self, handle: usize) -> Option<Arc<T>> {
        self.entries().get(&handle).cloned()
    }

    /// Takes the object out; whoever still uses it holds it a while longer.
    pub fn remove(&self, handle: usize) -> Option<Arc<T>> {
        self.entries().remove(&handle)
    }

    /// How many objects there are of which `counts` is true.
    pub fn count(&self, mut counts: impl FnMut(&T) -> bool) -> usize {
        let entries = self.entries();
        entries.values().filter(|object| counts(object)).count()
    }

    /// Takes out all objects but those that `keep` keeps.
    pub fn retain(&self, mut keep: impl FnMut(&T) -> bool) {
        // Dropped when the lock is free: an object may ask for other tables when it goes.
        let mut gone = Vec::new();
        self.entries().retain(|_, object| {
            let kept = keep(object);
            if !kept {
                gone.push(Arc::clone(object));
            }
            kept
        });
    }

    /// A panic in between leaves a map whole, so a poisoned lock is as good as another.
    fn entries(&self) -> MutexGuard<'_, HashMap<usize, Arc<T>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_never_given_twice_and_none_is_found_in_another_table() {
        let (a, b) = (Handles::new(2), Handles::new(2));
        let first = a.insert('a').unwrap();
        let second = b.insert('b').unwrap();
        assert_eq!(a.get(first).as_deref(), Some(&'a'));
        assert_eq!(b.get(first), None);
        assert_eq!(a.get(second), None);
        assert_eq!(a.remove(first).as_deref(), Some(&'a'));
        assert_eq!(a.remove(first), None);
        assert!(a.insert('c').unwrap() > second);
    }

    #[test]
    fn a_full_table_takes_nothing_until_something_goes() {
        let table = Handles::new(2);
        let first = table.insert(1).unwrap();
        table.insert(2).unwrap();
        assert_eq!(table.insert(3), None);
        assert_eq!(table.count(|number| *number > 1), 1);
        table.retain(|number| *number != 1);
        assert_eq!(table.get(first), None);
        assert!(table.insert(3).is_some());
    }
}
