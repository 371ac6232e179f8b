//! Sealing: PINs to keys, keys to records.

use crate::{Error, Pin, Result, Role};
use gm_crypto::{
    sm3,
    sm4::{
        BLOCK_LENGTH, Gcm,
        aead::{Aead, KeyInit, Payload},
    },
};
use std::fmt;
use zeroize::Zeroizing;

/// Octets of a salt (RFC 8018, 4.1, asks for 8 at least).
pub(crate) const SALT_LENGTH: usize = 16;
/// Octets of a nonce of GCM.
const NONCE_LENGTH: usize = 12;

/// A key of SM4 that seals records; wiped when dropped.
pub(crate) struct SealingKey(Zeroizing<[u8; BLOCK_LENGTH]>);

impl SealingKey {
    pub(crate) fn random() -> Result<Self> {
        let mut octets = Zeroizing::new([0; BLOCK_LENGTH]);
        fill_random(octets.as_mut_slice())?;
        Ok(Self(octets))
    }

    /// PBKDF2-HMAC-SM3 of a PIN (RFC 8018, 5.2; GM/T 0091).
    pub(crate) fn derive(pin: &Pin, salt: &[u8], iterations: u32) -> Self {
        let mut octets = Zeroizing::new([0; BLOCK_LENGTH]);
        sm3::pbkdf2(pin.as_bytes(), salt, iterations, octets.as_mut_slice());
        Self(octets)
    }

    /// Nonce ‖ ciphertext ‖ tag. The nonce is random: 2^32 records under one key are
    /// allowed (SP 800-38D, 8.3), and no application has as many.
    pub(crate) fn seal(&self, plain: &[u8], associated: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LENGTH];
        fill_random(&mut nonce)?;
        let payload = Payload {
            msg: plain,
            aad: associated,
        };
        let sealed = self
            .cipher()
            .encrypt(&nonce.into(), payload)
            .map_err(|_| Error::refused("sealing a record"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// The way back; none when the record is another, or the key is.
    pub(crate) fn open(&self, sealed: &[u8], associated: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
        let payload = Payload {
            msg: sealed,
            aad: associated,
        };
        let plain = self.cipher().decrypt(&(*nonce).into(), payload).ok()?;
        Some(Zeroizing::new(plain))
    }

    fn cipher(&self) -> Gcm {
        Gcm::new(&(*self.0).into())
    }

    /// The data key of an application, sealed under the key of a PIN.
    pub(crate) fn seal_data_key(
        &self,
        data: &Self,
        application: &[u8],
        role: Role,
    ) -> Result<Vec<u8>> {
        self.seal(data.0.as_slice(), &pin_associated(application, role))
    }

    pub(crate) fn open_data_key(
        &self,
        sealed: &[u8],
        application: &[u8],
        role: Role,
    ) -> Option<Self> {
        let plain = self.open(sealed, &pin_associated(application, role))?;
        let octets = plain.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(octets)))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey").finish_non_exhaustive()
    }
}

fn pin_associated(application: &[u8], role: Role) -> Vec<u8> {
    associated("softdevice pin 1", &[application, role.name().as_bytes()])
}

/// Parts in one line, each behind its length, so that no two lists are written alike.
pub(crate) fn associated(purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut octets = Vec::new();
    for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
        octets.extend_from_slice(&(part.len() as u64).to_be_bytes());
        octets.extend_from_slice(part);
    }
    octets
}

/// Octets of the system's random source.
pub(crate) fn fill_random(octets: &mut [u8]) -> Result<()> {
    getrandom::fill(octets).map_err(|_| Error::Random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_opens_under_its_key_and_name_alone() {
        let key = SealingKey::random().unwrap();
        let sealed = key.seal(b"plain", b"name").unwrap();
        assert_eq!(**key.open(&sealed, b"name").unwrap(), *b"plain");
        assert!(key.open(&sealed, b"Name").is_none());
        assert!(
            SealingKey::random()
                .unwrap()
                .open(&sealed, b"name")
                .is_none()
        );
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(key.open(&changed, b"name").is_none());
            assert!(key.open(&sealed[..place], b"name").is_none());
        }
    }

    #[test]
    fn two_seals_of_one_record_differ() {
        let key = SealingKey::random().unwrap();
        assert_ne!(key.seal(b"", b"").unwrap(), key.seal(b"", b"").unwrap());
    }

    #[test]
    fn no_two_lists_are_written_alike() {
        assert_ne!(
            associated("a", &[b"bc", b""]),
            associated("a", &[b"b", b"c"])
        );
        assert_ne!(associated("a", &[b"b"]), associated("ab", &[]));
    }
}
