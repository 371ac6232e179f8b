//! Rules of GM/T 0015-2012 (GB/T 20518) for keys, signatures and what they are for.

use super::{
    Check, Lint, Severity, Verdict, holds,
    name::{Attribute, text},
    none,
    octets::{Reader, UTF8, Work, is_minimal, is_negative, magnitude},
    oid,
    rfc5280::{
        error,
        keys::{
            CRL_SIGN, DATA_ENCIPHERMENT, DECIPHER_ONLY, DIGITAL_SIGNATURE, ENCIPHER_ONLY,
            KEY_AGREEMENT, KEY_CERT_SIGN, KEY_ENCIPHERMENT, NON_REPUDIATION, usage,
        },
        notice, warning,
    },
    view::{Algorithm, Certificate, Crl, KeyKind, KeyView, Ocsp, Outer, Request, critical, good},
};
use gm_crypto::{sm2::PublicKey, sm3};
use sha1::{Digest, Sha1};

pub(super) const SIGNING: u16 = DIGITAL_SIGNATURE | NON_REPUDIATION;
pub(super) const ENCRYPTION: u16 =
    KEY_ENCIPHERMENT | DATA_ENCIPHERMENT | KEY_AGREEMENT | ENCIPHER_ONLY | DECIPHER_ONLY;

/// Order of the base point (GB/T 32918.5).
const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
];

/// x of the base point (GB/T 32918.5).
const G_X: [u8; 32] = [
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
];

const fn crl(
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

const fn ocsp(
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

const fn request(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Request<'_>) -> Verdict,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity: Severity::Error,
        check: Check::Request(check),
    }
}

pub(super) static RULES: &[Lint] = &[
    error(
        "gmt0015.version",
        "GM/T 0015-2012, 5.2",
        "a certificate has version 3",
        |cert| holds(cert.is_v3()),
    ),
    error(
        "gmt0015.signature_algorithm",
        "GM/T 0015-2012, 5.2.3.3; GM/T 0006",
        "the signature is SM2 with SM3",
        |cert| signature_algorithm(&cert.algorithm),
    ),
    error(
        "gmt0015.signature_parameters",
        "GM/T 0015-2012, 5.2.3.3 and annex D",
        "the parameters of the signature's algorithm are absent or NULL",
        |cert| signature_parameters(&cert.algorithm),
    ),
    error(
        "gmt0015.signature_value",
        "GM/T 0009-2012, 7.3",
        "the signature is DER of two integers, each from 1 to n − 1",
        |cert| signature_value(cert.outer, &cert.algorithm),
    ),
    error(
        "gmt0015.key_algorithm",
        "GM/T 0015-2012, 5.2.3.7; GM/T 0006",
        "the key is an SM2 key: id-ecPublicKey, or the curve in its place",
        |cert| holds(matches!(cert.key.kind, KeyKind::Sm2 | KeyKind::Ec)),
    ),
    error(
        "gmt0015.key_curve",
        "GM/T 0015-2012, annex D; GB/T 32918.5",
        "an elliptic curve is that of SM2, 1.2.156.10197.1.301",
        |cert| holds(!(cert.key.kind == KeyKind::Ec && is_named(&cert.key))),
    ),
    error(
        "gmt0015.key_curve_named",
        "GM/T 0015-2012, annex D; RFC 5480, 2.1.1",
        "the curve is named, not written out or left out",
        |cert| holds(cert.key.kind != KeyKind::Ec || is_named(&cert.key)),
    ),
    warning(
        "gmt0015.key_spelling",
        "GM/T 0015-2012, annex D",
        "the algorithm of the key is id-ecPublicKey, with the curve as parameter",
        |cert| holds(!oid::SM2_CURVE.is(cert.key.algorithm.oid)),
    ),
    error(
        "gmt0015.key_form",
        "GM/T 0009-2012, 7.1",
        "the key is an uncompressed point, 65 octets that begin with 04",
        |cert| {
            let octets = cert.key.bits.octets;
            holds(cert.key.kind != KeyKind::Sm2 || (octets.len() == 65 && octets[0] == 4))
        },
    ),
    error(
        "gmt0015.key",
        "GB/T 32918.1, 6.2; GB/T 32918.5",
        "the key is a point of the SM2 curve",
        |cert| on_curve(&cert.key),
    ),
    error(
        "gmt0015.key_not_base_point",
        "GM/T 0009-2012, 6.1",
        "the key is not the base point, of which everybody knows the secret",
        |cert| {
            let x = cert.key.bits.octets.get(1..33);
            holds(cert.key.kind != KeyKind::Sm2 || x != Some(&G_X))
        },
    ),
    error(
        "gmt0015.rsa_modulus",
        "GM/T 0015-2012, 5.2.3.7",
        "an RSA key has 2048 bits at least",
        |cert| {
            let long = cert.key.modulus.is_some_and(|modulus| modulus.len() >= 256);
            holds(cert.key.kind != KeyKind::Rsa || long)
        },
    ),
    error(
        "gmt0015.unique_identifiers",
        "GM/T 0015-2012, 5.2",
        "issuerUniqueID and subjectUniqueID are not written",
        |cert| holds(!cert.unique_identifiers),
    ),
    error(
        "gmt0015.key_usage",
        "GM/T 0015-2012, 5.2",
        "keyUsage is there",
        |cert| holds(cert.known.key_usage.is_some()),
    ),
    warning(
        "gmt0015.key_usage_critical",
        "GM/T 0015-2012, annex C",
        "keyUsage is critical",
        |cert| holds(critical(&cert.known.key_usage) != Some(false)),
    ),
    warning(
        // The text discourages one certificate for both uses and does not forbid it.
        "gmt0015.dual_usage",
        "GM/T 0015-2012, annex C",
        "a key signs or encrypts, not both",
        |cert| {
            let signs = SIGNING | KEY_CERT_SIGN | CRL_SIGN;
            let both = |usage| usage & signs != 0 && usage & ENCRYPTION != 0;
            holds(!usage(cert).is_some_and(both))
        },
    ),
    notice(
        "gmt0015.signing_usage",
        "GM/T 0015-2012, annex C",
        "a subscriber's signing key has digitalSignature and nonRepudiation",
        |cert| {
            let half = |usage| usage & SIGNING != 0 && usage & SIGNING != SIGNING;
            // Services sign answers and are no party to them.
            let service = cert.is_ca() || cert.known.purposes.is_some();
            holds(service || !usage(cert).is_some_and(half))
        },
    ),
    notice(
        "gmt0015.encryption_usage",
        "GM/T 0015-2012, annex C",
        "an encryption key has keyEncipherment and dataEncipherment",
        |cert| {
            let table = KEY_ENCIPHERMENT | DATA_ENCIPHERMENT;
            let half = |usage| usage & ENCRYPTION != 0 && usage & table != table;
            holds(!usage(cert).is_some_and(half))
        },
    ),
    warning(
        "gmt0015.ca_usage",
        "GM/T 0015-2012, annex B",
        "a CA's key signs certificates and CRLs, and keeps no other office",
        |cert| {
            let other = usage(cert).is_some_and(|usage| usage & ENCRYPTION != 0);
            let signs = usage(cert).is_none_or(|usage| usage & CRL_SIGN != 0);
            holds(!cert.is_ca() || (signs && !other))
        },
    ),
    error(
        // The example of annex D writes cA FALSE out, against DER.
        "gmt0015.ca_false",
        "X.690, 11.5",
        "cA FALSE is not written",
        |cert| {
            let constraints = good(&cert.known.constraints);
            holds(constraints.is_none_or(|value| value.ca != Some(false)))
        },
    ),
    warning(
        "gmt0015.subject_key_identifier",
        "GM/T 0015-2012, 5.2.4; RFC 7093, 2",
        "subjectKeyIdentifier is a digest of the key: SHA-1, or SM3, whole or its first 20 octets",
        |cert| {
            let Some(found) = good(&cert.known.subject_key) else {
                return Ok(());
            };
            let fits = sha1_of(cert) == *found || {
                let digest = sm3::digest(cert.key.bits.octets);
                *found == digest || *found == &digest[..20]
            };
            holds(fits)
        },
    ),
    notice(
        "gmt0015.subject_key_sha1",
        "GM/T 0015-2012, 5.2.4",
        "subjectKeyIdentifier is the SHA-1 of the key, as the text of 2012 has it",
        |cert| {
            let found = good(&cert.known.subject_key);
            holds(found.is_none_or(|found| sha1_of(cert) == *found))
        },
    ),
    error(
        "gmt0015.country_printable",
        "GM/T 0015-2012, 5.2.3.4",
        "countryName is a PrintableString",
        |cert| {
            let names = cert.names();
            let mut all = names.iter().flat_map(|name| name.values(oid::COUNTRY));
            holds(all.all(|attribute| attribute.value.tag == super::octets::PRINTABLE))
        },
    ),
    warning(
        "gmt0015.beyond_ascii_is_utf8",
        "GM/T 0015-2012, 5.2.3.4",
        "what is beyond ASCII in a name is in a UTF8String",
        |cert| {
            attribute(cert, |attribute| {
                let value = &attribute.value;
                let ascii = match text(value) {
                    Some(text) => text.is_ascii(),
                    None => value.content().is_ascii(),
                };
                value.tag != UTF8 && !ascii
            })
        },
    ),
    notice(
        "gmt0015.names_are_utf8",
        "GM/T 0015-2012, 5.2.3.4",
        "attributes that may be UTF8String are",
        |cert| {
            let others = [
                oid::COUNTRY,
                oid::EMAIL,
                oid::SERIAL_NUMBER,
                oid::DN_QUALIFIER,
                oid::DOMAIN_COMPONENT,
            ];
            attribute(cert, |attribute| {
                attribute.value.tag != UTF8 && !others.iter().any(|oid| oid.is(attribute.oid))
            })
        },
    ),
    crl(
        "gmt0015.crl_signature_algorithm",
        "GM/T 0015-2012, 5.3; GM/T 0006",
        "the signature of a CRL is SM2 with SM3",
        |crl| signature_algorithm(&crl.algorithm),
    ),
    crl(
        "gmt0015.crl_signature_parameters",
        "GM/T 0015-2012, 5.3",
        "the parameters of the algorithm of a CRL's signature are absent or NULL",
        |crl| signature_parameters(&crl.algorithm),
    ),
    crl(
        "gmt0015.crl_signature_value",
        "GM/T 0009-2012, 7.3",
        "the signature is DER of two integers, each from 1 to n − 1",
        |crl| signature_value(crl.outer, &crl.algorithm),
    ),
    ocsp(
        "gmt0015.ocsp_signature_algorithm",
        "GB/T 19713-2005; GM/T 0006",
        "the signature of an OCSP answer is SM2 with SM3, its parameters absent or NULL",
        |answer| match answer.outer {
            None => Ok(()),
            Some(outer) => {
                signature_algorithm(&outer.algorithm)?;
                signature_parameters(&outer.algorithm)
            }
        },
    ),
    ocsp(
        "gmt0015.ocsp_signature_value",
        "GM/T 0009-2012, 7.3",
        "the signature is DER of two integers, each from 1 to n − 1",
        |answer| match answer.outer {
            None => Ok(()),
            Some(outer) => signature_value(answer.outer, &outer.algorithm),
        },
    ),
    request(
        "gmt0015.request_signature_algorithm",
        "GM/T 0015-2012, 5.2.3.3; GM/T 0006",
        "the signature of a request is SM2 with SM3, its parameters absent or NULL",
        |request| match request.outer {
            None => Ok(()),
            Some(outer) => {
                signature_algorithm(&outer.algorithm)?;
                signature_parameters(&outer.algorithm)
            }
        },
    ),
    request(
        "gmt0015.request_key",
        "GM/T 0015-2012, annex D; GB/T 32918.5",
        "a key that is asked a certificate for is an uncompressed point of the SM2 curve",
        |request| {
            let key = &request.key;
            let form = key.kind == KeyKind::Sm2 && key.bits.octets.first() == Some(&4);
            holds(form && on_curve(key).is_ok())
        },
    ),
];

fn sha1_of(cert: &Certificate<'_>) -> [u8; 20] {
    Sha1::digest(cert.key.bits.octets).into()
}

fn signature_algorithm(algorithm: &Algorithm<'_>) -> Verdict {
    match oid::SM2_SM3.is(algorithm.oid) {
        true => Ok(()),
        false => none(Some(oid::shown(algorithm.oid))),
    }
}

fn signature_parameters(algorithm: &Algorithm<'_>) -> Verdict {
    holds(algorithm.has_no_parameters())
}

/// That an SM2 signature has its form; others are for other rules.
fn signature_value(outer: Option<Outer<'_>>, algorithm: &Algorithm<'_>) -> Verdict {
    match outer {
        Some(outer) if oid::SM2_SM3.is(algorithm.oid) => {
            holds(is_signature(outer.signature.octets))
        }
        _ => Ok(()),
    }
}

fn is_signature(octets: &[u8]) -> bool {
    let work = Work::new(3);
    let read = || {
        let mut reader = Reader::new(octets, &work);
        let mut parts = reader.sequence("no SEQUENCE")?;
        let r = parts.take(super::octets::INTEGER, "no r")?.content();
        let s = parts.take(super::octets::INTEGER, "no s")?.content();
        parts.finish()?;
        reader.finish()?;
        Ok::<_, super::octets::Fault>([r, s])
    };
    let good = |integer: &[u8]| {
        let number = magnitude(integer);
        let small = number.len() < 32 || (number.len() == 32 && number < &N[..]);
        is_minimal(integer) && !is_negative(integer) && !number.is_empty() && small
    };
    read().is_ok_and(|numbers| numbers.into_iter().all(good))
}

fn is_named(key: &KeyView<'_>) -> bool {
    let parameters = key.algorithm.parameters;
    parameters.is_some_and(|parameters| parameters.tag == super::octets::OID)
}

/// Of an SM2 key, compressed or not: its form is a rule of its own.
pub(super) fn on_curve(key: &KeyView<'_>) -> Verdict {
    holds(key.kind != KeyKind::Sm2 || PublicKey::from_sec1(key.bits.octets).is_ok())
}

fn attribute(cert: &Certificate<'_>, bad: impl Fn(&Attribute<'_>) -> bool) -> Verdict {
    let names = cert.names();
    let mut all = names.iter().flat_map(|name| &name.attributes);
    let found = all.find(|attribute| bad(attribute));
    none(found.map(|attribute| oid::shown(attribute.oid)))
}
