//! Names of things: checked once, compared by octets afterwards.

use crate::Error;
use gm_crypto::sm3;
use serde::{Deserialize, Serialize};
use std::fmt;
use x509_cert::serial_number::SerialNumber;

/// Characters of the longest identifier.
const MAX_LENGTH: usize = 64;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident: $what:literal),* $(,)?) => {$(
        $(#[$doc])*
        ///
        /// 1 to 64 characters of `a`–`z`, `0`–`9`, `.` and `-`, the first a
        /// letter or digit: safe in a file name, a URL and a key label.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes the characters.
            ///
            /// # Errors
            /// [`Error::BadIdentifier`] for other characters or lengths.
            pub fn new(text: impl Into<String>) -> Result<Self, Error> {
                let text = text.into();
                if is_identifier(&text) {
                    Ok(Self(text))
                } else {
                    Err(Error::BadIdentifier { what: $what, found: text })
                }
            }

            /// The characters.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(text: String) -> Result<Self, Error> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )*};
}

identifiers! {
    /// One case: a piece of certificate business. Chosen by whoever opens it, so that a
    /// repeated opening is recognised.
    CaseId: "case",
    /// An organisation: a subscriber's, or an agency.
    OrganisationId: "organisation",
    /// A token of the inventory: its serial number.
    TokenId: "token",
    /// A key that the operator itself holds a certificate for: a CA, an OCSP
    /// responder. Also the label of that key in its token.
    AuthorityId: "authority",
    /// A qualification for e-government: one CA's, from its first application on.
    QualificationId: "qualification",
    /// A case of recognition between two sides.
    RecognitionId: "recognition",
    /// A natural person, the same under every login: separation of duties
    /// compares these.
    PersonId: "person",
    /// One command of one caller, however often it is sent: whoever got no answer sends it
    /// again under the same key, and gets what came of it the first time. Best made at random,
    /// such as a UUID in small letters.
    IdempotencyKey: "idempotency key",
}

fn is_identifier(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= MAX_LENGTH
        && text.starts_with(allowed)
        && text.chars().all(|c| allowed(c) || c == '.' || c == '-')
}

/// A certificate's serial number: 1 to 20 octets, positive, without leading
/// zeros (RFC 5280, 4.1.2.2), written in hexadecimal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Serial(Vec<u8>);

impl Serial {
    /// Takes the magnitude, big endian; leading zeros are dropped.
    ///
    /// # Errors
    /// [`Error::BadIdentifier`] for zero and for more than 20 octets in DER.
    pub fn from_bytes(octets: &[u8]) -> Result<Self, Error> {
        let start = octets.iter().take_while(|octet| **octet == 0).count();
        let magnitude = &octets[start..];
        match SerialNumber::<x509_cert::certificate::Rfc5280>::new(magnitude) {
            Ok(_) if !magnitude.is_empty() => Ok(Self(magnitude.to_vec())),
            _ => Err(Error::BadIdentifier {
                what: "serial number",
                found: hexadecimal(octets),
            }),
        }
    }

    /// The magnitude, big endian, no leading zero.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The serial number as X.509 types hold it.
    pub fn to_x509(&self) -> SerialNumber {
        SerialNumber::new(&self.0).expect("checked when this serial was made")
    }
}

impl From<&SerialNumber> for Serial {
    /// A serial number that X.509 types hold. One that is not positive, which
    /// no certificate of ours has, keeps its octets and so names nothing here.
    fn from(serial: &SerialNumber) -> Self {
        let octets = serial.as_bytes();
        let start = octets.iter().take_while(|octet| **octet == 0).count();
        Self(octets[start..].to_vec())
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

impl TryFrom<String> for Serial {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        let bad = || Error::BadIdentifier {
            what: "serial number",
            found: text.clone(),
        };
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let digits = digits
            .filter(|digits| digits.len() % 2 == 0)
            .ok_or_else(bad)?;
        let octets: Vec<u8> = digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect();
        Self::from_bytes(&octets)
    }
}

impl From<Serial> for String {
    fn from(serial: Serial) -> Self {
        hexadecimal(&serial.0)
    }
}

pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = octets.iter().flat_map(|octet| [octet >> 4, octet & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// A public key: SM3 of the DER of its `SubjectPublicKeyInfo`, written in hexadecimal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId([u8; 32]);

impl KeyId {
    /// The key of this `SubjectPublicKeyInfo`, in DER.
    pub fn of(public_key: &[u8]) -> Self {
        Self(sm3::digest(public_key))
    }

    /// The key of this SM3.
    pub fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The SM3.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl TryFrom<String> for KeyId {
    type Error = Error;

    /// 64 small hexadecimal digits.
    fn try_from(text: String) -> Result<Self, Error> {
        let digit = |octet: &u8| match octet {
            b'0'..=b'9' => Some(octet - b'0'),
            b'a'..=b'f' => Some(octet - b'a' + 10),
            _ => None,
        };
        let octet = |pair: &[u8; 2]| Some(digit(&pair[0])? << 4 | digit(&pair[1])?);
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let octets: Option<Vec<u8>> = pairs.iter().map(octet).collect();
        let digest = octets.and_then(|octets| octets.try_into().ok());
        match digest {
            Some(digest) if rest.is_empty() => Ok(Self(digest)),
            _ => Err(Error::BadIdentifier {
                what: "key",
                found: text,
            }),
        }
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

/// The number that a case gets when its registration starts: 1, 2, 3, … without a gap in one
/// store (requirement S1-07).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseNumber(pub u64);

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

/// A case that is about an institution ([`crate::proceeding`]): its name, with what kind it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum ProceedingId {
    /// `accreditation/ID`: of an agency (SM-C).
    Accreditation(OrganisationId),
    /// `qualification/ID`: of a CA for e-government (SM-D).
    Qualification(QualificationId),
    /// `recognition/ID`: of a CA's class of certificates by another side (SM-E).
    Recognition(RecognitionId),
}

impl ProceedingId {
    fn read(kind: &str, name: &str) -> Option<Result<Self, Error>> {
        match kind {
            "accreditation" => Some(OrganisationId::new(name).map(Self::Accreditation)),
            "qualification" => Some(QualificationId::new(name).map(Self::Qualification)),
            "recognition" => Some(RecognitionId::new(name).map(Self::Recognition)),
            _ => None,
        }
    }
}

impl fmt::Display for ProceedingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accreditation(id) => write!(f, "accreditation/{id}"),
            Self::Qualification(id) => write!(f, "qualification/{id}"),
            Self::Recognition(id) => write!(f, "recognition/{id}"),
        }
    }
}

impl From<ProceedingId> for String {
    fn from(id: ProceedingId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for ProceedingId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        let parts = text.split_once('/');
        let read = parts.and_then(|(kind, name)| Self::read(kind, name));
        read.unwrap_or_else(|| {
            Err(Error::BadIdentifier {
                what: "proceeding",
                found: text,
            })
        })
    }
}

/// One line of history: an aggregate's name, with what kind it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum StreamId {
    /// `case/ID`
    Case(CaseId),
    /// `authority/ID`
    Authority(AuthorityId),
    /// `certificate/ISSUER/SERIAL`
    Certificate(AuthorityId, Serial),
    /// `person/ID`: an entry of the roster.
    Person(PersonId),
    /// `organisation/ID`
    Organisation(OrganisationId),
    /// `token/ID`
    Token(TokenId),
    /// `cessation/ID`: of the authority that ends its business.
    Cessation(AuthorityId),
    /// `key/SM3`
    Key(KeyId),
    /// `erasure/ID`: of this person's values.
    Erasure(PersonId),
    /// `accreditation/ID`, `qualification/ID` or `recognition/ID`.
    Proceeding(ProceedingId),
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(id) => write!(f, "case/{id}"),
            Self::Authority(id) => write!(f, "authority/{id}"),
            Self::Certificate(issuer, serial) => write!(f, "certificate/{issuer}/{serial}"),
            Self::Person(id) => write!(f, "person/{id}"),
            Self::Organisation(id) => write!(f, "organisation/{id}"),
            Self::Token(id) => write!(f, "token/{id}"),
            Self::Cessation(id) => write!(f, "cessation/{id}"),
            Self::Key(id) => write!(f, "key/{id}"),
            Self::Erasure(id) => write!(f, "erasure/{id}"),
            Self::Proceeding(id) => id.fmt(f),
        }
    }
}

impl From<StreamId> for String {
    fn from(stream: StreamId) -> Self {
        stream.to_string()
    }
}

impl TryFrom<String> for StreamId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        let bad = || Error::BadIdentifier {
            what: "stream",
            found: text.clone(),
        };
        let (kind, name) = text.split_once('/').ok_or_else(bad)?;
        match kind {
            "case" => Ok(Self::Case(CaseId::new(name)?)),
            "erasure" => Ok(Self::Erasure(PersonId::new(name)?)),
            "person" => Ok(Self::Person(PersonId::new(name)?)),
            "organisation" => Ok(Self::Organisation(OrganisationId::new(name)?)),
            "token" => Ok(Self::Token(TokenId::new(name)?)),
            "cessation" => Ok(Self::Cessation(AuthorityId::new(name)?)),
            "authority" => Ok(Self::Authority(AuthorityId::new(name)?)),
            "key" => Ok(Self::Key(KeyId::try_from(name.to_owned())?)),
            "certificate" => {
                let (issuer, serial) = name.split_once('/').ok_or_else(bad)?;
                Ok(Self::Certificate(
                    AuthorityId::new(issuer)?,
                    Serial::try_from(serial.to_owned())?,
                ))
            }
            _ => {
                let id = ProceedingId::read(kind, name).unwrap_or_else(|| Err(bad()));
                Ok(Self::Proceeding(id?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_can_stand_in_a_file_name() {
        for good in ["a", "zhang.san", "2026-11-root", &"a".repeat(64)] {
            assert!(CaseId::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "-a",
            "a/b",
            "A",
            "张三",
            "a b",
            &"a".repeat(65),
        ] {
            assert!(CaseId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_stream_is_read_back_from_its_text() {
        let serial = Serial::from_bytes(&[0, 0x81, 2]).unwrap();
        let stream = StreamId::Certificate(AuthorityId::new("ca-1").unwrap(), serial);
        assert_eq!(stream.to_string(), "certificate/ca-1/8102");
        assert_eq!(StreamId::try_from(stream.to_string()).unwrap(), stream);
        let key = StreamId::Key(KeyId::of(b"a key"));
        assert_eq!(StreamId::try_from(key.to_string()).unwrap(), key);
        for proceeding in ["accreditation/a", "qualification/b", "recognition/c"] {
            let id = ProceedingId::try_from(proceeding.to_owned()).unwrap();
            let stream = StreamId::try_from(proceeding.to_owned()).unwrap();
            assert_eq!(stream, StreamId::Proceeding(id));
            assert_eq!(stream.to_string(), proceeding);
        }
        for bad in [
            "",
            "qualification/",
            "qualification",
            "key/00",
            &key.to_string()[..67],
            &key.to_string().to_uppercase().replace("KEY", "key"),
            &format!("{key}0"),
            "certificate/ca-1",
            "certificate/ca/zz",
            "other/x",
            "authority/..",
        ] {
            assert!(StreamId::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_serial_is_positive_and_has_at_most_twenty_octets() {
        assert!(Serial::from_bytes(&[0]).is_err());
        assert!(Serial::from_bytes(&[0x7f; 20]).is_ok());
        assert!(Serial::from_bytes(&[0x80; 20]).is_err(), "21 octets in DER");
    }
}
