//! Object identifiers, each written once: GM/T 0006 (GB/T 33560) under 1.2.156.10197, and
//! what others define and messages of this field carry.

use der::asn1::ObjectIdentifier;

macro_rules! identifiers {
    ($($(#[$doc:meta])+ $name:ident = $text:literal;)+) => {
        $($(#[$doc])+ pub const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($text);)+
    };
}

identifiers! {
    /// SM4, mode unsaid (GM/T 0006). In the field: CBC where the parameters are an initial
    /// vector, ECB where there are none.
    SM4 = "1.2.156.10197.1.104";
    /// SM4 in ECB mode.
    SM4_ECB = "1.2.156.10197.1.104.1";
    /// SM4 in CBC mode; the parameters are the initial vector.
    SM4_CBC = "1.2.156.10197.1.104.2";
    /// SM4 in OFB mode; the parameters are the initial vector.
    SM4_OFB = "1.2.156.10197.1.104.3";
    /// SM4 in CFB mode with feedback of 128 bits; the parameters are the initial vector.
    SM4_CFB = "1.2.156.10197.1.104.4";
    /// SM4 in counter mode; the parameters are the first counter block.
    SM4_CTR = "1.2.156.10197.1.104.7";
    /// What one vendor (Syan) writes for SM4 in CBC mode; the parameters are the initial vector.
    SM4_CBC_SYAN = "1.2.156.10197.1.104.1.3";
    /// SM2 signature, the digest being named elsewhere (GM/T 0006).
    SM2_SIGN = "1.2.156.10197.1.301.1";
    /// SM2 key exchange (GM/T 0006); GmSSL writes it where SM2 encryption is meant.
    SM2_EXCHANGE = "1.2.156.10197.1.301.2";
    /// SM2 encryption (GM/T 0006).
    SM2_ENCRYPT = "1.2.156.10197.1.301.3";
    /// SM3 (GM/T 0006).
    SM3 = "1.2.156.10197.1.401";
    /// SM3 without a key (GM/T 0006).
    SM3_UNKEYED = "1.2.156.10197.1.401.1";
    /// SM3 with a key, HMAC-SM3 (GM/T 0006); some write it for plain SM3.
    HMAC_SM3 = "1.2.156.10197.1.401.2";
    /// HMAC-SM3 as OpenSSL 3 and Tongsuo write it.
    HMAC_SM3_OPENSSL = "1.2.156.10197.1.401.3.1";

    /// `data` (GM/T 0010, clause 7).
    DATA = "1.2.156.10197.6.1.4.2.1";
    /// `signedData` (GM/T 0010, clause 8).
    SIGNED_DATA = "1.2.156.10197.6.1.4.2.2";
    /// `envelopedData` (GM/T 0010, clause 9).
    ENVELOPED_DATA = "1.2.156.10197.6.1.4.2.3";
    /// `signedAndEnvelopedData` (GM/T 0010, clause 10).
    SIGNED_AND_ENVELOPED_DATA = "1.2.156.10197.6.1.4.2.4";
    /// `encryptedData` (GM/T 0010, clause 11).
    ENCRYPTED_DATA = "1.2.156.10197.6.1.4.2.5";
    /// `keyAgreementInfo` (GM/T 0010, clause 12).
    KEY_AGREEMENT_INFO = "1.2.156.10197.6.1.4.2.6";

    /// `id-data` (RFC 5652, clause 4; PKCS#7).
    PKCS7_DATA = "1.2.840.113549.1.7.1";
    /// `id-signedData` (RFC 5652, 5.1).
    PKCS7_SIGNED_DATA = "1.2.840.113549.1.7.2";
    /// `id-envelopedData` (RFC 5652, 6.1).
    PKCS7_ENVELOPED_DATA = "1.2.840.113549.1.7.3";
    /// `signedAndEnvelopedData` (RFC 2315, clause 11).
    PKCS7_SIGNED_AND_ENVELOPED_DATA = "1.2.840.113549.1.7.4";
    /// `id-encryptedData` (RFC 5652, clause 8).
    PKCS7_ENCRYPTED_DATA = "1.2.840.113549.1.7.6";

    /// The `contentType` attribute (RFC 5652, 11.1).
    CONTENT_TYPE = "1.2.840.113549.1.9.3";
    /// The `messageDigest` attribute (RFC 5652, 11.2).
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
    /// The `signingTime` attribute (RFC 5652, 11.3).
    SIGNING_TIME = "1.2.840.113549.1.9.5";

    /// `id-ce-subjectKeyIdentifier` (RFC 5280, 4.2.1.2).
    SUBJECT_KEY_IDENTIFIER = "2.5.29.14";

    /// PBES2 (RFC 8018, A.4).
    PBES2 = "1.2.840.113549.1.5.13";
    /// PBKDF2 (RFC 8018, A.2).
    PBKDF2 = "1.2.840.113549.1.5.12";
    /// PBKDF, which is PBKDF2 with another default PRF (GM/T 0091-2020, clause 5).
    GM_PBKDF = "1.2.156.10197.6.1.4.1.5.1";
    /// PBES, which is PBES2 (GM/T 0091-2020, clause 5).
    GM_PBES = "1.2.156.10197.6.1.4.1.5.2";
    /// PBMAC (GM/T 0091-2020, clause 5).
    GM_PBMAC = "1.2.156.10197.6.1.4.1.5.3";
    /// What gmsm and cryptobin write for [`GM_PBKDF`], one arc short.
    GM_PBKDF_SHORT = "1.2.156.10197.6.4.1.5.1";
    /// What gmsm and cryptobin write for [`GM_PBES`], one arc short.
    GM_PBES_SHORT = "1.2.156.10197.6.4.1.5.2";
    /// `pbeWithSM3AndSM4-CBC` (GM/T 0091-2020, B.2). openEuler's BGM provider writes it for
    /// the cipher inside a [`GM_PBES`]: SM4 in CBC mode, the parameters are the initial vector.
    PBE_SM3_SM4_CBC = "1.2.156.10197.6.1.4.1.12.1.1";
    /// HMAC-SHA-256 (RFC 8018, B.1.2).
    HMAC_SHA256 = "1.2.840.113549.2.9";
    /// AES-128 in CBC mode (NIST).
    AES128_CBC = "2.16.840.1.101.3.4.1.2";
    /// AES-192 in CBC mode (NIST).
    AES192_CBC = "2.16.840.1.101.3.4.1.22";
    /// AES-256 in CBC mode (NIST).
    AES256_CBC = "2.16.840.1.101.3.4.1.42";

    /// SHA-1 (RFC 8017, B.1).
    SHA1 = "1.3.14.3.2.26";
    /// SHA-256 (RFC 8017, B.1).
    SHA256 = "2.16.840.1.101.3.4.2.1";

    /// `pbeWithSHAAnd3-KeyTripleDES-CBC` (RFC 7292, appendix C).
    PBE_SHA1_3DES = "1.2.840.113549.1.12.1.3";
    /// `pbeWithSHAAnd2-KeyTripleDES-CBC` (RFC 7292, appendix C).
    PBE_SHA1_2DES = "1.2.840.113549.1.12.1.4";
    /// `pbeWithSHAAnd128BitRC2-CBC` (RFC 7292, appendix C).
    PBE_SHA1_RC2_128 = "1.2.840.113549.1.12.1.5";
    /// `pbeWithSHAAnd40BitRC2-CBC` (RFC 7292, appendix C).
    PBE_SHA1_RC2_40 = "1.2.840.113549.1.12.1.6";

    /// `keyBag` (RFC 7292, 4.2.1).
    KEY_BAG = "1.2.840.113549.1.12.10.1.1";
    /// `pkcs8ShroudedKeyBag` (RFC 7292, 4.2.2).
    SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
    /// `certBag` (RFC 7292, 4.2.3).
    CERT_BAG = "1.2.840.113549.1.12.10.1.3";
    /// `crlBag` (RFC 7292, 4.2.4).
    CRL_BAG = "1.2.840.113549.1.12.10.1.4";
    /// `secretBag` (RFC 7292, 4.2.5).
    SECRET_BAG = "1.2.840.113549.1.12.10.1.5";
    /// `safeContentsBag` (RFC 7292, 4.2.6).
    SAFE_CONTENTS_BAG = "1.2.840.113549.1.12.10.1.6";
    /// `x509Certificate` in a certBag (RFC 7292, 4.2.3).
    X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
    /// `x509CRL` in a crlBag (RFC 7292, 4.2.4).
    X509_CRL = "1.2.840.113549.1.9.23.1";
    /// The `friendlyName` attribute (RFC 2985, 5.5.1).
    FRIENDLY_NAME = "1.2.840.113549.1.9.20";
    /// The `localKeyId` attribute (RFC 2985, 5.5.2).
    LOCAL_KEY_ID = "1.2.840.113549.1.9.21";

    /// `identifyCode` (GM/T 0015-2012, 5.2.4.2): a person's, of one of three kinds.
    IDENTIFY_CODE = "1.2.156.10260.4.1.1";
    /// The resident identity card's number (GM/T 0015-2023, according to xipki).
    RESIDENT_IDENTITY = "1.2.156.10260.4.1.1.1";
    /// The passport's number (GM/T 0015-2023, according to xipki).
    PASSPORT = "1.2.156.10260.4.1.1.2";
    /// `insuranceNumber` (GM/T 0015-2012, 5.2.4.2).
    INSURANCE_NUMBER = "1.2.156.10260.4.1.2";
    /// `iCRegistrationNumber` (GM/T 0015-2012, 5.2.4.2).
    IC_REGISTRATION_NUMBER = "1.2.156.10260.4.1.3";
    /// `organizationCode` (GM/T 0015-2012, 5.2.4.2).
    ORGANIZATION_CODE = "1.2.156.10260.4.1.4";
    /// `taxationNumber` (GM/T 0015-2012, 5.2.4.2).
    TAXATION_NUMBER = "1.2.156.10260.4.1.5";
    /// The unified social credit code (GM/T 0015-2023, according to xipki's documentation).
    CREDIT_CODE = "1.2.156.10260.4.4";
    /// The unified social credit code as xipki's code has it.
    CREDIT_CODE_XIPKI = "1.2.156.10260.4.4.4";
    /// BJCA's own extensions stand under this arc.
    BJCA_EXTENSIONS = "1.2.156.112562.2.1";
    /// BJCA's extension with "SF" and the identity number.
    BJCA_IDENTITY = "1.2.156.112562.2.1.1.1";

    /// `serialNumber` in a name (RFC 5280, A.1; X.520).
    SERIAL_NUMBER = "2.5.4.5";
    /// `organizationalUnitName` in a name (RFC 5280, A.1; X.520).
    ORGANIZATIONAL_UNIT = "2.5.4.11";
    /// `organizationIdentifier` in a name (X.520).
    ORGANIZATION_IDENTIFIER = "2.5.4.97";
}
