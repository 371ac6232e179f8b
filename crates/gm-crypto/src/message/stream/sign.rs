//! Signing a content that goes by: hashed first, signed anywhere, written last.

use super::{
    enveloped::Envelope,
    hash::{CHANGED, ContentDigests, ContentHasher, Wanted},
    outline::Kind,
    skeleton::{self, Carried},
    splice::{Halves, Splice},
};
use crate::{
    Error, Result,
    message::{
        Partner, Signer,
        ber::{OCTET_STRING, write_header},
        buffer::{io_error, pump},
        signed::{
            draft::structure,
            signer::{SignerDraft, SignerInfo},
        },
    },
    sm2::{SigningKey, UserId, Za},
};
use alloc::vec::Vec;
use rand_core::TryCryptoRng;
use std::io::{Read, Seek, SeekFrom, Write};

const WRITING: &str = "writing the message";

/// Who is to sign a content, and what is carried beside it (GM/T 0010, clauses 8 and 10).
///
/// ```text
/// SigningPlan ── prepare(content) ──> PreparedSignature ── digests, signed anywhere ──┐
///   detached(signatures) ──> DER                                                      │
///   attached(signatures), enveloped(signatures) ──> StreamedMessage ── write(content) ┘
/// ```
#[derive(Clone, Debug)]
pub struct SigningPlan {
    partner: Partner,
    signers: Vec<Signer>,
    carried: Carried,
}

impl SigningPlan {
    /// Nobody yet.
    pub fn new(partner: &Partner) -> Self {
        Self {
            partner: *partner,
            signers: Vec::new(),
            carried: Carried::default(),
        }
    }

    /// One more who signs. With attributes SM3 runs once over the content for all signers who
    /// have them; without, once for each.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a certificate whose key is no SM2 key, [`Error::Crypto`] for
    /// one whose point is not on the curve.
    pub fn signer(mut self, signer: Signer) -> Result<Self> {
        signer.party.public_key()?;
        self.signers.push(signer);
        Ok(self)
    }

    /// Carries a certificate (DER) beside those of the signers, octet for octet.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not one SEQUENCE.
    pub fn certificate(mut self, certificate: &[u8]) -> Result<Self> {
        let certificate = structure("Certificate", certificate)?;
        self.carried.certificates.push(certificate);
        Ok(self)
    }

    /// Carries a CRL (DER), octet for octet.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not one SEQUENCE.
    pub fn crl(mut self, crl: &[u8]) -> Result<Self> {
        self.carried.crls.push(structure("CertificateList", crl)?);
        Ok(self)
    }

    fn wanted(&self) -> Result<Wanted> {
        let mut wanted = Wanted::default();
        for Signer {
            party, attributes, ..
        } in &self.signers
        {
            if attributes.is_some() {
                wanted.plain = true;
            } else {
                wanted
                    .with
                    .push(Za::new(&UserId::default(), &party.public_key()?));
            }
        }
        Ok(wanted)
    }

    /// Reads a content once, to its end, and keeps its digests: one run of SM3 for all signers
    /// with attributes, and one for each without.
    ///
    /// # Errors
    /// [`Error::Io`] when reading fails; [`Error::Invalid`] for attributes that stand twice, a
    /// certificate without the key identifier that the partner wants, no signer at all, or
    /// content that is to be signed without attributes and could itself be attributes of
    /// another message.
    pub fn prepare(self, mut content: impl Read) -> Result<PreparedSignature> {
        let digests = ContentHasher::hash(&self.wanted()?, &mut content)?;
        self.with_digests(digests)
    }

    fn with_digests(self, digests: ContentDigests) -> Result<PreparedSignature> {
        if self.signers.is_empty() {
            return Err(Error::Invalid {
                what: Kind::Signed.name(),
                reason: "would have no signer",
            });
        }
        let content_type = skeleton::data(&self.partner);
        let mut carried = self.carried;
        let mut drafts = Vec::with_capacity(self.signers.len());
        for signer in self.signers {
            if let Some(certificate) = signer.certificate
                && !carried.certificates.contains(&certificate)
            {
                carried.certificates.push(certificate);
            }
            let (party, attributes) = (signer.party, signer.attributes);
            let draft = SignerDraft::new(party, &self.partner, content_type, &digests, attributes)?;
            drafts.push(draft);
        }
        Ok(PreparedSignature {
            partner: self.partner,
            drafts,
            carried,
            digests,
        })
    }

    /// Writes a content that is read once, in indefinite lengths: BER, which few in this field
    /// read. What comes back wants its signatures, and then writes the end of the message.
    ///
    /// # Errors
    /// Those of [`Self::prepare`], and [`Error::Io`] when writing fails. The output then has
    /// the beginning of a message.
    pub fn write_indefinite<W: Write>(
        self,
        mut content: impl Read,
        mut output: W,
    ) -> Result<IndefiniteMessage<W>> {
        let empty = skeleton::signed(&self.partner, &Carried::default(), Vec::new())?;
        let head = Splice::find(&empty, Kind::Signed)?.indefinite().head;
        output.write_all(&head).map_err(io_error(WRITING))?;
        let mut hasher = ContentHasher::new(&self.wanted()?);
        pump(&mut content, |octets| {
            hasher.update(octets);
            write_piece(&mut output, octets)
        })?;
        Ok(IndefiniteMessage {
            prepared: self.with_digests(hasher.finish())?,
            output,
        })
    }
}

/// One OCTET STRING of a string in pieces.
pub(super) fn write_piece(output: &mut impl Write, octets: &[u8]) -> Result<()> {
    let mut header = Vec::with_capacity(10);
    write_header(&mut header, OCTET_STRING, octets.len() as u64);
    output
        .write_all(&header)
        .and_then(|()| output.write_all(octets))
        .map_err(io_error(WRITING))
}

/// A content that has been hashed: what its signers sign, wherever their keys are.
#[derive(Debug)]
pub struct PreparedSignature {
    partner: Partner,
    drafts: Vec<SignerDraft>,
    carried: Carried,
    digests: ContentDigests,
}

impl PreparedSignature {
    /// e of each signature (GB/T 32918.2, 6.1), 32 octets big endian, in the order of the
    /// signers, under the usual user ID: what a device that signs digests is given, or
    /// [`SigningKey::sign_digest_hedged`].
    ///
    /// # Errors
    /// None that [`SigningPlan::prepare`] has not given before.
    pub fn digests(&self) -> Result<Vec<[u8; 32]>> {
        let e = |draft: &SignerDraft| draft.e(&self.digests);
        self.drafts.iter().map(e).collect()
    }

    /// Octets of the content.
    pub fn content_length(&self) -> u64 {
        self.digests.length()
    }

    /// Signs for the only signer.
    ///
    /// # Errors
    /// [`Error::Invalid`] for several signers, [`Error::Crypto`] for a key that is not the
    /// certificate's, [`Error::Random`].
    pub(super) fn sign<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        key: &SigningKey,
    ) -> Result<Vec<u8>> {
        let digests = self.digests()?;
        let ([draft], [e]) = (self.drafts.as_slice(), digests.as_slice()) else {
            return Err(Error::Invalid {
                what: Kind::Signed.name(),
                reason: "has several signers, and one key",
            });
        };
        let public = draft.party().public_key()?;
        if &public != key.verifying_key().public_key() {
            return Err(Error::Crypto);
        }
        Ok(key.sign_digest_hedged(rng, e)?.to_der())
    }

    /// The signers with their signatures, which must fit.
    fn signers(&mut self, signatures: &[Vec<u8>]) -> Result<Vec<SignerInfo>> {
        if signatures.len() != self.drafts.len() {
            return Err(Error::Invalid {
                what: Kind::Signed.name(),
                reason: "wants one signature for each signer",
            });
        }
        let mut signers = Vec::with_capacity(signatures.len());
        for (draft, signature) in core::mem::take(&mut self.drafts)
            .into_iter()
            .zip(signatures)
        {
            let party = draft.party().clone();
            let signer = draft.attach(signature)?;
            signer.verify(&party, &self.digests)?;
            signers.push(signer);
        }
        Ok(signers)
    }

    /// The message without the content (DER), for those who have the content elsewhere.
    ///
    /// `signatures` are DER of GM/T 0009's `SM2Signature`, one for each signer in their order.
    /// Each is verified before it is given out.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another number of signatures, [`Error::Malformed`] for what is
    /// none, [`Error::Crypto`] for one that does not fit.
    pub fn detached(mut self, signatures: &[Vec<u8>]) -> Result<Vec<u8>> {
        let signers = self.signers(signatures)?;
        skeleton::signed(&self.partner, &self.carried, signers)
    }

    /// The message around its content, every length exact: strict DER. Signatures as for
    /// [`Self::detached`].
    ///
    /// # Errors
    /// As for [`Self::detached`]; [`Error::TooLarge`] where the length of the message would
    /// have more than 64 bits.
    pub fn attached(mut self, signatures: &[Vec<u8>]) -> Result<StreamedMessage> {
        let signers = self.signers(signatures)?;
        let detached = skeleton::signed(&self.partner, &self.carried, signers)?;
        let splice = Splice::find(&detached, Kind::Signed)?;
        Ok(StreamedMessage {
            halves: splice.definite(self.digests.length())?,
            written: self.digests.length(),
            digests: self.digests,
            envelope: None,
        })
    }

    /// `SignedAndEnvelopedData` around the content, which is encrypted for the owners of
    /// certificates (DER). Strict DER; signatures as for [`Self::detached`].
    ///
    /// # Errors
    /// As for [`Self::attached`] and [`EnvelopeWriter::new`](super::EnvelopeWriter::new).
    pub fn enveloped<R: TryCryptoRng + ?Sized>(
        mut self,
        rng: &mut R,
        recipients: &[&[u8]],
        signatures: &[Vec<u8>],
    ) -> Result<StreamedMessage> {
        let signers = self.signers(signatures)?;
        let envelope = Envelope::seal(rng, &self.partner, recipients)?;
        let empty =
            skeleton::signed_and_enveloped(&self.partner, &envelope, &self.carried, signers)?;
        let splice = Splice::find(&empty, Kind::SignedAndEnveloped)?;
        let written = envelope.encrypted_length(self.digests.length())?;
        Ok(StreamedMessage {
            halves: splice.definite(written)?,
            written,
            digests: self.digests,
            envelope: Some(envelope),
        })
    }
}

/// A message that lacks only its content, read a second time to be written.
pub struct StreamedMessage {
    halves: Halves,
    digests: ContentDigests,
    /// Octets of the content as it is written.
    written: u64,
    envelope: Option<Envelope>,
}

impl core::fmt::Debug for StreamedMessage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("StreamedMessage { .. }")
    }
}

impl StreamedMessage {
    /// Octets of the whole message.
    pub fn length(&self) -> u64 {
        (self.halves.head.len() + self.halves.tail.len()) as u64 + self.written
    }

    /// Writes the message; `content` is the one that was hashed, from its beginning.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is not the one that was hashed, [`Error::Io`]. The output
    /// then has no message, and must not be used.
    pub fn write(self, content: impl Read, mut output: impl Write) -> Result<()> {
        let mut write = |octets: &[u8]| output.write_all(octets).map_err(io_error(WRITING));
        write(&self.halves.head)?;
        let mut hasher = ContentHasher::new(&self.digests.fingerprint());
        let mut encryptor = self.envelope.as_ref().map(Envelope::encryptor);
        // One octet more would show.
        let mut content = content.take(self.digests.length().saturating_add(1));
        let mut length = 0;
        pump(&mut content, |octets| {
            length += octets.len() as u64;
            if length > self.digests.length() {
                return Err(CHANGED);
            }
            hasher.update(octets);
            match &mut encryptor {
                Some(encryptor) => write(encryptor.update(octets)),
                None => write(octets),
            }
        })?;
        self.digests.expect_same(&hasher.finish())?;
        if let Some(encryptor) = encryptor {
            write(&encryptor.finish()?)?;
        }
        write(&self.halves.tail)?;
        output.flush().map_err(io_error(WRITING))
    }
}

/// A message in indefinite lengths whose content has been written and whose end has not.
#[derive(Debug)]
pub struct IndefiniteMessage<W> {
    prepared: PreparedSignature,
    output: W,
}

impl<W: Write> IndefiniteMessage<W> {
    /// [`PreparedSignature::digests`].
    ///
    /// # Errors
    /// As there.
    pub fn digests(&self) -> Result<Vec<[u8; 32]>> {
        self.prepared.digests()
    }

    /// Writes the end; signatures as for [`PreparedSignature::detached`].
    ///
    /// # Errors
    /// As there; [`Error::Io`].
    pub fn finish(mut self, signatures: &[Vec<u8>]) -> Result<W> {
        let detached = self.prepared.detached(signatures)?;
        let tail = Splice::find(&detached, Kind::Signed)?.indefinite().tail;
        self.output
            .write_all(&tail)
            .and_then(|()| self.output.flush())
            .map_err(io_error(WRITING))?;
        Ok(self.output)
    }
}

/// Signs a content that stays where it is, with one key: the message without content (DER).
///
/// One run of SM3 over the content; nothing else takes time.
///
/// # Errors
/// Those of [`SigningPlan`]; [`Error::Crypto`] for a key that is not the certificate's.
pub fn sign_detached<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    partner: &Partner,
    signer: Signer,
    key: &SigningKey,
    content: impl Read,
) -> Result<Vec<u8>> {
    let plan = SigningPlan::new(partner).signer(signer)?;
    let prepared = plan.prepare(content)?;
    let signature = prepared.sign(rng, key)?;
    prepared.detached(&[signature])
}

/// Signs a content and writes it inside its message, strict DER. The content is read twice:
/// from where it stands to its end, and again.
///
/// # Errors
/// Those of [`sign_detached`] and [`StreamedMessage::write`].
pub fn sign_attached<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    partner: &Partner,
    signer: Signer,
    key: &SigningKey,
    mut content: impl Read + Seek,
    output: impl Write,
) -> Result<()> {
    let start = content.stream_position().map_err(io_error(SEEKING))?;
    let plan = SigningPlan::new(partner).signer(signer)?;
    let prepared = plan.prepare(&mut content)?;
    let signature = prepared.sign(rng, key)?;
    let message = prepared.attached(&[signature])?;
    back(&mut content, start)?;
    message.write(content, output)
}

/// Signs a content that is read once and writes it inside its message, in indefinite lengths:
/// BER, which few in this field read.
///
/// # Errors
/// Those of [`sign_detached`]; [`Error::Io`].
pub fn sign_attached_indefinite<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    partner: &Partner,
    signer: Signer,
    key: &SigningKey,
    content: impl Read,
    output: impl Write,
) -> Result<()> {
    let plan = SigningPlan::new(partner).signer(signer)?;
    let message = plan.write_indefinite(content, output)?;
    let signature = message.prepared.sign(rng, key)?;
    message.finish(&[signature]).map(drop)
}

const SEEKING: &str = "going back to the beginning of the input";

/// Where an input stands.
pub(super) fn position(input: &mut impl Seek) -> Result<u64> {
    input.stream_position().map_err(io_error(SEEKING))
}

/// Goes back there.
pub(super) fn back(input: &mut impl Seek, start: u64) -> Result<()> {
    input
        .seek(SeekFrom::Start(start))
        .map(drop)
        .map_err(io_error(SEEKING))
}
