//! One key that can be used.

use crate::Error;
use der::{Document, asn1::BitString};
use gm_crypto::sm2::Ciphertext;
use spki::AlgorithmIdentifierOwned;
use std::{fmt::Debug, sync::Arc};
use zeroize::Zeroizing;

/// A private key that signs and is not seen.
///
/// It takes messages, not digests: what SM2 hashes in front of a message (Z of
/// GB/T 32918.2, 5.5) is the affair of whoever holds the key. A debug print shows
/// nothing of the private half.
pub trait KeyHandle: Debug + Send + Sync {
    /// The public half, `SubjectPublicKeyInfo` in DER (RFC 5280, 4.1.2.7).
    fn public_key(&self) -> &Document;

    /// The algorithm of the signatures, as certificates name it.
    fn algorithm(&self) -> AlgorithmIdentifierOwned;

    /// Signs `message`; gives the signature in the form that X.509 carries, for SM2
    /// the DER of GM/T 0009, 7.3.
    ///
    /// Signing the same message again gives other octets with SM2; with ECDSA and RSA it
    /// may give the same.
    ///
    /// # Errors
    /// The token's, see [`Error`]; none says anything about the message.
    fn sign(&self, message: &[u8]) -> Result<BitString, Error>;
}

macro_rules! delegate {
    ($($pointer:ty),*) => {$(
        impl<K: KeyHandle + ?Sized> KeyHandle for $pointer {
            fn public_key(&self) -> &Document {
                (**self).public_key()
            }

            fn algorithm(&self) -> AlgorithmIdentifierOwned {
                (**self).algorithm()
            }

            fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
                (**self).sign(message)
            }
        }
    )*};
}

delegate!(&K, Box<K>, Arc<K>);

/// A private key that decrypts and is not seen.
pub trait DecryptionKey: Debug + Send + Sync {
    /// The public half, `SubjectPublicKeyInfo` in DER (RFC 5280, 4.1.2.7).
    fn public_key(&self) -> &Document;

    /// Opens an SM2 ciphertext (GB/T 32918.4, 7).
    ///
    /// # Errors
    /// [`Error::Crypto`] when it is not for this key or was changed, without saying
    /// which; otherwise the token's.
    fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Error>;
}
