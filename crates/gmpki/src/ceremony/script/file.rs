//! The file of a ceremony as it is written.

use crate::view::Language;
use serde::Deserialize;
use toml::Spanned;

pub(super) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: Text,
    pub(super) place: Text,
    pub(super) language: Option<Words>,
    pub(super) ca: Ca,
    pub(super) backup: Option<Backup>,
    #[serde(default)]
    pub(super) custodian: Vec<Custodian>,
    #[serde(default)]
    pub(super) participant: Vec<Participant>,
    #[serde(default)]
    pub(super) step: Vec<Step>,
    pub(super) output: Output,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Words {
    #[default]
    En,
    Zh,
}

impl From<Words> for Language {
    fn from(words: Words) -> Self {
        match words {
            Words::En => Self::En,
            Words::Zh => Self::Zh,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ca {
    pub(super) subject: Text,
    pub(super) profile: Text,
    pub(super) years: Option<u16>,
    pub(super) key: Text,
    pub(super) password_file: Option<Text>,
    pub(super) existing: Option<Spanned<bool>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backup {
    pub(super) file: Text,
    pub(super) threshold: Spanned<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Custodian {
    pub(super) name: Text,
    pub(super) share: Text,
    pub(super) password_file: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Participant {
    pub(super) name: Text,
    pub(super) role: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) who: Text,
    pub(super) does: Text,
    pub(super) when: Option<When>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum When {
    #[default]
    Before,
    After,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    pub(super) certificate: Text,
    pub(super) protocol: Text,
}
