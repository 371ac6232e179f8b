//! A certificate of each shipped profile, from the example that its text gives.

use super::*;
use crate::{KeyCustody, KeyEnvironment, KeyOrigin, SHIPPED};

/// The subject after `# Example:`, which is written in the order of the DER.
fn example(text: &str) -> Name {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("# Example: "));
    let mut parts: Vec<_> = line.expect("an example").split(", ").collect();
    parts.reverse();
    parts.join(",").parse().unwrap()
}

/// A request that the profile takes.
pub(super) fn good_request(name: &str, text: &str, key: &SigningKey) -> CertRequest {
    let origin = KeyOrigin::new(KeyEnvironment::Production, KeyCustody::QualifiedHardware);
    let mut request = CertRequest::new(example(text), spki(key)).key_origin(origin);
    if text.contains("from = 1") {
        request = request.years(3);
    }
    if name.starts_with("tls-") {
        let dns = Ia5String::new("www.example.cn").unwrap();
        request = request.alternative_name(GeneralName::DnsName(dns));
    }
    request
}

#[test]
fn each_issues_a_certificate_without_a_fault() {
    let (root_key, root) = authority();
    for (name, text) in SHIPPED {
        let profile = shipped(name);
        let own = key();
        let request = good_request(name, text, &own);
        let (issuer, signer) = match profile.kind() {
            Kind::Root => {
                let algorithm = own.signature_algorithm_identifier().unwrap();
                (Issuer::self_signed(&request, algorithm), &own)
            }
            _ => (root.clone(), &root_key),
        };
        let prepared = profile.prepare(&issuer, &request, &serial(9), now());
        let prepared = prepared.unwrap_or_else(|rejection| panic!("{rejection}"));
        let der = sign(prepared, signer);
        let tbs = verified(&der, signer);
        assert_eq!(faults(&tbs), [""; 0], "{name}");
        let deviations = lint::against(&profile, &der);
        assert!(deviations.is_empty(), "{name}: {deviations:?}");
    }
}

#[test]
fn halves_of_a_pair_differ_in_what_the_key_does() {
    let names = SHIPPED.iter().map(|(name, _)| *name);
    let mut pairs = 0;
    for name in names.filter(|name| name.ends_with("-signing")) {
        let signing = shipped(name);
        let encryption = shipped(&name.replace("-signing", "-encryption"));
        let both = signing.key_usage().0 & encryption.key_usage().0;
        assert!(both.is_empty(), "{name}");
        let mut half = encryption.clone();
        half.name.clone_from(&signing.name);
        half.key_usage = signing.key_usage;
        half.key_origin = signing.key_origin;
        half.fixed.clone_from(&signing.fixed);
        assert_eq!(half, signing, "{name}: all else is alike");
        assert_eq!(
            encryption.key_origin(),
            None,
            "{name}: the KMC makes that key"
        );
        pairs += 1;
    }
    assert_eq!(pairs, 11);
}

#[test]
fn an_agency_s_key_is_made_by_qualified_hardware_in_production() {
    let (_, issuer) = authority();
    let request = request("CN=接入系统,O=示例证券,C=CN", &key());
    let profile = shipped("agency-access");
    let with = |origin: Option<(KeyEnvironment, KeyCustody)>| {
        let request = match origin {
            Some((environment, custody)) => request
                .clone()
                .key_origin(KeyOrigin::new(environment, custody)),
            None => request.clone(),
        };
        match profile.prepare(&issuer, &request, &serial(2), now()) {
            Ok(_) => String::new(),
            Err(rejection) => rejection.to_string(),
        }
    };
    use {KeyCustody as By, KeyEnvironment as In};
    assert_eq!(with(Some((In::Production, By::QualifiedHardware))), "");
    for (origin, messages) in [
        (
            None,
            vec!["is not stated (中国结算《证书服务代理资格申请及报备材料》, 注意事项 5)"],
        ),
        (
            Some((In::Test, By::QualifiedHardware)),
            vec![
                "is a test environment: make the key in production (中国结算《证书服务代理资格申请及报备材料》, 注意事项 5)",
            ],
        ),
        (
            Some((In::Production, By::Software)),
            vec![
                "is software: make the key in a cryptographic device (中国结算《证书服务代理资格申请及报备材料》, 注意事项 5)",
            ],
        ),
        (
            Some((In::Production, By::Hardware)),
            vec![
                "is a device without the number of its qualification certificate (中国结算《证书服务代理资格申请及报备材料》, 注意事项 6)",
            ],
        ),
        (
            Some((In::Test, By::Software)),
            vec!["test environment", "is software"],
        ),
    ] {
        let text = with(origin);
        for message in &messages {
            assert!(text.contains(message), "{text}");
        }
        assert_eq!(
            text.matches("origin of the key").count(),
            messages.len(),
            "{text}"
        );
    }
}

#[test]
fn a_seal_is_valid_for_whole_years_from_one_to_five() {
    let (_, issuer) = authority();
    let text = SHIPPED
        .iter()
        .find(|(name, _)| *name == "organisation-seal-signing");
    let profile = shipped("organisation-seal-signing");
    let usual = good_request("", text.unwrap().1, &key());
    for years in 1..=5 {
        let request = usual.clone().years(years);
        let granted = profile.validity(&issuer, &request, now()).unwrap();
        assert_eq!(granted.end().year(), 2026 + years);
        assert_eq!(granted.shortened_from(), None);
    }
    for years in [0, 6, u16::MAX] {
        let found = profile.validity(&issuer, &usual.clone().years(years), now());
        let expected = Objection::YearsOutside {
            asked: years,
            from: 1,
            to: 5,
        };
        assert_eq!(found.unwrap_err().objections(), [expected]);
    }
}

#[test]
fn mutual_recognition_has_both_policies_and_the_rules_agree() {
    let (root_key, issuer) = authority();
    for name in [
        "mutual-recognition-individual",
        "mutual-recognition-organisation",
    ] {
        let (_, text) = SHIPPED
            .iter()
            .find(|(shipped, _)| *shipped == name)
            .unwrap();
        let placed = text.replace(
            "name = ",
            "ocsp_urls = [\"http://ocsp.example.cn\"]\nname = ",
        );
        let profile = Profile::from_toml(&placed).unwrap();
        let request = good_request(name, text, &key());
        let prepared = profile.prepare(&issuer, &request, &serial(9), now());
        let der = sign(prepared.unwrap(), &root_key);
        let report = lint::certificate_under(lint::Scheme::Gdhk, &der);
        let matters = report
            .findings()
            .iter()
            .filter(|finding| finding.lint().severity() > lint::Severity::Notice);
        assert_eq!(matters.count(), 0, "{name}: {:?}", report.findings());
        let tbs = verified(&der, &root_key);
        let (_, policies) = extension::<CertificatePolicies>(&tbs).unwrap();
        let arcs: Vec<_> = policies
            .0
            .iter()
            .map(|policy| policy.policy_identifier.to_string())
            .collect();
        assert_eq!(arcs.len(), 2);
        assert!(arcs[0].starts_with("2.16.156.339.1.1."), "{arcs:?}");
        assert!(arcs[1].starts_with("2.16.344.8.2.2008.810.2."), "{arcs:?}");
    }
}
