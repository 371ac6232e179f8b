//! Where in the text of a profile a field stands.

use crate::Error;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The same error with the line that it speaks of, from 1.
pub(super) fn located(error: Error, text: &str) -> Error {
    let with = |field: &str, value: Option<&str>| line(text, field, value);
    match error {
        Error::Policy {
            field,
            rule,
            clause,
            ..
        } => Error::Policy {
            field,
            line: with(field, None),
            rule,
            clause,
        },
        Error::UnknownWord {
            field,
            value,
            expected,
            clause,
            ..
        } => Error::UnknownWord {
            field,
            line: with(field, Some(&value)),
            value,
            expected,
            clause,
        },
        other => other,
    }
}

/// The line of an octet.
pub(super) fn of_octet(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    1 + before.filter(|octet| **octet == b'\n').count()
}

/// The line of `value` in a field, or of the field, or of the table that lacks it. The text
/// was read before: it is TOML.
fn line(text: &str, field: &str, value: Option<&str>) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut table = root.get_ref();
    let mut at = table.get("name").map_or(0, |name| name.span().start);
    for part in field.split('.') {
        let Some((key, found)) = table.get_key_value(part) else {
            break;
        };
        at = key.span().start;
        let Some(value) = value else {
            match found.get_ref().as_table() {
                Some(inner) => table = inner,
                None => break,
            }
            continue;
        };
        at = place(found, value).unwrap_or(at);
        match found.get_ref().as_table() {
            Some(inner) => table = inner,
            None => break,
        }
    }
    Some(of_octet(text, at))
}

/// The first place inside `found` where `value` stands, as key or as text.
fn place(found: &Spanned<DeValue<'_>>, value: &str) -> Option<usize> {
    match found.get_ref() {
        DeValue::String(text) => (text == value).then(|| found.span().start),
        DeValue::Array(all) => all.iter().find_map(|inner| place(inner, value)),
        DeValue::Table(table) => table.iter().find_map(|(key, inner)| {
            let is_key = key.get_ref() == value;
            if is_key {
                Some(key.span().start)
            } else {
                place(inner, value)
            }
        }),
        _ => None,
    }
}
