//! The bridge to X.509: identifiers, signature algorithms as values, signed
//! structures as they came, PEM and key files.

mod algorithm;
pub(crate) mod certificate;
#[cfg(feature = "ecdsa")]
mod ecdsa;
pub mod identity;
mod key_file;
pub mod oid;
mod pbes;
mod pem;
#[cfg(feature = "pkcs12")]
pub mod pkcs12;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(any(feature = "ecdsa", feature = "rsa"))]
mod sha2;
mod signed;
mod spki;

#[cfg(feature = "ecdsa")]
pub use self::ecdsa::Ecdsa;
#[cfg(feature = "rsa")]
pub use self::rsa::{RsaPkcs1, RsaPss};
pub use self::spki::{
    PUBLIC_KEY_LABELS, PublicKeyFile, PublicKeyFormat, SpkiOptions, decode_public_key,
    encode_public_key_bare,
};
pub use algorithm::{Sm2Sm3, VerifyAlgorithm};
pub use key_file::{
    KEY_FILE_LABELS, KeyFormat, KeyRemark, PRIVATE_KEY_LABELS, PrivateKeyFile, decode_private_key,
    decode_private_key_encrypted, encode_private_key, encode_private_key_bare,
    encode_private_key_encrypted, encode_private_key_legacy_pem, encode_private_key_sec1,
    encode_private_key_without_public, is_encrypted_private_key,
};
pub use pbes::{KeyCipher, KeyFileParameters, Prf};
pub use pem::{PemBlock, blocks as pem_blocks, decode as decode_pem, encode as encode_pem};
pub use signed::{Signed, assemble};
