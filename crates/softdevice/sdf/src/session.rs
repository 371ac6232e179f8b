//! A session: the keys it holds, the rights it has, and what is going on in it.

use crate::{
    agreement::Sponsor,
    code::{Code, Result},
    index::Right,
    library::Opened,
    settings::Settings,
    symmetric::Sealing,
};
use gm_crypto::{
    sm3::{HmacSm3, Sm3},
    sm4,
};
use softdevice::{
    handles::Handles,
    structures::Width,
    symmetric::{CbcMac, Cipher, Direction},
};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use zeroize::Zeroizing;

/// Keys that a session holds at once, and agreements that are begun in it.
const MAX_KEYS: usize = 1024;

/// What `SDF_OpenSession` gives.
#[derive(Debug)]
pub(crate) struct Session {
    opened: Arc<Opened>,
    keys: Handles<SessionKey>,
    agreements: Handles<Sponsor>,
    /// The right to use the private keys of an index (`SDF_GetPrivateKeyAccessRight`).
    rights: Mutex<HashMap<u32, Arc<Right>>>,
    operations: Mutex<Operations>,
}

/// What was begun and not ended: one of each kind.
#[derive(Default)]
pub(crate) struct Operations {
    pub(crate) hash: Option<Sm3>,
    pub(crate) mac: Option<CbcMac>,
    pub(crate) hmac: Option<HmacSm3>,
    encryption: Option<Cipher>,
    decryption: Option<Cipher>,
    sealing: Option<Sealing>,
    opening: Option<Sealing>,
}

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operations").finish_non_exhaustive()
    }
}

impl Operations {
    pub(crate) fn cipher(&mut self, direction: Direction) -> &mut Option<Cipher> {
        match direction {
            Direction::Encrypt => &mut self.encryption,
            _ => &mut self.decryption,
        }
    }

    pub(crate) fn sealing(&mut self, direction: Direction) -> &mut Option<Sealing> {
        match direction {
            Direction::Encrypt => &mut self.sealing,
            _ => &mut self.opening,
        }
    }
}

/// A symmetric key that lives as long as its session.
pub(crate) struct SessionKey(Zeroizing<Vec<u8>>);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey { .. }")
    }
}

impl SessionKey {
    /// Octets of the longest key; more than a block of SM3 has no use in HMAC.
    pub(crate) const MAX_LENGTH: usize = 64;

    /// Takes the octets of a key, 1 to [`Self::MAX_LENGTH`].
    pub(crate) fn new(octets: &[u8]) -> Result<Self> {
        if octets.is_empty() || octets.len() > Self::MAX_LENGTH {
            return Err(Code::Key);
        }
        Ok(Self(Zeroizing::new(octets.to_vec())))
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }

    /// The key as one of SM4.
    pub(crate) fn sm4(&self) -> Result<&[u8; sm4::BLOCK_LENGTH]> {
        self.0.as_slice().try_into().map_err(|_| Code::Key)
    }
}

impl Session {
    pub(crate) fn new(opened: Arc<Opened>) -> Self {
        Self {
            opened,
            keys: Handles::new(MAX_KEYS),
            agreements: Handles::new(MAX_KEYS),
            rights: Mutex::default(),
            operations: Mutex::default(),
        }
    }

    pub(crate) fn is_on(&self, opened: &Arc<Opened>) -> bool {
        Arc::ptr_eq(&self.opened, opened)
    }

    pub(crate) fn opened(&self) -> &Opened {
        &self.opened
    }

    pub(crate) fn device(&self) -> &softdevice::Device {
        &self.opened.device
    }

    pub(crate) fn settings(&self) -> Settings {
        self.opened.settings
    }

    pub(crate) fn width(&self) -> Width {
        self.opened.settings.width
    }

    /// Passes when functions for debugging are served.
    pub(crate) fn debug_group(&self) -> Result<()> {
        let served = self.opened.settings.debug_group;
        served.then_some(()).ok_or(Code::NotSupported)
    }

    /// The key of a handle.
    pub(crate) fn key(&self, handle: usize) -> Result<Arc<SessionKey>> {
        self.keys.get(handle).ok_or(Code::NoKey)
    }

    /// Holds a key, and gives its handle.
    pub(crate) fn hold(&self, key: SessionKey) -> Result<usize> {
        self.keys.insert(key).ok_or(Code::NoBuffer)
    }

    /// `SDF_DestroyKey`
    pub(crate) fn destroy_key(&self, handle: usize) -> Result<()> {
        self.keys.remove(handle).map(drop).ok_or(Code::NoKey)
    }

    pub(crate) fn agreements(&self) -> &Handles<Sponsor> {
        &self.agreements
    }

    pub(crate) fn rights(&self) -> MutexGuard<'_, HashMap<u32, Arc<Right>>> {
        // Whatever panicked in between left a whole map.
        self.rights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn operations(&self) -> MutexGuard<'_, Operations> {
        // What a panic left half done gives a wrong result to its own caller at most.
        self.operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
