//! Keys, and what is done with them.

use crate::{Error, Result, seal::fill_random};
use getrandom::SysRng;
use gm_crypto::sm2::{self, DerSignature, RawSignature, SigningKey, UserId};
use p256::ecdsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use std::fmt;
use zeroize::Zeroizing;

/// The curve of a key, and with it its algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// SM2 (GB/T 32918.5): SM2 signatures, encryption and key exchange.
    Sm2,
    /// P-256 (FIPS 186-5; X9.62 `prime256v1`): ECDSA and ECDH.
    P256,
    /// P-384 (FIPS 186-5; SEC 2 `secp384r1`): ECDSA and ECDH.
    P384,
}

impl KeyKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Sm2, Self::P256, Self::P384];

    /// Octets of a scalar or a coordinate: 32 or 48. A signature `r ‖ s` has twice as
    /// many.
    pub fn field_length(self) -> usize {
        match self {
            Self::Sm2 | Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sm2 => "SM2",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A private key with its public half; wiped when dropped, silent in `Debug`.
pub struct PrivateKey {
    secret: Secret,
    /// `04 ‖ x ‖ y`.
    point: Vec<u8>,
}

enum Secret {
    Sm2(Box<SigningKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
}

impl PrivateKey {
    /// A fresh key from the system's random source.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn generate(kind: KeyKind) -> Result<Self> {
        let mut scalar = Zeroizing::new(vec![0; kind.field_length()]);
        loop {
            fill_random(&mut scalar)?;
            // Redrawn once in 2^32 times at most: all three orders begin with 32 ones.
            if let Ok(key) = Self::from_scalar(kind, &scalar) {
                return Ok(key);
            }
        }
    }

    /// From its scalar, big endian, [`KeyKind::field_length`] octets.
    ///
    /// # Errors
    /// [`Error::Length`] for another length, [`Error::Crypto`] for a number out of range.
    pub fn from_scalar(kind: KeyKind, scalar: &[u8]) -> Result<Self> {
        const WHAT: &str = "a private key is out of range";
        if scalar.len() != kind.field_length() {
            return Err(Error::Length {
                what: "a private key",
                found: scalar.len(),
            });
        }
        let (secret, point) = match kind {
            KeyKind::Sm2 => {
                let octets = scalar.try_into().map_err(|_| Error::refused(WHAT))?;
                let secret = sm2::SecretKey::from_bytes(octets).map_err(Error::crypto(WHAT))?;
                let key = SigningKey::new(secret, UserId::default());
                let point = key.verifying_key().public_key().to_uncompressed().to_vec();
                (Secret::Sm2(Box::new(key)), point)
            }
            KeyKind::P256 => {
                let key = p256::ecdsa::SigningKey::from_slice(scalar)
                    .map_err(|_| Error::refused(WHAT))?;
                let point = key.verifying_key().to_sec1_point(false);
                let point = point.as_bytes().to_vec();
                (Secret::P256(key), point)
            }
            KeyKind::P384 => {
                let key = p384::ecdsa::SigningKey::from_slice(scalar)
                    .map_err(|_| Error::refused(WHAT))?;
                let point = key.verifying_key().to_sec1_point(false);
                let point = point.as_bytes().to_vec();
                (Secret::P384(key), point)
            }
        };
        Ok(Self { secret, point })
    }

    /// An SM2 key.
    pub fn from_sm2(secret: sm2::SecretKey) -> Self {
        let key = SigningKey::new(secret, UserId::default());
        let point = key.verifying_key().public_key().to_uncompressed().to_vec();
        Self {
            secret: Secret::Sm2(Box::new(key)),
            point,
        }
    }

    /// Its curve.
    pub fn kind(&self) -> KeyKind {
        match self.secret {
            Secret::Sm2(_) => KeyKind::Sm2,
            Secret::P256(_) => KeyKind::P256,
            Secret::P384(_) => KeyKind::P384,
        }
    }

    /// Its public half, `04 ‖ x ‖ y`.
    pub fn point(&self) -> &[u8] {
        &self.point
    }

    /// Its scalar, big endian, [`KeyKind::field_length`] octets: for whoever wraps it.
    pub fn scalar(&self) -> Zeroizing<Vec<u8>> {
        match &self.secret {
            Secret::Sm2(key) => Zeroizing::new(key.secret_key().to_bytes().to_vec()),
            Secret::P256(key) => {
                let octets = Zeroizing::new(key.to_bytes());
                Zeroizing::new(octets.to_vec())
            }
            Secret::P384(key) => {
                let octets = Zeroizing::new(key.to_bytes());
                Zeroizing::new(octets.to_vec())
            }
        }
    }

    /// The SM2 key, for all that SM2 can do besides signing a digest; its user ID is the
    /// default one.
    ///
    /// # Errors
    /// [`Error::KeyKind`] for another curve's.
    pub fn sm2(&self) -> Result<&SigningKey> {
        match &self.secret {
            Secret::Sm2(key) => Ok(key),
            _ => Err(Error::KeyKind {
                operation: "SM2",
                kind: self.kind(),
            }),
        }
    }

    /// Signs a digest: with SM2 e = SM3(Z ‖ M), 32 octets (GB/T 32918.2, 6.1); with ECDSA
    /// the digest of the message, 20 to 64 octets, of which as many count as a scalar has
    /// (FIPS 186-5, 6.4.1). Gives `r ‖ s`.
    ///
    /// # Errors
    /// [`Error::Length`] for a digest of another length, [`Error::Random`],
    /// [`Error::Crypto`].
    pub fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>> {
        const WHAT: &str = "signing";
        match &self.secret {
            Secret::Sm2(key) => {
                let e = digest.try_into().map_err(|_| digest_length(digest))?;
                let signature = key
                    .sign_digest_hedged(&mut SysRng, e)
                    .map_err(Error::crypto(WHAT))?;
                Ok(RawSignature::from(signature).as_bytes().to_vec())
            }
            Secret::P256(key) => {
                let signature: p256::ecdsa::Signature = key
                    .sign_prehash_with_rng(&mut SysRng, &ecdsa_input(digest, self.kind())?)
                    .map_err(|_| Error::refused(WHAT))?;
                Ok(signature.to_bytes().to_vec())
            }
            Secret::P384(key) => {
                let signature: p384::ecdsa::Signature = key
                    .sign_prehash_with_rng(&mut SysRng, &ecdsa_input(digest, self.kind())?)
                    .map_err(|_| Error::refused(WHAT))?;
                Ok(signature.to_bytes().to_vec())
            }
        }
    }

    /// x of the common point with a partner's `04 ‖ x ‖ y` (SEC 1, 3.3.1), as many octets
    /// as a coordinate has.
    ///
    /// # Errors
    /// [`Error::KeyKind`] for SM2, whose exchange is another
    /// ([`gm_crypto::sm2::exchange`]); [`Error::Crypto`] for a point that is none.
    pub fn agree(&self, partner: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let partner = PublicKey::from_point(self.kind(), partner)?;
        match (&self.secret, &partner.0) {
            (Secret::P256(key), Public::P256(partner)) => {
                let shared =
                    p256::ecdh::diffie_hellman(key.as_nonzero_scalar(), partner.as_affine());
                Ok(Zeroizing::new(shared.raw_secret_bytes().to_vec()))
            }
            (Secret::P384(key), Public::P384(partner)) => {
                let shared =
                    p384::ecdh::diffie_hellman(key.as_nonzero_scalar(), partner.as_affine());
                Ok(Zeroizing::new(shared.raw_secret_bytes().to_vec()))
            }
            _ => Err(Error::KeyKind {
                operation: "ECDH",
                kind: self.kind(),
            }),
        }
    }

    /// Its public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(match &self.secret {
            Secret::Sm2(key) => Public::Sm2(*key.verifying_key().public_key()),
            Secret::P256(key) => Public::P256(*key.verifying_key()),
            Secret::P384(key) => Public::P384(*key.verifying_key()),
        })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}

/// A public key: a point known to be on its curve.
#[derive(Clone, Debug)]
pub struct PublicKey(Public);

#[derive(Clone, Debug)]
enum Public {
    Sm2(sm2::PublicKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// Reads `04 ‖ x ‖ y` (SEC 1, 2.3.4).
    ///
    /// # Errors
    /// [`Error::Crypto`] for what is no such point.
    pub fn from_point(kind: KeyKind, octets: &[u8]) -> Result<Self> {
        const WHAT: &str = "a public key is no point of its curve";
        if octets.len() != 1 + 2 * kind.field_length() {
            return Err(Error::refused(WHAT));
        }
        Ok(Self(match kind {
            KeyKind::Sm2 => {
                Public::Sm2(sm2::PublicKey::from_uncompressed(octets).map_err(Error::crypto(WHAT))?)
            }
            KeyKind::P256 => Public::P256(
                p256::ecdsa::VerifyingKey::from_sec1_bytes(octets)
                    .map_err(|_| Error::refused(WHAT))?,
            ),
            KeyKind::P384 => Public::P384(
                p384::ecdsa::VerifyingKey::from_sec1_bytes(octets)
                    .map_err(|_| Error::refused(WHAT))?,
            ),
        }))
    }

    /// Its curve.
    pub fn kind(&self) -> KeyKind {
        match self.0 {
            Public::Sm2(_) => KeyKind::Sm2,
            Public::P256(_) => KeyKind::P256,
            Public::P384(_) => KeyKind::P384,
        }
    }

    /// `04 ‖ x ‖ y`.
    pub fn point(&self) -> Vec<u8> {
        match &self.0 {
            Public::Sm2(key) => key.to_uncompressed().to_vec(),
            Public::P256(key) => key.to_sec1_point(false).as_bytes().to_vec(),
            Public::P384(key) => key.to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    /// The SM2 key, for Z, verification of messages and encryption.
    ///
    /// # Errors
    /// [`Error::KeyKind`] for another curve's.
    pub fn sm2(&self) -> Result<&sm2::PublicKey> {
        match &self.0 {
            Public::Sm2(key) => Ok(key),
            _ => Err(Error::KeyKind {
                operation: "SM2",
                kind: self.kind(),
            }),
        }
    }

    /// Checks `r ‖ s` over a digest, as [`PrivateKey::sign_digest`] has them.
    ///
    /// # Errors
    /// [`Error::Length`] for a digest or signature of another length,
    /// [`Error::Crypto`] when the signature does not fit.
    pub fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        const WHAT: &str = "the signature does not fit";
        if signature.len() != 2 * self.kind().field_length() {
            return Err(Error::Length {
                what: "a signature",
                found: signature.len(),
            });
        }
        match &self.0 {
            Public::Sm2(key) => {
                let e = digest.try_into().map_err(|_| digest_length(digest))?;
                let raw: &[u8; 64] = signature.try_into().map_err(|_| Error::refused(WHAT))?;
                let signature = DerSignature::try_from(raw).map_err(Error::crypto(WHAT))?;
                key.verify_digest(e, &signature)
                    .map_err(Error::crypto(WHAT))
            }
            Public::P256(key) => {
                let signature = p256::ecdsa::Signature::from_slice(signature)
                    .map_err(|_| Error::refused(WHAT))?;
                key.verify_prehash(&ecdsa_input(digest, self.kind())?, &signature)
                    .map_err(|_| Error::refused(WHAT))
            }
            Public::P384(key) => {
                let signature = p384::ecdsa::Signature::from_slice(signature)
                    .map_err(|_| Error::refused(WHAT))?;
                key.verify_prehash(&ecdsa_input(digest, self.kind())?, &signature)
                    .map_err(|_| Error::refused(WHAT))
            }
        }
    }
}

fn digest_length(digest: &[u8]) -> Error {
    Error::Length {
        what: "a digest",
        found: digest.len(),
    }
}

/// A digest that is shorter than a scalar, as the number that it is.
fn ecdsa_input(digest: &[u8], kind: KeyKind) -> Result<Vec<u8>> {
    if !(20..=64).contains(&digest.len()) {
        return Err(digest_length(digest));
    }
    let zeros = kind.field_length().saturating_sub(digest.len());
    Ok([&vec![0; zeros], digest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_each_kind_signs_what_its_public_half_verifies() {
        for kind in KeyKind::ALL {
            let key = PrivateKey::generate(kind).unwrap();
            let again = PrivateKey::from_scalar(kind, &key.scalar()).unwrap();
            assert_eq!(again.point(), key.point());
            let public = PublicKey::from_point(kind, key.point()).unwrap();
            assert_eq!(public.point(), key.public_key().point());
            let digest = [7; 32];
            let mut signature = again.sign_digest(&digest).unwrap();
            assert_eq!(signature.len(), 2 * kind.field_length());
            public.verify_digest(&digest, &signature).unwrap();
            assert!(public.verify_digest(&[8; 32], &signature).is_err());
            *signature.last_mut().unwrap() ^= 1;
            assert!(public.verify_digest(&digest, &signature).is_err());
        }
    }

    #[test]
    fn both_sides_agree_on_x() {
        for kind in [KeyKind::P256, KeyKind::P384] {
            let [a, b] = [(); 2].map(|()| PrivateKey::generate(kind).unwrap());
            let shared = a.agree(b.point()).unwrap();
            assert_eq!(*shared, *b.agree(a.point()).unwrap());
            assert_eq!(shared.len(), kind.field_length());
        }
        let sm2 = PrivateKey::generate(KeyKind::Sm2).unwrap();
        assert!(matches!(sm2.agree(sm2.point()), Err(Error::KeyKind { .. })));
    }

    #[test]
    fn numbers_out_of_range_and_digests_of_no_length_are_refused() {
        for kind in KeyKind::ALL {
            let length = kind.field_length();
            for scalar in [vec![0; length], vec![0xff; length]] {
                let error = PrivateKey::from_scalar(kind, &scalar).unwrap_err();
                assert!(matches!(error, Error::Crypto { .. }));
            }
            let error = PrivateKey::from_scalar(kind, &[1; 31]).unwrap_err();
            assert!(matches!(error, Error::Length { found: 31, .. }));
            let key = PrivateKey::generate(kind).unwrap();
            assert!(matches!(
                key.sign_digest(&[1; 19]),
                Err(Error::Length { .. })
            ));
            let signature = key.sign_digest(&[1; 32]).unwrap();
            let public = key.public_key();
            for digest in [&[][..], &[1; 19]] {
                assert!(public.verify_digest(digest, &signature).is_err());
            }
            assert!(public.verify_digest(&[1; 32], &signature[1..]).is_err());
            let mut point = key.point().to_vec();
            *point.last_mut().unwrap() ^= 1;
            assert!(PublicKey::from_point(kind, &point).is_err());
            assert!(PublicKey::from_point(kind, &point[..33]).is_err());
        }
    }

    #[test]
    fn debug_of_a_private_key_is_silent() {
        let key = PrivateKey::from_scalar(KeyKind::P256, &[7; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey { kind: P256, .. }");
    }
}
