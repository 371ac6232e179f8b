//! Certificates, requests, revocation lists and OCSP.

use super::{
    Brief, Field, Type,
    keys::{
        ALGORITHM, ANY, BITS, NUMBER, OCTETS, OID, PERSONAL, PUBLIC_KEY_BRIEF, SM2_SIGNATURE_BRIEF,
        TIME,
    },
    may, need,
};
use crate::explain::asn1::{BOOLEAN, ENUMERATED, IA5_STRING, INTEGER, NULL, OCTET_STRING};

pub(super) static FLAG: Type = Type::Is(BOOLEAN);
static SIGNATURE: Type = Type::Wrapped(&SM2_SIGNATURE_BRIEF);

/// `Name` (RFC 5280, 4.1.2.4).
pub(crate) static NAME: Type = Type::Brief(Brief::Name, &NAME_FULL);
static NAME_FULL: Type = Type::SequenceOf("rdn", &RDN);
static RDN: Type = Type::SetOf("attribute", &NAME_ATTRIBUTE);
static NAME_ATTRIBUTE: Type =
    Type::Sequence(&[need("type", &OID), need("value", &Type::Open(name_value))]);

fn name_value(_: &str) -> &'static Type {
    &ANY
}

static VALIDITY: Type = Type::Brief(
    Brief::Validity,
    &Type::Sequence(&[need("notBefore", &TIME), need("notAfter", &TIME)]),
);

static VERSION: Type = Type::Named(INTEGER, &[(0, "v1"), (1, "v2"), (2, "v3")]);

/// `Certificate` (RFC 5280, 4.1).
pub(crate) static CERTIFICATE: Type = Type::Sequence(&[
    need("tbsCertificate", &TBS_CERTIFICATE),
    need("signatureAlgorithm", &ALGORITHM),
    need("signatureValue", &SIGNATURE),
]);
pub(super) static CERTIFICATE_BRIEF: Type = Type::Brief(Brief::Certificate, &CERTIFICATE);

static TBS_CERTIFICATE: Type = Type::Sequence(&[
    may("version", &VERSION).explicit(0),
    need("serialNumber", &NUMBER),
    need("signature", &ALGORITHM),
    need("issuer", &NAME),
    need("validity", &VALIDITY),
    need("subject", &NAME),
    need("subjectPublicKeyInfo", &PUBLIC_KEY_BRIEF),
    may("issuerUniqueID", &BITS).implicit(1),
    may("subjectUniqueID", &BITS).implicit(2),
    may("extensions", &EXTENSIONS).explicit(3),
]);

static EXTENSIONS: Type = Type::SequenceOf("extension", &EXTENSION);
static EXTENSION: Type = Type::Brief(
    Brief::Extension,
    &Type::Sequence(&[
        need("extnID", &OID),
        may("critical", &FLAG),
        need("extnValue", &Type::Open(extension)),
    ]),
);

macro_rules! wrapped {
    ($($name:ident = $inner:ident;)+) => {
        $(static $name: Type = Type::Wrapped(&$inner);)+
    };
}

// What stands in an OCTET STRING.
wrapped! {
    IN_OCTETS = OCTETS;
    IN_KEY_USAGE = KEY_USAGE;
    IN_GENERAL_NAMES = GENERAL_NAMES;
    IN_BASIC_CONSTRAINTS = BASIC_CONSTRAINTS;
    IN_NUMBER = NUMBER;
    IN_REASON = REASON;
    IN_TIME = TIME;
    IN_ISSUING_DISTRIBUTION_POINT = ISSUING_DISTRIBUTION_POINT;
    IN_DISTRIBUTION_POINTS = DISTRIBUTION_POINTS;
    IN_POLICIES = POLICIES;
    IN_AUTHORITY_KEY_ID = AUTHORITY_KEY_ID;
    IN_KEY_PURPOSES = KEY_PURPOSES;
    IN_ACCESS = ACCESS;
    IN_NETSCAPE_TYPE = NETSCAPE_TYPE;
    IN_ANY = ANY;
    IN_TEMPORARY_KEY = TEMPORARY_KEY;
}

/// What stands in the OCTET STRING of an extension.
fn extension(oid: &str) -> &'static Type {
    match oid {
        "2.5.29.14" => &IN_OCTETS,
        "2.5.29.15" => &IN_KEY_USAGE,
        "2.5.29.17" | "2.5.29.18" | "2.5.29.29" => &IN_GENERAL_NAMES,
        "2.5.29.19" => &IN_BASIC_CONSTRAINTS,
        "2.5.29.20" | "2.5.29.27" | "2.5.29.54" => &IN_NUMBER,
        "2.5.29.21" => &IN_REASON,
        "2.5.29.24" => &IN_TIME,
        "2.5.29.28" => &IN_ISSUING_DISTRIBUTION_POINT,
        "2.5.29.31" | "2.5.29.46" => &IN_DISTRIBUTION_POINTS,
        "2.5.29.32" => &IN_POLICIES,
        "2.5.29.35" => &IN_AUTHORITY_KEY_ID,
        "2.5.29.37" => &IN_KEY_PURPOSES,
        "1.3.6.1.5.5.7.1.1" | "1.3.6.1.5.5.7.1.11" => &IN_ACCESS,
        "1.3.6.1.5.5.7.48.1.2" => &NONCE,
        "2.16.840.1.113730.1.1" => &IN_NETSCAPE_TYPE,
        oid if is_personal(oid) => &PERSONAL,
        _ => &IN_ANY,
    }
}

/// Whether an extension tells who somebody is: GM/T 0015, 5.2.4.2, and the arcs of CAs that
/// use their own for it.
pub(crate) fn is_personal(oid: &str) -> bool {
    [
        "1.2.156.10260.4.",
        "1.2.156.112562.2.1.",
        "2.16.840.1.113732.",
        "1.2.86.11.7.",
    ]
    .iter()
    .any(|arc| oid.starts_with(arc))
}

pub(crate) const KEY_USAGES: &[&str] = &[
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];
static KEY_USAGE: Type = Type::Bits(KEY_USAGES);
static NETSCAPE_TYPE: Type = Type::Bits(&[
    "sslClient",
    "sslServer",
    "smime",
    "objectSigning",
    "reserved",
    "sslCA",
    "smimeCA",
    "objectSigningCA",
]);
static NONCE: Type = Type::Wrapped(&OCTETS);

static BASIC_CONSTRAINTS: Type =
    Type::Sequence(&[may("cA", &FLAG), may("pathLenConstraint", &NUMBER)]);

static REASON: Type = Type::Named(
    ENUMERATED,
    &[
        (0, "unspecified"),
        (1, "keyCompromise"),
        (2, "cACompromise"),
        (3, "affiliationChanged"),
        (4, "superseded"),
        (5, "cessationOfOperation"),
        (6, "certificateHold"),
        (8, "removeFromCRL"),
        (9, "privilegeWithdrawn"),
        (10, "aACompromise"),
    ],
);

static IA5: Type = Type::Is(IA5_STRING);
const GENERAL_NAME: &[Field] = &[
    need("otherName", &ANY).implicit(0),
    need("rfc822Name", &IA5).implicit(1),
    need("dNSName", &IA5).implicit(2),
    need("x400Address", &ANY).implicit(3),
    need("directoryName", &NAME).explicit(4),
    need("ediPartyName", &ANY).implicit(5),
    need("uniformResourceIdentifier", &IA5).implicit(6),
    need("iPAddress", &OCTETS).implicit(7),
    need("registeredID", &OID).implicit(8),
];
static GENERAL_NAMES: Type = Type::Brief(
    Brief::GeneralNames,
    &Type::SequenceOf("name", &GENERAL_NAME_CHOICE),
);
static GENERAL_NAME_CHOICE: Type = Type::Choice(GENERAL_NAME);

static AUTHORITY_KEY_ID: Type = Type::Sequence(&[
    may("keyIdentifier", &OCTETS).implicit(0),
    may("authorityCertIssuer", &GENERAL_NAMES).implicit(1),
    may("authorityCertSerialNumber", &NUMBER).implicit(2),
]);

static KEY_PURPOSES: Type = Type::SequenceOf("purpose", &OID);
static POLICIES: Type = Type::SequenceOf(
    "policy",
    &Type::Sequence(&[
        need("policyIdentifier", &OID),
        may("policyQualifiers", &Type::SequenceOf("qualifier", &ANY)),
    ]),
);
static ACCESS: Type = Type::SequenceOf(
    "access",
    &Type::Sequence(&[
        need("accessMethod", &OID),
        need("accessLocation", &GENERAL_NAME_CHOICE),
    ]),
);
static POINT_NAME: Type = Type::Choice(&[
    need("fullName", &GENERAL_NAMES).implicit(0),
    need("nameRelativeToCRLIssuer", &ANY).implicit(1),
]);
static DISTRIBUTION_POINTS: Type = Type::SequenceOf(
    "point",
    &Type::Sequence(&[
        may("distributionPoint", &POINT_NAME).explicit(0),
        may("reasons", &BITS).implicit(1),
        may("cRLIssuer", &GENERAL_NAMES).implicit(2),
    ]),
);
static ISSUING_DISTRIBUTION_POINT: Type = Type::Sequence(&[
    may("distributionPoint", &POINT_NAME).explicit(0),
    may("onlyContainsUserCerts", &FLAG).implicit(1),
    may("onlyContainsCACerts", &FLAG).implicit(2),
    may("onlySomeReasons", &BITS).implicit(3),
    may("indirectCRL", &FLAG).implicit(4),
    may("onlyContainsAttributeCerts", &FLAG).implicit(5),
]);

/// `Attribute` (RFC 2986, 4.1; RFC 5652, 5.3).
pub(super) static ATTRIBUTE: Type = Type::Brief(
    Brief::Attribute,
    &Type::Sequence(&[need("type", &OID), need("values", &Type::Open(attribute))]),
);

fn attribute(oid: &str) -> &'static Type {
    match oid {
        "1.2.840.113549.1.9.14" => &EXTENSIONS_IN_SET,
        "1.2.840.113549.1.9.7" => &PERSONAL,
        _ => &ANY,
    }
}
static EXTENSIONS_IN_SET: Type = Type::SetOf("value", &EXTENSIONS);

/// `CertificationRequest` (RFC 2986, 4).
pub(crate) static CSR: Type = Type::Sequence(&[
    need("certificationRequestInfo", &CSR_INFO),
    need("signatureAlgorithm", &ALGORITHM),
    need("signature", &SIGNATURE),
]);
static CSR_INFO: Type = Type::Sequence(&[
    need("version", &NUMBER),
    need("subject", &NAME),
    need("subjectPKInfo", &PUBLIC_KEY_BRIEF),
    may("attributes", &Type::SetOf("attribute", &SET_ATTRIBUTE)).implicit(0),
]);
static SET_ATTRIBUTE: Type = Type::Brief(
    Brief::Attribute,
    &Type::Sequence(&[
        need("type", &OID),
        need("values", &Type::SetOf("value", &Type::Open(request_value))),
    ]),
);

fn request_value(oid: &str) -> &'static Type {
    match oid {
        "1.2.840.113549.1.9.14" => &EXTENSIONS,
        "1.2.840.113549.1.9.7" => &PERSONAL,
        _ => &ANY,
    }
}

/// The same with the attributes of CFCA's kit, whose values stand in no SET.
pub(crate) static CSR_CFCA: Type = Type::Sequence(&[
    need(
        "certificationRequestInfo",
        &Type::Sequence(&[
            need("version", &NUMBER),
            need("subject", &NAME),
            need("subjectPKInfo", &PUBLIC_KEY_BRIEF),
            may("attributes", &Type::SetOf("attribute", &CFCA_ATTRIBUTE)).implicit(0),
        ]),
    ),
    need("signatureAlgorithm", &ALGORITHM),
    need("signature", &SIGNATURE),
]);
static CFCA_ATTRIBUTE: Type = Type::Brief(
    Brief::Attribute,
    &Type::Sequence(&[need("type", &OID), need("value", &Type::Open(cfca_value))]),
);

fn cfca_value(oid: &str) -> &'static Type {
    match oid {
        "1.2.840.113549.1.9.63" => &IN_TEMPORARY_KEY,
        "1.2.840.113549.1.9.7" => &PERSONAL,
        _ => &ANY,
    }
}

static TEMPORARY_KEY: Type = Type::Sequence(&[need("version", &NUMBER), need("key", &OCTETS)]);

/// `CertificateList` (RFC 5280, 5.1).
pub(crate) static CRL: Type = Type::Sequence(&[
    need("tbsCertList", &TBS_CRL),
    need("signatureAlgorithm", &ALGORITHM),
    need("signatureValue", &SIGNATURE),
]);
static TBS_CRL: Type = Type::Sequence(&[
    may("version", &VERSION),
    need("signature", &ALGORITHM),
    need("issuer", &NAME),
    need("thisUpdate", &TIME),
    may("nextUpdate", &TIME),
    may(
        "revokedCertificates",
        &Type::SequenceOf("revoked", &REVOKED),
    ),
    may("crlExtensions", &EXTENSIONS).explicit(0),
]);
static REVOKED: Type = Type::Brief(
    Brief::Revoked,
    &Type::Sequence(&[
        need("userCertificate", &NUMBER),
        need("revocationDate", &TIME),
        may("crlEntryExtensions", &EXTENSIONS),
    ]),
);

/// `IssuerAndSerialNumber` (GM/T 0010; RFC 5652, 10.2.4).
pub(super) static ISSUER_AND_SERIAL: Type = Type::Brief(
    Brief::IssuerAndSerial,
    &Type::Sequence(&[need("issuer", &NAME), need("serialNumber", &NUMBER)]),
);

static CERT_ID: Type = Type::Brief(
    Brief::CertId,
    &Type::Sequence(&[
        need("hashAlgorithm", &ALGORITHM),
        need("issuerNameHash", &OCTETS),
        need("issuerKeyHash", &OCTETS),
        need("serialNumber", &NUMBER),
    ]),
);
static CERTIFICATES: Type = Type::SequenceOf("certificate", &CERTIFICATE_BRIEF);

/// `OCSPRequest` (RFC 6960, 4.1.1).
pub(crate) static OCSP_REQUEST: Type = Type::Sequence(&[
    need(
        "tbsRequest",
        &Type::Sequence(&[
            may("version", &VERSION).explicit(0),
            may("requestorName", &GENERAL_NAME_CHOICE).explicit(1),
            need(
                "requestList",
                &Type::SequenceOf(
                    "request",
                    &Type::Sequence(&[
                        need("reqCert", &CERT_ID),
                        may("singleRequestExtensions", &EXTENSIONS).explicit(0),
                    ]),
                ),
            ),
            may("requestExtensions", &EXTENSIONS).explicit(2),
        ]),
    ),
    may(
        "optionalSignature",
        &Type::Sequence(&[
            need("signatureAlgorithm", &ALGORITHM),
            need("signature", &SIGNATURE),
            may("certs", &CERTIFICATES).explicit(0),
        ]),
    )
    .explicit(0),
]);

/// `OCSPResponse` (RFC 6960, 4.2.1).
pub(crate) static OCSP_RESPONSE: Type = Type::Sequence(&[
    need(
        "responseStatus",
        &Type::Named(
            ENUMERATED,
            &[
                (0, "successful"),
                (1, "malformedRequest"),
                (2, "internalError"),
                (3, "tryLater"),
                (5, "sigRequired"),
                (6, "unauthorized"),
            ],
        ),
    ),
    may(
        "responseBytes",
        &Type::Sequence(&[
            need("responseType", &OID),
            need("response", &Type::Wrapped(&BASIC_OCSP_RESPONSE)),
        ]),
    )
    .explicit(0),
]);

/// `BasicOCSPResponse` (RFC 6960, 4.2.1).
pub(crate) static BASIC_OCSP_RESPONSE: Type = Type::Sequence(&[
    need("tbsResponseData", &RESPONSE_DATA),
    need("signatureAlgorithm", &ALGORITHM),
    need("signature", &SIGNATURE),
    may("certs", &CERTIFICATES).explicit(0),
]);
static RESPONSE_DATA: Type = Type::Sequence(&[
    may("version", &VERSION).explicit(0),
    need(
        "responderID",
        &Type::Choice(&[
            need("byName", &NAME).explicit(1),
            need("byKey", &Type::Is(OCTET_STRING)).explicit(2),
        ]),
    ),
    need("producedAt", &TIME),
    need("responses", &Type::SequenceOf("single", &SINGLE_RESPONSE)),
    may("responseExtensions", &EXTENSIONS).explicit(1),
]);
static SINGLE_RESPONSE: Type = Type::Sequence(&[
    need("certID", &CERT_ID),
    need(
        "certStatus",
        &Type::Choice(&[
            need("good", &Type::Is(NULL)).implicit(0),
            need(
                "revoked",
                &Type::Sequence(&[
                    need("revocationTime", &TIME),
                    may("revocationReason", &REASON).explicit(0),
                ]),
            )
            .implicit(1),
            need("unknown", &Type::Is(NULL)).implicit(2),
        ]),
    ),
    need("thisUpdate", &TIME),
    may("nextUpdate", &TIME).explicit(0),
    may("singleExtensions", &EXTENSIONS).explicit(1),
]);
