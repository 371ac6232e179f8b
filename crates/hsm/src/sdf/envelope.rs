//! Digital envelopes: what a key-management centre does with its device.

use super::{SdfDevice, session::Place};
use crate::{Error, KeyLabel};
use gm_crypto::sm2::{Ciphertext, PublicKey};
use zeroize::Zeroizing;

/// Octets under an SM4 key that was made inside a device, with that key wrapped for its
/// recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdfSealed {
    wrapped_key: Ciphertext,
    data: Vec<u8>,
}

/// Octets of a block of SM4.
const BLOCK: usize = 16;
/// The most that is sealed at once.
const MAX_LENGTH: usize = 1 << 16;

impl SdfSealed {
    /// Takes the two parts, such as they were sent.
    pub fn new(wrapped_key: Ciphertext, data: Vec<u8>) -> Self {
        Self { wrapped_key, data }
    }

    /// The SM4 key, wrapped for its recipient (GM/T 0018, `ECCCipher`).
    pub fn wrapped_key(&self) -> &Ciphertext {
        &self.wrapped_key
    }

    /// The octets, encrypted with SM4 in ECB mode as `SM2EnvelopedKey` has it (GM/T 0009,
    /// 7.4): as many as were given.
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}

impl SdfDevice {
    /// Makes an SM4 key in the device, encrypts `data` with it and wraps it for the owner of
    /// `recipient` (`SDF_GenerateKeyWithEPK_ECC`, `SDF_Encrypt`): what a key-management centre
    /// sends is made of the two. The key itself is seen by nobody.
    ///
    /// `data` is whole blocks of 16 octets, as a private key is; at most 65,536 octets.
    ///
    /// # Errors
    /// [`Error::Crypto`] for another length, [`Error::Unsupported`] when the library lacks a
    /// function; otherwise the device's.
    pub fn seal(&self, recipient: &PublicKey, data: &[u8]) -> Result<SdfSealed, Error> {
        let (recipient, data) = (*recipient, whole_blocks(data)?);
        self.run("SDF_GenerateKeyWithEPK_ECC", move |session| {
            session.seal(&recipient, &data)
        })
    }

    /// The same for the encryption key under `label` (`SDF_GenerateKeyWithIPK_ECC`): what is
    /// stored sealed is opened by this device alone, see [`Self::unseal`].
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is none; otherwise as [`Self::seal`].
    pub fn seal_to(&self, label: &KeyLabel, data: &[u8]) -> Result<SdfSealed, Error> {
        let (place, data) = (Place::of(label)?, whole_blocks(data)?);
        self.run("SDF_GenerateKeyWithIPK_ECC", move |session| {
            session.seal_to(&place, &data)
        })
    }

    /// Opens with the encryption key under `label` (`SDF_ImportKeyWithISK_ECC`,
    /// `SDF_Decrypt`).
    ///
    /// Nothing in the data tells that it was changed; whoever sends it signs it.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is none, [`Error::Crypto`] when the key is wrapped for
    /// another one; otherwise as [`Self::seal`].
    pub fn unseal(
        &self,
        label: &KeyLabel,
        sealed: &SdfSealed,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let place = Place::of(label)?;
        let sealed = SdfSealed {
            data: whole_blocks(&sealed.data)?.to_vec(),
            ..sealed.clone()
        };
        self.run("SDF_ImportKeyWithISK_ECC", move |session| {
            session.unseal(&place, &sealed)
        })
    }

    /// Wraps for the owner of `recipient` what is wrapped for the encryption key under `label`
    /// (`SDF_ExchangeDigitEnvelopeBaseOnECC`), without showing it. GM/T 0018-2023 has the
    /// function no more.
    ///
    /// # Errors
    /// [`Error::NoSuchKey`] when there is no such key, [`Error::Crypto`] when `wrapped` is not
    /// for it; otherwise as [`Self::seal`].
    pub fn exchange_envelope(
        &self,
        label: &KeyLabel,
        recipient: &PublicKey,
        wrapped: &Ciphertext,
    ) -> Result<Ciphertext, Error> {
        let (place, recipient, wrapped) = (Place::of(label)?, *recipient, wrapped.clone());
        self.run("SDF_ExchangeDigitEnvelopeBaseOnECC", move |session| {
            session.exchange_envelope(&place, &recipient, &wrapped)
        })
    }
}

fn whole_blocks(data: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    if data.is_empty() || !data.len().is_multiple_of(BLOCK) || data.len() > MAX_LENGTH {
        return Err(Error::Crypto {
            source: gm_crypto::Error::Invalid {
                what: "data to seal",
                reason: "it is 1 to 4096 whole blocks of 16 octets",
            },
        });
    }
    Ok(Zeroizing::new(data.to_vec()))
}
