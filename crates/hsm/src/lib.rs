//! Keys that can be used and not seen.
//!
//! A [`KeyHandle`] signs messages with a key that stays where it is; a [`Token`]
//! is the place that holds such keys under labels. Callers know these traits and
//! not the device behind them. [`SoftToken`] is the place that needs no device: a
//! directory of encrypted key files.
//!
//! ```
//! use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};
//! use hsm::{Checked, KeyAlgorithm, KeyHandle, KeyLabel, Password, SoftToken, Token};
//!
//! let directory = tempfile::tempdir()?;
//! let token = SoftToken::open(directory.path(), Password::new("correct horse")?)?;
//! let label: KeyLabel = "issuing-ca".parse()?;
//! token.generate(&label, KeyAlgorithm::Sm2)?;
//!
//! // No signature leaves before it has been verified.
//! let key = Checked::new(token.key(&label)?);
//! let signature = key.sign(b"octets to sign")?;
//!
//! let spki = key.public_key().decode_msg()?;
//! Sm2Sm3::default().verify(spki, b"octets to sign", signature.raw_bytes())?;
//!
//! // A label is taken once, and the password is needed again.
//! assert!(matches!(token.generate(&label, KeyAlgorithm::Sm2), Err(hsm::Error::KeyExists { .. })));
//! let stranger = SoftToken::open(directory.path(), Password::new("battery staple")?);
//! assert!(matches!(stranger, Err(hsm::Error::WrongPassword { .. })));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | item | what it is |
//! |---|---|
//! | [`KeyHandle`] | one key: its public half, its algorithm, signatures |
//! | [`Token`] | finds, makes and lists keys |
//! | [`Decryption`], [`Envelop`], [`Unwrap`], [`Certificates`], [`Random`] | what a token may be able to do beyond |
//! | [`KeyAlgorithm`], [`KeyUse`] | kinds of keys |
//! | [`AgreementKey`], [`Agreement`] | SM2 decryption by a device that only multiplies points |
//! | [`SoftToken`], [`SoftKey`] | keys in files, a key in this process |
//! | [`ExternalKey`], [`ExternalAgreement`], [`ExternalCommand`] | keys behind a command |
//! | [`Checked`] | verifies each signature before it leaves |
//! | [`KeyUri`] | the name of a key, whatever it lies in |
//! | `pkcs11` | tokens behind PKCS#11 libraries (feature `pkcs11`) |
//! | `conformance` | whether a token keeps its promises (feature `conformance`) |
//! | [`Pool`], [`Connect`] | sessions with a device, shared by many threads |
//! | `sdf`, `skf` | server devices and cards by GM/T 0018, USB keys by GM/T 0016; features of the same names |
//! | [`KeyLabel`], [`Password`], [`Pin`] | checked names, silent secrets, one that a device counts |
//!
//! # What it is not
//!
//! [`SoftToken`] is not a certified module (GM/T 0028): whoever reads this
//! process's memory reads its keys. There is no deletion and no export of a plain key.

#![deny(unsafe_code)]

mod algorithm;
#[cfg(any(feature = "sdf", feature = "skf"))]
mod blob;
mod checked;
#[cfg(feature = "conformance")]
pub mod conformance;
mod ecdh;
mod error;
mod external;
mod key;
mod label;
mod open;
mod password;
mod pin;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
mod pool;
#[cfg(feature = "sdf")]
pub mod sdf;
#[cfg(feature = "skf")]
pub mod skf;
mod soft;
mod token;
mod uri;

pub use algorithm::{KeyAlgorithm, KeyUse};
pub use checked::Checked;
pub use ecdh::{Agreement, AgreementKey};
pub use error::Error;
pub use external::{
    DigestEncoding, ExternalAgreement, ExternalCommand, ExternalKey, PointEncoding,
    SignatureEncoding,
};
pub use key::{DecryptionKey, KeyHandle};
pub use label::KeyLabel;
pub use open::{Ask, Opened, PinWanted};
pub use password::Password;
pub use pin::Pin;
pub use pool::{Connect, Pool, PoolOptions};
pub use soft::{SoftKey, SoftToken};
pub use token::{Certificates, Decryption, Description, Envelop, Random, Token, Unwrap};
pub use uri::{ExecUri, FileUri, KeyUri, ObjectType, PinSource, Pkcs11Uri, SdfUri, SkfUri};
