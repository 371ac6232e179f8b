//! Reading a vendor's file.

use super::{
    DecryptMechanism, SignMechanism, SignatureForm, Sm4Numbers, Takes, VendorProfile, line,
    vendor_key_type, vendor_mechanism,
};
use crate::Error;
use gm_crypto::sm2::CiphertextForm;
use serde::Deserialize;
use std::ops::RangeInclusive;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    about: String,
    matches: Matches,
    key: Key,
    #[serde(default)]
    sign: Vec<Sign>,
    decrypt: Option<Decrypt>,
    #[serde(default)]
    envelope: Envelope,
    sm3: Option<Sm3>,
    sm4: Option<Sm4>,
    #[serde(default)]
    quirks: Quirks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Matches {
    manufacturer: Vec<String>,
    #[serde(default = "any")]
    model: Vec<String>,
}

fn any() -> Vec<String> {
    vec!["*".into()]
}

/// A number and where it stands.
type Number = Spanned<i64>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    r#type: Number,
    generate: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    mechanism: Number,
    takes: Spanned<Input>,
    id: Option<Spanned<Id>>,
    form: Form,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Input {
    Digest,
    Message,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Id {
    Default,
    Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    Der,
    Raw,
    Test,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decrypt {
    mechanism: Number,
    form: Coding,
}

#[derive(Deserialize)]
enum Coding {
    #[serde(rename = "der")]
    Der,
    #[serde(rename = "c1c3c2")]
    C1C3C2,
    #[serde(rename = "c1c3c2-without-04")]
    C1C3C2Without04,
    #[serde(rename = "c1c2c3")]
    C1C2C3,
    #[serde(rename = "c1c2c3-without-04")]
    C1C2C3Without04,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    wrap: Option<Number>,
    unwrap: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sm3 {
    digest: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sm4 {
    r#type: Option<Number>,
    generate: Option<Number>,
    ecb: Option<Number>,
    cbc: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Quirks {
    #[serde(default = "yes")]
    curve: bool,
    #[serde(default = "yes")]
    signing_keys_decrypt: bool,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            curve: true,
            signing_keys_decrypt: true,
        }
    }
}

fn yes() -> bool {
    true
}

/// The numbers of vendors (PKCS#11 3.1, 3.3 and 3.4: `CKK_VENDOR_DEFINED`,
/// `CKM_VENDOR_DEFINED`) that fit `CK_ULONG` on every machine.
const VENDORS: RangeInclusive<u64> = 0x8000_0000..=0xffff_ffff;

pub(super) fn read(origin: &str, text: &str) -> Result<VendorProfile, Error> {
    let vendor = |what: String| Error::Vendor {
        origin: origin.into(),
        what,
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let place = error.span().map_or(0, |place| line(text, &place));
        vendor(format!("line {place}: {}", error.message()))
    })?;
    let at = |place, what: String| vendor(format!("line {}: {what}", line(text, &place)));

    // Below their range the binding passes the numbers of the standard alone, and a vendor
    // that took others there (the devices called MK-1: CKM 0x00010001 and so on) collides
    // with what the standard may say next.
    let in_range = |field: &str, number: &Number| {
        let found = *number.get_ref();
        u64::try_from(found)
            .ok()
            .filter(|number| VENDORS.contains(number))
            .ok_or_else(|| {
                let what = format!(
                    "{field} is {found:#x}, and vendors' numbers are 0x80000000 to 0xffffffff: \
                     a device that took others cannot be spoken to through this binding of \
                     PKCS#11; use its SDF or SKF library"
                );
                at(number.span(), what)
            })
    };
    let mechanism = |field: &str, number: &Number| {
        let found = in_range(field, number)?;
        vendor_mechanism(found).ok_or_else(|| at(number.span(), format!("{field} has no place")))
    };
    let key_type = |field: &str, number: &Number| {
        let found = in_range(field, number)?;
        vendor_key_type(found).ok_or_else(|| at(number.span(), format!("{field} has no place")))
    };
    let optional = |field: &str, number: &Option<Number>| {
        number
            .as_ref()
            .map(|number| mechanism(field, number))
            .transpose()
    };

    if file.name.get_ref().is_empty() {
        return Err(at(file.name.span(), "name is empty".into()));
    }
    let mut sign = Vec::with_capacity(file.sign.len());
    for entry in &file.sign {
        let takes = match (entry.takes.get_ref(), &entry.id) {
            (Input::Digest, None) => Takes::Digest,
            (Input::Digest, Some(id)) => {
                let what = "sign.id: the ID is in a digest already; leave it out";
                return Err(at(id.span(), what.into()));
            }
            (Input::Message, Some(id)) => match id.get_ref() {
                Id::Default => Takes::MessageDefaultId,
                Id::Parameter => Takes::MessageIdParameter,
            },
            (Input::Message, None) => {
                let what = "sign.id is missing: say default or parameter for a message";
                return Err(at(entry.takes.span(), what.into()));
            }
        };
        sign.push(SignMechanism {
            mechanism: mechanism("sign.mechanism", &entry.mechanism)?,
            takes,
            form: match entry.form {
                Form::Der => SignatureForm::Der,
                Form::Raw => SignatureForm::Raw,
                Form::Test => SignatureForm::Test,
            },
        });
    }
    let decrypt = match &file.decrypt {
        None => None,
        Some(decrypt) => Some(DecryptMechanism {
            mechanism: mechanism("decrypt.mechanism", &decrypt.mechanism)?,
            form: match decrypt.form {
                Coding::Der => CiphertextForm::Der,
                Coding::C1C3C2 => CiphertextForm::C1C3C2,
                Coding::C1C3C2Without04 => CiphertextForm::C1C3C2Without04,
                Coding::C1C2C3 => CiphertextForm::C1C2C3,
                Coding::C1C2C3Without04 => CiphertextForm::C1C2C3Without04,
            },
        }),
    };
    let sm4 = match &file.sm4 {
        None => None,
        Some(sm4) => Some(Sm4Numbers {
            key_type: match &sm4.r#type {
                None => None,
                Some(number) => Some(key_type("sm4.type", number)?),
            },
            generate: optional("sm4.generate", &sm4.generate)?,
            ecb: optional("sm4.ecb", &sm4.ecb)?,
            cbc: optional("sm4.cbc", &sm4.cbc)?,
        }),
    };
    Ok(VendorProfile {
        key_type: key_type("key.type", &file.key.r#type)?,
        generate: mechanism("key.generate", &file.key.generate)?,
        sign,
        decrypt,
        wrap: optional("envelope.wrap", &file.envelope.wrap)?,
        unwrap: optional("envelope.unwrap", &file.envelope.unwrap)?,
        sm3: match &file.sm3 {
            None => None,
            Some(sm3) => Some(mechanism("sm3.digest", &sm3.digest)?),
        },
        sm4,
        names_curve: file.quirks.curve,
        signing_keys_decrypt: file.quirks.signing_keys_decrypt,
        manufacturers: file.matches.manufacturer,
        models: file.matches.model,
        about: file.about,
        name: file.name.into_inner(),
    })
}
