//! The search: from the target up, cheapest path first.
//!
//! Whether a certificate may issue depends on what lies below it through one
//! number alone: how many CAs that are not self-issued (RFC 5280, 6.1.4 (l) and
//! (m)). All else, revocation included, is a matter between a certificate and its
//! issuer. So the search is Dijkstra's with that number as distance: a certificate
//! is first reached with the least below it, any path through it that holds also
//! holds that way, and it never has to be reached again. No cycle, no backtracking.

use super::{
    Anchor, Budget, Cause, ParsedCertificate, PathError, PathOptions, Place, Reason,
    RevocationRule, RevocationStatus, ValidPath, reason::printable,
};
use core::cmp::Reverse;
use der::{asn1::ObjectIdentifier, oid::AssociatedOid};
use gm_crypto::sm2;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use x509_cert::ext::pkix::{
    BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, NameConstraints,
    PolicyConstraints, SubjectAltName,
};

/// anyExtendedKeyUsage (RFC 5280, 4.2.1.12).
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

pub(super) struct Search<'a, 'o> {
    pub(super) certificates: Vec<&'a ParsedCertificate>,
    pub(super) anchors: &'a [Anchor],
    pub(super) options: &'o PathOptions<'o>,
    /// Who has which name.
    issuers: BTreeMap<&'a [u8], Vec<Issuer>>,
    queue: BinaryHeap<Reverse<Step>>,
    reached: Vec<Option<Reached>>,
    /// Signatures already checked: (what, key).
    checked: BTreeMap<(Place, &'a [u8]), Option<Cause>>,
    signatures: usize,
    candidates: usize,
    pub(super) reasons: PathError,
}

/// Who may have issued a certificate: an index into one list or the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Issuer {
    Anchor(usize),
    Certificate(usize),
}

/// One certificate and one possible issuer, ordered by what to try first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    /// CAs below the issuer that are not self-issued.
    below: u32,
    /// The key identifiers contradict each other.
    unlikely: bool,
    issuer: Issuer,
    child: usize,
}

#[derive(Clone, Copy)]
struct Reached {
    /// The certificate that it issued on the way to the target, and what is known
    /// about the revocation of that one; none for the target.
    child: Option<(usize, RevocationStatus)>,
    below: u32,
    /// Certificates from the target up to this one.
    length: usize,
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
            let name = anchor.certificate.subject_der();
            issuers.entry(name).or_default().push(Issuer::Anchor(index));
        }
        let mut seen = BTreeSet::new();
        for (index, certificate) in certificates.iter().enumerate() {
            // A copy adds nothing but work.
            if seen.insert(certificate.der()) {
                let name = certificate.subject_der();
                issuers
                    .entry(name)
                    .or_default()
                    .push(Issuer::Certificate(index));
            }
        }
        Self {
            reached: vec![None; certificates.len()],
            certificates,
            anchors,
            options,
            issuers,
            queue: BinaryHeap::new(),
            checked: BTreeMap::new(),
            signatures: 0,
            candidates: 0,
            reasons: PathError::default(),
        }
    }

    pub(super) fn run(mut self) -> Result<ValidPath<'a>, PathError> {
        self.check_target();
        let target_is_fit = self.reasons.is_empty();
        self.reached[0] = Some(Reached {
            child: None,
            below: 0,
            length: 1,
        });
        match self.climb() {
            Ok(Some(path)) if target_is_fit => Ok(path),
            Ok(path) => {
                if path.is_none() && self.reasons.is_empty() {
                    self.blame(Place::Certificate(0), Cause::NoAnchor);
                }
                Err(self.reasons)
            }
            Err(Stopped(reason)) => Err(self.reasons.stopped(*reason)),
        }
    }

    /// Goes on until an anchor is reached or nothing is left to try.
    fn climb(&mut self) -> Result<Option<ValidPath<'a>>, Stopped> {
        self.expand(0)?;
        while let Some(Reverse(step)) = self.queue.pop() {
            if let Issuer::Certificate(index) = step.issuer
                && self.reached[index].is_some()
            {
                continue;
            }
            let Some(status) = self.try_step(&step)? else {
                continue;
            };
            match step.issuer {
                Issuer::Anchor(index) => return Ok(Some(self.path(index, step.child, status))),
                Issuer::Certificate(index) => {
                    let length = self.reached[step.child].map_or(1, |reached| reached.length);
                    self.reached[index] = Some(Reached {
                        child: Some((step.child, status)),
                        below: step.below,
                        length: length + 1,
                    });
                    self.expand(index)?;
                }
            }
        }
        Ok(None)
    }

    /// Queues everybody who has the name of a certificate's issuer.
    fn expand(&mut self, child: usize) -> Result<(), Stopped> {
        let certificate = self.certificates[child];
        let place = Place::Certificate(child);
        let reached = self.reached[child].expect("only what was reached is expanded");
        let Some(issuers) = self.issuers.get(certificate.issuer_der()) else {
            let issuer = printable(certificate.issuer());
            self.blame(place, Cause::NoIssuer { issuer });
            return Ok(());
        };
        let counts = child > 0 && !certificate.is_self_issued();
        let Budget {
            path_length,
            candidates,
            ..
        } = self.options.budget;
        for issuer in issuers.clone() {
            if matches!(issuer, Issuer::Certificate(index) if self.reached[index].is_some()) {
                continue;
            }
            if matches!(issuer, Issuer::Certificate(_)) && reached.length >= path_length {
                let limit = path_length;
                self.blame(place, Cause::PathTooLong { limit });
                continue;
            }
            self.candidates += 1;
            if self.candidates > candidates {
                let limit = candidates;
                return Err(self.stop(place, Cause::TooManyCandidates { limit }));
            }
            let key_id = self.certificate_of(issuer).subject_key_id();
            self.queue.push(Reverse(Step {
                below: reached.below + u32::from(counts),
                unlikely: certificate
                    .authority_key_id()
                    .zip(key_id)
                    .is_some_and(|(wanted, found)| wanted != found),
                issuer,
                child,
            }));
        }
        Ok(())
    }

    /// Checks everything between a certificate and its issuer; says what is known
    /// about the certificate's revocation, or nothing when the step does not hold.
    fn try_step(&mut self, step: &Step) -> Result<Option<RevocationStatus>, Stopped> {
        let child = Place::Certificate(step.child);
        // The signature first: reasons about somebody who is not the issuer would
        // only mislead.
        if let Some(cause) = self.check_signature(child, step.issuer)? {
            self.blame(child, cause);
            return Ok(None);
        }
        if !self.check_issuer(step) {
            return Ok(None);
        }
        match self.options.revocation {
            RevocationRule::Ignore => Ok(Some(RevocationStatus::NotChecked)),
            _ => self.check_revocation(step.child, step.issuer),
        }
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
            let limit = self.options.budget.signatures;
            if self.signatures >= limit {
                return Err(self.stop(what, Cause::TooManySignatures { limit }));
            }
            self.signatures += 1;
            let (key, algorithms) = (certificate.public_key(), self.options.algorithms);
            let verdict = match what {
                Place::Crl(index) => self.options.crls[index].verify_signature(key, algorithms),
                Place::Certificate(index) => {
                    self.certificates[index].verify_signature(key, algorithms)
                }
                Place::Anchor(_) => Ok(()),
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

    /// Whether the issuer may issue, with what stands below it.
    fn check_issuer(&mut self, step: &Step) -> bool {
        if matches!(step.issuer, Issuer::Anchor(index) if !self.anchors[index].constrained) {
            return true;
        }
        let certificate = self.certificate_of(step.issuer);
        let mut causes = self.check_alone(certificate);
        if !certificate.is_version_3() {
            causes.push(Cause::NotVersion3);
        }
        match certificate.ca_constraints() {
            Some(constraints) if constraints.ca => {
                if let Some(limit) = constraints.path_length.filter(|limit| *limit < step.below) {
                    let below = step.below;
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
        let may_issue = causes.is_empty();
        for cause in causes {
            self.blame(step.issuer.place(), cause);
        }
        may_issue
    }

    /// What is wrong with the target, whoever issued it.
    fn check_target(&mut self) {
        let target = self.certificates[0];
        let mut causes = self.check_alone(target);
        let key = target.public_key();
        // An algorithm is known by the pair of signature and key: the target's key
        // counts when it could have signed what the target is signed with.
        let counts = target.signature_algorithm().is_ok_and(|signature| {
            let accepts = |algorithm: &&dyn gm_crypto::pki::VerifyAlgorithm| {
                algorithm.accepts(signature, key.algorithm)
            };
            self.options.algorithms.iter().any(accepts)
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
        for cause in causes {
            self.blame(Place::Certificate(0), cause);
        }
    }

    /// What is wrong with any certificate of a path, wherever it stands.
    fn check_alone(&self, certificate: &ParsedCertificate) -> Vec<Cause> {
        let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
        let mut causes = Vec::new();
        if self.options.at < not_before {
            causes.push(Cause::NotYetValid { not_before });
        }
        if self.options.at > not_after {
            causes.push(Cause::Expired { not_after });
        }
        if let Some(oid) = certificate.extensions().find(is_unprocessed) {
            causes.push(Cause::UnprocessedExtension { oid });
        }
        causes
    }

    fn path(&self, anchor: usize, last: usize, status: RevocationStatus) -> ValidPath<'a> {
        let (mut certificates, mut statuses) = (Vec::new(), Vec::new());
        let mut next = Some((last, status));
        while let Some((index, status)) = next {
            certificates.push(self.certificates[index]);
            statuses.push(status);
            next = self.reached[index].and_then(|reached| reached.child);
        }
        certificates.reverse();
        statuses.reverse();
        ValidPath {
            certificates,
            statuses,
            anchor: &self.anchors[anchor],
        }
    }

    pub(super) fn certificate_of(&self, issuer: Issuer) -> &'a ParsedCertificate {
        match issuer {
            Issuer::Anchor(index) => &self.anchors[index].certificate,
            Issuer::Certificate(index) => self.certificates[index],
        }
    }

    pub(super) fn reason(&self, place: Place, cause: Cause) -> Reason {
        let name = match place {
            Place::Certificate(index) => self.certificates[index].subject(),
            Place::Anchor(index) => self.anchors[index].certificate.subject(),
            Place::Crl(index) => self.options.crls[index].issuer(),
        };
        Reason {
            place,
            name: printable(name),
            cause,
        }
    }

    pub(super) fn blame(&mut self, place: Place, cause: Cause) {
        let reason = self.reason(place, cause);
        self.reasons.push(reason);
    }

    fn stop(&self, place: Place, cause: Cause) -> Stopped {
        Stopped(Box::new(self.reason(place, cause)))
    }
}

impl Issuer {
    pub(super) fn place(self) -> Place {
        match self {
            Self::Anchor(index) => Place::Anchor(index),
            Self::Certificate(index) => Place::Certificate(index),
        }
    }
}

/// Name and policy constraints are refused even where they are not critical, as
/// they must be (RFC 5280, 4.2.1.10 and 4.2.1.11): who wrote them meant them.
/// policyMappings and inhibitAnyPolicy say nothing while no policy is demanded.
fn is_unprocessed(extension: &x509_cert::ext::Extension) -> bool {
    let processed = [
        BasicConstraints::OID,
        KeyUsage::OID,
        ExtendedKeyUsage::OID,
        SubjectAltName::OID,
        CertificatePolicies::OID,
    ];
    let constraining = [NameConstraints::OID, PolicyConstraints::OID];
    constraining.contains(&extension.extn_id)
        || (extension.critical && !processed.contains(&extension.extn_id))
}
