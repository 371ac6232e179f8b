//! One session, logged in.

use super::{
    codes,
    login::Login,
    module::{Pkcs11Module, SlotDescription, guarded},
};
use crate::{Connect, Error, KeyLabel, KeyUse};
use cryptoki::{
    error::{Error as CallError, RvError},
    mechanism::Mechanism,
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::Session as Handle,
    slot::Slot,
};
use std::{collections::HashMap, fmt};

/// Opens sessions with one token.
#[derive(Debug)]
pub(super) struct Connector {
    pub(super) module: Pkcs11Module,
    /// The token as it was when it was chosen.
    pub(super) token: SlotDescription,
    pub(super) login: Login,
}

/// A session with a token. What is found in it stays found until the token says
/// otherwise.
#[derive(Debug)]
pub(super) struct Session {
    module: Pkcs11Module,
    /// `None` only while it is dropped.
    handle: Option<Handle>,
    found: HashMap<Place, ObjectHandle>,
}

/// Where a private key lies: what it is called, what it is for, and its `CKA_ID`, which
/// tells it from one that took its name since.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) name: KeyChoice,
    pub(super) key_use: KeyUse,
    pub(super) id: Vec<u8>,
}

/// Which key of a token is meant, in PKCS#11's own words: for keys whose names are no
/// [`KeyLabel`]. What is set must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KeyChoice {
    /// `CKA_LABEL` (RFC 7512, `object`).
    pub label: Option<String>,
    /// `CKA_ID` (RFC 7512, `id`).
    pub id: Option<Vec<u8>>,
}

impl KeyChoice {
    /// The key of this label.
    pub fn labelled(label: impl Into<String>) -> Self {
        Self {
            label: Some(label.into()),
            id: None,
        }
    }

    /// The key of this identifier too.
    #[must_use]
    pub fn with_id(self, id: impl Into<Vec<u8>>) -> Self {
        let id = Some(id.into());
        Self { id, ..self }
    }

    /// That there is none.
    pub(super) fn missing(&self) -> Error {
        let label = self.label.as_deref().map(KeyLabel::new);
        match (label, &self.id) {
            (Some(Ok(label)), None) => Error::NoSuchKey { label },
            _ => Error::NoSuchToken {
                what: "key",
                wanted: self.to_string(),
                found: Vec::new(),
            },
        }
    }

    fn template(&self) -> impl Iterator<Item = Attribute> {
        let label = self.label.as_deref();
        let label = label.map(|label| Attribute::Label(label.into()));
        label.into_iter().chain(self.id.clone().map(Attribute::Id))
    }
}

impl From<&KeyLabel> for KeyChoice {
    fn from(label: &KeyLabel) -> Self {
        Self::labelled(label.as_str())
    }
}

impl fmt::Display for KeyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.label.as_ref().map(|label| format!("object={label}"));
        let id = self.id.as_ref().map(|id| format!("id={}", hexadecimal(id)));
        let parts: Vec<_> = label.into_iter().chain(id).collect();
        f.write_str(&parts.join(";"))
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Objects of one search at most: no label has so many, and a broken token may go on
/// for ever.
const MAX_OBJECTS: usize = 10_000;

impl Connect for Connector {
    type Session = Session;

    fn connect(&self) -> Result<Session, Error> {
        let token = self.token_now()?;
        let session = Session::open(&self.module, token.slot)?;
        self.login.log_in(&session, &self.module, &token)?;
        Ok(session)
    }
}

impl Connector {
    /// The token that was chosen, which may be in another slot by now, or not there.
    fn token_now(&self) -> Result<SlotDescription, Error> {
        let chosen = &self.token;
        let is_it = |token: &SlotDescription| {
            token.serial() == chosen.serial()
                && token.manufacturer() == chosen.manufacturer()
                && token.label() == chosen.label()
        };
        let mut tokens = self.module.tokens_now()?;
        let place = tokens
            .iter()
            .position(|token| is_it(token) && token.slot == chosen.slot)
            .or_else(|| tokens.iter().position(is_it));
        match place {
            Some(place) => Ok(tokens.swap_remove(place)),
            None => Err(Error::NoSuchToken {
                what: "token",
                wanted: chosen.to_string(),
                found: tokens.iter().map(ToString::to_string).collect(),
            }),
        }
    }
}

impl Session {
    fn open(module: &Pkcs11Module, slot: Slot) -> Result<Self, Error> {
        let writing = module.ask("C_OpenSession", |functions| {
            // Closed by us, and only by the process that opened it.
            match functions.open_rw_session_no_drop(slot) {
                Err(error) if codes::refusal(&error) == Some(RvError::TokenWriteProtected) => {
                    functions.open_ro_session_no_drop(slot)
                }
                result => result,
            }
        });
        let handle = writing.map_err(|error| match error {
            Error::Device { call, code, name } if name == "CKR_SESSION_COUNT" => {
                Error::SessionLimit { call, code, name }
            }
            error => error,
        })?;
        Ok(Self {
            module: module.clone(),
            handle: Some(handle),
            found: HashMap::new(),
        })
    }

    /// Calls the library in this session; `call` names what is asked where the binding
    /// does not.
    pub(super) fn ask<T>(
        &self,
        call: &'static str,
        question: impl FnOnce(&Handle) -> Result<T, CallError>,
    ) -> Result<T, Error> {
        self.try_ask(call, question)?
            .map_err(|error| codes::error(call, error))
    }

    /// As [`Self::ask`], with what the library refused in its own words.
    pub(super) fn try_ask<T>(
        &self,
        call: &'static str,
        question: impl FnOnce(&Handle) -> Result<T, CallError>,
    ) -> Result<Result<T, CallError>, Error> {
        self.module.check_process()?;
        let Some(handle) = &self.handle else {
            return Err(Error::Forked);
        };
        guarded(call, || question(handle))
    }

    /// The objects that fit.
    pub(super) fn find(&self, template: &[Attribute]) -> Result<Vec<ObjectHandle>, Error> {
        let objects = self.ask("C_FindObjects", |handle| {
            handle
                .iter_objects(template)?
                .take(MAX_OBJECTS + 1)
                .collect::<Result<Vec<_>, _>>()
        })?;
        if objects.len() > MAX_OBJECTS {
            return Err(Error::Garbage {
                call: "C_FindObjects",
                what: "more objects than a token has",
            });
        }
        Ok(objects)
    }

    /// One attribute, if the object has it and shows it. Asked for alone: some tokens
    /// give nothing of a list when one of it is unknown to them.
    pub(super) fn attribute(
        &self,
        object: ObjectHandle,
        attribute: AttributeType,
    ) -> Result<Option<Attribute>, Error> {
        const CALL: &str = "C_GetAttributeValue";
        match self.try_ask(CALL, |handle| handle.get_attributes(object, &[attribute]))? {
            Ok(attributes) => Ok(attributes.into_iter().next()),
            // A value that the binding has no word for, such as another key type.
            Err(CallError::NotSupported | CallError::InvalidValue) => Ok(None),
            Err(error) => Err(codes::error(CALL, error)),
        }
    }

    /// The octets of an attribute; `None` when there are none.
    pub(super) fn octets(
        &self,
        object: ObjectHandle,
        attribute: AttributeType,
    ) -> Result<Option<Vec<u8>>, Error> {
        let Some(
            Attribute::EcParams(octets)
            | Attribute::EcPoint(octets)
            | Attribute::Id(octets)
            | Attribute::Label(octets)
            | Attribute::Modulus(octets)
            | Attribute::PublicExponent(octets)
            | Attribute::PublicKeyInfo(octets)
            | Attribute::Value(octets),
        ) = self.attribute(object, attribute)?
        else {
            return Ok(None);
        };
        Ok(Some(octets).filter(|octets| !octets.is_empty()))
    }

    /// An attribute that is true or false; `None` when the object does not say.
    pub(super) fn flag(
        &self,
        object: ObjectHandle,
        attribute: AttributeType,
    ) -> Result<Option<bool>, Error> {
        Ok(match self.attribute(object, attribute)? {
            Some(
                Attribute::Sign(flag)
                | Attribute::Decrypt(flag)
                | Attribute::Derive(flag)
                | Attribute::Unwrap(flag)
                | Attribute::Sensitive(flag)
                | Attribute::Extractable(flag)
                | Attribute::AlwaysAuthenticate(flag),
            ) => Some(flag),
            _ => None,
        })
    }

    /// The kind of a key, where the binding knows it.
    pub(super) fn key_type(&self, object: ObjectHandle) -> Result<Option<KeyType>, Error> {
        Ok(match self.attribute(object, AttributeType::KeyType)? {
            Some(Attribute::KeyType(key_type)) => Some(key_type),
            _ => None,
        })
    }

    /// What a private key is for. One that signs is a signing key, whatever else it may
    /// do; a token that does not say lets it sign.
    pub(super) fn key_use(&self, key: ObjectHandle) -> Result<KeyUse, Error> {
        if self.flag(key, AttributeType::Sign)?.unwrap_or(true) {
            Ok(KeyUse::Signing)
        } else {
            Ok(KeyUse::Encryption)
        }
    }

    /// The private key that is meant, and where it lies.
    pub(super) fn private_key(
        &mut self,
        name: &KeyChoice,
        key_use: KeyUse,
    ) -> Result<Option<(Place, ObjectHandle)>, Error> {
        let mut keys = self.private_keys(name, key_use)?;
        match (keys.pop(), keys.is_empty()) {
            (None, _) => Ok(None),
            (Some((place, key)), true) => {
                self.found.insert(place.clone(), key);
                Ok(Some((place, key)))
            }
            (Some(last), false) => {
                let ids = keys.iter().chain([&last]);
                Err(Error::SeveralTokens {
                    what: "key",
                    wanted: format!("{name}, {key_use}"),
                    found: ids
                        .map(|(place, _)| format!("id={}", hexadecimal(&place.id)))
                        .collect(),
                })
            }
        }
    }

    /// All private keys of one use and name: one, unless others than we made them.
    pub(super) fn private_keys(
        &self,
        name: &KeyChoice,
        key_use: KeyUse,
    ) -> Result<Vec<(Place, ObjectHandle)>, Error> {
        let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
        template.extend(name.template());
        let mut keys = Vec::new();
        for key in self.find(&template)? {
            if self.key_use(key)? == key_use {
                let place = Place {
                    name: name.clone(),
                    key_use,
                    id: self.octets(key, AttributeType::Id)?.unwrap_or_default(),
                };
                keys.push((place, key));
            }
        }
        Ok(keys)
    }

    /// Uses the key at a place. A handle that the token does not know any more is looked
    /// for once again: such a call was refused before it began.
    pub(super) fn with_key<T>(
        &mut self,
        place: &Place,
        mut call: impl FnMut(&Self, ObjectHandle) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let known = self.found.get(place).copied();
        let key = match known {
            Some(key) => key,
            None => self.find_again(place)?,
        };
        match call(self, key) {
            Err(Error::Device { name, .. }) if known.is_some() && is_stale(name) => {
                self.found.remove(place);
                let key = self.find_again(place)?;
                call(self, key)
            }
            result => result,
        }
    }

    fn find_again(&mut self, place: &Place) -> Result<ObjectHandle, Error> {
        let keys = self.private_keys(&place.name, place.key_use)?;
        let key = keys.into_iter().find(|(found, _)| found == place);
        let (place, key) = key.ok_or_else(|| place.name.missing())?;
        self.found.insert(place, key);
        Ok(key)
    }

    /// Signs `data` as the mechanism says, in one part.
    pub(super) fn sign(
        &mut self,
        place: &Place,
        mechanism: &Mechanism<'_>,
        data: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.with_key(place, |session, key| {
            session.ask("C_Sign", |handle| handle.sign(mechanism, key, data))
        })
    }

    /// Removes objects that were made on the way to something that failed; what cannot be
    /// removed is left, since the first error is the one to tell.
    pub(super) fn discard(&self, objects: impl IntoIterator<Item = ObjectHandle>) {
        for object in objects {
            let _ = self.ask("C_DestroyObject", |handle| handle.destroy_object(object));
        }
    }
}

fn is_stale(name: &str) -> bool {
    matches!(name, "CKR_KEY_HANDLE_INVALID" | "CKR_OBJECT_HANDLE_INVALID")
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(handle) = self.handle.take() else {
            return;
        };
        // In a process that was forked it is the parent's.
        if self.module.check_process().is_ok() {
            let _ = guarded("C_CloseSession", || handle.close());
        }
    }
}
