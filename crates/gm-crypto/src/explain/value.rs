//! How one primitive value is told.

use super::{
    View,
    asn1::{self, Class, Node},
    names::name_and_dotted,
    schema::Type,
};
use crate::sm2::PublicKey;
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use core::fmt::Write;

/// Characters of the longest value in a line.
const MAX_CHARACTERS: usize = 120;
/// Octets of a value that are shown.
const MAX_OCTETS: usize = 24;
/// The same where everything is wanted.
const MAX_OCTETS_FULL: usize = 512;

/// What a value of `kind` says; `hide` where it may be a secret.
pub(crate) fn value(node: &Node<'_>, kind: &Type, view: View, hide: bool) -> String {
    if node.constructed {
        return String::new();
    }
    match kind.bare() {
        Type::Personal => return personal(node, view),
        Type::Bits(names) => return named_bits(node, names),
        Type::Named(_, names) => {
            let known = node.small().and_then(|number| {
                let row = names.iter().find(|(value, _)| *value == number)?;
                Some(format!("{} ({number})", row.1))
            });
            return known.unwrap_or_else(|| integer(node, view));
        }
        Type::Point(_) => return point(node, view, hide),
        Type::Time => return time(node),
        Type::Is(number) if !hide && node.class == Class::Context => {
            return universal(node, *number, view, hide);
        }
        Type::Text if node.class == Class::Context => {
            return universal(node, asn1::UTF8_STRING, view, hide);
        }
        _ => {}
    }
    match node.class {
        Class::Universal => universal(node, node.number, view, hide),
        _ if hide => hidden(node.content),
        _ => octets(node.content, view),
    }
}

/// A value with the tag `number`, which may be written otherwise (implicit tags).
fn universal(node: &Node<'_>, number: u32, view: View, hide: bool) -> String {
    match number {
        asn1::BOOLEAN => match node.content {
            [0] => "FALSE".into(),
            [_] => "TRUE".into(),
            _ => octets(node.content, view),
        },
        asn1::INTEGER | asn1::ENUMERATED if hide && node.content.len() > 2 => hidden(node.content),
        asn1::INTEGER | asn1::ENUMERATED => integer(node, view),
        asn1::NULL => String::new(),
        asn1::OBJECT_IDENTIFIER => match asn1::dotted(node.content) {
            Some(dotted) => name_and_dotted(&dotted),
            None => format!("not an identifier: {}", octets(node.content, view)),
        },
        asn1::UTC_TIME | asn1::GENERALIZED_TIME => time(node),
        asn1::BIT_STRING => match node.content.split_first() {
            _ if hide => point(node, view, hide),
            Some((0, rest)) => octets(rest, view),
            Some((unused, rest)) => format!("{}, {unused} bits unused", octets(rest, view)),
            None => "empty, without the count of unused bits".into(),
        },
        asn1::OCTET_STRING if hide => hidden(node.content),
        asn1::OCTET_STRING => octets(node.content, view),
        _ if hide => hidden(node.content),
        _ => match decoded(number, node.content) {
            Some(text) => quoted(&masked(&text, view)),
            None => format!("{} ({})", octets(node.content, view), not_decoded(number)),
        },
    }
}

fn not_decoded(number: u32) -> &'static str {
    match number {
        asn1::UTF8_STRING => "not UTF-8; perhaps GBK, not decoded",
        asn1::TELETEX_STRING => "perhaps GBK, not decoded",
        asn1::BMP_STRING => "not UTF-16",
        _ => "not characters of this type",
    }
}

/// What is never shown, by its length.
pub(crate) fn hidden(content: &[u8]) -> String {
    format!("{} octets, not shown", content.len())
}

/// Hexadecimal digits, cut where there are many.
pub(crate) fn octets(content: &[u8], view: View) -> String {
    let limit = if view.full {
        MAX_OCTETS_FULL
    } else {
        MAX_OCTETS
    };
    if content.is_empty() {
        return "empty".into();
    }
    if content.len() <= limit + 8 {
        return hexadecimal(content);
    }
    format!(
        "{}… ({} octets)",
        hexadecimal(&content[..limit]),
        content.len()
    )
}

/// All of them.
pub(crate) fn hexadecimal(content: &[u8]) -> String {
    let mut text = String::with_capacity(2 * content.len());
    for octet in content {
        // Writing to a String does not fail.
        let _ = write!(text, "{octet:02x}");
    }
    text
}

fn integer(node: &Node<'_>, view: View) -> String {
    match (node.small(), node.content) {
        (Some(number), _) => format!("{number}"),
        (None, []) => "empty, which is no number".into(),
        (None, [first, ..]) if first & 0x80 != 0 => {
            format!("negative: 0x{}", octets(node.content, view))
        }
        (None, _) => format!("0x{}", octets(node.unsigned(), view)),
    }
}

fn named_bits(node: &Node<'_>, names: &[&str]) -> String {
    let Some((_, bits)) = node.content.split_first() else {
        return "empty, without the count of unused bits".into();
    };
    let mut found: Vec<String> = Vec::new();
    for (index, octet) in bits.iter().take(8).enumerate() {
        for bit in 0..8 {
            if octet & (0x80 >> bit) != 0 {
                let number = index * 8 + bit;
                found.push(match names.get(number) {
                    Some(name) => (*name).to_owned(),
                    None => format!("bit {number}"),
                });
            }
        }
    }
    if found.is_empty() {
        "none".into()
    } else {
        found.join(", ")
    }
}

fn point(node: &Node<'_>, view: View, hide: bool) -> String {
    let content = match node.content.split_first() {
        Some((0, rest)) if !node.is(asn1::OCTET_STRING) => rest,
        _ => node.content,
    };
    match PublicKey::from_sec1(content) {
        Ok(_) => format!("{}, a point of the SM2 curve", octets(content, view)),
        Err(_) if hide => hidden(node.content),
        Err(_) => format!("{}, no point of the SM2 curve", octets(content, view)),
    }
}

/// `2012-07-14 03:11:59Z`, or the characters as they are.
pub(crate) fn time(node: &Node<'_>) -> String {
    let text = ascii(node.content);
    let utc = node.is(asn1::UTC_TIME) || (node.class == Class::Context && node.content.len() == 13);
    let Some(text) = text else {
        return "not characters".into();
    };
    let digits = text.trim_end_matches('Z');
    // Whatever else stands in it could write to the terminal.
    let of_a_time = |octet: u8| octet.is_ascii_digit() || b".+-".contains(&octet);
    if !digits.bytes().all(of_a_time) {
        return quoted(&text);
    }
    let (year, rest) = match (utc, digits.len()) {
        (true, 10 | 12) => {
            // RFC 5280, 4.1.2.5.1: from 50 on, the last century.
            let century = if digits < "50" { "20" } else { "19" };
            (format!("{century}{}", &digits[..2]), &digits[2..])
        }
        (false, 14..) => (digits[..4].to_owned(), &digits[4..]),
        _ => return quoted(&text),
    };
    if !rest.bytes().take(8).all(|octet| octet.is_ascii_digit()) {
        return quoted(&text);
    }
    let zone = if text.ends_with('Z') {
        "Z"
    } else {
        " without Z"
    };
    let seconds = rest.get(8..).filter(|seconds| !seconds.is_empty());
    let seconds = seconds.map_or_else(String::new, |seconds| format!(":{seconds}"));
    format!(
        "{year}-{}-{} {}:{}{seconds}{zone}",
        &rest[..2],
        &rest[2..4],
        &rest[4..6],
        &rest[6..8]
    )
}

fn ascii(content: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(content).ok()?;
    text.is_ascii().then(|| text.to_owned())
}

/// The characters of a string; none where they are not what its tag says.
pub(crate) fn decoded(number: u32, content: &[u8]) -> Option<String> {
    match number {
        asn1::UTF8_STRING => core::str::from_utf8(content).ok().map(ToOwned::to_owned),
        asn1::BMP_STRING => {
            let (pairs, []) = content.as_chunks::<2>() else {
                return None;
            };
            let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
            char::decode_utf16(units)
                .collect::<Result<String, _>>()
                .ok()
        }
        asn1::UNIVERSAL_STRING => {
            let (words, []) = content.as_chunks::<4>() else {
                return None;
            };
            let words = words.iter().map(|word| u32::from_be_bytes(*word));
            words.map(char::from_u32).collect()
        }
        // T.61 beyond ASCII is written by nobody; what stands there is GBK or Latin-1.
        _ => ascii(content),
    }
}

/// In quotes, without characters that move the cursor or turn the direction, cut.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", printable(text))
}

/// Without characters that a terminal obeys, cut.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index >= MAX_CHARACTERS {
            shown.push('…');
            break;
        }
        let turns = matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if character.is_control() || turns {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A value that tells who somebody is, or a password.
fn personal(node: &Node<'_>, view: View) -> String {
    let (tag, text) = innermost_text(node);
    let text = match text {
        Some(text) => text,
        None if view.reveal => return octets(node.content, view),
        None => return hidden(node.content),
    };
    if view.reveal {
        return format!("{tag} {}", quoted(&text));
    }
    format!("{tag} {}", quoted(&stars(&text)))
}

/// The text inside of whatever wraps it, and how it was wrapped.
pub(crate) fn innermost_text(node: &Node<'_>) -> (String, Option<String>) {
    let mut tags = Vec::new();
    let mut node = *node;
    for _ in 0..4 {
        tags.push(node.tag_name());
        match node.inside() {
            Some(inner) => node = inner,
            None => break,
        }
    }
    if tags.len() > 1 && tags[0] == "OCTET STRING" {
        tags.remove(0);
    }
    let number = if node.class == Class::Universal {
        node.number
    } else {
        asn1::UTF8_STRING
    };
    let number = if number == asn1::OCTET_STRING {
        asn1::UTF8_STRING
    } else {
        number
    };
    let text = decoded(number, node.content)
        .filter(|text| !node.constructed && !text.chars().any(char::is_control));
    (tags.join(" "), text)
}

/// The first two characters and stars.
pub(crate) fn stars(text: &str) -> String {
    let count = text.chars().count();
    let shown = if count > 6 { 2 } else { 0 };
    let mut masked: String = text.chars().take(shown).collect();
    masked.extend(core::iter::repeat_n('*', count - shown));
    masked
}

/// Numbers of resident identity cards (GB 11643: 17 digits and a digit or X) within a text
/// are masked.
pub(crate) fn masked(text: &str, view: View) -> String {
    if view.reveal {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        let run = characters[at..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        let rest = &characters[at + run..];
        let with_x = run == 17 && matches!(rest.first(), Some('X' | 'x'));
        let length = run + usize::from(with_x);
        if length == 18 {
            masked.push_str(&stars(&characters[at..at + 18].iter().collect::<String>()));
            at += 18;
        } else {
            let step = run.max(1);
            masked.extend(&characters[at..at + step]);
            at += step;
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View {
        full: false,
        reveal: false,
    };

    fn told(octets: &[u8]) -> String {
        value(&Node::read(octets).unwrap(), &Type::Any, VIEW, false)
    }

    #[test]
    fn strings_are_decoded_or_said_not_to_be() {
        assert_eq!(
            told(&[12, 6, 0xe6, 0xb5, 0x8b, 0xe8, 0xaf, 0x95]),
            "\"测试\""
        );
        assert_eq!(told(&[30, 4, 0x6d, 0x4b, 0x8b, 0xd5]), "\"测试\"");
        assert_eq!(
            told(&[20, 4, 0xb2, 0xe2, 0xca, 0xd4]),
            "b2e2cad4 (perhaps GBK, not decoded)"
        );
        assert!(told(&[12, 2, 0xb2, 0xe2]).starts_with("b2e2 (not UTF-8"));
        assert_eq!(told(b"\x0c\x05a\x1b[2J"), "\"a\\u{1b}[2J\"");
    }

    #[test]
    fn times_are_dates() {
        assert_eq!(told(b"\x17\x0d120714031159Z"), "2012-07-14 03:11:59Z");
        assert_eq!(told(b"\x17\x0d500714031159Z"), "1950-07-14 03:11:59Z");
        assert_eq!(told(b"\x18\x0f20620714031159Z"), "2062-07-14 03:11:59Z");
        assert_eq!(told(b"\x17\x02Zx"), "\"Zx\"");
        assert_eq!(
            told(b"\x18\x0f2062071403115\x1bZ"),
            "\"2062071403115\\u{1b}Z\"",
            "nothing writes to the terminal"
        );
        assert_eq!(
            told(b"\x17\x0c\xe6\xb5\x8b\xe6\xb5\x8b\xe6\xb5\x8b\xe6\xb5\x8b"),
            "not characters"
        );
    }

    #[test]
    fn identity_numbers_are_masked_and_others_are_not() {
        assert_eq!(
            masked("张三 110101199001011237", VIEW),
            "张三 11****************"
        );
        assert_eq!(masked("11010119900101123X@1", VIEW), "11****************@1");
        assert_eq!(masked("1234567890123456789", VIEW), "1234567890123456789");
        assert_eq!(masked("12345678901234567", VIEW), "12345678901234567");
        let reveal = View {
            reveal: true,
            ..VIEW
        };
        assert_eq!(masked("110101199001011237", reveal), "110101199001011237");
    }

    #[test]
    fn numbers_say_when_they_are_negative() {
        assert_eq!(told(&[2, 1, 5]), "5");
        assert_eq!(told(&[2, 5, 1, 2, 3, 4, 5]), "0x0102030405");
        assert_eq!(told(&[2, 1, 0x80]), "negative: 0x80");
        assert_eq!(told(&[2, 0]), "empty, which is no number");
    }
}
