//! Known answers for every algorithm and mode, pairwise consistency of new keys, and the
//! state after a failure (GB/T 37092-2018 and GM/T 0028, 7.10).
//!
//! Nothing runs by itself: a program calls [`self_test()`] when it starts, and again when its
//! rules say so. It takes a few milliseconds and needs no random source.
//! [`crate::sm2::SecretKey::generate_checked`] is the conditional test of a new key pair.
//!
//! # The error state
//!
//! It is entered when a known answer or a pairwise test fails, holds for the whole process,
//! and ends with it. In it:
//!
//! * what returns [`crate::Result`] returns [`Error::SelfTest`]: making, reading and checking
//!   SM2 keys ([`SecretKey::from_bytes`] and all that stands on it), signing, verifying,
//!   encrypting, decrypting, key exchange, enveloped keys, XTS, and [`self_test()`];
//! * what returns the errors of other crates (`signature`, `aead`) returns those;
//! * **what can't refuse panics**: SM3 and all over it (HMAC, HKDF, PBKDF2, KDF, Z) when it
//!   would give a digest, SM4 with a key or a block in whatever mode, and
//!   [`SecretKey::to_bytes`]. A broken module has nothing good to give, and a digest of zeros
//!   would be taken for one. No input can cause this.
//!
//! Going on are: public keys that exist, decoding of what needs no algorithm, and dropping
//! (and wiping) of what there is.
//!
//! Outside the error state this costs one relaxed load for each operation.
//!
//! # For tests
//!
//! Debug builds with `std` read `GM_CRYPTO_FAIL` once: the name of a known answer that is to
//! come out wrong (see [`known_answers`]), or `pairwise`. Release builds read nothing.
//!
//! [`SecretKey::from_bytes`]: crate::sm2::SecretKey::from_bytes
//! [`SecretKey::to_bytes`]: crate::sm2::SecretKey::to_bytes

mod pairwise;
mod sm2;
mod sm3;
mod sm4;

use crate::{Error, Result, low::error_state};

/// One test: what it is called, and how it goes.
struct KnownAnswer {
    name: &'static str,
    run: fn(&mut Trial) -> Result<()>,
}

/// Runs every known-answer test, on the instruction paths that run here.
///
/// # Errors
/// [`Error::SelfTest`] when one fails, or one failed before; nothing is given out from then
/// on.
pub fn self_test() -> Result<()> {
    for known in all() {
        ready()?;
        let mut trial = Trial {
            right: true,
            to_fail: is_to_fail(known.name),
        };
        if (known.run)(&mut trial).is_err() || !trial.right {
            error_state::enter();
        }
    }
    ready()
}

/// The names of the tests of [`self_test()`], in the order in which they run.
pub fn known_answers() -> impl Iterator<Item = &'static str> {
    all().map(|known| known.name)
}

/// Whether a self-test failed in this process, see the [module](self).
pub fn in_error_state() -> bool {
    error_state::entered()
}

fn all() -> impl Iterator<Item = &'static KnownAnswer> {
    [sm3::ALL, sm4::ALL, sm2::ALL].into_iter().flatten()
}

/// Refuses in the error state.
///
/// # Errors
/// [`Error::SelfTest`].
#[inline(always)]
pub(crate) fn ready() -> Result<()> {
    if error_state::entered() {
        Err(Error::SelfTest)
    } else {
        Ok(())
    }
}

/// What one test has found so far.
struct Trial {
    right: bool,
    /// For tests of this crate: each answer is changed before it is compared.
    to_fail: bool,
}

impl Trial {
    /// The answer must be the known one.
    fn equal(&mut self, answer: &[u8], known: &[u8]) {
        self.holds(answer == known);
    }

    /// Something must hold.
    fn holds(&mut self, condition: bool) {
        self.right &= condition != self.to_fail;
    }
}

#[cfg(all(debug_assertions, feature = "std"))]
fn is_to_fail(name: &str) -> bool {
    use std::{env, sync::OnceLock};
    static NAMED: OnceLock<Option<String>> = OnceLock::new();
    let named = NAMED.get_or_init(|| env::var("GM_CRYPTO_FAIL").ok());
    named.as_deref() == Some(name)
}

#[cfg(not(all(debug_assertions, feature = "std")))]
fn is_to_fail(_: &str) -> bool {
    false
}

/// Octets from hexadecimal digits, made by the compiler.
#[expect(clippy::panic, reason = "it is the compiler that meets it")]
const fn hex<const N: usize>(digits: &str) -> [u8; N] {
    const fn value(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("a constant of this crate has a digit that is none"),
        }
    }
    let digits = digits.as_bytes();
    assert!(digits.len() == 2 * N, "two digits for each octet");
    let mut octets = [0; N];
    let mut index = 0;
    while index < N {
        octets[index] = value(digits[2 * index]) << 4 | value(digits[2 * index + 1]);
        index += 1;
    }
    octets
}

/// 1040 octets, 65 blocks of SM4, that the wide bodies work on: 0 to 255 over and over. Known
/// answers for them were made with OpenSSL 3.0.19 (`openssl enc -sm4-…`, `openssl dgst
/// -sm3`); GCM, CCM and XTS by the formulas of their standards over its SM4-ECB.
fn long_message() -> [u8; 1040] {
    #[expect(clippy::cast_possible_truncation, reason = "modulo 256")]
    core::array::from_fn(|index| index as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn every_answer_is_the_known_one_and_every_test_can_fail() {
        for known in all() {
            for to_fail in [false, true] {
                let mut trial = Trial {
                    right: true,
                    to_fail,
                };
                (known.run)(&mut trial).unwrap();
                assert_eq!(trial.right, !to_fail, "{}", known.name);
            }
        }
    }

    #[test]
    fn each_test_has_a_name_of_its_own() {
        let names: BTreeSet<_> = known_answers().collect();
        assert_eq!(names.len(), known_answers().count());
        assert!(names.len() > 20);
    }
}
