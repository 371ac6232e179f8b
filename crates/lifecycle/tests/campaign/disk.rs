//! The disk under a store: what is on it when the process dies, and when it fails.

use lifecycle::{Batch, SqliteStore, Store, StoreError, fail_point};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;

use crate::{
    chance::Chance,
    doubles::{BROKEN, FailingStore, SharedStore, Side, Watcher},
    outside::Ledger,
    points,
};

/// Octets that a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Where the log lies.
#[derive(Debug)]
enum Medium {
    /// Memory: a write in flight is lost, or kept and never answered.
    Memory(SharedStore),
    /// A file: of a write in flight, any of its sectors may have reached the disk.
    File(TempDir),
}

/// A disk with its faults.
#[derive(Debug)]
pub(crate) struct Disk {
    medium: Medium,
    ledger: Ledger,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    fails_at: Option<(u32, Side)>,
    full_for: u32,
    failed: bool,
    /// The write of this number from now meets a power cut.
    torn_at: Option<u32>,
    chance: Option<Chance>,
    /// Files as a power cut left them.
    left: Option<TempDir>,
    tears: Tears,
}

/// What came of power cuts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tears {
    /// Nothing of the write was there.
    pub(crate) none: u64,
    /// Some of its sectors were.
    pub(crate) some: u64,
    /// All of them.
    pub(crate) all: u64,
}

impl Disk {
    pub(crate) fn memory(store: &SharedStore, ledger: &Ledger) -> Self {
        Self::new(Medium::Memory(store.copy()), ledger)
    }

    /// A copy of a store's file.
    pub(crate) fn file(store: &Path, ledger: &Ledger, chance: Chance) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(store, folder.path().join("store")).unwrap();
        let disk = Self::new(Medium::File(folder), ledger);
        disk.state.lock().unwrap().chance = Some(chance);
        disk
    }

    fn new(medium: Medium, ledger: &Ledger) -> Self {
        Self {
            medium,
            ledger: ledger.clone(),
            state: Arc::default(),
        }
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self.medium, Medium::File(_))
    }

    /// A store in memory as it is now.
    pub(crate) fn copy(&self) -> Option<SharedStore> {
        match &self.medium {
            Medium::Memory(store) => Some(store.copy()),
            Medium::File(_) => None,
        }
    }

    /// Opens it as a process does that starts.
    pub(crate) fn open(&mut self) -> Box<dyn Store> {
        if let Some(left) = self.state.lock().unwrap().left.take() {
            self.medium = Medium::File(left);
        }
        match &self.medium {
            Medium::Memory(store) => {
                let store = store.clone();
                self.ledger.read(&store);
                Box::new(FailingStore::watched(store, self.watcher(None)))
            }
            Medium::File(folder) => {
                let path = folder.path().join("store");
                let store = SqliteStore::open(&path).unwrap();
                self.ledger.read(&store);
                Box::new(FailingStore::watched(store, self.watcher(Some(path))))
            }
        }
    }

    /// Fails at the write of this number from now, on this side of it.
    pub(crate) fn fail_at(&self, count: u32, side: Side) {
        self.state.lock().unwrap().fails_at = Some((count, side));
    }

    /// Takes nothing for so many writes.
    pub(crate) fn fill_up(&self, writes: u32) {
        self.state.lock().unwrap().full_for = writes;
    }

    /// The power goes in the middle of the write of this number from now.
    pub(crate) fn cut_at(&self, count: u32) {
        self.state.lock().unwrap().torn_at = Some(count);
    }

    pub(crate) fn mend(&self) {
        let mut state = self.state.lock().unwrap();
        (state.fails_at, state.full_for, state.torn_at) = (None, 0, None);
    }

    /// Whether it failed since the last time that somebody asked.
    pub(crate) fn has_failed(&self) -> bool {
        std::mem::take(&mut self.state.lock().unwrap().failed)
    }

    pub(crate) fn tears(&self) -> Tears {
        self.state.lock().unwrap().tears
    }

    fn watcher(&self, path: Option<PathBuf>) -> Watcher {
        let (state, ledger) = (Arc::clone(&self.state), self.ledger.clone());
        let mut before = None;
        Box::new(move |side, batch| match side {
            Side::Before => {
                state.lock().unwrap().refuse(Side::Before)?;
                before = path.as_deref().map(Image::of);
                writing(batch);
                Ok(())
            }
            Side::After => {
                if let (Some(path), Some(before)) = (&path, before.take()) {
                    let is_cut = state.lock().unwrap().is_cut(&before, &Image::of(path));
                    if is_cut {
                        points::die("torn");
                    }
                }
                if let Some(batch) = batch {
                    ledger.take_in(&batch.records);
                }
                state.lock().unwrap().refuse(Side::After)?;
                writing(batch);
                Ok(())
            }
        })
    }
}

fn writing(batch: Option<&Batch>) {
    if let Some(batch) = batch {
        fail_point::during(batch);
    }
}

impl State {
    fn refuse(&mut self, side: Side) -> Result<(), StoreError> {
        let is_full = side == Side::Before && self.full_for > 0;
        if is_full {
            self.full_for -= 1;
        }
        let is_now = match &mut self.fails_at {
            Some((count, at)) if *at == side => {
                *count -= 1;
                *count == 0
            }
            _ => false,
        };
        if is_now {
            self.fails_at = None;
        }
        if is_full || is_now {
            self.failed = true;
            return Err(StoreError::Other(BROKEN));
        }
        Ok(())
    }

    /// Whether the power goes now; then some of what changed since `before` is on the disk.
    fn is_cut(&mut self, before: &Image, after: &Image) -> bool {
        let Some(count) = &mut self.torn_at else {
            return false;
        };
        *count -= u32::from(*count > 1);
        // While SQLite carries its log over into the file, it waits for the disk in between:
        // then sectors are not lost in any order.
        if *count > 1 || before.file != after.file || after.log.len() < before.log.len() {
            return false;
        }
        self.torn_at = None;
        let chance = self.chance.as_mut().unwrap();
        let mut log = after.log.clone();
        let mut old = before.log.clone();
        old.resize(log.len(), 0);
        // Now and then, all or nothing.
        let share = *chance.pick(&[0, 1, 8, 15, 16]);
        let (mut kept, mut lost) = (0, 0);
        for (new, old) in log.chunks_mut(SECTOR).zip(old.chunks(SECTOR)) {
            if new == old {
                continue;
            }
            if chance.below(16) < share {
                kept += 1;
            } else {
                new.copy_from_slice(old);
                lost += 1;
            }
        }
        // What was never written may also not be there at all.
        if lost > 0 && chance.one_in(3) {
            let whole = before.log.len();
            let longer = usize::try_from(chance.below((log.len() - whole) as u64 + 1)).unwrap();
            log.truncate(whole + longer);
        }
        match (kept, lost) {
            (0, _) => self.tears.none += 1,
            (_, 0) => self.tears.all += 1,
            _ => self.tears.some += 1,
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("store"), &after.file).unwrap();
        fs::write(folder.path().join("store-wal"), &log).unwrap();
        self.left = Some(folder);
        true
    }
}

/// A store's files.
struct Image {
    file: Vec<u8>,
    log: Vec<u8>,
}

impl Image {
    fn of(path: &Path) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self {
            file: fs::read(path).unwrap(),
            log: fs::read(log).unwrap_or_default(),
        }
    }
}

/// A store that fails never, and whose records a ledger hears of.
pub(crate) fn noted(store: impl Store + 'static, ledger: &Ledger) -> Box<dyn Store> {
    let ledger = ledger.clone();
    Box::new(FailingStore::watched(
        store,
        Box::new(move |side, batch| {
            if let (Side::After, Some(batch)) = (side, batch) {
                ledger.take_in(&batch.records);
            }
            Ok(())
        }),
    ))
}
