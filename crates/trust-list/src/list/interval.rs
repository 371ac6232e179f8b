//! Spans of time, and sets of them.

use der::DateTime;

/// From a moment on, up to another one or until further notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interval {
    /// Its first second.
    pub from: DateTime,
    /// The first second after it; none until further notice.
    pub until: Option<DateTime>,
}

impl Interval {
    /// `until` is no part of it.
    pub fn new(from: DateTime, until: Option<DateTime>) -> Self {
        Self { from, until }
    }

    /// Whether a moment lies in it.
    pub fn contains(&self, at: DateTime) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Whether it has no second at all.
    pub fn is_empty(&self) -> bool {
        self.until.is_some_and(|until| until <= self.from)
    }
}

/// Intervals in order, with a gap between each and the next: none is joined with
/// another unless they touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntervalSet(Vec<Interval>);

impl IntervalSet {
    /// Whether a moment lies in one of them.
    pub fn contains(&self, at: DateTime) -> bool {
        self.find(at).is_some()
    }

    /// The interval that a moment lies in.
    pub fn find(&self, at: DateTime) -> Option<Interval> {
        let after = self.0.partition_point(|interval| interval.from <= at);
        let last = self.0.get(after.checked_sub(1)?)?;
        last.contains(at).then_some(*last)
    }

    /// The intervals, the first one first.
    pub fn as_slice(&self) -> &[Interval] {
        &self.0
    }

    /// What lies in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        let (mut one, mut two) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(a), Some(b)) = (one.peek(), two.peek()) {
            let until = match (a.until, b.until) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            both.push(Interval::new(a.from.max(b.from), until));
            // Whichever ends first meets nothing more.
            let a_ends_first = match (a.until, b.until) {
                (Some(a), Some(b)) => a <= b,
                (a, _) => a.is_some(),
            };
            if a_ends_first {
                one.next();
            } else {
                two.next();
            }
        }
        both.into_iter().collect()
    }
}

impl FromIterator<Interval> for IntervalSet {
    /// In any order; empty ones fall out, those that overlap or touch become one.
    fn from_iter<I: IntoIterator<Item = Interval>>(intervals: I) -> Self {
        let mut all: Vec<Interval> = intervals.into_iter().filter(|i| !i.is_empty()).collect();
        all.sort_by_key(|interval| interval.from);
        let mut joined: Vec<Interval> = Vec::with_capacity(all.len());
        for next in all {
            match joined.last_mut() {
                Some(last) if last.until.is_none_or(|until| next.from <= until) => {
                    last.until = match (last.until, next.until) {
                        (Some(a), Some(b)) => Some(a.max(b)),
                        _ => None,
                    };
                }
                _ => joined.push(next),
            }
        }
        Self(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use proptest::prelude::*;

    fn at(second: u64) -> DateTime {
        DateTime::from_unix_duration(Duration::from_secs(second)).unwrap()
    }

    fn raw() -> impl Strategy<Value = Vec<Interval>> {
        let one = (0u64..40, proptest::option::of(0u64..40))
            .prop_map(|(from, until)| Interval::new(at(from), until.map(at)));
        proptest::collection::vec(one, 0..6)
    }

    proptest! {
        /// Against the plain reading, second by second.
        #[test]
        fn sets_are_what_their_intervals_say(one in raw(), two in raw()) {
            let set = |raw: &Vec<Interval>| raw.iter().copied().collect::<IntervalSet>();
            let (a, b) = (set(&one), set(&two));
            let both = a.intersection(&b);
            for second in 0..45 {
                let plain = |raw: &[Interval]| raw.iter().any(|i| i.contains(at(second)));
                prop_assert_eq!(a.contains(at(second)), plain(&one));
                prop_assert_eq!(both.contains(at(second)), plain(&one) && plain(&two));
                prop_assert_eq!(&b.intersection(&a), &both);
            }
            for pair in a.as_slice().windows(2) {
                prop_assert!(pair[0].until.is_some_and(|until| until < pair[1].from));
            }
        }
    }

    proptest! {
        /// No order, no repetition and no way of cutting changes what a set is.
        #[test]
        fn sets_do_not_depend_on_how_they_are_made(one in raw(), cut in 0u64..40) {
            let set: IntervalSet = one.iter().copied().collect();
            prop_assert_eq!(&one.iter().rev().copied().collect::<IntervalSet>(), &set);
            prop_assert_eq!(&one.iter().chain(&one).copied().collect::<IntervalSet>(), &set);
            prop_assert_eq!(&set.as_slice().iter().copied().collect::<IntervalSet>(), &set);
            prop_assert_eq!(&set.intersection(&set), &set);
            // Cut at a second, the pieces touch and are one again.
            let cut = at(cut);
            let pieces = one.iter().flat_map(|whole| {
                if !whole.contains(cut) {
                    return vec![*whole];
                }
                vec![Interval::new(whole.from, Some(cut)), Interval::new(cut, whole.until)]
            });
            prop_assert_eq!(&pieces.collect::<IntervalSet>(), &set);
            for second in (0..45).map(at) {
                match set.find(second) {
                    Some(found) => prop_assert!(found.contains(second)),
                    None => prop_assert!(!set.contains(second)),
                }
            }
        }
    }

    #[test]
    fn nothing_is_in_what_ends_where_it_begins() {
        for until in [3, 5] {
            let empty = Interval::new(at(5), Some(at(until)));
            assert!(empty.is_empty() && !empty.contains(at(5)) && !empty.contains(at(4)));
            assert_eq!(IntervalSet::from_iter([empty]).as_slice(), []);
        }
        let one = Interval::new(at(5), Some(at(6)));
        assert!(one.contains(at(5)) && !one.contains(at(6)) && !one.contains(at(4)));
        let open = IntervalSet::from_iter([one, Interval::new(at(9), None)]);
        let end = DateTime::new(9999, 12, 31, 23, 59, 59).unwrap();
        assert!(open.contains(end) && !open.contains(at(8)));
        assert_eq!(open.find(end), Some(Interval::new(at(9), None)));
        assert!(!IntervalSet::default().contains(end));
    }

    #[test]
    fn touching_ends_join_and_a_second_between_does_not() {
        let set = |next: u64| -> IntervalSet {
            [
                Interval::new(at(0), Some(at(5))),
                Interval::new(at(next), None),
            ]
            .into_iter()
            .collect()
        };
        assert_eq!(set(5).as_slice().len(), 1);
        assert_eq!(set(6).as_slice().len(), 2);
        assert!(!set(6).contains(at(5)));
    }
}
