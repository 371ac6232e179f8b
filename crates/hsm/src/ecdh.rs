//! SM2 decryption with a key that can only agree: one multiplication of a point, by a
//! device that knows nothing of SM2.

use crate::{DecryptionKey, Error};
use der::Document;
use gm_crypto::sm2::{Ciphertext, PublicKey};
use std::fmt::Debug;
use zeroize::Zeroizing;

/// A private key on SM2's curve that multiplies points: `CKM_ECDH1_DERIVE` of PKCS#11
/// with the key-derivation function `CKD_NULL`, `TPM2_ECDH_ZGen`, and their like.
pub trait Agreement: Debug + Send + Sync {
    /// x of \[d\]P, 32 octets, big endian.
    ///
    /// # Errors
    /// The device's.
    fn shared_x(&self, point: &PublicKey) -> Result<Zeroizing<[u8; 32]>, Error>;
}

/// A [`DecryptionKey`] over an [`Agreement`]: the device multiplies C1, the rest of
/// GB/T 32918.4, 7.1, is done here; C3 tells which of two points the device found.
#[derive(Debug)]
pub struct AgreementKey<A> {
    public_key: Document,
    agreement: A,
}

impl<A: Agreement> AgreementKey<A> {
    /// Joins the key with its public half, `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`Error::Crypto`] when that is no SM2 key.
    pub fn new(public_key: Document, agreement: A) -> Result<Self, Error> {
        public_key
            .decode_msg::<spki::SubjectPublicKeyInfoRef<'_>>()
            .map_err(spki::Error::from)
            .and_then(PublicKey::try_from)
            .map_err(|_| Error::Crypto {
                source: gm_crypto::Error::Crypto,
            })?;
        Ok(Self {
            public_key,
            agreement,
        })
    }
}

impl<A: Agreement> DecryptionKey for AgreementKey<A> {
    fn public_key(&self) -> &Document {
        &self.public_key
    }

    fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Error> {
        let x2 = self.agreement.shared_x(ciphertext.c1())?;
        ciphertext
            .open_with_shared_x(&x2)
            .map_err(|source| Error::Crypto { source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;
    use gm_crypto::sm2::SecretKey;
    use spki::EncodePublicKey;

    /// A device with the key 1: the shared point is C1.
    #[derive(Debug)]
    struct One(Result<(), ()>);

    impl Agreement for One {
        fn shared_x(&self, point: &PublicKey) -> Result<Zeroizing<[u8; 32]>, Error> {
            self.0.map_err(|()| Error::DeviceGone {
                call: "C_DeriveKey",
                code: 0x32,
                name: "CKR_DEVICE_REMOVED",
            })?;
            let mut x = Zeroizing::new([0; 32]);
            x.copy_from_slice(&point.to_compressed()[1..]);
            Ok(x)
        }
    }

    #[test]
    fn a_device_that_multiplies_points_decrypts() {
        let mut one = [0; 32];
        one[31] = 1;
        let one = SecretKey::from_bytes(&one).unwrap().public_key();
        let spki = one.to_public_key_der().unwrap();
        let key = AgreementKey::new(spki.clone(), One(Ok(()))).unwrap();
        assert_eq!(key.public_key(), &spki);
        let ciphertext = one.encrypt(&mut SysRng, b"for one").unwrap();
        assert_eq!(**key.decrypt(&ciphertext).unwrap(), *b"for one");

        let other = SecretKey::generate(&mut SysRng).unwrap().public_key();
        let foreign = other.encrypt(&mut SysRng, b"for another").unwrap();
        assert!(matches!(key.decrypt(&foreign), Err(Error::Crypto { .. })));
        let gone = AgreementKey::new(spki, One(Err(()))).unwrap();
        assert!(matches!(
            gone.decrypt(&ciphertext),
            Err(Error::DeviceGone { .. })
        ));
    }

    #[test]
    fn a_key_on_another_curve_is_refused() {
        let no_key = Document::try_from(&[0x30, 0][..]).unwrap();
        assert!(matches!(
            AgreementKey::new(no_key, One(Ok(()))),
            Err(Error::Crypto { .. })
        ));
    }
}
