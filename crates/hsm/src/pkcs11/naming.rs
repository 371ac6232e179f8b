//! Labels that are looked up and taken: no device does both in one step.

use crate::Error;
use std::{
    collections::BTreeSet,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// The labels that somebody in this process is about to take, with the token of each.
#[derive(Default)]
pub(super) struct Naming {
    taken: Mutex<BTreeSet<Name>>,
    given_back: Condvar,
}

type Name = (String, String);

/// A label that is to be taken.
pub(super) struct Wanted {
    pub(super) naming: Arc<Naming>,
    /// What tells the token from others.
    pub(super) token: String,
    pub(super) label: String,
    /// How long to wait for somebody else who is about to take it.
    pub(super) limit: Duration,
}

/// A label that nobody else in this process takes while this lives.
pub(super) struct Taken<'a> {
    naming: &'a Naming,
    name: Name,
}

impl Wanted {
    /// Waits until nobody else is about to take the label on this token. Whoever takes
    /// another one is not waited for.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after the limit, naming `call`.
    pub(super) fn take(&self, call: &'static str) -> Result<Taken<'_>, Error> {
        let (naming, limit) = (&*self.naming, self.limit);
        let name = (self.token.clone(), self.label.clone());
        let taken = naming.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut taken, waited) = naming
            .given_back
            .wait_timeout_while(taken, limit, |taken| taken.contains(&name))
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(Error::TimedOut { call, limit });
        }
        taken.insert(name.clone());
        Ok(Taken { naming, name })
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let taken = &self.naming.taken;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(&self.name);
        self.naming.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_takes_a_label_and_others_are_waited_for_by_nobody() {
        const CALL: &str = "C_GenerateKeyPair";
        let naming = Arc::new(Naming::default());
        let wanted = |token: &str, label: &str, limit| Wanted {
            naming: Arc::clone(&naming),
            token: token.into(),
            label: label.into(),
            limit,
        };
        let short = Duration::from_millis(20);
        let (ca, patient) = (
            wanted("t", "ca", short),
            wanted("t", "ca", Duration::from_secs(60)),
        );
        let first = ca.take(CALL).unwrap();
        let second = ca.take(CALL).map(drop);
        assert!(
            matches!(second, Err(Error::TimedOut { call: CALL, limit }) if limit == short),
            "{second:?}"
        );
        for (token, label) in [("t", "other"), ("other", "ca")] {
            drop(wanted(token, label, Duration::ZERO).take(CALL).unwrap());
        }
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| patient.take(CALL).map(drop));
            drop(first);
            waiting.join().unwrap().unwrap();
        });
        drop(ca.take(CALL).unwrap());
    }
}
