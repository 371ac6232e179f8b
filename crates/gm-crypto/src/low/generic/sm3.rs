//! SM3's compression function (GB/T 32905-2016, 5.3) in plain Rust.
//!
//! The rounds are written out four at a time with the registers renamed, so that no
//! word is moved; the message words live in a window of sixteen. Static tables: none
//! of its own, the 256 octets of [`CONSTANTS`].

/// T_j rotated left by j (4.2, 5.3.3).
pub(crate) static CONSTANTS: [u32; 64] = {
    let mut table = [0; 64];
    let mut j = 0;
    while j < 64 {
        let t: u32 = if j < 16 { 0x79cc_4519 } else { 0x7a87_9d8a };
        table[j as usize] = t.rotate_left(j % 32);
        j += 1;
    }
    table
};

/// Takes `blocks` into `state`, one after the other.
pub(crate) fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    for block in blocks {
        compress_block(state, block);
    }
}

/// P_0 (4.4).
#[inline(always)]
fn p0(x: u32) -> u32 {
    x ^ x.rotate_left(9) ^ x.rotate_left(17)
}

/// P_1 (4.4).
#[inline(always)]
fn p1(x: u32) -> u32 {
    x ^ x.rotate_left(15) ^ x.rotate_left(23)
}

/// FF_j and GG_j for j < 16 (4.3).
#[inline(always)]
fn parity(x: u32, y: u32, z: u32) -> u32 {
    x ^ y ^ z
}

/// FF_j for j ≥ 16: the sum of two words with no bit in common.
#[inline(always)]
fn majority(x: u32, y: u32, z: u32) -> u32 {
    (x & (y ^ z)).wrapping_add(y & z)
}

/// GG_j for j ≥ 16.
#[inline(always)]
fn choice(x: u32, y: u32, z: u32) -> u32 {
    z ^ (x & (y ^ z))
}

/// One round. What was a..h goes on as d, a, b, c, h, e, f, g.
macro_rules! round {
    ($ff:ident, $gg:ident, $a:ident $b:ident $c:ident $d:ident
     $e:ident $f:ident $g:ident $h:ident, $w:ident, $j:expr) => {
        let a12 = $a.rotate_left(12);
        let ss1 = a12
            .wrapping_add(CONSTANTS[$j])
            .wrapping_add($e)
            .rotate_left(7);
        let (now, later) = ($w[$j % 16], $w[($j + 4) % 16]);
        $d = $d
            .wrapping_add(now ^ later)
            .wrapping_add($ff($a, $b, $c))
            .wrapping_add(ss1 ^ a12);
        $h = p0($h
            .wrapping_add(now)
            .wrapping_add($gg($e, $f, $g))
            .wrapping_add(ss1));
        $b = $b.rotate_left(9);
        $f = $f.rotate_left(19);
    };
}

/// Four rounds, after which each register has its old meaning. `$expand` makes word
/// j + 4, which round j is the first to need.
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

/// W_j for j ≥ 16 (5.3.2) over the window of the sixteen words before it.
#[inline(always)]
fn expand(w: &mut [u32; 16], j: usize) {
    let before = |distance: usize| w[(j + 16 - distance) % 16];
    w[j % 16] = p1(before(16) ^ before(9) ^ before(3).rotate_left(15))
        ^ before(13).rotate_left(7)
        ^ before(6);
}

/// The first sixteen words are the block.
#[inline(always)]
fn given(_: &mut [u32; 16], _: usize) {}

fn compress_block(state: &mut [u32; 8], block: &[u8; 64]) {
    let mut w = [0; 16];
    for (word, octets) in w.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*octets);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;

    four_rounds!(parity, parity, (a b c d e f g h), w, 0, given);
    four_rounds!(parity, parity, (a b c d e f g h), w, 4, given);
    four_rounds!(parity, parity, (a b c d e f g h), w, 8, given);
    four_rounds!(parity, parity, (a b c d e f g h), w, 12, expand);
    // Sixteen rounds a turn, so that each place in the window is a constant.
    for turn in 1..4 {
        let j = 16 * turn;
        four_rounds!(majority, choice, (a b c d e f g h), w, j, expand);
        four_rounds!(majority, choice, (a b c d e f g h), w, j + 4, expand);
        four_rounds!(majority, choice, (a b c d e f g h), w, j + 8, expand);
        four_rounds!(majority, choice, (a b c d e f g h), w, j + 12, expand);
    }

    for (word, mixed) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word ^= mixed;
    }
}
