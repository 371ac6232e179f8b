//! What all names are made of: percent-encoded attributes in a path and a query.

use crate::Error;
use std::{
    ffi::OsString,
    fmt::{self, Write},
    path::{Path, PathBuf},
    str::FromStr,
};
use zeroize::Zeroizing;

/// Octets of the longest name.
pub(super) const MAX_LENGTH: usize = 8192;
/// Attributes that a name has at most.
const MAX_ATTRIBUTES: usize = 64;
/// Characters of a wrong part that are shown.
const SHOWN: usize = 64;

/// The error about one part of a name.
pub(super) fn wrong(at: &str, what: &'static str) -> Error {
    Error::Uri {
        at: at.chars().take(SHOWN).collect(),
        what,
    }
}

/// A part of a name, by the characters that may stand in it as they are.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// The path of RFC 7512, 2.3 (`pk11-pchar`).
    Pkcs11Path,
    /// A path of RFC 3986, 3.3, less what sets attributes apart.
    Path,
    /// The query of RFC 7512, 2.3 (`pk11-qchar`).
    Query,
}

impl Part {
    fn has(self, octet: u8) -> bool {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => true,
            b':' | b'[' | b']' | b'@' | b'!' | b'$' | b'\'' | b'(' | b')' => true,
            b'*' | b'+' | b',' | b'=' => true,
            b'&' => !matches!(self, Self::Query),
            b'/' => !matches!(self, Self::Pkcs11Path),
            b'?' | b'|' => matches!(self, Self::Query),
            _ => false,
        }
    }
}

/// An attribute as it is written.
#[derive(Clone, Copy)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    value: &'a str,
    part: Part,
}

impl<'a> Attribute<'a> {
    /// The attributes of a path, set apart by `;`.
    pub(super) fn of_path(text: &'a str, part: Part) -> Result<Vec<Self>, Error> {
        Self::list(text, ';', part)
    }

    /// The attributes of a query, set apart by `&`.
    pub(super) fn of_query(text: &'a str) -> Result<Vec<Self>, Error> {
        Self::list(text, '&', Part::Query)
    }

    fn list(text: &'a str, separator: char, part: Part) -> Result<Vec<Self>, Error> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        if text.split(separator).count() > MAX_ATTRIBUTES {
            return Err(wrong("", "more than 64 attributes"));
        }
        let attributes = text.split(separator).map(|attribute| {
            // What has no name is not shown: it may be a piece of a PIN.
            let (name, value) = attribute
                .split_once('=')
                .ok_or_else(|| wrong("", "an attribute without NAME="))?;
            let is_of_names = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if name.is_empty() || !name.chars().all(is_of_names) {
                let what = "the name of an attribute is letters, digits, - and _";
                return Err(wrong(name, what));
            }
            Ok(Self { name, value, part })
        });
        attributes.collect()
    }

    pub(super) fn wrong(&self, what: &'static str) -> Error {
        wrong(self.name, what)
    }

    /// The octets that the value stands for, wiped when dropped.
    pub(super) fn octets(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        decode(self.value, |octet| self.part.has(octet)).map_err(|what| self.wrong(what))
    }

    pub(super) fn text(&self) -> Result<String, Error> {
        String::from_utf8(self.octets()?.to_vec()).map_err(|_| self.wrong("not UTF-8"))
    }

    /// A path, which is not empty.
    pub(super) fn path(&self) -> Result<PathBuf, Error> {
        match self.octets()? {
            octets if octets.is_empty() => Err(self.wrong("empty")),
            octets => path(&octets).ok_or_else(|| self.wrong("no path on this system")),
        }
    }

    /// Decimal digits, in the range of `T`.
    pub(super) fn number<T: FromStr>(&self, text: &str) -> Result<T, Error> {
        match text.parse() {
            // A sign is parsed, and is no digit.
            Ok(number) if text.bytes().all(|octet| octet.is_ascii_digit()) => Ok(number),
            _ => Err(self.wrong("no number of decimal digits in its range")),
        }
    }

    /// Sets what may be there once.
    pub(super) fn once<T>(&self, place: &mut Option<T>, value: T) -> Result<(), Error> {
        match place.replace(value) {
            None => Ok(()),
            Some(_) => Err(self.wrong("given twice")),
        }
    }
}

/// Takes percent-encoding away (RFC 3986, 2.1); what is not encoded has to be `allowed`.
pub(super) fn decode(
    text: &str,
    allowed: impl Fn(u8) -> bool,
) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    // As long as it can get from the start, so that it never moves.
    let mut octets = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let value = digit().zip(digit()).map(|(high, low)| high << 4 | low);
                let value = value.and_then(|value| u8::try_from(value).ok());
                value.ok_or("% without two hexadecimal digits")?
            }
            octet if allowed(octet) => octet,
            _ => return Err("a character that has to be percent-encoded"),
        });
    }
    Ok(octets)
}

/// A path from its octets; `None` where the system has no such path.
pub(super) fn path(octets: &[u8]) -> Option<PathBuf> {
    if octets.contains(&0) {
        return None;
    }
    #[cfg(unix)]
    let path: OsString = std::os::unix::ffi::OsStringExt::from_vec(octets.to_vec());
    #[cfg(not(unix))]
    let path = OsString::from(str::from_utf8(octets).ok()?);
    Some(path.into())
}

/// The octets of a path.
pub(super) fn octets_of(path: &Path) -> Vec<u8> {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec();
    #[cfg(not(unix))]
    path.to_string_lossy().into_owned().into_bytes()
}

/// What stands behind the `file:` of a URI (RFC 8089, 2; here a relative path, too).
pub(super) fn file(text: &str) -> Result<PathBuf, &'static str> {
    let local = match text.strip_prefix("//") {
        None => text,
        Some(rest) => {
            let rest = rest.strip_prefix("localhost").unwrap_or(rest);
            if !rest.starts_with('/') {
                return Err("a file of another host");
            }
            rest
        }
    };
    let octets = decode(local, is_of_file)?;
    if octets.is_empty() {
        return Err("empty");
    }
    path(&octets).ok_or("no path on this system")
}

/// Writes a path with `file:` before it.
pub(super) fn write_file(f: &mut impl Write, path: &Path) -> fmt::Result {
    let octets = octets_of(path);
    // Two slashes would be read as the begin of a host.
    f.write_str(if octets.starts_with(b"//") {
        "file://"
    } else {
        "file:"
    })?;
    encode(f, &octets, is_of_file)
}

fn is_of_file(octet: u8) -> bool {
    octet == b';' || Part::Path.has(octet)
}

/// Writes octets, those that are not `allowed` percent-encoded.
pub(super) fn encode(
    f: &mut impl Write,
    octets: &[u8],
    allowed: impl Fn(u8) -> bool,
) -> fmt::Result {
    for &octet in octets {
        if allowed(octet) {
            f.write_char(char::from(octet))?;
        } else {
            write!(f, "%{octet:02X}")?;
        }
    }
    Ok(())
}

/// Writes attributes with what sets them apart.
pub(super) struct Writer<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    path: Part,
    separator: &'static str,
}

impl<'a, 'f> Writer<'a, 'f> {
    /// Begins a name with its scheme.
    pub(super) fn begin(
        f: &'a mut fmt::Formatter<'f>,
        scheme: &str,
        path: Part,
    ) -> Result<Self, fmt::Error> {
        write!(f, "{scheme}:")?;
        Ok(Self {
            f,
            path,
            separator: "",
        })
    }

    /// An attribute of the path.
    pub(super) fn path(&mut self, name: &str, value: &[u8]) -> fmt::Result {
        write!(self.f, "{}{name}=", self.separator)?;
        self.separator = ";";
        let part = self.path;
        encode(self.f, value, |octet| part.has(octet))
    }

    /// An attribute of the path, each octet percent-encoded.
    pub(super) fn encoded(&mut self, name: &str, value: &[u8]) -> fmt::Result {
        self.path(name, &[])?;
        encode(self.f, value, |_| false)
    }

    /// What follows are attributes of the query.
    pub(super) fn query(self) -> QueryWriter<'a, 'f> {
        QueryWriter::begin(self.f)
    }
}

/// The same behind the path.
pub(super) struct QueryWriter<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    separator: &'static str,
}

impl<'a, 'f> QueryWriter<'a, 'f> {
    pub(super) fn begin(f: &'a mut fmt::Formatter<'f>) -> Self {
        Self { f, separator: "?" }
    }

    pub(super) fn attribute(&mut self, name: &str, value: &[u8]) -> fmt::Result {
        write!(self.f, "{}{name}=", self.separator)?;
        self.separator = "&";
        encode(self.f, value, |octet| Part::Query.has(octet))
    }

    pub(super) fn optional(&mut self, name: &str, value: Option<&[u8]>) -> fmt::Result {
        value.map_or(Ok(()), |value| self.attribute(name, value))
    }

    pub(super) fn optional_path(&mut self, name: &str, path: Option<&Path>) -> fmt::Result {
        self.optional(name, path.map(octets_of).as_deref())
    }
}
