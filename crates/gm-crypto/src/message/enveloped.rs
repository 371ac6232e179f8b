//! Enveloped data (GM/T 0010, clause 9): content for the owners of certificates.

use alloc::vec::Vec;
use der::{Sequence, asn1::ObjectIdentifier};
use rand_core::TryCryptoRng;

use crate::{
    Error, Result,
    pki::oid,
    sm2::{Ciphertext, SecretKey},
};

use super::{
    ContentTypes, Deviation, Dialect, Partner, PartyIdKind, Recipient, UnauthenticatedContent,
    content_cipher::{ContentKey, generate_key},
    dialect::Forgiven,
    encrypted_content::{EncryptedContent, EncryptedContentInfo, Kind, Surroundings},
    recipient::{self, RecipientInfo, VERSION_BY_KEY_IDENTIFIER, content_key, wrap},
    wire::{Set, VERSION},
};

const KIND: Kind = Kind {
    name: "EnvelopedData",
    gm: oid::ENVELOPED_DATA,
    pkcs7: Some(oid::PKCS7_ENVELOPED_DATA),
};

#[derive(Sequence)]
struct Wire {
    version: u8,
    recipients: Set<RecipientInfo>,
    content: EncryptedContentInfo,
}

/// An enveloped message (GM/T 0010, clause 9) that has been read.
///
/// It says nothing about who wrote it: a message that should tell is signed too
/// ([`SignedAndEnvelopedData`](super::SignedAndEnvelopedData), or signed data inside).
///
/// ```
/// use gm_crypto::message::{Dialect, EnvelopedData, Partner};
/// # use gm_crypto::{sm2::SecretKey, Result};
/// # fn send(certificate: &[u8], key: &SecretKey) -> Result<()> {
/// let partner = Partner::default();
/// let octets = EnvelopedData::encrypt(
///     &mut getrandom::SysRng, &partner, &[certificate], b"for one alone",
/// )?;
/// let message = EnvelopedData::read(&octets, Dialect::Strict)?;
/// let content = message.decrypt(Some(certificate), key)?;
/// assert_eq!(*content.into_unauthenticated_bytes(), b"for one alone");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct EnvelopedData {
    recipients: Vec<Recipient>,
    content: EncryptedContent,
    deviations: Vec<Deviation>,
}

impl EnvelopedData {
    /// Encrypts `content` to the owners of certificates (DER), as `partner` reads it; gives
    /// the DER of a `ContentInfo`. [`EnvelopedDataDraft`] can do more.
    ///
    /// # Errors
    /// Those of [`EnvelopedDataDraft::encrypt`].
    pub fn encrypt<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        partner: &Partner,
        recipients: &[impl AsRef<[u8]>],
        content: &[u8],
    ) -> Result<Vec<u8>> {
        let draft = EnvelopedDataDraft::new(partner);
        let add = |draft: EnvelopedDataDraft, certificate: &_| draft.recipient(certificate);
        let certificates = recipients.iter().map(AsRef::as_ref);
        certificates.fold(draft, add).encrypt(rng, content)
    }

    /// Reads the DER of a `ContentInfo` with `EnvelopedData`.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Unsupported`] for another
    /// content type or algorithm, [`Error::Invalid`] for what the standard, or the dialect,
    /// does not allow, [`Error::Crypto`] for a content key that is no SM2 ciphertext.
    pub fn read(octets: &[u8], dialect: Dialect) -> Result<Self> {
        let mut forgiven = Forgiven::new(dialect);
        let wire: Wire = KIND.open(octets, &mut forgiven)?;
        forgiven.unless(wire.version == VERSION, KIND.name, Deviation::Version)?;
        Ok(Self {
            recipients: read_recipients(KIND.name, wire.recipients, &mut forgiven)?,
            content: wire.content.check(&mut forgiven)?,
            deviations: forgiven.into_deviations(),
        })
    }

    /// What the message has beside GM/T 0010, each once; empty after a strict reading.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Those to whom it is encrypted (`recipientInfos`), at least one, in the order of the
    /// message.
    #[must_use]
    pub fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// What the content is said to be: `data` or a message in a message. Nobody has
    /// authenticated it.
    #[must_use]
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content.surroundings().content_type
    }

    /// `sharedInfo1` beside the content (`EncryptedContentInfo`; GM/T 0010, clause 9): octets
    /// in the clear, on which the parties agree and which nothing here uses.
    #[must_use]
    pub fn shared_info1(&self) -> Option<&[u8]> {
        self.content.surroundings().shared_info1.as_deref()
    }

    /// `sharedInfo2` beside the content (`EncryptedContentInfo`; GM/T 0010, clause 9): octets
    /// in the clear, on which the parties agree and which nothing here uses.
    #[must_use]
    pub fn shared_info2(&self) -> Option<&[u8]> {
        self.content.surroundings().shared_info2.as_deref()
    }

    /// Decrypts with the key of a recipient: of the one whom `certificate` (DER) names, or,
    /// without a certificate, of whichever the key fits. Some senders name recipients in a
    /// way that no certificate has.
    ///
    /// # Errors
    /// [`Error::Crypto`] for another recipient, another key and a changed message alike;
    /// [`Error::Malformed`] for a certificate that can't be read.
    pub fn decrypt(
        &self,
        certificate: Option<&[u8]>,
        key: &SecretKey,
    ) -> Result<UnauthenticatedContent> {
        let key = recipient::unwrap(&self.recipients, certificate, key)?;
        self.content.decrypt(&key)
    }

    /// The content key as encrypted to the owner of a certificate (DER), for a key that
    /// stays inside an HSM: what it decrypts goes to [`Self::decrypt_with_content_key`]. Two
    /// ciphertexts, of which one decrypts, where raw octets leave their order open.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the certificate names no recipient, [`Error::Malformed`] when
    /// it can't be read. None are given for a recipient under an algorithm that is not SM2.
    pub fn encrypted_key_for(&self, certificate: &[u8]) -> Result<Vec<Ciphertext>> {
        recipient::encrypted_key_for(&self.recipients, certificate)
    }

    /// Decrypts with the content key, 16 octets.
    ///
    /// # Errors
    /// [`Error::Crypto`], for whatever reason: a key that has not 16 octets as much as a
    /// padding that is none.
    pub fn decrypt_with_content_key(&self, key: &[u8]) -> Result<UnauthenticatedContent> {
        self.content.decrypt(&*content_key(key)?)
    }
}

/// Reads the recipients of a message.
pub(super) fn read_recipients(
    what: &'static str,
    recipients: Set<RecipientInfo>,
    forgiven: &mut Forgiven,
) -> Result<Vec<Recipient>> {
    forgiven.unless(recipients.is_ordered(), what, Deviation::UnorderedSet)?;
    let recipients = recipients.into_vec();
    if recipients.is_empty() {
        return Err(Error::Invalid {
            what,
            reason: "has no recipient",
        });
    }
    recipients
        .into_iter()
        .map(|info| Recipient::read(info, forgiven))
        .collect()
}

/// Encrypts a content key to the owners of certificates.
pub(super) fn wrap_for_all<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    what: &'static str,
    partner: &Partner,
    certificates: &[Vec<u8>],
    key: &ContentKey,
) -> Result<Set<RecipientInfo>> {
    if certificates.is_empty() {
        return Err(Error::Invalid {
            what,
            reason: "would have no recipient",
        });
    }
    let infos = certificates
        .iter()
        .map(|certificate| wrap(rng, partner, certificate, key))
        .collect::<Result<_>>()?;
    Set::new(infos).map_err(Error::malformed(what))
}

/// An enveloped message before it is encrypted.
#[derive(Clone, Debug)]
pub struct EnvelopedDataDraft {
    partner: Partner,
    recipients: Vec<Vec<u8>>,
    surroundings: Surroundings,
}

impl EnvelopedDataDraft {
    /// A message of `data` to nobody yet, written as `partner` reads it.
    #[must_use]
    pub fn new(partner: &Partner) -> Self {
        Self {
            partner: *partner,
            recipients: Vec::new(),
            surroundings: Surroundings::new(partner),
        }
    }

    /// Adds a recipient by their certificate (DER): the encryption certificate of a pair.
    #[must_use]
    pub fn recipient(mut self, certificate: &[u8]) -> Self {
        self.recipients.push(certificate.to_vec());
        self
    }

    /// Says what the content is, where it is not `data`: a message in a message.
    #[must_use]
    pub fn content_type(mut self, content_type: ObjectIdentifier) -> Self {
        self.surroundings.content_type = content_type;
        self
    }

    /// Adds `sharedInfo1` (GM/T 0010, clause 9), in the clear.
    #[must_use]
    pub fn shared_info1(mut self, octets: &[u8]) -> Self {
        self.surroundings.shared_info1 = Some(octets.to_vec());
        self
    }

    /// Adds `sharedInfo2` (GM/T 0010, clause 9), in the clear.
    #[must_use]
    pub fn shared_info2(mut self, octets: &[u8]) -> Self {
        self.surroundings.shared_info2 = Some(octets.to_vec());
        self
    }

    /// Encrypts `content` under a fresh key; gives the DER of a `ContentInfo`.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a recipient, for a certificate that lacks the key
    /// identifier by which the partner wants it named, and for a content that the partner's
    /// cipher does not take; [`Error::Malformed`] for a certificate that can't be read, and
    /// for a content too long for DER (256 MiB); [`Error::Unsupported`] for a certificate
    /// whose key is no SM2 key, [`Error::Crypto`] for one whose point is not on the curve;
    /// [`Error::Random`] when the source fails.
    pub fn encrypt<R: TryCryptoRng + ?Sized>(self, rng: &mut R, content: &[u8]) -> Result<Vec<u8>> {
        let (name, partner) = (KIND.name, &self.partner);
        let key = generate_key(rng)?;
        let wire = Wire {
            version: version(partner),
            recipients: wrap_for_all(rng, name, partner, &self.recipients, &key)?,
            content: EncryptedContentInfo::encrypt(rng, partner, self.surroundings, &key, content)?,
        };
        KIND.close(partner, &wire)
    }
}

/// The version: GM/T 0010's, or what RFC 5652, 6.1, computes.
pub(super) fn version(partner: &Partner) -> u8 {
    match (partner.content_types, partner.party_id) {
        (_, PartyIdKind::SubjectKeyIdentifier) => VERSION_BY_KEY_IDENTIFIER,
        (ContentTypes::Gm, PartyIdKind::IssuerAndSerialNumber) => VERSION,
        (ContentTypes::Rfc5652, PartyIdKind::IssuerAndSerialNumber) => 0,
    }
}

#[cfg(test)]
pub(super) mod tests;
