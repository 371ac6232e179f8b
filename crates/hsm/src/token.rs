//! Where keys lie, and what such places can do beyond signing.

use crate::{DecryptionKey, Error, KeyAlgorithm, KeyHandle, KeyLabel, KeyUse};
use gm_crypto::sm2::{EnvelopedKey, PublicKey};
use std::{fmt::Debug, sync::Arc};

/// A place that holds keys under labels.
///
/// What not every place can do is a trait of its own; a token hands it out, or says
/// with `None` that it has no such power. A device that has the power and refuses to
/// use it says so with an [`Error`].
pub trait Token: Debug + Send + Sync {
    /// The signing key under `label`.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is none; otherwise the token's.
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, Error>;

    /// Makes a signing key under `label`, which is free until then. When it returns,
    /// the key is durable; of two callers with one label, one gets a key.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when the label is taken, [`Error::Unsupported`] when the
    /// token makes no keys of this kind; otherwise the token's.
    fn generate(
        &self,
        label: &KeyLabel,
        algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, Error>;

    /// All labels under which a signing key lies, sorted.
    ///
    /// # Errors
    /// The token's.
    fn labels(&self) -> Result<Vec<KeyLabel>, Error>;

    /// What the token says of itself.
    ///
    /// # Errors
    /// The token's.
    fn description(&self) -> Result<Description, Error>;

    /// The power to decrypt.
    fn as_decryption(&self) -> Option<&dyn Decryption> {
        None
    }

    /// The power to hand out keys wrapped for their owners.
    fn as_envelop(&self) -> Option<&dyn Envelop> {
        None
    }

    /// The power to take in keys that were wrapped for it.
    fn as_unwrap(&self) -> Option<&dyn Unwrap> {
        None
    }

    /// The power to keep certificates beside keys.
    fn as_certificates(&self) -> Option<&dyn Certificates> {
        None
    }

    /// The power to give random octets.
    fn as_random(&self) -> Option<&dyn Random> {
        None
    }
}

/// One token for several users of it.
impl<T: Token + ?Sized> Token for Arc<T> {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, Error> {
        (**self).key(label)
    }

    fn generate(
        &self,
        label: &KeyLabel,
        algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, Error> {
        (**self).generate(label, algorithm)
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, Error> {
        (**self).labels()
    }

    fn description(&self) -> Result<Description, Error> {
        (**self).description()
    }

    fn as_decryption(&self) -> Option<&dyn Decryption> {
        (**self).as_decryption()
    }

    fn as_envelop(&self) -> Option<&dyn Envelop> {
        (**self).as_envelop()
    }

    fn as_unwrap(&self) -> Option<&dyn Unwrap> {
        (**self).as_unwrap()
    }

    fn as_certificates(&self) -> Option<&dyn Certificates> {
        (**self).as_certificates()
    }

    fn as_random(&self) -> Option<&dyn Random> {
        (**self).as_random()
    }
}

/// The power to decrypt: private keys that open SM2 ciphertexts where they lie.
pub trait Decryption: Token {
    /// The encryption key under `label`.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is none; otherwise the token's.
    fn decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error>;

    /// Makes an encryption key under `label`, under which no such key lies.
    ///
    /// # Errors
    /// As [`Token::generate`].
    fn generate_decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error>;
}

/// The power of a key-management centre: a private key leaves the token wrapped
/// for its owner (GM/T 0014: the centre makes and keeps encryption keys).
pub trait Envelop: Token {
    /// Wraps the key under `label` so that only the owner of `recipient` opens it
    /// (GM/T 0009, 7.4).
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is none; otherwise the token's.
    fn envelop(&self, label: &KeyLabel, recipient: &PublicKey) -> Result<EnvelopedKey, Error>;
}

/// The power of a subscriber's device: an encryption key comes in wrapped for the
/// signing key that lies there, and is opened inside (GM/T 0009, 7.4; GM/T 0016,
/// `SKF_ImportECCKeyPair`).
pub trait Unwrap: Token {
    /// Opens `envelope` with the signing key under `label` and keeps what is in it as
    /// the encryption key under the same label, durable when this returns. What the
    /// device then shows as public key is compared with the envelope's.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is no signing key, [`Error::KeyExists`] when
    /// there is an encryption key; otherwise the token's.
    fn unwrap_key(&self, label: &KeyLabel, envelope: &EnvelopedKey) -> Result<(), Error>;
}

/// The power to keep certificates beside the keys that they are for.
pub trait Certificates: Token {
    /// The certificate (DER) of one key under `label`, if there is one.
    ///
    /// # Errors
    /// The token's.
    fn certificate(&self, label: &KeyLabel, key_use: KeyUse) -> Result<Option<Vec<u8>>, Error>;

    /// Puts a certificate (DER) beside a key, in the place of the one before; reads it
    /// back and compares.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is no such key, [`Error::ReadBack`] when
    /// something else came back; otherwise the token's.
    fn write_certificate(
        &self,
        label: &KeyLabel,
        key_use: KeyUse,
        certificate: &[u8],
    ) -> Result<(), Error>;
}

/// The power to give random octets from the device's own source.
pub trait Random: Token {
    /// Fills `octets`.
    ///
    /// # Errors
    /// The token's.
    fn fill_random(&self, octets: &mut [u8]) -> Result<(), Error>;
}

/// What a token says of itself; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// The interface through which it is spoken to, with its version where it has one.
    pub interface: String,
    /// Who made it.
    pub manufacturer: String,
    /// What it is called by them.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// The name that its owner gave it.
    pub label: String,
    /// The version of what runs on it.
    pub firmware: String,
}
