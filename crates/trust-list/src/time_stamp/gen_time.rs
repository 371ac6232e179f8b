//! The time of a token, to the fraction of a second (RFC 3161, 2.4.2).

use core::{fmt, time::Duration};
use der::DateTime;

/// Digits of a fraction that are read: nanoseconds.
const DIGITS: usize = 9;

/// `genTime`: a time in UTC with nanoseconds. Displayed as RFC 3339 has it, with as many
/// digits as it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GenTime {
    second: DateTime,
    nanoseconds: u32,
}

impl GenTime {
    /// Reads the content of a GeneralizedTime: `YYYYMMDDhhmmss`, a fraction without zeros at
    /// its end if there is one, `Z`. None for any other form, more than nine digits of a
    /// fraction, a leap second, and years before 1970.
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let octets = octets.strip_suffix(b"Z")?;
        let (whole, fraction) = octets.split_at_checked(14)?;
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0u32, |sum, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| sum * 10 + u32::from(digit - b'0'))
            })
        };
        let part = |from: usize| u8::try_from(number(&whole[from..from + 2])?).ok();
        let year = u16::try_from(number(&whole[..4])?).ok()?;
        let second =
            DateTime::new(year, part(4)?, part(6)?, part(8)?, part(10)?, part(12)?).ok()?;
        let nanoseconds = match fraction {
            [] => 0,
            [b'.', digits @ ..] => {
                let ends_well = digits.last().is_some_and(|last| *last != b'0');
                if !ends_well || digits.len() > DIGITS {
                    return None;
                }
                let missing = u32::try_from(DIGITS - digits.len()).ok()?;
                number(digits)? * 10u32.pow(missing)
            }
            _ => return None,
        };
        Some(Self {
            second,
            nanoseconds,
        })
    }

    /// The whole second in which it lies.
    pub fn second(self) -> DateTime {
        self.second
    }

    /// Nanoseconds after [`Self::second`], below 10^9.
    pub fn nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// The first whole second that is not before this and so much more; none after the
    /// year 9999.
    pub(super) fn whole_second_after(self, more: Duration) -> Option<DateTime> {
        let exact = self.second.unix_duration() + Duration::new(0, self.nanoseconds);
        let exact = exact.checked_add(more)?;
        let up = u64::from(exact.subsec_nanos() > 0);
        DateTime::from_unix_duration(Duration::from_secs(exact.as_secs() + up)).ok()
    }
}

impl fmt::Display for GenTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.second.to_string();
        if self.nanoseconds == 0 {
            return f.write_str(&second);
        }
        let fraction = format!("{:09}", self.nanoseconds);
        let (second, fraction) = (second.trim_end_matches('Z'), fraction.trim_end_matches('0'));
        write!(f, "{second}.{fraction}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_is_read() {
        for (text, shown) in [
            ("20260601000000Z", "2026-06-01T00:00:00Z"),
            ("20260601000000.5Z", "2026-06-01T00:00:00.5Z"),
            ("20260601235959.001Z", "2026-06-01T23:59:59.001Z"),
            (
                "20260601235959.000000001Z",
                "2026-06-01T23:59:59.000000001Z",
            ),
        ] {
            let time = GenTime::read(text.as_bytes()).unwrap();
            assert_eq!(time.to_string(), shown);
        }
        for text in [
            "",
            "Z",
            "202606010000Z",
            "20260601000000",
            "20260601000000.Z",
            "20260601000000.50Z",
            "20260601000000.0Z",
            "20260601000000,5Z",
            "20260601000000.5",
            "20260601000000.0000000001Z",
            "20260601000000+0800",
            "20260601000000.5+0800Z",
            "20260601000060Z",
            "20260601240000Z",
            "20260631000000Z",
            "20260601 00000Z",
            "20260601000000.-1Z",
            "19691231235959Z",
        ] {
            assert_eq!(GenTime::read(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn the_latest_moment_is_rounded_up() {
        let after = |text: &str, millis| {
            let time = GenTime::read(text.as_bytes()).unwrap();
            let latest = time.whole_second_after(Duration::from_millis(millis));
            latest.map(|latest| latest.to_string())
        };
        let second = |text: &str| Some(format!("2026-06-01T00:00:0{text}Z"));
        assert_eq!(after("20260601000000Z", 0), second("0"));
        assert_eq!(after("20260601000000Z", 1), second("1"));
        assert_eq!(after("20260601000000.5Z", 500), second("1"));
        assert_eq!(after("20260601000000.500000001Z", 500), second("2"));
        assert_eq!(after("99991231235959.5Z", 0), None);
    }
}
