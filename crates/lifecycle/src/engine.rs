//! The only caller of ports: carries commands out, does what states want done.

mod status;
mod step;

use crate::{
    Actor, ApplicationId, AuthorityId, Effect, Entry, Error, Event, Intent, Publication, Refusal,
    Seat, Serial, Store, StreamId, application, authority, certificate,
    ports::{Clock, KeyCentre, Publisher, Serials, key_or_new, public_key},
};
use cert_profile::{Issuer, Profile, RevokedEntry};
use der::{Encode, asn1::BitString};
use hsm::{Checked, KeyHandle, KeyLabel, Token};
use std::{collections::HashSet, time::Duration};
use step::Step;

/// A command with the thing it is for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Command {
    /// To an application.
    Application(ApplicationId, application::Command),
    /// To an authority.
    Authority(AuthorityId, authority::Command),
    /// To both certificates of an application at once: a pair is frozen,
    /// unfrozen and revoked together.
    Certificates(ApplicationId, certificate::Command),
}

/// Everything outside that the engine may call.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever builds an engine decides on every port"
)]
pub struct Ports {
    /// The durable log.
    pub store: Box<dyn Store>,
    /// The operator's keys.
    pub token: Box<dyn Token>,
    /// The key-management centre.
    pub key_centre: Box<dyn KeyCentre>,
    /// Where finished things go.
    pub publisher: Box<dyn Publisher>,
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Fresh serial numbers.
    pub serials: Box<dyn Serials>,
}

/// What the operator decided once for all cases.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "whoever builds an engine decides on every part of its policy"
)]
pub struct Policy {
    /// The CA that issues to subscribers.
    pub issuer: AuthorityId,
    /// For signing certificates.
    pub signing: Profile,
    /// For encryption certificates; one without `key_origin`, since the key-management
    /// centre makes those keys.
    pub encryption: Profile,
    /// For authorities, found by name.
    pub authorities: Vec<Profile>,
    /// From thisUpdate to nextUpdate of a CRL, and of an OCSP answer.
    pub crl_lifetime: Duration,
}

/// Carries commands out against a store, and does what the states then want
/// done outside.
///
/// One engine at a time works on a store; the stores here see to that by a lock.
#[derive(Debug)]
pub struct Engine {
    ports: Ports,
    policy: Policy,
    /// What this engine intended and has not yet tried to sign. An intent that
    /// is open and not in here was made by a process that died, or has been
    /// tried: its outcome is unknown.
    untried: HashSet<Untried>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Untried {
    Certificate(AuthorityId, Serial),
    Crl(AuthorityId, u64),
}

impl Engine {
    /// An engine over a store; nothing is done yet.
    pub fn new(ports: Ports, policy: Policy) -> Self {
        Self {
            ports,
            policy,
            untried: HashSet::new(),
        }
    }

    /// The store, for reading.
    pub fn store(&self) -> &dyn Store {
        &*self.ports.store
    }

    /// Carries one person's command out. What it returns is durable.
    ///
    /// # Errors
    /// [`Error::Refused`] when a rule says no, [`Error::Store`] when nothing
    /// could be written; both leave the store as it was.
    pub fn submit(&mut self, actor: &Actor, command: Command) -> Result<Vec<Entry>, Error> {
        // What devices and ports answered is recorded by `settle` alone.
        if actor.seat == Seat::System {
            return Err(Refusal::WrongSeat { seat: actor.seat }.into());
        }
        self.carry_out(actor, command)
    }

    /// Does everything that the states want done outside, until nothing is left,
    /// and records each result; `watch` sees what became durable. Called after
    /// commands and after every start: this is the recovery.
    ///
    /// # Errors
    /// The first failure, after everything else was done. What failed is tried
    /// again by the next call.
    pub fn settle(&mut self, watch: &mut dyn FnMut(&Entry)) -> Result<(), Error> {
        let mut failure = None;
        let mut stuck = HashSet::new();
        loop {
            let waiting = self.ports.store.unsettled()?;
            let Some(stream) = waiting.into_iter().find(|stream| !stuck.contains(stream)) else {
                return failure.map_or(Ok(()), Err);
            };
            match self.perform(&stream) {
                Ok(entries) => entries.iter().for_each(&mut *watch),
                Err(error) => {
                    stuck.insert(stream);
                    failure.get_or_insert(error);
                }
            }
        }
    }

    /// Where an application stands; `None` if nobody submitted it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn application(&self, id: &ApplicationId) -> Result<Option<application::State>, Error> {
        Ok(step::application(&*self.ports.store, id)?.state)
    }

    /// Where an authority stands; `None` if nobody proposed it.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn authority(&self, id: &AuthorityId) -> Result<Option<authority::State>, Error> {
        Ok(step::authority(&*self.ports.store, id)?.state)
    }

    /// Where a certificate stands; `None` if there is none.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::BadRecord`] when it can't be read.
    pub fn certificate(
        &self,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Result<Option<certificate::State>, Error> {
        Ok(step::certificate(&*self.ports.store, issuer, serial)?.state)
    }

    fn carry_out(&mut self, actor: &Actor, command: Command) -> Result<Vec<Entry>, Error> {
        let now = self.ports.clock.now();
        let mut step = Step::new(&*self.ports.store, actor.clone(), now)?;
        match command {
            Command::Application(id, command) => {
                let known = step.application(&id)?;
                let issuer = self.active_issuer(&self.policy.issuer)?;
                let context = application::Context {
                    now,
                    case: step.next_case()?,
                    serial: self.ports.serials.fresh()?,
                    issuance: issuer.as_ref().map(|issuer| application::Issuance {
                        issuer,
                        signing: &self.policy.signing,
                        encryption: &self.policy.encryption,
                    }),
                    issuer: self.policy.issuer.clone(),
                };
                let events = application::decide(known.as_ref(), actor, command, &context)?;
                step.apply_to_application(&id, events)?;
            }
            Command::Authority(id, command) => {
                let known = step.authority(&id)?;
                let wanted = authority::Wanted::of(known.as_ref(), &command);
                let profile = wanted.profile.and_then(|name| {
                    let named = |profile: &&Profile| profile.name() == name;
                    self.policy.authorities.iter().find(named)
                });
                let other = match wanted.other {
                    Some(name) => self.authority(name)?,
                    None => None,
                };
                let issuer = match wanted.issuer {
                    Some(name) => self.certifying_issuer(name, profile)?,
                    None => None,
                };
                let revoked = match command {
                    authority::Command::IssueCrl
                    | authority::Command::RecordCrlUnknownOutcome { .. } => self.revoked(&id)?,
                    _ => Vec::new(),
                };
                let context = authority::Context {
                    id: &id,
                    now,
                    serial: self.ports.serials.fresh()?,
                    profile,
                    issuer: issuer.as_ref(),
                    revoked,
                    crl_lifetime: self.policy.crl_lifetime,
                    other: other.as_ref(),
                    last_end: None,
                };
                let events = authority::decide(known.as_ref(), actor, command, &context)?;
                step.apply_to_authority(&id, events)?;
            }
            Command::Certificates(id, command) => {
                let pair = application::delivered(step.application(&id)?, &id)?;
                pair.heeds(actor)?;
                for issued in [&pair.signing, &pair.encryption] {
                    step.change_certificate(&issued.issuer, &issued.serial, command.clone())?;
                }
            }
        }
        let (batch, entries) = step.finish();
        if let Some((batch, head)) = batch {
            self.ports.store.append(&head, &batch)?;
        }
        for entry in &entries {
            self.untried.extend(Untried::of(entry));
        }
        Ok(entries)
    }

    /// One effect of one stream, and the record of its result.
    fn perform(&mut self, stream: &StreamId) -> Result<Vec<Entry>, Error> {
        match stream {
            StreamId::Application(id) => {
                let state = self.application(id)?;
                let command = match state.and_then(|state| state.due(id)) {
                    Some(Effect::Sign(intent)) => match self.sign_certificate(&intent, None)? {
                        Some(certificate) => application::Command::RecordCertificate {
                            serial: intent.serial,
                            certificate,
                        },
                        None => application::Command::RecordUnknownOutcome {
                            serial: intent.serial,
                        },
                    },
                    Some(Effect::RequestEncryptionKey { recipient }) => {
                        let recipient = public_key(&recipient)?;
                        let key = self.ports.key_centre.encryption_key(id, &recipient);
                        application::Command::RecordEncryptionKey(key.map_err(|source| {
                            Error::KeyCentre {
                                application: id.clone(),
                                source,
                            }
                        })?)
                    }
                    Some(Effect::Publish(items)) => {
                        self.publish(&items)?;
                        application::Command::RecordPublication
                    }
                    _ => return Err(Error::NothingDue(stream.clone())),
                };
                self.carry_out(&Actor::system(), Command::Application(id.clone(), command))
            }
            StreamId::Authority(id) => {
                let state = self.authority(id)?;
                let own_key = match &state {
                    Some(authority::State::Issuing(issuing)) => issuing.proposed.public_key.clone(),
                    _ => None,
                };
                let command = match state.and_then(|state| state.due()) {
                    Some(Effect::GenerateKey) => {
                        let label = label(id)?;
                        let key = key_or_new(&*self.ports.token, &label)
                            .map_err(|source| key_failed(&label, source))?;
                        authority::Command::RecordKey {
                            public_key: key.public_key().as_bytes().to_vec().into(),
                        }
                    }
                    Some(Effect::Sign(intent)) => {
                        let own = own_key.as_deref().filter(|_| intent.issuer == *id);
                        match self.sign_certificate(&intent, own)? {
                            Some(certificate) => authority::Command::RecordCertificate {
                                serial: intent.serial,
                                certificate,
                            },
                            None => authority::Command::RecordUnknownOutcome {
                                serial: intent.serial,
                            },
                        }
                    }
                    Some(Effect::SignCrl(intent)) => {
                        let number = intent.number;
                        let mark = Untried::Crl(id.clone(), number);
                        match self.sign(&mark, id, None, &intent.tbs)? {
                            Some(signature) => authority::Command::RecordCrl {
                                number,
                                crl: intent.attach(&signature)?,
                            },
                            None => authority::Command::RecordCrlUnknownOutcome { number },
                        }
                    }
                    Some(Effect::Publish(items)) => {
                        self.publish(&items)?;
                        authority::Command::RecordPublication
                    }
                    _ => return Err(Error::NothingDue(stream.clone())),
                };
                self.carry_out(&Actor::system(), Command::Authority(id.clone(), command))
            }
            StreamId::Certificate(..) => Err(Error::NothingDue(stream.clone())),
        }
    }

    fn sign_certificate(
        &mut self,
        intent: &Intent,
        own_key: Option<&[u8]>,
    ) -> Result<Option<crate::Octets>, Error> {
        if own_key.is_none() {
            // A key that fell into other hands certifies nothing, whatever was intended.
            let signer = self.authority(&intent.issuer)?;
            let certifies = signer
                .as_ref()
                .and_then(authority::State::certifying)
                .is_some();
            if !certifies {
                return Err(Refusal::IssuerNotReady {
                    id: intent.issuer.clone(),
                }
                .into());
            }
        }
        let mark = Untried::Certificate(intent.issuer.clone(), intent.serial.clone());
        let signature = self.sign(&mark, &intent.issuer, own_key, &intent.tbs)?;
        signature.map(|bits| intent.attach(&bits)).transpose()
    }

    /// The one irreversible act: at most once for each intent. `None` when this
    /// engine can't know whether it has happened before.
    fn sign(
        &mut self,
        mark: &Untried,
        signer: &AuthorityId,
        own_key: Option<&[u8]>,
        tbs: &[u8],
    ) -> Result<Option<BitString>, Error> {
        if !self.untried.contains(mark) {
            return Ok(None);
        }
        // A missing key fails here, with the intent still untried.
        let key = self.key(signer, own_key)?;
        let label = label(signer)?;
        self.untried.remove(mark);
        key.sign(tbs)
            .map(Some)
            .map_err(|source| key_failed(&label, source))
    }

    /// The key of an authority: the very key of its certificate (or, for a root
    /// that has none yet, of its proposal); each signature is verified before it
    /// is believed.
    fn key(
        &self,
        signer: &AuthorityId,
        own_key: Option<&[u8]>,
    ) -> Result<Checked<Box<dyn KeyHandle>>, Error> {
        let label = label(signer)?;
        let key = self
            .ports
            .token
            .key(&label)
            .map_err(|source| key_failed(&label, source))?;
        let expected = match own_key {
            Some(spki) => spki.to_vec(),
            None => {
                let active = self.active(signer)?;
                active.public_key()?.to_der().map_err(Error::Damaged)?
            }
        };
        if key.public_key().as_bytes() != expected {
            return Err(Error::WrongKey {
                label: label.to_string(),
            });
        }
        Ok(Checked::new(key))
    }

    fn publish(&self, items: &[Publication]) -> Result<(), Error> {
        for item in items {
            self.ports
                .publisher
                .publish(item)
                .map_err(|source| Error::Publish {
                    name: item.name.clone(),
                    source,
                })?;
        }
        Ok(())
    }

    /// An authority that has a certificate and a key that still signs, a CA or not.
    fn active(&self, id: &AuthorityId) -> Result<authority::Active, Error> {
        let state = self.authority(id)?;
        let active = state.as_ref().and_then(authority::State::signing);
        active
            .cloned()
            .ok_or_else(|| Refusal::IssuerNotReady { id: id.clone() }.into())
    }

    /// The public half of a CA, if it has a certificate and issues.
    fn active_issuer(&self, id: &AuthorityId) -> Result<Option<Issuer>, Error> {
        let state = self.authority(id)?;
        let active = state.as_ref().and_then(authority::State::issuing);
        Ok(active
            .map(|active| Issuer::from_certificate(&active.certificate))
            .transpose()?)
    }

    /// The public half of a CA that is to certify another authority: one that retires still
    /// does so for who answers in its name, such as an OCSP responder.
    fn certifying_issuer(
        &self,
        id: &AuthorityId,
        profile: Option<&Profile>,
    ) -> Result<Option<Issuer>, Error> {
        let issuing = self.active_issuer(id)?;
        if issuing.is_some() || profile.is_none_or(|profile| profile.kind().is_ca()) {
            return Ok(issuing);
        }
        let state = self.authority(id)?;
        Ok(match &state {
            Some(authority::State::Retiring(retiring)) => {
                Some(Issuer::from_certificate(&retiring.certificate)?)
            }
            _ => None,
        })
    }

    fn revoked(&self, issuer: &AuthorityId) -> Result<Vec<RevokedEntry>, Error> {
        let rows = self.ports.store.revoked(issuer)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let (at, reason) = row.revocation?;
                Some(RevokedEntry::new(row.serial.to_x509(), at, reason))
            })
            .collect())
    }
}

impl Untried {
    fn of(entry: &Entry) -> Option<Self> {
        match (&entry.stream, &entry.event) {
            (_, Event::Application(application::Event::IssuanceIntended { intent, .. }))
            | (_, Event::Authority(authority::Event::IssuanceIntended(intent))) => Some(
                Self::Certificate(intent.issuer.clone(), intent.serial.clone()),
            ),
            (StreamId::Authority(id), Event::Authority(authority::Event::CrlIntended(intent))) => {
                Some(Self::Crl(id.clone(), intent.number))
            }
            _ => None,
        }
    }
}

fn label(id: &AuthorityId) -> Result<KeyLabel, Error> {
    KeyLabel::new(id.as_str()).map_err(|source| Error::Key {
        label: id.to_string(),
        source,
    })
}

fn key_failed(label: &KeyLabel, source: hsm::Error) -> Error {
    Error::Key {
        label: label.to_string(),
        source,
    }
}
