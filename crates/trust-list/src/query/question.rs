//! What is asked, and by which rules.

use crate::path::{OcspResponse, ParsedCertificate, ParsedCrl, RevocationRule};
use core::time::Duration;
use der::DateTime;
use gm_crypto::pki::VerifyAlgorithm;

/// A question about one certificate.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub(super) target: &'a ParsedCertificate,
    pub(super) now: DateTime,
    pub(super) signed: SigningTime,
    pub(super) crls: &'a [ParsedCrl],
    pub(super) ocsp: &'a [OcspResponse],
    pub(super) revocation: RevocationRule,
    pub(super) algorithms: Option<&'a [&'a dyn VerifyAlgorithm]>,
    pub(super) rules: Rules,
}

/// When something was signed with the certificate, and who says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningTime {
    /// Now: a signature that was just received, or none at all.
    #[default]
    Now,
    /// The signer says so.
    Claimed(DateTime),
    /// A trusted time stamp says that it was there by then; the caller has checked that.
    Proved(DateTime),
}

/// What becomes of a time that the signer alone claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimedTime {
    /// The question is judged as of now.
    #[default]
    Now,
    /// There is no verdict.
    Indeterminate,
}

/// Which rules about time apply: all of them, unless the caller knows better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// The entry is recognised at the time of the signature.
    pub status_at_signing: bool,
    /// The entry was recognised when the certificate was issued (its notBefore).
    pub issued_while_recognised: bool,
    /// Where the entry lost its standing for mis-issuance or compromise after the
    /// certificate was issued, a time stamp before that event is needed.
    pub causes_reach_back: bool,
    /// What becomes of a claimed time.
    pub claimed_time: ClaimedTime,
    /// How long a list may be used after its next update.
    pub grace: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            status_at_signing: true,
            issued_while_recognised: true,
            causes_reach_back: true,
            claimed_time: ClaimedTime::Now,
            grace: Duration::ZERO,
        }
    }
}

impl<'a> Question<'a> {
    /// Whether it is recognised now: SM2 with SM3 alone, revocation where a CRL or
    /// an OCSP answer of its issuer is given.
    pub fn new(target: &'a ParsedCertificate, now: DateTime) -> Self {
        Self {
            target,
            now,
            signed: SigningTime::Now,
            crls: &[],
            ocsp: &[],
            revocation: RevocationRule::default(),
            algorithms: None,
            rules: Rules::default(),
        }
    }

    /// Whether it was when something was signed with it.
    #[must_use]
    pub fn signed(self, signed: SigningTime) -> Self {
        Self { signed, ..self }
    }

    /// The CRLs at hand.
    #[must_use]
    pub fn crls(self, crls: &'a [ParsedCrl]) -> Self {
        Self { crls, ..self }
    }

    /// The OCSP answers at hand.
    #[must_use]
    pub fn ocsp(self, ocsp: &'a [OcspResponse]) -> Self {
        Self { ocsp, ..self }
    }

    /// When a certificate needs an answer about its revocation.
    #[must_use]
    pub fn revocation(self, revocation: RevocationRule) -> Self {
        Self { revocation, ..self }
    }

    /// The signature algorithms that count.
    #[must_use]
    pub fn algorithms(self, algorithms: &'a [&'a dyn VerifyAlgorithm]) -> Self {
        Self {
            algorithms: Some(algorithms),
            ..self
        }
    }

    pub(crate) fn grace(mut self, grace: Duration) -> Self {
        self.rules.grace = grace;
        self
    }

    /// The rules about time.
    #[must_use]
    pub fn rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }
}
