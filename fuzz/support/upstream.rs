//! The crate `sm2` of RustCrypto, asked the same questions.

use gm_crypto::sm2::{DerSignature, PublicKey, RawSignature, SecretKey};
use sm2::dsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};

/// The same point.
pub fn public_key(key: &PublicKey) -> sm2::PublicKey {
    sm2::PublicKey::from_sec1_bytes(&key.to_uncompressed()).expect("a point is a point everywhere")
}

/// The same scalar.
pub fn secret_key(key: &SecretKey) -> sm2::SecretKey {
    sm2::SecretKey::from_slice(key.to_bytes().as_slice()).expect("a scalar is a scalar everywhere")
}

/// Reads r ‖ s.
pub fn signature(octets: &[u8; 64]) -> Option<Signature> {
    Signature::from_slice(octets).ok()
}

/// Whether a signature over the digest `e` verifies: upstream takes IDs that are text
/// alone, so Z is ours.
pub fn verifies(key: &PublicKey, e: &[u8; 32], given: &DerSignature) -> bool {
    let key = VerifyingKey::new("", public_key(key)).expect("a short ID");
    let given = signature(RawSignature::from(*given).as_bytes());
    let given = given.expect("r and s are in range everywhere");
    key.verify_prehash(e, &given).is_ok()
}
