//! Certificate policy as data: a request and an issuer in, octets to sign out.
//!
//! A [`Profile`] is a policy that was checked when it was loaded: one that no
//! certificate can follow does not load. [`Profile::prepare`] is pure and gives
//! either the octets to sign or a [`Rejection`] with every reason. No secret key
//! comes in here; what is signed is stored first and signed as it stands.
//!
//! ```
//! use cert_profile::{CertRequest, Issuer, Profile};
//! use getrandom::SysRng;
//! use gm_crypto::pki::{Signed, Sm2Sm3};
//! use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
//! use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};
//! use x509_cert::der::DateTime;
//!
//! let now: DateTime = "2026-07-01T08:00:00Z".parse()?;
//! let new_key = || -> Result<_, gm_crypto::Error> {
//!     Ok(SigningKey::new(SecretKey::generate(&mut SysRng)?, UserId::default()))
//! };
//!
//! // A root signs itself.
//! let root_key = new_key()?;
//! let spki = root_key.verifying_key().to_public_key_der()?;
//! let request = CertRequest::new("CN=Root CA,O=Example,C=CN".parse()?, spki.decode_msg()?);
//! let issuer = Issuer::self_signed(&request, root_key.signature_algorithm_identifier()?);
//! let profile = Profile::shipped("root-ca").unwrap();
//! let prepared = profile.prepare(&issuer, &request, &1u8.into(), now)?;
//! let signature = root_key.sign_hedged(&mut SysRng, prepared.tbs())?;
//! let root = prepared.attach(&signature.to_bitstring()?)?;
//!
//! // It issues to a CA, by a policy of one's own.
//! let profile = Profile::from_toml(r#"
//!     name = "issuing-ca"
//!     kind = "ca"
//!     path_len = 0
//!     key_usage = ["keyCertSign", "cRLSign"]
//!     crl_urls = ["http://ca.example.cn/root.crl"]
//!     validity = { years = 10 }
//!     subject = { required = ["countryName", "organizationName", "commonName"] }
//! "#)?;
//! let ca_spki = new_key()?.verifying_key().to_public_key_der()?;
//! let request = CertRequest::new("CN=Issuing CA,O=Example,C=CN".parse()?, ca_spki.decode_msg()?);
//! let issuer = Issuer::from_certificate(&root)?;
//! let prepared = profile.prepare(&issuer, &request, &2u8.into(), now)?;
//! let signature = root_key.sign_hedged(&mut SysRng, prepared.tbs())?;
//! let certificate = prepared.attach(&signature.to_bitstring()?)?;
//! Signed::from_der("certificate", &certificate)?.verify(spki.decode_msg()?, &[&Sm2Sm3::default()])?;
//!
//! // What breaks the policy is refused, with every reason.
//! let request = CertRequest::new("CN=Issuing CA,C=China".parse()?, ca_spki.decode_msg()?);
//! let rejection = profile.prepare(&issuer, &request, &0u8.into(), now).unwrap_err();
//! assert_eq!(rejection.objections().len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | type | what it is |
//! |---|---|
//! | [`ProfileConfig`] → [`Profile`] | policy as text → policy that holds; [`SHIPPED`] has those of the field |
//! | [`CertRequest`] | what a registration authority decided: subject, key, alternative names, years, numbers, origin of the key |
//! | [`Issuer`] | the public half of a CA |
//! | [`Granted`] | the validity that a request gets, before anything is signed |
//! | [`Prepared`] | octets to sign, of a certificate or a CRL; takes a signature |
//! | [`Rejection`] | every [`Objection`] at once, each with its clause |
//! | [`diff()`] → [`Differences`] | form, registration and octets to sign compared; a gate |
//! | [`CrlDraft`] → [`CrlWriter`] | a revocation list, full or delta, whole or a shard, of any length |
//! | [`CrlReader`] | a revocation list as it came, read entry by entry |
//! | [`Revocations`] | a full list and a delta to it, verified and read as one |
//! | [`ocsp`] | questions and answers about one certificate |
//! | [`lint`] | rules for what a certificate says |
//!
//! # A policy
//!
//! TOML with the fields of [`ProfileConfig`]; what no certificate may say does not load, and
//! the error names field, line, rule and clause. What a request wishes for beyond its name
//! and key has no way in: usages, extensions and places are the profile's. One key never
//! both signs and encrypts: subscribers have two certificates, and two profiles (GM/T
//! 0015-2012). A name outside the name constraints of the issuer's certificate is refused
//! (RFC 5280, 4.2.1.10); those of the CAs above the issuer are not known here. Written always: keyUsage, critical; both key identifiers; basicConstraints,
//! critical, for CAs and never for others.
//!
//! ```
//! # use cert_profile::{Error, Profile};
//! let text = "name = 'a'\nkind = 'ca'\nkey_usage = ['cRLSign']\n\
//!             validity = { years = 10 }\nsubject = { required = ['commonName'] }";
//! let error = Profile::from_toml(text).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "profile field `key_usage`, line 3: a CA has keyCertSign (RFC 5280, 4.2.1.9)"
//! );
//! ```
//!
//! # What it is not
//!
//! No path validation and no judgement over signatures but those of CRLs, of OCSP answers
//! and of their responders' certificates. No secret key, no random source, no clock, no
//! file. No attribute certificates, no indirect CRLs. Keys are SM2 keys.

#![forbid(unsafe_code)]

mod crl;
mod diff;
mod error;
mod extension;
mod identifiers;
mod issuer;
mod key_usage;
pub mod lint;
mod name_constraints;
pub mod ocsp;
mod origin;
mod prepare;
mod profile;
mod rejection;
mod request;
mod subject;

pub use crl::{
    CrlDraft, CrlEntries, CrlNumber, CrlReader, CrlWriter, EntryRef, IssuingDistributionPoint,
    OnlyContains, Reason, Revocations, RevokedEntry,
};
pub use diff::{Difference, Differences, Field, Lifetime, Particulars, diff, key_digest};
pub use error::Error;
pub use extension::key_identifier;
pub use gm_crypto::pki::identity::{Identifier, IdentityKind};
pub use issuer::Issuer;
pub use name_constraints::{NameConstraintFault, NameConstraints};
pub use origin::{KeyCustody, KeyEnvironment, KeyOrigin, KeyOriginFault};
pub use prepare::Prepared;
pub use profile::{
    AuthorityKeyForm, BeyondIssuer, Edition, Granted, IdentifiersConfig, KeyOriginConfig, Kind,
    NameConstraintsConfig, NameForm, OriginDevice, OriginEnvironment, PolicyConfig, Presence,
    Profile, ProfileConfig, QualifiedPolicy, SHIPPED, SignatureParameters, Strings, SubjectConfig,
    SubjectKeyMethod, SubtreesConfig, Tagging, ValidityConfig, YearsConfig, YearsRange,
};
pub use rejection::{Objection, Rejection, ValueFault};
pub use request::CertRequest;
pub use subject::comparable_name;
