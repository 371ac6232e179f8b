//! Rules of GM/T 0015-2012 (GB/T 20518), and of DER where it insists on it.

use super::{
    Lint, Severity,
    rfc5280::{find, read},
};
use crate::{extension::key_identifier, key_usage::mixes};
use der::{Encode, referenced::OwnedToRef};
use gm_crypto::sm2::{PublicKey, SIGNATURE_OID};
use x509_cert::{
    TbsCertificate, Version,
    ext::pkix::{BasicConstraints, KeyUsage, SubjectKeyIdentifier},
};

const fn rule(
    severity: Severity,
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    holds: fn(&TbsCertificate) -> bool,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity,
        holds,
    }
}

pub(super) static RULES: [Lint; 9] = [
    rule(
        Severity::Error,
        "gmt0015.version",
        "GM/T 0015-2012, 5.2",
        "a certificate has version 3",
        |tbs| tbs.version() == Version::V3,
    ),
    rule(
        Severity::Error,
        "gmt0015.signature_algorithm",
        "GM/T 0015-2012, 5.2.3.3",
        "the signature is SM2 with SM3, its parameters absent or NULL",
        |tbs| {
            let algorithm = tbs.signature();
            let parameters = algorithm.parameters.as_ref();
            algorithm.oid == SIGNATURE_OID && parameters.is_none_or(|any| any.is_null())
        },
    ),
    rule(
        Severity::Error,
        "gmt0015.key",
        "GM/T 0015-2012, annex D; GB/T 32918.5",
        "the key is an uncompressed point of the SM2 curve",
        |tbs| PublicKey::try_from(tbs.subject_public_key_info().owned_to_ref()).is_ok(),
    ),
    rule(
        Severity::Error,
        "gmt0015.unique_identifiers",
        "GM/T 0015-2012, 5.2",
        "issuerUniqueID and subjectUniqueID are not written",
        |tbs| tbs.issuer_unique_id().is_none() && tbs.subject_unique_id().is_none(),
    ),
    rule(
        Severity::Error,
        "gmt0015.key_usage",
        "GM/T 0015-2012, 5.2",
        "keyUsage is there",
        |tbs| find::<KeyUsage>(tbs).is_some(),
    ),
    rule(
        Severity::Warning,
        "gmt0015.key_usage_critical",
        "GM/T 0015-2012, annex C",
        "keyUsage is critical",
        |tbs| find::<KeyUsage>(tbs).is_none_or(|extension| extension.critical),
    ),
    rule(
        // The text discourages one certificate for both uses and does not forbid it.
        Severity::Warning,
        "gmt0015.dual_usage",
        "GM/T 0015-2012, annex C",
        "a key signs or encrypts, not both",
        |tbs| read::<KeyUsage>(tbs).is_none_or(|usage| !mixes(usage.0)),
    ),
    rule(
        // The example of annex D writes cA FALSE out, against DER.
        Severity::Error,
        "gmt0015.ca_false",
        "X.690, 11.5",
        "cA FALSE is not written",
        |tbs| {
            let constraints = read::<BasicConstraints>(tbs).map(|value| value.to_der());
            let written = find::<BasicConstraints>(tbs).map(|ext| ext.extn_value.as_bytes());
            match (constraints, written) {
                (Some(Ok(strict)), Some(written)) => strict == written,
                _ => true,
            }
        },
    ),
    rule(
        Severity::Warning,
        "gmt0015.subject_key_identifier",
        "GM/T 0015-2012, 5.2.4",
        "subjectKeyIdentifier is the SHA-1 of the key",
        |tbs| {
            let expected = key_identifier(&tbs.subject_public_key_info().owned_to_ref());
            read::<SubjectKeyIdentifier>(tbs).is_none_or(|found| found.0.as_bytes() == expected)
        },
    ),
];
