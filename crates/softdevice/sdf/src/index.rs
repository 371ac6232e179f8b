//! Key indices: index n is the container of number n, its password the PIN of the user of
//! the application that it is in (GM/T 0018-2012, 6.2.7).

use crate::{
    code::{Code, Result},
    session::Session,
};
use gm_crypto::sm2::PublicKey;
use softdevice::{
    Application, Container, KeyUse, Pin, PrivateKey, Role, SecretKind, SecretValue, Unlocked,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What the password of an index opened.
#[derive(Debug)]
pub(crate) struct Right {
    unlocked: Unlocked,
    container: Container,
    /// The keys that were used, so that the next call does not ask the store.
    keys: Mutex<HashMap<KeyUse, Arc<PrivateKey>>>,
}

impl Right {
    /// What a login opened, for the keys of a container.
    pub(crate) fn new(unlocked: Unlocked, container: Container) -> Self {
        Self {
            unlocked,
            container,
            keys: Mutex::default(),
        }
    }

    /// The public encryption key.
    #[cfg(any(test, feature = "fuzz"))]
    pub(crate) fn encryption_key(&self) -> Option<PublicKey> {
        let key = self.key(KeyUse::Encryption).ok()?;
        Some(*key.sm2().ok()?.verifying_key().public_key())
    }

    fn key(&self, for_use: KeyUse) -> softdevice::Result<Arc<PrivateKey>> {
        // Whatever panicked in between left a whole map.
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = keys.get(&for_use) {
            return Ok(Arc::clone(key));
        }
        let key = self.unlocked.key_in(&self.container, for_use)?;
        keys.insert(for_use, Arc::clone(&key));
        Ok(key)
    }
}

impl Session {
    fn container(&self, index: u32) -> Result<(Application, Container)> {
        Ok(self.device().container_by_number(index)?)
    }

    /// `SDF_GetPrivateKeyAccessRight`: a wrong password takes one of the PIN's tries.
    pub(crate) fn take_right(&self, index: u32, password: &[u8]) -> Result<()> {
        let (application, container) = self.container(index)?;
        let pin = Pin::new(password)?;
        let right = Right::new(application.login(Role::User, &pin)?, container);
        self.rights().insert(index, Arc::new(right));
        Ok(())
    }

    /// `SDF_ReleasePrivateKeyAccessRight`
    pub(crate) fn release_right(&self, index: u32) -> Result<()> {
        match self.rights().remove(&index) {
            Some(_) => Ok(()),
            None => self.container(index).map(drop),
        }
    }

    /// The private key at an index, for a session that has the right.
    pub(crate) fn private_key(&self, index: u32, for_use: KeyUse) -> Result<Arc<PrivateKey>> {
        let right = self.rights().get(&index).cloned();
        let Some(right) = right else {
            // A key that is not there is told before a right that is not there.
            self.public_key(index, for_use)?;
            return Err(Code::NoRight);
        };
        Ok(right.key(for_use)?)
    }

    /// The SM4 key that has the name of the index's container, for a session that has the
    /// right.
    pub(crate) fn secret(&self, index: u32) -> Result<Arc<SecretValue>> {
        let right = self.rights().get(&index).cloned().ok_or(Code::NoRight)?;
        let application = right.unlocked.application();
        let found = application.objects()?.into_iter().find(|object| {
            object.secret_kind() == Some(SecretKind::Sm4)
                && object.label() == right.container.name()
        });
        let object = found.ok_or(Code::NoKey)?;
        Ok(right.unlocked.secret(object.id())?)
    }

    /// The public key at an index; everybody may have it.
    pub(crate) fn public_key(&self, index: u32, for_use: KeyUse) -> Result<PublicKey> {
        let (application, container) = self.container(index)?;
        let pair = application.key_pair_in(&container, for_use)?;
        PublicKey::from_uncompressed(pair.value()).map_err(|_| Code::KeyType)
    }
}
