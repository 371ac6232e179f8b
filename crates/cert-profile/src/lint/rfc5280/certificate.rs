//! The fields of a certificate (RFC 5280, 4.1).

use super::{error, notice};
use crate::lint::{
    Check, Document, Lint, Severity, holds, none,
    octets::{is_minimal, is_negative, is_zero, magnitude},
    same,
    time::Time,
    view::critical,
};

pub(crate) static RULES: &[Lint] = &[
    Lint {
        id: "rfc5280.certificate_syntax",
        statement: "a certificate is DER of the syntax of Certificate",
        source: "RFC 5280, 4.1; X.690",
        severity: Severity::Error,
        check: Check::Syntax(Document::Certificate),
    },
    error(
        "rfc5280.version",
        "RFC 5280, 4.1.2.1",
        "a certificate with extensions has version 3",
        |cert| holds(cert.extensions.is_none() || cert.is_v3()),
    ),
    error(
        "rfc5280.version_known",
        "RFC 5280, 4.1.2.1; X.690, 11.5",
        "the version is 2 or 3, and 1 is not written",
        |cert| holds(matches!(cert.version, None | Some([1 | 2]))),
    ),
    error(
        "rfc5280.serial",
        "RFC 5280, 4.1.2.2",
        "the serial number is positive",
        |cert| holds(!is_negative(cert.serial) && !is_zero(cert.serial)),
    ),
    error(
        "rfc5280.serial_length",
        "RFC 5280, 4.1.2.2",
        "the serial number has at most 20 octets",
        |cert| holds(cert.serial.len() <= 20),
    ),
    error(
        "rfc5280.serial_minimal",
        "X.690, 8.3.2",
        "the serial number has no octet too many",
        |cert| holds(is_minimal(cert.serial)),
    ),
    notice(
        "cabf.serial_entropy",
        "CA/Browser Forum, Baseline Requirements for TLS, 7.1",
        "the serial number has room for 64 random bits",
        |cert| holds(magnitude(cert.serial).len() >= 8),
    ),
    error(
        "rfc5280.algorithms_match",
        "RFC 5280, 4.1.1.2",
        "the algorithm beside the signature is that of the signed part, octet for octet",
        |cert| {
            cert.outer.map_or(Ok(()), |outer| {
                same(outer.algorithm.whole, cert.algorithm.whole)
            })
        },
    ),
    error(
        "rfc5280.signature_octets",
        "RFC 5280, 4.1.1.3",
        "the signature is whole octets, at least one",
        |cert| {
            let outer = cert.outer.map(|outer| outer.signature);
            holds(outer.is_none_or(|bits| bits.unused == 0 && !bits.octets.is_empty()))
        },
    ),
    error(
        "rfc5280.issuer",
        "RFC 5280, 4.1.2.4",
        "the issuer has a name",
        |cert| holds(!cert.issuer.is_empty()),
    ),
    error(
        "rfc5280.time_seconds",
        "RFC 5280, 4.1.2.5.1",
        "times have seconds",
        |cert| bad_time(cert.times(), |time| time.seconds),
    ),
    error(
        "rfc5280.time_zulu",
        "RFC 5280, 4.1.2.5.1",
        "times are in UTC, with Z",
        |cert| bad_time(cert.times(), |time| time.zulu),
    ),
    error(
        "rfc5280.time_fraction",
        "RFC 5280, 4.1.2.5.2",
        "times have no fraction of a second",
        |cert| bad_time(cert.times(), |time| !time.fraction),
    ),
    error(
        "rfc5280.time_exists",
        "X.680, 46 and 47",
        "times are on a day and at an hour that exist",
        |cert| bad_time(cert.times(), |time| time.stamp.is_some()),
    ),
    error(
        "rfc5280.time_encoding",
        "RFC 5280, 4.1.2.5",
        "dates through 2049 are UTCTime, later ones GeneralizedTime",
        |cert| bad_time(cert.times(), Time::has_its_type),
    ),
    error(
        "rfc5280.validity",
        "RFC 5280, 4.1.2.5",
        "the validity ends after it begins",
        |cert| {
            let stamps = (cert.not_before.stamp, cert.not_after.stamp);
            holds(!matches!(stamps, (Some(begin), Some(end)) if begin >= end))
        },
    ),
    notice(
        "rfc5280.no_end",
        "RFC 5280, 4.1.2.5",
        "the certificate has an end: 99991231235959Z says that it has none",
        |cert| holds(cert.not_after.text != b"99991231235959Z"),
    ),
    error(
        "rfc5280.ca_subject",
        "RFC 5280, 4.1.2.6",
        "a CA has a subject",
        |cert| holds(!cert.is_ca() || !cert.subject.is_empty()),
    ),
    error(
        "rfc5280.subject_or_alt_name",
        "RFC 5280, 4.1.2.6",
        "an empty subject goes with a critical subjectAltName",
        |cert| {
            let alternative = critical(&cert.known.subject_names) == Some(true);
            holds(!cert.subject.is_empty() || alternative)
        },
    ),
    error(
        "rfc5280.key_octets",
        "RFC 5280, 4.1.2.7",
        "the public key is whole octets, at least one",
        |cert| holds(cert.key.bits.unused == 0 && !cert.key.bits.octets.is_empty()),
    ),
    error(
        "rfc5280.unique_identifiers_version",
        "RFC 5280, 4.1.2.8",
        "unique identifiers go with version 2 or 3",
        |cert| holds(!cert.unique_identifiers || cert.version.is_some()),
    ),
];

/// The first of these times that is not `good`.
pub(crate) fn bad_time<'t, 'a: 't>(
    times: impl IntoIterator<Item = &'t Time<'a>>,
    good: impl Fn(&Time<'a>) -> bool,
) -> crate::lint::Verdict {
    none(times.into_iter().find(|time| !good(time)).map(Time::shown))
}
