//! Times that the arguments give.

use crate::failure::Failure;
use der::DateTime;
use lifecycle::ports::{Clock, SystemClock};
use std::time::Duration;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// The time of an option, or now.
pub(crate) fn or_now(option: &str, text: Option<&str>) -> Result<DateTime, Failure> {
    match text {
        None => Ok(SystemClock::default().now()),
        Some(text) => parse(option, text),
    }
}

/// The time of an option.
pub(crate) fn parse(option: &str, text: &str) -> Result<DateTime, Failure> {
    text.parse::<DateTime>().map_err(|_| {
        Failure::Usage(format!(
            "{option} {text:?} is no time like 2026-11-21T08:00:00Z"
        ))
    })
}

/// A span such as `90s`, `30m`, `12h` or `2d`, for the arguments.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no span such as 90s, 30m, 12h or 2d");
    let (end, unit) = text.char_indices().next_back().ok_or_else(wrong)?;
    let seconds: u32 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let count: u32 = text[..end].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(count) * u64::from(seconds)))
}

/// So many days later.
pub(crate) fn days_after(time: DateTime, days: u32) -> Result<DateTime, Failure> {
    let later = time.unix_duration() + Duration::from_secs(u64::from(days) * DAY);
    DateTime::from_unix_duration(later).map_err(|_| {
        let message = format!("{days} days after {time} is beyond the year 9999");
        Failure::Usage(message)
    })
}

/// So many days earlier, not before 1970.
pub(crate) fn days_before(time: DateTime, days: u32) -> Result<DateTime, Failure> {
    let span = Duration::from_secs(u64::from(days) * DAY);
    Ok(DateTime::from_unix_duration(
        time.unix_duration().saturating_sub(span),
    )?)
}

/// Whole days from one time to a later one.
pub(crate) fn days_between(from: DateTime, to: DateTime) -> u64 {
    let span = to.unix_duration().saturating_sub(from.unix_duration());
    span.as_secs() / DAY
}

/// A time in the zone of Beijing, which is eight hours ahead all year: `2026-03-02 09:00:00`.
pub(crate) fn beijing(time: DateTime) -> String {
    let there = time.unix_duration() + Duration::from_secs(8 * 60 * 60);
    match DateTime::from_unix_duration(there) {
        Ok(there) => there.to_string().replace('T', " ").replace('Z', ""),
        // The last eight hours of 9999.
        Err(_) => time.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_unit() {
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("12h", 43_200), ("2d", 172_800)] {
            assert_eq!(span(text), Ok(Duration::from_secs(seconds)));
        }
        for text in [
            "",
            "5",
            "h",
            "-1h",
            "1.5h",
            "2 d",
            "1h30m",
            "3天",
            "9999999999s",
        ] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn beijing_is_eight_hours_ahead() {
        let time = |text: &str| text.parse::<DateTime>().expect("a time");
        assert_eq!(beijing(time("2026-03-01T17:30:05Z")), "2026-03-02 01:30:05");
        assert_eq!(
            beijing(time("9999-12-31T23:59:59Z")),
            "9999-12-31T23:59:59Z"
        );
    }
}
