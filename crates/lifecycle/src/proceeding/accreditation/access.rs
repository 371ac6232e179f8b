//! The access certificate: exactly what the profile gives to the request that was filed
//! (S0-08, S0-09).

use super::{Access, AccessRequest, View, filing::missing};
use crate::{Error, Ground, Refusal, case::pair};
use cert_profile::{CertRequest, Issuer};
use der::{DateTime, Decode, Encode, referenced::OwnedToRef};
use gm_crypto::pki::{Signed, Sm2Sm3};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::{Certificate, name::Name};

const BASIS: &[&str] = &["S0-08"];

/// Writes the certificate again from the profile and the filed request, and compares octets: a
/// certificate of another key, name, term or use differs. Its signature is the issuer's.
pub(super) fn check(
    request: &AccessRequest,
    certificate: &[u8],
    issuer: &[u8],
    context: &View<'_>,
) -> Result<(), Error> {
    let Some(profile) = context.sight.profile else {
        return Err(Ground::UnknownName {
            what: "profile",
            name: context.terms.profile.value.clone(),
        }
        .by(BASIS));
    };
    pinned(issuer, context)?;
    let (Ok(given), Ok(of_issuer)) = (
        Certificate::from_der(certificate),
        Certificate::from_der(issuer),
    ) else {
        return Ok(missing("a certificate, and that of its issuer", BASIS)?);
    };
    let public = Issuer::from_certificate(issuer)?;
    let key = of_issuer.tbs_certificate().subject_public_key_info();
    let signed = Signed::from_der("certificate", certificate).and_then(|parts| {
        parts
            .verify(key.owned_to_ref(), &[&Sm2Sm3::default()])
            .map(|()| parts.tbs())
    });
    let Ok(tbs) = signed else {
        return Ok(missing("the issuer's signature on the certificate", BASIS)?);
    };
    let asked = asked(request)?;
    let given = given.tbs_certificate();
    let begin = given.validity().not_before.to_date_time();
    let end = given.validity().not_after.to_date_time();
    let written = profile
        .prepare(&public, &asked, given.serial_number(), begin)
        .map_err(Ground::rejected)?;
    if written.tbs() != tbs {
        return Ok(missing(
            "a certificate as the profile gives it to the filed request",
            BASIS,
        )?);
    }
    let (from, until) = validity_of(&of_issuer);
    let (first, last) = (begin.max(from), end.min(until));
    if context.now < first || last < context.now {
        return Ok(missing("an access certificate that is good now", BASIS)?);
    }
    Ok(())
}

/// Where the terms name the CA of the access system, the issuer is that one.
fn pinned(issuer: &[u8], context: &View<'_>) -> Result<(), Refusal> {
    let pins = &context.terms.access_issuers.value;
    let digest: String = gm_crypto::sm3::digest(issuer)
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    if pins.is_empty() || pins.contains(&digest) {
        return Ok(());
    }
    missing(
        "an issuer of access certificates that the terms name",
        BASIS,
    )
}

/// What was recorded once is still good, and is of the request that was accepted last: a mode
/// begins or goes on with it.
pub(super) fn still_good(
    access: Option<&Access>,
    request: Option<&AccessRequest>,
    now: DateTime,
) -> Result<(), Refusal> {
    let Some(access) = access else {
        return missing("the access certificate", BASIS);
    };
    let certificate = Certificate::from_der(&access.certificate).ok();
    let is_of_request = certificate.as_ref().is_some_and(|certificate| {
        let key = certificate.tbs_certificate().subject_public_key_info();
        let key = key.to_der().ok();
        key.as_deref() == request.map(|request| &*request.public_key)
    });
    if !is_of_request {
        return missing(
            "an access certificate for the request that was accepted last",
            BASIS,
        );
    }
    let holds = certificate.is_some_and(|certificate| {
        let (begin, end) = validity_of(&certificate);
        begin <= now && now <= end
    });
    if !holds {
        return missing("an access certificate that is good now", BASIS);
    }
    Ok(())
}

/// The first and the last second of a certificate; none where it is none.
pub(super) fn validity(certificate: &[u8]) -> Option<(DateTime, DateTime)> {
    let certificate = Certificate::from_der(certificate).ok()?;
    Some(validity_of(&certificate))
}

fn validity_of(certificate: &Certificate) -> (DateTime, DateTime) {
    let validity = certificate.tbs_certificate().validity();
    let (begin, end) = (validity.not_before, validity.not_after);
    (begin.to_date_time(), end.to_date_time())
}

fn asked(request: &AccessRequest) -> Result<CertRequest, Error> {
    let subject = Name::from_der(&request.subject).map_err(Error::Damaged)?;
    let key = SubjectPublicKeyInfoOwned::from_der(&request.public_key).map_err(Error::Damaged)?;
    let asked = CertRequest::new(subject, key);
    let origin = request.key_origin.as_deref().map(csr::KeyOrigin::from_der);
    Ok(match origin {
        Some(Ok(origin)) => asked.key_origin(pair::key_origin(&origin)),
        _ => asked,
    })
}
