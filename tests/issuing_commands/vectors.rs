//! Lists, answers and requests of others, from the suites.

use gm_pki_tests::{
    command::{Bench, gmpki},
    suites::{Suites, text},
};

#[test]
fn lists_of_others_verify_under_their_cas() {
    let Some(suites) = Suites::open() else { return };
    let bench = Bench::new();
    let mut judged = 0;
    for entry in suites.manifest("crl") {
        let name = text(&entry, "file");
        let (_, short) = name.split_once('/').expect("a folder");
        let issuer = match short.strip_suffix(".der").expect("DER") {
            "nrcac-device" => "nrcac-device-root",
            crafted if crafted.starts_with("crafted-") => "crafted-ca",
            own => own,
        };
        let read = |name: &str| suites.read(&format!("vectors/{name}"));
        let list = bench.write(short, read(name));
        let issuer = bench.write("issuer.der", read(&format!("x509/{issuer}.der")));
        let show = |file| {
            gmpki("--json crl show")
                .option("--issuer", &issuer)
                .arg(file)
        };
        let answer = show(&list).answer();
        let good = text(&entry, "verdict") == "valid";
        assert_eq!(answer.json()["signature"], good, "{answer}");
        assert_eq!(answer.code, Some(i32::from(!good)), "{answer}");
        // One octet less, one changed.
        let mut octets = read(name);
        *octets.last_mut().expect("octets") ^= 1;
        let changed = bench.write("changed", &octets);
        assert_eq!(show(&changed).answer().code, Some(1));
        octets.pop();
        let cut = bench.write("cut", &octets);
        show(&cut).answer().refused("cut: ");
        judged += 1;
    }
    assert!(judged >= 6, "{judged} lists");
}

#[test]
fn answers_of_others_say_what_they_said() {
    let Some(suites) = Suites::open() else { return };
    let bench = Bench::new();
    let file = |name: &str| {
        let octets = suites.read(&format!("vectors/{name}"));
        bench.write(&name.replace('/', "-"), octets)
    };
    let issuer = file("x509/gen-sub.der");
    let verify = |question: &str, answer: &str| {
        gmpki("--json ocsp verify --at 2026-11-22T00:00:00Z")
            .option("--issuer", &issuer)
            .option("--request", file(question))
            .arg(file(answer))
            .answer()
    };
    let said = verify("ocsp/gen-req-nonce.der", "ocsp/gen-resp-nonce.der");
    assert_eq!(said.code, Some(1), "{said}");
    let json = said.json();
    let words: Vec<_> = json["responses"]
        .as_array()
        .expect("responses")
        .iter()
        .map(|one| (one["serial"].as_str(), one["status"].as_str()))
        .collect();
    let wanted = [("31", "good"), ("41", "revoked"), ("0099", "unknown")];
    assert_eq!(
        words,
        wanted.map(|(serial, word)| (Some(serial), Some(word)))
    );
    assert_eq!(json["reasons"].as_array().map(Vec::len), Some(2), "{said}");
    // The answer to the question without a nonce is to another question.
    let said = verify("ocsp/gen-req-nonce.der", "ocsp/gen-resp.der");
    assert!(
        said.json()["reasons"].to_string().contains("nonce"),
        "{said}"
    );
    let shown = gmpki("--json ocsp show")
        .arg(file("ocsp/gen-req.der"))
        .answer();
    assert_eq!(
        shown.good().json()["serials"],
        serde_json::json!(["31", "41"])
    );
}

#[test]
fn requests_of_others_are_shown_whatever_they_are() {
    let Some(suites) = Suites::open() else { return };
    let bench = Bench::new();
    for entry in suites.manifest("csr") {
        let name = text(&entry, "file");
        let file = bench.write("request", suites.read(&format!("vectors/{name}")));
        let answer = gmpki("--json csr show").arg(&file).answer();
        assert!(matches!(answer.code, Some(0 | 1)), "{name}: {answer}");
        if text(&entry, "verdict") == "valid" {
            assert_eq!(answer.code, Some(0), "{name}: {answer}");
            assert_eq!(answer.json()["possession"], true, "{name}: {answer}");
        }
    }
}
