//! SM2 (GB/T 32918, GM/T 0003): keys, signatures, encryption, the enveloped key.
//!
//! Only the recommended 256-bit curve of GB/T 32918.5 exists here; the test curve
//! in the annexes of GM/T 0003-2012 does not.

mod ciphertext;
#[cfg(feature = "explain")]
pub(crate) mod ecdsa;
mod encrypt;
mod envelope;
pub mod exchange;
mod id;
mod key;
mod nonce;
mod prepared;
mod sign;
#[cfg(feature = "sm2")]
mod upstream;
mod verify;

pub use ciphertext::{Ciphertext, CiphertextForm, LegacyCiphertext};
pub use envelope::{EnvelopeCipher, EnvelopedKey, EnvelopedKeyForm, ScalarPadding};
pub use id::{UserId, Za};
pub use key::{PublicKey, SecretKey};
pub use prepared::{PreparedVerifyingKey, TableSize};
pub use sign::SigningKey;
pub use verify::{DerSignature, RawSignature, VerifyingKey};

use der::asn1::ObjectIdentifier;

/// The curve, `sm2p256v1` (GM/T 0006): 1.2.156.10197.1.301.
pub const CURVE_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
/// `id-ecPublicKey` (RFC 5480, 2.1.1), the key algorithm written for SM2.
pub const KEY_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// SM2 signature with SM3 (GM/T 0006): 1.2.156.10197.1.501.
pub const SIGNATURE_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");
