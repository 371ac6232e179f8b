//! What a certificate must carry, and what is said around it.

use super::{LocalText, text};
use crate::{Error, Result};
use core::fmt;
use der::asn1::ObjectIdentifier;

/// Which policy identifiers (RFC 5280, 4.2.1.4) count. Compared arc by arc, never as
/// text: `2.16.344.8.2.2008.810.2` is no beginning of `2.16.344.8.2.2008.810.20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyRule {
    policy: ObjectIdentifier,
    dropped: u8,
}

impl PolicyRule {
    /// This identifier and no other.
    pub fn exact(policy: ObjectIdentifier) -> Self {
        Self { policy, dropped: 0 }
    }

    /// Every identifier of as many arcs that differs from this one in the last
    /// `dropped` arcs at most. Hong Kong's end in year, version and release, which
    /// relying parties leave out: three.
    ///
    /// # Errors
    /// [`Error::Value`] when fewer than three arcs would be left, or none dropped.
    pub fn without_last(policy: ObjectIdentifier, dropped: u8) -> Result<Self> {
        let left = policy.arcs().count().checked_sub(dropped.into());
        if dropped == 0 || left.is_none_or(|left| left < 3) {
            return Err(Error::Value {
                member: "DroppedArcs",
                rule: "is at least one, and leaves at least three arcs",
            });
        }
        Ok(Self { policy, dropped })
    }

    /// Whether an identifier in a certificate is one of these.
    pub fn matches(&self, found: &ObjectIdentifier) -> bool {
        let length = self.policy.arcs().count();
        found.arcs().count() == length
            && self
                .policy
                .arcs()
                .zip(found.arcs())
                .take(length - usize::from(self.dropped))
                .all(|(one, other)| one == other)
    }

    /// The identifier as it was assigned.
    pub fn policy(&self) -> ObjectIdentifier {
        self.policy
    }

    /// How many of its last arcs do not count.
    pub fn dropped(&self) -> u8 {
        self.dropped
    }
}

impl fmt::Display for PolicyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dropped {
            0 => write!(f, "{}", self.policy),
            dropped => write!(f, "{} but for its last {dropped} arcs", self.policy),
        }
    }
}

/// Where a subscriber's key lies. Said by the list; a certificate does not show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Carrier {
    /// Anywhere.
    #[default]
    Any,
    /// In hardware, such as a token.
    Hard,
    /// In a file.
    Soft,
}

/// What certificates of the class are recognised for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Usage {
    /// Everything that their own policy allows.
    #[default]
    Any,
    /// Electronic transactions across the border alone.
    CrossBorder,
}

/// What is found at the address of a [`SupplyPoint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SupplyKind {
    /// CRLs.
    Crl,
    /// An OCSP responder.
    Ocsp,
    /// The statement of practice.
    Cps,
    /// A directory or a page of certificates.
    Repository,
}

/// An address of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct SupplyPoint {
    /// What is there.
    pub kind: SupplyKind,
    /// Where.
    pub uri: String,
}

impl SupplyPoint {
    /// Joins the two.
    ///
    /// # Errors
    /// [`Error::Value`] for what is no absolute URI.
    pub fn new(kind: SupplyKind, uri: &str) -> Result<Self> {
        let uri = text::uri("uriValue", uri)?;
        Ok(Self { kind, uri })
    }
}

/// A policy that the publisher keeps in its register: which version has which
/// identifier, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegisteredPolicy {
    /// Its title and version.
    pub title: LocalText,
    /// Its identifier.
    pub policy: ObjectIdentifier,
    /// When it is in force.
    pub in_force: super::Interval,
}

impl RegisteredPolicy {
    /// Joins the three.
    pub fn new(title: LocalText, policy: ObjectIdentifier, in_force: super::Interval) -> Self {
        Self {
            title,
            policy,
            in_force,
        }
    }
}

impl Carrier {
    pub(crate) const ALL: [(Self, &'static str); 3] = [
        (Self::Any, "urn:gm-pki:trust-list:carrier:any"),
        (Self::Hard, "urn:gm-pki:trust-list:carrier:hard"),
        (Self::Soft, "urn:gm-pki:trust-list:carrier:soft"),
    ];
}

impl Usage {
    pub(crate) const ALL: [(Self, &'static str); 2] = [
        (Self::Any, "urn:gm-pki:trust-list:usage:any"),
        (
            Self::CrossBorder,
            "urn:gm-pki:trust-list:usage:cross-border",
        ),
    ];
}

impl SupplyKind {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Crl, "urn:gm-pki:trust-list:supply:crl"),
        (Self::Ocsp, "urn:gm-pki:trust-list:supply:ocsp"),
        (Self::Cps, "urn:gm-pki:trust-list:supply:cps"),
        (Self::Repository, "urn:gm-pki:trust-list:supply:repository"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn oid(text: &str) -> ObjectIdentifier {
        ObjectIdentifier::new(text).unwrap()
    }

    #[test]
    fn arcs_are_compared_as_arcs() {
        let rule = PolicyRule::without_last(oid("2.16.344.8.2.2008.810.2.2018.1.1"), 3).unwrap();
        let exact = PolicyRule::exact(oid("2.16.344.8.2.2008.810.2"));
        for (found, by_rule, by_exact) in [
            ("2.16.344.8.2.2008.810.2.2018.1.1", true, false),
            ("2.16.344.8.2.2008.810.2.2021.2.7", true, false),
            ("2.16.344.8.2.2008.810.20.2018.1.1", false, false),
            ("2.16.344.8.2.2008.810.2.2018.1", false, false),
            ("2.16.344.8.2.2008.810.2.2018.1.1.1", false, false),
            ("2.16.344.8.2.2008.810.3.2018.1.1", false, false),
            ("2.16.344.8.2.2008.810.2", false, true),
            ("2.16.344.8.2.2008.810.20", false, false),
            ("2.16.156.339.1.1.1.2.1", false, false),
        ] {
            assert_eq!(rule.matches(&oid(found)), by_rule, "{found}");
            assert_eq!(exact.matches(&oid(found)), by_exact, "{found}");
        }
        assert!(PolicyRule::without_last(oid("1.2.3.4"), 2).is_err());
        assert!(PolicyRule::without_last(oid("1.2.3.4"), 0).is_err());
    }

    proptest! {
        #[test]
        fn a_rule_matches_what_differs_in_its_dropped_arcs_alone(
            arcs in proptest::collection::vec(0u32..50, 3..7),
            other in proptest::collection::vec(0u32..50, 3..7),
            dropped in 1u8..4,
        ) {
            let make = |arcs: &[u32]| {
                ObjectIdentifier::from_arcs([1, 2].into_iter().chain(arcs.iter().copied())).unwrap()
            };
            let kept = (arcs.len() + 2).saturating_sub(dropped.into());
            let rule = PolicyRule::without_last(make(&arcs), dropped);
            prop_assert_eq!(rule.is_ok(), kept >= 3);
            let Ok(rule) = rule else { return Ok(()) };
            let same = arcs.len() == other.len() && arcs[..kept - 2] == other[..kept - 2];
            prop_assert_eq!(rule.matches(&make(&other)), same);
        }
    }
}
