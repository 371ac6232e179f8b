//! Commands that sign.

use super::encoding::{Attribute, Part, Writer, octets_of, path};
use crate::{DigestEncoding, Error, SignatureEncoding};
use std::{ffi::OsString, fmt, path::PathBuf};

/// A command that signs: `exec:program=…;arg=…;arg=…?public-key=…`.
///
/// Arguments have the places of [`ExternalCommand`](crate::ExternalCommand), their braces
/// percent-encoded: `arg=%7Bdigest-file%7D`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecUri {
    /// The program.
    pub program: PathBuf,
    /// Its arguments, in their order.
    pub arguments: Vec<OsString>,
    /// The file with the public key (`public-key`).
    pub public_key: Option<PathBuf>,
    /// How e is handed to the command (`digest`): `binary` or `hex`.
    pub digest: DigestEncoding,
    /// How the command gives the signature (`signature`): `der`, `raw` or `hex`.
    pub signature: SignatureEncoding,
}

const DIGESTS: [(&str, DigestEncoding); 2] = [
    ("binary", DigestEncoding::Binary),
    ("hex", DigestEncoding::Hex),
];
const SIGNATURES: [(&str, SignatureEncoding); 3] = [
    ("der", SignatureEncoding::Der),
    ("raw", SignatureEncoding::Raw),
    ("hex", SignatureEncoding::Hex),
];

/// The form of this name.
fn form<T: Copy>(attribute: &Attribute<'_>, forms: &[(&str, T)]) -> Result<T, Error> {
    let text = attribute.text()?;
    let found = forms.iter().find(|(name, _)| *name == text);
    found
        .map(|(_, form)| *form)
        .ok_or_else(|| attribute.wrong("no form that is known"))
}

/// The name of a form; none for the usual one.
fn name_of<T: Copy + PartialEq + Default>(
    form: T,
    forms: &[(&'static str, T)],
) -> Option<&'static [u8]> {
    let named = forms.iter().find(|(_, known)| *known == form);
    named
        .filter(|_| form != T::default())
        .map(|(name, _)| name.as_bytes())
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
        let (mut digest, mut signature) = (None, None);
        for attribute in Attribute::of_query(query)? {
            match attribute.name {
                "public-key" => attribute.once(&mut name.public_key, attribute.path()?)?,
                "digest" => attribute.once(&mut digest, form(&attribute, &DIGESTS)?)?,
                "signature" => attribute.once(&mut signature, form(&attribute, &SIGNATURES)?)?,
                _ => {
                    let what = "the query of exec: has public-key, digest, signature";
                    return Err(attribute.wrong(what));
                }
            }
        }
        name.digest = digest.unwrap_or_default();
        name.signature = signature.unwrap_or_default();
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
        query.optional("digest", name_of(self.digest, &DIGESTS))?;
        query.optional_path("public-key", self.public_key.as_deref())?;
        query.optional("signature", name_of(self.signature, &SIGNATURES))
    }
}
