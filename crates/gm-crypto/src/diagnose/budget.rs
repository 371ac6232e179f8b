//! How much is tried for one answer.

use core::cell::Cell;

/// Verifications of one answer.
const VERIFICATIONS: u32 = 600;
/// Octets that are hashed for one answer.
const OCTETS: u64 = 256 << 20;
/// Iterations of password derivations for one answer, of all its blocks.
const ITERATIONS: u64 = 20_000_000;

/// Work that is left, shared by everything that one file holds: a message of 64 signers
/// with 64 certificates each would otherwise hash its content thousands of times.
#[derive(Debug)]
pub(crate) struct Budget {
    verifications: Cell<u32>,
    octets: Cell<u64>,
    iterations: Cell<u64>,
    exhausted: Cell<bool>,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            verifications: Cell::new(VERIFICATIONS),
            octets: Cell::new(OCTETS),
            iterations: Cell::new(ITERATIONS),
            exhausted: Cell::new(false),
        }
    }

    /// For one signature, whose work is bounded by its form and the IDs that were given.
    pub(super) fn of_one_signature() -> Self {
        let budget = Self::new();
        budget.verifications.set(u32::MAX);
        budget.octets.set(u64::MAX);
        budget
    }

    /// Whether so many verifications and `times` hashes of `octets` may be made: they are
    /// then counted as made.
    pub(crate) fn verify(&self, verifications: usize, times: usize, octets: usize) -> bool {
        let hashed = (times as u64).saturating_mul(octets as u64);
        let verifications = u32::try_from(verifications).unwrap_or(u32::MAX);
        let left = (
            self.verifications.get().checked_sub(verifications),
            self.octets.get().checked_sub(hashed),
        );
        let (Some(verifications), Some(octets)) = left else {
            self.exhausted.set(true);
            return false;
        };
        self.verifications.set(verifications);
        self.octets.set(octets);
        true
    }

    /// Whether a derivation of so many iterations may be made: it is then counted as made.
    pub(crate) fn derive(&self, iterations: u64) -> bool {
        match self.iterations.get().checked_sub(iterations) {
            Some(left) => {
                self.iterations.set(left);
                true
            }
            None => {
                self.exhausted.set(true);
                false
            }
        }
    }

    /// Whether something was left untried.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }
}
