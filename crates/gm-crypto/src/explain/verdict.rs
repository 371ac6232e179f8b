//! Whether a signed structure verifies, and why not.

use super::{
    Context, Part, Verdict, View,
    asn1::Node,
    brief,
    value::time,
    view::{CertificateView, SignedKind, SignedView},
};
use crate::diagnose::{self, Budget, Clues, Finding};
use alloc::{format, string::String, vec::Vec};

/// What is at hand to check one structure.
pub(crate) struct Evidence<'e> {
    pub(crate) octets: &'e [u8],
    /// Certificates, from the caller and from the same file.
    pub(crate) issuers: &'e [&'e [u8]],
    pub(crate) context: &'e Context,
    /// The work that is left for the whole file.
    pub(crate) budget: &'e Budget,
    pub(crate) view: View,
}

impl Evidence<'_> {
    pub(crate) fn clues(&self) -> Clues {
        let mut clues = Clues::new();
        for id in &self.context.ids {
            clues = clues.id(id.clone());
        }
        for certificate in self.issuers {
            let given = self
                .context
                .issuers
                .iter()
                .any(|given| given == certificate);
            clues = if given {
                clues.certificate(certificate)
            } else {
                clues.carried(certificate)
            };
        }
        if let Some(content) = &self.context.content {
            clues = clues.content(content);
        }
        clues
    }

    pub(crate) fn certificates(&self) -> Vec<CertificateView<'_>> {
        self.issuers
            .iter()
            .filter_map(|octets| CertificateView::read(octets))
            .collect()
    }

    /// A moment in words, if it is past at the time of asking.
    pub(crate) fn is_past(&self, moment: &Node<'_>) -> Option<String> {
        let (at, moment) = self.moments(moment)?;
        (moment < at).then_some(moment)
    }

    /// The same of one that is still to come.
    pub(crate) fn is_ahead(&self, moment: &Node<'_>) -> Option<String> {
        let (at, moment) = self.moments(moment)?;
        (moment > at).then_some(moment)
    }

    /// The time of asking and another, written so that they can be compared; none where one
    /// is missing or is not as RFC 5280, 4.1.2.5 has it.
    fn moments(&self, moment: &Node<'_>) -> Option<(String, String)> {
        let at = self.context.at?;
        let at = format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}Z",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minutes(),
            at.seconds()
        );
        let moment = time(moment);
        (moment.len() == at.len() && moment.ends_with('Z')).then_some((at, moment))
    }

    /// Those that the caller gave.
    pub(crate) fn given(&self) -> impl Iterator<Item = CertificateView<'_>> {
        let given = self.context.issuers.iter();
        given.filter_map(|octets| CertificateView::read(octets))
    }

    /// Those that came in the same file.
    pub(crate) fn carried(&self) -> impl Iterator<Item = CertificateView<'_>> {
        let given = |octets: &&&[u8]| !self.context.issuers.iter().any(|known| known == *octets);
        let carried = self.issuers.iter().filter(given);
        carried.filter_map(|octets| CertificateView::read(octets))
    }

    /// Who of those that were given made a certificate, also by way of others that came along.
    pub(crate) fn voucher(
        &self,
        certificate: &CertificateView<'_>,
        carried: &[CertificateView<'_>],
    ) -> Voucher {
        let made = |issuer: &CertificateView<'_>, of: &CertificateView<'_>| {
            diagnose::algorithms(&of.signed, SignedKind::Certificate).is_empty()
                && diagnose::usable_key(&issuer.spki).is_some_and(|key| {
                    diagnose::verifies(
                        &key,
                        of.signed.tbs.octets,
                        of.signed.signature_octets(),
                        self.budget,
                    )
                })
        };
        let mut current = certificate.clone();
        for _ in 0..8 {
            let same =
                |given: &CertificateView<'_>| given.signed.tbs.octets == current.signed.tbs.octets;
            if self.given().any(|given| same(&given)) {
                return Voucher::Given;
            }
            let named = |of: &CertificateView<'_>| of.subject.octets == current.issuer.octets;
            let mut namesakes = self.given().filter(|given| named(given)).peekable();
            let refused = namesakes.peek().is_some();
            if let Some(issuer) = namesakes.find(|given| made(given, &current)) {
                return Voucher::By(brief::name(&issuer.subject, self.view));
            }
            let between = carried
                .iter()
                .find(|of| named(of) && !of.is_self_issued() && made(of, &current));
            match between {
                Some(between) => current = between.clone(),
                None if self.budget.is_exhausted() => return Voucher::Nobody,
                None if refused => {
                    return Voucher::Refused(brief::name(&current.issuer, self.view));
                }
                None => return Voucher::Nobody,
            }
        }
        Voucher::Nobody
    }

    fn name(&self, certificate: &CertificateView<'_>) -> String {
        format!(
            "\"{}\" (serial {})",
            brief::name(&certificate.subject, self.view),
            brief::serial_number(&certificate.serial)
        )
    }
}

/// What those that were given say about a certificate that came along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Voucher {
    /// It is one of them.
    Given,
    /// One of this name made it.
    By(String),
    /// One of this name should have made it, and did not.
    Refused(String),
    /// None has to do with it.
    Nobody,
}

impl Voucher {
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// The sentence about a certificate.
    pub(crate) fn told(&self, certificate: &CertificateView<'_>, view: View) -> String {
        let subject = brief::name(&certificate.subject, view);
        match self {
            Self::Given => format!("\"{subject}\", whose certificate was given"),
            Self::By(issuer) => {
                format!("\"{subject}\", by a certificate of \"{issuer}\", which was given")
            }
            Self::Refused(issuer) => {
                format!("\"{subject}\" by its own word: \"{issuer}\" as given did not sign that")
            }
            Self::Nobody => {
                format!("\"{subject}\" by its own word: nobody who was given made its certificate")
            }
        }
    }
}

/// Whether a structure verifies under one of the certificates.
pub(crate) fn under_issuer(
    part: &mut Part,
    signed: &SignedView<'_>,
    kind: SignedKind,
    evidence: &Evidence<'_>,
) {
    let mut findings = diagnose::algorithms(signed, kind);
    let Some((issuer, _)) = diagnose::issuer_of(signed, kind) else {
        return;
    };
    let candidates = evidence.certificates();
    let mut named: Vec<&CertificateView<'_>> = Vec::new();
    for candidate in &candidates {
        let same = |known: &&CertificateView<'_>| known.spki.octets == candidate.spki.octets;
        if candidate.subject.octets == issuer.octets && !named.iter().any(same) {
            named.push(candidate);
        }
    }
    let other_algorithm = findings
        .iter()
        .any(|finding| matches!(finding, Finding::OtherAlgorithm { .. }));
    let mismatch = findings.len() > usize::from(other_algorithm);
    if other_algorithm && !mismatch {
        part.verdict = other_signature(&findings);
        return;
    }
    for candidate in &named {
        let fits = diagnose::usable_key(&candidate.spki).is_some_and(|key| {
            diagnose::verifies(
                &key,
                signed.tbs.octets,
                signed.signature_octets(),
                evidence.budget,
            )
        });
        if fits && findings.is_empty() {
            part.verdict = Verdict::Holds {
                what: format!(
                    "the signature, under the key of {}",
                    evidence.name(candidate)
                ),
            };
            return;
        }
    }
    // The issuer is somebody who was not given, unless the very key was.
    let wanted = brief::name(&issuer, evidence.view);
    let Some(candidate) = named.first() else {
        if mismatch {
            part.findings = findings;
            part.verdict = Verdict::DoesNotVerify {
                what: "the identifiers of the signature".into(),
            };
            return;
        }
        not_given(part, signed, evidence, &wanted);
        return;
    };
    findings.extend(diagnose::issuer_differs(signed, kind, candidate));
    let other_key = findings.contains(&Finding::IssuerKeyId);
    match diagnose::usable_key(&candidate.spki) {
        Some(key) => findings.extend(equation(signed, &key, evidence)),
        None => findings.push(Finding::NoKey),
    }
    // Of a namesake with another key nothing follows.
    let unexplained = findings.last() == Some(&Finding::Unexplained);
    if other_key && unexplained && evidence.context.issuers.is_empty() {
        part.verdict = Verdict::NotChecked {
            reason: format!("its issuer \"{wanted}\" was not given; a namesake has another key"),
        };
        give_issuer(part);
        return;
    }
    if bounded(part, &findings) {
        return;
    }
    part.findings = findings;
    part.verdict = Verdict::DoesNotVerify {
        what: format!(
            "the signature, under the key of {}",
            evidence.name(candidate)
        ),
    };
}

fn equation(
    signed: &SignedView<'_>,
    key: &crate::sm2::PublicKey,
    evidence: &Evidence<'_>,
) -> Vec<Finding> {
    diagnose::equation(signed, key, &evidence.clues(), evidence.budget)
}

/// Of a signature that was not tried nothing follows, unless something else is wrong.
pub(crate) fn bounded(part: &mut Part, findings: &[Finding]) -> bool {
    let bounded = findings == [Finding::WorkBounded];
    if bounded {
        part.verdict = Verdict::NotChecked {
            reason: format!("{}", Finding::WorkBounded),
        };
    }
    bounded
}

fn not_given(part: &mut Part, signed: &SignedView<'_>, evidence: &Evidence<'_>, wanted: &str) {
    if evidence.context.issuers.is_empty() {
        part.verdict = Verdict::NotChecked {
            reason: format!("its issuer \"{wanted}\" was not given"),
        };
        give_issuer(part);
        return;
    }
    // Certificates were given, none has the name that is wanted.
    let given = CertificateView::read(&evidence.context.issuers[0]);
    let Some(given) = given else {
        part.verdict = Verdict::NotChecked {
            reason: "what was given as issuer is no certificate".into(),
        };
        give_issuer(part);
        return;
    };
    part.findings.push(Finding::IssuerName {
        wanted: wanted.into(),
        given: brief::name(&given.subject, evidence.view),
    });
    match diagnose::usable_key(&given.spki) {
        Some(key) => {
            let more = equation(signed, &key, evidence);
            part.findings.extend(
                more.into_iter()
                    .filter(|finding| *finding != Finding::Unexplained),
            );
        }
        None => part.findings.push(Finding::NoKey),
    }
    part.verdict = Verdict::DoesNotVerify {
        what: "the signature, under the certificate that was given".into(),
    };
}

fn give_issuer(part: &mut Part) {
    part.next_step("give the issuer's certificate: gmpki explain --issuer ISSUER.pem FILE");
}

fn other_signature(findings: &[Finding]) -> Verdict {
    let named = findings.iter().find_map(|finding| match finding {
        Finding::OtherAlgorithm { named } => Some(named.as_str()),
        _ => None,
    });
    let named = named.unwrap_or("another one");
    Verdict::NotChecked {
        reason: format!("the signature is said to be {named}, none of SM2 with SM3"),
    }
}

/// Whether a signature verifies under one key that is known to be the right one.
pub(crate) fn under_key(
    part: &mut Part,
    signed: &SignedView<'_>,
    kind: SignedKind,
    spki: &Node<'_>,
    whose: &str,
    evidence: &Evidence<'_>,
) {
    let mut findings = diagnose::algorithms(signed, kind);
    if findings
        .iter()
        .any(|finding| matches!(finding, Finding::OtherAlgorithm { .. }))
    {
        part.verdict = other_signature(&findings);
        return;
    }
    match diagnose::usable_key(spki) {
        Some(key) => findings.extend(equation(signed, &key, evidence)),
        None => findings.push(Finding::NoKey),
    }
    if bounded(part, &findings) {
        return;
    }
    let what = format!("the signature, under {whose}");
    part.verdict = if findings.is_empty() {
        Verdict::Holds { what }
    } else {
        Verdict::DoesNotVerify { what }
    };
    part.findings = findings;
}

/// A sentence for each finding on what to do about it.
pub(crate) fn advice(part: &mut Part) {
    for finding in part.findings.clone() {
        let step = match finding {
            Finding::EmptyId => {
                "have it signed again with the ID 1234567812345678 (GM/T 0009, clause 10)"
            }
            Finding::OtherId { .. } => {
                "the signer uses an ID of its own: have it signed with the usual one, or agree on \
                 this one"
            }
            Finding::WithoutZ | Finding::DigestSigned | Finding::DigestOfDigest => {
                "the signer hashes wrongly: it has to sign e = SM3(Z ‖ M) (GB/T 32918.2, 6)"
            }
            Finding::Ecdsa { .. } => "the signer used ECDSA: it has to use SM2 (GB/T 32918.2)",
            Finding::RawSignature | Finding::NegativeInteger | Finding::NotStrictDer => {
                "encode the signature as SM2Signature in DER (GM/T 0009, 7.3)"
            }
            Finding::IssuerName { .. } | Finding::IssuerKeyId | Finding::SignerUnknown => {
                "give the certificate that is wanted: gmpki explain --issuer ISSUER.pem FILE"
            }
            Finding::ContentNeeded => "give the content: gmpki explain --content CONTENT FILE",
            Finding::ContentChanged => {
                "compare the content with the signer's, octet by octet: line ends and character \
                 sets change on the way"
            }
            Finding::AlgorithmMismatch { .. } => {
                "have it issued again: both identifiers must be the same (RFC 5280, 4.1.1.2)"
            }
            Finding::Unexplained => {
                "compare it with the signer's own copy; was the key renewed under the same name?"
            }
            _ => continue,
        };
        part.next_step(step);
    }
}
