//! Extensions as such (RFC 5280, 4.1.2.9 and 4.2).

use super::{error, warning};
use crate::lint::{
    Lint, holds, none, oid,
    view::{Extension, Known},
};

pub(crate) static RULES: &[Lint] = &[
    error(
        "rfc5280.extensions_not_empty",
        "RFC 5280, 4.1.2.9",
        "extensions are absent or at least one",
        |cert| holds(cert.extensions.as_ref().is_none_or(|all| !all.is_empty())),
    ),
    error(
        "rfc5280.extensions_unique",
        "RFC 5280, 4.2",
        "no extension stands twice",
        |cert| none(twice(cert.all_extensions())),
    ),
    error(
        "rfc5280.extension_syntax",
        "RFC 5280, 4.2.1",
        "known extensions have their syntax",
        |cert| none(cert.known.fault()),
    ),
    error(
        "rfc5280.extension_der",
        "RFC 5280, 4.1 and 4.2",
        "the value of an extension that is not known is one element of DER, at most 16 levels \
         deep",
        |cert| {
            // GB/T 20518's have rules of their own.
            let own = [oid::CREDIT_CODE, oid::CREDIT_CODE_LONG];
            none(no_der(cert.all_extensions(), |extension| {
                let oid = extension.oid;
                let of_gb20518 = oid::PRIVATE.is_above(oid) || own.iter().any(|own| own.is(oid));
                Known::has(extension) || of_gb20518
            }))
        },
    ),
    error(
        "rfc5280.critical_false",
        "X.690, 11.5",
        "critical FALSE is not written",
        |cert| none(written_false(cert.all_extensions())),
    ),
    warning(
        "rfc5280.unknown_critical",
        "RFC 5280, 4.2",
        "an extension that is not of RFC 5280 is not critical",
        |cert| {
            let mut all = cert.all_extensions().iter();
            let unknown = all.find(|extension| extension.critical() && !Known::has(extension));
            none(unknown.map(|extension| oid::shown(extension.oid)))
        },
    ),
];

/// An extension that nobody knows whose value is no element of DER.
pub(crate) fn no_der(
    extensions: &[Extension<'_>],
    known: impl Fn(&Extension<'_>) -> bool,
) -> Option<String> {
    let mut unknown = extensions.iter().filter(|extension| !known(extension));
    unknown.find_map(|extension| {
        let fault = extension.fault?;
        Some(format!("{}: {fault}", oid::shown(extension.oid)))
    })
}

/// An extension that is there more than once.
pub(crate) fn twice(extensions: &[Extension<'_>]) -> Option<String> {
    // Real documents have some ten; whoever has thousands does not get their square.
    if extensions.len() <= 32 {
        let mut later = (1..extensions.len()).filter(|index| {
            let mut before = extensions[..*index].iter();
            before.any(|other| other.oid == extensions[*index].oid)
        });
        return later.next().map(|index| oid::shown(extensions[index].oid));
    }
    let mut oids: Vec<_> = extensions.iter().map(|extension| extension.oid).collect();
    oids.sort_unstable();
    let mut pairs = oids.windows(2).filter(|pair| pair[0] == pair[1]);
    pairs.next().map(|pair| oid::shown(pair[0]))
}

/// An extension with the default of critical written out.
pub(crate) fn written_false(extensions: &[Extension<'_>]) -> Option<String> {
    let mut all = extensions.iter();
    let found = all.find(|extension| extension.written == Some(false));
    found.map(|extension| oid::shown(extension.oid))
}
