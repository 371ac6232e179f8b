//! What a centre did: every act a record, chained by SM3 as the engine's log is.

use super::{Fault, KeyName, client::MAX_SKEW, message::key_digest, recovery::Purpose};
use crate::{
    AuthorityId, Error, Head, Octets, PersonId, Serial, log::link, octets::seconds,
    ports::public_key,
};
use der::DateTime;
use gm_crypto::sm2::PublicKey;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

/// For how long a message is remembered that was answered. One that is believed is of
/// [`MAX_SKEW`] ago, or of as much to come: after twice that it is believed no more.
const REMEMBERED: Duration = Duration::from_secs(2 * MAX_SKEW.as_secs());
/// Messages that are remembered, at most: a CA that has a hundred answered in each second comes
/// to fewer. Of more, the earliest are forgotten.
const MAX_REMEMBERED: usize = 1 << 16;

/// Somebody who may approve a recovery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Custodian {
    /// Who that is.
    pub person: PersonId,
    /// DER of the `SubjectPublicKeyInfo` of the key that signs approvals.
    pub public_key: Octets,
}

impl Custodian {
    /// A custodian with a key.
    pub fn new(person: PersonId, public_key: Octets) -> Self {
        Self { person, public_key }
    }
}

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Act {
    /// The centre was founded: the first act of each archive.
    Founded {
        /// Its name.
        centre: AuthorityId,
        /// DER of the `SubjectPublicKeyInfo` that its answers are signed with.
        public_key: Octets,
        /// The same of the key that opens the archive.
        archive_key: Octets,
        /// How many custodians must approve a recovery.
        threshold: usize,
        /// All there are.
        custodians: Vec<Custodian>,
    },
    /// A CA may ask for keys.
    AuthorityAdmitted {
        /// Its name here.
        authority: AuthorityId,
        /// DER of the `SubjectPublicKeyInfo` that its requests are signed with.
        public_key: Octets,
    },
    /// A key pair was made and archived.
    KeyArchived {
        /// Which.
        key: KeyName,
        /// The task that asked.
        task: u64,
        /// SM3 over the row of the archive.
        row: Octets,
        /// SM3 of what was signed of the message that asked.
        message: Octets,
    },
    /// A key that there was is given to the same subscriber again, in the same envelope.
    KeyGivenAgain {
        /// Which.
        key: KeyName,
        /// The task that asked.
        task: u64,
        /// SM3 of what was signed of the message that asked.
        message: Octets,
    },
    /// The CA said that a key is in use no more: it is given to nobody by request. What is
    /// archived stays.
    KeyRevoked {
        /// Which.
        key: KeyName,
        /// The task that said so.
        task: u64,
        /// SM3 of what was signed of the message that asked.
        message: Octets,
    },
    /// A CA asked for what it doesn't get.
    RequestRefused {
        /// About which key.
        key: KeyName,
        /// The task that asked.
        task: u64,
        /// `errNo` of the answer.
        error: i64,
        /// SM3 of what was signed of the message that asked.
        message: Octets,
    },
    /// Somebody wants an archived key.
    RecoveryAsked {
        /// Which.
        key: KeyName,
        /// What for.
        purpose: Purpose,
        /// Who.
        person: PersonId,
        /// SM3 of the request.
        request: Octets,
    },
    /// The rules of recovery said no.
    RecoveryRefused {
        /// Which.
        key: KeyName,
        /// What for.
        purpose: Purpose,
        /// SM3 of the request.
        request: Octets,
        /// The refusal, in words.
        reason: String,
    },
    /// Enough custodians approved; what follows is the recovery itself.
    RecoveryGranted {
        /// Which.
        key: KeyName,
        /// What for.
        purpose: Purpose,
        /// SM3 of the request.
        request: Octets,
        /// Who approved.
        custodians: Vec<PersonId>,
    },
    /// A key was wrapped for its user's new signing key.
    RecoveredForUser {
        /// Which.
        key: KeyName,
        /// SM3 of the request.
        request: Octets,
        /// SM3 of the envelope.
        envelope: Octets,
    },
    /// A key was wrapped for a court's key.
    RecoveredForCourt {
        /// Which.
        key: KeyName,
        /// Which court.
        court: String,
        /// The reference of its order.
        order: String,
        /// SM3 of the request.
        request: Octets,
        /// SM3 of the envelope.
        envelope: Octets,
    },
    /// The envelope of a recovery that was done is handed out once more.
    RecoveryGivenAgain {
        /// Which.
        key: KeyName,
        /// SM3 of the request.
        request: Octets,
    },
}

impl Act {
    /// The act in one word, as its record has it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Founded { .. } => "founded",
            Self::AuthorityAdmitted { .. } => "authority-admitted",
            Self::KeyArchived { .. } => "key-archived",
            Self::KeyGivenAgain { .. } => "key-given-again",
            Self::KeyRevoked { .. } => "key-revoked",
            Self::RequestRefused { .. } => "request-refused",
            Self::RecoveryAsked { .. } => "recovery-asked",
            Self::RecoveryRefused { .. } => "recovery-refused",
            Self::RecoveryGranted { .. } => "recovery-granted",
            Self::RecoveredForUser { .. } => "recovered-for-user",
            Self::RecoveredForCourt { .. } => "recovered-for-court",
            Self::RecoveryGivenAgain { .. } => "recovery-given-again",
        }
    }

    /// The key that it is about, if it is about one.
    pub fn key(&self) -> Option<&KeyName> {
        match self {
            Self::Founded { .. } | Self::AuthorityAdmitted { .. } => None,
            Self::KeyArchived { key, .. }
            | Self::KeyGivenAgain { key, .. }
            | Self::KeyRevoked { key, .. }
            | Self::RequestRefused { key, .. }
            | Self::RecoveryAsked { key, .. }
            | Self::RecoveryRefused { key, .. }
            | Self::RecoveryGranted { key, .. }
            | Self::RecoveredForUser { key, .. }
            | Self::RecoveredForCourt { key, .. }
            | Self::RecoveryGivenAgain { key, .. } => Some(key),
        }
    }

    /// The message that it is an answer to, if it is one.
    fn message(&self) -> Option<&Octets> {
        match self {
            Self::KeyArchived { message, .. }
            | Self::KeyGivenAgain { message, .. }
            | Self::KeyRevoked { message, .. }
            | Self::RequestRefused { message, .. } => Some(message),
            _ => None,
        }
    }
}

/// An act with its place and time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ActEntry {
    /// Place in the record: 1, 2, 3, …
    pub seq: u64,
    /// When.
    #[serde(with = "seconds")]
    pub at: DateTime,
    /// What.
    pub act: Act,
}

/// A record: the octets of an [`ActEntry`] (JSON, UTF-8), and
/// h(n) = SM3(0x01 ‖ h(n−1) ‖ octets), as in the engine's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ActRecord {
    pub(super) seq: u64,
    pub(super) octets: Vec<u8>,
    pub(super) digest: [u8; 32],
}

impl ActRecord {
    /// Writes an act down behind `previous`.
    pub(super) fn chain(previous: &Head, at: DateTime, act: Act) -> Result<Self, Fault> {
        let seq = previous.seq + 1;
        let octets = serde_json::to_vec(&ActEntry { seq, at, act })
            .map_err(|source| Error::BadRecord { seq, source })?;
        Ok(Self {
            seq,
            digest: link(&previous.digest, &octets),
            octets,
        })
    }

    pub(super) fn head(&self) -> Head {
        Head::new(self.seq, self.digest)
    }

    /// The entry, where this is the record behind `previous`.
    pub(super) fn entry_after(&self, previous: &Head) -> Result<ActEntry, Fault> {
        let damaged = |found| Fault::Damaged {
            found,
            seq: self.seq,
        };
        if self.seq != previous.seq + 1 {
            return Err(damaged("an act is missing"));
        }
        if self.digest != link(&previous.digest, &self.octets) {
            return Err(damaged("an act is not the one that was chained"));
        }
        let entry: ActEntry =
            serde_json::from_slice(&self.octets).map_err(|_| damaged("an act can't be read"))?;
        if entry.seq != self.seq {
            return Err(damaged("an act has another place than it says"));
        }
        Ok(entry)
    }
}

/// A CA that may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Admitted {
    pub(super) name: AuthorityId,
    pub(super) key: PublicKey,
}

/// What a centre is, by its acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    centre: AuthorityId,
    key: PublicKey,
    archive_key: PublicKey,
    threshold: usize,
    custodians: BTreeMap<PersonId, PublicKey>,
    /// By the digest of the key.
    authorities: BTreeMap<[u8; 32], Admitted>,
    revoked: BTreeSet<KeyName>,
    answered: Answered,
    /// By the digest of the request.
    recovered: BTreeMap<[u8; 32], Recovered>,
}

/// A recovery that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Recovered {
    /// The place of its act.
    pub(super) seq: u64,
    /// SM3 of its envelope.
    pub(super) envelope: [u8; 32],
}

/// The messages that were answered lately, by SM3 of what was signed of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Answered {
    digests: BTreeSet<[u8; 32]>,
    /// The same in the order in which they were answered.
    in_order: VecDeque<(DateTime, [u8; 32])>,
}

impl Answered {
    fn add(&mut self, at: DateTime, message: [u8; 32]) {
        let oldest = at.unix_duration().saturating_sub(REMEMBERED);
        while let Some((answered, digest)) = self.in_order.front() {
            if answered.unix_duration() >= oldest && self.in_order.len() < MAX_REMEMBERED {
                break;
            }
            self.digests.remove(digest);
            self.in_order.pop_front();
        }
        // One message may have several acts.
        if self.digests.insert(message) {
            self.in_order.push_back((at, message));
        }
    }
}

impl State {
    /// The centre's name.
    pub fn centre(&self) -> &AuthorityId {
        &self.centre
    }

    /// The key that its answers are signed with.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The key that opens the archive.
    pub fn archive_key(&self) -> &PublicKey {
        &self.archive_key
    }

    /// How many custodians must approve a recovery.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// Who may approve, with the keys that sign approvals.
    pub fn custodians(&self) -> &BTreeMap<PersonId, PublicKey> {
        &self.custodians
    }

    /// The names of the CAs that may ask.
    pub fn authorities(&self) -> impl Iterator<Item = &AuthorityId> {
        self.authorities.values().map(|admitted| &admitted.name)
    }

    /// Whether the CA said that this key is in use no more.
    pub fn is_revoked(&self, key: &KeyName) -> bool {
        self.revoked.contains(key)
    }

    /// Whether a message was answered with an act, of late: by SM3 of what was signed of it.
    pub(super) fn has_answered(&self, message: &[u8; 32]) -> bool {
        self.answered.digests.contains(message)
    }

    /// What a recovery gave, by the digest of its request.
    pub(super) fn recovered(&self, request: &[u8; 32]) -> Option<&Recovered> {
        self.recovered.get(request)
    }

    /// The CA of a key.
    pub(super) fn admitted(&self, key_digest: &[u8]) -> Option<&Admitted> {
        self.authorities.get(key_digest)
    }

    /// The state after the first act.
    pub(super) fn begin(entry: &ActEntry) -> Result<Self, Fault> {
        let Act::Founded {
            centre,
            public_key: own,
            archive_key,
            threshold,
            custodians,
        } = &entry.act
        else {
            return Err(entry.damaged("the first act is no foundation"));
        };
        let custodian = |one: &Custodian| Ok((one.person.clone(), entry.key(&one.public_key)?));
        let custodians: Result<_, Fault> = custodians.iter().map(custodian).collect();
        Ok(Self {
            centre: centre.clone(),
            key: entry.key(own)?,
            archive_key: entry.key(archive_key)?,
            threshold: *threshold,
            custodians: custodians?,
            authorities: BTreeMap::new(),
            revoked: BTreeSet::new(),
            answered: Answered::default(),
            recovered: BTreeMap::new(),
        })
    }

    /// Goes on with a further act.
    pub(super) fn evolve(&mut self, entry: &ActEntry) -> Result<(), Fault> {
        if let Some(message) = entry.act.message() {
            self.answered.add(entry.at, entry.digest(message)?);
        }
        match &entry.act {
            Act::Founded { .. } => return Err(entry.damaged("a second foundation")),
            Act::AuthorityAdmitted {
                authority,
                public_key: own,
            } => {
                let key = entry.key(own)?;
                let name = authority.clone();
                let digest = key_digest(&key);
                self.authorities.insert(digest, Admitted { name, key });
            }
            Act::KeyRevoked { key, .. } => {
                self.revoked.insert(key.clone());
            }
            Act::RecoveredForUser {
                request, envelope, ..
            }
            | Act::RecoveredForCourt {
                request, envelope, ..
            } => {
                let recovered = Recovered {
                    seq: entry.seq,
                    envelope: entry.digest(envelope)?,
                };
                self.recovered.insert(entry.digest(request)?, recovered);
            }
            _ => {}
        }
        Ok(())
    }
}

impl ActEntry {
    fn key(&self, der: &[u8]) -> Result<PublicKey, Fault> {
        public_key(der).map_err(|_| self.damaged("a key of an act can't be read"))
    }

    fn digest(&self, octets: &[u8]) -> Result<[u8; 32], Fault> {
        let digest = octets.try_into();
        digest.map_err(|_| self.damaged("a digest of an act is none"))
    }

    pub(super) fn damaged(&self, found: &'static str) -> Fault {
        Fault::Damaged {
            found,
            seq: self.seq,
        }
    }
}

impl KeyName {
    /// The key that `authority` asked for under `number`.
    pub fn new(authority: AuthorityId, number: Serial) -> Self {
        Self { authority, number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> DateTime {
        DateTime::from_unix_duration(Duration::from_secs(1_790_000_000 + seconds)).unwrap()
    }

    fn message(number: u64) -> [u8; 32] {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_be_bytes());
        digest
    }

    #[test]
    fn a_message_is_remembered_for_as_long_as_it_is_believed_and_no_longer() {
        let mut answered = Answered::default();
        answered.add(at(0), message(0));
        answered.add(at(0), message(0));
        answered.add(at(600), message(1));
        assert!(answered.digests.contains(&message(0)));
        answered.add(at(601), message(2));
        assert!(!answered.digests.contains(&message(0)));
        assert_eq!(answered.digests.len(), 2);
        assert_eq!(answered.in_order.len(), 2);
        // A clock that was set back forgets nothing.
        answered.add(at(1), message(3));
        assert_eq!(answered.digests.len(), 3);
    }

    #[test]
    fn no_more_messages_are_remembered_than_were_said() {
        let mut answered = Answered::default();
        let last = MAX_REMEMBERED as u64 + 5;
        for number in 0..=last {
            answered.add(at(number / 1_000), message(number));
        }
        assert_eq!(answered.digests.len(), MAX_REMEMBERED);
        assert_eq!(answered.in_order.len(), MAX_REMEMBERED);
        assert!(answered.digests.contains(&message(last)));
        assert!(!answered.digests.contains(&message(5)));
    }
}
