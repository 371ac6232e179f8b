//! What time itself does: deadlines that pass, and notices whose day has come.

use super::{Command, Engine, Submission};
use crate::{
    About, AuthorityId, CaseId, Entry, Error, Notice, ProceedingId, StreamId, case,
    case::{Phase, state::DeadlineName},
    certificate, cessation,
};
use der::DateTime;
use std::{collections::HashSet, time::Duration};

/// Timers and notices that are read from the store at a time.
const PAGE: usize = 64;

impl Engine {
    /// Does everything that time has made due, the earliest first, until nothing is left:
    /// cases lapse, count as accepted, or are noted as overdue, as are deadlines before the end of
    /// a service and those of cases about institutions; notices are told; a checkpoint of the
    /// log is made. `watch` sees what became durable. Called now and then, and after every start: what is due follows
    /// from the states, so no crash loses any of it.
    ///
    /// # Errors
    /// The first failure, after everything else was done. What failed is tried again by the
    /// next call.
    pub fn tick(&mut self, watch: &mut dyn FnMut(&Entry)) -> Result<(), Error> {
        self.check_own_tail()?;
        let fired = self.fire(watch);
        let told = self.tell();
        let kept = self.checkpoint_if_due();
        fired.and(told).and(kept)
    }

    fn fire(&mut self, watch: &mut dyn FnMut(&Entry)) -> Result<(), Error> {
        let mut failure = None;
        let mut stuck = HashSet::new();
        loop {
            let now = self.ports.clock.now();
            let limit = PAGE + stuck.len();
            let due = self.ports.store.due_by(now, limit)?.into_iter();
            let due: Vec<_> = due
                .map(|(stream, _)| stream)
                .filter(|stream| !stuck.contains(stream))
                .collect();
            if due.is_empty() {
                return failure.map_or(Ok(()), Err);
            }
            let (mut streams, mut commands, mut answers) = (Vec::new(), Vec::new(), Vec::new());
            for stream in due {
                match self.passed(&stream, now) {
                    Ok(command) => {
                        streams.push(stream);
                        commands.push(Submission::of_system(command));
                    }
                    Err(error) => answers.push((stream, Err(error))),
                }
            }
            answers.extend(streams.into_iter().zip(self.carry_out_all(&commands)));
            for (stream, answer) in answers {
                match answer {
                    Ok(entries) => entries.iter().for_each(&mut *watch),
                    // Another node has done it meanwhile.
                    Err(Error::Refused(_) | Error::NothingDue(_))
                        if !self.is_due(&stream, now, limit)? => {}
                    Err(error) => {
                        stuck.insert(stream);
                        failure.get_or_insert(error);
                    }
                }
            }
        }
    }

    /// Whether a stream is among the first that are due.
    fn is_due(&self, stream: &StreamId, now: DateTime, limit: usize) -> Result<bool, Error> {
        let due = self.ports.store.due_by(now, limit)?;
        Ok(due.iter().any(|(other, _)| other == stream))
    }

    /// What follows from the earliest deadline of one stream.
    fn passed(&self, stream: &StreamId, now: DateTime) -> Result<Command, Error> {
        let id = match stream {
            StreamId::Case(id) => id,
            StreamId::Cessation(id) => return self.passed_of_cessation(id, now),
            StreamId::Proceeding(id) => return self.passed_of_proceeding(id, now),
            _ => return Err(Error::NothingDue(stream.clone())),
        };
        let state = self.state::<case::State>(stream)?;
        let next = state.as_deref().and_then(case::State::next_deadline);
        let name = next
            .filter(|(_, deadline)| deadline.has_passed(now))
            .map(|(name, _)| name);
        let command = match name {
            Some(DeadlineName::Lapse) => case::Command::Lapse,
            Some(DeadlineName::DeemedAcceptance) => case::Command::DeemAccepted,
            Some(deadline) => case::Command::NoteOverdue { deadline },
            None => return Err(Error::NothingDue(stream.clone())),
        };
        Ok(Command::Case(id.clone(), command))
    }

    /// A deadline before the end of a service that passed.
    fn passed_of_cessation(&self, id: &AuthorityId, now: DateTime) -> Result<Command, Error> {
        let next = self
            .cessation(id)?
            .and_then(|state| state.next_deadline())
            .filter(|(_, by)| *by < now);
        let Some((deadline, _)) = next else {
            return Err(Error::NothingDue(StreamId::Cessation(id.clone())));
        };
        let note = cessation::Command::NoteOverdue { deadline };
        Ok(Command::Cessation(id.clone(), note))
    }

    /// A deadline of a case about an institution that passed.
    fn passed_of_proceeding(&self, id: &ProceedingId, now: DateTime) -> Result<Command, Error> {
        let state = self.proceeding(id)?;
        let command = state.and_then(|state| state.passed(id, now));
        command
            .map(Command::Proceeding)
            .ok_or_else(|| Error::NothingDue(StreamId::Proceeding(id.clone())))
    }

    fn tell(&mut self) -> Result<(), Error> {
        let mut failure = None;
        let mut stuck = HashSet::new();
        loop {
            let now = self.ports.clock.now();
            let open = self.ports.store.notices(now, PAGE + stuck.len())?;
            let mut open = open
                .into_iter()
                .filter(|notice| !stuck.contains(&notice.key()))
                .collect::<Vec<_>>()
                .into_iter()
                .peekable();
            if open.peek().is_none() {
                return failure.map_or(Ok(()), Err);
            }
            for notice in open {
                if let Err(error) = self.tell_one(&notice) {
                    stuck.insert(notice.key());
                    failure.get_or_insert(error);
                }
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
            #[cfg(feature = "fail-points")]
            crate::fail_point::reach(crate::fail_point::Point::Delivered);
        }
        Ok(self.ports.store.note_told(&key)?)
    }

    /// Whether what a notice says still holds.
    fn still_so(&self, notice: &Notice) -> Result<bool, Error> {
        let id = match &notice.stream {
            StreamId::Case(id) => id,
            StreamId::Cessation(id) => return self.cessation_still_so(id, notice),
            _ => return Ok(true),
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
            About::Overdue { .. }
            | About::CessationReminder { .. }
            | About::CessationOverdue { .. }
            | About::ProceedingOverdue { .. } => true,
        })
    }

    /// What is done, put off or called off is nothing to be reminded of.
    fn cessation_still_so(&self, id: &AuthorityId, notice: &Notice) -> Result<bool, Error> {
        let About::CessationReminder { deadline, by, .. } = notice.about else {
            return Ok(true);
        };
        let state = self.cessation(id)?;
        Ok(state.is_some_and(|state| state.awaits(deadline, by)))
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
