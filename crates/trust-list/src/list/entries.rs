//! The entries of a list, in the order of their keys.

use super::{Entry, EntryKey};
use crate::{Error, Result};
use std::sync::Arc;

/// Sorted by key, none twice. A pointer for each: long lists are copied for a status flash or
/// for the next list, and grow in any order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries(Vec<Arc<Entry>>);

impl Entries {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Entry> + Clone {
        self.0.iter().map(|entry| &**entry)
    }

    pub(crate) fn get(&self, key: &EntryKey) -> Option<&Entry> {
        let place = self.place(key.parts()).ok()?;
        self.at(place)
    }

    /// The entry at a place in the order.
    pub(crate) fn at(&self, place: usize) -> Option<&Entry> {
        self.0.get(place).map(|entry| &**entry)
    }

    pub(crate) fn get_mut(&mut self, key: &EntryKey) -> Option<&mut Entry> {
        let place = self.place(key.parts()).ok()?;
        self.0.get_mut(place).map(Arc::make_mut)
    }

    /// # Errors
    /// [`Error::DuplicateEntry`] when there is one with its key.
    pub(crate) fn insert(&mut self, entry: Entry) -> Result<()> {
        match self.place(entry.key_parts()) {
            Ok(_) => Err(Error::DuplicateEntry {
                entry: entry.key().to_string(),
            }),
            Err(place) => {
                self.0.insert(place, Arc::new(entry));
                Ok(())
            }
        }
    }

    /// Where an entry stands, or would.
    fn place(&self, key: [&str; 3]) -> core::result::Result<usize, usize> {
        // Lists are read and built in order, for the most part.
        if self.0.last().is_none_or(|last| last.key_parts() < key) {
            return Err(self.0.len());
        }
        self.0.binary_search_by(|entry| entry.key_parts().cmp(&key))
    }
}
