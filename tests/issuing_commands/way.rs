//! The whole way: from a root to the answer that a certificate is revoked.

use crate::{Office, done, request, serial, shown};
use gm_pki_tests::{
    command::{Answer, gmpki},
    openssl::Desk,
};
use std::{fs, path::Path};

#[test]
fn a_pair_is_issued_revoked_listed_and_answered_about() {
    let office = Office::new();
    let bench = &office.bench;
    let (ocsp, ocsp_key) =
        office.certificate("ocsp", "ocsp-responder", "CN=示例状态查询,O=示例,C=CN");
    let subject = "CN=张三,L=深圳市,ST=广东省,C=CN";
    let (signing, _) = office.certificate("signing", "subscriber-signing", subject);

    // The other key is made by the key management centre: there is no request for it.
    let encryption = bench.path("encryption.pem");
    let centre = bench.key("kmc.key");
    let call = office
        .issue("subscriber-encryption")
        .option("--subject", subject)
        .option("--public-key", bench.public("kmc.public", &centre))
        .option("--out", &encryption);
    let answer = done(call.answer());
    assert!(answer.err.contains("nobody proved to hold"), "{answer}");
    let answer = gmpki("cert show")
        .arg(&signing)
        .arg(&encryption)
        .answer()
        .good();
    assert!(answer.text().contains("a pair:      yes"), "{answer}");
    gmpki("cert lint --pair")
        .arg(&signing)
        .arg(&encryption)
        .answer()
        .good();
    for certificate in [&signing, &encryption, &ocsp] {
        gmpki("cert verify")
            .option("--anchor", &office.root)
            .option("--untrusted", &office.ca)
            .arg(certificate)
            .answer()
            .good();
    }

    // Nobody is revoked yet.
    let first = office.listed("1.crl", "--number 1 --days 7", &[]);
    let question = bench.path("question.der");
    gmpki("ocsp ask")
        .option("--issuer", &office.ca)
        .option("--out", &question)
        .arg(&signing)
        .arg(&encryption)
        .answer()
        .good();
    let answer = bench.path("answer.der");
    let respond = |list: &Path| {
        gmpki("ocsp respond")
            .option("--issuer", &office.ca)
            .option("--responder", &ocsp)
            .option("--key", &ocsp_key)
            .option("--crl", list)
            .option("--out", &answer)
    };
    let judged = || {
        gmpki("ocsp verify")
            .option("--issuer", &office.ca)
            .option("--request", &question)
            .arg(&answer)
    };
    respond(&first).arg(&question).answer().good();
    let said = judged().answer().good();
    assert!(said.text().contains("delegated by the CA"), "{said}");
    assert!(said.text().contains("verdict:     good"), "{said}");

    // One half is held, by a delta; the full list of the same moment says the same.
    let held = format!("{},2026-01-01T00:00:00Z,certificateHold", serial(&signing));
    let held = bench.write("held.csv", held);
    let delta = office.listed("2.delta.crl", "--number 2 --days 1 --delta-of 1", &[&held]);
    respond(&first)
        .option("--delta", &delta)
        .arg(&question)
        .answer()
        .good();
    let said = judged().answer();
    says(&said, 1, "(certificateHold)");
    judged()
        .option("--certificate", &encryption)
        .answer()
        .good();

    // It comes back, and then both are revoked for good.
    let back = format!("{},2026-01-02T00:00:00Z,removeFromCRL", serial(&signing));
    let back = bench.write("back.csv", back);
    let second = office.listed("2.crl", "--number 2 --days 7", &[&held]);
    let delta = office.listed("3.delta.crl", "--number 3 --days 1 --delta-of 2", &[&back]);
    respond(&second)
        .option("--delta", &delta)
        .arg(&question)
        .answer()
        .good();
    judged().answer().good();
    let revoked = bench.write(
        "revoked.toml",
        format!(
            "[[revoked]]\nserial = '{}'\ntime = '2026-01-03T00:00:00Z'\n\
             reason = 'keyCompromise'\ninvalidity = '2026-01-02T12:00:00Z'\n\
             [[revoked]]\nserial = '{}'\ntime = '2026-01-03T00:00:00Z'\n",
            serial(&signing),
            serial(&encryption)
        ),
    );
    let third = office.listed("4.crl", "--number 4 --days 7", &[&revoked]);
    respond(&third).arg(&question).answer().good();
    let said = judged().answer();
    says(
        &said,
        1,
        "revoked since 2026-01-03T00:00:00Z (keyCompromise)",
    );
    assert_eq!(said.text().matches("is revoked since").count(), 2, "{said}");
    let said = judged().arg("--json").answer();
    assert_eq!(said.code, Some(1), "{said}");
    assert_eq!(said.json()["responses"][1]["status"], "revoked");

    let refused = gmpki("cert verify")
        .option("--anchor", &office.ca)
        .option("--crl", &third)
        .arg(&signing)
        .answer();
    refused.refused("was revoked on");
    others_agree(&office, &[&signing, &encryption, &ocsp], &third, &answer);
}

fn says(answer: &Answer, code: i32, words: &str) {
    assert_eq!(answer.code, Some(code), "{answer}");
    assert!(answer.text().contains(words), "{answer}");
}

/// OpenSSL verifies the certificates, and reads the list and the answer: it can't be told
/// the user ID for those.
fn others_agree(office: &Office, certificates: &[&Path], list: &Path, answer: &Path) {
    let Some(desk) = Desk::find() else { return };
    // The option reaches the target alone, so that each is verified under its issuer.
    let under_the_ca = certificates
        .iter()
        .map(|certificate| (&office.ca, *certificate));
    let pairs = under_the_ca.chain([(&office.root, office.ca.as_path())]);
    for (issuer, certificate) in pairs {
        let words = "verify -partial_chain -vfyopt {ID} -CAfile {} {}";
        let said = desk.ask(words, &[issuer, certificate]);
        assert!(said.agrees("OK"), "{}", said.text);
        // Without the ID it is the empty one.
        let said = desk.ask(
            "verify -partial_chain -CAfile {} {}",
            &[issuer, certificate],
        );
        said.refused("certificate signature failure");
    }
    let said = desk.ask("crl -noout -text -in {}", &[list]);
    for words in ["X509v3 CRL Number", "Key Compromise", "Invalidity Date"] {
        assert!(said.agrees(words), "{words}: {}", said.text);
    }
    let said = desk.ask("ocsp -resp_text -noverify -respin {}", &[answer]);
    for words in ["Cert Status: revoked", "keyCompromise", "OCSP Nonce"] {
        assert!(said.agrees(words), "{words}: {}", said.text);
    }
}

#[test]
fn a_responder_names_itself_either_way_and_knows_what_was_issued() {
    let office = Office::new();
    let bench = &office.bench;
    let (certificate, _) = office.certificate("a", "subscriber-signing", "CN=甲,C=CN");
    let list = office.listed("1.crl", "--number 1 --days 7", &[]);
    let question = bench.path("question");
    gmpki("ocsp ask --digest sm3 --no-nonce --serial 0a0b")
        .option("--issuer", &office.ca)
        .option("--out", &question)
        .arg(&certificate)
        .answer()
        .good();
    let shown = gmpki("--json ocsp show")
        .arg(&question)
        .answer()
        .good()
        .json();
    assert_eq!(shown["serials"][1], "0a0b");
    assert_eq!(shown["nonce"], serde_json::Value::Null);
    assert_eq!(shown["digest"], "1.2.156.10197.1.401");

    let issued = bench.write("issued", format!("# one\n{}\n", serial(&certificate)));
    for (by, words) in [("key", "the key with SHA-1"), ("name", "示例签发机构")] {
        let answer = bench.path(by);
        gmpki("ocsp respond --archive-days 365")
            .option("--issuer", &office.ca)
            .option("--key", &office.ca_key)
            .option("--crl", &list)
            .option("--issued", &issued)
            .option("--by", by)
            .option("--out", &answer)
            .arg(&question)
            .answer()
            .good();
        let shown = gmpki("ocsp show").arg(&answer).answer().good();
        assert!(shown.text().contains(words), "{shown}");
        let verify = || {
            gmpki("ocsp verify")
                .option("--issuer", &office.ca)
                .arg(&answer)
        };
        let said = verify().answer();
        says(&said, 1, "0a0b is unknown");
        assert!(said.text().contains("the CA itself"), "{said}");
        verify()
            .option("--certificate", &certificate)
            .answer()
            .good();
    }
}

#[test]
fn a_question_of_openssl_is_answered_and_the_answer_read_by_it() {
    let Some(desk) = Desk::find() else { return };
    let office = Office::new();
    let (certificate, _) = office.certificate("a", "subscriber-signing", "CN=甲,C=CN");
    let list = office.listed("1.crl", "--number 1 --days 7", &[]);
    let (question, answer) = (desk.path("question"), desk.path("answer"));
    desk.ask(
        "ocsp -issuer {} -cert {} -reqout {}",
        &[&office.ca, &certificate, &question],
    )
    .good();
    let shown = gmpki("--json ocsp show")
        .arg(&question)
        .answer()
        .good()
        .json();
    assert_eq!(shown["serials"][0], serial(&certificate));
    assert_ne!(shown["nonce"], serde_json::Value::Null);
    gmpki("ocsp respond")
        .option("--issuer", &office.ca)
        .option("--key", &office.ca_key)
        .option("--crl", &list)
        .option("--out", &answer)
        .arg(&question)
        .answer()
        .good();
    let said = desk.ask(
        "ocsp -issuer {} -cert {} -reqin {} -respin {} -noverify",
        &[&office.ca, &certificate, &question, &answer],
    );
    assert!(said.agrees(": good"), "{}", said.text);
    assert!(!said.text.contains("Nonce Verify error"), "{}", said.text);
}

#[test]
fn a_root_of_ones_own_request_signs_itself() {
    let office = Office::new();
    let shown = shown(&office.root);
    assert_eq!(shown["purpose"], "ca");
    assert_eq!(shown["subject"], shown["issuer"]);
    let verified = gmpki("cert verify")
        .option("--anchor", &office.root)
        .arg(&office.ca);
    verified.answer().good();
    // Its signature is its own, which no verifier of paths looks at.
    let parts = gmpki("explain")
        .option("--issuer", &office.root)
        .arg(&office.root);
    parts.answer().good();
}

#[test]
fn a_list_of_any_length_is_written_from_lines_and_read_back() {
    use std::fmt::Write;
    let office = Office::new();
    let mut lines = String::from("serial,time,reason,invalidity\n");
    // As many as a test can take; benches/crl.rs has a million.
    for number in 0..20_000 {
        let reason = ["keyCompromise", "superseded", "", "certificateHold"][number % 4];
        writeln!(lines, "40{number:08x},2026-01-01T00:00:00Z,{reason},").expect("text");
    }
    let revoked = office.bench.write("revoked.csv", &lines);
    let list = office.bench.path("list.crl");
    let answer = office
        .list()
        .arg("--json")
        .option("--number", "340282366920938463463374607431768211456")
        .option("--days", "7")
        .arg("--der")
        .option("--out", &list)
        .arg(&revoked)
        .answer()
        .good();
    assert_eq!(answer.json()["entries"], 20_000);
    assert_eq!(fs::read(&list).expect("a file")[0], 0x30);

    let show = || gmpki("crl show").option("--issuer", &office.ca).arg(&list);
    let shown = show().arg("--json").answer().good().json();
    assert_eq!(shown["number"], "340282366920938463463374607431768211456");
    assert_eq!(shown["signature"], true);
    assert_eq!(shown["reasons"]["superseded"], 5_000);
    assert_eq!(shown["reasons"]["unspecified"], 5_000);
    let found = show().option("--serial", "40:00:00:4e:1f").answer();
    says(
        &found,
        1,
        "revoked on 2026-01-01T00:00:00Z (certificateHold)",
    );
    let found = show().option("--serial", "400000ffff").answer().good();
    assert!(found.text().contains("not in the list"), "{found}");

    // What it says is what was said.
    let csv = show().arg("--csv").answer().good();
    let wanted = lines.replace(",,\n", ",unspecified,\n");
    assert!(csv.text() == wanted, "{} octets", csv.text().len());
    let again = office.bench.path("again.crl");
    office
        .list()
        .option("--number", "1")
        .option("--days", "7")
        .option("--out", &again)
        .arg("-")
        .input(csv.out)
        .answer()
        .good();
}

#[test]
fn lists_of_a_part_say_which() {
    let office = Office::new();
    let url = "http://ca.example.cn/user.crl";
    let list = office.bench.path("part.crl");
    office
        .list()
        .option("--number", "1")
        .option("--days", "7")
        .option("--url", url)
        .option("--only", "user")
        .option("--freshest", "http://ca.example.cn/delta.crl")
        .option("--parameters", "null")
        .option("--out", &list)
        .answer()
        .good();
    let shown = gmpki("--json crl show").arg(&list).answer().good().json();
    assert_eq!(shown["urls"][0], url);
    assert_eq!(shown["only"], "certificates of end entities");
    assert_eq!(shown["freshest"][0], "http://ca.example.cn/delta.crl");
    assert_eq!(shown["signature"], serde_json::Value::Null);
    // A responder for all certificates has nothing from it.
    let question = office.bench.path("question");
    gmpki("ocsp ask --serial 01")
        .option("--issuer", &office.ca)
        .option("--out", &question)
        .answer()
        .good();
    gmpki("ocsp respond")
        .option("--issuer", &office.ca)
        .option("--key", &office.ca_key)
        .option("--crl", &list)
        .option("--out", office.bench.path("answer"))
        .arg(question)
        .answer()
        .refused("a list about all certificates of the CA is wanted");
}

#[test]
fn a_root_over_a_root_of_the_same_key_needs_that_key() {
    let office = Office::new();
    let csr = request(
        &office.bench,
        "again.csr",
        &office.root_key,
        "CN=又一根,O=示例,C=CN",
    );
    gmpki("cert issue --profile root-ca --self-signed")
        .option("--key", &office.ca_key)
        .arg(&csr)
        .answer()
        .refused("the key is not the one of the request, which --self-signed asks for");
}
