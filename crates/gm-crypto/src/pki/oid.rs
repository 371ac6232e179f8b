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

    /// PBES2 (RFC 8018, A.4).
    PBES2 = "1.2.840.113549.1.5.13";
    /// PBKDF2 (RFC 8018, A.2).
    PBKDF2 = "1.2.840.113549.1.5.12";
    /// HMAC-SHA-256 (RFC 8018, B.1.2).
    HMAC_SHA256 = "1.2.840.113549.2.9";
    /// AES-128 in CBC mode (NIST).
    AES128_CBC = "2.16.840.1.101.3.4.1.2";
    /// AES-192 in CBC mode (NIST).
    AES192_CBC = "2.16.840.1.101.3.4.1.22";
    /// AES-256 in CBC mode (NIST).
    AES256_CBC = "2.16.840.1.101.3.4.1.42";
}
