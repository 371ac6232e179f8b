//! SM3's compression of eight messages at once with AVX2: one message a 32-bit lane.
//!
//! A register holds the same word of all eight; a transposition brings the blocks into
//! that form, and the states stay in it. Rotations by whole octets are one shuffle.
//! Static tables: the 256 octets of constants.

use crate::low::{cpu::HaveAvx2, generic::sm3::CONSTANTS};
use core::arch::x86_64::*;

/// Takes one block into each state: `states[i][lane]` is word i of that lane.
#[inline]
pub(crate) fn compress(_: HaveAvx2, states: &mut [[u32; 8]; 8], blocks: [&[u8; 64]; 8]) {
    // SAFETY: the token proves AVX2.
    unsafe { compress_avx2(states, blocks) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[u32; 8]) -> __m256i {
    // SAFETY: 32 octets are there; the instruction asks for no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(words: &mut [u32; 8], value: __m256i) {
    // SAFETY: 32 octets are there; the instruction asks for no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), value) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const LEFT: i32, const RIGHT: i32>(x: __m256i) -> __m256i {
    const { assert!(LEFT + RIGHT == 32) };
    xor(_mm256_slli_epi32::<LEFT>(x), _mm256_srli_epi32::<RIGHT>(x))
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate_8(x: __m256i) -> __m256i {
    let order = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14,
    ));
    _mm256_shuffle_epi8(x, order)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(x: __m256i, y: __m256i) -> __m256i {
    _mm256_xor_si256(x, y)
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(x: __m256i, y: __m256i) -> __m256i {
    _mm256_add_epi32(x, y)
}

/// P_0: rotations by 9 and by 17 = 9 + 8.
#[inline]
#[target_feature(enable = "avx2")]
fn p0(x: __m256i) -> __m256i {
    let rotated = rotate::<9, 23>(x);
    xor(xor(x, rotated), rotate_8(rotated))
}

/// P_1: rotations by 15 and by 23 = 15 + 8.
#[inline]
#[target_feature(enable = "avx2")]
fn p1(x: __m256i) -> __m256i {
    let rotated = rotate::<15, 17>(x);
    xor(xor(x, rotated), rotate_8(rotated))
}

#[inline]
#[target_feature(enable = "avx2")]
fn parity(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    xor(x, xor(y, z))
}

#[inline]
#[target_feature(enable = "avx2")]
fn majority(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    xor(_mm256_and_si256(x, xor(y, z)), _mm256_and_si256(y, z))
}

#[inline]
#[target_feature(enable = "avx2")]
fn choice(x: __m256i, y: __m256i, z: __m256i) -> __m256i {
    xor(z, _mm256_and_si256(x, xor(y, z)))
}

/// W_j for j ≥ 16 over the window of the sixteen words before it.
#[inline]
#[target_feature(enable = "avx2")]
fn expand(w: &mut [__m256i; 16], j: usize) {
    let before = |distance: usize| w[(j + 16 - distance) % 16];
    let p = p1(xor(xor(before(16), before(9)), rotate::<15, 17>(before(3))));
    w[j % 16] = xor(p, xor(rotate::<7, 25>(before(13)), before(6)));
}

#[inline]
#[target_feature(enable = "avx2")]
fn given(_: &mut [__m256i; 16], _: usize) {}

/// One round. What was a..h goes on as d, a, b, c, h, e, f, g.
macro_rules! round {
    ($ff:ident, $gg:ident, $a:ident $b:ident $c:ident $d:ident
     $e:ident $f:ident $g:ident $h:ident, $w:ident, $j:expr) => {
        let a12 = rotate::<12, 20>($a);
        let t = _mm256_set1_epi32(CONSTANTS[$j].cast_signed());
        let ss1 = rotate::<7, 25>(add(add(a12, t), $e));
        let (now, later) = ($w[$j % 16], $w[($j + 4) % 16]);
        $d = add(
            add(add($d, xor(now, later)), $ff($a, $b, $c)),
            xor(ss1, a12),
        );
        $h = p0(add(add(add($h, now), $gg($e, $f, $g)), ss1));
        $b = rotate::<9, 23>($b);
        $f = rotate::<19, 13>($f);
    };
}

/// Four rounds, after which each register has its old meaning; round j makes word j + 4.
macro_rules! four_rounds {
    ($ff:ident, $gg:ident, ($a:ident $b:ident $c:ident $d:ident
      $e:ident $f:ident $g:ident $h:ident), $w:ident, $j:expr, $expand:ident) => {
        $expand(&mut $w, $j + 4);
        round!($ff, $gg, $a $b $c $d $e $f $g $h, $w, $j);
        $expand(&mut $w, $j + 5);
        round!($ff, $gg, $d $a $b $c $h $e $f $g, $w, $j + 1);
        $expand(&mut $w, $j + 6);
        round!($ff, $gg, $c $d $a $b $g $h $e $f, $w, $j + 2);
        $expand(&mut $w, $j + 7);
        round!($ff, $gg, $b $c $d $a $f $g $h $e, $w, $j + 3);
    };
}

/// Words `HALF`·8 to `HALF`·8 + 7 of all eight blocks, each word in one register.
#[inline]
#[target_feature(enable = "avx2")]
fn transposed<const HALF: usize>(blocks: &[&[u8; 64]; 8]) -> [__m256i; 8] {
    let order = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12,
    ));
    // Four octets of two blocks: row i of `block`, and of the block four lanes on.
    let row = |lane: usize| {
        // SAFETY: a block is two rows of 32 octets; no alignment is asked for.
        let row = unsafe { _mm256_loadu_si256(blocks[lane].as_ptr().cast::<__m256i>().add(HALF)) };
        _mm256_shuffle_epi8(row, order)
    };
    let pairs = |i: usize| {
        let (even, odd) = (row(2 * i), row(2 * i + 1));
        (
            _mm256_unpacklo_epi32(even, odd),
            _mm256_unpackhi_epi32(even, odd),
        )
    };
    let quads = |i: usize| {
        let ((low0, high0), (low1, high1)) = (pairs(2 * i), pairs(2 * i + 1));
        [
            _mm256_unpacklo_epi64(low0, low1),
            _mm256_unpackhi_epi64(low0, low1),
            _mm256_unpacklo_epi64(high0, high1),
            _mm256_unpackhi_epi64(high0, high1),
        ]
    };
    let (first, second) = (quads(0), quads(1));
    let low = |i: usize| _mm256_permute2x128_si256::<0x20>(first[i], second[i]);
    let high = |i: usize| _mm256_permute2x128_si256::<0x31>(first[i], second[i]);
    [
        low(0),
        low(1),
        low(2),
        low(3),
        high(0),
        high(1),
        high(2),
        high(3),
    ]
}

#[target_feature(enable = "avx2")]
fn compress_avx2(states: &mut [[u32; 8]; 8], blocks: [&[u8; 64]; 8]) {
    let mut w = [_mm256_setzero_si256(); 16];
    w[..8].copy_from_slice(&transposed::<0>(&blocks));
    w[8..].copy_from_slice(&transposed::<1>(&blocks));

    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = [
        load(&states[0]),
        load(&states[1]),
        load(&states[2]),
        load(&states[3]),
        load(&states[4]),
        load(&states[5]),
        load(&states[6]),
        load(&states[7]),
    ];

    four_rounds!(parity, parity, (a b c d e f g h), w, 0, given);
    four_rounds!(parity, parity, (a b c d e f g h), w, 4, given);
    four_rounds!(parity, parity, (a b c d e f g h), w, 8, given);
    four_rounds!(parity, parity, (a b c d e f g h), w, 12, expand);
    for turn in 1..4 {
        let j = 16 * turn;
        four_rounds!(majority, choice, (a b c d e f g h), w, j, expand);
        four_rounds!(majority, choice, (a b c d e f g h), w, j + 4, expand);
        four_rounds!(majority, choice, (a b c d e f g h), w, j + 8, expand);
        four_rounds!(majority, choice, (a b c d e f g h), w, j + 12, expand);
    }

    for (words, mixed) in states.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        let before = load(words);
        store(words, xor(before, mixed));
    }
}
