//! From content to a signed message: prepare, sign wherever the key is, attach.

use alloc::{vec, vec::Vec};
use core::fmt;
use der::{
    Any, DateTime, Decode, Encode,
    asn1::{BitString, ObjectIdentifier, OctetString},
};
use rand_core::TryCryptoRng;

use super::{
    super::{
        ContentTypes, Partner, PartyIdKind,
        party::Party,
        wire::{ContentInfo, Set, VERSION, without_parameters},
    },
    Attribute, MAX_SIGNERS, Message, SignedData, WHAT,
    signer::{SignerDraft, SignerInfo},
};
use crate::{
    Error, Result,
    pki::oid,
    sm2::{SigningKey, UserId, VerifyingKey},
};

/// A message to be signed: content, what goes with it, and for whom it is written.
///
/// ```text
/// SignedMessage ── prepare(signers) ──> SignedDataDraft ── attach(signatures) ──> DER
/// ```
#[derive(Clone)]
pub struct SignedMessage {
    content: Vec<u8>,
    content_type: Option<ObjectIdentifier>,
    detached: bool,
    partner: Partner,
    certificates: Vec<Any>,
    crls: Vec<Any>,
}

/// One who is to sign.
#[derive(Clone, Debug)]
pub struct Signer {
    pub(crate) party: Party,
    pub(crate) certificate: Option<Any>,
    pub(crate) attributes: Option<Vec<Attribute>>,
}

impl Signer {
    /// The owner of a certificate (DER), which the message will carry.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the certificate can't be read.
    pub fn new(certificate: &[u8]) -> Result<Self> {
        Ok(Self {
            party: Party::from_certificate(certificate)?,
            certificate: Some(structure("Certificate", certificate)?),
            attributes: None,
        })
    }

    /// Leaves the certificate out of the message: the reader has it.
    #[must_use]
    pub fn without_certificate(mut self) -> Self {
        self.certificate = None;
        self
    }

    /// Signs attributes, which hold contentType and messageDigest, instead of the content.
    #[must_use]
    pub fn with_attributes(mut self) -> Self {
        self.attributes.get_or_insert_default();
        self
    }

    /// [`Self::with_attributes`], and this one among them.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute) -> Self {
        self.attributes.get_or_insert_default().push(attribute);
        self
    }

    /// [`Self::attribute`] with a signingTime.
    ///
    /// # Errors
    /// Those of [`Attribute::signing_time`].
    pub fn signing_time(self, time: DateTime) -> Result<Self> {
        Ok(self.attribute(Attribute::signing_time(time)?))
    }
}

/// How much there is, not what: contents are long, and nobody's business.
impl fmt::Debug for SignedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedMessage")
            .field("octets", &self.content.len())
            .field("detached", &self.detached)
            .field("partner", &self.partner)
            .finish_non_exhaustive()
    }
}

impl SignedMessage {
    /// A message of `data`, with its content inside, as GM/T 0010 has it.
    #[must_use]
    pub fn new(content: impl Into<Vec<u8>>) -> Self {
        Self {
            content: content.into(),
            content_type: None,
            detached: false,
            partner: Partner::default(),
            certificates: Vec::new(),
            crls: Vec::new(),
        }
    }

    /// Another content type than `data`; all signers must then have attributes.
    #[must_use]
    pub fn content_type(mut self, content_type: ObjectIdentifier) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// Leaves the content out of the message.
    #[must_use]
    pub fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Writes as a partner wants it.
    #[must_use]
    pub fn partner(mut self, partner: Partner) -> Self {
        self.partner = partner;
        self
    }

    /// Carries a certificate (DER) beside those of the signers, octet for octet.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not one SEQUENCE.
    pub fn certificate(mut self, certificate: &[u8]) -> Result<Self> {
        self.certificates
            .push(structure("Certificate", certificate)?);
        Ok(self)
    }

    /// Carries a CRL (DER), octet for octet.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not one SEQUENCE.
    pub fn crl(mut self, crl: &[u8]) -> Result<Self> {
        self.crls.push(structure("CertificateList", crl)?);
        Ok(self)
    }

    /// Prepares everything but the signatures.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a signer, with attributes that stand twice or are added
    /// here, with content that is not data and a signer without attributes, with content
    /// that could be attributes itself, and for a partner who wants a key identifier that a
    /// certificate has not. [`Error::TooLarge`] for more than 64 signers.
    pub fn prepare(self, signers: Vec<Signer>) -> Result<SignedDataDraft> {
        if signers.is_empty() {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "would have no signer",
            });
        }
        if signers.len() > MAX_SIGNERS {
            return Err(Error::TooLarge {
                what: WHAT,
                limit: MAX_SIGNERS as u64,
                unit: "signers",
            });
        }
        let content_type = self.written_content_type();
        let mut certificates = self.certificates;
        let mut drafts = Vec::new();
        for signer in signers {
            if let Some(certificate) = signer.certificate
                && !certificates.contains(&certificate)
            {
                certificates.push(certificate);
            }
            let octets = self.content.as_slice();
            let (party, attributes) = (signer.party, signer.attributes);
            let draft = SignerDraft::new(party, &self.partner, content_type, &octets, attributes)?;
            drafts.push((draft.signed_attributes()?, draft));
        }
        Ok(SignedDataDraft {
            content: self.content,
            content_type,
            detached: self.detached,
            partner: self.partner,
            certificates,
            crls: self.crls,
            signers: drafts,
        })
    }

    /// The DER of a message without signers, which carries certificates and CRLs alone (a
    /// `.p7b` file; RFC 2315, 9.1, "degenerate case"). There is no content in it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is content, or neither certificate nor CRL.
    pub fn certificates_only(self) -> Result<Vec<u8>> {
        if !self.content.is_empty() || (self.certificates.is_empty() && self.crls.is_empty()) {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "without signers has certificates or CRLs, and no content",
            });
        }
        let content_type = self.written_content_type();
        let (certificates, crls) = (self.certificates, self.crls);
        write(
            &self.partner,
            content_type,
            None,
            certificates,
            crls,
            Vec::new(),
        )
    }

    fn written_content_type(&self) -> ObjectIdentifier {
        let data = match self.partner.content_types {
            ContentTypes::Gm => oid::DATA,
            ContentTypes::Rfc5652 => oid::PKCS7_DATA,
        };
        self.content_type.unwrap_or(data)
    }
}

/// A signed message before its signatures: the keys may be anywhere.
#[derive(Clone, Debug)]
pub struct SignedDataDraft {
    content: Vec<u8>,
    content_type: ObjectIdentifier,
    detached: bool,
    partner: Partner,
    certificates: Vec<Any>,
    crls: Vec<Any>,
    /// Each with the DER of its attributes. At least one.
    signers: Vec<(Option<Vec<u8>>, SignerDraft)>,
}

/// What one signer is to sign.
#[derive(Clone, Copy, Debug)]
pub struct ToSign<'a> {
    draft: &'a SignerDraft,
    tbs: &'a [u8],
}

impl<'a> ToSign<'a> {
    /// The octets to sign, for a key that is given the message and puts Z before it.
    #[must_use]
    pub fn tbs(self) -> &'a [u8] {
        self.tbs
    }

    /// e = SM3(Z ‖ tbs) under the usual user ID, for a key that is given a digest.
    ///
    /// # Errors
    /// [`Error::Unsupported`] and [`Error::Crypto`] when the certificate has no SM2 key.
    pub fn e(self) -> Result<[u8; 32]> {
        self.draft.e(&self.tbs)
    }
}

impl SignedDataDraft {
    /// Prepares `content` to be signed by the owner of a certificate (DER): `data`, content
    /// and certificate inside, no attributes, as GM/T 0010 has it. [`SignedMessage`] has the
    /// choices.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the certificate can't be read; those of
    /// [`SignedMessage::prepare`].
    pub fn new(content: Vec<u8>, signer_certificate: &[u8]) -> Result<Self> {
        SignedMessage::new(content).prepare(vec![Signer::new(signer_certificate)?])
    }

    /// The octets that the first signer is to sign: its attributes, or the content itself.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        let (attributes, _) = &self.signers[0];
        attributes.as_deref().unwrap_or(&self.content)
    }

    /// What each signer is to sign, in the order in which they were given.
    pub fn to_sign(&self) -> impl ExactSizeIterator<Item = ToSign<'_>> {
        self.signers.iter().map(|(attributes, draft)| ToSign {
            draft,
            tbs: attributes.as_deref().unwrap_or(&self.content),
        })
    }

    /// Puts the signature of the only signer (GM/T 0009 `SM2Signature`) in; gives the DER of
    /// a `ContentInfo`. Whether it fits is not checked.
    ///
    /// # Errors
    /// Those of [`Self::attach_all`].
    pub fn attach(self, signature: &BitString) -> Result<Vec<u8>> {
        self.attach_all(core::slice::from_ref(signature))
    }

    /// Puts a signature for each signer in, in the order of [`Self::to_sign`].
    ///
    /// # Errors
    /// [`Error::Invalid`] for another number of signatures than signers;
    /// [`Error::Malformed`] or [`Error::Crypto`] for what is no `SM2Signature`, and when the
    /// content is too long for DER (256 MiB).
    pub fn attach_all(self, signatures: &[BitString]) -> Result<Vec<u8>> {
        if signatures.len() != self.signers.len() {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "has not as many signatures as signers",
            });
        }
        let signers = self
            .signers
            .into_iter()
            .zip(signatures)
            .map(|((_, draft), signature)| draft.attach(signature.raw_bytes()))
            .collect::<Result<_>>()?;
        let content = (!self.detached).then_some(self.content);
        let (certificates, crls) = (self.certificates, self.crls);
        write(
            &self.partner,
            self.content_type,
            content,
            certificates,
            crls,
            signers,
        )
    }

    /// Adds an attribute that is not signed, such as a time stamp of the signature, to a
    /// signer (counted from 0 in the order in which they were given).
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no such signer.
    pub fn unsigned_attribute(mut self, signer: usize, attribute: Attribute) -> Result<Self> {
        let (_, draft) = self.signers.get_mut(signer).ok_or(Error::Invalid {
            what: WHAT,
            reason: "has no signer of that number",
        })?;
        draft.add_unsigned_attribute(attribute)?;
        Ok(self)
    }

    /// Signs with keys that are here, one for each signer, in their order.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another number of keys, and for a key that is not that of its
    /// certificate under the usual user ID; [`Error::Random`] when the source fails; those
    /// of [`Self::attach_all`].
    pub fn sign<R: TryCryptoRng + ?Sized>(
        self,
        rng: &mut R,
        keys: &[&SigningKey],
    ) -> Result<Vec<u8>> {
        let mut signatures = Vec::new();
        for (to_sign, key) in self.to_sign().zip(keys) {
            let public = to_sign.draft.party().public_key()?;
            if *key.verifying_key() != VerifyingKey::new(public, &UserId::default()) {
                return Err(Error::Invalid {
                    what: WHAT,
                    reason: "is to be signed by another key than this one",
                });
            }
            let signature = key.sign_hedged(rng, to_sign.tbs())?;
            let octets = BitString::from_bytes(&signature.to_der());
            signatures.push(octets.map_err(Error::malformed(WHAT))?);
        }
        if keys.len() > signatures.len() {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "has not as many keys as signers",
            });
        }
        self.attach_all(&signatures)
    }
}

/// One structure that is carried and not looked into.
pub(crate) fn structure(what: &'static str, octets: &[u8]) -> Result<Any> {
    let read = || -> der::Result<Any> {
        let any = Any::from_der(octets)?;
        der::Tagged::tag(&any).assert_eq(der::Tag::Sequence)?;
        Ok(any)
    };
    read().map_err(Error::malformed(what))
}

fn write(
    partner: &Partner,
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    certificates: Vec<Any>,
    crls: Vec<Any>,
    signers: Vec<SignerInfo>,
) -> Result<Vec<u8>> {
    let gm = partner.content_types == ContentTypes::Gm;
    // RFC 5652, 5.1.
    let computed = partner.party_id == PartyIdKind::SubjectKeyIdentifier && !signers.is_empty()
        || content_type != oid::PKCS7_DATA;
    let encode = || -> der::Result<Vec<u8>> {
        let set = |elements: Vec<Any>| -> der::Result<Option<Set<Any>>> {
            (!elements.is_empty())
                .then(|| Set::new(elements))
                .transpose()
        };
        let digests = if signers.is_empty() {
            Vec::new()
        } else {
            vec![without_parameters(oid::SM3, partner.parameters)?]
        };
        let content = content
            .map(|content| Any::encode_from(&OctetString::new(content)?))
            .transpose()?;
        Message {
            content_type: if gm {
                oid::SIGNED_DATA
            } else {
                oid::PKCS7_SIGNED_DATA
            },
            content: SignedData {
                version: if !gm && computed { 3 } else { VERSION },
                digest_algorithms: Set::new(digests)?,
                content_info: ContentInfo {
                    content_type,
                    content,
                },
                certificates: set(certificates)?,
                crls: set(crls)?,
                signers: Set::new(signers)?,
            },
        }
        .to_der()
    };
    encode().map_err(Error::malformed(WHAT))
}
