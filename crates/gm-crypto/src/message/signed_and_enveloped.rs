//! Signed-and-enveloped data (GM/T 0010, clause 10): the way in which key-management centres
//! deliver encryption keys.
//!
//! What is signed is the content before it is encrypted, and the signature stands in the
//! clear. PKCS#7 (RFC 2315, 11.1) encrypts it under the content key as well; none of the
//! messages and programs that are known here does (the delivery of a key-management centre,
//! gmsm, GmSSL), so neither is it written here nor read.
//!
//! Who has the signature and guesses the content can check the guess.

use alloc::{vec, vec::Vec};
use core::fmt;
use der::{Any, Decode, Encode, Sequence, asn1::ObjectIdentifier};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{
    Error, Result,
    pki::oid,
    sm2::{Ciphertext, SecretKey, SigningKey},
    sm4::BLOCK_LENGTH,
};

use super::{
    Deviation, Dialect, Partner, Recipient, UnauthenticatedContent,
    content_cipher::generate_key,
    dialect::Forgiven,
    encrypted_content::{EncryptedContent, EncryptedContentInfo, Kind, Surroundings},
    enveloped::{read_recipients, wrap_for_all},
    party::Party,
    recipient::{self, RecipientInfo, content_key},
    signed::{
        expected::{Demand, Expected, refuse_copies},
        signer::{HashedOnce, SignerDraft, SignerInfo, check_digest_algorithm},
    },
    wire::{Set, VERSION, without_parameters},
};

const KIND: Kind = Kind {
    name: "SignedAndEnvelopedData",
    gm: oid::SIGNED_AND_ENVELOPED_DATA,
    pkcs7: Some(oid::PKCS7_SIGNED_AND_ENVELOPED_DATA),
};
/// More signers than this are refused before any signature is looked at.
const MAX_SIGNERS: usize = 64;

#[derive(Sequence)]
struct Wire {
    version: u8,
    recipients: Set<RecipientInfo>,
    digest_algorithms: Set<AlgorithmIdentifierOwned>,
    content: EncryptedContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    certificates: Option<Set<Any>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    crls: Option<Set<Any>>,
    signers: Set<SignerInfo>,
}

/// A signed and enveloped message (GM/T 0010, clause 10) that has been read, and is neither
/// decrypted nor verified.
#[derive(Clone, Debug)]
pub struct SignedAndEnvelopedData {
    recipients: Vec<Recipient>,
    content: EncryptedContent,
    certificates: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    signers: Vec<SignerInfo>,
    deviations: Vec<Deviation>,
}

impl SignedAndEnvelopedData {
    /// Reads the DER of a `ContentInfo` with `SignedAndEnvelopedData`.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Unsupported`] for another
    /// content type or algorithm, [`Error::Invalid`] for what the standard, or the dialect,
    /// does not allow, [`Error::TooLarge`] for more than 64 signers, [`Error::Crypto`] for a
    /// content key that is no SM2 ciphertext.
    pub fn read(octets: &[u8], dialect: Dialect) -> Result<Self> {
        let name = KIND.name;
        let mut forgiven = Forgiven::new(dialect);
        let wire: Wire = KIND.open(octets, &mut forgiven)?;
        forgiven.unless(wire.version == VERSION, name, Deviation::Version)?;
        let recipients = read_recipients(name, wire.recipients, &mut forgiven)?;
        let content = wire.content.check(&mut forgiven)?;
        let signers = read_signers(
            wire.signers,
            wire.digest_algorithms,
            content.surroundings().content_type,
            &mut forgiven,
        )?;
        Ok(Self {
            recipients,
            content,
            certificates: each_in_der(wire.certificates, &mut forgiven)?,
            crls: each_in_der(wire.crls, &mut forgiven)?,
            signers,
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

    /// The certificates (DER) that the message carries: claims, not facts.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The revocation lists (DER) that the message carries: claims, not facts.
    #[must_use]
    pub fn crls(&self) -> &[Vec<u8>] {
        &self.crls
    }

    /// How many signed it, as it says: 1 to 64.
    #[must_use]
    pub fn signer_count(&self) -> usize {
        self.signers.len()
    }

    /// Whether the owner of a certificate (DER) is one of the signers, as the message says.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a certificate that can't be read.
    pub fn is_said_to_be_signed_by(&self, certificate: &[u8]) -> Result<bool> {
        let party = Party::from_certificate(certificate)?;
        let mut signers = self.signers.iter();
        Ok(signers.any(|info| party.is_named_by(info.party_id())))
    }

    /// What the content is said to be: `data` or a message in a message. A claim.
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

    /// Decrypts with the key of a recipient, and checks that the owner of
    /// `signer_certificate` (DER) signed the content: the whole of it, in one step, of which
    /// nobody learns where it failed.
    ///
    /// `certificate` (DER) names the recipient; without it the key is tried on each. The
    /// caller knows by other means that the signer's certificate is the right one.
    ///
    /// # Errors
    /// [`Error::Crypto`] for another recipient, another key, a changed message and a
    /// signature that does not fit alike; [`Error::Invalid`] when the message does not name
    /// that signer, [`Error::Malformed`] and [`Error::Unsupported`] for certificates that
    /// can't be read.
    pub fn open(
        &self,
        certificate: Option<&[u8]>,
        key: &SecretKey,
        signer_certificate: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let expected = Expected::new(Demand::One, &[signer_certificate])?;
        expected.expect_named(&self.signers)?;
        self.decrypt(certificate, key)?.signed_by(&expected)
    }

    /// Decrypts with the key of a recipient. Whether the content is whole shows when it is
    /// verified, together with whether it was signed.
    ///
    /// # Errors
    /// [`Error::Crypto`] for another recipient and another key alike; [`Error::Malformed`]
    /// for a certificate that can't be read.
    pub fn decrypt(
        &self,
        certificate: Option<&[u8]>,
        key: &SecretKey,
    ) -> Result<UnverifiedContent<'_>> {
        let key = recipient::unwrap(&self.recipients, certificate, key)?;
        Ok(self.decrypted(&key))
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

    /// Decrypts with the content key, as [`Self::decrypt`] does.
    ///
    /// # Errors
    /// [`Error::Crypto`] for a key that has not 16 octets.
    pub fn decrypt_with_content_key(&self, key: &[u8]) -> Result<UnverifiedContent<'_>> {
        Ok(self.decrypted(&*content_key(key)?))
    }

    fn decrypted(&self, key: &[u8; BLOCK_LENGTH]) -> UnverifiedContent<'_> {
        let (content, whole) = self.content.decrypt_as_far_as_it_goes(key);
        UnverifiedContent {
            message: self,
            content,
            whole,
        }
    }
}

fn read_signers(
    signers: Set<SignerInfo>,
    digest_algorithms: Set<AlgorithmIdentifierOwned>,
    content_type: ObjectIdentifier,
    forgiven: &mut Forgiven,
) -> Result<Vec<SignerInfo>> {
    let name = KIND.name;
    let ordered = signers.is_ordered() && digest_algorithms.is_ordered();
    forgiven.unless(ordered, name, Deviation::UnorderedSet)?;
    let signers = signers.into_vec();
    if signers.is_empty() {
        return Err(Error::Invalid {
            what: name,
            reason: "has no signer",
        });
    }
    if signers.len() > MAX_SIGNERS {
        return Err(Error::TooLarge {
            what: name,
            limit: MAX_SIGNERS as u64,
            unit: "signers",
        });
    }
    refuse_copies(name, &signers)?;
    for algorithm in digest_algorithms.as_slice() {
        check_digest_algorithm(name, algorithm, forgiven)?;
    }
    for signer in &signers {
        signer.check(content_type, forgiven)?;
        let is_theirs = |listed: &AlgorithmIdentifierOwned| listed.oid == signer.digest_algorithm();
        let listed = digest_algorithms.as_slice().iter().any(is_theirs);
        forgiven.unless(listed, name, Deviation::DigestAlgorithmsList)?;
    }
    Ok(signers)
}

fn each_in_der(set: Option<Set<Any>>, forgiven: &mut Forgiven) -> Result<Vec<Vec<u8>>> {
    let Some(set) = set else {
        return Ok(Vec::new());
    };
    forgiven.unless(set.is_ordered(), KIND.name, Deviation::UnorderedSet)?;
    let to_der = |any: &Any| any.to_der().map_err(Error::malformed(KIND.name));
    set.as_slice().iter().map(to_der).collect()
}

/// The content of a signed and enveloped message, decrypted, with its signatures unverified.
pub struct UnverifiedContent<'a> {
    message: &'a SignedAndEnvelopedData,
    content: UnauthenticatedContent,
    /// Whether it ended as its cipher wants. Said by a verification alone, which takes as
    /// long for a content that did not: bad padding must not be told from a bad signature.
    whole: bool,
}

impl UnverifiedContent<'_> {
    /// Checks that the owner of a certificate (DER) signed the content, and gives it out.
    ///
    /// The caller knows by other means that this certificate is the right one; those inside
    /// the message are not used. Where nothing says whether a content is padded, that one is
    /// given which was signed.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the message does not name that signer, [`Error::Crypto`] when
    /// the signature does not fit, [`Error::Malformed`] and [`Error::Unsupported`] for a
    /// certificate that can't be read.
    pub fn verify(self, signer_certificate: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.signed_by(&Expected::new(Demand::One, &[signer_certificate])?)
    }

    /// [`Self::verify`] for all signers of the message: each of them is named by one of
    /// the certificates (DER), and each signature fits.
    ///
    /// # Errors
    /// As [`Self::verify`]; [`Error::Invalid`] when a signer is named by none of them.
    pub fn verify_all(
        self,
        signer_certificates: &[impl AsRef<[u8]>],
    ) -> Result<Zeroizing<Vec<u8>>> {
        self.signed_by(&Expected::new(Demand::All, signer_certificates)?)
    }

    /// [`Self::verify`] for each of several certificates (DER), whoever else signed. One
    /// signature counts for one certificate.
    ///
    /// # Errors
    /// As [`Self::verify`]; [`Error::Invalid`] without certificates.
    pub fn verify_each(
        self,
        signer_certificates: &[impl AsRef<[u8]>],
    ) -> Result<Zeroizing<Vec<u8>>> {
        self.signed_by(&Expected::new(Demand::Each, signer_certificates)?)
    }

    /// The content without a look at the signatures.
    ///
    /// Whoever tells the sender whether this is an error decrypts for the sender: what is to
    /// be verified goes to [`Self::verify`] and not through here.
    ///
    /// # Errors
    /// [`Error::Crypto`] for a padding that is none.
    pub fn into_unauthenticated(self) -> Result<UnauthenticatedContent> {
        self.whole.then_some(self.content).ok_or(Error::Crypto)
    }

    fn signed_by(self, expected: &Expected) -> Result<Zeroizing<Vec<u8>>> {
        let signers = &self.message.signers;
        expected.expect_named(signers)?;
        let fits = |octets| expected.verify(signers, &HashedOnce::new(octets)).is_ok();
        let content = self.content;
        if fits(content.as_bytes()) && self.whole {
            return Ok(content.into_unauthenticated_bytes());
        }
        if content.is_padding_unsaid() {
            let unpadded = content.unpadded();
            // The work is the same with a padding and without.
            let octets = *unpadded.as_ref().unwrap_or(&content.as_bytes());
            if fits(octets) && unpadded.is_ok() && self.whole {
                return Ok(content.without_padding()?.into_unauthenticated_bytes());
            }
        }
        Err(Error::Crypto)
    }
}

impl fmt::Debug for UnverifiedContent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedContent").finish_non_exhaustive()
    }
}

/// A signed and enveloped message before its signatures: the signers' keys may be anywhere.
pub struct SignedAndEnvelopedDataDraft {
    partner: Partner,
    content: Zeroizing<Vec<u8>>,
    surroundings: Surroundings,
    recipients: Vec<Vec<u8>>,
    signers: Vec<SignerDraft>,
    certificates: Vec<Any>,
    crls: Vec<Any>,
}

impl fmt::Debug for SignedAndEnvelopedDataDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedAndEnvelopedDataDraft")
            .finish_non_exhaustive()
    }
}

impl SignedAndEnvelopedDataDraft {
    /// A message of `data` by nobody and to nobody yet, written as `partner` reads it.
    #[must_use]
    pub fn new(partner: &Partner, content: Zeroizing<Vec<u8>>) -> Self {
        Self {
            partner: *partner,
            content,
            surroundings: Surroundings::new(partner),
            recipients: Vec::new(),
            signers: Vec::new(),
            certificates: Vec::new(),
            crls: Vec::new(),
        }
    }

    /// Adds a recipient by their certificate (DER).
    #[must_use]
    pub fn recipient(mut self, certificate: &[u8]) -> Self {
        self.recipients.push(certificate.to_vec());
        self
    }

    /// Adds a signer by their certificate (DER), which the message will carry.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a certificate that can't be read; [`Error::Invalid`] for one
    /// that lacks the key identifier by which the partner wants it named, and for a content
    /// that could be the signed attributes of another message.
    pub fn signer(mut self, certificate: &[u8]) -> Result<Self> {
        let party = Party::from_certificate(certificate)?;
        let (partner, octets) = (&self.partner, self.content.as_slice());
        let content_type = self.surroundings.content_type;
        let signer = SignerDraft::new(party, partner, content_type, &octets, None)?;
        self.signers.push(signer);
        self.certificate(certificate)
    }

    /// Adds a certificate (DER) for the message to carry: one of a chain.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not DER.
    pub fn certificate(mut self, certificate: &[u8]) -> Result<Self> {
        let read = Any::from_der(certificate).map_err(Error::malformed("Certificate"))?;
        if !self.certificates.contains(&read) {
            self.certificates.push(read);
        }
        Ok(self)
    }

    /// Adds a revocation list (DER) for the message to carry.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not DER.
    pub fn crl(mut self, crl: &[u8]) -> Result<Self> {
        let read = Any::from_der(crl).map_err(Error::malformed("CertificateList"))?;
        if !self.crls.contains(&read) {
            self.crls.push(read);
        }
        Ok(self)
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

    /// The octets to sign: the content.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        &self.content
    }

    /// e = SM3(Z ‖ content) for each signer, in their order, under the usual user ID: for
    /// devices that sign digests.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a signer whose key is no SM2 key, [`Error::Crypto`] for one
    /// whose point is not on the curve.
    pub fn digests(&self) -> Result<Vec<[u8; 32]>> {
        let content = self.content.as_slice();
        self.signers.iter().map(|one| one.e(&content)).collect()
    }

    /// Signs with the keys of the signers, in their order, and encrypts; gives the DER of a
    /// `ContentInfo`.
    ///
    /// # Errors
    /// As [`Self::attach`]; [`Error::Invalid`] for another number of keys than of signers, and
    /// for a key that is not its certificate's.
    pub fn sign<R: TryCryptoRng + ?Sized>(
        self,
        rng: &mut R,
        keys: &[&SigningKey],
    ) -> Result<Vec<u8>> {
        if self.signers.len() != keys.len() {
            return Err(Error::Invalid {
                what: KIND.name,
                reason: "would not be signed with one key of each signer",
            });
        }
        let mut signatures = Vec::with_capacity(keys.len());
        for ((signer, e), key) in self.signers.iter().zip(self.digests()?).zip(keys) {
            if signer.party().public_key()? != *key.verifying_key().public_key() {
                return Err(Error::Invalid {
                    what: KIND.name,
                    reason: "would be signed with a key that is not its certificate's",
                });
            }
            signatures.push(key.sign_digest_hedged(rng, &e)?.to_der());
        }
        self.attach(rng, &signatures)
    }

    /// Puts the signatures (GM/T 0009 `SM2Signature`) of the signers in, in their order, and
    /// encrypts under a fresh key; gives the DER of a `ContentInfo`. That the signatures fit
    /// is not checked.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a signer or recipient, for another number of signatures
    /// than of signers, and for a content that the partner's cipher does not take;
    /// [`Error::Malformed`] for what is no signature or certificate, and for a content too
    /// long for DER (256 MiB); [`Error::Unsupported`] for a recipient whose key is no SM2
    /// key, [`Error::Crypto`] for one whose point is not on the curve; [`Error::Random`] when
    /// the source fails.
    pub fn attach<R: TryCryptoRng + ?Sized>(
        self,
        rng: &mut R,
        signatures: &[impl AsRef<[u8]>],
    ) -> Result<Vec<u8>> {
        let (name, partner) = (KIND.name, &self.partner);
        if self.signers.is_empty() || self.signers.len() != signatures.len() {
            return Err(Error::Invalid {
                what: name,
                reason: "would not have one signature of each signer, and one at least",
            });
        }
        let signers = self
            .signers
            .into_iter()
            .zip(signatures)
            .map(|(signer, signature)| signer.attach(signature.as_ref()))
            .collect::<Result<Vec<_>>>()?;
        let key = generate_key(rng)?;
        let content =
            EncryptedContentInfo::encrypt(rng, partner, self.surroundings, &key, &self.content)?;
        let recipients = wrap_for_all(rng, name, partner, &self.recipients, &key)?;
        let set = |elements: Vec<Any>| {
            let some = !elements.is_empty();
            some.then(|| Set::new(elements)).transpose()
        };
        let build = || -> der::Result<Wire> {
            let digest = without_parameters(oid::SM3, partner.parameters)?;
            Ok(Wire {
                version: VERSION,
                recipients,
                digest_algorithms: Set::new(vec![digest])?,
                content,
                certificates: set(self.certificates)?,
                crls: set(self.crls)?,
                signers: Set::new(signers)?,
            })
        };
        let wire = build().map_err(Error::malformed(name))?;
        KIND.close(partner, &wire)
    }
}

#[cfg(test)]
mod tests;
