//! Encrypted data (GM/T 0010, clause 11): content under a key that both sides have.

use alloc::vec::Vec;
use der::{Sequence, asn1::ObjectIdentifier};
use rand_core::TryCryptoRng;

use crate::{Result, pki::oid};

use super::{
    ContentTypes, Deviation, Dialect, Partner, UnauthenticatedContent,
    dialect::Forgiven,
    encrypted_content::{EncryptedContent, EncryptedContentInfo, Kind, Surroundings},
    wire::VERSION,
};

const KIND: Kind = Kind {
    name: "EncryptedData",
    gm: oid::ENCRYPTED_DATA,
    pkcs7: Some(oid::PKCS7_ENCRYPTED_DATA),
};

#[derive(Sequence)]
struct Wire {
    version: u8,
    content: EncryptedContentInfo,
}

/// A message under a symmetric key (GM/T 0010, clause 11), read and not decrypted.
///
/// It has no checksum: whoever carried it can have changed it.
#[derive(Clone, Debug)]
pub struct EncryptedData {
    content: EncryptedContent,
    deviations: Vec<Deviation>,
}

impl EncryptedData {
    /// Encrypts `content` under an SM4 key of 16 octets, as `partner` reads it; gives the DER
    /// of a `ContentInfo`.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a content that the partner's cipher does
    /// not take, [`Error::Malformed`](crate::Error::Malformed) for one too long for DER
    /// (256 MiB), [`Error::Random`](crate::Error::Random) when the source fails.
    pub fn encrypt<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        partner: &Partner,
        key: &[u8; 16],
        content: &[u8],
    ) -> Result<Vec<u8>> {
        let surroundings = Surroundings::new(partner);
        let wire = Wire {
            version: match partner.content_types {
                ContentTypes::Gm => VERSION,
                // RFC 5652, clause 8.
                ContentTypes::Rfc5652 => 0,
            },
            content: EncryptedContentInfo::encrypt(rng, partner, surroundings, key, content)?,
        };
        KIND.close(partner, &wire)
    }

    /// Reads the DER of a `ContentInfo` with `EncryptedData`.
    ///
    /// # Errors
    /// [`Error::Malformed`](crate::Error::Malformed) for what is not strict DER,
    /// [`Error::Unsupported`](crate::Error::Unsupported) for another content type or
    /// algorithm, [`Error::Invalid`](crate::Error::Invalid) for what the standard, or the
    /// dialect, does not allow.
    pub fn read(octets: &[u8], dialect: Dialect) -> Result<Self> {
        let mut forgiven = Forgiven::new(dialect);
        let wire: Wire = KIND.open(octets, &mut forgiven)?;
        forgiven.unless(wire.version == VERSION, KIND.name, Deviation::Version)?;
        Ok(Self {
            content: wire.content.check(&mut forgiven)?,
            deviations: forgiven.into_deviations(),
        })
    }

    /// What the message has beside GM/T 0010, each once; empty after a strict reading.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// What the content is said to be: `data` or a message in a message.
    #[must_use]
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content.surroundings().content_type
    }

    /// Decrypts under the SM4 key.
    ///
    /// # Errors
    /// [`Error::Crypto`](crate::Error::Crypto), for whatever reason.
    pub fn decrypt(&self, key: &[u8; 16]) -> Result<UnauthenticatedContent> {
        self.content.decrypt(key)
    }
}
