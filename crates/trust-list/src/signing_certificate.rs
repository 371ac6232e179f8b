//! Which certificate a signer says they signed with (RFC 2634, 5.4; RFC 5035; RFC 5816).

use crate::{Error, Result, digest::DigestAlgorithm, path::ParsedCertificate};
use der::{
    Any, Decode, Encode, Sequence,
    asn1::{Int, ObjectIdentifier, OctetString},
};
use gm_crypto::{pki::oid::SM3, sm3};
use sha1::{Digest as _, Sha1};
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::pkix::name::GeneralName;

/// `id-aa-signingCertificate` (RFC 2634, 5.4), by SHA-1.
pub(crate) const SIGNING_CERTIFICATE_V1: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
/// `id-aa-signingCertificateV2` (RFC 5035, section 3).
pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

#[derive(Sequence)]
struct SigningCertificate {
    certificates: Vec<EssCertId>,
    policies: Option<Any>,
}

#[derive(Sequence)]
struct EssCertId {
    hash: OctetString,
    issuer_serial: Option<IssuerSerial>,
}

#[derive(Sequence)]
struct SigningCertificateV2 {
    certificates: Vec<EssCertIdV2>,
    policies: Option<Any>,
}

#[derive(Sequence)]
struct EssCertIdV2 {
    /// SHA-256 where there is none.
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    hash: OctetString,
    issuer_serial: Option<IssuerSerial>,
}

#[derive(Clone, Sequence)]
struct IssuerSerial {
    issuer: Vec<GeneralName>,
    serial: Int,
}

/// `SigningCertificateV2` with the SM3 of one certificate.
pub(crate) fn reference(certificate: &[u8]) -> Result<Vec<u8>> {
    let malformed = Error::malformed("SigningCertificateV2");
    let encode = || {
        SigningCertificateV2 {
            certificates: vec![EssCertIdV2 {
                hash_algorithm: Some(AlgorithmIdentifierOwned {
                    oid: SM3,
                    parameters: None,
                }),
                hash: OctetString::new(sm3::digest(certificate))?,
                issuer_serial: None,
            }],
            policies: None,
        }
        .to_der()
    };
    encode().map_err(malformed)
}

/// The certificate that a signer names.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    digest: ReferenceDigest,
    hash: Vec<u8>,
    issuer_serial: Option<(Vec<GeneralName>, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug)]
enum ReferenceDigest {
    /// It names a certificate under a signature, where a second preimage would be needed.
    Sha1,
    Of(DigestAlgorithm),
}

impl Reference {
    /// The first certificate that the value of an attribute of this type names: that of the
    /// signer. None where it names none, or by a digest that is not computed here.
    pub(crate) fn read(oid: ObjectIdentifier, value: &[u8]) -> Option<Self> {
        let (digest, hash, issuer_serial) = if oid == SIGNING_CERTIFICATE_V1 {
            let read = SigningCertificate::from_der(value).ok()?;
            let first = read.certificates.into_iter().next()?;
            (ReferenceDigest::Sha1, first.hash, first.issuer_serial)
        } else {
            let read = SigningCertificateV2::from_der(value).ok()?;
            let first = read.certificates.into_iter().next()?;
            let digest = match &first.hash_algorithm {
                None => DigestAlgorithm::Sha256,
                Some(algorithm) => DigestAlgorithm::of(algorithm)?,
            };
            (ReferenceDigest::Of(digest), first.hash, first.issuer_serial)
        };
        let octets = |id: IssuerSerial| (id.issuer, id.serial.as_bytes().to_vec());
        Some(Self {
            digest,
            hash: hash.as_bytes().to_vec(),
            issuer_serial: issuer_serial.map(octets),
        })
    }

    /// Whether it is this one.
    pub(crate) fn names(&self, certificate: &ParsedCertificate) -> bool {
        let hash = match self.digest {
            ReferenceDigest::Sha1 => Sha1::digest(certificate.der()).to_vec(),
            ReferenceDigest::Of(digest) => digest.digest(certificate.der()),
        };
        let is_issuer = |name: &GeneralName| matches!(name, GeneralName::DirectoryName(name) if name == certificate.issuer());
        let fits = |(issuer, serial): &(Vec<GeneralName>, Vec<u8>)| {
            serial == certificate.serial() && issuer.iter().any(is_issuer)
        };
        hash == self.hash && self.issuer_serial.as_ref().is_none_or(fits)
    }
}
