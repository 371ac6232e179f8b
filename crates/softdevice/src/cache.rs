//! What was read from the store once and is used without it.
//!
//! Between reading a value and keeping it another thread may change or destroy the object.
//! Whoever finds nothing is told how often something was forgotten until then, and what it
//! read afterwards is kept only if that is still so.

use crate::fork;
use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// Values by key; a clone of a value is the value, as that of an `Arc` is.
pub struct Cache<K, V> {
    state: RwLock<State<K, V>>,
}

struct State<K, V> {
    known: HashMap<K, V>,
    forgotten: u64,
}

/// When nothing was found, for [`Cache::keep`].
#[derive(Clone, Copy, Debug)]
pub struct Missed(u64);

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// The value under a key.
    ///
    /// # Errors
    /// [`Missed`] when there is none: to be asked for before the value is read elsewhere.
    pub fn get(&self, key: &K) -> Result<V, Missed> {
        let Ok(_inside) = fork::enter() else {
            return Err(Missed(0));
        };
        let state = self.read();
        let known = state.known.get(key).cloned();
        known.ok_or(Missed(state.forgotten))
    }

    /// Keeps a value that was read after `missed`, unless something was forgotten since.
    pub fn keep(&self, missed: Missed, key: K, value: V) {
        let Ok(_inside) = fork::enter() else { return };
        let mut state = self.write();
        if state.forgotten == missed.0 {
            state.known.insert(key, value);
        }
    }

    /// Forgets the value under a key, after the object itself was changed or destroyed.
    pub fn forget(&self, key: &K) {
        let Ok(_inside) = fork::enter() else { return };
        let mut state = self.write();
        state.forgotten = state.forgotten.wrapping_add(1);
        let gone = state.known.remove(key);
        drop(state);
        // Wiped when the lock is free.
        drop(gone);
    }

    // Whatever panicked in between left a whole map.
    fn read(&self) -> RwLockReadGuard<'_, State<K, V>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State<K, V>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self {
            state: RwLock::new(State {
                known: HashMap::new(),
                forgotten: 0,
            }),
        }
    }
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_it_was_forgotten_is_not_kept() {
        let cache = Cache::default();
        let missed = cache.get(&1).unwrap_err();
        // Another thread changes the object while this one holds what it read.
        cache.forget(&1);
        cache.keep(missed, 1, "old");
        let missed = cache.get(&1).unwrap_err();
        cache.keep(missed, 1, "new");
        assert_eq!(cache.get(&1).unwrap(), "new");
        cache.forget(&1);
        assert!(cache.get(&1).is_err());
    }
}
