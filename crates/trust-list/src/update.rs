//! From one accepted list to the next: numbers grow, history stays.

use crate::{
    Error, Result,
    list::{Entry, Status, TrustList},
    path::ParsedCertificate,
};

/// The next list was not accepted. Both are here: two lists of one number are
/// evidence against their publisher.
#[derive(Debug, thiserror::Error)]
#[error("list {} does not replace list {}", offered.sequence(), held.sequence())]
#[non_exhaustive]
pub struct UpdateRefused {
    /// The list accepted before, which still counts.
    pub held: TrustList,
    /// The list that was not accepted.
    pub offered: TrustList,
    /// Why.
    #[source]
    pub reason: Error,
}

impl TrustList {
    /// Goes on to a later list of the same publisher. The same list again is fine.
    ///
    /// A number may be left out: then the chain of digests can't be checked, and
    /// all else is.
    ///
    /// # Errors
    /// [`UpdateRefused`] with [`Error::OtherPublisher`], [`Error::Rollback`],
    /// [`Error::Fork`], [`Error::Time`], [`Error::BrokenChain`] or
    /// [`Error::HistoryRewritten`].
    pub fn update(self, newer: Self) -> core::result::Result<Self, Box<UpdateRefused>> {
        match self.check_successor(&newer) {
            Ok(()) => Ok(newer),
            Err(reason) => Err(Box::new(UpdateRefused {
                held: self,
                offered: newer,
                reason,
            })),
        }
    }

    fn check_successor(&self, newer: &Self) -> Result<()> {
        if self.publisher() != newer.publisher() {
            return Err(Error::OtherPublisher);
        }
        let (held, offered) = (self.sequence(), newer.sequence());
        if offered < held {
            return Err(Error::Rollback { held, offered });
        }
        if offered == held {
            return if self.digest() == newer.digest() {
                Ok(())
            } else {
                Err(Error::Fork { sequence: held })
            };
        }
        if newer.issued() < self.issued() {
            return Err(Error::Time {
                issued: newer.issued(),
                next_update: newer.next_update(),
                rule: "it was issued before the list that it replaces",
            });
        }
        if offered == held + 1 && newer.previous() != Some(self.digest()) {
            return Err(Error::BrokenChain { sequence: offered });
        }
        self.check_history(newer)
    }

    /// Answers about the past that this list gave stay the same: entries stay, as
    /// do their standings and certificates, and no recognition is added that
    /// begins before this list was issued.
    fn check_history(&self, newer: &Self) -> Result<()> {
        for entry in self.entries() {
            let later = newer.entry(&entry.key());
            let rule = later.map_or(Some("the entry is gone"), |later| broken_rule(entry, later));
            if let Some(rule) = rule {
                return Err(Error::HistoryRewritten {
                    entry: entry.key().to_string(),
                    rule,
                });
            }
        }
        for later in newer.entries() {
            let known = self
                .entry(&later.key())
                .map_or(0, |entry| entry.history().len());
            let is_past_grant = later.history()[known..]
                .iter()
                .any(|change| change.status == Status::Recognised && change.from < self.issued());
            if is_past_grant {
                return Err(Error::HistoryRewritten {
                    entry: later.key().to_string(),
                    rule: "a recognition is added for a time before the last list",
                });
            }
        }
        Ok(())
    }
}

fn broken_rule(entry: &Entry, later: &Entry) -> Option<&'static str> {
    let keeps = |earlier: &[ParsedCertificate], later: &[ParsedCertificate]| {
        earlier
            .iter()
            .all(|one| later.iter().any(|other| one.der() == other.der()))
    };
    if !later.history().starts_with(entry.history()) {
        return Some("a standing is gone or changed");
    }
    if !keeps(entry.issuers(), later.issuers()) || !keeps(entry.anchors(), later.anchors()) {
        return Some("a certificate is gone");
    }
    (entry.policy != later.policy).then_some("the policy changed")
}
