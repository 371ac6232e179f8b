//! SM2 (GM/T 0016-2012, 7.6). What is signed is e = SM3(Z ‖ M), 32 octets, not the message.

pub(crate) mod sys;

use crate::{
    code::{Code, Result},
    container::OpenContainer,
    device::Connected,
    sys::WIDTH,
};
use getrandom::SysRng;
use gm_crypto::sm2::{DerSignature, RawSignature, SigningKey, UserId};
use softdevice::{
    KeyUse,
    room::{Reply, Room},
    structures::{
        read_cipher, read_private_key, read_public_key, read_signature, write_cipher,
        write_signature,
    },
};
use zeroize::Zeroizing;

impl OpenContainer {
    /// `SKF_ECCSignData`
    pub(crate) fn sign(&self, digest: &[u8]) -> Result<Vec<u8>> {
        let signature = self.private_key(KeyUse::Signing)?.sign_digest(digest)?;
        let signature = signature
            .as_slice()
            .try_into()
            .map_err(|_| Code::KeyUsage)?;
        Ok(write_signature(signature, WIDTH))
    }

    /// Opens a ciphertext with the encryption key.
    pub(crate) fn decrypt_cipher(&self, cipher: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let ciphertext = read_cipher(cipher, WIDTH)?;
        let key = self.private_key(KeyUse::Encryption)?;
        let opened = key.sm2()?.secret_key().decrypt(&ciphertext);
        opened.map_err(|_| Code::Input)
    }

    /// `SKF_ECCDecrypt`, which is no function of the standard.
    pub(crate) fn decrypt(&self, cipher: &[u8], room: Room) -> Result<Reply> {
        Ok(Reply::fitting(self.decrypt_cipher(cipher)?, room))
    }
}

/// `SKF_ECCVerify`, `SKF_ExtECCVerify`
pub(crate) fn verify(key: &[u8], digest: &[u8], signature: &[u8]) -> Result<()> {
    let key = read_public_key(key, WIDTH)?;
    let digest = digest.try_into().map_err(|_| Code::InputLength)?;
    let signature = read_signature(signature, WIDTH)?;
    DerSignature::try_from(&signature)
        .and_then(|signature| key.verify_digest(digest, &signature))
        // The standard has no other code for it.
        .map_err(|_| Code::HashNotEqual)
}

/// `SKF_ExtECCEncrypt`
pub(crate) fn encrypt(key: &[u8], data: &[u8]) -> Result<Vec<u8>> {
    let key = read_public_key(key, WIDTH)?;
    if data.is_empty() {
        return Err(Code::InputLength);
    }
    let sealed = key.encrypt(&mut SysRng, data).map_err(|_| Code::Fail)?;
    Ok(write_cipher(&sealed, WIDTH))
}

impl Connected {
    /// `SKF_ExtECCSign`: for tests and debugging (GM/T 0016-2012, 7.6.17).
    pub(crate) fn sign_with(&self, private_key: &[u8], digest: &[u8]) -> Result<Vec<u8>> {
        self.debug_group()?;
        let digest = digest.try_into().map_err(|_| Code::InputLength)?;
        let key = read_private_key(private_key, WIDTH)?;
        // The ID is in the digest already.
        let signature = SigningKey::new(key, UserId::default())
            .sign_digest_hedged(&mut SysRng, digest)
            .map_err(|_| Code::Fail)?;
        let signature = RawSignature::from(signature);
        Ok(write_signature(signature.as_bytes(), WIDTH))
    }

    /// `SKF_ExtECCDecrypt`: for tests and debugging.
    pub(crate) fn decrypt_with(
        &self,
        private_key: &[u8],
        cipher: &[u8],
        room: Room,
    ) -> Result<Reply> {
        self.debug_group()?;
        let key = read_private_key(private_key, WIDTH)?;
        let opened = key.decrypt(&read_cipher(cipher, WIDTH)?);
        Ok(Reply::fitting(opened.map_err(|_| Code::Input)?, room))
    }
}
