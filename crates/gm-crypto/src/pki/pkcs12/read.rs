//! From octets to keys and certificates.

use crate::{
    Error, Result,
    pki::{decode_private_key, oid, pbes::Scheme},
};
use alloc::{string::String, vec::Vec};
use core::char;
use der::{
    AnyRef, Decode, ErrorKind, Header, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use spki::AlgorithmIdentifierRef;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    CertificateEntry, KeyEntry, PFX, Pkcs12, Pkcs12Limits, Pkcs12Remark,
    derive::{BmpPassword, MacDigest},
    legacy, wrong,
};

/// The only version of RFC 7292, 4.
const VERSION: u8 = 3;
/// Safe contents within safe contents that are read.
const MAX_DEPTH: u32 = 4;
const FEW_ITERATIONS: u32 = 1_000;

/// RFC 7292, 4.
#[derive(Sequence)]
struct Pfx<'a> {
    version: u8,
    auth_safe: ContentInfo<'a>,
    #[asn1(optional = "true")]
    mac_data: Option<MacData<'a>>,
}

/// RFC 2315, 7; `content` is optional there and has no meaning here when it is absent.
#[derive(Sequence)]
struct ContentInfo<'a> {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: AnyRef<'a>,
}

/// RFC 7292, 4.
#[derive(Sequence)]
struct MacData<'a> {
    mac: DigestInfo<'a>,
    salt: &'a OctetStringRef,
    #[asn1(default = "one")]
    iterations: u32,
}

fn one() -> u32 {
    1
}

/// RFC 2315, 9.4.
#[derive(Sequence)]
struct DigestInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    digest: &'a OctetStringRef,
}

/// RFC 2315, 13.
#[derive(Sequence)]
struct EncryptedData<'a> {
    version: u8,
    content: EncryptedContentInfo<'a>,
}

/// RFC 2315, 10.1.
#[derive(Sequence)]
struct EncryptedContentInfo<'a> {
    content_type: ObjectIdentifier,
    algorithm: AlgorithmIdentifierRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    encrypted: &'a OctetStringRef,
}

/// RFC 5208, 6.
#[derive(Sequence)]
struct EncryptedPrivateKeyInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    encrypted: &'a OctetStringRef,
}

/// RFC 7292, 4.2.3 and 4.2.4: `CertBag` and `CRLBag`.
#[derive(Sequence)]
struct WrappedBag<'a> {
    id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: AnyRef<'a>,
}

/// RFC 7292, 4.2.
struct SafeBag<'a> {
    id: ObjectIdentifier,
    /// Tag and length included.
    value: &'a [u8],
    /// The content of the SET.
    attributes: &'a [u8],
}

impl<'a> SafeBag<'a> {
    fn decode(reader: &mut SliceReader<'a>) -> der::Result<Self> {
        reader.sequence(|reader| {
            let id = ObjectIdentifier::decode(reader)?;
            let header = Header::decode(reader)?;
            let explicit = TagNumber(0).context_specific(true);
            header.tag().assert_eq(explicit)?;
            let value = reader.read_nested(header.length(), Reader::tlv_bytes)?;
            let mut attributes: &[u8] = &[];
            if !reader.is_finished() {
                let set = AnyRef::decode(reader)?;
                set.tag().assert_eq(Tag::Set)?;
                attributes = set.value();
            }
            Ok(Self {
                id,
                value,
                attributes,
            })
        })
    }
}

/// The two attributes that mean something here (RFC 7292, 4.2).
#[derive(Default)]
struct Attributes {
    local_key_id: Option<Vec<u8>>,
    friendly_name: Option<String>,
}

/// The outer structure alone.
pub(super) fn is_pfx(octets: &[u8]) -> bool {
    Pfx::from_der(octets).is_ok_and(|pfx| pfx.version == VERSION)
}

pub(super) fn read(octets: &[u8], password: &[u8], limits: Pkcs12Limits) -> Result<Pkcs12> {
    let pfx = Pfx::from_der(octets).map_err(Error::malformed(PFX))?;
    if pfx.version != VERSION {
        return Err(wrong("the version of PKCS#12 is 3"));
    }
    let content = content_of(&pfx.auth_safe)?;
    let mut reading = Reading {
        password,
        bmp: BmpPassword::new(password),
        mac_fits: false,
        limits,
        found: Pkcs12::default(),
    };
    match &pfx.mac_data {
        Some(mac) => reading.check_mac(mac, content)?,
        None => reading.found.remark(Pkcs12Remark::NoMac),
    }
    reading.authenticated_safe(content)?;
    let mut found = reading.found;
    found.remark_on_ids();
    Ok(found)
}

/// What a `data` holds; the public-key modes have other types.
fn content_of<'a>(info: &ContentInfo<'a>) -> Result<&'a [u8]> {
    if info.content_type != oid::PKCS7_DATA {
        return Err(Error::Unsupported {
            what: PFX,
            oid: info.content_type,
        });
    }
    let content: &OctetStringRef = info.content.decode_as().map_err(Error::malformed(PFX))?;
    Ok(content.as_bytes())
}

struct Reading<'p> {
    password: &'p [u8],
    bmp: BmpPassword,
    mac_fits: bool,
    limits: Pkcs12Limits,
    found: Pkcs12,
}

impl Reading<'_> {
    fn check_mac(&mut self, mac: &MacData<'_>, content: &[u8]) -> Result<()> {
        let digest = MacDigest::from_oid(mac.mac.algorithm.oid)?;
        if mac
            .mac
            .algorithm
            .parameters
            .is_some_and(|any| !any.is_null())
        {
            return Err(wrong("a digest has parameters, which are NULL or absent"));
        }
        if digest == MacDigest::Sha1 {
            self.found.remark(Pkcs12Remark::MacWithSha1);
        }
        let fits = |password: &BmpPassword| {
            let tag = digest.tag(password, mac.salt.as_bytes(), mac.iterations, content);
            bool::from(tag.ct_eq(mac.mac.digest.as_bytes()))
        };
        self.iterate(mac.iterations)?;
        if fits(&self.bmp) {
            self.mac_fits = true;
            return Ok(());
        }
        if self.bmp.is_empty() {
            self.iterate(mac.iterations)?;
            if fits(&BmpPassword::none()) {
                self.bmp = BmpPassword::none();
                self.mac_fits = true;
                return Ok(());
            }
        }
        Err(Error::WrongPassword)
    }

    /// Takes so many iterations from what this file may ask for.
    fn iterate(&mut self, iterations: u32) -> Result<()> {
        if iterations == 0 {
            return Err(wrong("a derivation with no iteration"));
        }
        if iterations < FEW_ITERATIONS {
            self.found.remark(Pkcs12Remark::FewIterations);
        }
        let left = self.limits.iterations.checked_sub(iterations);
        self.limits.iterations = left.ok_or(Error::TooLarge {
            what: PFX,
            limit: self.limits.iterations.into(),
            unit: "iterations left",
        })?;
        Ok(())
    }

    fn count(&mut self) -> Result<()> {
        let left = self.limits.elements.checked_sub(1);
        self.limits.elements = left.ok_or(Error::TooLarge {
            what: PFX,
            limit: 0,
            unit: "elements left",
        })?;
        Ok(())
    }

    /// An error behind a decryption: without a MAC it must not tell padding from content.
    fn behind(&self, encrypted: bool, error: Error) -> Error {
        if encrypted && !self.mac_fits {
            Error::WrongPassword
        } else {
            error
        }
    }

    /// `AuthenticatedSafe`, a SEQUENCE of `ContentInfo` (RFC 7292, 4.1).
    fn authenticated_safe(&mut self, octets: &[u8]) -> Result<()> {
        let malformed = Error::malformed("AuthenticatedSafe");
        let parts = elements(octets).map_err(&malformed)?;
        for part in SequenceOf::<ContentInfo<'_>>::new(parts) {
            let info = part.map_err(&malformed)?;
            self.count()?;
            if info.content_type == oid::PKCS7_ENCRYPTED_DATA {
                self.encrypted_safe(info.content)?;
            } else {
                self.safe_contents(content_of(&info)?, 1, false)?;
            }
        }
        Ok(())
    }

    fn encrypted_safe(&mut self, content: AnyRef<'_>) -> Result<()> {
        let data: EncryptedData<'_> = content
            .decode_as()
            .map_err(Error::malformed("EncryptedData"))?;
        if data.version != 0 {
            return Err(wrong("the version of an EncryptedData is 0"));
        }
        if data.content.content_type != oid::PKCS7_DATA {
            return Err(wrong("what is encrypted is not of type data"));
        }
        let plain = self.decrypt(data.content.algorithm, data.content.encrypted.as_bytes())?;
        self.safe_contents(&plain, 1, true)
            .map_err(|error| self.behind(true, error))
    }

    fn decrypt(
        &mut self,
        algorithm: AlgorithmIdentifierRef<'_>,
        octets: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let opened = if legacy::is_legacy(algorithm) {
            self.found
                .remark(Pkcs12Remark::OldCipher { oid: algorithm.oid });
            let iterations = legacy::parameters(algorithm)?.iterations;
            // One derivation for the key, one for the initial vector.
            self.iterate(iterations)?;
            self.iterate(iterations)?;
            legacy::decrypt(algorithm, &self.bmp, octets)
        } else {
            let scheme = Scheme::read(algorithm)?;
            self.iterate(scheme.parameters().iterations)?;
            scheme.decrypt(self.password, octets)
        };
        opened.map_err(|error| match error {
            Error::WrongPassword if self.mac_fits => {
                wrong("the MAC fits, and a part does not decrypt under the same password")
            }
            error => error,
        })
    }

    /// `SafeContents`, a SEQUENCE of `SafeBag` (RFC 7292, 4.2).
    fn safe_contents(&mut self, octets: &[u8], depth: u32, encrypted: bool) -> Result<()> {
        let malformed = Error::malformed("SafeContents");
        if depth > MAX_DEPTH {
            return Err(Error::TooLarge {
                what: "SafeContents",
                limit: MAX_DEPTH.into(),
                unit: "levels",
            });
        }
        let bags = elements(octets).map_err(&malformed)?;
        let mut reader = SliceReader::new(bags).map_err(&malformed)?;
        while !reader.is_finished() {
            let bag = SafeBag::decode(&mut reader).map_err(&malformed)?;
            self.count()?;
            let attributes = self.attributes(bag.attributes)?;
            match bag.id {
                oid::KEY_BAG => {
                    if !encrypted {
                        self.found.remark(Pkcs12Remark::PlainKey);
                    }
                    self.key(bag.value, attributes)?;
                }
                oid::SHROUDED_KEY_BAG => {
                    let key = EncryptedPrivateKeyInfo::from_der(bag.value)
                        .map_err(Error::malformed("EncryptedPrivateKeyInfo"))?;
                    let plain = self.decrypt(key.algorithm, key.encrypted.as_bytes())?;
                    self.key(&plain, attributes)
                        .map_err(|error| self.behind(true, error))?;
                }
                oid::CERT_BAG => {
                    if let Some(der) = self.wrapped(bag.value, oid::X509_CERTIFICATE)? {
                        self.found.certificates.push(CertificateEntry {
                            der,
                            local_key_id: attributes.local_key_id,
                            friendly_name: attributes.friendly_name,
                        });
                    }
                }
                oid::CRL_BAG => {
                    if let Some(der) = self.wrapped(bag.value, oid::X509_CRL)? {
                        self.found.crls.push(der);
                    }
                }
                oid::SAFE_CONTENTS_BAG => self.safe_contents(bag.value, depth + 1, encrypted)?,
                oid => self.found.remark(Pkcs12Remark::OtherBag { oid }),
            }
        }
        Ok(())
    }

    /// `PrivateKeyInfo`.
    fn key(&mut self, octets: &[u8], attributes: Attributes) -> Result<()> {
        match decode_private_key(octets) {
            Ok(key) => self.found.keys.push(KeyEntry {
                key,
                local_key_id: attributes.local_key_id,
                friendly_name: attributes.friendly_name,
            }),
            Err(Error::Unsupported { oid, .. }) => {
                self.found.remark(Pkcs12Remark::OtherKey { oid });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// What a `CertBag` or `CRLBag` of the wanted kind holds.
    fn wrapped(&mut self, octets: &[u8], kind: ObjectIdentifier) -> Result<Option<Vec<u8>>> {
        let malformed = Error::malformed("CertBag");
        let bag = WrappedBag::from_der(octets).map_err(&malformed)?;
        if bag.id != kind {
            self.found
                .remark(Pkcs12Remark::OtherCertificate { oid: bag.id });
            return Ok(None);
        }
        let value: &OctetStringRef = bag.value.decode_as().map_err(&malformed)?;
        Ok(Some(value.as_bytes().to_vec()))
    }

    /// `SET OF PKCS12Attribute` (RFC 7292, 4.2), in any order.
    fn attributes(&mut self, set: &[u8]) -> Result<Attributes> {
        let malformed = Error::malformed("PKCS12Attribute");
        let mut attributes = Attributes::default();
        for attribute in SequenceOf::<AnyRef<'_>>::new(set) {
            self.count()?;
            let (id, value) = attribute.and_then(attribute_value).map_err(&malformed)?;
            match (id, value) {
                (oid::LOCAL_KEY_ID, Some(value)) => {
                    let id: &OctetStringRef = value.decode_as().map_err(&malformed)?;
                    attributes.local_key_id = Some(id.as_bytes().to_vec());
                }
                (oid::FRIENDLY_NAME, Some(value)) => {
                    attributes.friendly_name = Some(name(value).map_err(&malformed)?);
                }
                _ => {}
            }
        }
        Ok(attributes)
    }
}

/// An attribute's type and its first value; both kinds that are used have one.
fn attribute_value(attribute: AnyRef<'_>) -> der::Result<(ObjectIdentifier, Option<AnyRef<'_>>)> {
    attribute.sequence(|reader| {
        let id = ObjectIdentifier::decode(reader)?;
        let values = AnyRef::decode(reader)?;
        values.tag().assert_eq(Tag::Set)?;
        let first = SequenceOf::new(values.value()).next().transpose()?;
        Ok((id, first))
    })
}

/// A BMPString; some programs write UTF8String.
fn name(value: AnyRef<'_>) -> der::Result<String> {
    if value.tag() == Tag::Utf8String {
        return value.decode_as::<String>();
    }
    value.tag().assert_eq(Tag::BmpString)?;
    let (units, []) = value.value().as_chunks::<2>() else {
        return Err(ErrorKind::Value {
            tag: Tag::BmpString,
        }
        .into());
    };
    let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
    Ok(char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect())
}

/// The content of one SEQUENCE that is all of `octets`.
fn elements(octets: &[u8]) -> der::Result<&[u8]> {
    let sequence = AnyRef::from_der(octets)?;
    sequence.tag().assert_eq(Tag::Sequence)?;
    Ok(sequence.value())
}

/// What stands one behind the other; it ends behind the first error.
struct SequenceOf<'a, T> {
    reader: Option<SliceReader<'a>>,
    element: core::marker::PhantomData<T>,
}

impl<'a, T> SequenceOf<'a, T> {
    fn new(octets: &'a [u8]) -> Self {
        Self {
            // None for more than 256 MiB, which no element's length can count.
            reader: SliceReader::new(octets).ok(),
            element: core::marker::PhantomData,
        }
    }
}

impl<'a, T: Decode<'a, Error = der::Error>> Iterator for SequenceOf<'a, T> {
    type Item = der::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self
            .reader
            .as_mut()
            .filter(|reader| !reader.is_finished())?;
        let element = T::decode(reader);
        if element.is_err() {
            self.reader = None;
        }
        Some(element)
    }
}
