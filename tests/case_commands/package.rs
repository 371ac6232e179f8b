//! What an inspector takes home: one archive, and two public keys.

use crate::desk::Desk;
use gm_pki_tests::command::{Bench, gmpki};
use serde_json::Value;
use std::fs;

const VERIFY: &str = "audit verify-package case.tar --log-key log.pem --cover-key auditor.pem";

/// An extranet's case with its certificates, and the package of it as options say.
fn exported(options: &str) -> (Desk, Value) {
    let desk = Desk::of_the_extranet();
    desk.issued("a-1");
    // An hour later there is a checkpoint.
    desk.good("ca tick --at 2026-03-02T09:00:00Z");
    desk.key_pair("auditor");
    let export = format!(
        "audit export-package case/a-1 --store gmpki-desk/store.sqlite --key auditor.key \
         --by zheng.he:auditor --at 2026-03-03T01:00:00Z --out case.tar {options}"
    );
    let object = desk.call(&export).option("--for", "密码管理局 检查组");
    let answer = object.arg("--json").answer();
    assert_eq!(answer.code, Some(0), "{answer}");
    (desk, answer.json())
}

/// A folder with the archive and the public keys, and nothing else.
fn elsewhere(desk: &Desk) -> Bench {
    let bench = Bench::new();
    for (from, to) in [
        ("case.tar", "case.tar"),
        ("auditor.pem", "auditor.pem"),
        ("gmpki-desk/published/authorities/log.pem", "log.pem"),
    ] {
        fs::copy(desk.path(from), bench.path(to)).expect("a file of the desk");
    }
    bench
}

// proves: S0-29, S5-03
#[test]
fn a_package_is_verified_where_there_is_nothing_but_it_and_two_public_keys() {
    let (desk, made) = exported("--evidence gmpki-desk/documents --with organisation/guan");
    assert_eq!(made["about"], "case/a-1");
    assert!(made["enclosed"].as_u64() > Some(0), "{made}");
    let bench = elsewhere(&desk);
    let there = |words: &str| gmpki(words).within(&bench.path(""));
    let good = there(VERIFY).arg("--json").answer().good().json();
    let records = good["records"].as_array().expect("records");
    assert_eq!(
        records.len() as u64,
        made["records"].as_u64().expect("a number")
    );
    let streams: Vec<_> = records
        .iter()
        .map(|record| record["stream"].as_str().expect("a name"))
        .collect();
    for history in ["case/a-1", "certificate/issuing-ca/", "organisation/guan"] {
        let is_there = streams.iter().any(|stream| stream.starts_with(history));
        assert!(is_there, "{history}: {streams:?}");
    }
    assert_eq!(good["for"], "密码管理局 检查组");
    assert_eq!(good["by"]["person"], "zheng.he");
    assert_eq!(good["at"], "2026-03-03T01:00:00Z");
    assert_eq!(good["timelines_agree"], true);
    // The CA's own history is not in it, so its word stands alone.
    let certificates = good["certificates"].as_array().expect("certificates");
    assert_eq!(certificates.len(), 2, "{certificates:?}");
    assert!(certificates.iter().all(|one| one["verified"] == false));
    let papers = good["evidence"].as_array().expect("evidence");
    assert!(
        papers.iter().any(|paper| paper["enclosed"] == true),
        "{papers:?}"
    );
    for (language, part) in [("en", "package: good"), ("zh", "审批通过")] {
        let text = there(VERIFY).option("--lang", language).answer().good();
        assert!(text.text().contains(part), "{}", text.text());
    }

    // One octet of a paper: the paper is named, on standard error and in the object.
    let archive = fs::read(bench.path("case.tar")).expect("the archive");
    let paper = b"what papers.txt says";
    let place = archive.windows(paper.len()).position(|part| part == paper);
    let mut changed = archive.clone();
    changed[place.expect("the paper")] ^= 1;
    bench.write("case.tar", &changed);
    let wrong = there(VERIFY).arg("--json").answer();
    assert_eq!(wrong.code, Some(1), "{wrong}");
    let findings = wrong.json()["findings"].clone();
    let [finding] = &findings.as_array().expect("findings")[..] else {
        panic!("{findings}")
    };
    assert_eq!(finding["code"], "digest");
    let file = finding["file"].as_str().expect("a name");
    assert!(file.starts_with("evidence/"), "{file}");
    assert!(wrong.err.contains(file), "{wrong}");

    // Another's keys, another log, no archive at all.
    bench.write("case.tar", &archive);
    for (from, to, part) in [
        (
            "--log-key log.pem",
            "--log-key auditor.pem",
            "checkpoint.txt",
        ),
        (
            "--cover-key auditor.pem",
            "--cover-key log.pem",
            "COVER.txt",
        ),
        ("case.tar", "case.tar --log desk-2/log", "another log"),
        ("case.tar", "log.pem", "COVER.txt"),
        ("case.tar", "nothing.tar", "nothing.tar"),
    ] {
        let answer = there(&VERIFY.replace(from, to)).answer();
        assert_eq!(answer.code, Some(1), "{answer}");
        assert!(answer.err.contains(part), "{part}: {answer}");
    }
    let misused = there("audit verify-package case.tar --log-key log.pem").answer();
    assert_eq!(misused.code, Some(2), "{misused}");
    assert!(misused.err.contains("--cover-key"), "{misused}");
}

#[test]
fn a_package_without_papers_says_which_are_elsewhere() {
    let (desk, made) = exported("");
    assert_eq!(made["enclosed"], 0);
    assert!(
        made["notes"][0]
            .as_str()
            .is_some_and(|note| note.contains("--evidence")),
        "{made}"
    );
    assert!(made["missing"].as_u64() > Some(0), "{made}");
    let bench = elsewhere(&desk);
    let text = gmpki(VERIFY).within(&bench.path("")).answer().good();
    assert!(text.text().contains("not enclosed"), "{}", text.text());
    let export = "audit export-package --store gmpki-desk/store.sqlite --key auditor.key \
                  --by zheng.he:auditor --out other.tar";
    desk.refused(&format!("{export} --for x case/a-9"), "case/a-9");
    desk.call(&format!("{export} case/a-1"))
        .option("--for", "")
        .answer()
        .misused("whom it is for");
    assert!(!desk.path("other.tar").exists());
}
