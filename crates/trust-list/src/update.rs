//! From one accepted list to the next: numbers grow, history stays.

use crate::{
    Error, Result,
    list::{Entry, Interval, PolicyRule, Status, TrustList},
    path::ParsedCertificate,
};

/// What no list and no flash may say.
pub(crate) const ENDS_BEFORE: &str =
    "a recognition ends before the last list, for a cause that does not reach back";

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
    /// all else is. The publisher may have another name, as an authority that succeeds
    /// another one does, in a list of the next number that names this one by digest, and
    /// of the same territory.
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

    /// Whether a list under another name is this publisher's: it has the next number and
    /// names this very list, which no list of somebody else does.
    fn is_carried_on_by(&self, newer: &Self) -> bool {
        self.publisher().territory() == newer.publisher().territory()
            && newer.sequence() == self.sequence().saturating_add(1)
            && newer.previous() == Some(self.digest())
    }

    pub(crate) fn check_successor(&self, newer: &Self) -> Result<()> {
        if self.publisher() != newer.publisher() && !self.is_carried_on_by(newer) {
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
        for mirror in newer.mirrors() {
            let mut known = self.mirrors().iter();
            let known = known.find(|known| known.publisher == mirror.publisher);
            if known.is_some_and(|known| known.sequence > mirror.sequence) {
                return Err(mirror.wrong("is older than the one before"));
            }
        }
        self.check_history(newer)
    }

    /// Answers about the past that this list gave stay the same: entries stay, as do
    /// their standings, certificates and rules. Nothing is recognised for a time before
    /// this list was issued; nothing loses that for such a time but for a cause that
    /// reaches back.
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
            let known = self.entry(&later.key());
            let count = known.map_or(0, |entry| entry.history().len());
            for change in &later.history()[count..] {
                let is_past = change.from < self.issued();
                let rule = if !is_past {
                    continue;
                } else if change.status == Status::Recognised {
                    "a recognition is added for a time before the last list"
                } else if known.is_some() && !change.cause.is_retroactive() {
                    ENDS_BEFORE
                } else {
                    continue;
                };
                return Err(Error::HistoryRewritten {
                    entry: later.key().to_string(),
                    rule,
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
    let keeps_rules = |earlier: &[PolicyRule], later: &[PolicyRule]| {
        earlier.is_empty() == later.is_empty() && earlier.iter().all(|rule| later.contains(rule))
    };
    if !keeps_rules(entry.policies(), later.policies()) {
        return Some("the policy changed");
    }
    if entry.certificate_type() != later.certificate_type() {
        return Some("the type of certificates changed");
    }
    let stays = |issuer: &ParsedCertificate| {
        let digest = issuer.digest();
        let (before, after) = (
            entry.issuer_interval(&digest),
            later.issuer_interval(&digest),
        );
        is_same_or_closed(issuer, before, after)
    };
    (!entry.issuers().iter().all(stays)).then_some("the time of an issuer changed")
}

/// What was open may be closed; nothing else may become of an issuer's time.
fn is_same_or_closed(
    issuer: &ParsedCertificate,
    before: Option<Interval>,
    after: Option<Interval>,
) -> bool {
    match (before, after) {
        (None, None) => true,
        (None, Some(after)) => after.from <= issuer.not_before() && after.until.is_some(),
        (Some(_), None) => false,
        (Some(before), Some(after)) => {
            before.from == after.from && (before.until.is_none() || before.until == after.until)
        }
    }
}
