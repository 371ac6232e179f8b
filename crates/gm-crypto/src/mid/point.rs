//! Points of the curve y² = x³ − 3x + b.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::DefaultIsZeroes;

use super::{
    field::Fe,
    scalar::Scalar,
};
use crate::low::field::{Entry, Limbs, Machine, N, P};

/// A point (x, y) that is not infinity.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Affine {
    pub(super) x: Fe,
    pub(super) y: Fe,
}

/// A point (X/Z², Y/Z³); infinity where Z is 0.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Jacobian {
    pub(super) x: Fe,
    pub(super) y: Fe,
    pub(super) z: Fe,
}

/// A point ready to be added: Jacobian coordinates with Z² and Z³.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addend {
    pub(super) x: Fe,
    pub(super) y: Fe,
    pub(super) z: Fe,
    pub(super) zz: Fe,
    pub(super) zzz: Fe,
}

impl DefaultIsZeroes for Affine {}
impl DefaultIsZeroes for Jacobian {}

impl Affine {
    /// The point of two coordinates, 32 octets each, big endian; none when one is not
    /// below p or the point is not on the curve. Public points only.
    pub(crate) fn from_coordinates_vartime<M: Machine>(
        m: M,
        x: &[u8; 32],
        y: &[u8; 32],
    ) -> Option<Self> {
        let (x, x_valid) = Fe::from_bytes(m, x);
        let (y, y_valid) = Fe::from_bytes(m, y);
        let point = Self { x, y };
        let valid = bool::from(x_valid & y_valid)
            && y.square(m).eq_vartime(&right_side(m, &x));
        valid.then_some(point)
    }

    /// The point of an x and the lowest bit of its y (GB/T 32918.1, A.5.2; SEC 1, 2.3.4).
    pub(crate) fn decompress_vartime<M: Machine>(m: M, x: &[u8; 32], odd: bool) -> Option<Self> {
        let (x, valid) = Fe::from_bytes(m, x);
        if !bool::from(valid) {
            return None;
        }
        let mut y = right_side(m, &x).sqrt_vartime(m)?;
        if (y.to_limbs(m)[0] & 1 == 1) != odd {
            y = y.negate(m);
        }
        Some(Self { x, y })
    }

    /// x and y, 32 octets each, big endian.
    pub(crate) fn to_coordinates<M: Machine>(self, m: M) -> ([u8; 32], [u8; 32]) {
        (self.x.to_bytes(m), self.y.to_bytes(m))
    }

    /// x modulo n, as a limb number.
    pub(crate) fn x_mod_n<M: Machine>(self, m: M) -> Limbs {
        super::scalar::reduce(&self.x.to_limbs(m))
    }

    pub(super) fn from_entry(entry: [u64; 8]) -> Self {
        let [x0, x1, x2, x3, y0, y1, y2, y3] = entry;
        Self {
            x: Fe([x0, x1, x2, x3]),
            y: Fe([y0, y1, y2, y3]),
        }
    }

    pub(super) fn to_entry(self) -> Entry<8> {
        let mut entry = [0; 8];
        entry[..4].copy_from_slice(&self.x.0);
        entry[4..].copy_from_slice(&self.y.0);
        Entry(entry)
    }

    pub(crate) fn to_jacobian(self) -> Jacobian {
        Jacobian {
            x: self.x,
            y: self.y,
            z: Fe::ONE,
        }
    }

    /// −P where the choice is set.
    #[inline(always)]
    pub(super) fn negate_if<M: Machine>(mut self, m: M, choice: Choice) -> Self {
        let negative = self.y.negate(m);
        self.y.conditional_assign(&negative, choice);
        self
    }

    pub(super) fn negate_if_vartime<M: Machine>(mut self, m: M, negative: bool) -> Self {
        if negative {
            self.y = self.y.negate(m);
        }
        self
    }

    pub(crate) fn eq_vartime(&self, other: &Self) -> bool {
        self.x.eq_vartime(&other.x) && self.y.eq_vartime(&other.y)
    }
}

/// x³ − 3x + b.
fn right_side<M: Machine>(m: M, x: &Fe) -> Fe {
    let cube = x.square(m).mul(m, x);
    let triple = x.double(m).add(m, x);
    cube.sub(m, &triple).add(m, &Fe::B)
}

impl Jacobian {
    pub(crate) const INFINITY: Self = Self {
        x: Fe::ONE,
        y: Fe::ONE,
        z: Fe::ZERO,
    };

    pub(crate) fn is_infinity(&self) -> Choice {
        self.z.is_zero()
    }

    pub(crate) fn is_infinity_vartime(&self) -> bool {
        self.z.is_zero_vartime()
    }

    /// 2P; infinity stays infinity. 4 multiplications, 4 squarings, on a = −3.
    #[inline(always)]
    pub(super) fn double<M: Machine>(&self, m: M) -> Self {
        let zz = self.z.square(m);
        let y2 = self.y.double(m);
        let minus = self.x.sub(m, &zz);
        let plus = self.x.add(m, &zz);
        let z = y2.mul(m, &self.z);
        let yy4 = y2.square(m);
        let slope = plus.mul(m, &minus);
        let slope = slope.double(m).add(m, &slope);
        let s = yy4.mul(m, &self.x);
        let y8 = yy4.square(m).half();
        let x = slope.square(m).sub(m, &s).sub(m, &s);
        let y = s.sub(m, &x).mul(m, &slope).sub(m, &y8);
        Self { x, y, z }
    }

    /// P + Q for P ≠ ±Q, neither of them infinity: else Z is 0 or the result wrong. Gives H,
    /// which is 0 for P = ±Q, too. 8 multiplications, 3 squarings.
    #[inline(always)]
    pub(super) fn add_affine_with_h<M: Machine>(&self, m: M, other: &Affine) -> (Self, Fe) {
        let zz = self.z.square(m);
        let zzz = zz.mul(m, &self.z);
        let u = other.x.mul(m, &zz);
        let s = other.y.mul(m, &zzz);
        let h = u.sub(m, &self.x);
        let r = s.sub(m, &self.y);
        self.finish_addition(m, &self.x, &self.y, &self.z, &h, &r)
    }

    #[inline(always)]
    fn finish_addition<M: Machine>(
        &self,
        m: M,
        u1: &Fe,
        s1: &Fe,
        z: &Fe,
        h: &Fe,
        r: &Fe,
    ) -> (Self, Fe) {
        let hh = h.square(m);
        let z = z.mul(m, h);
        let hhh = hh.mul(m, h);
        let v = u1.mul(m, &hh);
        let x = r.square(m).sub(m, &hhh).sub(m, &v).sub(m, &v);
        let y = v.sub(m, &x).mul(m, r).sub(m, &s1.mul(m, &hhh));
        (Self { x, y, z }, *h)
    }

    /// P + Q for P ≠ ±Q, neither of them infinity.
    #[inline(never)]
    pub(super) fn add_affine<M: Machine>(&self, m: M, other: &Affine) -> Self {
        self.add_affine_with_h(m, other).0
    }

    /// P + Q for P ≠ ±Q, neither of them infinity; with H as above. 11
    /// multiplications, 3 squarings.
    #[inline(always)]
    pub(super) fn add_with_h<M: Machine>(&self, m: M, other: &Addend) -> (Self, Fe) {
        let zz = self.z.square(m);
        let zzz = zz.mul(m, &self.z);
        let u1 = self.x.mul(m, &other.zz);
        let u2 = other.x.mul(m, &zz);
        let s1 = self.y.mul(m, &other.zzz);
        let s2 = other.y.mul(m, &zzz);
        let z = self.z.mul(m, &other.z);
        let h = u2.sub(m, &u1);
        let r = s2.sub(m, &s1);
        self.finish_addition(m, &u1, &s1, &z, &h, &r)
    }

    /// P + Q for P ≠ ±Q, neither of them infinity.
    #[inline(never)]
    pub(super) fn add<M: Machine>(&self, m: M, other: &Addend) -> Self {
        self.add_with_h(m, other).0
    }

    /// P + Q, whatever they are.
    #[inline(never)]
    pub(super) fn add_affine_vartime<M: Machine>(&self, m: M, other: &Affine) -> Self {
        if self.is_infinity_vartime() {
            return other.to_jacobian();
        }
        let (sum, h) = self.add_affine_with_h(m, other);
        if h.is_zero_vartime() {
            return self.add_same_x_vartime(m, &other.to_jacobian().addend(m));
        }
        sum
    }

    /// P + Q, whatever they are; Q is not infinity.
    #[inline(never)]
    pub(super) fn add_vartime<M: Machine>(&self, m: M, other: &Addend) -> Self {
        if self.is_infinity_vartime() {
            return other.to_jacobian();
        }
        let (sum, h) = self.add_with_h(m, other);
        if h.is_zero_vartime() {
            return self.add_same_x_vartime(m, other);
        }
        sum
    }

    /// P + Q for P = ±Q.
    #[cold]
    pub(super) fn add_same_x_vartime<M: Machine>(&self, m: M, other: &Addend) -> Self {
        let s1 = self.y.mul(m, &other.zzz);
        let s2 = other.y.mul(m, &self.z.square(m).mul(m, &self.z));
        if s1.eq_vartime(&s2) {
            self.double(m)
        } else {
            Self::INFINITY
        }
    }

    #[inline(always)]
    pub(super) fn negate_if<M: Machine>(mut self, m: M, choice: Choice) -> Self {
        let negative = self.y.negate(m);
        self.y.conditional_assign(&negative, choice);
        self
    }

    pub(super) fn addend<M: Machine>(&self, m: M) -> Addend {
        let zz = self.z.square(m);
        Addend {
            x: self.x,
            y: self.y,
            z: self.z,
            zz,
            zzz: zz.mul(m, &self.z),
        }
    }

    /// (X/Z², Y/Z³); (0, 0) for infinity.
    pub(crate) fn to_affine<M: Machine>(self, m: M) -> Affine {
        self.scale(m, &self.z.invert(m))
    }

    /// The affine point, Z^−1 being known.
    pub(super) fn scale<M: Machine>(&self, m: M, inverse: &Fe) -> Affine {
        let square = inverse.square(m);
        Affine {
            x: self.x.mul(m, &square),
            y: self.y.mul(m, &square.mul(m, inverse)),
        }
    }

    /// Whether x = X/Z² is `number` modulo n, without an inversion: x is `number` or, where
    /// that is still below p, `number` + n.
    pub(crate) fn x_is_congruent_vartime<M: Machine>(&self, m: M, number: &Scalar) -> bool {
        if self.is_infinity_vartime() {
            return false;
        }
        let zz = self.z.square(m);
        let has_x = |x: &Limbs| Fe::from_limbs(m, x).mul(m, &zz).eq_vartime(&self.x);
        if has_x(&number.0) {
            return true;
        }
        let mut sum = [0; 4];
        let mut carry = false;
        for (limb, (a, n)) in sum.iter_mut().zip(number.0.iter().zip(N)) {
            let (partial, first) = a.overflowing_add(n);
            let (partial, second) = partial.overflowing_add(u64::from(carry));
            *limb = partial;
            carry = first | second;
        }
        !carry && bool::from(super::field::is_below(&sum, &P)) && has_x(&sum)
    }
}

impl Addend {
    pub(super) fn to_jacobian(self) -> Jacobian {
        Jacobian {
            x: self.x,
            y: self.y,
            z: self.z,
        }
    }

    pub(super) fn negate_if<M: Machine>(mut self, m: M, choice: Choice) -> Self {
        let negative = self.y.negate(m);
        self.y.conditional_assign(&negative, choice);
        self
    }

    pub(super) fn negate_if_vartime<M: Machine>(mut self, m: M, negative: bool) -> Self {
        if negative {
            self.y = self.y.negate(m);
        }
        self
    }

    pub(super) fn to_entry(self) -> Entry<20> {
        let mut entry = [0; 20];
        let parts = [self.x, self.y, self.z, self.zz, self.zzz];
        for (limbs, part) in entry.as_chunks_mut::<4>().0.iter_mut().zip(parts) {
            *limbs = part.0;
        }
        Entry(entry)
    }

    pub(super) fn from_entry(entry: &[u64; 20]) -> Self {
        let parts = entry.as_chunks::<4>().0;
        Self {
            x: Fe(parts[0]),
            y: Fe(parts[1]),
            z: Fe(parts[2]),
            zz: Fe(parts[3]),
            zzz: Fe(parts[4]),
        }
    }
}

/// Makes points affine with one inversion for all of them (Montgomery's trick). None of
/// them is infinity.
pub(crate) fn to_affine_all<M: Machine>(m: M, points: &[Jacobian]) -> alloc::vec::Vec<Affine> {
    let mut products = alloc::vec::Vec::with_capacity(points.len());
    let mut product = Fe::ONE;
    for point in points {
        products.push(product);
        product = product.mul(m, &point.z);
    }
    let mut inverse = product.invert(m);
    let mut affine = alloc::vec![Affine::default(); points.len()];
    for ((point, before), result) in points.iter().zip(&products).zip(&mut affine).rev() {
        *result = point.scale(m, &inverse.mul(m, before));
        inverse = inverse.mul(m, &point.z);
    }
    affine
}

/// The generator G (GB/T 32918.5-2017).
pub(crate) fn generator<M: Machine>(m: M) -> Affine {
    Affine {
        x: Fe::from_limbs(
            m,
            &[
                0x715A_4589_334C_74C7,
                0x8FE3_0BBF_F266_0BE1,
                0x5F99_0446_6A39_C994,
                0x32C4_AE2C_1F19_8119,
            ],
        ),
        y: Fe::from_limbs(
            m,
            &[
                0x02DF_32E5_2139_F0A0,
                0xD0A9_877C_C62A_4740,
                0x59BD_CEE3_6B69_2153,
                0xBC37_36A2_F4F6_779C,
            ],
        ),
    }
}

impl ConstantTimeEq for Affine {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.x.0.ct_eq(&other.x.0) & self.y.0.ct_eq(&other.y.0)
    }
}

