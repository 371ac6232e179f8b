//! Writing answers.

use super::{
    ErrorStatus, Nonce, SingleResponse,
    response::WHAT,
    wire::{Basic, Responder, Response, ResponseBytes, ResponseData, Status},
};
use crate::{Error, extension::key_identifier, lint};
use der::{
    DateTime, Decode, Encode,
    asn1::{Any, BitString, OctetString},
    oid::db::rfc6960::ID_PKIX_OCSP_BASIC,
};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};
use x509_cert::Version;

/// What a responder is about to say.
#[derive(Clone, Debug)]
pub struct OcspDraft {
    responder: [u8; 20],
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
            responder: key_identifier(&responder),
            algorithm,
            produced_at,
            responses: Vec::new(),
            nonce: None,
            certificates: Vec::new(),
        }
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

    /// Writes the `ResponseData`.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a response, for one whose nextUpdate is not after
    /// its thisUpdate and for octets that break a rule of [`lint`],
    /// [`Error::Malformed`] for a certificate that is not DER, [`Error::Encoding`]
    /// for 256 MiB or more.
    pub fn prepare(self) -> Result<PreparedOcsp, Error> {
        if self.responses.is_empty() {
            return refuse("says something about a certificate", "RFC 6960, 4.2.1");
        }
        let backwards = |response: &SingleResponse| {
            response
                .next_update()
                .is_some_and(|next| next <= response.this_update())
        };
        if self.responses.iter().any(backwards) {
            return refuse("has nextUpdate after thisUpdate", "RFC 6960, 4.2.2.1");
        }
        let certificates = self.certificates.iter().map(|der| Any::from_der(der));
        let certificates = certificates
            .collect::<der::Result<Vec<_>>>()
            .map_err(Error::malformed("responder's certificate"))?;
        let write = || -> der::Result<Vec<u8>> {
            let nonce = self.nonce.as_ref().map(Nonce::extension).transpose()?;
            ResponseData {
                version: Version::V1,
                responder: Responder::ByKey(OctetString::new(self.responder)?),
                produced_at: self.produced_at.into(),
                responses: self.responses.iter().map(SingleResponse::to_wire).collect(),
                extensions: nonce.map(|nonce| vec![nonce]),
            }
            .to_der()
        };
        let tbs = write().map_err(Error::encoding("ResponseData"))?;
        lint::refuse_errors(WHAT, &lint::ocsp_response_data(&tbs))?;
        Ok(PreparedOcsp {
            tbs,
            algorithm: self.algorithm,
            certificates,
        })
    }
}

/// An answer that lacks its signature.
#[derive(Clone, Debug)]
pub struct PreparedOcsp {
    tbs: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    certificates: Vec<Any>,
}

impl PreparedOcsp {
    /// The octets to sign: `ResponseData` in DER.
    pub fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    /// The algorithm to sign by.
    pub fn algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.algorithm
    }

    /// Puts `signature` behind the octets of [`Self::tbs`] and gives the whole
    /// `OCSPResponse` in DER, status successful. Whether it fits is for
    /// [`OcspResponse::verify`](super::OcspResponse::verify).
    ///
    /// # Errors
    /// [`Error::Encoding`] for 256 MiB or more.
    pub fn attach(self, signature: &BitString) -> Result<Vec<u8>, Error> {
        let certificates = self.certificates;
        let write = || -> der::Result<Vec<u8>> {
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
