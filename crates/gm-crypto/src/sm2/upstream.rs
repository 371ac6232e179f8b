//! Conversions from and to the types of crate `sm2`, feature `sm2`.

use crate::Error;
use sm2::elliptic_curve::sec1::ToSec1Point;

use super::{PublicKey, SecretKey};

/// Refuses n − 1, which is no SM2 key and which that crate takes.
impl TryFrom<&sm2::SecretKey> for SecretKey {
    type Error = Error;

    fn try_from(key: &sm2::SecretKey) -> Result<Self, Error> {
        let octets = zeroize::Zeroizing::new(<[u8; 32]>::from(key.to_bytes()));
        Self::from_bytes(&octets)
    }
}

impl From<&SecretKey> for sm2::SecretKey {
    fn from(key: &SecretKey) -> Self {
        Self::from_slice(key.to_bytes().as_slice()).expect("d is in [1, n - 2]")
    }
}

impl From<&sm2::PublicKey> for PublicKey {
    fn from(key: &sm2::PublicKey) -> Self {
        Self::from_uncompressed(key.to_sec1_point(false).as_bytes())
            .expect("a point of that crate is on the curve and not infinity")
    }
}

impl From<&PublicKey> for sm2::PublicKey {
    fn from(key: &PublicKey) -> Self {
        Self::from_sec1_bytes(&key.to_uncompressed())
            .expect("the point is on the curve and not infinity")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_upstream_unchanged() {
        let secret = SecretKey::from_bytes(&[7; 32]).unwrap();
        let theirs = sm2::SecretKey::from(&secret);
        let back = SecretKey::try_from(&theirs).unwrap();
        assert_eq!(back.to_bytes(), secret.to_bytes());
        let public = sm2::PublicKey::from(&secret.public_key());
        assert_eq!(public, theirs.public_key());
        assert_eq!(PublicKey::from(&public), secret.public_key());
    }

    #[test]
    fn n_minus_one_is_a_key_there_and_not_here() {
        let n_minus_one = -sm2::NonZeroScalar::new(sm2::Scalar::ONE).unwrap();
        let theirs = sm2::SecretKey::from(n_minus_one);
        assert!(SecretKey::try_from(&theirs).is_err());
    }
}
