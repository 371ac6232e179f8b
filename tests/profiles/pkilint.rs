//! What pkilint finds, and what of it stands.

use crate::{authority::Authorities, judges::Panel, statuses};
use gm_pki_tests::interop::Finding;
use std::collections::{BTreeMap, BTreeSet};

/// What pkilint says against the bits of GM/T 0015 in an encryption certificate.
pub(crate) const EC_USAGES: &str = "pkix.key_usage_value_prohibited_for_ec";

/// What pkilint finds and why it stands; `docs/interoperability.md` has the same.
const STANDS: &[(&str, &str)] = &[
    (
        EC_USAGES,
        "GM/T 0015-2012 asks for these bits; SM2 encrypts, and RFC 5480 knew no EC key that does",
    ),
    (
        "pkix.subject_key_identifier_method_1_identified",
        "no fault: SHA-1 of the key, as RFC 5280, 4.2.1.2, has it",
    ),
    (
        "pkix.subject_key_identifier_method_2_identified",
        "no fault: what subject_key_identifier = \"sha1-60\" asks for",
    ),
    (
        "pkix.unknown_subject_key_identifier_calculation_method",
        "what subject_key_identifier = \"sm3\" asks for; RFC 5280 leaves the method open",
    ),
    (
        "pkix.certificate_policies_policy_has_qualifier",
        "what cps and notice of a policy ask for; RFC 5280, 4.2.1.4, recommends none and has both",
    ),
];

/// The findings of a run, by severity and code, with the documents that have them.
#[derive(Debug, Default)]
pub(crate) struct Findings(BTreeMap<(String, String), BTreeSet<String>>);

impl Findings {
    pub(crate) fn add(&mut self, document: &str, findings: &[Finding]) {
        for finding in findings {
            let key = (finding.severity.clone(), finding.code.clone());
            self.0.entry(key).or_default().insert(document.to_owned());
        }
    }

    /// Prints each with its reason.
    ///
    /// # Panics
    /// When one has none.
    pub(crate) fn tell(&self) {
        let mut without = Vec::new();
        for ((severity, code), documents) in &self.0 {
            match STANDS.iter().find(|(known, _)| known == code) {
                Some((_, reason)) => {
                    let count = documents.len();
                    println!("pkilint: {severity} {code} in {count} documents: {reason}");
                }
                None => without.push(format!("{severity} {code} in {documents:?}")),
            }
        }
        assert!(without.is_empty(), "without a reason: {without:?}");
    }
}

/// The findings that are defects: errors, but for those allowed.
pub(crate) fn defects<'a>(findings: &'a [Finding], allowed: &[&str]) -> Vec<&'a Finding> {
    let error = |finding: &&Finding| ["ERROR", "FATAL"].contains(&&*finding.severity);
    findings
        .iter()
        .filter(error)
        .filter(|finding| !allowed.contains(&&*finding.code))
        .collect()
}

/// The findings of lint.py are those of the programs that the package installs, in a
/// document without fault and in one with a fault of each kind.
pub(crate) fn same_as_programs(panel: &Panel) {
    let authorities = Authorities::new(&panel.desk);
    let issuing = &authorities.issuing;
    let list = statuses::crls(panel, issuing).remove(0).document;
    let answer = statuses::answers(panel, issuing, issuing)
        .remove(0)
        .document;
    // authorityKeyIdentifier under a name that nobody knows; an answer that is none.
    let unnamed = (
        [0x06, 0x03, 0x55, 0x1d, 0x23],
        [0x06, 0x03, 0x55, 0x1d, 0x7f],
    );
    let failed = ([0x0a, 0x01, 0x00, 0xa0], [0x0a, 0x01, 0x02, 0xa0]);
    let cases = [
        (
            "certificate",
            "lint_pkix_cert",
            &[][..],
            &issuing.certificate,
            (&unnamed.0[..], &unnamed.1[..]),
        ),
        (
            "crl",
            "lint_crl",
            &["-t", "CRL", "-p", "PKIX"],
            &list,
            (&unnamed.0, &unnamed.1),
        ),
        (
            "ocsp",
            "lint_ocsp_response",
            &[],
            &answer,
            (&failed.0, &failed.1),
        ),
    ];
    for (kind, program, options, document, (old, new)) in cases {
        let at = document.der.windows(old.len()).position(|here| here == old);
        let at = at.expect("it stands there");
        let mut faulty = document.der.clone();
        faulty[at..at + new.len()].copy_from_slice(new);
        let faulty = panel
            .desk
            .write(&format!("{}.faulty", document.name), faulty);
        for (file, defects) in [(&document.file, false), (&faulty, true)] {
            let findings = panel.pkilint.lint(&[(kind, file)]).remove(0);
            let ours = findings
                .iter()
                .map(|one| (one.severity.clone(), one.code.clone()));
            let ours: BTreeSet<_> = ours.collect();
            let options = [
                options,
                &["-s", "ALL", "-f", "JSON", "--document-format", "DER"],
            ]
            .concat();
            let said = panel.pkilint.program(program, &options, file);
            let told: serde_json::Value = serde_json::from_slice(&said.out).expect("JSON");
            let results = told["results"].as_array().expect("a list").iter();
            let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
            let theirs: BTreeSet<_> = results
                .flat_map(|result| result["finding_descriptions"].as_array().expect("a list"))
                .map(|one| (text(&one["severity"]), text(&one["code"])))
                .collect();
            assert_eq!(ours, theirs, "{}", file.display());
            let found = self::defects(&findings, &[]);
            assert_eq!(
                !found.is_empty(),
                defects,
                "{}: {findings:?}",
                file.display()
            );
        }
    }
}
