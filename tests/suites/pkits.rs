//! NIST's path validation suite, re-issued with SM2 keys: policies, name constraints and
//! CRLs of every kind.

use super::*;
use der::{DateTime, asn1::ObjectIdentifier};
use trust_list::path::{PathError, PolicyRules};

#[test]
fn pkits() {
    let Some(suites) = Suites::open() else { return };
    let Some(json) = suites.json("conformance/sm2-pkits/vectors.json") else {
        return;
    };
    let mut tally = Tally::new("sm2-pkits");
    for vector in json["vectors"].as_array().expect("a list of vectors") {
        let verdict = match text(vector, "expected") {
            "accept" => Verdict::Valid,
            "reject" => Verdict::Invalid,
            other => unreachable!("expected: {other}"),
        };
        tally.count(text(vector, "id"), verdict, judge(&suites, vector));
    }
    tally.finish();
}

fn judge(suites: &Suites, vector: &Value) -> Outcome {
    let files = |member: &str| -> Vec<String> {
        let names = vector[member].as_array().into_iter().flatten();
        names
            .map(|name| name.as_str().expect("a file name").to_owned())
            .collect()
    };
    let read = |folder: &str, file: &String| {
        suites.read(&format!("conformance/sm2-pkits/{folder}/{file}"))
    };
    let certificate = |file: &String| ParsedCertificate::from_der(read("certs", file));
    let validate = || -> Result<Result<(), PathError>, trust_list::Error> {
        let path = files("path");
        let [anchor, between @ .., target] = &path[..] else {
            unreachable!("a path has an anchor and a target");
        };
        let anchors = [Anchor::name_and_key(certificate(anchor)?)];
        let target = certificate(target)?;
        // In no order: who issued what is for the search to find out.
        let mut untrusted = Vec::new();
        for file in between.iter().chain(&files("extra_certs")) {
            untrusted.push(certificate(file)?);
        }
        let mut crls = Vec::new();
        for file in files("crls") {
            crls.push(ParsedCrl::from_der(read("crls", &file))?);
        }
        let sm2 = Sm2Sm3::default();
        let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
        let at: DateTime = text(vector, "validation_time").parse().expect("a time");
        let options = PathOptions::new(at, &algorithms)
            .crls(&crls)
            .policies(policies(vector))
            .revocation(RevocationRule::Required);
        Ok(path::validate(&target, &untrusted, &anchors, &options).map(|_| ()))
    };
    match validate() {
        Ok(result) => result.into(),
        Err(error) => Err::<(), _>(error).into(),
    }
}

fn policies(vector: &Value) -> PolicyRules {
    let wanted = vector["initial_policy_set"]
        .as_array()
        .into_iter()
        .flatten();
    let wanted = wanted.map(|oid| {
        let oid = oid.as_str().expect("a policy");
        ObjectIdentifier::new(oid).expect("an object identifier")
    });
    let flag = |name: &str| vector["flags"][name] == true;
    let mut rules = PolicyRules::one_of(wanted);
    rules.require_explicit = flag("initial_explicit_policy");
    rules.inhibit_mapping = flag("initial_policy_mapping_inhibit");
    rules.inhibit_any = flag("initial_any_policy_inhibit");
    rules
}
