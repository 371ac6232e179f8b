//! Which certificate is meant.

use crate::{Error, extension::key_identifier, prepare::is_good_serial};
use der::{
    Encode, Sequence,
    asn1::{Any, ObjectIdentifier, OctetString},
    oid::db::rfc5912::{ID_SHA_1, ID_SHA_256, ID_SHA_384, ID_SHA_512},
};
use gm_crypto::sm3;
use sha1::{Digest, Sha1};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};
use x509_cert::{name::Name, serial_number::SerialNumber};

/// A certificate, by digests of its issuer's name and key and its serial number
/// (RFC 6960, 4.1.1).
///
/// One that came keeps its octets, an unknown digest included, so that an answer
/// repeats it as it was asked. Two are equal when digest, hashes and serial number
/// are; parameters, absent or NULL, mean nothing.
#[derive(Clone, Debug, Sequence)]
pub struct CertId {
    hash_algorithm: AlgorithmIdentifierOwned,
    issuer_name_hash: OctetString,
    issuer_key_hash: OctetString,
    serial: SerialNumber,
}

impl CertId {
    /// The certificate of this issuer and serial number, by SHA-1: the digest that
    /// every responder knows. It tells issuers apart and protects nothing.
    ///
    /// # Errors
    /// [`Error::Encoding`] for a name of 256 MiB or more.
    pub fn new(
        issuer: &Name,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        serial: SerialNumber,
    ) -> Result<Self, Error> {
        Self::hashed(ID_SHA_1, issuer, issuer_key, serial)
    }

    /// The same by SM3 (1.2.156.10197.1.401), for responders that index by it.
    ///
    /// # Errors
    /// [`Error::Encoding`] for a name of 256 MiB or more.
    pub fn with_sm3(
        issuer: &Name,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        serial: SerialNumber,
    ) -> Result<Self, Error> {
        Self::hashed(SM3, issuer, issuer_key, serial)
    }

    /// Whether the issuer is the one of this name and key, by the digest of the ID;
    /// never for a digest other than SHA-1 and SM3.
    pub fn matches(&self, issuer: &Name, issuer_key: SubjectPublicKeyInfoRef<'_>) -> bool {
        let hashes = hashes(self.hash_algorithm.oid, issuer, &issuer_key);
        hashes.is_ok_and(|hashes| {
            hashes.is_some_and(|(name, key)| {
                name == self.issuer_name_hash.as_bytes() && key == self.issuer_key_hash.as_bytes()
            })
        })
    }

    /// The same certificate by SM3 when this is by SHA-1, and the other way round; none
    /// for another digest. For who asks again: a responder that indexes by one of them
    /// answers [`Unauthorized`](super::ErrorStatus::Unauthorized) or
    /// [`Unknown`](super::CertStatus::Unknown) to the other.
    ///
    /// # Errors
    /// [`Error::Encoding`] for a name of 256 MiB or more.
    pub fn by_other_digest(
        &self,
        issuer: &Name,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
    ) -> Result<Option<Self>, Error> {
        let other = match self.hash_algorithm.oid {
            ID_SHA_1 => SM3,
            SM3 => ID_SHA_1,
            _ => return Ok(None),
        };
        Self::hashed(other, issuer, issuer_key, self.serial.clone()).map(Some)
    }

    /// The serial number.
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// The digest that the hashes are made by.
    pub fn digest(&self) -> ObjectIdentifier {
        self.hash_algorithm.oid
    }

    /// Whether an answer can repeat it: a serial number as certificates have it, and hashes as
    /// long as their digest.
    pub(super) fn is_possible(&self) -> bool {
        let length = match self.hash_algorithm.oid {
            ID_SHA_1 => Some(20),
            ID_SHA_256 | SM3 => Some(32),
            ID_SHA_384 => Some(48),
            ID_SHA_512 => Some(64),
            _ => None,
        };
        let hashes = [&self.issuer_name_hash, &self.issuer_key_hash];
        let fits = |length| hashes.iter().all(|hash| hash.as_bytes().len() == length);
        is_good_serial(&self.serial) && length.is_none_or(fits)
    }

    fn hashed(
        digest: ObjectIdentifier,
        issuer: &Name,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        serial: SerialNumber,
    ) -> Result<Self, Error> {
        let write = || -> der::Result<Self> {
            let (name, key) =
                hashes(digest, issuer, &issuer_key)?.expect("called with known digests alone");
            Ok(Self {
                hash_algorithm: AlgorithmIdentifierOwned {
                    oid: digest,
                    parameters: Some(Any::null()),
                },
                issuer_name_hash: OctetString::new(name)?,
                issuer_key_hash: OctetString::new(key)?,
                serial,
            })
        };
        write().map_err(Error::encoding("CertID"))
    }
}

impl PartialEq for CertId {
    fn eq(&self, other: &Self) -> bool {
        self.hash_algorithm.oid == other.hash_algorithm.oid
            && self.issuer_name_hash == other.issuer_name_hash
            && self.issuer_key_hash == other.issuer_key_hash
            && self.serial == other.serial
    }
}

impl Eq for CertId {}

const SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.401");

/// Digests of the name in DER and of the content of the key's BIT STRING.
fn hashes(
    digest: ObjectIdentifier,
    issuer: &Name,
    issuer_key: &SubjectPublicKeyInfoRef<'_>,
) -> der::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let name = issuer.to_der()?;
    Ok(match digest {
        ID_SHA_1 => Some((
            Sha1::digest(name).to_vec(),
            key_identifier(issuer_key).to_vec(),
        )),
        SM3 => Some((
            sm3::digest(&name).to_vec(),
            sm3::digest(issuer_key.subject_public_key.raw_bytes()).to_vec(),
        )),
        _ => None,
    })
}
