//! Why a certificate, a request, a list or an OCSP answer does not verify.

use super::{Budget, Clues, Finding, equation::within};
use crate::{
    Error, Result,
    explain::{
        View,
        asn1::{self, Node},
        brief,
        curve::{Naming, key_of, naming},
        view::{CertificateView, Extension, SignedKind, SignedView, authority_key_id},
    },
    sm2::{DerSignature, PublicKey, SIGNATURE_OID, UserId, VerifyingKey},
};
use alloc::{string::ToString, vec::Vec};
use signature::Verifier;

/// Names in findings: nothing hidden but identity numbers.
pub(super) const VIEW: View = View {
    full: false,
    reveal: false,
};

/// Why a certificate, CSR, CRL or OCSP answer (DER, `BasicOCSPResponse`) does not verify
/// under the key of its issuer (DER of `SubjectPublicKeyInfo` or of its certificate).
///
/// Empty when identifiers agree and the equation holds.
///
/// # Errors
/// [`Error::Invalid`] when the octets are none of these.
pub fn signed(octets: &[u8], issuer: &[u8], clues: &Clues) -> Result<Vec<Finding>> {
    let not = |reason| Error::Invalid {
        what: "signed structure",
        reason,
    };
    let node = Node::read(octets).ok_or(not("is no ASN.1"))?;
    let kind = SignedKind::of(&node).ok_or(not("is none that is known here"))?;
    let view = SignedView::new(&node).ok_or(not("has not its three parts"))?;
    let mut findings = algorithms(&view, kind);
    let certificate = CertificateView::read(issuer);
    let spki = match &certificate {
        Some(certificate) => Some(certificate.spki),
        None => Node::read_exact(issuer),
    };
    let fitting = spki.and_then(|spki| usable_key(&spki));
    let Some(key) = fitting else {
        findings.push(Finding::NoKey);
        return Ok(findings);
    };
    if let Some(certificate) = &certificate {
        findings.extend(issuer_differs(&view, kind, certificate));
    }
    findings.extend(equation(&view, &key, clues, &Budget::new()));
    Ok(findings)
}

/// A key that the issuer's identifiers say to be SM2's.
pub(crate) fn usable_key(spki: &Node<'_>) -> Option<PublicKey> {
    (naming(spki) != Naming::Other).then(|| key_of(spki))?
}

/// What is wrong with the equation, other certificates tried last.
pub(crate) fn equation(
    view: &SignedView<'_>,
    key: &PublicKey,
    clues: &Clues,
    budget: &Budget,
) -> Vec<Finding> {
    let octets = view.signature_octets();
    let mut findings = within(key, view.tbs.octets, octets, clues, budget);
    if findings.last() == Some(&Finding::Unexplained)
        && let Some(other) = other_certificate(view.tbs.octets, octets, clues, budget)
    {
        findings.pop();
        findings.push(other);
    }
    findings
}

/// A certificate among the clues whose key fits.
fn other_certificate(
    message: &[u8],
    octets: &[u8],
    clues: &Clues,
    budget: &Budget,
) -> Option<Finding> {
    let fits = |certificate: &CertificateView<'_>| {
        usable_key(&certificate.spki).is_some_and(|key| verifies(&key, message, octets, budget))
    };
    let mut certificates = clues.certificates.iter().chain(&clues.carried);
    let found = certificates.find_map(|der| CertificateView::read(der).filter(fits))?;
    Some(Finding::OtherCertificate {
        subject: brief::name(&found.subject, VIEW),
        serial: brief::serial_number(&found.serial),
    })
}

/// The one question whose answer is "good": under the default ID, strict DER. No where the
/// work was not done, which `budget` then says.
pub(crate) fn verifies(key: &PublicKey, message: &[u8], octets: &[u8], budget: &Budget) -> bool {
    let Ok(read) = DerSignature::from_der(octets) else {
        return false;
    };
    if !budget.verify(1, 1, message.len()) {
        return false;
    }
    VerifyingKey::new(*key, &UserId::default())
        .verify(message, &read)
        .is_ok()
}

/// What is wrong with the identifiers of the signature.
pub(crate) fn algorithms(view: &SignedView<'_>, kind: SignedKind) -> Vec<Finding> {
    let told = |node: &Node<'_>| brief::algorithm(node, VIEW).unwrap_or_default();
    let mut findings = Vec::new();
    if let Some(inner) = view.inner_algorithm(kind)
        && inner.octets != view.algorithm.octets
    {
        findings.push(Finding::AlgorithmMismatch {
            inner: told(&inner),
            outer: told(&view.algorithm),
        });
    }
    if crate::explain::schema::first_oid(&view.algorithm) != Some(SIGNATURE_OID.to_string()) {
        findings.push(Finding::OtherAlgorithm {
            named: told(&view.algorithm),
        });
    }
    findings
}

/// The issuer's name and the extensions of a signed structure.
pub(crate) fn issuer_of<'a>(
    view: &SignedView<'a>,
    kind: SignedKind,
) -> Option<(Node<'a>, Vec<Extension<'a>>)> {
    let fields = || view.tbs.children();
    match kind {
        SignedKind::Certificate => {
            let issuer = fields().skip_while(|child| child.is_context(0)).nth(2)?;
            let tagged = fields().find(|child| child.is_context(3));
            let list = tagged.and_then(|tagged| tagged.child(0));
            Some((
                issuer,
                list.map_or_else(Vec::new, |list| Extension::all(&list)),
            ))
        }
        SignedKind::Crl => {
            let issuer = fields()
                .skip_while(|child| child.is(asn1::INTEGER))
                .nth(1)?;
            let tagged = fields().find(|child| child.is_context(0));
            let list = tagged.and_then(|tagged| tagged.child(0));
            Some((
                issuer,
                list.map_or_else(Vec::new, |list| Extension::all(&list)),
            ))
        }
        SignedKind::Csr | SignedKind::Ocsp => None,
    }
}

/// In what the certificate that was taken for the issuer's is another one.
pub(crate) fn issuer_differs(
    view: &SignedView<'_>,
    kind: SignedKind,
    certificate: &CertificateView<'_>,
) -> Vec<Finding> {
    let Some((issuer, extensions)) = issuer_of(view, kind) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    if issuer.octets != certificate.subject.octets {
        findings.push(Finding::IssuerName {
            wanted: brief::name(&issuer, VIEW),
            given: brief::name(&certificate.subject, VIEW),
        });
    }
    let ids = (authority_key_id(&extensions), certificate.subject_key_id());
    if matches!(ids, (Some(wanted), Some(given)) if wanted != given) {
        findings.push(Finding::IssuerKeyId);
    }
    findings
}
