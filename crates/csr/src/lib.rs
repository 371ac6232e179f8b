//! PKCS#10 certification requests (RFC 2986): parse, prove possession, build.
//!
//! A request that came from outside is an [`UnverifiedCsr`]; its only way on is
//! [`UnverifiedCsr::verify`], which checks the proof of possession over the octets
//! that came and gives a [`VerifiedCsr`]. What that holds is a claim, the public
//! key alone is proved.
//!
//! ```
//! use csr::{CsrDraft, Limits, UnverifiedCsr};
//! use getrandom::SysRng;
//! use gm_crypto::pki::Sm2Sm3;
//! use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
//! use spki::{
//!     DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding,
//! };
//! use x509_cert::name::Name;
//!
//! // The applicant: the key may be anywhere, the draft sees its public half alone.
//! let key = SigningKey::new(SecretKey::generate(&mut SysRng)?, UserId::default());
//! let public_key = key.verifying_key().to_public_key_der()?;
//! let prepared = CsrDraft::new("CN=Zhang San,O=Example,C=CN".parse::<Name>()?)
//!     .prepare(public_key.decode_msg()?, key.signature_algorithm_identifier()?)?;
//! let signature = key.sign_hedged(&mut SysRng, prepared.tbs())?;
//! let request = prepared.attach(&signature.to_bitstring()?)?;
//!
//! // The registration authority.
//! let limits = Limits::default();
//! let verified = UnverifiedCsr::from_der(&request, &limits)?.verify(&[&Sm2Sm3::default()])?;
//! assert_eq!(verified.subject().to_string(), "CN=Zhang San,O=Example,C=CN");
//! assert_eq!(verified.public_key_der(), public_key.as_bytes());
//!
//! // One changed octet of the subject, and the key did not sign it.
//! let mut changed = request.clone();
//! let at = changed.windows(5).position(|part| part == b"Zhang").unwrap();
//! changed[at] = b'X';
//! let refused = UnverifiedCsr::from_der(&changed, &limits)?.verify(&[&Sm2Sm3::default()]);
//! assert!(matches!(refused, Err(csr::Error::ProofOfPossession)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | type | what it is |
//! |---|---|
//! | [`UnverifiedCsr`] | strict DER within [`Limits`]; borrows the octets |
//! | [`VerifiedCsr`] | its signature fits its key; owns the octets |
//! | [`Requested`], [`ChallengePassword`], [`KeyOrigin`] | what it claims, read when asked for |
//! | [`KeyOriginEvidence`], [`DualKeyRequest`] | what came beside it |
//! | [`Note`] | where it departs from the letter |
//! | [`CsrDraft`] | what an applicant asks for |
//! | [`PreparedCsr`] | the octets to sign; takes a signature and becomes a request |
//!
//! # Whose signatures
//!
//! SM2's, under any user ID ([`Sm2Sm3`](gm_crypto::pki::Sm2Sm3)); with feature `ecdsa` those
//! of P-256 and P-384, with feature `rsa` RSA's: see `gm_crypto::pki::{Ecdsa, RsaPkcs1}`.
//! Whoever verifies lists those that are accepted.
//!
//! # What it is not
//!
//! No policy: whether the name is true, the extensions are granted and the key may
//! be used again is decided elsewhere. No secret key, no random source, no clock,
//! no file. No CRMF (RFC 4211). No BER: a request that is not DER is refused, and
//! so are attribute values that stand outside a SET, unless [`Dialect::Cfca`] is asked for.

#![forbid(unsafe_code)]

mod attributes;
mod build;
mod cfca;
mod claims;
mod dual;
mod error;
mod limits;
mod notes;
mod origin;
pub mod pem;
#[cfg(test)]
mod raw;
mod request;
mod shape;

pub use build::{CsrDraft, PreparedCsr};
pub use claims::{ChallengePassword, Requested, Wish};
pub use dual::DualKeyRequest;
pub use error::Error;
pub use limits::{Limits, SubjectRule, Work};
pub use notes::Note;
pub use origin::{Device, Environment, KEY_ORIGIN, KeyOrigin, KeyOriginEvidence};
pub use request::{Dialect, PEM_LABELS, UnverifiedCsr, VerifiedCsr};
