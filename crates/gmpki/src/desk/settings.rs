//! What a desk was set up with.

use crate::{demo::folder::Folder, failure::Failure, input, output};
use hsm::KeyUri;
use lifecycle::{
    PersonId,
    calendar::Date,
    rules::{RuleBook, RuleSet, RuleSetId, SHIPPED},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

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
    /// The program that notices are told by, and its arguments; none: they go to a folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notify_command: Vec<String>,
    /// The program that is given what is published, and its arguments; none: the folder alone is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) publish_command: Vec<String>,
    /// The log, of which checkpoints are made; none: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) log: Option<LogSettings>,
    /// The centre that makes encryption keys; none: the desk does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_centre: Option<KeyCentreSettings>,
}

/// A key-management centre elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct KeyCentreSettings {
    /// Where it is asked.
    pub(crate) address: SocketAddr,
    /// PEM of the public key that its answers are signed with.
    pub(crate) key: String,
}

/// The log of a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LogSettings {
    /// The name that its checkpoints bear.
    pub(crate) origin: String,
    /// The name of who signs them.
    pub(crate) signer: String,
}

impl Settings {
    /// The settings in a folder; none where there is no desk.
    pub(crate) fn read(dir: &Path) -> Result<Option<Self>, Failure> {
        toml_in(&dir.join(FILE))
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

/// What a TOML file of ours says; none where there is no file.
pub(super) fn toml_in<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Failure> {
    if fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(None);
    }
    let octets = input::read(path, input::STRUCTURE)?;
    let read = toml::from_slice(&octets);
    read.map(Some).map_err(|source| Failure::file(path, source))
}

/// The rules of a desk: every file of its folder `rules`.
#[derive(Debug)]
pub(crate) struct RuleFiles(Vec<RuleFile>);

#[derive(Debug)]
struct RuleFile {
    path: PathBuf,
    set: RuleSet,
    text: String,
    /// Whether it is to be written.
    is_new: bool,
}

impl RuleFiles {
    /// As they lie there.
    pub(crate) fn read(folder: &Folder) -> Result<Self, Failure> {
        let dir = folder.file("rules")?;
        let failed = |source: io::Error| Failure::file(&dir, source);
        let mut files = Vec::new();
        for entry in fs::read_dir(&dir).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let (set, text) = rules_in(&path)?;
                files.push(RuleFile {
                    path,
                    set,
                    text,
                    is_new: false,
                });
            }
        }
        Ok(Self(files))
    }

    /// All of them together.
    pub(crate) fn book(&self) -> Result<RuleBook, Failure> {
        let sets = self.0.iter().map(|file| file.set.clone());
        RuleBook::new(sets).map_err(|source| Failure::of("rules", source))
    }

    /// The version that has no end ends on the first day of `next`; which that was.
    pub(crate) fn end(
        &mut self,
        next: &RuleSetId,
        first: Date,
    ) -> Result<Option<RuleSetId>, Failure> {
        let mut files = self.0.iter_mut();
        let Some(open) = files.find(|file| {
            let (from, until) = file.set.interval();
            file.set.id().name == next.name && from < first && until.is_none()
        }) else {
            return Ok(None);
        };
        let version = next.version;
        // Before the first table, where a set's own keys stand.
        let end = format!(
            "until = {{ value = \"{first}\", assumed = \"version {version} counts from then on\" }}\n"
        );
        open.text.insert_str(0, &end);
        let read = RuleSet::from_toml(&open.text);
        open.set = read.map_err(|source| Failure::file(&open.path, source))?;
        open.is_new = true;
        Ok(Some(open.set.id()))
    }

    /// One more.
    pub(crate) fn add(
        &mut self,
        set: RuleSet,
        text: String,
        folder: &Folder,
    ) -> Result<(), Failure> {
        self.0.push(RuleFile {
            path: place_of(folder, &set)?,
            set,
            text,
            is_new: true,
        });
        Ok(())
    }

    /// Writes what is new, in the order in which it was said: were a later version there while
    /// the one before has no end, the desk could not be opened.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let mut new = self.0.iter().filter(|file| file.is_new);
        new.try_for_each(|file| output::replace(&file.path, file.text.as_bytes()))
    }
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
    rules_in(path)
}

/// Puts the text of a rule set where the desk finds it.
pub(crate) fn place(folder: &Folder, set: &RuleSet, text: &str) -> Result<(), Failure> {
    output::replace(&place_of(folder, set)?, text.as_bytes())
}

fn place_of(folder: &Folder, set: &RuleSet) -> Result<PathBuf, Failure> {
    let id = set.id();
    folder.file(&format!("rules/{}-{}.toml", id.name, id.version))
}

/// The rules in a file, and their text.
pub(crate) fn rules_in(path: &Path) -> Result<(RuleSet, String), Failure> {
    let octets = input::read(path, input::STRUCTURE)?;
    let text = String::from_utf8(octets).map_err(|source| Failure::file(path, source))?;
    // Its message has the field and the line; what is below it repeats them over several lines.
    let set = RuleSet::from_toml(&text).map_err(|flaw| Failure::file(path, flaw.to_string()))?;
    Ok((set, text))
}
