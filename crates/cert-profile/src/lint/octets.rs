//! DER as it came: elements with their places, and a count of the work.
//!
//! Strict where two readers could see two structures (lengths are definite and shortest,
//! tags of one octet); what a value says inside is for the rules.

use core::{cell::Cell, fmt};

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BITS: u8 = 0x03;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8: u8 = 0x0c;
pub(crate) const NUMERIC: u8 = 0x12;
pub(crate) const PRINTABLE: u8 = 0x13;
pub(crate) const TELETEX: u8 = 0x14;
pub(crate) const IA5: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const VISIBLE: u8 = 0x1a;
pub(crate) const UNIVERSAL: u8 = 0x1c;
pub(crate) const BMP: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// Context-specific and primitive: an IMPLICIT value without parts.
pub(crate) const fn primitive(number: u8) -> u8 {
    0x80 | number
}

/// Context-specific and constructed: EXPLICIT, or an IMPLICIT SEQUENCE.
pub(crate) const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// How deep a value may be nested that nobody here knows the syntax of; the deepest of RFC
/// 5280's extensions has less than half of it.
const MOST_LEVELS: usize = 16;

pub(crate) type Read<T> = Result<T, Fault>;

/// Why octets are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    what: &'static str,
    at: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}", self.what, self.at)
    }
}

/// How much was read: each element counts once each time that it is looked at.
#[derive(Debug)]
pub(crate) struct Work {
    elements: Cell<usize>,
    octets: Cell<usize>,
    limit: usize,
}

impl Work {
    /// At most `limit` elements are read.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            elements: Cell::new(0),
            octets: Cell::new(0),
            limit,
        }
    }

    pub(crate) fn elements(&self) -> usize {
        self.elements.get()
    }

    pub(crate) fn octets(&self) -> usize {
        self.octets.get()
    }

    fn count(&self, octets: usize, at: usize) -> Read<()> {
        let elements = self.elements.get() + 1;
        self.elements.set(elements);
        self.octets.set(self.octets.get() + octets);
        if elements > self.limit {
            let what = "more elements than are read";
            return Err(Fault { what, at });
        }
        Ok(())
    }
}

/// One element, whole and taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) whole: &'a [u8],
    header: usize,
    start: usize,
}

impl<'a> Element<'a> {
    pub(crate) fn content(&self) -> &'a [u8] {
        &self.whole[self.header..]
    }

    pub(crate) fn fault(&self, what: &'static str) -> Fault {
        let at = self.start;
        Fault { what, at }
    }

    fn is_constructed(&self) -> bool {
        self.tag & 0x20 != 0
    }
}

/// Reads elements one behind the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    start: usize,
    work: &'a Work,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a [u8], work: &'a Work) -> Self {
        Self {
            rest: octets,
            start: 0,
            work,
        }
    }

    /// A reader of what is inside of `element`.
    pub(crate) fn inside(&self, element: &Element<'a>) -> Self {
        Self {
            rest: element.content(),
            start: element.start + element.header,
            work: self.work,
        }
    }

    /// A reader of `element` itself.
    pub(crate) fn around(&self, element: &Element<'a>) -> Self {
        Self {
            rest: element.whole,
            start: element.start,
            work: self.work,
        }
    }

    /// A reader of what a BIT STRING has behind its first octet.
    pub(crate) fn behind_unused_bits(&self, element: &Element<'a>) -> Self {
        let content = element.content();
        Self {
            rest: content.get(1..).unwrap_or_default(),
            start: element.start + element.header + 1,
            work: self.work,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn next(&mut self) -> Read<Element<'a>> {
        let rest = self.rest;
        let fault = |what| Fault {
            what,
            at: self.start,
        };
        let [tag, first, ..] = *rest else {
            return Err(fault("an element is missing or cut off"));
        };
        if tag & 0x1f == 0x1f {
            return Err(fault("a tag of several octets"));
        }
        let (header, length) = match first {
            0..0x80 => (2, usize::from(first)),
            0x80 => return Err(fault("an indefinite length")),
            _ => {
                let count = usize::from(first & 0x7f);
                let octets = rest.get(2..2 + count);
                let octets = octets.ok_or_else(|| fault("an element that is cut off"))?;
                if count > 4 {
                    return Err(fault("a length of more than 4 octets"));
                }
                let length = octets
                    .iter()
                    .fold(0, |length, octet| length << 8 | usize::from(*octet));
                if octets[0] == 0 || length < 0x80 {
                    return Err(fault("a length that is not the shortest"));
                }
                (2 + count, length)
            }
        };
        let whole = header
            .checked_add(length)
            .and_then(|end| rest.get(..end))
            .ok_or_else(|| fault("an element that is cut off"))?;
        let element = Element {
            tag,
            whole,
            header,
            start: self.start,
        };
        self.work.count(whole.len(), self.start)?;
        self.start += whole.len();
        self.rest = &rest[whole.len()..];
        Ok(element)
    }

    /// The next element, which has this tag.
    pub(crate) fn take(&mut self, tag: u8, what: &'static str) -> Read<Element<'a>> {
        if self.peek() != Some(tag) {
            let at = self.start;
            return Err(Fault { what, at });
        }
        self.next()
    }

    pub(crate) fn optional(&mut self, tag: u8) -> Read<Option<Element<'a>>> {
        if self.peek() == Some(tag) {
            return self.next().map(Some);
        }
        Ok(None)
    }

    /// A reader of the next element, which is a SEQUENCE.
    pub(crate) fn sequence(&mut self, what: &'static str) -> Read<Self> {
        let element = self.take(SEQUENCE, what)?;
        Ok(self.inside(&element))
    }

    pub(crate) fn oid(&mut self) -> Read<&'a [u8]> {
        let element = self.take(OID, "no OBJECT IDENTIFIER where one belongs")?;
        let octets = element.content();
        // X.690, 8.19: each arc in base 128, shortest; the last octet ends it.
        let mut begins = true;
        for octet in octets {
            if begins && *octet == 0x80 {
                return Err(element.fault("an OBJECT IDENTIFIER with padding"));
            }
            begins = octet & 0x80 == 0;
        }
        if octets.is_empty() || !begins {
            return Err(element.fault("an OBJECT IDENTIFIER that is cut off"));
        }
        Ok(octets)
    }

    /// A BOOLEAN of DER, 00 or FF.
    pub(crate) fn boolean(&mut self, tag: u8) -> Read<Option<bool>> {
        let Some(element) = self.optional(tag)? else {
            return Ok(None);
        };
        match element.content() {
            [0] => Ok(Some(false)),
            [0xff] => Ok(Some(true)),
            _ => Err(element.fault("a BOOLEAN that is neither 00 nor FF")),
        }
    }

    /// Every element of one that `read` takes.
    pub(crate) fn all<T>(mut self, read: impl Fn(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut values = Vec::new();
        while !self.is_empty() {
            values.push(read(&mut self)?);
        }
        Ok(values)
    }

    /// One element of DER and nothing behind it, whatever it is: parts in parts, at most
    /// [`MOST_LEVELS`] deep.
    pub(crate) fn whole_element(mut self) -> Read<()> {
        let first = self.next()?;
        self.finish()?;
        let mut open = Vec::new();
        if first.is_constructed() {
            open.push(self.inside(&first));
        }
        while let Some(reader) = open.last_mut() {
            if reader.is_empty() {
                open.pop();
                continue;
            }
            let element = reader.next()?;
            if element.is_constructed() {
                let parts = reader.inside(&element);
                if open.len() == MOST_LEVELS {
                    return Err(element.fault("more levels than are read"));
                }
                open.push(parts);
            }
        }
        Ok(())
    }

    pub(crate) fn finish(&self) -> Read<()> {
        if self.is_empty() {
            return Ok(());
        }
        Err(Fault {
            what: "octets behind the end",
            at: self.start,
        })
    }
}

/// The content of a BIT STRING: bits that are not used, octets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits<'a> {
    pub(crate) unused: u8,
    pub(crate) octets: &'a [u8],
}

impl<'a> Bits<'a> {
    pub(crate) fn of(element: &Element<'a>) -> Read<Self> {
        match element.content() {
            [unused @ 0..8, octets @ ..] if *unused == 0 || !octets.is_empty() => Ok(Self {
                unused: *unused,
                octets,
            }),
            _ => Err(element.fault("a BIT STRING without its count of unused bits")),
        }
    }

    /// X.690, 11.2: bits that are not used are 0, and no bit 0 ends a list of named bits.
    pub(crate) fn named_are_minimal(&self) -> bool {
        self.octets
            .last()
            .is_none_or(|last| u32::from(self.unused) == last.trailing_zeros())
    }

    pub(crate) fn bit(&self, number: usize) -> bool {
        let octet = self.octets.get(number / 8).copied().unwrap_or(0);
        octet & (0x80 >> (number % 8)) != 0
    }
}

/// Whether the content of an INTEGER has no octet too many (X.690, 8.3.2).
pub(crate) fn is_minimal(integer: &[u8]) -> bool {
    match integer {
        [] => false,
        [0, second, ..] => second & 0x80 != 0,
        [0xff, second, ..] => second & 0x80 == 0,
        _ => true,
    }
}

pub(crate) fn is_negative(integer: &[u8]) -> bool {
    integer.first().is_some_and(|first| first & 0x80 != 0)
}

pub(crate) fn is_zero(integer: &[u8]) -> bool {
    integer.iter().all(|octet| *octet == 0)
}

/// Octets of the number itself, without those in front that say nothing.
pub(crate) fn magnitude(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|octet| **octet == 0).count();
    &integer[zeros..]
}
