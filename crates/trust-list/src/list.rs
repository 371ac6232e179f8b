//! Signed lists of recognised CAs: who is recognised by whom, since when.
//!
//! A list is the JSON of ETSI TS 119 602 (list of trusted entities) in GM/T 0010
//! signed data, SM2 with SM3. What the schema has no member for stands in its
//! extension arrays alone. The same draft gives the same octets: members in the
//! schema's order, entries sorted by their key, times in UTC to the second.
//!
//! # Refusals
//! [`crate::Error::code`] names each one:
//!
//! | code | when |
//! |---|---|
//! | `FORMAT` | no signed data, no JSON of this shape, a member twice or unknown, an entry twice |
//! | `LIMIT` | more than 16 MiB, 10 000 entries, 32 certificates or 1 000 statuses in an entry |
//! | `SIGNER` | not signed by the certificate that the caller pins, or that one is unfit |
//! | `TIME` | issued later than now, before the list that it replaces, for nothing or for more than 90 days |
//! | `STALE` | should have been replaced by now |
//! | `ROLLBACK` | a lower sequence number than the accepted list's |
//! | `FORK` | the same sequence number and other content |
//! | `BROKEN_CHAIN` | the next number without the digest of the accepted list |
//! | `HISTORY_REWRITTEN` | something that the accepted list said about the past is gone, changed or joined by more |
//! | `PUBLISHER` | somebody else's list |

mod entry;
#[cfg(test)]
mod tests;
mod text;

pub use crate::{
    parse::UnverifiedList,
    query::{Doubt, Refusal, Verdict},
    update::UpdateRefused,
    verify::TrustList,
};
pub use entry::{Ca, Entry, EntryKey, Status, StatusCause, StatusChange};
pub use text::{LocalText, PostalAddress, Publisher};

use crate::{Error, Result, wire};
use der::DateTime;
use gm_crypto::{message::SignedDataDraft, sm3};
use std::collections::BTreeMap;

/// SM3 of a list's JSON or of a certificate.
pub type Digest = [u8; sm3::DIGEST_LENGTH];

/// Entries of the longest list.
pub(crate) const MAX_ENTRIES: usize = 10_000;
/// Days from issue to the next update at most.
const MAX_DAYS: u64 = 90;
/// The largest integer that every JSON reader keeps exact (RFC 8259, clause 6).
const MAX_SEQUENCE: u64 = (1 << 53) - 1;

/// A list before its signature.
#[derive(Clone, Debug)]
pub struct TrustListDraft {
    contents: Contents,
}

/// What a list says, signed or not.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    pub(crate) publisher: Publisher,
    pub(crate) sequence: u64,
    pub(crate) issued: DateTime,
    pub(crate) next_update: DateTime,
    pub(crate) previous: Option<Digest>,
    pub(crate) entries: BTreeMap<EntryKey, Entry>,
}

impl TrustListDraft {
    /// The first list of a publisher: sequence number 1, no entries.
    pub fn new(publisher: Publisher, issued: DateTime, next_update: DateTime) -> Self {
        Self {
            contents: Contents {
                publisher,
                sequence: 1,
                issued,
                next_update,
                previous: None,
                entries: BTreeMap::new(),
            },
        }
    }

    /// The list after one with this sequence number and digest.
    #[must_use]
    pub fn after(mut self, sequence: u64, digest: Digest) -> Self {
        self.contents.sequence = sequence.saturating_add(1);
        self.contents.previous = Some(digest);
        self
    }

    /// The list after `last`, with its publisher and its entries.
    pub fn following(last: &TrustList, issued: DateTime, next_update: DateTime) -> Self {
        let mut draft = Self::new(last.publisher().clone(), issued, next_update)
            .after(last.sequence(), last.digest());
        draft.contents.entries = last.contents.entries.clone();
        draft
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// [`Error::DuplicateEntry`] when there is one with its key.
    pub fn insert(&mut self, entry: Entry) -> Result<()> {
        self.contents.insert(entry)
    }

    /// The entry with this key, to add to its statuses or certificates.
    pub fn entry_mut(&mut self, key: &EntryKey) -> Option<&mut Entry> {
        self.contents.entries.get_mut(key)
    }

    /// The JSON, UTF-8 without line breaks: what is signed.
    ///
    /// # Errors
    /// What a reader would refuse: [`Error::Time`], [`Error::Value`],
    /// [`Error::Limit`].
    pub fn to_json(&self) -> Result<Vec<u8>> {
        self.contents.check()?;
        wire::write(&self.contents)
    }

    /// The octets to sign, in a message that names the signer's certificate (DER).
    ///
    /// # Errors
    /// Those of [`Self::to_json`]; [`Error::Unreadable`] when the certificate can't
    /// be read.
    pub fn prepare(&self, signer_certificate: &[u8]) -> Result<SignedDataDraft> {
        SignedDataDraft::new(self.to_json()?, signer_certificate).map_err(|source| {
            Error::Unreadable {
                what: "signer's certificate",
                source,
            }
        })
    }
}

impl Contents {
    pub(crate) fn insert(&mut self, entry: Entry) -> Result<()> {
        let key = entry.key();
        if self.entries.contains_key(&key) {
            return Err(Error::DuplicateEntry {
                entry: key.to_string(),
            });
        }
        self.entries.insert(key, entry);
        Ok(())
    }

    /// The rules between members; each member's own are kept by its type.
    pub(crate) fn check(&self) -> Result<()> {
        let (issued, next_update) = (self.issued, self.next_update);
        let wrong_time = |rule| Error::Time {
            issued,
            next_update,
            rule,
        };
        if !(1..=MAX_SEQUENCE).contains(&self.sequence) {
            return Err(Error::Value {
                member: "LoTESequenceNumber",
                rule: "is an integer from 1 to 2^53 - 1",
            });
        }
        if next_update <= issued {
            return Err(wrong_time("it would be stale from the beginning"));
        }
        let lifetime = next_update.unix_duration() - issued.unix_duration();
        if lifetime.as_secs() > MAX_DAYS * 24 * 60 * 60 {
            return Err(wrong_time("it would stand for more than 90 days"));
        }
        Error::cap("entries of a list", self.entries.len(), MAX_ENTRIES)?;
        self.entries.values().try_for_each(Entry::check)
    }
}
