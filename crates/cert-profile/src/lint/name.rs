//! Names as they are written: distinguished names and GeneralNames.

use super::{
    octets::{
        BMP, Element, IA5, NUMERIC, PRINTABLE, Read, Reader, SEQUENCE, SET, TELETEX, UTF8, VISIBLE,
        constructed,
    },
    oid::Oid,
};
use crate::{ValueFault, subject};
use der::{
    Decode,
    asn1::{Any, ObjectIdentifier},
};
use std::borrow::Cow;

/// No standard bounds them; `csr::Limits` reads as many by default.
const MOST_ATTRIBUTES: usize = 32;
pub(crate) const MOST_ATTRIBUTES_SOURCE: &str =
    "a bound of this crate; RFC 5280, 4.1.2.4, has none";

/// RFC 5280, 4.1.2.4.
#[derive(Clone, Debug)]
pub(crate) struct Name<'a> {
    pub(crate) whole: &'a [u8],
    pub(crate) attributes: Vec<Attribute<'a>>,
    /// A RelativeDistinguishedName without an attribute.
    pub(crate) empty_set: bool,
    /// Each SET OF is in the order of DER.
    pub(crate) ordered: bool,
    /// One SET has an attribute type twice.
    pub(crate) repeated: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) value: Element<'a>,
    /// How the value breaks the rule of its type, for the types that are known.
    pub(crate) fault: Option<ValueFault>,
}

impl<'a> Name<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let element = reader.take(SEQUENCE, "no Name where one belongs")?;
        Self::of(reader, &element)
    }

    pub(crate) fn of(reader: &Reader<'a>, element: &Element<'a>) -> Read<Self> {
        let mut name = Self {
            whole: element.whole,
            attributes: Vec::with_capacity(8),
            empty_set: false,
            ordered: true,
            repeated: false,
        };
        let mut sets = reader.inside(element);
        while !sets.is_empty() {
            let set = sets.take(SET, "no SET of attributes where one belongs")?;
            let mut set = sets.inside(&set);
            name.empty_set |= set.is_empty();
            let first = name.attributes.len();
            let mut before: &[u8] = &[];
            while !set.is_empty() {
                let whole = set.take(SEQUENCE, "no attribute where one belongs")?;
                name.ordered &= before <= whole.whole;
                before = whole.whole;
                let mut parts = set.inside(&whole);
                let oid = parts.oid()?;
                let value = parts.next()?;
                parts.finish()?;
                name.attributes.push(Attribute {
                    oid,
                    value,
                    fault: fault(oid, &value),
                });
            }
            name.repeated |= has_a_type_twice(&name.attributes[first..]);
        }
        Ok(name)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    pub(crate) fn has_too_many(&self) -> bool {
        self.attributes.len() > MOST_ATTRIBUTES
    }

    pub(crate) fn values(&self, oid: Oid) -> impl Iterator<Item = &Attribute<'a>> {
        self.attributes
            .iter()
            .filter(move |attribute| oid.is(attribute.oid))
    }
}

fn has_a_type_twice(set: &[Attribute<'_>]) -> bool {
    if set.len() < 2 {
        return false;
    }
    // Sorted: a SET of thousands is no work of millions.
    let mut types: Vec<_> = set.iter().map(|attribute| attribute.oid).collect();
    types.sort_unstable();
    types.windows(2).any(|pair| pair[0] == pair[1])
}

fn fault(oid: &[u8], value: &Element<'_>) -> Option<ValueFault> {
    let oid = ObjectIdentifier::from_bytes(oid).ok()?;
    match Any::from_der(value.whole) {
        Ok(value) => subject::fault(oid, &value),
        Err(_) => None,
    }
}

/// The text of a string type, if its octets are of it.
pub(crate) fn text<'a>(value: &Element<'a>) -> Option<Cow<'a, str>> {
    let octets = value.content();
    match value.tag {
        UTF8 => str::from_utf8(octets).ok().map(Cow::Borrowed),
        PRINTABLE | IA5 | NUMERIC | VISIBLE | TELETEX => ascii(octets).map(Cow::Borrowed),
        BMP => {
            let (units, []) = octets.as_chunks::<2>() else {
                return None;
            };
            let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
            let text: Result<String, _> = char::decode_utf16(units).collect();
            text.ok().map(Cow::Owned)
        }
        _ => None,
    }
}

pub(crate) fn ascii(octets: &[u8]) -> Option<&str> {
    str::from_utf8(octets).ok().filter(|text| text.is_ascii())
}

/// RFC 5280, 4.2.1.6: the number of the alternative, and what is in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GeneralName<'a> {
    pub(crate) kind: u8,
    pub(crate) content: &'a [u8],
}

impl<'a> GeneralName<'a> {
    pub(crate) const RFC822: u8 = 1;
    pub(crate) const DNS: u8 = 2;
    pub(crate) const DIRECTORY: u8 = 4;
    pub(crate) const URI: u8 = 6;
    pub(crate) const IP: u8 = 7;

    pub(crate) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let element = reader.next()?;
        // otherName, x400Address, directoryName and ediPartyName have parts.
        let kind = element.tag & 0x1f;
        let parts = matches!(kind, 0 | 3..=5);
        let good = match element.tag & 0xe0 {
            0x80 => kind <= 8 && !parts,
            0xa0 => parts,
            _ => false,
        };
        if !good {
            return Err(element.fault("no GeneralName where one belongs"));
        }
        if element.tag == constructed(Self::DIRECTORY) {
            let mut inside = reader.inside(&element);
            Name::read(&mut inside)?;
            inside.finish()?;
        }
        Ok(Self {
            kind,
            content: element.content(),
        })
    }

    pub(crate) fn read_all(reader: Reader<'a>) -> Read<Vec<Self>> {
        reader.all(Self::read)
    }

    /// The text of a name that is an IA5String.
    pub(crate) fn text(&self) -> Option<&'a str> {
        ascii(self.content)
    }

    /// The scheme of a URI, in small letters.
    pub(crate) fn scheme(&self) -> Option<String> {
        let (scheme, _) = self.text()?.split_once(':')?;
        (self.kind == Self::URI).then(|| scheme.to_ascii_lowercase())
    }
}
