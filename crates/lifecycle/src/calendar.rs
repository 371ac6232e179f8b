//! Working days, deadlines and windows in China's time.

use crate::octets::seconds;
use der::DateTime;
use serde::{Deserialize, Serialize};

/// Working days as notices of the State Council set them, in the zone Asia/Shanghai.
#[derive(Clone, Debug)]
pub struct Calendar {}

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
    /// The version of the calendar it was reckoned with; none where working days don't count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

impl Calendar {
    /// The end of the `days`th working day after the one that `start` is on.
    ///
    /// # Errors
    /// [`NotCovered`].
    pub fn working_days(&self, start: DateTime, _days: u16) -> Result<Deadline, NotCovered> {
        Err(NotCovered { year: start.year() })
    }

    /// The end of the `days`th day after the one that `start` is on, in China's time.
    pub fn days(&self, start: DateTime, _days: u16) -> Deadline {
        Deadline {
            at: start,
            start,
            calendar: None,
        }
    }

    /// The beginning of the day that is so many months before, in China's time; where the month
    /// is shorter, its last day.
    pub fn months_before(&self, at: DateTime, _months: u8) -> DateTime {
        at
    }
}
