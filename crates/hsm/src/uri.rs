//! Names of keys, whatever they lie in.

mod encoding;
mod exec;
mod file;
mod pin;
mod pkcs11;
mod sdf;
mod skf;

pub use exec::ExecUri;
pub use file::FileUri;
pub use pin::PinSource;
pub use pkcs11::{ObjectType, Pkcs11Uri};
pub use sdf::SdfUri;
pub use skf::SkfUri;

use crate::Error;
use encoding::{MAX_LENGTH, wrong};
use std::{ffi::OsStr, fmt, path::PathBuf, str::FromStr};

/// The name of a key, or of the place that holds keys: what `--key` takes.
///
/// | name | what it names |
/// |---|---|
/// | `file:PATH`, on a command line `PATH` alone | a key file |
/// | `pkcs11:token=…;object=…?module-path=…` | an object of a PKCS#11 token (RFC 7512) |
/// | `sdf:index=1?module-path=…` | a key index of a device of GM/T 0018 |
/// | `skf:application=…;container=…?module-path=…` | a container of a device of GM/T 0016 |
/// | `exec:program=…;arg=…?public-key=…` | a command that signs |
///
/// The last four have the shape of RFC 7512: attributes of the path, which say what is
/// named, are set apart by `;`, those of the query, which say how to reach it, by `&`;
/// all values are percent-encoded. A name has at most 8,192 octets and 64 attributes.
///
/// Two names are equal when RFC 7512, 2.6, says so: the order of attributes, the case of
/// the scheme and needless percent-encoding make no difference, nor does `library-version=1`
/// for `1.0`. `Display` gives the canonical form, which has no `pin-value`.
///
/// ```
/// use hsm::KeyUri;
///
/// let name: KeyUri = "pkcs11:object=root-ca;token=CA%201?pin-value=123456".parse()?;
/// let KeyUri::Pkcs11(inner) = &name else { panic!("another scheme") };
/// assert_eq!(inner.token.as_deref(), Some("CA 1"));
/// assert_eq!(name.to_string(), "pkcs11:token=CA%201;object=root-ca");
///
/// assert!("pkcs11:token=CA 1".parse::<KeyUri>().is_err());
/// assert_eq!(KeyUri::from_argument("ca.key.pem")?, "file:ca.key.pem".parse()?);
/// # Ok::<(), hsm::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyUri {
    /// A key file.
    File(FileUri),
    /// A PKCS#11 object or token.
    Pkcs11(Box<Pkcs11Uri>),
    /// A key index of a device of GM/T 0018.
    Sdf(SdfUri),
    /// A container of a device of GM/T 0016.
    Skf(SkfUri),
    /// A command that signs.
    Exec(ExecUri),
}

impl KeyUri {
    /// Reads what stands on a command line: a name with one of the schemes, or else the
    /// path of a key file as it is. A file whose name begins like a scheme is named with
    /// `./` before it, or with `file:`.
    ///
    /// # Errors
    /// [`Error::Uri`] for a name with a scheme that cannot be read.
    pub fn from_argument(argument: impl AsRef<OsStr>) -> Result<Self, Error> {
        let argument = argument.as_ref();
        match argument.to_str() {
            Some(text) if Scheme::of(text).is_some() => text.parse(),
            _ => Ok(Self::File(FileUri::new(argument))),
        }
    }

    /// Where the PIN or password comes from, if the name says so.
    pub fn pin(&self) -> Option<&PinSource> {
        match self {
            Self::File(name) => name.pin.as_ref(),
            Self::Pkcs11(name) => name.pin.as_ref(),
            Self::Sdf(name) => name.pin.as_ref(),
            Self::Skf(name) => name.pin.as_ref(),
            Self::Exec(_) => None,
        }
    }

    /// The name with another place for the PIN or password; a command has none.
    #[must_use]
    pub fn with_pin(mut self, pin: PinSource) -> Self {
        match &mut self {
            Self::File(name) => name.pin = Some(pin),
            Self::Pkcs11(name) => name.pin = Some(pin),
            Self::Sdf(name) => name.pin = Some(pin),
            Self::Skf(name) => name.pin = Some(pin),
            Self::Exec(_) => {}
        }
        self
    }

    /// The files that using the name reads: the key file, the one with the PIN, the one
    /// with the public key.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        match self {
            Self::File(name) => files.push(name.path.clone()),
            Self::Exec(name) => files.extend(name.public_key.clone()),
            _ => {}
        }
        if let Some(PinSource::File(path)) = self.pin() {
            files.push(path.clone());
        }
        files
    }
}

/// The schemes of names, by their letters.
#[derive(Clone, Copy)]
enum Scheme {
    File,
    Pkcs11,
    Sdf,
    Skf,
    Exec,
}

impl Scheme {
    const ALL: [(&str, Self); 5] = [
        ("file", Self::File),
        ("pkcs11", Self::Pkcs11),
        ("sdf", Self::Sdf),
        ("skf", Self::Skf),
        ("exec", Self::Exec),
    ];

    /// The scheme of a name, and what stands behind its colon; the case of its letters
    /// makes no difference (RFC 3986, 3.1).
    fn of(text: &str) -> Option<(Self, &str)> {
        let (scheme, rest) = text.split_once(':')?;
        let found = Self::ALL
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(scheme))?;
        Some((found.1, rest))
    }
}

impl FromStr for KeyUri {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let begins = || text.split(':').next().unwrap_or_default();
        if text.len() > MAX_LENGTH {
            return Err(wrong(begins(), "longer than 8192 octets"));
        }
        let Some((scheme, rest)) = Scheme::of(text) else {
            let what = "begins with none of file:, pkcs11:, sdf:, skf:, exec:";
            return Err(wrong(begins(), what));
        };
        Ok(match scheme {
            Scheme::File => Self::File(FileUri::read(rest)?),
            Scheme::Pkcs11 => Self::Pkcs11(Box::new(Pkcs11Uri::read(rest)?)),
            Scheme::Sdf => Self::Sdf(SdfUri::read(rest)?),
            Scheme::Skf => Self::Skf(SkfUri::read(rest)?),
            Scheme::Exec => Self::Exec(ExecUri::read(rest)?),
        })
    }
}

impl fmt::Display for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(name) => name.fmt(f),
            Self::Pkcs11(name) => name.fmt(f),
            Self::Sdf(name) => name.fmt(f),
            Self::Skf(name) => name.fmt(f),
            Self::Exec(name) => name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
