//! Names of issuer and subject (RFC 5280, 4.1.2.4 and 4.1.2.6).

use super::{error, warning};
use crate::{
    ValueFault,
    lint::{
        Lint, Verdict, holds,
        name::{Attribute, MOST_ATTRIBUTES_SOURCE, Name},
        none,
        octets::{BMP, TELETEX, UNIVERSAL},
        oid,
        view::Certificate,
    },
};

pub(crate) static RULES: &[Lint] = &[
    error(
        "rfc5280.rdn_empty",
        "RFC 5280, 4.1.2.4",
        "each relative distinguished name has an attribute",
        |cert| holds(cert.names().iter().all(|name| !name.empty_set)),
    ),
    error(
        "rfc5280.rdn_order",
        "X.690, 11.6",
        "the attributes of a relative distinguished name are in the order of DER",
        |cert| holds(cert.names().iter().all(|name| name.ordered)),
    ),
    error(
        "rfc5280.rdn_repeated",
        "X.501, 9.3",
        "a relative distinguished name has each attribute type once",
        |cert| holds(cert.names().iter().all(|name| !name.repeated)),
    ),
    error(
        "rfc5280.name_attributes",
        MOST_ATTRIBUTES_SOURCE,
        "issuer and subject have at most 32 attributes each",
        |cert| holds(cert.names().iter().all(|name| !name.has_too_many())),
    ),
    error(
        "rfc5280.attribute_type",
        "RFC 5280, 4.1.2.4 and appendix A.1",
        "attributes have a string type of theirs",
        |cert| {
            fault(cert, |attribute, fault| {
                matches!(fault, ValueFault::StringType { .. }) && !is_legacy(attribute)
            })
        },
    ),
    warning(
        "rfc5280.attribute_legacy",
        "RFC 5280, 4.1.2.4",
        "no attribute is a TeletexString, BMPString or UniversalString",
        |cert| first(cert, is_legacy),
    ),
    error(
        "rfc5280.attribute_empty",
        "RFC 5280, appendix A.1",
        "no attribute is empty",
        |cert| fault(cert, |_, fault| fault == ValueFault::Empty),
    ),
    error(
        "rfc5280.attribute_length",
        "RFC 5280, appendix A.1",
        "attributes keep their upper bounds",
        |cert| fault(cert, |_, fault| matches!(fault, ValueFault::TooLong { .. })),
    ),
    error(
        "rfc5280.attribute_control",
        "RFC 4518, 2.2",
        "no attribute has a control character, which vanishes when names are compared",
        |cert| fault(cert, |_, fault| fault == ValueFault::ControlCharacter),
    ),
    error(
        "rfc5280.country",
        "RFC 5280, appendix A.1; ISO 3166-1",
        "countryName is two capital letters",
        |cert| fault(cert, |_, fault| fault == ValueFault::Country),
    ),
    warning(
        "rfc5280.email_in_subject",
        "RFC 5280, 4.1.2.6",
        "a mail address is in subjectAltName, not in the subject",
        |cert| holds(cert.subject.values(oid::EMAIL).next().is_none()),
    ),
];

fn is_legacy(attribute: &Attribute<'_>) -> bool {
    matches!(attribute.value.tag, TELETEX | BMP | UNIVERSAL)
}

fn fault(cert: &Certificate<'_>, bad: impl Fn(&Attribute<'_>, ValueFault) -> bool) -> Verdict {
    first(cert, |attribute| {
        attribute.fault.is_some_and(|fault| bad(attribute, fault))
    })
}

/// The first attribute of issuer and subject that is `bad`, by its type: values may be
/// personal data.
fn first(cert: &Certificate<'_>, bad: impl Fn(&Attribute<'_>) -> bool) -> Verdict {
    let find = |name: &Name<'_>, whose: &str| {
        let attribute = name.attributes.iter().find(|attribute| bad(attribute))?;
        Some(format!("{} of the {whose}", oid::shown(attribute.oid)))
    };
    none(find(&cert.issuer, "issuer").or_else(|| find(&cert.subject, "subject")))
}
