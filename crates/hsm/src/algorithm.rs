//! What kinds of keys there are.

use der::{Any, asn1::ObjectIdentifier};
use spki::AlgorithmIdentifierOwned;
use std::fmt;

/// A kind of key, and with it the algorithm that its signatures name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// SM2 on the curve of GB/T 32918.5, signing with SM3.
    Sm2,
    /// ECDSA on P-256 with SHA-256 (RFC 5758, 3.2).
    P256,
    /// ECDSA on P-384 with SHA-384 (RFC 5758, 3.2).
    P384,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2).
    Rsa {
        /// Bits of the modulus: 2048, 3072 or 4096.
        bits: u16,
    },
}

impl KeyAlgorithm {
    /// The algorithm of its signatures, as certificates name it: no parameters, and
    /// NULL for RSA (RFC 4055, 5).
    pub fn signature_algorithm(self) -> AlgorithmIdentifierOwned {
        let (oid, parameters) = match self {
            Self::Sm2 => ("1.2.156.10197.1.501", None),
            Self::P256 => ("1.2.840.10045.4.3.2", None),
            Self::P384 => ("1.2.840.10045.4.3.3", None),
            Self::Rsa { .. } => ("1.2.840.113549.1.1.11", Some(Any::null())),
        };
        AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new_unwrap(oid),
            parameters,
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sm2 => f.write_str("SM2"),
            Self::P256 => f.write_str("P-256"),
            Self::P384 => f.write_str("P-384"),
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
        }
    }
}

/// Which key of a pair of pairs: devices keep two under one name (GM/T 0016, 6.4.4
/// "container"; GM/T 0018, 6.3 "key index").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyUse {
    /// The key that signs.
    Signing,
    /// The key that decrypts.
    Encryption,
}

impl fmt::Display for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signing => "signing",
            Self::Encryption => "encryption",
        })
    }
}
