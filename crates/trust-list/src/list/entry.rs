//! One recognised service of one CA, with its whole history.

use super::{
    Carrier, Digest, Interval, IntervalSet, LocalText, PolicyRule, PostalAddress, Status,
    StatusChange, SupplyPoint, Usage,
    status::intervals,
    text::{self, jurisdiction, uri},
};
use crate::{Error, Result, path::ParsedCertificate};
use core::fmt;
use der::DateTime;
use std::{collections::BTreeMap, sync::Arc};

/// Anchors, and issuers, in one entry at most.
pub(crate) const MAX_CERTIFICATES: usize = 32;
/// Statuses in one entry at most.
pub(crate) const MAX_HISTORY: usize = 1000;
/// Policies, addresses, notices in one entry at most, each.
const MAX_DETAILS: usize = 32;

/// Whether two lists have the same certificates in the same order.
pub(crate) fn are_same(one: &[ParsedCertificate], other: &[ParsedCertificate]) -> bool {
    let digest = ParsedCertificate::digest;
    one.iter().map(digest).eq(other.iter().map(digest))
}

/// What an entry is found by: where, who, and for which class of certificates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct EntryKey {
    /// `HK`, `CN-GD`: ISO 3166-1, or a part by ISO 3166-2.
    pub jurisdiction: String,
    /// The CA's legal name, in the first of its languages.
    pub ca: String,
    /// The class of certificates.
    pub class: String,
}

impl EntryKey {
    /// Joins the three.
    pub fn new(jurisdiction: &str, ca: &str, class: &str) -> Self {
        Self {
            jurisdiction: jurisdiction.into(),
            ca: ca.into(),
            class: class.into(),
        }
    }

    pub(super) fn parts(&self) -> [&str; 3] {
        [&self.jurisdiction, &self.ca, &self.class]
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}", self.jurisdiction, self.ca, self.class)
    }
}

/// A certification authority as a legal person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ca {
    pub(crate) names: Vec<LocalText>,
    pub(crate) address: PostalAddress,
    pub(crate) contact: String,
    pub(crate) information: String,
    pub(crate) licence: Option<String>,
}

impl Ca {
    /// `name` is the legal name; `contact` a URI such as `mailto:…`, `information`
    /// the URI of its statements.
    ///
    /// # Errors
    /// [`Error::Value`] when one of them is no absolute URI.
    pub fn new(
        name: LocalText,
        address: PostalAddress,
        contact: &str,
        information: &str,
    ) -> Result<Self> {
        Ok(Self {
            names: vec![name],
            address,
            contact: uri("TEElectronicAddress", contact)?,
            information: uri("TEInformationURI", information)?,
            licence: None,
        })
    }

    /// Adds the number of its licence at home.
    ///
    /// # Errors
    /// [`Error::Value`] for no or more than 512 characters.
    pub fn licence(mut self, number: &str) -> Result<Self> {
        self.licence = Some(text::plain("Licence", number)?);
        Ok(self)
    }

    /// Adds its name in another language.
    #[must_use]
    pub fn also(mut self, name: LocalText) -> Self {
        self.names.push(name);
        self
    }

    /// Its names, the legal one first.
    pub fn names(&self) -> &[LocalText] {
        &self.names
    }

    /// Where it is reached by letter.
    pub fn address(&self) -> &PostalAddress {
        &self.address
    }

    /// The URI by which it is reached.
    pub fn contact(&self) -> &str {
        &self.contact
    }

    /// The URI of its statements.
    pub fn information(&self) -> &str {
        &self.information
    }

    /// The number of its licence.
    pub fn licence_number(&self) -> Option<&str> {
        self.licence.as_deref()
    }
}

/// A service: the certificates that count, and since when its CA stands how.
///
/// Anchors and issuers are certificates, never names: a subscriber's certificate
/// belongs to the entry when one of the issuers signed it and stands under one of
/// the anchors.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) jurisdiction: Arc<str>,
    /// Classes of one CA share it.
    pub(crate) ca: Arc<Ca>,
    pub(crate) class: LocalText,
    pub(crate) class_translations: Vec<LocalText>,
    /// Shared with other entries as far as a list was read with both.
    pub(crate) anchors: Arc<Vec<ParsedCertificate>>,
    pub(crate) issuers: Arc<Vec<ParsedCertificate>>,
    /// For issuers that count for a time of their own.
    pub(crate) issuer_intervals: BTreeMap<Digest, Interval>,
    pub(crate) type_name: Option<Box<str>>,
    pub(crate) policies: Vec<PolicyRule>,
    pub(crate) carrier: Carrier,
    pub(crate) usage: Usage,
    pub(crate) legal_basis: Option<LocalText>,
    pub(crate) supply_points: Vec<SupplyPoint>,
    pub(crate) notices: Vec<LocalText>,
    pub(crate) history: Vec<StatusChange>,
}

impl Entry {
    /// An entry that stands so from the beginning. It needs at least one anchor
    /// and one issuer.
    ///
    /// # Errors
    /// [`Error::Value`] for a jurisdiction that is not like `HK` or `CN-GD`.
    pub fn new(
        place: &str,
        ca: impl Into<Arc<Ca>>,
        class: LocalText,
        first: StatusChange,
    ) -> Result<Self> {
        Ok(Self {
            jurisdiction: jurisdiction(place)?.into(),
            ca: ca.into(),
            class,
            class_translations: Vec::new(),
            anchors: Arc::default(),
            issuers: Arc::default(),
            issuer_intervals: BTreeMap::new(),
            type_name: None,
            policies: Vec::new(),
            carrier: Carrier::Any,
            usage: Usage::Any,
            legal_basis: None,
            supply_points: Vec::new(),
            notices: Vec::new(),
            history: vec![first],
        })
    }

    /// Adds the name of the class in another language.
    #[must_use]
    pub fn also_called(mut self, class: LocalText) -> Self {
        self.class_translations.push(class);
        self
    }

    /// Adds a certificate under which issuers stand.
    #[must_use]
    pub fn anchor(mut self, certificate: ParsedCertificate) -> Self {
        Arc::make_mut(&mut self.anchors).push(certificate);
        self
    }

    /// Adds a certificate whose key signs subscribers' certificates.
    #[must_use]
    pub fn issuer(mut self, certificate: ParsedCertificate) -> Self {
        Arc::make_mut(&mut self.issuers).push(certificate);
        self
    }

    /// Adds one that counts for certificates issued in an interval alone.
    #[must_use]
    pub fn issuer_during(mut self, certificate: ParsedCertificate, during: Interval) -> Self {
        self.issuer_intervals.insert(certificate.digest(), during);
        self.issuer(certificate)
    }

    /// Adds an issuer to an entry that stands: the CA has a new certificate (requirement
    /// S4-16). Those before stay.
    pub fn add_issuer(&mut self, certificate: ParsedCertificate, during: Option<Interval>) {
        if let Some(during) = during {
            self.issuer_intervals.insert(certificate.digest(), during);
        }
        Arc::make_mut(&mut self.issuers).push(certificate);
    }

    /// Adds an anchor to an entry that stands. Those before stay.
    pub fn add_anchor(&mut self, certificate: ParsedCertificate) {
        Arc::make_mut(&mut self.anchors).push(certificate);
    }

    /// Ends the time of an issuer: what it issues from then on does not count.
    ///
    /// # Errors
    /// [`Error::Value`] when it is no issuer, has an end already, or `until` is not after
    /// its beginning.
    pub fn close_issuer(&mut self, issuer: &Digest, until: DateTime) -> Result<()> {
        let wrong = Error::Value {
            member: "Issuers",
            rule: "closes an issuer that is open, later than it began",
        };
        let known = self.issuers.iter().find(|one| one.digest() == *issuer);
        let Some(known) = known else {
            return Err(wrong);
        };
        let not_before = known.not_before();
        let interval = self.issuer_intervals.get(issuer);
        let from = interval.map_or(not_before, |interval| interval.from);
        if interval.is_some_and(|interval| interval.until.is_some()) || until <= from {
            return Err(wrong);
        }
        let closed = Interval::new(from, Some(until));
        self.issuer_intervals.insert(*issuer, closed);
        Ok(())
    }

    /// Asks that a subscriber's certificate names a policy (RFC 5280, 4.2.1.4) by one
    /// of the entry's rules.
    #[must_use]
    pub fn policy(mut self, rule: PolicyRule) -> Self {
        self.policies.push(rule);
        self
    }

    /// Asks that a subscriber's certificate has this text as an organisation or
    /// organisational unit of its subject, where CAs write the type of a certificate.
    ///
    /// # Errors
    /// [`Error::Value`] for no or more than 512 characters.
    pub fn type_name(mut self, name: &str) -> Result<Self> {
        self.type_name = Some(text::plain("TypeName", name)?.into());
        Ok(self)
    }

    /// Says where subscribers' keys lie.
    #[must_use]
    pub fn carrier(mut self, carrier: Carrier) -> Self {
        self.carrier = carrier;
        self
    }

    /// Says what its certificates are recognised for.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// Says on what law the recognition stands.
    #[must_use]
    pub fn legal_basis(mut self, basis: LocalText) -> Self {
        self.legal_basis = Some(basis);
        self
    }

    /// Adds an address.
    #[must_use]
    pub fn supply_point(mut self, point: SupplyPoint) -> Self {
        self.supply_points.push(point);
        self
    }

    /// Adds a notice to readers.
    #[must_use]
    pub fn notice(mut self, notice: LocalText) -> Self {
        self.notices.push(notice);
        self
    }

    /// Lets another standing begin.
    ///
    /// # Errors
    /// [`Error::Value`] when it begins no later than the last one, or is the same.
    pub fn change(&mut self, change: StatusChange) -> Result<()> {
        let last = self.history.last();
        if last.is_some_and(|last| last.from >= change.from || last.status == change.status) {
            return Err(Error::Value {
                member: "StatusStartingTime",
                rule: "each standing begins after the one before it and differs from it",
            });
        }
        self.history.push(change);
        Ok(())
    }

    /// What it is found by.
    pub fn key(&self) -> EntryKey {
        EntryKey {
            jurisdiction: self.jurisdiction.as_ref().into(),
            ca: self.ca.names[0].value().to_owned(),
            class: self.class.value().to_owned(),
        }
    }

    /// What its key is made of, in the order in which keys are compared.
    pub(super) fn key_parts(&self) -> [&str; 3] {
        [
            &self.jurisdiction,
            self.ca.names[0].value(),
            self.class.value(),
        ]
    }

    /// The CA.
    pub fn ca(&self) -> &Ca {
        &self.ca
    }

    /// Every standing, the first one first.
    pub fn history(&self) -> &[StatusChange] {
        &self.history
    }

    /// How it stood at a time; none before its first standing.
    pub fn status_at(&self, at: DateTime) -> Option<StatusChange> {
        let later = self.history.partition_point(|change| change.from <= at);
        self.history.get(later.checked_sub(1)?).cloned()
    }

    /// The times at which it has one status; gaps stay gaps.
    pub fn intervals(&self, status: Status) -> IntervalSet {
        intervals(&self.history, status)
    }

    /// The jurisdiction of its CA.
    pub fn jurisdiction(&self) -> &str {
        &self.jurisdiction
    }

    /// The names of its class, the one of the key first.
    pub fn class_names(&self) -> impl Iterator<Item = &LocalText> {
        std::iter::once(&self.class).chain(&self.class_translations)
    }

    /// When an issuer counts; none where it does as long as the entry stands.
    pub fn issuer_interval(&self, issuer: &Digest) -> Option<Interval> {
        self.issuer_intervals.get(issuer).copied()
    }

    /// The rules for policies, one of which must fit; none where any policy does.
    pub fn policies(&self) -> &[PolicyRule] {
        &self.policies
    }

    /// The type that stands in subscribers' certificates.
    pub fn certificate_type(&self) -> Option<&str> {
        self.type_name.as_deref()
    }

    /// Where subscribers' keys lie.
    pub fn key_carrier(&self) -> Carrier {
        self.carrier
    }

    /// What its certificates are recognised for.
    pub fn recognised_for(&self) -> Usage {
        self.usage
    }

    /// On what law the recognition stands.
    pub fn basis(&self) -> Option<&LocalText> {
        self.legal_basis.as_ref()
    }

    /// Its addresses.
    pub fn supply_points(&self) -> &[SupplyPoint] {
        &self.supply_points
    }

    /// The notices to readers.
    pub fn notices(&self) -> &[LocalText] {
        &self.notices
    }

    /// The certificates under which issuers stand.
    pub fn anchors(&self) -> &[ParsedCertificate] {
        &self.anchors
    }

    /// The certificates whose keys sign subscribers' certificates.
    pub fn issuers(&self) -> &[ParsedCertificate] {
        &self.issuers
    }

    /// Whether another entry has the same anchors and issuers.
    pub(crate) fn has_the_certificates_of(&self, other: &Self) -> bool {
        let same = |one: &Arc<Vec<_>>, other: &Arc<Vec<_>>| {
            Arc::ptr_eq(one, other) || are_same(one, other)
        };
        same(&self.issuers, &other.issuers) && same(&self.anchors, &other.anchors)
    }

    pub(crate) fn check(&self) -> Result<()> {
        for (what, member, list) in [
            ("anchors of an entry", "Anchors", &self.anchors),
            ("issuers of an entry", "X509Certificates", &self.issuers),
        ] {
            Error::cap(what, list.len(), MAX_CERTIFICATES)?;
            let digests: Vec<Digest> = list.iter().map(ParsedCertificate::digest).collect();
            let has_twice = (1..digests.len()).any(|n| digests[..n].contains(&digests[n]));
            if digests.is_empty() || has_twice {
                return Err(Error::Value {
                    member,
                    rule: "has at least one certificate and none twice",
                });
            }
        }
        let mut languages: Vec<&str> = self.class_names().map(LocalText::lang).collect();
        languages.sort_unstable();
        if languages.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Error::Value {
                member: "ServiceName",
                rule: "has one name for each language",
            });
        }
        for (what, count) in [
            ("policies of an entry", self.policies.len()),
            ("supply points of an entry", self.supply_points.len()),
            ("notices of an entry", self.notices.len()),
            ("names of a class", self.class_translations.len()),
        ] {
            Error::cap(what, count, MAX_DETAILS)?;
        }
        for (digest, during) in &self.issuer_intervals {
            let is_issuer = self.issuers.iter().any(|one| one.digest() == *digest);
            if !is_issuer || during.is_empty() {
                return Err(Error::Value {
                    member: "Issuers",
                    rule: "gives an issuer of the entry a time that does not end before it begins",
                });
            }
        }
        Error::cap("statuses of an entry", self.history.len(), MAX_HISTORY)
    }
}
