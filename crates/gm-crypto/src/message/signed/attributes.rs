//! Attributes of a signer, signed and unsigned (RFC 2315, 9.2; RFC 5652, clause 11).

use alloc::{vec, vec::Vec};
use der::{
    Any, DateTime, Decode, Encode, Sequence,
    asn1::{GeneralizedTime, ObjectIdentifier, OctetString, UtcTime},
};

use super::super::wire::Set;
use crate::{Error, Result, pki::oid, sm3::DIGEST_LENGTH};

const WHAT: &str = "Attribute";

/// One attribute: a type and its values.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct Attribute {
    oid: ObjectIdentifier,
    values: Set<Any>,
}

impl Attribute {
    /// An attribute with one value (DER).
    ///
    /// # Errors
    /// [`Error::Malformed`] when the value is not one DER value.
    pub fn new(oid: ObjectIdentifier, value: &[u8]) -> Result<Self> {
        let build = || -> der::Result<Self> {
            Ok(Self {
                oid,
                values: Set::new(vec![Any::from_der(value)?])?,
            })
        };
        build().map_err(Error::malformed(WHAT))
    }

    /// The `signingTime` attribute: UTCTime until 2049, GeneralizedTime from 2050 on
    /// (RFC 5652, 11.3).
    ///
    /// # Errors
    /// [`Error::Malformed`] for a time before 1970 or after 9999.
    pub fn signing_time(time: DateTime) -> Result<Self> {
        let value = if time.year() <= UtcTime::MAX_YEAR {
            UtcTime::from_date_time(time).and_then(|time| time.to_der())
        } else {
            GeneralizedTime::from_date_time(time).to_der()
        };
        Self::new(oid::SIGNING_TIME, &value.map_err(Error::malformed(WHAT))?)
    }

    pub(crate) fn content_type(content_type: ObjectIdentifier) -> Result<Self> {
        let value = content_type.to_der().map_err(Error::malformed(WHAT))?;
        Self::new(oid::CONTENT_TYPE, &value)
    }

    pub(crate) fn message_digest(digest: &[u8; DIGEST_LENGTH]) -> Result<Self> {
        let value = OctetString::new(&digest[..]).and_then(|value| value.to_der());
        Self::new(oid::MESSAGE_DIGEST, &value.map_err(Error::malformed(WHAT))?)
    }

    /// Its type.
    #[must_use]
    pub fn oid(&self) -> ObjectIdentifier {
        self.oid
    }

    /// Its values, each in DER, in the order in which they came.
    pub fn values(&self) -> impl ExactSizeIterator<Item = Vec<u8>> {
        self.values.as_slice().iter().map(|value| {
            value
                .to_der()
                .expect("what has been read from memory can be written to memory")
        })
    }

    pub(crate) fn is_ordered(&self) -> bool {
        self.values.is_ordered()
    }
}

/// The only value of the only attribute of a type, or none if there is no such attribute.
///
/// # Errors
/// [`Error::Invalid`] for two such attributes, or another number of values than one.
pub(crate) fn single(attributes: &[Attribute], oid: ObjectIdentifier) -> Result<Option<&Any>> {
    let mut of_type = attributes.iter().filter(|one| one.oid == oid);
    let Some(first) = of_type.next() else {
        return Ok(None);
    };
    match first.values.as_slice() {
        [value] if of_type.next().is_none() => Ok(Some(value)),
        _ => Err(Error::Invalid {
            what: WHAT,
            reason: "stands twice or has not one value, where one is due",
        }),
    }
}

/// The time of a `signingTime` attribute: what the signer says, no more.
pub(crate) fn signing_time(attributes: &[Attribute]) -> Result<Option<DateTime>> {
    single(attributes, oid::SIGNING_TIME)?
        .map(|value| {
            value
                .decode_as::<UtcTime>()
                .map(|time| time.to_date_time())
                .or_else(|_| {
                    value
                        .decode_as::<GeneralizedTime>()
                        .map(|time| time.to_date_time())
                })
                .map_err(Error::malformed("signingTime"))
        })
        .transpose()
}

/// Whether octets are a SET OF attributes with a messageDigest among them.
///
/// A signature over attributes is a signature over their DER. Whoever takes the attributes
/// away and puts their DER in the place of the content has a message that the signer never
/// wrote and whose signature fits. Such content is neither signed nor accepted without
/// attributes.
pub(crate) fn could_be_attributes(content: &[u8]) -> bool {
    content.first() == Some(&0x31)
        && Set::<Attribute>::from_der(content).is_ok_and(|set| {
            set.as_slice()
                .iter()
                .any(|attribute| attribute.oid == oid::MESSAGE_DIGEST)
        })
}
