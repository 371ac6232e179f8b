//! GM/T 0010 (GB/T 35275) messages: signed data.
//!
//! The layout is PKCS#7 1.5's, not RFC 5652's: content types under
//! 1.2.156.10197.6.1.4.2, version 1, signers named by issuer and serial number.
//! The signature is SM2 over oid::SM3(Z ‖ content) with the default user ID, so any
//! SM2 program can check it over the extracted content.

mod dialect;
mod partner;
mod wire;

pub use dialect::{Deviation, Dialect};
pub use partner::{CipherName, ContentTypes, Parameters, Partner, PartyIdKind};

use crate::{
    Error, Result,
    pki::{Sm2Sm3, VerifyAlgorithm, oid},
    sm2::SIGNATURE_OID,
};
use alloc::{vec, vec::Vec};
use der::{
    Any, Decode, Encode, Sequence,
    asn1::{BitString, ObjectIdentifier, OctetString, SetOfVec},
    referenced::OwnedToRef,
};
use spki::AlgorithmIdentifierOwned;
use wire::{
    ContentInfo, IssuerAndSerialNumber, PartyId, SignerInfo, VERSION, issuer_and_serial_number,
    with_null,
};
use x509_cert::Certificate;

const WHAT: &str = "SignedData";
/// More signers or certificates than this are refused before any is looked at.
const MAX_ELEMENTS: usize = 64;

#[derive(Sequence)]
struct SignedData {
    version: u8,
    digest_algorithms: SetOfVec<AlgorithmIdentifierOwned>,
    content_info: ContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    certificates: Option<SetOfVec<Any>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    crls: Option<SetOfVec<Any>>,
    signers: SetOfVec<SignerInfo>,
}

/// A signed message before its signature: the key may be anywhere.
#[derive(Debug)]
pub struct SignedDataDraft {
    content: Vec<u8>,
    certificate: Any,
    signer: IssuerAndSerialNumber,
}

impl SignedDataDraft {
    /// Prepares `content` to be signed by the owner of a certificate (DER).
    ///
    /// # Errors
    /// [`Error::Malformed`] when the certificate can't be read.
    pub fn new(content: Vec<u8>, signer_certificate: &[u8]) -> Result<Self> {
        let malformed = || Error::malformed("Certificate");
        Ok(Self {
            content,
            signer: issuer_and_serial_number(signer_certificate)?,
            certificate: Any::from_der(signer_certificate).map_err(malformed())?,
        })
    }

    /// The octets to sign: the content itself, since there are no attributes.
    pub fn tbs(&self) -> &[u8] {
        &self.content
    }

    /// Puts the signature (GM/T 0009 `SM2Signature`) in; gives the DER of a
    /// `ContentInfo` with content and certificate attached.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the content is too long for DER (256 MiB).
    pub fn attach(self, signature: &BitString) -> Result<Vec<u8>> {
        let encode = || -> der::Result<Vec<u8>> {
            let content = Any::encode_from(&OctetString::new(self.content)?)?;
            let signer = SignerInfo {
                version: VERSION,
                signer: PartyId::IssuerAndSerialNumber(self.signer),
                digest_algorithm: with_null(oid::SM3)?,
                authenticated_attributes: None,
                signature_algorithm: with_null(oid::SM2_SIGN)?,
                signature: OctetString::new(signature.raw_bytes())?,
                unauthenticated_attributes: None,
            };
            let signed = SignedData {
                version: VERSION,
                digest_algorithms: SetOfVec::try_from(vec![with_null(oid::SM3)?])?,
                content_info: ContentInfo {
                    content_type: oid::DATA,
                    content: Some(content),
                },
                certificates: Some(SetOfVec::try_from(vec![self.certificate])?),
                crls: None,
                signers: SetOfVec::try_from(vec![signer])?,
            };
            ContentInfo {
                content_type: oid::SIGNED_DATA,
                content: Some(Any::encode_from(&signed)?),
            }
            .to_der()
        };
        encode().map_err(Error::malformed(WHAT))
    }
}

/// A signed message that has been read and not yet verified.
#[derive(Debug)]
pub struct UnverifiedSignedData {
    content: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    signers: Vec<SignerInfo>,
}

/// The content of a message whose signature fits the signer that was named.
#[derive(Debug)]
pub struct SignedContent {
    content: Vec<u8>,
    signature: Vec<u8>,
}

impl SignedContent {
    /// The octets that were signed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.content
    }

    /// The signature that fits them (DER of GM/T 0009's `SM2Signature`), for
    /// whoever checks it with another program.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

impl UnverifiedSignedData {
    /// Reads the DER of a `ContentInfo` with `SignedData` and content attached.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Unsupported`]
    /// for another content type, [`Error::Invalid`] for a missing content, more
    /// than 64 signers or certificates, or authenticated attributes, which are
    /// not read here.
    pub fn from_der(octets: &[u8]) -> Result<Self> {
        let malformed = || Error::malformed(WHAT);
        let invalid = |reason| Error::Invalid { what: WHAT, reason };
        let outer = ContentInfo::from_der(octets).map_err(malformed())?;
        expect(outer.content_type, &[oid::SIGNED_DATA])?;
        let content = outer.content.ok_or(invalid("has no content"))?;
        let signed: SignedData = content.decode_as().map_err(malformed())?;
        expect(signed.content_info.content_type, &[oid::DATA])?;
        let content: OctetString = signed
            .content_info
            .content
            .ok_or(invalid("is detached, its content stands elsewhere"))?
            .decode_as()
            .map_err(malformed())?;
        let certificates = signed.certificates.unwrap_or_default();
        if signed.signers.len() > MAX_ELEMENTS || certificates.len() > MAX_ELEMENTS {
            return Err(invalid("has more than 64 signers or certificates"));
        }
        let with_attributes = |signer: &SignerInfo| signer.authenticated_attributes.is_some();
        if signed.signers.iter().any(with_attributes) {
            return Err(invalid("has authenticated attributes, which are not read"));
        }
        Ok(Self {
            content: content.into_bytes().into(),
            certificates: certificates
                .iter()
                .map(|certificate| certificate.to_der().map_err(malformed()))
                .collect::<Result<_>>()?,
            signers: signed.signers.into_vec(),
        })
    }

    /// The certificates (DER) that the message carries: claims, not facts.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Checks that the owner of `signer_certificate` (DER) signed the content.
    ///
    /// The caller knows by other means that this certificate is the right one;
    /// those inside the message are not used.
    ///
    /// # Errors
    /// [`Error::Invalid`] when that certificate's issuer and serial number sign
    /// nothing here, [`Error::Crypto`] when the signature does not fit.
    pub fn verify(self, signer_certificate: &[u8]) -> Result<SignedContent> {
        let wanted = PartyId::IssuerAndSerialNumber(issuer_and_serial_number(signer_certificate)?);
        let certificate =
            Certificate::from_der(signer_certificate).map_err(Error::malformed("Certificate"))?;
        let info = self
            .signers
            .iter()
            .find(|info| info.signer == wanted)
            .ok_or(Error::Invalid {
                what: WHAT,
                reason: "is not signed by the certificate that should sign it",
            })?;
        expect(info.digest_algorithm.oid, &[oid::SM3])?;
        expect(
            info.signature_algorithm.oid,
            &[oid::SM2_SIGN, SIGNATURE_OID],
        )?;
        let spki = certificate.tbs_certificate().subject_public_key_info();
        Sm2Sm3::default()
            .verify(
                spki.owned_to_ref(),
                &self.content,
                info.signature.as_bytes(),
            )
            .map_err(|_| Error::Crypto)?;
        Ok(SignedContent {
            signature: info.signature.as_bytes().to_vec(),
            content: self.content,
        })
    }
}

fn expect(oid: ObjectIdentifier, known: &[ObjectIdentifier]) -> Result<()> {
    if known.contains(&oid) {
        Ok(())
    } else {
        Err(Error::Unsupported { what: WHAT, oid })
    }
}
