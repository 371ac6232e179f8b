//! PEM (RFC 7468) around DER: found by label, so that what programs write in
//! front of a block (a text dump, `EC PARAMETERS`) does no harm.

use crate::{Error, Result};
use alloc::{borrow::Cow, string::String};
use pem_rfc7468::LineEnding;

/// DER from DER or PEM: input that starts with a SEQUENCE is returned as it is,
/// otherwise the first block with one of `labels` is decoded.
///
/// # Errors
/// [`Error::NoPemBlock`] when there is none, [`Error::Invalid`] when its base64
/// or its end is broken.
pub fn decode<'a>(input: &'a [u8], labels: &'static [&'static str]) -> Result<Cow<'a, [u8]>> {
    if input.first() == Some(&0x30) {
        return Ok(Cow::Borrowed(input));
    }
    let block = find_block(input, labels).ok_or(Error::NoPemBlock { expected: labels })?;
    pem_rfc7468::decode_vec(block)
        .map(|(_, der)| Cow::Owned(der))
        .map_err(|_| Error::Invalid {
            what: "PEM block",
            reason: "its base64, its line length or its END line is broken (RFC 7468)",
        })
}

/// PEM from DER, lines of 64 characters ending in `\n`.
///
/// # Panics
/// Never for a label of the field: they are short and have no hyphen.
pub fn encode(label: &'static str, der: &[u8]) -> String {
    pem_rfc7468::encode_string(label, LineEnding::LF, der)
        .expect("a known label and less than 256 MiB of DER")
}

/// From `-----BEGIN label-----` to the end of its `END` line.
fn find_block<'a>(input: &'a [u8], labels: &[&str]) -> Option<&'a [u8]> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const END: &[u8] = b"-----END ";
    const DASHES: &[u8] = b"-----";
    let mut rest = input;
    loop {
        rest = &rest[position(rest, BEGIN)?..];
        let label = &rest[BEGIN.len()..];
        let label = &label[..position(label, DASHES)?];
        let end = position(rest, END)? + END.len();
        let end = end + position(&rest[end..], DASHES)? + DASHES.len();
        if labels.iter().any(|wanted| wanted.as_bytes() == label) {
            return Some(&rest[..end]);
        }
        rest = &rest[end..];
    }
}

fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_block_is_found_behind_others() {
        let der = [0x30, 0x03, 0x02, 0x01, 0x05];
        let text = format!(
            "subject=CN\n{}{}",
            encode("EC PARAMETERS", &[0x06, 0x01, 0x2a]),
            encode("PRIVATE KEY", &der)
        );
        assert_eq!(*decode(text.as_bytes(), &["PRIVATE KEY"]).unwrap(), der);
        assert!(matches!(
            decode(text.as_bytes(), &["CERTIFICATE"]),
            Err(Error::NoPemBlock { .. })
        ));
    }

    #[test]
    fn a_cut_block_is_refused() {
        let text = encode("CERTIFICATE", &[0x30; 100]);
        for length in 0..text.len() - 1 {
            assert!(decode(&text.as_bytes()[..length], &["CERTIFICATE"]).is_err());
        }
    }
}
