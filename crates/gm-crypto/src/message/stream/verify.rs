//! Verifying a content that goes by, and when it is given out: before or after.

use super::{
    enveloped::{RELEASING, open},
    hash::{CHANGED, ContentDigests, ContentHasher, Wanted},
    outline::{Kind, MessageReader, Outline},
    sign::{back, position},
};
use crate::{
    Error, Result,
    message::{
        Deviation, Dialect, UnverifiedSignedData, VerifiedSigner,
        buffer::io_error,
        dialect::Forgiven,
        party::Party,
        signed::{
            expected::{Demand, Expected},
            signer::SignerInfo,
        },
    },
    sm2::{SecretKey, UserId, Za},
};
use alloc::vec::Vec;
use der::asn1::ObjectIdentifier;
use std::io::{Read, Seek, Write};

/// Whose signatures a content must have. The certificates (DER) are known to be the right
/// ones by other means, good, and for signing; those inside a message are never used. Where
/// more than eight have one name, the first eight are tried.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ExpectedSigners<'a> {
    /// The owner of this certificate, whoever else signed.
    One(&'a [u8]),
    /// Each signer that the message has is the owner of one of these, and there is a signer.
    /// Some of these may not have signed: one signer of ten is enough, if nobody else signed.
    All(&'a [&'a [u8]]),
    /// The owner of each of these, whoever else signed. One signature counts for one
    /// certificate, every signature in the name of one of them must fit, and who is given
    /// twice is asked for once. Without certificates nothing is accepted.
    Each(&'a [&'a [u8]]),
}

impl ExpectedSigners<'_> {
    fn certificates(&self) -> &[&[u8]] {
        match self {
            Self::One(certificate) => core::slice::from_ref(certificate),
            Self::All(certificates) | Self::Each(certificates) => certificates,
        }
    }

    fn read(&self) -> Result<Expected> {
        let demand = match self {
            Self::One(_) => Demand::One,
            Self::All(_) => Demand::All,
            Self::Each(_) => Demand::Each,
        };
        Expected::new(demand, self.certificates())
    }

    /// Each party with its Z; none for another key than SM2's, which is an error when a
    /// signer is of that name.
    fn parties(&self) -> Result<Vec<(Party, Option<Za>)>> {
        let party = |certificate: &&[u8]| {
            let party = Party::from_certificate(certificate)?;
            let key = party.public_key().ok();
            Ok((party, key.map(|key| Za::new(&UserId::default(), &key))))
        };
        self.certificates().iter().map(party).collect()
    }

    /// What must be hashed when the signers have not been read yet: all that there may be.
    fn wanted_unseen(&self) -> Result<Wanted> {
        Ok(Wanted {
            plain: true,
            with: self
                .parties()?
                .into_iter()
                .filter_map(|(_, za)| za)
                .collect(),
        })
    }

    /// What must be hashed for these signers.
    fn wanted(&self, signers: &[SignerInfo]) -> Result<Wanted> {
        let mut wanted = Wanted::default();
        for (party, za) in self.parties()? {
            let named = |info: &&SignerInfo| party.is_named_by(info.party_id());
            for info in signers.iter().filter(named) {
                if info.message_digest()?.is_some() {
                    wanted.plain = true;
                } else {
                    wanted.with.extend(za.clone());
                }
            }
        }
        Ok(wanted)
    }
}

/// A content that went by and whose signatures fit the signers that were named.
#[derive(Clone, Debug)]
pub struct VerifiedStream {
    length: u64,
    content_type: ObjectIdentifier,
    signers: Vec<VerifiedSigner>,
    unchecked_signers: usize,
    certificates: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    deviations: Vec<Deviation>,
}

impl VerifiedStream {
    /// Octets of the content.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What the content is, most often `data`.
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// Those whose signatures were checked, in the order of the message: each certificate
    /// once, with the first of its signatures. One person may have several certificates.
    pub fn signers(&self) -> &[VerifiedSigner] {
        &self.signers
    }

    /// How many signatures of the message were not checked, since they are in the name of
    /// nobody who was expected. Their signers are claims.
    pub fn unchecked_signers(&self) -> usize {
        self.unchecked_signers
    }

    /// The certificates (DER) that the message carries: claims, not facts.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The CRLs (DER) that it carries, in the same way.
    pub fn crls(&self) -> &[Vec<u8>] {
        &self.crls
    }

    /// What [`Dialect::Field`] forgave, each once.
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

/// The signers of a message that has been read to its end, and what was forgiven.
struct Surroundings {
    message: UnverifiedSignedData,
    forgiven: Forgiven,
}

impl Surroundings {
    fn read(outline: &Outline, mut forgiven: Forgiven, dialect: Dialect) -> Result<Self> {
        let message = UnverifiedSignedData::read(&outline.to_signed(), dialect)?;
        for deviation in message.deviations() {
            forgiven.forgive(Kind::Signed.name(), *deviation)?;
        }
        Ok(Self { message, forgiven })
    }

    fn wanted(&self, expected: ExpectedSigners<'_>) -> Result<Wanted> {
        expected.wanted(self.message.signer_infos())
    }

    /// What can be refused before a content is decrypted.
    fn expect_named(&self, expected: ExpectedSigners<'_>) -> Result<()> {
        let infos = self.message.signer_infos();
        expected.read()?.expect_named(infos)
    }

    fn verify(
        self,
        expected: ExpectedSigners<'_>,
        digests: &ContentDigests,
    ) -> Result<VerifiedStream> {
        let expected = expected.read()?;
        Ok(VerifiedStream {
            length: digests.length(),
            content_type: self.message.content_type(),
            signers: self.message.verify_octets(&expected, digests)?,
            unchecked_signers: expected.unknown_among(self.message.signer_infos()),
            certificates: self.message.certificates().to_vec(),
            crls: self.message.crls().to_vec(),
            deviations: self.forgiven.into_deviations(),
        })
    }
}

/// Verifies a message (read by [`UnverifiedSignedData::read`]) whose content stands elsewhere
/// and goes by here, to its end: one run of SM3, or one for each signer without attributes.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) when the message has a content inside, a signer
/// is not among the expected, or the content could be the attributes of another message;
/// [`Error::Crypto`](crate::Error::Crypto) when a signature does not fit;
/// [`Error::Io`](crate::Error::Io); those of reading a certificate.
pub fn verify_detached(
    message: UnverifiedSignedData,
    expected: ExpectedSigners<'_>,
    mut content: impl Read,
) -> Result<VerifiedStream> {
    message.expect_detached()?;
    let wanted = expected.wanted(message.signer_infos())?;
    // Nobody signed who should have: that needs no content to be read.
    let digests = if wanted == Wanted::default() {
        ContentHasher::new(&wanted).finish()
    } else {
        ContentHasher::hash(&wanted, &mut content)?
    };
    let mut forgiven = Forgiven::new(Dialect::Field);
    for deviation in message.deviations() {
        forgiven.forgive(Kind::Signed.name(), *deviation)?;
    }
    Surroundings { message, forgiven }.verify(expected, &digests)
}

/// Verifies `SignedData` around its content, which is given to nobody. The signers stand
/// behind the content and are read first, so that it is hashed for them alone.
///
/// # Errors
/// [`Error::Encoding`](crate::Error::Encoding) with the offset for what is not the DER (or,
/// under [`Dialect::Field`], the BER) of such a message;
/// [`Error::TooLarge`](crate::Error::TooLarge) for more than 4 MiB around the content;
/// [`Error::Malformed`](crate::Error::Malformed) and
/// [`Error::Unsupported`](crate::Error::Unsupported) for what stands there; those of
/// [`verify_detached`].
pub fn verify_attached(
    mut input: impl Read + Seek,
    dialect: Dialect,
    expected: ExpectedSigners<'_>,
) -> Result<VerifiedStream> {
    let start = position(&mut input)?;
    let (verified, _) = Opening::signed(dialect).verify(&mut input, start, expected)?;
    Ok(verified)
}

/// [`verify_attached`], and then the content is read once more and written: nothing is given
/// out before it has been verified.
///
/// # Errors
/// Those of [`verify_attached`], and nothing has been written;
/// [`Error::Io`](crate::Error::Io), and
/// [`Error::Invalid`](crate::Error::Invalid) when the input has been changed between the
/// readings: then what was written must not be used.
pub fn verify_then_release(
    mut input: impl Read + Seek,
    dialect: Dialect,
    expected: ExpectedSigners<'_>,
    mut output: impl Write,
) -> Result<VerifiedStream> {
    Opening::signed(dialect).verify_then_release(&mut input, expected, &mut output)
}

/// Reads `SignedData` once: the content is written as it comes, and verified at the end.
///
/// What `output` is given is worth nothing until this returns, and nothing for ever when it
/// returns an error: write to where nobody looks, and hand it over afterwards. Where the
/// input can be read twice, [`verify_then_release`] is the better choice. Which signatures
/// there are shows at the end alone, so that SM3 runs twice over the content, or more often
/// for several certificates.
///
/// # Errors
/// Those of [`verify_attached`].
pub fn release_then_verify(
    input: impl Read,
    dialect: Dialect,
    expected: ExpectedSigners<'_>,
    mut output: impl Write,
) -> Result<VerifiedStream> {
    Opening::signed(dialect).release_then_verify(input, expected, &mut output)
}

/// How the content of a message is reached.
pub(super) struct Opening<'a> {
    kind: Kind,
    dialect: Dialect,
    /// Certificate and key of the recipient, where the content is encrypted.
    recipient: Option<(Option<&'a [u8]>, &'a SecretKey)>,
}

impl<'a> Opening<'a> {
    fn signed(dialect: Dialect) -> Self {
        Self {
            kind: Kind::Signed,
            dialect,
            recipient: None,
        }
    }

    pub(super) fn signed_and_enveloped(
        dialect: Dialect,
        certificate: Option<&'a [u8]>,
        key: &'a SecretKey,
    ) -> Self {
        Self {
            kind: Kind::SignedAndEnveloped,
            dialect,
            recipient: Some((certificate, key)),
        }
    }

    fn open<I: Read>(&self, input: I) -> Result<MessageReader<I>> {
        MessageReader::open(input, self.kind, self.dialect)
    }

    /// Reads the content, decrypted; whether it ended as its cipher wants. Where it did not,
    /// what came before is a content like any other, and does not verify: whoever bends
    /// messages is not told that it was the padding (CBC would be an oracle that decrypts).
    fn content<I: Read>(
        &self,
        reader: &mut MessageReader<I>,
        sink: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<bool> {
        let Some((certificate, key)) = self.recipient else {
            reader.read_content(&mut |octets| sink(octets))?;
            return Ok(true);
        };
        let mut decryptor = open(reader, certificate, key)?;
        reader.read_content(&mut |octets| sink(decryptor.update(octets)))?;
        match decryptor.finish() {
            Ok(last) => sink(&last).map(|()| true),
            Err(_) => Ok(false),
        }
    }

    /// Checks the signatures. What hangs on a decrypted content has one error.
    fn conclude(
        &self,
        surroundings: Surroundings,
        expected: ExpectedSigners<'_>,
        digests: &ContentDigests,
        whole: bool,
    ) -> Result<VerifiedStream> {
        match surroundings.verify(expected, digests) {
            Ok(verified) if whole => Ok(verified),
            Err(error) if self.recipient.is_none() => Err(error),
            _ => Err(Error::Crypto),
        }
    }

    fn surroundings<I: Read>(&self, reader: MessageReader<I>) -> Result<Surroundings> {
        let (outline, forgiven) = reader.close()?;
        Surroundings::read(&outline, forgiven, self.dialect)
    }

    /// Reads what stands around the content, then the content.
    fn verify(
        &self,
        input: &mut (impl Read + Seek),
        start: u64,
        expected: ExpectedSigners<'_>,
    ) -> Result<(VerifiedStream, ContentDigests)> {
        let mut reader = self.open(&mut *input)?;
        if let Some((certificate, key)) = self.recipient {
            // For what is to be forgiven, and to end here when the key does not fit.
            open(&mut reader, certificate, key)?;
        }
        reader.skip_content()?;
        let surroundings = self.surroundings(reader)?;
        surroundings.expect_named(expected)?;
        let mut hasher = ContentHasher::new(&surroundings.wanted(expected)?);
        back(input, start)?;
        let whole = self.content(&mut self.open(input)?, &mut |octets| {
            hasher.update(octets);
            Ok(())
        })?;
        let digests = hasher.finish();
        let verified = self.conclude(surroundings, expected, &digests, whole)?;
        Ok((verified, digests))
    }

    pub(super) fn verify_then_release(
        &self,
        input: &mut (impl Read + Seek),
        expected: ExpectedSigners<'_>,
        output: &mut impl Write,
    ) -> Result<VerifiedStream> {
        let start = position(input)?;
        let (verified, digests) = self.verify(input, start, expected)?;
        back(input, start)?;
        let mut hasher = ContentHasher::new(&digests.fingerprint());
        let whole = self.content(&mut self.open(input)?, &mut |octets| {
            hasher.update(octets);
            output.write_all(octets).map_err(io_error(RELEASING))
        })?;
        if !whole {
            return Err(CHANGED);
        }
        digests.expect_same(&hasher.finish())?;
        output.flush().map_err(io_error(RELEASING))?;
        Ok(verified)
    }

    pub(super) fn release_then_verify(
        &self,
        input: impl Read,
        expected: ExpectedSigners<'_>,
        output: &mut impl Write,
    ) -> Result<VerifiedStream> {
        let mut reader = self.open(input)?;
        let mut hasher = ContentHasher::new(&expected.wanted_unseen()?);
        let whole = self.content(&mut reader, &mut |octets| {
            hasher.update(octets);
            output.write_all(octets).map_err(io_error(RELEASING))
        })?;
        let surroundings = self.surroundings(reader)?;
        output.flush().map_err(io_error(RELEASING))?;
        surroundings.expect_named(expected)?;
        self.conclude(surroundings, expected, &hasher.finish(), whole)
    }
}
