//! PBKDF2 (RFC 8018, 5.2; GM/T 0091-2020, clause 6).

use super::{MAX_ITERATIONS, parameters};
use crate::{Error, Result, pki::oid, sm3};
use alloc::vec::Vec;
use core::fmt;
use der::{
    Any, AnyRef, Sequence,
    asn1::{Null, ObjectIdentifier, OctetString, OctetStringRef},
};
use sha2::Sha256;
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};
use zeroize::Zeroizing;

const WHAT: &str = "PBKDF2-params";

/// The pseudo-random function under PBKDF2, and the identifier it is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prf {
    /// HMAC-SM3 as 1.2.156.10197.1.401.2 (GM/T 0006; GM/T 0091-2020, annex C): GmSSL, gmsm,
    /// BouncyCastle.
    HmacSm3,
    /// HMAC-SM3 as 1.2.156.10197.1.401.3.1 (GM/T 0091-2020, A.2): Tongsuo, and
    /// OpenSSL after 3.0.
    HmacSm3Openssl,
    /// HMAC-SHA-256, 1.2.840.113549.2.9 (RFC 8018, B.1.2): what every OpenSSL reads.
    HmacSha256,
}

impl fmt::Display for Prf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HmacSm3 | Self::HmacSm3Openssl => "HMAC-SM3",
            Self::HmacSha256 => "HMAC-SHA-256",
        })
    }
}

impl Prf {
    const ALL: [Self; 3] = [Self::HmacSm3, Self::HmacSm3Openssl, Self::HmacSha256];

    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::HmacSm3 => oid::HMAC_SM3,
            Self::HmacSm3Openssl => oid::HMAC_SM3_OPENSSL,
            Self::HmacSha256 => oid::HMAC_SHA256,
        }
    }

    /// The parameters are NULL (RFC 8018, B.1.2); some leave them out.
    fn read(algorithm: AlgorithmIdentifierRef<'_>) -> Result<Self> {
        if algorithm.parameters.is_some_and(|any| any != AnyRef::NULL) {
            return Err(Error::Invalid {
                what: WHAT,
                reason: "the parameters of the prf are neither NULL nor absent",
            });
        }
        let known = Self::ALL.into_iter().find(|prf| prf.oid() == algorithm.oid);
        known.ok_or(Error::Unsupported {
            what: WHAT,
            oid: algorithm.oid,
        })
    }
}

/// PBKDF2 with its parameters, checked.
#[derive(Clone, Debug)]
pub(super) struct Derivation {
    salt: Vec<u8>,
    iterations: u32,
    prf: Prf,
}

/// RFC 8018, A.2. `salt` has another choice, for which nothing is defined.
#[derive(Sequence)]
struct Pbkdf2Parameters<'a> {
    salt: &'a OctetStringRef,
    iterations: u32,
    #[asn1(optional = "true")]
    key_length: Option<u16>,
    #[asn1(optional = "true")]
    prf: Option<AlgorithmIdentifierRef<'a>>,
}

/// The same, to be written.
#[derive(Sequence)]
struct OwnedPbkdf2Parameters {
    salt: OctetString,
    iterations: u32,
    prf: AlgorithmIdentifierOwned,
}

impl Derivation {
    pub(super) fn new(salt: &[u8], iterations: u32, prf: Prf) -> Self {
        Self {
            salt: salt.to_vec(),
            iterations,
            prf,
        }
    }

    /// An absent `keyLength` is the cipher's; an absent `prf` is HMAC-SHA-1 with PBKDF2,
    /// which is refused, and HMAC-SM3 with GM/T 0091's PBKDF.
    pub(super) fn read(algorithm: AlgorithmIdentifierRef<'_>, key_length: usize) -> Result<Self> {
        let absent = match algorithm.oid {
            oid::PBKDF2 => None,
            oid::GM_PBKDF | oid::GM_PBKDF_SHORT => Some(Prf::HmacSm3),
            oid => {
                return Err(Error::Unsupported {
                    what: "PBES2-params",
                    oid,
                });
            }
        };
        let read: Pbkdf2Parameters<'_> = parameters(WHAT, algorithm)?;
        let invalid = |reason| Error::Invalid { what: WHAT, reason };
        let prf = match read.prf {
            Some(prf) => Prf::read(prf)?,
            None => absent.ok_or_else(|| {
                invalid("PBKDF2 without a prf means HMAC-SHA-1, which is not spoken")
            })?,
        };
        if !(1..=MAX_ITERATIONS).contains(&read.iterations) {
            return Err(invalid("PBKDF2 with no iteration or more than ten million"));
        }
        if read
            .key_length
            .is_some_and(|length| usize::from(length) != key_length)
        {
            return Err(invalid("keyLength is not the length of the cipher's key"));
        }
        Ok(Self::new(read.salt.as_bytes(), read.iterations, prf))
    }

    /// `keyLength` is left out: the cipher says it.
    pub(super) fn to_identifier(&self) -> der::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned {
            oid: oid::PBKDF2,
            parameters: Some(Any::encode_from(&OwnedPbkdf2Parameters {
                salt: OctetString::new(&*self.salt)?,
                iterations: self.iterations,
                prf: AlgorithmIdentifierOwned {
                    oid: self.prf.oid(),
                    parameters: Some(Any::encode_from(&Null)?),
                },
            })?),
        })
    }

    pub(super) fn derive(&self, password: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(alloc::vec![0; length]);
        match self.prf {
            Prf::HmacSm3 | Prf::HmacSm3Openssl => {
                sm3::pbkdf2(password, &self.salt, self.iterations, &mut key);
            }
            Prf::HmacSha256 => {
                pbkdf2::pbkdf2_hmac::<Sha256>(password, &self.salt, self.iterations, &mut key);
            }
        }
        key
    }

    pub(super) fn prf(&self) -> Prf {
        self.prf
    }

    pub(super) fn iterations(&self) -> u32 {
        self.iterations
    }
}
