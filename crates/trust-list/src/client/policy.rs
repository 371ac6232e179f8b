//! What a client asks of lists beyond their format.

use crate::list::{MAX_LIFETIME, SignerSet};
use core::time::Duration;

/// Whether lists may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapRule {
    /// They may; the chain of digests is then unchecked over the gap, all else is.
    #[default]
    Accept,
    /// They must be offered, too: [`super::Client::accept_chain`].
    Refuse,
}

/// Whom a client trusts, and how far.
#[derive(Clone, Debug)]
pub struct ClientPolicy {
    pub(super) pins: Option<SignerSet>,
    pub(super) recovery: Option<SignerSet>,
    pub(super) max_lifetime: Duration,
    pub(super) skew: Duration,
    pub(super) grace: Duration,
    pub(super) gaps: GapRule,
    pub(super) mirror_lag: u64,
}

impl Default for ClientPolicy {
    /// Nobody is trusted, so that no first list is accepted; lists stand 90 days at most,
    /// clocks differ by five minutes at most, no grace, gaps are accepted, a mirror is one
    /// list behind at most.
    fn default() -> Self {
        Self {
            pins: None,
            recovery: None,
            max_lifetime: MAX_LIFETIME,
            skew: Duration::from_secs(300),
            grace: Duration::ZERO,
            gaps: GapRule::Accept,
            mirror_lag: 1,
        }
    }
}

impl ClientPolicy {
    /// The usual one, with those who sign the first list, as delivered out of band.
    pub fn pinned(pins: SignerSet) -> Self {
        Self {
            pins: Some(pins),
            ..Self::default()
        }
    }

    /// Keys that can name a new set of signers when the present one is lost.
    #[must_use]
    pub fn recovery(mut self, recovery: SignerSet) -> Self {
        self.recovery = Some(recovery);
        self
    }

    /// From issue to next update at most.
    #[must_use]
    pub fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    /// How far the publisher's clock may be ahead.
    #[must_use]
    pub fn skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    /// How long a list may be used after its next update.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Whether lists may be left out.
    #[must_use]
    pub fn gaps(mut self, gaps: GapRule) -> Self {
        self.gaps = gaps;
        self
    }

    /// How many lists a mirror may be behind.
    #[must_use]
    pub fn mirror_lag(mut self, lag: u64) -> Self {
        self.mirror_lag = lag;
        self
    }
}
