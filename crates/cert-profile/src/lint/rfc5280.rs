//! Rules of RFC 5280, and of what it stands on.

pub(super) mod certificate;
pub(super) mod crl;
pub(super) mod extensions;
pub(super) mod keys;
pub(super) mod names;
pub(super) mod places;
pub(super) mod policies;

use super::{Check, Lint, Severity, Verdict, view::Certificate};

pub(super) const fn error(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Certificate<'_>) -> Verdict,
) -> Lint {
    rule(Severity::Error, id, source, statement, check)
}

pub(super) const fn warning(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Certificate<'_>) -> Verdict,
) -> Lint {
    rule(Severity::Warning, id, source, statement, check)
}

pub(super) const fn notice(
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Certificate<'_>) -> Verdict,
) -> Lint {
    rule(Severity::Notice, id, source, statement, check)
}

const fn rule(
    severity: Severity,
    id: &'static str,
    source: &'static str,
    statement: &'static str,
    check: fn(&Certificate<'_>) -> Verdict,
) -> Lint {
    Lint {
        id,
        statement,
        source,
        severity,
        check: Check::Certificate(check),
    }
}
