//! Requests: all that one can say, and all that is shown of it.

use crate::{Office, done, request};
use gm_pki_tests::{
    command::{Bench, Call, gmpki},
    openssl::Desk,
};
use serde_json::{Value, json};
use std::{fs, path::Path};

fn new(key: &Path) -> Call {
    gmpki("csr new")
        .option("--key", key)
        .option("--subject", "CN=张三,O=示例,C=CN")
}

/// A device of the production environment.
fn with_device(call: Call) -> Call {
    call.option("--environment", "production")
        .option("--device-kind", "智能密码钥匙")
        .option("--device-model", "K-1")
        .option("--device-serial", "0001")
        .option("--qualification", "GM0001")
}

fn show(file: &Path) -> Value {
    done(gmpki("--json csr show").arg(file).answer()).json()
}

#[test]
fn a_request_says_all_that_is_asked_of_it_and_a_password_is_not_shown() {
    let bench = Bench::new();
    let key = bench.key("key");
    let password = bench.write("password", "open sesame\n");
    let csr = bench.path("csr");
    with_device(new(&key))
        .option("--dns", "www.example.cn")
        .option("--email", "zhang@example.cn")
        .option("--ip", "192.0.2.7")
        .option("--ip", "2001:db8::7")
        .option("--uri", "http://example.cn/")
        .option("--usage", "digitalSignature")
        .option("--usage", "contentCommitment")
        .option("--challenge-password-file", password)
        .option("--unstructured-name", "第一台")
        .option("--out", &csr)
        .answer()
        .good();
    let answer = gmpki("csr show").arg(&csr).answer().good();
    for line in [
        "subject:     CN=张三,O=示例,C=CN",
        "possession:  proved",
        "wish: key usage (critical): digitalSignature, nonRepudiation",
        "wish: alternative names:",
        "  DNS www.example.cn",
        "  e-mail zhang@example.cn",
        "  IP 192.0.2.7",
        "  IP 2001:db8::7",
        "  URI http://example.cn/",
        "password:    for a revocation, not shown",
        "also named:  第一台",
        "  environment: production",
        "  device: 智能密码钥匙, model K-1, serial number 0001",
        "  qualification: GM0001",
    ] {
        assert!(
            answer.text().lines().any(|said| said == line),
            "{line}: {answer}"
        );
    }
    assert!(!answer.text().contains("sesame"), "{answer}");
    let shown = show(&csr);
    assert!(!shown.to_string().contains("sesame"), "{shown}");
    assert_eq!(shown["challenge_password"], true);
    assert_eq!(shown["origin"]["device"]["qualification"], "GM0001");
    assert_eq!(shown["extensions"], json!(["2.5.29.15", "2.5.29.17"]));
    assert_eq!(shown["unusual"], json!([]));
    let Some(desk) = Desk::find() else { return };
    let said = desk.ask("req -verify -noout -text -vfyopt {ID} -in {}", &[&csr]);
    for words in ["verify OK", "DNS:www.example.cn", "challengePassword"] {
        assert!(said.agrees(words), "{words}: {}", said.text);
    }
}

#[test]
fn what_is_odd_about_a_request_is_noted() {
    let bench = Bench::new();
    let csr = bench.path("csr");
    new(&bench.key("key"))
        .option("--parameters", "null")
        .option("--out", &csr)
        .answer()
        .good();
    let shown = show(&csr);
    let noted = shown["unusual"][0].as_str().expect("text");
    assert!(noted.contains("parameters are NULL"), "{shown}");
    assert_eq!(shown["possession"], true);
}

#[test]
fn another_user_id_has_to_be_named() {
    let bench = Bench::new();
    let csr = bench.path("csr");
    new(&bench.key("key"))
        .option("--id", "zhang@example.cn")
        .option("--out", &csr)
        .answer()
        .good();
    assert_eq!(show(&csr)["possession"], false);
    gmpki("csr verify")
        .arg(&csr)
        .answer()
        .refused("proof of possession fails");
    let named = |command: &str| {
        gmpki(command)
            .option("--id", "zhang@example.cn")
            .arg(&csr)
            .answer()
            .good()
    };
    named("csr verify");
    assert!(named("csr show").text().contains("possession:  proved"));
    // The same when a certificate is issued from it.
    let office = Office::new();
    let issue = || office.issue("subscriber-signing").arg(&csr);
    issue().answer().refused("proof of possession fails");
    issue().option("--id", "zhang@example.cn").answer().good();
}

#[test]
fn several_requests_of_one_file_are_shown_and_each_has_to_be_good() {
    let bench = Bench::new();
    let files = ["甲", "乙"].map(|name| {
        let key = bench.key(&format!("{name}.key"));
        fs::read(request(&bench, name, &key, &format!("CN={name},C=CN"))).expect("a file")
    });
    let both = bench.write("both", files.concat());
    let shown = show(&both);
    assert_eq!(shown["requests"][1]["subject"], "CN=乙,C=CN");
    let answer = gmpki("csr verify").arg(&both).answer().good();
    assert_eq!(
        answer.text().matches("request: good").count(),
        2,
        "{answer}"
    );
    let text = gmpki("csr show").arg(&both).answer().good();
    assert!(
        text.text().contains("request 2\nsubject:     CN=乙,C=CN"),
        "{text}"
    );

    let office = Office::new();
    office
        .issue("subscriber-signing")
        .arg(&both)
        .answer()
        .refused("holds 2 requests, and one is taken at a time");
    let mut broken =
        String::from_utf8([files[0].clone(), files[1].clone()].concat()).expect("text");
    let at = broken.rfind("-----END").expect("an end") - 12;
    let other = if &broken[at..=at] == "A" { "B" } else { "A" };
    broken.replace_range(at..=at, other);
    let broken = bench.write("broken", broken);
    assert_eq!(gmpki("csr verify").arg(broken).answer().code, Some(1));
}

#[test]
fn a_dual_key_request_of_cfca_goes_in_and_its_key_is_shown() {
    let bench = Bench::new();
    let (key, temporary) = (bench.key("key"), bench.key("temporary"));
    let temporary = bench.public("temporary.public", &temporary);
    let csr = bench.path("csr");
    new(&key)
        .option("--cfca-temporary-key", &temporary)
        .option("--out", &csr)
        .answer()
        .good();
    let answer = done(gmpki("csr verify").arg(&csr).answer());
    assert!(answer.err.contains("CFCA's form"), "{answer}");
    let shown = show(&csr);
    let point = shown["temporary_key"].as_str().expect("text").to_owned();
    assert_eq!(point.len(), 130);

    // Beside the request it is the same key, and another one is refused.
    let beside = |file: &Path| {
        gmpki("csr verify")
            .option("--temporary-key", file)
            .arg(&csr)
    };
    done(beside(&temporary).answer());
    let other = bench.public("other.public", &key);
    beside(&other)
        .answer()
        .refused("two temporary keys that differ");
    // The plain form: the request is RFC 2986's.
    let plain = bench.path("plain");
    new(&key).option("--out", &plain).answer().good();
    let answer = gmpki("--json csr verify")
        .option("--temporary-key", &temporary)
        .arg(&plain)
        .answer()
        .good();
    assert_eq!(answer.json()["temporary_key"], point);
    // A certificate comes of it, too.
    let office = Office::new();
    let answer = done(office.issue("subscriber-signing").arg(&csr).answer());
    assert!(answer.err.contains("has a temporary key"), "{answer}");
}

#[test]
fn evidence_of_origin_is_of_one_key() {
    let bench = Bench::new();
    let key = bench.key("key");
    let (csr, evidence) = (bench.path("csr"), bench.path("evidence"));
    let answer = with_device(new(&key))
        .option("--evidence-out", &evidence)
        .option("--out", &csr)
        .answer()
        .good();
    assert!(answer.text().contains("evidence: "), "{answer}");
    assert_eq!(show(&csr)["origin"], Value::Null);
    let judged = |csr: &Path| {
        gmpki("--json csr verify")
            .option("--origin-evidence", &evidence)
            .arg(csr)
            .answer()
    };
    let origin = judged(&csr).good().json()["origin"].clone();
    assert_eq!(origin["device"]["model"], "K-1");
    let other = request(&bench, "other", &bench.key("other.key"), "CN=甲,C=CN");
    judged(&other).refused("evidence of origin is for another key");
    // Half a device is none.
    let half = new(&key)
        .option("--environment", "test")
        .option("--device-kind", "x");
    assert_eq!(half.answer().code, Some(2));
}

#[test]
fn keys_of_others_are_shown_and_not_checked() {
    let Some(desk) = Desk::find() else { return };
    for algorithm in ["rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256"] {
        let (key, csr) = (desk.path("key"), desk.path("csr"));
        let words =
            format!("req -new -nodes -newkey {algorithm} -subj /CN=a -keyout {{}} -out {{}}");
        desk.ask(&words, &[&key, &csr]).good();
        let answer = gmpki("csr show").arg(&csr).answer().good();
        assert!(
            answer.text().contains("possession:  not checked: key"),
            "{answer}"
        );
        assert_eq!(show(&csr)["possession"], Value::Null);
        assert_eq!(gmpki("csr verify").arg(&csr).answer().code, Some(1));
    }
}

#[test]
fn compressed_points_go_in_and_certificates_have_them_in_full() {
    let Some(desk) = Desk::find() else { return };
    let (key, csr) = (desk.path("key"), desk.path("csr"));
    desk.ask(
        "ecparam -name SM2 -genkey -noout -conv_form compressed -out {}",
        &[&key],
    )
    .good();
    desk.ask(
        "req -new -sm3 -sigopt {ID} -subj /C=CN/CN=a -key {} -out {}",
        &[&key, &csr],
    )
    .good();
    let office = Office::new();
    let out = office.bench.path("out.pem");
    done(
        office
            .issue("subscriber-signing")
            .option("--out", &out)
            .arg(&csr)
            .answer(),
    );
    let shown = crate::shown(&out);
    let point = shown["public_key"].as_str().expect("text");
    assert!(point.starts_with("04") && point.len() == 130, "{point}");
}
