//! The extensions of a certificate, each written in one way.

use crate::{AuthorityKeyForm, CertRequest, Issuer, Kind, Profile, SubjectKeyMethod, key_usage};
use der::{
    Encode,
    asn1::{Null, OctetString},
    oid::{AssociatedOid, db::rfc6960},
};
use gm_crypto::sm3;
use sha1::{Digest, Sha1};
use spki::SubjectPublicKeyInfoRef;
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage,
            NameConstraints, SubjectAltName, SubjectKeyIdentifier, name::GeneralName,
        },
    },
    serial_number::SerialNumber,
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

/// The identifier of a key as the profile makes it, from the content of the BIT STRING.
pub(crate) fn identifier_by(method: SubjectKeyMethod, key: &[u8]) -> Vec<u8> {
    match method {
        SubjectKeyMethod::Sha1 => Sha1::digest(key).to_vec(),
        SubjectKeyMethod::Sha1Of60Bits => {
            let mut last = Sha1::digest(key)[12..].to_vec();
            last[0] = 0x40 | last[0] & 0x0f;
            last
        }
        SubjectKeyMethod::Sm3 => sm3::digest(key)[..20].to_vec(),
    }
}

/// The extensions that are the same in each certificate of a profile.
pub(crate) fn fixed(
    profile: &Profile,
    policies: Option<CertificatePolicies>,
    constraints: Option<NameConstraints>,
    ocsp_no_check: bool,
) -> der::Result<Vec<Extension>> {
    let mut extensions = vec![extension(true, &profile.key_usage)?];
    if let Some(policies) = policies {
        extensions.push(extension(false, &policies)?);
    }
    if profile.kind.is_ca() {
        let constraints = BasicConstraints {
            ca: true,
            path_len_constraint: profile.path_len,
        };
        extensions.push(extension(true, &constraints)?);
    }
    if let Some(constraints) = constraints {
        extensions.push(extension(true, &constraints)?);
    }
    if !profile.purposes.is_empty() {
        let critical = key_usage::purposes_critical(&profile.purposes);
        let purposes = ExtendedKeyUsage(profile.purposes.clone());
        extensions.push(extension(critical, &purposes)?);
    }
    if let Some(access) = profile.places.access() {
        extensions.push(extension(false, &access)?);
    }
    if ocsp_no_check {
        extensions.push(Extension {
            extn_id: rfc6960::ID_PKIX_OCSP_NOCHECK,
            critical: false,
            extn_value: OctetString::new(Null.to_der()?)?,
        });
    }
    if !profile.places.is_sharded() {
        extensions.extend(crls(profile, None)?);
    }
    Ok(extensions)
}

/// Where the CRLs lie, complete and delta.
fn crls(profile: &Profile, shard: Option<u32>) -> der::Result<Vec<Extension>> {
    let mut extensions = Vec::new();
    if let Some(points) = profile.places.crl_points(shard)? {
        extensions.push(extension(false, &points)?);
    }
    if let Some(points) = profile.places.delta_points(shard)? {
        extensions.push(extension(false, &points)?);
    }
    Ok(extensions)
}

/// The extensions that profile and serial number, in its content octets, decide alone.
pub(crate) fn decided(profile: &Profile, serial: &[u8]) -> der::Result<Vec<Extension>> {
    let mut extensions = profile.fixed.clone();
    if profile.places.is_sharded() {
        extensions.extend(crls(profile, profile.places.shard(serial))?);
    }
    Ok(extensions)
}

/// Everything that a certificate of `profile` says about its key.
pub(crate) fn extensions(
    profile: &Profile,
    issuer: &Issuer,
    request: &CertRequest,
    serial: &SerialNumber,
) -> der::Result<Vec<Extension>> {
    let key = request.public_key().subject_public_key.raw_bytes();
    let identifier = identifier_by(profile.subject_key, key);
    // A root's own identifier, however its profile makes it.
    let authority = match profile.kind {
        Kind::Root => identifier.as_slice(),
        _ => issuer.key_identifier(),
    };
    let mut authority = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(authority)?),
        ..AuthorityKeyIdentifier::default()
    };
    if profile.authority_key == AuthorityKeyForm::KeyAndIssuer {
        let (name, serial) = match issuer.certificate() {
            Some((name, serial)) => (name, serial),
            None => (issuer.name(), serial),
        };
        authority.authority_cert_issuer = Some(vec![GeneralName::DirectoryName(name.clone())]);
        authority.authority_cert_serial_number = Some(serial.clone());
    }
    let mut extensions = vec![
        extension(false, &authority)?,
        extension(false, &SubjectKeyIdentifier(OctetString::new(identifier)?))?,
    ];
    extensions.extend(decided(profile, serial.as_bytes())?);
    if !request.alternative_names().is_empty() {
        // Critical exactly when it is the only name (RFC 5280, 4.2.1.6).
        let names = SubjectAltName(request.alternative_names().to_vec());
        extensions.push(extension(request.subject().is_empty(), &names)?);
    }
    extensions.extend(profile.identifiers.extensions(request.identifiers())?);
    Ok(extensions)
}
