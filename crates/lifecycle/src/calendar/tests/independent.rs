//! The calendar against days that others gathered, counted one by one.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Every day of 2018 to 2026 and whether it is worked, by reckoning of its own.
struct Days(Vec<(String, bool)>);

impl Days {
    fn new() -> Self {
        let text = include_str!("independent.toml");
        let lists: BTreeMap<String, BTreeSet<String>> = toml::from_str(text).unwrap();
        let mut days = Vec::new();
        // 2018 began with a Monday.
        let mut weekday = 0;
        for year in 2018..=2026 {
            let february = if year % 4 == 0 { 29 } else { 28 };
            let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in (1..).zip(months) {
                for day in 1..=length {
                    let name = format!("{year}-{month:02}-{day:02}");
                    let is_worked = if weekday < 5 {
                        !lists["off"].contains(&name)
                    } else {
                        lists["work"].contains(&name)
                    };
                    days.push((name, is_worked));
                    weekday = (weekday + 1) % 7;
                }
            }
        }
        let named = lists.values().flatten();
        assert!(
            named
                .clone()
                .all(|one| days.iter().any(|(day, _)| day == one))
        );
        Self(days)
    }

    /// The first worked day from one on; none beyond the last.
    fn worked_from(&self, from: usize) -> Option<usize> {
        (from..self.0.len()).find(|day| self.0[*day].1)
    }

    /// The day of an act.
    fn of_act(&self, day: usize, hour: &str) -> Option<usize> {
        let is_late = hour >= "18:00:00";
        self.worked_from(day + usize::from(is_late))
    }

    /// The `count`th worked day after one, those of `excluded` not counted.
    fn after(&self, day: usize, count: u16, excluded: &BTreeSet<usize>) -> Option<usize> {
        let mut day = day;
        let mut left = count;
        while left > 0 {
            day = self.worked_from(day + 1)?;
            left -= u16::from(!excluded.contains(&day));
        }
        Some(day)
    }

    fn at(&self, day: usize, hour: &str) -> DateTime {
        local(&format!("{} {hour}", self.0[day].0))
    }
}

const HOURS: [&str; 5] = ["00:00:00", "09:30:00", "17:59:59", "18:00:00", "23:59:59"];
const LENGTHS: [u16; 14] = [0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120];

// proves: S3-18
#[test]
fn every_day_of_the_notices_is_as_others_have_it() {
    let (calendar, days) = (Calendar::china(), Days::new());
    assert_eq!(days.0.len(), 3287);
    assert_eq!(days.0.iter().filter(|(_, worked)| *worked).count(), 2244);
    for (day, worked) in &days.0 {
        assert_eq!(calendar.is_working_day(date(day)), Ok(*worked), "{day}");
    }
}

// proves: S3-18
#[test]
fn working_days_end_where_counting_the_days_of_others_ends() {
    let (calendar, days) = (Calendar::china(), Days::new());
    let mut beyond = 0;
    for day in 0..days.0.len() {
        for (number, length) in LENGTHS.iter().enumerate() {
            let hour = HOURS[(day + number) % HOURS.len()];
            let start = days.at(day, hour);
            let last = days.of_act(day, hour);
            let last = last.and_then(|act| days.after(act, *length, &BTreeSet::new()));
            let found = calendar.working_days(start, *length);
            let clock = Clock::start(*length, start).deadline(&calendar);
            match last {
                Some(last) => {
                    let found = found.unwrap();
                    let end = format!("{} 17:59:59", days.0[last].0);
                    assert_eq!(shown(found.at), end, "{length} after {}", shown(start));
                    assert_eq!(found.calendar.as_deref(), Some("china-1"));
                    assert_eq!(clock, Ok(Some(found)));
                }
                None => {
                    assert_eq!(found, Err(NotCovered { year: 2027 }), "{}", shown(start));
                    assert_eq!(clock, Err(NotCovered { year: 2027 }));
                    beyond += 1;
                }
            }
        }
    }
    assert!(beyond > 100, "{beyond}");
}

#[test]
fn clocks_that_stand_still_end_where_counting_the_days_of_others_ends() {
    let (calendar, days) = (Calendar::china(), Days::new());
    for day in (0..days.0.len() - 400).step_by(3) {
        for (number, limit) in [1, 5, 20, 45].into_iter().enumerate() {
            let hour = |add: usize| HOURS[(day + number + add) % HOURS.len()];
            // Twice: after 2 days for 9, and 4 days later for 30.
            let times: Vec<_> = [0, 2, 11, 15, 45]
                .into_iter()
                .enumerate()
                .map(|(add, later)| (day + later, hour(add)))
                .collect();
            let at = |one: usize| days.at(times[one].0, times[one].1);
            let act = |one: usize| days.of_act(times[one].0, times[one].1).unwrap();
            let mut clock = Clock::start(limit, at(0));
            let mut excluded = BTreeSet::new();
            for (pause, resume) in [(1, 2), (3, 4)] {
                clock = clock.pause(at(pause)).unwrap().resume(at(resume)).unwrap();
                excluded.extend(act(pause)..act(resume));
            }
            let last = days.after(act(0), limit, &excluded).unwrap();
            let end = clock.deadline(&calendar).unwrap().unwrap();
            let wanted = format!("{} 17:59:59", days.0[last].0);
            assert_eq!(shown(end.at), wanted, "{limit} from {}", shown(at(0)));
            assert_eq!(clock.used(&calendar, end.at), Ok(limit - 1));
            let second = std::time::Duration::from_secs(1);
            let over = DateTime::from_unix_duration(end.at.unix_duration() + second).unwrap();
            assert_eq!(clock.used(&calendar, over), Ok(limit));
            assert_eq!(clock.is_overdue(&calendar, end.at), Ok(false));
            assert_eq!(clock.is_overdue(&calendar, over), Ok(true));
        }
    }
}

#[test]
fn days_of_other_years_are_refused_or_estimated_by_choice_alone() {
    let calendar = Calendar::china();
    let estimated = Calendar::china().with_estimate(Estimate::Weekends);
    for year in [1970, 2017, 2027, 2100] {
        let mut day = Date::new(year, 1, 1);
        while let Some(date) = day.filter(|date| date.year() == year) {
            assert_eq!(calendar.is_working_day(date), Err(NotCovered { year }));
            assert_eq!(estimated.is_working_day(date), Ok(!date.is_weekend()));
            day = date.next();
        }
        let start = local(&format!("{year}-06-10 10:00:00"));
        let refused = Err(NotCovered { year });
        assert_eq!(calendar.working_days(start, 3), refused);
        assert_eq!(
            Clock::start(3, start).deadline(&calendar).map(drop),
            Err(NotCovered { year })
        );
        let end = estimated.working_days(start, 3).unwrap();
        assert_eq!(end.calendar.as_deref(), Some("china-1+weekends"));
    }
}
