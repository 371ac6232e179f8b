//! What a ceremony's file says, checked before anything is touched.

mod file;

use crate::view::Language;
use file::Text;
use gm_crypto::sm3;
use hsm::KeyUri;
use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Component, Path, PathBuf},
};
use toml::Spanned;
use x509_cert::name::Name;

/// Custodians of one backup: more do not fit around a table.
pub(crate) const CUSTODIANS: usize = 16;
/// Participants and steps by hand.
const LIST: usize = 64;
/// Characters of one text.
const TEXT: usize = 300;

/// A ceremony as it is to be.
#[derive(Debug)]
pub(crate) struct Script {
    /// SM3 of the file's octets: a rehearsal is of this very file.
    pub(crate) digest: [u8; 32],
    pub(crate) language: Language,
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) ca: Ca,
    pub(crate) backup: Option<Backup>,
    /// Everybody who signs, custodians as well: name and role.
    pub(crate) participants: Vec<Participant>,
    pub(crate) before: Vec<ByHand>,
    pub(crate) after: Vec<ByHand>,
    pub(crate) output: Output,
}

/// The CA whose key is made.
#[derive(Debug)]
pub(crate) struct Ca {
    pub(crate) subject: Name,
    pub(crate) subject_text: String,
    pub(crate) profile: String,
    pub(crate) years: Option<u16>,
    pub(crate) key: KeyUri,
    pub(crate) password_file: Option<PathBuf>,
    /// The key is there already, and is used as it is.
    pub(crate) existing: bool,
}

/// A backup that `threshold` of the custodians open together.
#[derive(Debug)]
pub(crate) struct Backup {
    pub(crate) file: PathBuf,
    pub(crate) threshold: u8,
    pub(crate) custodians: Vec<Custodian>,
}

/// Somebody who keeps a share.
#[derive(Debug)]
pub(crate) struct Custodian {
    pub(crate) name: String,
    pub(crate) share: PathBuf,
    /// Asked for where there is none.
    pub(crate) password_file: Option<PathBuf>,
}

/// Somebody who is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Participant {
    pub(crate) name: String,
    pub(crate) role: String,
}

/// What a person does.
#[derive(Clone, Debug)]
pub(crate) struct ByHand {
    pub(crate) who: String,
    pub(crate) does: String,
}

/// Where the results go.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) certificate: PathBuf,
    /// The names of the protocol's files begin with it.
    protocol: PathBuf,
}

impl Output {
    /// `PROTOCOL.txt` and its like; a rehearsal's are others.
    pub(crate) fn protocol(&self, rehearsal: bool, ending: &str) -> PathBuf {
        let mut name = self.protocol.clone().into_os_string();
        if rehearsal {
            name.push(".rehearsal");
        }
        name.push(ending);
        name.into()
    }
}

/// What is wrong with a ceremony's file, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    line: usize,
    /// Empty where the text is no TOML.
    field: String,
    what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, ", self.line)?;
        if !self.field.is_empty() {
            write!(f, "`{}`: ", self.field)?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {}

impl Script {
    /// Reads a file; relative paths in it begin in `folder`.
    pub(crate) fn read(text: &str, folder: &Path) -> Result<Self, Fault> {
        let file: file::File = toml::from_str(text).map_err(|source| Fault {
            line: line_of(text, source.span().map_or(0, |span| span.start)),
            field: String::new(),
            what: source.message().to_owned(),
        })?;
        Reader { text, folder }.script(file)
    }

    /// Every file that a ceremony makes, but for those of its rehearsal.
    pub(crate) fn new_files(&self) -> Vec<PathBuf> {
        let mut files = vec![self.output.certificate.clone()];
        files.extend([".txt", ".html", ".sig"].map(|ending| self.output.protocol(false, ending)));
        if let Some(backup) = &self.backup {
            files.push(backup.file.clone());
            let shares = backup.custodians.iter();
            files.extend(shares.map(|custodian| custodian.share.clone()));
        }
        if let (KeyUri::File(name), false) = (&self.ca.key, self.ca.existing) {
            files.push(name.path.clone());
        }
        files
    }

    /// What is done, in this order.
    pub(crate) fn tasks(&self) -> Vec<Task> {
        let mut tasks: Vec<Task> = self.before.iter().cloned().map(Task::ByHand).collect();
        tasks.push(Task::SelfTest);
        tasks.push(Task::MakeKey);
        tasks.push(Task::Certify);
        if let Some(backup) = &self.backup {
            tasks.push(Task::BackUp);
            tasks.extend((0..backup.custodians.len()).map(Task::HandOut));
            tasks.push(Task::TryBackup);
        }
        tasks.extend(self.after.iter().cloned().map(Task::ByHand));
        tasks
    }
}

/// One step of a ceremony.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// A person does it and says so.
    ByHand(ByHand),
    /// The algorithms are tried on known answers.
    SelfTest,
    /// The CA's key comes into being, or is opened.
    MakeKey,
    /// The CA's certificate is signed with it.
    Certify,
    /// The key is wrapped.
    BackUp,
    /// The custodian of this number gets a share.
    HandOut(usize),
    /// The shares are read again, and every choice of enough of them opens the backup.
    TryBackup,
}

struct Reader<'a> {
    text: &'a str,
    folder: &'a Path,
}

impl Reader<'_> {
    fn fault<T>(&self, at: &Spanned<T>, field: &str, what: impl Into<String>) -> Fault {
        Fault {
            line: line_of(self.text, at.span().start),
            field: field.into(),
            what: what.into(),
        }
    }

    fn script(&self, file: file::File) -> Result<Script, Fault> {
        let backup = match &file.backup {
            Some(backup) => Some(self.backup(backup, &file.custodian)?),
            None if !file.custodian.is_empty() => {
                let what = "custodians without a table `backup`";
                return Err(self.fault(&file.custodian[0].name, "custodian", what));
            }
            None => None,
        };
        let participants = self.participants(&file, backup.as_ref())?;
        let (before, after) = self.steps(&file.step, &participants)?;
        let script = Script {
            digest: sm3::digest(self.text.as_bytes()),
            language: file.language.unwrap_or_default().into(),
            name: self.text(&file.name, "name")?,
            place: self.text(&file.place, "place")?,
            ca: self.ca(&file.ca, backup.is_some())?,
            backup,
            participants,
            before,
            after,
            output: Output {
                certificate: self.path(&file.output.certificate, "output.certificate")?,
                protocol: self.path(&file.output.protocol, "output.protocol")?,
            },
        };
        let mut files = BTreeSet::new();
        for path in script.new_files() {
            if !files.insert(place(&path)) {
                let what = format!("two results go to {}", path.display());
                return Err(self.fault(&file.output.certificate, "output", what));
            }
        }
        Ok(script)
    }

    /// One line for the protocol: nothing in it changes how the lines around it look.
    fn text(&self, text: &Text, field: &str) -> Result<String, Fault> {
        let trimmed = text.get_ref().trim();
        if trimmed.is_empty() {
            return Err(self.fault(text, field, "is empty"));
        }
        if trimmed.chars().count() > TEXT {
            return Err(self.fault(text, field, format!("has more than {TEXT} characters")));
        }
        if trimmed.chars().any(is_not_shown) {
            return Err(self.fault(text, field, "has a character that is not shown"));
        }
        Ok(trimmed.to_owned())
    }

    /// A name as a share has it, whose reader takes any blanks for one space.
    fn name(&self, text: &Text, field: &str) -> Result<String, Fault> {
        let name = self.text(text, field)?;
        let words: Vec<&str> = name.split_whitespace().collect();
        if words.join(" ") != name {
            let what = "has blanks that are not one plain space";
            return Err(self.fault(text, field, what));
        }
        Ok(name)
    }

    fn path(&self, text: &Text, field: &str) -> Result<PathBuf, Fault> {
        Ok(self.folder.join(self.text(text, field)?))
    }

    fn ca(&self, ca: &file::Ca, has_backup: bool) -> Result<Ca, Fault> {
        let subject_text = self.text(&ca.subject, "ca.subject")?;
        let subject = crate::names::subject(&subject_text).map_err(|failure| {
            let reasons = failure.reasons();
            let reason = reasons.strip_prefix("--subject ").unwrap_or(&reasons);
            self.fault(&ca.subject, "ca.subject", reason)
        })?;
        let key = KeyUri::from_argument(ca.key.get_ref())
            .map_err(|error| self.fault(&ca.key, "ca.key", error.to_string()))?;
        let existing = ca.existing.as_ref().is_some_and(|yes| *yes.get_ref());
        let what = match &key {
            KeyUri::Exec(_) if !existing => "a command makes no key: say `existing = true`",
            KeyUri::Exec(_) if has_backup => "a command lets no key out: leave out the backup",
            KeyUri::Sdf(_) if !existing => {
                "GM/T 0018 makes no keys: make it with the device's own tool, and say \
                 `existing = true`"
            }
            KeyUri::Pkcs11(_) | KeyUri::Sdf(_) | KeyUri::Skf(_) if has_backup => {
                "a device lets no key out to be split: make the key in a file and import it into \
                 the device afterwards, or use the device's own backup"
            }
            _ => "",
        };
        if !what.is_empty() {
            return Err(self.fault(&ca.key, "ca.key", what));
        }
        let key = match key {
            KeyUri::File(mut name) => {
                name.path = self.folder.join(name.path);
                KeyUri::File(name)
            }
            key => key,
        };
        let password_file = ca.password_file.as_ref();
        Ok(Ca {
            subject,
            subject_text,
            profile: self.text(&ca.profile, "ca.profile")?,
            years: ca.years,
            key,
            password_file: password_file
                .map(|path| self.path(path, "ca.password_file"))
                .transpose()?,
            existing,
        })
    }

    fn backup(
        &self,
        backup: &file::Backup,
        custodians: &[file::Custodian],
    ) -> Result<Backup, Fault> {
        let count = custodians.len();
        let threshold = *backup.threshold.get_ref();
        let what = if count > CUSTODIANS {
            Some(format!("{count} custodians, and {CUSTODIANS} are the most"))
        } else if threshold < 2 {
            Some("with fewer than 2, one custodian alone would have the key".into())
        } else if usize::from(threshold) > count {
            Some(format!(
                "{threshold} of {count} custodians cannot come together"
            ))
        } else {
            None
        };
        if let Some(what) = what {
            return Err(self.fault(&backup.threshold, "backup.threshold", what));
        }
        let custodian = |custodian: &file::Custodian| {
            let password_file = custodian.password_file.as_ref();
            Ok(Custodian {
                name: self.name(&custodian.name, "custodian.name")?,
                share: self.path(&custodian.share, "custodian.share")?,
                password_file: password_file
                    .map(|path| self.path(path, "custodian.password_file"))
                    .transpose()?,
            })
        };
        let read: Vec<Custodian> = custodians.iter().map(custodian).collect::<Result<_, _>>()?;
        let mut passwords = BTreeSet::new();
        for (one, from) in read.iter().zip(custodians) {
            if let Some(path) = &one.password_file
                && !passwords.insert(place(path))
            {
                let what = "two custodians have one password";
                return Err(self.fault(&from.name, "custodian.password_file", what));
            }
        }
        Ok(Backup {
            file: self.path(&backup.file, "backup.file")?,
            threshold,
            custodians: read,
        })
    }

    fn participants(
        &self,
        file: &file::File,
        backup: Option<&Backup>,
    ) -> Result<Vec<Participant>, Fault> {
        let language: Language = file.language.unwrap_or_default().into();
        if file.participant.len() > LIST {
            let what = format!("more than {LIST}");
            return Err(self.fault(&file.participant[LIST].name, "participant", what));
        }
        if file.participant.is_empty() {
            return Err(self.fault(&file.name, "participant", "nobody leads the ceremony"));
        }
        let mut all: Vec<Participant> = Vec::new();
        for participant in &file.participant {
            let found = Participant {
                name: self.name(&participant.name, "participant.name")?,
                role: self.text(&participant.role, "participant.role")?,
            };
            if all.iter().any(|other| other.name == found.name) {
                return Err(self.fault(&participant.name, "participant.name", "is there twice"));
            }
            all.push(found);
        }
        for (custodian, from) in backup
            .iter()
            .flat_map(|backup| backup.custodians.iter().zip(&file.custodian))
        {
            // Nobody has two shares, and who leads or watches has none.
            if all.iter().any(|other| other.name == custodian.name) {
                let what = "is a custodian or another participant already";
                return Err(self.fault(&from.name, "custodian.name", what));
            }
            all.push(Participant {
                name: custodian.name.clone(),
                role: language.say("custodian", "密钥分量保管人").into(),
            });
        }
        Ok(all)
    }

    fn steps(
        &self,
        steps: &[file::Step],
        participants: &[Participant],
    ) -> Result<(Vec<ByHand>, Vec<ByHand>), Fault> {
        if steps.len() > LIST {
            let what = format!("more than {LIST}");
            return Err(self.fault(&steps[LIST].who, "step", what));
        }
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for step in steps {
            let who = self.text(&step.who, "step.who")?;
            if !participants
                .iter()
                .any(|participant| participant.name == who)
            {
                let what = format!("{who} is no participant and no custodian");
                return Err(self.fault(&step.who, "step.who", what));
            }
            let does = self.text(&step.does, "step.does")?;
            match step.when.unwrap_or_default() {
                file::When::Before => before.push(ByHand { who, does }),
                file::When::After => after.push(ByHand { who, does }),
            }
        }
        Ok((before, after))
    }
}

/// A character that would let a line of the protocol look like another one: controls, line
/// ends, marks of direction, and what has no width.
pub(crate) fn is_not_shown(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{feff}'
        )
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}')
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{fff9}'..='\u{fffb}'
        )
        || matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

/// One path for all ways to write it: absolute, without `.` and `..`, and through no link
/// where it or its folder is there.
fn place(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(found) = fs::canonicalize(&absolute) {
        return found;
    }
    if let (Some(folder), Some(name)) = (absolute.parent(), absolute.file_name())
        && let Ok(folder) = fs::canonicalize(folder)
    {
        return folder.join(name);
    }
    let mut place = PathBuf::new();
    for part in absolute.components() {
        if part == Component::ParentDir {
            place.pop();
        } else {
            place.push(part);
        }
    }
    place
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    1 + before.filter(|octet| **octet == b'\n').count()
}

#[cfg(test)]
mod tests;
