//! `gmpki verify-document`: the same document before and after a suspension, with a time
//! stamp and without.

use crate::{
    papers::{Paper, time_stamper},
    world::*,
};
use gm_crypto::pki;
use gm_pki_tests::command::{Answer, Call, each_has_an_example_in_its_help, folder, gmpki};
use std::{fs, path::PathBuf};
use trust_list::list::{Decided, EntryKey, Status, StatusCause};

pub(crate) const CONTRACT: &[u8] = "合同：一方与另一方".as_bytes();

/// A publisher whose list has one class, one who signs under it, and an authority for time.
pub(crate) struct Office {
    pub(crate) side: Side,
    pub(crate) signer: Holder,
    pub(crate) tsa: Holder,
    folder: tempfile::TempDir,
}

impl Office {
    pub(crate) fn new() -> Self {
        let side = Side::new("CN", &[("zh-Hans", "密码管理局"), ("en", "Administration")]);
        let root = authority("CN=Root,C=CN", None, day(1, 1));
        let ca = authority("CN=Issuing CA,C=CN", Some(&root), day(1, 1));
        let class = entry(
            "CN-GD",
            crate::world::ca(&[("en", "CA")], "CN"),
            "personal",
            day(2, 1),
        )
        .anchor(root.parsed())
        .issuer(ca.parsed());
        side.publish(day(2, 1), [Decided::admit(class)], |draft| draft);
        let terms = Terms {
            ca: false,
            from: day(2, 2),
            policies: &[],
        };
        let signer = Holder::new("CN=Zhang San,C=CN", Some(&ca), &terms);
        let (tsa_root, tsa) = time_stamper();
        let office = Self {
            side,
            signer,
            tsa,
            folder: folder(),
        };
        office.certificate("list-signer.pem", &office.side.signer.certificate);
        office.certificate("tsa-root.pem", &tsa_root.certificate);
        office.certificate("signer.pem", &office.signer.certificate);
        office
    }

    /// The second list suspends the class from the first of March on.
    pub(crate) fn suspend(&self) {
        let key = EntryKey::new("CN-GD", "CA", "personal");
        let change = standing(Status::Suspended, day(3, 1), StatusCause::BreachUncorrected);
        let decided = Decided::change(key, change);
        self.side.publish(day(2, 25), [decided], |draft| draft);
    }

    pub(crate) fn list(&self, number: u32) -> PathBuf {
        self.side.folder().join(format!("list-{number}.p7s"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn certificate(&self, name: &str, der: &[u8]) {
        let pem = pki::encode_pem("CERTIFICATE", der);
        fs::write(self.path(name), pem).expect("a folder of ours");
    }

    /// A contract that the signer says they signed on the 20th of February, with a time stamp
    /// of some time.
    pub(crate) fn contract(&self, name: &str, stamped: Option<&str>) {
        self.write(name, false, stamped);
    }

    /// The same with the contract beside it.
    pub(crate) fn detached(&self, name: &str) {
        self.write(name, true, None);
    }

    fn write(&self, name: &str, detached: bool, stamped: Option<&str>) {
        let paper = Paper {
            content: CONTRACT,
            detached,
            by: &[(&self.signer, "2026-02-20T00:00:00Z")],
            stamp: stamped.map(|at| (&self.tsa, at)),
        };
        fs::write(self.path(name), paper.der()).expect("a folder of ours");
    }

    fn call(&self, list: u32, at: &str) -> Call {
        gmpki("verify-document --signer list-signer.pem --tsa tsa-root.pem")
            .within(self.folder.path())
            .option("--list", self.list(list))
            .option("--at", at)
    }
}

fn said(answer: &Answer) -> (Option<i32>, String, Vec<String>) {
    let json = answer.json();
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let codes = json["codes"].as_array().expect("codes");
    let codes = codes.iter().map(text).collect();
    (answer.code, text(&json["indication"]), codes)
}

const MARCH: &str = "2026-03-10T00:00:00Z";

#[test]
fn it_shows_an_example() {
    each_has_an_example_in_its_help(&["verify-document"]);
}

// proves: S4-10
#[test]
fn a_document_before_and_after_a_suspension() {
    let office = Office::new();
    office.contract("plain.p7m", None);
    office.contract("stamped.p7m", Some("2026-02-20T00:00:00Z"));
    office.contract("late.p7m", Some("2026-03-02T00:00:00Z"));
    let ask = |list, at: &str, file: &str| {
        let answer = office.call(list, at).arg("--json").arg(file).answer();
        said(&answer)
    };
    let expected = |code, word: &str, codes: &[&str]| {
        let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
        (Some(code), word.to_owned(), codes)
    };
    let february = "2026-02-21T00:00:00Z";
    let valid = expected(0, "valid", &[]);
    assert_eq!(ask(1, february, "plain.p7m"), valid);
    assert_eq!(ask(1, february, "stamped.p7m"), valid);
    office.suspend();
    assert_eq!(
        ask(2, MARCH, "plain.p7m"),
        expected(1, "indeterminate", &["STATUS_AT_SIGNING", "UNPROVED_TIME"])
    );
    assert_eq!(ask(2, MARCH, "stamped.p7m"), valid);
    assert_eq!(
        ask(2, MARCH, "late.p7m"),
        expected(1, "invalid", &["STATUS_AT_SIGNING"])
    );
    // Whoever trusts no authority has no proof.
    let call = gmpki("verify-document --signer list-signer.pem --json stamped.p7m");
    let call = call.within(office.folder.path()).option("--at", MARCH);
    let answer = call.option("--list", office.list(2)).answer();
    assert_eq!(said(&answer).1, "indeterminate");
    let stamp = &answer.json()["signers"][0]["time"]["stamps"][0];
    assert_eq!(stamp["code"], "TSA_PATH");

    let answer = office.call(2, MARCH).words("--json stamped.p7m").answer();
    let report = answer.json();
    let signer = &report["signers"][0];
    assert_eq!(report["sequence"], 2);
    assert_eq!(report["rules"], "gm-pki:trust-list:document:1");
    assert_eq!(signer["signer"], "CN=Zhang San,C=CN");
    assert_eq!(signer["message"]["code"], "GOOD");
    assert_eq!(signer["time"]["code"], "PROVED");
    assert_eq!(signer["time"]["proved_by"], "2026-02-20T00:00:01Z");
    assert_eq!(signer["time"]["stamps"][0]["authority"], "CN=TSA,C=CN");
    assert_eq!(signer["chain"]["certificates"][2], "CN=Root,C=CN");
    assert_eq!(signer["status"]["code"], "NOT_CHECKED");
    assert_eq!(signer["recognition"]["code"], "RECOGNISED");
    assert_eq!(signer["recognition"]["digest"], report["digest"]);

    // The same for people.
    let answer = office.call(2, MARCH).arg("late.p7m").answer();
    assert_eq!(answer.code, Some(1), "{answer}");
    let text = answer.text();
    for line in [
        "invalid: STATUS_AT_SIGNING",
        "signer:        CN=Zhang San,C=CN: invalid: STATUS_AT_SIGNING",
        "PROVED: signed by 2026-03-02T00:00:01Z; the signer says 2026-02-20T00:00:00Z",
        "list:          2, digest ",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn what_is_not_the_document_is_invalid() {
    let office = Office::new();
    let at = "2026-02-21T00:00:00Z";
    office.detached("contract.p7s");
    fs::write(office.path("contract.txt"), CONTRACT).expect("a folder of ours");
    fs::write(office.path("other.txt"), "另一份合同").expect("a folder of ours");
    let call = || office.call(1, at).arg("--json");
    let ask = |words: &str| said(&call().words(words).answer());
    assert_eq!(ask("--content contract.txt contract.p7s").1, "valid");
    let (code, word, codes) = ask("--content other.txt contract.p7s");
    assert_eq!(
        (code, &*word, codes),
        (Some(1), "invalid", vec!["SIGNATURE".into()])
    );
    call().arg("contract.p7s").answer().refused("detached");
    call().arg("contract.txt").answer().refused("FORMAT");

    // PEM and base64 are the same document.
    let der = fs::read(office.path("contract.p7s")).expect("a file");
    let pem = pki::encode_pem("PKCS7", &der);
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    for text in [pem, body] {
        fs::write(office.path("contract.pem"), text).expect("a folder of ours");
        assert_eq!(ask("--content contract.txt contract.pem").1, "valid");
    }

    // Of two signers one is nobody's whom the list knows.
    let terms = Terms {
        ca: false,
        from: day(2, 2),
        policies: &[],
    };
    let stranger = Holder::new("CN=Li Si,C=CN", None, &terms);
    let claimed = "2026-02-20T00:00:00Z";
    let by = [(&office.signer, claimed), (&stranger, claimed)];
    let both = Paper {
        content: CONTRACT,
        detached: false,
        by: &by,
        stamp: None,
    };
    fs::write(office.path("both.p7m"), both.der()).expect("a folder of ours");
    let answer = call().arg("both.p7m").answer();
    let report = answer.json();
    assert_eq!(
        (answer.code, &report["indication"]),
        (Some(1), &"invalid".into())
    );
    let signers = report["signers"].as_array().expect("signers").iter();
    let mut words: Vec<_> = signers
        .map(|signer| {
            (
                signer["indication"].to_string(),
                signer["codes"].to_string(),
            )
        })
        .collect();
    words.sort();
    assert_eq!(
        words,
        [
            ("\"invalid\"".into(), "[\"NO_ENTRY\"]".to_owned()),
            ("\"valid\"".into(), "[]".into())
        ]
    );
}

#[test]
fn a_state_file_remembers_the_list() {
    let office = Office::new();
    office.contract("plain.p7m", None);
    let call = |words: &str| {
        let call = gmpki("verify-document --json --state reader.state");
        call.within(office.folder.path())
            .words(words)
            .arg("plain.p7m")
    };
    call("--at 2026-02-21T00:00:00Z")
        .answer()
        .refused("NO_LIST");
    let first = call("--signer list-signer.pem --at 2026-02-21T00:00:00Z");
    let answer = first.option("--list", office.list(1)).answer();
    assert_eq!(said(&answer).1, "valid");
    let answer = call("--at 2026-02-21T00:00:00Z").answer();
    assert_eq!(said(&answer).1, "valid");
    office.suspend();
    let second = call("--at 2026-03-10T00:00:00Z").option("--list", office.list(2));
    assert_eq!(said(&second.answer()).1, "indeterminate");
    let back = call("--at 2026-02-21T00:00:00Z").option("--list", office.list(1));
    back.answer().refused("ROLLBACK");
    let answer = call("--at 2026-05-10T00:00:00Z").answer();
    assert_eq!(said(&answer).2, ["STALE"]);

    let missing = gmpki("verify-document plain.p7m").within(office.folder.path());
    assert_eq!(missing.answer().code, Some(2));
    let unpinned = gmpki("verify-document plain.p7m --at 2026-02-21T00:00:00Z");
    let unpinned = unpinned.within(office.folder.path());
    let unpinned = unpinned.option("--list", office.list(1));
    unpinned.answer().misused("--signer");
}
