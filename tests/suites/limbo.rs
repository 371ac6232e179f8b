//! x509-limbo re-signed with SM2: odd chains, names, and documents that break rules.

use super::*;
use core::net::IpAddr;
use der::{DateTime, asn1::ObjectIdentifier};
use gm_crypto::pki::decode_pem;
use trust_list::path::{ContentRules, PathError, PeerName};

/// The key algorithms that a validator accepts, which the suite leaves to it.
fn accepted() -> [Sm2Sm3; 1] {
    [Sm2Sm3::default()]
}

#[test]
fn limbo() {
    let Some(suites) = Suites::open() else { return };
    let Some(json) = suites.json("conformance/sm2-limbo/limbo-sm2.json") else {
        return;
    };
    let mut tally = Tally::new("sm2-limbo");
    for case in json["testcases"].as_array().expect("a list of cases") {
        let id = text(case, "id");
        // RFC 5280 is what is implemented here: of two cases that contradict each other, its
        // own counts.
        let mut conflicts = case["conflicts_with"].as_array().into_iter().flatten();
        let is_of_rfc = |id: &str| id.starts_with("rfc5280::");
        if !is_of_rfc(id) && conflicts.any(|other| other.as_str().is_some_and(is_of_rfc)) {
            tally.skip(1);
            continue;
        }
        let verdict = match (text(case, "tier"), text(case, "expected_result")) {
            ("webpki" | "ambiguous", _) => Verdict::Policy,
            (_, "SUCCESS") => Verdict::Valid,
            (_, "FAILURE") => Verdict::Invalid,
            (_, other) => unreachable!("expected: {other}"),
        };
        tally.count(id, verdict, judge(case));
    }
    tally.finish();
}

fn judge(case: &Value) -> Outcome {
    let pems = |member: &str| -> Vec<Vec<u8>> {
        let pems = case[member].as_array().into_iter().flatten();
        pems.map(|pem| der_of(pem.as_str().expect("PEM"))).collect()
    };
    let validate = || -> Result<Result<(), PathError>, trust_list::Error> {
        let target = ParsedCertificate::from_der(der_of(text(case, "peer_certificate")))?;
        // What can't be read is not there: nobody has to use it.
        let parsed = |member: &str| -> Vec<ParsedCertificate> {
            let all = pems(member).into_iter();
            all.filter_map(|der| ParsedCertificate::from_der(der).ok())
                .collect()
        };
        let untrusted = parsed("untrusted_intermediates");
        let anchors: Vec<Anchor> = parsed("trusted_certs")
            .into_iter()
            .map(Anchor::from_certificate)
            .collect();
        let crls = pems("crls").into_iter().map(ParsedCrl::from_der);
        let crls: Vec<ParsedCrl> = crls.collect::<Result<_, _>>()?;
        let accepted = accepted();
        let algorithms: Vec<&dyn VerifyAlgorithm> =
            accepted.iter().map(|algorithm| algorithm as _).collect();
        let names = names(case);
        let mut options = PathOptions::new(time(case), &algorithms)
            .crls(&crls)
            .names(&names)
            .content(ContentRules::Rfc5280)
            .purpose(match text(case, "validation_kind") {
                "SERVER" => ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"),
                "CLIENT" => ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"),
                other => unreachable!("kind: {other}"),
            });
        options = options.revocation(if crls.is_empty() {
            RevocationRule::Ignore
        } else {
            RevocationRule::RequiredOfTarget
        });
        if let Some(limit) = case["max_chain_depth"].as_u64() {
            options = options.intermediates(limit.try_into().expect("a depth"));
        }
        Ok(path::validate(&target, &untrusted, &anchors, &options).map(|_| ()))
    };
    match validate() {
        Ok(result) => result.into(),
        Err(error) => Err::<(), _>(error).into(),
    }
}

fn der_of(pem: &str) -> Vec<u8> {
    let labels = &["CERTIFICATE", "X509 CRL"];
    decode_pem(pem.as_bytes(), labels)
        .expect("a case has PEM")
        .to_vec()
}

/// Whole seconds, as certificates have them.
fn time(case: &Value) -> DateTime {
    let text = text(case, "validation_time");
    let seconds = text.split_once('.').map_or(text, |(seconds, _)| seconds);
    let seconds = seconds.trim_end_matches('Z');
    format!("{seconds}Z").parse().expect("a time")
}

fn names(case: &Value) -> Vec<PeerName> {
    let several = case["expected_peer_names"].as_array().into_iter().flatten();
    let one = Some(&case["expected_peer_name"]).filter(|name| !name.is_null());
    let name = |name: &Value| {
        let value = text(name, "value");
        match text(name, "kind") {
            "DNS" => PeerName::Dns(value.to_owned()),
            "RFC822" => PeerName::Email(value.to_owned()),
            "IP" => {
                let address = value.split('/').next().unwrap_or_default();
                PeerName::Ip(address.parse::<IpAddr>().expect("an address"))
            }
            other => unreachable!("kind of name: {other}"),
        }
    };
    several.chain(one).map(name).collect()
}
