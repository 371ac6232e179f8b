//! The national lists of the EU, as the conformance suite has them.

use gm_pki_tests::suites::{Outcome, Suites, Tally, Verdict};
use serde_json::Value;
use std::collections::BTreeMap;
use trust_list::{etsi::UncheckedXmlList, path::ParsedCertificate};

const FOLDER: &str = "conformance/lists";

#[test]
fn the_lists_of_the_eu_have_the_counts_that_another_reader_found() {
    let Some(suites) = Suites::open() else { return };
    let Some(expected) = suites.json(&format!("{FOLDER}/expected.json")) else {
        return println!("suite eu-trust-lists: not in the folder of suites");
    };
    let mut tally = Tally::new("eu-trust-lists");
    for (name, expected) in expected.as_object().expect("an object") {
        let octets = suites.read(&format!("{FOLDER}/{name}"));
        let verdict = if expected["parse"] == "ok" {
            Verdict::Valid
        } else {
            Verdict::Invalid
        };
        let outcome = match UncheckedXmlList::from_xml(&octets) {
            Err(error) => Err::<(), _>(error).into(),
            Ok(list) => match compare(name, &list, expected) {
                Ok(()) => Outcome::Accepted,
                Err(difference) => Outcome::Wrong(difference),
            },
        };
        tally.count(name, verdict, outcome);
    }
    tally.finish();
}

fn compare(name: &str, list: &UncheckedXmlList, expected: &Value) -> Result<(), String> {
    let mut status = BTreeMap::<String, u64>::new();
    for (_, service) in list.services() {
        if let Some(now) = &service.status {
            *status.entry(now.word().to_owned()).or_default() += 1;
        }
    }
    let history: usize = list
        .services()
        .map(|(_, service)| service.history.len())
        .sum();
    let found = serde_json::json!({
        "sequence_number": list.sequence,
        "version": list.version,
        "territory": list.territory,
        "issued": list.issued.to_string(),
        "next_update": list.next_update.map(|next| next.to_string()),
        "providers": list.providers.len(),
        "services": list.services().count(),
        "history_instances": history,
        "pointers": list.pointers.len(),
        "status": status,
    });
    for (member, value) in found.as_object().expect("an object") {
        if expected[member] != *value {
            return Err(format!("{member}: {value}, expected {}", expected[member]));
        }
    }
    // Damaged ones say where.
    let wants_defects = name.contains("-no-");
    if list.defects.is_empty() == wants_defects {
        return Err(format!("{:?}", list.defects));
    }
    Ok(())
}

#[test]
fn a_service_is_found_by_its_certificate_and_answers_for_a_time() {
    let Some(suites) = Suites::open() else { return };
    if !suites.names(FOLDER).iter().any(|name| name == "FI-v6.xml") {
        return println!("suite eu-trust-lists: FI-v6.xml is not there");
    }
    let octets = suites.read(&format!("{FOLDER}/FI-v6.xml"));
    let list = UncheckedXmlList::from_xml(&octets).expect("a list");
    let mut asked = 0;
    for (_, service) in list.services() {
        let Some(der) = service.certificates.first() else {
            continue;
        };
        let Ok(certificate) = ParsedCertificate::from_der(&**der) else {
            continue;
        };
        let now = service.status.as_ref().expect("a standing");
        let found: Vec<_> = list.services_of(&certificate).collect();
        assert!(found.iter().any(|(_, one)| std::ptr::eq(*one, service)));
        assert_eq!(service.status_at(now.from), Some(now));
        let first = service.standings()[0].from.unix_duration().as_secs();
        let before = der::DateTime::from_unix_duration(std::time::Duration::from_secs(first - 1));
        assert_eq!(service.status_at(before.expect("a time")), None);
        asked += 1;
    }
    assert!(asked > 10, "only {asked} services were asked");
}
