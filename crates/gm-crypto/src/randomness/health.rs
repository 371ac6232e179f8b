//! Health tests of a raw noise source.

use super::{Unhealthy, draw};
use core::convert::Infallible;
use rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

/// Samples in a row from which on the repetition count test fails: 1 + ⌈20 / 0.5⌉, for a false
/// alarm in 2^20 and a claimed entropy of half a bit a sample (GM/T 0105-2021, annex D.2).
const REPETITIONS: u32 = 41;
/// Samples of a window of the adaptive proportion test (annex D.3).
const WINDOW: u32 = 512;
/// How often its first sample may not come in a window.
const PROPORTION: u32 = 410;
/// Samples that are tested, and thrown away, before the first is given out (5.5).
const START_UP: usize = 1024;

/// The repetition count and the adaptive proportion test of GM/T 0105-2021, annex D (SP
/// 800-90B, 4.4.1 and 4.4.2), for samples of one octet with a claimed entropy of half a bit.
///
/// Feed it every raw sample, before any conditioning; the first 1024 are the start-up test
/// and must not be used. A failure is for good.
#[derive(Clone, Debug, Default)]
pub struct HealthTest {
    last: Option<u8>,
    in_a_row: u32,
    /// The first sample of the window, and how often it came.
    first: u8,
    of_first: u32,
    /// Samples of the window so far.
    in_window: u32,
    failed: Option<Unhealthy<Infallible>>,
}

impl HealthTest {
    /// Before the first sample.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes samples.
    ///
    /// # Errors
    /// [`Unhealthy::RepetitionCount`] or [`Unhealthy::AdaptiveProportion`], then and for
    /// all samples to come.
    pub fn update(&mut self, samples: &[u8]) -> Result<(), Unhealthy<Infallible>> {
        for sample in samples {
            if let Some(failed) = self.failed {
                return Err(failed);
            }
            self.failed = self.take(*sample);
        }
        self.failed.map_or(Ok(()), Err)
    }

    fn take(&mut self, sample: u8) -> Option<Unhealthy<Infallible>> {
        self.in_a_row = match self.last {
            Some(last) if last == sample => self.in_a_row + 1,
            _ => 1,
        };
        self.last = Some(sample);
        if self.in_window == 0 {
            (self.first, self.of_first) = (sample, 0);
        }
        self.of_first += u32::from(sample == self.first);
        self.in_window = (self.in_window + 1) % WINDOW;
        if self.in_a_row >= REPETITIONS {
            Some(Unhealthy::RepetitionCount)
        } else if self.of_first >= PROPORTION {
            Some(Unhealthy::AdaptiveProportion)
        } else {
            None
        }
    }
}

/// A source whose every octet goes through a [`HealthTest`] on its way.
///
/// When a test fails the output is filled with zeros and the error comes, then and at every
/// later call. It is a `TryCryptoRng` where the source is one: a test makes no noise random.
#[derive(Clone, Debug)]
pub struct HealthChecked<R> {
    source: R,
    test: HealthTest,
}

impl<R: TryRng> HealthChecked<R> {
    /// Tests 1024 octets of `source`, which nobody sees, and goes on from there.
    ///
    /// # Errors
    /// [`Unhealthy`].
    pub fn start(source: R) -> Result<Self, Unhealthy<R::Error>> {
        let mut started = Self {
            source,
            test: HealthTest::new(),
        };
        let mut samples = Zeroizing::new([0; START_UP]);
        started.try_fill_bytes(samples.as_mut_slice())?;
        Ok(started)
    }

    /// The source, without its test.
    pub fn into_inner(self) -> R {
        self.source
    }
}

impl<E> From<Unhealthy<Infallible>> for Health<E> {
    fn from(failed: Unhealthy<Infallible>) -> Self {
        Self(match failed {
            Unhealthy::Source(never) => match never {},
            Unhealthy::RepetitionCount => Unhealthy::RepetitionCount,
            Unhealthy::AdaptiveProportion => Unhealthy::AdaptiveProportion,
            Unhealthy::Poker => Unhealthy::Poker,
        })
    }
}

/// An error of a test as the error of a source.
struct Health<E>(Unhealthy<E>);

impl<R: TryRng> TryRng for HealthChecked<R> {
    type Error = Unhealthy<R::Error>;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        draw(self).map(|octets| u32::from_le_bytes(*octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        draw(self).map(|octets| u64::from_le_bytes(*octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Self::Error> {
        let filled = self.source.try_fill_bytes(octets);
        let result = filled.map_err(Unhealthy::Source).and_then(|()| {
            let tested = self.test.update(octets);
            tested.map_err(|failed| Health::from(failed).0)
        });
        if result.is_err() {
            octets.fill(0);
        }
        result
    }
}

impl<R: TryCryptoRng> TryCryptoRng for HealthChecked<R> {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};
    use getrandom::SysRng;
    use proptest::prelude::*;

    /// Octets that a formula gives for their place.
    #[derive(Debug)]
    struct Formula(fn(usize) -> u8, usize);

    impl TryRng for Formula {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            unreachable!("octets are drawn")
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            unreachable!("octets are drawn")
        }

        fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
            for octet in octets {
                *octet = (self.0)(self.1);
                self.1 += 1;
            }
            Ok(())
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "modulo 256")]
    fn counting(place: usize) -> u8 {
        place as u8
    }

    #[test]
    fn forty_samples_in_a_row_pass_and_forty_one_do_not() {
        for (count, good) in [(40, true), (41, false)] {
            let samples: Vec<u8> = (0..100).chain(vec![7; count]).chain(100..200).collect();
            let result = HealthTest::new().update(&samples);
            let expected = if good {
                Ok(())
            } else {
                Err(Unhealthy::RepetitionCount)
            };
            assert_eq!(result, expected);
            // However they are cut.
            let mut test = HealthTest::new();
            let in_parts = samples.chunks(3).try_for_each(|part| test.update(part));
            assert_eq!(in_parts, expected);
        }
    }

    /// The first sample of the window `count` times in all, never twice in a row but at most
    /// as many times as the test of repetitions allows.
    fn window(count: usize) -> Vec<u8> {
        let mut samples = vec![0; 512];
        for other in 0..512 - count {
            samples[5 * other + 4] = 1;
        }
        assert_eq!(samples.iter().filter(|sample| **sample == 0).count(), count);
        samples
    }

    #[test]
    fn one_value_409_times_in_a_window_passes_and_410_times_does_not() {
        // 102 others among 512 break every run of zeros after four.
        let bad = window(410);
        let mut good = bad.clone();
        good[508] = 1;
        assert_eq!(HealthTest::new().update(&good), Ok(()));
        let failed = Err(Unhealthy::AdaptiveProportion);
        assert_eq!(HealthTest::new().update(&bad), failed);
        // The window begins anew each 512 samples: half of a bad one counts for nothing.
        let shifted: Vec<u8> = (0..=255).chain(bad.clone()).chain(0..=255).collect();
        assert_eq!(HealthTest::new().update(&shifted), Ok(()));
        let second: Vec<u8> = (0..=255).chain(0..=255).chain(bad).collect();
        assert_eq!(HealthTest::new().update(&second), failed);
    }

    #[test]
    fn a_good_source_gives_its_octets_and_a_bad_one_never_starts() {
        let mut good = HealthChecked::start(Formula(counting, 0)).unwrap();
        let mut octets = [0; 4];
        good.try_fill_bytes(&mut octets).unwrap();
        assert_eq!(octets, [0, 1, 2, 3], "1024 octets were thrown away");
        assert_eq!(good.try_next_u32(), Ok(0x0706_0504));
        assert_eq!(good.try_next_u64(), Ok(0x0f0e_0d0c_0b0a_0908));
        assert!(HealthChecked::start(SysRng).is_ok());

        let constant = HealthChecked::start(Formula(|_| 0xff, 0));
        assert_eq!(constant.unwrap_err(), Unhealthy::RepetitionCount);
        let biased = HealthChecked::start(Formula(|place| u8::from(place % 10 == 9), 0));
        assert_eq!(biased.unwrap_err(), Unhealthy::AdaptiveProportion);
    }

    #[test]
    fn a_source_that_dies_gives_zeros_and_errors_for_good() {
        let dies = |place| if place < 2000 { counting(place) } else { 9 };
        let mut source = HealthChecked::start(Formula(dies, 0)).unwrap();
        let mut octets = [1; 1100];
        let failed = Err(Unhealthy::RepetitionCount);
        assert_eq!(source.try_fill_bytes(&mut octets), failed);
        assert_eq!(octets, [0; 1100]);
        source.source = Formula(counting, 0);
        assert_eq!(source.try_fill_bytes(&mut octets), failed);
        assert_eq!(octets, [0; 1100]);
        assert!(source.try_next_u64().is_err());
    }

    proptest! {
        #[test]
        fn a_failure_stays_however_the_samples_are_cut(cuts in proptest::collection::vec(1..90_usize, 1..40)) {
            let mut samples: Vec<u8> = (0..2000).map(counting).collect();
            samples.extend([3; 41]);
            samples.extend((0..200).map(counting));
            let mut test = HealthTest::new();
            let mut rest = &samples[..];
            let mut failed = false;
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (now, later) = rest.split_at(rest.len().min(*cut));
                let result = test.update(now);
                prop_assert!(!failed || result.is_err());
                failed = result.is_err();
                rest = later;
            }
            prop_assert!(failed);
        }
    }
}
