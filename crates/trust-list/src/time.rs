//! Times as certificates and CRLs have them (RFC 5280, 4.1.2.5).

use der::{AnyRef, DateTime, Tag, Tagged};

/// A time in whole seconds. What lies before 1970, where the times of crate `der` begin,
/// is read too and known as past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moment {
    BeforeEpoch,
    At(DateTime),
}

impl Moment {
    /// The time, or 1970-01-01 for an earlier one.
    pub(crate) fn time(self) -> DateTime {
        match self {
            Self::BeforeEpoch => EPOCH,
            Self::At(time) => time,
        }
    }

    pub(crate) fn is_before(self, at: DateTime) -> bool {
        self < Self::At(at)
    }

    pub(crate) fn is_after(self, at: DateTime) -> bool {
        self > Self::At(at)
    }
}

/// Reads a UTCTime or GeneralizedTime in the one form that DER and RFC 5280 allow each:
/// with seconds, without a fraction, in UTC. Two digits of a year are those of 1950 to 2049.
pub(crate) fn moment(time: AnyRef<'_>) -> der::Result<Moment> {
    let octets = time.value();
    let bad = || der::Error::from(time.tag().value_error());
    let (year, rest) = match (time.tag(), octets.len()) {
        (Tag::UtcTime, 13) => match two_digits(octets, 0).ok_or_else(bad)? {
            year @ 0..50 => (2000 + year, &octets[2..]),
            year => (1900 + year, &octets[2..]),
        },
        (Tag::GeneralizedTime, 15) => {
            let century = two_digits(octets, 0).ok_or_else(bad)?;
            let year = two_digits(octets, 2).ok_or_else(bad)?;
            (century * 100 + year, &octets[4..])
        }
        (Tag::UtcTime | Tag::GeneralizedTime, _) => return Err(bad()),
        (other, _) => return Err(other.unexpected_error(Some(Tag::UtcTime)).into()),
    };
    let part = |index| {
        let part = two_digits(rest, index).and_then(|part| u8::try_from(part).ok());
        part.ok_or_else(bad)
    };
    let parts = [part(0)?, part(2)?, part(4)?, part(6)?, part(8)?];
    if rest[10..] != *b"Z" {
        return Err(bad());
    }
    // The calendar repeats itself every 400 years, so that days of an early year are told
    // from none by those of a later one.
    let early = year < 1970;
    let shown = if early { year % 400 + 2000 } else { year };
    let [month, day, hour, minute, second] = parts;
    let time = DateTime::new(shown, month, day, hour, minute, second).map_err(|_| bad())?;
    Ok(if early {
        Moment::BeforeEpoch
    } else {
        Moment::At(time)
    })
}

fn two_digits(octets: &[u8], index: usize) -> Option<u16> {
    let digit = |octet: &u8| octet.is_ascii_digit().then(|| u16::from(octet - b'0'));
    Some(digit(octets.get(index)?)? * 10 + digit(octets.get(index + 1)?)?)
}

const EPOCH: DateTime = match DateTime::new(1970, 1, 1, 0, 0, 0) {
    Ok(epoch) => epoch,
    Err(_) => unreachable!(),
};

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: Tag, text: &str) -> Option<Moment> {
        moment(AnyRef::new(tag, text.as_bytes()).unwrap()).ok()
    }

    fn at(text: &str) -> Option<Moment> {
        Some(Moment::At(text.parse().unwrap()))
    }

    #[test]
    fn two_digits_of_a_year_are_those_of_1950_to_2049() {
        let utc = |text| read(Tag::UtcTime, text);
        assert_eq!(utc("491231235959Z"), at("2049-12-31T23:59:59Z"));
        assert_eq!(utc("700101000000Z"), at("1970-01-01T00:00:00Z"));
        for early in ["500101000000Z", "691231235959Z", "520229120000Z"] {
            assert_eq!(utc(early), Some(Moment::BeforeEpoch), "{early}");
        }
        let general = |text| read(Tag::GeneralizedTime, text);
        assert_eq!(general("20500101000000Z"), at("2050-01-01T00:00:00Z"));
        assert_eq!(general("19690101000000Z"), Some(Moment::BeforeEpoch));
        assert_eq!(general("99991231235959Z"), at("9999-12-31T23:59:59Z"));
    }

    #[test]
    fn other_forms_are_not_read() {
        for text in [
            "510229000000Z",
            "5001010000Z",
            "500101000000+0000",
            "501301000000Z",
            "50010100000aZ",
            "500101000000z",
            "701301000000Z",
        ] {
            assert_eq!(read(Tag::UtcTime, text), None, "{text}");
        }
        for text in ["19000229000000Z", "20260101000000.5Z", "2026010100000Z", ""] {
            assert_eq!(read(Tag::GeneralizedTime, text), None, "{text}");
        }
        assert_eq!(read(Tag::Utf8String, "500101000000Z"), None);
    }

    #[test]
    fn what_lies_before_1970_is_before_every_time() {
        let early = Moment::BeforeEpoch;
        assert!(early.is_before(EPOCH) && !early.is_after(EPOCH));
        assert!(!Moment::At(EPOCH).is_before(EPOCH));
        assert_eq!(early.time(), EPOCH);
    }
}
