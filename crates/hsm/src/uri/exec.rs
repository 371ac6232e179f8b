//! Commands that sign.

use super::encoding::{Attribute, Part, Writer, octets_of, path};
use crate::Error;
use std::{ffi::OsString, fmt, path::PathBuf};

/// A command that signs: `exec:program=…;arg=…;arg=…?public-key=…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecUri {
    /// The program.
    pub program: PathBuf,
    /// Its arguments, in their order.
    pub arguments: Vec<OsString>,
    /// The file with the public key (`public-key`).
    pub public_key: Option<PathBuf>,
}

impl ExecUri {
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let (path_part, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut program, mut name) = (None, Self::default());
        for attribute in Attribute::of_path(path_part, Part::Path)? {
            match attribute.name {
                "program" => attribute.once(&mut program, attribute.path()?)?,
                "arg" => {
                    let argument = path(&attribute.octets()?);
                    let argument = argument.ok_or_else(|| attribute.wrong("no argument"))?;
                    name.arguments.push(argument.into());
                }
                _ => return Err(attribute.wrong("the path of exec: has program and arg")),
            }
        }
        for attribute in Attribute::of_query(query)? {
            match attribute.name {
                "public-key" => attribute.once(&mut name.public_key, attribute.path()?)?,
                _ => return Err(attribute.wrong("the query of exec: has public-key alone")),
            }
        }
        name.program = program.ok_or_else(|| super::wrong("exec", "no program"))?;
        Ok(name)
    }
}

impl fmt::Display for ExecUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer::begin(f, "exec", Part::Path)?;
        writer.path("program", &octets_of(&self.program))?;
        for argument in &self.arguments {
            writer.path("arg", &octets_of(argument.as_ref()))?;
        }
        let mut query = writer.query();
        query.optional_path("public-key", self.public_key.as_deref())
    }
}
