//! Session keys and the envelopes that bring them (GM/T 0018-2012, 6.3).

pub(crate) mod sys;

use crate::{
    algorithm,
    code::{Code, Result},
    session::{Session, SessionKey},
    symmetric::BLOCK,
};
use getrandom::SysRng;
use gm_crypto::sm2::{PublicKey, SecretKey};
use softdevice::{
    KeyUse,
    room::{Reply, Room},
    structures::{read_cipher, write_cipher, write_private_key, write_public_key},
    symmetric::{Cipher, Direction, Mode, Padding},
};
use zeroize::Zeroizing;

/// Bits of the curve.
const BITS: u32 = 256;

/// A structure for the caller, and the handle of the key that it brings.
pub(crate) type Enveloped = (Vec<u8>, usize);

impl Session {
    /// `SDF_ExportSignPublicKey_ECC`, `SDF_ExportEncPublicKey_ECC`
    pub(crate) fn export_public_key(&self, index: u32, for_use: KeyUse) -> Result<Vec<u8>> {
        let key = self.public_key(index, for_use)?;
        Ok(write_public_key(&key, self.width()))
    }

    /// `SDF_GenerateKeyPair_ECC`: gives the private key in clear, so only for debugging (GM/T
    /// 0018-2023).
    pub(crate) fn generate_pair(&self, bits: u32) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>)> {
        self.debug_group()?;
        if bits != BITS {
            return Err(Code::Input);
        }
        let key = SecretKey::generate_checked(&mut SysRng).map_err(|_| Code::Random)?;
        let public = write_public_key(&key.public_key(), self.width());
        Ok((public, write_private_key(&key, self.width())))
    }

    /// `SDF_GenerateKeyWithIPK_ECC`
    pub(crate) fn generate_key_for_index(&self, index: u32, bits: u32) -> Result<Enveloped> {
        let recipient = self.public_key(index, KeyUse::Encryption)?;
        self.generate_key_for(&recipient, bits)
    }

    /// `SDF_GenerateKeyWithEPK_ECC`
    pub(crate) fn generate_key_for(&self, recipient: &PublicKey, bits: u32) -> Result<Enveloped> {
        let mut octets = Zeroizing::new(vec![0; key_length(bits)?]);
        self.device().random(&mut octets)?;
        let sealed = recipient
            .encrypt(&mut SysRng, &octets)
            .map_err(|_| Code::PublicKeyOperation)?;
        let handle = self.hold(SessionKey::new(&octets)?)?;
        Ok((write_cipher(&sealed, self.width()), handle))
    }

    /// `SDF_ImportKeyWithISK_ECC`
    pub(crate) fn import_key(&self, index: u32, cipher: &[u8]) -> Result<usize> {
        let octets = self.decrypt_at(index, cipher)?;
        self.hold(SessionKey::new(&octets)?)
    }

    /// The key-encrypting key of an index: the SM4 key that has the name of the index's
    /// container. PKCS#11 puts it there.
    fn kek(&self, index: u32, number: u32) -> Result<SessionKey> {
        if algorithm::sm4_mode(number)? != Mode::Ecb {
            return Err(Code::Mode);
        }
        SessionKey::new(self.secret(index)?.as_bytes())
    }

    /// `SDF_GenerateKeyWithKEK`: SM4 in ECB mode, so whole blocks.
    pub(crate) fn generate_key_under(
        &self,
        index: u32,
        number: u32,
        bits: u32,
        room: Room,
    ) -> Result<(Reply, Option<usize>)> {
        let kek = self.kek(index, number)?;
        let length = key_length(bits)?;
        if !length.is_multiple_of(BLOCK) {
            return Err(Code::Input);
        }
        if !room.fits(length) {
            return Ok((Reply::Needs(length), None));
        }
        let mut octets = Zeroizing::new(vec![0; length]);
        self.device().random(&mut octets)?;
        let handle = self.hold(SessionKey::new(&octets)?)?;
        let sealed = ecb(Direction::Encrypt, &kek, &octets)?;
        Ok((Reply::Octets(sealed), Some(handle)))
    }

    /// `SDF_ImportKeyWithKEK`
    pub(crate) fn import_key_under(&self, index: u32, number: u32, sealed: &[u8]) -> Result<usize> {
        let kek = self.kek(index, number)?;
        if sealed.len() > SessionKey::MAX_LENGTH || !sealed.len().is_multiple_of(BLOCK) {
            return Err(Code::Input);
        }
        let octets = ecb(Direction::Decrypt, &kek, sealed)?;
        self.hold(SessionKey::new(&octets)?)
    }

    /// `SDF_ImportKey`
    pub(crate) fn import_clear_key(&self, octets: &[u8]) -> Result<usize> {
        self.hold(SessionKey::new(octets)?)
    }

    /// `SDF_ExchangeDigitEnvelopeBaseOnECC`: from the index's key to another.
    pub(crate) fn exchange_envelope(
        &self,
        index: u32,
        recipient: &PublicKey,
        cipher: &[u8],
    ) -> Result<Vec<u8>> {
        let octets = self.decrypt_at(index, cipher)?;
        let sealed = recipient
            .encrypt(&mut SysRng, &octets)
            .map_err(|_| Code::PublicKeyOperation)?;
        Ok(write_cipher(&sealed, self.width()))
    }

    /// Opens a ciphertext with the encryption key of an index.
    pub(crate) fn decrypt_at(&self, index: u32, cipher: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let ciphertext = read_cipher(cipher, self.width())?;
        let key = self.private_key(index, KeyUse::Encryption)?;
        let opened = key.sm2()?.secret_key().decrypt(&ciphertext);
        opened.map_err(|_| Code::EncryptedData)
    }
}

fn ecb(direction: Direction, key: &SessionKey, octets: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let mut cipher = Cipher::new(direction, Mode::Ecb, Padding::None, key.sm4()?, &[0; BLOCK]);
    Ok(cipher.update(octets))
}

/// Octets of a session key of so many bits.
pub(crate) fn key_length(bits: u32) -> Result<usize> {
    let length = bits as usize / 8;
    if bits.is_multiple_of(8) && (1..=SessionKey::MAX_LENGTH).contains(&length) {
        Ok(length)
    } else {
        Err(Code::Input)
    }
}
