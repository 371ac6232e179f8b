//! Lists of any length, written entry by entry.

use super::{CrlDraft, Reason, RevokedEntry, WHAT, refuse};
use crate::{Error, Prepared, lint, prepare::is_good_serial};
use core::fmt;
use der::{Encode, Header, Length, Tag};
use spki::AlgorithmIdentifierOwned;
use std::collections::{BTreeMap, btree_map::Entry};
use x509_cert::time::Time;

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
    /// crlEntryExtensions of entries that have a reason alone.
    by_reason: BTreeMap<Option<Reason>, Vec<u8>>,
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
            by_reason: BTreeMap::new(),
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
        let before = self.octets.len();
        let written = self.write(entry).map_err(Error::encoding(WHAT));
        if written.is_err() {
            self.octets.truncate(before);
        }
        written
    }

    fn write(&mut self, entry: &RevokedEntry) -> der::Result<()> {
        let extensions = match entry.invalidity_date() {
            Some(_) => &entry.extensions()?,
            // Few reasons for many entries.
            None => match self.by_reason.entry(entry.reason()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(entry.extensions()?),
            },
        };
        let date = Time::from(entry.revoked_at());
        let fixed = (entry.serial().encoded_len()? + date.encoded_len()?)?;
        let octets = &mut self.octets;
        write_header(octets, usize::try_from(fixed)? + extensions.len())?;
        entry.serial().encode_to_vec(octets)?;
        date.encode_to_vec(octets)?;
        octets.extend_from_slice(extensions);
        Length::try_from(octets.len() + self.extensions.len()).map(drop)
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
        let write = || -> der::Result<Vec<u8>> {
            let mut list = Vec::with_capacity(HEADER);
            if entries > 0 {
                write_header(&mut list, entries)?;
            }
            let content = self.front.len() + list.len() + entries + self.extensions.len();
            let mut front = Vec::with_capacity(self.room);
            write_header(&mut front, content)?;
            front.extend(self.front);
            front.extend(list);
            Ok(front)
        };
        let front = write().map_err(Error::encoding(WHAT))?;
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

/// The longest header: a tag, and four octets of length behind their count.
const HEADER: usize = 6;
/// 16 octets of serial number, UTCTime and a reason.
const USUAL_ENTRY: usize = 50;
const MAX_OCTETS: usize = 1 << 28;

/// The header of a SEQUENCE.
fn write_header(octets: &mut Vec<u8>, length: usize) -> der::Result<()> {
    let header = Header::new(Tag::Sequence, Length::try_from(length)?);
    header.encode_to_vec(octets).map(drop)
}
