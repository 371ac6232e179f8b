//! SM4 in bit planes: sixteen blocks at once, no look-up at all.
//!
//! A 32-bit word of sixteen blocks is eight [`Planes`]: plane b holds bit b of each of
//! the 64 octets, that of octet j (0 is the most significant) of block i at bit
//! 16·j + i. Rotating a word by octets is rotating planes by 16 bits.

use crate::low::sm4::{Block, Blocks, wipe};
use cipher::array::Array;
use zeroize::Zeroize;

/// Blocks at once.
const BLOCKS: usize = 16;

type Planes = [u64; 8];

/// Round keys from the standard's form into the one that [`crypt`] wants: octet 0, the
/// most significant, in the low bits.
pub(crate) fn prepare(keys: &mut [u32; 32]) {
    for key in keys {
        *key = key.swap_bytes();
    }
}

/// The S-box on each octet of a word.
pub(crate) fn s_box(word: u32) -> u32 {
    const ONES: u32 = 0x0101_0101;
    let planes = core::array::from_fn(|bit| u64::from(word >> bit & ONES));
    #[expect(clippy::cast_possible_truncation, reason = "planes of 32 bits")]
    (0..)
        .zip(substitute(planes))
        .fold(0, |word, (bit, plane)| word | (plane as u32 & ONES) << bit)
}

/// Encrypts (`flip` 0) or decrypts (`flip` 31).
pub(crate) fn crypt(keys: &[u32; 32], flip: usize, mut blocks: Blocks<'_, '_>) {
    let mut start = 0;
    while start < blocks.len() {
        let count = (blocks.len() - start).min(BLOCKS);
        let mut batch = [[0; 16]; BLOCKS];
        let source = &blocks.get_in()[start..][..count];
        batch[..count].copy_from_slice(Array::cast_slice_to_core(source));
        crypt_batch(keys, flip, &mut batch);
        let target = &mut blocks.get_out()[start..][..count];
        Array::cast_slice_to_core_mut(target).copy_from_slice(&batch[..count]);
        wipe(batch.as_flattened_mut());
        start += count;
    }
}

fn crypt_batch(keys: &[u32; 32], flip: usize, batch: &mut [Block; BLOCKS]) {
    let mut state: [Planes; 4] = core::array::from_fn(|word| gather(batch, word));
    for index in (0..32).step_by(4) {
        for step in 0..4 {
            let key = spread(keys[(index + step) ^ flip]);
            let t = core::array::from_fn(|bit| {
                // A bit of the key at the place of block 0, then at all sixteen.
                let one = key >> bit & 0x0001_0001_0001_0001;
                let all = (one << 16).wrapping_sub(one);
                state[(step + 1) % 4][bit]
                    ^ state[(step + 2) % 4][bit]
                    ^ state[(step + 3) % 4][bit]
                    ^ all
            });
            add_diffused(&mut state[step], substitute(t));
        }
    }
    for (word, planes) in [3, 2, 1, 0].into_iter().enumerate() {
        scatter(state[planes], batch, word);
    }
    state.as_flattened_mut().zeroize();
}

/// `x` plus L(`s`) (GB/T 32907-2016, 6.2 b), as octets: with w = s + s⋘8 + s⋘16,
/// L(s) = s + s⋘24 + w⋘2.
#[inline(always)]
fn add_diffused(x: &mut Planes, s: Planes) {
    let w = s.map(|s| s ^ s.rotate_right(16) ^ s.rotate_right(32));
    for bit in 0..8 {
        let shifted = match bit {
            0 | 1 => w[bit + 6].rotate_right(16),
            _ => w[bit - 2],
        };
        x[bit] ^= s[bit] ^ s[bit].rotate_right(48) ^ shifted;
    }
}

/// The S-box. The octet goes into a tower of fields, GF(2⁸) over GF(2⁴) over GF(2²), is
/// inverted there and comes back; the sums of bits are SM4's two affine maps with
/// the change of field (z² + z + 9, root 0x83) melted in.
#[inline(always)]
fn substitute(x: Planes) -> Planes {
    let [x0, x1, x2, x3, x4, x5, x6, x7] = x;
    let a = x0 ^ x6;
    let b = x4 ^ x5;
    let c = a ^ x1 ^ x2;
    let low = [a ^ b, x1 ^ b, !x5, x5 ^ c];
    let high = [x4 ^ c, !x6, !(x2 ^ x7), !(c ^ x3 ^ b)];

    let norm = add(
        add(square_times_nine(high), square(low)),
        multiply(high, low),
    );
    let inverse = invert(norm);
    let [y4, y5, y6, y7] = multiply(high, inverse);
    let [y0, y1, y2, y3] = multiply(add(high, low), inverse);

    let d = y0 ^ y4;
    let e = y1 ^ y3;
    let f = y6 ^ y7;
    [
        !(y0 ^ y2),
        !(y6 ^ d),
        y4 ^ y1 ^ y2,
        y0 ^ f,
        !(y5 ^ e),
        y7 ^ e,
        !(d ^ y1 ^ y5),
        !(y2 ^ d ^ e ^ f),
    ]
}

/// An element of GF(2⁴): two of GF(2²), the lower first; of those two bits each.
type Nibble = [u64; 4];

#[inline(always)]
fn add(a: Nibble, b: Nibble) -> Nibble {
    [a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]]
}

#[inline(always)]
fn square([a0, a1, a2, a3]: Nibble) -> Nibble {
    [a0 ^ a1 ^ a3, a1 ^ a2, a2 ^ a3, a3]
}

#[inline(always)]
fn square_times_nine([a0, a1, a2, a3]: Nibble) -> Nibble {
    [a0 ^ a1 ^ a2 ^ a3, a1 ^ a3, a1, a0]
}

/// In GF(2²), modulo w² + w + 1.
#[inline(always)]
fn multiply_pair([a0, a1]: [u64; 2], [b0, b1]: [u64; 2]) -> [u64; 2] {
    let low = a0 & b0;
    [low ^ (a1 & b1), low ^ ((a0 ^ a1) & (b0 ^ b1))]
}

/// In GF(2⁴), modulo y² + y + w.
#[inline(always)]
fn multiply([a0, a1, a2, a3]: Nibble, [b0, b1, b2, b3]: Nibble) -> Nibble {
    let low = multiply_pair([a0, a1], [b0, b1]);
    let high = multiply_pair([a2, a3], [b2, b3]);
    let cross = multiply_pair([a0 ^ a2, a1 ^ a3], [b0 ^ b2, b1 ^ b3]);
    [
        low[0] ^ high[1],
        low[1] ^ high[0] ^ high[1],
        cross[0] ^ low[0],
        cross[1] ^ low[1],
    ]
}

/// In GF(2⁴); 0 gives 0. In GF(2²) the inverse is the square.
#[inline(always)]
fn invert([a0, a1, a2, a3]: Nibble) -> Nibble {
    let product = multiply_pair([a0, a1], [a2, a3]);
    // w·(a2, a3)² + the product + (a0, a1)².
    let norm = [a3 ^ product[0] ^ a0 ^ a1, a2 ^ product[1] ^ a1];
    let inverse = [norm[0] ^ norm[1], norm[1]];
    let low = multiply_pair([a0 ^ a2, a1 ^ a3], inverse);
    let high = multiply_pair([a2, a3], inverse);
    [low[0], low[1], high[0], high[1]]
}

/// Octet j of `word` (its low bits first) to bits 16·j.
#[inline(always)]
fn spread(word: u32) -> u64 {
    let word = u64::from(word);
    let word = (word | word << 16) & 0x0000_ffff_0000_ffff;
    (word | word << 8) & 0x00ff_00ff_00ff_00ff
}

/// The reverse of [`spread`], for any octets between.
#[inline(always)]
fn collect(wide: u64) -> u32 {
    let wide = wide & 0x00ff_00ff_00ff_00ff;
    let wide = (wide | wide >> 8) & 0x0000_ffff_0000_ffff;
    #[expect(clippy::cast_possible_truncation, reason = "the low half is wanted")]
    let word = (wide | wide >> 16) as u32;
    word
}

/// Planes of one word of all blocks.
fn gather(batch: &[Block; BLOCKS], word: usize) -> Planes {
    let octets = |block: usize| {
        let octets = batch[block].as_chunks::<4>().0[word];
        spread(u32::from_le_bytes(octets))
    };
    let mut planes = core::array::from_fn(|block| octets(block) | octets(block + 8) << 8);
    transpose(&mut planes);
    planes
}

/// The reverse of [`gather`].
fn scatter(mut planes: Planes, batch: &mut [Block; BLOCKS], word: usize) {
    transpose(&mut planes);
    for (block, wide) in planes.into_iter().enumerate() {
        let mut put = |block: usize, wide| {
            batch[block].as_chunks_mut::<4>().0[word] = collect(wide).to_le_bytes();
        };
        put(block, wide);
        put(block + 8, wide >> 8);
    }
}

/// Exchanges bit r of each octet of word b with bit b of the same octet of word r.
fn transpose(words: &mut Planes) {
    for (distance, mask) in [
        (1, 0x5555_5555_5555_5555_u64),
        (2, 0x3333_3333_3333_3333),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
    ] {
        for low in (0..8).filter(|index| index & distance == 0) {
            let high = low + distance;
            let swap = (words[low] >> distance ^ words[high]) & mask;
            words[high] ^= swap;
            words[low] ^= swap << distance;
        }
    }
}
