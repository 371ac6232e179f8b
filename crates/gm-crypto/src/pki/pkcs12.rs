//! PKCS#12 (RFC 7292): keys and certificates in one file, under a password.
//!
//! ```
//! use getrandom::SysRng;
//! use gm_crypto::{pki::pkcs12::{Pkcs12, Pkcs12Draft, Pkcs12Parameters}, sm2::SecretKey};
//!
//! let mut draft = Pkcs12Draft::new();
//! draft.add_key(SecretKey::generate(&mut SysRng)?, Some("signing"))?;
//! let file = draft.write(&mut SysRng, b"password", Pkcs12Parameters::default())?;
//!
//! let read = Pkcs12::read(&file, b"password")?;
//! assert_eq!(read.keys()[0].friendly_name.as_deref(), Some("signing"));
//! assert!(Pkcs12::read(&file, b"Password").is_err());
//! # Ok::<(), gm_crypto::Error>(())
//! ```
//!
//! # What is read
//!
//! Version 3 in the password modes, strict DER. BER with indefinite lengths, which
//! BouncyCastle's and Mozilla's stores may write, is refused with kind and offset;
//! `openssl pkcs12 -export` makes DER of it. Only a SET may have its elements in any order,
//! for some programs do not sort a bag's attributes.
//!
//! | part | read | written |
//! |---|---|---|
//! | MAC, by the derivation of appendix B | SM3, SHA-1, SHA-256 | SM3 or SHA-256 |
//! | encryption | PBES2 as for key files; 3DES and RC2 of appendix C | PBES2 with SM4-CBC |
//! | bags | key, shrouded key, certificate, CRL, nested contents | shrouded key, certificate, CRL |
//!
//! There is no GM standard for PKCS#12: SM4-CBC and the MAC with SM3 are as OpenSSL 3 writes
//! and reads them.
//!
//! # Passwords
//!
//! A password is UTF-8: PBES2 takes it as it is, the derivation of appendix B as UTF-16 with
//! two octets of zero behind. What does not fit the MAC is a wrong password
//! ([`Error::WrongPassword`]), and nothing has been decrypted then. What fails behind a MAC that
//! fits tells where: whoever made the MAC knew the password. In a file without a MAC a wrong
//! password and a damaged file are the same error.

mod derive;
mod draft;
mod legacy;
mod pairs;
mod read;
mod remark;
#[cfg(test)]
mod tests;

use crate::{Error, Result, sm2::SecretKey};
use alloc::{string::String, vec::Vec};

pub use draft::{Pkcs12Draft, Pkcs12Mac, Pkcs12Parameters};
pub use pairs::Pair;
pub use remark::Pkcs12Remark;

/// The structure's name in errors.
const PFX: &str = "PFX";

/// What a PKCS#12 file holds.
#[derive(Clone, Debug, Default)]
pub struct Pkcs12 {
    keys: Vec<KeyEntry>,
    certificates: Vec<CertificateEntry>,
    crls: Vec<Vec<u8>>,
    remarks: Vec<Pkcs12Remark>,
}

/// A private key of a PKCS#12 file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeyEntry {
    /// The key; range and, if there is one beside it, public key are checked.
    pub key: SecretKey,
    /// `localKeyId`: octets that a key and its certificate have in common.
    pub local_key_id: Option<Vec<u8>>,
    /// `friendlyName`: what programs show.
    pub friendly_name: Option<String>,
}

/// A certificate of a PKCS#12 file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CertificateEntry {
    /// The octets as they came; nothing in them has been looked at.
    pub der: Vec<u8>,
    /// `localKeyId`: octets that a key and its certificate have in common.
    pub local_key_id: Option<Vec<u8>>,
    /// `friendlyName`: what programs show.
    pub friendly_name: Option<String>,
}

/// How much work a file may ask for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Pkcs12Limits {
    /// Iterations of all derivations in the file together: the MAC's and those of each
    /// encrypted part.
    pub iterations: u32,
    /// Parts, bags and attributes in the file together.
    pub elements: u32,
}

impl Default for Pkcs12Limits {
    /// Ten million iterations, some seconds; a thousand elements.
    fn default() -> Self {
        Self {
            iterations: 10_000_000,
            elements: 1_000,
        }
    }
}

impl Pkcs12Limits {
    /// At most so many iterations in the file together.
    #[must_use]
    pub fn with_iterations(mut self, iterations: u32) -> Self {
        self.iterations = iterations;
        self
    }
}

impl Pkcs12 {
    /// Reads a file in DER under a password in UTF-8, within the default limits.
    ///
    /// Keys of other algorithms than SM2 are left out with a remark. Whether the certificates
    /// verify, or are certificates at all, is for others to ask.
    ///
    /// # Errors
    /// [`Error::WrongPassword`] when the MAC does not fit, and, without a MAC, when anything
    /// encrypted does not open; [`Error::Malformed`] for what is no strict DER;
    /// [`Error::Invalid`] for what RFC 7292 does not allow and for what does not decrypt though
    /// the MAC fits; [`Error::Unsupported`] for other algorithms and for the public-key modes;
    /// [`Error::TooLarge`] beyond the limits; [`Error::Crypto`] for a scalar out of range.
    pub fn read(der: &[u8], password: &[u8]) -> Result<Self> {
        Self::read_within(der, password, Pkcs12Limits::default())
    }

    /// Reads as [`Self::read`] does, within the caller's limits.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_within(der: &[u8], password: &[u8], limits: Pkcs12Limits) -> Result<Self> {
        read::read(der, password, limits)
    }

    /// Whether octets are a PKCS#12 file by their outer structure, so that a caller knows to
    /// ask for a password.
    pub fn recognises(der: &[u8]) -> bool {
        read::is_pfx(der)
    }

    /// The SM2 keys, in the order of the file.
    pub fn keys(&self) -> &[KeyEntry] {
        &self.keys
    }

    /// The certificates, in the order of the file.
    pub fn certificates(&self) -> &[CertificateEntry] {
        &self.certificates
    }

    /// The CRLs in DER, in the order of the file.
    pub fn crls(&self) -> &[Vec<u8>] {
        &self.crls
    }

    /// What was unusual or was left out, each remark once.
    pub fn remarks(&self) -> &[Pkcs12Remark] {
        &self.remarks
    }

    fn remark(&mut self, remark: Pkcs12Remark) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}

/// A rule of RFC 7292 that the file breaks.
fn wrong(reason: &'static str) -> Error {
    Error::Invalid { what: PFX, reason }
}
