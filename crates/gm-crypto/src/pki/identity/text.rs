//! The text of a number, in every encoding of the field.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::{fmt, str};
use der::{AnyRef, Decode, Tag, Tagged};
use zeroize::Zeroizing;

/// Octets of the longest text that is taken for a number.
const MAX_LENGTH: usize = 256;

/// How a number was encoded. GM/T 0015-2012 wants a CHOICE with tags for `identifyCode`, of
/// which xipki wrote both readings, and PrintableString for the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityEncoding {
    /// A CHOICE with this tag, EXPLICIT: `[0]` resident identity card, `[1]` military officer
    /// card, `[2]` passport.
    Explicit(u8),
    /// A CHOICE with this tag, IMPLICIT.
    Implicit(u8),
    /// A bare UTF8String (BJCA).
    Utf8String,
    /// A bare PrintableString.
    PrintableString,
    /// A bare NumericString.
    NumericString,
    /// A bare IA5String or VisibleString.
    Ia5String,
    /// A bare BMPString.
    BmpString,
    /// The text itself, without ASN.1 (Kinsec).
    Raw,
}

impl IdentityEncoding {
    /// The tag of the CHOICE, if there is one.
    pub fn choice(self) -> Option<u8> {
        match self {
            Self::Explicit(tag) | Self::Implicit(tag) => Some(tag),
            _ => None,
        }
    }
}

impl fmt::Display for IdentityEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit(tag) => write!(f, "CHOICE [{tag}] EXPLICIT"),
            Self::Implicit(tag) => write!(f, "CHOICE [{tag}] IMPLICIT"),
            Self::Utf8String => f.write_str("UTF8String"),
            Self::PrintableString => f.write_str("PrintableString"),
            Self::NumericString => f.write_str("NumericString"),
            Self::Ia5String => f.write_str("IA5String"),
            Self::BmpString => f.write_str("BMPString"),
            Self::Raw => f.write_str("text without ASN.1"),
        }
    }
}

/// The text in `octets` and its encoding; none if it is no text of a sensible length.
pub(super) fn read(octets: &[u8]) -> Option<(Zeroizing<String>, IdentityEncoding)> {
    if octets.len() > MAX_LENGTH {
        return None;
    }
    // Letters and digits are tags of DER as well; the length behind them hardly fits, and where
    // it does, the tag is none of a text.
    let encoded = AnyRef::from_der(octets).ok().and_then(read_any);
    encoded.or_else(|| Some((plain(octets)?, IdentityEncoding::Raw)))
}

fn read_any(any: AnyRef<'_>) -> Option<(Zeroizing<String>, IdentityEncoding)> {
    if let Tag::ContextSpecific {
        constructed,
        number,
    } = any.tag()
    {
        let number = u8::try_from(number.value()).ok()?;
        return if constructed {
            let inner = AnyRef::from_der(any.value()).ok()?;
            let (text, _) = string(inner)?;
            Some((text, IdentityEncoding::Explicit(number)))
        } else {
            Some((plain(any.value())?, IdentityEncoding::Implicit(number)))
        };
    }
    string(any)
}

/// One of the string types. Letters beyond a type's alphabet are forgiven.
fn string(any: AnyRef<'_>) -> Option<(Zeroizing<String>, IdentityEncoding)> {
    let encoding = match any.tag() {
        Tag::Utf8String => IdentityEncoding::Utf8String,
        Tag::PrintableString => IdentityEncoding::PrintableString,
        Tag::NumericString => IdentityEncoding::NumericString,
        Tag::Ia5String | Tag::VisibleString => IdentityEncoding::Ia5String,
        Tag::BmpString => {
            let (units, []) = any.value().as_chunks::<2>() else {
                return None;
            };
            let units: Zeroizing<Vec<u16>> =
                Zeroizing::new(units.iter().map(|unit| u16::from_be_bytes(*unit)).collect());
            let text = Zeroizing::new(String::from_utf16(&units).ok()?);
            return Some((plain(text.as_bytes())?, IdentityEncoding::BmpString));
        }
        _ => return None,
    };
    Some((plain(any.value())?, encoding))
}

/// UTF-8 without control characters, not empty.
fn plain(octets: &[u8]) -> Option<Zeroizing<String>> {
    let text = str::from_utf8(octets).ok()?;
    let good = !text.is_empty() && !text.chars().any(char::is_control);
    good.then(|| Zeroizing::new(text.to_owned()))
}
