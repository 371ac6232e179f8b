//! What states want done outside: done here, and recorded.

use super::{Command, Engine};
use crate::{
    AuthorityId, CaseId, Effect, Entry, Error, Event, Ground, Intent, PersonId, Publication,
    StreamId,
    authority::{self, CrlIntent},
    case, erasure,
    ports::{KeyCentre, Publisher, SubjectKeys, key_or_new, public_key},
};
use der::{Encode, asn1::BitString};
use gm_crypto::sm2::PublicKey;
use hsm::{Checked, KeyHandle, KeyLabel, Token};
use std::{collections::HashMap, sync::Arc};

/// An intent that this engine has not yet tried to sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Untried {
    Certificate(AuthorityId, crate::Serial),
    Crl(AuthorityId, u64, authority::List),
}

/// What is to come of one stream next.
pub(super) enum Planned {
    /// Nothing is to be done outside: this is recorded.
    Known(Command),
    /// This is done, and what came of it recorded.
    Deed(Deed),
}

/// One act outside, with all that it takes: no decision is left in it.
pub(super) enum Deed {
    /// A certificate of a case or of an authority.
    Certificate(Signer, StreamId, Intent),
    /// A CRL.
    Crl(Signer, AuthorityId, CrlIntent),
    /// The encryption key of a case, wrapped for the owner of this key.
    EncryptionKey(CaseId, PublicKey),
    /// The key of an authority.
    Key(AuthorityId, KeyLabel),
    /// The keys of a person's histories, destroyed.
    DestroyKeys(PersonId, Vec<StreamId>),
    /// Finished things, and what is recorded when they are out.
    Publish(Vec<Publication>, Command),
}

/// A key whose signatures are verified before they are believed, with its name.
#[derive(Clone)]
pub(super) struct Signer {
    label: String,
    key: Arc<Checked<Box<dyn KeyHandle>>>,
}

/// The keys of one round, each asked for once.
#[derive(Default)]
pub(super) struct Keys(HashMap<AuthorityId, Signer>);

/// The ports that a deed needs.
pub(super) struct Outside<'a> {
    token: &'a dyn Token,
    key_centre: &'a dyn KeyCentre,
    publisher: &'a dyn Publisher,
    subjects: &'a dyn SubjectKeys,
}

impl Engine {
    pub(super) fn outside(&self) -> Outside<'_> {
        Outside {
            token: &*self.ports.token,
            key_centre: &*self.ports.key_centre,
            publisher: &*self.ports.publisher,
            subjects: &*self.ports.subjects,
        }
    }

    /// What one stream wants done. An intent that is given to a deed here is never given to
    /// another.
    pub(super) fn plan(&mut self, stream: &StreamId, keys: &mut Keys) -> Result<Planned, Error> {
        match stream {
            StreamId::Case(id) => self.plan_for_case(id, keys),
            StreamId::Authority(id) => self.plan_for_authority(id, keys),
            StreamId::Erasure(id) => match self.erasure(id)?.and_then(|state| state.due()) {
                Some(Effect::DestroyKeys(streams)) => {
                    Ok(Planned::Deed(Deed::DestroyKeys(id.clone(), streams)))
                }
                _ => Err(Error::NothingDue(stream.clone())),
            },
            _ => Err(Error::NothingDue(stream.clone())),
        }
    }

    fn plan_for_case(&mut self, id: &CaseId, keys: &mut Keys) -> Result<Planned, Error> {
        let stream = StreamId::Case(id.clone());
        let state = self.state::<case::State>(&stream)?;
        Ok(match state.and_then(|state| state.due(id)) {
            Some(Effect::Sign(intent)) => match self.signer_of(&intent, None, keys)? {
                Some(signer) => Planned::Deed(Deed::Certificate(signer, stream, intent)),
                None => {
                    let serial = intent.serial;
                    let unknown = case::Command::RecordUnknownOutcome { serial };
                    Planned::Known(Command::Case(id.clone(), unknown))
                }
            },
            Some(Effect::RequestEncryptionKey { recipient }) => {
                Planned::Deed(Deed::EncryptionKey(id.clone(), public_key(&recipient)?))
            }
            Some(Effect::Publish(items)) => {
                let out = Command::Case(id.clone(), case::Command::RecordPublication);
                Planned::Deed(Deed::Publish(items, out))
            }
            _ => return Err(Error::NothingDue(stream)),
        })
    }

    fn plan_for_authority(&mut self, id: &AuthorityId, keys: &mut Keys) -> Result<Planned, Error> {
        let stream = StreamId::Authority(id.clone());
        let state = self.state::<authority::State>(&stream)?;
        let own_key = match state.as_deref() {
            Some(authority::State::Issuing(issuing)) => issuing.proposed.public_key.clone(),
            _ => None,
        };
        let established = state.as_deref().and_then(authority::State::established);
        let finished = established.map_or(0, authority::Active::finished);
        let known = |command| Planned::Known(Command::Authority(id.clone(), command));
        Ok(match state.and_then(|state| state.due()) {
            Some(Effect::GenerateKey) => Planned::Deed(Deed::Key(id.clone(), label(id)?)),
            Some(Effect::Sign(intent)) => {
                let own = own_key.as_deref().filter(|_| intent.issuer == *id);
                match self.signer_of(&intent, own, keys)? {
                    Some(signer) => Planned::Deed(Deed::Certificate(signer, stream, intent)),
                    None => {
                        let serial = intent.serial;
                        known(authority::Command::RecordUnknownOutcome { serial })
                    }
                }
            }
            Some(Effect::SignCrl(intent)) => {
                let (number, list) = (intent.number, intent.list);
                let mark = Untried::Crl(id.clone(), number, list);
                match self.signer(&mark, id, None, keys)? {
                    Some(signer) => Planned::Deed(Deed::Crl(signer, id.clone(), intent)),
                    None => known(authority::Command::RecordCrlUnknownOutcome { number }),
                }
            }
            Some(Effect::Publish(items)) => {
                let out = authority::Command::RecordPublication { through: finished };
                let out = Command::Authority(id.clone(), out);
                Planned::Deed(Deed::Publish(items, out))
            }
            _ => return Err(Error::NothingDue(stream)),
        })
    }

    fn signer_of(
        &mut self,
        intent: &Intent,
        own_key: Option<&[u8]>,
        keys: &mut Keys,
    ) -> Result<Option<Signer>, Error> {
        if own_key.is_none() {
            // A key that fell into other hands certifies nothing, whatever was intended.
            let signer = StreamId::Authority(intent.issuer.clone());
            let signer = self.state::<authority::State>(&signer)?;
            let certifying = signer.as_deref().and_then(authority::State::certifying);
            if certifying.is_none() {
                return Err(Ground::not_ready(&intent.issuer).into());
            }
        }
        let mark = Untried::Certificate(intent.issuer.clone(), intent.serial.clone());
        self.signer(&mark, &intent.issuer, own_key, keys)
    }

    /// The key for the one irreversible act: at most once for each intent. `None` when this
    /// engine can't know whether it has happened before.
    fn signer(
        &mut self,
        mark: &Untried,
        signer: &AuthorityId,
        own_key: Option<&[u8]>,
        keys: &mut Keys,
    ) -> Result<Option<Signer>, Error> {
        if !self.untried.contains(mark) {
            return Ok(None);
        }
        // A missing key fails here, with the intent still untried.
        let known = keys.0.get(signer).filter(|_| own_key.is_none()).cloned();
        let found = match known {
            Some(known) => known,
            None => {
                let found = Signer {
                    label: label(signer)?.to_string(),
                    key: Arc::new(self.key(signer, own_key)?),
                };
                if own_key.is_none() {
                    keys.0.insert(signer.clone(), found.clone());
                }
                found
            }
        };
        self.untried.remove(mark);
        Ok(Some(found))
    }

    /// The key of an authority: the very key of its certificate (or, for a root
    /// that has none yet, of its proposal); each signature is verified before it
    /// is believed.
    pub(super) fn key(
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

    pub(super) fn publish(&self, items: &[Publication]) -> Result<(), Error> {
        publish(&*self.ports.publisher, items)
    }
}

impl Deed {
    /// Does it; what it gives back is to be recorded.
    pub(super) fn perform(self, outside: &Outside<'_>) -> Result<Command, Error> {
        Ok(match self {
            Self::Certificate(signer, stream, intent) => {
                let signature = signer.sign(&intent.tbs)?;
                match stream {
                    StreamId::Authority(id) => Command::Authority(
                        id,
                        authority::Command::RecordCertificate {
                            certificate: intent.attach(&signature)?,
                            serial: intent.serial,
                        },
                    ),
                    StreamId::Case(id) => Command::Case(
                        id,
                        case::Command::RecordCertificate {
                            serial: intent.serial,
                            signature: signature.raw_bytes().to_vec().into(),
                        },
                    ),
                    other => return Err(Error::NothingDue(other)),
                }
            }
            Self::Crl(signer, id, intent) => {
                let crl = intent.attach(&signer.sign(&intent.tbs)?)?;
                let (number, list) = (intent.number, intent.list);
                Command::Authority(id, authority::Command::RecordCrl { list, number, crl })
            }
            Self::EncryptionKey(id, recipient) => {
                let key = outside.key_centre.encryption_key(&id, &recipient);
                let key = key.map_err(|source| Error::KeyCentre {
                    case: id.clone(),
                    source,
                })?;
                Command::Case(id, case::Command::RecordEncryptionKey(key))
            }
            Self::Key(id, label) => {
                let key = key_or_new(outside.token, &label)
                    .map_err(|source| key_failed(&label, source))?;
                let public_key = key.public_key().as_bytes().to_vec().into();
                Command::Authority(id, authority::Command::RecordKey { public_key })
            }
            Self::DestroyKeys(id, streams) => {
                let destroyed = outside.subjects.destroy(&streams);
                destroyed.map_err(Error::SubjectKeys)?;
                Command::Erasure(id, erasure::Command::RecordDestroyed)
            }
            Self::Publish(items, out) => {
                publish(outside.publisher, &items)?;
                out
            }
        })
    }
}

impl Signer {
    fn sign(&self, tbs: &[u8]) -> Result<BitString, Error> {
        #[cfg(feature = "fail-points")]
        crate::fail_point::reach(crate::fail_point::Point::Intended);
        let signed = self.key.sign(tbs).map_err(|source| Error::Key {
            label: self.label.clone(),
            source,
        });
        #[cfg(feature = "fail-points")]
        crate::fail_point::reach(crate::fail_point::Point::Signed);
        signed
    }
}

fn publish(publisher: &dyn Publisher, items: &[Publication]) -> Result<(), Error> {
    #[cfg(feature = "fail-points")]
    items
        .iter()
        .for_each(|item| crate::fail_point::publishing(item, false));
    publisher.publish_all(items)?;
    #[cfg(feature = "fail-points")]
    items
        .iter()
        .for_each(|item| crate::fail_point::publishing(item, true));
    Ok(())
}

impl Untried {
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        match (&entry.stream, &entry.event) {
            (_, Event::Case(case::Event::IssuanceIntended { intent, .. }))
            | (_, Event::Authority(authority::Event::IssuanceIntended(intent))) => Some(
                Self::Certificate(intent.issuer.clone(), intent.serial.clone()),
            ),
            (StreamId::Authority(id), Event::Authority(authority::Event::CrlIntended(intent))) => {
                Some(Self::Crl(id.clone(), intent.number, intent.list))
            }
            _ => None,
        }
    }
}

pub(super) fn label(id: &AuthorityId) -> Result<KeyLabel, Error> {
    KeyLabel::new(id.as_str()).map_err(|source| Error::Key {
        label: id.to_string(),
        source,
    })
}

pub(super) fn key_failed(label: &KeyLabel, source: hsm::Error) -> Error {
    Error::Key {
        label: label.to_string(),
        source,
    }
}
