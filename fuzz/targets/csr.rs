//! Requests from applicants: parse, in either dialect, then the proof of possession, then
//! what they claim.
#![no_main]

use csr::{Dialect, KeyOriginEvidence, Limits, UnverifiedCsr, VerifiedCsr, Work};
use gm_crypto::pki::Sm2Sm3;
use gm_pki_fuzz::tally;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let mut accepted = false;
    for dialect in [Dialect::Rfc2986, Dialect::Cfca] {
        let mut work = Work::default();
        let limits = Limits::default();
        let csr = UnverifiedCsr::from_der_counting(dialect, octets, &limits, &mut work);
        assert!(work.elements <= octets.len() / 2 + 1, "{work:?}");
        let Ok(csr) = csr else { continue };
        accepted = true;
        let notes = csr.notes();
        let sm2 = Sm2Sm3::default().with_compressed_points();
        let verified = csr.verify_counting(&[&sm2], &mut work);
        assert!(work.signature_checks <= 1 && work.octets_hashed <= octets.len());
        if let Ok(verified) = verified {
            assert_eq!(verified.der(), octets);
            assert_eq!(verified.notes(), notes);
            claims(&verified);
        }
    }
    tally(accepted);
    for der in csr::pem::requests(octets).flatten() {
        assert!(der.len() <= octets.len());
    }
    if let Ok(evidence) = KeyOriginEvidence::decode(octets) {
        assert_eq!(
            KeyOriginEvidence::decode(&evidence.to_der()).ok(),
            Some(evidence)
        );
    }
});

fn claims(csr: &VerifiedCsr) {
    let _ = (csr.challenge_password(), csr.unstructured_names());
    let _ = (csr.key_origin(), csr.temporary_key());
    let asked = csr.requested();
    let _ = (asked.subject_alt_name(), asked.key_usage());
    let _ = (asked.extended_key_usage(), asked.basic_constraints());
    let _ = asked.certificate_policies();
    assert!(csr.sm2_key().is_some());
}
