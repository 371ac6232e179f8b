//! Digests (GM/T 0016-2012, 7.6.42 to 7.6.45): SM3, with Z before the message where a key and
//! an ID are given.

pub(crate) mod sys;

use crate::{
    algorithm,
    code::{Code, Result},
    device::Connected,
    library::hold,
};
use gm_crypto::{
    sm2::{PublicKey, UserId, Za},
    sm3::{DIGEST_LENGTH, Sm3, digest::Digest},
};
use softdevice::room::{Reply, Room};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A digest that goes on.
pub(crate) struct DigestState {
    device: Arc<Connected>,
    hash: Mutex<Option<Sm3>>,
}

impl fmt::Debug for DigestState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DigestState").finish_non_exhaustive()
    }
}

impl Connected {
    /// `SKF_DigestInit`: with a key and an ID, Z of both goes before the message.
    pub(crate) fn digest(
        self: &Arc<Self>,
        number: u32,
        signer: Option<(PublicKey, &[u8])>,
    ) -> Result<usize> {
        algorithm::sm3(number)?;
        let mut hash = Sm3::new();
        if let Some((key, id)) = signer {
            let id = UserId::new(id).map_err(|_| Code::InputLength)?;
            hash.update(Za::new(&id, &key).as_bytes());
        }
        hold(DigestState {
            device: Arc::clone(self),
            hash: Mutex::new(Some(hash)),
        })
    }
}

impl DigestState {
    pub(crate) fn on_device(&self) -> &Arc<Connected> {
        &self.device
    }

    fn hash(&self) -> MutexGuard<'_, Option<Sm3>> {
        // What a panic left half done gives a wrong result to its own caller at most.
        self.hash.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `SKF_DigestUpdate`
    pub(crate) fn update(&self, data: &[u8]) -> Result<()> {
        self.hash()
            .as_mut()
            .ok_or(Code::NotInitialized)?
            .update(data);
        Ok(())
    }

    /// `SKF_Digest`, and without octets `SKF_DigestFinal`: when there is no room, nothing was
    /// done.
    pub(crate) fn finish(&self, data: &[u8], room: Room) -> Result<Reply> {
        let mut place = self.hash();
        if place.is_some() && !room.fits(DIGEST_LENGTH) {
            return Ok(Reply::Needs(DIGEST_LENGTH));
        }
        let mut hash = place.take().ok_or(Code::NotInitialized)?;
        hash.update(data);
        Ok(Reply::Octets(hash.finalize().to_vec().into()))
    }
}
