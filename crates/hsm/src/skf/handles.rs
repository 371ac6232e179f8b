//! Handles that are open: each is closed once, however often the library gave it.

use crate::Error;
use std::{
    collections::BTreeMap,
    ffi::c_void,
    ptr::NonNull,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// What a handle is of: a library may number each kind by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Device,
    Application,
    Container,
}

/// The open handles of one library, of all its devices.
///
/// Some libraries give whoever connects a device again, or opens an application in it, the
/// handle that they gave before, and close it for both. It is closed here when the last one
/// that holds it lets go; and nobody opens while another closes, or the handle that one gets
/// would be the one that the other is about to close.
#[derive(Debug)]
pub(super) struct Handles {
    state: Mutex<State>,
    left: Condvar,
    /// How long one waits for another to have opened or closed. Not for ever, for a library
    /// may hang.
    patience: Duration,
}

#[derive(Debug, Default)]
struct State {
    /// How many hold each handle.
    held: BTreeMap<(Kind, usize), usize>,
    /// Who is opening or closing.
    inside: Option<u64>,
    turns: u64,
}

const PATIENCE: Duration = Duration::from_secs(1);

static LIBRARIES: Mutex<BTreeMap<usize, Arc<Handles>>> = Mutex::new(BTreeMap::new());

impl Handles {
    /// Those of the library one of whose functions lies at this address: who loads a library
    /// again gets the same one.
    pub(super) fn of_library(address: usize) -> Arc<Self> {
        let mut libraries = LIBRARIES.lock().unwrap_or_else(PoisonError::into_inner);
        let handles = libraries.entry(address);
        Arc::clone(handles.or_insert_with(|| Arc::new(Self::new(PATIENCE))))
    }

    fn new(patience: Duration) -> Self {
        Self {
            state: Mutex::default(),
            left: Condvar::new(),
            patience,
        }
    }

    /// Opens something.
    pub(super) fn open(
        &self,
        kind: Kind,
        open: impl FnOnce() -> Result<NonNull<c_void>, Error>,
    ) -> Result<NonNull<c_void>, Error> {
        let turn = self.enter();
        let opened = open();
        if let Ok(handle) = &opened {
            *self.state().held.entry(key(kind, *handle)).or_default() += 1;
        }
        self.leave(turn);
        opened
    }

    /// Lets go of a handle; calls `close` when nobody else holds it.
    pub(super) fn close(&self, kind: Kind, handle: NonNull<c_void>, close: impl FnOnce()) {
        let turn = self.enter();
        if self.state().is_last(key(kind, handle)) {
            close();
        }
        self.leave(turn);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for whoever is inside; one that hangs is waited for once.
    fn enter(&self) -> u64 {
        let (mut state, _) = self
            .left
            .wait_timeout_while(self.state(), self.patience, |state| state.inside.is_some())
            .unwrap_or_else(PoisonError::into_inner);
        state.turns += 1;
        state.inside = Some(state.turns);
        state.turns
    }

    fn leave(&self, turn: u64) {
        let mut state = self.state();
        if state.inside == Some(turn) {
            state.inside = None;
            self.left.notify_one();
        }
    }
}

impl State {
    fn is_last(&mut self, key: (Kind, usize)) -> bool {
        match self.held.get_mut(&key) {
            Some(count) if *count > 1 => {
                *count -= 1;
                false
            }
            _ => {
                self.held.remove(&key);
                true
            }
        }
    }
}

fn key(kind: Kind, handle: NonNull<c_void>) -> (Kind, usize) {
    (kind, handle.addr().get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::mpsc, thread, time::Instant};

    fn handle() -> NonNull<c_void> {
        NonNull::dangling()
    }

    fn is_closed(handles: &Handles, kind: Kind) -> bool {
        let mut closed = false;
        handles.close(kind, handle(), || closed = true);
        closed
    }

    #[test]
    fn a_handle_is_closed_by_the_last_one_that_holds_it() {
        let handles = Handles::new(PATIENCE);
        for kind in [Kind::Device, Kind::Device, Kind::Application] {
            handles.open(kind, || Ok(handle())).unwrap();
        }
        handles
            .open(Kind::Device, || Err(Error::PinLocked))
            .unwrap_err();
        assert!(!is_closed(&handles, Kind::Device));
        assert!(is_closed(&handles, Kind::Application), "another kind");
        assert!(is_closed(&handles, Kind::Device));
        assert!(handles.state().held.is_empty());
    }

    #[test]
    fn a_library_that_is_loaded_again_has_the_same_handles() {
        let [one, again, other] = [1, 1, 2].map(Handles::of_library);
        assert!(Arc::ptr_eq(&one, &again) && !Arc::ptr_eq(&one, &other));
    }

    #[test]
    fn nothing_is_opened_while_another_closes_and_one_that_hangs_is_waited_for_once() {
        let handles = Arc::new(Handles::new(Duration::from_millis(400)));
        let (began, begun) = mpsc::channel();
        let closing = Arc::clone(&handles);
        let closing = thread::spawn(move || {
            closing.close(Kind::Device, handle(), || {
                began.send(()).unwrap();
                thread::sleep(Duration::from_millis(1500));
            });
        });
        begun.recv().unwrap();
        let start = Instant::now();
        handles.open(Kind::Device, || Ok(handle())).unwrap();
        assert!(start.elapsed() >= Duration::from_millis(400));
        let start = Instant::now();
        handles.open(Kind::Device, || Ok(handle())).unwrap();
        assert!(start.elapsed() < Duration::from_millis(300), "once");
        closing.join().unwrap();
        assert!(!is_closed(&handles, Kind::Device));
    }
}
