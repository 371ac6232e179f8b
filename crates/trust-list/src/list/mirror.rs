//! The other side's list, as its publisher signed it.

use super::{Digest, LocalText, Publisher, TrustList, text};
use crate::{Error, Result};
use gm_crypto::sm3;

/// Which list of another publisher stands beside this one, octet for octet as it was
/// signed. The file itself is published next to the list; here is what it is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mirror {
    /// Whose list it is.
    pub publisher: Publisher,
    /// Its number.
    pub sequence: u64,
    /// SM3 of the signed file.
    pub digest: Digest,
    /// Where the file is.
    pub location: String,
}

impl Mirror {
    /// Of a list whose signature has been checked.
    ///
    /// # Errors
    /// [`Error::Value`] when the location is no absolute URI.
    pub fn of(list: &TrustList, location: &str) -> Result<Self> {
        Self::new(
            list.publisher().clone(),
            list.sequence(),
            sm3::digest(list.der()),
            location,
        )
    }

    pub(crate) fn new(
        publisher: Publisher,
        sequence: u64,
        digest: Digest,
        location: &str,
    ) -> Result<Self> {
        Ok(Self {
            publisher,
            sequence,
            digest,
            location: text::uri("LoTELocation", location)?,
        })
    }

    /// Whether these octets are that file.
    ///
    /// # Errors
    /// [`Error::Mirror`] when one of them is another.
    pub fn check(&self, octets: &[u8]) -> Result<()> {
        if sm3::digest(octets) == self.digest {
            return Ok(());
        }
        Err(self.wrong("is not the file that its publisher signed"))
    }

    /// Whether it keeps up with the list that the reader has from its publisher: at
    /// most `lag` numbers behind, and of the same number the same octets.
    ///
    /// # Errors
    /// [`Error::Mirror`] otherwise; [`Error::OtherPublisher`] for a list of somebody
    /// else.
    pub fn check_against(&self, held: &TrustList, lag: u64) -> Result<()> {
        if self.publisher != *held.publisher() {
            return Err(Error::OtherPublisher);
        }
        if self.sequence.saturating_add(lag) < held.sequence() {
            return Err(self.wrong("is too far behind"));
        }
        if self.sequence == held.sequence() {
            return self.check(held.der());
        }
        Ok(())
    }

    pub(crate) fn wrong(&self, rule: &'static str) -> Error {
        Error::Mirror {
            publisher: self.publisher.name().to_string(),
            sequence: self.sequence,
            rule,
        }
    }
}

impl Publisher {
    /// Its first name.
    pub fn name(&self) -> &LocalText {
        &self.names()[0]
    }
}
