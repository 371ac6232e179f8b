//! Where a PIN comes from.

use super::encoding::{Attribute, QueryWriter, file, octets_of, write_file};
use crate::{Error, Password};
use std::{fmt, path::PathBuf};

/// Where a PIN comes from (RFC 7512, 2.3: `pin-source`, `pin-value`).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PinSource {
    /// The file that holds it, as [`Password::from_file`] reads it: `pin-source=PATH` or
    /// `pin-source=file:PATH`.
    File(PathBuf),
    /// The command line of a program that prints it: `pin-source=|COMMAND`. It can be
    /// named and is never run.
    Command(String),
    /// The PIN itself, which is never printed.
    Value(Password),
}

impl PinSource {
    /// The PIN, where it lies in a file or in the name itself.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::PasswordFile`]; [`Error::Unsupported`] for a command.
    pub fn read(&self) -> Result<Password, Error> {
        match self {
            Self::File(path) => Password::from_file(path),
            Self::Value(pin) => Ok(pin.clone()),
            Self::Command(_) => Err(Error::Unsupported {
                what: "PINs from a command: name a file with pin-source",
                interface: "the name of a key",
            }),
        }
    }

    /// Takes an attribute of a query, if it says where a PIN comes from.
    pub(super) fn take(place: &mut Option<Self>, attribute: &Attribute<'_>) -> Result<bool, Error> {
        let source = match attribute.name {
            "pin-source" => Self::source(attribute)?,
            "pin-value" => {
                let octets = attribute.octets()?;
                let pin = Password::new(octets.as_slice());
                Self::Value(pin.map_err(|_| attribute.wrong("empty, or too long for a PIN"))?)
            }
            _ => return Ok(false),
        };
        // Of two sources, nobody knows which one is meant (RFC 7512, 2.3).
        attribute.once(place, source)?;
        Ok(true)
    }

    fn source(attribute: &Attribute<'_>) -> Result<Self, Error> {
        let octets = attribute.octets()?;
        if let Some(command) = octets.strip_prefix(b"|") {
            let command = String::from_utf8(command.to_vec());
            return Ok(Self::Command(
                command.map_err(|_| attribute.wrong("not UTF-8"))?,
            ));
        }
        let path = match scheme(&octets) {
            None => attribute.path()?,
            Some(("file", rest)) => file(rest).map_err(|what| attribute.wrong(what))?,
            Some(_) => return Err(attribute.wrong("neither a path nor file:PATH")),
        };
        Ok(Self::File(path))
    }

    /// Writes where it comes from, unless that would tell it.
    pub(super) fn write(source: Option<&Self>, query: &mut QueryWriter<'_, '_>) -> fmt::Result {
        let octets = match source {
            None | Some(Self::Value(_)) => return Ok(()),
            Some(Self::Command(command)) => format!("|{command}").into_bytes(),
            Some(Self::File(path)) => {
                let octets = octets_of(path);
                if octets.starts_with(b"|") || scheme(&octets).is_some() {
                    let mut text = String::new();
                    write_file(&mut text, path)?;
                    text.into_bytes()
                } else {
                    octets
                }
            }
        };
        query.attribute("pin-source", &octets)
    }
}

/// What stands before the first colon and looks like a scheme (RFC 3986, 3.1), in lower
/// case where it is `file`. One letter is a drive.
fn scheme(octets: &[u8]) -> Option<(&str, &str)> {
    let colon = octets.iter().position(|octet| *octet == b':')?;
    let (scheme, rest) = (str::from_utf8(&octets[..colon]).ok()?, &octets[colon + 1..]);
    let is_of_schemes = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(is_of_schemes);
    if !is_scheme {
        return None;
    }
    let scheme = if scheme.eq_ignore_ascii_case("file") {
        "file"
    } else {
        scheme
    };
    // A file's URI is ASCII; one that is not text at all is no path to be opened either.
    Some((scheme, str::from_utf8(rest).unwrap_or("\u{fffd}")))
}

/// As RFC 7512, 2.6, compares them; a PIN with a PIN is between two names that their
/// reader holds.
impl PartialEq for PinSource {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(other)) => octets_of(one) == octets_of(other),
            (Self::Command(one), Self::Command(other)) => one == other,
            (Self::Value(one), Self::Value(other)) => one.as_bytes() == other.as_bytes(),
            _ => false,
        }
    }
}

impl Eq for PinSource {}
