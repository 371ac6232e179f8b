//! The access certificate: exactly what the profile gives to the request that was filed
//! (S0-08, S0-09).

use super::{AccessRequest, View, filing::missing};
use crate::{Error, Ground, case::pair};
use cert_profile::{CertRequest, Issuer};
use der::{Decode, referenced::OwnedToRef};
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
    if context.now < begin || end < context.now {
        return Ok(missing("an access certificate that is good now", BASIS)?);
    }
    Ok(())
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
