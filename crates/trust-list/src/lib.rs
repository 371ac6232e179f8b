//! Who is recognised: path validation, and signed lists of recognised CAs.
//!
//! A publisher lists CAs; a relying party that knows the publisher's certificate
//! asks the list about a subscriber's certificate at a time.
//!
//! ```
//! use trust_list::{list::*, path::ParsedCertificate};
//! # use der::{Encode, asn1::{BitString, OctetString}, oid::AssociatedOid};
//! # use getrandom::SysRng;
//! # use gm_crypto::{pki::assemble, sm2::{SecretKey, SigningKey, UserId, SIGNATURE_OID}};
//! # use spki::{AlgorithmIdentifierOwned, EncodePublicKey, SignatureBitStringEncoding};
//! # use x509_cert::{ext::{Extension, pkix::BasicConstraints}, name::Name, time::{Time, Validity}};
//! # type Failure = Box<dyn std::error::Error>;
//! # #[derive(der::Sequence)]
//! # struct Tbs {
//! #     #[asn1(context_specific = "0", tag_mode = "EXPLICIT")] version: u8,
//! #     serial: u8,
//! #     signature: AlgorithmIdentifierOwned,
//! #     issuer: Name,
//! #     validity: Validity,
//! #     subject: Name,
//! #     spki: spki::SubjectPublicKeyInfoOwned,
//! #     #[asn1(context_specific = "3", tag_mode = "EXPLICIT")] extensions: Vec<Extension>,
//! # }
//! # fn key() -> Result<SigningKey, Failure> {
//! #     Ok(SigningKey::new(SecretKey::generate(&mut SysRng)?, UserId::default()))
//! # }
//! # fn sign(key: &SigningKey, octets: &[u8]) -> Result<BitString, Failure> {
//! #     Ok(key.sign_hedged(&mut SysRng, octets)?.to_bitstring()?)
//! # }
//! # fn certify(name: &str, key: &SigningKey, issuer: &str, signer: &SigningKey) -> Result<Vec<u8>, Failure> {
//! #     let time = |text: &str| Ok::<_, Failure>(Time::from(text.parse::<der::DateTime>()?));
//! #     let ca = BasicConstraints { ca: true, path_len_constraint: None };
//! #     let algorithm = AlgorithmIdentifierOwned { oid: SIGNATURE_OID, parameters: None };
//! #     let tbs = Tbs {
//! #         version: 2, serial: 1, signature: algorithm.clone(), issuer: issuer.parse()?, subject: name.parse()?,
//! #         validity: Validity::new(time("2026-02-01T00:00:00Z")?, time("2027-01-01T00:00:00Z")?),
//! #         spki: key.verifying_key().to_public_key_der()?.decode_msg()?,
//! #         extensions: vec![Extension { extn_id: BasicConstraints::OID, critical: true, extn_value: OctetString::new(ca.to_der()?)? }],
//! #     }.to_der()?;
//! #     Ok(assemble(&tbs, &algorithm, &sign(signer, &tbs)?)?)
//! # }
//! # fn main() -> Result<(), Failure> {
//! # let (publisher_key, root_key, ca_key) = (key()?, key()?, key()?);
//! # let publisher = certify("CN=Publisher", &publisher_key, "CN=Publisher", &publisher_key)?;
//! # let root = ParsedCertificate::from_der(certify("CN=Root", &root_key, "CN=Root", &root_key)?)?;
//! # let issuing_ca = ParsedCertificate::from_der(certify("CN=CA", &ca_key, "CN=Root", &root_key)?)?;
//! # let subscriber = certify("CN=Subscriber", &key()?, "CN=CA", &ca_key)?;
//! let text = |value: &str| LocalText::new("en", value);
//! let ca = Ca::new(
//!     text("First CA Ltd.")?,
//!     PostalAddress::new(text("1 Zhongshan Road")?, "CN")?,
//!     "mailto:ca@ca.example",
//!     "https://ca.example/cps",
//! )?;
//! let since = "2026-01-01T00:00:00Z".parse()?;
//! let first = StatusChange::new(Status::Recognised, since, StatusCause::Decision);
//! let entry = Entry::new("CN-GD", ca, text("personal")?, first)?
//!     .anchor(root)
//!     .issuer(issuing_ca);
//!
//! // The publisher: draft, sign with a key that may be anywhere, attach.
//! let now = "2026-06-01T00:00:00Z".parse()?;
//! let authority = Publisher::new("CN", text("Recognition Office")?)?;
//! let mut draft = TrustListDraft::new(authority, now, "2026-07-01T00:00:00Z".parse()?);
//! draft.insert(entry)?;
//! let message = draft.prepare(&publisher)?;
//! let signature = sign(&publisher_key, message.tbs())?;
//! let octets = message.attach(&signature)?;
//!
//! // The relying party: verify under the pinned certificate, then ask.
//! let list = UnverifiedList::from_der(octets)?.verify(&publisher, now)?;
//! assert!(matches!(list.recognised(&subscriber, now), Verdict::Recognised { .. }));
//! assert!(matches!(
//!     list.recognised(&publisher, now),
//!     Verdict::NotRecognised(Refusal::NoEntry { .. })
//! ));
//! # Ok(())
//! # }
//! ```
//!
//! The repository's `docs/trust-lists.md` teaches lists from the first decision to the
//! last question.
//!
//! # What it is not
//!
//! It fetches nothing, knows no clock and no store of the system: certificates,
//! CRLs, OCSP answers, anchors and the time are arguments. Names are compared without
//! Unicode's compatibility forms and without punycode. Rules of the web's browsers (CA/Browser
//! Forum) that RFC 5280 does not have are not asked. Purposes are asked of the target
//! alone, not of the CAs above it.
//!
//! # Features
//!
//! `ecdsa` and `rsa` bring the algorithms of `gm_crypto::pki` for chains of others; SM2 is
//! always there.
//!
//! # Modules
//!
//! | module | what it does |
//! |---|---|
//! | [`path`] | from a certificate to a trusted key (RFC 5280, section 6), with CRLs, OCSP and bounded work |
//! | [`list`] | lists of recognised CAs (ETSI TS 119 602): draft, verify, update, ask |
//! | [`client`] | a relying party's memory: rollback, forks, signers, history; answers offline |
//! | [`publish`] | the publisher's desk: lint, self-check, a folder for readers |
//! | [`export`] | the same list as TS 119 612 XML, RFC 5914 anchors, a page for people |
//! | [`time_stamp`] | RFC 3161 tokens, with SM2 and SM3 too: when something was there |
//! | [`document`] | signed documents: who signed, when, under a recognised certificate or not |
//! | [`etsi`] | national lists in TS 119 612 XML: read, and ask |

mod certificate;
pub mod client;
mod crl;
mod decided;
mod digest;
pub mod document;
mod error;
pub mod etsi;
pub mod export;
mod extension;
mod flash;
#[cfg(test)]
mod forge;
pub mod list;
mod parse;
pub mod path;
pub mod publish;
mod query;
mod sign;
mod signing_certificate;
mod time;
pub mod time_stamp;
mod update;
mod verify;
mod wire;

pub use error::{Error, Result};
