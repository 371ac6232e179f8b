//! Requests that came: parsed, then verified.

use crate::{
    ChallengePassword, Error, KeyOrigin, Limits, Note, Requested, SubjectRule, Work,
    attributes::requested_extensions, cfca, claims, notes, origin, shape,
};
use core::fmt;
use der::{Decode, Reader, SliceReader, TagMode, TagNumber, asn1::ObjectIdentifier};
use gm_crypto::{
    pki::{PublicKeyFile, Signed, SpkiOptions, VerifyAlgorithm},
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
#[derive(Clone)]
pub struct UnverifiedCsr<'a> {
    octets: &'a [u8],
    signed: Signed<'a>,
    info: Info<'a>,
    extensions: Vec<Extension>,
}

impl<'a> UnverifiedCsr<'a> {
    /// Reads a `CertificationRequest` (RFC 2986, 4.2) from DER: size first, then the
    /// counts of `limits`, then structure.
    ///
    /// Accepted beyond the letter: an attributes field that is absent, attributes
    /// out of the order of SET OF, `critical FALSE` written out, an empty
    /// `extensionRequest`, several of them that ask for different extensions,
    /// Microsoft's identifier for it. All are in circulation, all are verified as they
    /// came, and [`VerifiedCsr::notes`] names most of them.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::TooDeep`], [`Error::SubjectTooLong`],
    /// [`Error::TooManyRdns`], [`Error::TooManyAttributes`], [`Error::AttributeTooLong`],
    /// [`Error::TooManyValues`], [`Error::HugeOid`], [`Error::Malformed`],
    /// [`Error::DuplicateAttribute`], [`Error::DuplicateExtension`],
    /// [`Error::TooManyExtensions`], [`Error::EmptySubject`], in this order.
    pub fn from_der(octets: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        Self::from_der_in(Dialect::Rfc2986, octets, limits)
    }

    /// The same in another dialect: the octets are DER all the same, and verified as they
    /// came.
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn from_der_in(dialect: Dialect, octets: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        Self::from_der_counting(dialect, octets, limits, &mut Work::default())
    }

    /// The same, and adds to `work` what it cost, refused or not.
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn from_der_counting(
        dialect: Dialect,
        octets: &'a [u8],
        limits: &Limits,
        work: &mut Work,
    ) -> Result<Self, Error> {
        if octets.len() > limits.bytes {
            return Err(Error::TooLarge {
                found: octets.len(),
                limit: limits.bytes,
            });
        }
        let fault = shape::measure(octets, limits, work)?;
        let malformed = |source| Error::Malformed { source };
        let signed = Signed::from_der("CertificationRequest", octets).map_err(malformed)?;
        let info = Info::within(dialect, octets).map_err(malformed)?;
        let extensions = requested_extensions(&info.attributes)?;
        if let Some(fault) = fault {
            return Err(fault.into());
        }
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

    /// Where the request departs from what its standards ask for, and was read all the
    /// same.
    pub fn notes(&self) -> Vec<Note> {
        notes::of(self.octets)
    }

    /// Checks the proof of possession: the signature over the octets that came,
    /// with the key in the request, by one of `algorithms`.
    ///
    /// Each of `algorithms` that accepts both identifiers is tried, in their order, until one
    /// verifies: SM2 under two user IDs can be listed, and [`VerifiedCsr::verified_by`] says
    /// which one it was.
    ///
    /// # Errors
    /// [`Error::Curve`], [`Error::KeyAlgorithm`] or [`Error::SignatureAlgorithm`]
    /// when no algorithm accepts the request's, [`Error::ProofOfPossession`] when
    /// the signature does not fit or the key is no point of its curve.
    pub fn verify(self, algorithms: &[&dyn VerifyAlgorithm]) -> Result<VerifiedCsr, Error> {
        self.verify_counting(algorithms, &mut Work::default())
    }

    /// The same, and adds to `work` what it cost, refused or not: at most one check of a
    /// signature for each of `algorithms`.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_counting(
        self,
        algorithms: &[&dyn VerifyAlgorithm],
        work: &mut Work,
    ) -> Result<VerifiedCsr, Error> {
        let key = read_key(self.info.public_key);
        let named = self.signed.algorithm();
        let signature = self.signed.signature();
        let mut accepted = false;
        for (verified_by, algorithm) in algorithms.iter().enumerate() {
            if !algorithm.accepts(named, key.algorithm) {
                continue;
            }
            accepted = true;
            // Signatures have whole octets.
            let Some(signature) = signature.as_bytes() else {
                break;
            };
            work.signature_checks += 1;
            work.octets_hashed += self.signed.tbs().len();
            if algorithm
                .verify(key.clone(), self.signed.tbs(), signature)
                .is_ok()
            {
                return Ok(VerifiedCsr {
                    der: self.octets.to_vec(),
                    subject: self.info.subject,
                    public_key: self.info.public_key.to_vec(),
                    attributes: self.info.attributes.into_vec(),
                    extensions: self.extensions,
                    verified_by,
                });
            }
        }
        if accepted {
            return Err(Error::ProofOfPossession);
        }
        let takes_key = algorithms.iter().any(|one| one.takes_key(key.algorithm));
        Err(refused_algorithm(key.algorithm, named.oid, takes_key))
    }

    fn check(&self, limits: &Limits) -> Result<(), Error> {
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

/// The values of attributes stay unsaid: one may be a password.
impl fmt::Debug for UnverifiedCsr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedCsr")
            .field("subject", &self.info.subject)
            .field("octets", &self.octets.len())
            .finish_non_exhaustive()
    }
}

/// A request whose signature fits the key in it.
///
/// That the applicant holds the private key is proved. Everything else — the name,
/// the extensions, the attributes — is a claim.
#[derive(Clone)]
pub struct VerifiedCsr {
    der: Vec<u8>,
    subject: Name,
    public_key: Vec<u8>,
    attributes: Vec<Attribute>,
    extensions: Vec<Extension>,
    verified_by: usize,
}

/// The values of attributes stay unsaid: one may be a password.
impl fmt::Debug for VerifiedCsr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedCsr")
            .field("subject", &self.subject)
            .field("octets", &self.der.len())
            .finish_non_exhaustive()
    }
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

    /// The key, where it is SM2's, whichever of its two spellings it came in and whether or
    /// not its point is compressed: what a certificate is to be written with.
    pub fn sm2_key(&self) -> Option<PublicKey> {
        let mut options = SpkiOptions::default();
        options.compressed = true;
        let file = PublicKeyFile::from_spki(self.public_key(), options);
        file.ok().map(|file| file.key())
    }

    /// The place, from 0, of the algorithm that verified, among those that were listed.
    pub fn verified_by(&self) -> usize {
        self.verified_by
    }

    /// Where the request departs from what its standards ask for, and was read all the
    /// same.
    pub fn notes(&self) -> Vec<Note> {
        notes::of(&self.der)
    }

    /// The password in the request (RFC 2985, 5.4.1), none without the attribute.
    ///
    /// The request itself has it in clear, and [`Self::der`] and [`Self::attributes`] with
    /// it: who keeps those keeps the password.
    ///
    /// # Errors
    /// [`Error::Claim`] unless it is one DirectoryString of 1 to 255 characters.
    pub fn challenge_password(&self) -> Result<Option<ChallengePassword>, Error> {
        claims::challenge_password(&self.attributes)
    }

    /// The names without structure (RFC 2985, 5.4: `unstructuredName`), none without the
    /// attribute.
    ///
    /// # Errors
    /// [`Error::Claim`] unless each is a string of 1 to 255 characters.
    pub fn unstructured_names(&self) -> Result<Vec<String>, Error> {
        claims::unstructured_names(&self.attributes)
    }

    /// The extensions asked for, as types; each is read when it is asked for.
    pub fn requested(&self) -> Requested<'_> {
        Requested::new(&self.extensions)
    }

    /// What the applicant says about where the key was made, as an attribute of the request:
    /// a claim, none without the attribute. Evidence beside the request is
    /// [`KeyOriginEvidence`](crate::KeyOriginEvidence).
    ///
    /// # Errors
    /// [`Error::Claim`] when the attribute is there and is none.
    pub fn key_origin(&self) -> Result<Option<KeyOrigin>, Error> {
        origin::claimed(&self.attributes)
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
    /// [`Error::Claim`] when the attribute is there and holds no such key.
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
fn refused_algorithm(
    key: AlgorithmIdentifierRef<'_>,
    signature: ObjectIdentifier,
    takes_key: bool,
) -> Error {
    let found = key.oid;
    match key.parameters_oid() {
        _ if takes_key => Error::SignatureAlgorithm { found: signature },
        Ok(CURVE_OID) if found == KEY_OID => Error::SignatureAlgorithm { found: signature },
        Ok(curve) if found == KEY_OID => Error::Curve { found: curve },
        _ => Error::KeyAlgorithm { found },
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
