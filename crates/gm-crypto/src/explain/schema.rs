//! The structures of the field as data: names of fields, and how their values are told.

mod cms;
mod keys;
mod x509;

pub(crate) use cms::{CONTENT_INFO, ENVELOPED_DATA, SIGNED_DATA, TIME_STAMP_RESPONSE};
pub(crate) use keys::{
    ALGORITHM, CFCA_ESCROW, CFCA_KEY_FILE, CSR_RESPONSE, EC_PARAMETERS, ENCRYPTED_PRIVATE_KEY,
    ENVELOPED_KEY, PFX, PRIVATE_KEY, PUBLIC_KEY, SEC1, SM2_CIPHER, SM2_SIGNATURE,
};
pub(crate) use x509::{
    BASIC_OCSP_RESPONSE, CERTIFICATE, CRL, CSR, CSR_CFCA, KEY_USAGES, NAME, OCSP_REQUEST,
    OCSP_RESPONSE, is_personal,
};

use super::asn1::{self, Class, MAX_DEPTH, Node};
use alloc::{string::String, vec::Vec};

/// What a value should be.
pub(crate) enum Type {
    /// Anything.
    Any,
    /// A primitive value of this tag.
    Is(u32),
    /// A string of characters.
    Text,
    /// A string of characters that tells who a person is, or a password: masked.
    Personal,
    /// UTCTime or GeneralizedTime.
    Time,
    /// A BIT STRING whose bits have names, from the first on.
    Bits(&'static [&'static str]),
    /// An INTEGER or ENUMERATED whose values have names.
    Named(u32, &'static [(u32, &'static str)]),
    /// A BIT STRING or OCTET STRING that is a point of the curve.
    Point(u32),
    /// What is never shown.
    Secret(&'static Self),
    Sequence(&'static [Field]),
    /// The name of each element, and what it is.
    SequenceOf(&'static str, &'static Self),
    SetOf(&'static str, &'static Self),
    /// The first that fits.
    Choice(&'static [Field]),
    /// An OCTET STRING or BIT STRING with DER inside.
    Wrapped(&'static Self),
    /// What the last identifier in front of it says.
    Open(fn(&str) -> &'static Self),
    /// What the value itself says.
    Look(fn(&Node<'_>) -> &'static Self),
    /// One line, unless everything is wanted.
    Brief(Brief, &'static Self),
}

/// The one line of a value, by its structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brief {
    Algorithm,
    Name,
    Validity,
    PublicKey,
    Extension,
    Attribute,
    Certificate,
    IssuerAndSerial,
    Revoked,
    CertId,
    Cipher,
    Signature,
    GeneralNames,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tagging {
    None,
    Implicit(u32),
    Explicit(u32),
}

/// A field of a SEQUENCE or an alternative of a CHOICE.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static Type,
    tagging: Tagging,
    optional: bool,
}

/// A field that must be there.
const fn need(name: &'static str, kind: &'static Type) -> Field {
    Field {
        name,
        kind,
        tagging: Tagging::None,
        optional: false,
    }
}

/// A field that may be missing.
const fn may(name: &'static str, kind: &'static Type) -> Field {
    Field {
        optional: true,
        ..need(name, kind)
    }
}

impl Field {
    const fn explicit(self, number: u32) -> Self {
        Self {
            tagging: Tagging::Explicit(number),
            ..self
        }
    }

    const fn implicit(self, number: u32) -> Self {
        Self {
            tagging: Tagging::Implicit(number),
            ..self
        }
    }

    /// Whether the tag of the value is this field's.
    pub(crate) fn accepts(&self, node: &Node<'_>) -> bool {
        match self.tagging {
            Tagging::None => self.kind.accepts(node),
            Tagging::Implicit(number) | Tagging::Explicit(number) => node.is_context(number),
        }
    }

    pub(crate) fn is_explicit(&self) -> bool {
        matches!(self.tagging, Tagging::Explicit(_))
    }
}

impl Type {
    /// Without the marks of how it is told.
    pub(crate) fn bare(&self) -> &Self {
        match self {
            Self::Brief(_, inner) | Self::Secret(inner) => inner.bare(),
            other => other,
        }
    }

    /// Whether the tag of a value is this type's.
    pub(crate) fn accepts(&self, node: &Node<'_>) -> bool {
        let universal = node.class == Class::Universal;
        match self.bare() {
            Self::Any | Self::Open(_) | Self::Look(_) => true,
            Self::Is(number) => node.is(*number),
            Self::Text => universal && is_text(node.number),
            Self::Personal => true,
            Self::Time => node.is(asn1::UTC_TIME) || node.is(asn1::GENERALIZED_TIME),
            Self::Bits(_) => node.is(asn1::BIT_STRING),
            Self::Named(number, _) | Self::Point(number) => node.is(*number),
            Self::Sequence(_) | Self::SequenceOf(..) => node.is(asn1::SEQUENCE) && node.constructed,
            Self::SetOf(..) => node.is(asn1::SET) && node.constructed,
            Self::Choice(fields) => fields.iter().any(|field| field.accepts(node)),
            Self::Wrapped(_) => node.is(asn1::OCTET_STRING) || node.is(asn1::BIT_STRING),
            Self::Secret(_) | Self::Brief(..) => true,
        }
    }

    /// Whether the whole structure is this type's, as far as tags tell; `budget` is how
    /// many values are looked at.
    pub(crate) fn fits(&self, node: &Node<'_>, budget: &mut u32) -> bool {
        self.fits_inside(node, false, 0, budget)
    }

    fn fits_inside(&self, node: &Node<'_>, implicit: bool, depth: usize, budget: &mut u32) -> bool {
        if depth > MAX_DEPTH || *budget == 0 {
            // Not looked at; what was seen fits.
            return true;
        }
        *budget -= 1;
        if !implicit && !self.accepts(node) {
            return false;
        }
        match self.bare() {
            Self::Sequence(fields) => {
                let named = assign(node, fields, usize::MAX);
                named.is_some_and(|named| {
                    named.iter().all(|(field, child)| match field {
                        Some(field) => field.fits(child, depth, budget),
                        None => false,
                    })
                })
            }
            Self::SequenceOf(_, inner) | Self::SetOf(_, inner) => {
                // The first hundred tell enough.
                let mut children = node.children();
                let fit = children
                    .by_ref()
                    .take(100)
                    .all(|child| inner.fits_inside(&child, false, depth + 1, budget));
                fit && node.constructed
            }
            Self::Choice(fields) => fields
                .iter()
                .any(|field| field.accepts(node) && field.fits(node, depth, budget)),
            _ => true,
        }
    }
}

impl Field {
    fn fits(&self, node: &Node<'_>, depth: usize, budget: &mut u32) -> bool {
        match self.tagging {
            Tagging::None => self.kind.fits_inside(node, false, depth + 1, budget),
            Tagging::Implicit(_) => self.kind.fits_inside(node, true, depth + 1, budget),
            Tagging::Explicit(_) => match node.child(0) {
                Some(inner) => self.kind.fits_inside(&inner, false, depth + 1, budget),
                None => false,
            },
        }
    }
}

fn is_text(number: u32) -> bool {
    matches!(
        number,
        asn1::UTF8_STRING
            | asn1::NUMERIC_STRING
            | asn1::PRINTABLE_STRING
            | asn1::TELETEX_STRING
            | asn1::IA5_STRING
            | asn1::VISIBLE_STRING
            | asn1::GENERAL_STRING
            | asn1::UNIVERSAL_STRING
            | asn1::BMP_STRING
    )
}

/// The values inside with their fields; none when a required field is missing. A value
/// that no field is for has none.
pub(crate) fn assign<'a>(
    node: &Node<'a>,
    fields: &'static [Field],
    limit: usize,
) -> Option<Vec<(Option<&'static Field>, Node<'a>)>> {
    let mut left = fields;
    let mut named = Vec::new();
    for child in node.children().take(limit.min(1000)) {
        let mut found = None;
        for (index, field) in left.iter().enumerate() {
            if field.accepts(&child) {
                found = Some(index);
                break;
            }
            if !field.optional {
                break;
            }
        }
        match found {
            Some(index) => {
                named.push((Some(&left[index]), child));
                left = &left[index + 1..];
            }
            None => named.push((None, child)),
        }
    }
    let complete = left.iter().all(|field| field.optional);
    complete.then_some(named)
}

/// The values inside with as many fields as fit, whatever is missing.
pub(crate) fn assign_what_fits<'a>(
    node: &Node<'a>,
    fields: &'static [Field],
    limit: usize,
) -> Vec<(Option<&'static Field>, Node<'a>)> {
    assign(node, fields, limit).unwrap_or_else(|| {
        let mut left = fields;
        let children = node.children().take(limit.min(1000));
        children
            .map(|child| {
                let found = left.iter().position(|field| field.accepts(&child));
                let field = found.map(|index| &left[index]);
                if let Some(index) = found {
                    left = &left[index + 1..];
                }
                (field, child)
            })
            .collect()
    })
}

/// The child that is the field `name` of a structure.
pub(crate) fn field<'a>(node: &Node<'a>, fields: &'static [Field], name: &str) -> Option<Node<'a>> {
    let named = assign_what_fits(node, fields, 100);
    let found = named
        .into_iter()
        .find(|(field, _)| field.is_some_and(|field| field.name == name));
    let (field, node) = found?;
    if field?.is_explicit() {
        node.child(0)
    } else {
        Some(node)
    }
}

impl Type {
    /// Whether what stands inside fits, whatever the tag around it.
    pub(crate) fn fields_fit(&self, node: &Node<'_>) -> bool {
        self.fits_inside(node, true, 0, &mut 3000)
    }

    /// [`field`] of a SEQUENCE.
    pub(crate) fn field<'a>(&self, node: &Node<'a>, name: &str) -> Option<Node<'a>> {
        match self.bare() {
            Self::Sequence(fields) => field(node, fields, name),
            _ => None,
        }
    }
}

/// The dotted form of the first identifier inside, for algorithm identifiers and the like.
pub(crate) fn first_oid(node: &Node<'_>) -> Option<String> {
    node.child(0)?.oid()
}
