//! A reader of BER that forgives, for display alone: what is wrong is noted, not refused.
//! Nothing here is used to accept anything.

use alloc::string::String;
use core::fmt::Write;

/// Levels below the first that are looked at.
pub(crate) const MAX_DEPTH: usize = 32;

/// The class of a tag (X.690, 8.1.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Universal,
    Application,
    Context,
    Private,
}

pub(crate) const BOOLEAN: u32 = 1;
pub(crate) const INTEGER: u32 = 2;
pub(crate) const BIT_STRING: u32 = 3;
pub(crate) const OCTET_STRING: u32 = 4;
pub(crate) const NULL: u32 = 5;
pub(crate) const OBJECT_IDENTIFIER: u32 = 6;
pub(crate) const ENUMERATED: u32 = 10;
pub(crate) const UTF8_STRING: u32 = 12;
pub(crate) const SEQUENCE: u32 = 16;
pub(crate) const SET: u32 = 17;
pub(crate) const NUMERIC_STRING: u32 = 18;
pub(crate) const PRINTABLE_STRING: u32 = 19;
pub(crate) const TELETEX_STRING: u32 = 20;
pub(crate) const IA5_STRING: u32 = 22;
pub(crate) const UTC_TIME: u32 = 23;
pub(crate) const GENERALIZED_TIME: u32 = 24;
pub(crate) const VISIBLE_STRING: u32 = 26;
pub(crate) const GENERAL_STRING: u32 = 27;
pub(crate) const UNIVERSAL_STRING: u32 = 28;
pub(crate) const BMP_STRING: u32 = 30;

/// How a length was written (X.690, 8.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// As short as can be.
    Minimal,
    /// With more octets than it needs.
    Long,
    /// Until two octets 00.
    Indefinite,
    /// It says this many octets more than there are.
    Cut(u64),
}

/// One value: tag, length, content, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    /// Octets from the beginning of the input to the tag.
    pub(crate) offset: usize,
    pub(crate) class: Class,
    pub(crate) constructed: bool,
    pub(crate) number: u32,
    pub(crate) length: Length,
    /// Octets of tag and length.
    pub(crate) header: usize,
    pub(crate) content: &'a [u8],
    /// Tag, length and content (and the end mark of an indefinite length).
    pub(crate) octets: &'a [u8],
}

impl<'a> Node<'a> {
    /// The first value in `octets`; none when there is not even a tag and a length.
    pub(crate) fn read(octets: &'a [u8]) -> Option<Self> {
        read_at(octets, 0, MAX_DEPTH)
    }

    /// The one value in `octets`, if it ends where they end.
    pub(crate) fn read_exact(octets: &'a [u8]) -> Option<Self> {
        Self::read(octets).filter(|node| node.octets.len() == octets.len() && !node.is_cut())
    }

    /// What stands inside, whatever can be read of it; nothing for a primitive value.
    pub(crate) fn children(&self) -> Children<'a> {
        let content = if self.constructed { self.content } else { &[] };
        Children {
            rest: content,
            offset: self.offset + self.header,
        }
    }

    /// The child at `index`.
    pub(crate) fn child(&self, index: usize) -> Option<Self> {
        self.children().nth(index)
    }

    /// What stands inside an OCTET STRING or BIT STRING, or under an explicit tag.
    pub(crate) fn inside(&self) -> Option<Self> {
        if self.constructed {
            return self.child(0);
        }
        let skip = usize::from(self.is(BIT_STRING));
        let content = self.content.get(skip..)?;
        let mut node = Node::read_exact(content)?;
        node.offset = self.offset + self.header + skip;
        Some(node)
    }

    pub(crate) fn is(&self, number: u32) -> bool {
        self.class == Class::Universal && self.number == number
    }

    pub(crate) fn is_context(&self, number: u32) -> bool {
        self.class == Class::Context && self.number == number
    }

    pub(crate) fn is_cut(&self) -> bool {
        matches!(self.length, Length::Cut(_))
    }

    /// Content octets without the count of unused bits, for BIT STRINGs of whole octets.
    pub(crate) fn bits(&self) -> Option<&'a [u8]> {
        match self.content.split_first() {
            Some((0, octets)) => Some(octets),
            _ => None,
        }
    }

    /// The dotted form of an OBJECT IDENTIFIER.
    pub(crate) fn oid(&self) -> Option<String> {
        if !self.is(OBJECT_IDENTIFIER) || self.constructed {
            return None;
        }
        dotted(self.content)
    }

    /// A small number that is not negative.
    pub(crate) fn small(&self) -> Option<u32> {
        let integer = self.is(INTEGER) || self.is(ENUMERATED);
        match self.content {
            [first, ..] if first & 0x80 != 0 => None,
            [_, ..] if integer && self.content.len() <= 4 => {
                let value = self.content.iter();
                Some(value.fold(0, |value, octet| value << 8 | u32::from(*octet)))
            }
            _ => None,
        }
    }

    /// The value of a number that should not be negative, as octets without leading zeros.
    pub(crate) fn unsigned(&self) -> &'a [u8] {
        let zeros = self.content.iter().take_while(|octet| **octet == 0).count();
        &self.content[zeros..]
    }

    /// The name of the tag.
    pub(crate) fn tag_name(&self) -> String {
        let universal = match self.number {
            BOOLEAN => "BOOLEAN",
            INTEGER => "INTEGER",
            BIT_STRING => "BIT STRING",
            OCTET_STRING => "OCTET STRING",
            NULL => "NULL",
            OBJECT_IDENTIFIER => "OBJECT IDENTIFIER",
            ENUMERATED => "ENUMERATED",
            UTF8_STRING => "UTF8String",
            SEQUENCE => "SEQUENCE",
            SET => "SET",
            NUMERIC_STRING => "NumericString",
            PRINTABLE_STRING => "PrintableString",
            TELETEX_STRING => "TeletexString",
            IA5_STRING => "IA5String",
            UTC_TIME => "UTCTime",
            GENERALIZED_TIME => "GeneralizedTime",
            VISIBLE_STRING => "VisibleString",
            GENERAL_STRING => "GeneralString",
            UNIVERSAL_STRING => "UniversalString",
            BMP_STRING => "BMPString",
            _ => "",
        };
        let mut name = String::new();
        let prefix = match self.class {
            Class::Universal if !universal.is_empty() => return universal.into(),
            Class::Universal => "UNIVERSAL ",
            Class::Application => "APPLICATION ",
            Class::Context => "",
            Class::Private => "PRIVATE ",
        };
        // Writing to a String does not fail.
        let _ = write!(name, "[{prefix}{}]", self.number);
        name
    }
}

/// The values in a content, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Children<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl Children<'_> {
    /// Octets that are no value.
    pub(crate) fn rest(&self) -> usize {
        self.rest.len()
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        let node = read_at(self.rest, self.offset, MAX_DEPTH)?;
        self.rest = &self.rest[node.octets.len()..];
        self.offset += node.octets.len();
        Some(node)
    }
}

/// The dotted form of the content of an OBJECT IDENTIFIER (X.690, 8.19).
pub(crate) fn dotted(content: &[u8]) -> Option<String> {
    if content.is_empty() || content.len() > 64 || content.last()? & 0x80 != 0 {
        return None;
    }
    let mut text = String::new();
    let mut value: u64 = 0;
    let mut first = true;
    for octet in content {
        if value >> 57 != 0 {
            return None;
        }
        value = value << 7 | u64::from(octet & 0x7f);
        if octet & 0x80 != 0 {
            continue;
        }
        let _ = if first {
            let arc = (value / 40).min(2);
            write!(text, "{arc}.{}", value - 40 * arc)
        } else {
            write!(text, ".{value}")
        };
        first = false;
        value = 0;
    }
    Some(text)
}

struct Head {
    class: Class,
    constructed: bool,
    number: u32,
    header: usize,
    length: Option<u64>,
    minimal: bool,
}

fn head(octets: &[u8]) -> Option<Head> {
    let first = *octets.first()?;
    let class = match first >> 6 {
        0 => Class::Universal,
        1 => Class::Application,
        2 => Class::Context,
        _ => Class::Private,
    };
    let mut at = 1;
    let mut number = u32::from(first & 0x1f);
    if number == 0x1f {
        number = 0;
        loop {
            let octet = *octets.get(at)?;
            at += 1;
            if number >> 24 != 0 {
                return None;
            }
            number = number << 7 | u32::from(octet & 0x7f);
            if octet & 0x80 == 0 {
                break;
            }
        }
    }
    let octet = *octets.get(at)?;
    at += 1;
    let (length, minimal) = match octet {
        0..=0x7f => (Some(u64::from(octet)), true),
        0x80 => (None, true),
        _ => {
            let count = usize::from(octet & 0x7f);
            if count > 8 {
                return None;
            }
            let value = octets.get(at..at + count)?;
            at += count;
            let length = value
                .iter()
                .fold(0, |sum, octet| sum << 8 | u64::from(*octet));
            (Some(length), value[0] != 0 && length > 0x7f)
        }
    };
    Some(Head {
        class,
        constructed: first & 0x20 != 0,
        number,
        header: at,
        length,
        minimal,
    })
}

fn read_at(octets: &[u8], offset: usize, depth: usize) -> Option<Node<'_>> {
    let head = head(octets)?;
    let rest = &octets[head.header..];
    let (content, whole, length) = match head.length {
        Some(length) => match usize::try_from(length).ok().filter(|n| *n <= rest.len()) {
            Some(length) => {
                let form = if head.minimal {
                    Length::Minimal
                } else {
                    Length::Long
                };
                (&rest[..length], head.header + length, form)
            }
            None => (rest, octets.len(), Length::Cut(length - rest.len() as u64)),
        },
        None if head.constructed => {
            let end = end_of_indefinite(rest, depth)?;
            (&rest[..end], head.header + end + 2, Length::Indefinite)
        }
        None => return None,
    };
    Some(Node {
        offset,
        class: head.class,
        constructed: head.constructed,
        number: head.number,
        length,
        header: head.header,
        content,
        octets: &octets[..whole],
    })
}

/// Octets in front of the end mark.
fn end_of_indefinite(octets: &[u8], depth: usize) -> Option<usize> {
    let depth = depth.checked_sub(1)?;
    let mut at = 0;
    loop {
        let rest = &octets[at..];
        if rest.starts_with(&[0, 0]) {
            return Some(at);
        }
        let head = head(rest)?;
        let content = &rest[head.header..];
        let length = match head.length {
            Some(length) => usize::try_from(length)
                .ok()
                .filter(|n| *n <= content.len())?,
            None if head.constructed => end_of_indefinite(content, depth)? + 2,
            None => return None,
        };
        at += head.header + length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn depth_first(node: Node<'_>, depth: usize, count: &mut usize) {
        *count += 1;
        if depth < MAX_DEPTH {
            for child in node.children() {
                depth_first(child, depth + 1, count);
            }
        }
    }

    #[test]
    fn lengths_are_told_apart() {
        let length = |octets: &[u8]| Node::read(octets).map(|node| node.length);
        assert_eq!(length(&[4, 1, 9]), Some(Length::Minimal));
        assert_eq!(length(&[4, 0x81, 1, 9]), Some(Length::Long));
        assert_eq!(
            length(&[0x24, 0x80, 4, 1, 9, 0, 0]),
            Some(Length::Indefinite)
        );
        assert_eq!(length(&[4, 5, 9]), Some(Length::Cut(4)));
        assert_eq!(
            length(&[4, 0x80, 0, 0]),
            None,
            "a primitive value has an end"
        );
        assert_eq!(length(&[0x24, 0x80, 4, 1, 9]), None, "no end mark");
    }

    #[test]
    fn an_identifier_has_its_dotted_form() {
        assert_eq!(
            dotted(&[0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d]).as_deref(),
            Some("1.2.156.10197.1.301")
        );
        assert_eq!(dotted(&[0x88, 0x37]).as_deref(), Some("2.999"));
        assert_eq!(dotted(&[0x2a, 0x81]), None);
        assert_eq!(dotted(&[0xff; 64]), None);
    }

    #[test]
    fn a_thousand_levels_end_somewhere() {
        let deep = [[0x30, 0x80].repeat(1000), [0, 0].repeat(1000)].concat();
        assert!(Node::read(&deep).is_none());
        let mut octets = alloc::vec![];
        for _ in 0..300 {
            let mut outer = alloc::vec![0x30, 0x82];
            outer.extend(u16::try_from(octets.len()).unwrap().to_be_bytes());
            outer.extend(&octets);
            octets = outer;
        }
        let mut count = 0;
        depth_first(Node::read(&octets).unwrap(), 0, &mut count);
        assert_eq!(count, MAX_DEPTH + 1);
    }

    proptest! {
        #[test]
        fn whatever_comes_children_lie_inside(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(node) = Node::read(&octets) {
                let mut at = node.offset + node.header;
                let mut children = node.children();
                for child in children.by_ref() {
                    prop_assert_eq!(child.offset, at);
                    at += child.octets.len();
                }
                if node.constructed {
                    prop_assert_eq!(at + children.rest(), node.header + node.content.len());
                }
                let mut count = 0;
                depth_first(node, 0, &mut count);
                prop_assert!(count <= octets.len());
            }
        }
    }
}
