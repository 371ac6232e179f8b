//! The enveloped key (GM/T 0009, 7.4; GB/T 35276): how a key-management centre
//! hands a subscriber the private key of the encryption certificate.

use crate::{Error, Result, sm4};
use alloc::vec::Vec;
use der::{
    Any, Decode, Encode, Sequence,
    asn1::{BitString, ObjectIdentifier},
};
use rand_core::TryCryptoRng;
use sm4::{
    Sm4,
    cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit},
};
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use super::{Ciphertext, PublicKey, SecretKey};

/// A private key wrapped for another key.
///
/// ```text
/// SM2EnvelopedKey ::= SEQUENCE {
///     symAlgID AlgorithmIdentifier, symEncryptedKey SM2Cipher,
///     Sm2PublicKey BIT STRING, Sm2EncryptedPrivateKey BIT STRING }
/// ```
///
/// Written: SM4 in ECB mode (1.2.156.10197.1.104.1, no parameters), as the text
/// prescribes, over the 32 octets of the scalar. Read also: the bare SM4
/// identifier .104, a NULL parameter, and 64 octets of which the first 32 are
/// zero (the form of SDF and SKF devices).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopedKey {
    encrypted_key: Ciphertext,
    public_key: PublicKey,
    encrypted_scalar: Vec<u8>,
}

#[derive(Sequence)]
struct Sm2EnvelopedKey {
    algorithm: AlgorithmIdentifierOwned,
    encrypted_key: Any,
    public_key: BitString,
    encrypted_private_key: BitString,
}

/// SM4, mode unsaid (GM/T 0006).
const SM4: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104");
/// SM4 in ECB mode.
const SM4_ECB: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104.1");

const WHAT: &str = "SM2EnvelopedKey";

impl EnvelopedKey {
    /// Wraps `key` so that only the owner of `recipient` can open it.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails.
    pub fn seal<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        recipient: &PublicKey,
        key: &SecretKey,
    ) -> Result<Self> {
        let mut session = Zeroizing::new([0; sm4::BLOCK_LENGTH]);
        rng.try_fill_bytes(session.as_mut_slice())
            .map_err(|_| Error::Random)?;
        let cipher = Sm4::new(&(*session).into());
        let mut scalar = key.to_bytes();
        for block in scalar.chunks_exact_mut(sm4::BLOCK_LENGTH) {
            cipher.encrypt_block(block.try_into().expect("a chunk has 16 octets"));
        }
        Ok(Self {
            encrypted_key: recipient.encrypt(rng, session.as_slice())?,
            public_key: key.public_key(),
            encrypted_scalar: scalar.to_vec(),
        })
    }

    /// Opens it with the recipient's private key and checks that the scalar
    /// belongs to the public key that it is said to belong to.
    ///
    /// # Errors
    /// [`Error::Crypto`], for whatever reason.
    pub fn open(&self, recipient: &SecretKey) -> Result<SecretKey> {
        let session = recipient.decrypt(&self.encrypted_key)?;
        let cipher = Sm4::new_from_slice(&session).map_err(|_| Error::Crypto)?;
        let mut octets = Zeroizing::new(self.encrypted_scalar.clone());
        for block in octets.chunks_exact_mut(sm4::BLOCK_LENGTH) {
            cipher.decrypt_block(block.try_into().expect("a chunk has 16 octets"));
        }
        let (padding, scalar) = octets
            .split_last_chunk::<32>()
            .expect("32 or 64 octets by the type");
        if padding.iter().any(|octet| *octet != 0) {
            return Err(Error::Crypto);
        }
        let key = SecretKey::from_bytes(scalar)?;
        if key.public_key() != self.public_key {
            return Err(Error::Crypto);
        }
        Ok(key)
    }

    /// The public key of the wrapped one, as the envelope states it.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The SM4 key, encrypted to the recipient: for whoever opens envelopes with
    /// another program.
    pub fn encrypted_key(&self) -> &Ciphertext {
        &self.encrypted_key
    }

    /// The scalar, encrypted under the SM4 key in ECB mode without padding: 32
    /// or 64 octets.
    pub fn encrypted_scalar(&self) -> &[u8] {
        &self.encrypted_scalar
    }

    /// Reads the DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::Invalid`] for the structure,
    /// [`Error::Unsupported`] for another cipher, [`Error::Crypto`] for points
    /// off the curve.
    pub fn from_der(octets: &[u8]) -> Result<Self> {
        let malformed = |source| Error::Malformed { what: WHAT, source };
        let parsed = Sm2EnvelopedKey::from_der(octets).map_err(malformed)?;
        let oid = parsed.algorithm.oid;
        if oid != SM4 && oid != SM4_ECB {
            return Err(Error::Unsupported { what: WHAT, oid });
        }
        if parsed
            .algorithm
            .parameters
            .as_ref()
            .is_some_and(|any| *any != Any::null())
        {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "symAlgID has parameters: the mode is ECB and takes none",
            });
        }
        let octets_of = |bits: &BitString| match bits.as_bytes() {
            Some(octets) => Ok(octets.to_vec()),
            None => Err(Error::Invalid {
                what: WHAT,
                reason: "a BIT STRING of keys has unused bits",
            }),
        };
        let encrypted_scalar = octets_of(&parsed.encrypted_private_key)?;
        if !matches!(encrypted_scalar.len(), 32 | 64) {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "Sm2EncryptedPrivateKey has neither 32 nor 64 octets",
            });
        }
        Ok(Self {
            encrypted_key: Ciphertext::from_der(
                &parsed.encrypted_key.to_der().map_err(malformed)?,
            )?,
            public_key: PublicKey::from_uncompressed(&octets_of(&parsed.public_key)?)?,
            encrypted_scalar,
        })
    }

    /// Writes the DER.
    pub fn to_der(&self) -> Vec<u8> {
        let encode = || -> der::Result<Vec<u8>> {
            Sm2EnvelopedKey {
                algorithm: AlgorithmIdentifierOwned {
                    oid: SM4_ECB,
                    parameters: None,
                },
                encrypted_key: Any::from_der(&self.encrypted_key.to_der())?,
                public_key: BitString::from_bytes(&self.public_key.to_uncompressed())?,
                encrypted_private_key: BitString::from_bytes(&self.encrypted_scalar)?,
            }
            .to_der()
        };
        encode().expect("an envelope of some 300 octets has a DER encoding")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;

    #[test]
    fn only_the_recipient_opens_an_envelope() {
        let [recipient, stranger, inside] =
            [(); 3].map(|()| SecretKey::generate(&mut SysRng).unwrap());
        let sealed = EnvelopedKey::seal(&mut SysRng, &recipient.public_key(), &inside).unwrap();
        let read = EnvelopedKey::from_der(&sealed.to_der()).unwrap();
        assert_eq!(read, sealed);
        assert_eq!(
            *read.open(&recipient).unwrap().to_bytes(),
            *inside.to_bytes()
        );
        assert!(read.open(&stranger).is_err());
    }

    #[test]
    fn a_scalar_of_another_public_key_is_refused() {
        let [recipient, inside, other] =
            [(); 3].map(|()| SecretKey::generate(&mut SysRng).unwrap());
        let mut sealed = EnvelopedKey::seal(&mut SysRng, &recipient.public_key(), &inside).unwrap();
        sealed.public_key = other.public_key();
        assert!(sealed.open(&recipient).is_err());
    }
}
