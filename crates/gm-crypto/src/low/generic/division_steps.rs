//! Division steps with masks.

use core::hint::black_box;

/// 60 steps from the lowest 62 bits of f and g; ζ is −(δ + 1/2). Gives the new ζ and
/// the matrix (u, v, q, r), scaled by 2^62.
pub(crate) fn division_steps(mut zeta: i64, mut f: u64, mut g: u64) -> (i64, [i64; 4]) {
    // Scaled by 4 at the start, so that 60 doublings make it 2^62.
    let (mut u, mut v, mut q, mut r) = (4_u64, 0_u64, 0_u64, 4_u64);
    for _ in 0..60 {
        // Swap (with a change of sign) when δ > 0 and g is odd; then make g even.
        let mut swap = black_box(zeta >> 63).cast_unsigned();
        let odd = black_box(g & 1).wrapping_neg();
        let x = (f ^ swap).wrapping_sub(swap);
        let y = (u ^ swap).wrapping_sub(swap);
        let z = (v ^ swap).wrapping_sub(swap);
        g = g.wrapping_add(x & odd);
        q = q.wrapping_add(y & odd);
        r = r.wrapping_add(z & odd);
        swap &= odd;
        zeta = (zeta ^ swap.cast_signed()).wrapping_sub(1);
        f = f.wrapping_add(g & swap);
        u = u.wrapping_add(q & swap);
        v = v.wrapping_add(r & swap);
        g >>= 1;
        u <<= 1;
        v <<= 1;
    }
    (zeta, [u, v, q, r].map(u64::cast_signed))
}
