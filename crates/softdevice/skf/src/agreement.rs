//! Agreement on a session key (GM/T 0016-2012, 7.6.21 to 7.6.23; GB/T 32918.3), without
//! confirmation. The container's encryption key takes part.

pub(crate) mod sys;

use crate::{
    algorithm,
    code::{Code, Result},
    container::OpenContainer,
    device::Connected,
    library::{hold, take_agreement},
    sys::WIDTH,
};
use getrandom::SysRng;
use gm_crypto::sm2::{
    PublicKey, SigningKey, UserId, VerifyingKey,
    exchange::{Initiator, Responder},
};
use softdevice::{KeyUse, structures::write_public_key};
use std::sync::Arc;

/// Octets of a key of SM4.
const KEY_LENGTH: usize = 16;

/// An agreement that this side began.
#[derive(Debug)]
pub(crate) struct Agreement {
    device: Arc<Connected>,
    initiator: Initiator<Box<SigningKey>>,
    /// What the key will be for.
    algorithm: u32,
}

/// The other side: its lasting key, its key for this time, its ID.
pub(crate) type Peer<'a> = (PublicKey, PublicKey, &'a [u8]);

fn user_id(octets: &[u8]) -> Result<UserId> {
    UserId::new(octets).map_err(|_| Code::InputLength)
}

impl Agreement {
    pub(crate) fn on_device(&self) -> &Arc<Connected> {
        &self.device
    }
}

impl OpenContainer {
    fn agreeing_key(&self, id: &[u8]) -> Result<SigningKey> {
        let key = self.private_key(KeyUse::Encryption)?;
        Ok(SigningKey::new(
            key.sm2()?.secret_key().clone(),
            user_id(id)?,
        ))
    }

    /// `SKF_GenerateAgreementDataWithECC`: gives this side's key for this time, and the
    /// agreement's handle.
    pub(crate) fn agreement_begin(&self, number: u32, id: &[u8]) -> Result<(Vec<u8>, usize)> {
        algorithm::sm4(number)?;
        let own = Box::new(self.agreeing_key(id)?);
        let (initiator, this_time) =
            Initiator::start(&mut SysRng, own).map_err(|_| Code::Random)?;
        let handle = hold(Agreement {
            device: Arc::clone(self.on_device()),
            initiator,
            algorithm: number,
        })?;
        Ok((write_public_key(&this_time, WIDTH), handle))
    }

    /// `SKF_GenerateAgreementDataAndKeyWithECC`: gives this side's key for this time, and the
    /// session key's handle.
    pub(crate) fn agreement_answer(
        &self,
        number: u32,
        id: &[u8],
        (lasting, this_time, sponsor): Peer<'_>,
    ) -> Result<(Vec<u8>, usize)> {
        algorithm::sm4(number)?;
        let own = self.agreeing_key(id)?;
        let peer = VerifyingKey::new(lasting, &user_id(sponsor)?);
        let (responder, answer, _) =
            Responder::answer(&mut SysRng, &own, &peer, &this_time, KEY_LENGTH)
                .map_err(|_| Code::Fail)?;
        let octets = responder.finish_unconfirmed();
        let handle = self.on_device().set_key(&octets, number)?;
        Ok((write_public_key(&answer, WIDTH), handle))
    }
}

/// `SKF_GenerateKeyWithECC`: ends an agreement, gives the session key's handle.
pub(crate) fn end(agreement: usize, (lasting, this_time, id): Peer<'_>) -> Result<usize> {
    let peer = VerifyingKey::new(lasting, &user_id(id)?);
    let Agreement {
        device,
        initiator,
        algorithm,
    } = take_agreement(agreement)?;
    let octets = initiator
        .finish_unconfirmed(&peer, &this_time, KEY_LENGTH)
        .map_err(|_| Code::Fail)?;
    device.set_key(&octets, algorithm)
}
