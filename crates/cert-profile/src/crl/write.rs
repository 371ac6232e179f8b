//! Lists of any length, written entry by entry.

use super::{CrlDraft, RevokedEntry, WHAT, refuse};
use crate::{Error, Prepared, lint, prepare::is_good_serial};
use core::fmt;
use der::{DateTime, Length};
use spki::AlgorithmIdentifierOwned;

/// A list whose entries are being written: [`CrlDraft::begin`].
///
/// An entry goes straight into the octets that are signed, so that a million of them
/// take the room of the list and little more.
pub struct CrlWriter<'a> {
    draft: CrlDraft<'a>,
    algorithm: AlgorithmIdentifierOwned,
    /// What stands before the entries, and the extensions behind them.
    front: Vec<u8>,
    extensions: Vec<u8>,
    /// Room for `front` and two headers, then the entries.
    octets: Vec<u8>,
    room: usize,
}

impl<'a> CrlWriter<'a> {
    pub(super) fn new(
        draft: CrlDraft<'a>,
        algorithm: AlgorithmIdentifierOwned,
        front: Vec<u8>,
        extensions: Vec<u8>,
    ) -> Self {
        let room = front.len() + 2 * HEADER;
        Self {
            draft,
            algorithm,
            front,
            extensions,
            octets: vec![0; room],
            room,
        }
    }

    /// Makes room for entries that are about to come.
    pub(super) fn reserve(&mut self, entries: usize) {
        let octets = entries.saturating_mul(USUAL_ENTRY).min(MAX_OCTETS);
        // Whoever counts wrong gets the room that is needed, as it is needed.
        let _ = self.octets.try_reserve(octets);
    }

    /// Writes one entry; the order is kept.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a serial number that no certificate has, a revocation
    /// after thisUpdate and a removal in a full CRL, [`Error::OutsideShard`],
    /// [`Error::Encoding`] for a list of 256 MiB or more. The entry is not written then.
    pub fn push(&mut self, entry: &RevokedEntry) -> Result<(), Error> {
        if !is_good_serial(entry.serial()) {
            return refuse(
                "a serial number is positive with at most 20 octets",
                "RFC 5280, 4.1.2.2",
            );
        }
        if entry.revoked_at() > self.draft.this_update {
            return refuse("a revocation is not after thisUpdate", "RFC 5280, 5.1.2.4");
        }
        if entry.reason().is_none() && self.draft.base.is_none() {
            return refuse("removeFromCRL is in delta CRLs alone", "RFC 5280, 5.3.1");
        }
        if !self.draft.belongs(entry.serial()) {
            return Err(Error::OutsideShard {
                serial: Box::new(entry.serial().clone()),
            });
        }
        let longest = self.octets.len() + MAX_ENTRY + self.extensions.len();
        Length::try_from(longest).map_err(Error::encoding(WHAT))?;
        write_entry(&mut self.octets, entry);
        Ok(())
    }

    /// Ends the list and asks the rules of [`lint`] of the very octets that are signed.
    /// Without entries there is no revokedCertificates (RFC 5280, 5.1.2.6).
    ///
    /// # Errors
    /// [`Error::DuplicateEntry`]; [`Error::Invalid`] for octets that break a rule;
    /// [`Error::Encoding`] for 256 MiB or more.
    pub fn finish(self) -> Result<Prepared, Error> {
        let mut octets = self.octets;
        let entries = octets.len() - self.room;
        let mut list = Vec::with_capacity(HEADER);
        if entries > 0 {
            write_header(&mut list, SEQUENCE, entries);
        }
        let content = self.front.len() + list.len() + entries + self.extensions.len();
        Length::try_from(content + HEADER).map_err(Error::encoding(WHAT))?;
        let mut front = Vec::with_capacity(self.room);
        write_header(&mut front, SEQUENCE, content);
        front.extend(self.front);
        front.extend(list);
        let unused = self.room - front.len();
        octets[unused..self.room].copy_from_slice(&front);
        octets.drain(..unused);
        octets.extend(self.extensions);
        lint::refuse_crl(WHAT, &octets)?;
        Ok(Prepared::from_stored(octets, self.algorithm))
    }
}

impl fmt::Debug for CrlWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrlWriter")
            .field("draft", &self.draft)
            .field("octets", &self.octets.len())
            .finish_non_exhaustive()
    }
}

const SEQUENCE: u8 = 0x30;
/// The longest header: a tag, and four octets of length behind their count.
const HEADER: usize = 6;
/// 20 octets of serial number, GeneralizedTime, both extensions.
const MAX_ENTRY: usize = 81;
/// 16 octets of serial number, UTCTime and a reason.
const USUAL_ENTRY: usize = 50;
const MAX_OCTETS: usize = 1 << 28;

/// Writes an entry, whose content is shorter than 128 octets.
fn write_entry(octets: &mut Vec<u8>, entry: &RevokedEntry) {
    let start = octets.len();
    octets.extend([SEQUENCE, 0]);
    let serial = entry.serial().as_bytes();
    octets.push(0x02);
    octets.push(short(serial.len()));
    octets.extend(serial);
    write_time(octets, entry.revoked_at());
    let (reason, invalidity) = (entry.code(), entry.invalidity_date());
    if reason.is_some() || invalidity.is_some() {
        let extensions = octets.len();
        octets.extend([SEQUENCE, 0]);
        if let Some(code) = reason {
            // id-ce-cRLReasons, an ENUMERATED.
            octets.extend([SEQUENCE, 10, 6, 3, 0x55, 0x1d, 21, 4, 3, 10, 1, code]);
        }
        if let Some(date) = invalidity {
            // id-ce-invalidityDate, a GeneralizedTime in every year (RFC 5280, 5.3.2).
            octets.extend([SEQUENCE, 24, 6, 3, 0x55, 0x1d, 24, 4, 17]);
            write_generalized_time(octets, date);
        }
        octets[extensions + 1] = short(octets.len() - extensions - 2);
    }
    octets[start + 1] = short(octets.len() - start - 2);
}

/// UTCTime through 2049, GeneralizedTime later (RFC 5280, 5.1.2.4 to 5.1.2.6).
pub(super) fn write_time(octets: &mut Vec<u8>, time: DateTime) {
    if time.year() >= 2050 {
        return write_generalized_time(octets, time);
    }
    octets.extend([0x17, 13]);
    octets.extend(digits(time.year() % 100));
    write_rest(octets, time);
}

fn write_generalized_time(octets: &mut Vec<u8>, time: DateTime) {
    octets.extend([0x18, 15]);
    octets.extend(digits(time.year() / 100));
    octets.extend(digits(time.year() % 100));
    write_rest(octets, time);
}

fn write_rest(octets: &mut Vec<u8>, time: DateTime) {
    let parts = [
        time.month(),
        time.day(),
        time.hour(),
        time.minutes(),
        time.seconds(),
    ];
    for part in parts {
        octets.extend(digits(u16::from(part)));
    }
    octets.push(b'Z');
}

/// Two digits of a number below 100.
fn digits(number: u16) -> [u8; 2] {
    let digit = |number: u16| b'0' + number.to_le_bytes()[0];
    [digit(number / 10 % 10), digit(number % 10)]
}

/// A length below 128.
fn short(length: usize) -> u8 {
    length.to_le_bytes()[0]
}

/// A tag and the shortest length.
pub(super) fn write_header(octets: &mut Vec<u8>, tag: u8, length: usize) {
    octets.push(tag);
    if length < 0x80 {
        return octets.push(short(length));
    }
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|octet| **octet == 0).count();
    octets.push(0x80 | short(bytes.len() - zeros));
    octets.extend(&bytes[zeros..]);
}
