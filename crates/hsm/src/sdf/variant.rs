//! What a vendor's library does differently.

use crate::{Error, blob::Layout};
use serde::Deserialize;

/// How one vendor's library differs from the others: a file that its user can edit.
///
/// The differences cannot be found out by trying: a function that is called with another
/// one's arguments reads what is not there. So the variant is said, by the name of one that
/// is shipped ([`Self::shipped`]) or by a file of the user's ([`Self::from_toml`]).
///
/// | field | meaning | without it |
/// |---|---|---|
/// | `field` | octets of a coordinate's field in the structures: 64 or 32 | 64 |
/// | `internal-encrypt-argument` | what `SDF_InternalEncrypt_ECC` takes after the key index | no such argument |
/// | `internal-decrypt-argument` | what `SDF_InternalDecrypt_ECC` takes after the key index: an algorithm or a type of key | no such argument |
/// | `key-indexes` | the last key index to ask for, 1 to 4096 | 32 |
/// | `also-standard-codes-at` | numbers from which the standard's return codes are counted once more | none |
/// | `lost-codes` | return codes that mean that the device is gone | none |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdfVariant {
    pub(super) layout: Layout,
    pub(super) encrypt_argument: Option<u32>,
    pub(super) decrypt_argument: Option<u32>,
    pub(super) key_indexes: u32,
    pub(super) code_bases: Vec<u32>,
    pub(super) lost_codes: Vec<u32>,
}

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Config {
    field: usize,
    internal_encrypt_argument: Option<u32>,
    internal_decrypt_argument: Option<u32>,
    key_indexes: u32,
    also_standard_codes_at: Vec<u32>,
    lost_codes: Vec<u32>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            field: Layout::STANDARD.field,
            internal_encrypt_argument: None,
            internal_decrypt_argument: None,
            key_indexes: 32,
            also_standard_codes_at: Vec::new(),
            lost_codes: Vec::new(),
        }
    }
}

/// The highest key index that is asked for.
const MAX_KEY_INDEXES: u32 = 4096;
/// Octets of the longest file that is read.
const MAX_LENGTH: usize = 1 << 16;

impl SdfVariant {
    /// The variants that are shipped: name and text of the file.
    pub const SHIPPED: &[(&str, &str)] = &[
        ("standard", include_str!("variants/standard.toml")),
        // Its header is the standard's.
        ("gmssl", include_str!("variants/standard.toml")),
        ("openhitls", include_str!("variants/openhitls.toml")),
        ("tongsuo", include_str!("variants/tongsuo.toml")),
        ("narrow", include_str!("variants/narrow.toml")),
        ("sansec", include_str!("variants/sansec.toml")),
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
        if !matches!(config.field, 32 | 64) {
            return Err(wrong(format!("field is {}: 32 or 64", config.field)));
        }
        if !(1..=MAX_KEY_INDEXES).contains(&config.key_indexes) {
            let found = config.key_indexes;
            return Err(wrong(format!(
                "key-indexes is {found}: 1 to {MAX_KEY_INDEXES}"
            )));
        }
        Ok(Self {
            layout: Layout {
                field: config.field,
                ..Layout::STANDARD
            },
            encrypt_argument: config.internal_encrypt_argument,
            decrypt_argument: config.internal_decrypt_argument,
            key_indexes: config.key_indexes,
            code_bases: config.also_standard_codes_at,
            lost_codes: config.lost_codes,
        })
    }
}

impl Default for SdfVariant {
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
        for (name, _) in SdfVariant::SHIPPED {
            SdfVariant::shipped(name).unwrap();
        }
        assert_eq!(SdfVariant::shipped("unheard-of"), None);
        let gmssl = SdfVariant::shipped("gmssl").unwrap();
        assert_eq!(gmssl.encrypt_argument, Some(0x20800));
        assert_eq!(gmssl.decrypt_argument, Some(0x20800));
        let openhitls = SdfVariant::shipped("openhitls").unwrap();
        assert_eq!(openhitls.encrypt_argument, None);
        assert_eq!(openhitls.decrypt_argument, Some(0x20800));
        let tongsuo = SdfVariant::shipped("tongsuo").unwrap();
        assert_eq!(tongsuo.encrypt_argument, None);
        assert_eq!(tongsuo.decrypt_argument, None);
        assert_eq!(SdfVariant::default(), gmssl);
        assert_eq!(SdfVariant::shipped("narrow").unwrap().layout.field, 32);
    }

    #[test]
    fn a_wrong_file_is_told_with_its_name_and_line() {
        for (text, what) in [
            ("field = 48", "field is 48: 32 or 64"),
            ("key-indexes = 0", "key-indexes is 0: 1 to 4096"),
            ("key-indexes = 5000", "key-indexes is 5000"),
            ("\nfeild = 32", "line 2"),
            ("field = \"wide\"", "line 1"),
            ("lost-codes = [-1]", "line 1"),
            ("nonsense", "line 1"),
        ] {
            let error = SdfVariant::from_toml("my.toml", text).unwrap_err();
            let said = error.to_string();
            assert!(said.starts_with("my.toml: "), "{said}");
            assert!(said.contains(what), "{text}: {said}");
        }
        let long = " ".repeat(70_000);
        assert!(SdfVariant::from_toml("my.toml", &long).is_err());
    }
}
