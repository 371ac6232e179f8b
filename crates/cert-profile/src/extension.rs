//! The extensions of a certificate, each written in one way.

use crate::{CertRequest, Issuer, Profile, key_usage};
use der::{
    Encode,
    asn1::{Ia5String, Null, OctetString},
    oid::{
        AssociatedOid,
        db::{rfc5280, rfc6960},
    },
    referenced::OwnedToRef,
};
use sha1::{Digest, Sha1};
use spki::SubjectPublicKeyInfoRef;
use x509_cert::ext::{
    Extension,
    pkix::{
        AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
        CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage, SubjectAltName,
        SubjectKeyIdentifier,
        certpolicy::PolicyInformation,
        crl::dp::DistributionPoint,
        name::{DistributionPointName, GeneralName},
    },
};

/// The identifier of a key: SHA-1 over the content of the BIT STRING, 20 octets
/// (RFC 5280, 4.2.1.2, method 1, the one that GM/T 0015-2012 asks for).
///
/// It names a key and protects nothing, so that the weakness of SHA-1 does no harm.
pub fn key_identifier(public_key: &SubjectPublicKeyInfoRef<'_>) -> [u8; 20] {
    Sha1::digest(public_key.subject_public_key.raw_bytes()).into()
}

/// One extension.
pub(crate) fn extension<T: AssociatedOid + Encode>(
    critical: bool,
    value: &T,
) -> der::Result<Extension> {
    Ok(Extension {
        extn_id: T::OID,
        critical,
        extn_value: OctetString::new(value.to_der()?)?,
    })
}

/// authorityKeyIdentifier with the key identifier alone.
pub(crate) fn authority_key_identifier(issuer: &Issuer) -> der::Result<Extension> {
    let identifier = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(issuer.key_identifier())?),
        ..AuthorityKeyIdentifier::default()
    };
    extension(false, &identifier)
}

/// Everything that a certificate of `profile` says about its key.
pub(crate) fn extensions(
    profile: &Profile,
    issuer: &Issuer,
    request: &CertRequest,
) -> der::Result<Vec<Extension>> {
    let identifier = key_identifier(&request.public_key().owned_to_ref());
    let mut extensions = vec![
        authority_key_identifier(issuer)?,
        extension(false, &SubjectKeyIdentifier(OctetString::new(identifier)?))?,
        extension(true, &profile.key_usage)?,
    ];
    if !profile.policies.is_empty() {
        extensions.push(extension(false, &policies(profile))?);
    }
    if !request.alternative_names().is_empty() {
        // Critical exactly when it is the only name (RFC 5280, 4.2.1.6).
        let names = SubjectAltName(request.alternative_names().to_vec());
        extensions.push(extension(request.subject().is_empty(), &names)?);
    }
    if profile.kind.is_ca() {
        let constraints = BasicConstraints {
            ca: true,
            path_len_constraint: profile.path_len,
        };
        extensions.push(extension(true, &constraints)?);
    }
    if !profile.purposes.is_empty() {
        let critical = key_usage::purposes_critical(&profile.purposes);
        let purposes = ExtendedKeyUsage(profile.purposes.clone());
        extensions.push(extension(critical, &purposes)?);
    }
    if !profile.crl_urls.is_empty() {
        extensions.push(extension(false, &distribution_points(&profile.crl_urls))?);
    }
    let access = access(profile);
    if !access.0.is_empty() {
        extensions.push(extension(false, &access)?);
    }
    if profile.ocsp_no_check {
        extensions.push(Extension {
            extn_id: rfc6960::ID_PKIX_OCSP_NOCHECK,
            critical: false,
            extn_value: OctetString::new(Null.to_der()?)?,
        });
    }
    Ok(extensions)
}

fn policies(profile: &Profile) -> CertificatePolicies {
    let information = |policy: &der::asn1::ObjectIdentifier| PolicyInformation {
        policy_identifier: *policy,
        policy_qualifiers: None,
    };
    CertificatePolicies(profile.policies.iter().map(information).collect())
}

/// One point with all URLs: they are ways to the same CRL (RFC 5280, 4.2.1.13).
fn distribution_points(urls: &[Ia5String]) -> CrlDistributionPoints {
    let names = urls.iter().map(uri).collect();
    CrlDistributionPoints(vec![DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(names)),
        reasons: None,
        crl_issuer: None,
    }])
}

fn access(profile: &Profile) -> AuthorityInfoAccessSyntax {
    let ocsp = profile
        .ocsp_urls
        .iter()
        .map(|url| (rfc5280::ID_AD_OCSP, url));
    let issuers = profile
        .issuer_urls
        .iter()
        .map(|url| (rfc5280::ID_AD_CA_ISSUERS, url));
    let describe = |(access_method, url)| AccessDescription {
        access_method,
        access_location: uri(url),
    };
    AuthorityInfoAccessSyntax(ocsp.chain(issuers).map(describe).collect())
}

fn uri(url: &Ia5String) -> GeneralName {
    GeneralName::UniformResourceIdentifier(url.clone())
}
