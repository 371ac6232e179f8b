//! Encryption: SM2, and SM4 in its modes.

use crate::{
    mechanism::{BlockMode, Mechanism},
    object::{Entry, Material},
    rv::{Reply, Result, Rv, room_for},
    sign::sm4,
};
use cryptoki_sys::*;
use getrandom::SysRng;
use gm_crypto::{
    sm2::{self, Ciphertext, CiphertextForm},
    sm4::{
        BLOCK_LENGTH, CbcDecryptor, CbcEncryptor, Ctr, Sm4,
        cipher::{
            Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt,
            InnerIvInit, StreamCipher,
        },
    },
};
use softdevice::PrivateKey;
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Encrypt,
    Decrypt,
}

/// An encryption or decryption under way.
pub(crate) struct Cipher {
    transform: Transform,
    /// Octets that do not fill a block yet; of a padded ciphertext the last block too.
    pending: Zeroizing<Vec<u8>>,
    in_parts: bool,
}

enum Transform {
    Sm2Encrypt(sm2::PublicKey, CiphertextForm),
    Sm2Decrypt(Arc<PrivateKey>, CiphertextForm),
    Ecb(Sm4, Direction),
    CbcEncrypt(CbcEncryptor, bool),
    CbcDecrypt(CbcDecryptor, bool),
    Ctr(Ctr),
}

/// Octets of a message or ciphertext of SM2 through this interface.
const SM2_MOST: usize = 64 * 1024;
/// What DER adds to a message at most: three integers or strings, each with its header.
const SM2_OVERHEAD: usize = 128;

impl Cipher {
    pub(crate) fn new(
        mechanism: Mechanism,
        parameter: &[u8],
        entry: &Entry,
        direction: Direction,
    ) -> Result<Self> {
        let transform = match mechanism {
            Mechanism::Sm2Encrypt(form) => {
                if !parameter.is_empty() {
                    return Err(Rv(CKR_MECHANISM_PARAM_INVALID));
                }
                match (&entry.material, direction) {
                    (Material::Public(key), Direction::Encrypt) => {
                        Transform::Sm2Encrypt(*key.sm2()?, form)
                    }
                    (Material::Private(key), Direction::Decrypt) => {
                        key.sm2()?;
                        Transform::Sm2Decrypt(Arc::clone(key), form)
                    }
                    _ => return Err(Rv(CKR_KEY_TYPE_INCONSISTENT)),
                }
            }
            Mechanism::Sm4(mode) => sm4_transform(mode, parameter, entry, direction)?,
            _ => return Err(Rv(CKR_MECHANISM_INVALID)),
        };
        Ok(Self {
            transform,
            pending: Zeroizing::default(),
            in_parts: false,
        })
    }

    /// Octets that this many more give now; of the last part at most.
    fn length_of(&self, more: usize, last: bool) -> usize {
        let total = self.pending.len().saturating_add(more);
        let whole = total - total % BLOCK_LENGTH;
        match &self.transform {
            Transform::Sm2Encrypt(..) if last => total.saturating_add(SM2_OVERHEAD),
            Transform::Sm2Decrypt(..) if last => total,
            Transform::Sm2Encrypt(..) | Transform::Sm2Decrypt(..) => 0,
            Transform::Ctr(_) => total,
            Transform::CbcEncrypt(_, true) if last => whole.saturating_add(BLOCK_LENGTH),
            // The last block waits: its padding may have to go.
            Transform::CbcDecrypt(_, true) if !last && total > 0 && whole == total => {
                whole - BLOCK_LENGTH
            }
            _ if last => total,
            _ => whole,
        }
    }

    fn take(&mut self, more: &[u8], last: bool) -> Result<Zeroizing<Vec<u8>>> {
        let collects = matches!(
            self.transform,
            Transform::Sm2Encrypt(..) | Transform::Sm2Decrypt(..)
        );
        if collects && self.pending.len().saturating_add(more.len()) > SM2_MOST {
            return Err(Rv(CKR_DATA_LEN_RANGE));
        }
        let ready = match last {
            true => self.pending.len() + more.len(),
            false => self.length_of(more.len(), false),
        };
        // Copied into one that is large enough, so that none is moved and left behind.
        let mut all = Zeroizing::new(Vec::with_capacity(self.pending.len() + more.len()));
        all.extend_from_slice(&self.pending);
        all.extend_from_slice(more);
        self.pending = Zeroizing::new(all.get(ready..).unwrap_or_default().to_vec());
        all.truncate(ready);
        Ok(all)
    }

    fn run(&mut self, more: &[u8], last: bool) -> Result<Vec<u8>> {
        let length = match self.is_decryption() {
            true => Rv(CKR_ENCRYPTED_DATA_LEN_RANGE),
            false => Rv(CKR_DATA_LEN_RANGE),
        };
        let mut data = self.take(more, last)?;
        match &mut self.transform {
            Transform::Sm2Encrypt(..) | Transform::Sm2Decrypt(..) if !last => {}
            Transform::Sm2Encrypt(key, form) => {
                let ciphertext = key.encrypt(&mut SysRng, &data).map_err(|_| length)?;
                return Ok(ciphertext.write(*form));
            }
            Transform::Sm2Decrypt(key, form) => {
                let invalid = |_| Rv(CKR_ENCRYPTED_DATA_INVALID);
                let ciphertext = Ciphertext::read(&data, *form).map_err(invalid)?;
                let secret = key.sm2()?.secret_key();
                return Ok(secret.decrypt(&ciphertext).map_err(invalid)?.to_vec());
            }
            Transform::Ecb(cipher, direction) => {
                let blocks = whole_blocks(&mut data, length)?;
                match direction {
                    Direction::Encrypt => cipher.encrypt_blocks(blocks),
                    Direction::Decrypt => cipher.decrypt_blocks(blocks),
                }
            }
            Transform::CbcEncrypt(cipher, padded) => {
                if last && *padded {
                    let padding = BLOCK_LENGTH - data.len() % BLOCK_LENGTH;
                    let octet = u8::try_from(padding).unwrap_or(0);
                    let padded = data.len() + padding;
                    data.resize(padded, octet);
                }
                cipher.encrypt_blocks(whole_blocks(&mut data, length)?);
            }
            Transform::CbcDecrypt(cipher, padded) => {
                cipher.decrypt_blocks(whole_blocks(&mut data, length)?);
                if last && *padded {
                    let padding = padding(&data).ok_or(Rv(CKR_ENCRYPTED_DATA_INVALID))?;
                    let plain = data.len() - padding;
                    data.truncate(plain);
                }
            }
            Transform::Ctr(cipher) => cipher.apply_keystream(&mut data),
        }
        Ok(data.to_vec())
    }

    /// The same once more, to try how much it gives; none for encryption, which knows.
    fn copy_of_decryption(&self) -> Option<Self> {
        let transform = match &self.transform {
            Transform::Sm2Decrypt(key, form) => Transform::Sm2Decrypt(Arc::clone(key), *form),
            Transform::CbcDecrypt(cipher, padded) => Transform::CbcDecrypt(cipher.clone(), *padded),
            _ => return None,
        };
        Some(Self {
            transform,
            pending: self.pending.clone(),
            in_parts: self.in_parts,
        })
    }

    fn is_decryption(&self) -> bool {
        matches!(
            self.transform,
            Transform::Sm2Decrypt(..)
                | Transform::CbcDecrypt(..)
                | Transform::Ecb(_, Direction::Decrypt)
        )
    }
}

fn sm4_transform(
    mode: BlockMode,
    parameter: &[u8],
    entry: &Entry,
    direction: Direction,
) -> Result<Transform> {
    let invalid = |_| Rv(CKR_MECHANISM_PARAM_INVALID);
    let cipher = sm4(entry)?;
    if mode == BlockMode::Ecb {
        return match parameter {
            [] => Ok(Transform::Ecb(cipher, direction)),
            _ => Err(Rv(CKR_MECHANISM_PARAM_INVALID)),
        };
    }
    let iv: [u8; BLOCK_LENGTH] = parameter.try_into().map_err(invalid)?;
    let iv = iv.into();
    let padded = mode == BlockMode::CbcPad;
    Ok(match (mode, direction) {
        (BlockMode::Ctr, _) => Transform::Ctr(Ctr::inner_iv_init(cipher, &iv)),
        (BlockMode::Cbc | BlockMode::CbcPad, Direction::Encrypt) => {
            Transform::CbcEncrypt(CbcEncryptor::inner_iv_init(cipher, &iv), padded)
        }
        (BlockMode::Cbc | BlockMode::CbcPad, Direction::Decrypt) => {
            Transform::CbcDecrypt(CbcDecryptor::inner_iv_init(cipher, &iv), padded)
        }
        _ => return Err(Rv(CKR_MECHANISM_INVALID)),
    })
}

fn whole_blocks(
    data: &mut [u8],
    length: Rv,
) -> Result<&mut [Array<u8, gm_crypto::sm4::cipher::consts::U16>]> {
    let (blocks, rest) = Array::slice_as_chunks_mut(data);
    if rest.is_empty() {
        Ok(blocks)
    } else {
        Err(length)
    }
}

/// Octets of the padding (PKCS#7); none when there is no right one.
fn padding(data: &[u8]) -> Option<usize> {
    let last = usize::from(*data.last()?);
    let start = data.len().checked_sub(last)?;
    let right = (1..=BLOCK_LENGTH).contains(&last)
        && data[start..]
            .iter()
            .all(|octet| usize::from(*octet) == last);
    right.then_some(last)
}

/// Takes a part (`C_EncryptUpdate`, `C_DecryptUpdate`).
pub(crate) fn update(
    operation: &mut Option<Cipher>,
    data: &[u8],
    room: Option<usize>,
) -> Result<Reply> {
    let cipher = operation
        .as_mut()
        .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    if let Some(reply) = room_for(room, cipher.length_of(data.len(), false)) {
        return Ok(reply);
    }
    cipher.in_parts = true;
    let result = cipher.run(data, false);
    if result.is_err() {
        *operation = None;
    }
    result.map(Reply::Octets)
}

/// Ends it (`C_Encrypt` with data, `C_EncryptFinal` without, and their likes): the
/// operation stays when there is no room.
pub(crate) fn finish(
    operation: &mut Option<Cipher>,
    data: Option<&[u8]>,
    room: Option<usize>,
) -> Result<Reply> {
    let cipher = operation
        .as_ref()
        .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    let length = cipher.length_of(data.map_or(0, <[u8]>::len), true);
    if let Some(reply) = room_for(room, length) {
        // The bound counts a padding or a header that may not be there: what fits is given.
        let fits = match (room, cipher.copy_of_decryption()) {
            (Some(room), Some(mut copy)) => {
                let tried = copy.run(data.unwrap_or_default(), true);
                tried.is_ok_and(|plain| Zeroizing::new(plain).len() <= room)
            }
            _ => false,
        };
        if !fits {
            return Ok(reply);
        }
    }
    let mut cipher = operation.take().ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    if data.is_some() && cipher.in_parts {
        return Err(Rv(CKR_OPERATION_NOT_INITIALIZED));
    }
    cipher
        .run(data.unwrap_or_default(), true)
        .map(Reply::Octets)
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cipher").finish_non_exhaustive()
    }
}
