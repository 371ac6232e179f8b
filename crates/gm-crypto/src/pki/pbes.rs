//! Encryption under a password (RFC 8018; GM/T 0091-2020), for key files and PKCS#12.
//!
//! One path of our own over the crates `pbkdf2`, `cbc`, `aes` and this crate's SM4, and not
//! the crate `pkcs5`: that knows neither SM3, SM4 nor the identifiers of GM/T 0091, so that
//! two paths would stand side by side and answer a wrong password each in its own way.
//!
//! What is read, each absent parameter as its standard has it:
//!
//! | part | identifiers |
//! |---|---|
//! | scheme | PBES2; GM/T 0091's PBES, also one arc short as gmsm has it |
//! | derivation | PBKDF2; GM/T 0091's PBKDF, also one arc short |
//! | PRF | HMAC-SM3 under both identifiers in circulation, HMAC-SHA-256 |
//! | cipher | SM4-CBC under four identifiers, AES-CBC with 128, 192 and 256 bits |

mod cipher;
mod derivation;

pub use cipher::KeyCipher;
pub use derivation::Prf;

use crate::{Error, Result, pki::oid};
use alloc::vec::Vec;
use cipher::BLOCK_LENGTH;
use der::{
    Any, Sequence,
    asn1::{OctetString, OctetStringRef},
};
use derivation::Derivation;
use rand_core::TryCryptoRng;
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};
use zeroize::Zeroizing;

/// How an encrypted key file is made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KeyFileParameters {
    /// Iterations of PBKDF2, at least 1,000 (RFC 8018, 4.2) and at most ten million.
    pub iterations: u32,
    /// The pseudo-random function under PBKDF2, and how it is named.
    pub prf: Prf,
    /// The cipher.
    pub cipher: KeyCipher,
}

impl Default for KeyFileParameters {
    /// 100,000 iterations, some 60 ms with the portable SM3; HMAC-SM3 under the identifier
    /// of GM/T 0006; SM4-CBC.
    fn default() -> Self {
        Self {
            iterations: 100_000,
            prf: Prf::HmacSm3,
            cipher: KeyCipher::Sm4Cbc,
        }
    }
}

/// A file that asks for more work than this is refused, not obeyed.
const MAX_ITERATIONS: u32 = 10_000_000;
/// RFC 8018, 4.2.
pub(crate) const MIN_ITERATIONS: u32 = 1_000;

const SALT_LENGTH: usize = 16;
const WHAT: &str = "PBES2-params";

/// How a file spells the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// RFC 8018's PBES2 and PBKDF2.
    Pkcs5,
    /// GM/T 0091's PBES and PBKDF, or one of them.
    Gmt0091,
    /// GM/T 0091's, one arc short.
    OneArcShort,
}

/// A scheme with its parameters, checked.
#[derive(Clone, Debug)]
pub(crate) struct Scheme {
    spelling: Spelling,
    derivation: Derivation,
    cipher: KeyCipher,
    cipher_spelled_strangely: bool,
    iv: [u8; BLOCK_LENGTH],
}

/// RFC 8018, A.4; GM/T 0091-2020, annex C.
#[derive(Sequence)]
struct Pbes2Parameters<'a> {
    key_derivation: AlgorithmIdentifierRef<'a>,
    encryption: AlgorithmIdentifierRef<'a>,
}

/// The same, to be written.
#[derive(Sequence)]
struct OwnedPbes2Parameters {
    key_derivation: AlgorithmIdentifierOwned,
    encryption: AlgorithmIdentifierOwned,
}

/// Whether an identifier names a scheme that [`decrypt`] speaks.
pub(crate) fn is_scheme(algorithm: AlgorithmIdentifierRef<'_>) -> bool {
    [oid::PBES2, oid::GM_PBES, oid::GM_PBES_SHORT].contains(&algorithm.oid)
}

/// Decrypts `octets` under `password` as `algorithm` says. A password is octets; the field
/// writes it in UTF-8.
///
/// # Errors
/// What can be said without the password: [`Error::Unsupported`] for an algorithm that is
/// not spoken; [`Error::Malformed`] for parameters that are no DER, its offset counted from
/// the value of the parameters named; [`Error::Invalid`] for no iteration or over ten
/// million, a `keyLength` that is not the cipher's, a PBKDF2 without `prf` (HMAC-SHA-1), a
/// ciphertext that is not made of whole blocks. What comes after decryption is always
/// [`Error::WrongPassword`].
pub(crate) fn decrypt(
    algorithm: AlgorithmIdentifierRef<'_>,
    password: &[u8],
    octets: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    Scheme::read(algorithm)?.decrypt(password, octets)
}

/// Encrypts `octets` under `password` with a fresh salt and initial vector of 16 octets
/// each; gives the identifier to write beside them (PBES2 with PBKDF2, RFC 8018).
///
/// # Errors
/// [`Error::Random`] when the source fails, [`Error::Invalid`] for fewer than 1,000 or more
/// than ten million iterations.
pub(crate) fn encrypt<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    parameters: KeyFileParameters,
    password: &[u8],
    octets: &[u8],
) -> Result<(AlgorithmIdentifierOwned, Vec<u8>)> {
    if !(MIN_ITERATIONS..=MAX_ITERATIONS).contains(&parameters.iterations) {
        return Err(Error::Invalid {
            what: WHAT,
            reason: "iterations lie between a thousand and ten million",
        });
    }
    let (mut salt, mut iv) = ([0; SALT_LENGTH], [0; BLOCK_LENGTH]);
    for random in [&mut salt, &mut iv] {
        rng.try_fill_bytes(random).map_err(|_| Error::Random)?;
    }
    let derivation = Derivation::new(&salt, parameters.iterations, parameters.prf);
    let cipher = parameters.cipher;
    let key = derivation.derive(password, cipher.key_length());
    let encrypted = cipher.encrypt(&key, &iv, octets);
    let algorithm = || -> der::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned {
            oid: oid::PBES2,
            parameters: Some(Any::encode_from(&OwnedPbes2Parameters {
                key_derivation: derivation.to_identifier()?,
                encryption: AlgorithmIdentifierOwned {
                    oid: cipher.oid(),
                    parameters: Some(Any::encode_from(&OctetString::new(iv)?)?),
                },
            })?),
        })
    };
    Ok((algorithm().map_err(Error::malformed(WHAT))?, encrypted))
}

impl Scheme {
    /// Reads and checks a scheme; errors as for [`decrypt`].
    pub(crate) fn read(algorithm: AlgorithmIdentifierRef<'_>) -> Result<Self> {
        if !is_scheme(algorithm) {
            return Err(Error::Unsupported {
                what: "encryption under a password",
                oid: algorithm.oid,
            });
        }
        let parameters: Pbes2Parameters<'_> = parameters(WHAT, algorithm)?;
        let (cipher, cipher_spelled_strangely) = KeyCipher::named(parameters.encryption.oid)?;
        let iv: &OctetStringRef = self::parameters("SM4-IV or AES-IV", parameters.encryption)?;
        let iv = iv.as_bytes().try_into().map_err(|_| Error::Invalid {
            what: WHAT,
            reason: "the initial vector of CBC has 16 octets",
        })?;
        let derivation = Derivation::read(parameters.key_derivation, cipher.key_length())?;
        let named = [algorithm.oid, parameters.key_derivation.oid];
        let spelling = if named.iter().any(|oid| SHORT.contains(oid)) {
            Spelling::OneArcShort
        } else if named == [oid::PBES2, oid::PBKDF2] {
            Spelling::Pkcs5
        } else {
            Spelling::Gmt0091
        };
        Ok(Self {
            spelling,
            derivation,
            cipher,
            cipher_spelled_strangely,
            iv,
        })
    }

    /// Decrypts; errors as for [`decrypt`].
    pub(crate) fn decrypt(&self, password: &[u8], octets: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        check_blocks(octets)?;
        let key = self.derivation.derive(password, self.cipher.key_length());
        self.cipher
            .decrypt(&key, &self.iv, octets)
            .ok_or(Error::WrongPassword)
    }

    /// How scheme and derivation are named.
    pub(crate) fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// Whether the cipher has another identifier than [`KeyCipher::oid`].
    pub(crate) fn cipher_spelled_strangely(&self) -> bool {
        self.cipher_spelled_strangely
    }

    /// What it is made of, as it would be written.
    pub(crate) fn parameters(&self) -> KeyFileParameters {
        KeyFileParameters {
            iterations: self.derivation.iterations(),
            prf: self.derivation.prf(),
            cipher: self.cipher,
        }
    }
}

/// Checks that a ciphertext is whole blocks, and one at least: that shows without a password.
pub(crate) fn check_blocks(octets: &[u8]) -> Result<()> {
    if octets.is_empty() || !octets.len().is_multiple_of(BLOCK_LENGTH) {
        return Err(Error::Invalid {
            what: "encrypted data",
            reason: "CBC gives whole blocks of 16 octets, so the file is cut or damaged",
        });
    }
    Ok(())
}

const SHORT: [der::asn1::ObjectIdentifier; 2] = [oid::GM_PBES_SHORT, oid::GM_PBKDF_SHORT];

/// The parameters of an algorithm, which must be there.
fn parameters<'a, T>(what: &'static str, algorithm: AlgorithmIdentifierRef<'a>) -> Result<T>
where
    T: der::Choice<'a> + der::DecodeValue<'a, Error = der::Error>,
{
    let any = algorithm.parameters.ok_or(Error::Invalid {
        what,
        reason: "an algorithm stands without its parameters",
    })?;
    any.decode_as().map_err(Error::malformed(what))
}

#[cfg(test)]
mod tests;
