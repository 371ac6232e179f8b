//! Where keys lie.

use crate::{Error, KeyHandle, KeyLabel};
use gm_crypto::sm2::{EnvelopedKey, PublicKey};
use std::fmt::Debug;

/// A place that holds keys under labels.
pub trait Token: Debug + Send + Sync {
    /// The key under `label`.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is none; otherwise the token's.
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, Error>;

    /// Makes a key under `label`, which is free until then. When it returns, the
    /// key is durable; of two callers with one label, one gets a key.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when the label is taken; otherwise the token's.
    fn generate(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, Error>;

    /// All labels, sorted.
    ///
    /// # Errors
    /// The token's.
    fn labels(&self) -> Result<Vec<KeyLabel>, Error>;
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
