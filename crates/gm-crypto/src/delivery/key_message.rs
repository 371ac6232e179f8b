//! The answer of a key-management centre as a message: `SignedAndEnvelopedData` (GM/T 0010,
//! clause 10) whose content is the scalar.
//!
//! The content is 32 zeros and the scalar, as in the structures of devices, under SM4 in ECB
//! mode named 1.2.156.10197.1.104 without parameters (a sample in issue 104 of
//! emmansun/gmsm). Read are also the scalar alone, and either with PKCS#7's padding, which
//! gmsm adds.

use crate::{
    Error, Result,
    low::ct::declassify,
    message::{
        CipherName, Deviation, Dialect, Parameters, Partner, SignedAndEnvelopedData,
        SignedAndEnvelopedDataDraft,
    },
    sm2::{PublicKey, SecretKey, SigningKey},
};
use alloc::vec::Vec;
use der::{Decode, referenced::OwnedToRef};
use rand_core::TryCryptoRng;
use x509_cert::Certificate;
use zeroize::Zeroizing;

/// A message that has been read, with its octets.
#[derive(Clone, Debug)]
pub(super) struct KeyMessage {
    octets: Vec<u8>,
    message: SignedAndEnvelopedData,
}

impl PartialEq for KeyMessage {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for KeyMessage {}

impl KeyMessage {
    pub(super) fn from_der(octets: &[u8]) -> Result<Self> {
        Ok(Self {
            message: SignedAndEnvelopedData::read(octets, Dialect::Field)?,
            octets: octets.to_vec(),
        })
    }

    pub(super) fn seal<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        recipient: &PublicKey,
        key: &SecretKey,
        (sender, sender_certificate): (&SigningKey, &[u8]),
        recipient_certificate: &[u8],
    ) -> Result<Self> {
        let certificate = Certificate::from_der(recipient_certificate)
            .map_err(Error::malformed("Certificate"))?;
        let spki = certificate.tbs_certificate().subject_public_key_info();
        if PublicKey::try_from(spki.owned_to_ref()).ok() != Some(*recipient) {
            return Err(super::invalid(
                "the certificate of the recipient is of another key",
            ));
        }
        let partner = Partner {
            parameters: Parameters::Absent,
            cipher_name: CipherName::Sm4Ecb,
            ..Partner::default()
        };
        let mut content = Zeroizing::new(alloc::vec![0; 64]);
        content[32..].copy_from_slice(&*key.to_bytes());
        let octets = SignedAndEnvelopedDataDraft::new(&partner, content)
            .recipient(recipient_certificate)
            .signer(sender_certificate)?
            .sign(rng, &[sender])?;
        Self::from_der(&octets)
    }

    /// Without a look at the signature.
    pub(super) fn open(&self, recipient: &SecretKey) -> Result<SecretKey> {
        let content = self.message.decrypt(None, recipient)?;
        let content = content.into_unauthenticated()?;
        key_in(&content.into_unauthenticated_bytes())
    }

    /// With the signature of the owner of a certificate.
    pub(super) fn open_from(
        &self,
        recipient: &SecretKey,
        sender_certificate: &[u8],
    ) -> Result<SecretKey> {
        key_in(&self.message.open(None, recipient, sender_certificate)?)
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    pub(super) fn certificates(&self) -> &[Vec<u8>] {
        self.message.certificates()
    }

    pub(super) fn deviations(&self) -> &[Deviation] {
        self.message.deviations()
    }
}

/// The key that the content of a message is.
fn key_in(content: &[u8]) -> Result<SecretKey> {
    let unpadded = match content.len() {
        48 | 80 => content.split_last_chunk::<16>(),
        _ => Some((content, &[16; 16])),
    };
    let (content, padding) = unpadded.ok_or(Error::Crypto)?;
    let (zeros, scalar) = content.split_last_chunk::<32>().ok_or(Error::Crypto)?;
    let wrong = padding.iter().fold(0, |sum, octet| sum | (octet ^ 16))
        | zeros.iter().fold(0, |sum, octet| sum | octet);
    let wrong = declassify(wrong, "whether the padding is right is part of the answer");
    if wrong != 0 || !matches!(zeros.len(), 0 | 32) {
        return Err(Error::Crypto);
    }
    SecretKey::from_bytes(scalar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_a_scalar_with_zeros_or_a_padding_or_both() {
        let scalar = [7; 32];
        let (zeros, padding) = ([0; 32], [16; 16]);
        for good in [
            &scalar[..],
            &[zeros, scalar].concat(),
            &[&scalar[..], &padding].concat(),
            &[&zeros[..], &scalar, &padding].concat(),
        ] {
            assert_eq!(*key_in(good).unwrap().to_bytes(), scalar);
            for place in 0..good.len() {
                let mut changed = good.to_vec();
                changed[place] ^= 1;
                // A changed scalar is another key: what compares d·G tells.
                let key = key_in(&changed);
                assert!(key.is_err() || *key.unwrap().to_bytes() != scalar);
                assert!(key_in(&good[..place]).is_err() || matches!(place, 32 | 64));
            }
            assert!(key_in(&[good, &[0][..]].concat()).is_err());
        }
        assert!(key_in(&[0; 32]).is_err());
        assert!(key_in(&[0; 64]).is_err());
    }
}
