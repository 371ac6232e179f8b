//! Notices, read from TOML and checked.

use super::{Calendar, Date, Estimate};
use serde::Deserialize;

/// The notices for 2018 to 2026.
pub(super) const CHINA: &str = include_str!("china.toml");

/// What a notice says, and which it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Notice {
    /// The year whose days it sets; those of the December before may be among them.
    pub year: u16,
    /// Its title.
    pub title: String,
    /// Its number: `国办发明电〔2025〕7号`.
    pub number: String,
    /// Its day.
    pub date: Date,
    /// Days off.
    pub off: Vec<Off>,
    /// Days of weekends that are worked instead.
    pub work: Vec<Date>,
}

/// Days off in a row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Off {
    /// The feast.
    pub name: String,
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// Why a calendar does not load.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarFault {
    /// The text is too long to be one.
    #[error("a calendar has {limit} octets at most, this one {found}")]
    TooLarge {
        /// Its octets.
        found: usize,
        /// The most.
        limit: usize,
    },
    /// It is not TOML with these fields.
    #[error("the calendar can't be read")]
    Toml(#[from] Box<toml::de::Error>),
    /// It says something impossible.
    #[error("the calendar, {place}: {rule}")]
    Rule {
        /// The notice's number, or a field.
        place: String,
        /// What holds instead.
        rule: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Text {
    name: String,
    version: u32,
    closing_hour: u8,
    notices: Vec<Notice>,
}

impl Calendar {
    /// Octets of the longest text that [`Self::from_toml`] reads.
    pub const MAX_TEXT: usize = 1 << 20;

    /// Reads a calendar: its name, version, closing hour and notices, of years in a row, with
    /// days of their year or the December before. A later notice goes before an earlier one.
    ///
    /// # Errors
    /// [`CalendarFault`], which says where.
    pub fn from_toml(text: &str) -> Result<Self, CalendarFault> {
        let (found, limit) = (text.len(), Self::MAX_TEXT);
        if found > limit {
            return Err(CalendarFault::TooLarge { found, limit });
        }
        let text: Text = toml::from_str(text).map_err(Box::new)?;
        let rule = |place: &str, rule| CalendarFault::Rule {
            place: place.to_owned(),
            rule,
        };
        let letter = |octet: u8| octet.is_ascii_lowercase() || octet == b'-';
        if text.name.is_empty() || text.name.len() > 64 || !text.name.bytes().all(letter) {
            return Err(rule("name", "1 to 64 characters of a to z and the hyphen"));
        }
        if !(1..=24).contains(&text.closing_hour) {
            return Err(rule("closing-hour", "an hour from 1 to 24"));
        }
        let (Some(first), Some(last)) = (text.notices.first(), text.notices.last()) else {
            return Err(rule("notices", "one at least"));
        };
        let years = first.year..=last.year;
        let (Some(first), Some(end)) = (
            Date::new(*years.start(), 1, 1),
            Date::new(*years.end(), 12, 31),
        ) else {
            return Err(rule("notices", "of years from 1970 to 9999"));
        };

        let mut worked = Vec::new();
        let mut day = Some(first);
        while let Some(date) = day.filter(|date| *date <= end) {
            worked.push(!date.is_weekend());
            day = date.next();
        }
        let mut year = *years.start();
        for notice in &text.notices {
            let rule = |text| rule(&notice.number, text);
            if notice.year < year || notice.year > year + 1 {
                return Err(rule("its year is that of the notice before, or the next"));
            }
            year = notice.year;
            notice.check(first).map_err(rule)?;
            for off in &notice.off {
                let mut day = Some(off.from);
                while let Some(date) = day.filter(|date| *date <= off.to) {
                    set(&mut worked, first, date, false);
                    day = date.next();
                }
            }
            for date in &notice.work {
                set(&mut worked, first, *date, true);
            }
        }
        Ok(Self {
            version: format!("{}-{}", text.name, text.version),
            name: text.name,
            closing_hour: text.closing_hour,
            notices: text.notices,
            years,
            first,
            worked,
            estimate: Estimate::Refuse,
        })
    }
}

impl Notice {
    fn check(&self, first: Date) -> Result<(), &'static str> {
        let of_year = |date: &Date| {
            date.year() == self.year
                || date.year() + 1 == self.year && date.month() == 12 && *date >= first
        };
        let in_row = |off: &Off| off.from <= off.to && of_year(&off.from) && of_year(&off.to);
        if self.title.is_empty() || self.number.is_empty() {
            return Err("it has a title and a number");
        }
        if !self.off.iter().all(in_row) {
            return Err("days off are in order, of its year or of the December before");
        }
        if !self.work.iter().all(of_year) {
            return Err("days worked are of its year or of the December before");
        }
        if !self.work.iter().all(|date| date.is_weekend()) {
            return Err("days worked instead are Saturdays and Sundays");
        }
        let both = |date: &Date| (self.off.iter()).any(|off| (off.from..=off.to).contains(date));
        if self.work.iter().any(both) {
            return Err("no day is both worked and off");
        }
        Ok(())
    }
}

fn set(worked: &mut [bool], first: Date, date: Date, value: bool) {
    let place = date.days_since(first);
    if let Some(day) = place.and_then(|place| worked.get_mut(place)) {
        *day = value;
    }
}
