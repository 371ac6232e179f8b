//! Rules for the two certificates of one subscriber, as a pair (GM/T 0015-2012, annex C).

use super::{
    Check, Lint, Severity, Verdict,
    gmt0015::{ENCRYPTION, SIGNING},
    holds,
    rfc5280::keys::{CRL_SIGN, KEY_CERT_SIGN, usage},
    same,
    time::{Time, seconds},
    view::{Certificate, KeyKind, critical, good},
};

const fn error(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Certificate<'_>, &Certificate<'_>) -> Verdict,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity: Severity::Error,
        check: Check::Pair(check),
    }
}

const fn warning(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Certificate<'_>, &Certificate<'_>) -> Verdict,
) -> Lint {
    Lint {
        severity: Severity::Warning,
        ..error(id, source, statement, check)
    }
}

const fn notice(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Certificate<'_>, &Certificate<'_>) -> Verdict,
) -> Lint {
    Lint {
        severity: Severity::Notice,
        ..error(id, source, statement, check)
    }
}

const ANNEX_C: &str = "GM/T 0015-2012, annex C";

pub(super) static RULES: &[Lint] = &[
    Lint {
        id: "pair.syntax",
        statement: "both are certificates in DER",
        source: "RFC 5280, 4.1; X.690",
        severity: Severity::Error,
        check: Check::Syntax(super::Document::Pair),
    },
    error(
        "pair.subject",
        ANNEX_C,
        "both have one subject",
        |signing, encryption| same(signing.subject.whole, encryption.subject.whole),
    ),
    error(
        "pair.issuer",
        ANNEX_C,
        "both have one issuer",
        |signing, encryption| same(signing.issuer.whole, encryption.issuer.whole),
    ),
    error(
        "pair.issuer_key",
        "RFC 5280, 4.2.1.1",
        "both are issued by one key",
        |signing, encryption| {
            let id = |cert: &Certificate<'_>| {
                good(&cert.known.authority_key).and_then(|key| key.identifier.map(<[u8]>::to_vec))
            };
            match (id(signing), id(encryption)) {
                (Some(one), Some(other)) => same(one, other),
                _ => Ok(()),
            }
        },
    ),
    error(
        "pair.serials",
        "RFC 5280, 4.1.2.2",
        "their serial numbers differ",
        |signing, encryption| {
            let one_issuer = signing.issuer.whole == encryption.issuer.whole;
            holds(!(one_issuer && signing.serial == encryption.serial))
        },
    ),
    error(
        "pair.keys",
        ANNEX_C,
        "their keys differ",
        |signing, encryption| holds(signing.key.bits.octets != encryption.key.bits.octets),
    ),
    error(
        "pair.key_kind",
        ANNEX_C,
        "both keys are SM2 keys",
        |signing, encryption| {
            holds(signing.key.kind == KeyKind::Sm2 && encryption.key.kind == KeyKind::Sm2)
        },
    ),
    error(
        "pair.key_identifiers",
        "RFC 5280, 4.2.1.2",
        "their key identifiers differ",
        |signing, encryption| {
            let ids = (
                good(&signing.known.subject_key),
                good(&encryption.known.subject_key),
            );
            holds(!matches!(ids, (Some(one), Some(other)) if one == other))
        },
    ),
    error(
        "pair.algorithm",
        "RFC 5280, 4.1.2.3",
        "both are signed by one algorithm",
        |signing, encryption| same(signing.algorithm.oid, encryption.algorithm.oid),
    ),
    warning(
        "pair.parameters",
        "GM/T 0015-2012, 5.2.3.3",
        "the parameters of that algorithm are written alike",
        |signing, encryption| {
            same(
                signing.algorithm.has_parameters(),
                encryption.algorithm.has_parameters(),
            )
        },
    ),
    error(
        "pair.signing_usage",
        ANNEX_C,
        "the signing key signs",
        |signing, _| holds(usage(signing).is_some_and(|usage| usage & SIGNING != 0)),
    ),
    error(
        "pair.encryption_usage",
        ANNEX_C,
        "the encryption key encrypts",
        |_, encryption| holds(usage(encryption).is_some_and(|usage| usage & ENCRYPTION != 0)),
    ),
    error(
        "pair.usages_exclusive",
        ANNEX_C,
        "neither key has a usage of the other",
        |signing, encryption| {
            let wrong = usage(signing).is_some_and(|usage| usage & ENCRYPTION != 0)
                || usage(encryption).is_some_and(|usage| usage & SIGNING != 0);
            holds(!wrong)
        },
    ),
    error(
        "pair.key_usage_critical",
        ANNEX_C,
        "keyUsage is critical in both",
        |signing, encryption| {
            let good = |cert: &Certificate<'_>| critical(&cert.known.key_usage) == Some(true);
            holds(good(signing) && good(encryption))
        },
    ),
    error(
        "pair.no_ca",
        ANNEX_C,
        "neither is the certificate of a CA",
        |signing, encryption| {
            let ca = |cert: &Certificate<'_>| {
                cert.is_ca()
                    || usage(cert).is_some_and(|usage| usage & (KEY_CERT_SIGN | CRL_SIGN) != 0)
            };
            holds(!ca(signing) && !ca(encryption))
        },
    ),
    warning(
        "pair.validity",
        "GM/T 0034-2014, 12",
        "both are valid for one time, to a day: they are renewed together",
        |signing, encryption| {
            let near = |one: &Time<'_>, other: &Time<'_>| {
                let seconds = |time: &Time<'_>| time.stamp.and_then(seconds);
                match (seconds(one), seconds(other)) {
                    (Some(one), Some(other)) => one.abs_diff(other) <= 86_400,
                    _ => one.text == other.text,
                }
            };
            let ends = near(&signing.not_after, &encryption.not_after);
            holds(ends && near(&signing.not_before, &encryption.not_before))
        },
    ),
    warning(
        "pair.alternative_names",
        "RFC 5280, 4.2.1.6",
        "both have the same alternative names",
        |signing, encryption| {
            let names = |cert: &Certificate<'_>| {
                good(&cert.known.subject_names).map(|names| {
                    names
                        .iter()
                        .map(|name| (name.kind, name.content.to_vec()))
                        .collect::<Vec<_>>()
                })
            };
            same(names(signing), names(encryption))
        },
    ),
    warning(
        "pair.identity",
        "GM/T 0015-2012, 5.2.4.2",
        "both have the same numbers of the person or organisation",
        |signing, encryption| {
            let numbers = |cert: &Certificate<'_>| {
                let all = super::gb20518::private(cert);
                all.map(|one| (one.oid.to_vec(), one.value.content().to_vec()))
                    .collect::<Vec<_>>()
            };
            same(numbers(signing), numbers(encryption))
        },
    ),
    notice(
        "pair.policies",
        "RFC 5280, 4.2.1.4",
        "both are issued under the same policies",
        |signing, encryption| {
            let policies = |cert: &Certificate<'_>| {
                good(&cert.known.policies).map(|policies| {
                    policies
                        .iter()
                        .map(|policy| policy.oid.to_vec())
                        .collect::<Vec<_>>()
                })
            };
            same(policies(signing), policies(encryption))
        },
    ),
];
