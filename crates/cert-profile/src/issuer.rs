//! The public half of a CA.

use crate::{CertRequest, Error, extension::key_identifier, name_constraints::NameConstraints};
use der::{Decode, Encode, Reader, SliceReader, referenced::OwnedToRef};
use gm_crypto::sm2::{PublicKey, SIGNATURE_OID};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::{
    Certificate, Version,
    ext::pkix::{self, BasicConstraints, KeyUsage, SubjectKeyIdentifier},
    name::Name,
    serial_number::SerialNumber,
    time::Validity,
};

/// The public half of a CA: what its certificates and CRLs say about it. It can't
/// sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    name: Name,
    public_key: SubjectPublicKeyInfoOwned,
    algorithm: AlgorithmIdentifierOwned,
    key_identifier: Vec<u8>,
    /// None for a key that signs its own certificate.
    validity: Option<Validity>,
    path_len: Option<u8>,
    key_usage: Option<KeyUsage>,
    names: NameConstraints,
    /// Issuer and serial number of its own certificate.
    certificate: Option<(Name, SerialNumber)>,
}

impl Issuer {
    /// A CA known by its name and key, which signs by `algorithm`; the key
    /// identifier is the SHA-1 of the key. Its limit of path length, its name constraints
    /// and its certificate's serial number are not known here:
    /// [`Self::from_certificate`] knows them.
    pub fn new(
        name: Name,
        public_key: SubjectPublicKeyInfoOwned,
        algorithm: AlgorithmIdentifierOwned,
        validity: Validity,
    ) -> Self {
        Self {
            validity: Some(validity),
            ..Self::unlimited(name, public_key, algorithm)
        }
    }

    /// The CA that a certificate speaks of. It signs by SM2 with SM3, parameters
    /// absent; its key identifier is the one of the certificate, so that chains can
    /// be built by it (RFC 5280, 4.2.1.1).
    ///
    /// The certificate is the CA's own record: its signature is not checked.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no certificate, and for name constraints that can't
    /// be read; [`Error::TooMany`] for more than 1024 subtrees in them; [`Error::Invalid`]
    /// for a certificate that is not of a CA with an SM2 key.
    pub fn from_certificate(der: &[u8]) -> Result<Self, Error> {
        let malformed = Error::malformed(WHAT);
        let certificate = Certificate::from_der(der).map_err(&malformed)?;
        let tbs = certificate.tbs_certificate();
        let constraints = tbs
            .get_extension::<BasicConstraints>()
            .map_err(&malformed)?;
        let key_usage = tbs.get_extension::<KeyUsage>().map_err(&malformed)?;
        let key_identifier = tbs
            .get_extension::<SubjectKeyIdentifier>()
            .map_err(&malformed)?;
        let names = tbs
            .get_extension::<pkix::NameConstraints>()
            .map_err(Error::malformed("nameConstraints"))?;

        let Some((_, constraints)) = constraints.filter(|(_, constraints)| constraints.ca) else {
            return refuse("is not of a CA", "RFC 5280, 4.2.1.9");
        };
        if tbs.version() != Version::V3 {
            return refuse("is not of version 3", "RFC 5280, 4.1.2.1");
        }
        if key_usage.is_some_and(|(_, usage)| !usage.key_cert_sign()) {
            return refuse("lacks the key usage keyCertSign", "RFC 5280, 4.2.1.3");
        }
        if tbs.subject().is_empty() {
            return refuse("of a CA has a subject", "RFC 5280, 4.1.2.6");
        }
        // Certificates below repeat the name; verifiers compare octets.
        let written = tbs.subject().to_der().map_err(&malformed)?;
        if written != raw_subject(der).map_err(&malformed)? {
            return refuse("has a subject that is not DER", "X.690, 11.6");
        }
        let public_key = tbs.subject_public_key_info().clone();
        if PublicKey::try_from(public_key.owned_to_ref()).is_err() {
            return refuse("has no SM2 key", "GB/T 32918.5");
        }
        let algorithm = AlgorithmIdentifierOwned {
            oid: SIGNATURE_OID,
            parameters: None,
        };
        let mut issuer = Self::new(
            tbs.subject().clone(),
            public_key,
            algorithm,
            *tbs.validity(),
        );
        if let Some((_, identifier)) = key_identifier {
            issuer.key_identifier = identifier.0.as_bytes().to_vec();
        }
        issuer.path_len = constraints.path_len_constraint;
        issuer.key_usage = key_usage.map(|(_, usage)| usage);
        if let Some((_, names)) = names {
            issuer.names = NameConstraints::read(names)?;
        }
        issuer.certificate = Some((tbs.issuer().clone(), tbs.serial_number().clone()));
        Ok(issuer)
    }

    /// The root that `request` asks for: its key will sign its own certificate, by
    /// `algorithm`.
    pub fn self_signed(request: &CertRequest, algorithm: AlgorithmIdentifierOwned) -> Self {
        let (name, public_key) = (request.subject(), request.public_key());
        Self::unlimited(name.clone(), public_key.clone(), algorithm)
    }

    /// Its name, as certificates below it repeat it.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its key.
    pub fn public_key(&self) -> &SubjectPublicKeyInfoOwned {
        &self.public_key
    }

    /// The algorithm that it signs by. In certificates the profile decides how
    /// parameters are written.
    pub fn algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.algorithm
    }

    /// The identifier of its key: octets of the authorityKeyIdentifier below it.
    pub fn key_identifier(&self) -> &[u8] {
        &self.key_identifier
    }

    /// How long it is valid; nothing for [`Self::self_signed`], whose certificate
    /// says it later.
    pub fn validity(&self) -> Option<&Validity> {
        self.validity.as_ref()
    }

    pub(crate) fn certificate(&self) -> Option<&(Name, SerialNumber)> {
        self.certificate.as_ref()
    }

    pub(crate) fn path_len(&self) -> Option<u8> {
        self.path_len
    }

    /// The names that it may certify.
    pub(crate) fn names(&self) -> &NameConstraints {
        &self.names
    }

    pub(crate) fn may_sign_crls(&self) -> bool {
        self.key_usage.is_none_or(|usage| usage.crl_sign())
    }

    fn unlimited(
        name: Name,
        public_key: SubjectPublicKeyInfoOwned,
        algorithm: AlgorithmIdentifierOwned,
    ) -> Self {
        Self {
            key_identifier: key_identifier(&public_key.owned_to_ref()).to_vec(),
            name,
            public_key,
            algorithm,
            validity: None,
            path_len: None,
            key_usage: None,
            names: NameConstraints::default(),
            certificate: None,
        }
    }
}

const WHAT: &str = "issuer's certificate";

fn refuse<T>(rule: &'static str, clause: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what: WHAT,
        rule,
        clause,
    })
}

/// The octets of the subject in a certificate of version 3.
fn raw_subject(certificate: &[u8]) -> der::Result<&[u8]> {
    SliceReader::new(certificate)?.sequence(|reader| {
        let subject = reader.sequence(|tbs| {
            // version, serialNumber, signature, issuer, validity
            for _ in 0..5 {
                tbs.tlv_bytes()?;
            }
            let subject = tbs.tlv_bytes()?;
            tbs.drain(tbs.remaining_len())?;
            Ok::<_, der::Error>(subject)
        })?;
        reader.drain(reader.remaining_len())?;
        Ok(subject)
    })
}
