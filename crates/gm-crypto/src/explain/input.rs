//! What a file is written in: DER, PEM, base64, hexadecimal digits, CFCA's text.

use super::asn1::{self, Node};
use alloc::{format, string::String, vec, vec::Vec};
use base64ct::{Base64, Base64Unpadded, Encoding as _};
use core::fmt;
use zeroize::Zeroizing;

/// How the octets of a file were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// ASN.1 as it is.
    Der,
    /// Blocks between BEGIN and END (RFC 7468).
    Pem,
    /// Base64 without such lines.
    Base64,
    /// Hexadecimal digits.
    Hexadecimal,
    /// The text in which CFCA delivers an encryption key: header and base64.
    CfcaText,
    /// Text of another kind.
    Text,
    /// Octets that are no ASN.1.
    Octets,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Der => "DER",
            Self::Pem => "PEM",
            Self::Base64 => "base64",
            Self::Hexadecimal => "hexadecimal digits",
            Self::CfcaText => "CFCA's delivery text",
            Self::Text => "text",
            Self::Octets => "octets",
        })
    }
}

/// One structure out of a file.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) label: Option<String>,
    pub(crate) octets: Zeroizing<Vec<u8>>,
    /// A line `DEK-Info`, which says how a block is encrypted (RFC 1421).
    pub(crate) encrypted: Option<String>,
    /// The block as it was written, where it is encrypted so.
    pub(crate) block: Vec<u8>,
    /// What was odd about the block.
    pub(crate) remark: Option<&'static str>,
}

impl Piece {
    fn new(octets: impl Into<Vec<u8>>) -> Self {
        Self {
            label: None,
            octets: Zeroizing::new(octets.into()),
            encrypted: None,
            block: Vec::new(),
            remark: None,
        }
    }
}

/// Blocks beyond these are not decoded.
const MAX_BLOCKS: usize = 1000;

/// The structures of a file, one at least.
pub(crate) fn split(octets: &[u8]) -> (Encoding, Vec<Piece>) {
    // A BOM stands in front of what some editors saved.
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    if is_asn1(octets) {
        return (Encoding::Der, one_by_one(octets));
    }
    let blocks = pem(octets);
    if !blocks.is_empty() {
        return (Encoding::Pem, blocks);
    }
    if let Some(text) = text(octets) {
        if let Some(base64) = cfca_text(text) {
            // Numbers in hexadecimal digits can look like that header.
            if let Some(octets) = from_base64(base64.as_bytes()).filter(|octets| is_asn1(octets)) {
                return (Encoding::CfcaText, vec![of(octets)]);
            }
        }
        if let Some(octets) = from_hexadecimal(text) {
            return (Encoding::Hexadecimal, vec![of(octets)]);
        }
        if let Some(octets) = from_base64(text.as_bytes())
            .filter(|octets| octets.len() >= 8 && is_meant(text, octets))
        {
            return (Encoding::Base64, vec![of(octets)]);
        }
        return (Encoding::Text, vec![Piece::new(octets)]);
    }
    (Encoding::Octets, vec![Piece::new(octets)])
}

/// SEQUENCEs one behind the other; what is behind the last and is none stays with it.
fn one_by_one(octets: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = octets;
    while pieces.len() < MAX_BLOCKS {
        let length = Node::read(rest)
            .filter(|node| node.is(asn1::SEQUENCE))
            .map_or(rest.len(), |node| node.octets.len());
        let (one, behind) = rest.split_at(length);
        if behind.first() != Some(&0x30) || !is_asn1(behind) {
            break;
        }
        pieces.push(Piece::new(one));
        rest = behind;
    }
    pieces.push(Piece::new(rest));
    pieces
}

/// Whether text that can be decoded was meant as base64: words can be decoded, too.
fn is_meant(text: &str, octets: &[u8]) -> bool {
    // Without padding, and long enough for the scalar of a key.
    const LONG: usize = 40;
    let any = |class: fn(&u8) -> bool| text.as_bytes().iter().any(class);
    let mixed = any(u8::is_ascii_uppercase)
        && any(u8::is_ascii_lowercase)
        && any(|octet| octet.is_ascii_digit() || b"+/=".contains(octet));
    is_asn1(octets) || (mixed && text.len() >= LONG)
}

fn of(octets: Zeroizing<Vec<u8>>) -> Piece {
    Piece {
        label: None,
        octets,
        encrypted: None,
        block: Vec::new(),
        remark: None,
    }
}

/// Whether this begins with a value that is written out to its end, more or less.
fn is_asn1(octets: &[u8]) -> bool {
    let Some(node) = Node::read(octets) else {
        return false;
    };
    // A text may begin with '0'; its second character is then the length of nothing.
    let binary = octets
        .iter()
        .take(64)
        .any(|octet| !octet.is_ascii_graphic() && !octet.is_ascii_whitespace());
    match node.number {
        asn1::SEQUENCE if node.is(asn1::SEQUENCE) && node.constructed => {
            binary
                && node
                    .children()
                    .next()
                    .is_some_and(|child| child.number <= 30)
        }
        asn1::INTEGER | asn1::BIT_STRING | asn1::OCTET_STRING | asn1::OBJECT_IDENTIFIER => {
            binary && !node.is_cut() && node.octets.len() == octets.len() && octets.len() > 2
        }
        _ => false,
    }
}

/// Characters and nothing else.
fn text(octets: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(octets).ok()?.trim();
    let odd = |c: char| c.is_control() && !c.is_ascii_whitespace();
    (!text.is_empty() && !text.chars().any(odd)).then_some(text)
}

/// The blocks of PEM, also those whose lines are too long or that lack their END.
fn pem(octets: &[u8]) -> Vec<Piece> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const END: &[u8] = b"-----END ";
    const DASHES: &[u8] = b"-----";
    let mut pieces = Vec::new();
    let mut rest = octets;
    while pieces.len() < MAX_BLOCKS {
        let Some(begin) = find(rest, BEGIN) else {
            break;
        };
        let block = &rest[begin..];
        rest = &rest[begin + BEGIN.len()..];
        // A label is short, and a body ends at the next dashes, END or not: each octet is
        // looked at a few times, however many blocks there are.
        let Some(dashes) = find(&rest[..rest.len().min(70)], DASHES) else {
            continue;
        };
        let label = String::from_utf8_lossy(&rest[..dashes]).into_owned();
        rest = &rest[dashes + DASHES.len()..];
        let stop = find(rest, DASHES).unwrap_or(rest.len());
        let end = rest[stop..].starts_with(END).then_some(stop);
        let (encrypted, base64) = headers(&rest[..stop]);
        let decoded = from_base64(base64);
        let remark = match (&decoded, end) {
            (None, _) => Some("its base64 is broken"),
            (Some(_), None) => Some("its END line is missing"),
            _ => None,
        };
        let mut piece = of(decoded.unwrap_or_default());
        piece.label = Some(super::value::printable(&label));
        if encrypted.is_some() {
            let length = block.len() - rest.len() + stop;
            let line = block[length..].iter().position(|octet| *octet == b'\n');
            piece.block = block[..line.map_or(block.len(), |line| length + line)].to_vec();
        }
        piece.encrypted = encrypted;
        piece.remark = remark;
        pieces.push(piece);
        rest = &rest[stop..];
    }
    pieces
}

/// `Proc-Type` and `DEK-Info` in front of base64 (RFC 1421, 4.6).
fn headers(body: &[u8]) -> (Option<String>, &[u8]) {
    let Some(at) = find(body, b"DEK-Info:") else {
        return (None, body);
    };
    let line = &body[at + b"DEK-Info:".len()..];
    let end = line
        .iter()
        .position(|octet| *octet == b'\n')
        .unwrap_or(line.len());
    let value = String::from_utf8_lossy(&line[..end]).trim().into();
    (Some(value), &line[end..])
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// The base64 behind CFCA's header: two fields of 16 digits, 32 zeros, a length of 16
/// digits; its lines are joined by commas.
fn cfca_text(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let header = compact.get(..80)?;
    let digits = header.bytes().all(|octet| octet.is_ascii_digit());
    let zeros = header.get(32..64)?.bytes().all(|octet| octet == b'0');
    let base64: String = compact.get(80..)?.chars().filter(|c| *c != ',').collect();
    (digits && zeros && !base64.is_empty()).then_some(base64)
}

/// Base64 in whatever lines; decoded without a look-up, since it may be a key.
fn from_base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let blank = |octet: &u8| octet.is_ascii_whitespace() || *octet == b',';
    let mut compact = Zeroizing::new(Vec::with_capacity(text.len()));
    compact.extend(text.iter().filter(|octet| !blank(octet)));
    let compact = core::str::from_utf8(&compact).ok()?;
    let padded = Base64::decode_vec(compact);
    let octets = padded
        .or_else(|_| Base64Unpadded::decode_vec(compact))
        .ok()?;
    Some(Zeroizing::new(octets)).filter(|octets| !octets.is_empty())
}

/// Pairs of hexadecimal digits, also with colons and spaces between them or `0x` in front;
/// decoded without a look-up, since it may be a key.
fn from_hexadecimal(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.strip_prefix("0x").unwrap_or(text);
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    for octet in text.bytes() {
        if octet.is_ascii_hexdigit() {
            digits.push(nibble(octet));
        } else if !matches!(octet, b':' | b' ' | b'\r' | b'\n' | b'\t' | b',') {
            return None;
        }
    }
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let octets: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    Some(Zeroizing::new(octets)).filter(|octets| octets.len() >= 8)
}

/// The value of a hexadecimal digit: letters have bit 6, and lie 9 above their last four bits.
fn nibble(digit: u8) -> u8 {
    (digit & 0x0f) + 9 * (digit >> 6)
}

/// Hexadecimal digits in a row that may be a part of a key, whatever parts them.
const DIGITS: usize = 16;
/// Characters of base64 in a row that may be a part of a key.
const CHARACTERS: usize = 24;

/// What a text has in it that keys are written in; none where it is other text.
fn written_like_a_key(text: &[u8]) -> Option<&'static str> {
    let (mut digits, mut characters) = (0, 0);
    let mut class = None;
    for octet in text {
        if octet.is_ascii_hexdigit() {
            digits += 1;
        // What stands between the octets of a dump, also as `0x` and `\x`.
        } else if !b" \t\r\n:,;-x\\\"'".contains(octet) {
            digits = 0;
        }
        if octet.is_ascii_alphanumeric() || b"+/-_=".contains(octet) {
            characters += 1;
        } else {
            characters = 0;
        }
        if digits >= DIGITS {
            return Some("hexadecimal digits");
        }
        if characters >= CHARACTERS {
            class = Some("characters of base64");
        }
    }
    class
}

/// Whether octets without structure have the size or the writing of a key.
pub(crate) fn may_be_key(octets: &[u8]) -> bool {
    // A scalar, with its line's end, two of them, or behind a point.
    matches!(octets.len(), 32..=34 | 64..=68 | 96..=98) || written_like_a_key(octets).is_some()
}

/// The line above for text that nothing is known about; one that may be a key is not shown.
pub(crate) fn first_words(text: &[u8]) -> String {
    if let Some(class) = written_like_a_key(text) {
        return format!(
            "{} octets, not shown: {class} in a row, as of a key",
            text.len()
        );
    }
    let length = text.len();
    let text = String::from_utf8_lossy(&text[..length.min(200)]);
    let line = text.trim_start().lines().next().unwrap_or_default().trim();
    if !line.contains(char::is_whitespace) {
        return format!("{length} octets, not shown: one word in a line, as of a password");
    }
    format!("begins with {}", super::value::quoted(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hexadecimal_digits_have_their_values() {
        let octets = from_hexadecimal("0x0123456789abcdef:ABCDEF01").unwrap();
        assert_eq!(
            *octets,
            [
                1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xab, 0xcd, 0xef, 1
            ]
        );
        assert!(from_hexadecimal("0123456789abcdef0").is_none());
        assert!(from_hexadecimal("0123456789abcdeg").is_none());
    }

    #[test]
    fn a_block_is_read_with_long_lines_and_with_headers() {
        let text = b"-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\
            DEK-Info: SM4-CBC,00112233\n\nAAECAwQFBgcICQoLDA0ODw==\n-----END EC PRIVATE KEY-----\n";
        let (encoding, pieces) = split(text);
        assert_eq!(encoding, Encoding::Pem);
        assert_eq!(pieces[0].encrypted.as_deref(), Some("SM4-CBC,00112233"));
        assert_eq!(pieces[0].octets.len(), 16);
        assert_eq!(pieces[0].remark, None);
    }

    #[test]
    fn what_begins_with_a_zero_is_text() {
        assert_eq!(split(b"0 is a number").0, Encoding::Text);
        assert_eq!(split(b"30030201050000000000").0, Encoding::Hexadecimal);
        assert_eq!(split(&[0x30, 3, 2, 1, 5]).0, Encoding::Der);
        assert_eq!(split(b"\x00\xff\xfe").0, Encoding::Octets);
        assert_eq!(split(b"MAMCAQUAAAAAAAAAAA==").0, Encoding::Base64);
        assert_eq!(split(b"").0, Encoding::Octets);
    }

    proptest! {
        #[test]
        fn whatever_comes_there_is_a_piece(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(!split(&octets).1.is_empty());
        }

        #[test]
        fn base64_gives_back_what_was_written(octets in proptest::collection::vec(any::<u8>(), 9..300)) {
            let pem = crate::pki::encode_pem("X", &octets);
            prop_assert_eq!(&*split(pem.as_bytes()).1[0].octets, &octets);
        }
    }
}
