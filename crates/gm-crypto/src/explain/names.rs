//! Names of object identifiers: one table, each row with where the name stands.

use alloc::{format, string::String};

/// Identifier, name, source.
const NAMES: &[(&str, &str, &str)] = &[
    // GM/T 0006 (GB/T 33560); modes of SM4 as BouncyCastle and Tongsuo list them.
    ("1.2.156.10197.1.102", "SM1", "GM/T 0006"),
    ("1.2.156.10197.1.103", "SSF33", "GM/T 0006"),
    ("1.2.156.10197.1.104", "SM4, mode unsaid", "GM/T 0006"),
    ("1.2.156.10197.1.104.1", "SM4-ECB", "GM/T 0006"),
    ("1.2.156.10197.1.104.2", "SM4-CBC", "GM/T 0006"),
    ("1.2.156.10197.1.104.3", "SM4-OFB", "GM/T 0006"),
    ("1.2.156.10197.1.104.4", "SM4-CFB", "GM/T 0006"),
    ("1.2.156.10197.1.104.5", "SM4-CFB1", "BouncyCastle, Tongsuo"),
    ("1.2.156.10197.1.104.6", "SM4-CFB8", "BouncyCastle, Tongsuo"),
    ("1.2.156.10197.1.104.7", "SM4-CTR", "BouncyCastle, Tongsuo"),
    ("1.2.156.10197.1.104.8", "SM4-GCM", "BouncyCastle, Tongsuo"),
    ("1.2.156.10197.1.104.9", "SM4-CCM", "BouncyCastle, Tongsuo"),
    ("1.2.156.10197.1.104.10", "SM4-XTS", "BouncyCastle, Tongsuo"),
    ("1.2.156.10197.1.104.11", "SM4 key wrap", "BouncyCastle"),
    (
        "1.2.156.10197.1.104.12",
        "SM4 key wrap with padding",
        "BouncyCastle",
    ),
    ("1.2.156.10197.1.104.100", "SM4-OCB", "BouncyCastle"),
    (
        "1.2.156.10197.1.104.1.3",
        "SM4-CBC (syan's identifier)",
        "samples of syan",
    ),
    ("1.2.156.10197.1.301", "SM2", "GM/T 0006"),
    ("1.2.156.10197.1.301.1", "SM2 signature", "GM/T 0006"),
    ("1.2.156.10197.1.301.2", "SM2 key exchange", "GM/T 0006"),
    ("1.2.156.10197.1.301.3", "SM2 encryption", "GM/T 0006"),
    ("1.2.156.10197.1.302", "SM9", "GM/T 0006"),
    ("1.2.156.10197.1.302.1", "SM9 signature", "GM/T 0006"),
    ("1.2.156.10197.1.302.2", "SM9 key exchange", "GM/T 0006"),
    ("1.2.156.10197.1.302.3", "SM9 encryption", "GM/T 0006"),
    ("1.2.156.10197.1.401", "SM3", "GM/T 0006"),
    ("1.2.156.10197.1.401.1", "SM3 without key", "GM/T 0006"),
    ("1.2.156.10197.1.401.2", "HMAC-SM3", "GM/T 0006"),
    (
        "1.2.156.10197.1.401.3.1",
        "HMAC-SM3 (OpenSSL's identifier)",
        "OpenSSL, Tongsuo",
    ),
    ("1.2.156.10197.1.501", "SM2 with SM3", "GM/T 0006"),
    (
        "1.2.156.10197.1.502",
        "SM2 with SHA-1 (disputed)",
        "sources differ",
    ),
    (
        "1.2.156.10197.1.503",
        "SM2 with SHA-256 (disputed)",
        "sources differ",
    ),
    (
        "1.2.156.10197.1.504",
        "RSA with SM3 (disputed)",
        "OpenSSL; BouncyCastle differs",
    ),
    // GM/T 0010 (GB/T 35275), GM/T 0091.
    (
        "1.2.156.10197.6.1.4.2.1",
        "data (GM)",
        "GM/T 0010, clause 7",
    ),
    (
        "1.2.156.10197.6.1.4.2.2",
        "signedData (GM)",
        "GM/T 0010, clause 8",
    ),
    (
        "1.2.156.10197.6.1.4.2.3",
        "envelopedData (GM)",
        "GM/T 0010, clause 9",
    ),
    (
        "1.2.156.10197.6.1.4.2.4",
        "signedAndEnvelopedData (GM)",
        "GM/T 0010, clause 10",
    ),
    (
        "1.2.156.10197.6.1.4.2.5",
        "encryptedData (GM)",
        "GM/T 0010, clause 11",
    ),
    (
        "1.2.156.10197.6.1.4.2.6",
        "keyAgreementInfo (GM)",
        "GM/T 0010, clause 12",
    ),
    ("1.2.156.10197.6.1.4.1.5.1", "PBES (GM)", "GM/T 0091"),
    ("1.2.156.10197.6.1.4.1.5.2", "PBKDF (GM)", "GM/T 0091"),
    ("1.2.156.10197.6.1.4.1.5.3", "PBMAC (GM)", "GM/T 0091"),
    (
        "1.2.156.10197.6.4.1.5.1",
        "PBES (GM, an arc missing)",
        "gmsm",
    ),
    (
        "1.2.156.10197.6.4.1.5.2",
        "PBKDF (GM, an arc missing)",
        "gmsm",
    ),
    // GM/T 0015, 5.2.4.2, and what others use for the same.
    (
        "1.2.156.10260.4.1.1",
        "identifyCode",
        "GM/T 0015-2012, 5.2.4.2",
    ),
    (
        "1.2.156.10260.4.1.1.1",
        "residentIdentityCard",
        "GM/T 0015-2023, by xipki",
    ),
    (
        "1.2.156.10260.4.1.1.2",
        "passport",
        "GM/T 0015-2023, by xipki",
    ),
    (
        "1.2.156.10260.4.1.2",
        "insuranceNumber",
        "GM/T 0015-2012, 5.2.4.2",
    ),
    (
        "1.2.156.10260.4.1.3",
        "iCRegistrationNumber",
        "GM/T 0015-2012, 5.2.4.2",
    ),
    (
        "1.2.156.10260.4.1.4",
        "organizationCode",
        "GM/T 0015-2012, 5.2.4.2",
    ),
    (
        "1.2.156.10260.4.1.5",
        "taxationNumber",
        "GM/T 0015-2012, 5.2.4.2",
    ),
    (
        "1.2.156.10260.4.4",
        "unifiedSocialCreditCode",
        "GM/T 0015-2023, by xipki's notes",
    ),
    (
        "1.2.156.10260.4.4.4",
        "unifiedSocialCreditCode",
        "GM/T 0015-2023, by xipki's code",
    ),
    (
        "1.2.156.112562.2.1.1.1",
        "BJCA user number",
        "samples of BJCA",
    ),
    (
        "1.2.156.112562.2.1.1.14",
        "BJCA entity data",
        "samples of BJCA",
    ),
    (
        "1.2.156.112562.2.1.1.23",
        "BJCA unique number",
        "samples of BJCA",
    ),
    (
        "1.2.156.112562.2.1.1.30",
        "BJCA entity mark",
        "samples of BJCA",
    ),
    // Names (X.520, RFC 4519).
    ("2.5.4.3", "CN", "X.520"),
    ("2.5.4.4", "SN", "X.520"),
    ("2.5.4.5", "serialNumber", "X.520"),
    ("2.5.4.6", "C", "X.520"),
    ("2.5.4.7", "L", "X.520"),
    ("2.5.4.8", "ST", "X.520"),
    ("2.5.4.9", "street", "X.520"),
    ("2.5.4.10", "O", "X.520"),
    ("2.5.4.11", "OU", "X.520"),
    ("2.5.4.12", "title", "X.520"),
    ("2.5.4.13", "description", "X.520"),
    ("2.5.4.15", "businessCategory", "X.520"),
    ("2.5.4.17", "postalCode", "X.520"),
    ("2.5.4.20", "telephoneNumber", "X.520"),
    ("2.5.4.42", "GN", "X.520"),
    ("2.5.4.43", "initials", "X.520"),
    ("2.5.4.44", "generationQualifier", "X.520"),
    ("2.5.4.45", "x500UniqueIdentifier", "X.520"),
    ("2.5.4.46", "dnQualifier", "X.520"),
    ("2.5.4.65", "pseudonym", "X.520"),
    ("2.5.4.97", "organizationIdentifier", "X.520"),
    ("0.9.2342.19200300.100.1.1", "UID", "RFC 4519"),
    ("0.9.2342.19200300.100.1.25", "DC", "RFC 4519"),
    ("1.2.840.113549.1.9.1", "emailAddress", "PKCS#9"),
    // Extensions (RFC 5280, 6960 and others).
    (
        "2.5.29.9",
        "subjectDirectoryAttributes",
        "RFC 5280, 4.2.1.8",
    ),
    ("2.5.29.14", "subjectKeyIdentifier", "RFC 5280, 4.2.1.2"),
    ("2.5.29.15", "keyUsage", "RFC 5280, 4.2.1.3"),
    ("2.5.29.16", "privateKeyUsagePeriod", "X.509"),
    ("2.5.29.17", "subjectAltName", "RFC 5280, 4.2.1.6"),
    ("2.5.29.18", "issuerAltName", "RFC 5280, 4.2.1.7"),
    ("2.5.29.19", "basicConstraints", "RFC 5280, 4.2.1.9"),
    ("2.5.29.20", "cRLNumber", "RFC 5280, 5.2.3"),
    ("2.5.29.21", "reasonCode", "RFC 5280, 5.3.1"),
    ("2.5.29.23", "holdInstructionCode", "RFC 3280, 5.3.2"),
    ("2.5.29.24", "invalidityDate", "RFC 5280, 5.3.2"),
    ("2.5.29.27", "deltaCRLIndicator", "RFC 5280, 5.2.4"),
    ("2.5.29.28", "issuingDistributionPoint", "RFC 5280, 5.2.5"),
    ("2.5.29.29", "certificateIssuer", "RFC 5280, 5.3.3"),
    ("2.5.29.30", "nameConstraints", "RFC 5280, 4.2.1.10"),
    ("2.5.29.31", "cRLDistributionPoints", "RFC 5280, 4.2.1.13"),
    ("2.5.29.32", "certificatePolicies", "RFC 5280, 4.2.1.4"),
    ("2.5.29.32.0", "anyPolicy", "RFC 5280, 4.2.1.4"),
    ("2.5.29.33", "policyMappings", "RFC 5280, 4.2.1.5"),
    ("2.5.29.35", "authorityKeyIdentifier", "RFC 5280, 4.2.1.1"),
    ("2.5.29.36", "policyConstraints", "RFC 5280, 4.2.1.11"),
    ("2.5.29.37", "extKeyUsage", "RFC 5280, 4.2.1.12"),
    ("2.5.29.37.0", "anyExtendedKeyUsage", "RFC 5280, 4.2.1.12"),
    ("2.5.29.46", "freshestCRL", "RFC 5280, 4.2.1.15"),
    ("2.5.29.54", "inhibitAnyPolicy", "RFC 5280, 4.2.1.14"),
    (
        "1.3.6.1.5.5.7.1.1",
        "authorityInfoAccess",
        "RFC 5280, 4.2.2.1",
    ),
    (
        "1.3.6.1.5.5.7.1.11",
        "subjectInfoAccess",
        "RFC 5280, 4.2.2.2",
    ),
    ("1.3.6.1.5.5.7.2.1", "cps", "RFC 5280, 4.2.1.4"),
    ("1.3.6.1.5.5.7.2.2", "userNotice", "RFC 5280, 4.2.1.4"),
    ("1.3.6.1.5.5.7.3.1", "serverAuth", "RFC 5280, 4.2.1.12"),
    ("1.3.6.1.5.5.7.3.2", "clientAuth", "RFC 5280, 4.2.1.12"),
    ("1.3.6.1.5.5.7.3.3", "codeSigning", "RFC 5280, 4.2.1.12"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection", "RFC 5280, 4.2.1.12"),
    ("1.3.6.1.5.5.7.3.8", "timeStamping", "RFC 5280, 4.2.1.12"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning", "RFC 5280, 4.2.1.12"),
    (
        "1.3.6.1.4.1.311.10.3.4",
        "encryptingFileSystem",
        "Microsoft",
    ),
    ("1.3.6.1.4.1.311.20.2.2", "smartcardLogon", "Microsoft"),
    (
        "1.3.6.1.4.1.311.17.1",
        "LocalKeySet provider name",
        "Microsoft",
    ),
    ("1.3.6.1.5.5.7.48.1", "OCSP", "RFC 6960"),
    ("1.3.6.1.5.5.7.48.2", "caIssuers", "RFC 5280, 4.2.2.1"),
    (
        "1.3.6.1.5.5.7.48.1.1",
        "basicOCSPResponse",
        "RFC 6960, 4.2.1",
    ),
    ("1.3.6.1.5.5.7.48.1.2", "nonce", "RFC 9654"),
    ("1.3.6.1.5.5.7.48.1.5", "noCheck", "RFC 6960, 4.2.2.2.1"),
    (
        "1.2.840.10040.2.1",
        "holdInstructionNone",
        "RFC 3280, 5.3.2",
    ),
    (
        "1.2.840.10040.2.2",
        "holdInstructionCallIssuer",
        "RFC 3280, 5.3.2",
    ),
    (
        "1.2.840.10040.2.3",
        "holdInstructionReject",
        "RFC 3280, 5.3.2",
    ),
    ("2.16.840.1.113730.1.1", "netscapeCertType", "Netscape"),
    ("2.16.840.1.113730.1.13", "netscapeComment", "Netscape"),
    (
        "2.16.840.1.113732.2",
        "a Chinese CA's organisation number",
        "samples of BJCA",
    ),
    // PKCS#7, #9 and CMS.
    ("1.2.840.113549.1.7.1", "data", "RFC 5652, 4"),
    ("1.2.840.113549.1.7.2", "signedData", "RFC 5652, 5"),
    ("1.2.840.113549.1.7.3", "envelopedData", "RFC 5652, 6"),
    (
        "1.2.840.113549.1.7.4",
        "signedAndEnvelopedData",
        "RFC 2315, 11",
    ),
    ("1.2.840.113549.1.7.5", "digestedData", "RFC 5652, 7"),
    ("1.2.840.113549.1.7.6", "encryptedData", "RFC 5652, 8"),
    ("1.2.840.113549.1.9.16.1.4", "TSTInfo", "RFC 3161"),
    (
        "1.2.840.113549.1.9.16.2.12",
        "signingCertificate",
        "RFC 2634",
    ),
    (
        "1.2.840.113549.1.9.16.2.47",
        "signingCertificateV2",
        "RFC 5035",
    ),
    ("1.2.840.113549.1.9.16.2.14", "timeStampToken", "RFC 3161"),
    ("1.2.840.113549.1.9.2", "unstructuredName", "PKCS#9"),
    ("1.2.840.113549.1.9.3", "contentType", "RFC 5652, 11.1"),
    ("1.2.840.113549.1.9.4", "messageDigest", "RFC 5652, 11.2"),
    ("1.2.840.113549.1.9.5", "signingTime", "RFC 5652, 11.3"),
    ("1.2.840.113549.1.9.6", "countersignature", "RFC 5652, 11.4"),
    ("1.2.840.113549.1.9.7", "challengePassword", "PKCS#9"),
    ("1.2.840.113549.1.9.14", "extensionRequest", "PKCS#9"),
    ("1.2.840.113549.1.9.15", "smimeCapabilities", "RFC 8551"),
    ("1.2.840.113549.1.9.63", "tempPublicKey (CFCA)", "CFCA SADK"),
    ("1.2.840.113549.1.9.20", "friendlyName", "PKCS#9"),
    ("1.2.840.113549.1.9.21", "localKeyId", "PKCS#9"),
    ("1.2.840.113549.1.9.22.1", "x509Certificate", "RFC 7292"),
    // PKCS#12 and PKCS#5.
    ("1.2.840.113549.1.12.10.1.1", "keyBag", "RFC 7292"),
    (
        "1.2.840.113549.1.12.10.1.2",
        "pkcs8ShroudedKeyBag",
        "RFC 7292",
    ),
    ("1.2.840.113549.1.12.10.1.3", "certBag", "RFC 7292"),
    ("1.2.840.113549.1.12.10.1.4", "crlBag", "RFC 7292"),
    ("1.2.840.113549.1.12.10.1.5", "secretBag", "RFC 7292"),
    (
        "1.2.840.113549.1.12.1.1",
        "pbeWithSHAAnd128BitRC4",
        "RFC 7292",
    ),
    (
        "1.2.840.113549.1.12.1.3",
        "pbeWithSHAAnd3-KeyTripleDES-CBC",
        "RFC 7292",
    ),
    (
        "1.2.840.113549.1.12.1.4",
        "pbeWithSHAAnd2-KeyTripleDES-CBC",
        "RFC 7292",
    ),
    (
        "1.2.840.113549.1.12.1.5",
        "pbeWithSHAAnd128BitRC2-CBC",
        "RFC 7292",
    ),
    (
        "1.2.840.113549.1.12.1.6",
        "pbeWithSHAAnd40BitRC2-CBC",
        "RFC 7292",
    ),
    ("1.2.840.113549.1.5.12", "PBKDF2", "RFC 8018"),
    ("1.2.840.113549.1.5.13", "PBES2", "RFC 8018"),
    ("1.2.840.113549.1.5.14", "PBMAC1", "RFC 8018"),
    ("1.2.840.113549.2.7", "HMAC-SHA-1", "RFC 8018"),
    ("1.2.840.113549.2.9", "HMAC-SHA-256", "RFC 8018"),
    ("1.2.840.113549.2.10", "HMAC-SHA-384", "RFC 8018"),
    ("1.2.840.113549.2.11", "HMAC-SHA-512", "RFC 8018"),
    ("1.2.840.113549.3.2", "RC2-CBC", "RFC 8018"),
    ("1.2.840.113549.3.7", "DES-EDE3-CBC", "RFC 8018"),
    ("1.3.6.1.4.1.11591.4.11", "scrypt", "RFC 7914"),
    ("2.16.840.1.101.3.4.1.2", "AES-128-CBC", "NIST"),
    ("2.16.840.1.101.3.4.1.6", "AES-128-GCM", "NIST"),
    ("2.16.840.1.101.3.4.1.22", "AES-192-CBC", "NIST"),
    ("2.16.840.1.101.3.4.1.42", "AES-256-CBC", "NIST"),
    ("2.16.840.1.101.3.4.1.46", "AES-256-GCM", "NIST"),
    // Other algorithms and curves, to say what is not SM2.
    ("1.2.840.10045.1.1", "prime field", "X9.62"),
    ("1.2.840.10045.2.1", "id-ecPublicKey", "RFC 5480, 2.1.1"),
    ("1.2.840.10045.3.1.7", "NIST P-256", "RFC 5480"),
    ("1.3.132.0.34", "NIST P-384", "RFC 5480"),
    ("1.3.132.0.35", "NIST P-521", "RFC 5480"),
    ("1.3.132.0.10", "secp256k1", "SEC 2"),
    ("1.2.840.10045.4.1", "ECDSA with SHA-1", "RFC 3279"),
    ("1.2.840.10045.4.3.2", "ECDSA with SHA-256", "RFC 5758"),
    ("1.2.840.10045.4.3.3", "ECDSA with SHA-384", "RFC 5758"),
    ("1.2.840.10045.4.3.4", "ECDSA with SHA-512", "RFC 5758"),
    ("1.2.840.113549.1.1.1", "RSA", "RFC 8017"),
    ("1.2.840.113549.1.1.5", "RSA with SHA-1", "RFC 8017"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS", "RFC 8017"),
    ("1.2.840.113549.1.1.11", "RSA with SHA-256", "RFC 8017"),
    ("1.2.840.113549.1.1.12", "RSA with SHA-384", "RFC 8017"),
    ("1.2.840.113549.1.1.13", "RSA with SHA-512", "RFC 8017"),
    ("1.2.840.113549.2.5", "MD5", "RFC 3279"),
    ("1.3.14.3.2.26", "SHA-1", "RFC 3279"),
    ("2.16.840.1.101.3.4.2.1", "SHA-256", "NIST"),
    ("2.16.840.1.101.3.4.2.2", "SHA-384", "NIST"),
    ("2.16.840.1.101.3.4.2.3", "SHA-512", "NIST"),
    ("1.3.101.110", "X25519", "RFC 8410"),
    ("1.3.101.112", "Ed25519", "RFC 8410"),
    // GM/T 0031, GB/T 38540: electronic seals.
    ("1.2.156.10197.6.1.4.2", "GM message types", "GM/T 0010"),
    ("1.2.86.11.7.1", "an individual CA's extension", "samples"),
];

/// The name of an identifier in its dotted form; none when the table does not know it.
pub fn name_of(dotted: &str) -> Option<&'static str> {
    row(dotted).map(|(_, name, _)| *name)
}

/// Where the name of an identifier stands.
pub fn source_of(dotted: &str) -> Option<&'static str> {
    row(dotted).map(|(_, _, source)| *source)
}

/// The name, or the dotted form where there is none.
pub(crate) fn name_or_dotted(dotted: &str) -> String {
    name_of(dotted).map_or_else(|| dotted.into(), Into::into)
}

/// Both.
pub(crate) fn name_and_dotted(dotted: &str) -> String {
    match name_of(dotted) {
        Some(name) => format!("{name} ({dotted})"),
        None => format!("{dotted} (no name known)"),
    }
}

fn row(dotted: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    NAMES.iter().find(|(known, _, _)| *known == dotted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use der::asn1::ObjectIdentifier;

    #[test]
    fn every_row_is_an_identifier_and_stands_once() {
        for (index, (dotted, name, source)) in NAMES.iter().enumerate() {
            ObjectIdentifier::new(dotted).unwrap();
            assert!(!name.is_empty() && !source.is_empty());
            assert!(
                NAMES[..index].iter().all(|row| row.0 != *dotted),
                "{dotted} twice"
            );
        }
    }

    #[test]
    fn the_constants_of_the_crate_have_names() {
        use crate::pki::oid;
        for oid in [
            oid::SM4,
            oid::SM4_CBC,
            oid::SM2_SIGN,
            oid::SM2_ENCRYPT,
            oid::SM3,
            oid::HMAC_SM3,
            oid::HMAC_SM3_OPENSSL,
            oid::DATA,
            oid::SIGNED_DATA,
            oid::KEY_AGREEMENT_INFO,
            oid::PKCS7_SIGNED_DATA,
            oid::PBES2,
            crate::sm2::SIGNATURE_OID,
            crate::sm2::CURVE_OID,
        ] {
            assert!(name_of(&oid.to_string()).is_some(), "{oid}");
        }
        assert_eq!(name_of("1.2.3.4"), None);
    }
}
