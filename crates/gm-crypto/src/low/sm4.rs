//! SM4's blocks: the key schedule, and many blocks at once.

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use super::{
    cpu::{HaveAesNi, HaveVaes},
    x86_64::{sm4_aesni, sm4_vaes},
};
use super::{error_state::assert_not_entered, generic::sm4_bitslice};
use cipher::{array::Array, consts::U16, inout::InOutBuf};
use zeroize::Zeroize;

/// 16 octets.
pub(crate) type Block = [u8; 16];

/// The sum of two blocks, bit by bit.
#[inline(always)]
pub(crate) fn add(a: Block, b: Block) -> Block {
    (u128::from_ne_bytes(a) ^ u128::from_ne_bytes(b)).to_ne_bytes()
}

/// Zeros that the compiler leaves in: one fill, not a volatile write for each octet.
#[inline]
pub(crate) fn wipe(octets: &mut [u8]) {
    octets.fill(0);
    zeroize::optimization_barrier(octets);
}

/// [`wipe`] for blocks.
#[inline]
pub(crate) fn wipe_blocks(blocks: &mut [Array<u8, U16>]) {
    wipe(Array::cast_slice_to_core_mut(blocks).as_flattened_mut());
}

/// Blocks to read and as many to write, in one place or in two.
pub(crate) type Blocks<'inp, 'out> = InOutBuf<'inp, 'out, Array<u8, U16>>;

/// The bodies. Each wants the round keys in a form of its own, so a key remembers the
/// body that it was made for.
#[derive(Clone, Copy)]
enum Body {
    Portable,
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    AesNi(HaveAesNi),
    /// Blocks that come alone go through the narrow registers.
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Vaes(HaveVaes, HaveAesNi),
}

impl Body {
    #[inline]
    fn best() -> Self {
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        if let Some(narrow) = HaveAesNi::check() {
            return match HaveVaes::check() {
                Some(wide) => Self::Vaes(wide, narrow),
                None => Self::AesNi(narrow),
            };
        }
        Self::Portable
    }

    /// The body for so many blocks of a key that was made for this one.
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    #[inline(always)]
    fn for_count(self, count: usize) -> Self {
        match self {
            Self::Vaes(_, narrow) if count <= 4 => Self::AesNi(narrow),
            body => body,
        }
    }
}

/// The body that new keys use: `portable`, `aes-ni`, `vaes`.
pub(crate) fn path() -> &'static str {
    match Body::best() {
        Body::Portable => "portable",
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        Body::AesNi(_) => "aes-ni",
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        Body::Vaes(..) => "vaes",
    }
}

/// An expanded key. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct RoundKeys {
    words: [u32; 32],
    body: Body,
}

impl Drop for RoundKeys {
    fn drop(&mut self) {
        self.words.zeroize();
    }
}

/// Which way through the round keys.
#[derive(Clone, Copy)]
pub(crate) enum Direction {
    Encrypt,
    Decrypt,
}

impl Direction {
    /// What turns the number of a round into the number of its key, by `^`.
    #[inline(always)]
    fn flip(self) -> usize {
        match self {
            Self::Encrypt => 0,
            Self::Decrypt => 31,
        }
    }
}

impl RoundKeys {
    /// The key schedule (GB/T 32907-2016, 7.3).
    pub(crate) fn new(key: &Block) -> Self {
        assert_not_entered();
        // Filled where it stands, so that no copy is left behind.
        let mut keys = Self {
            words: [0; 32],
            body: Body::best(),
        };
        match keys.body {
            Body::Portable => {
                schedule(key, &mut keys.words, sm4_bitslice::s_box);
                sm4_bitslice::prepare(&mut keys.words);
            }
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Body::AesNi(token) | Body::Vaes(_, token) => {
                schedule(key, &mut keys.words, |word| sm4_aesni::s_box(token, word));
                sm4_aesni::prepare(token, &mut keys.words);
            }
        }
        keys
    }

    /// One block.
    #[inline]
    pub(crate) fn crypt_one(&self, direction: Direction, block: &Block) -> Block {
        assert_not_entered();
        match self.body {
            Body::Portable => {
                let mut blocks = [Array(*block)];
                self.crypt(direction, InOutBuf::from(&mut blocks[..]));
                blocks[0].0
            }
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Body::AesNi(token) | Body::Vaes(_, token) => {
                sm4_aesni::one(token, &self.words, direction.flip(), *block)
            }
        }
    }

    /// Any number of blocks; 32 and multiples are best.
    #[inline]
    pub(crate) fn crypt(&self, direction: Direction, blocks: Blocks<'_, '_>) {
        assert_not_entered();
        let (keys, flip) = (&self.words, direction.flip());
        match self.body {
            Body::Portable => sm4_bitslice::crypt(keys, flip, blocks),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            body => {
                let count = blocks.len();
                let (source, target) = raw(blocks);
                // SAFETY: an `InOutBuf` is two slices of that length, the same or disjoint.
                unsafe {
                    match body.for_count(count) {
                        Body::Portable => {}
                        Body::AesNi(token) => {
                            sm4_aesni::crypt(token, keys, flip, source, target, count);
                        }
                        Body::Vaes(token, _) => {
                            sm4_vaes::crypt(token, keys, flip, source, target, count);
                        }
                    }
                }
            }
        }
    }

    /// Adds the key stream E(`counter`), E(`counter` + 1), … to `blocks` and moves
    /// `counter` on. Only the last 32 bits count, big endian, and wrap
    /// (NIST SP 800-38D, 6.5: GCM).
    #[inline]
    pub(crate) fn counters_32(&self, counter: &mut Block, blocks: Blocks<'_, '_>) {
        assert_not_entered();
        let count = blocks.len();
        let (_, number) = counter_parts(counter);
        match self.body {
            Body::Portable => self.counters_portable(counter, blocks, number),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            body => {
                let (prefix, _) = counter_parts(counter);
                let keys = &self.words;
                let (source, target) = raw(blocks);
                // SAFETY: as in `crypt`.
                unsafe {
                    match body.for_count(count) {
                        Body::Portable => {}
                        Body::AesNi(token) => {
                            sm4_aesni::counters(
                                token, keys, &prefix, number, source, target, count,
                            );
                        }
                        Body::Vaes(token, _) => {
                            sm4_vaes::counters(token, keys, &prefix, number, source, target, count);
                        }
                    }
                }
            }
        }
        // Counters wrap modulo 2³², so the count may.
        #[expect(clippy::cast_possible_truncation, reason = "modulo 2^32")]
        let next = number.wrapping_add(count as u32);
        counter[12..].copy_from_slice(&next.to_be_bytes());
    }

    /// The same with a counter of 128 bits, big endian (GB/T 17964-2021, CTR).
    #[inline]
    pub(crate) fn counters_128(&self, counter: &mut Block, mut blocks: Blocks<'_, '_>) {
        while !blocks.is_empty() {
            // As many as the last 32 bits can count without a carry.
            let (_, number) = counter_parts(counter);
            let room = usize::try_from((1_u64 << 32) - u64::from(number)).unwrap_or(usize::MAX);
            let (now, later) = {
                let middle = room.min(blocks.len());
                blocks.split_at(middle)
            };
            let count = now.len() as u128;
            let next = u128::from_be_bytes(*counter).wrapping_add(count);
            self.counters_32(counter, now);
            *counter = next.to_be_bytes();
            blocks = later;
        }
    }

    fn counters_portable(&self, counter: &Block, mut blocks: Blocks<'_, '_>, number: u32) {
        let mut start = 0;
        while start < blocks.len() {
            let count = (blocks.len() - start).min(16);
            let mut stream = [Array(*counter); 16];
            for (index, block) in stream.iter_mut().enumerate() {
                #[expect(clippy::cast_possible_truncation, reason = "modulo 2^32")]
                let number = number.wrapping_add((start + index) as u32);
                block[12..].copy_from_slice(&number.to_be_bytes());
            }
            self.crypt(Direction::Encrypt, InOutBuf::from(&mut stream[..count]));
            for (index, stream) in stream[..count].iter().enumerate() {
                let mut block = blocks.get(start + index);
                block.xor_in2out(stream);
            }
            wipe_blocks(&mut stream);
            start += count;
        }
    }
}

/// Where they are. Both have as many blocks, and are the same or disjoint.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline(always)]
fn raw(blocks: Blocks<'_, '_>) -> (*const Block, *mut Block) {
    // `Array` is transparent.
    let (source, target) = blocks.into_raw();
    (source.cast(), target.cast())
}

/// The first three words as they lie in memory, and the last as a number.
#[inline(always)]
fn counter_parts(counter: &Block) -> ([u32; 3], u32) {
    let word = |index| counter.as_chunks::<4>().0[index];
    let prefix = [0, 1, 2].map(|index| u32::from_ne_bytes(word(index)));
    (prefix, u32::from_be_bytes(word(3)))
}

/// GB/T 32907-2016, 7.3, over an S-box for four octets at once.
#[inline(always)]
fn schedule(key: &Block, words: &mut [u32; 32], s_box: impl Fn(u32) -> u32) {
    const FK: [u32; 4] = [0xa3b1_bac6, 0x56aa_3350, 0x677d_9197, 0xb270_22dc];
    let mut k: [u32; 4] =
        core::array::from_fn(|word| u32::from_be_bytes(key.as_chunks::<4>().0[word]) ^ FK[word]);
    for (round, word) in words.iter_mut().enumerate() {
        // Octet j of CK[i] is 7·(4·i + j) modulo 256.
        #[expect(clippy::cast_possible_truncation, reason = "modulo 256")]
        let ck = u32::from_be_bytes(core::array::from_fn(|octet| {
            (7 * (4 * round + octet)) as u8
        }));
        let s = s_box(k[1] ^ k[2] ^ k[3] ^ ck);
        let next = k[0] ^ s ^ s.rotate_left(13) ^ s.rotate_left(23);
        k = [k[1], k[2], k[3], next];
        *word = next;
    }
    k.zeroize();
}
