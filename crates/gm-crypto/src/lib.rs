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
//! Not a certified module (GM/T 0028), not audited, and no TLS.
//!
//! # How it is built
//!
//! Three layers, arrows only downward: the modules below have the standards' names; under
//! them `mid` has the mathematics of SM2 in safe Rust; under that `low` has the routines that
//! know the machine, and all `unsafe` of the crate. Each of those has a portable
//! body and, on x86-64, better ones that are chosen at run time: [`Paths`] tells which.
//!
//! Whatever takes a secret is constant time on every path: no branch and no address depends
//! on it. That is checked under valgrind, see `docs/constant-time.md`. What ends in
//! `_vartime`, and all verification, takes public data alone.
//!
//! | table | octets | made |
//! |---|---|---|
//! | multiples of G for secrets, read whole at each look-up | 148 KiB | by the first signature or key, in less than a millisecond |
//! | multiples of G for public numbers, with `std` | 464 KiB | by the first verification, in some two milliseconds |
//! | a prepared key ([`sm2::TableSize`]) | 2, 52 or 148 KiB | for each such key |
//! | T_j of SM3 | 256 | by the compiler |
//!
//! What it takes, and what others take, stands in `docs/performance.md`.
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `std` (default) | `std` in the crates below; without it the crate is `no_std` + `alloc` |
//! | `pki` | [`pki`]: identifiers, signed structures as they came, key files |
//! | `ecdsa`, `rsa` | `pki::Ecdsa`, `pki::RsaPkcs1`, `pki::RsaPss`: signatures of others are verified |
//! | `pkcs12` | `pki::pkcs12`: keys and certificates in one file |
//! | `message` | `message`: GM/T 0010 messages; `delivery`: how an encryption key arrives |
//! | `explain` | `explain`: what a file is; `diagnose`: why it does not verify |
//! | `sm2` | conversions from and to the keys of crate `sm2` 0.14 |

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

#[cfg(feature = "message")]
pub mod delivery;
#[cfg(feature = "explain")]
pub mod diagnose;
mod error;
#[cfg(feature = "explain")]
pub mod explain;
mod low;
#[cfg(feature = "message")]
pub mod message;
mod mid;
mod paths;
#[cfg(feature = "pki")]
pub mod pki;
pub mod randomness;
pub mod self_test;
pub mod sm2;
pub mod sm3;
pub mod sm4;

pub use error::{Error, Result};
pub use paths::Paths;
pub use self_test::self_test;
