//! Arithmetic modulo p and n: one name each for all machines.
//!
//! A [`Machine`] is a zero-sized value that says which bodies run. Code above is
//! generic over it and compiled once for each, so that a multiplication is inlined where it
//! stands; [`on_this_machine!`] picks the value once for a whole operation.

use super::generic;

/// 256 bits, least significant limb first.
pub(crate) type Limbs = [u64; 4];

/// p = 2^256 − 2^224 − 2^96 + 2^64 − 1 (GB/T 32918.5-2017).
pub(crate) const P: Limbs = [
    0xFFFF_FFFF_FFFF_FFFF,
    0xFFFF_FFFF_0000_0000,
    0xFFFF_FFFF_FFFF_FFFF,
    0xFFFF_FFFE_FFFF_FFFF,
];

/// n, the order of the group (GB/T 32918.5-2017).
pub(crate) const N: Limbs = [
    0x53BB_F409_39D5_4123,
    0x7203_DF6B_21C6_052B,
    0xFFFF_FFFF_FFFF_FFFF,
    0xFFFF_FFFE_FFFF_FFFF,
];

/// −n^−1 mod 2^64.
pub(super) const N_INVERSE: u64 = 0x327F_9E88_7235_0975;

/// An entry of a table: the coordinates of a point, aligned so that no load of 32
/// octets crosses a cache line.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
pub(crate) struct Entry<const PARTS: usize>(pub(crate) [Limbs; PARTS]);

/// Bodies of the arithmetic. Values modulo p are in [0, p) and in Montgomery form
/// where a product is taken; none of the routines branches on a value.
pub(crate) trait Machine: Copy {
    /// What [`crate::Paths`] calls it.
    const NAME: &'static str;

    /// a·b·2^−256 mod p.
    fn mul(self, a: &Limbs, b: &Limbs) -> Limbs;
    /// a²·2^−256 mod p.
    fn square(self, a: &Limbs) -> Limbs;
    /// a + b mod p.
    fn add(self, a: &Limbs, b: &Limbs) -> Limbs;
    /// a − b mod p.
    fn sub(self, a: &Limbs, b: &Limbs) -> Limbs;
    /// 60 division steps (Bernstein and Yang) from the lowest 62 bits of f and g; ζ is
    /// −(δ + 1/2). Gives the new ζ and the matrix (u, v, q, r), scaled by 2^62.
    fn division_steps(self, zeta: i64, f: u64, g: u64) -> (i64, [i64; 4]);
    /// 2^`times`·P for P = (X, Y, Z, Z²), in place; `times` is not 0.
    fn double_times(self, point: &mut [Limbs; 4], times: usize);
    /// P + Q in place of P, Q affine. Z becomes 0 where P is infinity or ±Q, and the rest
    /// is then wrong; Z = 0 stays so in whatever follows.
    fn add_affine(self, point: &mut [Limbs; 4], other: &[Limbs; 2]);
    /// The same for Q = (X, Y, Z, Z², Z³).
    fn add_point(self, point: &mut [Limbs; 4], other: &[Limbs; 5]);
    /// −a mod p where `negative` is 1, a where it is 0, for a ≠ 0.
    fn negate_if(self, a: &Limbs, negative: u64) -> Limbs;
    /// a·b·2^−256 mod n.
    fn mul_mod_n(self, a: &Limbs, b: &Limbs) -> Limbs;
    /// Copies the entry `index` of `row`, reading every entry.
    fn select<const PARTS: usize>(self, row: &[Entry<PARTS>], index: u64) -> [Limbs; PARTS];
}

/// Plain Rust, for every machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

impl Machine for Portable {
    const NAME: &'static str = "portable";

    #[inline]
    fn mul(self, a: &Limbs, b: &Limbs) -> Limbs {
        generic::field64::mul(a, b)
    }
    #[inline]
    fn square(self, a: &Limbs) -> Limbs {
        generic::field64::mul(a, a)
    }
    #[inline]
    fn add(self, a: &Limbs, b: &Limbs) -> Limbs {
        generic::field64::add(a, b)
    }
    #[inline]
    fn sub(self, a: &Limbs, b: &Limbs) -> Limbs {
        generic::field64::sub(a, b)
    }
    fn division_steps(self, zeta: i64, f: u64, g: u64) -> (i64, [i64; 4]) {
        generic::division_steps::division_steps(zeta, f, g)
    }
    fn double_times(self, point: &mut [Limbs; 4], times: usize) {
        generic::point64::double_times(point, times);
    }
    fn add_affine(self, point: &mut [Limbs; 4], other: &[Limbs; 2]) {
        generic::point64::add_affine(point, other);
    }
    fn add_point(self, point: &mut [Limbs; 4], other: &[Limbs; 5]) {
        generic::point64::add(point, other);
    }
    #[inline]
    fn negate_if(self, a: &Limbs, negative: u64) -> Limbs {
        generic::field64::negate_if(a, negative)
    }
    #[inline]
    fn mul_mod_n(self, a: &Limbs, b: &Limbs) -> Limbs {
        generic::scalar64::mul(a, b)
    }
    #[inline]
    fn select<const PARTS: usize>(self, row: &[Entry<PARTS>], index: u64) -> [Limbs; PARTS] {
        generic::select::select(row, index)
    }
}

/// `mulx`, `adcx`, `adox`, and AVX2 for the tables.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct MulxAdx(
    pub(crate) super::cpu::HaveMulxAdx,
    pub(crate) super::cpu::HaveAvx2,
);

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
impl Machine for MulxAdx {
    const NAME: &'static str = "mulx-adx-avx2";

    #[inline(always)]
    fn mul(self, a: &Limbs, b: &Limbs) -> Limbs {
        super::x86_64::field_mulx::mul(self.0, a, b)
    }
    #[inline(always)]
    fn square(self, a: &Limbs) -> Limbs {
        super::x86_64::field_mulx::square(self.0, a)
    }
    #[inline(always)]
    fn add(self, a: &Limbs, b: &Limbs) -> Limbs {
        super::x86_64::field_mulx::add(self.0, a, b)
    }
    #[inline(always)]
    fn sub(self, a: &Limbs, b: &Limbs) -> Limbs {
        super::x86_64::field_mulx::sub(self.0, a, b)
    }
    #[inline(always)]
    fn division_steps(self, zeta: i64, f: u64, g: u64) -> (i64, [i64; 4]) {
        super::x86_64::division_steps::division_steps(zeta, f, g)
    }
    #[inline(always)]
    fn double_times(self, point: &mut [Limbs; 4], times: usize) {
        super::x86_64::point_mulx::double_times(self.0, point, times);
    }
    #[inline(always)]
    fn add_affine(self, point: &mut [Limbs; 4], other: &[Limbs; 2]) {
        super::x86_64::point_mulx::add_affine(self.0, point, other);
    }
    #[inline(always)]
    fn add_point(self, point: &mut [Limbs; 4], other: &[Limbs; 5]) {
        super::x86_64::point_mulx::add(self.0, point, other);
    }
    #[inline(always)]
    fn negate_if(self, a: &Limbs, negative: u64) -> Limbs {
        super::x86_64::field_mulx::negate_if(self.0, a, negative)
    }
    #[inline(always)]
    fn mul_mod_n(self, a: &Limbs, b: &Limbs) -> Limbs {
        super::x86_64::scalar_mulx::mul(self.0, a, b)
    }
    #[inline(always)]
    fn select<const PARTS: usize>(self, row: &[Entry<PARTS>], index: u64) -> [Limbs; PARTS] {
        super::x86_64::select_avx2::select(self.1, row, index)
    }
}

/// Evaluates an expression with the fastest [`Machine`] of this processor.
macro_rules! on_this_machine {
    ($machine:ident => $body:expr) => {{
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        let fast = (
            $crate::low::cpu::HaveMulxAdx::check(),
            $crate::low::cpu::HaveAvx2::check(),
        );
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        let result = if let (Some(mulx), Some(avx2)) = fast {
            let $machine = $crate::low::field::MulxAdx(mulx, avx2);
            $body
        } else {
            let $machine = $crate::low::field::Portable;
            $body
        };
        #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
        let result = {
            let $machine = $crate::low::field::Portable;
            $body
        };
        result
    }};
}
pub(crate) use on_this_machine;

/// The bodies that [`on_this_machine!`] picks here.
pub(crate) fn path() -> &'static str {
    fn name<M: Machine>(_: M) -> &'static str {
        M::NAME
    }
    on_this_machine!(machine => name(machine))
}

#[cfg(test)]
mod tests;
