//! Reading answers.

use super::{
    AuthorisedResponder, CertId, Nonce,
    request::each_extension,
    wire::{Answer, Responder, Response, ResponseData, RevokedInfo, Single},
};
use crate::{Error, Issuer, Reason, extension::key_identifier};
use core::fmt;
use der::{
    DateTime, Decode, Encode, Reader, SliceReader, TagMode, TagNumber,
    asn1::{Any, BitString, GeneralizedTime, Null, ObjectIdentifier, OctetString},
    oid::db::rfc6960::{
        ID_PKIX_OCSP_ARCHIVE_CUTOFF, ID_PKIX_OCSP_BASIC, ID_PKIX_OCSP_EXTENDED_REVOKE,
        ID_PKIX_OCSP_NONCE,
    },
    referenced::OwnedToRef,
};
use gm_crypto::pki::{Signed, VerifyAlgorithm, assemble};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};
use x509_cert::{Version, ext::Extension, name::Name};

/// An answer whose signature nobody has checked: what it says has a name that tells so. See
/// [`Self::verify`].
#[derive(Clone, Debug)]
pub struct OcspResponse {
    /// `SEQUENCE { tbsResponseData, signatureAlgorithm, signature }`, the first as
    /// it came.
    signed: Vec<u8>,
    verified: VerifiedOcsp,
    certificates: Vec<Vec<u8>>,
}

impl OcspResponse {
    /// Octets that are read at most.
    pub const MAX_OCTETS: usize = 1 << 20;

    /// Certificates that an answer may speak of.
    pub const MAX_RESPONSES: usize = 256;

    /// Certificates of responders whose signatures are checked at most.
    pub const MAX_CANDIDATES: usize = 4;

    /// Reads an `OCSPResponse` with a `BasicOCSPResponse` in it (RFC 6960, 4.2.1).
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::TooMany`], [`Error::Malformed`],
    /// [`Error::OcspRefused`] for an answer that is none,
    /// [`Error::CriticalExtension`], and [`Error::Invalid`] for what RFC 6960 does
    /// not allow.
    pub fn from_der(octets: &[u8]) -> Result<Self, Error> {
        let (found, limit) = (octets.len(), Self::MAX_OCTETS);
        if found > limit {
            let what = "OCSPResponse";
            return Err(Error::TooLarge { what, found, limit });
        }
        let response = Response::from_der(octets).map_err(Error::malformed("OCSPResponse"))?;
        if let Some(status) = response.status.error() {
            return Err(Error::OcspRefused { status });
        }
        let Some(bytes) = response.bytes else {
            return refuse("is there when the status is successful");
        };
        if bytes.response_type != ID_PKIX_OCSP_BASIC {
            return refuse("has type id-pkix-ocsp-basic");
        }
        let basic = split(bytes.response.as_bytes()).map_err(Error::malformed(WHAT))?;
        let data = ResponseData::from_der(basic.tbs).map_err(Error::malformed("ResponseData"))?;
        let signed = assemble(basic.tbs, &basic.algorithm, &basic.signature)
            .map_err(|source| Error::Encoding { what: WHAT, source })?;
        let certificates = basic.certificates.iter().map(Encode::to_der);
        Ok(Self {
            signed,
            verified: VerifiedOcsp::read(data)?,
            certificates: certificates
                .collect::<der::Result<_>>()
                .map_err(Error::malformed(WHAT))?,
        })
    }

    /// Whom the answer names as its author: a claim.
    pub fn responder(&self) -> &ResponderId {
        &self.verified.responder
    }

    /// Certificates in DER that came along: claims.
    /// [`Self::authorised_responder`] finds the one of a responder that the CA has
    /// authorised.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// What the answer says, for whoever only looks at it: a claim of anybody's. To rely on
    /// it takes [`Self::verify_by`].
    pub fn unverified_responses(&self) -> &[SingleResponse] {
        &self.verified.responses
    }

    /// When it was signed, as it says.
    pub fn unverified_produced_at(&self) -> DateTime {
        self.verified.produced_at
    }

    /// Checks the signature over the octets that came with the responder's key, by
    /// one of `algorithms`. That the key may answer for the CA is the caller's to
    /// know; who does not asks [`Self::authorised_responder`] and
    /// [`Self::verify_by`].
    ///
    /// # Errors
    /// [`Error::OcspResponder`] when the answer names the SHA-1 of another key,
    /// [`Error::Signature`] when the signature does not fit.
    pub fn verify(
        self,
        responder: SubjectPublicKeyInfoRef<'_>,
        algorithms: &[&dyn VerifyAlgorithm],
    ) -> Result<VerifiedOcsp, Error> {
        let claimed = &self.verified.responder;
        if matches!(claimed, ResponderId::ByKey(hash) if *hash != key_identifier(&responder)) {
            return Err(Error::OcspResponder {
                found: Box::new(self.verified.responder),
            });
        }
        let refused = |source| Error::Signature { what: WHAT, source };
        Signed::from_der(WHAT, &self.signed)
            .and_then(|signed| signed.verify(responder, algorithms))
            .map_err(refused)?;
        Ok(self.verified)
    }

    /// Finds who answers and may answer for the CA `issuer` (RFC 6960, 4.2.2.2): the CA
    /// itself, or the subject of a certificate that came along and is as
    /// [`AuthorisedResponder::delegated`] wants it. At most
    /// [`Self::MAX_CANDIDATES`] certificates that fit the answer's ResponderID are tried.
    ///
    /// # Errors
    /// [`Error::OcspResponder`] when nobody fits; otherwise why the last one did not.
    pub fn authorised_responder(
        &self,
        issuer: &Issuer,
        at: DateTime,
        algorithms: &[&dyn VerifyAlgorithm],
    ) -> Result<AuthorisedResponder, Error> {
        let claimed = self.responder();
        let ca = AuthorisedResponder::ca(issuer);
        if ca.is_named(claimed) {
            return Ok(ca);
        }
        let mut refusal = Error::OcspResponder {
            found: Box::new(claimed.clone()),
        };
        let candidates = self.certificates.iter();
        let candidates = candidates.filter(|der| claimed.is_subject_of(der));
        for certificate in candidates.take(Self::MAX_CANDIDATES) {
            match AuthorisedResponder::delegated(issuer, certificate, at, algorithms) {
                Ok(responder) => return Ok(responder),
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    /// Checks the signature with the key of a responder that may answer for its CA, and
    /// that the answer says nothing about certificates of other CAs but that they are
    /// unknown.
    ///
    /// # Errors
    /// [`Error::OcspResponder`] when the answer names another responder,
    /// [`Error::Signature`] when the signature does not fit, [`Error::Invalid`] for an
    /// answer about another CA's certificate, or by a digest other than SHA-1 and SM3.
    pub fn verify_by(
        self,
        responder: &AuthorisedResponder,
        algorithms: &[&dyn VerifyAlgorithm],
    ) -> Result<VerifiedOcsp, Error> {
        if !responder.is_named(self.responder()) {
            return Err(Error::OcspResponder {
                found: Box::new(self.verified.responder),
            });
        }
        let verified = self.verify(responder.public_key().owned_to_ref(), algorithms)?;
        let issuer = responder.issuer();
        let mut others = verified.responses.iter().filter(|single| {
            let key = issuer.public_key().owned_to_ref();
            single.status != CertStatus::Unknown && !single.id.matches(issuer.name(), key)
        });
        match others.next() {
            None => Ok(verified),
            Some(_) => Err(Error::Invalid {
                what: WHAT,
                rule: "speaks of certificates of the CA that its responder answers for",
                clause: "RFC 6960, 4.2.2.2",
            }),
        }
    }
}

/// An answer whose signature fits the responder's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedOcsp {
    responder: ResponderId,
    produced_at: DateTime,
    responses: Vec<SingleResponse>,
    nonce: Option<Nonce>,
    extended_revoke: bool,
}

impl VerifiedOcsp {
    /// Who answers.
    pub fn responder(&self) -> &ResponderId {
        &self.responder
    }

    /// When it was signed.
    pub fn produced_at(&self) -> DateTime {
        self.produced_at
    }

    /// All that is said, at least one.
    pub fn responses(&self) -> &[SingleResponse] {
        &self.responses
    }

    /// What is said about one certificate. Whether it is current is another
    /// question: see [`SingleResponse::is_current`].
    pub fn response_for(&self, id: &CertId) -> Option<&SingleResponse> {
        self.responses.iter().find(|response| response.id == *id)
    }

    /// The nonce; compare it with the one of the question.
    pub fn nonce(&self) -> Option<&Nonce> {
        self.nonce.as_ref()
    }

    /// Whether the responder says `revoked` of certificates that were never issued
    /// (RFC 6960, 4.4.8): see [`CertStatus::NEVER_ISSUED`].
    pub fn extended_revoke(&self) -> bool {
        self.extended_revoke
    }

    fn read(data: ResponseData) -> Result<Self, Error> {
        if data.version != Version::V1 {
            return refuse("has version 1");
        }
        let (found, limit) = (data.responses.len(), OcspResponse::MAX_RESPONSES);
        if found > limit {
            let what = "OCSP responses";
            return Err(Error::TooMany { what, found, limit });
        }
        if found == 0 {
            return refuse("says something about a certificate");
        }
        let mut responses: Vec<SingleResponse> = Vec::new();
        for single in data.responses {
            let single = SingleResponse::read(single)?;
            // Two answers about one certificate let a client choose.
            if responses.iter().any(|other| other.id == single.id) {
                return refuse("speaks of a certificate once");
            }
            responses.push(single);
        }
        let (mut nonce, mut extended_revoke) = (None, false);
        each_extension(WHAT, data.extensions.as_ref(), |extension| {
            match extension.extn_id {
                ID_PKIX_OCSP_NONCE => nonce = Some(Nonce::read(extension)?),
                ID_PKIX_OCSP_EXTENDED_REVOKE => {
                    let value = extension.extn_value.as_bytes();
                    Null::from_der(value).map_err(Error::malformed("OCSP extended revoke"))?;
                    extended_revoke = true;
                }
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(Self {
            responder: ResponderId::read(data.responder)?,
            produced_at: data.produced_at.to_date_time(),
            responses,
            nonce,
            extended_revoke,
        })
    }
}

/// Who answers (RFC 6960, 4.2.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponderId {
    /// The subject of the responder's certificate.
    ByName(Name),
    /// SHA-1 of the responder's key.
    ByKey([u8; 20]),
}

impl ResponderId {
    pub(super) fn to_wire(&self) -> der::Result<Responder> {
        Ok(match self {
            Self::ByName(name) => Responder::ByName(name.clone()),
            Self::ByKey(hash) => Responder::ByKey(OctetString::new(*hash)?),
        })
    }

    /// Whether it names the subject of this certificate.
    fn is_subject_of(&self, certificate: &[u8]) -> bool {
        let certificate = x509_cert::Certificate::from_der(certificate);
        certificate.is_ok_and(|certificate| {
            let tbs = certificate.tbs_certificate();
            let key = tbs.subject_public_key_info().owned_to_ref();
            self.names(tbs.subject(), key)
        })
    }

    pub(super) fn names(&self, subject: &Name, key: SubjectPublicKeyInfoRef<'_>) -> bool {
        match self {
            Self::ByName(name) => name == subject,
            Self::ByKey(hash) => *hash == key_identifier(&key),
        }
    }

    fn read(responder: Responder) -> Result<Self, Error> {
        match responder {
            Responder::ByName(name) => Ok(Self::ByName(name)),
            Responder::ByKey(hash) => match hash.as_bytes().try_into() {
                Ok(hash) => Ok(Self::ByKey(hash)),
                Err(_) => refuse("names a key by 20 octets"),
            },
        }
    }
}

impl fmt::Display for ResponderId {
    /// The name, or the hash in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByName(name) => name.fmt(f),
            Self::ByKey(hash) => hash.iter().try_for_each(|octet| write!(f, "{octet:02x}")),
        }
    }
}

/// What is said about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleResponse {
    id: CertId,
    status: CertStatus,
    this_update: DateTime,
    next_update: Option<DateTime>,
    archive_cutoff: Option<DateTime>,
}

impl SingleResponse {
    /// Says that the certificate has this status, known to be so at `this_update`.
    pub fn new(id: CertId, status: CertStatus, this_update: DateTime) -> Self {
        Self {
            id,
            status,
            this_update,
            next_update: None,
            archive_cutoff: None,
        }
    }

    /// Says too when there will be newer information; without it there always is.
    #[must_use]
    pub fn until(mut self, next_update: DateTime) -> Self {
        self.next_update = Some(next_update);
        self
    }

    /// Says too since when the responder keeps what it knows of expired certificates
    /// (archive cutoff, RFC 6960, 4.4.4): an answer about one that expired earlier says
    /// nothing.
    #[must_use]
    pub fn archived_since(mut self, archive_cutoff: DateTime) -> Self {
        self.archive_cutoff = Some(archive_cutoff);
        self
    }

    /// Which certificate.
    pub fn id(&self) -> &CertId {
        &self.id
    }

    /// Its status.
    pub fn status(&self) -> &CertStatus {
        &self.status
    }

    /// Since when this is known.
    pub fn this_update(&self) -> DateTime {
        self.this_update
    }

    /// When there will be newer information.
    pub fn next_update(&self) -> Option<DateTime> {
        self.next_update
    }

    /// Since when the responder keeps what it knows of expired certificates, if it says
    /// so.
    pub fn archive_cutoff(&self) -> Option<DateTime> {
        self.archive_cutoff
    }

    /// Whether it may be relied on at this time (RFC 6960, 4.2.2.1): not before
    /// thisUpdate, and not after nextUpdate. Without a nextUpdate it is current at
    /// thisUpdate alone; a client that allows an age compares
    /// [`Self::this_update`] itself.
    pub fn is_current(&self, at: DateTime) -> bool {
        self.this_update <= at && at <= self.next_update.unwrap_or(self.this_update)
    }

    pub(super) fn to_wire(&self) -> der::Result<Single> {
        let cutoff = self.archive_cutoff.map(GeneralizedTime::from);
        let cutoff = cutoff.map(|cutoff| extension_of(ID_PKIX_OCSP_ARCHIVE_CUTOFF, &cutoff));
        Ok(Single {
            id: self.id.clone(),
            status: match &self.status {
                CertStatus::Good => Answer::Good(Null),
                CertStatus::Unknown => Answer::Unknown(Null),
                CertStatus::Revoked { at, reason } => Answer::Revoked(RevokedInfo {
                    at: (*at).into(),
                    reason: reason.map(Reason::to_x509),
                }),
            },
            this_update: self.this_update.into(),
            next_update: self.next_update.map(Into::into),
            extensions: cutoff.transpose()?.map(|cutoff| vec![cutoff]),
        })
    }

    fn read(single: Single) -> Result<Self, Error> {
        let mut archive_cutoff = None;
        each_extension(SINGLE, single.extensions.as_ref(), |extension| {
            let known = extension.extn_id == ID_PKIX_OCSP_ARCHIVE_CUTOFF;
            if known {
                let cutoff = GeneralizedTime::from_der(extension.extn_value.as_bytes())
                    .map_err(Error::malformed("OCSP archive cutoff"))?;
                archive_cutoff = Some(cutoff.to_date_time());
            }
            Ok(known)
        })?;
        let status = match single.status {
            Answer::Good(Null) => CertStatus::Good,
            Answer::Unknown(Null) => CertStatus::Unknown,
            Answer::Revoked(info) => {
                let reason = info.reason.map(Reason::from_x509);
                if reason == Some(None) {
                    return refuse("does not revoke by removeFromCRL");
                }
                CertStatus::Revoked {
                    at: info.at.to_date_time(),
                    reason: reason.flatten(),
                }
            }
        };
        Ok(Self {
            id: single.id,
            status,
            this_update: single.this_update.to_date_time(),
            next_update: single.next_update.map(|next| next.to_date_time()),
            archive_cutoff,
        })
    }
}

/// The status of a certificate (RFC 6960, 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertStatus {
    /// Not revoked. It does not say that the certificate exists.
    Good,
    /// Revoked or held.
    Revoked {
        /// Since when.
        at: DateTime,
        /// Why, if it is said.
        reason: Option<Reason>,
    },
    /// The responder knows nothing about it.
    Unknown,
}

impl CertStatus {
    /// What a responder says of a certificate that its CA has never issued, if it does
    /// not say `unknown` (RFC 6960, 2.2): held since 1970-01-01. An answer that has it
    /// says that it does so by the extension of 4.4.8.
    pub const NEVER_ISSUED: Self = Self::Revoked {
        at: EPOCH,
        reason: Some(Reason::CertificateHold),
    };
}

const EPOCH: DateTime = match DateTime::new(1970, 1, 1, 0, 0, 0) {
    Ok(epoch) => epoch,
    Err(_) => unreachable!(),
};

/// One extension, not critical.
pub(super) fn extension_of(oid: ObjectIdentifier, value: &impl Encode) -> der::Result<Extension> {
    Ok(Extension {
        extn_id: oid,
        critical: false,
        extn_value: OctetString::new(value.to_der()?)?,
    })
}

pub(super) const WHAT: &str = "BasicOCSPResponse";
const SINGLE: &str = "OCSP SingleResponse";

struct Split<'a> {
    tbs: &'a [u8],
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
    certificates: Vec<Any>,
}

fn split(octets: &[u8]) -> der::Result<Split<'_>> {
    let mut reader = SliceReader::new(octets)?;
    let split = reader.sequence(|reader| {
        Ok::<_, der::Error>(Split {
            tbs: reader.tlv_bytes()?,
            algorithm: reader.decode()?,
            signature: reader.decode()?,
            certificates: reader
                .context_specific(TagNumber(0), TagMode::Explicit)?
                .unwrap_or_default(),
        })
    })?;
    reader.finish()?;
    Ok(split)
}

fn refuse<T>(rule: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what: WHAT,
        rule,
        clause: "RFC 6960, 4.2.1",
    })
}
