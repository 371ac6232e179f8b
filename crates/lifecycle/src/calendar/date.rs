//! Days of China's time.

use super::DAY;
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// Seconds by which Asia/Shanghai is before UTC.
const OFFSET: u64 = 8 * 3600;

/// 9999-12-31, the last day that `DateTime` has.
const LAST: u32 = 2_932_896;

/// A day, from 1970 to 9999; written `2026-02-28`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(
    /// Days since 1970-01-01.
    u32,
);

impl Date {
    /// A day by its numbers; none for what is in no calendar, or outside 1970 to 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let midnight = DateTime::new(year, month, day, 0, 0, 0).ok()?;
        Some(Self::of_seconds(midnight.unix_duration().as_secs()))
    }

    /// Reads `2026-02-28`, all ten characters.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shape = bytes.iter().enumerate().all(|(place, octet)| match place {
            4 | 7 => *octet == b'-',
            _ => octet.is_ascii_digit(),
        });
        if bytes.len() != 10 || !shape {
            return None;
        }
        let (year, month, day) = (&text[..4], &text[5..7], &text[8..]);
        Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// The day that it is in China at this time.
    pub fn in_china(at: DateTime) -> Self {
        Local::of(at).date
    }

    /// 1970 to 9999.
    pub fn year(self) -> u16 {
        self.midnight().year()
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        self.midnight().month()
    }

    /// 1 to 31.
    pub fn day(self) -> u8 {
        self.midnight().day()
    }

    /// Whether it is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        // 1970-01-01 was a Thursday: Saturdays are 2 days behind it, Sundays 3.
        matches!(self.0 % 7, 2 | 3)
    }

    /// Its first second in China's time; 1970-01-01 begins with UTC's.
    pub fn begins(self) -> DateTime {
        self.at_second(0)
    }

    /// The day after; none after the last.
    pub fn next(self) -> Option<Self> {
        (self.0 < LAST).then_some(Self(self.0 + 1))
    }

    pub(super) fn plus(self, days: u16) -> Self {
        Self((self.0 + u32::from(days)).min(LAST))
    }

    pub(super) fn minus(self, days: u16) -> Self {
        Self(self.0.saturating_sub(days.into()))
    }

    pub(super) fn days_since(self, first: Self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(first.0)?).ok()
    }

    /// The same day of a month before, or that month's last.
    pub(super) fn months_before(self, months: u8) -> Self {
        let month = self.month_number() - u32::from(months);
        self.in_month(month).unwrap_or(Self(0))
    }

    /// The same day of a month after, or that month's last.
    pub(super) fn months_after(self, months: u8) -> Self {
        let month = self.month_number() + u32::from(months);
        self.in_month(month).unwrap_or(Self(LAST))
    }

    /// Months since the year 0.
    fn month_number(self) -> u32 {
        let midnight = self.midnight();
        u32::from(midnight.year()) * 12 + u32::from(midnight.month()) - 1
    }

    /// The same day of another month, or that month's last; none outside 1970 to 9999.
    fn in_month(self, number: u32) -> Option<Self> {
        let year = u16::try_from(number / 12).ok()?;
        let month = u8::try_from(number % 12 + 1).ok()?;
        (1..=self.day())
            .rev()
            .find_map(|day| Self::new(year, month, day))
    }

    /// A second of this day in China's time, as UTC.
    pub(super) fn at_second(self, second: u32) -> DateTime {
        let local = u64::from(self.0) * u64::from(DAY) + u64::from(second);
        let utc = Duration::from_secs(local.saturating_sub(OFFSET));
        DateTime::from_unix_duration(utc).unwrap_or(DateTime::INFINITY)
    }

    fn midnight(self) -> DateTime {
        let seconds = u64::from(self.0) * u64::from(DAY);
        DateTime::from_unix_duration(Duration::from_secs(seconds)).unwrap_or(DateTime::INFINITY)
    }

    fn of_seconds(seconds: u64) -> Self {
        let days = u32::try_from(seconds / u64::from(DAY)).unwrap_or(LAST);
        Self(days.min(LAST))
    }
}

/// A time as clocks in China show it: `2026-11-21 18:00:00 +08:00`.
pub fn in_china(at: DateTime) -> String {
    let Local { date, second } = Local::of(at);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{date} {hour:02}:{minute:02}:{:02} +08:00", second % 60)
}

/// A time as clocks in China show it.
pub(super) struct Local {
    pub(super) date: Date,
    /// Since midnight.
    pub(super) second: u32,
}

impl Local {
    pub(super) fn of(at: DateTime) -> Self {
        let seconds = at.unix_duration().as_secs() + OFFSET;
        Self {
            date: Date::of_seconds(seconds),
            second: u32::try_from(seconds % u64::from(DAY)).unwrap_or(0),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.year(),
            self.month(),
            self.day()
        )
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({self})")
    }
}

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no day like 2026-02-28"))
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}
