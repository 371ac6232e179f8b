//! The equation of ECDSA over the curve of SM2: nobody should sign so, and some do.

use super::PublicKey;
use crate::{
    low::field::on_this_machine,
    mid::{
        multiply::double_multiply_vartime,
        scalar::{Scalar, SecretScalar},
    },
};

impl PublicKey {
    /// Whether (r, s) is an ECDSA signature of this key over the digest `e` (FIPS 186-5, 6.4.2).
    ///
    /// Only ever a reason why something is no SM2 signature. Public data; not constant time.
    pub(crate) fn is_ecdsa_vartime(&self, e: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> bool {
        let (Some(r_number), Some(s_number)) =
            (Scalar::from_bytes_vartime(r), Scalar::from_bytes_vartime(s))
        else {
            return false;
        };
        if r_number.is_zero_vartime() || s_number.is_zero_vartime() {
            return false;
        }
        // The arithmetic with inverses is that of secrets; none of these is one.
        let secret = |octets: &[u8; 32]| SecretScalar::from_bytes(octets).0;
        let e = Scalar::reduce(e).to_bytes();
        on_this_machine!(m => {
            let inverse = secret(s).invert_to_montgomery(m);
            let public = |value: SecretScalar| Scalar::reduce(&value.to_bytes());
            let u1 = public(inverse.mul_montgomery(m, &secret(&e)));
            let u2 = public(inverse.mul_montgomery(m, &secret(r)));
            double_multiply_vartime(m, &u1, &u2, self.point()).x_is_congruent_vartime(m, &r_number)
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::sm2::SecretKey;
    use num_bigint::BigUint;

    /// k·G's x for a small k, and s = (e + r·d)/k, by other arithmetic than the crate's.
    pub(crate) fn ecdsa(d: u32, k: u32, e: &[u8; 32]) -> ([u8; 32], [u8; 32]) {
        let n = BigUint::parse_bytes(
            b"FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123",
            16,
        )
        .unwrap();
        let mut scalar = [0; 32];
        scalar[28..].copy_from_slice(&k.to_be_bytes());
        let point = SecretKey::from_bytes(&scalar).unwrap().public_key();
        let r = BigUint::from_bytes_be(&point.to_uncompressed()[1..33]) % &n;
        let inverse = BigUint::from(k).modpow(&(&n - 2_u32), &n);
        let s = (BigUint::from_bytes_be(e) + &r * d) * inverse % &n;
        let octets = |number: BigUint| {
            let bytes = number.to_bytes_be();
            let mut octets = [0; 32];
            octets[32 - bytes.len()..].copy_from_slice(&bytes);
            octets
        };
        (octets(r), octets(s))
    }

    #[test]
    fn an_ecdsa_signature_is_known_and_no_other_value_is() {
        let mut scalar = [0; 32];
        scalar[28..].copy_from_slice(&77_777_u32.to_be_bytes());
        let key = SecretKey::from_bytes(&scalar).unwrap().public_key();
        for e in [[0x5a; 32], [0xff; 32], [0; 32]] {
            let (r, s) = ecdsa(77_777, 1_234_567, &e);
            assert!(key.is_ecdsa_vartime(&e, &r, &s));
            let mut other = e;
            other[31] ^= 1;
            assert!(!key.is_ecdsa_vartime(&other, &r, &s));
            assert!(!key.is_ecdsa_vartime(&e, &s, &r));
            assert!(!key.is_ecdsa_vartime(&e, &[0; 32], &s));
            assert!(!key.is_ecdsa_vartime(&e, &r, &[0xff; 32]));
        }
    }
}
