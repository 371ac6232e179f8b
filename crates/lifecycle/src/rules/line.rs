//! Where in the text of a rule set something stands.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The line of an octet, from 1.
pub(super) fn of_octet(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    1 + before.filter(|octet| **octet == b'\n').count()
}

/// The line of a dotted path, or of the innermost table of it that is there. The text was
/// read before: it is TOML.
pub(super) fn of_path(text: &str, path: &str) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut at = None;
    let mut table = Some(root.get_ref());
    let mut list: Option<&[Spanned<DeValue<'_>>]> = None;
    for part in path.split('.') {
        let found = if let Some(inner) = table {
            let Some((key, value)) = inner.get_key_value(part) else {
                break;
            };
            at = Some(key.span().start);
            value
        } else {
            let index = part.parse::<usize>().ok();
            let Some(value) = index.and_then(|index| list?.get(index)) else {
                break;
            };
            at = Some(value.span().start);
            value
        };
        table = found.get_ref().as_table();
        list = found.get_ref().as_array().map(|array| &array[..]);
    }
    at.map(|at| of_octet(text, at))
}

/// The dotted path of the innermost field around an octet; empty: outside of all, or the text
/// is no TOML.
pub(super) fn path_of(text: &str, at: usize) -> String {
    let mut parts = Vec::new();
    if let Ok(root) = DeTable::parse(text) {
        down(root.get_ref(), at, &mut parts);
    }
    parts.join(".")
}

fn down(table: &DeTable<'_>, at: usize, parts: &mut Vec<String>) -> bool {
    for (key, value) in table {
        parts.push(key.get_ref().to_string());
        if key.span().contains(&at) || inside(value, at, parts) {
            return true;
        }
        parts.pop();
    }
    false
}

fn inside(value: &Spanned<DeValue<'_>>, at: usize, parts: &mut Vec<String>) -> bool {
    // A table's span may be its head alone: what is in it is asked in any case.
    let deeper = match value.get_ref() {
        DeValue::Table(table) => down(table, at, parts),
        DeValue::Array(all) => all.iter().enumerate().any(|(index, inner)| {
            parts.push(index.to_string());
            let found = inside(inner, at, parts);
            if !found {
                parts.pop();
            }
            found
        }),
        _ => false,
    };
    deeper || value.span().contains(&at)
}
