//! Who a certificate is about: the GM extensions with personal identity, and where else such
//! numbers stand.
//!
//! GM/T 0015-2012, 5.2.4.2, has five extensions with numbers of persons and organizations; real
//! certificates have them in every encoding that was ever thought of. [`find_identities`]
//! returns each value with the place where it was found and the encoding that it had.
//!
//! ```
//! use gm_crypto::pki::identity::{CreditCode, ResidentNumber};
//!
//! let code = CreditCode::parse("91440300MA5DDA000Y")?;
//! assert_eq!(format!("{code}"), "91***0Y");
//! assert_eq!(code.reveal(), "91440300MA5DDA000Y");
//! // The last character checks the others.
//! assert!(CreditCode::parse("91440300MA5DDA0007").is_err());
//! assert!(ResidentNumber::parse("110101199001011237").is_ok());
//! # Ok::<(), gm_crypto::Error>(())
//! ```
//!
//! # What is looked at
//!
//! | place | identifiers |
//! |---|---|
//! | GM/T 0015-2012 | 1.2.156.10260.4.1.1 to .5 |
//! | GM/T 0015-2023 | 1.2.156.10260.4.1.1.1, .4.1.1.2, .4.1.2; 1.2.156.10260.4.4 and .4.4.4, for the sources disagree |
//! | BJCA's own | 1.2.156.112562.2.1.x |
//! | a caller's own | [`IdentityLookup::with_extension`] |
//! | any other extension | whose whole text passes a check digit |
//! | the subject | serialNumber, organizationalUnitName, organizationIdentifier whose whole text passes one |
//!
//! # Personal data
//!
//! Values are masked in `Debug` and `Display`; [`Identity::reveal`] is the one way to the
//! text. Nothing here says that a value is true: that is for whoever verifies the
//! certificate.

mod codes;
mod text;
mod write;

use crate::{Error, Result};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;
use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged, asn1::ObjectIdentifier};
use zeroize::Zeroizing;

use super::{certificate::CertificateParts, oid};

pub use codes::{CreditCode, ResidentNumber};
pub use text::IdentityEncoding;
pub use write::{Identifier, IdentityEdition, IdentityTagging};

use codes::{Masked, resembles_credit_code, resembles_resident_number};

/// Attributes of one subject that are looked at; real ones have some ten.
const MAX_ATTRIBUTES: usize = 256;

/// What a number is. Where the extension does not say it, the number's own check digit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityKind {
    /// A resident identity card's number (GB 11643), 身份证号.
    ResidentNumber,
    /// A military officer card's number, 军官证号.
    MilitaryOfficerCard,
    /// A passport's number, 护照号.
    Passport,
    /// An identity code of which the certificate does not say the kind, 个人身份标识码.
    IdentityCode,
    /// A social insurance number, 个人社会保险号.
    SocialInsurance,
    /// A business registration number, 企业工商注册号.
    BusinessRegistration,
    /// An organization code (GB 11714), 企业组织机构代码.
    OrganizationCode,
    /// A taxation number, 企业税号.
    TaxationNumber,
    /// A unified social credit code (GB 32100), 统一社会信用代码.
    CreditCode,
    /// A number of the certification authority's own.
    VendorCode,
}

impl fmt::Display for IdentityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ResidentNumber => "resident identity number",
            Self::MilitaryOfficerCard => "military officer card number",
            Self::Passport => "passport number",
            Self::IdentityCode => "identity code",
            Self::SocialInsurance => "social insurance number",
            Self::BusinessRegistration => "business registration number",
            Self::OrganizationCode => "organization code",
            Self::TaxationNumber => "taxation number",
            Self::CreditCode => "unified social credit code",
            Self::VendorCode => "vendor's own code",
        })
    }
}

/// Where in a certificate a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityPlace {
    /// An extension.
    Extension(ObjectIdentifier),
    /// An attribute of the subject's name.
    Subject(ObjectIdentifier),
}

/// What the check digit of a number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityCheck {
    /// It fits.
    Fits,
    /// It does not fit, or the number has not the form that its kind asks for.
    Wrong,
    /// Numbers of this kind have none that is known here.
    None,
}

/// A number in a certificate: masked in `Debug` and `Display`, wiped when dropped.
#[derive(Clone)]
pub struct Identity {
    kind: IdentityKind,
    value: Zeroizing<String>,
    place: IdentityPlace,
    encoding: IdentityEncoding,
}

impl Identity {
    /// What it is.
    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// Where it stands.
    pub fn place(&self) -> IdentityPlace {
        self.place
    }

    /// How it was encoded.
    pub fn encoding(&self) -> IdentityEncoding {
        self.encoding
    }

    /// The number itself: personal data, which does not belong into logs.
    pub fn reveal(&self) -> &str {
        &self.value
    }

    /// Whether its check digit fits.
    pub fn check(&self) -> IdentityCheck {
        let fits = match self.kind {
            IdentityKind::ResidentNumber => ResidentNumber::parse(&self.value).is_ok(),
            IdentityKind::CreditCode => CreditCode::parse(&self.value).is_ok(),
            _ => return IdentityCheck::None,
        };
        if fits {
            IdentityCheck::Fits
        } else {
            IdentityCheck::Wrong
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("kind", &self.kind)
            .field("value", &Masked(&self.value))
            .field("place", &self.place)
            .field("encoding", &self.encoding)
            .finish()
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, Masked(&self.value))
    }
}

/// Every number in a certificate that [the module](self) knows to look for, extensions first.
/// The certificate is strict DER; its signature is not verified.
///
/// # Errors
/// [`Error::Malformed`] for what is no certificate.
pub fn find_identities(certificate: &[u8]) -> Result<Vec<Identity>> {
    IdentityLookup::default().find(certificate)
}

/// Every number in a `Name` in DER, such as the subject of a request, that
/// [`find_identities`] finds in the subject of a certificate.
///
/// # Errors
/// [`Error::Malformed`] for what is no `Name`, and above 256 attributes.
pub fn find_identities_in_name(name: &[u8]) -> Result<Vec<Identity>> {
    in_subject(name).map_err(Error::malformed("Name"))
}

/// What to look for, for a caller who knows a CA's own extensions.
#[derive(Clone, Debug, Default)]
pub struct IdentityLookup {
    own: Vec<(ObjectIdentifier, IdentityKind)>,
}

impl IdentityLookup {
    /// Takes an extension for a number of this kind; before what is known here.
    #[must_use]
    pub fn with_extension(mut self, id: ObjectIdentifier, kind: IdentityKind) -> Self {
        self.own.push((id, kind));
        self
    }

    /// As [`find_identities`].
    ///
    /// # Errors
    /// As [`find_identities`].
    pub fn find(&self, certificate: &[u8]) -> Result<Vec<Identity>> {
        let parts = CertificateParts::from_der(certificate)?;
        let mut found: Vec<Identity> = parts
            .extensions()
            .iter()
            .filter_map(|extension| self.in_extension(extension.id, extension.value))
            .collect();
        found.extend(find_identities_in_name(parts.subject())?);
        Ok(found)
    }

    /// The number in one extension: `value` is the content of `extnValue`. None when the
    /// extension is not one of these, or holds no text in any of the encodings.
    pub fn in_extension(&self, id: ObjectIdentifier, value: &[u8]) -> Option<Identity> {
        let (text, encoding) = text::read(value)?;
        let own = self.own.iter().find(|(own, _)| *own == id);
        let known = own.map(|(_, kind)| *kind).or_else(|| kind_of(id, encoding));
        // BJCA: "SF" (身份) in front of the number.
        let text = match text.strip_prefix("SF") {
            Some(number) if id == oid::BJCA_IDENTITY => Zeroizing::new(number.to_owned()),
            _ => text,
        };
        let kind = match known {
            // The form tells what the extension leaves open; and since 2015 an organization's
            // credit code is its organization code and its taxation number.
            Some(IdentityKind::IdentityCode) if resembles_resident_number(&text) => {
                IdentityKind::ResidentNumber
            }
            Some(IdentityKind::OrganizationCode | IdentityKind::TaxationNumber)
                if resembles_credit_code(&text) =>
            {
                IdentityKind::CreditCode
            }
            Some(IdentityKind::VendorCode) => {
                checked_kind(&text).unwrap_or(IdentityKind::VendorCode)
            }
            Some(known) => known,
            None => checked_kind(&text)?,
        };
        Some(Identity {
            kind,
            value: text,
            place: IdentityPlace::Extension(id),
            encoding,
        })
    }
}

/// What an extension is for.
fn kind_of(id: ObjectIdentifier, encoding: IdentityEncoding) -> Option<IdentityKind> {
    Some(match id {
        oid::IDENTIFY_CODE => match encoding.choice() {
            Some(0) => IdentityKind::ResidentNumber,
            Some(1) => IdentityKind::MilitaryOfficerCard,
            Some(2) => IdentityKind::Passport,
            _ => IdentityKind::IdentityCode,
        },
        oid::RESIDENT_IDENTITY | oid::BJCA_IDENTITY => IdentityKind::ResidentNumber,
        oid::PASSPORT => IdentityKind::Passport,
        oid::INSURANCE_NUMBER => IdentityKind::SocialInsurance,
        oid::IC_REGISTRATION_NUMBER => IdentityKind::BusinessRegistration,
        oid::ORGANIZATION_CODE => IdentityKind::OrganizationCode,
        oid::TAXATION_NUMBER => IdentityKind::TaxationNumber,
        oid::CREDIT_CODE | oid::CREDIT_CODE_XIPKI => IdentityKind::CreditCode,
        id if id.starts_with(oid::BJCA_EXTENSIONS) => IdentityKind::VendorCode,
        _ => return None,
    })
}

/// What a text is by its own check digit. Where both fit, digits alone are a person's.
fn checked_kind(text: &str) -> Option<IdentityKind> {
    if ResidentNumber::parse(text).is_ok() {
        Some(IdentityKind::ResidentNumber)
    } else if CreditCode::parse(text).is_ok() {
        Some(IdentityKind::CreditCode)
    } else {
        None
    }
}

/// RFC 5280, 4.1.2.4: a SEQUENCE of SET of SEQUENCE { type, value }.
fn in_subject(name: &[u8]) -> der::Result<Vec<Identity>> {
    let name = AnyRef::from_der(name)?;
    let mut names = SliceReader::new(name.value())?;
    let mut found = Vec::new();
    let mut seen = 0;
    while !names.is_finished() {
        let set = AnyRef::decode(&mut names)?;
        set.tag().assert_eq(Tag::Set)?;
        let mut set = SliceReader::new(set.value())?;
        while !set.is_finished() {
            seen += 1;
            if seen > MAX_ATTRIBUTES {
                return Err(names.error(der::ErrorKind::Overlength));
            }
            let (id, value) = set.sequence(|attribute| {
                let id = ObjectIdentifier::decode(attribute)?;
                Ok::<_, der::Error>((id, attribute.tlv_bytes()?))
            })?;
            let places = [
                oid::SERIAL_NUMBER,
                oid::ORGANIZATIONAL_UNIT,
                oid::ORGANIZATION_IDENTIFIER,
            ];
            if !places.contains(&id) {
                continue;
            }
            let number = text::read(value).and_then(|(value, encoding)| {
                Some(Identity {
                    kind: checked_kind(&value)?,
                    value,
                    place: IdentityPlace::Subject(id),
                    encoding,
                })
            });
            found.extend(number);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
