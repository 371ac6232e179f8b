//! Questions and answers about one certificate (OCSP: RFC 6960, GB/T 19713).
//!
//! A responder reads an [`OcspRequest`], writes an [`OcspDraft`] and has it signed;
//! a client reads an [`OcspResponse`] and verifies it over the octets that came.
//!
//! ```
//! use cert_profile::ocsp::{CertId, CertStatus, OcspDraft, OcspRequest, OcspResponse, SingleResponse};
//! use getrandom::SysRng;
//! use gm_crypto::pki::Sm2Sm3;
//! use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
//! use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};
//! use x509_cert::{der::DateTime, name::Name};
//!
//! let ca = SigningKey::new(SecretKey::generate(&mut SysRng)?, UserId::default());
//! let spki = ca.verifying_key().to_public_key_der()?;
//! let name: Name = "CN=CA,O=Example,C=CN".parse()?;
//! let now: DateTime = "2026-07-01T00:00:00Z".parse()?;
//!
//! // The client asks.
//! let id = CertId::new(&name, spki.decode_msg()?, 7u8.into())?;
//! let question = OcspRequest::new(vec![id.clone()], None)?.to_der()?;
//!
//! // The responder answers.
//! let asked = OcspRequest::from_der(&question)?;
//! let mut draft = OcspDraft::new(spki.decode_msg()?, ca.signature_algorithm_identifier()?, now);
//! for id in asked.cert_ids() {
//!     let status = match id.matches(&name, spki.decode_msg()?) {
//!         true => CertStatus::Good,
//!         false => CertStatus::Unknown,
//!     };
//!     draft = draft.response(SingleResponse::new(id.clone(), status, now));
//! }
//! let prepared = draft.prepare()?;
//! let signature = ca.sign_hedged(&mut SysRng, prepared.tbs())?;
//! let answer = prepared.attach(&signature.to_bitstring()?)?;
//!
//! // The client reads.
//! let answer = OcspResponse::from_der(&answer)?.verify(spki.decode_msg()?, &[&Sm2Sm3::default()])?;
//! assert_eq!(answer.response_for(&id).unwrap().status(), &CertStatus::Good);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cert_id;
mod draft;
mod request;
mod responder;
mod response;
mod wire;

pub use cert_id::CertId;
pub use draft::{OcspDraft, PreparedOcsp, error_response};
pub use request::{Nonce, OcspRequest};
pub use responder::AuthorisedResponder;
pub use response::{CertStatus, OcspResponse, ResponderId, SingleResponse, VerifiedOcsp};
pub use wire::ErrorStatus;

#[cfg(test)]
mod tests;
