//! Intervals of time, and values that change as time goes on.

use crate::octets::{optional_seconds, seconds};
use der::DateTime;
use serde::{Deserialize, Serialize};

/// From a first second on, up to a first second at which it holds no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Interval {
    /// The first second.
    #[serde(with = "seconds")]
    pub from: DateTime,
    /// The first second at which it holds no more; none: it has no end.
    #[serde(
        with = "optional_seconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub until: Option<DateTime>,
}

impl Interval {
    /// From `from` on, up to `until`.
    pub fn new(from: DateTime, until: Option<DateTime>) -> Self {
        Self { from, until }
    }

    /// Whether it holds at a time.
    pub fn holds(&self, at: DateTime) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Whether it never holds.
    pub fn is_empty(&self) -> bool {
        self.until.is_some_and(|until| until <= self.from)
    }
}

/// A value with its past: each holds from its time on until the next one does.
///
/// What is added later never changes the answer for an earlier time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Timeline<T>(Vec<(DateTime, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Timeline<T> {
    /// From `at` on, `value`. A time before the last change counts as the last change's, so
    /// that a clock that was set back can't rewrite the past.
    pub(crate) fn set(&mut self, at: DateTime, value: T) {
        let at = self.0.last().map_or(at, |(last, _)| at.max(*last));
        self.0.push((at, value));
    }

    /// What held at a time; none before the first.
    pub(crate) fn at(&self, at: DateTime) -> Option<&T> {
        let later = self.0.partition_point(|(since, _)| *since <= at);
        let (_, value) = self.0.get(later.checked_sub(1)?)?;
        Some(value)
    }

    /// What holds now.
    pub(crate) fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }

    /// All of them, with the times from which they held.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &(DateTime, T)> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: u64) -> DateTime {
        DateTime::from_unix_duration(std::time::Duration::from_secs(second)).unwrap()
    }

    #[test]
    fn an_interval_holds_from_its_first_second_to_the_one_before_its_end() {
        let interval = Interval::new(at(10), Some(at(20)));
        let holds: Vec<_> = [9, 10, 19, 20]
            .map(|second| interval.holds(at(second)))
            .into();
        assert_eq!(holds, [false, true, true, false]);
        assert!(Interval::new(at(10), None).holds(at(4_000_000_000)));
        assert!(!interval.is_empty());
        assert!(Interval::new(at(10), Some(at(10))).is_empty());
    }

    #[test]
    fn a_value_holds_until_the_next_one() {
        let mut line = Timeline::default();
        assert_eq!(line.at(at(5)), None);
        line.set(at(10), 'a');
        line.set(at(20), 'b');
        let seen: Vec<_> = [9, 10, 19, 20, 99].map(|second| line.at(at(second))).into();
        assert_eq!(seen, [None, Some(&'a'), Some(&'a'), Some(&'b'), Some(&'b')]);
        assert_eq!(line.last(), Some(&'b'));
    }

    proptest! {
        #[test]
        fn what_is_added_later_changes_no_answer_about_the_past(
            changes in prop::collection::vec(0u64..100, 1..20),
            asked in 0u64..100,
        ) {
            let mut line = Timeline::default();
            let mut now = 0;
            let mut answer = None;
            for (value, change) in changes.into_iter().enumerate() {
                if asked < now.max(change) && now > 0 {
                    answer = line.at(at(asked)).copied();
                }
                let before = line.at(at(asked)).copied();
                line.set(at(change), value);
                now = now.max(change);
                if asked < now {
                    prop_assert_eq!(line.at(at(asked)).copied(), before);
                }
            }
            if asked < now && answer.is_some() {
                prop_assert_eq!(line.at(at(asked)).copied(), answer);
            }
        }
    }
}
