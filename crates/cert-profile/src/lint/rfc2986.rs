//! Rules for requests: RFC 2986, RFC 2985, and the key of GM/T 0015.

use super::{
    Check, Document, Lint, Severity, Verdict, holds,
    name::text,
    none, oid,
    rfc5280::extensions::{twice, written_false},
    view::{Extension, Known, Request, RequestAttribute},
};

const fn error(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Request<'_>) -> Verdict,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity: Severity::Error,
        check: Check::Request(check),
    }
}

const fn warning(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Request<'_>) -> Verdict,
) -> Lint {
    Lint {
        severity: Severity::Warning,
        ..error(id, source, statement, check)
    }
}

pub(super) static RULES: &[Lint] = &[
    Lint {
        id: "rfc2986.syntax",
        statement: "a request is DER of the syntax of CertificationRequest",
        source: "RFC 2986, 4; X.690",
        severity: Severity::Error,
        check: Check::Syntax(Document::Request),
    },
    error(
        "rfc2986.version",
        "RFC 2986, 4.1",
        "a request has version 1, written as 0",
        |request| holds(request.version == [0]),
    ),
    error(
        "rfc2986.attributes",
        "RFC 2986, 4.1",
        "the field of attributes is there, if only empty",
        |request| holds(request.attributes.is_some()),
    ),
    warning(
        "rfc2986.attributes_order",
        "X.690, 11.6",
        "attributes are in the order of DER",
        |request| {
            let mut pairs = request.all_attributes().windows(2);
            holds(pairs.all(|pair| pair[0].whole <= pair[1].whole))
        },
    ),
    error(
        "rfc2986.attributes_unique",
        "X.501, 9.3",
        "each attribute type is there once",
        |request| {
            let mut all: Vec<_> = request.all_attributes().iter().map(|one| one.oid).collect();
            all.sort_unstable();
            let mut twice = all.windows(2).filter(|pair| pair[0] == pair[1]);
            none(twice.next().map(|pair| oid::shown(pair[0])))
        },
    ),
    error(
        "rfc2986.attribute_values",
        "RFC 2986, 4.1; X.501, 8.2",
        "the values of an attribute are a SET with one at least",
        |request| {
            let bad = |attribute: &&RequestAttribute<'_>| {
                attribute.values.as_ref().is_none_or(Vec::is_empty)
            };
            let found = request.all_attributes().iter().find(bad);
            none(found.map(|attribute| oid::shown(attribute.oid)))
        },
    ),
    error(
        "rfc2985.extension_request_single",
        "RFC 2985, 5.4.2",
        "extensionRequest has one value",
        |request| holds(one_value(request, oid::EXTENSION_REQUEST)),
    ),
    error(
        "rfc2985.extension_request_syntax",
        "RFC 2985, 5.4.2; RFC 5280, 4.1",
        "extensionRequest is a list of extensions",
        |request| match &request.requested {
            Some(Err(fault)) => none(Some(fault.to_string())),
            _ => Ok(()),
        },
    ),
    error(
        "rfc2985.extension_request_not_empty",
        "RFC 5280, 4.1.2.9",
        "extensionRequest asks for something",
        |request| holds(!matches!(&request.requested, Some(Ok(all)) if all.is_empty())),
    ),
    error(
        "rfc2985.extension_request_unique",
        "RFC 5280, 4.2",
        "extensionRequest asks for each extension once",
        |request| none(twice(request.all_requested())),
    ),
    error(
        "rfc2985.extension_request_default",
        "X.690, 11.5",
        "critical FALSE is not written",
        |request| none(written_false(request.all_requested())),
    ),
    warning(
        "rfc2985.extension_request_known",
        "RFC 5280, 4.2",
        "a critical extension that is asked for is one of RFC 5280",
        |request| {
            let unknown = |one: &&Extension<'_>| one.critical() && !Known::has(one);
            let found = request.all_requested().iter().find(unknown);
            none(found.map(|extension| oid::shown(extension.oid)))
        },
    ),
    error(
        "rfc2985.challenge_password",
        "RFC 2985, 5.4.1",
        "challengePassword is one string of 1 to 255 characters",
        |request| {
            let mut all = request.all_attributes().iter();
            let found = all.find(|attribute| oid::CHALLENGE_PASSWORD.is(attribute.oid));
            let values = found.and_then(|attribute| attribute.values.as_ref());
            let good =
                |value| text(value).is_some_and(|text| (1..=255).contains(&text.chars().count()));
            holds(values.is_none_or(|values| matches!(&values[..], [value] if good(value))))
        },
    ),
    error(
        "rfc2986.subject_values",
        "RFC 5280, 4.1.2.4 and appendix A.1",
        "attributes of the subject keep their string types and upper bounds",
        |request| {
            let mut all = request.subject.attributes.iter();
            let found = all.find(|attribute| attribute.fault.is_some());
            none(found.map(|attribute| oid::shown(attribute.oid)))
        },
    ),
    error(
        "rfc2986.subject_sets",
        "RFC 5280, 4.1.2.4; X.690, 11.6",
        "each relative distinguished name of the subject has attributes, in the order of DER",
        |request| holds(request.subject.ordered && !request.subject.empty_set),
    ),
    warning(
        "rfc2986.subject",
        "RFC 2986, 4.1",
        "the subject has a name",
        |request| holds(!request.subject.is_empty()),
    ),
    error(
        "rfc2986.signature_octets",
        "RFC 2986, 4.2",
        "signature and public key are whole octets, at least one",
        |request| {
            let signature = request.outer.map(|outer| outer.signature);
            let mut all = signature.into_iter().chain([request.key.bits]);
            holds(all.all(|bits| bits.unused == 0 && !bits.octets.is_empty()))
        },
    ),
];

fn one_value(request: &Request<'_>, oid: oid::Oid) -> bool {
    let mut all = request.all_attributes().iter();
    let found = all.find(|attribute| oid.is(attribute.oid));
    let values = found.and_then(|attribute| attribute.values.as_ref());
    // That there is one at all is a rule of its own.
    values.is_none_or(|values| values.len() <= 1)
}
