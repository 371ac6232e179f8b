//! Private keys in files: PKCS#8, SEC 1, and PKCS#8 encrypted with SM4.

use crate::{
    Error, Result,
    pki::oid,
    sm2::{CURVE_OID, KEY_OID, PublicKey, SecretKey},
    sm3,
    sm4::{
        BLOCK_LENGTH, Sm4,
        cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7},
    },
};
use alloc::vec::Vec;
use der::{
    Any, AnyRef, Decode, Encode, Sequence,
    asn1::{BitStringRef, Null, ObjectIdentifier, OctetString, OctetStringRef},
};
use pkcs8::{PrivateKeyInfo, PrivateKeyInfoRef};
use rand_core::TryCryptoRng;
use sec1::{EcParameters, EcPrivateKey};
use spki::{AlgorithmIdentifier, AlgorithmIdentifierOwned};
use zeroize::Zeroizing;

/// The PEM labels under which a private key may stand.
pub const PRIVATE_KEY_LABELS: &[&str] = &[
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "EC PRIVATE KEY",
    "SM2 PRIVATE KEY",
];

/// How an encrypted key file is made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KeyFileParameters {
    /// Iterations of oid::PBKDF2, at least 1,000 (RFC 8018, 4.2).
    pub iterations: u32,
}

impl Default for KeyFileParameters {
    /// 100,000 iterations: some 60 ms with the portable SM3.
    fn default() -> Self {
        Self {
            iterations: 100_000,
        }
    }
}

/// A file that asks for more work than this is refused, not obeyed.
const MAX_ITERATIONS: u32 = 10_000_000;
const MIN_ITERATIONS: u32 = 1_000;

const ENCRYPTED: &str = "EncryptedPrivateKeyInfo";
const PRIVATE: &str = "PrivateKeyInfo";

/// RFC 5958, 3.
#[derive(Sequence)]
struct EncryptedPrivateKeyInfo {
    algorithm: AlgorithmIdentifierOwned,
    encrypted_data: OctetString,
}

/// RFC 8018, A.4.
#[derive(Sequence)]
struct Pbes2Parameters {
    key_derivation: AlgorithmIdentifierOwned,
    encryption: AlgorithmIdentifierOwned,
}

/// RFC 8018, A.2; an absent `prf` means HMAC-SHA-1, which is refused here.
#[derive(Sequence)]
struct Pbkdf2Parameters {
    salt: OctetString,
    iterations: u32,
    #[asn1(optional = "true")]
    key_length: Option<u16>,
    #[asn1(optional = "true")]
    prf: Option<AlgorithmIdentifierOwned>,
}

/// Reads an unencrypted private key from DER: PKCS#8 `PrivateKeyInfo` (RFC 5208)
/// or SEC 1 `ECPrivateKey` (RFC 5915) on the SM2 curve.
///
/// # Errors
/// [`Error::Malformed`] when it is neither, [`Error::Unsupported`] for another
/// curve, [`Error::Crypto`] for a scalar out of range, [`Error::Invalid`] when a
/// public key stands beside the scalar and is not its own.
pub fn decode_private_key(der: &[u8]) -> Result<SecretKey> {
    match PrivateKeyInfoRef::from_der(der) {
        Ok(info) => {
            check_curve(
                info.algorithm.oid,
                info.algorithm.parameters_oid().unwrap_or(KEY_OID),
            )?;
            let inner = EcPrivateKey::from_der(info.private_key.as_bytes())
                .map_err(Error::malformed("ECPrivateKey"))?;
            from_sec1(&inner)
        }
        Err(not_pkcs8) => match EcPrivateKey::from_der(der) {
            Ok(key) => from_sec1(&key),
            Err(_) => Err(Error::Malformed {
                what: PRIVATE,
                source: not_pkcs8,
            }),
        },
    }
}

/// Writes an unencrypted PKCS#8 `PrivateKeyInfo` with the public key inside.
pub fn encode_private_key(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    let scalar = key.to_bytes();
    let public = key.public_key().to_uncompressed();
    let encode = || -> der::Result<Zeroizing<Vec<u8>>> {
        let inner = Zeroizing::new(
            EcPrivateKey {
                private_key: scalar.as_slice(),
                parameters: None,
                public_key: Some(&public),
            }
            .to_der()?,
        );
        let info: PrivateKeyInfoRef<'_> = PrivateKeyInfo {
            algorithm: AlgorithmIdentifier {
                oid: KEY_OID,
                parameters: Some(AnyRef::from(&CURVE_OID)),
            },
            private_key: OctetStringRef::new(&inner)?,
            public_key: None::<BitStringRef<'_>>,
        };
        Ok(Zeroizing::new(info.to_der()?))
    };
    encode().expect("a key of 150 octets has a DER encoding")
}

/// Writes an unencrypted SEC 1 `ECPrivateKey` (RFC 5915) with the curve's name and
/// the public key inside; its PEM label is `EC PRIVATE KEY`.
pub fn encode_private_key_sec1(key: &SecretKey) -> Zeroizing<Vec<u8>> {
    let scalar = key.to_bytes();
    let public = key.public_key().to_uncompressed();
    let encoded = EcPrivateKey {
        private_key: scalar.as_slice(),
        parameters: Some(EcParameters::NamedCurve(CURVE_OID)),
        public_key: Some(&public),
    }
    .to_der();
    Zeroizing::new(encoded.expect("a key of 120 octets has a DER encoding"))
}

/// Whether DER is an `EncryptedPrivateKeyInfo`, so that a caller knows to ask
/// for a password.
pub fn is_encrypted_private_key(der: &[u8]) -> bool {
    EncryptedPrivateKeyInfo::from_der(der).is_ok()
}

/// Reads an encrypted private key: oid::PBES2 with oid::PBKDF2 over HMAC-SM3 (both
/// identifiers in circulation) and SM4-CBC. The password is taken as octets.
///
/// # Errors
/// [`Error::WrongPassword`] when what comes out is no key; [`Error::Unsupported`]
/// for other algorithms; [`Error::Invalid`] for over ten million iterations;
/// otherwise as [`decode_private_key`].
pub fn decode_private_key_encrypted(der: &[u8], password: &[u8]) -> Result<SecretKey> {
    let malformed = || Error::malformed(ENCRYPTED);
    let file = EncryptedPrivateKeyInfo::from_der(der).map_err(malformed())?;
    expect(file.algorithm.oid, &[oid::PBES2])?;
    let pbes2: Pbes2Parameters = parameters(&file.algorithm)?;
    expect(pbes2.key_derivation.oid, &[oid::PBKDF2])?;
    expect(pbes2.encryption.oid, &[oid::SM4_CBC])?;
    let pbkdf2: Pbkdf2Parameters = parameters(&pbes2.key_derivation)?;
    let prf = pbkdf2.prf.as_ref().ok_or(Error::Invalid {
        what: ENCRYPTED,
        reason: "oid::PBKDF2 without a prf means HMAC-SHA-1, which is refused",
    })?;
    expect(prf.oid, &[oid::HMAC_SM3, oid::HMAC_SM3_OPENSSL])?;
    if pbkdf2.iterations == 0 || pbkdf2.iterations > MAX_ITERATIONS {
        return Err(Error::Invalid {
            what: ENCRYPTED,
            reason: "oid::PBKDF2 with no iteration or more than ten million",
        });
    }
    if pbkdf2
        .key_length
        .is_some_and(|length| usize::from(length) != BLOCK_LENGTH)
    {
        return Err(Error::Invalid {
            what: ENCRYPTED,
            reason: "an SM4 key has 16 octets, keyLength says otherwise",
        });
    }
    let iv: OctetString = parameters(&pbes2.encryption)?;
    let iv: [u8; BLOCK_LENGTH] = iv.as_bytes().try_into().map_err(|_| Error::Invalid {
        what: ENCRYPTED,
        reason: "the initial vector of SM4-CBC has 16 octets",
    })?;

    let key = derive(password, pbkdf2.salt.as_bytes(), pbkdf2.iterations);
    let mut octets = Zeroizing::new(file.encrypted_data.as_bytes().to_vec());
    let plain = cbc::Decryptor::<Sm4>::new(&(*key).into(), &iv.into())
        .decrypt_padded::<Pkcs7>(&mut octets)
        .map_err(|_| Error::WrongPassword)?;
    decode_private_key(plain).map_err(|_| Error::WrongPassword)
}

/// Writes a private key encrypted under `password`: oid::PBES2 with oid::PBKDF2 over
/// HMAC-SM3 (1.2.156.10197.1.401.2, salt of 16 octets) and SM4-CBC.
///
/// # Errors
/// [`Error::Random`] when the source fails, [`Error::Invalid`] for fewer than
/// 1,000 or more than ten million iterations.
pub fn encode_private_key_encrypted<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    key: &SecretKey,
    password: &[u8],
    file: KeyFileParameters,
) -> Result<Vec<u8>> {
    if !(MIN_ITERATIONS..=MAX_ITERATIONS).contains(&file.iterations) {
        return Err(Error::Invalid {
            what: ENCRYPTED,
            reason: "iterations lie between a thousand and ten million",
        });
    }
    let (mut salt, mut iv) = ([0; 16], [0; BLOCK_LENGTH]);
    for random in [&mut salt, &mut iv] {
        rng.try_fill_bytes(random).map_err(|_| Error::Random)?;
    }
    let plain = encode_private_key(key);
    let derived = derive(password, &salt, file.iterations);
    let encrypted = cbc::Encryptor::<Sm4>::new(&(*derived).into(), &iv.into())
        .encrypt_padded_vec::<Pkcs7>(&plain);

    let encode = || -> der::Result<Vec<u8>> {
        let prf = AlgorithmIdentifierOwned {
            oid: oid::HMAC_SM3,
            parameters: Some(Any::encode_from(&Null)?),
        };
        let key_derivation = AlgorithmIdentifierOwned {
            oid: oid::PBKDF2,
            parameters: Some(Any::encode_from(&Pbkdf2Parameters {
                salt: OctetString::new(salt)?,
                iterations: file.iterations,
                key_length: None,
                prf: Some(prf),
            })?),
        };
        let encryption = AlgorithmIdentifierOwned {
            oid: oid::SM4_CBC,
            parameters: Some(Any::encode_from(&OctetString::new(iv)?)?),
        };
        EncryptedPrivateKeyInfo {
            algorithm: AlgorithmIdentifierOwned {
                oid: oid::PBES2,
                parameters: Some(Any::encode_from(&Pbes2Parameters {
                    key_derivation,
                    encryption,
                })?),
            },
            encrypted_data: OctetString::new(encrypted)?,
        }
        .to_der()
    };
    encode().map_err(Error::malformed(ENCRYPTED))
}

fn derive(password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<[u8; BLOCK_LENGTH]> {
    let mut key = Zeroizing::new([0; BLOCK_LENGTH]);
    sm3::pbkdf2(password, salt, iterations, key.as_mut_slice());
    key
}

fn from_sec1(key: &EcPrivateKey<'_>) -> Result<SecretKey> {
    if let Some(EcParameters::NamedCurve(curve)) = key.parameters {
        check_curve(KEY_OID, curve)?;
    }
    let octets: &[u8; 32] = key.private_key.try_into().map_err(|_| Error::Invalid {
        what: "ECPrivateKey",
        reason: "the scalar of this curve has 32 octets",
    })?;
    let secret = SecretKey::from_bytes(octets)?;
    if let Some(stated) = key.public_key
        && PublicKey::from_uncompressed(stated)? != secret.public_key()
    {
        return Err(Error::Invalid {
            what: "ECPrivateKey",
            reason: "the public key beside the scalar is not its own",
        });
    }
    Ok(secret)
}

fn check_curve(algorithm: ObjectIdentifier, curve: ObjectIdentifier) -> Result<()> {
    for (found, wanted) in [(algorithm, KEY_OID), (curve, CURVE_OID)] {
        if found != wanted {
            return Err(Error::Unsupported {
                what: PRIVATE,
                oid: found,
            });
        }
    }
    Ok(())
}

fn expect(oid: ObjectIdentifier, known: &[ObjectIdentifier]) -> Result<()> {
    if known.contains(&oid) {
        Ok(())
    } else {
        Err(Error::Unsupported {
            what: ENCRYPTED,
            oid,
        })
    }
}

fn parameters<'a, T>(algorithm: &'a AlgorithmIdentifierOwned) -> Result<T>
where
    T: der::Choice<'a> + der::DecodeValue<'a, Error = der::Error>,
{
    let any = algorithm.parameters.as_ref().ok_or(Error::Invalid {
        what: ENCRYPTED,
        reason: "an algorithm stands without its parameters",
    })?;
    any.decode_as().map_err(Error::malformed(ENCRYPTED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;

    const FEW: KeyFileParameters = KeyFileParameters { iterations: 1_000 };

    #[test]
    fn a_key_file_opens_with_its_password_alone() {
        let key = SecretKey::generate(&mut SysRng).unwrap();
        let file = encode_private_key_encrypted(&mut SysRng, &key, b"secret", FEW).unwrap();
        assert!(is_encrypted_private_key(&file));
        let read = decode_private_key_encrypted(&file, b"secret").unwrap();
        assert_eq!(read.to_bytes(), key.to_bytes());
        assert!(matches!(
            decode_private_key_encrypted(&file, b"Secret"),
            Err(Error::WrongPassword)
        ));
    }

    #[test]
    fn a_plain_key_is_read_back() {
        let key = SecretKey::generate(&mut SysRng).unwrap();
        let der = encode_private_key(&key);
        assert!(!is_encrypted_private_key(&der));
        assert_eq!(decode_private_key(&der).unwrap().to_bytes(), key.to_bytes());
        let sec1 = encode_private_key_sec1(&key);
        assert!(!is_encrypted_private_key(&sec1));
        assert_eq!(
            decode_private_key(&sec1).unwrap().to_bytes(),
            key.to_bytes()
        );
    }

    #[test]
    fn a_foreign_public_key_beside_the_scalar_is_refused() {
        let [key, other] = [(); 2].map(|()| SecretKey::generate(&mut SysRng).unwrap());
        let mut der = encode_private_key(&key);
        let mine = key.public_key().to_uncompressed();
        let at = der.windows(65).position(|part| part == mine).unwrap();
        der[at..at + 65].copy_from_slice(&other.public_key().to_uncompressed());
        assert!(matches!(
            decode_private_key(&der),
            Err(Error::Invalid { .. })
        ));
    }
}
