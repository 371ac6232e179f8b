//! Messages of GM/T 0010 (GB/T 35275), the PKCS#7 of this field.
//!
//! | content type | here |
//! |---|---|
//! | `signedData` (clause 8) | [`SignedMessage`] writes, [`UnverifiedSignedData`] reads |
//! | `envelopedData` (clause 9) | [`EnvelopedDataDraft`] writes, [`EnvelopedData`] reads and does both |
//! | `signedAndEnvelopedData` (clause 10) | [`SignedAndEnvelopedDataDraft`] writes, [`SignedAndEnvelopedData`] reads |
//! | `encryptedData` (clause 11) | [`EncryptedData`] |
//! | `keyAgreementInfo` (clause 12) | [`KeyAgreementInfo`] |
//!
//! # Who signed what
//!
//! Content is prepared, signed wherever the key is, and put together. A reader has a
//! [`UnverifiedSignedData`], in which everything is a claim, until it names the certificate
//! that should have signed.
//!
//! ```
//! use getrandom::SysRng;
//! use gm_crypto::message::{SignedMessage, Signer, UnverifiedSignedData};
//! use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
//! # const PEM: &[u8] =
//! #     include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/message/example.pem"));
//! # let certificate = gm_crypto::pki::decode_pem(PEM, &["CERTIFICATE"])?;
//! # let key = SigningKey::new(SecretKey::from_bytes(&[7; 32])?, UserId::default());
//!
//! // The writer. `certificate` is DER, `key` its SM2 key.
//! let signer = Signer::new(&certificate)?.with_attributes();
//! let draft = SignedMessage::new(*b"the contract").prepare(vec![signer])?;
//! let der = draft.sign(&mut SysRng, &[&key])?;
//!
//! // The reader, who has the certificate from elsewhere and has validated it.
//! let message = UnverifiedSignedData::from_der(&der)?;
//! let content = message.verify(&certificate)?;
//! assert_eq!(content.as_bytes(), b"the contract");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A key in a device signs [`ToSign::tbs`] or [`ToSign::e`], and
//! [`SignedDataDraft::attach_all`] takes what it gives. Content that stands elsewhere:
//! [`SignedMessage::detached`] and [`UnverifiedSignedData::verify_detached`].
//!
//! Whether a certificate is good, and whether its keyUsage is for signing, is not looked at
//! here. The certificates that a message carries were chosen by whoever made it, so nothing
//! is accepted because of them: [`UnverifiedSignedData::verify_with_carried_certificates`]
//! gives an [`UnattributedContent`].
//!
//! # What is signed
//!
//! The layout is PKCS#7 1.5's, not RFC 5652's: content types under 1.2.156.10197.6.1.4.2,
//! version 1, signers named by issuer and serial number. A signature is SM2 under the user ID
//! 1234567812345678.
//!
//! | attributes | signed | messageDigest |
//! |---|---|---|
//! | none | SM3(Z ‖ content) | |
//! | some | SM3(Z ‖ DER of the SET OF attributes) | SM3(content), without Z |
//!
//! Content that is too long for memory goes by in module `stream` (feature `std`).
//!
//! Octets that could be somebody's attributes are neither signed nor accepted as content
//! without attributes: the signature of one message would fit the other.
//!
//! # Dialects
//!
//! A reader is strict unless it is told to read the field's [`Dialect`]. Then each
//! [`Deviation`] that it forgives is named in the result, and a caller may refuse some. No
//! signature is forgiven anything: the wrong user ID, a digest without Z, r and s in a row are
//! refused in both. What a [`Partner`] wants to read is written in strict DER.
//!
//! | deviation | written by |
//! |---|---|
//! | [`Deviation::ContentTypeOfRfc5652`] | OpenSSL and Java programs, `.p7b` files |
//! | [`Deviation::DigestNamedHmac`] | BJCA, Kinsec |
//! | [`Deviation::DigestNamedSignature`] | GmSSL (issue 1701) |
//! | [`Deviation::SignatureNamedWithDigest`], [`Deviation::SignatureNamedEncryption`] | BJCA |
//! | [`Deviation::SubjectKeyIdentifier`] | CFCA SADK 3.2 and later |
//! | [`Deviation::ModeUnsaid`] | CFCA, key-management centres |
//! | [`Deviation::EncryptionNamedOtherwise`] | GmSSL |
//!
//! [`Deviation`] has all of them.

mod agreement;
#[cfg(feature = "std")]
mod ber;
#[cfg(feature = "std")]
mod buffer;
mod content_cipher;
mod dialect;
mod encrypted;
mod encrypted_content;
mod enveloped;
mod partner;
mod party;
mod recipient;
mod signed;
mod signed_and_enveloped;
#[cfg(feature = "std")]
pub mod stream;
mod wire;

pub use agreement::KeyAgreementInfo;
pub use dialect::{Deviation, Dialect};
pub use encrypted::EncryptedData;
pub use encrypted_content::UnauthenticatedContent;
pub use enveloped::{EnvelopedData, EnvelopedDataDraft};
pub use partner::{
    CipherName, ContentTypes, EncryptionName, Parameters, Partner, PartyIdKind, SignatureName,
};
pub use recipient::Recipient;
pub use signed::{
    Attribute, SignedContent, SignedDataDraft, SignedMessage, Signer, ToSign, UnattributedContent,
    UnverifiedSignedData, UnverifiedSigner, VerifiedSigner,
};
pub use signed_and_enveloped::{
    SignedAndEnvelopedData, SignedAndEnvelopedDataDraft, UnverifiedContent,
};
