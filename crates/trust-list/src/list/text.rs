//! Texts, names and addresses, each as the schema wants it.

use crate::{Error, Result};
use core::{
    cmp::Ordering,
    fmt::{self, Write},
};

/// Characters of the longest text.
const MAX_TEXT: usize = 512;

/// Octets in lower-case hexadecimal.
pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        // Writing to a string can't fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

/// A text in one language.
#[derive(Clone, PartialEq, Eq)]
pub struct LocalText {
    /// The language tag and the text, one behind the other: lists have many of them.
    both: Box<str>,
    /// Octets of the tag, at most 35.
    tag: u8,
}

impl LocalText {
    /// `lang` is a language tag (RFC 5646: `en`, `zh-Hans`); `value` has 1 to 512
    /// characters, none of them a control character.
    ///
    /// # Errors
    /// [`Error::Value`] otherwise.
    pub fn new(lang: &str, value: &str) -> Result<Self> {
        let is_tag = (2..=35).contains(&lang.len())
            && lang.split('-').all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            });
        if !is_tag {
            return Err(Error::Value {
                member: "lang",
                rule: "is a language tag such as zh-Hans",
            });
        }
        check_plain("value", value)?;
        Ok(Self {
            both: [lang, value].concat().into(),
            // A tag has 35 octets at most.
            tag: lang.len().try_into().unwrap_or(u8::MAX),
        })
    }

    /// The language tag.
    pub fn lang(&self) -> &str {
        &self.both[..self.tag.into()]
    }

    /// The text.
    pub fn value(&self) -> &str {
        &self.both[self.tag.into()..]
    }
}

impl Ord for LocalText {
    /// By language, then by text.
    fn cmp(&self, other: &Self) -> Ordering {
        let parts = (self.lang(), self.value());
        parts.cmp(&(other.lang(), other.value()))
    }
}

impl PartialOrd for LocalText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for LocalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalText")
            .field("lang", &self.lang())
            .field("value", &self.value())
            .finish()
    }
}

impl fmt::Display for LocalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.value())
    }
}

/// Who publishes a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    territory: String,
    names: Vec<LocalText>,
}

impl Publisher {
    /// `territory` has two capital letters (ISO 3166-1), as the schema wants it.
    ///
    /// # Errors
    /// [`Error::Value`] for another territory.
    pub fn new(territory: &str, name: LocalText) -> Result<Self> {
        Ok(Self {
            territory: country("SchemeTerritory", territory)?,
            names: vec![name],
        })
    }

    /// Adds its name in another language.
    #[must_use]
    pub fn also(mut self, name: LocalText) -> Self {
        self.names.push(name);
        self
    }

    /// Its territory.
    pub fn territory(&self) -> &str {
        &self.territory
    }

    /// Its names, one for each language.
    pub fn names(&self) -> &[LocalText] {
        &self.names
    }
}

/// Where a publisher is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    address: PostalAddress,
    contact: String,
    information: String,
}

impl Contact {
    /// `contact` is a URI such as `mailto:…`, `information` that of its pages about the
    /// scheme.
    ///
    /// # Errors
    /// [`Error::Value`] when one of them is no absolute URI.
    pub fn new(address: PostalAddress, contact: &str, information: &str) -> Result<Self> {
        Ok(Self {
            address,
            contact: uri("SchemeOperatorElectronicAddress", contact)?,
            information: uri("SchemeInformationURI", information)?,
        })
    }

    /// By letter.
    pub fn address(&self) -> &PostalAddress {
        &self.address
    }

    /// By mail or otherwise: a URI.
    pub fn contact(&self) -> &str {
        &self.contact
    }

    /// The URI of its pages about the scheme.
    pub fn information(&self) -> &str {
        &self.information
    }
}

/// Where a CA can be reached by letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostalAddress {
    pub(crate) street: LocalText,
    pub(crate) locality: Option<String>,
    pub(crate) country: String,
}

impl PostalAddress {
    /// `country` has two capital letters (ISO 3166-1).
    ///
    /// # Errors
    /// [`Error::Value`] for another country.
    pub fn new(street: LocalText, country_code: &str) -> Result<Self> {
        Ok(Self {
            street,
            locality: None,
            country: country("Country", country_code)?,
        })
    }

    /// Adds the town, in the language of the street.
    ///
    /// # Errors
    /// [`Error::Value`] for no or more than 512 characters.
    pub fn locality(self, locality: &str) -> Result<Self> {
        Ok(Self {
            locality: Some(plain("Locality", locality)?),
            ..self
        })
    }
}

/// ISO 3166-1 alpha-2, or with a subdivision of ISO 3166-2 behind a hyphen.
pub(crate) fn jurisdiction(value: &str) -> Result<String> {
    let (state, part) = value
        .split_once('-')
        .map_or((value, None), |(state, part)| (state, Some(part)));
    let is_part = |part: &str| {
        (1..=3).contains(&part.len())
            && part
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    if part.is_none_or(is_part) && country("Jurisdiction", state).is_ok() {
        return Ok(value.to_owned());
    }
    Err(Error::Value {
        member: "Jurisdiction",
        rule: "is a country or a part of one, such as HK or CN-GD",
    })
}

/// An absolute URI (RFC 3986, clause 4.3), in the characters that one may have.
pub(crate) fn uri(member: &'static str, value: &str) -> Result<String> {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    let is_uri = value.len() <= MAX_TEXT
        && value
            .split_once(':')
            .is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty())
        && value
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
    if is_uri {
        return Ok(value.to_owned());
    }
    Err(Error::Value {
        member,
        rule: "is an absolute URI",
    })
}

fn country(member: &'static str, value: &str) -> Result<String> {
    if value.len() == 2 && value.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(value.to_owned());
    }
    Err(Error::Value {
        member,
        rule: "has two capital letters",
    })
}

/// A text of 1 to 512 characters, all of which can be seen.
pub(crate) fn plain(member: &'static str, value: &str) -> Result<String> {
    check_plain(member, value).map(|()| value.to_owned())
}

fn check_plain(member: &'static str, value: &str) -> Result<()> {
    let length = value.chars().count();
    if (1..=MAX_TEXT).contains(&length) && !value.chars().any(is_unseen) {
        return Ok(());
    }
    Err(Error::Value {
        member,
        rule: "has 1 to 512 characters, all of them seen",
    })
}

/// Control characters, and those of Unicode's category Cf which join, part or turn
/// text around without being seen: two texts would look the same and be two.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded_and_plain() {
        for (lang, value, good) in [
            ("zh-Hans", "电子认证", true),
            ("en", "a", true),
            ("e", "a", false),
            ("en-", "a", false),
            ("en US", "a", false),
            ("en", "", false),
            ("en", "a\nb", false),
            ("en", "a\u{200b}b", false),
            ("en", "a\u{202e}b", false),
        ] {
            assert_eq!(LocalText::new(lang, value).is_ok(), good, "{lang} {value}");
        }
        assert!(LocalText::new("en", &"字".repeat(512)).is_ok());
        assert!(LocalText::new("en", &"字".repeat(513)).is_err());
    }

    #[test]
    fn places_are_iso_3166() {
        for (place, good) in [
            ("CN", true),
            ("CN-GD", true),
            ("HK", true),
            ("cn", false),
            ("CN-", false),
            ("CN-GDGD", false),
            ("CN-GD-1", false),
            ("CHN", false),
        ] {
            assert_eq!(jurisdiction(place).is_ok(), good, "{place}");
        }
    }

    #[test]
    fn uris_are_absolute() {
        for (value, good) in [
            ("https://ca.example/cps", true),
            ("mailto:ca@example.org", true),
            ("urn:gm-pki:x", true),
            ("ca.example", false),
            ("https:", false),
            ("1a:b", false),
            ("https://a b", false),
            ("https://证", false),
        ] {
            assert_eq!(uri("uriValue", value).is_ok(), good, "{value}");
        }
    }
}
