//! Pieces of sentences: names, dates, lists, evidence, accounts.

use crate::world::{Trouble, World};
use der::DateTime;
use gm_crypto::sm3;
use lifecycle::{Evidence, case::payment::Account, terms::EvidenceKind};
use std::time::Duration;

/// Seconds that China's clocks are ahead of UTC.
const ZONE: u64 = 8 * 60 * 60;

/// What can't be understood.
pub(crate) fn unclear(words: impl Into<String>) -> Trouble {
    Trouble::Unclear(words.into())
}

/// A word of a closed list.
pub(crate) fn word<T>(
    parse: impl Fn(&str) -> Option<T>,
    what: &str,
    text: &str,
) -> Result<T, Trouble> {
    parse(text.trim()).ok_or_else(|| unclear(format!("{text:?} is no {what}")))
}

/// `a, b and c`.
pub(crate) fn list(text: &str) -> Vec<String> {
    let parts = text.split(", ").flat_map(|part| part.split(" and "));
    parts.map(|part| part.trim().to_owned()).collect()
}

/// `2024-03-04 at 09:00`, `2024-03-04 09:00:00` or `2024-03-04` (its first second), in China.
pub(crate) fn time(text: &str) -> Result<DateTime, Trouble> {
    let bad = || unclear(format!("{text:?} is no time such as 2024-03-04 at 09:00"));
    let text = text.replace(" at ", " ");
    let (date, clock) = text.split_once(' ').unwrap_or((&text, "00:00"));
    let clock = match clock.split(':').count() {
        2 => format!("{clock}:00"),
        _ => clock.to_owned(),
    };
    let there: DateTime = format!("{date}T{clock}Z").parse().map_err(|_| bad())?;
    let since = there.unix_duration().checked_sub(Duration::from_secs(ZONE));
    let since = since.ok_or_else(bad)?;
    DateTime::from_unix_duration(since).map_err(|_| bad())
}

/// A time as people in China read it: `2024-03-04 09:00:00`.
pub(crate) fn in_china(at: DateTime) -> String {
    let there = at.unix_duration() + Duration::from_secs(ZONE);
    let there = DateTime::from_unix_duration(there).unwrap_or(at);
    let text = there.to_string();
    text.replace('T', " ").trim_end_matches('Z').to_owned()
}

/// Cuts ` leaving KIND REFERENCE, …` off a sentence.
pub(crate) fn leaving(text: &str) -> Result<(&str, Vec<Evidence>), Trouble> {
    let Some((text, left)) = text.split_once(", leaving ") else {
        return Ok((text, Vec::new()));
    };
    let pieces = left.split(", ").map(|piece| {
        let (kind, reference) = piece
            .split_once(' ')
            .ok_or_else(|| unclear(format!("{piece:?}: kind and place of the evidence")))?;
        let kind = word(EvidenceKind::parse, "kind of evidence", kind)?;
        Ok(evidence(kind, reference))
    });
    Ok((text, pieces.collect::<Result<_, Trouble>>()?))
}

/// Evidence whose octets are the words for where it lies.
pub(crate) fn evidence(kind: EvidenceKind, reference: &str) -> Evidence {
    Evidence::new(kind, sm3::digest(reference.as_bytes()), reference)
}

/// The one piece that an act leaves.
pub(crate) fn one(evidence: Vec<Evidence>) -> Result<Evidence, Trouble> {
    match <[Evidence; 1]>::try_from(evidence) {
        Ok([one]) => Ok(one),
        Err(_) => Err(unclear("this leaves one piece of evidence: say which")),
    }
}

/// `HOLDER / BANK / NUMBER`.
pub(crate) fn account(text: &str) -> Result<Account, Trouble> {
    let parts: Vec<_> = text.split(" / ").map(str::trim).collect();
    match parts[..] {
        [holder, bank, number] => Ok(Account::new(holder, bank, number)),
        _ => Err(unclear(format!(
            "{text:?} is no account: holder / bank / number"
        ))),
    }
}

/// Points of a verdict that a sentence says are not in order: `… although the form is wrong`.
pub(crate) fn although<'a>(
    text: &'a str,
    points: &[&str],
) -> Result<(&'a str, Vec<bool>), Trouble> {
    let Some((text, wrong)) = text.split_once(" although the ") else {
        return Ok((text, vec![true; points.len()]));
    };
    let wrong = wrong.trim_end_matches(" is wrong");
    if !points.contains(&wrong) {
        return Err(unclear(format!(
            "{wrong:?} is none of {}",
            points.join(", ")
        )));
    }
    Ok((text, points.iter().map(|point| *point != wrong).collect()))
}

/// The octets of a file that is told by its name and what is said of it.
pub(crate) fn file(name: &str, said: &[&str]) -> Result<Vec<u8>, Trouble> {
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    let mut kind = extension.to_ascii_lowercase();
    let mut length = None;
    for said in said {
        if let Some(other) = said.strip_prefix("in truth ") {
            kind = other.to_ascii_lowercase();
        } else if let Some(octets) = said.strip_suffix(" octets") {
            let octets = octets.trim().replace(' ', "");
            length = Some(octets.parse().map_err(|_| unclear(format!("{said:?}")))?);
        } else if *said == "empty" {
            length = Some(0);
        } else {
            return Err(unclear(format!("{said:?} says nothing about a file")));
        }
    }
    let head: &[u8] = match kind.as_str() {
        "jpg" | "jpeg" => b"\xff\xd8\xff\xe0\0\x10JFIF",
        "gif" => b"GIF89a",
        "pdf" => b"%PDF-1.7\n",
        "bmp" => b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        "png" => b"\x89PNG\r\n\x1a\n",
        "exe" => b"MZ\x90\0",
        _ => return Err(unclear(format!("no file is known as {kind:?}"))),
    };
    let mut octets = [head, name.as_bytes()].concat();
    octets.resize(length.unwrap_or(octets.len() + 1000), 0x20);
    Ok(octets)
}

/// `in N UNIT`: how long a story waits.
pub(crate) fn wait(world: &World, text: &str) -> Result<Option<DateTime>, Trouble> {
    let Some(span) = text.strip_suffix(" later") else {
        return Ok(None);
    };
    let (count, unit) = span
        .split_once(' ')
        .ok_or_else(|| unclear(format!("{text:?}")))?;
    let count: u64 = match count {
        "one" | "a" | "an" => 1,
        count => count
            .parse()
            .map_err(|_| unclear(format!("{count:?} is no number")))?,
    };
    let seconds = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 60 * 60,
        "day" => 24 * 60 * 60,
        _ => return Err(unclear(format!("{unit:?} is no unit of time"))),
    };
    let then = world.now().unix_duration() + Duration::from_secs(count * seconds);
    let then = DateTime::from_unix_duration(then);
    Ok(Some(then.map_err(|_| unclear("that is too late"))?))
}
