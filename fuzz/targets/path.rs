//! Path validation over whatever comes: an octet of choices, then certificates, CRLs and OCSP
//! answers one behind the other. The first certificate is the target, the last the anchor.
//!
//! Where the anchor is a name and a key, another implementation judges the same path, status
//! aside.
#![no_main]

use der::{Reader, SliceReader, Tag, Tagged};
use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};
use gm_pki_fuzz::{
    oracle::{self, Status, Wanted},
    parties::in_days,
    tally,
};
use libfuzzer_sys::fuzz_target;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use std::sync::LazyLock;
use trust_list::path::{
    Anchor, Budget, Cause, ContentRules, OcspResponse, ParsedCertificate, ParsedCrl, PathError,
    PathOptions, PolicyRules, RevocationRule, ValidPath, validate,
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

static SM2: LazyLock<Sm2Sm3> = LazyLock::new(Sm2Sm3::default);

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
    let algorithm: &'static dyn VerifyAlgorithm = if chosen(1) { &*SM2 } else { &Easy };
    let algorithms = [algorithm];
    // The suites are about 2010, our own seeds about 2026.
    let at = match chosen(2) {
        true => "2010-06-01T00:00:00Z".parse().expect("a time"),
        false => in_days(1),
    };
    let mut policies = PolicyRules::default();
    policies.require_explicit = chosen(3);
    policies.inhibit_mapping = chosen(4);
    policies.inhibit_any = chosen(4);
    let policies_asked = (chosen(3), chosen(4));
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
    if !chosen(0) && !chosen(5) {
        let wanted = Wanted {
            at,
            require_explicit: policies_asked.0,
            inhibit_mapping: policies_asked.1,
            inhibit_any: policies_asked.1,
        };
        compare(&ask(RevocationRule::Ignore), target, untrusted, &anchors[0], &wanted, algorithm);
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

/// Our verdict beside the oracle's: on the path that we found, and, where we found none, on the
/// certificates in the order in which they came.
fn compare(
    ours: &Result<ValidPath<'_>, PathError>,
    target: &ParsedCertificate,
    untrusted: &[ParsedCertificate],
    anchor: &Anchor,
    wanted: &Wanted,
    algorithm: &'static dyn VerifyAlgorithm,
) {
    let anchor_certificate = anchor.certificate();
    let anchor = anchor_certificate.der();
    match ours {
        Ok(path) => {
            let chain = path.certificates();
            let octets: Vec<&[u8]> = chain.iter().map(|one| one.der()).chain([anchor]).collect();
            if let Some(Err(status)) = oracle::judge(&octets, wanted, algorithm) {
                let excused = is_its_own_rule(status, &chain[1..]);
                assert!(excused, "we accept, the oracle says {status:?}");
            }
        }
        Err(error) => {
            let chain = [target].into_iter().chain(untrusted);
            let octets: Vec<&[u8]> = chain.map(ParsedCertificate::der).chain([anchor]).collect();
            let chain = [target].into_iter().chain(untrusted).chain([anchor_certificate]);
            if let Some(Ok(())) = oracle::judge(&octets, wanted, algorithm) {
                let mut causes = error.reasons().iter().map(|reason| &reason.cause);
                let excused = causes.any(is_our_own_rule) || chain.into_iter().any(has_odd_name);
                assert!(excused, "the oracle accepts, we say {error:?}");
            }
        }
    }
}

/// What the oracle asks and RFC 5280, section 6.1, does not.
fn is_its_own_rule(status: Status, between: &[&ParsedCertificate]) -> bool {
    match status {
        // 6.1.4 (n) asks for keyCertSign where there is a keyUsage.
        Status::InvalidKeyUsage => between.iter().any(|ca| ca.key_usage().is_none()),
        // An extension that decides nothing may be anything while it is not critical.
        Status::EncodingError => true,
        _ => false,
    }
}

/// Whether a name has a value that is no string (RFC 5280, 4.1.2.4): the oracle compares its
/// octets as text, whatever its tag, and for us it is another value.
fn has_odd_name(certificate: &ParsedCertificate) -> bool {
    let values = certificate.subject().iter().chain(certificate.issuer().iter());
    let is_string = |tag| {
        matches!(
            tag,
            Tag::Utf8String
                | Tag::PrintableString
                | Tag::TeletexString
                | Tag::BmpString
                | Tag::Ia5String
                | Tag::VisibleString
                | Tag::NumericString
        )
    };
    values.into_iter().any(|attribute| !is_string(attribute.value.tag()))
}

/// What we ask, or stop at, and the oracle does not.
fn is_our_own_rule(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::TooManySignatures { .. }
            | Cause::TooManyCandidates { .. }
            | Cause::TooManyNames { .. }
            | Cause::TooManyPolicies { .. }
            | Cause::PathTooLong { .. }
            | Cause::KeyNotAccepted { .. }
    )
}
