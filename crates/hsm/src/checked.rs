//! A second look at every signature.

use crate::{Error, KeyHandle};
use der::{Document, asn1::BitString};
#[cfg(feature = "pkcs11")]
use gm_crypto::pki::{Ecdsa, RsaPkcs1};
use gm_crypto::{
    pki::{Sm2Sm3, VerifyAlgorithm},
    sm2::{DerSignature, PreparedVerifyingKey, PublicKey, TableSize, UserId, VerifyingKey},
};
use signature::Verifier;
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering::Relaxed},
};

/// A key whose signatures are verified with its public half before they leave.
///
/// A faulty device then costs an error, not a certificate that nobody accepts; and
/// of a fault that was caused on purpose the attacker sees no signature.
#[derive(Debug)]
pub struct Checked<K> {
    key: K,
    algorithms: Vec<Box<dyn VerifyAlgorithm>>,
    sm2: Option<OneSm2Key>,
}

impl<K: KeyHandle> Checked<K> {
    /// Checks with SM2 and SM3 under the user ID that certificates use; with the feature
    /// `pkcs11` also with ECDSA on P-256 and P-384 and with RSA, as
    /// [`KeyAlgorithm`](crate::KeyAlgorithm) has them.
    ///
    /// For an SM2 key that signs often, tables of 52 KiB are made once, which make a check
    /// three times as fast.
    pub fn new(key: K) -> Self {
        let algorithms: Vec<Box<dyn VerifyAlgorithm>> = vec![
            Box::new(Sm2Sm3::default()),
            #[cfg(feature = "pkcs11")]
            Box::new(Ecdsa::P256_SHA256),
            #[cfg(feature = "pkcs11")]
            Box::new(Ecdsa::P384_SHA384),
            #[cfg(feature = "pkcs11")]
            Box::new(RsaPkcs1::SHA256),
        ];
        let mut checked = Self::with_algorithms(key, algorithms);
        checked.sm2 = OneSm2Key::of(&checked.key);
        checked
    }

    /// Checks with the first of `algorithms` that accepts the key.
    pub fn with_algorithms(key: K, algorithms: Vec<Box<dyn VerifyAlgorithm>>) -> Self {
        Self {
            key,
            algorithms,
            sm2: None,
        }
    }

    fn verify(&self, message: &[u8], signature: &BitString) -> Result<(), Error> {
        let octets = signature.as_bytes().ok_or(Error::BadSignature)?;
        if let Some(key) = &self.sm2 {
            return key.verify(message, octets);
        }
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
        algorithm
            .verify(spki, message, octets)
            .map_err(|_| Error::BadSignature)
    }
}

/// An SM2 key under the user ID that certificates use, known before its signatures come.
#[derive(Debug)]
struct OneSm2Key {
    key: VerifyingKey,
    checks: AtomicU32,
    prepared: OnceLock<PreparedVerifyingKey>,
}

impl OneSm2Key {
    /// So many checks take as long as the tables for the rest do, some ten of them: a key
    /// that signs now and then never pays for tables.
    const CHECKS_WITHOUT_TABLES: u32 = 16;

    fn of(key: &impl KeyHandle) -> Option<Self> {
        let spki: SubjectPublicKeyInfoRef<'_> = key.public_key().decode_msg().ok()?;
        let named = key.algorithm();
        if !Sm2Sm3::default().accepts(AlgorithmIdentifierRef::from(&named), spki.algorithm) {
            return None;
        }
        let key = PublicKey::try_from(spki).ok()?;
        Some(Self {
            key: VerifyingKey::new(key, &UserId::default()),
            checks: AtomicU32::new(0),
            prepared: OnceLock::new(),
        })
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let signature = DerSignature::try_from(signature).map_err(|_| Error::BadSignature)?;
        let result = match self.prepared() {
            Some(key) => key.verify(message, &signature),
            None => self.key.verify(message, &signature),
        };
        result.map_err(|_| Error::BadSignature)
    }

    fn prepared(&self) -> Option<&PreparedVerifyingKey> {
        let prepared = self.prepared.get();
        if prepared.is_some() {
            return prepared;
        }
        let checks = self.checks.fetch_add(1, Relaxed);
        (checks >= Self::CHECKS_WITHOUT_TABLES).then(|| {
            self.prepared
                .get_or_init(|| PreparedVerifyingKey::new(&self.key, TableSize::Medium))
        })
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
    use gm_crypto::sm2::RawSignature;

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
    fn a_key_that_signs_often_is_checked_as_well_with_its_tables() {
        let good = Checked::new(SoftKey::generate().unwrap());
        let bad = Checked::new(Faulty(SoftKey::generate().unwrap(), Fault::OtherMessage));
        for round in 0..2 * OneSm2Key::CHECKS_WITHOUT_TABLES {
            let tables = |key: &Option<OneSm2Key>| key.as_ref().unwrap().prepared.get().is_some();
            for made in [tables(&good.sm2), tables(&bad.sm2)] {
                assert_eq!(made, round > OneSm2Key::CHECKS_WITHOUT_TABLES);
            }
            good.sign(b"message").unwrap();
            assert!(matches!(bad.sign(b"message"), Err(Error::BadSignature)));
        }
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
