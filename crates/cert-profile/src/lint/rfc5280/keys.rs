//! What the key is for: identifiers, usages, constraints, purposes (RFC 5280, 4.2.1).

use super::{error, notice, warning};
use crate::lint::{
    Lint, holds, none,
    octets::{Bits, is_minimal, is_negative},
    oid,
    view::{Certificate, KeyKind, critical, good},
};

pub(crate) const DIGITAL_SIGNATURE: u16 = 1 << 0;
pub(crate) const NON_REPUDIATION: u16 = 1 << 1;
pub(crate) const KEY_ENCIPHERMENT: u16 = 1 << 2;
pub(crate) const DATA_ENCIPHERMENT: u16 = 1 << 3;
pub(crate) const KEY_AGREEMENT: u16 = 1 << 4;
pub(crate) const KEY_CERT_SIGN: u16 = 1 << 5;
pub(crate) const CRL_SIGN: u16 = 1 << 6;
pub(crate) const ENCIPHER_ONLY: u16 = 1 << 7;
pub(crate) const DECIPHER_ONLY: u16 = 1 << 8;

/// The bits of keyUsage, bit 0 of the standard as bit 0; none when it is missing or broken.
pub(crate) fn usage(cert: &Certificate<'_>) -> Option<u16> {
    good(&cert.known.key_usage).map(bits)
}

fn bits(usage: &Bits<'_>) -> u16 {
    (0..9)
        .filter(|number| usage.bit(*number))
        .fold(0, |bits, number| bits | 1 << number)
}

pub(crate) fn has_purpose(cert: &Certificate<'_>, purpose: oid::Oid) -> bool {
    good(&cert.known.purposes).is_some_and(|all| all.iter().any(|oid| purpose.is(oid)))
}

pub(crate) static RULES: &[Lint] = &[
    error(
        "rfc5280.authority_key_identifier",
        "RFC 5280, 4.2.1.1",
        "authorityKeyIdentifier is there, unless the certificate is self-issued",
        |cert| holds(cert.known.authority_key.is_some() || cert.is_self_issued()),
    ),
    error(
        "rfc5280.authority_key_not_critical",
        "RFC 5280, 4.2.1.1",
        "authorityKeyIdentifier is not critical",
        |cert| holds(critical(&cert.known.authority_key) != Some(true)),
    ),
    error(
        "rfc5280.authority_key_named",
        "RFC 5280, 4.2.1.1",
        "authorityKeyIdentifier has a key identifier, unless the certificate is self-issued",
        |cert| {
            let key = good(&cert.known.authority_key);
            holds(key.is_none_or(|key| key.identifier.is_some()) || cert.is_self_issued())
        },
    ),
    error(
        "rfc5280.authority_issuer_and_serial",
        "RFC 5280, 4.2.1.1",
        "authorityCertIssuer and authorityCertSerialNumber stand together",
        |cert| {
            let key = good(&cert.known.authority_key);
            holds(key.is_none_or(|key| key.issuer == key.serial))
        },
    ),
    error(
        "rfc5280.subject_key_identifier",
        "RFC 5280, 4.2.1.2",
        "subjectKeyIdentifier is there in a CA's certificate",
        |cert| holds(cert.known.subject_key.is_some() || !cert.is_ca()),
    ),
    warning(
        "rfc5280.subject_key_of_subscriber",
        "RFC 5280, 4.2.1.2",
        "subjectKeyIdentifier is there in a subscriber's certificate",
        |cert| holds(cert.known.subject_key.is_some() || cert.is_ca()),
    ),
    error(
        "rfc5280.subject_key_not_critical",
        "RFC 5280, 4.2.1.2",
        "subjectKeyIdentifier is not critical",
        |cert| holds(critical(&cert.known.subject_key) != Some(true)),
    ),
    error(
        "rfc5280.key_usage_set",
        "RFC 5280, 4.2.1.3",
        "keyUsage has at least one bit",
        |cert| {
            let set = |usage: &Bits<'_>| usage.octets.iter().any(|octet| *octet != 0);
            holds(good(&cert.known.key_usage).is_none_or(set))
        },
    ),
    error(
        "rfc5280.key_usage_minimal",
        "X.690, 11.2.2",
        "keyUsage ends with a bit that is set",
        |cert| {
            // That one is set at all is a rule of its own.
            let short = |usage: &Bits<'_>| bits(usage) == 0 || usage.named_are_minimal();
            holds(good(&cert.known.key_usage).is_none_or(short))
        },
    ),
    error(
        "rfc5280.key_usage_defined",
        "RFC 5280, 4.2.1.3",
        "keyUsage has no bit beyond decipherOnly",
        |cert| {
            let beyond = |usage: &Bits<'_>| {
                (9..8 * usage.octets.len().min(64)).any(|number| usage.bit(number))
            };
            holds(!good(&cert.known.key_usage).is_some_and(beyond))
        },
    ),
    error(
        "rfc5280.ca_key_usage_present",
        "RFC 5280, 4.2.1.3",
        "a CA's certificate has keyUsage",
        |cert| holds(!cert.is_ca() || cert.known.key_usage.is_some()),
    ),
    error(
        "rfc5280.ca_key_usage",
        "RFC 5280, 4.2.1.9",
        "a CA's key may sign certificates, keyCertSign",
        |cert| {
            let signs = usage(cert).is_none_or(|usage| usage & KEY_CERT_SIGN != 0);
            holds(!cert.is_ca() || signs)
        },
    ),
    error(
        "rfc5280.cert_sign_is_a_ca",
        "RFC 5280, 4.2.1.3",
        "keyCertSign is in the certificate of a CA alone",
        |cert| {
            let signs = usage(cert).is_some_and(|usage| usage & KEY_CERT_SIGN != 0);
            holds(cert.is_ca() || !signs)
        },
    ),
    error(
        "rfc5280.only_with_agreement",
        "RFC 5280, 4.2.1.3",
        "encipherOnly and decipherOnly go with keyAgreement",
        |cert| {
            let lost =
                |usage| usage & (ENCIPHER_ONLY | DECIPHER_ONLY) != 0 && usage & KEY_AGREEMENT == 0;
            holds(!usage(cert).is_some_and(lost))
        },
    ),
    error(
        "rfc3279.rsa_key_usage",
        "RFC 3279, 2.3.1",
        "an RSA key agrees on no keys",
        |cert| {
            let agrees = usage(cert).is_some_and(|usage| usage & KEY_AGREEMENT != 0);
            holds(!(agrees && cert.key.kind == KeyKind::Rsa))
        },
    ),
    error(
        "rfc8813.ec_key_usage",
        "RFC 8813, 3",
        "a key on a curve other than SM2's enciphers neither keys nor data",
        |cert| {
            let enciphers = KEY_ENCIPHERMENT | DATA_ENCIPHERMENT;
            let bad = usage(cert).is_some_and(|usage| usage & enciphers != 0);
            holds(!(bad && cert.key.kind == KeyKind::Ec))
        },
    ),
    error(
        "rfc5280.ca_constraints_critical",
        "RFC 5280, 4.2.1.9",
        "basicConstraints of a CA is critical",
        |cert| holds(!cert.is_ca() || critical(&cert.known.constraints) == Some(true)),
    ),
    error(
        "rfc5280.path_len",
        "RFC 5280, 4.2.1.9",
        "pathLenConstraint stands in the certificate of a CA alone",
        |cert| {
            let constraints = good(&cert.known.constraints);
            holds(constraints.is_none_or(|value| value.path_len.is_none()) || cert.is_ca())
        },
    ),
    error(
        "rfc5280.path_len_value",
        "RFC 5280, 4.2.1.9; X.690, 8.3.2",
        "pathLenConstraint is not negative and has no octet too many",
        |cert| {
            let length = good(&cert.known.constraints).and_then(|value| value.path_len);
            holds(length.is_none_or(|length| is_minimal(length) && !is_negative(length)))
        },
    ),
    error(
        "rfc5280.purposes_not_empty",
        "RFC 5280, 4.2.1.12",
        "extKeyUsage has at least one purpose",
        |cert| holds(good(&cert.known.purposes).is_none_or(|all| !all.is_empty())),
    ),
    warning(
        "rfc5280.purposes_unique",
        "RFC 5280, 4.2.1.12",
        "extKeyUsage has each purpose once",
        |cert| {
            let mut all = good(&cert.known.purposes).cloned().unwrap_or_default();
            all.sort_unstable();
            none(
                all.windows(2)
                    .find(|pair| pair[0] == pair[1])
                    .map(|pair| oid::shown(pair[0])),
            )
        },
    ),
    warning(
        "rfc5280.any_purpose_critical",
        "RFC 5280, 4.2.1.12",
        "extKeyUsage with anyExtendedKeyUsage is not critical",
        |cert| {
            let is_critical = critical(&cert.known.purposes) == Some(true);
            holds(!(is_critical && has_purpose(cert, oid::ANY_PURPOSE)))
        },
    ),
    error(
        "rfc5280.purposes_need_signatures",
        "RFC 5280, 4.2.1.12",
        "OCSPSigning, timeStamping and codeSigning go with digitalSignature or nonRepudiation",
        |cert| {
            let needs = [oid::OCSP_SIGNING, oid::TIME_STAMPING, oid::CODE_SIGNING];
            let needs = needs.iter().any(|purpose| has_purpose(cert, *purpose));
            let signs = DIGITAL_SIGNATURE | NON_REPUDIATION;
            holds(!needs || usage(cert).is_none_or(|usage| usage & signs != 0))
        },
    ),
    error(
        "rfc3161.time_stamping_alone",
        "RFC 3161, 2.3",
        "timeStamping is the only purpose of its key",
        |cert| {
            let count = good(&cert.known.purposes).map_or(0, Vec::len);
            holds(count <= 1 || !has_purpose(cert, oid::TIME_STAMPING))
        },
    ),
    error(
        "rfc3161.time_stamping_critical",
        "RFC 3161, 2.3",
        "extKeyUsage with timeStamping is critical",
        |cert| {
            let is_critical = critical(&cert.known.purposes) == Some(true);
            holds(is_critical || !has_purpose(cert, oid::TIME_STAMPING))
        },
    ),
    warning(
        "rfc6960.no_check_of_responder",
        "RFC 6960, 4.2.2.2.1",
        "a delegated OCSP responder's certificate says how its revocation is checked: \
         ocsp-nocheck, or a place to ask",
        |cert| {
            let known = &cert.known;
            let told = known.no_check.is_some()
                || known.crl_points.is_some()
                || known.authority_access.is_some();
            holds(told || !has_purpose(cert, oid::OCSP_SIGNING))
        },
    ),
    error(
        "rfc6960.no_check_not_critical",
        "RFC 6960, 4.2.2.2.1",
        "ocsp-nocheck is not critical",
        |cert| holds(critical(&cert.known.no_check) != Some(true)),
    ),
    error(
        "rfc6960.responder_is_no_ca",
        "RFC 6960, 4.2.2.2",
        "OCSPSigning delegates to an end entity: a CA answers by its own right",
        |cert| holds(!(cert.is_ca() && has_purpose(cert, oid::OCSP_SIGNING))),
    ),
    notice(
        "rfc9525.server_has_a_name",
        "RFC 9525, 2",
        "a TLS server's certificate has a subjectAltName",
        |cert| {
            let server = has_purpose(cert, oid::SERVER_AUTH);
            holds(!server || cert.known.subject_names.is_some())
        },
    ),
];
