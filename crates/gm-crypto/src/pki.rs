//! The bridge to X.509: identifiers, signature algorithms as values, signed
//! structures as they came, PEM and key files.

mod algorithm;
pub mod identity;
mod key_file;
pub mod oid;
mod pbes;
mod pem;
#[cfg(feature = "pkcs12")]
pub mod pkcs12;
mod signed;

pub use algorithm::{Sm2Sm3, VerifyAlgorithm};
pub use key_file::{
    KeyFileParameters, PRIVATE_KEY_LABELS, decode_private_key, decode_private_key_encrypted,
    encode_private_key, encode_private_key_encrypted, encode_private_key_sec1,
    is_encrypted_private_key,
};
pub use pem::{decode as decode_pem, encode as encode_pem};
pub use signed::{Signed, assemble};
