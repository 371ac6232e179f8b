//! What a vendor's library does differently.

use crate::{Error, blob::Layout};
use gm_crypto::delivery::ScalarPlace;
use serde::Deserialize;

/// How one vendor's library differs from the others: a file that its user can edit.
///
/// As with [SDF](crate::sdf::SdfVariant), the differences cannot be found out by trying.
///
/// | field | meaning | without it |
/// |---|---|---|
/// | `ulong` | octets of `ULONG`: 4, or 8 where the header file says `unsigned long` | 4 |
/// | `decrypt-function` | what decrypts with the private encryption key: `SKF_ECCDecrypt` or `SKF_PrvKeyDecrypt`, neither in the standard | nothing does |
/// | `decrypt-argument` | what that function takes after the container: a type of key or a flag | no such argument |
/// | `encrypted-scalar` | how an encryption key lies in `cbEncryptedPriKey` when the envelope leaves the choice: `whole`, `right`, `left` | `whole`, or else `right` |
/// | `lost-codes` | return codes that mean that the device is gone | none |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkfVariant {
    pub(super) layout: Layout,
    pub(super) decryption: Option<DecryptionFunction>,
    pub(super) scalar: ScalarPlace,
    pub(super) lost_codes: Vec<u32>,
}

/// The function that decrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DecryptionFunction {
    pub(super) name: DecryptionName,
    pub(super) argument: Option<u32>,
}

/// Its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum DecryptionName {
    #[serde(rename = "SKF_ECCDecrypt")]
    EccDecrypt,
    #[serde(rename = "SKF_PrvKeyDecrypt")]
    PrvKeyDecrypt,
}

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Config {
    ulong: usize,
    decrypt_function: Option<DecryptionName>,
    decrypt_argument: Option<u32>,
    encrypted_scalar: Scalar,
    lost_codes: Vec<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Scalar {
    Whole,
    Right,
    Left,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ulong: Layout::STANDARD.integer,
            decrypt_function: None,
            decrypt_argument: None,
            encrypted_scalar: Scalar::Whole,
            lost_codes: Vec::new(),
        }
    }
}

/// Octets of the longest file that is read.
const MAX_LENGTH: usize = 1 << 16;

impl SkfVariant {
    /// The variants that are shipped: name and text of the file.
    pub const SHIPPED: &[(&str, &str)] = &[
        ("standard", include_str!("variants/standard.toml")),
        ("wide", include_str!("variants/wide.toml")),
        ("softdevice", include_str!("variants/softdevice.toml")),
        (
            "wide-softdevice",
            include_str!("variants/wide-softdevice.toml"),
        ),
        ("gmssl", include_str!("variants/gmssl.toml")),
        ("prvkeydecrypt", include_str!("variants/prvkeydecrypt.toml")),
    ];

    /// The shipped variant of this name.
    pub fn shipped(name: &str) -> Option<Self> {
        let (name, text) = Self::SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
        Some(Self::from_toml(name, text).expect("a test reads each shipped variant"))
    }

    /// Reads a file's text; `origin` names the file in errors.
    ///
    /// # Errors
    /// [`Error::Vendor`] with the line for what is no TOML, for a field that is not known,
    /// and for a value out of its range.
    pub fn from_toml(origin: &str, text: &str) -> Result<Self, Error> {
        let wrong = |what: String| Error::Vendor {
            origin: origin.into(),
            what,
        };
        if text.len() > MAX_LENGTH {
            return Err(wrong(format!("more than {MAX_LENGTH} octets")));
        }
        let config: Config =
            toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end().into()))?;
        if !matches!(config.ulong, 4 | 8) {
            return Err(wrong(format!("ulong is {}: 4 or 8", config.ulong)));
        }
        if config.decrypt_argument.is_some() && config.decrypt_function.is_none() {
            return Err(wrong("decrypt-argument without decrypt-function".into()));
        }
        Ok(Self {
            layout: Layout {
                integer: config.ulong,
                ..Layout::STANDARD
            },
            decryption: config.decrypt_function.map(|name| DecryptionFunction {
                name,
                argument: config.decrypt_argument,
            }),
            scalar: match config.encrypted_scalar {
                Scalar::Whole => ScalarPlace::Whole,
                Scalar::Right => ScalarPlace::Right,
                Scalar::Left => ScalarPlace::Left,
            },
            lost_codes: config.lost_codes,
        })
    }
}

impl Default for SkfVariant {
    /// `standard`.
    fn default() -> Self {
        Self::shipped("standard").expect("standard is shipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shipped_variant_can_be_read() {
        for (name, _) in SkfVariant::SHIPPED {
            SkfVariant::shipped(name).unwrap();
        }
        assert_eq!(SkfVariant::shipped("unheard-of"), None);
        assert_eq!(SkfVariant::default().decryption, None);
        assert_eq!(SkfVariant::default().layout, Layout::STANDARD);
        assert_eq!(SkfVariant::shipped("wide").unwrap().layout.integer, 8);
        let prvkey = SkfVariant::shipped("prvkeydecrypt").unwrap().decryption;
        let expected = DecryptionFunction {
            name: DecryptionName::PrvKeyDecrypt,
            argument: Some(1),
        };
        assert_eq!(prvkey, Some(expected));
    }

    #[test]
    fn a_wrong_file_is_told_with_its_name_and_line() {
        for (text, what) in [
            ("ulong = 6", "ulong is 6: 4 or 8"),
            ("decrypt-argument = 1", "without decrypt-function"),
            ("\ndecrypt-function = \"SKF_Decrypt\"", "line 2"),
            ("\n\nulnog = 8", "line 3"),
            ("encrypted-scalar = \"middle\"", "line 1"),
        ] {
            let said = SkfVariant::from_toml("my.toml", text)
                .unwrap_err()
                .to_string();
            assert!(said.starts_with("my.toml: "), "{said}");
            assert!(said.contains(what), "{text}: {said}");
        }
        assert!(SkfVariant::from_toml("my.toml", &" ".repeat(70_000)).is_err());
    }
}
