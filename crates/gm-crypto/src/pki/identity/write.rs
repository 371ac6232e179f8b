//! The other way round: a number as it is to be written.

use super::{IdentityCheck, IdentityKind, codes::Masked, oid};
use crate::{
    Error, Result,
    pki::identity::{CreditCode, ResidentNumber, codes::is_organization_code},
};
use alloc::{string::String, vec::Vec};
use core::fmt;
use der::{
    Encode, Tag, TagNumber,
    asn1::{ContextSpecific, ObjectIdentifier, PrintableStringRef, Utf8StringRef},
};
use zeroize::Zeroizing;

const WHAT: &str = "number of a person or an organization";
/// Characters of the longest number that is written. The standards have no bound; an attribute
/// `serialNumber` has this one (RFC 5280, appendix A.1).
const MAX_LENGTH: usize = 64;

/// The edition of GM/T 0015 whose extensions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityEdition {
    /// GM/T 0015-2012 (GB/T 20518-2018): five extensions, the numbers of a person in one CHOICE.
    #[default]
    Of2012,
    /// GM/T 0015-2023, as far as it is known from xipki: an extension for each number of a
    /// person, and one for the unified social credit code.
    Of2023,
}

/// How the CHOICE of `identifyCode` is tagged. GM/T 0015-2012 does not say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityTagging {
    /// EXPLICIT, as xipki writes it since version 5.3.2.
    #[default]
    Explicit,
    /// IMPLICIT, as xipki wrote it before.
    Implicit,
}

/// A number that is to be written into a certificate: a claim until [`Self::check`] was asked.
/// Masked in `Debug` and `Display`, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier {
    kind: IdentityKind,
    value: Zeroizing<String>,
}

impl Identifier {
    /// Says that `value` is a number of this kind; nothing is checked.
    pub fn new(kind: IdentityKind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: Zeroizing::new(value.into()),
        }
    }

    /// What it is.
    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// The number itself: personal data, which does not belong into logs.
    pub fn reveal(&self) -> &str {
        &self.value
    }

    /// What its check digit says: of resident identity numbers (GB 11643) and unified social
    /// credit codes (GB 32100) always, of organization codes (GB 11714) of 9 characters, with
    /// or without a hyphen before the last, and of credit codes in the place of an
    /// organization's, registration's or taxation number, which have 18.
    ///
    /// [`IdentityCheck::Wrong`] too for an organization code of any other length, a number
    /// that is empty or longer than 64 characters, and for one with blanks around it or
    /// control characters.
    pub fn check(&self) -> IdentityCheck {
        let text = self.value.as_str();
        let sane = (1..=MAX_LENGTH).contains(&text.chars().count())
            && text.trim() == text
            && !text.chars().any(char::is_control);
        if !sane {
            return IdentityCheck::Wrong;
        }
        let fits = match self.kind {
            IdentityKind::ResidentNumber => ResidentNumber::parse(text).is_ok(),
            IdentityKind::CreditCode => CreditCode::parse(text).is_ok(),
            IdentityKind::OrganizationCode => {
                CreditCode::parse(text).is_ok() || is_organization_code(text)
            }
            // Since 2015 the credit code is both.
            IdentityKind::BusinessRegistration | IdentityKind::TaxationNumber
                if text.len() == 18 =>
            {
                CreditCode::parse(text).is_ok()
            }
            _ => return IdentityCheck::None,
        };
        if fits {
            IdentityCheck::Fits
        } else {
            IdentityCheck::Wrong
        }
    }

    /// The extension that numbers of this kind stand in; none when the edition has none.
    ///
    /// In the edition of 2012 the three numbers of a person share one; in that of 2023 the
    /// credit code has 1.2.156.10260.4.4, which xipki's documentation says and its code does
    /// not.
    pub fn extension(kind: IdentityKind, edition: IdentityEdition) -> Option<ObjectIdentifier> {
        use {IdentityEdition as Edition, IdentityKind as Kind};
        Some(match (kind, edition) {
            (
                Kind::ResidentNumber | Kind::MilitaryOfficerCard | Kind::Passport,
                Edition::Of2012,
            ) => oid::IDENTIFY_CODE,
            (Kind::ResidentNumber, Edition::Of2023) => oid::RESIDENT_IDENTITY,
            (Kind::Passport, Edition::Of2023) => oid::PASSPORT,
            (Kind::SocialInsurance, _) => oid::INSURANCE_NUMBER,
            (Kind::BusinessRegistration, _) => oid::IC_REGISTRATION_NUMBER,
            (Kind::OrganizationCode, _) => oid::ORGANIZATION_CODE,
            (Kind::TaxationNumber, _) => oid::TAXATION_NUMBER,
            (Kind::CreditCode, Edition::Of2023) => oid::CREDIT_CODE,
            _ => return None,
        })
    }

    /// The extension's identifier and the content of its `extnValue`. Whether the number is
    /// right is for [`Self::check`].
    ///
    /// # Errors
    /// [`Error::Invalid`] for a kind that the edition has no extension for;
    /// [`Error::Malformed`] for a character that the string type of the extension has not.
    pub fn to_extension(
        &self,
        edition: IdentityEdition,
        tagging: IdentityTagging,
    ) -> Result<(ObjectIdentifier, Vec<u8>)> {
        let id = Self::extension(self.kind, edition).ok_or(Error::Invalid {
            what: WHAT,
            reason: "this edition has no extension for this kind",
        })?;
        let value = self.encode(edition, tagging);
        Ok((id, value.map_err(Error::malformed(WHAT))?))
    }

    fn encode(&self, edition: IdentityEdition, tagging: IdentityTagging) -> der::Result<Vec<u8>> {
        let text = self.value.as_str();
        let choice = match (edition, self.kind) {
            (IdentityEdition::Of2012, IdentityKind::ResidentNumber) => Some(TagNumber(0)),
            (IdentityEdition::Of2012, IdentityKind::MilitaryOfficerCard) => Some(TagNumber(1)),
            (IdentityEdition::Of2012, IdentityKind::Passport) => Some(TagNumber(2)),
            _ => None,
        };
        let utf8 = match edition {
            IdentityEdition::Of2012 => self.kind == IdentityKind::MilitaryOfficerCard,
            IdentityEdition::Of2023 => matches!(
                self.kind,
                IdentityKind::Passport | IdentityKind::SocialInsurance
            ),
        };
        let string = if utf8 {
            Utf8StringRef::new(text)?.to_der()?
        } else {
            PrintableStringRef::new(text)?.to_der()?
        };
        let Some(tag_number) = choice else {
            return Ok(string);
        };
        let value = der::AnyRef::try_from(string.as_slice())?;
        match tagging {
            IdentityTagging::Explicit => ContextSpecific {
                tag_number,
                tag_mode: der::TagMode::Explicit,
                value,
            }
            .to_der(),
            IdentityTagging::Implicit => {
                let tag = Tag::ContextSpecific {
                    constructed: false,
                    number: tag_number,
                };
                der::AnyRef::new(tag, value.value())?.to_der()
            }
        }
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identifier")
            .field("kind", &self.kind)
            .field("value", &Masked(&self.value))
            .finish()
    }
}

impl fmt::Display for Identifier {
    /// Kind and masked number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, Masked(&self.value))
    }
}
