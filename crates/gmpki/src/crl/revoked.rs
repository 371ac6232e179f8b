//! Files of revocations.

use crate::{
    failure::{Failure, chain},
    input, output, serial,
};
use cert_profile::{Error, Reason, RevokedEntry};
use der::DateTime;
use serde::Deserialize;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

/// Octets of the longest line of CSV that is read.
const LINE: u64 = 4_096;
/// What takes an entry of the full list back (RFC 5280, 5.3.1).
const REMOVED: &str = "removeFromCRL";

/// Gives `take` each revocation of a file. CSV is read line by line and may be of any length.
pub(super) fn each(
    path: &Path,
    mut take: impl FnMut(RevokedEntry) -> Result<(), Error>,
) -> Result<(), Failure> {
    let is_toml = path.extension().is_some_and(|name| name == "toml");
    if is_toml {
        for (number, row) in (1..).zip(toml(path)?) {
            let entry = row
                .entry()
                .and_then(|entry| take(entry).map_err(|e| chain(&e)));
            entry
                .map_err(|reason| Failure::file(path, format!("revocation {number}: {reason}")))?;
        }
        return Ok(());
    }
    output::remember(path);
    if path == Path::new("-") {
        return csv(path, &mut io::stdin().lock(), take);
    }
    let file = File::open(path).map_err(|source| Failure::file(path, source))?;
    csv(path, &mut BufReader::with_capacity(1 << 16, file), take)
}

fn csv(
    path: &Path,
    file: &mut dyn BufRead,
    mut take: impl FnMut(RevokedEntry) -> Result<(), Error>,
) -> Result<(), Failure> {
    let mut line = String::new();
    let mut number: u64 = 0;
    loop {
        line.clear();
        number += 1;
        let at = |reason: String| Failure::file(path, format!("line {number}: {reason}"));
        let read = Read::take(&mut *file, LINE).read_line(&mut line);
        match read.map_err(|source| at(source.to_string()))? {
            0 => return Ok(()),
            octets if octets as u64 == LINE && !line.ends_with('\n') => {
                return Err(at(format!("longer than {LINE} octets")));
            }
            _ => {}
        }
        // Some editors begin a file with a mark of its encoding.
        let text = line.trim_start_matches('\u{feff}').trim();
        let is_header = number == 1 && text.starts_with("serial");
        if text.is_empty() || text.starts_with('#') || is_header {
            continue;
        }
        let entry = Row::from_line(text)
            .and_then(|row| row.entry())
            .map_err(at)?;
        take(entry).map_err(|error| at(chain(&error)))?;
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    revoked: Vec<Row>,
}

/// A revocation as it is written.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    serial: String,
    time: Written,
    #[serde(default)]
    reason: String,
    invalidity: Option<Written>,
}

/// A time as text, or as TOML itself writes it.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Toml(toml::value::Datetime),
}

impl Written {
    fn time(&self) -> Result<DateTime, String> {
        match self {
            Self::Text(text) => time(text),
            Self::Toml(moment) => time(&moment.to_string()),
        }
    }
}

fn toml(path: &Path) -> Result<Vec<Row>, Failure> {
    let octets = input::read(path, input::STRUCTURE)?;
    let text = String::from_utf8(octets).map_err(|source| Failure::file(path, source))?;
    let table: Table = toml::from_str(&text).map_err(|source| {
        let start = source.span().map_or(0, |span| span.start);
        let before = text.as_bytes().iter().take(start);
        let line = 1 + before.filter(|octet| **octet == b'\n').count();
        Failure::file(path, format!("line {line}: {}", source.message()))
    })?;
    Ok(table.revoked)
}

impl Row {
    fn from_line(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let (serial, time, rest) = match fields.as_slice() {
            [serial, time, rest @ ..] if rest.len() <= 2 => (serial, time, rest),
            _ => return Err("is not serial,time,reason,invalidity".into()),
        };
        let field = |at: usize| rest.get(at).copied().unwrap_or_default();
        Ok(Self {
            serial: (*serial).into(),
            time: Written::Text((*time).into()),
            reason: field(0).into(),
            invalidity: Some(field(1).to_owned())
                .filter(|text| !text.is_empty())
                .map(Written::Text),
        })
    }

    fn entry(&self) -> Result<RevokedEntry, String> {
        let serial = serial::parse(&self.serial)
            .ok_or_else(|| format!("{:?} is no serial number in hexadecimal", self.serial))?;
        let revoked_at = self.time.time()?;
        let mut entry = if self.reason.eq_ignore_ascii_case(REMOVED) {
            RevokedEntry::removed(serial, revoked_at)
        } else {
            RevokedEntry::new(serial, revoked_at, reason(&self.reason)?)
        };
        if let Some(date) = &self.invalidity {
            entry = entry.invalid_since(date.time()?);
        }
        Ok(entry)
    }
}

fn time(text: &str) -> Result<DateTime, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no time like 2026-11-21T08:00:00Z"))
}

/// The reason of a name in RFC 5280, 5.3.1; an empty one is unspecified.
fn reason(text: &str) -> Result<Reason, String> {
    if text.is_empty() {
        return Ok(Reason::Unspecified);
    }
    let all: Vec<Reason> = (0..=10).filter_map(Reason::from_code).collect();
    let found = all
        .iter()
        .find(|reason| reason.to_string().eq_ignore_ascii_case(text));
    found.copied().ok_or_else(|| {
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        format!(
            "{text:?} is no reason: {} or {REMOVED} (RFC 5280, 5.3.1)",
            names.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<RevokedEntry>, String> {
        let mut entries = Vec::new();
        let taken = csv(Path::new("revoked.csv"), &mut text.as_bytes(), |entry| {
            entries.push(entry);
            Ok(())
        });
        taken.map_err(|failure| failure.reasons())?;
        Ok(entries)
    }

    #[test]
    fn lines_are_revocations_and_some_are_passed_over() {
        let entries = read(
            "\u{feff}serial,time,reason,invalidity\r\n# held\n\n\
             6F:F1,2026-11-21T08:00:00Z,certificateHold\r\n\
             01, 2026-11-21T08:00:00Z, KEYCOMPROMISE, 2026-11-20T00:00:00Z\n\
             2,2026-11-21T08:00:00Z\n\
             03,2026-11-21T08:00:00Z,removeFromCRL",
        )
        .expect("four lines");
        let reasons: Vec<_> = entries.iter().map(RevokedEntry::reason).collect();
        assert_eq!(
            reasons,
            [
                Some(Reason::CertificateHold),
                Some(Reason::KeyCompromise),
                Some(Reason::Unspecified),
                None
            ]
        );
        assert_eq!(entries[0].serial().as_bytes(), [0x6f, 0xf1]);
        assert_eq!(entries[2].serial().as_bytes(), [2]);
        let invalidity = entries[1].invalidity_date().map(|date| date.to_string());
        assert_eq!(invalidity.as_deref(), Some("2026-11-20T00:00:00Z"));
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let good = "01,2026-11-21T08:00:00Z\n";
        for (bad, reason) in [
            ("01", "line 2: is not serial,time,reason,invalidity"),
            (
                "xyz,2026-11-21T08:00:00Z",
                "line 2: \"xyz\" is no serial number",
            ),
            (
                "-1,2026-11-21T08:00:00Z",
                "line 2: \"-1\" is no serial number",
            ),
            ("01,yesterday", "line 2: \"yesterday\" is no time"),
            (
                "01,2026-11-21T08:00:00Z,lost",
                "line 2: \"lost\" is no reason",
            ),
            (&"0".repeat(5_000), "line 2: longer than 4096 octets"),
        ] {
            let said = read(&format!("{good}{bad}")).expect_err(bad);
            assert!(said.contains(reason), "{said}");
        }
    }
}
