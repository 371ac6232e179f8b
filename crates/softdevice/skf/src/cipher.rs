//! Session keys, encryption and MACs (GM/T 0016-2012, 7.6.18 to 7.6.41).

pub(crate) mod sys;

use crate::{
    algorithm::{self, Use},
    code::{Code, Result},
    container::OpenContainer,
    device::Connected,
    library::hold,
    sys::WIDTH,
};
use getrandom::SysRng;
use softdevice::{
    room::{Reply, Room},
    structures::{read_public_key, write_cipher},
    symmetric::{CbcMac, Cipher, Direction, Mode, Padding},
};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use zeroize::Zeroizing;

/// Octets of a key, a block, an IV.
const BLOCK: usize = 16;
/// Octets of the room for an IV in `BLOCKCIPHERPARAM`.
const IV_ROOM: usize = 32;

/// `BLOCKCIPHERPARAM`, which `SKF_EncryptInit` gets by value and `SKF_MacInit` by pointer.
#[derive(Clone, Copy, Default)]
#[repr(C, packed)]
pub(crate) struct BlockCipherParam {
    iv: [u8; IV_ROOM],
    iv_length: u32,
    padding: u32,
    feedback_bits: u32,
}

const _: () = assert!(size_of::<BlockCipherParam>() == 44);

impl BlockCipherParam {
    /// Reads it from the octets of a structure.
    pub(crate) fn read(octets: &[u8]) -> Result<Self> {
        let (iv, numbers) = octets.split_first_chunk().ok_or(Code::Parameter)?;
        let mut numbers = numbers
            .as_chunks()
            .0
            .iter()
            .map(|octets| u32::from_ne_bytes(*octets));
        let mut number = || numbers.next().ok_or(Code::Parameter);
        Ok(Self {
            iv: *iv,
            iv_length: number()?,
            padding: number()?,
            feedback_bits: number()?,
        })
    }

    fn iv(&self, mode: Mode) -> Result<[u8; BLOCK]> {
        let length = self.iv_length as usize;
        match mode.iv_length() {
            0 => Ok([0; BLOCK]),
            wanted if wanted == length => {
                let iv = self.iv.first_chunk().ok_or(Code::Parameter)?;
                Ok(*iv)
            }
            _ => Err(Code::Parameter),
        }
    }

    fn cipher(&self, direction: Direction, mode: Mode, key: &[u8; BLOCK]) -> Result<Cipher> {
        // Whole blocks of feedback, or nothing said.
        if !matches!(self.feedback_bits, 0 | 128) {
            return Err(Code::NotSupported);
        }
        let padding = match self.padding {
            0 => Padding::None,
            1 => Padding::Pkcs7,
            _ => return Err(Code::Parameter),
        };
        Ok(Cipher::new(direction, mode, padding, key, &self.iv(mode)?))
    }
}

/// A session key, and what goes on with it.
pub(crate) struct CipherKey {
    device: Arc<Connected>,
    key: Zeroizing<[u8; BLOCK]>,
    for_use: Use,
    operations: Mutex<Operations>,
}

#[derive(Debug, Default)]
struct Operations {
    encryption: Option<Cipher>,
    decryption: Option<Cipher>,
}

impl fmt::Debug for CipherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CipherKey")
            .field("for_use", &self.for_use)
            .finish_non_exhaustive()
    }
}

/// A MAC that goes on.
#[derive(Debug)]
pub(crate) struct MacState {
    device: Arc<Connected>,
    mac: Mutex<Option<CbcMac>>,
}

impl Connected {
    /// `SKF_SetSymmKey`
    pub(crate) fn set_key(self: &Arc<Self>, octets: &[u8], number: u32) -> Result<usize> {
        let for_use = algorithm::sm4(number)?;
        if octets.len() != BLOCK {
            return Err(Code::InputLength);
        }
        let mut key = Zeroizing::new([0; BLOCK]);
        key.copy_from_slice(octets);
        hold(CipherKey {
            device: Arc::clone(self),
            key,
            for_use,
            operations: Mutex::default(),
        })
    }
}

impl OpenContainer {
    /// `SKF_ECCExportSessionKey`: a fresh key, wrapped for a public key.
    pub(crate) fn export_key(&self, number: u32, public_key: &[u8]) -> Result<(Vec<u8>, usize)> {
        algorithm::sm4(number)?;
        let recipient = read_public_key(public_key, WIDTH)?;
        let mut octets = Zeroizing::new([0; BLOCK]);
        self.on_device().device().random(octets.as_mut_slice())?;
        let sealed = recipient.encrypt(&mut SysRng, octets.as_slice());
        let sealed = sealed.map_err(|_| Code::Fail)?;
        let handle = self.on_device().set_key(octets.as_slice(), number)?;
        Ok((write_cipher(&sealed, WIDTH), handle))
    }

    /// `SKF_ImportSessionKey`: a key that was wrapped for the encryption key.
    pub(crate) fn import_key(&self, number: u32, wrapped: &[u8]) -> Result<usize> {
        algorithm::sm4(number)?;
        let octets = self.decrypt_cipher(wrapped)?;
        self.on_device().set_key(&octets, number)
    }
}

impl CipherKey {
    pub(crate) fn on_device(&self) -> &Arc<Connected> {
        &self.device
    }

    fn operations(&self) -> MutexGuard<'_, Operations> {
        // What a panic left half done gives a wrong result to its own caller at most.
        self.operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// `SKF_EncryptInit`, `SKF_DecryptInit`
    pub(crate) fn init(&self, direction: Direction, parameter: &BlockCipherParam) -> Result<()> {
        let Use::Cipher(mode) = self.for_use else {
            return Err(Code::KeyUsage);
        };
        let cipher = parameter.cipher(direction, mode, &self.key)?;
        *self.operations().of(direction) = Some(cipher);
        Ok(())
    }

    /// `SKF_EncryptUpdate`, `SKF_DecryptUpdate`, and with the end behind the octets
    /// `SKF_Encrypt`, `SKF_Decrypt`; without octets `SKF_EncryptFinal`, `SKF_DecryptFinal`.
    pub(crate) fn process(
        &self,
        direction: Direction,
        data: &[u8],
        last: bool,
        room: Room,
    ) -> Result<Reply> {
        let mut operations = self.operations();
        let place = operations.of(direction);
        let cipher = place.as_ref().ok_or(Code::NotInitialized)?;
        let most = cipher.output_length(data.len(), last);
        if room == Room::Asked {
            return Ok(Reply::Needs(most));
        }
        // On a copy: when the octets find no room, nothing was done.
        let mut cipher = cipher.clone();
        let mut octets = cipher.update(data);
        let next = if last {
            match cipher.finish() {
                Ok(end) => octets.extend_from_slice(&end),
                Err(error) => {
                    *place = None;
                    return Err(error.into());
                }
            }
            None
        } else {
            Some(cipher)
        };
        let reply = Reply::fitting(octets, room);
        if matches!(reply, Reply::Octets(_)) {
            *place = next;
        }
        Ok(reply)
    }

    /// `SKF_MacInit`
    pub(crate) fn mac(&self, parameter: &BlockCipherParam) -> Result<usize> {
        let iv = parameter.iv(Mode::Cbc)?;
        hold(MacState {
            device: Arc::clone(&self.device),
            mac: Mutex::new(Some(CbcMac::new(&self.key, &iv))),
        })
    }
}

impl Operations {
    fn of(&mut self, direction: Direction) -> &mut Option<Cipher> {
        match direction {
            Direction::Encrypt => &mut self.encryption,
            _ => &mut self.decryption,
        }
    }
}

impl MacState {
    pub(crate) fn on_device(&self) -> &Arc<Connected> {
        &self.device
    }

    fn mac(&self) -> MutexGuard<'_, Option<CbcMac>> {
        // What a panic left half done gives a wrong result to its own caller at most.
        self.mac.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `SKF_MacUpdate`
    pub(crate) fn update(&self, data: &[u8]) -> Result<()> {
        self.mac()
            .as_mut()
            .ok_or(Code::NotInitialized)?
            .update(data);
        Ok(())
    }

    /// `SKF_Mac`, and without octets `SKF_MacFinal`: when there is no room, nothing was done.
    pub(crate) fn finish(&self, data: &[u8], room: Room) -> Result<Reply> {
        let mut place = self.mac();
        let mac = place.as_ref().ok_or(Code::NotInitialized)?;
        if !room.fits(BLOCK) {
            return Ok(Reply::Needs(BLOCK));
        }
        let mut mac = mac.clone();
        *place = None;
        mac.update(data);
        Ok(Reply::Octets(mac.finish()?.to_vec().into()))
    }
}
