//! Requests that came: parsed, then verified.

use crate::{Error, Limits, SubjectRule, attributes::requested_extensions, cfca};
use der::{Decode, Reader, SliceReader, TagMode, TagNumber, asn1::ObjectIdentifier};
use gm_crypto::{
    pki::{Signed, VerifyAlgorithm},
    sm2::{CURVE_OID, KEY_OID, PublicKey},
};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::{
    attr::{Attribute, Attributes},
    ext::Extension,
    name::Name,
    request::Version,
};

/// The PEM labels of a request: RFC 7468's, and the older one of some programs.
pub const PEM_LABELS: &[&str] = &["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/// Whose letter a request follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// RFC 2986.
    #[default]
    Rfc2986,
    /// CFCA's: values of attributes outside a SET are read as well.
    Cfca,
}

/// A request in strict DER within its limits, whose signature nobody has checked.
///
/// It borrows the octets that came. What it shows is hearsay until
/// [`Self::verify`].
#[derive(Clone, Debug)]
pub struct UnverifiedCsr<'a> {
    octets: &'a [u8],
    signed: Signed<'a>,
    info: Info<'a>,
    extensions: Vec<Extension>,
}

impl<'a> UnverifiedCsr<'a> {
    /// Reads a `CertificationRequest` (RFC 2986, 4.2) from DER: size first, then
    /// structure, then the other `limits`.
    ///
    /// Accepted beyond the letter: an attributes field that is absent, attributes
    /// out of the order of SET OF, `critical FALSE` written out, an empty
    /// `extensionRequest`, several of them that ask for different extensions. All
    /// are in circulation, and all are verified as they came.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Malformed`], [`Error::DuplicateAttribute`],
    /// [`Error::DuplicateExtension`], [`Error::TooManyAttributes`],
    /// [`Error::TooManyRdns`], [`Error::TooManyExtensions`],
    /// [`Error::EmptySubject`], in this order.
    pub fn from_der(octets: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        Self::from_der_in(Dialect::Rfc2986, octets, limits)
    }

    /// The same in another dialect: the octets are DER all the same, and verified as they
    /// came.
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn from_der_in(dialect: Dialect, octets: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        if octets.len() > limits.bytes {
            return Err(Error::TooLarge {
                found: octets.len(),
                limit: limits.bytes,
            });
        }
        let malformed = |source| Error::Malformed { source };
        let signed = Signed::from_der("CertificationRequest", octets).map_err(malformed)?;
        let info = Info::within(dialect, octets).map_err(malformed)?;
        let extensions = requested_extensions(&info.attributes)?;
        let csr = Self {
            octets,
            signed,
            info,
            extensions,
        };
        csr.check(limits)?;
        Ok(csr)
    }

    /// The subject that the request asks for: so far nobody proved anything.
    pub fn subject(&self) -> &Name {
        &self.info.subject
    }

    /// DER of the `SubjectPublicKeyInfo`: so far nobody proved anything.
    pub fn public_key_der(&self) -> &[u8] {
        self.info.public_key
    }

    /// The extensions that the request asks for: so far nobody proved anything.
    pub fn requested_extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// Checks the proof of possession: the signature over the octets that came,
    /// with the key in the request, by one of `algorithms`.
    ///
    /// # Errors
    /// [`Error::Curve`], [`Error::KeyAlgorithm`] or [`Error::SignatureAlgorithm`]
    /// when no algorithm accepts the request's, [`Error::ProofOfPossession`] when
    /// the signature does not fit or the key is no point of its curve.
    pub fn verify(self, algorithms: &[&dyn VerifyAlgorithm]) -> Result<VerifiedCsr, Error> {
        let key = read_key(self.info.public_key);
        let key_algorithm = key.algorithm;
        match self.signed.verify(key, algorithms) {
            Ok(()) => Ok(VerifiedCsr {
                der: self.octets.to_vec(),
                subject: self.info.subject,
                public_key: self.info.public_key.to_vec(),
                attributes: self.info.attributes.into_vec(),
                extensions: self.extensions,
            }),
            Err(gm_crypto::Error::Unsupported { oid, .. }) => {
                Err(refused_algorithm(key_algorithm, oid))
            }
            Err(_) => Err(Error::ProofOfPossession),
        }
    }

    fn check(&self, limits: &Limits) -> Result<(), Error> {
        let (found, limit) = (self.info.attributes.len(), limits.attributes);
        if found > limit {
            return Err(Error::TooManyAttributes { found, limit });
        }
        let (found, limit) = (self.info.subject.iter().count(), limits.rdns);
        if found > limit {
            return Err(Error::TooManyRdns { found, limit });
        }
        let (found, limit) = (self.extensions.len(), limits.extensions);
        if found > limit {
            return Err(Error::TooManyExtensions { found, limit });
        }
        if limits.subject == SubjectRule::Required && self.info.subject.is_empty() {
            return Err(Error::EmptySubject);
        }
        Ok(())
    }
}

/// A request whose signature fits the key in it.
///
/// That the applicant holds the private key is proved. Everything else — the name,
/// the extensions, the attributes — is a claim.
#[derive(Clone, Debug)]
pub struct VerifiedCsr {
    der: Vec<u8>,
    subject: Name,
    public_key: Vec<u8>,
    attributes: Vec<Attribute>,
    extensions: Vec<Extension>,
}

impl VerifiedCsr {
    /// The request, octet for octet as it came.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The name that the applicant claims.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The key whose private half made the signature.
    pub fn public_key(&self) -> SubjectPublicKeyInfoRef<'_> {
        read_key(&self.public_key)
    }

    /// The key as `SubjectPublicKeyInfo` in DER, octet for octet as it came.
    pub fn public_key_der(&self) -> &[u8] {
        &self.public_key
    }

    /// The extensions that the applicant wishes for, none of them twice; those of
    /// one `extensionRequest` in its order.
    pub fn requested_extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The temporary public key of CFCA's dual-key request, to which the private key of the
    /// encryption certificate is to be encrypted (attribute 1.2.840.113549.1.9.63): a claim,
    /// whose possession nothing here proves.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the attribute is there and holds no such key.
    pub fn temporary_key(&self) -> Result<Option<PublicKey>, Error> {
        cfca::temporary_key(&self.attributes)
    }

    /// All attributes in the order of DER, `extensionRequest` among them.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }
}

/// `CertificationRequestInfo` (RFC 2986, 4.1), the key as it came.
#[derive(Clone, Debug)]
struct Info<'a> {
    subject: Name,
    public_key: &'a [u8],
    attributes: Attributes,
}

impl<'a> Info<'a> {
    /// Reads it where it stands in the whole request, so that offsets in errors
    /// count from there. What follows it is [`Signed`]'s business.
    fn within(dialect: Dialect, request: &'a [u8]) -> gm_crypto::Result<Self> {
        let parse = || -> der::Result<Self> {
            SliceReader::new(request)?.sequence(|reader| {
                let info = reader.sequence(|reader| Self::fields(dialect, reader))?;
                reader.drain(reader.remaining_len())?;
                Ok(info)
            })
        };
        let info = parse().map_err(|source| gm_crypto::Error::Malformed {
            what: "CertificationRequestInfo",
            source,
        })?;
        // An empty SET would make a name that is neither empty nor says anything.
        if info.subject.iter_rdn().any(|rdn| rdn.is_empty()) {
            return Err(gm_crypto::Error::Invalid {
                what: "RelativeDistinguishedName",
                reason: "has SIZE (1..MAX)",
            });
        }
        Ok(info)
    }

    fn fields(dialect: Dialect, reader: &mut SliceReader<'a>) -> der::Result<Self> {
        let _: Version = reader.decode()?;
        let subject = reader.decode()?;
        let _: SubjectPublicKeyInfoRef<'_> = reader.clone().decode()?;
        let public_key = reader.tlv_bytes()?;
        let attributes = match dialect {
            Dialect::Rfc2986 => reader
                .context_specific(TagNumber(0), TagMode::Implicit)?
                .unwrap_or_default(),
            Dialect::Cfca => cfca::attributes(reader)?,
        };
        Ok(Self {
            subject,
            public_key,
            attributes,
        })
    }
}

fn read_key(der: &[u8]) -> SubjectPublicKeyInfoRef<'_> {
    SubjectPublicKeyInfoRef::from_der(der).expect("Info::fields has read these octets before")
}

/// Blames the key before the signature: who made the wrong key signs wrongly too.
fn refused_algorithm(key: AlgorithmIdentifierRef<'_>, signature: ObjectIdentifier) -> Error {
    let found = key.oid;
    match key.parameters_oid() {
        Ok(CURVE_OID) if found == KEY_OID => Error::SignatureAlgorithm { found: signature },
        Ok(curve) if found == KEY_OID => Error::Curve { found: curve },
        _ => Error::KeyAlgorithm { found },
    }
}

#[cfg(test)]
mod tests;
