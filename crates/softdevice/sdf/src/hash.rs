//! Digests (GM/T 0018-2012, 6.6): SM3, with Z before the message where a key is given.

pub(crate) mod sys;

use crate::{
    algorithm,
    code::{Code, Result},
    session::Session,
};
use gm_crypto::{
    sm2::{PublicKey, UserId, Za},
    sm3::{DIGEST_LENGTH, Sm3, digest::Digest},
};
use softdevice::room::{Reply, Room};

impl Session {
    /// `SDF_HashInit`: a digest that was begun is forgotten. With a key and an ID, Z of both
    /// goes before the message, as GM/T 0009, 8.1 and 8.2, has it.
    pub(crate) fn hash_init(&self, number: u32, signer: Option<(PublicKey, &[u8])>) -> Result<()> {
        algorithm::sm3(number)?;
        let mut hash = Sm3::new();
        if let Some((key, id)) = signer {
            let id = UserId::new(id).map_err(|_| Code::UserId)?;
            hash.update(Za::new(&id, &key).as_bytes());
        }
        self.operations().hash = Some(hash);
        Ok(())
    }

    /// `SDF_HashUpdate`
    pub(crate) fn hash_update(&self, data: &[u8]) -> Result<()> {
        let mut operations = self.operations();
        operations.hash.as_mut().ok_or(Code::Step)?.update(data);
        Ok(())
    }

    /// `SDF_HashFinal`
    pub(crate) fn hash_final(&self, room: Room) -> Result<Reply> {
        let mut operations = self.operations();
        if operations.hash.is_some() && !room.fits(DIGEST_LENGTH) {
            return Ok(Reply::Needs(DIGEST_LENGTH));
        }
        let hash = operations.hash.take().ok_or(Code::Step)?;
        Ok(Reply::Octets(hash.finalize().to_vec().into()))
    }
}
