//! Division steps with conditional moves.
//!
//! A run of 20 steps looks at the lowest 20 bits of f and g alone. Those bits and the row of
//! the matrix that belongs to them are packed into one word,
//!
//! ```text
//! F = f + 2^21·u + 2^42·v        G = g + 2^21·q + 2^42·r
//! ```
//!
//! so that one addition or shift does all three. Fields are signed and stay below 2^20 in
//! magnitude; the identity is entered with −2^20, because +2^20 would not fit its field.

use core::arch::asm;

/// The 2 × 2 matrix of a run, scaled by 2^steps.
type Matrix = [i64; 4];

/// 60 steps from the lowest 62 bits of f and g; ζ is −(δ + 1/2). Gives the new ζ and
/// the matrix, scaled by 2^62.
pub(crate) fn division_steps(zeta: i64, f: u64, g: u64) -> (i64, Matrix) {
    let (mut f, mut g) = (f.cast_signed(), g.cast_signed());
    let (zeta, first) = run(zeta, &mut f, &mut g);
    let (zeta, second) = run(zeta, &mut f, &mut g);
    let (zeta, third) = run(zeta, &mut f, &mut g);
    let matrix = product(&third, &product(&second, &first));
    (zeta, matrix.map(|entry| entry << 2))
}

/// a·b.
fn product(a: &Matrix, b: &Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
    ]
}

const LOW: i64 = (1 << 20) - 1;

/// u and v of a packed row.
#[inline(always)]
fn unpack(row: i64) -> (i64, i64) {
    let fields = ((row + (1 << 20)) >> 21) + (1 << 20);
    ((1 << 20) - (fields & ((1 << 21) - 1)), -(fields >> 21))
}

/// Steps of a run.
const STEPS: usize = 20;

/// 20 steps; f and g are divided as they go.
#[inline(always)]
fn run(mut zeta: i64, f: &mut i64, g: &mut i64) -> (i64, Matrix) {
    let mut row_f = (*f & LOW) - (1 << (STEPS + 21));
    let mut row_g = (*g & LOW) - (1 << (STEPS + 42));
    // SAFETY: see `low::safety`; base instructions on registers alone.
    unsafe {
        asm!(
            // A loop short enough to stay decoded.
            "mov {rest:e}, 4",
            "2:",
            ".rept 5",
            // Candidates: G + F or, where ζ < 0, G − F; then F stays or becomes G, and
            // ζ stays or becomes its complement, if G is odd.
            "mov {sum}, {g}",
            "mov {difference}, {g}",
            "add {sum}, {f}",
            "sub {difference}, {f}",
            "mov {next_f}, {f}",
            "mov {next_zeta}, {zeta}",
            "sar {next_zeta}, 63",
            "xor {next_zeta}, {zeta}",
            "test {zeta}, {zeta}",
            "cmovs {sum}, {difference}",
            "cmovs {next_f}, {g}",
            "test {g:l}, 1",
            "cmovz {sum}, {g}",
            "cmovnz {f}, {next_f}",
            "cmovnz {zeta}, {next_zeta}",
            "mov {g}, {sum}",
            "sar {g}, 1",
            "sub {zeta}, 1",
            ".endr",
            "dec {rest:e}",
            "jnz 2b",
            rest = out(reg) _,
            zeta = inout(reg) zeta,
            f = inout(reg) row_f,
            g = inout(reg) row_g,
            sum = out(reg) _,
            difference = out(reg) _,
            next_f = out(reg) _,
            next_zeta = out(reg) _,
            options(pure, nomem, nostack),
        );
    }
    let ((u, v), (q, r)) = (unpack(row_f), unpack(row_g));
    let divided = |a: i64, b: i64| a.wrapping_mul(*f).wrapping_add(b.wrapping_mul(*g)) >> STEPS;
    (*f, *g) = (divided(u, v), divided(q, r));
    (zeta, [u, v, q, r])
}
