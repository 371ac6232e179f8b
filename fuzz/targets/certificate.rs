//! Certificates: the relying party's parser and its path to a root, the rules of the
//! profile crate, the reading of an issuer.
#![no_main]

use cert_profile::{Issuer, lint};
use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};
use gm_pki_fuzz::{
    parties::{CA, ROOT, in_days},
    tally,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use trust_list::path::{Anchor, ParsedCertificate, PathOptions, validate};

static UNTRUSTED: LazyLock<[ParsedCertificate; 1]> = LazyLock::new(|| [parsed(&CA)]);
static ANCHORS: LazyLock<[Anchor; 1]> = LazyLock::new(|| [Anchor::from_certificate(parsed(&ROOT))]);

fuzz_target!(|octets: &[u8]| {
    let certificate = ParsedCertificate::from_der(octets);
    tally(certificate.is_ok());
    let report = lint::certificate_under(lint::Scheme::Gdhk, octets);
    // Each element has two octets at least, and few are looked at twice.
    assert!(report.elements() <= 2 * octets.len() + 4);
    lint::tbs_certificate(octets);
    lint::pair(octets, octets);
    lint::request(octets);
    let _ = Issuer::from_certificate(octets);
    if let Ok(certificate) = certificate {
        assert_eq!(certificate.der(), octets);
        let sm2 = Sm2Sm3::default();
        let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
        let options = PathOptions::new(in_days(1), &algorithms);
        let _ = validate(&certificate, &*UNTRUSTED, &*ANCHORS, &options);
    }
});

fn parsed(der: &[u8]) -> ParsedCertificate {
    ParsedCertificate::from_der(der).expect("our own certificate")
}
