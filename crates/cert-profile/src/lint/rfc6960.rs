//! Rules for OCSP answers: RFC 6960 and RFC 9654.

use super::{
    Check, Document, Finding, Lint, Severity, Verdict, ask_ocsp, holds,
    name::MOST_ATTRIBUTES_SOURCE,
    none,
    octets::{is_minimal, is_negative, is_zero},
    oid,
    rfc5280::{
        certificate::bad_time,
        extensions::{no_der, twice, written_false},
        keys::has_purpose,
    },
    rules,
    time::Time,
    view::{Answer, CertIdView, Extension, Ocsp, Responder, Single, Status, critical, good},
};

const fn error(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Ocsp<'_>) -> Verdict,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity: Severity::Error,
        check: Check::Ocsp(check),
    }
}

const fn warning(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Ocsp<'_>) -> Verdict,
) -> Lint {
    Lint {
        severity: Severity::Warning,
        ..error(id, source, statement, check)
    }
}

const STATUS: &str = "rfc6960.status";
const BASIC: &str = "rfc6960.basic";

pub(super) static RULES: &[Lint] = &[
    Lint {
        id: "rfc6960.syntax",
        statement: "an OCSP answer is DER of the syntax of OCSPResponse and BasicOCSPResponse",
        source: "RFC 6960, 4.2.1; X.690",
        severity: Severity::Error,
        check: Check::Syntax(Document::OcspResponse),
    },
    error(
        STATUS,
        "RFC 6960, 4.2.1",
        "the status is 0 to 6 and not 4, and a response goes with 0 alone",
        // Found before there is an answer to look at: see `ask`.
        |_| Ok(()),
    ),
    error(
        BASIC,
        "RFC 6960, 4.2.1",
        "the response is of type id-pkix-ocsp-basic",
        |_| Ok(()),
    ),
    error(
        "rfc6960.version",
        "RFC 6960, 4.2.2.3; X.690, 11.5",
        "the version is 1, which is not written",
        |answer| holds(answer.version.is_none()),
    ),
    error(
        "rfc6960.responder_key",
        "RFC 6960, 4.2.1",
        "a responder named by its key is named by 20 octets, SHA-1",
        |answer| match &answer.responder {
            Responder::Key(hash) => holds(hash.len() == 20),
            Responder::Name(_) => Ok(()),
        },
    ),
    error(
        "rfc6960.responder_name",
        "RFC 6960, 4.2.2.2",
        "a responder named by its name has one",
        |answer| match &answer.responder {
            Responder::Name(name) => holds(!name.is_empty()),
            Responder::Key(_) => Ok(()),
        },
    ),
    error(
        "rfc6960.time_form",
        "RFC 6960, 4.2.2.1; RFC 5280, 4.1.2.5.2",
        "times are GeneralizedTime with seconds, no fractions, and Z",
        |answer| bad_time(times(answer), |time| time.generalized && time.is_profiled()),
    ),
    error(
        "rfc6960.time_exists",
        "X.680, 46 and 47",
        "times are on a day and at an hour that exist",
        |answer| bad_time(times(answer), |time| time.stamp.is_some()),
    ),
    error(
        "rfc6960.responses_not_empty",
        "RFC 6960, 4.2.1",
        "the answer says something about a certificate",
        |answer| holds(!answer.singles.is_empty()),
    ),
    error(
        "rfc6960.validity",
        "RFC 6960, 4.2.2.1",
        "nextUpdate is after thisUpdate",
        |answer| {
            single(answer, |single| {
                let next = single.next_update.and_then(|next| next.stamp);
                is_later(single.this_update.stamp, next, |this, next| next <= this)
            })
        },
    ),
    error(
        "rfc6960.this_update_before",
        "RFC 6960, 2.4 and 4.2.2.1",
        "thisUpdate is not after producedAt",
        |answer| {
            single(answer, |single| {
                let stamps = (single.this_update.stamp, answer.produced.stamp);
                is_later(stamps.0, stamps.1, |this, produced| this > produced)
            })
        },
    ),
    error(
        "rfc6960.revoked_before",
        "RFC 6960, 2.4",
        "a revocation is not after producedAt",
        |answer| {
            single(answer, |single| match single.status {
                Status::Revoked { at, .. } => {
                    is_later(at.stamp, answer.produced.stamp, |at, produced| {
                        at > produced
                    })
                }
                _ => false,
            })
        },
    ),
    error(
        "rfc6960.reason",
        "RFC 5280, 5.3.1",
        "a reason is 0 to 10, and neither 7 nor removeFromCRL",
        |answer| {
            single(answer, |single| match single.status {
                Status::Revoked {
                    reason: Some(code), ..
                } => !matches!(code, [0..=6 | 9..=10]),
                _ => false,
            })
        },
    ),
    warning(
        "rfc6960.digest_known",
        "RFC 6960, 4.3; RFC 9654",
        "the digest of a CertID is SHA-1, SHA-2 or SM3",
        |answer| single(answer, |single| digest_length(&single.id).is_none()),
    ),
    error(
        "rfc6960.digest_length",
        "RFC 6960, 4.1.1",
        "both hashes of a CertID are as long as their digest",
        |answer| {
            single(answer, |single| {
                let id = &single.id;
                let fits = |length| id.name_hash.len() == length && id.key_hash.len() == length;
                !digest_length(id).is_none_or(fits)
            })
        },
    ),
    error(
        "rfc6960.serial",
        "RFC 6960, 4.1.1; RFC 5280, 4.1.2.2",
        "serial numbers are positive with at most 20 octets and none too many",
        |answer| {
            single(answer, |single| {
                let serial = single.id.serial;
                let good = is_minimal(serial) && !is_negative(serial) && !is_zero(serial);
                !good || serial.len() > 20
            })
        },
    ),
    warning(
        "rfc6960.responses_unique",
        "RFC 6960, 4.2.2.3",
        "one thing is said about each certificate",
        |answer| {
            let mut ids: Vec<_> = answer
                .singles
                .iter()
                .map(|single| single.id.whole)
                .collect();
            ids.sort_unstable();
            holds(ids.windows(2).all(|pair| pair[0] != pair[1]))
        },
    ),
    error(
        "rfc6960.extensions_unique",
        "RFC 5280, 4.2",
        "no extension stands twice",
        |answer| none(lists(answer).find_map(twice)),
    ),
    error(
        "rfc6960.extension_der",
        "RFC 6960, 4.4; RFC 5280, 4.1",
        "the value of an extension is one element of DER, at most 16 levels deep",
        |answer| none(lists(answer).find_map(|list| no_der(list, is_read))),
    ),
    error(
        "rfc6960.name_attributes",
        MOST_ATTRIBUTES_SOURCE,
        "the name of the responder has at most 32 attributes",
        |answer| match &answer.responder {
            Responder::Name(name) => holds(!name.has_too_many()),
            Responder::Key(_) => Ok(()),
        },
    ),
    error(
        "rfc6960.extensions_not_empty",
        "RFC 5280, 4.1.2.9",
        "extensions are absent or at least one",
        |answer| holds(lists(answer).all(|list| !list.is_empty())),
    ),
    error(
        "rfc6960.critical_false",
        "X.690, 11.5",
        "critical FALSE is not written",
        |answer| none(lists(answer).find_map(written_false)),
    ),
    warning(
        "rfc6960.extensions_not_critical",
        "RFC 6960, 4.4",
        "no extension is critical: clients need to understand none",
        |answer| {
            holds(
                lists(answer)
                    .flatten()
                    .all(|extension| !extension.critical()),
            )
        },
    ),
    error(
        "rfc9654.nonce_syntax",
        "RFC 9654, 2.1",
        "a nonce is an OCTET STRING in the value of its extension",
        |answer| holds(!matches!(answer.nonce, Some((_, Err(_))))),
    ),
    error(
        "rfc9654.nonce_length",
        "RFC 9654, 2.1",
        "a nonce has 1 to 128 octets",
        |answer| {
            let nonce = good(&answer.nonce);
            holds(nonce.is_none_or(|nonce| (1..=128).contains(&nonce.len())))
        },
    ),
    warning(
        "rfc9654.nonce_long",
        "RFC 9654, 2.1",
        "a nonce has 32 octets at least",
        |answer| {
            let nonce = good(&answer.nonce);
            holds(nonce.is_none_or(|nonce| nonce.is_empty() || nonce.len() >= 32))
        },
    ),
    error(
        "rfc6960.archive_cutoff",
        "RFC 6960, 4.4.4",
        "archive cutoff is a GeneralizedTime not after producedAt",
        |answer| {
            single(answer, |single| match &single.cutoff {
                None => false,
                Some((_, Err(_))) => true,
                Some((_, Ok(time))) => {
                    let produced = answer.produced.stamp;
                    !time.generalized
                        || is_later(time.stamp, produced, |cutoff, produced| cutoff > produced)
                }
            })
        },
    ),
    error(
        "rfc6960.delegated_purpose",
        "RFC 6960, 4.2.2.2",
        "the certificate of a delegated responder has the purpose OCSPSigning",
        |answer| {
            let responder = answer.certificate.as_ref().filter(|cert| !cert.is_ca());
            holds(responder.is_none_or(|cert| has_purpose(cert, oid::OCSP_SIGNING)))
        },
    ),
    warning(
        "rfc6960.delegated_no_check",
        "RFC 6960, 4.2.2.2.1",
        "the certificate of a delegated responder has ocsp-nocheck",
        |answer| {
            let responder = answer.certificate.as_ref().filter(|cert| !cert.is_ca());
            holds(responder.is_none_or(|cert| critical(&cert.known.no_check).is_some()))
        },
    ),
    error(
        "rfc6960.responder_is_first",
        "RFC 6960, 4.2.2.2",
        "a responder named by its name is the subject of the first certificate beside the answer",
        |answer| match (&answer.responder, &answer.certificate) {
            (Responder::Name(name), Some(cert)) => {
                holds(name.whole == cert.subject.whole || cert.is_ca())
            }
            _ => Ok(()),
        },
    ),
];

/// The rules for a whole answer.
pub(super) fn ask(answer: &Answer<'_>, findings: &mut Vec<Finding>) {
    match answer {
        Answer::Basic(basic) => ask_ocsp(basic, findings),
        Answer::Status(1..=3 | 5 | 6, false) => {}
        Answer::Status(code, bytes) => {
            let beside = if *bytes { ", with a response" } else { "" };
            findings.push(found(STATUS, format!("status {code}{beside}")));
        }
        Answer::Other(kind) => findings.push(found(BASIC, oid::shown(kind))),
    }
}

fn found(id: &str, detail: String) -> Finding {
    let lint = rules().find(|lint| lint.id == id);
    Finding {
        lint: lint.expect("a rule of this table"),
        detail: Some(detail.into()),
    }
}

fn times<'o, 'a>(answer: &'o Ocsp<'a>) -> impl Iterator<Item = &'o Time<'a>> {
    let singles = answer.singles.iter().flat_map(Single::times);
    [&answer.produced].into_iter().chain(singles)
}

fn is_later(one: Option<u64>, other: Option<u64>, bad: impl Fn(u64, u64) -> bool) -> bool {
    matches!((one, other), (Some(one), Some(other)) if bad(one, other))
}

/// The first single response that is `bad`, by its place.
fn single(answer: &Ocsp<'_>, bad: impl Fn(&Single<'_>) -> bool) -> Verdict {
    let place = answer.singles.iter().position(bad);
    none(place.map(|place| format!("response {place}")))
}

/// The lists of extensions, of the answer and of what it says.
fn lists<'o, 'a>(answer: &'o Ocsp<'a>) -> impl Iterator<Item = &'o [Extension<'a>]> {
    let singles = answer
        .singles
        .iter()
        .filter_map(|single| single.extensions.as_deref());
    answer.extensions.as_deref().into_iter().chain(singles)
}

/// Nonce and archive cutoff have rules of their own.
fn is_read(extension: &Extension<'_>) -> bool {
    [oid::OCSP_NONCE, oid::OCSP_ARCHIVE_CUTOFF]
        .iter()
        .any(|known| known.is(extension.oid))
}

fn digest_length(id: &CertIdView<'_>) -> Option<usize> {
    let known = [
        (oid::SHA1, 20),
        (oid::SHA256, 32),
        (oid::SM3, 32),
        (oid::SHA384, 48),
        (oid::SHA512, 64),
    ];
    let found = known.iter().find(|(digest, _)| digest.is(id.digest.oid));
    found.map(|(_, length)| *length)
}
