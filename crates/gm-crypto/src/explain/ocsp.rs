//! What is said about questions to OCSP responders and their answers.

use super::{
    Part, Verdict,
    asn1::{self, Node},
    brief,
    curve::key_identifier,
    schema::{BASIC_OCSP_RESPONSE, first_oid},
    value::time,
    verdict::{Evidence, Voucher, advice, under_key},
    view::{CertificateView, SignedKind, SignedView},
    x509::{currency, dialect, signature_remarks},
};
use crate::pki::oid;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

/// A question to a responder.
pub(crate) fn request(part: &mut Part, node: &Node<'_>) {
    let list = node
        .child(0)
        .and_then(|tbs| tbs.children().find(|child| child.is(asn1::SEQUENCE)));
    let Some(list) = list else {
        return;
    };
    part.fact(
        "asks about",
        format!("{} certificates", list.children().count()),
    );
    certificate_ids(part, &list);
    part.next_step(
        "send it to the responder; the answer: gmpki explain --issuer ISSUER.pem ANSWER",
    );
}

fn certificate_ids(part: &mut Part, list: &Node<'_>) {
    for single in list.children().take(20) {
        let hash = single.child(0).and_then(|id| first_oid(&id.child(0)?));
        if hash.is_some_and(|hash| hash == oid::SM3.to_string()) {
            part.unusual(
                "CertID is made with SM3; responders that index by SHA-1 do not find it",
                "RFC 6960, 4.1.1; GB/T 19713",
            );
        }
    }
}

/// A responder's answer.
pub(crate) fn response(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    let status = node.child(0).and_then(|status| status.small());
    let bytes = node.child(1).and_then(|tagged| tagged.child(0));
    let basic = bytes.and_then(|bytes| bytes.child(1)?.inside());
    match basic.filter(|basic| BASIC_OCSP_RESPONSE.fits(basic, &mut 3000)) {
        Some(basic) => self::basic(part, &basic, evidence),
        None if status == Some(0) => {
            part.wrong(
                "successful, and without an answer that is known here",
                "RFC 6960, 4.2.1",
            );
        }
        None => part.next_step("the responder refused: responseStatus says why"),
    }
}

/// The signed part of an answer.
pub(crate) fn basic(part: &mut Part, node: &Node<'_>, evidence: &Evidence<'_>) {
    let Some(signed) = SignedView::new(node) else {
        return;
    };
    let fields: Vec<Node<'_>> = signed.tbs.children().collect();
    let responder = fields
        .iter()
        .find(|child| child.is_context(1) || child.is_context(2));
    if let Some(list) = fields.iter().find(|child| child.is(asn1::SEQUENCE)) {
        let answers: Vec<String> = list
            .children()
            .take(4)
            .filter_map(|single| {
                let serial = single.child(0)?.child(3)?;
                let status = match single.child(1)?.number {
                    0 => "good",
                    1 => "revoked",
                    _ => "unknown",
                };
                Some(format!("{} {status}", brief::serial_number(&serial)))
            })
            .collect();
        part.fact("answers", answers.join(", "));
        for single in list.children().take(20) {
            let next = single.children().skip(3).find(|child| child.is_context(0));
            currency(
                part,
                single.child(2).as_ref(),
                next.and_then(|tagged| tagged.child(0)).as_ref(),
                "RFC 6960, 4.2.2.1",
                evidence,
            );
        }
        certificate_ids(part, list);
    }
    if let Some(produced) = fields.iter().find(|child| child.is(asn1::GENERALIZED_TIME)) {
        part.fact("produced", time(produced));
    }
    part.dialect = dialect(&signed, SignedKind::Ocsp);
    signature_remarks(part, &signed, SignedKind::Ocsp);
    let inside = node.children().nth(3).and_then(|tagged| tagged.child(0));
    let inside: Vec<Node<'_>> =
        inside.map_or_else(Vec::new, |list| list.children().take(8).collect());
    let inside: Vec<CertificateView<'_>> = inside.iter().filter_map(CertificateView::new).collect();
    // Whoever made the answer chose what it carries: those that were given come first.
    let mut certificates: Vec<CertificateView<'_>> = evidence.given().collect();
    certificates.extend(inside.iter().cloned());
    certificates.extend(evidence.carried());
    let is_responder = |certificate: &&CertificateView<'_>| match responder {
        Some(id) if id.is_context(1) => id
            .child(0)
            .is_some_and(|name| name.octets == certificate.subject.octets),
        Some(id) => id.child(0).is_some_and(|hash| {
            key_identifier(&certificate.spki).is_some_and(|computed| computed == hash.content)
        }),
        None => false,
    };
    let Some(found) = certificates.iter().find(is_responder) else {
        part.verdict = Verdict::NotChecked {
            reason: "the responder's certificate is neither inside nor was it given".into(),
        };
        part.next_step("give it: gmpki explain --issuer RESPONDER.pem FILE");
        return;
    };
    let whose = format!(
        "the responder's key, \"{}\"",
        brief::name(&found.subject, evidence.view)
    );
    under_key(
        part,
        &signed,
        SignedKind::Ocsp,
        &found.spki,
        &whose,
        evidence,
    );
    let purposes = found
        .extension("2.5.29.37")
        .and_then(|extension| extension.value.inside());
    let may_answer = purposes.is_some_and(|list| {
        list.children()
            .any(|purpose| purpose.oid().as_deref() == Some("1.3.6.1.5.5.7.3.9"))
    });
    if !may_answer && !found.is_self_issued() {
        part.unusual(
            "the responder's certificate has not the purpose OCSPSigning: it must be the issuer itself",
            "RFC 6960, 4.2.2.2",
        );
    }
    advice(part);
    if matches!(part.verdict, Verdict::Holds { .. }) {
        responder_issuer(part, found, &inside, evidence);
    }
}

/// Whether an issuer that was given made the certificate of the responder.
fn responder_issuer(
    part: &mut Part,
    responder: &CertificateView<'_>,
    carried: &[CertificateView<'_>],
    evidence: &Evidence<'_>,
) {
    const ASK: &str = "whether the issuer made this responder's certificate is another question: \
                       gmpki explain --issuer ISSUER.pem FILE";
    if evidence.context.issuers.is_empty() {
        return part.next_step(ASK);
    }
    let voucher = evidence.voucher(responder, carried);
    part.fact("responder", voucher.told(responder, evidence.view));
    if voucher.is_refused() {
        part.verdict = Verdict::DoesNotVerify {
            what: "the responder's certificate, under the issuer that was given".into(),
        };
    } else if voucher == Voucher::Nobody {
        part.next_step(ASK);
    }
}
