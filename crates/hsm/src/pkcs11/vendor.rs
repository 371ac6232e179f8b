//! Descriptions of vendors' devices: the numbers and habits that PKCS#11 does not fix.

use crate::Error;
use cryptoki::{mechanism::MechanismType, object::KeyType};
use gm_crypto::sm2::CiphertextForm;
use std::{fs::File, io::Read, ops::Range, path::Path};

mod file;

/// How the devices of one vendor do SM2, as a file says that an operator can edit.
///
/// PKCS#11 has no SM2, SM3 or SM4 (up to its version 3.1), so each vendor took numbers
/// of its own, and what a mechanism hashes and how it writes a signature differ too. The
/// files that are built in are in `crates/hsm/src/pkcs11/vendors`; the first of them,
/// `tass.toml`, explains every field. A file is TOML:
///
/// | field | what it says |
/// |---|---|
/// | `name`, `about` | the name to choose it by; where its numbers are from |
/// | `matches.manufacturer`, `matches.model` | patterns with `*`, in any case: chosen when one of each fits the token, or the library for the manufacturer |
/// | `key.type`, `key.generate` | `CKK_…` of SM2 keys, `CKM_…` that makes a pair |
/// | `[[sign]]` | the mechanisms that sign, the preferred one first: `mechanism`, `takes` (`digest`: e of GB/T 32918.2, computed here; `message`), `id` (for messages: `default`, the token puts in `1234567812345678`; `parameter`, it takes the ID as the mechanism's parameter), `form` (`der`, `raw` for r ‖ s, `test`: told by its looks) |
/// | `decrypt.mechanism`, `decrypt.form` | what decrypts; `der`, `c1c3c2`, `c1c2c3` or the two with `-without-04` |
/// | `envelope.wrap`, `envelope.unwrap` | the mechanisms by which `C_WrapKey` and `C_UnwrapKey` give and take a private key as SM2EnvelopedKey in DER (GM/T 0009, 7.4) |
/// | `sm3.digest`; `sm4.type`, `.generate`, `.ecb`, `.cbc` | the other numbers; checked, and used by nothing here so far, since hashes and SM4 are computed in this process |
/// | `quirks.curve` | whether a template names the curve (`CKA_EC_PARAMS`), as it does unless `false` stands here |
/// | `quirks.signing-keys-decrypt` | whether a signing key may also have `CKA_DECRYPT`, which opening an SM2EnvelopedKey needs; it may unless `false` stands here |
///
/// Every number is 0x80000000 or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorProfile {
    pub(super) name: String,
    about: String,
    manufacturers: Vec<String>,
    models: Vec<String>,
    pub(super) key_type: KeyType,
    pub(super) generate: MechanismType,
    pub(super) sign: Vec<SignMechanism>,
    pub(super) decrypt: Option<DecryptMechanism>,
    pub(super) wrap: Option<MechanismType>,
    pub(super) unwrap: Option<MechanismType>,
    pub(super) sm3: Option<MechanismType>,
    pub(super) sm4: Option<Sm4Numbers>,
    pub(super) names_curve: bool,
    pub(super) signing_keys_decrypt: bool,
}

/// A mechanism that signs with SM2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SignMechanism {
    pub(super) mechanism: MechanismType,
    pub(super) takes: Takes,
    pub(super) form: SignatureForm,
}

/// What an SM2 mechanism is given to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Takes {
    /// e, which is SM3(Z ‖ M) (GB/T 32918.2, 6.1, A1 and A2), computed here.
    Digest,
    /// The message; the token hashes Z with its default ID in front of it.
    MessageDefaultId,
    /// The message, and the ID as the parameter of the mechanism.
    MessageIdParameter,
}

/// How a device writes a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureForm {
    /// `SEQUENCE { r, s }` in DER (GM/T 0009, 7.3).
    Der,
    /// r ‖ s, 64 octets.
    Raw,
    /// One of the two; which one, its looks tell.
    Test,
}

/// A mechanism that decrypts with SM2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DecryptMechanism {
    pub(super) mechanism: MechanismType,
    pub(super) form: CiphertextForm,
}

/// SM4 as a vendor numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sm4Numbers {
    pub(super) key_type: Option<KeyType>,
    pub(super) generate: Option<MechanismType>,
    pub(super) ecb: Option<MechanismType>,
    pub(super) cbc: Option<MechanismType>,
}

/// The files that are built in.
const BUILT_IN: [(&str, &str); 6] = [
    ("tass", include_str!("vendors/tass.toml")),
    ("sansec", include_str!("vendors/sansec.toml")),
    ("luna", include_str!("vendors/luna.toml")),
    ("ep11", include_str!("vendors/ep11.toml")),
    ("westone", include_str!("vendors/westone.toml")),
    ("softdevice", include_str!("vendors/softdevice.toml")),
];

/// Octets of the longest file that is read; the built-in ones have some 2000.
const MAX_FILE_LENGTH: u64 = 65_536;

impl VendorProfile {
    /// Reads a description; `origin` names it in errors.
    ///
    /// # Errors
    /// [`Error::Vendor`] with the line and the field that are wrong.
    pub fn from_toml(origin: &str, text: &str) -> Result<Self, Error> {
        file::read(origin, text)
    }

    /// Reads the description in a file of at most 64 KiB.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read, [`Error::Vendor`] with the line and the field
    /// that are wrong.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let mut text = String::new();
        let length = File::open(path)
            .and_then(|file| file.take(MAX_FILE_LENGTH + 1).read_to_string(&mut text))
            .map_err(Error::io("read", path))?;
        let origin = path.display().to_string();
        if u64::try_from(length).is_ok_and(|length| length > MAX_FILE_LENGTH) {
            let what = format!("has more than {MAX_FILE_LENGTH} octets");
            return Err(Error::Vendor { origin, what });
        }
        Self::from_toml(&origin, &text)
    }

    /// The built-in description of this name.
    ///
    /// # Errors
    /// [`Error::Vendor`] when there is none; it says which there are.
    pub fn named(name: &str) -> Result<Self, Error> {
        match BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            Some((name, text)) => Self::from_toml(name, text),
            None => {
                let names: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
                Err(Error::Vendor {
                    origin: name.into(),
                    what: format!("is not built in; there are {}", names.join(", ")),
                })
            }
        }
    }

    /// The built-in description for a token, if one fits.
    pub(super) fn for_token(manufacturers: &[&str], model: &str) -> Result<Option<Self>, Error> {
        for (name, text) in BUILT_IN {
            let profile = Self::from_toml(name, text)?;
            if profile.fits(manufacturers, model) {
                return Ok(Some(profile));
            }
        }
        Ok(None)
    }

    /// The name to choose it by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its numbers are from.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The mechanisms by which keys are made and used.
    pub(super) fn mechanisms(&self) -> impl Iterator<Item = MechanismType> {
        let decrypt = self.decrypt.map(|decrypt| decrypt.mechanism);
        [Some(self.generate), decrypt, self.wrap, self.unwrap]
            .into_iter()
            .flatten()
            .chain(self.sign.iter().map(|sign| sign.mechanism))
    }

    fn fits(&self, manufacturers: &[&str], model: &str) -> bool {
        let any = |patterns: &[String], text: &str| {
            patterns
                .iter()
                .any(|pattern| matches(&pattern.to_lowercase(), &text.to_lowercase()))
        };
        manufacturers
            .iter()
            .any(|manufacturer| any(&self.manufacturers, manufacturer))
            && any(&self.models, model)
    }
}

/// Whether `text` is as `pattern` says, in which `*` stands for any number of characters.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| text.strip_prefix(start)) else {
        return false;
    };
    let Some(end) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(end)
}

/// A mechanism of a vendor's; `None` below the vendors' range.
fn vendor_mechanism(number: u64) -> Option<MechanismType> {
    MechanismType::new_vendor_defined(narrow(number)?).ok()
}

/// A key type of a vendor's; `None` below the vendors' range.
fn vendor_key_type(number: u64) -> Option<KeyType> {
    KeyType::new_vendor_defined(narrow(number)?).ok()
}

/// A number as `CK_ULONG`, which has 64 bits here and 32 there.
fn narrow<T: TryFrom<u64>>(number: u64) -> Option<T> {
    number.try_into().ok()
}

/// The line of a place in a text, from 1.
fn line(text: &str, place: &Range<usize>) -> usize {
    let before = text.get(..place.start).unwrap_or(text);
    before.matches('\n').count() + 1
}

#[cfg(test)]
mod tests;
