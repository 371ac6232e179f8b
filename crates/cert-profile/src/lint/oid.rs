//! Object identifiers of the rules, each written once.

use crate::subject;
use core::fmt;
use der::asn1::ObjectIdentifier;

macro_rules! identifiers {
    ($($name:ident = $text:literal;)+) => {
        $(pub(crate) const $name: Oid = Oid(ObjectIdentifier::new_unwrap($text));)+
    };
}

/// An identifier that compares with octets as they came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oid(ObjectIdentifier);

impl Oid {
    pub(crate) fn is(&self, octets: &[u8]) -> bool {
        self.0.as_bytes() == octets
    }

    /// Whether `octets` are below this arc.
    pub(crate) fn is_above(&self, octets: &[u8]) -> bool {
        octets.len() > self.0.as_bytes().len() && octets.starts_with(self.0.as_bytes())
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of an attribute type, or the dotted form.
pub(crate) fn shown(octets: &[u8]) -> String {
    ObjectIdentifier::from_bytes(octets).map_or_else(
        |_| "an object identifier of too many octets".to_owned(),
        |oid| subject::label(&oid),
    )
}

identifiers! {
    // GM/T 0006 (GB/T 33560).
    SM2_SM3 = "1.2.156.10197.1.501";
    SM2_CURVE = "1.2.156.10197.1.301";
    SM3 = "1.2.156.10197.1.401";
    // RFC 5480, RFC 8017.
    EC_KEY = "1.2.840.10045.2.1";
    RSA_KEY = "1.2.840.113549.1.1.1";
    RSA_SIGNATURES = "1.2.840.113549.1.1";

    // X.520.
    COMMON_NAME = "2.5.4.3";
    COUNTRY = "2.5.4.6";
    ORGANIZATION = "2.5.4.10";
    EMAIL = "1.2.840.113549.1.9.1";
    SERIAL_NUMBER = "2.5.4.5";
    DN_QUALIFIER = "2.5.4.46";
    DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.25";

    // RFC 5280, 4.2.2; RFC 6960.
    AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
    SUBJECT_INFO_ACCESS = "1.3.6.1.5.5.7.1.11";
    AD_OCSP = "1.3.6.1.5.5.7.48.1";
    AD_CA_ISSUERS = "1.3.6.1.5.5.7.48.2";
    OCSP_BASIC = "1.3.6.1.5.5.7.48.1.1";
    OCSP_NONCE = "1.3.6.1.5.5.7.48.1.2";
    OCSP_NO_CHECK = "1.3.6.1.5.5.7.48.1.5";
    OCSP_ARCHIVE_CUTOFF = "1.3.6.1.5.5.7.48.1.6";
    QUALIFIER_CPS = "1.3.6.1.5.5.7.2.1";
    QUALIFIER_USER_NOTICE = "1.3.6.1.5.5.7.2.2";
    ANY_POLICY = "2.5.29.32.0";

    // RFC 5280, 4.2.1.12.
    ANY_PURPOSE = "2.5.29.37.0";
    SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
    TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
    OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

    // RFC 2985.
    CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7";
    EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

    // Digests of a CertID.
    SHA1 = "1.3.14.3.2.26";
    SHA256 = "2.16.840.1.101.3.4.2.1";
    SHA384 = "2.16.840.1.101.3.4.2.2";
    SHA512 = "2.16.840.1.101.3.4.2.3";

    // GM/T 0015-2012, 5.2.4.2.
    PRIVATE = "1.2.156.10260.4.1";
    IDENTIFY_CODE = "1.2.156.10260.4.1.1";
    INSURANCE_NUMBER = "1.2.156.10260.4.1.2";
    IC_REGISTRATION = "1.2.156.10260.4.1.3";
    ORGANIZATION_CODE = "1.2.156.10260.4.1.4";
    TAXATION_NUMBER = "1.2.156.10260.4.1.5";
    // GM/T 0015-2023; two sources, two numbers.
    CREDIT_CODE = "1.2.156.10260.4.4";
    CREDIT_CODE_LONG = "1.2.156.10260.4.4.4";

    // Policies of the mutual recognition of Guangdong and Hong Kong.
    GDHK_HONG_KONG = "2.16.344.8.2.2008.810.2";
    GDHK_INDIVIDUAL = "2.16.156.339.1.1.1.2.1";
    GDHK_ORGANISATION = "2.16.156.339.1.1.2.2.1";
}
