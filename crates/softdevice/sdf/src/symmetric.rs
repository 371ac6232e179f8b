//! SM4 with the keys of a session (GM/T 0018-2012, 6.5; the steps are GM/T 0018-2023's).

pub(crate) mod sys;

use crate::{
    algorithm,
    code::{Code, Result},
    session::{Operations, Session, SessionKey},
    sys::MAX_INPUT,
};
use gm_crypto::sm3::{
    DIGEST_LENGTH, HmacSm3,
    digest::{KeyInit, Mac},
};
use softdevice::room::{Reply, Room};
use softdevice::symmetric::{
    CbcMac, Cipher, Direction, Mode, Padding, TAG_LENGTH, gcm_open, gcm_seal,
};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Octets of an IV and of a MAC.
pub(crate) const BLOCK: usize = 16;

/// An authenticated encryption or decryption that is fed in pieces and gives its octets at
/// the end: for a decryption the only time when they may be given.
#[derive(Debug)]
pub(crate) struct Sealing {
    key: Arc<SessionKey>,
    start: Vec<u8>,
    associated_data: Vec<u8>,
    /// The tag to be found; none when this encrypts.
    tag: Option<[u8; TAG_LENGTH]>,
    /// What `uiDataLength` promised.
    length: usize,
    data: Zeroizing<Vec<u8>>,
}

/// A key of the session, or one that is given in clear.
pub(crate) enum KeySource<'a> {
    /// `hKeyHandle`
    Handle(usize),
    /// `pucKey` of the functions for debugging.
    Clear(&'a [u8]),
}

/// An IV of the length that the mode has; what is there in ECB does not matter.
fn checked_iv(mode: Mode, iv: &[u8]) -> Result<[u8; BLOCK]> {
    match mode.iv_length() {
        0 => Ok([0; BLOCK]),
        _ => iv.try_into().map_err(|_| Code::Input),
    }
}

/// Octets and, where the mode has an IV, the one that goes on from there.
pub(crate) type Chained = (Reply, Option<[u8; BLOCK]>);

impl Session {
    fn symmetric_key(&self, source: &KeySource<'_>) -> Result<Arc<SessionKey>> {
        match source {
            KeySource::Handle(handle) => self.key(*handle),
            KeySource::Clear(octets) => {
                self.debug_group()?;
                SessionKey::new(octets).map(Arc::new)
            }
        }
    }

    /// `SDF_Encrypt`, `SDF_Decrypt`: whole blocks where the mode has blocks, nothing is
    /// padded.
    pub(crate) fn crypt(
        &self,
        direction: Direction,
        key: &KeySource<'_>,
        mode: Mode,
        iv: &[u8],
        data: &[u8],
        room: Room,
    ) -> Result<Chained> {
        let key = self.symmetric_key(key)?;
        let iv = checked_iv(mode, iv)?;
        if mode.is_in_blocks() && !data.len().is_multiple_of(BLOCK) {
            return Err(Code::Input);
        }
        if !room.fits(data.len()) {
            return Ok((Reply::Needs(data.len()), None));
        }
        let mut cipher = Cipher::new(direction, mode, Padding::None, key.sm4()?, &iv);
        let octets = cipher.update(data);
        let next = (mode.iv_length() > 0).then(|| cipher.next_iv());
        Ok((Reply::Octets(octets), next))
    }

    /// `SDF_EncryptInit`, `SDF_DecryptInit`: one of each goes on at a time.
    pub(crate) fn crypt_init(
        &self,
        direction: Direction,
        key: &KeySource<'_>,
        number: u32,
        iv: &[u8],
    ) -> Result<()> {
        let mode = algorithm::sm4_mode(number)?;
        let key = self.symmetric_key(key)?;
        let iv = checked_iv(mode, iv)?;
        let cipher = Cipher::new(direction, mode, Padding::None, key.sm4()?, &iv);
        *self.operations().cipher(direction) = Some(cipher);
        Ok(())
    }

    /// `SDF_EncryptUpdate`, `SDF_DecryptUpdate`
    pub(crate) fn crypt_update(
        &self,
        direction: Direction,
        data: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let mut operations = self.operations();
        let cipher = operations.cipher(direction).as_mut().ok_or(Code::Step)?;
        let needed = cipher.output_length(data.len(), false);
        if !room.fits(needed) {
            return Ok(Reply::Needs(needed));
        }
        Ok(Reply::Octets(cipher.update(data)))
    }

    /// `SDF_EncryptFinal`, `SDF_DecryptFinal`: nothing more comes, but a begun block is an
    /// error.
    pub(crate) fn crypt_final(&self, direction: Direction, room: Room) -> Result<Reply> {
        let mut operations = self.operations();
        if operations.cipher(direction).is_some() && room == Room::Asked {
            return Ok(Reply::Needs(0));
        }
        let cipher = operations.cipher(direction).take().ok_or(Code::Step)?;
        Ok(Reply::Octets(cipher.finish()?))
    }

    /// `SDF_CalculateMAC`: the MAC is also the IV that goes on from there.
    pub(crate) fn mac(
        &self,
        key: usize,
        number: u32,
        iv: &[u8; BLOCK],
        data: &[u8],
        room: Room,
    ) -> Result<Chained> {
        algorithm::sm4_mac(number)?;
        let key = self.key(key)?;
        let mut mac = CbcMac::new(key.sm4()?, iv);
        mac.update(data);
        let octets = mac.finish()?;
        let reply = Reply::fitting(octets.to_vec(), room);
        let next = matches!(reply, Reply::Octets(_)).then_some(octets);
        Ok((reply, next))
    }

    /// `SDF_CalculateMACInit`
    pub(crate) fn mac_init(&self, key: usize, number: u32, iv: &[u8]) -> Result<()> {
        algorithm::sm4_mac(number)?;
        let iv = iv.try_into().map_err(|_| Code::Input)?;
        let key = self.key(key)?;
        self.operations().mac = Some(CbcMac::new(key.sm4()?, iv));
        Ok(())
    }

    /// `SDF_CalculateMACUpdate`
    pub(crate) fn mac_update(&self, data: &[u8]) -> Result<()> {
        let mut operations = self.operations();
        operations.mac.as_mut().ok_or(Code::Step)?.update(data);
        Ok(())
    }

    /// `SDF_CalculateMACFinal`
    pub(crate) fn mac_final(&self, room: Room) -> Result<Reply> {
        let mut operations = self.operations();
        if operations.mac.is_some() && !room.fits(BLOCK) {
            return Ok(Reply::Needs(BLOCK));
        }
        let mac = operations.mac.take().ok_or(Code::Step)?;
        Ok(Reply::Octets(mac.finish()?.to_vec().into()))
    }

    /// `SDF_HMACInit`
    pub(crate) fn hmac_init(&self, key: &KeySource<'_>, number: u32) -> Result<()> {
        algorithm::sm3(number)?;
        let key = self.symmetric_key(key)?;
        let mac = HmacSm3::new_from_slice(key.octets()).map_err(|_| Code::Key)?;
        self.operations().hmac = Some(mac);
        Ok(())
    }

    /// `SDF_HMACUpdate`
    pub(crate) fn hmac_update(&self, data: &[u8]) -> Result<()> {
        let mut operations = self.operations();
        operations.hmac.as_mut().ok_or(Code::Step)?.update(data);
        Ok(())
    }

    /// `SDF_HMACFinal`
    pub(crate) fn hmac_final(&self, room: Room) -> Result<Reply> {
        let mut operations = self.operations();
        if operations.hmac.is_some() && !room.fits(DIGEST_LENGTH) {
            return Ok(Reply::Needs(DIGEST_LENGTH));
        }
        let mac = operations.hmac.take().ok_or(Code::Step)?;
        Ok(Reply::Octets(mac.finalize().into_bytes().to_vec().into()))
    }

    /// `SDF_AuthEnc`: ciphertext and tag, both or neither.
    pub(crate) fn seal(
        &self,
        (key, number): (usize, u32),
        [start, associated_data, data]: [&[u8]; 3],
        [room, tag_room]: [Room; 2],
    ) -> Result<[Reply; 2]> {
        algorithm::sm4_gcm(number)?;
        let key = self.key(key)?;
        if !room.fits(data.len()) || !tag_room.fits(TAG_LENGTH) {
            return Ok([Reply::Needs(data.len()), Reply::Needs(TAG_LENGTH)]);
        }
        let (octets, tag) = gcm_seal(key.sm4()?, start, associated_data, data)?;
        Ok([
            Reply::Octets(octets.into()),
            Reply::Octets(tag.to_vec().into()),
        ])
    }

    /// `SDF_AuthDec`: the plaintext, when the tag is right.
    pub(crate) fn open(
        &self,
        (key, number): (usize, u32),
        [start, associated_data, data, tag]: [&[u8]; 4],
        room: Room,
    ) -> Result<Reply> {
        algorithm::sm4_gcm(number)?;
        let key = self.key(key)?;
        let tag = tag.try_into().map_err(|_| Code::Input)?;
        if !room.fits(data.len()) {
            return Ok(Reply::Needs(data.len()));
        }
        let octets = gcm_open(key.sm4()?, start, associated_data, data, tag);
        Ok(Reply::Octets(octets.map_err(|_| Code::Mac)?))
    }

    /// `SDF_AuthEncInit`, and with a tag `SDF_AuthDecInit`.
    pub(crate) fn sealing_init(
        &self,
        (key, number): (usize, u32),
        [start, associated_data]: [&[u8]; 2],
        tag: Option<&[u8]>,
        length: u32,
    ) -> Result<()> {
        algorithm::sm4_gcm(number)?;
        let key = self.key(key)?;
        key.sm4()?;
        let tag = tag
            .map(|tag| tag.try_into().map_err(|_| Code::Input))
            .transpose()?;
        if start.is_empty() || length > MAX_INPUT {
            return Err(Code::Input);
        }
        let direction = direction_of(tag.is_some());
        *self.operations().sealing(direction) = Some(Sealing {
            key,
            start: start.to_vec(),
            associated_data: associated_data.to_vec(),
            tag,
            length: length as usize,
            data: Zeroizing::new(Vec::with_capacity(length as usize)),
        });
        Ok(())
    }

    /// `SDF_AuthEncUpdate`, `SDF_AuthDecUpdate`: nothing comes out before the end.
    pub(crate) fn sealing_update(
        &self,
        direction: Direction,
        data: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let mut operations = self.operations();
        let sealing = operations.sealing(direction).as_mut().ok_or(Code::Step)?;
        if room == Room::Asked {
            return Ok(Reply::Needs(0));
        }
        if data.len() > sealing.length - sealing.data.len() {
            return Err(Code::Input);
        }
        sealing.data.extend_from_slice(data);
        Ok(Reply::Octets(Zeroizing::default()))
    }

    /// `SDF_AuthEncFinal`
    pub(crate) fn sealing_final(&self, [room, tag_room]: [Room; 2]) -> Result<[Reply; 2]> {
        let mut operations = self.operations();
        let sealing = finished(&mut operations, Direction::Encrypt)?;
        let needed = sealing.length;
        if !room.fits(needed) || !tag_room.fits(TAG_LENGTH) {
            return Ok([Reply::Needs(needed), Reply::Needs(TAG_LENGTH)]);
        }
        let key = sealing.key.sm4()?;
        let sealed = gcm_seal(key, &sealing.start, &sealing.associated_data, &sealing.data);
        *operations.sealing(Direction::Encrypt) = None;
        let (octets, tag) = sealed?;
        Ok([
            Reply::Octets(octets.into()),
            Reply::Octets(tag.to_vec().into()),
        ])
    }

    /// `SDF_AuthDecFinal`
    pub(crate) fn opening_final(&self, room: Room) -> Result<Reply> {
        let mut operations = self.operations();
        let sealing = finished(&mut operations, Direction::Decrypt)?;
        if !room.fits(sealing.length) {
            return Ok(Reply::Needs(sealing.length));
        }
        let tag = sealing.tag.as_ref().ok_or(Code::Step)?;
        let key = sealing.key.sm4()?;
        let opened = gcm_open(
            key,
            &sealing.start,
            &sealing.associated_data,
            &sealing.data,
            tag,
        );
        *operations.sealing(Direction::Decrypt) = None;
        Ok(Reply::Octets(opened.map_err(|_| Code::Mac)?))
    }
}

fn direction_of(has_tag: bool) -> Direction {
    if has_tag {
        Direction::Decrypt
    } else {
        Direction::Encrypt
    }
}

/// What was begun, once it has all the octets that were promised.
fn finished(operations: &mut Operations, direction: Direction) -> Result<&Sealing> {
    let sealing = operations.sealing(direction).as_ref().ok_or(Code::Step)?;
    if sealing.data.len() == sealing.length {
        Ok(sealing)
    } else {
        Err(Code::Step)
    }
}
