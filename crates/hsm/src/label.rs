//! Names of keys.

use crate::Error;
use std::{fmt, str::FromStr};

/// The name of a key in a token: 1 to 64 characters of `a`–`z`, `0`–`9`, `.`, `-`.
///
/// So short an alphabet is a file name on every system and a label on every
/// device, and no two labels differ in case alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyLabel(Box<str>);

impl KeyLabel {
    /// Characters of the longest label.
    pub const MAX_LENGTH: usize = 64;

    /// Checks a name.
    ///
    /// # Errors
    /// [`Error::LabelLength`], [`Error::LabelCharacter`].
    pub fn new(label: impl Into<Box<str>>) -> Result<Self, Error> {
        let label = label.into();
        let foreign = label
            .chars()
            .find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '.' | '-'));
        if let Some(found) = foreign {
            return Err(Error::LabelCharacter { found });
        }
        if !(1..=Self::MAX_LENGTH).contains(&label.len()) {
            return Err(Error::LabelLength { found: label.len() });
        }
        Ok(Self(label))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyLabel {
    type Err = Error;

    fn from_str(label: &str) -> Result<Self, Error> {
        Self::new(label)
    }
}

impl fmt::Display for KeyLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_one_to_64_characters_of_the_alphabet() {
        let longest = "a".repeat(64);
        for label in ["a", "root-ca.2026", &longest] {
            assert_eq!(KeyLabel::new(label).unwrap().as_str(), label);
        }
        for (label, length) in [(String::new(), 0), ("a".repeat(65), 65)] {
            let error = KeyLabel::new(label).unwrap_err();
            assert!(matches!(error, Error::LabelLength { found } if found == length));
        }
        for foreign in ["A", "a b", "../a", "a/b", "a\\b", "a_b", "é", "a\0", "a\n"] {
            let error = KeyLabel::new(foreign).unwrap_err();
            assert!(matches!(error, Error::LabelCharacter { .. }), "{foreign:?}");
        }
    }
}
