//! OCSP: a responder reads questions, a client reads answers.
#![no_main]

use cert_profile::{
    lint,
    ocsp::{OcspRequest, OcspResponse},
};
use der::referenced::OwnedToRef;
use gm_crypto::pki::Sm2Sm3;
use gm_pki_fuzz::{
    parties::{key, now, public_half},
    tally,
};
use libfuzzer_sys::fuzz_target;
use spki::SubjectPublicKeyInfoOwned;
use std::sync::LazyLock;

static RESPONDER: LazyLock<SubjectPublicKeyInfoOwned> =
    LazyLock::new(|| public_half(&key("responder")));

fuzz_target!(|octets: &[u8]| {
    lint::ocsp_response(octets);
    lint::ocsp_response_data(octets);
    let request = OcspRequest::from_der(octets);
    let response = OcspResponse::from_der(octets);
    tally(request.is_ok() || response.is_ok());
    if let Ok(request) = request {
        let written = request.to_der().expect("shorter than what came");
        let again = OcspRequest::from_der(&written).expect("we read what we write");
        assert_eq!(again, request);
    }
    if let Ok(response) = response
        && let Ok(verified) = response.verify(RESPONDER.owned_to_ref(), &[&Sm2Sm3::default()])
    {
        for single in verified.responses() {
            assert!(verified.response_for(single.id()).is_some());
            single.is_current(now());
        }
    }
});
