//! A form's fields: each value is of its format (S1-05, S2-10).
//!
//! Check digits catch slips of the pen, no more: whether a number is its bearer's is for
//! whoever looks at the document.

use crate::{
    FieldFault, Ground, PersonId, Refusal,
    rules::{FieldFormat, FieldRule},
};
use gm_crypto::pki::identity::{CreditCode, ResidentNumber};
use std::collections::BTreeMap;

/// Characters of the longest value.
const MAX_LENGTH: usize = 256;

/// Octets of the longest address for mail (RFC 5321, 4.5.3.1.3, less the brackets).
const MAX_MAIL: usize = 254;

/// Checks the values of a form against the rules of its fields. What is blank counts as not
/// filled in.
///
/// # Errors
/// The first field, in the order of names, that the form does not have, that must be filled
/// in and is not, or whose value is not of its format; and what is wrong with it.
pub fn check_all(
    rules: &BTreeMap<String, FieldRule>,
    values: &BTreeMap<String, String>,
) -> Result<(), (String, FieldFault)> {
    if let Some(name) = values.keys().find(|name| !rules.contains_key(*name)) {
        return Err((name.clone(), FieldFault::Unknown));
    }
    for (name, rule) in rules {
        let value = values.get(name).map_or("", String::as_str);
        let checked = match value.trim().is_empty() {
            true if rule.mandatory => Err(FieldFault::Empty),
            true => Ok(()),
            false => check(rule.format, value),
        };
        checked.map_err(|fault| (name.clone(), fault))?;
    }
    Ok(())
}

/// Checks one value.
///
/// # Errors
/// [`FieldFault::Empty`] for blanks alone; [`FieldFault::Text`] for more than 256 characters,
/// control characters, and those that move what stands around them; [`FieldFault::Format`]
/// and [`FieldFault::CheckCharacter`] as its format has it.
pub fn check(format: FieldFormat, value: &str) -> Result<(), FieldFault> {
    if value.trim().is_empty() {
        return Err(FieldFault::Empty);
    }
    if value.chars().count() > MAX_LENGTH || value.contains(is_hidden) {
        return Err(FieldFault::Text);
    }
    let fits = match format {
        FieldFormat::Text => true,
        FieldFormat::CreditCode => {
            return checked(value, b"0123456789ABCDEFGHJKLMNPQRTUWXY", |code| {
                CreditCode::parse(code).is_ok()
            });
        }
        FieldFormat::CitizenNumber => {
            return checked(value, b"0123456789X", |number| {
                ResidentNumber::parse(number).is_ok()
            });
        }
        FieldFormat::Mobile => {
            let second = value.as_bytes().get(1);
            digits(value, 11, 11)
                && value.starts_with('1')
                && second.is_some_and(|digit| (b'3'..=b'9').contains(digit))
        }
        FieldFormat::Mail => is_mail(value),
        FieldFormat::BankAccount => digits(value, 8, 30),
        // As a number is written: nothing in front of it.
        FieldFormat::Fen => {
            digits(value, 1, 20)
                && (value == "0" || !value.starts_with('0'))
                && value.parse::<u64>().is_ok()
        }
    };
    if fits {
        Ok(())
    } else {
        Err(FieldFault::Format)
    }
}

/// A person's name in records is a number that others know, too: of a citizen or a mobile
/// telephone. Names stay in clear, and what stays is to say nothing.
///
/// # Errors
/// [`Ground::PersonNumber`].
pub(crate) fn check_name(person: &PersonId) -> Result<(), Refusal> {
    let known = [FieldFormat::CitizenNumber, FieldFormat::Mobile];
    if known
        .iter()
        .any(|format| check(*format, person.as_str()).is_ok())
    {
        return Err(Ground::PersonNumber.refuse(&["S2-03"]));
    }
    Ok(())
}

/// Whether a character is not seen where it stands, or moves what stands around it: controls,
/// ends of lines and paragraphs, changes of writing direction, widths of nothing.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{061c}')
}

/// A text of somebody else's, in which each character that [is hidden](is_hidden) is written as
/// its code point.
pub(crate) fn plain(text: &str) -> String {
    let shown = text.chars().map(|c| match is_hidden(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    });
    shown.collect()
}

/// A number that checks itself by its last character. Where another one in that place would
/// do, it is the check character that is wrong, otherwise the rest.
fn checked(value: &str, last: &[u8], is_good: impl Fn(&str) -> bool) -> Result<(), FieldFault> {
    if is_good(value) {
        return Ok(());
    }
    let mut other = value.to_owned();
    let Some(written) = other.pop() else {
        return Err(FieldFault::Format);
    };
    let in_place = |letter: &u8| {
        other.push(char::from(*letter));
        let good = is_good(&other);
        other.pop();
        good
    };
    if last.contains(&u8::try_from(written).unwrap_or(0)) && last.iter().any(in_place) {
        Err(FieldFault::CheckCharacter)
    } else {
        Err(FieldFault::Format)
    }
}

fn digits(value: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&value.len()) && value.bytes().all(|octet| octet.is_ascii_digit())
}

/// One `@`, a name before it, labels with dots between behind it, no blanks.
fn is_mail(value: &str) -> bool {
    let Some((name, host)) = value.split_once('@') else {
        return false;
    };
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c == '-' || c.is_alphanumeric());
    value.len() <= MAX_MAIL
        && !name.is_empty()
        && !value.contains(char::is_whitespace)
        && host.contains('.')
        && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FORMATS: [FieldFormat; 7] = [
        FieldFormat::Text,
        FieldFormat::CreditCode,
        FieldFormat::CitizenNumber,
        FieldFormat::Mobile,
        FieldFormat::Mail,
        FieldFormat::BankAccount,
        FieldFormat::Fen,
    ];

    fn all(format: FieldFormat, values: &[(&str, Result<(), FieldFault>)]) {
        for (value, result) in values {
            assert_eq!(check(format, value), *result, "{format:?} {value:?}");
        }
    }

    const WRONG: Result<(), FieldFault> = Err(FieldFault::Format);
    const DIGIT: Result<(), FieldFault> = Err(FieldFault::CheckCharacter);
    const TEXT: Result<(), FieldFault> = Err(FieldFault::Text);
    const EMPTY: Result<(), FieldFault> = Err(FieldFault::Empty);

    #[test]
    fn a_credit_code_has_its_check_character() {
        all(
            FieldFormat::CreditCode,
            &[
                ("91440300MA5DDA000Y", Ok(())),
                ("91440300MA5DDA0007", DIGIT),
                ("91440300MA5DDA001Y", DIGIT),
                ("91440300MA5DDA000y", WRONG),
                ("91440300MA5DDA000I", WRONG),
                ("91440300MA5DDI000Y", WRONG),
                ("9144030AMA5DDA000Y", WRONG),
                ("91440300MA5DDA000", WRONG),
                ("91440300MA5DDA000YY", WRONG),
                ("深圳", WRONG),
                ("", EMPTY),
            ],
        );
    }

    #[test]
    fn a_citizen_number_has_its_check_digit_and_a_day_of_birth() {
        all(
            FieldFormat::CitizenNumber,
            &[
                // The examples of GB 11643-1999, annex.
                ("11010519491231002X", Ok(())),
                ("440524188001010014", Ok(())),
                ("11010519491231002x", Ok(())),
                ("110105194912310021", DIGIT),
                ("440524188001010015", DIGIT),
                ("440524188001010041", DIGIT),
                // 31 February; no other check digit mends it.
                ("11010519490231002X", WRONG),
                ("11010519491331002X", WRONG),
                ("1101051949123100", WRONG),
                ("11010519491231002Y", WRONG),
                ("A1010519491231002X", WRONG),
            ],
        );
    }

    #[test]
    fn numbers_and_addresses_are_of_their_formats() {
        all(
            FieldFormat::Mobile,
            &[
                ("13800138000", Ok(())),
                ("19900000000", Ok(())),
                ("12800138000", WRONG),
                ("23800138000", WRONG),
                ("1380013800", WRONG),
                ("138001380001", WRONG),
                ("+8613800138000", WRONG),
                ("１３８００１３８０００", WRONG),
            ],
        );
        all(
            FieldFormat::Mail,
            &[
                ("li.si@example.com.cn", Ok(())),
                ("李四@例子.中国", Ok(())),
                ("a@b.c", Ok(())),
                ("a@b", WRONG),
                ("@b.c", WRONG),
                ("a@", WRONG),
                ("a@.c", WRONG),
                ("a@b..c", WRONG),
                ("a@b.c.", WRONG),
                ("a@b@c.d", WRONG),
                ("a b@c.d", WRONG),
                ("a@b.c ", WRONG),
                (&format!("{}@b.c", "a".repeat(250)), Ok(())),
                (&format!("{}@b.c", "a".repeat(251)), WRONG),
            ],
        );
        all(
            FieldFormat::BankAccount,
            &[
                ("12345678", Ok(())),
                ("123456789012345678901234567890", Ok(())),
                ("1234567", WRONG),
                ("1234567890123456789012345678901", WRONG),
                ("1234 5678", WRONG),
            ],
        );
        all(
            FieldFormat::Fen,
            &[
                ("0", Ok(())),
                ("104800", Ok(())),
                ("18446744073709551615", Ok(())),
                ("18446744073709551616", WRONG),
                ("1048.0", WRONG),
                ("-1", WRONG),
                ("+1", WRONG),
                ("007", WRONG),
            ],
        );
    }

    #[test]
    fn text_is_short_and_seen_as_it_is() {
        all(
            FieldFormat::Text,
            &[
                ("张三", Ok(())),
                (&"字".repeat(256), Ok(())),
                (&"字".repeat(257), TEXT),
                ("two\nlines", TEXT),
                ("two\u{2028}lines", TEXT),
                ("\u{202e}desrever", TEXT),
                ("张\u{200b}三", TEXT),
                ("\u{1b}[31m", TEXT),
                (" \u{3000} ", EMPTY),
            ],
        );
    }

    #[test]
    fn a_form_has_the_fields_of_its_rules_and_those_that_must_be() {
        let rules: BTreeMap<String, FieldRule> = toml::from_str(
            "[mobile]\ntitle = { en = \"\", zh = \"\" }\nmandatory = true\nformat = \"mobile\"\n\
             [note]\ntitle = { en = \"\", zh = \"\" }\nmandatory = false\nformat = \"fen\"\n",
        )
        .unwrap();
        let check = |values: &[(&str, &str)]| {
            let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            check_all(&rules, &values.iter().map(own).collect())
        };
        let fault = |name: &str, fault| Err((name.to_owned(), fault));
        let mobile = ("mobile", "13800138000");
        assert_eq!(check(&[mobile]), Ok(()));
        assert_eq!(check(&[mobile, ("note", "")]), Ok(()));
        assert_eq!(check(&[mobile, ("note", "1")]), Ok(()));
        assert_eq!(
            check(&[mobile, ("note", "x")]),
            fault("note", FieldFault::Format)
        );
        assert_eq!(check(&[]), fault("mobile", FieldFault::Empty));
        assert_eq!(
            check(&[("mobile", "　")]),
            fault("mobile", FieldFault::Empty)
        );
        assert_eq!(
            check(&[mobile, ("other", "1")]),
            fault("other", FieldFault::Unknown)
        );
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer(value in ".{0,300}") {
            for format in FORMATS {
                let _ = check(format, &value);
            }
        }

        #[test]
        fn one_other_digit_in_a_citizen_number_is_noticed(place in 0usize..17, step in 1u8..10) {
            // MOD 11-2 finds every single slip; those that make no day are no numbers at all.
            let mut number = *b"11010519491231002X";
            number[place] = b'0' + (number[place] - b'0' + step) % 10;
            let text = std::str::from_utf8(&number).unwrap();
            prop_assert!(check(FieldFormat::CitizenNumber, text).is_err());
        }
    }
}
