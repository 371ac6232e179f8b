//! The cover of a package: a text of lines, signed.

use super::FileFault;
use crate::{
    Actor, KeyId, PersonId, Seat, StreamId,
    field::is_hidden,
    log::{is_origin, note},
};
use der::DateTime;
use hsm::KeyHandle;
use std::{fmt, str::FromStr};

const FORMAT: &str = "gm-pki package 1";
/// Characters of the longest name of who gets a package.
const MAX_RECIPIENT: usize = 256;

/// What a package is about, who made it for whom, and the digest of its manifest.
///
/// Its text has a line for each: `gm-pki package 1`, then `about`, `for`, `by` (`PERSON:SEAT`),
/// `at` (RFC 3339, in UTC), `log`, `manifest` (SM3, hexadecimal). Under it stands one
/// signature, as under a checkpoint: C2SP's `signed-note`, by the name of who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cover {
    /// The history that it is about.
    pub about: StreamId,
    /// Whom it was made for: 1 to 256 characters, all of them seen.
    pub recipient: String,
    /// Who made it.
    pub by: Actor,
    /// When.
    pub at: DateTime,
    /// The log's name.
    pub log: String,
    /// SM3 of the manifest.
    pub manifest: [u8; 32],
}

/// Whether this can be the name of who gets a package.
pub(super) fn is_recipient(text: &str) -> bool {
    let length = text.chars().count();
    (1..=MAX_RECIPIENT).contains(&length) && text.trim() == text && !text.chars().any(is_hidden)
}

impl fmt::Display for Cover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (about, recipient, at, log) = (&self.about, &self.recipient, self.at, &self.log);
        let (person, seat) = (&self.by.person, self.by.seat);
        let manifest = KeyId::from_digest(self.manifest);
        writeln!(f, "{FORMAT}\nabout {about}\nfor {recipient}")?;
        writeln!(
            f,
            "by {person}:{seat}\nat {at}\nlog {log}\nmanifest {manifest}"
        )
    }
}

impl FromStr for Cover {
    type Err = FileFault;

    fn from_str(text: &str) -> Result<Self, FileFault> {
        let wanted = |what: &str| FileFault::Unreadable(what.to_owned());
        let lines: Vec<_> = text.lines().collect();
        let &[FORMAT, about, recipient, by, at, log, manifest] = &lines[..] else {
            return Err(wanted("no cover of seven lines"));
        };
        fn line<'a>(line: &'a str, name: &str) -> Option<&'a str> {
            line.strip_prefix(name)?.strip_prefix(' ')
        }
        let about = line(about, "about").and_then(|about| about.to_owned().try_into().ok());
        let recipient = line(recipient, "for").filter(|text| is_recipient(text));
        let by = line(by, "by").and_then(|by| by.split_once(':'));
        let by = by.and_then(|(person, seat)| {
            let person = PersonId::new(person).ok()?;
            Some(Actor::new(person, Seat::parse(seat)?))
        });
        let manifest = line(manifest, "manifest");
        let manifest = manifest.and_then(|text| KeyId::try_from(text.to_owned()).ok());
        let read = Self {
            about: about.ok_or_else(|| wanted("no line about"))?,
            recipient: recipient.ok_or_else(|| wanted("no line for"))?.to_owned(),
            by: by.ok_or_else(|| wanted("no line by"))?,
            at: line(at, "at")
                .and_then(|at| at.parse().ok())
                .ok_or_else(|| wanted("no line at"))?,
            log: line(log, "log")
                .filter(|log| is_origin(log))
                .ok_or_else(|| wanted("no line log"))?
                .to_owned(),
            manifest: *manifest
                .ok_or_else(|| wanted("no line manifest"))?
                .as_bytes(),
        };
        if read.to_string() == text {
            Ok(read)
        } else {
            Err(wanted("it is spelt in another way"))
        }
    }
}

impl Cover {
    /// Its text with a key's signature under it.
    pub(super) fn sign(&self, key: &dyn KeyHandle) -> Result<String, hsm::Error> {
        note::sign(&self.to_string(), self.by.person.as_str(), key)
    }

    /// What a text says that this key signed.
    pub(super) fn verify(octets: &[u8], public_key: &[u8]) -> Result<Self, FileFault> {
        let unreadable = |what: &str| FileFault::Unreadable(what.to_owned());
        let text = str::from_utf8(octets).map_err(|_| unreadable("no text"))?;
        let (body, signatures) = note::split(text).ok_or_else(|| unreadable("no signature"))?;
        let cover: Self = body.parse()?;
        // One signature and nothing behind it, so that no octet of the file goes unseen.
        let only = signatures.strip_suffix('\n');
        let is_one = only.is_some_and(|line| !line.contains(['\n', '\r']));
        if is_one && note::is_signed(body, signatures, cover.by.person.as_str(), public_key) {
            Ok(cover)
        } else {
            Err(FileFault::NotSigned)
        }
    }
}
