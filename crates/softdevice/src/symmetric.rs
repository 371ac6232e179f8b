//! SM4 in the modes that devices offer, as many octets at a time as a caller gives.
//!
//! The C interfaces want more than a mode does: an operation goes on over calls, an IV comes
//! back for the next call (GM/T 0018-2012, 6.5.1), and a call whose buffer was too small must
//! be possible again. So an operation is [`Clone`]: it is run on a copy, and the copy takes
//! its place once the octets have found room.

#[cfg(test)]
mod tests;

use gm_crypto::sm4::{
    BLOCK_LENGTH, CbcDecryptor, CbcEncryptor, CfbBufDecryptor, CfbBufEncryptor, Ctr, EcbDecryptor,
    EcbEncryptor, Gcm, Ofb, Sm4,
    cipher::{
        BlockModeDecrypt, BlockModeEncrypt, InOutBuf, InnerIvInit, KeyInit, StreamCipher,
        array::Array, common::InnerInit, consts::U16,
    },
};
use std::fmt;
use zeroize::Zeroizing;

/// A mode of operation (GB/T 17964-2021; GM/T 0006 numbers them).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Blocks one by one, no IV.
    Ecb,
    /// Blocks chained.
    Cbc,
    /// Ciphertext fed back, whole blocks of it (CFB128).
    Cfb,
    /// Key stream fed back.
    Ofb,
    /// A counter of 128 bits, big endian.
    Ctr,
}

impl Mode {
    /// Whether only whole blocks can be processed.
    pub fn is_in_blocks(self) -> bool {
        matches!(self, Self::Ecb | Self::Cbc)
    }

    /// Octets of the IV.
    pub fn iv_length(self) -> usize {
        match self {
            Self::Ecb => 0,
            _ => BLOCK_LENGTH,
        }
    }
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Direction {
    /// Plaintext in, ciphertext out.
    Encrypt,
    /// Ciphertext in, plaintext out.
    Decrypt,
}

/// What fills the last block in the modes that take whole blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Padding {
    /// Nothing: the caller gives whole blocks.
    None,
    /// PKCS#7 (PKCS#5 in GM/T 0016's words): n times the octet n, 1 to 16.
    Pkcs7,
}

/// Why an operation gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SymmetricError {
    /// What was given does not end with a block, and nothing fills it.
    #[error("the octets given are no whole blocks of 16")]
    Ragged,
    /// The padding is none, or the tag of an authenticated ciphertext is another.
    #[error("the ciphertext does not open under this key")]
    Unopened,
}

/// An encryption or a decryption that goes on.
#[derive(Clone)]
pub struct Cipher {
    cipher: Sm4,
    mode: Mode,
    direction: Direction,
    padding: Padding,
    iv: [u8; BLOCK_LENGTH],
    /// In blocks: octets that wait for the rest of their block, or for the end. In a stream:
    /// what was given of the block that `iv` begins.
    pending: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cipher")
            .field("mode", &self.mode)
            .field("direction", &self.direction)
            .finish_non_exhaustive()
    }
}

impl Cipher {
    /// Begins. `iv` is not looked at in ECB, `padding` only where whole blocks are wanted.
    pub fn new(
        direction: Direction,
        mode: Mode,
        padding: Padding,
        key: &[u8; BLOCK_LENGTH],
        iv: &[u8; BLOCK_LENGTH],
    ) -> Self {
        Self {
            cipher: Sm4::new(&Array(*key)),
            mode,
            direction,
            padding,
            iv: *iv,
            pending: Zeroizing::new(Vec::new()),
        }
    }

    /// The most octets that `input` more octets can give, with the end behind them or not.
    pub fn output_length(&self, input: usize, last: bool) -> usize {
        if !self.mode.is_in_blocks() {
            return input;
        }
        let whole = (self.pending.len() + input) / BLOCK_LENGTH * BLOCK_LENGTH;
        match (self.direction, self.padding) {
            (Direction::Encrypt, Padding::Pkcs7) if last => whole + BLOCK_LENGTH,
            _ => whole,
        }
    }

    /// Takes octets and gives those that are ready.
    pub fn update(&mut self, data: &[u8]) -> Zeroizing<Vec<u8>> {
        let before = self.pending.len();
        let mut octets = Zeroizing::new(Vec::with_capacity(before + data.len()));
        octets.extend_from_slice(&self.pending);
        octets.extend_from_slice(data);
        let mut whole = octets.len() / BLOCK_LENGTH * BLOCK_LENGTH;
        if self.mode.is_in_blocks() {
            // The last block may be padding, which only the end tells.
            if self.keeps_a_block() && whole == octets.len() {
                whole = whole.saturating_sub(BLOCK_LENGTH);
            }
            self.pending = Zeroizing::new(octets[whole..].to_vec());
            octets.truncate(whole);
            self.iv = self.apply(&mut octets);
            return octets;
        }
        // A stream: the begun block is run again, and what it gave is not given twice.
        self.pending = Zeroizing::new(octets[whole..].to_vec());
        self.iv = self.apply(&mut octets);
        Zeroizing::new(octets[before..].to_vec())
    }

    /// Ends, and gives what was held back.
    ///
    /// # Errors
    /// [`SymmetricError::Ragged`] where a block is begun and nothing fills it,
    /// [`SymmetricError::Unopened`] for a padding that is none.
    pub fn finish(mut self) -> Result<Zeroizing<Vec<u8>>, SymmetricError> {
        let mut last = std::mem::take(&mut self.pending);
        if !self.mode.is_in_blocks() {
            return Ok(Zeroizing::default());
        }
        match (self.direction, self.padding) {
            (_, Padding::None) if last.is_empty() => Ok(last),
            (_, Padding::None) => Err(SymmetricError::Ragged),
            (Direction::Encrypt, Padding::Pkcs7) => {
                let fill = BLOCK_LENGTH - last.len() % BLOCK_LENGTH;
                let mut block = Zeroizing::new(Vec::with_capacity(BLOCK_LENGTH));
                block.extend_from_slice(&last);
                #[expect(clippy::cast_possible_truncation, reason = "1 to 16")]
                block.resize(last.len() + fill, fill as u8);
                self.apply(&mut block);
                Ok(block)
            }
            (Direction::Decrypt, Padding::Pkcs7) => {
                if last.len() != BLOCK_LENGTH {
                    return Err(SymmetricError::Ragged);
                }
                self.apply(&mut last);
                let fill = usize::from(*last.last().unwrap_or(&0));
                let good = (1..=BLOCK_LENGTH).contains(&fill)
                    && last[BLOCK_LENGTH - fill..]
                        .iter()
                        .all(|octet| usize::from(*octet) == fill);
                if !good {
                    return Err(SymmetricError::Unopened);
                }
                last.truncate(BLOCK_LENGTH - fill);
                Ok(last)
            }
        }
    }

    /// The IV for what follows the last whole block: what GM/T 0018 gives back through `pucIV`.
    pub fn next_iv(&self) -> [u8; BLOCK_LENGTH] {
        self.iv
    }

    fn keeps_a_block(&self) -> bool {
        self.direction == Direction::Decrypt && self.padding == Padding::Pkcs7
    }

    /// Runs the mode over `octets` from the current IV; gives the IV behind the last whole block.
    fn apply(&self, octets: &mut [u8]) -> [u8; BLOCK_LENGTH] {
        let (cipher, iv) = (self.cipher.clone(), Array(self.iv));
        let whole = octets.len() / BLOCK_LENGTH;
        let last = |octets: &[u8]| whole.checked_sub(1).and_then(|index| block(octets, index));
        let before = last(octets);
        match (self.mode, self.direction) {
            (Mode::Ecb, Direction::Encrypt) => {
                EcbEncryptor::inner_init(cipher).encrypt_blocks(blocks(octets));
            }
            (Mode::Ecb, Direction::Decrypt) => {
                EcbDecryptor::inner_init(cipher).decrypt_blocks(blocks(octets));
            }
            (Mode::Cbc, Direction::Encrypt) => {
                CbcEncryptor::inner_iv_init(cipher, &iv).encrypt_blocks(blocks(octets));
            }
            (Mode::Cbc, Direction::Decrypt) => {
                CbcDecryptor::inner_iv_init(cipher, &iv).decrypt_blocks(blocks(octets));
            }
            (Mode::Cfb, Direction::Encrypt) => {
                CfbBufEncryptor::inner_iv_init(cipher, &iv).encrypt(octets);
            }
            (Mode::Cfb, Direction::Decrypt) => {
                CfbBufDecryptor::inner_iv_init(cipher, &iv).decrypt(octets);
            }
            (Mode::Ofb, _) => {
                Ofb::from_core(InnerIvInit::inner_iv_init(cipher, &iv)).apply_keystream(octets);
            }
            (Mode::Ctr, _) => Ctr::inner_iv_init(cipher, &iv).apply_keystream(octets),
        }
        let (Some(before), Some(after)) = (before, last(octets)) else {
            return self.iv;
        };
        let ciphertext = match self.direction {
            Direction::Encrypt => after,
            Direction::Decrypt => before,
        };
        match self.mode {
            Mode::Ecb => self.iv,
            Mode::Cbc | Mode::Cfb => ciphertext,
            Mode::Ofb => std::array::from_fn(|index| before[index] ^ after[index]),
            Mode::Ctr => u128::from_be_bytes(self.iv)
                .wrapping_add(whole as u128)
                .to_be_bytes(),
        }
    }
}

fn blocks(octets: &mut [u8]) -> &mut [Array<u8, U16>] {
    Array::slice_as_chunks_mut(octets).0
}

fn block(octets: &[u8], index: usize) -> Option<[u8; BLOCK_LENGTH]> {
    octets.get(index * BLOCK_LENGTH..)?.first_chunk().copied()
}

/// The MAC of GM/T 0006's `SGD_SM4_MAC`: the last block of CBC, whole blocks only.
#[derive(Clone, Debug)]
pub struct CbcMac {
    chain: Cipher,
    begun: bool,
}

impl CbcMac {
    /// Begins with an IV, which is zero or the MAC of what came before (GM/T 0018-2012,
    /// 6.5.3).
    pub fn new(key: &[u8; BLOCK_LENGTH], iv: &[u8; BLOCK_LENGTH]) -> Self {
        Self {
            chain: Cipher::new(Direction::Encrypt, Mode::Cbc, Padding::None, key, iv),
            begun: false,
        }
    }

    /// Takes octets.
    pub fn update(&mut self, data: &[u8]) {
        self.begun |= !data.is_empty();
        self.chain.update(data);
    }

    /// The MAC, 16 octets.
    ///
    /// # Errors
    /// [`SymmetricError::Ragged`] without a whole number of blocks, one at least.
    pub fn finish(self) -> Result<[u8; BLOCK_LENGTH], SymmetricError> {
        if !self.begun || !self.chain.pending.is_empty() {
            return Err(SymmetricError::Ragged);
        }
        Ok(self.chain.next_iv())
    }
}

/// Octets of the tag that GCM has here.
pub const TAG_LENGTH: usize = 16;

/// Encrypts in GCM (GB/T 36624): ciphertext and tag.
///
/// # Errors
/// [`SymmetricError::Ragged`] for a nonce without octets.
pub fn gcm_seal(
    key: &[u8; BLOCK_LENGTH],
    nonce: &[u8],
    associated_data: &[u8],
    data: &[u8],
) -> Result<(Vec<u8>, [u8; TAG_LENGTH]), SymmetricError> {
    let mut octets = data.to_vec();
    let tag = Gcm::<U16, U16>::new(&Array(*key))
        .encrypt_with_nonce(nonce, associated_data, InOutBuf::from(&mut octets[..]))
        .map_err(|_| SymmetricError::Ragged)?;
    Ok((octets, tag.0))
}

/// Decrypts in GCM: nothing comes out unless the tag is right.
///
/// # Errors
/// [`SymmetricError::Unopened`].
pub fn gcm_open(
    key: &[u8; BLOCK_LENGTH],
    nonce: &[u8],
    associated_data: &[u8],
    data: &[u8],
    tag: &[u8; TAG_LENGTH],
) -> Result<Zeroizing<Vec<u8>>, SymmetricError> {
    let mut octets = Zeroizing::new(data.to_vec());
    Gcm::<U16, U16>::new(&Array(*key))
        .decrypt_with_nonce(
            nonce,
            associated_data,
            InOutBuf::from(&mut octets[..]),
            &Array(*tag),
        )
        .map_err(|_| SymmetricError::Unopened)?;
    Ok(octets)
}
