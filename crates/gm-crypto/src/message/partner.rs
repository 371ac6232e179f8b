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
    /// How recipients and signers are named.
    pub party_id: PartyIdKind,
    /// Under which identifier a signature stands.
    pub signature_name: SignatureName,
    /// How the encrypted content key is written.
    pub ciphertext: CiphertextForm,
    /// Under which identifier SM4 stands.
    pub cipher_name: CipherName,
    /// Under which identifier SM2 encryption stands.
    pub encryption_name: EncryptionName,
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
    /// Subject key identifier (RFC 5652; CFCA SADK 3.2 and later); version 2 of a
    /// `RecipientInfo`, 3 of a `SignerInfo`.
    SubjectKeyIdentifier,
}

/// The identifier of SM2 signatures in a `SignerInfo`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureName {
    /// 1.2.156.10197.1.301.1, the digest being named beside it (GM/T 0010).
    #[default]
    Sm2Sign,
    /// 1.2.156.10197.1.501, SM2 with SM3 (the style of RFC 5652; BJCA).
    Sm2WithSm3,
}

/// The identifier of SM4, and with it the mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CipherName {
    /// 1.2.156.10197.1.104.2.
    #[default]
    Sm4Cbc,
    /// 1.2.156.10197.1.104, mode unsaid (CFCA): CBC, since there is an initial vector.
    Sm4,
    /// 1.2.156.10197.1.104 without parameters (key-management centres): ECB without padding.
    /// Shows which blocks are equal, and takes whole blocks of 16 octets alone: for keys.
    Sm4Ecb,
}

/// The identifier of SM2 encryption.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptionName {
    /// 1.2.156.10197.1.301.3 (GM/T 0006).
    #[default]
    Encryption,
    /// 1.2.156.10197.1.301.2, key exchange by GM/T 0006: GmSSL 3 writes it and reads
    /// nothing else, and no parameters beside it ([`Parameters::Absent`]).
    Exchange,
}
