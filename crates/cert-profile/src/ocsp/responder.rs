//! Who may answer for a CA.

use super::ResponderId;
use crate::{Error, Issuer};
use der::{
    DateTime, Decode,
    oid::{
        AssociatedOid,
        db::{rfc5280, rfc6960},
    },
    referenced::OwnedToRef,
};
use gm_crypto::pki::{Signed, VerifyAlgorithm};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::{
    Certificate, TbsCertificate, Version,
    ext::pkix::{
        BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, SubjectAltName,
    },
    name::Name,
};

/// A responder that may answer for a CA (RFC 6960, 4.2.2.2): the CA itself, or one that
/// the CA delegated to by a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorisedResponder {
    issuer: Issuer,
    name: Name,
    public_key: SubjectPublicKeyInfoOwned,
    delegation: Option<Delegation>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Delegation {
    certificate: Vec<u8>,
    no_check: bool,
}

impl AuthorisedResponder {
    /// Octets of the longest certificate that is read.
    pub const MAX_CERTIFICATE: usize = 65_536;

    /// The CA, which answers with the key that it issues by.
    pub fn ca(issuer: &Issuer) -> Self {
        Self {
            issuer: issuer.clone(),
            name: issuer.name().clone(),
            public_key: issuer.public_key().clone(),
            delegation: None,
        }
    }

    /// The subject of a certificate in DER, if the CA delegated to it: the CA's name and
    /// its key's signature, the purpose OCSPSigning, a key usage that allows signatures
    /// if there is one, valid at this time.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above [`Self::MAX_CERTIFICATE`], [`Error::Malformed`],
    /// [`Error::Invalid`] for what is missing, [`Error::CriticalExtension`] for an
    /// extension that is not understood here, [`Error::NotValid`],
    /// [`Error::Signature`].
    pub fn delegated(
        issuer: &Issuer,
        certificate: &[u8],
        at: DateTime,
        algorithms: &[&dyn VerifyAlgorithm],
    ) -> Result<Self, Error> {
        let (found, limit) = (certificate.len(), Self::MAX_CERTIFICATE);
        if found > limit {
            let what = WHAT;
            return Err(Error::TooLarge { what, found, limit });
        }
        let read = Certificate::from_der(certificate).map_err(Error::malformed(WHAT))?;
        let tbs = read.tbs_certificate();
        if tbs.version() != Version::V3 {
            return refuse("has version 3", "RFC 5280, 4.1.2.1");
        }
        if tbs.issuer() != issuer.name() {
            return refuse("is issued by the CA itself", "RFC 6960, 4.2.2.2");
        }
        if read.signature_algorithm() != tbs.signature() {
            return refuse(
                "names the algorithm of its signature inside as outside",
                "RFC 5280, 4.1.1.2",
            );
        }
        let no_check = check_extensions(tbs)?;
        let (not_before, not_after) = (tbs.validity().not_before, tbs.validity().not_after);
        let (not_before, not_after) = (not_before.to_date_time(), not_after.to_date_time());
        if at < not_before || not_after < at {
            return Err(Error::NotValid {
                what: WHAT,
                at,
                not_before,
                not_after,
            });
        }
        Signed::from_der(WHAT, certificate)
            .and_then(|signed| signed.verify(issuer.public_key().owned_to_ref(), algorithms))
            .map_err(|source| Error::Signature { what: WHAT, source })?;
        Ok(Self {
            issuer: issuer.clone(),
            name: tbs.subject().clone(),
            public_key: tbs.subject_public_key_info().clone(),
            delegation: Some(Delegation {
                certificate: certificate.to_vec(),
                no_check,
            }),
        })
    }

    /// The CA that it answers for.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its key.
    pub fn public_key(&self) -> &SubjectPublicKeyInfoOwned {
        &self.public_key
    }

    /// The certificate of a delegated responder; none for the CA itself.
    pub fn certificate(&self) -> Option<&[u8]> {
        let delegation = self.delegation.as_ref();
        delegation.map(|delegation| &delegation.certificate[..])
    }

    /// Whether the CA says not to ask for the certificate's own status
    /// (id-pkix-ocsp-nocheck, RFC 6960, 4.2.2.2.1), or it is the CA itself. Without that
    /// a client looks the certificate up in the CA's CRL.
    pub fn no_check(&self) -> bool {
        let delegation = self.delegation.as_ref();
        delegation.is_none_or(|delegation| delegation.no_check)
    }

    pub(super) fn is_named(&self, responder: &ResponderId) -> bool {
        responder.names(&self.name, self.public_key.owned_to_ref())
    }
}

/// Whether id-pkix-ocsp-nocheck is there, in a certificate that may sign answers.
fn check_extensions(tbs: &TbsCertificate) -> Result<bool, Error> {
    let malformed = Error::malformed(WHAT);
    let purposes = tbs
        .get_extension::<ExtendedKeyUsage>()
        .map_err(&malformed)?;
    let usage = tbs.get_extension::<KeyUsage>().map_err(&malformed)?;
    let delegates = |purposes: ExtendedKeyUsage| purposes.0.contains(&rfc5280::ID_KP_OCSP_SIGNING);
    if !purposes.is_some_and(|(_, purposes)| delegates(purposes)) {
        return refuse("has the purpose OCSPSigning", "RFC 6960, 4.2.2.2");
    }
    if usage.is_some_and(|(_, usage)| !usage.digital_signature() && !usage.non_repudiation()) {
        return refuse(
            "has the key usage digitalSignature, if it has any",
            "RFC 5280, 4.2.1.3",
        );
    }
    let known = [
        ExtendedKeyUsage::OID,
        KeyUsage::OID,
        BasicConstraints::OID,
        CertificatePolicies::OID,
        SubjectAltName::OID,
        rfc6960::ID_PKIX_OCSP_NOCHECK,
    ];
    let extensions = tbs.extensions().map_or(&[][..], |all| all);
    let mut unknown = extensions
        .iter()
        .filter(|extension| extension.critical && !known.contains(&extension.extn_id));
    if let Some(extension) = unknown.next() {
        return Err(Error::CriticalExtension {
            what: WHAT,
            oid: extension.extn_id,
        });
    }
    let no_check = rfc6960::ID_PKIX_OCSP_NOCHECK;
    Ok(extensions.iter().any(|one| one.extn_id == no_check))
}

const WHAT: &str = "responder's certificate";

fn refuse<T>(rule: &'static str, clause: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what: WHAT,
        rule,
        clause,
    })
}
