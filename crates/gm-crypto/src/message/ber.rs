//! Elements of BER and DER (X.690) from and to streams, whatever their length.
//!
//! The crate `der` holds what it reads in memory, and ends at 256 MiB. Here lengths are
//! 64 bits, contents pass by in pieces, and only what is asked for is kept, up to a limit
//! that the caller names. Without [`Rules::Ber`] whatever is not DER is refused where it
//! stands. Lengths are claims of the sender: nothing is reserved for them in advance.

use super::buffer::{Ahead, io_error};
use crate::{Error, Result};
use alloc::vec::Vec;
use std::io::{Read, Seek, SeekFrom};

/// INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
/// OCTET STRING, primitive.
pub(crate) const OCTET_STRING: u8 = 0x04;
/// OBJECT IDENTIFIER.
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
/// SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;
/// SET.
pub(crate) const SET: u8 = 0x31;
/// The bit of a tag that says "constructed".
pub(crate) const CONSTRUCTED: u8 = 0x20;

/// `[number]`, constructed.
pub(crate) const fn explicit(number: u8) -> u8 {
    0xa0 | number
}

/// `[number]`, primitive.
pub(crate) const fn implicit(number: u8) -> u8 {
    0x80 | number
}

/// Levels of elements inside each other. The deepest certificate needs a dozen.
const MAX_DEPTH: usize = 32;
/// Elements that are read in one message; pieces of a string count.
const MAX_ELEMENTS: u64 = 1 << 26;

/// What a reader lets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// X.690, clause 10: definite lengths in as few octets as possible, strings in one piece.
    Der,
    /// X.690, clause 8: indefinite lengths, lengths with zeros in front, strings in pieces.
    Ber,
}

/// How long an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Definite(u64),
    /// Until `00 00`.
    Indefinite,
}

/// Tag and length of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) tag: u8,
    pub(crate) length: Length,
    /// Where the tag stands.
    pub(crate) offset: u64,
}

impl Header {
    fn is_constructed(&self) -> bool {
        self.tag & CONSTRUCTED != 0
    }
}

/// Reads elements, one after the other and into each other.
pub(crate) struct Reader<R> {
    input: R,
    what: &'static str,
    rules: Rules,
    ahead: Ahead,
    /// Octets of the input before those that are ahead.
    offset: u64,
    /// The ends of the elements that have been entered; none for an indefinite one.
    open: Vec<Option<u64>>,
    elements: u64,
    /// Something was met that is BER and not DER.
    ber: bool,
}

impl<R: Read> Reader<R> {
    /// Reads `input` from where it stands; `what` is its name in errors.
    pub(crate) fn new(input: R, what: &'static str, rules: Rules) -> Self {
        Self {
            input,
            what,
            rules,
            ahead: Ahead::default(),
            offset: 0,
            open: Vec::new(),
            elements: 0,
            ber: false,
        }
    }

    /// Octets read since the beginning.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether something was met that is not DER.
    pub(crate) fn met_ber(&self) -> bool {
        self.ber
    }

    /// What is wrong, and where.
    pub(crate) fn wrong(&self, offset: u64, reason: &'static str) -> Error {
        Error::Encoding {
            what: self.what,
            offset,
            reason,
        }
    }

    /// Takes the tag and length of the next element.
    pub(crate) fn header(&mut self) -> Result<Header> {
        let offset = self.offset;
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(self.too_large(MAX_ELEMENTS, "elements"));
        }
        let tag = self.octet()?;
        if tag & 0x1f == 0x1f {
            return Err(self.wrong(offset, "a tag of several octets, which no message has"));
        }
        if tag == 0 {
            return Err(self.wrong(offset, "an end of contents where nothing is open"));
        }
        let length = self.length()?;
        let header = Header {
            tag,
            length,
            offset,
        };
        match length {
            Length::Indefinite if !header.is_constructed() => {
                return Err(self.wrong(offset, "a primitive element of indefinite length"));
            }
            Length::Indefinite => self.deviate(offset, "an indefinite length")?,
            Length::Definite(length) => {
                let end = self.offset.checked_add(length);
                let inside = match self.limit() {
                    Some(limit) => end.is_some_and(|end| end <= limit),
                    None => end.is_some(),
                };
                if !inside {
                    return Err(self.wrong(offset, "longer than the element around it"));
                }
            }
        }
        Ok(header)
    }

    /// Takes a header that must have this tag.
    pub(crate) fn expect(&mut self, tag: u8, reason: &'static str) -> Result<Header> {
        let header = self.header()?;
        if header.tag == tag {
            Ok(header)
        } else {
            Err(self.wrong(header.offset, reason))
        }
    }

    /// Goes into a constructed element.
    pub(crate) fn enter(&mut self, header: &Header) -> Result<()> {
        if !header.is_constructed() {
            return Err(self.wrong(header.offset, "primitive, should be constructed"));
        }
        if self.open.len() == MAX_DEPTH {
            return Err(self.too_large(MAX_DEPTH as u64, "levels"));
        }
        self.open.push(match header.length {
            Length::Definite(length) => Some(self.offset + length),
            Length::Indefinite => None,
        });
        Ok(())
    }

    /// Takes a header that must have this tag, and goes in.
    pub(crate) fn enter_expected(&mut self, tag: u8, reason: &'static str) -> Result<()> {
        let header = self.expect(tag, reason)?;
        self.enter(&header)
    }

    /// Whether the element that was entered last has more inside.
    pub(crate) fn has_more(&mut self) -> Result<bool> {
        match self.open.last() {
            Some(Some(end)) => Ok(self.offset < *end),
            Some(None) => Ok(self.peek()? != Some(0)),
            None => Ok(self.peek()?.is_some()),
        }
    }

    /// The tag of what comes next in the element that was entered last; none at its end.
    pub(crate) fn next_tag(&mut self) -> Result<Option<u8>> {
        if self.has_more()? {
            self.peek()
        } else {
            Ok(None)
        }
    }

    /// Goes out of the element that was entered last; nothing may be left in it.
    pub(crate) fn leave(&mut self) -> Result<()> {
        let offset = self.offset;
        if self.has_more()? {
            return Err(self.wrong(offset, "an element more than expected"));
        }
        if let Some(None) = self.open.pop() {
            let end = [self.octet()?, self.octet()?];
            if end != [0, 0] {
                return Err(self.wrong(offset, "no end of contents"));
            }
        }
        Ok(())
    }

    /// Nothing may come any more. Under [`Rules::Ber`] something may, and is not read:
    /// gives whether it was so.
    pub(crate) fn finish(&mut self) -> Result<bool> {
        let trailing = self.peek()?.is_some();
        if trailing && self.rules == Rules::Der {
            return Err(self.wrong(self.offset, "octets behind the end"));
        }
        Ok(trailing)
    }

    /// The whole of an element whose header was taken, as DER; at most `limit` octets.
    ///
    /// Under [`Rules::Der`] the octets are as they came, and only their length has been
    /// looked at. Under [`Rules::Ber`] lengths are written anew and strings joined, unless the
    /// element has its length and is broken somewhere inside: then it is as it came, too, since
    /// what is in a certificate that nobody asks for is of no interest here either.
    pub(crate) fn element(&mut self, header: &Header, limit: usize) -> Result<Vec<u8>> {
        let mut element = Vec::new();
        if let Length::Definite(length) = header.length
            && self.rules == Rules::Ber
            && header.is_constructed()
            && length <= limit as u64
        {
            write_header(&mut element, header.tag, length);
            self.pass(length, &mut |octets| {
                element.extend_from_slice(octets);
                Ok(())
            })?;
            return match in_der(&element, self.what, limit) {
                Ok((der, ber)) => {
                    self.ber |= ber;
                    Ok(der)
                }
                Err(Error::Encoding { .. }) => Ok(element),
                Err(other) => Err(other),
            };
        }
        let mut budget = limit;
        self.append(header, &mut element, &mut budget, limit)?;
        Ok(element)
    }

    fn append(
        &mut self,
        header: &Header,
        out: &mut Vec<u8>,
        budget: &mut usize,
        limit: usize,
    ) -> Result<()> {
        let descend = self.rules == Rules::Ber && header.is_constructed();
        let mut contents = Vec::new();
        // Each header counts, so that empty elements can't be many.
        *budget = budget
            .checked_sub(2)
            .ok_or_else(|| self.too_large(limit as u64, "octets"))?;
        if !descend {
            let Length::Definite(length) = header.length else {
                return Err(self.wrong(header.offset, "an indefinite length"));
            };
            *budget = usize::try_from(length)
                .ok()
                .and_then(|length| budget.checked_sub(length))
                .ok_or_else(|| self.too_large(limit as u64, "octets"))?;
            write_header(out, header.tag, length);
            return self.pass(length, &mut |octets| {
                out.extend_from_slice(octets);
                Ok(())
            });
        }
        if header.tag == OCTET_STRING | CONSTRUCTED {
            let what = self.what;
            self.string(header, OCTET_STRING, &mut |octets| {
                *budget = budget
                    .checked_sub(octets.len())
                    .ok_or_else(|| too_large(what, limit as u64, "octets"))?;
                contents.extend_from_slice(octets);
                Ok(())
            })?;
            write_header(out, OCTET_STRING, contents.len() as u64);
        } else {
            self.enter(header)?;
            while self.has_more()? {
                let inner = self.header()?;
                self.append(&inner, &mut contents, budget, limit)?;
            }
            self.leave()?;
            write_header(out, header.tag, contents.len() as u64);
        }
        out.append(&mut contents);
        Ok(())
    }

    /// The contents of a string whose header was taken, in pieces as they come; `sink` may
    /// change them in place. Under [`Rules::Ber`] the string may itself be in pieces, which
    /// then have the tag `piece`.
    pub(crate) fn string(
        &mut self,
        header: &Header,
        piece: u8,
        sink: &mut dyn FnMut(&mut [u8]) -> Result<()>,
    ) -> Result<()> {
        if !header.is_constructed() {
            let Length::Definite(length) = header.length else {
                return Err(self.wrong(header.offset, "a primitive element of indefinite length"));
            };
            return self.pass(length, sink);
        }
        self.deviate(header.offset, "a string in pieces")?;
        let depth = self.open.len();
        self.enter(header)?;
        while self.open.len() > depth {
            if !self.has_more()? {
                self.leave()?;
                continue;
            }
            let inner = self.header()?;
            if inner.tag == piece | CONSTRUCTED {
                self.enter(&inner)?;
            } else if inner.tag == piece {
                self.string(&inner, piece, sink)?;
            } else {
                return Err(self.wrong(inner.offset, "a piece of another kind in a string"));
            }
        }
        Ok(())
    }

    /// The next `length` octets, in pieces as they come.
    pub(crate) fn pass(
        &mut self,
        mut length: u64,
        sink: &mut dyn FnMut(&mut [u8]) -> Result<()>,
    ) -> Result<()> {
        while length > 0 {
            if self.ahead.len() == 0 && !self.fill()? {
                return Err(self.ends());
            }
            let here = usize::try_from(length).unwrap_or(usize::MAX);
            let here = here.min(self.ahead.len());
            self.offset += here as u64;
            length -= here as u64;
            sink(self.ahead.take(here))?;
        }
        Ok(())
    }

    fn length(&mut self) -> Result<Length> {
        let offset = self.offset;
        let first = self.octet()?;
        let count = match first {
            0..=0x7f => return Ok(Length::Definite(first.into())),
            0x80 => return Ok(Length::Indefinite),
            0xff => return Err(self.wrong(offset, "a length that is reserved")),
            _ => usize::from(first & 0x7f),
        };
        let mut length = 0_u64;
        let mut minimal = true;
        for index in 0..count {
            let octet = self.octet()?;
            minimal &= index > 0 || octet != 0;
            if length >> 56 != 0 {
                return Err(self.wrong(offset, "a length of more than 64 bits"));
            }
            length = length << 8 | u64::from(octet);
        }
        if !minimal || length < 0x80 {
            self.deviate(offset, "a length in more octets than it needs")?;
        }
        Ok(Length::Definite(length))
    }

    fn deviate(&mut self, offset: u64, reason: &'static str) -> Result<()> {
        if self.rules == Rules::Der {
            return Err(self.wrong(offset, reason));
        }
        self.ber = true;
        Ok(())
    }

    /// Where the innermost definite element ends.
    fn limit(&self) -> Option<u64> {
        self.open.iter().rev().find_map(|end| *end)
    }

    fn octet(&mut self) -> Result<u8> {
        if self.limit().is_some_and(|limit| self.offset >= limit) {
            return Err(self.wrong(self.offset, "longer than the element around it"));
        }
        let octet = self.peek()?.ok_or_else(|| self.ends())?;
        self.ahead.take(1);
        self.offset += 1;
        Ok(octet)
    }

    fn peek(&mut self) -> Result<Option<u8>> {
        if self.ahead.len() == 0 && !self.fill()? {
            return Ok(None);
        }
        Ok(self.ahead.octets().first().copied())
    }

    /// Gets octets when there are none; false at the end of the input.
    fn fill(&mut self) -> Result<bool> {
        self.ahead.fill(&mut self.input)
    }

    fn ends(&self) -> Error {
        self.wrong(self.offset, "the input ends here, and should not")
    }

    fn too_large(&self, limit: u64, unit: &'static str) -> Error {
        too_large(self.what, limit, unit)
    }
}

impl<R: Read + Seek> Reader<R> {
    /// Goes over the next `length` octets without reading them.
    ///
    /// That the input has them is not known afterwards: what follows is read, or missing.
    pub(crate) fn skip(&mut self, length: u64) -> Result<()> {
        let held = self.ahead.len() as u64;
        if length <= held {
            let length = usize::try_from(length).expect("no more than what is held");
            self.ahead.take(length);
        } else {
            let far = i64::try_from(length - held)
                .map_err(|_| self.wrong(self.offset, "longer than any input"))?;
            self.ahead.clear();
            self.input
                .seek(SeekFrom::Current(far))
                .map_err(io_error("going over the content"))?;
        }
        self.offset += length;
        Ok(())
    }
}

/// An element in BER as DER, and whether that is something else.
fn in_der(element: &[u8], what: &'static str, limit: usize) -> Result<(Vec<u8>, bool)> {
    let mut reader = Reader::new(element, what, Rules::Ber);
    let header = reader.header()?;
    let (mut der, mut budget) = (Vec::new(), limit);
    reader.append(&header, &mut der, &mut budget, limit)?;
    Ok((der, reader.met_ber()))
}

fn too_large(what: &'static str, limit: u64, unit: &'static str) -> Error {
    Error::TooLarge { what, limit, unit }
}

/// Appends a tag and a definite length in DER.
pub(crate) fn write_header(out: &mut Vec<u8>, tag: u8, length: u64) {
    out.push(tag);
    if let Ok(short @ 0..=0x7f) = u8::try_from(length) {
        out.push(short);
        return;
    }
    let octets = length.to_be_bytes();
    let count = length_octets(length);
    out.push(0x80 | u8::try_from(count).expect("at most eight"));
    out.extend_from_slice(&octets[octets.len() - count..]);
}

/// Octets of an element whose contents have so many; none beyond 64 bits.
pub(crate) fn element_length(contents: u64) -> Option<u64> {
    let header = match contents {
        0..=0x7f => 2,
        _ => 2 + length_octets(contents) as u64,
    };
    contents.checked_add(header)
}

/// The octets that a number takes without zeros in front.
fn length_octets(length: u64) -> usize {
    8 - length.leading_zeros() as usize / 8
}

#[cfg(test)]
mod tests;
