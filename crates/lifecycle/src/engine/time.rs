//! What time itself does: deadlines that pass, and notices whose day has come.

use super::{Command, Engine};
use crate::{
    About, Actor, CaseId, Entry, Error, Notice, StreamId, case,
    case::{Phase, state::DeadlineName},
    certificate,
};
use der::DateTime;
use std::{collections::HashSet, time::Duration};

/// Timers and notices that are read from the store at a time.
const PAGE: usize = 64;

impl Engine {
    /// Does everything that time has made due, the earliest first, until nothing is left:
    /// cases lapse, count as accepted, or are noted as overdue; notices are told. `watch` sees
    /// what became durable. Called now and then, and after every start: what is due follows
    /// from the states, so no crash loses any of it.
    ///
    /// # Errors
    /// The first failure, after everything else was done. What failed is tried again by the
    /// next call.
    pub fn tick(&mut self, watch: &mut dyn FnMut(&Entry)) -> Result<(), Error> {
        let fired = self.fire(watch);
        let told = self.tell();
        fired.and(told)
    }

    fn fire(&mut self, watch: &mut dyn FnMut(&Entry)) -> Result<(), Error> {
        let mut failure = None;
        let mut stuck = HashSet::new();
        loop {
            let now = self.ports.clock.now();
            let limit = PAGE + stuck.len();
            let due = self.ports.store.due_by(now, limit)?;
            let Some((stream, _)) = due.into_iter().find(|(stream, _)| !stuck.contains(stream))
            else {
                return failure.map_or(Ok(()), Err);
            };
            match self.fire_one(&stream, now) {
                Ok(entries) => entries.iter().for_each(&mut *watch),
                Err(error) => {
                    stuck.insert(stream);
                    failure.get_or_insert(error);
                }
            }
        }
    }

    /// The earliest deadline of one stream, and what follows from it.
    fn fire_one(&mut self, stream: &StreamId, now: DateTime) -> Result<Vec<Entry>, Error> {
        let StreamId::Case(id) = stream else {
            return Err(Error::NothingDue(stream.clone()));
        };
        let state = self.case(id)?;
        let next = state.as_ref().and_then(case::State::next_deadline);
        let name = next
            .filter(|(_, deadline)| deadline.has_passed(now))
            .map(|(name, _)| name);
        let command = match name {
            Some(DeadlineName::Lapse) => case::Command::Lapse,
            Some(DeadlineName::DeemedAcceptance) => case::Command::DeemAccepted,
            Some(deadline) => case::Command::NoteOverdue { deadline },
            None => return Err(Error::NothingDue(stream.clone())),
        };
        self.carry_out(&Actor::system(), Command::Case(id.clone(), command))
    }

    fn tell(&mut self) -> Result<(), Error> {
        let mut failure = None;
        let mut stuck = HashSet::new();
        loop {
            let now = self.ports.clock.now();
            let open = self.ports.store.notices(now, PAGE + stuck.len())?;
            let mut open = open.into_iter();
            let Some(notice) = open.find(|notice| !stuck.contains(&notice.key())) else {
                return failure.map_or(Ok(()), Err);
            };
            if let Err(error) = self.tell_one(&notice) {
                stuck.insert(notice.key());
                failure.get_or_insert(error);
            }
        }
    }

    /// Told first and noted afterwards: at least once.
    fn tell_one(&mut self, notice: &Notice) -> Result<(), Error> {
        let key = notice.key();
        if self.still_so(notice)? {
            let told = self.ports.notifier.tell(notice);
            told.map_err(|source| Error::Notify {
                key: key.clone(),
                source,
            })?;
        }
        Ok(self.ports.store.note_told(&key)?)
    }

    /// Whether what a notice says of a certificate still holds.
    fn still_so(&self, notice: &Notice) -> Result<bool, Error> {
        let StreamId::Case(id) = &notice.stream else {
            return Ok(true);
        };
        Ok(match notice.about {
            About::Expiry { .. } => matches!(
                self.signing_of(id)?,
                Some(certificate::State::Active { .. } | certificate::State::Held { .. })
            ),
            About::FrozenLong { days, .. } => {
                let target = self.case(id)?.and_then(|state| state.opening.target);
                let state = match &target {
                    Some(target) => self.signing_of(target)?,
                    None => None,
                };
                let since = after(notice.from, days, |from, days| from.checked_sub(days));
                matches!(state, Some(certificate::State::Held { since: held, .. })
                    if Some(held) == since)
            }
            About::Objection => {
                let state = self.case(id)?;
                state.is_some_and(|state| state.phase == Phase::Objected)
            }
            About::Overdue { .. } => true,
        })
    }

    fn signing_of(&self, id: &CaseId) -> Result<Option<certificate::State>, Error> {
        let row = self.ports.store.case(id)?;
        match row.and_then(|row| row.signing) {
            Some((issuer, serial)) => self.certificate(&issuer, &serial),
            None => Ok(None),
        }
    }
}

/// A time so many days of 24 hours away.
pub(super) fn after(
    from: DateTime,
    days: u16,
    go: impl Fn(Duration, Duration) -> Option<Duration>,
) -> Option<DateTime> {
    let days = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    DateTime::from_unix_duration(go(from.unix_duration(), days)?).ok()
}
