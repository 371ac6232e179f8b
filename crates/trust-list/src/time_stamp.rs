//! Time-stamp tokens (RFC 3161 with RFC 5816): when some octets were there.
//!
//! A token is signed data over a `TSTInfo`, from a time-stamping authority. Read are both
//! spellings that are in use: content types of RFC 5652, and those of GM/T 0010; signatures
//! of SM2 with SM3 under 1.2.156.10197.1.501 or under 1.2.156.10197.1.301.1 with the digest
//! named beside it; imprints by SM3, SHA-256, SHA-384 and SHA-512. RSA and ECDSA are there
//! where the caller lists them, with the crate's features `rsa` and `ecdsa`. GM/T 0033 is the
//! industry's interface standard for this service. Of it only summaries could be had here, so
//! that nothing is read for its sake alone.
//!
//! ```no_run
//! use trust_list::{
//!     path::{Anchor, ParsedCertificate},
//!     time_stamp::{TimeStampOptions, UnverifiedTimeStamp},
//! };
//!
//! # fn octets(_: &str) -> Vec<u8> { Vec::new() }
//! let root = ParsedCertificate::from_der(octets("tsa-root.der"))?;
//! let anchors = [Anchor::from_certificate(root)];
//! let options = TimeStampOptions::new(&anchors, "2026-11-21T12:00:00Z".parse()?);
//! let token = UnverifiedTimeStamp::from_der(&octets("reply.tsr"))?;
//! let stamp = token.verify(&octets("contract.pdf"), &options)?;
//! println!("it was there by {}", stamp.latest());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is checked
//!
//! | what | where it stands |
//! |---|---|
//! | one signer, version 1, `id-ct-TSTInfo`, strict DER, genTime as it must be written | RFC 3161, 2.4.2 |
//! | the imprint is that of the octets | 2.4.2 |
//! | the nonce and the policy, where the caller wants them | 2.2 (2), 2.4.2 |
//! | contentType and messageDigest are signed and right | RFC 5652, 11 |
//! | the signed reference to the signer's certificate is there and fits; by SHA-1 (`ESSCertID`) too | 2.4.2; RFC 5816, 2.2.1 |
//! | extKeyUsage of that certificate is critical and `id-kp-timeStamping` alone | 2.3 |
//! | the signature, over the octets as they came | RFC 5652, 5.4 |
//! | `tsa` is a name of that certificate | 2.4.2 |
//! | a path to the caller's anchors at genTime; a key that was lost later spoils what it signed before | 2.4.2, 4 |

#[cfg(test)]
pub(crate) mod crafted;
mod gen_time;
#[cfg(test)]
mod tests;
mod token;
mod verify;

pub use crate::digest::DigestAlgorithm;
pub use gen_time::GenTime;
pub use verify::{TimeStampOptions, TimeStampRefusal};

use crate::{Error, Result, path::ParsedCertificate};
use core::time::Duration;
use der::{DateTime, asn1::ObjectIdentifier};
use token::Token;
use x509_cert::ext::pkix::name::GeneralName;

/// `id-aa-timeStampToken` (RFC 3161, appendix A): the unsigned attribute of a signer that holds
/// a token over the octets of the signature.
pub const TIME_STAMP_TOKEN: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");

/// A token that has been read, and about which nothing is proved yet.
///
/// The type promises that there is one signer, who signed attributes, and that the `TSTInfo`
/// is well formed, without a critical extension.
#[derive(Clone, Debug)]
pub struct UnverifiedTimeStamp {
    token: Token,
}

impl UnverifiedTimeStamp {
    /// Octets of the longest token that is read.
    pub const MAX_LENGTH: usize = 1 << 20;

    /// Reads a `TimeStampToken` (RFC 3161, 2.4.2), or a whole `TimeStampResp` whose status is
    /// granted or grantedWithMods, in DER.
    ///
    /// # Errors
    /// [`Error::TimeStampRejected`] for a response with another status. [`Error::Limit`]
    /// above [`Self::MAX_LENGTH`] octets and 64 certificates, [`Error::Malformed`] for what is
    /// not DER of these structures, [`Error::Forbidden`] for what RFC 3161 does not allow.
    pub fn from_der(octets: &[u8]) -> Result<Self> {
        Error::cap("octets of a time stamp", octets.len(), Self::MAX_LENGTH)?;
        let token = Token::read(octets)?;
        Ok(Self { token })
    }

    /// When it says that it was made.
    pub fn claimed_time(&self) -> GenTime {
        self.token.info.gen_time
    }

    /// The certificates (DER) that it carries: claims, not facts.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.token.certificates
    }

    /// Checks that an authority below the caller's anchors saw `stamped`, and when.
    ///
    /// # Errors
    /// [`TimeStampRefusal`], the first of what is wrong in the order of the module's table.
    pub fn verify(
        &self,
        stamped: &[u8],
        options: &TimeStampOptions<'_>,
    ) -> core::result::Result<TimeStamp, TimeStampRefusal> {
        let authority = verify::verify(&self.token, stamped, options)?;
        let info = &self.token.info;
        Ok(TimeStamp {
            time: info.gen_time,
            accuracy: info.accuracy,
            latest: info.latest,
            serial: info.serial.clone(),
            policy: info.policy,
            nonce: info.nonce.clone(),
            name: info.tsa.clone(),
            digest: info.digest,
            authority,
        })
    }
}

/// That some octets were there by a time, as an authority signed it whom the caller trusts.
#[derive(Clone, Debug)]
pub struct TimeStamp {
    time: GenTime,
    accuracy: Option<Duration>,
    latest: DateTime,
    serial: Vec<u8>,
    policy: ObjectIdentifier,
    nonce: Option<Vec<u8>>,
    name: Option<GeneralName>,
    digest: DigestAlgorithm,
    authority: ParsedCertificate,
}

impl TimeStamp {
    /// When it was made, by the authority's clock (genTime).
    pub fn time(&self) -> GenTime {
        self.time
    }

    /// How far that may be off, before and after; none where the token does not say.
    pub fn accuracy(&self) -> Option<Duration> {
        self.accuracy
    }

    /// The time by which the octets were there for sure: genTime and accuracy together, up
    /// to the next whole second. Without an accuracy genTime is taken at its word.
    pub fn latest(&self) -> DateTime {
        self.latest
    }

    /// The token's serial number, content octets of its INTEGER.
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The policy under which the authority made it.
    pub fn policy(&self) -> ObjectIdentifier {
        self.policy
    }

    /// The nonce, content octets of its INTEGER.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// What the authority calls itself, which is a name of its certificate.
    pub fn name(&self) -> Option<&GeneralName> {
        self.name.as_ref()
    }

    /// The digest of the imprint.
    pub fn digest(&self) -> DigestAlgorithm {
        self.digest
    }

    /// The certificate of the authority's key.
    pub fn authority(&self) -> &ParsedCertificate {
        &self.authority
    }
}
