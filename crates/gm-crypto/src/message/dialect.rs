//! What real programs write beside the standard, each deviation with a name.

use alloc::{collections::BTreeSet, vec::Vec};
use core::fmt;

use crate::{Error, Result};

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
    /// SM3 named by 1.2.156.10197.1.401.1, SM3 without a key.
    DigestNamedUnkeyed,
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
    /// A recipient without an issuer: two octets 00 stand in its place (a key-management
    /// centre).
    IssuerMissing,
    /// An `encryptedKey` that is no SM2Cipher in DER but C1, C3, C2 or C1, C2, C3.
    RawCiphertext,
    /// SM4 without its mode, 1.2.156.10197.1.104 (CFCA, key-management centres).
    ModeUnsaid,
    /// Another identifier for SM4 in CBC mode, 1.2.156.10197.1.104.1.3.
    CipherNamedOtherwise,
    /// A temporary key of a key agreement that is no SM2PublicKey but a SubjectPublicKeyInfo
    /// (GmSSL).
    TemporaryKeyAsSpki,
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

impl Deviation {
    /// What it is, in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ContentTypeOfRfc5652 => "a content type of RFC 5652",
            Self::DigestNamedHmac => "SM3 under the identifier of HMAC-SM3",
            Self::DigestNamedUnkeyed => "SM3 under its identifier without a key",
            Self::DigestNamedSignature => "SM3 under the identifier of a signature",
            Self::SignatureNamedWithDigest => "the signature under its identifier with SM3",
            Self::SignatureNamedEncryption => "the signature under the identifier of encryption",
            Self::SignatureNamedCurve => "the signature under the identifier of the curve",
            Self::EncryptionNamedOtherwise => "SM2 encryption under another identifier",
            Self::SubjectKeyIdentifier => "a party named by subject key identifier",
            Self::IssuerMissing => "a recipient without an issuer",
            Self::RawCiphertext => "an encrypted key that is not in DER",
            Self::ModeUnsaid => "SM4 without its mode",
            Self::CipherNamedOtherwise => "SM4 under another identifier",
            Self::TemporaryKeyAsSpki => "a temporary key as a SubjectPublicKeyInfo",
            Self::Version => "another version number",
            Self::UnorderedSet => "a SET OF out of order",
            Self::DigestAlgorithmsList => "a list of digest algorithms that is not the signers'",
            Self::ContentNotOctetString => "content that is no OCTET STRING",
            Self::Ber => "BER",
            Self::TrailingOctets => "octets behind the end",
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a reader has forgiven so far, and whether it forgives at all.
#[derive(Clone, Debug)]
pub(crate) struct Forgiven {
    dialect: Dialect,
    found: BTreeSet<Deviation>,
}

impl Forgiven {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            found: BTreeSet::new(),
        }
    }

    /// Whether anything is forgiven at all.
    pub(crate) fn forgives(&self) -> bool {
        self.dialect == Dialect::Field
    }

    /// Notes a deviation found in `what`.
    ///
    /// # Errors
    /// [`Error::Invalid`] from a strict reader.
    pub(crate) fn forgive(&mut self, what: &'static str, deviation: Deviation) -> Result<()> {
        match self.dialect {
            Dialect::Strict => Err(Error::Invalid {
                what,
                reason: deviation.as_str(),
            }),
            Dialect::Field => {
                self.found.insert(deviation);
                Ok(())
            }
        }
    }

    /// [`Self::forgive`] where something is not as the standard says.
    pub(crate) fn unless(
        &mut self,
        good: bool,
        what: &'static str,
        deviation: Deviation,
    ) -> Result<()> {
        if good {
            Ok(())
        } else {
            self.forgive(what, deviation)
        }
    }

    /// The deviations, each once, in the order in which the enumeration has them.
    pub(crate) fn into_deviations(self) -> Vec<Deviation> {
        self.found.into_iter().collect()
    }
}
