//! Encryption: SM2, and SM4 in its modes.

use crate::{
    mechanism::{BlockMode, Mechanism},
    object::{Entry, Material},
    rv::{Result, Rv, needs},
    sign::sm4_key,
};
use cryptoki_sys::*;
use getrandom::SysRng;
use gm_crypto::sm2::{self, Ciphertext, CiphertextForm};
use softdevice::{
    PrivateKey,
    room::{Reply, Room},
    symmetric::{self, Direction, Mode, Padding, SymmetricError},
};
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

/// An encryption or decryption under way. It is run on a copy, which takes its place once
/// the output has found room.
#[derive(Clone)]
pub(crate) struct Cipher {
    transform: Transform,
    in_parts: bool,
}

#[derive(Clone)]
enum Transform {
    /// SM2 takes a message whole: the parts wait.
    Sm2Encrypt(sm2::PublicKey, CiphertextForm, Zeroizing<Vec<u8>>),
    Sm2Decrypt(Arc<PrivateKey>, CiphertextForm, Zeroizing<Vec<u8>>),
    Sm4(Box<symmetric::Cipher>, Direction),
}

/// Octets of a message or ciphertext of SM2 through this interface.
const SM2_MOST: usize = 64 * 1024;
/// What a ciphertext has more than its message at most: the headers of DER, two numbers of
/// 33 octets and a hash.
const SM2_OVERHEAD: usize = 128;

impl Cipher {
    pub(crate) fn new(
        mechanism: Mechanism,
        parameter: &[u8],
        entry: &Entry,
        direction: Direction,
    ) -> Result<Self> {
        let waiting = Zeroizing::default();
        let transform = match (mechanism, &entry.material, direction) {
            (Mechanism::Sm2Encrypt(_), _, _) if !parameter.is_empty() => {
                return Err(Rv(CKR_MECHANISM_PARAM_INVALID));
            }
            (Mechanism::Sm2Encrypt(form), Material::Public(key), Direction::Encrypt) => {
                Transform::Sm2Encrypt(*key.sm2()?, form, waiting)
            }
            (Mechanism::Sm2Encrypt(form), Material::Private(key), Direction::Decrypt) => {
                key.sm2()?;
                Transform::Sm2Decrypt(Arc::clone(key), form, waiting)
            }
            (Mechanism::Sm2Encrypt(_), ..) => return Err(Rv(CKR_KEY_TYPE_INCONSISTENT)),
            (Mechanism::Sm4(mode), ..) => {
                let cipher = sm4(mode, parameter, entry, direction)?;
                Transform::Sm4(Box::new(cipher), direction)
            }
            _ => return Err(Rv(CKR_MECHANISM_INVALID)),
        };
        Ok(Self {
            transform,
            in_parts: false,
        })
    }

    /// The most octets that this many more give.
    fn output_length(&self, more: usize, last: bool) -> usize {
        match &self.transform {
            Transform::Sm4(cipher, _) => cipher.output_length(more, last),
            _ if !last => 0,
            Transform::Sm2Encrypt(_, _, waiting) => waiting.len() + more + SM2_OVERHEAD,
            Transform::Sm2Decrypt(_, _, waiting) => waiting.len() + more,
        }
    }

    fn update(&mut self, data: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        match &mut self.transform {
            Transform::Sm4(cipher, _) => Ok(cipher.update(data)),
            Transform::Sm2Encrypt(_, _, waiting) | Transform::Sm2Decrypt(_, _, waiting) => {
                if waiting.len() + data.len() > SM2_MOST {
                    return Err(Rv(CKR_DATA_LEN_RANGE));
                }
                // Into one that is large enough: none is moved and left behind.
                let mut longer = Zeroizing::new(Vec::with_capacity(waiting.len() + data.len()));
                longer.extend_from_slice(waiting);
                longer.extend_from_slice(data);
                *waiting = longer;
                Ok(Zeroizing::default())
            }
        }
    }

    fn finish(mut self, data: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let ready = self.update(data)?;
        match self.transform {
            Transform::Sm2Encrypt(key, form, message) => {
                let ciphertext = key.encrypt(&mut SysRng, &message);
                let ciphertext = ciphertext.map_err(|_| Rv(CKR_DATA_LEN_RANGE))?;
                Ok(Zeroizing::new(ciphertext.write(form)))
            }
            Transform::Sm2Decrypt(key, form, ciphertext) => {
                let invalid = |_| Rv(CKR_ENCRYPTED_DATA_INVALID);
                let ciphertext = Ciphertext::read(&ciphertext, form).map_err(invalid)?;
                let secret = key.sm2()?.secret_key();
                secret.decrypt(&ciphertext).map_err(invalid)
            }
            Transform::Sm4(cipher, direction) => {
                let rest = cipher.finish().map_err(|error| {
                    Rv(match (error, direction) {
                        (SymmetricError::Ragged, Direction::Encrypt) => CKR_DATA_LEN_RANGE,
                        (SymmetricError::Ragged, _) => CKR_ENCRYPTED_DATA_LEN_RANGE,
                        _ => CKR_ENCRYPTED_DATA_INVALID,
                    })
                })?;
                let mut all = Zeroizing::new(Vec::with_capacity(ready.len() + rest.len()));
                all.extend_from_slice(&ready);
                all.extend_from_slice(&rest);
                Ok(all)
            }
        }
    }
}

fn sm4(
    mode: BlockMode,
    parameter: &[u8],
    entry: &Entry,
    direction: Direction,
) -> Result<symmetric::Cipher> {
    let key = sm4_key(entry)?;
    let (mode, padding) = match mode {
        BlockMode::Ecb => (Mode::Ecb, Padding::None),
        BlockMode::Cbc => (Mode::Cbc, Padding::None),
        BlockMode::CbcPad => (Mode::Cbc, Padding::Pkcs7),
        BlockMode::Ctr => (Mode::Ctr, Padding::None),
        BlockMode::Mac => return Err(Rv(CKR_MECHANISM_INVALID)),
    };
    if parameter.len() != mode.iv_length() {
        return Err(Rv(CKR_MECHANISM_PARAM_INVALID));
    }
    let mut iv = [0; 16];
    iv[..parameter.len()].copy_from_slice(parameter);
    Ok(symmetric::Cipher::new(direction, mode, padding, key, &iv))
}

/// Takes a part (`C_EncryptUpdate`, `C_DecryptUpdate`).
pub(crate) fn update(operation: &mut Option<Cipher>, data: &[u8], room: Room) -> Result<Reply> {
    let cipher = operation
        .as_ref()
        .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    let most = cipher.output_length(data.len(), false);
    let mut next = cipher.clone();
    next.in_parts = true;
    let reply = match (needs(room, most), room) {
        (Some(reply), Room::Asked) => return Ok(reply),
        (Some(reply), Room::Octets(room)) => match next.update(data) {
            Ok(octets) if octets.len() <= room => Ok(octets),
            Ok(_) => return Ok(reply),
            Err(error) => Err(error),
        },
        (None, _) => next.update(data),
    };
    // What fails is over.
    *operation = reply.is_ok().then_some(next);
    reply.map(Reply::Octets)
}

/// Ends it (`C_Encrypt` with data, `C_EncryptFinal` without, and their likes): the
/// operation stays when there is no room.
pub(crate) fn finish(
    operation: &mut Option<Cipher>,
    data: Option<&[u8]>,
    room: Room,
) -> Result<Reply> {
    let cipher = operation
        .as_ref()
        .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    if data.is_some() && cipher.in_parts {
        *operation = None;
        return Err(Rv(CKR_OPERATION_NOT_INITIALIZED));
    }
    let data = data.unwrap_or_default();
    let most = cipher.output_length(data.len(), true);
    let reply = match (needs(room, most), room) {
        (Some(reply), Room::Asked) => return Ok(reply),
        // The most counts a padding or a header that may not be there: what fits is given.
        (Some(reply), Room::Octets(room)) => match cipher.clone().finish(data) {
            Ok(octets) if octets.len() <= room => Ok(octets),
            Ok(_) => return Ok(reply),
            Err(error) => Err(error),
        },
        (None, _) => cipher.clone().finish(data),
    };
    *operation = None;
    reply.map(Reply::Octets)
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cipher").finish_non_exhaustive()
    }
}
