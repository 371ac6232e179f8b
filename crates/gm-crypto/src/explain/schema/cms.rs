//! Messages: GM/T 0010 (GB/T 35275), PKCS#7 and CMS, whose shapes are one family.

use super::{
    Field, Type, first_oid,
    keys::{
        ALGORITHM, ANY, AUTHENTICATED_SAFE, HIDDEN, HIDDEN_OCTETS, NUMBER, OCTETS, OID,
        SAFE_CONTENTS, SM2_CIPHER_BRIEF, SM2_SIGNATURE_BRIEF,
    },
    may, need,
    x509::{ATTRIBUTE, CERTIFICATE_BRIEF, CRL, ISSUER_AND_SERIAL},
};
use crate::explain::asn1::{BIT_STRING, Node};

/// `ContentInfo` (GM/T 0010, clause 6; RFC 5652, 3).
pub(crate) static CONTENT_INFO: Type = Type::Sequence(&[
    need("contentType", &OID),
    may("content", &Type::Open(content)).explicit(0),
]);

fn content(oid: &str) -> &'static Type {
    match oid {
        "1.2.156.10197.6.1.4.2.1" | "1.2.840.113549.1.7.1" => &DATA,
        "1.2.156.10197.6.1.4.2.2" | "1.2.840.113549.1.7.2" => &SIGNED_DATA,
        "1.2.156.10197.6.1.4.2.3" | "1.2.840.113549.1.7.3" => &ENVELOPED_DATA,
        "1.2.156.10197.6.1.4.2.4" | "1.2.840.113549.1.7.4" => &SIGNED_AND_ENVELOPED_DATA,
        "1.2.156.10197.6.1.4.2.5" | "1.2.840.113549.1.7.6" => &ENCRYPTED_DATA,
        "1.2.156.10197.6.1.4.2.6" => &KEY_AGREEMENT_INFO,
        _ => &ANY,
    }
}

static DATA: Type = Type::Look(data);

/// Content of a message, which may be a key as well as anything else.
fn data(node: &Node<'_>) -> &'static Type {
    if node.inside().is_some() {
        &DATA_OR_SAFE
    } else if crate::explain::input::may_be_key(node.content) {
        &HIDDEN_OCTETS
    } else {
        &OCTETS
    }
}

static DATA_OR_SAFE: Type = Type::Wrapped(&SAFE);
static SAFE: Type = Type::Look(safe);

/// What stands in `data` of a PKCS#12: bags, or messages with bags in them.
fn safe(node: &Node<'_>) -> &'static Type {
    let first = node.child(0).as_ref().and_then(first_oid);
    match first.as_deref() {
        Some(oid) if oid.starts_with("1.2.840.113549.1.12.10.1.") => &SAFE_CONTENTS,
        Some(oid) if oid.starts_with("1.2.840.113549.1.7.") => &AUTHENTICATED_SAFE,
        _ => &HIDDEN,
    }
}

static ALGORITHMS: Type = Type::SetOf("algorithm", &ALGORITHM);
static CERTIFICATES: Type = Type::SetOf("certificate", &CERTIFICATE_BRIEF);
static CRLS: Type = Type::SetOf("crl", &CRL);

/// `SignedData` (GM/T 0010, clause 8; RFC 5652, 5.1).
pub(crate) static SIGNED_DATA: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("digestAlgorithms", &ALGORITHMS),
    need("contentInfo", &CONTENT_INFO),
    may("certificates", &CERTIFICATES).implicit(0),
    may("crls", &CRLS).implicit(1),
    need("signerInfos", &Type::SetOf("signerInfo", &SIGNER_INFO)),
]);

const PARTY: &[Field] = &[
    need("issuerAndSerialNumber", &ISSUER_AND_SERIAL),
    need("subjectKeyIdentifier", &OCTETS).implicit(0),
];

/// `SignerInfo` (GM/T 0010, clause 8; RFC 5652, 5.3).
pub(super) static SIGNER_INFO: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("sid", &Type::Choice(PARTY)),
    need("digestAlgorithm", &ALGORITHM),
    may(
        "authenticatedAttributes",
        &Type::SetOf("attribute", &ATTRIBUTE),
    )
    .implicit(0),
    need("digestEncryptionAlgorithm", &ALGORITHM),
    need("encryptedDigest", &SIGNATURE),
    may(
        "unauthenticatedAttributes",
        &Type::SetOf("attribute", &ATTRIBUTE),
    )
    .implicit(1),
]);
static SIGNATURE: Type = Type::Wrapped(&SM2_SIGNATURE_BRIEF);

static RECIPIENT_INFO: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("rid", &Type::Choice(PARTY)),
    need("keyEncryptionAlgorithm", &ALGORITHM),
    need("encryptedKey", &Type::Wrapped(&SM2_CIPHER_BRIEF)),
]);
static RECIPIENTS: Type = Type::SetOf(
    "recipientInfo",
    &Type::Choice(&[
        need("ktri", &RECIPIENT_INFO),
        need("kari", &ANY).implicit(1),
        need("other", &ANY),
    ]),
);

static ENCRYPTED_CONTENT: Type = Type::Sequence(&[
    need("contentType", &OID),
    need("contentEncryptionAlgorithm", &ALGORITHM),
    may("encryptedContent", &OCTETS).implicit(0),
    may("sharedInfo1", &OCTETS).implicit(1),
    may("sharedInfo2", &OCTETS).implicit(2),
]);

/// `EnvelopedData` (GM/T 0010, clause 9; RFC 5652, 6.1).
pub(crate) static ENVELOPED_DATA: Type = Type::Sequence(&[
    need("version", &NUMBER),
    may("originatorInfo", &ANY).implicit(0),
    need("recipientInfos", &RECIPIENTS),
    need("encryptedContentInfo", &ENCRYPTED_CONTENT),
    may(
        "unprotectedAttributes",
        &Type::SetOf("attribute", &ATTRIBUTE),
    )
    .implicit(1),
]);

/// `SignedAndEnvelopedData` (GM/T 0010, clause 10).
static SIGNED_AND_ENVELOPED_DATA: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("recipientInfos", &RECIPIENTS),
    need("digestAlgorithms", &ALGORITHMS),
    need("encryptedContentInfo", &ENCRYPTED_CONTENT),
    may("certificates", &CERTIFICATES).implicit(0),
    may("crls", &CRLS).implicit(1),
    need("signerInfos", &Type::SetOf("signerInfo", &SIGNER_INFO)),
]);

/// `EncryptedData` (GM/T 0010, clause 11; RFC 5652, 8).
static ENCRYPTED_DATA: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("encryptedContentInfo", &ENCRYPTED_CONTENT),
]);

/// `KeyAgreementInfo` (GM/T 0010, clause 12).
static KEY_AGREEMENT_INFO: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("tempPublicKeyR", &Type::Point(BIT_STRING)),
    need("userCertificate", &CERTIFICATE_BRIEF),
    need("userID", &OCTETS),
]);

/// `TimeStampResp` (RFC 3161, 2.4.2).
pub(crate) static TIME_STAMP_RESPONSE: Type = Type::Sequence(&[
    need(
        "status",
        &Type::Sequence(&[
            need("status", &NUMBER),
            may("statusString", &Type::SequenceOf("text", &Type::Text)),
            may("failInfo", &Type::Bits(&[])),
        ]),
    ),
    may("timeStampToken", &CONTENT_INFO),
]);
