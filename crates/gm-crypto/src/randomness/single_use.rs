//! The single-use test of GM/T 0005-2021: poker, over the octets that are about to be used.

use super::{Unhealthy, draw};
use rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

/// Octets below which the test says nothing: 128 bits.
const LEAST: usize = 16;
/// How often octets are drawn before the source counts as bad.
const ATTEMPTS: u32 = 2;

/// What the poker test found.
///
/// The sequence is cut into N parts of m bits, the rest left out; n_i of them have the value
/// i; V = 2^m / N · Σ n_i² − N. For random bits V is chi-square with 2^m − 1 degrees of
/// freedom (GM/T 0005-2021, poker test).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Poker {
    /// m: 2 below 320 bits, 4 from there, 8 from 1280 octets.
    pub bits: u32,
    /// V.
    pub statistic: f64,
    /// The V that random bits exceed once in a hundred times.
    pub threshold: f64,
}

impl Poker {
    /// Whether V is not above the threshold, that is the P-value not below 0.01.
    pub fn passes(&self) -> bool {
        self.statistic <= self.threshold
    }
}

/// Upper 1 % points of chi-square with 3, 15 and 255 degrees of freedom: where the upper
/// incomplete gamma function Q((2^m − 1) / 2, V / 2) is 0.01.
const THRESHOLDS: [(u32, f64); 3] = [
    (2, 11.344_866_730_144_371),
    (4, 30.577_914_166_892_494),
    (8, 310.457_388_219_905),
];

/// The single-use test of GM/T 0005-2021 at a significance of 0.01: good octets fail it once
/// in a hundred times.
///
/// None for fewer than 16 octets, of which the standard says nothing. The choice of m is
/// that of a public implementation (Trisia/randomness, `detect.SingleDetect`).
pub fn poker(octets: &[u8]) -> Option<Poker> {
    let chosen = match octets.len() {
        ..LEAST => return None,
        LEAST..40 => 0,
        40..1280 => 1,
        1280.. => 2,
    };
    let (bits, threshold) = THRESHOLDS[chosen];
    let mut counts = [0_u64; 256];
    let mask = u8::MAX >> (8 - bits);
    for octet in octets {
        for part in 0..8 / bits {
            counts[usize::from(octet >> (part * bits) & mask)] += 1;
        }
    }
    let parts = octets.len() as u64 * u64::from(8 / bits);
    let squares: u128 = counts
        .iter()
        .map(|count| u128::from(*count) * u128::from(*count))
        .sum();
    // (2^m · Σ n_i² − N²) / N, the numerator exact and not negative (Cauchy-Schwarz).
    let numerator = (squares << bits).saturating_sub(u128::from(parts) * u128::from(parts));
    #[expect(clippy::cast_precision_loss, reason = "53 bits are enough to compare")]
    let statistic = numerator as f64 / parts as f64;
    Some(Poker {
        bits,
        statistic,
        threshold,
    })
}

/// A source whose octets pass [`poker`] before they are given out: the check that GM/T 0005
/// asks for on a device's randomness.
///
/// Requests of less than 16 octets draw 16, test them and give the first. What fails is
/// thrown away and drawn again, for a good source fails once in a hundred times; when
/// that fails too, the output is zeros and an error comes. Two in a row are one request in ten
/// thousand even of a good source: [`Self::with_attempts`] makes false alarms rarer.
#[derive(Clone, Debug)]
pub struct SingleUse<R> {
    source: R,
    attempts: u32,
}

impl<R> SingleUse<R> {
    /// Checks what `source` gives, and draws at most twice.
    pub fn new(source: R) -> Self {
        Self {
            source,
            attempts: ATTEMPTS,
        }
    }

    /// Draws at most so many times (one at least).
    #[must_use]
    pub fn with_attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// The source, without its test.
    pub fn into_inner(self) -> R {
        self.source
    }
}

impl<R: TryRng> SingleUse<R> {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), Unhealthy<R::Error>> {
        for _ in 0..self.attempts.max(1) {
            let filled = self.source.try_fill_bytes(octets);
            if let Err(error) = filled {
                octets.fill(0);
                return Err(Unhealthy::Source(error));
            }
            if poker(octets).is_none_or(|found| found.passes()) {
                return Ok(());
            }
        }
        octets.fill(0);
        Err(Unhealthy::Poker)
    }
}

impl<R: TryRng> TryRng for SingleUse<R> {
    type Error = Unhealthy<R::Error>;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        draw(self).map(|octets| u32::from_le_bytes(*octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        draw(self).map(|octets| u64::from_le_bytes(*octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Self::Error> {
        if octets.len() >= LEAST {
            return self.fill(octets);
        }
        let mut enough = Zeroizing::new([0; LEAST]);
        let filled = self.fill(enough.as_mut_slice());
        octets.copy_from_slice(&enough[..octets.len()]);
        filled
    }
}

impl<R: TryCryptoRng> TryCryptoRng for SingleUse<R> {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};
    use core::convert::Infallible;
    use getrandom::SysRng;
    use proptest::prelude::*;

    /// Q(a, x), the upper incomplete gamma function over Γ(a), for half-integers a: by
    /// Q(1/2, x) = erfc(√x) and Q(a + 1, x) = Q(a, x) + x^a·e^−x / Γ(a + 1) (NIST DLMF, 8.8.6).
    fn upper_gamma(twice_a: u32, x: f64) -> f64 {
        let mut a = 0.5;
        let mut q = erfc(x.sqrt());
        // ln Γ(a + 1), beginning with Γ(3/2) = √π / 2.
        let mut ln_gamma = (core::f64::consts::PI.sqrt() / 2.0).ln();
        while 2.0 * a < f64::from(twice_a) {
            q += (a * x.ln() - x - ln_gamma).exp();
            a += 1.0;
            ln_gamma += a.ln();
        }
        q
    }

    /// erfc, by the series of erf for small x and the continued fraction for others (DLMF
    /// 7.6.1, 7.9.1).
    fn erfc(x: f64) -> f64 {
        if x < 2.5 {
            let (mut term, mut sum) = (x, x);
            for n in 1..200 {
                let n = f64::from(n);
                term *= -x * x / n;
                sum += term / (2.0 * n + 1.0);
            }
            return 1.0 - 2.0 / core::f64::consts::PI.sqrt() * sum;
        }
        let mut fraction = x;
        for n in (1..200).rev() {
            fraction = x + f64::from(n) / 2.0 / fraction;
        }
        (-x * x).exp() / (core::f64::consts::PI.sqrt() * fraction)
    }

    #[test]
    fn the_thresholds_are_the_upper_one_percent_points_of_chi_square() {
        for (bits, threshold) in THRESHOLDS {
            let p = upper_gamma((1 << bits) - 1, threshold / 2.0);
            assert!((p - 0.01).abs() < 1e-9, "{bits}: {p}");
        }
    }

    /// The example of Trisia/randomness (poker_test.go): m = 4, P = 0.213734. It is too short
    /// for m = 4 here; three of it in a row have three times its V.
    const EXAMPLE: [u8; 16] = [
        0xcc, 0x15, 0x6c, 0x4c, 0xe0, 0x02, 0x4d, 0x51, 0x13, 0xd6, 0x80, 0xd7, 0xcc, 0xe6, 0xd8,
        0xb2,
    ];

    #[test]
    fn the_reference_value_of_a_public_implementation() {
        let found = poker(&EXAMPLE.repeat(3)).unwrap();
        assert_eq!(found.bits, 4);
        let statistic = found.statistic / 3.0;
        assert!((statistic - 19.0).abs() < 1e-9);
        let p = upper_gamma(15, statistic / 2.0);
        assert!((p - 0.213_734).abs() < 1e-6, "{p}");
        let found = poker(&EXAMPLE).unwrap();
        assert_eq!((found.bits, found.statistic), (2, 4.625));
        assert!(found.passes());
    }

    #[test]
    fn m_grows_with_the_octets_and_fewer_than_sixteen_say_nothing() {
        let bits = |length| poker(&vec![0; length]).map(|found| found.bits);
        assert_eq!(bits(0), None);
        assert_eq!(bits(15), None);
        for (length, m) in [(16, 2), (39, 2), (40, 4), (1279, 4), (1280, 8), (9999, 8)] {
            assert_eq!(bits(length), Some(m));
            assert!(!poker(&vec![0xa5; length]).unwrap().passes());
            assert!(!poker(&vec![0; length]).unwrap().passes());
        }
        // Each value equally often.
        let even: Vec<u8> = (0..=255).collect::<Vec<u8>>().repeat(5);
        assert_eq!(poker(&even).unwrap().statistic, 0.0);
    }

    #[test]
    fn good_octets_fail_once_in_a_hundred_times() {
        for length in [16, 64, 1300] {
            let mut failed = 0;
            let mut octets = vec![0; length];
            for _ in 0..4000 {
                SysRng.try_fill_bytes(&mut octets).unwrap();
                failed += u32::from(!poker(&octets).unwrap().passes());
            }
            // 40 expected, give or take 6.3; the small counts of 16 octets are coarse.
            assert!((4..100).contains(&failed), "{length}: {failed}");
        }
    }

    /// Bad octets for so many calls, then good ones.
    struct Bad(u32);

    impl TryRng for Bad {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            unreachable!("octets are drawn")
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            unreachable!("octets are drawn")
        }

        fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
            assert!(octets.len() >= LEAST);
            octets.fill(0x11);
            if self.0 == 0 {
                octets.copy_from_slice(&EXAMPLE);
            }
            self.0 = self.0.saturating_sub(1);
            Ok(())
        }
    }

    #[test]
    fn what_fails_is_drawn_again_and_twice_is_an_error() {
        for (bad, attempts, good) in [
            (0, 1, true),
            (1, 1, false),
            (1, 2, true),
            (2, 2, false),
            (0, 0, true),
            (4, 5, true),
        ] {
            let mut source = SingleUse::new(Bad(bad)).with_attempts(attempts);
            let mut octets = [7; 16];
            let result = source.try_fill_bytes(&mut octets);
            assert_eq!(result.is_ok(), good);
            assert_eq!(octets, if good { EXAMPLE } else { [0; 16] });
        }
        let mut source = SingleUse::new(Bad(1));
        let mut few = [7; 3];
        source.try_fill_bytes(&mut few).unwrap();
        assert_eq!(few, EXAMPLE[..3]);
        assert_eq!(source.try_next_u32(), Ok(0x4c6c_15cc));
        assert_eq!(SingleUse::new(Bad(9)).try_next_u64(), Err(Unhealthy::Poker));
    }

    #[test]
    fn a_key_is_not_made_of_what_fails() {
        let mut bad = SingleUse::new(Stuck);
        assert!(matches!(
            crate::sm2::SecretKey::generate(&mut bad),
            Err(crate::Error::Random)
        ));
        let mut good = SingleUse::new(SysRng).with_attempts(9);
        assert!(crate::sm2::SecretKey::generate(&mut good).is_ok());
    }

    struct Stuck;

    impl TryRng for Stuck {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(0)
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(0)
        }

        fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
            octets.fill(0x55);
            Ok(())
        }
    }

    impl TryCryptoRng for Stuck {}

    proptest! {
        #[test]
        fn the_order_of_the_octets_says_nothing(mut octets in proptest::collection::vec(any::<u8>(), 16..1500)) {
            let before = poker(&octets).unwrap();
            octets.reverse();
            prop_assert_eq!(poker(&octets).unwrap(), before);
            prop_assert!(before.statistic >= 0.0);
        }
    }
}
