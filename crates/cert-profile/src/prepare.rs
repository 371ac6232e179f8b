//! From a request to the octets to sign.

use crate::{
    AuthorityKeyForm, CertRequest, Error, Issuer, Kind, Objection, Profile, Rejection,
    SignatureParameters,
    extension::extensions,
    lint, origin,
    subject::{are_one, unnamed_mailbox},
};
use der::{
    DateTime, Encode, EncodeValue, FixedTag, Tag,
    asn1::{Any, BitString},
    oid::db::rfc5280::ID_KP_SERVER_AUTH,
    referenced::OwnedToRef,
};
use gm_crypto::{pki::assemble, sm2::PublicKey};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::{
    Version,
    ext::{Extensions, pkix::name::GeneralName},
    name::Name,
    serial_number::SerialNumber,
    time::{Time, Validity},
};

impl Profile {
    /// Writes the to-be-signed certificate that this policy gives to `request`:
    /// subject, key, validity, usages, extensions, then the rules of [`lint`] over
    /// the octets as they would be read.
    ///
    /// The certificate has the validity of [`Self::validity`], which is never longer than
    /// its issuer's. Pure: the same arguments give the same octets.
    ///
    /// # Errors
    /// A [`Rejection`] with every objection. The rules of [`lint`] are asked when
    /// nothing else stands against the request.
    pub fn prepare(
        &self,
        issuer: &Issuer,
        request: &CertRequest,
        serial: &SerialNumber,
        now: DateTime,
    ) -> Result<Prepared, Rejection> {
        let mut objections = self.subject_objections(request);
        // Of the forms of an SM2 key this reads the one that a request is taken in.
        if PublicKey::try_from(request.public_key().owned_to_ref()).is_err() {
            objections.push(Objection::Key);
        }
        objections.extend(self.issuer_objections(issuer, request));
        if !is_good_serial(serial) {
            objections.push(Objection::Serial {
                serial: Box::new(serial.clone()),
            });
        }
        let granted = self.grant(issuer, request, now);
        if let Err(objection) = &granted {
            objections.push(objection.clone());
        }
        let (Ok(granted), []) = (granted, &objections[..]) else {
            return Err(Rejection::new(&self.name, objections));
        };

        let algorithm = self.algorithm(issuer);
        let write = || -> der::Result<Vec<u8>> {
            Tbs {
                version: Version::V3,
                serial_number: serial.clone(),
                signature: algorithm.clone(),
                issuer: issuer.name().clone(),
                validity: Validity::new(Time::from(granted.begin()), Time::from(granted.end())),
                subject: request.subject().clone(),
                subject_public_key_info: request.public_key().clone(),
                extensions: extensions(self, issuer, request, serial)?,
            }
            .to_der()
        };
        let tbs = write()
            .map_err(|source| Rejection::new(&self.name, vec![Objection::Unwritable { source }]))?;
        // The very octets that are signed, not what was meant to be written.
        let report = lint::tbs_certificate(&tbs);
        let errors: Vec<_> = report.errors().cloned().map(Objection::Lint).collect();
        if !errors.is_empty() {
            return Err(Rejection::new(&self.name, errors));
        }
        Ok(Prepared {
            tbs,
            algorithm,
            shortened_from: granted.shortened_from(),
        })
    }

    fn subject_objections(&self, request: &CertRequest) -> Vec<Objection> {
        let mut objections = self.subject.check(request.subject());
        let names = request.alternative_names();
        objections.extend(self.alternative_names.check(names));
        let names_a_host = |name: &GeneralName| {
            matches!(name, GeneralName::DnsName(_) | GeneralName::IpAddress(_))
        };
        let server = self.purposes.contains(&ID_KP_SERVER_AUTH);
        if server && !names.is_empty() && !names.iter().any(names_a_host) {
            objections.push(Objection::ServerUnnamed);
        }
        if request.subject().is_empty() && names.is_empty() {
            objections.push(Objection::SubjectEmpty);
        }
        objections.extend(unnamed_mailbox(request.subject(), names));
        objections.extend(self.identifiers.check(request.identifiers()));
        objections.extend(origin::check(self.key_origin.as_ref(), request.origin()));
        objections
    }

    fn issuer_objections(&self, issuer: &Issuer, request: &CertRequest) -> Vec<Objection> {
        let mut objections = Vec::new();
        let same_key =
            request.public_key().subject_public_key == issuer.public_key().subject_public_key;
        let signs_itself = issuer.validity().is_none();
        if self.kind == Kind::Root {
            if !signs_itself {
                objections.push(Objection::IssuerRole {
                    rule: "a root has no issuer above it",
                });
            } else if !(request.subject() == issuer.name() && same_key) {
                objections.push(Objection::IssuerRole {
                    rule: "a root's issuer is made from the same request",
                });
            }
            return objections;
        }
        if signs_itself {
            objections.push(Objection::IssuerRole {
                rule: "only a root signs itself",
            });
            return objections;
        }
        let names_certificate = self.authority_key == AuthorityKeyForm::KeyAndIssuer;
        if names_certificate && issuer.certificate().is_none() {
            objections.push(Objection::IssuerCertificateUnknown);
        }
        // In other letters it is the issuer's nevertheless to who compares names.
        if are_one(request.subject(), issuer.name()) {
            objections.push(Objection::NameOfIssuer);
        }
        if same_key {
            objections.push(Objection::KeyOfIssuer);
        }
        if let (Kind::Ca, Some(limit)) = (self.kind, issuer.path_len()) {
            let depth = self.path_len.map_or(1, |below| u16::from(below) + 1);
            if depth > u16::from(limit) {
                objections.push(Objection::IssuerPathLen { limit });
            }
        }
        objections.extend(issuer.names().check(request));
        objections
    }

    fn algorithm(&self, issuer: &Issuer) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: issuer.algorithm().oid,
            parameters: match self.signature_parameters {
                SignatureParameters::Absent => None,
                SignatureParameters::Null => Some(Any::null()),
            },
        }
    }
}

/// A certificate or CRL that lacks its signature.
///
/// Plain data: what is stored before a key is touched, and signed as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    tbs: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    shortened_from: Option<DateTime>,
}

impl Prepared {
    /// Takes up what was stored: the octets of [`Self::tbs`] and the algorithm
    /// beside them.
    pub fn from_stored(tbs: Vec<u8>, algorithm: AlgorithmIdentifierOwned) -> Self {
        Self {
            tbs,
            algorithm,
            shortened_from: None,
        }
    }

    /// The octets to sign: `TBSCertificate` or `TBSCertList` in DER.
    pub fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    /// The algorithm to sign by, as the octets name it.
    pub fn algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.algorithm
    }

    /// The end that profile and request would have given a certificate that was cut to its
    /// issuer's end ([`crate::BeyondIssuer::Clamp`]). Known to whoever prepared it: it is not
    /// part of what is stored.
    pub fn shortened_from(&self) -> Option<DateTime> {
        self.shortened_from
    }

    /// Puts `signature` behind the very octets of [`Self::tbs`] and gives the
    /// certificate or CRL in DER. Whether it fits is not asked here: see
    /// [`gm_crypto::pki::Signed::verify`].
    ///
    /// # Errors
    /// [`Error::Encoding`] when the stored octets are not one DER value.
    pub fn attach(self, signature: &BitString) -> Result<Vec<u8>, Error> {
        assemble(&self.tbs, &self.algorithm, signature).map_err(|source| Error::Encoding {
            what: "signed structure",
            source,
        })
    }
}

/// `TBSCertificate` (RFC 5280, 4.1) without the unique identifiers, which are not
/// to be generated.
#[derive(EncodeValue)]
struct Tbs {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: Version,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: Validity,
    subject: Name,
    subject_public_key_info: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Extensions,
}

impl FixedTag for Tbs {
    const TAG: Tag = Tag::Sequence;
}

/// Positive, and at most 20 octets.
pub(crate) fn is_good_serial(serial: &SerialNumber) -> bool {
    let octets = serial.as_bytes();
    let negative = octets.first().is_none_or(|first| first & 0x80 != 0);
    let zero = octets.iter().all(|octet| *octet == 0);
    !negative && !zero && octets.len() <= 20
}

#[cfg(test)]
mod tests;
