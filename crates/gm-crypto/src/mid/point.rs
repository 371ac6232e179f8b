//! Points of the curve y² = x³ − 3x + b.

use alloc::vec::Vec;
use subtle::Choice;
use zeroize::{DefaultIsZeroes, Zeroize};

use super::{field::Fe, limbs, scalar::Scalar};
use crate::low::field::{Limbs, Machine, N, P};

/// A point (x, y) that is not infinity.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Affine(pub(super) [Limbs; 2]);

/// A point (X/Z², Y/Z³) as X, Y, Z, Z²; infinity where Z is 0.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Jacobian(pub(super) [Limbs; 4]);

/// A point ready to be added: X, Y, Z, Z², Z³.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Addend(pub(super) [Limbs; 5]);

impl DefaultIsZeroes for Affine {}
impl DefaultIsZeroes for Jacobian {}
impl DefaultIsZeroes for Addend {}

impl Affine {
    fn new(x: Fe, y: Fe) -> Self {
        Self([x.0, y.0])
    }

    fn x(&self) -> Fe {
        Fe(self.0[0])
    }

    fn y(&self) -> Fe {
        Fe(self.0[1])
    }

    /// The point of two coordinates, 32 octets each, big endian; none when one is not
    /// below p or the point is not on the curve. Public points only.
    pub(crate) fn from_coordinates_vartime<M: Machine>(
        m: M,
        x: &[u8; 32],
        y: &[u8; 32],
    ) -> Option<Self> {
        let (x, x_valid) = Fe::from_bytes(m, x);
        let (y, y_valid) = Fe::from_bytes(m, y);
        let valid = bool::from(x_valid & y_valid) && y.square(m).eq_vartime(&right_side(m, &x));
        valid.then_some(Self::new(x, y))
    }

    /// The point of an x and the lowest bit of its y (GB/T 32918.1, A.5.2; SEC 1, 2.3.4).
    pub(crate) fn decompress_vartime<M: Machine>(m: M, x: &[u8; 32], odd: bool) -> Option<Self> {
        let (point, valid) = Self::with_x(m, x);
        let is_odd = point.y().to_limbs(m)[0] & 1 == 1;
        bool::from(valid).then(|| point.negate_if(m, u64::from(is_odd != odd)))
    }

    /// One of the two points with this x, the other being its negative; the choice says
    /// whether there are any.
    pub(crate) fn with_x<M: Machine>(m: M, x: &[u8; 32]) -> (Self, Choice) {
        let (x, below_p) = Fe::from_bytes(m, x);
        let (y, is_square) = right_side(m, &x).sqrt(m);
        (Self::new(x, y), below_p & is_square)
    }

    /// x and y, 32 octets each, big endian.
    pub(crate) fn to_coordinates<M: Machine>(self, m: M) -> ([u8; 32], [u8; 32]) {
        (self.x().to_bytes(m), self.y().to_bytes(m))
    }

    /// x modulo n.
    pub(crate) fn x_mod_n<M: Machine>(self, m: M) -> Limbs {
        super::scalar::reduce(&self.x().to_limbs(m))
    }

    pub(crate) fn to_jacobian(self) -> Jacobian {
        let [x, y] = self.0;
        Jacobian([x, y, Fe::ONE.0, Fe::ONE.0])
    }

    /// −P where `negative` is 1, P where it is 0; no point has y = 0, the order being odd.
    #[inline(always)]
    pub(crate) fn negate_if<M: Machine>(mut self, m: M, negative: u64) -> Self {
        self.0[1] = m.negate_if(&self.0[1], negative);
        self
    }
}

impl PartialEq for Affine {
    /// Both are public, or both known to be equal.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Affine {}

/// x³ − 3x + b.
fn right_side<M: Machine>(m: M, x: &Fe) -> Fe {
    let cube = x.square(m).mul(m, x);
    let triple = x.double(m).add(m, x);
    cube.sub(m, &triple).add(m, &Fe::B)
}

impl Jacobian {
    pub(crate) const INFINITY: Self = Self([Fe::ONE.0, Fe::ONE.0, [0; 4], [0; 4]]);

    pub(super) fn z(&self) -> Fe {
        Fe(self.0[2])
    }

    pub(crate) fn is_infinity(&self) -> Choice {
        self.z().is_zero()
    }

    pub(crate) fn is_infinity_vartime(&self) -> bool {
        self.z().is_zero_vartime()
    }

    /// 2^`times`·P; infinity stays infinity.
    #[inline(always)]
    pub(super) fn double_times<M: Machine>(&mut self, m: M, times: usize) {
        if times > 0 {
            m.double_times(&mut self.0, times);
        }
    }

    /// P + Q. Where P is infinity or ±Q, Z becomes 0 and the sum is wrong; Z = 0 then stays
    /// through doublings and additions, so one look at the end finds it.
    #[inline(always)]
    pub(super) fn add_affine<M: Machine>(&mut self, m: M, other: &Affine) {
        m.add_affine(&mut self.0, &other.0);
    }

    /// The same for a point that is not affine.
    #[inline(always)]
    pub(super) fn add<M: Machine>(&mut self, m: M, other: &Addend) {
        m.add_point(&mut self.0, &other.0);
    }

    /// P + Q, whatever P is; Q is not infinity.
    pub(crate) fn add_complete_vartime<M: Machine>(&mut self, m: M, other: &Addend) {
        if self.is_infinity_vartime() {
            *self = other.to_jacobian();
            return;
        }
        let before = *self;
        self.add(m, other);
        if self.is_infinity_vartime() {
            // P = Q, or P = −Q, whose sum is infinity indeed.
            let [_, y, z, zz] = before.0.map(Fe);
            let [_, y2, _, _, zzz2] = other.0.map(Fe);
            let s1 = y.mul(m, &zzz2);
            let s2 = y2.mul(m, &zz.mul(m, &z));
            if s1.eq_vartime(&s2) {
                *self = before.doubled(m);
            }
        }
    }

    /// 2P.
    pub(super) fn doubled<M: Machine>(mut self, m: M) -> Self {
        self.double_times(m, 1);
        self
    }

    #[inline(always)]
    pub(super) fn negate_if<M: Machine>(mut self, m: M, negative: u64) -> Self {
        self.0[1] = m.negate_if(&self.0[1], negative);
        self
    }

    pub(crate) fn addend<M: Machine>(&self, m: M) -> Addend {
        let [x, y, z, zz] = self.0;
        Addend([x, y, z, zz, m.mul(&zz, &z)])
    }

    /// (X/Z², Y/Z³); (0, 0) for infinity.
    pub(crate) fn to_affine<M: Machine>(self, m: M) -> Affine {
        self.scale(m, &self.z().invert(m))
    }

    /// The affine point, Z^−1 being known.
    pub(super) fn scale<M: Machine>(&self, m: M, inverse: &Fe) -> Affine {
        let [x, y, _, _] = self.0.map(Fe);
        let square = inverse.square(m);
        Affine::new(x.mul(m, &square), y.mul(m, &square.mul(m, inverse)))
    }

    /// Whether x = X/Z² is `number` modulo n, without an inversion: x is `number` or, where
    /// that is still below p, `number` + n.
    pub(crate) fn x_is_congruent_vartime<M: Machine>(&self, m: M, number: &Scalar) -> bool {
        if self.is_infinity_vartime() {
            return false;
        }
        let [x, _, _, zz] = self.0.map(Fe);
        let has_x = |number: &Limbs| Fe::from_limbs(m, number).mul(m, &zz).eq_vartime(&x);
        if has_x(&number.0) {
            return true;
        }
        let (sum, carry) = limbs::add(&number.0, &N);
        !carry && bool::from(limbs::is_below(&sum, &P)) && has_x(&sum)
    }
}

impl Addend {
    pub(super) fn to_jacobian(self) -> Jacobian {
        let [x, y, z, zz, _] = self.0;
        Jacobian([x, y, z, zz])
    }

    #[inline(always)]
    pub(super) fn negate_if<M: Machine>(mut self, m: M, negative: u64) -> Self {
        self.0[1] = m.negate_if(&self.0[1], negative);
        self
    }
}

/// Makes points affine with one inversion for all of them (Montgomery's trick). None of
/// them is infinity.
pub(crate) fn to_affine_all<M: Machine>(m: M, points: &[Jacobian]) -> Vec<Affine> {
    let mut products = Vec::with_capacity(points.len());
    let mut product = Fe::ONE;
    for point in points {
        products.push(product);
        product = product.mul(m, &point.z());
    }
    let mut inverse = product.invert(m);
    let mut affine = alloc::vec![Affine::default(); points.len()];
    for ((point, before), result) in points.iter().zip(&products).zip(&mut affine).rev() {
        *result = point.scale(m, &inverse.mul(m, before));
        inverse = inverse.mul(m, &point.z());
    }
    // Z tells about the number that made the point.
    products.zeroize();
    inverse.zeroize();
    affine
}

/// The generator G (GB/T 32918.5-2017).
pub(crate) fn generator<M: Machine>(m: M) -> Affine {
    Affine::new(
        Fe::from_limbs(
            m,
            &[
                0x715A_4589_334C_74C7,
                0x8FE3_0BBF_F266_0BE1,
                0x5F99_0446_6A39_C994,
                0x32C4_AE2C_1F19_8119,
            ],
        ),
        Fe::from_limbs(
            m,
            &[
                0x02DF_32E5_2139_F0A0,
                0xD0A9_877C_C62A_4740,
                0x59BD_CEE3_6B69_2153,
                0xBC37_36A2_F4F6_779C,
            ],
        ),
    )
}
