//! The ASN.1 of GM/T 0010 (GB/T 35275): PKCS#7 1.5's layout, read and written by `der`.
//!
//! What is read strictly and kept as [`Any`] is written again as the same octets: tags and
//! lengths have one encoding in DER, and values are not looked at.

use alloc::vec::Vec;
use der::{
    Any, Choice, Decode, DecodeValue, Encode, EncodeValue, ErrorKind, FixedTag, Header, Length,
    Reader, Sequence, Tag, ValueOrd, Writer,
    asn1::{Int, Null, ObjectIdentifier, OctetString},
};
use spki::AlgorithmIdentifierOwned;

use super::Parameters;

/// The version of every structure but `RecipientInfo` by key identifier.
pub(crate) const VERSION: u8 = 1;
/// More elements in one SET OF than this are refused.
pub(crate) const MAX_ELEMENTS: usize = 1024;

#[derive(Clone, Debug, Sequence)]
pub(crate) struct ContentInfo {
    pub(crate) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) content: Option<Any>,
}

/// The issuer is a `Name`, kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, Sequence, ValueOrd)]
pub(crate) struct IssuerAndSerialNumber {
    pub(crate) issuer: Any,
    pub(crate) serial_number: Int,
}

/// How a signer or recipient is named; the second way is RFC 5652's alone.
#[derive(Clone, Debug, PartialEq, Eq, Choice, ValueOrd)]
pub(crate) enum PartyId {
    IssuerAndSerialNumber(IssuerAndSerialNumber),
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "false")]
    SubjectKeyIdentifier(OctetString),
}

/// A SET OF with its elements in the order in which they came.
///
/// `der`'s own sorts what it reads; here it is known whether the order was DER's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set<T> {
    elements: Vec<T>,
    ordered: bool,
}

impl<T: Encode> Set<T> {
    /// The elements in the order of DER (X.690, 11.6).
    pub(crate) fn new(elements: Vec<T>) -> der::Result<Self> {
        let mut encoded = elements
            .into_iter()
            .map(|element| Ok((element.to_der()?, element)))
            .collect::<der::Result<Vec<_>>>()?;
        encoded.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Self {
            elements: encoded.into_iter().map(|(_, element)| element).collect(),
            ordered: true,
        })
    }
}

impl<T> Set<T> {
    pub(crate) fn as_slice(&self) -> &[T] {
        &self.elements
    }

    /// Whether the elements stand in the order of DER.
    pub(crate) fn is_ordered(&self) -> bool {
        self.ordered
    }

    pub(crate) fn into_vec(self) -> Vec<T> {
        self.elements
    }
}

impl<T> FixedTag for Set<T> {
    const TAG: Tag = Tag::Set;
}

impl<'a, T: Decode<'a, Error = der::Error>> DecodeValue<'a> for Set<T> {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        reader.read_nested(header.length(), |reader| {
            let mut set = Self {
                elements: Vec::new(),
                ordered: true,
            };
            let mut last: &[u8] = &[];
            while !reader.is_finished() {
                if set.elements.len() == MAX_ELEMENTS {
                    return Err(reader.error(ErrorKind::Overlength));
                }
                let octets = reader.clone().tlv_bytes()?;
                set.ordered &= last <= octets;
                last = octets;
                set.elements.push(reader.decode()?);
            }
            Ok(set)
        })
    }
}

impl<T: Encode> EncodeValue for Set<T> {
    fn value_len(&self) -> der::Result<Length> {
        self.elements
            .iter()
            .try_fold(Length::ZERO, |sum, element| sum + element.encoded_len()?)
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.elements
            .iter()
            .try_for_each(|element| element.encode(writer))
    }
}

/// An identifier of an algorithm that has no parameters, as a partner wants it.
pub(crate) fn without_parameters(
    algorithm: ObjectIdentifier,
    parameters: Parameters,
) -> der::Result<AlgorithmIdentifierOwned> {
    Ok(AlgorithmIdentifierOwned {
        oid: algorithm,
        parameters: match parameters {
            Parameters::Null => Some(Any::encode_from(&Null)?),
            Parameters::Absent => None,
        },
    })
}

/// Whether an algorithm that has no parameters has none: NULL or nothing.
pub(crate) fn has_no_parameters(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm.parameters.as_ref().is_none_or(Any::is_null)
}
