//! What a desk was set up with.

use crate::{demo::folder::Folder, failure::Failure, input, output};
use hsm::KeyUri;
use lifecycle::{
    PersonId,
    rules::{RuleBook, RuleSet, SHIPPED},
};
use serde::{Deserialize, Serialize};
use std::{fs, io, path::Path};

const FILE: &str = "desk.toml";

/// What a desk was set up with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Settings {
    /// The name of the rules that new cases are judged by.
    pub(crate) rules: String,
    /// Whether its clock is set by whoever tries it.
    pub(crate) rehearsal: bool,
    /// The officer who proposes keys, and the one who approves them.
    pub(crate) officers: [PersonId; 2],
    /// The root's name.
    pub(crate) root: String,
    /// The CA's name.
    pub(crate) name: String,
    /// The name of who answers about status.
    pub(crate) responder: String,
    /// Where the operator's keys lie; none: in the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
}

impl Settings {
    /// The settings in a folder; none where there is no desk.
    pub(crate) fn read(dir: &Path) -> Result<Option<Self>, Failure> {
        let path = dir.join(FILE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found.map_err(|source| Failure::file(&path, source))?,
        };
        let read = toml::from_str(&text);
        read.map(Some)
            .map_err(|source| Failure::file(&path, source))
    }

    /// Writes them; they are there whole or not at all.
    pub(crate) fn write(&self, folder: &Folder) -> Result<(), Failure> {
        let text = toml::to_string(self)?;
        output::replace(&folder.file(FILE)?, text.as_bytes())
    }

    /// Where the operator's keys lie, if not in the folder.
    pub(crate) fn key(&self) -> Result<Option<KeyUri>, Failure> {
        let uri = self.key.as_ref().map(KeyUri::from_argument).transpose();
        uri.map_err(|source| Failure::of(FILE, source))
    }
}

/// The rules of a desk: every file of its folder `rules`.
pub(super) fn book(folder: &Folder) -> Result<RuleBook, Failure> {
    let dir = folder.file("rules")?;
    let failed = |source: io::Error| Failure::file(&dir, source);
    let mut sets = Vec::new();
    for entry in fs::read_dir(&dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            sets.push(read(&path)?.0);
        }
    }
    RuleBook::new(sets).map_err(|source| Failure::file(&dir, source))
}

/// The rules that a name or a file means, and their text.
pub(crate) fn rules(name_or_file: &str) -> Result<(RuleSet, String), Failure> {
    let shipped = SHIPPED.iter().find(|(name, _)| *name == name_or_file);
    if let Some((name, text)) = shipped {
        let set = RuleSet::from_toml(text).map_err(|source| Failure::of(name, source))?;
        return Ok((set, (*text).to_owned()));
    }
    let path = Path::new(name_or_file);
    if !path.exists() {
        let names: Vec<_> = SHIPPED.iter().map(|(name, _)| *name).collect();
        return Err(Failure::Usage(format!(
            "{name_or_file:?} is no file, and none of the rules that come with the program: {}",
            names.join(", ")
        )));
    }
    read(path)
}

/// Puts the text of a rule set where the desk finds it.
pub(crate) fn place(folder: &Folder, set: &RuleSet, text: &str) -> Result<(), Failure> {
    let id = set.id();
    let path = folder.file(&format!("rules/{}-{}.toml", id.name, id.version))?;
    output::replace(&path, text.as_bytes())
}

fn read(path: &Path) -> Result<(RuleSet, String), Failure> {
    let octets = input::read(path, input::STRUCTURE)?;
    let text = String::from_utf8(octets).map_err(|source| Failure::file(path, source))?;
    let set = RuleSet::from_toml(&text).map_err(|source| Failure::file(path, source))?;
    Ok((set, text))
}
