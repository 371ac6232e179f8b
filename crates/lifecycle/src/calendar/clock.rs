//! Clocks of working days that can be stopped for a while.

use super::{Calendar, Date, Deadline, NotCovered};
use crate::octets::{optional_seconds, seconds};
use der::DateTime;
use serde::{Deserialize, Serialize};

/// A period of working days that stands still in between: while a correction is waited for,
/// an expert assesses, a hearing is held.
///
/// The day on which it is paused is not used up, and the day on which it goes on counts
/// again: a pause within one day changes nothing, and whoever goes on has that day at least.
/// Pure data: it knows no time but what it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
#[non_exhaustive]
pub struct Clock {
    /// Working days that it may take.
    pub limit: u16,
    /// When it began to run.
    #[serde(with = "seconds")]
    pub start: DateTime,
    /// When it stood still, in order; the last one may be open.
    pub pauses: Vec<Pause>,
}

/// A time in which a clock stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Pause {
    /// From.
    #[serde(with = "seconds")]
    pub from: DateTime,
    /// To; none while it stands still.
    #[serde(default, with = "optional_seconds")]
    pub to: Option<DateTime>,
}

/// Why a clock is not paused or does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockFault {
    /// It stands still.
    #[error("the clock stands still already")]
    Paused,
    /// It runs.
    #[error("the clock runs already")]
    Running,
    /// The time is before the last one that it was told.
    #[error("the time is before that of the clock's last change")]
    Backwards,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    limit: u16,
    #[serde(with = "seconds")]
    start: DateTime,
    pauses: Vec<Pause>,
}

impl TryFrom<Unchecked> for Clock {
    type Error = ClockFault;

    fn try_from(text: Unchecked) -> Result<Self, ClockFault> {
        let mut clock = Self::start(text.limit, text.start);
        for pause in text.pauses {
            clock = clock.pause(pause.from)?;
            if let Some(to) = pause.to {
                clock = clock.resume(to)?;
            }
        }
        Ok(clock)
    }
}

impl Clock {
    /// A clock that runs from now on, for so many working days after this one.
    pub fn start(limit: u16, now: DateTime) -> Self {
        Self {
            limit,
            start: now,
            pauses: Vec::new(),
        }
    }

    /// Whether it runs.
    pub fn runs(&self) -> bool {
        self.pauses.last().is_none_or(|pause| pause.to.is_some())
    }

    /// The clock, standing still from now on.
    ///
    /// # Errors
    /// [`ClockFault`] where it does already, or time runs backwards.
    pub fn pause(mut self, now: DateTime) -> Result<Self, ClockFault> {
        if !self.runs() {
            return Err(ClockFault::Paused);
        }
        self.not_before_the_last(now)?;
        self.pauses.push(Pause {
            from: now,
            to: None,
        });
        Ok(self)
    }

    /// The clock, running again from now on.
    ///
    /// # Errors
    /// [`ClockFault`] where it runs already, or time runs backwards.
    pub fn resume(mut self, now: DateTime) -> Result<Self, ClockFault> {
        self.not_before_the_last(now)?;
        match self.pauses.last_mut() {
            Some(Pause { to: to @ None, .. }) => *to = Some(now),
            _ => return Err(ClockFault::Running),
        }
        Ok(self)
    }

    /// When it ends as things stand; none while it stands still before its end.
    ///
    /// # Errors
    /// [`NotCovered`] where a day on the way is of a year without notice.
    pub fn deadline(&self, calendar: &Calendar) -> Result<Option<Deadline>, NotCovered> {
        let last = match self.limit {
            0 => Some(calendar.day_of_act(self.start)?),
            limit => self
                .days(calendar)?
                .nth(usize::from(limit) - 1)
                .transpose()?,
        };
        Ok(last.map(|last| calendar.deadline(self.start, last)))
    }

    /// Whether its end has passed.
    ///
    /// # Errors
    /// [`NotCovered`] as for [`Self::deadline`].
    pub fn is_overdue(&self, calendar: &Calendar, now: DateTime) -> Result<bool, NotCovered> {
        let deadline = self.deadline(calendar)?;
        Ok(deadline.is_some_and(|deadline| deadline.has_passed(now)))
    }

    /// The working days it has used up, those that are over; `limit` at most.
    ///
    /// # Errors
    /// [`NotCovered`] where a day on the way is of a year without notice.
    pub fn used(&self, calendar: &Calendar, now: DateTime) -> Result<u16, NotCovered> {
        let mut used = 0;
        for day in self.days(calendar)?.take(self.limit.into()) {
            if !calendar.deadline(self.start, day?).has_passed(now) {
                break;
            }
            used += 1;
        }
        Ok(used)
    }

    /// The days that count, in order; they end where the clock stands still.
    fn days(
        &self,
        calendar: &Calendar,
    ) -> Result<impl Iterator<Item = Result<Date, NotCovered>>, NotCovered> {
        let mut date = calendar.day_of_act(self.start)?;
        // Days and pauses are both in order, so one look at each is enough.
        let mut pauses = self.pauses.iter().peekable();
        let mut next = move || {
            date = calendar.next_working_day(date)?;
            while let Some(Pause { from, to }) = pauses.peek() {
                if calendar.day_of_act(*from)? > date {
                    break;
                }
                let Some(to) = to else {
                    return Ok(None);
                };
                date = date.max(calendar.day_of_act(*to)?);
                pauses.next();
            }
            Ok(Some(date))
        };
        Ok(std::iter::from_fn(move || next().transpose()))
    }

    fn not_before_the_last(&self, now: DateTime) -> Result<(), ClockFault> {
        let last = match self.pauses.last() {
            None => self.start,
            Some(pause) => pause.to.unwrap_or(pause.from),
        };
        if now < last {
            return Err(ClockFault::Backwards);
        }
        Ok(())
    }
}
