//! One answer that is still to come: whoever has the ticket waits for it, or awaits it.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// The service ended without an answer: its thread died. Whether the command is durable is for
/// the store to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the service stopped without an answer")]
pub struct Stopped;

/// An answer that a [`Service`](crate::Service) gives once it is durable: wait for it with
/// [`wait`](Self::wait), or await it in any runtime. Letting go of it takes nothing back.
#[must_use = "the answer may be a refusal"]
pub struct Ticket<T>(Arc<Place<T>>);

/// The other end of a ticket.
pub(super) struct Answerer<T>(Arc<Place<T>>);

struct Place<T> {
    slot: Mutex<Slot<T>>,
    filled: Condvar,
}

enum Slot<T> {
    Empty(Option<Waker>),
    Answered(T),
    /// Taken, or never to come.
    Gone,
}

/// A ticket with its other end.
pub(super) fn ticket<T>() -> (Ticket<T>, Answerer<T>) {
    let place = Arc::new(Place {
        slot: Mutex::new(Slot::Empty(None)),
        filled: Condvar::new(),
    });
    (Ticket(Arc::clone(&place)), Answerer(place))
}

impl<T> Place<T> {
    /// Nothing here panics while it holds the lock.
    fn slot(&self) -> MutexGuard<'_, Slot<T>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, answer: Slot<T>) {
        let before = std::mem::replace(&mut *self.slot(), answer);
        self.filled.notify_one();
        if let Slot::Empty(Some(waker)) = before {
            waker.wake();
        }
    }
}

impl<T> Slot<T> {
    fn take(&mut self) -> Result<T, Stopped> {
        match std::mem::replace(self, Self::Gone) {
            Self::Answered(answer) => Ok(answer),
            _ => Err(Stopped),
        }
    }
}

impl<T> Answerer<T> {
    pub(super) fn answer(self, answer: T) {
        self.0.put(Slot::Answered(answer));
    }
}

impl<T> Drop for Answerer<T> {
    fn drop(&mut self) {
        let is_empty = matches!(*self.0.slot(), Slot::Empty(_));
        if is_empty {
            self.0.put(Slot::Gone);
        }
    }
}

impl<T> Ticket<T> {
    /// Waits for the answer.
    ///
    /// # Errors
    /// [`Stopped`] when none will come.
    pub fn wait(self) -> Result<T, Stopped> {
        let mut slot = self.0.slot();
        while matches!(*slot, Slot::Empty(_)) {
            let woken = self.0.filled.wait(slot);
            slot = woken.unwrap_or_else(PoisonError::into_inner);
        }
        slot.take()
    }
}

impl<T> Future for Ticket<T> {
    type Output = Result<T, Stopped>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut slot = self.0.slot();
        if let Slot::Empty(waker) = &mut *slot {
            *waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(slot.take())
    }
}

impl<T> fmt::Debug for Ticket<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket")
    }
}
