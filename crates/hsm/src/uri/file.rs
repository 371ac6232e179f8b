//! Key files.

use super::{
    PinSource,
    encoding::{Attribute, QueryWriter, file, write_file, wrong},
};
use crate::Error;
use std::{fmt, path::PathBuf};

/// A key file: `file:PATH`, with `?pin-source=` where its password lies in another.
///
/// The path is percent-encoded (RFC 8089) and may be relative.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileUri {
    /// The file.
    pub path: PathBuf,
    /// Where its password comes from.
    pub pin: Option<PinSource>,
}

impl FileUri {
    /// The file at a path, which is not decoded.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            pin: None,
        }
    }

    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let mut name = Self::new(file(path).map_err(|what| wrong("file", what))?);
        for attribute in Attribute::of_query(query)? {
            // A password in the name of a file would be left wherever the name is.
            if attribute.name != "pin-source" || !PinSource::take(&mut name.pin, &attribute)? {
                return Err(attribute.wrong("file: has pin-source alone"));
            }
        }
        Ok(name)
    }
}

impl fmt::Display for FileUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_file(f, &self.path)?;
        PinSource::write(self.pin.as_ref(), &mut QueryWriter::begin(f))
    }
}
