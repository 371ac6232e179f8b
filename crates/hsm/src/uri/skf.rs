//! Keys of devices of GM/T 0016.

use super::{
    PinSource,
    encoding::{Attribute, Part, Writer},
};
use crate::Error;
use std::{fmt, path::PathBuf};

/// A container of a device of GM/T 0016, an application or the device:
/// `skf:device=…;application=…;container=…?module-path=…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkfUri {
    /// The device, as `SKF_EnumDev` names it; none where there is one alone.
    pub device: Option<String>,
    /// The application; none where there is one alone.
    pub application: Option<String>,
    /// The container; none for all of the application.
    pub container: Option<String>,
    /// The shared library (`module-path`).
    pub module_path: Option<PathBuf>,
    /// Where the user's PIN comes from.
    pub pin: Option<PinSource>,
    /// How the library's structures are laid out, by the name of the variant (`variant`).
    pub variant: Option<String>,
}

impl SkfUri {
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let mut name = Self::default();
        for attribute in Attribute::of_path(path, Part::Path)? {
            let place = match attribute.name {
                "device" => &mut name.device,
                "application" => &mut name.application,
                "container" => &mut name.container,
                _ => {
                    let what = "the path of skf: has device, application, container";
                    return Err(attribute.wrong(what));
                }
            };
            let text = attribute.text()?;
            // The interface takes strings that end with a zero.
            if text.is_empty() || text.contains('\0') {
                return Err(attribute.wrong("empty, or with an octet zero"));
            }
            attribute.once(place, text)?;
        }
        for attribute in Attribute::of_query(query)? {
            match attribute.name {
                "module-path" => attribute.once(&mut name.module_path, attribute.path()?)?,
                "variant" => attribute.once(&mut name.variant, attribute.text()?)?,
                _ if PinSource::take(&mut name.pin, &attribute)? => {}
                _ => {
                    let what = "the query of skf: has module-path, pin-source, variant";
                    return Err(attribute.wrong(what));
                }
            }
        }
        Ok(name)
    }
}

impl fmt::Display for SkfUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer::begin(f, "skf", Part::Path)?;
        for (attribute, value) in [
            ("device", &self.device),
            ("application", &self.application),
            ("container", &self.container),
        ] {
            if let Some(value) = value {
                writer.path(attribute, value.as_bytes())?;
            }
        }
        let mut query = writer.query();
        query.optional_path("module-path", self.module_path.as_deref())?;
        PinSource::write(self.pin.as_ref(), &mut query)?;
        query.optional("variant", self.variant.as_deref().map(str::as_bytes))
    }
}
