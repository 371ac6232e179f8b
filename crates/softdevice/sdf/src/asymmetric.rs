//! SM2 (GM/T 0018-2012, 6.4). What is signed is e = SM3(Z ‖ M), 32 octets, not the message.

pub(crate) mod sys;

use crate::{
    code::{Code, Result},
    session::Session,
};
use getrandom::SysRng;
use gm_crypto::sm2::{DerSignature, PublicKey};
use softdevice::{
    KeyUse,
    room::{Reply, Room},
    structures::{read_signature, write_cipher, write_signature},
};

impl Session {
    /// `SDF_InternalSign_ECC`
    pub(crate) fn sign(&self, index: u32, digest: &[u8]) -> Result<Vec<u8>> {
        let key = self.private_key(index, KeyUse::Signing)?;
        let signature = key.sign_digest(digest)?;
        let signature = signature.as_slice().try_into().map_err(|_| Code::KeyType)?;
        Ok(write_signature(signature, self.width()))
    }

    /// `SDF_InternalVerify_ECC`
    pub(crate) fn verify_at(&self, index: u32, digest: &[u8], signature: &[u8]) -> Result<()> {
        let key = self.public_key(index, KeyUse::Signing)?;
        self.verify(&key, digest, signature)
    }

    /// `SDF_ExternalVerify_ECC`
    pub(crate) fn verify(&self, key: &PublicKey, digest: &[u8], signature: &[u8]) -> Result<()> {
        let digest = digest.try_into().map_err(|_| Code::Input)?;
        let signature = read_signature(signature, self.width())?;
        DerSignature::try_from(&signature)
            .and_then(|signature| key.verify_digest(digest, &signature))
            .map_err(|_| Code::Verify)
    }

    /// `SDF_InternalEncrypt_ECC`
    pub(crate) fn encrypt_at(&self, index: u32, data: &[u8]) -> Result<Vec<u8>> {
        let key = self.public_key(index, KeyUse::Encryption)?;
        self.encrypt(&key, data)
    }

    /// `SDF_ExternalEncrypt_ECC`
    pub(crate) fn encrypt(&self, key: &PublicKey, data: &[u8]) -> Result<Vec<u8>> {
        if data.is_empty() {
            return Err(Code::Input);
        }
        let sealed = key
            .encrypt(&mut SysRng, data)
            .map_err(|_| Code::PublicKeyOperation)?;
        Ok(write_cipher(&sealed, self.width()))
    }

    /// `SDF_InternalDecrypt_ECC`
    pub(crate) fn decrypt(&self, index: u32, cipher: &[u8], room: Room) -> Result<Reply> {
        Ok(Reply::fitting(self.decrypt_at(index, cipher)?, room))
    }
}
