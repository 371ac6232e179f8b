//! Whether a token proves anything (RFC 3161, 2.2 to 2.4).

use super::token::{SignerId, SignerInfo, TST_INFO, Token};
use crate::{
    certificate::name_key,
    digest::DigestAlgorithm,
    path::{
        Anchor, OcspResponse, ParsedCertificate, ParsedCrl, PathError, PathOptions, RevocationRule,
        validate,
    },
    signing_certificate::{Reference, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V1},
    verify::may_sign,
};
use core::time::Duration;
use der::{
    Any, DateTime, Decode, Encode,
    asn1::{ObjectIdentifier, OctetString},
    oid::AssociatedOid,
    referenced::OwnedToRef,
};
use gm_crypto::{
    pki::{
        Sm2Sm3, VerifyAlgorithm,
        oid::{CONTENT_TYPE, MESSAGE_DIGEST, SM2_SIGN},
    },
    sm2::SIGNATURE_OID,
};
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::pkix::{ExtendedKeyUsage, name::GeneralName};

/// `id-kp-timeStamping` (RFC 3161, 2.3).
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// `rsaEncryption` (RFC 8017, A.1), which stands for the signature in a `SignerInfo` where the
/// digest is named beside it (RFC 3370, 3.2).
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// How far the authority's clock may be ahead.
const SKEW: Duration = Duration::from_secs(300);

/// Whom a caller trusts to tell the time, and what it asks of a token.
#[derive(Clone, Debug)]
pub struct TimeStampOptions<'a> {
    anchors: &'a [Anchor],
    now: DateTime,
    certificates: &'a [ParsedCertificate],
    crls: &'a [ParsedCrl],
    ocsp: &'a [OcspResponse],
    revocation: RevocationRule,
    algorithms: Option<&'a [&'a dyn VerifyAlgorithm]>,
    nonce: Option<&'a [u8]>,
    policies: &'a [ObjectIdentifier],
}

impl<'a> TimeStampOptions<'a> {
    /// Authorities below these anchors, SM2 with SM3 alone, revocation where a CRL or an OCSP
    /// answer is given. `now` is for a clock that is ahead (five minutes at most) and for what
    /// has become known since; the path is judged at genTime.
    pub fn new(anchors: &'a [Anchor], now: DateTime) -> Self {
        Self {
            anchors,
            now,
            certificates: &[],
            crls: &[],
            ocsp: &[],
            revocation: RevocationRule::default(),
            algorithms: None,
            nonce: None,
            policies: &[],
        }
    }

    /// Certificates beside those of the token: the authority's, or CAs above it.
    #[must_use]
    pub fn certificates(self, certificates: &'a [ParsedCertificate]) -> Self {
        Self {
            certificates,
            ..self
        }
    }

    /// The CRLs at hand.
    #[must_use]
    pub fn crls(self, crls: &'a [ParsedCrl]) -> Self {
        Self { crls, ..self }
    }

    /// The OCSP answers at hand.
    #[must_use]
    pub fn ocsp(self, ocsp: &'a [OcspResponse]) -> Self {
        Self { ocsp, ..self }
    }

    /// When a certificate of the path needs an answer about its revocation.
    #[must_use]
    pub fn revocation(self, revocation: RevocationRule) -> Self {
        Self { revocation, ..self }
    }

    /// The signature algorithms that count, for the token and for the path.
    #[must_use]
    pub fn algorithms(self, algorithms: &'a [&'a dyn VerifyAlgorithm]) -> Self {
        Self {
            algorithms: Some(algorithms),
            ..self
        }
    }

    /// The nonce of the request (content octets of its INTEGER), which the token must have.
    #[must_use]
    pub fn nonce(self, nonce: &'a [u8]) -> Self {
        Self {
            nonce: Some(nonce),
            ..self
        }
    }

    /// The authority's policies that are good enough; any where none is named.
    #[must_use]
    pub fn policies(self, policies: &'a [ObjectIdentifier]) -> Self {
        Self { policies, ..self }
    }
}

/// Why a token proves nothing.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TimeStampRefusal {
    /// It is about other octets.
    #[error("the time stamp is about something else (RFC 3161, 2.4.2)")]
    Imprint,
    /// It has another nonce than the request had, or none.
    #[error("the time stamp has not the nonce of the request (RFC 3161, 2.4.2)")]
    Nonce,
    /// It was made under a policy that the caller does not take.
    #[error("the time stamp was made under policy {policy}, which does not count")]
    Policy {
        /// That policy.
        policy: ObjectIdentifier,
    },
    /// It was made later than now.
    #[error("the time stamp was made at {at}, now it is {now}")]
    Future {
        /// Its genTime, to the second.
        at: DateTime,
        /// Now, as the caller has it.
        now: DateTime,
    },
    /// A signed attribute is missing, or says something else than the token.
    #[error("the time stamp's {attribute} is missing or another (RFC 5652, 11)")]
    Attribute {
        /// `contentType` or `messageDigest`.
        attribute: &'static str,
    },
    /// The certificate of its signer is not at hand.
    #[error("the certificate of the time stamp's signer is not at hand")]
    NoCertificate,
    /// The signed reference to the certificate is missing, unreadable, or to another one.
    #[error("the time stamp's signed reference to its certificate {rule} (RFC 5816, 2.2.1)")]
    Reference {
        /// What is wrong with it.
        rule: &'static str,
    },
    /// Its certificate is not one for time stamps.
    #[error("the time stamp's certificate {rule} (RFC 3161, 2.3)")]
    Purpose {
        /// What is wrong with it.
        rule: &'static str,
    },
    /// No algorithm that counts has this signature and key.
    #[error("signature {signature} by a key {key} does not count for time stamps")]
    Algorithm {
        /// The signature's algorithm.
        signature: ObjectIdentifier,
        /// The key's algorithm.
        key: ObjectIdentifier,
    },
    /// Its signature does not fit.
    #[error("the time stamp's signature is not that of its certificate's key")]
    Signature,
    /// The name that it gives its authority is none of the certificate's.
    #[error("the time stamp's tsa is no name of its certificate (RFC 3161, 2.4.2)")]
    Name,
    /// No path led to an anchor when it was made, or the key has been lost since.
    #[error("no path leads from the time stamp's certificate to an anchor")]
    Path {
        /// Why not.
        source: PathError,
    },
}

impl TimeStampRefusal {
    /// A short fixed word: `TSA_IMPRINT`, `TSA_NONCE`, `TSA_POLICY`, `TSA_FUTURE`,
    /// `TSA_ATTRIBUTE`, `TSA_CERTIFICATE`, `TSA_REFERENCE`, `TSA_PURPOSE`, `TSA_ALGORITHM`,
    /// `TSA_SIGNATURE`, `TSA_NAME`, `TSA_PATH`, or `TSA_REVOCATION_UNKNOWN`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Imprint => "TSA_IMPRINT",
            Self::Nonce => "TSA_NONCE",
            Self::Policy { .. } => "TSA_POLICY",
            Self::Future { .. } => "TSA_FUTURE",
            Self::Attribute { .. } => "TSA_ATTRIBUTE",
            Self::NoCertificate => "TSA_CERTIFICATE",
            Self::Reference { .. } => "TSA_REFERENCE",
            Self::Purpose { .. } => "TSA_PURPOSE",
            Self::Algorithm { .. } => "TSA_ALGORITHM",
            Self::Signature => "TSA_SIGNATURE",
            Self::Name => "TSA_NAME",
            Self::Path { source } if source.is_indeterminate() => "TSA_REVOCATION_UNKNOWN",
            Self::Path { .. } => "TSA_PATH",
        }
    }
}

/// The certificate of the authority that made the token; what costs least is asked first.
pub(super) fn verify(
    token: &Token,
    stamped: &[u8],
    options: &TimeStampOptions<'_>,
) -> Result<ParsedCertificate, TimeStampRefusal> {
    let info = &token.info;
    if info.digest.digest(stamped) != info.imprint {
        return Err(TimeStampRefusal::Imprint);
    }
    if options.nonce.is_some() && options.nonce != info.nonce.as_deref() {
        return Err(TimeStampRefusal::Nonce);
    }
    if !options.policies.is_empty() && !options.policies.contains(&info.policy) {
        let policy = info.policy;
        return Err(TimeStampRefusal::Policy { policy });
    }
    let (at, now) = (info.gen_time.second(), options.now);
    if at.unix_duration() > now.unix_duration() + SKEW {
        return Err(TimeStampRefusal::Future { at, now });
    }
    check_attributes(token)?;
    let (authority, others) = authority(token, options)?;
    check_purpose(&authority)?;
    let sm2 = Sm2Sm3::default();
    let usual: [&dyn VerifyAlgorithm; 1] = [&sm2];
    let algorithms = options.algorithms.unwrap_or(&usual);
    check_signature(&token.signer, &authority, algorithms)?;
    if let Some(name) = &info.tsa
        && !has_name(&authority, name)
    {
        return Err(TimeStampRefusal::Name);
    }
    let path = PathOptions::new(at, algorithms)
        .purpose(TIME_STAMPING)
        .crls(options.crls)
        .ocsp(options.ocsp)
        .revocation(options.revocation)
        .status_until(now)
        .lost_keys_reach_back();
    match validate(&authority, &others, options.anchors, &path) {
        Ok(_) => Ok(authority.clone()),
        Err(source) => Err(TimeStampRefusal::Path { source }),
    }
}

fn check_attributes(token: &Token) -> Result<(), TimeStampRefusal> {
    let other = |attribute| Err(TimeStampRefusal::Attribute { attribute });
    let value = |oid| token.attribute(oid);
    let said = value(CONTENT_TYPE).and_then(|value| ObjectIdentifier::from_der(value).ok());
    if said != Some(TST_INFO) {
        return other("contentType");
    }
    let digest = DigestAlgorithm::of(&token.signer.digest_algorithm);
    let digest = digest.map(|digest| digest.digest(&token.content));
    let said = value(MESSAGE_DIGEST).and_then(|value| OctetString::from_der(value).ok());
    if digest.is_none() || said.map(|said| said.as_bytes().to_vec()) != digest {
        return other("messageDigest");
    }
    Ok(())
}

/// The signer's certificate, and the others at hand.
fn authority(
    token: &Token,
    options: &TimeStampOptions<'_>,
) -> Result<(ParsedCertificate, Vec<ParsedCertificate>), TimeStampRefusal> {
    let wrong = |rule| TimeStampRefusal::Reference { rule };
    let mut references = Vec::new();
    for oid in [SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V1] {
        if let Some(value) = token.attribute(oid) {
            references.push(Reference::read(oid, value).ok_or(wrong("can't be read"))?);
        }
    }
    if references.is_empty() {
        return Err(wrong("is missing"));
    }
    let carried = token.certificates.iter();
    let carried = carried.filter_map(|der| ParsedCertificate::from_der(&**der).ok());
    let mut all: Vec<ParsedCertificate> = carried.collect();
    all.extend_from_slice(options.certificates);
    let is_signer = |one: &ParsedCertificate| is_named(&token.signer.id, one);
    if !all.iter().any(is_signer) {
        return Err(TimeStampRefusal::NoCertificate);
    }
    let is_it = |one: &ParsedCertificate| {
        is_signer(one) && references.iter().all(|reference| reference.names(one))
    };
    let index = all.iter().position(is_it);
    let index = index.ok_or(wrong("is to another one than its signer's"))?;
    let authority = all.swap_remove(index);
    Ok((authority, all))
}

fn is_named(id: &SignerId, certificate: &ParsedCertificate) -> bool {
    match id {
        SignerId::IssuerAndSerialNumber(id) => {
            id.serial.as_bytes() == certificate.serial()
                && id
                    .issuer
                    .to_der()
                    .is_ok_and(|der| der == certificate.issuer_der())
        }
        SignerId::SubjectKeyIdentifier(id) => certificate.subject_key_id() == Some(id.as_bytes()),
    }
}

fn check_purpose(authority: &ParsedCertificate) -> Result<(), TimeStampRefusal> {
    let wrong = |rule| Err(TimeStampRefusal::Purpose { rule });
    let Some(usage) = authority.extended_key_usage() else {
        return wrong("has no extKeyUsage");
    };
    if usage != [TIME_STAMPING] {
        return wrong("is not for time stamps alone");
    }
    let is_usage =
        |one: &x509_cert::ext::Extension| one.extn_id == ExtendedKeyUsage::OID && one.critical;
    if authority.extensions().find(is_usage).is_none() {
        return wrong("has an extKeyUsage that is not critical");
    }
    if !may_sign(authority) {
        return wrong("may not sign by its keyUsage");
    }
    Ok(())
}

fn check_signature(
    signer: &SignerInfo,
    authority: &ParsedCertificate,
    algorithms: &[&dyn VerifyAlgorithm],
) -> Result<(), TimeStampRefusal> {
    let key = authority.public_key();
    let algorithm = signature_algorithm(signer);
    let accepts = |candidate: &&&dyn VerifyAlgorithm| {
        algorithm
            .as_ref()
            .is_some_and(|algorithm| candidate.accepts(algorithm.owned_to_ref(), key.algorithm))
    };
    let Some(verifier) = algorithms.iter().find(accepts) else {
        return Err(TimeStampRefusal::Algorithm {
            signature: signer.signature_algorithm.oid,
            key: key.algorithm.oid,
        });
    };
    let octets = signer.signed_octets();
    let octets = octets.map_err(|_| TimeStampRefusal::Signature)?;
    verifier
        .verify(key, &octets, signer.signature.as_bytes())
        .map_err(|_| TimeStampRefusal::Signature)
}

/// The identifier of the signature as certificates have it, digest included; none where the
/// two that are named do not go together.
fn signature_algorithm(signer: &SignerInfo) -> Option<AlgorithmIdentifierOwned> {
    let algorithm = &signer.signature_algorithm;
    let digest = DigestAlgorithm::of(&signer.digest_algorithm)?;
    let oid = match (algorithm.oid, digest) {
        (SM2_SIGN | SIGNATURE_OID, DigestAlgorithm::Sm3) => SIGNATURE_OID,
        (SM2_SIGN | SIGNATURE_OID, _) => return None,
        // sha256-, sha384-, sha512WithRSAEncryption (RFC 8017, A.2.4).
        (RSA_ENCRYPTION, DigestAlgorithm::Sha256) => {
            ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11")
        }
        (RSA_ENCRYPTION, DigestAlgorithm::Sha384) => {
            ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12")
        }
        (RSA_ENCRYPTION, DigestAlgorithm::Sha512) => {
            ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13")
        }
        (RSA_ENCRYPTION, DigestAlgorithm::Sm3) => return None,
        (oid, _) => oid,
    };
    let parameters: Option<Any> = algorithm.parameters.clone();
    Some(AlgorithmIdentifierOwned { oid, parameters })
}

/// Directory names are compared as RFC 5280 has it (7.1).
fn has_name(certificate: &ParsedCertificate, name: &GeneralName) -> bool {
    if certificate.alternative_names().contains(name) {
        return true;
    }
    match name {
        GeneralName::DirectoryName(name) => {
            name_key(name).is_ok_and(|key| key == certificate.subject_key())
        }
        _ => false,
    }
}
