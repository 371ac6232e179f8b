//! Path validation (RFC 5280, section 6): from a certificate up to a key that the
//! caller trusts, with revocation by CRL.
//!
//! Processed: signatures over the octets as they came, names, validity,
//! basicConstraints with path length, keyUsage, full direct CRLs. What is not
//! processed is refused and never ignored: any nameConstraints or
//! policyConstraints, every other critical extension that is unknown, delta,
//! indirect and partitioned CRLs. A critical certificatePolicies passes, because
//! nobody can ask for a policy set here.
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

mod reason;
mod revocation;
mod search;
#[cfg(test)]
mod tests;

pub use crate::certificate::ParsedCertificate;
pub use crate::crl::{ParsedCrl, Revocation, RevocationReason};
pub(crate) use reason::printable;
pub use reason::{Cause, PathError, Place, Reason};

use core::iter;
use der::{DateTime, asn1::ObjectIdentifier};
use gm_crypto::pki::VerifyAlgorithm;

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
    algorithms: &'a [&'a dyn VerifyAlgorithm],
    crls: &'a [ParsedCrl],
    revocation: RevocationRule,
    purpose: Option<ObjectIdentifier>,
    budget: Budget,
}

impl<'a> PathOptions<'a> {
    /// A question about the time `at`, with the signature algorithms that count.
    /// No CRLs, [`RevocationRule::WhereCrlGiven`], no purpose, the usual budget.
    pub fn new(at: DateTime, algorithms: &'a [&'a dyn VerifyAlgorithm]) -> Self {
        Self {
            at,
            algorithms,
            crls: &[],
            revocation: RevocationRule::default(),
            purpose: None,
            budget: Budget::default(),
        }
    }

    /// The time that the question is about.
    pub fn at(&self) -> DateTime {
        self.at
    }

    /// The CRLs at hand, of any issuer and in any order.
    #[must_use]
    pub fn crls(self, crls: &'a [ParsedCrl]) -> Self {
        Self { crls, ..self }
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

    /// How much work the search may do.
    #[must_use]
    pub fn budget(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }
}

/// When a certificate of the path needs an answer about its revocation. The
/// anchor needs none.
///
/// A CRL answers for a certificate when it has the name of its issuer, verifies
/// under the very key that signed the certificate (which has cRLSign, if it has a
/// keyUsage), and is current: thisUpdate ≤ at < nextUpdate. Of several the one
/// with the latest thisUpdate answers, unless a CRL of the same issuer that is no
/// older can't be processed: then nobody answers. A certificate is revoked when it is
/// listed, for whatever reason, certificateHold included, with a revocationDate ≤
/// `at`; a later date announces a revocation that is not there yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationRule {
    /// Never; the CRLs are not looked at.
    Ignore,
    /// Where a CRL with the name of its issuer is at hand. If there is one and it
    /// can't answer (stale, another key, not processed), the path is refused.
    #[default]
    WhereCrlGiven,
    /// Always: no current CRL, no path.
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
}

impl Default for Budget {
    /// 128 signatures, 16 certificates, 4096 pairs.
    fn default() -> Self {
        Self {
            signatures: 128,
            path_length: 16,
            candidates: 4096,
        }
    }
}

/// A path that holds: each certificate is signed by the next, the last by the
/// anchor.
#[derive(Clone, Debug)]
pub struct ValidPath<'a> {
    certificates: Vec<&'a ParsedCertificate>,
    statuses: Vec<RevocationStatus>,
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
        /// Which of the CRLs that were given, counted from 0.
        crl: usize,
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
/// The search goes through every pair of certificate and issuer at most once, so
/// its work is polynomial: cycles and CAs that certify each other cost no more.
/// Any certificate can be the target, a CA's too.
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
