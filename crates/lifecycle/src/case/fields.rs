//! The formats of a form's fields (S1-05, S2-10).

use crate::{FieldFault, rules::FieldFormat};
use gm_crypto::pki::identity::{CreditCode, ResidentNumber};

/// Characters of the longest value.
const MAX_LENGTH: usize = 256;

/// Whether a value that is not empty is of the format.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(format: FieldFormat, value: &str) -> Result<(), FieldFault> {
    if !is_line(value, MAX_LENGTH) {
        return Err(FieldFault::Text);
    }
    let is_good = match format {
        FieldFormat::Text => true,
        FieldFormat::CreditCode => return code(value, CreditCode::parse(value).is_ok()),
        FieldFormat::CitizenNumber => return code(value, ResidentNumber::parse(value).is_ok()),
        FieldFormat::Mobile => {
            digits(value, 11..=11) && value.starts_with('1') && value[1..2] >= *"3"
        }
        FieldFormat::Mail => is_mail(value),
        FieldFormat::BankAccount => digits(value, 8..=30),
        FieldFormat::Fen => digits(value, 1..=15) && (value == "0" || !value.starts_with('0')),
    };
    is_good.then_some(()).ok_or(FieldFault::Format)
}

/// 1 to `most` characters, none of them a control character.
pub(super) fn is_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// Eighteen letters and digits that are no code have another check character than they should,
/// or a part that can't be: a slip of one key looks like this.
fn code(value: &str, is_good: bool) -> Result<(), FieldFault> {
    if is_good {
        Ok(())
    } else if value.len() == 18 && value.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
        Err(FieldFault::CheckCharacter)
    } else {
        Err(FieldFault::Format)
    }
}

fn digits(value: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&value.len()) && value.bytes().all(|octet| octet.is_ascii_digit())
}

/// One `@` with something on both sides, no blanks.
fn is_mail(value: &str) -> bool {
    let Some((name, host)) = value.split_once('@') else {
        return false;
    };
    !name.is_empty()
        && !host.is_empty()
        && !host.contains('@')
        && !value.chars().any(char::is_whitespace)
}
