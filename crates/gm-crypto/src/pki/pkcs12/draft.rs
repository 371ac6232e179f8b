//! From keys and certificates to octets.

use crate::{
    Error, Result,
    pki::{
        KeyCipher, KeyFileParameters, Prf, certificate::CertificateParts, encode_private_key, oid,
        pbes,
    },
    sm2::{PublicKey, SecretKey},
    sm3,
};
use alloc::{string::String, vec::Vec};
use core::{fmt, str};
use der::{
    AnyRef, Encode, Tag, TagNumber,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierRef;

use super::{
    PFX,
    derive::{BmpPassword, MacDigest},
    wrong,
};

const MIN_ITERATIONS: u32 = 1_000;
const MAX_ITERATIONS: u32 = 10_000_000;
const SALT_LENGTH: usize = 16;
/// As long as a SHA-1 digest, which is what other programs write as `localKeyId`.
const LOCAL_KEY_ID_LENGTH: usize = 20;

/// How a PKCS#12 file is made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Pkcs12Parameters {
    /// The encryption of keys and certificates.
    pub encryption: KeyFileParameters,
    /// The digest of the MAC.
    pub mac: Pkcs12Mac,
    /// Iterations between the password and the MAC's key, between a thousand and ten million.
    pub mac_iterations: u32,
}

/// The digest of a PKCS#12 file's MAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pkcs12Mac {
    /// SM3; OpenSSL 3 reads it.
    #[default]
    Sm3,
    /// SHA-256, for programs that know no SM3.
    Sha256,
}

impl Default for Pkcs12Parameters {
    /// What OpenSSL 3.0 reads: SM4-CBC under PBKDF2 with HMAC-SHA-256, a MAC with SM3,
    /// 100,000 iterations for each. It reads no PRF with SM3.
    fn default() -> Self {
        Self {
            encryption: KeyFileParameters {
                prf: Prf::HmacSha256,
                cipher: KeyCipher::Sm4Cbc,
                ..KeyFileParameters::default()
            },
            mac: Pkcs12Mac::default(),
            mac_iterations: 100_000,
        }
    }
}

/// What a PKCS#12 file is to hold.
///
/// Each key gets a `localKeyId`, the first 20 octets of the SM3 digest of its public half, and
/// the certificates for it get the same, and its name.
#[derive(Clone, Debug, Default)]
pub struct Pkcs12Draft {
    keys: Vec<DraftKey>,
    certificates: Vec<DraftCertificate>,
    crls: Vec<Vec<u8>>,
}

#[derive(Clone)]
struct DraftKey {
    key: SecretKey,
    public: PublicKey,
    friendly_name: Option<String>,
}

impl fmt::Debug for DraftKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftKey")
            .field("public", &self.public)
            .field("friendly_name", &self.friendly_name)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
struct DraftCertificate {
    der: Vec<u8>,
    public: Option<PublicKey>,
}

impl Pkcs12Draft {
    /// A file with nothing in it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key: signing and encryption key go into the same file.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the key is there already.
    pub fn add_key(&mut self, key: SecretKey, friendly_name: Option<&str>) -> Result<()> {
        let public = key.public_key();
        if self.key_of(Some(public)).is_some() {
            return Err(wrong("the key is there already"));
        }
        self.keys.push(DraftKey {
            key,
            public,
            friendly_name: friendly_name.map(String::from),
        });
        Ok(())
    }

    /// Adds a certificate in DER, of a key in the file or of its path. Keys and certificates
    /// come in any order.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no certificate.
    pub fn add_certificate(&mut self, der: &[u8]) -> Result<()> {
        let public = CertificateParts::from_der(der)?.public_key();
        self.certificates.push(DraftCertificate {
            der: der.to_vec(),
            public,
        });
        Ok(())
    }

    /// Adds a CRL in DER, which is not looked at.
    pub fn add_crl(&mut self, der: &[u8]) {
        self.crls.push(der.to_vec());
    }

    /// Writes the file under a password in UTF-8.
    ///
    /// Certificates and CRLs stand in one encrypted part, each key in a bag of its own
    /// encryption; the MAC covers all.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty file, a password that is no UTF-8 and iterations out of
    /// range; [`Error::Random`] when the source fails; [`Error::Malformed`] beyond 256 MiB;
    /// [`Error::SelfTest`] in the [error state](mod@crate::self_test).
    pub fn write<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        password: &[u8],
        parameters: Pkcs12Parameters,
    ) -> Result<Vec<u8>> {
        crate::self_test::ready()?;
        if self.keys.is_empty() && self.certificates.is_empty() && self.crls.is_empty() {
            return Err(wrong("a file with nothing in it"));
        }
        if str::from_utf8(password).is_err() {
            return Err(wrong("a password to write under is UTF-8"));
        }
        if !(MIN_ITERATIONS..=MAX_ITERATIONS).contains(&parameters.mac_iterations) {
            return Err(wrong("iterations lie between a thousand and ten million"));
        }
        let mut parts = Vec::new();
        if !(self.certificates.is_empty() && self.crls.is_empty()) {
            let bags = self.public_bags().map_err(Error::malformed(PFX))?;
            let (algorithm, encrypted) =
                pbes::encrypt(rng, parameters.encryption, password, &bags)?;
            let algorithm = algorithm.to_der().map_err(Error::malformed(PFX))?;
            parts.push(encrypted_data(&algorithm, &encrypted).map_err(Error::malformed(PFX))?);
        }
        if !self.keys.is_empty() {
            let mut bags = Vec::new();
            for key in &self.keys {
                let plain = encode_private_key(&key.key);
                let (algorithm, encrypted) =
                    pbes::encrypt(rng, parameters.encryption, password, &plain)?;
                let bag = || {
                    let info = sequence(&[
                        &algorithm.to_der()?,
                        &OctetStringRef::new(&encrypted)?.to_der()?,
                    ])?;
                    safe_bag(oid::SHROUDED_KEY_BAG, &info, Some(key))
                };
                bags.push(bag().map_err(Error::malformed(PFX))?);
            }
            let part = || data(&sequence(&[&bags.concat()])?);
            parts.push(part().map_err(Error::malformed(PFX))?);
        }
        let safe = sequence(&[&parts.concat()]).map_err(Error::malformed(PFX))?;

        let mut salt = [0; SALT_LENGTH];
        rng.try_fill_bytes(&mut salt).map_err(|_| Error::Random)?;
        let digest = match parameters.mac {
            Pkcs12Mac::Sm3 => MacDigest::Sm3,
            Pkcs12Mac::Sha256 => MacDigest::Sha256,
        };
        let iterations = parameters.mac_iterations;
        let tag = digest.tag(&BmpPassword::new(password), &salt, iterations, &safe);
        let pfx = || {
            let algorithm = AlgorithmIdentifierRef {
                oid: digest.oid(),
                parameters: Some(AnyRef::NULL),
            };
            let info = sequence(&[&algorithm.to_der()?, &OctetStringRef::new(&tag)?.to_der()?])?;
            let mac = sequence(&[
                &info,
                &OctetStringRef::new(&salt)?.to_der()?,
                &iterations.to_der()?,
            ])?;
            sequence(&[&3u8.to_der()?, &data(&safe)?, &mac])
        };
        pfx().map_err(Error::malformed(PFX))
    }

    fn key_of(&self, public: Option<PublicKey>) -> Option<&DraftKey> {
        self.keys.iter().find(|key| Some(key.public) == public)
    }

    /// `SafeContents` of certificates and CRLs.
    fn public_bags(&self) -> der::Result<Vec<u8>> {
        let wrapped = |kind: ObjectIdentifier, der: &[u8]| {
            let octets = OctetStringRef::new(der)?.to_der()?;
            sequence(&[&kind.to_der()?, &explicit(&octets)?])
        };
        let mut bags = Vec::new();
        for certificate in &self.certificates {
            let bag = wrapped(oid::X509_CERTIFICATE, &certificate.der)?;
            bags.push(safe_bag(
                oid::CERT_BAG,
                &bag,
                self.key_of(certificate.public),
            )?);
        }
        for crl in &self.crls {
            bags.push(safe_bag(oid::CRL_BAG, &wrapped(oid::X509_CRL, crl)?, None)?);
        }
        sequence(&[&bags.concat()])
    }
}

/// RFC 7292, 4.2, with the attributes of what belongs to `key`.
fn safe_bag(kind: ObjectIdentifier, value: &[u8], key: Option<&DraftKey>) -> der::Result<Vec<u8>> {
    let mut attributes = Vec::new();
    if let Some(key) = key {
        let id = sm3::digest(&key.public.to_uncompressed());
        let id = OctetStringRef::new(&id[..LOCAL_KEY_ID_LENGTH])?.to_der()?;
        attributes.push(attribute(oid::LOCAL_KEY_ID, &id)?);
        if let Some(name) = &key.friendly_name {
            let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let name = tlv(Tag::BmpString, &[&units])?;
            attributes.push(attribute(oid::FRIENDLY_NAME, &name)?);
        }
    }
    // DER: a SET OF is in ascending order.
    attributes.sort_unstable();
    let attributes = match attributes.concat() {
        none if none.is_empty() => none,
        some => tlv(Tag::Set, &[&some])?,
    };
    sequence(&[&kind.to_der()?, &explicit(value)?, &attributes])
}

fn attribute(kind: ObjectIdentifier, value: &[u8]) -> der::Result<Vec<u8>> {
    sequence(&[&kind.to_der()?, &tlv(Tag::Set, &[value])?])
}

/// `ContentInfo` of type `data`.
fn data(content: &[u8]) -> der::Result<Vec<u8>> {
    let octets = OctetStringRef::new(content)?.to_der()?;
    sequence(&[&oid::PKCS7_DATA.to_der()?, &explicit(&octets)?])
}

/// `ContentInfo` of type `encryptedData` around a `data` (RFC 2315, 13).
fn encrypted_data(algorithm: &[u8], encrypted: &[u8]) -> der::Result<Vec<u8>> {
    let implicit = tlv(TagNumber(0).context_specific(false), &[encrypted])?;
    let content = sequence(&[&oid::PKCS7_DATA.to_der()?, algorithm, &implicit])?;
    let data = sequence(&[&0u8.to_der()?, &content])?;
    sequence(&[&oid::PKCS7_ENCRYPTED_DATA.to_der()?, &explicit(&data)?])
}

fn sequence(parts: &[&[u8]]) -> der::Result<Vec<u8>> {
    tlv(Tag::Sequence, parts)
}

fn explicit(value: &[u8]) -> der::Result<Vec<u8>> {
    tlv(TagNumber(0).context_specific(true), &[value])
}

fn tlv(tag: Tag, parts: &[&[u8]]) -> der::Result<Vec<u8>> {
    AnyRef::new(tag, &parts.concat())?.to_der()
}
