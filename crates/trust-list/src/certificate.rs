//! One certificate, read once and kept as it came.

mod statements;

pub(crate) use statements::{
    ALL_REASONS, PointOfDistribution, Statements, point_names, reason_mask,
};

use crate::{
    Error, Result,
    extension::Extensions,
    time::{Moment, moment},
};
use der::{
    AnyRef, DateTime, Decode, Encode, Sequence,
    asn1::{BitStringRef, IntRef, ObjectIdentifier, UintRef},
    oid::AssociatedOid,
    referenced::OwnedToRef,
};
use gm_crypto::pki::{Signed, VerifyAlgorithm};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use std::sync::{Arc, OnceLock};
use x509_cert::{
    Version,
    ext::pkix::{
        AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage,
        SubjectKeyIdentifier, name::GeneralName,
    },
    name::Name,
};

const WHAT: &str = "Certificate";

/// A certificate that has been read, and about which nothing is proved yet.
///
/// Read from strict DER. The type promises that both algorithm identifiers are
/// identical (RFC 5280, 4.1.1.2), that no extension stands twice (4.2), that
/// extensions stand in version 3 alone, and that basicConstraints, keyUsage,
/// extKeyUsage and certificatePolicies are well formed; another extension that is not
/// counts as one that can't be processed. The octets are kept as they came. Paths
/// compare names as RFC 5280 has it (7.1), lists as the octets of their DER.
#[derive(Clone, Debug)]
pub struct ParsedCertificate(Arc<Parsed>);

/// What is in it. Lists name one certificate many times, and paths pass it on: a copy is a
/// pointer.
#[derive(Debug)]
struct Parsed {
    der: Vec<u8>,
    digest: [u8; gm_crypto::sm3::DIGEST_LENGTH],
    version: Version,
    serial: Vec<u8>,
    /// Read again from its DER when asked for: lists keep many certificates, and a name that
    /// has been read is several times as long.
    issuer: OnceLock<Name>,
    issuer_der: Vec<u8>,
    issuer_key: Vec<u8>,
    subject: OnceLock<Name>,
    subject_der: Vec<u8>,
    subject_key: Vec<u8>,
    spki: SubjectPublicKeyInfoOwned,
    spki_der: Vec<u8>,
    not_before: Moment,
    not_after: Moment,
    extensions: Extensions,
    statements: Statements,
    basic_constraints: Option<CaConstraints>,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Option<Vec<ObjectIdentifier>>,
    policies: Vec<ObjectIdentifier>,
    subject_key_id: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
}

impl ParsedCertificate {
    /// Octets of the longest certificate that is read.
    pub const MAX_LENGTH: usize = 1 << 20;

    /// Reads a certificate.
    ///
    /// # Errors
    /// [`Error::Limit`] above [`Self::MAX_LENGTH`] octets, [`Error::Unreadable`] or
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Forbidden`] and
    /// [`Error::DuplicateExtension`] for the rules that the type promises.
    pub fn from_der(octets: impl Into<Vec<u8>>) -> Result<Self> {
        let der = octets.into();
        Error::cap("octets of a certificate", der.len(), Self::MAX_LENGTH)?;
        let signed = Signed::from_der(WHAT, &der)
            .map_err(|source| Error::Unreadable { what: WHAT, source })?;
        let malformed = || Error::malformed("TBSCertificate");
        let tbs = RawTbs::from_der(signed.tbs()).map_err(malformed())?;
        tbs.check(signed.algorithm())?;

        let extensions = Extensions::read(WHAT, tbs.extensions)?;
        let key_identifier = |id: Option<AuthorityKeyIdentifier>| id?.key_identifier;
        let to_der = |any: AnyRef<'_>| any.to_der().map_err(malformed());
        let issuer: Name = tbs.issuer.decode_as().map_err(malformed())?;
        let subject: Name = tbs.subject.decode_as().map_err(malformed())?;
        Ok(Self(Arc::new(Parsed {
            digest: gm_crypto::sm3::digest(&der),
            version: tbs.version,
            serial: tbs.serial.as_bytes().to_vec(),
            issuer_der: to_der(tbs.issuer)?,
            issuer_key: name_key(&issuer)?,
            subject_der: to_der(tbs.subject)?,
            subject_key: name_key(&subject)?,
            statements: Statements::read(&extensions, &issuer)?,
            issuer: OnceLock::new(),
            subject: OnceLock::new(),
            spki: tbs.spki.decode_as().map_err(malformed())?,
            spki_der: to_der(tbs.spki)?,
            not_before: moment(tbs.validity.not_before).map_err(malformed())?,
            not_after: moment(tbs.validity.not_after).map_err(malformed())?,
            basic_constraints: extensions
                .decode_as::<RawBasicConstraints<'_>>(BasicConstraints::OID, "basicConstraints")?
                .map(CaConstraints::from),
            key_usage: extensions.decode("keyUsage")?,
            extended_key_usage: extensions
                .decode::<ExtendedKeyUsage>("extKeyUsage")?
                .map(|usage| usage.0),
            policies: extensions
                .decode::<CertificatePolicies>("certificatePolicies")?
                .map(|policies| policies.0.iter().map(|p| p.policy_identifier).collect())
                .unwrap_or_default(),
            // Key identifiers order a search and decide nothing, so that a strange
            // one costs time and no more.
            subject_key_id: extensions
                .decode::<SubjectKeyIdentifier>("")
                .unwrap_or_default()
                .map(|id| id.0.into_bytes().into()),
            authority_key_id: key_identifier(extensions.decode("").unwrap_or_default())
                .map(|id| id.into_bytes().into()),
            extensions,
            der,
        })))
    }

    /// The certificate as it came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SM3 of the certificate as it came, by which lists pin it.
    pub fn digest(&self) -> [u8; gm_crypto::sm3::DIGEST_LENGTH] {
        self.0.digest
    }

    /// The content octets of the serial number's INTEGER, big endian, two's
    /// complement: the serial 0x80 is `00 80`.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// Who issued it, as it says.
    pub fn issuer(&self) -> &Name {
        self.0.issuer.get_or_init(|| read_again(&self.0.issuer_der))
    }

    /// The DER of the issuer's name.
    pub fn issuer_der(&self) -> &[u8] {
        &self.0.issuer_der
    }

    /// Whom it is about.
    pub fn subject(&self) -> &Name {
        self.0
            .subject
            .get_or_init(|| read_again(&self.0.subject_der))
    }

    /// The DER of the subject's name.
    pub fn subject_der(&self) -> &[u8] {
        &self.0.subject_der
    }

    /// The subject's public key.
    pub fn public_key(&self) -> SubjectPublicKeyInfoRef<'_> {
        self.0.spki.owned_to_ref()
    }

    /// The DER of the subject's public key (`SubjectPublicKeyInfo`).
    pub fn public_key_der(&self) -> &[u8] {
        &self.0.spki_der
    }

    /// First second of its validity; 1970-01-01 for an earlier one.
    pub fn not_before(&self) -> DateTime {
        self.0.not_before.time()
    }

    /// Last second of its validity; 1970-01-01 for an earlier one, which is past at any
    /// time.
    pub fn not_after(&self) -> DateTime {
        self.0.not_after.time()
    }

    /// Its extKeyUsage, if it has one (RFC 5280, 4.2.1.12).
    pub fn extended_key_usage(&self) -> Option<&[ObjectIdentifier]> {
        self.0.extended_key_usage.as_deref()
    }

    /// Its keyUsage, if it has one (RFC 5280, 4.2.1.3).
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.0.key_usage
    }

    /// The identifiers in its certificatePolicies (RFC 5280, 4.2.1.4).
    pub fn policies(&self) -> &[ObjectIdentifier] {
        &self.0.policies
    }

    /// Whether subject and issuer have one name (RFC 5280, 3.2). Says nothing
    /// about who signed it.
    pub fn is_self_issued(&self) -> bool {
        self.0.subject_key == self.0.issuer_key
    }

    /// The names in its subjectAltName (RFC 5280, 4.2.1.6); none when it can't be read.
    pub fn alternative_names(&self) -> &[GeneralName] {
        &self.0.statements.alternative_names
    }

    /// Checks the certificate's signature with one key, and nothing else.
    ///
    /// # Errors
    /// Those of [`Signed::verify`].
    pub fn verify_signature(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        algorithms: &[&dyn VerifyAlgorithm],
    ) -> gm_crypto::Result<()> {
        Signed::from_der(WHAT, &self.0.der)?.verify(key, algorithms)
    }

    /// The algorithm under which it says it is signed.
    pub(crate) fn signature_algorithm(&self) -> gm_crypto::Result<AlgorithmIdentifierRef<'_>> {
        Ok(Signed::from_der(WHAT, &self.0.der)?.algorithm())
    }

    /// Octets of the issuer's name that names compared as one have in common.
    pub(crate) fn issuer_key(&self) -> &[u8] {
        &self.0.issuer_key
    }

    /// The same of the subject's name.
    pub(crate) fn subject_key(&self) -> &[u8] {
        &self.0.subject_key
    }

    pub(crate) fn begins_after(&self, at: DateTime) -> bool {
        self.0.not_before.is_after(at)
    }

    pub(crate) fn ends_before(&self, at: DateTime) -> bool {
        self.0.not_after.is_before(at)
    }

    pub(crate) fn statements(&self) -> &Statements {
        &self.0.statements
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.0.version == Version::V3
    }

    pub(crate) fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    pub(crate) fn ca_constraints(&self) -> Option<CaConstraints> {
        self.0.basic_constraints
    }

    pub(crate) fn subject_key_id(&self) -> Option<&[u8]> {
        self.0.subject_key_id.as_deref()
    }

    pub(crate) fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.authority_key_id.as_deref()
    }
}

/// basicConstraints (RFC 5280, 4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CaConstraints {
    pub(crate) ca: bool,
    /// Saturated: a longer path than this can't be built.
    pub(crate) path_length: Option<u32>,
}

/// Upstream's type holds pathLenConstraint in 8 bits; the standard knows no end.
#[derive(Sequence)]
struct RawBasicConstraints<'a> {
    #[asn1(default = "Default::default")]
    ca: bool,
    path_length: Option<UintRef<'a>>,
}

impl From<RawBasicConstraints<'_>> for CaConstraints {
    fn from(raw: RawBasicConstraints<'_>) -> Self {
        let saturated = |length: UintRef<'_>| {
            length
                .as_bytes()
                .iter()
                .try_fold(0u32, |sum, octet| {
                    sum.checked_mul(256)?.checked_add((*octet).into())
                })
                .unwrap_or(u32::MAX)
        };
        Self {
            ca: raw.ca,
            path_length: raw.path_length.map(saturated),
        }
    }
}

#[derive(Sequence)]
struct RawTbs<'a> {
    #[asn1(context_specific = "0", default = "Default::default")]
    version: Version,
    serial: IntRef<'a>,
    signature: AlgorithmIdentifierRef<'a>,
    issuer: AnyRef<'a>,
    validity: RawValidity<'a>,
    subject: AnyRef<'a>,
    spki: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    issuer_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    subject_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<x509_cert::ext::Extension>>,
}

#[derive(Sequence)]
struct RawValidity<'a> {
    not_before: AnyRef<'a>,
    not_after: AnyRef<'a>,
}

impl RawTbs<'_> {
    fn check(&self, outer: AlgorithmIdentifierRef<'_>) -> Result<()> {
        let forbidden = |rule, clause| Error::Forbidden {
            what: WHAT,
            rule,
            clause,
        };
        if self.signature != outer {
            return Err(forbidden(
                "the algorithms inside and outside the signed part differ",
                "RFC 5280, 4.1.1.2",
            ));
        }
        if self.extensions.is_some() && self.version != Version::V3 {
            return Err(forbidden(
                "extensions stand in a version other than 3",
                "RFC 5280, 4.1.2.9",
            ));
        }
        let has_unique_id = self.issuer_unique_id.is_some() || self.subject_unique_id.is_some();
        if has_unique_id && self.version == Version::V1 {
            return Err(forbidden(
                "a unique identifier stands in version 1",
                "RFC 5280, 4.1.2.8",
            ));
        }
        Ok(())
    }
}

/// A name that was read before, when the certificate was.
fn read_again(der: &[u8]) -> Name {
    Name::from_der(der).expect("the same octets were read as a name")
}

/// Octets that names compared as one have in common.
pub(crate) fn name_key(name: &Name) -> Result<Vec<u8>> {
    // Only a name longer than any that is read has no encoding.
    cert_profile::comparable_name(name).map_err(|_| Error::Limit {
        what: "octets of a name",
        count: name.len(),
        limit: ParsedCertificate::MAX_LENGTH,
    })
}
