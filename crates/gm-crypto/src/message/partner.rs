//! How a partner wants its messages written.

use crate::sm2::CiphertextForm;

/// What is written to one partner; [`Default`] is GM/T 0010 as everybody reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partner {
    /// Under which arc content types stand.
    pub content_types: ContentTypes,
    /// What stands beside algorithm identifiers that have no parameters.
    pub parameters: Parameters,
    /// How recipients (and signers, under RFC 5652) are named.
    pub party_id: PartyIdKind,
    /// How the encrypted content key is written.
    pub ciphertext: CiphertextForm,
    /// Under which identifier SM4 in CBC mode stands.
    pub cipher_name: CipherName,
}

/// The arc of content types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentTypes {
    /// 1.2.156.10197.6.1.4.2 (GM/T 0010).
    #[default]
    Gm,
    /// 1.2.840.113549.1.7 (RFC 5652, PKCS#7).
    Rfc5652,
}

/// Parameters of algorithms that have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameters {
    /// NULL, what most of the field writes.
    #[default]
    Null,
    /// Nothing.
    Absent,
}

/// How a party is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartyIdKind {
    /// Issuer and serial number (GM/T 0010), version 1.
    #[default]
    IssuerAndSerialNumber,
    /// Subject key identifier (RFC 5652; CFCA SADK 3.2 and later), version 2.
    SubjectKeyIdentifier,
}

/// The identifier of SM4 in CBC mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CipherName {
    /// 1.2.156.10197.1.104.2.
    #[default]
    Sm4Cbc,
    /// 1.2.156.10197.1.104, mode unsaid (CFCA).
    Sm4,
}
