//! Keys of devices of GM/T 0018.

use super::{
    PinSource,
    encoding::{Attribute, Part, Writer},
};
use crate::Error;
use std::{fmt, path::PathBuf};

/// A key index of a device of GM/T 0018, or the device: `sdf:index=1?module-path=…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SdfUri {
    /// The key index, from 1 (GM/T 0018, 6.3); none for the whole device.
    pub index: Option<u32>,
    /// The shared library (`module-path`).
    pub module_path: Option<PathBuf>,
    /// Where the password of the key's access right comes from.
    pub pin: Option<PinSource>,
    /// How the library's structures are laid out, by the name of the variant (`variant`).
    pub variant: Option<String>,
}

impl SdfUri {
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let mut name = Self::default();
        for attribute in Attribute::of_path(path, Part::Path)? {
            match attribute.name {
                "index" => {
                    let index = attribute.number(&attribute.text()?)?;
                    if index == 0 {
                        return Err(attribute.wrong("indexes begin with 1"));
                    }
                    attribute.once(&mut name.index, index)?;
                }
                _ => return Err(attribute.wrong("the path of sdf: has index alone")),
            }
        }
        for attribute in Attribute::of_query(query)? {
            match attribute.name {
                "module-path" => attribute.once(&mut name.module_path, attribute.path()?)?,
                "variant" => attribute.once(&mut name.variant, attribute.text()?)?,
                _ if PinSource::take(&mut name.pin, &attribute)? => {}
                _ => {
                    let what = "the query of sdf: has module-path, pin-source, variant";
                    return Err(attribute.wrong(what));
                }
            }
        }
        Ok(name)
    }
}

impl fmt::Display for SdfUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer::begin(f, "sdf", Part::Path)?;
        if let Some(index) = self.index {
            writer.path("index", index.to_string().as_bytes())?;
        }
        let mut query = writer.query();
        query.optional_path("module-path", self.module_path.as_deref())?;
        PinSource::write(self.pin.as_ref(), &mut query)?;
        query.optional("variant", self.variant.as_deref().map(str::as_bytes))
    }
}
