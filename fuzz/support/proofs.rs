//! Checkpoints and proofs as strangers send them: what verifies says what our log says.
//!
//! | first octet | what follows |
//! |---|---|
//! | [`EDITED`] | which of the valid texts, then edits of four octets: place (two), value, what to do |
//! | [`FLIPPED`] | which, then changes of three octets: which of the proof's octet strings, place in it, bits |
//! | anything else | the text itself is all of it |

use crate::business::{Log, ORIGIN};
use lifecycle::{Checkpoint, GrowthProof, HistoryProof, SignedCheckpoint};
use serde_json::Value;
use std::{str, sync::LazyLock};

/// A valid text, a few octets of which are changed.
pub const EDITED: u8 = 0;
/// A valid proof, octets of whose digests and records are changed.
pub const FLIPPED: u8 = 1;
/// Edits that are carried out, at most.
const MAX_EDITS: usize = 16;
/// The digits of base64.
const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static LOG: LazyLock<Log> = LazyLock::new(Log::new);
static VALID: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let [earlier, later] = &LOG.checkpoints;
    let mut texts = vec![
        ("earlier.txt".to_owned(), earlier.text().to_owned()),
        ("later.txt".to_owned(), later.text().to_owned()),
        ("growth.json".to_owned(), LOG.growth.to_json()),
    ];
    let histories = LOG.histories.iter().enumerate();
    texts.extend(histories.map(|(count, one)| (format!("history-{count}.json"), one.to_json())));
    texts
});

/// Names and texts that are good.
pub fn valid() -> impl Iterator<Item = (&'static str, &'static str)> {
    VALID.iter().map(|(name, text)| (&**name, &**text))
}

/// Reads octets as a checkpoint and as proofs; `true` if they are one.
///
/// # Panics
/// When something verifies that the log never said.
pub fn run(octets: &[u8]) -> bool {
    match octets {
        [EDITED, which, edits @ ..] => judge(&edited(*which, edits)),
        [FLIPPED, which, changes @ ..] => match flipped(*which, changes) {
            None => false,
            Some((text, changed)) => {
                let verifies = verifies(text.as_bytes());
                assert!(!(changed && verifies), "changed, and it verifies: {text}");
                judge(text.as_bytes())
            }
        },
        octets => judge(octets),
    }
}

fn which_text(which: u8) -> &'static str {
    let (_, text) = &VALID[usize::from(which) % VALID.len()];
    text
}

fn edited(which: u8, edits: &[u8]) -> Vec<u8> {
    let mut text = which_text(which).as_bytes().to_vec();
    let (edits, _) = edits.as_chunks::<4>();
    for [high, low, value, act] in edits.iter().take(MAX_EDITS) {
        let place = usize::from(u16::from_be_bytes([*high, *low])) % text.len().max(1);
        match act % 4 {
            0 if place < text.len() => text[place] = *value,
            1 if place < text.len() => text[place] ^= value,
            2 if place < text.len() => drop(text.remove(place)),
            _ => text.insert(place, *value),
        }
    }
    text
}

/// A proof in which digits of octet strings are others, and whether any of them is.
fn flipped(which: u8, changes: &[u8]) -> Option<(String, bool)> {
    let whole: Value = serde_json::from_str(which_text(which)).ok()?;
    let mut proof = whole.clone();
    let (changes, _) = changes.as_chunks::<3>();
    for [string, place, bits] in changes.iter().take(MAX_EDITS) {
        let mut strings = Vec::new();
        let parts = proof.as_object_mut()?.iter_mut();
        for (_, part) in parts.filter(|(name, _)| ["records", "path"].contains(&name.as_str())) {
            collect(part, &mut strings);
        }
        let count = strings.len();
        let text = strings.swap_remove(usize::from(*string) % count.max(1));
        let mut digits = text.as_bytes().to_vec();
        // The last digits may have bits that stand for nothing, which no reader takes.
        let place = usize::from(*place) % digits.len().saturating_sub(4).max(1);
        let digit = DIGITS.iter().position(|digit| *digit == digits[place])?;
        digits[place] = DIGITS[digit ^ usize::from(bits & 0x3f)];
        *text = String::from_utf8(digits).ok()?;
    }
    let changed = proof != whole;
    Some((proof.to_string(), changed))
}

/// The strings in a value, in their order.
fn collect<'a>(value: &'a mut Value, strings: &mut Vec<&'a mut String>) {
    match value {
        Value::String(text) => strings.push(text),
        Value::Array(parts) => parts.iter_mut().for_each(|part| collect(part, strings)),
        Value::Object(parts) => parts.values_mut().for_each(|part| collect(part, strings)),
        _ => {}
    }
}

fn verifies(text: &[u8]) -> bool {
    let [earlier, _] = &LOG.checkpoints;
    let history = HistoryProof::from_json(text);
    let growth = GrowthProof::from_json(text);
    history.is_ok_and(|proof| proof.verify(ORIGIN, &LOG.key).is_ok())
        || growth.is_ok_and(|proof| proof.verify(earlier, ORIGIN, &LOG.key).is_ok())
}

fn judge(octets: &[u8]) -> bool {
    let checkpoint = str::from_utf8(octets).ok().and_then(|text| {
        let signed = SignedCheckpoint::parse(text).ok()?;
        assert_eq!(signed.text(), text);
        Some(signed)
    });
    if let Some(signed) = &checkpoint
        && let Ok(verified) = signed.verify(ORIGIN, &LOG.key)
    {
        is_ours(&verified);
    }
    let history = HistoryProof::from_json(octets);
    if let Ok(proof) = &history {
        let _ = proof.checkpoint();
        if let Ok((verified, entries)) = proof.verify(ORIGIN, &LOG.key) {
            is_ours(&verified);
            // Its end may be left out: nobody can show that nothing happened afterwards.
            let whole = &LOG.entries[&entries[0].stream];
            assert!(whole.starts_with(&entries), "{entries:?}");
        }
    }
    let growth = GrowthProof::from_json(octets);
    if let Ok(proof) = &growth {
        for earlier in &LOG.checkpoints {
            if let Ok(verified) = proof.verify(earlier, ORIGIN, &LOG.key) {
                is_ours(&verified);
                assert!(verified.head.seq >= earlier.unverified().head.seq);
            }
        }
    }
    checkpoint.is_some() || history.is_ok() || growth.is_ok()
}

fn is_ours(verified: &Checkpoint) {
    let mut ours = LOG.checkpoints.iter().map(SignedCheckpoint::unverified);
    assert!(ours.any(|one| one == verified), "{verified:?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_valid_verifies() {
        let [earlier, later] = &LOG.checkpoints;
        for signed in [earlier, later] {
            signed.verify(ORIGIN, &LOG.key).expect("our own");
        }
        for (name, text) in valid() {
            assert!(run(text.as_bytes()), "{name}");
            assert_eq!(verifies(text.as_bytes()), name.ends_with(".json"), "{name}");
        }
    }

    #[test]
    fn no_changed_octet_of_a_proof_verifies() {
        for which in 0..u8::try_from(VALID.len()).expect("few") {
            for string in 0..=255 {
                run(&[
                    FLIPPED,
                    which,
                    string,
                    string.wrapping_mul(37),
                    1 << (string % 6),
                ]);
            }
        }
    }

    #[test]
    fn edits_never_make_another_log() {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()
        };
        for turn in 0..3_000 {
            let mut input = vec![EDITED, next()[0]];
            for _ in 0..=turn % 3 {
                input.extend(next());
            }
            run(&input);
        }
    }
}
