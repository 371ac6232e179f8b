//! Who may sign a list, and how many of them must.

use super::Digest;
use crate::{Error, Result};
use gm_crypto::sm3;
use std::collections::BTreeSet;

/// Certificates by digest, and how many of their owners must sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerSet {
    members: BTreeSet<Digest>,
    threshold: usize,
}

impl SignerSet {
    /// Members of the largest set.
    pub const MAX_MEMBERS: usize = 32;

    /// `threshold` of those whose certificates have these SM3 digests.
    ///
    /// # Errors
    /// [`Error::Value`] when the threshold is 0 or more than there are members,
    /// [`Error::Limit`] above [`Self::MAX_MEMBERS`].
    pub fn new(threshold: usize, members: impl IntoIterator<Item = Digest>) -> Result<Self> {
        let members: BTreeSet<Digest> = members.into_iter().collect();
        Error::cap("signers of a list", members.len(), Self::MAX_MEMBERS)?;
        if !(1..=members.len()).contains(&threshold) {
            return Err(Error::Value {
                member: "Threshold",
                rule: "is between 1 and the number of signers",
            });
        }
        Ok(Self { members, threshold })
    }

    /// The owner of one certificate (DER).
    pub fn one(certificate: &[u8]) -> Self {
        Self {
            members: BTreeSet::from([sm3::digest(certificate)]),
            threshold: 1,
        }
    }

    /// How many must sign.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The digests of the members' certificates.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &Digest> {
        self.members.iter()
    }

    /// Whether a certificate is a member's.
    pub fn contains(&self, certificate: &Digest) -> bool {
        self.members.contains(certificate)
    }

    /// Whether those who signed are enough of its members. Each counts once.
    pub(crate) fn is_met_by(&self, signers: &BTreeSet<Digest>) -> bool {
        self.members.intersection(signers).count() >= self.threshold
    }
}

/// Who signs now, and who will from a later list on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignerRoll {
    /// Who signs this list and, unless `next` says otherwise, the next one.
    pub current: SignerSet,
    /// Who may sign the next one in their place.
    pub next: Option<SignerSet>,
}

impl SignerRoll {
    /// Nobody else is announced.
    pub fn new(current: SignerSet) -> Self {
        Self {
            current,
            next: None,
        }
    }

    /// Announces a set; a list later it may sign.
    #[must_use]
    pub fn announcing(mut self, next: SignerSet) -> Self {
        self.next = Some(next);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_counts_members_once() {
        let set = SignerSet::new(2, [[1; 32], [2; 32], [3; 32], [3; 32]]).unwrap();
        let met = |signers: &[u8]| set.is_met_by(&signers.iter().map(|n| [*n; 32]).collect());
        assert!(met(&[1, 2]) && met(&[1, 3, 9]));
        assert!(!met(&[1]) && !met(&[1, 1]) && !met(&[1, 9]) && !met(&[]));
        for (threshold, members) in [(0, 1u8), (2, 1), (1, 0), (1, 33)] {
            let members = (0..members).map(|n| [n; 32]);
            assert!(SignerSet::new(threshold, members).is_err());
        }
    }
}
