//! Signed lists of recognised CAs: who is recognised by whom, since when.
//!
//! A list is the JSON of ETSI TS 119 602 (list of trusted entities) in GM/T 0010
//! signed data, SM2 with SM3. What the schema has no member for stands in its
//! extension arrays alone. The same draft gives the same octets: members in the
//! schema's order, entries sorted by their key, times in UTC to the second. A certificate
//! stands in full where the list names it first, and by its SM3 after that.
//!
//! # Refusals
//! [`crate::Error::code`] names each one:
//!
//! | code | when |
//! |---|---|
//! | `FORMAT` | no signed data, no JSON of this shape, a member twice or unknown, an entry twice |
//! | `LIMIT` | more than 95 MiB, 100 000 entries, 32 certificates or 1 000 statuses in an entry |
//! | `LOOKALIKE` | two CAs have names that a person takes for one another |
//! | `SIGNER` | not signed by those whom the caller pins or the last list announced, or they are unfit |
//! | `TIME` | issued later than now, before the list that it replaces, for nothing or for more than 90 days |
//! | `STALE` | should have been replaced by now |
//! | `ROLLBACK` | a lower sequence number than the accepted list's |
//! | `FORK` | the same sequence number and other content |
//! | `BROKEN_CHAIN` | the next number without the digest of the accepted list |
//! | `HISTORY_REWRITTEN` | something that the accepted list said about the past is gone, changed or joined by more |
//! | `PUBLISHER` | somebody else's list |
//! | `MIRROR_STALE` | the other side's list beside it is old or not octet for octet theirs |

mod entries;
mod entry;
mod interval;
mod lookalike;
mod mirror;
mod rule;
mod signers;
mod status;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod text;

pub use crate::{
    decided::Decided,
    parse::UnverifiedList,
    query::{Answer, ClaimedTime, Doubt, Question, Refusal, Rules, SigningTime, Verdict},
    sign::{Form, SignaturePlan},
    update::UpdateRefused,
    verify::TrustList,
};
pub(crate) use entries::Entries;
pub(crate) use entry::are_same;
pub use entry::{Ca, Entry, EntryKey};
pub use interval::{Interval, IntervalSet};
pub use mirror::Mirror;
pub use rule::{Carrier, PolicyRule, RegisteredPolicy, SupplyKind, SupplyPoint, Usage};
pub use signers::{SignerRoll, SignerSet};
pub use status::{Decision, Status, StatusCause, StatusChange};
pub(crate) use text::hexadecimal;
pub use text::{Contact, LocalText, PostalAddress, Publisher};

use crate::{Error, Result, wire};
use der::DateTime;
use gm_crypto::{message::SignedDataDraft, sm3};
use std::time::Duration;

/// SM3 of a list's JSON or of a certificate.
pub type Digest = [u8; sm3::DIGEST_LENGTH];

/// Entries of the longest list.
pub(crate) const MAX_ENTRIES: usize = 100_000;
/// Policies in a register, and mirrors, at most, each.
const MAX_REGISTER: usize = 1000;
/// From issue to the next update at most, unless a client says otherwise.
pub(crate) const MAX_LIFETIME: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// The largest integer that every JSON reader keeps exact (RFC 8259, clause 6).
const MAX_SEQUENCE: u64 = (1 << 53) - 1;

/// A list before its signature.
#[derive(Clone, Debug)]
pub struct TrustListDraft {
    pub(crate) contents: Contents,
}

/// What a list says, signed or not.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    pub(crate) publisher: Publisher,
    pub(crate) contact: Option<Contact>,
    pub(crate) sequence: u64,
    pub(crate) issued: DateTime,
    pub(crate) next_update: DateTime,
    pub(crate) previous: Option<Digest>,
    pub(crate) signers: Option<SignerRoll>,
    pub(crate) registry: Vec<RegisteredPolicy>,
    pub(crate) mirrors: Vec<Mirror>,
    pub(crate) entries: Entries,
}

impl TrustListDraft {
    /// The first list of a publisher: sequence number 1, no entries.
    pub fn new(publisher: Publisher, issued: DateTime, next_update: DateTime) -> Self {
        Self {
            contents: Contents {
                publisher,
                contact: None,
                sequence: 1,
                issued,
                next_update,
                previous: None,
                signers: None,
                registry: Vec::new(),
                mirrors: Vec::new(),
                entries: Entries::default(),
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

    /// The list after `last`, with all that stands in it: sent out unchanged, it says that
    /// the publisher is there and that nothing has changed.
    pub fn following(last: &TrustList, issued: DateTime, next_update: DateTime) -> Self {
        let mut contents = last.contents.clone();
        contents.sequence = last.sequence().saturating_add(1);
        contents.previous = Some(last.digest());
        (contents.issued, contents.next_update) = (issued, next_update);
        Self { contents }
    }

    /// Reads the JSON of a list that nobody has signed yet, or whose signature the caller
    /// leaves aside.
    ///
    /// # Errors
    /// Those of reading a signed one's content.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        Error::cap("octets of a list", json.len(), UnverifiedList::MAX_LENGTH)?;
        let contents = wire::read(json)?;
        contents.check(MAX_LIFETIME)?;
        Ok(Self { contents })
    }

    /// Sets when it is issued and when the next one will be.
    #[must_use]
    pub fn issued(mut self, issued: DateTime, next_update: DateTime) -> Self {
        (self.contents.issued, self.contents.next_update) = (issued, next_update);
        self
    }

    /// Says where the publisher is reached.
    #[must_use]
    pub fn contact(mut self, contact: Contact) -> Self {
        self.contents.contact = Some(contact);
        self
    }

    /// Gives the publisher another name: an authority takes the place of another one, and
    /// carries its list on. Readers take that in the list that directly follows the last one
    /// of the old name.
    ///
    /// # Errors
    /// [`Error::OtherPublisher`] for another territory: that is another publisher.
    pub fn renamed(mut self, publisher: Publisher) -> Result<Self> {
        if self.contents.publisher.territory() != publisher.territory() {
            return Err(Error::OtherPublisher);
        }
        self.contents.publisher = publisher;
        Ok(self)
    }

    /// Says who signs, and who will.
    #[must_use]
    pub fn signers(mut self, signers: SignerRoll) -> Self {
        self.contents.signers = Some(signers);
        self
    }

    /// Adds a policy to the register.
    #[must_use]
    pub fn register(mut self, policy: RegisteredPolicy) -> Self {
        self.contents.registry.push(policy);
        self
    }

    /// Puts the other side's list beside this one, in the place of an earlier one of
    /// theirs.
    #[must_use]
    pub fn mirror(mut self, mirror: Mirror) -> Self {
        let mirrors = &mut self.contents.mirrors;
        mirrors.retain(|other| other.publisher != mirror.publisher);
        mirrors.push(mirror);
        self
    }

    /// Whose list it is.
    pub fn publisher(&self) -> &Publisher {
        &self.contents.publisher
    }

    /// The lists of others beside it.
    pub fn mirrors(&self) -> &[Mirror] {
        &self.contents.mirrors
    }

    /// Who signs it and the next one, if it says so.
    pub fn roll(&self) -> Option<&SignerRoll> {
        self.contents.signers.as_ref()
    }

    /// Whether readers who hold `earlier` would take it as the next one, signatures aside.
    ///
    /// # Errors
    /// What they would say; [`Error::BrokenChain`] and [`Error::Fork`] go by the JSON that
    /// a draft of the same contents has.
    pub fn would_follow(&self, earlier: &Self) -> Result<()> {
        let read = |draft: &Self| TrustList::read(Vec::new(), draft.to_json()?, MAX_LIFETIME);
        read(earlier)?.check_successor(&read(self)?)
    }

    /// Its number.
    pub fn sequence(&self) -> u64 {
        self.contents.sequence
    }

    /// The entries, sorted by their keys.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.contents.entries.iter()
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// [`Error::DuplicateEntry`] when there is one with its key.
    pub fn insert(&mut self, entry: Entry) -> Result<()> {
        self.contents.entries.insert(entry)
    }

    /// The entry with this key.
    pub fn entry(&self, key: &EntryKey) -> Option<&Entry> {
        self.contents.entries.get(key)
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
        self.contents.check(MAX_LIFETIME)?;
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
    /// The rules between members; each member's own are kept by its type.
    pub(crate) fn check(&self, max_lifetime: Duration) -> Result<()> {
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
        if lifetime > max_lifetime {
            return Err(wrong_time("it would stand for longer than lists may"));
        }
        Error::cap("entries of a list", self.entries.len(), MAX_ENTRIES)?;
        Error::cap("registered policies", self.registry.len(), MAX_REGISTER)?;
        Error::cap("mirrors", self.mirrors.len(), MAX_REGISTER)?;
        self.entries.iter().try_for_each(Entry::check)?;
        lookalike::check(self.entries.iter())
    }
}
