//! Questions.

use super::{
    CertId,
    wire::{Request, SingleRequest, TbsRequest},
};
use crate::Error;
use der::{Decode, Encode, asn1::OctetString, oid::db::rfc6960::ID_PKIX_OCSP_NONCE};
use x509_cert::{
    Version,
    ext::{Extension, Extensions, pkix::name::GeneralName},
};

/// A question about one or more certificates (RFC 6960, 4.1).
///
/// A signature over it is read and not verified: whoever answers everybody need not
/// know who asks. [`Self::is_signed`] tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    cert_ids: Vec<CertId>,
    nonce: Option<Nonce>,
    requestor: Option<GeneralName>,
    signed: bool,
}

impl OcspRequest {
    /// Octets that are read at most.
    pub const MAX_OCTETS: usize = 65_536;

    /// Certificates that are asked about at most.
    pub const MAX_CERT_IDS: usize = 256;

    /// Asks about `cert_ids`, about each once; a nonce binds the answer to this question.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a certificate, and for a serial number or hash that no
    /// certificate has; [`Error::TooMany`] above [`Self::MAX_CERT_IDS`].
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
        if !cert_ids.iter().all(CertId::is_possible) {
            return Err(Error::Invalid {
                what: WHAT,
                rule: "asks by hashes as long as their digest and by a positive serial number of \
                       at most 20 octets",
                clause: "RFC 6960, 4.1.1; RFC 5280, 4.1.2.2",
            });
        }
        let mut once: Vec<CertId> = Vec::with_capacity(found);
        for id in cert_ids {
            if !once.contains(&id) {
                once.push(id);
            }
        }
        Ok(Self {
            cert_ids: once,
            nonce,
            requestor: None,
            signed: false,
        })
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
        let nonce = read_nonce(WHAT, tbs.request_extensions.as_ref())?;
        let mut cert_ids = Vec::new();
        for single in tbs.request_list {
            each_extension("OCSP Request", single.extensions.as_ref(), |_| Ok(false))?;
            cert_ids.push(single.req_cert);
        }
        Ok(Self {
            requestor: tbs.requestor_name,
            signed: request.optional_signature.is_some(),
            ..Self::new(cert_ids, nonce)?
        })
    }

    /// Writes the question, unsigned and without the name of who asks.
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

    /// The certificates asked about, in their order and each once, as an answer speaks of them;
    /// at least one.
    pub fn cert_ids(&self) -> &[CertId] {
        &self.cert_ids
    }

    /// Who asks, as it says: requestorName. A claim, signed or not.
    pub fn requestor(&self) -> Option<&GeneralName> {
        self.requestor.as_ref()
    }

    /// Whether a signature stands behind it, which nobody has verified.
    pub fn is_signed(&self) -> bool {
        self.signed
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

    pub(super) fn read(extension: &Extension) -> Result<Self, Error> {
        let value = OctetString::from_der(extension.extn_value.as_bytes())
            .map_err(Error::malformed("OCSP nonce"))?;
        Self::new(value.as_bytes())
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

/// Gives each extension to `take`, which says whether it knows it: each stands there
/// once, and none that is critical is unknown.
pub(super) fn each_extension(
    what: &'static str,
    extensions: Option<&Extensions>,
    mut take: impl FnMut(&Extension) -> Result<bool, Error>,
) -> Result<(), Error> {
    let extensions = extensions.map_or(&[][..], |all| all);
    let (found, limit) = (extensions.len(), MAX_EXTENSIONS);
    if found > limit {
        return Err(Error::TooMany { what, found, limit });
    }
    for (index, extension) in extensions.iter().enumerate() {
        let oid = extension.extn_id;
        if extensions[..index].iter().any(|other| other.extn_id == oid) {
            return Err(Error::Invalid {
                what,
                rule: "has each extension once",
                clause: "RFC 5280, 4.2",
            });
        }
        if !take(extension)? && extension.critical {
            return Err(Error::CriticalExtension { what, oid });
        }
    }
    Ok(())
}

/// The nonce among the extensions; nothing else that is critical.
pub(super) fn read_nonce(
    what: &'static str,
    extensions: Option<&Extensions>,
) -> Result<Option<Nonce>, Error> {
    let mut nonce = None;
    each_extension(what, extensions, |extension| {
        let known = extension.extn_id == ID_PKIX_OCSP_NONCE;
        if known {
            nonce = Some(Nonce::read(extension)?);
        }
        Ok(known)
    })?;
    Ok(nonce)
}

/// Extensions that one list has at most.
const MAX_EXTENSIONS: usize = 32;

const WHAT: &str = "OCSPRequest";
