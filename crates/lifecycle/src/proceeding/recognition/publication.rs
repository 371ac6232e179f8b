//! What a published list says about one entry, read back from its signed octets.

use super::{CaCertificate, CertificateRole, Key, decide::not_as_decided};
use crate::{
    Octets, Refusal,
    octets::{optional_seconds, seconds},
};
use der::DateTime;
use serde::{Deserialize, Serialize};
use trust_list::{
    list::{Digest, EntryKey, PolicyRule, TrustList},
    path::ParsedCertificate,
};

/// What a list says about an entry. Whoever has one has read a list whose signers were checked,
/// and that directly follows the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Publication {
    pub(super) key: Key,
    pub(super) sequence: u64,
    pub(super) digest: Octets,
    #[serde(with = "seconds")]
    pub(super) issued: DateTime,
    pub(super) status: String,
    #[serde(with = "seconds")]
    pub(super) from: DateTime,
    pub(super) cause: String,
    #[serde(
        with = "optional_seconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) happened: Option<DateTime>,
    pub(super) reference: Option<String>,
    /// Identifiers of policies, each with the arcs that are left out.
    pub(super) policies: Vec<(String, u8)>,
    pub(super) anchors: Vec<Octets>,
    /// Those whose time is open.
    pub(super) issuers: Vec<Octets>,
    /// Anchors that the list before had in the entry.
    pub(super) inherited: Vec<Octets>,
    /// Whose certificates sign the list, as it says itself.
    pub(super) signers: Vec<Octets>,
}

/// What was read is no publication of the entry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublicationFault {
    /// It is not the next list.
    #[error("list {found} was published, where list {wanted} comes next")]
    NotNext {
        /// The list's number.
        found: u64,
        /// The number that comes next.
        wanted: u64,
    },
    /// Readers who have the list before do not take it.
    #[error("readers of list {0} do not take the list")]
    NotTaken(u64, #[source] trust_list::Error),
    /// It has no such entry.
    #[error("list {sequence} has no entry {key}")]
    NoEntry {
        /// The list's number.
        sequence: u64,
        /// The entry.
        key: Key,
    },
}

impl Publication {
    /// Reads what a list says about an entry; `previous` is the list before it, none where it
    /// is the first (S4-03: the number is the previous one's and one).
    ///
    /// # Errors
    /// [`PublicationFault`] for a list that is not the next, that readers of `previous` would
    /// not take, or that has no such entry.
    pub fn read(
        list: &TrustList,
        previous: Option<&TrustList>,
        key: &Key,
    ) -> Result<Self, PublicationFault> {
        let wanted = previous.map_or(1, |previous| previous.sequence() + 1);
        if list.sequence() != wanted {
            return Err(PublicationFault::NotNext {
                found: list.sequence(),
                wanted,
            });
        }
        if let Some(previous) = previous {
            let taken = previous.clone().update(list.clone());
            taken.map_err(|refused| {
                PublicationFault::NotTaken(previous.sequence(), refused.reason)
            })?;
        }
        let mut publication = Self::entry(list, key).ok_or_else(|| PublicationFault::NoEntry {
            sequence: list.sequence(),
            key: key.clone(),
        })?;
        let before = previous.and_then(|previous| previous.entry(&key.in_lists()));
        if let Some(before) = before {
            let anchors = before.anchors().iter();
            publication.inherited = anchors.map(|one| octets(one.digest())).collect();
        }
        Ok(publication)
    }

    fn entry(list: &TrustList, key: &Key) -> Option<Self> {
        let entry = list.entry(&key.in_lists())?;
        let standing = entry.history().last()?;
        let digest = |one: &ParsedCertificate| octets(one.digest());
        let is_open = |one: &&ParsedCertificate| {
            let interval = entry.issuer_interval(&one.digest());
            interval.is_none_or(|interval| interval.until.is_none())
        };
        let policy = |rule: &PolicyRule| (rule.policy().to_string(), rule.dropped());
        let decision = standing.decision.as_ref();
        Some(Self {
            key: key.clone(),
            sequence: list.sequence(),
            digest: octets(list.digest()),
            issued: list.issued(),
            status: standing.status.to_string(),
            from: standing.from,
            cause: standing.cause.to_string(),
            happened: standing.event,
            reference: decision.map(|decision| decision.reference.clone()),
            policies: entry.policies().iter().map(policy).collect(),
            anchors: entry.anchors().iter().map(digest).collect(),
            issuers: entry.issuers().iter().filter(is_open).map(digest).collect(),
            inherited: Vec::new(),
            signers: list
                .signers()
                .map(|roll| roll.current.members().copied().map(octets).collect())
                .unwrap_or_default(),
        })
    }

    /// The list's number.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// SM3 of what the list says, 32 octets.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// When the list was issued.
    pub fn issued(&self) -> DateTime {
        self.issued
    }

    /// How the entry stands: `recognised`, `suspended` or `terminated`.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// From when on.
    pub fn from(&self) -> DateTime {
        self.from
    }

    /// Refuses a list that is about something else than what was approved.
    pub(super) fn check_contents(&self, state: &super::State) -> Result<(), Refusal> {
        if self.key != state.key {
            return Err(not_as_decided("the entry"));
        }
        let approved = state.approval.as_ref();
        let has = |policy: &str, arcs: u8| {
            let mut listed = self.policies.iter();
            listed.any(|(oid, dropped)| oid == policy && *dropped == arcs)
        };
        if !approved.is_some_and(|approved| has(&approved.policy, approved.ignored_arcs)) {
            return Err(not_as_decided("the identifier of the policy"));
        }
        let known = |one: &Octets, role| {
            let mut filings = state.certificates.iter();
            filings.any(|filing| {
                let certificate = &filing.certificate;
                filing.recorded && certificate.role == role && certificate.digest == *one
            })
        };
        // Nobody put a certificate there that the authority does not know for that; an anchor of
        // a recognition before stays.
        let mut issuers = self.issuers.iter();
        let mut anchors = self.anchors.iter();
        let are_known = issuers.all(|one| known(one, CertificateRole::Issuer))
            && anchors
                .all(|one| self.inherited.contains(one) || known(one, CertificateRole::Anchor));
        if !are_known {
            return Err(not_as_decided("the CA's certificates"));
        }
        Ok(())
    }

    /// Refuses a list that leaves out a certificate on record.
    pub(super) fn check_complete(&self, state: &super::State) -> Result<(), Refusal> {
        let mut filings = state.certificates.iter();
        if filings.any(|filing| filing.recorded && !self.has(&filing.certificate)) {
            return Err(not_as_decided("the CA's certificates"));
        }
        Ok(())
    }

    /// Whether it has a certificate where its role has a place in lists; there is none for
    /// those that sign status.
    pub(super) fn has(&self, certificate: &CaCertificate) -> bool {
        match certificate.role {
            CertificateRole::Anchor => self.anchors.contains(&certificate.digest),
            CertificateRole::Issuer => self.issuers.contains(&certificate.digest),
            CertificateRole::Status => true,
        }
    }
}

impl Key {
    /// The key of its entry in lists.
    pub fn in_lists(&self) -> EntryKey {
        EntryKey::new(&self.jurisdiction, &self.ca, &self.class)
    }
}

pub(super) fn octets(digest: Digest) -> Octets {
    digest.to_vec().into()
}
