//! Agreement on a key (GM/T 0018-2012, 6.3.10 to 6.3.12; GB/T 32918.3), without confirmation.
//! The encryption key of the index takes part.

pub(crate) mod sys;

use crate::{
    code::{Code, Result},
    key::key_length,
    session::{Session, SessionKey},
};
use getrandom::SysRng;
use gm_crypto::sm2::{
    PublicKey, SigningKey, UserId, VerifyingKey,
    exchange::{Initiator, Responder},
};
use softdevice::{KeyUse, structures::write_public_key};

/// An agreement that this side began.
#[derive(Debug)]
pub(crate) struct Sponsor {
    initiator: Initiator<Box<SigningKey>>,
    key_length: usize,
}

/// What one side sends the other: its lasting key and its key for this time, as structures.
pub(crate) type PublicKeys = [Vec<u8>; 2];

fn user_id(octets: &[u8]) -> Result<UserId> {
    UserId::new(octets).map_err(|_| Code::UserId)
}

impl Session {
    fn agreeing_key(&self, index: u32, id: &[u8]) -> Result<SigningKey> {
        let key = self.private_key(index, KeyUse::Encryption)?;
        Ok(SigningKey::new(
            key.sm2()?.secret_key().clone(),
            user_id(id)?,
        ))
    }

    fn public_keys(&self, lasting: &PublicKey, this_time: &PublicKey) -> PublicKeys {
        [lasting, this_time].map(|key| write_public_key(key, self.width()))
    }

    /// `SDF_GenerateAgreementDataWithECC`: gives the sponsor's keys and the agreement's handle.
    pub(crate) fn agreement_begin(
        &self,
        index: u32,
        bits: u32,
        id: &[u8],
    ) -> Result<(PublicKeys, usize)> {
        let key_length = key_length(bits)?;
        let own = self.agreeing_key(index, id)?;
        let lasting = *own.verifying_key().public_key();
        let (initiator, this_time) =
            Initiator::start(&mut SysRng, Box::new(own)).map_err(|_| Code::Random)?;
        let sponsor = Sponsor {
            initiator,
            key_length,
        };
        let handle = self.agreements().insert(sponsor).ok_or(Code::NoBuffer)?;
        Ok((self.public_keys(&lasting, &this_time), handle))
    }

    /// `SDF_GenerateKeyWithECC`: ends the agreement, gives the key's handle.
    pub(crate) fn agreement_end(
        &self,
        agreement: usize,
        id: &[u8],
        lasting: PublicKey,
        this_time: &PublicKey,
    ) -> Result<usize> {
        let peer = VerifyingKey::new(lasting, &user_id(id)?);
        let sponsor = self.agreements().remove(agreement).ok_or(Code::Step)?;
        // Two threads with one handle: the second found nothing above, or holds this a moment.
        let sponsor = std::sync::Arc::into_inner(sponsor).ok_or(Code::Step)?;
        let octets = sponsor
            .initiator
            .finish_unconfirmed(&peer, this_time, sponsor.key_length)
            .map_err(|_| Code::PrivateKeyOperation)?;
        self.hold(SessionKey::new(&octets)?)
    }

    /// `SDF_GenerateAgreementDataAndKeyWithECC`: gives the responder's keys and the key's handle.
    pub(crate) fn agreement_answer(
        &self,
        (index, bits): (u32, u32),
        own_id: &[u8],
        sponsor_id: &[u8],
        lasting: PublicKey,
        this_time: &PublicKey,
    ) -> Result<(PublicKeys, usize)> {
        let length = key_length(bits)?;
        let own = self.agreeing_key(index, own_id)?;
        let peer = VerifyingKey::new(lasting, &user_id(sponsor_id)?);
        let (responder, answer, _) = Responder::answer(&mut SysRng, &own, &peer, this_time, length)
            .map_err(|_| Code::PrivateKeyOperation)?;
        let octets = responder.finish_unconfirmed();
        let handle = self.hold(SessionKey::new(&octets)?)?;
        let lasting = own.verifying_key().public_key();
        Ok((self.public_keys(lasting, &answer), handle))
    }
}
