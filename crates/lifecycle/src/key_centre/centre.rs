//! A key-management centre in software.

use super::{
    Fault, KeyName,
    act::{Act, ActEntry, Custodian, State},
    archive::{Archive, ArchiveReport, ArchivedKey, Writing},
    client::in_time,
    message::{
        self, Ask, EntityName, KeyAnswer, KeyApplication, KeyRequest, Reply, ReturnedKey,
        UnverifiedMessage,
    },
    recovery::{self, Approval, Grant, Purpose, Recovery, RecoveryRequest, Wanted},
};
use crate::{AuthorityId, Head, Octets, PersonId, ports::public_key};
use der::{DateTime, Encode};
use getrandom::SysRng;
use gm_crypto::{
    sm2::{EnvelopedKey, PublicKey, SecretKey},
    sm3,
};
use hsm::{DecryptionKey, KeyHandle};
use spki::EncodePublicKey;
use std::{collections::BTreeSet, path::Path};
use x509_cert::name::Name;

/// Custodians that there can be, at most.
const MAX_CUSTODIANS: usize = 16;

/// `errNo` of our answers. Numbers of the standard were not read.
mod error {
    /// Another key than SM2 is wanted, or other algorithms than SM2, SM3 and SM4.
    pub(super) const UNSUPPORTED: i64 = 1;
    /// The number has a key, for another signing key: that is a recovery, not a request.
    pub(super) const OTHER_RECIPIENT: i64 = 2;
    /// The CA has said that the key is in use no more.
    pub(super) const REVOKED: i64 = 3;
    /// An archived key is given back by custodians, never by request.
    pub(super) const NEEDS_CUSTODIANS: i64 = 4;
    /// No such key.
    pub(super) const NO_SUCH_KEY: i64 = 5;
    /// The request is of another time.
    pub(super) const OTHER_TIME: i64 = 6;
    /// The message was answered before, and what it asks was not done then.
    pub(super) const REPEATED: i64 = 7;
}

/// What a centre is founded with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Founding {
    /// Its name.
    pub centre: AuthorityId,
    /// The key that its answers are signed with.
    pub key: PublicKey,
    /// The key that opens the archive; its private half is needed for recoveries alone.
    pub archive_key: PublicKey,
    /// How many custodians must approve a recovery: 2 or more.
    pub threshold: usize,
    /// All there are, each a person with a key of his own: at most 16.
    pub custodians: Vec<(PersonId, PublicKey)>,
}

impl Founding {
    /// A centre whose recoveries `threshold` of `custodians` approve.
    pub fn new(
        centre: AuthorityId,
        key: PublicKey,
        archive_key: PublicKey,
        threshold: usize,
        custodians: Vec<(PersonId, PublicKey)>,
    ) -> Self {
        Self {
            centre,
            key,
            archive_key,
            threshold,
            custodians,
        }
    }

    fn check(&self) -> Result<(), Fault> {
        let (threshold, custodians) = (self.threshold, self.custodians.len());
        let people: BTreeSet<_> = self.custodians.iter().map(|(person, _)| person).collect();
        let keys = self.custodians.iter().map(|(_, key)| key);
        let keys: BTreeSet<_> = keys.map(PublicKey::to_uncompressed).collect();
        let reason = if threshold < 2 {
            "one alone must not be enough"
        } else if custodians < threshold {
            "so many must approve as there are not"
        } else if custodians > MAX_CUSTODIANS {
            "that is more than 16"
        } else if people.len() < custodians {
            "a person stands there twice"
        } else if keys.len() < custodians {
            "two have one key"
        } else {
            return Ok(());
        };
        Err(Fault::BadCustodians {
            threshold,
            custodians,
            reason,
        })
    }
}

/// A key-management centre in software: it makes and archives encryption keys, answers CAs, and
/// gives archived keys back when enough custodians approve.
///
/// Several processes may have one archive open. Time and keys come as arguments; randomness is
/// the system's.
#[derive(Debug)]
pub struct SoftKeyCentre {
    archive: Archive,
}

impl SoftKeyCentre {
    /// Founds a centre: makes its archive at `path`.
    ///
    /// # Errors
    /// [`Fault::BadCustodians`]; [`Fault::Exists`] when there is an archive;
    /// [`Fault::Archive`].
    pub fn found(path: &Path, founding: &Founding, now: DateTime) -> Result<Self, Fault> {
        founding.check()?;
        let custodians = founding.custodians.iter().map(|(person, key)| {
            let custodian = Custodian::new(person.clone(), spki(key)?);
            Ok::<_, Fault>(custodian)
        });
        let founded = Act::Founded {
            centre: founding.centre.clone(),
            public_key: spki(&founding.key)?,
            archive_key: spki(&founding.archive_key)?,
            threshold: founding.threshold,
            custodians: custodians.collect::<Result<_, _>>()?,
        };
        Archive::found(path, now, founded).map(|archive| Self { archive })
    }

    /// Opens an archive that there is, and goes through the record of its acts.
    ///
    /// # Errors
    /// [`Fault::Archive`] when it can't be read, [`Fault::Damaged`] when the record is not the
    /// one that was written.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Archive::open(path).map(|archive| Self { archive })
    }

    /// What the centre was when its acts were read last.
    pub fn state(&self) -> &State {
        self.archive.state()
    }

    /// Every act, in order.
    ///
    /// # Errors
    /// [`Fault::Archive`], [`Fault::Damaged`].
    pub fn acts(&mut self) -> Result<Vec<ActEntry>, Fault> {
        let mut acts = Vec::new();
        self.archive.acts(|entry| acts.push(entry.clone()))?;
        Ok(acts)
    }

    /// Compares every row with the record of acts, and the record with an end of it that was
    /// noted elsewhere before. What an envelope holds is not seen: that takes the archive's key.
    ///
    /// # Errors
    /// [`Fault::Damaged`] says what is not as recorded; [`Fault::Archive`] when it can't be read.
    pub fn examine(&mut self, noted: Option<&Head>) -> Result<ArchiveReport, Fault> {
        self.archive.examine(noted)
    }

    /// Lets a CA ask, by the key that its requests are signed with. The same again is nothing
    /// new.
    ///
    /// # Errors
    /// [`Fault::Exists`] when the name or the key is another CA's; [`Fault::Archive`].
    pub fn admit(
        &mut self,
        authority: &AuthorityId,
        key: &PublicKey,
        now: DateTime,
    ) -> Result<(), Fault> {
        let act = Act::AuthorityAdmitted {
            authority: authority.clone(),
            public_key: spki(key)?,
        };
        self.archive.transact(|state, writing| {
            let known = state.admitted(&message::key_digest(key));
            match known {
                Some(known) if known.name == *authority => Ok(()),
                Some(_) => Err(Fault::Exists("a CA with this key")),
                None if state.authorities().any(|name| name == authority) => {
                    Err(Fault::Exists("a CA of this name"))
                }
                None => writing.record(now, act),
            }
        })
    }

    /// Answers a request: DER of a `CARequest` in, of a `KMRespond` signed by `key` out. Keys
    /// that it gives are archived, and that is durable, when this returns.
    ///
    /// A message counts once. One that comes again has the answer that it had, as far as that
    /// still holds, and nothing is done or recorded for it; nothing is for a message of another
    /// time, either. Whoever only repeats what a CA has signed leaves no trace.
    ///
    /// # Errors
    /// [`Fault::WrongKey`] when `key` is not the centre's. [`Fault::Stranger`] and
    /// [`Fault::NotSigned`] when no CA that was admitted signed it, and what
    /// [`UnverifiedMessage::from_der`] says: nobody who can't be named gets an answer.
    /// [`Fault::Key`], [`Fault::Archive`]; [`Fault::OtherKey`] when an envelope in the archive is
    /// not the one of its key.
    pub fn answer(
        &mut self,
        key: &dyn KeyHandle,
        request: &[u8],
        now: DateTime,
    ) -> Result<Vec<u8>, Fault> {
        let own = public_key(key.public_key().as_bytes())?;
        if own != *self.state().key() {
            return Err(Fault::WrongKey("the centre"));
        }
        let message = UnverifiedMessage::<KeyRequest>::from_der(request)?;
        let tagging = message.tagging();
        let digest = sm3::digest(message.tbs());
        // Whoever can't sign can't make anybody wait for the file either: what is written begins
        // with a signature that was verified.
        let state = self.archive.catch_up()?;
        let centre = state.centre().clone();
        let admitted = state.admitted(&message.claims().authority.key_digest);
        let admitted = admitted.ok_or(Fault::Stranger)?.clone();
        let request = message.verify(&admitted.key, "the CA")?;
        let replies = match in_time(request.at, now) {
            Err(_) => request.asks.iter().map(|_| too_far()).collect(),
            Ok(()) => self.archive.transact(|state, writing| {
                let mut desk = Desk {
                    state,
                    authority: &admitted.name,
                    writing,
                    task: request.task,
                    message: digest,
                    is_repeated: state.has_answered(&digest),
                    revoked: BTreeSet::new(),
                    now,
                };
                let replies = request.asks.iter().map(|ask| desk.reply(ask));
                replies.collect::<Result<_, _>>()
            })?,
        };
        let answer = KeyAnswer::new(entity_name(&centre, &own)?, replies, now, request.task);
        message::sign(&answer, tagging, key)
    }

    /// Writes down that `person` wants a key, and gives the request that custodians are to
    /// approve.
    ///
    /// # Errors
    /// [`Fault::Refused`] for a request that can't be; [`Fault::NoSuchKey`];
    /// [`Fault::Archive`].
    pub fn ask_recovery(
        &mut self,
        key: KeyName,
        purpose: Purpose,
        recipient: &PublicKey,
        person: PersonId,
        (now, until): (DateTime, DateTime),
    ) -> Result<RecoveryRequest, Fault> {
        let mut nonce = vec![0; 16];
        getrandom::fill(&mut nonce).map_err(|_| Fault::Random)?;
        let recipient = spki(recipient)?;
        self.archive.transact(|state, writing| {
            if writing.key(&key)?.is_none() {
                return Err(Fault::NoSuchKey);
            }
            let request = RecoveryRequest::new(Wanted::new(
                state.centre().clone(),
                key,
                purpose,
                recipient,
                person,
                now,
                until,
                nonce.into(),
            ))?;
            let act = Act::RecoveryAsked {
                key: request.key.clone(),
                purpose: request.purpose.clone(),
                person: request.person.clone(),
                request: request.digest().to_vec().into(),
            };
            writing.record(now, act)?;
            Ok(request)
        })
    }

    /// Gives an archived key back: an `SM2EnvelopedKey` for the recipient of the request.
    ///
    /// That it was granted is durable before the archive's key is used, and that it was done
    /// before the envelope is seen; the same request again gives the same envelope, as long as
    /// it is approved and in time.
    ///
    /// # Errors
    /// [`Fault::Refused`] when the rules say no, which is recorded;
    /// [`Fault::WrongKey`] for another key than the archive's, [`Fault::Key`];
    /// [`Fault::Crypto`], [`Fault::OtherKey`] and [`Fault::Damaged`] when the archive doesn't
    /// hold what it should; [`Fault::Archive`].
    pub fn recover(
        &mut self,
        command: Recovery,
        request: &RecoveryRequest,
        approvals: &[Approval],
        archive_key: &dyn DecryptionKey,
        now: DateTime,
    ) -> Result<EnvelopedKey, Fault> {
        let digest: Octets = request.digest().to_vec().into();
        // It stays as it was recorded, so there is time to look for it.
        let row = self.archive.recorded_row(&request.key)?;
        let granted = self.archive.transact(|state, writing| {
            let archived = writing.key(&request.key)?;
            if let (Some(key), Some(row)) = (&archived, &row)
                && key.digest(&request.key) != row[..]
            {
                let found = "an archived key is not the one that was archived";
                return Err(Fault::Damaged { found, seq: 0 });
            }
            let is_archived = archived.is_some();
            let decided = recovery::decide(state, command, request, is_archived, approvals, now);
            let key = request.key.clone();
            let grant = match decided {
                Ok(grant) => grant,
                Err(refusal) => {
                    let act = Act::RecoveryRefused {
                        key,
                        purpose: request.purpose.clone(),
                        request: digest.clone(),
                        reason: refusal.to_string(),
                    };
                    writing.record(now, act)?;
                    return Ok(Err(refusal));
                }
            };
            let archived = archived.ok_or(Fault::NoSuchKey)?;
            if let Some(envelope) = carried_out(state, writing, request, &archived)? {
                let request = digest.clone();
                writing.record(now, Act::RecoveryGivenAgain { key, request })?;
                return Ok(Ok(Granted::Before(Box::new(envelope))));
            }
            if public_key(archive_key.public_key().as_bytes())? != *state.archive_key() {
                return Err(Fault::WrongKey("the archive"));
            }
            let act = Act::RecoveryGranted {
                key,
                purpose: request.purpose.clone(),
                request: digest.clone(),
                custodians: grant.custodians.clone(),
            };
            writing.record(now, act)?;
            Ok(Ok(Granted::Now(Box::new(archived), grant)))
        })?;
        let (archived, grant) = match granted? {
            Granted::Before(envelope) => return Ok(*envelope),
            Granted::Now(archived, grant) => (archived, grant),
        };
        let envelope = rewrap(&archived, archive_key, &grant)?;
        let octets = envelope.to_der();
        let act = recovered(request, digest.clone(), &octets);
        self.archive.transact(|state, writing| {
            // Another process may have carried it out meanwhile: its envelope is the one.
            if let Some(envelope) = carried_out(state, writing, request, &archived)? {
                return Ok(envelope);
            }
            writing.keep_recovery(&digest, &octets)?;
            writing.record(now, act)?;
            Ok(envelope)
        })
    }
}

/// What a granted recovery goes on with.
enum Granted {
    /// It was carried out before.
    Before(Box<EnvelopedKey>),
    Now(Box<ArchivedKey>, Grant),
}

/// The envelope of a recovery that was carried out: the very one that was recorded, of the key
/// that is archived.
fn carried_out(
    state: &State,
    writing: &Writing<'_>,
    request: &RecoveryRequest,
    archived: &ArchivedKey,
) -> Result<Option<EnvelopedKey>, Fault> {
    let digest = request.digest();
    let kept = writing.recovery(&digest)?;
    let Some(recorded) = state.recovered(&digest) else {
        let found = "it has rows that no act made";
        return kept.map_or(Ok(None), |_| Err(Fault::Damaged { found, seq: 0 }));
    };
    let damaged = |found| Fault::Damaged {
        found,
        seq: recorded.seq,
    };
    let kept = kept.ok_or(damaged("the envelope of a recovery is missing"))?;
    if sm3::digest(&kept) != recorded.envelope {
        return Err(damaged("the envelope of a recovery is another"));
    }
    let envelope = EnvelopedKey::from_der(&kept)?;
    is_of(&envelope, archived)?;
    Ok(Some(envelope))
}

/// Whether an envelope says that it is of this key.
fn is_of(envelope: &EnvelopedKey, archived: &ArchivedKey) -> Result<(), Fault> {
    if envelope.public_key().to_uncompressed() == archived.public_key[..] {
        Ok(())
    } else {
        Err(Fault::OtherKey)
    }
}

fn recovered(request: &RecoveryRequest, digest: Octets, envelope: &[u8]) -> Act {
    let key = request.key.clone();
    let envelope = sm3::digest(envelope).to_vec().into();
    match &request.purpose {
        Purpose::User => Act::RecoveredForUser {
            key,
            request: digest,
            envelope,
        },
        Purpose::Court { court, order } => Act::RecoveredForCourt {
            key,
            court: court.clone(),
            order: order.clone(),
            request: digest,
            envelope,
        },
    }
}

/// Opens a key with the archive's and wraps it for whom it was granted.
fn rewrap(
    archived: &ArchivedKey,
    archive_key: &dyn DecryptionKey,
    grant: &Grant,
) -> Result<EnvelopedKey, Fault> {
    let sealed = EnvelopedKey::from_der(&archived.archived)?;
    let symmetric = archive_key.decrypt(sealed.encrypted_key())?;
    let secret = sealed.open_with_key(&symmetric)?;
    if secret.public_key().to_uncompressed() != archived.public_key[..] {
        return Err(Fault::OtherKey);
    }
    Ok(EnvelopedKey::seal(&mut SysRng, grant.recipient(), &secret)?)
}

/// One message of a CA, on its way through a transaction.
struct Desk<'a, 'b> {
    state: &'a State,
    authority: &'a AuthorityId,
    writing: &'a mut Writing<'b>,
    task: u64,
    /// SM3 of what was signed of it.
    message: [u8; 32],
    /// Whether it was answered before.
    is_repeated: bool,
    /// What this very message has revoked so far: it counts for what stands behind.
    revoked: BTreeSet<KeyName>,
    now: DateTime,
}

impl Desk<'_, '_> {
    fn reply(&mut self, ask: &Ask) -> Result<Reply, Fault> {
        let name = KeyName::new(self.authority.clone(), ask.number().clone());
        match ask {
            Ask::Apply(application) => self.apply(name, application),
            Ask::Restore(_) => self.refuse(
                name,
                error::NEEDS_CUSTODIANS,
                "an archived key is given back by its custodians, not by request",
            ),
            Ask::Revoke(number) => {
                if self.is_revoked(&name) {
                    return Ok(Reply::Revoked(number.clone()));
                }
                if self.writing.key(&name)?.is_none() {
                    return self.refuse(name, error::NO_SUCH_KEY, "there is no such key");
                }
                if self.is_repeated {
                    return self.repeated(name);
                }
                self.revoked.insert(name.clone());
                self.record(Act::KeyRevoked {
                    key: name,
                    task: self.task,
                    message: self.message.to_vec().into(),
                })?;
                Ok(Reply::Revoked(number.clone()))
            }
        }
    }

    fn apply(&mut self, name: KeyName, application: &KeyApplication) -> Result<Reply, Fault> {
        if !application.is_for_sm2() || !application.algorithms.are_gm() {
            let said = "only SM2 keys of 256 bits, wrapped by SM2, SM3 and SM4, are made here";
            return self.refuse(name, error::UNSUPPORTED, said);
        }
        if self.is_revoked(&name) {
            return self.refuse(name, error::REVOKED, "the key is in use no more");
        }
        let recipient = application.recipient.to_uncompressed();
        let (task, message) = (self.task, self.message.to_vec().into());
        let envelope = match self.writing.key(&name)? {
            Some(found) if found.recipient != recipient => {
                let said = "the number has a key for another signing key: that is a recovery";
                return self.refuse(name, error::OTHER_RECIPIENT, said);
            }
            Some(found) => {
                let envelope = EnvelopedKey::from_der(&found.given)?;
                is_of(&envelope, &found)?;
                self.record(Act::KeyGivenAgain {
                    key: name,
                    task,
                    message,
                })?;
                envelope
            }
            None if self.is_repeated => return self.repeated(name),
            None => {
                let (made, envelope) = make(self.state.archive_key(), &application.recipient)?;
                self.writing.archive(&name, &made)?;
                self.record(Act::KeyArchived {
                    row: made.digest(&name).to_vec().into(),
                    key: name,
                    task,
                    message,
                })?;
                envelope
            }
        };
        let key = ReturnedKey::new(application.number.clone(), envelope);
        Ok(Reply::Applied(Box::new(key)))
    }

    fn is_revoked(&self, name: &KeyName) -> bool {
        self.revoked.contains(name) || self.state.is_revoked(name)
    }

    fn repeated(&mut self, name: KeyName) -> Result<Reply, Fault> {
        let said = "the message was answered before, and this was not done then";
        self.refuse(name, error::REPEATED, said)
    }

    fn refuse(&mut self, key: KeyName, number: i64, said: &str) -> Result<Reply, Fault> {
        self.record(Act::RequestRefused {
            key,
            task: self.task,
            error: number,
            message: self.message.to_vec().into(),
        })?;
        Ok(failed(number, said))
    }

    /// Writes an act down, once for each message.
    fn record(&mut self, act: Act) -> Result<(), Fault> {
        if self.is_repeated {
            return Ok(());
        }
        self.writing.record(self.now, act)
    }
}

/// The answer to what was asked at another time: nothing is written down about it, or whoever
/// has a message of long ago could have as much written as there is room for.
fn too_far() -> Reply {
    let said = "the request is of another time: compare the clocks";
    failed(error::OTHER_TIME, said)
}

fn failed(number: i64, said: &str) -> Reply {
    Reply::Failed {
        number,
        said: said.to_owned(),
    }
}

/// A fresh key pair, sealed for the archive and for its subscriber; the private key is wiped when
/// this returns.
fn make(archive: &PublicKey, recipient: &PublicKey) -> Result<(ArchivedKey, EnvelopedKey), Fault> {
    let secret = SecretKey::generate_checked(&mut SysRng)?;
    let archived = EnvelopedKey::seal(&mut SysRng, archive, &secret)?;
    let given = EnvelopedKey::seal(&mut SysRng, recipient, &secret)?;
    let key = ArchivedKey {
        public_key: secret.public_key().to_uncompressed().to_vec(),
        recipient: recipient.to_uncompressed().to_vec(),
        archived: archived.to_der(),
        given: given.to_der(),
    };
    Ok((key, given))
}

fn spki(key: &PublicKey) -> Result<Octets, Fault> {
    let no_encoding = |_| Fault::Meaningless("a public key has no encoding");
    let document = key.to_public_key_der().map_err(no_encoding)?;
    Ok(document.to_der().map_err(Fault::Malformed)?.into())
}

/// The centre as it stands in answers.
fn entity_name(centre: &AuthorityId, key: &PublicKey) -> Result<EntityName, Fault> {
    let name: Name = format!("CN={centre}").parse().map_err(Fault::Malformed)?;
    EntityName::new(&name, key)
}
