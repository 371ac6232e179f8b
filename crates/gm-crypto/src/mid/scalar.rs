//! Numbers modulo n, the order of the group.

use core::fmt;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use super::{
    inverse::{Modulus, invert},
    limbs,
};
use crate::low::field::{Limbs, Machine, N};

/// 2^512 mod n.
const R2: Limbs = [
    0x9011_92AF_7C11_4F20,
    0x3464_504A_DE6F_A2FA,
    0x620F_C84C_3AFF_E0D4,
    0x1EB5_E412_A22B_3D3B,
];

const MODULUS: Modulus = Modulus::new(&N);

/// A public number in [0, n).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scalar(pub(super) Limbs);

impl Scalar {
    /// 32 octets, big endian; none when they are not below n.
    pub(crate) fn from_bytes_vartime(octets: &[u8; 32]) -> Option<Self> {
        let limbs = limbs::from_bytes(octets);
        bool::from(limbs::is_below(&limbs, &N)).then_some(Self(limbs))
    }

    /// 32 octets, big endian, modulo n.
    pub(crate) fn reduce(octets: &[u8; 32]) -> Self {
        Self(reduce(&limbs::from_bytes(octets)))
    }

    /// 32 octets, big endian.
    pub(crate) fn to_bytes(self) -> [u8; 32] {
        limbs::to_bytes(&self.0)
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        Self(add(&self.0, &other.0))
    }

    /// This + `other` mod n, for limbs below n.
    pub(crate) fn add_limbs(&self, other: &Limbs) -> Self {
        Self(add(&self.0, other))
    }

    pub(crate) fn limbs(&self) -> &Limbs {
        &self.0
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        Self(add(&self.0, &negate(&other.0)))
    }

    pub(crate) fn is_zero_vartime(&self) -> bool {
        self.0 == [0; 4]
    }
}

/// A secret number in [0, n): wiped on drop, compared in constant time, silent.
#[derive(Clone)]
pub(crate) struct SecretScalar(pub(super) Limbs);

impl SecretScalar {
    /// 32 octets, big endian; the choice says whether they are below n.
    pub(crate) fn from_bytes(octets: &[u8; 32]) -> (Self, Choice) {
        let limbs = limbs::from_bytes(octets);
        let valid = limbs::is_below(&limbs, &N);
        (Self(limbs), valid)
    }

    /// 32 octets, big endian. The caller wipes them.
    pub(crate) fn to_bytes(&self) -> [u8; 32] {
        limbs::to_bytes(&self.0)
    }

    pub(crate) fn is_zero(&self) -> Choice {
        (self.0[0] | self.0[1] | self.0[2] | self.0[3]).ct_eq(&0)
    }

    /// This + `other` mod n.
    pub(crate) fn add(&self, other: &Limbs) -> Self {
        Self(add(&self.0, other))
    }

    /// This − `other` mod n, which is public.
    pub(crate) fn less(&self, other: &Scalar) -> Scalar {
        Scalar(add(&self.0, &negate(&other.0)))
    }

    /// This · `other` mod n.
    pub(crate) fn mul<M: Machine>(&self, m: M, other: &Limbs) -> Self {
        Self(m.mul_mod_n(&m.mul_mod_n(&self.0, other), &R2))
    }

    /// Its inverse times 2^256, which [`Self::mul_montgomery`] takes; 0 for 0.
    pub(crate) fn invert_to_montgomery<M: Machine>(&self, m: M) -> Self {
        Self(m.mul_mod_n(&invert(m, &self.0, &MODULUS), &R2))
    }

    /// This · `other` · 2^−256 mod n.
    pub(crate) fn mul_montgomery<M: Machine>(&self, m: M, other: &Self) -> Self {
        Self(m.mul_mod_n(&self.0, &other.0))
    }

    /// The limbs, for arithmetic with public numbers.
    pub(crate) fn limbs(&self) -> &Limbs {
        &self.0
    }

    /// This or, where it is even, n less this: the same up to sign, and odd. The
    /// second value is 1 where it was even, else 0.
    pub(super) fn odd_representative(&self) -> (Self, u64) {
        let even = !self.0[0] & 1;
        let negative = negate(&self.0);
        let choice = Choice::from((even & 1) as u8);
        let limbs =
            core::array::from_fn(|i| u64::conditional_select(&self.0[i], &negative[i], choice));
        (Self(limbs), even)
    }
}

impl Drop for SecretScalar {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl zeroize::ZeroizeOnDrop for SecretScalar {}

impl ConstantTimeEq for SecretScalar {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for SecretScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretScalar")
    }
}

impl From<Scalar> for SecretScalar {
    fn from(scalar: Scalar) -> Self {
        Self(scalar.0)
    }
}

/// From [0, 2^256) to [0, n); 2^256 < 2n.
pub(crate) fn reduce(a: &Limbs) -> Limbs {
    below_n(a, false)
}

/// a + b mod n.
fn add(a: &Limbs, b: &Limbs) -> Limbs {
    let (sum, carry) = limbs::add(a, b);
    below_n(&sum, carry)
}

/// −a mod n.
fn negate(a: &Limbs) -> Limbs {
    // n − 0 is n.
    below_n(&limbs::subtract(&N, a).0, false)
}

/// From carry·2^256 + a < 2n to [0, n).
fn below_n(a: &Limbs, carry: bool) -> Limbs {
    let (reduced, borrow) = limbs::subtract(a, &N);
    let keep = Choice::from(u8::from(borrow & !carry));
    core::array::from_fn(|i| u64::conditional_select(&reduced[i], &a[i], keep))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::low::field::on_this_machine;

    #[test]
    fn a_number_times_its_inverse_is_one() {
        for octet in [1, 2, 3, 0x55, 0xff] {
            let (a, _) = SecretScalar::from_bytes(&[octet & 0x7f; 32]);
            on_this_machine!(m => {
                let one = a.invert_to_montgomery(m).mul_montgomery(m, &a);
                assert_eq!(one.0, [1, 0, 0, 0]);
                assert_eq!(a.mul(m, &[1, 0, 0, 0]).0, a.0);
            });
        }
    }
}
