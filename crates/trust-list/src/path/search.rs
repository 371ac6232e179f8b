//! The search: from the target up, the likeliest issuer first, back where a way ends.
//!
//! What lies between a certificate and its issuer is checked when the step is made, with
//! the issuer's limits on all that stands below it: names and path length. Policies run
//! from the anchor down, and a status needs to know who may sign CRLs; both are asked of
//! whole paths. Signatures and what a certificate is in itself are remembered, so that
//! going back costs none of them again; the rest is counted.

use super::{
    Anchor, Cause, ContentRules, ParsedCertificate, PathError, PathOptions, Place, Reason,
    RevocationRule, RevocationStatus, ValidPath,
    policy::{NoPolicy, PolicyFault, PolicyRules, ValidPolicies, valid_policies},
    reason::printable,
};
use cert_profile::{NameConstraints, lint};
use der::{DateTime, asn1::ObjectIdentifier, oid::AssociatedOid};
use gm_crypto::sm2;
use std::collections::{BTreeMap, BTreeSet};
use x509_cert::ext::{
    Extension,
    pkix::{
        self, BasicConstraints, CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage,
        InhibitAnyPolicy, KeyUsage, PolicyConstraints, PolicyMappings, SubjectAltName,
    },
};

/// anyExtendedKeyUsage (RFC 5280, 4.2.1.12).
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// Rules for who writes documents that whoever reads them does without: a CA that has no
/// keyUsage may sign (RFC 5280, 6.1.4 (n)), and a revocation that is announced is one that is
/// not there yet.
const NOT_ASKED: [&str; 2] = ["rfc5280.ca_key_usage_present", "rfc5280.crl_revoked_later"];

pub(super) struct Search<'a, 'o> {
    pub(super) certificates: Vec<&'a ParsedCertificate>,
    pub(super) anchors: &'a [Anchor],
    pub(super) options: &'o PathOptions<'o>,
    /// Who has which name, as names are compared.
    issuers: BTreeMap<&'a [u8], Vec<Issuer>>,
    /// How many names lie between a certificate and the nearest anchor; none where no chain
    /// of names leads there.
    distances: Vec<Option<usize>>,
    /// Signatures already checked: (what, key).
    checked: BTreeMap<(Place, &'a [u8]), Option<Cause>>,
    /// What is wrong with a document whoever stands below it.
    alone: BTreeMap<(Place, DateTime), Vec<Cause>>,
    /// Certificates whose status is being asked, each for the sake of the one before.
    pub(super) in_question: Vec<usize>,
    /// Whether a certificate may sign CRLs below an anchor at a time, as far as that is decided.
    pub(super) signers: BTreeMap<(usize, usize, DateTime), Option<Cause>>,
    /// When the certificates of a path have to be valid: at the time of the question, and for
    /// who signed a later CRL, at its own.
    pub(super) moment: DateTime,
    /// How often one whose status is in question was taken at its word.
    pub(super) assumed: usize,
    signatures: usize,
    candidates: usize,
    name_comparisons: usize,
    pub(super) reasons: PathError,
}

/// Who may have issued a certificate: an index into one list or the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Issuer {
    Anchor(usize),
    Certificate(usize),
}

/// What a path is searched for.
#[derive(Clone, Copy)]
pub(super) enum Goal {
    /// The caller's question.
    Target,
    /// Whether a certificate's key signs CRLs, under this anchor.
    CrlSigner { anchor: usize },
}

/// A path that holds, as indices from the target up.
pub(super) struct Found {
    pub(super) path: Vec<usize>,
    pub(super) anchor: usize,
    statuses: Vec<RevocationStatus>,
    policies: ValidPolicies,
}

/// The budget is spent. Boxed, since every step of the search returns one or not.
pub(super) struct Stopped(Box<Reason>);

impl<'a, 'o> Search<'a, 'o> {
    /// `certificates` starts with the target.
    pub(super) fn new(
        certificates: Vec<&'a ParsedCertificate>,
        anchors: &'a [Anchor],
        options: &'o PathOptions<'o>,
    ) -> Self {
        let mut issuers = BTreeMap::<_, Vec<_>>::new();
        for (index, anchor) in anchors.iter().enumerate() {
            let name = anchor.certificate.subject_key();
            issuers.entry(name).or_default().push(Issuer::Anchor(index));
        }
        let mut seen = BTreeSet::new();
        for (index, certificate) in certificates.iter().enumerate() {
            // A copy adds nothing but work.
            if seen.insert(certificate.der()) {
                let name = certificate.subject_key();
                issuers
                    .entry(name)
                    .or_default()
                    .push(Issuer::Certificate(index));
            }
        }
        Self {
            distances: distances(&certificates, anchors),
            certificates,
            anchors,
            options,
            issuers,
            checked: BTreeMap::new(),
            alone: BTreeMap::new(),
            in_question: Vec::new(),
            signers: BTreeMap::new(),
            moment: options.at,
            assumed: 0,
            signatures: 0,
            candidates: 0,
            name_comparisons: 0,
            reasons: PathError::default(),
        }
    }

    pub(super) fn run(mut self) -> Result<ValidPath<'a>, PathError> {
        self.check_target();
        let target_is_fit = self.reasons.is_empty();
        match self.find(0, Goal::Target) {
            Ok(Some(found)) if target_is_fit => Ok(ValidPath {
                certificates: found
                    .path
                    .iter()
                    .map(|index| self.certificates[*index])
                    .collect(),
                statuses: found.statuses,
                policies: found.policies,
                anchor: &self.anchors[found.anchor],
            }),
            Ok(found) => {
                if found.is_none() && self.reasons.is_empty() {
                    self.blame(Place::Certificate(0), Cause::NoAnchor);
                }
                Err(self.reasons.unless_closed(target_is_fit))
            }
            Err(Stopped(reason)) => Err(self.reasons.stopped(*reason)),
        }
    }

    /// Goes on until a path holds or nothing is left to try: first along key identifiers,
    /// then without regard to them.
    pub(super) fn find(&mut self, target: usize, goal: Goal) -> Result<Option<Found>, Stopped> {
        let likely = self.climb(target, goal, true)?;
        match likely {
            Climb::Found(found) => Ok(Some(*found)),
            Climb::Nothing { left_out: false } => Ok(None),
            Climb::Nothing { left_out: true } => match self.climb(target, goal, false)? {
                Climb::Found(found) => Ok(Some(*found)),
                Climb::Nothing { .. } => Ok(None),
            },
        }
    }

    fn climb(&mut self, target: usize, goal: Goal, likely: bool) -> Result<Climb, Stopped> {
        let mut left_out = false;
        let mut path = vec![target];
        let mut ways = vec![self.issuers_of(&path, goal, likely, &mut left_out)];
        // No path leads through a certificate far from any anchor: it is looked at once, for
        // the reasons.
        let mut dead_ends = BTreeSet::new();
        while let Some(way) = ways.last_mut() {
            let Some(issuer) = way.pop() else {
                ways.pop();
                path.pop();
                continue;
            };
            self.count_candidate(&path)?;
            if matches!(issuer, Issuer::Certificate(index) if dead_ends.contains(&index)) {
                continue;
            }
            if !self.check_step(&path, issuer, goal)? {
                continue;
            }
            match issuer {
                Issuer::Anchor(anchor) => {
                    if let Some(found) = self.complete(&path, anchor, goal)? {
                        return Ok(Climb::Found(Box::new(found)));
                    }
                }
                Issuer::Certificate(index) => {
                    if self.distances[index].is_none() {
                        dead_ends.insert(index);
                    }
                    path.push(index);
                    ways.push(self.issuers_of(&path, goal, likely, &mut left_out));
                }
            }
        }
        Ok(Climb::Nothing { left_out })
    }

    /// Everybody who may have issued the last certificate of a path, the likeliest last.
    fn issuers_of(
        &mut self,
        path: &[usize],
        goal: Goal,
        likely: bool,
        left_out: &mut bool,
    ) -> Vec<Issuer> {
        let Some(&child) = path.last() else {
            return Vec::new();
        };
        let certificate = self.certificates[child];
        let Some(issuers) = self.issuers.get(certificate.issuer_key()) else {
            let issuer = printable(certificate.issuer());
            self.blame(Place::Certificate(child), Cause::NoIssuer { issuer });
            return Vec::new();
        };
        let mut ways = Vec::new();
        let mut too_long = false;
        for issuer in issuers.iter().copied() {
            match (issuer, goal) {
                (Issuer::Anchor(index), Goal::CrlSigner { anchor }) if index != anchor => continue,
                (Issuer::Certificate(index), _) if self.stands_in(path, index) => continue,
                (Issuer::Certificate(_), _) if path.len() >= self.options.budget.path_length => {
                    too_long = true;
                    continue;
                }
                _ => {}
            }
            let found = self.certificate_of(issuer).subject_key_id();
            let differ = certificate
                .authority_key_id()
                .zip(found)
                .is_some_and(|(wanted, found)| wanted != found);
            if likely && differ {
                *left_out = true;
                continue;
            }
            let distance = match issuer {
                Issuer::Anchor(_) => 0,
                Issuer::Certificate(index) => self.distances[index].unwrap_or(usize::MAX),
            };
            ways.push((differ, distance, issuer));
        }
        if too_long {
            let limit = self.options.budget.path_length;
            self.blame(Place::Certificate(child), Cause::PathTooLong { limit });
        }
        ways.sort_unstable();
        ways.into_iter().rev().map(|(.., issuer)| issuer).collect()
    }

    /// Whether a path already has the certificate, or one with its name and key.
    fn stands_in(&self, path: &[usize], index: usize) -> bool {
        let certificate = self.certificates[index];
        path.iter().skip(1).any(|other| {
            let other = self.certificates[*other];
            other.subject_key() == certificate.subject_key()
                && other.public_key_der() == certificate.public_key_der()
        }) || path.first() == Some(&index)
    }

    fn count_candidate(&mut self, path: &[usize]) -> Result<(), Stopped> {
        let limit = self.options.budget.candidates;
        self.candidates += 1;
        if self.candidates > limit {
            let place = Place::Certificate(path.last().copied().unwrap_or(0));
            return Err(self.stop(place, Cause::TooManyCandidates { limit }));
        }
        Ok(())
    }

    /// Checks everything between a path and the issuer of its last certificate.
    fn check_step(&mut self, path: &[usize], issuer: Issuer, goal: Goal) -> Result<bool, Stopped> {
        let Some(&child) = path.last() else {
            return Ok(false);
        };
        // The signature first: reasons about somebody who is not the issuer would
        // only mislead.
        let child = Place::Certificate(child);
        if let Some(cause) = self.check_signature(child, issuer)? {
            self.blame(child, cause);
            return Ok(false);
        }
        Ok(self.check_issuer(path, issuer, goal) && self.check_names(path, issuer)?)
    }

    /// Checks the signature of a certificate or CRL once for each key.
    pub(super) fn check_signature(
        &mut self,
        what: Place,
        issuer: Issuer,
    ) -> Result<Option<Cause>, Stopped> {
        let certificate = self.certificate_of(issuer);
        let memo = (what, certificate.public_key_der());
        if !self.checked.contains_key(&memo) {
            self.count_signatures(what, 1)?;
            let (key, algorithms) = (certificate.public_key(), self.options.algorithms);
            let verdict = match what {
                Place::Crl(index) => self.options.crls[index].verify_signature(key, algorithms),
                Place::Certificate(index) => {
                    self.certificates[index].verify_signature(key, algorithms)
                }
                Place::Anchor(_) | Place::Ocsp(_) => Ok(()),
            };
            let cause = match verdict {
                Ok(()) => None,
                Err(gm_crypto::Error::Unsupported { oid, .. }) => {
                    Some(Cause::AlgorithmNotAccepted {
                        signature: oid,
                        key: certificate.public_key().algorithm.oid,
                    })
                }
                Err(_) => Some(Cause::SignatureInvalid {
                    under: issuer.place(),
                    name: printable(certificate.subject()),
                }),
            };
            self.checked.insert(memo, cause);
        }
        Ok(self.checked[&memo].clone())
    }

    pub(super) fn count_signatures(&mut self, what: Place, count: usize) -> Result<(), Stopped> {
        let limit = self.options.budget.signatures;
        if self.signatures + count > limit {
            return Err(self.stop(what, Cause::TooManySignatures { limit }));
        }
        self.signatures += count;
        Ok(())
    }

    /// Whether the issuer may issue, with what stands below it.
    fn check_issuer(&mut self, path: &[usize], issuer: Issuer, goal: Goal) -> bool {
        let counts = |index: &&usize| !self.certificates[**index].is_self_issued();
        let below = path.iter().skip(1).filter(counts).count();
        let below = u32::try_from(below).unwrap_or(u32::MAX);
        let mut causes = Vec::new();
        if let (Issuer::Certificate(index), Goal::Target, Some(limit)) =
            (issuer, goal, self.options.intermediates)
        {
            let own = u32::from(!self.certificates[index].is_self_issued());
            if below.saturating_add(own) > limit {
                causes.push(Cause::TooManyIntermediates { limit });
            }
        }
        if !self.is_bare_key(issuer) {
            let certificate = self.certificate_of(issuer);
            causes.extend(self.check_alone(issuer.place()));
            if !certificate.is_version_3() {
                causes.push(Cause::NotVersion3);
            }
            match certificate.ca_constraints() {
                Some(constraints) if constraints.ca => {
                    if let Some(limit) = constraints.path_length.filter(|limit| *limit < below) {
                        causes.push(Cause::PathLengthExceeded { limit, below });
                    }
                }
                _ => causes.push(Cause::NotCa),
            }
            if certificate
                .key_usage()
                .is_some_and(|usage| !usage.key_cert_sign())
            {
                causes.push(Cause::NoKeyCertSign);
            }
        }
        let may_issue = causes.is_empty();
        for cause in causes {
            self.blame(issuer.place(), cause);
        }
        may_issue
    }

    /// Whether all below an issuer have names that it may certify. That every issuer's
    /// subtrees are asked of every name below is the intersection of RFC 5280, 6.1.4 (g).
    fn check_names(&mut self, path: &[usize], issuer: Issuer) -> Result<bool, Stopped> {
        if self.is_bare_key(issuer) {
            return Ok(true);
        }
        let constraints = &self.certificate_of(issuer).statements().names;
        self.check_names_under(path, constraints, Some(issuer.place()))
    }

    fn check_names_under(
        &mut self,
        path: &[usize],
        constraints: &NameConstraints,
        by: Option<Place>,
    ) -> Result<bool, Stopped> {
        if constraints.is_empty() {
            return Ok(true);
        }
        let mut allowed = true;
        for (position, &index) in path.iter().enumerate() {
            let certificate = self.certificates[index];
            // One that a CA issues to itself is exempt, unless it is the target (6.1.3 (b)).
            if position > 0 && certificate.is_self_issued() {
                continue;
            }
            let place = Place::Certificate(index);
            let names = certificate.alternative_names();
            let comparisons = constraints.len().saturating_mul(1 + names.len());
            self.name_comparisons = self.name_comparisons.saturating_add(comparisons);
            let limit = self.options.budget.name_comparisons;
            if self.name_comparisons > limit {
                return Err(self.stop(place, Cause::TooManyNames { limit }));
            }
            let unreadable = &certificate.statements().unreadable;
            let fault = if unreadable.contains(&SubjectAltName::OID) {
                Some(super::NameConstraintFault::NotComparable)
            } else {
                let subject = constraints.fault_of_subject(certificate.subject());
                subject.or_else(|| names.iter().find_map(|name| constraints.fault_of(name)))
            };
            if let Some(fault) = fault {
                self.blame(place, Cause::NameNotAllowed { by, fault });
                allowed = false;
            }
        }
        Ok(allowed)
    }

    /// What is asked of a whole path: names under the caller's constraints, policies from
    /// the anchor down, and statuses.
    fn complete(
        &mut self,
        path: &[usize],
        anchor: usize,
        goal: Goal,
    ) -> Result<Option<Found>, Stopped> {
        let options = self.options;
        // What the caller asks of names is about the target's path, not about who signs CRLs.
        if matches!(goal, Goal::Target)
            && !self.check_names_under(path, &options.name_constraints, None)?
        {
            return Ok(None);
        }
        let Some(policies) = self.check_policies(path, anchor, goal) else {
            return Ok(None);
        };
        let Some(statuses) = self.check_statuses(path, anchor)? else {
            return Ok(None);
        };
        Ok(Some(Found {
            path: path.to_vec(),
            anchor,
            statuses,
            policies,
        }))
    }

    fn check_policies(
        &mut self,
        path: &[usize],
        anchor: usize,
        goal: Goal,
    ) -> Option<ValidPolicies> {
        let down: Vec<_> = path
            .iter()
            .rev()
            .map(|index| self.certificates[*index])
            .collect();
        let none = PolicyRules::default();
        let rules = match goal {
            Goal::Target => &self.options.policies,
            Goal::CrlSigner { .. } => &none,
        };
        let limit = self.options.budget.policies;
        let top = &self.anchors[anchor];
        let top = top.constrained.then_some(&top.certificate);
        match valid_policies(top, &down, rules, limit) {
            Ok(policies) => Some(policies),
            Err(NoPolicy { index, fault }) => {
                let cause = match fault {
                    PolicyFault::None => Cause::NoValidPolicy,
                    PolicyFault::AnyMapped => Cause::AnyPolicyMapped,
                    PolicyFault::TooMany => Cause::TooManyPolicies { limit },
                };
                let place = path.iter().rev().nth(index).copied().unwrap_or(0);
                self.blame(Place::Certificate(place), cause);
                None
            }
        }
    }

    /// The statuses of a path that are needed, from the anchor down; nothing where one is
    /// revoked or unknown. The reasons are then noted.
    fn check_statuses(
        &mut self,
        path: &[usize],
        anchor: usize,
    ) -> Result<Option<Vec<RevocationStatus>>, Stopped> {
        let mut statuses = Vec::with_capacity(path.len());
        let (mut is_open, mut is_revoked) = (false, false);
        for position in (0..path.len()).rev() {
            if self.options.revocation == RevocationRule::Ignore {
                statuses.push(RevocationStatus::NotChecked);
                continue;
            }
            match self.check_status(path, position, anchor)? {
                Status::Known(status) => statuses.push(status),
                Status::Revoked => is_revoked = true,
                Status::Unknown => is_open = true,
            }
            if is_revoked {
                return Ok(None);
            }
        }
        if is_open {
            self.reasons.leave_open();
            return Ok(None);
        }
        statuses.reverse();
        Ok(Some(statuses))
    }

    /// What is wrong with the target, whoever issued it.
    fn check_target(&mut self) {
        let target = self.certificates[0];
        let mut causes = self.check_alone(Place::Certificate(0));
        let key = target.public_key();
        let algorithms = self.options.algorithms;
        let counts = algorithms.iter().any(|algorithm| {
            // An algorithm that does not know its keys alone is known by the pair.
            algorithm.takes_key(key.algorithm)
                || target
                    .signature_algorithm()
                    .is_ok_and(|signature| algorithm.accepts(signature, key.algorithm))
        });
        let is_sm2 = key
            .algorithm
            .assert_oids(sm2::KEY_OID, sm2::CURVE_OID)
            .is_ok();
        if !counts || (is_sm2 && sm2::PublicKey::try_from(key.clone()).is_err()) {
            let oid = key.algorithm.oid;
            causes.push(Cause::KeyNotAccepted { oid });
        }
        if let (Some(purpose), Some(usage)) = (self.options.purpose, target.extended_key_usage())
            && !usage.contains(&purpose)
            && !usage.contains(&ANY_PURPOSE)
        {
            causes.push(Cause::PurposeNotAllowed { purpose });
        }
        for name in self.options.names {
            if !name.is_named_by(target) {
                causes.push(Cause::NotNamed { name: name.clone() });
            }
        }
        for cause in causes {
            self.blame(Place::Certificate(0), cause);
        }
    }

    /// What is wrong with a certificate of a path, wherever it stands; remembered.
    pub(super) fn check_alone(&mut self, place: Place) -> Vec<Cause> {
        let at = self.moment;
        if let Some(causes) = self.alone.get(&(place, at)) {
            return causes.clone();
        }
        let certificate = match place {
            Place::Certificate(index) => self.certificates[index],
            Place::Anchor(index) => &self.anchors[index].certificate,
            Place::Crl(_) | Place::Ocsp(_) => return Vec::new(),
        };
        let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
        let mut causes = Vec::new();
        if certificate.begins_after(at) {
            causes.push(Cause::NotYetValid { not_before });
        }
        if certificate.ends_before(at) {
            causes.push(Cause::Expired { not_after });
        }
        let unreadable = &certificate.statements().unreadable;
        let refused = |extension: &Extension| is_unprocessed(extension, unreadable);
        if let Some(oid) = certificate.extensions().find(refused) {
            causes.push(Cause::UnprocessedExtension { oid });
        }
        if self.options.content == ContentRules::Rfc5280 {
            let report = lint::certificate_under(lint::Scheme::Rfc5280, certificate.der());
            causes.extend(report.errors().filter_map(broken_rule));
        }
        self.alone.insert((place, at), causes.clone());
        causes
    }

    /// The first rule about its content that a CRL breaks, where they are asked.
    pub(super) fn broken_rule_of_crl(&mut self, index: usize) -> Option<Cause> {
        if self.options.content == ContentRules::Off {
            return None;
        }
        let crl = self.options.crls[index].der();
        let causes = self.alone.entry((Place::Crl(index), self.options.at));
        let causes = causes.or_insert_with(|| {
            let report = lint::crl(crl);
            report.errors().find_map(broken_rule).into_iter().collect()
        });
        causes.first().cloned()
    }

    /// Whether everything but name and key is left aside.
    pub(super) fn is_bare_key(&self, issuer: Issuer) -> bool {
        matches!(issuer, Issuer::Anchor(index) if !self.anchors[index].constrained)
    }

    /// Who has a name.
    pub(super) fn of_name(&self, name: &[u8]) -> Vec<Issuer> {
        self.issuers.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn certificate_of(&self, issuer: Issuer) -> &'a ParsedCertificate {
        match issuer {
            Issuer::Anchor(index) => &self.anchors[index].certificate,
            Issuer::Certificate(index) => self.certificates[index],
        }
    }

    pub(super) fn reason(&self, place: Place, cause: Cause) -> Reason {
        let name = match place {
            Place::Certificate(index) => printable(self.certificates[index].subject()),
            Place::Anchor(index) => printable(self.anchors[index].certificate.subject()),
            Place::Crl(index) => printable(self.options.crls[index].issuer()),
            Place::Ocsp(index) => super::ocsp::responder(&self.options.ocsp[index]),
        };
        Reason { place, name, cause }
    }

    pub(super) fn blame(&mut self, place: Place, cause: Cause) {
        let reason = self.reason(place, cause);
        self.reasons.push(reason);
    }

    pub(super) fn stop(&self, place: Place, cause: Cause) -> Stopped {
        Stopped(Box::new(self.reason(place, cause)))
    }
}

/// What became of one way up.
enum Climb {
    Found(Box<Found>),
    Nothing {
        /// Issuers were passed by, because key identifiers differ.
        left_out: bool,
    },
}

/// What is known of one certificate; the reasons for anything else are noted.
pub(super) enum Status {
    Known(RevocationStatus),
    Revoked,
    Unknown,
}

impl Issuer {
    pub(super) fn place(self) -> Place {
        match self {
            Self::Anchor(index) => Place::Anchor(index),
            Self::Certificate(index) => Place::Certificate(index),
        }
    }
}

/// How many steps from name to name lead from each certificate to an anchor's name.
fn distances(certificates: &[&ParsedCertificate], anchors: &[Anchor]) -> Vec<Option<usize>> {
    let mut below: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (index, certificate) in certificates.iter().enumerate() {
        below
            .entry(certificate.issuer_key())
            .or_default()
            .push(index);
    }
    let mut distances = vec![None; certificates.len()];
    let names = anchors
        .iter()
        .map(|anchor| anchor.certificate.subject_key());
    let mut names: Vec<&[u8]> = names.collect();
    let mut distance = 0;
    while !names.is_empty() {
        distance += 1;
        let mut next = Vec::new();
        for name in names {
            // Each name is gone down from once.
            for index in below.remove(name).unwrap_or_default() {
                distances[index] = Some(distance);
                next.push(certificates[index].subject_key());
            }
        }
        names = next;
    }
    distances
}

fn broken_rule(finding: &lint::Finding) -> Option<Cause> {
    let lint = finding.lint();
    (!NOT_ASKED.contains(&lint.id())).then(|| Cause::Content {
        rule: lint.id(),
        statement: lint.statement(),
        clause: lint.source(),
    })
}

/// What constrains a path is refused where it can't be read even if it is not critical, as
/// it must be (RFC 5280, 4.2.1.10 and 4.2.1.11): who wrote it meant it.
fn is_unprocessed(extension: &Extension, unreadable: &[ObjectIdentifier]) -> bool {
    let oid = extension.extn_id;
    let processed = [
        BasicConstraints::OID,
        KeyUsage::OID,
        ExtendedKeyUsage::OID,
        SubjectAltName::OID,
        CertificatePolicies::OID,
        PolicyMappings::OID,
        PolicyConstraints::OID,
        InhibitAnyPolicy::OID,
        pkix::NameConstraints::OID,
        CrlDistributionPoints::OID,
    ];
    let constraining = [
        PolicyMappings::OID,
        PolicyConstraints::OID,
        InhibitAnyPolicy::OID,
        pkix::NameConstraints::OID,
    ];
    if unreadable.contains(&oid) {
        return extension.critical || constraining.contains(&oid);
    }
    extension.critical && !processed.contains(&oid)
}
