//! A key in this process.

use crate::{Error, KeyHandle};
use der::{Document, asn1::BitString};
use getrandom::SysRng;
use gm_crypto::sm2::{DerSignature, SecretKey, SigningKey, UserId, VerifyingKey};
use spki::{
    AlgorithmIdentifierOwned, AssociatedAlgorithmIdentifier, EncodePublicKey,
    SignatureBitStringEncoding,
};
use std::fmt;

/// An SM2 key in the memory of this process, wiped when dropped, silent in `Debug`.
pub struct SoftKey {
    key: SigningKey,
    public_key: Document,
}

impl SoftKey {
    /// Takes a key with the user ID it signs under.
    pub fn new(key: SigningKey) -> Self {
        Self {
            public_key: encode(key.verifying_key()),
            key,
        }
    }

    /// A fresh key from the system's random source, whose halves have been tried on each
    /// other, under the user ID that certificates use.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the random source fails, or the halves do not fit.
    pub fn generate() -> Result<Self, Error> {
        let secret =
            SecretKey::generate_checked(&mut SysRng).map_err(|source| Error::Crypto { source })?;
        Ok(Self::new(SigningKey::new(secret, UserId::default())))
    }
}

impl KeyHandle for SoftKey {
    fn public_key(&self) -> &Document {
        &self.public_key
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        DerSignature::ALGORITHM_IDENTIFIER.into()
    }

    /// Signs with a nonce from the key, the message and fresh random octets.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the random source fails.
    fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
        let signature = self
            .key
            .sign_hedged(&mut SysRng, message)
            .map_err(|source| Error::Crypto { source })?;
        signature.to_bitstring().map_err(|source| Error::Crypto {
            source: gm_crypto::Error::Malformed {
                what: "SM2Signature",
                source,
            },
        })
    }
}

impl fmt::Debug for SoftKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftKey")
            .field("public_key", self.key.verifying_key().public_key())
            .finish_non_exhaustive()
    }
}

fn encode(key: &VerifyingKey) -> Document {
    key.to_public_key_der()
        .expect("a point of 65 octets has an SPKI encoding")
}

#[cfg(test)]
mod tests {
    use super::*;
    use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};

    #[test]
    fn a_signature_verifies_with_the_public_half_and_its_algorithm() {
        let key = SoftKey::generate().unwrap();
        let (algorithm, sm2) = (key.algorithm(), Sm2Sm3::default());
        let spki: spki::SubjectPublicKeyInfoRef<'_> = key.public_key().decode_msg().unwrap();
        assert!(sm2.accepts((&algorithm).into(), spki.algorithm));
        let [one, other] = [(); 2].map(|()| key.sign(b"message").unwrap());
        assert_ne!(one, other, "the nonce is hedged");
        for signature in [one, other] {
            sm2.verify(spki.clone(), b"message", signature.raw_bytes())
                .unwrap();
            assert!(
                sm2.verify(spki.clone(), b"massage", signature.raw_bytes())
                    .is_err()
            );
        }
    }

    #[test]
    fn debug_shows_the_public_half_only() {
        let secret = SecretKey::from_bytes(&[7; 32]).unwrap();
        let key = SoftKey::new(SigningKey::new(secret, UserId::default()));
        let text = format!("{key:?} {:?}", crate::Checked::new(&key));
        assert!(text.contains("PublicKey(04"));
        assert!(
            !text.contains("07070707") && !text.contains("7, 7, 7"),
            "{text}"
        );
    }
}
