//! Writing answers.

use super::{
    CertStatus, ErrorStatus, Nonce, OcspResponse, ResponderId, SingleResponse,
    response::{WHAT, extension_of},
    wire::{Basic, Response, ResponseBytes, ResponseData, Status},
};
use crate::{Error, extension::key_identifier, lint};
use der::{
    DateTime, Decode, Encode,
    asn1::{Any, BitString, Null, OctetString},
    oid::db::rfc6960::{ID_PKIX_OCSP_BASIC, ID_PKIX_OCSP_EXTENDED_REVOKE},
};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};
use x509_cert::{Version, name::Name};

/// What a responder is about to say.
#[derive(Clone, Debug)]
pub struct OcspDraft {
    responder: ResponderId,
    algorithm: AlgorithmIdentifierOwned,
    produced_at: DateTime,
    responses: Vec<SingleResponse>,
    nonce: Option<Nonce>,
    certificates: Vec<Vec<u8>>,
}

impl OcspDraft {
    /// An answer by the responder with this key, which signs by `algorithm`,
    /// produced at this time. The responder is named by the SHA-1 of its key
    /// (RFC 6960, 4.2.1).
    pub fn new(
        responder: SubjectPublicKeyInfoRef<'_>,
        algorithm: AlgorithmIdentifierOwned,
        produced_at: DateTime,
    ) -> Self {
        Self {
            responder: ResponderId::ByKey(key_identifier(&responder)),
            algorithm,
            produced_at,
            responses: Vec::new(),
            nonce: None,
            certificates: Vec::new(),
        }
    }

    /// Names the responder by the subject of its certificate instead.
    #[must_use]
    pub fn by_name(mut self, name: Name) -> Self {
        self.responder = ResponderId::ByName(name);
        self
    }

    /// Adds what is said about one certificate.
    #[must_use]
    pub fn response(mut self, response: SingleResponse) -> Self {
        self.responses.push(response);
        self
    }

    /// Repeats the nonce of the question, if it has one.
    #[must_use]
    pub fn nonce(mut self, nonce: Option<Nonce>) -> Self {
        self.nonce = nonce;
        self
    }

    /// Adds a certificate in DER that helps to verify the answer: a delegated
    /// responder's own.
    #[must_use]
    pub fn certificate(mut self, der: Vec<u8>) -> Self {
        self.certificates.push(der);
        self
    }

    /// Writes the `ResponseData`. An answer that says
    /// [`CertStatus::NEVER_ISSUED`] says by its extension that it does (RFC 6960, 4.4.8).
    ///
    /// # Errors
    /// [`Error::Invalid`] without a response, for two about one certificate, for one
    /// whose nextUpdate is not after its thisUpdate and for octets that break a rule of
    /// [`lint`]; [`Error::TooMany`] above [`OcspResponse::MAX_RESPONSES`],
    /// [`Error::Malformed`] for a certificate that is not DER, [`Error::Encoding`] for
    /// 256 MiB or more.
    pub fn prepare(self) -> Result<PreparedOcsp, Error> {
        self.check()?;
        for certificate in &self.certificates {
            Any::from_der(certificate).map_err(Error::malformed("responder's certificate"))?;
        }
        let write = || -> der::Result<Vec<u8>> {
            let mut extensions = Vec::new();
            if let Some(nonce) = &self.nonce {
                extensions.push(nonce.extension()?);
            }
            let never = |single: &SingleResponse| *single.status() == CertStatus::NEVER_ISSUED;
            if self.responses.iter().any(never) {
                extensions.push(extension_of(ID_PKIX_OCSP_EXTENDED_REVOKE, &Null)?);
            }
            let responses = self.responses.iter().map(SingleResponse::to_wire);
            ResponseData {
                version: Version::V1,
                responder: self.responder.to_wire()?,
                produced_at: self.produced_at.into(),
                responses: responses.collect::<der::Result<_>>()?,
                extensions: (!extensions.is_empty()).then_some(extensions),
            }
            .to_der()
        };
        let tbs = write().map_err(Error::encoding("ResponseData"))?;
        lint::refuse_errors(WHAT, &lint::ocsp_response_data(&tbs))?;
        Ok(PreparedOcsp::from_stored(
            tbs,
            self.algorithm,
            self.certificates,
        ))
    }

    fn check(&self) -> Result<(), Error> {
        let (found, limit) = (self.responses.len(), OcspResponse::MAX_RESPONSES);
        if found > limit {
            let what = "OCSP responses";
            return Err(Error::TooMany { what, found, limit });
        }
        if found == 0 {
            return refuse("says something about a certificate", "RFC 6960, 4.2.1");
        }
        for (index, response) in self.responses.iter().enumerate() {
            let mut before = self.responses[..index].iter();
            // Two answers about one certificate let a client choose.
            if before.any(|other| other.id() == response.id()) {
                return refuse("speaks of a certificate once", "RFC 6960, 4.2.1");
            }
            let next = response.next_update();
            if next.is_some_and(|next| next <= response.this_update()) {
                return refuse("has nextUpdate after thisUpdate", "RFC 6960, 4.2.2.1");
            }
        }
        Ok(())
    }
}

/// An answer that lacks its signature: of the shape of [`Prepared`](crate::Prepared),
/// with the certificates that go along.
///
/// Plain data: what may be stored before a key is touched, and signed as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedOcsp {
    tbs: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    certificates: Vec<Vec<u8>>,
}

impl PreparedOcsp {
    /// Takes up what was stored: the octets of [`Self::tbs`], the algorithm and the
    /// certificates beside them.
    pub fn from_stored(
        tbs: Vec<u8>,
        algorithm: AlgorithmIdentifierOwned,
        certificates: Vec<Vec<u8>>,
    ) -> Self {
        Self {
            tbs,
            algorithm,
            certificates,
        }
    }

    /// The octets to sign: `ResponseData` in DER.
    pub fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    /// The algorithm to sign by.
    pub fn algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.algorithm
    }

    /// The certificates in DER that go along.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Puts `signature` behind the octets of [`Self::tbs`] and gives the whole
    /// `OCSPResponse` in DER, status successful. Whether it fits is for
    /// [`OcspResponse::verify`](super::OcspResponse::verify).
    ///
    /// # Errors
    /// [`Error::Encoding`] when the stored octets or certificates are not one DER value
    /// each, and for 256 MiB or more.
    pub fn attach(self, signature: &BitString) -> Result<Vec<u8>, Error> {
        let write = || -> der::Result<Vec<u8>> {
            let certificates = self.certificates.iter().map(|der| Any::from_der(der));
            let certificates = certificates.collect::<der::Result<Vec<_>>>()?;
            let basic = Basic {
                tbs: Any::from_der(&self.tbs)?,
                algorithm: self.algorithm,
                signature: signature.clone(),
                certificates: (!certificates.is_empty()).then_some(certificates),
            };
            Response {
                status: Status::Successful,
                bytes: Some(ResponseBytes {
                    response_type: ID_PKIX_OCSP_BASIC,
                    response: OctetString::new(basic.to_der()?)?,
                }),
            }
            .to_der()
        };
        write().map_err(Error::encoding("OCSPResponse"))
    }
}

/// An answer that is none, unsigned as RFC 6960, 2.3, has it: DER of 5 octets.
pub fn error_response(status: ErrorStatus) -> Vec<u8> {
    let response = Response {
        status: status.into(),
        bytes: None,
    };
    response
        .to_der()
        .expect("an ENUMERATED of one octet has a DER encoding")
}

fn refuse<T>(rule: &'static str, clause: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what: WHAT,
        rule,
        clause,
    })
}
