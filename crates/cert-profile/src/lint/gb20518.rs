//! The private extensions of GB/T 20518-2018 (GM/T 0015-2012, 5.2.4.2): numbers of persons
//! and organisations. No detail has a number in it.

use super::{
    Lint, holds, none,
    octets::{PRINTABLE, UTF8, constructed, primitive},
    oid::{self, Oid},
    rfc5280::{error, notice, warning},
    view::{Certificate, Extension},
};
use gm_crypto::pki::identity::{
    CreditCode, Identifier, IdentityCheck, IdentityKind, ResidentNumber,
};

pub(super) static RULES: &[Lint] = &[
    error(
        "gb20518.private_not_critical",
        "GM/T 0015-2012, 5.2.4.2",
        "extensions with numbers of persons and organisations are not critical",
        |cert| {
            let found = private(cert).find(|extension| extension.critical());
            none(found.map(|extension| oid::shown(extension.oid)))
        },
    ),
    warning(
        "gb20518.identify_code",
        "GM/T 0015-2012, 5.2.4.2.1",
        "identifyCode is a CHOICE of [0], [1] and [2]",
        |cert| holds(find(cert, oid::IDENTIFY_CODE).is_none_or(|value| choice(value).is_some())),
    ),
    warning(
        "gb20518.identify_code_string",
        "GM/T 0015-2012, 5.2.4.2.1",
        "identifyCode has a PrintableString under [0] and [2], a UTF8String under [1], \
         tags EXPLICIT",
        |cert| {
            let Some((number, value)) = find(cert, oid::IDENTIFY_CODE).and_then(choice) else {
                return Ok(());
            };
            holds(match value {
                Choice::Explicit(PRINTABLE, _) => number != 1,
                Choice::Explicit(UTF8, _) => number == 1,
                _ => false,
            })
        },
    ),
    warning(
        "gb20518.private_string",
        "GM/T 0015-2012, 5.2.4.2.2 to 5.2.4.2.5",
        "numbers of insurance, registration, organisation and taxation are a PrintableString",
        |cert| {
            let bad = |oid: &&Oid| {
                find(cert, **oid).is_some_and(|value| {
                    let element = whole(value);
                    !element.is_some_and(|(tag, content)| tag == PRINTABLE && is_printable(content))
                })
            };
            none(NUMBERS.iter().find(bad).map(|oid| oid.to_string()))
        },
    ),
    error(
        "gb20518.private_value",
        "GM/T 0015-2012, 5.2.4.2",
        "a number of a person or an organisation is not empty",
        |cert| {
            let found = private(cert).find(|extension| {
                let value = extension.value.content();
                number(value).is_none_or(|number| number.trim().is_empty())
            });
            none(found.map(|extension| oid::shown(extension.oid)))
        },
    ),
    notice(
        "gb20518.private_trimmed",
        "GM/T 0015-2012, 5.2.4.2",
        "a number of a person or an organisation has no space around it",
        |cert| {
            let found = private(cert).find(|extension| {
                let number = number(extension.value.content());
                number.is_some_and(|number| number.trim() != number)
            });
            none(found.map(|extension| oid::shown(extension.oid)))
        },
    ),
    warning(
        "gb20518.resident_number",
        "GB 11643-1999, 4",
        "a resident identity number has a day of birth that exists, and its check digit",
        |cert| {
            let Some(value) = find(cert, oid::IDENTIFY_CODE) else {
                return Ok(());
            };
            // Bare strings do not say what they are; 18 characters that are almost digits do.
            let resident = match choice(value) {
                Some((kind, _)) => kind == 0,
                None => number(value).is_some_and(is_like_resident),
            };
            let good = |number| ResidentNumber::parse(number).is_ok();
            match number(value).filter(|number| resident && !good(number)) {
                Some(number) => none(Some(masked(number))),
                None => Ok(()),
            }
        },
    ),
    warning(
        "gb20518.credit_code",
        "GB 32100-2015, 5.2",
        "a unified social credit code has its alphabet and its check character",
        |cert| {
            let own = [oid::CREDIT_CODE, oid::CREDIT_CODE_LONG];
            let mut own = own.iter().filter_map(|oid| number(find(cert, *oid)?));
            let shared = [oid::ORGANIZATION_CODE, oid::TAXATION_NUMBER];
            let shared = shared.iter().filter_map(|oid| number(find(cert, *oid)?));
            // Since 2015 it stands in the place of both; 18 characters are one.
            let mut shared = shared.filter(|number| number.len() == 18);
            let wrong = |number: &&str| CreditCode::parse(number).is_err();
            none(own.find(wrong).or_else(|| shared.find(wrong)).map(masked))
        },
    ),
    warning(
        "gb20518.organisation_code",
        "GB 11714-1997, 3",
        "an organisation code of 9 characters has its check character",
        |cert| {
            let number = find(cert, oid::ORGANIZATION_CODE).and_then(number);
            let number = number.filter(|number| matches!(number.len(), 9 | 10));
            let wrong = |number: &&str| {
                let code = Identifier::new(IdentityKind::OrganizationCode, *number);
                code.check() == IdentityCheck::Wrong
            };
            none(number.filter(wrong).map(masked))
        },
    ),
    notice(
        "gb20518.person_or_organisation",
        "GM/T 0015-2012, 5.2.4.2",
        "a certificate has numbers of a person or of an organisation, not of both",
        |cert| {
            let person = [oid::IDENTIFY_CODE, oid::INSURANCE_NUMBER];
            let organisation = [
                oid::IC_REGISTRATION,
                oid::ORGANIZATION_CODE,
                oid::TAXATION_NUMBER,
                oid::CREDIT_CODE,
                oid::CREDIT_CODE_LONG,
            ];
            let any = |oids: &[Oid]| oids.iter().any(|oid| find(cert, *oid).is_some());
            holds(!(any(&person) && any(&organisation)))
        },
    ),
];

const NUMBERS: [Oid; 4] = [
    oid::INSURANCE_NUMBER,
    oid::IC_REGISTRATION,
    oid::ORGANIZATION_CODE,
    oid::TAXATION_NUMBER,
];

/// The extensions with numbers.
pub(super) fn private<'c, 'a>(
    cert: &'c Certificate<'a>,
) -> impl Iterator<Item = &'c Extension<'a>> {
    let is_private = |extension: &&Extension<'_>| {
        let oid = extension.oid;
        oid::PRIVATE.is_above(oid) || oid::CREDIT_CODE.is(oid) || oid::CREDIT_CODE_LONG.is(oid)
    };
    cert.all_extensions().iter().filter(is_private)
}

/// What is in the value of an extension.
fn find<'a>(cert: &Certificate<'a>, oid: Oid) -> Option<&'a [u8]> {
    // All of them are rare: one look tells for most certificates.
    let mut all = private(cert);
    let found = all.find(|extension| oid.is(extension.oid))?;
    Some(found.value.content())
}

enum Choice<'a> {
    /// The tag of the string, and its octets.
    Explicit(u8, &'a [u8]),
    Implicit(&'a [u8]),
}

/// The alternative of identifyCode, and what is in it.
fn choice(value: &[u8]) -> Option<(u8, Choice<'_>)> {
    let (tag, content) = whole(value)?;
    (0..3).find_map(|number| {
        if tag == constructed(number) {
            let (tag, content) = whole(content)?;
            Some((number, Choice::Explicit(tag, content)))
        } else {
            (tag == primitive(number)).then_some((number, Choice::Implicit(content)))
        }
    })
}

/// Tag and content of octets that are one element.
fn whole(value: &[u8]) -> Option<(u8, &[u8])> {
    let [tag, length, content @ ..] = value else {
        return None;
    };
    // Longer numbers there are none; a length of two octets is none of theirs.
    (usize::from(*length) == content.len() && *length < 0x80).then_some((*tag, content))
}

/// The number in whatever encoding it has.
fn number(value: &[u8]) -> Option<&str> {
    let octets = match choice(value) {
        Some((_, Choice::Explicit(_, content) | Choice::Implicit(content))) => content,
        None => match whole(value) {
            Some((_, content)) => content,
            None => value,
        },
    };
    str::from_utf8(octets).ok()
}

fn is_printable(octets: &[u8]) -> bool {
    let good = |octet: &u8| octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(octet);
    octets.iter().all(good)
}

fn is_like_resident(number: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    number.len() == 18 && digits >= 17
}

/// Length alone: two characters of a number are two too many.
fn masked(number: &str) -> String {
    format!(
        "a number of {} characters, not shown",
        number.chars().count()
    )
}
