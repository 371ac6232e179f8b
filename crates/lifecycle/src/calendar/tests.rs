use super::*;
use proptest::prelude::*;

mod independent;

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// A time of China's clocks: `2026-02-13 09:00:00`.
fn local(text: &str) -> DateTime {
    let (day, time) = text.split_once(' ').unwrap();
    let time: Vec<u32> = time.split(':').map(|part| part.parse().unwrap()).collect();
    date(day).at_second(time[0] * 3600 + time[1] * 60 + time[2])
}

/// The other way: a deadline as clocks in China show it.
fn shown(at: DateTime) -> String {
    in_china(at).replace(" +08:00", "")
}

fn after(start: &str, days: u16) -> String {
    let calendar = Calendar::china();
    shown(calendar.working_days(local(start), days).unwrap().at)
}

/// A time in the years that notices cover, with room for `days` working days behind it.
fn times() -> impl Strategy<Value = DateTime> {
    let (first, last) = (local("2018-01-01 00:00:00"), local("2026-06-30 23:59:59"));
    let seconds = |at: DateTime| at.unix_duration().as_secs();
    (seconds(first)..=seconds(last)).prop_map(|seconds| {
        DateTime::from_unix_duration(std::time::Duration::from_secs(seconds)).unwrap()
    })
}

#[test]
fn the_notices_say_which_days_are_worked() {
    let calendar = Calendar::china();
    assert_eq!(calendar.years_covered(), 2018..=2026);
    assert_eq!((calendar.name(), calendar.version()), ("china", "china-1"));
    assert_eq!(calendar.closing_hour(), 18);
    assert_eq!(calendar.notices().len(), 11);
    for (day, worked) in [
        // Around Spring Festivals: the make-up weekends and both edges.
        ("2018-02-11", true),
        ("2018-02-14", true),
        ("2018-02-15", false),
        ("2018-02-21", false),
        ("2018-02-22", true),
        ("2018-02-24", true),
        ("2019-02-03", true),
        ("2019-02-04", false),
        ("2021-02-10", true),
        ("2021-02-20", true),
        ("2022-01-29", true),
        ("2022-01-30", true),
        ("2022-01-31", false),
        ("2023-01-29", true),
        ("2024-02-09", true),
        ("2024-02-18", true),
        ("2025-01-26", true),
        ("2025-02-04", false),
        ("2025-02-05", true),
        ("2026-02-14", true),
        ("2026-02-23", false),
        ("2026-02-28", true),
        // The notice for 2019 moved days of 2018.
        ("2018-12-29", true),
        ("2018-12-31", false),
        // The second notice of 2019 moved the Labour Day of the first.
        ("2019-04-28", true),
        ("2019-05-02", false),
        ("2019-05-05", true),
        // The second notice of 2020 made a worked Saturday a day off.
        ("2020-01-19", true),
        ("2020-01-31", false),
        ("2020-02-01", false),
        ("2020-02-03", true),
        // Ordinary days.
        ("2026-11-20", true),
        ("2026-11-21", false),
        ("2026-11-22", false),
        ("2026-11-23", true),
    ] {
        assert_eq!(calendar.is_working_day(date(day)), Ok(worked), "{day}");
    }
}

#[test]
fn every_year_has_as_many_working_days_as_its_feasts_leave() {
    // 11 feast days a year until 2024, 13 since the decision of November 2024: 250 or 248
    // working days, one more or less as feasts fall on weekends and as New Year's notices
    // cross the year; 2020 lost one with the longer Spring Festival and three of its Saturdays.
    let calendar = Calendar::china();
    let count = |year: u16| {
        let mut day = Date::new(year, 1, 1);
        let mut count = 0;
        while let Some(date) = day.filter(|date| date.year() == year) {
            count += u16::from(calendar.is_working_day(date).unwrap());
            day = date.next();
        }
        count
    };
    for year in calendar.years_covered() {
        let days = count(year);
        assert!((247..=251).contains(&days), "{year}: {days}");
    }
}

#[test]
fn three_working_days_end_with_the_office_hours_of_the_third() {
    for (start, end) in [
        // Friday; the Saturday after it is an ordinary one.
        ("2026-11-20 09:00:00", "2026-11-25 17:59:59"),
        ("2026-11-20 17:59:59", "2026-11-25 17:59:59"),
        // After hours, and on the weekend: the Monday is the day of the act.
        ("2026-11-20 18:00:00", "2026-11-26 17:59:59"),
        ("2026-11-21 09:00:00", "2026-11-26 17:59:59"),
        ("2026-11-22 23:59:59", "2026-11-26 17:59:59"),
        ("2026-11-23 00:00:00", "2026-11-26 17:59:59"),
        // Over Spring Festivals.
        ("2018-02-13 12:00:00", "2018-02-23 17:59:59"),
        ("2020-01-23 12:00:00", "2020-02-05 17:59:59"),
        ("2025-01-25 12:00:00", "2025-02-06 17:59:59"),
        ("2026-02-13 19:00:00", "2026-02-26 17:59:59"),
        // A make-up Saturday is a day of the act, and counts.
        ("2026-02-28 10:00:00", "2026-03-04 17:59:59"),
        ("2026-02-26 10:00:00", "2026-03-02 17:59:59"),
    ] {
        assert_eq!(after(start, 3), end, "{start}");
    }
    assert_eq!(after("2026-11-20 09:00:00", 0), "2026-11-20 17:59:59");
}

#[test]
fn what_no_notice_covers_is_refused_unless_it_is_to_be_estimated() {
    let calendar = Calendar::china();
    let start = local("2026-12-30 09:00:00");
    assert!(calendar.working_days(start, 1).is_ok());
    assert_eq!(
        calendar.working_days(start, 2),
        Err(NotCovered { year: 2027 })
    );
    let early = local("2017-12-31 09:00:00");
    assert_eq!(
        calendar.working_days(early, 1),
        Err(NotCovered { year: 2017 })
    );

    let calendar = calendar.with_estimate(Estimate::Weekends);
    let estimated = calendar.working_days(start, 2).unwrap();
    assert_eq!(shown(estimated.at), "2027-01-01 17:59:59");
    assert_eq!(estimated.calendar.as_deref(), Some("china-1+weekends"));
    let sure = calendar.working_days(start, 1).unwrap();
    assert_eq!(sure.calendar.as_deref(), Some("china-1"));
    assert_eq!(
        calendar.working_days(DateTime::INFINITY, 1),
        Err(NotCovered { year: 9999 })
    );
}

#[test]
fn calendar_days_end_at_midnight_in_china() {
    let calendar = Calendar::china();
    let end = |start: &str, days| shown(calendar.days(local(start), days).at);
    assert_eq!(end("2026-11-21 00:00:00", 1), "2026-11-22 23:59:59");
    assert_eq!(end("2026-11-21 23:59:59", 1), "2026-11-22 23:59:59");
    assert_eq!(end("2026-11-21 12:00:00", 90), "2027-02-19 23:59:59");
    assert_eq!(
        calendar.days(local("2026-11-21 00:00:00",), 1).calendar,
        None
    );
    let before = |at: &str, days| shown(calendar.days_before(local(at), days));
    assert_eq!(before("2027-02-19 23:59:59", 90), "2026-11-21 00:00:00");
    // At both ends of what a time can be.
    assert_eq!(calendar.days(DateTime::INFINITY, 1).at.year(), 9999);
    let first = DateTime::new(1970, 1, 1, 0, 0, 0).unwrap();
    assert_eq!(calendar.days_before(first, 1), first);
    assert_eq!(calendar.months_before(first, 1), first);
}

#[test]
fn a_month_before_is_the_same_day_or_the_last_of_a_shorter_month() {
    let calendar = Calendar::china();
    for (at, months, begins) in [
        ("2026-03-31 23:59:59", 1, "2026-02-28 00:00:00"),
        ("2024-03-31 00:00:00", 1, "2024-02-29 00:00:00"),
        ("2024-03-30 12:00:00", 1, "2024-02-29 00:00:00"),
        ("2024-03-29 12:00:00", 1, "2024-02-29 00:00:00"),
        ("2024-03-28 12:00:00", 1, "2024-02-28 00:00:00"),
        ("2026-05-31 12:00:00", 1, "2026-04-30 00:00:00"),
        ("2026-01-15 12:00:00", 1, "2025-12-15 00:00:00"),
        ("2026-11-21 12:00:00", 12, "2025-11-21 00:00:00"),
        ("2028-02-29 12:00:00", 12, "2027-02-28 00:00:00"),
        // In UTC this is still the day before.
        ("2026-03-01 00:00:00", 1, "2026-02-01 00:00:00"),
        ("2026-11-21 12:00:00", 0, "2026-11-21 00:00:00"),
    ] {
        assert_eq!(
            shown(calendar.months_before(local(at), months)),
            begins,
            "{at}"
        );
    }
}

#[test]
fn a_calendar_that_cannot_be_is_refused_where_it_is_wrong() {
    let good = "name = \"test\"\nversion = 1\nclosing-hour = 18\n[[notices]]\nyear = 2025\n\
                title = \"t\"\nnumber = \"n\"\ndate = \"2024-11-12\"\nwork = [\"2025-01-26\"]\n\
                off = [{ name = \"o\", from = \"2025-01-28\", to = \"2025-02-04\" }]\n";
    assert_eq!(Calendar::from_toml(good).unwrap().version(), "test-1");
    for (from, to, says) in [
        ("closing-hour = 18", "closing-hour = 25", "1 to 24"),
        ("closing-hour = 18", "closing-hour = 0", "1 to 24"),
        ("\"test\"", "\"Te st\"", "a to z"),
        ("2025-01-26", "2025-01-27", "Saturdays and Sundays"),
        ("2025-01-26", "2025-02-01", "both worked and off"),
        ("2025-01-26", "2026-01-24", "of its year"),
        ("2025-01-26", "2024-11-30", "of its year"),
        ("2025-01-26", "2024-12-29", "of its year"),
        ("to = \"2025-02-04\"", "to = \"2025-01-27\"", "in order"),
        (
            "from = \"2025-01-28\"",
            "from = \"2025-02-30\"",
            "no day like",
        ),
        ("year = 2025", "year = 1969", "1970 to 9999"),
        ("title = \"t\"", "title = \"\"", "title and a number"),
        ("title = \"t\"", "heading = \"t\"", "unknown field"),
    ] {
        assert!(good.contains(from), "{from}");
        let fault = Calendar::from_toml(&good.replace(from, to)).unwrap_err();
        let source = std::error::Error::source(&fault);
        let text = format!(
            "{fault} {}",
            source.map_or(String::new(), |why| why.to_string())
        );
        assert!(text.contains(says), "{to}: {text}");
    }
    // A second notice of another year, with nothing else in it that could be wrong.
    let second = |year: u16| {
        let notice = "title = \"t\"\nnumber = \"n2\"\ndate = \"2024-11-12\"\nwork = []\noff = []\n";
        Calendar::from_toml(&format!("{good}[[notices]]\nyear = {year}\n{notice}"))
    };
    assert_eq!(second(2025).unwrap().years_covered(), 2025..=2025);
    assert_eq!(second(2026).unwrap().years_covered(), 2025..=2026);
    for year in [2024, 2027] {
        let fault = second(year).unwrap_err().to_string();
        assert!(
            fault.contains("n2") && fault.contains("notice before"),
            "{fault}"
        );
    }
    let none = "name = \"test\"\nversion = 1\nclosing-hour = 18\nnotices = []\n";
    assert!(Calendar::from_toml(none).is_err());
    let long = "#".repeat(Calendar::MAX_TEXT + 1);
    assert!(matches!(
        Calendar::from_toml(&long),
        Err(CalendarFault::TooLarge { .. })
    ));
}

#[test]
fn a_closing_hour_of_24_means_midnight() {
    let text = data::CHINA.replace("closing-hour = 18", "closing-hour = 24");
    let calendar = Calendar::from_toml(&text).unwrap();
    let end = calendar.working_days(local("2026-11-20 23:59:59"), 1);
    assert_eq!(shown(end.unwrap().at), "2026-11-23 23:59:59");
}

#[test]
fn a_clock_does_not_run_on_the_days_of_its_pauses() {
    let calendar = Calendar::china();
    let end = |clock: &Clock| {
        let deadline = clock.deadline(&calendar).unwrap();
        deadline.map(|deadline| shown(deadline.at))
    };
    // From Monday; five days: to the Monday after.
    let clock = Clock::start(5, local("2026-11-16 10:00:00"));
    assert_eq!(end(&clock).as_deref(), Some("2026-11-23 17:59:59"));
    // Wednesday's pause: no end in sight; Friday's resumption: two days are not counted.
    let paused = clock.clone().pause(local("2026-11-18 11:00:00")).unwrap();
    assert_eq!(end(&paused), None);
    assert_eq!(
        paused.used(&calendar, local("2026-12-01 10:00:00")),
        Ok(1),
        "Tuesday alone"
    );
    assert_eq!(
        paused.is_overdue(&calendar, local("2026-12-31 10:00:00")),
        Ok(false)
    );
    let resumed = paused.resume(local("2026-11-20 09:00:00")).unwrap();
    assert_eq!(end(&resumed).as_deref(), Some("2026-11-25 17:59:59"));
    assert_eq!(
        resumed.used(&calendar, local("2026-11-23 18:00:00")),
        Ok(3),
        "Tuesday, Friday, Monday"
    );
    assert_eq!(
        resumed.is_overdue(&calendar, local("2026-11-25 17:59:59")),
        Ok(false)
    );
    assert_eq!(
        resumed.is_overdue(&calendar, local("2026-11-25 18:00:00")),
        Ok(true)
    );
    // Whoever pauses it on its last day has the day of the resumption.
    let late = clock.clone().pause(local("2026-11-23 17:00:00")).unwrap();
    assert_eq!(end(&late), None);
    let late = late.resume(local("2026-12-01 10:00:00")).unwrap();
    assert_eq!(end(&late).as_deref(), Some("2026-12-01 17:59:59"));
    // A pause after its end does not bring it back.
    let over = clock.pause(local("2026-11-23 18:00:00")).unwrap();
    assert_eq!(end(&over).as_deref(), Some("2026-11-23 17:59:59"));
    // No days at all: to the end of the day.
    let none = Clock::start(0, local("2026-11-21 10:00:00"));
    assert_eq!(end(&none).as_deref(), Some("2026-11-23 17:59:59"));
}

#[test]
fn a_clock_is_not_paused_twice_nor_set_back() {
    let (first, second) = (local("2026-11-16 10:00:00"), local("2026-11-17 10:00:00"));
    let clock = Clock::start(5, second);
    assert_eq!(clock.clone().resume(second), Err(ClockFault::Running));
    assert_eq!(clock.clone().pause(first), Err(ClockFault::Backwards));
    let paused = clock.pause(second).unwrap();
    assert_eq!(paused.clone().pause(second), Err(ClockFault::Paused));
    assert_eq!(paused.clone().resume(first), Err(ClockFault::Backwards));
    let json = serde_json::to_string(&paused).unwrap();
    assert_eq!(serde_json::from_str::<Clock>(&json).unwrap(), paused);
    let swapped = json.replace("\"to\":null", "\"to\":1");
    assert!(serde_json::from_str::<Clock>(&swapped).is_err());
}

#[test]
fn a_day_is_read_as_it_is_written() {
    assert_eq!(date("2024-02-29").to_string(), "2024-02-29");
    assert_eq!(date("9999-12-31").next(), None);
    assert_eq!(date("1970-01-01").next(), Some(date("1970-01-02")));
    for bad in [
        "",
        "2026-2-3",
        "2026-02-29",
        "2026-13-01",
        "2026/02/03",
        "+026-02-03",
        "1969-12-31",
        "2026-02-03 ",
        "二〇二六年一月",
    ] {
        assert_eq!(Date::parse(bad), None, "{bad}");
    }
    assert!(date("2026-11-21").is_weekend() && date("2026-11-22").is_weekend());
    assert!(!date("2026-11-20").is_weekend() && !date("2026-11-23").is_weekend());
    assert_eq!(
        Date::in_china("2026-11-20T16:00:00Z".parse().unwrap()),
        date("2026-11-21")
    );
}

proptest! {
    #[test]
    fn days_after_days_are_the_sum_of_both(start in times(), n in 0u16..40, m in 0u16..40) {
        let calendar = Calendar::china();
        let both = calendar.working_days(start, n + m).unwrap();
        let first = calendar.working_days(start, n).unwrap();
        let second = calendar.working_days(first.at, m).unwrap();
        prop_assert_eq!(both.at, second.at);
    }

    #[test]
    fn a_later_start_or_a_longer_period_ends_no_earlier(
        one in times(), other in times(), n in 0u16..40,
    ) {
        let calendar = Calendar::china();
        let (early, late) = (one.min(other), one.max(other));
        let end = |start, days| calendar.working_days(start, days).unwrap().at;
        prop_assert!(end(early, n) <= end(late, n));
        prop_assert!(end(early, n) < end(early, n + 1));
        prop_assert!(end(early, n) > early);
        prop_assert!(calendar.days(early, n).at >= early);
        prop_assert!(calendar.months_before(early, 1) <= calendar.months_before(late, 1));
    }

    #[test]
    fn a_deadline_is_a_working_day_and_counts_those_between(start in times(), n in 0u16..40) {
        let calendar = Calendar::china();
        let end = calendar.working_days(start, n).unwrap().at;
        let last = Date::in_china(end);
        prop_assert_eq!(calendar.is_working_day(last), Ok(true));
        let first = calendar.day_of_act(start).unwrap();
        let mut between = 0;
        let mut day = first;
        while day < last {
            day = day.next().unwrap();
            between += u16::from(calendar.is_working_day(day).unwrap());
        }
        prop_assert_eq!(between, n);
    }

    #[test]
    fn months_before_a_day_there_is_the_same_day_or_the_last_of_the_month(
        at in times(), months in 0u8..30,
    ) {
        let calendar = Calendar::china();
        let (from, day) = (Date::in_china(calendar.months_before(at, months)), Date::in_china(at));
        let months_of = |date: Date| u32::from(date.year()) * 12 + u32::from(date.month());
        prop_assert_eq!(months_of(from) + u32::from(months), months_of(day));
        let is_last = from.next().unwrap().day() == 1;
        prop_assert!(from.day() == day.day() || (is_last && from.day() < day.day()));
        // Inclusive: the first second is in, the one before is of another day.
        let opens = calendar.months_before(at, months);
        prop_assert_eq!(Local::of(opens).second, 0);
        prop_assert!(opens <= at);
    }

    #[test]
    fn pauses_move_a_clock_by_the_working_days_between_pause_and_resumption(
        times in proptest::collection::vec(times(), 1..6), limit in 1u16..30,
    ) {
        let calendar = Calendar::china().with_estimate(Estimate::Weekends);
        let mut times = times;
        times.sort();
        let mut clock = Clock::start(limit, times[0]);
        let mut excluded = std::collections::BTreeSet::new();
        for pair in times[1..].chunks_exact(2) {
            clock = clock.pause(pair[0]).unwrap().resume(pair[1]).unwrap();
            let (mut day, to) = (
                calendar.day_of_act(pair[0]).unwrap(),
                calendar.day_of_act(pair[1]).unwrap(),
            );
            while day < to {
                excluded.insert(day);
                day = day.next().unwrap();
            }
        }
        // Counted day by day, the slow way.
        let mut day = calendar.day_of_act(times[0]).unwrap();
        let mut left = limit;
        while left > 0 {
            day = day.next().unwrap();
            let counts = calendar.is_working_day(day).unwrap() && !excluded.contains(&day);
            left -= u16::from(counts);
        }
        let end = clock.deadline(&calendar).unwrap().unwrap().at;
        prop_assert_eq!(Date::in_china(end), day);
        prop_assert!(end >= calendar.working_days(times[0], limit).unwrap().at);
        prop_assert_eq!(clock.used(&calendar, end), Ok(limit - 1));
    }
}

#[test]
fn the_latest_start_is_the_last_from_which_all_days_are_over_by_the_end() {
    let calendar = Calendar::china();
    for end in [
        "2026-11-30T16:00:00Z",
        "2026-11-30T15:59:59Z",
        "2026-11-30T04:05:06Z",
        "2028-03-01T00:00:00Z",
    ] {
        let end: DateTime = end.parse().unwrap();
        for days in [0, 1, 60, 90] {
            let latest = calendar.latest_before(end, days);
            assert!(calendar.days(latest, days).at <= end, "{end} {days}");
            let second = std::time::Duration::from_secs(1);
            let later = DateTime::from_unix_duration(latest.unix_duration() + second).unwrap();
            assert!(calendar.days(later, days).at > end, "{end} {days}");
        }
    }
}
