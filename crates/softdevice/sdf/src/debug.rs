//! Functions that take private keys in clear, GM/T 0018-2023's group for debugging: refused
//! unless `SOFTDEVICE_DEBUG_GROUP` is `1`.

pub(crate) mod sys;

use crate::{
    code::{Code, Result},
    session::Session,
};
use getrandom::SysRng;
use gm_crypto::sm2::{RawSignature, SigningKey, UserId};
use softdevice::{
    room::{Reply, Room},
    structures::{read_cipher, read_private_key, write_signature},
};

impl Session {
    /// `SDF_ExternalSign_ECC`
    pub(crate) fn sign_with(&self, private_key: &[u8], digest: &[u8]) -> Result<Vec<u8>> {
        self.debug_group()?;
        let digest = digest.try_into().map_err(|_| Code::Input)?;
        let key = read_private_key(private_key, self.width())?;
        // The ID is in the digest already.
        let signature = SigningKey::new(key, UserId::default())
            .sign_digest_hedged(&mut SysRng, digest)
            .map_err(|_| Code::PrivateKeyOperation)?;
        let signature = RawSignature::from(signature);
        Ok(write_signature(signature.as_bytes(), self.width()))
    }

    /// `SDF_ExternalDecrypt_ECC`
    pub(crate) fn decrypt_with(
        &self,
        private_key: &[u8],
        cipher: &[u8],
        room: Room,
    ) -> Result<Reply> {
        self.debug_group()?;
        let key = read_private_key(private_key, self.width())?;
        let ciphertext = read_cipher(cipher, self.width())?;
        let opened = key.decrypt(&ciphertext).map_err(|_| Code::EncryptedData)?;
        Ok(Reply::fitting(opened, room))
    }
}
