//! Times as they are written.

use super::octets::{Element, GENERALIZED_TIME, Read, Reader, UTC_TIME};
use der::DateTime;

/// UTCTime or GeneralizedTime in any form of X.680, not only in that of RFC 5280.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time<'a> {
    pub(crate) generalized: bool,
    pub(crate) text: &'a [u8],
    pub(crate) seconds: bool,
    pub(crate) fraction: bool,
    pub(crate) zulu: bool,
    /// `YYYYMMDDhhmmss` as a number, if the calendar has that second. Two of them compare
    /// as the times do.
    pub(crate) stamp: Option<u64>,
}

impl<'a> Time<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let element = reader.next()?;
        match element.tag {
            UTC_TIME | GENERALIZED_TIME => Ok(Self::of(&element)),
            _ => Err(element.fault("no time where one belongs")),
        }
    }

    pub(crate) fn is_next(reader: &Reader<'a>) -> bool {
        matches!(reader.peek(), Some(UTC_TIME | GENERALIZED_TIME))
    }

    pub(crate) fn of(element: &Element<'a>) -> Self {
        let generalized = element.tag == GENERALIZED_TIME;
        let text = element.content();
        let digits = text.iter().take_while(|octet| octet.is_ascii_digit());
        let digits = digits.count();
        let year = if generalized { 4 } else { 2 };
        let rest = &text[digits..];
        Self {
            generalized,
            text,
            seconds: digits == year + 10,
            fraction: rest.starts_with(b".") || rest.starts_with(b","),
            zulu: text.last() == Some(&b'Z'),
            stamp: stamp(&text[..digits], year),
        }
    }

    pub(crate) fn year(&self) -> Option<u64> {
        self.stamp.map(|stamp| stamp / 10_000_000_000)
    }

    /// Whether it is written with seconds, without fractions, in UTC (RFC 5280, 4.1.2.5).
    pub(crate) fn is_profiled(&self) -> bool {
        self.seconds && !self.fraction && self.zulu
    }

    /// The type that RFC 5280, 4.1.2.5, asks for in this year.
    pub(crate) fn has_its_type(&self) -> bool {
        let year = self.year();
        year.is_none_or(|year| self.generalized == (year >= 2050))
    }

    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(self.text).into_owned()
    }
}

fn stamp(digits: &[u8], year: usize) -> Option<u64> {
    if digits.len() < year + 6 || digits.len() > year + 10 || !digits.len().is_multiple_of(2) {
        return None;
    }
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
    };
    let (years, rest) = digits.split_at(year);
    let years = match (year, number(years)) {
        (4, years) => years,
        // RFC 5280, 4.1.2.5.1.
        (_, years @ 50..) => 1900 + years,
        (_, years) => 2000 + years,
    };
    let part = |index: usize| rest.get(2 * index..2 * index + 2).map_or(0, number);
    let (month, day) = (part(0), part(1));
    let leap = years.is_multiple_of(4) && (!years.is_multiple_of(100) || years.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let good = (1..=days).contains(&day) && part(2) < 24 && part(3) < 60 && part(4) < 60;
    let all = (0..5).fold(years, |all, index| all * 100 + part(index));
    good.then_some(all)
}

/// From 1970 to the second of a stamp; 29 February of a common year is the 28th.
pub(crate) fn seconds(stamp: u64) -> Option<u64> {
    let part = |place: u64| u8::try_from(stamp / place % 100).ok();
    let year = u16::try_from(stamp / 10_000_000_000).ok()?;
    let (month, day) = (part(100_000_000)?, part(1_000_000)?);
    let (hour, minute, second) = (part(10_000)?, part(100)?, part(1)?);
    let on = |day| DateTime::new(year, month, day, hour, minute, second).ok();
    let date = on(day).or_else(|| on(28).filter(|_| (month, day) == (2, 29)))?;
    Some(date.unix_duration().as_secs())
}
