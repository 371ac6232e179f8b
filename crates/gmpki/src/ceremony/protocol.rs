//! The protocol of a ceremony: what was done, when, by whom, with every digest in groups
//! that are read aloud.

mod html;
mod text;

use super::{
    digits,
    script::{Participant, Script},
};
use crate::{sm3::hexadecimal, view::Language};
use gm_crypto::sm3;

/// How a ceremony went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Nothing was made: everybody learnt their part.
    Rehearsal,
    Done,
    /// It ended before its end.
    BrokenOff {
        reason: String,
    },
}

/// What was done.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) at: String,
    pub(super) who: String,
    pub(super) did: String,
    pub(super) facts: Vec<Fact>,
}

/// Something to write down.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    /// In groups of four digits.
    Digest(String),
}

impl Fact {
    pub(super) fn text(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: Value::Text(text.into()),
        }
    }

    pub(super) fn digest(label: impl Into<String>, digest: &[u8]) -> Self {
        Self {
            label: label.into(),
            value: Value::Digest(hexadecimal(digest)),
        }
    }
}

impl Value {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Digest(digits) => digits::grouped(digits),
        }
    }
}

/// All that is printed.
#[derive(Clone, Debug)]
pub(super) struct Protocol {
    pub(super) status: Status,
    pub(super) language: Language,
    pub(super) name: String,
    pub(super) place: String,
    pub(super) began: String,
    pub(super) ended: String,
    /// The program and the system it ran on.
    pub(super) program: String,
    /// SM3 of the ceremony's file.
    pub(super) configuration: [u8; 32],
    pub(super) subject: String,
    pub(super) profile: String,
    /// SM3 of the profile's text.
    pub(super) policy: [u8; 32],
    /// The name of the key.
    pub(super) key: String,
    /// How many custodians of how many open the backup.
    pub(super) shares: Option<(u8, usize)>,
    pub(super) participants: Vec<Participant>,
    pub(super) entries: Vec<Entry>,
}

impl Protocol {
    /// A protocol without entries.
    pub(super) fn new(script: &Script, policy: [u8; 32], program: String, began: String) -> Self {
        let shares = script.backup.as_ref();
        Self {
            status: Status::Rehearsal,
            language: script.language,
            name: script.name.clone(),
            place: script.place.clone(),
            ended: began.clone(),
            began,
            program,
            configuration: script.digest,
            subject: script.ca.subject_text.clone(),
            profile: script.ca.profile.clone(),
            policy,
            key: script.ca.key.to_string(),
            shares: shares.map(|backup| (backup.threshold, backup.custodians.len())),
            participants: script.participants.clone(),
            entries: Vec::new(),
        }
    }

    /// The protocol as text, whose octets are signed.
    pub(super) fn text(&self) -> String {
        text::of(self)
    }

    /// The protocol to print: one file without scripts and without anything from elsewhere.
    pub(super) fn html(&self, signature: Option<&str>) -> String {
        html::of(self, &sm3::digest(self.text().as_bytes()), signature)
    }

    fn title(&self) -> &'static str {
        match self.status {
            Status::Rehearsal => self.say("Rehearsal of a key ceremony", "密钥仪式演练记录"),
            _ => self.say("Key ceremony", "密钥仪式记录"),
        }
    }

    fn verdict(&self) -> String {
        match &self.status {
            Status::Rehearsal => self
                .say(
                    "REHEARSAL. No key was made or used.",
                    "演练：未生成、未使用任何密钥。",
                )
                .into(),
            Status::Done => self.say("Completed.", "已完成。").into(),
            Status::BrokenOff { reason } => {
                format!("{} {reason}", self.say("BROKEN OFF:", "仪式中止："))
            }
        }
    }

    /// What stands at the head, line by line.
    fn head(&self) -> Vec<Fact> {
        let mut facts = vec![
            Fact::text(self.say("Name", "名称"), &*self.name),
            Fact::text(self.say("Place", "地点"), &*self.place),
            Fact::text(self.say("Began", "开始时间"), &*self.began),
            Fact::text(self.say("Ended", "结束时间"), &*self.ended),
            Fact::text(self.say("Program", "程序"), &*self.program),
            Fact::text(self.say("CA", "证书认证机构"), &*self.subject),
            Fact::text(self.say("Profile", "证书策略"), &*self.profile),
            Fact::text(self.say("Key", "密钥"), &*self.key),
        ];
        if let Some((threshold, count)) = self.shares {
            let shares = match self.language {
                Language::En => format!("{threshold} of {count} custodians open it"),
                Language::Zh => format!("{count} 名保管人中 {threshold} 名可共同恢复"),
            };
            facts.push(Fact::text(self.say("Backup", "备份"), shares));
        }
        facts.push(Fact::digest(
            self.say("SM3 of the configuration", "配置文件 SM3"),
            &self.configuration,
        ));
        facts.push(Fact::digest(
            self.say("SM3 of the profile", "证书策略 SM3"),
            &self.policy,
        ));
        facts
    }

    fn say(&self, english: &'static str, chinese: &'static str) -> &'static str {
        self.language.say(english, chinese)
    }
}

/// Whether `text` is the protocol of a rehearsal of the configuration and the profile with
/// these digests.
pub(super) fn is_rehearsal_of(text: &str, configuration: &[u8; 32], policy: &[u8; 32]) -> bool {
    text::rehearsed(text).is_some_and(|found| found == text::rehearsal(configuration, policy))
}

#[cfg(test)]
mod tests;
