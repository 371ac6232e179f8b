//! `EncryptedContentInfo` (GM/T 0010, clause 9), the frame around it, and what comes out.

use alloc::vec::Vec;
use core::fmt;
use der::{
    Any, Choice, Decode, Encode, EncodeValue, FixedTag, Header, Length, Reader, Sequence,
    SliceReader, Tag, TagNumber, Tagged, Writer,
    asn1::{ObjectIdentifier, OctetString, OctetStringRef},
};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{Error, Result, pki::oid, sm4::BLOCK_LENGTH};

use super::{
    ContentTypes, Deviation, Partner,
    content_cipher::{ContentCipher, unpadded_length},
    dialect::Forgiven,
    wire::ContentInfo,
};

const WHAT: &str = "EncryptedContentInfo";

/// Octets that were decrypted and that nobody has authenticated.
///
/// Whoever knows a recipient's certificate can write such octets, and whoever carried the
/// message can have changed them: CBC lets bits be flipped. A program that tells its sender
/// whether they made sense to it becomes an oracle that decrypts.
pub struct UnauthenticatedContent {
    octets: Zeroizing<Vec<u8>>,
    content_type: ObjectIdentifier,
    padding_unsaid: bool,
}

impl UnauthenticatedContent {
    /// The octets, of whoever's making; wiped when dropped.
    #[must_use]
    pub fn into_unauthenticated_bytes(self) -> Zeroizing<Vec<u8>> {
        self.octets
    }

    /// What the message says that they are: `data` or a message in a message.
    #[must_use]
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// Whether these are whole blocks of ECB, of which no standard says if they are padded:
    /// key-management centres do not pad, gmsm does. See [`Self::without_padding`].
    #[must_use]
    pub fn is_padding_unsaid(&self) -> bool {
        self.padding_unsaid
    }

    /// Takes the padding of PKCS#7 off, where [`Self::is_padding_unsaid`] and the caller knows
    /// that the writer pads.
    ///
    /// # Errors
    /// [`Error::Crypto`] where there is no such padding, or it is already gone.
    pub fn without_padding(mut self) -> Result<Self> {
        if !self.padding_unsaid {
            return Err(Error::Crypto);
        }
        let length = self.unpadded()?.len();
        self.octets.truncate(length);
        self.padding_unsaid = false;
        Ok(self)
    }

    /// The octets without the padding, if they have one.
    pub(super) fn unpadded(&self) -> Result<&[u8]> {
        let block = self.octets.last_chunk().ok_or(Error::Crypto)?;
        let length = self.octets.len() - BLOCK_LENGTH + unpadded_length(block)?;
        Ok(&self.octets[..length])
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.octets
    }
}

impl fmt::Debug for UnauthenticatedContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnauthenticatedContent")
            .finish_non_exhaustive()
    }
}

/// `EncryptedContentInfo`, with what GM/T 0010 adds behind PKCS#7's.
#[derive(Clone, Debug, Sequence)]
pub(super) struct EncryptedContentInfo {
    content_type: ObjectIdentifier,
    algorithm: AlgorithmIdentifierOwned,
    encrypted_content: Option<EncryptedOctets>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    shared_info1: Option<OctetString>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    shared_info2: Option<OctetString>,
}

/// `encryptedContent`, [0] IMPLICIT OCTET STRING. gmsm writes [0] around an OCTET STRING,
/// which is the same in one piece of BER.
#[derive(Clone, Debug)]
struct EncryptedOctets {
    octets: Vec<u8>,
    in_pieces: bool,
}

impl EncryptedOctets {
    const NUMBER: TagNumber = TagNumber(0);
}

impl<'a> Decode<'a> for EncryptedOctets {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        let header = Header::decode(reader)?;
        reader.read_nested(header.length(), |reader| {
            let in_pieces = header.tag().is_constructed();
            let mut octets = Vec::new();
            if in_pieces {
                while !reader.is_finished() {
                    octets.extend_from_slice(<&OctetStringRef>::decode(reader)?.as_bytes());
                }
            } else {
                octets.extend_from_slice(reader.read_slice(header.length())?);
            }
            Ok(Self { octets, in_pieces })
        })
    }
}

impl<'a> Choice<'a> for EncryptedOctets {
    fn can_decode(tag: Tag) -> bool {
        matches!(tag, Tag::ContextSpecific { number, .. } if number == Self::NUMBER)
    }
}

impl Tagged for EncryptedOctets {
    fn tag(&self) -> Tag {
        Tag::ContextSpecific {
            constructed: false,
            number: Self::NUMBER,
        }
    }
}

impl EncodeValue for EncryptedOctets {
    fn value_len(&self) -> der::Result<Length> {
        Length::try_from(self.octets.len())
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(&self.octets)
    }
}

/// What is said beside a content.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    pub(super) content_type: ObjectIdentifier,
    pub(super) shared_info1: Option<Vec<u8>>,
    pub(super) shared_info2: Option<Vec<u8>>,
}

impl Surroundings {
    pub(super) fn new(partner: &Partner) -> Self {
        Self {
            content_type: data(partner),
            shared_info1: None,
            shared_info2: None,
        }
    }
}

/// The type `data` under a partner's arc.
pub(super) fn data(partner: &Partner) -> ObjectIdentifier {
    match partner.content_types {
        ContentTypes::Gm => oid::DATA,
        ContentTypes::Rfc5652 => oid::PKCS7_DATA,
    }
}

impl EncryptedContentInfo {
    /// Encrypts a content under a key, as the partner reads it.
    pub(super) fn encrypt<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        partner: &Partner,
        surroundings: Surroundings,
        key: &[u8; BLOCK_LENGTH],
        content: &[u8],
    ) -> Result<Self> {
        let cipher = ContentCipher::fresh(rng, partner)?;
        let octets = cipher.encrypt(key, content)?;
        let build = || -> der::Result<Self> {
            Ok(Self {
                content_type: surroundings.content_type,
                algorithm: cipher.write(partner)?,
                encrypted_content: Some(EncryptedOctets {
                    octets,
                    in_pieces: false,
                }),
                shared_info1: surroundings
                    .shared_info1
                    .map(OctetString::new)
                    .transpose()?,
                shared_info2: surroundings
                    .shared_info2
                    .map(OctetString::new)
                    .transpose()?,
            })
        };
        build().map_err(Error::malformed(WHAT))
    }

    /// Checks what has been read.
    ///
    /// # Errors
    /// Those of [`ContentCipher::read`]; [`Error::Invalid`] for a message whose content
    /// stands elsewhere, and for a deviation that is not `forgiven`.
    pub(super) fn check(self, forgiven: &mut Forgiven) -> Result<EncryptedContent> {
        let of_rfc = PKCS7_TYPES.contains(&self.content_type);
        forgiven.unless(!of_rfc, WHAT, Deviation::ContentTypeOfRfc5652)?;
        let cipher = ContentCipher::read(&self.algorithm, forgiven)?;
        let content = self.encrypted_content.ok_or(Error::Invalid {
            what: WHAT,
            reason: "has no content, it stands elsewhere",
        })?;
        forgiven.unless(!content.in_pieces, WHAT, Deviation::Ber)?;
        let octets = |string: OctetString| string.into_bytes().into_vec();
        Ok(EncryptedContent {
            cipher,
            octets: content.octets,
            surroundings: Surroundings {
                content_type: self.content_type,
                shared_info1: self.shared_info1.map(octets),
                shared_info2: self.shared_info2.map(octets),
            },
        })
    }
}

pub(super) const PKCS7_TYPES: [ObjectIdentifier; 5] = [
    oid::PKCS7_DATA,
    oid::PKCS7_SIGNED_DATA,
    oid::PKCS7_ENVELOPED_DATA,
    oid::PKCS7_SIGNED_AND_ENVELOPED_DATA,
    oid::PKCS7_ENCRYPTED_DATA,
];

/// A content as it was read, encrypted.
#[derive(Clone, Debug)]
pub(super) struct EncryptedContent {
    cipher: ContentCipher,
    octets: Vec<u8>,
    surroundings: Surroundings,
}

impl EncryptedContent {
    pub(super) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// Decrypts under the content key.
    ///
    /// # Errors
    /// [`Error::Crypto`], for whatever reason.
    pub(super) fn decrypt(&self, key: &[u8; BLOCK_LENGTH]) -> Result<UnauthenticatedContent> {
        let (content, whole) = self.decrypt_as_far_as_it_goes(key);
        whole.then_some(content).ok_or(Error::Crypto)
    }

    /// Decrypts, and says whether the content ended as its cipher wants.
    pub(super) fn decrypt_as_far_as_it_goes(
        &self,
        key: &[u8; BLOCK_LENGTH],
    ) -> (UnauthenticatedContent, bool) {
        let (octets, whole) = self.cipher.decrypt_as_far_as_it_goes(key, &self.octets);
        let content = UnauthenticatedContent {
            octets,
            content_type: self.surroundings.content_type,
            padding_unsaid: self.cipher == ContentCipher::Ecb,
        };
        (content, whole)
    }
}

/// One kind of message: its name and the identifiers under which it stands.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// GM/T 0010's identifier.
    pub(super) gm: ObjectIdentifier,
    /// PKCS#7's, where it has such a message.
    pub(super) pkcs7: Option<ObjectIdentifier>,
}

impl Kind {
    /// Reads a `ContentInfo` of this kind; gives what stands in it.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Unsupported`] for a message
    /// of another kind, [`Error::Invalid`] for a deviation that is not `forgiven` and where
    /// the content is missing.
    pub(super) fn open<'a, T>(&self, octets: &'a [u8], forgiven: &mut Forgiven) -> Result<T>
    where
        T: for<'b> Decode<'b, Error = der::Error> + FixedTag,
        for<'b> T: der::DecodeValue<'b, Error = der::Error>,
    {
        let malformed = || Error::malformed(self.name);
        let mut reader = SliceReader::new(octets).map_err(malformed())?;
        let outer = ContentInfo::decode(&mut reader).map_err(malformed())?;
        if !reader.is_finished() && forgiven.forgives() {
            forgiven.forgive(self.name, Deviation::TrailingOctets)?;
        } else {
            reader.finish().map_err(malformed())?;
        }
        let oid = outer.content_type;
        if oid != self.gm {
            if Some(oid) != self.pkcs7 {
                return Err(Error::Unsupported {
                    what: self.name,
                    oid,
                });
            }
            forgiven.forgive(self.name, Deviation::ContentTypeOfRfc5652)?;
        }
        let content = outer.content.ok_or(Error::Invalid {
            what: self.name,
            reason: "has no content",
        })?;
        content.decode_as().map_err(malformed())
    }

    /// Writes a `ContentInfo` of this kind (DER).
    ///
    /// # Errors
    /// [`Error::Malformed`] when the content is too long for DER (256 MiB).
    pub(super) fn close<T: Tagged + EncodeValue>(
        &self,
        partner: &Partner,
        message: &T,
    ) -> Result<Vec<u8>> {
        let encode = || -> der::Result<Vec<u8>> {
            ContentInfo {
                content_type: match (partner.content_types, self.pkcs7) {
                    (ContentTypes::Rfc5652, Some(oid)) => oid,
                    _ => self.gm,
                },
                content: Some(Any::encode_from(message)?),
            }
            .to_der()
        };
        encode().map_err(Error::malformed(self.name))
    }
}
