//! What happened, for people.

use super::{Package, Piece};
use crate::{
    Entry, KeyId, StreamId,
    calendar::in_china,
    field::plain,
    words::{self, Language},
};
use std::fmt::Write;

impl Package {
    /// What happened, line by line, in China's time.
    pub fn timeline(&self, language: Language) -> String {
        timeline(language, &self.cover.about, &self.entries, &self.pieces)
    }
}

/// A line for each record, and one for each piece of evidence under it.
pub(super) fn timeline(
    language: Language,
    about: &StreamId,
    entries: &[Entry],
    pieces: &[Piece],
) -> String {
    let say = |message, facts: &[(&'static str, &str)]| words::told(language, message, facts);
    let mut text = say("package-title", &[("history", &about.to_string())]);
    text.push('\n');
    // Both are in the log's order.
    let mut pieces = pieces.iter().peekable();
    for entry in entries {
        let by = [
            ("person", entry.actor.person.as_str()),
            ("seat", words::name(language, entry.actor.seat)),
        ];
        let _ = writeln!(
            text,
            "{}  {}  {}  {}  {}",
            in_china(entry.at),
            entry.seq,
            entry.stream,
            words::event(language, &entry.event),
            say("package-actor", &by),
        );
        while pieces.next_if(|piece| piece.seq < entry.seq).is_some() {}
        while let Some(piece) = pieces.next_if(|piece| piece.seq == entry.seq) {
            let digest = <[u8; 32]>::try_from(&piece.evidence.digest[..]);
            let digest = digest.map_or_else(
                |_| String::new(),
                |digest| KeyId::from_digest(digest).to_string(),
            );
            let message = if piece.is_enclosed {
                "package-enclosed"
            } else {
                "package-elsewhere"
            };
            let facts = [
                ("kind", words::name(language, piece.evidence.kind)),
                ("reference", &*plain(&piece.evidence.reference)),
                ("digest", &*digest),
            ];
            let _ = writeln!(text, "    {}", say(message, &facts));
        }
    }
    text
}
