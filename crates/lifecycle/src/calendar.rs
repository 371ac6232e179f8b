//! Working days, deadlines and windows in China's time.
//!
//! The zone is Asia/Shanghai: eight hours before UTC, without summer time since 1992. Days
//! and months are those of that zone; times stay [`DateTime`]s in UTC.
//!
//! Which days are worked is [data](Calendar::china): the notices that the General Office of
//! the State Council gives out for each year. A year without a notice is not guessed at, but
//! for whoever asks for an [`Estimate`].
//!
//! How periods run (Civil Code, articles 200 to 203): the day of the act does not count; an
//! act after office hours, or on a day off, is an act of the next working day. A period of
//! working days ends with the office hours of its last day, one of calendar days at
//! midnight. Periods of calendar days are not moved off a day off: nobody has to act then.
//!
//! ```
//! use lifecycle::calendar::Calendar;
//!
//! let calendar = Calendar::china();
//! // The Friday before the long Spring Festival of 2026, 9:00 in Shanghai; the Saturday is
//! // worked, the nine days after it are not.
//! let review = calendar.working_days("2026-02-13T01:00:00Z".parse()?, 3)?;
//! assert_eq!(review.at, "2026-02-25T09:59:59Z".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod data;
mod date;
#[cfg(test)]
mod tests;

pub use clock::{Clock, ClockFault, Pause};
pub use data::{CalendarFault, Notice, Off};
pub use date::{Date, in_china};

use crate::octets::seconds;
use date::Local;
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::{ops::RangeInclusive, sync::OnceLock};

/// Working days as notices of the State Council set them, in the zone Asia/Shanghai.
#[derive(Clone, Debug)]
pub struct Calendar {
    name: String,
    /// `china-1`.
    version: String,
    /// 1 to 24.
    closing_hour: u8,
    notices: Vec<Notice>,
    years: RangeInclusive<u16>,
    /// The first day of the first year.
    first: Date,
    /// Whether a day is worked, from the first on to the end of the last year.
    worked: Vec<bool>,
    estimate: Estimate,
}

/// What is done about years that no notice covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Estimate {
    /// They are refused.
    #[default]
    Refuse,
    /// Monday to Friday are taken to be worked. Deadlines that rest on it say so in
    /// [`Deadline::calendar`].
    Weekends,
}

/// The calendar says nothing about a day: no notice covers its year, or it is beyond 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no notice covers the working days of {year}")]
#[non_exhaustive]
pub struct NotCovered {
    /// The year.
    pub year: u16,
}

/// A time by which something is to happen, with how it was reckoned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Deadline {
    /// The last second of it.
    #[serde(with = "seconds")]
    pub at: DateTime,
    /// When it began to run.
    #[serde(with = "seconds")]
    pub start: DateTime,
    /// The version of the calendar it was reckoned with, `china-1`; with `+weekends` behind
    /// it where that was an [`Estimate`]. None where working days don't count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

impl Deadline {
    /// Whether it has passed.
    pub fn has_passed(&self, now: DateTime) -> bool {
        now > self.at
    }
}

impl Calendar {
    /// The calendar `china`: the notices for 2018 to 2026, office hours to 18:00 (S3-18).
    /// The last days of 2026 are as its own notice leaves them; that for 2027 may move them.
    pub fn china() -> Self {
        static CHINA: OnceLock<Calendar> = OnceLock::new();
        CHINA
            .get_or_init(|| Self::from_toml(data::CHINA).expect("a test loads it"))
            .clone()
    }

    /// The same calendar with a choice about years that no notice covers.
    pub fn with_estimate(mut self, estimate: Estimate) -> Self {
        self.estimate = estimate;
        self
    }

    /// Its name, which rule sets use: `china`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name and version of its data: `china-1`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The hour at which offices close in China's time: 1 to 24.
    pub fn closing_hour(&self) -> u8 {
        self.closing_hour
    }

    /// The notices that it rests on, in the order in which they came.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The years that notices cover.
    pub fn years_covered(&self) -> RangeInclusive<u16> {
        self.years.clone()
    }

    /// Whether offices are open on a day.
    ///
    /// # Errors
    /// [`NotCovered`] for a year without notice, unless it is to be estimated.
    pub fn is_working_day(&self, date: Date) -> Result<bool, NotCovered> {
        let place = date.days_since(self.first);
        match place.and_then(|place| self.worked.get(place)) {
            Some(worked) => Ok(*worked),
            None if self.estimate == Estimate::Weekends => Ok(!date.is_weekend()),
            None => Err(NotCovered { year: date.year() }),
        }
    }

    /// The end of the `days`th working day after the one that `start` is on: the last second
    /// of its office hours. A start after office hours, or on a day off, is one on the next
    /// working day. With no days at all, the end of the day of the start.
    ///
    /// # Errors
    /// [`NotCovered`] where a day on the way is of a year without notice.
    pub fn working_days(&self, start: DateTime, days: u16) -> Result<Deadline, NotCovered> {
        let first = self.day_of_act(start)?;
        let mut last = first;
        for _ in 0..days {
            last = self.next_working_day(last)?;
        }
        Ok(self.deadline(start, last))
    }

    /// The end of the `days`th day after the one that `start` is on, in China's time. Ends
    /// with the year 9999 at the latest.
    pub fn days(&self, start: DateTime, days: u16) -> Deadline {
        Deadline {
            at: Local::of(start).date.plus(days).at_second(DAY - 1),
            start,
            calendar: None,
        }
    }

    /// The end of the day that is so many months after the one that `start` is on, in China's
    /// time; where the month is shorter, of its last day (X-12). Ends with the year 9999 at the
    /// latest.
    pub fn months_after(&self, start: DateTime, months: u8) -> Deadline {
        Deadline {
            at: Local::of(start)
                .date
                .months_after(months)
                .at_second(DAY - 1),
            start,
            calendar: None,
        }
    }

    /// The last second from which so many [days](Self::days) are over by `end`, in China's time:
    /// that of a day. Ends with the first day of 1970 at the earliest.
    pub fn latest_before(&self, end: DateTime, days: u16) -> DateTime {
        let Local { date, second } = Local::of(end);
        // The day of the end counts where it is over by then.
        let partial = u16::from(second < DAY - 1);
        let last = date.minus(days).minus(partial);
        last.at_second(DAY - 1)
    }

    /// The beginning of the day that is so many days before, in China's time.
    pub fn days_before(&self, at: DateTime, days: u16) -> DateTime {
        Local::of(at).date.minus(days).at_second(0)
    }

    /// The beginning of the day that is so many months before, in China's time; where the month
    /// is shorter, its last day (X-12). Begins with 1970 at the earliest.
    pub fn months_before(&self, at: DateTime, months: u8) -> DateTime {
        Local::of(at).date.months_before(months).at_second(0)
    }

    /// The working day on which something counts as done.
    fn day_of_act(&self, at: DateTime) -> Result<Date, NotCovered> {
        let local = Local::of(at);
        if local.second < self.closing_second() && self.is_working_day(local.date)? {
            return Ok(local.date);
        }
        self.next_working_day(local.date)
    }

    fn next_working_day(&self, date: Date) -> Result<Date, NotCovered> {
        let mut date = date;
        loop {
            date = date.next().ok_or(NotCovered { year: 9999 })?;
            if self.is_working_day(date)? {
                return Ok(date);
            }
        }
    }

    /// The deadline at the end of a working day.
    fn deadline(&self, start: DateTime, last: Date) -> Deadline {
        let covers = |date: Date| self.years.contains(&date.year());
        let version = if covers(Local::of(start).date) && covers(last) {
            self.version.clone()
        } else {
            format!("{}+weekends", self.version)
        };
        Deadline {
            at: last.at_second(self.closing_second() - 1),
            start,
            calendar: Some(version),
        }
    }

    fn closing_second(&self) -> u32 {
        u32::from(self.closing_hour) * 3600
    }
}

/// Seconds of a day.
const DAY: u32 = 86_400;
