//! Keys that decrypt, made here or taken in wrapped; keys that go out wrapped.

use super::{SoftToken, crypto};
use crate::{Decryption, DecryptionKey, Envelop, Error, KeyLabel, KeyUse, Unwrap};
use der::Document;
use getrandom::SysRng;
use gm_crypto::sm2::{Ciphertext, EnvelopedKey, PublicKey, SecretKey};
use spki::EncodePublicKey;
use zeroize::Zeroizing;

impl Decryption for SoftToken {
    fn decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        let secret = self.secret(label, KeyUse::Encryption)?;
        Ok(Box::new(SoftDecryptionKey::new(secret)))
    }

    fn generate_decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        let secret = self.make(label, KeyUse::Encryption)?;
        Ok(Box::new(SoftDecryptionKey::new(secret)))
    }
}

impl Envelop for SoftToken {
    /// Wraps the encryption key under `label`, or the signing key where that is the one
    /// there is.
    fn envelop(&self, label: &KeyLabel, recipient: &PublicKey) -> Result<EnvelopedKey, Error> {
        let secret = match self.secret(label, KeyUse::Encryption) {
            Err(Error::NoSuchKey { .. }) => self.secret(label, KeyUse::Signing)?,
            secret => secret?,
        };
        EnvelopedKey::seal(&mut SysRng, recipient, &secret).map_err(crypto)
    }
}

impl Unwrap for SoftToken {
    /// Opens `envelope` and keeps what is in it; that it fits the envelope's public key is
    /// part of opening.
    fn unwrap_key(&self, label: &KeyLabel, envelope: &EnvelopedKey) -> Result<(), Error> {
        let signing = self.secret(label, KeyUse::Signing)?;
        let secret = envelope.open(&signing).map_err(crypto)?;
        self.keep(label, KeyUse::Encryption, &secret)
    }
}

/// An SM2 key in the memory of this process that decrypts, wiped when dropped, silent in
/// `Debug`.
#[derive(Debug)]
struct SoftDecryptionKey {
    secret: SecretKey,
    public_key: Document,
}

impl SoftDecryptionKey {
    fn new(secret: SecretKey) -> Self {
        Self {
            public_key: secret
                .public_key()
                .to_public_key_der()
                .expect("a point of 65 octets has an SPKI encoding"),
            secret,
        }
    }
}

impl DecryptionKey for SoftDecryptionKey {
    fn public_key(&self) -> &Document {
        &self.public_key
    }

    fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.secret.decrypt(ciphertext).map_err(crypto)
    }
}
