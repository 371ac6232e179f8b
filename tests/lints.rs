//! The rules over documents of ours, of the field and of the suites: `gmpki cert lint`.

use cert_profile::lint::{self, Document, Report, Scheme, Severity};
use gm_crypto::pki::{decode_pem, encode_pem};
use gm_pki_tests::{
    command::{Answer, Call, finished_demo, folder, gmpki},
    suites::{Suites, text},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn demo(name: &str) -> PathBuf {
    finished_demo().join("published").join(name)
}

/// The folders of the demonstration's subscribers.
fn subscribers() -> Vec<PathBuf> {
    let folders = fs::read_dir(demo("subscribers")).expect("a demonstration has subscribers");
    let mut folders: Vec<_> = folders
        .map(|entry| entry.expect("a folder").path())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn der(path: &Path) -> Vec<u8> {
    let octets = fs::read(path).expect("a file of the demonstration");
    let labels = &["CERTIFICATE", "X509 CRL"];
    decode_pem(&octets, labels).expect("PEM or DER").to_vec()
}

/// A judgement: exit code 1, told on standard output.
fn judged(call: Call) -> Answer {
    let answer = call.answer();
    assert_eq!(answer.code, Some(1), "{answer}");
    assert_eq!(answer.err, "", "{answer}");
    answer
}

/// The rules that matter: those of a severity above notice.
fn faults(report: &Report) -> Vec<&'static str> {
    let findings = report.findings().iter().map(|finding| finding.lint());
    let matters = |lint: &&lint::Lint| lint.severity() > Severity::Notice;
    findings.filter(matters).map(lint::Lint::id).collect()
}

#[test]
fn what_the_demonstration_issued_breaks_no_rule() {
    for folder in subscribers() {
        let signing = folder.join("signing-certificate.pem");
        let encryption = folder.join("encryption-certificate.pem");
        let pair = gmpki("cert lint --json --pair")
            .arg(&signing)
            .arg(&encryption);
        let answer = pair.answer().good();
        let json = answer.json();
        assert_eq!(json["errors"], 0, "{answer}");
        assert_eq!(json["warnings"], 0, "{answer}");
        assert_eq!(json["documents"][2]["document"], "pair", "{answer}");
        // The other way round, nothing of a pair is right.
        let pair = gmpki("cert lint --pair").arg(&encryption).arg(&signing);
        let answer = judged(pair);
        assert!(answer.text().contains("pair.usages_exclusive"), "{answer}");
    }
    for name in ["authorities/root.pem", "authorities/issuing-ca.pem"] {
        assert_eq!(
            faults(&lint::certificate(&der(&demo(name)))),
            [""; 0],
            "{name}"
        );
    }
}

#[test]
fn a_certificate_of_another_profile_is_told() {
    let signing = subscribers()[0].join("signing-certificate.pem");
    let lint = |profile: &str| gmpki("cert lint --profile").arg(profile).arg(&signing);
    lint("subscriber-signing").answer().good();
    let answer = judged(lint("subscriber-encryption"));
    assert!(
        answer
            .text()
            .contains("keyUsage is another than the profile's"),
        "{answer}"
    );
    let answer = judged(lint("issuing-ca"));
    assert!(answer.text().contains("is not a CA's"), "{answer}");
}

#[test]
fn a_broken_certificate_is_told_with_rule_and_clause() {
    let folder = folder();
    let broken = folder.path().join("broken.der");
    let mut octets = der(&demo("authorities/root.pem"));
    // The algorithm beside the signature: its last arc, 501, becomes 503.
    let place = octets
        .windows(8)
        .rposition(|octets| octets == [0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75]);
    octets[place.expect("SM2 with SM3") + 7] = 0x77;
    fs::write(&broken, &octets).expect("our own folder");
    let answer = judged(gmpki("cert lint --json").arg(&broken));
    let json = answer.json();
    assert_eq!(json["ok"], false, "{answer}");
    let finding = &json["documents"][0]["findings"][0];
    assert_eq!(finding["rule"], "rfc5280.algorithms_match", "{answer}");
    assert_eq!(finding["severity"], "error", "{answer}");
    assert_eq!(finding["source"], "RFC 5280, 4.1.1.2", "{answer}");

    // What is no document at all breaks the rule of its syntax.
    fs::write(&broken, [0x30, 0]).expect("our own folder");
    let answer = judged(gmpki("cert lint").arg(&broken));
    assert!(
        answer.text().contains("rfc5280.certificate_syntax"),
        "{answer}"
    );
    fs::write(&broken, "nothing").expect("our own folder");
    gmpki("cert lint")
        .arg(&broken)
        .answer()
        .refused("no certificate, CRL");
}

#[test]
fn mutual_recognition_is_asked_for_alone() {
    let signing = subscribers()[0].join("signing-certificate.pem");
    gmpki("cert lint --scheme gm").arg(&signing).answer().good();
    let answer = judged(gmpki("cert lint --scheme gdhk").arg(&signing));
    assert!(answer.text().contains("gdhk.policy"), "{answer}");
}

#[test]
fn several_files_and_several_blocks_are_told_apart() {
    let folder = folder();
    let both = folder.path().join("both.pem");
    let root = der(&demo("authorities/root.pem"));
    let twice = encode_pem("CERTIFICATE", &root).repeat(2);
    fs::write(&both, twice).expect("our own folder");
    let answer = gmpki("cert lint --json")
        .arg(&both)
        .arg(demo("authorities/root.pem"))
        .answer()
        .good();
    let json = answer.json();
    let names = json["documents"].as_array().expect("a list");
    assert_eq!(names.len(), 3, "{answer}");
    assert!(
        names[1]["file"]
            .as_str()
            .expect("a name")
            .ends_with("both.pem, 2")
    );
    // A pair is two.
    let pair = gmpki("cert lint --pair").arg(&both).arg(&both);
    pair.answer().misused("--pair takes two certificates");
}

/// Documents of the field break rules; none is a panic, and work stays linear.
#[test]
fn documents_of_the_suites_are_linted() {
    let Some(suites) = Suites::open() else { return };
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for kind in ["x509", "crl", "ocsp", "csr"] {
        for entry in suites.manifest(kind) {
            let file = text(&entry, "file");
            if file.contains("gen-req") {
                continue;
            }
            let octets = suites.read(&format!("vectors/{file}"));
            let report = match kind {
                "x509" => lint::certificate_under(Scheme::Gdhk, &octets),
                "crl" => lint::crl(&octets),
                "ocsp" => lint::ocsp_response(&octets),
                _ => lint::request(&octets),
            };
            assert!(
                report.elements() <= octets.len(),
                "{file}: {}",
                report.elements()
            );
            let findings = report.findings().iter().map(|finding| finding.lint().id());
            let findings: Vec<_> = findings.filter(|id| !id.starts_with("gdhk.")).collect();
            // All of them are read: what is wrong with them is not their syntax.
            if entry["verdict"] == "valid" {
                let unread = findings.iter().any(|id| {
                    id.ends_with(".syntax")
                        || id.ends_with("certificate_syntax")
                        || id.ends_with("crl_syntax")
                });
                assert!(!unread, "{file}: {findings:?}");
            }
            println!("{file}: {findings:?}");
            let (files, found) = counts.entry(kind).or_default();
            *files += 1;
            *found += findings.len();
        }
    }
    for (kind, (files, found)) in &counts {
        println!("{kind}: {found} findings in {files} documents");
    }
    // What was crafted to be wrong is found to be.
    let broken = |file: &str, rule: &str| {
        let octets = suites.read(&format!("vectors/{file}"));
        let document = lint::document(&octets);
        let report = match document {
            Some(Document::Crl) => lint::crl(&octets),
            Some(Document::Request) => lint::request(&octets),
            _ => lint::certificate(&octets),
        };
        let found = report
            .findings()
            .iter()
            .any(|finding| finding.lint().id() == rule);
        assert!(found, "{file}: {:?}", report.findings());
    };
    for (file, rule) in [
        (
            "x509/crafted-params-mismatch.der",
            "rfc5280.algorithms_match",
        ),
        (
            "x509/crafted-sig-negative-int.der",
            "gmt0015.signature_value",
        ),
        ("x509/crafted-dup-ext.der", "rfc5280.extensions_unique"),
        (
            "x509/crafted-unknown-critical.der",
            "rfc5280.unknown_critical",
        ),
        ("x509/crafted-spki-p256.der", "gmt0015.key_curve"),
        (
            "x509/crafted-spki-alg-301-absent.der",
            "gmt0015.key_spelling",
        ),
        ("x509/crafted-ku-mixed.der", "gmt0015.dual_usage"),
        ("x509/crafted-v1.der", "gmt0015.version"),
        (
            "x509/crafted-dn-numericstring.der",
            "rfc5280.attribute_type",
        ),
        ("x509/explicit-params-self.der", "gmt0015.key_curve_named"),
        ("x509/gmt0015-annexD-sm2.der", "gmt0015.ca_false"),
        ("x509/crafted-id-card-raw.der", "gb20518.identify_code"),
        ("x509/crafted-org-all.der", "gb20518.credit_code"),
        ("csr/cfca-sadk-dual.der", "rfc2986.attribute_values"),
    ] {
        broken(file, rule);
    }
}
