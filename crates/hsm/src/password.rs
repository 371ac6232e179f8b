//! What opens a token.

use crate::Error;
use std::{fmt, fs::File, io::Read, path::Path};
use zeroize::Zeroizing;

/// A password: 1 to 1024 octets, wiped when dropped, silent in `Debug`.
///
/// Octets, not text: nothing is normalised, so that what one program wrote another
/// one opens.
#[derive(Clone)]
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// Octets of the longest password.
    pub const MAX_LENGTH: usize = 1024;

    /// Takes the octets of a password; those of a `String` or `Vec` are moved here
    /// and wiped here.
    ///
    /// # Errors
    /// [`Error::PasswordLength`] for none or more than [`Self::MAX_LENGTH`].
    pub fn new(octets: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let octets = Zeroizing::new(octets.into());
        if !(1..=Self::MAX_LENGTH).contains(&octets.len()) {
            return Err(Error::PasswordLength {
                found: octets.len(),
            });
        }
        Ok(Self(octets))
    }

    /// Reads the file at `path` without one line end behind the password, `\n` or
    /// `\r\n`, such as editors and `echo` leave.
    ///
    /// # Errors
    /// [`Error::Io`] when it can't be read, [`Error::PasswordFile`] when it holds
    /// no octet or more than [`Self::MAX_LENGTH`] before the line end.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        /// A longest password, a longest line end, and one octet too many.
        const READ: u64 = (Password::MAX_LENGTH + 3) as u64;
        let path = path.as_ref();
        // More room than is read: a vector that grew would leave a copy behind.
        let mut octets = Zeroizing::new(Vec::with_capacity(2 * Self::MAX_LENGTH));
        File::open(path)
            .and_then(|file| file.take(READ).read_to_end(&mut octets))
            .map_err(Error::io("read", path))?;
        let length = octets
            .strip_suffix(b"\r\n")
            .or_else(|| octets.strip_suffix(b"\n"))
            .unwrap_or(&octets)
            .len();
        octets.truncate(length);
        if !(1..=Self::MAX_LENGTH).contains(&length) {
            return Err(Error::PasswordFile { path: path.into() });
        }
        Ok(Self(octets))
    }

    /// The octets, for whoever implements a [`Token`](crate::Token).
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_content(content: &[u8]) -> Result<Password, Error> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("password");
        std::fs::write(&path, content).unwrap();
        Password::from_file(path)
    }

    #[test]
    fn one_line_end_is_no_part_of_a_password() {
        for (content, password) in [
            (&b"secret"[..], &b"secret"[..]),
            (b"secret\n", b"secret"),
            (b"secret\r\n", b"secret"),
            (b"secret\n\n", b"secret\n"),
            (b"secret\r", b"secret\r"),
            (b" s\n ", b" s\n "),
        ] {
            assert_eq!(from_content(content).unwrap().as_bytes(), password);
        }
    }

    #[test]
    fn a_password_has_one_to_1024_octets() {
        for length in [1, 1024] {
            Password::new(vec![7; length]).unwrap();
            for end in [&b""[..], b"\n", b"\r\n"] {
                from_content(&[&vec![7; length], end].concat()).unwrap();
            }
        }
        for length in [0, 1025] {
            let error = Password::new(vec![7; length]).unwrap_err();
            assert!(matches!(error, Error::PasswordLength { found } if found == length));
        }
        for content in [&b""[..], b"\n", b"\r\n", &[7; 1025], &[7; 100_000]] {
            let error = from_content(content).unwrap_err();
            assert!(matches!(error, Error::PasswordFile { path } if path.ends_with("password")));
        }
    }

    #[test]
    fn an_absent_file_is_named() {
        let error = Password::from_file("/nowhere/password").unwrap_err();
        assert!(error.to_string().contains("/nowhere/password"), "{error}");
        assert!(matches!(error, Error::Io { .. }));
    }

    #[test]
    fn debug_is_silent() {
        let password = Password::new("secret").unwrap();
        assert_eq!(format!("{password:?}"), "Password { .. }");
    }
}
