//! What is odd about a request that is read all the same.

use crate::shape::{self, Element, Header, Role, SEQUENCE};
use core::fmt;
use der::{Decode, asn1::ObjectIdentifier};
use gm_crypto::sm2::CURVE_OID;
use spki::SubjectPublicKeyInfoRef;

/// Where a request departs from the letter, harmlessly: its octets are verified as they
/// came. `Display` says it with its clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Note {
    /// The attributes field is absent.
    NoAttributes,
    /// Attributes are not in the order of SET OF.
    AttributeOrder,
    /// Values of an attribute are not in the order of SET OF.
    ValueOrder,
    /// Parts of a relative distinguished name are not in the order of SET OF.
    NameOrder,
    /// Values of an attribute stand outside a SET.
    ValuesOutsideSet,
    /// An attribute asks for no extension.
    NoExtensions,
    /// More than one attribute asks for extensions.
    SeveralExtensionRequests,
    /// Extensions are asked for under Microsoft's identifier.
    MicrosoftExtensionRequest,
    /// `critical FALSE` is written out.
    FalseWrittenOut,
    /// The key's algorithm is the curve itself.
    CurveAsAlgorithm,
    /// The key's point is compressed.
    CompressedPoint,
    /// The parameters of SM2's signature identifier are NULL.
    NullParameters,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAttributes => "the attributes field is absent (RFC 2986, 4.1)",
            Self::AttributeOrder => {
                "attributes are not in the order of SET OF (RFC 2986, 4.1; X.690, 11.6)"
            }
            Self::ValueOrder => {
                "values of an attribute are not in the order of SET OF (X.690, 11.6)"
            }
            Self::NameOrder => {
                "parts of a relative distinguished name are not in the order of SET OF (X.690, 11.6)"
            }
            Self::ValuesOutsideSet => {
                "values of an attribute stand outside a SET, as CFCA has them (RFC 2986, 4.1)"
            }
            Self::NoExtensions => "an extensionRequest asks for none (RFC 5280, 4.1: SIZE (1..MAX))",
            Self::SeveralExtensionRequests => {
                "extensionRequest stands more than once (RFC 2986, 4.1: a SET of types)"
            }
            Self::MicrosoftExtensionRequest => {
                "extensions are asked for under 1.3.6.1.4.1.311.2.1.14 (RFC 2985, 5.4.2, has another)"
            }
            Self::FalseWrittenOut => "critical FALSE is written out (X.690, 11.5)",
            Self::CurveAsAlgorithm => {
                "the key's algorithm is the curve itself (GM/T 0015-2012, annex C; its annex D and \
                 RFC 5480 have id-ecPublicKey)"
            }
            Self::CompressedPoint => {
                "the key's point is compressed (GM/T 0009, clause 7, has 04 and both coordinates)"
            }
            Self::NullParameters => {
                "the signature identifier's parameters are NULL (GM/T 0015-2012 has none in its \
                 text and NULL in its example)"
            }
        })
    }
}

/// extensionRequest and what Microsoft has for it, as octets of the type.
const EXTENSION_REQUEST: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e";
const MICROSOFT: &[u8] = b"\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e";
/// AlgorithmIdentifier { sm2-with-SM3, NULL }.
const SM2_SM3_NULL: &[u8] = b"\x30\x0c\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75\x05\x00";

/// The notes on a request that was read, each once, in the order of [`Note`].
pub(crate) fn of(request: &[u8]) -> Vec<Note> {
    let mut seen = Seen::default();
    // It was walked over before, within a limit of its own.
    let _ = shape::walk(request, usize::MAX, |element| seen.element(&element));
    if !seen.attributes {
        seen.notes.push(Note::NoAttributes);
    }
    if seen.extension_requests > 1 {
        seen.notes.push(Note::SeveralExtensionRequests);
    }
    seen.notes.sort_unstable();
    seen.notes.dedup();
    seen.notes
}

#[derive(Default)]
struct Seen<'a> {
    notes: Vec<Note>,
    attributes: bool,
    extension_requests: usize,
    /// The element before this one in the same SET: attributes, values, parts of a name.
    before: [&'a [u8]; 3],
    /// Whether the attribute asks for extensions.
    asks: bool,
    elements: usize,
}

impl<'a> Seen<'a> {
    fn element(&mut self, element: &Element<'a>) {
        self.elements += 1;
        self.attributes |= element.role == Role::Attributes;
        match element.parent {
            Role::Attributes => self.in_order(0, element, Note::AttributeOrder),
            Role::Values => self.in_order(1, element, Note::ValueOrder),
            Role::Rdn => self.in_order(2, element, Note::NameOrder),
            _ => {}
        }
        match (element.parent, element.index) {
            (Role::Attribute, 0) => {
                let microsoft = element.octets == MICROSOFT;
                self.asks = microsoft || element.octets == EXTENSION_REQUEST;
                self.extension_requests += usize::from(self.asks);
                if microsoft {
                    self.notes.push(Note::MicrosoftExtensionRequest);
                }
            }
            (Role::Attribute, _) if element.role != Role::Values => {
                self.notes.push(Note::ValuesOutsideSet);
                self.extensions(element.octets);
            }
            (Role::Values, _) => self.extensions(element.octets),
            (Role::Request, 1) if element.octets == SM2_SM3_NULL => {
                self.notes.push(Note::NullParameters);
            }
            _ if element.role == Role::Key => self.key(element.octets),
            _ => {}
        }
    }

    fn in_order(&mut self, set: usize, element: &Element<'a>, note: Note) {
        if element.index > 0 && element.octets < self.before[set] {
            self.notes.push(note);
        }
        self.before[set] = element.octets;
    }

    /// `Extensions` (RFC 5280, 4.1), if the attribute has them.
    fn extensions(&mut self, list: &[u8]) {
        if !self.asks {
            return;
        }
        let mut rest = content(list);
        if rest.is_empty() {
            self.notes.push(Note::NoExtensions);
        }
        while let Ok(header) = Header::read(rest) {
            let (extension, more) = rest.split_at(header.length + header.content);
            if header.tag == SEQUENCE && writes_false(content(extension)) {
                self.notes.push(Note::FalseWrittenOut);
            }
            rest = more;
        }
    }

    fn key(&mut self, spki: &[u8]) {
        let Ok(spki) = SubjectPublicKeyInfoRef::from_der(spki) else {
            return;
        };
        let curve: ObjectIdentifier = CURVE_OID;
        if spki.algorithm.oid == curve {
            self.notes.push(Note::CurveAsAlgorithm);
        }
        let names_curve = spki.algorithm.parameters_oid() == Ok(curve);
        let first = spki.subject_public_key.raw_bytes().first();
        if (spki.algorithm.oid == curve || names_curve) && matches!(first, Some(2 | 3)) {
            self.notes.push(Note::CompressedPoint);
        }
    }
}

/// The content of an element that was walked over.
fn content(element: &[u8]) -> &[u8] {
    Header::read(element).map_or(&[], |header| {
        &element[header.length..header.length + header.content]
    })
}

/// An OBJECT IDENTIFIER, and BOOLEAN FALSE behind it.
fn writes_false(extension: &[u8]) -> bool {
    Header::read(extension)
        .is_ok_and(|oid| extension[oid.length + oid.content..].starts_with(&[1, 1, 0]))
}

#[cfg(test)]
mod tests;
