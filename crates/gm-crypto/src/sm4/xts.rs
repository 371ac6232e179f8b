//! XTS: sectors of storage, each under the number of its place.

use super::Sm4;
use crate::{
    Error, Result,
    low::sm4::{Block, Direction, RoundKeys, add, wipe_blocks},
    self_test::ready,
};
use cipher::{Array, InOutBuf, KeyInit, consts::U16};
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// SM4-XTS, in either of two conventions that differ from the second block on: standards
/// disagree in which bit of the tweak is the highest.
///
/// The key has 32 octets: 16 for the data, then 16 for the tweak. A data unit has 16 octets
/// or more, not only whole blocks: the last two are mended by stealing ciphertext.
/// The tweak, 16 octets, names the unit's place; IEEE 1619 takes the number of the
/// sector, little endian. XTS notices no change.
///
/// ```
/// use gm_crypto::sm4::Xts;
///
/// let disk = Xts::gb(&core::array::from_fn(|index| index as u8));
/// let sector = 5_u128.to_le_bytes();
/// let mut data = *b"more than one block of data";
/// disk.encrypt(&sector, &mut data)?;
/// disk.decrypt(&sector, &mut data)?;
/// assert_eq!(&data, b"more than one block of data");
/// # Ok::<(), gm_crypto::Error>(())
/// ```
#[derive(Clone)]
pub struct Xts {
    data: Sm4,
    tweak: Sm4,
    convention: Convention,
}

#[derive(Clone, Copy)]
enum Convention {
    Ieee,
    Gb,
}

impl Convention {
    /// The octets of a tweak as a number whose doubling is a shift.
    fn number(self, tweak: Block) -> u128 {
        match self {
            Self::Ieee => u128::from_le_bytes(tweak),
            Self::Gb => u128::from_be_bytes(tweak),
        }
    }

    fn octets(self, number: u128) -> Block {
        match self {
            Self::Ieee => number.to_le_bytes(),
            Self::Gb => number.to_be_bytes(),
        }
    }

    /// Times x modulo x¹²⁸ + x⁷ + x² + x + 1; without a branch on what falls off.
    fn double(self, number: u128) -> u128 {
        match self {
            // The highest bit is x¹²⁷ (IEEE 1619-2018, 5.2).
            Self::Ieee => number << 1 ^ 0_u128.wrapping_sub(number >> 127) & 0x87,
            // The lowest bit is x¹²⁷ (GB/T 17964-2021, XTS).
            Self::Gb => number >> 1 ^ 0_u128.wrapping_sub(number & 1) & (0xe1 << 120),
        }
    }
}

impl fmt::Debug for Xts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Xts { .. }")
    }
}

// Both keys wipe themselves.
impl ZeroizeOnDrop for Xts {}

/// Blocks that are worked on at once.
const BATCH: usize = 32;
/// Blocks of a data unit at most (IEEE 1619-2018, 5.1).
const MOST: usize = 1 << 20;

impl Xts {
    /// By IEEE 1619-2018, where doubling the tweak moves bits up in little-endian order, as
    /// in AES-XTS.
    pub fn ieee(key: &[u8; 32]) -> Self {
        Self::new(key, Convention::Ieee)
    }

    /// By GB/T 17964-2021, where doubling moves bits down in big-endian order, as in
    /// GHASH.
    pub fn gb(key: &[u8; 32]) -> Self {
        Self::new(key, Convention::Gb)
    }

    fn new(key: &[u8; 32], convention: Convention) -> Self {
        let [data, tweak] = [0, 1].map(|half| Sm4::new(&Array(key.as_chunks().0[half])));
        Self {
            data,
            tweak,
            convention,
        }
    }

    /// Encrypts a data unit in place.
    ///
    /// # Errors
    /// [`Error::Invalid`] below 16 octets or above 2²⁰ blocks.
    pub fn encrypt(&self, tweak: &[u8; 16], unit: &mut [u8]) -> Result<()> {
        self.encrypt_inout(tweak, unit.into())
    }

    /// Decrypts a data unit in place.
    ///
    /// # Errors
    /// [`Error::Invalid`] below 16 octets or above 2²⁰ blocks.
    pub fn decrypt(&self, tweak: &[u8; 16], unit: &mut [u8]) -> Result<()> {
        self.decrypt_inout(tweak, unit.into())
    }

    /// Encrypts a data unit, in place or into another buffer of the same length.
    ///
    /// # Errors
    /// [`Error::Invalid`] below 16 octets or above 2²⁰ blocks.
    pub fn encrypt_inout(&self, tweak: &[u8; 16], unit: InOutBuf<'_, '_, u8>) -> Result<()> {
        self.crypt(Direction::Encrypt, tweak, unit)
    }

    /// Decrypts a data unit, in place or into another buffer of the same length.
    ///
    /// # Errors
    /// [`Error::Invalid`] below 16 octets or above 2²⁰ blocks.
    pub fn decrypt_inout(&self, tweak: &[u8; 16], unit: InOutBuf<'_, '_, u8>) -> Result<()> {
        self.crypt(Direction::Decrypt, tweak, unit)
    }

    fn crypt(
        &self,
        direction: Direction,
        tweak: &[u8; 16],
        unit: InOutBuf<'_, '_, u8>,
    ) -> Result<()> {
        ready()?;
        if unit.len() < 16 || unit.len() > 16 * MOST {
            return Err(Error::Invalid {
                what: "XTS data unit",
                reason: "a data unit has from 16 octets to 2^20 blocks",
            });
        }
        let convention = self.convention;
        let encrypted = self.tweak.0.crypt_one(Direction::Encrypt, tweak);
        let mut mask = convention.number(encrypted);

        let whole = unit.len() / 16 - usize::from(!unit.len().is_multiple_of(16));
        let (whole, rest) = unit.split_at(16 * whole);
        let (blocks, _) = whole.into_chunks::<U16>();
        self.crypt_whole(direction, &mut mask, blocks);
        if !rest.is_empty() {
            self.crypt_stolen(direction, mask, rest);
        }
        mask.zeroize();
        Ok(())
    }

    /// Whole blocks, from `mask` on; leaves it at the block behind.
    fn crypt_whole(
        &self,
        direction: Direction,
        mask: &mut u128,
        mut blocks: InOutBuf<'_, '_, Array<u8, U16>>,
    ) {
        let mut masks = [Array([0; 16]); BATCH];
        let mut batch = [Array([0; 16]); BATCH];
        while !blocks.is_empty() {
            let middle = blocks.len().min(BATCH);
            let (now, later) = blocks.split_at(middle);
            let (masks, batch) = (&mut masks[..now.len()], &mut batch[..now.len()]);
            for (octets, (masked, plain)) in
                masks.iter_mut().zip(batch.iter_mut().zip(now.get_in()))
            {
                octets.0 = self.convention.octets(*mask);
                masked.0 = add(plain.0, octets.0);
                *mask = self.convention.double(*mask);
            }
            self.data.0.crypt(direction, InOutBuf::from(&mut *batch));
            for (target, (masked, octets)) in now
                .into_out()
                .iter_mut()
                .zip(batch.iter().zip(masks.iter()))
            {
                target.0 = add(masked.0, octets.0);
            }
            blocks = later;
        }
        wipe_blocks(&mut batch);
        wipe_blocks(&mut masks);
    }

    /// The last whole block and the part of one behind it (IEEE 1619-2018, 5.3.2 and
    /// 5.4.2): the part borrows the end of the whole block's first encryption.
    fn crypt_stolen(&self, direction: Direction, mask: u128, mut rest: InOutBuf<'_, '_, u8>) {
        let next = self.convention.double(mask);
        let (first, second) = match direction {
            Direction::Encrypt => (mask, next),
            Direction::Decrypt => (next, mask),
        };
        let part = rest.len() - 16;
        let mut whole = [0; 16];
        whole.copy_from_slice(&rest.get_in()[..16]);
        let mut lent = self.crypt_masked(direction, first, whole);
        whole = lent;
        whole[..part].copy_from_slice(&rest.get_in()[16..]);
        whole = self.crypt_masked(direction, second, whole);
        rest.get_out()[..16].copy_from_slice(&whole);
        rest.get_out()[16..].copy_from_slice(&lent[..part]);
        lent.zeroize();
        whole.zeroize();
    }

    fn crypt_masked(&self, direction: Direction, mask: u128, block: Block) -> Block {
        let keys: &RoundKeys = &self.data.0;
        let mask = self.convention.octets(mask);
        add(keys.crypt_one(direction, &add(block, mask)), mask)
    }
}
