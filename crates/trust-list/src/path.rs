//! Path validation (RFC 5280, section 6): from a certificate up to a key that the
//! caller trusts, with revocation by CRL.
//!
//! Processed: signatures over the octets as they came, names, validity,
//! basicConstraints with path length, keyUsage, nameConstraints, policies with their
//! mappings and constraints (as RFC 9618 has them), extKeyUsage and the names of the
//! target; CRLs of every kind that RFC 5280 knows (full and delta, direct and indirect,
//! whole and partitioned, of all reasons and of some), OCSP answers. A critical extension
//! that is not processed is refused and never ignored. Rules about the content of
//! certificates and CRLs, which the algorithm of RFC 5280 does not look at, are a pass
//! that can be switched on ([`ContentRules`]).
//!
//! ```no_run
//! use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};
//! use trust_list::path::{Anchor, ParsedCertificate, PathOptions, RevocationRule, validate};
//!
//! # fn octets(_: &str) -> Vec<u8> { Vec::new() }
//! let target = ParsedCertificate::from_der(octets("subscriber.der"))?;
//! let untrusted = [ParsedCertificate::from_der(octets("issuing-ca.der"))?];
//! let anchors = [Anchor::from_certificate(ParsedCertificate::from_der(octets("root.der"))?)];
//! let sm2 = Sm2Sm3::default();
//! let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
//! let options = PathOptions::new("2026-11-21T12:00:00Z".parse()?, &algorithms)
//!     .revocation(RevocationRule::WhereCrlGiven);
//! let path = validate(&target, &untrusted, &anchors, &options)?;
//! println!("{} certificates below {}", path.certificates().len(), path.anchor().certificate().subject());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ocsp;
mod peer;
mod policy;
mod reason;
mod revocation;
mod search;
mod signatures;
mod signer;
#[cfg(test)]
mod tests;

pub use crate::certificate::ParsedCertificate;
pub use crate::crl::{ParsedCrl, Revocation, RevocationReason};
pub use cert_profile::{NameConstraintFault, NameConstraints, ocsp::OcspResponse};
pub use peer::PeerName;
pub use policy::PolicyRules;
pub(crate) use reason::printable;
pub use reason::{Cause, PathError, Place, Reason};
pub use signatures::{PreparedSm2, RememberedSignatures};

use core::iter;
use der::{DateTime, asn1::ObjectIdentifier};
use gm_crypto::pki::VerifyAlgorithm;
use std::collections::BTreeSet;

/// A key that the caller trusts, with the name it issues under.
///
/// A certificate is never an anchor for looking like one: an anchor takes part in
/// a path only by having signed the certificate below it.
#[derive(Clone, Debug)]
pub struct Anchor {
    certificate: ParsedCertificate,
    constrained: bool,
}

impl Anchor {
    /// An anchor to which everything in its certificate applies: validity,
    /// basicConstraints, keyUsage, critical extensions. Its signature is not
    /// looked at, so that any CA can be one, not only a root.
    pub fn from_certificate(certificate: ParsedCertificate) -> Self {
        Self {
            certificate,
            constrained: true,
        }
    }

    /// An anchor that is a name and a key (RFC 5280, 6.1.1 (d)): all else in the
    /// certificate that carries them is left aside, its validity too.
    pub fn name_and_key(certificate: ParsedCertificate) -> Self {
        Self {
            certificate,
            constrained: false,
        }
    }

    /// The certificate from which name and key come.
    pub fn certificate(&self) -> &ParsedCertificate {
        &self.certificate
    }
}

/// What a path has to fulfil, and how much work may go into finding it.
#[derive(Clone, Debug)]
pub struct PathOptions<'a> {
    at: DateTime,
    status_until: DateTime,
    lost_keys_reach_back: bool,
    algorithms: &'a [&'a dyn VerifyAlgorithm],
    crls: &'a [ParsedCrl],
    ocsp: &'a [OcspResponse],
    revocation: RevocationRule,
    purpose: Option<ObjectIdentifier>,
    names: &'a [PeerName],
    policies: PolicyRules,
    name_constraints: NameConstraints,
    intermediates: Option<u32>,
    content: ContentRules,
    budget: Budget,
}

impl<'a> PathOptions<'a> {
    /// A question about the time `at`, with the signature algorithms that count.
    /// No CRLs, [`RevocationRule::WhereCrlGiven`], no purpose, no name and no policy that
    /// is asked for, no rules about content, the usual budget.
    pub fn new(at: DateTime, algorithms: &'a [&'a dyn VerifyAlgorithm]) -> Self {
        Self {
            at,
            status_until: at,
            lost_keys_reach_back: false,
            algorithms,
            crls: &[],
            ocsp: &[],
            revocation: RevocationRule::default(),
            purpose: None,
            names: &[],
            policies: PolicyRules::default(),
            name_constraints: NameConstraints::default(),
            intermediates: None,
            content: ContentRules::default(),
            budget: Budget::default(),
        }
    }

    /// The time that the question is about.
    pub fn at(&self) -> DateTime {
        self.at
    }

    /// Lets CRLs and OCSP answers say how it stood at the time of the question that are
    /// current later, until `now`: a signature of some time ago is judged by what is known
    /// today. A revocation after the time of the question is none at that time. Whoever is
    /// not in a CRL that was issued after the end of their validity may have been taken out
    /// of it, so that such a CRL can revoke and not clear; so with OCSP. Whatever says that
    /// it was revoked or on hold then counts, whichever others are at hand. Who signed a later
    /// CRL or answer has to be valid when they did.
    ///
    /// An earlier time than that of the question changes nothing.
    #[must_use]
    pub fn status_until(self, now: DateTime) -> Self {
        let status_until = now.max(self.at);
        Self {
            status_until,
            ..self
        }
    }

    /// Counts a later revocation as well, unless its reason says that the key was not lost:
    /// what RFC 3161, section 4, has for the certificates of time-stamping authorities.
    pub(crate) fn lost_keys_reach_back(self) -> Self {
        Self {
            lost_keys_reach_back: true,
            ..self
        }
    }

    /// A time, as far as it lies between that of the question and the latest of its status.
    fn within(&self, time: DateTime) -> DateTime {
        time.clamp(self.at, self.status_until)
    }

    /// Whether an answer that holds until `next` is too old to clear a certificate: who has a
    /// lost key signs for any time, so that what was known before the loss says nothing.
    fn is_too_old(&self, next: DateTime, certificate: &ParsedCertificate) -> bool {
        self.lost_keys_reach_back && next < self.status_until.min(certificate.not_after())
    }

    /// Whether a revocation counts at the time of the question.
    fn counts(&self, since: DateTime, reason: Option<RevocationReason>) -> bool {
        let key_is_safe = matches!(
            reason,
            Some(
                RevocationReason::Unspecified
                    | RevocationReason::AffiliationChanged
                    | RevocationReason::Superseded
                    | RevocationReason::CessationOfOperation
            )
        );
        since <= self.at || (self.lost_keys_reach_back && !key_is_safe)
    }

    /// The CRLs at hand, of any issuer and in any order.
    #[must_use]
    pub fn crls(self, crls: &'a [ParsedCrl]) -> Self {
        Self { crls, ..self }
    }

    /// The OCSP answers at hand, about any certificate. An answer counts that the issuer
    /// of the certificate signed, or whom it delegated to by a certificate in the answer,
    /// and that is current; the status of such a certificate is not asked itself.
    #[must_use]
    pub fn ocsp(self, ocsp: &'a [OcspResponse]) -> Self {
        Self { ocsp, ..self }
    }

    /// When a certificate needs an answer about its revocation.
    #[must_use]
    pub fn revocation(self, revocation: RevocationRule) -> Self {
        Self { revocation, ..self }
    }

    /// Asks that the target's extKeyUsage, if it has one, allows this purpose or
    /// any (RFC 5280, 4.2.1.12). Without a purpose extKeyUsage is not looked at,
    /// and the caller has to.
    #[must_use]
    pub fn purpose(self, purpose: ObjectIdentifier) -> Self {
        Self {
            purpose: Some(purpose),
            ..self
        }
    }

    /// Asks that the target names all of these in its subjectAltName.
    #[must_use]
    pub fn names(self, names: &'a [PeerName]) -> Self {
        Self { names, ..self }
    }

    /// What is asked of certificate policies (RFC 5280, 6.1.1).
    #[must_use]
    pub fn policies(self, policies: PolicyRules) -> Self {
        Self { policies, ..self }
    }

    /// Names that no certificate may go beyond, whatever the anchor (RFC 5280, 6.1.1 (h)
    /// and (i)).
    #[must_use]
    pub fn name_constraints(self, name_constraints: NameConstraints) -> Self {
        Self {
            name_constraints,
            ..self
        }
    }

    /// How many CAs may stand between the target and the anchor, self-issued ones not
    /// counted (RFC 5280, 6.1.4 (l)).
    #[must_use]
    pub fn intermediates(self, limit: u32) -> Self {
        Self {
            intermediates: Some(limit),
            ..self
        }
    }

    /// Which rules about their content the documents of the path have to keep.
    #[must_use]
    pub fn content(self, content: ContentRules) -> Self {
        Self { content, ..self }
    }

    /// How much work the search may do.
    #[must_use]
    pub fn budget(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }
}

/// Rules about the content of certificates and CRLs that path validation itself does not
/// look at (RFC 5280, 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentRules {
    /// None.
    #[default]
    Off,
    /// The MUSTs of RFC 5280, sections 4 and 5, as [`cert_profile::lint`] has them: every
    /// certificate of the path, that of the anchor too unless it is a name and a key
    /// alone, and every CRL that answers. Left out are two: that a CA has keyUsage, which
    /// section 6.1.4 (n) does without, and that no revocation is announced ahead.
    Rfc5280,
}

/// When a certificate of the path needs an answer about its revocation. The
/// anchor needs none.
///
/// CRLs answer as RFC 5280, 6.3.3, has it: through the distribution points of the
/// certificate, then in the name of its issuer, until all reasons are covered. A CRL is
/// signed by the issuer's own key, by another one of the same name, or, if it is indirect,
/// by whom the certificate names; the signer has a valid path to the same anchor, and
/// cRLSign if it has a keyUsage. A CRL is current when thisUpdate ≤ at < nextUpdate, or
/// when a delta that updates it is. Of several the one with the latest thisUpdate answers,
/// unless one that is no older can't be processed: then nobody answers. A certificate is
/// revoked when it is listed, for whatever reason, certificateHold included, with a
/// revocationDate ≤ `at`; a later date announces a revocation that is not there yet. An
/// OCSP answer that says good or revoked is asked before any CRL, the newest first.
/// [`PathOptions::status_until`] takes later ones, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationRule {
    /// Never; CRLs and OCSP answers are not looked at.
    Ignore,
    /// Where a CRL with the name of its issuer, or of whom it names for that, is at hand.
    /// If there is one and it can't answer (stale, another key, not processed), the path is
    /// refused.
    #[default]
    WhereCrlGiven,
    /// The target always, the CAs above it as in [`Self::WhereCrlGiven`].
    RequiredOfTarget,
    /// Always: no answer, no path.
    Required,
}

/// How much work one search may do. Each limit has its own [`Cause`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// Signatures that are checked, of certificates and CRLs together.
    pub signatures: usize,
    /// Certificates in a path, the target included and the anchor not.
    pub path_length: usize,
    /// Pairs of a certificate and a possible issuer that are looked at.
    pub candidates: usize,
    /// Names that are compared with subtrees of nameConstraints.
    pub name_comparisons: usize,
    /// Nodes and edges of one path's graph of policies.
    pub policies: usize,
}

impl Default for Budget {
    /// 128 signatures, 16 certificates, 4096 pairs, 2^20 comparisons, 2^14 nodes.
    fn default() -> Self {
        Self {
            signatures: 128,
            path_length: 16,
            candidates: 4096,
            name_comparisons: 1 << 20,
            policies: 1 << 14,
        }
    }
}

/// A path that holds: each certificate is signed by the next, the last by the
/// anchor.
#[derive(Clone, Debug)]
pub struct ValidPath<'a> {
    certificates: Vec<&'a ParsedCertificate>,
    statuses: Vec<RevocationStatus>,
    policies: BTreeSet<ObjectIdentifier>,
    anchor: &'a Anchor,
}

/// What is known about the revocation of one certificate in a valid path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// The rule did not ask.
    NotChecked,
    /// A current CRL does not list it.
    NotRevoked {
        /// Which of the CRLs that were given, counted from 0; the last of several that
        /// cover the reasons together.
        crl: usize,
    },
    /// A current OCSP answer says good.
    Good {
        /// Which of the answers that were given, counted from 0.
        answer: usize,
    },
}

impl<'a> ValidPath<'a> {
    /// The certificates from the target up, the anchor's own left out.
    pub fn certificates(&self) -> &[&'a ParsedCertificate] {
        &self.certificates
    }

    /// For each certificate what is known about its revocation.
    pub fn statuses(&self) -> &[RevocationStatus] {
        &self.statuses
    }

    /// The policies under which the path is valid, of those that were asked for; anyPolicy
    /// stands for all (RFC 5280, 6.1.6). Empty where none is valid and none was demanded.
    pub fn policies(&self) -> &BTreeSet<ObjectIdentifier> {
        &self.policies
    }

    /// The anchor that signed the last of them.
    pub fn anchor(&self) -> &'a Anchor {
        self.anchor
    }

    /// The certificate of whoever signed the target.
    pub fn issuer(&self) -> &'a ParsedCertificate {
        self.certificates
            .get(1)
            .map_or(&self.anchor.certificate, |issuer| *issuer)
    }
}

/// Searches a path from `target` through `untrusted` certificates to one of
/// `anchors`, and checks it.
///
/// The search goes back where a way does not hold, and no certificate's key stands twice
/// in a path. Its work has the limits of [`Budget`], whatever it is given. Any certificate
/// can be the target, a CA's too.
///
/// # Errors
/// [`PathError`] with every reason met on the way.
pub fn validate<'a>(
    target: &'a ParsedCertificate,
    untrusted: &'a [ParsedCertificate],
    anchors: &'a [Anchor],
    options: &PathOptions<'_>,
) -> Result<ValidPath<'a>, PathError> {
    let certificates = iter::once(target).chain(untrusted).collect();
    search::Search::new(certificates, anchors, options).run()
}
