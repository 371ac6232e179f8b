//! The conditional test of a new key pair (GB/T 37092-2018, 7.10.3).

use super::is_to_fail;
use crate::{
    Error, Result,
    low::error_state,
    sm2::{SecretKey, SigningKey, UserId},
};
use rand_core::TryCryptoRng;

/// What is signed and encrypted; says nothing.
const MESSAGE: &[u8; 32] = b"gm-pki: pairwise consistency, v1";

impl SecretKey {
    /// A fresh key from `rng` whose public half has been tried: a signature verifies, and
    /// what is encrypted decrypts. Takes the time of a signature, a verification, an
    /// encryption and a decryption.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails; [`Error::SelfTest`] when the halves do not
    /// fit: then the process is in the [error state](mod@crate::self_test).
    pub fn generate_checked<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self> {
        let key = Self::generate(rng)?;
        match fits(rng, &key) {
            Ok(true) if !is_to_fail("pairwise") => Ok(key),
            Err(Error::Random) => Err(Error::Random),
            _ => {
                error_state::enter();
                Err(Error::SelfTest)
            }
        }
    }
}

fn fits<R: TryCryptoRng + ?Sized>(rng: &mut R, key: &SecretKey) -> Result<bool> {
    let signing = SigningKey::new(key.clone(), UserId::default());
    let verifying = signing.verifying_key();
    let e = verifying.za().digest(MESSAGE);
    let signature = signing.sign_digest_hedged(rng, &e)?;
    verifying.verify_digest(&e, &signature)?;
    let ciphertext = verifying.public_key().encrypt(rng, MESSAGE)?;
    Ok(key.decrypt(&ciphertext)?.as_slice() == MESSAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;

    #[test]
    fn a_checked_key_is_a_key() {
        let key = SecretKey::generate_checked(&mut SysRng).unwrap();
        assert!(fits(&mut SysRng, &key).unwrap());
    }
}
