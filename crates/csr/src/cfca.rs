//! CFCA's dual-key request: not RFC 2986, and what its clients send.
//!
//! Attribute values stand right in the `Attribute`, where RFC 2986 has a SET of them; one
//! attribute carries a temporary public key, to which the private key of the encryption
//! certificate is to be encrypted. No text of CFCA's is public; this is what requests made
//! by its SADK hold.

use crate::Error;
use der::{
    Any, AnyRef, Decode, Encode, Header, Reader, Sequence, SliceReader, Tag, TagNumber,
    asn1::{ObjectIdentifier, OctetString, OctetStringRef},
};
use gm_crypto::sm2::PublicKey;
use x509_cert::attr::{Attribute, Attributes};

/// The attribute of the temporary key.
const TEMPORARY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.63");

const WHAT: &str = "temporary public key";

/// What stands in front of the coordinates: a type, and 256 bits.
const PREFIX: [u8; 8] = [0x00, 0xB4, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00];
/// Octets of a field of the blob; a coordinate fills the left half.
const FIELD: usize = 64;

#[derive(Sequence)]
struct TemporaryKey<'a> {
    version: u8,
    blob: &'a OctetStringRef,
}

/// `[0]` with attributes whose values stand in no SET; those that do are read alike.
pub(crate) fn attributes(reader: &mut SliceReader<'_>) -> der::Result<Attributes> {
    const TAG: Tag = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(0),
    };
    if reader.is_finished() {
        return Ok(Attributes::new());
    }
    let header = Header::decode(reader)?;
    header.tag().assert_eq(TAG)?;
    reader.read_nested(header.length(), |reader| {
        let mut attributes = Vec::new();
        while !reader.is_finished() {
            attributes.push(reader.sequence(attribute)?);
        }
        Attributes::try_from(attributes)
    })
}

fn attribute(reader: &mut SliceReader<'_>) -> der::Result<Attribute> {
    let oid = reader.decode()?;
    if Tag::peek(reader)? == Tag::Set {
        let values = reader.decode()?;
        return Ok(Attribute { oid, values });
    }
    let mut values = Vec::new();
    while !reader.is_finished() {
        values.push(Any::decode(reader)?);
    }
    Ok(Attribute {
        oid,
        values: values.try_into()?,
    })
}

/// The temporary key among `attributes`.
///
/// The value is an OCTET STRING with `SEQUENCE { INTEGER 1, OCTET STRING }`, and in that
/// stand [`PREFIX`], x and y, each 32 octets and 32 of zero behind (SDF and SKF devices put
/// the zeros in front).
pub(crate) fn temporary_key(attributes: &[Attribute]) -> Result<Option<PublicKey>, Error> {
    let mut of_type = attributes.iter().filter(|one| one.oid == TEMPORARY_KEY);
    let Some(attribute) = of_type.next() else {
        return Ok(None);
    };
    let malformed = |source| Error::Claim {
        what: WHAT,
        source: gm_crypto::Error::Malformed { what: WHAT, source },
    };
    let invalid = |reason| Error::Claim {
        what: WHAT,
        source: gm_crypto::Error::Invalid { what: WHAT, reason },
    };
    let [value] = attribute.values.as_slice() else {
        return Err(invalid("has a single value"));
    };
    let value: OctetString = value.decode_as().map_err(malformed)?;
    let key = TemporaryKey::from_der(value.as_bytes()).map_err(malformed)?;
    if key.version != 1 {
        return Err(invalid("has version 1"));
    }
    let coordinates = key
        .blob
        .as_bytes()
        .strip_prefix(&PREFIX)
        .filter(|rest| rest.len() == 2 * FIELD)
        .ok_or_else(|| invalid("is 136 octets that begin with 00B4000000010000"))?;
    let mut point = [4; PublicKey::LENGTH];
    for (field, coordinate) in coordinates
        .chunks_exact(FIELD)
        .zip(point[1..].chunks_exact_mut(FIELD / 2))
    {
        let (left, right) = field.split_at(FIELD / 2);
        if right.iter().any(|octet| *octet != 0) {
            return Err(invalid("has zeros behind each coordinate"));
        }
        coordinate.copy_from_slice(left);
    }
    PublicKey::from_uncompressed(&point)
        .map(Some)
        .map_err(|_| invalid("is a point on the curve"))
}

/// The attribute that carries `key`, its value in no SET when it is written so.
pub(crate) fn temporary_key_attribute(key: &PublicKey) -> der::Result<Attribute> {
    let point = key.to_uncompressed();
    let zeros = [0; FIELD / 2];
    let (x, y) = point[1..].split_at(FIELD / 2);
    let blob = [&PREFIX[..], x, &zeros, y, &zeros].concat();
    let value = TemporaryKey {
        version: 1,
        blob: OctetStringRef::new(&blob)?,
    };
    let value = OctetString::new(value.to_der()?)?;
    Ok(Attribute {
        oid: TEMPORARY_KEY,
        values: [Any::encode_from(&value)?].try_into()?,
    })
}

/// An attribute as CFCA has it: its values right behind its type.
pub(crate) fn encode(attribute: &Attribute) -> der::Result<Vec<u8>> {
    let mut content = attribute.oid.to_der()?;
    for value in attribute.values.iter() {
        value.encode_to_vec(&mut content)?;
    }
    AnyRef::new(Tag::Sequence, &content)?.to_der()
}

#[cfg(test)]
mod tests;
