//! A full list and a delta to it, read as one (RFC 5280, 5.2.4).

use super::{CrlReader, EntryRef};
use crate::{Error, Issuer};
use core::fmt;
use der::{DateTime, referenced::OwnedToRef};
use gm_crypto::pki::VerifyAlgorithm;
use std::collections::{BTreeMap, BTreeSet};
use x509_cert::serial_number::SerialNumber;

/// What a CA says at a time of all the certificates it issued: its full list, and what a
/// delta changes of it. Both are verified, of this CA, current, and about every certificate
/// of it.
#[derive(Clone)]
pub struct Revocations<'a> {
    issuer: &'a Issuer,
    at: DateTime,
    algorithms: &'a [&'a dyn VerifyAlgorithm],
    full: CrlReader<'a>,
    delta: Option<CrlReader<'a>>,
}

impl<'a> Revocations<'a> {
    /// The full list of `issuer`, as it is to be relied on at `at`: not before thisUpdate and
    /// not after nextUpdate (RFC 5280, 6.3.3).
    ///
    /// # Errors
    /// [`Error::Invalid`] for a delta, a list of another issuer's, and one that is about
    /// some of the certificates; [`Error::NotCurrent`]; [`Error::Signature`].
    pub fn new(
        issuer: &'a Issuer,
        full: CrlReader<'a>,
        at: DateTime,
        algorithms: &'a [&'a dyn VerifyAlgorithm],
    ) -> Result<Self, Error> {
        if full.base_number().is_some() {
            return refuse(
                "a full list is wanted here, and a delta beside it",
                "RFC 5280, 5.2.4",
            );
        }
        let revocations = Self {
            issuer,
            at,
            algorithms,
            full,
            delta: None,
        };
        revocations.check(&revocations.full)?;
        Ok(revocations)
    }

    /// Adds a delta, in the place of another one.
    ///
    /// # Errors
    /// Those of [`Self::new`]; [`Error::Invalid`] for a full list, and for two lists of which
    /// one has no number; [`Error::OtherDelta`] for a delta to a later list than the full
    /// one, and for one that is older than it (RFC 5280, 5.2.4, c and d).
    pub fn with_delta(mut self, delta: CrlReader<'a>) -> Result<Self, Error> {
        const CLAUSE: &str = "RFC 5280, 5.2.4";
        let Some(base) = delta.base_number() else {
            return refuse("a delta is wanted here, with deltaCRLIndicator", CLAUSE);
        };
        let (Some(full), Some(number)) = (self.full.number(), delta.number()) else {
            return refuse("a delta and its full list have cRLNumbers", CLAUSE);
        };
        if base > full || number < full {
            return Err(Error::OtherDelta { number, base, full });
        }
        self.check(&delta)?;
        self.delta = Some(delta);
        Ok(self)
    }

    /// Since when this is what the CA says: the thisUpdate of the later list.
    pub fn this_update(&self) -> DateTime {
        self.latest().this_update()
    }

    /// Until when: the nextUpdate of the later list.
    pub fn next_update(&self) -> Option<DateTime> {
        self.latest().next_update()
    }

    /// The entries of those of `serials` that are revoked or held, by the octets of their
    /// serial numbers. An entry of the delta stands before one of the full list, and
    /// removeFromCRL takes it away. Each list is gone through once, in the memory that
    /// `serials` takes.
    ///
    /// # Errors
    /// Those of [`CrlEntries`](super::CrlEntries), for any entry.
    pub fn find<'s>(
        &self,
        serials: impl IntoIterator<Item = &'s SerialNumber>,
    ) -> Result<BTreeMap<&'a [u8], EntryRef<'a>>, Error> {
        let wanted: BTreeSet<&[u8]> = serials.into_iter().map(SerialNumber::as_bytes).collect();
        let mut found: BTreeMap<&'a [u8], EntryRef<'a>> = BTreeMap::new();
        for list in self.delta.iter().chain([&self.full]) {
            for entry in list.entries() {
                let entry = entry?;
                if wanted.contains(entry.serial()) {
                    found.entry(entry.serial()).or_insert(entry);
                }
            }
        }
        found.retain(|_, entry| entry.reason().is_some());
        Ok(found)
    }

    fn latest(&self) -> &CrlReader<'a> {
        self.delta.as_ref().unwrap_or(&self.full)
    }

    fn check(&self, list: &CrlReader<'a>) -> Result<(), Error> {
        if list.issuer() != self.issuer.name() {
            return refuse("a list of the CA itself is wanted", "RFC 5280, 6.3.3");
        }
        if list.distribution_point().is_some() {
            return refuse(
                "a list about all certificates of the CA is wanted, without a distribution point",
                "RFC 5280, 5.2.5",
            );
        }
        let (this_update, next_update) = (list.this_update(), list.next_update());
        if self.at < this_update || next_update.is_some_and(|next| next < self.at) {
            return Err(Error::NotCurrent {
                at: self.at,
                this_update,
                next_update,
            });
        }
        list.verify(self.issuer.public_key().owned_to_ref(), self.algorithms)
    }
}

impl fmt::Debug for Revocations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocations")
            .field("issuer", &self.issuer.name().to_string())
            .field("at", &self.at)
            .field("full", &self.full.number())
            .field("delta", &self.delta.as_ref().map(CrlReader::number))
            .finish_non_exhaustive()
    }
}

fn refuse<T>(rule: &'static str, clause: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what: "CertificateList",
        rule,
        clause,
    })
}
