//! Revocation lists (RFC 5280, 5).

use super::certificate::bad_time;
use super::extensions::{no_der, twice, written_false};
use crate::lint::{
    Check, Document, Lint, Severity, Verdict, holds,
    name::MOST_ATTRIBUTES_SOURCE,
    none,
    octets::{is_minimal, is_negative, is_zero, magnitude},
    same,
    time::Time,
    view::{Crl, Entry, IssuingPoint, critical, good},
};

const fn error(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Crl<'_>) -> Verdict,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity: Severity::Error,
        check: Check::Crl(check),
    }
}

/// A rule for each entry, `check` being whether it holds.
const fn each(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Crl<'_>, &Entry<'_>) -> bool,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity: Severity::Error,
        check: Check::CrlEntry(check),
    }
}

/// A rule for the list and for each entry, which says what is wrong.
const fn both(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    list: fn(&Crl<'_>) -> Verdict,
    entry: fn(&Entry<'_>) -> Verdict,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity: Severity::Error,
        check: Check::CrlAndEntry(list, entry),
    }
}

const fn warn(lint: Lint) -> Lint {
    Lint {
        severity: Severity::Warning,
        ..lint
    }
}

pub(crate) static RULES: &[Lint] = &[
    Lint {
        id: "rfc5280.crl_syntax",
        statement: "a CRL is DER of the syntax of CertificateList",
        source: "RFC 5280, 5.1; X.690",
        severity: Severity::Error,
        check: Check::Syntax(Document::Crl),
    },
    error(
        "rfc5280.crl_version",
        "RFC 5280, 5.1.2.1",
        "a CRL has version 2",
        |crl| holds(crl.version == Some(&[1])),
    ),
    error(
        "rfc5280.crl_algorithms_match",
        "RFC 5280, 5.1.1.2",
        "the algorithm beside the signature is that of the signed part, octet for octet",
        |crl| {
            crl.outer.map_or(Ok(()), |outer| {
                same(outer.algorithm.whole, crl.algorithm.whole)
            })
        },
    ),
    error(
        "rfc5280.crl_issuer",
        "RFC 5280, 5.1.2.3",
        "the issuer has a name",
        |crl| holds(!crl.issuer.is_empty()),
    ),
    error(
        "rfc5280.crl_next_update",
        "RFC 5280, 5.1.2.5",
        "nextUpdate is there",
        |crl| holds(crl.next_update.is_some()),
    ),
    error(
        "rfc5280.crl_validity",
        "RFC 5280, 5.1.2.5",
        "nextUpdate is after thisUpdate",
        |crl| {
            let next = crl.next_update.and_then(|next| next.stamp);
            holds(
                !matches!((crl.this_update.stamp, next), (Some(this), Some(next)) if next <= this),
            )
        },
    ),
    both(
        "rfc5280.crl_time_form",
        "RFC 5280, 5.1.2.4 to 5.1.2.6",
        "times have seconds, no fractions, and Z",
        |crl| bad_time(times(crl), Time::is_profiled),
        |entry| bad_time([&entry.date], Time::is_profiled),
    ),
    both(
        "rfc5280.crl_time_encoding",
        "RFC 5280, 5.1.2.4 to 5.1.2.6",
        "dates through 2049 are UTCTime, later ones GeneralizedTime",
        |crl| bad_time(times(crl), Time::has_its_type),
        |entry| bad_time([&entry.date], Time::has_its_type),
    ),
    both(
        "rfc5280.crl_time_exists",
        "X.680, 46 and 47",
        "times are on a day and at an hour that exist",
        |crl| bad_time(times(crl), |time| time.stamp.is_some()),
        |entry| bad_time([&entry.date], |time| time.stamp.is_some()),
    ),
    both(
        "rfc5280.crl_extensions_not_empty",
        "RFC 5280, 5.1.2.7",
        "extensions, of the list and of its entries, are absent or at least one",
        |crl| holds(crl.extensions.as_ref().is_none_or(|all| !all.is_empty())),
        |entry| holds(entry.extensions.as_ref().is_none_or(|all| !all.is_empty())),
    ),
    error(
        "rfc5280.crl_extensions_unique",
        "RFC 5280, 4.2",
        "no extension stands twice",
        |crl| none(twice(crl.all_extensions())),
    ),
    both(
        "rfc5280.crl_extension_syntax",
        "RFC 5280, 5.2",
        "known extensions have their syntax",
        |crl| none(fault(crl)),
        |entry| none(entry_fault(entry)),
    ),
    error(
        "rfc5280.crl_critical_false",
        "X.690, 11.5",
        "critical FALSE is not written",
        |crl| none(written_false(crl.all_extensions())),
    ),
    error(
        "rfc5280.crl_unknown_critical",
        "RFC 5280, 5.2",
        "an extension that nobody needs to know is not critical",
        |crl| {
            let mut all = crl.all_extensions().iter();
            let unknown = all.find(|extension| extension.critical() && !is_known(extension.oid));
            none(unknown.map(|extension| crate::lint::oid::shown(extension.oid)))
        },
    ),
    error(
        "rfc5280.crl_authority_key",
        "RFC 5280, 5.2.1",
        "authorityKeyIdentifier is there, not critical, and has a key identifier",
        |crl| {
            let named = good(&crl.authority_key).is_some_and(|key| key.identifier.is_some());
            holds(named && critical(&crl.authority_key) == Some(false))
        },
    ),
    error(
        "rfc5280.crl_number",
        "RFC 5280, 5.2.3",
        "cRLNumber is there",
        |crl| holds(crl.number.is_some()),
    ),
    error(
        "rfc5280.crl_number_not_critical",
        "RFC 5280, 5.2.3",
        "cRLNumber is not critical",
        |crl| holds(critical(&crl.number) != Some(true)),
    ),
    error(
        "rfc5280.crl_number_length",
        "RFC 5280, 5.2.3",
        "cRLNumber has at most 20 octets",
        |crl| holds(good(&crl.number).is_none_or(|number| number.len() <= 20)),
    ),
    error(
        "rfc5280.crl_number_positive",
        "RFC 5280, 5.2.3; X.690, 8.3.2",
        "cRLNumber is not negative and has no octet too many",
        |crl| {
            let number = good(&crl.number);
            holds(number.is_none_or(|number| is_minimal(number) && !is_negative(number)))
        },
    ),
    error(
        "rfc5280.crl_delta_critical",
        "RFC 5280, 5.2.4",
        "deltaCRLIndicator is critical",
        |crl| holds(critical(&crl.delta) != Some(false)),
    ),
    error(
        "rfc5280.crl_delta_base",
        "RFC 5280, 5.2.4",
        "a delta CRL has a greater number than the list that it is a delta to",
        |crl| {
            let (Some(base), Some(number)) = (good(&crl.delta), good(&crl.number)) else {
                return Ok(());
            };
            let (base, number) = (magnitude(base), magnitude(number));
            holds((base.len(), base) < (number.len(), number))
        },
    ),
    error(
        "rfc5280.crl_delta_has_no_freshest",
        "RFC 5280, 5.2.6",
        "freshestCRL is not in a delta CRL",
        |crl| holds(!(crl.is_delta() && crl.freshest.is_some())),
    ),
    error(
        "rfc5280.crl_freshest_not_critical",
        "RFC 5280, 5.2.6",
        "freshestCRL is not critical",
        |crl| holds(critical(&crl.freshest) != Some(true)),
    ),
    error(
        "rfc5280.crl_point_critical",
        "RFC 5280, 5.2.5",
        "issuingDistributionPoint is critical",
        |crl| holds(critical(&crl.point) != Some(false)),
    ),
    error(
        "rfc5280.crl_point_not_empty",
        "RFC 5280, 5.2.5",
        "issuingDistributionPoint says something",
        |crl| {
            holds(good(&crl.point).is_none_or(|point| {
                let flags = point.flags.iter().any(Option::is_some);
                let named = point.names.as_ref().is_some_and(|names| !names.is_empty());
                flags || named || point.relative || point.reasons
            }))
        },
    ),
    error(
        "rfc5280.crl_point_one_scope",
        "RFC 5280, 5.2.5",
        "a list is for subscribers, for CAs or for attribute certificates, one at most",
        |crl| {
            holds(good(&crl.point).is_none_or(|point| {
                let flags = (0..4).filter(|flag| *flag != IssuingPoint::INDIRECT);
                flags
                    .filter(|flag| point.flags[*flag] == Some(true))
                    .count()
                    <= 1
            }))
        },
    ),
    error(
        "rfc5280.crl_point_default",
        "X.690, 11.5",
        "a FALSE of issuingDistributionPoint is not written",
        |crl| holds(good(&crl.point).is_none_or(|point| !point.flags.contains(&Some(false)))),
    ),
    error(
        "rfc5280.crl_revoked_not_empty",
        "RFC 5280, 5.1.2.6",
        "revokedCertificates is absent or at least one",
        |crl| holds(crl.entries.is_none_or(|all| !all.is_empty())),
    ),
    each(
        "rfc5280.crl_serial",
        "RFC 5280, 5.1.2.6 and 4.1.2.2",
        "serial numbers are positive with at most 20 octets and none too many",
        |_, entry| {
            let serial = entry.serial;
            is_minimal(serial) && !is_negative(serial) && !is_zero(serial) && serial.len() <= 20
        },
    ),
    Lint {
        id: "rfc5280.crl_duplicate",
        statement: "no certificate is revoked twice",
        source: "RFC 5280, 5.1.2.6",
        severity: Severity::Error,
        check: Check::CrlSerials(|twice| none(twice.map(shown))),
    },
    each(
        "rfc5280.crl_revoked_later",
        "RFC 5280, 5.1.2.4",
        "no revocation is after thisUpdate",
        |crl, entry| {
            let stamps = (crl.this_update.stamp, entry.date.stamp);
            !matches!(stamps, (Some(this), Some(date)) if date > this)
        },
    ),
    each(
        "rfc5280.crl_entry_version",
        "RFC 5280, 5.1.2.1",
        "extensions of entries go with version 2",
        |crl, entry| crl.version == Some(&[1]) || entry.extensions.is_none(),
    ),
    each(
        "rfc5280.crl_entry_extensions_unique",
        "RFC 5280, 5.3",
        "no extension of an entry stands twice",
        |_, entry| {
            let all = entry.extensions.as_deref().unwrap_or_default();
            all.len() < 2 || twice(all).is_none()
        },
    ),
    each(
        "rfc5280.crl_reason",
        "RFC 5280, 5.3.1",
        "a reason is 0 to 10, and not 7",
        |_, entry| {
            let known = matches!(entry.code(), Some(0..=6 | 8..=10));
            good(&entry.reason).is_none() || known
        },
    ),
    warn(each(
        "rfc5280.crl_reason_unspecified",
        "RFC 5280, 5.3.1",
        "the reason unspecified is left out",
        |_, entry| entry.code() != Some(0),
    )),
    each(
        "rfc5280.crl_reason_not_critical",
        "RFC 5280, 5.3.1 and 5.3.2",
        "reasonCode and invalidityDate are not critical",
        |_, entry| {
            critical(&entry.reason) != Some(true) && critical(&entry.invalidity) != Some(true)
        },
    ),
    each(
        "rfc5280.crl_remove_in_delta",
        "RFC 5280, 5.3.1",
        "removeFromCRL is in delta CRLs alone",
        |crl, entry| entry.code() != Some(8) || crl.is_delta(),
    ),
    each(
        "rfc5280.crl_invalidity_form",
        "RFC 5280, 5.3.2",
        "invalidityDate is a GeneralizedTime with seconds, no fractions, and Z",
        |_, entry| {
            let time = good(&entry.invalidity);
            time.is_none_or(|time| time.generalized && time.is_profiled())
        },
    ),
    warn(each(
        "rfc5280.crl_invalidity_before",
        "RFC 5280, 5.3.2",
        "a certificate was invalid before it was revoked, not after",
        |_, entry| {
            let time = good(&entry.invalidity).and_then(|time| time.stamp);
            !matches!((time, entry.date.stamp), (Some(from), Some(date)) if from > date)
        },
    )),
    each(
        "rfc5280.crl_certificate_issuer_critical",
        "RFC 5280, 5.3.3",
        "certificateIssuer is critical",
        |_, entry| critical(&entry.issuer) != Some(false),
    ),
    each(
        "rfc5280.crl_certificate_issuer_indirect",
        "RFC 5280, 5.3.3",
        "certificateIssuer is in indirect CRLs alone",
        |crl, entry| entry.issuer.is_none() || crl.is_indirect(),
    ),
    error(
        "rfc5280.crl_extension_der",
        "RFC 5280, 5.1.2.7 and 5.2",
        "the value of an extension that is not known is one element of DER, at most 16 levels \
         deep",
        |crl| {
            none(no_der(crl.all_extensions(), |extension| {
                is_known(extension.oid)
            }))
        },
    ),
    error(
        "rfc5280.crl_name_attributes",
        MOST_ATTRIBUTES_SOURCE,
        "the issuer has at most 32 attributes",
        |crl| holds(!crl.issuer.has_too_many()),
    ),
];

/// The extensions of a list that are read here (RFC 5280, 5.2).
fn is_known(oid: &[u8]) -> bool {
    matches!(oid, [0x55, 29, 20 | 27 | 28 | 35 | 46])
}

fn times<'c, 'a>(crl: &'c Crl<'a>) -> impl Iterator<Item = &'c Time<'a>> {
    [Some(&crl.this_update), crl.next_update.as_ref()]
        .into_iter()
        .flatten()
}

fn shown(serial: &[u8]) -> String {
    let digits = serial.iter().map(|octet| format!("{octet:02x}"));
    format!("serial number {}", digits.collect::<String>())
}

macro_rules! first {
    ($($value:expr => $text:literal,)+) => {
        $(if let Some((_, Err(fault))) = &$value {
            return Some(format!(concat!($text, ": {}"), fault));
        })+
    };
}

fn fault(crl: &Crl<'_>) -> Option<String> {
    first! {
        crl.authority_key => "authorityKeyIdentifier",
        crl.number => "cRLNumber",
        crl.delta => "deltaCRLIndicator",
        crl.point => "issuingDistributionPoint",
        crl.freshest => "freshestCRL",
    }
    None
}

fn entry_fault(entry: &Entry<'_>) -> Option<String> {
    first! {
        entry.reason => "reasonCode",
        entry.invalidity => "invalidityDate",
        entry.issuer => "certificateIssuer",
    }
    None
}
