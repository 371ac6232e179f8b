//! What real programs write beside the standard, each deviation with a name.

use core::fmt;

/// How much of the field's practice a reader forgives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// GM/T 0010 as written.
    #[default]
    Strict,
    /// Every [`Deviation`], each named in the result. A signature is never forgiven anything.
    Field,
}

/// One thing in which a message differs from GM/T 0010, forgiven by [`Dialect::Field`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Deviation {
    /// A content type of RFC 5652 or PKCS#7 instead of 1.2.156.10197.6.1.4.2.
    ContentTypeOfRfc5652,
    /// SM3 named by 1.2.156.10197.1.401.2, which is HMAC-SM3 (BJCA, Kinsec).
    DigestNamedHmac,
    /// A digest algorithm named by that of a signature, 1.2.156.10197.1.501.
    DigestNamedSignature,
    /// The signature named by 1.2.156.10197.1.501 where .301.1 belongs.
    SignatureNamedWithDigest,
    /// The signature named by 1.2.156.10197.1.301.3, which is encryption (BJCA).
    SignatureNamedEncryption,
    /// The signature named by the curve, 1.2.156.10197.1.301.
    SignatureNamedCurve,
    /// SM2 encryption named by 1.2.156.10197.1.301.2, which is key exchange (GmSSL), or by
    /// .301 or .301.1.
    EncryptionNamedOtherwise,
    /// A signer or recipient named by subject key identifier (CFCA SADK 3.2 and later).
    SubjectKeyIdentifier,
    /// An `encryptedKey` that is no SM2Cipher in DER but C1, C3, C2 or C1, C2, C3.
    RawCiphertext,
    /// SM4 without its mode, 1.2.156.10197.1.104 (CFCA, key-management centres).
    ModeUnsaid,
    /// Another identifier for SM4 in CBC mode, 1.2.156.10197.1.104.1.3.
    CipherNamedOtherwise,
    /// A version number that the standard does not give.
    Version,
    /// A SET OF whose elements are not in the order of DER.
    UnorderedSet,
    /// The algorithms of the signers are not those listed in front.
    DigestAlgorithmsList,
    /// Content that is no OCTET STRING.
    ContentNotOctetString,
    /// Indefinite lengths or strings in pieces (BER).
    Ber,
    /// Octets behind the end.
    TrailingOctets,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContentTypeOfRfc5652 => "a content type of RFC 5652",
            Self::DigestNamedHmac => "SM3 under the identifier of HMAC-SM3",
            Self::DigestNamedSignature => "SM3 under the identifier of a signature",
            Self::SignatureNamedWithDigest => "the signature under its identifier with SM3",
            Self::SignatureNamedEncryption => "the signature under the identifier of encryption",
            Self::SignatureNamedCurve => "the signature under the identifier of the curve",
            Self::EncryptionNamedOtherwise => "SM2 encryption under another identifier",
            Self::SubjectKeyIdentifier => "a party named by subject key identifier",
            Self::RawCiphertext => "an encrypted key that is not in DER",
            Self::ModeUnsaid => "SM4 without its mode",
            Self::CipherNamedOtherwise => "SM4 under another identifier",
            Self::Version => "another version number",
            Self::UnorderedSet => "a SET OF out of order",
            Self::DigestAlgorithmsList => "a list of digest algorithms that is not the signers'",
            Self::ContentNotOctetString => "content that is no OCTET STRING",
            Self::Ber => "BER",
            Self::TrailingOctets => "octets behind the end",
        })
    }
}
