//! A second look at every signature.

use crate::{Error, KeyHandle};
use der::{Document, asn1::BitString};
use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// A key whose signatures are verified with its public half before they leave.
///
/// A faulty device then costs an error, not a certificate that nobody accepts; and
/// of a fault that was caused on purpose the attacker sees no signature.
#[derive(Debug)]
pub struct Checked<K> {
    key: K,
    algorithms: Vec<Box<dyn VerifyAlgorithm>>,
}

impl<K: KeyHandle> Checked<K> {
    /// Checks with SM2 and SM3 under the user ID that certificates use.
    pub fn new(key: K) -> Self {
        Self::with_algorithms(key, vec![Box::new(Sm2Sm3::default())])
    }

    /// Checks with the first of `algorithms` that accepts the key.
    pub fn with_algorithms(key: K, algorithms: Vec<Box<dyn VerifyAlgorithm>>) -> Self {
        Self { key, algorithms }
    }

    fn verify(&self, message: &[u8], signature: &BitString) -> Result<(), Error> {
        let spki: SubjectPublicKeyInfoRef<'_> = self
            .key
            .public_key()
            .decode_msg()
            .map_err(|_| Error::BadSignature)?;
        let named = self.key.algorithm();
        let algorithm = self
            .algorithms
            .iter()
            .find(|algorithm| {
                algorithm.accepts(AlgorithmIdentifierRef::from(&named), spki.algorithm)
            })
            .ok_or(Error::Uncheckable {
                algorithm: named.oid,
            })?;
        let octets = signature.as_bytes().ok_or(Error::BadSignature)?;
        algorithm
            .verify(spki, message, octets)
            .map_err(|_| Error::BadSignature)
    }
}

impl<K: KeyHandle> KeyHandle for Checked<K> {
    fn public_key(&self) -> &Document {
        self.key.public_key()
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        self.key.algorithm()
    }

    /// As the key signs, then verified.
    ///
    /// # Errors
    /// [`Error::BadSignature`] when it does not fit, [`Error::Uncheckable`] when no
    /// algorithm accepts the key; otherwise the key's.
    fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
        let signature = self.key.sign(message)?;
        self.verify(message, &signature)?;
        Ok(signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SoftKey;
    use der::asn1::ObjectIdentifier;
    use gm_crypto::sm2::{DerSignature, RawSignature, UserId};

    /// What a broken device may do to a good signature.
    #[derive(Clone, Copy, Debug)]
    enum Fault {
        None,
        Flip,
        OtherMessage,
        Raw,
        UnusedBits,
        OtherAlgorithm,
    }

    #[derive(Debug)]
    struct Faulty(SoftKey, Fault);

    impl KeyHandle for Faulty {
        fn public_key(&self) -> &Document {
            self.0.public_key()
        }

        fn algorithm(&self) -> AlgorithmIdentifierOwned {
            let mut algorithm = self.0.algorithm();
            if let Fault::OtherAlgorithm = self.1 {
                algorithm.oid = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
            }
            algorithm
        }

        fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
            let good = self.0.sign(message)?;
            let octets = good.raw_bytes();
            Ok(match self.1 {
                Fault::None | Fault::OtherAlgorithm => good,
                Fault::Flip => {
                    let mut octets = octets.to_vec();
                    *octets.last_mut().unwrap() ^= 1;
                    BitString::from_bytes(&octets).unwrap()
                }
                Fault::OtherMessage => self.0.sign(b"another message")?,
                Fault::Raw => {
                    let raw = RawSignature::from(DerSignature::from_der(octets).unwrap());
                    BitString::from_bytes(raw.as_bytes()).unwrap()
                }
                Fault::UnusedBits => {
                    let mut octets = octets.to_vec();
                    *octets.last_mut().unwrap() &= 0xfe;
                    BitString::new(1, octets).unwrap()
                }
            })
        }
    }

    fn checked(fault: Fault) -> Result<BitString, Error> {
        let key: Box<dyn KeyHandle> = Box::new(Faulty(SoftKey::generate().unwrap(), fault));
        Checked::new(key).sign(b"message")
    }

    #[test]
    fn a_faulty_signature_never_leaves() {
        checked(Fault::None).unwrap();
        for fault in [
            Fault::Flip,
            Fault::OtherMessage,
            Fault::Raw,
            Fault::UnusedBits,
        ] {
            let result = checked(fault);
            assert!(
                matches!(result, Err(Error::BadSignature)),
                "{fault:?}: {result:?}"
            );
        }
        assert!(matches!(
            checked(Fault::OtherAlgorithm),
            Err(Error::Uncheckable { .. })
        ));
    }

    #[test]
    fn the_algorithms_to_check_with_are_the_callers() {
        let key = SoftKey::generate().unwrap();
        let none = Checked::with_algorithms(&key, Vec::new());
        assert!(matches!(none.sign(b"m"), Err(Error::Uncheckable { .. })));
        let id = Sm2Sm3::with_id(UserId::new("another").unwrap());
        let other = Checked::with_algorithms(&key, vec![Box::new(id)]);
        assert!(matches!(other.sign(b"m"), Err(Error::BadSignature)));
    }
}
