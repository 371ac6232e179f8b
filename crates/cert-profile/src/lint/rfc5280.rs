//! Rules of RFC 5280.

use super::{Lint, Severity};
use crate::{prepare::is_good_serial, subject};
use der::{Decode, oid::AssociatedOid};
use x509_cert::{
    TbsCertificate, Version,
    ext::{
        Extension,
        pkix::{
            AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
            CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, SubjectAltName,
            SubjectKeyIdentifier,
        },
    },
    time::Time,
};

const fn error(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    holds: fn(&TbsCertificate) -> bool,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity: Severity::Error,
        holds,
    }
}

pub(super) static RULES: [Lint; 20] = [
    error(
        "rfc5280.version",
        "RFC 5280, 4.1.2.1",
        "a certificate with extensions has version 3",
        |tbs| tbs.extensions().is_none() || tbs.version() == Version::V3,
    ),
    error(
        "rfc5280.serial",
        "RFC 5280, 4.1.2.2",
        "the serial number is positive and has at most 20 octets",
        |tbs| is_good_serial(tbs.serial_number()),
    ),
    error(
        "rfc5280.issuer",
        "RFC 5280, 4.1.2.4",
        "the issuer has a name",
        |tbs| !tbs.issuer().is_empty(),
    ),
    error(
        "rfc5280.time_encoding",
        "RFC 5280, 4.1.2.5",
        "dates through 2049 are UTCTime, later ones GeneralizedTime",
        |tbs| {
            let good = |time: Time| match time {
                Time::UtcTime(_) => true,
                Time::GeneralTime(time) => time.to_date_time().year() >= 2050,
            };
            good(tbs.validity().not_before) && good(tbs.validity().not_after)
        },
    ),
    error(
        "rfc5280.validity",
        "RFC 5280, 4.1.2.5",
        "the validity ends after it begins",
        |tbs| {
            let validity = tbs.validity();
            validity.not_before.to_date_time() < validity.not_after.to_date_time()
        },
    ),
    error(
        "rfc5280.ca_subject",
        "RFC 5280, 4.1.2.6",
        "a CA has a subject",
        |tbs| !is_ca(tbs) || !tbs.subject().is_empty(),
    ),
    error(
        "rfc5280.subject_or_alt_name",
        "RFC 5280, 4.1.2.6",
        "an empty subject goes with a critical subjectAltName",
        |tbs| {
            !tbs.subject().is_empty() || find::<SubjectAltName>(tbs).is_some_and(|ext| ext.critical)
        },
    ),
    error(
        "rfc5280.subject_values",
        "RFC 5280, 4.1.2.4 and appendix A.1",
        "attributes of the subject keep their string types and upper bounds",
        |tbs| {
            let mut values = tbs.subject().iter();
            values.all(|value| subject::fault(value.oid, &value.value).is_none())
                && tbs.subject().iter_rdn().all(|rdn| !rdn.is_empty())
        },
    ),
    error(
        "rfc5280.extensions_not_empty",
        "RFC 5280, 4.1.2.9",
        "extensions are absent or at least one",
        |tbs| {
            tbs.extensions()
                .is_none_or(|extensions| !extensions.is_empty())
        },
    ),
    error(
        "rfc5280.extensions_unique",
        "RFC 5280, 4.2",
        "no extension stands twice",
        |tbs| {
            let all = extensions(tbs);
            (1..all.len()).all(|index| {
                let mut before = all[..index].iter();
                before.all(|other| other.extn_id != all[index].extn_id)
            })
        },
    ),
    error(
        "rfc5280.extension_syntax",
        "RFC 5280, 4.2.1",
        "known extensions have their syntax",
        |tbs| {
            reads::<AuthorityKeyIdentifier>(tbs)
                && reads::<SubjectKeyIdentifier>(tbs)
                && reads::<KeyUsage>(tbs)
                && reads::<CertificatePolicies>(tbs)
                && reads::<SubjectAltName>(tbs)
                && reads::<BasicConstraints>(tbs)
                && reads::<ExtendedKeyUsage>(tbs)
                && reads::<CrlDistributionPoints>(tbs)
                && reads::<AuthorityInfoAccessSyntax>(tbs)
        },
    ),
    error(
        "rfc5280.authority_key_identifier",
        "RFC 5280, 4.2.1.1",
        "authorityKeyIdentifier is there, unless the certificate is self-issued, and not critical",
        |tbs| match find::<AuthorityKeyIdentifier>(tbs) {
            Some(extension) => !extension.critical,
            None => tbs.issuer() == tbs.subject(),
        },
    ),
    error(
        "rfc5280.subject_key_identifier",
        "RFC 5280, 4.2.1.2",
        "subjectKeyIdentifier is there in a CA's certificate, and never critical",
        |tbs| match find::<SubjectKeyIdentifier>(tbs) {
            Some(extension) => !extension.critical,
            None => !is_ca(tbs),
        },
    ),
    error(
        "rfc5280.key_usage_set",
        "RFC 5280, 4.2.1.3",
        "keyUsage has at least one bit",
        |tbs| read::<KeyUsage>(tbs).is_none_or(|usage| !usage.0.is_empty()),
    ),
    error(
        "rfc5280.ca_key_usage",
        "RFC 5280, 4.2.1.3 and 4.2.1.9",
        "keyCertSign is set in the certificate of a CA and in no other",
        |tbs| {
            let signs = read::<KeyUsage>(tbs).is_some_and(|usage| usage.key_cert_sign());
            signs == is_ca(tbs)
        },
    ),
    error(
        "rfc5280.ca_constraints_critical",
        "RFC 5280, 4.2.1.9",
        "basicConstraints of a CA is critical",
        |tbs| !is_ca(tbs) || find::<BasicConstraints>(tbs).is_some_and(|ext| ext.critical),
    ),
    error(
        "rfc5280.path_len",
        "RFC 5280, 4.2.1.9",
        "pathLenConstraint stands in the certificate of a CA alone",
        |tbs| {
            read::<BasicConstraints>(tbs).is_none_or(|constraints| {
                constraints.ca || constraints.path_len_constraint.is_none()
            })
        },
    ),
    error(
        "rfc5280.policies",
        "RFC 5280, 4.2.1.4",
        "certificatePolicies has at least one policy, and each once",
        |tbs| {
            read::<CertificatePolicies>(tbs).is_none_or(|CertificatePolicies(policies)| {
                let all: Vec<_> = policies
                    .iter()
                    .map(|policy| policy.policy_identifier)
                    .collect();
                !all.is_empty() && (1..all.len()).all(|index| !all[..index].contains(&all[index]))
            })
        },
    ),
    error(
        "rfc5280.alt_name_not_empty",
        "RFC 5280, 4.2.1.6",
        "subjectAltName has at least one name",
        |tbs| read::<SubjectAltName>(tbs).is_none_or(|names| !names.0.is_empty()),
    ),
    error(
        "rfc5280.purposes_not_empty",
        "RFC 5280, 4.2.1.12",
        "extKeyUsage has at least one purpose",
        |tbs| read::<ExtendedKeyUsage>(tbs).is_none_or(|purposes| !purposes.0.is_empty()),
    ),
];

pub(super) fn extensions(tbs: &TbsCertificate) -> &[Extension] {
    tbs.extensions().map_or(&[], Vec::as_slice)
}

/// The first extension of this type; that there is one only is a rule of its own.
pub(super) fn find<T: AssociatedOid>(tbs: &TbsCertificate) -> Option<&Extension> {
    extensions(tbs)
        .iter()
        .find(|extension| extension.extn_id == T::OID)
}

/// Its value, if it can be read; that it can is a rule of its own.
pub(super) fn read<'a, T: AssociatedOid + Decode<'a>>(tbs: &'a TbsCertificate) -> Option<T> {
    find::<T>(tbs).and_then(|extension| T::from_der(extension.extn_value.as_bytes()).ok())
}

pub(super) fn is_ca(tbs: &TbsCertificate) -> bool {
    read::<BasicConstraints>(tbs).is_some_and(|constraints| constraints.ca)
}

fn reads<'a, T: AssociatedOid + Decode<'a>>(tbs: &'a TbsCertificate) -> bool {
    find::<T>(tbs).is_none() || read::<T>(tbs).is_some()
}
