//! What states want done outside: done here, and recorded.

use super::{Command, Engine};
use crate::{
    Actor, AuthorityId, CaseId, Effect, Entry, Error, Event, Ground, Intent, Octets, Publication,
    StreamId, authority, case,
    ports::{key_or_new, public_key},
};
use der::{Encode, asn1::BitString};
use hsm::{Checked, KeyHandle, KeyLabel};

/// An intent that this engine has not yet tried to sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Untried {
    Certificate(AuthorityId, crate::Serial),
    Crl(AuthorityId, u64, authority::List),
}

impl Engine {
    /// One effect of one stream, and the record of its result.
    pub(super) fn perform(&mut self, stream: &StreamId) -> Result<Vec<Entry>, Error> {
        match stream {
            StreamId::Case(id) => self.perform_for_case(id),
            StreamId::Authority(id) => self.perform_for_authority(id),
            _ => Err(Error::NothingDue(stream.clone())),
        }
    }

    fn perform_for_case(&mut self, id: &CaseId) -> Result<Vec<Entry>, Error> {
        let due = self.case(id)?.and_then(|state| state.due(id));
        let command = match due {
            Some(Effect::Sign(intent)) => match self.sign_certificate(&intent, None)? {
                Some(certificate) => case::Command::RecordCertificate {
                    serial: intent.serial,
                    certificate,
                },
                None => case::Command::RecordUnknownOutcome {
                    serial: intent.serial,
                },
            },
            Some(Effect::RequestEncryptionKey { recipient }) => {
                let recipient = public_key(&recipient)?;
                let key = self.ports.key_centre.encryption_key(id, &recipient);
                case::Command::RecordEncryptionKey(key.map_err(|source| Error::KeyCentre {
                    case: id.clone(),
                    source,
                })?)
            }
            Some(Effect::Publish(items)) => {
                self.publish(&items)?;
                case::Command::RecordPublication
            }
            _ => return Err(Error::NothingDue(StreamId::Case(id.clone()))),
        };
        self.carry_out(&Actor::system(), Command::Case(id.clone(), command))
    }

    fn perform_for_authority(&mut self, id: &AuthorityId) -> Result<Vec<Entry>, Error> {
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
                let (number, list) = (intent.number, intent.list);
                let mark = Untried::Crl(id.clone(), number, list);
                match self.sign(&mark, id, None, &intent.tbs)? {
                    Some(signature) => authority::Command::RecordCrl {
                        list,
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
            _ => return Err(Error::NothingDue(StreamId::Authority(id.clone()))),
        };
        self.carry_out(&Actor::system(), Command::Authority(id.clone(), command))
    }

    fn sign_certificate(
        &mut self,
        intent: &Intent,
        own_key: Option<&[u8]>,
    ) -> Result<Option<Octets>, Error> {
        if own_key.is_none() {
            // A key that fell into other hands certifies nothing, whatever was intended.
            let signer = self.authority(&intent.issuer)?;
            let certifying = signer.as_ref().and_then(authority::State::certifying);
            if certifying.is_none() {
                return Err(Ground::not_ready(&intent.issuer).into());
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
