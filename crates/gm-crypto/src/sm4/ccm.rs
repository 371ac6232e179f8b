//! CCM: counter mode with CBC-MAC.

use super::{Sm4, gcm::same};
use crate::{
    low::sm4::{Block, Direction, wipe},
    self_test::ready,
};
use aead::{AeadCore, AeadInOut, Error, KeyInit, KeySizeUser, Nonce, Result, Tag, TagPosition};
use cipher::{
    InOutBuf, Key,
    array::{Array, ArraySize},
    consts::{U4, U6, U7, U8, U9, U10, U11, U12, U13, U14, U16},
};
use core::{fmt, marker::PhantomData};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// SM4-CCM (NIST SP 800-38C, RFC 3610; RFC 8998 with the default sizes).
///
/// `TagSize` is 16 octets unless said otherwise ([`CcmTagSize`]: 4, 6, …, 16),
/// `NonceSize` 12 ([`CcmNonceSize`]: 7 to 13). The nonce takes its octets from the
/// length: a message has less than 2^(8·(15 − nonce size)) octets, so 16 MiB with 12; more
/// is an error. Never use a nonce twice with one key.
///
/// CCM authenticates the plaintext, so decryption has to make it first; when the tag,
/// compared in constant time, is wrong, the output is filled with zeros before the error
/// comes back. Slower than [`Gcm`](super::Gcm): the MAC takes block after block.
///
/// ```
/// use gm_crypto::sm4::{Ccm, aead::{Aead, KeyInit}};
///
/// let cipher: Ccm = Ccm::new(&[7; 16].into());
/// let nonce = [1; 12].into();
/// let sealed = cipher.encrypt(&nonce, b"secret".as_slice())?;
/// assert_eq!(cipher.decrypt(&nonce, sealed.as_slice())?, b"secret");
/// # Ok::<(), gm_crypto::sm4::aead::Error>(())
/// ```
pub struct Ccm<TagSize = U16, NonceSize = U12> {
    cipher: Sm4,
    sizes: PhantomData<fn() -> (TagSize, NonceSize)>,
}

/// The sizes that a CCM tag may have (SP 800-38C, A.1): 4, 6, 8, 10, 12, 14, 16.
pub trait CcmTagSize: ArraySize + sealed::TagSize {}

/// The sizes that a CCM nonce may have (SP 800-38C, A.1): 7 to 13.
pub trait CcmNonceSize: ArraySize + sealed::NonceSize {}

mod sealed {
    #[expect(unnameable_types, reason = "so that nobody else implements it")]
    pub trait TagSize {}
    #[expect(unnameable_types, reason = "so that nobody else implements it")]
    pub trait NonceSize {}
}

macro_rules! sizes {
    ($trait:ident, $sealed:ident: $($size:ident)*) => {
        $(impl sealed::$sealed for $size {}
        impl $trait for $size {})*
    };
}
sizes!(CcmTagSize, TagSize: U4 U6 U8 U10 U12 U14 U16);
sizes!(CcmNonceSize, NonceSize: U7 U8 U9 U10 U11 U12 U13);

impl<T, N> fmt::Debug for Ccm<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ccm { .. }")
    }
}

impl<T, N> Clone for Ccm<T, N> {
    fn clone(&self) -> Self {
        self.cipher.clone().into()
    }
}

// The key wipes itself.
impl<T, N> ZeroizeOnDrop for Ccm<T, N> {}

impl<T, N> KeySizeUser for Ccm<T, N> {
    type KeySize = U16;
}

impl<T, N> KeyInit for Ccm<T, N> {
    fn new(key: &Key<Self>) -> Self {
        Sm4::new(key).into()
    }
}

impl<T, N> From<Sm4> for Ccm<T, N> {
    fn from(cipher: Sm4) -> Self {
        Self {
            cipher,
            sizes: PhantomData,
        }
    }
}

impl<T: CcmTagSize, N: CcmNonceSize> AeadCore for Ccm<T, N> {
    type NonceSize = N;
    type TagSize = T;
    const TAG_POSITION: TagPosition = TagPosition::Postfix;
}

impl<T: CcmTagSize, N: CcmNonceSize> AeadInOut for Ccm<T, N> {
    fn encrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Tag<Self>> {
        Self::check_length(buffer.len())?;
        let tag = self.tag(nonce, associated_data, buffer.get_in());
        self.apply_stream(nonce, buffer);
        Ok(tag)
    }

    fn decrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        mut buffer: InOutBuf<'_, '_, u8>,
        tag: &Tag<Self>,
    ) -> Result<()> {
        Self::check_length(buffer.len())?;
        self.apply_stream(nonce, buffer.reborrow());
        let expected = self.tag(nonce, associated_data, buffer.get_out());
        if !same(&expected, tag) {
            wipe(buffer.get_out());
            return Err(Error);
        }
        Ok(())
    }
}

impl<T: CcmTagSize, N: CcmNonceSize> Ccm<T, N> {
    /// Octets that hold the length of the message: L of RFC 3610, q of SP 800-38C.
    const LENGTH_OCTETS: usize = 15 - N::USIZE;

    /// Nothing begins in the error state, or with more octets than can be numbered.
    fn check_length(length: usize) -> Result<()> {
        ready().map_err(|_| Error)?;
        // 2⁶⁴ and more octets do not come in a slice.
        let bits = 8 * Self::LENGTH_OCTETS;
        if bits < 64 && length as u64 >> bits != 0 {
            return Err(Error);
        }
        Ok(())
    }

    /// A block of flags, nonce and number (RFC 3610, 2.2 and 2.3).
    fn numbered(flags: usize, nonce: &[u8], number: u64) -> Block {
        let mut block = u128::from(number).to_be_bytes();
        #[expect(clippy::cast_possible_truncation, reason = "below 128")]
        let flags = (flags | (Self::LENGTH_OCTETS - 1)) as u8;
        block[0] = flags;
        block[1..=N::USIZE].copy_from_slice(nonce);
        block
    }

    fn tag(&self, nonce: &[u8], associated_data: &[u8], message: &[u8]) -> Array<u8, T> {
        let flags = 64 * usize::from(!associated_data.is_empty()) + 8 * ((T::USIZE - 2) / 2);
        let mut mac = CbcMac {
            cipher: &self.cipher,
            sum: 0,
        };
        mac.update(&Self::numbered(flags, nonce, message.len() as u64));
        if !associated_data.is_empty() {
            mac.update_with_length(associated_data);
        }
        mac.update_padded(message);
        let mask = self.encrypt(&Self::numbered(0, nonce, 0));
        let tag = (mac.sum ^ u128::from_be_bytes(mask)).to_be_bytes();
        mac.sum.zeroize();
        Array::from_fn(|index| tag[index])
    }

    fn apply_stream(&self, nonce: &[u8], buffer: InOutBuf<'_, '_, u8>) {
        // Below 2^(8·L) octets, so the counter stays within its octets.
        let mut counter = Self::numbered(0, nonce, 1);
        let (blocks, mut tail) = buffer.into_chunks::<U16>();
        self.cipher.0.counters_128(&mut counter, blocks);
        if !tail.is_empty() {
            let mut stream = self.encrypt(&counter);
            tail.xor_in2out(&stream[..tail.len()]);
            stream.zeroize();
        }
    }

    fn encrypt(&self, block: &Block) -> Block {
        self.cipher.0.crypt_one(Direction::Encrypt, block)
    }
}

struct CbcMac<'a> {
    cipher: &'a Sm4,
    sum: u128,
}

impl CbcMac<'_> {
    fn update(&mut self, block: &Block) {
        let sum = self.sum ^ u128::from_be_bytes(*block);
        let block = self
            .cipher
            .0
            .crypt_one(Direction::Encrypt, &sum.to_be_bytes());
        self.sum = u128::from_be_bytes(block);
    }

    fn update_padded(&mut self, octets: &[u8]) {
        let (blocks, rest) = octets.as_chunks();
        for block in blocks {
            self.update(block);
        }
        if !rest.is_empty() {
            let mut block = [0; 16];
            block[..rest.len()].copy_from_slice(rest);
            self.update(&block);
            block.zeroize();
        }
    }

    /// Associated data behind their length, which takes 2, 6 or 10 octets
    /// (RFC 3610, 2.2).
    fn update_with_length(&mut self, octets: &[u8]) {
        let length = octets.len() as u64;
        let mut block = [0; 16];
        let prefix = match length {
            0..0xff00 => {
                block[..8].copy_from_slice(&(length << 48).to_be_bytes());
                2
            }
            0xff00..0x1_0000_0000 => {
                block[..2].copy_from_slice(&[0xff, 0xfe]);
                block[2..10].copy_from_slice(&(length << 32).to_be_bytes());
                6
            }
            _ => {
                block[..2].copy_from_slice(&[0xff, 0xff]);
                block[2..10].copy_from_slice(&length.to_be_bytes());
                10
            }
        };
        let middle = octets.len().min(16 - prefix);
        let (first, rest) = octets.split_at(middle);
        block[prefix..][..first.len()].copy_from_slice(first);
        self.update(&block);
        self.update_padded(rest);
    }
}
