//! Keys that are gone with their process: for tests and rehearsals.

use super::{KeysOf, SubjectKey};
use crate::{PersonId, StoreError, StreamId, ports::SubjectKeys};
use parking_lot::Mutex;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Keys in memory. Clones are the same keys.
#[derive(Clone, Debug, Default)]
pub struct MemorySubjectKeys(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    keys: HashMap<StreamId, KeysOf>,
    persons: HashMap<StreamId, BTreeSet<PersonId>>,
}

impl MemorySubjectKeys {
    /// The keys as they are now, kept apart from these.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        let kept = self.0.lock();
        Self(Arc::new(Mutex::new(Kept {
            keys: kept.keys.clone(),
            persons: kept.persons.clone(),
        })))
    }
}

impl SubjectKeys for MemorySubjectKeys {
    fn of(&self, stream: &StreamId) -> Result<KeysOf, StoreError> {
        let found = self.0.lock().keys.get(stream).cloned();
        Ok(found.unwrap_or_default())
    }

    fn put(
        &self,
        stream: &StreamId,
        number: u32,
        person: &PersonId,
        key: &Arc<SubjectKey>,
    ) -> Result<(), StoreError> {
        let mut kept = self.0.lock();
        let before = kept.keys.get(stream).cloned().unwrap_or_default();
        let next = before.len() + 1;
        if usize::try_from(number) != Ok(next) {
            return Err(StoreError::Conflict {
                what: "the number of a subject's key",
            });
        }
        let all = before.iter().cloned().chain([Some(Arc::clone(key))]);
        kept.keys.insert(stream.clone(), all.collect());
        let persons = kept.persons.entry(stream.clone()).or_default();
        persons.insert(person.clone());
        Ok(())
    }

    fn sync(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn destroy(&self, streams: &[StreamId]) -> Result<(), StoreError> {
        let mut kept = self.0.lock();
        for stream in streams {
            let before = kept.keys.get(stream).map_or(0, |keys| keys.len()).max(1);
            kept.keys.insert(stream.clone(), vec![None; before].into());
        }
        Ok(())
    }

    fn histories(&self, person: &PersonId) -> Result<Vec<StreamId>, StoreError> {
        let kept = self.0.lock();
        let lives = |stream: &&StreamId| {
            let keys = kept.keys.get(*stream);
            keys.is_some_and(|keys| keys.iter().any(Option::is_some))
        };
        let of_person = kept.persons.iter().filter(|(_, all)| all.contains(person));
        let mut found: Vec<_> = of_person
            .map(|(stream, _)| stream)
            .filter(lives)
            .cloned()
            .collect();
        found.sort();
        Ok(found)
    }

    fn persons(&self) -> Result<Vec<PersonId>, StoreError> {
        let kept = self.0.lock();
        let lives = |stream: &StreamId| {
            let keys = kept.keys.get(stream);
            keys.is_some_and(|keys| keys.iter().any(Option::is_some))
        };
        let living = kept.persons.iter().filter(|(stream, _)| lives(stream));
        let all: BTreeSet<_> = living.flat_map(|(_, persons)| persons).collect();
        Ok(all.into_iter().cloned().collect())
    }

    fn place(&self) -> String {
        "this process's memory".to_owned()
    }
}
