//! Keys, what is encrypted to them, and the files in which they stand.

use super::{Brief, Field, Type, cms, may, need};
use crate::explain::asn1::{self, BIT_STRING, INTEGER, Node, OBJECT_IDENTIFIER, OCTET_STRING};

pub(super) static OID: Type = Type::Is(OBJECT_IDENTIFIER);
pub(super) static NUMBER: Type = Type::Is(INTEGER);
pub(super) static OCTETS: Type = Type::Is(OCTET_STRING);
pub(super) static BITS: Type = Type::Is(BIT_STRING);
pub(super) static ANY: Type = Type::Any;
pub(super) static TIME: Type = Type::Time;
pub(super) static PERSONAL: Type = Type::Personal;

/// `AlgorithmIdentifier` (RFC 5280, 4.1.1.2).
pub(crate) static ALGORITHM: Type = Type::Brief(Brief::Algorithm, &ALGORITHM_FULL);
static ALGORITHM_FULL: Type = Type::Sequence(&[
    need("algorithm", &OID),
    may("parameters", &Type::Open(parameters)),
]);

fn parameters(oid: &str) -> &'static Type {
    match oid {
        "1.2.840.10045.2.1" => &EC_CHOICE,
        "1.2.840.113549.1.5.13" | "1.2.156.10197.6.1.4.1.5.1" | "1.2.156.10197.6.4.1.5.1" => {
            &PBES2_PARAMETERS
        }
        "1.2.840.113549.1.5.12" | "1.2.156.10197.6.1.4.1.5.2" | "1.2.156.10197.6.4.1.5.2" => {
            &PBKDF2_PARAMETERS
        }
        oid if oid.starts_with("1.2.840.113549.1.12.1.") => &PBE_PARAMETERS,
        _ => &ANY,
    }
}

static EC_CHOICE: Type = Type::Choice(&[
    need("namedCurve", &OID),
    need("specifiedCurve", &EC_PARAMETERS),
    need("implicitCurve", &ANY),
]);

/// `ECParameters` (X9.62; SEC 1, C.2).
pub(crate) static EC_PARAMETERS: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need(
        "fieldID",
        &Type::Sequence(&[need("fieldType", &OID), need("prime", &NUMBER)]),
    ),
    need(
        "curve",
        &Type::Sequence(&[need("a", &OCTETS), need("b", &OCTETS), may("seed", &BITS)]),
    ),
    need("base", &OCTETS),
    need("order", &NUMBER),
    may("cofactor", &NUMBER),
]);

static PBES2_PARAMETERS: Type = Type::Sequence(&[
    need("keyDerivationFunc", &ALGORITHM),
    need("encryptionScheme", &ALGORITHM),
]);

static PBKDF2_PARAMETERS: Type = Type::Sequence(&[
    need("salt", &OCTETS),
    need("iterationCount", &NUMBER),
    may("keyLength", &NUMBER),
    may("prf", &ALGORITHM),
]);

static PBE_PARAMETERS: Type = Type::Sequence(&[need("salt", &OCTETS), need("iterations", &NUMBER)]);

/// `SubjectPublicKeyInfo` (RFC 5280, 4.1).
pub(crate) static PUBLIC_KEY: Type = Type::Sequence(&[
    need("algorithm", &ALGORITHM),
    need("subjectPublicKey", &Type::Point(BIT_STRING)),
]);
pub(super) static PUBLIC_KEY_BRIEF: Type = Type::Brief(Brief::PublicKey, &PUBLIC_KEY);

/// `PrivateKeyInfo` and `OneAsymmetricKey` (RFC 5208, RFC 5958).
pub(crate) static PRIVATE_KEY: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("privateKeyAlgorithm", &ALGORITHM),
    need("privateKey", &Type::Secret(&WRAPPED_SEC1)),
    may("attributes", &Type::SetOf("attribute", &ANY)).implicit(0),
    may("publicKey", &Type::Point(BIT_STRING)).implicit(1),
]);
static WRAPPED_SEC1: Type = Type::Wrapped(&SEC1);

/// `ECPrivateKey` (RFC 5915).
pub(crate) static SEC1: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("privateKey", &Type::Secret(&OCTETS)),
    may("parameters", &EC_CHOICE).explicit(0),
    may("publicKey", &Type::Point(BIT_STRING)).explicit(1),
]);

/// `EncryptedPrivateKeyInfo` (RFC 5958, 3).
pub(crate) static ENCRYPTED_PRIVATE_KEY: Type = Type::Sequence(&[
    need("encryptionAlgorithm", &ALGORITHM_FULL),
    need("encryptedData", &HIDDEN_OCTETS),
]);

const CIPHER: &[Field] = &[
    need("XCoordinate", &NUMBER),
    need("YCoordinate", &NUMBER),
    need("HASH", &OCTETS),
    need("CipherText", &OCTETS),
];
/// `SM2Cipher` (GM/T 0009, 7.2).
pub(crate) static SM2_CIPHER: Type = Type::Sequence(CIPHER);
pub(super) static SM2_CIPHER_BRIEF: Type = Type::Brief(Brief::Cipher, &SM2_CIPHER);

/// `SM2Signature` (GM/T 0009, 7.3).
pub(crate) static SM2_SIGNATURE: Type = Type::Sequence(&[need("R", &NUMBER), need("S", &NUMBER)]);
pub(super) static SM2_SIGNATURE_BRIEF: Type = Type::Brief(Brief::Signature, &SM2_SIGNATURE);

/// `SM2EnvelopedKey` (GM/T 0009, 7.4).
pub(crate) static ENVELOPED_KEY: Type = Type::Sequence(&[
    need("symAlgID", &ALGORITHM),
    need("symEncryptedKey", &SM2_CIPHER),
    need("Sm2PublicKey", &Type::Point(BIT_STRING)),
    need("Sm2EncryptedPrivateKey", &Type::Secret(&BITS)),
]);

/// `CSRResponse` (GM/T 0092, clause 8), in each spelling of its sets and tags.
pub(crate) static CSR_RESPONSE: Type = Type::Sequence(&[
    need("signCertificate", &Type::Look(certificates)),
    may("encryptedPrivateKey", &Type::Look(enveloped)).implicit(0),
    may("encryptCertificate", &Type::Look(certificates)).implicit(1),
]);

/// A set of certificates: SET, SEQUENCE, or a tag around one of them or instead of it.
fn certificates(node: &Node<'_>) -> &'static Type {
    static SET: Type = Type::SetOf("certificate", &super::x509::CERTIFICATE_BRIEF);
    static SEQUENCE: Type = Type::SequenceOf("certificate", &super::x509::CERTIFICATE_BRIEF);
    static AROUND: Type = Type::SequenceOf("certificates", &SET);
    let around = node.is_context(1) && node.child(0).is_some_and(|inner| inner.is(asn1::SET));
    if around {
        &AROUND
    } else if node.is(asn1::SEQUENCE) {
        &SEQUENCE
    } else {
        &SET
    }
}

/// An `SM2EnvelopedKey` under a tag, or with the tag as its own.
fn enveloped(node: &Node<'_>) -> &'static Type {
    static AROUND: Type = Type::SequenceOf("SM2EnvelopedKey", &ENVELOPED_KEY);
    match node.child(1) {
        Some(_) => &ENVELOPED_KEY,
        None => &AROUND,
    }
}

/// The key file of CFCA's kit: no standard.
pub(crate) static CFCA_KEY_FILE: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need(
        "privateKey",
        &Type::Sequence(&[
            need("contentType", &OID),
            need("cipher", &OID),
            need("encryptedKey", &HIDDEN_OCTETS),
        ]),
    ),
    need(
        "certificate",
        &Type::Sequence(&[
            need("contentType", &OID),
            need("content", &CFCA_CERTIFICATE),
        ]),
    ),
]);
static CFCA_CERTIFICATE: Type = Type::Wrapped(&super::x509::CERTIFICATE_BRIEF);

/// What stands behind the header of CFCA's delivery text.
pub(crate) static CFCA_ESCROW: Type =
    Type::Sequence(&[need("version", &NUMBER), need("ciphertext", &HIDDEN_OCTETS)]);

/// `PFX` (RFC 7292, 4).
pub(crate) static PFX: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("authSafe", &cms::CONTENT_INFO),
    may("macData", &MAC_DATA),
]);

static MAC_DATA: Type = Type::Sequence(&[
    need(
        "mac",
        &Type::Sequence(&[need("digestAlgorithm", &ALGORITHM), need("digest", &OCTETS)]),
    ),
    need("macSalt", &OCTETS),
    may("iterations", &NUMBER),
]);

/// What stands in a PKCS#12's authSafe (RFC 7292, 4.1), known by its shape alone.
pub(super) static AUTHENTICATED_SAFE: Type = Type::SequenceOf("contentInfo", &cms::CONTENT_INFO);
/// `SafeContents` (RFC 7292, 4.2).
pub(super) static SAFE_CONTENTS: Type = Type::SequenceOf("safeBag", &SAFE_BAG);

static SAFE_BAG: Type = Type::Sequence(&[
    need("bagId", &OID),
    need("bagValue", &Type::Open(bag)).explicit(0),
    may(
        "bagAttributes",
        &Type::SetOf("attribute", &super::x509::ATTRIBUTE),
    ),
]);

fn bag(oid: &str) -> &'static Type {
    match oid {
        "1.2.840.113549.1.12.10.1.1" => &PRIVATE_KEY,
        "1.2.840.113549.1.12.10.1.2" => &ENCRYPTED_PRIVATE_KEY,
        "1.2.840.113549.1.12.10.1.3" => &CERT_BAG,
        _ => &HIDDEN,
    }
}

/// What may be a key.
pub(super) static HIDDEN: Type = Type::Secret(&ANY);
/// What is encrypted, unless whoever wrote it forgot to: it tells a reader nothing.
pub(super) static HIDDEN_OCTETS: Type = Type::Secret(&OCTETS);

static CERT_BAG: Type = Type::Sequence(&[
    need("certId", &OID),
    need("certValue", &CFCA_CERTIFICATE).explicit(0),
]);
