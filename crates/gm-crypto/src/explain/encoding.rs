//! What X.690 says and a structure does not do.

use super::{
    Part, Severity,
    asn1::{self, Class, Length, MAX_DEPTH, Node},
};
use alloc::{format, string::String, vec::Vec};

/// Values that are looked at.
const MAX_VALUES: usize = 20_000;
/// Remarks of one kind that are written out.
const MAX_PLACES: usize = 3;

/// Remarks on the encoding of a structure and what stands behind it.
pub(crate) fn remarks(part: &mut Part, node: &Node<'_>, length: usize) {
    let behind = length - node.octets.len();
    if behind > 0 {
        part.wrong(
            format!("{behind} octets stand behind its end"),
            "X.690, 8.1; some devices pad so",
        );
    }
    if let Length::Cut(missing) = node.length {
        part.wrong(
            format!("it is cut off: it ends at octet {length}, {missing} octets too early"),
            "X.690, 8.1.3",
        );
    }
    let mut found: Found = Vec::new();
    let mut budget = MAX_VALUES;
    // Where a file ends that is cut off.
    let end = if node.is_cut() { length } else { usize::MAX };
    walk(node, (0, end), &mut budget, &mut found);
    for (severity, text, clause, places) in found {
        let shown: Vec<String> = places
            .iter()
            .take(MAX_PLACES)
            .map(|place| format!("{place}"))
            .collect();
        let more = match places.len().saturating_sub(MAX_PLACES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let text = format!("{text} (octet {}{more})", shown.join(", "));
        part.remark(severity, text, clause);
    }
    if budget == 0 {
        part.unusual(
            "only its first 20000 values were looked at",
            "a limit of this program",
        );
    }
}

type Found = Vec<(Severity, &'static str, &'static str, Vec<usize>)>;

fn note(
    found: &mut Found,
    severity: Severity,
    text: &'static str,
    clause: &'static str,
    place: usize,
) {
    match found.iter_mut().find(|(_, known, _, _)| *known == text) {
        Some((_, _, _, places)) => places.push(place),
        None => found.push((severity, text, clause, alloc::vec![place])),
    }
}

fn walk(node: &Node<'_>, (depth, end): (usize, usize), budget: &mut usize, found: &mut Found) {
    if *budget == 0 || depth > MAX_DEPTH {
        return;
    }
    *budget -= 1;
    let at = node.offset;
    let mut add = |text, clause| note(found, Severity::Wrong, text, clause, at);
    match node.length {
        Length::Minimal => {}
        Length::Long => add(
            "a length with more octets than it needs: BER, not DER",
            "X.690, 10.1",
        ),
        Length::Indefinite => add("an indefinite length: BER, not DER", "X.690, 10.1"),
        // What is inside of what is cut off ends there, too.
        Length::Cut(_) if depth == 0 => {}
        Length::Cut(_) if at + node.octets.len() == end => {}
        Length::Cut(_) => add("it is cut off: a length runs past the end", "X.690, 8.1.3"),
    }
    if node.class == Class::Universal {
        primitive(node, &mut add);
        if node.number == 0 {
            let text = "a value with the tag 0, which no type has";
            note(
                found,
                Severity::Unusual,
                text,
                "X.690, 8.1.5: the end of indefinite lengths",
                at,
            );
        }
    }
    if !node.constructed {
        return;
    }
    let mut children = node.children();
    let mut previous: Option<&[u8]> = None;
    let mut ordered = true;
    for child in children.by_ref() {
        if node.is(asn1::SET) {
            ordered &= previous.is_none_or(|previous| previous <= child.octets);
            previous = Some(child.octets);
        }
        walk(&child, (depth + 1, end), budget, found);
    }
    if !ordered {
        // Names and messages of the field have it, and signatures over them hold.
        note(
            found,
            Severity::Unusual,
            "a SET OF that is not in order",
            "X.690, 11.6",
            at,
        );
    }
    if children.rest() > 0 {
        let text = "octets inside of it that are no value";
        note(found, Severity::Wrong, text, "X.690, 8.1", at);
    }
}

fn primitive(node: &Node<'_>, add: &mut dyn FnMut(&'static str, &'static str)) {
    let content = node.content;
    let constructed_type = node.number == asn1::SEQUENCE || node.number == asn1::SET;
    if node.constructed && !constructed_type {
        add("a string in pieces: BER, not DER", "X.690, 10.2");
        return;
    }
    match node.number {
        asn1::BOOLEAN if content != [0] && content != [0xff] => {
            add("a BOOLEAN that is neither 00 nor FF", "X.690, 11.1");
        }
        asn1::INTEGER | asn1::ENUMERATED => match content {
            [] => add("an INTEGER without octets", "X.690, 8.3.1"),
            [0, second, ..] if second & 0x80 == 0 => {
                add("an INTEGER with a padding octet 00", "X.690, 8.3.2");
            }
            [0xff, second, ..] if second & 0x80 != 0 => {
                add("an INTEGER with a padding octet FF", "X.690, 8.3.2");
            }
            _ => {}
        },
        asn1::BIT_STRING => match content {
            [] => add(
                "a BIT STRING without the count of unused bits",
                "X.690, 8.6.2",
            ),
            [unused, ..] if *unused > 7 || (*unused > 0 && content.len() == 1) => {
                add(
                    "a BIT STRING with an impossible count of unused bits",
                    "X.690, 8.6.2",
                );
            }
            [unused, .., last] if last & ((1_u8 << unused) - 1) != 0 => {
                add("a BIT STRING whose unused bits are not 0", "X.690, 11.2.1");
            }
            _ => {}
        },
        asn1::NULL if !content.is_empty() => add("a NULL with octets", "X.690, 8.8"),
        _ => {}
    }
}
