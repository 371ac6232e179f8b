//! What a centre did: every act a record, chained by SM3 as the engine's log is.

use super::{Fault, KeyName, message::key_digest, recovery::Purpose};
use crate::{
    AuthorityId, Error, Head, Octets, PersonId, Serial, log::link, octets::seconds,
    ports::public_key,
};
use der::DateTime;
use gm_crypto::sm2::PublicKey;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    },
    /// A key that there was is given to the same subscriber again, in the same envelope.
    KeyGivenAgain {
        /// Which.
        key: KeyName,
        /// The task that asked.
        task: u64,
    },
    /// The CA said that a key is in use no more: it is given to nobody by request. What is
    /// archived stays.
    KeyRevoked {
        /// Which.
        key: KeyName,
        /// The task that said so.
        task: u64,
    },
    /// A CA asked for what it doesn't get.
    RequestRefused {
        /// About which key.
        key: KeyName,
        /// The task that asked.
        task: u64,
        /// `errNo` of the answer.
        error: i64,
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
        })
    }

    /// Goes on with a further act.
    pub(super) fn evolve(&mut self, entry: &ActEntry) -> Result<(), Fault> {
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
            _ => {}
        }
        Ok(())
    }
}

impl ActEntry {
    fn key(&self, der: &[u8]) -> Result<PublicKey, Fault> {
        public_key(der).map_err(|_| self.damaged("a key of an act can't be read"))
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
