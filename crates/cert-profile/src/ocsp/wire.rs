//! The ASN.1 of RFC 6960, appendix B.1, all of it explicitly tagged.

use core::fmt;
use der::{
    Choice, Enumerated, Sequence,
    asn1::{Any, GeneralizedTime, Null, ObjectIdentifier, OctetString},
};
use x509_cert::{
    Version,
    ext::{
        Extensions,
        pkix::{CrlReason, name::GeneralName},
    },
    name::Name,
};

use super::CertId;

#[derive(Sequence)]
pub(super) struct Request {
    pub(super) tbs_request: TbsRequest,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) optional_signature: Option<RequestSignature>,
}

/// `Signature`, which is read and not verified.
#[derive(Sequence)]
pub(super) struct RequestSignature {
    pub(super) algorithm: spki::AlgorithmIdentifierOwned,
    pub(super) signature: der::asn1::BitString,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) certificates: Option<Vec<Any>>,
}

#[derive(Sequence)]
pub(super) struct TbsRequest {
    #[asn1(
        context_specific = "0",
        tag_mode = "EXPLICIT",
        default = "Default::default"
    )]
    pub(super) version: Version,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) requestor_name: Option<GeneralName>,
    pub(super) request_list: Vec<SingleRequest>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) request_extensions: Option<Extensions>,
}

#[derive(Sequence)]
pub(super) struct SingleRequest {
    pub(super) req_cert: CertId,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<Extensions>,
}

#[derive(Sequence)]
pub(super) struct Response {
    pub(super) status: Status,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) bytes: Option<ResponseBytes>,
}

/// OCSPResponseStatus; 4 is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[repr(u8)]
pub(super) enum Status {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

#[derive(Sequence)]
pub(super) struct ResponseBytes {
    pub(super) response_type: ObjectIdentifier,
    pub(super) response: OctetString,
}

#[derive(Sequence)]
pub(super) struct Basic {
    /// `ResponseData`; strict DER has one encoding, so that the octets stay.
    pub(super) tbs: Any,
    pub(super) algorithm: spki::AlgorithmIdentifierOwned,
    pub(super) signature: der::asn1::BitString,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) certificates: Option<Vec<Any>>,
}

#[derive(Sequence)]
pub(super) struct ResponseData {
    #[asn1(
        context_specific = "0",
        tag_mode = "EXPLICIT",
        default = "Default::default"
    )]
    pub(super) version: Version,
    pub(super) responder: Responder,
    pub(super) produced_at: GeneralizedTime,
    pub(super) responses: Vec<Single>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<Extensions>,
}

#[derive(Choice)]
pub(super) enum Responder {
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    ByName(Name),
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(OctetString),
}

#[derive(Sequence)]
pub(super) struct Single {
    pub(super) id: CertId,
    pub(super) status: Answer,
    pub(super) this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) next_update: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<Extensions>,
}

#[derive(Choice)]
pub(super) enum Answer {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Sequence)]
pub(super) struct RevokedInfo {
    pub(super) at: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) reason: Option<CrlReason>,
}

/// Why a responder does not answer (RFC 6960, 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorStatus {
    /// The question can't be read (1).
    MalformedRequest,
    /// The responder is in trouble (2).
    InternalError,
    /// The responder can't answer for the moment (3).
    TryLater,
    /// The question must be signed (5).
    SigRequired,
    /// The responder has no right to answer, or not to this client (6).
    Unauthorized,
}

impl ErrorStatus {
    /// Whether the same question may be answered later (RFC 6960, 2.3): after
    /// [`Self::TryLater`] and [`Self::InternalError`]. The others want another question,
    /// or another responder.
    pub fn is_temporary(self) -> bool {
        matches!(self, Self::TryLater | Self::InternalError)
    }
}

impl From<ErrorStatus> for Status {
    fn from(status: ErrorStatus) -> Self {
        match status {
            ErrorStatus::MalformedRequest => Self::MalformedRequest,
            ErrorStatus::InternalError => Self::InternalError,
            ErrorStatus::TryLater => Self::TryLater,
            ErrorStatus::SigRequired => Self::SigRequired,
            ErrorStatus::Unauthorized => Self::Unauthorized,
        }
    }
}

impl Status {
    /// The error that this status is; none for success.
    pub(super) fn error(self) -> Option<ErrorStatus> {
        match self {
            Self::Successful => None,
            Self::MalformedRequest => Some(ErrorStatus::MalformedRequest),
            Self::InternalError => Some(ErrorStatus::InternalError),
            Self::TryLater => Some(ErrorStatus::TryLater),
            Self::SigRequired => Some(ErrorStatus::SigRequired),
            Self::Unauthorized => Some(ErrorStatus::Unauthorized),
        }
    }
}

impl fmt::Display for ErrorStatus {
    /// The name that RFC 6960 gives it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedRequest => "malformedRequest",
            Self::InternalError => "internalError",
            Self::TryLater => "tryLater",
            Self::SigRequired => "sigRequired",
            Self::Unauthorized => "unauthorized",
        })
    }
}
