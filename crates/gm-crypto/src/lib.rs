//! SM2, SM3 and SM4 with the formats that carry them.
//!
//! The names are the standards' names: [`sm2::UserId`] is ID_A, [`sm2::Za`] is
//! Z_A, a [`sm2::DerSignature`] is GM/T 0009's `SM2Signature`.
//!
//! ```
//! use getrandom::SysRng;
//! use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
//! use signature::Verifier;
//!
//! let secret = SecretKey::generate(&mut SysRng)?;
//! let signer = SigningKey::new(secret, UserId::default());
//! let signature = signer.sign_hedged(&mut SysRng, b"octets to sign")?;
//! signer.verifying_key().verify(b"octets to sign", &signature)?;
//!
//! // A signature says nothing about another message.
//! assert!(signer.verifying_key().verify(b"other octets", &signature).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it is not
//!
//! Not a certified module (GM/T 0028), not audited, and no TLS. The arithmetic
//! under the types is the `sm2`, `sm3` and `sm4` crates of RustCrypto: `sm4`
//! indexes a table with secrets, so until that is replaced, do not encrypt where
//! somebody else runs code on the same core.
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `std` (default) | `std` in the crates below; without it the crate is `no_std` + `alloc` |
//! | `pki` | [`pki`]: identifiers, signed structures as they came, key files |
//! | `message` | `message`: GM/T 0010 signed data |

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

mod error;
mod low;
mod mid;
mod paths;
#[cfg(feature = "message")]
pub mod message;
#[cfg(feature = "pki")]
pub mod pki;
pub mod sm2;
pub mod sm3;
pub mod sm4;

pub use error::{Error, Result};
pub use paths::Paths;
