//! GCM: counter mode with GHASH.

use super::Sm4;
use crate::{
    low::{
        ghash::GhashKey,
        sm4::{Block, Direction, RoundKeys, wipe, wipe_blocks},
    },
    self_test::ready,
};
use aead::{AeadCore, AeadInOut, Error, KeyInit, KeySizeUser, Nonce, Result, Tag, TagPosition};
use cipher::{
    InOutBuf, Key,
    array::{Array, ArraySize},
    consts::{U4, U8, U12, U13, U14, U15, U16},
    typenum::NonZero,
};
use core::{fmt, marker::PhantomData};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// SM4-GCM (GB/T 17964-2021, NIST SP 800-38D; RFC 8998 with the default sizes).
///
/// `NonceSize` is 12 octets unless said otherwise; any size from one octet on is legal,
/// other sizes than 12 go through GHASH (SP 800-38D, 7.1). `TagSize` is 16 octets;
/// [`GcmTagSize`] lists the others. **Never use a nonce twice with one key**:
/// who sees both messages can forge.
///
/// A message has at most 2³⁶ − 32 octets, associated data at most 2⁶¹ − 1
/// (SP 800-38D, 5.2.1.1); more is an error. Decryption checks the tag, in constant time,
/// before it makes any plaintext; when the tag is wrong the output is filled with zeros.
///
/// ```
/// use gm_crypto::sm4::{Gcm, aead::{Aead, KeyInit, Payload}};
///
/// let cipher: Gcm = Gcm::new(&[7; 16].into());
/// let nonce = [1; 12].into();
/// let sealed = cipher.encrypt(&nonce, Payload { msg: b"secret", aad: b"header" })?;
/// assert_eq!(sealed.len(), 6 + 16);
/// let opened = cipher.decrypt(&nonce, Payload { msg: &sealed, aad: b"header" })?;
/// assert_eq!(opened, b"secret");
/// assert!(cipher.decrypt(&nonce, Payload { msg: &sealed, aad: b"Header" }).is_err());
/// # Ok::<(), gm_crypto::sm4::aead::Error>(())
/// ```
pub struct Gcm<NonceSize = U12, TagSize = U16> {
    cipher: Sm4,
    hash: GhashKey,
    sizes: PhantomData<fn() -> (NonceSize, TagSize)>,
}

/// The sizes that a GCM tag may have (SP 800-38D, 5.2.1.2): 12 to 16 octets, and for
/// protocols that limit how often a key decrypts (its appendix C) 4 and 8.
pub trait GcmTagSize: ArraySize + sealed::TagSize {}

mod sealed {
    #[expect(unnameable_types, reason = "so that nobody else implements it")]
    pub trait TagSize {}
}

macro_rules! tag_sizes {
    ($($size:ident)*) => {
        $(impl sealed::TagSize for $size {}
        impl GcmTagSize for $size {})*
    };
}
tag_sizes!(U4 U8 U12 U13 U14 U15 U16);

/// 2³⁶ − 32.
const MESSAGE_MOST: u64 = (1 << 36) - 32;
/// 2⁶¹ − 1.
const ASSOCIATED_MOST: u64 = (1 << 61) - 1;
/// Octets that are encrypted and then hashed while they are near.
const CHUNK: usize = 2048;

impl<N, T> fmt::Debug for Gcm<N, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gcm { .. }")
    }
}

impl<N, T> Clone for Gcm<N, T> {
    fn clone(&self) -> Self {
        Self {
            cipher: self.cipher.clone(),
            hash: self.hash.clone(),
            sizes: PhantomData,
        }
    }
}

// Both keys wipe themselves.
impl<N, T> ZeroizeOnDrop for Gcm<N, T> {}

impl<N, T> KeySizeUser for Gcm<N, T> {
    type KeySize = U16;
}

impl<N, T> KeyInit for Gcm<N, T> {
    fn new(key: &Key<Self>) -> Self {
        Sm4::new(key).into()
    }
}

impl<N, T> From<Sm4> for Gcm<N, T> {
    fn from(cipher: Sm4) -> Self {
        let mut h = cipher.0.crypt_one(Direction::Encrypt, &[0; 16]);
        let hash = GhashKey::new(&h);
        h.zeroize();
        Self {
            cipher,
            hash,
            sizes: PhantomData,
        }
    }
}

impl<N: ArraySize + NonZero, T: GcmTagSize> AeadCore for Gcm<N, T> {
    type NonceSize = N;
    type TagSize = T;
    const TAG_POSITION: TagPosition = TagPosition::Postfix;
}

impl<N: ArraySize + NonZero, T: GcmTagSize> AeadInOut for Gcm<N, T> {
    fn encrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Tag<Self>> {
        self.encrypt_with_nonce(nonce, associated_data, buffer)
    }

    fn decrypt_inout_detached(
        &self,
        nonce: &Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
        tag: &Tag<Self>,
    ) -> Result<()> {
        self.decrypt_with_nonce(nonce, associated_data, buffer, tag)
    }
}

impl<N, T: GcmTagSize> Gcm<N, T> {
    /// Encrypts with a nonce whose size only the run time knows, and gives the tag.
    ///
    /// # Errors
    /// An empty nonce, or more octets than the standard allows.
    pub fn encrypt_with_nonce(
        &self,
        nonce: &[u8],
        associated_data: &[u8],
        mut buffer: InOutBuf<'_, '_, u8>,
    ) -> Result<Array<u8, T>> {
        check_lengths(nonce, associated_data.len(), buffer.len())?;
        let length = buffer.len();
        let mut start = self.begin(nonce, length);
        let mut sum = self.hash.update_padded(GhashKey::START, associated_data);
        while !buffer.is_empty() {
            let middle = buffer.len().min(CHUNK);
            let (mut now, later) = buffer.split_at(middle);
            start.apply(&self.cipher.0, now.reborrow());
            sum = self.hash.update_padded(sum, now.get_out());
            buffer = later;
        }
        Ok(self.finish(sum, &start, associated_data.len(), length))
    }

    /// Decrypts with a nonce whose size only the run time knows.
    ///
    /// # Errors
    /// A wrong tag: the output is zeros then. An empty nonce, or more octets than the
    /// standard allows.
    pub fn decrypt_with_nonce(
        &self,
        nonce: &[u8],
        associated_data: &[u8],
        mut buffer: InOutBuf<'_, '_, u8>,
        tag: &Array<u8, T>,
    ) -> Result<()> {
        check_lengths(nonce, associated_data.len(), buffer.len())?;
        let mut start = self.begin(nonce, buffer.len());
        let sum = self.hash.update_padded(GhashKey::START, associated_data);
        let sum = self.hash.update_padded(sum, buffer.get_in());
        let expected = self.finish(sum, &start, associated_data.len(), buffer.len());
        if !same(&expected, tag) {
            wipe(buffer.get_out());
            return Err(Error);
        }
        start.apply(&self.cipher.0, buffer);
        Ok(())
    }

    /// The first pre-counter block and the stream from there (SP 800-38D, 7.1, steps 2
    /// and 3).
    fn begin(&self, nonce: &[u8], length: usize) -> Stream {
        let mut counter = [0; 16];
        if let Ok(nonce) = <&[u8; 12]>::try_from(nonce) {
            counter[..12].copy_from_slice(nonce);
            counter[15] = 1;
        } else {
            let sum = self.hash.update_padded(GhashKey::START, nonce);
            let bits = 8 * nonce.len() as u128;
            counter = self.hash.update(sum, &[bits.to_be_bytes()]).to_be_bytes();
        }
        let mut blocks = [Array([0; 16]); HEAD];
        let whole = 1 + length.div_ceil(16);
        let count = if whole <= HEAD { whole } else { 1 };
        self.cipher
            .0
            .counters_32(&mut counter, InOutBuf::from(&mut blocks[..count]));
        Stream {
            counter,
            head: blocks,
            begun: count == 1,
        }
    }

    fn finish(
        &self,
        sum: u128,
        stream: &Stream,
        associated: usize,
        message: usize,
    ) -> Array<u8, T> {
        let bits = ((8 * associated as u128) << 64) | (8 * message as u128);
        let sum = self.hash.update(sum, &[bits.to_be_bytes()]);
        let tag = (sum ^ u128::from_be_bytes(stream.head[0].0)).to_be_bytes();
        Array::from_fn(|index| tag[index])
    }
}

/// A message whose stream fits here, behind the mask of the tag, has it made in one go.
const HEAD: usize = 32;

/// The key stream of one message.
struct Stream {
    counter: Block,
    /// The mask of the tag, then the stream of a short message.
    head: [Array<u8, U16>; HEAD],
    /// Whether `counter` comes next, not the stream in `head`.
    begun: bool,
}

impl Drop for Stream {
    fn drop(&mut self) {
        wipe_blocks(&mut self.head);
    }
}

impl Stream {
    /// Adds the stream to the next octets: whole blocks but at the end.
    fn apply(&mut self, keys: &RoundKeys, mut buffer: InOutBuf<'_, '_, u8>) {
        if !self.begun {
            self.begun = true;
            let octets = Array::cast_slice_to_core(&self.head[1..]).as_flattened();
            buffer.xor_in2out(&octets[..buffer.len()]);
            return;
        }
        let (blocks, mut tail) = buffer.into_chunks::<U16>();
        keys.counters_32(&mut self.counter, blocks);
        if !tail.is_empty() {
            let mut stream = keys.crypt_one(Direction::Encrypt, &self.counter);
            tail.xor_in2out(&stream[..tail.len()]);
            stream.zeroize();
        }
    }
}

fn check_lengths(nonce: &[u8], associated: usize, message: usize) -> Result<()> {
    ready().map_err(|_| Error)?;
    if nonce.is_empty() || associated as u64 > ASSOCIATED_MOST || message as u64 > MESSAGE_MOST {
        return Err(Error);
    }
    Ok(())
}

/// Whether two tags are the same, in constant time; the answer itself is no secret.
pub(super) fn same(expected: &[u8], given: &[u8]) -> bool {
    crate::low::ct::declassify(
        expected.ct_eq(given).unwrap_u8(),
        "whether a message is genuine is what decryption tells",
    ) == 1
}
