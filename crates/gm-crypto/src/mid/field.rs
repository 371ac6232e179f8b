//! Elements of the field modulo p.

use subtle::{Choice, ConstantTimeEq};
use zeroize::DefaultIsZeroes;

use super::{
    inverse::{Modulus, invert},
    limbs,
};
use crate::low::field::{Limbs, Machine, P};

/// An element modulo p, always in Montgomery form: a·2^256 mod p, below p.
///
/// Used for secrets and for public values alike; whoever keeps a secret one wipes it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fe(pub(super) Limbs);

const MODULUS: Modulus = Modulus::new(&P);

/// 2^512 mod p, which brings a number into Montgomery form.
const R2: Limbs = [
    0x0000_0002_0000_0003,
    0x0000_0002_FFFF_FFFF,
    0x0000_0001_0000_0001,
    0x0000_0004_0000_0002,
];

/// 2^768 mod p.
const R3: Limbs = [
    0x0000_0012_0000_0016,
    0x0000_000E_FFFF_FFF8,
    0x0000_000A_0000_000C,
    0x0000_001B_0000_0009,
];

impl DefaultIsZeroes for Fe {}

impl Fe {
    /// 2^256 mod p.
    pub(crate) const ONE: Self = Self([1, 0x0000_0000_FFFF_FFFF, 0, 0x0000_0001_0000_0000]);
    /// The coefficient b of the curve (GB/T 32918.5-2017), times 2^256.
    pub(crate) const B: Self = Self([
        0x90D2_3063_2BC0_DD42,
        0x71CF_379A_E9B5_37AB,
        0x5279_8150_5EA5_1C3C,
        0x240F_E188_BA20_E2C8,
    ]);

    /// From a number below p.
    #[inline(always)]
    pub(crate) fn from_limbs<M: Machine>(m: M, limbs: &Limbs) -> Self {
        Self(m.mul(limbs, &R2))
    }

    /// The number below p.
    #[inline(always)]
    pub(crate) fn to_limbs<M: Machine>(self, m: M) -> Limbs {
        m.mul(&self.0, &[1, 0, 0, 0])
    }

    /// From 32 octets, big endian; the choice says whether they are below p.
    pub(crate) fn from_bytes<M: Machine>(m: M, octets: &[u8; 32]) -> (Self, Choice) {
        let limbs = limbs::from_bytes(octets);
        let valid = limbs::is_below(&limbs, &P);
        (Self::from_limbs(m, &limbs), valid)
    }

    /// 32 octets, big endian.
    pub(crate) fn to_bytes<M: Machine>(self, m: M) -> [u8; 32] {
        limbs::to_bytes(&self.to_limbs(m))
    }

    #[inline(always)]
    pub(crate) fn mul<M: Machine>(&self, m: M, other: &Self) -> Self {
        Self(m.mul(&self.0, &other.0))
    }

    #[inline(always)]
    pub(crate) fn square<M: Machine>(&self, m: M) -> Self {
        Self(m.square(&self.0))
    }

    #[inline(always)]
    pub(crate) fn add<M: Machine>(&self, m: M, other: &Self) -> Self {
        Self(m.add(&self.0, &other.0))
    }

    #[inline(always)]
    pub(crate) fn sub<M: Machine>(&self, m: M, other: &Self) -> Self {
        Self(m.sub(&self.0, &other.0))
    }

    #[inline(always)]
    pub(crate) fn double<M: Machine>(&self, m: M) -> Self {
        self.add(m, self)
    }

    /// Its inverse; 0 for 0.
    pub(crate) fn invert<M: Machine>(&self, m: M) -> Self {
        // (a·R)^−1 = a^−1·R^−1; the factor R³ makes it a^−1·R.
        Self(m.mul(&invert(m, &self.0, &MODULUS), &R3))
    }

    /// A square root: a^((p + 1) / 4), as p ≡ 3 (mod 4). The choice says whether there is
    /// one.
    pub(crate) fn sqrt<M: Machine>(&self, m: M) -> (Self, Choice) {
        // (p + 1) / 4 = 2^254 − 2^222 − 2^94 + 2^62.
        const EXPONENT: Limbs = [
            0x4000_0000_0000_0000,
            0xFFFF_FFFF_C000_0000,
            0xFFFF_FFFF_FFFF_FFFF,
            0x3FFF_FFFF_BFFF_FFFF,
        ];
        let mut root = Self::ONE;
        for limb in EXPONENT.iter().rev() {
            for bit in (0..64).rev() {
                root = root.square(m);
                if limb >> bit & 1 == 1 {
                    root = root.mul(m, self);
                }
            }
        }
        let valid = root.square(m).sub(m, self).is_zero();
        (root, valid)
    }

    #[inline(always)]
    pub(crate) fn is_zero(&self) -> Choice {
        (self.0[0] | self.0[1] | self.0[2] | self.0[3]).ct_eq(&0)
    }

    #[inline(always)]
    pub(crate) fn is_zero_vartime(&self) -> bool {
        self.0 == [0; 4]
    }

    #[inline(always)]
    pub(crate) fn eq_vartime(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
