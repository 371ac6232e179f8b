//! Questions.

use super::{
    CertId,
    wire::{Request, SingleRequest, TbsRequest},
};
use crate::Error;
use der::{Decode, Encode, asn1::OctetString, oid::db::rfc6960::ID_PKIX_OCSP_NONCE};
use x509_cert::{
    Version,
    ext::{Extension, Extensions},
};

/// A question about one or more certificates (RFC 6960, 4.1).
///
/// A signature over it is passed by: whoever answers everybody need not know who
/// asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    cert_ids: Vec<CertId>,
    nonce: Option<Nonce>,
}

impl OcspRequest {
    /// Octets that are read at most.
    pub const MAX_OCTETS: usize = 65_536;

    /// Certificates that are asked about at most.
    pub const MAX_CERT_IDS: usize = 256;

    /// Asks about `cert_ids`; a nonce binds the answer to this question.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a certificate, [`Error::TooMany`] above
    /// [`Self::MAX_CERT_IDS`].
    pub fn new(cert_ids: Vec<CertId>, nonce: Option<Nonce>) -> Result<Self, Error> {
        let (found, limit) = (cert_ids.len(), Self::MAX_CERT_IDS);
        if found > limit {
            let what = "OCSP requestList";
            return Err(Error::TooMany { what, found, limit });
        }
        if found == 0 {
            return Err(Error::Invalid {
                what: WHAT,
                rule: "asks about at least one certificate",
                clause: "RFC 6960, 4.1.1",
            });
        }
        Ok(Self { cert_ids, nonce })
    }

    /// Reads a question in DER.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Malformed`], [`Error::CriticalExtension`],
    /// [`Error::Invalid`] for another version, an extension twice or a nonce that is
    /// none, and those of [`Self::new`]. Each is a reason to answer
    /// [`ErrorStatus::MalformedRequest`](super::ErrorStatus::MalformedRequest).
    pub fn from_der(octets: &[u8]) -> Result<Self, Error> {
        let (found, limit) = (octets.len(), Self::MAX_OCTETS);
        if found > limit {
            let what = WHAT;
            return Err(Error::TooLarge { what, found, limit });
        }
        let request = Request::from_der(octets).map_err(Error::malformed(WHAT))?;
        let tbs = request.tbs_request;
        if tbs.version != Version::V1 {
            return Err(Error::Invalid {
                what: WHAT,
                rule: "has version 1",
                clause: "RFC 6960, 4.1.1",
            });
        }
        let nonce = read_extensions(WHAT, tbs.request_extensions.as_ref())?;
        let mut cert_ids = Vec::new();
        for single in tbs.request_list {
            read_extensions("OCSP Request", single.extensions.as_ref())?;
            cert_ids.push(single.req_cert);
        }
        Self::new(cert_ids, nonce)
    }

    /// Writes the question, unsigned.
    ///
    /// # Errors
    /// [`Error::Encoding`] for 256 MiB or more.
    pub fn to_der(&self) -> Result<Vec<u8>, Error> {
        let write = || -> der::Result<Vec<u8>> {
            let single = |req_cert: &CertId| SingleRequest {
                req_cert: req_cert.clone(),
                extensions: None,
            };
            let nonce = self.nonce.as_ref().map(Nonce::extension).transpose()?;
            Request {
                tbs_request: TbsRequest {
                    version: Version::V1,
                    requestor_name: None,
                    request_list: self.cert_ids.iter().map(single).collect(),
                    request_extensions: nonce.map(|nonce| vec![nonce]),
                },
                optional_signature: None,
            }
            .to_der()
        };
        write().map_err(Error::encoding(WHAT))
    }

    /// The certificates asked about, in their order; at least one.
    pub fn cert_ids(&self) -> &[CertId] {
        &self.cert_ids
    }

    /// The nonce that an answer repeats.
    pub fn nonce(&self) -> Option<&Nonce> {
        self.nonce.as_ref()
    }
}

/// Octets that bind an answer to a question: 1 to 128 (RFC 9654, 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(Vec<u8>);

impl Nonce {
    /// Takes the octets; 32 random ones are usual.
    ///
    /// # Errors
    /// [`Error::Invalid`] for none and for more than 128.
    pub fn new(octets: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let octets = octets.into();
        if !(1..=128).contains(&octets.len()) {
            return Err(Error::Invalid {
                what: "OCSP nonce",
                rule: "has 1 to 128 octets",
                clause: "RFC 9654, 2.1",
            });
        }
        Ok(Self(octets))
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn extension(&self) -> der::Result<Extension> {
        let value = OctetString::new(self.as_bytes())?;
        Ok(Extension {
            extn_id: ID_PKIX_OCSP_NONCE,
            critical: false,
            extn_value: OctetString::new(value.to_der()?)?,
        })
    }
}

/// The nonce among the extensions; nothing else that is critical.
pub(super) fn read_extensions(
    what: &'static str,
    extensions: Option<&Extensions>,
) -> Result<Option<Nonce>, Error> {
    let mut nonce = None;
    let mut seen = Vec::new();
    for extension in extensions.into_iter().flatten() {
        let oid = extension.extn_id;
        if seen.contains(&oid) {
            return Err(Error::Invalid {
                what,
                rule: "has each extension once",
                clause: "RFC 5280, 4.2",
            });
        }
        seen.push(oid);
        if oid == ID_PKIX_OCSP_NONCE {
            let value = OctetString::from_der(extension.extn_value.as_bytes())
                .map_err(Error::malformed("OCSP nonce"))?;
            nonce = Some(Nonce::new(value.as_bytes())?);
        } else if extension.critical {
            return Err(Error::CriticalExtension { what, oid });
        }
    }
    Ok(nonce)
}

const WHAT: &str = "OCSPRequest";
