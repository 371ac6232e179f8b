//! Enveloped data (GM/T 0010, clause 9) whose content goes by.

use super::{
    outline::{Kind, MessageReader},
    sign::{back, position, write_piece},
    skeleton,
    splice::Splice,
};
use crate::{
    Error, Result,
    message::{
        Deviation, Dialect, Partner,
        buffer::{self, io_error, make_room, pump},
        content_cipher::{ContentCipher, ContentKey, Decryptor, Encryptor, generate_key},
        encrypted_content::PKCS7_TYPES,
        enveloped::{read_recipients, wrap_for_all},
        recipient::unwrap,
        wire::{Set, VERSION},
    },
    sm2::SecretKey,
    sm4::BLOCK_LENGTH,
};
use alloc::vec::Vec;
use der::{Decode, Encode, asn1::ObjectIdentifier};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use std::io::{self, Read, Seek, SeekFrom, Write};
use zeroize::{Zeroize, Zeroizing};

const WRITING: &str = "writing the message";
pub(super) const RELEASING: &str = "writing the content";
/// Octets that a cipher may give out beside those of a piece: what it held back before.
const HELD_BACK: usize = 2 * BLOCK_LENGTH;

/// A content key that its recipients have been given, and the cipher that is used with it.
pub(super) struct Envelope {
    pub(super) recipients: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    cipher: ContentCipher,
    key: ContentKey,
}

impl Envelope {
    /// Draws a key and encrypts it to the owners of certificates (DER).
    pub(super) fn seal<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        partner: &Partner,
        recipients: &[&[u8]],
    ) -> Result<Self> {
        let key = generate_key(rng)?;
        let certificates: Vec<Vec<u8>> = recipients.iter().map(|one| one.to_vec()).collect();
        let recipients = wrap_for_all(rng, Kind::Enveloped.name(), partner, &certificates, &key)?;
        let cipher = ContentCipher::fresh(rng, partner)?;
        let encode = || Ok((recipients.to_der()?, cipher.write(partner)?.to_der()?));
        let (recipients, algorithm) = encode().map_err(Error::malformed(Kind::Enveloped.name()))?;
        Ok(Self {
            recipients,
            algorithm,
            cipher,
            key,
        })
    }

    pub(super) fn encrypted_length(&self, content: u64) -> Result<u64> {
        self.cipher
            .encrypted_length(content)
            .ok_or(Error::TooLarge {
                what: Kind::Enveloped.name(),
                limit: u64::MAX,
                unit: "octets",
            })
    }

    pub(super) fn encryptor(&self) -> PieceEncryptor {
        PieceEncryptor {
            encryptor: self.cipher.encryptor(&self.key),
            sealed: Zeroizing::default(),
        }
    }
}

/// Encrypts pieces.
pub(super) struct PieceEncryptor {
    encryptor: Encryptor,
    sealed: Zeroizing<Vec<u8>>,
}

impl PieceEncryptor {
    pub(super) fn update(&mut self, octets: &[u8]) -> &[u8] {
        self.sealed.clear();
        make_room(&mut self.sealed, octets.len() + HELD_BACK);
        self.encryptor.update(octets, &mut self.sealed);
        &self.sealed
    }

    pub(super) fn finish(mut self) -> Result<Zeroizing<Vec<u8>>> {
        self.sealed.clear();
        make_room(&mut self.sealed, HELD_BACK);
        self.encryptor.finish(&mut self.sealed)?;
        Ok(self.sealed)
    }
}

/// Writes `EnvelopedData` (GM/T 0010, clause 9) around what is written into it: a [`Write`],
/// so that whatever writes its output, a signed message as well, can be enveloped as it comes.
///
/// Without [`EnvelopeWriter::finish`] the output has no message.
pub struct EnvelopeWriter<W> {
    output: W,
    encryptor: PieceEncryptor,
    /// What has been written and makes no piece yet.
    held: Zeroizing<Vec<u8>>,
    /// Octets still to come; none where the length is not known.
    left: Option<u64>,
    tail: Vec<u8>,
    /// Whether an error left a gap in what was written: the message has no end then.
    broken: bool,
}

impl<W> core::fmt::Debug for EnvelopeWriter<W> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("EnvelopeWriter { .. }")
    }
}

impl<W: Write> EnvelopeWriter<W> {
    /// Begins a message in strict DER for the owners of certificates (DER), around a content
    /// of exactly `length` octets.
    ///
    /// # Errors
    /// [`Error::Invalid`] without recipients, or for a certificate that lacks what the partner
    /// wants; [`Error::Malformed`] for one that can't be read; [`Error::Unsupported`] for one
    /// whose key is no SM2 key, [`Error::Crypto`] for one whose point is not on the curve;
    /// [`Error::TooLarge`] where the length of the message would have more than 64 bits;
    /// [`Error::Random`] when the source fails; [`Error::Io`] when writing does.
    pub fn new<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        partner: &Partner,
        recipients: &[&[u8]],
        length: u64,
        output: W,
    ) -> Result<Self> {
        Self::begin(rng, partner, recipients, Some(length), output)
    }

    /// Begins a message in indefinite lengths around a content of unknown length: BER, which
    /// few in this field read.
    ///
    /// # Errors
    /// As for [`Self::new`], without [`Error::TooLarge`].
    pub fn indefinite<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        partner: &Partner,
        recipients: &[&[u8]],
        output: W,
    ) -> Result<Self> {
        Self::begin(rng, partner, recipients, None, output)
    }

    fn begin<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        partner: &Partner,
        recipients: &[&[u8]],
        length: Option<u64>,
        mut output: W,
    ) -> Result<Self> {
        let envelope = Envelope::seal(rng, partner, recipients)?;
        let empty = skeleton::enveloped(partner, &envelope)?;
        let splice = Splice::find(&empty, Kind::Enveloped)?;
        let halves = match length {
            Some(length) => splice.definite(envelope.encrypted_length(length)?)?,
            None => splice.indefinite(),
        };
        output.write_all(&halves.head).map_err(io_error(WRITING))?;
        Ok(Self {
            output,
            encryptor: envelope.encryptor(),
            held: Zeroizing::default(),
            left: length,
            tail: halves.tail,
            broken: false,
        })
    }

    /// Takes some of the content.
    ///
    /// # Errors
    /// [`Error::Invalid`] beyond the length that was named, [`Error::Io`]. After an error the
    /// message is lost: nothing is written any more, and [`Self::finish`] fails.
    pub fn update(&mut self, octets: &[u8]) -> Result<()> {
        if self.broken {
            return Err(BROKEN);
        }
        let result = self.take(octets);
        self.broken = result.is_err();
        result
    }

    fn take(&mut self, mut octets: &[u8]) -> Result<()> {
        if let Some(left) = &mut self.left {
            *left = left.checked_sub(octets.len() as u64).ok_or(WRONG_LENGTH)?;
        }
        while !octets.is_empty() {
            if self.held.is_empty() && octets.len() >= buffer::MOST {
                let (piece, rest) = octets.split_at(buffer::MOST);
                self.seal(piece)?;
                octets = rest;
                continue;
            }
            let (front, rest) = octets.split_at(octets.len().min(buffer::MOST - self.held.len()));
            make_room(&mut self.held, front.len());
            self.held.extend_from_slice(front);
            octets = rest;
            if self.held.len() == buffer::MOST {
                self.seal_held()?;
            }
        }
        Ok(())
    }

    fn seal_held(&mut self) -> Result<()> {
        let held = core::mem::take(&mut self.held);
        let sealed = self.seal(&held);
        self.held = held;
        self.held.zeroize();
        sealed
    }

    fn seal(&mut self, piece: &[u8]) -> Result<()> {
        let sealed = self.encryptor.update(piece);
        write_sealed(&mut self.output, sealed, self.left.is_none())
    }

    /// Writes the end of the message; gives the output back.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a content shorter than was named, or one that the partner's
    /// cipher can't take, and after an error of [`Self::update`]; [`Error::Io`].
    pub fn finish(mut self) -> Result<W> {
        if self.broken {
            return Err(BROKEN);
        }
        if self.left.is_some_and(|left| left > 0) {
            return Err(WRONG_LENGTH);
        }
        self.seal_held()?;
        let last = self.encryptor.finish()?;
        write_sealed(&mut self.output, &last, self.left.is_none())?;
        self.output
            .write_all(&self.tail)
            .and_then(|()| self.output.flush())
            .map_err(io_error(WRITING))?;
        Ok(self.output)
    }
}

fn write_sealed(output: &mut impl Write, sealed: &[u8], in_pieces: bool) -> Result<()> {
    if sealed.is_empty() {
        Ok(())
    } else if in_pieces {
        write_piece(output, sealed)
    } else {
        output.write_all(sealed).map_err(io_error(WRITING))
    }
}

const BROKEN: Error = Error::Invalid {
    what: "EnvelopedData",
    reason: "could not be written before, and has no end",
};

const WRONG_LENGTH: Error = Error::Invalid {
    what: "content",
    reason: "has not as many octets as were named",
};

impl<W: Write> Write for EnvelopeWriter<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.update(octets).map_err(io::Error::other)?;
        Ok(octets.len())
    }

    /// Does nothing: half a block can't be written.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Encrypts a content for the owners of certificates (DER): `EnvelopedData`, strict DER. The
/// content goes from where it stands to its end, and is read once.
///
/// # Errors
/// Those of [`EnvelopeWriter`]; [`Error::Io`] when reading fails; [`Error::Invalid`] when the
/// content grows or shrinks meanwhile. The output then has no message.
pub fn encrypt<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    partner: &Partner,
    recipients: &[&[u8]],
    mut content: impl Read + Seek,
    output: impl Write,
) -> Result<()> {
    let start = position(&mut content)?;
    let end = content
        .seek(SeekFrom::End(0))
        .map_err(io_error("finding the end of the content"))?;
    back(&mut content, start)?;
    let length = end.saturating_sub(start);
    let mut envelope = EnvelopeWriter::new(rng, partner, recipients, length, output)?;
    pump(&mut content, |octets| envelope.update(octets))?;
    envelope.finish().map(drop)
}

/// Encrypts a content of unknown length, in indefinite lengths: BER, which few in this field
/// read.
///
/// # Errors
/// Those of [`EnvelopeWriter`]; [`Error::Io`] when reading fails. The output then has no message.
pub fn encrypt_indefinite<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    partner: &Partner,
    recipients: &[&[u8]],
    mut content: impl Read,
    output: impl Write,
) -> Result<()> {
    let mut envelope = EnvelopeWriter::indefinite(rng, partner, recipients, output)?;
    pump(&mut content, |octets| envelope.update(octets))?;
    envelope.finish().map(drop)
}

/// What stood around a content that was decrypted and that nobody has authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecryptedStream {
    length: u64,
    padding_unsaid: bool,
    deviations: Vec<Deviation>,
}

impl DecryptedStream {
    /// Octets that were given out.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether nothing says if the content was padded (SM4 in ECB mode): then it was given out
    /// as it was decrypted.
    pub fn is_padding_unsaid(&self) -> bool {
        self.padding_unsaid
    }

    /// What [`Dialect::Field`] forgave, each once.
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

/// Decrypts `EnvelopedData` with the key of a recipient: of the one that the certificate (DER)
/// names, or of whichever it fits where none is given.
///
/// What `output` is given is *not authenticated*, neither before this returns nor after:
/// anybody who has the certificate can make such a message, and who sees an octet of it can
/// change it. Octets are given out before the message has been read to its end; after an error
/// they are worth nothing.
///
/// # Errors
/// [`Error::Encoding`] with the offset for what is not the DER (or, under [`Dialect::Field`],
/// the BER) of such a message; [`Error::Malformed`], [`Error::Unsupported`],
/// [`Error::Invalid`] for what stands around the content; [`Error::TooLarge`] when that has
/// more than 4 MiB; [`Error::Crypto`] when the key fits no recipient or the padding is none;
/// [`Error::Io`].
pub fn decrypt_unauthenticated(
    input: impl Read,
    dialect: Dialect,
    certificate: Option<&[u8]>,
    key: &SecretKey,
    mut output: impl Write,
) -> Result<DecryptedStream> {
    let mut reader = MessageReader::open(input, Kind::Enveloped, dialect)?;
    let mut decryptor = open(&mut reader, certificate, key)?;
    let mut length = 0;
    let mut release = |octets: &[u8]| {
        length += octets.len() as u64;
        output.write_all(octets).map_err(io_error(RELEASING))
    };
    reader.read_content(&mut |octets| release(decryptor.update(octets)))?;
    let (_, forgiven) = reader.close()?;
    let padding_unsaid = decryptor.cipher == ContentCipher::Ecb;
    release(&decryptor.finish()?)?;
    output.flush().map_err(io_error(RELEASING))?;
    Ok(DecryptedStream {
        length,
        padding_unsaid,
        deviations: forgiven.into_deviations(),
    })
}

/// Unwraps the content key of a message that has been read up to its content.
pub(super) fn open<I: Read>(
    reader: &mut MessageReader<I>,
    certificate: Option<&[u8]>,
    key: &SecretKey,
) -> Result<PieceDecryptor> {
    let what = reader.kind().name();
    let malformed = || Error::malformed(what);
    let (outline, forgiven) = (&reader.outline, &mut reader.forgiven);
    let version = u8::from_der(&outline.front[0]).map_err(malformed())?;
    forgiven.unless(version == VERSION, what, Deviation::Version)?;
    let infos = Set::from_der(&outline.front[1]).map_err(malformed())?;
    let recipients = read_recipients(what, infos, forgiven)?;
    let content_type = ObjectIdentifier::from_der(&outline.before[0]).map_err(malformed())?;
    let of_rfc = PKCS7_TYPES.contains(&content_type);
    forgiven.unless(!of_rfc, what, Deviation::ContentTypeOfRfc5652)?;
    let algorithm = AlgorithmIdentifierOwned::from_der(&outline.before[1]).map_err(malformed())?;
    let cipher = ContentCipher::read(&algorithm, forgiven)?;
    let key = unwrap(&recipients, certificate, key)?;
    Ok(PieceDecryptor {
        cipher,
        decryptor: cipher.decryptor(&key),
        opened: Zeroizing::default(),
    })
}

/// Decrypts pieces.
pub(super) struct PieceDecryptor {
    cipher: ContentCipher,
    decryptor: Decryptor,
    opened: Zeroizing<Vec<u8>>,
}

impl PieceDecryptor {
    pub(super) fn update(&mut self, octets: &[u8]) -> &[u8] {
        self.opened.clear();
        make_room(&mut self.opened, octets.len() + HELD_BACK);
        self.decryptor.update(octets, &mut self.opened);
        &self.opened
    }

    /// # Errors
    /// [`Error::Crypto`], for whatever reason.
    pub(super) fn finish(mut self) -> Result<Zeroizing<Vec<u8>>> {
        self.opened.clear();
        make_room(&mut self.opened, HELD_BACK);
        self.decryptor.finish(&mut self.opened)?;
        Ok(self.opened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::enveloped::tests::Owner;
    use getrandom::SysRng;

    /// Takes so many octets and fails at the next write, once.
    struct FailsOnce {
        until: usize,
        failed: bool,
    }

    impl Write for FailsOnce {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            if self.until == 0 && !self.failed {
                self.failed = true;
                return Err(io::Error::other("full"));
            }
            let count = match self.failed {
                true => octets.len(),
                false => octets.len().min(self.until),
            };
            self.until -= if self.failed { 0 } else { count };
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_message_with_a_gap_has_no_end() {
        let recipient = Owner::new(1);
        let content = alloc::vec![7; 3 * buffer::MOST];
        let length = content.len() as u64;
        let output = FailsOnce {
            until: 2 * buffer::MOST,
            failed: false,
        };
        let partner = Partner::default();
        let recipients = [&recipient.certificate[..]];
        let mut envelope =
            EnvelopeWriter::new(&mut SysRng, &partner, &recipients, length, output).unwrap();
        let error = envelope.update(&content).unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "{error}");
        assert!(envelope.update(b"").is_err());
        assert!(envelope.finish().is_err());
    }

    #[test]
    fn an_element_behind_the_content_is_refused_as_in_memory() {
        use crate::message::{EnvelopedData, stream::outline::wrap};
        let recipient = Owner::new(1);
        let partner = Partner::default();
        let mut message = Vec::new();
        let recipients = [&recipient.certificate[..]];
        let content = io::Cursor::new(b"content");
        encrypt(&mut SysRng, &partner, &recipients, content, &mut message).unwrap();
        // SEQUENCE { type, [0] { SEQUENCE { ... } } }, lengths of one octet behind 81.
        let (kind, inside) = (&message[3..15], &message[21..]);
        let with = |element: &[u8]| {
            let data = wrap(0x30, &[inside, element]);
            wrap(0x30, &[kind, &wrap(0xa0, &[&data])])
        };
        assert_eq!(with(&[]), message);
        let read = |message: &[u8], dialect| {
            let mut output = Vec::new();
            let key = recipient.secret();
            decrypt_unauthenticated(message, dialect, None, key, &mut output)
        };
        for dialect in [Dialect::Strict, Dialect::Field] {
            read(&message, dialect).unwrap();
            for element in [&[0x31, 0][..], &[0xa0, 0], &[5, 0], &[0x30, 3, 2, 1, 1]] {
                let more = with(element);
                assert!(EnvelopedData::read(&more, dialect).is_err());
                let error = read(&more, dialect).unwrap_err();
                assert!(matches!(error, Error::Encoding { .. }), "{error}");
            }
        }
    }
}
