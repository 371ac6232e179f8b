//! What was decided, as the next list has to say it: the way from a case to a draft.

use super::{CertificateRole, Filing, Key, Measure, Stage, State, Terms};
use crate::id::hexadecimal;
use der::{DateTime, asn1::ObjectIdentifier};
use std::sync::Arc;
use trust_list::{
    list::{
        Ca, Decided, Entry, LocalText, PolicyRule, Status, StatusCause, StatusChange,
        TrustListDraft, Usage,
    },
    path::ParsedCertificate,
};

/// What a publisher has in hand when a decision goes into a draft.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HandOver {
    /// From when on a recognition holds; a decision that takes it away says so itself.
    pub from: Option<DateTime>,
    /// Certificates: each one that the case has on record for the list, and no other.
    pub certificates: Vec<ParsedCertificate>,
}

impl HandOver {
    /// With these certificates.
    pub fn new(from: Option<DateTime>, certificates: Vec<ParsedCertificate>) -> Self {
        Self { from, certificates }
    }
}

/// Nothing can be handed over, or not with what is in hand.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandOverFault {
    /// Nothing is decided that a list has to say.
    #[error("the recognition is {0}: a list has nothing new to say about it")]
    NothingDecided(Stage),
    /// The time from which the recognition holds is missing.
    #[error("from when on the recognition holds is not given")]
    NoTime,
    /// The recognition would hold from before the approval.
    #[error("the recognition can't hold from {from} on: it was approved on {approved}")]
    BackDated {
        /// From when on.
        from: DateTime,
        /// When it was approved.
        approved: DateTime,
    },
    /// A certificate that the case does not have on record for the list.
    #[error("the certificate with the SM3 {0} is not on record, or is in the list")]
    UnknownCertificate(String),
    /// A certificate on record is missing.
    #[error("the certificate on record with the SM3 {0} is missing")]
    CertificateMissing(String),
    /// The CA or the class has another name in the case.
    #[error("the case is about {0}, and the entry is not")]
    OtherEntry(Key),
    /// The list has an entry of this key that has not come to its end.
    #[error("the list has an entry {0} that is not terminated")]
    EntryStands(Key),
    /// The list's own rules.
    #[error(transparent)]
    List(#[from] trust_list::Error),
}

impl State {
    /// Whether a list has something new to say.
    pub fn awaits_list(&self) -> bool {
        let decided = matches!(
            self.stage,
            Stage::ReadyToPublish
                | Stage::ReinstatementReady
                | Stage::Suspending
                | Stage::Terminating
        );
        decided || self.has_certificates_for_its_entry()
    }

    /// The entry of a first recognition, as it was approved: with the CA's licence, its
    /// certificates, the policy, the decision. Addresses, notices and the like are the
    /// publisher's to add.
    ///
    /// # Errors
    /// [`HandOverFault`] where it is not ready, or another CA or class is named.
    pub fn entry(
        &self,
        terms: &Terms,
        ca: Ca,
        class: LocalText,
        given: &HandOver,
    ) -> Result<Entry, HandOverFault> {
        if self.stage != Stage::ReadyToPublish {
            return Err(HandOverFault::NothingDecided(self.stage));
        }
        let is_named = ca
            .names()
            .first()
            .is_some_and(|name| name.value() == self.key.ca);
        if !is_named || class.value() != self.key.class {
            return Err(HandOverFault::OtherEntry(self.key.clone()));
        }
        let ca = Arc::new(ca.licence(&self.licence.number)?);
        let first = self.granted(given.from)?;
        let mut entry =
            Entry::new(&self.key.jurisdiction, ca, class, first)?.usage(Usage::CrossBorder);
        if let Some(side) = terms.sides.get(&self.key.jurisdiction) {
            entry = entry.legal_basis(LocalText::new("zh", &side.legal_basis.zh)?);
        }
        for (role, certificate) in self.matched(&given.certificates)? {
            entry = match role {
                CertificateRole::Anchor => entry.anchor(certificate),
                _ => entry.issuer(certificate),
            };
        }
        if let Some(rule) = self.policy_rule()? {
            entry = entry.policy(rule);
        }
        Ok(entry)
    }

    /// Puts a first recognition into a draft. Where the list has the class as terminated, that
    /// entry is recognised again: its issuers of before come to their end.
    ///
    /// # Errors
    /// [`HandOverFault`], and what the draft says.
    pub fn admit(
        &self,
        draft: &mut TrustListDraft,
        entry: Entry,
        given: &HandOver,
    ) -> Result<(), HandOverFault> {
        let key = self.key.in_lists();
        let Some(before) = draft.entry(&key) else {
            return Ok(draft.apply(Decided::admit(entry))?);
        };
        let last = before.history().last().map(|change| change.status);
        if last != Some(Status::Terminated) {
            return Err(HandOverFault::EntryStands(self.key.clone()));
        }
        let change = self.granted(given.from)?;
        let from = change.from;
        let is_new = |one: &ParsedCertificate, there: &[ParsedCertificate]| {
            there.iter().all(|other| other.digest() != one.digest())
        };
        let matched = self.matched(&given.certificates)?;
        let mut decided = vec![Decided::change(key.clone(), change)];
        for old in before.issuers() {
            let is_open = before
                .issuer_interval(&old.digest())
                .is_none_or(|interval| interval.until.is_none());
            let stays = given
                .certificates
                .iter()
                .any(|one| one.digest() == old.digest());
            if is_open && !stays {
                decided.push(Decided::close_issuer(key.clone(), old.digest(), from));
            }
        }
        for (role, certificate) in matched {
            match role {
                CertificateRole::Anchor if is_new(&certificate, before.anchors()) => {
                    decided.push(Decided::anchor(key.clone(), certificate));
                }
                CertificateRole::Issuer if is_new(&certificate, before.issuers()) => {
                    decided.push(Decided::issuer(key.clone(), certificate, None));
                }
                _ => {}
            }
        }
        for one in decided {
            draft.apply(one)?;
        }
        Ok(())
    }

    /// Puts a suspension, a termination, a reinstatement, or certificates on record into a
    /// draft.
    ///
    /// # Errors
    /// [`HandOverFault`], and what the draft says.
    pub fn hand_over(
        &self,
        draft: &mut TrustListDraft,
        given: &HandOver,
    ) -> Result<(), HandOverFault> {
        let key = self.key.in_lists();
        let change = match self.stage {
            Stage::ReinstatementReady => Some(self.granted(given.from)?),
            Stage::Suspending | Stage::Terminating => Some(self.withdrawn()?),
            // The first recognition is an entry of its own.
            Stage::ReadyToPublish => return Err(HandOverFault::NothingDecided(self.stage)),
            _ if !self.has_certificates_for_its_entry() => {
                return Err(HandOverFault::NothingDecided(self.stage));
            }
            _ => None,
        };
        // A suspension does not wait for certificates.
        let takes_all = !matches!(self.stage, Stage::Suspending | Stage::Terminating);
        let matched = match takes_all || !given.certificates.is_empty() {
            true => self.matched(&given.certificates)?,
            false => Vec::new(),
        };
        if let Some(change) = change {
            draft.apply(Decided::change(key.clone(), change))?;
        }
        for (role, certificate) in matched {
            draft.apply(match role {
                CertificateRole::Anchor => Decided::anchor(key.clone(), certificate),
                _ => Decided::issuer(key.clone(), certificate, None),
            })?;
        }
        Ok(())
    }

    /// The standing that was approved.
    fn granted(&self, from: Option<DateTime>) -> Result<StatusChange, HandOverFault> {
        let Some(approval) = &self.approval else {
            return Err(HandOverFault::NothingDecided(self.stage));
        };
        let from = from.ok_or(HandOverFault::NoTime)?;
        if from < approval.at {
            return Err(HandOverFault::BackDated {
                from,
                approved: approval.at,
            });
        }
        let change = StatusChange::new(Status::Recognised, from, StatusCause::Decision);
        Ok(change.decided(approval.at, &approval.reference)?)
    }

    /// The standing that the last decision made.
    fn withdrawn(&self) -> Result<StatusChange, HandOverFault> {
        let Some(decided) = &self.withdrawal else {
            return Err(HandOverFault::NothingDecided(self.stage));
        };
        let status = match decided.measure {
            Measure::Suspension => Status::Suspended,
            Measure::Termination => Status::Terminated,
        };
        let change = StatusChange::new(status, decided.from, decided.cause.in_lists());
        let change = change.decided(decided.at, &decided.reference)?;
        Ok(match decided.happened {
            Some(happened) => change.event(happened),
            None => change,
        })
    }

    fn policy_rule(&self) -> Result<Option<PolicyRule>, HandOverFault> {
        let Some(approval) = &self.approval else {
            return Ok(None);
        };
        // The register is checked when it is read.
        let Ok(oid) = ObjectIdentifier::new(&approval.policy) else {
            return Ok(None);
        };
        Ok(Some(match approval.ignored_arcs {
            0 => PolicyRule::exact(oid),
            arcs => PolicyRule::without_last(oid, arcs)?,
        }))
    }

    /// Whether an entry that stands lacks certificates on record.
    fn has_certificates_for_its_entry(&self) -> bool {
        let stands = self.listing.is_some() && self.stage != Stage::Terminated;
        stands && self.unlisted().next().is_some()
    }

    /// What is on record for lists and in none.
    fn unlisted(&self) -> impl Iterator<Item = &Filing> {
        let filings = self.certificates.iter();
        filings.filter(|filing| {
            let in_lists = filing.certificate.role != CertificateRole::Status;
            filing.recorded && !filing.listed && in_lists
        })
    }

    /// The certificates with their roles: those on record that are in no list, each of them.
    fn matched(
        &self,
        given: &[ParsedCertificate],
    ) -> Result<Vec<(CertificateRole, ParsedCertificate)>, HandOverFault> {
        let mut matched = Vec::new();
        for filing in self.unlisted() {
            let digest = &filing.certificate.digest;
            let found = given.iter().find(|one| one.digest()[..] == digest[..]);
            let found =
                found.ok_or_else(|| HandOverFault::CertificateMissing(hexadecimal(digest)))?;
            matched.push((filing.certificate.role, found.clone()));
        }
        let stranger = given.iter().find(|one| {
            let mut known = self.unlisted();
            !known.any(|filing| filing.certificate.digest[..] == one.digest()[..])
        });
        match stranger {
            Some(one) => {
                let digest = hexadecimal(&one.digest());
                Err(HandOverFault::UnknownCertificate(digest))
            }
            None => Ok(matched),
        }
    }
}

impl super::Cause {
    fn in_lists(self) -> StatusCause {
        match self {
            Self::Request => StatusCause::Request,
            Self::BreachUncorrected => StatusCause::BreachUncorrected,
            Self::MisIssuance => StatusCause::MisIssuance,
            Self::Compromise => StatusCause::Compromise,
        }
    }
}
