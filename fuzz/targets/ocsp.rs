//! OCSP: a responder reads questions, a client reads answers.
#![no_main]

use cert_profile::{
    Issuer, lint,
    ocsp::{AuthorisedResponder, OcspRequest, OcspResponse},
};
use der::referenced::OwnedToRef;
use gm_crypto::pki::Sm2Sm3;
use gm_pki_fuzz::{
    parties::{CA, key, now, public_half},
    tally,
};
use libfuzzer_sys::fuzz_target;
use spki::SubjectPublicKeyInfoOwned;
use std::sync::LazyLock;

static RESPONDER: LazyLock<SubjectPublicKeyInfoOwned> =
    LazyLock::new(|| public_half(&key("responder")));

static ISSUER: LazyLock<Issuer> =
    LazyLock::new(|| Issuer::from_certificate(&CA).expect("a CA's certificate"));

fuzz_target!(|octets: &[u8]| {
    lint::ocsp_response(octets);
    lint::ocsp_response_data(octets);
    let request = OcspRequest::from_der(octets);
    let response = OcspResponse::from_der(octets);
    tally(request.is_ok() || response.is_ok());
    if let Ok(request) = request {
        let written = request.to_der().expect("shorter than what came");
        let again = OcspRequest::from_der(&written).expect("we read what we write");
        // Who asks and a signature are not written again.
        assert_eq!(again.cert_ids(), request.cert_ids());
        assert_eq!(again.nonce(), request.nonce());
    }
    let sm2 = Sm2Sm3::default();
    let _ = AuthorisedResponder::delegated(&ISSUER, octets, now(), &[&sm2]);
    if let Ok(response) = &response
        && let Ok(responder) = response.authorised_responder(&ISSUER, now(), &[&sm2])
    {
        let _ = response.clone().verify_by(&responder, &[&sm2]);
    }
    if let Ok(response) = response
        && let Ok(verified) = response.verify(RESPONDER.owned_to_ref(), &[&sm2])
    {
        for single in verified.responses() {
            assert!(verified.response_for(single.id()).is_some());
            single.is_current(now());
        }
    }
});
