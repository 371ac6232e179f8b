//! The ASN.1 of GM/T 0010 (GB/T 35275): PKCS#7 1.5's layout, read and written by `der`.

use der::{
    Any, Choice, Decode, Encode, Sequence, ValueOrd,
    asn1::{Null, ObjectIdentifier, OctetString, SetOfVec},
};
use spki::AlgorithmIdentifierOwned;
use x509_cert::{Certificate, name::Name, serial_number::SerialNumber};

use crate::{Error, Result};

/// The version of every structure but `RecipientInfo` by key identifier.
pub(crate) const VERSION: u8 = 1;

#[derive(Clone, Debug, Sequence)]
pub(crate) struct ContentInfo {
    pub(crate) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) content: Option<Any>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence, ValueOrd)]
pub(crate) struct IssuerAndSerialNumber {
    pub(crate) issuer: Name,
    pub(crate) serial_number: SerialNumber,
}

/// How a signer or recipient is named; the second way is RFC 5652's alone.
#[derive(Clone, Debug, PartialEq, Eq, Choice, ValueOrd)]
pub(crate) enum PartyId {
    IssuerAndSerialNumber(IssuerAndSerialNumber),
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "false")]
    SubjectKeyIdentifier(OctetString),
}

/// `SignerInfo` (clause 8); `[0]` and `[1]` hold attributes.
#[derive(Clone, Debug, Sequence, ValueOrd)]
pub(crate) struct SignerInfo {
    pub(crate) version: u8,
    pub(crate) signer: PartyId,
    pub(crate) digest_algorithm: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) authenticated_attributes: Option<SetOfVec<Any>>,
    pub(crate) signature_algorithm: AlgorithmIdentifierOwned,
    pub(crate) signature: OctetString,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) unauthenticated_attributes: Option<SetOfVec<Any>>,
}

/// `RecipientInfo` (clause 9).
#[derive(Clone, Debug, Sequence, ValueOrd)]
pub(crate) struct RecipientInfo {
    pub(crate) version: u8,
    pub(crate) recipient: PartyId,
    pub(crate) key_encryption_algorithm: AlgorithmIdentifierOwned,
    pub(crate) encrypted_key: OctetString,
}

/// `EncryptedContentInfo` (clause 9), with what GM/T 0010 adds behind.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct EncryptedContentInfo {
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) algorithm: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) encrypted_content: Option<OctetString>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) shared_info1: Option<OctetString>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) shared_info2: Option<OctetString>,
}

/// An identifier with NULL as parameters, the form that is usual in this standard.
pub(crate) fn with_null(algorithm: ObjectIdentifier) -> der::Result<AlgorithmIdentifierOwned> {
    Ok(AlgorithmIdentifierOwned {
        oid: algorithm,
        parameters: Some(Any::encode_from(&Null)?),
    })
}

/// The name under which a message knows the owner of a certificate (DER).
pub(crate) fn issuer_and_serial_number(certificate: &[u8]) -> Result<IssuerAndSerialNumber> {
    let certificate =
        Certificate::from_der(certificate).map_err(Error::malformed("Certificate"))?;
    let tbs = certificate.tbs_certificate();
    Ok(IssuerAndSerialNumber {
        issuer: tbs.issuer().clone(),
        serial_number: tbs.serial_number().clone(),
    })
}
