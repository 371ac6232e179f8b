//! Path validation over whatever comes: an octet of choices, then certificates, CRLs and OCSP
//! answers one behind the other. The first certificate is the target, the last the anchor.
#![no_main]

use der::{Reader, SliceReader};
use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};
use gm_pki_fuzz::{parties::in_days, tally};
use libfuzzer_sys::fuzz_target;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use trust_list::path::{
    Anchor, Budget, ContentRules, OcspResponse, ParsedCertificate, ParsedCrl, PathOptions,
    PolicyRules, RevocationRule, validate,
};

/// Takes every signature that ends as its message does: what lies behind a signature is not
/// out of reach then, and not every key signs everything.
#[derive(Debug)]
struct Easy;

impl VerifyAlgorithm for Easy {
    fn accepts(&self, _: AlgorithmIdentifierRef<'_>, _: AlgorithmIdentifierRef<'_>) -> bool {
        true
    }

    fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        _: &[u8],
        signature: &[u8],
    ) -> signature::Result<()> {
        let last = spki.subject_public_key.raw_bytes().last().copied();
        if last.unwrap_or(0) & 3 == signature.last().copied().unwrap_or(0) & 3 {
            return Ok(());
        }
        Err(signature::Error::new())
    }
}

fuzz_target!(|input: &[u8]| {
    let [choices, octets @ ..] = input else {
        return;
    };
    let (mut certificates, mut crls, mut ocsp) = (Vec::new(), Vec::new(), Vec::new());
    let Ok(mut reader) = SliceReader::new(octets) else {
        return;
    };
    while let Ok(element) = reader.tlv_bytes() {
        if let Ok(certificate) = ParsedCertificate::from_der(element) {
            certificates.push(certificate);
        } else if let Ok(crl) = ParsedCrl::from_der(element) {
            crls.push(crl);
        } else if let Ok(answer) = OcspResponse::from_der(element) {
            ocsp.push(answer);
        }
    }
    tally(certificates.len() > 1);
    let (Some(anchor), true) = (certificates.pop(), !certificates.is_empty()) else {
        return;
    };
    let chosen = |bit: u8| choices & (1 << bit) != 0;
    let anchors = [match chosen(0) {
        true => Anchor::from_certificate(anchor),
        false => Anchor::name_and_key(anchor),
    }];
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn VerifyAlgorithm; 1] = [if chosen(1) { &sm2 } else { &Easy }];
    // The suites are about 2010, our own seeds about 2026.
    let at = match chosen(2) {
        true => "2010-06-01T00:00:00Z".parse().expect("a time"),
        false => in_days(1),
    };
    let mut policies = PolicyRules::default();
    policies.require_explicit = chosen(3);
    policies.inhibit_mapping = chosen(4);
    policies.inhibit_any = chosen(4);
    let mut budget = Budget::default();
    budget.signatures = 64;
    budget.candidates = 512;
    let content = match chosen(5) {
        true => ContentRules::Rfc5280,
        false => ContentRules::Off,
    };
    let options = PathOptions::new(at, &algorithms)
        .crls(&crls)
        .ocsp(&ocsp)
        .policies(policies)
        .content(content)
        .budget(budget);
    let (target, untrusted) = certificates.split_first().expect("not empty");
    let ask = |rule| validate(target, untrusted, &anchors, &options.clone().revocation(rule));
    let whole = ask(RevocationRule::Required);
    if let Err(error) = &whole {
        assert!(!error.reasons().is_empty());
        assert!(!error.to_string().is_empty());
    }
    let Ok(path) = whole else {
        return;
    };
    let chain = path.certificates();
    assert_eq!(chain.len(), path.statuses().len());
    for pair in chain.windows(2) {
        assert!(pair[0].verify_signature(pair[1].public_key(), &algorithms).is_ok());
    }
    // Whoever asks less is told no less.
    assert!(ask(RevocationRule::WhereCrlGiven).is_ok());
    assert!(ask(RevocationRule::Ignore).is_ok());
});
