//! PEM (RFC 7468) around DER: found by label, so that what programs write in
//! front of a block (a text dump, `EC PARAMETERS`) does no harm.
//!
//! Read is more than is written, as RFC 7468's clause 3 has it for a lax reader: lines of
//! any length and any end, blanks anywhere in the base64, text before and between blocks,
//! and the headers of RFC 1421, 4.6, that older programs encrypt keys with. The base64
//! itself is strict: its own letters, whole groups, its padding. A parser of our own over
//! the crate `base64ct`, for `pem-rfc7468` knows no headers and wants lines of one length.

use crate::{Error, Result};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Encoding};
use core::{fmt, str};
use zeroize::Zeroizing;

/// DER from DER or PEM (RFC 7468): input that starts with a SEQUENCE is copied as it is,
/// otherwise the first block with one of `labels` is decoded.
///
/// It may be a private key, so it is wiped on drop, and no copy stays behind; `input` is the
/// caller's to wipe. Other octets than a secret's may leave with `to_vec`.
///
/// # Errors
/// [`Error::NoPemBlock`] when there is none, [`Error::Invalid`] when its base64, its headers
/// or its end are broken, [`Error::TooLarge`] for more than sixteen headers.
pub fn decode(input: &[u8], labels: &'static [&'static str]) -> Result<Zeroizing<Vec<u8>>> {
    if input.first() == Some(&0x30) {
        return Ok(Zeroizing::new(input.to_vec()));
    }
    let wanted = |block: &RawBlock<'_>| labels.contains(&block.label);
    let block = RawBlocks::new(input).find(wanted);
    let block = block.ok_or(Error::NoPemBlock { expected: labels })?;
    Ok(block.decode()?.contents)
}

/// PEM from DER, lines of 64 characters ending in `\n`.
///
/// The text of a secret is a secret: it is the caller's to wipe.
pub fn encode(label: &'static str, der: &[u8]) -> String {
    encode_with_headers(label, &[], der)
}

/// The blocks of a text, one after the other; each is decoded as it is asked for.
///
/// A `BEGIN` without its `END` is passed over. An item is [`Error::Invalid`] when its
/// base64, its headers or the label of its `END` are broken, [`Error::TooLarge`] for more
/// than sixteen headers. The work grows with the length of the text and no faster.
pub fn blocks(input: &[u8]) -> impl Iterator<Item = Result<PemBlock<'_>>> {
    RawBlocks::new(input).map(RawBlock::decode)
}

/// A block of PEM; its contents are wiped on drop and silent in `Debug`.
#[derive(Clone)]
pub struct PemBlock<'a> {
    label: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    contents: Zeroizing<Vec<u8>>,
    offset: usize,
}

impl<'a> PemBlock<'a> {
    /// What stands behind `BEGIN`.
    pub fn label(&self) -> &'a str {
        self.label
    }

    /// The headers of RFC 1421, 4.6, names and values without the blanks around them;
    /// most often none.
    pub fn headers(&self) -> &[(&'a str, &'a str)] {
        &self.headers
    }

    /// The value of the first header with this name, upper or lower case.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let found = self
            .headers
            .iter()
            .find(|header| header.0.eq_ignore_ascii_case(name));
        found.map(|header| header.1)
    }

    /// What the base64 says.
    pub fn contents(&self) -> &[u8] {
        &self.contents
    }

    /// Octets from the beginning of the text to the `BEGIN`.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Debug for PemBlock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PemBlock")
            .field("label", &self.label)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

/// PEM with headers in front of the base64 and an empty line between.
pub(super) fn encode_with_headers(label: &str, headers: &[(&str, &str)], der: &[u8]) -> String {
    const LINE: usize = 64;
    let base64 = Zeroizing::new(Base64::encode_string(der));
    let named: usize = headers
        .iter()
        .map(|one| one.0.len() + one.1.len() + 3)
        .sum();
    // Enough, so that no half-written secret is left behind by growing.
    let enough = 2 * label.len() + 32 + named + 1 + base64.len() + base64.len() / LINE + 1;
    let mut text = String::with_capacity(enough);
    let mut put = |parts: &[&str]| parts.iter().for_each(|part| text.push_str(part));
    put(&["-----BEGIN ", label, "-----\n"]);
    for (name, value) in headers {
        put(&[name, ": ", value, "\n"]);
    }
    if !headers.is_empty() {
        put(&["\n"]);
    }
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        put(&[line, "\n"]);
        rest = more;
    }
    put(&["-----END ", label, "-----\n"]);
    text
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// Longer than any label in use.
const MAX_LABEL: usize = 64;
const MAX_HEADERS: usize = 16;

/// A block as it stands in the text.
struct RawBlock<'a> {
    label: &'a str,
    end_label: &'a [u8],
    body: &'a [u8],
    offset: usize,
}

struct RawBlocks<'a> {
    input: &'a [u8],
    offset: usize,
}

impl<'a> RawBlocks<'a> {
    fn new(input: &'a [u8]) -> Self {
        Self { input, offset: 0 }
    }

    /// Finds `BEGIN` or `END` with its label, whichever is next, and goes behind it.
    fn next_boundary(&mut self) -> Option<Boundary<'a>> {
        loop {
            let start = self.offset + position(&self.input[self.offset..], DASHES)?;
            let rest = &self.input[start..];
            let kind = [BEGIN, END].into_iter().find(|kind| rest.starts_with(kind));
            let label = kind.and_then(|kind| {
                let label = &rest[kind.len()..];
                let within = &label[..label.len().min(MAX_LABEL + DASHES.len())];
                Some(&label[..position(within, DASHES)?])
            });
            let (Some(kind), Some(label)) = (kind, label) else {
                self.offset = start + 1;
                continue;
            };
            let end = start + kind.len() + label.len() + DASHES.len();
            self.offset = end;
            return Some(Boundary {
                begins: kind == BEGIN,
                label,
                start,
                end,
            });
        }
    }
}

struct Boundary<'a> {
    begins: bool,
    label: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> Iterator for RawBlocks<'a> {
    type Item = RawBlock<'a>;

    fn next(&mut self) -> Option<RawBlock<'a>> {
        let mut begin: Option<Boundary<'a>> = None;
        loop {
            let boundary = self.next_boundary()?;
            if boundary.begins {
                begin = Some(boundary);
                continue;
            }
            let Some(begin) = begin.take() else { continue };
            let Ok(label) = str::from_utf8(begin.label) else {
                continue;
            };
            return Some(RawBlock {
                label,
                end_label: boundary.label,
                body: &self.input[begin.end..boundary.start],
                offset: begin.start,
            });
        }
    }
}

impl<'a> RawBlock<'a> {
    fn decode(self) -> Result<PemBlock<'a>> {
        let broken = |reason| Error::Invalid {
            what: "PEM block",
            reason,
        };
        if self.end_label != self.label.as_bytes() {
            return Err(broken(
                "its END has another label than its BEGIN (RFC 7468)",
            ));
        }
        let (headers, base64) = split_headers(self.body)?;
        // No more is said of the characters than which are blanks.
        let mut dense = Zeroizing::new(Vec::with_capacity(base64.len()));
        dense.extend(base64.iter().filter(|octet| !octet.is_ascii_whitespace()));
        let mut contents = Zeroizing::new(alloc::vec![0; dense.len() / 4 * 3]);
        let length = Base64::decode(&*dense, &mut contents)
            .map_err(|_| broken("its base64 is broken (RFC 7468)"))?
            .len();
        contents.truncate(length);
        Ok(PemBlock {
            label: self.label,
            headers,
            contents,
            offset: self.offset,
        })
    }
}

/// RFC 1421, 4.4 and 4.6: lines with a colon, which base64 never has, up to an empty line.
/// A folded line goes with the one before it and is not kept.
type Headers<'a> = Vec<(&'a str, &'a str)>;
fn split_headers(body: &[u8]) -> Result<(Headers<'_>, &[u8])> {
    let mut headers = Vec::new();
    let mut rest = body.trim_ascii_start();
    loop {
        let end = position(rest, b"\n").unwrap_or(rest.len());
        let line = &rest[..end];
        let folded =
            !headers.is_empty() && line.first().is_some_and(|octet| b" \t".contains(octet));
        let colon = position(line, b":");
        if let Some(colon) = colon.filter(|_| !folded) {
            if headers.len() == MAX_HEADERS {
                return Err(Error::TooLarge {
                    what: "PEM block",
                    limit: MAX_HEADERS as u64,
                    unit: "headers",
                });
            }
            let text = |octets| {
                str::from_utf8(octets)
                    .map(str::trim)
                    .map_err(|_| Error::Invalid {
                        what: "PEM block",
                        reason: "a header is not UTF-8",
                    })
            };
            headers.push((text(&line[..colon])?, text(&line[colon + 1..])?));
        } else if !folded || line.trim_ascii().is_empty() {
            return Ok((headers, rest));
        }
        rest = rest.get(end + 1..).unwrap_or_default();
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
    use proptest::prelude::*;

    const DER: [u8; 5] = [0x30, 0x03, 0x02, 0x01, 0x05];
    const KEY: &[&str] = &["PRIVATE KEY"];

    fn read(text: &str) -> Result<Vec<u8>> {
        decode(text.as_bytes(), KEY).map(|der| der.to_vec())
    }

    #[test]
    fn a_block_is_found_behind_others() {
        let text = format!(
            "subject=CN\n{}{}",
            encode("EC PARAMETERS", &[0x06, 0x01, 0x2a]),
            encode("PRIVATE KEY", &DER)
        );
        assert_eq!(*decode(text.as_bytes(), KEY).unwrap(), DER);
        assert!(matches!(
            decode(text.as_bytes(), &["CERTIFICATE"]),
            Err(Error::NoPemBlock { .. })
        ));
        let all: Vec<_> = blocks(text.as_bytes()).map(Result::unwrap).collect();
        let labels: Vec<_> = all.iter().map(PemBlock::label).collect();
        assert_eq!(labels, ["EC PARAMETERS", "PRIVATE KEY"]);
        assert_eq!(all[0].offset(), 11);
        assert_eq!(all[0].contents(), [0x06, 0x01, 0x2a]);
        assert!(!format!("{:?}", all[1]).contains("contents"));
    }

    #[test]
    fn a_cut_block_is_refused() {
        let text = encode("CERTIFICATE", &[0x30; 100]);
        for length in 0..text.len() - 1 {
            assert!(decode(&text.as_bytes()[..length], &["CERTIFICATE"]).is_err());
        }
    }

    #[test]
    fn what_real_programs_write_is_read() {
        let good = encode("PRIVATE KEY", &[0x30; 100]);
        let expected = read(&good).unwrap();
        assert_eq!(expected, [0x30; 100]);
        let inside = good.lines().skip(1).take(3).collect::<Vec<_>>();
        let [begin, end] = ["-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"];
        for text in [
            good.replace('\n', "\r\n"),
            good.replace('\n', " \n"),
            good.replace('\n', "\n\n"),
            format!("\u{feff}{good}"),
            // One line of base64; one line of all; lines of 76 characters; no line end.
            format!("{begin}\n{}\n{end}\n", inside.concat()),
            format!("{begin}{}{end}", inside.concat()),
            format!(
                "{begin}\n{}\n{end}",
                inside.concat().replacen("MDAw", "MDAw\n", 7)
            ),
            // A block that was begun and never ended stands in front.
            format!("{begin}\nMDAw\n{good}"),
            format!("-----BEGIN X-----\n{good}"),
            format!("-----END X-----\n----- BEGIN\n{good}"),
        ] {
            assert_eq!(read(&text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_block_with_another_end_or_broken_base64_is_refused() {
        let good = encode("PRIVATE KEY", &DER);
        for (from, to) in [
            ("END PRIVATE", "END PUBLIC"),
            ("MAMC", "MA!C"),
            ("MAMC", "MAMC="),
            ("MAMC", "MAM"),
            ("MAMC", "MAM\0"),
            ("MAMC", "MAM-"),
            ("AQU=", "AQU"),
            ("AQU=", "AQV="),
            ("AQU=", "AQU=\nAQU="),
        ] {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good);
            assert!(matches!(read(&text), Err(Error::Invalid { .. })), "{text}");
        }
    }

    #[test]
    fn headers_are_kept_and_counted() {
        let text = encode_with_headers(
            "PRIVATE KEY",
            &[("Proc-Type", "4,ENCRYPTED"), ("A", "b:c")],
            &DER,
        );
        for text in [
            text.clone(),
            text.replace('\n', "\r\n"),
            text.replace("\n\n", "\n"),
            text.replace("b:c\n", "b:c\n\tfolded: d\n"),
        ] {
            let block = blocks(text.as_bytes()).next().unwrap().unwrap();
            assert_eq!(block.contents(), DER, "{text}");
            assert_eq!(block.header("proc-type"), Some("4,ENCRYPTED"));
            assert_eq!(
                block.headers(),
                [("Proc-Type", "4,ENCRYPTED"), ("A", "b:c")]
            );
            assert_eq!(block.header("DEK-Info"), None);
        }
        let many =
            |count| encode_with_headers("PRIVATE KEY", &alloc::vec![("A", "b"); count], &DER);
        assert_eq!(read(&many(16)).unwrap(), DER);
        assert!(matches!(
            read(&many(17)),
            Err(Error::TooLarge { limit: 16, .. })
        ));
    }

    #[test]
    fn the_work_grows_with_the_length_alone() {
        // Quadratic, these would take minutes.
        for text in [
            "-----BEGIN A-----",
            "-----",
            "-----BEGIN ",
            "-----BEGIN A-----\n-----END ",
        ] {
            let hostile = text.repeat(4_000_000 / text.len());
            assert!(decode(hostile.as_bytes(), KEY).is_err());
            assert_eq!(blocks(hostile.as_bytes()).filter(Result::is_ok).count(), 0);
        }
    }

    #[test]
    fn a_label_is_short() {
        let label = "A".repeat(64);
        let text = |label: &str| encode("X", &DER).replace('X', label);
        assert_eq!(blocks(text(&label).as_bytes()).count(), 1);
        assert_eq!(blocks(text(&format!("{label}A")).as_bytes()).count(), 0);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(der in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = encode("PRIVATE KEY", &der);
            prop_assert!(text.lines().all(|line| line.len() <= 64));
            prop_assert_eq!(read(&text).unwrap(), der);
        }

        #[test]
        fn anything_at_all_is_taken_without_a_panic(text in "(-----(BEGIN |END )?|A|:|\n|=|MDAw){0,40}") {
            for block in blocks(text.as_bytes()) {
                let _ = block;
            }
            let _ = decode(text.as_bytes(), &["A", ""]);
        }
    }
}
