//! Days of China's calendar, from which and until which rules count.

use der::DateTime;
use serde::Deserialize;
use std::time::Duration;

/// A day as `2012-01-01`: texts of this form are in the order of the days.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Day(String);

impl Day {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.bytes().enumerate().all(|(index, octet)| match index {
            4 | 7 => octet == b'-',
            _ => octet.is_ascii_digit(),
        });
        let midnight = format!("{text}T00:00:00Z");
        // What has a midnight is a day: 30 February has none.
        if digits && text.len() == 10 && midnight.parse::<DateTime>().is_ok() {
            Ok(Self(text))
        } else {
            Err(format!(
                "{text:?} is no day from 1970 to 9999: write it as 2012-01-31"
            ))
        }
    }
}

/// The zone Asia/Shanghai has had this offset since 1991.
const OFFSET: Duration = Duration::from_secs(8 * 60 * 60);

/// The day in China; after the last one of 9999 it stays that one.
pub(super) fn in_china(at: DateTime) -> String {
    let there = at.unix_duration().checked_add(OFFSET);
    let there = there.and_then(|there| DateTime::from_unix_duration(there).ok());
    let there = there.unwrap_or(at);
    format!(
        "{:04}-{:02}-{:02}",
        there.year(),
        there.month(),
        there.day()
    )
}
